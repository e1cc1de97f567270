/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who gains and who loses something by a sending. Everything that a revision lets people do is a thing with
 * its audience; a person gains who is in one audience after, and was not before.
 */

#include <string.h>

#include "model/share_private.h"

/** Everyone of the partner, or these groups. */
typedef struct {
    int everyone;
    apr_array_header_t *groups; /* ids, ascending */
} crew_t;

/** Who may do one thing: who is in both. */
typedef struct {
    crew_t may;     /* as the share says */
    crew_t secured; /* as the process's security leaves it: everyone, or its users */
} audience_t;

typedef struct {
    b2b_db_conn_t *conn;
    const b2b_grant_t *grant;
    apr_hash_t *before;  /* thing → audience_t * */
    apr_hash_t *after;   /* the same */
    apr_hash_t *people;  /* group id, or "" for everyone → apr_hash_t * of member ids */
    apr_hash_t *gaining; /* member ids */
    apr_hash_t *losing;
    apr_pool_t *pool;
} crowd_t;

static void set_crew(crew_t *crew, const b2b_share_security_t *security, apr_hash_t *bindings,
                     apr_pool_t *pool)
{
    crew->everyone = security->everyone;
    crew->groups = b2b_security_groups(security, bindings, pool);
    if (crew->everyone) {
        crew->groups->nelts = 0;
    }
}

static void may(crowd_t *crowd, apr_hash_t *things, const char *act, const char *id,
                const b2b_share_security_t *security, const b2b_share_security_t *secured,
                apr_hash_t *bindings)
{
    audience_t *audience = apr_palloc(crowd->pool, sizeof(*audience));

    set_crew(&audience->may, security, bindings, crowd->pool);
    set_crew(&audience->secured, secured, bindings, crowd->pool);
    apr_hash_set(things, apr_pstrcat(crowd->pool, act, id, NULL), APR_HASH_KEY_STRING, audience);
}

/*
 * What PROCESS lets them do. "work" is to edit what one owns; who may delete is not told apart further: the rule is
 * that of each instance's own version.
 */
static b2b_error_t *process_things(crowd_t *crowd, apr_hash_t *things,
                                   const b2b_share_process_t *process, apr_hash_t *bindings)
{
    const b2b_share_security_t everyone = {1, apr_array_make(crowd->pool, 1, sizeof(const char *))};
    const b2b_share_security_t *open = process->creators_only_open ? &process->creators : &everyone;
    const char *id = process->process_id;
    b2b_share_security_t users;
    const b2b_share_security_t *create, *work, *all, *only;
    b2b_security_t security;

    B2B_ERR(b2b_process_security(&security, crowd->conn, id, process->version, crowd->pool,
                                 crowd->pool));
    users.everyone = security.partner;
    users.groups = security.partner_groups;
    only = security.mode == B2B_SECURITY_ONLY ? &users : &everyone;
    all = security.mode == B2B_SECURITY_ASSIGNED ? &users : only;
    work = security.mode == B2B_SECURITY_OTHERS_VIEW ? &users : only;
    create = security.mode == B2B_SECURITY_OFF ? &everyone : &users;
    may(crowd, things, "open ", id, open, only, bindings);
    may(crowd, things, "work ", id, &everyone, work, bindings);
    if (process->allow_create) {
        may(crowd, things, "create ", id, &process->creators, create, bindings);
    }
    if (process->allow_delete) {
        may(crowd, things, "delete ", id, open, work, bindings);
    }
    if (process->all_forms) {
        may(crowd, things, "all ", id, open, all, bindings);
    }
    return NULL;
}

/* Everything that DOCUMENT lets people of a partner do. */
static b2b_error_t *things_of(crowd_t *crowd, apr_hash_t *things,
                              const b2b_share_document_t *document, apr_hash_t *bindings)
{
    const b2b_share_security_t everyone = {1, apr_array_make(crowd->pool, 1, sizeof(const char *))};
    int i;

    may(crowd, things, "see", "", &everyone, &everyone, bindings);
    for (i = 0; i < document->processes->nelts; i++) {
        B2B_ERR(process_things(crowd, things,
                               &APR_ARRAY_IDX(document->processes, i, b2b_share_process_t),
                               bindings));
    }
    for (i = 0; i < document->dashboards->nelts; i++) {
        const b2b_share_dashboard_t *dashboard = &APR_ARRAY_IDX(document->dashboards, i,
                                                                b2b_share_dashboard_t);

        may(crowd, things, "dashboard ", dashboard->dashboard_id, &dashboard->security, &everyone,
            bindings);
    }
    return NULL;
}

/* The active people of the partner in GROUP_ID, or all of them for "". */
static b2b_error_t *people_of(apr_hash_t **people, crowd_t *crowd, const char *group_id)
{
    const b2b_grant_t *grant = crowd->grant;
    apr_int64_t now = (apr_int64_t)b2b_clock_now();
    b2b_db_rows_t *rows;

    *people = apr_hash_get(crowd->people, group_id, APR_HASH_KEY_STRING);
    if (*people) {
        return NULL;
    }
    if (*group_id) {
        B2B_ERR(b2b_db_query(&rows, crowd->conn, STMT_PLACEMENT_AUDIENCE_GROUP, crowd->pool,
                             "ssiss", grant->portal_id, group_id, now, grant->partner_id,
                             grant->partner_id));
    }
    else {
        B2B_ERR(b2b_db_query(&rows, crowd->conn, STMT_PLACEMENT_AUDIENCE_EVERYONE, crowd->pool,
                             "siss", grant->portal_id, now, grant->partner_id, grant->partner_id));
    }
    *people = apr_hash_make(crowd->pool);
    while (b2b_db_next(rows)) {
        apr_hash_set(*people, b2b_db_text(rows, 0), APR_HASH_KEY_STRING, grant);
    }
    apr_hash_set(crowd->people, group_id, APR_HASH_KEY_STRING, *people);
    return NULL;
}

static b2b_error_t *crew_people(apr_hash_t **people, crowd_t *crowd, const crew_t *crew)
{
    int i;

    if (crew->everyone) {
        return people_of(people, crowd, "");
    }
    *people = apr_hash_make(crowd->pool);
    for (i = 0; i < crew->groups->nelts; i++) {
        apr_hash_t *group;

        B2B_ERR(people_of(&group, crowd, APR_ARRAY_IDX(crew->groups, i, const char *)));
        *people = apr_hash_overlay(crowd->pool, group, *people);
    }
    return NULL;
}

/* All people of AUDIENCE (NULL: nobody). */
static b2b_error_t *audience_people(apr_hash_t **people, crowd_t *crowd, const audience_t *audience)
{
    apr_hash_t *may, *secured;
    apr_hash_index_t *i;

    if (audience && audience->secured.everyone) {
        return crew_people(people, crowd, &audience->may);
    }
    *people = apr_hash_make(crowd->pool);
    if (!audience) {
        return NULL;
    }
    B2B_ERR(crew_people(&may, crowd, &audience->may));
    B2B_ERR(crew_people(&secured, crowd, &audience->secured));
    for (i = apr_hash_first(crowd->pool, may); i; i = apr_hash_next(i)) {
        const char *id = apr_hash_this_key(i);

        if (apr_hash_get(secured, id, APR_HASH_KEY_STRING)) {
            apr_hash_set(*people, id, APR_HASH_KEY_STRING, id);
        }
    }
    return NULL;
}

static int crew_equal(const crew_t *a, const crew_t *b)
{
    int i;

    if (a->everyone != b->everyone || a->groups->nelts != b->groups->nelts) {
        return 0;
    }
    for (i = 0; i < a->groups->nelts; i++) {
        if (strcmp(APR_ARRAY_IDX(a->groups, i, const char *),
                   APR_ARRAY_IDX(b->groups, i, const char *)) != 0) {
            return 0;
        }
    }
    return 1;
}

static int audience_equal(const audience_t *a, const audience_t *b)
{
    return a && b && crew_equal(&a->may, &b->may) && crew_equal(&a->secured, &b->secured);
}

/* Add to PEOPLE whoever is in B and not in A. */
static void add_missing(apr_hash_t *people, apr_hash_t *a, apr_hash_t *b, apr_pool_t *pool)
{
    apr_hash_index_t *i;

    for (i = apr_hash_first(pool, b); i; i = apr_hash_next(i)) {
        const char *id = apr_hash_this_key(i);

        if (!apr_hash_get(a, id, APR_HASH_KEY_STRING)) {
            apr_hash_set(people, id, APR_HASH_KEY_STRING, id);
        }
    }
}

static b2b_error_t *thing_compare(crowd_t *crowd, const char *thing)
{
    const audience_t *a = apr_hash_get(crowd->before, thing, APR_HASH_KEY_STRING);
    const audience_t *b = apr_hash_get(crowd->after, thing, APR_HASH_KEY_STRING);
    apr_hash_t *old_people, *new_people;

    if (audience_equal(a, b)) {
        return NULL;
    }
    B2B_ERR(audience_people(&old_people, crowd, a));
    B2B_ERR(audience_people(&new_people, crowd, b));
    add_missing(crowd->gaining, old_people, new_people, crowd->pool);
    add_missing(crowd->losing, new_people, old_people, crowd->pool);
    return NULL;
}

b2b_error_t *b2b_send_people(b2b_send_preview_t *preview, b2b_db_conn_t *conn,
                             const b2b_send_t *send, const b2b_plan_t *plan, apr_pool_t *pool)
{
    crowd_t crowd = {conn, preview->grant, NULL, NULL, NULL, NULL, NULL, pool};
    b2b_revision_t *held;
    apr_hash_index_t *i;

    crowd.before = apr_hash_make(pool);
    crowd.after = apr_hash_make(pool);
    crowd.people = apr_hash_make(pool);
    crowd.gaining = apr_hash_make(pool);
    crowd.losing = apr_hash_make(pool);
    if (preview->grant->revision > 0) {
        B2B_ERR(
            b2b_revision_get(&held, conn, send->share_id, preview->grant->revision, pool, pool));
        if (held) {
            B2B_ERR(things_of(&crowd, crowd.before, held->document, plan->old_bindings));
        }
    }
    B2B_ERR(things_of(&crowd, crowd.after, send->document, plan->bindings));
    for (i = apr_hash_first(pool, crowd.after); i; i = apr_hash_next(i)) {
        B2B_ERR(thing_compare(&crowd, apr_hash_this_key(i)));
    }
    for (i = apr_hash_first(pool, crowd.before); i; i = apr_hash_next(i)) {
        if (!apr_hash_get(crowd.after, apr_hash_this_key(i), APR_HASH_KEY_STRING)) {
            B2B_ERR(thing_compare(&crowd, apr_hash_this_key(i)));
        }
    }
    preview->gaining = apr_hash_count(crowd.gaining);
    preview->losing = apr_hash_count(crowd.losing);
    return NULL;
}
