/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Decisions on shared processes and instances. The scene's fields:
 *   grants          SHARE,PARTNER,REVISION,PROCESS,PROCESS…|… with PROCESS as ID:VERSION:FLAGS:GROUP;GROUP…:SECURITY; the
 *                   flags are allow_create, creators_everyone, creators_only_open, allow_delete, all_forms; SECURITY is
 *                   MODE:PARTNER:GROUP;GROUP…, MODE f: off, v: others view, a: assigned, else only
 *   instance        PORTAL|PARTNER|SHARE|PROCESS|KIND:CREATOR|CURRENT|FORMS|COMPLETED|DELETED|RULE|FORM:KIND:ID,…|ACTION,… or "-",
 *                   with ACTION as FORM:KIND:TO:FORM_OWNERS:PARTNER:GROUP;GROUP…:USER;USER…:GROUP;GROUP…;
 *                   CURRENT has a bit for each current form
 *   look-up         PARTNER:SHARE:PROCESS, or "-": as it should be, by the member's own partner
 *   administrators  KIND:ID,…
 *   security        for host users: MODE:USER;USER…:GROUP;GROUP…
 * The question B asks of a start by the host: B, three flags (portal active, partner there, held), KIND:ID;… of its
 * openers.
 */

#include <stdlib.h>
#include <string.h>

#include "decide.h"

static const apr_array_header_t *groups_read(char *text, apr_pool_t *pool)
{
    char *c;

    for (c = text; *c; c++) {
        *c = *c == ';' ? ',' : *c;
    }
    return list(text, pool);
}

/* MODE by its letter; what is no mode is the narrowest, as forms/ reads it. */
static b2b_security_mode_e mode_read(const char *mode)
{
    switch (*mode) {
    case 'f':
        return B2B_SECURITY_OFF;
    case 'v':
        return B2B_SECURITY_OTHERS_VIEW;
    case 'a':
        return B2B_SECURITY_ASSIGNED;
    default:
        return B2B_SECURITY_ONLY;
    }
}

static void host_security_read(b2b_process_security_t *security, char *text, apr_pool_t *pool)
{
    char *parts[PARTS_MAX];

    if (!*text) {
        return;
    }
    split(parts, text, ':');
    security->mode = mode_read(parts[0]);
    security->host_users = groups_read(parts[1], pool);
    security->host_groups = groups_read(parts[2], pool);
}

static void process_read(b2b_snapshot_shared_process_t *p, char *text, apr_pool_t *pool)
{
    char *parts[PARTS_MAX];

    split(parts, text, ':');
    memset(p, 0, sizeof(*p));
    p->security.mode = mode_read(parts[4]);
    p->security.partner = parts[5][0] == '1';
    p->security.groups = groups_read(parts[6], pool);
    p->process_id = parts[0];
    p->process_version = atoi(parts[1]);
    p->allow_create = parts[2][0] == '1';
    p->creators_everyone = parts[2][1] == '1';
    p->creators_only_open = parts[2][2] == '1';
    p->allow_delete = parts[2][3] == '1';
    p->all_forms = parts[2][4] == '1';
    p->creator_groups = groups_read(parts[3], pool);
}

static void grant_read(apr_hash_t *grants, char *text, apr_pool_t *pool)
{
    apr_array_header_t *processes = apr_array_make(pool, 2, sizeof(b2b_snapshot_shared_process_t));
    apr_array_header_t *same;
    b2b_snapshot_grant_t *grant;
    char *parts[PARTS_MAX];
    int i, count = split(parts, text, ',');

    same = apr_hash_get(grants, parts[1], APR_HASH_KEY_STRING);
    if (!same) {
        same = apr_array_make(pool, 2, sizeof(b2b_snapshot_grant_t));
        apr_hash_set(grants, parts[1], APR_HASH_KEY_STRING, same);
    }
    grant = apr_array_push(same); /* the line has them in ascending order */
    grant->share_id = parts[0];
    grant->partner_id = parts[1];
    grant->revision = atoi(parts[2]);
    grant->processes = processes;
    for (i = 3; i < count; i++) {
        b2b_snapshot_shared_process_t *p = apr_array_push(processes);

        process_read(p, parts[i], pool);
        p->partner_id = grant->partner_id;
        p->share_id = grant->share_id;
    }
}

static void grants_read(b2b_portal_snapshot_t *portal, char *text, apr_pool_t *pool)
{
    char *parts[PARTS_MAX];
    int i, count = *text ? split(parts, text, '|') : 0;

    portal->grants = apr_hash_make(pool);
    for (i = 0; i < count; i++) {
        grant_read(portal->grants, parts[i], pool);
    }
}

static const apr_array_header_t *owners_read(char *text, apr_pool_t *pool)
{
    apr_array_header_t *words = list(text, pool);
    apr_array_header_t *owners = apr_array_make(pool, 4, sizeof(b2b_instance_owner_t));
    int i;

    for (i = 0; i < words->nelts; i++) {
        b2b_instance_owner_t *owner = apr_array_push(owners);
        char *parts[PARTS_MAX];

        split(parts, APR_ARRAY_IDX(words, i, char *), ':');
        owner->form = atoi(parts[0]);
        owner->kind = nullable(parts[1]);
        owner->principal_id = nullable(parts[2]);
    }
    return owners;
}

static b2b_action_kind_e kind_read(const char *word)
{
    return strcmp(word, "go_to") == 0      ? B2B_ACTION_GO_TO
           : strcmp(word, "edit") == 0     ? B2B_ACTION_EDIT
           : strcmp(word, "reassign") == 0 ? B2B_ACTION_REASSIGN
                                           : B2B_ACTION_NONE;
}

static const apr_array_header_t *actions_read(char *text, apr_pool_t *pool)
{
    apr_array_header_t *words = list(text, pool);
    apr_array_header_t *actions = apr_array_make(pool, 2, sizeof(b2b_action_facts_t));
    int i;

    for (i = 0; i < words->nelts; i++) {
        b2b_action_facts_t *action = apr_array_push(actions);
        char *parts[PARTS_MAX];

        split(parts, APR_ARRAY_IDX(words, i, char *), ':');
        action->form = atoi(parts[0]);
        action->kind = kind_read(parts[1]);
        action->to = atoi(parts[2]);
        action->form_owners = parts[3][0] == '1';
        action->partner = parts[4][0] == '1';
        action->groups = groups_read(parts[5], pool);
        action->host_users = groups_read(parts[6], pool);
        action->host_groups = groups_read(parts[7], pool);
    }
    return actions;
}

static void instance_read(facts_t *facts, char *text, apr_pool_t *pool)
{
    b2b_instance_facts_t *i = &facts->instance;
    char *parts[PARTS_MAX], *creator[PARTS_MAX];

    if (!nullable(text)) {
        return;
    }
    split(parts, text, '|');
    split(creator, parts[4], ':');
    i->portal_id = nullable(parts[0]);
    i->partner_id = nullable(parts[1]);
    i->share_id = nullable(parts[2]);
    i->process_id = nullable(parts[3]);
    i->created_by_kind = nullable(creator[0]);
    i->created_by = nullable(creator[1]);
    i->current_forms = (apr_uint64_t)strtoull(parts[5], NULL, 10);
    i->form_count = atoi(parts[6]);
    i->completed = atoi(parts[7]);
    i->deleted = atoi(parts[8]);
    i->delete_rule = nullable(parts[9]);
    i->owners = owners_read(parts[10], pool);
    i->actions = actions_read(parts[11], pool);
    facts->facts = i;
}

/* Of KIND:ID. */
static const apr_array_header_t *refs_of(const apr_array_header_t *words)
{
    apr_array_header_t *refs = apr_array_make(words->pool, 2, sizeof(b2b_host_ref_t));
    int i;

    for (i = 0; i < words->nelts; i++) {
        b2b_host_ref_t *ref = apr_array_push(refs);
        char *parts[PARTS_MAX];

        split(parts, APR_ARRAY_IDX(words, i, char *), ':');
        ref->kind = nullable(parts[0]);
        ref->id = nullable(parts[1]);
        ref->name = NULL;
    }
    return refs;
}

facts_t *facts_read(char **fields, b2b_portal_snapshot_t *portal, const b2b_principal_t *principal,
                    apr_pool_t *pool)
{
    facts_t *facts = apr_pcalloc(pool, sizeof(*facts));
    char *parts[PARTS_MAX];

    if (portal) {
        grants_read(portal, fields[0], pool);
    }
    instance_read(facts, fields[1], pool);
    facts->administrators = refs_of(list(fields[3], pool));
    host_security_read(&facts->security, fields[4], pool);
    if (nullable(fields[2])) {
        split(parts, fields[2], ':');
        facts->shared = b2b_snapshot_shared_process(portal, parts[0], parts[1], parts[2]);
    }
    else if (facts->facts && principal) {
        facts->shared = b2b_snapshot_shared_process(portal, principal->partner_id,
                                                    facts->instance.share_id,
                                                    facts->instance.process_id);
    }
    return facts;
}

/* SHARE:PROCESS as the principal's partner holds it, or SHARE:PROCESS:PARTNER as another does. */
static const b2b_snapshot_shared_process_t *held(char *text, const b2b_portal_snapshot_t *portal,
                                                 const b2b_principal_t *principal)
{
    char *parts[PARTS_MAX];
    int count = split(parts, text, ':');

    return principal
               ? b2b_snapshot_shared_process(portal, count > 2 ? parts[2] : principal->partner_id,
                                             parts[0], parts[1])
               : NULL;
}

static b2b_decision_t start_ask(char *text, const facts_t *facts, const b2b_principal_t *principal,
                                b2b_decision_t host)
{
    apr_array_header_t *words = (apr_array_header_t *)groups_read(text + 3,
                                                                  facts->administrators->pool);
    b2b_start_facts_t start = {0};

    start.portal_active = text[0] == '1';
    start.partner_there = text[1] == '1';
    start.administrators = facts->administrators;
    start.openers = refs_of(words);
    start.security = facts->security;
    return b2b_policy_host_start(host, principal, text[2] == '1' ? &start : NULL);
}

static void say_list(b2b_instances_e instances)
{
    static const char *const words[] = {"none", "own", "all"};

    say(instances != B2B_INSTANCES_NONE, words[instances]);
}

static const b2b_action_facts_t *action_at(const facts_t *facts, int number)
{
    return facts->facts && number < facts->instance.actions->nelts
               ? &APR_ARRAY_IDX(facts->instance.actions, number, b2b_action_facts_t)
               : NULL;
}

int facts_answer(char *question, const facts_t *facts, const b2b_portal_snapshot_t *portal,
                 const b2b_principal_t *principal, b2b_decision_t member, b2b_decision_t host)
{
    const b2b_snapshot_shared_process_t *shared = facts->shared;
    char *rest = question + 1;
    char *parts[PARTS_MAX];

    switch (*question) {
    case 'S':
        tell(b2b_policy_share(member, principal, portal, nullable(rest)));
        break;
    case 'O':
        tell(b2b_policy_process_open(member, principal, held(rest, portal, principal)));
        break;
    case 'C':
        tell(b2b_policy_instance_create(member, principal, held(rest, portal, principal)));
        break;
    case 'I':
        say_list(b2b_policy_instances(member, principal, held(rest, portal, principal)));
        break;
    case 'i':
        tell(b2b_policy_instance_read(member, principal, shared, facts->facts));
        break;
    case 'f':
        tell(b2b_policy_form_read(member, principal, shared, facts->facts, atoi(rest)));
        break;
    case 'e':
        tell(b2b_policy_form_edit(member, principal, shared, facts->facts, atoi(rest)));
        break;
    case 'd':
        tell(b2b_policy_instance_delete(member, principal, shared, facts->facts));
        break;
    case 't':
        tell(b2b_policy_instance_comment(member, principal, shared, facts->facts));
        break;
    case 'W':
        say(b2b_policy_waits(member, principal, held(rest, portal, principal)), "");
        break;
    case 'a':
        tell(b2b_policy_instance_reassign(member, principal, shared, facts->facts, atoi(rest)));
        break;
    case 'g':
        tell(b2b_policy_instance_action(member, principal, shared, facts->facts,
                                        action_at(facts, atoi(rest))));
        break;
    case 'k':
        tell(b2b_policy_host_action(host, principal, facts->administrators, &facts->security,
                                    facts->facts, action_at(facts, atoi(rest))));
        break;
    case 'w':
        say(b2b_policy_owns(principal, facts->facts, atoi(rest)), "");
        break;
    case 'p':
        tell(b2b_policy_process(host, principal, facts->administrators, atoi(rest)));
        break;
    case 'B':
        tell(start_ask(rest, facts, principal, host));
        break;
    case 'h':
        split(parts, rest, ':');
        tell(b2b_policy_host_instance(host, principal, facts->administrators, &facts->security,
                                      facts->facts, (b2b_instance_act_e)atoi(parts[0]),
                                      atoi(parts[1])));
        break;
    default:
        return 0;
    }
    return 1;
}
