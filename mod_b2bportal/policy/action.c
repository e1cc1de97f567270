/* SPDX-License-Identifier: Apache-2.0 */
/* Actions of forms (K41): to whom a process gives what owners do, and going back to an earlier form. */

#include "policy_private.h"

/* Is it of a kind that is known, and goes back to a form that is there? */
static int is_possible(const b2b_action_facts_t *action)
{
    switch (action->kind) {
    case B2B_ACTION_REASSIGN:
    case B2B_ACTION_EDIT:
        return 1;
    case B2B_ACTION_GO_TO:
        return action->to >= 0 && action->to < action->form;
    case B2B_ACTION_NONE:
    default:
        return 0;
    }
}

int b2b_policy_given(const b2b_principal_t *principal, const b2b_instance_facts_t *facts,
                     const b2b_action_facts_t *action)
{
    return is_possible(action) &&
           ((action->form_owners && b2b_policy_owns(principal, facts, action->form)) ||
            b2b_policy_named(principal, action->partner, action->groups, action->host_users,
                             action->host_groups));
}

int b2b_policy_given_any(const b2b_principal_t *principal, const b2b_instance_facts_t *facts,
                         b2b_action_kind_e kind, int form)
{
    int i;

    for (i = 0; facts->actions && i < facts->actions->nelts; i++) {
        const b2b_action_facts_t *action = &APR_ARRAY_IDX(facts->actions, i, b2b_action_facts_t);

        if (action->kind == kind && action->form == form &&
            b2b_policy_given(principal, facts, action)) {
            return 1;
        }
    }
    return 0;
}

/* FACTS and ACTION of an instance that PRINCIPAL sees. */
static b2b_decision_t given(const b2b_principal_t *principal, const b2b_instance_facts_t *facts,
                            const b2b_action_facts_t *action)
{
    if (facts->completed) {
        return denied(B2B_REASON_DENIED_COMPLETED);
    }
    if (!action) {
        return denied(B2B_REASON_DENIED_NOT_GIVEN);
    }
    if (!b2b_policy_is_current(facts, action->form)) {
        return denied(B2B_REASON_DENIED_NOT_CURRENT);
    }
    return b2b_policy_given(principal, facts, action) ? granted(B2B_REASON_GRANTED_ACTION)
                                                      : denied(B2B_REASON_DENIED_NOT_GIVEN);
}

b2b_decision_t b2b_policy_instance_action(b2b_decision_t member, const b2b_principal_t *principal,
                                          const b2b_snapshot_shared_process_t *shared,
                                          const b2b_instance_facts_t *facts,
                                          const b2b_action_facts_t *action)
{
    b2b_decision_t read = b2b_policy_instance_read(member, principal, shared, facts);
    b2b_decision_t may, form;

    if (!read.granted) {
        return read;
    }
    may = given(principal, facts, action);
    if (!may.granted) {
        return may;
    }
    /* An action opens no form: who may not see it cannot judge what they send back or change. */
    form = b2b_policy_form_read(member, principal, shared, facts, action->form);
    return form.granted ? b2b_policy_narrow(may, principal, &shared->security, B2B_SECURED_WORK)
                        : form;
}

b2b_decision_t b2b_policy_host_action(b2b_decision_t host, const b2b_principal_t *principal,
                                      const apr_array_header_t *administrators,
                                      const b2b_process_security_t *security,
                                      const b2b_instance_facts_t *facts,
                                      const b2b_action_facts_t *action)
{
    /* Who may see an instance on the console sees all of its forms. */
    b2b_decision_t read = b2b_policy_host_instance(host, principal, administrators, security, facts,
                                                   B2B_INSTANCE_READ, -1);

    return read.granted ? b2b_policy_narrow(given(principal, facts, action), principal, security,
                                            B2B_SECURED_WORK)
                        : read;
}
