/* SPDX-License-Identifier: Apache-2.0 */
/* Which host users may start an instance for a partner. */

#include "policy_private.h"

/* By which of three ways, if by any. */
static b2b_decision_t starter(b2b_decision_t host, const b2b_principal_t *principal,
                              const b2b_start_facts_t *facts)
{
    int roles = B2B_HOST_ADMINISTRATOR | B2B_HOST_PARTNER_MANAGER;

    if (b2b_policy_host_role(host, principal, roles).granted) {
        return granted(B2B_REASON_GRANTED_HOST);
    }
    if (b2b_policy_administers(principal, facts->administrators)) {
        return granted(B2B_REASON_GRANTED_PROCESS_ADMINISTRATOR);
    }
    if (b2b_policy_administers(principal, facts->openers)) {
        return granted(B2B_REASON_GRANTED_OWNER);
    }
    return denied(B2B_REASON_DENIED_NOT_STARTER);
}

b2b_decision_t b2b_policy_host_start(b2b_decision_t host, const b2b_principal_t *principal,
                                     const b2b_start_facts_t *facts)
{
    b2b_decision_t start;

    if (!host.granted) {
        return host;
    }
    if (!facts) {
        return denied(B2B_REASON_DENIED_NOT_SHARED);
    }
    start = b2b_policy_narrow(starter(host, principal, facts), principal, &facts->security,
                              B2B_SECURED_CREATE);
    if (!start.granted) {
        return start;
    }
    if (!facts->portal_active) {
        return denied(B2B_REASON_DENIED_PORTAL);
    }
    if (!facts->partner_there) {
        return denied(B2B_REASON_DENIED_PARTNER_STATE);
    }
    return start;
}
