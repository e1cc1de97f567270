/* SPDX-License-Identifier: Apache-2.0 */
/* The OpenID Connect issuers of a portal, in the order of its login page. */

#include <string.h>

#include "model/model_private.h"

b2b_error_t *b2b_portal_issuers_get(apr_array_header_t **issuers, b2b_db_conn_t *conn,
                                    const char *portal_id, apr_pool_t *result_pool,
                                    apr_pool_t *scratch_pool)
{
    b2b_db_rows_t *rows;

    B2B_ERR(b2b_db_query(&rows, conn, STMT_PORTAL_ISSUERS, scratch_pool, "s", portal_id));
    *issuers = apr_array_make(result_pool, b2b_db_count(rows), sizeof(b2b_issuer_t));
    while (b2b_db_next(rows)) {
        b2b_issuer_t *issuer = apr_array_push(*issuers);

        issuer->issuer = apr_pstrdup(result_pool, b2b_db_text(rows, 0));
        issuer->label = apr_pstrdup(result_pool, b2b_db_text(rows, 1));
        issuer->vouches_for_email = b2b_db_bool(rows, 2);
    }
    return NULL;
}

static b2b_error_t *issuers_check(const apr_array_header_t *issuers, apr_pool_t *scratch_pool)
{
    int i, j;

    if (!issuers || issuers->nelts < 1 || issuers->nelts > B2B_ISSUERS_MAX) {
        return b2b_error_invalid(scratch_pool, "issuers", "A portal has one to %d issuers.",
                                 B2B_ISSUERS_MAX);
    }
    for (i = 0; i < issuers->nelts; i++) {
        for (j = 0; j < i; j++) {
            if (strcmp(APR_ARRAY_IDX(issuers, i, b2b_issuer_t).issuer,
                       APR_ARRAY_IDX(issuers, j, b2b_issuer_t).issuer) == 0) {
                return b2b_error_invalid(scratch_pool,
                                         apr_psprintf(scratch_pool, "issuers/%d/issuer", i),
                                         "This issuer is listed twice.");
            }
        }
    }
    return NULL;
}

b2b_error_t *b2b_portal_issuers_set(b2b_db_conn_t *conn, const char *portal_id, apr_int64_t version,
                                    const apr_array_header_t *issuers, apr_pool_t *scratch_pool)
{
    apr_int64_t affected;
    int i;

    B2B_ERR(issuers_check(issuers, scratch_pool));
    B2B_ERR(b2b_db_execute(&affected, conn, STMT_PORTAL_RAISE, scratch_pool, "isii",
                           (apr_int64_t)b2b_clock_now(), portal_id, B2B_VERSION_RANGE(version)));
    if (affected == 0) {
        b2b_db_rows_t *rows;

        B2B_ERR(b2b_db_query(&rows, conn, STMT_PORTAL_VERSION, scratch_pool, "s", portal_id));
        return b2b_store_lost(rows, "portal", scratch_pool);
    }
    B2B_ERR(b2b_db_execute(NULL, conn, STMT_PORTAL_ISSUERS_DELETE, scratch_pool, "s", portal_id));
    for (i = 0; i < issuers->nelts; i++) {
        const b2b_issuer_t *issuer = &APR_ARRAY_IDX(issuers, i, b2b_issuer_t);

        B2B_ERR(b2b_db_execute(NULL, conn, STMT_PORTAL_ISSUER_INSERT, scratch_pool, "sissb",
                               portal_id, (apr_int64_t)i, issuer->issuer, issuer->label,
                               issuer->vouches_for_email));
    }
    b2b_touch_portal(conn, portal_id, scratch_pool);
    return NULL;
}
