/* SPDX-License-Identifier: Apache-2.0 */
/* db/: the traps of SQLite and of APR's driver for it; naive code fails each of these tests. */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
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
    static const char *const settings[][2] = {{"foreign_keys", "1"},
                                              {"synchronous", "2"},
                                              {"cache_spill", "0"},
                                              {"trusted_schema", "0"},
                                              {"mmap_size", "0"}};
    b2b_db_t *db = unit_database(SQLITE);
    b2b_db_conn_t *conns[3];
    b2b_db_rows_t *rows = NULL;
    apr_size_t i, j;

    for (j = 0; j < 3; j++) {
        unit_ok(b2b_db_acquire(&conns[j], db, test_pool));
        for (i = 0; i < sizeof(settings) / sizeof(settings[0]); i++) {
            unit_ok(db->driver->text(&rows, conns[j],
                                     apr_pstrcat(test_pool, "PRAGMA ", settings[i][0], NULL),
                                     test_pool));
            ck_assert(b2b_db_next(rows));
            ck_assert_str_eq(b2b_db_text(rows, 0), settings[i][1]);
        }
        unit_ok(db->driver->text(&rows, conns[j], "PRAGMA journal_mode", test_pool));
        ck_assert(b2b_db_next(rows));
        ck_assert_str_eq(b2b_db_text(rows, 0),
                         b2b_sqlite_journal_mode(sqlite3_libversion_number()));
    }
}
END_TEST

static const char *ignored;

static int ignore_one(void *baton, int action, const char *name, const char *value,
                      const char *schema, const char *trigger)
{
    (void)baton;
    (void)schema;
    (void)trigger;
    return action == SQLITE_PRAGMA && value && strcmp(name, ignored) == 0 ? SQLITE_IGNORE
                                                                          : SQLITE_OK;
}

static int install_ignorer(sqlite3 *connection)
{
    return sqlite3_set_authorizer(connection, ignore_one, NULL);
}

/* As a SQLite built without foreign keys does: the PRAGMA succeeds and nothing is changed. */
START_TEST(settings_that_are_ignored_are_refused)
{
    static const char *const names[] = {"foreign_keys", "cache_spill", "trusted_schema",
                                        "journal_mode"};
    b2b_db_t *db = unit_database(SQLITE);
    apr_size_t i;

    ck_assert_int_eq(sqlite3_auto_extension((void (*)(void))install_ignorer), SQLITE_OK);
    for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        b2b_db_conn_t *conn = NULL;
        b2b_error_t *err;

        ignored = names[i];
        err = b2b_db_acquire(&conn, db, test_pool);
        unit_error(err, B2B_E_UNAVAILABLE);
        ck_assert_ptr_nonnull(strstr(err->detail, names[i]));
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
    ck_assert_int_eq(sqlite3_exec(other, "PRAGMA journal_mode = wal; BEGIN; SELECT * FROM settings",
                                  NULL, NULL, NULL),
                     SQLITE_OK);
    err = b2b_db_acquire(&conn, db, test_pool);
    ck_assert_ptr_nonnull(err);
    ck_assert(err->code == B2B_E_UNAVAILABLE || err->code == B2B_E_BUSY);
    sqlite3_close(other);
}
END_TEST

/* F4: apr_dbd's statements fail for ever after a schema change by somebody else. */
START_TEST(schema_changes_harm_nothing)
{
    static const char *const changes[] = {"CREATE INDEX x ON claims (until)",
                                          "ANALYZE",
                                          "VACUUM",
                                          "ALTER TABLE claims ADD COLUMN more TEXT",
                                          "DROP INDEX x",
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

    (void)thread; /* not apr_thread_exit: AddressSanitizer does not understand it */
    apr_pool_create_unmanaged_ex(&pool, NULL, NULL);
    err = b2b_db_acquire(&conn, reader->db, pool);
    start = apr_time_now();
    if (!err) {
        err = b2b_db_query(&rows, conn, STMT_SETTINGS_SELECT, pool, "");
    }
    reader->took = apr_time_now() - start;
    reader->code = err ? err->code : 0;
    apr_pool_destroy(pool);
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
    ck_assert_int_eq(blocked.code, B2B_E_BUSY);
    ck_assert_int_ge(blocked.took, apr_time_from_msec(150));
    ck_assert_int_lt(free.took, blocked.took);
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
        B2B_ERR(b2b_db_execute(NULL, conn, STMT_CLAIM_INSERT, pool, "ssi",
                               apr_psprintf(pool, "%d", i), text, (apr_int64_t)i));
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
    if (_i == 1) { /* the lock file opens, and SQLite itself has to say it */
        const char *lock = apr_pstrcat(test_pool, config.params, "-lock", NULL);

        fclose(fopen(lock, "w"));
        ck_assert_int_eq(chmod(lock, 0666), 0);
    }
    if (geteuid() == 0) {
        ck_assert_int_eq(seteuid(65534), 0); /* in this test's fork only */
    }
    unit_ok(b2b_db_create(&db, &config, test_pool));
    unit_ok(b2b_db_acquire(&conn, db, test_pool));
    unit_ok(read_settings(conn));
    unit_error(b2b_db_transaction(conn, insert_group, NAME("g"), test_pool), B2B_E_UNAVAILABLE);
    if (getuid() == 0) {
        ck_assert_int_eq(seteuid(0), 0);
    }
}
END_TEST

Suite *unit_suite(void)
{
    Suite *suite = suite_create("sqlite");
    TCase *tc = unit_case(suite, "sqlite");

    unit_database_start();
    tcase_add_test(tc, close_leaves_no_descriptor);
    tcase_add_test(tc, missing_file_is_not_made);
    tcase_add_test(tc, replaced_file_is_opened_again);
    tcase_add_test(tc, two_copies_of_sqlite_are_refused);
    tcase_add_test(tc, journal_mode_is_gated);
    tcase_add_test(tc, sqlite_settings_are_in_force);
    tcase_add_test(tc, settings_that_are_ignored_are_refused);
    tcase_add_test(tc, settings_that_do_not_hold_are_refused);
    tcase_add_test(tc, schema_changes_harm_nothing);
    tcase_add_test(tc, waiting_reader_holds_up_nobody);
    tcase_add_test(tc, full_disk_is_unavailable_and_leaves_nothing);
    tcase_add_loop_test(tc, read_only_file_is_unavailable_for_writing, 0, 2);
    return suite;
}
