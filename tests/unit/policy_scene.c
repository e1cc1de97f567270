/* SPDX-License-Identifier: Apache-2.0 */
#include "policy_scene.h"

#include <stdlib.h>
#include <string.h>

#include <apr_strings.h>

#include "unit.h"

static apr_array_header_t *words(const char *first, const char *second)
{
    apr_array_header_t *array = apr_array_make(test_pool, 2, sizeof(const char *));

    APR_ARRAY_PUSH(array, const char *) = first;
    APR_ARRAY_PUSH(array, const char *) = second;
    return array;
}

void policy_scene(scene_t *s, int is_host)
{
    memset(s, 0, sizeof(*s));
    s->member.granted = s->host.granted = 1;
    s->member.reason = B2B_REASON_GRANTED_MEMBER;
    s->host.reason = B2B_REASON_GRANTED_HOST;
    s->owners = apr_array_make(test_pool, 4, sizeof(b2b_instance_owner_t));
    s->creators = apr_array_make(test_pool, 4, sizeof(const char *));
    s->administrators = apr_array_make(test_pool, 4, sizeof(b2b_host_ref_t));
    s->principal.kind = is_host ? B2B_PRINCIPAL_HOST_USER : B2B_PRINCIPAL_MEMBER;
    s->principal.id = is_host ? "h" : "m";
    s->principal.state = B2B_STATE_ACTIVE;
    s->principal.groups = is_host ? words("k1", "k2") : words("g1", "g2");
    s->principal.host_roles = is_host ? B2B_HOST_USER : 0;
    s->principal.portal_id = is_host ? NULL : "p";
    s->principal.partner_id = is_host ? NULL : "n";
    s->process.partner_id = "n";
    s->process.share_id = "s";
    s->process.process_id = "c";
    s->process.process_version = 1;
    s->process.allow_create = s->process.creators_everyone = s->process.allow_delete = 1;
    s->process.creator_groups = s->creators;
    s->users = apr_array_make(test_pool, 4, sizeof(const char *));
    s->host_users = apr_array_make(test_pool, 4, sizeof(const char *));
    s->host_groups = apr_array_make(test_pool, 4, sizeof(const char *));
    s->process.security.mode = B2B_SECURITY_OFF;
    s->process.security.groups = s->users;
    s->process.security.host_users = s->host_users;
    s->process.security.host_groups = s->host_groups;
    s->shared = &s->process;
    s->share_id = "s";
    s->instance.portal_id = "p";
    s->instance.partner_id = "n";
    s->instance.share_id = "s";
    s->instance.process_id = "c";
    s->instance.created_by_kind = is_host ? "host_user" : "member";
    s->instance.created_by = "x";
    s->instance.current_forms = 1 << 1;
    s->instance.form_count = 3;
    s->instance.delete_rule = "creator";
    s->instance.owners = s->owners;
    s->facts = &s->instance;
    s->start.portal_active = s->start.partner_there = 1;
    s->start.openers = apr_array_make(test_pool, 4, sizeof(b2b_host_ref_t));
    s->actions = apr_array_make(test_pool, 1, sizeof(b2b_action_facts_t));
    s->action_groups = apr_array_make(test_pool, 4, sizeof(const char *));
    s->action_users = apr_array_make(test_pool, 4, sizeof(const char *));
    s->action_host_groups = apr_array_make(test_pool, 4, sizeof(const char *));
    s->action.form = 1;
    s->action.kind = B2B_ACTION_GO_TO;
    s->action.groups = s->action_groups;
    s->action.host_users = s->action_users;
    s->action.host_groups = s->action_host_groups;
}

/* The word of "word:rest" changes what it names. */
static const struct {
    const char *word;
    const char *value; /* NULL: what follows the colon */
    size_t offset;
} texts[] = {
    {"made-by", NULL, offsetof(scene_t, instance.created_by)},
    {"made-as", NULL, offsetof(scene_t, instance.created_by_kind)},
    {"rule", NULL, offsetof(scene_t, instance.delete_rule)},
    {"of-portal", NULL, offsetof(scene_t, instance.portal_id)},
    {"of-partner", NULL, offsetof(scene_t, instance.partner_id)},
    {"of-share", NULL, offsetof(scene_t, instance.share_id)},
    {"of-process", NULL, offsetof(scene_t, instance.process_id)},
    {"held-by", NULL, offsetof(scene_t, process.partner_id)},
    {"asks-for", NULL, offsetof(scene_t, share_id)},
    {"in-partner", NULL, offsetof(scene_t, principal.partner_id)},
};

static const struct {
    const char *word;
    int value;
    size_t offset;
} numbers[] = {
    {"all-forms", 1, offsetof(scene_t, process.all_forms)},
    {"creators-only", 1, offsetof(scene_t, process.creators_only_open)},
    {"no-create", 0, offsetof(scene_t, process.allow_create)},
    {"no-delete", 0, offsetof(scene_t, process.allow_delete)},
    {"others-view", B2B_SECURITY_OTHERS_VIEW, offsetof(scene_t, process.security.mode)},
    {"assigned", B2B_SECURITY_ASSIGNED, offsetof(scene_t, process.security.mode)},
    {"only", B2B_SECURITY_ONLY, offsetof(scene_t, process.security.mode)},
    {"strange", 99, offsetof(scene_t, process.security.mode)},
    {"users-partner", 1, offsetof(scene_t, process.security.partner)},
    {"not-everyone", 0, offsetof(scene_t, process.creators_everyone)},
    {"deleted", 1, offsetof(scene_t, instance.deleted)},
    {"portal-closed", 0, offsetof(scene_t, start.portal_active)},
    {"partner-gone", 0, offsetof(scene_t, start.partner_there)},
    {"a-host-user", B2B_PRINCIPAL_HOST_USER, offsetof(scene_t, principal.kind)},
    {"auditor", B2B_HOST_AUDITOR, offsetof(scene_t, principal.host_roles)},
    {"designer", B2B_HOST_DESIGNER, offsetof(scene_t, principal.host_roles)},
    {"partner-manager", B2B_HOST_PARTNER_MANAGER, offsetof(scene_t, principal.host_roles)},
    {"administrator", B2B_HOST_ADMINISTRATOR, offsetof(scene_t, principal.host_roles)},
    {"taking-nothing", B2B_ACTION_NONE, offsetof(scene_t, action.kind)},
    {"taking-strange", 99, offsetof(scene_t, action.kind)},
    {"taking-edit", B2B_ACTION_EDIT, offsetof(scene_t, action.kind)},
    {"taking-reassign", B2B_ACTION_REASSIGN, offsetof(scene_t, action.kind)},
    {"of-form-0", 0, offsetof(scene_t, action.form)},
    {"of-form-2", 2, offsetof(scene_t, action.form)},
    {"of-form-3", 3, offsetof(scene_t, action.form)},
    {"of-form--1", -1, offsetof(scene_t, action.form)},
    {"to-1", 1, offsetof(scene_t, action.to)},
    {"to-2", 2, offsetof(scene_t, action.to)},
    {"to--1", -1, offsetof(scene_t, action.to)},
    {"to-owners", 1, offsetof(scene_t, action.form_owners)},
    {"to-partner", 1, offsetof(scene_t, action.partner)},
    {"sources", B2B_HOST_DATA_SOURCE_MANAGER, offsetof(scene_t, principal.host_roles)},
};

static void own(scene_t *s, char *rest)
{
    b2b_instance_owner_t *owner = apr_array_push(s->owners);

    owner->form = atoi(strtok(rest, ":"));
    owner->kind = strtok(NULL, ":");
    owner->principal_id = strtok(NULL, ":");
}

static void add_ref(const apr_array_header_t *refs, char *rest)
{
    b2b_host_ref_t *ref = apr_array_push((apr_array_header_t *)refs);

    ref->kind = strtok(rest, ":");
    ref->id = strtok(NULL, ":");
    ref->name = "N";
}

static int change_member(scene_t *s, const char *word, char *rest)
{
    size_t i;

    for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        if (strcmp(word, texts[i].word) == 0) {
            *(const char **)((char *)s + texts[i].offset) = *rest ? rest : NULL;
            return 1;
        }
    }
    for (i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
        if (strcmp(word, numbers[i].word) == 0) {
            *(int *)((char *)s + numbers[i].offset) = numbers[i].value;
            return 1;
        }
    }
    return 0;
}

static void change(scene_t *s, char *word)
{
    char *colon = strchr(word, ':');
    char *rest = colon ? colon + 1 : word + strlen(word);

    if (colon) {
        *colon = '\0';
    }
    if (change_member(s, word, rest)) {
        return;
    }
    if (strcmp(word, "own") == 0) {
        own(s, rest);
    }
    else if (strcmp(word, "administers") == 0) {
        add_ref(s->administrators, rest);
    }
    else if (strcmp(word, "opens") == 0) {
        add_ref(s->start.openers, rest);
    }
    else if (strcmp(word, "creators") == 0) {
        APR_ARRAY_PUSH(s->creators, const char *) = rest;
        s->process.creators_everyone = 0;
    }
    else if (strcmp(word, "users") == 0) {
        APR_ARRAY_PUSH(s->users, const char *) = rest;
    }
    else if (strcmp(word, "host-users") == 0) {
        APR_ARRAY_PUSH(s->host_users, const char *) = rest;
    }
    else if (strcmp(word, "host-groups") == 0) {
        APR_ARRAY_PUSH(s->host_groups, const char *) = rest;
    }
    else if (strcmp(word, "to-group") == 0) {
        APR_ARRAY_PUSH(s->action_groups, const char *) = rest;
    }
    else if (strcmp(word, "to-user") == 0) {
        APR_ARRAY_PUSH(s->action_users, const char *) = rest;
    }
    else if (strcmp(word, "to-host-group") == 0) {
        APR_ARRAY_PUSH(s->action_host_groups, const char *) = rest;
    }
    else if (strcmp(word, "no-action-lists") == 0) {
        s->action.groups = s->action.host_users = s->action.host_groups = NULL;
    }
    else if (strcmp(word, "no-users") == 0) {
        s->process.security.groups = s->process.security.host_users =
            s->process.security.host_groups = NULL;
    }
    else if (strcmp(word, "no-security") == 0) {
        memset(&s->process.security, 0, sizeof(s->process.security));
    }
    else if (strcmp(word, "completed") == 0) {
        s->instance.completed = 1;
        s->instance.current_forms = 0;
    }
    else if (strcmp(word, "current") == 0) {
        s->instance.current_forms = 0;
        for (; *rest; rest++) {
            if (*rest >= '0' && *rest <= '9') {
                s->instance.current_forms |= (apr_uint64_t)1 << (*rest - '0');
            }
        }
    }
    else if (strcmp(word, "no-lists") == 0) {
        s->instance.owners = s->process.creator_groups = s->principal.groups = NULL;
        s->start.openers = NULL;
        s->process.creators_everyone = 0;
    }
    else if (strcmp(word, "not-held") == 0) {
        s->shared = NULL;
    }
    else if (strcmp(word, "no-instance") == 0) {
        s->facts = NULL;
    }
    else if (strcmp(word, "denied") == 0) {
        s->member.granted = s->host.granted = 0;
        s->member.reason = s->host.reason = B2B_REASON_DENIED_SUSPENDED;
    }
    else {
        ck_abort_msg("what is %s?", word);
    }
}

void policy_change_all(scene_t *s, const char *changes)
{
    char *rest = apr_pstrdup(test_pool, changes);
    char *word, *state;

    while ((word = apr_strtok(rest, " ", &state))) {
        rest = NULL;
        change(s, apr_pstrdup(test_pool, word));
    }
}

/* What the partner "n" of the portal holds, for the question "share". */
static void hold(scene_t *s)
{
    apr_array_header_t *grants = apr_array_make(test_pool, 1, sizeof(b2b_snapshot_grant_t));
    b2b_snapshot_grant_t *grant = apr_array_push(grants);

    grant->share_id = "s";
    grant->partner_id = "n";
    grant->revision = 1;
    grant->processes = apr_array_make(test_pool, 1, sizeof(b2b_snapshot_shared_process_t));
    s->portal.grants = apr_hash_make(test_pool);
    if (s->shared) {
        apr_hash_set(s->portal.grants, "n", APR_HASH_KEY_STRING, grants);
    }
}

b2b_decision_t policy_ask(scene_t *s, const char *question)
{
    const b2b_action_facts_t *action = strchr(question, '-') ? NULL : &s->action;
    static const char *const acts[] = {"READ", "EDIT", "DELETE", "REASSIGN", "COMMENT"};
    size_t word = strcspn(question, "-0123456789");
    int form = question[word] ? atoi(question + word) : 1; /* the current one of the scene */
    int i;

    s->actions->nelts = 0;
    APR_ARRAY_PUSH(s->actions, b2b_action_facts_t) = s->action;
    s->instance.actions = s->actions;
    for (i = 0; i < 5; i++) {
        if (word == strlen(acts[i]) && strncmp(question, acts[i], word) == 0) {
            return b2b_policy_host_instance(s->host, &s->principal, s->administrators,
                                            &s->process.security, s->facts, (b2b_instance_act_e)i,
                                            form);
        }
    }
    if (strcmp(question, "START") == 0) {
        s->start.administrators = s->administrators;
        s->start.security = s->process.security;
        return b2b_policy_host_start(s->host, &s->principal, s->shared ? &s->start : NULL);
    }
    switch (*question) {
    case 'g':
        return b2b_policy_instance_action(s->member, &s->principal, s->shared, s->facts, action);
    case 'G':
        return b2b_policy_host_action(s->host, &s->principal, s->administrators,
                                      &s->process.security, s->facts, action);
    case 's':
        hold(s);
        return b2b_policy_share(s->member, &s->principal, &s->portal, s->share_id);
    case 'o':
        return b2b_policy_process_open(s->member, &s->principal, s->shared);
    case 'c':
        return b2b_policy_instance_create(s->member, &s->principal, s->shared);
    case 'r':
        return b2b_policy_instance_read(s->member, &s->principal, s->shared, s->facts);
    case 'f':
        return b2b_policy_form_read(s->member, &s->principal, s->shared, s->facts, form);
    case 'e':
        return b2b_policy_form_edit(s->member, &s->principal, s->shared, s->facts, form);
    case 'd':
        return b2b_policy_instance_delete(s->member, &s->principal, s->shared, s->facts);
    case 'a':
        return b2b_policy_instance_reassign(s->member, &s->principal, s->shared, s->facts, form);
    case 't':
        return b2b_policy_instance_comment(s->member, &s->principal, s->shared, s->facts);
    case 'P':
        return b2b_policy_process(s->host, &s->principal, s->administrators, question[1] == 'w');
    default:
        ck_abort_msg("what is %s?", question);
    }
}

int policy_is_of_host(const char *question)
{
    return *question >= 'A' && *question <= 'Z';
}

void policy_case_check(const policy_case_t *c)
{
    b2b_decision_t decision;
    scene_t s;

    policy_scene(&s, policy_is_of_host(c->question));
    policy_change_all(&s, c->changes);
    decision = policy_ask(&s, c->question);
    ck_assert_msg(decision.granted == c->granted && decision.reason == c->reason,
                  "%s with \"%s\": %d %s instead of %d %s", c->question, c->changes,
                  decision.granted, b2b_reason_word(decision.reason), c->granted,
                  b2b_reason_word(c->reason));
}

void policy_case_follow(const policy_case_t *c)
{
    b2b_decision_t read;
    b2b_instances_e list;
    scene_t s;
    int form, is_own;

    if (policy_is_of_host(c->question)) {
        return;
    }
    policy_scene(&s, 0);
    policy_change_all(&s, c->changes);
    read = policy_ask(&s, "read");
    for (form = -1; form <= 3; form++) {
        int sees = b2b_policy_form_read(s.member, &s.principal, s.shared, s.facts, form).granted;

        ck_assert(!sees || read.granted);
        ck_assert(!b2b_policy_form_edit(s.member, &s.principal, s.shared, s.facts, form).granted ||
                  (sees && form >= 0 && s.instance.current_forms >> form & 1));
        ck_assert(!(read.granted && b2b_policy_owns(&s.principal, s.facts, form)) || sees);
    }
    ck_assert(!policy_ask(&s, "delete").granted || read.granted);
    ck_assert(!policy_ask(&s, "assign").granted || read.granted);
    ck_assert(!policy_ask(&s, "talk").granted || read.granted);
    list = b2b_policy_instances(s.member, &s.principal, s.shared);
    if (!s.facts || read.reason == B2B_REASON_DENIED_NOT_SHARED || s.instance.deleted) {
        return;
    }
    is_own = (s.instance.created_by && s.instance.created_by_kind &&
              strcmp(s.instance.created_by_kind, "member") == 0 &&
              strcmp(s.instance.created_by, s.principal.id) == 0) ||
             b2b_policy_owns(&s.principal, s.facts, 0) ||
             b2b_policy_owns(&s.principal, s.facts, 1) || b2b_policy_owns(&s.principal, s.facts, 2);
    ck_assert_int_eq(read.granted,
                     list == B2B_INSTANCES_ALL || (list == B2B_INSTANCES_OWN && is_own));
}
