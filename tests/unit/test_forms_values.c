/* SPDX-License-Identifier: Apache-2.0 */
/* forms/: keys, lines of text, references, forms for pages, and that patterns cannot explode. */
#include "unit.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <apr_strings.h>

#include "documents.h"
#include "forms/forms_private.h"

#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))

#define FIELDS                                                                                     \
    "{'name':'text','type':'text','multiline':true,'indexed':true},"                               \
    "{'name':'kind','type':'choice','indexed':true,'options':[{'value':'a','label':'Apple'},"      \
    "{'value':'b','label':'Pear'}]},"                                                              \
    "{'name':'kinds','type':'choice','appearance':'multiselect','indexed':true,'options':["        \
    "{'value':'a','label':'Apple'},{'value':'b','label':'Pear'}]},"                                \
    "{'name':'decimal','type':'number','indexed':true},"                                           \
    "{'name':'integer','type':'number','format':'integer'},"                                       \
    "{'name':'price','type':'number','format':'currency','currency':'EUR'},"                       \
    "{'name':'share','type':'number','format':'percent','decimals':1},"                            \
    "{'name':'fine','type':'number','decimals':6},"                                                \
    "{'name':'due','type':'date','indexed':true},{'name':'moment','type':'date_time'},"            \
    "{'name':'on','type':'toggle'},"                                                               \
    "{'name':'agreed','type':'toggle','label_on':'Agreed','label_off':'Refused'},"                 \
    "{'name':'files','type':'file'},{'name':'people','type':'person','from_partner':true},"        \
    "{'name':'rows','type':'table','columns':[{'name':'a','title':'A','type':'text'}]}"

static const b2b_field_t *field_of(const char *name)
{
    return b2b_document_field(unit_document(unit_json("[[" FIELDS "]]", test_pool), test_pool),
                              name);
}

/* VALUE, which may be a bare word, too. */
static const b2b_json_t *value_of(const char *text)
{
    return b2b_json_at(unit_json(apr_pstrcat(test_pool, "[", text, "]", NULL), test_pool), 0);
}

static const struct {
    const char *field, *value, *keys, *text;
} shown[] = {
    {"text", "'Hello World'", "hello world", "Hello World"},
    {"text",
     "'\xc3\x84"
     "B\\nc\\td'",
     "\xc3\x84"
     "b\nc\td",
     "\xc3\x84"
     "B c d"},
    {"text", "''", "", ""},
    {"text", "' '", "", ""},
    {"text", "null", "", ""},
    {"kind", "'b'", "b", "Pear"},
    {"kind", "'gone'", "gone", "gone"},
    {"kinds", "['a','b']", "a|b", "Apple; Pear"},
    {"kinds", "[]", "", ""},
    {"decimal", "12.5", "2000000000012500000", "12.50"},
    {"decimal", "0", "2000000000000000000", "0.00"},
    {"decimal", "-0.01", "1999999999999990000", "-0.01"},
    {"decimal", "1.005", "2000000000001005000", NULL},
    {"decimal", "999999999999", "2999999999999000000", "999999999999.00"},
    {"decimal", "-999999999999", "1000000000001000000", "-999999999999.00"},
    {"decimal", "1e300", "2999999999999000000", NULL},
    {"decimal", "-1e300", "1000000000001000000", NULL},
    {"decimal", "'12'", "", NULL},
    {"integer", "7", "2000000000007000000", "7"},
    {"integer", "-7", "1999999999993000000", "-7"},
    {"price", "12.5", "2000000000012500000", "12.50 EUR"},
    {"share", "12.5", "2000000000012500000", "12.5 %"},
    {"fine", "0.000001", "2000000000000000001", "0.000001"},
    {"fine", "123456789012.5", NULL, "123456789012.500000"},
    {"due", "'2026-02-28'", "2026-02-28", "2026-02-28"},
    {"moment", "'2026-02-28T12:00:00Z'", "2026-02-28T12:00:00Z", "2026-02-28T12:00:00Z"},
    {"on", "true", "1", "Yes"},
    {"on", "false", "0", "No"},
    {"on", "null", "", ""},
    {"agreed", "true", "1", "Agreed"},
    {"agreed", "false", "0", "Refused"},
    {"files", "['x']", "", "1 file"},
    {"files", "['x','y']", "", "2 files"},
    {"rows", "[{}]", "", "1 row"},
    {"rows", "[{},{},{}]", "", "3 rows"},
    {"people", "[{'kind':'member','id':'x'}]", "", ""},
};

START_TEST(keys_and_text)
{
    const b2b_field_t *field = field_of(shown[_i].field);
    const b2b_json_t *value = value_of(shown[_i].value);

    if (shown[_i].keys) {
        ck_assert_str_eq(apr_array_pstrcat(test_pool, b2b_value_keys(field, value, test_pool), '|'),
                         shown[_i].keys);
    }
    if (shown[_i].text) {
        ck_assert_str_eq(b2b_value_text(field, value, test_pool), shown[_i].text);
    }
}
END_TEST

/* Cut where a character ends. */
START_TEST(long_key)
{
    const b2b_field_t *field = field_of("text");
    const char *text = "", *key;
    int i;

    for (i = 0; i < 100; i++) {
        text = apr_pstrcat(test_pool, text, "\xe2\x82\xac", NULL);
    }
    key = APR_ARRAY_IDX(b2b_value_keys(field, b2b_json_string(text, test_pool), test_pool), 0,
                        const char *);
    ck_assert_uint_eq(strlen(key), 198);
    ck_assert(!strncmp(key, text, 198));
}
END_TEST

static double random_number(void)
{
    double magnitude = pow(10, rand() % 13) - 1;

    return round((rand() / (double)RAND_MAX * 2 - 1) * magnitude * 1000) / 1000;
}

/* The order of the keys' bytes is the order of the numbers. */
START_TEST(keys_keep_the_order)
{
    const b2b_field_t *field = field_of("decimal");
    int i;

    srand(20261124);
    for (i = 0; i < 20000; i++) {
        double a = random_number(), b = i % 3 ? random_number() : a + (rand() % 3 - 1) * 0.01;
        const char *one = APR_ARRAY_IDX(b2b_value_keys(field, b2b_json_real(a, test_pool),
                                                       test_pool),
                                        0, const char *);
        const char *other = APR_ARRAY_IDX(b2b_value_keys(field, b2b_json_real(b, test_pool),
                                                         test_pool),
                                          0, const char *);
        int order = strcmp(one, other);

        ck_assert_uint_eq(strlen(one), 19);
        /* Below a millionth there is no difference that a field could have. */
        if (fabs(a - b) > 1e-3) {
            ck_assert_msg((order < 0) == (a < b) && (order > 0) == (a > b), "%.17g %.17g", a, b);
        }
        else if (a == b) {
            ck_assert_int_eq(order, 0);
        }
    }
}
END_TEST

/* A number that is typed is kept and shown as typed. */
START_TEST(numbers_come_back)
{
    int i;

    srand(7);
    for (i = 0; i < 20000; i++) {
        int decimals = rand() % 7;
        apr_int64_t whole = (apr_int64_t)(rand() / (double)RAND_MAX * 1e8) - 50000000;
        double power = pow(10, decimals), x = (double)whole / power, normal;
        const char *text;

        ck_assert_msg(b2b_number_normal(&normal, x, decimals), "%.17g %d", x, decimals);
        ck_assert_msg(normal == x, "%.17g %.17g", normal, x);
        text = b2b_number_text(x, decimals, test_pool);
        ck_assert_msg(strtod(text, NULL) == x, "%s %.17g", text, x);
        ck_assert_int_eq(decimals ? (int)strlen(strchr(text, '.')) - 1 : !strchr(text, '.'),
                         decimals ? decimals : 1);
    }
}
END_TEST

/* References ------------------------------------------------------------------------------------- */

#define LONG40 "0123456789012345678901234567890123456789"

static const struct {
    const char *pattern, *name;
    int number;
    const char *values, *reference;
} references[] = {
    {"[name]-[number]", "complaint", 12, "{}", "complaint-12"},
    {"[number:4]", "c", 12, "{}", "0012"},
    {"[number:4]", "c", 123456, "{}", "123456"},
    {"C/[number:2]/[text]", "c", 1, "{'text':'Steel pipe'}", "C/01/Steel pipe"},
    {"[text]-[number]", "c", 1, "{}", "--1"},
    {"[text]-[number]", "c", 1, "{'text':'a\\nb\\tc'}", "a b c-1"},
    {"[text]-[number]", "c", 1, "{'text':'" LONG40 "x'}", LONG40 "-1"},
    {"[kind] [number]", "c", 1, "{'kind':'b'}", "Pear 1"},
    {"[decimal] [number]", "c", 1, "{'decimal':12.5}", "12.50 1"},
    {"[due] [number]", "c", 1, "{'due':'2026-02-28'}", "2026-02-28 1"},
};

static b2b_document_t *document_with(const char *pattern, const char *fields)
{
    b2b_json_t *json = unit_forms(unit_json(fields, test_pool), test_pool), *normal;
    apr_array_header_t *images;
    b2b_document_t *document;
    b2b_error_t *err;

    b2b_json_set_string(json, "reference_pattern", pattern);
    err = b2b_document_check(&normal, &images, json, test_pool);
    ck_assert_msg(!err, "%s", err ? b2b_error_text(err, test_pool) : "");
    ck_assert_ptr_null(b2b_document_read(&document, normal, test_pool));
    return document;
}

START_TEST(reference)
{
    ck_assert_str_eq(b2b_reference_make(document_with(references[_i].pattern, "[[" FIELDS "]]"),
                                        references[_i].name, references[_i].number,
                                        unit_json(references[_i].values, test_pool), test_pool),
                     references[_i].reference);
}
END_TEST

/* The longest of all keeps its number and its limit. */
START_TEST(long_reference)
{
    b2b_document_t *document = document_with(
        "[text][name][text][name][text][name][text][name][text]-------------------[number]",
        "[[" FIELDS "]]");
    b2b_json_t *values = b2b_json_object(test_pool);
    const char *euro = "", *made;
    int i;

    for (i = 0; i < 50; i++) {
        euro = apr_pstrcat(test_pool, euro, "\xe2\x82\xac", NULL);
    }
    b2b_json_set_string(values, "text", euro);
    made = b2b_reference_make(document, euro, APR_INT64_C(9223372036854775807), values, test_pool);
    ck_assert_uint_le(strlen(made), B2B_REFERENCE_MAX);
    ck_assert_ptr_nonnull(strstr(made, "-9223372036854775807"));
    ck_assert_ptr_nonnull(strstr(made, "\xe2\x82\xac"));
}
END_TEST

/* What is not shown is not told. */
START_TEST(hidden_reference)
{
    b2b_document_t *document =
        document_with("[text] [number]",
                      "[[{'name':'on','type':'toggle'},{'name':'text','type':'text','indexed':true,"
                      "'shown_when':{'field':'on','is':'equals','value':true}}]]");

    ck_assert_str_eq(b2b_reference_make(document, "c", 1,
                                        unit_json("{'on':true,'text':'x'}", test_pool), test_pool),
                     "x 1");
    ck_assert_str_eq(b2b_reference_make(document, "c", 1,
                                        unit_json("{'on':false,'text':'x'}", test_pool), test_pool),
                     "- 1");
}
END_TEST

/* Pages ------------------------------------------------------------------------------------------ */

/* The shown_when of the first field of the second form, with VALUES. */
static const char *folded(const char *condition, const char *values)
{
    b2b_document_t *document = unit_document(
        unit_json(apr_pstrcat(test_pool,
                              "[[{'name':'gate','type':'toggle'},{'name':'secret','type':'text',"
                              "'shown_when':{'field':'gate','is':'equals','value':true}}],"
                              "[{'name':'a','type':'text','shown_when':",
                              condition, ",'required_when':", condition,
                              "},{'name':'own','type':'toggle'}]]", NULL),
                  test_pool),
        test_pool);
    b2b_json_t *page = b2b_form_for_page(document, 1, unit_json(values, test_pool), test_pool);
    const b2b_json_t *field = b2b_json_at(b2b_json_get(page, "fields"), 0);
    const char *stored = b2b_json_write(document->json, test_pool);

    ck_assert_ptr_null(b2b_json_get(page, "owners"));
    ck_assert_ptr_null(strstr(b2b_json_write(page, test_pool), "secret"));
    ck_assert_ptr_null(strstr(b2b_json_write(page, test_pool), "hush"));
    ck_assert_ptr_nonnull(strstr(stored, "hush")); /* the document is as it was */
    ck_assert(
        b2b_json_equal(b2b_json_get(field, "shown_when"), b2b_json_get(field, "required_when")));
    return b2b_json_write(b2b_json_get(field, "shown_when"), test_pool);
}

#define SECRET "{'field':'secret','is':'equals','value':'hush'}"
#define OWN    "{'field':'own','is':'equals','value':true}"
#define OWN_   "{\"field\":\"own\",\"is\":\"equals\",\"value\":true}"

START_TEST(page)
{
    ck_assert_str_eq(folded(SECRET, "{'gate':true,'secret':'hush'}"), "{\"always\":true}");
    ck_assert_str_eq(folded(SECRET, "{'gate':true,'secret':'loud'}"), "{\"always\":false}");
    ck_assert_str_eq(folded(SECRET, "{'gate':false,'secret':'hush'}"), "{\"always\":false}");
    ck_assert_str_eq(folded(SECRET, "{}"), "{\"always\":false}");
    ck_assert_str_eq(folded("{'all':[" SECRET "," OWN "]}", "{'gate':true,'secret':'hush'}"),
                     "{\"all\":[{\"always\":true}," OWN_ "]}");
    ck_assert_str_eq(folded("{'any':[{'not':" SECRET "},{'not':{'all':[" OWN "," SECRET "]}}]}",
                            "{'gate':true,'secret':'hush'}"),
                     "{\"any\":[{\"not\":{\"always\":true}},{\"not\":{\"all\":[" OWN_
                     ",{\"always\":true}]}}]}");
}
END_TEST

/* A page that knows the folded form alone comes to the server's state. */
START_TEST(page_means_the_same)
{
    static const char *const values[] = {"{}",
                                         "{'on':true}",
                                         "{'on':true,'n':5}",
                                         "{'n':5}",
                                         "{'on':true,'n':50}",
                                         "{'mine':true,'n':5}",
                                         "{'mine':true,'on':true,'n':5}"};
    b2b_document_t *document = unit_document(
        unit_json(
            "[[{'name':'on','type':'toggle'},{'name':'n','type':'number','shown_when':"
            "{'field':'on','is':'equals','value':true}}],[{'name':'mine','type':'toggle'},"
            "{'name':'a','type':'text','shown_when':{'any':[{'field':'n','is':'more','value':9},"
            "{'field':'mine','is':'equals','value':true}]},'required_when':{'not':{'field':'n',"
            "'is':'less','value':9}},'locked_when':{'field':'n','is':'empty'}}]]",
            test_pool),
        test_pool);
    b2b_json_t *all = unit_json(values[_i], test_pool), *own = b2b_json_copy(all, test_pool);
    b2b_json_t *forms = b2b_json_array(test_pool);
    b2b_form_state_t here, there;
    int i;

    b2b_json_append(forms, b2b_json_get(b2b_form_for_page(document, 1, all, test_pool), "fields"));
    b2b_json_remove(own, "on");
    b2b_json_remove(own, "n");
    b2b_form_state(&here, document, 1, all, test_pool);
    b2b_form_state(&there, unit_document(forms, test_pool), 0, own, test_pool);
    for (i = 0; i < 2; i++) {
        ck_assert_int_eq(here.shown[i], there.shown[i]);
        ck_assert_int_eq(here.required[i], there.required[i]);
        ck_assert_int_eq(here.locked[i], there.locked[i]);
    }
}
END_TEST

/* What a page is not told is what it would be told: filled in again, a field is as it was. */
START_TEST(page_is_lean)
{
    b2b_json_t *normal;
    b2b_document_t *document;
    apr_array_header_t *images;
    int i, j, shorter = 0;

    ck_assert_ptr_null(
        b2b_document_check(&normal, &images, unit_good_document(test_pool), test_pool));
    ck_assert_ptr_null(b2b_document_read(&document, normal, test_pool));
    for (i = 0; i < document->forms->nelts; i++) {
        const b2b_form_t *form = &APR_ARRAY_IDX(document->forms, i, b2b_form_t);

        for (j = 0; j < form->fields->nelts; j++) {
            const b2b_field_t *field = &APR_ARRAY_IDX(form->fields, j, b2b_field_t);
            b2b_json_t *lean = b2b_lean_field(field->json, &b2b_field_rule, test_pool);
            const b2b_json_t *columns = b2b_json_get(lean, "columns");
            b2b_json_t *again;

            shorter += b2b_json_length(lean) < b2b_json_length(field->json);
            again = b2b_normal_field(lean, &b2b_field_rule, test_pool);
            if (columns) {
                b2b_json_t *cells = b2b_json_array(test_pool);
                apr_size_t k;

                for (k = 0; k < b2b_json_length(columns); k++) {
                    b2b_json_append(cells, b2b_normal_field(b2b_json_at(columns, k),
                                                            &b2b_column_rule, test_pool));
                }
                b2b_json_set(again, "columns", cells);
            }
            ck_assert_str_eq(b2b_json_write(again, test_pool),
                             b2b_json_write(field->json, test_pool));
        }
    }
    ck_assert_int_gt(shorter, 10);

    document = unit_document(unit_json("[[{'name':'a','title':'A','type':'text'},"
                                       "{'name':'n','title':'N','type':'number','decimals':0}]]",
                                       test_pool),
                             test_pool);
    ck_assert_str_eq(b2b_json_write(b2b_form_for_page(document, 0, b2b_json_object(test_pool),
                                                      test_pool),
                                    test_pool),
                     "{\"name\":\"form0\",\"title\":\"Form\",\"fields\":["
                     "{\"name\":\"a\",\"title\":\"A\",\"type\":\"text\"},"
                     "{\"name\":\"n\",\"title\":\"N\",\"type\":\"number\",\"decimals\":0}]}");
}
END_TEST

START_TEST(defaults)
{
    b2b_document_t *document = unit_document(
        unit_json("[[{'name':'a','type':'text','default':'x'},{'name':'b','type':'text'},"
                  "{'name':'n','type':'number','default':5.0},{'name':'g','type':'toggle',"
                  "'default':false}],[{'name':'c','type':'text','default':'y'}]]",
                  test_pool),
        test_pool);

    ck_assert_str_eq(b2b_json_write(b2b_form_defaults(document, 0, test_pool), test_pool),
                     "{\"a\":\"x\",\"n\":5,\"g\":false}");
    ck_assert_str_eq(b2b_json_write(b2b_form_defaults(document, 1, test_pool), test_pool),
                     "{\"c\":\"y\"}");
}
END_TEST

START_TEST(fill_wants_an_object)
{
    b2b_document_t *document = unit_document(unit_json("[[{'name':'a','type':'text'}]]", test_pool),
                                             test_pool);
    b2b_json_t *result;
    b2b_error_t *err = b2b_form_fill(&result, document, 0, b2b_json_object(test_pool),
                                     unit_json("['a']", test_pool), 0, test_pool);

    ck_assert_ptr_nonnull(err);
    ck_assert_str_eq(err->field, "values");
}
END_TEST

/* Thousands of wrong names cost no more than fifty complaints. */
START_TEST(fill_stops_complaining)
{
    b2b_document_t *document = unit_document(unit_json("[[{'name':'a','type':'text'}]]", test_pool),
                                             test_pool);
    b2b_json_t *changes = b2b_json_object(test_pool), *result;
    b2b_error_t *err;
    int i, count = 0;

    for (i = 0; i < 10000; i++) {
        b2b_json_set_integer(changes, apr_psprintf(test_pool, "x%d", i), i);
    }
    err = b2b_form_fill(&result, document, 0, b2b_json_object(test_pool), changes, 0, test_pool);
    for (; err; err = err->child) {
        count++;
    }
    ck_assert_int_eq(count, 50);
    ck_assert_ptr_null(result);
}
END_TEST

/* Patterns --------------------------------------------------------------------------------------- */

static const struct {
    const char *pattern;
    int states; /* of its program, with the one that says "match" */
} explosive[] = {
    {"(a+)+$", 4},        {"(a|a)*$", 7},          {"(a|aa)+$", 7},        {"(a*)*b", 6},
    {"([a-zA-Z]+)*$", 5}, {"(.*a){12}", 49},       {"(a?){50}a{50}", 151}, {"(a|b|ab)*c", 12},
    {"(((a*)*)*)*$", 10}, {"(a{0,99}){10}", 1981},
};

/* However the text goes on, no state is entered more than once a character. */
START_TEST(cannot_explode)
{
    int length = 50000, round;
    char *text = apr_palloc(test_pool, (apr_size_t)length + 2);
    b2b_pattern_t *tree;
    const char *why;
    int position;

    b2b_pattern_read(&tree, &why, &position, explosive[_i].pattern, test_pool);
    ck_assert_ptr_nonnull(tree);
    memset(text, 'a', (apr_size_t)length);
    text[length + 1] = '\0';
    for (round = 0; round < 2; round++) {
        apr_int64_t steps = 0, short_steps = 0;

        text[length] = round ? '!' : 'a';
        b2b_pattern_run(tree, text + length / 2, &short_steps, test_pool);
        b2b_pattern_run(tree, text, &steps, test_pool);
        ck_assert_int_gt(steps, 0);
        ck_assert_int_le(steps, (apr_int64_t)explosive[_i].states * (length + 2));
        ck_assert_int_le(steps, 3 * short_steps);
    }
}
END_TEST

/* The last state is the program's last: nothing is written past what was counted. */
START_TEST(counts_states)
{
    b2b_pattern_t *tree;
    const char *why;
    int position;
    apr_int64_t steps;

    b2b_pattern_read(&tree, &why, &position, "(a{200}){10}", test_pool);
    ck_assert_ptr_nonnull(tree);
    ck_assert(!b2b_pattern_run(tree, "b", &steps, test_pool));
    ck_assert_int_eq(steps, 1);
    b2b_pattern_read(&tree, &why, &position, "(a{200}){11}", test_pool);
    ck_assert_ptr_null(tree);
    ck_assert_str_eq(why, "is too complex");
}
END_TEST

Suite *unit_suite(void)
{
    Suite *suite = suite_create("forms values");
    TCase *tc = unit_case(suite, "values");

    tcase_add_loop_test(tc, keys_and_text, 0, COUNT(shown));
    tcase_add_test(tc, long_key);
    tcase_add_test(tc, keys_keep_the_order);
    tcase_add_test(tc, numbers_come_back);
    tcase_add_loop_test(tc, reference, 0, COUNT(references));
    tcase_add_test(tc, long_reference);
    tcase_add_test(tc, hidden_reference);
    tcase_add_test(tc, page);
    tcase_add_loop_test(tc, page_means_the_same, 0, 7);
    tcase_add_test(tc, page_is_lean);
    tcase_add_test(tc, defaults);
    tcase_add_test(tc, fill_wants_an_object);
    tcase_add_test(tc, fill_stops_complaining);
    tcase_add_loop_test(tc, cannot_explode, 0, COUNT(explosive));
    tcase_add_test(tc, counts_states);
    return suite;
}
