/* SPDX-License-Identifier: Apache-2.0 */
/* base/rules, api/widgets, preconditions: what a body, a query and an If-Match may say, and how it is told. */
#include "unit.h"

#include <string.h>

#include <apr_strings.h>

#include "api/private.h"
#include "api/resources.h"

static const char *const colors[] = {"red", "green", NULL};
static const b2b_rule_t person_rules[] = {B2B_NAME("name", B2B_RULE_REQUIRED),
                                          B2B_OF_KIND("email", B2B_RULE_EMAIL, 0), B2B_END};
static const b2b_rule_t person_items[] = {B2B_OBJECT("", 0, person_rules), B2B_END};
static const b2b_rule_t id_items[] = {B2B_OF_KIND("", B2B_RULE_ID, 0), B2B_END};
static const b2b_rule_t rules[] = {
    B2B_NAME("name", B2B_RULE_REQUIRED),
    B2B_OF_KIND("color", B2B_RULE_COLOR, 0),
    B2B_WORD("word", 0, colors),
    {"count", B2B_RULE_INTEGER, 0, 1, 9, NULL, NULL},
    B2B_OF_KIND("flag", B2B_RULE_BOOL, 0),
    B2B_OF_KIND("url", B2B_RULE_URL, B2B_RULE_NULLABLE),
    B2B_OF_KIND("link", B2B_RULE_LINK, 0),
    B2B_OF_KIND("path", B2B_RULE_PATH, 0),
    B2B_OF_KIND("country", B2B_RULE_COUNTRY, 0),
    B2B_OF_KIND("file", B2B_RULE_FILE, 0),
    B2B_OF_KIND("until", B2B_RULE_TIME, B2B_RULE_NULLABLE),
    B2B_OF_KIND("locale", B2B_RULE_LOCALE, 0),
    B2B_OF_KIND("contact", B2B_RULE_EMAIL_OR_EMPTY, 0),
    {"lines", B2B_RULE_LINES, 0, 0, 20, NULL, NULL},
    B2B_ARRAY("people", 0, 1, 3, person_items),
    B2B_ARRAY("ids", B2B_RULE_UNIQUE, 0, 3, id_items),
    B2B_OBJECT("one", 0, person_rules),
    B2B_END,
};

#define ID "0193a1b2-c3d4-7e5f-8a6b-7c8d9e0f1a2b"

/* FIELD NULL: the body is taken. Else the first complaint is about FIELD. */
static const struct {
    const char *body;
    const char *field;
} bodies[] = {
    {"{\"name\":\"Acme\"}", NULL},
    {"{}", "name"},
    {"{\"name\":null}", "name"},
    {"{\"name\":7}", "name"},
    {"{\"name\":\"\"}", "name"},
    {"{\"name\":\"  \"}", "name"},
    {"{\"name\":\"a\\nb\"}", "name"},
    {"{\"name\":\"a\\r\\nBcc: x\"}", "name"},
    {"{\"name\":[\"Acme\"]}", "name"},
    {"{\"name\":\"A\",\"nmae\":\"B\"}", "nmae"},
    {"{\"name\":\"A\",\"tenant_id\":\"B\"}", "tenant_id"},
    {"{\"name\":\"A\",\"color\":\"#12aBcD\"}", NULL},
    {"{\"name\":\"A\",\"color\":\"red\"}", "color"},
    {"{\"name\":\"A\",\"color\":\"#12345\"}", "color"},
    {"{\"name\":\"A\",\"color\":\"#1234567\"}", "color"},
    {"{\"name\":\"A\",\"word\":\"green\"}", NULL},
    {"{\"name\":\"A\",\"word\":\"Green\"}", "word"},
    {"{\"name\":\"A\",\"count\":9}", NULL},
    {"{\"name\":\"A\",\"count\":10}", "count"},
    {"{\"name\":\"A\",\"count\":0}", "count"},
    {"{\"name\":\"A\",\"count\":1.5}", "count"},
    {"{\"name\":\"A\",\"count\":\"5\"}", "count"},
    {"{\"name\":\"A\",\"flag\":true}", NULL},
    {"{\"name\":\"A\",\"flag\":\"true\"}", "flag"},
    {"{\"name\":\"A\",\"flag\":1}", "flag"},
    {"{\"name\":\"A\",\"flag\":null}", "flag"},
    {"{\"name\":\"A\",\"url\":null}", NULL},
    {"{\"name\":\"A\",\"url\":\"https://ok.example/out\"}", NULL},
    {"{\"name\":\"A\",\"url\":\"http://localhost:8080/out\"}", NULL},
    {"{\"name\":\"A\",\"url\":\"http://portals.localhost/out\"}", NULL},
    {"{\"name\":\"A\",\"url\":\"http://ok.example/out\"}", "url"},
    {"{\"name\":\"A\",\"url\":\"http://localhost.evil.example/\"}", "url"},
    {"{\"name\":\"A\",\"url\":\"javascript:alert(1)\"}", "url"},
    {"{\"name\":\"A\",\"url\":\"data:text/html,x\"}", "url"},
    {"{\"name\":\"A\",\"url\":\"//evil.example\"}", "url"},
    {"{\"name\":\"A\",\"url\":\"https:evil\"}", "url"},
    {"{\"name\":\"A\",\"url\":\"https://ok.example@evil.example/\"}", "url"},
    {"{\"name\":\"A\",\"url\":\"\\\\\\\\evil\"}", "url"},
    {"{\"name\":\"A\",\"url\":\"https://ok.example/a\\tb\"}", "url"},
    {"{\"name\":\"A\",\"link\":\"/manuals/\"}", NULL},
    {"{\"name\":\"A\",\"link\":\"mailto:ann@acme.example\"}", NULL},
    {"{\"name\":\"A\",\"link\":\"mailto:ann@acme.example?bcc=x\"}", "link"},
    {"{\"name\":\"A\",\"link\":\"//evil.example/\"}", "link"},
    {"{\"name\":\"A\",\"link\":\"http://ok.example/\"}", "link"},
    {"{\"name\":\"A\",\"path\":\"/a/b\"}", NULL},
    {"{\"name\":\"A\",\"path\":\"https://ok.example/\"}", "path"},
    {"{\"name\":\"A\",\"country\":\"AT\"}", NULL},
    {"{\"name\":\"A\",\"country\":\"\"}", NULL},
    {"{\"name\":\"A\",\"country\":\"at\"}", "country"},
    {"{\"name\":\"A\",\"country\":\"AUT\"}", "country"},
    {"{\"name\":\"A\",\"file\":\"../../etc/passwd\"}", "file"},
    {"{\"name\":\"A\",\"until\":\"2026-11-30T12:00:00Z\"}", NULL},
    {"{\"name\":\"A\",\"until\":null}", NULL},
    {"{\"name\":\"A\",\"until\":\"tomorrow\"}", "until"},
    {"{\"name\":\"A\",\"until\":\"1970-01-01T00:00:00Z\"}", "until"},
    {"{\"name\":\"A\",\"until\":\"1970-01-01T01:00:00+01:00\"}", "until"},
    {"{\"name\":\"A\",\"locale\":\"de-AT\"}", NULL},
    {"{\"name\":\"A\",\"locale\":\"german\"}", "locale"},
    {"{\"name\":\"A\",\"contact\":\"\"}", NULL},
    {"{\"name\":\"A\",\"contact\":\"nobody\"}", "contact"},
    {"{\"name\":\"A\",\"lines\":\"a\\nb\"}", NULL},
    {"{\"name\":\"A\",\"lines\":\"a\\u0007\"}", "lines"},
    {"{\"name\":\"A\",\"lines\":\"123456789012345678901\"}", "lines"},
    {"{\"name\":\"A\",\"people\":[{\"name\":\"Ann\"}]}", NULL},
    {"{\"name\":\"A\",\"people\":[]}", "people"},
    {"{\"name\":\"A\",\"people\":[{\"name\":\"A\"},{\"email\":\"x\"}]}", "people/1/email"},
    {"{\"name\":\"A\",\"people\":[{\"name\":\"A\",\"role\":\"x\"}]}", "people/0/role"},
    {"{\"name\":\"A\",\"people\":[7]}", "people/0"},
    {"{\"name\":\"A\",\"people\":{}}", "people"},
    {"{\"name\":\"A\",\"ids\":[\"" ID "\"]}", NULL},
    {"{\"name\":\"A\",\"ids\":[\"" ID "\",\"" ID "\"]}", "ids/1"},
    {"{\"name\":\"A\",\"ids\":[null]}", "ids/0"},
    {"{\"name\":\"A\",\"one\":{\"name\":\"\"}}", "one/name"},
    {"{\"name\":\"A\",\"one\":[]}", "one"},
};

START_TEST(reads_bodies)
{
    b2b_json_t *json;
    b2b_error_t *err;

    ck_assert_ptr_null(b2b_json_parse(&json, bodies[_i].body, strlen(bodies[_i].body), test_pool));
    err = b2b_rules_check(json, rules, test_pool);
    if (!bodies[_i].field) {
        ck_assert_msg(!err, "%s: %s", bodies[_i].body, err ? b2b_error_text(err, test_pool) : "");
        return;
    }
    ck_assert_msg(err != NULL, "%s was taken", bodies[_i].body);
    ck_assert_int_eq(err->code, B2B_E_INVALID);
    ck_assert_str_eq(err->field, bodies[_i].field);
}
END_TEST

START_TEST(names_the_nearest)
{
    const char *body = "{\"name\":\"A\",\"colour\":\"#123456\"}";
    b2b_json_t *json;
    b2b_error_t *err;

    ck_assert_ptr_null(b2b_json_parse(&json, body, strlen(body), test_pool));
    err = b2b_rules_check(json, rules, test_pool);
    ck_assert_ptr_nonnull(err);
    ck_assert_ptr_nonnull(strstr(err->message, "did you mean \"color\"?"));
}
END_TEST

START_TEST(finds_all_errors)
{
    const char *body = "{\"color\":\"x\",\"count\":\"y\"}";
    b2b_json_t *json;
    b2b_error_t *err;
    int count = 0;

    ck_assert_ptr_null(b2b_json_parse(&json, body, strlen(body), test_pool));
    for (err = b2b_rules_check(json, rules, test_pool); err; err = err->child) {
        count++;
    }
    ck_assert_int_eq(count, 3); /* color, count, and name is missing */
}
END_TEST

START_TEST(wants_an_object)
{
    b2b_json_t *json;

    ck_assert_ptr_null(b2b_json_parse(&json, "[]", 2, test_pool));
    ck_assert_ptr_nonnull(b2b_rules_check(json, rules, test_pool));
}
END_TEST

/* Queries ------------------------------------------------------------------------------------- */

static const b2b_rule_t query_rules[] = {
    {"limit", B2B_RULE_INTEGER, 0, 1, 500, NULL, NULL},
    {"q", B2B_RULE_LINE, 0, 0, 10, NULL, NULL},
    B2B_OF_KIND("flag", B2B_RULE_BOOL, 0),
    B2B_END,
};

static const struct {
    const char *query;
    const char *field; /* NULL: taken */
    const char *q;     /* and then q is this */
} queries[] = {
    {NULL, NULL, NULL},
    {"", NULL, NULL},
    {"limit=5&q=a+b%20c", NULL, "a b c"},
    {"q=%C3%BC", NULL, "ü"},
    {"q=", NULL, ""},
    {"q", NULL, ""},
    {"&&q=x&", NULL, "x"},
    {"limit=0", "limit", NULL},
    {"limit=501", "limit", NULL},
    {"limit=5x", "limit", NULL},
    {"limit=-1", "limit", NULL},
    {"limit=99999999999999999999", "limit", NULL},
    {"limit=1&limit=2", "limit", NULL},
    {"q=x&q=x", "q", NULL},
    {"q=%C3", "q", NULL},
    {"q=%00", "q", NULL},
    {"q=%zz", "q", NULL},
    {"q=%2", "q", NULL},
    {"q=a%0d%0ab", "q", NULL},
    {"q=12345678901", "q", NULL},
    {"flag=1", "flag", NULL},
    {"page=2", "page", NULL},
};

START_TEST(reads_queries)
{
    apr_table_t *values;
    b2b_error_t *err = b2b_query_parse(&values, queries[_i].query, query_rules, test_pool);

    if (!queries[_i].field) {
        ck_assert_ptr_null(err);
        if (queries[_i].q) {
            ck_assert_str_eq(apr_table_get(values, "q"), queries[_i].q);
        }
        else {
            ck_assert_ptr_null(apr_table_get(values, "q"));
        }
        return;
    }
    ck_assert_msg(err != NULL, "%s was taken", queries[_i].query);
    ck_assert_int_eq(err->code, B2B_E_INVALID);
    ck_assert_str_eq(err->field, queries[_i].field);
}
END_TEST

START_TEST(takes_no_query_without_rules)
{
    apr_table_t *values;

    ck_assert_ptr_null(b2b_query_parse(&values, NULL, NULL, test_pool));
    ck_assert_ptr_nonnull(b2b_query_parse(&values, "x=1", NULL, test_pool));
}
END_TEST

/* If-Match ------------------------------------------------------------------------------------ */

static const struct {
    const char *header;
    int code; /* 0: taken */
    apr_int64_t version;
} matches[] = {
    {"\"1\"", 0, 1},
    {"\"9007199254740993\"", 0, APR_INT64_C(9007199254740993)},
    {"\"7-gzip\"", 0, 7}, /* as mod_deflate and mod_brotli mark it */
    {"\"7-br\"", 0, 7},
    {"\"-gzip\"", B2B_E_STALE, 0},
    {"\"7-gzip-gzip\"", B2B_E_STALE, 0},
    {"\"7-zip\"", B2B_E_STALE, 0},
    {"7-gzip", B2B_E_STALE, 0},
    {"W/\"7-gzip\"", B2B_E_STALE, 0},
    {NULL, B2B_E_PRECONDITION, 0},
    {"", B2B_E_PRECONDITION, 0},
    {"*", B2B_E_PRECONDITION, 0},
    {"1", B2B_E_STALE, 0},
    {"W/\"1\"", B2B_E_STALE, 0},
    {"\"1\", \"2\"", B2B_E_STALE, 0},
    {"\"\"", B2B_E_STALE, 0},
    {"\"0\"", B2B_E_STALE, 0},
    {"\"-1\"", B2B_E_STALE, 0},
    {"\"abc\"", B2B_E_STALE, 0},
    {"\"99999999999999999999\"", B2B_E_STALE, 0},
};

START_TEST(reads_if_match)
{
    apr_int64_t version = 0;
    b2b_error_t *err = b2b_if_match_parse(&version, matches[_i].header, test_pool);

    ck_assert_int_eq(err ? (int)err->code : 0, matches[_i].code);
    if (!err) {
        ck_assert(version == matches[_i].version);
        ck_assert_str_eq(b2b_etag(version, test_pool),
                         b2b_etag_unpacked(matches[_i].header, test_pool));
    }
}
END_TEST

/* Widgets ------------------------------------------------------------------------------------- */

#define FILE64          "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define TEXT(members)   "{\"type\":\"rich_text\",\"width\":12,\"blocks\":[" members "]}"
#define PARAGRAPH(text) "{\"type\":\"paragraph\",\"content\":[" text "]}"

static const struct {
    const char *widgets;
    const char *field; /* NULL: taken */
    int images;
} widgets[] = {
    {"[]", NULL, 0},
    {"[" TEXT(PARAGRAPH("{\"text\":\"Hi\",\"bold\":true,\"link\":\"/manuals/\"}")) "]", NULL, 0},
    {"[" TEXT("{\"type\":\"heading\",\"level\":2,\"content\":[{\"text\":\"Hi\"}]}") "]", NULL, 0},
    {"[" TEXT("{\"type\":\"list\",\"ordered\":false,\"items\":[[{\"text\":\"a\"}]]}") "]", NULL, 0},
    {"[{\"type\":\"link\",\"width\":4,\"label\":\"M\",\"url\":\"/manuals/\"}]", NULL, 0},
    {"[{\"type\":\"image\",\"width\":4,\"file\":\"" FILE64 "\",\"alt\":\"\"}]", NULL, 1},
    {"[7]", "widgets/0", 0},
    {"[{\"type\":\"gauge\",\"width\":4}]", "widgets/0/type", 0},
    {"[{\"type\":\"chart\",\"width\":4}]", "widgets/0/title", 0},
    {"[{\"width\":4,\"blocks\":[]}]", "widgets/0/type", 0},
    {"[{\"type\":\"link\",\"width\":13,\"label\":\"M\",\"url\":\"/m\"}]", "widgets/0/width", 0},
    {"[{\"type\":\"link\",\"width\":1,\"label\":\"M\",\"url\":\"javascript:x\"}]", "widgets/0/url",
     0},
    {"[{\"type\":\"link\",\"width\":1,\"label\":\"M\",\"url\":\"/m\",\"html\":\"<b>\"}]",
     "widgets/0/html", 0},
    {"[{\"type\":\"image\",\"width\":4,\"file\":\"x\",\"alt\":\"\"}]", "widgets/0/file", 0},
    {"[" TEXT(PARAGRAPH("{\"text\":\"Hi\",\"link\":\"data:text/html,x\"}")) "]",
     "widgets/0/blocks/0/content/0/link", 0},
    {"[" TEXT("{\"type\":\"heading\",\"level\":1,\"content\":[]}") "]", "widgets/0/blocks/0/level",
     0},
    {"[" TEXT("{\"type\":\"html\",\"content\":[]}") "]", "widgets/0/blocks/0/type", 0},
    {"[" TEXT("\"<script>\"") "]", "widgets/0/blocks/0", 0},
};

START_TEST(reads_widgets)
{
    const char *text = apr_pstrcat(test_pool, "{\"widgets\":", widgets[_i].widgets, "}", NULL);
    b2b_json_t *json;
    b2b_error_t *err;

    ck_assert_ptr_null(b2b_json_parse(&json, text, strlen(text), test_pool));
    err = b2b_rules_check(json, b2b_dashboard_patch_rules, test_pool);
    if (!widgets[_i].field) {
        ck_assert_msg(!err, "%s: %s", widgets[_i].widgets,
                      err ? b2b_error_text(err, test_pool) : "");
        ck_assert_int_eq(b2b_widgets_images(b2b_json_get(json, "widgets"), test_pool)->nelts,
                         widgets[_i].images);
        return;
    }
    ck_assert_msg(err != NULL, "%s was taken", widgets[_i].widgets);
    ck_assert_str_eq(err->field, widgets[_i].field);
}
END_TEST

#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))

Suite *unit_suite(void)
{
    Suite *suite = suite_create("rules");
    TCase *tc = unit_case(suite, "rules");

    tcase_add_loop_test(tc, reads_bodies, 0, COUNT(bodies));
    tcase_add_test(tc, names_the_nearest);
    tcase_add_test(tc, finds_all_errors);
    tcase_add_test(tc, wants_an_object);
    tcase_add_loop_test(tc, reads_queries, 0, COUNT(queries));
    tcase_add_test(tc, takes_no_query_without_rules);
    tcase_add_loop_test(tc, reads_if_match, 0, COUNT(matches));
    tcase_add_loop_test(tc, reads_widgets, 0, COUNT(widgets));
    return suite;
}
