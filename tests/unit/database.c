/* SPDX-License-Identifier: Apache-2.0 */
/* Databases for unit tests. The databases of a test are copies: making one takes milliseconds. */
#include "database.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <apr_file_io.h>
#include <apr_strings.h>

#include "db/db_private.h"
#include "db/schema.h"
#include "unit.h"

static char folder[200];
static char server[200];
static FILE *to_cluster, *from_cluster;
static pid_t cluster;
static pid_t owner;
static int databases;

void unit_ok_at(const b2b_error_t *err, const char *file, int line)
{
    if (err) {
        ck_abort_msg("%s:%d: %s", file, line, b2b_error_text(err, test_pool));
    }
}

void unit_error_at(const b2b_error_t *err, b2b_error_code_e code, const char *file, int line)
{
    if (!err || err->code != code) {
        ck_abort_msg("%s:%d: wanted error %d, got %d: %s", file, line, (int)code,
                     err ? (int)err->code : 0, err ? b2b_error_text(err, test_pool) : "no error");
    }
}

const char *unit_database_folder(void)
{
    return folder;
}

static void stop(void)
{
    if (getpid() != owner) {
        return; /* a test's fork ends here, too */
    }
    fclose(to_cluster);
    fclose(from_cluster);
    waitpid(cluster, NULL, 0); /* it removes the folder, too */
}

static void bail_out(const char *what)
{
    printf("Bail out! %s\n", what);
    exit(EXIT_FAILURE);
}

static void start_cluster(void)
{
    const char *source = getenv("B2B_SRCDIR");
    const char *python = getenv("PYTHON");
    char script[1000];
    int in[2], out[2];

    snprintf(script, sizeof(script), "%s/tests/unit/postgres.py", source ? source : ".");
    if (pipe2(in, O_CLOEXEC) != 0 || pipe2(out, O_CLOEXEC) != 0 || (cluster = fork()) < 0) {
        bail_out("no process for PostgreSQL");
    }
    if (cluster == 0) {
        dup2(in[0], 0);
        dup2(out[1], 1);
        execlp(python ? python : "/usr/bin/python3", "python3", script, folder, (char *)NULL);
        _exit(127);
    }
    close(in[0]);
    close(out[1]);
    to_cluster = fdopen(in[1], "w");
    from_cluster = fdopen(out[0], "r");
    if (!fgets(server, sizeof(server), from_cluster) || strncmp(server, "host=", 5) != 0) {
        bail_out("PostgreSQL does not start: apt-get install postgresql");
    }
    server[strcspn(server, "\n")] = '\0';
}

void unit_database_cluster(const char *command)
{
    char answer[100];

    fprintf(to_cluster, "%s\n", command);
    fflush(to_cluster);
    ck_assert_ptr_nonnull(fgets(answer, sizeof(answer), from_cluster));
    ck_assert_str_eq(answer, "ok\n");
}

const char *unit_database_conninfo(const char *name)
{
    return apr_psprintf(test_pool, "%s dbname=%s", server, name);
}

static b2b_db_config_t config_of(int driver, const char *params)
{
    b2b_db_config_t config;

    memset(&config, 0, sizeof(config));
    config.driver = driver == 0 ? B2B_DB_SQLITE : B2B_DB_PGSQL;
    config.params = params;
    config.connections = 4;
    config.wait = apr_time_from_sec(1);
    return config;
}

void unit_database_sql(const b2b_db_config_t *config, const char *sql)
{
    b2b_db_conn_t *conn = NULL;
    apr_pool_t *pool;

    apr_pool_create(&pool, test_pool);
    unit_ok(b2b_db_open_single(&conn, config, pool));
    unit_ok(conn->db->driver->text(NULL, conn, sql, pool));
    apr_pool_destroy(pool);
}

const char *unit_database_value(const b2b_db_config_t *config, const char *sql)
{
    b2b_db_conn_t *conn = NULL;
    b2b_db_rows_t *rows = NULL;
    const char *value = NULL;
    apr_pool_t *pool;

    apr_pool_create(&pool, test_pool);
    unit_ok(b2b_db_open_single(&conn, config, pool));
    unit_ok(conn->db->driver->text(&rows, conn, sql, pool));
    if (b2b_db_next(rows)) {
        value = apr_pstrdup(test_pool, b2b_db_text(rows, 0));
    }
    apr_pool_destroy(pool);
    return value;
}

static void create(const char *name, const char *template)
{
    b2b_db_config_t config = config_of(1, unit_database_conninfo("postgres"));

    unit_database_sql(&config,
                      apr_psprintf(test_pool, "CREATE DATABASE %s TEMPLATE %s", name, template));
}

void unit_database_start(void)
{
    b2b_db_config_t config;
    int from, to;

    owner = getpid();
    snprintf(folder, sizeof(folder), "%s/b2b-unit-XXXXXX",
             getenv("B2B_TEST_SCRATCH") ? getenv("B2B_TEST_SCRATCH") : "/var/tmp");
    if (!mkdtemp(folder)) {
        bail_out("no scratch folder");
    }
    start_cluster();
    atexit(stop);

    apr_pool_create(&test_pool, NULL);
    config = config_of(0, apr_pstrcat(test_pool, folder, "/template", NULL));
    if (b2b_schema_migrate(&from, &to, &config, test_pool)) {
        bail_out("SQLite does not migrate");
    }
    config = config_of(1, unit_database_conninfo("postgres"));
    create("b2b_template", "template0");
    config.params = unit_database_conninfo("b2b_template");
    if (b2b_schema_migrate(&from, &to, &config, test_pool)) {
        bail_out("PostgreSQL does not migrate");
    }
    apr_pool_destroy(test_pool);
    test_pool = NULL;
}

/* A name that no other test of this program has: tests run in forks that do not see each other's counts. */
static const char *fresh_name(void)
{
    return apr_psprintf(test_pool, "b2b_%d_%d", (int)getpid(), ++databases);
}

b2b_db_config_t unit_database_empty(int driver)
{
    const char *name = fresh_name();

    if (driver == 0) {
        return config_of(0, apr_pstrcat(test_pool, folder, "/", name, NULL));
    }
    create(name, "template0");
    return config_of(1, unit_database_conninfo(name));
}

b2b_db_config_t unit_database_config(int driver)
{
    const char *name = fresh_name();

    if (driver == 0) {
        const char *path = apr_pstrcat(test_pool, folder, "/", name, NULL);

        ck_assert_int_eq(apr_file_copy(apr_pstrcat(test_pool, folder, "/template", NULL), path,
                                       APR_FPROT_FILE_SOURCE_PERMS, test_pool),
                         APR_SUCCESS);
        return config_of(0, path);
    }
    create(name, "b2b_template");
    return config_of(1, unit_database_conninfo(name));
}

b2b_db_t *unit_database(int driver)
{
    b2b_db_config_t config = unit_database_config(driver);
    b2b_db_t *db = NULL;

    unit_ok(b2b_db_create(&db, &config, test_pool));
    return db;
}
