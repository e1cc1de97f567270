/* SPDX-License-Identifier: Apache-2.0 */
/* One's own record and settings, on either side. */

#include "private.h"
#include "resources.h"

const b2b_rule_t b2b_me_rules[] = {
    B2B_LINE("first_name", 0, 0, B2B_NAME_MAX),
    B2B_LINE("last_name", 0, 0, B2B_NAME_MAX),
    B2B_OF_KIND("locale", B2B_RULE_LOCALE, 0),
    B2B_OF_KIND("mail_assignments", B2B_RULE_BOOL, 0),
    B2B_END,
};

b2b_error_t *b2b_me_get(b2b_call_t *call)
{
    b2b_member_t *member;
    b2b_json_t *json;
    int wants_mail;

    B2B_ERR(b2b_myself_get(&json, &member, &wants_mail, call));
    b2b_call_answer(call, 200, json, member->version);
    return NULL;
}

b2b_error_t *b2b_me_update(b2b_call_t *call)
{
    b2b_member_t *member;
    b2b_json_t *json;
    int wants_mail;

    B2B_ERR(b2b_myself_get(&json, &member, &wants_mail, call));
    B2B_ERR(b2b_call_expect(call, member->version));
    b2b_patch_text(call, "first_name", &member->first_name);
    b2b_patch_text(call, "last_name", &member->last_name);
    b2b_patch_text(call, "locale", &member->locale);
    b2b_patch_bool(call, "mail_assignments", &wants_mail);
    if (call->changes) {
        B2B_ERR(b2b_member_update(call->conn, member, call->version, call->pool));
        B2B_ERR(
            b2b_assignment_mail_want(call->conn, call->request->principal, wants_mail, call->pool));
        B2B_ERR(b2b_act_done(call, "member", member->id, member->email));
    }
    return b2b_me_get(call);
}

/* The console's side --------------------------------------------------------------------------- */

const b2b_rule_t b2b_host_me_rules[] = {
    B2B_OF_KIND("locale", B2B_RULE_LOCALE, 0),
    B2B_OF_KIND("mail_assignments", B2B_RULE_BOOL, 0),
    B2B_END,
};

static b2b_error_t *get_host_user(b2b_host_user_t **user, int *wants_mail, const b2b_call_t *call)
{
    const b2b_principal_t *principal = call->request->principal;

    B2B_ERR(b2b_host_user_get(user, call->conn, principal->id, call->pool, call->pool));
    return *user ? b2b_assignment_mail_wanted(wants_mail, call->conn, principal, call->pool)
                 : b2b_call_not_found(call, "host user");
}

b2b_error_t *b2b_host_me_get(b2b_call_t *call)
{
    b2b_json_t *json = b2b_json_object(call->pool);
    b2b_settings_t *settings;
    b2b_host_user_t *user;
    int wants_mail;

    B2B_ERR(get_host_user(&user, &wants_mail, call));
    B2B_ERR(b2b_settings_get(&settings, call->conn, call->pool, call->pool));
    b2b_json_set_string(json, "id", user->id);
    b2b_json_set_string(json, "email", user->email);
    b2b_json_set_string(json, "first_name", user->first_name);
    b2b_json_set_string(json, "last_name", user->last_name);
    b2b_json_set_string(json, "locale", user->locale ? user->locale : settings->locale);
    b2b_json_set_bool(json, "mail_assignments", wants_mail);
    b2b_json_set_etag(json, user->version, call->pool);
    b2b_call_answer(call, 200, json, user->version);
    return NULL;
}

b2b_error_t *b2b_host_me_update(b2b_call_t *call)
{
    b2b_host_user_t *user;
    int wants_mail;

    B2B_ERR(get_host_user(&user, &wants_mail, call));
    B2B_ERR(b2b_call_expect(call, user->version));
    b2b_patch_text(call, "locale", &user->locale);
    b2b_patch_bool(call, "mail_assignments", &wants_mail);
    if (call->changes) {
        B2B_ERR(b2b_host_user_update(call->conn, user, call->version, call->pool));
        B2B_ERR(
            b2b_assignment_mail_want(call->conn, call->request->principal, wants_mail, call->pool));
        B2B_ERR(b2b_act_done(call, "host_user", user->id, user->email));
    }
    return b2b_host_me_get(call);
}
