/* SPDX-License-Identifier: Apache-2.0 */
/* db/: statements, rows, and the pool of connections, the same on both databases. */
#include "unit.h"

#include <stdio.h>

#include <apr_strings.h>

#include "database.h"
#include "db/db_private.h"

/* A baton is not const, a name in a test is. */
#define NAME(text) ((void *)(text))

static b2b_error_t *insert_group(void *baton, b2b_db_conn_t *conn, apr_pool_t *pool)
{
    apr_int64_t affected = 0;

    B2B_ERR(b2b_db_execute(&affected, conn, STMT_HOST_GROUP_INSERT, pool, "sssii", baton, baton,
                           baton, (apr_int64_t)1, (apr_int64_t)2));
    ck_assert_int_eq(affected, 1);
    return NULL;
}

static b2b_error_t *read_settings(b2b_db_conn_t *conn)
{
    b2b_db_rows_t *rows = NULL;
    b2b_error_t *err = b2b_db_query(&rows, conn, STMT_SETTINGS_SELECT, test_pool, "");

    if (!err) {
        ck_assert_int_eq(b2b_db_count(rows), 1);
    }
    else {
        ck_assert_ptr_null(rows); /* never an empty result */
    }
    return err;
}

/* Types and rows ------------------------------------------------------------------------------------------ */

static b2b_error_t *write_typed(void *baton, b2b_db_conn_t *conn, apr_pool_t *pool)
{
    (void)baton;
    B2B_ERR(b2b_db_execute(NULL, conn, STMT_CLAIM_INSERT, pool, "ssi", "Ü '\"\\%s\n", "?$1",
                           APR_INT64_C(9007199254740993)));
    return b2b_db_execute(NULL, conn, STMT_SETTINGS_UPDATE, pool, "sssssiii", "1", NULL, "007", "",
                          "en", (apr_int64_t)-5, (apr_int64_t)1, (apr_int64_t)1);
}

START_TEST(values_come_back_as_they_went)
{
    b2b_db_conn_t *conn = NULL;
    b2b_db_rows_t *rows = NULL;

    unit_ok(b2b_db_acquire(&conn, unit_database(_i), test_pool));
    unit_ok(b2b_db_transaction(conn, write_typed, NULL, test_pool));
    unit_ok(b2b_db_query(&rows, conn, STMT_CLAIM_SELECT, test_pool, "s", "Ü '\"\\%s\n"));
    ck_assert(b2b_db_next(rows));
    ck_assert_str_eq(b2b_db_text(rows, 0), "?$1");
    ck_assert_int_eq(b2b_db_integer(rows, 1),
                     APR_INT64_C(9007199254740993)); /* not through a double or an int */
    ck_assert_str_eq(b2b_db_text(rows, 1), "9007199254740993");
    ck_assert(!b2b_db_next(rows));
    unit_ok(b2b_db_query(&rows, conn, STMT_SETTINGS_SELECT, test_pool, ""));
    ck_assert(b2b_db_next(rows));
    ck_assert_str_eq(b2b_db_text(rows, 0), "1"); /* text that looks like a number stays text */
    ck_assert_ptr_null(b2b_db_text(rows, 1));    /* NULL is not "" … */
    ck_assert_int_eq(b2b_db_integer(rows, 1), 0);
    ck_assert(!b2b_db_bool(rows, 1));
    ck_assert_str_eq(b2b_db_text(rows, 2), "007");
    ck_assert_str_eq(b2b_db_text(rows, 3), ""); /* … and "" is not NULL */
    ck_assert_int_eq(b2b_db_integer(rows, 6), -5);
    ck_assert_int_eq(b2b_db_time(rows, 6), -5);
}
END_TEST

static b2b_error_t *write_no_time(void *baton, b2b_db_conn_t *conn, apr_pool_t *pool)
{
    return b2b_db_execute(NULL, conn, STMT_CLAIM_INSERT, pool, baton, "name", "holder",
                          (apr_int64_t)0);
}

/* A time that is not there is NULL, which this column refuses; the number 0 is 0. */
START_TEST(no_time_is_null)
{
    b2b_db_conn_t *conn = NULL;

    unit_ok(b2b_db_acquire(&conn, unit_database(_i), test_pool));
    unit_error(b2b_db_transaction(conn, write_no_time, NAME("sst"), test_pool), B2B_E_INTERNAL);
    unit_ok(b2b_db_transaction(conn, write_no_time, NAME("ssi"), test_pool));
}
END_TEST

/* F12: a loop over rows ends with both drivers, and asking once more is no new round. */
START_TEST(rows_end)
{
    b2b_db_conn_t *conn = NULL;
    b2b_db_rows_t *rows = NULL;
    int steps = 0;

    unit_ok(b2b_db_acquire(&conn, unit_database(_i), test_pool));
    unit_ok(b2b_db_query(&rows, conn, STMT_GENERATION_SELECT_ALL, test_pool, ""));
    ck_assert_int_eq(b2b_db_count(rows), B2B_DB_SLOTS);
    while (b2b_db_next(rows)) {
        ck_assert_int_eq(b2b_db_integer(rows, 0), steps);
        ck_assert_int_le(++steps, B2B_DB_SLOTS);
    }
    ck_assert_int_eq(steps, B2B_DB_SLOTS);
    ck_assert(!b2b_db_next(rows));
    ck_assert(!b2b_db_next(rows));
}
END_TEST

/* A value where there is none must not be whatever lies there. */
START_TEST(reading_beside_the_rows_stops_the_program)
{
    b2b_db_conn_t *conn = NULL;
    b2b_db_rows_t *rows = NULL;

    unit_ok(b2b_db_acquire(&conn, unit_database(_i), test_pool));
    unit_ok(b2b_db_query(&rows, conn, STMT_CLAIM_SELECT, test_pool, "s", "none"));
    ck_assert(!b2b_db_next(rows));
    b2b_db_text(rows, 0); /* aborts: tcase_add_loop_test_raise_signal */
}
END_TEST

START_TEST(mistakes_of_the_caller_are_errors)
{
    b2b_db_conn_t *conn = NULL;
    b2b_db_rows_t *rows = NULL;

    unit_ok(b2b_db_acquire(&conn, unit_database(_i), test_pool));
    unit_error(b2b_db_query(&rows, conn, STMT_CLAIM_SELECT, test_pool, ""), B2B_E_INTERNAL);
    unit_error(b2b_db_query(&rows, conn, STMT_CLAIM_SELECT, test_pool, "i", (apr_int64_t)1),
               B2B_E_INTERNAL);
    unit_error(b2b_db_query(&rows, conn, STMT_CLAIM_SELECT, test_pool, "ss", "a", "b"),
               B2B_E_INTERNAL);
    unit_error(b2b_db_query(&rows, conn, STMT_CLAIM_INSERT, test_pool, "ssi", "a", "b",
                            (apr_int64_t)1),
               B2B_E_INTERNAL);
    unit_error(b2b_db_execute(NULL, conn, STMT_CLAIM_SELECT, test_pool, "s", "a"), B2B_E_INTERNAL);
    /* a change without a transaction */
    unit_error(b2b_db_execute(NULL, conn, STMT_CLAIM_INSERT, test_pool, "ssi", "a", "b",
                              (apr_int64_t)1),
               B2B_E_INTERNAL);
    unit_ok(read_settings(conn));
}
END_TEST

START_TEST(statements_are_counted)
{
    b2b_db_conn_t *conn = NULL;
    apr_uint64_t before;

    unit_ok(b2b_db_acquire(&conn, unit_database(_i), test_pool));
    before = b2b_db_statement_count();
    unit_ok(read_settings(conn));
    unit_ok(read_settings(conn));
    ck_assert_uint_eq(b2b_db_statement_count() - before, 2);
}
END_TEST

/* F13: what kind of refusal it was, with both drivers; the connection stays in use. */
static b2b_error_t *insert_user_of_no_group(void *baton, b2b_db_conn_t *conn, apr_pool_t *pool)
{
    return b2b_db_execute(NULL, conn, STMT_HOST_GROUP_USER_INSERT, pool, "ss", baton, "nobody");
}

START_TEST(constraints_have_their_codes)
{
    b2b_db_conn_t *conn = NULL;
    void *native;

    unit_ok(b2b_db_acquire(&conn, unit_database(_i), test_pool));
    native = conn->native;
    unit_ok(b2b_db_transaction(conn, insert_group, NAME("g"), test_pool));
    unit_error(b2b_db_transaction(conn, insert_group, NAME("g"), test_pool), B2B_E_CONFLICT);
    unit_error(b2b_db_transaction(conn, insert_user_of_no_group, NAME("none"), test_pool),
               B2B_E_NOT_FOUND);
    unit_ok(b2b_db_transaction(conn, insert_group, NAME("h"), test_pool));
    ck_assert_ptr_eq(conn->native, native);
}
END_TEST

/* F10: preparing and running again and again on one connection takes no memory. */
static long resident_pages(void)
{
    long size = 0, resident = 0;
    FILE *file = fopen("/proc/self/statm", "r");

    ck_assert_ptr_nonnull(file);
    ck_assert_int_eq(fscanf(file, "%ld %ld", &size, &resident), 2);
    fclose(file);
    return resident;
}

START_TEST(statements_leak_nothing)
{
    b2b_db_conn_t *conn = NULL;
    b2b_db_rows_t *rows = NULL;
    apr_pool_t *pool;
    long before = 0;
    int i;

    unit_ok(b2b_db_acquire(&conn, unit_database(_i), test_pool));
    apr_pool_create(&pool, test_pool);
    for (i = 0; i < 12000; i++) {
        if (i == 2000) {
            before = resident_pages();
        }
        apr_pool_clear(pool);
        unit_ok(b2b_db_query(&rows, conn, STMT_CLAIM_SELECT, pool, "s", "none"));
    }
#ifndef __SANITIZE_ADDRESS__                          /* which keeps what is freed */
    ck_assert_int_lt(resident_pages() - before, 500); /* 2 MB; a leak of 2 kB each would be 20 MB */
#else
    ck_assert_int_gt(before, 0);
#endif
}
END_TEST

/* Connections ---------------------------------------------------------------------------------------------- */

START_TEST(pool_waits_a_bounded_time)
{
    b2b_db_config_t config = unit_database_config(_i);
    b2b_db_conn_t *first = NULL, *second = NULL;
    b2b_db_t *db = NULL;
    apr_time_t start;

    config.connections = 1;
    config.wait = apr_time_from_msec(300);
    unit_ok(b2b_db_create(&db, &config, test_pool));
    unit_ok(b2b_db_acquire(&first, db, test_pool));
    start = apr_time_now();
    unit_error(b2b_db_acquire(&second, db, test_pool), B2B_E_BUSY);
    ck_assert_int_ge(apr_time_now() - start, apr_time_from_msec(250));
    b2b_db_release(first);
    unit_ok(b2b_db_acquire(&second, db, test_pool));
    ck_assert_ptr_eq(second, first);
}
END_TEST

START_TEST(connection_comes_back_with_its_pool)
{
    b2b_db_config_t config = unit_database_config(_i);
    b2b_db_conn_t *conn = NULL;
    b2b_db_t *db = NULL;
    apr_pool_t *pool;
    int i;

    config.connections = 1;
    unit_ok(b2b_db_create(&db, &config, test_pool));
    for (i = 0; i < 3; i++) {
        apr_pool_create(&pool, test_pool);
        unit_ok(b2b_db_acquire(&conn, db, pool));
        apr_pool_destroy(pool);
    }
}
END_TEST

/* A thread outlives the child's pool: apr_reslist would end the process with an assertion. */
START_TEST(connection_may_outlive_the_database)
{
    b2b_db_config_t config = unit_database_config(_i);
    b2b_db_conn_t *conn = NULL;
    b2b_db_t *db = NULL;
    apr_pool_t *pool;

    apr_pool_create(&pool, test_pool);
    unit_ok(b2b_db_create(&db, &config, pool));
    unit_ok(b2b_db_acquire(&conn, db, test_pool));
    apr_pool_destroy(pool);
    unit_ok(read_settings(conn));
    b2b_db_release(conn);
}
END_TEST

START_TEST(reset_drops_idle_connections)
{
    b2b_db_t *db = unit_database(_i);
    b2b_db_conn_t *conn = NULL;
    apr_uint32_t age;

    unit_ok(b2b_db_acquire(&conn, db, test_pool));
    age = conn->age;
    b2b_db_release(conn);
    b2b_db_reset(db);
    unit_ok(b2b_db_acquire(&conn, db, test_pool));
    ck_assert_uint_ne(conn->age, age);
    unit_ok(read_settings(conn));
}
END_TEST

Suite *unit_suite(void)
{
    Suite *suite = suite_create("db");
    TCase *tc = unit_case(suite, "db");

    unit_database_start();
    tcase_add_loop_test(tc, values_come_back_as_they_went, 0, UNIT_DRIVERS);
    tcase_add_loop_test(tc, no_time_is_null, 0, UNIT_DRIVERS);
    tcase_add_loop_test(tc, rows_end, 0, UNIT_DRIVERS);
    tcase_add_loop_test_raise_signal(tc, reading_beside_the_rows_stops_the_program, 6, 0,
                                     UNIT_DRIVERS);
    tcase_add_loop_test(tc, mistakes_of_the_caller_are_errors, 0, UNIT_DRIVERS);
    tcase_add_loop_test(tc, statements_are_counted, 0, UNIT_DRIVERS);
    tcase_add_loop_test(tc, constraints_have_their_codes, 0, UNIT_DRIVERS);
    tcase_add_loop_test(tc, statements_leak_nothing, 0, UNIT_DRIVERS);
    tcase_add_loop_test(tc, pool_waits_a_bounded_time, 0, UNIT_DRIVERS);
    tcase_add_loop_test(tc, connection_comes_back_with_its_pool, 0, UNIT_DRIVERS);
    tcase_add_loop_test(tc, connection_may_outlive_the_database, 0, UNIT_DRIVERS);
    tcase_add_loop_test(tc, reset_drops_idle_connections, 0, UNIT_DRIVERS);
    return suite;
}
