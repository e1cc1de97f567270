/* SPDX-License-Identifier: Apache-2.0 */
/* Part of model.h: the stores of dashboards, placements, images, mail, the audit trail and search. */

#ifndef B2B_MODEL_WORK_H
#define B2B_MODEL_WORK_H

#include "model.h"

/* dashboard.c ---------------------------------------------------------------------------------- */

typedef struct {
    const char *id;
    const char *kind;        /* "page" or "link"; fixed */
    const char *title;       /* these four are the draft */
    const char *description; /* "" if none */
    const char *target;      /* of a link: a path on the portal; NULL of a page */
    const char *widgets;     /* of a page: a JSON array, validated by api/; "[]" of a link */
    const apr_array_header_t *images; /* written only: files (const char *) that WIDGETS show */
    int draft_changed;                /* the draft differs from the published version */
    apr_int64_t published_version;    /* 0: none */
    apr_time_t published_at;          /* 0: never */
    apr_int64_t placement_count;
    apr_int64_t portal_count;
    apr_int64_t version;
    apr_time_t created_at;
    apr_time_t modified_at;
} b2b_dashboard_t;

typedef struct {
    const char *dashboard_id;
    apr_int64_t number;
    const char *kind;
    const char *title;
    const char *description;
    const char *target;
    const char *widgets;
    const char *published_by;   /* a host user, or NULL */
    const char *publisher_name; /* or NULL */
    apr_time_t published_at;
} b2b_dashboard_version_t;

/** A title that is taken is B2B_E_CONFLICT (name-taken); an unknown image B2B_E_INVALID. */
b2b_error_t *b2b_dashboard_create(b2b_db_conn_t *conn, b2b_dashboard_t *values,
                                  apr_pool_t *result_pool, apr_pool_t *scratch_pool);
b2b_error_t *b2b_dashboard_get(b2b_dashboard_t **dashboard, b2b_db_conn_t *conn, const char *id,
                               apr_pool_t *result_pool, apr_pool_t *scratch_pool);
/** Filters: q, kind. Sorts: title, modified_at. */
b2b_error_t *b2b_dashboard_list(b2b_page_t **page, b2b_db_conn_t *conn, const b2b_list_t *list,
                                apr_pool_t *result_pool, apr_pool_t *scratch_pool);
/** The draft. No portal shows it before it is published and placed. */
b2b_error_t *b2b_dashboard_update(b2b_db_conn_t *conn, b2b_dashboard_t *values, apr_int64_t version,
                                  apr_pool_t *scratch_pool);
/** *NUMBER is the published version now; a new one only if the draft differs. Placements keep theirs. */
b2b_error_t *b2b_dashboard_publish(apr_int64_t *number, b2b_db_conn_t *conn, const char *id,
                                   apr_int64_t version, const char *published_by,
                                   apr_pool_t *scratch_pool);
/** With its placements, in all portals, into the bin. DELETED_BY is a host user, or NULL. */
b2b_error_t *b2b_dashboard_delete(b2b_db_conn_t *conn, const char *id, apr_int64_t version,
                                  const char *deleted_by, apr_pool_t *scratch_pool);
/**
 * Undo b2b_dashboard_delete: the placements that ended with it come back, under another name where theirs was
 * taken meanwhile; those of a share only where the partner still holds it. B2B_E_NOT_FOUND if it is not deleted,
 * B2B_E_CONFLICT (name-taken) if another dashboard has its title now.
 */
b2b_error_t *b2b_dashboard_restore(b2b_db_conn_t *conn, const char *id, apr_pool_t *scratch_pool);
b2b_error_t *b2b_dashboard_impact(b2b_impact_t *impact, b2b_db_conn_t *conn, const char *id,
                                  apr_pool_t *scratch_pool);
b2b_error_t *b2b_dashboard_version_get(b2b_dashboard_version_t **version, b2b_db_conn_t *conn,
                                       const char *id, apr_int64_t number, apr_pool_t *result_pool,
                                       apr_pool_t *scratch_pool);
/** Newest first; no filters. */
b2b_error_t *b2b_dashboard_version_list(b2b_page_t **page, b2b_db_conn_t *conn, const char *id,
                                        const b2b_list_t *list, apr_pool_t *result_pool,
                                        apr_pool_t *scratch_pool);

/* placement.c ---------------------------------------------------------------------------------- */

typedef struct {
    const char *portal_id;
    const char *id;
    const char *dashboard_id;
    apr_int64_t dashboard_version;
    const char *title; /* the dashboard's; read only, as the two below */
    const char *kind;
    apr_int64_t published_version;
    const char *partner_id; /* NULL: for all partners */
    const char *partner_name;
    const char *name;
    apr_int64_t position; /* on the home page; 0 when made: the last */
    int welcome_page;
    int everyone;                     /* S6: never derived from GROUPS */
    const apr_array_header_t *groups; /* ids, const char *; none and not everyone: nobody */
    const char *source;               /* "manual" or "share" */
    apr_int64_t version;
    apr_time_t created_at;
    apr_time_t modified_at;
} b2b_placement_t;

/**
 * Place a published version. The same name for the same partner (or for all) is B2B_E_CONFLICT (name-taken);
 * an unknown dashboard, version, partner or group B2B_E_INVALID with its field. dashboard_version 0: the newest.
 */
b2b_error_t *b2b_placement_create(b2b_db_conn_t *conn, b2b_placement_t *values,
                                  apr_pool_t *result_pool, apr_pool_t *scratch_pool);
b2b_error_t *b2b_placement_get(b2b_placement_t **placement, b2b_db_conn_t *conn,
                               const char *portal_id, const char *id, apr_pool_t *result_pool,
                               apr_pool_t *scratch_pool);
/** Filters: q, dashboard_id, partner_id. Sorts: name. */
b2b_error_t *b2b_placement_list(b2b_page_t **page, b2b_db_conn_t *conn, const char *portal_id,
                                const b2b_list_t *list, apr_pool_t *result_pool,
                                apr_pool_t *scratch_pool);
/** All but dashboard and source. */
b2b_error_t *b2b_placement_update(b2b_db_conn_t *conn, b2b_placement_t *values, apr_int64_t version,
                                  apr_pool_t *scratch_pool);
b2b_error_t *b2b_placement_delete(b2b_db_conn_t *conn, const char *portal_id, const char *id,
                                  apr_int64_t version, apr_pool_t *scratch_pool);
/**
 * Who would gain and lose if BEFORE became AFTER; each is NULL (there is none) or has portal_id, partner_id,
 * everyone and groups.
 */
b2b_error_t *b2b_placement_impact(b2b_impact_t *impact, b2b_db_conn_t *conn,
                                  const b2b_placement_t *before, const b2b_placement_t *after,
                                  apr_pool_t *scratch_pool);
/** The title of the share that the placement comes with; NULL: it was placed by hand. */
b2b_error_t *b2b_placement_share(const char **title, b2b_db_conn_t *conn, const char *portal_id,
                                 const char *id, apr_pool_t *result_pool, apr_pool_t *scratch_pool);
/** Placements (ids, const char *) of the portal whose version shows the image FILE. */
b2b_error_t *b2b_placements_of_image(apr_array_header_t **placements, b2b_db_conn_t *conn,
                                     const char *portal_id, const char *file,
                                     apr_pool_t *result_pool, apr_pool_t *scratch_pool);

/* image.c -------------------------------------------------------------------------------------- */

typedef struct {
    const char *file; /* SHA-256 in hexadecimal: the name below B2BPortalFiles, too */
    const char *type; /* "image/png", "image/jpeg" or "image/webp" */
    apr_int64_t width;
    apr_int64_t height;
    apr_int64_t bytes;
    apr_time_t created_at;
} b2b_image_t;

/** Say that the file lies in its folder. Again: its day begins anew. */
b2b_error_t *b2b_image_add(b2b_db_conn_t *conn, b2b_image_t *values, apr_pool_t *scratch_pool);
b2b_error_t *b2b_image_get(b2b_image_t **image, b2b_db_conn_t *conn, const char *file,
                           apr_pool_t *result_pool, apr_pool_t *scratch_pool);

/** Forget at most LIMIT images that nothing refers to and that are older than a day; *FILES (const char *). */
b2b_error_t *b2b_image_sweep(apr_array_header_t **files, b2b_db_conn_t *conn, int limit,
                             apr_pool_t *result_pool, apr_pool_t *scratch_pool);

/* outbox.c ------------------------------------------------------------------------------------- */

typedef struct {
    const char *id;
    const char *portal_id;  /* NULL: the host's own */
    const char *portal;     /* its technical name; read only */
    const char *kind;       /* "invitation", "accepted", … */
    const char *subject_id; /* what it is about, or NULL */
    const char *recipient;
    const char *subject;    /* the mail's, for lists */
    const char *document;   /* JSON: what the worker needs beyond that; never a token */
    const char *message_id; /* stable over all attempts; made by b2b_mail_enqueue */
    b2b_mail_state_e state;
    apr_int64_t attempts;
    apr_time_t last_attempt_at; /* 0: never */
    apr_time_t next_attempt_at; /* 0: none */
    const char *server_words;   /* of the last attempt, or NULL */
    apr_int64_t version;
    apr_time_t created_at;
    apr_time_t sent_at;
} b2b_mail_t;

/** Queue the mail of VALUES; DOMAIN is the right side of its Message-ID. Sets id and message_id. */
b2b_error_t *b2b_mail_enqueue(b2b_db_conn_t *conn, b2b_mail_t *values, const char *domain,
                              apr_pool_t *result_pool, apr_pool_t *scratch_pool);
b2b_error_t *b2b_mail_get(b2b_mail_t **mail, b2b_db_conn_t *conn, const char *id,
                          apr_pool_t *result_pool, apr_pool_t *scratch_pool);
/** Newest first, without what was cancelled. Filters: q (recipient), state (queued, sending, sent, failed),
 *  portal_id. */
b2b_error_t *b2b_mail_list(b2b_page_t **page, b2b_db_conn_t *conn, const b2b_list_t *list,
                           apr_pool_t *result_pool, apr_pool_t *scratch_pool);
/**
 * Take at most LIMIT mails that are due and that nobody holds for HOLDER until now + HOLD; each counts an
 * attempt. Items are b2b_mail_t *. What a worker that died held is due again after its hold.
 */
b2b_error_t *b2b_mail_claim(apr_array_header_t **mails, b2b_db_conn_t *conn, const char *holder,
                            apr_interval_time_t hold, int limit, apr_pool_t *result_pool,
                            apr_pool_t *scratch_pool);
/** Say what became of a claimed mail: SENT, FAILED for good, NONE (cancelled), or QUEUED again for NEXT_AT; with the server's
 *  words. Nothing happens if HOLDER no longer holds it. */
b2b_error_t *b2b_mail_result(b2b_db_conn_t *conn, const char *id, const char *holder,
                             b2b_mail_state_e state, apr_time_t next_at, const char *server_words,
                             apr_pool_t *scratch_pool);
/** Cancel what waits about SUBJECT_ID (not what a worker holds at this moment). */
b2b_error_t *b2b_mail_cancel(b2b_db_conn_t *conn, const char *portal_id, const char *subject_id,
                             apr_pool_t *scratch_pool);
/** A mail that failed, was sent or waits for its next attempt is due now. B2B_E_CONFLICT (not-finished) if it is due
 *  anyway, or was cancelled. */
b2b_error_t *b2b_mail_send_again(b2b_db_conn_t *conn, const char *id, apr_pool_t *scratch_pool);

/* claim.c -------------------------------------------------------------------------------------- */

/** Take, or keep, the claim NAME for HOLDER until now + HOLD. *HELD is FALSE while another one has it. */
b2b_error_t *b2b_claim_take(int *held, b2b_db_conn_t *conn, const char *name, const char *holder,
                            apr_interval_time_t hold, apr_pool_t *scratch_pool);
/** Read only: might b2b_claim_take succeed? So that most rounds write nothing. */
b2b_error_t *b2b_claim_free(int *free, b2b_db_conn_t *conn, const char *name, const char *holder,
                            apr_pool_t *scratch_pool);
b2b_error_t *b2b_claim_release(b2b_db_conn_t *conn, const char *name, const char *holder,
                               apr_pool_t *scratch_pool);

/* audit.c -------------------------------------------------------------------------------------- */

typedef struct {
    const char *id;
    const char *portal_id; /* NULL: of the host */
    const char *portal;    /* its technical name; read only */
    apr_time_t at;
    const char *actor_kind;  /* "host_user", "member", "system", "anonymous" */
    const char *actor_id;    /* or NULL */
    const char *actor_name;  /* copied: stays readable when people go; "" if none */
    const char *action;      /* "member.suspend" */
    const char *outcome;     /* "done" or "refused" */
    const char *reason;      /* of a refusal; or NULL */
    const char *object_kind; /* these three or NULL */
    const char *object_id;
    const char *object_name;
    const char *request_id;
    const char *address;
    const char *details; /* JSON, or NULL: [{"field", "old", "new"}, …] */
} b2b_audit_event_t;

/** Record EVENT in the transaction of what it tells of. Sets nothing; id and time are made here. */
b2b_error_t *b2b_audit_record(b2b_db_conn_t *conn, const b2b_audit_event_t *event,
                              apr_pool_t *scratch_pool);
/**
 * Newest first. portal_id NULL: all events, those of portals too. Filters: q (names), action (also a
 * beginning: "member."), outcome, actor_id, object_id, from, until.
 */
b2b_error_t *b2b_audit_list(b2b_page_t **page, b2b_db_conn_t *conn, const b2b_list_t *list,
                            apr_pool_t *result_pool, apr_pool_t *scratch_pool);

/**
 * When ACTOR_ID last reached LIMIT (1 or more) mails by inviting and sending again, looking back for AGE: the time of the
 * LIMIT-th newest of them, or 0 if there are fewer. What the transaction has recorded itself counts.
 */
b2b_error_t *b2b_audit_mailed(apr_time_t *at, b2b_db_conn_t *conn, const char *actor_id,
                              apr_interval_time_t age, apr_int64_t limit, apr_pool_t *scratch_pool);

/* idempotency.c -------------------------------------------------------------------------------- */

typedef struct {
    const char *request_hash; /* SHA-256 of method, path and body */
    int status;
    const char *headers; /* JSON object */
    const char *body;
} b2b_idempotency_t;

/** The answer that SCOPE ("host_user:<id>") once got for KEY, within a day; NULL if none. */
b2b_error_t *b2b_idempotency_get(b2b_idempotency_t **answer, b2b_db_conn_t *conn, const char *scope,
                                 const char *key, apr_pool_t *result_pool,
                                 apr_pool_t *scratch_pool);
/** Remember it, in the transaction of the act. B2B_E_CONFLICT if another request with KEY was faster. */
b2b_error_t *b2b_idempotency_put(b2b_db_conn_t *conn, const char *scope, const char *key,
                                 const b2b_idempotency_t *answer, apr_pool_t *scratch_pool);
/** Forget what is older than a day, at most LIMIT. *COUNT says how many. */
b2b_error_t *b2b_idempotency_sweep(apr_int64_t *count, b2b_db_conn_t *conn, int limit,
                                   apr_pool_t *scratch_pool);

/* search.c ------------------------------------------------------------------------------------- */

typedef struct {
    const char *kind; /* "portal", "partner", "member", "dashboard", "process" */
    const char *id;
    const char *portal_id; /* NULL of a dashboard or process; and its names: */
    const char *portal;    /* technical name */
    const char *portal_name;
    const char *title;    /* its name, or a member's */
    const char *subtitle; /* a member's address, a portal's technical name, else "" */
} b2b_search_hit_t;

/** What of all things a search may find. */
typedef struct {
    int portals; /* with their partners and members */
    int dashboards;
    int processes;            /* all of them; else: */
    const char *host_user_id; /* those that this host user administers; NULL: none */
} b2b_search_scope_t;

/** At most LIMIT things of SCOPE whose name or address has Q in it; *HITS of b2b_search_hit_t *. */
b2b_error_t *b2b_search(apr_array_header_t **hits, b2b_db_conn_t *conn,
                        const b2b_search_scope_t *scope, const char *q, int limit,
                        apr_pool_t *result_pool, apr_pool_t *scratch_pool);

#endif
