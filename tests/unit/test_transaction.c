/* SPDX-License-Identifier: Apache-2.0 */
/* db/: transactions are all or nothing; views do not change. */
#include "unit.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <apr_strings.h>
#include <sqlite3.h>

#include "database.h"
#include "db/db_private.h"

#define SQLITE 0
#define PGSQL  1

/* A baton is not const, a name in a test is. */
#define NAME(text) ((void *)(text))

static b2b_error_t *insert_group(void *baton, b2b_db_conn_t *conn, apr_pool_t *pool)
{
    return b2b_db_execute(NULL, conn, STMT_HOST_GROUP_INSERT, pool, "sssii", baton, baton, baton,
                          (apr_int64_t)1, (apr_int64_t)2);
}

static const char *groups_in(const b2b_db_t *db)
{
    return unit_database_value(&db->config, "SELECT COUNT(*) FROM host_groups");
}

/* All or nothing ------------------------------------------------------------------------------------------ */

static b2b_error_t *insert_and_fail(void *baton, b2b_db_conn_t *conn, apr_pool_t *pool)
{
    B2B_ERR(insert_group(baton, conn, pool));
    b2b_db_touch(conn, "directory");
    return b2b_error_create(pool, B2B_E_STALE, NULL, "Not now.");
}

START_TEST(failed_work_leaves_nothing)
{
    b2b_db_t *db = unit_database(_i);
    b2b_db_conn_t *conn = NULL;
    void *native;

    unit_ok(b2b_db_acquire(&conn, db, test_pool));
    native = conn->native;
    unit_error(b2b_db_transaction(conn, insert_and_fail, NAME("g"), test_pool), B2B_E_STALE);
    ck_assert_str_eq(groups_in(db), "0");
    ck_assert_str_eq(unit_database_value(&db->config, "SELECT MAX(value) FROM generations"), "0");
    unit_ok(b2b_db_transaction(conn, insert_group, NAME("g"), test_pool));
    ck_assert_ptr_eq(conn->native, native); /* an answer of the work's own costs no connection */
    ck_assert_str_eq(groups_in(db), "1");
}
END_TEST

/* F8: PostgreSQL rolls back and reports success; SQLite would commit what came before. */
static b2b_error_t *insert_and_hide_an_error(void *baton, b2b_db_conn_t *conn, apr_pool_t *pool)
{
    B2B_ERR(insert_group(NAME("first"), conn, pool));
    unit_error(insert_group(NAME("first"), conn, pool), B2B_E_CONFLICT);
    if (baton) {
        ck_assert_ptr_nonnull(insert_group(NAME("second"), conn, pool)); /* no going on */
    }
    return NULL;
}

START_TEST(hidden_error_is_no_success)
{
    b2b_db_t *db = unit_database(_i);
    b2b_db_conn_t *conn = NULL;

    unit_ok(b2b_db_acquire(&conn, db, test_pool));
    unit_error(b2b_db_transaction(conn, insert_and_hide_an_error, NULL, test_pool), B2B_E_INTERNAL);
    unit_error(b2b_db_transaction(conn, insert_and_hide_an_error, NAME("go on"), test_pool),
               B2B_E_INTERNAL);
    ck_assert_str_eq(groups_in(db), "0");
}
END_TEST

/* What was sent and not asked about: its error comes with the next statement or COMMIT, and undoes all. */
static b2b_error_t *send_group(void *baton, b2b_db_conn_t *conn, apr_pool_t *pool)
{
    return b2b_db_send(conn, STMT_HOST_GROUP_INSERT, pool, "sssii", baton, baton, baton,
                       (apr_int64_t)1, (apr_int64_t)2);
}

static b2b_error_t *send_twice(void *baton, b2b_db_conn_t *conn, apr_pool_t *pool)
{
    B2B_ERR(send_group(NAME("first"), conn, pool));
    B2B_ERR(send_group(NAME("second"), conn, pool));
    B2B_ERR(send_group(baton, conn, pool));
    return send_group(NAME("third"), conn, pool);
}

static b2b_error_t *send_and_ask(void *baton, b2b_db_conn_t *conn, apr_pool_t *pool)
{
    b2b_db_rows_t *rows = NULL;

    B2B_ERR(send_twice(baton, conn, pool));
    B2B_ERR(b2b_db_query(&rows, conn, STMT_SETTINGS_SELECT, pool, ""));
    ck_abort_msg("the error was passed over");
    return NULL;
}

static b2b_error_t *send_and_refuse(void *baton, b2b_db_conn_t *conn, apr_pool_t *pool)
{
    B2B_ERR(send_group(baton, conn, pool));
    return b2b_error_create(pool, B2B_E_STALE, NULL, "Not now.");
}

static b2b_error_t *send_many(void *baton, b2b_db_conn_t *conn, apr_pool_t *pool)
{
    int i;

    for (i = 0; i < *(int *)baton; i++) {
        B2B_ERR(send_group(apr_psprintf(pool, "g%d", i), conn, pool));
    }
    return NULL;
}

START_TEST(error_of_what_was_sent_undoes_all)
{
    b2b_db_t *db = unit_database(_i);
    b2b_db_conn_t *conn = NULL;
    void *native;
    int many = 200;

    unit_ok(b2b_db_acquire(&conn, db, test_pool));
    native = conn->native;
    unit_error(b2b_db_transaction(conn, send_twice, NAME("first"), test_pool), B2B_E_CONFLICT);
    unit_error(b2b_db_transaction(conn, send_and_ask, NAME("first"), test_pool), B2B_E_CONFLICT);
    unit_error(b2b_db_transaction(conn, send_and_refuse, NAME("g"), test_pool), B2B_E_STALE);
    ck_assert_str_eq(groups_in(db), "0");
    ck_assert_ptr_eq(conn->native, native);
    unit_ok(b2b_db_transaction(conn, send_twice, NAME("g"), test_pool));
    ck_assert_str_eq(groups_in(db), "4");
    unit_ok(b2b_db_transaction(conn, send_many, &many, test_pool));
    ck_assert_str_eq(groups_in(db), "204");
    unit_error(b2b_db_transaction(conn, send_many, &many, test_pool), B2B_E_CONFLICT);
    ck_assert_str_eq(groups_in(db), "204");
}
END_TEST

START_TEST(what_is_asked_is_not_sent)
{
    b2b_db_conn_t *conn = NULL;

    unit_ok(b2b_db_acquire(&conn, unit_database(_i), test_pool));
    unit_error(b2b_db_send(conn, STMT_SETTINGS_SELECT, test_pool, ""), B2B_E_INTERNAL);
    unit_error(send_group(NAME("g"), conn, test_pool),
               B2B_E_INTERNAL); /* and only in a transaction */
}
END_TEST

static b2b_error_t *never_called(void *baton, b2b_db_conn_t *conn, apr_pool_t *pool)
{
    (void)conn;
    (void)pool;
    *(int *)baton = 1;
    return NULL;
}

/* F7: a BEGIN that failed looked like a transaction, and what followed was committed one by one. */
START_TEST(failed_begin_begins_nothing)
{
    b2b_db_t *db = unit_database(SQLITE);
    b2b_db_conn_t *conn = NULL;
    sqlite3 *other = NULL;
    int called = 0;

    unit_ok(b2b_db_acquire(&conn, db, test_pool));
    ck_assert_int_eq(sqlite3_open(db->config.params, &other), SQLITE_OK);
    ck_assert_int_eq(sqlite3_exec(other, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
    unit_error(b2b_db_transaction(conn, never_called, &called, test_pool), B2B_E_BUSY);
    ck_assert(!called);
    ck_assert_ptr_nonnull(insert_group(NAME("g"), conn, test_pool));
    ck_assert_int_eq(sqlite3_exec(other, "ROLLBACK", NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(other);
    b2b_db_release(conn);
    unit_ok(b2b_db_acquire(&conn, db, test_pool));
    unit_ok(b2b_db_transaction(conn, insert_group, NAME("h"), test_pool));
    ck_assert_str_eq(groups_in(db), "1");
}
END_TEST

static b2b_error_t *nest(void *baton, b2b_db_conn_t *conn, apr_pool_t *pool)
{
    unit_error(b2b_db_transaction(conn, insert_group, baton, pool), B2B_E_INTERNAL);
    unit_error(b2b_db_view(conn, insert_group, baton, pool), B2B_E_INTERNAL);
    return NULL;
}

START_TEST(transactions_do_not_nest)
{
    b2b_db_conn_t *conn = NULL;

    unit_ok(b2b_db_acquire(&conn, unit_database(_i), test_pool));
    unit_ok(b2b_db_transaction(conn, nest, NAME("g"), test_pool));
    unit_ok(b2b_db_view(conn, nest, NAME("g"), test_pool));
}
END_TEST

/* Dangling transactions: the pool goes while work was left behind. */
START_TEST(abandoned_transaction_is_rolled_back)
{
    b2b_db_t *db = unit_database(_i);
    b2b_db_conn_t *conn = NULL;
    apr_pool_t *pool;

    apr_pool_create(&pool, test_pool);
    unit_ok(b2b_db_acquire(&conn, db, pool));
    unit_ok(db->driver->begin(conn, pool));
    conn->in_transaction = 1;
    unit_ok(insert_group(NAME("g"), conn, pool));
    apr_pool_destroy(pool);
    unit_ok(b2b_db_acquire(&conn, db, test_pool));
    ck_assert(!conn->in_transaction);
    ck_assert_str_eq(groups_in(db), "0");
    unit_ok(b2b_db_transaction(conn, insert_group, NAME("g"), test_pool));
}
END_TEST

typedef struct {
    int attempts, failures;
    const char *state;
} retry_t;

static b2b_error_t *lose(void *baton, b2b_db_conn_t *conn, apr_pool_t *pool)
{
    retry_t *retry = baton;

    B2B_ERR(insert_group(apr_psprintf(pool, "g%d", ++retry->attempts), conn, pool));
    if (retry->attempts <= retry->failures) {
        return conn->db->driver->text(
            NULL, conn,
            apr_psprintf(pool, "DO $$ BEGIN RAISE EXCEPTION SQLSTATE '%s'; END $$", retry->state),
            pool);
    }
    return NULL;
}

START_TEST(lost_transaction_is_run_again)
{
    b2b_db_t *db = unit_database(PGSQL);
    b2b_db_conn_t *conn = NULL;
    retry_t retry = {0, 3, "40001"};

    unit_ok(b2b_db_acquire(&conn, db, test_pool));
    unit_ok(b2b_db_transaction(conn, lose, &retry, test_pool));
    ck_assert_int_eq(retry.attempts, 4);
    ck_assert_str_eq(unit_database_value(&db->config, "SELECT name FROM host_groups"),
                     "g4"); /* and only that */
    retry.attempts = 100;
    retry.failures = 1000;
    retry.state = "40P01";
    unit_error(b2b_db_transaction(conn, lose, &retry, test_pool), B2B_E_BUSY);
    ck_assert_int_eq(retry.attempts, 104);
    ck_assert_str_eq(groups_in(db), "1");
    b2b_db_release(conn);
    unit_ok(b2b_db_acquire(&conn, db, test_pool));
    retry.attempts = 200;
    retry.state = "57014"; /* a statement's time was over: the next one would take as long */
    unit_error(b2b_db_transaction(conn, lose, &retry, test_pool), B2B_E_BUSY);
    ck_assert_int_eq(retry.attempts, 201);
}
END_TEST

static b2b_error_t *die_in_work(void *baton, b2b_db_conn_t *conn, apr_pool_t *pool)
{
    B2B_ERR(insert_group(baton, conn, pool));
    b2b_db_touch(conn, "directory");
    kill(getpid(), SIGKILL);
    return NULL;
}

/* kill -9 while writing, holding the lock: nothing half done, and the next writer does not wait. */
START_TEST(killed_writer_leaves_nothing)
{
    b2b_db_config_t config = unit_database_config(_i);
    b2b_db_conn_t *conn = NULL;
    b2b_db_t *db = NULL;
    int status = 0;
    pid_t child = fork();

    if (child == 0) {
        if (!b2b_db_create(&db, &config, test_pool) && !b2b_db_acquire(&conn, db, test_pool)) {
            (void)b2b_db_transaction(conn, die_in_work, NAME("g"), test_pool);
        }
        _exit(1);
    }
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert(WIFSIGNALED(status));
    unit_ok(b2b_db_create(&db, &config, test_pool));
    unit_ok(b2b_db_acquire(&conn, db, test_pool));
    unit_ok(b2b_db_transaction(conn, insert_group, NAME("h"), test_pool)); /* nothing is held */
    ck_assert_str_eq(unit_database_value(&config, "SELECT name FROM host_groups"), "h");
    ck_assert_str_eq(unit_database_value(&config, "SELECT MAX(value) FROM generations"), "0");
}
END_TEST

/* Views ---------------------------------------------------------------------------------------------------- */

static b2b_error_t *read_twice(void *baton, b2b_db_conn_t *conn, apr_pool_t *pool)
{
    b2b_db_config_t *config = baton;
    b2b_db_conn_t *other = NULL;
    b2b_db_rows_t *rows = NULL;
    b2b_error_t *err;
    const char *before;

    B2B_ERR(b2b_db_query(&rows, conn, STMT_SETTINGS_SELECT, pool, ""));
    ck_assert(b2b_db_next(rows));
    before = b2b_db_text(rows, 0);
    unit_ok(b2b_db_open_single(&other, config, pool));
    err = other->db->driver->text(NULL, other, "UPDATE settings SET organisation_name = 'changed'",
                                  pool);
    ck_assert(config->driver == B2B_DB_SQLITE ||
              !err); /* SQLite may make the writer wait, PostgreSQL never */
    B2B_ERR(b2b_db_query(&rows, conn, STMT_SETTINGS_SELECT, pool, ""));
    ck_assert(b2b_db_next(rows));
    ck_assert_str_eq(b2b_db_text(rows, 0), before);
    return NULL;
}

START_TEST(view_does_not_change)
{
    b2b_db_config_t config = unit_database_config(_i);
    b2b_db_conn_t *conn = NULL;
    b2b_db_t *db = NULL;

    unit_ok(b2b_db_create(&db, &config, test_pool));
    unit_ok(b2b_db_acquire(&conn, db, test_pool));
    unit_ok(b2b_db_view(conn, read_twice, &config, test_pool));
    unit_ok(b2b_db_transaction(conn, insert_group, NAME("g"), test_pool)); /* it has ended */
    unit_error(b2b_db_view(conn, insert_group, NAME("h"), test_pool),
               B2B_E_INTERNAL); /* it only reads */
    ck_assert_str_eq(groups_in(db), "1");
}
END_TEST

Suite *unit_suite(void)
{
    Suite *suite = suite_create("transaction");
    TCase *tc = unit_case(suite, "transaction");

    unit_database_start();
    tcase_add_loop_test(tc, failed_work_leaves_nothing, 0, UNIT_DRIVERS);
    tcase_add_loop_test(tc, error_of_what_was_sent_undoes_all, 0, UNIT_DRIVERS);
    tcase_add_loop_test(tc, what_is_asked_is_not_sent, 0, UNIT_DRIVERS);
    tcase_add_loop_test(tc, hidden_error_is_no_success, 0, UNIT_DRIVERS);
    tcase_add_test(tc, failed_begin_begins_nothing);
    tcase_add_loop_test(tc, transactions_do_not_nest, 0, UNIT_DRIVERS);
    tcase_add_loop_test(tc, abandoned_transaction_is_rolled_back, 0, UNIT_DRIVERS);
    tcase_add_test(tc, lost_transaction_is_run_again);
    tcase_add_loop_test(tc, killed_writer_leaves_nothing, 0, UNIT_DRIVERS);
    tcase_add_loop_test(tc, view_does_not_change, 0, UNIT_DRIVERS);
    return suite;
}
