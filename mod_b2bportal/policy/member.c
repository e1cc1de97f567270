/* SPDX-License-Identifier: Apache-2.0 */
/* Members: who counts in a portal, and what is open to them. */

#include <string.h>

#include "policy_private.h"

const b2b_issuer_t *b2b_policy_issuer(const apr_array_header_t *issuers,
                                      const b2b_identity_t *identity)
{
    int i;

    if (!issuers || !identity || !identity->issuer || !*identity->issuer) {
        return NULL;
    }
    for (i = 0; i < issuers->nelts; i++) {
        const b2b_issuer_t *issuer = &APR_ARRAY_IDX(issuers, i, b2b_issuer_t);

        if (strcmp(issuer->issuer, identity->issuer) == 0) {
            return issuer;
        }
    }
    return NULL;
}

/* Is the person allowed to be there at all, whatever the portal? */
static b2b_decision_t person(const b2b_principal_t *principal, apr_time_t now)
{
    switch (principal->state) {
    case B2B_STATE_ACTIVE:
        break;
    case B2B_STATE_PENDING:
        return denied(B2B_REASON_DENIED_INVITED);
    default:
        return denied(B2B_REASON_DENIED_SUSPENDED);
    }
    if (principal->valid_until != 0 && now >= principal->valid_until) {
        return denied(B2B_REASON_DENIED_EXPIRED);
    }
    /* A pending sponsor has not signed in yet, and answers for the person all the same. */
    if (principal->has_sponsor && principal->sponsor_state != B2B_STATE_ACTIVE &&
        principal->sponsor_state != B2B_STATE_PENDING) {
        return denied(B2B_REASON_DENIED_SPONSOR);
    }
    return granted(B2B_REASON_GRANTED_MEMBER);
}

b2b_decision_t b2b_policy_member(const b2b_portal_snapshot_t *portal,
                                 const b2b_identity_t *identity, const b2b_principal_t *principal,
                                 apr_time_t now)
{
    const b2b_snapshot_partner_t *partner;

    if (!identity || !identity->issuer || !identity->subject || !*identity->subject) {
        return denied(B2B_REASON_DENIED_NOBODY);
    }
    if (!portal || portal->state != B2B_STATE_ACTIVE) {
        return denied(B2B_REASON_DENIED_PORTAL);
    }
    if (!b2b_policy_issuer(portal->issuers, identity)) {
        return denied(B2B_REASON_DENIED_ISSUER);
    }
    if (!principal) {
        return denied(B2B_REASON_DENIED_UNKNOWN);
    }
    if (principal->kind != B2B_PRINCIPAL_MEMBER) {
        return denied(B2B_REASON_DENIED_KIND);
    }
    if (!principal->portal_id || strcmp(principal->portal_id, portal->id) != 0) {
        return denied(B2B_REASON_DENIED_PORTAL);
    }
    /* A pending partner's people may be there already: it becomes active with the first who accepts. */
    partner = principal->partner_id
                  ? apr_hash_get(portal->partners, principal->partner_id, APR_HASH_KEY_STRING)
                  : NULL;
    if (!partner || (partner->state != B2B_STATE_ACTIVE && partner->state != B2B_STATE_PENDING)) {
        return denied(B2B_REASON_DENIED_PARTNER_STATE);
    }
    return person(principal, now);
}

b2b_decision_t b2b_policy_member_role(b2b_decision_t member, const b2b_principal_t *principal,
                                      int roles)
{
    if (!member.granted) {
        return member;
    }
    if (principal->role <= B2B_MEMBER_NONE || principal->role > B2B_MEMBER_PARTNER_ADMINISTRATOR) {
        return denied(B2B_REASON_DENIED_ROLE);
    }
    return roles & (1 << principal->role) ? granted(B2B_REASON_GRANTED_ROLE)
                                          : denied(B2B_REASON_DENIED_ROLE);
}

int b2b_policy_holds(const apr_array_header_t *groups, const char *id)
{
    int low = 0;
    int high = groups ? groups->nelts : 0;

    while (low < high) {
        int middle = low + (high - low) / 2;
        int order = strcmp(APR_ARRAY_IDX(groups, middle, const char *), id);

        if (order == 0) {
            return 1;
        }
        if (order < 0) {
            low = middle + 1;
        }
        else {
            high = middle;
        }
    }
    return 0;
}

b2b_decision_t b2b_policy_member_group(b2b_decision_t member, const b2b_principal_t *principal,
                                       const char *group_id)
{
    if (!member.granted) {
        return member;
    }
    /* The automatic group is exactly the active members (S5). */
    return !group_id || b2b_policy_holds(principal->groups, group_id)
               ? granted(B2B_REASON_GRANTED_GROUP)
               : denied(B2B_REASON_DENIED_GROUP);
}

b2b_decision_t b2b_policy_member_partner(b2b_decision_t member, const b2b_principal_t *principal,
                                         const char *partner_id)
{
    if (!member.granted) {
        return member;
    }
    return partner_id && principal->partner_id && strcmp(principal->partner_id, partner_id) == 0
               ? granted(B2B_REASON_GRANTED_PARTNER)
               : denied(B2B_REASON_DENIED_PARTNER);
}

b2b_decision_t b2b_policy_placement(b2b_decision_t member, const b2b_principal_t *principal,
                                    const b2b_snapshot_placement_t *placement)
{
    int i;

    if (!member.granted) {
        return member;
    }
    if (!placement ||
        (placement->partner_id &&
         (!principal->partner_id || strcmp(placement->partner_id, principal->partner_id) != 0))) {
        return denied(B2B_REASON_DENIED_NOT_PLACED);
    }
    if (placement->everyone) {
        return granted(B2B_REASON_GRANTED_EVERYONE);
    }
    if (!placement->groups || placement->groups->nelts == 0) {
        return denied(B2B_REASON_DENIED_NO_GROUP_LEFT);
    }
    for (i = 0; i < placement->groups->nelts; i++) {
        if (b2b_policy_holds(principal->groups,
                             APR_ARRAY_IDX(placement->groups, i, const char *))) {
            return granted(B2B_REASON_GRANTED_GROUP);
        }
    }
    return denied(B2B_REASON_DENIED_GROUP);
}
