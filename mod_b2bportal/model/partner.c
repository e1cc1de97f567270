/* SPDX-License-Identifier: Apache-2.0 */
/* Partners of a portal. */

#include <string.h>

#include "model/model_private.h"

static const b2b_sort_t sorts[] = {{"name", STMT_PARTNER_LIST_NAME_UP, STMT_PARTNER_LIST_NAME_DOWN,
                                    0},
                                   {"created_at", STMT_PARTNER_LIST_CREATED_UP,
                                    STMT_PARTNER_LIST_CREATED_DOWN, 0},
                                   {NULL, 0, 0, 0}};

#define COLUMNS 14

static b2b_partner_t *partner_of(const b2b_db_rows_t *rows, apr_pool_t *result_pool)
{
    b2b_partner_t *p = apr_pcalloc(result_pool, sizeof(*p));

    p->portal_id = b2b_db_text(rows, 0);
    p->id = b2b_db_text(rows, 1);
    p->name = b2b_db_text(rows, 2);
    p->contact_first_name = b2b_db_text(rows, 3);
    p->contact_last_name = b2b_db_text(rows, 4);
    p->contact_email = b2b_db_text(rows, 5);
    p->country = b2b_db_text(rows, 6);
    p->city = b2b_db_text(rows, 7);
    p->logo = b2b_db_text(rows, 8);
    p->state = b2b_state_parse(b2b_db_text(rows, 9));
    p->member_count = b2b_db_integer(rows, 10);
    p->version = b2b_db_integer(rows, 11);
    p->created_at = b2b_db_time(rows, 12);
    p->modified_at = b2b_db_time(rows, 13);
    return p;
}

b2b_error_t *b2b_partner_get(b2b_partner_t **partner, b2b_db_conn_t *conn, const char *portal_id,
                             const char *id, apr_pool_t *result_pool, apr_pool_t *scratch_pool)
{
    b2b_db_rows_t *rows;

    (void)scratch_pool;
    B2B_ERR(b2b_db_query(&rows, conn, STMT_PARTNER_SELECT, result_pool, "ss", portal_id, id));
    *partner = b2b_db_next(rows) ? partner_of(rows, result_pool) : NULL;
    return NULL;
}

b2b_error_t *b2b_partner_list(b2b_page_t **page, b2b_db_conn_t *conn, const char *portal_id,
                              const b2b_list_t *list, apr_pool_t *result_pool,
                              apr_pool_t *scratch_pool)
{
    const b2b_sort_t *sort = b2b_sort_find(sorts, list);
    const char *like = b2b_like(list->q, scratch_pool);
    b2b_db_rows_t *rows;

    B2B_ERR(b2b_db_query(&rows, conn, b2b_sort_stmt(sort, list), result_pool, "ssssssssi",
                         portal_id, list->after_key, portal_id, b2b_list_after(list),
                         b2b_any(list->state), b2b_any(list->state), like, like,
                         b2b_list_limit(list)));
    *page = b2b_page_create(list, result_pool);
    while (b2b_db_next(rows) && b2b_page_room(*page, list)) {
        b2b_partner_t *partner = partner_of(rows, result_pool);

        b2b_page_add(*page, partner, partner->id, sort, rows, COLUMNS);
    }
    return NULL;
}

static b2b_error_t *name_check(b2b_db_conn_t *conn, const b2b_partner_t *values,
                               apr_pool_t *scratch_pool)
{
    b2b_db_rows_t *rows;

    B2B_ERR(b2b_db_query(&rows, conn, STMT_PARTNER_TAKEN, scratch_pool, "ss", values->portal_id,
                         b2b_text_fold(values->name, scratch_pool)));
    B2B_ERR(b2b_store_taken(rows, values->id, "name", "partner", values->name, scratch_pool));
    return b2b_image_check(conn, values->logo, "logo", scratch_pool);
}

/* No row was changed: say why. Otherwise touch the portal, whose snapshot holds its partners. */
static b2b_error_t *change_end(b2b_db_conn_t *conn, const char *portal_id, const char *id,
                               apr_int64_t affected, apr_pool_t *scratch_pool)
{
    if (affected == 0) {
        b2b_db_rows_t *rows;

        B2B_ERR(b2b_db_query(&rows, conn, STMT_PARTNER_VERSION, scratch_pool, "ss", portal_id, id));
        return b2b_store_lost(rows, "partner", scratch_pool);
    }
    b2b_touch_portal(conn, portal_id, scratch_pool);
    return NULL;
}

b2b_error_t *b2b_partner_create(b2b_db_conn_t *conn, b2b_partner_t *values, apr_pool_t *result_pool,
                                apr_pool_t *scratch_pool)
{
    apr_int64_t now = (apr_int64_t)b2b_clock_now();
    b2b_partner_t *made;

    values->id = NULL;
    B2B_ERR(name_check(conn, values, scratch_pool));
    values->id = b2b_id_create(result_pool);
    B2B_ERR(b2b_db_execute(NULL, conn, STMT_PARTNER_INSERT, scratch_pool, "ssssssssssii",
                           values->portal_id, values->id, values->name,
                           b2b_text_fold(values->name, scratch_pool),
                           b2b_text_or_empty(values->contact_first_name),
                           b2b_text_or_empty(values->contact_last_name),
                           b2b_text_or_empty(values->contact_email),
                           b2b_text_or_empty(values->country), b2b_text_or_empty(values->city),
                           values->logo, now, now));
    b2b_touch_portal(conn, values->portal_id, scratch_pool);
    B2B_ERR(b2b_partner_get(&made, conn, values->portal_id, values->id, result_pool, scratch_pool));
    if (made) {
        *values = *made;
    }
    return NULL;
}

b2b_error_t *b2b_partner_update(b2b_db_conn_t *conn, b2b_partner_t *values, apr_int64_t version,
                                apr_pool_t *scratch_pool)
{
    apr_int64_t affected;
    b2b_partner_t *made;

    B2B_ERR(name_check(conn, values, scratch_pool));
    B2B_ERR(b2b_db_execute(&affected, conn, STMT_PARTNER_UPDATE, scratch_pool, "ssssssssissii",
                           values->name, b2b_text_fold(values->name, scratch_pool),
                           b2b_text_or_empty(values->contact_first_name),
                           b2b_text_or_empty(values->contact_last_name),
                           b2b_text_or_empty(values->contact_email),
                           b2b_text_or_empty(values->country), b2b_text_or_empty(values->city),
                           values->logo, (apr_int64_t)b2b_clock_now(), values->portal_id,
                           values->id, B2B_VERSION_RANGE(version)));
    B2B_ERR(change_end(conn, values->portal_id, values->id, affected, scratch_pool));
    B2B_ERR(
        b2b_partner_get(&made, conn, values->portal_id, values->id, scratch_pool, scratch_pool));
    if (made) {
        values->version = made->version;
        values->modified_at = made->modified_at;
    }
    return NULL;
}

b2b_error_t *b2b_partner_suspend(b2b_db_conn_t *conn, const char *portal_id, const char *id,
                                 apr_int64_t version, apr_pool_t *scratch_pool)
{
    apr_int64_t affected;

    B2B_ERR(b2b_db_execute(&affected, conn, STMT_PARTNER_SUSPEND, scratch_pool, "issii",
                           (apr_int64_t)b2b_clock_now(), portal_id, id,
                           B2B_VERSION_RANGE(version)));
    return change_end(conn, portal_id, id, affected, scratch_pool);
}

b2b_error_t *b2b_partner_resume(b2b_db_conn_t *conn, const char *portal_id, const char *id,
                                apr_int64_t version, apr_pool_t *scratch_pool)
{
    apr_int64_t affected;

    B2B_ERR(b2b_db_execute(&affected, conn, STMT_PARTNER_RESUME, scratch_pool, "issii",
                           (apr_int64_t)b2b_clock_now(), portal_id, id,
                           B2B_VERSION_RANGE(version)));
    return change_end(conn, portal_id, id, affected, scratch_pool);
}

b2b_error_t *b2b_partner_delete(b2b_db_conn_t *conn, const char *portal_id, const char *id,
                                apr_int64_t version, apr_pool_t *scratch_pool)
{
    apr_int64_t now = (apr_int64_t)b2b_clock_now();
    apr_int64_t affected;

    B2B_ERR(b2b_db_execute(&affected, conn, STMT_PARTNER_DELETE, scratch_pool, "iissii", now, now,
                           portal_id, id, B2B_VERSION_RANGE(version)));
    /* One key is enough: whoever belongs to a partner that the snapshot does not have is denied. */
    B2B_ERR(change_end(conn, portal_id, id, affected, scratch_pool));
    B2B_ERR(b2b_db_execute(NULL, conn, STMT_PARTNER_CANCEL_MAIL, scratch_pool, "siss", portal_id,
                           now, portal_id, id));
    B2B_ERR(b2b_db_execute(NULL, conn, STMT_PARTNER_REVOKE_INVITATIONS, scratch_pool, "iisss", now,
                           now, portal_id, portal_id, id));
    /* The same time as the partner's: restoring it can tell these from what was deleted before. */
    B2B_ERR(b2b_db_execute(NULL, conn, STMT_PARTNER_DELETE_MEMBERS, scratch_pool, "iiss", now, now,
                           portal_id, id));
    return b2b_db_execute(NULL, conn, STMT_PARTNER_DELETE_PLACEMENTS, scratch_pool, "iiss", now,
                          now, portal_id, id);
}

b2b_error_t *b2b_partner_impact(b2b_impact_t *impact, b2b_db_conn_t *conn, const char *portal_id,
                                const char *id, apr_pool_t *scratch_pool)
{
    apr_int64_t now = (apr_int64_t)b2b_clock_now();
    b2b_db_rows_t *rows;

    memset(impact, 0, sizeof(*impact));
    B2B_ERR(b2b_db_query(&rows, conn, STMT_PARTNER_IMPACT, scratch_pool, "iiss", now, now,
                         portal_id, id));
    if (b2b_db_next(rows)) {
        impact->partners = 1;
        impact->members = b2b_db_integer(rows, 0);
        impact->placements = b2b_db_integer(rows, 1);
        impact->invitations = b2b_db_integer(rows, 2);
    }
    return NULL;
}
