/* SPDX-License-Identifier: Apache-2.0 */
/* Send update (S8): what would be sent, what it would do at a partner, and doing it at all of them. */

#include <stdlib.h>
#include <string.h>

#include "model/share_private.h"

/* What is to be sent -------------------------------------------------------------------------------- */

static void problem(b2b_send_t *send, const char *sentence)
{
    APR_ARRAY_PUSH(send->problems, const char *) = sentence;
}

static b2b_error_t *process_problems(b2b_send_t *send, b2b_db_conn_t *conn, apr_pool_t *pool)
{
    const apr_array_header_t *processes = send->document->processes;
    b2b_db_rows_t *rows;
    int i;

    if (processes->nelts == 0) {
        problem(send, "There is no process in it. Add one: there is nothing to share.");
    }
    for (i = 0; i < processes->nelts; i++) {
        const b2b_share_process_t *process = &APR_ARRAY_IDX(processes, i, b2b_share_process_t);

        B2B_ERR(b2b_db_query(&rows, conn, STMT_SHARE_PROCESS, pool, "s", process->process_id));
        if (!b2b_db_next(rows) || !b2b_db_bool(rows, 4)) {
            problem(send, apr_psprintf(pool,
                                       "The process \"%s\" was deleted. Restore it, or take it "
                                       "out.",
                                       process->title));
        }
        else if (process->version == 0) {
            problem(send, apr_psprintf(pool, "The process \"%s\" is a draft. Publish it first.",
                                       process->title));
        }
    }
    return NULL;
}

static b2b_error_t *dashboard_problems(b2b_send_t *send, b2b_db_conn_t *conn, apr_pool_t *pool)
{
    const apr_array_header_t *dashboards = send->document->dashboards;
    b2b_db_rows_t *rows;
    int i;

    for (i = 0; i < dashboards->nelts; i++) {
        const b2b_share_dashboard_t *dashboard = &APR_ARRAY_IDX(dashboards, i,
                                                                b2b_share_dashboard_t);

        B2B_ERR(
            b2b_db_query(&rows, conn, STMT_SHARE_DASHBOARD, pool, "s", dashboard->dashboard_id));
        if (!b2b_db_next(rows) || !b2b_db_bool(rows, 3)) {
            problem(send, apr_psprintf(pool,
                                       "The dashboard \"%s\" was deleted. Restore it, or take it "
                                       "out.",
                                       dashboard->title));
        }
        else if (dashboard->version == 0) {
            problem(send, apr_psprintf(pool, "The dashboard \"%s\" is a draft. Publish it first.",
                                       dashboard->title));
        }
    }
    return NULL;
}

static void names_add(b2b_send_t *send, apr_hash_t *seen, const apr_array_header_t *names,
                      apr_pool_t *pool)
{
    int i;

    for (i = 0; i < names->nelts; i++) {
        const char *name = APR_ARRAY_IDX(names, i, const char *);
        const char *folded = b2b_text_fold(name, pool);

        if (!apr_hash_get(seen, folded, APR_HASH_KEY_STRING)) {
            apr_hash_set(seen, folded, APR_HASH_KEY_STRING, name);
            APR_ARRAY_PUSH(send->names, const char *) = folded;
            APR_ARRAY_PUSH(send->shown_names, const char *) = name;
        }
    }
}

/* The share's partner groups, and those that its processes name as owners of forms or as security users. */
static b2b_error_t *names_collect(b2b_send_t *send, b2b_db_conn_t *conn, apr_pool_t *result_pool,
                                  apr_pool_t *scratch_pool)
{
    apr_hash_t *seen = apr_hash_make(scratch_pool);
    int i;

    names_add(send, seen, send->document->partner_groups, result_pool);
    for (i = 0; i < send->document->processes->nelts; i++) {
        const b2b_share_process_t *process = &APR_ARRAY_IDX(send->document->processes, i,
                                                            b2b_share_process_t);
        apr_array_header_t *names;

        B2B_ERR(b2b_share_owner_groups(&names, conn, process->process_id, process->version,
                                       result_pool, scratch_pool));
        names_add(send, seen, names, result_pool);
    }
    return NULL;
}

/* What the draft would be as a revision: the newest one, or, where they differ, the next. */
static b2b_error_t *draft_prepare(b2b_send_t *send, b2b_db_conn_t *conn, const b2b_share_t *share,
                                  apr_pool_t *result_pool, apr_pool_t *scratch_pool)
{
    b2b_revision_t *newest = NULL;
    b2b_share_document_t *resolved;

    B2B_ERR(b2b_share_resolve(&resolved, conn, share->draft, result_pool, scratch_pool));
    if (share->revision > 0) {
        B2B_ERR(
            b2b_revision_get(&newest, conn, share->id, share->revision, result_pool, scratch_pool));
    }
    send->document = resolved;
    send->number = share->revision + 1;
    send->is_new = 1;
    if (newest && b2b_share_document_same(resolved, newest->document, scratch_pool)) {
        send->document = newest->document;
        send->number = newest->number;
        send->is_new = 0;
    }
    return NULL;
}

b2b_error_t *b2b_send_prepare(b2b_send_t **send, b2b_db_conn_t *conn, const b2b_share_t *share,
                              apr_int64_t number, apr_pool_t *result_pool, apr_pool_t *scratch_pool)
{
    b2b_send_t *s = apr_pcalloc(result_pool, sizeof(*s));
    b2b_settings_t *settings;
    b2b_revision_t *revision;

    *send = NULL;
    s->share_id = share->id;
    if (number == 0) {
        B2B_ERR(draft_prepare(s, conn, share, result_pool, scratch_pool));
    }
    else {
        B2B_ERR(b2b_revision_get(&revision, conn, share->id, number, result_pool, scratch_pool));
        if (!revision) {
            return NULL;
        }
        s->document = revision->document;
        s->number = number;
    }
    s->problems = apr_array_make(result_pool, 2, sizeof(const char *));
    s->names = apr_array_make(result_pool, 8, sizeof(const char *));
    s->shown_names = apr_array_make(result_pool, 8, sizeof(const char *));
    B2B_ERR(process_problems(s, conn, result_pool));
    B2B_ERR(dashboard_problems(s, conn, result_pool));
    B2B_ERR(names_collect(s, conn, result_pool, scratch_pool));
    B2B_ERR(b2b_settings_get(&settings, conn, result_pool, scratch_pool));
    s->host_name = settings->organisation_name;
    *send = s;
    return NULL;
}

/* At one partner ------------------------------------------------------------------------------------ */

/* Is the partner as PLAN would make it? */
static int nothing_changes(const b2b_send_t *send, const b2b_grant_t *grant, const b2b_plan_t *plan)
{
    int i;

    for (i = 0; i < plan->placements->nelts; i++) {
        if (!APR_ARRAY_IDX(plan->placements, i, b2b_plan_placement_t).same) {
            return 0;
        }
    }
    return grant->revision == send->number && plan->bindings_same && plan->ending->nelts == 0;
}

b2b_error_t *b2b_send_preview(b2b_send_preview_t **preview, b2b_db_conn_t *conn,
                              const b2b_send_t *send, const b2b_grant_t *grant,
                              apr_pool_t *result_pool, apr_pool_t *scratch_pool)
{
    b2b_send_preview_t *p = apr_pcalloc(result_pool, sizeof(*p));
    b2b_plan_t *plan;
    int i;

    B2B_ERR(b2b_plan(&plan, conn, send, grant, b2b_plan_cache_create(scratch_pool), result_pool));
    p->grant = grant;
    p->conflicts = plan->conflicts;
    p->unbound = apr_array_make(result_pool, 2, sizeof(const char *));
    for (i = 0; i < send->names->nelts; i++) {
        if (!apr_hash_get(plan->bindings, APR_ARRAY_IDX(send->names, i, const char *),
                          APR_HASH_KEY_STRING)) {
            APR_ARRAY_PUSH(p->unbound, const char *) = APR_ARRAY_IDX(send->shown_names, i,
                                                                     const char *);
        }
    }
    p->changes = !nothing_changes(send, grant, plan);
    if (p->changes) {
        B2B_ERR(b2b_send_people(p, conn, send, plan, scratch_pool));
    }
    *preview = p;
    return NULL;
}

/* Sending ------------------------------------------------------------------------------------------- */

static b2b_error_t *bindings_write(b2b_db_conn_t *conn, const b2b_grant_t *grant,
                                   apr_hash_t *bindings, apr_pool_t *pool)
{
    apr_hash_index_t *i;

    B2B_ERR(b2b_db_execute(NULL, conn, STMT_GRANT_GROUPS_DELETE, pool, "sss", grant->portal_id,
                           grant->partner_id, grant->share_id));
    for (i = apr_hash_first(pool, bindings); i; i = apr_hash_next(i)) {
        B2B_ERR(b2b_db_execute(NULL, conn, STMT_GRANT_GROUP_INSERT, pool, "sssss", grant->portal_id,
                               grant->partner_id, grant->share_id,
                               (const char *)apr_hash_this_key(i),
                               (const char *)apr_hash_this_val(i)));
    }
    return NULL;
}

/* The next place on the portal's home page; the last one is asked for once. */
static b2b_error_t *next_position(apr_int64_t *position, b2b_db_conn_t *conn, const char *portal_id,
                                  b2b_plan_cache_t *cache)
{
    apr_int64_t *last = apr_hash_get(cache->positions, portal_id, APR_HASH_KEY_STRING);
    b2b_db_rows_t *rows;

    if (!last) {
        last = apr_palloc(cache->pool, sizeof(*last));
        B2B_ERR(
            b2b_db_query(&rows, conn, STMT_PLACEMENT_LAST_POSITION, cache->pool, "s", portal_id));
        *last = b2b_db_next(rows) ? b2b_db_integer(rows, 0) : 0;
        apr_hash_set(cache->positions, apr_pstrdup(cache->pool, portal_id), APR_HASH_KEY_STRING,
                     last);
    }
    *position = ++*last;
    return NULL;
}

static b2b_error_t *placement_write(b2b_db_conn_t *conn, const b2b_grant_t *grant,
                                    const b2b_plan_placement_t *p, b2b_plan_cache_t *cache,
                                    apr_pool_t *pool)
{
    const char *id = p->id ? p->id : b2b_id_create(pool);
    const char *folded = b2b_text_fold(p->name, pool);
    apr_int64_t now = (apr_int64_t)b2b_clock_now();
    apr_int64_t position = p->position;
    int i;

    if (p->id) {
        B2B_ERR(b2b_db_execute(NULL, conn, STMT_PLACEMENT_UPDATE, pool, "isssibbissii", p->version,
                               grant->partner_id, p->name, folded, position, p->welcome_page,
                               p->everyone, now, grant->portal_id, id,
                               B2B_VERSION_RANGE(B2B_VERSION_ANY)));
        B2B_ERR(b2b_db_execute(NULL, conn, STMT_PLACEMENT_GROUPS_DELETE, pool, "ss",
                               grant->portal_id, id));
    }
    else {
        B2B_ERR(next_position(&position, conn, grant->portal_id, cache));
        B2B_ERR(b2b_db_execute(NULL, conn, STMT_GRANT_PLACEMENT_INSERT, pool, "sssisssibbsii",
                               grant->portal_id, id, p->dashboard_id, p->version, grant->partner_id,
                               p->name, folded, position, p->welcome_page, p->everyone,
                               grant->share_id, now, now));
    }
    for (i = 0; i < p->groups->nelts; i++) {
        B2B_ERR(b2b_db_execute(NULL, conn, STMT_PLACEMENT_GROUP_INSERT, pool, "sss",
                               grant->portal_id, id, APR_ARRAY_IDX(p->groups, i, const char *)));
    }
    return NULL;
}

/*
 * In rounds, so that no name stands in the way of another: what ends is gone, and what gets another name has
 * none of the old ones, before the first new one is given.
 */
static b2b_error_t *placements_write(b2b_db_conn_t *conn, const b2b_grant_t *grant,
                                     const b2b_plan_t *plan, b2b_plan_cache_t *cache,
                                     apr_pool_t *pool)
{
    apr_int64_t now = (apr_int64_t)b2b_clock_now();
    int i;

    for (i = 0; i < plan->ending->nelts; i++) {
        B2B_ERR(b2b_db_execute(NULL, conn, STMT_PLACEMENT_DELETE, pool, "iissii", now, now,
                               grant->portal_id, APR_ARRAY_IDX(plan->ending, i, const char *),
                               B2B_VERSION_RANGE(B2B_VERSION_ANY)));
    }
    for (i = 0; i < plan->placements->nelts; i++) {
        const b2b_plan_placement_t *p = &APR_ARRAY_IDX(plan->placements, i, b2b_plan_placement_t);

        if (p->renamed) {
            B2B_ERR(b2b_db_execute(NULL, conn, STMT_GRANT_PLACEMENT_RENAME, pool, "ssss", p->id,
                                   p->id, grant->portal_id, p->id));
        }
    }
    for (i = 0; i < plan->placements->nelts; i++) {
        const b2b_plan_placement_t *p = &APR_ARRAY_IDX(plan->placements, i, b2b_plan_placement_t);

        if (!p->same) {
            B2B_ERR(placement_write(conn, grant, p, cache, pool));
        }
    }
    return NULL;
}

static b2b_error_t *send_one(b2b_sent_t *sent, b2b_db_conn_t *conn, const b2b_send_t *send,
                             const b2b_grant_t *grant, const char *sent_by, b2b_plan_cache_t *cache,
                             apr_pool_t *pool)
{
    apr_int64_t now = (apr_int64_t)b2b_clock_now();
    apr_int64_t there;
    b2b_plan_t *plan;

    B2B_ERR(b2b_db_execute(&there, conn, STMT_PARTNER_HOLD, pool, "ss", grant->portal_id,
                           grant->partner_id));
    if (!there) {
        return NULL;
    }
    B2B_ERR(b2b_plan(&plan, conn, send, grant, cache, pool));
    if (nothing_changes(send, grant, plan)) {
        sent->unchanged++;
        return NULL;
    }
    if (!plan->bindings_same) {
        B2B_ERR(bindings_write(conn, grant, plan->bindings, pool));
    }
    B2B_ERR(placements_write(conn, grant, plan, cache, pool));
    B2B_ERR(b2b_db_execute(NULL, conn, STMT_GRANT_SENT, pool, "iiissss", send->number, now, now,
                           sent_by, grant->portal_id, grant->partner_id, grant->share_id));
    b2b_touch_portal(conn, grant->portal_id, pool);
    sent->sent++;
    APR_ARRAY_PUSH(sent->grants, const b2b_grant_t *) = grant;
    return NULL;
}

static int id_compare(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Hold the dashboards that are placed: a deletion comes before or after. In one order, never crosswise. */
static b2b_error_t *dashboards_hold(b2b_db_conn_t *conn, const b2b_send_t *send, apr_pool_t *pool)
{
    const apr_array_header_t *dashboards = send->document->dashboards;
    const char *ids[B2B_SHARE_DASHBOARDS_MAX] = {NULL};
    int i, count = 0;

    for (i = 0; i < dashboards->nelts && count < B2B_SHARE_DASHBOARDS_MAX; i++) {
        ids[count++] = APR_ARRAY_IDX(dashboards, i, b2b_share_dashboard_t).dashboard_id;
    }
    qsort(ids, (size_t)count, sizeof(ids[0]), id_compare);
    for (i = 0; i < count; i++) {
        apr_int64_t affected;

        B2B_ERR(b2b_db_execute(&affected, conn, STMT_PLACEMENT_HOLD_DASHBOARD, pool, "s", ids[i]));
        if (affected == 0) {
            return b2b_error_create(pool, B2B_E_CONFLICT, NULL,
                                    "A dashboard was deleted meanwhile. Look at it again.");
        }
    }
    return NULL;
}

static b2b_error_t *revision_make(b2b_db_conn_t *conn, const b2b_send_t *send, const char *made_by,
                                  apr_pool_t *pool)
{
    apr_int64_t now = (apr_int64_t)b2b_clock_now();

    B2B_ERR(b2b_db_execute(NULL, conn, STMT_REVISION_INSERT, pool, "sissi", send->share_id,
                           send->number, b2b_share_document_write(send->document, pool), made_by,
                           now));
    B2B_ERR(b2b_share_parts_set(conn, send->share_id, send->number, send->document, pool));
    return b2b_db_execute(NULL, conn, STMT_SHARE_REVISED, pool, "iis", send->number, now,
                          send->share_id);
}

b2b_error_t *b2b_send(b2b_sent_t *sent, b2b_db_conn_t *conn, const b2b_send_t *send,
                      const apr_array_header_t *grants, const char *sent_by,
                      apr_pool_t *scratch_pool)
{
    b2b_plan_cache_t *cache = b2b_plan_cache_create(scratch_pool);
    apr_pool_t *pool;
    int i;

    memset(sent, 0, sizeof(*sent));
    sent->grants = apr_array_make(scratch_pool, grants->nelts + 1, sizeof(b2b_grant_t *));
    if (send->problems->nelts > 0) {
        return b2b_error_create(scratch_pool, B2B_E_CONFLICT, NULL, "%s",
                                APR_ARRAY_IDX(send->problems, 0, const char *));
    }
    B2B_ERR(dashboards_hold(conn, send, scratch_pool));
    if (send->is_new) {
        B2B_ERR(revision_make(conn, send, sent_by, scratch_pool));
    }
    apr_pool_create(&pool, scratch_pool);
    for (i = 0; i < grants->nelts; i++) {
        b2b_error_t *err;

        apr_pool_clear(pool);
        err = send_one(sent, conn, send, APR_ARRAY_IDX(grants, i, const b2b_grant_t *), sent_by,
                       cache, pool);
        if (err) {
            /* Its words lie in this pool: it lives on as long as the caller's. */
            return err;
        }
    }
    apr_pool_destroy(pool);
    return NULL;
}
