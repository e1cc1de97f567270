/* SPDX-License-Identifier: Apache-2.0 */
/* Files of instances: their rows, the room that a partner's take, and what nobody has any more. */

#include <string.h>

#include "model/model_private.h"

#define DAY apr_time_from_sec(24 * 3600)

static b2b_instance_file_t *file_of(const b2b_db_rows_t *rows, apr_pool_t *result_pool)
{
    b2b_instance_file_t *f = apr_pcalloc(result_pool, sizeof(*f));

    f->portal_id = b2b_db_text(rows, 0);
    f->instance_id = b2b_db_text(rows, 1);
    f->id = b2b_db_text(rows, 2);
    f->partner_id = b2b_db_text(rows, 3);
    f->form = (int)b2b_db_integer(rows, 4);
    f->field = b2b_db_text(rows, 5);
    f->name = b2b_db_text(rows, 6);
    f->type = b2b_db_text(rows, 7);
    f->bytes = b2b_db_integer(rows, 8);
    f->file = b2b_db_text(rows, 9);
    f->attached = b2b_db_bool(rows, 10);
    f->uploaded_by_kind = b2b_db_text(rows, 11);
    f->uploaded_by = b2b_db_text(rows, 12);
    f->uploaded_by_name = b2b_db_text(rows, 13);
    f->created_at = b2b_db_time(rows, 14);
    return f;
}

/* One statement, so that two uploads at a time cannot both take the last room. */
static b2b_error_t *room_take(b2b_db_conn_t *conn, const b2b_instance_file_t *values,
                              apr_int64_t quota, apr_pool_t *scratch_pool)
{
    apr_int64_t affected = 0;

    if (values->bytes <= quota) {
        B2B_ERR(b2b_db_execute(&affected, conn, STMT_PARTNER_USAGE_TAKE, scratch_pool, "ssii",
                               values->portal_id, values->partner_id, values->bytes, quota));
    }
    return affected ? NULL
                    : b2b_error_create(scratch_pool, B2B_E_QUOTA, NULL,
                                       "The files of this partner may take %" APR_INT64_T_FMT
                                       " bytes together, and with this one they would take more. "
                                       "Take away files that are not needed any more.",
                                       quota);
}

static b2b_error_t *room_give(b2b_db_conn_t *conn, const char *portal_id, const char *partner_id,
                              apr_int64_t files, apr_int64_t bytes, apr_pool_t *scratch_pool)
{
    return b2b_db_execute(NULL, conn, STMT_PARTNER_USAGE_GIVE, scratch_pool, "iiss", files, bytes,
                          portal_id, partner_id);
}

b2b_error_t *b2b_instance_file_add(b2b_db_conn_t *conn, b2b_instance_file_t *values,
                                   apr_int64_t quota, apr_pool_t *result_pool,
                                   apr_pool_t *scratch_pool)
{
    B2B_ERR(room_take(conn, values, quota, scratch_pool));
    values->id = b2b_id_create(result_pool);
    values->created_at = b2b_clock_now();
    values->attached = 0;
    B2B_ERR(b2b_db_execute(NULL, conn, STMT_STORED_FILE_PUT, scratch_pool, "si", values->file,
                           (apr_int64_t)values->created_at));
    return b2b_db_execute(NULL, conn, STMT_INSTANCE_FILE_INSERT, scratch_pool, "ssssisssissssi",
                          values->portal_id, values->instance_id, values->id, values->partner_id,
                          (apr_int64_t)values->form, values->field, values->name, values->type,
                          values->bytes, values->file, values->uploaded_by_kind,
                          values->uploaded_by, values->uploaded_by_name,
                          (apr_int64_t)values->created_at);
}

b2b_error_t *b2b_instance_file_get(b2b_instance_file_t **file, b2b_db_conn_t *conn,
                                   const char *portal_id, const char *instance_id, const char *id,
                                   apr_pool_t *result_pool, apr_pool_t *scratch_pool)
{
    b2b_db_rows_t *rows;

    (void)scratch_pool;
    B2B_ERR(b2b_db_query(&rows, conn, STMT_INSTANCE_FILE_SELECT, result_pool, "sss", portal_id,
                         instance_id, id));
    *file = b2b_db_next(rows) ? file_of(rows, result_pool) : NULL;
    return NULL;
}

b2b_error_t *b2b_instance_files(apr_array_header_t **files, b2b_db_conn_t *conn,
                                const char *portal_id, const char *instance_id,
                                apr_pool_t *result_pool, apr_pool_t *scratch_pool)
{
    b2b_db_rows_t *rows;

    (void)scratch_pool;
    B2B_ERR(
        b2b_db_query(&rows, conn, STMT_INSTANCE_FILES, result_pool, "ss", portal_id, instance_id));
    *files = apr_array_make(result_pool, b2b_db_count(rows), sizeof(b2b_instance_file_t *));
    while (b2b_db_next(rows)) {
        APR_ARRAY_PUSH(*files, b2b_instance_file_t *) = file_of(rows, result_pool);
    }
    return NULL;
}

b2b_error_t *b2b_instance_file_count(apr_int64_t *count, b2b_db_conn_t *conn, const char *portal_id,
                                     const char *instance_id, int form, const char *field,
                                     apr_pool_t *scratch_pool)
{
    b2b_db_rows_t *rows;

    B2B_ERR(b2b_db_query(&rows, conn, STMT_INSTANCE_FILE_COUNT, scratch_pool, "ssis", portal_id,
                         instance_id, (apr_int64_t)form, field));
    *count = b2b_db_next(rows) ? b2b_db_integer(rows, 0) : 0;
    return NULL;
}

/* *GONE is FALSE if it is attached, or not there. */
static b2b_error_t *remove_loose(int *gone, b2b_db_conn_t *conn, const b2b_instance_file_t *file,
                                 apr_pool_t *scratch_pool)
{
    apr_int64_t affected;

    B2B_ERR(b2b_db_execute(&affected, conn, STMT_INSTANCE_FILE_DELETE_LOOSE, scratch_pool, "sss",
                           file->portal_id, file->instance_id, file->id));
    *gone = affected > 0;
    return *gone ? room_give(conn, file->portal_id, file->partner_id, 1, file->bytes, scratch_pool)
                 : NULL;
}

b2b_error_t *b2b_instance_file_remove(b2b_db_conn_t *conn, const b2b_instance_file_t *file,
                                      apr_pool_t *scratch_pool)
{
    int gone;

    B2B_ERR(remove_loose(&gone, conn, file, scratch_pool));
    return gone ? NULL
                : b2b_error_typed(b2b_error_create(scratch_pool, B2B_E_CONFLICT, NULL,
                                                   "The file belongs to the form as it was saved. "
                                                   "Take it off the form and save that."),
                                  "file-attached");
}

static int is_among(const apr_array_header_t *ids, const char *id)
{
    int i;

    for (i = 0; ids && i < ids->nelts; i++) {
        if (!strcmp(APR_ARRAY_IDX(ids, i, const char *), id)) {
            return 1;
        }
    }
    return 0;
}

b2b_error_t *b2b_instance_files_attach(b2b_db_conn_t *conn, const char *portal_id,
                                       const char *instance_id, int form, const char *field,
                                       const apr_array_header_t *ids, apr_pool_t *scratch_pool)
{
    apr_array_header_t *files;
    int i;

    for (i = 0; ids && i < ids->nelts; i++) {
        apr_int64_t affected;

        B2B_ERR(b2b_db_execute(&affected, conn, STMT_INSTANCE_FILE_ATTACH, scratch_pool, "sssis",
                               portal_id, instance_id, APR_ARRAY_IDX(ids, i, const char *),
                               (apr_int64_t)form, field));
        if (!affected) {
            return b2b_error_invalid(scratch_pool,
                                     apr_pstrcat(scratch_pool, "values/", field, NULL),
                                     "names a file that was not uploaded for this field, or was "
                                     "taken away since. Upload it again.");
        }
    }
    B2B_ERR(b2b_instance_files(&files, conn, portal_id, instance_id, scratch_pool, scratch_pool));
    for (i = 0; i < files->nelts; i++) {
        const b2b_instance_file_t *file = APR_ARRAY_IDX(files, i, const b2b_instance_file_t *);

        if (file->attached && file->form == form && !strcmp(file->field, field) &&
            !is_among(ids, file->id)) {
            B2B_ERR(b2b_db_execute(NULL, conn, STMT_INSTANCE_FILE_DETACH, scratch_pool, "sss",
                                   portal_id, instance_id, file->id));
        }
    }
    return NULL;
}

b2b_error_t *b2b_partner_usage(apr_int64_t *files, apr_int64_t *bytes, b2b_db_conn_t *conn,
                               const char *portal_id, const char *partner_id,
                               apr_pool_t *scratch_pool)
{
    b2b_db_rows_t *rows;
    int there;

    B2B_ERR(
        b2b_db_query(&rows, conn, STMT_PARTNER_USAGE, scratch_pool, "ss", portal_id, partner_id));
    there = b2b_db_next(rows);
    *files = there ? b2b_db_integer(rows, 0) : 0;
    *bytes = there ? b2b_db_integer(rows, 1) : 0;
    return NULL;
}

b2b_error_t *b2b_instance_files_sweep(apr_int64_t *count, b2b_db_conn_t *conn, int limit,
                                      apr_pool_t *scratch_pool)
{
    b2b_db_rows_t *rows;

    if (count) {
        *count = 0;
    }
    B2B_ERR(b2b_db_query(&rows, conn, STMT_INSTANCE_FILE_LOOSE, scratch_pool, "ii",
                         (apr_int64_t)(b2b_clock_now() - DAY), (apr_int64_t)limit));
    while (b2b_db_next(rows)) {
        b2b_instance_file_t file = {.portal_id = b2b_db_text(rows, 0),
                                    .instance_id = b2b_db_text(rows, 1),
                                    .id = b2b_db_text(rows, 2),
                                    .partner_id = b2b_db_text(rows, 3),
                                    .bytes = b2b_db_integer(rows, 4)};
        int gone;

        B2B_ERR(remove_loose(&gone, conn, &file, scratch_pool));
        if (gone && count) {
            (*count)++;
        }
    }
    return NULL;
}

b2b_error_t *b2b_stored_files_sweep(apr_array_header_t **files, b2b_db_conn_t *conn, int limit,
                                    apr_pool_t *result_pool, apr_pool_t *scratch_pool)
{
    apr_int64_t day_ago = (apr_int64_t)(b2b_clock_now() - DAY);
    b2b_db_rows_t *rows;

    *files = apr_array_make(result_pool, 8, sizeof(const char *));
    B2B_ERR(b2b_db_query(&rows, conn, STMT_STORED_FILE_UNUSED, result_pool, "ii", day_ago,
                         (apr_int64_t)limit));
    while (b2b_db_next(rows)) {
        const char *file = b2b_db_text(rows, 0);
        apr_int64_t affected;
        b2b_image_t *image;

        /* Stored again since: another transaction's upload made its day begin anew. */
        B2B_ERR(b2b_db_execute(&affected, conn, STMT_STORED_FILE_DELETE, scratch_pool, "si", file,
                               day_ago));
        B2B_ERR(b2b_image_get(&image, conn, file, scratch_pool, scratch_pool));
        if (affected && !image) {
            APR_ARRAY_PUSH(*files, const char *) = file;
        }
    }
    return NULL;
}

b2b_error_t *b2b_stored_file_known(int *known, b2b_db_conn_t *conn, const char *file,
                                   apr_pool_t *scratch_pool)
{
    b2b_db_rows_t *rows;

    B2B_ERR(b2b_db_query(&rows, conn, STMT_STORED_FILE_SELECT, scratch_pool, "s", file));
    *known = b2b_db_next(rows);
    return NULL;
}

b2b_error_t *b2b_file_known(int *known, b2b_db_conn_t *conn, const char *file,
                            apr_pool_t *scratch_pool)
{
    b2b_db_rows_t *rows;

    B2B_ERR(b2b_db_query(&rows, conn, STMT_FILE_KNOWN, scratch_pool, "sss", file, file, file));
    *known = b2b_db_next(rows);
    return NULL;
}

b2b_error_t *b2b_stored_file_adopt(b2b_db_conn_t *conn, const char *file, apr_pool_t *scratch_pool)
{
    return b2b_db_execute(NULL, conn, STMT_STORED_FILE_ADOPT, scratch_pool, "si", file,
                          (apr_int64_t)b2b_clock_now());
}
