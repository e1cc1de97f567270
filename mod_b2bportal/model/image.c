/* SPDX-License-Identifier: Apache-2.0 */
/* Images: what the files below B2BPortalFiles are, and which of them nobody needs any more. */

#include <apr_strings.h>

#include "model/model_private.h"

b2b_error_t *b2b_image_add(b2b_db_conn_t *conn, b2b_image_t *values, apr_pool_t *scratch_pool)
{
    values->created_at = b2b_clock_now();
    return b2b_db_execute(NULL, conn, STMT_IMAGE_INSERT, scratch_pool, "ssiiii", values->file,
                          values->type, values->width, values->height, values->bytes,
                          (apr_int64_t)values->created_at);
}

b2b_error_t *b2b_image_get(b2b_image_t **image, b2b_db_conn_t *conn, const char *file,
                           apr_pool_t *result_pool, apr_pool_t *scratch_pool)
{
    b2b_db_rows_t *rows;

    (void)scratch_pool;
    *image = NULL;
    B2B_ERR(b2b_db_query(&rows, conn, STMT_IMAGE_SELECT, result_pool, "s", file));
    if (b2b_db_next(rows)) {
        b2b_image_t *i = apr_pcalloc(result_pool, sizeof(*i));

        i->file = b2b_db_text(rows, 0);
        i->type = b2b_db_text(rows, 1);
        i->width = b2b_db_integer(rows, 2);
        i->height = b2b_db_integer(rows, 3);
        i->bytes = b2b_db_integer(rows, 4);
        i->created_at = b2b_db_time(rows, 5);
        *image = i;
    }
    return NULL;
}

b2b_error_t *b2b_image_check(b2b_db_conn_t *conn, const char *file, const char *field,
                             apr_pool_t *scratch_pool)
{
    b2b_image_t *image;

    if (!file) {
        return NULL;
    }
    B2B_ERR(b2b_image_get(&image, conn, file, scratch_pool, scratch_pool));
    return image
               ? NULL
               : b2b_error_invalid(scratch_pool, field, "There is no such image. Upload it first.");
}

b2b_error_t *b2b_image_sweep(apr_array_header_t **files, b2b_db_conn_t *conn, int limit,
                             apr_pool_t *result_pool, apr_pool_t *scratch_pool)
{
    apr_time_t day_ago = b2b_clock_now() - apr_time_from_sec(24 * 3600);
    b2b_db_rows_t *rows;

    B2B_ERR(b2b_db_query(&rows, conn, STMT_IMAGE_UNUSED, result_pool, "ii", (apr_int64_t)day_ago,
                         (apr_int64_t)limit));
    *files = apr_array_make(result_pool, b2b_db_count(rows), sizeof(const char *));
    while (b2b_db_next(rows)) {
        const char *file = b2b_db_text(rows, 0);

        int known;

        B2B_ERR(b2b_db_execute(NULL, conn, STMT_IMAGE_DELETE, scratch_pool, "s", file));
        /* An instance may have the same bytes as a file of its own. */
        B2B_ERR(b2b_stored_file_known(&known, conn, file, scratch_pool));
        if (!known) {
            APR_ARRAY_PUSH(*files, const char *) = file;
        }
    }
    return NULL;
}
