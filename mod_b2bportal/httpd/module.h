/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The glue between httpd and the core. One file a noun; what a file promises to its neighbours stands here.
 * The life of a request through them is told in mod_b2bportal/README.md.
 */

#ifndef B2B_MODULE_H
#define B2B_MODULE_H

#include <httpd.h>
#include <http_config.h>
#include <http_core.h>
#include <http_log.h>
#include <http_protocol.h>
#include <http_request.h>

#include "api/api.h"
#include "httpd/caches.h"
#include "jobs/jobs.h"

/* Log lines carry the module's name; the file with the module record brings this along itself. */
#ifdef B2B_MODULE_RECORD
extern module AP_MODULE_DECLARE_DATA b2bportal_module;
#else
APLOG_USE_MODULE(b2bportal);
#endif

/* config.c: the directives -------------------------------------------------------------------- */

/** The directives of one server, as written and merged. NULL and B2B_UNSET: not set; the getters know defaults. */
#define B2B_UNSET (-1)

typedef struct {
    const char *domain; /* of this very server, never inherited; NULL: the module leaves it alone */
    apr_size_t domain_length;
    int has_database;
    b2b_db_driver_e driver;
    const char *params;
    int connections;
    const char *files;
    const char *pages;
    const char *url;
    apr_array_header_t *issuers;        /* of b2b_issuer_t, or NULL */
    apr_array_header_t *administrators; /* of const char *, or NULL */
    const b2b_mail_server_t *mail;
    const char *mail_from;
    const char *mail_ca;
    const char *mail_password; /* "file:…" or "exec:…", as written */
    apr_int64_t body_limit;
    apr_int64_t file_limit;
    apr_int64_t partner_quota;
    apr_int64_t mail_limit;
    apr_int64_t exports;
} b2b_config_t;

extern const command_rec b2b_config_commands[];
void *b2b_config_create(apr_pool_t *pool, server_rec *server);
void *b2b_config_merge(apr_pool_t *pool, void *base, void *add);

static inline const b2b_config_t *b2b_config_of(const server_rec *server)
{
    return ap_get_module_config(server->module_config, &b2bportal_module);
}

/**
 * The configuration that counts: of the first server of SERVERS with B2BPortalDomain, complete and checked
 * against the others. *CONFIG is NULL if no server has one. Return NULL or a sentence that says what to do.
 */
const char *b2b_config_resolve(b2b_config_t **config, server_rec *servers, apr_pool_t *pool);

/** What the core needs of CONFIG; without a database. */
void b2b_config_site(b2b_site_t *site, const b2b_config_t *config);

/** How CONFIG's database is opened. */
void b2b_config_database(b2b_db_config_t *database, const b2b_config_t *config);

/* startup.c: before there are children -------------------------------------------------------- */

#define B2B_SAID_SLOTS    4096
#define B2B_SIGN_IN_SLOTS 4096

/** Memory that all children share, before and after a graceful restart. */
typedef struct {
    b2b_generations_t generations;
    _Atomic apr_uint32_t
        said[B2B_SAID_SLOTS]; /* bits: what was logged since the configuration was read */
    _Atomic apr_uint64_t sign_ins[B2B_SIGN_IN_SLOTS]; /* hashes of person and time: noted already */
    b2b_turns_t exports;                              /* who makes one just now */
} b2b_shared_t;

/** What the parent made; found again by the children. */
typedef struct {
    b2b_config_t *config;
    b2b_generations_t *generations; /* of SHARED */
    b2b_shared_t *shared;
    server_rec *server; /* whose log takes what belongs to no request */
} b2b_startup_t;

/** NULL: no server has B2BPortalDomain. */
extern b2b_startup_t *b2b_startup;

int b2b_startup_pre_config(apr_pool_t *pconf, apr_pool_t *plog, apr_pool_t *ptemp);
int b2b_startup_post_config(apr_pool_t *pconf, apr_pool_t *plog, apr_pool_t *ptemp,
                            server_rec *server);

/* openidc.c ------------------------------------------------------------------------------------ */

/** Does mod_auth_openidc pass on what identity is read from? Return NULL or a sentence. */
const char *b2b_openidc_check(apr_pool_t *pool);

/* child.c: a child process, its caches and its two threads ------------------------------------ */

/** What the console's pages and brand need of the host; depends on "host". */
typedef struct {
    const char *organisation;
    const char *logo; /* file, or NULL */
    const char *contact_name;
    const char *contact_email;
    const char *locale;
} b2b_host_brand_t;

/** A person, and what follows from their portal: the names of the groups, joined with commas. */
typedef struct {
    const b2b_principal_t *principal;
    const char *groups;
} b2b_person_t;

typedef struct {
    b2b_site_t site;
    b2b_cache_t *directory; /* key: nothing;                      value: b2b_directory_t */
    b2b_cache_t
        *portals; /* key: portal id;                    value: b2b_portal_snapshot_t or NULL */
    b2b_cache_t *people; /* key: portal id or "", issuer, sub; value: b2b_person_t or NULL */
    b2b_cache_t *hosts;  /* key: nothing;                      value: b2b_host_brand_t */
    _Atomic apr_int64_t asked_at; /* as steady time: when the database last said what changed */
    _Atomic apr_uint64_t polls, poll_failures;
} b2b_child_t;

/** This process's; NULL where no server has B2BPortalDomain, and in the parent. */
extern b2b_child_t *b2b_child;

void b2b_child_init(apr_pool_t *pchild, server_rec *server);

/** A node that has not heard from the database for so long denies (S14). */
#define B2B_STALE_AFTER apr_time_from_sec(5)

/** Has this process heard from the database lately enough to decide at NOW? */
int b2b_child_is_current(void);

/** Get the item of KEY..., as b2b_cache_get. */
b2b_error_t *b2b_child_get(b2b_cached_t **item, b2b_cache_t *cache, const char *a, const char *b,
                           const char *c, apr_pool_t *pool);

/* hostname.c: which portal, or none ----------------------------------------------------------- */

/** What is known about one request; kept with its initial request and shared by all that follow from it. */
typedef struct {
    const b2b_config_t *config;
    int status; /* the host name is no portal's, and this is the answer; 0: go on */
    b2b_side_e side;
    const char *portal_id;      /* on a portal */
    const char *technical_name; /* on a portal */
    const char *origin;         /* lazily: b2b_visit_origin */
    const char *request_id;     /* lazily: b2b_visit_request_id */
    const char *token;          /* of an invitation, taken out of the address before it is logged */
    const b2b_invitation_view_t
        *invitation;             /* what the invitation page is to say, if it was asked already */
    const char *invitation_word; /* for the page, where the view does not know it: "sent" */
    apr_time_t now;

    const b2b_portal_snapshot_t *portal; /* lazily: b2b_visit_portal */
    const b2b_host_brand_t *host;        /* lazily: b2b_visit_host */
    b2b_identity_t identity;             /* lazily: b2b_visit_identity */
    int has_identity;
    int has_payload;
    apr_table_t *claims;                 /* the environment it came from */
    const char *issued_at;               /* the ID token's "iat", or NULL */
    const struct b2b_address_t *address; /* lazily: b2b_address_of, of the URI: */
    const char *address_uri;
    const b2b_person_t *person; /* lazily: b2b_visit_person; NULL: nobody known */
    b2b_cached_t *person_item;
    int has_person;
    b2b_decision_t decision; /* lazily: b2b_visit_decision */
    int has_decision;
    b2b_reason_e refusal; /* of the last Require that did not let in */
    int refused;
    b2b_cached_t *items[8]; /* held until the request ends */
    int item_count;
} b2b_visit_t;

/** post_read_request: make the visit, and decide whether the answer is a 404. */
int b2b_hostname_hook(request_rec *r);

/** The answer where no portal is: the same for every reason. */
int b2b_hostname_not_found(request_rec *r);

/** Give the answer, before anything else runs. */
int b2b_hostname_quick_handler(request_rec *r, int lookup);

/* visit.c ------------------------------------------------------------------------------------- */

/** Make the visit of the initial request R: on the console, until told otherwise. */
b2b_visit_t *b2b_visit_create(request_rec *r, const b2b_config_t *config);

/** The first request of the chain of redirections and sub-requests that R belongs to. */
request_rec *b2b_visit_initial(request_rec *r);

/** R's visit, or NULL where the module has no business. */
b2b_visit_t *b2b_visit_of(request_rec *r);

/** Let VISIT hold ITEM until its request ends. */
void b2b_visit_hold(b2b_visit_t *visit, b2b_cached_t *item);

/** This server's own scheme, name and port as clients see them, for the side and portal of VISIT. */
const char *b2b_visit_origin(b2b_visit_t *visit, request_rec *r);

/** An id that the log has too. */
const char *b2b_visit_request_id(b2b_visit_t *visit, request_rec *r);

/** generate_log_id: an id of ours, where the request is. */
int b2b_visit_generate_log_id(const conn_rec *c, const request_rec *r, const char **id);

/** Are the pages reached over TLS, as browsers see it? */
int b2b_visit_is_secure(const b2b_visit_t *visit);

/** The portal's snapshot; the portal is not NULL when there is no error. */
b2b_error_t *b2b_visit_portal(const b2b_portal_snapshot_t **portal, b2b_visit_t *visit,
                              request_rec *r);

/** The host's brand. */
b2b_error_t *b2b_visit_host(const b2b_host_brand_t **host, b2b_visit_t *visit, request_rec *r);

/* identity.c: who is it ----------------------------------------------------------------------- */

/** Who signed in, as mod_auth_openidc verified it; NULL: nobody. */
const b2b_identity_t *b2b_visit_identity(b2b_visit_t *visit, request_rec *r);

/** As b2b_visit_identity, with e-mail address and names out of the claims' JSON. Costs a parse, once. */
const b2b_identity_t *b2b_visit_identity_whole(b2b_visit_t *visit, request_rec *r);

/** The member or host user with that identity; *PERSON is NULL if there is none. */
b2b_error_t *b2b_visit_person(const b2b_person_t **person, b2b_visit_t *visit, request_rec *r);

/** Forget who the visitor is and what the portal is like, to ask again: time has passed. */
void b2b_visit_renew(b2b_visit_t *visit);

/** Does the visitor count here: an active member on a portal, a host user on the console? */
b2b_error_t *b2b_visit_decision(b2b_decision_t *decision, b2b_visit_t *visit, request_rec *r);

/** log_transaction: note the sign-in, and a refusal in the audit trail. */
int b2b_identity_log_transaction(request_rec *r);

/* authz.c: Require b2b-… ---------------------------------------------------------------------- */

void b2b_authz_register(apr_pool_t *pool);

/** check_authz, before mod_authz_core: what is to be known about the user, or 503. */
int b2b_authz_prepare(request_rec *r);

/* fixups.c: what others get to know ----------------------------------------------------------- */

int b2b_fixups_hook(request_rec *r);

/* pages.c: our own addresses ------------------------------------------------------------------ */

typedef enum {
    B2B_ADDRESS_NONE,  /* not ours: the sysadmin's */
    B2B_ADDRESS_APP,   /* the portal's or the console's application */
    B2B_ADDRESS_PLAIN, /* a plain page with server-side includes */
    B2B_ADDRESS_ASSET,
    B2B_ADDRESS_API,
    B2B_ADDRESS_BRAND
} b2b_address_kind_e;

/** What must be done before a page is sent: OK, or a status to answer with, DONE if it is answered. */
typedef int (*b2b_address_prepare_cb)(b2b_visit_t *visit, request_rec *r);

typedef struct b2b_address_t {
    const char *path; /* with a final slash: and everything below it */
    b2b_address_kind_e kind;
    const char *file;               /* below B2BPortalPages, or NULL */
    b2b_address_prepare_cb prepare; /* or NULL */
    int framed;                     /* may stand in a frame of the console (previews) */
    int posted;                     /* PREPARE takes a POST, too */
} b2b_address_t;

/** The address of R, which httpd has normalised; of kind B2B_ADDRESS_NONE if it is not ours. */
const b2b_address_t *b2b_address_of(b2b_visit_t *visit, const request_rec *r);

int b2b_pages_translate_name(request_rec *r);
int b2b_pages_map_to_storage(request_rec *r);

/** insert_error_filter: what every error says. */
void b2b_pages_error_headers(request_rec *r);

/** Before httpd's own handler sends a page: prepare it and set its headers. DECLINED lets it go on. */
int b2b_pages_handle(b2b_visit_t *visit, request_rec *r, const b2b_address_t *address);

/* includes.c: the variables of the plain pages ------------------------------------------------ */

b2b_error_t *b2b_includes_set(b2b_visit_t *visit, request_rec *r, const b2b_address_t *address);

/* brand.c ------------------------------------------------------------------------------------- */

int b2b_brand_handle(b2b_visit_t *visit, request_rec *r);

/* login.c: the pages before and after a session ----------------------------------------------- */

int b2b_login_prepare(b2b_visit_t *visit, request_rec *r);
int b2b_signed_out_prepare(b2b_visit_t *visit, request_rec *r);
int b2b_no_access_prepare(b2b_visit_t *visit, request_rec *r);

/** Set B2B_ISSUER_1_LABEL … for ISSUERS; as links that start a sign-in, or, for a preview, that lead nowhere. */
void b2b_login_issuers(b2b_visit_t *visit, request_rec *r, const apr_array_header_t *issuers,
                       int preview);

/* invitation.c -------------------------------------------------------------------------------- */

int b2b_invitation_prepare(b2b_visit_t *visit, request_rec *r);
int b2b_invitation_accept(b2b_visit_t *visit, request_rec *r);

/** Keep the token of an invitation's address for ourselves, and off the log. */
void b2b_invitation_mask(b2b_visit_t *visit, request_rec *r);

/** The variables of the invitation page. */
void b2b_invitation_includes(b2b_visit_t *visit, request_rec *r);

/* handler.c: the API, and what handlers share ------------------------------------------------- */

/** Answer with STATUS and LOCATION, which is ours or stored. */
int b2b_redirect(request_rec *r, int status, const char *location);

/** Answer 503 for ERR, and log it. */
int b2b_unavailable(request_rec *r, const b2b_error_t *err);

/**
 * Read R's body, at most LIMIT bytes, into *BODY, with a NUL behind it; NULL if there is none. Return OK or
 * the status to answer with (400, 413).
 */
int b2b_body_read(const char **body, apr_size_t *length, request_rec *r, apr_size_t limit);

/** Say that R's body, of which not all may have been read, is not going to be: the connection ends with the answer. */
void b2b_body_leave(request_rec *r);

/** Write the core's RESPONSE. */
int b2b_response_write(request_rec *r, const b2b_response_t *response);

/** Send the file PATH; headers are set. */
int b2b_file_send(request_rec *r, const char *path);

/** Fill in REQUEST for the core: everything but the body and the person. */
b2b_error_t *b2b_request_fill(b2b_request_t *request, b2b_visit_t *visit, request_rec *r);

int b2b_handler(request_rec *r);

/** Before anything else is known of R: answer a request of the API in the API's words with 503; or DECLINED. */
int b2b_api_refuse_unavailable(b2b_visit_t *visit, request_rec *r);

/** The same for an API's address that httpd itself will not decode. */
int b2b_api_refuse_address(b2b_visit_t *visit, request_rec *r);

/* upload.c ------------------------------------------------------------------------------------ */

/**
 * Write R's body into a file of its own below FOLDER, at most LIMIT bytes: *UPLOAD, synced. The file goes with R's pool
 * unless the core keeps it; that of a process that was killed is tidied by jobs/. Holds no connection of the
 * database. *UPLOAD is NULL if there is no body. B2B_E_TOO_LARGE as soon as the limit is known to be passed,
 * B2B_E_INVALID if the client goes away, B2B_E_UNAVAILABLE if the file cannot be written.
 */
b2b_error_t *b2b_upload_read(b2b_upload_t **upload, request_rec *r, const char *folder,
                             apr_int64_t limit);

/* status.c ------------------------------------------------------------------------------------ */

int b2b_status_hook(request_rec *r, int flags);

#endif
