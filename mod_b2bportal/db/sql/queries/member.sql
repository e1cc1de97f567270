-- SPDX-License-Identifier: Apache-2.0
-- Members of a portal: one row per person and portal, for ever (S3). With a member come its partner's name, its
-- sponsor, its newest invitation and the newest mail that carries that. The numbers are the bits of b2b_source_e.

-- PART MEMBER_COLUMNS
m.portal_id, m.id, m.partner_id, p.name, m.email, m.first_name, m.last_name, m.role, m.state, m.issuer,
    m.subject, m.valid_until, m.sponsor_id, s.first_name, s.last_name, s.email, m.locale, m.last_sign_in_at,
    i.id, i.state, i.expires_at, o.state, o.claimed_until, m.version, m.created_at, m.modified_at,
    CASE WHEN s.deleted_at IS NULL THEN s.state ELSE 'removed' END

-- PART MEMBER_TABLES
FROM members m
JOIN partners p ON p.portal_id = m.portal_id AND p.id = m.partner_id
LEFT JOIN host_users s ON s.id = m.sponsor_id
LEFT JOIN invitations i ON i.portal_id = m.portal_id AND i.id = (SELECT MAX(x.id) FROM invitations x
    WHERE x.portal_id = m.portal_id AND x.member_id = m.id)
LEFT JOIN outbox o ON o.id = (SELECT MAX(y.id) FROM outbox y
    WHERE y.portal_id = i.portal_id AND y.subject_id = i.id AND y.kind = 'invitation')

-- PART MEMBER_FILTERS
AND (%s = '' OR m.state = %s)
    AND (%s = '' OR m.partner_id = %s)
    AND (%s = '' OR m.role = %s)
    AND (%s = '' OR EXISTS (SELECT 1 FROM group_members f WHERE f.portal_id = m.portal_id AND f.member_id = m.id
        AND f.group_id = %s))
    AND (%s = '' OR m.email_folded LIKE %s ESCAPE '!' OR m.name_folded LIKE %s ESCAPE '!')

-- STMT_MEMBER_SELECT
SELECT {MEMBER_COLUMNS}
{MEMBER_TABLES}
WHERE m.portal_id = %s AND m.id = %s AND m.deleted_at IS NULL;

-- STMT_MEMBER_SELECT_BY_EMAIL
SELECT {MEMBER_COLUMNS}
{MEMBER_TABLES}
WHERE m.portal_id = %s AND m.email_folded = %s AND m.deleted_at IS NULL;

-- STMT_MEMBER_LIST_{EMAIL|NAME}_{UP|DOWN}
SELECT {MEMBER_COLUMNS},
    m.{EMAIL:email_folded|name_folded}
{MEMBER_TABLES}
WHERE m.portal_id = %s AND m.deleted_at IS NULL
    AND (m.{EMAIL:email_folded|name_folded}, m.id) {UP:>|<}
      (COALESCE(%s, (SELECT {UP:MIN|MAX}(x.{EMAIL:email_folded|name_folded}) FROM members x WHERE x.portal_id = %s)), %s)
    {MEMBER_FILTERS}
ORDER BY m.{EMAIL:email_folded|name_folded}{UP:| DESC}, m.id{UP:| DESC}
LIMIT %lld;

-- STMT_MEMBER_LIST_SIGN_IN_{UP|DOWN}
SELECT {MEMBER_COLUMNS},
    COALESCE(m.last_sign_in_at, 0)
{MEMBER_TABLES}
WHERE m.portal_id = %s AND m.deleted_at IS NULL
    AND (COALESCE(m.last_sign_in_at, 0), m.id) {UP:>|<}
      (COALESCE(CAST(%s AS BIGINT), (SELECT {UP:MIN|MAX}(COALESCE(x.last_sign_in_at, 0)) FROM members x WHERE x.portal_id = %s)), %s)
    {MEMBER_FILTERS}
ORDER BY COALESCE(m.last_sign_in_at, 0){UP:| DESC}, m.id{UP:| DESC}
LIMIT %lld;

-- STMT_MEMBER_LIST_CREATED_{UP|DOWN}
SELECT {MEMBER_COLUMNS},
    m.id
{MEMBER_TABLES}
WHERE m.portal_id = %s AND m.deleted_at IS NULL
    AND (m.id, m.id) {UP:>|<}
      (COALESCE(%s, (SELECT {UP:MIN|MAX}(x.id) FROM members x WHERE x.portal_id = %s)), %s)
    {MEMBER_FILTERS}
ORDER BY m.id{UP:| DESC}
LIMIT %lld;

-- STMT_MEMBER_GROUPS_20
-- The groups of a page of members, twenty at a time; a shorter rest repeats its last id.
SELECT gm.member_id, g.id, g.name, SUM(CASE gm.source WHEN 'console' THEN 2 WHEN 'csv' THEN 4 WHEN 'api' THEN 8
        WHEN 'scim' THEN 16 WHEN 'claim' THEN 32 END)
FROM group_members gm
JOIN groups g ON g.portal_id = gm.portal_id AND g.id = gm.group_id AND g.deleted_at IS NULL
WHERE gm.portal_id = %s AND gm.member_id IN (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s,
    %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
GROUP BY gm.member_id, g.id, g.name, g.name_folded
ORDER BY gm.member_id, g.name_folded;

-- STMT_MEMBER_FIND
-- Removed ones, too: an address has one row for ever.
SELECT id, state, issuer, subject, deleted_at FROM members WHERE portal_id = %s AND email_folded = %s;

-- STMT_MEMBER_VERSION
SELECT version, issuer, subject, state, sponsor_id FROM members WHERE portal_id = %s AND id = %s AND deleted_at IS NULL;

-- STMT_MEMBER_INSERT
INSERT INTO members (portal_id, id, partner_id, email, email_folded, first_name, last_name, name_folded,
    role, state, valid_until, sponsor_id, locale, version, created_at, modified_at)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, 'invited', %lld, %s, %s, 1, %lld, %lld);

-- STMT_MEMBER_REVIVE
UPDATE members SET partner_id = %s, email = %s, first_name = %s, last_name = %s, name_folded = %s,
    role = %s, state = 'invited', issuer = NULL, subject = NULL, valid_until = %lld, sponsor_id = %s,
    locale = %s, last_sign_in_at = NULL, version = version + 1, modified_at = %lld, deleted_at = NULL
WHERE portal_id = %s AND id = %s AND deleted_at IS NOT NULL;

-- STMT_MEMBER_UPDATE
UPDATE members SET first_name = %s, last_name = %s, name_folded = %s, role = %s, partner_id = %s,
    valid_until = %lld, sponsor_id = %s, locale = %s, version = version + 1, modified_at = %lld
WHERE portal_id = %s AND id = %s AND version >= %lld AND version <= %lld AND deleted_at IS NULL;

-- STMT_MEMBER_SUSPEND
UPDATE members SET state = 'suspended', version = version + 1, modified_at = %lld
WHERE portal_id = %s AND id = %s AND version >= %lld AND version <= %lld AND deleted_at IS NULL;

-- STMT_MEMBER_RESUME
UPDATE members SET state = CASE WHEN issuer IS NULL THEN 'invited' ELSE 'active' END,
    version = version + 1, modified_at = %lld
WHERE portal_id = %s AND id = %s AND version >= %lld AND version <= %lld AND deleted_at IS NULL;

-- STMT_MEMBER_REMOVE
UPDATE members SET version = version + 1, modified_at = %lld, deleted_at = %lld
WHERE portal_id = %s AND id = %s AND version >= %lld AND version <= %lld AND deleted_at IS NULL;

-- STMT_MEMBER_RAISE
UPDATE members SET version = version + 1, modified_at = %lld
WHERE portal_id = %s AND id = %s AND deleted_at IS NULL;

-- STMT_MEMBER_SIGNED_IN
UPDATE members SET last_sign_in_at = %lld WHERE portal_id = %s AND id = %s AND deleted_at IS NULL;

-- STMT_MEMBER_OF_IDENTITY
SELECT id FROM members
WHERE portal_id = %s AND issuer = %s AND subject = %s AND deleted_at IS NULL;

-- STMT_MEMBER_FORGET
-- A removed row gives up its identity when another row is linked to it.
UPDATE members SET issuer = NULL, subject = NULL
WHERE portal_id = %s AND issuer = %s AND subject = %s AND deleted_at IS NOT NULL;

-- STMT_MEMBER_LINK
UPDATE members SET issuer = %s, subject = %s, state = 'active', last_sign_in_at = %lld,
    first_name = %s, last_name = %s, name_folded = %s, version = version + 1, modified_at = %lld
WHERE portal_id = %s AND id = %s AND state = 'invited' AND issuer IS NULL AND deleted_at IS NULL;

-- STMT_MEMBER_GROUPS_CLEAR
-- All sources: who is invited again is in the groups given then, and in no other.
DELETE FROM group_members WHERE portal_id = %s AND member_id = %s;

-- STMT_MEMBER_GROUPS_DELETE
DELETE FROM group_members WHERE portal_id = %s AND member_id = %s AND source = %s;
