-- SPDX-License-Identifier: Apache-2.0
-- Lists of a partner's instances of one shared process: walked in the order of an index, page by page, however many
-- there are. The answer is the sort key and whose row it is; pages are merged of several walks (model/instance_list.c).

-- PART FILTERS
-- A value counts where the form that it stands on is one that the reader may see.
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

-- STMT_INSTANCE_WALK_{CHANGE|STATE}_{UP|DOWN}
SELECT i.modified_at, i.id, i.portal_id, i.share_id, i.process_id
FROM instances i
WHERE i.portal_id = %s AND i.partner_id = %s AND i.share_id = %s AND i.process_id = %s{CHANGE:| AND i.state = %s}
    AND i.deleted_at IS NULL AND (i.modified_at, i.id) {UP:>|<} (%lld, %s)
    {FILTERS}
ORDER BY i.modified_at{UP:| DESC}, i.id{UP:| DESC}
LIMIT %lld;

-- STMT_INSTANCE_WALK_ID_{UP|DOWN}
SELECT '', i.id, i.portal_id, i.share_id, i.process_id
FROM instances i
WHERE i.portal_id = %s AND i.partner_id = %s AND i.share_id = %s AND i.process_id = %s
    AND i.deleted_at IS NULL AND i.id {UP:>|<} %s
    {FILTERS}
ORDER BY i.id{UP:| DESC}
LIMIT %lld;

-- STMT_INSTANCE_WALK_REFERENCE_{UP|DOWN}
SELECT i.reference_folded, i.id, i.portal_id, i.share_id, i.process_id
FROM instances i
WHERE i.portal_id = %s AND i.partner_id = %s AND i.share_id = %s AND i.process_id = %s
    AND i.deleted_at IS NULL AND (i.reference_folded, i.id) {UP:>|<} (%s, %s)
    {FILTERS}
ORDER BY i.reference_folded{UP:| DESC}, i.id{UP:| DESC}
LIMIT %lld;

-- STMT_INSTANCE_WALK_LACKING_{UP|DOWN}
SELECT '', i.id, i.portal_id, i.share_id, i.process_id
FROM instances i
WHERE i.portal_id = %s AND i.partner_id = %s AND i.share_id = %s AND i.process_id = %s
    AND i.deleted_at IS NULL AND i.id {UP:>|<} %s
    {FILTERS}
    AND 0 = (SELECT COUNT(*) FROM instance_values k
        WHERE k.portal_id = i.portal_id AND k.instance_id = i.id AND k.field = %s AND k.is_sort = 1
            AND (%s = '' OR 0 < (SELECT COUNT(*) FROM instance_owners g
                WHERE g.portal_id = k.portal_id AND g.instance_id = k.instance_id AND g.form = k.form
                    AND %s LIKE '%%' || g.principal_id || '%%')))
ORDER BY i.id{UP:| DESC}
LIMIT %lld;

-- STMT_INSTANCE_WALK_FIELD_{UP|DOWN}
SELECT k.value_key, i.id, i.portal_id, i.share_id, i.process_id
FROM instance_values k
JOIN instances i ON i.portal_id = k.portal_id AND i.id = k.instance_id
WHERE k.portal_id = %s AND k.partner_id = %s AND k.share_id = %s AND k.process_id = %s AND k.field = %s
    AND (k.value_key, k.instance_id) {UP:>|<} (%s, %s) AND k.is_sort = 1
    AND (%s = '' OR 0 < (SELECT COUNT(*) FROM instance_owners g
        WHERE g.portal_id = k.portal_id AND g.instance_id = k.instance_id AND g.form = k.form
            AND %s LIKE '%%' || g.principal_id || '%%'))
    AND i.deleted_at IS NULL
    {FILTERS}
ORDER BY k.value_key{UP:| DESC}, k.instance_id{UP:| DESC}
LIMIT %lld;
