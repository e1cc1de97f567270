/* SPDX-License-Identifier: Apache-2.0 */
/* An instance as a call sees it, on either side. */

#include "instance_seen.h"

#include <string.h>

#include <apr_strings.h>

/* On a portal: the member, and what the partner holds of the instance's share. */
static b2b_error_t *judge_member(b2b_decision_t *may, b2b_instance_seen_t *seen,
                                 const b2b_call_t *call)
{
    const b2b_request_t *request = call->request;

    seen->person = b2b_policy_member(request->portal, request->identity, request->principal,
                                     request->now);
    seen->shared = b2b_snapshot_shared_process(request->portal, request->principal->partner_id,
                                               seen->instance->share_id,
                                               seen->instance->process_id);
    seen->actor.kind = "member";
    *may = b2b_policy_instance_read(seen->person, request->principal, seen->shared, &seen->facts);
    return NULL;
}

static b2b_decision_t host_may(const b2b_call_t *call, const b2b_instance_seen_t *seen,
                               b2b_instance_act_e act, int form)
{
    return b2b_policy_host_instance(seen->person, call->request->principal, seen->administrators,
                                    &seen->security, &seen->facts, act, form);
}

b2b_decision_t b2b_instance_host_may(const b2b_call_t *call, const b2b_instance_seen_t *seen,
                                     b2b_instance_act_e act)
{
    return host_may(call, seen, act, -1);
}

static b2b_error_t *judge_host_user(b2b_decision_t *may, b2b_instance_seen_t *seen,
                                    const b2b_call_t *call)
{
    const b2b_request_t *request = call->request;
    apr_array_header_t *administrators;

    seen->person = b2b_policy_host_user(call->site->issuers, request->identity, request->principal);
    B2B_ERR(b2b_process_administrators(&administrators, call->conn, seen->instance->process_id,
                                       call->pool, call->pool));
    B2B_ERR(b2b_instance_security(&seen->security, call->conn, seen->instance->portal_id,
                                  seen->instance->id, call->pool, call->pool));
    seen->administrators = administrators;
    seen->actor.kind = "host_user";
    *may = b2b_instance_host_may(call, seen, B2B_INSTANCE_READ);
    return NULL;
}

b2b_error_t *b2b_instance_know(b2b_instance_seen_t *seen, b2b_call_t *call)
{
    b2b_instance_facts(&seen->facts, seen->instance, seen->document);
    return b2b_instance_actions(&seen->facts.actions, call->conn, seen->instance, seen->document,
                                call->pool);
}

const b2b_action_facts_t *b2b_instance_action_facts(const b2b_instance_seen_t *seen, int form,
                                                    int place)
{
    const apr_array_header_t *actions = seen->facts.actions;
    int i;

    /* They are the document's, in its order. */
    for (i = 0; actions && i < actions->nelts; i++) {
        const b2b_action_facts_t *action = &APR_ARRAY_IDX(actions, i, b2b_action_facts_t);

        if (action->form == form && place-- == 0) {
            return action;
        }
    }
    return NULL;
}

b2b_decision_t b2b_instance_may_act(const b2b_call_t *call, const b2b_instance_seen_t *seen,
                                    const b2b_action_facts_t *action)
{
    const b2b_principal_t *principal = call->request->principal;

    return call->request->side == B2B_SIDE_PORTAL
               ? b2b_policy_instance_action(seen->person, principal, seen->shared, &seen->facts,
                                            action)
               : b2b_policy_host_action(seen->person, principal, seen->administrators,
                                        &seen->security, &seen->facts, action);
}

static b2b_error_t *see(b2b_instance_seen_t **seen, b2b_call_t *call, const char *id)
{
    b2b_instance_seen_t *s = apr_pcalloc(call->pool, sizeof(*s));
    const b2b_request_t *request = call->request;
    int on_portal = request->side == B2B_SIDE_PORTAL;
    b2b_decision_t may;

    *seen = NULL;
    B2B_ERR(b2b_instance_get(&s->instance, call->conn,
                             on_portal ? request->portal->id : call->portal->id, id, call->pool,
                             call->pool));
    if (!s->instance) {
        return b2b_call_not_found(call, "instance");
    }
    B2B_ERR(b2b_instance_document(&s->document, NULL, call->conn, s->instance->process_id,
                                  s->instance->process_version, call->pool));
    if (!s->document) {
        return b2b_error_create(call->pool, B2B_E_INTERNAL, NULL,
                                "The instance %s has no process version.", id);
    }
    B2B_ERR(b2b_instance_know(s, call));
    B2B_ERR(on_portal ? judge_member(&may, s, call) : judge_host_user(&may, s, call));
    if (!may.granted) {
        return b2b_call_not_found(call, "instance");
    }
    s->actor.id = request->principal->id;
    s->actor.name = request->principal->name;
    s->path = on_portal ? apr_pstrcat(call->pool, "/instances/", id, NULL)
                        : apr_pstrcat(call->pool, "/portals/", call->portal->technical_name,
                                      "/instances/", id, NULL);
    *seen = s;
    return NULL;
}

b2b_error_t *b2b_instance_see(b2b_instance_seen_t **seen, b2b_call_t *call)
{
    return see(seen, call, call->variables[call->request->side == B2B_SIDE_PORTAL ? 0 : 1]);
}

b2b_error_t *b2b_instance_see_id(b2b_instance_seen_t **seen, b2b_call_t *call, const char *id)
{
    return see(seen, call, id);
}

b2b_error_t *b2b_instance_see_made(b2b_call_t *call, const char *location)
{
    const char *slash = location ? strrchr(location, '/') : NULL;
    b2b_instance_seen_t *seen;

    return slash ? see(&seen, call, slash + 1) : b2b_call_not_found(call, "instance");
}

int b2b_instance_form_seen(const b2b_call_t *call, const b2b_instance_seen_t *seen, int form)
{
    /* Who may see an instance on the console sees all of its forms. */
    return call->request->side == B2B_SIDE_CONSOLE ||
           b2b_policy_form_read(seen->person, call->request->principal, seen->shared, &seen->facts,
                                form)
               .granted;
}

b2b_decision_t b2b_instance_form_edit(const b2b_call_t *call, const b2b_instance_seen_t *seen,
                                      int form)
{
    return call->request->side == B2B_SIDE_PORTAL
               ? b2b_policy_form_edit(seen->person, call->request->principal, seen->shared,
                                      &seen->facts, form)
               : host_may(call, seen, B2B_INSTANCE_EDIT, form);
}

b2b_decision_t b2b_instance_form_reassign(const b2b_call_t *call, const b2b_instance_seen_t *seen,
                                          int form)
{
    return call->request->side == B2B_SIDE_PORTAL
               ? b2b_policy_instance_reassign(seen->person, call->request->principal, seen->shared,
                                              &seen->facts, form)
               : host_may(call, seen, B2B_INSTANCE_REASSIGN, form);
}

b2b_json_t *b2b_actor_json(const b2b_call_t *call, const char *kind, const char *id,
                           const char *name)
{
    b2b_json_t *json = b2b_json_object(call->pool);
    int hidden = call->request->side == B2B_SIDE_PORTAL && strcmp(kind, "member") != 0;

    b2b_json_set_string(json, "kind", kind);
    b2b_json_set_string(json, "id", hidden ? NULL : id);
    b2b_json_set_string(json, "name", hidden ? call->request->portal->host_name : name ? name : "");
    return json;
}
