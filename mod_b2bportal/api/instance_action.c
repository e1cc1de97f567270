/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Taking an action of a current form, on either side: back to an earlier form, with the reason. What other actions
 * let people do has addresses of its own: the form's, and reassigning.
 */

#include "private.h"

#include <string.h>

#include <apr_strings.h>

#include "instances_private.h"
#include "resources.h"

#define COMMENT_MAX 2000

const b2b_rule_t b2b_instance_action_rules[] = {
    B2B_LINE("form", 0, 1, B2B_FIELD_NAME_MAX),
    {"comment", B2B_RULE_LINES, 0, 0, COMMENT_MAX, NULL, NULL},
    B2B_END,
};

/* An action of a document, with what decides about it. */
typedef struct {
    const b2b_form_t *form;
    const b2b_action_t *action;
    const b2b_action_facts_t *facts;
} found_t;

/* The action NAME of FORM. */
static int find_in(found_t *found, const b2b_instance_seen_t *seen, const b2b_form_t *form,
                   const char *name)
{
    const b2b_action_t *action = b2b_form_action(form, name);

    if (!action) {
        return FALSE;
    }
    found->form = form;
    found->action = action;
    found->facts = b2b_instance_action_facts(seen, form->index,
                                             (int)(action - (b2b_action_t *)form->actions->elts));
    return TRUE;
}

/* How near is FOUND to what is asked for: may be taken, belongs to a current form, belongs to another one that is seen? */
static int rank(const b2b_call_t *call, const b2b_instance_seen_t *seen, const found_t *found)
{
    if (!b2b_instance_form_seen(call, seen, found->form->index)) {
        return 0;
    }
    return b2b_instance_may_act(call, seen, found->facts).granted    ? 3
           : b2b_policy_is_current(&seen->facts, found->form->index) ? 2
                                                                     : 1;
}

/* The action NAME of the form that the body names, or of the nearest that has one. */
static int find(found_t *found, const b2b_call_t *call, const b2b_instance_seen_t *seen,
                const char *name)
{
    const apr_array_header_t *forms = seen->document->forms;
    const char *of = b2b_call_text(call, "form");
    int best = 0, i;

    for (i = 0; i < forms->nelts; i++) {
        const b2b_form_t *form = &APR_ARRAY_IDX(forms, i, b2b_form_t);
        found_t one;

        if ((!of || strcmp(of, form->name) == 0) && find_in(&one, seen, form, name) &&
            rank(call, seen, &one) > best) {
            best = rank(call, seen, &one);
            *found = one;
        }
    }
    return best > 0;
}

/* May it be taken now? */
static b2b_error_t *judge(b2b_call_t *call, const b2b_instance_seen_t *seen, const found_t *found)
{
    b2b_decision_t decision = b2b_instance_may_act(call, seen, found->facts);

    if (!decision.granted && decision.reason != B2B_REASON_DENIED_NOT_CURRENT &&
        decision.reason != B2B_REASON_DENIED_COMPLETED) {
        return b2b_instance_refused(call, decision);
    }
    B2B_ERR(b2b_call_expect(call, seen->instance->version));
    return decision.granted
               ? NULL
               : b2b_call_conflict(call, "not-the-current-form",
                                   decision.reason == B2B_REASON_DENIED_COMPLETED
                                       ? "The instance is completed; nothing can be done with it."
                                       : "This is no action of a current form.");
}

static b2b_error_t *check_comment(const b2b_call_t *call, const b2b_action_t *action)
{
    const char *said = b2b_instance_said(call);

    if (action->kind != B2B_ACTION_GO_TO) {
        return b2b_error_create(call->pool, B2B_E_INVALID, NULL,
                                action->kind == B2B_ACTION_EDIT
                                    ? "This action is taken by saving or submitting the form."
                                    : "This action is taken by reassigning the form.");
    }
    if (said && action->comment == B2B_COMMENT_NONE) {
        return b2b_error_invalid(call->pool, "comment", "is not taken by this action.");
    }
    if (!said && action->comment == B2B_COMMENT_REQUIRED) {
        return b2b_error_invalid(call->pool, "comment",
                                 "Say why: whoever gets the form again needs to know.");
    }
    return NULL;
}

/* What history and audit trail say of it: names are copied, they say how things were. */
static b2b_json_t *changes_of(const b2b_call_t *call, const found_t *found, const b2b_form_t *to)
{
    b2b_json_t *changes = b2b_json_array(call->pool);
    b2b_json_t *change = b2b_json_object(call->pool);

    b2b_json_set_string(change, "action", found->action->title);
    b2b_json_set_string(change, "from", found->form->title);
    b2b_json_set_string(change, "to", to->title);
    b2b_json_set_string(change, "comment", b2b_instance_said(call));
    b2b_json_append(changes, change);
    return changes;
}

static b2b_error_t *go_to(b2b_call_t *call, b2b_instance_seen_t *seen, const found_t *found)
{
    b2b_instance_t *instance = seen->instance;
    const b2b_form_t *to = &APR_ARRAY_IDX(seen->document->forms, found->action->to, b2b_form_t);

    instance->modified_by = seen->actor;
    b2b_instance_go_to_values(instance, seen->document, to->index);
    B2B_ERR(b2b_instance_update(call->conn, instance, call->version, call->pool));
    B2B_ERR(
        b2b_instance_go_to(call->conn, instance, seen->document, found->form->index, call->pool));
    B2B_ERR(b2b_assignment_cancel(call->conn, instance->portal_id, instance->id, call->pool));
    B2B_ERR(b2b_instance_change_add(call->conn, instance->portal_id, instance->id, &seen->actor,
                                    "go_to", found->form->index, changes_of(call, found, to),
                                    call->pool));
    B2B_ERR(b2b_instance_say(call, seen));
    b2b_change_text(call, "form", found->form->title, to->title);
    if (b2b_instance_said(call)) {
        b2b_change_text(call, "comment", NULL, b2b_instance_said(call));
    }
    B2B_ERR(b2b_act_done(call, "instance", instance->id, instance->reference));
    B2B_ERR(b2b_instance_see_again(seen, call));
    return b2b_instance_tell_owners(call, seen, to->index);
}

b2b_error_t *b2b_instances_act(b2b_call_t *call)
{
    const char *name = call->variables[call->request->side == B2B_SIDE_PORTAL ? 1 : 2];
    b2b_instance_seen_t *seen;
    found_t found = {NULL, NULL, NULL};

    B2B_ERR(b2b_instance_see(&seen, call));
    if (!find(&found, call, seen, name)) {
        return b2b_call_not_found(call, "action");
    }
    B2B_ERR(judge(call, seen, &found));
    B2B_ERR(check_comment(call, found.action));
    B2B_ERR(go_to(call, seen, &found));
    return b2b_instance_answer(call, 200, seen);
}
