-- SPDX-License-Identifier: Apache-2.0
-- Groups of host users.

-- STMT_HOST_GROUP_SELECT
SELECT g.id, g.name, (SELECT COUNT(*) FROM host_group_users gu JOIN host_users u ON u.id = gu.user_id
        AND u.deleted_at IS NULL WHERE gu.group_id = g.id), g.version, g.created_at, g.modified_at
FROM host_groups g WHERE g.id = %s AND g.deleted_at IS NULL;

-- STMT_HOST_GROUP_LIST_NAME_{UP|DOWN}
SELECT g.id, g.name, (SELECT COUNT(*) FROM host_group_users gu JOIN host_users u ON u.id = gu.user_id
        AND u.deleted_at IS NULL WHERE gu.group_id = g.id), g.version, g.created_at, g.modified_at,
    g.name_folded
FROM host_groups g
WHERE g.deleted_at IS NULL
    AND (g.name_folded, g.id) {UP:>|<}
      (COALESCE(%s, (SELECT {UP:MIN|MAX}(x.name_folded) FROM host_groups x)), %s)
    AND (%s = '' OR g.name_folded LIKE %s ESCAPE '!')
ORDER BY g.name_folded{UP:| DESC}, g.id{UP:| DESC}
LIMIT %lld;

-- STMT_HOST_GROUP_TAKEN
SELECT id FROM host_groups WHERE name_folded = %s AND deleted_at IS NULL;

-- STMT_HOST_GROUP_VERSION
SELECT version FROM host_groups WHERE id = %s AND deleted_at IS NULL;

-- STMT_HOST_GROUP_INSERT
INSERT INTO host_groups (id, name, name_folded, version, created_at, modified_at)
VALUES (%s, %s, %s, 1, %lld, %lld);

-- STMT_HOST_GROUP_UPDATE
UPDATE host_groups SET name = %s, name_folded = %s, version = version + 1, modified_at = %lld
WHERE id = %s AND version >= %lld AND version <= %lld AND deleted_at IS NULL;

-- STMT_HOST_GROUP_DELETE
UPDATE host_groups SET version = version + 1, modified_at = %lld, deleted_at = %lld
WHERE id = %s AND version >= %lld AND version <= %lld AND deleted_at IS NULL;

-- STMT_HOST_GROUP_USER_INSERT
INSERT INTO host_group_users (group_id, user_id) VALUES (%s, %s) ON CONFLICT DO NOTHING;

-- STMT_HOST_GROUP_USER_DELETE
DELETE FROM host_group_users WHERE group_id = %s AND user_id = %s;

-- STMT_HOST_GROUP_IDENTITIES
SELECT u.issuer, u.subject FROM host_group_users gu
JOIN host_users u ON u.id = gu.user_id AND u.issuer IS NOT NULL AND u.deleted_at IS NULL
WHERE gu.group_id = %s;
