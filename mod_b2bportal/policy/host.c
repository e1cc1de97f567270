/* SPDX-License-Identifier: Apache-2.0 */
/* Host users: who counts on the console, and what their roles may do (S4). */

#include "policy_private.h"

#define ALL                                                                                        \
    (B2B_HOST_ADMINISTRATOR | B2B_HOST_PARTNER_MANAGER | B2B_HOST_DESIGNER |                       \
     B2B_HOST_DATA_SOURCE_MANAGER | B2B_HOST_AUDITOR | B2B_HOST_USER)

/* Right by right, the roles that have it. What is not listed here nobody may. */
static const int rights[B2B_RIGHT_COUNT] = {
    [B2B_RIGHT_CONSOLE] = ALL,
    [B2B_RIGHT_SETTINGS_READ] = B2B_HOST_ADMINISTRATOR | B2B_HOST_AUDITOR,
    [B2B_RIGHT_SETTINGS_WRITE] = B2B_HOST_ADMINISTRATOR,
    [B2B_RIGHT_HOST_USERS_READ] = B2B_HOST_ADMINISTRATOR | B2B_HOST_AUDITOR,
    [B2B_RIGHT_HOST_USERS_WRITE] = B2B_HOST_ADMINISTRATOR,
    [B2B_RIGHT_PORTALS_READ] = B2B_HOST_ADMINISTRATOR | B2B_HOST_PARTNER_MANAGER | B2B_HOST_AUDITOR,
    [B2B_RIGHT_PORTALS_WRITE] = B2B_HOST_ADMINISTRATOR | B2B_HOST_PARTNER_MANAGER,
    [B2B_RIGHT_DASHBOARDS_READ] = B2B_HOST_ADMINISTRATOR | B2B_HOST_PARTNER_MANAGER |
                                  B2B_HOST_DESIGNER | B2B_HOST_AUDITOR,
    [B2B_RIGHT_DASHBOARDS_WRITE] = B2B_HOST_ADMINISTRATOR | B2B_HOST_DESIGNER,
    [B2B_RIGHT_PROCESSES_READ] = B2B_HOST_ADMINISTRATOR | B2B_HOST_PARTNER_MANAGER |
                                 B2B_HOST_DESIGNER | B2B_HOST_AUDITOR,
    [B2B_RIGHT_PROCESSES_WRITE] = B2B_HOST_ADMINISTRATOR | B2B_HOST_DESIGNER,
    [B2B_RIGHT_SHARES_READ] = B2B_HOST_ADMINISTRATOR | B2B_HOST_PARTNER_MANAGER | B2B_HOST_AUDITOR,
    [B2B_RIGHT_SHARES_WRITE] = B2B_HOST_ADMINISTRATOR | B2B_HOST_PARTNER_MANAGER,
    [B2B_RIGHT_INSTANCES_READ] = B2B_HOST_ADMINISTRATOR | B2B_HOST_PARTNER_MANAGER |
                                 B2B_HOST_AUDITOR,
    [B2B_RIGHT_BIN_READ] = B2B_HOST_ADMINISTRATOR | B2B_HOST_AUDITOR,
    [B2B_RIGHT_BIN_WRITE] = B2B_HOST_ADMINISTRATOR,
    [B2B_RIGHT_MAIL_READ] = B2B_HOST_ADMINISTRATOR | B2B_HOST_PARTNER_MANAGER | B2B_HOST_AUDITOR,
    [B2B_RIGHT_MAIL_WRITE] = B2B_HOST_ADMINISTRATOR | B2B_HOST_PARTNER_MANAGER,
    [B2B_RIGHT_AUDIT_READ] = B2B_HOST_ADMINISTRATOR | B2B_HOST_AUDITOR,
    [B2B_RIGHT_PORTAL_AUDIT_READ] = B2B_HOST_ADMINISTRATOR | B2B_HOST_PARTNER_MANAGER |
                                    B2B_HOST_AUDITOR,
};

b2b_decision_t b2b_policy_host_user(const apr_array_header_t *issuers,
                                    const b2b_identity_t *identity,
                                    const b2b_principal_t *principal)
{
    if (!identity || !identity->issuer || !identity->subject || !*identity->subject) {
        return denied(B2B_REASON_DENIED_NOBODY);
    }
    if (!b2b_policy_issuer(issuers, identity)) {
        return denied(B2B_REASON_DENIED_ISSUER);
    }
    if (!principal) {
        return denied(B2B_REASON_DENIED_UNKNOWN);
    }
    if (principal->kind != B2B_PRINCIPAL_HOST_USER) {
        return denied(B2B_REASON_DENIED_KIND);
    }
    switch (principal->state) {
    case B2B_STATE_ACTIVE:
        break;
    case B2B_STATE_PENDING:
        return denied(B2B_REASON_DENIED_INVITED);
    default:
        return denied(B2B_REASON_DENIED_SUSPENDED);
    }
    /* Somebody without a role that this program knows is nobody here. */
    return principal->host_roles & ALL ? granted(B2B_REASON_GRANTED_HOST)
                                       : denied(B2B_REASON_DENIED_ROLE);
}

b2b_decision_t b2b_policy_host_role(b2b_decision_t host, const b2b_principal_t *principal,
                                    int roles)
{
    if (!host.granted) {
        return host;
    }
    return principal->host_roles & roles & ALL ? granted(B2B_REASON_GRANTED_HOST)
                                               : denied(B2B_REASON_DENIED_ROLE);
}

b2b_decision_t b2b_policy_right(b2b_decision_t host, const b2b_principal_t *principal,
                                b2b_right_e right)
{
    if (!host.granted) {
        return host;
    }
    if ((int)right < 0 || right >= B2B_RIGHT_COUNT || !(principal->host_roles & rights[right])) {
        return denied(B2B_REASON_DENIED_RIGHT);
    }
    return granted(B2B_REASON_GRANTED_HOST);
}
