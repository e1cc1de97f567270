/* SPDX-License-Identifier: Apache-2.0 */
/* db/: one writer at a time on SQLite, and everybody gets a turn; writers on both databases side by side. */
#include "unit.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <apr_strings.h>
#include <apr_thread_proc.h>
#include <sqlite3.h>

#include "database.h"
#include "db/db_private.h"

#define SQLITE 0

/* A baton is not const, a name in a test is. */
#define NAME(text) ((void *)(text))

static b2b_error_t *insert_group(void *baton, b2b_db_conn_t *conn, apr_pool_t *pool)
{
    return b2b_db_execute(NULL, conn, STMT_HOST_GROUP_INSERT, pool, "sssii", baton, baton, baton,
                          (apr_int64_t)1, (apr_int64_t)2);
}

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
        if (!b2b_writer_lock_create(&lock, db->config.params, test_pool) &&
            !b2b_writer_lock_take(lock, apr_time_from_sec(1), test_pool) &&
            write(ready[1], "x", 1) == 1) {
            pause();
        }
        _exit(1);
    }
    ck_assert_int_eq(read(ready[0], &byte, 1), 1);
    start = apr_time_now();
    unit_error(b2b_db_transaction(conn, insert_group, NAME("g"), test_pool), B2B_E_BUSY);
    ck_assert_int_ge(apr_time_now() - start, apr_time_from_msec(900));
    kill(child, SIGKILL);
    waitpid(child, &status, 0);
    unit_ok(b2b_db_transaction(conn, insert_group, NAME("g"), test_pool));
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
    unit_error(b2b_writer_lock_take(second, apr_time_from_msec(20), test_pool),
               B2B_E_BUSY); /* within it, too */
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
#define WRITES  40

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

    (void)thread; /* not apr_thread_exit: AddressSanitizer does not understand it */
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
    apr_pool_destroy(writer->pool);
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
        ck_assert_int_eq(apr_thread_create(&threads[i], NULL, write_many, &writers[i], test_pool),
                         APR_SUCCESS);
    }
    for (i = 0; i < WRITERS; i++) {
        apr_thread_join(&status, threads[i]);
        ck_assert_int_eq(writers[i].failed, 0);
        ck_assert_int_eq(writers[i].tries, WRITES); /* nobody lost and tried again */
    }
    for (i = 0; i < 6; i++) {
        ck_assert_str_eq(unit_database_value(&config,
                                             apr_psprintf(test_pool,
                                                          "SELECT value FROM generations "
                                                          "WHERE slot = %d",
                                                          b2b_db_slot(apr_psprintf(test_pool,
                                                                                   "key:%d", i)))),
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
                failed = b2b_db_acquire(&conn, db, pool) ||
                         b2b_db_transaction(conn, touch_some, &up, pool);
                apr_pool_destroy(pool);
            }
            _exit(failed);
        }
    }
    for (i = 0; i < 3; i++) {
        ck_assert_int_gt(wait(&status), 0);
        ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    }
    ck_assert_str_eq(unit_database_value(&config, apr_psprintf(test_pool,
                                                               "SELECT value FROM generations "
                                                               "WHERE slot = %d",
                                                               b2b_db_slot("key:0"))),
                     "180");
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
                if (b2b_writer_lock_take(lock, apr_time_from_sec(9), test_pool) ||
                    sqlite3_exec(other, "BEGIN EXCLUSIVE", NULL, NULL, NULL) != SQLITE_OK ||
                    (!known++ && write(ready[1], "x", 1) != 1)) {
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
        unit_ok(
            b2b_db_transaction(conn, insert_group, apr_psprintf(test_pool, "g%d", i), test_pool));
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

Suite *unit_suite(void)
{
    Suite *suite = suite_create("writer_lock");
    TCase *tc = unit_case(suite, "writer_lock");

    unit_database_start();
    tcase_add_test(tc, writer_waits_a_bounded_time_for_another_process);
    tcase_add_test(tc, lock_is_not_the_process_s);
    tcase_add_test(tc, fork_does_not_keep_the_lock);
    tcase_add_loop_test(tc, bumps_are_sorted_and_none_is_lost, 0, UNIT_DRIVERS);
    tcase_add_loop_test(tc, processes_write_one_after_the_other, 0, UNIT_DRIVERS);
    tcase_add_test(tc, busy_writer_keeps_nobody_out);
    tcase_add_test(tc, commit_waits_for_readers);
    return suite;
}
