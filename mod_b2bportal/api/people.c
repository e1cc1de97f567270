/* SPDX-License-Identifier: Apache-2.0 */
/*
 * People to choose in a person field, or to give a form to. A member is shown people and groups of the own
 * partner, and of the host only those in the host groups that a person field names, of a process they may open and of
 * a form that may be theirs: outsiders learn nothing else of the host's people (S7).
 */

#include "private.h"

#include <string.h>

#include <apr_strings.h>

#include "instances_private.h"
#include "resources.h"

#define FOUND_MAX  20
#define GROUPS_MAX 10

const b2b_rule_t b2b_people_query[] = {
    B2B_Q,
    B2B_LINE("host_groups", 0, 0, 400),
    B2B_OF_KIND("partner", B2B_RULE_BOOL, 0),
    B2B_OF_KIND("groups", B2B_RULE_BOOL, 0),
    B2B_END,
};

/* The ids of host_groups. */
static b2b_error_t *read_groups(apr_array_header_t **groups, const b2b_call_t *call)
{
    const char *text = b2b_call_query(call, "host_groups");
    char *copy, *state = NULL, *id;

    *groups = apr_array_make(call->pool, 4, sizeof(const char *));
    if (!text) {
        return NULL;
    }
    copy = apr_pstrdup(call->pool, text);
    for (id = apr_strtok(copy, ",", &state); id; id = apr_strtok(NULL, ",", &state)) {
        if (!b2b_text_is_id(id) || (*groups)->nelts == GROUPS_MAX) {
            return b2b_error_invalid(call->pool, "host_groups",
                                     "must be at most %d ids with commas between them.",
                                     GROUPS_MAX);
        }
        APR_ARRAY_PUSH(*groups, const char *) = id;
    }
    return NULL;
}

/* Set the host groups in NAMED that person fields of FORM name. */
static void note_form(apr_hash_t *named, const b2b_form_t *form)
{
    int i, k;

    for (i = 0; i < form->fields->nelts; i++) {
        const b2b_field_t *field = &APR_ARRAY_IDX(form->fields, i, b2b_field_t);

        for (k = 0; field->type == B2B_FIELD_PERSON && k < field->host_groups->nelts; k++) {
            apr_hash_set(named, APR_ARRAY_IDX(field->host_groups, k, const char *),
                         APR_HASH_KEY_STRING, field);
        }
    }
}

/* The same for DOCUMENT; of the host's own forms only where ALL_FORMS are shown. */
static void note_named(apr_hash_t *named, const b2b_document_t *document, int all_forms)
{
    int i;

    for (i = 0; i < document->forms->nelts; i++) {
        const b2b_form_t *form = &APR_ARRAY_IDX(document->forms, i, b2b_form_t);

        if (all_forms || !b2b_form_is_of_host(document, form)) {
            note_form(named, form);
        }
    }
}

/* The host groups that person fields of the processes name that the member may open, or has instances of. */
static b2b_error_t *named_groups(apr_hash_t **named, const b2b_call_t *call)
{
    const b2b_request_t *request = call->request;
    const apr_array_header_t *grants = apr_hash_get(request->portal->grants,
                                                    request->principal->partner_id,
                                                    APR_HASH_KEY_STRING);
    b2b_decision_t member = b2b_policy_member(request->portal, request->identity,
                                              request->principal, request->now);
    int i, k, n;

    *named = apr_hash_make(call->pool);
    for (i = 0; grants && i < grants->nelts; i++) {
        const b2b_snapshot_grant_t *grant = &APR_ARRAY_IDX(grants, i, b2b_snapshot_grant_t);

        for (k = 0; k < grant->processes->nelts; k++) {
            const b2b_snapshot_shared_process_t *shared =
                &APR_ARRAY_IDX(grant->processes, k, b2b_snapshot_shared_process_t);
            apr_array_header_t *documents;

            if (b2b_policy_instances(member, request->principal, shared) == B2B_INSTANCES_NONE) {
                continue;
            }
            B2B_ERR(b2b_instance_documents(&documents, call->conn, shared->process_id,
                                           shared->process_version, call->pool));
            for (n = 0; n < documents->nelts; n++) {
                note_named(*named, APR_ARRAY_IDX(documents, n, const b2b_document_t *),
                           shared->all_forms);
            }
        }
    }
    return NULL;
}

/* On a portal: only groups that a field names; another id is as one that is not there. */
static b2b_error_t *permitted_groups(apr_array_header_t **groups, const b2b_call_t *call)
{
    apr_array_header_t *asked;
    apr_hash_t *named;
    int i;

    B2B_ERR(read_groups(&asked, call));
    *groups = asked;
    if (!asked->nelts || call->request->side != B2B_SIDE_PORTAL) {
        return NULL;
    }
    B2B_ERR(named_groups(&named, call));
    *groups = apr_array_make(call->pool, asked->nelts, sizeof(const char *));
    for (i = 0; i < asked->nelts; i++) {
        const char *id = APR_ARRAY_IDX(asked, i, const char *);

        if (apr_hash_get(named, id, APR_HASH_KEY_STRING)) {
            APR_ARRAY_PUSH(*groups, const char *) = id;
        }
    }
    return NULL;
}

static b2b_error_t *answer_people(b2b_call_t *call, const char *portal_id, const char *partner_id)
{
    apr_array_header_t *found = apr_array_make(call->pool, FOUND_MAX, sizeof(void *));
    const char *q = b2b_call_query(call, "q");
    b2b_json_t *answer = b2b_json_object(call->pool);
    b2b_json_t *data = b2b_json_array(call->pool);
    apr_array_header_t *groups;
    int i;

    B2B_ERR(permitted_groups(&groups, call));
    if (b2b_call_query_bool(call, "groups", FALSE)) {
        B2B_ERR(b2b_instance_find_groups(found, call->conn, portal_id, partner_id, q, FOUND_MAX,
                                         call->pool, call->pool));
    }
    if (b2b_call_query_bool(call, "partner", TRUE)) {
        B2B_ERR(b2b_instance_find_members(found, call->conn, portal_id, partner_id, q, FOUND_MAX,
                                          call->pool, call->pool));
    }
    B2B_ERR(b2b_instance_find_host_users(found, call->conn, groups, q, FOUND_MAX, call->pool,
                                         call->pool));
    for (i = 0; i < found->nelts && i < FOUND_MAX; i++) {
        const b2b_instance_person_t *person = APR_ARRAY_IDX(found, i,
                                                            const b2b_instance_person_t *);
        b2b_json_t *item = b2b_json_object(call->pool);

        b2b_json_set_string(item, "kind", person->kind);
        b2b_json_set_string(item, "id", person->id);
        b2b_json_set_string(item, "name", person->name);
        b2b_json_append(data, item);
    }
    b2b_json_set(answer, "data", data);
    b2b_call_answer(call, 200, answer, 0);
    return NULL;
}

b2b_error_t *b2b_people_find(b2b_call_t *call)
{
    return answer_people(call, call->request->portal->id, call->request->principal->partner_id);
}

/* A host user who may not see the portal's people may need those of a partner whose instance they work on. */
static b2b_error_t *may_see_partner(int *may, b2b_call_t *call, const b2b_partner_t *partner)
{
    const b2b_principal_t *principal = call->request->principal;
    b2b_instance_query_t query = {0};
    apr_array_header_t *processes;
    b2b_instance_page_t *page;

    *may = b2b_policy_right(b2b_call_host(call), principal, B2B_RIGHT_PORTALS_READ).granted;
    if (*may) {
        return NULL;
    }
    B2B_ERR(
        b2b_processes_administered(&processes, call->conn, principal->id, call->pool, call->pool));
    query.principal = principal;
    query.processes = processes;
    query.portal_id = call->portal->id;
    query.partner_id = partner->id;
    query.limit = 1;
    B2B_ERR(b2b_instance_list(&page, call->conn, &query, call->pool, call->pool));
    *may = page->keys->nelts > 0;
    return NULL;
}

b2b_error_t *b2b_partner_people_find(b2b_call_t *call)
{
    b2b_partner_t *partner;
    int may = FALSE;

    B2B_ERR(b2b_partner_get(&partner, call->conn, call->portal->id, call->variables[1], call->pool,
                            call->pool));
    if (partner) {
        B2B_ERR(may_see_partner(&may, call, partner));
    }
    return may ? answer_people(call, call->portal->id, partner->id)
               : b2b_call_not_found(call, "partner");
}
