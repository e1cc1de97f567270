/* SPDX-License-Identifier: Apache-2.0 */
/* Host users and their roles. */

#include "private.h"

#include <apr_strings.h>

#include "resources.h"

static const b2b_host_role_e all_roles[] = {
    B2B_HOST_ADMINISTRATOR,       B2B_HOST_PARTNER_MANAGER, B2B_HOST_DESIGNER,
    B2B_HOST_DATA_SOURCE_MANAGER, B2B_HOST_AUDITOR,         B2B_HOST_USER,
};

static const char *const role_words[] = {
    "administrator", "partner_manager", "designer", "data_source_manager", "auditor", "user", NULL};

static b2b_json_t *roles_json(int roles, apr_pool_t *pool)
{
    b2b_json_t *json = b2b_json_array(pool);
    apr_size_t i;

    for (i = 0; i < sizeof(all_roles) / sizeof(all_roles[0]); i++) {
        if (roles & all_roles[i]) {
            b2b_json_append(json, b2b_json_string(b2b_host_role_word(all_roles[i]), pool));
        }
    }
    return json;
}

b2b_json_t *b2b_host_user_json(b2b_call_t *call, const void *item)
{
    const b2b_host_user_t *user = item;
    b2b_json_t *json = b2b_json_object(call->pool);
    b2b_json_t *groups = b2b_json_array(call->pool);
    int i;

    for (i = 0; user->groups && i < user->groups->nelts; i++) {
        const b2b_ref_t *group = &APR_ARRAY_IDX(user->groups, i, b2b_ref_t);
        b2b_json_t *ref = b2b_json_object(call->pool);

        b2b_json_set_string(ref, "id", group->id);
        b2b_json_set_string(ref, "name", group->name);
        b2b_json_append(groups, ref);
    }
    b2b_json_set_string(json, "id", user->id);
    b2b_json_set_string(json, "email", user->email);
    b2b_json_set_string(json, "first_name", user->first_name);
    b2b_json_set_string(json, "last_name", user->last_name);
    b2b_json_set(json, "roles", roles_json(user->roles, call->pool));
    b2b_json_set(json, "groups", groups);
    b2b_json_set_string(json, "state", b2b_state_word(user->state));
    b2b_json_set_string(json, "locale", user->locale);
    b2b_json_set_time(json, "last_sign_in_at", user->last_sign_in_at);
    b2b_json_set_time(json, "created_at", user->created_at);
    b2b_json_set_time(json, "modified_at", user->modified_at);
    b2b_json_set_etag(json, user->version, call->pool);
    return json;
}

static b2b_error_t *get_user(b2b_host_user_t **user, const b2b_call_t *call, const char *id)
{
    B2B_ERR(b2b_host_user_get(user, call->conn, id, call->pool, call->pool));
    return *user ? NULL : b2b_call_not_found(call, "host user");
}

static b2b_error_t *answer_current(b2b_call_t *call, int status, const char *id)
{
    b2b_host_user_t *user;

    B2B_ERR(get_user(&user, call, id));
    b2b_call_answer(call, status, b2b_host_user_json(call, user), user->version);
    return NULL;
}

static const char *const states[] = {"pending", "active", "suspended", NULL};

const b2b_rule_t b2b_host_users_query[] = {
    B2B_LIMIT, B2B_AFTER, B2B_Q, B2B_WORD("state", 0, states), B2B_WORD("role", 0, role_words),
    B2B_END,
};

b2b_error_t *b2b_host_users_list(b2b_call_t *call)
{
    b2b_list_t list;
    b2b_page_t *page;

    B2B_ERR(b2b_call_list(&list, call, "email"));
    B2B_ERR(b2b_host_user_list(&page, call->conn, &list, call->pool, call->pool));
    b2b_call_answer_page(call, &list, page, b2b_host_user_json);
    return NULL;
}

b2b_error_t *b2b_host_users_get(b2b_call_t *call)
{
    return answer_current(call, 200, call->variables[0]);
}

/* Writing -------------------------------------------------------------------------------------- */

static const b2b_rule_t role_items[] = {B2B_WORD("", 0, role_words), B2B_END};

const b2b_rule_t b2b_host_user_create_rules[] = {
    B2B_OF_KIND("email", B2B_RULE_EMAIL, B2B_RULE_REQUIRED),
    B2B_LINE("first_name", 0, 0, B2B_NAME_MAX),
    B2B_LINE("last_name", 0, 0, B2B_NAME_MAX),
    B2B_ARRAY("roles", B2B_RULE_REQUIRED | B2B_RULE_UNIQUE, 1, 6, role_items),
    B2B_END,
};
const b2b_rule_t b2b_host_user_patch_rules[] = {
    B2B_LINE("first_name", 0, 0, B2B_NAME_MAX),
    B2B_LINE("last_name", 0, 0, B2B_NAME_MAX),
    B2B_ARRAY("roles", B2B_RULE_UNIQUE, 1, 6, role_items),
    B2B_ARRAY("groups", B2B_RULE_UNIQUE, 0, 200, b2b_id_items),
    B2B_OF_KIND("locale", B2B_RULE_LOCALE, B2B_RULE_NULLABLE),
    B2B_END,
};

static void overlay(b2b_call_t *call, b2b_host_user_t *user)
{
    const b2b_json_t *roles = b2b_json_get(call->body, "roles");

    b2b_patch_text(call, "first_name", &user->first_name);
    b2b_patch_text(call, "last_name", &user->last_name);
    b2b_patch_text(call, "locale", &user->locale);
    if (roles) {
        int bits = 0;
        apr_size_t i;

        for (i = 0; i < b2b_json_length(roles); i++) {
            bits |= (int)b2b_host_role_parse(b2b_json_text(b2b_json_at(roles, i)));
        }
        if (bits != user->roles) {
            b2b_change_add(call, "roles", roles_json(user->roles, call->pool),
                           roles_json(bits, call->pool));
            user->roles = bits;
        }
    }
}

b2b_error_t *b2b_host_users_create(b2b_call_t *call)
{
    b2b_host_user_t user = {NULL};

    user.first_name = user.last_name = "";
    b2b_patch_text(call, "email", &user.email);
    overlay(call, &user);
    B2B_ERR(b2b_host_user_create(call->conn, &user, call->pool, call->pool));
    B2B_ERR(b2b_act_done(call, "host_user", user.id, user.email));
    b2b_call_location(call, apr_pstrcat(call->pool, "/host/users/", user.id, NULL));
    return answer_current(call, 201, user.id);
}

static b2b_json_t *group_ids(const b2b_host_user_t *user, apr_pool_t *pool)
{
    b2b_json_t *json = b2b_json_array(pool);
    int i;

    for (i = 0; user->groups && i < user->groups->nelts; i++) {
        b2b_json_append(json, b2b_json_string(APR_ARRAY_IDX(user->groups, i, b2b_ref_t).id, pool));
    }
    return json;
}

b2b_error_t *b2b_host_users_patch(b2b_call_t *call)
{
    const b2b_json_t *groups = b2b_json_get(call->body, "groups");
    b2b_host_user_t *user;

    B2B_ERR(get_user(&user, call, call->variables[0]));
    B2B_ERR(b2b_call_expect(call, user->version));
    overlay(call, user);
    if (call->changes) {
        B2B_ERR(b2b_host_user_update(call->conn, user, call->version, call->pool));
    }
    if (groups && !b2b_json_equal(groups, group_ids(user, call->pool))) {
        b2b_change_add(call, "groups", group_ids(user, call->pool), groups);
        B2B_ERR(b2b_host_user_groups_set(call->conn, user->id, b2b_json_strings(groups, call->pool),
                                         call->pool));
    }
    if (call->changes) {
        B2B_ERR(b2b_act_done(call, "host_user", user->id, user->email));
    }
    return answer_current(call, 200, user->id);
}

/* "Ends access for 3 members in 2 portals, whose sponsor this is." */
static const char *impact_sentence(const b2b_sponsored_t *sponsored, apr_pool_t *pool)
{
    if (sponsored->members == 0) {
        return "Sponsors nobody who has access now.";
    }
    return apr_psprintf(pool,
                        "Sponsors %" APR_INT64_T_FMT " %s who %s access with this host user%s.",
                        sponsored->members, sponsored->members == 1 ? "member" : "members",
                        sponsored->members == 1 ? "loses" : "lose",
                        sponsored->portals > 1
                            ? apr_psprintf(pool, ", in %" APR_INT64_T_FMT " portals",
                                           sponsored->portals)
                            : "");
}

/* What suspending or removing would end beside the host user's own access. */
b2b_error_t *b2b_host_users_impact(b2b_call_t *call)
{
    b2b_sponsored_t sponsored;
    b2b_host_user_t *user;
    b2b_json_t *json = b2b_json_object(call->pool);

    B2B_ERR(get_user(&user, call, call->variables[0]));
    B2B_ERR(b2b_host_user_sponsored(&sponsored, call->conn, user->id, call->pool));
    b2b_json_set_string(json, "act", b2b_call_query(call, "act"));
    b2b_json_set_integer(json, "members", sponsored.members);
    b2b_json_set_integer(json, "portals", sponsored.portals);
    b2b_json_set_string(json, "sentence", impact_sentence(&sponsored, call->pool));
    b2b_call_answer(call, 200, json, 0);
    return NULL;
}

b2b_error_t *b2b_host_users_remove(b2b_call_t *call)
{
    b2b_host_user_t *user;

    B2B_ERR(get_user(&user, call, call->variables[0]));
    B2B_ERR(b2b_host_user_delete(call->conn, user->id, call->version, call->pool));
    B2B_ERR(b2b_act_done(call, "host_user", user->id, user->email));
    b2b_call_answer(call, 204, NULL, 0);
    return NULL;
}

b2b_error_t *b2b_host_users_suspend(b2b_call_t *call)
{
    b2b_host_user_t *user;

    B2B_ERR(get_user(&user, call, call->variables[0]));
    if (user->state == B2B_STATE_SUSPENDED) {
        return b2b_call_conflict(call, "state", "This host user is suspended already.");
    }
    b2b_change_text(call, "state", b2b_state_word(user->state), "suspended");
    B2B_ERR(b2b_host_user_suspend(call->conn, user->id, B2B_VERSION_ANY, call->pool));
    B2B_ERR(b2b_act_done(call, "host_user", user->id, user->email));
    return answer_current(call, 200, user->id);
}

b2b_error_t *b2b_host_users_resume(b2b_call_t *call)
{
    b2b_host_user_t *user;

    B2B_ERR(get_user(&user, call, call->variables[0]));
    if (user->state != B2B_STATE_SUSPENDED) {
        return b2b_call_conflict(call, "state", "This host user is not suspended.");
    }
    B2B_ERR(b2b_host_user_resume(call->conn, user->id, B2B_VERSION_ANY, call->pool));
    B2B_ERR(b2b_act_done(call, "host_user", user->id, user->email));
    return answer_current(call, 200, user->id);
}
