-- SPDX-License-Identifier: Apache-2.0
-- Groups of members (S5). The automatic group has no row: it is exactly the active members.

-- PART GROUP_COLUMNS
g.id, g.name, (SELECT COUNT(DISTINCT gm.member_id) FROM group_members gm
        JOIN members m ON m.portal_id = gm.portal_id AND m.id = gm.member_id AND m.deleted_at IS NULL
        WHERE gm.portal_id = g.portal_id AND gm.group_id = g.id), g.version, g.created_at, g.modified_at

-- STMT_GROUP_SELECT
SELECT {GROUP_COLUMNS}
FROM groups g WHERE g.portal_id = %s AND g.id = %s AND g.deleted_at IS NULL;

-- STMT_GROUP_LIST_NAME_{UP|DOWN}
SELECT {GROUP_COLUMNS},
    g.name_folded
FROM groups g
WHERE g.portal_id = %s AND g.deleted_at IS NULL
    AND (g.name_folded, g.id) {UP:>|<}
      (COALESCE(%s, (SELECT {UP:MIN|MAX}(x.name_folded) FROM groups x WHERE x.portal_id = %s)), %s)
    AND (%s = '' OR g.name_folded LIKE %s ESCAPE '!')
ORDER BY g.name_folded{UP:| DESC}, g.id{UP:| DESC}
LIMIT %lld;

-- STMT_GROUP_AUTOMATIC
SELECT t.id, t.name, (SELECT COUNT(*) FROM members m JOIN partners p ON p.portal_id = m.portal_id AND p.id = m.partner_id
        WHERE m.portal_id = t.id AND m.deleted_at IS NULL AND m.state = 'active'
            AND (m.valid_until IS NULL OR m.valid_until > %lld) AND {SPONSOR_STANDS}
            AND p.deleted_at IS NULL AND p.state IN ('pending', 'active')), t.version, t.created_at, t.modified_at
FROM portals t WHERE t.id = %s AND t.deleted_at IS NULL;

-- STMT_GROUP_TAKEN
SELECT id FROM groups WHERE portal_id = %s AND name_folded = %s AND deleted_at IS NULL;

-- STMT_GROUP_VERSION
SELECT version FROM groups WHERE portal_id = %s AND id = %s AND deleted_at IS NULL;

-- STMT_GROUP_INSERT
INSERT INTO groups (portal_id, id, name, name_folded, version, created_at, modified_at)
VALUES (%s, %s, %s, %s, 1, %lld, %lld);

-- STMT_GROUP_UPDATE
UPDATE groups SET name = %s, name_folded = %s, version = version + 1, modified_at = %lld
WHERE portal_id = %s AND id = %s AND version >= %lld AND version <= %lld AND deleted_at IS NULL;

-- STMT_GROUP_DELETE
UPDATE groups SET version = version + 1, modified_at = %lld, deleted_at = %lld
WHERE portal_id = %s AND id = %s AND version >= %lld AND version <= %lld AND deleted_at IS NULL;

-- STMT_GROUP_RAISE_PLACEMENTS
-- Placements that name the group look different without it.
UPDATE placements SET version = version + 1, modified_at = %lld
WHERE portal_id = %s AND deleted_at IS NULL
    AND id IN (SELECT pg.placement_id FROM placement_groups pg WHERE pg.portal_id = %s AND pg.group_id = %s);

-- STMT_GROUP_MEMBER_INSERT
INSERT INTO group_members (portal_id, group_id, member_id, source) VALUES (%s, %s, %s, %s)
ON CONFLICT DO NOTHING;

-- STMT_GROUP_MEMBER_DELETE
DELETE FROM group_members WHERE portal_id = %s AND group_id = %s AND member_id = %s AND source = %s;

-- PART MEMBERS_FROM
AND (m.email_folded, m.id) {UP:>|<}
      (COALESCE(%s, (SELECT {UP:MIN|MAX}(x.email_folded) FROM members x WHERE x.portal_id = %s)), %s)
    AND (%s = '' OR m.email_folded LIKE %s ESCAPE '!' OR m.name_folded LIKE %s ESCAPE '!')

-- STMT_GROUP_MEMBER_LIST_{UP|DOWN}
SELECT m.id, m.email, m.first_name, m.last_name, m.partner_id, p.name, m.state,
    SUM(CASE gm.source WHEN 'console' THEN 2 WHEN 'csv' THEN 4 WHEN 'api' THEN 8
        WHEN 'scim' THEN 16 WHEN 'claim' THEN 32 END),
    m.email_folded
FROM group_members gm
JOIN members m ON m.portal_id = gm.portal_id AND m.id = gm.member_id AND m.deleted_at IS NULL
JOIN partners p ON p.portal_id = m.portal_id AND p.id = m.partner_id
WHERE gm.portal_id = %s AND gm.group_id = %s
    {MEMBERS_FROM}
GROUP BY m.id, m.email, m.first_name, m.last_name, m.partner_id, p.name, m.state, m.email_folded
ORDER BY m.email_folded{UP:| DESC}
LIMIT %lld;

-- STMT_GROUP_AUTOMATIC_LIST_{UP|DOWN}
SELECT m.id, m.email, m.first_name, m.last_name, m.partner_id, p.name, m.state, 1, m.email_folded
FROM members m
JOIN partners p ON p.portal_id = m.portal_id AND p.id = m.partner_id
WHERE m.portal_id = %s AND m.deleted_at IS NULL AND m.state = 'active'
    AND (m.valid_until IS NULL OR m.valid_until > %lld) AND {SPONSOR_STANDS}
    AND p.deleted_at IS NULL AND p.state IN ('pending', 'active')
    {MEMBERS_FROM}
ORDER BY m.email_folded{UP:| DESC}
LIMIT %lld;

-- STMT_GROUP_IMPACT
-- Members who could open a placement by this group alone, the placements that name it, and the shares that do.
SELECT COUNT(DISTINCT m.id), COUNT(DISTINCT c.id),
    (SELECT COUNT(DISTINCT b.share_id) FROM grant_groups b JOIN shares s ON s.id = b.share_id AND s.deleted_at IS NULL
        WHERE b.portal_id = %s AND b.group_id = %s)
FROM placement_groups pg
JOIN placements c ON c.portal_id = pg.portal_id AND c.id = pg.placement_id AND c.deleted_at IS NULL
LEFT JOIN group_members gm ON gm.portal_id = pg.portal_id AND gm.group_id = pg.group_id AND c.everyone = 0
LEFT JOIN members m ON m.portal_id = gm.portal_id AND m.id = gm.member_id
    AND (c.partner_id IS NULL OR c.partner_id = m.partner_id)
    AND m.deleted_at IS NULL AND m.state = 'active'
    AND (m.valid_until IS NULL OR m.valid_until > %lld) AND {SPONSOR_STANDS}
    AND EXISTS (SELECT 1 FROM partners p WHERE p.portal_id = m.portal_id AND p.id = m.partner_id
        AND p.deleted_at IS NULL AND p.state IN ('pending', 'active'))
    AND NOT EXISTS (SELECT 1 FROM placement_groups og
        JOIN groups g ON g.portal_id = og.portal_id AND g.id = og.group_id AND g.deleted_at IS NULL
        JOIN group_members om ON om.portal_id = og.portal_id AND om.group_id = og.group_id AND om.member_id = m.id
        WHERE og.portal_id = c.portal_id AND og.placement_id = c.id AND og.group_id <> pg.group_id)
WHERE pg.portal_id = %s AND pg.group_id = %s;
