/* SPDX-License-Identifier: Apache-2.0 */
/* Instances as host users see them: of all partners, by role, by process, and as owners of forms or creators. */

#include "policy_private.h"

/* Are ROLES the host user's? HOST has been granted. */
static int has(b2b_decision_t host, const b2b_principal_t *principal, int roles)
{
    return b2b_policy_host_role(host, principal, roles).granted;
}

/*
 * By the role, by the process, or as an owner of a form or the creator; OTHERWISE if by none of them. Only the last are
 * narrowed: the others answer for the process, and could make themselves its security users.
 */
static b2b_decision_t any_of(int by_role, int by_process, b2b_decision_t by_form,
                             b2b_reason_e otherwise)
{
    if (by_role) {
        return granted(B2B_REASON_GRANTED_HOST);
    }
    if (by_process) {
        return granted(B2B_REASON_GRANTED_PROCESS_ADMINISTRATOR);
    }
    return by_form.granted || by_form.reason == B2B_REASON_DENIED_SECURITY ? by_form
                                                                           : denied(otherwise);
}

/* As the creator, or an owner of any form or of the one that it is about, as far as security leaves it. */
static b2b_decision_t as_owner(const b2b_principal_t *principal,
                               const b2b_process_security_t *security,
                               const b2b_instance_facts_t *facts, b2b_instance_act_e act, int form)
{
    int any = act == B2B_INSTANCE_READ || act == B2B_INSTANCE_COMMENT;
    b2b_secured_e what = act == B2B_INSTANCE_READ ? B2B_SECURED_VIEW_OWN : B2B_SECURED_WORK;
    b2b_decision_t may = denied(B2B_REASON_DENIED_NOT_OWNER);

    if (any ? b2b_policy_owns_any(principal, facts) : b2b_policy_owns(principal, facts, form)) {
        may = granted(B2B_REASON_GRANTED_OWNER);
    }
    if (any && b2b_policy_created(principal, facts)) {
        may = granted(B2B_REASON_GRANTED_CREATOR);
    }
    return b2b_policy_narrow(may, principal, security, what);
}

/* May it be deleted because it was made by mistake, as the process's rule lets its creator? */
static b2b_decision_t as_creator(const b2b_principal_t *principal,
                                 const b2b_process_security_t *security,
                                 const b2b_instance_facts_t *facts)
{
    b2b_decision_t may = denied(B2B_REASON_DENIED_DELETION_RULE);

    if (b2b_policy_same(facts->delete_rule, "creator") && b2b_policy_created(principal, facts)) {
        may = granted(B2B_REASON_GRANTED_CREATOR);
    }
    return b2b_policy_narrow(may, principal, security, B2B_SECURED_WORK);
}

/* Why nobody at all may work on FORM, or a granted decision. */
static b2b_decision_t is_workable(const b2b_instance_facts_t *facts, int form)
{
    if (facts->completed) {
        return denied(B2B_REASON_DENIED_COMPLETED);
    }
    return b2b_policy_is_current(facts, form) ? granted(B2B_REASON_GRANTED_OWNER)
                                              : denied(B2B_REASON_DENIED_NOT_CURRENT);
}

/* The same, or by an action of KIND of FORM, which whoever reads the instance sees. */
static b2b_decision_t as_worker(b2b_decision_t by_form, b2b_decision_t read,
                                const b2b_principal_t *principal,
                                const b2b_process_security_t *security,
                                const b2b_instance_facts_t *facts, b2b_action_kind_e kind, int form)
{
    if (by_form.reason != B2B_REASON_DENIED_NOT_OWNER || !read.granted ||
        !b2b_policy_given_any(principal, facts, kind, form)) {
        return by_form;
    }
    return b2b_policy_narrow(granted(B2B_REASON_GRANTED_ACTION), principal, security,
                             B2B_SECURED_WORK);
}

b2b_decision_t b2b_policy_host_instance(b2b_decision_t host, const b2b_principal_t *principal,
                                        const apr_array_header_t *administrators,
                                        const b2b_process_security_t *security,
                                        const b2b_instance_facts_t *facts, b2b_instance_act_e act,
                                        int form)
{
    b2b_decision_t by_form, read, workable;
    int by_process;

    if (!host.granted) {
        return host;
    }
    if (!facts) {
        return denied(B2B_REASON_DENIED_RIGHT);
    }
    if (facts->deleted) {
        return denied(B2B_REASON_DENIED_DELETED);
    }
    by_process = b2b_policy_administers(principal, administrators);
    by_form = as_owner(principal, security, facts, act, form);
    workable = is_workable(facts, form);
    read = any_of(b2b_policy_right(host, principal, B2B_RIGHT_INSTANCES_READ).granted, by_process,
                  as_owner(principal, security, facts, B2B_INSTANCE_READ, form),
                  B2B_REASON_DENIED_RIGHT);
    switch (act) {
    case B2B_INSTANCE_READ:
        return read;
    case B2B_INSTANCE_COMMENT:
        /* Who reads without being asked to change anything (an auditor) leaves no traces. */
        return any_of(has(host, principal, B2B_HOST_ADMINISTRATOR | B2B_HOST_PARTNER_MANAGER),
                      by_process, by_form, B2B_REASON_DENIED_RIGHT);
    case B2B_INSTANCE_DELETE:
        return any_of(has(host, principal, B2B_HOST_ADMINISTRATOR), by_process,
                      as_creator(principal, security, facts), B2B_REASON_DENIED_DELETION_RULE);
    case B2B_INSTANCE_EDIT:
        return workable.granted ? any_of(0, 0,
                                         as_worker(by_form, read, principal, security, facts,
                                                   B2B_ACTION_EDIT, form),
                                         B2B_REASON_DENIED_NOT_OWNER)
                                : workable;
    case B2B_INSTANCE_REASSIGN:
        return workable.granted ? any_of(has(host, principal, B2B_HOST_ADMINISTRATOR), by_process,
                                         as_worker(by_form, read, principal, security, facts,
                                                   B2B_ACTION_REASSIGN, form),
                                         B2B_REASON_DENIED_NOT_OWNER)
                                : workable;
    default:
        return denied(B2B_REASON_DENIED_RIGHT);
    }
}
