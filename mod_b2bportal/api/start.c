/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a host user may start for partners, judged for one start, and listed: portals, then the partners of one, then what
 * one partner holds. Each list is of what they may start and of nothing else; who may is policy/'s to say, offer by
 * offer. How an instance begins is told in instance_write.c.
 */

#include "private.h"

#include <string.h>

#include "instances_private.h"
#include "resources.h"

/* One start ------------------------------------------------------------------------------------- */

const b2b_rule_t b2b_host_instance_create_rules[] = {
    B2B_OF_KIND("partner_id", B2B_RULE_ID, B2B_RULE_REQUIRED),
    B2B_OF_KIND("shared_process_id", B2B_RULE_ID, B2B_RULE_REQUIRED),
    B2B_OF_KIND("process_id", B2B_RULE_ID, B2B_RULE_REQUIRED),
    B2B_OBJECT("values", 0, NULL),
    B2B_OF_KIND("submit", B2B_RULE_BOOL, 0),
    B2B_END,
};

b2b_error_t *b2b_start_judge(b2b_start_t **start, b2b_instance_seen_t *seen, b2b_call_t *call)
{
    const char *partner = b2b_call_text(call, "partner_id");
    const char *share = b2b_call_text(call, "shared_process_id");
    const char *process = b2b_call_text(call, "process_id");
    b2b_start_facts_t facts = {0};
    apr_array_header_t *administrators;
    b2b_decision_t decision;
    int held;

    B2B_ERR(
        b2b_start_get(start, call->conn, call->portal->id, partner, share, process, call->pool));
    if (!*start) {
        return b2b_call_not_found(call, "shared process");
    }
    B2B_ERR(
        b2b_process_administrators(&administrators, call->conn, process, call->pool, call->pool));
    seen->document = (*start)->document;
    seen->administrators = administrators;
    seen->security = (*start)->security;
    seen->person = b2b_call_host(call);
    facts.portal_active = (*start)->portal_active;
    facts.partner_there = (*start)->partner_there;
    facts.administrators = administrators;
    facts.openers = b2b_start_openers(&APR_ARRAY_IDX(seen->document->forms, 0, b2b_form_t).owners,
                                      call->pool);
    facts.security = (*start)->security;
    decision = b2b_policy_host_start(seen->person, call->request->principal, &facts);
    if (!decision.granted) {
        return b2b_instance_refused(call, decision);
    }
    B2B_ERR(b2b_start_hold(&held, call->conn, call->portal->id, partner, share, (*start)->revision,
                           call->pool));
    return held ? NULL : b2b_call_not_found(call, "shared process");
}

b2b_decision_t b2b_start_fills(b2b_instance_seen_t *seen, const b2b_call_t *call)
{
    apr_array_header_t *owners = apr_array_make(call->pool, 4, sizeof(b2b_instance_owner_t));
    const b2b_form_t *first = &APR_ARRAY_IDX(seen->document->forms, 0, b2b_form_t);

    b2b_instance_owners_ahead(owners, &seen->actor, first);
    seen->facts.current_forms = 1;
    seen->facts.form_count = seen->document->forms->nelts;
    seen->facts.owners = owners;
    return b2b_policy_host_instance(seen->person, call->request->principal, seen->administrators,
                                    &seen->security, &seen->facts, B2B_INSTANCE_EDIT, 0);
}

b2b_error_t *b2b_start_check_somebody(b2b_call_t *call, const b2b_instance_t *instance)
{
    int stuck = 1; /* asked of the database only where nobody of the partner is named */
    int i;

    for (i = 0; i < instance->owners->nelts && stuck; i++) {
        const b2b_instance_owner_t *owner = &APR_ARRAY_IDX(instance->owners, i,
                                                           b2b_instance_owner_t);

        stuck = owner->form != 0 || b2b_instance_kind_is_host(owner->kind);
    }
    if (stuck) {
        B2B_ERR(b2b_instance_stuck(&stuck, call->conn, instance, call->pool));
    }
    return stuck ? b2b_call_conflict(call, "nobody-can-work",
                                     "Nobody could work on the first form for this partner: its "
                                     "owners are not there, or their groups are not bound. Bind "
                                     "them by Send update, or name others in the process.")
                 : NULL;
}

/* Lists ----------------------------------------------------------------------------------------- */

/* What of this person all answers share. */
typedef struct {
    const b2b_call_t *call;
    b2b_decision_t host;
    apr_array_header_t *administered; /* ids of processes */
} asker_t;

static b2b_error_t *asker_read(asker_t *asker, const b2b_call_t *call)
{
    asker->call = call;
    asker->host = b2b_call_host(call);
    return b2b_processes_administered(&asker->administered, call->conn,
                                      call->request->principal->id, call->pool, call->pool);
}

/* Of administrators only whether who asks is one matters here: they stand for themselves. */
static const apr_array_header_t *administrators(const asker_t *asker, const char *process_id)
{
    apr_array_header_t *refs = apr_array_make(asker->call->pool, 1, sizeof(b2b_host_ref_t));
    int i;

    for (i = 0; i < asker->administered->nelts; i++) {
        if (!strcmp(APR_ARRAY_IDX(asker->administered, i, const char *), process_id)) {
            b2b_host_ref_t *ref = apr_array_push(refs);

            ref->kind = "host_user";
            ref->id = asker->call->request->principal->id;
            ref->name = NULL;
        }
    }
    return refs;
}

/* May they start it, where portal and partner are there? */
static int may_start(const asker_t *asker, const char *process_id,
                     const b2b_process_security_t *security, const b2b_owners_t *first_owners)
{
    b2b_start_facts_t facts = {0};

    facts.portal_active = facts.partner_there = 1;
    facts.administrators = administrators(asker, process_id);
    facts.openers = b2b_start_openers(first_owners, asker->call->pool);
    facts.security = *security;
    return b2b_policy_host_start(asker->host, asker->call->request->principal, &facts).granted;
}

/* The revisions of which they may start anything, each once: of b2b_start_offer_t. */
static b2b_error_t *offers_of(apr_array_header_t **mine, const b2b_call_t *call)
{
    apr_array_header_t *offers;
    asker_t asker;
    int i;

    B2B_ERR(asker_read(&asker, call));
    B2B_ERR(b2b_start_offers(&offers, call->conn, call->pool));
    *mine = apr_array_make(call->pool, offers->nelts + 1, sizeof(b2b_start_offer_t));
    for (i = 0; i < offers->nelts; i++) {
        const b2b_start_offer_t *offer = &APR_ARRAY_IDX(offers, i, b2b_start_offer_t);
        const b2b_start_offer_t *last = (*mine)->nelts ? &APR_ARRAY_IDX(*mine, (*mine)->nelts - 1,
                                                                        b2b_start_offer_t)
                                                       : NULL;

        if (last && last->revision == offer->revision && !strcmp(last->share_id, offer->share_id)) {
            continue; /* they come share by share and revision by revision */
        }
        if (may_start(&asker, offer->process_id, &offer->security, &offer->first_owners)) {
            APR_ARRAY_PUSH(*mine, b2b_start_offer_t) = *offer;
        }
    }
    return NULL;
}

static b2b_json_t *portal_json(b2b_call_t *call, const void *item)
{
    const b2b_start_place_t *place = item;
    b2b_json_t *json = b2b_json_object(call->pool);

    b2b_json_set_string(json, "technical_name", place->technical_name);
    b2b_json_set_string(json, "name", place->name);
    return json;
}

b2b_error_t *b2b_startable_portals(b2b_call_t *call)
{
    apr_array_header_t *offers;
    b2b_list_t list;
    b2b_page_t *page;

    B2B_ERR(b2b_call_list(&list, call, "name"));
    B2B_ERR(offers_of(&offers, call));
    B2B_ERR(b2b_start_portals(&page, call->conn, offers, &list, call->pool, call->pool));
    b2b_call_answer_page(call, &list, page, portal_json);
    return NULL;
}

static b2b_json_t *partner_json(b2b_call_t *call, const void *item)
{
    const b2b_start_place_t *place = item;
    b2b_json_t *json = b2b_json_object(call->pool);

    b2b_json_set_string(json, "id", place->id);
    b2b_json_set_string(json, "name", place->name);
    return json;
}

static int is_active(const b2b_call_t *call)
{
    return call->portal->state == B2B_STATE_ACTIVE;
}

b2b_error_t *b2b_startable_partners(b2b_call_t *call)
{
    apr_array_header_t *offers;
    b2b_list_t list;
    b2b_page_t *page;

    B2B_ERR(b2b_call_list(&list, call, "name"));
    B2B_ERR(offers_of(&offers, call));
    if (!is_active(call)) {
        apr_array_clear(offers);
    }
    B2B_ERR(b2b_start_partners(&page, call->conn, call->portal->id, offers, &list, call->pool,
                               call->pool));
    b2b_call_answer_page(call, &list, page, partner_json);
    return NULL;
}

/* Would who asks fill in the first form? */
static int fills_in(const asker_t *asker, const b2b_start_process_t *process)
{
    const b2b_principal_t *principal = asker->call->request->principal;
    const b2b_owners_t *owners = &process->first_owners;

    return (owners->creator || b2b_owners_are_none(owners) ||
            b2b_policy_administers(principal, b2b_start_openers(owners, asker->call->pool))) &&
           b2b_policy_secured(principal, &process->security, B2B_SECURED_WORK);
}

static b2b_json_t *process_json(const asker_t *asker, const b2b_start_process_t *process)
{
    b2b_json_t *json = b2b_json_object(asker->call->pool);

    b2b_json_set_string(json, "shared_process_id", process->share_id);
    b2b_json_set_string(json, "shared_process_title", process->share_title);
    b2b_json_set_string(json, "process_id", process->process_id);
    b2b_json_set_string(json, "title", process->title);
    b2b_json_set_bool(json, "fill_in", fills_in(asker, process));
    return json;
}

b2b_error_t *b2b_startable_processes(b2b_call_t *call)
{
    b2b_json_t *data = b2b_json_array(call->pool);
    b2b_list_t list;
    b2b_partner_t *partner;
    b2b_page_t *page;
    asker_t asker;
    int i;

    B2B_ERR(b2b_call_list(&list, call, "title"));
    B2B_ERR(b2b_partner_get(&partner, call->conn, call->portal->id, call->variables[1], call->pool,
                            call->pool));
    if (!partner) {
        return b2b_call_not_found(call, "partner");
    }
    B2B_ERR(asker_read(&asker, call));
    /* A partner holds few. A page may be shorter for what is left out, and still go on. */
    B2B_ERR(b2b_start_processes(&page, call->conn, call->portal->id, partner->id, &list, call->pool,
                                call->pool));
    for (i = 0; i < page->items->nelts; i++) {
        const b2b_start_process_t *process = APR_ARRAY_IDX(page->items, i,
                                                           const b2b_start_process_t *);

        if (is_active(call) &&
            (partner->state == B2B_STATE_ACTIVE || partner->state == B2B_STATE_PENDING) &&
            may_start(&asker, process->process_id, &process->security, &process->first_owners)) {
            b2b_json_append(data, process_json(&asker, process));
        }
    }
    b2b_call_answer_list(call, &list, data, page->next_key, page->next_id);
    return NULL;
}
