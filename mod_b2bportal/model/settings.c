/* SPDX-License-Identifier: Apache-2.0 */
/* The host's settings: one row. */

#include <string.h>

#include "model/model_private.h"

b2b_error_t *b2b_settings_get(b2b_settings_t **settings, b2b_db_conn_t *conn,
                              apr_pool_t *result_pool, apr_pool_t *scratch_pool)
{
    b2b_settings_t *s = apr_pcalloc(result_pool, sizeof(*s));
    b2b_db_rows_t *rows;

    B2B_ERR(b2b_db_query(&rows, conn, STMT_SETTINGS_SELECT, result_pool, ""));
    if (!b2b_db_next(rows)) {
        return b2b_error_create(scratch_pool, B2B_E_INTERNAL, NULL,
                                "The settings' row is missing from the database.");
    }
    s->organisation_name = b2b_db_text(rows, 0);
    s->logo = b2b_db_text(rows, 1);
    s->contact_name = b2b_db_text(rows, 2);
    s->contact_email = b2b_db_text(rows, 3);
    s->locale = b2b_db_text(rows, 4);
    s->version = b2b_db_integer(rows, 5);
    s->modified_at = b2b_db_time(rows, 6);
    *settings = s;
    return NULL;
}

/* Portals show the organisation's name, and its contact where they have none of their own. */
static b2b_error_t *touch_portals(b2b_db_conn_t *conn, apr_pool_t *scratch_pool)
{
    b2b_db_rows_t *rows;

    B2B_ERR(b2b_db_query(&rows, conn, STMT_PORTAL_IDS, scratch_pool, ""));
    while (b2b_db_next(rows)) {
        b2b_touch_portal(conn, b2b_db_text(rows, 0), scratch_pool);
    }
    return NULL;
}

b2b_error_t *b2b_settings_update(b2b_db_conn_t *conn, b2b_settings_t *values, apr_int64_t version,
                                 apr_pool_t *scratch_pool)
{
    apr_time_t now = b2b_clock_now();
    b2b_settings_t *old;
    apr_int64_t affected;

    B2B_ERR(b2b_settings_get(&old, conn, scratch_pool, scratch_pool));
    if (version != B2B_VERSION_ANY && version != old->version) {
        return b2b_error_create(
            scratch_pool, B2B_E_STALE, NULL,
            "The settings were changed meanwhile. Load them again and repeat your change.");
    }
    B2B_ERR(b2b_image_check(conn, values->logo, "logo", scratch_pool));
    B2B_ERR(b2b_db_execute(&affected, conn, STMT_SETTINGS_UPDATE, scratch_pool, "sssssiii",
                           values->organisation_name, values->logo,
                           b2b_text_or_empty(values->contact_name),
                           b2b_text_or_empty(values->contact_email), values->locale,
                           (apr_int64_t)now, old->version, old->version));
    if (affected == 0) {
        return b2b_error_create(
            scratch_pool, B2B_E_STALE, NULL,
            "The settings were changed meanwhile. Load them again and repeat your change.");
    }
    b2b_db_touch(conn, "host");
    if (strcmp(old->organisation_name, values->organisation_name) != 0 ||
        strcmp(old->contact_name, b2b_text_or_empty(values->contact_name)) != 0 ||
        strcmp(old->contact_email, b2b_text_or_empty(values->contact_email)) != 0) {
        B2B_ERR(touch_portals(conn, scratch_pool));
    }
    values->version = old->version + 1;
    values->modified_at = now;
    return NULL;
}
