/* SPDX-License-Identifier: Apache-2.0 */
/* Members of a portal, one at a time. */

#include "private.h"

#include <string.h>

#include <apr_strings.h>

#include "resources.h"

static const b2b_source_e all_sources[] = {
    B2B_SOURCE_AUTOMATIC, B2B_SOURCE_CONSOLE, B2B_SOURCE_CSV,
    B2B_SOURCE_API,       B2B_SOURCE_SCIM,    B2B_SOURCE_CLAIM,
};

b2b_json_t *b2b_sources_json(int sources, apr_pool_t *pool)
{
    b2b_json_t *json = b2b_json_array(pool);
    apr_size_t i;

    for (i = 0; i < sizeof(all_sources) / sizeof(all_sources[0]); i++) {
        if (sources & all_sources[i]) {
            b2b_json_append(json, b2b_json_string(b2b_source_word(all_sources[i]), pool));
        }
    }
    return json;
}

static b2b_json_t *groups_json(const apr_array_header_t *groups, apr_pool_t *pool)
{
    b2b_json_t *json = b2b_json_array(pool);
    int i;

    for (i = 0; groups && i < groups->nelts; i++) {
        const b2b_member_group_t *group = &APR_ARRAY_IDX(groups, i, b2b_member_group_t);
        b2b_json_t *item = b2b_json_object(pool);

        b2b_json_set_string(item, "id", group->id);
        b2b_json_set_string(item, "name", group->name);
        b2b_json_set_bool(item, "automatic", group->automatic);
        b2b_json_set(item, "sources", b2b_sources_json(group->sources, pool));
        b2b_json_append(json, item);
    }
    return json;
}

static b2b_json_t *invitation_json(const b2b_member_t *member, apr_pool_t *pool)
{
    b2b_json_t *json;

    if (!member->invitation_id) {
        return b2b_json_null(pool);
    }
    json = b2b_json_object(pool);
    b2b_json_set_string(json, "id", member->invitation_id);
    b2b_json_set_string(json, "state", b2b_invitation_state_word(member->invitation_state));
    b2b_json_set_string(json, "delivery", b2b_mail_state_word(member->invitation_delivery));
    b2b_json_set_time(json, "expires_at", member->invitation_expires_at);
    return json;
}

/* With the state, which the member's access hangs on (S3). */
static b2b_json_t *sponsor_json(const b2b_member_t *member, apr_pool_t *pool)
{
    b2b_json_t *json;

    if (!member->sponsor_id) {
        return b2b_json_null(pool);
    }
    json = b2b_json_object(pool);
    b2b_json_set_string(json, "id", member->sponsor_id);
    b2b_json_set_string(json, "name", member->sponsor_name);
    b2b_json_set_string(json, "state",
                        member->sponsor_state == B2B_STATE_UNKNOWN
                            ? "removed"
                            : b2b_state_word(member->sponsor_state));
    return json;
}

b2b_json_t *b2b_member_json(b2b_call_t *call, const void *item)
{
    const b2b_member_t *member = item;
    b2b_json_t *json = b2b_json_object(call->pool);

    b2b_json_set_string(json, "id", member->id);
    b2b_json_set_string(json, "email", member->email);
    b2b_json_set_string(json, "first_name", member->first_name);
    b2b_json_set_string(json, "last_name", member->last_name);
    b2b_json_set_string(json, "role", b2b_member_role_word(member->role));
    b2b_json_set_string(json, "partner_id", member->partner_id);
    b2b_json_set_string(json, "partner_name", member->partner_name);
    b2b_json_set(json, "groups", groups_json(member->groups, call->pool));
    b2b_json_set_string(json, "state", b2b_member_state_word(member->state));
    b2b_json_set_time(json, "valid_until", member->valid_until);
    b2b_json_set(json, "sponsor", sponsor_json(member, call->pool));
    b2b_json_set_string(json, "locale", member->locale);
    b2b_json_set_time(json, "last_sign_in_at", member->last_sign_in_at);
    b2b_json_set(json, "invitation", invitation_json(member, call->pool));
    b2b_json_set_time(json, "created_at", member->created_at);
    b2b_json_set_time(json, "modified_at", member->modified_at);
    b2b_json_set_etag(json, member->version, call->pool);
    return json;
}

static b2b_error_t *get_member(b2b_member_t **member, const b2b_call_t *call, const char *id)
{
    B2B_ERR(b2b_member_get(member, call->conn, call->portal->id, id, call->pool, call->pool));
    return *member ? NULL : b2b_call_not_found(call, "member");
}

static b2b_error_t *answer_current(b2b_call_t *call, int status, const char *id)
{
    b2b_member_t *member;

    B2B_ERR(get_member(&member, call, id));
    b2b_call_answer(call, status, b2b_member_json(call, member), member->version);
    return NULL;
}

/* Reading -------------------------------------------------------------------------------------- */

const char *const b2b_member_roles[] = {"viewer", "editor", "partner_administrator", NULL};
static const char *const states[] = {"invited", "active", "suspended", NULL};
static const char *const sorts[] = {"email",      "-email",          "last_name",
                                    "-last_name", "last_sign_in_at", "-last_sign_in_at",
                                    "created_at", "-created_at",     NULL};

const b2b_rule_t b2b_members_query[] = {
    B2B_LIMIT,
    B2B_AFTER,
    B2B_Q,
    B2B_WORD("state", 0, states),
    B2B_OF_KIND("partner_id", B2B_RULE_ID, 0),
    B2B_OF_KIND("group_id", B2B_RULE_ID, 0),
    B2B_WORD("role", 0, b2b_member_roles),
    B2B_WORD("sort", 0, sorts),
    B2B_END,
};

b2b_error_t *b2b_members_list(b2b_call_t *call)
{
    b2b_list_t list;
    b2b_page_t *page;

    B2B_ERR(b2b_call_list(&list, call, "email"));
    B2B_ERR(b2b_member_list(&page, call->conn, call->portal->id, &list, call->pool, call->pool));
    b2b_call_answer_page(call, &list, page, b2b_member_json);
    return NULL;
}

b2b_error_t *b2b_members_get(b2b_call_t *call)
{
    return answer_current(call, 200, call->variables[1]);
}

/* Writing -------------------------------------------------------------------------------------- */

#define MEMBER_MEMBERS(required)                                                                   \
    B2B_LINE("first_name", 0, 0, B2B_NAME_MAX), B2B_LINE("last_name", 0, 0, B2B_NAME_MAX),         \
        B2B_WORD("role", required, b2b_member_roles),                                              \
        B2B_OF_KIND("partner_id", B2B_RULE_ID, required),                                          \
        B2B_ARRAY("groups", B2B_RULE_UNIQUE, 0, 200, b2b_id_items),                                \
        B2B_OF_KIND("valid_until", B2B_RULE_TIME, B2B_RULE_NULLABLE),                              \
        B2B_OF_KIND("sponsor", B2B_RULE_ID, B2B_RULE_NULLABLE),                                    \
        B2B_OF_KIND("locale", B2B_RULE_LOCALE, B2B_RULE_NULLABLE)

const b2b_rule_t b2b_member_create_rules[] = {
    B2B_OF_KIND("email", B2B_RULE_EMAIL, B2B_RULE_REQUIRED),
    MEMBER_MEMBERS(B2B_RULE_REQUIRED),
    {"message", B2B_RULE_LINES, 0, 0, 2000, NULL, NULL},
    B2B_SHARES_GIVEN,
    B2B_END,
};
const b2b_rule_t b2b_member_patch_rules[] = {MEMBER_MEMBERS(0), B2B_END};

/* What the body says about a member, except groups. */
static void overlay(b2b_call_t *call, b2b_member_t *member)
{
    const char *role = b2b_call_text(call, "role");

    b2b_patch_text(call, "first_name", &member->first_name);
    b2b_patch_text(call, "last_name", &member->last_name);
    if (role) {
        b2b_change_text(call, "role", b2b_member_role_word(member->role), role);
        member->role = b2b_member_role_parse(role);
    }
    b2b_patch_text(call, "partner_id", &member->partner_id);
    b2b_patch_time(call, "valid_until", &member->valid_until);
    b2b_patch_text(call, "sponsor", &member->sponsor_id);
    b2b_patch_text(call, "locale", &member->locale);
}

b2b_error_t *b2b_member_invite_one(b2b_invited_e *result, b2b_member_t **member,
                                   b2b_invitation_t **invitation, b2b_call_t *call,
                                   const b2b_member_t *values, const apr_array_header_t *groups,
                                   const char *message)
{
    *invitation = NULL;
    B2B_ERR(b2b_member_invite(result, member, call->conn, values, groups, call->pool, call->pool));
    if (*result != B2B_INVITED_NEW && *result != B2B_INVITED_REVIVED) {
        return NULL;
    }
    B2B_ERR(b2b_invitation_create(invitation, call->conn, call->portal->id, (*member)->id,
                                  call->request->principal->id, message, call->pool, call->pool));
    B2B_ERR(b2b_invitation_mail(call, call->portal, *invitation));
    return b2b_act_record(call, "member.invite", "member", (*member)->id, (*member)->email);
}

b2b_error_t *b2b_members_create(b2b_call_t *call)
{
    b2b_member_t values = {NULL};
    b2b_member_t *member;
    b2b_invitation_t *invitation;
    b2b_invited_e result;

    values.portal_id = call->portal->id;
    values.first_name = values.last_name = "";
    b2b_patch_text(call, "email", &values.email);
    overlay(call, &values);
    B2B_ERR(b2b_mail_judge_rate(call));
    B2B_ERR(b2b_shares_give(call, values.partner_id));
    B2B_ERR(b2b_member_invite_one(&result, &member, &invitation, call, &values,
                                  b2b_json_strings(b2b_json_get(call->body, "groups"), call->pool),
                                  b2b_call_text(call, "message")));
    switch (result) {
    case B2B_INVITED_ALREADY:
        return b2b_call_conflict(
            call, "already-invited",
            "This address is invited already; send the invitation again instead.");
    case B2B_INVITED_IS_MEMBER:
        return b2b_call_conflict(call, "already-member",
                                 "This address is a member of the portal already.");
    case B2B_INVITED_IS_SUSPENDED:
        return b2b_call_conflict(
            call, "suspended",
            "This address is a suspended member of the portal; resume it instead.");
    case B2B_INVITED_NEW:
    case B2B_INVITED_REVIVED:
        break;
    }
    b2b_call_location(call, apr_pstrcat(call->pool, "/portals/", call->portal->technical_name,
                                        "/members/", member->id, NULL));
    return answer_current(call, 201, member->id);
}

/* The ids of the groups that MEMBER has from the console, as JSON for the audit trail. */
static b2b_json_t *console_groups(const b2b_member_t *member, apr_pool_t *pool)
{
    b2b_json_t *json = b2b_json_array(pool);
    int i;

    for (i = 0; member->groups && i < member->groups->nelts; i++) {
        const b2b_member_group_t *group = &APR_ARRAY_IDX(member->groups, i, b2b_member_group_t);

        if (group->sources & B2B_SOURCE_CONSOLE) {
            b2b_json_append(json, b2b_json_string(group->id, pool));
        }
    }
    return json;
}

b2b_error_t *b2b_members_patch(b2b_call_t *call)
{
    const b2b_json_t *groups = b2b_json_get(call->body, "groups");
    b2b_member_t *member;
    int own_fields;

    B2B_ERR(get_member(&member, call, call->variables[1]));
    B2B_ERR(b2b_call_expect(call, member->version));
    overlay(call, member);
    own_fields = call->changes != NULL;
    if (own_fields) {
        B2B_ERR(b2b_member_update(call->conn, member, call->version, call->pool));
    }
    if (groups && !b2b_json_equal(groups, console_groups(member, call->pool))) {
        b2b_change_add(call, "groups", console_groups(member, call->pool), groups);
        B2B_ERR(b2b_member_groups_set(call->conn, call->portal->id, member->id, B2B_SOURCE_CONSOLE,
                                      b2b_json_strings(groups, call->pool), call->pool));
    }
    if (call->changes) {
        B2B_ERR(b2b_act_done(call, "member", member->id, member->email));
    }
    return answer_current(call, 200, member->id);
}

b2b_error_t *b2b_members_remove(b2b_call_t *call)
{
    b2b_member_t *member;

    B2B_ERR(get_member(&member, call, call->variables[1]));
    B2B_ERR(b2b_member_remove(call->conn, call->portal->id, member->id, call->version, call->pool));
    B2B_ERR(b2b_act_done(call, "member", member->id, member->email));
    b2b_call_answer(call, 204, NULL, 0);
    return NULL;
}

b2b_error_t *b2b_member_suspend_one(b2b_call_t *call, const char *id)
{
    b2b_member_t *member;

    B2B_ERR(get_member(&member, call, id));
    if (member->state == B2B_STATE_SUSPENDED) {
        return b2b_call_conflict(call, "state", "This member is suspended already.");
    }
    b2b_change_text(call, "state", b2b_member_state_word(member->state), "suspended");
    B2B_ERR(b2b_member_suspend(call->conn, call->portal->id, id, B2B_VERSION_ANY, call->pool));
    return b2b_act_record(call, "member.suspend", "member", member->id, member->email);
}

b2b_error_t *b2b_member_resume_one(b2b_call_t *call, const char *id)
{
    b2b_member_t *member;

    B2B_ERR(get_member(&member, call, id));
    if (member->state != B2B_STATE_SUSPENDED) {
        return b2b_call_conflict(call, "state", "This member is not suspended.");
    }
    B2B_ERR(b2b_member_resume(call->conn, call->portal->id, id, B2B_VERSION_ANY, call->pool));
    return b2b_act_record(call, "member.resume", "member", member->id, member->email);
}

b2b_error_t *b2b_members_suspend(b2b_call_t *call)
{
    B2B_ERR(b2b_member_suspend_one(call, call->variables[1]));
    return answer_current(call, 200, call->variables[1]);
}

b2b_error_t *b2b_members_resume(b2b_call_t *call)
{
    B2B_ERR(b2b_member_resume_one(call, call->variables[1]));
    return answer_current(call, 200, call->variables[1]);
}
