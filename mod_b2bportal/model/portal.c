/* SPDX-License-Identifier: Apache-2.0 */
/* Portals: their rows, states, technical names and counts. */

#include <string.h>

#include "model/model_private.h"

/* How long the technical name of a deleted portal stays reserved: links to it must not lead elsewhere. */
#define RESERVED apr_time_from_sec(30 * 24 * 3600)

static const b2b_sort_t sorts[] = {{"name", STMT_PORTAL_LIST_NAME_UP, STMT_PORTAL_LIST_NAME_DOWN,
                                    0},
                                   {"technical_name", STMT_PORTAL_LIST_TECHNICAL_NAME_UP,
                                    STMT_PORTAL_LIST_TECHNICAL_NAME_DOWN, 0},
                                   {"created_at", STMT_PORTAL_LIST_CREATED_UP,
                                    STMT_PORTAL_LIST_CREATED_DOWN, 0},
                                   {NULL, 0, 0, 0}};

#define COLUMNS 14

static b2b_error_t *portal_of(b2b_portal_t **portal, const b2b_db_rows_t *rows, b2b_db_conn_t *conn,
                              apr_pool_t *result_pool, apr_pool_t *scratch_pool)
{
    b2b_portal_t *p = apr_pcalloc(result_pool, sizeof(*p));
    apr_array_header_t *issuers;

    p->id = b2b_db_text(rows, 0);
    p->technical_name = b2b_db_text(rows, 1);
    p->name = b2b_db_text(rows, 2);
    p->color = b2b_db_text(rows, 3);
    p->logout_url = b2b_db_text(rows, 4);
    p->logo = b2b_db_text(rows, 5);
    p->home_cover = b2b_db_text(rows, 6);
    p->contact_name = b2b_db_text(rows, 7);
    p->contact_email = b2b_db_text(rows, 8);
    p->locale = b2b_db_text(rows, 9);
    p->state = b2b_state_parse(b2b_db_text(rows, 10));
    p->version = b2b_db_integer(rows, 11);
    p->created_at = b2b_db_time(rows, 12);
    p->modified_at = b2b_db_time(rows, 13);
    B2B_ERR(b2b_portal_issuers_get(&issuers, conn, p->id, result_pool, scratch_pool));
    p->issuers = issuers;
    *portal = p;
    return NULL;
}

static b2b_error_t *portal_select(b2b_portal_t **portal, b2b_db_conn_t *conn, b2b_stmt_e stmt,
                                  const char *key, apr_pool_t *result_pool,
                                  apr_pool_t *scratch_pool)
{
    b2b_db_rows_t *rows;

    *portal = NULL;
    B2B_ERR(b2b_db_query(&rows, conn, stmt, result_pool, "s", key));
    return b2b_db_next(rows) ? portal_of(portal, rows, conn, result_pool, scratch_pool) : NULL;
}

b2b_error_t *b2b_portal_get(b2b_portal_t **portal, b2b_db_conn_t *conn, const char *technical_name,
                            apr_pool_t *result_pool, apr_pool_t *scratch_pool)
{
    return portal_select(portal, conn, STMT_PORTAL_SELECT, technical_name, result_pool,
                         scratch_pool);
}

b2b_error_t *b2b_portal_get_by_id(b2b_portal_t **portal, b2b_db_conn_t *conn, const char *id,
                                  apr_pool_t *result_pool, apr_pool_t *scratch_pool)
{
    return portal_select(portal, conn, STMT_PORTAL_SELECT_BY_ID, id, result_pool, scratch_pool);
}

b2b_error_t *b2b_portal_list(b2b_page_t **page, b2b_db_conn_t *conn, const b2b_list_t *list,
                             apr_pool_t *result_pool, apr_pool_t *scratch_pool)
{
    const b2b_sort_t *sort = b2b_sort_find(sorts, list);
    const char *like = b2b_like(list->q, scratch_pool);
    b2b_db_rows_t *rows;

    B2B_ERR(b2b_db_query(&rows, conn, b2b_sort_stmt(sort, list), result_pool, "sssssssi",
                         list->after_key, b2b_list_after(list), b2b_any(list->state),
                         b2b_any(list->state), like, like, like, b2b_list_limit(list)));
    *page = b2b_page_create(list, result_pool);
    while (b2b_db_next(rows) && b2b_page_room(*page, list)) {
        b2b_portal_t *portal;

        B2B_ERR(portal_of(&portal, rows, conn, result_pool, scratch_pool));
        b2b_page_add(*page, portal, portal->id, sort, rows, COLUMNS);
    }
    return NULL;
}

static b2b_error_t *name_taken(int *taken, b2b_db_conn_t *conn, const char *technical_name,
                               apr_pool_t *scratch_pool)
{
    b2b_db_rows_t *rows;

    B2B_ERR(b2b_db_query(&rows, conn, STMT_PORTAL_NAME_TAKEN, scratch_pool, "si", technical_name,
                         (apr_int64_t)(b2b_clock_now() - RESERVED)));
    *taken = b2b_db_next(rows);
    return NULL;
}

b2b_error_t *b2b_portal_name_free(int *free, b2b_db_conn_t *conn, const char *technical_name,
                                  apr_pool_t *scratch_pool)
{
    int taken;

    B2B_ERR(name_taken(&taken, conn, technical_name, scratch_pool));
    *free = !taken;
    return NULL;
}

b2b_error_t *b2b_portal_name_suggest(const char **free, b2b_db_conn_t *conn, const char *wanted,
                                     apr_pool_t *result_pool, apr_pool_t *scratch_pool)
{
    int number;

    *free = NULL;
    for (number = 1; number < 100 && *wanted; number++) {
        const char *tail = number == 1 ? "" : apr_psprintf(scratch_pool, "-%d", number);
        apr_size_t room = B2B_TECHNICAL_MAX - strlen(tail);
        apr_size_t length = strlen(wanted) < room ? strlen(wanted) : room;
        const char *name;
        int taken;

        while (length > 0 && wanted[length - 1] == '-') {
            length--;
        }
        name = apr_pstrcat(scratch_pool, apr_pstrmemdup(scratch_pool, wanted, length), tail, NULL);
        /* A reserved word becomes free with a number behind it; what is no name at all stays none. */
        if (!b2b_text_is_technical_name(name, NULL)) {
            if (number > 1) {
                return NULL;
            }
            continue;
        }
        B2B_ERR(name_taken(&taken, conn, name, scratch_pool));
        if (!taken) {
            *free = apr_pstrdup(result_pool, name);
            return NULL;
        }
    }
    return NULL;
}

static b2b_error_t *images_check(b2b_db_conn_t *conn, const b2b_portal_t *values,
                                 apr_pool_t *scratch_pool)
{
    B2B_ERR(b2b_image_check(conn, values->logo, "logo", scratch_pool));
    return b2b_image_check(conn, values->home_cover, "home_cover", scratch_pool);
}

b2b_error_t *b2b_portal_create(b2b_db_conn_t *conn, b2b_portal_t *values,
                               const apr_array_header_t *defaults, apr_pool_t *result_pool,
                               apr_pool_t *scratch_pool)
{
    const apr_array_header_t *issuers = values->issuers && values->issuers->nelts > 0
                                            ? values->issuers
                                            : defaults;
    apr_int64_t now = (apr_int64_t)b2b_clock_now();
    b2b_portal_t *made;
    int taken;

    B2B_ERR(name_taken(&taken, conn, values->technical_name, scratch_pool));
    if (taken) {
        b2b_error_t *err =
            b2b_error_of_field(scratch_pool, B2B_E_CONFLICT, "technical_name", __FILE__, __LINE__,
                               "The technical name \"%s\" is taken. Choose another one.",
                               values->technical_name);

        return b2b_error_typed(err, "technical-name-taken");
    }
    B2B_ERR(images_check(conn, values, scratch_pool));
    B2B_ERR(b2b_db_execute(NULL, conn, STMT_PORTAL_NAME_RELEASE, scratch_pool, "si",
                           values->technical_name, now - (apr_int64_t)RESERVED));
    values->id = b2b_id_create(result_pool);
    B2B_ERR(b2b_db_execute(NULL, conn, STMT_PORTAL_INSERT, scratch_pool, "sssssssssssii",
                           values->id, values->technical_name, values->name,
                           b2b_text_fold(values->name, scratch_pool), values->color,
                           values->logout_url, values->logo, values->home_cover,
                           b2b_text_or_empty(values->contact_name),
                           b2b_text_or_empty(values->contact_email), values->locale, now, now));
    B2B_ERR(b2b_portal_issuers_set(conn, values->id, B2B_VERSION_ANY, issuers, scratch_pool));
    /* An unknown host name costs no query because the directory is known whole: tell it. */
    b2b_db_touch(conn, "directory");
    B2B_ERR(b2b_portal_get_by_id(&made, conn, values->id, result_pool, scratch_pool));
    if (made) {
        *values = *made;
    }
    return NULL;
}

/* No row was changed: say why. Otherwise touch the portal. */
static b2b_error_t *change_end(b2b_db_conn_t *conn, const char *id, apr_int64_t affected,
                               apr_pool_t *scratch_pool)
{
    if (affected == 0) {
        b2b_db_rows_t *rows;

        B2B_ERR(b2b_db_query(&rows, conn, STMT_PORTAL_VERSION, scratch_pool, "s", id));
        return b2b_store_lost(rows, "portal", scratch_pool);
    }
    b2b_touch_portal(conn, id, scratch_pool);
    return NULL;
}

b2b_error_t *b2b_portal_update(b2b_db_conn_t *conn, b2b_portal_t *values, apr_int64_t version,
                               apr_pool_t *scratch_pool)
{
    const char *automatic = b2b_group_automatic_name(values->name, scratch_pool);
    b2b_db_rows_t *rows;
    apr_int64_t affected;
    b2b_portal_t *made;

    B2B_ERR(images_check(conn, values, scratch_pool));
    /* "Require b2b-group" goes by name: the automatic group must not take over the name of a smaller one. */
    B2B_ERR(b2b_db_query(&rows, conn, STMT_GROUP_TAKEN, scratch_pool, "ss", values->id,
                         b2b_text_fold(automatic, scratch_pool)));
    B2B_ERR(b2b_store_taken(rows, NULL, "name", "group", automatic, scratch_pool));
    B2B_ERR(b2b_db_execute(&affected, conn, STMT_PORTAL_UPDATE, scratch_pool, "sssssssssisii",
                           values->name, b2b_text_fold(values->name, scratch_pool), values->color,
                           values->logout_url, values->logo, values->home_cover,
                           b2b_text_or_empty(values->contact_name),
                           b2b_text_or_empty(values->contact_email), values->locale,
                           (apr_int64_t)b2b_clock_now(), values->id, B2B_VERSION_RANGE(version)));
    B2B_ERR(change_end(conn, values->id, affected, scratch_pool));
    B2B_ERR(b2b_portal_get_by_id(&made, conn, values->id, scratch_pool, scratch_pool));
    if (made) {
        values->version = made->version;
        values->modified_at = made->modified_at;
    }
    return NULL;
}

b2b_error_t *b2b_portal_state_set(b2b_db_conn_t *conn, const char *portal_id, apr_int64_t version,
                                  b2b_state_e state, apr_pool_t *scratch_pool)
{
    apr_int64_t affected;

    B2B_ERR(b2b_db_execute(&affected, conn, STMT_PORTAL_STATE, scratch_pool, "sisii",
                           state == B2B_STATE_ACTIVE ? "active" : "suspended",
                           (apr_int64_t)b2b_clock_now(), portal_id, B2B_VERSION_RANGE(version)));
    b2b_db_touch(conn, "directory");
    return change_end(conn, portal_id, affected, scratch_pool);
}

b2b_error_t *b2b_portal_delete(b2b_db_conn_t *conn, const char *portal_id, apr_int64_t version,
                               apr_pool_t *scratch_pool)
{
    apr_int64_t now = (apr_int64_t)b2b_clock_now();
    apr_int64_t affected;

    B2B_ERR(b2b_db_execute(&affected, conn, STMT_PORTAL_DELETE, scratch_pool, "iisii", now, now,
                           portal_id, B2B_VERSION_RANGE(version)));
    B2B_ERR(change_end(conn, portal_id, affected, scratch_pool));
    b2b_db_touch(conn, "directory");
    return b2b_db_execute(NULL, conn, STMT_MAIL_CANCEL_OF_PORTAL, scratch_pool, "si", portal_id,
                          now);
}

b2b_error_t *b2b_portal_counts(b2b_portal_counts_t *counts, b2b_db_conn_t *conn,
                               const char *portal_id, apr_pool_t *scratch_pool)
{
    apr_int64_t now = (apr_int64_t)b2b_clock_now();
    b2b_db_rows_t *rows;

    memset(counts, 0, sizeof(*counts));
    B2B_ERR(
        b2b_db_query(&rows, conn, STMT_PORTAL_COUNTS, scratch_pool, "iis", now, now, portal_id));
    if (b2b_db_next(rows)) {
        counts->partners = b2b_db_integer(rows, 0);
        counts->members = b2b_db_integer(rows, 1);
        counts->invited = b2b_db_integer(rows, 2);
        counts->groups = b2b_db_integer(rows, 3);
        counts->placements = b2b_db_integer(rows, 4);
    }
    return NULL;
}

b2b_error_t *b2b_portal_impact(b2b_impact_t *impact, b2b_db_conn_t *conn, const char *portal_id,
                               apr_pool_t *scratch_pool)
{
    apr_int64_t now = (apr_int64_t)b2b_clock_now();
    b2b_db_rows_t *rows;

    memset(impact, 0, sizeof(*impact));
    B2B_ERR(
        b2b_db_query(&rows, conn, STMT_PORTAL_COUNTS, scratch_pool, "iis", now, now, portal_id));
    if (b2b_db_next(rows)) {
        impact->portals = 1;
        impact->partners = b2b_db_integer(rows, 0);
        impact->groups = b2b_db_integer(rows, 3);
        impact->placements = b2b_db_integer(rows, 4);
        impact->invitations = b2b_db_integer(rows, 5);
        /* In a suspended portal nobody has access that could end. */
        if (b2b_state_parse(b2b_db_text(rows, 6)) == B2B_STATE_ACTIVE) {
            impact->members = b2b_db_integer(rows, 1);
        }
    }
    return NULL;
}

b2b_error_t *b2b_portal_progress(b2b_portal_progress_t *progress, b2b_db_conn_t *conn,
                                 const char *portal_id, apr_pool_t *scratch_pool)
{
    b2b_db_rows_t *rows;

    memset(progress, 0, sizeof(*progress));
    if (portal_id) {
        B2B_ERR(b2b_db_query(&rows, conn, STMT_PORTAL_PROGRESS, scratch_pool, "s", portal_id));
    }
    else {
        B2B_ERR(b2b_db_query(&rows, conn, STMT_PORTAL_PROGRESS_ALL, scratch_pool, ""));
    }
    if (b2b_db_next(rows)) {
        progress->partner_added = b2b_db_integer(rows, 0) > 0;
        progress->member_invited = b2b_db_integer(rows, 1) > 0;
        progress->member_signed_in = b2b_db_integer(rows, 2) > 0;
        progress->dashboard_placed = b2b_db_integer(rows, 3) > 0;
    }
    return NULL;
}
