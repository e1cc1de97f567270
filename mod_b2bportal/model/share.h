/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Part of model.h: shared processes (S8). A share is a draft and the revisions that were sent; a grant is
 * one partner's hold of a share, at the revision last sent to it. Nothing of a draft, and nothing of a grant
 * with revision 0, reaches anybody.
 */

#ifndef B2B_MODEL_SHARE_H
#define B2B_MODEL_SHARE_H

#include "model.h"

/* share_document.c: what a share bundles --------------------------------------------------------- */

#define B2B_SHARE_PROCESSES_MAX    50
#define B2B_SHARE_GROUPS_MAX       100
#define B2B_SHARE_DASHBOARDS_MAX   50
#define B2B_SHARE_INSTRUCTIONS_MAX 10000 /* bytes */

/** Everyone of the partner, or these groups; neither: nobody (S6). */
typedef struct {
    int everyone;
    const apr_array_header_t *groups; /* names (const char *) among the share's partner groups */
} b2b_share_security_t;

typedef struct {
    const char *process_id;
    apr_int64_t version; /* the published version that a revision names; 0 in a draft */
    const char *name;    /* these two as they were when the revision was made; NULL in a draft */
    const char *title;
    int allow_create;
    b2b_share_security_t creators;
    int creators_only_open;
    int allow_delete;
    int all_forms; /* form_visibility: "all", or "assigned" */
} b2b_share_process_t;

typedef struct {
    const char *dashboard_id;
    apr_int64_t version; /* as above */
    const char *title;   /* as above */
    int host_name; /* name_in_partner: "host", the organisation's name, or "same", the title */
    int welcome_page;
    b2b_share_security_t security;
} b2b_share_dashboard_t;

/** A draft's or a revision's content. Arrays are never NULL. */
typedef struct {
    const char *title;
    const char *instructions;
    const apr_array_header_t *processes;      /* b2b_share_process_t */
    const apr_array_header_t *partner_groups; /* names, const char *, unique when folded */
    const apr_array_header_t *dashboards;     /* b2b_share_dashboard_t */
} b2b_share_document_t;

/** Read the JSON TEXT as it was stored; B2B_E_INTERNAL if it is none of ours. Unknown words grant nothing. */
b2b_error_t *b2b_share_document_read(b2b_share_document_t **document, const char *text,
                                     apr_pool_t *pool);

/** DOCUMENT as JSON text, members in a fixed order: equal documents give equal texts. */
const char *b2b_share_document_write(const b2b_share_document_t *document, apr_pool_t *pool);

/**
 * Do names and ids of DOCUMENT fit together: no partner group, process or dashboard twice, every group that
 * is named is one of the partner groups? All errors as one chain, each with its field.
 */
b2b_error_t *b2b_share_document_check(const b2b_share_document_t *document, apr_pool_t *pool);

/* share.c ---------------------------------------------------------------------------------------- */

typedef struct {
    const char *id;
    const char *title; /* the draft's */
    const b2b_share_document_t *draft;
    int draft_changed; /* the draft, or what is published of what it names, was not sent; read only */
    apr_int64_t revision; /* the newest; 0: nothing was ever sent */
    apr_time_t revision_at;
    apr_int64_t partner_count;
    apr_int64_t sent_count;   /* partners that hold a revision */
    apr_int64_t behind_count; /* partners that hold an earlier one or none, once there is one */
    apr_int64_t version;
    apr_time_t created_at;
    apr_time_t modified_at;
} b2b_share_t;

/**
 * VALUES has the draft. What b2b_share_document_check finds, and a process or dashboard that is not there, is
 * B2B_E_INVALID with its field; a title that is taken B2B_E_CONFLICT (name-taken).
 */
b2b_error_t *b2b_share_create(b2b_db_conn_t *conn, b2b_share_t *values, apr_pool_t *result_pool,
                              apr_pool_t *scratch_pool);
b2b_error_t *b2b_share_get(b2b_share_t **share, b2b_db_conn_t *conn, const char *id,
                           apr_pool_t *result_pool, apr_pool_t *scratch_pool);
/** The same, and hold it until the end of the transaction: no other send, change or deletion comes between. */
b2b_error_t *b2b_share_hold(b2b_share_t **share, b2b_db_conn_t *conn, const char *id,
                            apr_pool_t *result_pool, apr_pool_t *scratch_pool);
/** Filters: q, process_id (of the draft or the newest revision), unsent. Sorts: title, modified_at. */
b2b_error_t *b2b_share_list(b2b_page_t **page, b2b_db_conn_t *conn, const b2b_list_t *list,
                            apr_pool_t *result_pool, apr_pool_t *scratch_pool);
/** The draft. Nothing of it reaches a partner before it is sent. */
b2b_error_t *b2b_share_update(b2b_db_conn_t *conn, b2b_share_t *values, apr_int64_t version,
                              apr_pool_t *scratch_pool);
/**
 * Access ends in all portals: its placements are deleted at the same time as it, its grants do not count any
 * more. Revisions and instances stay with the host. DELETED_BY is a host user, or NULL.
 */
b2b_error_t *b2b_share_delete(b2b_db_conn_t *conn, const char *id, apr_int64_t version,
                              const char *deleted_by, apr_pool_t *scratch_pool);
/**
 * Undo b2b_share_delete: its grants count again, and the placements that ended with it come back, under
 * another name where theirs was taken meanwhile. B2B_E_NOT_FOUND if it is not deleted, B2B_E_CONFLICT
 * (name-taken) if another share has its title now.
 */
b2b_error_t *b2b_share_restore(b2b_db_conn_t *conn, const char *id, apr_pool_t *scratch_pool);

/** What ending a share, or taking it from one partner, would end now. */
typedef struct {
    apr_int64_t partners;
    apr_int64_t members; /* people who lose access */
    apr_int64_t placements;
    apr_int64_t instances; /* they stay with the host; counted up to 1,000 */
} b2b_share_impact_t;

b2b_error_t *b2b_share_impact(b2b_share_impact_t *impact, b2b_db_conn_t *conn, const char *id,
                              apr_pool_t *scratch_pool);

/** Titles (const char *) of the processes of a draft, in their order. */
b2b_error_t *b2b_share_process_titles(apr_array_header_t **titles, b2b_db_conn_t *conn,
                                      const char *id, apr_pool_t *result_pool,
                                      apr_pool_t *scratch_pool);

/**
 * Fill in what DRAFT would send now: names, titles and newest published versions of its processes and
 * dashboards; version 0 where none is published or the thing is deleted.
 */
b2b_error_t *b2b_share_resolve(b2b_share_document_t **resolved, b2b_db_conn_t *conn,
                               const b2b_share_document_t *draft, apr_pool_t *result_pool,
                               apr_pool_t *scratch_pool);

/** The partner groups (names, const char *) that a published process version names as owners of forms, as
 *  security users, or for actions. */
b2b_error_t *b2b_share_owner_groups(apr_array_header_t **names, b2b_db_conn_t *conn,
                                    const char *process_id, apr_int64_t version,
                                    apr_pool_t *result_pool, apr_pool_t *scratch_pool);

/* revision.c: immutable ---------------------------------------------------------------------------- */

typedef struct {
    const char *share_id;
    apr_int64_t number;
    const b2b_share_document_t *document;
    const char *made_by; /* a host user, or NULL */
    const char *maker_name;
    apr_time_t made_at;
    apr_int64_t holder_count; /* partners that hold it now */
} b2b_revision_t;

/** Of a deleted share, too: what its instances were made under stays known. */
b2b_error_t *b2b_revision_get(b2b_revision_t **revision, b2b_db_conn_t *conn, const char *share_id,
                              apr_int64_t number, apr_pool_t *result_pool,
                              apr_pool_t *scratch_pool);
/** Newest first; no filters. */
b2b_error_t *b2b_revision_list(b2b_page_t **page, b2b_db_conn_t *conn, const char *share_id,
                               const b2b_list_t *list, apr_pool_t *result_pool,
                               apr_pool_t *scratch_pool);

/* grant.c ------------------------------------------------------------------------------------------ */

typedef struct {
    const char *portal_id;
    const char *portal; /* technical name */
    const char *portal_name;
    const char *partner_id;
    const char *partner_name;
    b2b_state_e partner_state;
    const char *share_id;
    const char *title;    /* the share's */
    apr_int64_t revision; /* 0: nothing was sent to this partner */
    apr_int64_t newest;   /* revision of the share */
    apr_int64_t behind;   /* revisions behind it */
    int share_changed;    /* the share has changes that were not sent to anybody */
    apr_time_t sent_at;   /* these two 0: never */
    apr_time_t first_sent_at;
} b2b_grant_t;

/** NULL if the partner does not hold the share, or one of portal, partner and share is deleted. */
b2b_error_t *b2b_grant_get(b2b_grant_t **grant, b2b_db_conn_t *conn, const char *portal_id,
                           const char *partner_id, const char *share_id, apr_pool_t *result_pool,
                           apr_pool_t *scratch_pool);
/** The same by the portal's technical name. */
b2b_error_t *b2b_grant_find(b2b_grant_t **grant, b2b_db_conn_t *conn, const char *portal,
                            const char *partner_id, const char *share_id, apr_pool_t *result_pool,
                            apr_pool_t *scratch_pool);
/** All grants (b2b_grant_t *) of a share, in the order in which they are to be sent. */
b2b_error_t *b2b_grant_all(apr_array_header_t **grants, b2b_db_conn_t *conn, const char *share_id,
                           apr_pool_t *result_pool, apr_pool_t *scratch_pool);
/** Of a share, by the partner's name. Filters: q, behind. */
b2b_error_t *b2b_grant_list(b2b_page_t **page, b2b_db_conn_t *conn, const char *share_id,
                            const b2b_list_t *list, apr_pool_t *result_pool,
                            apr_pool_t *scratch_pool);
/** Of a partner, by the share's title. No filters. */
b2b_error_t *b2b_grant_list_of_partner(b2b_page_t **page, b2b_db_conn_t *conn,
                                       const char *portal_id, const char *partner_id,
                                       const b2b_list_t *list, apr_pool_t *result_pool,
                                       apr_pool_t *scratch_pool);
/**
 * Give the share to the partner, at revision 0: nothing is open before it is sent. *ADDED is FALSE if it
 * holds it already. B2B_E_NOT_FOUND if there is no such share or partner.
 */
b2b_error_t *b2b_grant_add(int *added, b2b_db_conn_t *conn, const char *portal_id,
                           const char *partner_id, const char *share_id, apr_pool_t *scratch_pool);
/** Access ends, its placements too; instances stay with the host. B2B_E_NOT_FOUND if there is none. */
b2b_error_t *b2b_grant_remove(b2b_db_conn_t *conn, const char *portal_id, const char *partner_id,
                              const char *share_id, apr_pool_t *scratch_pool);
b2b_error_t *b2b_grant_impact(b2b_share_impact_t *impact, b2b_db_conn_t *conn,
                              const char *portal_id, const char *partner_id, const char *share_id,
                              apr_pool_t *scratch_pool);
/**
 * The group to which NAME was bound when the share was last sent to the partner (S5): a partner group of the
 * revision, or an owner that one of its processes names. NULL: none, or it was deleted: nobody.
 */
b2b_error_t *b2b_grant_group(const char **group_id, b2b_db_conn_t *conn, const char *portal_id,
                             const char *partner_id, const char *share_id, const char *name,
                             apr_pool_t *result_pool, apr_pool_t *scratch_pool);

/* send.c ------------------------------------------------------------------------------------------- */

/** What is to be sent: the draft as it would become a revision now, or a revision that there is. */
typedef struct {
    const char *share_id;
    const b2b_share_document_t *document; /* with versions, names and titles */
    apr_int64_t number;                   /* of the revision: the next one where IS_NEW */
    int is_new;
    apr_array_header_t
        *problems;             /* sentences, const char *: while there is one it cannot be sent */
    apr_array_header_t *names; /* const char *, folded: group names that are bound at sending */
    apr_array_header_t *shown_names; /* the same as they were written */
    const char *host_name;           /* the organisation's */
} b2b_send_t;

/**
 * What would be sent of SHARE: NUMBER is a revision, or 0 for the draft. A new revision is made only if
 * something changed since the newest: the draft, or a process or dashboard that was published. *SEND is NULL
 * if there is no such revision.
 */
b2b_error_t *b2b_send_prepare(b2b_send_t **send, b2b_db_conn_t *conn, const b2b_share_t *share,
                              apr_int64_t number, apr_pool_t *result_pool,
                              apr_pool_t *scratch_pool);

/** What sending would do at one partner. */
typedef struct {
    const b2b_grant_t *grant;
    apr_array_header_t *unbound; /* names (const char *) that the portal has no group for: nobody */
    apr_array_header_t *conflicts; /* sentences (const char *) on names and welcome pages */
    apr_int64_t gaining;           /* people who gain something */
    apr_int64_t losing;
    int changes; /* FALSE: the partner has exactly this already */
} b2b_send_preview_t;

b2b_error_t *b2b_send_preview(b2b_send_preview_t **preview, b2b_db_conn_t *conn,
                              const b2b_send_t *send, const b2b_grant_t *grant,
                              apr_pool_t *result_pool, apr_pool_t *scratch_pool);

typedef struct {
    apr_int64_t sent;      /* partners at which something changed */
    apr_int64_t unchanged; /* partners that had exactly this already */
    apr_array_header_t
        *grants; /* b2b_grant_t *: of the first, as they were before, in their order */
} b2b_sent_t;

/**
 * Send SEND, which has no problems, to GRANTS (b2b_grant_t *, as b2b_grant_all orders them), within the
 * transaction that holds its share (b2b_share_hold): names are bound, placements made, changed and ended, the
 * portals concerned touched. A partner that was deleted meanwhile is passed over. SENT_BY is a host user, or NULL. Takes
 * time linear in the grants.
 */
b2b_error_t *b2b_send(b2b_sent_t *sent, b2b_db_conn_t *conn, const b2b_send_t *send,
                      const apr_array_header_t *grants, const char *sent_by,
                      apr_pool_t *scratch_pool);

#endif
