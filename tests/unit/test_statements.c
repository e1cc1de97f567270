/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every statement of db/sql/queries: it prepares on both databases, and SQLite's plan for it reads no table from
 * end to end unless tests/unit/scans.txt says why that is right. A scan is found here, not when a portal has
 * 100,000 members.
 */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <apr_strings.h>
#include <libpq-fe.h>
#include <sqlite3.h>

#include "database.h"
#include "db/db_private.h"

enum { SQLITE, PGSQL };

static b2b_db_conn_t *connection(int driver)
{
    b2b_db_config_t config = unit_database_config(driver);
    b2b_db_conn_t *conn = NULL;

    unit_ok(b2b_db_open_single(&conn, &config, test_pool));
    return conn;
}

START_TEST(prepares_on_sqlite)
{
    b2b_db_conn_t *conn = connection(SQLITE);
    int i;

    for (i = 0; i < STMT_COUNT; i++) {
        sqlite3_stmt *stmt = NULL;
        const char *tail = NULL;

        ck_assert_msg(sqlite3_prepare_v3(conn->native, b2b_stmts[i].sqlite, -1, 0, &stmt, &tail) ==
                          SQLITE_OK,
                      "%s: %s", b2b_stmts[i].name, sqlite3_errmsg(conn->native));
        ck_assert_msg(*tail == '\0', "%s: more than one statement", b2b_stmts[i].name);
        ck_assert_msg(sqlite3_bind_parameter_count(stmt) == (int)strlen(b2b_stmts[i].types),
                      "%s: parameters", b2b_stmts[i].name);
        ck_assert_msg((sqlite3_column_count(stmt) > 0) == b2b_stmts[i].rows, "%s: rows",
                      b2b_stmts[i].name);
        ck_assert_msg((sqlite3_stmt_readonly(stmt) == 0) == b2b_stmts[i].writes, "%s: writes",
                      b2b_stmts[i].name);
        sqlite3_finalize(stmt);
    }
}
END_TEST

START_TEST(prepares_on_postgresql)
{
    b2b_db_conn_t *conn = connection(PGSQL);
    int i;

    for (i = 0; i < STMT_COUNT; i++) {
        Oid types[B2B_PARAMETERS_MAX];
        PGresult *result;
        int count;

        for (count = 0; b2b_stmts[i].types[count]; count++) {
            char type = b2b_stmts[i].types[count];

            types[count] = type == 's' ? 25 : type == 'b' ? 21 : 20;
        }
        result = PQprepare(conn->native, "", b2b_stmts[i].pgsql, count, types);
        ck_assert_msg(PQresultStatus(result) == PGRES_COMMAND_OK, "%s: %s", b2b_stmts[i].name,
                      PQresultErrorMessage(result));
        PQclear(result);
        result = PQdescribePrepared(conn->native, "");
        ck_assert_msg((PQnfields(result) > 0) == b2b_stmts[i].rows, "%s: rows", b2b_stmts[i].name);
        PQclear(result);
    }
}
END_TEST

/* Does STMT name the table, so that a scan of it is not one of a subquery or a list of values? */
static int names_table(const b2b_stmt_t *stmt, const char *table)
{
    const char *at = stmt->tables;
    apr_size_t length = strlen(table);

    while ((at = strstr(at, table)) != NULL) {
        if ((at == stmt->tables || at[-1] == ' ') && (at[length] == ' ' || at[length] == '\0')) {
            return 1;
        }
        at += length;
    }
    return 0;
}

/* The table that NAME, an alias or a table, stands for in STMT's text; NULL for what is no table. */
static const char *table_of(const b2b_stmt_t *stmt, const char *name)
{
    char *tables = apr_pstrdup(test_pool, stmt->tables), *state = NULL, *table;

    if (names_table(stmt, name)) {
        return name;
    }
    for (table = apr_strtok(tables, " ", &state); table; table = apr_strtok(NULL, " ", &state)) {
        if (strstr(stmt->sqlite, apr_psprintf(test_pool, "%s %s ", table, name)) ||
            strstr(stmt->sqlite, apr_psprintf(test_pool, "%s AS %s", table, name)) ||
            strstr(stmt->sqlite, apr_psprintf(test_pool, "%s %s)", table, name)) ||
            strstr(stmt->sqlite, apr_psprintf(test_pool, "%s %s,", table, name))) {
            return table;
        }
    }
    return NULL;
}

/* The scans that the plan of STMT has, as lines "STMT_NAME table". */
static const char *scans_of(b2b_db_conn_t *conn, const b2b_stmt_t *stmt)
{
    sqlite3_stmt *plan = NULL;
    const char *scans = "";

    ck_assert_int_eq(sqlite3_prepare_v3(conn->native,
                                        apr_pstrcat(test_pool, "EXPLAIN QUERY PLAN ", stmt->sqlite,
                                                    NULL),
                                        -1, 0, &plan, NULL),
                     SQLITE_OK);
    while (sqlite3_step(plan) == SQLITE_ROW) {
        const char *detail = (const char *)sqlite3_column_text(plan, 3);
        const char *table;

        if (strncmp(detail, "SCAN ", 5) != 0) {
            continue;
        }
        table = table_of(stmt, apr_pstrndup(test_pool, detail + 5, strcspn(detail + 5, " ")));
        /* In the order of an index, and no further than LIMIT: that is how a page of a list is read. */
        if (table && !(strstr(detail, "USING") && strstr(detail, "INDEX") &&
                       strstr(stmt->sqlite, "LIMIT ?"))) {
            scans = apr_pstrcat(test_pool, scans, stmt->name, " ", table, "\n", NULL);
        }
    }
    sqlite3_finalize(plan);
    return scans;
}

static const char *read_list(void)
{
    const char *source = getenv("B2B_SRCDIR");
    static char list[20000];
    FILE *file = fopen(apr_pstrcat(test_pool, source ? source : ".", "/tests/unit/scans.txt", NULL),
                       "r");

    ck_assert_ptr_nonnull(file);
    list[0] = '\n';
    list[fread(list + 1, 1, sizeof(list) - 2, file) + 1] = '\0';
    fclose(file);
    return list;
}

START_TEST(scans_no_table)
{
    b2b_db_conn_t *conn = connection(SQLITE);
    const char *list = read_list(), *line;
    const char *unlisted = "", *all = "\n";
    char *state = NULL, *lines;
    int i;

    for (i = 0; i < STMT_COUNT; i++) {
        lines = apr_pstrdup(test_pool, scans_of(conn, &b2b_stmts[i]));
        for (line = apr_strtok(lines, "\n", &state); line; line = apr_strtok(NULL, "\n", &state)) {
            all = apr_pstrcat(test_pool, all, line, "\n", NULL);
            if (!strstr(list, apr_pstrcat(test_pool, "\n", line, " ", NULL))) {
                unlisted = apr_pstrcat(test_pool, unlisted, "\n  ", line, NULL);
            }
        }
    }
    ck_assert_msg(*unlisted == '\0',
                  "these scan a table and tests/unit/scans.txt does not say why:%s", unlisted);
    lines = apr_pstrdup(test_pool, list);
    for (line = apr_strtok(lines, "\n", &state); line; line = apr_strtok(NULL, "\n", &state)) {
        const char *space = strncmp(line, "STMT_", 5) == 0 ? strchr(strchr(line, ' ') + 1, ' ')
                                                           : NULL;

        ck_assert_msg(*line == '#' || (space && strlen(space) > 10), "%s: no reason", line);
        ck_assert_msg(*line == '#' || strstr(all, apr_psprintf(test_pool, "\n%.*s\n",
                                                               (int)(space - line), line)),
                      "%s: it does not scan", line);
    }
}
END_TEST

/* The test can fail: a scan is seen, by its alias too, and what is read through an index is none. */
START_TEST(scans_are_seen)
{
    static const b2b_stmt_t stmts[] = {
        {"STMT_A", "s", 1, 0, 0, "host_users", "SELECT id FROM host_users WHERE locale = ?", ""},
        {"STMT_B", "s", 1, 0, 0, "host_users", "SELECT u.id FROM host_users u WHERE u.locale = ?",
         ""},
        {"STMT_C", "s", 1, 0, 0, "host_users", "SELECT id FROM host_users WHERE id = ?", ""},
        {"STMT_D", "i", 1, 0, 0, "portals",
         "SELECT id FROM portals ORDER BY name_folded, id LIMIT ?", ""},
        {"STMT_E", "s", 0, 1, 0, "members", "DELETE FROM members WHERE locale = ?", ""},
    };
    static const char *const scans[] = {"STMT_A host_users\n", "STMT_B host_users\n", "", "",
                                        "STMT_E members\n"};
    b2b_db_conn_t *conn = connection(SQLITE);
    apr_size_t i;

    for (i = 0; i < sizeof(stmts) / sizeof(stmts[0]); i++) {
        ck_assert_str_eq(scans_of(conn, &stmts[i]), scans[i]);
    }
}
END_TEST

Suite *unit_suite(void)
{
    Suite *suite = suite_create("statements");
    TCase *tc = unit_case(suite, "statements");

    unit_database_start();
    tcase_add_test(tc, prepares_on_sqlite);
    tcase_add_test(tc, prepares_on_postgresql);
    tcase_add_test(tc, scans_no_table);
    tcase_add_test(tc, scans_are_seen);
    return suite;
}
