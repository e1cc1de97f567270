/* SPDX-License-Identifier: Apache-2.0 */
/* db/schema: what tests of the command (tests/httpd/test_ctl.py) cannot reach from outside. */
#include "unit.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <apr_strings.h>

#include "database.h"
#include "db/db_private.h"
#include "db/schema.h"

enum { SQLITE, PGSQL };

START_TEST(every_migration_is_recorded)
{
    b2b_db_config_t config = unit_database_empty(_i);
    int from = -1, to = -1;

    unit_ok(b2b_schema_migrate(&from, &to, &config, test_pool));
    ck_assert_int_eq(from, 0);
    ck_assert_int_eq(to, b2b_db_schema_version);
    unit_ok(b2b_schema_check(&config, test_pool));
    unit_ok(b2b_schema_migrate(&from, &to, &config, test_pool));
    ck_assert_int_eq(from, b2b_db_schema_version);
    ck_assert_int_eq(to, b2b_db_schema_version);
    ck_assert_str_eq(unit_database_value(&config, "SELECT COUNT(*) FROM schema_migrations"),
                     apr_itoa(test_pool, b2b_db_schema_version));
    ck_assert_str_eq(unit_database_value(&config, "SELECT COUNT(*) FROM generations"), "1024");
}
END_TEST

/* The first servers of a new machine start together: one makes SQLite's file, all find the schema. */
START_TEST(first_migrations_run_side_by_side)
{
    enum { rounds = 20, processes = 6 };

    for (int round = 0; round < rounds; round++) {
        b2b_db_config_t config = unit_database_empty(SQLITE);
        int i, status, start[2];
        char byte;

        ck_assert_int_eq(pipe(start), 0);
        for (i = 0; i < processes; i++) {
            if (fork() == 0) {
                int from, to;

                close(start[1]);
                if (read(start[0], &byte, 1) != 0) { /* its end is the sign to go */
                    _exit(2);
                }
                _exit(b2b_schema_migrate(&from, &to, &config, test_pool) != NULL);
            }
        }
        close(start[0]);
        close(start[1]);
        for (i = 0; i < processes; i++) {
            ck_assert_int_gt(wait(&status), 0);
            ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0);
        }
        unit_ok(b2b_schema_check(&config, test_pool));
    }
}
END_TEST

/* A step that fails half way, at a table whose name is taken: its first half is undone. */
START_TEST(failed_migration_leaves_nothing)
{
    b2b_db_config_t config = unit_database_empty(_i);
    const char *others =
        _i == SQLITE
            ? "SELECT COUNT(*) FROM sqlite_schema WHERE type = 'table' AND name = 'settings'"
            : "SELECT COUNT(*) FROM pg_tables WHERE tablename = 'settings'";
    int from, to;

    if (_i == SQLITE) {
        fclose(fopen(config.params, "w"));
    }
    /* a view and a sequence are no tables: the database does not look like somebody else's */
    unit_database_sql(&config,
                      _i == SQLITE ? "CREATE VIEW members AS SELECT 1" : "CREATE SEQUENCE members");
    ck_assert_ptr_nonnull(b2b_schema_migrate(&from, &to, &config, test_pool));
    ck_assert_int_eq(to, 0);
    ck_assert_str_eq(unit_database_value(&config, others), "0");
    ck_assert_str_eq(unit_database_value(&config, "SELECT COUNT(*) FROM schema_migrations"), "0");
    unit_database_sql(&config, _i == SQLITE ? "DROP VIEW members" : "DROP SEQUENCE members");
    unit_ok(b2b_schema_migrate(&from, &to, &config, test_pool));
}
END_TEST

static long type_of_file_system;

static long other_file_system(const char *path)
{
    ck_assert_ptr_nonnull(path);
    return type_of_file_system;
}

START_TEST(network_file_systems_are_refused)
{
    static const struct {
        long type;
        const char *name;
    } rows[] =
        {{0x6969, "NFS"}, {0xff534d42L, "CIFS"}, {0xfe534d42L, "SMB"}, {0x01021997, "9P"},
         {0xef53, NULL},  {0x01021994, NULL},    {0x794c7630, NULL}}; /* ext4, tmpfs, overlayfs */
    b2b_db_config_t config = unit_database_config(SQLITE);
    apr_size_t i;

    b2b_schema_file_system = other_file_system;
    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        b2b_error_t *err;

        type_of_file_system = rows[i].type;
        err = b2b_schema_check(&config, test_pool);
        if (!rows[i].name) {
            unit_ok(err);
            continue;
        }
        unit_error(err, B2B_E_UNAVAILABLE);
        ck_assert_str_eq(err->type, "database-on-network");
        ck_assert_ptr_nonnull(strstr(err->message, rows[i].name));
    }
}
END_TEST

/* Through a symbolic link the lock file has another name: two writers at once. */
START_TEST(links_are_refused)
{
    b2b_db_config_t config = unit_database_config(SQLITE);
    const char *link_name = apr_pstrcat(test_pool, config.params, "-link", NULL);
    b2b_error_t *err;

    ck_assert_int_eq(symlink(config.params, link_name), 0);
    config.params = link_name;
    err = b2b_schema_check(&config, test_pool);
    unit_error(err, B2B_E_UNAVAILABLE);
    ck_assert_str_eq(err->type, "database-links");
}
END_TEST

/*
 * Restore while somebody decides: who polls sees the restored content together with generations above all that
 * was seen before, never the one without the other, whatever the generations were at the time of the backup.
 */
START_TEST(restore_raises_generations_with_the_content)
{
    b2b_db_config_t config = unit_database_config(_i);
    const char *copy = apr_psprintf(test_pool, "%s/copy-%d-%d", unit_database_folder(),
                                    (int)getpid(), _i);
    apr_int64_t values[B2B_DB_SLOTS], last = 0;
    b2b_db_t *db = NULL;
    int status, restored = 0, changed;
    pid_t child;

    unit_database_sql(&config, "UPDATE settings SET organisation_name = 'before'");
    unit_database_sql(&config, "UPDATE generations SET value = 5");
    unit_ok(b2b_schema_backup(&config, copy, test_pool));
    unit_database_sql(&config, "UPDATE settings SET organisation_name = 'after'");
    unit_database_sql(&config, "UPDATE generations SET value = 6");
    unit_ok(b2b_db_create(&db, &config, test_pool));
    child = fork();
    if (child == 0) {
        usleep(100000);
        _exit(b2b_schema_restore(&config, copy, test_pool) != NULL);
    }
    while (!restored) {
        b2b_db_conn_t *conn = NULL;
        b2b_db_rows_t *rows = NULL;
        apr_pool_t *pool;
        b2b_error_t *err;

        restored = waitpid(child, &status, WNOHANG) == child;
        apr_pool_create(&pool, test_pool);
        err = b2b_db_acquire(&conn, db, pool);
        err = err ? err : b2b_db_generations(&changed, values, conn, pool);
        err = err ? err : b2b_db_query(&rows, conn, STMT_SETTINGS_SELECT, pool, "");
        if (!err && changed) {
            ck_assert_int_ge(values[7], last);
            last = values[7];
            ck_assert(b2b_db_next(rows));
            /* the content is read after the generations: new generations never with what was before */
            ck_assert(last == 6 || strcmp(b2b_db_text(rows, 0), "before") == 0);
        }
        apr_pool_destroy(pool);
    }
    ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    ck_assert_str_eq(unit_database_value(&config, "SELECT organisation_name FROM settings"),
                     "before");
    ck_assert_str_eq(unit_database_value(&config,
                                         "SELECT COUNT(*) FROM generations WHERE value > 1000000"),
                     "1024");
    unit_ok(b2b_schema_restore(&config, copy, test_pool)); /* again, and above those, too */
    ck_assert(apr_atoi64(unit_database_value(&config, "SELECT MIN(value) FROM generations")) >
              last);
}
END_TEST

/* kill -9 in the middle of it: what was before is there, whole. */
START_TEST(killed_restore_changes_nothing)
{
    b2b_db_config_t config = unit_database_config(_i);
    const char *copy = apr_psprintf(test_pool, "%s/killed-%d-%d", unit_database_folder(),
                                    (int)getpid(), _i);
    int i, status;

    unit_database_sql(&config, "UPDATE settings SET organisation_name = 'before'");
    unit_ok(b2b_schema_backup(&config, copy, test_pool));
    unit_database_sql(&config, "UPDATE settings SET organisation_name = 'after'");
    for (i = 1; i <= 6; i++) {
        const char *name;
        pid_t child = fork();

        if (child == 0) {
            _exit(b2b_schema_restore(&config, copy, test_pool) != NULL);
        }
        usleep((useconds_t)i * 4000);
        kill(child, SIGKILL);
        ck_assert_int_eq(waitpid(child, &status, 0), child);
        name = unit_database_value(&config, "SELECT organisation_name FROM settings");
        ck_assert(strcmp(name, "before") == 0 || strcmp(name, "after") == 0);
        unit_ok(b2b_schema_check(&config, test_pool));
        if (_i == SQLITE) {
            ck_assert_str_eq(unit_database_value(&config, "PRAGMA integrity_check"), "ok");
        }
    }
    unit_ok(b2b_schema_restore(&config, copy,
                               test_pool)); /* what the killed ones left is in nobody's way */
    ck_assert_str_eq(unit_database_value(&config, "SELECT organisation_name FROM settings"),
                     "before");
}
END_TEST

START_TEST(another_schema_is_not_backed_up)
{
    b2b_db_config_t config = unit_database_config(_i);
    const char *copy = apr_psprintf(test_pool, "%s/other-%d-%d", unit_database_folder(),
                                    (int)getpid(), _i);

    unit_database_sql(
        &config,
        "INSERT INTO schema_migrations (number, name, applied_at) VALUES (99, 'later', 0)");
    unit_error(b2b_schema_check(&config, test_pool), B2B_E_UNAVAILABLE);
    unit_error(b2b_schema_backup(&config, copy, test_pool),
               B2B_E_UNAVAILABLE); /* not what we do not know */
    ck_assert_int_ne(access(copy, F_OK), 0);
}
END_TEST

Suite *unit_suite(void)
{
    Suite *suite = suite_create("schema");
    TCase *tc = unit_case(suite, "schema");

    unit_database_start();
    tcase_add_loop_test(tc, every_migration_is_recorded, 0, UNIT_DRIVERS);
    tcase_add_test(tc, first_migrations_run_side_by_side);
    tcase_add_loop_test(tc, failed_migration_leaves_nothing, 0, UNIT_DRIVERS);
    tcase_add_test(tc, network_file_systems_are_refused);
    tcase_add_test(tc, links_are_refused);
    tcase_add_loop_test(tc, restore_raises_generations_with_the_content, 0, UNIT_DRIVERS);
    tcase_add_loop_test(tc, killed_restore_changes_nothing, 0, UNIT_DRIVERS);
    tcase_add_loop_test(tc, another_schema_is_not_backed_up, 0, UNIT_DRIVERS);
    return suite;
}
