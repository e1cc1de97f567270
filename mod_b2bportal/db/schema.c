/* SPDX-License-Identifier: Apache-2.0 */
/* Migrations, and what checking, backing up and restoring have in common for both drivers. */

#include "schema.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <apr_strings.h>

#include "base/chance.h"
#include "db_private.h"

static const char create_versions[] = "CREATE TABLE IF NOT EXISTS schema_migrations ("
                                      "number BIGINT NOT NULL PRIMARY KEY, name TEXT NOT NULL, "
                                      "applied_at BIGINT NOT NULL)";

/* Any number that nobody else uses: "b2bporta" in ASCII. SQLite has the writer's lock. */
static const char migration_lock[] = "SELECT pg_advisory_lock(7075609963614925921)";

static b2b_error_t *file_error(const char *path, int status, const char *what, apr_pool_t *pool)
{
    b2b_error_t *err = b2b_error_create(pool, B2B_E_UNAVAILABLE, NULL, "The file %s %s.", path,
                                        what);

    err->status = status;
    return err;
}

b2b_error_t *b2b_schema_new_file(const char *path, int mode, apr_pool_t *pool)
{
    int file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode);

    if (file < 0) {
        return file_error(path, errno,
                          errno == EEXIST ? "is there already; give a name that is free"
                                          : "cannot be made",
                          pool);
    }
    /* What root makes, the server's worker user must be able to write: it goes to the folder's owner. */
    if (geteuid() == 0 && mode != 0600) {
        const char *slash = strrchr(path, '/');
        const char *folder = slash ? apr_pstrndup(pool, path, (apr_size_t)(slash - path) + 1) : ".";
        struct stat info;

        if (stat(folder, &info) != 0 || fchown(file, info.st_uid, info.st_gid) != 0) {
            close(file);
            unlink(path);
            return file_error(path, errno, "cannot be given to its folder's owner", pool);
        }
    }
    close(file);
    return NULL;
}

b2b_error_t *b2b_schema_sync_file(const char *path, apr_pool_t *pool)
{
    const char *slash = strrchr(path, '/');
    const char *folder = slash ? apr_pstrndup(pool, path, (apr_size_t)(slash - path) + 1) : ".";
    int file = open(path, O_RDONLY | O_CLOEXEC), status = 0;

    if (file < 0 || fsync(file) != 0) {
        status = errno;
    }
    if (file >= 0) {
        close(file);
    }
    file = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (file >= 0) {
        if (fsync(file) != 0 && errno != EINVAL) {
            status = errno;
        }
        close(file);
    }
    return status ? file_error(path, status, "could not be written to the disk", pool) : NULL;
}

b2b_error_t *b2b_schema_version(int *version, b2b_db_conn_t *conn, apr_pool_t *pool)
{
    const b2b_driver_t *driver = conn->db->driver;
    b2b_db_rows_t *rows = NULL;

    *version = 0;
    B2B_ERR(driver->text(
        &rows, conn,
        conn->db->config.driver == B2B_DB_SQLITE
            ? "SELECT COUNT(*) FROM sqlite_schema WHERE name = 'schema_migrations'"
            : "SELECT COUNT(*) FROM pg_class WHERE oid = to_regclass('schema_migrations')",
        pool));
    if (!b2b_db_next(rows) || b2b_db_integer(rows, 0) == 0) {
        return NULL;
    }
    B2B_ERR(
        driver->text(&rows, conn, "SELECT COALESCE(MAX(number), 0) FROM schema_migrations", pool));
    *version = b2b_db_next(rows) ? (int)b2b_db_integer(rows, 0) : 0;
    return NULL;
}

static const char *driver_name(const b2b_db_config_t *config)
{
    return config->driver == B2B_DB_SQLITE ? "sqlite3" : "pgsql";
}

b2b_error_t *b2b_schema_check_version(b2b_db_conn_t *conn, apr_pool_t *pool)
{
    int version = 0;

    B2B_ERR(b2b_schema_version(&version, conn, pool));
    if (version < b2b_db_schema_version) {
        return b2b_error_typed(
            b2b_error_create(
                pool, B2B_E_UNAVAILABLE, NULL,
                "The database has schema %d and this program needs %d; as the user of the server's "
                "workers run: b2bportalctl --database '%s …' migrate",
                version, b2b_db_schema_version, driver_name(&conn->db->config)),
            "schema-older");
    }
    if (version > b2b_db_schema_version) {
        return b2b_error_typed(
            b2b_error_create(
                pool, B2B_E_UNAVAILABLE, NULL,
                "The database has schema %d and this program knows only %d: a newer version of the "
                "program has migrated it; install that version, or restore a backup of before.",
                version, b2b_db_schema_version),
            "schema-newer");
    }
    return NULL;
}

/* A file with tables of somebody else is not ours to fill. */
static b2b_error_t *check_ours(b2b_db_conn_t *conn, int version, apr_pool_t *pool)
{
    b2b_db_rows_t *rows = NULL;

    if (version > 0) {
        return NULL;
    }
    B2B_ERR(conn->db->driver
                ->text(&rows, conn,
                       conn->db->config.driver == B2B_DB_SQLITE
                           ? "SELECT name FROM sqlite_schema WHERE type = 'table' "
                             "AND name <> 'schema_migrations' LIMIT 1"
                           : "SELECT tablename FROM pg_tables WHERE schemaname = current_schema() "
                             "AND tablename <> 'schema_migrations' LIMIT 1",
                       pool));
    if (b2b_db_next(rows)) {
        return b2b_error_create(
            pool, B2B_E_CONFLICT, NULL,
            "The database has a table \"%s\" already but no schema of this program: it belongs "
            "to something else; give an empty one.",
            b2b_db_text(rows, 0));
    }
    return NULL;
}

/*
 * PostgreSQL compares texts as the database's locale says, unless a column is made with COLLATE "C": by bytes.
 * SQLite does that anyway, and does not know the word.
 */
static const char *for_driver(const b2b_db_conn_t *conn, const char *statement, apr_pool_t *pool)
{
    static const char bytes[] = " COLLATE \"C\"";
    const char *found;

    while (conn->db->config.driver == B2B_DB_SQLITE && (found = strstr(statement, bytes)) != NULL) {
        statement = apr_pstrcat(pool,
                                apr_pstrmemdup(pool, statement, (apr_size_t)(found - statement)),
                                found + sizeof(bytes) - 1, NULL);
    }
    return statement;
}

static b2b_error_t *apply(b2b_db_conn_t *conn, const b2b_migration_t *migration, apr_pool_t *pool)
{
    const b2b_driver_t *driver = conn->db->driver;
    int i;

    for (i = 0; migration->statements[i]; i++) {
        b2b_error_t *err = driver->text(NULL, conn,
                                        for_driver(conn, migration->statements[i], pool), pool);

        if (err) {
            return b2b_error_create(pool, err->code, err,
                                    "Migration %d (%s) failed; the database is as it was before.",
                                    migration->number, migration->name);
        }
    }
    return driver->text(NULL, conn,
                        apr_psprintf(pool,
                                     "INSERT INTO schema_migrations (number, name, applied_at) "
                                     "VALUES (%d, '%s', %" APR_TIME_T_FMT ")",
                                     migration->number, migration->name, b2b_clock_now()),
                        pool);
}

static b2b_error_t *step(b2b_db_conn_t *conn, const b2b_migration_t *migration, apr_pool_t *pool)
{
    const b2b_driver_t *driver = conn->db->driver;
    b2b_error_t *err = driver->begin(conn, pool);

    if (!err) {
        err = apply(conn, migration, pool);
    }
    if (!err) {
        err = driver->commit(conn, pool);
    }
    return err ? b2b_error_compose(err, driver->rollback(conn, pool)) : NULL;
}

static b2b_error_t *migrate(int *from, int *to, b2b_db_conn_t *conn, apr_pool_t *pool)
{
    const b2b_migration_t *migration;

    if (conn->db->config.driver == B2B_DB_PGSQL) {
        /* Two at once: one waits, then finds the work done. Given back with the connection. */
        b2b_db_rows_t *rows = NULL;

        B2B_ERR(conn->db->driver->text(&rows, conn, migration_lock, pool));
    }
    B2B_ERR(conn->db->driver->text(NULL, conn, create_versions, pool));
    B2B_ERR(b2b_schema_version(from, conn, pool));
    *to = *from;
    B2B_ERR(check_ours(conn, *from, pool));
    if (*from > b2b_db_schema_version) {
        return b2b_schema_check_version(conn, pool);
    }
    for (migration = b2b_migrations; migration->number; migration++) {
        if (migration->number > *from) {
            B2B_ERR(step(conn, migration, pool));
            *to = migration->number;
        }
    }
    return NULL;
}

/* Another migration may make it first: then there is nothing to make. */
static b2b_error_t *ensure_file(const char *path, apr_pool_t *pool)
{
    struct stat info;
    b2b_error_t *err;

    if (stat(path, &info) == 0 || errno != ENOENT) {
        return NULL; /* what stands in the way, opening it tells */
    }
    err = b2b_schema_new_file(path, 0640, pool);
    return err && err->status == EEXIST && stat(path, &info) == 0 ? NULL : err;
}

b2b_error_t *b2b_schema_migrate(int *from, int *to, const b2b_db_config_t *config, apr_pool_t *pool)
{
    b2b_db_conn_t *conn = NULL;
    b2b_error_t *err;

    *from = *to = 0;
    if (config->driver == B2B_DB_SQLITE) {
        B2B_ERR(ensure_file(config->params, pool));
    }
    B2B_ERR(b2b_db_open_single(&conn, config, pool));
    if (conn->db->writer_lock) {
        B2B_ERR(b2b_writer_lock_take(conn->db->writer_lock, config->wait, pool));
    }
    err = migrate(from, to, conn, pool);
    if (conn->db->writer_lock) {
        b2b_writer_lock_give(conn->db->writer_lock);
    }
    b2b_db_close(conn); /* and with it PostgreSQL's lock */
    return err;
}

b2b_error_t *b2b_schema_check(const b2b_db_config_t *config, apr_pool_t *pool)
{
    return config->driver == B2B_DB_SQLITE ? b2b_schema_check_sqlite(config, pool)
                                           : b2b_schema_check_pgsql(config, pool);
}

b2b_error_t *b2b_schema_backup(const b2b_db_config_t *config, const char *path, apr_pool_t *pool)
{
    b2b_error_t *err;

    B2B_ERR(b2b_schema_new_file(path, 0600, pool));
    err = config->driver == B2B_DB_SQLITE ? b2b_schema_backup_sqlite(config, path, pool)
                                          : b2b_schema_backup_pgsql(config, path, pool);
    if (!err) {
        err = b2b_schema_sync_file(path, pool);
    }
    if (err) {
        unlink(path);
    }
    return err;
}

b2b_error_t *b2b_schema_restore(const b2b_db_config_t *config, const char *path, apr_pool_t *pool)
{
    b2b_error_t *err = config->driver == B2B_DB_SQLITE
                           ? b2b_schema_restore_sqlite(config, path, pool)
                           : b2b_schema_restore_pgsql(config, path, pool);

    return err ? b2b_error_typed(b2b_error_create(pool, err->code, err,
                                                  "Nothing was restored from %s.", path),
                                 err->type)
               : NULL;
}
