/* SPDX-License-Identifier: Apache-2.0 */
/* Transactions, and the generations that they bump. */

#include <string.h>

#include <apr_strings.h>

#include "base/chance.h"
#include "base/log.h"
#include "db_private.h"

#define ATTEMPTS 4 /* the first and three more */

int b2b_db_slot(const char *key)
{
    return (int)(b2b_hash64(key) % B2B_DB_SLOTS);
}

void b2b_db_touch(b2b_db_conn_t *conn, const char *key)
{
    int slot = b2b_db_slot(key);

    if (!conn->touched[slot]) {
        conn->touched[slot] = 1;
        conn->touched_count++;
    }
}

/* In ascending order: two transactions that bump the same slots wait for each other, and never crosswise. */
static b2b_error_t *bump(int *slots, b2b_db_conn_t *conn, apr_pool_t *pool)
{
    int slot, count = 0;

    for (slot = 0; slot < B2B_DB_SLOTS; slot++) {
        apr_int64_t affected = 0;

        if (!conn->touched[slot]) {
            continue;
        }
        B2B_ERR(
            b2b_db_execute(&affected, conn, STMT_GENERATION_BUMP, pool, "i", (apr_int64_t)slot));
        if (affected != 1) {
            return b2b_db_fault(conn, B2B_FAULT_BROKEN, B2B_E_INTERNAL,
                                "a generation's row is missing", pool);
        }
        slots[count++] = slot;
    }
    return NULL;
}

/* One attempt. *COMMITTED is TRUE also where the answer to COMMIT got lost: it may have been carried out. */
static b2b_error_t *attempt(int *slots, int *committed, b2b_db_conn_t *conn, b2b_db_work_cb work,
                            void *baton, apr_pool_t *pool)
{
    const b2b_driver_t *driver = conn->db->driver;
    b2b_error_t *err = driver->begin(conn, pool);

    /* A BEGIN that failed began nothing: what followed would be committed statement by statement. */
    if (err) {
        return b2b_error_compose(err, driver->rollback(conn, pool));
    }
    err = work(baton, conn, pool);
    if (!err && conn->fault != B2B_FAULT_NONE) {
        /* WORK hid an error: PostgreSQL would commit nothing and report success, SQLite commit the rest. */
        err = b2b_db_fault(conn, B2B_FAULT_NONE, B2B_E_INTERNAL,
                           "an error in a transaction was passed over", pool);
    }
    if (!err) {
        err = bump(slots, conn, pool);
    }
    if (err) {
        return b2b_error_compose(err, driver->rollback(conn, pool));
    }
    err = driver->commit(conn, pool);
    *committed = !err || conn->fault == B2B_FAULT_BROKEN;
    return err ? b2b_error_compose(err, driver->rollback(conn, pool)) : NULL;
}

static b2b_error_t *transaction(b2b_db_conn_t *conn, b2b_db_work_cb work, void *baton,
                                apr_pool_t *pool)
{
    b2b_db_t *db = conn->db;
    int slots[B2B_DB_SLOTS], committed = 0, tries;
    b2b_error_t *err = NULL;

    if (db->writer_lock) {
        B2B_ERR(b2b_writer_lock_take(db->writer_lock, db->config.wait, pool));
    }
    conn->in_transaction = 1;
    for (tries = 1; tries <= ATTEMPTS; tries++) {
        conn->fault = B2B_FAULT_NONE;
        memset(conn->touched, 0, sizeof(conn->touched));
        conn->touched_count = 0;
        err = attempt(slots, &committed, conn, work, baton, pool);
        if (!err || conn->fault != B2B_FAULT_RETRY) {
            break;
        }
        apr_sleep(tries * 2000);
    }
    conn->in_transaction = 0;
    if (err && conn->fault != B2B_FAULT_ANSWER && conn->fault != B2B_FAULT_NONE) {
        b2b_db_close(conn);
        conn->fault = B2B_FAULT_BROKEN;
    }
    else {
        conn->fault = B2B_FAULT_NONE;
    }
    if (db->writer_lock) {
        b2b_writer_lock_give(db->writer_lock);
    }
    if (committed && conn->touched_count > 0 && db->config.on_commit) {
        db->config.on_commit(db->config.baton, slots, conn->touched_count);
    }
    return err;
}

static b2b_error_t *nested(apr_pool_t *pool)
{
    return b2b_error_detail(b2b_error_create(pool, B2B_E_INTERNAL, NULL,
                                             "The program made a mistake."),
                            pool, "a transaction within a transaction");
}

b2b_error_t *b2b_db_transaction(b2b_db_conn_t *conn, b2b_db_work_cb work, void *baton,
                                apr_pool_t *pool)
{
    if (conn->in_transaction || conn->in_view) {
        return nested(pool);
    }
    if (!conn->handle) {
        return b2b_db_fault(conn, B2B_FAULT_BROKEN, B2B_E_UNAVAILABLE, "used after an error", pool);
    }
    return transaction(conn, work, baton, pool);
}

b2b_error_t *b2b_db_view(b2b_db_conn_t *conn, b2b_db_work_cb work, void *baton, apr_pool_t *pool)
{
    const b2b_driver_t *driver = conn->db->driver;
    b2b_error_t *err;

    if (conn->in_transaction || conn->in_view) {
        return nested(pool);
    }
    if (!conn->handle) {
        return b2b_db_fault(conn, B2B_FAULT_BROKEN, B2B_E_UNAVAILABLE, "used after an error", pool);
    }
    conn->in_view = 1;
    err = driver->begin(conn, pool);
    if (!err) {
        err = work(baton, conn, pool);
    }
    err = b2b_error_compose(err, driver->rollback(conn, pool));
    conn->in_view = 0;
    return err;
}

/* SQLite: has anybody else committed since this connection was last asked? */
static b2b_error_t *changed_since(int *changed, apr_int64_t *version, b2b_db_conn_t *conn,
                                  apr_pool_t *pool)
{
    b2b_db_rows_t *rows = NULL;

    *changed = 1;
    if (conn->db->config.driver == B2B_DB_SQLITE) {
        B2B_ERR(conn->db->driver->text(&rows, conn, "PRAGMA data_version", pool));
        *version = b2b_db_next(rows) ? b2b_db_integer(rows, 0) : -1;
        *changed = *version < 0 || *version != conn->data_version;
    }
    return NULL;
}

b2b_error_t *b2b_db_generations(int *changed, apr_int64_t *values, b2b_db_conn_t *conn,
                                apr_pool_t *scratch_pool)
{
    b2b_db_rows_t *rows = NULL;
    apr_int64_t version = -1;
    int slot;

    if (!conn->handle) {
        return b2b_db_fault(conn, B2B_FAULT_BROKEN, B2B_E_UNAVAILABLE, "used after an error",
                            scratch_pool);
    }
    /* The version first: a commit between the two is then seen by the next call. */
    B2B_ERR(changed_since(changed, &version, conn, scratch_pool));
    if (!*changed) {
        return NULL;
    }
    B2B_ERR(b2b_db_query(&rows, conn, STMT_GENERATION_SELECT_ALL, scratch_pool, ""));
    for (slot = 0; b2b_db_next(rows); slot++) {
        if (slot == B2B_DB_SLOTS || b2b_db_integer(rows, 0) != slot) {
            break;
        }
        values[slot] = b2b_db_integer(rows, 1);
    }
    if (slot != B2B_DB_SLOTS || b2b_db_count(rows) != B2B_DB_SLOTS) {
        return b2b_db_fault(conn, B2B_FAULT_BROKEN, B2B_E_INTERNAL, "a generation's row is missing",
                            scratch_pool);
    }
    conn->data_version = version;
    return NULL;
}
