/* SPDX-License-Identifier: Apache-2.0 */
/* Groups of host users. Members of portals are never in them (S5). */

#include "model/model_private.h"

static const b2b_sort_t sorts[] = {{"name", STMT_HOST_GROUP_LIST_NAME_UP,
                                    STMT_HOST_GROUP_LIST_NAME_DOWN, 0},
                                   {NULL, 0, 0, 0}};

#define COLUMNS 6

static b2b_group_t *group_of(const b2b_db_rows_t *rows, apr_pool_t *result_pool)
{
    b2b_group_t *g = apr_pcalloc(result_pool, sizeof(*g));

    g->id = b2b_db_text(rows, 0);
    g->name = b2b_db_text(rows, 1);
    g->member_count = b2b_db_integer(rows, 2);
    g->version = b2b_db_integer(rows, 3);
    g->created_at = b2b_db_time(rows, 4);
    g->modified_at = b2b_db_time(rows, 5);
    return g;
}

static b2b_error_t *name_check(b2b_db_conn_t *conn, const b2b_group_t *values,
                               apr_pool_t *scratch_pool)
{
    b2b_db_rows_t *rows;

    B2B_ERR(b2b_db_query(&rows, conn, STMT_HOST_GROUP_TAKEN, scratch_pool, "s",
                         b2b_text_fold(values->name, scratch_pool)));
    return b2b_store_taken(rows, values->id, "name", "host group", values->name, scratch_pool);
}

b2b_error_t *b2b_host_group_create(b2b_db_conn_t *conn, b2b_group_t *values,
                                   apr_pool_t *result_pool, apr_pool_t *scratch_pool)
{
    values->id = NULL;
    B2B_ERR(name_check(conn, values, scratch_pool));
    values->id = b2b_id_create(result_pool);
    values->automatic = FALSE;
    values->member_count = 0;
    values->version = 1;
    values->created_at = values->modified_at = b2b_clock_now();
    return b2b_db_execute(NULL, conn, STMT_HOST_GROUP_INSERT, scratch_pool, "sssii", values->id,
                          values->name, b2b_text_fold(values->name, scratch_pool),
                          (apr_int64_t)values->created_at, (apr_int64_t)values->created_at);
}

b2b_error_t *b2b_host_group_get(b2b_group_t **group, b2b_db_conn_t *conn, const char *id,
                                apr_pool_t *result_pool, apr_pool_t *scratch_pool)
{
    b2b_db_rows_t *rows;

    (void)scratch_pool;
    B2B_ERR(b2b_db_query(&rows, conn, STMT_HOST_GROUP_SELECT, result_pool, "s", id));
    *group = b2b_db_next(rows) ? group_of(rows, result_pool) : NULL;
    return NULL;
}

b2b_error_t *b2b_host_group_list(b2b_page_t **page, b2b_db_conn_t *conn, const b2b_list_t *list,
                                 apr_pool_t *result_pool, apr_pool_t *scratch_pool)
{
    const b2b_sort_t *sort = b2b_sort_find(sorts, list);
    const char *like = b2b_like(list->q, scratch_pool);
    b2b_db_rows_t *rows;

    B2B_ERR(b2b_db_query(&rows, conn, b2b_sort_stmt(sort, list), result_pool, "ssssi",
                         list->after_key, b2b_list_after(list), like, like, b2b_list_limit(list)));
    *page = b2b_page_create(list, result_pool);
    while (b2b_db_next(rows) && b2b_page_room(*page, list)) {
        b2b_group_t *group = group_of(rows, result_pool);

        b2b_page_add(*page, group, group->id, sort, rows, COLUMNS);
    }
    return NULL;
}

b2b_error_t *b2b_host_group_update(b2b_db_conn_t *conn, b2b_group_t *values, apr_int64_t version,
                                   apr_pool_t *scratch_pool)
{
    apr_time_t now = b2b_clock_now();
    apr_int64_t affected;
    b2b_group_t *made;

    B2B_ERR(name_check(conn, values, scratch_pool));
    B2B_ERR(b2b_db_execute(&affected, conn, STMT_HOST_GROUP_UPDATE, scratch_pool, "ssisii",
                           values->name, b2b_text_fold(values->name, scratch_pool),
                           (apr_int64_t)now, values->id, B2B_VERSION_RANGE(version)));
    if (affected == 0) {
        b2b_db_rows_t *rows;

        B2B_ERR(b2b_db_query(&rows, conn, STMT_HOST_GROUP_VERSION, scratch_pool, "s", values->id));
        return b2b_store_lost(rows, "host group", scratch_pool);
    }
    B2B_ERR(b2b_host_group_get(&made, conn, values->id, scratch_pool, scratch_pool));
    if (made) {
        values->version = made->version;
        values->modified_at = made->modified_at;
    }
    return NULL;
}

b2b_error_t *b2b_host_group_delete(b2b_db_conn_t *conn, const char *id, apr_int64_t version,
                                   apr_pool_t *scratch_pool)
{
    apr_int64_t now = (apr_int64_t)b2b_clock_now();
    b2b_db_rows_t *rows;
    apr_int64_t affected;

    B2B_ERR(b2b_db_execute(&affected, conn, STMT_HOST_GROUP_DELETE, scratch_pool, "iisii", now, now,
                           id, B2B_VERSION_RANGE(version)));
    if (affected == 0) {
        B2B_ERR(b2b_db_query(&rows, conn, STMT_HOST_GROUP_VERSION, scratch_pool, "s", id));
        return b2b_store_lost(rows, "host group", scratch_pool);
    }
    B2B_ERR(b2b_db_query(&rows, conn, STMT_HOST_GROUP_IDENTITIES, scratch_pool, "s", id));
    while (b2b_db_next(rows)) {
        b2b_touch_identity(conn, NULL, b2b_db_text(rows, 0), b2b_db_text(rows, 1), scratch_pool);
    }
    return NULL;
}

/* Run STMT for (GROUP_ID, USER_ID), which both exist, and touch the user if it changed something. */
static b2b_error_t *membership_set(int *changed, b2b_db_conn_t *conn, b2b_stmt_e stmt,
                                   const char *group_id, const char *user_id,
                                   apr_pool_t *scratch_pool)
{
    b2b_host_user_t *user;
    b2b_db_rows_t *rows;
    apr_int64_t affected;

    B2B_ERR(b2b_db_query(&rows, conn, STMT_HOST_GROUP_VERSION, scratch_pool, "s", group_id));
    if (!b2b_db_next(rows)) {
        return b2b_store_missing("host group", scratch_pool);
    }
    B2B_ERR(b2b_host_user_get(&user, conn, user_id, scratch_pool, scratch_pool));
    if (!user) {
        return b2b_store_missing("host user", scratch_pool);
    }
    B2B_ERR(b2b_db_execute(&affected, conn, stmt, scratch_pool, "ss", group_id, user_id));
    *changed = affected > 0;
    if (!*changed) {
        return NULL;
    }
    b2b_touch_identity(conn, NULL, user->issuer, user->subject, scratch_pool);
    return b2b_db_execute(NULL, conn, STMT_HOST_USER_RAISE, scratch_pool, "is",
                          (apr_int64_t)b2b_clock_now(), user_id);
}

b2b_error_t *b2b_host_group_add(int *changed, b2b_db_conn_t *conn, const char *group_id,
                                const char *user_id, apr_pool_t *scratch_pool)
{
    return membership_set(changed, conn, STMT_HOST_GROUP_USER_INSERT, group_id, user_id,
                          scratch_pool);
}

b2b_error_t *b2b_host_group_remove(int *changed, b2b_db_conn_t *conn, const char *group_id,
                                   const char *user_id, apr_pool_t *scratch_pool)
{
    return membership_set(changed, conn, STMT_HOST_GROUP_USER_DELETE, group_id, user_id,
                          scratch_pool);
}
