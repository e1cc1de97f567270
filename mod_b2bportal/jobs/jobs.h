/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Work that outlives a request: mail of the outbox, and what expires. One worker among all children and
 * nodes: a claim in the database, held for a time and taken over when it runs out. Nothing is lost when a
 * worker dies; a mail may then go out twice, with the same Message-ID.
 *
 * The document of a mail in the outbox has, all optional: "locale" (of the recipient), "inviter_name",
 * "partner_name", "member_name", "member_id", and of an invitation "message" (the inviter's own lines).
 * Kinds: "invitation", "invitation_accepted", "invitation_declined"; subject_id is the invitation's id; and
 * "assignment", subject_id the instance's id, with "reference", "title" (the process's), "status_title", "form" (index),
 * "person_kind" and "person_id" (the recipient).
 */

#ifndef B2B_JOBS_H
#define B2B_JOBS_H

#include "model/model.h"

/** How mail leaves: parsed from B2BPortalMail. */
typedef struct {
    const char *url;  /* "smtp://host:port" or "smtps://host:port" for libcurl; no sign-in in it */
    const char *user; /* or NULL */
    const char *password; /* or NULL */
    int require_tls;      /* STARTTLS must succeed; smtps is TLS from the start */
    const char *ca_file;  /* or NULL: the system's */
} b2b_mail_server_t;

/**
 * Parse B2BPortalMail's WORDS ("smtp://user:password@mail.example:587", "plain" | "starttls"). STARTTLS is
 * the default for smtp:// except on loopback; a sign-in without TLS is refused. Return NULL or a sentence.
 */
const char *b2b_mail_server_parse(b2b_mail_server_t *server, const char *url, const char *tls,
                                  apr_pool_t *pool);

typedef struct {
    const b2b_site_t *site;
    const b2b_mail_server_t *mail; /* NULL: mail stays waiting */
    const char *holder;            /* who works: host name, process id and thread */
} b2b_jobs_t;

/**
 * One round: take or keep the claim on mail; if it is ours, send what is due, at most twenty. *BUSY says that
 * more is due at once. Call it every second from any number of children; most return at once. *STOP, if it
 * becomes TRUE on another thread, ends the round after the mail under way (at most 45 seconds).
 */
b2b_error_t *b2b_jobs_run(int *busy, const b2b_jobs_t *jobs, const volatile int *stop,
                          apr_pool_t *scratch_pool);

/** Remove files that nothing shows or has, pieces of uploads, and answers of yesterday. Call it every minute from any child. */
b2b_error_t *b2b_jobs_tidy(const b2b_jobs_t *jobs, apr_pool_t *scratch_pool);

/** Give the claims back at an orderly end. */
void b2b_jobs_leave(const b2b_jobs_t *jobs, apr_pool_t *scratch_pool);

#endif
