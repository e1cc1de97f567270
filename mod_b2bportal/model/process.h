/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Part of model.h: processes of the host. A process has a draft and versions: every save of a changed document
 * makes the next draft version (0.1, 0.2, … after a publication 1.1, …), publishing makes it the next whole one
 * (1.0, 2.0). No partner meets a version before a share is sent that names it (S8), so that nothing here changes
 * a decision.
 */

#ifndef B2B_MODEL_PROCESS_H
#define B2B_MODEL_PROCESS_H

#include "../base/json.h"
#include "../forms/forms.h"
#include "model.h"

#define B2B_PROCESS_NAME_MAX           40
#define B2B_PROCESS_DOCUMENT_MAX       (512 * 1024) /* bytes of its JSON */
#define B2B_PROCESS_ADMINISTRATORS_MAX 50
#define B2B_PROCESS_DRAFTS_MAX         100 /* kept between two publications; older ones fall away */
#define B2B_PROCESS_COUNT_MAX          1000 /* instances are counted up to here */

/* process.c ------------------------------------------------------------------------------------ */

typedef struct {
    const char *id;
    const char *name;  /* ^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$, unique; references begin with it */
    const char *title; /* read only, as the two below: the draft's */
    const char *description; /* "" if none */
    apr_int64_t form_count;
    const char *category; /* "" if none */
    const char *document; /* the draft: a normal document (forms/) as JSON text; NULL in lists */
    const char *security; /* the document's member as text; set by what writes */
    const char *first_owners; /* the same of the owners of the first form */
    const apr_array_header_t
        *images; /* written only: files (const char *) that DOCUMENT shows; NULL: none */
    const apr_array_header_t
        *administrators; /* of b2b_host_ref_t; written: NULL leaves them. NULL in lists */
    apr_int64_t major;   /* these two: the version of the draft; minor 0: it is the published one */
    apr_int64_t minor;
    apr_int64_t published;          /* the newest published version, "3" of 3.0; 0: none */
    apr_time_t published_at;        /* 0: never */
    int draft_changed;              /* the draft says something else than the published version */
    apr_int64_t share_count;        /* shares that name it */
    apr_int64_t behind_share_count; /* whose newest revision names an older version; 0 in lists */
    apr_int64_t instance_count;     /* at most B2B_PROCESS_COUNT_MAX; 0 in lists */
    apr_int64_t version;
    apr_time_t created_at;
    apr_time_t modified_at;
} b2b_process_t;

typedef struct {
    apr_int64_t shares;
    apr_int64_t partners;  /* that hold it */
    apr_int64_t instances; /* at most B2B_PROCESS_COUNT_MAX */
} b2b_process_impact_t;

b2b_error_t *b2b_process_get(b2b_process_t **process, b2b_db_conn_t *conn, const char *id,
                             apr_pool_t *result_pool, apr_pool_t *scratch_pool);
/** The same as lists have it: without document and administrators. */
b2b_error_t *b2b_process_get_item(b2b_process_t **process, b2b_db_conn_t *conn, const char *id,
                                  apr_pool_t *result_pool, apr_pool_t *scratch_pool);
/** Has a process the name NAME? */
b2b_error_t *b2b_process_name_taken(int *taken, b2b_db_conn_t *conn, const char *name,
                                    apr_pool_t *scratch_pool);
/** Filters: q (title, name), category, published, host_user_id (who administers it). Sorts: title, modified_at. */
b2b_error_t *b2b_process_list(b2b_page_t **page, b2b_db_conn_t *conn, const b2b_list_t *list,
                              apr_pool_t *result_pool, apr_pool_t *scratch_pool);
/** The categories (const char *) of processes that HOST_USER_ID administers; NULL: of all. At most 500. */
b2b_error_t *b2b_process_categories(apr_array_header_t **categories, b2b_db_conn_t *conn,
                                    const char *host_user_id, apr_pool_t *result_pool,
                                    apr_pool_t *scratch_pool);
/**
 * Make the process of VALUES (name, category, document, images, administrators) with the draft 0.1, saved by the
 * host user SAVED_BY (or NULL). A name that is taken is B2B_E_CONFLICT (name-taken). A host user, host group or
 * image that is not there is B2B_E_INVALID with its place ("document/forms/1/owners/host_users/0",
 * "administrators/2"), all of them in one chain.
 */
b2b_error_t *b2b_process_create(b2b_db_conn_t *conn, b2b_process_t *values, const char *saved_by,
                                apr_pool_t *result_pool, apr_pool_t *scratch_pool);
/** Name, category, document with images, administrators. Another document becomes the next draft version. */
b2b_error_t *b2b_process_update(b2b_db_conn_t *conn, b2b_process_t *values, apr_int64_t version,
                                const char *saved_by, apr_pool_t *scratch_pool);
/**
 * The draft becomes the published version *MAJOR. B2B_E_CONFLICT (nothing-to-publish) if it says what is published
 * already; B2B_E_INVALID where it names a host user or host group that is gone meanwhile.
 */
b2b_error_t *b2b_process_publish(apr_int64_t *major, b2b_db_conn_t *conn, const char *id,
                                 apr_int64_t version, const char *published_by,
                                 apr_pool_t *scratch_pool);
/** Into the bin. B2B_E_CONFLICT (process-shared) while a share names it. */
b2b_error_t *b2b_process_delete(b2b_db_conn_t *conn, const char *id, apr_int64_t version,
                                const char *deleted_by, apr_pool_t *scratch_pool);
/** Out of the bin. B2B_E_NOT_FOUND if it is not deleted, B2B_E_CONFLICT (name-taken) if another one has its name. */
b2b_error_t *b2b_process_restore(b2b_db_conn_t *conn, const char *id, apr_pool_t *scratch_pool);
b2b_error_t *b2b_process_impact(b2b_process_impact_t *impact, b2b_db_conn_t *conn, const char *id,
                                apr_pool_t *scratch_pool);

/**
 * Who administers the process, deleted or not: *ADMINISTRATORS of b2b_host_ref_t with names, users first,
 * without those who are gone; empty for nobody and for an unknown process.
 */
b2b_error_t *b2b_process_administrators(apr_array_header_t **administrators, b2b_db_conn_t *conn,
                                        const char *process_id, apr_pool_t *result_pool,
                                        apr_pool_t *scratch_pool);
/** The processes (ids, const char *, ascending) that the host user administers, also through host groups; deleted
 *  ones, too. */
b2b_error_t *b2b_processes_administered(apr_array_header_t **ids, b2b_db_conn_t *conn,
                                        const char *host_user_id, apr_pool_t *result_pool,
                                        apr_pool_t *scratch_pool);

/* process_security.c --------------------------------------------------------------------------- */

/** The security of a published version; of one that is not there that which lets nobody do anything. */
b2b_error_t *b2b_process_security(b2b_security_t *security, b2b_db_conn_t *conn,
                                  const char *process_id, apr_int64_t major,
                                  apr_pool_t *result_pool, apr_pool_t *scratch_pool);

/** *HAS the process a published version whose security is not off? */
b2b_error_t *b2b_process_has_security(int *has, b2b_db_conn_t *conn, const char *process_id,
                                      apr_pool_t *scratch_pool);

/**
 * For decisions about host users: the security that holds for an instance. It is that of the version which the
 * revision held by its partner names; where the partner holds none with the process any more, the newest
 * published one. Partner groups are left out.
 */
b2b_error_t *b2b_instance_security(b2b_process_security_t *security, b2b_db_conn_t *conn,
                                   const char *portal_id, const char *instance_id,
                                   apr_pool_t *result_pool, apr_pool_t *scratch_pool);

/* process_versions.c ---------------------------------------------------------------------------- */

typedef struct {
    apr_int64_t major;
    apr_int64_t minor;    /* 0: a published version */
    const char *document; /* NULL in lists */
    const char *saved_by; /* a host user, or NULL */
    const char *saver_name;
    apr_time_t saved_at;
    apr_int64_t shares; /* whose newest revision names it */
} b2b_process_version_t;

/** "1.3" of MAJOR and MINOR, in POOL. */
const char *b2b_process_label(apr_int64_t major, apr_int64_t minor, apr_pool_t *pool);
/** Is LABEL one (^[0-9]{1,7}[.][0-9]{1,7}$)? Then *MAJOR and *MINOR are its numbers. */
int b2b_process_label_parse(apr_int64_t *major, apr_int64_t *minor, const char *label);

/** The document (JSON text) of the published version MAJOR, of a deleted process, too; NULL if there is none. */
b2b_error_t *b2b_process_document(const char **document, b2b_db_conn_t *conn,
                                  const char *process_id, apr_int64_t major,
                                  apr_pool_t *result_pool, apr_pool_t *scratch_pool);
b2b_error_t *b2b_process_version_get(b2b_process_version_t **version, b2b_db_conn_t *conn,
                                     const char *process_id, apr_int64_t major, apr_int64_t minor,
                                     apr_pool_t *result_pool, apr_pool_t *scratch_pool);
/** Newest first. Filter: published. */
b2b_error_t *b2b_process_version_list(b2b_page_t **page, b2b_db_conn_t *conn,
                                      const char *process_id, const b2b_list_t *list,
                                      apr_pool_t *result_pool, apr_pool_t *scratch_pool);

/* process_references.c: what a document names of the host ----------------------------------------- */

typedef enum {
    B2B_REFERENCE_HOST_USER,
    B2B_REFERENCE_HOST_GROUP,
    B2B_REFERENCE_IMAGE
} b2b_reference_e;

/** A host user, host group or image that a document names. */
typedef struct {
    b2b_reference_e kind;
    const char *id;    /* of an image its file */
    const char *place; /* "forms/1/owners/host_users/0" */
} b2b_process_reference_t;

/** Those that NORMAL names and that are not there: *MISSING of b2b_process_reference_t, in order. */
b2b_error_t *b2b_process_missing(apr_array_header_t **missing, b2b_db_conn_t *conn,
                                 const b2b_json_t *normal, apr_pool_t *result_pool,
                                 apr_pool_t *scratch_pool);

#endif
