/* SPDX-License-Identifier: Apache-2.0 */
/* What nobody needs any more: images, files of instances, pieces of uploads, answers of yesterday. */

#include "jobs_int.h"

#include <apr_file_info.h>
#include <apr_file_io.h>
#include <apr_strings.h>

#include "base/chance.h"
#include "base/log.h"

#define SWEEP_LIMIT 200
#define DAY         apr_time_from_sec(24 * 3600)

/* An upload that is still coming writes: what was not written to for so long is of a process that was killed. */
#define INCOMING_LIFE apr_time_from_sec(3600)

typedef struct {
    apr_array_header_t *images; /* const char *: files whose rows are gone */
    apr_array_header_t *files;
} swept_t;

static b2b_error_t *sweep_images(void *baton, b2b_db_conn_t *conn, apr_pool_t *pool)
{
    swept_t *swept = baton;

    return b2b_image_sweep(&swept->images, conn, SWEEP_LIMIT, pool, pool);
}

static b2b_error_t *sweep_loose(void *baton, b2b_db_conn_t *conn, apr_pool_t *pool)
{
    (void)baton;
    return b2b_instance_files_sweep(NULL, conn, SWEEP_LIMIT, pool);
}

static b2b_error_t *sweep_files(void *baton, b2b_db_conn_t *conn, apr_pool_t *pool)
{
    swept_t *swept = baton;

    return b2b_stored_files_sweep(&swept->files, conn, SWEEP_LIMIT, pool, pool);
}

static b2b_error_t *sweep_answers(void *baton, b2b_db_conn_t *conn, apr_pool_t *pool)
{
    (void)baton;
    return b2b_idempotency_sweep(NULL, conn, SWEEP_LIMIT, pool);
}

static void remove_older(const char *path, apr_interval_time_t age, apr_pool_t *pool)
{
    apr_finfo_t info;
    apr_status_t status = apr_stat(&info, path, APR_FINFO_MTIME, pool);

    if (status == APR_SUCCESS && b2b_clock_now() - info.mtime < age) {
        return;
    }
    status = apr_file_remove(path, pool);
    if (status != APR_SUCCESS && !APR_STATUS_IS_ENOENT(status)) {
        b2b_log(B2B_LOG_WARNING, status, pool, "cannot remove %s", path);
    }
}

/*
 * The row went first: a file without a row is only lost space, a row without a file a broken picture. What is
 * younger than a day was stored again since: the same name, and a row of today.
 */
static void remove_files(const b2b_site_t *site, const apr_array_header_t *files, apr_pool_t *pool)
{
    int i;

    for (i = 0; i < files->nelts; i++) {
        remove_older(apr_pstrcat(pool, site->files, "/", APR_ARRAY_IDX(files, i, const char *),
                                 NULL),
                     DAY, pool);
    }
}

static void remove_incoming(const b2b_site_t *site, apr_pool_t *pool)
{
    const char *folder = apr_pstrcat(pool, site->files, "/" B2B_INCOMING_FOLDER, NULL);
    apr_finfo_t entry;
    apr_dir_t *dir;

    if (apr_dir_open(&dir, folder, pool) != APR_SUCCESS) {
        return; /* nothing was ever uploaded */
    }
    while (apr_dir_read(&entry, APR_FINFO_NAME, dir) == APR_SUCCESS) {
        if (entry.name[0] != '.') {
            remove_older(apr_pstrcat(pool, folder, "/", entry.name, NULL), INCOMING_LIFE, pool);
        }
    }
    apr_dir_close(dir);
}

b2b_error_t *b2b_tidy(const b2b_site_t *site, apr_pool_t *pool)
{
    static const b2b_db_work_cb works[] = {sweep_images, sweep_loose, sweep_files, sweep_answers};
    swept_t swept = {NULL, NULL};
    b2b_db_conn_t *conn;
    b2b_error_t *err = NULL;
    apr_size_t i;

    B2B_ERR(b2b_db_acquire(&conn, site->db, pool));
    for (i = 0; !err && i < sizeof(works) / sizeof(works[0]); i++) {
        err = b2b_db_transaction(conn, works[i], &swept, pool);
    }
    b2b_db_release(conn);
    B2B_ERR(err);
    remove_files(site, swept.images, pool);
    remove_files(site, swept.files, pool);
    remove_incoming(site, pool);
    /* Last: what lost its row above is no stray. */
    B2B_ERR(b2b_db_acquire(&conn, site->db, pool));
    err = b2b_strays(site, conn, pool);
    b2b_db_release(conn);
    return err;
}
