/* SPDX-License-Identifier: Apache-2.0 */
/* forms/document_check: how many, how deep, in circles; what a normal document looks like and is read as. */
#include "unit.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <apr_strings.h>

#include "documents.h"

#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))
#define F(n)         "forms/0/fields/" #n
#define REVIEW       "forms/1/fields/0"

static b2b_error_t *check(b2b_json_t **normal, const b2b_json_t *json)
{
    apr_array_header_t *images;

    return b2b_document_check(normal, &images, json, test_pool);
}

/* Fields of one form with nothing but NAMES. */
static b2b_json_t *many_fields(int first, int count)
{
    b2b_json_t *fields = b2b_json_array(test_pool);
    int i;

    for (i = first; i < first + count; i++) {
        b2b_json_append(fields,
                        unit_json(apr_psprintf(test_pool, "{'name':'f%d','type':'text'}", i),
                                  test_pool));
    }
    return fields;
}

START_TEST(ten_thousand_fields)
{
    b2b_json_t *forms = b2b_json_array(test_pool), *normal;
    b2b_error_t *err;

    b2b_json_append(forms, many_fields(0, 10000));
    err = check(&normal, unit_forms(forms, test_pool));
    ck_assert_str_eq(unit_places(err, test_pool), "forms/0/fields");
    ck_assert_ptr_nonnull(strstr(err->message, "10000"));
}
END_TEST

START_TEST(as_many_fields_as_there_may_be)
{
    b2b_json_t *forms = b2b_json_array(test_pool), *normal;

    b2b_json_append(forms, many_fields(0, 200));
    b2b_json_append(forms, many_fields(200, 200));
    b2b_json_append(forms, many_fields(400, 100));
    ck_assert_ptr_null(check(&normal, unit_forms(forms, test_pool)));
    b2b_json_append(forms, many_fields(500, 1));
    ck_assert_str_eq(unit_places(check(&normal, unit_forms(forms, test_pool)), test_pool),
                     "forms/3/fields");
}
END_TEST

START_TEST(too_many_forms)
{
    b2b_json_t *forms = b2b_json_array(test_pool), *normal;
    int i;

    for (i = 0; i < 20; i++) {
        b2b_json_append(forms, b2b_json_array(test_pool));
    }
    ck_assert_ptr_null(check(&normal, unit_forms(forms, test_pool)));
    b2b_json_append(forms, b2b_json_array(test_pool));
    ck_assert_str_eq(unit_places(check(&normal, unit_forms(forms, test_pool)), test_pool), "forms");
}
END_TEST

START_TEST(too_many_indexed)
{
    b2b_json_t *forms = b2b_json_array(test_pool), *fields = many_fields(0, 11), *normal;
    apr_size_t i;

    for (i = 0; i < 11; i++) {
        b2b_json_set_bool((b2b_json_t *)b2b_json_at(fields, i), "indexed", i < 10);
    }
    b2b_json_append(forms, fields);
    ck_assert_ptr_null(check(&normal, unit_forms(forms, test_pool)));
    b2b_json_set_bool((b2b_json_t *)b2b_json_at(fields, 10), "indexed", 1);
    ck_assert_str_eq(unit_places(check(&normal, unit_forms(forms, test_pool)), test_pool),
                     "forms/0/fields/10/indexed");
}
END_TEST

static void set_shown_when(b2b_json_t *fields, int i, int on)
{
    b2b_json_set((b2b_json_t *)b2b_json_at(fields, (apr_size_t)i), "shown_when",
                 unit_json(apr_psprintf(test_pool, "{'not':{'field':'f%d','is':'empty'}}", on),
                           test_pool));
}

/* A circle of _I fields among others that lead into it, and the same open at one place. */
START_TEST(circle)
{
    b2b_json_t *forms = b2b_json_array(test_pool), *fields = many_fields(0, 200), *normal;
    b2b_error_t *err;
    int i;

    for (i = 0; i < 199; i++) {
        set_shown_when(fields, i, i + 1);
    }
    b2b_json_append(forms, fields);
    ck_assert_ptr_null(check(&normal, unit_forms(forms, test_pool)));
    set_shown_when(fields, 199, 200 - _i); /* of itself for 1 */
    err = check(&normal, unit_forms(forms, test_pool));
    ck_assert_ptr_nonnull(err);
    ck_assert_ptr_null(err->child);
    ck_assert_str_eq(err->field,
                     _i == 1 ? "forms/0/fields/199/shown_when/not/field"
                             : apr_psprintf(test_pool, "forms/0/fields/%d/shown_when", 200 - _i));
    ck_assert_ptr_nonnull(strstr(err->message, _i == 1 ? "itself" : "circle"));
}
END_TEST

/* Requiring each other is no circle: nothing waits for that. */
START_TEST(no_circle)
{
    b2b_json_t *json = unit_good_document(test_pool), *normal;

    unit_set_at(json, F(0) "/required_when", "{'field':'kind','is':'empty'}", test_pool);
    unit_set_at(json, F(1) "/required_when", "{'field':'subject','is':'empty'}", test_pool);
    unit_set_at(json, F(1) "/locked_when", "{'field':'subject','is':'empty'}", test_pool);
    unit_set_at(json, F(0) "/shown_when", "{'field':'kind','is':'empty'}", test_pool);
    ck_assert_ptr_null(check(&normal, json));
}
END_TEST

/* TERMS terms in lists of ten. */
static const char *terms(int count)
{
    const char *text = "{'any':[{'all':[";
    int i;

    for (i = 0; i < count; i++) {
        text = apr_pstrcat(test_pool, text,
                           i == 0   ? ""
                           : i % 10 ? ","
                                    : "]},{'all':[",
                           "{'field':'subject','is':'not_empty'}", NULL);
    }
    return apr_pstrcat(test_pool, text, "]}]}", NULL);
}

START_TEST(too_many_terms)
{
    b2b_json_t *json = unit_good_document(test_pool), *normal;

    unit_set_at(json, REVIEW "/shown_when", terms(30), test_pool);
    ck_assert_ptr_null(check(&normal, json));
    unit_set_at(json, REVIEW "/shown_when", terms(31), test_pool);
    ck_assert_str_eq(unit_places(check(&normal, json), test_pool), REVIEW "/shown_when");
    unit_set_at(json, REVIEW "/shown_when", terms(900), test_pool);
    ck_assert_str_eq(unit_places(check(&normal, json), test_pool), REVIEW "/shown_when/any");
}
END_TEST

/* All that is wrong, each with its place, and one wrong field hides nothing of the others. */
START_TEST(all_errors)
{
    b2b_json_t *json = unit_good_document(test_pool), *normal;

    unit_set_at(json, "title", "''", test_pool);
    unit_set_at(json, F(0) "/pattern", "'('", test_pool);
    unit_set_at(json, F(1) "/options", "[]", test_pool);
    unit_set_at(json, "forms/1/owners", "{}", test_pool);
    unit_set_at(json, REVIEW "/shown_when", "{'field':'nothing','is':'empty'}", test_pool);
    unit_set_at(json, "forms/1/fields/1/shown_when",
                "{'field':'subject','is':'equals','value':'x'}", test_pool);
    ck_assert_str_eq(unit_places(check(&normal, json), test_pool),
                     F(0) "/pattern " F(1) "/options forms/1/fields/0/shown_when/field "
                                           "forms/1/owners title");
}
END_TEST

START_TEST(at_most_fifty_errors)
{
    b2b_json_t *forms = b2b_json_array(test_pool), *fields = many_fields(0, 200), *normal;
    b2b_error_t *err;
    int count = 0;
    apr_size_t i;

    for (i = 0; i < 200; i++) {
        b2b_json_set_integer((b2b_json_t *)b2b_json_at(fields, i), "width", 99);
    }
    b2b_json_append(forms, fields);
    for (err = check(&normal, unit_forms(forms, test_pool)); err; err = err->child) {
        count++;
    }
    ck_assert_int_eq(count, 50);
}
END_TEST

START_TEST(not_an_object)
{
    b2b_json_t *normal;

    ck_assert_ptr_nonnull(check(&normal, unit_json("[]", test_pool)));
    ck_assert_ptr_nonnull(check(&normal, b2b_json_null(test_pool)));
    ck_assert_ptr_nonnull(check(&normal, b2b_json_string("x", test_pool)));
}
END_TEST

START_TEST(normal_form)
{
    b2b_json_t *json, *normal, *again;
    apr_array_header_t *images;

    json = unit_json("{'forms':[{'fields':[{'currency':'EUR','type':'number','min':5.0,'title':'A',"
                     "'format':'currency','name':'a'},{'type':'heading','name':'h','text':'H'}],"
                     "'title':'F','name':'f'}],'title':'T'}",
                     test_pool);
    ck_assert_ptr_null(b2b_document_check(&normal, &images, json, test_pool));
    ck_assert_str_eq(
        b2b_json_write(normal, test_pool),
        "{\"title\":\"T\",\"description\":\"\",\"reference_pattern\":\"[name]-[number]\","
        "\"delete_rule\":\"creator\",\"submit\":\"form\",\"notify_assignment\":true,"
        "\"security\":{\"mode\":\"off\",\"users\":{\"partner\":false,\"partner_groups\":[],"
        "\"host_users\":[],\"host_groups\":[]}},\"forms\":[{\"name\":\"f\","
        "\"title\":\"F\",\"description\":\"\",\"opens_with_previous\":false,"
        "\"owners\":{\"creator\":false,\"partner\":false,"
        "\"partner_groups\":[],\"host_users\":[],\"host_groups\":[],\"field\":null},\"actions\":[],"
        "\"fields\":["
        "{\"name\":\"a\",\"title\":\"A\",\"type\":\"number\",\"width\":12,\"help\":\"\","
        "\"required\":false,\"read_only\":false,\"default\":null,\"indexed\":false,"
        "\"shown_when\":null,\"required_when\":null,\"locked_when\":null,\"format\":\"currency\","
        "\"decimals\":2,\"currency\":\"EUR\",\"min\":5,\"max\":null},"
        "{\"name\":\"h\",\"title\":\"\",\"type\":\"heading\",\"width\":12,\"shown_when\":null,"
        "\"text\":\"H\"}]}]}");
    /* A normal document is its own normal form. */
    json = unit_good_document(test_pool);
    ck_assert_ptr_null(b2b_document_check(&normal, &images, json, test_pool));
    ck_assert_ptr_null(check(&again, normal));
    ck_assert_str_eq(b2b_json_write(again, test_pool), b2b_json_write(normal, test_pool));
    ck_assert_int_eq(images->nelts, 1);
    ck_assert_str_eq(APR_ARRAY_IDX(images, 0, const char *), UNIT_FILE);
}
END_TEST

START_TEST(reads)
{
    b2b_json_t *normal;
    b2b_document_t *document;
    const b2b_field_t *field;
    int index = -1;

    ck_assert_ptr_null(check(&normal, unit_good_document(test_pool)));
    ck_assert_ptr_null(b2b_document_read(&document, normal, test_pool));
    ck_assert_int_eq(document->delete_rule, B2B_DELETE_CREATOR);
    ck_assert_str_eq(b2b_document_form(document, "review", &index)->title, "Review");
    ck_assert_int_eq(index, 1);
    ck_assert_ptr_null(b2b_document_form(document, "reviews", NULL));
    ck_assert_ptr_null(b2b_document_field(document, "part")); /* a column */
    field = b2b_document_field(document, "cost");
    ck_assert_int_eq(field->form, 1);
    ck_assert_int_eq(field->index, 1);
    ck_assert_int_eq(field->type, B2B_FIELD_NUMBER);
    ck_assert(b2b_field_has_data(field));
    ck_assert(!b2b_field_has_data(b2b_document_field(document, "l")));
    ck_assert_int_eq(document->indexed->nelts, 1);
    ck_assert_int_eq(b2b_document_field(document, "items")->columns->nelts, 2);
}
END_TEST

/* What is not of our making is an error, and never followed. */
static const char *const strange[] = {
    "",
    "{",
    "7",
    "[]",
    "{}",
    "{'title':'T'}",
    "{'title':'T','description':'','reference_pattern':'[number]','delete_rule':'creator','forms':["
    "]}",
    "{'title':'T','description':'','reference_pattern':'[number]','delete_rule':'creator','forms':["
    "7]}",
    "{'title':'T','description':'','reference_pattern':'[number]','delete_rule':'x','forms':[{}]}",
    "{'title':'T','description':'','reference_pattern':'','delete_rule':'creator','forms':[{'name':"
    "'a',"
    "'title':'A','description':'','fields':[]}]}",
    "{'title':'T','description':'','reference_pattern':'[number]','delete_rule':'creator','forms':["
    "{'name':"
    "'a','title':'A','description':'','fields':[{'name':'b','title':'B','type':'text','width':1}]}]"
    "}",
    "{'title':'T','description':'','reference_pattern':'[number]','delete_rule':'creator','forms':["
    "{'name':"
    "'a','title':'A','description':'','fields':[{'name':'b','title':'B','type':'heading','width':1,"
    "'shown_when':{'field':'z','is':'empty'}}]}]}",
};

START_TEST(strange_document)
{
    b2b_document_t *document;
    char *text = apr_pstrdup(test_pool, strange[_i]), *quote;
    b2b_error_t *err;

    while ((quote = strchr(text, '\'')) != NULL) {
        *quote = '"';
    }
    err = b2b_document_parse(&document, text, test_pool);
    ck_assert_ptr_nonnull(err);
    ck_assert_int_eq(err->code, B2B_E_INTERNAL);
    ck_assert_ptr_null(document);
}
END_TEST

/* Kilobytes that this process has in memory. */
static long memory(void)
{
    FILE *file = fopen("/proc/self/statm", "r");
    long all = 0, resident = 0;

    ck_assert_ptr_nonnull(file);
    ck_assert_int_eq(fscanf(file, "%ld %ld", &all, &resident), 2);
    fclose(file);
    return resident * (sysconf(_SC_PAGESIZE) / 1024);
}

#ifdef __SANITIZE_ADDRESS__
#define MEMORY_MAX 10000000 /* it keeps what was freed */
#else
#define MEMORY_MAX 60000
#endif

/* Ten thousand cells, each matched with a pattern of some hundred states. */
START_TEST(a_table_full_of_patterns)
{
    b2b_json_t *columns = b2b_json_array(test_pool), *rows = b2b_json_array(test_pool);
    b2b_json_t *fields = unit_json("[[{'name':'t','type':'table','max_rows':500}]]", test_pool);
    b2b_json_t *row = b2b_json_object(test_pool), *values = b2b_json_object(test_pool), *result;
    b2b_document_t *document;
    long before;
    int i;

    for (i = 0; i < B2B_COLUMNS_MAX; i++) {
        const char *name = apr_psprintf(test_pool, "c%d", i);

        b2b_json_append(columns, unit_json(apr_psprintf(test_pool,
                                                        "{'name':'%s','title':'C','type':'text',"
                                                        "'pattern':'[a-z]{0,200}'}",
                                                        name),
                                           test_pool));
        b2b_json_set_string(row, name, "abc");
    }
    b2b_json_set((b2b_json_t *)b2b_json_at(b2b_json_at(fields, 0), 0), "columns", columns);
    for (i = 0; i < B2B_ROWS_MAX; i++) {
        b2b_json_append(rows, row);
    }
    b2b_json_set(values, "t", rows);
    document = unit_document(fields, test_pool);
    before = memory();
    ck_assert_ptr_null(
        b2b_form_fill(&result, document, 0, b2b_json_object(test_pool), values, 1, test_pool));
    ck_assert_int_lt(memory() - before, MEMORY_MAX);
}
END_TEST

/* Six thousand questions about one long text. */
START_TEST(a_text_that_many_ask_for)
{
    b2b_json_t *forms = b2b_json_array(test_pool), *fields = many_fields(0, 199);
    b2b_json_t *values = b2b_json_object(test_pool);
    const char *condition = "{'any':[";
    char *text = apr_palloc(test_pool, B2B_FIELD_TEXT_MAX + 1);
    b2b_document_t *document;
    b2b_form_state_t state;
    long before;
    int i;

    for (i = 0; i < B2B_CONDITION_TERMS_MAX; i++) {
        condition = apr_pstrcat(test_pool, condition, i ? "," : "",
                                "{'field':'story','is':'contains','value':'needle'}", NULL);
    }
    condition = apr_pstrcat(test_pool, condition, "]}", NULL);
    for (i = 0; i < 199; i++) {
        b2b_json_set((b2b_json_t *)b2b_json_at(fields, (apr_size_t)i), "shown_when",
                     unit_json(condition, test_pool));
    }
    b2b_json_append(fields, unit_json("{'name':'story','type':'text','multiline':true,"
                                      "'max_length':20000}",
                                      test_pool));
    b2b_json_append(forms, fields);
    document = unit_document(forms, test_pool);
    memset(text, 'X', B2B_FIELD_TEXT_MAX);
    memcpy(text + B2B_FIELD_TEXT_MAX - 6, "NEEDLf", 7);
    b2b_json_set_string(values, "story", text);
    before = memory();
    b2b_form_state(&state, document, 0, values, test_pool);
    ck_assert_int_lt(memory() - before, MEMORY_MAX);
    ck_assert_int_eq(state.shown[0], 0);
    memcpy(text + B2B_FIELD_TEXT_MAX - 6, "NEEDLE", 7);
    b2b_json_set_string(values, "story", text);
    b2b_form_state(&state, document, 0, values, test_pool);
    ck_assert_int_eq(state.shown[0], 1);
}
END_TEST

Suite *unit_suite(void)
{
    Suite *suite = suite_create("forms limits");
    TCase *tc = unit_case(suite, "limits");

    tcase_add_test(tc, ten_thousand_fields);
    tcase_add_test(tc, as_many_fields_as_there_may_be);
    tcase_add_test(tc, too_many_forms);
    tcase_add_test(tc, too_many_indexed);
    tcase_add_loop_test(tc, circle, 1, 12);
    tcase_add_loop_test(tc, circle, 200, 201);
    tcase_add_test(tc, no_circle);
    tcase_add_test(tc, too_many_terms);
    tcase_add_test(tc, all_errors);
    tcase_add_test(tc, at_most_fifty_errors);
    tcase_add_test(tc, not_an_object);
    tcase_add_test(tc, normal_form);
    tcase_add_test(tc, reads);
    tcase_add_loop_test(tc, strange_document, 0, COUNT(strange));
    tcase_add_test(tc, a_table_full_of_patterns);
    tcase_add_test(tc, a_text_that_many_ask_for);
    return suite;
}
