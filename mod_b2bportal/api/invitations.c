/* SPDX-License-Identifier: Apache-2.0 */
/* Invitations of a portal, as the host sees them; answering one is invitation_answer.c. */

#include "private.h"

#include <string.h>

#include <apr_hash.h>
#include <apr_strings.h>

#include "resources.h"

static b2b_json_t *delivery_json(const b2b_invitation_t *invitation, apr_pool_t *pool)
{
    b2b_json_t *json = b2b_json_object(pool);

    b2b_json_set_string(json, "state", b2b_mail_state_word(invitation->delivery));
    b2b_json_set_string(json, "mail_id", invitation->mail_id);
    b2b_json_set_integer(json, "attempts", invitation->attempts);
    b2b_json_set_time(json, "last_attempt_at", invitation->last_attempt_at);
    b2b_json_set_time(json, "next_attempt_at", invitation->next_attempt_at);
    b2b_json_set_time(json, "sent_at", invitation->sent_at);
    b2b_json_set_string(json, "server_words", invitation->server_words);
    return json;
}

static b2b_json_t *invitation_json(b2b_call_t *call, const void *item)
{
    const b2b_invitation_t *invitation = item;
    b2b_json_t *json = b2b_json_object(call->pool);

    b2b_json_set_string(json, "id", invitation->id);
    b2b_json_set_string(json, "member_id", invitation->member_id);
    b2b_json_set_string(json, "email", invitation->email);
    b2b_json_set_string(json, "state", b2b_invitation_state_word(invitation->state));
    b2b_json_set_string(json, "role", b2b_member_role_word(invitation->role));
    b2b_json_set_string(json, "partner_id", invitation->partner_id);
    b2b_json_set_string(json, "partner_name", invitation->partner_name);
    b2b_json_set_ref(json, "invited_by", invitation->invited_by, invitation->inviter_name,
                     call->pool);
    b2b_json_set_time(json, "created_at", invitation->created_at);
    b2b_json_set_time(json, "expires_at", invitation->expires_at);
    b2b_json_set_time(json, "answered_at", invitation->answered_at);
    b2b_json_set(json, "delivery", delivery_json(invitation, call->pool));
    b2b_json_set_etag(json, invitation->version, call->pool);
    return json;
}

/*
 * The first language is what is not another: the worker writes the mail itself, this is the line of
 * lists.
 */
static const char *mail_subject(const b2b_portal_t *portal, const b2b_invitation_t *invitation,
                                const char *locale, apr_pool_t *pool)
{
    int german = !strncmp(locale, "de", 2);

    if (!invitation->inviter_name) {
        return apr_pstrcat(pool, german ? "Einladung zu " : "Invitation to ", portal->name, NULL);
    }
    return german ? apr_pstrcat(pool, invitation->inviter_name, " lädt Sie zu ", portal->name,
                                " ein", NULL)
                  : apr_pstrcat(pool, invitation->inviter_name, " invites you to ", portal->name,
                                NULL);
}

b2b_error_t *b2b_invitation_mail(b2b_call_t *call, const b2b_portal_t *portal,
                                 const b2b_invitation_t *invitation)
{
    b2b_json_t *document = b2b_json_object(call->pool);
    b2b_mail_t mail = {NULL};
    b2b_member_t *member;
    const char *locale;

    B2B_ERR(b2b_member_get(&member, call->conn, portal->id, invitation->member_id, call->pool,
                           call->pool));
    locale = member && member->locale ? member->locale : portal->locale;
    b2b_json_set_string(document, "locale", locale);
    b2b_json_set_string(document, "inviter_name", invitation->inviter_name);
    b2b_json_set_string(document, "partner_name", invitation->partner_name);
    b2b_json_set_string(document, "member_name", invitation->first_name);
    b2b_json_set_string(document, "member_id", invitation->member_id);
    b2b_json_set_string(document, "message", invitation->message);
    mail.portal_id = portal->id;
    mail.kind = "invitation";
    mail.subject_id = invitation->id;
    mail.recipient = invitation->email;
    mail.subject = mail_subject(portal, invitation, locale, call->pool);
    mail.document = b2b_json_write(document, call->pool);
    return b2b_mail_enqueue(call->conn, &mail, call->site->domain, call->pool, call->pool);
}

static b2b_error_t *get_invitation(b2b_invitation_t **invitation, const b2b_call_t *call,
                                   const char *id)
{
    B2B_ERR(
        b2b_invitation_get(invitation, call->conn, call->portal->id, id, call->pool, call->pool));
    return *invitation ? NULL : b2b_call_not_found(call, "invitation");
}

static b2b_error_t *answer_current(b2b_call_t *call, const char *id)
{
    b2b_invitation_t *invitation;

    B2B_ERR(get_invitation(&invitation, call, id));
    b2b_call_answer(call, 200, invitation_json(call, invitation), invitation->version);
    return NULL;
}

static const char *const states[] = {"pending", "accepted", "declined", "expired", "revoked", NULL};

const b2b_rule_t b2b_invitations_query[] = {
    B2B_LIMIT,
    B2B_AFTER,
    B2B_Q,
    B2B_WORD("state", 0, states),
    B2B_OF_KIND("partner_id", B2B_RULE_ID, 0),
    B2B_END,
};

b2b_error_t *b2b_invitations_list(b2b_call_t *call)
{
    b2b_list_t list;
    b2b_page_t *page;

    B2B_ERR(b2b_call_list(&list, call, "created_at"));
    B2B_ERR(
        b2b_invitation_list(&page, call->conn, call->portal->id, &list, call->pool, call->pool));
    b2b_call_answer_page(call, &list, page, invitation_json);
    return NULL;
}

b2b_error_t *b2b_invitations_get(b2b_call_t *call)
{
    return answer_current(call, call->variables[1]);
}

/* Many at once --------------------------------------------------------------------------------- */

static const b2b_rule_t address_members[] = {
    B2B_LINE("email", B2B_RULE_REQUIRED, 0, 400),
    B2B_LINE("first_name", 0, 0, B2B_NAME_MAX),
    B2B_LINE("last_name", 0, 0, B2B_NAME_MAX),
    B2B_END,
};
static const b2b_rule_t address_items[] = {B2B_OBJECT("", 0, address_members), B2B_END};

const b2b_rule_t b2b_invitations_rules[] = {
    B2B_ARRAY("addresses", B2B_RULE_REQUIRED, 1, 500, address_items),
    B2B_WORD("role", B2B_RULE_REQUIRED, b2b_member_roles),
    B2B_OF_KIND("partner_id", B2B_RULE_ID, B2B_RULE_REQUIRED),
    B2B_ARRAY("groups", B2B_RULE_UNIQUE, 0, 200, b2b_id_items),
    B2B_OF_KIND("valid_until", B2B_RULE_TIME, B2B_RULE_NULLABLE),
    B2B_OF_KIND("sponsor", B2B_RULE_ID, B2B_RULE_NULLABLE),
    B2B_OF_KIND("locale", B2B_RULE_LOCALE, B2B_RULE_NULLABLE),
    {"message", B2B_RULE_LINES, 0, 0, 2000, NULL, NULL},
    B2B_SHARES_GIVEN,
    B2B_END,
};

static void set_result(b2b_json_t *item, b2b_invited_e result)
{
    switch (result) {
    case B2B_INVITED_NEW:
        b2b_json_set_string(item, "result", "invited");
        b2b_json_set_string(item, "detail", NULL);
        break;
    case B2B_INVITED_REVIVED:
        b2b_json_set_string(item, "result", "invited_again");
        b2b_json_set_string(item, "detail", NULL);
        break;
    case B2B_INVITED_ALREADY:
        b2b_json_set_string(item, "result", "already_invited");
        b2b_json_set_string(item, "detail",
                            "Invited already; send the invitation again if it got lost.");
        break;
    case B2B_INVITED_IS_MEMBER:
        b2b_json_set_string(item, "result", "already_member");
        b2b_json_set_string(item, "detail", "A member of this portal already.");
        break;
    case B2B_INVITED_IS_SUSPENDED:
        b2b_json_set_string(item, "result", "suspended");
        b2b_json_set_string(item, "detail",
                            "A suspended member of this portal; resume it instead.");
        break;
    }
}

/* An address that is not one, or is there for the second time: the others go on without it. */
static const char *judge_address(const char *email, apr_hash_t *seen, b2b_json_t *item,
                                 apr_pool_t *pool)
{
    const char *folded = b2b_text_fold(email, pool);
    const char *result = NULL;

    if (!b2b_text_is_email(email)) {
        result = "invalid";
        b2b_json_set_string(item, "detail", "Not an e-mail address.");
    }
    else if (apr_hash_get(seen, folded, APR_HASH_KEY_STRING)) {
        result = "repeated";
        b2b_json_set_string(item, "detail", "Twice in this list.");
    }
    else {
        apr_hash_set(seen, folded, APR_HASH_KEY_STRING, folded);
    }
    return result;
}

static b2b_error_t *invite(b2b_json_t *item, b2b_call_t *call, const b2b_member_t *common,
                           const b2b_json_t *address, const apr_array_header_t *groups,
                           apr_hash_t *seen)
{
    b2b_member_t values = *common;
    b2b_member_t *member;
    b2b_invitation_t *invitation;
    b2b_invited_e result;
    const char *wrong;

    values.email = b2b_json_get_string(address, "email");
    values.first_name = b2b_json_get_string(address, "first_name");
    values.last_name = b2b_json_get_string(address, "last_name");
    if (!values.first_name) {
        values.first_name = "";
    }
    if (!values.last_name) {
        values.last_name = "";
    }
    b2b_json_set_string(item, "email", values.email);
    wrong = judge_address(values.email, seen, item, call->pool);
    if (wrong) {
        b2b_json_set_string(item, "result", wrong);
        b2b_json_set_string(item, "member_id", NULL);
        b2b_json_set_string(item, "invitation_id", NULL);
        return NULL;
    }
    B2B_ERR(b2b_member_invite_one(&result, &member, &invitation, call, &values, groups,
                                  b2b_call_text(call, "message")));
    set_result(item, result);
    b2b_json_set_string(item, "member_id", member->id);
    b2b_json_set_string(item, "invitation_id", invitation ? invitation->id : member->invitation_id);
    return NULL;
}

b2b_error_t *b2b_invitations_create(b2b_call_t *call)
{
    const b2b_json_t *addresses = b2b_json_get(call->body, "addresses");
    const apr_array_header_t *groups = b2b_json_strings(b2b_json_get(call->body, "groups"),
                                                        call->pool);
    apr_hash_t *seen = apr_hash_make(call->pool);
    b2b_json_t *json = b2b_json_object(call->pool);
    b2b_json_t *data = b2b_json_array(call->pool);
    b2b_member_t common = {NULL};
    apr_size_t i;

    common.portal_id = call->portal->id;
    common.partner_id = b2b_call_text(call, "partner_id");
    common.role = b2b_member_role_parse(b2b_call_text(call, "role"));
    common.sponsor_id = b2b_call_text(call, "sponsor");
    common.locale = b2b_call_text(call, "locale");
    b2b_patch_time(call, "valid_until", &common.valid_until);
    call->changes = NULL;
    B2B_ERR(b2b_mail_judge_rate(call));
    B2B_ERR(b2b_shares_give(call, common.partner_id));
    for (i = 0; i < b2b_json_length(addresses); i++) {
        b2b_json_t *item = b2b_json_object(call->pool);

        B2B_ERR(invite(item, call, &common, b2b_json_at(addresses, i), groups, seen));
        b2b_json_append(data, item);
    }
    b2b_json_set(json, "data", data);
    b2b_call_answer(call, 200, json, 0);
    return NULL;
}

/* Acts ----------------------------------------------------------------------------------------- */

b2b_error_t *b2b_invitation_resend_one(b2b_call_t *call, const char *id)
{
    b2b_invitation_t *invitation;

    B2B_ERR(b2b_invitation_resend(call->conn, call->portal->id, id, call->pool));
    B2B_ERR(get_invitation(&invitation, call, id));
    B2B_ERR(b2b_invitation_mail(call, call->portal, invitation));
    return b2b_act_record(call, "invitation.resend", "invitation", id, invitation->email);
}

b2b_error_t *b2b_invitations_resend(b2b_call_t *call)
{
    b2b_invitation_t *invitation;

    B2B_ERR(get_invitation(&invitation, call, call->variables[1]));
    B2B_ERR(b2b_mail_judge_rate(call));
    B2B_ERR(b2b_invitation_resend_one(call, invitation->id));
    return answer_current(call, invitation->id);
}

b2b_error_t *b2b_invitations_revoke(b2b_call_t *call)
{
    b2b_invitation_t *invitation;

    B2B_ERR(get_invitation(&invitation, call, call->variables[1]));
    B2B_ERR(b2b_invitation_revoke(call->conn, call->portal->id, invitation->id, call->pool));
    B2B_ERR(b2b_act_done(call, "invitation", invitation->id, invitation->email));
    return answer_current(call, invitation->id);
}

b2b_error_t *b2b_invitations_link(b2b_call_t *call)
{
    b2b_json_t *json = b2b_json_object(call->pool);
    b2b_invitation_t *invitation;
    const char *token = NULL;

    B2B_ERR(get_invitation(&invitation, call, call->variables[1]));
    if (invitation->state == B2B_INV_PENDING) {
        B2B_ERR(b2b_invitation_token_create(&token, call->conn, call->portal->id, invitation->id, 0,
                                            call->pool, call->pool));
    }
    if (!token) {
        return b2b_call_conflict(
            call, "not-pending",
            "This invitation is no longer open; send it again or invite again.");
    }
    B2B_ERR(b2b_act_done(call, "invitation", invitation->id, invitation->email));
    B2B_ERR(get_invitation(&invitation, call, invitation->id));
    b2b_json_set_string(json, "url",
                        apr_pstrcat(call->pool,
                                    b2b_site_portal_url(call->site, call->portal->technical_name,
                                                        call->pool),
                                    "/invitation?token=", token, NULL));
    b2b_json_set_time(json, "expires_at", invitation->expires_at);
    b2b_json_set_etag(json, invitation->version, call->pool);
    b2b_call_answer(call, 200, json, 0);
    return NULL;
}
