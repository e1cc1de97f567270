/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of jobs/ share, and what their unit tests look at. */

#ifndef B2B_JOBS_INT_H
#define B2B_JOBS_INT_H

#include "base/json.h"
#include "jobs.h"

/* assigned.c ---------------------------------------------------------------------------------------------- */

/**
 * May the owner of KIND ("member", "host_user") and ID work on forms of the instance of PORTAL, as the security of
 * its process and, for members, what their partner holds are now?
 */
b2b_error_t *b2b_assigned_may_work(int *may, b2b_db_conn_t *conn,
                                   const b2b_portal_snapshot_t *portal, const char *instance_id,
                                   const char *kind, const char *id, apr_pool_t *pool);

/* message.c: what a mail says --------------------------------------------------------------------------- */

/** A mail ready to send. All text is UTF-8; no string contains CR or LF, but for TEXT and HTML. */
typedef struct {
    const char *from; /* header value, as B2BPortalMailFrom gives it, with the portal's name */
    const char *from_address;
    const char *to;       /* address */
    const char *reply_to; /* address, or NULL */
    const char *subject;
    const char *message_id; /* "<…@…>", the same at every attempt */
    const char *text;
    const char *html;
    const char *logo;      /* absolute path of an image that HTML shows as cid:logo, or NULL */
    const char *logo_type; /* its media type */
} b2b_message_t;

/** What a mail is about. Strings are borrowed. */
typedef struct {
    const char *
        kind; /* of the outbox: "invitation", "invitation_accepted", "invitation_declined", "assignment" */
    const char *recipient;
    const char *title; /* the Subject, as lists show it; NULL or "": the kind's own */
    const char *message_id;
    const b2b_json_t *document; /* see jobs.h */
    const char *link;           /* the invitation's, or the console's page; or NULL */
    apr_time_t expires_at;      /* of the invitation; or 0 */
    const char *logo_type;      /* of the portal's logo, or NULL */
} b2b_message_subject_t;

/** Write SUBJECT's mail in the brand of PORTAL. B2B_E_INVALID for a kind that is not known. */
b2b_error_t *b2b_message_write(b2b_message_t **message, const b2b_site_t *site,
                               const b2b_portal_snapshot_t *portal,
                               const b2b_message_subject_t *subject, apr_pool_t *pool);

/** TEXT as the value of a header: RFC 2047 encoded-words of at most 75 characters where it is not ASCII. */
const char *b2b_message_header_text(const char *text, apr_pool_t *pool);

/* tidy.c: what nobody needs any more --------------------------------------------------------------------- */

/** Forget images, files and answers that are over, and remove what lies in the folder of files for nobody. */
b2b_error_t *b2b_tidy(const b2b_site_t *site, apr_pool_t *pool);

/* strays.c ----------------------------------------------------------------------------------------------- */

/** Find files of the folder that no row names, some hundreds a call, and let their last day begin. */
b2b_error_t *b2b_strays(const b2b_site_t *site, b2b_db_conn_t *conn, apr_pool_t *pool);

/* purge.c ------------------------------------------------------------------------------------------------ */

/** Remove what has been in the bin for longer than B2B_BIN_LIFE, for at most 20 seconds. */
b2b_error_t *b2b_purge(const b2b_site_t *site, apr_pool_t *pool);

/* mail.c: how a mail leaves ------------------------------------------------------------------------------ */

typedef enum {
    B2B_DELIVERY_DONE,
    B2B_DELIVERY_LATER, /* the server was not reached, or said 4xx */
    B2B_DELIVERY_NEVER  /* the server said 5xx, or the address cannot be written in SMTP */
} b2b_delivery_e;

/**
 * Hand MESSAGE to SERVER. *WORDS are the mail server's own last line, or libcurl's when there was none; one
 * line, escaped, at most 500 bytes. Blocks for at most 45 seconds.
 */
b2b_delivery_e b2b_mail_send(const char **words, const b2b_mail_server_t *server,
                             const b2b_message_t *message, apr_pool_t *pool);

#endif
