-- SPDX-License-Identifier: Apache-2.0
-- Grants: which partner holds which share, at which revision, and what its groups' names were bound to.

-- PART GRANT_COLUMNS
g.portal_id, t.technical_name, t.name, g.partner_id, p.name, p.state, g.share_id, s.title, g.revision,
    s.revision, g.sent_at, g.first_sent_at,
    CASE WHEN s.draft_changed = 1
        OR EXISTS (SELECT 1 FROM share_processes sp JOIN processes x ON x.id = sp.process_id
            WHERE sp.share_id = s.id AND sp.number = s.revision AND sp.process_version <> x.published
                AND s.revision > 0)
        OR EXISTS (SELECT 1 FROM share_dashboards sd JOIN dashboards d ON d.id = sd.dashboard_id
            WHERE sd.share_id = s.id AND sd.number = s.revision AND sd.dashboard_version <> d.published_version
                AND s.revision > 0)
        THEN 1 ELSE 0 END

-- PART GRANT_TABLES
FROM grants g
JOIN shares s ON s.id = g.share_id AND s.deleted_at IS NULL
JOIN partners p ON p.portal_id = g.portal_id AND p.id = g.partner_id AND p.deleted_at IS NULL
JOIN portals t ON t.id = g.portal_id AND t.deleted_at IS NULL

-- STMT_GRANT_SELECT
SELECT {GRANT_COLUMNS}
{GRANT_TABLES}
WHERE g.portal_id = %s AND g.partner_id = %s AND g.share_id = %s;

-- STMT_GRANT_FIND
SELECT {GRANT_COLUMNS}
{GRANT_TABLES}
WHERE t.technical_name = %s AND g.portal_id = t.id AND g.partner_id = %s AND g.share_id = %s;

-- STMT_GRANT_ALL
-- across portals: sending reaches all that hold the share. In one order, so that two sendings never wait crosswise.
SELECT {GRANT_COLUMNS}
{GRANT_TABLES}
WHERE g.share_id = %s
ORDER BY g.portal_id, g.partner_id;

-- STMT_GRANT_LIST_SHARE
-- across portals: who holds the share.
SELECT {GRANT_COLUMNS},
    p.name_folded
{GRANT_TABLES}
WHERE g.share_id = %s AND (p.name_folded, g.partner_id) > (COALESCE(%s, ''), %s)
    AND (%d = 0 OR g.revision < s.revision OR g.revision = 0)
    AND (%s = '' OR p.name_folded LIKE %s ESCAPE '!')
ORDER BY p.name_folded, g.partner_id
LIMIT %lld;

-- STMT_GRANT_LIST_PARTNER
SELECT {GRANT_COLUMNS},
    s.title_folded
{GRANT_TABLES}
WHERE g.portal_id = %s AND g.partner_id = %s AND (s.title_folded, g.share_id) > (COALESCE(%s, ''), %s)
ORDER BY s.title_folded, g.share_id
LIMIT %lld;

-- STMT_GRANT_INSERT
INSERT INTO grants (portal_id, partner_id, share_id, revision, created_at) VALUES (%s, %s, %s, 0, %lld)
ON CONFLICT DO NOTHING;

-- STMT_GRANT_SENT
UPDATE grants SET revision = %lld, first_sent_at = COALESCE(first_sent_at, %lld), sent_at = %lld, sent_by = %s
WHERE portal_id = %s AND partner_id = %s AND share_id = %s;

-- STMT_GRANT_DELETE
DELETE FROM grants WHERE portal_id = %s AND partner_id = %s AND share_id = %s;

-- STMT_GRANT_DELETE_PLACEMENTS
UPDATE placements SET version = version + 1, modified_at = %lld, deleted_at = %lld
WHERE portal_id = %s AND partner_id = %s AND share_id = %s AND deleted_at IS NULL;

-- STMT_GRANT_GROUPS
-- Names whose group was deleted are nobody: they do not come out here.
SELECT b.name_folded, b.group_id FROM grant_groups b
JOIN groups g ON g.portal_id = b.portal_id AND g.id = b.group_id AND g.deleted_at IS NULL
WHERE b.portal_id = %s AND b.partner_id = %s AND b.share_id = %s
ORDER BY b.name_folded;

-- STMT_GRANT_GROUP
SELECT b.group_id FROM grant_groups b
JOIN groups g ON g.portal_id = b.portal_id AND g.id = b.group_id AND g.deleted_at IS NULL
WHERE b.portal_id = %s AND b.partner_id = %s AND b.share_id = %s AND b.name_folded = %s;

-- STMT_GRANT_GROUPS_DELETE
DELETE FROM grant_groups WHERE portal_id = %s AND partner_id = %s AND share_id = %s;

-- STMT_GRANT_GROUP_INSERT
INSERT INTO grant_groups (portal_id, partner_id, share_id, name_folded, group_id) VALUES (%s, %s, %s, %s, %s);

-- STMT_GRANT_GROUP_BY_NAME
-- The portal's group to which a name is bound.
SELECT id FROM groups WHERE portal_id = %s AND name_folded = %s AND deleted_at IS NULL;

-- STMT_GRANT_PLACEMENTS
-- What the share has placed for the partner.
SELECT id, dashboard_id, dashboard_version, name, welcome_page, everyone, position FROM placements
WHERE portal_id = %s AND partner_id = %s AND share_id = %s AND deleted_at IS NULL
ORDER BY position, id;

-- STMT_GRANT_OTHER_PLACEMENTS
-- What the partner has beside that: names that are taken, and welcome pages.
SELECT c.id, c.name, c.welcome_page, c.position, s.title FROM placements c
LEFT JOIN shares s ON s.id = c.share_id
WHERE c.portal_id = %s AND c.partner_id = %s AND c.deleted_at IS NULL AND COALESCE(c.share_id, '') <> %s
ORDER BY c.position, c.id;

-- STMT_GRANT_COMMON_PLACEMENTS
-- What all partners of the portal have.
SELECT id, name, welcome_page, position, NULL FROM placements
WHERE portal_id = %s AND partner_id IS NULL AND deleted_at IS NULL
ORDER BY position, id;

-- STMT_GRANT_PLACEMENT_INSERT
INSERT INTO placements (portal_id, id, dashboard_id, dashboard_version, partner_id, name, name_folded,
    position, welcome_page, everyone, source, share_id, version, created_at, modified_at)
VALUES (%s, %s, %s, %lld, %s, %s, %s, %lld, %d, %d, 'share', %s, 1, %lld, %lld);

-- STMT_GRANT_PLACEMENT_RENAME
-- For the moment, so that names can change places.
UPDATE placements SET name = %s, name_folded = %s WHERE portal_id = %s AND id = %s;

-- STMT_GRANT_PLACEMENT_RESTORE
UPDATE placements SET name = %s, name_folded = %s, version = version + 1, modified_at = %lld, deleted_at = NULL
WHERE portal_id = %s AND id = %s;

-- STMT_GRANT_IMPACT
SELECT
    CASE WHEN g.revision > 0 THEN 1 ELSE 0 END,
    (SELECT COUNT(*) FROM members m WHERE m.portal_id = g.portal_id AND m.partner_id = g.partner_id
        AND m.deleted_at IS NULL AND m.state = 'active' AND (m.valid_until IS NULL OR m.valid_until > %lld) AND {SPONSOR_STANDS}
        AND g.revision > 0 AND t.state = 'active' AND p.state IN ('pending', 'active')),
    (SELECT COUNT(*) FROM placements c WHERE c.portal_id = g.portal_id AND c.partner_id = g.partner_id
        AND c.share_id = g.share_id AND c.deleted_at IS NULL),
    (SELECT COUNT(*) FROM (SELECT 1 FROM instances i WHERE i.share_id = g.share_id AND i.portal_id = g.portal_id
        AND i.partner_id = g.partner_id AND i.deleted_at IS NULL LIMIT 1000) x)
FROM grants g
JOIN portals t ON t.id = g.portal_id
JOIN partners p ON p.portal_id = g.portal_id AND p.id = g.partner_id
WHERE g.portal_id = %s AND g.partner_id = %s AND g.share_id = %s;
