/* SPDX-License-Identifier: Apache-2.0 */
/* Process security (K62): what S9 and the roles give is narrowed to the security users. */

#include "policy_private.h"

static int names(const apr_array_header_t *ids, const char *id)
{
    int i;

    for (i = 0; ids && i < ids->nelts; i++) {
        if (b2b_policy_same(APR_ARRAY_IDX(ids, i, const char *), id)) {
            return 1;
        }
    }
    return 0;
}

static int shares(const apr_array_header_t *held, const apr_array_header_t *wanted)
{
    int i;

    for (i = 0; wanted && i < wanted->nelts; i++) {
        if (b2b_policy_holds(held, APR_ARRAY_IDX(wanted, i, const char *))) {
            return 1;
        }
    }
    return 0;
}

int b2b_policy_named(const b2b_principal_t *principal, int partner,
                     const apr_array_header_t *groups, const apr_array_header_t *host_users,
                     const apr_array_header_t *host_groups)
{
    if (principal->kind == B2B_PRINCIPAL_MEMBER) {
        return partner || shares(principal->groups, groups);
    }
    return principal->kind == B2B_PRINCIPAL_HOST_USER &&
           (names(host_users, principal->id) || shares(principal->groups, host_groups));
}

int b2b_policy_security_user(const b2b_principal_t *principal,
                             const b2b_process_security_t *security)
{
    return b2b_policy_named(principal, security->partner, security->groups, security->host_users,
                            security->host_groups);
}

int b2b_policy_keeps(const b2b_process_security_t *security, b2b_secured_e what)
{
    switch (security->mode) {
    case B2B_SECURITY_OFF:
        return 0;
    case B2B_SECURITY_OTHERS_VIEW:
        return what == B2B_SECURED_CREATE || what == B2B_SECURED_WORK;
    case B2B_SECURITY_ASSIGNED:
        return what == B2B_SECURED_CREATE || what == B2B_SECURED_VIEW;
    case B2B_SECURITY_ONLY:
    default:
        return 1;
    }
}

int b2b_policy_secured(const b2b_principal_t *principal, const b2b_process_security_t *security,
                       b2b_secured_e what)
{
    return !b2b_policy_keeps(security, what) || b2b_policy_security_user(principal, security);
}

b2b_decision_t b2b_policy_narrow(b2b_decision_t decision, const b2b_principal_t *principal,
                                 const b2b_process_security_t *security, b2b_secured_e what)
{
    return decision.granted && !b2b_policy_secured(principal, security, what)
               ? denied(B2B_REASON_DENIED_SECURITY)
               : decision;
}
