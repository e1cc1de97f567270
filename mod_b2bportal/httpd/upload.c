/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A body that becomes a file: counted, hashed and written as it comes, in memory that does not depend on its
 * length. Files on their way lie in a folder of their own below B2BPortalFiles, on the same file system, so that the
 * core can rename them and what a killed process left behind is found (jobs/tidy.c).
 */

#include "httpd/module.h"

#include <apr_file_io.h>
#include <apr_strings.h>

#include "base/digest.h"

#define CHUNK 32768

typedef struct {
    b2b_upload_t upload;
    char *path;
    apr_file_t *file;
    apr_pool_t *pool;
} writing_t;

static apr_status_t end_upload(void *data)
{
    writing_t *writing = data;

    if (writing->file) {
        apr_file_close(writing->file);
        writing->file = NULL;
    }
    if (writing->path && !writing->upload.kept) {
        apr_file_remove(writing->path, writing->pool);
    }
    return APR_SUCCESS;
}

static b2b_error_t *file_error(apr_status_t status, const char *what, const char *path,
                               apr_pool_t *pool)
{
    b2b_error_t *err = b2b_error_create(pool, B2B_E_UNAVAILABLE, NULL,
                                        "The file cannot be stored.");

    err->status = status;
    return b2b_error_detail(err, pool, "%s %s", what, path);
}

/* Readable by the group: a fleet's nodes may run as several users of it. */
static apr_status_t make_folder(const char *folder, apr_pool_t *pool)
{
    apr_fileperms_t mode = APR_FPROT_UREAD | APR_FPROT_UWRITE | APR_FPROT_UEXECUTE |
                           APR_FPROT_GREAD | APR_FPROT_GWRITE | APR_FPROT_GEXECUTE;
    apr_status_t status = apr_dir_make(folder, mode, pool);

    if (APR_STATUS_IS_EEXIST(status)) {
        return APR_SUCCESS;
    }
    return status == APR_SUCCESS ? apr_file_perms_set(folder, mode) : status;
}

static b2b_error_t *open_file(writing_t *writing, const char *folder)
{
    const char *incoming = apr_pstrcat(writing->pool, folder, "/" B2B_INCOMING_FOLDER, NULL);
    apr_status_t status = make_folder(incoming, writing->pool);
    char *path = apr_pstrcat(writing->pool, incoming, "/XXXXXX", NULL);

    if (status != APR_SUCCESS) {
        return file_error(status, "making", incoming, writing->pool);
    }
    /* mkstemp(3): 0600, and a name that was not there. */
    status = apr_file_mktemp(&writing->file, path,
                             APR_FOPEN_CREATE | APR_FOPEN_WRITE | APR_FOPEN_EXCL | APR_FOPEN_BINARY,
                             writing->pool);
    if (status != APR_SUCCESS) {
        writing->file = NULL;
        return file_error(status, "creating", path, writing->pool);
    }
    writing->path = path;
    return NULL;
}

static b2b_error_t *too_large(apr_int64_t limit, request_rec *r)
{
    r->connection->keepalive = AP_CONN_CLOSE;
    return b2b_error_create(r->pool, B2B_E_TOO_LARGE, NULL,
                            "A file may have at most %" APR_INT64_T_FMT " bytes.", limit);
}

static b2b_error_t *write_body(writing_t *writing, request_rec *r, apr_int64_t limit)
{
    b2b_digest_t *digest = b2b_digest_create(writing->pool);
    char *buffer = apr_palloc(writing->pool, CHUNK);
    b2b_upload_t *upload = &writing->upload;
    long got;

    while ((got = ap_get_client_block(r, buffer, CHUNK)) > 0) {
        apr_status_t status;

        if (upload->bytes + got > limit) {
            return too_large(limit, r);
        }
        status = apr_file_write_full(writing->file, buffer, (apr_size_t)got, NULL);
        if (status != APR_SUCCESS) {
            r->connection->keepalive = AP_CONN_CLOSE;
            return file_error(status, "writing", writing->path, writing->pool);
        }
        b2b_digest_add(digest, buffer, (apr_size_t)got);
        upload->bytes += got;
    }
    if (got < 0) {
        r->connection->keepalive = AP_CONN_CLOSE;
        return b2b_error_create(r->pool, B2B_E_INVALID, NULL,
                                "The file could not be read to its end.");
    }
    upload->hash = b2b_digest_hex(digest);
    return NULL;
}

/* Before the database is asked for anything: others would wait for the disk. */
static b2b_error_t *finish_file(writing_t *writing)
{
    apr_status_t status = apr_file_sync(writing->file);
    apr_file_t *file = writing->file;

    writing->file = NULL;
    if (status != APR_SUCCESS) {
        apr_file_close(file);
    }
    else {
        status = apr_file_close(file);
    }
    return status == APR_SUCCESS ? NULL
                                 : file_error(status, "syncing", writing->path, writing->pool);
}

b2b_error_t *b2b_upload_read(b2b_upload_t **upload, request_rec *r, const char *folder,
                             apr_int64_t limit)
{
    writing_t *writing = apr_pcalloc(r->pool, sizeof(*writing));
    int status;

    *upload = NULL;
    writing->pool = r->pool;
    status = ap_setup_client_block(r, REQUEST_CHUNKED_DECHUNK);
    if (status == HTTP_REQUEST_ENTITY_TOO_LARGE) {
        return too_large(limit, r); /* over LimitRequestBody, too */
    }
    if (status != OK) {
        r->connection->keepalive = AP_CONN_CLOSE;
        return b2b_error_create(r->pool, B2B_E_INVALID, NULL,
                                "The file could not be read to its end.");
    }
    if (r->remaining > limit) {
        return too_large(limit, r);
    }
    if (!ap_should_client_block(r)) {
        return NULL;
    }
    B2B_ERR(open_file(writing, folder));
    apr_pool_cleanup_register(r->pool, writing, end_upload, apr_pool_cleanup_null);
    B2B_ERR(write_body(writing, r, limit));
    B2B_ERR(finish_file(writing));
    writing->upload.path = writing->path;
    *upload = &writing->upload;
    return NULL;
}
