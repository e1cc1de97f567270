/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Before there are children: the configuration is checked as a whole, the counters are made in shared memory,
 * and a helper that runs as the worker user looks at the database. The parent itself never opens it: what root
 * creates a worker cannot write, and no SQLite handle may cross a fork.
 */

#include "httpd/module.h"

#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <apr_shm.h>
#include <apr_signal.h>
#include <apr_strings.h>
#include <ap_mpm.h>
#include <mpm_common.h>
#include <util_script.h>

#include "base/json.h"
#include "base/log.h"
#include "db/schema.h"

#define HELPER_TIME 15 /* seconds: longer than a database takes that is there */
#define VERDICT_MAX 4096

b2b_startup_t *b2b_startup;

static void log_line(void *baton, const char *file, int line, b2b_log_level_e level,
                     apr_status_t status, const char *message)
{
    const server_rec *server = baton;

    ap_log_error(file, line, APLOG_MODULE_INDEX, (int)level, status, server, "%s", message);
}

int b2b_startup_pre_config(apr_pool_t *pconf, apr_pool_t *plog, apr_pool_t *ptemp)
{
    (void)pconf;
    (void)plog;
    (void)ptemp;
    /* The module's code may stay mapped from one configuration to the next. */
    b2b_startup = NULL;
    b2b_child = NULL;
    b2b_json_initialize();
    return OK;
}

/* Read the password that B2BPortalMailPassword points to. Return NULL or a sentence. */
static const char *read_mail_password(b2b_config_t *config, apr_pool_t *pool, apr_pool_t *ptemp)
{
    b2b_mail_server_t *mail;
    char *secret = NULL;

    if (!config->mail_password) {
        return NULL;
    }
    if (!config->mail || !config->mail->user) {
        return "B2BPortalMailPassword needs a B2BPortalMail with a user, such as "
               "smtp://user@mail.example:587";
    }
    if (strncmp(config->mail_password, "exec:", 5) == 0) {
        char **words;

        if (apr_tokenize_to_argv(config->mail_password + 5, &words, ptemp) != APR_SUCCESS ||
            !words[0]) {
            return "B2BPortalMailPassword exec: names no program";
        }
        secret = ap_get_exec_line(pool, words[0], (const char *const *)words);
    }
    else {
        const char *path = ap_server_root_relative(ptemp, config->mail_password + 5);
        apr_file_t *file;
        char line[1024];

        if (path && apr_file_open(&file, path, APR_FOPEN_READ, APR_FPROT_OS_DEFAULT, ptemp) ==
                        APR_SUCCESS) {
            if (apr_file_gets(line, sizeof(line), file) == APR_SUCCESS) {
                secret = apr_pstrdup(pool, line);
            }
            apr_file_close(file);
        }
    }
    if (secret) {
        secret[strcspn(secret, "\r\n")] = '\0';
    }
    if (!secret || !*secret) {
        return apr_pstrcat(ptemp, "B2BPortalMailPassword ", config->mail_password,
                           " gives no password", NULL);
    }
    mail = apr_pmemdup(pool, config->mail, sizeof(*mail));
    mail->password = secret;
    config->mail = mail;
    return NULL;
}

/* A folder that WORKER must be able to read, and to write where WRITABLE. Return NULL or a sentence. */
static const char *check_folder(const char *directive, const char *path, int writable,
                                apr_pool_t *pool)
{
    apr_finfo_t info;

    if (apr_stat(&info, path, APR_FINFO_TYPE, pool) != APR_SUCCESS || info.filetype != APR_DIR) {
        return apr_psprintf(
            pool, "%s %s: there is no such folder, or the worker user cannot reach it. Make it%s",
            directive, path, writable ? ", and give it to the worker user (chown)" : "");
    }
    if (access(path, writable ? R_OK | W_OK | X_OK : R_OK | X_OK) != 0) {
        return apr_psprintf(
            pool, "%s %s: the worker user cannot %s it. Give it the rights (chown, chmod)",
            directive, path, writable ? "write" : "read");
    }
    return NULL;
}

typedef struct {
    const apr_array_header_t *addresses;
} administrators_t;

static b2b_error_t *make_administrators(void *baton, b2b_db_conn_t *conn, apr_pool_t *pool)
{
    const administrators_t *administrators = baton;

    for (int i = 0; i < administrators->addresses->nelts; i++) {
        const char *address = APR_ARRAY_IDX(administrators->addresses, i, const char *);
        int made = 0;

        B2B_ERR(b2b_host_user_ensure(&made, conn, address, pool));
        if (made) {
            b2b_log(B2B_LOG_NOTICE, APR_SUCCESS, pool,
                    "B2BPortalAdministrator %s: who signs in with this address becomes an "
                    "administrator",
                    address);
        }
    }
    return NULL;
}

static b2b_error_t *ensure_administrators(const b2b_config_t *config,
                                          const b2b_db_config_t *database, apr_pool_t *pool)
{
    administrators_t administrators = {config->administrators};
    b2b_db_t *db;
    b2b_db_conn_t *conn;
    b2b_error_t *err;

    if (!config->administrators) {
        return NULL;
    }
    B2B_ERR(b2b_db_create(&db, database, pool));
    B2B_ERR(b2b_db_acquire(&conn, db, pool));
    err = b2b_db_transaction(conn, make_administrators, &administrators, pool);
    b2b_db_release(conn);
    return err;
}

/* In the helper: look, as the worker user. Return NULL or a sentence. */
static const char *look(const b2b_config_t *config, server_rec *server, apr_pool_t *pool)
{
    b2b_db_config_t database;
    const char *problem;
    b2b_error_t *err;

    if (ap_run_drop_privileges(pool, server) != OK) {
        return "The worker user (User, Group) cannot be taken on";
    }
    problem = check_folder("B2BPortalPages", config->pages, 0, pool);
    if (!problem) {
        problem = check_folder("B2BPortalFiles", config->files, 1, pool);
    }
    if (problem) {
        return problem;
    }
    b2b_config_database(&database, config);
    err = b2b_schema_check(&database, pool);
    if (!err) {
        err = ensure_administrators(config, &database, pool);
    }
    if (err) {
        if (err->detail || err->child) {
            b2b_log_error(err, B2B_LOG_INFO, pool, "The database was looked at");
        }
        return err->message;
    }
    return NULL;
}

/* In the parent: hear what the helper says, but not for ever. Return NULL or a sentence. */
static const char *hear(int fd, pid_t helper, apr_pool_t *pool)
{
    char verdict[VERDICT_MAX];
    apr_size_t length = 0;
    apr_time_t deadline = apr_time_now() + apr_time_from_sec(HELPER_TIME);
    int status = 0;

    for (;;) {
        struct pollfd wanted = {fd, POLLIN, 0};
        apr_interval_time_t left = deadline - apr_time_now();
        ssize_t got;

        if (left <= 0) {
            kill(helper, SIGKILL);
            while (waitpid(helper, &status, 0) < 0 && errno == EINTR) {
            }
            return apr_psprintf(pool,
                                "The database did not answer within %d seconds. Is it reachable?",
                                HELPER_TIME);
        }
        if (poll(&wanted, 1, (int)apr_time_as_msec(left) + 1) <= 0) {
            continue;
        }
        got = read(fd, verdict + length, sizeof(verdict) - 1 - length);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got <= 0) {
            break;
        }
        length += (apr_size_t)got;
    }
    while (waitpid(helper, &status, 0) < 0 && errno == EINTR) {
    }
    if (length > 0) {
        return apr_pstrmemdup(pool, verdict, length);
    }
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
        return "The look at the database ended before it said anything; the lines above may tell "
               "why";
    }
    return NULL;
}

/* Ask a helper that is the worker user. Return NULL or a sentence. */
static const char *ask_helper(const b2b_config_t *config, server_rec *server, apr_pool_t *ptemp)
{
    const char *verdict;
    int ends[2];
    pid_t helper;

    if (pipe(ends) != 0) {
        return "There is no pipe left to look at the database with";
    }
    helper = fork();
    if (helper < 0) {
        close(ends[0]);
        close(ends[1]);
        return "There is no process left to look at the database with";
    }
    if (helper == 0) {
        const char *problem;
        apr_size_t length;
        int failed = 0;

        close(ends[0]);
        apr_signal(SIGTERM, SIG_DFL);
        problem = look(config, server, ptemp);
        length = problem ? strlen(problem) : 0;
        if (length >= VERDICT_MAX) {
            length = VERDICT_MAX - 1;
        }
        if (length > 0 && write(ends[1], problem, length) != (ssize_t)length) {
            failed = 1;
        }
        /* No cleanups: the parent's belong to the parent. */
        _exit(failed);
    }
    close(ends[1]);
    verdict = hear(ends[0], helper, ptemp);
    close(ends[0]);
    return verdict;
}

/* The counters and what stands beside them: made once in the life of the parent, so that children of before and after a graceful restart
 * count in the same memory. */
static b2b_shared_t *find_shared(server_rec *server)
{
    static const char key[] = "b2bportal-shared-3";
    b2b_shared_t **kept = ap_retained_data_get(key);
    b2b_shared_t *shared;
    apr_shm_t *memory;
    apr_status_t rv;

    if (kept && *kept) {
        return *kept;
    }
    rv = apr_shm_create(&memory, sizeof(b2b_shared_t), NULL, server->process->pool);
    if (rv == APR_SUCCESS) {
        shared = apr_shm_baseaddr_get(memory);
        memset(shared, 0, sizeof(*shared));
        rv = b2b_turns_initialize(&shared->exports);
    }
    if (rv != APR_SUCCESS) {
        ap_log_error(APLOG_MARK, APLOG_CRIT, rv, server,
                     "There is no shared memory for the generations");
        return NULL;
    }
    if (!kept) {
        kept = ap_retained_data_create(key, sizeof(*kept));
    }
    *kept = shared;
    return shared;
}

static int is_restart(void)
{
    int generation = 0;

    return ap_mpm_query(AP_MPMQ_GENERATION, &generation) == APR_SUCCESS && generation > 0;
}

int b2b_startup_post_config(apr_pool_t *pconf, apr_pool_t *plog, apr_pool_t *ptemp,
                            server_rec *server)
{
    b2b_config_t *config = NULL;
    const char *problem;
    b2b_startup_t *startup;

    (void)plog;
    b2b_log_set(log_line, server, (b2b_log_level_e)APLOG_DEBUG);
    problem = b2b_config_resolve(&config, server, pconf);
    if (!problem && !config) {
        return OK;
    }
    if (!problem && ap_state_query(AP_SQ_MAIN_STATE) == AP_SQ_MS_CREATE_PRE_CONFIG) {
        return OK; /* the configuration is read twice; the second time counts */
    }
    if (!problem) {
        problem = read_mail_password(config, pconf, ptemp);
    }
    if (!problem) {
        problem = b2b_openidc_check(ptemp);
    }
    if (problem) {
        ap_log_error(APLOG_MARK, APLOG_STARTUP | APLOG_CRIT, 0, server, "%s", problem);
        return HTTP_INTERNAL_SERVER_ERROR;
    }
    problem = ask_helper(config, server, ptemp);
    if (problem && is_restart()) {
        /* A restart must not end a server that runs: its children deny until the database is right again. */
        ap_log_error(APLOG_MARK, APLOG_CRIT, 0, server,
                     "%s (the server goes on, and denies until this is right)", problem);
    }
    else if (problem) {
        ap_log_error(APLOG_MARK, APLOG_STARTUP | APLOG_CRIT, 0, server, "%s", problem);
        return HTTP_INTERNAL_SERVER_ERROR;
    }
    startup = apr_pcalloc(pconf, sizeof(*startup));
    startup->config = config;
    startup->server = server;
    startup->shared = find_shared(server);
    if (!startup->shared) {
        return HTTP_INTERNAL_SERVER_ERROR;
    }
    for (int i = 0; i < B2B_SAID_SLOTS; i++) {
        atomic_store(&startup->shared->said[i], 0);
    }
    startup->generations = &startup->shared->generations;
    b2b_startup = startup;
    return OK;
}
