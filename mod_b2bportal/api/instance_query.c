/* SPDX-License-Identifier: Apache-2.0 */
/* Which instances a list is about: what the query says, and what who asks may see. */

#include "private.h"

#include <string.h>

#include <apr_strings.h>

#include "instances_private.h"
#include "resources.h"

/* Fields ----------------------------------------------------------------------------------------- */

const b2b_field_t *b2b_instance_indexed_field(int *lacking, const apr_array_header_t *documents,
                                              const char *name)
{
    const b2b_field_t *found = NULL;
    int i;

    *lacking = 0;
    for (i = 0; i < documents->nelts; i++) {
        const b2b_field_t *field = b2b_document_field(APR_ARRAY_IDX(documents, i,
                                                                    const b2b_document_t *),
                                                      name);

        if (!field || !field->indexed) {
            *lacking = 1;
        }
        else if (!found) {
            found = field;
        }
    }
    return found;
}

static b2b_json_t *number_json(const char *text, apr_pool_t *pool)
{
    b2b_json_t *json = NULL;

    if (b2b_json_parse(&json, text, strlen(text), pool)) {
        return NULL;
    }
    return b2b_json_type(json) == B2B_JSON_INTEGER || b2b_json_type(json) == B2B_JSON_REAL ? json
                                                                                           : NULL;
}

const char *b2b_instance_field_key(const b2b_field_t *field, const char *text, apr_pool_t *pool)
{
    const apr_array_header_t *keys;
    b2b_json_t *value = NULL;

    switch (field->type) {
    case B2B_FIELD_NUMBER:
        value = number_json(text, pool);
        break;
    case B2B_FIELD_TOGGLE:
        if (strcmp(text, "true") == 0 || strcmp(text, "false") == 0) {
            value = b2b_json_bool(*text == 't', pool);
        }
        break;
    case B2B_FIELD_CHOICE:
        value = b2b_json_string(text, pool);
        if (field->multiple) {
            b2b_json_t *array = b2b_json_array(pool);

            b2b_json_append(array, value);
            value = array;
        }
        break;
    default:
        value = b2b_json_string(text, pool);
    }
    keys = value ? b2b_value_keys(field, value, pool) : NULL;
    return keys && keys->nelts ? APR_ARRAY_IDX(keys, 0, const char *) : NULL;
}

static b2b_error_t *read_bound(const char **key, const b2b_call_t *call, const b2b_field_t *field,
                               const char *name)
{
    const char *text = b2b_call_query(call, name);

    *key = NULL;
    if (!text) {
        return NULL;
    }
    *key = b2b_instance_field_key(field, text, call->pool);
    return *key ? NULL
                : b2b_error_invalid(call->pool, name, "must be a value of the field \"%s\".",
                                    field->name);
}

static b2b_error_t *read_filter(b2b_instance_query_t *query, const b2b_call_t *call,
                                const apr_array_header_t *documents)
{
    const char *name = b2b_call_query(call, "field");
    const b2b_field_t *field;
    int lacking;

    if (!name) {
        if (b2b_call_query(call, "value") || b2b_call_query(call, "from") ||
            b2b_call_query(call, "until")) {
            return b2b_error_invalid(call->pool, "field", "must say of which field.");
        }
        return NULL;
    }
    field = documents ? b2b_instance_indexed_field(&lacking, documents, name) : NULL;
    if (!field) {
        return b2b_error_invalid(call->pool, "field",
                                 "must be a field of the process that lists go by, with its "
                                 "process_id%s.",
                                 query->pairs ? " and shared_process_id" : "");
    }
    query->field = field->name;
    B2B_ERR(read_bound(&query->from, call, field, "value"));
    if (query->from) {
        query->until = query->from;
        return b2b_call_query(call, "from") || b2b_call_query(call, "until")
                   ? b2b_error_invalid(call->pool, "value", "goes without from and until.")
                   : NULL;
    }
    B2B_ERR(read_bound(&query->from, call, field, "from"));
    B2B_ERR(read_bound(&query->until, call, field, "until"));
    return query->from || query->until
               ? NULL
               : b2b_error_invalid(call->pool, "value", "is missing, or from, or until.");
}

static b2b_error_t *read_sort(b2b_instance_query_t *query, const b2b_call_t *call,
                              const b2b_list_t *list, const apr_array_header_t *documents)
{
    const b2b_field_t *field;

    query->descending = list->descending;
    query->sort = list->sort;
    if (!strcmp(list->sort, "modified_at") || !strcmp(list->sort, "created_at") ||
        !strcmp(list->sort, "reference")) {
        return NULL;
    }
    field = documents && !strncmp(list->sort, "field:", 6)
                ? b2b_instance_indexed_field(&query->lacking, documents, list->sort + 6)
                : NULL;
    query->sort = "field";
    query->sort_field = field ? field->name : NULL;
    return field ? NULL
                 : b2b_error_invalid(call->pool, "sort",
                                     "must be modified_at, created_at, reference or field: and a "
                                     "field of process_id%s, with - before it for the other way "
                                     "round.",
                                     query->pairs ? " and shared_process_id" : "");
}

/* Does the list ask for a field at all? */
static int needs_fields(const b2b_call_t *call, const b2b_list_t *list)
{
    return b2b_call_query(call, "field") || !strncmp(list->sort, "field:", 6);
}

/* A member's list -------------------------------------------------------------------------------- */

static void add_pairs(apr_array_header_t *pairs, const b2b_call_t *call,
                      const b2b_snapshot_grant_t *grant, const b2b_instance_query_t *query)
{
    const b2b_request_t *request = call->request;
    b2b_decision_t member = b2b_policy_member(request->portal, request->identity,
                                              request->principal, request->now);
    int i;

    for (i = 0; i < grant->processes->nelts; i++) {
        const b2b_snapshot_shared_process_t *shared = &APR_ARRAY_IDX(grant->processes, i,
                                                                     b2b_snapshot_shared_process_t);
        b2b_instances_e which = b2b_policy_instances(member, request->principal, shared);
        b2b_instance_pair_t *pair;

        if (which == B2B_INSTANCES_NONE ||
            (query->waiting && !b2b_policy_waits(member, request->principal, shared)) ||
            (query->process_id && strcmp(query->process_id, shared->process_id) != 0)) {
            continue;
        }
        pair = apr_array_push(pairs);
        pair->share_id = shared->share_id;
        pair->process_id = shared->process_id;
        pair->all = which == B2B_INSTANCES_ALL;
        pair->all_forms = shared->all_forms;
    }
}

static void member_whose(b2b_instance_query_t *query, int *nothing, b2b_call_t *call)
{
    const b2b_request_t *request = call->request;
    const apr_array_header_t *grants = apr_hash_get(request->portal->grants,
                                                    request->principal->partner_id,
                                                    APR_HASH_KEY_STRING);
    apr_array_header_t *pairs = apr_array_make(call->pool, 8, sizeof(b2b_instance_pair_t));
    int i;

    for (i = 0; grants && i < grants->nelts; i++) {
        const b2b_snapshot_grant_t *grant = &APR_ARRAY_IDX(grants, i, b2b_snapshot_grant_t);

        if (!query->share_id || !strcmp(query->share_id, grant->share_id)) {
            add_pairs(pairs, call, grant, query);
        }
    }
    query->portal_id = request->portal->id;
    query->partner_id = request->principal->partner_id;
    query->pairs = pairs;
    *nothing = pairs->nelts == 0;
}

/* The host's ------------------------------------------------------------------------------------- */

static b2b_error_t *host_whose(b2b_instance_query_t *query, int *nothing, b2b_call_t *call)
{
    const b2b_principal_t *principal = call->request->principal;
    const char *name = b2b_call_query(call, "portal");
    apr_array_header_t *processes;

    *nothing = 0;
    query->partner_id = b2b_call_query(call, "partner_id");
    if (query->partner_id && !name) {
        return b2b_error_invalid(call->pool, "partner_id", "goes with portal only.");
    }
    if (name) {
        b2b_portal_t *portal;

        B2B_ERR(b2b_portal_get(&portal, call->conn, name, call->pool, call->pool));
        query->portal_id = portal ? portal->id : NULL;
        *nothing = !portal;
    }
    query->all = b2b_policy_right(b2b_call_host(call), principal, B2B_RIGHT_INSTANCES_READ).granted;
    if (!query->all) {
        B2B_ERR(b2b_processes_administered(&processes, call->conn, principal->id, call->pool,
                                           call->pool));
        query->processes = processes;
    }
    b2b_instance_query_secure(query, b2b_secured_create(call));
    return NULL;
}

b2b_error_t *b2b_instance_query_whose(b2b_instance_query_t *query, int *nothing, b2b_call_t *call)
{
    query->principal = call->request->principal;
    if (call->request->side != B2B_SIDE_PORTAL) {
        return host_whose(query, nothing, call);
    }
    member_whose(query, nothing, call);
    return NULL;
}

apr_int64_t b2b_instance_query_last(const b2b_instance_query_t *query, const b2b_call_t *call)
{
    const b2b_request_t *request = call->request;
    apr_int64_t last = 0;
    int i;

    for (i = 0; query->pairs && i < query->pairs->nelts; i++) {
        const b2b_instance_pair_t *pair = &APR_ARRAY_IDX(query->pairs, i, b2b_instance_pair_t);
        const b2b_snapshot_shared_process_t *shared = b2b_snapshot_shared_process(request->portal,
                                                                                  query->partner_id,
                                                                                  pair->share_id,
                                                                                  pair->process_id);

        last = shared && shared->process_version > last ? shared->process_version : last;
    }
    return query->pairs ? last : APR_INT64_MAX;
}

b2b_error_t *b2b_instance_query_read(b2b_instance_query_t *query, int *nothing, b2b_call_t *call,
                                     const b2b_list_t *list)
{
    apr_array_header_t *documents = NULL;

    memset(query, 0, sizeof(*query));
    query->process_id = b2b_call_query(call, "process_id");
    query->share_id = b2b_call_query(call, "shared_process_id");
    query->state = b2b_call_query(call, "state");
    query->status = b2b_call_query(call, "status");
    query->waiting = b2b_call_query_bool(call, "waiting", 0);
    query->created = b2b_call_query_bool(call, "created", 0);
    query->stuck = b2b_call_query_bool(call, "stuck", 0);
    query->q = list->q;
    query->limit = list->limit;
    query->after_key = list->after_key;
    query->after_id = list->after_id;
    B2B_ERR(b2b_instance_query_whose(query, nothing, call));
    if (*nothing) {
        return NULL;
    }
    /* A member's fields are those of one shared process. */
    if (query->process_id && (query->share_id || !query->pairs) && needs_fields(call, list)) {
        B2B_ERR(b2b_instance_documents(&documents, call->conn, query->process_id,
                                       b2b_instance_query_last(query, call), call->pool));
    }
    B2B_ERR(read_filter(query, call, documents));
    return read_sort(query, call, list, documents);
}
