-- SPDX-License-Identifier: Apache-2.0
-- What host users may start for partners: the processes of the revisions that partners hold.

-- PART START_PROCESS
JOIN processes x ON x.id = s.process_id AND x.deleted_at IS NULL
JOIN process_versions v ON v.process_id = s.process_id AND v.major = s.process_version AND v.minor = 0

-- PART START_OFFERED
-- Packed: the n-th share begins at n times 46, then its revision in ten digits.
WITH RECURSIVE n(ix) AS (SELECT 0 UNION ALL SELECT ix + 1 FROM n WHERE ix + 1 < %lld),
offered(share_id, revision) AS (SELECT substr(%s, ix * 46 + 1, 36), CAST(substr(%s, ix * 46 + 37, 10) AS BIGINT) FROM n)

-- STMT_START_SELECT
-- One process of a share as the partner holds it; nothing where it does not.
SELECT t.state, p.state, g.revision, s.process_version, x.name, v.document, v.security
FROM grants g
JOIN portals t ON t.id = g.portal_id AND t.deleted_at IS NULL
JOIN partners p ON p.portal_id = g.portal_id AND p.id = g.partner_id AND p.deleted_at IS NULL
JOIN shares h ON h.id = g.share_id AND h.deleted_at IS NULL
JOIN share_processes s ON s.share_id = g.share_id AND s.number = g.revision AND s.process_id = %s
{START_PROCESS}
WHERE g.portal_id = %s AND g.partner_id = %s AND g.share_id = %s AND g.revision > 0;

-- STMT_START_HOLD
-- Changes nothing but holds the row until the end: what is taken away from the partner meanwhile is so before the
-- instance begins, or after it.
UPDATE grants SET revision = revision
WHERE portal_id = %s AND partner_id = %s AND share_id = %s AND revision = %lld
    AND EXISTS (SELECT 1 FROM shares h WHERE h.id = grants.share_id AND h.deleted_at IS NULL);

-- STMT_START_OFFERS
-- across portals: what some partner holds, once, however many do.
SELECT s.share_id, s.number, s.process_id, v.security, v.first_owners
FROM shares h
JOIN share_processes s ON s.share_id = h.id AND s.number > 0
{START_PROCESS}
WHERE h.id > '' AND h.deleted_at IS NULL
    AND EXISTS (SELECT 1 FROM grants g WHERE g.share_id = s.share_id AND g.revision = s.number)
ORDER BY s.share_id, s.number, s.process_id;

-- STMT_START_PORTALS
-- across portals: those in which a partner holds what is offered.
{START_OFFERED}
SELECT t.id, t.technical_name, t.name, t.name_folded
FROM portals t
WHERE t.deleted_at IS NULL AND t.state = 'active' AND (t.name_folded, t.id) > (COALESCE(%s, ''), %s)
    AND (%s = '' OR t.name_folded LIKE %s ESCAPE '!' OR t.technical_name LIKE %s ESCAPE '!')
    AND EXISTS (SELECT 1 FROM offered o
        JOIN grants g ON g.share_id = o.share_id AND g.revision = o.revision AND g.portal_id = t.id
        JOIN partners p ON p.portal_id = g.portal_id AND p.id = g.partner_id AND p.deleted_at IS NULL
            AND p.state IN ('pending', 'active'))
ORDER BY t.name_folded, t.id
LIMIT %lld;

-- STMT_START_PARTNERS
{START_OFFERED}
SELECT p.id, p.name, p.name_folded
FROM partners p
WHERE p.portal_id = %s AND p.deleted_at IS NULL AND p.state IN ('pending', 'active')
    AND (p.name_folded, p.id) > (COALESCE(%s, ''), %s)
    AND (%s = '' OR p.name_folded LIKE %s ESCAPE '!')
    AND EXISTS (SELECT 1 FROM offered o
        JOIN grants g ON g.share_id = o.share_id AND g.revision = o.revision AND g.portal_id = p.portal_id
            AND g.partner_id = p.id)
ORDER BY p.name_folded, p.id
LIMIT %lld;

-- STMT_START_PROCESSES
-- What one partner holds.
SELECT s.share_id, h.title, s.process_id, x.title, v.security, v.first_owners, x.title_folded
FROM grants g
JOIN shares h ON h.id = g.share_id AND h.deleted_at IS NULL
JOIN share_processes s ON s.share_id = g.share_id AND s.number = g.revision
{START_PROCESS}
WHERE g.portal_id = %s AND g.partner_id = %s AND g.revision > 0
    AND (x.title_folded, s.share_id || s.process_id) > (COALESCE(%s, ''), %s)
    AND (%s = '' OR x.title_folded LIKE %s ESCAPE '!' OR h.title_folded LIKE %s ESCAPE '!')
ORDER BY x.title_folded, s.share_id || s.process_id
LIMIT %lld;
