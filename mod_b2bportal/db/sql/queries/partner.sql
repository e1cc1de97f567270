-- SPDX-License-Identifier: Apache-2.0
-- Partners of a portal.

-- PART PARTNER_COLUMNS
p.portal_id, p.id, p.name, p.contact_first_name, p.contact_last_name, p.contact_email, p.country, p.city,
    p.logo, p.state, (SELECT COUNT(*) FROM members m WHERE m.portal_id = p.portal_id AND m.partner_id = p.id
        AND m.deleted_at IS NULL), p.version, p.created_at, p.modified_at

-- STMT_PARTNER_SELECT
SELECT {PARTNER_COLUMNS}
FROM partners p WHERE p.portal_id = %s AND p.id = %s AND p.deleted_at IS NULL;

-- STMT_PARTNER_LIST_NAME_{UP|DOWN}
SELECT {PARTNER_COLUMNS},
    p.name_folded
FROM partners p
WHERE p.portal_id = %s AND p.deleted_at IS NULL
    AND (p.name_folded, p.id) {UP:>|<}
      (COALESCE(%s, (SELECT {UP:MIN|MAX}(x.name_folded) FROM partners x WHERE x.portal_id = %s)), %s)
    AND (%s = '' OR p.state = %s)
    AND (%s = '' OR p.name_folded LIKE %s ESCAPE '!')
ORDER BY p.name_folded{UP:| DESC}, p.id{UP:| DESC}
LIMIT %lld;

-- STMT_PARTNER_LIST_CREATED_{UP|DOWN}
SELECT {PARTNER_COLUMNS},
    p.id
FROM partners p
WHERE p.portal_id = %s AND p.deleted_at IS NULL
    AND (p.id, p.id) {UP:>|<}
      (COALESCE(%s, (SELECT {UP:MIN|MAX}(x.id) FROM partners x WHERE x.portal_id = %s)), %s)
    AND (%s = '' OR p.state = %s)
    AND (%s = '' OR p.name_folded LIKE %s ESCAPE '!')
ORDER BY p.id{UP:| DESC}
LIMIT %lld;

-- STMT_PARTNER_TAKEN
SELECT id FROM partners WHERE portal_id = %s AND name_folded = %s AND deleted_at IS NULL;

-- STMT_PARTNER_VERSION
SELECT version FROM partners WHERE portal_id = %s AND id = %s AND deleted_at IS NULL;

-- STMT_PARTNER_HOLD
-- Changes nothing but holds the row until the end: a deletion of the partner, which ends its placements, comes before
-- or after what is placed for it.
UPDATE partners SET version = version WHERE portal_id = %s AND id = %s AND deleted_at IS NULL;

-- STMT_PARTNER_INSERT
INSERT INTO partners (portal_id, id, name, name_folded, contact_first_name, contact_last_name,
    contact_email, country, city, logo, state, version, created_at, modified_at)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, 'pending', 1, %lld, %lld);

-- STMT_PARTNER_UPDATE
UPDATE partners SET name = %s, name_folded = %s, contact_first_name = %s, contact_last_name = %s,
    contact_email = %s, country = %s, city = %s, logo = %s, version = version + 1, modified_at = %lld
WHERE portal_id = %s AND id = %s AND version >= %lld AND version <= %lld AND deleted_at IS NULL;

-- STMT_PARTNER_SUSPEND
UPDATE partners SET state = 'suspended', version = version + 1, modified_at = %lld
WHERE portal_id = %s AND id = %s AND version >= %lld AND version <= %lld AND deleted_at IS NULL;

-- STMT_PARTNER_RESUME
UPDATE partners SET state = CASE WHEN EXISTS (SELECT 1 FROM members m
        WHERE m.portal_id = partners.portal_id AND m.partner_id = partners.id AND m.deleted_at IS NULL
            AND m.issuer IS NOT NULL) THEN 'active' ELSE 'pending' END,
    version = version + 1, modified_at = %lld
WHERE portal_id = %s AND id = %s AND version >= %lld AND version <= %lld AND deleted_at IS NULL;

-- STMT_PARTNER_ACTIVATE
UPDATE partners SET state = 'active', version = version + 1, modified_at = %lld
WHERE portal_id = %s AND id = %s AND state = 'pending' AND deleted_at IS NULL;

-- STMT_PARTNER_DELETE
UPDATE partners SET version = version + 1, modified_at = %lld, deleted_at = %lld
WHERE portal_id = %s AND id = %s AND version >= %lld AND version <= %lld AND deleted_at IS NULL;

-- STMT_PARTNER_DELETE_MEMBERS
UPDATE members SET version = version + 1, modified_at = %lld, deleted_at = %lld
WHERE portal_id = %s AND partner_id = %s AND deleted_at IS NULL;

-- STMT_PARTNER_DELETE_PLACEMENTS
UPDATE placements SET version = version + 1, modified_at = %lld, deleted_at = %lld
WHERE portal_id = %s AND partner_id = %s AND deleted_at IS NULL;

-- STMT_PARTNER_REVOKE_INVITATIONS
UPDATE invitations SET state = 'revoked', answered_at = %lld, version = version + 1, modified_at = %lld
WHERE portal_id = %s AND state = 'pending' AND member_id IN (SELECT m.id FROM members m
    WHERE m.portal_id = %s AND m.partner_id = %s AND m.deleted_at IS NULL);

-- STMT_PARTNER_CANCEL_MAIL
UPDATE outbox SET state = 'cancelled', version = version + 1
WHERE portal_id = %s AND state = 'waiting' AND kind = 'invitation' AND claimed_until < %lld
    AND subject_id IN (SELECT i.id FROM invitations i
        JOIN members m ON m.portal_id = i.portal_id AND m.id = i.member_id
        WHERE i.portal_id = %s AND m.partner_id = %s AND m.deleted_at IS NULL);

-- STMT_PARTNER_IMPACT
SELECT
    (SELECT COUNT(*) FROM members m WHERE m.portal_id = p.portal_id AND m.partner_id = p.id
        AND m.deleted_at IS NULL AND m.state = 'active'
        AND (m.valid_until IS NULL OR m.valid_until > %lld) AND {SPONSOR_STANDS}
        AND p.state IN ('pending', 'active')),
    (SELECT COUNT(*) FROM placements c WHERE c.portal_id = p.portal_id AND c.partner_id = p.id
        AND c.deleted_at IS NULL),
    (SELECT COUNT(*) FROM invitations i JOIN members m ON m.portal_id = i.portal_id AND m.id = i.member_id
        AND m.partner_id = p.id
        WHERE i.portal_id = p.portal_id AND i.state = 'pending' AND i.expires_at > %lld)
FROM partners p WHERE p.portal_id = %s AND p.id = %s AND p.deleted_at IS NULL;
