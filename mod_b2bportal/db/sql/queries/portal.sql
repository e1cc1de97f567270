-- SPDX-License-Identifier: Apache-2.0
-- Portals, their issuers and what is counted of them. The id is everybody else's portal_id.

-- PART PORTAL_COLUMNS
t.id, t.technical_name, t.name, t.color, t.logout_url, t.logo, t.home_cover, t.contact_name,
    t.contact_email, t.locale, t.state, t.version, t.created_at, t.modified_at

-- PART PORTAL_FILTERS
AND (%s = '' OR t.state = %s)
    AND (%s = '' OR t.name_folded LIKE %s ESCAPE '!' OR t.technical_name LIKE %s ESCAPE '!')

-- STMT_PORTAL_SELECT
SELECT {PORTAL_COLUMNS}
FROM portals t WHERE t.technical_name = %s AND t.deleted_at IS NULL;

-- STMT_PORTAL_SELECT_BY_ID
SELECT {PORTAL_COLUMNS}
FROM portals t WHERE t.id = %s AND t.deleted_at IS NULL;

-- STMT_PORTAL_LIST_{NAME|TECHNICAL_NAME}_{UP|DOWN}
SELECT {PORTAL_COLUMNS},
    t.{NAME:name_folded|technical_name}
FROM portals t
WHERE t.deleted_at IS NULL
    AND (t.{NAME:name_folded|technical_name}, t.id) {UP:>|<}
      (COALESCE(%s, (SELECT {UP:MIN|MAX}(x.{NAME:name_folded|technical_name}) FROM portals x)), %s)
    {PORTAL_FILTERS}
ORDER BY t.{NAME:name_folded|technical_name}{UP:| DESC}, t.id{UP:| DESC}
LIMIT %lld;

-- STMT_PORTAL_LIST_CREATED_{UP|DOWN}
SELECT {PORTAL_COLUMNS},
    t.id
FROM portals t
WHERE t.deleted_at IS NULL
    AND (t.id, t.id) {UP:>|<}
      (COALESCE(%s, (SELECT {UP:MIN|MAX}(x.id) FROM portals x)), %s)
    {PORTAL_FILTERS}
ORDER BY t.id{UP:| DESC}
LIMIT %lld;

-- STMT_PORTAL_IDS
SELECT id FROM portals WHERE deleted_at IS NULL;

-- STMT_PORTAL_DIRECTORY
SELECT id, technical_name, state FROM portals WHERE deleted_at IS NULL;

-- STMT_PORTAL_VERSION
SELECT version FROM portals WHERE id = %s AND deleted_at IS NULL;

-- STMT_PORTAL_NAME_TAKEN
-- A deleted portal's technical name stays reserved until the time given.
SELECT id FROM portals WHERE technical_name = %s AND (deleted_at IS NULL OR deleted_at > %lld);

-- STMT_PORTAL_NAME_RELEASE
-- No technical name has a tilde in it: the old row can never be met again.
UPDATE portals SET technical_name = technical_name || '~' || id
WHERE technical_name = %s AND deleted_at <= %lld;

-- STMT_PORTAL_INSERT
INSERT INTO portals (id, technical_name, name, name_folded, color, logout_url, logo, home_cover,
    contact_name, contact_email, locale, state, version, created_at, modified_at)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, 'active', 1, %lld, %lld);

-- STMT_PORTAL_UPDATE
UPDATE portals SET name = %s, name_folded = %s, color = %s, logout_url = %s, logo = %s, home_cover = %s,
    contact_name = %s, contact_email = %s, locale = %s, version = version + 1, modified_at = %lld
WHERE id = %s AND version >= %lld AND version <= %lld AND deleted_at IS NULL;

-- STMT_PORTAL_STATE
UPDATE portals SET state = %s, version = version + 1, modified_at = %lld
WHERE id = %s AND version >= %lld AND version <= %lld AND deleted_at IS NULL;

-- STMT_PORTAL_RAISE
UPDATE portals SET version = version + 1, modified_at = %lld
WHERE id = %s AND version >= %lld AND version <= %lld AND deleted_at IS NULL;

-- STMT_PORTAL_DELETE
UPDATE portals SET version = version + 1, modified_at = %lld, deleted_at = %lld
WHERE id = %s AND version >= %lld AND version <= %lld AND deleted_at IS NULL;

-- STMT_PORTAL_COUNTS
SELECT
    (SELECT COUNT(*) FROM partners p WHERE p.portal_id = t.id AND p.deleted_at IS NULL),
    (SELECT COUNT(*) FROM members m JOIN partners p ON p.portal_id = m.portal_id AND p.id = m.partner_id
        WHERE m.portal_id = t.id AND m.deleted_at IS NULL AND m.state = 'active'
            AND (m.valid_until IS NULL OR m.valid_until > %lld) AND {SPONSOR_STANDS}
            AND p.deleted_at IS NULL AND p.state IN ('pending', 'active')),
    (SELECT COUNT(*) FROM members m WHERE m.portal_id = t.id AND m.deleted_at IS NULL AND m.state = 'invited'),
    (SELECT COUNT(*) FROM groups g WHERE g.portal_id = t.id AND g.deleted_at IS NULL),
    (SELECT COUNT(*) FROM placements c WHERE c.portal_id = t.id AND c.deleted_at IS NULL),
    (SELECT COUNT(*) FROM invitations i WHERE i.portal_id = t.id AND i.state = 'pending' AND i.expires_at > %lld),
    t.state
FROM portals t WHERE t.id = %s AND t.deleted_at IS NULL;

-- STMT_PORTAL_PROGRESS
SELECT
    (SELECT COUNT(*) FROM (SELECT 1 FROM partners p WHERE p.portal_id = t.id AND p.deleted_at IS NULL LIMIT 1) found),
    (SELECT COUNT(*) FROM (SELECT 1 FROM members m WHERE m.portal_id = t.id AND m.deleted_at IS NULL LIMIT 1) found),
    (SELECT COUNT(*) FROM (SELECT 1 FROM members m WHERE m.portal_id = t.id AND m.deleted_at IS NULL AND m.state = 'active' LIMIT 1) found),
    (SELECT COUNT(*) FROM (SELECT 1 FROM placements c WHERE c.portal_id = t.id AND c.deleted_at IS NULL LIMIT 1) found)
FROM portals t WHERE t.id = %s AND t.deleted_at IS NULL;

-- STMT_PORTAL_PROGRESS_ALL
-- across portals: the host's own first-run list.
SELECT
    (SELECT COUNT(*) FROM (SELECT 1 FROM partners p WHERE p.deleted_at IS NULL LIMIT 1) found),
    (SELECT COUNT(*) FROM (SELECT 1 FROM members m WHERE m.deleted_at IS NULL LIMIT 1) found),
    (SELECT COUNT(*) FROM (SELECT 1 FROM members m WHERE m.deleted_at IS NULL AND m.state = 'active' LIMIT 1) found),
    (SELECT COUNT(*) FROM (SELECT 1 FROM placements c WHERE c.deleted_at IS NULL LIMIT 1) found);

-- STMT_PORTAL_ISSUERS
SELECT issuer, label, vouches_for_email FROM portal_issuers WHERE portal_id = %s ORDER BY position;

-- STMT_PORTAL_ISSUERS_DELETE
DELETE FROM portal_issuers WHERE portal_id = %s;

-- STMT_PORTAL_ISSUER_INSERT
INSERT INTO portal_issuers (portal_id, position, issuer, label, vouches_for_email)
VALUES (%s, %lld, %s, %s, %d);
