/* SPDX-License-Identifier: Apache-2.0 */
/* Claims: one worker among all children and nodes. */

#include <string.h>

#include "model/model_private.h"

b2b_error_t *b2b_claim_take(int *held, b2b_db_conn_t *conn, const char *name, const char *holder,
                            apr_interval_time_t hold, apr_pool_t *scratch_pool)
{
    apr_int64_t now = (apr_int64_t)b2b_clock_now();
    apr_int64_t until = now + (apr_int64_t)hold;
    apr_int64_t affected;

    B2B_ERR(b2b_db_execute(&affected, conn, STMT_CLAIM_TAKE, scratch_pool, "sissi", holder, until,
                           name, holder, now));
    if (affected == 0) {
        B2B_ERR(b2b_db_execute(&affected, conn, STMT_CLAIM_INSERT, scratch_pool, "ssi", name,
                               holder, until));
    }
    *held = affected > 0;
    return NULL;
}

b2b_error_t *b2b_claim_free(int *free, b2b_db_conn_t *conn, const char *name, const char *holder,
                            apr_pool_t *scratch_pool)
{
    b2b_db_rows_t *rows;

    B2B_ERR(b2b_db_query(&rows, conn, STMT_CLAIM_SELECT, scratch_pool, "s", name));
    *free = !b2b_db_next(rows) || strcmp(b2b_db_text(rows, 0), holder) == 0 ||
            b2b_db_time(rows, 1) <= b2b_clock_now();
    return NULL;
}

b2b_error_t *b2b_claim_release(b2b_db_conn_t *conn, const char *name, const char *holder,
                               apr_pool_t *scratch_pool)
{
    return b2b_db_execute(NULL, conn, STMT_CLAIM_RELEASE, scratch_pool, "ss", name, holder);
}
