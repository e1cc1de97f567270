/* SPDX-License-Identifier: Apache-2.0 */
/* Saved versions of processes: what never changes once it is written. */

#include <string.h>

#include "model/model_private.h"

const char *b2b_process_label(apr_int64_t major, apr_int64_t minor, apr_pool_t *pool)
{
    return apr_psprintf(pool, "%" APR_INT64_T_FMT ".%" APR_INT64_T_FMT, major, minor);
}

int b2b_process_label_parse(apr_int64_t *major, apr_int64_t *minor, const char *label)
{
    if (!b2b_text_is_version(label)) {
        return FALSE;
    }
    *major = apr_atoi64(label);
    *minor = apr_atoi64(strchr(label, '.') + 1);
    return TRUE;
}

b2b_error_t *b2b_process_document(const char **document, b2b_db_conn_t *conn,
                                  const char *process_id, apr_int64_t major,
                                  apr_pool_t *result_pool, apr_pool_t *scratch_pool)
{
    b2b_db_rows_t *rows;

    (void)scratch_pool;
    /* Version 0 was never published; its draft 0.0 does not exist either. */
    B2B_ERR(b2b_db_query(&rows, conn, STMT_PROCESS_DOCUMENT, result_pool, "si", process_id, major));
    *document = b2b_db_next(rows) ? b2b_db_text(rows, 0) : NULL;
    return NULL;
}

#define DOCUMENT_COLUMN 8

static b2b_process_version_t *version_of(const b2b_db_rows_t *rows, apr_pool_t *result_pool)
{
    b2b_process_version_t *v = apr_pcalloc(result_pool, sizeof(*v));

    v->major = b2b_db_integer(rows, 0);
    v->minor = b2b_db_integer(rows, 1);
    v->saved_at = b2b_db_time(rows, 2);
    v->saved_by = b2b_db_text(rows, 3);
    if (v->saved_by) {
        v->saver_name = b2b_person_name(b2b_db_text(rows, 4), b2b_db_text(rows, 5),
                                        b2b_db_text(rows, 6), result_pool);
    }
    v->shares = b2b_db_integer(rows, 7);
    return v;
}

b2b_error_t *b2b_process_version_get(b2b_process_version_t **version, b2b_db_conn_t *conn,
                                     const char *process_id, apr_int64_t major, apr_int64_t minor,
                                     apr_pool_t *result_pool, apr_pool_t *scratch_pool)
{
    b2b_db_rows_t *rows;

    (void)scratch_pool;
    B2B_ERR(b2b_db_query(&rows, conn, STMT_PROCESS_VERSION_SELECT, result_pool, "sii", process_id,
                         major, minor));
    *version = NULL;
    if (b2b_db_next(rows)) {
        *version = version_of(rows, result_pool);
        (*version)->document = b2b_db_text(rows, DOCUMENT_COLUMN);
    }
    return NULL;
}

b2b_error_t *b2b_process_version_list(b2b_page_t **page, b2b_db_conn_t *conn,
                                      const char *process_id, const b2b_list_t *list,
                                      apr_pool_t *result_pool, apr_pool_t *scratch_pool)
{
    apr_int64_t major = APR_INT64_MAX, minor = 0;
    b2b_db_rows_t *rows;

    if (list->after_key && !b2b_process_label_parse(&major, &minor, list->after_key)) {
        return b2b_error_invalid(scratch_pool, "after",
                                 "must be paging.next.after of the page before.");
    }
    B2B_ERR(b2b_db_query(&rows, conn, STMT_PROCESS_VERSION_LIST, result_pool, "siiii", process_id,
                         major, minor, (apr_int64_t)list->published, b2b_list_limit(list)));
    *page = b2b_page_create(list, result_pool);
    while (b2b_db_next(rows) && b2b_page_room(*page, list)) {
        b2b_process_version_t *version = version_of(rows, result_pool);

        /* The label is the place in the list. */
        b2b_page_add(*page, version, b2b_process_label(version->major, version->minor, result_pool),
                     NULL, rows, 0);
    }
    return NULL;
}
