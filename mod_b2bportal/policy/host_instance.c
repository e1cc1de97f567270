/* SPDX-License-Identifier: Apache-2.0 */
/* Instances as host users see them: of all partners, by role, by process and as owners of forms. */

#include "policy_private.h"

/* Are ROLES the host user's? HOST has been granted. */
static int has(b2b_decision_t host, const b2b_principal_t *principal, int roles)
{
    return b2b_policy_host_role(host, principal, roles).granted;
}

/* By the role, by the process, or as an owner of a form; OTHERWISE if by none of them. */
static b2b_decision_t any_of(int by_role, int by_process, int by_form, b2b_reason_e otherwise)
{
    if (by_role) {
        return granted(B2B_REASON_GRANTED_HOST);
    }
    if (by_process) {
        return granted(B2B_REASON_GRANTED_PROCESS_ADMINISTRATOR);
    }
    return by_form ? granted(B2B_REASON_GRANTED_OWNER) : denied(otherwise);
}

b2b_decision_t b2b_policy_host_instance(b2b_decision_t host, const b2b_principal_t *principal,
                                        const apr_array_header_t *administrators,
                                        const b2b_instance_facts_t *facts, b2b_instance_act_e act)
{
    int by_process, by_form;

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
    by_form = act == B2B_INSTANCE_READ || act == B2B_INSTANCE_COMMENT
                  ? b2b_policy_owns_any(principal, facts)
                  : b2b_policy_owns_current(principal, facts);
    switch (act) {
    case B2B_INSTANCE_READ:
        return any_of(b2b_policy_right(host, principal, B2B_RIGHT_INSTANCES_READ).granted,
                      by_process, by_form, B2B_REASON_DENIED_RIGHT);
    case B2B_INSTANCE_COMMENT:
        /* Who reads without being asked to change anything (an auditor) leaves no traces. */
        return any_of(has(host, principal, B2B_HOST_ADMINISTRATOR | B2B_HOST_PARTNER_MANAGER),
                      by_process, by_form, B2B_REASON_DENIED_RIGHT);
    case B2B_INSTANCE_DELETE:
        return any_of(has(host, principal, B2B_HOST_ADMINISTRATOR), by_process, 0,
                      B2B_REASON_DENIED_DELETION_RULE);
    case B2B_INSTANCE_EDIT:
        return facts->completed ? denied(B2B_REASON_DENIED_COMPLETED)
                                : any_of(0, 0, by_form, B2B_REASON_DENIED_NOT_OWNER);
    case B2B_INSTANCE_REASSIGN:
        return facts->completed ? denied(B2B_REASON_DENIED_COMPLETED)
                                : any_of(has(host, principal, B2B_HOST_ADMINISTRATOR), by_process,
                                         by_form, B2B_REASON_DENIED_NOT_OWNER);
    default:
        return denied(B2B_REASON_DENIED_RIGHT);
    }
}
