/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Notices: what waits for somebody. They are no rows of their own: an owner's row says since when its form is the
 * current one, so a notice is there exactly as long as there is something to do. What one did oneself is no news: an
 * instance that the person changed last, a new draft of their own among them, waits without a notice until somebody
 * else does something with it. Each owner that stands for the person is a stream, newest first; the newest of all
 * streams come out.
 */

#include <stdlib.h>
#include <string.h>

#include "model/model_private.h"

/* Newest first. */
static int compare(const void *a, const void *b)
{
    const b2b_notice_t *one = *(const b2b_notice_t *const *)a;
    const b2b_notice_t *two = *(const b2b_notice_t *const *)b;

    if (one->since != two->since) {
        return one->since > two->since ? -1 : 1;
    }
    return strcmp(two->instance_id, one->instance_id);
}

typedef struct {
    b2b_db_conn_t *conn;
    const b2b_principal_t *principal;
    apr_int64_t since;
    const char *instance_id;
    int limit;
    apr_array_header_t *found;
    apr_pool_t *pool;
} walk_t;

static b2b_error_t *add_stream(walk_t *walk, const char *kind, const char *id)
{
    const b2b_principal_t *principal = walk->principal;
    b2b_db_rows_t *rows;

    if (principal->kind == B2B_PRINCIPAL_MEMBER) {
        B2B_ERR(b2b_db_query(&rows, walk->conn, STMT_NOTICES_OF, walk->pool, "ssssissi", kind, id,
                             principal->portal_id, principal->partner_id, walk->since,
                             walk->instance_id, principal->id, (apr_int64_t)walk->limit));
    }
    else {
        B2B_ERR(b2b_db_query(&rows, walk->conn, STMT_NOTICES_OF_HOST, walk->pool, "ssissi", kind,
                             id, walk->since, walk->instance_id, principal->id,
                             (apr_int64_t)walk->limit));
    }
    while (b2b_db_next(rows)) {
        b2b_notice_t *notice = apr_pcalloc(walk->pool, sizeof(*notice));

        notice->portal_id = b2b_db_text(rows, 0);
        notice->instance_id = b2b_db_text(rows, 1);
        notice->since = b2b_db_time(rows, 2);
        notice->share_id = b2b_db_text(rows, 3);
        notice->process_id = b2b_db_text(rows, 4);
        APR_ARRAY_PUSH(walk->found, b2b_notice_t *) = notice;
    }
    return NULL;
}

static b2b_error_t *add_streams(walk_t *walk)
{
    const b2b_principal_t *principal = walk->principal;
    int is_member = principal->kind == B2B_PRINCIPAL_MEMBER;
    int i;

    B2B_ERR(add_stream(walk, is_member ? "member" : "host_user", principal->id));
    for (i = 0; principal->groups && i < principal->groups->nelts; i++) {
        B2B_ERR(add_stream(walk, is_member ? "group" : "host_group",
                           APR_ARRAY_IDX(principal->groups, i, const char *)));
    }
    return is_member ? add_stream(walk, "partner", principal->partner_id) : NULL;
}

static int stands_for(const b2b_principal_t *principal, const char *kind, const char *id)
{
    int is_member = principal->kind == B2B_PRINCIPAL_MEMBER;
    int i;

    if (!strcmp(kind, is_member ? "member" : "host_user")) {
        return !strcmp(id, principal->id);
    }
    if (is_member && !strcmp(kind, "partner")) {
        return !strcmp(id, principal->partner_id);
    }
    if (strcmp(kind, is_member ? "group" : "host_group") != 0) {
        return 0;
    }
    for (i = 0; principal->groups && i < principal->groups->nelts; i++) {
        if (!strcmp(APR_ARRAY_IDX(principal->groups, i, const char *), id)) {
            return 1;
        }
    }
    return 0;
}

/* Somebody may own a form in several ways, since different times: the newest is the notice. */
static b2b_error_t *find_newer(walk_t *walk, b2b_notice_t *notice)
{
    b2b_db_rows_t *rows;

    B2B_ERR(b2b_db_query(&rows, walk->conn, STMT_ASSIGNMENT_OWNERS, walk->pool, "ss",
                         notice->portal_id, notice->instance_id));
    while (b2b_db_next(rows)) {
        notice->repeated |= b2b_db_time(rows, 3) > notice->since &&
                            stands_for(walk->principal, b2b_db_text(rows, 0), b2b_db_text(rows, 1));
    }
    return NULL;
}

b2b_error_t *b2b_notices(apr_array_header_t **notices, b2b_db_conn_t *conn,
                         const b2b_principal_t *principal, apr_time_t since,
                         const char *instance_id, int limit, apr_pool_t *result_pool,
                         apr_pool_t *scratch_pool)
{
    walk_t walk = {.conn = conn,
                   .principal = principal,
                   .since = since ? (apr_int64_t)since : APR_INT64_MAX,
                   .instance_id = since && instance_id ? instance_id : "",
                   .limit = limit,
                   .pool = result_pool};
    apr_hash_t *seen = apr_hash_make(scratch_pool);
    int i;

    walk.found = apr_array_make(scratch_pool, limit, sizeof(b2b_notice_t *));
    *notices = apr_array_make(result_pool, limit, sizeof(b2b_notice_t *));
    B2B_ERR(add_streams(&walk));
    qsort(walk.found->elts, (size_t)walk.found->nelts, sizeof(b2b_notice_t *), compare);
    /* A stream that goes on has LIMIT instances of its own, so the page ends before its end. */
    for (i = 0; i < walk.found->nelts && (*notices)->nelts < limit; i++) {
        b2b_notice_t *notice = APR_ARRAY_IDX(walk.found, i, b2b_notice_t *);

        if (apr_hash_get(seen, notice->instance_id, APR_HASH_KEY_STRING)) {
            continue;
        }
        apr_hash_set(seen, notice->instance_id, APR_HASH_KEY_STRING, notice);
        if (since) {
            B2B_ERR(find_newer(&walk, notice));
        }
        APR_ARRAY_PUSH(*notices, b2b_notice_t *) = notice;
    }
    return NULL;
}

b2b_error_t *b2b_notices_seen_at(apr_time_t *at, b2b_db_conn_t *conn,
                                 const b2b_principal_t *principal, apr_pool_t *scratch_pool)
{
    b2b_db_rows_t *rows;

    if (principal->kind == B2B_PRINCIPAL_MEMBER) {
        B2B_ERR(b2b_db_query(&rows, conn, STMT_MEMBER_SEEN_SELECT, scratch_pool, "ss",
                             principal->portal_id, principal->id));
    }
    else {
        B2B_ERR(b2b_db_query(&rows, conn, STMT_HOST_USER_SEEN_SELECT, scratch_pool, "s",
                             principal->id));
    }
    *at = b2b_db_next(rows) ? b2b_db_time(rows, 0) : 0;
    return NULL;
}

b2b_error_t *b2b_notices_see(b2b_db_conn_t *conn, const b2b_principal_t *principal,
                             apr_pool_t *scratch_pool)
{
    apr_int64_t now = (apr_int64_t)b2b_clock_now();

    return principal->kind == B2B_PRINCIPAL_MEMBER
               ? b2b_db_execute(NULL, conn, STMT_MEMBER_SEEN, scratch_pool, "iss", now,
                                principal->portal_id, principal->id)
               : b2b_db_execute(NULL, conn, STMT_HOST_USER_SEEN, scratch_pool, "is", now,
                                principal->id);
}
