/* SPDX-License-Identifier: Apache-2.0 */
/*
 * forms/ under noise: documents, values and patterns that were right are changed at random, always in the same way.
 * Whatever comes of it is refused, or is what the headers promise. B2B_MUTATIONS=100000 for more of each, B2B_SEED=7
 * for others; under --enable-sanitizers it looks for what is read or written beside what is there.
 */
#include "unit.h"

#include <stdlib.h>
#include <string.h>

#include <apr_strings.h>

#include "base/text.h"
#include "documents.h"
#include "forms/forms_private.h"

#define COUNT(array) ((unsigned int)(sizeof(array) / sizeof((array)[0])))

/* Chance ------------------------------------------------------------------------------------------- */

static apr_uint64_t state;

static unsigned int chance(unsigned int below)
{
    state = state * APR_UINT64_C(6364136223846793005) + APR_UINT64_C(1442695040888963407);
    return (unsigned int)(state >> 33) % below;
}

static int setting(const char *name, int otherwise)
{
    const char *text = getenv(name);

    return text ? atoi(text) : otherwise;
}

/* ROUND's own seed, so that a round can be repeated alone. */
static void begin(int round)
{
    state = (apr_uint64_t)setting("B2B_SEED", 1) * 1000003 + (apr_uint64_t)round;
    apr_pool_clear(test_pool);
}

/* Documents ---------------------------------------------------------------------------------------- */

static const char *const words[] = {"",
                                    "a",
                                    "subject",
                                    "kind",
                                    "parts",
                                    "amount",
                                    "due",
                                    "moment",
                                    "urgent",
                                    "items",
                                    "helper",
                                    "verdict",
                                    "cost",
                                    "x",
                                    "text",
                                    "choice",
                                    "number",
                                    "table",
                                    "person",
                                    "toggle",
                                    "date",
                                    "creator",
                                    "all",
                                    "any",
                                    "not",
                                    "always",
                                    "equals",
                                    "contains",
                                    "is",
                                    "field",
                                    "value",
                                    "[number]",
                                    "[name]-[number:9]-[subject]",
                                    "2026-02-30",
                                    "2026-02-28",
                                    "2026-02-28T23:59:60Z",
                                    "2026-02-28T23:59:59Z",
                                    "javascript:alert(1)",
                                    "https://x.example/",
                                    "//evil.example",
                                    "a\nb",
                                    "\xf0\x9f\x98\x80",
                                    "\xe2\x82\xac\xe2\x82\xac",
                                    "a{1000}",
                                    "(a+)+$",
                                    "((((((((((((a))))))))))))",
                                    "0193b2a0-0000-7000-8000-000000000001",
                                    UNIT_FILE};

static b2b_json_t *any_value(int depth);

static b2b_json_t *any_number(void)
{
    static const double numbers[] =
        {0,    1,     -1,    0.1,         1e-7,           12.345,
         1e15, -1e15, 1e308, 5e-324,      999999999999.0, 999999999999.5,
         200,  500,   20000, 2147483648.0};
    static const apr_int64_t integers[] =
        {0, 1, 2, 12, -1, 50, 200, 20000, 501, -2147483649LL, APR_INT64_MAX, APR_INT64_MIN};

    return chance(2) ? b2b_json_real(numbers[chance(COUNT(numbers))], test_pool)
                     : b2b_json_integer(integers[chance(COUNT(integers))], test_pool);
}

static b2b_json_t *any_text(void)
{
    apr_size_t length = 1 + chance(3000);
    char *text;

    if (chance(12)) {
        return b2b_json_string(words[chance(COUNT(words))], test_pool);
    }
    text = apr_palloc(test_pool, length + 1);
    memset(text, 'x', length);
    text[length] = '\0';
    return b2b_json_string(text, test_pool);
}

static b2b_json_t *any_object(int depth)
{
    b2b_json_t *object = b2b_json_object(test_pool);
    unsigned int i;

    for (i = chance(4); i > 0; i--) {
        b2b_json_set(object, words[chance(COUNT(words))], any_value(depth + 1));
    }
    return object;
}

static b2b_json_t *any_array(int depth)
{
    b2b_json_t *array = b2b_json_array(test_pool);
    unsigned int i;

    for (i = chance(chance(20) ? 4 : 300); i > 0; i--) {
        b2b_json_append(array, any_value(depth + 1));
    }
    return array;
}

static b2b_json_t *any_value(int depth)
{
    switch (chance(depth < 4 ? 8 : 6)) {
    case 0:
        return b2b_json_null(test_pool);
    case 1:
        return b2b_json_bool((int)chance(2), test_pool);
    case 2:
        return any_number();
    case 6:
        return any_object(depth);
    case 7:
        return any_array(depth);
    default:
        return any_text();
    }
}

typedef struct {
    b2b_json_t *changed;
    int rarely; /* one of so many values */
} mutation_t;

static b2b_json_t *mutate(const b2b_json_t *json, int rarely);

static int mutate_member(void *baton, const char *key, const b2b_json_t *value)
{
    mutation_t *mutation = baton;

    switch (chance((unsigned int)mutation->rarely)) {
    case 0:
        break; /* gone */
    case 1:
        b2b_json_set(mutation->changed, words[chance(COUNT(words))], value);
        break;
    default:
        b2b_json_set(mutation->changed, key, mutate(value, mutation->rarely));
    }
    return 1;
}

static b2b_json_t *mutate_array(const b2b_json_t *json, int rarely)
{
    b2b_json_t *changed = b2b_json_array(test_pool);
    apr_size_t i, length = b2b_json_length(json);

    for (i = 0; i < length; i++) {
        unsigned int act = chance((unsigned int)rarely);

        if (act == 0) {
            continue;
        }
        b2b_json_append(changed, mutate(b2b_json_at(json, i), rarely));
        if (act == 1) {
            b2b_json_append(changed, b2b_json_at(json, chance((unsigned int)length)));
        }
    }
    return changed;
}

static b2b_json_t *mutate(const b2b_json_t *json, int rarely)
{
    mutation_t mutation = {NULL, rarely};

    if (chance((unsigned int)rarely) == 0) {
        return any_value(0);
    }
    if (b2b_json_type(json) == B2B_JSON_ARRAY) {
        return mutate_array(json, rarely);
    }
    if (b2b_json_type(json) != B2B_JSON_OBJECT) {
        return (b2b_json_t *)json;
    }
    mutation.changed = b2b_json_object(test_pool);
    b2b_json_each(json, mutate_member, &mutation);
    return mutation.changed;
}

/* Nearly everything that a document can have, with conditions on both forms. */
static b2b_json_t *rich_document(void)
{
    b2b_json_t *json = unit_good_document(test_pool);

    unit_set_at(json, "reference_pattern", "'[name]-[number:5]-[subject]'", test_pool);
    unit_set_at(json, "forms/0/fields/0/pattern", "'[a-z]{2,5}(x|y)*'", test_pool);
    unit_set_at(json, "forms/0/fields/1/default", "'a'", test_pool);
    unit_set_at(json, "forms/0/fields/3/shown_when",
                "{'all':[{'field':'kind','is':'one_of','value':['a','b']},"
                "{'not':{'field':'subject','is':'contains','value':'no'}}]}",
                test_pool);
    unit_set_at(json, "forms/0/fields/4/required_when",
                "{'field':'amount','is':'more','value':5.5}", test_pool);
    unit_set_at(json, "forms/0/fields/8/columns/0/pattern", "'\\\\d+'", test_pool);
    unit_set_at(json, "forms/1/owners", "{'creator':true,'field':'helper'}", test_pool);
    unit_set_at(
        json, "forms/1/fields/1/locked_when",
        "{'any':[{'field':'urgent','is':'equals','value':true},"
        "{'field':'verdict','is':'not_empty'},{'field':'parts','is':'contains','value':'x'}]}",
        test_pool);
    return json;
}

/* What forms/ promises ------------------------------------------------------------------------------ */

/* All are of input, at most fifty, each with its place. */
static void check_errors(const b2b_error_t *err)
{
    int count = 0;

    for (; err; err = err->child) {
        ck_assert_int_eq(err->code, B2B_E_INVALID);
        ck_assert_ptr_nonnull(err->message);
        count++;
    }
    ck_assert_int_le(count, B2B_COMPLAINTS_MAX);
}

static b2b_document_t *check_document(const b2b_json_t *json)
{
    b2b_json_t *normal, *again;
    apr_array_header_t *images;
    b2b_document_t *document;
    b2b_error_t *err = b2b_document_check(&normal, &images, json, test_pool);

    check_errors(err);
    if (err) {
        ck_assert_ptr_null(normal);
        return NULL;
    }
    ck_assert_ptr_null(b2b_document_parse(&document, b2b_json_write(normal, test_pool), test_pool));
    ck_assert_int_le(document->forms->nelts, B2B_FORMS_MAX);
    ck_assert_int_le(document->indexed->nelts, B2B_INDEXED_MAX);
    ck_assert_ptr_null(b2b_document_check(&again, &images, normal, test_pool));
    ck_assert_str_eq(b2b_json_write(again, test_pool), b2b_json_write(normal, test_pool));
    return document;
}

typedef struct {
    const b2b_document_t *document;
    int form;
} page_t;

static int check_page_member(void *baton, const char *key, const b2b_json_t *value);

/* No term of a page asks for a field of another form. */
static void check_page(const page_t *page, const b2b_json_t *json)
{
    apr_size_t i;

    if (b2b_json_type(json) == B2B_JSON_OBJECT) {
        b2b_json_each(json, check_page_member, (void *)page);
    }
    for (i = 0; b2b_json_type(json) == B2B_JSON_ARRAY && i < b2b_json_length(json); i++) {
        check_page(page, b2b_json_at(json, i));
    }
}

static int check_page_member(void *baton, const char *key, const b2b_json_t *value)
{
    const page_t *page = baton;

    ck_assert_str_ne(key, "owners");
    if (!strcmp(key, "field") && b2b_json_text(value)) {
        const b2b_field_t *field = b2b_document_field(page->document, b2b_json_text(value));

        ck_assert(!field || field->form == page->form);
    }
    check_page(page, value);
    return 1;
}

static void check_line(const char *text, apr_size_t most)
{
    ck_assert_uint_le(strlen(text), most);
    ck_assert(b2b_text_is_line(text));
}

/* What lists make of the values of FIELD. */
static void check_list_value(const b2b_field_t *field, const b2b_json_t *value)
{
    apr_array_header_t *keys = b2b_value_keys(field, value, test_pool);
    int i;

    for (i = 0; i < keys->nelts; i++) {
        ck_assert_uint_le(strlen(APR_ARRAY_IDX(keys, i, const char *)), B2B_KEY_MAX);
    }
    ck_assert(b2b_text_is_line(b2b_value_text(field, value, test_pool)));
}

static void check_values(const b2b_document_t *document, int form, const b2b_json_t *values,
                         int complete)
{
    const apr_array_header_t *fields = APR_ARRAY_IDX(document->forms, form, b2b_form_t).fields;
    page_t page = {document, form};
    b2b_json_t *again;
    int i;

    /* What was taken is taken again as it is. */
    ck_assert_ptr_null(b2b_form_fill(&again, document, form, values, b2b_json_object(test_pool),
                                     complete, test_pool));
    ck_assert_str_eq(b2b_json_write(again, test_pool), b2b_json_write(values, test_pool));
    for (i = 0; i < fields->nelts; i++) {
        const b2b_field_t *field = &APR_ARRAY_IDX(fields, i, b2b_field_t);
        const b2b_json_t *value = b2b_json_get(values, field->name);

        if (b2b_field_has_data(field) && value) {
            check_list_value(field, value);
        }
    }
    check_page(&page, b2b_form_for_page(document, form, values, test_pool));
    check_line(b2b_reference_make(document, "claim", 1 + chance(1000000), values, test_pool),
               B2B_REFERENCE_MAX);
}

/* The values of a person who tries everything. */
static b2b_json_t *any_changes(const b2b_document_t *document)
{
    static const char *const good[] =
        {"'abx'",
         "'a'",
         "['x','y']",
         "12.5",
         "true",
         "'2026-02-28'",
         "[]",
         "null",
         "[{'part':'7','count':3}]",
         "[{'kind':'member','id':'0193b2a0-0000-7000-8000-000000000001'}]",
         "'2026-02-28T12:00:00Z'"};
    b2b_json_t *changes = b2b_json_object(test_pool);
    apr_hash_index_t *i;

    for (i = apr_hash_first(test_pool, document->fields); i; i = apr_hash_next(i)) {
        const char *name = apr_hash_this_key(i);

        switch (chance(8)) {
        case 0:
            b2b_json_set(changes, name, any_value(0));
            break;
        case 1:
        case 2:
            break;
        default:
            b2b_json_set(changes, name, unit_json(good[chance(COUNT(good))], test_pool));
        }
    }
    return changes;
}

/* Only those of FORM, one by one as far as each is taken. */
static b2b_json_t *fill(const b2b_document_t *document, int form, const b2b_json_t *values)
{
    const apr_array_header_t *fields = APR_ARRAY_IDX(document->forms, form, b2b_form_t).fields;
    b2b_json_t *changes = any_changes(document), *result = b2b_json_copy(values, test_pool), *next;
    int i;

    check_errors(b2b_form_fill(&next, document, form, values, changes, (int)chance(2), test_pool));
    for (i = 0; i < fields->nelts; i++) {
        const char *name = APR_ARRAY_IDX(fields, i, b2b_field_t).name;
        b2b_json_t *one = b2b_json_object(test_pool);
        b2b_error_t *err;

        if (b2b_json_get(changes, name)) {
            b2b_json_set(one, name, b2b_json_get(changes, name));
        }
        err = b2b_form_fill(&next, document, form, result, one, 0, test_pool);
        check_errors(err);
        if (!err) {
            check_values(document, form, next, 0);
            result = next;
        }
    }
    return result;
}

START_TEST(documents)
{
    int round, taken = 0, rounds = setting("B2B_MUTATIONS", 1200);

    for (round = 0; round < rounds; round++) {
        b2b_document_t *document;
        b2b_json_t *values;
        int form;

        begin(round);
        document = check_document(mutate(rich_document(), round % 3 ? 400 : 30));
        if (!document) {
            continue;
        }
        taken++;
        values = b2b_form_defaults(document, 0, test_pool);
        for (form = 0; form < document->forms->nelts; form++) {
            values = fill(document, form, values);
        }
    }
    ck_assert_int_gt(taken, rounds / 10);
}
END_TEST

START_TEST(differences)
{
    int round, rounds = setting("B2B_MUTATIONS", 600);

    for (round = 0; round < rounds; round++) {
        b2b_json_t *one, *two, *difference;

        begin(round);
        one = mutate(rich_document(), 200);
        two = mutate(one, 200);
        if (!check_document(one) || !check_document(two)) {
            continue;
        }
        difference = b2b_document_difference(one, two, test_pool);
        ck_assert_uint_eq(b2b_json_length(b2b_document_difference(one, one, test_pool)), 0);
        ck_assert(b2b_json_length(difference) > 0 || b2b_json_equal(one, two));
    }
}
END_TEST

/* Texts of documents, byte by byte: the parser before all others. */
START_TEST(texts)
{
    int round, rounds = setting("B2B_MUTATIONS", 3000);

    for (round = 0; round < rounds; round++) {
        b2b_document_t *document;
        b2b_json_t *json;
        char *text;
        unsigned int i;

        begin(round);
        text = apr_pstrdup(test_pool, b2b_json_write(rich_document(), test_pool));
        for (i = 1 + chance(3); i > 0; i--) {
            text[chance((unsigned int)strlen(text))] = (char)(1 + chance(255));
        }
        if (!b2b_json_parse(&json, text, strlen(text), test_pool)) {
            b2b_document_read(&document, json, test_pool);
            check_document(json);
        }
    }
}
END_TEST

/* Patterns ----------------------------------------------------------------------------------------- */

static const char *any_pattern(unsigned int longest)
{
    static const char *const parts[] = {"a",
                                        "b",
                                        "1",
                                        ".",
                                        "\\d",
                                        "\\w",
                                        "\\S",
                                        "[a-c]",
                                        "[^x]",
                                        "(",
                                        ")",
                                        "|",
                                        "*",
                                        "+",
                                        "?",
                                        "{2}",
                                        "{0,3}",
                                        "{1,}",
                                        "{200}",
                                        "^",
                                        "$",
                                        "[",
                                        "]",
                                        "-",
                                        "\\",
                                        "\\-",
                                        "\xc3\xa9",
                                        "\xe2\x82\xac",
                                        "[\xc3\xa9-\xe2\x82\xac]"};
    const char *pattern = "";
    unsigned int i;

    for (i = chance(longest); i > 0; i--) {
        pattern = apr_pstrcat(test_pool, pattern, parts[chance(COUNT(parts))], NULL);
    }
    return pattern;
}

static const char *any_subject(void)
{
    static const char *const parts[] = {"a", "b", "c", "1", "x", " ", "\xc3\xa9", "\xe2\x82\xac",
                                        "\n"};
    const char *text = "";
    unsigned int i;

    for (i = chance(40); i > 0; i--) {
        text = apr_pstrcat(test_pool, text, parts[chance(COUNT(parts))], NULL);
    }
    return text;
}

START_TEST(patterns)
{
    int round, taken = 0, rounds = setting("B2B_MUTATIONS", 20000);

    for (round = 0; round < rounds; round++) {
        const char *pattern, *why, *text;
        b2b_pattern_t *tree;
        apr_int64_t steps;
        int position, match;

        begin(round);
        pattern = any_pattern(14);
        text = any_subject();
        match = b2b_pattern_match(pattern, text, test_pool);
        if (!b2b_pattern_check(&why, pattern, test_pool)) {
            ck_assert_ptr_nonnull(why);
            ck_assert_int_eq(match, 0);
            continue;
        }
        taken++;
        b2b_pattern_read(&tree, &why, &position, pattern, test_pool);
        ck_assert_int_eq(b2b_pattern_run(tree, text, &steps, test_pool), match);
        ck_assert(steps <= (apr_int64_t)(B2B_PATTERN_STATES_MAX + 1) *
                               (apr_int64_t)(b2b_text_characters(text) + 1));
        /* Twice in a row matches what is there twice, or what is empty. */
        if (match && !strpbrk(pattern, "^$")) {
            ck_assert_int_eq(b2b_pattern_match(apr_pstrcat(test_pool, "(", pattern, "){2}", NULL),
                                               apr_pstrcat(test_pool, text, text, NULL),
                                               test_pool) ||
                                 !b2b_pattern_check(&why,
                                                    apr_pstrcat(test_pool, "(", pattern, "){2}",
                                                                NULL),
                                                    test_pool),
                             1);
        }
    }
    ck_assert_int_gt(taken, rounds / 10);
}
END_TEST

Suite *unit_suite(void)
{
    Suite *suite = suite_create("forms mutations");
    TCase *tc = unit_case(suite, "mutations");

    tcase_set_timeout(tc, 3600);
    tcase_add_test(tc, documents);
    tcase_add_test(tc, differences);
    tcase_add_test(tc, texts);
    tcase_add_test(tc, patterns);
    return suite;
}
