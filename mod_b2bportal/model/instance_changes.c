/* SPDX-License-Identifier: Apache-2.0 */
/* The history of an instance: who changed which field. Names and values are copied: it says how things were. */

#include <string.h>

#include "model/instance_private.h"

b2b_error_t *b2b_instance_change_add(b2b_db_conn_t *conn, const char *portal_id,
                                     const char *instance_id, const b2b_instance_actor_t *actor,
                                     const char *act, int form, const b2b_json_t *changes,
                                     apr_pool_t *scratch_pool)
{
    return b2b_db_send(conn, STMT_INSTANCE_CHANGE_INSERT, scratch_pool, "sssissssis", portal_id,
                       instance_id, b2b_id_create(scratch_pool), (apr_int64_t)b2b_clock_now(),
                       actor->kind, actor->id, actor->name, act, (apr_int64_t)form,
                       changes ? b2b_json_write(changes, scratch_pool) : "[]");
}

static const b2b_json_t *shown(const b2b_field_t *field, const b2b_json_t *value,
                               const b2b_instance_people_t *people, apr_pool_t *pool)
{
    return value ? b2b_json_string(b2b_instance_value_text(field, value, people, pool), pool)
                 : b2b_json_null(pool);
}

b2b_json_t *b2b_instance_changes_between(const b2b_document_t *document, int form,
                                         const b2b_json_t *before, const b2b_json_t *now,
                                         const b2b_instance_people_t *people, apr_pool_t *pool)
{
    const apr_array_header_t *fields = APR_ARRAY_IDX(document->forms, form, b2b_form_t).fields;
    b2b_json_t *changes = b2b_json_array(pool);
    int i;

    for (i = 0; i < fields->nelts; i++) {
        const b2b_field_t *field = &APR_ARRAY_IDX(fields, i, b2b_field_t);
        const b2b_json_t *old = b2b_json_get(before, field->name);
        const b2b_json_t *new_ = b2b_json_get(now, field->name);
        b2b_json_t *change;

        if (old == new_ || (old && new_ && b2b_json_equal(old, new_))) {
            continue;
        }
        change = b2b_json_object(pool);
        b2b_json_set_string(change, "field", field->name);
        b2b_json_set(change, "old", shown(field, old, people, pool));
        b2b_json_set(change, "new", shown(field, new_, people, pool));
        b2b_json_append(changes, change);
    }
    return changes;
}
