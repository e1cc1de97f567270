/* SPDX-License-Identifier: Apache-2.0 */
/* Processes of the host: the draft with its next version, publishing, administrators (S7, K60). */

#include <string.h>

#include "model/model_private.h"

static const b2b_sort_t sorts[] = {{"title", STMT_PROCESS_LIST_TITLE_UP,
                                    STMT_PROCESS_LIST_TITLE_DOWN, 0},
                                   {"modified_at", STMT_PROCESS_LIST_CHANGED_UP,
                                    STMT_PROCESS_LIST_CHANGED_DOWN, 1},
                                   {NULL, 0, 0, 0}};

#define COLUMNS 15 /* of an item */

static b2b_process_t *item_of(const b2b_db_rows_t *rows, apr_pool_t *result_pool)
{
    b2b_process_t *p = apr_pcalloc(result_pool, sizeof(*p));

    p->id = b2b_db_text(rows, 0);
    p->name = b2b_db_text(rows, 1);
    p->title = b2b_db_text(rows, 2);
    p->description = b2b_db_text(rows, 3);
    p->form_count = b2b_db_integer(rows, 4);
    p->category = b2b_db_text(rows, 5);
    p->major = b2b_db_integer(rows, 6);
    p->minor = b2b_db_integer(rows, 7);
    p->published = b2b_db_integer(rows, 8);
    p->published_at = b2b_db_time(rows, 9);
    p->draft_changed = b2b_db_bool(rows, 10);
    p->share_count = b2b_db_integer(rows, 11);
    p->version = b2b_db_integer(rows, 12);
    p->created_at = b2b_db_time(rows, 13);
    p->modified_at = b2b_db_time(rows, 14);
    return p;
}

b2b_error_t *b2b_process_get_item(b2b_process_t **process, b2b_db_conn_t *conn, const char *id,
                                  apr_pool_t *result_pool, apr_pool_t *scratch_pool)
{
    b2b_db_rows_t *rows;

    (void)scratch_pool;
    B2B_ERR(b2b_db_query(&rows, conn, STMT_PROCESS_SELECT_ITEM, result_pool, "s", id));
    *process = b2b_db_next(rows) ? item_of(rows, result_pool) : NULL;
    return NULL;
}

b2b_error_t *b2b_process_get(b2b_process_t **process, b2b_db_conn_t *conn, const char *id,
                             apr_pool_t *result_pool, apr_pool_t *scratch_pool)
{
    apr_array_header_t *administrators;
    b2b_db_rows_t *rows;

    B2B_ERR(b2b_db_query(&rows, conn, STMT_PROCESS_SELECT, result_pool, "s", id));
    *process = NULL;
    if (b2b_db_next(rows)) {
        b2b_process_t *p = item_of(rows, result_pool);

        p->instance_count = b2b_db_integer(rows, COLUMNS);
        p->behind_share_count = b2b_db_integer(rows, COLUMNS + 1);
        p->document = b2b_db_text(rows, COLUMNS + 2);
        B2B_ERR(b2b_process_administrators(&administrators, conn, id, result_pool, scratch_pool));
        p->administrators = administrators;
        *process = p;
    }
    return NULL;
}

b2b_error_t *b2b_process_list(b2b_page_t **page, b2b_db_conn_t *conn, const b2b_list_t *list,
                              apr_pool_t *result_pool, apr_pool_t *scratch_pool)
{
    const b2b_sort_t *sort = b2b_sort_find(sorts, list);
    const char *like = b2b_like(list->q, scratch_pool);
    const char *who = b2b_any(list->host_user_id);
    const char *category = b2b_text_fold(b2b_any(list->category), scratch_pool);
    b2b_db_rows_t *rows;

    B2B_ERR(b2b_sort_check(sort, list, scratch_pool));
    B2B_ERR(b2b_db_query(&rows, conn, b2b_sort_stmt(sort, list), result_pool, "ssssissssssi",
                         list->after_key, b2b_list_after(list), category, category,
                         (apr_int64_t)list->published, who, who, who, like, like, like,
                         b2b_list_limit(list)));
    *page = b2b_page_create(list, result_pool);
    while (b2b_db_next(rows) && b2b_page_room(*page, list)) {
        b2b_process_t *process = item_of(rows, result_pool);

        b2b_page_add(*page, process, process->id, sort, rows, COLUMNS);
    }
    return NULL;
}

b2b_error_t *b2b_process_categories(apr_array_header_t **categories, b2b_db_conn_t *conn,
                                    const char *host_user_id, apr_pool_t *result_pool,
                                    apr_pool_t *scratch_pool)
{
    const char *who = b2b_any(host_user_id);
    b2b_db_rows_t *rows;

    (void)scratch_pool;
    B2B_ERR(b2b_db_query(&rows, conn, STMT_PROCESS_CATEGORIES, result_pool, "sssi", who, who, who,
                         (apr_int64_t)B2B_LIST_MAX));
    *categories = apr_array_make(result_pool, b2b_db_count(rows) + 1, sizeof(const char *));
    while (b2b_db_next(rows)) {
        APR_ARRAY_PUSH(*categories, const char *) = b2b_db_text(rows, 0);
    }
    return NULL;
}

/* Administrators ------------------------------------------------------------------------------- */

b2b_error_t *b2b_process_administrators(apr_array_header_t **administrators, b2b_db_conn_t *conn,
                                        const char *process_id, apr_pool_t *result_pool,
                                        apr_pool_t *scratch_pool)
{
    b2b_db_rows_t *rows;

    (void)scratch_pool;
    B2B_ERR(b2b_db_query(&rows, conn, STMT_PROCESS_ADMINISTRATORS, result_pool, "s", process_id));
    *administrators = apr_array_make(result_pool, b2b_db_count(rows) + 1, sizeof(b2b_host_ref_t));
    while (b2b_db_next(rows)) {
        b2b_host_ref_t *ref = apr_array_push(*administrators);

        ref->kind = b2b_db_text(rows, 0);
        ref->id = b2b_db_text(rows, 1);
        ref->name = b2b_person_name(b2b_db_text(rows, 2), b2b_db_text(rows, 3),
                                    b2b_db_text(rows, 4), result_pool);
    }
    return NULL;
}

b2b_error_t *b2b_processes_administered(apr_array_header_t **ids, b2b_db_conn_t *conn,
                                        const char *host_user_id, apr_pool_t *result_pool,
                                        apr_pool_t *scratch_pool)
{
    b2b_db_rows_t *rows;

    (void)scratch_pool;
    B2B_ERR(b2b_db_query(&rows, conn, STMT_PROCESS_ADMINISTERED, result_pool, "ss", host_user_id,
                         host_user_id));
    *ids = apr_array_make(result_pool, b2b_db_count(rows) + 1, sizeof(const char *));
    while (b2b_db_next(rows)) {
        APR_ARRAY_PUSH(*ids, const char *) = b2b_db_text(rows, 0);
    }
    return NULL;
}

static b2b_error_t *administrators_set(b2b_db_conn_t *conn, const b2b_process_t *values,
                                       apr_pool_t *scratch_pool)
{
    int i;

    if (!values->administrators) {
        return NULL;
    }
    B2B_ERR(b2b_db_execute(NULL, conn, STMT_PROCESS_ADMINISTRATORS_DELETE, scratch_pool, "s",
                           values->id));
    for (i = 0; i < values->administrators->nelts; i++) {
        const b2b_host_ref_t *ref = &APR_ARRAY_IDX(values->administrators, i, b2b_host_ref_t);

        B2B_ERR(b2b_db_execute(NULL, conn, STMT_PROCESS_ADMINISTRATOR_INSERT, scratch_pool, "sss",
                               values->id, ref->kind, ref->id));
    }
    return NULL;
}

/* Writing -------------------------------------------------------------------------------------- */

static b2b_error_t *lost(b2b_db_conn_t *conn, const char *id, apr_pool_t *scratch_pool)
{
    b2b_db_rows_t *rows;

    B2B_ERR(b2b_db_query(&rows, conn, STMT_PROCESS_VERSION, scratch_pool, "s", id));
    return b2b_store_lost(rows, "process", scratch_pool);
}

/* What lists and snapshots read of the document, and whether all that it names is there. */
static b2b_error_t *document_read(b2b_db_conn_t *conn, b2b_process_t *values,
                                  const apr_array_header_t *administrators, apr_pool_t *result_pool,
                                  apr_pool_t *scratch_pool)
{
    const b2b_json_t *security, *owners;
    b2b_json_t *normal;

    B2B_ERR(b2b_json_parse(&normal, values->document, strlen(values->document), result_pool));
    values->title = b2b_json_get_string(normal, "title");
    values->description = b2b_json_get_string(normal, "description");
    values->form_count = (apr_int64_t)b2b_json_length(b2b_json_get(normal, "forms"));
    security = b2b_json_get(normal, "security");
    values->security = security ? b2b_json_write(security, result_pool) : "";
    owners = b2b_json_get(b2b_json_at(b2b_json_get(normal, "forms"), 0), "owners");
    values->first_owners = owners ? b2b_json_write(owners, result_pool) : "";
    return b2b_process_references_check(conn, normal, administrators, scratch_pool);
}

b2b_error_t *b2b_process_name_taken(int *taken, b2b_db_conn_t *conn, const char *name,
                                    apr_pool_t *scratch_pool)
{
    b2b_db_rows_t *rows;

    B2B_ERR(b2b_db_query(&rows, conn, STMT_PROCESS_TAKEN, scratch_pool, "s", name));
    *taken = b2b_db_next(rows);
    return NULL;
}

static b2b_error_t *name_check(b2b_db_conn_t *conn, const b2b_process_t *values,
                               apr_pool_t *scratch_pool)
{
    b2b_db_rows_t *rows;

    B2B_ERR(b2b_db_query(&rows, conn, STMT_PROCESS_TAKEN, scratch_pool, "s", values->name));
    return b2b_store_taken(rows, values->id, "name", "process", values->name, scratch_pool);
}

/* Keep the draft of VALUES as the version major.minor, and no more drafts than are kept. */
static b2b_error_t *version_add(b2b_db_conn_t *conn, const b2b_process_t *values,
                                const char *saved_by, apr_int64_t now, apr_pool_t *scratch_pool)
{
    apr_int64_t last = values->minor - B2B_PROCESS_DRAFTS_MAX;
    int i;

    B2B_ERR(b2b_db_execute(NULL, conn, STMT_PROCESS_VERSION_INSERT, scratch_pool, "siissssi",
                           values->id, values->major, values->minor, values->document,
                           values->security, values->first_owners, saved_by, now));
    for (i = 0; values->images && i < values->images->nelts; i++) {
        B2B_ERR(b2b_db_execute(NULL, conn, STMT_PROCESS_IMAGE_INSERT, scratch_pool, "siis",
                               values->id, values->major, values->minor,
                               APR_ARRAY_IDX(values->images, i, const char *)));
    }
    if (last < 1) {
        return NULL;
    }
    B2B_ERR(b2b_db_execute(NULL, conn, STMT_PROCESS_IMAGES_FORGET, scratch_pool, "sii", values->id,
                           values->major, last));
    return b2b_db_execute(NULL, conn, STMT_PROCESS_VERSIONS_FORGET, scratch_pool, "sii", values->id,
                          values->major, last);
}

b2b_error_t *b2b_process_create(b2b_db_conn_t *conn, b2b_process_t *values, const char *saved_by,
                                apr_pool_t *result_pool, apr_pool_t *scratch_pool)
{
    apr_int64_t now = (apr_int64_t)b2b_clock_now();
    b2b_process_t *made;

    values->id = NULL;
    B2B_ERR(document_read(conn, values, values->administrators, result_pool, scratch_pool));
    B2B_ERR(name_check(conn, values, scratch_pool));
    values->id = b2b_id_create(result_pool);
    values->major = 0;
    values->minor = 1;
    B2B_ERR(b2b_db_execute(NULL, conn, STMT_PROCESS_INSERT, scratch_pool, "sssssisssii", values->id,
                           values->name, values->title, b2b_text_fold(values->title, scratch_pool),
                           b2b_text_or_empty(values->description), values->form_count,
                           b2b_text_or_empty(values->category),
                           b2b_text_fold(b2b_text_or_empty(values->category), scratch_pool),
                           values->document, now, now));
    B2B_ERR(version_add(conn, values, saved_by, now, scratch_pool));
    B2B_ERR(administrators_set(conn, values, scratch_pool));
    B2B_ERR(b2b_process_get(&made, conn, values->id, result_pool, scratch_pool));
    if (made) {
        *values = *made;
    }
    return NULL;
}

/* Does DOCUMENT say what the published version of PROCESS says? */
static b2b_error_t *is_published(int *same, b2b_db_conn_t *conn, const b2b_process_t *process,
                                 const char *document, apr_pool_t *scratch_pool)
{
    b2b_db_rows_t *rows;

    B2B_ERR(b2b_db_query(&rows, conn, STMT_PROCESS_VERSION_SAME, scratch_pool, "siis", process->id,
                         process->published, (apr_int64_t)0, document));
    *same = b2b_db_next(rows);
    return NULL;
}

b2b_error_t *b2b_process_update(b2b_db_conn_t *conn, b2b_process_t *values, apr_int64_t version,
                                const char *saved_by, apr_pool_t *scratch_pool)
{
    apr_int64_t now = (apr_int64_t)b2b_clock_now();
    b2b_process_t *old;
    apr_int64_t affected;
    int changed, same;

    B2B_ERR(b2b_process_get(&old, conn, values->id, scratch_pool, scratch_pool));
    if (!old || (version != B2B_VERSION_ANY && old->version != version)) {
        return lost(conn, values->id, scratch_pool);
    }
    B2B_ERR(document_read(conn, values, values->administrators, scratch_pool, scratch_pool));
    B2B_ERR(name_check(conn, values, scratch_pool));
    changed = strcmp(old->document, values->document) != 0;
    B2B_ERR(is_published(&same, conn, old, values->document, scratch_pool));
    values->major = old->major;
    values->minor = old->minor + changed;
    values->draft_changed = !same;
    B2B_ERR(b2b_db_execute(&affected, conn, STMT_PROCESS_UPDATE, scratch_pool, "ssssisssiiisi",
                           values->name, values->title, b2b_text_fold(values->title, scratch_pool),
                           b2b_text_or_empty(values->description), values->form_count,
                           b2b_text_or_empty(values->category),
                           b2b_text_fold(b2b_text_or_empty(values->category), scratch_pool),
                           values->document, values->minor, (apr_int64_t)values->draft_changed, now,
                           values->id, old->version));
    if (affected == 0) {
        return lost(conn, values->id, scratch_pool);
    }
    values->version = old->version + 1;
    values->modified_at = (apr_time_t)now;
    if (changed) {
        B2B_ERR(version_add(conn, values, saved_by, now, scratch_pool));
    }
    return administrators_set(conn, values, scratch_pool);
}

b2b_error_t *b2b_process_publish(apr_int64_t *major, b2b_db_conn_t *conn, const char *id,
                                 apr_int64_t version, const char *published_by,
                                 apr_pool_t *scratch_pool)
{
    apr_int64_t now = (apr_int64_t)b2b_clock_now();
    b2b_process_t *process;
    apr_int64_t affected;

    B2B_ERR(b2b_process_get(&process, conn, id, scratch_pool, scratch_pool));
    if (!process || (version != B2B_VERSION_ANY && process->version != version)) {
        return lost(conn, id, scratch_pool);
    }
    if (!process->draft_changed) {
        return b2b_error_typed(b2b_error_create(scratch_pool, B2B_E_CONFLICT, NULL,
                                                "The draft says what version %s says.",
                                                b2b_process_label(process->published, 0,
                                                                  scratch_pool)),
                               "nothing-to-publish");
    }
    B2B_ERR(document_read(conn, process, NULL, scratch_pool, scratch_pool));
    B2B_ERR(b2b_db_execute(&affected, conn, STMT_PROCESS_PUBLISH, scratch_pool, "iisi", now, now,
                           id, process->version));
    if (affected == 0) {
        return lost(conn, id, scratch_pool);
    }
    *major = process->published + 1;
    B2B_ERR(b2b_db_execute(NULL, conn, STMT_PROCESS_VERSION_INSERT, scratch_pool, "siissssi", id,
                           *major, (apr_int64_t)0, process->document, process->security,
                           process->first_owners, published_by, now));
    return b2b_db_execute(NULL, conn, STMT_PROCESS_IMAGES_PUBLISH, scratch_pool, "isii", *major, id,
                          process->major, process->minor);
}

b2b_error_t *b2b_process_impact(b2b_process_impact_t *impact, b2b_db_conn_t *conn, const char *id,
                                apr_pool_t *scratch_pool)
{
    b2b_db_rows_t *rows;

    memset(impact, 0, sizeof(*impact));
    B2B_ERR(b2b_db_query(&rows, conn, STMT_PROCESS_IMPACT, scratch_pool, "s", id));
    if (b2b_db_next(rows)) {
        impact->shares = b2b_db_integer(rows, 0);
        impact->partners = b2b_db_integer(rows, 1);
        impact->instances = b2b_db_integer(rows, 2);
    }
    return NULL;
}

b2b_error_t *b2b_process_delete(b2b_db_conn_t *conn, const char *id, apr_int64_t version,
                                const char *deleted_by, apr_pool_t *scratch_pool)
{
    apr_int64_t now = (apr_int64_t)b2b_clock_now();
    b2b_process_impact_t impact;
    apr_int64_t affected;

    B2B_ERR(b2b_process_impact(&impact, conn, id, scratch_pool));
    if (impact.shares) {
        return b2b_error_typed(
            b2b_error_create(scratch_pool, B2B_E_CONFLICT, NULL,
                             "It is shared: %" APR_INT64_T_FMT
                             " shared %s it. Take it out of them, or delete them, first.",
                             impact.shares,
                             impact.shares == 1 ? "process names" : "processes name"),
            "process-shared");
    }
    B2B_ERR(b2b_db_execute(&affected, conn, STMT_PROCESS_DELETE, scratch_pool, "iissii", now, now,
                           deleted_by, id, B2B_VERSION_RANGE(version)));
    return affected ? NULL : lost(conn, id, scratch_pool);
}

b2b_error_t *b2b_process_restore(b2b_db_conn_t *conn, const char *id, apr_pool_t *scratch_pool)
{
    apr_int64_t affected = 0;
    b2b_process_t process = {NULL};
    b2b_db_rows_t *rows;

    B2B_ERR(b2b_db_query(&rows, conn, STMT_PROCESS_DELETED, scratch_pool, "s", id));
    if (b2b_db_next(rows)) {
        process.id = id;
        process.name = b2b_db_text(rows, 0);
        B2B_ERR(name_check(conn, &process, scratch_pool));
        B2B_ERR(b2b_db_execute(&affected, conn, STMT_PROCESS_RESTORE, scratch_pool, "isi",
                               (apr_int64_t)b2b_clock_now(), id, b2b_db_integer(rows, 1)));
    }
    return affected ? NULL : b2b_store_missing("deleted process", scratch_pool);
}
