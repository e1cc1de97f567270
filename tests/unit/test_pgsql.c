/* SPDX-License-Identifier: Apache-2.0 */
/* db/: the traps of PostgreSQL and of APR's driver for it; naive code fails each of these tests. */
#include "unit.h"

#include <string.h>

#include <apr_strings.h>
#include <apr_thread_proc.h>

#include "database.h"
#include "db/db_private.h"

#define PGSQL 1

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

static void kill_backends(const b2b_db_t *db)
{
    b2b_db_config_t config = db->config;
    const char *name = strstr(config.params, "dbname=") + strlen("dbname=");

    config.params = unit_database_conninfo("postgres");
    unit_database_sql(&config,
                      apr_psprintf(test_pool,
                                   "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                                   "WHERE datname = '%s'",
                                   name));
    apr_sleep(100000);
}

START_TEST(pgsql_settings_are_in_force)
{
    static const char *const settings[][2] = {{"statement_timeout", "10s"},
                                              {"lock_timeout", "3s"},
                                              {"idle_in_transaction_session_timeout", "15s"},
                                              {"synchronous_commit", "on"},
                                              {"default_transaction_isolation", "read committed"},
                                              {"application_name", "b2bportal"}};
    b2b_db_config_t config = unit_database_config(PGSQL);
    b2b_db_conn_t *conn = NULL;
    b2b_db_rows_t *rows = NULL;
    b2b_db_t *db = NULL;
    apr_size_t i;

    unit_database_sql(&config,
                      apr_psprintf(test_pool, "ALTER DATABASE %s SET synchronous_commit = off",
                                   strstr(config.params, "dbname=") + 7));
    unit_ok(b2b_db_create(&db, &config, test_pool));
    unit_ok(b2b_db_acquire(&conn, db, test_pool));
    for (i = 0; i < sizeof(settings) / sizeof(settings[0]); i++) {
        unit_ok(db->driver->text(&rows, conn, apr_pstrcat(test_pool, "SHOW ", settings[i][0], NULL),
                                 test_pool));
        ck_assert(b2b_db_next(rows));
        ck_assert_str_eq(b2b_db_text(rows, 0), settings[i][1]);
    }
}
END_TEST

START_TEST(pgsql_stronger_commit_is_kept)
{
    b2b_db_config_t config = unit_database_config(PGSQL);

    unit_database_sql(&config,
                      apr_psprintf(test_pool,
                                   "ALTER DATABASE %s SET synchronous_commit = remote_apply",
                                   strstr(config.params, "dbname=") + 7));
    ck_assert_str_eq(unit_database_value(&config, "SHOW synchronous_commit"), "remote_apply");
}
END_TEST

/* F1: after the backend died apr_dbd's SELECT succeeded with no rows, for ever: "nobody is suspended". */
START_TEST(lost_connection_is_an_error_not_no_rows)
{
    b2b_db_t *db = unit_database(PGSQL);
    b2b_db_conn_t *conn = NULL;

    unit_ok(b2b_db_acquire(&conn, db, test_pool));
    unit_ok(read_settings(conn));
    kill_backends(db);
    unit_error(read_settings(conn), B2B_E_UNAVAILABLE);
    unit_error(read_settings(conn), B2B_E_INTERNAL); /* and nothing is sent on it again */
    ck_assert_ptr_nonnull(b2b_db_transaction(conn, insert_group, NAME("g"), test_pool));
    b2b_db_release(conn);
    unit_ok(b2b_db_acquire(&conn, db, test_pool));
    unit_ok(read_settings(conn));
}
END_TEST

/* F3: a connection that died while idle costs no request. */
START_TEST(connection_that_died_idle_is_replaced)
{
    b2b_db_t *db = unit_database(PGSQL);
    b2b_db_conn_t *conn = NULL;
    int i;

    for (i = 0; i < 3; i++) {
        unit_ok(b2b_db_acquire(&conn, db, test_pool));
        unit_ok(read_settings(conn));
        unit_ok(
            b2b_db_transaction(conn, insert_group, apr_psprintf(test_pool, "g%d", i), test_pool));
        b2b_db_release(conn);
        kill_backends(db);
    }
}
END_TEST

START_TEST(server_that_is_gone_is_unavailable_and_comes_back)
{
    b2b_db_t *db = unit_database(PGSQL);
    b2b_db_conn_t *conn = NULL;

    unit_ok(b2b_db_acquire(&conn, db, test_pool));
    b2b_db_release(conn);
    unit_database_cluster("stop");
    unit_error(b2b_db_acquire(&conn, db, test_pool), B2B_E_UNAVAILABLE);
    unit_error(b2b_db_acquire(&conn, db, test_pool), B2B_E_UNAVAILABLE);
    unit_database_cluster("start");
    unit_ok(b2b_db_acquire(&conn, db, test_pool));
    unit_ok(read_settings(conn));
}
END_TEST

/* A frozen server keeps its connections: apr_dbd's calls would wait for it for ever. */
START_TEST(frozen_server_is_given_up)
{
    b2b_db_t *db = unit_database(PGSQL);
    b2b_db_conn_t *conn = NULL;
    b2b_error_t *err;

    b2b_pgsql_statement_wait = apr_time_from_sec(1);
    unit_ok(b2b_db_acquire(&conn, db, test_pool));
    unit_ok(read_settings(conn));
    unit_database_cluster("pause");
    err = read_settings(conn); /* comes back while the server still stands */
    unit_database_cluster("resume");
    unit_error(err, B2B_E_UNAVAILABLE);
    b2b_db_release(conn);
    unit_ok(b2b_db_acquire(&conn, db, test_pool));
    unit_ok(read_settings(conn));
}
END_TEST

/* Sending: what needs no answer by itself ------------------------------------------------------------------ */

static b2b_error_t *send_group(void *baton, b2b_db_conn_t *conn, apr_pool_t *pool)
{
    return b2b_db_send(conn, STMT_HOST_GROUP_INSERT, pool, "sssii", baton, baton, baton,
                       (apr_int64_t)1, (apr_int64_t)2);
}

static b2b_error_t *send_and_freeze(void *baton, b2b_db_conn_t *conn, apr_pool_t *pool)
{
    B2B_ERR(send_group(baton, conn, pool));
    unit_database_cluster("pause");
    return send_group(NAME("h"), conn, pool);
}

/* Nothing was asked since the server froze: COMMIT notices it. */
START_TEST(frozen_server_is_given_up_at_commit)
{
    b2b_db_t *db = unit_database(PGSQL);
    b2b_db_conn_t *conn = NULL;
    b2b_error_t *err;

    b2b_pgsql_statement_wait = apr_time_from_sec(1);
    unit_ok(b2b_db_acquire(&conn, db, test_pool));
    err = b2b_db_transaction(conn, send_and_freeze, NAME("g"), test_pool);
    unit_database_cluster("resume");
    unit_error(err, B2B_E_UNAVAILABLE);
    b2b_db_release(conn);
    unit_ok(b2b_db_acquire(&conn, db, test_pool));
    unit_ok(read_settings(conn));
}
END_TEST

static b2b_error_t *send_and_lose(void *baton, b2b_db_conn_t *conn, apr_pool_t *pool)
{
    B2B_ERR(send_group(baton, conn, pool));
    kill_backends(conn->db);
    return NULL;
}

START_TEST(lost_connection_loses_what_was_sent)
{
    b2b_db_t *db = unit_database(PGSQL);
    b2b_db_conn_t *conn = NULL;

    unit_ok(b2b_db_acquire(&conn, db, test_pool));
    unit_error(b2b_db_transaction(conn, send_and_lose, NAME("g"), test_pool), B2B_E_UNAVAILABLE);
    b2b_db_release(conn);
    ck_assert_str_eq(unit_database_value(&db->config, "SELECT COUNT(*) FROM host_groups"), "0");
}
END_TEST

/* Each attempt has another name, and the server refuses the first two. */
static b2b_error_t *send_again(void *baton, b2b_db_conn_t *conn, apr_pool_t *pool)
{
    int *attempts = baton;

    return send_group(apr_psprintf(pool, "g%d", ++*attempts), conn, pool);
}

START_TEST(lost_transaction_of_sent_statements_is_run_again)
{
    b2b_db_t *db = unit_database(PGSQL);
    b2b_db_conn_t *conn = NULL;
    int attempts = 0;

    unit_database_sql(&db->config, "CREATE FUNCTION refuse() RETURNS trigger AS 'BEGIN RAISE "
                                   "SQLSTATE ''40001''; END' LANGUAGE plpgsql");
    unit_database_sql(&db->config,
                      "CREATE TRIGGER refuse BEFORE INSERT ON host_groups FOR EACH ROW "
                      "WHEN (NEW.name < 'g3') EXECUTE FUNCTION refuse()");
    unit_ok(b2b_db_acquire(&conn, db, test_pool));
    unit_ok(b2b_db_transaction(conn, send_again, &attempts, test_pool));
    ck_assert_int_eq(attempts, 3);
    ck_assert_str_eq(unit_database_value(&db->config, "SELECT name FROM host_groups"), "g3");
}
END_TEST

static const char *sessions_value(b2b_db_conn_t *conn, const char *sql)
{
    b2b_db_rows_t *rows = NULL;
    const char *all = "";

    unit_ok(conn->db->driver->text(&rows, conn, sql, test_pool));
    while (b2b_db_next(rows)) {
        all = apr_pstrcat(test_pool, all, *all ? " " : "", b2b_db_text(rows, 0), NULL);
    }
    return all;
}

#define NAMES "SELECT name FROM pg_prepared_statements ORDER BY name"

/* Planned once ----------------------------------------------------------------------------------------------- */

static b2b_error_t *bump_and_read(void *baton, b2b_db_conn_t *conn, apr_pool_t *pool)
{
    b2b_db_rows_t *rows;

    ++*(int *)baton;
    B2B_ERR(b2b_db_execute(NULL, conn, STMT_GENERATION_BUMP, pool, "i", (apr_int64_t)1));
    return b2b_db_query(&rows, conn, STMT_MAIL_SELECT, pool, "s", "x");
}

START_TEST(only_what_is_planned_once_is_prepared)
{
    b2b_db_conn_t *conn = NULL;
    int runs = 0, i;

    unit_ok(b2b_db_acquire(&conn, unit_database(PGSQL), test_pool));
    for (i = 0; i < 3; i++) {
        unit_ok(read_settings(conn));
        unit_ok(b2b_db_transaction(conn, bump_and_read, &runs, test_pool));
    }
    ck_assert_str_eq(sessions_value(conn, NAMES), "STMT_GENERATION_BUMP STMT_MAIL_SELECT");
}
END_TEST

/* A pooler that does not show itself: the name is gone, once, and nobody is told. */
START_TEST(names_that_do_not_last_are_given_up)
{
    b2b_db_conn_t *conn = NULL;
    int runs = 0;

    unit_ok(b2b_db_acquire(&conn, unit_database(PGSQL), test_pool));
    unit_ok(b2b_db_transaction(conn, bump_and_read, &runs, test_pool));
    unit_ok(conn->db->driver->text(NULL, conn, "DEALLOCATE ALL", test_pool));
    unit_ok(b2b_db_transaction(conn, bump_and_read, &runs, test_pool));
    ck_assert_int_eq(runs, 3);
    ck_assert_str_eq(sessions_value(conn, NAMES), "");
    unit_ok(b2b_db_transaction(conn, bump_and_read, &runs, test_pool));
    ck_assert_int_eq(runs, 4);
}
END_TEST

static b2b_error_t *cancel_mail(void *baton, b2b_db_conn_t *conn, apr_pool_t *pool)
{
    (void)baton;
    return b2b_db_send(conn, STMT_MAIL_CANCEL, pool, "ssi", "p", "s", (apr_int64_t)1);
}

/* The plan for an empty table is no plan for a full one, and nobody need have analyzed it. */
START_TEST(a_plan_does_not_outlive_what_it_is_for)
{
    static const char explain[] = "EXPLAIN EXECUTE \"STMT_MAIL_CANCEL\"('p', 's', 1)";
    b2b_db_t *db = unit_database(PGSQL);
    b2b_db_conn_t *conn = NULL;
    int i;

    unit_ok(b2b_db_acquire(&conn, db, test_pool));
    for (i = 0; i < 8; i++) {
        unit_ok(b2b_db_transaction(conn, cancel_mail, NULL, test_pool));
    }
    unit_database_sql(&db->config,
                      "INSERT INTO outbox (id, kind, recipient, recipient_folded, subject, "
                      "document, message_id, state, attempts, next_at, claimed_until, version, "
                      "created_at) SELECT n::text, 'k', 'r', 'r', 's', '{}', n::text, 'waiting', "
                      "0, 0, 0, 1, n FROM generate_series(1, 20000) n");
    ck_assert_ptr_null(strstr(sessions_value(conn, explain), "outbox_by_subject"));
    b2b_pgsql_plans_last = 0;
    unit_ok(b2b_db_transaction(conn, cancel_mail, NULL, test_pool));
    ck_assert_ptr_nonnull(strstr(sessions_value(conn, explain), "outbox_by_subject"));
}
END_TEST

static void *APR_THREAD_FUNC acquire_once(apr_thread_t *thread, void *baton)
{
    b2b_db_conn_t *conn = NULL;
    apr_pool_t *pool;

    (void)thread; /* not apr_thread_exit: AddressSanitizer does not understand it */
    apr_pool_create_unmanaged_ex(&pool, NULL, NULL);
    (void)b2b_db_acquire(&conn, baton, pool);
    apr_pool_destroy(pool);
    return NULL;
}

/* apr_reslist's constructor runs under its lock: connecting there would hold up all who give back. */
START_TEST(connecting_holds_up_nobody)
{
    b2b_db_t *db = unit_database(PGSQL);
    apr_thread_t *thread = NULL;
    apr_status_t status;
    b2b_db_conn_t *conn = NULL;
    apr_time_t start, took;

    unit_ok(b2b_db_acquire(&conn, db, test_pool));
    unit_database_cluster("pause");
    ck_assert_int_eq(apr_thread_create(&thread, NULL, acquire_once, db, test_pool), APR_SUCCESS);
    apr_sleep(100000);
    start = apr_time_now();
    b2b_db_release(conn);
    unit_ok(b2b_db_acquire(&conn, db, test_pool)); /* the idle one */
    took = apr_time_now() - start;
    unit_database_cluster("resume");
    apr_thread_join(&status, thread);
    ck_assert_int_lt(took, db->config.wait / 2); /* who held it up would for all of that */
}
END_TEST

/* A server's words in another language, a password with quotes: the connection string is taken apart. */
START_TEST(connection_string_is_taken_apart)
{
    b2b_db_config_t config = unit_database_config(PGSQL);
    const char *name = strstr(config.params, "dbname=") + 7,
               *port = strstr(config.params, "port=") + 5;
    b2b_db_conn_t *conn = NULL;

    config.params =
        apr_psprintf(test_pool,
                     "postgresql://postgres:it's%%20a%%5C@127.0.0.1:%.*s/%s?connect_timeout=3",
                     (int)strcspn(port, " "), port, name);
    unit_ok(b2b_db_open_single(&conn, &config, test_pool));
    config.params = "host=127.0.0.1 nonsense=1 password=secret";
    unit_error(b2b_db_open_single(&conn, &config, test_pool), B2B_E_UNAVAILABLE);
    ck_assert_ptr_null(
        strstr(b2b_error_text(b2b_db_open_single(&conn, &config, test_pool), test_pool), "secret"));
}
END_TEST

Suite *unit_suite(void)
{
    Suite *suite = suite_create("pgsql");
    TCase *tc = unit_case(suite, "pgsql");

    unit_database_start();
    tcase_add_test(tc, pgsql_settings_are_in_force);
    tcase_add_test(tc, pgsql_stronger_commit_is_kept);
    tcase_add_test(tc, lost_connection_is_an_error_not_no_rows);
    tcase_add_test(tc, connection_that_died_idle_is_replaced);
    tcase_add_test(tc, server_that_is_gone_is_unavailable_and_comes_back);
    tcase_add_test(tc, frozen_server_is_given_up);
    tcase_add_test(tc, frozen_server_is_given_up_at_commit);
    tcase_add_test(tc, lost_connection_loses_what_was_sent);
    tcase_add_test(tc, lost_transaction_of_sent_statements_is_run_again);
    tcase_add_test(tc, only_what_is_planned_once_is_prepared);
    tcase_add_test(tc, names_that_do_not_last_are_given_up);
    tcase_add_test(tc, a_plan_does_not_outlive_what_it_is_for);
    tcase_add_test(tc, connecting_holds_up_nobody);
    tcase_add_test(tc, connection_string_is_taken_apart);
    return suite;
}
