/* SPDX-License-Identifier: Apache-2.0 */
/* SQLite's file as a whole: may we serve from it, copy it, put a copy back. */

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <apr_strings.h>
#include <sqlite3.h>

#include "base/chance.h"
#include "db_private.h"
#include "schema.h"

/* Readers that do not let go: a restore waits longer for them than a request would. */
#define RESTORE_WAIT apr_time_from_sec(30)

/* linux/magic.h and the sources of the others: file systems whose locks cannot be trusted between hosts. */
static const struct {
    long type;
    const char *name;
} network_file_systems[] = {
    {0x6969, "NFS"},        {0x517b, "SMB"},      {0xff534d42L, "CIFS"}, {0xfe534d42L, "SMB"},
    {0x01021997, "9P"},     {0x5346414f, "AFS"},  {0x73757245, "Coda"},  {0x00c36400, "CephFS"},
    {0x0bd00bd0, "Lustre"}, {0x47504653, "GPFS"}, {0x564c, "NCP"},       {0x786f4256, "vboxsf"},
};

static long file_system(const char *path)
{
    struct statfs info;

    return statfs(path, &info) == 0 ? (long)info.f_type : 0;
}

long (*b2b_schema_file_system)(const char *path) = file_system;

static b2b_error_t *refuse(const char *type, int status, apr_pool_t *pool, const char *message)
{
    b2b_error_t *err = b2b_error_create(pool, B2B_E_UNAVAILABLE, NULL, "%s", message);

    err->status = status;
    return b2b_error_typed(err, type);
}

static b2b_error_t *check_writable(const char *path, int mode, const char *what, apr_pool_t *pool)
{
    if (faccessat(AT_FDCWD, path, mode, AT_EACCESS) == 0) {
        return NULL;
    }
    return refuse(
        "database-not-writable", errno, pool,
        apr_psprintf(pool,
                     "The %s %s is not writable by the server's worker user (uid %d); give it to "
                     "that user: chown it, and run b2bportalctl as that user.",
                     what, path, (int)geteuid()));
}

static b2b_error_t *check_file(const char *path, apr_pool_t *pool)
{
    const char *slash = strrchr(path, '/');
    const char *folder = slash ? apr_pstrndup(pool, path, (apr_size_t)(slash - path) + 1) : "./";
    const char *lock = apr_pstrcat(pool, path, "-lock", NULL);
    long type = b2b_schema_file_system(folder);
    struct stat info;
    apr_size_t i;

    if (lstat(path, &info) != 0) {
        return refuse(
            errno == ENOENT ? "database-missing" : "database-not-writable", errno, pool,
            errno == ENOENT
                ? apr_psprintf(pool,
                               "The database %s is not there; as the user of the server's workers "
                               "run: b2bportalctl --database 'sqlite3 %s' migrate",
                               path, path)
                : apr_psprintf(pool, "The database %s cannot be reached.", path));
    }
    /* Two names of a file have two journals and two lock files: sqlite.org/howtocorrupt.html 2.4. */
    if (!S_ISREG(info.st_mode) || info.st_nlink > 1) {
        return refuse(
            "database-links", 0, pool,
            apr_psprintf(pool,
                         "The database %s is a link, or has more than one name; SQLite loses data "
                         "there: give the file's own path and remove the other names.",
                         path));
    }
    for (i = 0; i < sizeof(network_file_systems) / sizeof(network_file_systems[0]); i++) {
        if (network_file_systems[i].type == type) {
            return refuse(
                "database-on-network", 0, pool,
                apr_psprintf(pool,
                             "The database %s is on a network file system (%s), whose locks SQLite "
                             "cannot rely on; put it on a local disk, or use PostgreSQL.",
                             path, network_file_systems[i].name));
        }
    }
    B2B_ERR(check_writable(path, R_OK | W_OK, "database", pool));
    B2B_ERR(check_writable(folder, W_OK | X_OK, "folder", pool));
    return stat(lock, &info) == 0 ? check_writable(lock, R_OK | W_OK, "lock file", pool) : NULL;
}

b2b_error_t *b2b_schema_check_sqlite(const b2b_db_config_t *config, apr_pool_t *pool)
{
    b2b_db_conn_t *conn = NULL;
    b2b_error_t *err;

    B2B_ERR(check_file(config->params, pool));
    err = b2b_db_open_single(&conn, config, pool); /* reads the settings back */
    if (err && !err->type && err->code == B2B_E_UNAVAILABLE) {
        return b2b_error_create(pool, err->code, err,
                                "The database %s cannot be opened; if it is damaged, or no "
                                "database at all, restore a backup.",
                                config->params);
    }
    B2B_ERR(err);
    return b2b_schema_check_version(conn, pool);
}

b2b_error_t *b2b_schema_backup_sqlite(const b2b_db_config_t *config, const char *path,
                                      apr_pool_t *pool)
{
    b2b_db_conn_t *conn = NULL;
    b2b_error_t *err;
    char *text;

    B2B_ERR(b2b_db_open_single(&conn, config, pool));
    B2B_ERR(b2b_schema_check_version(conn, pool));
    text = sqlite3_mprintf("VACUUM INTO %Q", path);
    if (!text) {
        abort();
    }
    err = conn->db->driver->text(NULL, conn, text, pool);
    sqlite3_free(text);
    return err;
}

/* Is the file at PATH whole, and a backup of ours? CONN is open on a copy of it. */
static b2b_error_t *check_copy(b2b_db_conn_t *conn, const char *path, apr_pool_t *pool)
{
    b2b_db_rows_t *rows = NULL;

    B2B_ERR(conn->db->driver->text(&rows, conn, "PRAGMA integrity_check(1)", pool));
    if (!b2b_db_next(rows) || strcmp(b2b_db_text(rows, 0), "ok") != 0) {
        return refuse("backup-damaged", 0, pool,
                      apr_psprintf(pool, "The backup %s is damaged (%s); nothing was changed.",
                                   path, b2b_db_count(rows) ? b2b_db_text(rows, 0) : "no answer"));
    }
    B2B_ERR(conn->db->driver->text(&rows, conn, "PRAGMA foreign_key_check", pool));
    if (b2b_db_next(rows)) {
        return refuse(
            "backup-damaged", 0, pool,
            apr_psprintf(pool,
                         "The backup %s refers to things that it does not have; nothing was "
                         "changed.",
                         path));
    }
    return b2b_schema_check_version(conn, pool);
}

/*
 * Copy the backup at PATH to the new file TO, reading it only. Page by page: where a table has generated columns, SQLite
 * 3.40 refuses VACUUM INTO on a connection that only reads ("has 28 columns but 30 values were supplied").
 */
static b2b_error_t *copy_backup(const char *path, const char *to, apr_pool_t *pool)
{
    sqlite3 *source = NULL, *copy = NULL;
    sqlite3_backup *backup = NULL;
    int code = sqlite3_open_v2(path, &source, SQLITE_OPEN_READONLY, NULL);

    if (code == SQLITE_OK) {
        code = sqlite3_open_v2(to, &copy, SQLITE_OPEN_READWRITE, NULL);
    }
    if (code == SQLITE_OK) {
        backup = sqlite3_backup_init(copy, "main", source, "main");
        code = backup ? sqlite3_backup_step(backup, -1) : sqlite3_errcode(copy);
        sqlite3_backup_finish(backup);
    }
    sqlite3_close(copy);
    sqlite3_close(source);
    if (code != SQLITE_DONE) {
        return refuse("backup-damaged", 0, pool,
                      apr_psprintf(pool, "The backup %s cannot be read (%s); nothing was changed.",
                                   path, sqlite3_errstr(code)));
    }
    return NULL;
}

/* In one transaction of SQLite's own: whoever reads the database sees all of it or nothing. */
static b2b_error_t *copy_pages(b2b_db_conn_t *live, b2b_db_conn_t *copy, apr_pool_t *pool)
{
    apr_time_t until = apr_time_now() + RESTORE_WAIT;
    sqlite3_backup *backup = sqlite3_backup_init(live->native, "main", copy->native, "main");
    int code = SQLITE_ERROR;

    if (backup) {
        do {
            code = sqlite3_backup_step(backup, -1);
            if (code == SQLITE_BUSY || code == SQLITE_LOCKED) {
                apr_sleep(20000);
            }
        } while ((code == SQLITE_BUSY || code == SQLITE_LOCKED) && apr_time_now() < until);
        sqlite3_backup_finish(backup);
    }
    if (code != SQLITE_DONE) {
        return b2b_error_detail(
            refuse(NULL, 0, pool,
                   "The backup could not be put in place; the database is as it "
                   "was before."),
            pool, "SQLite %d: %s", code, sqlite3_errmsg(live->native));
    }
    return NULL;
}

/* Above what anybody may have seen: the values of the database, and the clock, if that cannot be read. */
static b2b_error_t *raise_generations(b2b_db_conn_t *live, b2b_db_conn_t *copy, apr_pool_t *pool)
{
    b2b_db_rows_t *rows = NULL;
    apr_int64_t least = b2b_clock_now();

    if (!live->db->driver->text(&rows, live, "SELECT MAX(value) FROM generations", pool) &&
        b2b_db_next(rows) && b2b_db_integer(rows, 0) >= least) {
        least = b2b_db_integer(rows, 0) + 1;
    }
    return copy->db->driver->text(NULL, copy,
                                  apr_psprintf(pool,
                                               "UPDATE generations SET value = %" APR_INT64_T_FMT,
                                               least),
                                  pool);
}

static b2b_error_t *restore(b2b_db_conn_t *live, const char *path, const char *temporary,
                            apr_pool_t *pool)
{
    b2b_db_config_t config = live->db->config;
    b2b_db_conn_t *copy = NULL;

    config.params = temporary;
    B2B_ERR(copy_backup(path, temporary, pool));
    B2B_ERR(b2b_db_open_single(&copy, &config, pool));
    B2B_ERR(check_copy(copy, path, pool));
    B2B_ERR(raise_generations(live, copy, pool));
    return copy_pages(live, copy, pool);
}

static void remove_temporary(const char *temporary, apr_pool_t *pool)
{
    unlink(temporary);
    unlink(apr_pstrcat(pool, temporary, "-journal", NULL));
    unlink(apr_pstrcat(pool, temporary, "-lock", NULL));
}

b2b_error_t *b2b_schema_restore_sqlite(const b2b_db_config_t *config, const char *path,
                                       apr_pool_t *pool)
{
    const char *temporary = apr_pstrcat(pool, config->params, "-restore", NULL);
    b2b_db_conn_t *live = NULL;
    apr_pool_t *copy_pool;
    b2b_error_t *err;
    struct stat info;
    int missing = stat(config->params, &info) != 0 && errno == ENOENT;

    if (stat(path, &info) != 0) {
        return refuse("backup-missing", errno, pool,
                      apr_psprintf(pool, "There is no backup %s.", path));
    }
    if (missing) {
        B2B_ERR(b2b_schema_new_file(config->params, 0640, pool));
    }
    B2B_ERR(b2b_db_open_single(&live, config, pool));
    B2B_ERR(b2b_writer_lock_take(live->db->writer_lock, config->wait, pool));
    remove_temporary(temporary, pool);
    err = b2b_schema_new_file(temporary, 0600, pool);
    if (!err) {
        apr_pool_create(&copy_pool, pool);
        err = restore(live, path, temporary, copy_pool);
        if (err) {
            /* its words lie in the pool that goes */
            const char *detail = b2b_error_text(err, pool);
            b2b_error_t *kept = b2b_error_create(pool, err->code, NULL, "%s",
                                                 apr_pstrdup(pool, err->message));

            kept->type = err->type;
            kept->status = err->status;
            err = b2b_error_detail(kept, pool, "%s", detail);
        }
        apr_pool_destroy(copy_pool);
    }
    remove_temporary(temporary, pool);
    b2b_writer_lock_give(live->db->writer_lock);
    if (err && missing) {
        b2b_db_close(live);
        unlink(config->params);
    }
    return err;
}
