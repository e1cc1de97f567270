-- SPDX-License-Identifier: Apache-2.0
-- Lists of instances for the host: walked as those of instance_walk.sql are, each over the index of its filter.

-- PART FILTERS
AND (%s = '' OR i.portal_id = %s)
    AND (%s = '' OR i.partner_id = %s)
    AND (%s = '' OR i.share_id = %s)
    AND (%s = '' OR i.process_id = %s)
    AND (%s = '' OR i.state = %s)
    AND (%s = '' OR i.status = %s)
    AND (%s = '' OR (i.created_by = %s AND i.created_by_kind = %s))
    AND (%s = '' OR i.search_folded LIKE %s ESCAPE '!')
    AND (%s = '' OR 0 < (SELECT COUNT(*) FROM instance_owners o
        WHERE o.portal_id = i.portal_id AND o.instance_id = i.id AND o.is_current >= %lld
            AND %s LIKE '%%' || o.principal_id || '%%'))
    AND (%s = '' OR 0 < (SELECT COUNT(*) FROM instance_values v
        WHERE v.portal_id = i.portal_id AND v.instance_id = i.id AND v.field = %s
            AND v.value_key >= %s AND v.value_key <= %s
            AND (%s = '' OR 0 < (SELECT COUNT(*) FROM instance_owners f
                WHERE f.portal_id = v.portal_id AND f.instance_id = v.instance_id AND f.form = v.form
                    AND %s LIKE '%%' || f.principal_id || '%%'))))

-- STMT_INSTANCE_HOST_ALL_CHANGE_{UP|DOWN}
-- across portals: the host sees those of all partners
SELECT i.modified_at, i.id, i.portal_id, i.share_id, i.process_id
FROM instances i
WHERE i.deleted_at IS NULL AND (i.modified_at, i.id) {UP:>|<} (%lld, %s)
    {FILTERS}
ORDER BY i.modified_at{UP:| DESC}, i.id{UP:| DESC}
LIMIT %lld;

-- STMT_INSTANCE_HOST_ALL_ID_{UP|DOWN}
-- across portals: the host sees those of all partners
SELECT '', i.id, i.portal_id, i.share_id, i.process_id
FROM instances i
WHERE i.deleted_at IS NULL AND i.id {UP:>|<} %s
    {FILTERS}
ORDER BY i.id{UP:| DESC}
LIMIT %lld;

-- STMT_INSTANCE_HOST_ALL_REFERENCE_{UP|DOWN}
-- across portals: the host sees those of all partners
SELECT i.reference_folded, i.id, i.portal_id, i.share_id, i.process_id
FROM instances i
WHERE i.deleted_at IS NULL AND (i.reference_folded, i.id) {UP:>|<} (%s, %s)
    {FILTERS}
ORDER BY i.reference_folded{UP:| DESC}, i.id{UP:| DESC}
LIMIT %lld;

-- STMT_INSTANCE_HOST_PORTAL_CHANGE_{UP|DOWN}
-- across portals: the host sees those of all partners
SELECT i.modified_at, i.id, i.portal_id, i.share_id, i.process_id
FROM instances i
WHERE i.portal_id = %s
    AND i.deleted_at IS NULL AND (i.modified_at, i.id) {UP:>|<} (%lld, %s)
    {FILTERS}
ORDER BY i.modified_at{UP:| DESC}, i.id{UP:| DESC}
LIMIT %lld;

-- STMT_INSTANCE_HOST_PARTNER_CHANGE_{UP|DOWN}
-- across portals: the host sees those of all partners
SELECT i.modified_at, i.id, i.portal_id, i.share_id, i.process_id
FROM instances i
WHERE i.portal_id = %s AND i.partner_id = %s
    AND i.deleted_at IS NULL AND (i.modified_at, i.id) {UP:>|<} (%lld, %s)
    {FILTERS}
ORDER BY i.modified_at{UP:| DESC}, i.id{UP:| DESC}
LIMIT %lld;

-- STMT_INSTANCE_HOST_PROCESS_CHANGE_{UP|DOWN}
-- across portals: the host sees those of all partners
SELECT i.modified_at, i.id, i.portal_id, i.share_id, i.process_id
FROM instances i
WHERE i.process_id = %s
    AND i.deleted_at IS NULL AND (i.modified_at, i.id) {UP:>|<} (%lld, %s)
    {FILTERS}
ORDER BY i.modified_at{UP:| DESC}, i.id{UP:| DESC}
LIMIT %lld;

-- STMT_INSTANCE_HOST_PROCESS_LACKING_{UP|DOWN}
-- across portals: the host sees those of all partners
SELECT '', i.id, i.portal_id, i.share_id, i.process_id
FROM instances i
WHERE i.process_id = %s
    AND i.deleted_at IS NULL AND i.id {UP:>|<} %s
    {FILTERS}
    AND 0 = (SELECT COUNT(*) FROM instance_values k
        WHERE k.portal_id = i.portal_id AND k.instance_id = i.id AND k.field = %s AND k.is_sort = 1
            AND (%s = '' OR 0 < (SELECT COUNT(*) FROM instance_owners g
                WHERE g.portal_id = k.portal_id AND g.instance_id = k.instance_id AND g.form = k.form
                    AND %s LIKE '%%' || g.principal_id || '%%')))
ORDER BY i.id{UP:| DESC}
LIMIT %lld;

-- STMT_INSTANCE_HOST_PROCESS_FIELD_{UP|DOWN}
-- across portals: the host sees those of all partners
SELECT k.value_key, i.id, i.portal_id, i.share_id, i.process_id
FROM instance_values k
JOIN instances i ON i.portal_id = k.portal_id AND i.id = k.instance_id
WHERE k.process_id = %s AND k.field = %s
    AND (k.value_key, k.instance_id) {UP:>|<} (%s, %s) AND k.is_sort = 1
    AND (%s = '' OR 0 < (SELECT COUNT(*) FROM instance_owners g
        WHERE g.portal_id = k.portal_id AND g.instance_id = k.instance_id AND g.form = k.form
            AND %s LIKE '%%' || g.principal_id || '%%'))
    AND i.deleted_at IS NULL
    {FILTERS}
ORDER BY k.value_key{UP:| DESC}, k.instance_id{UP:| DESC}
LIMIT %lld;
