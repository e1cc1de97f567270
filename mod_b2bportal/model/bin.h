/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Part of model.h: the bin (S16). What the host and members deleted can be restored for 30 days; then, or when
 * it is deleted for good, a job removes it as soon as nothing refers to it any more.
 */

#ifndef B2B_MODEL_BIN_H
#define B2B_MODEL_BIN_H

#include "model.h"

#define B2B_BIN_LIFE apr_time_from_sec(30 * 24 * 3600)

typedef struct {
    const char *kind; /* "process", "shared_process", "instance" or "dashboard" */
    const char *id;
    const char *name;      /* title; of an instance its reference */
    const char *portal_id; /* these three of an instance, else NULL */
    const char *portal;    /* technical name */
    const char *partner_name;
    const char *partner_id; /* only of what b2b_bin_purge removed */
    const char *deleted_by; /* a host user or a member, or NULL */
    const char *deleted_by_name;
    apr_time_t deleted_at;
} b2b_bin_item_t;

/** Newest first: what was deleted in the last B2B_BIN_LIFE. Filters: q, kind. */
b2b_error_t *b2b_bin_list(b2b_page_t **page, b2b_db_conn_t *conn, const b2b_list_t *list,
                          apr_pool_t *result_pool, apr_pool_t *scratch_pool);
/** NULL if it is not in the bin. */
b2b_error_t *b2b_bin_get(b2b_bin_item_t **item, b2b_db_conn_t *conn, const char *kind,
                         const char *id, apr_pool_t *result_pool, apr_pool_t *scratch_pool);
/**
 * Put ITEM back where it was, with what ended with it. B2B_E_CONFLICT (name-taken) where its name is another
 * one's now, (parent-deleted) where what it belongs to is deleted itself.
 */
b2b_error_t *b2b_bin_restore(b2b_db_conn_t *conn, const b2b_bin_item_t *item,
                             apr_pool_t *scratch_pool);
/** ITEM cannot be restored any more, from now on. */
b2b_error_t *b2b_bin_end(b2b_db_conn_t *conn, const b2b_bin_item_t *item, apr_pool_t *scratch_pool);
/** The same of all that is in the bin; *COUNT says how much that was. */
b2b_error_t *b2b_bin_end_all(apr_int64_t *count, b2b_db_conn_t *conn, apr_pool_t *scratch_pool);

/* bin_purge.c ---------------------------------------------------------------------------------- */

/**
 * Remove at most LIMIT things that were deleted before BEFORE: instances with all that belongs to them (their
 * files are nobody's then, and are swept), then shares, processes and dashboards that no instance and no
 * revision refers to. *REMOVED of b2b_bin_item_t, in the order in which they went.
 */
b2b_error_t *b2b_bin_purge(apr_array_header_t **removed, b2b_db_conn_t *conn, apr_time_t before,
                           int limit, apr_pool_t *result_pool, apr_pool_t *scratch_pool);

#endif
