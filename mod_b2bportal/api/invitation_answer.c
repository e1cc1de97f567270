/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The invited person's side (S13): look at the invitation, accept or decline it, have it sent
 * again. Not JSON: httpd/ shows plain pages, because nobody is a member yet.
 */

#include "private.h"

#include <string.h>

#include <apr_strings.h>

#include "resources.h"

#define RESEND_PAUSE (apr_time_from_sec(10 * 60))

/* What the page says about INVITATION, which may be NULL, to REQUEST's identity. */
static void set_view(b2b_invitation_view_t *view, const b2b_invitation_t *invitation,
                     const b2b_request_t *request, apr_pool_t *pool)
{
    int unverified = 0;

    memset(view, 0, sizeof(*view));
    view->page = B2B_INVITATION_UNKNOWN;
    if (!invitation) {
        return;
    }
    view->email = invitation->email;
    view->inviter = invitation->inviter_name;
    view->partner = invitation->partner_name;
    view->expires_at = invitation->expires_at;
    switch (invitation->state) {
    case B2B_INV_ACCEPTED:
        view->page = B2B_INVITATION_USED;
        return;
    case B2B_INV_DECLINED:
        view->page = B2B_INVITATION_DECLINED;
        return;
    case B2B_INV_EXPIRED:
        view->page = B2B_INVITATION_EXPIRED;
        return;
    case B2B_INV_REVOKED:
        view->page = B2B_INVITATION_REVOKED;
        return;
    case B2B_INV_PENDING:
        break;
    }
    if (invitation->member_state != B2B_STATE_PENDING) {
        view->page = B2B_INVITATION_REVOKED;
    }
    else if (!request->identity ||
             b2b_policy_may_answer(request->portal, request->identity,
                                   b2b_text_fold(invitation->email, pool), &unverified)) {
        view->page = B2B_INVITATION_OPEN;
    }
    else {
        view->page = unverified ? B2B_INVITATION_UNVERIFIED : B2B_INVITATION_WRONG_ACCOUNT;
    }
}

b2b_error_t *b2b_api_invitation_view(b2b_invitation_view_t *view, const b2b_site_t *site,
                                     const b2b_request_t *request, const char *token,
                                     apr_pool_t *pool)
{
    b2b_invitation_t *invitation = NULL;
    b2b_db_conn_t *conn;
    b2b_error_t *err = NULL;

    if (token && *token) {
        B2B_ERR(b2b_db_acquire(&conn, site->db, pool));
        err = b2b_invitation_by_token(&invitation, conn, request->portal->id, token, pool, pool);
        b2b_db_release(conn);
    }
    if (!err) {
        set_view(view, invitation, request, pool);
    }
    return err;
}

typedef struct {
    b2b_call_t call;
    const char *token;
    int accept;
    int answered;
    b2b_invitation_view_t *view;
} answer_t;

/* Tell the one who invited, in the host's language. */
static b2b_error_t *notify(const answer_t *answer, const b2b_invitation_t *invitation)
{
    const b2b_call_t *call = &answer->call;
    b2b_json_t *document = b2b_json_object(call->pool);
    b2b_host_user_t *inviter = NULL;
    b2b_settings_t *settings;
    b2b_member_t *member;
    b2b_mail_t mail = {NULL};
    const char *name = invitation->email;

    if (invitation->invited_by) {
        B2B_ERR(b2b_host_user_get(&inviter, call->conn, invitation->invited_by, call->pool,
                                  call->pool));
    }
    /* Who left the host, or may not sign in, learns nothing more of its partners. */
    if (!inviter || inviter->state == B2B_STATE_SUSPENDED) {
        return NULL;
    }
    B2B_ERR(b2b_settings_get(&settings, call->conn, call->pool, call->pool));
    B2B_ERR(b2b_member_get(&member, call->conn, call->request->portal->id, invitation->member_id,
                           call->pool, call->pool));
    if (member) {
        name = b2b_person_name(member->first_name, member->last_name, name, call->pool);
    }
    b2b_json_set_string(document, "locale", settings->locale);
    b2b_json_set_string(document, "partner_name", invitation->partner_name);
    b2b_json_set_string(document, "member_name", name);
    b2b_json_set_string(document, "member_id", invitation->member_id);
    mail.portal_id = call->request->portal->id;
    mail.kind = answer->accept ? "invitation_accepted" : "invitation_declined";
    mail.subject_id = invitation->id;
    mail.recipient = inviter->email;
    mail.subject = apr_pstrcat(call->pool, name,
                               answer->accept ? " has joined " : " has declined the invitation to ",
                               call->request->portal->name, NULL);
    mail.document = b2b_json_write(document, call->pool);
    return b2b_mail_enqueue(call->conn, &mail, call->site->domain, call->pool, call->pool);
}

/* The person is no principal yet: the event names the member that the invitation is for. */
static b2b_error_t *record(const answer_t *answer, const b2b_invitation_t *invitation,
                           const char *outcome, const char *reason)
{
    const b2b_call_t *call = &answer->call;
    b2b_audit_event_t event = {NULL};

    event.portal_id = call->request->portal->id;
    event.actor_kind = !strcmp(outcome, "done") ? "member" : "anonymous";
    event.actor_id = !strcmp(outcome, "done") ? invitation->member_id : NULL;
    event.actor_name = call->request->identity && call->request->identity->email
                           ? call->request->identity->email
                           : "";
    event.action = answer->accept ? "invitation.accept" : "invitation.decline";
    event.outcome = outcome;
    event.reason = reason;
    event.object_kind = "invitation";
    event.object_id = invitation->id;
    event.object_name = invitation->email;
    event.request_id = call->request->request_id;
    event.address = call->request->address;
    return b2b_audit_record(call->conn, &event, call->pool);
}

static b2b_error_t *work(void *baton, b2b_db_conn_t *conn, apr_pool_t *pool)
{
    answer_t *answer = baton;
    b2b_call_t *call = &answer->call;
    const b2b_request_t *request = call->request;
    b2b_invitation_t *invitation;

    (void)pool;
    call->conn = conn;
    answer->answered = 0;
    B2B_ERR(b2b_invitation_by_token(&invitation, conn, request->portal->id, answer->token,
                                    call->pool, call->pool));
    set_view(answer->view, invitation, request, call->pool);
    if (!invitation || answer->view->page != B2B_INVITATION_OPEN) {
        return invitation ? record(answer, invitation, "refused", "invitation-not-open") : NULL;
    }
    B2B_ERR(b2b_invitation_answer(&answer->answered, conn, request->portal->id, invitation->id,
                                  request->identity, answer->accept, call->pool));
    if (!answer->answered) {
        /* Somebody was faster: say what became of it. */
        B2B_ERR(b2b_invitation_by_token(&invitation, conn, request->portal->id, answer->token,
                                        call->pool, call->pool));
        set_view(answer->view, invitation, request, call->pool);
        return NULL;
    }
    answer->view->page = answer->accept ? B2B_INVITATION_USED : B2B_INVITATION_DECLINED;
    B2B_ERR(record(answer, invitation, "done", NULL));
    return notify(answer, invitation);
}

b2b_error_t *b2b_api_invitation_answer(int *answered, b2b_invitation_view_t *view,
                                       const b2b_site_t *site, const b2b_request_t *request,
                                       const char *token, int accept, apr_pool_t *pool)
{
    answer_t answer;
    b2b_db_conn_t *conn;
    b2b_error_t *err;

    *answered = 0;
    memset(view, 0, sizeof(*view));
    view->page = B2B_INVITATION_UNKNOWN;
    if (!token || !*token || !request->identity) {
        return NULL;
    }
    memset(&answer, 0, sizeof(answer));
    answer.call.site = site;
    answer.call.request = request;
    answer.call.pool = pool;
    answer.token = token;
    answer.accept = accept;
    answer.view = view;
    B2B_ERR(b2b_db_acquire(&conn, site->db, pool));
    err = b2b_db_transaction(conn, work, &answer, pool);
    b2b_db_release(conn);
    /* This identity is another member of the portal already: to the person, the wrong account. */
    if (err && err->code == B2B_E_CONFLICT) {
        view->page = B2B_INVITATION_WRONG_ACCOUNT;
        return NULL;
    }
    *answered = !err && answer.answered;
    return err;
}

/* The link got lost ---------------------------------------------------------------------------- */

typedef struct {
    b2b_call_t call;
    int sent;
} resend_t;

static apr_time_t later(apr_time_t a, apr_time_t b)
{
    return a > b ? a : b;
}

/* When something last went out, or was about to. */
static apr_time_t last_mail_at(const b2b_invitation_t *invitation)
{
    return later(later(invitation->created_at, invitation->sent_at), invitation->last_attempt_at);
}

static b2b_error_t *resend_work(void *baton, b2b_db_conn_t *conn, apr_pool_t *pool)
{
    resend_t *resend = baton;
    b2b_call_t *call = &resend->call;
    const b2b_request_t *request = call->request;
    b2b_invitation_t *invitation;
    int unverified;

    (void)pool;
    call->conn = conn;
    resend->sent = 0;
    B2B_ERR(b2b_invitation_of_email(&invitation, conn, request->portal->id,
                                    request->identity->email, call->pool, call->pool));
    /* One that ran out is for who invited: else an expiry would hold only those who do not ask. */
    if (!invitation || invitation->state != B2B_INV_PENDING ||
        invitation->delivery == B2B_MAIL_QUEUED || invitation->delivery == B2B_MAIL_SENDING ||
        request->now - last_mail_at(invitation) < RESEND_PAUSE ||
        !b2b_policy_may_answer(request->portal, request->identity,
                               b2b_text_fold(invitation->email, call->pool), &unverified)) {
        return NULL;
    }
    B2B_ERR(b2b_portal_get_by_id(&call->portal, conn, request->portal->id, call->pool, call->pool));
    if (!call->portal) {
        return NULL;
    }
    B2B_ERR(b2b_invitation_resend_one(call, invitation->id));
    resend->sent = 1;
    return NULL;
}

b2b_error_t *b2b_api_invitation_resend(int *sent, const b2b_site_t *site,
                                       const b2b_request_t *request, apr_pool_t *pool)
{
    resend_t resend;
    b2b_db_conn_t *conn;
    b2b_error_t *err;

    *sent = 0;
    if (!request->identity || !request->identity->email) {
        return NULL;
    }
    memset(&resend, 0, sizeof(resend));
    resend.call.site = site;
    resend.call.request = request;
    resend.call.pool = pool;
    B2B_ERR(b2b_db_acquire(&conn, site->db, pool));
    err = b2b_db_transaction(conn, resend_work, &resend, pool);
    b2b_db_release(conn);
    *sent = !err && resend.sent;
    return err;
}
