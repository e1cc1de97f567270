/* SPDX-License-Identifier: Apache-2.0 */
/* What people say about an instance, and what they did with it. */

#include "model/model_private.h"

b2b_error_t *b2b_comment_add(b2b_db_conn_t *conn, b2b_comment_t *values, apr_pool_t *result_pool,
                             apr_pool_t *scratch_pool)
{
    values->id = b2b_id_create(result_pool);
    values->created_at = b2b_clock_now();
    return b2b_db_execute(NULL, conn, STMT_COMMENT_INSERT, scratch_pool, "sssssssi",
                          values->portal_id, values->instance_id, values->id, values->author_kind,
                          values->author_id, values->author_name, values->text,
                          (apr_int64_t)values->created_at);
}

b2b_error_t *b2b_comment_list(b2b_page_t **page, b2b_db_conn_t *conn, const char *portal_id,
                              const char *instance_id, const b2b_list_t *list,
                              apr_pool_t *result_pool, apr_pool_t *scratch_pool)
{
    b2b_list_t oldest = *list;
    b2b_db_rows_t *rows;

    (void)scratch_pool;
    oldest.descending = FALSE;
    B2B_ERR(b2b_db_query(&rows, conn, STMT_COMMENT_LIST, result_pool, "sssi", portal_id,
                         instance_id, b2b_list_after(&oldest), b2b_list_limit(list)));
    *page = b2b_page_create(list, result_pool);
    while (b2b_db_next(rows) && b2b_page_room(*page, list)) {
        b2b_comment_t *c = apr_pcalloc(result_pool, sizeof(*c));

        c->portal_id = portal_id;
        c->instance_id = instance_id;
        c->id = b2b_db_text(rows, 0);
        c->author_kind = b2b_db_text(rows, 1);
        c->author_id = b2b_db_text(rows, 2);
        c->author_name = b2b_db_text(rows, 3);
        c->text = b2b_db_text(rows, 4);
        c->created_at = b2b_db_time(rows, 5);
        b2b_page_add(*page, c, c->id, NULL, rows, 0);
    }
    return NULL;
}

b2b_error_t *b2b_instance_change_list(b2b_page_t **page, b2b_db_conn_t *conn, const char *portal_id,
                                      const char *instance_id, const b2b_list_t *list,
                                      apr_pool_t *result_pool, apr_pool_t *scratch_pool)
{
    b2b_list_t newest = *list;
    b2b_db_rows_t *rows;

    (void)scratch_pool;
    newest.descending = TRUE;
    B2B_ERR(b2b_db_query(&rows, conn, STMT_INSTANCE_CHANGE_LIST, result_pool, "sssi", portal_id,
                         instance_id, b2b_list_after(&newest), b2b_list_limit(list)));
    *page = b2b_page_create(list, result_pool);
    while (b2b_db_next(rows) && b2b_page_room(*page, list)) {
        b2b_instance_change_t *c = apr_pcalloc(result_pool, sizeof(*c));

        c->id = b2b_db_text(rows, 0);
        c->at = b2b_db_time(rows, 1);
        c->actor_kind = b2b_db_text(rows, 2);
        c->actor_id = b2b_db_text(rows, 3);
        c->actor_name = b2b_db_text(rows, 4);
        c->act = b2b_db_text(rows, 5);
        c->form = (int)b2b_db_integer(rows, 6);
        c->changes = b2b_db_text(rows, 7);
        b2b_page_add(*page, c, c->id, NULL, rows, 0);
    }
    return NULL;
}
