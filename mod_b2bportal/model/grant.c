/* SPDX-License-Identifier: Apache-2.0 */
/* Grants: which partner holds which share. Sending, which gives them a revision, is in send.c. */

#include <string.h>

#include "model/share_private.h"

static const b2b_sort_t by_partner[] = {{"partner", STMT_GRANT_LIST_SHARE, STMT_GRANT_LIST_SHARE,
                                         0},
                                        {NULL, 0, 0, 0}};
static const b2b_sort_t by_title[] = {{"title", STMT_GRANT_LIST_PARTNER, STMT_GRANT_LIST_PARTNER,
                                       0},
                                      {NULL, 0, 0, 0}};

#define COLUMNS 13

static b2b_grant_t *grant_of(const b2b_db_rows_t *rows, apr_pool_t *result_pool)
{
    b2b_grant_t *g = apr_pcalloc(result_pool, sizeof(*g));

    g->portal_id = b2b_db_text(rows, 0);
    g->portal = b2b_db_text(rows, 1);
    g->portal_name = b2b_db_text(rows, 2);
    g->partner_id = b2b_db_text(rows, 3);
    g->partner_name = b2b_db_text(rows, 4);
    g->partner_state = b2b_state_parse(b2b_db_text(rows, 5));
    g->share_id = b2b_db_text(rows, 6);
    g->title = b2b_db_text(rows, 7);
    g->revision = b2b_db_integer(rows, 8);
    g->newest = b2b_db_integer(rows, 9);
    g->behind = g->newest - g->revision;
    g->sent_at = b2b_db_time(rows, 10);
    g->first_sent_at = b2b_db_time(rows, 11);
    g->share_changed = b2b_db_bool(rows, 12);
    return g;
}

b2b_error_t *b2b_grant_get(b2b_grant_t **grant, b2b_db_conn_t *conn, const char *portal_id,
                           const char *partner_id, const char *share_id, apr_pool_t *result_pool,
                           apr_pool_t *scratch_pool)
{
    b2b_db_rows_t *rows;

    (void)scratch_pool;
    B2B_ERR(b2b_db_query(&rows, conn, STMT_GRANT_SELECT, result_pool, "sss", portal_id, partner_id,
                         share_id));
    *grant = b2b_db_next(rows) ? grant_of(rows, result_pool) : NULL;
    return NULL;
}

b2b_error_t *b2b_grant_find(b2b_grant_t **grant, b2b_db_conn_t *conn, const char *portal,
                            const char *partner_id, const char *share_id, apr_pool_t *result_pool,
                            apr_pool_t *scratch_pool)
{
    b2b_db_rows_t *rows;

    (void)scratch_pool;
    B2B_ERR(b2b_db_query(&rows, conn, STMT_GRANT_FIND, result_pool, "sss", portal, partner_id,
                         share_id));
    *grant = b2b_db_next(rows) ? grant_of(rows, result_pool) : NULL;
    return NULL;
}

b2b_error_t *b2b_grant_all(apr_array_header_t **grants, b2b_db_conn_t *conn, const char *share_id,
                           apr_pool_t *result_pool, apr_pool_t *scratch_pool)
{
    b2b_db_rows_t *rows;

    (void)scratch_pool;
    B2B_ERR(b2b_db_query(&rows, conn, STMT_GRANT_ALL, result_pool, "s", share_id));
    *grants = apr_array_make(result_pool, b2b_db_count(rows) + 1, sizeof(b2b_grant_t *));
    while (b2b_db_next(rows)) {
        APR_ARRAY_PUSH(*grants, b2b_grant_t *) = grant_of(rows, result_pool);
    }
    return NULL;
}

static void page_fill(b2b_page_t **page, const b2b_sort_t *sort, const b2b_list_t *list,
                      b2b_db_rows_t *rows, apr_pool_t *result_pool)
{
    *page = b2b_page_create(list, result_pool);
    while (b2b_db_next(rows) && b2b_page_room(*page, list)) {
        b2b_grant_t *grant = grant_of(rows, result_pool);

        b2b_page_add(*page, grant, sort == by_partner ? grant->partner_id : grant->share_id, sort,
                     rows, COLUMNS);
    }
}

b2b_error_t *b2b_grant_list(b2b_page_t **page, b2b_db_conn_t *conn, const char *share_id,
                            const b2b_list_t *list, apr_pool_t *result_pool,
                            apr_pool_t *scratch_pool)
{
    const char *like = b2b_like(list->q, scratch_pool);
    b2b_db_rows_t *rows;

    B2B_ERR(b2b_db_query(&rows, conn, STMT_GRANT_LIST_SHARE, result_pool, "sssbssi", share_id,
                         list->after_key, b2b_any(list->after_id), list->behind, like, like,
                         b2b_list_limit(list)));
    page_fill(page, by_partner, list, rows, result_pool);
    return NULL;
}

b2b_error_t *b2b_grant_list_of_partner(b2b_page_t **page, b2b_db_conn_t *conn,
                                       const char *portal_id, const char *partner_id,
                                       const b2b_list_t *list, apr_pool_t *result_pool,
                                       apr_pool_t *scratch_pool)
{
    b2b_db_rows_t *rows;

    (void)scratch_pool;
    B2B_ERR(b2b_db_query(&rows, conn, STMT_GRANT_LIST_PARTNER, result_pool, "ssssi", portal_id,
                         partner_id, list->after_key, b2b_any(list->after_id),
                         b2b_list_limit(list)));
    page_fill(page, by_title, list, rows, result_pool);
    return NULL;
}

b2b_error_t *b2b_grant_add(int *added, b2b_db_conn_t *conn, const char *portal_id,
                           const char *partner_id, const char *share_id, apr_pool_t *scratch_pool)
{
    apr_int64_t affected;
    b2b_db_rows_t *rows;

    *added = 0;
    B2B_ERR(
        b2b_db_query(&rows, conn, STMT_PARTNER_VERSION, scratch_pool, "ss", portal_id, partner_id));
    if (!b2b_db_next(rows)) {
        return b2b_store_missing("partner", scratch_pool);
    }
    /* A deletion of the share comes before or after, never between this look and the grant. */
    B2B_ERR(b2b_db_execute(&affected, conn, STMT_SHARE_HOLD, scratch_pool, "s", share_id));
    if (affected == 0) {
        return b2b_store_missing("shared process", scratch_pool);
    }
    B2B_ERR(b2b_db_execute(&affected, conn, STMT_GRANT_INSERT, scratch_pool, "sssi", portal_id,
                           partner_id, share_id, (apr_int64_t)b2b_clock_now()));
    *added = affected > 0;
    /* Nothing is open yet, so that nothing decided so far is wrong: no generation is touched. */
    return NULL;
}

b2b_error_t *b2b_grant_remove(b2b_db_conn_t *conn, const char *portal_id, const char *partner_id,
                              const char *share_id, apr_pool_t *scratch_pool)
{
    apr_int64_t now = (apr_int64_t)b2b_clock_now();
    apr_int64_t affected;

    /* A sending comes before or after: it would bind and place for a grant that is gone. */
    B2B_ERR(b2b_db_execute(NULL, conn, STMT_SHARE_HOLD, scratch_pool, "s", share_id));
    B2B_ERR(b2b_db_execute(NULL, conn, STMT_GRANT_GROUPS_DELETE, scratch_pool, "sss", portal_id,
                           partner_id, share_id));
    B2B_ERR(b2b_db_execute(&affected, conn, STMT_GRANT_DELETE, scratch_pool, "sss", portal_id,
                           partner_id, share_id));
    if (affected == 0) {
        return b2b_store_missing("grant", scratch_pool);
    }
    B2B_ERR(b2b_db_execute(NULL, conn, STMT_GRANT_DELETE_PLACEMENTS, scratch_pool, "iisss", now,
                           now, portal_id, partner_id, share_id));
    b2b_touch_portal(conn, portal_id, scratch_pool);
    return NULL;
}

b2b_error_t *b2b_grant_impact(b2b_share_impact_t *impact, b2b_db_conn_t *conn,
                              const char *portal_id, const char *partner_id, const char *share_id,
                              apr_pool_t *scratch_pool)
{
    b2b_db_rows_t *rows;

    memset(impact, 0, sizeof(*impact));
    B2B_ERR(b2b_db_query(&rows, conn, STMT_GRANT_IMPACT, scratch_pool, "isss",
                         (apr_int64_t)b2b_clock_now(), portal_id, partner_id, share_id));
    if (b2b_db_next(rows)) {
        impact->partners = b2b_db_integer(rows, 0);
        impact->members = b2b_db_integer(rows, 1);
        impact->placements = b2b_db_integer(rows, 2);
        impact->instances = b2b_db_integer(rows, 3);
    }
    return NULL;
}

b2b_error_t *b2b_grant_group(const char **group_id, b2b_db_conn_t *conn, const char *portal_id,
                             const char *partner_id, const char *share_id, const char *name,
                             apr_pool_t *result_pool, apr_pool_t *scratch_pool)
{
    b2b_db_rows_t *rows;

    B2B_ERR(b2b_db_query(&rows, conn, STMT_GRANT_GROUP, result_pool, "ssss", portal_id, partner_id,
                         share_id, b2b_text_fold(name, scratch_pool)));
    *group_id = b2b_db_next(rows) ? b2b_db_text(rows, 0) : NULL;
    return NULL;
}
