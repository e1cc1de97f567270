/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The REST API without a server: a request in, a response out. httpd/ fills in the request from what it
 * verified, reads the body up to the route's limit, and writes the response. No connection of the database
 * is held when a response is returned.
 */

#ifndef B2B_API_H
#define B2B_API_H

#include "../policy/policy.h"

typedef enum { B2B_SIDE_CONSOLE, B2B_SIDE_PORTAL } b2b_side_e;

/**
 * A body that was written into a file instead of memory, whole and on disk. Who wrote it removes the file
 * at PATH when the request ends; KEPT says that the core has renamed it.
 */
typedef struct {
    const char *path; /* absolute, on the file system of B2BPortalFiles */
    apr_int64_t bytes;
    const char *hash;  /* SHA-256, 64 hexadecimal digits */
    const char *type;  /* set by the core: what it is by its content; NULL: nothing that is taken */
    const char *group; /* set by the core: "image", "pdf", …: what a field accepts */
    int kept;
} b2b_upload_t;

typedef struct {
    const char *method;
    const char *path;     /* decoded and normalised by httpd, below /api/v1: "/portals/acme" */
    const char *query;    /* raw, or NULL */
    apr_table_t *headers; /* as sent; only If-Match, If-None-Match, Content-Type,
                             Idempotency-Key, Origin and Sec-Fetch-Site are looked at */
    const char *body;     /* or NULL */
    apr_size_t body_length;
    b2b_upload_t *upload;                /* the body of a route that streams; or NULL */
    b2b_side_e side;                     /* from the host name */
    const b2b_portal_snapshot_t *portal; /* on a portal's side */
    const b2b_identity_t *identity;      /* NULL: nobody is signed in */
    const b2b_principal_t *principal;    /* NULL: nobody that is known */
    const char *origin; /* this server's own: scheme, host name and port as the client sees them */
    const char *request_id; /* of the log, [A-Za-z0-9_@-]+ */
    const char *address;    /* of the client, for the audit trail */
    apr_time_t now;
} b2b_request_t;

typedef struct {
    int status;
    apr_table_t *headers; /* Content-Type, ETag, Location, Retry-After, … */
    const char *body;     /* or NULL */
    apr_size_t length;
    const char *file; /* instead of BODY: absolute path of a file to send; or NULL */
} b2b_response_t;

/** What becomes of a request's body. */
typedef struct {
    apr_int64_t limit; /* bytes that may come; 0: none is taken */
    int stream;        /* into a file, as REQUEST's upload, not as its body */
} b2b_body_plan_t;

/**
 * Asked before REQUEST's body is read, so that a stranger makes us read and write nothing: who is asking, the
 * address and the right; of a route that streams, everything that can be known before the body is, which takes a
 * connection and gives it back. *REFUSAL is NULL if the body is to be read as PLAN says, else the answer.
 */
void b2b_api_judge(b2b_body_plan_t *plan, b2b_response_t **refusal, const b2b_site_t *site,
                   const b2b_request_t *request, apr_pool_t *pool);

/** Answer REQUEST, whose body is read. Judges anew. Always sets *RESPONSE (errors are problem+json) in POOL. */
void b2b_api_handle(b2b_response_t **response, const b2b_site_t *site, const b2b_request_t *request,
                    apr_pool_t *pool);

/** The problem+json response for ERR, logged with the request's id. Also for httpd/'s own refusals. */
b2b_response_t *b2b_api_problem(const b2b_request_t *request, b2b_error_t *err, apr_pool_t *pool);

/** Is this REQUEST's Origin or Sec-Fetch-Site the same origin (design.md section 5)? FALSE if neither is sent. */
int b2b_api_same_origin(const b2b_request_t *request);

/* The invitation's two forms (S13): plain HTML posts, answered with a redirection. ------------- */

typedef enum {
    B2B_INVITATION_OPEN,
    B2B_INVITATION_WRONG_ACCOUNT,
    B2B_INVITATION_UNVERIFIED,
    B2B_INVITATION_EXPIRED,
    B2B_INVITATION_REVOKED,
    B2B_INVITATION_USED,
    B2B_INVITATION_DECLINED,
    B2B_INVITATION_UNKNOWN
} b2b_invitation_page_e;

/** What the invitation page says. Strings are NULL where the token is unknown: an outsider learns nothing. */
typedef struct {
    b2b_invitation_page_e page;
    const char *email;   /* the invited address */
    const char *inviter; /* who invited, by name */
    const char *partner; /* the partner's name */
    apr_time_t expires_at;
} b2b_invitation_view_t;

/** Look at the invitation of TOKEN in REQUEST's portal; changes nothing. */
b2b_error_t *b2b_api_invitation_view(b2b_invitation_view_t *view, const b2b_site_t *site,
                                     const b2b_request_t *request, const char *token,
                                     apr_pool_t *pool);

/**
 * Answer the invitation of TOKEN as REQUEST's identity: accept, or decline. One transaction: identity linked,
 * member (and a pending partner) active, invitation closed, audit event, notice to the inviter. *VIEW says what
 * to show otherwise; *ANSWERED is TRUE if this call did it.
 */
b2b_error_t *b2b_api_invitation_answer(int *answered, b2b_invitation_view_t *view,
                                       const b2b_site_t *site, const b2b_request_t *request,
                                       const char *token, int accept, apr_pool_t *pool);

/**
 * The invited person came without the link (S13): if the identity's address has a pending invitation in
 * REQUEST's portal, send it again (at most once in ten minutes). *SENT says so; the page says the same anyway.
 */
b2b_error_t *b2b_api_invitation_resend(int *sent, const b2b_site_t *site,
                                       const b2b_request_t *request, apr_pool_t *pool);

#endif
