/* SPDX-License-Identifier: Apache-2.0 */
/* Groups of a portal, and who is in them. */

#include "private.h"

#include <apr_strings.h>

#include "resources.h"

static b2b_json_t *group_json(b2b_call_t *call, const void *item)
{
    const b2b_group_t *group = item;
    b2b_json_t *json = b2b_json_object(call->pool);

    b2b_json_set_string(json, "id", group->id);
    b2b_json_set_string(json, "name", group->name);
    b2b_json_set_bool(json, "automatic", group->automatic);
    b2b_json_set_integer(json, "member_count", group->member_count);
    b2b_json_set_time(json, "created_at", group->created_at);
    b2b_json_set_time(json, "modified_at", group->modified_at);
    b2b_json_set_etag(json, group->version, call->pool);
    return json;
}

static b2b_error_t *get_group(b2b_group_t **group, const b2b_call_t *call, const char *id)
{
    B2B_ERR(b2b_group_get(group, call->conn, call->portal->id, id, call->pool, call->pool));
    return *group ? NULL : b2b_call_not_found(call, "group");
}

static b2b_error_t *answer_current(b2b_call_t *call, int status, const char *id)
{
    b2b_group_t *group;

    B2B_ERR(get_group(&group, call, id));
    b2b_call_answer(call, status, group_json(call, group), group->version);
    return NULL;
}

b2b_error_t *b2b_groups_list(b2b_call_t *call)
{
    b2b_list_t list;
    b2b_page_t *page;

    B2B_ERR(b2b_call_list(&list, call, "name"));
    B2B_ERR(b2b_group_list(&page, call->conn, call->portal->id, &list, call->pool, call->pool));
    b2b_call_answer_page(call, &list, page, group_json);
    return NULL;
}

const b2b_rule_t b2b_group_rules[] = {B2B_NAME("name", B2B_RULE_REQUIRED), B2B_END};

b2b_error_t *b2b_groups_create(b2b_call_t *call)
{
    b2b_group_t group = {NULL};

    b2b_patch_text(call, "name", &group.name);
    B2B_ERR(b2b_group_create(call->conn, call->portal->id, &group, call->pool, call->pool));
    B2B_ERR(b2b_act_done(call, "group", group.id, group.name));
    b2b_call_location(call, apr_pstrcat(call->pool, "/portals/", call->portal->technical_name,
                                        "/groups/", group.id, NULL));
    return answer_current(call, 201, group.id);
}

b2b_error_t *b2b_groups_get(b2b_call_t *call)
{
    return answer_current(call, 200, call->variables[1]);
}

static b2b_error_t *automatic(const b2b_call_t *call)
{
    return b2b_call_conflict(
        call, "automatic-group",
        "The automatic group is exactly the active members; it cannot be changed.");
}

b2b_error_t *b2b_groups_patch(b2b_call_t *call)
{
    b2b_group_t *group;

    B2B_ERR(get_group(&group, call, call->variables[1]));
    if (group->automatic) {
        return automatic(call);
    }
    B2B_ERR(b2b_call_expect(call, group->version));
    b2b_patch_text(call, "name", &group->name);
    if (call->changes) {
        B2B_ERR(b2b_group_update(call->conn, call->portal->id, group, call->version, call->pool));
        B2B_ERR(b2b_act_done(call, "group", group->id, group->name));
    }
    return answer_current(call, 200, group->id);
}

b2b_error_t *b2b_groups_delete(b2b_call_t *call)
{
    b2b_group_t *group;

    B2B_ERR(get_group(&group, call, call->variables[1]));
    if (group->automatic) {
        return automatic(call);
    }
    B2B_ERR(b2b_group_delete(call->conn, call->portal->id, group->id, call->version, call->pool));
    B2B_ERR(b2b_act_done(call, "group", group->id, group->name));
    b2b_call_answer(call, 204, NULL, 0);
    return NULL;
}

b2b_error_t *b2b_groups_impact(b2b_call_t *call)
{
    b2b_impact_t impact;
    b2b_group_t *group;

    B2B_ERR(get_group(&group, call, call->variables[1]));
    if (group->automatic) {
        return automatic(call);
    }
    B2B_ERR(b2b_group_impact(&impact, call->conn, call->portal->id, group->id, call->pool));
    b2b_call_answer_impact(call, "delete", &impact);
    return NULL;
}

/* Members of a group --------------------------------------------------------------------------- */

static b2b_json_t *group_member_json(b2b_call_t *call, const void *item)
{
    const b2b_group_member_t *member = item;
    b2b_json_t *json = b2b_json_object(call->pool);

    b2b_json_set_string(json, "id", member->id);
    b2b_json_set_string(json, "email", member->email);
    b2b_json_set_string(json, "first_name", member->first_name);
    b2b_json_set_string(json, "last_name", member->last_name);
    b2b_json_set_string(json, "partner_id", member->partner_id);
    b2b_json_set_string(json, "partner_name", member->partner_name);
    b2b_json_set_string(json, "state", b2b_member_state_word(member->state));
    b2b_json_set(json, "sources", b2b_sources_json(member->sources, call->pool));
    return json;
}

b2b_error_t *b2b_group_members_list(b2b_call_t *call)
{
    b2b_list_t list;
    b2b_page_t *page;
    b2b_group_t *group;

    B2B_ERR(get_group(&group, call, call->variables[1]));
    B2B_ERR(b2b_call_list(&list, call, "email"));
    B2B_ERR(b2b_group_member_list(&page, call->conn, call->portal->id, group->id, &list, call->pool,
                                  call->pool));
    b2b_call_answer_page(call, &list, page, group_member_json);
    return NULL;
}

/* Both variables of the path, and that the group may be changed. */
static b2b_error_t *get_pair(b2b_group_t **group, b2b_member_t **member, const b2b_call_t *call)
{
    B2B_ERR(get_group(group, call, call->variables[1]));
    B2B_ERR(b2b_member_get(member, call->conn, call->portal->id, call->variables[2], call->pool,
                           call->pool));
    if (!*member) {
        return b2b_call_not_found(call, "member");
    }
    return *group && (*group)->automatic ? automatic(call) : NULL;
}

b2b_error_t *b2b_group_members_add(b2b_call_t *call)
{
    b2b_group_t *group;
    b2b_member_t *member;
    int changed;

    B2B_ERR(get_pair(&group, &member, call));
    B2B_ERR(b2b_group_member_add(&changed, call->conn, call->portal->id, group->id, member->id,
                                 B2B_SOURCE_CONSOLE, call->pool));
    if (changed) {
        b2b_change_text(call, "group", NULL, group->id);
        B2B_ERR(b2b_act_done(call, "member", member->id, member->email));
    }
    b2b_call_answer(call, 204, NULL, 0);
    return NULL;
}

b2b_error_t *b2b_group_members_remove(b2b_call_t *call)
{
    b2b_group_t *group;
    b2b_member_t *member;
    int changed;

    B2B_ERR(get_pair(&group, &member, call));
    B2B_ERR(b2b_group_member_remove(&changed, call->conn, call->portal->id, group->id, member->id,
                                    B2B_SOURCE_CONSOLE, call->pool));
    if (changed) {
        b2b_change_text(call, "group", group->id, NULL);
        B2B_ERR(b2b_act_done(call, "member", member->id, member->email));
    }
    b2b_call_answer(call, 204, NULL, 0);
    return NULL;
}
