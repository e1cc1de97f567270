/* SPDX-License-Identifier: Apache-2.0 */
/* Groups of members (S5). The automatic one has no row and answers to the portal's id. */

#include <string.h>

#include "model/model_private.h"

static const b2b_sort_t sorts[] = {{"name", STMT_GROUP_LIST_NAME_UP, STMT_GROUP_LIST_NAME_DOWN, 0},
                                   {NULL, 0, 0, 0}};

#define COLUMNS 6

const char *b2b_group_automatic_name(const char *portal_name, apr_pool_t *pool)
{
    return apr_pstrcat(pool, "All ", portal_name, " users", NULL);
}

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

static b2b_error_t *automatic_get(b2b_group_t **group, b2b_db_conn_t *conn, const char *portal_id,
                                  apr_pool_t *result_pool)
{
    b2b_db_rows_t *rows;

    *group = NULL;
    B2B_ERR(b2b_db_query(&rows, conn, STMT_GROUP_AUTOMATIC, result_pool, "is",
                         (apr_int64_t)b2b_clock_now(), portal_id));
    if (b2b_db_next(rows)) {
        *group = group_of(rows, result_pool);
        (*group)->name = b2b_group_automatic_name((*group)->name, result_pool);
        (*group)->automatic = TRUE;
    }
    return NULL;
}

b2b_error_t *b2b_group_get(b2b_group_t **group, b2b_db_conn_t *conn, const char *portal_id,
                           const char *id, apr_pool_t *result_pool, apr_pool_t *scratch_pool)
{
    b2b_db_rows_t *rows;

    (void)scratch_pool;
    if (strcmp(id, portal_id) == 0) {
        return automatic_get(group, conn, portal_id, result_pool);
    }
    B2B_ERR(b2b_db_query(&rows, conn, STMT_GROUP_SELECT, result_pool, "ss", portal_id, id));
    *group = b2b_db_next(rows) ? group_of(rows, result_pool) : NULL;
    return NULL;
}

b2b_error_t *b2b_group_list(b2b_page_t **page, b2b_db_conn_t *conn, const char *portal_id,
                            const b2b_list_t *list, apr_pool_t *result_pool,
                            apr_pool_t *scratch_pool)
{
    const b2b_sort_t *sort = b2b_sort_find(sorts, list);
    const char *like = b2b_like(list->q, scratch_pool);
    b2b_group_t *automatic = NULL;
    b2b_db_rows_t *rows;

    B2B_ERR(b2b_db_query(&rows, conn, b2b_sort_stmt(sort, list), result_pool, "ssssssi", portal_id,
                         list->after_key, portal_id, b2b_list_after(list), like, like,
                         b2b_list_limit(list)));
    *page = b2b_page_create(list, result_pool);
    while (b2b_db_next(rows) && b2b_page_room(*page, list)) {
        b2b_group_t *group = group_of(rows, result_pool);

        b2b_page_add(*page, group, group->id, sort, rows, COLUMNS);
    }
    if (!list->after_id && !*like) {
        B2B_ERR(automatic_get(&automatic, conn, portal_id, result_pool));
    }
    if (automatic) {
        apr_array_header_t *items = apr_array_make(result_pool, (*page)->items->nelts + 1,
                                                   sizeof(void *));

        APR_ARRAY_PUSH(items, b2b_group_t *) = automatic;
        apr_array_cat(items, (*page)->items);
        (*page)->items = items;
    }
    return NULL;
}

static b2b_error_t *automatic_refuse(const char *portal_id, const char *id,
                                     apr_pool_t *scratch_pool)
{
    if (strcmp(portal_id, id) != 0) {
        return NULL;
    }
    return b2b_error_typed(
        b2b_error_create(scratch_pool, B2B_E_CONFLICT, NULL,
                         "This group is exactly the portal's active members. It cannot be "
                         "changed; make another group."),
        "automatic-group");
}

/* No other group of the portal has the name of VALUES, the automatic one included. */
static b2b_error_t *name_check(b2b_db_conn_t *conn, const char *portal_id,
                               const b2b_group_t *values, apr_pool_t *scratch_pool)
{
    const char *folded = b2b_text_fold(values->name, scratch_pool);
    b2b_db_rows_t *rows;

    B2B_ERR(b2b_db_query(&rows, conn, STMT_GROUP_TAKEN, scratch_pool, "ss", portal_id, folded));
    B2B_ERR(b2b_store_taken(rows, values->id, "name", "group", values->name, scratch_pool));
    B2B_ERR(b2b_db_query(&rows, conn, STMT_PORTAL_SELECT_BY_ID, scratch_pool, "s", portal_id));
    if (!b2b_db_next(rows)) {
        return b2b_store_missing("portal", scratch_pool);
    }
    if (strcmp(folded, b2b_text_fold(b2b_group_automatic_name(b2b_db_text(rows, 2), scratch_pool),
                                     scratch_pool)) == 0) {
        return b2b_error_typed(
            b2b_error_of_field(scratch_pool, B2B_E_CONFLICT, "name", __FILE__, __LINE__,
                               "The portal's automatic group has this name. Choose "
                               "another one."),
            "name-taken");
    }
    return NULL;
}

b2b_error_t *b2b_group_create(b2b_db_conn_t *conn, const char *portal_id, b2b_group_t *values,
                              apr_pool_t *result_pool, apr_pool_t *scratch_pool)
{
    values->id = NULL;
    B2B_ERR(name_check(conn, portal_id, values, scratch_pool));
    values->id = b2b_id_create(result_pool);
    values->automatic = FALSE;
    values->member_count = 0;
    values->version = 1;
    values->created_at = values->modified_at = b2b_clock_now();
    B2B_ERR(b2b_db_execute(NULL, conn, STMT_GROUP_INSERT, scratch_pool, "ssssii", portal_id,
                           values->id, values->name, b2b_text_fold(values->name, scratch_pool),
                           (apr_int64_t)values->created_at, (apr_int64_t)values->created_at));
    b2b_touch_portal(conn, portal_id, scratch_pool);
    return NULL;
}

static b2b_error_t *change_end(b2b_db_conn_t *conn, const char *portal_id, const char *id,
                               apr_int64_t affected, apr_pool_t *scratch_pool)
{
    if (affected == 0) {
        b2b_db_rows_t *rows;

        B2B_ERR(b2b_db_query(&rows, conn, STMT_GROUP_VERSION, scratch_pool, "ss", portal_id, id));
        return b2b_store_lost(rows, "group", scratch_pool);
    }
    b2b_touch_portal(conn, portal_id, scratch_pool);
    return NULL;
}

b2b_error_t *b2b_group_update(b2b_db_conn_t *conn, const char *portal_id, b2b_group_t *values,
                              apr_int64_t version, apr_pool_t *scratch_pool)
{
    apr_int64_t affected;
    b2b_group_t *made;

    B2B_ERR(automatic_refuse(portal_id, values->id, scratch_pool));
    B2B_ERR(name_check(conn, portal_id, values, scratch_pool));
    B2B_ERR(b2b_db_execute(&affected, conn, STMT_GROUP_UPDATE, scratch_pool, "ssissii",
                           values->name, b2b_text_fold(values->name, scratch_pool),
                           (apr_int64_t)b2b_clock_now(), portal_id, values->id,
                           B2B_VERSION_RANGE(version)));
    B2B_ERR(change_end(conn, portal_id, values->id, affected, scratch_pool));
    B2B_ERR(b2b_group_get(&made, conn, portal_id, values->id, scratch_pool, scratch_pool));
    if (made) {
        values->version = made->version;
        values->modified_at = made->modified_at;
    }
    return NULL;
}

b2b_error_t *b2b_group_delete(b2b_db_conn_t *conn, const char *portal_id, const char *id,
                              apr_int64_t version, apr_pool_t *scratch_pool)
{
    apr_int64_t now = (apr_int64_t)b2b_clock_now();
    apr_int64_t affected;

    B2B_ERR(automatic_refuse(portal_id, id, scratch_pool));
    B2B_ERR(b2b_db_execute(&affected, conn, STMT_GROUP_DELETE, scratch_pool, "iissii", now, now,
                           portal_id, id, B2B_VERSION_RANGE(version)));
    B2B_ERR(change_end(conn, portal_id, id, affected, scratch_pool));
    /* Placements keep everyone = 0: what named only this group is open to nobody (S6). Members' cached
     * groups may still have the id; no placement and no name leads to it any more. */
    return b2b_db_execute(NULL, conn, STMT_GROUP_RAISE_PLACEMENTS, scratch_pool, "isss", now,
                          portal_id, portal_id, id);
}

b2b_error_t *b2b_group_impact(b2b_impact_t *impact, b2b_db_conn_t *conn, const char *portal_id,
                              const char *id, apr_pool_t *scratch_pool)
{
    b2b_db_rows_t *rows;

    memset(impact, 0, sizeof(*impact));
    B2B_ERR(b2b_db_query(&rows, conn, STMT_GROUP_IMPACT, scratch_pool, "ssiss", portal_id, id,
                         (apr_int64_t)b2b_clock_now(), portal_id, id));
    if (b2b_db_next(rows)) {
        impact->groups = 1;
        impact->members = b2b_db_integer(rows, 0);
        impact->placements = b2b_db_integer(rows, 1);
        impact->shares = b2b_db_integer(rows, 2);
    }
    return NULL;
}

b2b_error_t *b2b_groups_check(b2b_db_conn_t *conn, const char *portal_id,
                              const apr_array_header_t *groups, apr_pool_t *scratch_pool)
{
    b2b_db_rows_t *rows;
    int i;

    for (i = 0; groups && i < groups->nelts; i++) {
        const char *id = APR_ARRAY_IDX(groups, i, const char *);
        const char *field = apr_psprintf(scratch_pool, "groups/%d", i);

        if (strcmp(id, portal_id) == 0) {
            return b2b_error_invalid(
                scratch_pool, field,
                "The automatic group has all active members by itself. Name other "
                "groups, or choose everyone.");
        }
        B2B_ERR(b2b_db_query(&rows, conn, STMT_GROUP_VERSION, scratch_pool, "ss", portal_id, id));
        if (!b2b_db_next(rows)) {
            return b2b_error_invalid(scratch_pool, field, "There is no such group in this portal.");
        }
    }
    return NULL;
}

/* Run STMT for the membership of SOURCE. Group and member must be there. */
static b2b_error_t *membership_set(int *changed, b2b_db_conn_t *conn, b2b_stmt_e stmt,
                                   const char *portal_id, const char *group_id,
                                   const char *member_id, b2b_source_e source,
                                   apr_pool_t *scratch_pool)
{
    b2b_db_rows_t *rows;
    apr_int64_t affected;

    B2B_ERR(automatic_refuse(portal_id, group_id, scratch_pool));
    B2B_ERR(b2b_db_query(&rows, conn, STMT_GROUP_VERSION, scratch_pool, "ss", portal_id, group_id));
    if (!b2b_db_next(rows)) {
        return b2b_store_missing("group", scratch_pool);
    }
    B2B_ERR(
        b2b_db_query(&rows, conn, STMT_MEMBER_VERSION, scratch_pool, "ss", portal_id, member_id));
    if (!b2b_db_next(rows)) {
        return b2b_store_missing("member", scratch_pool);
    }
    B2B_ERR(b2b_db_execute(&affected, conn, stmt, scratch_pool, "ssss", portal_id, group_id,
                           member_id, b2b_source_word(source)));
    *changed = affected > 0;
    if (!*changed) {
        return NULL;
    }
    b2b_touch_identity(conn, portal_id, b2b_db_text(rows, 1), b2b_db_text(rows, 2), scratch_pool);
    return b2b_db_execute(NULL, conn, STMT_MEMBER_RAISE, scratch_pool, "iss",
                          (apr_int64_t)b2b_clock_now(), portal_id, member_id);
}

b2b_error_t *b2b_group_member_add(int *changed, b2b_db_conn_t *conn, const char *portal_id,
                                  const char *group_id, const char *member_id, b2b_source_e source,
                                  apr_pool_t *scratch_pool)
{
    return membership_set(changed, conn, STMT_GROUP_MEMBER_INSERT, portal_id, group_id, member_id,
                          source, scratch_pool);
}

b2b_error_t *b2b_group_member_remove(int *changed, b2b_db_conn_t *conn, const char *portal_id,
                                     const char *group_id, const char *member_id,
                                     b2b_source_e source, apr_pool_t *scratch_pool)
{
    return membership_set(changed, conn, STMT_GROUP_MEMBER_DELETE, portal_id, group_id, member_id,
                          source, scratch_pool);
}

static const b2b_sort_t member_sorts[] = {{"email", STMT_GROUP_MEMBER_LIST_UP,
                                           STMT_GROUP_MEMBER_LIST_DOWN, 0},
                                          {NULL, 0, 0, 0}};

static const b2b_sort_t automatic_sorts[] = {{"email", STMT_GROUP_AUTOMATIC_LIST_UP,
                                              STMT_GROUP_AUTOMATIC_LIST_DOWN, 0},
                                             {NULL, 0, 0, 0}};

b2b_error_t *b2b_group_member_list(b2b_page_t **page, b2b_db_conn_t *conn, const char *portal_id,
                                   const char *group_id, const b2b_list_t *list,
                                   apr_pool_t *result_pool, apr_pool_t *scratch_pool)
{
    int automatic = strcmp(portal_id, group_id) == 0;
    const b2b_sort_t *sort = b2b_sort_find(automatic ? automatic_sorts : member_sorts, list);
    const char *like = b2b_like(list->q, scratch_pool);
    b2b_db_rows_t *rows;

    if (automatic) {
        B2B_ERR(b2b_db_query(&rows, conn, b2b_sort_stmt(sort, list), result_pool, "sissssssi",
                             portal_id, (apr_int64_t)b2b_clock_now(), list->after_key, portal_id,
                             b2b_list_after(list), like, like, like, b2b_list_limit(list)));
    }
    else {
        B2B_ERR(b2b_db_query(&rows, conn, b2b_sort_stmt(sort, list), result_pool, "ssssssssi",
                             portal_id, group_id, list->after_key, portal_id, b2b_list_after(list),
                             like, like, like, b2b_list_limit(list)));
    }
    *page = b2b_page_create(list, result_pool);
    while (b2b_db_next(rows) && b2b_page_room(*page, list)) {
        b2b_group_member_t *m = apr_pcalloc(result_pool, sizeof(*m));

        m->id = b2b_db_text(rows, 0);
        m->email = b2b_db_text(rows, 1);
        m->first_name = b2b_db_text(rows, 2);
        m->last_name = b2b_db_text(rows, 3);
        m->partner_id = b2b_db_text(rows, 4);
        m->partner_name = b2b_db_text(rows, 5);
        m->state = b2b_state_parse(b2b_db_text(rows, 6));
        m->sources = (int)b2b_db_integer(rows, 7);
        b2b_page_add(*page, m, m->id, sort, rows, 8);
    }
    return NULL;
}
