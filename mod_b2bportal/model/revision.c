/* SPDX-License-Identifier: Apache-2.0 */
/* Revisions of a share: immutable documents with the versions that they name. */

#include "model/share_private.h"

static b2b_error_t *revision_of(b2b_revision_t **revision, const b2b_db_rows_t *rows,
                                apr_pool_t *result_pool)
{
    b2b_revision_t *r = apr_pcalloc(result_pool, sizeof(*r));
    b2b_share_document_t *document;

    r->share_id = b2b_db_text(rows, 0);
    r->number = b2b_db_integer(rows, 1);
    B2B_ERR(b2b_share_document_read(&document, b2b_db_text(rows, 2), result_pool));
    r->document = document;
    r->made_by = b2b_db_text(rows, 3);
    if (r->made_by) {
        r->maker_name = b2b_person_name(b2b_db_text(rows, 4), b2b_db_text(rows, 5),
                                        b2b_db_text(rows, 6), result_pool);
    }
    r->made_at = b2b_db_time(rows, 7);
    r->holder_count = b2b_db_integer(rows, 8);
    *revision = r;
    return NULL;
}

b2b_error_t *b2b_revision_get(b2b_revision_t **revision, b2b_db_conn_t *conn, const char *share_id,
                              apr_int64_t number, apr_pool_t *result_pool, apr_pool_t *scratch_pool)
{
    b2b_db_rows_t *rows;

    (void)scratch_pool;
    *revision = NULL;
    B2B_ERR(b2b_db_query(&rows, conn, STMT_REVISION_SELECT, result_pool, "si", share_id, number));
    return b2b_db_next(rows) ? revision_of(revision, rows, result_pool) : NULL;
}

b2b_error_t *b2b_revision_list(b2b_page_t **page, b2b_db_conn_t *conn, const char *share_id,
                               const b2b_list_t *list, apr_pool_t *result_pool,
                               apr_pool_t *scratch_pool)
{
    apr_int64_t before = list->after_key ? apr_atoi64(list->after_key) : APR_INT64_MAX;
    b2b_db_rows_t *rows;

    (void)scratch_pool;
    B2B_ERR(b2b_db_query(&rows, conn, STMT_REVISION_LIST, result_pool, "sii", share_id, before,
                         b2b_list_limit(list)));
    *page = b2b_page_create(list, result_pool);
    while (b2b_db_next(rows) && b2b_page_room(*page, list)) {
        b2b_revision_t *revision;

        B2B_ERR(revision_of(&revision, rows, result_pool));
        /* The number is the place in the list. */
        b2b_page_add(*page, revision,
                     apr_psprintf(result_pool, "%" APR_INT64_T_FMT, revision->number), NULL, rows,
                     0);
    }
    return NULL;
}
