/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What sending does at one partner: which group each name is bound to, and which placements are made,
 * changed and ended. The preview shows a plan, sending carries it out: the two cannot disagree.
 */

#include <stdlib.h>
#include <string.h>

#include "model/share_private.h"

/** A placement beside the share's own: its name is taken, and it may be the home page. */
typedef struct {
    const char *name;
    const char *share_title; /* NULL: placed by hand */
    int welcome_page;
    apr_int64_t position;
} other_t;

b2b_plan_cache_t *b2b_plan_cache_create(apr_pool_t *pool)
{
    b2b_plan_cache_t *cache = apr_palloc(pool, sizeof(*cache));

    cache->bindings = apr_hash_make(pool);
    cache->common = apr_hash_make(pool);
    cache->positions = apr_hash_make(pool);
    cache->pool = pool;
    return cache;
}

/* Names and groups ---------------------------------------------------------------------------------- */

b2b_error_t *b2b_plan_bindings(apr_hash_t **bindings, b2b_db_conn_t *conn, const b2b_send_t *send,
                               const char *portal_id, b2b_plan_cache_t *cache)
{
    apr_hash_t *found = apr_hash_get(cache->bindings, portal_id, APR_HASH_KEY_STRING);
    b2b_db_rows_t *rows;
    int i;

    if (!found) {
        found = apr_hash_make(cache->pool);
        for (i = 0; i < send->names->nelts; i++) {
            const char *name = APR_ARRAY_IDX(send->names, i, const char *);

            B2B_ERR(b2b_db_query(&rows, conn, STMT_GRANT_GROUP_BY_NAME, cache->pool, "ss",
                                 portal_id, name));
            if (b2b_db_next(rows)) {
                apr_hash_set(found, name, APR_HASH_KEY_STRING, b2b_db_text(rows, 0));
            }
        }
        apr_hash_set(cache->bindings, apr_pstrdup(cache->pool, portal_id), APR_HASH_KEY_STRING,
                     found);
    }
    *bindings = found;
    return NULL;
}

static int id_compare(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void ids_sort(apr_array_header_t *ids)
{
    int i, kept = 0;

    qsort(ids->elts, (size_t)ids->nelts, sizeof(const char *), id_compare);
    for (i = 0; i < ids->nelts; i++) {
        const char *id = APR_ARRAY_IDX(ids, i, const char *);

        if (kept == 0 || strcmp(APR_ARRAY_IDX(ids, kept - 1, const char *), id) != 0) {
            APR_ARRAY_IDX(ids, kept++, const char *) = id;
        }
    }
    ids->nelts = kept;
}

apr_array_header_t *b2b_security_groups(const b2b_share_security_t *security, apr_hash_t *bindings,
                                        apr_pool_t *pool)
{
    apr_array_header_t *ids = apr_array_make(pool, security->groups->nelts + 1,
                                             sizeof(const char *));
    int i;

    for (i = 0; i < security->groups->nelts; i++) {
        const char *name = b2b_text_fold(APR_ARRAY_IDX(security->groups, i, const char *), pool);
        const char *id = apr_hash_get(bindings, name, APR_HASH_KEY_STRING);

        if (id) {
            APR_ARRAY_PUSH(ids, const char *) = id;
        }
    }
    ids_sort(ids);
    return ids;
}

static b2b_error_t *bindings_read(apr_hash_t **bindings, b2b_db_conn_t *conn,
                                  const b2b_grant_t *grant, apr_pool_t *pool)
{
    b2b_db_rows_t *rows;

    B2B_ERR(b2b_db_query(&rows, conn, STMT_GRANT_GROUPS, pool, "sss", grant->portal_id,
                         grant->partner_id, grant->share_id));
    *bindings = apr_hash_make(pool);
    while (b2b_db_next(rows)) {
        apr_hash_set(*bindings, b2b_db_text(rows, 0), APR_HASH_KEY_STRING, b2b_db_text(rows, 1));
    }
    return NULL;
}

static int bindings_equal(apr_hash_t *a, apr_hash_t *b, apr_pool_t *pool)
{
    apr_hash_index_t *i;

    if (apr_hash_count(a) != apr_hash_count(b)) {
        return 0;
    }
    for (i = apr_hash_first(pool, a); i; i = apr_hash_next(i)) {
        const char *other = apr_hash_get(b, apr_hash_this_key(i), APR_HASH_KEY_STRING);

        if (!other || strcmp(other, apr_hash_this_val(i)) != 0) {
            return 0;
        }
    }
    return 1;
}

/* Names of placements ------------------------------------------------------------------------------- */

const char *b2b_free_name(const char *base, apr_hash_t *taken, apr_pool_t *pool)
{
    const char *name = base;
    int number;

    for (number = 2; apr_hash_get(taken, b2b_text_fold(name, pool), APR_HASH_KEY_STRING);
         number++) {
        const char *suffix = apr_psprintf(pool, " %d", number);
        apr_size_t characters = b2b_text_characters(base);

        while (b2b_text_bytes(base, characters) + strlen(suffix) > B2B_NAME_MAX) {
            characters--;
        }
        name = apr_pstrcat(pool, apr_pstrmemdup(pool, base, b2b_text_bytes(base, characters)),
                           suffix, NULL);
    }
    return name;
}

/* Is NAME what b2b_free_name may have made of BASE? */
static int is_numbered(const char *name, const char *base)
{
    apr_size_t length = strlen(base);
    const char *rest = name + length;

    if (strncmp(name, base, length) != 0 || *rest == '\0') {
        return !strcmp(name, base);
    }
    return *rest == ' ' && rest[1] && strspn(rest + 1, "0123456789") == strlen(rest + 1);
}

static b2b_error_t *others_read(apr_array_header_t **others, b2b_db_rows_t *rows, apr_pool_t *pool)
{
    *others = apr_array_make(pool, b2b_db_count(rows) + 1, sizeof(other_t));
    while (b2b_db_next(rows)) {
        other_t *other = apr_array_push(*others);

        other->name = b2b_db_text(rows, 1);
        other->welcome_page = b2b_db_bool(rows, 2);
        other->position = b2b_db_integer(rows, 3);
        other->share_title = b2b_db_text(rows, 4);
    }
    return NULL;
}

/* What all partners of the portal see: read once for all that are sent to. */
static b2b_error_t *common_read(apr_array_header_t **common, b2b_db_conn_t *conn,
                                const char *portal_id, b2b_plan_cache_t *cache)
{
    b2b_db_rows_t *rows;

    *common = apr_hash_get(cache->common, portal_id, APR_HASH_KEY_STRING);
    if (*common) {
        return NULL;
    }
    B2B_ERR(b2b_db_query(&rows, conn, STMT_GRANT_COMMON_PLACEMENTS, cache->pool, "s", portal_id));
    B2B_ERR(others_read(common, rows, cache->pool));
    apr_hash_set(cache->common, apr_pstrdup(cache->pool, portal_id), APR_HASH_KEY_STRING, *common);
    return NULL;
}

/* The other placements that the partner sees, its own and those of all. */
static b2b_error_t *others_of(apr_array_header_t **others, b2b_db_conn_t *conn,
                              const b2b_grant_t *grant, b2b_plan_cache_t *cache, apr_pool_t *pool)
{
    apr_array_header_t *common;
    b2b_db_rows_t *rows;

    B2B_ERR(b2b_db_query(&rows, conn, STMT_GRANT_OTHER_PLACEMENTS, pool, "sss", grant->portal_id,
                         grant->partner_id, grant->share_id));
    B2B_ERR(others_read(others, rows, pool));
    B2B_ERR(common_read(&common, conn, grant->portal_id, cache));
    apr_array_cat(*others, common);
    return NULL;
}

/* Placements ---------------------------------------------------------------------------------------- */

/* What the share has placed for the partner so far, of b2b_plan_placement_t. */
static b2b_error_t *placements_read(apr_array_header_t **placements, b2b_db_conn_t *conn,
                                    const b2b_grant_t *grant, apr_pool_t *pool)
{
    b2b_db_rows_t *rows, *groups;

    B2B_ERR(b2b_db_query(&rows, conn, STMT_GRANT_PLACEMENTS, pool, "sss", grant->portal_id,
                         grant->partner_id, grant->share_id));
    *placements = apr_array_make(pool, b2b_db_count(rows) + 1, sizeof(b2b_plan_placement_t));
    while (b2b_db_next(rows)) {
        b2b_plan_placement_t *p = apr_array_push(*placements);

        memset(p, 0, sizeof(*p));
        p->id = b2b_db_text(rows, 0);
        p->dashboard_id = b2b_db_text(rows, 1);
        p->version = b2b_db_integer(rows, 2);
        p->name = b2b_db_text(rows, 3);
        p->welcome_page = b2b_db_bool(rows, 4);
        p->everyone = b2b_db_bool(rows, 5);
        p->position = b2b_db_integer(rows, 6);
        p->groups = apr_array_make(pool, 2, sizeof(const char *));
        B2B_ERR(b2b_db_query(&groups, conn, STMT_PLACEMENT_GROUPS, pool, "ss", grant->portal_id,
                             p->id));
        while (b2b_db_next(groups)) {
            APR_ARRAY_PUSH(p->groups, const char *) = b2b_db_text(groups, 0);
        }
        ids_sort(p->groups);
    }
    return NULL;
}

static const b2b_plan_placement_t *placement_of(const apr_array_header_t *placements,
                                                const char *dashboard_id)
{
    int i;

    for (i = 0; i < placements->nelts; i++) {
        const b2b_plan_placement_t *p = &APR_ARRAY_IDX(placements, i, b2b_plan_placement_t);

        if (!strcmp(p->dashboard_id, dashboard_id)) {
            return p;
        }
    }
    return NULL;
}

static int ids_equal(const apr_array_header_t *a, const apr_array_header_t *b)
{
    int i;

    if (a->nelts != b->nelts) {
        return 0;
    }
    for (i = 0; i < a->nelts; i++) {
        if (strcmp(APR_ARRAY_IDX(a, i, const char *), APR_ARRAY_IDX(b, i, const char *)) != 0) {
            return 0;
        }
    }
    return 1;
}

static int placements_equal(const b2b_plan_placement_t *a, const b2b_plan_placement_t *b)
{
    return a->version == b->version && !strcmp(a->name, b->name) &&
           a->welcome_page == b->welcome_page && a->everyone == b->everyone &&
           ids_equal(a->groups, b->groups);
}

/* The name of a placement; one that it has already stays, with its number. */
static void name_choose(b2b_plan_t *plan, b2b_plan_placement_t *placement,
                        const b2b_plan_placement_t *before, const char *base, apr_hash_t *taken,
                        apr_pool_t *pool)
{
    if (before && is_numbered(before->name, base) &&
        !apr_hash_get(taken, b2b_text_fold(before->name, pool), APR_HASH_KEY_STRING)) {
        placement->name = before->name;
    }
    else {
        placement->name = b2b_free_name(base, taken, pool);
    }
    if (strcmp(placement->name, base) != 0) {
        APR_ARRAY_PUSH(plan->conflicts, const char *) =
            apr_psprintf(pool, "The name \"%s\" is taken: the dashboard is called \"%s\" there.",
                         base, placement->name);
    }
    apr_hash_set(taken, b2b_text_fold(placement->name, pool), APR_HASH_KEY_STRING, placement->name);
}

/* Say which other page stays the home page (S10): one placed by hand, or what another share sent first. */
static void welcome_look(b2b_plan_t *plan, const b2b_plan_placement_t *placement,
                         const apr_array_header_t *others, apr_pool_t *pool)
{
    int i;

    for (i = 0; placement->welcome_page && i < others->nelts; i++) {
        const other_t *other = &APR_ARRAY_IDX(others, i, other_t);

        if (!other->welcome_page || (other->share_title && placement->position > 0 &&
                                     placement->position < other->position)) {
            continue;
        }
        APR_ARRAY_PUSH(plan->conflicts, const char *) =
            other->share_title
                ? apr_psprintf(pool,
                               "\"%s\" of \"%s\" stays the home page before \"%s\": it was sent "
                               "first.",
                               other->name, other->share_title, placement->name)
                : apr_psprintf(pool,
                               "\"%s\" stays the home page before \"%s\": it was placed by hand.",
                               other->name, placement->name);
        return;
    }
}

static void ending_find(b2b_plan_t *plan, const apr_array_header_t *before)
{
    int i;

    for (i = 0; i < before->nelts; i++) {
        const b2b_plan_placement_t *p = &APR_ARRAY_IDX(before, i, b2b_plan_placement_t);
        const b2b_plan_placement_t *wanted = placement_of(plan->placements, p->dashboard_id);

        if (!wanted || !wanted->id || strcmp(wanted->id, p->id) != 0) {
            APR_ARRAY_PUSH(plan->ending, const char *) = p->id;
        }
    }
}

static b2b_error_t *placements_plan(b2b_plan_t *plan, b2b_db_conn_t *conn, const b2b_send_t *send,
                                    const b2b_grant_t *grant, b2b_plan_cache_t *cache,
                                    apr_pool_t *pool)
{
    const apr_array_header_t *dashboards = send->document->dashboards;
    apr_array_header_t *before, *others = NULL;
    apr_hash_t *taken = apr_hash_make(pool);
    int i;

    B2B_ERR(placements_read(&before, conn, grant, pool));
    if (dashboards->nelts > 0) {
        B2B_ERR(others_of(&others, conn, grant, cache, pool));
        for (i = 0; i < others->nelts; i++) {
            const char *name = APR_ARRAY_IDX(others, i, other_t).name;

            apr_hash_set(taken, b2b_text_fold(name, pool), APR_HASH_KEY_STRING, name);
        }
    }
    for (i = 0; i < dashboards->nelts; i++) {
        const b2b_share_dashboard_t *d = &APR_ARRAY_IDX(dashboards, i, b2b_share_dashboard_t);
        const b2b_plan_placement_t *old = placement_of(before, d->dashboard_id);
        b2b_plan_placement_t *p = apr_array_push(plan->placements);

        memset(p, 0, sizeof(*p));
        p->id = old ? old->id : NULL;
        p->position = old ? old->position : 0;
        p->dashboard_id = d->dashboard_id;
        p->version = d->version;
        p->welcome_page = d->welcome_page;
        p->everyone = d->security.everyone;
        p->groups = b2b_security_groups(&d->security, plan->bindings, pool);
        /* A host that has not said yet what it is called has no name to lend. */
        name_choose(plan, p, old, d->host_name && *send->host_name ? send->host_name : d->title,
                    taken, pool);
        welcome_look(plan, p, others, pool);
        p->same = old && placements_equal(p, old);
        p->renamed = old && strcmp(p->name, old->name) != 0;
    }
    ending_find(plan, before);
    return NULL;
}

b2b_error_t *b2b_plan(b2b_plan_t **plan, b2b_db_conn_t *conn, const b2b_send_t *send,
                      const b2b_grant_t *grant, b2b_plan_cache_t *cache, apr_pool_t *pool)
{
    b2b_plan_t *p = apr_pcalloc(pool, sizeof(*p));

    p->placements = apr_array_make(pool, 2, sizeof(b2b_plan_placement_t));
    p->ending = apr_array_make(pool, 2, sizeof(const char *));
    p->conflicts = apr_array_make(pool, 2, sizeof(const char *));
    B2B_ERR(b2b_plan_bindings(&p->bindings, conn, send, grant->portal_id, cache));
    B2B_ERR(bindings_read(&p->old_bindings, conn, grant, pool));
    p->bindings_same = bindings_equal(p->bindings, p->old_bindings, pool);
    B2B_ERR(placements_plan(p, conn, send, grant, cache, pool));
    *plan = p;
    return NULL;
}
