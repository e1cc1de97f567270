/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The decision table of shared processes and instances. Each line changes some things of one scene and says what
 * one question is answered with.
 *
 * The scene: the member "m" of the partner "n" in the portal "p", in the groups g1 and g2; the partner holds the
 * share "s" with the process "c", which everybody may start and delete and which shows assigned forms; an instance
 * of it that somebody else made, its second of three forms is the current one, nobody owns a form. Or the host
 * user "h" of the host group k1, with the role "user".
 */
#include "policy/policy.h"

#include <stdlib.h>
#include <string.h>

#include <apr_strings.h>

#include "unit.h"

typedef struct {
    b2b_portal_snapshot_t portal;
    b2b_principal_t principal;
    b2b_snapshot_shared_process_t process;
    const b2b_snapshot_shared_process_t *shared;
    b2b_instance_facts_t instance;
    const b2b_instance_facts_t *facts;
    apr_array_header_t *owners, *creators, *administrators;
    b2b_decision_t member, host;
    const char *share_id;
} scene_t;

static apr_array_header_t *words(const char *first, const char *second)
{
    apr_array_header_t *array = apr_array_make(test_pool, 2, sizeof(const char *));

    APR_ARRAY_PUSH(array, const char *) = first;
    APR_ARRAY_PUSH(array, const char *) = second;
    return array;
}

static void scene(scene_t *s, int is_host)
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
    s->shared = &s->process;
    s->share_id = "s";
    s->instance.portal_id = "p";
    s->instance.partner_id = "n";
    s->instance.share_id = "s";
    s->instance.process_id = "c";
    s->instance.created_by = "x";
    s->instance.current_form = 1;
    s->instance.form_count = 3;
    s->instance.delete_rule = "creator";
    s->instance.owners = s->owners;
    s->facts = &s->instance;
}

/* The word of "word:rest" changes what it names. */
static const struct {
    const char *word;
    const char *value; /* NULL: what follows the colon */
    size_t offset;
} texts[] = {
    {"made-by", NULL, offsetof(scene_t, instance.created_by)},
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
    {"not-everyone", 0, offsetof(scene_t, process.creators_everyone)},
    {"deleted", 1, offsetof(scene_t, instance.deleted)},
    {"a-host-user", B2B_PRINCIPAL_HOST_USER, offsetof(scene_t, principal.kind)},
    {"auditor", B2B_HOST_AUDITOR, offsetof(scene_t, principal.host_roles)},
    {"designer", B2B_HOST_DESIGNER, offsetof(scene_t, principal.host_roles)},
    {"partner-manager", B2B_HOST_PARTNER_MANAGER, offsetof(scene_t, principal.host_roles)},
    {"administrator", B2B_HOST_ADMINISTRATOR, offsetof(scene_t, principal.host_roles)},
    {"sources", B2B_HOST_DATA_SOURCE_MANAGER, offsetof(scene_t, principal.host_roles)},
};

static void own(scene_t *s, char *rest)
{
    b2b_instance_owner_t *owner = apr_array_push(s->owners);

    owner->form = atoi(strtok(rest, ":"));
    owner->kind = strtok(NULL, ":");
    owner->principal_id = strtok(NULL, ":");
}

static void administer(scene_t *s, char *rest)
{
    b2b_host_ref_t *ref = apr_array_push(s->administrators);

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
        administer(s, rest);
    }
    else if (strcmp(word, "creators") == 0) {
        APR_ARRAY_PUSH(s->creators, const char *) = rest;
        s->process.creators_everyone = 0;
    }
    else if (strcmp(word, "completed") == 0) {
        s->instance.completed = 1;
        s->instance.current_form = s->instance.form_count;
    }
    else if (strcmp(word, "current") == 0) {
        s->instance.current_form = atoi(rest);
    }
    else if (strcmp(word, "no-lists") == 0) {
        s->instance.owners = s->process.creator_groups = s->principal.groups = NULL;
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

static void change_all(scene_t *s, const char *changes)
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

static b2b_decision_t ask(scene_t *s, const char *question)
{
    static const char *const acts[] = {"READ", "EDIT", "DELETE", "REASSIGN", "COMMENT"};
    int form = atoi(question + strcspn(question, "-0123456789"));
    int i;

    for (i = 0; i < 5; i++) {
        if (strcmp(question, acts[i]) == 0) {
            return b2b_policy_host_instance(s->host, &s->principal, s->administrators, s->facts,
                                            (b2b_instance_act_e)i);
        }
    }
    switch (*question) {
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
        return b2b_policy_instance_reassign(s->member, &s->principal, s->shared, s->facts);
    case 'P':
        return b2b_policy_process(s->host, &s->principal, s->administrators, question[1] == 'w');
    default:
        ck_abort_msg("what is %s?", question);
    }
}

#define YES(reason) 1, B2B_REASON_GRANTED_##reason
#define NO(reason)  0, B2B_REASON_DENIED_##reason

static const struct {
    const char *question;
    const char *changes;
    int granted;
    b2b_reason_e reason;
} cases[] = {
    /* The share's page: who holds it. */
    {"share", "", YES(SHARED)},
    {"share", "not-held", NO(NOT_SHARED)},
    {"share", "asks-for:t", NO(NOT_SHARED)},
    {"share", "asks-for:", NO(NOT_SHARED)},
    {"share", "in-partner:o", NO(NOT_SHARED)},
    {"share", "in-partner:", NO(NOT_SHARED)},
    {"share", "denied", NO(SUSPENDED)},

    /* Opening: the partner, or the creators. */
    {"open", "", YES(SHARED)},
    {"open", "not-held", NO(NOT_SHARED)},
    {"open", "held-by:o", NO(NOT_SHARED)},
    {"open", "held-by:", NO(NOT_SHARED)},
    {"open", "in-partner: held-by:", NO(NOT_SHARED)},
    {"open", "creators:g9", YES(SHARED)},
    {"open", "creators-only", YES(EVERYONE)},
    {"open", "creators-only creators:g9", NO(NOT_CREATOR)},
    {"open", "creators-only creators:g9 creators:g2", YES(GROUP)},
    {"open", "creators-only creators:g2 no-create", YES(GROUP)},
    {"open", "creators-only not-everyone", NO(NO_GROUP_LEFT)},
    {"open", "creators-only no-lists", NO(NO_GROUP_LEFT)},
    {"open", "denied", NO(SUSPENDED)},

    /* Creating: the share allows it, and the groups are everyone or theirs; an empty list is nobody. */
    {"create", "", YES(EVERYONE)},
    {"create", "no-create", NO(CREATION)},
    {"create", "no-create creators:g1", NO(CREATION)},
    {"create", "creators:g1", YES(GROUP)},
    {"create", "creators:g0 creators:g1 creators:g9", YES(GROUP)},
    {"create", "creators:g", NO(NOT_CREATOR)},
    {"create", "creators:g11", NO(NOT_CREATOR)},
    {"create", "not-everyone", NO(NO_GROUP_LEFT)},
    {"create", "no-lists", NO(NO_GROUP_LEFT)},
    {"create", "no-lists creators:g1", NO(NO_GROUP_LEFT)},
    {"create", "not-held", NO(NOT_SHARED)},
    {"create", "held-by:o", NO(NOT_SHARED)},
    {"create", "denied", NO(SUSPENDED)},

    /* Seeing an instance. */
    {"read", "", NO(NOT_OWNER)},
    {"read", "made-by:m", YES(CREATOR)},
    {"read", "made-by:m creators-only creators:g9", YES(CREATOR)},
    {"read", "made-by:m deleted", NO(DELETED)},
    {"read", "made-by:", NO(NOT_OWNER)},
    {"read", "own:0:member:m", YES(OWNER)},
    {"read", "own:1:member:m", YES(OWNER)},
    {"read", "own:2:member:m", YES(OWNER)},
    {"read", "own:2:group:g1", YES(OWNER)},
    {"read", "own:2:partner:n", YES(OWNER)},
    {"read", "own:2:partner:n creators-only creators:g9", YES(OWNER)},
    {"read", "own:3:member:m", NO(NOT_OWNER)},
    {"read", "own:-1:member:m", NO(NOT_OWNER)},
    {"read", "own:2:member:m2", NO(NOT_OWNER)},
    {"read", "own:2:member:g1", NO(NOT_OWNER)},
    {"read", "own:2:group:g3", NO(NOT_OWNER)},
    {"read", "own:2:group:m", NO(NOT_OWNER)},
    {"read", "own:2:partner:o", NO(NOT_OWNER)},
    {"read", "own:2:partner:m", NO(NOT_OWNER)},
    {"read", "own:2:everyone:m", NO(NOT_OWNER)},
    {"read", "own:2:Member:m", NO(NOT_OWNER)},
    {"read", "own:2:host_user:m own:2:host_group:g1", NO(NOT_OWNER)},
    {"read", "own:2:member", NO(NOT_OWNER)},
    {"read", "own:2", NO(NOT_OWNER)},
    {"read", "all-forms", YES(ALL_FORMS)},
    {"read", "all-forms deleted", NO(DELETED)},
    {"read", "all-forms creators-only", YES(ALL_FORMS)},
    {"read", "all-forms creators-only creators:g1", YES(ALL_FORMS)},
    {"read", "all-forms creators-only creators:g9", NO(NOT_CREATOR)},
    {"read", "all-forms creators-only not-everyone", NO(NO_GROUP_LEFT)},
    {"read", "all-forms creators-only creators:g9 own:1:group:g2", YES(OWNER)},
    {"read", "all-forms no-lists", YES(ALL_FORMS)},
    {"read", "no-lists", NO(NOT_OWNER)},
    {"read", "all-forms completed", YES(ALL_FORMS)},
    {"read", "all-forms not-held", NO(NOT_SHARED)},
    {"read", "all-forms no-instance", NO(NOT_SHARED)},
    {"read", "all-forms denied", NO(SUSPENDED)},
    /* … of another portal, partner, share or process, or nobody's, whoever made it. */
    {"read", "all-forms made-by:m own:1:member:m of-portal:q", NO(NOT_SHARED)},
    {"read", "all-forms made-by:m own:1:member:m of-partner:o", NO(NOT_SHARED)},
    {"read", "all-forms made-by:m own:1:member:m of-partner:o held-by:o", NO(NOT_SHARED)},
    {"read", "all-forms made-by:m own:1:member:m in-partner:o", NO(NOT_SHARED)},
    {"read", "all-forms made-by:m own:1:member:m held-by:o", NO(NOT_SHARED)},
    {"read", "all-forms made-by:m own:1:member:m of-share:t", NO(NOT_SHARED)},
    {"read", "all-forms made-by:m own:1:member:m of-process:d", NO(NOT_SHARED)},
    {"read", "all-forms made-by:m own:1:member:m of-portal:", NO(NOT_SHARED)},
    {"read", "all-forms made-by:m own:1:member:m of-partner: held-by: in-partner:", NO(NOT_SHARED)},

    /* Seeing a form. */
    {"form 0", "made-by:m", YES(CREATOR)},
    {"form 1", "made-by:m", NO(NOT_OWNER)},
    {"form 2", "made-by:m", NO(NOT_OWNER)},
    {"form 0", "made-by:m own:0:group:g9", YES(CREATOR)},
    {"form 0", "own:1:member:m", NO(NOT_OWNER)},
    {"form 1", "own:1:member:m", YES(OWNER)},
    {"form 2", "own:1:member:m", NO(NOT_OWNER)},
    {"form 2", "own:2:group:g2", YES(OWNER)}, /* one that is still to come */
    {"form 1", "own:1:partner:n completed", YES(OWNER)},
    {"form 0", "all-forms", YES(ALL_FORMS)},
    {"form 2", "all-forms", YES(ALL_FORMS)},
    {"form 2", "all-forms own:2:member:m", YES(OWNER)},
    {"form 0", "all-forms creators-only creators:g9", NO(NOT_CREATOR)},
    {"form 0", "all-forms creators-only creators:g9 own:2:group:g2", YES(ALL_FORMS)},
    {"form 3", "all-forms own:3:member:m", NO(NOT_OWNER)},
    {"form -1", "all-forms own:-1:member:m", NO(NOT_OWNER)},
    {"form 0", "all-forms deleted", NO(DELETED)},
    {"form 0", "all-forms not-held", NO(NOT_SHARED)},
    {"form 0", "denied made-by:m", NO(SUSPENDED)},

    /* Working on a form. */
    {"edit 1", "own:1:member:m", YES(OWNER)},
    {"edit 1", "own:1:group:g1", YES(OWNER)},
    {"edit 1", "own:1:partner:n", YES(OWNER)},
    {"edit 1", "own:0:member:m", NO(NOT_OWNER)},
    {"edit 0", "own:0:member:m", NO(NOT_CURRENT)},
    {"edit 2", "own:2:member:m", NO(NOT_CURRENT)},
    {"edit 0", "own:0:member:m current:0", YES(OWNER)},
    {"edit 0", "made-by:m current:0", NO(NOT_OWNER)}, /* its owners are gone: nobody */
    {"edit 1", "made-by:m", NO(NOT_OWNER)},
    {"edit 1", "all-forms", NO(NOT_OWNER)},
    {"edit 3", "made-by:m own:3:member:m completed", NO(COMPLETED)},
    {"edit 1", "made-by:m own:1:member:m completed current:1", NO(COMPLETED)},
    {"edit 3", "made-by:m own:3:member:m current:3", NO(NOT_OWNER)},
    {"edit -1", "made-by:m own:-1:member:m current:-1", NO(NOT_OWNER)},
    {"edit 1", "own:1:member:m deleted", NO(DELETED)},
    {"edit 1", "own:1:member:m of-partner:o", NO(NOT_SHARED)},
    {"edit 1", "own:1:member:m not-held", NO(NOT_SHARED)},
    {"edit 1", "own:1:member:m creators-only creators:g9", YES(OWNER)},

    /* Deleting: share and rule. */
    {"delete", "made-by:m", YES(CREATOR)},
    {"delete", "made-by:m no-delete", NO(DELETION_NOT_SHARED)},
    {"delete", "all-forms", NO(DELETION_RULE)},
    {"delete", "", NO(NOT_OWNER)},
    {"delete", "rule:anyone", NO(NOT_OWNER)},
    {"delete", "rule:anyone all-forms", YES(ANYONE)},
    {"delete", "rule:anyone own:0:member:m", YES(ANYONE)},
    {"delete", "rule:anyone all-forms no-delete", NO(DELETION_NOT_SHARED)},
    {"delete", "rule:form_owner own:1:group:g1", YES(OWNER)},
    {"delete", "rule:form_owner own:0:group:g1", NO(DELETION_RULE)},
    {"delete", "rule:form_owner made-by:m", NO(DELETION_RULE)},
    {"delete", "rule:form_owner made-by:m own:2:member:m completed", NO(DELETION_RULE)},
    {"delete", "rule:form_owner made-by:m own:3:member:m completed", NO(DELETION_RULE)},
    {"delete", "rule:form_owner own:1:group:g1 no-delete", NO(DELETION_NOT_SHARED)},
    {"delete", "rule:administrators made-by:m own:1:member:m", NO(DELETION_RULE)},
    {"delete", "rule:Anyone made-by:m", NO(DELETION_RULE)},
    {"delete", "rule:creators made-by:m", NO(DELETION_RULE)},
    {"delete", "rule: made-by:m", NO(DELETION_RULE)},
    {"delete", "made-by:m completed", YES(CREATOR)},
    {"delete", "made-by:m deleted", NO(DELETED)},
    {"delete", "made-by:m of-share:t", NO(NOT_SHARED)},

    /* Giving the current form to others. */
    {"assign", "own:1:member:m", YES(OWNER)},
    {"assign", "own:1:partner:n", YES(OWNER)},
    {"assign", "own:0:member:m own:2:member:m", NO(NOT_OWNER)},
    {"assign", "made-by:m", NO(NOT_OWNER)},
    {"assign", "own:1:member:m completed", NO(COMPLETED)},
    {"assign", "own:1:member:m deleted", NO(DELETED)},
    {"assign", "own:1:member:m not-held", NO(NOT_SHARED)},

    /* A host user is no member, whatever the ids. */
    {"read", "a-host-user own:1:member:m own:1:group:g1 own:1:partner:n", NO(NOT_OWNER)},

    /* The host: processes. */
    {"Pr", "", NO(RIGHT)},
    {"Pr", "sources", NO(RIGHT)},
    {"Pr", "auditor", YES(HOST)},
    {"Pr", "partner-manager", YES(HOST)},
    {"Pr", "designer", YES(HOST)},
    {"Pw", "designer", YES(HOST)},
    {"Pw", "administrator", YES(HOST)},
    {"Pw", "auditor", NO(RIGHT)},
    {"Pw", "partner-manager", NO(RIGHT)},
    {"Pr", "administers:host_user:h", YES(PROCESS_ADMINISTRATOR)},
    {"Pw", "administers:host_user:h", YES(PROCESS_ADMINISTRATOR)},
    {"Pw", "administers:host_group:k2", YES(PROCESS_ADMINISTRATOR)},
    {"Pw", "auditor administers:host_group:k2", YES(PROCESS_ADMINISTRATOR)},
    {"Pw", "administers:host_user:i administers:host_group:k3", NO(RIGHT)},
    {"Pw", "administers:member:h administers:group:k1 administers:host_user:k1", NO(RIGHT)},
    {"Pw", "administers:host_user:", NO(RIGHT)},
    {"Pw", "denied administers:host_user:h", NO(SUSPENDED)},

    /* The host: instances. */
    {"READ", "", NO(RIGHT)},
    {"READ", "designer", NO(RIGHT)},
    {"READ", "auditor", YES(HOST)},
    {"READ", "partner-manager", YES(HOST)},
    {"READ", "administrator", YES(HOST)},
    {"READ", "administers:host_group:k1", YES(PROCESS_ADMINISTRATOR)},
    {"READ", "own:0:host_user:h", YES(OWNER)},
    {"READ", "own:2:host_group:k2", YES(OWNER)},
    {"READ", "own:2:member:h own:2:group:k2 own:2:partner:n", NO(RIGHT)},
    {"READ", "own:2:host_user:i own:2:host_group:k3", NO(RIGHT)},
    {"READ", "administrator deleted", NO(DELETED)},
    {"READ", "administrator no-instance", NO(RIGHT)},
    {"READ", "administrator denied", NO(SUSPENDED)},
    {"EDIT", "own:1:host_user:h", YES(OWNER)},
    {"EDIT", "own:1:host_group:k1", YES(OWNER)},
    {"EDIT", "own:0:host_user:h own:2:host_user:h", NO(NOT_OWNER)},
    {"EDIT", "administrator administers:host_user:h", NO(NOT_OWNER)},
    {"EDIT", "own:1:host_user:h completed", NO(COMPLETED)},
    {"EDIT", "own:1:host_user:h deleted", NO(DELETED)},
    {"DELETE", "administrator", YES(HOST)},
    {"DELETE", "administrator completed rule:administrators", YES(HOST)},
    {"DELETE", "partner-manager", NO(DELETION_RULE)},
    {"DELETE", "auditor", NO(DELETION_RULE)},
    {"DELETE", "administers:host_user:h", YES(PROCESS_ADMINISTRATOR)},
    {"DELETE", "own:1:host_user:h rule:form_owner", NO(DELETION_RULE)},
    {"DELETE", "administrator deleted", NO(DELETED)},
    {"REASSIGN", "administrator", YES(HOST)},
    {"REASSIGN", "administers:host_group:k1", YES(PROCESS_ADMINISTRATOR)},
    {"REASSIGN", "own:1:host_group:k1", YES(OWNER)},
    {"REASSIGN", "own:0:host_group:k1", NO(NOT_OWNER)},
    {"REASSIGN", "partner-manager", NO(NOT_OWNER)},
    {"REASSIGN", "auditor", NO(NOT_OWNER)},
    {"REASSIGN", "administrator completed", NO(COMPLETED)},
    {"COMMENT", "administrator", YES(HOST)},
    {"COMMENT", "partner-manager", YES(HOST)},
    {"COMMENT", "auditor", NO(RIGHT)},
    {"COMMENT", "auditor administers:host_user:h", YES(PROCESS_ADMINISTRATOR)},
    {"COMMENT", "own:0:host_user:h", YES(OWNER)},
    {"COMMENT", "", NO(RIGHT)},
};

#define CASES (int)(sizeof(cases) / sizeof(cases[0]))

static int is_of_host(const char *question)
{
    return *question >= 'A' && *question <= 'Z';
}

START_TEST(the_table)
{
    b2b_decision_t decision;
    scene_t s;

    scene(&s, is_of_host(cases[_i].question));
    change_all(&s, cases[_i].changes);
    decision = ask(&s, cases[_i].question);
    ck_assert_msg(decision.granted == cases[_i].granted && decision.reason == cases[_i].reason,
                  "%s with \"%s\": %d %s instead of %d %s", cases[_i].question, cases[_i].changes,
                  decision.granted, b2b_reason_word(decision.reason), cases[_i].granted,
                  b2b_reason_word(cases[_i].reason));
}
END_TEST

/* What holds of each line: who may do more may see it, and a list shows exactly what may be seen. */
START_TEST(what_follows_from_what)
{
    b2b_decision_t read;
    b2b_instances_e list;
    scene_t s;
    int form, is_own;

    if (is_of_host(cases[_i].question)) {
        return;
    }
    scene(&s, 0);
    change_all(&s, cases[_i].changes);
    read = ask(&s, "read");
    for (form = -1; form <= 3; form++) {
        int sees = b2b_policy_form_read(s.member, &s.principal, s.shared, s.facts, form).granted;

        ck_assert(!sees || read.granted);
        ck_assert(!b2b_policy_form_edit(s.member, &s.principal, s.shared, s.facts, form).granted ||
                  (sees && form == s.instance.current_form));
        ck_assert(!(read.granted && b2b_policy_owns(&s.principal, s.facts, form)) || sees);
    }
    ck_assert(!ask(&s, "delete").granted || read.granted);
    ck_assert(!ask(&s, "assign").granted || read.granted);
    list = b2b_policy_instances(s.member, &s.principal, s.shared);
    if (!s.facts || read.reason == B2B_REASON_DENIED_NOT_SHARED || s.instance.deleted) {
        return;
    }
    is_own = (s.instance.created_by && strcmp(s.instance.created_by, s.principal.id) == 0) ||
             b2b_policy_owns(&s.principal, s.facts, 0) ||
             b2b_policy_owns(&s.principal, s.facts, 1) || b2b_policy_owns(&s.principal, s.facts, 2);
    ck_assert_int_eq(read.granted,
                     list == B2B_INSTANCES_ALL || (list == B2B_INSTANCES_OWN && is_own));
}
END_TEST

/* Every reason that is about shared processes and instances is somewhere in the table. */
START_TEST(every_reason_is_given)
{
    int reason, i;

    for (reason = 0; reason < B2B_REASON_COUNT; reason++) {
        int of_here = (reason >= B2B_REASON_GRANTED_SHARED &&
                       reason <= B2B_REASON_GRANTED_PROCESS_ADMINISTRATOR) ||
                      reason >= B2B_REASON_DENIED_NOT_SHARED;

        for (i = 0; of_here && i < CASES && (int)cases[i].reason != reason; i++) {
        }
        ck_assert_msg(!of_here || i < CASES, "nothing is answered with %s",
                      b2b_reason_word((b2b_reason_e)reason));
    }
}
END_TEST

START_TEST(owning_nothing_that_is_not_there)
{
    scene_t s;

    scene(&s, 0);
    change_all(&s, "own:1:member:m own:3:member:m own:-1:member:m");
    ck_assert(b2b_policy_owns(&s.principal, s.facts, 1));
    ck_assert(!b2b_policy_owns(&s.principal, s.facts, 0));
    ck_assert(!b2b_policy_owns(&s.principal, s.facts, 3));
    ck_assert(!b2b_policy_owns(&s.principal, s.facts, -1));
    ck_assert(!b2b_policy_owns(NULL, s.facts, 1));
    ck_assert(!b2b_policy_owns(&s.principal, NULL, 1));
    ck_assert(!b2b_policy_administers(&s.principal, NULL));
    ck_assert(!b2b_policy_host_instance(s.host, &s.principal, NULL, s.facts, 99).granted);
    ck_assert(!b2b_policy_share(s.member, &s.principal, NULL, "s").granted);
}
END_TEST

Suite *unit_suite(void)
{
    Suite *suite = suite_create("policy: shared processes and instances");
    TCase *tc = unit_case(suite, "instances");

    tcase_add_loop_test(tc, the_table, 0, CASES);
    tcase_add_loop_test(tc, what_follows_from_what, 0, CASES);
    tcase_add_test(tc, every_reason_is_given);
    tcase_add_test(tc, owning_nothing_that_is_not_there);
    return suite;
}
