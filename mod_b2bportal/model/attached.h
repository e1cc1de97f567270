/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Part of model.h: the stores of what is attached to instances: files, comments, the history as it is read, notices, and the
 * mail to whom a form is assigned. Rights are policy/'s; none of these touches a generation.
 */

#ifndef B2B_MODEL_ATTACHED_H
#define B2B_MODEL_ATTACHED_H

#include "model.h"

/* instance_file.c ------------------------------------------------------------------------------ */

typedef struct {
    const char *portal_id;
    const char *instance_id;
    const char *id;
    const char *partner_id;
    int form; /* index */
    const char *field;
    const char *name; /* as the uploader called it: one line, at most 255 bytes */
    const char *type; /* media type, by content */
    apr_int64_t bytes;
    const char *file;             /* SHA-256: its name below B2BPortalFiles */
    int attached;                 /* the saved value of the field names it */
    const char *uploaded_by_kind; /* "member" or "host_user" */
    const char *uploaded_by;
    const char *uploaded_by_name;
    apr_time_t created_at;
} b2b_instance_file_t;

/** Add VALUES, not attached; sets id and created_at. B2B_E_QUOTA if the partner's files would take more than QUOTA. */
b2b_error_t *b2b_instance_file_add(b2b_db_conn_t *conn, b2b_instance_file_t *values,
                                   apr_int64_t quota, apr_pool_t *result_pool,
                                   apr_pool_t *scratch_pool);
b2b_error_t *b2b_instance_file_get(b2b_instance_file_t **file, b2b_db_conn_t *conn,
                                   const char *portal_id, const char *instance_id, const char *id,
                                   apr_pool_t *result_pool, apr_pool_t *scratch_pool);
/** All of the instance, oldest first, attached or not: *FILES of b2b_instance_file_t *. */
b2b_error_t *b2b_instance_files(apr_array_header_t **files, b2b_db_conn_t *conn,
                                const char *portal_id, const char *instance_id,
                                apr_pool_t *result_pool, apr_pool_t *scratch_pool);
/** How many of the field are not attached. */
b2b_error_t *b2b_instance_file_count(apr_int64_t *count, b2b_db_conn_t *conn, const char *portal_id,
                                     const char *instance_id, int form, const char *field,
                                     apr_pool_t *scratch_pool);
/** Take FILE back; its partner gets the room. B2B_E_CONFLICT (file-attached) once it is attached. */
b2b_error_t *b2b_instance_file_remove(b2b_db_conn_t *conn, const b2b_instance_file_t *file,
                                      apr_pool_t *scratch_pool);
/**
 * The field's saved value names the files IDS (const char *; NULL: none) now: they are attached, and those that it no longer
 * names are loose. Every id must be a file of this instance and field, else B2B_E_INVALID of "values/FIELD".
 */
b2b_error_t *b2b_instance_files_attach(b2b_db_conn_t *conn, const char *portal_id,
                                       const char *instance_id, int form, const char *field,
                                       const apr_array_header_t *ids, apr_pool_t *scratch_pool);
/** What the files of the partner take now. */
b2b_error_t *b2b_partner_usage(apr_int64_t *files, apr_int64_t *bytes, b2b_db_conn_t *conn,
                               const char *portal_id, const char *partner_id,
                               apr_pool_t *scratch_pool);
/** Forget at most LIMIT files that were not attached within a day. *COUNT may be NULL. */
b2b_error_t *b2b_instance_files_sweep(apr_int64_t *count, b2b_db_conn_t *conn, int limit,
                                      apr_pool_t *scratch_pool);
/** Forget at most LIMIT stored files that no instance has any more: *FILES (const char *), which no image is either. */
b2b_error_t *b2b_stored_files_sweep(apr_array_header_t **files, b2b_db_conn_t *conn, int limit,
                                    apr_pool_t *result_pool, apr_pool_t *scratch_pool);
/** Does an instance have, or had it lately, the file FILE (SHA-256)? */
b2b_error_t *b2b_stored_file_known(int *known, b2b_db_conn_t *conn, const char *file,
                                   apr_pool_t *scratch_pool);

/** Does any row name the file FILE (SHA-256) of the folder, as an instance's or as an image? */
b2b_error_t *b2b_file_known(int *known, b2b_db_conn_t *conn, const char *file,
                            apr_pool_t *scratch_pool);
/** Let the day of FILE begin, after which b2b_stored_files_sweep finds it if nothing has it. Does nothing to a known one. */
b2b_error_t *b2b_stored_file_adopt(b2b_db_conn_t *conn, const char *file, apr_pool_t *scratch_pool);

/* instance_comment.c --------------------------------------------------------------------------- */

typedef struct {
    const char *portal_id;
    const char *instance_id;
    const char *id;
    const char *author_kind; /* "member" or "host_user" */
    const char *author_id;
    const char *author_name;
    const char *text;
    apr_time_t created_at;
} b2b_comment_t;

/** Sets id and created_at. */
b2b_error_t *b2b_comment_add(b2b_db_conn_t *conn, b2b_comment_t *values, apr_pool_t *result_pool,
                             apr_pool_t *scratch_pool);
/** Oldest first; no filters. */
b2b_error_t *b2b_comment_list(b2b_page_t **page, b2b_db_conn_t *conn, const char *portal_id,
                              const char *instance_id, const b2b_list_t *list,
                              apr_pool_t *result_pool, apr_pool_t *scratch_pool);

/** One line of the history. Written by b2b_instance_change_add. */
typedef struct {
    const char *id;
    apr_time_t at;
    const char *actor_kind; /* "member", "host_user" or "system" */
    const char *actor_id;   /* or NULL */
    const char *actor_name;
    const char *act;
    int form;            /* index, or -1 */
    const char *changes; /* JSON: [{"field", "old", "new"}, …] */
} b2b_instance_change_t;

/** Newest first; no filters. */
b2b_error_t *b2b_instance_change_list(b2b_page_t **page, b2b_db_conn_t *conn, const char *portal_id,
                                      const char *instance_id, const b2b_list_t *list,
                                      apr_pool_t *result_pool, apr_pool_t *scratch_pool);

/* notice.c ------------------------------------------------------------------------------------- */

/** An instance whose current form waits for somebody. */
typedef struct {
    const char *portal_id;
    const char *instance_id;
    const char *share_id;
    const char *process_id;
    apr_time_t since; /* when it became theirs */
    int repeated; /* the person has it by another way, too, and saw it earlier in the list: skip it */
} b2b_notice_t;

/**
 * The next LIMIT notices of PRINCIPAL, its groups and its partner, newest first, older than (SINCE, INSTANCE_ID): *NOTICES of
 * b2b_notice_t *. SINCE 0: from the newest. Fewer than LIMIT: these are the last. Who may read them is the caller's to ask.
 */
b2b_error_t *b2b_notices(apr_array_header_t **notices, b2b_db_conn_t *conn,
                         const b2b_principal_t *principal, apr_time_t since,
                         const char *instance_id, int limit, apr_pool_t *result_pool,
                         apr_pool_t *scratch_pool);
/** When PRINCIPAL last saw its notices; 0: never. */
b2b_error_t *b2b_notices_seen_at(apr_time_t *at, b2b_db_conn_t *conn,
                                 const b2b_principal_t *principal, apr_pool_t *scratch_pool);
/** All up to now are seen. */
b2b_error_t *b2b_notices_see(b2b_db_conn_t *conn, const b2b_principal_t *principal,
                             apr_pool_t *scratch_pool);

/* assignment.c --------------------------------------------------------------------------------- */

/** People whom one assignment tells by mail; where there are more, the notice on the page must do. */
#define B2B_ASSIGNMENT_MAILS_MAX 50

/** A form that waits for others now. */
typedef struct {
    const char *portal_id;
    const char *instance_id;
    const char
        *partner_id; /* the instance's: nobody of another one is told, whatever groups span */
    const char *reference;
    const char *process_title;
    int form; /* the current one's index */
    const char *form_title;
    const apr_array_header_t
        *owners; /* of b2b_instance_owner_t: those new to this form, whatever their form says */
    const char *actor_kind; /* who passed it on, and is not told: "member" or "host_user" */
    const char *actor_id;
} b2b_assignment_t;

/**
 * Queue a mail to everybody whom the owners stand for, who may work and wants mail (B2B_ASSIGNMENT_MAILS_MAX), in the
 * transaction of the act. Not called where the process says no (notify_assignment). When the instance passes to another
 * form, call b2b_assignment_cancel first. Whoever is no longer an owner when a mail's turn comes does not get it.
 */
b2b_error_t *b2b_assignment_notify(b2b_db_conn_t *conn, const b2b_site_t *site,
                                   const b2b_assignment_t *assignment, apr_pool_t *scratch_pool);

/** The instance moved on, was completed or deleted: nobody is to be told of what it was before. */
b2b_error_t *b2b_assignment_cancel(b2b_db_conn_t *conn, const char *portal_id,
                                   const char *instance_id, apr_pool_t *scratch_pool);

/** Does FORM of the instance still wait, and for the person of KIND and ID, who still may work and wants mail? */
b2b_error_t *b2b_assignment_is_open(int *open, b2b_db_conn_t *conn, const char *portal_id,
                                    const char *instance_id, int form, const char *kind,
                                    const char *id, apr_pool_t *scratch_pool);

/** Does PRINCIPAL want mail about assignments? */
b2b_error_t *b2b_assignment_mail_wanted(int *wanted, b2b_db_conn_t *conn,
                                        const b2b_principal_t *principal, apr_pool_t *scratch_pool);
b2b_error_t *b2b_assignment_mail_want(b2b_db_conn_t *conn, const b2b_principal_t *principal,
                                      int wanted, apr_pool_t *scratch_pool);

#endif
