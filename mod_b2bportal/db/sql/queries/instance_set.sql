-- SPDX-License-Identifier: Apache-2.0
-- Lists of instances that are few: who owns them, for whom they wait, or what a field holds finds them all, and
-- model/instance_list.c sorts them. ..._COUNT says whether they are few: it goes no further than its limit, in the
-- order of an index that has all it asks for. One owner a statement: a planner that does not see whom it is about
-- takes an average for everybody, and reads all that a busy one has. Of each instance its row is read, which lies
-- anywhere, and nothing else does: the index has what is asked of its owners, and no value is looked for where the
-- field to sort by is ''.

-- PART HOST_FILTERS
AND (%s = '' OR i.portal_id = %s)
    AND (%s = '' OR i.partner_id = %s)
    AND (%s = '' OR i.share_id = %s)
    AND (%s = '' OR i.process_id = %s)

-- PART ROWS
JOIN instances i ON i.portal_id = s.portal_id AND i.id = s.instance_id
LEFT JOIN instance_values k ON k.portal_id = i.portal_id AND k.instance_id = i.id AND k.field = NULLIF(%s, '') AND k.is_sort = 1
    AND (%s = '' OR 0 < (SELECT COUNT(*) FROM instance_owners g
        WHERE g.portal_id = k.portal_id AND g.instance_id = k.instance_id AND g.form = k.form
            AND %s LIKE '%%' || g.principal_id || '%%'))
WHERE i.deleted_at IS NULL

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

-- STMT_INSTANCE_MINE_COUNT
SELECT COUNT(*) FROM (SELECT 1 AS one FROM instance_owners o
    WHERE o.kind = %s AND o.principal_id = %s AND o.portal_id = %s AND o.share_id = %s AND o.process_id = %s
    ORDER BY o.instance_id LIMIT %lld) counted;

-- STMT_INSTANCE_MINE_SET
SELECT i.modified_at, i.id, i.portal_id, i.share_id, i.process_id, i.reference_folded, k.value_key
FROM (SELECT DISTINCT o.portal_id, o.instance_id FROM instance_owners o
    WHERE o.kind = %s AND o.principal_id = %s AND o.portal_id = %s AND o.share_id = %s
        AND o.process_id = %s AND o.partner_id = %s) s
{ROWS}
    {FILTERS};

-- STMT_INSTANCE_WAITING_COUNT
-- across portals: the host sees those of all partners; a member is of one portal
SELECT COUNT(*) FROM (SELECT 1 AS one FROM instance_owners o
    WHERE o.kind = %s AND o.principal_id = %s AND o.is_current = 1
    ORDER BY o.portal_id, o.since, o.instance_id LIMIT %lld) counted;

-- STMT_INSTANCE_WAITING_SET
-- across portals: the host sees those of all partners; a member is of one portal
SELECT i.modified_at, i.id, i.portal_id, i.share_id, i.process_id, i.reference_folded, k.value_key
FROM (SELECT DISTINCT o.portal_id, o.instance_id FROM instance_owners o
    WHERE o.kind = %s AND o.principal_id = %s AND o.is_current = 1) s
{ROWS}
    {HOST_FILTERS}
    {FILTERS};

-- STMT_INSTANCE_HOST_MINE_COUNT
-- across portals: the host sees those of all partners
SELECT COUNT(*) FROM (SELECT 1 AS one FROM instance_owners o
    WHERE o.kind = %s AND o.principal_id = %s
    ORDER BY o.portal_id, o.share_id, o.process_id, o.instance_id LIMIT %lld) counted;

-- STMT_INSTANCE_HOST_MINE_SET
-- across portals: the host sees those of all partners
SELECT i.modified_at, i.id, i.portal_id, i.share_id, i.process_id, i.reference_folded, k.value_key
FROM (SELECT DISTINCT o.portal_id, o.instance_id FROM instance_owners o
    WHERE o.kind = %s AND o.principal_id = %s) s
{ROWS}
    {HOST_FILTERS}
    {FILTERS};

-- STMT_INSTANCE_FIELD_COUNT
SELECT COUNT(*) FROM (SELECT 1 AS one FROM instance_values x
    WHERE x.portal_id = %s AND x.partner_id = %s AND x.share_id = %s AND x.process_id = %s AND x.field = %s
        AND x.value_key >= %s AND x.value_key <= %s
    ORDER BY x.value_key, x.instance_id LIMIT %lld) counted;

-- STMT_INSTANCE_FIELD_SET
SELECT i.modified_at, i.id, i.portal_id, i.share_id, i.process_id, i.reference_folded, k.value_key
FROM (SELECT DISTINCT x.portal_id, x.instance_id FROM instance_values x
    WHERE x.portal_id = %s AND x.partner_id = %s AND x.share_id = %s AND x.process_id = %s AND x.field = %s
        AND x.value_key >= %s AND x.value_key <= %s) s
{ROWS}
    {FILTERS};

-- STMT_INSTANCE_HOST_FIELD_COUNT
-- across portals: the host sees those of all partners
SELECT COUNT(*) FROM (SELECT 1 AS one FROM instance_values x
    WHERE x.process_id = %s AND x.field = %s AND x.value_key >= %s AND x.value_key <= %s
    ORDER BY x.value_key, x.instance_id LIMIT %lld) counted;

-- STMT_INSTANCE_HOST_FIELD_SET
-- across portals: the host sees those of all partners
SELECT i.modified_at, i.id, i.portal_id, i.share_id, i.process_id, i.reference_folded, k.value_key
FROM (SELECT DISTINCT x.portal_id, x.instance_id FROM instance_values x
    WHERE x.process_id = %s AND x.field = %s AND x.value_key >= %s AND x.value_key <= %s) s
{ROWS}
    {HOST_FILTERS}
    {FILTERS};
