/* SPDX-License-Identifier: Apache-2.0 */
/*
 * PostgreSQL. apr_dbd opens and closes the connection; statements run on its native handle. apr_dbd's own
 * calls lose the SQLSTATE, wait for ever for a server that is frozen, and can turn a failure into "no
 * rows" (traps F1 to F3, F8, F12): here a result is complete or an error, within b2b_pgsql_statement_wait.
 *
 * Statements go out in a pipeline: what needs no answer by itself (b2b_db_send, BEGIN) waits in libpq's buffer
 * and travels with the next statement that does. After one that fails the server skips the rest, COMMIT too.
 *
 * A statement that is "planned once" is prepared by its name, where the server itself is at the other end. A
 * pooler in transaction mode gives the next transaction another server, which knows no such name: there, as
 * everything else, it is sent unnamed. Once is for some seconds: the plan for a table that was empty when it was
 * made, and has not been analyzed since, reads all that the table has grown to.
 */

#include <errno.h>
#include <poll.h>
#include <string.h>

#include <apr_atomic.h>
#include <apr_strings.h>
#include <libpq-fe.h>

#include "db_private.h"

#define CONNECT_WAIT_S "5"

apr_interval_time_t b2b_pgsql_statement_wait = apr_time_from_sec(
    12); /* more than the server's limit below */

apr_interval_time_t b2b_pgsql_plans_last = apr_time_from_sec(10);

/* Session settings. A stronger synchronous_commit than "on" is left as it is. */
static const char session_settings[] =
    "SELECT set_config('statement_timeout', '10s', false),"
    " set_config('lock_timeout', '3s', false),"
    " set_config('idle_in_transaction_session_timeout', '15s', false),"
    " CASE WHEN current_setting('synchronous_commit') IN ('on', 'remote_write', 'remote_apply')"
    " THEN current_setting('synchronous_commit') ELSE set_config('synchronous_commit', 'on', "
    "false) END,"
    " set_config('default_transaction_isolation', 'read committed', false),"
    " set_config('standard_conforming_strings', 'on', false),"
    " current_setting('server_encoding'), current_setting('client_encoding'), pg_backend_pid()";

static const char commit_text[] = "COMMIT";

enum { OID_INT8 = 20, OID_INT2 = 21, OID_TEXT = 25 }; /* catalog/pg_type.dat: fixed numbers */

/* SQLSTATEs of prepared statements, of whose names somebody else disposes. */
#define NO_SUCH_NAME "26000"
#define NAME_IN_USE  "42P05"

#define SENT_MAX 64 /* in one pipeline */

/* What was sent and is not answered yet. */
typedef struct {
    const char *what; /* for errors */
    int prepares;     /* the statement that it prepares, or -1 */
} sent_t;

/* conn->statements */
typedef struct {
    int direct; /* no pooler between: names are remembered */
    apr_byte_t prepared[STMT_COUNT];
    apr_time_t planned_at; /* the first of the plans that the server keeps */
    sent_t sent[SENT_MAX];
    int sent_count;
    int lost; /* an answer did not come: there is no going on */
} session_t;

static const struct {
    const char *state; /* a SQLSTATE or the beginning of some */
    b2b_fault_e fault;
    b2b_error_code_e code;
} pgsql_states[] = {
    {"23505", B2B_FAULT_ANSWER, B2B_E_CONFLICT},    {"23503", B2B_FAULT_ANSWER, B2B_E_NOT_FOUND},
    {"23", B2B_FAULT_ANSWER, B2B_E_INTERNAL},       {"40001", B2B_FAULT_RETRY, B2B_E_BUSY},
    {"40P01", B2B_FAULT_RETRY, B2B_E_BUSY},         {"55P03", B2B_FAULT_BROKEN, B2B_E_BUSY},
    {"57014", B2B_FAULT_BROKEN, B2B_E_BUSY},        {"53300", B2B_FAULT_BROKEN, B2B_E_BUSY},
    {NO_SUCH_NAME, B2B_FAULT_RETRY, B2B_E_BUSY},    {NAME_IN_USE, B2B_FAULT_RETRY, B2B_E_BUSY},
    {"57P", B2B_FAULT_BROKEN, B2B_E_UNAVAILABLE},   {"53", B2B_FAULT_BROKEN, B2B_E_UNAVAILABLE},
    {"58", B2B_FAULT_BROKEN, B2B_E_UNAVAILABLE},    {"08", B2B_FAULT_BROKEN, B2B_E_UNAVAILABLE},
    {"25006", B2B_FAULT_BROKEN, B2B_E_UNAVAILABLE}, {"25P03", B2B_FAULT_BROKEN, B2B_E_UNAVAILABLE},
    {"42501", B2B_FAULT_BROKEN, B2B_E_UNAVAILABLE},
};

static void ignore_notice(void *baton, const char *message)
{
    (void)baton;
    (void)message;
}

static const char *one_line(const char *words, apr_pool_t *pool)
{
    char *line = apr_pstrdup(pool, words ? words : "");
    char *c;

    for (c = line; *c; c++) {
        *c = *c == '\n' ? ' ' : *c;
    }
    return line;
}

/* RESULT is NULL where the connection itself failed. */
static b2b_error_t *pgsql_fault(b2b_db_conn_t *conn, const PGresult *result, const char *what,
                                apr_pool_t *pool)
{
    const char *state = result ? PQresultErrorField(result, PG_DIAG_SQLSTATE) : NULL;
    const char *words = result                                    ? PQresultErrorMessage(result)
                        : PQstatus(conn->native) == CONNECTION_OK ? "no answer in time"
                                                                  : PQerrorMessage(conn->native);
    const char *detail = apr_psprintf(pool, "PostgreSQL %s: %s; %s", state ? state : "-",
                                      one_line(words, pool), what);
    apr_size_t i;

    if (!state || PQstatus(conn->native) != CONNECTION_OK) {
        return b2b_db_fault(conn, B2B_FAULT_BROKEN, B2B_E_UNAVAILABLE, detail, pool);
    }
    if (strcmp(state, NO_SUCH_NAME) == 0 || strcmp(state, NAME_IN_USE) == 0) {
        /* A pooler that hides itself: nothing more by name. */
        apr_atomic_set32(&conn->db->unnamed, 1);
    }
    for (i = 0; i < sizeof(pgsql_states) / sizeof(pgsql_states[0]); i++) {
        if (strncmp(state, pgsql_states[i].state, strlen(pgsql_states[i].state)) == 0) {
            return b2b_db_fault(conn, pgsql_states[i].fault, pgsql_states[i].code, detail, pool);
        }
    }
    return b2b_db_fault(conn, B2B_FAULT_BROKEN, B2B_E_INTERNAL, detail, pool);
}

/* Wait until the server has sent all of a result. FALSE: the connection failed, or TIME is over. */
static int pgsql_wait(PGconn *native, apr_time_t until)
{
    for (;;) {
        struct pollfd socket = {PQsocket(native), POLLIN, 0};
        int unsent = PQflush(native);
        apr_interval_time_t left = until - apr_time_now();

        if (unsent < 0) {
            return 0;
        }
        if (unsent == 0 && !PQisBusy(native)) {
            return 1;
        }
        if (left <= 0) {
            return 0;
        }
        if (unsent > 0) {
            socket.events |= POLLOUT;
        }
        if (poll(&socket, 1, (int)(left / 1000) + 1) < 0 && errno != EINTR) {
            return 0;
        }
        if ((socket.revents & ~POLLOUT) && !PQconsumeInput(native)) {
            return 0;
        }
    }
}

static void read_rows(b2b_db_rows_t **rows, const PGresult *result, apr_pool_t *pool)
{
    int columns = PQnfields(result), count = PQntuples(result), row, i;

    *rows = b2b_rows_create(columns, pool);
    for (row = 0; row < count; row++) {
        b2b_cell_t *cells = b2b_rows_append(*rows);

        for (i = 0; i < columns; i++) {
            cells[i].null = PQgetisnull(result, row, i);
            cells[i].text = cells[i].null ? NULL
                                          : apr_pstrmemdup(pool, PQgetvalue(result, row, i),
                                                           (apr_size_t)PQgetlength(result, row, i));
        }
    }
}

/* The next result of the pipeline, NULL between two statements, or an error where none came. */
static b2b_error_t *pgsql_next(PGresult **result, b2b_db_conn_t *conn, apr_time_t until,
                               const char *what, apr_pool_t *pool)
{
    session_t *session = conn->statements;

    *result = NULL;
    if (session->lost || !pgsql_wait(conn->native, until)) {
        session->lost = 1;
        return pgsql_fault(conn, NULL, what, pool);
    }
    *result = PQgetResult(conn->native);
    session->lost = PQstatus(conn->native) != CONNECTION_OK;
    return NULL;
}

/* The answer to SENT: complete and checked. */
static b2b_error_t *pgsql_answer(b2b_db_rows_t **rows, apr_int64_t *affected, b2b_db_conn_t *conn,
                                 const sent_t *sent, apr_pool_t *pool)
{
    apr_time_t until = apr_time_now() + b2b_pgsql_statement_wait;
    b2b_error_t *err = NULL, *none;
    PGresult *result;

    for (;;) {
        none = pgsql_next(&result, conn, until, sent->what, pool);
        if (none || !result) {
            return err ? err : none;
        }
        switch (PQresultStatus(result)) {
        case PGRES_TUPLES_OK:
            if (rows) {
                read_rows(rows, result, pool);
            }
            /* fall through */
        case PGRES_COMMAND_OK:
            if (affected) {
                *affected = apr_atoi64(PQcmdTuples(result));
            }
            /* COMMIT of a transaction that failed answers ROLLBACK, and that is no error to libpq. */
            if (sent->what == commit_text && strcmp(PQcmdStatus(result), commit_text) != 0) {
                err = b2b_db_fault(conn, B2B_FAULT_BROKEN, B2B_E_INTERNAL,
                                   "COMMIT of a failed transaction", pool);
            }
            break;
        case PGRES_PIPELINE_ABORTED: /* skipped, since one before it failed */
            break;
        default:
            err = err ? err : pgsql_fault(conn, result, sent->what, pool);
        }
        PQclear(result);
    }
}

/* The end of the pipeline: the connection is ready for the next. */
static b2b_error_t *pgsql_synced(b2b_db_conn_t *conn, const char *what, apr_pool_t *pool)
{
    session_t *session = conn->statements;
    PGresult *result;

    B2B_ERR(pgsql_next(&result, conn, apr_time_now() + b2b_pgsql_statement_wait, what, pool));
    session->lost |= PQresultStatus(result) != PGRES_PIPELINE_SYNC;
    PQclear(result);
    session->lost |= !PQexitPipelineMode(conn->native);
    return session->lost ? pgsql_fault(conn, NULL, what, pool) : NULL;
}

/* Have everything that was sent carried out and answered; *ROWS and *AFFECTED are those of the last. */
static b2b_error_t *pgsql_answers(b2b_db_rows_t **rows, apr_int64_t *affected, b2b_db_conn_t *conn,
                                  apr_pool_t *pool)
{
    session_t *session = conn->statements;
    const sent_t *last = &session->sent[session->sent_count - 1], *sent;
    b2b_error_t *err = NULL, *wrong;

    session->sent_count = 0;
    if (!PQpipelineSync(conn->native)) {
        session->lost = 1;
        return pgsql_fault(conn, NULL, last->what, pool);
    }
    for (sent = session->sent; sent <= last; sent++) {
        wrong = pgsql_answer(sent == last ? rows : NULL, sent == last ? affected : NULL, conn, sent,
                             pool);
        err = err ? err : wrong;
        if (err && sent->prepares >= 0) {
            session->prepared[sent->prepares] = 0;
        }
        if (session->lost) {
            return err ? err : pgsql_fault(conn, NULL, sent->what, pool);
        }
    }
    wrong = pgsql_synced(conn, last->what, pool);
    return err ? err : wrong;
}

/* Before something is sent: room for it, and for two that it needs. */
static b2b_error_t *pgsql_begin_sending(b2b_db_conn_t *conn, const char *what, apr_pool_t *pool)
{
    session_t *session = conn->statements;

    if (session->sent_count + 3 > SENT_MAX) {
        B2B_ERR(pgsql_answers(NULL, NULL, conn, pool));
    }
    return PQpipelineStatus(conn->native) == PQ_PIPELINE_ON || PQenterPipelineMode(conn->native)
               ? NULL
               : pgsql_fault(conn, NULL, what, pool);
}

/* After it: SENT is what libpq said. */
static b2b_error_t *pgsql_sent(b2b_db_conn_t *conn, int sent, const char *what, int prepares,
                               apr_pool_t *pool)
{
    session_t *session = conn->statements;

    if (!sent) {
        session->lost = 1;
        return pgsql_fault(conn, NULL, what, pool);
    }
    session->sent[session->sent_count].what = what;
    session->sent[session->sent_count++].prepares = prepares;
    return NULL;
}

/* WHAT is a text that stays. */
static b2b_error_t *pgsql_send_text(b2b_db_conn_t *conn, const char *what, apr_pool_t *pool)
{
    B2B_ERR(pgsql_begin_sending(conn, what, pool));
    return pgsql_sent(conn, PQsendQueryParams(conn->native, what, 0, NULL, NULL, NULL, NULL, 0),
                      what, -1, pool);
}

static b2b_error_t *pgsql_text(b2b_db_rows_t **rows, b2b_db_conn_t *conn, const char *text,
                               apr_pool_t *pool)
{
    B2B_ERR(pgsql_send_text(conn, text, pool));
    return pgsql_answers(rows, NULL, conn, pool);
}

static b2b_error_t *pgsql_send(b2b_db_conn_t *conn, b2b_stmt_e stmt, const b2b_value_t *values,
                               apr_pool_t *pool)
{
    const b2b_stmt_t *statement = &b2b_stmts[stmt];
    session_t *session = conn->statements;
    Oid types[B2B_PARAMETERS_MAX];
    const char *texts[B2B_PARAMETERS_MAX];
    int count, sent;

    for (count = 0; statement->types[count]; count++) {
        const b2b_value_t *value = &values[count];

        types[count] = value->type == 's' ? OID_TEXT : value->type == 'b' ? OID_INT2 : OID_INT8;
        texts[count] = value->null ? NULL
                       : value->type == 's'
                           ? value->text
                           : apr_psprintf(pool, "%" APR_INT64_T_FMT, value->number);
    }
    B2B_ERR(pgsql_begin_sending(conn, statement->name, pool));
    if (!statement->planned_once || !session->direct || apr_atomic_read32(&conn->db->unnamed)) {
        sent = PQsendQueryParams(conn->native, statement->pgsql, count, types, texts, NULL, NULL,
                                 0);
        return pgsql_sent(conn, sent, statement->name, -1, pool);
    }
    if (apr_time_now() - session->planned_at > b2b_pgsql_plans_last) {
        B2B_ERR(pgsql_send_text(conn, "DISCARD PLANS", pool));
        session->planned_at = apr_time_now();
    }
    if (!session->prepared[stmt]) {
        sent = PQsendPrepare(conn->native, statement->name, statement->pgsql, count, types);
        B2B_ERR(pgsql_sent(conn, sent, statement->name, (int)stmt, pool));
        session->prepared[stmt] = 1;
    }
    sent = PQsendQueryPrepared(conn->native, statement->name, count, texts, NULL, NULL, 0);
    return pgsql_sent(conn, sent, statement->name, -1, pool);
}

static b2b_error_t *pgsql_run(b2b_db_rows_t **rows, apr_int64_t *affected, b2b_db_conn_t *conn,
                              b2b_stmt_e stmt, const b2b_value_t *values, apr_pool_t *pool)
{
    B2B_ERR(pgsql_send(conn, stmt, values, pool));
    return pgsql_answers(rows, affected, conn, pool);
}

/* PARAMS with a time limit for connecting, and our name for pg_stat_activity, unless it has them. */
static const char *pgsql_params(const char *params, const char **words, apr_pool_t *pool)
{
    static const char *const added[][2] = {{"connect_timeout", CONNECT_WAIT_S},
                                           {"client_encoding", "UTF8"},
                                           {"tcp_user_timeout", "10000"},
                                           {"fallback_application_name", "b2bportal"}};
    char *parse_words = NULL;
    PQconninfoOption *options = PQconninfoParse(params, &parse_words), *option;
    const char *all = "";
    apr_size_t i;

    if (!options) {
        *words = one_line(parse_words, pool);
        PQfreemem(parse_words);
        return NULL;
    }
    for (option = options; option->keyword; option++) {
        const char *value = option->val;

        for (i = 0; !value && i < sizeof(added) / sizeof(added[0]); i++) {
            if (strcmp(option->keyword, added[i][0]) == 0) {
                value = added[i][1];
            }
        }
        if (value) {
            char *quoted = apr_palloc(pool, strlen(value) * 2 + 1), *out = quoted;

            for (; *value; value++) {
                if (*value == '\'' || *value == '\\') {
                    *out++ = '\\';
                }
                *out++ = *value;
            }
            *out = '\0';
            all = apr_pstrcat(pool, all, *all ? " " : "", option->keyword, "='", quoted, "'", NULL);
        }
    }
    PQconninfoFree(options);
    return all;
}

static b2b_error_t *pgsql_open(b2b_db_conn_t *conn, apr_pool_t *pool)
{
    const char *words = NULL;
    const char *params = pgsql_params(conn->db->config.params, &words, pool);
    session_t *session;
    b2b_db_rows_t *rows;

    if (!params) {
        b2b_error_t *err = b2b_db_fault(conn, B2B_FAULT_BROKEN, B2B_E_UNAVAILABLE, words, pool);

        err->message = "The connection string of the database cannot be read.";
        return err;
    }
    if (apr_dbd_open_ex(conn->db->dbd, conn->pool, params, &conn->handle, &words) != APR_SUCCESS) {
        conn->handle = NULL;
        return b2b_db_fault(conn, B2B_FAULT_BROKEN, B2B_E_UNAVAILABLE,
                            one_line(words ? words : "does not open", pool), pool);
    }
    conn->native = apr_dbd_native_handle(conn->db->dbd, conn->handle);
    conn->statements = session = apr_pcalloc(conn->pool, sizeof(*session));
    PQsetNoticeProcessor(conn->native, ignore_notice, NULL);
    if (PQsetnonblocking(conn->native, 1) != 0) {
        return pgsql_fault(conn, NULL, "nonblocking", pool);
    }
    B2B_ERR(pgsql_text(&rows, conn, session_settings, pool));
    if (!b2b_db_next(rows) || strcmp(b2b_db_text(rows, 6), "UTF8") != 0 ||
        strcmp(b2b_db_text(rows, 7), "UTF8") != 0) {
        b2b_error_t *err = b2b_db_fault(conn, B2B_FAULT_BROKEN, B2B_E_UNAVAILABLE, NULL, pool);

        err->message = "The database cannot be used: its encoding is not UTF8; create it with "
                       "ENCODING 'UTF8'.";
        return err;
    }
    /* A pooler makes up the process that it tells a client of, to be asked to cancel a statement. */
    session->direct = apr_atoi64(b2b_db_text(rows, 8)) == PQbackendPID(conn->native);
    return NULL;
}

static void pgsql_close(b2b_db_conn_t *conn)
{
    apr_dbd_close(conn->db->dbd, conn->handle);
}

/* A server that shut down or was cut off has something to say; a sound one is silent between statements. */
static int pgsql_alive(b2b_db_conn_t *conn)
{
    struct pollfd socket = {PQsocket(conn->native), POLLIN, 0};

    return PQstatus(conn->native) == CONNECTION_OK && socket.fd >= 0 && poll(&socket, 1, 0) == 0;
}

/* If it fails, the server skips what travels with it. */
static b2b_error_t *pgsql_begin(b2b_db_conn_t *conn, apr_pool_t *pool)
{
    return pgsql_send_text(conn,
                           conn->in_view ? "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
                                         : "BEGIN",
                           pool);
}

static b2b_error_t *pgsql_commit(b2b_db_conn_t *conn, apr_pool_t *pool)
{
    return pgsql_text(NULL, conn, commit_text, pool);
}

static b2b_error_t *pgsql_rollback(b2b_db_conn_t *conn, apr_pool_t *pool)
{
    session_t *session = conn->statements;

    if (!conn->native || PQstatus(conn->native) != CONNECTION_OK || session->lost) {
        return NULL; /* the server rolls back when the connection is closed, which it will be */
    }
    if (session->sent_count > 0) {
        /* It is undone in any case, so that an error of it is of no interest. */
        (void)pgsql_answers(NULL, NULL, conn, pool);
    }
    return session->lost || PQtransactionStatus(conn->native) == PQTRANS_IDLE
               ? NULL
               : pgsql_text(NULL, conn, "ROLLBACK", pool);
}

const b2b_driver_t b2b_driver_pgsql = {"pgsql",      pgsql_open,    pgsql_close, pgsql_alive,
                                       pgsql_run,    pgsql_send,    pgsql_text,  pgsql_begin,
                                       pgsql_commit, pgsql_rollback};
