/* SPDX-License-Identifier: Apache-2.0 */
/* The audit trail. */

#include <string.h>

#include "model/model_private.h"

b2b_error_t *b2b_audit_record(b2b_db_conn_t *conn, const b2b_audit_event_t *event,
                              apr_pool_t *scratch_pool)
{
    const char *actor = b2b_text_or_empty(event->actor_name);
    const char *words = apr_pstrcat(scratch_pool, actor, " ", b2b_text_or_empty(event->object_name),
                                    " ", event->action, NULL);

    return b2b_db_execute(NULL, conn, STMT_AUDIT_INSERT, scratch_pool, "ssisssssssssssss",
                          b2b_id_create(scratch_pool), event->portal_id,
                          (apr_int64_t)b2b_clock_now(), event->actor_kind, event->actor_id, actor,
                          event->action, event->outcome, event->reason, event->object_kind,
                          event->object_id, event->object_name, event->request_id, event->address,
                          event->details, b2b_text_fold(words, scratch_pool));
}

static b2b_audit_event_t *event_of(const b2b_db_rows_t *rows, apr_pool_t *result_pool)
{
    b2b_audit_event_t *e = apr_pcalloc(result_pool, sizeof(*e));

    e->id = b2b_db_text(rows, 0);
    e->portal_id = b2b_db_text(rows, 1);
    e->portal = b2b_db_text(rows, 2);
    e->at = b2b_db_time(rows, 3);
    e->actor_kind = b2b_db_text(rows, 4);
    e->actor_id = b2b_db_text(rows, 5);
    e->actor_name = b2b_db_text(rows, 6);
    e->action = b2b_db_text(rows, 7);
    e->outcome = b2b_db_text(rows, 8);
    e->reason = b2b_db_text(rows, 9);
    e->object_kind = b2b_db_text(rows, 10);
    e->object_id = b2b_db_text(rows, 11);
    e->object_name = b2b_db_text(rows, 12);
    e->request_id = b2b_db_text(rows, 13);
    e->address = b2b_db_text(rows, 14);
    e->details = b2b_db_text(rows, 15);
    return e;
}

/* "member." is a beginning, "member.suspend" the whole word. */
static const char *action_pattern(const char *action, apr_pool_t *pool)
{
    const char *like = b2b_like(action, pool);
    apr_size_t length = strlen(like);

    if (length < 3) {
        return "";
    }
    return apr_pstrmemdup(pool, like + 1, like[length - 2] == '.' ? length - 1 : length - 2);
}

b2b_error_t *b2b_audit_list(b2b_page_t **page, b2b_db_conn_t *conn, const b2b_list_t *list,
                            apr_pool_t *result_pool, apr_pool_t *scratch_pool)
{
    const char *like = b2b_like(list->q, scratch_pool);
    const char *action = action_pattern(list->action, scratch_pool);
    const char *outcome = b2b_any(list->outcome);
    const char *portal = b2b_any(list->portal_id);
    const char *actor = b2b_any(list->actor_id);
    apr_int64_t from = (apr_int64_t)list->from;
    apr_int64_t until = list->until ? (apr_int64_t)list->until : APR_INT64_MAX;
    apr_int64_t limit = b2b_list_limit(list);
    b2b_list_t newest = *list;
    const char *after;
    b2b_db_rows_t *rows;

    newest.descending = TRUE;
    after = b2b_list_after(&newest);
    /* The filter that leaves least is the one that is asked by index. */
    if (list->object_id) {
        B2B_ERR(b2b_db_query(&rows, conn, STMT_AUDIT_LIST_OF_OBJECT, result_pool, "ssssssssiissssi",
                             list->object_id, after, action, action, outcome, outcome, like, like,
                             from, until, portal, portal, actor, actor, limit));
    }
    else if (list->actor_id) {
        B2B_ERR(b2b_db_query(&rows, conn, STMT_AUDIT_LIST_OF_ACTOR, result_pool, "ssssssssiissi",
                             list->actor_id, after, action, action, outcome, outcome, like, like,
                             from, until, portal, portal, limit));
    }
    else if (list->portal_id) {
        B2B_ERR(b2b_db_query(&rows, conn, STMT_AUDIT_LIST_OF_PORTAL, result_pool, "ssssssssiii",
                             list->portal_id, after, action, action, outcome, outcome, like, like,
                             from, until, limit));
    }
    else {
        B2B_ERR(b2b_db_query(&rows, conn, STMT_AUDIT_LIST_ALL, result_pool, "sssssssiii", after,
                             action, action, outcome, outcome, like, like, from, until, limit));
    }
    *page = b2b_page_create(list, result_pool);
    while (b2b_db_next(rows) && b2b_page_room(*page, list)) {
        b2b_audit_event_t *event = event_of(rows, result_pool);

        b2b_page_add(*page, event, event->id, NULL, rows, 0);
    }
    return NULL;
}

b2b_error_t *b2b_audit_mailed(apr_time_t *at, b2b_db_conn_t *conn, const char *actor_id,
                              apr_interval_time_t age, apr_int64_t limit, apr_pool_t *scratch_pool)
{
    /* An id begins with the milliseconds of its time (RFC 9562): it is the place in the index. */
    apr_uint64_t from = (apr_uint64_t)apr_time_as_msec(b2b_clock_now() - age);
    const char *id = apr_psprintf(scratch_pool, "%08x-%04x", (unsigned)(from >> 16),
                                  (unsigned)(from & 0xffff));
    b2b_db_rows_t *rows;

    B2B_ERR(
        b2b_db_query(&rows, conn, STMT_AUDIT_MAILED, scratch_pool, "ssi", actor_id, id, limit - 1));
    *at = b2b_db_next(rows) ? b2b_db_time(rows, 0) : 0;
    return NULL;
}
