/* SPDX-License-Identifier: Apache-2.0 */
/* What a POST with an Idempotency-Key was answered, for a day. */

#include "model/model_private.h"

#define DAY apr_time_from_sec(24 * 3600)

b2b_error_t *b2b_idempotency_get(b2b_idempotency_t **answer, b2b_db_conn_t *conn, const char *scope,
                                 const char *key, apr_pool_t *result_pool, apr_pool_t *scratch_pool)
{
    b2b_db_rows_t *rows;

    (void)scratch_pool;
    *answer = NULL;
    B2B_ERR(b2b_db_query(&rows, conn, STMT_IDEMPOTENCY_SELECT, result_pool, "ssi", scope, key,
                         (apr_int64_t)(b2b_clock_now() - DAY)));
    if (b2b_db_next(rows)) {
        b2b_idempotency_t *a = apr_pcalloc(result_pool, sizeof(*a));

        a->request_hash = b2b_db_text(rows, 0);
        a->status = (int)b2b_db_integer(rows, 1);
        a->headers = b2b_db_text(rows, 2);
        a->body = b2b_db_text(rows, 3);
        *answer = a;
    }
    return NULL;
}

b2b_error_t *b2b_idempotency_put(b2b_db_conn_t *conn, const char *scope, const char *key,
                                 const b2b_idempotency_t *answer, apr_pool_t *scratch_pool)
{
    apr_int64_t now = (apr_int64_t)b2b_clock_now();
    apr_int64_t affected;

    B2B_ERR(b2b_db_execute(NULL, conn, STMT_IDEMPOTENCY_FORGET, scratch_pool, "ssi", scope, key,
                           now - (apr_int64_t)DAY));
    B2B_ERR(b2b_db_execute(&affected, conn, STMT_IDEMPOTENCY_INSERT, scratch_pool, "sssissi", scope,
                           key, answer->request_hash, (apr_int64_t)answer->status,
                           b2b_text_or_empty(answer->headers), b2b_text_or_empty(answer->body),
                           now));
    if (affected == 0) {
        return b2b_error_typed(
            b2b_error_create(scratch_pool, B2B_E_CONFLICT, NULL,
                             "A request with the same Idempotency-Key is being answered. "
                             "Try again."),
            "idempotency-key-in-use");
    }
    return NULL;
}

b2b_error_t *b2b_idempotency_sweep(apr_int64_t *count, b2b_db_conn_t *conn, int limit,
                                   apr_pool_t *scratch_pool)
{
    return b2b_db_execute(count, conn, STMT_IDEMPOTENCY_SWEEP, scratch_pool, "ii",
                          (apr_int64_t)(b2b_clock_now() - DAY), (apr_int64_t)limit);
}
