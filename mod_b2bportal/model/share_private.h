/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of shares, revisions, grants and sending lend each other. */

#ifndef B2B_SHARE_PRIVATE_H
#define B2B_SHARE_PRIVATE_H

#include "model/model_private.h"

/* share_document.c */

/** DOCUMENT without what only a revision has: two that agree in this have the same draft. */
b2b_share_document_t *b2b_share_document_as_draft(const b2b_share_document_t *document,
                                                  apr_pool_t *pool);

/** Do two documents with versions say the same, names and titles apart? */
int b2b_share_document_same(const b2b_share_document_t *a, const b2b_share_document_t *b,
                            apr_pool_t *pool);

/* share.c */

/** Rewrite the processes and dashboards that NUMBER (0: the draft) of the share names. */
b2b_error_t *b2b_share_parts_set(b2b_db_conn_t *conn, const char *share_id, apr_int64_t number,
                                 const b2b_share_document_t *document, apr_pool_t *scratch_pool);

/** Touch every portal where a partner holds the share. */
b2b_error_t *b2b_share_touch(b2b_db_conn_t *conn, const char *share_id, apr_pool_t *scratch_pool);

/* send_plan.c: what sending does at one partner */

/** A placement as it is, or is to be. */
typedef struct {
    const char *id; /* NULL: not made yet */
    const char *dashboard_id;
    apr_int64_t version;
    const char *name;
    int welcome_page;
    int everyone;
    apr_array_header_t *groups; /* ids, ascending */
    apr_int64_t position;       /* 0: the last */
    int same;                   /* is as it is to be */
    int renamed;                /* is there under another name */
} b2b_plan_placement_t;

typedef struct {
    apr_hash_t *bindings;     /* folded name → group id; those without a group are not in it */
    int bindings_same;        /* are what the grant has */
    apr_hash_t *old_bindings; /* what the grant has, without deleted groups */
    apr_array_header_t *placements; /* b2b_plan_placement_t: wanted */
    apr_array_header_t *ending;     /* ids of placements that are wanted no more */
    apr_array_header_t *conflicts;  /* sentences */
} b2b_plan_t;

/** What several partners of a send have in common, kept between their plans. */
typedef struct {
    apr_hash_t *bindings;  /* portal id → its bindings, apr_hash_t * */
    apr_hash_t *common;    /* portal id → its placements for all partners, apr_array_header_t * */
    apr_hash_t *positions; /* portal id → apr_int64_t *, the last position */
    apr_pool_t *pool;
} b2b_plan_cache_t;

b2b_plan_cache_t *b2b_plan_cache_create(apr_pool_t *pool);

b2b_error_t *b2b_plan(b2b_plan_t **plan, b2b_db_conn_t *conn, const b2b_send_t *send,
                      const b2b_grant_t *grant, b2b_plan_cache_t *cache, apr_pool_t *pool);

/** The bindings of SEND's names in the portal, in CACHE. */
b2b_error_t *b2b_plan_bindings(apr_hash_t **bindings, b2b_db_conn_t *conn, const b2b_send_t *send,
                               const char *portal_id, b2b_plan_cache_t *cache);

/* send_people.c */

/** Set gaining and losing of PREVIEW, whose grant would become as PLAN says. */
b2b_error_t *b2b_send_people(b2b_send_preview_t *preview, b2b_db_conn_t *conn,
                             const b2b_send_t *send, const b2b_plan_t *plan, apr_pool_t *pool);

/** A name of BASE that TAKEN (folded name → anything) does not have: BASE, "BASE 2", …; in POOL. */
const char *b2b_free_name(const char *base, apr_hash_t *taken, apr_pool_t *pool);

/** The ids of the groups of SECURITY under BINDINGS, ascending and without repetitions. */
apr_array_header_t *b2b_security_groups(const b2b_share_security_t *security, apr_hash_t *bindings,
                                        apr_pool_t *pool);

#endif
