/* SPDX-License-Identifier: Apache-2.0 */
/* What lists of instances sort and filter by: the keys of the indexed fields. */

#include <string.h>

#include "model/instance_private.h"

#define ROWS 8 /* of one statement */

typedef struct {
    const char *field;
    const char *key;
    apr_int64_t is_sort;
    apr_int64_t form;
} row_t;

static int is_same(const b2b_json_t *a, const b2b_json_t *b)
{
    return a == b || (a && b && b2b_json_equal(a, b));
}

/* One row of FIELD that it sorts by, and more where it holds several values. */
static void add_rows(apr_array_header_t *rows, const b2b_field_t *field, const b2b_json_t *value,
                     apr_pool_t *pool)
{
    const apr_array_header_t *keys = value ? b2b_value_keys(field, value, pool) : NULL;
    int i;

    for (i = 0; i == 0 || (keys && i < keys->nelts); i++) {
        row_t *row = apr_array_push(rows);

        row->field = field->name;
        row->key = keys && keys->nelts ? APR_ARRAY_IDX(keys, i, const char *) : "";
        row->is_sort = i == 0;
        row->form = field->form;
    }
}

static b2b_error_t *write_rows(b2b_db_conn_t *conn, const b2b_instance_t *in, const row_t *r,
                               apr_pool_t *pool)
{
#define ROW(n) r[n].field, r[n].key, r[n].is_sort, r[n].form
    return b2b_db_send(conn, STMT_INSTANCE_VALUES_INSERT, pool,
                       "sssssssiissiissiissiissiissiissiissii", in->portal_id, in->id,
                       in->partner_id, in->share_id, in->process_id, ROW(0), ROW(1), ROW(2), ROW(3),
                       ROW(4), ROW(5), ROW(6), ROW(7));
#undef ROW
}

b2b_error_t *b2b_instance_values_write(b2b_db_conn_t *conn, const b2b_instance_t *instance,
                                       const b2b_document_t *document, const b2b_json_t *before,
                                       const b2b_json_t *now, apr_pool_t *scratch_pool)
{
    apr_array_header_t *rows = apr_array_make(scratch_pool, 2 * ROWS, sizeof(row_t));
    const char *changed = ",";
    int i;

    for (i = 0; i < document->indexed->nelts; i++) {
        const b2b_field_t *field = APR_ARRAY_IDX(document->indexed, i, const b2b_field_t *);
        const b2b_json_t *value = b2b_json_get(now, field->name);

        if (!before || !is_same(b2b_json_get(before, field->name), value)) {
            add_rows(rows, field, value, scratch_pool);
            changed = apr_pstrcat(scratch_pool, changed, field->name, ",", NULL);
        }
    }
    if (before && rows->nelts) {
        B2B_ERR(b2b_db_send(conn, STMT_INSTANCE_VALUES_DELETE, scratch_pool, "sss",
                            instance->portal_id, instance->id, changed));
    }
    while (rows->nelts % ROWS) {
        row_t *row = apr_array_push(rows); /* written nowhere */

        row->field = row->key = "";
        row->is_sort = row->form = 0;
    }
    for (i = 0; i < rows->nelts; i += ROWS) {
        B2B_ERR(write_rows(conn, instance, &APR_ARRAY_IDX(rows, i, row_t), scratch_pool));
    }
    return NULL;
}
