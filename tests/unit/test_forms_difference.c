/* SPDX-License-Identifier: Apache-2.0 */
/* forms/difference: what people are told that changed between two versions. */
#include "unit.h"

#include <string.h>

#include <apr_strings.h>

#include "documents.h"

/* A normal document of forms with fields, written as "first:a,b second:c". */
static b2b_json_t *document_of(const char *text)
{
    b2b_json_t *forms = b2b_json_array(test_pool), *document, *normal;
    apr_array_header_t *images;
    char *copy = apr_pstrdup(test_pool, text), *rest, *word;
    b2b_error_t *err;

    for (word = apr_strtok(copy, " ", &rest); word; word = apr_strtok(NULL, " ", &rest)) {
        char *colon = strchr(word, ':'), *names = colon + 1, *more, *name;
        b2b_json_t *form = b2b_json_object(test_pool), *fields = b2b_json_array(test_pool);

        *colon = '\0';
        for (name = apr_strtok(names, ",", &more); name; name = apr_strtok(NULL, ",", &more)) {
            b2b_json_append(fields, unit_json(apr_psprintf(test_pool,
                                                           "{'name':'%s','title':'%s','type':"
                                                           "'text'}",
                                                           name, name),
                                              test_pool));
        }
        b2b_json_set_string(form, "name", word);
        b2b_json_set_string(form, "title", word);
        b2b_json_set(form, "owners", unit_json("{'partner':true}", test_pool));
        b2b_json_set(form, "fields", fields);
        b2b_json_append(forms, form);
    }
    document = unit_json("{'title':'Process'}", test_pool);
    b2b_json_set(document, "forms", forms);
    err = b2b_document_check(&normal, &images, document, test_pool);
    ck_assert_msg(!err, "%s", err ? b2b_error_text(err, test_pool) : "");
    return normal;
}

/* The difference as "change place what old>new; …", whole forms and fields as their names. */
static const char *told(const b2b_json_t *old, const b2b_json_t *now)
{
    const b2b_json_t *list = b2b_document_difference(old, now, test_pool);
    const char *text = "";
    apr_size_t i;
    int k;

    for (i = 0; i < b2b_json_length(list); i++) {
        const b2b_json_t *item = b2b_json_at(list, i);
        const char *what = b2b_json_get_string(item, "what"), *ends[2];

        for (k = 0; k < 2; k++) {
            const b2b_json_t *end = b2b_json_get(item, k ? "new" : "old");
            const char *name = b2b_json_get_string(end, "name");

            ck_assert_ptr_nonnull(end);
            ends[k] = name ? name : b2b_json_write(end, test_pool);
        }
        text = apr_pstrcat(test_pool, text, i ? "; " : "", b2b_json_get_string(item, "change"), " ",
                           b2b_json_get_string(item, "place"), " ", what ? what : "-", " ", ends[0],
                           ">", ends[1], NULL);
    }
    return text;
}

static const struct {
    const char *old, *now, *told;
} moves[] = {
    {"f:a,b", "f:a,b", ""},
    {"f:a", "f:a,b", "added forms/f/fields/b - null>b"},
    {"f:a,b", "f:b", "removed forms/f/fields/a - a>null"},
    {"f:a", "f:b", "added forms/f/fields/b - null>b; removed forms/f/fields/a - a>null"},
    /* Taking one out moves nobody. */
    {"f:a,b,c,d", "f:b,c,d", "removed forms/f/fields/a - a>null"},
    {"f:b,c,d", "f:a,b,c,d", "added forms/f/fields/a - null>a"},
    {"f:a,b,c,d", "f:d,a,b,c", "moved forms/f/fields/d - 4>1"},
    {"f:a,b,c,d", "f:b,c,d,a", "moved forms/f/fields/a - 1>4"},
    {"f:a,b,c,d,e", "f:a,d,c,b,e", "moved forms/f/fields/d - 4>2; moved forms/f/fields/c - 3>3"},
    {"f:a", "f:a g:", "added forms/g - null>g"},
    {"f:a", "f:a g:b", "added forms/g - null>g"},
    {"f:a g:b", "f:a", "removed forms/g - g>null"},
    {"f:a g:b", "g:b f:a", "moved forms/g - 2>1"},
    {"f:a,b g:c", "f:a g:b,c", "moved forms/g/fields/b form \"f\">\"g\""},
    {"f:a,b", "f:a g:b", "added forms/g - null>g; moved forms/g/fields/b form \"f\">\"g\""},
    {"f:a g:b,c", "f:a,b", "moved forms/f/fields/b form \"g\">\"f\"; removed forms/g - g>null"},
};

START_TEST(moved)
{
    ck_assert_str_eq(told(document_of(moves[_i].old), document_of(moves[_i].now)), moves[_i].told);
}
END_TEST

START_TEST(members)
{
    b2b_json_t *old = document_of("f:a g:b"), *now = document_of("f:a g:b");
    b2b_json_t *form = (b2b_json_t *)b2b_json_at(b2b_json_get(now, "forms"), 1);
    b2b_json_t *field = (b2b_json_t *)b2b_json_at(b2b_json_get(form, "fields"), 0);

    b2b_json_set_string(now, "delete_rule", "anyone");
    b2b_json_set(now, "security", unit_json("{'mode':'only'}", test_pool));
    b2b_json_set(form, "owners", unit_json("{'creator':true}", test_pool));
    b2b_json_set_bool(field, "required", 1);
    b2b_json_set(field, "shown_when", unit_json("{'field':'a','is':'not_empty'}", test_pool));
    b2b_json_remove(field, "help");
    b2b_json_set(b2b_json_get(old, "title") ? old : now, "title",
                 b2b_json_string("Was", test_pool));
    ck_assert_str_eq(
        told(old, now),
        "changed  title \"Was\">\"Process\"; changed  delete_rule \"creator\">\"anyone\"; "
        "changed  security {\"mode\":\"off\",\"users\":{\"partner\":false,\"partner_groups\":[],"
        "\"host_users\":[],\"host_groups\":[]}}>{\"mode\":\"only\"}; "
        "changed forms/g owners {\"creator\":false,\"partner\":true,\"partner_groups\":[],"
        "\"host_users\":[],\"host_groups\":[],\"field\":null}>{\"creator\":true}; "
        "changed forms/g/fields/b required false>true; "
        "changed forms/g/fields/b shown_when null>{\"field\":\"a\",\"is\":\"not_empty\"}; "
        "changed forms/g/fields/b help \"\">null");
}
END_TEST

START_TEST(actions)
{
    static const char before[] = "[{'name':'edit','title':'Edit'},{'name':'back','title':'Back'},"
                                 "{'name':'gone','title':'Gone'}]";
    static const char after[] = "[{'name':'new','title':'New'},{'name':'back','title':'Return'},"
                                "{'name':'edit','title':'Edit'}]";
    b2b_json_t *old = document_of("f:a g:b"), *now = document_of("f:a g:b");
    b2b_json_t *old_form = (b2b_json_t *)b2b_json_at(b2b_json_get(old, "forms"), 1);
    b2b_json_t *form = (b2b_json_t *)b2b_json_at(b2b_json_get(now, "forms"), 1);

    /* A document of before there were any is as one without any. */
    b2b_json_remove(old_form, "actions");
    ck_assert_str_eq(told(old, now), "");
    b2b_json_set(old_form, "actions", unit_json(before, test_pool));
    b2b_json_set(form, "actions", unit_json(after, test_pool));
    ck_assert_str_eq(told(old, now),
                     "added forms/g/actions/new - null>new; moved forms/g/actions/back - 2>2; "
                     "changed forms/g/actions/back title \"Back\">\"Return\"; "
                     "removed forms/g/actions/gone - gone>null");
}
END_TEST

/* Two hundred fields turned round: all but one moved, and found without trying every pair. */
START_TEST(many)
{
    const char *old = "f:", *now = "f:";
    const b2b_json_t *list;
    int i;

    for (i = 0; i < 200; i++) {
        old = apr_psprintf(test_pool, "%s%sx%d", old, i ? "," : "", i);
        now = apr_psprintf(test_pool, "%s%sx%d", now, i ? "," : "", 199 - i);
    }
    list = b2b_document_difference(document_of(old), document_of(now), test_pool);
    ck_assert_int_eq((int)b2b_json_length(list), 199);
}
END_TEST

Suite *unit_suite(void)
{
    Suite *suite = suite_create("forms difference");
    TCase *tc = unit_case(suite, "difference");

    tcase_add_loop_test(tc, moved, 0, (int)(sizeof(moves) / sizeof(moves[0])));
    tcase_add_test(tc, members);
    tcase_add_test(tc, actions);
    tcase_add_test(tc, many);
    return suite;
}
