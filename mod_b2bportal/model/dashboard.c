/* SPDX-License-Identifier: Apache-2.0 */
/* Dashboards of the host: a draft, and versions that never change (S10). */

#include <string.h>

#include "model/model_private.h"

static const b2b_sort_t sorts[] = {{"title", STMT_DASHBOARD_LIST_TITLE_UP,
                                    STMT_DASHBOARD_LIST_TITLE_DOWN, 0},
                                   {"modified_at", STMT_DASHBOARD_LIST_CHANGED_UP,
                                    STMT_DASHBOARD_LIST_CHANGED_DOWN, 1},
                                   {NULL, 0, 0, 0}};

#define COLUMNS 14

static b2b_dashboard_t *dashboard_of(const b2b_db_rows_t *rows, apr_pool_t *result_pool)
{
    b2b_dashboard_t *d = apr_pcalloc(result_pool, sizeof(*d));

    d->id = b2b_db_text(rows, 0);
    d->kind = b2b_db_text(rows, 1);
    d->title = b2b_db_text(rows, 2);
    d->description = b2b_db_text(rows, 3);
    d->target = b2b_db_text(rows, 4);
    d->widgets = b2b_db_text(rows, 5);
    d->draft_changed = b2b_db_bool(rows, 6);
    d->published_version = b2b_db_integer(rows, 7);
    d->published_at = b2b_db_time(rows, 8);
    d->placement_count = b2b_db_integer(rows, 9);
    d->portal_count = b2b_db_integer(rows, 10);
    d->version = b2b_db_integer(rows, 11);
    d->created_at = b2b_db_time(rows, 12);
    d->modified_at = b2b_db_time(rows, 13);
    return d;
}

b2b_error_t *b2b_dashboard_get(b2b_dashboard_t **dashboard, b2b_db_conn_t *conn, const char *id,
                               apr_pool_t *result_pool, apr_pool_t *scratch_pool)
{
    b2b_db_rows_t *rows;

    (void)scratch_pool;
    B2B_ERR(b2b_db_query(&rows, conn, STMT_DASHBOARD_SELECT, result_pool, "s", id));
    *dashboard = b2b_db_next(rows) ? dashboard_of(rows, result_pool) : NULL;
    return NULL;
}

b2b_error_t *b2b_dashboard_list(b2b_page_t **page, b2b_db_conn_t *conn, const b2b_list_t *list,
                                apr_pool_t *result_pool, apr_pool_t *scratch_pool)
{
    const b2b_sort_t *sort = b2b_sort_find(sorts, list);
    const char *like = b2b_like(list->q, scratch_pool);
    b2b_db_rows_t *rows;

    B2B_ERR(b2b_sort_check(sort, list, scratch_pool));
    B2B_ERR(b2b_db_query(&rows, conn, b2b_sort_stmt(sort, list), result_pool, "ssssssi",
                         list->after_key, b2b_list_after(list), b2b_any(list->kind),
                         b2b_any(list->kind), like, like, b2b_list_limit(list)));
    *page = b2b_page_create(list, result_pool);
    while (b2b_db_next(rows) && b2b_page_room(*page, list)) {
        b2b_dashboard_t *dashboard = dashboard_of(rows, result_pool);

        b2b_page_add(*page, dashboard, dashboard->id, sort, rows, COLUMNS);
    }
    return NULL;
}

static b2b_error_t *values_check(b2b_db_conn_t *conn, const b2b_dashboard_t *values,
                                 apr_pool_t *scratch_pool)
{
    b2b_db_rows_t *rows;
    int i;

    B2B_ERR(b2b_db_query(&rows, conn, STMT_DASHBOARD_TAKEN, scratch_pool, "s",
                         b2b_text_fold(values->title, scratch_pool)));
    B2B_ERR(b2b_store_taken(rows, values->id, "title", "dashboard", values->title, scratch_pool));
    for (i = 0; values->images && i < values->images->nelts; i++) {
        B2B_ERR(b2b_image_check(conn, APR_ARRAY_IDX(values->images, i, const char *), "widgets",
                                scratch_pool));
    }
    return NULL;
}

static b2b_error_t *images_set(b2b_db_conn_t *conn, const b2b_dashboard_t *values,
                               apr_pool_t *scratch_pool)
{
    int i;

    B2B_ERR(
        b2b_db_execute(NULL, conn, STMT_DASHBOARD_IMAGES_DELETE, scratch_pool, "s", values->id));
    for (i = 0; values->images && i < values->images->nelts; i++) {
        B2B_ERR(b2b_db_execute(NULL, conn, STMT_DASHBOARD_IMAGE_INSERT, scratch_pool, "ss",
                               values->id, APR_ARRAY_IDX(values->images, i, const char *)));
    }
    return NULL;
}

b2b_error_t *b2b_dashboard_create(b2b_db_conn_t *conn, b2b_dashboard_t *values,
                                  apr_pool_t *result_pool, apr_pool_t *scratch_pool)
{
    apr_int64_t now = (apr_int64_t)b2b_clock_now();
    b2b_dashboard_t *made;

    values->id = NULL;
    B2B_ERR(values_check(conn, values, scratch_pool));
    values->id = b2b_id_create(result_pool);
    B2B_ERR(b2b_db_execute(NULL, conn, STMT_DASHBOARD_INSERT, scratch_pool, "sssssssii", values->id,
                           values->kind, values->title, b2b_text_fold(values->title, scratch_pool),
                           b2b_text_or_empty(values->description), values->target,
                           values->widgets ? values->widgets : "[]", now, now));
    B2B_ERR(images_set(conn, values, scratch_pool));
    B2B_ERR(b2b_dashboard_get(&made, conn, values->id, result_pool, scratch_pool));
    if (made) {
        *values = *made;
    }
    return NULL;
}

static b2b_error_t *lost(b2b_db_conn_t *conn, const char *id, apr_pool_t *scratch_pool)
{
    b2b_db_rows_t *rows;

    B2B_ERR(b2b_db_query(&rows, conn, STMT_DASHBOARD_VERSION, scratch_pool, "s", id));
    return b2b_store_lost(rows, "dashboard", scratch_pool);
}

/* Is the draft of ID the same as its published version? */
static b2b_error_t *draft_same(int *same, b2b_db_conn_t *conn, const char *id,
                               apr_pool_t *scratch_pool)
{
    b2b_db_rows_t *rows;

    B2B_ERR(b2b_db_query(&rows, conn, STMT_DASHBOARD_VERSION_SAME, scratch_pool, "s", id));
    *same = b2b_db_next(rows);
    return NULL;
}

b2b_error_t *b2b_dashboard_update(b2b_db_conn_t *conn, b2b_dashboard_t *values, apr_int64_t version,
                                  apr_pool_t *scratch_pool)
{
    apr_int64_t affected;
    b2b_dashboard_t *made;
    int same;

    B2B_ERR(values_check(conn, values, scratch_pool));
    B2B_ERR(b2b_db_execute(&affected, conn, STMT_DASHBOARD_UPDATE, scratch_pool, "sssssisii",
                           values->title, b2b_text_fold(values->title, scratch_pool),
                           b2b_text_or_empty(values->description), values->target,
                           values->widgets ? values->widgets : "[]", (apr_int64_t)b2b_clock_now(),
                           values->id, B2B_VERSION_RANGE(version)));
    if (affected == 0) {
        return lost(conn, values->id, scratch_pool);
    }
    B2B_ERR(images_set(conn, values, scratch_pool));
    B2B_ERR(draft_same(&same, conn, values->id, scratch_pool));
    if (same) {
        B2B_ERR(b2b_db_execute(NULL, conn, STMT_DASHBOARD_SAME, scratch_pool, "s", values->id));
    }
    B2B_ERR(b2b_dashboard_get(&made, conn, values->id, scratch_pool, scratch_pool));
    if (made) {
        values->draft_changed = made->draft_changed;
        values->version = made->version;
        values->modified_at = made->modified_at;
    }
    return NULL;
}

b2b_error_t *b2b_dashboard_publish(apr_int64_t *number, b2b_db_conn_t *conn, const char *id,
                                   apr_int64_t version, const char *published_by,
                                   apr_pool_t *scratch_pool)
{
    apr_int64_t now = (apr_int64_t)b2b_clock_now();
    b2b_dashboard_t *dashboard;
    apr_int64_t affected;
    int same;

    B2B_ERR(b2b_dashboard_get(&dashboard, conn, id, scratch_pool, scratch_pool));
    if (!dashboard || (version != B2B_VERSION_ANY && dashboard->version != version)) {
        return lost(conn, id, scratch_pool);
    }
    B2B_ERR(draft_same(&same, conn, id, scratch_pool));
    if (same) {
        *number = dashboard->published_version;
        return NULL;
    }
    *number = dashboard->published_version + 1;
    B2B_ERR(b2b_db_execute(&affected, conn, STMT_DASHBOARD_PUBLISHED, scratch_pool, "iisii",
                           *number, now, id, dashboard->version, dashboard->version));
    if (affected == 0) {
        return lost(conn, id, scratch_pool);
    }
    B2B_ERR(b2b_db_execute(NULL, conn, STMT_DASHBOARD_VERSION_INSERT, scratch_pool, "isis", *number,
                           published_by, now, id));
    return b2b_db_execute(NULL, conn, STMT_DASHBOARD_IMAGES_PUBLISH, scratch_pool, "is", *number,
                          id);
}

b2b_error_t *b2b_dashboard_delete(b2b_db_conn_t *conn, const char *id, apr_int64_t version,
                                  const char *deleted_by, apr_pool_t *scratch_pool)
{
    apr_int64_t now = (apr_int64_t)b2b_clock_now();
    apr_int64_t affected;
    b2b_db_rows_t *rows;

    B2B_ERR(b2b_db_execute(&affected, conn, STMT_DASHBOARD_DELETE, scratch_pool, "iissii", now, now,
                           deleted_by, id, B2B_VERSION_RANGE(version)));
    if (affected == 0) {
        return lost(conn, id, scratch_pool);
    }
    B2B_ERR(b2b_db_query(&rows, conn, STMT_DASHBOARD_PORTALS, scratch_pool, "s", id));
    while (b2b_db_next(rows)) {
        b2b_touch_portal(conn, b2b_db_text(rows, 0), scratch_pool);
    }
    return b2b_db_execute(NULL, conn, STMT_DASHBOARD_DELETE_PLACEMENTS, scratch_pool, "iis", now,
                          now, id);
}

/* NAME, or "NAME 2", … : free in the portal for the partner ("": for all). */
static b2b_error_t *placement_name(const char **name, b2b_db_conn_t *conn, const char *portal_id,
                                   const char *partner_id, apr_pool_t *pool)
{
    const char *base = *name;
    int number;

    for (number = 2;; number++) {
        b2b_db_rows_t *rows;

        B2B_ERR(b2b_db_query(&rows, conn, STMT_PLACEMENT_TAKEN, pool, "sss", portal_id,
                             b2b_text_fold(*name, pool), partner_id));
        if (!b2b_db_next(rows)) {
            return NULL;
        }
        *name = apr_psprintf(pool, "%s %d", base, number);
    }
}

static b2b_error_t *placements_restore(b2b_db_conn_t *conn, const char *id, apr_int64_t deleted_at,
                                       apr_pool_t *scratch_pool)
{
    b2b_db_rows_t *rows;
    apr_pool_t *pool;

    B2B_ERR(b2b_db_query(&rows, conn, STMT_DASHBOARD_DELETED_PLACEMENTS, scratch_pool, "si", id,
                         deleted_at));
    apr_pool_create(&pool, scratch_pool);
    while (b2b_db_next(rows)) {
        const char *portal_id = b2b_db_text(rows, 0);
        const char *name = b2b_db_text(rows, 2);

        apr_pool_clear(pool);
        B2B_ERR(placement_name(&name, conn, portal_id, b2b_db_text(rows, 3), pool));
        B2B_ERR(b2b_db_execute(NULL, conn, STMT_DASHBOARD_PLACEMENT_RESTORE, pool, "ssiss", name,
                               b2b_text_fold(name, pool), (apr_int64_t)b2b_clock_now(), portal_id,
                               b2b_db_text(rows, 1)));
        b2b_touch_portal(conn, portal_id, pool);
    }
    apr_pool_destroy(pool);
    return NULL;
}

b2b_error_t *b2b_dashboard_restore(b2b_db_conn_t *conn, const char *id, apr_pool_t *scratch_pool)
{
    apr_int64_t affected = 0, deleted_at = 0;
    b2b_dashboard_t dashboard = {NULL};
    b2b_db_rows_t *rows;

    B2B_ERR(b2b_db_query(&rows, conn, STMT_DASHBOARD_DELETED, scratch_pool, "s", id));
    if (b2b_db_next(rows)) {
        dashboard.id = id;
        dashboard.title = b2b_db_text(rows, 0);
        deleted_at = b2b_db_integer(rows, 1);
        B2B_ERR(values_check(conn, &dashboard, scratch_pool));
        B2B_ERR(b2b_db_execute(&affected, conn, STMT_DASHBOARD_RESTORE, scratch_pool, "isi",
                               (apr_int64_t)b2b_clock_now(), id, deleted_at));
    }
    return affected ? placements_restore(conn, id, deleted_at, scratch_pool)
                    : b2b_store_missing("deleted dashboard", scratch_pool);
}

b2b_error_t *b2b_dashboard_impact(b2b_impact_t *impact, b2b_db_conn_t *conn, const char *id,
                                  apr_pool_t *scratch_pool)
{
    b2b_db_rows_t *rows;

    memset(impact, 0, sizeof(*impact));
    B2B_ERR(b2b_db_query(&rows, conn, STMT_DASHBOARD_IMPACT, scratch_pool, "is",
                         (apr_int64_t)b2b_clock_now(), id));
    if (b2b_db_next(rows)) {
        impact->portals = b2b_db_integer(rows, 0);
        impact->placements = b2b_db_integer(rows, 1);
        impact->members = b2b_db_integer(rows, 2);
    }
    return NULL;
}

static b2b_dashboard_version_t *version_of(const b2b_db_rows_t *rows, apr_pool_t *result_pool)
{
    b2b_dashboard_version_t *v = apr_pcalloc(result_pool, sizeof(*v));

    v->dashboard_id = b2b_db_text(rows, 0);
    v->number = b2b_db_integer(rows, 1);
    v->kind = b2b_db_text(rows, 2);
    v->title = b2b_db_text(rows, 3);
    v->description = b2b_db_text(rows, 4);
    v->target = b2b_db_text(rows, 5);
    v->widgets = b2b_db_text(rows, 6);
    v->published_by = b2b_db_text(rows, 7);
    if (v->published_by) {
        v->publisher_name = b2b_person_name(b2b_db_text(rows, 8), b2b_db_text(rows, 9),
                                            b2b_db_text(rows, 10), result_pool);
    }
    v->published_at = b2b_db_time(rows, 11);
    return v;
}

b2b_error_t *b2b_dashboard_version_get(b2b_dashboard_version_t **version, b2b_db_conn_t *conn,
                                       const char *id, apr_int64_t number, apr_pool_t *result_pool,
                                       apr_pool_t *scratch_pool)
{
    b2b_db_rows_t *rows;

    (void)scratch_pool;
    B2B_ERR(
        b2b_db_query(&rows, conn, STMT_DASHBOARD_VERSION_SELECT, result_pool, "si", id, number));
    *version = b2b_db_next(rows) ? version_of(rows, result_pool) : NULL;
    return NULL;
}

b2b_error_t *b2b_dashboard_version_list(b2b_page_t **page, b2b_db_conn_t *conn, const char *id,
                                        const b2b_list_t *list, apr_pool_t *result_pool,
                                        apr_pool_t *scratch_pool)
{
    apr_int64_t before = list->after_key ? apr_atoi64(list->after_key) : APR_INT64_MAX;
    b2b_db_rows_t *rows;

    (void)scratch_pool;
    B2B_ERR(b2b_db_query(&rows, conn, STMT_DASHBOARD_VERSION_LIST, result_pool, "sii", id, before,
                         b2b_list_limit(list)));
    *page = b2b_page_create(list, result_pool);
    while (b2b_db_next(rows) && b2b_page_room(*page, list)) {
        b2b_dashboard_version_t *version = version_of(rows, result_pool);

        /* The number is the place in the list. */
        b2b_page_add(*page, version,
                     apr_psprintf(result_pool, "%" APR_INT64_T_FMT, version->number), NULL, rows,
                     0);
    }
    return NULL;
}
