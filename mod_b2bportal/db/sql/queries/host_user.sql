-- SPDX-License-Identifier: Apache-2.0
-- Host users, their roles and what links them to an identity. The numbers are the bits of b2b_host_role_e.

-- PART HOST_USER_COLUMNS
u.id, u.email, u.first_name, u.last_name, (SELECT SUM(CASE r.role WHEN 'administrator' THEN 1 WHEN 'partner_manager' THEN 2 WHEN 'designer' THEN 4
        WHEN 'data_source_manager' THEN 8 WHEN 'auditor' THEN 16 WHEN 'user' THEN 32 END)
        FROM host_user_roles r WHERE r.user_id = u.id),
    u.state, u.issuer, u.subject, u.locale, u.last_sign_in_at, u.version, u.created_at, u.modified_at

-- STMT_HOST_USER_SELECT
SELECT {HOST_USER_COLUMNS}
FROM host_users u WHERE u.id = %s AND u.deleted_at IS NULL;

-- STMT_HOST_USER_SELECT_BY_EMAIL
SELECT {HOST_USER_COLUMNS}
FROM host_users u WHERE u.email_folded = %s AND u.deleted_at IS NULL;

-- STMT_HOST_USER_SELECT_BY_IDENTITY
SELECT {HOST_USER_COLUMNS}
FROM host_users u WHERE u.issuer = %s AND u.subject = %s AND u.deleted_at IS NULL;

-- STMT_HOST_USER_LIST_EMAIL_{UP|DOWN}
SELECT {HOST_USER_COLUMNS},
    u.email_folded
FROM host_users u
WHERE u.deleted_at IS NULL
    AND (u.email_folded, u.id) {UP:>|<}
      (COALESCE(%s, (SELECT {UP:MIN|MAX}(x.email_folded) FROM host_users x)), %s)
    AND (%s = '' OR u.state = %s)
    AND (%s = '' OR EXISTS (SELECT 1 FROM host_user_roles f WHERE f.user_id = u.id AND f.role = %s))
    AND (%s = '' OR EXISTS (SELECT 1 FROM host_group_users g WHERE g.user_id = u.id AND g.group_id = %s))
    AND (%s = '' OR u.email_folded LIKE %s ESCAPE '!' OR u.name_folded LIKE %s ESCAPE '!')
ORDER BY u.email_folded{UP:| DESC}, u.id{UP:| DESC}
LIMIT %lld;

-- STMT_HOST_USER_FIND
-- Deleted ones, too: an address has one row for ever.
SELECT id, issuer, subject, deleted_at FROM host_users WHERE email_folded = %s;

-- STMT_HOST_USER_VERSION
SELECT version FROM host_users WHERE id = %s AND deleted_at IS NULL;

-- STMT_HOST_USER_HOLD
-- A lock that waits for whoever suspends or removes the host user, and makes them wait: whom they sponsor is asked
-- under it.
UPDATE host_users SET version = version WHERE id = %s AND deleted_at IS NULL;

-- STMT_HOST_USER_SPONSORED_PORTALS
-- across portals: those in which the host user sponsors anybody.
SELECT DISTINCT portal_id FROM members WHERE sponsor_id = %s;

-- STMT_HOST_USER_SPONSORED
-- across portals: the people who have access as long as their sponsor, the host user, has.
SELECT COUNT(*), COUNT(DISTINCT m.portal_id) FROM members m
JOIN portals t ON t.id = m.portal_id AND t.deleted_at IS NULL AND t.state = 'active'
JOIN partners p ON p.portal_id = m.portal_id AND p.id = m.partner_id AND p.deleted_at IS NULL
    AND p.state IN ('pending', 'active')
WHERE m.sponsor_id = %s AND m.deleted_at IS NULL AND m.state = 'active'
    AND (m.valid_until IS NULL OR m.valid_until > %lld) AND {SPONSOR_STANDS};

-- STMT_HOST_USER_INSERT
INSERT INTO host_users (id, email, email_folded, first_name, last_name, name_folded, state, locale,
    version, created_at, modified_at)
VALUES (%s, %s, %s, %s, %s, %s, 'pending', %s, 1, %lld, %lld);

-- STMT_HOST_USER_REVIVE
UPDATE host_users SET email = %s, first_name = %s, last_name = %s, name_folded = %s, locale = %s,
    state = 'pending', issuer = NULL, subject = NULL, last_sign_in_at = NULL, version = version + 1,
    modified_at = %lld, deleted_at = NULL
WHERE id = %s AND deleted_at IS NOT NULL;

-- STMT_HOST_USER_UPDATE
UPDATE host_users SET first_name = %s, last_name = %s, name_folded = %s, locale = %s,
    version = version + 1, modified_at = %lld
WHERE id = %s AND version >= %lld AND version <= %lld AND deleted_at IS NULL;

-- STMT_HOST_USER_SUSPEND
UPDATE host_users SET state = 'suspended', version = version + 1, modified_at = %lld
WHERE id = %s AND version >= %lld AND version <= %lld AND deleted_at IS NULL;

-- STMT_HOST_USER_RESUME
UPDATE host_users SET state = CASE WHEN issuer IS NULL THEN 'pending' ELSE 'active' END,
    version = version + 1, modified_at = %lld
WHERE id = %s AND version >= %lld AND version <= %lld AND deleted_at IS NULL;

-- STMT_HOST_USER_DELETE
UPDATE host_users SET version = version + 1, modified_at = %lld, deleted_at = %lld
WHERE id = %s AND version >= %lld AND version <= %lld AND deleted_at IS NULL;

-- STMT_HOST_USER_RAISE
UPDATE host_users SET version = version + 1, modified_at = %lld WHERE id = %s AND deleted_at IS NULL;

-- STMT_HOST_USER_FORGET
-- A deleted row gives up its identity when somebody else is linked to it.
UPDATE host_users SET issuer = NULL, subject = NULL
WHERE issuer = %s AND subject = %s AND deleted_at IS NOT NULL;

-- STMT_HOST_USER_LINK
UPDATE host_users SET issuer = %s, subject = %s, state = 'active', last_sign_in_at = %lld,
    first_name = CASE WHEN first_name = '' THEN %s ELSE first_name END,
    last_name = CASE WHEN last_name = '' THEN %s ELSE last_name END,
    version = version + 1, modified_at = %lld
WHERE email_folded = %s AND state = 'pending' AND issuer IS NULL AND deleted_at IS NULL;

-- STMT_HOST_USER_NAME
UPDATE host_users SET name_folded = %s WHERE id = %s;

-- STMT_HOST_USER_SIGNED_IN
UPDATE host_users SET last_sign_in_at = %lld WHERE id = %s AND deleted_at IS NULL;

-- STMT_HOST_USER_ROLES_DELETE
DELETE FROM host_user_roles WHERE user_id = %s;

-- STMT_HOST_USER_ROLE_INSERT
INSERT INTO host_user_roles (user_id, role) VALUES (%s, %s);

-- STMT_HOST_USER_ADMINISTRATORS
SELECT COUNT(*) FROM host_users u JOIN host_user_roles r ON r.user_id = u.id AND r.role = 'administrator'
WHERE u.state = 'active' AND u.deleted_at IS NULL;

-- STMT_HOST_USER_GROUPS
SELECT g.id, g.name FROM host_group_users gu
JOIN host_groups g ON g.id = gu.group_id AND g.deleted_at IS NULL
WHERE gu.user_id = %s ORDER BY g.name_folded;

-- STMT_HOST_USER_GROUPS_DELETE
DELETE FROM host_group_users WHERE user_id = %s;
