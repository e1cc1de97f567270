/* SPDX-License-Identifier: Apache-2.0 */
/* Addresses: the one time that an e-mail address counts (S2, S13). */

#include "policy_private.h"

/* Does TEXT, its ASCII letters in lower case, equal FOLDED? */
static int equals_folded(const char *text, const char *folded)
{
    for (; *text && *folded; text++, folded++) {
        char c = *text >= 'A' && *text <= 'Z' ? (char)(*text - 'A' + 'a') : *text;

        if (c != *folded) {
            return 0;
        }
    }
    return *text == *folded;
}

int b2b_policy_email_verified(const apr_array_header_t *issuers, const b2b_identity_t *identity)
{
    const b2b_issuer_t *issuer = b2b_policy_issuer(issuers, identity);

    if (!issuer || !identity->email || !*identity->email) {
        return 0;
    }
    switch (identity->email_verified) {
    case B2B_VERIFIED_YES:
        return 1;
    case B2B_VERIFIED_ABSENT:
        return issuer->vouches_for_email != 0;
    default:
        /* A provider that says "not verified" is believed, whoever vouches for it. */
        return 0;
    }
}

int b2b_policy_may_answer(const b2b_portal_snapshot_t *portal, const b2b_identity_t *identity,
                          const char *invited_email_folded, int *unverified)
{
    *unverified = 0;
    if (!portal || portal->state != B2B_STATE_ACTIVE || !identity || !identity->subject ||
        !*identity->subject || !b2b_policy_issuer(portal->issuers, identity) || !identity->email ||
        !*identity->email || !invited_email_folded ||
        !equals_folded(identity->email, invited_email_folded)) {
        return 0;
    }
    *unverified = !b2b_policy_email_verified(portal->issuers, identity);
    return !*unverified;
}
