/* SPDX-License-Identifier: Apache-2.0 */
/* api/: conditions of widgets: what is one, and of what it holds. No database. */
#include "unit.h"

#include <string.h>

#include "api/widget.h"
#include "base/chance.h"
#include "database.h"
#include "documents.h"

#define NOW APR_INT64_C(1790000000000000) /* 2026-09-21T14:13:20Z */
#define DAY APR_INT64_C(86400000000)

static const struct {
    const char *json;
    const char *where; /* NULL: it is one */
} cases[] = {
    {"{'field':'status','op':'is','value':'report'}", NULL},
    {"{'field':'state','op':'is_not','value':'completed'}", NULL},
    {"{'field':'created_at','op':'within_days','value':'30'}", NULL},
    {"{'field':'modified_at','op':'until','value':'2026-02-28'}", NULL},
    {"{'field':'created_at','op':'from','value':'2026-02-28T12:00:00Z'}", NULL},
    {"{'field':'reference','op':'contains','value':'C-0'}", NULL},
    {"{'field':'field:amount','op':'from','value':'anything'}", NULL},
    {"{'field':'state','op':'is','value':'stuck'}", "value"},
    {"{'field':'created_at','op':'from','value':'2026-02-29'}", "value"},
    {"{'field':'created_at','op':'within_days','value':'0'}", "value"},
    {"{'field':'created_at','op':'within_days','value':'3661'}", "value"},
    {"{'field':'created_at','op':'within_days','value':'99999999999999999999'}", "value"},
    {"{'field':'created_at','op':'within_days','value':'1d'}", "value"},
    {"{'field':'status','op':'is','value':''}", "value"},
    {"{'field':'status','op':'is'}", "value"},
    {"{'field':'status','op':'from','value':'x'}", "op"},
    {"{'field':'reference','op':'is','value':'x'}", "op"},
    {"{'field':'field:amount','op':'within_days','value':'1'}", "op"},
    {"{'field':'field:amount','op':'contains','value':'1'}", "op"},
    {"{'field':'status','op':'resembles','value':'x'}", "op"},
    {"{'field':'status','value':'x'}", "op"},
    {"{'field':'field:','op':'is','value':'x'}", "field"},
    {"{'field':'colour','op':'is','value':'x'}", "field"},
    {"{'field':1,'op':'is','value':'x'}", "field"},
    {"{}", "field"},
    {"null", "field"},
};

START_TEST(what_is_a_condition)
{
    b2b_widget_condition_t condition;
    const char *where, *why;

    b2b_widget_condition_read(&condition, &where, &why, unit_json(cases[_i].json, test_pool), NOW,
                              test_pool);
    ck_assert_msg(!why == !cases[_i].where, "%s: %s", cases[_i].json, why ? why : "taken");
    if (why) {
        ck_assert_str_eq(where, cases[_i].where);
    }
}
END_TEST

/* An instance with two forms, of which the second may not be seen where hidden is set. --------------- */

static const char document_text[] =
    "{'title':'T','forms':[{'name':'a','title':'A','fields':["
    "{'name':'subject','title':'S','type':'text','indexed':true},"
    "{'name':'note','title':'N','type':'text'},"
    "{'name':'amount','title':'M','type':'number','indexed':true}]},"
    "{'name':'b','title':'B','owners':{'partner':true},'fields':["
    "{'name':'tags','title':'G','type':'choice','appearance':'checkboxes','indexed':true,'options':"
    "[{'value':'x','label':'X'},{'value':'y','label':'Y'}]}]}]}";

static int seen(void *baton, const b2b_instance_facts_t *facts, int form)
{
    (void)facts;
    return form == 0 || !*(int *)baton;
}

static int holds(const char *json, int hidden)
{
    apr_array_header_t *conditions = apr_array_make(test_pool, 1, sizeof(b2b_widget_condition_t));
    b2b_widget_condition_t *condition = apr_array_push(conditions);
    b2b_instance_t instance = {NULL};
    b2b_instance_facts_t facts = {NULL};
    apr_array_header_t *images;
    b2b_document_t *document;
    b2b_widget_row_t row = {NULL};
    const char *where, *why;
    b2b_json_t *normal;

    unit_ok(b2b_document_check(&normal, &images, unit_json(document_text, test_pool), test_pool));
    unit_ok(b2b_document_read(&document, normal, test_pool));
    instance.status = "b";
    instance.state = "open";
    instance.reference = "C-0042";
    instance.created_at = NOW - 10 * DAY;
    instance.modified_at = NOW;
    row.instance = &instance;
    row.document = document;
    row.facts = &facts;
    row.held = unit_json("{'subject':'Pump','note':'n','amount':12.5,'tags':['x']}", test_pool);
    row.seen = seen;
    row.baton = &hidden;
    row.pool = test_pool;
    b2b_widget_condition_read(condition, &where, &why, unit_json(json, test_pool), NOW, test_pool);
    ck_assert_msg(!why, "%s: %s", json, why);
    condition->key = condition->value; /* of texts and choices; numbers are asked below */
    if (condition->of == B2B_WIDGET_FIELD && !strcmp(condition->field, "amount")) {
        const b2b_json_t *number = unit_json(condition->value, test_pool);

        condition->key = APR_ARRAY_IDX(b2b_value_keys(b2b_document_field(document, "amount"),
                                                      number, test_pool),
                                       0, const char *);
    }
    return b2b_widget_matches(conditions, &row);
}

static const struct {
    const char *json;
    int holds;  /* where all forms may be seen */
    int hidden; /* where the second may not */
} matches[] = {
    {"{'field':'status','op':'is','value':'b'}", 1, 1},
    {"{'field':'status','op':'is_not','value':'b'}", 0, 0},
    {"{'field':'state','op':'is_not','value':'draft'}", 1, 1},
    {"{'field':'reference','op':'contains','value':'c-00'}", 1, 1},
    {"{'field':'reference','op':'contains','value':'C-1'}", 0, 0},
    {"{'field':'created_at','op':'within_days','value':'10'}", 1, 1},
    {"{'field':'created_at','op':'within_days','value':'9'}", 0, 0},
    {"{'field':'created_at','op':'until','value':'2026-09-11'}", 1, 1}, /* to the day's end */
    {"{'field':'created_at','op':'until','value':'2026-09-10'}", 0, 0},
    {"{'field':'created_at','op':'from','value':'2026-09-11'}", 1, 1},
    {"{'field':'created_at','op':'from','value':'2026-09-12'}", 0, 0},
    {"{'field':'field:subject','op':'is','value':'pump'}", 1, 1},
    {"{'field':'field:subject','op':'is_not','value':'pump'}", 0, 0},
    {"{'field':'field:amount','op':'from','value':'12.5'}", 1, 1},
    {"{'field':'field:amount','op':'from','value':'12.6'}", 0, 0},
    {"{'field':'field:amount','op':'until','value':'100'}", 1, 1},
    {"{'field':'field:tags','op':'is','value':'x'}", 1, 0},
    {"{'field':'field:tags','op':'is_not','value':'y'}", 1, 0}, /* says nothing of what is hidden */
    {"{'field':'field:tags','op':'is_not','value':'x'}", 0, 0},
    {"{'field':'field:note','op':'is','value':'n'}", 0, 0}, /* lists do not go by it */
    {"{'field':'field:note','op':'is_not','value':'z'}", 0, 0},
    {"{'field':'field:gone','op':'is_not','value':'z'}", 0, 0},
};

START_TEST(what_holds)
{
    ck_assert_msg(holds(matches[_i].json, 0) == matches[_i].holds, "%s", matches[_i].json);
    ck_assert_msg(holds(matches[_i].json, 1) == matches[_i].hidden, "hidden: %s", matches[_i].json);
}
END_TEST

#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))

Suite *unit_suite(void)
{
    Suite *suite = suite_create("widget_condition");
    TCase *tc = unit_case(suite, "widget_condition");

    tcase_add_loop_test(tc, what_is_a_condition, 0, COUNT(cases));
    tcase_add_loop_test(tc, what_holds, 0, COUNT(matches));
    return suite;
}
