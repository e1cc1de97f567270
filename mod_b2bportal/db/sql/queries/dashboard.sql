-- SPDX-License-Identifier: Apache-2.0
-- Dashboards of the host, with their drafts and versions (S10). Number 0 of an image is the draft.

-- PART DASHBOARD_COLUMNS
d.id, d.kind, d.title, d.description, d.target, d.widgets, d.draft_changed, d.published_version,
    (SELECT v.published_at FROM dashboard_versions v WHERE v.dashboard_id = d.id
        AND v.number = d.published_version),
    (SELECT COUNT(*) FROM placements c JOIN portals t ON t.id = c.portal_id AND t.deleted_at IS NULL
        WHERE c.dashboard_id = d.id AND c.deleted_at IS NULL),
    (SELECT COUNT(DISTINCT c.portal_id) FROM placements c JOIN portals t ON t.id = c.portal_id
        AND t.deleted_at IS NULL WHERE c.dashboard_id = d.id AND c.deleted_at IS NULL),
    d.version, d.created_at, d.modified_at

-- STMT_DASHBOARD_SELECT
-- across portals: a dashboard is the host's; its placements are counted.
SELECT {DASHBOARD_COLUMNS}
FROM dashboards d WHERE d.id = %s AND d.deleted_at IS NULL;

-- STMT_DASHBOARD_LIST_{TITLE|CHANGED}_{UP|DOWN}
-- across portals: a dashboard is the host's; its placements are counted.
SELECT {DASHBOARD_COLUMNS},
    d.{TITLE:title_folded|modified_at}
FROM dashboards d
WHERE d.deleted_at IS NULL
    AND (d.{TITLE:title_folded|modified_at}, d.id) {UP:>|<}
      (COALESCE({TITLE:%s|CAST(%s AS BIGINT)}, (SELECT {UP:MIN|MAX}(x.{TITLE:title_folded|modified_at}) FROM dashboards x)), %s)
    AND (%s = '' OR d.kind = %s)
    AND (%s = '' OR d.title_folded LIKE %s ESCAPE '!')
ORDER BY d.{TITLE:title_folded|modified_at}{UP:| DESC}, d.id{UP:| DESC}
LIMIT %lld;

-- STMT_DASHBOARD_TAKEN
SELECT id FROM dashboards WHERE title_folded = %s AND deleted_at IS NULL;

-- PART VERSION_ROWS
v.dashboard_id, v.number, d.kind, v.title, v.description, v.target, v.widgets, v.published_by,
    h.first_name, h.last_name, h.email, v.published_at
FROM dashboard_versions v
JOIN dashboards d ON d.id = v.dashboard_id
LEFT JOIN host_users h ON h.id = v.published_by

-- STMT_DASHBOARD_VERSION
SELECT version FROM dashboards WHERE id = %s AND deleted_at IS NULL;

-- STMT_DASHBOARD_INSERT
INSERT INTO dashboards (id, kind, title, title_folded, description, target, widgets, draft_changed,
    published_version, version, created_at, modified_at)
VALUES (%s, %s, %s, %s, %s, %s, %s, 1, 0, 1, %lld, %lld);

-- STMT_DASHBOARD_UPDATE
UPDATE dashboards SET title = %s, title_folded = %s, description = %s, target = %s, widgets = %s,
    draft_changed = 1, version = version + 1, modified_at = %lld
WHERE id = %s AND version >= %lld AND version <= %lld AND deleted_at IS NULL;

-- STMT_DASHBOARD_PUBLISHED
UPDATE dashboards SET draft_changed = 0, published_version = %lld, version = version + 1, modified_at = %lld
WHERE id = %s AND version >= %lld AND version <= %lld AND deleted_at IS NULL;

-- STMT_DASHBOARD_DELETE
UPDATE dashboards SET version = version + 1, modified_at = %lld, deleted_at = %lld, deleted_by = %s
WHERE id = %s AND version >= %lld AND version <= %lld AND deleted_at IS NULL;

-- STMT_DASHBOARD_PORTALS
-- across portals: deleting a dashboard ends it in all of them.
SELECT DISTINCT portal_id FROM placements WHERE dashboard_id = %s AND deleted_at IS NULL;

-- STMT_DASHBOARD_DELETE_PLACEMENTS
-- across portals: deleting a dashboard ends it in all of them.
UPDATE placements SET version = version + 1, modified_at = %lld, deleted_at = %lld
WHERE dashboard_id = %s AND deleted_at IS NULL;

-- STMT_DASHBOARD_IMPACT
-- across portals: what deleting a dashboard would end, everywhere.
SELECT COUNT(DISTINCT c.portal_id), COUNT(DISTINCT c.id), COUNT(DISTINCT m.portal_id || m.id)
FROM placements c
JOIN portals t ON t.id = c.portal_id AND t.deleted_at IS NULL
LEFT JOIN members m ON m.portal_id = c.portal_id AND (c.partner_id IS NULL OR c.partner_id = m.partner_id)
    AND t.state = 'active' AND m.deleted_at IS NULL AND m.state = 'active'
    AND (m.valid_until IS NULL OR m.valid_until > %lld) AND {SPONSOR_STANDS}
    AND EXISTS (SELECT 1 FROM partners p WHERE p.portal_id = m.portal_id AND p.id = m.partner_id
        AND p.deleted_at IS NULL AND p.state IN ('pending', 'active'))
    AND (c.everyone = 1 OR EXISTS (SELECT 1 FROM placement_groups pg
        JOIN groups g ON g.portal_id = pg.portal_id AND g.id = pg.group_id AND g.deleted_at IS NULL
        JOIN group_members gm ON gm.portal_id = pg.portal_id AND gm.group_id = pg.group_id AND gm.member_id = m.id
        WHERE pg.portal_id = c.portal_id AND pg.placement_id = c.id))
WHERE c.dashboard_id = %s AND c.deleted_at IS NULL;

-- STMT_DASHBOARD_VERSION_SELECT
-- A deleted dashboard's versions, too: its placements are gone, not its history.
SELECT {VERSION_ROWS}
WHERE v.dashboard_id = %s AND v.number = %lld;

-- STMT_DASHBOARD_VERSION_LIST
SELECT {VERSION_ROWS}
WHERE v.dashboard_id = %s AND v.number < %lld AND d.deleted_at IS NULL
ORDER BY v.number DESC
LIMIT %lld;

-- STMT_DASHBOARD_VERSION_INSERT
INSERT INTO dashboard_versions (dashboard_id, number, title, description, target, widgets, published_by,
    published_at)
SELECT d.id, CAST(%lld AS BIGINT), d.title, d.description, d.target, d.widgets, CAST(%s AS TEXT), CAST(%lld AS BIGINT)
FROM dashboards d WHERE d.id = %s;

-- STMT_DASHBOARD_VERSION_SAME
SELECT v.number FROM dashboards d
JOIN dashboard_versions v ON v.dashboard_id = d.id AND v.number = d.published_version
WHERE d.id = %s AND v.title = d.title AND v.description = d.description
    AND COALESCE(v.target, '') = COALESCE(d.target, '') AND v.widgets = d.widgets;

-- STMT_DASHBOARD_SAME
-- The draft was changed back to what is published.
UPDATE dashboards SET draft_changed = 0 WHERE id = %s;

-- STMT_DASHBOARD_IMAGES_DELETE
DELETE FROM dashboard_images WHERE dashboard_id = %s AND number = 0;

-- STMT_DASHBOARD_IMAGE_INSERT
INSERT INTO dashboard_images (dashboard_id, number, file)
SELECT CAST(%s AS TEXT), 0, i.file FROM images i WHERE i.file = %s
ON CONFLICT DO NOTHING;

-- STMT_DASHBOARD_IMAGES_PUBLISH
INSERT INTO dashboard_images (dashboard_id, number, file)
SELECT i.dashboard_id, CAST(%lld AS BIGINT), i.file FROM dashboard_images i WHERE i.dashboard_id = %s AND i.number = 0;

-- STMT_DASHBOARD_DELETED
SELECT title, deleted_at FROM dashboards WHERE id = %s AND deleted_at IS NOT NULL;

-- STMT_DASHBOARD_RESTORE
UPDATE dashboards SET version = version + 1, modified_at = %lld, deleted_at = NULL, deleted_by = NULL
WHERE id = %s AND deleted_at = %lld;

-- STMT_DASHBOARD_DELETED_PLACEMENTS
-- across portals: what ended with the dashboard in all of them. What a share placed comes back only where the
-- partner still holds a revision that names the dashboard.
SELECT c.portal_id, c.id, c.name, COALESCE(c.partner_id, '') FROM placements c
JOIN portals t ON t.id = c.portal_id AND t.deleted_at IS NULL
LEFT JOIN partners p ON p.portal_id = c.portal_id AND p.id = c.partner_id
WHERE c.dashboard_id = %s AND c.deleted_at = %lld AND (c.partner_id IS NULL OR p.deleted_at IS NULL)
    AND (c.source = 'manual' OR EXISTS (SELECT 1 FROM grants g
        JOIN shares s ON s.id = g.share_id AND s.deleted_at IS NULL
        JOIN share_dashboards sd ON sd.share_id = g.share_id AND sd.number = g.revision
            AND sd.dashboard_id = c.dashboard_id
        WHERE g.portal_id = c.portal_id AND g.partner_id = c.partner_id AND g.share_id = c.share_id))
ORDER BY c.portal_id, c.position, c.id;

-- STMT_DASHBOARD_PLACEMENT_RESTORE
UPDATE placements SET name = %s, name_folded = %s, version = version + 1, modified_at = %lld, deleted_at = NULL
WHERE portal_id = %s AND id = %s;
