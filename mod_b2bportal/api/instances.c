/* SPDX-License-Identifier: Apache-2.0 */
/* Instances: lists and single ones, on a portal and on the console. What a member sees decides policy/. */

#include "private.h"

#include <string.h>

#include <apr_strings.h>

#include "instances_private.h"
#include "resources.h"

static const char *const states[] = {"draft", "open", "completed", NULL};

#define SORT_MAX 60

/* Of both sides, and of lists as of exports. */
#define FILTERS                                                                                    \
    B2B_Q, B2B_OF_KIND("process_id", B2B_RULE_ID, 0),                                              \
        B2B_OF_KIND("shared_process_id", B2B_RULE_ID, 0), B2B_LINE("status", 0, 1, 60),            \
        B2B_WORD("state", 0, states), B2B_OF_KIND("waiting", B2B_RULE_BOOL, 0),                    \
        B2B_OF_KIND("created", B2B_RULE_BOOL, 0), B2B_LINE("sort", 0, 1, SORT_MAX),                \
        B2B_LINE("field", 0, 1, B2B_FIELD_NAME_MAX), B2B_LINE("value", 0, 1, 200),                 \
        B2B_LINE("from", 0, 1, 200), B2B_LINE("until", 0, 1, 200)
#define HOST_FILTERS                                                                               \
    B2B_OF_KIND("portal", B2B_RULE_TECHNICAL, 0), B2B_OF_KIND("partner_id", B2B_RULE_ID, 0),       \
        B2B_OF_KIND("stuck", B2B_RULE_BOOL, 0)

const b2b_rule_t b2b_instances_query[] = {
    B2B_LIMIT, B2B_AFTER, FILTERS, B2B_OF_KIND("count", B2B_RULE_BOOL, 0), B2B_END,
};
const b2b_rule_t b2b_host_instances_query[] = {
    B2B_LIMIT, B2B_AFTER, FILTERS, HOST_FILTERS, B2B_OF_KIND("count", B2B_RULE_BOOL, 0), B2B_END,
};
const b2b_rule_t b2b_instances_export_query[] = {
    FILTERS,
    B2B_LINE("columns", 0, 0, 1000),
    B2B_END,
};
const b2b_rule_t b2b_host_instances_export_query[] = {
    FILTERS,
    HOST_FILTERS,
    B2B_LINE("columns", 0, 0, 1000),
    B2B_END,
};

static b2b_error_t *set_count(b2b_call_t *call, const b2b_instance_query_t *query, int nothing)
{
    b2b_json_t *count = b2b_json_object(call->pool);
    b2b_json_t *paging = b2b_json_copy(b2b_json_get(call->answer, "paging"), call->pool);
    b2b_json_t *answer = b2b_json_copy(call->answer, call->pool);
    int value = 0, at_least = 0;

    if (!nothing) {
        B2B_ERR(b2b_instance_count(&value, &at_least, call->conn, query, call->pool));
    }
    b2b_json_set_integer(count, "value", value);
    b2b_json_set_bool(count, "at_least", at_least);
    b2b_json_set(paging, "count", count);
    b2b_json_set(answer, "paging", paging);
    call->answer = answer;
    return NULL;
}

typedef struct {
    b2b_instance_items_t *items;
    b2b_json_t *data;
} answer_t;

static b2b_error_t *add_item(void *baton, const b2b_instance_t *instance, apr_pool_t *scratch_pool)
{
    answer_t *answer = baton;
    b2b_json_t *item;

    B2B_ERR(b2b_instance_item_json(&item, answer->items, instance, scratch_pool));
    b2b_json_append(answer->data, item);
    return NULL;
}

b2b_error_t *b2b_instances_list(b2b_call_t *call)
{
    answer_t answer = {b2b_instance_items_create(call), b2b_json_array(call->pool)};
    b2b_instance_page_t *page = NULL;
    b2b_instance_query_t query;
    b2b_list_t list;
    int nothing;

    B2B_ERR(b2b_call_list(&list, call, "-modified_at"));
    B2B_ERR(b2b_instance_query_read(&query, &nothing, call, &list));
    if (!nothing) {
        B2B_ERR(b2b_instance_list(&page, call->conn, &query, call->pool, call->pool));
        B2B_ERR(b2b_instance_each(call, page->keys, add_item, &answer));
    }
    b2b_call_answer_list(call, &list, answer.data, page ? page->next_key : NULL,
                         page ? page->next_id : NULL);
    return b2b_call_query_bool(call, "count", 0) ? set_count(call, &query, nothing) : NULL;
}

b2b_error_t *b2b_instances_get(b2b_call_t *call)
{
    b2b_instance_seen_t *seen;

    B2B_ERR(b2b_instance_see(&seen, call));
    return b2b_instance_answer(call, 200, seen);
}
