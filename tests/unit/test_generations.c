/* SPDX-License-Identifier: Apache-2.0 */
/* db/: generations are bumped with a commit, told after it, and seen by the poll of others. */
#include "unit.h"

#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <apr_strings.h>

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

static b2b_error_t *insert_and_fail(void *baton, b2b_db_conn_t *conn, apr_pool_t *pool)
{
    B2B_ERR(insert_group(baton, conn, pool));
    b2b_db_touch(conn, "directory");
    return b2b_error_create(pool, B2B_E_STALE, NULL, "Not now.");
}

static b2b_error_t *touch_some(void *baton, b2b_db_conn_t *conn, apr_pool_t *pool)
{
    int i, up = *(int *)baton;

    (void)pool;
    for (i = 0; i < 6; i++) {
        b2b_db_touch(conn, apr_psprintf(test_pool, "key:%d", up ? i : 5 - i));
    }
    return NULL;
}

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
        ck_assert_str_eq(unit_database_value(&config, apr_psprintf(test_pool,
                                                                   "SELECT value FROM generations "
                                                                   "WHERE slot = %d",
                                                                   told_slots[i])),
                         "1");
    }
    unit_error(b2b_db_transaction(conn, insert_and_fail, NAME("g"), test_pool), B2B_E_STALE);
    unit_ok(b2b_db_transaction(conn, no_touch, NAME("h"),
                               test_pool)); /* what the failed work touched is forgotten */
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

        _exit(b2b_db_create(&db, config, test_pool) || b2b_db_acquire(&conn, db, test_pool) ||
              b2b_db_transaction(conn, touch_key, (void *)key, test_pool));
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
    unit_ok(b2b_db_acquire(&writer, db,
                           test_pool)); /* and those of another connection of this process */
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
    Suite *suite = suite_create("generations");
    TCase *tc = unit_case(suite, "generations");

    unit_database_start();
    tcase_add_loop_test(tc, commits_are_told, 0, UNIT_DRIVERS);
    tcase_add_loop_test(tc, poll_sees_commits_of_others, 0, UNIT_DRIVERS);
    tcase_add_test(tc, failed_poll_has_seen_nothing);
    tcase_add_loop_test(tc, missing_generation_is_an_error, 0, UNIT_DRIVERS);
    tcase_add_test(tc, lost_answer_to_commit_is_told);
    return suite;
}
