/* SPDX-License-Identifier: Apache-2.0 */
/* What the bin has kept for 30 days goes for good, a little at a time, and the trail says what went. */

#include "base/chance.h"
#include "jobs_int.h"

#define BATCH 100                   /* things a transaction: writers wait for no longer */
#define SPAN  apr_time_from_sec(20) /* a round: the claim of the tidy job is for a minute */

typedef struct {
    int more;
} purge_t;

static b2b_error_t *purge_batch(void *baton, b2b_db_conn_t *conn, apr_pool_t *pool)
{
    purge_t *purge = baton;
    apr_array_header_t *removed;
    int i;

    B2B_ERR(b2b_bin_purge(&removed, conn, b2b_clock_now() - B2B_BIN_LIFE, BATCH, pool, pool));
    for (i = 0; i < removed->nelts; i++) {
        const b2b_bin_item_t *item = &APR_ARRAY_IDX(removed, i, b2b_bin_item_t);
        b2b_audit_event_t event = {NULL};

        event.portal_id = item->portal_id;
        event.actor_kind = "system";
        event.actor_name = "";
        event.action = "bin.purge";
        event.outcome = "done";
        event.object_kind = item->kind;
        event.object_id = item->id;
        event.object_name = item->name;
        B2B_ERR(b2b_audit_record(conn, &event, pool));
    }
    purge->more = removed->nelts == BATCH;
    return NULL;
}

b2b_error_t *b2b_purge(const b2b_site_t *site, apr_pool_t *pool)
{
    apr_time_t end = b2b_clock_steady() + SPAN;
    purge_t purge = {1};
    b2b_error_t *err = NULL;
    b2b_db_conn_t *conn;
    apr_pool_t *iterpool;

    apr_pool_create(&iterpool, pool);
    while (!err && purge.more && b2b_clock_steady() < end) {
        apr_pool_clear(iterpool);
        /* The connection is given back between batches: requests of this process need it, too. */
        err = b2b_db_acquire(&conn, site->db, pool);
        if (!err) {
            err = b2b_db_transaction(conn, purge_batch, &purge, pool);
            b2b_db_release(conn);
        }
    }
    apr_pool_destroy(iterpool);
    return err;
}
