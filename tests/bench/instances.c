/* SPDX-License-Identifier: Apache-2.0 */
/*
 * make bench-instances: the API's core, without httpd, on two databases that instances.py has filled: a tenth
 * of the instances and all of them. The same request goes to both in turn, so that whatever else the machine
 * does meets both alike. Times are the median and, in brackets, the 95th percentile; a ratio is that of the
 * tenth percentiles, which a machine that does other things too disturbs least.
 *
 *   instances document                 print the process's normal document
 *   instances DRIVER (PARAMS COUNT PARTNERS) (PARAMS COUNT PARTNERS) [--check|--submits]
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sys/resource.h>

#include <apr_base64.h>
#include <apr_general.h>
#include <apr_strings.h>
#include <apr_thread_proc.h>

#include "api/api.h"
#include "base/chance.h"
#include "base/json.h"
#include "base/log.h"
#include "forms/forms.h"

#define ISSUER     "https://login.example/realm"
#define T0         1700000000000000
#define ROUNDS     60
#define CLIENTS    8
#define SUBMITS    200 /* a client, a round */
#define SUBMITTED  5   /* rounds */
#define LIMIT_MS   50.0
#define RATIO_MOST 1.3
#define PROCESS    "00000000-0002-7000-8000-000000000000"
#define SHARE      "00000000-0003-7000-8000-000000000000"
#define PORTAL     "00000000-0001-7000-8000-000000000000"

typedef struct {
    b2b_site_t site;
    b2b_portal_snapshot_t *portal;
    b2b_principal_t *host;
    apr_int64_t count;
    int partners;
    apr_int64_t next_draft; /* of the submits: counts through the instances */
} world_t;

static apr_pool_t *global;

static void must(const b2b_error_t *err)
{
    if (err) {
        fprintf(stderr, "%s\n", b2b_error_text(err, global));
        exit(1);
    }
}

/* The process --------------------------------------------------------------------------------------------- */

static const char document[] =
    "{\"title\":\"Complaint\",\"reference_pattern\":\"[name]-[number:6]\",\"forms\":["
    "{\"name\":\"report\",\"title\":\"Report\",\"fields\":["
    "{\"name\":\"subject\",\"title\":\"Subject\",\"type\":\"text\",\"required\":true,\"indexed\":"
    "true},"
    "{\"name\":\"kind\",\"title\":\"Kind\",\"type\":\"choice\",\"appearance\":\"radio\","
    "\"indexed\":true,"
    "\"options\":[{\"value\":\"late\",\"label\":\"Late\"},{\"value\":\"broken\",\"label\":"
    "\"Broken\"}]},"
    "{\"name\":\"amount\",\"title\":\"Amount\",\"type\":\"number\",\"shown_when\":{\"field\":"
    "\"kind\","
    "\"is\":\"equals\",\"value\":\"broken\"}}]},"
    "{\"name\":\"decision\",\"title\":\"Decision\",\"owners\":{\"partner\":true},\"fields\":["
    "{\"name\":\"answer\",\"title\":\"Answer\",\"type\":\"text\"}]}]}";

static void print_document(void)
{
    apr_array_header_t *images;
    b2b_json_t *json, *normal;

    must(b2b_json_parse(&json, document, strlen(document), global));
    must(b2b_document_check(&normal, &images, json, global));
    fputs(b2b_json_write(normal, global), stdout);
}

/* The database -------------------------------------------------------------------------------------------- */

static const char *id_of(const char *family, apr_int64_t number, apr_pool_t *pool)
{
    return apr_psprintf(pool, "00000000-%s-7000-8000-%012" APR_UINT64_T_HEX_FMT, family,
                        (apr_uint64_t)number);
}

static const b2b_identity_t *identity_of(const char *subject, apr_pool_t *pool)
{
    b2b_identity_t *identity = apr_pcalloc(pool, sizeof(*identity));

    identity->issuer = ISSUER;
    identity->subject = subject;
    return identity;
}

static void open_world(world_t *world, b2b_db_driver_e driver, char **argv)
{
    apr_array_header_t *issuers = apr_array_make(global, 1, sizeof(b2b_issuer_t));
    b2b_db_config_t config = {0};
    b2b_issuer_t *issuer = apr_array_push(issuers);
    b2b_db_conn_t *conn;

    memset(world, 0, sizeof(*world));
    issuer->issuer = ISSUER;
    issuer->label = "Example";
    config.driver = driver;
    config.params = argv[0];
    config.connections = CLIENTS;
    config.wait = apr_time_from_sec(10);
    must(b2b_db_create(&world->site.db, &config, global));
    world->site.domain = "portals.example";
    world->site.url = "https://portals.example";
    world->site.files = "/nonexistent";
    world->site.issuers = issuers;
    world->site.body_limit = 1024 * 1024;
    world->count = apr_atoi64(argv[1]);
    world->partners = atoi(argv[2]);
    must(b2b_db_acquire(&conn, world->site.db, global));
    must(b2b_portal_snapshot_load(&world->portal, conn, PORTAL, global, global));
    must(b2b_principal_load(&world->host, conn, NULL, identity_of("host", global), global, global));
    b2b_db_release(conn);
    if (!world->portal || !world->host) {
        fprintf(stderr, "%s is not filled\n", argv[0]);
        exit(1);
    }
}

/* Member NUMBER as b2b_principal_load has it; made here, since a server has it in its cache. */
static const b2b_principal_t *member_of(const world_t *world, int number, apr_pool_t *pool)
{
    b2b_principal_t *member = apr_pcalloc(pool, sizeof(*member));

    member->kind = B2B_PRINCIPAL_MEMBER;
    member->id = id_of("2000", number, pool);
    member->portal_id = world->portal->id;
    member->partner_id = id_of("1000", number / 2, pool);
    member->email = apr_psprintf(pool, "m%06d@x.example", number);
    member->name = "M X";
    member->role = B2B_MEMBER_EDITOR;
    member->state = B2B_STATE_ACTIVE;
    member->groups = apr_array_make(pool, 1, sizeof(const char *));
    return member;
}

/* Asking -------------------------------------------------------------------------------------------------- */

/* As member NUMBER of the portal, or, with -1, as an administrator of the host. */
static b2b_response_t *ask(const world_t *world, int number, const char *method, const char *path,
                           const char *query, const char *body, apr_pool_t *pool)
{
    b2b_request_t request = {0};
    b2b_response_t *response;

    request.method = method;
    request.path = path;
    request.query = query;
    request.headers = apr_table_make(pool, 4);
    request.request_id = "bench";
    request.address = "127.0.0.1";
    request.now = apr_time_now();
    request.side = number < 0 ? B2B_SIDE_CONSOLE : B2B_SIDE_PORTAL;
    request.origin = number < 0 ? "https://portals.example" : "https://bench.portals.example";
    request.portal = number < 0 ? NULL : world->portal;
    request.identity = identity_of(number < 0 ? "host" : apr_psprintf(pool, "m%06d", number), pool);
    request.principal = number < 0 ? world->host : member_of(world, number, pool);
    if (body) {
        request.body = body;
        request.body_length = strlen(body);
        apr_table_setn(request.headers, "Content-Type", "application/json");
        apr_table_setn(request.headers, "If-Match", "\"1\"");
    }
    apr_table_setn(request.headers, "Sec-Fetch-Site", "same-origin");
    b2b_api_handle(&response, &world->site, &request, pool);
    return response;
}

/* Lists --------------------------------------------------------------------------------------------------- */

typedef struct {
    const char *name;
    int host; /* asked by the host's administrator, of all instances */
    const char *query;
    int subject; /* QUERY ends in the beginning of a subject */
    int page;    /* 0: the first; else this one, or as deep as there is one */
    int budget;  /* held to LIMIT_MS and RATIO_MOST */
} question_t;

#define OF_PROCESS "process_id=" PROCESS "&shared_process_id=" SHARE

static const question_t questions[] = {
    {"partner: a page", 0, "limit=50", 0, 0, 1},
    {"partner: the count", 0, "limit=1&count=true", 0, 0, 1},
    {"partner: choice = late", 0, "limit=50&" OF_PROCESS "&field=kind&value=late", 0, 0, 1},
    {"partner: subject = one", 0, "limit=50&" OF_PROCESS "&field=subject&value=subject%20", 1, 0,
     1},
    {"partner: by subject", 0, "limit=50&" OF_PROCESS "&sort=field:subject", 0, 0, 1},
    {"partner: waits for me", 0, "limit=50&waiting=true", 0, 0, 1},
    {"host: page 1", 1, "limit=50", 0, 0, 1},
    {"host: page 10,000", 1, "limit=50", 0, 10000, 1},
    {"host: the count", 1, "limit=1&count=true", 0, 0, 0},
};
#define QUESTIONS ((int)(sizeof(questions) / sizeof(questions[0])))

static b2b_json_t *parsed(const b2b_response_t *response, const char *what, apr_pool_t *pool)
{
    b2b_json_t *json = NULL;

    if (response->status != 200 || !response->body) {
        fprintf(stderr, "%s: %d %s\n", what, response->status,
                response->body ? response->body : "");
        exit(1);
    }
    must(b2b_json_parse(&json, response->body, response->length, pool));
    return json;
}

/* The cursor of the first page with its key moved down to where PAGE begins. */
static const char *deep(const world_t *world, int page, apr_pool_t *pool)
{
    apr_int64_t at = world->count - (apr_int64_t)page * 50;
    const char *after, *key;
    char *plain, *byte;
    b2b_json_t *first, *cursor, *moved = b2b_json_array(pool);
    int length;

    at = at < 50 ? world->count / 2 : at;
    first = parsed(ask(world, -1, "GET", "/instances", "limit=50", NULL, pool), "host", pool);
    after = b2b_json_get_string(b2b_json_get(b2b_json_get(first, "paging"), "next"), "after");
    plain = apr_pstrdup(pool, after);
    for (byte = plain; *byte; byte++) {
        *byte = *byte == '-' ? '+' : *byte == '_' ? '/' : *byte;
    }
    byte = apr_palloc(pool, (apr_size_t)apr_base64_decode_len(plain) + 1);
    length = apr_base64_decode(byte, plain);
    must(b2b_json_parse(&cursor, byte, (apr_size_t)length, pool));
    key = b2b_json_text(b2b_json_at(cursor, 1));
    b2b_json_append(moved, b2b_json_at(cursor, 0));
    b2b_json_append(moved, b2b_json_string(apr_psprintf(pool, "%.1s%0*" APR_INT64_T_FMT, key,
                                                        (int)strlen(key) - 1, (apr_int64_t)T0 + at),
                                           pool));
    b2b_json_append(moved, b2b_json_string(id_of("3000", at, pool), pool));
    key = b2b_json_write(moved, pool);
    byte = apr_palloc(pool, (apr_size_t)apr_base64_encode_len((int)strlen(key)));
    apr_base64_encode(byte, key, (int)strlen(key));
    for (plain = byte; *plain; plain++) {
        *plain = *plain == '+' ? '-' : *plain == '/' ? '_' : *plain == '=' ? '\0' : *plain;
    }
    return apr_pstrcat(pool, "&after=", byte, NULL);
}

/* Seconds that this process has computed; of PostgreSQL's server they are another's. */
static double computed(void)
{
    struct rusage usage;

    getrusage(RUSAGE_SELF, &usage);
    return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
           (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

/* One answer's time in ms; it must have something in it, as deep as it was asked for. */
static double timed(double *cpu, const world_t *world, const question_t *question,
                    const char *after, int round, apr_pool_t *pool)
{
    /* Another partner each time: nothing is warm but what would be. */
    int number = question->host ? -1 : (round * 37) % (2 * world->partners);
    const char *subject = question->subject ? apr_psprintf(pool, "%06d", round * 5 % 90) : "";
    double computing = computed();
    apr_time_t began = b2b_clock_steady();
    b2b_response_t *response = ask(world, number, "GET", "/instances",
                                   apr_pstrcat(pool, question->query, subject, after, NULL), NULL,
                                   pool);
    double ms = (double)(b2b_clock_steady() - began) / 1000.0;
    b2b_json_t *json;

    *cpu = (computed() - computing) * 1000;
    json = parsed(response, question->name, pool);
    if (!b2b_json_length(b2b_json_get(json, "data"))) {
        fprintf(stderr, "%s: nothing in it\n", question->name);
        exit(1);
    }
    return ms;
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return x < y ? -1 : x > y;
}

/* The value below which PART of COUNT values lie. */
static double quantile(double *values, int count, double part)
{
    qsort(values, (size_t)count, sizeof(*values), by_size);
    return values[(int)((count - 1) * part)];
}

static int measure_lists(const world_t worlds[2])
{
    double first[2] = {0, 0};
    int missed = 0;

    printf("  %-24s %21s %21s %5s\n", "list: ms (p95) computed", "a tenth", "all", "ratio");
    for (int q = 0; q < QUESTIONS; q++) {
        const question_t *question = &questions[q];
        double ms[2][ROUNDS], typical[2], late[2], quiet[2];
        double cpu[2][ROUNDS], thought[2];
        const char *after[2] = {"", ""};
        apr_pool_t *pool;

        apr_pool_create(&pool, global);
        for (int w = 0; w < 2 && question->page; w++) {
            after[w] = deep(&worlds[w], question->page, global);
        }
        for (int round = -5; round < ROUNDS; round++) {
            for (int w = 0; w < 2; w++) {
                apr_pool_clear(pool);
                ms[w][round < 0 ? 0 : round] = timed(&cpu[w][round < 0 ? 0 : round], &worlds[w],
                                                     question, after[w], round + 5, pool);
            }
        }
        for (int w = 0; w < 2; w++) {
            typical[w] = quantile(ms[w], ROUNDS, 0.5);
            late[w] = quantile(ms[w], ROUNDS, 0.95);
            quiet[w] = quantile(ms[w], ROUNDS, 0.1);
            thought[w] = quantile(cpu[w], ROUNDS, 0.5);
        }
        printf("  %-24s %6.2f (%6.2f) %5.2f %6.2f (%6.2f) %5.2f %5.2f", question->name, typical[0],
               late[0], thought[0], typical[1], late[1], thought[1], quiet[1] / quiet[0]);
        if (question->page) {
            printf("   %.2f of page 1", quiet[1] / first[1]);
            missed |= quiet[1] > RATIO_MOST * first[1];
        }
        else if (question->host && question->budget) {
            first[1] = quiet[1];
        }
        if (question->budget && (typical[1] > LIMIT_MS || quiet[1] > RATIO_MOST * quiet[0])) {
            printf("   over the budget");
            missed = 1;
        }
        printf("\n");
        apr_pool_destroy(pool);
    }
    return missed;
}

/* Submits ------------------------------------------------------------------------------------------------- */

typedef struct {
    const world_t *world;
    apr_int64_t from; /* the draft to begin with; every CLIENTS-th one is this client's */
    int submits;
    int refused;
} client_t;

/* Is instance N a draft of the share that shows all? See instances.py. */
static int is_draft(const world_t *world, apr_int64_t n)
{
    apr_int64_t round = n / world->partners;

    return round % 10 != 9 && round % 3 != 0 && round % 5 != 4;
}

static void *APR_THREAD_FUNC submit(apr_thread_t *thread, void *data)
{
    client_t *client = data;
    const world_t *world = client->world;
    apr_int64_t n = client->from;
    apr_pool_t *pool;

    apr_pool_create(&pool, NULL);
    for (int done = 0; done < client->submits; n += CLIENTS) {
        int partner = (int)(n % world->partners);
        b2b_response_t *response;

        if (!is_draft(world, n)) {
            continue;
        }
        apr_pool_clear(pool);
        response =
            ask(world, 2 * partner + (int)((n / world->partners) % 2), "PATCH",
                apr_pstrcat(pool, "/instances/", id_of("3000", n, pool), NULL), NULL,
                "{\"form\":\"report\",\"values\":{\"subject\":\"submitted\",\"kind\":\"late\"},"
                "\"submit\":true}",
                pool);
        if (response->status != 200) {
            if (!client->refused++) {
                fprintf(stderr, "submit: %d %s\n", response->status,
                        response->body ? response->body : "");
            }
        }
        done++;
    }
    client->from = n;
    apr_pool_destroy(pool);
    apr_thread_exit(thread, APR_SUCCESS);
    return NULL;
}

static double submits_a_second(world_t *world, client_t *clients)
{
    apr_thread_t *threads[CLIENTS];
    apr_time_t began = b2b_clock_steady();
    apr_status_t status;

    for (int c = 0; c < CLIENTS; c++) {
        clients[c].world = world;
        apr_thread_create(&threads[c], NULL, submit, &clients[c], global);
    }
    for (int c = 0; c < CLIENTS; c++) {
        apr_thread_join(&status, threads[c]);
        if (clients[c].refused) {
            exit(1);
        }
    }
    return CLIENTS * clients[0].submits / ((double)(b2b_clock_steady() - began) / 1e6);
}

static int measure_submits(world_t worlds[2], double least)
{
    client_t clients[2][CLIENTS];
    double rates[2][SUBMITTED], typical[2], cpu[2] = {0, 0}, statements[2] = {0, 0};
    int missed;

    memset(clients, 0, sizeof(clients));
    for (int w = 0; w < 2; w++) {
        for (int c = 0; c < CLIENTS; c++) {
            clients[w][c].from = worlds[w].partners + c;
            clients[w][c].submits = (int)(worlds[0].count / 100 < SUBMITS ? worlds[0].count / 100
                                                                          : SUBMITS);
        }
    }
    for (int round = 0; round < SUBMITTED; round++) {
        for (int w = 0; w < 2; w++) {
            double began = computed(), before = (double)b2b_db_statement_count();

            rates[w][round] = submits_a_second(&worlds[w], clients[w]);
            cpu[w] += (computed() - began) * 1000 / (CLIENTS * clients[w][0].submits * SUBMITTED);
            statements[w] += ((double)b2b_db_statement_count() - before) /
                             (CLIENTS * clients[w][0].submits * SUBMITTED);
        }
    }
    for (int w = 0; w < 2; w++) {
        typical[w] = quantile(rates[w], SUBMITTED, 0.5);
    }
    missed = typical[1] < least || typical[0] > RATIO_MOST * typical[1];
    printf("  %-24s %12.0f  %12.0f  %5.2f%s\n", "submits/s, 8 clients", typical[0], typical[1],
           typical[0] / typical[1], missed ? "   under the budget" : "");
    printf("  %-24s %12.2f  %12.2f  %5.2f\n", "  of which computed, ms", cpu[0], cpu[1],
           cpu[1] / cpu[0]);
    printf("  %-24s %12.1f  %12.1f\n", "  statements each", statements[0], statements[1]);
    return missed;
}

int main(int argc, char **argv)
{
    b2b_db_driver_e driver = argc > 1 && !strcmp(argv[1], "pgsql") ? B2B_DB_PGSQL : B2B_DB_SQLITE;
    world_t worlds[2];
    int missed;

    apr_initialize();
    atexit(apr_terminate);
    apr_pool_create(&global, NULL);
    b2b_json_initialize();
    if (argc == 2 && !strcmp(argv[1], "document")) {
        print_document();
        return 0;
    }
    if (argc < 8) {
        fprintf(stderr, "usage: instances DRIVER (PARAMS COUNT PARTNERS) (PARAMS COUNT PARTNERS) "
                        "[--check|--submits]\n");
        return 2;
    }
    for (int w = 0; w < 2; w++) {
        open_world(&worlds[w], driver, argv + 2 + 3 * w);
    }
    setvbuf(stdout, NULL, _IOLBF, 0);
    printf("%s: %" APR_INT64_T_FMT " and %" APR_INT64_T_FMT " instances\n", argv[1],
           worlds[0].count, worlds[1].count);
    missed = argc > 8 && !strcmp(argv[8], "--submits") ? 0 : measure_lists(worlds);
    missed |= measure_submits(worlds, driver == B2B_DB_PGSQL ? 600 : 200);
    return argc > 8 && !strcmp(argv[8], "--check") ? missed : 0;
}
