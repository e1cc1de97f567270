/* SPDX-License-Identifier: Apache-2.0 */
/* One act on many members: each is done or not on its own, all in one transaction. */

#include "private.h"

#include <string.h>

#include <apr_strings.h>

#include "resources.h"

static b2b_error_t *get_member(b2b_member_t **member, const b2b_call_t *call, const char *id)
{
    B2B_ERR(b2b_member_get(member, call->conn, call->portal->id, id, call->pool, call->pool));
    return *member ? NULL : b2b_call_not_found(call, "member");
}

static b2b_error_t *remove_one(b2b_call_t *call, const char *id)
{
    b2b_member_t *member;

    B2B_ERR(get_member(&member, call, id));
    B2B_ERR(b2b_member_remove(call->conn, call->portal->id, id, B2B_VERSION_ANY, call->pool));
    return b2b_act_record(call, "member.remove", "member", id, member->email);
}

static b2b_error_t *set_role(b2b_call_t *call, const char *id)
{
    const char *role = b2b_call_text(call, "role");
    b2b_member_t *member;

    B2B_ERR(get_member(&member, call, id));
    b2b_change_text(call, "role", b2b_member_role_word(member->role), role);
    if (!call->changes) {
        return NULL;
    }
    member->role = b2b_member_role_parse(role);
    B2B_ERR(b2b_member_update(call->conn, member, member->version, call->pool));
    return b2b_act_record(call, "member.update", "member", id, member->email);
}

static b2b_error_t *set_partner(b2b_call_t *call, const char *id)
{
    b2b_member_t *member;

    B2B_ERR(get_member(&member, call, id));
    b2b_patch_text(call, "partner_id", &member->partner_id);
    if (!call->changes) {
        return NULL;
    }
    B2B_ERR(b2b_member_update(call->conn, member, member->version, call->pool));
    return b2b_act_record(call, "member.update", "member", id, member->email);
}

static b2b_error_t *add_group(b2b_call_t *call, const char *id)
{
    const char *group = b2b_call_text(call, "group_id");
    b2b_member_t *member;
    int changed;

    B2B_ERR(get_member(&member, call, id));
    B2B_ERR(b2b_group_member_add(&changed, call->conn, call->portal->id, group, id,
                                 B2B_SOURCE_CONSOLE, call->pool));
    if (!changed) {
        return NULL;
    }
    b2b_change_text(call, "group", NULL, group);
    return b2b_act_record(call, "group.add_member", "member", id, member->email);
}

static b2b_error_t *remove_group(b2b_call_t *call, const char *id)
{
    const char *group = b2b_call_text(call, "group_id");
    b2b_member_t *member;
    int changed;

    B2B_ERR(get_member(&member, call, id));
    B2B_ERR(b2b_group_member_remove(&changed, call->conn, call->portal->id, group, id,
                                    B2B_SOURCE_CONSOLE, call->pool));
    if (!changed) {
        return NULL;
    }
    b2b_change_text(call, "group", group, NULL);
    return b2b_act_record(call, "group.remove_member", "member", id, member->email);
}

static b2b_error_t *resend(b2b_call_t *call, const char *id)
{
    b2b_invitation_t *invitation;
    b2b_member_t *member;

    B2B_ERR(get_member(&member, call, id));
    B2B_ERR(b2b_invitation_of_member(&invitation, call->conn, call->portal->id, id, call->pool,
                                     call->pool));
    if (!invitation) {
        return b2b_call_conflict(call, "not-pending",
                                 "This member has no invitation that is open.");
    }
    return b2b_invitation_resend_one(call, invitation->id);
}

typedef struct {
    const char *word;
    b2b_error_t *(*act)(b2b_call_t *call, const char *id);
    const char *needs; /* a member of the body, or NULL */
} act_t;

static const act_t acts[] = {
    {"suspend", b2b_member_suspend_one, NULL},
    {"resume", b2b_member_resume_one, NULL},
    {"remove", remove_one, NULL},
    {"set_role", set_role, "role"},
    {"set_partner", set_partner, "partner_id"},
    {"add_group", add_group, "group_id"},
    {"remove_group", remove_group, "group_id"},
    {"resend_invitation", resend, NULL},
};

static const char *const words[] = {"suspend",     "resume",    "remove",       "set_role",
                                    "set_partner", "add_group", "remove_group", "resend_invitation",
                                    NULL};

const b2b_rule_t b2b_member_bulk_rules[] = {
    B2B_WORD("act", B2B_RULE_REQUIRED, words),
    B2B_ARRAY("ids", B2B_RULE_REQUIRED | B2B_RULE_UNIQUE, 1, 500, b2b_id_items),
    B2B_WORD("role", 0, b2b_member_roles),
    B2B_OF_KIND("partner_id", B2B_RULE_ID, 0),
    B2B_OF_KIND("group_id", B2B_RULE_ID, 0),
    B2B_END,
};

static const act_t *find_act(const char *word)
{
    apr_size_t i;

    for (i = 0; i < sizeof(acts) / sizeof(acts[0]); i++) {
        if (!strcmp(acts[i].word, word)) {
            return &acts[i];
        }
    }
    return NULL;
}

/* A partner or group that is not there is wrong for all of them, so it is said once. */
static b2b_error_t *check_target(const b2b_call_t *call, const act_t *act)
{
    if (!act->needs) {
        return NULL;
    }
    if (!b2b_call_text(call, act->needs)) {
        return b2b_error_invalid(call->pool, act->needs, "is missing; %s needs it.", act->word);
    }
    if (!strcmp(act->needs, "group_id")) {
        b2b_group_t *group;

        B2B_ERR(b2b_group_get(&group, call->conn, call->portal->id, b2b_call_text(call, "group_id"),
                              call->pool, call->pool));
        if (!group) {
            return b2b_error_invalid(call->pool, "group_id", "is no group of this portal.");
        }
        if (group->automatic) {
            return b2b_call_conflict(call, "automatic-group",
                                     "The automatic group is exactly the active members.");
        }
    }
    if (!strcmp(act->needs, "partner_id")) {
        b2b_partner_t *partner;

        B2B_ERR(b2b_partner_get(&partner, call->conn, call->portal->id,
                                b2b_call_text(call, "partner_id"), call->pool, call->pool));
        if (!partner) {
            return b2b_error_invalid(call->pool, "partner_id", "is no partner of this portal.");
        }
    }
    return NULL;
}

b2b_error_t *b2b_members_bulk(b2b_call_t *call)
{
    const act_t *act = find_act(b2b_call_text(call, "act"));
    const b2b_json_t *ids = b2b_json_get(call->body, "ids");
    b2b_json_t *json = b2b_json_object(call->pool);
    b2b_json_t *data = b2b_json_array(call->pool);
    apr_size_t i;

    B2B_ERR(check_target(call, act));
    if (act->act == resend) {
        B2B_ERR(b2b_mail_judge_rate(call));
    }
    for (i = 0; i < b2b_json_length(ids); i++) {
        const char *id = b2b_json_text(b2b_json_at(ids, i));
        b2b_json_t *item = b2b_json_object(call->pool);
        b2b_error_t *err = act->act(call, id);

        /* These come before anything is written (model.h); any other ends the whole. */
        if (err && err->code != B2B_E_NOT_FOUND && err->code != B2B_E_CONFLICT) {
            return err;
        }
        call->changes = NULL;
        b2b_json_set_string(item, "id", id);
        b2b_json_set_integer(item, "status", !err ? 200 : err->code == B2B_E_NOT_FOUND ? 404 : 409);
        b2b_json_set_string(item, "detail", err ? err->message : NULL);
        b2b_json_append(data, item);
    }
    b2b_json_set(json, "data", data);
    b2b_call_answer(call, 200, json, 0);
    return NULL;
}
