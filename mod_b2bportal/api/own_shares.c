/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A portal's side: the shared processes that the member's partner holds, each at the revision last sent to
 * it, with those of their processes that the member may open.
 */

#include "private.h"

#include <stdlib.h>
#include <string.h>

#include <apr_strings.h>

#include "forms/forms.h"
#include "resources.h"

static b2b_decision_t member_of(const b2b_call_t *call)
{
    const b2b_request_t *request = call->request;

    return b2b_policy_member(request->portal, request->identity, request->principal, request->now);
}

/* The document of the version that new instances of SHARED get. */
static b2b_error_t *document_of(b2b_document_t **document, b2b_call_t *call,
                                const b2b_snapshot_shared_process_t *shared)
{
    const char *text;

    *document = NULL;
    B2B_ERR(b2b_process_document(&text, call->conn, shared->process_id, shared->process_version,
                                 call->pool, call->pool));
    return text ? b2b_document_parse(document, text, call->pool) : NULL;
}

/* An indexed field as a list shows it. */
static b2b_json_t *column_json(const b2b_field_t *field, apr_pool_t *pool)
{
    b2b_json_t *json = b2b_json_object(pool);
    b2b_json_t *options;
    int i;

    b2b_json_set_string(json, "name", field->name);
    b2b_json_set_string(json, "title", field->title);
    b2b_json_set_string(json, "type", field->type_name);
    if (field->type != B2B_FIELD_CHOICE) {
        return json;
    }
    options = b2b_json_array(pool);
    for (i = 0; field->options && i < field->options->nelts; i++) {
        const b2b_option_t *option = &APR_ARRAY_IDX(field->options, i, b2b_option_t);
        b2b_json_t *item = b2b_json_object(pool);

        b2b_json_set_string(item, "value", option->value);
        b2b_json_set_string(item, "label", option->label);
        b2b_json_append(options, item);
    }
    b2b_json_set(json, "options", options);
    return json;
}

/* What a form of the host asks is shown to nobody who never sees it. */
static b2b_json_t *columns_json(const b2b_document_t *document,
                                const b2b_snapshot_shared_process_t *shared, apr_pool_t *pool)
{
    b2b_json_t *json = b2b_json_array(pool);
    int i;

    for (i = 0; i < document->indexed->nelts; i++) {
        const b2b_field_t *field = APR_ARRAY_IDX(document->indexed, i, const b2b_field_t *);

        if (shared->all_forms ||
            !b2b_form_is_of_host(document,
                                 &APR_ARRAY_IDX(document->forms, field->form, b2b_form_t))) {
            b2b_json_append(json, column_json(field, pool));
        }
    }
    return json;
}

/* The words that "status" of an instance may be: its forms, and the end. */
static b2b_json_t *statuses_json(const b2b_document_t *document, apr_pool_t *pool)
{
    b2b_json_t *json = b2b_json_array(pool);
    int i;

    for (i = 0; i <= document->forms->nelts; i++) {
        const b2b_form_t *form = i < document->forms->nelts
                                     ? &APR_ARRAY_IDX(document->forms, i, b2b_form_t)
                                     : NULL;
        b2b_json_t *item = b2b_json_object(pool);

        b2b_json_set_string(item, "name", form ? form->name : "completed");
        b2b_json_set_string(item, "title", form ? form->title : "Completed");
        b2b_json_append(json, item);
    }
    return json;
}

/* How many instances of SHARED wait for the member; counted up to B2B_INSTANCE_COUNT_MAX. */
static b2b_error_t *waiting_count(int *count, b2b_call_t *call,
                                  const b2b_snapshot_shared_process_t *shared)
{
    const b2b_request_t *request = call->request;
    b2b_decision_t member = member_of(call);
    apr_array_header_t *pairs = apr_array_make(call->pool, 1, sizeof(b2b_instance_pair_t));
    b2b_instance_pair_t *pair = apr_array_push(pairs);
    b2b_instance_query_t query = {NULL};
    int at_least;

    *count = 0;
    if (!b2b_policy_waits(member, request->principal, shared)) {
        return NULL;
    }
    pair->share_id = shared->share_id;
    pair->process_id = shared->process_id;
    pair->all = b2b_policy_instances(member, request->principal, shared) == B2B_INSTANCES_ALL;
    pair->all_forms = shared->all_forms;
    query.portal_id = request->portal->id;
    query.partner_id = request->principal->partner_id;
    query.pairs = pairs;
    query.principal = request->principal;
    query.waiting = 1;
    return b2b_instance_count(count, &at_least, call->conn, &query, call->pool);
}

static b2b_error_t *process_json(b2b_json_t *list, b2b_call_t *call,
                                 const b2b_snapshot_shared_process_t *shared)
{
    const b2b_principal_t *principal = call->request->principal;
    b2b_decision_t member = member_of(call);
    b2b_document_t *document;
    b2b_json_t *json;
    int waiting;

    if (!b2b_policy_process_open(member, principal, shared).granted) {
        return NULL;
    }
    B2B_ERR(document_of(&document, call, shared));
    if (!document) {
        return NULL;
    }
    B2B_ERR(waiting_count(&waiting, call, shared));
    json = b2b_json_object(call->pool);
    b2b_json_set_string(json, "process_id", shared->process_id);
    b2b_json_set_string(json, "title", document->title);
    b2b_json_set_string(json, "description", document->description);
    b2b_json_set_bool(json, "may_create",
                      b2b_policy_instance_create(member, principal, shared).granted);
    b2b_json_set_bool(json, "may_open", 1);
    b2b_json_set(json, "columns", columns_json(document, shared, call->pool));
    b2b_json_set(json, "statuses", statuses_json(document, call->pool));
    b2b_json_set_integer(json, "waiting", waiting);
    b2b_json_append(list, json);
    return NULL;
}

/* *JSON is NULL if the revision is not there any more. */
static b2b_error_t *own_json(b2b_json_t **json, b2b_call_t *call, const b2b_snapshot_grant_t *grant)
{
    b2b_json_t *processes = b2b_json_array(call->pool);
    b2b_revision_t *revision;
    int i;

    *json = NULL;
    B2B_ERR(b2b_revision_get(&revision, call->conn, grant->share_id, grant->revision, call->pool,
                             call->pool));
    if (!revision) {
        return NULL;
    }
    for (i = 0; i < grant->processes->nelts; i++) {
        B2B_ERR(
            process_json(processes, call,
                         &APR_ARRAY_IDX(grant->processes, i, const b2b_snapshot_shared_process_t)));
    }
    *json = b2b_json_object(call->pool);
    b2b_json_set_string(*json, "id", grant->share_id);
    b2b_json_set_string(*json, "title", revision->document->title);
    b2b_json_set_string(*json, "instructions", revision->document->instructions);
    b2b_json_set(*json, "processes", processes);
    return NULL;
}

/* Lists ---------------------------------------------------------------------------------------- */

static int title_compare(const void *a, const void *b)
{
    return strcmp(b2b_json_get_string(*(const b2b_json_t *const *)a, "title"),
                  b2b_json_get_string(*(const b2b_json_t *const *)b, "title"));
}

static int matches(const b2b_json_t *json, const char *q, apr_pool_t *pool)
{
    return !q || strstr(b2b_text_fold(b2b_json_get_string(json, "title"), pool),
                        b2b_text_fold(q, pool)) != NULL;
}

/*
 * All on one page: what a partner holds is what its home page shows. limit and after are taken so that a
 * client may treat it as any list.
 */
b2b_error_t *b2b_own_shares_list(b2b_call_t *call)
{
    const b2b_request_t *request = call->request;
    const apr_array_header_t *grants = apr_hash_get(request->portal->grants,
                                                    request->principal->partner_id,
                                                    APR_HASH_KEY_STRING);
    apr_array_header_t *found = apr_array_make(call->pool, 8, sizeof(b2b_json_t *));
    b2b_json_t *data = b2b_json_array(call->pool);
    b2b_list_t list;
    int i;

    B2B_ERR(b2b_call_list(&list, call, "title"));
    for (i = 0; grants && !list.after_id && i < grants->nelts; i++) {
        const b2b_snapshot_grant_t *grant = &APR_ARRAY_IDX(grants, i, const b2b_snapshot_grant_t);
        b2b_json_t *json;

        if (!b2b_policy_share(member_of(call), request->principal, request->portal, grant->share_id)
                 .granted) {
            continue;
        }
        B2B_ERR(own_json(&json, call, grant));
        if (json && matches(json, list.q, call->pool)) {
            APR_ARRAY_PUSH(found, b2b_json_t *) = json;
        }
    }
    qsort(found->elts, (size_t)found->nelts, sizeof(b2b_json_t *), title_compare);
    for (i = 0; i < found->nelts && i < B2B_LIST_MAX; i++) {
        b2b_json_append(data, APR_ARRAY_IDX(found, i, b2b_json_t *));
    }
    b2b_call_answer_list(call, &list, data, NULL, NULL);
    return NULL;
}

static b2b_error_t *get_grant(const b2b_snapshot_grant_t **grant, const b2b_call_t *call)
{
    const b2b_request_t *request = call->request;

    *grant = b2b_policy_share(member_of(call), request->principal, request->portal,
                              call->variables[0])
                     .granted
                 ? b2b_snapshot_grant(request->portal, request->principal->partner_id,
                                      call->variables[0])
                 : NULL;
    return *grant ? NULL : b2b_call_not_found(call, "shared process");
}

b2b_error_t *b2b_own_shares_get(b2b_call_t *call)
{
    const b2b_snapshot_grant_t *grant;
    b2b_json_t *json;

    B2B_ERR(get_grant(&grant, call));
    B2B_ERR(own_json(&json, call, grant));
    if (!json) {
        return b2b_call_not_found(call, "shared process");
    }
    b2b_call_answer(call, 200, json, 0);
    return NULL;
}

/* The first form, to start an instance --------------------------------------------------------- */

static b2b_error_t *start_json(b2b_json_t **json, b2b_call_t *call,
                               const b2b_snapshot_shared_process_t *shared)
{
    b2b_json_t *nothing = b2b_json_object(call->pool);
    b2b_document_t *document;

    *json = NULL;
    B2B_ERR(document_of(&document, call, shared));
    if (!document) {
        return NULL;
    }
    *json = b2b_json_object(call->pool);
    b2b_json_set_string(*json, "shared_process_id", shared->share_id);
    b2b_json_set_string(*json, "process_id", shared->process_id);
    b2b_json_set_string(*json, "title", document->title);
    b2b_json_set_string(*json, "description", document->description);
    b2b_json_set(*json, "form", b2b_form_for_page(document, 0, nothing, call->pool));
    b2b_json_set(*json, "values", b2b_form_defaults(document, 0, call->pool));
    b2b_json_set_bool(*json, "save_first",
                      document->submit_all && b2b_document_step_end(document, 0) > 1);
    b2b_json_set(*json, "statuses", statuses_json(document, call->pool));
    return NULL;
}

b2b_error_t *b2b_own_shares_start(b2b_call_t *call)
{
    const b2b_request_t *request = call->request;
    const b2b_snapshot_shared_process_t *shared =
        b2b_snapshot_shared_process(request->portal, request->principal->partner_id,
                                    call->variables[0], call->variables[1]);
    b2b_decision_t member = member_of(call), decision;
    b2b_json_t *json = NULL;

    if (!b2b_policy_process_open(member, request->principal, shared).granted) {
        return b2b_call_not_found(call, "process");
    }
    decision = b2b_policy_instance_create(member, request->principal, shared);
    if (!decision.granted) {
        return b2b_error_typed(b2b_error_create(call->pool, B2B_E_FORBIDDEN, NULL, "%s",
                                                b2b_reason_sentence(decision.reason)),
                               b2b_reason_word(decision.reason));
    }
    B2B_ERR(start_json(&json, call, shared));
    if (!json) {
        return b2b_call_not_found(call, "process");
    }
    b2b_call_answer(call, 200, json, 0);
    return NULL;
}
