/* SPDX-License-Identifier: Apache-2.0 */
/* What widgets show: on a portal to a member, in the console to a host user who designs one. */

#include "private.h"

#include <string.h>

#include "resources.h"
#include "widget.h"

#define PREVIEW_MAX 4000

/* The list behind it ----------------------------------------------------------------------------- */

/* The bounds of a query are keys; an address has the values that the condition was written with. */
static void set_field_filter(b2b_json_t *link, const b2b_widget_t *widget)
{
    const b2b_json_t *conditions = b2b_json_get(widget->json, "conditions");
    int i;

    for (i = 0; i < widget->conditions->nelts; i++) {
        const b2b_widget_condition_t *condition = &APR_ARRAY_IDX(widget->conditions, i,
                                                                 b2b_widget_condition_t);

        if (condition->of == B2B_WIDGET_FIELD && widget->query.field &&
            strcmp(condition->field, widget->query.field) == 0) {
            const char *value = b2b_json_get_string(b2b_json_at(conditions, (apr_size_t)i),
                                                    "value");

            b2b_json_set_string(link,
                                condition->op == B2B_WIDGET_FROM    ? "from"
                                : condition->op == B2B_WIDGET_UNTIL ? "until"
                                                                    : "value",
                                value);
        }
    }
}

/*
 * The filters of a list of instances that shows the same, where lists can say it; else, with less of them, more.
 * There is one only for one shared process: a list's fields are those of one.
 */
static b2b_json_t *link_json(const b2b_widget_t *widget)
{
    const apr_array_header_t *pairs = widget->query.pairs;
    apr_pool_t *pool = widget->call->pool;
    b2b_json_t *link;

    if (pairs && pairs->nelts != 1) {
        return b2b_json_null(pool);
    }
    link = b2b_json_object(pool);
    b2b_json_set_string(link, "process_id", widget->query.process_id);
    b2b_json_set_string(link, "shared_process_id",
                        pairs ? APR_ARRAY_IDX(pairs, 0, b2b_instance_pair_t).share_id : NULL);
    b2b_json_set_bool(link, "exact", widget->exact);
    b2b_json_set_bool(link, "waiting", widget->query.waiting);
    b2b_json_set_bool(link, "created", widget->query.created);
    b2b_json_set_string(link, "status", widget->exact ? widget->query.status : NULL);
    b2b_json_set_string(link, "state", widget->exact ? widget->query.state : NULL);
    b2b_json_set_string(link, "field", widget->exact ? widget->query.field : NULL);
    b2b_json_set_string(link, "value", NULL);
    b2b_json_set_string(link, "from", NULL);
    b2b_json_set_string(link, "until", NULL);
    if (widget->exact) {
        set_field_filter(link, widget);
    }
    return link;
}

/* Answers ---------------------------------------------------------------------------------------- */

static void set_or_null(b2b_json_t *json, const char *key, const b2b_json_t *value,
                        apr_pool_t *pool)
{
    b2b_json_set(json, key, value ? value : b2b_json_null(pool));
}

/* Where there was more than was looked at: how much that was, and of which. */
static b2b_json_t *bounded_json(const b2b_widget_t *widget)
{
    apr_pool_t *pool = widget->call->pool;
    b2b_json_t *json = widget->bounded ? b2b_json_object(pool) : NULL;
    const char *sort = widget->query.sort;

    if (json) {
        b2b_json_set_integer(json, "looked_at", b2b_widget_rows_max);
        b2b_json_set_string(json, "order",
                            !widget->query.descending          ? "other"
                            : strcmp(sort, "created_at") == 0  ? "created_at"
                            : strcmp(sort, "modified_at") == 0 ? "modified_at"
                                                               : "other");
    }
    return json;
}

b2b_error_t *b2b_widget_answer(b2b_call_t *call, const b2b_json_t *json, apr_int64_t version)
{
    const char *type = json ? b2b_json_get_string(json, "type") : NULL;
    b2b_json_t *list = NULL, *tile = NULL, *chart = NULL;
    b2b_json_t *answer = b2b_json_object(call->pool);
    b2b_widget_t widget;

    if (!type ||
        (strcmp(type, "list") != 0 && strcmp(type, "tile") != 0 && strcmp(type, "chart") != 0)) {
        return b2b_call_not_found(call, "widget");
    }
    B2B_ERR(b2b_widget_read(&widget, call, json));
    if (!widget.problem) {
        B2B_ERR(strcmp(type, "list") == 0   ? b2b_widget_list_json(&list, &widget)
                : strcmp(type, "tile") == 0 ? b2b_widget_tile_json(&tile, &widget)
                                            : b2b_widget_chart_json(&chart, &widget));
    }
    b2b_json_set_string(answer, "type", type);
    set_or_null(answer, "version", version ? b2b_json_integer(version, call->pool) : NULL,
                call->pool);
    b2b_json_set_string(answer, "problem", widget.problem);
    b2b_json_set_string(answer, "detail",
                        call->request->side == B2B_SIDE_PORTAL ? NULL : widget.detail);
    set_or_null(answer, "bounded", bounded_json(&widget), call->pool);
    set_or_null(answer, "link", widget.problem ? NULL : link_json(&widget), call->pool);
    set_or_null(answer, "list", list, call->pool);
    set_or_null(answer, "tile", tile, call->pool);
    set_or_null(answer, "chart", chart, call->pool);
    b2b_call_answer(call, 200, answer, 0);
    return NULL;
}

/* The console ------------------------------------------------------------------------------------ */

const b2b_rule_t b2b_widget_preview_query[] = {
    B2B_LINE("widget", B2B_RULE_REQUIRED, 1, PREVIEW_MAX),
    B2B_OF_KIND("portal", B2B_RULE_TECHNICAL, 0),
    B2B_OF_KIND("partner_id", B2B_RULE_ID, 0),
    B2B_END,
};

b2b_error_t *b2b_widget_preview(b2b_call_t *call)
{
    const char *text = b2b_call_query(call, "widget");
    b2b_json_t *json;

    if (b2b_json_parse(&json, text, strlen(text), call->pool)) {
        return b2b_error_invalid(call->pool, "widget", "must be a widget as JSON.");
    }
    B2B_ERR(b2b_rules_check_value(json, b2b_widget_items, "widget", call->pool));
    B2B_ERR(b2b_widget_check(json, "widget/", call->pool));
    return b2b_widget_answer(call, json, 0);
}
