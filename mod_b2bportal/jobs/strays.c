/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Files without a row: a process died after it had renamed an upload and before it committed. Such a file is not removed
 * but given a row of stored_files, as if stored now: a day later tidy.c removes it as any other that nobody has, unless
 * somebody stored it again. So nothing goes that the rows of a database may name which is restored within the day.
 */

#include "jobs_int.h"

#include <stdlib.h>
#include <string.h>

#include <apr_file_info.h>
#include <apr_file_io.h>
#include <apr_strings.h>

#include "base/chance.h"
#include "base/log.h"

#define LOOK 500 /* names a round */
#define DAY  apr_time_from_sec(24 * 3600)

typedef struct {
    const b2b_site_t *site;
    apr_array_header_t *names; /* char *, the next ones of the folder */
    apr_array_header_t *strays;
} look_t;

/* The last name of the round before: where this process goes on. Only its ticker's thread comes here. */
static char last[B2B_SHA256_LENGTH + 8];

static int compare(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Keep the LOOK lowest names. */
static void cut(apr_array_header_t *names)
{
    qsort(names->elts, (size_t)names->nelts, sizeof(const char *), compare);
    if (names->nelts > LOOK) {
        names->nelts = LOOK;
    }
}

/* A stored file, or what an image was written to before it had its name: SHA-256, and maybe .XXXXXX. */
static int is_ours(const char *name)
{
    apr_size_t digits = strspn(name, "0123456789abcdef");

    return digits == B2B_SHA256_LENGTH &&
           (!name[digits] || (name[digits] == '.' && strlen(name + digits) == 7));
}

/* The next names after AFTER. Digests come in no order, so that few more than those kept are ever copied. */
static void read_names(look_t *look, const char *after, apr_pool_t *pool)
{
    apr_finfo_t entry;
    apr_dir_t *dir;
    char *name;

    look->names = apr_array_make(pool, 2 * LOOK, sizeof(const char *));
    if (apr_dir_open(&dir, look->site->files, pool) != APR_SUCCESS) {
        return;
    }
    while (apr_dir_read(&entry, APR_FINFO_NAME, dir) == APR_SUCCESS) {
        if (!is_ours(entry.name) || strcmp(entry.name, after) <= 0) {
            continue;
        }
        if (look->names->nelts == 2 * LOOK) {
            cut(look->names);
            if (strcmp(entry.name, APR_ARRAY_IDX(look->names, LOOK - 1, const char *)) > 0) {
                continue;
            }
        }
        name = apr_palloc(pool, sizeof(last));
        apr_cpystrn(name, entry.name, sizeof(last));
        APR_ARRAY_PUSH(look->names, char *) = name;
    }
    apr_dir_close(dir);
    cut(look->names);
}

static int is_old(const look_t *look, const char *name, apr_pool_t *pool)
{
    apr_finfo_t info;

    return apr_stat(&info, apr_pstrcat(pool, look->site->files, "/", name, NULL),
                    APR_FINFO_MTIME | APR_FINFO_TYPE, pool) == APR_SUCCESS &&
           info.filetype == APR_REG && b2b_clock_now() - info.mtime >= DAY;
}

static void remove_piece(const look_t *look, const char *name, apr_pool_t *pool)
{
    const char *path = apr_pstrcat(pool, look->site->files, "/", name, NULL);
    apr_status_t status = apr_file_remove(path, pool);

    if (status != APR_SUCCESS && !APR_STATUS_IS_ENOENT(status)) {
        b2b_log(B2B_LOG_WARNING, status, pool, "cannot remove %s", path);
    }
}

/* Asked without a transaction: nearly always there is none to write. */
static b2b_error_t *find_strays(look_t *look, b2b_db_conn_t *conn, apr_pool_t *pool)
{
    apr_pool_t *iterpool;
    b2b_error_t *err = NULL;
    int i, known;

    apr_pool_create(&iterpool, pool);
    for (i = 0; !err && i < look->names->nelts; i++) {
        const char *name = APR_ARRAY_IDX(look->names, i, const char *);

        apr_pool_clear(iterpool);
        if (!is_old(look, name, iterpool)) {
            continue;
        }
        if (name[B2B_SHA256_LENGTH]) {
            remove_piece(look, name, iterpool);
            continue;
        }
        err = b2b_file_known(&known, conn, name, pool);
        if (!err && !known) {
            APR_ARRAY_PUSH(look->strays, const char *) = name;
        }
    }
    return err;
}

static b2b_error_t *adopt(void *baton, b2b_db_conn_t *conn, apr_pool_t *pool)
{
    const look_t *look = baton;
    int i;

    for (i = 0; i < look->strays->nelts; i++) {
        B2B_ERR(b2b_stored_file_adopt(conn, APR_ARRAY_IDX(look->strays, i, const char *), pool));
    }
    return NULL;
}

b2b_error_t *b2b_strays(const b2b_site_t *site, b2b_db_conn_t *conn, apr_pool_t *pool)
{
    look_t look = {site, NULL, apr_array_make(pool, 8, sizeof(const char *))};

    read_names(&look, last, pool);
    if (look.names->nelts < LOOK) {
        last[0] = '\0'; /* the end of the folder: the next round begins anew */
    }
    else {
        apr_cpystrn(last, APR_ARRAY_IDX(look.names, LOOK - 1, const char *), sizeof(last));
    }
    B2B_ERR(find_strays(&look, conn, pool));
    if (look.strays->nelts == 0) {
        return NULL;
    }
    b2b_log(B2B_LOG_INFO, 0, pool, "%d files without a row: they go in a day", look.strays->nelts);
    return b2b_db_transaction(conn, adopt, &look, pool);
}
