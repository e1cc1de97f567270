/* SPDX-License-Identifier: Apache-2.0 */
/* base/text: tables of what is taken and what is refused (security.md's cases among them). */
#include "unit.h"

#include <string.h>

#include <apr_strings.h>

#include "base/text.h"

typedef struct {
    const char *text;
    int taken;
} row_t;

#define ROWS(table) (sizeof(table) / sizeof((table)[0]))

/* N times TEXT, and END. */
static const char *repeat(const char *text, int n, const char *end)
{
    const char *all = end;

    while (n-- > 0) {
        all = apr_pstrcat(test_pool, text, all, NULL);
    }
    return all;
}

START_TEST(utf8_is_well_formed)
{
    static const struct {
        const char *bytes;
        apr_size_t length;
        int taken;
    } rows[] = {
        {"", 0, 1},
        {"plain", 5, 1},
        {"M\xc3\xbcller", 7, 1},
        {"\xf0\x9f\x98\x80", 4, 1},
        {"\xf4\x8f\xbf\xbf", 4, 1},
        {"a\0b", 3, 0},             /* NUL */
        {"\xc0\x80", 2, 0},         /* overlong NUL */
        {"\xc1\xbf", 2, 0},         /* overlong */
        {"\xe0\x9f\xbf", 3, 0},     /* overlong */
        {"\xf0\x8f\xbf\xbf", 4, 0}, /* overlong */
        {"\xed\xa0\x80", 3, 0},     /* surrogate */
        {"\xf4\x90\x80\x80", 4, 0}, /* beyond U+10FFFF */
        {"\xff", 1, 0},
        {"\x80", 1, 0},     /* alone */
        {"\xc3", 1, 0},     /* cut */
        {"\xe2\x82", 2, 0}, /* cut */
        {"\xc3\x28", 2, 0},
    };

    ck_assert_msg(b2b_text_is_utf8(rows[_i].bytes, rows[_i].length) == rows[_i].taken, "row %d",
                  _i);
}
END_TEST
#define UTF8_ROWS 17

static const row_t lines[] = {
    {"", 1},
    {"Müller & Söhne <GmbH>", 1},
    {"日本", 1},
    {"a\nb", 0},
    {"a\tb", 0},
    {"a\rBcc: x", 0},
    {"\x1b[31m", 0},
    {"a\x7f", 0},
    {"a\xc2\x85", 0},     /* U+0085 */
    {"a\xe2\x80\xa8", 0}, /* U+2028 */
    {"a\xe2\x80\xa9", 0}, /* U+2029 */
    {"a\xe2\x80\xae"
     "b",
     0}, /* right-to-left override */
    {"a\xe2\x81\xa6"
     "b",
     0}, /* isolate */
    {"a\xc3", 0},
};

START_TEST(line_has_no_control)
{
    ck_assert_msg(b2b_text_is_line(lines[_i].text) == lines[_i].taken, "row %d", _i);
}
END_TEST

START_TEST(multiline_allows_tab_and_feed_only)
{
    ck_assert(b2b_text_is_multiline("a\n\tb"));
    ck_assert(!b2b_text_is_multiline("a\r\nb"));
    ck_assert(!b2b_text_is_multiline("a\x01"));
    ck_assert(!b2b_text_is_multiline("a\xe2\x80\xae"));
}
END_TEST

static const row_t technical_names[] = {
    {"acme", 1},          {"a", 1},      {"9", 1},      {"a-b", 1},       {"a--b", 1},
    {"acme-2", 1},        {"", 0},       {"Acme", 0},   {"-acme", 0},     {"acme-", 0},
    {"ac_me", 0},         {"ac.me", 0},  {"ac me", 0},  {"acme\n", 0},    {"müller", 0},
    {"xn--mller-kva", 0}, {"ab--cd", 0}, {"www", 0},    {"admin", 0},     {"api", 0},
    {"auth", 0},          {"mail", 0},   {"static", 0}, {"localhost", 0}, {"wpad", 0},
};

START_TEST(technical_name)
{
    const char *why;

    ck_assert_msg(b2b_text_is_technical_name(technical_names[_i].text, &why) ==
                      technical_names[_i].taken,
                  "\"%s\"", technical_names[_i].text);
    ck_assert((why == NULL) == technical_names[_i].taken);
}
END_TEST

START_TEST(technical_name_length)
{
    ck_assert(b2b_text_is_technical_name(repeat("a", 63, ""), NULL));
    ck_assert(!b2b_text_is_technical_name(repeat("a", 64, ""), NULL));
}
END_TEST

START_TEST(technical_name_is_suggested)
{
    static const char *const rows[][2] = {
        {"Müller & Söhne", "mueller-soehne"},
        {"  ACME Inc.  ", "acme-inc"},
        {"O'Brien’s", "obriens"},
        {"Łódź Ørsted Čapek", "lodz-orsted-capek"},
        {"Straße 9", "strasse-9"},
        {"---", ""},
        {"日本", ""},
        {"Mail", "mail-portal"},
        {"a\xff"
         "b",
         "a-b"},
        {"xn--evil", "xn-evil"},
    };
    apr_size_t i;

    for (i = 0; i < ROWS(rows); i++) {
        const char *name = b2b_text_technical_name(rows[i][0], test_pool);

        ck_assert_str_eq(name, rows[i][1]);
        ck_assert(*name == '\0' || b2b_text_is_technical_name(name, NULL));
    }
    ck_assert(b2b_text_is_technical_name(b2b_text_technical_name(repeat("ab ", 99, ""), test_pool),
                                         NULL));
}
END_TEST

START_TEST(color)
{
    static const row_t rows[] = {{"#a1B2c3", 1}, {"#abc", 0}, {"a1b2c3", 0},   {"#a1b2c3d", 0},
                                 {"#a1b2cg", 0}, {"", 0},     {"#a1b2c3;", 0}, {"red", 0}};
    apr_size_t i;

    for (i = 0; i < ROWS(rows); i++) {
        ck_assert_msg(b2b_text_is_color(rows[i].text) == rows[i].taken, "\"%s\"", rows[i].text);
    }
}
END_TEST

static const row_t emails[] = {
    {"anna@acme.example", 1},
    {"anna.b+tag@sub.acme.example", 1},
    {"o'brien@acme.example", 1},
    {"müller@acme.example", 1},
    {"anna@müller.example", 1},
    {"root@localhost", 1},
    {"", 0},
    {"anna", 0},
    {"@acme.example", 0},
    {"anna@", 0},
    {"anna@@acme.example", 0},
    {"anna@b@acme.example", 0},
    {".anna@acme.example", 0},
    {"anna.@acme.example", 0},
    {"an..na@acme.example", 0},
    {"\"an na\"@acme.example", 0},
    {"an na@acme.example", 0},
    {"anna@acme.example\r\nBcc: x@y.example", 0},
    {"anna@acme.example\n", 0},
    {"anna@acme..example", 0},
    {"anna@-acme.example", 0},
    {"anna@acme-.example", 0},
    {"anna@acme_x.example", 0},
    {"anna@acme.example.", 0},
    {"anna@127.0.0.1", 0},
    {"anna@[127.0.0.1]", 0},
    {"anna@acme.example,b@c.example", 0},
    {"Anna <anna@acme.example>", 0},
    {"anna\xe2\x80\xae@acme.example", 0}, /* right-to-left override */
    {"anna\xc2\xa0@acme.example", 0},     /* no-break space */
    {"anna\xe2\x80\x8b@acme.example", 0}, /* zero-width space */
    {"anna@acme\xe3\x80\x82"
     "example",
     0}, /* ideographic full stop */
    {"anna@acme\xff.example", 0},
};

START_TEST(email)
{
    ck_assert_msg(b2b_text_is_email(emails[_i].text) == emails[_i].taken, "\"%s\"",
                  emails[_i].text);
}
END_TEST

START_TEST(email_length)
{
    ck_assert(b2b_text_is_email(repeat("a", 64, "@acme.example")));
    ck_assert(!b2b_text_is_email(repeat("a", 65, "@acme.example")));
    ck_assert(b2b_text_is_email(apr_pstrcat(test_pool, "a@", repeat("abc.", 62, "exam"), NULL)));
    ck_assert(
        !b2b_text_is_email(apr_pstrcat(test_pool, "a@", repeat("abc.", 62, "example"), NULL)));
}
END_TEST

START_TEST(fold_is_ascii)
{
    ck_assert_str_eq(b2b_text_fold("Anna@ACME.Example", test_pool), "anna@acme.example");
    ck_assert_str_eq(b2b_text_fold("ÄÖ İ", test_pool), "ÄÖ İ");
}
END_TEST

static const row_t urls[] = {
    {"https://partner.example", 1},
    {"https://partner.example/", 1},
    {"https://partner.example:8443/bye?x=1&y=%20#top", 1},
    {"HTTPS://Partner.Example/", 1},
    {"https://xn--mller-kva.example/", 1},
    {"https://192.0.2.7/x", 1},
    {"https://[2001:db8::1]:443/x", 1},
    {"http://partner.example/", 0},
    {"javascript:alert(1)", 0},
    {"data:text/html,x", 0},
    {"//evil.example", 0},
    {"https:evil.example", 0},
    {"https:/evil.example", 0},
    {"https:///evil.example", 0},
    {"https://", 0},
    {"https://ok.example@evil.example/", 0},
    {"https://ok:pw@evil.example/", 0},
    {"https:\\\\evil.example", 0},
    {"https://ok.example\\@evil.example", 0},
    {"\\\\evil.example", 0},
    {"https://ok.example/\t", 0},
    {"ht\ttps://ok.example/", 0},
    {"https://ok.example/\r\nX: y", 0},
    {" https://ok.example/", 0},
    {"https://ok.example/a b", 0},
    {"https://\xd0\xb0pple.example/", 0}, /* Cyrillic a */
    {"https://m\xc3\xbcller.example/", 0},
    {"https://ok.example:0/", 0},
    {"https://ok.example:65536/", 0},
    {"https://ok.example:/", 0},
    {"https://ok.example:99x/", 0},
    {"https://ok..example/", 0},
    {"https://.example/", 0},
    {"https://-ok.example/", 0},
    {"https://2130706433/", 0},
    {"https://127.1/", 0},
    {"https://0177.0.0.1/", 0},
    {"https://256.0.0.1/", 0},
    {"https://ok.example/%", 0},
    {"https://ok.example/%4", 0},
    {"https://ok.example/%zz", 0},
    {"https://ok.example/\"><script>", 0},
    {"https://[::1/", 0},
    {"https://[::g]/", 0},
    {"https://[::1]x/", 0},
    {"", 0},
};

START_TEST(url)
{
    ck_assert_msg(b2b_text_is_url(urls[_i].text, 0) == urls[_i].taken, "\"%s\"", urls[_i].text);
}
END_TEST

START_TEST(url_length_and_http)
{
    ck_assert(
        b2b_text_is_url(apr_pstrcat(test_pool, "https://a.example/", repeat("x", 1982, ""), NULL),
                        0));
    ck_assert(
        !b2b_text_is_url(apr_pstrcat(test_pool, "https://a.example/", repeat("x", 1983, ""), NULL),
                         0));
    ck_assert(
        !b2b_text_is_url(apr_pstrcat(test_pool, "https://a.example/", repeat("x", 8192, ""), NULL),
                         0));
    ck_assert(b2b_text_is_url("http://127.0.0.1:8090", 1));
    ck_assert(b2b_text_is_url("http://localhost:8090/x", 1));
    ck_assert(!b2b_text_is_url("ftp://localhost/x", 1));
}
END_TEST

START_TEST(path)
{
    static const row_t rows[] = {{"/", 1},          {"/manuals/", 1}, {"/a%20b?x#y", 1},
                                 {"//evil", 0},     {"/\\evil", 0},   {"\\evil", 0},
                                 {"manuals/", 0},   {"", 0},          {"/\t/evil.example", 0},
                                 {"/a\r\nX: y", 0}, {"/\xff", 0},     {"https://x.example/", 0}};
    apr_size_t i;

    for (i = 0; i < ROWS(rows); i++) {
        ck_assert_msg(b2b_text_is_path(rows[i].text) == rows[i].taken, "\"%s\"", rows[i].text);
    }
}
END_TEST

START_TEST(locale)
{
    static const row_t rows[] = {{"en", 1},     {"de-AT", 1}, {"es-419", 1}, {"gsw", 1},
                                 {"", 0},       {"e", 0},     {"EN", 0},     {"en_US", 0},
                                 {"en-us", 0},  {"en-", 0},   {"en-USA", 0}, {"engl", 0},
                                 {"en-US-x", 0}};
    apr_size_t i;

    for (i = 0; i < ROWS(rows); i++) {
        ck_assert_msg(b2b_text_is_locale(rows[i].text) == rows[i].taken, "\"%s\"", rows[i].text);
    }
}
END_TEST

START_TEST(id)
{
    ck_assert(b2b_text_is_id("019a0c1e-7b2c-7def-8a01-23456789abcd"));
    ck_assert(!b2b_text_is_id("019A0C1E-7b2c-7def-8a01-23456789abcd"));
    ck_assert(!b2b_text_is_id("019a0c1e-7b2c-7def-8a01-23456789abcde"));
    ck_assert(!b2b_text_is_id("019a0c1e-7b2c-7def-8a01-23456789abc"));
    ck_assert(!b2b_text_is_id("019a0c1e07b2c-7def-8a01-23456789abcd"));
    ck_assert(!b2b_text_is_id("../../../../../../../../../etc/passwd"));
    ck_assert(!b2b_text_is_id(""));
}
END_TEST

START_TEST(nearest_names)
{
    static const char *const names[] = {"Sales", "Sales EMEA", "Service",
                                        "Slaes", "Purchasing", "Sale"};
    apr_array_header_t *candidates = apr_array_make(test_pool, 6, sizeof(const char *));
    apr_array_header_t *found;
    apr_size_t i;

    for (i = 0; i < ROWS(names); i++) {
        APR_ARRAY_PUSH(candidates, const char *) = names[i];
    }
    found = b2b_text_nearest("salse", candidates,
                             test_pool); /* one swap from Sales; one other from Sale */
    ck_assert_int_ge(found->nelts, 1);
    ck_assert_str_eq(APR_ARRAY_IDX(found, 0, const char *), "Sales");
    ck_assert_int_eq(b2b_text_nearest("warehouse", candidates, test_pool)->nelts, 0);
    ck_assert_int_eq(b2b_text_nearest("sales", candidates, test_pool)->nelts, 3);
    ck_assert_int_eq(b2b_text_nearest("", candidates, test_pool)->nelts, 0);
}
END_TEST

START_TEST(escapes)
{
    ck_assert_str_eq(b2b_text_escape_log("a\nb\\\x1b\xff\xe2\x80\xae ü", test_pool),
                     "a\\x0ab\\x5c\\x1b\\xff\\xe2\\x80\\xae ü");
    ck_assert_str_eq(b2b_text_escape_html("<a href=\"x\">'&'", test_pool),
                     "&lt;a href=&quot;x&quot;&gt;&#39;&amp;&#39;");
    ck_assert_str_eq(b2b_text_escape_url("a b/ü?&=~-._", test_pool), "a%20b%2F%C3%BC%3F%26%3D~-._");
}
END_TEST

START_TEST(query_values)
{
    ck_assert_str_eq(b2b_text_query_value("a=1&token=x%2Bz+y", "token", test_pool), "x+z y");
    ck_assert_str_eq(b2b_text_query_value("token", "token", test_pool), "");
    ck_assert_str_eq(b2b_text_query_value("token=", "token", test_pool), "");
    ck_assert_str_eq(b2b_text_query_value("to%6ben=1", "token", test_pool), "1");
    ck_assert_ptr_null(b2b_text_query_value("token=1&token=2", "token", test_pool));
    ck_assert_ptr_null(b2b_text_query_value("token=1&token=1", "token", test_pool));
    ck_assert_ptr_null(b2b_text_query_value("xtoken=1", "token", test_pool));
    ck_assert_ptr_null(b2b_text_query_value("token=%00", "token", test_pool));
    ck_assert_ptr_null(b2b_text_query_value("token=%f", "token", test_pool));
    ck_assert_ptr_null(b2b_text_query_value("token=%", "token", test_pool));
    ck_assert_ptr_null(b2b_text_query_value("token=%ff", "token", test_pool));
    ck_assert_ptr_null(b2b_text_query_value("token=%zz", "token", test_pool));
    ck_assert_ptr_null(b2b_text_query_value(NULL, "token", test_pool));
    ck_assert_ptr_null(b2b_text_query_value("", "token", test_pool));
}
END_TEST

Suite *unit_suite(void)
{
    Suite *suite = suite_create("text");
    TCase *tc = unit_case(suite, "text");

    tcase_add_loop_test(tc, utf8_is_well_formed, 0, UTF8_ROWS);
    tcase_add_loop_test(tc, line_has_no_control, 0, (int)ROWS(lines));
    tcase_add_test(tc, multiline_allows_tab_and_feed_only);
    tcase_add_loop_test(tc, technical_name, 0, (int)ROWS(technical_names));
    tcase_add_test(tc, technical_name_length);
    tcase_add_test(tc, technical_name_is_suggested);
    tcase_add_test(tc, color);
    tcase_add_loop_test(tc, email, 0, (int)ROWS(emails));
    tcase_add_test(tc, email_length);
    tcase_add_test(tc, fold_is_ascii);
    tcase_add_loop_test(tc, url, 0, (int)ROWS(urls));
    tcase_add_test(tc, url_length_and_http);
    tcase_add_test(tc, path);
    tcase_add_test(tc, locale);
    tcase_add_test(tc, id);
    tcase_add_test(tc, nearest_names);
    tcase_add_test(tc, escapes);
    tcase_add_test(tc, query_values);
    return suite;
}
