/* SPDX-License-Identifier: Apache-2.0 */
/* PostgreSQL's database as a whole: may we serve from it; pg_dump and pg_restore for copies. */

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <apr_env.h>
#include <apr_file_io.h>
#include <apr_strings.h>
#include <apr_thread_proc.h>
#include <libpq-fe.h>

#include "base/chance.h"
#include "db_private.h"
#include "schema.h"

#define SERVER_VERSION_MIN 120000
#define ENV                "/usr/bin/env"
#define ENV_NOT_FOUND      127

b2b_error_t *b2b_schema_check_pgsql(const b2b_db_config_t *config, apr_pool_t *pool)
{
    b2b_db_conn_t *conn = NULL;
    b2b_db_rows_t *rows = NULL;
    const char *wrong = NULL;

    B2B_ERR(b2b_db_open_single(&conn, config, pool)); /* checks the encoding */
    if (PQserverVersion(conn->native) < SERVER_VERSION_MIN) {
        return b2b_error_create(pool, B2B_E_UNAVAILABLE, NULL,
                                "The database is PostgreSQL %d; version 12 or newer is needed.",
                                PQserverVersion(conn->native) / 10000);
    }
    B2B_ERR(conn->db->driver
                ->text(&rows, conn,
                       "SELECT pg_is_in_recovery(), current_setting('transaction_read_only'),"
                       " current_setting('synchronous_commit'), current_setting('fsync')",
                       pool));
    if (!b2b_db_next(rows) || b2b_db_bool(rows, 0)) {
        wrong = "a standby that only reads; add target_session_attrs=read-write and all hosts to "
                "its conninfo";
    }
    else if (strcmp(b2b_db_text(rows, 1), "off") != 0) {
        wrong = "read-only (default_transaction_read_only); change that for this database or user";
    }
    else if (strcmp(b2b_db_text(rows, 2), "off") == 0 ||
             strcmp(b2b_db_text(rows, 2), "local") == 0) {
        wrong = "set to lose commits (synchronous_commit), and this session could not change that";
    }
    else if (strcmp(b2b_db_text(rows, 3), "off") == 0) {
        wrong = "set to lose commits (fsync = off); switch fsync on in postgresql.conf";
    }
    if (wrong) {
        return b2b_error_typed(b2b_error_create(pool, B2B_E_UNAVAILABLE, NULL,
                                                "The database is %s.", wrong),
                               "database-settings");
    }
    B2B_ERR(b2b_schema_check_version(conn, pool));
    B2B_ERR(conn->db->driver->text(&rows, conn,
                                   "SELECT has_table_privilege('generations', 'SELECT')"
                                   " AND has_table_privilege('generations', 'UPDATE')"
                                   " AND has_table_privilege('audit_events', 'INSERT')",
                                   pool));
    if (!b2b_db_next(rows) || !b2b_db_bool(rows, 0)) {
        return b2b_error_typed(
            b2b_error_create(pool, B2B_E_UNAVAILABLE, NULL,
                             "The database's user may not read and write its tables; migrate as "
                             "the same user, or grant it SELECT, INSERT, UPDATE and DELETE."),
            "database-not-writable");
    }
    return NULL;
}

/* Running PostgreSQL's own programs --------------------------------------------------------------------- */

/* The environment with CONFIG's connection in libpq's variables: a command line shows passwords to all. */
static b2b_error_t *environment(const char *const **result, const b2b_db_config_t *config,
                                apr_pool_t *pool)
{
    char *words = NULL, **variable;
    PQconninfoOption *options = PQconninfoParse(config->params, &words), *option;
    apr_array_header_t *all = apr_array_make(pool, 64, sizeof(const char *));

    if (!options) {
        b2b_error_t *err =
            b2b_error_create(pool, B2B_E_UNAVAILABLE, NULL,
                             "The connection string of the database cannot be read.");

        b2b_error_detail(err, pool, "%s", words ? words : "");
        PQfreemem(words);
        return err;
    }
    for (variable = environ; *variable; variable++) {
        apr_size_t name = strcspn(*variable, "=");
        int given = 0;

        for (option = options; option->keyword; option++) {
            given = given || (option->val && option->envvar && strlen(option->envvar) == name &&
                              strncmp(option->envvar, *variable, name) == 0);
        }
        if (!given) {
            APR_ARRAY_PUSH(all, const char *) = apr_pstrdup(pool, *variable);
        }
    }
    for (option = options; option->keyword; option++) {
        if (option->val && option->envvar) {
            APR_ARRAY_PUSH(all, const char *) = apr_pstrcat(pool, option->envvar, "=", option->val,
                                                            NULL);
        }
    }
    APR_ARRAY_PUSH(all, const char *) = NULL;
    PQconninfoFree(options);
    *result = (const char *const *)all->elts;
    return NULL;
}

/* Run the program ARGUMENTS[1] of PATH; what it complains of becomes the error's detail. ARGUMENTS[0] is
 * env(1), which finds it there: APR looks into PATH only where it passes on our own environment. */
static b2b_error_t *run_program(const char *const *arguments, const b2b_db_config_t *config,
                                apr_pool_t *pool)
{
    const char *const *variables = NULL;
    apr_procattr_t *attributes;
    apr_proc_t process;
    char words[4000];
    apr_size_t have = 0;
    apr_exit_why_e why = APR_PROC_EXIT;
    int exit_code = 0;
    apr_status_t status;
    b2b_error_t *err;

    B2B_ERR(environment(&variables, config, pool));
    status = apr_procattr_create(&attributes, pool);
    if (status == APR_SUCCESS) {
        status = apr_procattr_io_set(attributes, APR_NO_PIPE, APR_NO_PIPE, APR_FULL_BLOCK);
    }
    if (status == APR_SUCCESS) {
        status = apr_procattr_cmdtype_set(attributes, APR_PROGRAM);
    }
    if (status == APR_SUCCESS) {
        status = apr_procattr_error_check_set(attributes, 1);
    }
    if (status == APR_SUCCESS) {
        status = apr_proc_create(&process, arguments[0], arguments, variables, attributes, pool);
    }
    if (status == APR_SUCCESS) {
        while (status == APR_SUCCESS && have < sizeof(words) - 1) {
            apr_size_t more = sizeof(words) - 1 - have;

            status = apr_file_read(process.err, words + have, &more);
            have += status == APR_SUCCESS ? more : 0;
        }
        apr_file_close(process.err);
        status = apr_proc_wait(&process, &exit_code, &why, APR_WAIT);
        if (APR_STATUS_IS_CHILD_DONE(status) && why == APR_PROC_EXIT && exit_code == 0) {
            return NULL;
        }
    }
    words[have] = '\0';
    err = b2b_error_create(
        pool, B2B_E_UNAVAILABLE, NULL,
        have && exit_code != ENV_NOT_FOUND
            ? "The program %s did not do its work; the database is as it was before."
            : "The program %s could not be run (Debian: apt-get install postgresql-client).",
        arguments[1]);
    return b2b_error_detail(err, pool, "%s", have ? words : "no output");
}

b2b_error_t *b2b_schema_backup_pgsql(const b2b_db_config_t *config, const char *path,
                                     apr_pool_t *pool)
{
    const char *arguments[] = {ENV,
                               "pg_dump",
                               "--format=custom",
                               "--no-owner",
                               "--no-privileges",
                               "--no-password",
                               "--file",
                               path,
                               NULL};
    b2b_db_conn_t *conn = NULL;

    B2B_ERR(b2b_db_open_single(&conn, config, pool));
    B2B_ERR(b2b_schema_check_version(conn, pool));
    return run_program(arguments, config, pool);
}

/*
 * pg_restore writes a script, and psql runs it with what must hold at its end, all in one transaction:
 * the schema is this program's, and the generations are above all values that anybody may have seen. The
 * clock is: they count from 0, or from the clock of an earlier restore.
 */
b2b_error_t *b2b_schema_restore_pgsql(const b2b_db_config_t *config, const char *path,
                                      apr_pool_t *pool)
{
    const char *folder = NULL, *script, *check, *raise;
    b2b_error_t *err;

    if (access(path, R_OK) != 0) {
        return b2b_error_typed(b2b_error_create(pool, B2B_E_UNAVAILABLE, NULL,
                                                "There is no backup %s.", path),
                               "backup-missing");
    }
    if (apr_temp_dir_get(&folder, pool) != APR_SUCCESS) {
        return b2b_error_create(pool, B2B_E_UNAVAILABLE, NULL,
                                "There is no folder for temporary files.");
    }
    script = apr_psprintf(pool, "%s/b2bportal-restore-%s", folder, b2b_id_create(pool));
    check = apr_psprintf(
        pool,
        "DO $$ BEGIN IF (SELECT MAX(number) FROM schema_migrations) IS DISTINCT FROM %d THEN"
        " RAISE EXCEPTION 'the backup has another schema version than this program, %d'; END IF;"
        " END $$",
        b2b_db_schema_version, b2b_db_schema_version);
    raise = apr_psprintf(pool, "UPDATE generations SET value = %" APR_INT64_T_FMT, b2b_clock_now());
    B2B_ERR(b2b_schema_new_file(script, 0600, pool));
    {
        const char *list[] = {ENV,           "pg_restore", "--clean",
                              "--if-exists", "--no-owner", "--no-privileges",
                              "--file",      script,       path,
                              NULL};
        /* pg_restore's script ends with an empty search_path. */
        const char *apply[] = {ENV,
                               "psql",
                               "--no-psqlrc",
                               "--quiet",
                               "--no-password",
                               "--single-transaction",
                               "--set=ON_ERROR_STOP=1",
                               "--set=VERBOSITY=terse",
                               "--output=/dev/null",
                               "--file",
                               script,
                               "--command",
                               "RESET search_path",
                               "--command",
                               check,
                               "--command",
                               raise,
                               NULL};

        err = run_program(list, config, pool);
        if (!err) {
            err = run_program(apply, config, pool);
        }
    }
    unlink(script);
    return err;
}
