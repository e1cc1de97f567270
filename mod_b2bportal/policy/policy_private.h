/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of policy/ share. */

#ifndef B2B_POLICY_PRIVATE_H
#define B2B_POLICY_PRIVATE_H

#include "policy.h"

static inline b2b_decision_t granted(b2b_reason_e reason)
{
    b2b_decision_t decision = {1, reason};

    return decision;
}

static inline b2b_decision_t denied(b2b_reason_e reason)
{
    b2b_decision_t decision = {0, reason};

    return decision;
}

/** Is ID among GROUPS (ids in ascending order, or NULL)? */
int b2b_policy_holds(const apr_array_header_t *groups, const char *id);

/** Are A and B the same, and not NULL? */
int b2b_policy_same(const char *a, const char *b);

/** Does the host user or one of their host groups bear the KIND and ID? */
int b2b_policy_is_host(const b2b_principal_t *principal, const char *kind, const char *id);

/** DECISION, unless it grants WHAT and SECURITY keeps that from PRINCIPAL. */
b2b_decision_t b2b_policy_narrow(b2b_decision_t decision, const b2b_principal_t *principal,
                                 const b2b_process_security_t *security, b2b_secured_e what);

/** Did PRINCIPAL, of either kind, make the instance? A member's id is never taken for a host user's. */
int b2b_policy_created(const b2b_principal_t *principal, const b2b_instance_facts_t *facts);

/** Is PRINCIPAL a member of the partner, with PARTNER, or in one of GROUPS, or of HOST_USERS or HOST_GROUPS? */
int b2b_policy_named(const b2b_principal_t *principal, int partner,
                     const apr_array_header_t *groups, const apr_array_header_t *host_users,
                     const apr_array_header_t *host_groups);

/** Is ACTION, whose form is current, known and given to PRINCIPAL, by name or as an owner of the form? */
int b2b_policy_given(const b2b_principal_t *principal, const b2b_instance_facts_t *facts,
                     const b2b_action_facts_t *action);

/** Is one of KIND and of FORM (index)? */
int b2b_policy_given_any(const b2b_principal_t *principal, const b2b_instance_facts_t *facts,
                         b2b_action_kind_e kind, int form);

/** Does PRINCIPAL own any form? */
int b2b_policy_owns_any(const b2b_principal_t *principal, const b2b_instance_facts_t *facts);

/** The issuer of IDENTITY in ISSUERS (of b2b_issuer_t), or NULL. */
const b2b_issuer_t *b2b_policy_issuer(const apr_array_header_t *issuers,
                                      const b2b_identity_t *identity);

#endif
