/* SPDX-License-Identifier: Apache-2.0 */
/* base/json: what is refused, and that values live as long as their pool. */
#include "unit.h"

#include <string.h>

#include <apr_strings.h>

#include "base/json.h"

static const struct {
    const char *text;
    int length; /* 0: strlen */
    int taken;
} texts[] = {
    {"{}", 0, 1},
    {"[1,-2,3.5e3,true,false,null,\"\\u00fc\",{\"a\":[]}]", 0, 1},
    {"\"top\"", 0, 1},
    {"9223372036854775807", 0, 1},
    {"\"\\ud83d\\ude00\"", 0, 1},
    {"", 0, 0},
    {"{", 0, 0},
    {"{}x", 0, 0},
    {"{\"a\":1,\"a\":2}", 0, 0}, /* two readers could take different ones */
    {"{\"a\":1,\"\\u0061\":2}", 0, 0},
    {"{a:1}", 0, 0},
    {"{\"a\":1,}", 0, 0},
    {"[1,]", 0, 0},
    {"NaN", 0, 0},
    {"1e400", 0, 0},
    {"9223372036854775808", 0, 0},
    {"01", 0, 0},
    {"'a'", 0, 0},
    {"\"\\u0000\"", 0, 0},
    {"{\"\\u0000\":1}", 0, 0},
    {"\"a\0b\"", 5, 0},
    {"\"\\ud800\"", 0, 0},
    {"\"\xff\"", 0, 0},
    {"\"\xed\xa0\x80\"", 0, 0},
    {"\"a\nb\"", 0, 0},
    {"\xef\xbb\xbf{}", 0, 0},
    {"/* x */ {}", 0, 0},
};

START_TEST(strict)
{
    b2b_json_t *json;
    apr_size_t length = texts[_i].length ? (apr_size_t)texts[_i].length : strlen(texts[_i].text);
    b2b_error_t *err = b2b_json_parse(&json, texts[_i].text, length, test_pool);

    ck_assert_msg((err == NULL) == texts[_i].taken, "%s", texts[_i].text);
    if (err) {
        ck_assert_int_eq(err->code, B2B_E_INVALID);
        ck_assert_ptr_null(json);
    }
}
END_TEST

START_TEST(length_counts_not_the_nul)
{
    b2b_json_t *json;

    ck_assert_ptr_null(b2b_json_parse(&json, "[1]]]]", 3, test_pool));
    ck_assert_int_eq(b2b_json_length(json), 1);
}
END_TEST

static b2b_error_t *parse_levels(int levels)
{
    char *text = apr_palloc(test_pool, (apr_size_t)levels * 2);
    b2b_json_t *json;

    memset(text, '[', (apr_size_t)levels);
    memset(text + levels, ']', (apr_size_t)levels);
    return b2b_json_parse(&json, text, (apr_size_t)levels * 2, test_pool);
}

START_TEST(depth)
{
    b2b_json_t *json;
    const char *brackets =
        "[\"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[\\\"[[\"]";

    ck_assert_ptr_null(parse_levels(64));
    ck_assert_ptr_nonnull(parse_levels(65));
    ck_assert_ptr_nonnull(parse_levels(2000));
    ck_assert_ptr_nonnull(parse_levels(1000000));
    ck_assert_ptr_null(b2b_json_parse(&json, brackets, strlen(brackets), test_pool));
}
END_TEST

START_TEST(error_has_its_place)
{
    b2b_json_t *json;
    b2b_error_t *err = b2b_json_parse(&json, "{\n \"a\": x}", 10, test_pool);

    ck_assert_ptr_nonnull(err);
    ck_assert_ptr_nonnull(strstr(err->message, "line 2"));
}
END_TEST

START_TEST(writes_in_order)
{
    b2b_json_t *object = b2b_json_object(test_pool), *array = b2b_json_array(test_pool);

    b2b_json_append(array, b2b_json_integer(APR_INT64_C(9007199254740993), test_pool));
    b2b_json_append(array, b2b_json_string(NULL, test_pool));
    b2b_json_set_string(object, "z", "ü\n\"");
    b2b_json_set_string(object, "y", NULL);
    b2b_json_set_bool(object, "b", 7);
    b2b_json_set_integer(object, "a", -1);
    b2b_json_set_time(object, "t", APR_INT64_C(1763778031123456));
    b2b_json_set_time(object, "never", 0);
    b2b_json_set(object, "list", array);
    ck_assert_str_eq(
        b2b_json_write(object, test_pool),
        "{\"z\":\"ü\\n\\\"\",\"y\":null,\"b\":true,\"a\":-1,\"t\":\"2025-11-22T02:20:31.123Z\","
        "\"never\":null,\"list\":[9007199254740993,null]}");
    ck_assert_str_eq(b2b_json_write(b2b_json_get(object, "list"), test_pool),
                     "[9007199254740993,null]");
}
END_TEST

static int collect(void *baton, const char *key, const b2b_json_t *value)
{
    const char **keys = baton;

    (void)value;
    *keys = apr_pstrcat(test_pool, *keys, key, NULL);
    return strcmp(key, "c") != 0;
}

START_TEST(reads_without_surprise)
{
    const char *text = "{\"b\":true,\"a\":\"x\",\"c\":3,\"d\":null}", *keys = "";
    b2b_json_t *json, *same;

    ck_assert_ptr_null(b2b_json_parse(&json, text, strlen(text), test_pool));
    ck_assert_ptr_null(b2b_json_parse(&same, text, strlen(text), test_pool));
    ck_assert(b2b_json_equal(json, same));
    b2b_json_set_bool(same, "b", 0);
    ck_assert(!b2b_json_equal(json, same));
    ck_assert_str_eq(b2b_json_get_string(json, "a"), "x");
    ck_assert_ptr_null(b2b_json_get_string(json, "c")); /* no silent conversion */
    ck_assert_ptr_null(b2b_json_get_string(json, "no"));
    ck_assert_int_eq(b2b_json_get_bool(json, "b", 0), 1);
    ck_assert_int_eq(b2b_json_get_bool(json, "a", 0), 0); /* "x" is not true */
    ck_assert_int_eq(b2b_json_get_integer(json, "c", 9), 3);
    ck_assert_int_eq(b2b_json_get_integer(json, "a", 9), 9);
    ck_assert_int_eq(b2b_json_type(b2b_json_get(json, "d")), B2B_JSON_NULL);
    ck_assert_int_eq(b2b_json_length(json), 4);
    ck_assert_ptr_null(b2b_json_at(json, 0));
    b2b_json_each(json, collect, &keys);
    ck_assert_str_eq(keys, "bac");
}
END_TEST

/* Written as a person would, and the same number again when read. */
static const struct {
    double number;
    const char *text;
} reals[] = {
    {0.1, "0.1"},       {12.5, "12.5"}, {-0.01, "-0.01"},   {999999999999.12, "999999999999.12"},
    {0.1 + 0.2, "0.3"}, {3, "3.0"},     {0.000001, "1e-6"},
};

START_TEST(writes_reals)
{
    b2b_json_t *json;
    const char *text = b2b_json_write(b2b_json_real(reals[_i].number, test_pool), test_pool);

    ck_assert_str_eq(text, reals[_i].text);
    ck_assert_ptr_null(b2b_json_parse(&json, text, strlen(text), test_pool));
    ck_assert_double_eq_tol(b2b_json_double(json), reals[_i].number, 1e-15);
    ck_assert_int_eq(b2b_json_type(json), B2B_JSON_REAL);
    ck_assert_int_eq(b2b_json_number(json), 0); /* no silent rounding */
}
END_TEST

START_TEST(copies_and_removes)
{
    b2b_json_t *object = b2b_json_object(test_pool), *copy;

    b2b_json_set_integer(object, "a", 1);
    b2b_json_set_integer(object, "b", 2);
    copy = b2b_json_copy(object, test_pool);
    b2b_json_remove(copy, "a");
    b2b_json_remove(copy, "c");
    b2b_json_set_integer(copy, "d", 4);
    ck_assert_str_eq(b2b_json_write(object, test_pool), "{\"a\":1,\"b\":2}");
    ck_assert_str_eq(b2b_json_write(copy, test_pool), "{\"b\":2,\"d\":4}");
    ck_assert_double_eq(b2b_json_double(b2b_json_get(copy, "b")), 2);
    ck_assert_double_eq(b2b_json_double(copy), 0);
}
END_TEST

START_TEST(child_outlives_its_makers_pool)
{
    apr_pool_t *pool;
    b2b_json_t *object = b2b_json_object(test_pool);

    apr_pool_create(&pool, test_pool);
    b2b_json_set(object, "a", b2b_json_string("kept", pool));
    apr_pool_destroy(pool);
    ck_assert_str_eq(b2b_json_get_string(object, "a"), "kept");
}
END_TEST

Suite *unit_suite(void)
{
    Suite *suite = suite_create("json");
    TCase *tc = unit_case(suite, "json");

    tcase_add_loop_test(tc, strict, 0, (int)(sizeof(texts) / sizeof(texts[0])));
    tcase_add_test(tc, length_counts_not_the_nul);
    tcase_add_test(tc, depth);
    tcase_add_test(tc, error_has_its_place);
    tcase_add_test(tc, writes_in_order);
    tcase_add_test(tc, reads_without_surprise);
    tcase_add_loop_test(tc, writes_reals, 0, (int)(sizeof(reals) / sizeof(reals[0])));
    tcase_add_test(tc, copies_and_removes);
    tcase_add_test(tc, child_outlives_its_makers_pool);
    return suite;
}
