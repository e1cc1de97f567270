/* SPDX-License-Identifier: Apache-2.0 */
/* Invitations (S13): one pending at a time, answered once, tokens kept as hashes only. */

#include <string.h>

#include "model/model_private.h"

static const b2b_sort_t sorts[] = {{"created_at", STMT_INVITATION_LIST_CREATED_UP,
                                    STMT_INVITATION_LIST_CREATED_DOWN, 0},
                                   {NULL, 0, 0, 0}};

#define COLUMNS     29
#define TOKEN_BYTES 24 /* 192 bits */

static b2b_invitation_t *invitation_of(const b2b_db_rows_t *rows, apr_pool_t *result_pool)
{
    b2b_invitation_t *i = apr_pcalloc(result_pool, sizeof(*i));

    i->portal_id = b2b_db_text(rows, 0);
    i->id = b2b_db_text(rows, 1);
    i->member_id = b2b_db_text(rows, 2);
    i->email = b2b_db_text(rows, 3);
    i->role = b2b_member_role_parse(b2b_db_text(rows, 5));
    i->member_state = b2b_state_parse(b2b_db_text(rows, 6));
    i->partner_id = b2b_db_text(rows, 7);
    i->partner_name = b2b_db_text(rows, 8);
    i->first_name = b2b_db_text(rows, 9);
    i->invited_by = b2b_db_text(rows, 10);
    if (i->invited_by) {
        i->inviter_name = b2b_person_name(b2b_db_text(rows, 11), b2b_db_text(rows, 12),
                                          b2b_db_text(rows, 13), result_pool);
        i->inviter_email = b2b_db_text(rows, 13);
    }
    i->message = b2b_db_text(rows, 14);
    i->expires_at = b2b_db_time(rows, 15);
    i->state = b2b_invitation_state_of(b2b_db_text(rows, 4), i->expires_at);
    i->answered_at = b2b_db_time(rows, 16);
    i->sent_count = b2b_db_integer(rows, 17);
    i->delivery = b2b_mail_state_of(b2b_db_text(rows, 19), b2b_db_time(rows, 20));
    if (i->delivery != B2B_MAIL_NONE) {
        i->mail_id = b2b_db_text(rows, 18);
        i->attempts = b2b_db_integer(rows, 21);
        i->last_attempt_at = b2b_db_time(rows, 22);
        i->next_attempt_at = i->delivery == B2B_MAIL_QUEUED ? b2b_db_time(rows, 23) : 0;
        i->sent_at = b2b_db_time(rows, 24);
        i->server_words = b2b_db_text(rows, 25);
    }
    i->version = b2b_db_integer(rows, 26);
    i->created_at = b2b_db_time(rows, 27);
    i->modified_at = b2b_db_time(rows, 28);
    return i;
}

static b2b_error_t *links_end(b2b_db_conn_t *conn, const char *portal_id, const char *id,
                              apr_pool_t *scratch_pool)
{
    B2B_ERR(b2b_db_execute(NULL, conn, STMT_INVITATION_TOKENS_DELETE, scratch_pool, "ss", portal_id,
                           id));
    return b2b_mail_cancel(conn, portal_id, id, scratch_pool);
}

b2b_error_t *b2b_invitation_create(b2b_invitation_t **invitation, b2b_db_conn_t *conn,
                                   const char *portal_id, const char *member_id,
                                   const char *invited_by, const char *message,
                                   apr_pool_t *result_pool, apr_pool_t *scratch_pool)
{
    apr_int64_t now = (apr_int64_t)b2b_clock_now();
    const char *id = b2b_id_create(scratch_pool);
    b2b_invitation_t *old;
    b2b_member_t *member;

    B2B_ERR(b2b_member_get(&member, conn, portal_id, member_id, scratch_pool, scratch_pool));
    if (!member) {
        return b2b_store_missing("member", scratch_pool);
    }
    if (member->state != B2B_STATE_PENDING) {
        return b2b_error_typed(b2b_error_create(scratch_pool, B2B_E_CONFLICT, NULL,
                                                member->state == B2B_STATE_ACTIVE
                                                    ? "This person has accepted already."
                                                    : "This person is suspended. Resume first."),
                               "not-invited");
    }
    B2B_ERR(b2b_invitation_of_member(&old, conn, portal_id, member_id, scratch_pool, scratch_pool));
    if (old) {
        B2B_ERR(b2b_invitation_revoke(conn, portal_id, old->id, scratch_pool));
    }
    B2B_ERR(b2b_db_execute(NULL, conn, STMT_INVITATION_INSERT, scratch_pool, "sssssssiii",
                           portal_id, id, member_id, member->email,
                           b2b_text_fold(member->email, scratch_pool), invited_by, message,
                           now + (apr_int64_t)B2B_INVITATION_LIFE, now, now));
    return b2b_invitation_get(invitation, conn, portal_id, id, result_pool, scratch_pool);
}

b2b_error_t *b2b_invitation_token_create(const char **token, b2b_db_conn_t *conn,
                                         const char *portal_id, const char *invitation_id,
                                         int alone, apr_pool_t *result_pool,
                                         apr_pool_t *scratch_pool)
{
    const char *made = b2b_token_create(TOKEN_BYTES, result_pool);
    apr_int64_t now = (apr_int64_t)b2b_clock_now();
    apr_int64_t affected;

    *token = NULL;
    if (alone) {
        B2B_ERR(b2b_db_execute(NULL, conn, STMT_INVITATION_TOKENS_DELETE, scratch_pool, "ss",
                               portal_id, invitation_id));
    }
    B2B_ERR(b2b_db_execute(&affected, conn, STMT_INVITATION_TOKEN_INSERT, scratch_pool, "sissi",
                           b2b_sha256_hex(made, strlen(made), scratch_pool), now, portal_id,
                           invitation_id, now));
    if (affected > 0) {
        *token = made;
    }
    return NULL;
}

static b2b_error_t *invitation_select(b2b_invitation_t **invitation, b2b_db_conn_t *conn,
                                      b2b_stmt_e stmt, const char *portal_id, const char *key,
                                      apr_pool_t *result_pool)
{
    b2b_db_rows_t *rows;

    B2B_ERR(b2b_db_query(&rows, conn, stmt, result_pool, "ss", portal_id, key));
    *invitation = b2b_db_next(rows) ? invitation_of(rows, result_pool) : NULL;
    return NULL;
}

b2b_error_t *b2b_invitation_get(b2b_invitation_t **invitation, b2b_db_conn_t *conn,
                                const char *portal_id, const char *id, apr_pool_t *result_pool,
                                apr_pool_t *scratch_pool)
{
    (void)scratch_pool;
    return invitation_select(invitation, conn, STMT_INVITATION_SELECT, portal_id, id, result_pool);
}

b2b_error_t *b2b_invitation_of_member(b2b_invitation_t **invitation, b2b_db_conn_t *conn,
                                      const char *portal_id, const char *member_id,
                                      apr_pool_t *result_pool, apr_pool_t *scratch_pool)
{
    (void)scratch_pool;
    return invitation_select(invitation, conn, STMT_INVITATION_SELECT_BY_MEMBER, portal_id,
                             member_id, result_pool);
}

b2b_error_t *b2b_invitation_by_token(b2b_invitation_t **invitation, b2b_db_conn_t *conn,
                                     const char *portal_id, const char *token,
                                     apr_pool_t *result_pool, apr_pool_t *scratch_pool)
{
    b2b_db_rows_t *rows;

    B2B_ERR(b2b_db_query(&rows, conn, STMT_INVITATION_SELECT_BY_TOKEN, result_pool, "sss",
                         portal_id, portal_id, b2b_sha256_hex(token, strlen(token), scratch_pool)));
    *invitation = b2b_db_next(rows) ? invitation_of(rows, result_pool) : NULL;
    return NULL;
}

b2b_error_t *b2b_invitation_of_email(b2b_invitation_t **invitation, b2b_db_conn_t *conn,
                                     const char *portal_id, const char *email,
                                     apr_pool_t *result_pool, apr_pool_t *scratch_pool)
{
    b2b_db_rows_t *rows;

    B2B_ERR(b2b_db_query(&rows, conn, STMT_INVITATION_SELECT_BY_EMAIL, result_pool, "sss",
                         portal_id, portal_id, b2b_text_fold(email, scratch_pool)));
    *invitation = b2b_db_next(rows) ? invitation_of(rows, result_pool) : NULL;
    return NULL;
}

b2b_error_t *b2b_invitation_list(b2b_page_t **page, b2b_db_conn_t *conn, const char *portal_id,
                                 const b2b_list_t *list, apr_pool_t *result_pool,
                                 apr_pool_t *scratch_pool)
{
    const char *like = b2b_like(list->q, scratch_pool);
    const char *state = b2b_any(list->state);
    const char *over = "";
    b2b_list_t newest = *list;
    b2b_db_rows_t *rows;

    newest.descending = TRUE;
    if (strcmp(state, "expired") == 0) {
        state = "pending";
        over = "over";
    }
    else if (strcmp(state, "pending") == 0) {
        over = "not over";
    }
    B2B_ERR(b2b_db_query(&rows, conn, sorts[0].down, result_pool, "ssssssssisssssi", portal_id,
                         newest.after_key, portal_id, b2b_list_after(&newest), state, state, over,
                         over, (apr_int64_t)b2b_clock_now(), b2b_any(list->partner_id),
                         b2b_any(list->partner_id), like, like, like, b2b_list_limit(list)));
    *page = b2b_page_create(list, result_pool);
    while (b2b_db_next(rows) && b2b_page_room(*page, list)) {
        b2b_invitation_t *invitation = invitation_of(rows, result_pool);

        b2b_page_add(*page, invitation, invitation->id, sorts, rows, COLUMNS);
    }
    return NULL;
}

/* No pending invitation was changed: is it not there, or not pending? */
static b2b_error_t *not_pending(b2b_db_conn_t *conn, const char *portal_id, const char *id,
                                apr_pool_t *scratch_pool)
{
    b2b_db_rows_t *rows;

    B2B_ERR(b2b_db_query(&rows, conn, STMT_INVITATION_EXISTS, scratch_pool, "ss", portal_id, id));
    if (!b2b_db_next(rows)) {
        return b2b_store_missing("invitation", scratch_pool);
    }
    return b2b_error_typed(b2b_error_create(scratch_pool, B2B_E_CONFLICT, NULL,
                                            "The invitation was %s already.", b2b_db_text(rows, 0)),
                           "not-pending");
}

b2b_error_t *b2b_invitation_resend(b2b_db_conn_t *conn, const char *portal_id, const char *id,
                                   apr_pool_t *scratch_pool)
{
    apr_int64_t now = (apr_int64_t)b2b_clock_now();
    apr_int64_t affected;

    B2B_ERR(b2b_db_execute(&affected, conn, STMT_INVITATION_RENEW, scratch_pool, "iiss",
                           now + (apr_int64_t)B2B_INVITATION_LIFE, now, portal_id, id));
    return affected ? links_end(conn, portal_id, id, scratch_pool)
                    : not_pending(conn, portal_id, id, scratch_pool);
}

b2b_error_t *b2b_invitation_revoke(b2b_db_conn_t *conn, const char *portal_id, const char *id,
                                   apr_pool_t *scratch_pool)
{
    apr_int64_t now = (apr_int64_t)b2b_clock_now();
    apr_int64_t affected;

    B2B_ERR(b2b_db_execute(&affected, conn, STMT_INVITATION_REVOKE, scratch_pool, "iiss", now, now,
                           portal_id, id));
    /* Its tokens stay: the page can say that the invitation was revoked instead of knowing nothing. */
    return affected ? b2b_mail_cancel(conn, portal_id, id, scratch_pool)
                    : not_pending(conn, portal_id, id, scratch_pool);
}

/* Link IDENTITY to the member of INVITATION, which was answered just now in this transaction. */
static b2b_error_t *member_link(b2b_db_conn_t *conn, const b2b_invitation_t *invitation,
                                const b2b_identity_t *identity, apr_pool_t *scratch_pool)
{
    apr_int64_t now = (apr_int64_t)b2b_clock_now();
    const char *portal_id = invitation->portal_id;
    b2b_member_t *member;
    const char *first, *last;
    apr_int64_t affected;

    B2B_ERR(b2b_member_get(&member, conn, portal_id, invitation->member_id, scratch_pool,
                           scratch_pool));
    if (!member) {
        return b2b_store_missing("member", scratch_pool);
    }
    first = *member->first_name ? member->first_name : b2b_text_or_empty(identity->first_name);
    last = *member->last_name ? member->last_name : b2b_text_or_empty(identity->last_name);
    B2B_ERR(b2b_db_execute(NULL, conn, STMT_MEMBER_FORGET, scratch_pool, "sss", portal_id,
                           identity->issuer, identity->subject));
    B2B_ERR(b2b_db_execute(&affected, conn, STMT_MEMBER_LINK, scratch_pool, "ssisssiss",
                           identity->issuer, identity->subject, now, first, last,
                           b2b_person_folded(first, last, member->email, scratch_pool), now,
                           portal_id, member->id));
    if (affected != 1) {
        return b2b_error_create(scratch_pool, B2B_E_CONFLICT, NULL,
                                "The invitation was answered already.");
    }
    /* A cache may remember that nobody in this portal has the identity. */
    b2b_touch_identity(conn, portal_id, identity->issuer, identity->subject, scratch_pool);
    B2B_ERR(b2b_db_execute(&affected, conn, STMT_PARTNER_ACTIVATE, scratch_pool, "iss", now,
                           portal_id, member->partner_id));
    if (affected) {
        b2b_touch_portal(conn, portal_id, scratch_pool);
    }
    return NULL;
}

b2b_error_t *b2b_invitation_answer(int *answered, b2b_db_conn_t *conn, const char *portal_id,
                                   const char *id, const b2b_identity_t *identity, int accept,
                                   apr_pool_t *scratch_pool)
{
    apr_int64_t now = (apr_int64_t)b2b_clock_now();
    b2b_invitation_t *invitation;
    b2b_db_rows_t *rows;
    apr_int64_t affected;

    *answered = FALSE;
    B2B_ERR(b2b_invitation_get(&invitation, conn, portal_id, id, scratch_pool, scratch_pool));
    if (!invitation) {
        return NULL;
    }
    if (accept) {
        B2B_ERR(b2b_db_query(&rows, conn, STMT_MEMBER_OF_IDENTITY, scratch_pool, "sss", portal_id,
                             identity->issuer, identity->subject));
        if (b2b_db_next(rows) && strcmp(b2b_db_text(rows, 0), invitation->member_id) != 0) {
            return b2b_error_typed(
                b2b_error_create(
                    scratch_pool, B2B_E_CONFLICT, NULL,
                    "You are signed in as somebody who is a member of this portal already."),
                "identity-taken");
        }
    }
    B2B_ERR(b2b_db_execute(&affected, conn, STMT_INVITATION_ANSWER, scratch_pool, "siissi",
                           accept ? "accepted" : "declined", now, now, portal_id, id, now));
    if (affected != 1) {
        return NULL;
    }
    if (accept) {
        B2B_ERR(member_link(conn, invitation, identity, scratch_pool));
    }
    B2B_ERR(b2b_mail_cancel(conn, portal_id, id, scratch_pool));
    *answered = TRUE;
    return NULL;
}
