/* SPDX-License-Identifier: Apache-2.0 */
/* db/: connections, the pool, statements. Each trap of the drivers has a test that naive code fails. */
#include "unit.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <apr_file_io.h>
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
    apr_int64_t affected = 0;

    B2B_ERR(b2b_db_execute(&affected, conn, STMT_HOST_GROUP_INSERT, pool, "sssii", baton, baton, baton,
                           (apr_int64_t)1, (apr_int64_t)2));
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
    unit_database_sql(&config, apr_psprintf(test_pool, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                                            "WHERE datname = '%s'", name));
    apr_sleep(100000);
}

/* Types and rows ------------------------------------------------------------------------------------------ */

static b2b_error_t *write_typed(void *baton, b2b_db_conn_t *conn, apr_pool_t *pool)
{
    (void)baton;
    B2B_ERR(b2b_db_execute(NULL, conn, STMT_CLAIM_INSERT, pool, "ssi", "Ü '\"\\%s\n", "?$1",
                           APR_INT64_C(9007199254740993)));
    return b2b_db_execute(NULL, conn, STMT_SETTINGS_UPDATE, pool, "sssssiii", "1", NULL, "007", "", "en",
                          (apr_int64_t)-5, (apr_int64_t)1, (apr_int64_t)1);
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
    ck_assert_int_eq(b2b_db_integer(rows, 1), APR_INT64_C(9007199254740993)); /* not through a double or an int */
    ck_assert_str_eq(b2b_db_text(rows, 1), "9007199254740993");
    ck_assert(!b2b_db_next(rows));
    unit_ok(b2b_db_query(&rows, conn, STMT_SETTINGS_SELECT, test_pool, ""));
    ck_assert(b2b_db_next(rows));
    ck_assert_str_eq(b2b_db_text(rows, 0), "1");   /* text that looks like a number stays text */
    ck_assert_ptr_null(b2b_db_text(rows, 1));      /* NULL is not "" … */
    ck_assert_int_eq(b2b_db_integer(rows, 1), 0);
    ck_assert(!b2b_db_bool(rows, 1));
    ck_assert_str_eq(b2b_db_text(rows, 2), "007");
    ck_assert_str_eq(b2b_db_text(rows, 3), "");    /* … and "" is not NULL */
    ck_assert_int_eq(b2b_db_integer(rows, 6), -5);
    ck_assert_int_eq(b2b_db_time(rows, 6), -5);
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
    unit_error(b2b_db_query(&rows, conn, STMT_CLAIM_SELECT, test_pool, "i", (apr_int64_t)1), B2B_E_INTERNAL);
    unit_error(b2b_db_query(&rows, conn, STMT_CLAIM_SELECT, test_pool, "ss", "a", "b"), B2B_E_INTERNAL);
    unit_error(b2b_db_query(&rows, conn, STMT_CLAIM_INSERT, test_pool, "ssi", "a", "b", (apr_int64_t)1),
               B2B_E_INTERNAL);
    unit_error(b2b_db_execute(NULL, conn, STMT_CLAIM_SELECT, test_pool, "s", "a"), B2B_E_INTERNAL);
    /* a change without a transaction */
    unit_error(b2b_db_execute(NULL, conn, STMT_CLAIM_INSERT, test_pool, "ssi", "a", "b", (apr_int64_t)1),
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
    unit_error(b2b_db_transaction(conn, insert_user_of_no_group, NAME("none"), test_pool), B2B_E_NOT_FOUND);
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
    ck_assert_int_lt(resident_pages() - before, 500); /* 2 MB; a leak of 2 kB each would be 20 MB */
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
    ck_assert_int_le(apr_time_now() - start, apr_time_from_msec(1500));
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

static int descriptors_of(const char *path)
{
    char link[64], target[500];
    int count = 0, i;

    for (i = 0; i < 256; i++) {
        ssize_t length;

        snprintf(link, sizeof(link), "/proc/self/fd/%d", i);
        length = readlink(link, target, sizeof(target) - 1);
        if (length > 0) {
            target[length] = '\0';
            count += strncmp(target, path, strlen(path)) == 0;
        }
    }
    return count;
}

/* An unfinalized statement makes apr_dbd_close leak the connection and report success. */
START_TEST(close_leaves_no_descriptor)
{
    b2b_db_t *db = unit_database(SQLITE);
    b2b_db_conn_t *conn = NULL;
    int i;

    for (i = 0; i < 20; i++) {
        unit_ok(b2b_db_acquire(&conn, db, test_pool));
        unit_ok(read_settings(conn));
        b2b_db_release(conn);
        b2b_db_reset(db);
    }
    unit_ok(b2b_db_acquire(&conn, db, test_pool));
    b2b_db_close(conn);
    ck_assert_int_eq(descriptors_of(db->config.params), 0);
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

/* apr_dbd would make the missing file, and the server would serve an empty database. */
START_TEST(missing_file_is_not_made)
{
    b2b_db_config_t config = unit_database_empty(SQLITE);
    b2b_db_conn_t *conn = NULL;
    b2b_db_t *db = NULL;

    unit_ok(b2b_db_create(&db, &config, test_pool));
    unit_error(b2b_db_acquire(&conn, db, test_pool), B2B_E_UNAVAILABLE);
    ck_assert_int_ne(access(config.params, F_OK), 0);
}
END_TEST

/* A connection to a file that was replaced would answer from what nobody else sees. */
START_TEST(replaced_file_is_opened_again)
{
    b2b_db_t *db = unit_database(SQLITE);
    b2b_db_config_t other = unit_database_config(SQLITE);
    b2b_db_conn_t *conn = NULL;
    b2b_db_rows_t *rows = NULL;

    unit_ok(b2b_db_acquire(&conn, db, test_pool));
    unit_ok(read_settings(conn));
    b2b_db_release(conn);
    unit_database_sql(&other, "UPDATE settings SET organisation_name = 'other'");
    ck_assert_int_eq(rename(other.params, db->config.params), 0);
    unit_ok(b2b_db_acquire(&conn, db, test_pool));
    unit_ok(b2b_db_query(&rows, conn, STMT_SETTINGS_SELECT, test_pool, ""));
    ck_assert(b2b_db_next(rows));
    ck_assert_str_eq(b2b_db_text(rows, 0), "other");
}
END_TEST

static const char *other_source(void)
{
    return "2020-01-01 00:00:00 another SQLite";
}

START_TEST(two_copies_of_sqlite_are_refused)
{
    b2b_db_t *db = unit_database(SQLITE);
    b2b_db_conn_t *conn = NULL;
    b2b_error_t *err;

    b2b_sqlite_linked_source = other_source;
    err = b2b_db_acquire(&conn, db, test_pool);
    unit_error(err, B2B_E_UNAVAILABLE);
    ck_assert_ptr_nonnull(strstr(err->message, "copies of SQLite"));
}
END_TEST

/* F14: WAL only where acknowledged commits cannot be lost. */
START_TEST(journal_mode_is_gated)
{
    ck_assert_str_eq(b2b_sqlite_journal_mode(3040001), "truncate");
    ck_assert_str_eq(b2b_sqlite_journal_mode(3051002), "truncate");
    ck_assert_str_eq(b2b_sqlite_journal_mode(3051003), "wal");
    ck_assert_str_eq(b2b_sqlite_journal_mode(3052000), "wal");
}
END_TEST

/* F9: settings are in force on every connection of the pool, not merely asked for. */
START_TEST(sqlite_settings_are_in_force)
{
    static const char *const settings[][2] = {
        {"foreign_keys", "1"}, {"synchronous", "2"},  {"cache_spill", "0"},
        {"trusted_schema", "0"}, {"mmap_size", "0"}};
    b2b_db_t *db = unit_database(SQLITE);
    b2b_db_conn_t *conns[3];
    b2b_db_rows_t *rows = NULL;
    apr_size_t i, j;

    for (j = 0; j < 3; j++) {
        unit_ok(b2b_db_acquire(&conns[j], db, test_pool));
        for (i = 0; i < sizeof(settings) / sizeof(settings[0]); i++) {
            unit_ok(db->driver->text(&rows, conns[j],
                                     apr_pstrcat(test_pool, "PRAGMA ", settings[i][0], NULL), test_pool));
            ck_assert(b2b_db_next(rows));
            ck_assert_str_eq(b2b_db_text(rows, 0), settings[i][1]);
        }
        unit_ok(db->driver->text(&rows, conns[j], "PRAGMA journal_mode", test_pool));
        ck_assert(b2b_db_next(rows));
        ck_assert_str_eq(b2b_db_text(rows, 0), b2b_sqlite_journal_mode(sqlite3_libversion_number()));
    }
}
END_TEST

/* A file that a newer SQLite left in WAL while somebody holds it cannot be switched: refuse, say why. */
START_TEST(settings_that_do_not_hold_are_refused)
{
    b2b_db_t *db = unit_database(SQLITE);
    b2b_db_conn_t *conn = NULL;
    b2b_error_t *err;
    sqlite3 *other = NULL;

    ck_assert_int_eq(sqlite3_open(db->config.params, &other), SQLITE_OK);
    ck_assert_int_eq(sqlite3_exec(other, "PRAGMA journal_mode = wal; BEGIN; SELECT * FROM settings", NULL, NULL,
                                  NULL), SQLITE_OK);
    err = b2b_db_acquire(&conn, db, test_pool);
    ck_assert_ptr_nonnull(err);
    ck_assert(err->code == B2B_E_UNAVAILABLE || err->code == B2B_E_BUSY);
    sqlite3_close(other);
}
END_TEST

START_TEST(pgsql_settings_are_in_force)
{
    static const char *const settings[][2] = {{"statement_timeout", "10s"}, {"lock_timeout", "3s"},
                                              {"idle_in_transaction_session_timeout", "15s"},
                                              {"synchronous_commit", "on"},
                                              {"default_transaction_isolation", "read committed"},
                                              {"application_name", "b2bportal"}};
    b2b_db_config_t config = unit_database_config(PGSQL);
    b2b_db_conn_t *conn = NULL;
    b2b_db_rows_t *rows = NULL;
    b2b_db_t *db = NULL;
    apr_size_t i;

    unit_database_sql(&config, apr_psprintf(test_pool, "ALTER DATABASE %s SET synchronous_commit = off",
                                            strstr(config.params, "dbname=") + 7));
    unit_ok(b2b_db_create(&db, &config, test_pool));
    unit_ok(b2b_db_acquire(&conn, db, test_pool));
    for (i = 0; i < sizeof(settings) / sizeof(settings[0]); i++) {
        unit_ok(db->driver->text(&rows, conn, apr_pstrcat(test_pool, "SHOW ", settings[i][0], NULL), test_pool));
        ck_assert(b2b_db_next(rows));
        ck_assert_str_eq(b2b_db_text(rows, 0), settings[i][1]);
    }
}
END_TEST

START_TEST(pgsql_stronger_commit_is_kept)
{
    b2b_db_config_t config = unit_database_config(PGSQL);

    unit_database_sql(&config, apr_psprintf(test_pool, "ALTER DATABASE %s SET synchronous_commit = remote_apply",
                                            strstr(config.params, "dbname=") + 7));
    ck_assert_str_eq(unit_database_value(&config, "SHOW synchronous_commit"), "remote_apply");
}
END_TEST

/* Traps of SQLite ------------------------------------------------------------------------------------------ */

/* F4: apr_dbd's statements fail for ever after a schema change by somebody else. */
START_TEST(schema_changes_harm_nothing)
{
    static const char *const changes[] = {"CREATE INDEX x ON claims (until)", "ANALYZE", "VACUUM",
                                          "ALTER TABLE claims ADD COLUMN more TEXT", "DROP INDEX x",
                                          "PRAGMA user_version = 7"};
    b2b_db_t *db = unit_database(SQLITE);
    b2b_db_conn_t *conn = NULL;
    b2b_db_rows_t *rows = NULL;
    sqlite3 *other = NULL;
    apr_size_t i;

    unit_ok(b2b_db_acquire(&conn, db, test_pool));
    unit_ok(b2b_db_query(&rows, conn, STMT_CLAIM_SELECT, test_pool, "s", "a"));
    ck_assert_int_eq(sqlite3_open(db->config.params, &other), SQLITE_OK);
    for (i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
        ck_assert_int_eq(sqlite3_exec(other, changes[i], NULL, NULL, NULL), SQLITE_OK);
        unit_ok(b2b_db_query(&rows, conn, STMT_CLAIM_SELECT, test_pool, "s", "a"));
    }
    sqlite3_close(other);
}
END_TEST

typedef struct {
    b2b_db_t *db;
    apr_interval_time_t took;
    b2b_error_code_e code;
} reader_t;

static void *APR_THREAD_FUNC read_once(apr_thread_t *thread, void *baton)
{
    reader_t *reader = baton;
    b2b_db_conn_t *conn = NULL;
    b2b_db_rows_t *rows = NULL;
    apr_time_t start;
    apr_pool_t *pool;
    b2b_error_t *err;

    apr_pool_create_unmanaged_ex(&pool, NULL, NULL);
    err = b2b_db_acquire(&conn, reader->db, pool);
    start = apr_time_now();
    if (!err) {
        err = b2b_db_query(&rows, conn, STMT_SETTINGS_SELECT, pool, "");
    }
    reader->took = apr_time_now() - start;
    reader->code = err ? err->code : 0;
    apr_pool_destroy(pool);
    apr_thread_exit(thread, APR_SUCCESS);
    return NULL;
}

/* F5, F6: who waits for a locked file must not hold up those who read another one, and waits briefly. */
START_TEST(waiting_reader_holds_up_nobody)
{
    reader_t blocked = {unit_database(SQLITE), 0, 0}, free = {unit_database(SQLITE), 0, 0};
    apr_thread_t *first = NULL, *second = NULL;
    apr_status_t status;
    b2b_db_conn_t *conn = NULL;
    sqlite3 *other = NULL;

    /* open the connection before the lock: opening reads the file as well */
    unit_ok(b2b_db_acquire(&conn, blocked.db, test_pool));
    unit_ok(read_settings(conn));
    b2b_db_release(conn);
    ck_assert_int_eq(sqlite3_open(blocked.db->config.params, &other), SQLITE_OK);
    ck_assert_int_eq(sqlite3_exec(other, "BEGIN EXCLUSIVE", NULL, NULL, NULL), SQLITE_OK);
    ck_assert_int_eq(apr_thread_create(&first, NULL, read_once, &blocked, test_pool), APR_SUCCESS);
    apr_sleep(30000);
    ck_assert_int_eq(apr_thread_create(&second, NULL, read_once, &free, test_pool), APR_SUCCESS);
    apr_thread_join(&status, second);
    apr_thread_join(&status, first);
    ck_assert_int_eq(free.code, 0);
    ck_assert_int_lt(free.took, apr_time_from_msec(100));
    ck_assert_int_eq(blocked.code, B2B_E_BUSY);
    ck_assert_int_ge(blocked.took, apr_time_from_msec(150));
    ck_assert_int_lt(blocked.took, apr_time_from_msec(800));
    sqlite3_close(other);
}
END_TEST

static b2b_error_t *fill(void *baton, b2b_db_conn_t *conn, apr_pool_t *pool)
{
    char *text = apr_pcalloc(pool, 3001);
    int i;

    (void)baton;
    memset(text, 'x', 3000);
    for (i = 0; i < 500; i++) {
        B2B_ERR(b2b_db_execute(NULL, conn, STMT_CLAIM_INSERT, pool, "ssi", apr_psprintf(pool, "%d", i), text,
                               (apr_int64_t)i));
    }
    return NULL;
}

START_TEST(full_disk_is_unavailable_and_leaves_nothing)
{
    b2b_db_config_t config = unit_database_config(SQLITE);
    b2b_db_conn_t *conn = NULL;
    b2b_db_t *db = NULL;
    int pages = atoi(unit_database_value(&config, "PRAGMA page_count"));

    b2b_sqlite_page_limit = pages + 20;
    unit_ok(b2b_db_create(&db, &config, test_pool));
    unit_ok(b2b_db_acquire(&conn, db, test_pool));
    unit_error(b2b_db_transaction(conn, fill, NULL, test_pool), B2B_E_UNAVAILABLE);
    b2b_db_release(conn);
    b2b_sqlite_page_limit = 0;
    ck_assert_str_eq(unit_database_value(&config, "SELECT COUNT(*) FROM claims"), "0");
    ck_assert_str_eq(unit_database_value(&config, "PRAGMA integrity_check"), "ok");
    b2b_db_reset(db);
    unit_ok(b2b_db_acquire(&conn, db, test_pool));
    unit_ok(b2b_db_transaction(conn, fill, NULL, test_pool)); /* it comes back by itself */
}
END_TEST

START_TEST(read_only_file_is_unavailable_for_writing)
{
    b2b_db_config_t config = unit_database_config(SQLITE);
    b2b_db_conn_t *conn = NULL;
    b2b_db_t *db = NULL;

    ck_assert_int_eq(chmod(unit_database_folder(), 0755), 0);
    ck_assert_int_eq(chmod(config.params, 0444), 0);
    if (geteuid() == 0) {
        ck_assert_int_eq(seteuid(65534), 0); /* in this test's fork only */
    }
    unit_ok(b2b_db_create(&db, &config, test_pool));
    unit_ok(b2b_db_acquire(&conn, db, test_pool));
    unit_ok(read_settings(conn));
    unit_error(b2b_db_transaction(conn, insert_group, NAME("g"), test_pool), B2B_E_UNAVAILABLE);
}
END_TEST

/* Traps of PostgreSQL -------------------------------------------------------------------------------------- */

/* F1: after the backend died apr_dbd's SELECT succeeded with no rows, for ever: "nobody is suspended". */
START_TEST(lost_connection_is_an_error_not_no_rows)
{
    b2b_db_t *db = unit_database(PGSQL);
    b2b_db_conn_t *conn = NULL;

    unit_ok(b2b_db_acquire(&conn, db, test_pool));
    unit_ok(read_settings(conn));
    kill_backends(db);
    unit_error(read_settings(conn), B2B_E_UNAVAILABLE);
    ck_assert_ptr_nonnull(read_settings(conn)); /* and it stays one */
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
        unit_ok(b2b_db_transaction(conn, insert_group, apr_psprintf(test_pool, "g%d", i), test_pool));
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
    apr_time_t start;
    b2b_error_t *err;

    b2b_pgsql_statement_wait = apr_time_from_sec(1);
    unit_ok(b2b_db_acquire(&conn, db, test_pool));
    unit_ok(read_settings(conn));
    unit_database_cluster("pause");
    start = apr_time_now();
    err = read_settings(conn);
    unit_database_cluster("resume");
    unit_error(err, B2B_E_UNAVAILABLE);
    ck_assert_int_lt(apr_time_now() - start, apr_time_from_sec(3));
    b2b_db_release(conn);
    unit_ok(b2b_db_acquire(&conn, db, test_pool));
    unit_ok(read_settings(conn));
}
END_TEST

static void *APR_THREAD_FUNC acquire_once(apr_thread_t *thread, void *baton)
{
    b2b_db_conn_t *conn = NULL;
    apr_pool_t *pool;

    apr_pool_create_unmanaged_ex(&pool, NULL, NULL);
    (void)b2b_db_acquire(&conn, baton, pool);
    apr_pool_destroy(pool);
    apr_thread_exit(thread, APR_SUCCESS);
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
    ck_assert_int_lt(took, apr_time_from_msec(200));
}
END_TEST

/* A server's words in another language, a password with quotes: the connection string is taken apart. */
START_TEST(connection_string_is_taken_apart)
{
    b2b_db_config_t config = unit_database_config(PGSQL);
    const char *name = strstr(config.params, "dbname=") + 7, *port = strstr(config.params, "port=") + 5;
    b2b_db_conn_t *conn = NULL;

    config.params = apr_psprintf(test_pool, "postgresql://postgres:it's%%20a%%5C@127.0.0.1:%.*s/%s?connect_timeout=3",
                                 (int)strcspn(port, " "), port, name);
    unit_ok(b2b_db_open_single(&conn, &config, test_pool));
    config.params = "host=127.0.0.1 nonsense=1 password=secret";
    unit_error(b2b_db_open_single(&conn, &config, test_pool), B2B_E_UNAVAILABLE);
    ck_assert_ptr_null(strstr(b2b_error_text(b2b_db_open_single(&conn, &config, test_pool), test_pool), "secret"));
}
END_TEST

Suite *unit_suite(void)
{
    Suite *suite = suite_create("db");
    TCase *tc = unit_case(suite, "db");

    unit_database_start();
    tcase_add_loop_test(tc, values_come_back_as_they_went, 0, UNIT_DRIVERS);
    tcase_add_loop_test(tc, rows_end, 0, UNIT_DRIVERS);
    tcase_add_loop_test_raise_signal(tc, reading_beside_the_rows_stops_the_program, 6, 0, UNIT_DRIVERS);
    tcase_add_loop_test(tc, mistakes_of_the_caller_are_errors, 0, UNIT_DRIVERS);
    tcase_add_loop_test(tc, statements_are_counted, 0, UNIT_DRIVERS);
    tcase_add_loop_test(tc, constraints_have_their_codes, 0, UNIT_DRIVERS);
    tcase_add_loop_test(tc, statements_leak_nothing, 0, UNIT_DRIVERS);
    tcase_add_loop_test(tc, pool_waits_a_bounded_time, 0, UNIT_DRIVERS);
    tcase_add_loop_test(tc, connection_comes_back_with_its_pool, 0, UNIT_DRIVERS);
    tcase_add_test(tc, close_leaves_no_descriptor);
    tcase_add_loop_test(tc, reset_drops_idle_connections, 0, UNIT_DRIVERS);
    tcase_add_test(tc, missing_file_is_not_made);
    tcase_add_test(tc, replaced_file_is_opened_again);
    tcase_add_test(tc, two_copies_of_sqlite_are_refused);
    tcase_add_test(tc, journal_mode_is_gated);
    tcase_add_test(tc, sqlite_settings_are_in_force);
    tcase_add_test(tc, settings_that_do_not_hold_are_refused);
    tcase_add_test(tc, pgsql_settings_are_in_force);
    tcase_add_test(tc, pgsql_stronger_commit_is_kept);
    tcase_add_test(tc, schema_changes_harm_nothing);
    tcase_add_test(tc, waiting_reader_holds_up_nobody);
    tcase_add_test(tc, full_disk_is_unavailable_and_leaves_nothing);
    tcase_add_test(tc, read_only_file_is_unavailable_for_writing);
    tcase_add_test(tc, lost_connection_is_an_error_not_no_rows);
    tcase_add_test(tc, connection_that_died_idle_is_replaced);
    tcase_add_test(tc, server_that_is_gone_is_unavailable_and_comes_back);
    tcase_add_test(tc, frozen_server_is_given_up);
    tcase_add_test(tc, connecting_holds_up_nobody);
    tcase_add_test(tc, connection_string_is_taken_apart);
    return suite;
}
