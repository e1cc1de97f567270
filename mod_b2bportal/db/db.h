/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The only door to the database. A b2b_db_t is a database with its pool of connections; a b2b_db_conn_t is
 * one connection, held for a unit of work and given back before anything is written to a client.
 *
 * Statements are named in sql/queries/NOUN.sql and stand here as STMT_… (generated queries.h); nobody else
 * writes SQL. One text serves both drivers. A SELECT that cannot be carried out is an error, never an
 * empty result. After an error the connection is dropped, not reused, unless the error is a constraint's
 * answer that was rolled back.
 */

#ifndef B2B_DB_H
#define B2B_DB_H

#include <apr_pools.h>

#include "../base/error.h"
#include "db/queries.h" /* generated, in the build folder */

typedef struct b2b_db_t b2b_db_t;
typedef struct b2b_db_conn_t b2b_db_conn_t;
typedef struct b2b_db_rows_t b2b_db_rows_t;

typedef enum { B2B_DB_SQLITE, B2B_DB_PGSQL } b2b_db_driver_e;

/** The schema version that this program reads and writes: the number of the last migration. */
extern const int b2b_db_schema_version;

/** Number of generation slots: rows of `generations`, and counters in shared memory. */
#define B2B_DB_SLOTS 1024

/**
 * Told after a COMMIT, before b2b_db_transaction returns: SLOTS[0..COUNT), ascending, were bumped.
 * Runs on the thread that committed and must not fail.
 */
typedef void (*b2b_db_commit_cb)(void *baton, const int *slots, int count);

typedef struct {
    b2b_db_driver_e driver;
    const char *params; /* a file's path, or libpq's conninfo; not logged: it may hold a password */
    int connections;    /* at most this many at once in this process; > 0 */
    apr_interval_time_t
        wait; /* for a connection of the pool, or SQLite's writer lock; then B2B_E_BUSY */
    b2b_db_commit_cb on_commit; /* or NULL */
    void *baton;
} b2b_db_config_t;

/**
 * Make *DB in POOL; no connection is opened yet, so that it may be called before threads but not before
 * fork (SQLite handles do not cross a fork). Closed with POOL.
 */
b2b_error_t *b2b_db_create(b2b_db_t **db, const b2b_db_config_t *config, apr_pool_t *pool);

/** Drop all idle connections; those in use are dropped when they come back. */
void b2b_db_reset(b2b_db_t *db);

/**
 * Get a connection for one unit of work. B2B_E_BUSY after CONFIG->wait, B2B_E_UNAVAILABLE if the database
 * does not answer. Never hold two on one thread. Released with POOL at the latest. A connection that died
 * while it lay idle is replaced without notice.
 */
b2b_error_t *b2b_db_acquire(b2b_db_conn_t **conn, b2b_db_t *db, apr_pool_t *pool);
void b2b_db_release(b2b_db_conn_t *conn);
b2b_db_driver_e b2b_db_driver(const b2b_db_conn_t *conn);

/**
 * Run STMT with its parameters, bound in order after FORMAT:
 *   s  const char * (NULL is SQL NULL)      i  apr_int64_t      b  int, stored 0 or 1
 *   t  apr_time_t (0 is SQL NULL)
 * Parameters must match the statement's declared types. Passing 'i' an int is an error of the caller: cast.
 */
/** SELECT or … RETURNING: *ROWS is in POOL and is complete (no statement stays open). */
b2b_error_t *b2b_db_query(b2b_db_rows_t **rows, b2b_db_conn_t *conn, b2b_stmt_e stmt,
                          apr_pool_t *pool, const char *format, ...);

/** INSERT, UPDATE, DELETE: set *AFFECTED (may be NULL) to the number of rows. Only inside a transaction. */
b2b_error_t *b2b_db_execute(apr_int64_t *affected, b2b_db_conn_t *conn, b2b_stmt_e stmt,
                            apr_pool_t *pool, const char *format, ...);

/**
 * As b2b_db_execute, where nobody need know how many rows there were, or tell one error from another here: the
 * answer comes with that of the next statement, or of COMMIT, and costs no round trip of its own. An error of it
 * is theirs then: the transaction is undone, as ever. (SQLite, which has no round trips, tells it at once.)
 */
b2b_error_t *b2b_db_send(b2b_db_conn_t *conn, b2b_stmt_e stmt, apr_pool_t *pool, const char *format,
                         ...);

/* Rows: step with b2b_db_next, which returns FALSE past the last one. Columns count from 0. */
int b2b_db_next(b2b_db_rows_t *rows);
int b2b_db_count(const b2b_db_rows_t *rows);
const char *b2b_db_text(const b2b_db_rows_t *rows,
                        int column); /* NULL for SQL NULL; in rows' pool */
apr_int64_t b2b_db_integer(const b2b_db_rows_t *rows, int column); /* 0 for SQL NULL */
int b2b_db_bool(const b2b_db_rows_t *rows, int column);            /* FALSE for SQL NULL */
apr_time_t b2b_db_time(const b2b_db_rows_t *rows, int column);     /* 0 for SQL NULL */

/** The work of one transaction. CONN is the one given to b2b_db_transaction. */
typedef b2b_error_t *(*b2b_db_work_cb)(void *baton, b2b_db_conn_t *conn, apr_pool_t *pool);

/**
 * Run WORK in one transaction: all of it is on disk when this returns NULL, and nothing of it otherwise.
 * SQLite: under the writer's lock file, BEGIN IMMEDIATE; B2B_E_BUSY after the bounded wait. A serialization
 * failure runs WORK again, at most three times, so WORK must have no effect but through CONN.
 * The slots touched in WORK are bumped in ascending order just before COMMIT and told to on_commit after.
 * Transactions do not nest. A unique-key violation is B2B_E_CONFLICT, a foreign-key one B2B_E_NOT_FOUND,
 * a full disk or read-only database B2B_E_UNAVAILABLE.
 */
b2b_error_t *b2b_db_transaction(b2b_db_conn_t *conn, b2b_db_work_cb work, void *baton,
                                apr_pool_t *pool);

/**
 * Run WORK, which only reads, on one unchanging view of the database: no other transaction shows half.
 * (SQLite: a read transaction; keep it short, commits wait for it. PostgreSQL: repeatable read.)
 */
b2b_error_t *b2b_db_view(b2b_db_conn_t *conn, b2b_db_work_cb work, void *baton, apr_pool_t *pool);

/** In a transaction: decisions that depend on KEY ("portal:<id>", "directory", …) change with it. */
void b2b_db_touch(b2b_db_conn_t *conn, const char *key);

/** The slot of KEY: the same in every process and on every node. */
int b2b_db_slot(const char *key);

/**
 * Read all generations into VALUES[0..B2B_DB_SLOTS). On SQLite *CHANGED is FALSE, and VALUES untouched, if
 * PRAGMA data_version says that nobody else committed since this connection last asked; pass a connection
 * that the caller keeps. On PostgreSQL it is always TRUE.
 */
b2b_error_t *b2b_db_generations(int *changed, apr_int64_t *values, b2b_db_conn_t *conn,
                                apr_pool_t *scratch_pool);

/** How many statements this process has run (a counter for server-status and for tests). */
apr_uint64_t b2b_db_statement_count(void);

#endif
