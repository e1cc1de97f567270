/* SPDX-License-Identifier: Apache-2.0 */
/* What the bin has kept long enough is removed, from the leaves to the root. */

#include <string.h>

#include "model/model_private.h"

/* A kind of the host's: what is due, and the statements that remove one, each with its id. */
typedef struct {
    const char *kind;
    b2b_stmt_e due;
    b2b_stmt_e hold;
    const b2b_stmt_e *removes;
    int count;
} purge_kind_t;

static const b2b_stmt_e share_removes[] = {
    STMT_BIN_SHARE_PLACEMENT_GROUPS_REMOVE, STMT_BIN_SHARE_PLACEMENTS_REMOVE,
    STMT_BIN_SHARE_GRANT_GROUPS_REMOVE,     STMT_BIN_SHARE_GRANTS_REMOVE,
    STMT_BIN_SHARE_PROCESSES_REMOVE,        STMT_BIN_SHARE_DASHBOARDS_REMOVE,
    STMT_BIN_SHARE_REVISIONS_REMOVE,        STMT_BIN_SHARE_REMOVE,
};
static const b2b_stmt_e process_removes[] = {
    STMT_BIN_PROCESS_NUMBERS_REMOVE,
    STMT_BIN_PROCESS_IMAGES_REMOVE,
    STMT_BIN_PROCESS_ADMINISTRATORS_REMOVE,
    STMT_BIN_PROCESS_VERSIONS_REMOVE,
    STMT_BIN_PROCESS_REMOVE,
};
static const b2b_stmt_e dashboard_removes[] = {
    STMT_BIN_DASHBOARD_PLACEMENT_GROUPS_REMOVE,
    STMT_BIN_DASHBOARD_PLACEMENTS_REMOVE,
    STMT_BIN_DASHBOARD_IMAGES_REMOVE,
    STMT_BIN_DASHBOARD_VERSIONS_REMOVE,
    STMT_BIN_DASHBOARD_REMOVE,
};
#define REMOVES(list) list, (int)(sizeof(list) / sizeof((list)[0]))

static const purge_kind_t kinds[] = {
    {"shared_process", STMT_BIN_SHARES_DUE, STMT_BIN_SHARE_HOLD, REMOVES(share_removes)},
    {"process", STMT_BIN_PROCESSES_DUE, STMT_BIN_PROCESS_HOLD, REMOVES(process_removes)},
    {"dashboard", STMT_BIN_DASHBOARDS_DUE, STMT_BIN_DASHBOARD_HOLD, REMOVES(dashboard_removes)},
};

static b2b_bin_item_t *removed_add(apr_array_header_t *removed, const char *kind, const char *id,
                                   const char *name)
{
    b2b_bin_item_t *item = apr_array_push(removed);

    memset(item, 0, sizeof(*item));
    item->kind = kind;
    item->id = id;
    item->name = name;
    return item;
}

static b2b_error_t *instance_remove(b2b_db_conn_t *conn, const char *portal_id, const char *id,
                                    const char *partner_id, apr_pool_t *scratch_pool)
{
    static const b2b_stmt_e removes[] = {
        STMT_BIN_INSTANCE_OWNERS_REMOVE,  STMT_BIN_INSTANCE_VALUES_REMOVE,
        STMT_BIN_INSTANCE_CHANGES_REMOVE, STMT_BIN_INSTANCE_COMMENTS_REMOVE,
        STMT_BIN_INSTANCE_FILES_REMOVE,   STMT_BIN_INSTANCE_REMOVE,
    };
    apr_size_t i;

    B2B_ERR(b2b_db_execute(NULL, conn, STMT_BIN_INSTANCE_USAGE, scratch_pool, "ssss", id, id,
                           portal_id, partner_id));
    for (i = 0; i < sizeof(removes) / sizeof(removes[0]); i++) {
        B2B_ERR(b2b_db_execute(NULL, conn, removes[i], scratch_pool, "ss", portal_id, id));
    }
    return NULL;
}

static b2b_error_t *instances_purge(apr_array_header_t *removed, b2b_db_conn_t *conn,
                                    apr_int64_t before, int limit, apr_pool_t *scratch_pool)
{
    apr_pool_t *pool;
    b2b_db_rows_t *rows;

    B2B_ERR(b2b_db_query(&rows, conn, STMT_BIN_INSTANCES_DUE, removed->pool, "ii", before,
                         (apr_int64_t)limit));
    apr_pool_create(&pool, scratch_pool);
    while (b2b_db_next(rows)) {
        const char *portal_id = b2b_db_text(rows, 0), *id = b2b_db_text(rows, 1);
        apr_int64_t held;
        b2b_bin_item_t *item;

        apr_pool_clear(pool);
        B2B_ERR(b2b_db_execute(&held, conn, STMT_BIN_INSTANCE_HOLD, pool, "ssi", portal_id, id,
                               before));
        if (!held) {
            continue; /* restored meanwhile */
        }
        B2B_ERR(instance_remove(conn, portal_id, id, b2b_db_text(rows, 2), pool));
        item = removed_add(removed, "instance", id, b2b_db_text(rows, 3));
        item->portal_id = portal_id;
        item->partner_id = b2b_db_text(rows, 2);
    }
    apr_pool_destroy(pool);
    return NULL;
}

static b2b_error_t *kind_purge(apr_array_header_t *removed, b2b_db_conn_t *conn,
                               const purge_kind_t *kind, apr_int64_t before, int limit,
                               apr_pool_t *scratch_pool)
{
    b2b_db_rows_t *rows;

    B2B_ERR(b2b_db_query(&rows, conn, kind->due, removed->pool, "ii", before, (apr_int64_t)limit));
    while (b2b_db_next(rows)) {
        const char *id = b2b_db_text(rows, 0);
        apr_int64_t held;
        int i;

        B2B_ERR(b2b_db_execute(&held, conn, kind->hold, scratch_pool, "si", id, before));
        for (i = 0; held && i < kind->count; i++) {
            B2B_ERR(b2b_db_execute(NULL, conn, kind->removes[i], scratch_pool, "s", id));
        }
        if (held) {
            removed_add(removed, kind->kind, id, b2b_db_text(rows, 1));
        }
    }
    return NULL;
}

b2b_error_t *b2b_bin_purge(apr_array_header_t **removed, b2b_db_conn_t *conn, apr_time_t before,
                           int limit, apr_pool_t *result_pool, apr_pool_t *scratch_pool)
{
    apr_size_t i;

    *removed = apr_array_make(result_pool, 16, sizeof(b2b_bin_item_t));
    B2B_ERR(instances_purge(*removed, conn, (apr_int64_t)before, limit, scratch_pool));
    for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]) && (*removed)->nelts < limit; i++) {
        B2B_ERR(kind_purge(*removed, conn, &kinds[i], (apr_int64_t)before,
                           limit - (*removed)->nelts, scratch_pool));
    }
    return NULL;
}
