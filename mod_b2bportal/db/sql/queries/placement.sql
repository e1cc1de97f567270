-- SPDX-License-Identifier: Apache-2.0
-- Placements: a version of a dashboard in one portal, with its security (S6, S10).

-- PART PLACEMENT_TABLES
FROM placements c
JOIN dashboards d ON d.id = c.dashboard_id
JOIN dashboard_versions v ON v.dashboard_id = c.dashboard_id AND v.number = c.dashboard_version
LEFT JOIN partners p ON p.portal_id = c.portal_id AND p.id = c.partner_id

-- STMT_PLACEMENT_SELECT
SELECT c.portal_id, c.id, c.dashboard_id, c.dashboard_version, v.title, d.kind, d.published_version, c.partner_id,
    p.name, c.name, c.position, c.welcome_page, c.everyone, c.source, c.version, c.created_at, c.modified_at
{PLACEMENT_TABLES}
WHERE c.portal_id = %s AND c.id = %s AND c.deleted_at IS NULL;

-- STMT_PLACEMENT_LIST_NAME_{UP|DOWN}
SELECT c.portal_id, c.id, c.dashboard_id, c.dashboard_version, v.title, d.kind, d.published_version, c.partner_id,
    p.name, c.name, c.position, c.welcome_page, c.everyone, c.source, c.version, c.created_at, c.modified_at,
    c.name_folded
{PLACEMENT_TABLES}
WHERE c.portal_id = %s AND c.deleted_at IS NULL
    AND (c.name_folded, c.id) {UP:>|<}
      (COALESCE(%s, (SELECT {UP:MIN|MAX}(x.name_folded) FROM placements x WHERE x.portal_id = %s)), %s)
    AND (%s = '' OR c.dashboard_id = %s)
    AND (%s = '' OR c.partner_id = %s)
    AND (%s = '' OR c.name_folded LIKE %s ESCAPE '!')
ORDER BY c.name_folded{UP:| DESC}, c.id{UP:| DESC}
LIMIT %lld;

-- STMT_PLACEMENT_GROUPS
SELECT pg.group_id FROM placement_groups pg
JOIN groups g ON g.portal_id = pg.portal_id AND g.id = pg.group_id AND g.deleted_at IS NULL
WHERE pg.portal_id = %s AND pg.placement_id = %s ORDER BY pg.group_id;

-- STMT_PLACEMENT_SHARE
SELECT s.title FROM placements c JOIN shares s ON s.id = c.share_id
WHERE c.portal_id = %s AND c.id = %s AND c.deleted_at IS NULL;

-- STMT_PLACEMENT_VERSION
SELECT version FROM placements WHERE portal_id = %s AND id = %s AND deleted_at IS NULL;

-- STMT_PLACEMENT_TAKEN
SELECT id FROM placements
WHERE portal_id = %s AND name_folded = %s AND COALESCE(partner_id, '') = %s AND deleted_at IS NULL;

-- STMT_PLACEMENT_HOLD_DASHBOARD
-- Changes nothing but holds the row until the end: a deletion of the dashboard comes before or after, never
-- between the look at it and the placement, which it would not end then.
UPDATE dashboards SET version = version WHERE id = %s AND deleted_at IS NULL;

-- STMT_PLACEMENT_DASHBOARD
SELECT d.published_version, v.number FROM dashboards d
LEFT JOIN dashboard_versions v ON v.dashboard_id = d.id AND v.number = %lld
WHERE d.id = %s AND d.deleted_at IS NULL;

-- STMT_PLACEMENT_LAST_POSITION
SELECT COALESCE(MAX(position), 0) FROM placements WHERE portal_id = %s AND deleted_at IS NULL;

-- STMT_PLACEMENT_INSERT
INSERT INTO placements (portal_id, id, dashboard_id, dashboard_version, partner_id, name, name_folded,
    position, welcome_page, everyone, source, version, created_at, modified_at)
VALUES (%s, %s, %s, %lld, %s, %s, %s, %lld, %d, %d, %s, 1, %lld, %lld);

-- STMT_PLACEMENT_UPDATE
UPDATE placements SET dashboard_version = %lld, partner_id = %s, name = %s, name_folded = %s, position = %lld,
    welcome_page = %d, everyone = %d, version = version + 1, modified_at = %lld
WHERE portal_id = %s AND id = %s AND version >= %lld AND version <= %lld AND deleted_at IS NULL;

-- STMT_PLACEMENT_DELETE
UPDATE placements SET version = version + 1, modified_at = %lld, deleted_at = %lld
WHERE portal_id = %s AND id = %s AND version >= %lld AND version <= %lld AND deleted_at IS NULL;

-- STMT_PLACEMENT_GROUPS_DELETE
DELETE FROM placement_groups WHERE portal_id = %s AND placement_id = %s;

-- STMT_PLACEMENT_GROUP_INSERT
INSERT INTO placement_groups (portal_id, placement_id, group_id) VALUES (%s, %s, %s)
ON CONFLICT DO NOTHING;

-- STMT_PLACEMENT_AUDIENCE_EVERYONE
SELECT m.id FROM members m JOIN partners p ON p.portal_id = m.portal_id AND p.id = m.partner_id
WHERE m.portal_id = %s AND m.deleted_at IS NULL AND m.state = 'active'
    AND (m.valid_until IS NULL OR m.valid_until > %lld) AND {SPONSOR_STANDS}
    AND p.deleted_at IS NULL AND p.state IN ('pending', 'active')
    AND (%s = '' OR m.partner_id = %s);

-- STMT_PLACEMENT_AUDIENCE_GROUP
SELECT DISTINCT m.id FROM group_members gm
JOIN groups g ON g.portal_id = gm.portal_id AND g.id = gm.group_id AND g.deleted_at IS NULL
JOIN members m ON m.portal_id = gm.portal_id AND m.id = gm.member_id
JOIN partners p ON p.portal_id = m.portal_id AND p.id = m.partner_id
WHERE gm.portal_id = %s AND gm.group_id = %s AND m.deleted_at IS NULL AND m.state = 'active'
    AND (m.valid_until IS NULL OR m.valid_until > %lld) AND {SPONSOR_STANDS}
    AND p.deleted_at IS NULL AND p.state IN ('pending', 'active')
    AND (%s = '' OR m.partner_id = %s);

-- STMT_PLACEMENT_OF_IMAGE
SELECT c.id FROM placements c
JOIN dashboard_images i ON i.dashboard_id = c.dashboard_id AND i.number = c.dashboard_version AND i.file = %s
WHERE c.portal_id = %s AND c.deleted_at IS NULL;
