/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The nouns of the product and their stores. One noun a file; this header says what each file promises.
 *
 * Conventions of every store: the answer comes by out-parameter, first; then the connection; result_pool
 * holds what is returned, scratch_pool (last) what is not. *_get sets its answer to NULL for what is not
 * there (or lies in the bin): that is an answer, not an error. Writes run inside b2b_db_transaction, touch
 * the generations that decisions depend on, and raise the row's version; a stale version is B2B_E_STALE.
 * Text given to a store is already validated (api/, ctl/) and is UTF-8. Times are UTC microseconds.
 *
 * This file holds what decisions need, with facts.h (grants, instances); people.h (host, portals, partners,
 * members, groups, invitations), work.h (dashboards, placements, images, mail, audit trail), process.h
 * (processes), bin.h (what was deleted) share.h (shares, revisions, grants) and start.h (what the host starts) are parts of it and included by it.
 */

#ifndef B2B_MODEL_H
#define B2B_MODEL_H

#include <apr_hash.h>
#include <apr_tables.h>
#include <apr_time.h>

#include "../base/turns.h"
#include "../db/db.h"

/* site.c: what the sysadmin configured --------------------------------------------------------- */

/** An OpenID Connect issuer, as a portal or the console lists it. */
typedef struct {
    const char *issuer; /* compared byte by byte with the "iss" that mod_auth_openidc verified */
    const char *label;  /* its name: the login page's button says "Sign in with LABEL" */
    int vouches_for_email; /* its addresses count as verified although it does not send email_verified */
} b2b_issuer_t;

#define B2B_ISSUERS_MAX 8 /* a login page with more buttons helps nobody */

/** The server's part of the configuration that the core needs. Immutable after start-up. */
typedef struct {
    b2b_db_t *db;
    const char *domain; /* the portal domain, lower case, without port */
    const char *url;    /* the console's base URL without a final slash */
    const char *files;  /* folder of images and uploads; absolute */
    const apr_array_header_t
        *issuers;              /* of b2b_issuer_t: the console's, and the default of new portals */
    const char *mail_from;     /* or NULL: no mail can be sent */
    apr_size_t body_limit;     /* bytes of a JSON body */
    apr_int64_t file_limit;    /* bytes of an uploaded file */
    apr_int64_t partner_quota; /* bytes of all files of a partner */
    apr_int64_t mail_limit;    /* mails of one host user in a minute; 0: any number */
    b2b_turns_t *exports;      /* who makes one just now; NULL without a server */
    int exports_most;          /* at a time */
} b2b_site_t;

/** Below the folder of files: uploads on their way. What is older than an hour belongs to nobody any more. */
#define B2B_INCOMING_FOLDER "incoming"

/** The base URL of the portal TECHNICAL_NAME ("https://acme.portals.example:8443"), in POOL. */
const char *b2b_site_portal_url(const b2b_site_t *site, const char *technical_name,
                                apr_pool_t *pool);

/* identity: who somebody is, before anything is known about them ------------------------------- */

typedef enum {
    B2B_VERIFIED_NO, /* the claim is there and is not the boolean true: false, "true", 1, null, … */
    B2B_VERIFIED_ABSENT, /* the provider does not send it */
    B2B_VERIFIED_YES     /* the boolean true */
} b2b_verified_e;

/** What mod_auth_openidc verified. Never from a request header. */
typedef struct {
    const char *issuer;
    const char *subject;
    const char *email;      /* or NULL; below are filled only where the payload was parsed */
    const char *first_name; /* or NULL */
    const char *last_name;  /* or NULL */
    b2b_verified_e email_verified;
} b2b_identity_t;

/* roles and states ----------------------------------------------------------------------------- */

typedef enum {
    B2B_MEMBER_NONE,
    B2B_MEMBER_VIEWER,
    B2B_MEMBER_EDITOR,
    B2B_MEMBER_PARTNER_ADMINISTRATOR
} b2b_member_role_e;

/** Bits: a host user has a set of roles. */
typedef enum {
    B2B_HOST_NONE = 0,
    B2B_HOST_ADMINISTRATOR = 1 << 0,
    B2B_HOST_PARTNER_MANAGER = 1 << 1,
    B2B_HOST_DESIGNER = 1 << 2,
    B2B_HOST_DATA_SOURCE_MANAGER = 1 << 3,
    B2B_HOST_AUDITOR = 1 << 4,
    B2B_HOST_USER = 1 << 5
} b2b_host_role_e;

typedef enum {
    B2B_STATE_UNKNOWN, /* a word that this program does not know: no access */
    B2B_STATE_PENDING, /* partner: its invitation is not accepted; member, host user: invited */
    B2B_STATE_ACTIVE,
    B2B_STATE_SUSPENDED
} b2b_state_e;

/** The role or state of WORD; …_NONE or …_UNKNOWN for any other word. '-' reads as '_'. */
b2b_member_role_e b2b_member_role_parse(const char *word);
const char *b2b_member_role_word(b2b_member_role_e role);
b2b_host_role_e b2b_host_role_parse(const char *word);
const char *b2b_host_role_word(b2b_host_role_e role);

/** "invited" and "pending" are the same state: a member is invited, a partner or host user pending. */
b2b_state_e b2b_state_parse(const char *word);
const char *b2b_state_word(b2b_state_e state);        /* of portals, partners, host users */
const char *b2b_member_state_word(b2b_state_e state); /* of members */

typedef enum {
    B2B_MAIL_NONE, /* no mail, or cancelled */
    B2B_MAIL_QUEUED,
    B2B_MAIL_SENDING, /* a worker holds it now */
    B2B_MAIL_SENT,
    B2B_MAIL_FAILED
} b2b_mail_state_e;

const char *b2b_mail_state_word(b2b_mail_state_e state);

#include "facts.h"

/* snapshot.c: the small part that decisions need, immutable, read whole ------------------------ */

/** One line of the directory: a portal by its technical name. */
typedef struct {
    const char *id;
    const char *technical_name;
    b2b_state_e state;
} b2b_directory_entry_t;

/** All technical names that are not deleted. Depends on the generation key "directory". */
typedef struct {
    apr_hash_t *by_name; /* technical name → const b2b_directory_entry_t * */
} b2b_directory_t;

b2b_error_t *b2b_directory_load(b2b_directory_t **directory, b2b_db_conn_t *conn,
                                apr_pool_t *result_pool, apr_pool_t *scratch_pool);

typedef struct {
    const char *id;
    const char *name;
    b2b_state_e state;
} b2b_snapshot_partner_t;

/** A dashboard shown in the portal (S10). */
typedef struct {
    const char *id;
    const char *name;
    const char *dashboard_id;
    apr_int64_t dashboard_version;
    const char *target;     /* a place: the path its card links to; NULL for a page */
    const char *partner_id; /* for this partner only; NULL: for all */
    int welcome_page;
    int everyone;                     /* S6: an explicit flag. FALSE and no groups means nobody */
    const apr_array_header_t *groups; /* ids, const char *, ascending */
} b2b_snapshot_placement_t;

/** One portal. Depends on "portal:<id>". */
typedef struct {
    const char *id;
    const char *technical_name;
    const char *name;
    const char *color;
    const char *logout_url; /* or NULL */
    const char *logo;       /* file, or NULL */
    const char *home_cover; /* file, or NULL */
    const char *contact_name;
    const char *contact_email;
    const char *locale;
    const char *host_name;       /* the organisation's name (settings) */
    const char *automatic_group; /* "All <name> users" (S5) */
    b2b_state_e state;
    const apr_array_header_t *issuers; /* of b2b_issuer_t */
    apr_hash_t *partners;              /* id → const b2b_snapshot_partner_t * */
    apr_hash_t *partners_by_name;      /* folded name → the same */
    apr_hash_t *groups_by_name;        /* folded name → id, const char *; not the automatic one */
    apr_hash_t *group_names;           /* id → name */
    const apr_array_header_t
        *placements; /* of b2b_snapshot_placement_t, in their order on the home page */
    apr_hash_t
        *placements_by_name; /* folded name → const apr_array_header_t * of placements: a name
                                             may be placed for several partners */
    apr_hash_t
        *grants; /* partner id → const apr_array_header_t * of b2b_snapshot_grant_t, ascending
                           by share id; no entry: the partner holds nothing */
} b2b_portal_snapshot_t;

/** Set *SNAPSHOT, or NULL if there is no such portal. */
b2b_error_t *b2b_portal_snapshot_load(b2b_portal_snapshot_t **snapshot, b2b_db_conn_t *conn,
                                      const char *portal_id, apr_pool_t *result_pool,
                                      apr_pool_t *scratch_pool);

/** The share SHARE_ID as PARTNER_ID holds it; NULL if it does not, or for NULL. (snapshot_find.c) */
const b2b_snapshot_grant_t *b2b_snapshot_grant(const b2b_portal_snapshot_t *portal,
                                               const char *partner_id, const char *share_id);

/** The process PROCESS_ID of that share; NULL if there is none. What policy/ is given as SHARED. */
const b2b_snapshot_shared_process_t *b2b_snapshot_shared_process(
    const b2b_portal_snapshot_t *portal, const char *partner_id, const char *share_id,
    const char *process_id);

typedef enum { B2B_PRINCIPAL_MEMBER, B2B_PRINCIPAL_HOST_USER } b2b_principal_kind_e;

/**
 * A member of one portal or a host user (S3: two kinds, never mixed), found by identity. Depends on
 * b2b_identity_key(), a member on "portal:<id>", too, which whoever changes a sponsor's state touches. State and
 * times are facts here; policy/ judges them.
 */
typedef struct {
    b2b_principal_kind_e kind;
    const char *id;
    const char *portal_id;  /* of a member; NULL for a host user */
    const char *partner_id; /* of a member */
    const char *email;
    const char *name;       /* first and last name, or the e-mail address */
    const char *locale;     /* or NULL */
    b2b_member_role_e role; /* of a member */
    int host_roles;         /* of a host user: bits of b2b_host_role_e */
    b2b_state_e state;
    apr_time_t valid_until;           /* 0: no end */
    int has_sponsor;                  /* of a member: a host user answers for them */
    b2b_state_e sponsor_state;        /* of that host user; …_UNKNOWN: no longer there */
    const apr_array_header_t *groups; /* ids, const char *, ascending; not the automatic group */
} b2b_principal_t;

/** The generation key of the principal (PORTAL_ID or NULL for the host, issuer, subject). In POOL. */
const char *b2b_identity_key(const char *portal_id, const b2b_identity_t *identity,
                             apr_pool_t *pool);

/** Set *PRINCIPAL to the member of PORTAL_ID (NULL: the host user) who has IDENTITY; NULL if there is none. */
b2b_error_t *b2b_principal_load(b2b_principal_t **principal, b2b_db_conn_t *conn,
                                const char *portal_id, const b2b_identity_t *identity,
                                apr_pool_t *result_pool, apr_pool_t *scratch_pool);

/* stores: what they share ---------------------------------------------------------------------- */

/** As VERSION of a write: whatever the row's version is. For acts that do not overwrite what somebody typed. */
#define B2B_VERSION_ANY (-1)

#define B2B_LIST_MAX 500

/** What of a list is wanted. Each store names the filters and sorts it knows; others are left NULL or 0. */
typedef struct {
    const char *q;    /* part of a name or address, in any case; NULL: all */
    const char *sort; /* a word of the store; NULL: its first one */
    int descending;
    const char
        *after_key; /* of the previous page: its next_key and next_id; NULL: the first page */
    const char *after_id;
    int limit;             /* 1 to B2B_LIST_MAX */
    const char *portal_id; /* filters; NULL: any */
    const char *state;
    const char *role;
    const char *kind;
    const char *partner_id;
    const char *group_id;
    const char *dashboard_id;
    const char *category;
    const char *host_user_id; /* of processes: who administers them */
    int published;            /* TRUE: only what is published */
    const char *process_id;
    int behind; /* of grants: only those that do not hold the newest revision */
    int unsent; /* of shares: only those with changes that a partner does not have */
    const char *action;
    const char *outcome;
    const char *actor_id;
    const char *object_id;
    apr_time_t from;  /* this or later; 0: any */
    apr_time_t until; /* before this; 0: any */
} b2b_list_t;

/** A page of a list: pointers to the noun's struct, and where the next page starts. */
typedef struct {
    apr_array_header_t *items; /* of b2b_…_t * */
    const char *next_key;      /* NULL: this is the last page */
    const char *next_id;
    const char *last_key; /* of the last item here, on the last page, too */
    const char *last_id;
} b2b_page_t;

/** What an act would do now. Counts are of what exists and works now, not of rows. */
typedef struct {
    apr_int64_t partners;
    apr_int64_t members; /* people who lose access */
    apr_int64_t gaining; /* people who gain access */
    apr_int64_t groups;
    apr_int64_t placements;
    apr_int64_t portals;
    apr_int64_t invitations; /* pending ones that end */
    apr_int64_t shares;      /* that name a group: for them it is nobody then */
} b2b_impact_t;

/* All *_update calls write every field that can be changed: read, overlay, update with the version read. They
 * set VALUES' version and modified_at to the new ones. B2B_E_NOT_FOUND if the row is gone, B2B_E_STALE if its
 * version is another. These two and B2B_E_CONFLICT come before anything is written, so that a bulk act may go
 * on with the next one in the same transaction (not so an error of the database itself). */

#include "attached.h"
#include "people.h"
#include "work.h"
#include "process.h"
#include "bin.h"
#include "share.h"
#include "instance.h"
#include "start.h"

#endif
