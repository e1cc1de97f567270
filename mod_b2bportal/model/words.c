/* SPDX-License-Identifier: Apache-2.0 */
/* The words of roles, states and sources. A word that is not in a table means no access (S4). */

#include <string.h>

#include "model/model_private.h"

typedef struct {
    const char *word;
    int value;
} word_t;

static const word_t member_roles[] = {{"viewer", B2B_MEMBER_VIEWER},
                                      {"editor", B2B_MEMBER_EDITOR},
                                      {"partner_administrator", B2B_MEMBER_PARTNER_ADMINISTRATOR},
                                      {NULL, B2B_MEMBER_NONE}};

static const word_t host_roles[] = {{"administrator", B2B_HOST_ADMINISTRATOR},
                                    {"partner_manager", B2B_HOST_PARTNER_MANAGER},
                                    {"designer", B2B_HOST_DESIGNER},
                                    {"data_source_manager", B2B_HOST_DATA_SOURCE_MANAGER},
                                    {"auditor", B2B_HOST_AUDITOR},
                                    {"user", B2B_HOST_USER},
                                    {NULL, B2B_HOST_NONE}};

static const word_t states[] = {{"pending", B2B_STATE_PENDING},
                                {"invited", B2B_STATE_PENDING},
                                {"active", B2B_STATE_ACTIVE},
                                {"suspended", B2B_STATE_SUSPENDED},
                                {NULL, B2B_STATE_UNKNOWN}};

static const word_t sources[] = {{"automatic", B2B_SOURCE_AUTOMATIC},
                                 {"console", B2B_SOURCE_CONSOLE},
                                 {"csv", B2B_SOURCE_CSV},
                                 {"api", B2B_SOURCE_API},
                                 {"scim", B2B_SOURCE_SCIM},
                                 {"claim", B2B_SOURCE_CLAIM},
                                 {NULL, 0}};

static const word_t invitation_states[] = {{"pending", B2B_INV_PENDING},
                                           {"accepted", B2B_INV_ACCEPTED},
                                           {"declined", B2B_INV_DECLINED},
                                           {"expired", B2B_INV_EXPIRED},
                                           {"revoked", B2B_INV_REVOKED},
                                           {NULL, B2B_INV_REVOKED}};

static const word_t mail_states[] = {{"none", B2B_MAIL_NONE},       {"queued", B2B_MAIL_QUEUED},
                                     {"sending", B2B_MAIL_SENDING}, {"sent", B2B_MAIL_SENT},
                                     {"failed", B2B_MAIL_FAILED},   {NULL, B2B_MAIL_NONE}};

/* The value of WORD, in which '-' reads as '_'; that of the last line for any other word. */
static int parse(const word_t *words, const char *word)
{
    for (; words->word; words++) {
        const char *a = words->word;
        const char *b = word ? word : "";

        while (*a && (*a == *b || (*a == '_' && *b == '-'))) {
            a++;
            b++;
        }
        if (!*a && !*b) {
            break;
        }
    }
    return words->value;
}

static const char *word_of(const word_t *words, int value)
{
    for (; words->word; words++) {
        if (words->value == value) {
            return words->word;
        }
    }
    return "unknown";
}

b2b_member_role_e b2b_member_role_parse(const char *word)
{
    return (b2b_member_role_e)parse(member_roles, word);
}

const char *b2b_member_role_word(b2b_member_role_e role)
{
    return word_of(member_roles, role);
}

b2b_host_role_e b2b_host_role_parse(const char *word)
{
    return (b2b_host_role_e)parse(host_roles, word);
}

const char *b2b_host_role_word(b2b_host_role_e role)
{
    return word_of(host_roles, role);
}

b2b_state_e b2b_state_parse(const char *word)
{
    return (b2b_state_e)parse(states, word);
}

const char *b2b_state_word(b2b_state_e state)
{
    return word_of(states, state);
}

const char *b2b_member_state_word(b2b_state_e state)
{
    return state == B2B_STATE_PENDING ? "invited" : word_of(states, state);
}

const char *b2b_source_word(b2b_source_e source)
{
    return word_of(sources, source);
}

const char *b2b_invitation_state_word(b2b_invitation_state_e state)
{
    return word_of(invitation_states, state);
}

const char *b2b_mail_state_word(b2b_mail_state_e state)
{
    return word_of(mail_states, state);
}

b2b_invitation_state_e b2b_invitation_state_of(const char *word, apr_time_t expires_at)
{
    b2b_invitation_state_e state = (b2b_invitation_state_e)parse(invitation_states, word);

    return state == B2B_INV_PENDING && expires_at <= b2b_clock_now() ? B2B_INV_EXPIRED : state;
}

b2b_mail_state_e b2b_mail_state_of(const char *word, apr_time_t claimed_until)
{
    if (word && strcmp(word, "waiting") == 0) {
        return claimed_until > b2b_clock_now() ? B2B_MAIL_SENDING : B2B_MAIL_QUEUED;
    }
    return (b2b_mail_state_e)parse(mail_states, word);
}
