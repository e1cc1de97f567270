/* SPDX-License-Identifier: Apache-2.0 */
/* api/router: in which order a request is judged, before anything is read from the database. */
#include "unit.h"

#include <string.h>

#include <apr_strings.h>

#include "api/private.h"

#define ISSUER "https://id.example"
#define ORIGIN "https://portals.example"
#define ID     "0193a1b2-c3d4-7e5f-8a6b-7c8d9e0f1a2b"

enum { NOBODY, STRANGER, AUDITOR, ADMINISTRATOR };

typedef struct {
    long who;
    const char *method;
    const char *path;
    const char *header; /* "Name: value", beside the same origin's; or NULL */
    const char *body;
    long status;
    const char *says; /* in the body of the answer */
} case_t;

#define JSON "Content-Type: application/json"

static const case_t cases[] = {
    /* An outsider learns nothing: neither of addresses nor of methods. */
    {NOBODY, "GET", "/portals", NULL, NULL, 401, "not-signed-in"},
    {NOBODY, "GET", "/nothing", NULL, NULL, 401, "not-signed-in"},
    {NOBODY, "DELETE", "/session", NULL, NULL, 401, "not-signed-in"},
    {STRANGER, "GET", "/nothing", NULL, NULL, 403, "no-access"},
    {STRANGER, "GET", "/session", NULL, NULL, 403, "no-access"},
    {NOBODY, "GET", "/openapi.json", NULL, NULL, 200, "\"openapi\":\"3.1.0\""},
    {NOBODY, "HEAD", "/openapi.json", NULL, NULL, 200, "openapi"},
    /* Addresses and methods. */
    {AUDITOR, "GET", "/", NULL, NULL, 404, "not-found"},
    {AUDITOR, "GET", "/nothing", NULL, NULL, 404, "not-found"},
    {AUDITOR, "GET", "/portals/", NULL, NULL, 404, "not-found"},
    {AUDITOR, "GET", "/portals//members", NULL, NULL, 404, "not-found"},
    {AUDITOR, "GET", "/portals/ACME", NULL, NULL, 404, "not-found"},
    {AUDITOR, "GET", "/portals/acme/members/x", NULL, NULL, 404, "not-found"},
    {AUDITOR, "GET", "/portals/acme/members/" ID "/x", NULL, NULL, 404, "not-found"},
    {AUDITOR, "GET", "/dashboards/" ID "/versions/0", NULL, NULL, 404, "not-found"},
    {AUDITOR, "GET", "/dashboards/" ID "/versions/x", NULL, NULL, 404, "not-found"},
    {AUDITOR, "GET", "/people", NULL, NULL, 404, "not-found"}, /* the other side's */
    {AUDITOR, "DELETE", "/session", NULL, NULL, 405, "only GET, HEAD"},
    {AUDITOR, "GET", "/portals/acme/members/bulk", NULL, NULL, 405, "only POST"},
    {AUDITOR, "TRACE", "/portals", NULL, NULL, 405, "only GET, HEAD, POST"},
    /* Another origin, before the right. */
    {AUDITOR, "POST", "/portals", "Origin: https://evil.example", "{}", 403, "cross-origin"},
    {ADMINISTRATOR, "POST", "/portals", "Origin: null", "{}", 403, "cross-origin"},
    {ADMINISTRATOR, "POST", "/portals", "Sec-Fetch-Site: same-site", "{}", 403, "cross-origin"},
    {ADMINISTRATOR, "POST", "/portals", "Origin: " ORIGIN ".evil.example", "{}", 403,
     "cross-origin"},
    /* The right, before the body. */
    {AUDITOR, "POST", "/portals", NULL, "{", 403, "forbidden"},
    {AUDITOR, "POST", "/images", "Content-Type: image/png", "x", 403, "forbidden"},
    /* The request itself. */
    {ADMINISTRATOR, "POST", "/portals", JSON, "{", 400, "not JSON"},
    {ADMINISTRATOR, "POST", "/portals", JSON, NULL, 400, "missing"},
    {ADMINISTRATOR, "POST", "/portals", "Content-Type: text/plain", "{}", 415, "application/json"},
    {ADMINISTRATOR, "POST", "/portals", "Content-Type: application/jsonp", "{}", 415, "json"},
    {ADMINISTRATOR, "POST", "/portals", "Content-Type: application/json; charset=utf-16", "{}", 415,
     "json"},
    {ADMINISTRATOR, "POST", "/portals", "Content-Type: Application/JSON; charset=UTF-8", "{}", 400,
     "technical_name"},
    {ADMINISTRATOR, "POST", "/portals", JSON, "{\"technical_name\":\"www\",\"name\":\"x\"}", 400,
     "technical_name"},
    {ADMINISTRATOR, "POST", "/portals/acme/suspend", JSON, "{}", 400, "takes no body"},
    {ADMINISTRATOR, "PATCH", "/settings", JSON, "{\"name\":\"x\"}", 428, "precondition-required"},
    {ADMINISTRATOR, "DELETE", "/host/users/" ID, NULL, NULL, 428, "precondition-required"},
    {ADMINISTRATOR, "DELETE", "/host/users/" ID, "If-Match: W/\"1\"", NULL, 412, "stale"},
    {ADMINISTRATOR, "POST", "/portals", "Idempotency-Key: a b", "{}", 415, "json"},
    /* And then the database, which is not there: nothing is told of it. */
    {ADMINISTRATOR, "GET", "/portals", NULL, NULL, 503, "unavailable"},
    {ADMINISTRATOR, "DELETE", "/host/users/" ID, "If-Match: \"1\"", NULL, 503, "unavailable"},
};

static b2b_site_t *make_site(void)
{
    b2b_site_t *site = apr_pcalloc(test_pool, sizeof(*site));
    apr_array_header_t *issuers = apr_array_make(test_pool, 1, sizeof(b2b_issuer_t));
    b2b_db_config_t config = {B2B_DB_SQLITE, "/nowhere/at/all.db", 1, 0, NULL, NULL};

    APR_ARRAY_PUSH(issuers, b2b_issuer_t).issuer = ISSUER;
    ck_assert_ptr_null(b2b_db_create(&site->db, &config, test_pool));
    site->domain = "portals.example";
    site->url = ORIGIN;
    site->files = "/nowhere";
    site->issuers = issuers;
    site->body_limit = 1000;
    return site;
}

static b2b_request_t *make_request(const case_t *c)
{
    static const int roles[] = {0, 0, B2B_HOST_AUDITOR, B2B_HOST_ADMINISTRATOR};
    b2b_request_t *request = apr_pcalloc(test_pool, sizeof(*request));
    b2b_identity_t *identity = apr_pcalloc(test_pool, sizeof(*identity));
    b2b_principal_t *principal = apr_pcalloc(test_pool, sizeof(*principal));

    request->method = c->method;
    request->path = c->path;
    request->headers = apr_table_make(test_pool, 4);
    apr_table_set(request->headers, "Sec-Fetch-Site", "same-origin");
    if (c->header) {
        const char *colon = strchr(c->header, ':');

        apr_table_set(request->headers,
                      apr_pstrmemdup(test_pool, c->header, (apr_size_t)(colon - c->header)),
                      colon + 2);
    }
    request->body = c->body;
    request->body_length = c->body ? strlen(c->body) : 0;
    request->side = B2B_SIDE_CONSOLE;
    request->origin = ORIGIN;
    request->request_id = "test";
    request->now = b2b_clock_now();
    if (c->who != NOBODY) {
        identity->issuer = ISSUER;
        identity->subject = "somebody";
        request->identity = identity;
    }
    if (roles[c->who]) {
        principal->kind = B2B_PRINCIPAL_HOST_USER;
        principal->id = ID;
        principal->name = principal->email = "somebody@host.example";
        principal->host_roles = roles[c->who];
        principal->state = B2B_STATE_ACTIVE;
        request->principal = principal;
    }
    return request;
}

START_TEST(judges_in_order)
{
    b2b_response_t *response;

    b2b_api_handle(&response, make_site(), make_request(&cases[_i]), test_pool);
    ck_assert_msg(response->status == cases[_i].status, "%s %s: %d %s", cases[_i].method,
                  cases[_i].path, response->status, response->body);
    ck_assert_str_eq(apr_table_get(response->headers, "X-Content-Type-Options"), "nosniff");
    ck_assert_ptr_nonnull(response->body);
    if (cases[_i].says) {
        ck_assert_msg(strstr(response->body, cases[_i].says) != NULL, "%s", response->body);
    }
    ck_assert_ptr_null(strstr(response->body, "nowhere"));
    if (response->status == 503) {
        ck_assert_ptr_nonnull(apr_table_get(response->headers, "Retry-After"));
    }
    if (response->status == 405) {
        ck_assert_ptr_nonnull(apr_table_get(response->headers, "Allow"));
    }
}
END_TEST

static const struct {
    case_t c;
    apr_int64_t limit; /* where nothing is refused */
} plans[] = {
    {{ADMINISTRATOR, "POST", "/portals", NULL, NULL, 0, NULL}, 1000},
    {{ADMINISTRATOR, "POST", "/images", NULL, NULL, 0, NULL}, B2B_IMAGE_MAX},
    {{ADMINISTRATOR, "GET", "/portals", NULL, NULL, 0, NULL}, 0},
    {{NOBODY, "GET", "/openapi.json", NULL, NULL, 0, NULL}, 0},
    {{NOBODY, "POST", "/portals", NULL, NULL, 401, "not-signed-in"}, 0},
    {{STRANGER, "POST", "/images", NULL, NULL, 403, "no-access"}, 0},
    {{AUDITOR, "POST", "/portals", NULL, NULL, 403, "forbidden"}, 0},
    {{ADMINISTRATOR, "POST", "/nothing", NULL, NULL, 404, "not-found"}, 0},
    {{ADMINISTRATOR, "DELETE", "/session", NULL, NULL, 405, "only GET, HEAD"}, 0},
    {{ADMINISTRATOR, "POST", "/portals", "Origin: https://evil.example", NULL, 403, "cross-origin"},
     0},
};

/* Whoever is refused is so before a byte of the body is read. */
START_TEST(judges_before_the_body)
{
    const case_t *c = &plans[_i].c;
    b2b_response_t *refusal;
    b2b_body_plan_t plan;

    b2b_api_judge(&plan, &refusal, make_site(), make_request(c), test_pool);
    if (c->status) {
        ck_assert_ptr_nonnull(refusal);
        ck_assert_int_eq(refusal->status, c->status);
        ck_assert_ptr_nonnull(strstr(refusal->body, c->says));
        ck_assert_int_eq(apr_table_get(refusal->headers, "Allow") != NULL, c->status == 405);
    }
    else {
        ck_assert_ptr_null(refusal);
    }
    ck_assert_int_eq(plan.limit, plans[_i].limit);
    ck_assert_int_eq(plan.stream, 0);
}
END_TEST

static const struct {
    const char *origin;
    const char *fetch_site;
    int same;
} origins[] = {
    {ORIGIN, NULL, 1},
    {ORIGIN, "same-origin", 1},
    {NULL, "same-origin", 1},
    {NULL, NULL, 0},
    {"null", NULL, 0},
    {ORIGIN, "same-site", 0},
    {ORIGIN, "none", 0},
    {"https://acme.portals.example", NULL, 0},
    {"http://portals.example", NULL, 0},
    {ORIGIN ":8443", NULL, 0},
    {"https://evil.example", "same-origin", 0},
};

START_TEST(knows_its_origin)
{
    const case_t c = {NOBODY, "POST", "/portals", NULL, NULL, 0, NULL};
    b2b_request_t *request = make_request(&c);

    apr_table_clear(request->headers);
    if (origins[_i].origin) {
        apr_table_set(request->headers, "Origin", origins[_i].origin);
    }
    if (origins[_i].fetch_site) {
        apr_table_set(request->headers, "Sec-Fetch-Site", origins[_i].fetch_site);
    }
    ck_assert_int_eq(b2b_api_same_origin(request), origins[_i].same);
}
END_TEST

#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))

Suite *unit_suite(void)
{
    Suite *suite = suite_create("router");
    TCase *tc = unit_case(suite, "router");

    tcase_add_loop_test(tc, judges_in_order, 0, COUNT(cases));
    tcase_add_loop_test(tc, judges_before_the_body, 0, COUNT(plans));
    tcase_add_loop_test(tc, knows_its_origin, 0, COUNT(origins));
    return suite;
}
