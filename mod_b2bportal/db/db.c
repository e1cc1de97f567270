/* SPDX-License-Identifier: Apache-2.0 */
/* A database and its pool of connections; running statements. */

#include "db.h"

#include <stdatomic.h>
#include <string.h>

#include <apr_atomic.h>
#include <apr_strings.h>

#include "base/chance.h"
#include "db_private.h"

/* A connection beyond the first is closed when it lay idle for so long. */
#define IDLE_TIME apr_time_from_sec(60)

static _Atomic apr_uint64_t statement_count;

b2b_error_t *b2b_db_fault(b2b_db_conn_t *conn, b2b_fault_e fault, b2b_error_code_e code,
                          const char *detail, apr_pool_t *pool)
{
    const char *message;

    if (fault > conn->fault) {
        conn->fault = fault;
    }
    switch (code) {
    case B2B_E_CONFLICT:
        message = "Something with this name or key is there already.";
        break;
    case B2B_E_NOT_FOUND:
        message = "Something that this refers to is not there.";
        break;
    case B2B_E_BUSY:
        message = "The database is busy; try again in a few seconds.";
        break;
    case B2B_E_UNAVAILABLE:
        message = "The database is not available; try again later.";
        break;
    default:
        message = "The database refused a statement.";
    }
    return b2b_error_detail(b2b_error_create(pool, code, NULL, "%s", message), pool, "%s",
                            detail ? detail : conn->db->driver->name);
}

/* Shells ------------------------------------------------------------------------------------------------- */

static b2b_db_conn_t *shell_create(b2b_db_t *db, apr_pool_t *pool)
{
    b2b_db_conn_t *conn = apr_pcalloc(pool, sizeof(*conn));

    conn->db = db;
    conn->shell_pool = pool;
    conn->data_version = -1;
    return conn;
}

/*
 * apr_reslist calls this under its lock, so it only makes the shell; b2b_db_acquire opens the connection.
 * The pool is unmanaged: a child of a pool that other threads use would share its allocator with them.
 */
static apr_status_t shell_construct(void **resource, void *baton, apr_pool_t *ignored)
{
    apr_pool_t *pool;
    apr_status_t status = apr_pool_create_unmanaged_ex(&pool, NULL, NULL);

    (void)ignored;
    if (status == APR_SUCCESS) {
        apr_pool_tag(pool, "b2b_db_conn");
        *resource = shell_create(baton, pool);
    }
    return status;
}

void b2b_db_close(b2b_db_conn_t *conn)
{
    if (conn->handle) {
        conn->db->driver->close(conn);
    }
    conn->handle = NULL;
    conn->native = NULL;
    conn->statements = NULL;
    conn->data_version = -1;
    conn->fault = B2B_FAULT_NONE;
    if (conn->pool) {
        apr_pool_destroy(conn->pool);
        conn->pool = NULL;
    }
}

static apr_status_t shell_destruct(void *resource, void *baton, apr_pool_t *ignored)
{
    b2b_db_conn_t *conn = resource;

    (void)baton;
    (void)ignored;
    b2b_db_close(conn);
    apr_pool_destroy(conn->shell_pool);
    return APR_SUCCESS;
}

/* Make sure that CONN is open; on failure it is closed and clean. */
static b2b_error_t *shell_open(b2b_db_conn_t *conn, apr_pool_t *pool)
{
    apr_uint32_t age = apr_atomic_read32(&conn->db->age);
    b2b_error_t *err;

    if (conn->handle && (conn->age != age || !conn->db->driver->alive(conn))) {
        b2b_db_close(conn);
    }
    if (conn->handle) {
        return NULL;
    }
    apr_pool_create(&conn->pool, conn->shell_pool);
    conn->age = age;
    err = conn->db->driver->open(conn, pool);
    if (err) {
        b2b_db_close(conn);
    }
    return err;
}

/* The database ------------------------------------------------------------------------------------------- */

/*
 * A child that ends may have a thread that still holds a connection, to a server that does not answer, say.
 * apr_reslist asserts that there is none, and the thread would write to memory that is gone: so the last one
 * who holds something of it destroys it.
 */
static apr_status_t db_leave(void *baton)
{
    b2b_db_t *db = baton;

    if (apr_atomic_dec32(&db->holders) == 0) {
        apr_pool_destroy(db->pool);
    }
    return APR_SUCCESS;
}

static b2b_error_t *db_create(b2b_db_t **db, const b2b_db_config_t *config, apr_pool_t *pool)
{
    b2b_db_t *made = apr_pcalloc(pool, sizeof(*made));
    apr_status_t status;

    made->config = *config;
    made->config.params = apr_pstrdup(pool, config->params);
    made->pool = pool;
    made->driver = config->driver == B2B_DB_SQLITE ? &b2b_driver_sqlite : &b2b_driver_pgsql;
    status = apr_dbd_get_driver(pool, made->driver->name, &made->dbd);
    if (status != APR_SUCCESS) {
        b2b_error_t *err =
            b2b_error_create(pool, B2B_E_UNAVAILABLE, NULL,
                             "APR's database driver \"%s\" does not load; install the package "
                             "that has it (Debian: libaprutil1-dbd-%s).",
                             made->driver->name, made->driver->name);

        err->status = status;
        return err;
    }
    if (config->driver == B2B_DB_SQLITE) {
        B2B_ERR(b2b_writer_lock_create(&made->writer_lock, made->config.params, pool));
    }
    *db = made;
    return NULL;
}

b2b_error_t *b2b_db_create(b2b_db_t **db, const b2b_db_config_t *config, apr_pool_t *pool)
{
    b2b_db_t *made = NULL;
    apr_pool_t *own = NULL;
    /* Not with OWN: the drivers stay as long as the topmost pool above the one that is given here. */
    apr_status_t status = apr_dbd_init(pool);
    b2b_error_t *err = NULL;

    if (status == APR_SUCCESS) {
        status = apr_pool_create_unmanaged_ex(&own, NULL, NULL);
    }
    if (status == APR_SUCCESS) {
        err = db_create(&made, config, own);
    }
    if (status == APR_SUCCESS && !err) {
        apr_pool_tag(own, "b2b_db");
        status = apr_reslist_create(&made->connections, 0, 1, config->connections, IDLE_TIME,
                                    shell_construct, shell_destruct, made, own);
    }
    if (status != APR_SUCCESS) {
        err = b2b_error_create(pool, B2B_E_INTERNAL, NULL, "No pool of connections could be made.");
        err->status = status;
    }
    if (err) {
        return err;
    }
    apr_reslist_timeout_set(made->connections, config->wait > 0 ? config->wait : 1);
    apr_atomic_set32(&made->holders, 1);
    apr_pool_cleanup_register(pool, made, db_leave, apr_pool_cleanup_null);
    *db = made;
    return NULL;
}

void b2b_db_reset(b2b_db_t *db)
{
    apr_atomic_inc32(&db->age);
}

static void give_back(b2b_db_conn_t *conn)
{
    b2b_db_t *db = conn->db;

    apr_reslist_release(db->connections, conn);
    db_leave(db);
}

static apr_status_t conn_cleanup(void *baton)
{
    b2b_db_conn_t *conn = baton;

    conn->user = NULL;
    /* A transaction that is still open belongs to work that was left by a longjmp or forgot to end. */
    if (conn->fault >= B2B_FAULT_RETRY || conn->in_transaction || conn->in_view) {
        b2b_db_close(conn);
    }
    conn->in_transaction = conn->in_view = 0;
    give_back(conn);
    return APR_SUCCESS;
}

b2b_error_t *b2b_db_acquire(b2b_db_conn_t **conn, b2b_db_t *db, apr_pool_t *pool)
{
    void *resource = NULL;
    apr_status_t status = apr_reslist_acquire(db->connections, &resource);
    b2b_db_conn_t *got = resource;
    b2b_error_t *err;

    if (status != APR_SUCCESS) {
        err = b2b_error_create(pool, B2B_E_BUSY, NULL,
                               "The database is busy; try again in a few seconds.");
        err->status = status;
        return b2b_error_detail(err, pool, "all %d connections are in use", db->config.connections);
    }
    apr_atomic_inc32(&db->holders);
    got->fault = B2B_FAULT_NONE;
    err = shell_open(got, pool);
    if (err) {
        give_back(got);
        return err;
    }
    got->user = pool;
    apr_pool_cleanup_register(pool, got, conn_cleanup, apr_pool_cleanup_null);
    *conn = got;
    return NULL;
}

void b2b_db_release(b2b_db_conn_t *conn)
{
    apr_pool_cleanup_run(conn->user, conn, conn_cleanup);
}

static apr_status_t single_cleanup(void *baton)
{
    b2b_db_close(baton);
    return APR_SUCCESS;
}

b2b_error_t *b2b_db_open_single(b2b_db_conn_t **conn, const b2b_db_config_t *config,
                                apr_pool_t *pool)
{
    b2b_db_t *db = NULL;
    b2b_db_conn_t *made;
    b2b_error_t *err;

    apr_dbd_init(pool); /* it cannot fail but for memory, and db_create would tell */
    B2B_ERR(db_create(&db, config, pool));
    made = shell_create(db, pool);
    err = shell_open(made, pool);
    if (!err) {
        apr_pool_pre_cleanup_register(pool, made, single_cleanup);
        *conn = made;
    }
    return err;
}

b2b_db_driver_e b2b_db_driver(const b2b_db_conn_t *conn)
{
    return conn->db->config.driver;
}

/* Statements --------------------------------------------------------------------------------------------- */

static b2b_error_t *wrong_call(b2b_stmt_e stmt, const char *what, apr_pool_t *pool)
{
    return b2b_error_detail(b2b_error_create(pool, B2B_E_INTERNAL, NULL,
                                             "The program made a mistake."),
                            pool, "%s: %s", b2b_stmts[stmt].name, what);
}

/* Read the parameters of STMT, as FORMAT says they are, into VALUES. */
static b2b_error_t *bind_values(b2b_value_t *values, b2b_stmt_e stmt, const char *format,
                                va_list arguments, apr_pool_t *pool)
{
    const char *types = b2b_stmts[stmt].types;
    apr_size_t i;

    if (strlen(format) != strlen(types) || strlen(types) > B2B_PARAMETERS_MAX) {
        return wrong_call(stmt, "another number of parameters", pool);
    }
    for (i = 0; types[i]; i++) {
        b2b_value_t *value = &values[i];

        memset(value, 0, sizeof(*value));
        value->type = format[i] == 't' ? 'i' : format[i];
        if (value->type != types[i]) {
            return wrong_call(stmt,
                              apr_psprintf(pool, "parameter %d is of another type", (int)i + 1),
                              pool);
        }
        switch (format[i]) {
        case 's':
            value->text = va_arg(arguments, const char *);
            value->null = value->text == NULL;
            break;
        case 'b':
            value->number = va_arg(arguments, int) != 0;
            break;
        default:
            value->number = va_arg(arguments, apr_int64_t);
            value->null = format[i] == 't' && value->number == 0;
        }
    }
    return NULL;
}

/* Bind the parameters, and refuse what may not be run now. */
static b2b_error_t *prepare_run(b2b_value_t *values, b2b_db_conn_t *conn, b2b_stmt_e stmt,
                                apr_pool_t *pool, const char *format, va_list arguments)
{
    B2B_ERR(bind_values(values, stmt, format, arguments, pool));
    if (b2b_stmts[stmt].writes && !conn->in_transaction) {
        return wrong_call(stmt, "a change outside a transaction", pool);
    }
    if (!conn->handle || conn->fault >= B2B_FAULT_RETRY) {
        return wrong_call(stmt, "used after an error of the connection", pool);
    }
    /* PostgreSQL refuses whatever follows an error in a transaction; SQLite must not do better. */
    if (conn->fault == B2B_FAULT_ANSWER && conn->in_transaction) {
        return wrong_call(stmt, "used after an error in this transaction", pool);
    }
    atomic_fetch_add_explicit(&statement_count, 1, memory_order_relaxed);
    return NULL;
}

static b2b_error_t *run(b2b_db_rows_t **rows, apr_int64_t *affected, b2b_db_conn_t *conn,
                        b2b_stmt_e stmt, apr_pool_t *pool, const char *format, va_list arguments)
{
    b2b_value_t values[B2B_PARAMETERS_MAX];

    B2B_ERR(prepare_run(values, conn, stmt, pool, format, arguments));
    return conn->db->driver->run(rows, affected, conn, stmt, values, pool);
}

b2b_error_t *b2b_db_query(b2b_db_rows_t **rows, b2b_db_conn_t *conn, b2b_stmt_e stmt,
                          apr_pool_t *pool, const char *format, ...)
{
    va_list arguments;
    b2b_error_t *err;

    *rows = NULL;
    if (!b2b_stmts[stmt].rows) {
        return wrong_call(stmt, "it returns no rows", pool);
    }
    va_start(arguments, format);
    err = run(rows, NULL, conn, stmt, pool, format, arguments);
    va_end(arguments);
    if (err) {
        *rows = NULL;
    }
    return err;
}

b2b_error_t *b2b_db_execute(apr_int64_t *affected, b2b_db_conn_t *conn, b2b_stmt_e stmt,
                            apr_pool_t *pool, const char *format, ...)
{
    apr_int64_t count = 0;
    va_list arguments;
    b2b_error_t *err;

    if (b2b_stmts[stmt].rows) {
        return wrong_call(stmt, "it returns rows", pool);
    }
    va_start(arguments, format);
    err = run(NULL, &count, conn, stmt, pool, format, arguments);
    va_end(arguments);
    if (affected) {
        *affected = err ? 0 : count;
    }
    return err;
}

b2b_error_t *b2b_db_send(b2b_db_conn_t *conn, b2b_stmt_e stmt, apr_pool_t *pool, const char *format,
                         ...)
{
    b2b_value_t values[B2B_PARAMETERS_MAX];
    va_list arguments;
    b2b_error_t *err;

    if (b2b_stmts[stmt].rows || !b2b_stmts[stmt].writes) {
        return wrong_call(stmt, "its answer cannot wait", pool);
    }
    va_start(arguments, format);
    err = prepare_run(values, conn, stmt, pool, format, arguments);
    va_end(arguments);
    return err ? err : conn->db->driver->send(conn, stmt, values, pool);
}

apr_uint64_t b2b_db_statement_count(void)
{
    return atomic_load(&statement_count);
}
