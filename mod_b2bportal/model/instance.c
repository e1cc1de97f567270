/* SPDX-License-Identifier: Apache-2.0 */
/* Instances: their rows. Owners, values and history have files of their own; lists are in instance_list.c. */

#include <string.h>

#include "model/instance_private.h"

/* Rows ----------------------------------------------------------------------------------------- */

/* "Anna Berg" of three columns; what was copied where nobody is found. */
static const char *name_of(const b2b_db_rows_t *rows, int column, int copied, apr_pool_t *pool)
{
    if (!b2b_db_text(rows, column + 2)) {
        return b2b_db_text(rows, copied);
    }
    return b2b_person_name(b2b_db_text(rows, column), b2b_db_text(rows, column + 1),
                           b2b_db_text(rows, column + 2), pool);
}

static b2b_instance_t *instance_of(const b2b_db_rows_t *rows, apr_pool_t *pool)
{
    b2b_instance_t *i = apr_pcalloc(pool, sizeof(*i));

    i->portal_id = b2b_db_text(rows, 0);
    i->portal = b2b_db_text(rows, 1);
    i->portal_name = b2b_db_text(rows, 2);
    i->id = b2b_db_text(rows, 3);
    i->partner_id = b2b_db_text(rows, 4);
    i->partner_name = b2b_db_text(rows, 5);
    i->share_id = b2b_db_text(rows, 6);
    i->process_id = b2b_db_text(rows, 7);
    i->process_version = b2b_db_integer(rows, 8);
    i->number = b2b_db_integer(rows, 9);
    i->reference = b2b_db_text(rows, 10);
    i->state = b2b_db_text(rows, 11);
    i->status = b2b_db_text(rows, 12);
    i->current_form = (int)b2b_db_integer(rows, 13);
    i->values = b2b_db_text(rows, 14);
    i->created_by.kind = b2b_db_text(rows, 33);
    i->created_by.id = b2b_db_text(rows, 15);
    i->created_by.name = name_of(rows, strcmp(i->created_by.kind, "member") == 0 ? 17 : 34, 16,
                                 pool);
    i->modified_by.kind = b2b_db_text(rows, 20);
    i->modified_by.id = b2b_db_text(rows, 21);
    i->modified_by.name = strcmp(i->modified_by.kind, "member") == 0 ? name_of(rows, 23, 22, pool)
                                                                     : name_of(rows, 26, 22, pool);
    i->version = b2b_db_integer(rows, 29);
    i->created_at = b2b_db_time(rows, 30);
    i->modified_at = b2b_db_time(rows, 31);
    i->completed_at = b2b_db_time(rows, 32);
    i->submitted_ahead = b2b_db_integer(rows, 37);
    return i;
}

void b2b_instance_owner_add(apr_array_header_t *owners, const b2b_db_rows_t *rows)
{
    b2b_instance_owner_t *owner = apr_array_push(owners);

    owner->form = (int)b2b_db_integer(rows, 0);
    owner->kind = b2b_db_text(rows, 1);
    owner->principal_id = b2b_db_text(rows, 2);
}

b2b_error_t *b2b_instance_get(b2b_instance_t **instance, b2b_db_conn_t *conn, const char *portal_id,
                              const char *id, apr_pool_t *result_pool, apr_pool_t *scratch_pool)
{
    b2b_db_rows_t *rows;

    *instance = NULL;
    B2B_ERR(b2b_db_query(&rows, conn, STMT_INSTANCE_SELECT, result_pool, "ss", portal_id, id));
    if (!b2b_db_next(rows)) {
        return NULL;
    }
    *instance = instance_of(rows, result_pool);
    (*instance)->comment_count = b2b_db_integer(rows, 38);
    return b2b_instance_owners_get(*instance, conn, result_pool, scratch_pool);
}

b2b_error_t *b2b_instance_owners_get(b2b_instance_t *instance, b2b_db_conn_t *conn,
                                     apr_pool_t *result_pool, apr_pool_t *scratch_pool)
{
    apr_array_header_t *owners;
    b2b_db_rows_t *rows;

    (void)scratch_pool;
    B2B_ERR(b2b_db_query(&rows, conn, STMT_INSTANCE_OWNERS, result_pool, "ss", instance->portal_id,
                         instance->id));
    owners = apr_array_make(result_pool, b2b_db_count(rows) + 1, sizeof(b2b_instance_owner_t));
    while (b2b_db_next(rows)) {
        b2b_instance_owner_add(owners, rows);
    }
    instance->owners = owners;
    return NULL;
}

static b2b_error_t *owners_load(apr_hash_t *by_id, b2b_db_conn_t *conn, apr_int64_t count,
                                const char *packed, apr_pool_t *result_pool)
{
    b2b_db_rows_t *rows;

    B2B_ERR(b2b_db_query(&rows, conn, STMT_INSTANCE_ROWS_OWNERS, result_pool, "iss", count, packed,
                         packed));
    while (b2b_db_next(rows)) {
        b2b_instance_t *instance = apr_hash_get(by_id, b2b_db_text(rows, 3), APR_HASH_KEY_STRING);

        if (instance) {
            b2b_instance_owner_add((apr_array_header_t *)instance->owners, rows);
        }
    }
    return NULL;
}

b2b_error_t *b2b_instance_rows(apr_array_header_t **instances, b2b_db_conn_t *conn,
                               const apr_array_header_t *keys, apr_pool_t *result_pool,
                               apr_pool_t *scratch_pool)
{
    apr_hash_t *by_id = apr_hash_make(scratch_pool);
    char *packed = apr_pcalloc(scratch_pool, (apr_size_t)keys->nelts * 72 + 1);
    b2b_db_rows_t *rows;
    int i;

    *instances = apr_array_make(result_pool, keys->nelts + 1, sizeof(b2b_instance_t *));
    if (!keys->nelts) {
        return NULL;
    }
    for (i = 0; i < keys->nelts; i++) {
        const b2b_instance_key_t *key = &APR_ARRAY_IDX(keys, i, b2b_instance_key_t);

        memcpy(packed + i * 72, key->portal_id, 36);
        memcpy(packed + i * 72 + 36, key->id, 36);
    }
    B2B_ERR(b2b_db_query(&rows, conn, STMT_INSTANCE_ROWS, result_pool, "iss",
                         (apr_int64_t)keys->nelts, packed, packed));
    while (b2b_db_next(rows)) {
        b2b_instance_t *instance = instance_of(rows, result_pool);

        instance->owners = apr_array_make(result_pool, 4, sizeof(b2b_instance_owner_t));
        apr_hash_set(by_id, instance->id, APR_HASH_KEY_STRING, instance);
    }
    B2B_ERR(owners_load(by_id, conn, keys->nelts, packed, result_pool));
    for (i = 0; i < keys->nelts; i++) {
        b2b_instance_t *instance = apr_hash_get(by_id,
                                                APR_ARRAY_IDX(keys, i, b2b_instance_key_t).id,
                                                APR_HASH_KEY_STRING);

        if (instance) {
            APR_ARRAY_PUSH(*instances, b2b_instance_t *) = instance;
        }
    }
    return NULL;
}

/* Documents and facts -------------------------------------------------------------------------- */

const char *b2b_delete_rule_word(b2b_delete_rule_e rule)
{
    switch (rule) {
    case B2B_DELETE_ANYONE:
        return "anyone";
    case B2B_DELETE_CREATOR:
        return "creator";
    case B2B_DELETE_FORM_OWNER:
        return "form_owner";
    case B2B_DELETE_SECURITY_USERS:
        return "security_users";
    case B2B_DELETE_ADMINISTRATORS:
        return "administrators";
    }
    return "";
}

/* Those of the step of the current form that were not submitted. What does not fit the document is not current. */
static apr_uint64_t current_forms(const b2b_instance_t *instance, const b2b_document_t *document)
{
    apr_uint64_t found = 0;
    int form = instance->current_form, end;

    if (form < 0 || form >= document->forms->nelts || strcmp(instance->state, "completed") == 0) {
        return 0;
    }
    for (end = b2b_document_step_end(document, form); form < end; form++) {
        found |= (apr_uint64_t)1 << form;
    }
    return found & ~(apr_uint64_t)instance->submitted_ahead;
}

void b2b_instance_facts(b2b_instance_facts_t *facts, const b2b_instance_t *instance,
                        const b2b_document_t *document)
{
    memset(facts, 0, sizeof(*facts));
    facts->portal_id = instance->portal_id;
    facts->partner_id = instance->partner_id;
    facts->share_id = instance->share_id;
    facts->process_id = instance->process_id;
    facts->created_by_kind = instance->created_by.kind;
    facts->created_by = instance->created_by.id;
    facts->current_forms = current_forms(instance, document);
    facts->form_count = document->forms->nelts;
    facts->completed = strcmp(instance->state, "completed") == 0;
    facts->delete_rule = b2b_delete_rule_word(document->delete_rule);
    facts->owners = instance->owners;
}

b2b_error_t *b2b_instance_document(b2b_document_t **document, const char **name,
                                   b2b_db_conn_t *conn, const char *process_id,
                                   apr_int64_t process_version, apr_pool_t *pool)
{
    b2b_db_rows_t *rows;

    *document = NULL;
    B2B_ERR(
        b2b_db_query(&rows, conn, STMT_INSTANCE_DOCUMENT, pool, "si", process_id, process_version));
    if (!b2b_db_next(rows)) {
        return NULL;
    }
    if (name) {
        *name = b2b_db_text(rows, 1);
    }
    return b2b_document_parse(document, b2b_db_text(rows, 0), pool);
}

b2b_error_t *b2b_instance_documents(apr_array_header_t **documents, b2b_db_conn_t *conn,
                                    const char *process_id, apr_int64_t last, apr_pool_t *pool)
{
    b2b_db_rows_t *rows;

    B2B_ERR(b2b_db_query(&rows, conn, STMT_INSTANCE_DOCUMENTS, pool, "si", process_id, last));
    *documents = apr_array_make(pool, b2b_db_count(rows) + 1, sizeof(b2b_document_t *));
    while (b2b_db_next(rows)) {
        b2b_document_t *document;

        B2B_ERR(b2b_document_parse(&document, b2b_db_text(rows, 1), pool));
        APR_ARRAY_PUSH(*documents, b2b_document_t *) = document;
    }
    return NULL;
}

/* Writing -------------------------------------------------------------------------------------- */

static b2b_error_t *number_take(b2b_db_conn_t *conn, b2b_instance_t *values, apr_pool_t *pool)
{
    b2b_db_rows_t *rows;

    B2B_ERR(b2b_db_query(&rows, conn, STMT_INSTANCE_NUMBER, pool, "sss", values->portal_id,
                         values->partner_id, values->process_id));
    b2b_db_next(rows);
    values->number = b2b_db_integer(rows, 0);
    return NULL;
}

/* What q looks in. A partner does not learn names of the host's people, by searching for them neither. */
static const char *search_text(const b2b_instance_t *values, const char *folded, apr_pool_t *pool)
{
    int member = strcmp(values->created_by.kind, "member") == 0;

    return apr_pstrcat(pool, folded, "\n",
                       member ? b2b_text_fold(values->created_by.name, pool) : "", NULL);
}

b2b_error_t *b2b_instance_create(b2b_db_conn_t *conn, b2b_instance_t *values,
                                 const b2b_document_t *document, const char *process_name,
                                 const b2b_json_t *held, apr_pool_t *result_pool,
                                 apr_pool_t *scratch_pool)
{
    apr_time_t now = b2b_clock_now();
    const char *folded;

    B2B_ERR(number_take(conn, values, scratch_pool));
    values->id = b2b_id_create(result_pool);
    values->reference = b2b_reference_make(document, process_name, values->number, held,
                                           result_pool);
    values->values = b2b_json_write(held, result_pool);
    values->modified_by = values->created_by;
    values->created_at = values->modified_at = now;
    values->completed_at = strcmp(values->state, "completed") == 0 ? now : 0;
    values->version = 1;
    folded = b2b_text_fold(values->reference, scratch_pool);
    B2B_ERR(b2b_db_send(conn, STMT_INSTANCE_INSERT, scratch_pool, "sssssiisssssiisssssssttt",
                        values->portal_id, values->id, values->partner_id, values->share_id,
                        values->process_id, values->process_version, values->number,
                        values->reference, folded, search_text(values, folded, scratch_pool),
                        values->state, values->status, (apr_int64_t)values->current_form,
                        values->submitted_ahead, values->values, values->created_by.kind,
                        values->created_by.id, values->created_by.name, values->created_by.kind,
                        values->created_by.id, values->created_by.name, now, now,
                        values->completed_at));
    B2B_ERR(b2b_instance_owners_begin(conn, values, document, held, result_pool, scratch_pool));
    return b2b_instance_values_write(conn, values, document, NULL, held, scratch_pool);
}

static b2b_error_t *lost(b2b_db_conn_t *conn, const b2b_instance_t *instance, apr_pool_t *pool)
{
    b2b_db_rows_t *rows;

    B2B_ERR(b2b_db_query(&rows, conn, STMT_INSTANCE_VERSION, pool, "ss", instance->portal_id,
                         instance->id));
    return b2b_store_lost(rows, "instance", pool);
}

b2b_error_t *b2b_instance_update(b2b_db_conn_t *conn, b2b_instance_t *values, apr_int64_t version,
                                 apr_pool_t *scratch_pool)
{
    apr_time_t now = b2b_clock_now();
    apr_int64_t affected;

    B2B_ERR(b2b_db_execute(&affected, conn, STMT_INSTANCE_UPDATE, scratch_pool, "ssiissssttssii",
                           values->state, values->status, (apr_int64_t)values->current_form,
                           values->submitted_ahead, values->values, values->modified_by.kind,
                           values->modified_by.id, values->modified_by.name, now,
                           values->completed_at, values->portal_id, values->id,
                           B2B_VERSION_RANGE(version)));
    if (affected == 0) {
        return lost(conn, values, scratch_pool);
    }
    values->modified_at = now;
    values->version++;
    return NULL;
}

b2b_error_t *b2b_instance_delete(b2b_db_conn_t *conn, const b2b_instance_t *instance,
                                 apr_int64_t version, const b2b_instance_actor_t *actor,
                                 apr_pool_t *scratch_pool)
{
    apr_int64_t affected;

    B2B_ERR(b2b_db_execute(&affected, conn, STMT_INSTANCE_DELETE, scratch_pool, "tssssii",
                           b2b_clock_now(), actor->kind, actor->id, instance->portal_id,
                           instance->id, B2B_VERSION_RANGE(version)));
    return affected ? NULL : lost(conn, instance, scratch_pool);
}

b2b_error_t *b2b_instance_restore(int *restored, b2b_db_conn_t *conn, const char *portal_id,
                                  const char *id, apr_pool_t *scratch_pool)
{
    apr_int64_t affected;

    B2B_ERR(
        b2b_db_execute(&affected, conn, STMT_INSTANCE_RESTORE, scratch_pool, "ss", portal_id, id));
    *restored = affected > 0;
    return NULL;
}
