/* SPDX-License-Identifier: Apache-2.0 */
/* Groups of host users. */

#include "private.h"

#include <apr_strings.h>

#include "resources.h"

static b2b_json_t *group_json(b2b_call_t *call, const void *item)
{
    const b2b_group_t *group = item;
    b2b_json_t *json = b2b_json_object(call->pool);

    b2b_json_set_string(json, "id", group->id);
    b2b_json_set_string(json, "name", group->name);
    b2b_json_set_integer(json, "member_count", group->member_count);
    b2b_json_set_time(json, "created_at", group->created_at);
    b2b_json_set_time(json, "modified_at", group->modified_at);
    b2b_json_set_etag(json, group->version, call->pool);
    return json;
}

static b2b_error_t *get_group(b2b_group_t **group, const b2b_call_t *call, const char *id)
{
    B2B_ERR(b2b_host_group_get(group, call->conn, id, call->pool, call->pool));
    return *group ? NULL : b2b_call_not_found(call, "host group");
}

static b2b_error_t *answer_current(b2b_call_t *call, int status, const char *id)
{
    b2b_group_t *group;

    B2B_ERR(get_group(&group, call, id));
    b2b_call_answer(call, status, group_json(call, group), group->version);
    return NULL;
}

b2b_error_t *b2b_host_groups_list(b2b_call_t *call)
{
    b2b_list_t list;
    b2b_page_t *page;

    B2B_ERR(b2b_call_list(&list, call, "name"));
    B2B_ERR(b2b_host_group_list(&page, call->conn, &list, call->pool, call->pool));
    b2b_call_answer_page(call, &list, page, group_json);
    return NULL;
}

b2b_error_t *b2b_host_groups_create(b2b_call_t *call)
{
    b2b_group_t group = {NULL};

    b2b_patch_text(call, "name", &group.name);
    B2B_ERR(b2b_host_group_create(call->conn, &group, call->pool, call->pool));
    B2B_ERR(b2b_act_done(call, "host_group", group.id, group.name));
    b2b_call_location(call, apr_pstrcat(call->pool, "/host/groups/", group.id, NULL));
    return answer_current(call, 201, group.id);
}

b2b_error_t *b2b_host_groups_get(b2b_call_t *call)
{
    return answer_current(call, 200, call->variables[0]);
}

b2b_error_t *b2b_host_groups_patch(b2b_call_t *call)
{
    b2b_group_t *group;

    B2B_ERR(get_group(&group, call, call->variables[0]));
    B2B_ERR(b2b_call_expect(call, group->version));
    b2b_patch_text(call, "name", &group->name);
    if (call->changes) {
        B2B_ERR(b2b_host_group_update(call->conn, group, call->version, call->pool));
        B2B_ERR(b2b_act_done(call, "host_group", group->id, group->name));
    }
    return answer_current(call, 200, group->id);
}

b2b_error_t *b2b_host_groups_delete(b2b_call_t *call)
{
    b2b_group_t *group;

    B2B_ERR(get_group(&group, call, call->variables[0]));
    B2B_ERR(b2b_host_group_delete(call->conn, group->id, call->version, call->pool));
    B2B_ERR(b2b_act_done(call, "host_group", group->id, group->name));
    b2b_call_answer(call, 204, NULL, 0);
    return NULL;
}

/* Who is in it --------------------------------------------------------------------------------- */

static b2b_json_t *group_member_json(b2b_call_t *call, const void *item)
{
    const b2b_host_user_t *user = item;
    b2b_json_t *json = b2b_json_object(call->pool);

    b2b_json_set_string(json, "id", user->id);
    b2b_json_set_string(json, "email", user->email);
    b2b_json_set_string(json, "first_name", user->first_name);
    b2b_json_set_string(json, "last_name", user->last_name);
    b2b_json_set_string(json, "state", b2b_state_word(user->state));
    return json;
}

b2b_error_t *b2b_host_group_members_list(b2b_call_t *call)
{
    b2b_list_t list;
    b2b_page_t *page;
    b2b_group_t *group;

    B2B_ERR(get_group(&group, call, call->variables[0]));
    B2B_ERR(b2b_call_list(&list, call, "email"));
    list.group_id = group->id;
    B2B_ERR(b2b_host_user_list(&page, call->conn, &list, call->pool, call->pool));
    b2b_call_answer_page(call, &list, page, group_member_json);
    return NULL;
}

static b2b_error_t *get_pair(b2b_group_t **group, b2b_host_user_t **user, const b2b_call_t *call)
{
    B2B_ERR(get_group(group, call, call->variables[0]));
    B2B_ERR(b2b_host_user_get(user, call->conn, call->variables[1], call->pool, call->pool));
    return *user ? NULL : b2b_call_not_found(call, "host user");
}

b2b_error_t *b2b_host_group_members_add(b2b_call_t *call)
{
    b2b_group_t *group;
    b2b_host_user_t *user;
    int changed;

    B2B_ERR(get_pair(&group, &user, call));
    B2B_ERR(b2b_host_group_add(&changed, call->conn, group->id, user->id, call->pool));
    if (changed) {
        b2b_change_text(call, "group", NULL, group->id);
        B2B_ERR(b2b_act_done(call, "host_user", user->id, user->email));
    }
    b2b_call_answer(call, 204, NULL, 0);
    return NULL;
}

b2b_error_t *b2b_host_group_members_remove(b2b_call_t *call)
{
    b2b_group_t *group;
    b2b_host_user_t *user;
    int changed;

    B2B_ERR(get_pair(&group, &user, call));
    B2B_ERR(b2b_host_group_remove(&changed, call->conn, group->id, user->id, call->pool));
    if (changed) {
        b2b_change_text(call, "group", group->id, NULL);
        B2B_ERR(b2b_act_done(call, "host_user", user->id, user->email));
    }
    b2b_call_answer(call, 204, NULL, 0);
    return NULL;
}
