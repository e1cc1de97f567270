/* SPDX-License-Identifier: Apache-2.0 */
/* Databases for unit tests: a fresh, migrated one for each test, on SQLite and on PostgreSQL. */
#ifndef B2B_TESTS_DATABASE_H
#define B2B_TESTS_DATABASE_H

#include "db/db.h"

/** The drivers, for tcase_add_loop_test(tc, test, 0, UNIT_DRIVERS): _i is the driver. */
#define UNIT_DRIVERS 2

/** Call it in unit_suite(): starts PostgreSQL and makes what the tests' databases are copied from. */
void unit_database_start(void);

/** The configuration of a fresh database with the current schema, in test_pool: 4 connections, 1 s of waiting. */
b2b_db_config_t unit_database_config(int driver);

/** As above, without any table; SQLite's file does not exist yet. */
b2b_db_config_t unit_database_empty(int driver);

/** A database of unit_database_config(), in test_pool. */
b2b_db_t *unit_database(int driver);

/** A folder of this program's own, removed when it ends. */
const char *unit_database_folder(void);

/** Tell the PostgreSQL cluster: "stop", "start", "pause", "resume". Others of this program see it too. */
void unit_database_cluster(const char *command);

/** The cluster's conninfo with dbname=NAME. */
const char *unit_database_conninfo(const char *name);

/** Run a statement given as text, outside of what db.h offers; the test fails if that fails. */
void unit_database_sql(const b2b_db_config_t *config, const char *sql);

/** The first value of the first row of a query given as text; NULL for none. */
const char *unit_database_value(const b2b_db_config_t *config, const char *sql);

/** Fail the test with all of ERR's words, if there is one. */
#define unit_ok(err) unit_ok_at(err, __FILE__, __LINE__)
void unit_ok_at(const b2b_error_t *err, const char *file, int line);

/** Fail the test unless ERR has CODE. */
#define unit_error(err, code) unit_error_at(err, code, __FILE__, __LINE__)
void unit_error_at(const b2b_error_t *err, b2b_error_code_e code, const char *file, int line);

#endif
