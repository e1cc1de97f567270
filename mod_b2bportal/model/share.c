/* SPDX-License-Identifier: Apache-2.0 */
/* Shares: the draft of what is shared (S8). Who holds it is in grant.c, what was sent in revision.c. */

#include <string.h>

#include "base/json.h"
#include "model/share_private.h"

static const b2b_sort_t sorts[] = {{"title", STMT_SHARE_LIST_TITLE_UP, STMT_SHARE_LIST_TITLE_DOWN,
                                    0},
                                   {"modified_at", STMT_SHARE_LIST_CHANGED_UP,
                                    STMT_SHARE_LIST_CHANGED_DOWN, 1},
                                   {NULL, 0, 0, 0}};

#define COLUMNS 12

static b2b_error_t *share_of(b2b_share_t **share, const b2b_db_rows_t *rows,
                             apr_pool_t *result_pool)
{
    b2b_share_t *s = apr_pcalloc(result_pool, sizeof(*s));
    b2b_share_document_t *draft;

    s->id = b2b_db_text(rows, 0);
    s->title = b2b_db_text(rows, 1);
    B2B_ERR(b2b_share_document_read(&draft, b2b_db_text(rows, 2), result_pool));
    s->draft = draft;
    s->draft_changed = b2b_db_bool(rows, 3);
    s->revision = b2b_db_integer(rows, 4);
    s->revision_at = b2b_db_time(rows, 5);
    s->partner_count = b2b_db_integer(rows, 6);
    s->sent_count = b2b_db_integer(rows, 7);
    s->behind_count = b2b_db_integer(rows, 8);
    s->version = b2b_db_integer(rows, 9);
    s->created_at = b2b_db_time(rows, 10);
    s->modified_at = b2b_db_time(rows, 11);
    *share = s;
    return NULL;
}

b2b_error_t *b2b_share_get(b2b_share_t **share, b2b_db_conn_t *conn, const char *id,
                           apr_pool_t *result_pool, apr_pool_t *scratch_pool)
{
    b2b_db_rows_t *rows;

    (void)scratch_pool;
    *share = NULL;
    B2B_ERR(b2b_db_query(&rows, conn, STMT_SHARE_SELECT, result_pool, "s", id));
    return b2b_db_next(rows) ? share_of(share, rows, result_pool) : NULL;
}

b2b_error_t *b2b_share_hold(b2b_share_t **share, b2b_db_conn_t *conn, const char *id,
                            apr_pool_t *result_pool, apr_pool_t *scratch_pool)
{
    B2B_ERR(b2b_db_execute(NULL, conn, STMT_SHARE_HOLD, scratch_pool, "s", id));
    return b2b_share_get(share, conn, id, result_pool, scratch_pool);
}

b2b_error_t *b2b_share_list(b2b_page_t **page, b2b_db_conn_t *conn, const b2b_list_t *list,
                            apr_pool_t *result_pool, apr_pool_t *scratch_pool)
{
    const b2b_sort_t *sort = b2b_sort_find(sorts, list);
    const char *like = b2b_like(list->q, scratch_pool);
    b2b_db_rows_t *rows;

    B2B_ERR(b2b_sort_check(sort, list, scratch_pool));
    B2B_ERR(b2b_db_query(&rows, conn, b2b_sort_stmt(sort, list), result_pool, "ssssbssi",
                         list->after_key, b2b_list_after(list), b2b_any(list->process_id),
                         b2b_any(list->process_id), list->unsent, like, like,
                         b2b_list_limit(list)));
    *page = b2b_page_create(list, result_pool);
    while (b2b_db_next(rows) && b2b_page_room(*page, list)) {
        b2b_share_t *share;

        B2B_ERR(share_of(&share, rows, result_pool));
        b2b_page_add(*page, share, share->id, sort, rows, COLUMNS);
    }
    return NULL;
}

/* Writing ------------------------------------------------------------------------------------------ */

static b2b_error_t *parts_there(b2b_db_conn_t *conn, const b2b_share_document_t *draft,
                                apr_pool_t *scratch_pool)
{
    b2b_db_rows_t *rows;
    int i;

    for (i = 0; i < draft->processes->nelts; i++) {
        B2B_ERR(b2b_db_query(&rows, conn, STMT_SHARE_PROCESS, scratch_pool, "s",
                             APR_ARRAY_IDX(draft->processes, i, b2b_share_process_t).process_id));
        if (!b2b_db_next(rows) || !b2b_db_bool(rows, 4)) {
            return b2b_error_invalid(scratch_pool,
                                     apr_psprintf(scratch_pool, "processes/%d/process_id", i),
                                     "There is no such process.");
        }
    }
    for (i = 0; i < draft->dashboards->nelts; i++) {
        B2B_ERR(
            b2b_db_query(&rows, conn, STMT_SHARE_DASHBOARD, scratch_pool, "s",
                         APR_ARRAY_IDX(draft->dashboards, i, b2b_share_dashboard_t).dashboard_id));
        if (!b2b_db_next(rows) || !b2b_db_bool(rows, 3)) {
            return b2b_error_invalid(scratch_pool,
                                     apr_psprintf(scratch_pool, "dashboards/%d/dashboard_id", i),
                                     "There is no such dashboard.");
        }
    }
    return NULL;
}

static b2b_error_t *values_check(b2b_db_conn_t *conn, const b2b_share_t *values,
                                 apr_pool_t *scratch_pool)
{
    b2b_db_rows_t *rows;

    B2B_ERR(b2b_share_document_check(values->draft, scratch_pool));
    B2B_ERR(parts_there(conn, values->draft, scratch_pool));
    B2B_ERR(b2b_db_query(&rows, conn, STMT_SHARE_TAKEN, scratch_pool, "s",
                         b2b_text_fold(values->draft->title, scratch_pool)));
    return b2b_store_taken(rows, values->id, "title", "shared process", values->draft->title,
                           scratch_pool);
}

b2b_error_t *b2b_share_parts_set(b2b_db_conn_t *conn, const char *share_id, apr_int64_t number,
                                 const b2b_share_document_t *document, apr_pool_t *scratch_pool)
{
    int i;

    if (number == 0) {
        B2B_ERR(
            b2b_db_execute(NULL, conn, STMT_SHARE_PROCESSES_DELETE, scratch_pool, "s", share_id));
        B2B_ERR(
            b2b_db_execute(NULL, conn, STMT_SHARE_DASHBOARDS_DELETE, scratch_pool, "s", share_id));
    }
    for (i = 0; i < document->processes->nelts; i++) {
        const b2b_share_process_t *process = &APR_ARRAY_IDX(document->processes, i,
                                                            b2b_share_process_t);

        B2B_ERR(b2b_db_execute(NULL, conn, STMT_SHARE_PROCESS_INSERT, scratch_pool, "sisi",
                               share_id, number, process->process_id,
                               number ? process->version : (apr_int64_t)0));
    }
    for (i = 0; i < document->dashboards->nelts; i++) {
        const b2b_share_dashboard_t *dashboard = &APR_ARRAY_IDX(document->dashboards, i,
                                                                b2b_share_dashboard_t);

        B2B_ERR(b2b_db_execute(NULL, conn, STMT_SHARE_DASHBOARD_INSERT, scratch_pool, "sisi",
                               share_id, number, dashboard->dashboard_id,
                               number ? dashboard->version : (apr_int64_t)0));
    }
    return NULL;
}

b2b_error_t *b2b_share_create(b2b_db_conn_t *conn, b2b_share_t *values, apr_pool_t *result_pool,
                              apr_pool_t *scratch_pool)
{
    apr_int64_t now = (apr_int64_t)b2b_clock_now();
    const b2b_share_document_t *draft = b2b_share_document_as_draft(values->draft, scratch_pool);
    b2b_share_t *made;

    values->id = NULL;
    B2B_ERR(values_check(conn, values, scratch_pool));
    values->id = b2b_id_create(result_pool);
    B2B_ERR(b2b_db_execute(NULL, conn, STMT_SHARE_INSERT, scratch_pool, "ssssii", values->id,
                           draft->title, b2b_text_fold(draft->title, scratch_pool),
                           b2b_share_document_write(draft, scratch_pool), now, now));
    B2B_ERR(b2b_share_parts_set(conn, values->id, 0, draft, scratch_pool));
    B2B_ERR(b2b_share_get(&made, conn, values->id, result_pool, scratch_pool));
    if (made) {
        *values = *made;
    }
    return NULL;
}

static b2b_error_t *lost(b2b_db_conn_t *conn, const char *id, apr_pool_t *scratch_pool)
{
    b2b_db_rows_t *rows;

    B2B_ERR(b2b_db_query(&rows, conn, STMT_SHARE_VERSION, scratch_pool, "s", id));
    return b2b_store_lost(rows, "shared process", scratch_pool);
}

/* Does DRAFT say what the newest revision of the share says? */
static b2b_error_t *is_sent(int *sent, b2b_db_conn_t *conn, const b2b_share_t *share,
                            const b2b_share_document_t *draft, apr_pool_t *scratch_pool)
{
    b2b_revision_t *revision;

    *sent = 0;
    if (share->revision == 0) {
        return NULL;
    }
    B2B_ERR(
        b2b_revision_get(&revision, conn, share->id, share->revision, scratch_pool, scratch_pool));
    if (revision) {
        *sent = b2b_share_document_same(draft,
                                        b2b_share_document_as_draft(revision->document,
                                                                    scratch_pool),
                                        scratch_pool);
    }
    return NULL;
}

b2b_error_t *b2b_share_update(b2b_db_conn_t *conn, b2b_share_t *values, apr_int64_t version,
                              apr_pool_t *scratch_pool)
{
    const b2b_share_document_t *draft = b2b_share_document_as_draft(values->draft, scratch_pool);
    b2b_share_t *held, *made;
    apr_int64_t affected;
    int sent;

    /* Held, so that the revision it is compared with is the newest still when this is written. */
    B2B_ERR(b2b_share_hold(&held, conn, values->id, scratch_pool, scratch_pool));
    if (!held) {
        return b2b_store_missing("shared process", scratch_pool);
    }
    B2B_ERR(values_check(conn, values, scratch_pool));
    B2B_ERR(is_sent(&sent, conn, held, draft, scratch_pool));
    B2B_ERR(b2b_db_execute(&affected, conn, STMT_SHARE_UPDATE, scratch_pool, "sssbisii",
                           draft->title, b2b_text_fold(draft->title, scratch_pool),
                           b2b_share_document_write(draft, scratch_pool), !sent,
                           (apr_int64_t)b2b_clock_now(), values->id, B2B_VERSION_RANGE(version)));
    if (affected == 0) {
        return lost(conn, values->id, scratch_pool);
    }
    B2B_ERR(b2b_share_parts_set(conn, values->id, 0, draft, scratch_pool));
    B2B_ERR(b2b_share_get(&made, conn, values->id, scratch_pool, scratch_pool));
    if (made) {
        values->draft_changed = made->draft_changed;
        values->version = made->version;
        values->modified_at = made->modified_at;
    }
    return NULL;
}

/* Ending, and bringing back ------------------------------------------------------------------------- */

b2b_error_t *b2b_share_touch(b2b_db_conn_t *conn, const char *share_id, apr_pool_t *scratch_pool)
{
    b2b_db_rows_t *rows;

    B2B_ERR(b2b_db_query(&rows, conn, STMT_SHARE_PORTALS, scratch_pool, "s", share_id));
    while (b2b_db_next(rows)) {
        b2b_touch_portal(conn, b2b_db_text(rows, 0), scratch_pool);
    }
    return NULL;
}

b2b_error_t *b2b_share_delete(b2b_db_conn_t *conn, const char *id, apr_int64_t version,
                              const char *deleted_by, apr_pool_t *scratch_pool)
{
    apr_int64_t now = (apr_int64_t)b2b_clock_now();
    apr_int64_t affected;

    B2B_ERR(b2b_db_execute(&affected, conn, STMT_SHARE_DELETE, scratch_pool, "iissii", now, now,
                           deleted_by, id, B2B_VERSION_RANGE(version)));
    if (affected == 0) {
        return lost(conn, id, scratch_pool);
    }
    B2B_ERR(b2b_share_touch(conn, id, scratch_pool));
    return b2b_db_execute(NULL, conn, STMT_SHARE_DELETE_PLACEMENTS, scratch_pool, "iis", now, now,
                          id);
}

/* The names that the partner (NULL: what all partners have) sees in the portal beside this share's. */
static b2b_error_t *names_taken(apr_hash_t *taken, b2b_db_conn_t *conn, const char *portal_id,
                                const char *partner_id, apr_pool_t *pool)
{
    b2b_db_rows_t *rows;

    B2B_ERR(b2b_db_query(&rows, conn, STMT_GRANT_OTHER_PLACEMENTS, pool, "sss", portal_id,
                         partner_id, "-"));
    while (b2b_db_next(rows)) {
        const char *name = b2b_text_fold(b2b_db_text(rows, 1), pool);

        apr_hash_set(taken, name, APR_HASH_KEY_STRING, name);
    }
    return NULL;
}

static b2b_error_t *placements_restore(b2b_db_conn_t *conn, const char *id, apr_int64_t deleted_at,
                                       apr_pool_t *scratch_pool)
{
    apr_pool_t *pool;
    b2b_db_rows_t *rows;

    B2B_ERR(b2b_db_query(&rows, conn, STMT_SHARE_DELETED_PLACEMENTS, scratch_pool, "si", id,
                         deleted_at));
    apr_pool_create(&pool, scratch_pool);
    while (b2b_db_next(rows)) {
        apr_hash_t *taken;
        const char *name;

        apr_pool_clear(pool);
        taken = apr_hash_make(pool);
        B2B_ERR(names_taken(taken, conn, b2b_db_text(rows, 0), b2b_db_text(rows, 2), pool));
        name = b2b_free_name(b2b_db_text(rows, 3), taken, pool);
        B2B_ERR(b2b_db_execute(NULL, conn, STMT_GRANT_PLACEMENT_RESTORE, pool, "ssiss", name,
                               b2b_text_fold(name, pool), (apr_int64_t)b2b_clock_now(),
                               b2b_db_text(rows, 0), b2b_db_text(rows, 1)));
    }
    apr_pool_destroy(pool);
    return NULL;
}

b2b_error_t *b2b_share_restore(b2b_db_conn_t *conn, const char *id, apr_pool_t *scratch_pool)
{
    apr_int64_t affected, deleted_at;
    b2b_db_rows_t *rows;
    const char *title;

    B2B_ERR(b2b_db_query(&rows, conn, STMT_SHARE_DELETED, scratch_pool, "s", id));
    if (!b2b_db_next(rows)) {
        return b2b_store_missing("deleted shared process", scratch_pool);
    }
    title = b2b_db_text(rows, 0);
    deleted_at = b2b_db_integer(rows, 1);
    B2B_ERR(b2b_db_query(&rows, conn, STMT_SHARE_TAKEN, scratch_pool, "s",
                         b2b_text_fold(title, scratch_pool)));
    B2B_ERR(b2b_store_taken(rows, id, "title", "shared process", title, scratch_pool));
    B2B_ERR(b2b_db_execute(&affected, conn, STMT_SHARE_RESTORE, scratch_pool, "isi",
                           (apr_int64_t)b2b_clock_now(), id, deleted_at));
    if (affected == 0) {
        return b2b_store_missing("deleted shared process", scratch_pool);
    }
    B2B_ERR(placements_restore(conn, id, deleted_at, scratch_pool));
    return b2b_share_touch(conn, id, scratch_pool);
}

b2b_error_t *b2b_share_impact(b2b_share_impact_t *impact, b2b_db_conn_t *conn, const char *id,
                              apr_pool_t *scratch_pool)
{
    b2b_db_rows_t *rows;

    memset(impact, 0, sizeof(*impact));
    B2B_ERR(b2b_db_query(&rows, conn, STMT_SHARE_IMPACT, scratch_pool, "is",
                         (apr_int64_t)b2b_clock_now(), id));
    if (b2b_db_next(rows)) {
        impact->partners = b2b_db_integer(rows, 0);
        impact->members = b2b_db_integer(rows, 1);
        impact->placements = b2b_db_integer(rows, 2);
        impact->instances = b2b_db_integer(rows, 3);
    }
    return NULL;
}

/* What a draft says of the things it names ---------------------------------------------------------- */

b2b_error_t *b2b_share_process_titles(apr_array_header_t **titles, b2b_db_conn_t *conn,
                                      const char *id, apr_pool_t *result_pool,
                                      apr_pool_t *scratch_pool)
{
    b2b_db_rows_t *rows;

    (void)scratch_pool;
    B2B_ERR(b2b_db_query(&rows, conn, STMT_SHARE_PROCESS_TITLES, result_pool, "s", id));
    *titles = apr_array_make(result_pool, b2b_db_count(rows) + 1, sizeof(const char *));
    while (b2b_db_next(rows)) {
        APR_ARRAY_PUSH(*titles, const char *) = b2b_db_text(rows, 0);
    }
    return NULL;
}

static b2b_error_t *process_resolve(b2b_share_process_t *process, b2b_db_conn_t *conn,
                                    apr_pool_t *result_pool)
{
    b2b_db_rows_t *rows;
    b2b_json_t *json;

    process->name = process->title = "";
    process->version = 0;
    B2B_ERR(b2b_db_query(&rows, conn, STMT_SHARE_PROCESS, result_pool, "s", process->process_id));
    if (!b2b_db_next(rows)) {
        return NULL;
    }
    process->name = b2b_db_text(rows, 0);
    process->title = b2b_db_text(rows, 1);
    if (b2b_db_bool(rows, 4) && b2b_db_text(rows, 3)) {
        const char *title;

        process->version = b2b_db_integer(rows, 2);
        /* The title that goes out with this version, not the draft's. */
        B2B_ERR(
            b2b_json_parse(&json, b2b_db_text(rows, 3), strlen(b2b_db_text(rows, 3)), result_pool));
        title = b2b_json_get_string(json, "title");
        process->title = title ? title : process->title;
    }
    return NULL;
}

static b2b_error_t *dashboard_resolve(b2b_share_dashboard_t *dashboard, b2b_db_conn_t *conn,
                                      apr_pool_t *result_pool)
{
    b2b_db_rows_t *rows;

    dashboard->title = "";
    dashboard->version = 0;
    B2B_ERR(
        b2b_db_query(&rows, conn, STMT_SHARE_DASHBOARD, result_pool, "s", dashboard->dashboard_id));
    if (!b2b_db_next(rows)) {
        return NULL;
    }
    dashboard->title = b2b_db_text(rows, 2) ? b2b_db_text(rows, 2) : b2b_db_text(rows, 0);
    dashboard->version = b2b_db_bool(rows, 3) ? b2b_db_integer(rows, 1) : 0;
    return NULL;
}

b2b_error_t *b2b_share_resolve(b2b_share_document_t **resolved, b2b_db_conn_t *conn,
                               const b2b_share_document_t *draft, apr_pool_t *result_pool,
                               apr_pool_t *scratch_pool)
{
    b2b_share_document_t *d = b2b_share_document_as_draft(draft, result_pool);
    int i;

    (void)scratch_pool;
    for (i = 0; i < d->processes->nelts; i++) {
        B2B_ERR(process_resolve(&APR_ARRAY_IDX(d->processes, i, b2b_share_process_t), conn,
                                result_pool));
    }
    for (i = 0; i < d->dashboards->nelts; i++) {
        B2B_ERR(dashboard_resolve(&APR_ARRAY_IDX(d->dashboards, i, b2b_share_dashboard_t), conn,
                                  result_pool));
    }
    *resolved = d;
    return NULL;
}

/* Add the partner groups of OWNERS that SEEN does not have yet. */
static void named_add(apr_array_header_t *names, apr_hash_t *seen, const b2b_json_t *owners,
                      apr_pool_t *scratch_pool)
{
    const b2b_json_t *groups = b2b_json_get(owners, "partner_groups");
    apr_size_t i;

    for (i = 0; i < b2b_json_length(groups); i++) {
        const char *name = b2b_json_text(b2b_json_at(groups, i));
        const char *folded = name ? b2b_text_fold(name, scratch_pool) : NULL;

        if (name && !apr_hash_get(seen, folded, APR_HASH_KEY_STRING)) {
            apr_hash_set(seen, folded, APR_HASH_KEY_STRING, name);
            APR_ARRAY_PUSH(names, const char *) = apr_pstrdup(names->pool, name);
        }
    }
}

b2b_error_t *b2b_share_owner_groups(apr_array_header_t **names, b2b_db_conn_t *conn,
                                    const char *process_id, apr_int64_t version,
                                    apr_pool_t *result_pool, apr_pool_t *scratch_pool)
{
    apr_hash_t *seen = apr_hash_make(scratch_pool);
    const b2b_json_t *forms;
    b2b_db_rows_t *rows;
    b2b_json_t *json;
    apr_size_t i, k;

    *names = apr_array_make(result_pool, 4, sizeof(const char *));
    B2B_ERR(b2b_db_query(&rows, conn, STMT_SHARE_PROCESS_VERSION, scratch_pool, "si", process_id,
                         version));
    if (!b2b_db_next(rows)) {
        return NULL;
    }
    B2B_ERR(
        b2b_json_parse(&json, b2b_db_text(rows, 0), strlen(b2b_db_text(rows, 0)), scratch_pool));
    forms = b2b_json_get(json, "forms");
    for (i = 0; i < b2b_json_length(forms); i++) {
        const b2b_json_t *actions = b2b_json_get(b2b_json_at(forms, i), "actions");

        named_add(*names, seen, b2b_json_get(b2b_json_at(forms, i), "owners"), scratch_pool);
        for (k = 0; k < b2b_json_length(actions); k++) {
            named_add(*names, seen, b2b_json_get(b2b_json_at(actions, k), "granted_to"),
                      scratch_pool);
        }
    }
    named_add(*names, seen, b2b_json_get(b2b_json_get(json, "security"), "users"), scratch_pool);
    return NULL;
}
