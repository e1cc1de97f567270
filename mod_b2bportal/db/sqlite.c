/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SQLite. apr_dbd opens and closes the connection; everything between runs on its native handle: typed
 * columns, extended codes, automatic preparing again after a schema change, and no process-wide mutex
 * (traps F4 to F7, F13).
 */

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <apr_general.h>
#include <apr_strings.h>
#include <sqlite3.h>

#include "db_private.h"

/*
 * Readers wait this long for commits of others by themselves, then stand in line with the writers once. While
 * commits follow each other the file is free for a millisecond at a time: SQLite's own waiting sleeps longer
 * and longer in between and misses it (seen: 250 ms in vain while 20 clients wrote), so ours asks every
 * millisecond.
 */
#define READ_WAIT  apr_time_from_msec(250)
#define READ_PAUSE 1000 /* microseconds */

/* In KiB: the upper levels of a few large indexes, so that a row of a million costs the reading of its own pages. */
#define CACHE "-8000"

const char *(*b2b_sqlite_linked_source)(void) = sqlite3_sourceid;
int b2b_sqlite_page_limit;

/* https://sqlite.org/wal.html, "the WAL-reset bug" */
#define WAL_IS_SAFE 3051003

const char *b2b_sqlite_journal_mode(int version_number)
{
    return version_number >= WAL_IS_SAFE ? "wal" : "truncate";
}

static b2b_error_t *sqlite_fault(b2b_db_conn_t *conn, int code, const char *what, apr_pool_t *pool)
{
    const char *detail = apr_psprintf(pool, "SQLite %d: %s; %s", code,
                                      conn->native ? sqlite3_errmsg(conn->native)
                                                   : sqlite3_errstr(code),
                                      what);

    switch (code & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return b2b_db_fault(conn, B2B_FAULT_BROKEN, B2B_E_BUSY, detail, pool);
    case SQLITE_CONSTRAINT:
        switch (code) {
        case SQLITE_CONSTRAINT_UNIQUE:
        case SQLITE_CONSTRAINT_PRIMARYKEY:
        case SQLITE_CONSTRAINT_ROWID:
            return b2b_db_fault(conn, B2B_FAULT_ANSWER, B2B_E_CONFLICT, detail, pool);
        case SQLITE_CONSTRAINT_FOREIGNKEY:
            return b2b_db_fault(conn, B2B_FAULT_ANSWER, B2B_E_NOT_FOUND, detail, pool);
        default:
            return b2b_db_fault(conn, B2B_FAULT_ANSWER, B2B_E_INTERNAL, detail, pool);
        }
    case SQLITE_FULL:
    case SQLITE_IOERR:
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
    case SQLITE_PERM:
    case SQLITE_AUTH:
    case SQLITE_PROTOCOL:
    case SQLITE_NOLFS:
        return b2b_db_fault(conn, B2B_FAULT_BROKEN, B2B_E_UNAVAILABLE, detail, pool);
    default:
        return b2b_db_fault(conn, B2B_FAULT_BROKEN, B2B_E_INTERNAL, detail, pool);
    }
}

/* Step STMT to its end and reset it, so that no statement, and no read lock, stays open. */
static b2b_error_t *sqlite_finish(b2b_db_rows_t **rows, b2b_db_conn_t *conn, sqlite3_stmt *stmt,
                                  const char *what, apr_pool_t *pool)
{
    int columns = sqlite3_column_count(stmt);
    b2b_db_rows_t *found = rows ? b2b_rows_create(columns, pool) : NULL;
    b2b_error_t *err = NULL;
    int code, i;

    while ((code = sqlite3_step(stmt)) == SQLITE_ROW) {
        b2b_cell_t *cells = found ? b2b_rows_append(found) : NULL;

        for (i = 0; cells && i < columns; i++) {
            switch (sqlite3_column_type(stmt, i)) {
            case SQLITE_NULL:
                cells[i].null = 1;
                break;
            case SQLITE_INTEGER:
                cells[i].number = sqlite3_column_int64(stmt, i);
                break;
            default:
                cells[i].text = apr_pstrmemdup(pool, (const char *)sqlite3_column_text(stmt, i),
                                               (apr_size_t)sqlite3_column_bytes(stmt, i));
            }
        }
    }
    if (code != SQLITE_DONE) {
        err = sqlite_fault(conn, sqlite3_extended_errcode(conn->native), what, pool);
    }
    sqlite3_reset(stmt);
    if (!err && rows) {
        *rows = found;
    }
    return err;
}

static b2b_error_t *text_once(b2b_db_rows_t **rows, b2b_db_conn_t *conn, const char *text,
                              apr_pool_t *pool)
{
    sqlite3_stmt *stmt = NULL;
    b2b_error_t *err;
    int code = sqlite3_prepare_v3(conn->native, text, -1, 0, &stmt, NULL);

    if (code != SQLITE_OK) {
        return sqlite_fault(conn, code, text, pool);
    }
    err = sqlite_finish(rows, conn, stmt, text, pool);
    sqlite3_finalize(stmt);
    return err;
}

/*
 * Commits that follow each other closely keep a reader out for longer than it waits by itself: once it then
 * stands in line with the writers. TRUE: it has the lock, and CONN is as it was before ERR.
 */
static int stands_in_line(b2b_db_conn_t *conn, b2b_fault_e before, const b2b_error_t *err,
                          apr_pool_t *pool)
{
    if (!err || err->code != B2B_E_BUSY || conn->in_transaction ||
        b2b_writer_lock_take(conn->db->writer_lock, conn->db->config.wait, pool)) {
        return 0;
    }
    conn->fault = before;
    return 1;
}

static b2b_error_t *sqlite_text(b2b_db_rows_t **rows, b2b_db_conn_t *conn, const char *text,
                                apr_pool_t *pool)
{
    b2b_fault_e before = conn->fault;
    b2b_error_t *err = text_once(rows, conn, text, pool);

    if (stands_in_line(conn, before, err, pool)) {
        err = text_once(rows, conn, text, pool);
        b2b_writer_lock_give(conn->db->writer_lock);
    }
    return err;
}

static b2b_error_t *sqlite_prepared(sqlite3_stmt **prepared, b2b_db_conn_t *conn, b2b_stmt_e stmt,
                                    apr_pool_t *pool)
{
    sqlite3_stmt **cache = conn->statements;

    if (!cache[stmt]) {
        int code = sqlite3_prepare_v3(conn->native, b2b_stmts[stmt].sqlite, -1,
                                      SQLITE_PREPARE_PERSISTENT, &cache[stmt], NULL);

        if (code != SQLITE_OK) {
            return sqlite_fault(conn, code, b2b_stmts[stmt].name, pool);
        }
    }
    *prepared = cache[stmt];
    return NULL;
}

static b2b_error_t *run_once(b2b_db_rows_t **rows, apr_int64_t *affected, b2b_db_conn_t *conn,
                             b2b_stmt_e stmt, const b2b_value_t *values, apr_pool_t *pool)
{
    sqlite3_stmt *prepared = NULL;
    b2b_error_t *err;
    int i;

    B2B_ERR(sqlite_prepared(&prepared, conn, stmt, pool));
    for (i = 0; b2b_stmts[stmt].types[i]; i++) {
        int code;

        if (values[i].null) {
            code = sqlite3_bind_null(prepared, i + 1);
        }
        else if (values[i].type == 's') {
            code = sqlite3_bind_text(prepared, i + 1, values[i].text, -1, SQLITE_STATIC);
        }
        else {
            code = sqlite3_bind_int64(prepared, i + 1, values[i].number);
        }
        if (code != SQLITE_OK) {
            sqlite3_clear_bindings(prepared);
            return sqlite_fault(conn, code, b2b_stmts[stmt].name, pool);
        }
    }
    err = sqlite_finish(rows, conn, prepared, b2b_stmts[stmt].name, pool);
    sqlite3_clear_bindings(prepared); /* the texts are the caller's and go with its pool */
    if (!err && affected) {
        *affected = b2b_stmts[stmt].writes ? sqlite3_changes64(conn->native) : 0;
    }
    return err;
}

static b2b_error_t *sqlite_run(b2b_db_rows_t **rows, apr_int64_t *affected, b2b_db_conn_t *conn,
                               b2b_stmt_e stmt, const b2b_value_t *values, apr_pool_t *pool)
{
    b2b_fault_e before = conn->fault;
    b2b_error_t *err = run_once(rows, affected, conn, stmt, values, pool);

    if (stands_in_line(conn, before, err, pool)) {
        err = run_once(rows, affected, conn, stmt, values, pool);
        b2b_writer_lock_give(conn->db->writer_lock);
    }
    return err;
}

/* There is nobody far away whom it would be sent to. */
static b2b_error_t *sqlite_send(b2b_db_conn_t *conn, b2b_stmt_e stmt, const b2b_value_t *values,
                                apr_pool_t *pool)
{
    return sqlite_run(NULL, NULL, conn, stmt, values, pool);
}

/* Put a setting in force, and read it back: APR's driver, another tool or a build option may say otherwise. */
static b2b_error_t *sqlite_pragma(b2b_db_conn_t *conn, const char *name, const char *set,
                                  const char *want, apr_pool_t *pool)
{
    b2b_db_rows_t *rows;

    B2B_ERR(sqlite_text(NULL, conn, apr_psprintf(pool, "PRAGMA %s = %s", name, set), pool));
    B2B_ERR(sqlite_text(&rows, conn, apr_psprintf(pool, "PRAGMA %s", name), pool));
    if (!b2b_db_next(rows) || !b2b_db_text(rows, 0) || strcmp(b2b_db_text(rows, 0), want) != 0) {
        b2b_error_t *err = b2b_db_fault(conn, B2B_FAULT_BROKEN, B2B_E_UNAVAILABLE, NULL, pool);

        err->message = "The database cannot be used: a setting of SQLite is not in force.";
        return b2b_error_detail(err, pool, "PRAGMA %s is %s instead of %s", name,
                                b2b_db_count(rows) ? b2b_db_text(rows, 0) : "not known", want);
    }
    return NULL;
}

static int wait_for_commit(void *baton, int count)
{
    b2b_db_conn_t *conn = baton;
    apr_time_t now = apr_time_now();

    if (count == 0) {
        conn->busy_since = now;
    }
    if (now - conn->busy_since >= READ_WAIT) {
        return 0;
    }
    apr_sleep(READ_PAUSE);
    return 1;
}

static b2b_error_t *sqlite_settings(b2b_db_conn_t *conn, apr_pool_t *pool)
{
    static const char *const settings[][3] = {
        {"foreign_keys", "ON", "1"},    {"synchronous", "FULL", "2"},  {"cache_spill", "OFF", "0"},
        {"trusted_schema", "OFF", "0"}, {"temp_store", "MEMORY", "2"}, {"cache_size", CACHE, CACHE},
    };
    const char *mode = b2b_sqlite_journal_mode(sqlite3_libversion_number());
    apr_size_t i;

    sqlite3_busy_handler(conn->native, wait_for_commit, conn); /* first: the rest reads */
    sqlite3_extended_result_codes(conn->native, 1);
    sqlite3_db_config(conn->native, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    sqlite3_db_config(conn->native, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
    sqlite3_db_config(conn->native, SQLITE_DBCONFIG_DQS_DDL, 0, NULL);
    for (i = 0; i < sizeof(settings) / sizeof(settings[0]); i++) {
        B2B_ERR(sqlite_pragma(conn, settings[i][0], settings[i][1], settings[i][2], pool));
    }
    B2B_ERR(sqlite_pragma(conn, "journal_mode", mode, mode, pool));
    B2B_ERR(sqlite_text(NULL, conn, "PRAGMA mmap_size = 0",
                        pool)); /* no row where built without mmap */
    if (b2b_sqlite_page_limit) {
        B2B_ERR(sqlite_text(NULL, conn,
                            apr_psprintf(pool, "PRAGMA max_page_count = %d", b2b_sqlite_page_limit),
                            pool));
    }
    return NULL;
}

/*
 * Two copies of SQLite in a process undo each other's locks (sqlite.org/howtocorrupt.html 2.2.1), and a
 * handle of the one is nothing to the other: compare before the native handle is touched.
 */
static b2b_error_t *sqlite_one_copy(b2b_db_conn_t *conn, apr_pool_t *pool)
{
    apr_dbd_results_t *result = NULL;
    apr_dbd_row_t *row = NULL;
    const char *source = NULL;
    int code = apr_dbd_select(conn->db->dbd, pool, conn->handle, &result,
                              "SELECT sqlite_source_id()", 1);

    if (code == 0 && apr_dbd_get_row(conn->db->dbd, pool, result, &row, -1) == 0) {
        source = apr_dbd_get_entry(conn->db->dbd, row, 0);
    }
    if (!source || strcmp(source, b2b_sqlite_linked_source()) != 0) {
        b2b_error_t *err = b2b_db_fault(conn, B2B_FAULT_BROKEN, B2B_E_UNAVAILABLE, NULL, pool);

        err->message =
            "Two different copies of SQLite are loaded, which would corrupt the database; install "
            "APR's SQLite driver and this program from the same distribution.";
        return b2b_error_detail(err, pool, "apr_dbd has %s, this program has %s",
                                source ? source : "an error", b2b_sqlite_linked_source());
    }
    return NULL;
}

static b2b_error_t *sqlite_open(b2b_db_conn_t *conn, apr_pool_t *pool)
{
    const char *path = conn->db->config.params, *words = NULL;
    struct stat info;

    /* apr_dbd would make a missing file, and the server would run on an empty database. */
    if (stat(path, &info) != 0) {
        b2b_error_t *err = b2b_db_fault(conn, B2B_FAULT_BROKEN, B2B_E_UNAVAILABLE, path, pool);

        err->status = errno;
        return err;
    }
    if (apr_dbd_open_ex(conn->db->dbd, conn->pool, path, &conn->handle, &words) != APR_SUCCESS) {
        conn->handle = NULL;
        return b2b_db_fault(conn, B2B_FAULT_BROKEN, B2B_E_UNAVAILABLE,
                            apr_psprintf(pool, "%s: %s", path, words ? words : "does not open"),
                            pool);
    }
    B2B_ERR(sqlite_one_copy(conn, pool));
    conn->native = apr_dbd_native_handle(conn->db->dbd, conn->handle);
    conn->statements = apr_pcalloc(conn->pool, sizeof(sqlite3_stmt *) * STMT_COUNT);
    conn->data_version = -1;
    return sqlite_settings(conn, pool);
}

static void sqlite_close(b2b_db_conn_t *conn)
{
    sqlite3_stmt **cache = conn->statements;
    int i;

    /* An open statement makes apr_dbd_close leak the connection, and say nothing. */
    for (i = 0; cache && i < STMT_COUNT; i++) {
        sqlite3_finalize(cache[i]);
    }
    apr_dbd_close(conn->db->dbd, conn->handle);
}

/* A handle of a file that was replaced or removed reads and writes what nobody else sees. */
static int sqlite_alive(b2b_db_conn_t *conn)
{
    int moved = 0;

    return sqlite3_file_control(conn->native, "main", SQLITE_FCNTL_HAS_MOVED, &moved) ==
               SQLITE_OK &&
           !moved;
}

static b2b_error_t *sqlite_begin(b2b_db_conn_t *conn, apr_pool_t *pool)
{
    return sqlite_text(NULL, conn, conn->in_view ? "BEGIN" : "BEGIN IMMEDIATE", pool);
}

static b2b_error_t *sqlite_commit(b2b_db_conn_t *conn, apr_pool_t *pool)
{
    apr_time_t until = apr_time_now() + conn->db->config.wait;

    /* Readers may hold the file longer than busy_timeout: the transaction is still whole, ask again. */
    for (;;) {
        int code = sqlite3_exec(conn->native, "COMMIT", NULL, NULL, NULL);

        if (code == SQLITE_OK) {
            return NULL;
        }
        if ((code & 0xff) != SQLITE_BUSY || apr_time_now() >= until) {
            return sqlite_fault(conn, code, "COMMIT", pool);
        }
    }
}

static b2b_error_t *sqlite_rollback(b2b_db_conn_t *conn, apr_pool_t *pool)
{
    /* A full disk has rolled back already. */
    if (!conn->native || sqlite3_get_autocommit(conn->native)) {
        return NULL;
    }
    return sqlite_text(NULL, conn, "ROLLBACK", pool);
}

const b2b_driver_t b2b_driver_sqlite = {"sqlite3",     sqlite_open,    sqlite_close, sqlite_alive,
                                        sqlite_run,    sqlite_send,    sqlite_text,  sqlite_begin,
                                        sqlite_commit, sqlite_rollback};
