/* SPDX-License-Identifier: Apache-2.0 */
/* What the stores share: paging, searching, the errors of a lost write, touching what decisions depend on. */

#ifndef B2B_MODEL_PRIVATE_H
#define B2B_MODEL_PRIVATE_H

#include <apr_strings.h>

#include "base/chance.h"
#include "base/text.h"
#include "model/model.h"

/** Fill PORTAL's grants. (snapshot_grants.c) */
b2b_error_t *b2b_snapshot_grants_load(b2b_portal_snapshot_t *portal, b2b_db_conn_t *conn,
                                      apr_pool_t *result_pool, apr_pool_t *scratch_pool);

/* store.c */

/** One order of a list: its word in the API and its two statements. */
typedef struct {
    const char *word;
    b2b_stmt_e up;
    b2b_stmt_e down;
    int number; /* the sort key is a number */
} b2b_sort_t;

/** The sort of LIST among SORTS (ended by a NULL word); the first one for NULL or an unknown word. */
const b2b_sort_t *b2b_sort_find(const b2b_sort_t *sorts, const b2b_list_t *list);

/** B2B_E_INVALID for "after" if SORT goes by a number and LIST's key is none: PostgreSQL would fail on it. */
b2b_error_t *b2b_sort_check(const b2b_sort_t *sort, const b2b_list_t *list, apr_pool_t *pool);

b2b_stmt_e b2b_sort_stmt(const b2b_sort_t *sort, const b2b_list_t *list);

/** The id after which a page starts: what the list says, or what sorts before (after) every id. */
const char *b2b_list_after(const b2b_list_t *list);

/** One more row than wanted, so that a last page knows that it is the last. */
apr_int64_t b2b_list_limit(const b2b_list_t *list);

/** The pattern for Q anywhere in a folded column, escaped with '!'; "" for no Q. */
const char *b2b_like(const char *q, apr_pool_t *pool);

/** FILTER, or "" for NULL: statements take "" as "any". */
const char *b2b_any(const char *filter);

b2b_page_t *b2b_page_create(const b2b_list_t *list, apr_pool_t *pool);

/**
 * Is there room for one more item of the page? If not, the page is told that it goes on. Asked before each
 * row is taken.
 */
int b2b_page_room(b2b_page_t *page, const b2b_list_t *list);

/** Add ITEM, whose sort key is in COLUMN of ROWS. */
void b2b_page_add(b2b_page_t *page, void *item, const char *id, const b2b_sort_t *sort,
                  const b2b_db_rows_t *rows, int column);

/** The two parameters "version >= and version <=" for VERSION. */
#define B2B_VERSION_RANGE(version)                                                                 \
    (apr_int64_t)((version) < 0 ? 0 : (version)),                                                  \
        (apr_int64_t)((version) < 0 ? APR_INT64_MAX : (version))

/** A write changed no row. CURRENT is what its …_VERSION statement found: nothing, or another version. */
b2b_error_t *b2b_store_lost(b2b_db_rows_t *current, const char *noun, apr_pool_t *pool);

/** B2B_E_NOT_FOUND of a NOUN. */
b2b_error_t *b2b_store_missing(const char *noun, apr_pool_t *pool);

/** B2B_E_CONFLICT (name-taken) if FOUND holds a row other than ID (NULL: any row). */
b2b_error_t *b2b_store_taken(b2b_db_rows_t *found, const char *id, const char *field,
                             const char *noun, const char *name, apr_pool_t *pool);

/** What lists of people sort and search by. */
const char *b2b_person_folded(const char *first_name, const char *last_name, const char *email,
                              apr_pool_t *pool);

/** "" for NULL. */
const char *b2b_text_or_empty(const char *text);

void b2b_touch_portal(b2b_db_conn_t *conn, const char *portal_id, apr_pool_t *scratch_pool);

/**
 * Touch the identity (ISSUER, SUBJECT) of PORTAL_ID, or of the host. Where the person has none (ISSUER is NULL)
 * touch the portal or the host as a whole: on PostgreSQL somebody may be accepting in another transaction, which
 * this one did not see, and a cache may load what that one committed before this one does.
 */
void b2b_touch_identity(b2b_db_conn_t *conn, const char *portal_id, const char *issuer,
                        const char *subject, apr_pool_t *scratch_pool);

/** The state of a mail from its row: the word stored (or NULL) and until when a worker holds it. */
b2b_mail_state_e b2b_mail_state_of(const char *word, apr_time_t claimed_until);

/** The state of an invitation from its row. */
b2b_invitation_state_e b2b_invitation_state_of(const char *word, apr_time_t expires_at);

/** B2B_E_INVALID for FIELD if FILE is neither NULL nor a known image. (image.c) */
b2b_error_t *b2b_image_check(b2b_db_conn_t *conn, const char *file, const char *field,
                             apr_pool_t *scratch_pool);

/** B2B_E_INVALID for "groups/N" if one of GROUPS (ids, or NULL) is no group with a row. (group.c) */
b2b_error_t *b2b_groups_check(b2b_db_conn_t *conn, const char *portal_id,
                              const apr_array_header_t *groups, apr_pool_t *scratch_pool);

/** B2B_E_INVALID, with all places, if NORMAL or ADMINISTRATORS (b2b_host_ref_t, or NULL) name what is not there.
 *  (process_references.c) */
b2b_error_t *b2b_process_references_check(b2b_db_conn_t *conn, const b2b_json_t *normal,
                                          const apr_array_header_t *administrators,
                                          apr_pool_t *scratch_pool);

#endif
