/* SPDX-License-Identifier: Apache-2.0 */
/* Ctrl-K: portals, dashboards, processes, partners and members by a part of their names. */

#include "model/model_private.h"

static b2b_search_hit_t *hit_add(apr_array_header_t *hits, const char *kind, const char *id,
                                 const char *title, const char *subtitle)
{
    b2b_search_hit_t *hit = apr_pcalloc(hits->pool, sizeof(*hit));

    hit->kind = kind;
    hit->id = id;
    hit->title = title;
    hit->subtitle = subtitle;
    APR_ARRAY_PUSH(hits, b2b_search_hit_t *) = hit;
    return hit;
}

static void portal_set(b2b_search_hit_t *hit, const char *id, const char *technical_name,
                       const char *name)
{
    hit->portal_id = id;
    hit->portal = technical_name;
    hit->portal_name = name;
}

static b2b_error_t *portals_find(apr_array_header_t *hits, b2b_db_conn_t *conn, const char *like,
                                 int limit)
{
    apr_pool_t *pool = hits->pool;
    b2b_db_rows_t *rows;

    B2B_ERR(b2b_db_query(&rows, conn, STMT_SEARCH_PORTALS, pool, "ssi", like, like,
                         (apr_int64_t)limit));
    while (b2b_db_next(rows)) {
        portal_set(hit_add(hits, "portal", b2b_db_text(rows, 0), b2b_db_text(rows, 2),
                           b2b_db_text(rows, 1)),
                   b2b_db_text(rows, 0), b2b_db_text(rows, 1), b2b_db_text(rows, 2));
    }
    return NULL;
}

static b2b_error_t *dashboards_find(apr_array_header_t *hits, b2b_db_conn_t *conn, const char *like,
                                    int limit)
{
    b2b_db_rows_t *rows;

    if (hits->nelts < limit) {
        B2B_ERR(b2b_db_query(&rows, conn, STMT_SEARCH_DASHBOARDS, hits->pool, "si", like,
                             (apr_int64_t)(limit - hits->nelts)));
        while (b2b_db_next(rows)) {
            hit_add(hits, "dashboard", b2b_db_text(rows, 0), b2b_db_text(rows, 1), "");
        }
    }
    return NULL;
}

/* Those that HOST_USER_ID administers; NULL: all. */
static b2b_error_t *processes_find(apr_array_header_t *hits, b2b_db_conn_t *conn, const char *like,
                                   const char *host_user_id, int limit)
{
    const char *who = b2b_any(host_user_id);
    b2b_db_rows_t *rows;

    if (hits->nelts < limit) {
        B2B_ERR(b2b_db_query(&rows, conn, STMT_SEARCH_PROCESSES, hits->pool, "sssssi", like, like,
                             who, who, who, (apr_int64_t)(limit - hits->nelts)));
        while (b2b_db_next(rows)) {
            hit_add(hits, "process", b2b_db_text(rows, 0), b2b_db_text(rows, 1),
                    b2b_db_text(rows, 2));
        }
    }
    return NULL;
}

static b2b_error_t *people_find(apr_array_header_t *hits, b2b_db_conn_t *conn, const char *like,
                                int limit)
{
    apr_pool_t *pool = hits->pool;
    b2b_db_rows_t *rows;

    if (hits->nelts < limit) {
        B2B_ERR(b2b_db_query(&rows, conn, STMT_SEARCH_PARTNERS, pool, "si", like,
                             (apr_int64_t)(limit - hits->nelts)));
        while (b2b_db_next(rows)) {
            portal_set(hit_add(hits, "partner", b2b_db_text(rows, 0), b2b_db_text(rows, 1), ""),
                       b2b_db_text(rows, 2), b2b_db_text(rows, 3), b2b_db_text(rows, 4));
        }
    }
    if (hits->nelts < limit) {
        B2B_ERR(b2b_db_query(&rows, conn, STMT_SEARCH_MEMBERS, pool, "ssi", like, like,
                             (apr_int64_t)(limit - hits->nelts)));
        while (b2b_db_next(rows)) {
            const char *email = b2b_db_text(rows, 3);

            portal_set(hit_add(hits, "member", b2b_db_text(rows, 0),
                               b2b_person_name(b2b_db_text(rows, 1), b2b_db_text(rows, 2), email,
                                               pool),
                               email),
                       b2b_db_text(rows, 4), b2b_db_text(rows, 5), b2b_db_text(rows, 6));
        }
    }
    return NULL;
}

b2b_error_t *b2b_search(apr_array_header_t **hits, b2b_db_conn_t *conn,
                        const b2b_search_scope_t *scope, const char *q, int limit,
                        apr_pool_t *result_pool, apr_pool_t *scratch_pool)
{
    const char *like = b2b_like(q, scratch_pool);

    *hits = apr_array_make(result_pool, limit, sizeof(b2b_search_hit_t *));
    if (!*like) {
        return NULL;
    }
    if (scope->portals) {
        B2B_ERR(portals_find(*hits, conn, like, limit));
    }
    if (scope->dashboards) {
        B2B_ERR(dashboards_find(*hits, conn, like, limit));
    }
    if (scope->processes || scope->host_user_id) {
        B2B_ERR(processes_find(*hits, conn, like, scope->processes ? NULL : scope->host_user_id,
                               limit));
    }
    return scope->portals ? people_find(*hits, conn, like, limit) : NULL;
}
