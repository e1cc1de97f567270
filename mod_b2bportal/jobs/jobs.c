/* SPDX-License-Identifier: Apache-2.0 */
/* A round of the worker: who works, what is due, what became of it. */

#include "jobs.h"

#include <string.h>

#include <apr_strings.h>

#include "base/chance.h"
#include "base/log.h"
#include "base/text.h"
#include "jobs_int.h"

/* libcurl gives up on a mail after 45 seconds, so a claim of 60 outlives every attempt; a worker that was
   killed is replaced, and its mail due again, after at most that. */
#define HOLD          apr_time_from_sec(60)
#define MAILS_A_ROUND 20

/* Pauses after the first, second, … attempt, in minutes; the last one repeats until GIVE_UP. */
static const int pauses[] = {1, 5, 15, 60, 180, 360};
#define GIVE_UP apr_time_from_sec(3 * 24 * 3600)

typedef struct {
    const b2b_jobs_t *jobs;
    const char *claim;
    int held;
    apr_array_header_t *mails;
    const b2b_mail_t *mail;
    const char *token;
    b2b_mail_state_e state;
    apr_time_t next_at;
    const char *words;
} round_t;

static b2b_error_t *take_claim(void *baton, b2b_db_conn_t *conn, apr_pool_t *pool)
{
    round_t *r = baton;

    return b2b_claim_take(&r->held, conn, r->claim, r->jobs->holder, HOLD, pool);
}

/* Most rounds of most children end at the first, read-only question. */
static b2b_error_t *hold_claim(int *held, round_t *r, const char *name, b2b_db_conn_t *conn,
                               apr_pool_t *pool)
{
    *held = 0;
    r->claim = name;
    B2B_ERR(b2b_claim_free(held, conn, name, r->jobs->holder, pool));
    if (*held) {
        B2B_ERR(b2b_db_transaction(conn, take_claim, r, pool));
        *held = r->held;
    }
    return NULL;
}

static b2b_error_t *claim_mail(void *baton, b2b_db_conn_t *conn, apr_pool_t *pool)
{
    round_t *r = baton;

    return b2b_mail_claim(&r->mails, conn, r->jobs->holder, HOLD, 1, pool, pool);
}

static b2b_error_t *make_token(void *baton, b2b_db_conn_t *conn, apr_pool_t *pool)
{
    round_t *r = baton;

    return b2b_invitation_token_create(&r->token, conn, r->mail->portal_id, r->mail->subject_id, 0,
                                       pool, pool);
}

static b2b_error_t *write_result(void *baton, b2b_db_conn_t *conn, apr_pool_t *pool)
{
    round_t *r = baton;

    return b2b_mail_result(conn, r->mail->id, r->jobs->holder, r->state, r->next_at, r->words,
                           pool);
}

static apr_time_t next_attempt(const b2b_mail_t *mail)
{
    apr_size_t n = sizeof(pauses) / sizeof(pauses[0]);
    apr_size_t i = mail->attempts > 0 ? (apr_size_t)mail->attempts - 1 : 0;

    return b2b_clock_now() + apr_time_from_sec(60 * (apr_time_t)pauses[i < n ? i : n - 1]);
}

/* The instance, as its owner reaches it; NULL once the form waits for this person no longer. */
static b2b_error_t *find_assignment(const char **link, const round_t *r,
                                    const b2b_portal_snapshot_t *portal, const b2b_json_t *document,
                                    b2b_db_conn_t *conn, apr_pool_t *pool)
{
    const b2b_site_t *site = r->jobs->site;
    const char *kind = b2b_json_get_string(document, "person_kind");
    const char *id = b2b_json_get_string(document, "person_id");
    int form = (int)b2b_json_get_integer(document, "form", -1);
    int open = 0;

    if (kind && id && r->mail->subject_id) {
        B2B_ERR(b2b_assignment_is_open(&open, conn, r->mail->portal_id, r->mail->subject_id, form,
                                       kind, id, pool));
    }
    if (open) {
        B2B_ERR(b2b_assigned_may_work(&open, conn, portal, r->mail->subject_id, kind, id, pool));
    }
    if (open) {
        *link = strcmp(kind, "member") == 0
                    ? apr_pstrcat(pool, b2b_site_portal_url(site, portal->technical_name, pool),
                                  "/instances/", r->mail->subject_id, NULL)
                    : apr_pstrcat(pool, site->url, "/portals/", portal->technical_name,
                                  "/instances/", r->mail->subject_id, NULL);
    }
    return NULL;
}

/* Where the mail's button leads. *LINK is NULL if what it is about is no longer open. */
static b2b_error_t *find_link(const char **link, apr_time_t *expires_at, round_t *r,
                              const b2b_portal_snapshot_t *portal, const b2b_json_t *document,
                              b2b_db_conn_t *conn, apr_pool_t *pool)
{
    const b2b_site_t *site = r->jobs->site;
    const b2b_mail_t *mail = r->mail;

    *link = NULL;
    *expires_at = 0;
    if (strcmp(mail->kind, "invitation") == 0) {
        b2b_invitation_t *invitation;

        B2B_ERR(b2b_db_transaction(conn, make_token, r, pool));
        B2B_ERR(
            b2b_invitation_get(&invitation, conn, mail->portal_id, mail->subject_id, pool, pool));
        if (r->token && invitation) {
            *expires_at = invitation->expires_at;
            *link = apr_pstrcat(pool, b2b_site_portal_url(site, portal->technical_name, pool),
                                "/invitation?token=", r->token, NULL);
        }
    }
    else if (strcmp(mail->kind, "assignment") == 0) {
        return find_assignment(link, r, portal, document, conn, pool);
    }
    else {
        const char *member_id = b2b_json_get_string(document, "member_id");

        *link = apr_pstrcat(pool, site->url, "/portals/", portal->technical_name, "/members",
                            member_id ? "/" : "", member_id ? member_id : "", NULL);
    }
    return NULL;
}

/* Read what the mail needs and write it. *MESSAGE is NULL if there is nothing to send any more. */
static b2b_error_t *prepare(b2b_message_t **message, round_t *r, b2b_db_conn_t *conn,
                            apr_pool_t *pool)
{
    const b2b_mail_t *mail = r->mail;
    b2b_message_subject_t subject = {.kind = mail->kind,
                                     .recipient = mail->recipient,
                                     .title = mail->subject,
                                     .message_id = mail->message_id};
    b2b_portal_snapshot_t *portal = NULL;
    b2b_json_t *document = NULL;
    b2b_image_t *logo = NULL;

    *message = NULL;
    if (mail->portal_id) {
        B2B_ERR(b2b_portal_snapshot_load(&portal, conn, mail->portal_id, pool, pool));
    }
    if (!portal || portal->state != B2B_STATE_ACTIVE) {
        return NULL;
    }
    B2B_ERR(b2b_json_parse(&document, mail->document, strlen(mail->document), pool));
    subject.document = document;
    B2B_ERR(find_link(&subject.link, &subject.expires_at, r, portal, document, conn, pool));
    if (!subject.link) {
        return NULL;
    }
    if (portal->logo) {
        B2B_ERR(b2b_image_get(&logo, conn, portal->logo, pool, pool));
        subject.logo_type = logo ? logo->type : NULL;
    }
    return b2b_message_write(message, r->jobs->site, portal, &subject, pool);
}

/* Nobody sees a mail that is not written down, so what cannot be prepared fails with its words. */
static void judge(round_t *r, b2b_delivery_e outcome)
{
    r->next_at = 0;
    if (outcome == B2B_DELIVERY_DONE) {
        r->state = B2B_MAIL_SENT;
    }
    else if (outcome == B2B_DELIVERY_NEVER || b2b_clock_now() - r->mail->created_at > GIVE_UP) {
        r->state = B2B_MAIL_FAILED;
    }
    else {
        r->state = B2B_MAIL_QUEUED;
        r->next_at = next_attempt(r->mail);
    }
}

/* Send the next mail that is due. No connection is held while the mail server is spoken to. */
static b2b_error_t *send_next(int *more, round_t *r, apr_pool_t *pool)
{
    b2b_db_t *db = r->jobs->site->db;
    b2b_db_conn_t *conn;
    b2b_message_t *message;
    b2b_delivery_e outcome;
    b2b_error_t *err;
    int held;

    *more = 0;
    B2B_ERR(b2b_db_acquire(&conn, db, pool));
    B2B_ERR(hold_claim(&held, r, "mail", conn, pool));
    if (!held) {
        b2b_db_release(conn);
        return NULL;
    }
    B2B_ERR(b2b_db_transaction(conn, claim_mail, r, pool));
    if (r->mails->nelts == 0) {
        b2b_db_release(conn);
        return NULL;
    }
    r->mail = APR_ARRAY_IDX(r->mails, 0, const b2b_mail_t *);
    err = prepare(&message, r, conn, pool);
    b2b_db_release(conn);

    if (err) {
        /* The database's trouble passes; the mail's own does not. */
        if (err->code == B2B_E_BUSY || err->code == B2B_E_UNAVAILABLE) {
            return err;
        }
        b2b_log_error(err, B2B_LOG_ERROR, pool, "mail %s cannot be written", r->mail->id);
        r->words = err->message;
        judge(r, B2B_DELIVERY_NEVER);
    }
    else if (!message) {
        r->words = "Not sent: what it was about is no longer open.";
        r->next_at = 0;
        r->state = B2B_MAIL_NONE;
        *more = 1;
    }
    else {
        outcome = b2b_mail_send(&r->words, r->jobs->mail, message, pool);
        judge(r, outcome);
        b2b_log(outcome == B2B_DELIVERY_DONE ? B2B_LOG_INFO : B2B_LOG_WARNING, 0, pool,
                "mail %s %s: %s", r->mail->id,
                outcome == B2B_DELIVERY_DONE    ? "sent"
                : outcome == B2B_DELIVERY_NEVER ? "refused"
                                                : "not sent yet",
                r->words);
        /* A server that is not there is not asked again in the same round. */
        *more = outcome != B2B_DELIVERY_LATER;
    }
    B2B_ERR(b2b_db_acquire(&conn, db, pool));
    err = b2b_db_transaction(conn, write_result, r, pool);
    b2b_db_release(conn);
    return err;
}

b2b_error_t *b2b_jobs_run(int *busy, const b2b_jobs_t *jobs, const volatile int *stop,
                          apr_pool_t *scratch_pool)
{
    apr_pool_t *iterpool;
    b2b_error_t *err = NULL;
    int more = jobs->mail != NULL && jobs->site->mail_from != NULL;
    int i;

    *busy = 0;
    apr_pool_create(&iterpool, scratch_pool);
    for (i = 0; more && !err && i < MAILS_A_ROUND && !*stop; i++) {
        round_t r = {.jobs = jobs};

        apr_pool_clear(iterpool);
        err = send_next(&more, &r, iterpool);
    }
    *busy = !err && more && i == MAILS_A_ROUND;
    /* An error lives in the pool that is about to go. */
    return err ? b2b_error_create(scratch_pool, err->code, NULL, "%s",
                                  b2b_error_text(err, scratch_pool))
               : NULL;
}

b2b_error_t *b2b_jobs_tidy(const b2b_jobs_t *jobs, apr_pool_t *scratch_pool)
{
    round_t r = {.jobs = jobs};
    b2b_db_conn_t *conn;
    int held;

    B2B_ERR(b2b_db_acquire(&conn, jobs->site->db, scratch_pool));
    B2B_ERR(hold_claim(&held, &r, "tidy", conn, scratch_pool));
    b2b_db_release(conn);
    if (!held) {
        return NULL;
    }
    /* First the bin: the files of what goes are nobody's then. */
    B2B_ERR(b2b_purge(jobs->site, scratch_pool));
    return b2b_tidy(jobs->site, scratch_pool);
}

static b2b_error_t *release_claims(void *baton, b2b_db_conn_t *conn, apr_pool_t *pool)
{
    const b2b_jobs_t *jobs = baton;

    B2B_ERR(b2b_claim_release(conn, "mail", jobs->holder, pool));
    return b2b_claim_release(conn, "tidy", jobs->holder, pool);
}

void b2b_jobs_leave(const b2b_jobs_t *jobs, apr_pool_t *scratch_pool)
{
    b2b_jobs_t copy = *jobs;
    b2b_db_conn_t *conn;

    /* If this fails the claims run out by themselves. */
    if (b2b_db_acquire(&conn, jobs->site->db, scratch_pool) == NULL) {
        b2b_error_t *err = b2b_db_transaction(conn, release_claims, &copy, scratch_pool);

        if (err) {
            b2b_log_error(err, B2B_LOG_INFO, scratch_pool, "claims not given back");
        }
        b2b_db_release(conn);
    }
}
