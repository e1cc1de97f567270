/* SPDX-License-Identifier: Apache-2.0 */
/* The security of process versions. Versions never change, so what is read here holds for ever. */

#include <string.h>

#include "model/model_private.h"

b2b_error_t *b2b_process_security(b2b_security_t *security, b2b_db_conn_t *conn,
                                  const char *process_id, apr_int64_t major,
                                  apr_pool_t *result_pool, apr_pool_t *scratch_pool)
{
    b2b_db_rows_t *rows;

    B2B_ERR(
        b2b_db_query(&rows, conn, STMT_PROCESS_SECURITY, scratch_pool, "si", process_id, major));
    b2b_security_parse(security, b2b_db_next(rows) ? b2b_db_text(rows, 0) : NULL, result_pool);
    return NULL;
}

b2b_error_t *b2b_process_has_security(int *has, b2b_db_conn_t *conn, const char *process_id,
                                      apr_pool_t *scratch_pool)
{
    b2b_db_rows_t *rows;

    B2B_ERR(b2b_db_query(&rows, conn, STMT_PROCESS_SECURED, scratch_pool, "s", process_id));
    *has = b2b_db_next(rows);
    return NULL;
}

b2b_error_t *b2b_instance_security(b2b_process_security_t *security, b2b_db_conn_t *conn,
                                   const char *portal_id, const char *instance_id,
                                   apr_pool_t *result_pool, apr_pool_t *scratch_pool)
{
    b2b_db_rows_t *rows;
    b2b_security_t read;

    B2B_ERR(b2b_db_query(&rows, conn, STMT_INSTANCE_SECURITY, scratch_pool, "ss", portal_id,
                         instance_id));
    b2b_security_parse(&read, b2b_db_next(rows) ? b2b_db_text(rows, 0) : NULL, result_pool);
    memset(security, 0, sizeof(*security));
    security->mode = read.mode;
    security->host_users = read.host_users;
    security->host_groups = read.host_groups;
    return NULL;
}
