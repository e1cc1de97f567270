-- SPDX-License-Identifier: Apache-2.0
-- Names of people and groups that instances speak of, and those that may be chosen. The n-th id of a list begins at n
-- times 36.

-- STMT_INSTANCE_MEMBER_NAMES
-- planned once
-- With the partner and whether they may work now.
WITH RECURSIVE n(ix) AS (SELECT 0 UNION ALL SELECT ix + 1 FROM n WHERE ix + 1 < %lld)
SELECT m.id, m.first_name, m.last_name, m.email, m.partner_id,
    CASE WHEN m.deleted_at IS NULL AND m.state = 'active' AND (m.valid_until IS NULL OR m.valid_until > %lld) AND {SPONSOR_STANDS}
        THEN 1 ELSE 0 END
FROM n
JOIN members m ON m.portal_id = %s AND m.id = substr(%s, n.ix * 36 + 1, 36);

-- STMT_INSTANCE_GROUP_NAMES
-- planned once
WITH RECURSIVE n(ix) AS (SELECT 0 UNION ALL SELECT ix + 1 FROM n WHERE ix + 1 < %lld)
SELECT g.id, g.name, CASE WHEN g.deleted_at IS NULL THEN 1 ELSE 0 END FROM n
JOIN groups g ON g.portal_id = %s AND g.id = substr(%s, n.ix * 36 + 1, 36);

-- STMT_INSTANCE_HOST_USER_NAMES
-- planned once
WITH RECURSIVE n(ix) AS (SELECT 0 UNION ALL SELECT ix + 1 FROM n WHERE ix + 1 < %lld)
SELECT u.id, u.first_name, u.last_name, u.email,
    CASE WHEN u.deleted_at IS NULL AND u.state = 'active' THEN 1 ELSE 0 END FROM n
JOIN host_users u ON u.id = substr(%s, n.ix * 36 + 1, 36);

-- STMT_INSTANCE_HOST_GROUP_NAMES
-- planned once
WITH RECURSIVE n(ix) AS (SELECT 0 UNION ALL SELECT ix + 1 FROM n WHERE ix + 1 < %lld)
SELECT g.id, g.name, CASE WHEN g.deleted_at IS NULL THEN 1 ELSE 0 END FROM n
JOIN host_groups g ON g.id = substr(%s, n.ix * 36 + 1, 36);

-- STMT_INSTANCE_HOST_GROUPS_OF
-- planned once
-- Which of the host groups, as a text of ids, the host users are in.
WITH RECURSIVE n(ix) AS (SELECT 0 UNION ALL SELECT ix + 1 FROM n WHERE ix + 1 < %lld)
SELECT gu.user_id FROM n
JOIN host_group_users gu ON gu.user_id = substr(%s, n.ix * 36 + 1, 36)
JOIN host_groups g ON g.id = gu.group_id AND g.deleted_at IS NULL
WHERE %s LIKE '%%' || gu.group_id || '%%';

-- STMT_INSTANCE_FIND_MEMBERS
-- Sorted by an expression, so that the partner's people are read and not the portal's.
SELECT m.id, m.first_name, m.last_name, m.email FROM members m
WHERE m.portal_id = %s AND m.partner_id = %s AND m.state = 'active' AND m.deleted_at IS NULL
    AND (m.valid_until IS NULL OR m.valid_until > %lld) AND {SPONSOR_STANDS}
    AND (%s = '' OR m.name_folded LIKE %s ESCAPE '!' OR m.email_folded LIKE %s ESCAPE '!')
ORDER BY m.name_folded || '', m.id
LIMIT %lld;

-- STMT_INSTANCE_FIND_GROUPS
-- Groups in which the partner has somebody.
SELECT g.id, g.name FROM groups g
WHERE g.portal_id = %s AND g.deleted_at IS NULL AND (%s = '' OR g.name_folded LIKE %s ESCAPE '!')
    AND EXISTS (SELECT 1 FROM group_members gm
        JOIN members m ON m.portal_id = gm.portal_id AND m.id = gm.member_id
        WHERE gm.portal_id = g.portal_id AND gm.group_id = g.id AND m.partner_id = %s AND m.deleted_at IS NULL)
ORDER BY g.name_folded, g.id
LIMIT %lld;

-- STMT_INSTANCE_GROUP_HAS
SELECT 1 FROM group_members gm
JOIN members m ON m.portal_id = gm.portal_id AND m.id = gm.member_id
WHERE gm.portal_id = %s AND gm.group_id = %s AND m.partner_id = %s AND m.deleted_at IS NULL
LIMIT 1;

-- STMT_INSTANCE_FIND_HOST_USERS
-- Of the host groups, a text of ids.
SELECT u.id, u.first_name, u.last_name, u.email FROM host_users u
WHERE u.deleted_at IS NULL AND u.state = 'active'
    AND (%s = '' OR u.name_folded LIKE %s ESCAPE '!' OR u.email_folded LIKE %s ESCAPE '!')
    AND EXISTS (SELECT 1 FROM host_group_users gu
        JOIN host_groups g ON g.id = gu.group_id AND g.deleted_at IS NULL
        WHERE gu.user_id = u.id AND %s LIKE '%%' || gu.group_id || '%%')
ORDER BY u.name_folded, u.id
LIMIT %lld;

-- STMT_INSTANCE_OWNER_IN_GROUPS
-- Is anybody of the partner whom an owner (kind, id: a member, a group, the partner) names in one of the groups, a text of ids?
SELECT 1 FROM members m
WHERE m.portal_id = %s AND m.partner_id = %s AND m.deleted_at IS NULL
    AND (%s = 'partner' OR m.id = %s OR EXISTS (SELECT 1 FROM group_members own
        WHERE own.portal_id = m.portal_id AND own.group_id = %s AND own.member_id = m.id))
    AND EXISTS (SELECT 1 FROM group_members gm
        JOIN groups g ON g.portal_id = gm.portal_id AND g.id = gm.group_id AND g.deleted_at IS NULL
        WHERE gm.portal_id = m.portal_id AND gm.member_id = m.id AND %s LIKE '%%' || gm.group_id || '%%')
LIMIT 1;

-- STMT_INSTANCE_HOST_OWNER_IN
-- Is any host user whom an owner (the id of a host user, of a host group) names one of the users or in one of the groups,
-- texts of ids?
SELECT 1 FROM host_users u
WHERE u.deleted_at IS NULL
    AND (u.id = %s OR EXISTS (SELECT 1 FROM host_group_users own WHERE own.user_id = u.id AND own.group_id = %s))
    AND (%s LIKE '%%' || u.id || '%%' OR EXISTS (SELECT 1 FROM host_group_users gu
        JOIN host_groups g ON g.id = gu.group_id AND g.deleted_at IS NULL
        WHERE gu.user_id = u.id AND %s LIKE '%%' || gu.group_id || '%%'))
LIMIT 1;
