/* SPDX-License-Identifier: Apache-2.0 */
/*
 * make bench-decide: the decision alone, without httpd: the host name's portal, the member by identity, the
 * group or placement by name, an instance's share and process, the policy. Nothing is loaded or locked here: what
 * this prints is the price of thinking, and it must not depend on how many portals, members or groups there are,
 * nor on what other partners hold.
 *
 *   decide [--check]     with --check it fails where the median is over 1 µs
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <apr_general.h>
#include <apr_strings.h>

#include "policy/policy.h"

#define DECISIONS 1000000
#define WARM_UP   20000
#define ISSUER    "https://login.example/realm"
#define TARGET_NS 1000
#define SHARES    5 /* that each partner holds, with PROCESSES each */
#define PROCESSES 3
#define FORMS     3

/* Deterministic, so that two runs ask the same questions. */
static apr_uint64_t state = 88172645463325252ULL;

static unsigned chance(unsigned below)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (unsigned)((state >> 11) % below);
}

typedef struct {
    const char *label; /* what the host name begins with */
    const char *key;   /* portal id and identity, as the cache of people is keyed */
    b2b_identity_t identity;
    const char *group;
    const char *placement;
    b2b_instance_facts_t facts; /* of an instance of the person's partner */
    int form;                   /* its current one */
} question_t;

typedef struct {
    b2b_directory_t directory;
    apr_hash_t *portals; /* id → snapshot */
    apr_hash_t *people;  /* key → principal */
    question_t *questions;
    int count;
} world_t;

static apr_array_header_t *some_groups(int groups, int portal, int least, apr_pool_t *pool)
{
    apr_array_header_t *ids = apr_array_make(pool, 4, sizeof(const char *));
    int first = (int)chance((unsigned)groups);

    for (int g = 0; g < groups && ids->nelts < least; g++) {
        if ((g + first) % 7 == 0 || groups - g <= least - ids->nelts) {
            APR_ARRAY_PUSH(ids, const char *) = apr_psprintf(pool, "g-%05d-%04d", portal, g);
        }
    }
    return ids;
}

/* How much there is of everything in one portal. */
typedef struct {
    int portals;
    int members;
    int groups;
    int placements;
    int partners;
} size_of_t;

static void make_grants(b2b_portal_snapshot_t *portal, int number, const size_of_t *size,
                        apr_pool_t *pool)
{
    portal->grants = apr_hash_make(pool);
    for (int n = 0; n < size->partners; n++) {
        const char *partner_id = apr_psprintf(pool, "partner-%05d-%d", number, n);
        apr_array_header_t *grants = apr_array_make(pool, SHARES, sizeof(b2b_snapshot_grant_t));

        for (int s = 0; s < SHARES; s++) {
            b2b_snapshot_grant_t *grant = apr_array_push(grants);
            apr_array_header_t *processes = apr_array_make(pool, PROCESSES,
                                                           sizeof(b2b_snapshot_shared_process_t));

            grant->share_id = apr_psprintf(pool, "share-%d", s);
            grant->partner_id = partner_id;
            grant->revision = 1;
            grant->processes = processes;
            for (int p = 0; p < PROCESSES; p++) {
                b2b_snapshot_shared_process_t *shared = apr_array_push(processes);

                memset(shared, 0, sizeof(*shared));
                shared->partner_id = partner_id;
                shared->share_id = grant->share_id;
                shared->process_id = apr_psprintf(pool, "process-%d", p);
                shared->allow_create = shared->creators_only_open = 1;
                shared->all_forms = p % 2;
                shared->security.mode = p % 3 ? B2B_SECURITY_OFF : B2B_SECURITY_ASSIGNED;
                shared->security.partner = 1;
                shared->creator_groups = some_groups(size->groups, number, 2, pool);
            }
        }
        apr_hash_set(portal->grants, partner_id, APR_HASH_KEY_STRING, grants);
    }
}

/* Each form of an instance belongs to two groups and somebody. */
static void make_facts(b2b_instance_facts_t *facts, int portal, int partner, const size_of_t *size,
                       apr_pool_t *pool)
{
    apr_array_header_t *owners = apr_array_make(pool, FORMS * 3, sizeof(b2b_instance_owner_t));

    facts->portal_id = apr_psprintf(pool, "portal-%05d", portal);
    facts->partner_id = apr_psprintf(pool, "partner-%05d-%d", portal, partner);
    facts->share_id = apr_psprintf(pool, "share-%u", chance(SHARES));
    facts->process_id = apr_psprintf(pool, "process-%u", chance(PROCESSES));
    facts->created_by_kind = "member";
    facts->created_by = apr_psprintf(pool, "member-%05d-%05u", portal,
                                     chance((unsigned)size->members));
    facts->form_count = FORMS;
    facts->delete_rule = "creator";
    facts->owners = owners;
    for (int f = 0; f < FORMS; f++) {
        for (int o = 0; o < 3; o++) {
            b2b_instance_owner_t *owner = apr_array_push(owners);

            owner->form = f;
            owner->kind = o < 2 ? "group" : "member";
            owner->principal_id = o < 2 ? apr_psprintf(pool, "g-%05d-%04u", portal,
                                                       chance((unsigned)size->groups))
                                        : apr_psprintf(pool, "member-%05d-%05u", portal,
                                                       chance((unsigned)size->members));
        }
    }
}

static b2b_portal_snapshot_t *make_portal(int number, const size_of_t *size, apr_pool_t *pool)
{
    int groups = size->groups, placements = size->placements;
    b2b_portal_snapshot_t *portal = apr_pcalloc(pool, sizeof(*portal));
    apr_array_header_t *issuers = apr_array_make(pool, 1, sizeof(b2b_issuer_t));
    apr_array_header_t *placed = apr_array_make(pool, placements, sizeof(b2b_snapshot_placement_t));
    b2b_issuer_t *issuer = apr_array_push(issuers);

    issuer->issuer = ISSUER;
    issuer->label = "Example";
    portal->id = apr_psprintf(pool, "portal-%05d", number);
    portal->technical_name = apr_psprintf(pool, "p%05d", number);
    portal->state = B2B_STATE_ACTIVE;
    portal->issuers = issuers;
    portal->partners = apr_hash_make(pool);
    portal->partners_by_name = apr_hash_make(pool);
    portal->groups_by_name = apr_hash_make(pool);
    portal->group_names = apr_hash_make(pool);
    portal->placements_by_name = apr_hash_make(pool);
    portal->placements = placed;
    for (int p = 0; p < size->partners; p++) {
        b2b_snapshot_partner_t *partner = apr_pcalloc(pool, sizeof(*partner));

        partner->id = apr_psprintf(pool, "partner-%05d-%d", number, p);
        partner->name = apr_psprintf(pool, "partner %d", p);
        partner->state = B2B_STATE_ACTIVE;
        apr_hash_set(portal->partners, partner->id, APR_HASH_KEY_STRING, partner);
        apr_hash_set(portal->partners_by_name, partner->name, APR_HASH_KEY_STRING, partner);
    }
    for (int g = 0; g < groups; g++) {
        const char *id = apr_psprintf(pool, "g-%05d-%04d", number, g);
        const char *name = apr_psprintf(pool, "group %d", g);

        apr_hash_set(portal->groups_by_name, name, APR_HASH_KEY_STRING, id);
        apr_hash_set(portal->group_names, id, APR_HASH_KEY_STRING, name);
    }
    for (int d = 0; d < placements; d++) {
        b2b_snapshot_placement_t *placement = apr_array_push(placed);

        memset(placement, 0, sizeof(*placement));
        placement->id = apr_psprintf(pool, "placement-%05d-%d", number, d);
        placement->name = apr_psprintf(pool, "dashboard %d", d);
        placement->everyone = d % 3 == 0;
        placement->groups = some_groups(groups, number, placement->everyone ? 0 : 3, pool);
    }
    for (int d = 0; d < placements; d++) {
        b2b_snapshot_placement_t *placement = &APR_ARRAY_IDX(placed, d, b2b_snapshot_placement_t);
        apr_array_header_t *same = apr_array_make(pool, 1, sizeof(b2b_snapshot_placement_t *));

        APR_ARRAY_PUSH(same, b2b_snapshot_placement_t *) = placement;
        apr_hash_set(portal->placements_by_name, placement->name, APR_HASH_KEY_STRING, same);
    }
    make_grants(portal, number, size, pool);
    return portal;
}

static void make_world(world_t *world, const size_of_t *size, apr_pool_t *pool)
{
    int portals = size->portals, members = size->members, groups = size->groups;
    int placements = size->placements;

    world->directory.by_name = apr_hash_make(pool);
    world->portals = apr_hash_make(pool);
    world->people = apr_hash_make(pool);
    world->count = 4096;
    world->questions = apr_pcalloc(pool, sizeof(question_t) * (apr_size_t)world->count);
    for (int p = 0; p < portals; p++) {
        b2b_portal_snapshot_t *portal = make_portal(p, size, pool);
        b2b_directory_entry_t *entry = apr_pcalloc(pool, sizeof(*entry));

        entry->id = portal->id;
        entry->technical_name = portal->technical_name;
        entry->state = B2B_STATE_ACTIVE;
        apr_hash_set(world->directory.by_name, entry->technical_name, APR_HASH_KEY_STRING, entry);
        apr_hash_set(world->portals, portal->id, APR_HASH_KEY_STRING, portal);
        for (int m = 0; m < members; m++) {
            b2b_principal_t *person = apr_pcalloc(pool, sizeof(*person));

            person->kind = B2B_PRINCIPAL_MEMBER;
            person->id = apr_psprintf(pool, "member-%05d-%05d", p, m);
            person->portal_id = portal->id;
            person->partner_id = apr_psprintf(pool, "partner-%05d-%d", p, m % size->partners);
            person->role = B2B_MEMBER_VIEWER;
            person->state = m % 20 == 19 ? B2B_STATE_SUSPENDED : B2B_STATE_ACTIVE;
            person->groups = some_groups(groups, p, 3, pool);
            apr_hash_set(world->people,
                         apr_psprintf(pool, "%s\n%s\nsubject-%05d", portal->id, ISSUER, m),
                         APR_HASH_KEY_STRING, person);
        }
    }
    for (int q = 0; q < world->count; q++) {
        question_t *question = &world->questions[q];
        int p = (int)chance((unsigned)portals);
        int m = (int)chance((unsigned)members + 1); /* one of them is nobody we know */

        question->label = apr_psprintf(pool, "p%05d", p);
        question->identity.issuer = ISSUER;
        question->identity.subject = apr_psprintf(pool, "subject-%05d", m);
        question->key = apr_psprintf(pool, "portal-%05d\n%s\nsubject-%05d", p, ISSUER, m);
        question->group = apr_psprintf(pool, "group %u", chance((unsigned)groups));
        question->placement = apr_psprintf(pool, "dashboard %u", chance((unsigned)placements));
        make_facts(&question->facts, p, m % size->partners, size, pool);
        question->form = (int)chance(FORMS);
        question->facts.current_forms = (apr_uint64_t)1 << question->form;
    }
}

static int decide(const world_t *world, const question_t *question, apr_time_t now)
{
    const b2b_directory_entry_t *entry = apr_hash_get(world->directory.by_name, question->label,
                                                      APR_HASH_KEY_STRING);
    const b2b_portal_snapshot_t *portal = apr_hash_get(world->portals, entry->id,
                                                       APR_HASH_KEY_STRING);
    const b2b_principal_t *person = apr_hash_get(world->people, question->key, APR_HASH_KEY_STRING);
    b2b_decision_t member = b2b_policy_member(portal, &question->identity, person, now);
    const char *group = apr_hash_get(portal->groups_by_name, question->group, APR_HASH_KEY_STRING);
    const apr_array_header_t *placed = apr_hash_get(portal->placements_by_name, question->placement,
                                                    APR_HASH_KEY_STRING);
    b2b_decision_t in_group = b2b_policy_member_group(member, person, group);
    b2b_decision_t open = b2b_policy_placement(member, person,
                                               APR_ARRAY_IDX(placed, 0,
                                                             const b2b_snapshot_placement_t *));

    return member.granted + 2 * in_group.granted + 4 * open.granted;
}

/* The same person, and an instance of their partner: may they work on it? */
static int decide_instance(const world_t *world, const question_t *question, apr_time_t now)
{
    const b2b_directory_entry_t *entry = apr_hash_get(world->directory.by_name, question->label,
                                                      APR_HASH_KEY_STRING);
    const b2b_portal_snapshot_t *portal = apr_hash_get(world->portals, entry->id,
                                                       APR_HASH_KEY_STRING);
    const b2b_principal_t *person = apr_hash_get(world->people, question->key, APR_HASH_KEY_STRING);
    const b2b_instance_facts_t *facts = &question->facts;
    b2b_decision_t member = b2b_policy_member(portal, &question->identity, person, now);
    const b2b_snapshot_shared_process_t *shared =
        person ? b2b_snapshot_shared_process(portal, person->partner_id, facts->share_id,
                                             facts->process_id)
               : NULL;
    /* The longest of the questions: it asks first whether they may see it. */
    b2b_decision_t edit = b2b_policy_form_edit(member, person, shared, facts, question->form);

    return edit.granted + 2 * member.granted;
}

/* An instance's facts have just been read when somebody is judged: have them at hand. */
static apr_size_t touch(const b2b_instance_facts_t *facts)
{
    apr_size_t length = strlen(facts->partner_id) + strlen(facts->share_id) +
                        strlen(facts->process_id) + strlen(facts->created_by);

    for (int i = 0; i < facts->owners->nelts; i++) {
        length += strlen(APR_ARRAY_IDX(facts->owners, i, b2b_instance_owner_t).principal_id);
    }
    return length;
}

typedef int (*decide_t)(const world_t *world, const question_t *question, apr_time_t now);

static apr_int64_t nanoseconds(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (apr_int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static int ascending(const void *a, const void *b)
{
    apr_int32_t left = *(const apr_int32_t *)a, right = *(const apr_int32_t *)b;

    return (left > right) - (left < right);
}

/* Print one line; return the median in nanoseconds. */
static apr_int32_t measure(const char *what, decide_t decide_one, const size_of_t *size,
                           apr_pool_t *parent)
{
    apr_pool_t *pool;
    world_t world;
    apr_int32_t *samples, clock_cost;
    apr_time_t now = apr_time_now();
    long granted = 0, answered = 0;

    apr_pool_create(&pool, parent);
    make_world(&world, size, pool);
    samples = malloc(sizeof(*samples) * DECISIONS);
    if (!samples) {
        abort();
    }
    for (int i = 0; i < DECISIONS; i++) {
        apr_int64_t start = nanoseconds();

        samples[i] = (apr_int32_t)(nanoseconds() - start);
    }
    qsort(samples, DECISIONS, sizeof(*samples), ascending);
    clock_cost = samples[DECISIONS / 2];
    for (int i = -WARM_UP; i < DECISIONS; i++) {
        const question_t *question = &world.questions[chance((unsigned)world.count)];
        apr_size_t length = decide_one == decide_instance ? touch(&question->facts) : 1;
        apr_int64_t start = nanoseconds();
        int answer = decide_one(&world, question, now);
        apr_int64_t taken = nanoseconds() - start;

        if (i >= 0) {
            samples[i] = (apr_int32_t)(taken - clock_cost);
            granted += answer & 1;
            answered += answer != 0 && length != 0;
        }
    }
    qsort(samples, DECISIONS, sizeof(*samples), ascending);
    printf("%-9s %5d x %5d members x %4d groups x %4d placements x %5d partners %6d ns %6d ns "
           "%6d ns  %4.1f %% granted\n",
           what, size->portals, size->members, size->groups, size->placements, size->partners,
           samples[DECISIONS / 2], samples[DECISIONS / 100 * 90], samples[DECISIONS / 100 * 99],
           100.0 * (double)granted / DECISIONS);
    if (granted == 0 || granted == DECISIONS || answered < granted) {
        printf("The questions are no good: all answers are the same.\n");
        exit(1);
    }
    clock_cost = samples[DECISIONS / 2];
    free(samples);
    apr_pool_destroy(pool);
    return clock_cost;
}

int main(int argc, char **argv)
{
    static const size_of_t sizes[] = {{1, 10, 20, 10, 4},
                                      {1000, 100, 20, 10, 4},
                                      {100, 1000, 200, 100, 4},
                                      {1, 1000, 200, 100, 4},
                                      {1, 1000, 200, 100, 5000}};
    apr_pool_t *pool;
    apr_int32_t worst = 0;

    apr_initialize();
    atexit(apr_terminate);
    apr_pool_create(&pool, NULL);
    printf("the decision alone, %d of each:\n%85s %9s %9s %9s\n", DECISIONS, "", "median", "p90",
           "p99");
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        apr_int32_t people = measure("dashboard", decide, &sizes[i], pool);
        apr_int32_t instances = measure("instance", decide_instance, &sizes[i], pool);

        worst = people > worst ? people : worst;
        worst = instances > worst ? instances : worst;
    }
    printf("target: median at most %d ns: %s\n", TARGET_NS,
           worst <= TARGET_NS ? "reached" : "MISSED");
    return argc > 1 && strcmp(argv[1], "--check") == 0 && worst > TARGET_NS;
}
