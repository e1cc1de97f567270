/* SPDX-License-Identifier: Apache-2.0 */
/* The bin (S16): what was deleted in the last 30 days, and back. */

#include <stdlib.h>
#include <string.h>

#include "model/model_private.h"

/* One kind of things: its page of the list, and one of it. */
typedef struct {
    const char *kind;
    b2b_stmt_e list;
    b2b_stmt_e get;
    b2b_stmt_e end;
    b2b_stmt_e end_all;
} bin_kind_t;

static const bin_kind_t kinds[] = {
    {"process", STMT_BIN_PROCESSES, STMT_BIN_PROCESS, STMT_BIN_PROCESS_END,
     STMT_BIN_PROCESS_END_ALL},
    {"shared_process", STMT_BIN_SHARES, STMT_BIN_SHARE, STMT_BIN_SHARE_END, STMT_BIN_SHARE_END_ALL},
    {"instance", STMT_BIN_INSTANCES, STMT_BIN_INSTANCE, STMT_BIN_INSTANCE_END,
     STMT_BIN_INSTANCE_END_ALL},
    {"dashboard", STMT_BIN_DASHBOARDS, STMT_BIN_DASHBOARD, STMT_BIN_DASHBOARD_END,
     STMT_BIN_DASHBOARD_END_ALL},
};
#define KINDS (sizeof(kinds) / sizeof(kinds[0]))

static apr_int64_t oldest(void)
{
    return (apr_int64_t)(b2b_clock_now() - B2B_BIN_LIFE);
}

static b2b_bin_item_t *item_of(const b2b_db_rows_t *rows, const bin_kind_t *kind,
                               apr_pool_t *result_pool)
{
    b2b_bin_item_t *item = apr_pcalloc(result_pool, sizeof(*item));

    item->kind = kind->kind;
    item->id = b2b_db_text(rows, 0);
    item->name = b2b_db_text(rows, 1);
    item->deleted_at = b2b_db_time(rows, 2);
    item->deleted_by = b2b_db_text(rows, 3);
    item->deleted_by_name = b2b_person_name(b2b_db_text(rows, 4), b2b_db_text(rows, 5),
                                            b2b_db_text(rows, 6), result_pool);
    if (!item->deleted_by_name) {
        item->deleted_by = NULL; /* removed for good meanwhile */
    }
    if (!strcmp(kind->kind, "instance")) {
        item->portal_id = b2b_db_text(rows, 7);
        item->portal = b2b_db_text(rows, 8);
        item->partner_name = b2b_db_text(rows, 9);
    }
    return item;
}

b2b_error_t *b2b_bin_get(b2b_bin_item_t **item, b2b_db_conn_t *conn, const char *kind,
                         const char *id, apr_pool_t *result_pool, apr_pool_t *scratch_pool)
{
    apr_size_t i;

    (void)scratch_pool;
    *item = NULL;
    for (i = 0; i < KINDS; i++) {
        if (!strcmp(kinds[i].kind, kind)) {
            b2b_db_rows_t *rows;

            B2B_ERR(b2b_db_query(&rows, conn, kinds[i].get, result_pool, "is", oldest(), id));
            *item = b2b_db_next(rows) ? item_of(rows, &kinds[i], result_pool) : NULL;
        }
    }
    return NULL;
}

static int newest_first(const void *a, const void *b)
{
    const b2b_bin_item_t *one = *(const b2b_bin_item_t *const *)a;
    const b2b_bin_item_t *two = *(const b2b_bin_item_t *const *)b;

    if (one->deleted_at != two->deleted_at) {
        return one->deleted_at < two->deleted_at ? 1 : -1;
    }
    return strcmp(two->id, one->id);
}

static const b2b_sort_t by_time = {"deleted_at", 0, 0, 1};

b2b_error_t *b2b_bin_list(b2b_page_t **page, b2b_db_conn_t *conn, const b2b_list_t *list,
                          apr_pool_t *result_pool, apr_pool_t *scratch_pool)
{
    apr_array_header_t *items = apr_array_make(scratch_pool, 64, sizeof(b2b_bin_item_t *));
    const char *like = b2b_like(list->q, scratch_pool);
    apr_int64_t before = list->after_key ? apr_atoi64(list->after_key) : APR_INT64_MAX;
    apr_size_t i;
    int j;

    B2B_ERR(b2b_sort_check(&by_time, list, scratch_pool));
    for (i = 0; i < KINDS; i++) {
        b2b_db_rows_t *rows;

        if (list->kind && strcmp(list->kind, kinds[i].kind) != 0) {
            continue;
        }
        B2B_ERR(b2b_db_query(&rows, conn, kinds[i].list, result_pool, "iisssi", oldest(), before,
                             list->after_id ? list->after_id : "z", like, like,
                             b2b_list_limit(list)));
        while (b2b_db_next(rows)) {
            APR_ARRAY_PUSH(items, b2b_bin_item_t *) = item_of(rows, &kinds[i], result_pool);
        }
    }
    qsort(items->elts, (size_t)items->nelts, sizeof(b2b_bin_item_t *), newest_first);
    *page = b2b_page_create(list, result_pool);
    for (j = 0; j < items->nelts && b2b_page_room(*page, list); j++) {
        b2b_bin_item_t *item = APR_ARRAY_IDX(items, j, b2b_bin_item_t *);

        APR_ARRAY_PUSH((*page)->items, void *) = item;
        (*page)->last_id = item->id;
        (*page)->last_key = apr_psprintf(result_pool, "%" APR_TIME_T_FMT, item->deleted_at);
    }
    return NULL;
}

/* Back ----------------------------------------------------------------------------------------- */

static b2b_error_t *parent_deleted(const char *sentence, apr_pool_t *pool)
{
    return b2b_error_typed(b2b_error_create(pool, B2B_E_CONFLICT, NULL, "%s", sentence),
                           "parent-deleted");
}

static b2b_error_t *share_restore(b2b_db_conn_t *conn, const char *id, apr_pool_t *scratch_pool)
{
    b2b_db_rows_t *rows;

    B2B_ERR(b2b_db_query(&rows, conn, STMT_BIN_SHARE_PARENT, scratch_pool, "s", id));
    if (b2b_db_next(rows)) {
        return parent_deleted(apr_psprintf(scratch_pool,
                                           "Its process \"%s\" is deleted. Restore that first.",
                                           b2b_db_text(rows, 0)),
                              scratch_pool);
    }
    return b2b_share_restore(conn, id, scratch_pool);
}

static b2b_error_t *instance_restore(b2b_db_conn_t *conn, const b2b_bin_item_t *item,
                                     apr_pool_t *scratch_pool)
{
    b2b_db_rows_t *rows;
    int restored;

    B2B_ERR(b2b_db_query(&rows, conn, STMT_BIN_INSTANCE_PARENT, scratch_pool, "ss", item->portal_id,
                         item->id));
    if (b2b_db_next(rows)) {
        return parent_deleted(!strcmp(b2b_db_text(rows, 0), "portal")
                                  ? "Its portal is deleted; an instance cannot be without it."
                                  : "Its partner is deleted; an instance cannot be without it.",
                              scratch_pool);
    }
    B2B_ERR(b2b_instance_restore(&restored, conn, item->portal_id, item->id, scratch_pool));
    return restored ? NULL : b2b_store_missing("deleted instance", scratch_pool);
}

b2b_error_t *b2b_bin_restore(b2b_db_conn_t *conn, const b2b_bin_item_t *item,
                             apr_pool_t *scratch_pool)
{
    if (!strcmp(item->kind, "process")) {
        return b2b_process_restore(conn, item->id, scratch_pool);
    }
    if (!strcmp(item->kind, "shared_process")) {
        return share_restore(conn, item->id, scratch_pool);
    }
    if (!strcmp(item->kind, "dashboard")) {
        return b2b_dashboard_restore(conn, item->id, scratch_pool);
    }
    return instance_restore(conn, item, scratch_pool);
}

/* For good ------------------------------------------------------------------------------------- */

b2b_error_t *b2b_bin_end(b2b_db_conn_t *conn, const b2b_bin_item_t *item, apr_pool_t *scratch_pool)
{
    apr_int64_t affected = 0;
    apr_size_t i;

    for (i = 0; i < KINDS; i++) {
        if (strcmp(kinds[i].kind, item->kind) != 0) {
            continue;
        }
        if (item->portal_id) {
            B2B_ERR(b2b_db_execute(&affected, conn, kinds[i].end, scratch_pool, "ss",
                                   item->portal_id, item->id));
        }
        else {
            B2B_ERR(b2b_db_execute(&affected, conn, kinds[i].end, scratch_pool, "s", item->id));
        }
    }
    return affected ? NULL : b2b_store_missing("deleted thing", scratch_pool);
}

b2b_error_t *b2b_bin_end_all(apr_int64_t *count, b2b_db_conn_t *conn, apr_pool_t *scratch_pool)
{
    apr_size_t i;

    *count = 0;
    for (i = 0; i < KINDS; i++) {
        apr_int64_t affected;

        B2B_ERR(b2b_db_execute(&affected, conn, kinds[i].end_all, scratch_pool, ""));
        *count += affected;
    }
    return NULL;
}
