/* SPDX-License-Identifier: Apache-2.0 */
/* The reasons' words and sentences. */

#include "policy.h"

typedef struct {
    const char *word;
    const char *sentence;
} reason_t;

static const reason_t reasons[B2B_REASON_COUNT] = {
    [B2B_REASON_GRANTED_MEMBER] = {"member", "An active member of this portal."},
    [B2B_REASON_GRANTED_ROLE] = {"has-role", "Has one of the roles that may."},
    [B2B_REASON_GRANTED_GROUP] = {"in-group", "Is in one of the groups that may."},
    [B2B_REASON_GRANTED_PARTNER] = {"of-partner", "Belongs to a partner that may."},
    [B2B_REASON_GRANTED_EVERYONE] = {"everyone", "It is open to everyone it is meant for."},
    [B2B_REASON_GRANTED_HOST] = {"host-role", "A host user with a role that may."},
    [B2B_REASON_GRANTED_SHARED] = {"shared", "The partner holds the shared process."},
    [B2B_REASON_GRANTED_CREATOR] = {"creator", "Created it."},
    [B2B_REASON_GRANTED_OWNER] = {"owner", "Owns a form of it."},
    [B2B_REASON_GRANTED_ALL_FORMS] = {"all-forms",
                                      "Everyone of the partner may see all forms of it."},
    [B2B_REASON_GRANTED_ANYONE] = {"anyone", "Anyone who sees it may delete it."},
    [B2B_REASON_GRANTED_PROCESS_ADMINISTRATOR] = {"process-administrator",
                                                  "One of the administrators of the process."},
    [B2B_REASON_GRANTED_SECURITY_USER] = {"security-user",
                                          "One of the security users of the process."},
    [B2B_REASON_GRANTED_ACTION] = {"action", "An action of the current form is given to them."},
    [B2B_REASON_DENIED_NOBODY] = {"not-signed-in", "Nobody is signed in."},
    [B2B_REASON_DENIED_ISSUER] = {"wrong-issuer",
                                  "The sign-in came from a provider that does not count here."},
    [B2B_REASON_DENIED_UNKNOWN] = {"not-known", "This account does not belong to anybody here."},
    [B2B_REASON_DENIED_KIND] =
        {"wrong-kind", "Host users have no access to portals, and members none to the console."},
    [B2B_REASON_DENIED_PORTAL] = {"portal-not-active", "The portal is not active."},
    [B2B_REASON_DENIED_PARTNER_STATE] = {"partner-not-active",
                                         "The partner is suspended or no longer there."},
    [B2B_REASON_DENIED_INVITED] = {"invited", "The invitation has not been accepted yet."},
    [B2B_REASON_DENIED_SUSPENDED] = {"suspended", "The person is suspended."},
    [B2B_REASON_DENIED_EXPIRED] = {"expired", "The person's access has ended."},
    [B2B_REASON_DENIED_SPONSOR] =
        {"sponsor-not-active",
         "The host user who answers for the person is suspended or no longer there."},
    [B2B_REASON_DENIED_ROLE] = {"no-role", "Has none of the roles that may."},
    [B2B_REASON_DENIED_GROUP] = {"not-in-group", "Is in none of the groups that may."},
    [B2B_REASON_DENIED_PARTNER] = {"other-partner", "Belongs to another partner."},
    [B2B_REASON_DENIED_NOT_PLACED] = {"not-placed",
                                      "It is not placed in this portal for this partner."},
    [B2B_REASON_DENIED_NO_GROUP_LEFT] =
        {"no-group-left", "It is open to named groups, and none is named: nobody may."},
    [B2B_REASON_DENIED_RIGHT] = {"no-right", "No role of this host user has the right."},
    [B2B_REASON_DENIED_NOT_SHARED] = {"not-shared",
                                      "The partner does not hold such a shared process."},
    [B2B_REASON_DENIED_CREATION] = {"creation-not-allowed",
                                    "The shared process does not let the partner start one."},
    [B2B_REASON_DENIED_NOT_CREATOR] = {"not-a-creator",
                                       "Is in none of the groups that may start one."},
    [B2B_REASON_DENIED_NOT_STARTER] =
        {"not-a-starter",
         "Only administrators, partner managers, administrators of the process and "
         "owners of its first form may start one for a partner."},
    [B2B_REASON_DENIED_NOT_OWNER] = {"not-an-owner", "Does not own a form that this is about."},
    [B2B_REASON_DENIED_NOT_CURRENT] = {"not-the-current-form",
                                       "Only the current form can be changed."},
    [B2B_REASON_DENIED_COMPLETED] = {"completed", "It is completed."},
    [B2B_REASON_DENIED_DELETED] = {"deleted", "It is deleted."},
    [B2B_REASON_DENIED_DELETION_NOT_SHARED] =
        {"deletion-not-shared", "The shared process does not let the partner delete."},
    [B2B_REASON_DENIED_DELETION_RULE] = {"deletion-rule",
                                         "The process lets only others delete it."},
    [B2B_REASON_DENIED_SECURITY] = {"not-a-security-user",
                                    "Only the security users of the process may do this."},
    [B2B_REASON_DENIED_NOT_GIVEN] = {"not-given", "The process gives this action to others."},
};

static const reason_t *reason_of(b2b_reason_e reason)
{
    static const reason_t unknown = {"unknown", "Denied."};

    return (int)reason >= 0 && reason < B2B_REASON_COUNT ? &reasons[reason] : &unknown;
}

const char *b2b_reason_word(b2b_reason_e reason)
{
    return reason_of(reason)->word;
}

const char *b2b_reason_sentence(b2b_reason_e reason)
{
    return reason_of(reason)->sentence;
}
