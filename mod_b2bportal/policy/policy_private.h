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

/** The issuer of IDENTITY in ISSUERS (of b2b_issuer_t), or NULL. */
const b2b_issuer_t *b2b_policy_issuer(const apr_array_header_t *issuers,
                                      const b2b_identity_t *identity);

#endif
