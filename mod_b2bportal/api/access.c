/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Explaining: who can open this, what can this person open, and why. The answers are policy's own.
 */

#include "private.h"

#include <stdlib.h>
#include <string.h>

#include <apr_strings.h>

#include "resources.h"

static int compare_ids(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* MEMBER as policy sees it. */
static b2b_principal_t *principal_of(const b2b_member_t *member, apr_pool_t *pool)
{
    b2b_principal_t *principal = apr_pcalloc(pool, sizeof(*principal));
    apr_array_header_t *groups = apr_array_make(pool, 8, sizeof(const char *));
    int i;

    for (i = 0; member->groups && i < member->groups->nelts; i++) {
        const b2b_member_group_t *group = &APR_ARRAY_IDX(member->groups, i, b2b_member_group_t);

        if (!group->automatic) {
            APR_ARRAY_PUSH(groups, const char *) = group->id;
        }
    }
    qsort(groups->elts, (size_t)groups->nelts, sizeof(const char *), compare_ids);
    principal->kind = B2B_PRINCIPAL_MEMBER;
    principal->id = member->id;
    principal->portal_id = member->portal_id;
    principal->partner_id = member->partner_id;
    principal->email = member->email;
    principal->name = member->email;
    principal->locale = member->locale;
    principal->role = member->role;
    principal->state = member->state;
    principal->valid_until = member->valid_until;
    principal->has_sponsor = member->sponsor_id != NULL;
    principal->sponsor_state = member->sponsor_state;
    principal->groups = groups;
    return principal;
}

/*
 * Judge MEMBER as if signed in. One who has not accepted has no identity yet: an issuer of the
 * portal stands in, so that the reason is the invitation and not the missing session.
 */
static b2b_decision_t judge(const b2b_portal_snapshot_t *portal, const b2b_member_t *member,
                            const b2b_principal_t *principal, apr_time_t now)
{
    b2b_identity_t identity = {NULL};

    identity.issuer = member->issuer;
    identity.subject = member->subject;
    if (!identity.issuer) {
        identity.issuer = portal->issuers->nelts
                              ? APR_ARRAY_IDX(portal->issuers, 0, b2b_issuer_t).issuer
                              : "";
        identity.subject = member->id;
    }
    return b2b_policy_member(portal, &identity, principal, now);
}

static b2b_error_t *load_snapshot(b2b_portal_snapshot_t **portal, const b2b_call_t *call)
{
    B2B_ERR(b2b_portal_snapshot_load(portal, call->conn, call->portal->id, call->pool, call->pool));
    return *portal ? NULL : b2b_call_not_found(call, "portal");
}

/* What can this person open? ------------------------------------------------------------------- */

static b2b_json_t *placements_json(const b2b_portal_snapshot_t *portal, b2b_decision_t decision,
                                   const b2b_principal_t *principal, apr_pool_t *pool)
{
    b2b_json_t *data = b2b_json_array(pool);
    int i;

    for (i = 0; i < portal->placements->nelts; i++) {
        const b2b_snapshot_placement_t *placement = &APR_ARRAY_IDX(portal->placements, i,
                                                                   b2b_snapshot_placement_t);
        b2b_json_t *item = b2b_json_object(pool);

        b2b_json_set_string(item, "placement_id", placement->id);
        b2b_json_set_string(item, "dashboard_id", placement->dashboard_id);
        b2b_json_set_string(item, "name", placement->name);
        b2b_json_set_reason(item, b2b_policy_placement(decision, principal, placement), pool);
        b2b_json_append(data, item);
    }
    return data;
}

static void set_access(b2b_json_t *json, const char *key, b2b_decision_t decision, apr_pool_t *pool)
{
    b2b_json_t *access = b2b_json_object(pool);

    b2b_json_set_reason(access, decision, pool);
    b2b_json_set(json, key, access);
}

/* The title of PROCESS_ID as DOCUMENT has it. */
static const char *process_title(const b2b_share_document_t *document, const char *process_id)
{
    int i;

    for (i = 0; i < document->processes->nelts; i++) {
        const b2b_share_process_t *process = &APR_ARRAY_IDX(document->processes, i,
                                                            b2b_share_process_t);

        if (strcmp(process->process_id, process_id) == 0 && process->title) {
            return process->title;
        }
    }
    return "";
}

/* Append the processes of GRANT, titled as the revision that the partner holds says. */
static b2b_error_t *append_shared(b2b_json_t *data, const b2b_call_t *call,
                                  const b2b_snapshot_grant_t *grant, b2b_decision_t decision,
                                  const b2b_principal_t *principal)
{
    b2b_revision_t *revision;
    int i;

    B2B_ERR(b2b_revision_get(&revision, call->conn, grant->share_id, grant->revision, call->pool,
                             call->pool));
    for (i = 0; revision && i < grant->processes->nelts; i++) {
        const b2b_snapshot_shared_process_t *shared = &APR_ARRAY_IDX(grant->processes, i,
                                                                     b2b_snapshot_shared_process_t);
        b2b_json_t *item = b2b_json_object(call->pool);

        b2b_json_set_string(item, "shared_process_id", grant->share_id);
        b2b_json_set_string(item, "title", revision->document->title);
        b2b_json_set_string(item, "process_id", shared->process_id);
        b2b_json_set_string(item, "process_title",
                            process_title(revision->document, shared->process_id));
        set_access(item, "open", b2b_policy_process_open(decision, principal, shared), call->pool);
        set_access(item, "create", b2b_policy_instance_create(decision, principal, shared),
                   call->pool);
        b2b_json_append(data, item);
    }
    return NULL;
}

b2b_error_t *b2b_members_access(b2b_call_t *call)
{
    b2b_json_t *json = b2b_json_object(call->pool);
    b2b_json_t *shared = b2b_json_array(call->pool);
    const apr_array_header_t *grants;
    b2b_portal_snapshot_t *portal;
    b2b_principal_t *principal;
    b2b_member_t *member;
    b2b_decision_t decision;
    int i;

    B2B_ERR(b2b_member_get(&member, call->conn, call->portal->id, call->variables[1], call->pool,
                           call->pool));
    if (!member) {
        return b2b_call_not_found(call, "member");
    }
    B2B_ERR(load_snapshot(&portal, call));
    principal = principal_of(member, call->pool);
    decision = judge(portal, member, principal, call->request->now);
    grants = apr_hash_get(portal->grants, principal->partner_id, APR_HASH_KEY_STRING);
    for (i = 0; grants && i < grants->nelts; i++) {
        B2B_ERR(append_shared(shared, call, &APR_ARRAY_IDX(grants, i, b2b_snapshot_grant_t),
                              decision, principal));
    }
    set_access(json, "portal", decision, call->pool);
    b2b_json_set(json, "data", placements_json(portal, decision, principal, call->pool));
    b2b_json_set(json, "shared_processes", shared);
    b2b_call_answer(call, 200, json, 0);
    return NULL;
}

/* Who can open this? --------------------------------------------------------------------------- */

const b2b_rule_t b2b_placement_access_query[] = {
    B2B_LIMIT, B2B_AFTER, B2B_Q, B2B_OF_KIND("allowed", B2B_RULE_BOOL, 0), B2B_END,
};

static const b2b_snapshot_placement_t *find_placement(const b2b_portal_snapshot_t *portal,
                                                      const char *id)
{
    int i;

    for (i = 0; i < portal->placements->nelts; i++) {
        const b2b_snapshot_placement_t *placement = &APR_ARRAY_IDX(portal->placements, i,
                                                                   b2b_snapshot_placement_t);

        if (!strcmp(placement->id, id)) {
            return placement;
        }
    }
    return NULL;
}

b2b_error_t *b2b_placements_access(b2b_call_t *call)
{
    const char *allowed = b2b_call_query(call, "allowed");
    b2b_json_t *data = b2b_json_array(call->pool);
    const b2b_snapshot_placement_t *placement;
    b2b_portal_snapshot_t *portal;
    b2b_list_t list;
    b2b_page_t *page;
    int i;

    B2B_ERR(load_snapshot(&portal, call));
    placement = find_placement(portal, call->variables[1]);
    if (!placement) {
        return b2b_call_not_found(call, "placement");
    }
    B2B_ERR(b2b_call_list(&list, call, "email"));
    B2B_ERR(b2b_member_list(&page, call->conn, call->portal->id, &list, call->pool, call->pool));
    for (i = 0; i < page->items->nelts; i++) {
        const b2b_member_t *member = APR_ARRAY_IDX(page->items, i, const b2b_member_t *);
        b2b_principal_t *principal = principal_of(member, call->pool);
        b2b_decision_t decision = b2b_policy_placement(judge(portal, member, principal,
                                                             call->request->now),
                                                       principal, placement);
        b2b_json_t *item = b2b_json_object(call->pool);

        if (allowed && (strcmp(allowed, "true") == 0) != decision.granted) {
            continue;
        }
        b2b_json_set_string(item, "member_id", member->id);
        b2b_json_set_string(item, "email", member->email);
        b2b_json_set_string(item, "name",
                            b2b_person_name(member->first_name, member->last_name, member->email,
                                            call->pool));
        b2b_json_set_string(item, "partner_id", member->partner_id);
        b2b_json_set_string(item, "partner_name", member->partner_name);
        b2b_json_set_reason(item, decision, call->pool);
        b2b_json_append(data, item);
    }
    b2b_call_answer_list(call, &list, data, page->next_key, page->next_id);
    return NULL;
}
