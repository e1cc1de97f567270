/* SPDX-License-Identifier: Apache-2.0 */
/* db/: transactions, the writer's lock, generations. */
#include "unit.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <apr_strings.h>
#include <apr_thread_proc.h>
#include <sqlite3.h>

#include "database.h"
#include "db/db_private.h"

#define SQLITE 0
#define PGSQL 1

/* A baton is not const, a name in a test is. */
#define NAME(text) ((void *)(text))

static b2b_error_t *insert_group(void *baton, b2b_db_conn_t *conn, apr_pool_t *pool)
{
    return b2b_db_execute(NULL, conn, STMT_HOST_GROUP_INSERT, pool, "sssii", baton, baton, baton, (apr_int64_t)1,
                          (apr_int64_t)2);
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
    unit_error(b2b_db_transaction(conn, insert_and_hide_an_error, NAME("go on"), test_pool), B2B_E_INTERNAL);
    ck_assert_str_eq(groups_in(db), "0");
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
        return conn->db->driver->text(NULL, conn,
                                      apr_psprintf(pool, "DO $$ BEGIN RAISE EXCEPTION SQLSTATE '%s'; END $$",
                                                   retry->state), pool);
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
    ck_assert_str_eq(unit_database_value(&db->config, "SELECT name FROM host_groups"), "g4"); /* and only that */
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
    apr_time_t start;
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
    start = apr_time_now();
    unit_ok(b2b_db_transaction(conn, insert_group, NAME("h"), test_pool));
    ck_assert_int_lt(apr_time_now() - start, apr_time_from_msec(500));
    ck_assert_str_eq(unit_database_value(&config, "SELECT name FROM host_groups"), "h");
    ck_assert_str_eq(unit_database_value(&config, "SELECT MAX(value) FROM generations"), "0");
}
END_TEST

/* The writer's lock ---------------------------------------------------------------------------------------- */

START_TEST(writer_waits_a_bounded_time_for_another_process)
{
    b2b_db_t *db = unit_database(SQLITE);
    b2b_writer_lock_t *lock = NULL;
    b2b_db_conn_t *conn = NULL;
    apr_time_t start;
    int ready[2], status;
    char byte;
    pid_t child;

    unit_ok(b2b_db_acquire(&conn, db, test_pool));
    ck_assert_int_eq(pipe(ready), 0);
    child = fork();
    if (child == 0) {
        if (!b2b_writer_lock_create(&lock, db->config.params, test_pool)
            && !b2b_writer_lock_take(lock, apr_time_from_sec(1), test_pool) && write(ready[1], "x", 1) == 1) {
            pause();
        }
        _exit(1);
    }
    ck_assert_int_eq(read(ready[0], &byte, 1), 1);
    start = apr_time_now();
    unit_error(b2b_db_transaction(conn, insert_group, NAME("g"), test_pool), B2B_E_BUSY);
    ck_assert_int_ge(apr_time_now() - start, apr_time_from_msec(900));
    ck_assert_int_lt(apr_time_now() - start, apr_time_from_msec(2000));
    kill(child, SIGKILL);
    waitpid(child, &status, 0);
    start = apr_time_now();
    unit_ok(b2b_db_transaction(conn, insert_group, NAME("g"), test_pool));
    ck_assert_int_lt(apr_time_now() - start, apr_time_from_msec(300));
}
END_TEST

/* POSIX locks (fcntl F_SETLK) belong to the process: two threads would both have them, and any close of the
 * file by anybody in the process would drop them. */
START_TEST(lock_is_not_the_process_s)
{
    b2b_db_config_t config = unit_database_config(SQLITE);
    b2b_writer_lock_t *first = NULL, *second = NULL;
    int file;

    unit_ok(b2b_writer_lock_create(&first, config.params, test_pool));
    unit_ok(b2b_writer_lock_create(&second, config.params, test_pool));
    unit_ok(b2b_writer_lock_take(first, 0, test_pool));
    unit_error(b2b_writer_lock_take(second, apr_time_from_msec(20), test_pool), B2B_E_BUSY);
    file = open(apr_pstrcat(test_pool, config.params, "-lock", NULL), O_RDWR);
    close(file);
    unit_error(b2b_writer_lock_take(second, apr_time_from_msec(20), test_pool), B2B_E_BUSY);
    b2b_writer_lock_give(first);
    unit_ok(b2b_writer_lock_take(second, 0, test_pool));
    unit_error(b2b_writer_lock_take(second, apr_time_from_msec(20), test_pool), B2B_E_BUSY); /* within it, too */
    b2b_writer_lock_give(second);
}
END_TEST

/* A fork on its way to exec keeps a copy of the descriptor; giving back must free the lock all the same. */
START_TEST(fork_does_not_keep_the_lock)
{
    b2b_db_config_t config = unit_database_config(SQLITE);
    b2b_writer_lock_t *lock = NULL, *other = NULL;
    pid_t child;

    unit_ok(b2b_writer_lock_create(&lock, config.params, test_pool));
    unit_ok(b2b_writer_lock_create(&other, config.params, test_pool));
    unit_ok(b2b_writer_lock_take(lock, 0, test_pool));
    child = fork();
    if (child == 0) {
        pause();
        _exit(0);
    }
    b2b_writer_lock_give(lock);
    unit_ok(b2b_writer_lock_take(other, apr_time_from_msec(20), test_pool));
    b2b_writer_lock_give(other);
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
}
END_TEST

static b2b_error_t *touch_some(void *baton, b2b_db_conn_t *conn, apr_pool_t *pool)
{
    int i, up = *(int *)baton;

    (void)pool;
    for (i = 0; i < 6; i++) {
        b2b_db_touch(conn, apr_psprintf(test_pool, "key:%d", up ? i : 5 - i));
    }
    return NULL;
}

#define WRITERS 4
#define WRITES 40

typedef struct {
    b2b_db_t *db;
    int up, failed, tries;
    apr_pool_t *pool;
} writer_t;

static b2b_error_t *touch_counted(void *baton, b2b_db_conn_t *conn, apr_pool_t *pool)
{
    writer_t *writer = baton;
    int i;

    writer->tries++;
    for (i = 0; i < 6; i++) {
        b2b_db_touch(conn, apr_psprintf(pool, "key:%d", writer->up ? i : 5 - i));
    }
    return NULL;
}

static void *APR_THREAD_FUNC write_many(apr_thread_t *thread, void *baton)
{
    writer_t *writer = baton;
    int i;

    for (i = 0; i < WRITES; i++) {
        b2b_db_conn_t *conn = NULL;
        b2b_error_t *err;

        apr_pool_clear(writer->pool);
        writer->up = !writer->up;
        err = b2b_db_acquire(&conn, writer->db, writer->pool);
        if (!err) {
            err = b2b_db_transaction(conn, touch_counted, writer, writer->pool);
        }
        if (err) {
            writer->failed++;
            fprintf(stderr, "# %s\n", b2b_error_text(err, writer->pool));
        }
    }
    apr_pool_clear(writer->pool);
    apr_thread_exit(thread, APR_SUCCESS);
    return NULL;
}

/* Threads that touch the same keys in opposite orders: no bump is lost, none waits crosswise (deadlock). */
START_TEST(bumps_are_sorted_and_none_is_lost)
{
    b2b_db_config_t config = unit_database_config(_i);
    writer_t writers[WRITERS];
    apr_thread_t *threads[WRITERS];
    apr_status_t status;
    b2b_db_t *db = NULL;
    int i;

    config.wait = apr_time_from_sec(20);
    unit_ok(b2b_db_create(&db, &config, test_pool));
    for (i = 0; i < WRITERS; i++) {
        memset(&writers[i], 0, sizeof(writers[i]));
        writers[i].db = db;
        writers[i].up = i % 2;
        apr_pool_create_unmanaged_ex(&writers[i].pool, NULL, NULL);
        ck_assert_int_eq(apr_thread_create(&threads[i], NULL, write_many, &writers[i], test_pool), APR_SUCCESS);
    }
    for (i = 0; i < WRITERS; i++) {
        apr_thread_join(&status, threads[i]);
        ck_assert_int_eq(writers[i].failed, 0);
        ck_assert_int_eq(writers[i].tries, WRITES); /* nobody lost and tried again */
    }
    for (i = 0; i < 6; i++) {
        ck_assert_str_eq(unit_database_value(&config, apr_psprintf(test_pool, "SELECT value FROM generations "
                                             "WHERE slot = %d", b2b_db_slot(apr_psprintf(test_pool, "key:%d", i)))),
                         apr_psprintf(test_pool, "%d", WRITERS * WRITES));
    }
}
END_TEST

/* Several processes, as httpd's children and b2bportalctl are: nobody is refused, nothing is lost. */
START_TEST(processes_write_one_after_the_other)
{
    b2b_db_config_t config = unit_database_config(_i);
    int i, status, up = 1;

    config.wait = apr_time_from_sec(20);
    for (i = 0; i < 3; i++) {
        if (fork() == 0) {
            b2b_db_t *db = NULL;
            int left = 60, failed = b2b_db_create(&db, &config, test_pool) != NULL;

            while (!failed && left-- > 0) {
                b2b_db_conn_t *conn = NULL;
                apr_pool_t *pool;

                apr_pool_create(&pool, test_pool);
                failed = b2b_db_acquire(&conn, db, pool) || b2b_db_transaction(conn, touch_some, &up, pool);
                apr_pool_destroy(pool);
            }
            _exit(failed);
        }
    }
    for (i = 0; i < 3; i++) {
        ck_assert_int_gt(wait(&status), 0);
        ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    }
    ck_assert_str_eq(unit_database_value(&config, apr_psprintf(test_pool, "SELECT value FROM generations "
                                         "WHERE slot = %d", b2b_db_slot("key:0"))), "180");
}
END_TEST

/* Commits one after the other, with no room between them: readers, new connections and writers of other
 * processes get their turn all the same. */
START_TEST(busy_writer_keeps_nobody_out)
{
    b2b_db_config_t config = unit_database_config(SQLITE);
    b2b_writer_lock_t *lock = NULL;
    b2b_db_conn_t *conn = NULL;
    b2b_db_rows_t *rows = NULL;
    sqlite3 *other = NULL;
    b2b_db_t *db = NULL;
    int ready[2], i;
    char byte;
    pid_t child;

    ck_assert_int_eq(pipe(ready), 0);
    child = fork();
    if (child == 0) {
        int known = 0;

        sqlite3_open(config.params, &other);
        while (!b2b_writer_lock_create(&lock, config.params, test_pool)) {
            for (;;) {
                if (b2b_writer_lock_take(lock, apr_time_from_sec(9), test_pool)
                    || sqlite3_exec(other, "BEGIN EXCLUSIVE", NULL, NULL, NULL) != SQLITE_OK
                    || (!known++ && write(ready[1], "x", 1) != 1)) {
                    _exit(1);
                }
                usleep(100000);
                sqlite3_exec(other, "COMMIT", NULL, NULL, NULL);
                b2b_writer_lock_give(lock);
            }
        }
        _exit(1);
    }
    ck_assert_int_eq(read(ready[0], &byte, 1), 1);
    config.wait = apr_time_from_sec(3);
    unit_ok(b2b_db_create(&db, &config, test_pool));
    for (i = 0; i < 3; i++) {
        unit_ok(b2b_db_acquire(&conn, db, test_pool));
        unit_ok(b2b_db_query(&rows, conn, STMT_SETTINGS_SELECT, test_pool, ""));
        unit_ok(b2b_db_transaction(conn, insert_group, apr_psprintf(test_pool, "g%d", i), test_pool));
        b2b_db_release(conn);
        b2b_db_reset(db);
    }
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
}
END_TEST

/* A reader that stays longer than busy_timeout does not make a commit fail while there is time. */
START_TEST(commit_waits_for_readers)
{
    b2b_db_config_t config = unit_database_config(SQLITE);
    b2b_db_conn_t *conn = NULL;
    b2b_db_t *db = NULL;
    sqlite3 *other = NULL;
    pid_t child;
    int ready[2];
    char byte;

    config.wait = apr_time_from_sec(3);
    ck_assert_int_eq(pipe(ready), 0);
    child = fork();
    if (child == 0) {
        sqlite3_open(config.params, &other);
        sqlite3_exec(other, "BEGIN; SELECT * FROM settings", NULL, NULL, NULL);
        if (write(ready[1], "x", 1) == 1) {
            usleep(700000);
        }
        _exit(0);
    }
    ck_assert_int_eq(read(ready[0], &byte, 1), 1);
    unit_ok(b2b_db_create(&db, &config, test_pool));
    unit_ok(b2b_db_acquire(&conn, db, test_pool));
    unit_ok(b2b_db_transaction(conn, insert_group, NAME("g"), test_pool));
    waitpid(child, NULL, 0);
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
    err = other->db->driver->text(NULL, other, "UPDATE settings SET organisation_name = 'changed'", pool);
    ck_assert(config->driver == B2B_DB_SQLITE || !err); /* SQLite may make the writer wait, PostgreSQL never */
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
    unit_error(b2b_db_view(conn, insert_group, NAME("h"), test_pool), B2B_E_INTERNAL); /* it only reads */
    ck_assert_str_eq(groups_in(db), "1");
}
END_TEST

/* Generations ---------------------------------------------------------------------------------------------- */

static int told, told_slots[B2B_DB_SLOTS], told_count;

static void on_commit(void *baton, const int *slots, int count)
{
    ck_assert_ptr_eq(baton, &told);
    told++;
    told_count = count;
    memcpy(told_slots, slots, sizeof(int) * (apr_size_t)count);
}

static b2b_error_t *no_touch(void *baton, b2b_db_conn_t *conn, apr_pool_t *pool)
{
    return insert_group(baton, conn, pool);
}

START_TEST(commits_are_told)
{
    b2b_db_config_t config = unit_database_config(_i);
    b2b_db_conn_t *conn = NULL;
    b2b_db_t *db = NULL;
    int i, up = 0;

    config.on_commit = on_commit;
    config.baton = &told;
    unit_ok(b2b_db_create(&db, &config, test_pool));
    unit_ok(b2b_db_acquire(&conn, db, test_pool));
    unit_ok(b2b_db_transaction(conn, touch_some, &up, test_pool));
    ck_assert_int_eq(told, 1);
    ck_assert_int_eq(told_count, 6);
    for (i = 0; i < 6; i++) {
        ck_assert(i == 0 || told_slots[i - 1] < told_slots[i]);
        ck_assert_str_eq(unit_database_value(&config, apr_psprintf(test_pool, "SELECT value FROM generations "
                                             "WHERE slot = %d", told_slots[i])), "1");
    }
    unit_error(b2b_db_transaction(conn, insert_and_fail, NAME("g"), test_pool), B2B_E_STALE);
    unit_ok(b2b_db_transaction(conn, no_touch, NAME("h"), test_pool)); /* what the failed work touched is forgotten */
    ck_assert_int_eq(told, 1);
}
END_TEST

static b2b_error_t *touch_key(void *baton, b2b_db_conn_t *conn, apr_pool_t *pool)
{
    (void)pool;
    b2b_db_touch(conn, baton);
    b2b_db_touch(conn, baton);
    return NULL;
}

/* As b2bportalctl does: another process commits, and the poll sees it. */
static void commit_elsewhere(const b2b_db_config_t *config, const char *key)
{
    int status;
    pid_t child = fork();

    if (child == 0) {
        b2b_db_conn_t *conn = NULL;
        b2b_db_t *db = NULL;

        _exit(b2b_db_create(&db, config, test_pool) || b2b_db_acquire(&conn, db, test_pool)
              || b2b_db_transaction(conn, touch_key, (void *)key, test_pool));
    }
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

START_TEST(poll_sees_commits_of_others)
{
    b2b_db_config_t config = unit_database_config(_i);
    apr_int64_t values[B2B_DB_SLOTS];
    b2b_db_conn_t *poll = NULL, *writer = NULL;
    b2b_db_t *db = NULL;
    int changed = 0, slot = b2b_db_slot("portal:1");

    unit_ok(b2b_db_create(&db, &config, test_pool));
    unit_ok(b2b_db_acquire(&poll, db, test_pool));
    unit_ok(b2b_db_generations(&changed, values, poll, test_pool));
    ck_assert(changed); /* the first time */
    ck_assert_int_eq(values[slot], 0);
    unit_ok(b2b_db_generations(&changed, values, poll, test_pool));
    ck_assert_int_eq(changed, _i == PGSQL);
    commit_elsewhere(&config, "portal:1");
    unit_ok(b2b_db_generations(&changed, values, poll, test_pool));
    ck_assert(changed);
    ck_assert_int_eq(values[slot], 1); /* touched twice, bumped once */
    unit_ok(b2b_db_acquire(&writer, db, test_pool)); /* and those of another connection of this process */
    unit_ok(b2b_db_transaction(writer, touch_key, NAME("portal:1"), test_pool));
    unit_ok(b2b_db_generations(&changed, values, poll, test_pool));
    ck_assert(changed);
    ck_assert_int_eq(values[slot], 2);
    b2b_db_release(poll);
    b2b_db_reset(db);
    unit_ok(b2b_db_acquire(&poll, db, test_pool)); /* a new connection has seen nothing */
    unit_ok(b2b_db_generations(&changed, values, poll, test_pool));
    ck_assert(changed);
    ck_assert_int_eq(values[slot], 2);
}
END_TEST

/* A failed read of the values must not count as having seen them. */
START_TEST(failed_poll_has_seen_nothing)
{
    b2b_db_config_t config = unit_database_config(SQLITE);
    apr_int64_t values[B2B_DB_SLOTS];
    b2b_db_conn_t *poll = NULL;
    b2b_db_t *db = NULL;
    int changed = 0;

    unit_ok(b2b_db_create(&db, &config, test_pool));
    unit_ok(b2b_db_acquire(&poll, db, test_pool));
    unit_ok(b2b_db_generations(&changed, values, poll, test_pool));
    unit_database_sql(&config, "ALTER TABLE generations RENAME TO gone");
    ck_assert_ptr_nonnull(b2b_db_generations(&changed, values, poll, test_pool));
    unit_database_sql(&config, "ALTER TABLE gone RENAME TO generations");
    b2b_db_release(poll);
    unit_ok(b2b_db_acquire(&poll, db, test_pool));
    unit_ok(b2b_db_generations(&changed, values, poll, test_pool));
    ck_assert(changed);
}
END_TEST

START_TEST(missing_generation_is_an_error)
{
    b2b_db_config_t config = unit_database_config(_i);
    apr_int64_t values[B2B_DB_SLOTS];
    b2b_db_conn_t *conn = NULL;
    b2b_db_t *db = NULL;
    int changed = 0;

    unit_database_sql(&config, apr_psprintf(test_pool, "DELETE FROM generations WHERE slot = %d",
                                            b2b_db_slot("portal:1")));
    unit_ok(b2b_db_create(&db, &config, test_pool));
    unit_ok(b2b_db_acquire(&conn, db, test_pool));
    unit_error(b2b_db_transaction(conn, touch_key, NAME("portal:1"), test_pool), B2B_E_INTERNAL);
    b2b_db_release(conn);
    unit_ok(b2b_db_acquire(&conn, db, test_pool));
    unit_error(b2b_db_generations(&changed, values, conn, test_pool), B2B_E_INTERNAL);
}
END_TEST

/* COMMIT was sent and its answer lost: it may have been carried out, so whoever decides must read again. */
static b2b_error_t *touch_and_insert(void *baton, b2b_db_conn_t *conn, apr_pool_t *pool)
{
    (void)baton;
    b2b_db_touch(conn, "directory");
    return insert_group(NAME("g"), conn, pool);
}

static int paused;

static b2b_error_t *slow_commit(b2b_db_conn_t *conn, apr_pool_t *pool)
{
    b2b_error_t *err;

    unit_database_cluster("pause");
    paused = 1;
    b2b_pgsql_statement_wait = apr_time_from_msec(500);
    err = b2b_driver_pgsql.commit(conn, pool);
    unit_database_cluster("resume");
    return err;
}

START_TEST(lost_answer_to_commit_is_told)
{
    b2b_db_config_t config = unit_database_config(PGSQL);
    b2b_driver_t driver = b2b_driver_pgsql;
    b2b_db_conn_t *conn = NULL;
    b2b_db_t *db = NULL;

    config.on_commit = on_commit;
    config.baton = &told;
    driver.commit = slow_commit;
    unit_ok(b2b_db_create(&db, &config, test_pool));
    unit_ok(b2b_db_acquire(&conn, db, test_pool));
    db->driver = &driver;
    unit_error(b2b_db_transaction(conn, touch_and_insert, NULL, test_pool), B2B_E_UNAVAILABLE);
    ck_assert(paused);
    ck_assert_int_eq(told, 1);
    ck_assert_int_eq(told_slots[0], b2b_db_slot("directory"));
}
END_TEST

Suite *unit_suite(void)
{
    Suite *suite = suite_create("transaction");
    TCase *tc = unit_case(suite, "transaction");

    unit_database_start();
    tcase_add_loop_test(tc, failed_work_leaves_nothing, 0, UNIT_DRIVERS);
    tcase_add_loop_test(tc, hidden_error_is_no_success, 0, UNIT_DRIVERS);
    tcase_add_test(tc, failed_begin_begins_nothing);
    tcase_add_loop_test(tc, transactions_do_not_nest, 0, UNIT_DRIVERS);
    tcase_add_loop_test(tc, abandoned_transaction_is_rolled_back, 0, UNIT_DRIVERS);
    tcase_add_test(tc, lost_transaction_is_run_again);
    tcase_add_loop_test(tc, killed_writer_leaves_nothing, 0, UNIT_DRIVERS);
    tcase_add_test(tc, writer_waits_a_bounded_time_for_another_process);
    tcase_add_test(tc, lock_is_not_the_process_s);
    tcase_add_test(tc, fork_does_not_keep_the_lock);
    tcase_add_loop_test(tc, bumps_are_sorted_and_none_is_lost, 0, UNIT_DRIVERS);
    tcase_add_loop_test(tc, processes_write_one_after_the_other, 0, UNIT_DRIVERS);
    tcase_add_test(tc, busy_writer_keeps_nobody_out);
    tcase_add_test(tc, commit_waits_for_readers);
    tcase_add_loop_test(tc, view_does_not_change, 0, UNIT_DRIVERS);
    tcase_add_loop_test(tc, commits_are_told, 0, UNIT_DRIVERS);
    tcase_add_loop_test(tc, poll_sees_commits_of_others, 0, UNIT_DRIVERS);
    tcase_add_test(tc, failed_poll_has_seen_nothing);
    tcase_add_loop_test(tc, missing_generation_is_an_error, 0, UNIT_DRIVERS);
    tcase_add_test(tc, lost_answer_to_commit_is_told);
    return suite;
}
