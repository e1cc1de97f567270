/* SPDX-License-Identifier: Apache-2.0 */
/* forms/: the cases that server and pages share, tests/vectors/. */
#include "unit.h"

#include <stdlib.h>
#include <string.h>

#include <apr_strings.h>

#include "documents.h"
#include "forms/forms_private.h"

static const b2b_json_t *patterns, *terms, *states, *values, *problems, *fills, *securities;

static const b2b_json_t *at(const b2b_json_t *cases, int i)
{
    return b2b_json_at(cases, (apr_size_t)i);
}

/* One form with FIELDS. */
static b2b_document_t *document_of(const b2b_json_t *fields)
{
    b2b_json_t *forms = b2b_json_array(test_pool);

    b2b_json_append(forms, fields);
    return unit_document(forms, test_pool);
}

START_TEST(pattern)
{
    const b2b_json_t *vector = at(patterns, _i);
    const char *text = b2b_json_get_string(vector, "pattern"), *why;
    const b2b_json_t *refused = b2b_json_get(vector, "refused");
    b2b_pattern_t *tree;
    int position;

    b2b_pattern_read(&tree, &why, &position, text, test_pool);
    if (refused) {
        ck_assert_msg(!tree, "%s is taken", text);
        ck_assert_msg(position == b2b_json_number(refused), "%s: %s at %d", text, why, position);
        ck_assert(!b2b_pattern_check(&why, text, test_pool));
        ck_assert_ptr_nonnull(why);
        ck_assert(!b2b_pattern_match(text, "a", test_pool));
        return;
    }
    ck_assert_msg(tree != NULL, "%s: %s at %d", text, why, position);
    if (b2b_json_get(vector, "fits")) {
        int length = (int)b2b_json_number(b2b_json_get(vector, "max_length"));

        ck_assert_msg(b2b_pattern_fits(&why, text, length, test_pool) ==
                          b2b_json_get_bool(vector, "fits", -1),
                      "%s in texts of %d", text, length);
        ck_assert_int_eq(why == NULL, b2b_json_get_bool(vector, "fits", -1));
        return;
    }
    ck_assert_msg(b2b_pattern_match(text, b2b_json_get_string(vector, "text"), test_pool) ==
                      b2b_json_get_bool(vector, "match", -1),
                  "%s of %s", text, b2b_json_get_string(vector, "text"));
}
END_TEST

START_TEST(term)
{
    const b2b_json_t *vector = at(terms, _i), *value = b2b_json_get(vector, "value");
    b2b_json_t *fields = b2b_json_array(test_pool), *condition = b2b_json_object(test_pool);
    b2b_json_t *heading = unit_json("{'name':'h','type':'heading','text':'H'}", test_pool);
    b2b_json_t *object = b2b_json_object(test_pool);
    b2b_form_state_t state;

    b2b_json_set_string(condition, "field", "f");
    b2b_json_set_string(condition, "is", b2b_json_get_string(vector, "is"));
    if (value) {
        b2b_json_set(condition, "value", value);
    }
    b2b_json_set(heading, "shown_when", condition);
    b2b_json_append(fields, b2b_json_get(vector, "field"));
    b2b_json_append(fields, heading);
    b2b_json_set(object, "f", b2b_json_get(vector, "of"));
    b2b_form_state(&state, document_of(fields), 0, object, test_pool);
    ck_assert_msg(state.shown[1] == b2b_json_get_bool(vector, "holds", -1), "%s",
                  b2b_json_write(vector, test_pool));
}
END_TEST

/* The names of FIELDS where FLAGS say so, as "a b c". */
static const char *named(const b2b_json_t *fields, const int *flags)
{
    b2b_json_t *names = b2b_json_array(test_pool);
    apr_size_t i;

    for (i = 0; i < b2b_json_length(fields); i++) {
        if (flags[i]) {
            b2b_json_append(names, b2b_json_get(b2b_json_at(fields, i), "name"));
        }
    }
    return b2b_json_write(names, test_pool);
}

START_TEST(state)
{
    const b2b_json_t *vector = at(states, _i), *fields = b2b_json_get(vector, "fields");
    b2b_form_state_t found;

    b2b_form_state(&found, document_of(fields), 0, b2b_json_get(vector, "values"), test_pool);
    ck_assert_str_eq(named(fields, found.shown),
                     b2b_json_write(b2b_json_get(vector, "shown"), test_pool));
    ck_assert_str_eq(named(fields, found.required),
                     b2b_json_write(b2b_json_get(vector, "required"), test_pool));
    ck_assert_str_eq(named(fields, found.locked),
                     b2b_json_write(b2b_json_get(vector, "locked"), test_pool));
}
END_TEST

START_TEST(value)
{
    const b2b_json_t *vector = at(values, _i);
    b2b_json_t *fields = b2b_json_array(test_pool), *changes = b2b_json_object(test_pool), *result;
    b2b_document_t *document;
    b2b_error_t *err;

    b2b_json_append(fields, b2b_json_get(vector, "field"));
    b2b_json_set(changes, "f", b2b_json_get(vector, "value"));
    document = document_of(fields);
    err = b2b_form_fill(&result, document, 0, b2b_json_object(test_pool), changes, 0, test_pool);
    ck_assert_msg((err == NULL) == b2b_json_get_bool(vector, "save", -1), "%s: %s",
                  b2b_json_write(vector, test_pool), err ? err->message : "taken");
    ck_assert((result == NULL) == (err != NULL));
    err = b2b_form_fill(&result, document, 0, b2b_json_object(test_pool), changes, 1, test_pool);
    ck_assert_msg((err == NULL) == b2b_json_get_bool(vector, "submit", -1), "%s: %s",
                  b2b_json_write(vector, test_pool), err ? err->message : "taken");
    if (!err) {
        /* What was taken once is taken again, and stays as it is. */
        b2b_json_t *again;

        ck_assert_ptr_null(b2b_form_fill(&again, document, 0, result, result, 1, test_pool));
        ck_assert_str_eq(b2b_json_write(again, test_pool), b2b_json_write(result, test_pool));
    }
}
END_TEST

START_TEST(problem)
{
    const b2b_json_t *vector = at(problems, _i);
    b2b_json_t *result;
    b2b_error_t *err;

    err = b2b_form_fill(&result, document_of(b2b_json_get(vector, "fields")), 0,
                        b2b_json_object(test_pool), b2b_json_get(vector, "values"),
                        b2b_json_get_bool(vector, "complete", 0), test_pool);
    ck_assert_str_eq(unit_places(err, test_pool),
                     unit_sorted(b2b_json_get(vector, "refused"), test_pool));
}
END_TEST

START_TEST(fill)
{
    const b2b_json_t *vector = at(fills, _i), *wanted = b2b_json_get(vector, "result");
    const b2b_json_t *stored = b2b_json_get(vector, "values");
    const char *before = b2b_json_write(stored, test_pool);
    b2b_json_t *result;
    b2b_error_t *err;

    err = b2b_form_fill(&result, unit_document(b2b_json_get(vector, "forms"), test_pool),
                        (int)b2b_json_get_integer(vector, "form", 0), stored,
                        b2b_json_get(vector, "changes"), b2b_json_get_bool(vector, "complete", 0),
                        test_pool);
    ck_assert_str_eq(b2b_json_write(stored, test_pool), before);
    if (!wanted) {
        ck_assert_str_eq(unit_places(err, test_pool),
                         unit_sorted(b2b_json_get(vector, "refused"), test_pool));
        ck_assert_ptr_null(result);
        return;
    }
    ck_assert_msg(!err, "%s: %s", b2b_json_get_string(vector, "about"),
                  err ? b2b_error_text(err, test_pool) : "");
    ck_assert_msg(b2b_json_equal(result, wanted), "%s: %s", b2b_json_get_string(vector, "about"),
                  b2b_json_write(result, test_pool));
}
END_TEST

static const char *joined(const apr_array_header_t *texts)
{
    b2b_json_t *array = b2b_json_array(test_pool);
    int i;

    for (i = 0; i < texts->nelts; i++) {
        b2b_json_append(array, b2b_json_string(APR_ARRAY_IDX(texts, i, const char *), test_pool));
    }
    return b2b_json_write(array, test_pool);
}

START_TEST(security)
{
    static const char *const modes[] = {"only", "assigned", "others_view", "off"};
    const b2b_json_t *vector = at(securities, _i), *users = b2b_json_get(vector, "users");
    const b2b_json_t *stored = b2b_json_get(vector, "security");
    b2b_security_t read[2];
    int i;

    b2b_security_read(&read[0], stored, test_pool);
    b2b_security_parse(&read[1], b2b_json_write(stored, test_pool), test_pool);
    for (i = 0; i < 2; i++) {
        ck_assert_str_eq(modes[read[i].mode], b2b_json_get_string(vector, "mode"));
        ck_assert_int_eq(read[i].partner, b2b_json_get_bool(users, "partner", -1));
        ck_assert_str_eq(joined(read[i].partner_groups),
                         b2b_json_write(b2b_json_get(users, "partner_groups"), test_pool));
        ck_assert_str_eq(joined(read[i].host_users),
                         b2b_json_write(b2b_json_get(users, "host_users"), test_pool));
        ck_assert_str_eq(joined(read[i].host_groups),
                         b2b_json_write(b2b_json_get(users, "host_groups"), test_pool));
    }
}
END_TEST

START_TEST(no_security)
{
    static const char *const texts[] = {NULL, "", "{", "{\"mode\":\"off\"", "off"};
    b2b_security_t read;

    b2b_security_parse(&read, texts[_i], test_pool);
    ck_assert_int_eq(read.mode, B2B_SECURITY_ONLY);
    ck_assert(!read.partner && !read.partner_groups->nelts && !read.host_users->nelts &&
              !read.host_groups->nelts);
}
END_TEST

/* None at all would be a file that is no longer what it was. */
static int count(const b2b_json_t *cases)
{
    if (b2b_json_length(cases) == 0) {
        abort();
    }
    return (int)b2b_json_length(cases);
}

Suite *unit_suite(void)
{
    Suite *suite = suite_create("forms vectors");
    TCase *tc = unit_case(suite, "vectors");

    b2b_json_initialize();
    patterns = unit_vectors("patterns.json", NULL);
    terms = unit_vectors("conditions.json", "terms");
    states = unit_vectors("conditions.json", "states");
    values = unit_vectors("values.json", "values");
    problems = unit_vectors("values.json", "problems");
    fills = unit_vectors("values.json", "fills");
    securities = unit_vectors("security.json", "securities");
    tcase_add_loop_test(tc, pattern, 0, count(patterns));
    tcase_add_loop_test(tc, term, 0, count(terms));
    tcase_add_loop_test(tc, state, 0, count(states));
    tcase_add_loop_test(tc, value, 0, count(values));
    tcase_add_loop_test(tc, problem, 0, count(problems));
    tcase_add_loop_test(tc, fill, 0, count(fills));
    tcase_add_loop_test(tc, security, 0, count(securities));
    tcase_add_loop_test(tc, no_security, 0, 5);
    return suite;
}
