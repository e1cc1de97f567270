/* SPDX-License-Identifier: Apache-2.0 */
/* The outbox: mail that waits, is held by a worker, was sent or failed. */

#include <string.h>

#include "model/model_private.h"

static b2b_mail_t *mail_of(const b2b_db_rows_t *rows, apr_pool_t *result_pool)
{
    b2b_mail_t *m = apr_pcalloc(result_pool, sizeof(*m));

    m->id = b2b_db_text(rows, 0);
    m->portal_id = b2b_db_text(rows, 1);
    m->portal = b2b_db_text(rows, 2);
    m->kind = b2b_db_text(rows, 3);
    m->subject_id = b2b_db_text(rows, 4);
    m->recipient = b2b_db_text(rows, 5);
    m->subject = b2b_db_text(rows, 6);
    m->document = b2b_db_text(rows, 7);
    m->message_id = b2b_db_text(rows, 8);
    m->state = b2b_mail_state_of(b2b_db_text(rows, 9), b2b_db_time(rows, 10));
    m->attempts = b2b_db_integer(rows, 11);
    m->last_attempt_at = b2b_db_time(rows, 12);
    m->next_attempt_at = m->state == B2B_MAIL_QUEUED ? b2b_db_time(rows, 13) : 0;
    m->server_words = b2b_db_text(rows, 14);
    m->version = b2b_db_integer(rows, 15);
    m->created_at = b2b_db_time(rows, 16);
    m->sent_at = b2b_db_time(rows, 17);
    return m;
}

b2b_error_t *b2b_mail_enqueue(b2b_db_conn_t *conn, b2b_mail_t *values, const char *domain,
                              apr_pool_t *result_pool, apr_pool_t *scratch_pool)
{
    apr_int64_t now = (apr_int64_t)b2b_clock_now();

    values->id = b2b_id_create(result_pool);
    values->message_id = apr_pstrcat(result_pool, "<", values->id, "@", domain, ">", NULL);
    return b2b_db_send(conn, STMT_MAIL_INSERT, scratch_pool, "sssssssssii", values->id,
                       values->portal_id, values->kind, values->subject_id, values->recipient,
                       b2b_text_fold(values->recipient, scratch_pool),
                       b2b_text_or_empty(values->subject),
                       values->document ? values->document : "{}", values->message_id, now, now);
}

b2b_error_t *b2b_mail_get(b2b_mail_t **mail, b2b_db_conn_t *conn, const char *id,
                          apr_pool_t *result_pool, apr_pool_t *scratch_pool)
{
    b2b_db_rows_t *rows;

    (void)scratch_pool;
    B2B_ERR(b2b_db_query(&rows, conn, STMT_MAIL_SELECT, result_pool, "s", id));
    *mail = b2b_db_next(rows) ? mail_of(rows, result_pool) : NULL;
    return NULL;
}

b2b_error_t *b2b_mail_list(b2b_page_t **page, b2b_db_conn_t *conn, const b2b_list_t *list,
                           apr_pool_t *result_pool, apr_pool_t *scratch_pool)
{
    const char *like = b2b_like(list->q, scratch_pool);
    const char *state = b2b_any(list->state);
    const char *held = "";
    b2b_list_t newest = *list;
    apr_int64_t now = (apr_int64_t)b2b_clock_now();
    b2b_db_rows_t *rows;

    newest.descending = TRUE;
    if (strcmp(state, "queued") == 0 || strcmp(state, "sending") == 0) {
        held = state;
        state = "waiting";
    }
    if (list->portal_id) {
        B2B_ERR(b2b_db_query(&rows, conn, STMT_MAIL_LIST_OF_PORTAL, result_pool, "ssssssissi",
                             list->portal_id, b2b_list_after(&newest), state, state, held, held,
                             now, like, like, b2b_list_limit(list)));
    }
    else {
        B2B_ERR(b2b_db_query(&rows, conn, STMT_MAIL_LIST, result_pool, "sssssissi",
                             b2b_list_after(&newest), state, state, held, held, now, like, like,
                             b2b_list_limit(list)));
    }
    *page = b2b_page_create(list, result_pool);
    while (b2b_db_next(rows) && b2b_page_room(*page, list)) {
        b2b_mail_t *mail = mail_of(rows, result_pool);

        b2b_page_add(*page, mail, mail->id, NULL, rows, 0);
    }
    return NULL;
}

b2b_error_t *b2b_mail_claim(apr_array_header_t **mails, b2b_db_conn_t *conn, const char *holder,
                            apr_interval_time_t hold, int limit, apr_pool_t *result_pool,
                            apr_pool_t *scratch_pool)
{
    apr_int64_t now = (apr_int64_t)b2b_clock_now();
    b2b_db_rows_t *rows;

    *mails = apr_array_make(result_pool, limit, sizeof(b2b_mail_t *));
    B2B_ERR(b2b_db_query(&rows, conn, STMT_MAIL_DUE, scratch_pool, "iii", now, now,
                         (apr_int64_t)limit));
    while (b2b_db_next(rows)) {
        const char *id = b2b_db_text(rows, 0);
        apr_int64_t affected;
        b2b_mail_t *mail;

        /* Another node may have been faster since: the conditions are asked again. */
        B2B_ERR(b2b_db_execute(&affected, conn, STMT_MAIL_CLAIM, scratch_pool, "siisii", holder,
                               now + (apr_int64_t)hold, now, id, now, now));
        if (affected == 0) {
            continue;
        }
        B2B_ERR(b2b_mail_get(&mail, conn, id, result_pool, scratch_pool));
        if (mail) {
            APR_ARRAY_PUSH(*mails, b2b_mail_t *) = mail;
        }
    }
    return NULL;
}

b2b_error_t *b2b_mail_result(b2b_db_conn_t *conn, const char *id, const char *holder,
                             b2b_mail_state_e state, apr_time_t next_at, const char *server_words,
                             apr_pool_t *scratch_pool)
{
    const char *word = state == B2B_MAIL_SENT     ? "sent"
                       : state == B2B_MAIL_FAILED ? "failed"
                       : state == B2B_MAIL_NONE   ? "cancelled"
                                                  : "waiting";

    return b2b_db_execute(NULL, conn, STMT_MAIL_RESULT, scratch_pool, "sistss", word,
                          (apr_int64_t)next_at, server_words,
                          state == B2B_MAIL_SENT ? b2b_clock_now() : (apr_time_t)0, id, holder);
}

b2b_error_t *b2b_mail_cancel(b2b_db_conn_t *conn, const char *portal_id, const char *subject_id,
                             apr_pool_t *scratch_pool)
{
    return b2b_db_send(conn, STMT_MAIL_CANCEL, scratch_pool, "ssi", portal_id, subject_id,
                       (apr_int64_t)b2b_clock_now());
}

b2b_error_t *b2b_mail_send_again(b2b_db_conn_t *conn, const char *id, apr_pool_t *scratch_pool)
{
    apr_int64_t affected, now = b2b_clock_now();
    b2b_db_rows_t *rows;

    B2B_ERR(b2b_db_execute(&affected, conn, STMT_MAIL_AGAIN, scratch_pool, "isi", now, id, now));
    if (affected > 0) {
        return NULL;
    }
    B2B_ERR(b2b_db_query(&rows, conn, STMT_MAIL_STATE, scratch_pool, "s", id));
    if (!b2b_db_next(rows)) {
        return b2b_store_missing("mail", scratch_pool);
    }
    return b2b_error_typed(
        b2b_error_create(scratch_pool, B2B_E_CONFLICT, NULL,
                         strcmp(b2b_db_text(rows, 0), "waiting") == 0
                             ? "The mail is about to be sent anyway."
                             : "The mail was cancelled. Send what it is about again."),
        "not-finished");
}
