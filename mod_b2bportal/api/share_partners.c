/* SPDX-License-Identifier: Apache-2.0 */
/* Which partners hold a shared process. Adding one opens nothing; taking it away ends access at once. */

#include "share_json.h"

#include <string.h>

#include <apr_strings.h>

static b2b_json_t *grant_json(b2b_call_t *call, const void *item)
{
    const b2b_grant_t *grant = item;
    b2b_json_t *json = b2b_json_object(call->pool);

    b2b_json_set_string(json, "shared_process_id", grant->share_id);
    b2b_json_set_string(json, "shared_process_title", grant->title);
    b2b_json_set_string(json, "portal", grant->portal);
    b2b_json_set_string(json, "portal_name", grant->portal_name);
    b2b_json_set_string(json, "partner_id", grant->partner_id);
    b2b_json_set_string(json, "partner_name", grant->partner_name);
    b2b_json_set_string(json, "partner_state", b2b_state_word(grant->partner_state));
    b2b_json_set_integer(json, "revision", grant->revision);
    b2b_json_set_integer(json, "newest_revision", grant->newest);
    b2b_json_set_integer(json, "behind", grant->behind);
    b2b_json_set_bool(json, "changes_not_sent", grant->share_changed);
    b2b_json_set_time(json, "sent_at", grant->sent_at);
    b2b_json_set_time(json, "first_sent_at", grant->first_sent_at);
    return json;
}

/* What reached whom ---------------------------------------------------------------------------- */

#define NAMED_MAX 20

static const b2b_grant_t *grant_at(const apr_array_header_t *grants, int i)
{
    return APR_ARRAY_IDX(grants, i, const b2b_grant_t *);
}

void b2b_share_note_partners(b2b_call_t *call, const apr_array_header_t *grants, int first, int end)
{
    int i;

    b2b_change_add(call, "partners", NULL, b2b_json_integer(end - first, call->pool));
    for (i = first; end - first <= NAMED_MAX && i < end; i++) {
        b2b_change_add(call, "partner", NULL,
                       b2b_json_string(grant_at(grants, i)->partner_name, call->pool));
    }
}

b2b_error_t *b2b_share_act_in_portals(b2b_call_t *call, const b2b_share_t *share,
                                      const apr_array_header_t *grants, const b2b_json_t *revision)
{
    int first, end;

    for (first = 0; first < grants->nelts; first = end) {
        const char *portal_id = grant_at(grants, first)->portal_id;

        end = first + 1;
        while (end < grants->nelts && !strcmp(grant_at(grants, end)->portal_id, portal_id)) {
            end++;
        }
        if (revision) {
            b2b_change_add(call, "revision", NULL, revision);
        }
        b2b_share_note_partners(call, grants, first, end);
        B2B_ERR(b2b_act_record_in(call, portal_id, call->route->action, "shared_process", share->id,
                                  share->title));
    }
    return NULL;
}

b2b_error_t *b2b_share_act_where_sent(b2b_call_t *call, const b2b_share_t *share)
{
    apr_array_header_t *all, *sent;
    int i;

    B2B_ERR(b2b_grant_all(&all, call->conn, share->id, call->pool, call->pool));
    sent = apr_array_make(call->pool, all->nelts + 1, sizeof(b2b_grant_t *));
    for (i = 0; i < all->nelts; i++) {
        if (grant_at(all, i)->revision > 0) {
            APR_ARRAY_PUSH(sent, const b2b_grant_t *) = grant_at(all, i);
        }
    }
    return b2b_share_act_in_portals(call, share, sent, NULL);
}

/* Lists ---------------------------------------------------------------------------------------- */

const b2b_rule_t b2b_share_partners_query[] = {
    B2B_LIMIT, B2B_AFTER, B2B_Q, B2B_OF_KIND("behind", B2B_RULE_BOOL, 0), B2B_END,
};

b2b_error_t *b2b_share_partners_list(b2b_call_t *call)
{
    b2b_share_t *share;
    b2b_list_t list;
    b2b_page_t *page;

    B2B_ERR(b2b_call_share(&share, call, call->variables[0]));
    B2B_ERR(b2b_call_list(&list, call, "partner"));
    list.behind = b2b_call_query_bool(call, "behind", 0);
    B2B_ERR(b2b_grant_list(&page, call->conn, share->id, &list, call->pool, call->pool));
    b2b_call_answer_page(call, &list, page, grant_json);
    return NULL;
}

b2b_error_t *b2b_partner_shares_list(b2b_call_t *call)
{
    b2b_partner_t *partner;
    b2b_list_t list;
    b2b_page_t *page;

    B2B_ERR(b2b_partner_get(&partner, call->conn, call->portal->id, call->variables[1], call->pool,
                            call->pool));
    if (!partner) {
        return b2b_call_not_found(call, "partner");
    }
    B2B_ERR(b2b_call_list(&list, call, "title"));
    B2B_ERR(b2b_grant_list_of_partner(&page, call->conn, call->portal->id, partner->id, &list,
                                      call->pool, call->pool));
    b2b_call_answer_page(call, &list, page, grant_json);
    return NULL;
}

/* One partner ---------------------------------------------------------------------------------- */

/* The share of the path, and its portal, which the events of the act belong to. */
static b2b_error_t *load(b2b_share_t **share, b2b_call_t *call)
{
    B2B_ERR(b2b_call_share(share, call, call->variables[0]));
    B2B_ERR(b2b_portal_get(&call->portal, call->conn, call->variables[1], call->pool, call->pool));
    return call->portal ? NULL : b2b_call_not_found(call, "portal");
}

static b2b_error_t *load_grant(b2b_grant_t **grant, b2b_call_t *call)
{
    b2b_share_t *share;

    B2B_ERR(load(&share, call));
    B2B_ERR(b2b_grant_get(grant, call->conn, call->portal->id, call->variables[2], share->id,
                          call->pool, call->pool));
    return *grant ? NULL : b2b_call_not_found(call, "partner");
}

/* Give SHARE to the partner and say so in the trail, unless it holds it. */
static b2b_error_t *give(b2b_call_t *call, const b2b_share_t *share, const b2b_partner_t *partner)
{
    int added;

    B2B_ERR(
        b2b_grant_add(&added, call->conn, call->portal->id, partner->id, share->id, call->pool));
    if (!added) {
        return NULL;
    }
    b2b_change_add(call, "partner", NULL, b2b_json_string(partner->name, call->pool));
    return b2b_act_record(call, "grant.add", "shared_process", share->id, share->title);
}

b2b_error_t *b2b_share_partners_add(b2b_call_t *call)
{
    b2b_partner_t *partner;
    b2b_share_t *share;
    b2b_grant_t *grant;

    B2B_ERR(load(&share, call));
    B2B_ERR(b2b_partner_get(&partner, call->conn, call->portal->id, call->variables[2], call->pool,
                            call->pool));
    if (!partner) {
        return b2b_call_not_found(call, "partner");
    }
    B2B_ERR(give(call, share, partner));
    B2B_ERR(load_grant(&grant, call));
    b2b_call_answer(call, 200, grant_json(call, grant), 0);
    return NULL;
}

b2b_error_t *b2b_share_partners_remove(b2b_call_t *call)
{
    b2b_share_impact_t impact;
    b2b_grant_t *grant;

    B2B_ERR(load_grant(&grant, call));
    B2B_ERR(b2b_grant_impact(&impact, call->conn, grant->portal_id, grant->partner_id,
                             grant->share_id, call->pool));
    B2B_ERR(b2b_grant_remove(call->conn, grant->portal_id, grant->partner_id, grant->share_id,
                             call->pool));
    b2b_change_add(call, "partner", b2b_json_string(grant->partner_name, call->pool), NULL);
    b2b_change_add(call, "people", b2b_json_integer(impact.members, call->pool), NULL);
    b2b_change_add(call, "placements", b2b_json_integer(impact.placements, call->pool), NULL);
    B2B_ERR(b2b_act_done(call, "shared_process", grant->share_id, grant->title));
    b2b_call_answer(call, 204, NULL, 0);
    return NULL;
}

static const char *const acts[] = {"remove", NULL};
const b2b_rule_t b2b_share_partner_impact_query[] = {B2B_WORD("act", 0, acts), B2B_END};

b2b_error_t *b2b_share_partners_impact(b2b_call_t *call)
{
    b2b_share_impact_t impact;
    b2b_grant_t *grant;

    B2B_ERR(load_grant(&grant, call));
    B2B_ERR(b2b_grant_impact(&impact, call->conn, grant->portal_id, grant->partner_id,
                             grant->share_id, call->pool));
    b2b_call_answer_share_impact(call, "remove", &impact);
    return NULL;
}

/* From an invitation --------------------------------------------------------------------------- */

/* Send what was sent last to the partner, which holds SHARE; FIELD is its place in the body. */
static b2b_error_t *send_newest(b2b_call_t *call, const b2b_share_t *share,
                                const b2b_partner_t *partner, const char *field)
{
    apr_array_header_t *grants = apr_array_make(call->pool, 1, sizeof(b2b_grant_t *));
    b2b_grant_t *grant;
    b2b_send_t *send;
    b2b_sent_t sent;

    if (share->revision == 0) {
        return b2b_error_invalid(call->pool, field,
                                 "\"%s\" was never sent: there is nothing to send yet. Use Send "
                                 "update first, or give it without sending.",
                                 share->title);
    }
    B2B_ERR(b2b_send_prepare(&send, call->conn, share, share->revision, call->pool, call->pool));
    if (send->problems->nelts > 0) {
        return b2b_error_invalid(call->pool, field, "%s",
                                 APR_ARRAY_IDX(send->problems, 0, const char *));
    }
    B2B_ERR(b2b_grant_get(&grant, call->conn, call->portal->id, partner->id, share->id, call->pool,
                          call->pool));
    APR_ARRAY_PUSH(grants, b2b_grant_t *) = grant;
    B2B_ERR(b2b_send(&sent, call->conn, send, grants, call->request->principal->id, call->pool));
    if (!sent.sent) {
        return NULL;
    }
    b2b_change_add(call, "partner", NULL, b2b_json_string(partner->name, call->pool));
    b2b_change_add(call, "revision", b2b_json_integer(grant->revision, call->pool),
                   b2b_json_integer(send->number, call->pool));
    return b2b_act_record(call, "shared_process.send", "shared_process", share->id, share->title);
}

/* Inviting alone does not give the right to share. */
static b2b_error_t *may_share(const b2b_call_t *call)
{
    const b2b_request_t *request = call->request;
    b2b_decision_t host = b2b_policy_host_user(call->site->issuers, request->identity,
                                               request->principal);
    b2b_decision_t decision = b2b_policy_right(host, request->principal, B2B_RIGHT_SHARES_WRITE);

    return decision.granted ? NULL
                            : b2b_error_create(call->pool, B2B_E_FORBIDDEN, NULL, "%s",
                                               b2b_reason_sentence(decision.reason));
}

b2b_error_t *b2b_shares_give(b2b_call_t *call, const char *partner_id)
{
    const b2b_json_t *ids = b2b_json_get(call->body, "shared_processes");
    int is_sent = b2b_json_get_bool(call->body, "send_shared_processes", 0);
    b2b_json_t *changes = call->changes;
    b2b_partner_t *partner;
    apr_size_t i;

    if (b2b_json_length(ids) == 0) {
        return NULL;
    }
    B2B_ERR(may_share(call));
    /* The events of the shares come first, each with its own changes. */
    call->changes = NULL;
    B2B_ERR(b2b_partner_get(&partner, call->conn, call->portal->id, partner_id, call->pool,
                            call->pool));
    if (!partner) {
        return b2b_error_invalid(call->pool, "partner_id",
                                 "There is no such partner in this portal.");
    }
    for (i = 0; i < b2b_json_length(ids); i++) {
        const char *field = apr_psprintf(call->pool, "shared_processes/%" APR_SIZE_T_FMT, i);
        b2b_share_t *share;

        B2B_ERR(b2b_share_hold(&share, call->conn, b2b_json_text(b2b_json_at(ids, i)), call->pool,
                               call->pool));
        if (!share) {
            return b2b_error_invalid(call->pool, field, "There is no such shared process.");
        }
        B2B_ERR(give(call, share, partner));
        if (is_sent) {
            B2B_ERR(send_newest(call, share, partner, field));
        }
    }
    call->changes = changes;
    return NULL;
}
