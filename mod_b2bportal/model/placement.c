/* SPDX-License-Identifier: Apache-2.0 */
/* Placements: a version of a dashboard in one portal, for whom (S6, S10). */

#include <string.h>

#include "model/model_private.h"

static const b2b_sort_t sorts[] = {{"name", STMT_PLACEMENT_LIST_NAME_UP,
                                    STMT_PLACEMENT_LIST_NAME_DOWN, 0},
                                   {NULL, 0, 0, 0}};

#define COLUMNS 17

static b2b_error_t *placement_of(b2b_placement_t **placement, const b2b_db_rows_t *rows,
                                 b2b_db_conn_t *conn, apr_pool_t *result_pool,
                                 apr_pool_t *scratch_pool)
{
    b2b_placement_t *p = apr_pcalloc(result_pool, sizeof(*p));
    apr_array_header_t *groups;
    b2b_db_rows_t *found;

    p->portal_id = b2b_db_text(rows, 0);
    p->id = b2b_db_text(rows, 1);
    p->dashboard_id = b2b_db_text(rows, 2);
    p->dashboard_version = b2b_db_integer(rows, 3);
    p->title = b2b_db_text(rows, 4);
    p->kind = b2b_db_text(rows, 5);
    p->published_version = b2b_db_integer(rows, 6);
    p->partner_id = b2b_db_text(rows, 7);
    p->partner_name = b2b_db_text(rows, 8);
    p->name = b2b_db_text(rows, 9);
    p->position = b2b_db_integer(rows, 10);
    p->welcome_page = b2b_db_bool(rows, 11);
    p->everyone = b2b_db_bool(rows, 12);
    p->source = b2b_db_text(rows, 13);
    p->version = b2b_db_integer(rows, 14);
    p->created_at = b2b_db_time(rows, 15);
    p->modified_at = b2b_db_time(rows, 16);

    B2B_ERR(
        b2b_db_query(&found, conn, STMT_PLACEMENT_GROUPS, scratch_pool, "ss", p->portal_id, p->id));
    groups = apr_array_make(result_pool, b2b_db_count(found), sizeof(const char *));
    while (b2b_db_next(found)) {
        APR_ARRAY_PUSH(groups, const char *) = apr_pstrdup(result_pool, b2b_db_text(found, 0));
    }
    p->groups = groups;
    *placement = p;
    return NULL;
}

b2b_error_t *b2b_placement_get(b2b_placement_t **placement, b2b_db_conn_t *conn,
                               const char *portal_id, const char *id, apr_pool_t *result_pool,
                               apr_pool_t *scratch_pool)
{
    b2b_db_rows_t *rows;

    *placement = NULL;
    B2B_ERR(b2b_db_query(&rows, conn, STMT_PLACEMENT_SELECT, result_pool, "ss", portal_id, id));
    return b2b_db_next(rows) ? placement_of(placement, rows, conn, result_pool, scratch_pool)
                             : NULL;
}

b2b_error_t *b2b_placement_list(b2b_page_t **page, b2b_db_conn_t *conn, const char *portal_id,
                                const b2b_list_t *list, apr_pool_t *result_pool,
                                apr_pool_t *scratch_pool)
{
    const b2b_sort_t *sort = b2b_sort_find(sorts, list);
    const char *like = b2b_like(list->q, scratch_pool);
    b2b_db_rows_t *rows;

    B2B_ERR(b2b_db_query(&rows, conn, b2b_sort_stmt(sort, list), result_pool, "ssssssssssi",
                         portal_id, list->after_key, portal_id, b2b_list_after(list),
                         b2b_any(list->dashboard_id), b2b_any(list->dashboard_id),
                         b2b_any(list->partner_id), b2b_any(list->partner_id), like, like,
                         b2b_list_limit(list)));
    *page = b2b_page_create(list, result_pool);
    while (b2b_db_next(rows) && b2b_page_room(*page, list)) {
        b2b_placement_t *placement;

        B2B_ERR(placement_of(&placement, rows, conn, result_pool, scratch_pool));
        b2b_page_add(*page, placement, placement->id, sort, rows, COLUMNS);
    }
    return NULL;
}

/* Everything that VALUES refers to is there; a dashboard_version of 0 becomes the newest. */
static b2b_error_t *values_check(b2b_db_conn_t *conn, b2b_placement_t *values,
                                 apr_pool_t *scratch_pool)
{
    b2b_db_rows_t *rows;

    B2B_ERR(b2b_db_execute(NULL, conn, STMT_PLACEMENT_HOLD_DASHBOARD, scratch_pool, "s",
                           values->dashboard_id));
    B2B_ERR(b2b_db_query(&rows, conn, STMT_PLACEMENT_DASHBOARD, scratch_pool, "is",
                         values->dashboard_version, values->dashboard_id));
    if (!b2b_db_next(rows)) {
        return b2b_error_invalid(scratch_pool, "dashboard_id", "There is no such dashboard.");
    }
    if (values->dashboard_version == 0) {
        values->dashboard_version = b2b_db_integer(rows, 0);
        if (values->dashboard_version == 0) {
            return b2b_error_invalid(scratch_pool, "dashboard_id",
                                     "This dashboard is a draft. Publish it first.");
        }
    }
    else if (b2b_db_integer(rows, 1) == 0) {
        return b2b_error_invalid(scratch_pool, "version",
                                 "There is no such version of the dashboard.");
    }
    if (values->partner_id) {
        apr_int64_t there;

        B2B_ERR(b2b_db_execute(&there, conn, STMT_PARTNER_HOLD, scratch_pool, "ss",
                               values->portal_id, values->partner_id));
        if (!there) {
            return b2b_error_invalid(scratch_pool, "partner_id",
                                     "There is no such partner in this portal.");
        }
    }
    B2B_ERR(b2b_groups_check(conn, values->portal_id, values->groups, scratch_pool));
    B2B_ERR(b2b_db_query(&rows, conn, STMT_PLACEMENT_TAKEN, scratch_pool, "sss", values->portal_id,
                         b2b_text_fold(values->name, scratch_pool), b2b_any(values->partner_id)));
    return b2b_store_taken(rows, values->id, "name", "placement", values->name, scratch_pool);
}

static b2b_error_t *groups_set(b2b_db_conn_t *conn, const b2b_placement_t *values,
                               apr_pool_t *scratch_pool)
{
    int i;

    B2B_ERR(b2b_db_execute(NULL, conn, STMT_PLACEMENT_GROUPS_DELETE, scratch_pool, "ss",
                           values->portal_id, values->id));
    for (i = 0; values->groups && i < values->groups->nelts; i++) {
        B2B_ERR(b2b_db_execute(NULL, conn, STMT_PLACEMENT_GROUP_INSERT, scratch_pool, "sss",
                               values->portal_id, values->id,
                               APR_ARRAY_IDX(values->groups, i, const char *)));
    }
    b2b_touch_portal(conn, values->portal_id, scratch_pool);
    return NULL;
}

b2b_error_t *b2b_placement_create(b2b_db_conn_t *conn, b2b_placement_t *values,
                                  apr_pool_t *result_pool, apr_pool_t *scratch_pool)
{
    apr_int64_t now = (apr_int64_t)b2b_clock_now();
    b2b_placement_t *made;
    b2b_db_rows_t *rows;

    values->id = NULL;
    B2B_ERR(values_check(conn, values, scratch_pool));
    values->id = b2b_id_create(result_pool);
    if (values->position == 0) {
        B2B_ERR(b2b_db_query(&rows, conn, STMT_PLACEMENT_LAST_POSITION, scratch_pool, "s",
                             values->portal_id));
        values->position = (b2b_db_next(rows) ? b2b_db_integer(rows, 0) : 0) + 1;
    }
    B2B_ERR(b2b_db_execute(NULL, conn, STMT_PLACEMENT_INSERT, scratch_pool, "sssisssibbsii",
                           values->portal_id, values->id, values->dashboard_id,
                           values->dashboard_version, values->partner_id, values->name,
                           b2b_text_fold(values->name, scratch_pool), values->position,
                           values->welcome_page, values->everyone,
                           values->source ? values->source : "manual", now, now));
    B2B_ERR(groups_set(conn, values, scratch_pool));
    B2B_ERR(
        b2b_placement_get(&made, conn, values->portal_id, values->id, result_pool, scratch_pool));
    if (made) {
        *values = *made;
    }
    return NULL;
}

static b2b_error_t *lost(b2b_db_conn_t *conn, const char *portal_id, const char *id,
                         apr_pool_t *scratch_pool)
{
    b2b_db_rows_t *rows;

    B2B_ERR(b2b_db_query(&rows, conn, STMT_PLACEMENT_VERSION, scratch_pool, "ss", portal_id, id));
    return b2b_store_lost(rows, "placement", scratch_pool);
}

b2b_error_t *b2b_placement_update(b2b_db_conn_t *conn, b2b_placement_t *values, apr_int64_t version,
                                  apr_pool_t *scratch_pool)
{
    apr_int64_t affected;
    b2b_placement_t *made;

    B2B_ERR(values_check(conn, values, scratch_pool));
    B2B_ERR(b2b_db_execute(&affected, conn, STMT_PLACEMENT_UPDATE, scratch_pool, "isssibbissii",
                           values->dashboard_version, values->partner_id, values->name,
                           b2b_text_fold(values->name, scratch_pool), values->position,
                           values->welcome_page, values->everyone, (apr_int64_t)b2b_clock_now(),
                           values->portal_id, values->id, B2B_VERSION_RANGE(version)));
    if (affected == 0) {
        return lost(conn, values->portal_id, values->id, scratch_pool);
    }
    B2B_ERR(groups_set(conn, values, scratch_pool));
    B2B_ERR(
        b2b_placement_get(&made, conn, values->portal_id, values->id, scratch_pool, scratch_pool));
    if (made) {
        values->version = made->version;
        values->modified_at = made->modified_at;
    }
    return NULL;
}

b2b_error_t *b2b_placement_delete(b2b_db_conn_t *conn, const char *portal_id, const char *id,
                                  apr_int64_t version, apr_pool_t *scratch_pool)
{
    apr_int64_t now = (apr_int64_t)b2b_clock_now();
    apr_int64_t affected;

    B2B_ERR(b2b_db_execute(&affected, conn, STMT_PLACEMENT_DELETE, scratch_pool, "iissii", now, now,
                           portal_id, id, B2B_VERSION_RANGE(version)));
    if (affected == 0) {
        return lost(conn, portal_id, id, scratch_pool);
    }
    b2b_touch_portal(conn, portal_id, scratch_pool);
    return NULL;
}

/* Set *PEOPLE to the ids of all who may open what PLACEMENT describes; nobody for NULL. */
static b2b_error_t *audience(apr_hash_t **people, b2b_db_conn_t *conn,
                             const b2b_placement_t *placement, apr_pool_t *pool)
{
    apr_int64_t now = (apr_int64_t)b2b_clock_now();
    int i;

    *people = apr_hash_make(pool);
    if (!placement) {
        return NULL;
    }
    for (i = placement->everyone ? -1 : 0; i < (placement->groups ? placement->groups->nelts : 0);
         i++) {
        const char *partner = b2b_any(placement->partner_id);
        b2b_db_rows_t *rows;

        if (i < 0) {
            B2B_ERR(b2b_db_query(&rows, conn, STMT_PLACEMENT_AUDIENCE_EVERYONE, pool, "siss",
                                 placement->portal_id, now, partner, partner));
        }
        else {
            B2B_ERR(b2b_db_query(&rows, conn, STMT_PLACEMENT_AUDIENCE_GROUP, pool, "ssiss",
                                 placement->portal_id,
                                 APR_ARRAY_IDX(placement->groups, i, const char *), now, partner,
                                 partner));
        }
        while (b2b_db_next(rows)) {
            apr_hash_set(*people, b2b_db_text(rows, 0), APR_HASH_KEY_STRING, placement);
        }
        if (i < 0) {
            break;
        }
    }
    return NULL;
}

/* How many of A are not in B? */
static apr_int64_t missing(apr_hash_t *a, apr_hash_t *b, apr_pool_t *pool)
{
    apr_hash_index_t *index;
    apr_int64_t count = 0;

    for (index = apr_hash_first(pool, a); index; index = apr_hash_next(index)) {
        const void *id;

        apr_hash_this(index, &id, NULL, NULL);
        count += apr_hash_get(b, id, APR_HASH_KEY_STRING) == NULL;
    }
    return count;
}

b2b_error_t *b2b_placement_impact(b2b_impact_t *impact, b2b_db_conn_t *conn,
                                  const b2b_placement_t *before, const b2b_placement_t *after,
                                  apr_pool_t *scratch_pool)
{
    apr_hash_t *old_people, *new_people;

    memset(impact, 0, sizeof(*impact));
    B2B_ERR(audience(&old_people, conn, before, scratch_pool));
    B2B_ERR(audience(&new_people, conn, after, scratch_pool));
    impact->placements = 1;
    impact->members = missing(old_people, new_people, scratch_pool);
    impact->gaining = missing(new_people, old_people, scratch_pool);
    return NULL;
}

b2b_error_t *b2b_placement_share(const char **title, b2b_db_conn_t *conn, const char *portal_id,
                                 const char *id, apr_pool_t *result_pool, apr_pool_t *scratch_pool)
{
    b2b_db_rows_t *rows;

    (void)scratch_pool;
    B2B_ERR(b2b_db_query(&rows, conn, STMT_PLACEMENT_SHARE, result_pool, "ss", portal_id, id));
    *title = b2b_db_next(rows) ? b2b_db_text(rows, 0) : NULL;
    return NULL;
}

b2b_error_t *b2b_placements_of_image(apr_array_header_t **placements, b2b_db_conn_t *conn,
                                     const char *portal_id, const char *file,
                                     apr_pool_t *result_pool, apr_pool_t *scratch_pool)
{
    b2b_db_rows_t *rows;

    (void)scratch_pool;
    B2B_ERR(b2b_db_query(&rows, conn, STMT_PLACEMENT_OF_IMAGE, result_pool, "ss", file, portal_id));
    *placements = apr_array_make(result_pool, b2b_db_count(rows), sizeof(const char *));
    while (b2b_db_next(rows)) {
        APR_ARRAY_PUSH(*placements, const char *) = b2b_db_text(rows, 0);
    }
    return NULL;
}
