/* SPDX-License-Identifier: Apache-2.0 */
/* The rows of a widget: pages of the list of instances, each row judged, no more than a bound. */

#include "private.h"

#include <string.h>

#include <apr_strings.h>

#include "widget.h"

int b2b_widget_rows_max = 10000;

typedef struct {
    b2b_widget_t *widget;
    b2b_instance_items_t *items;
    b2b_document_t *document; /* of the row before, most often of the next, too */
    const char *process_id;
    apr_int64_t process_version;
    b2b_widget_row_cb take;
    void *baton;
    apr_pool_t *read_pool; /* of the rows that are looked at */
    int looked;
    int stop;
} scan_t;

int b2b_widget_seen(void *baton, const b2b_instance_facts_t *facts, int form)
{
    return b2b_instance_item_form_seen(baton, facts, form);
}

static b2b_error_t *find_document(scan_t *scan, const b2b_instance_t *instance)
{
    if (scan->document && scan->process_version == instance->process_version) {
        return NULL;
    }
    scan->process_version = instance->process_version;
    return b2b_instance_items_document(&scan->document, scan->items, instance);
}

/* Are all rows from here on older than a condition wants? Then the rest need not be looked at. */
static int is_past(const b2b_widget_t *widget, const b2b_instance_t *instance)
{
    const char *sort = widget->query.sort;
    int i;

    for (i = 0; widget->query.descending && i < widget->conditions->nelts; i++) {
        const b2b_widget_condition_t *condition = &APR_ARRAY_IDX(widget->conditions, i,
                                                                 b2b_widget_condition_t);

        if (condition->op == B2B_WIDGET_FROM &&
            ((condition->of == B2B_WIDGET_CREATED && strcmp(sort, "created_at") == 0 &&
              instance->created_at < condition->time) ||
             (condition->of == B2B_WIDGET_MODIFIED && strcmp(sort, "modified_at") == 0 &&
              instance->modified_at < condition->time))) {
            return TRUE;
        }
    }
    return FALSE;
}

static b2b_error_t *look(scan_t *scan, const b2b_instance_t *instance, apr_pool_t *pool)
{
    b2b_widget_t *widget = scan->widget;
    b2b_instance_facts_t facts;
    b2b_widget_row_t row;
    b2b_json_t *held = NULL;

    if (is_past(widget, instance)) {
        scan->stop = TRUE;
        return NULL;
    }
    B2B_ERR(find_document(scan, instance));
    if (widget->fields) {
        B2B_ERR(b2b_json_parse(&held, instance->values, strlen(instance->values), pool));
    }
    b2b_instance_facts(&facts, instance, scan->document);
    row.instance = instance;
    row.document = scan->document;
    row.facts = &facts;
    row.held = held;
    row.seen = b2b_widget_seen;
    row.baton = widget->call;
    row.pool = pool;
    return b2b_widget_matches(widget->conditions, &row) ? scan->take(scan->baton, &scan->stop, &row)
                                                        : NULL;
}

/* A few at a time: each may hold a megabyte. */
#define READ_AT_ONCE 32

static b2b_error_t *look_at_all(scan_t *scan, const apr_array_header_t *keys)
{
    apr_pool_t *row_pool;
    int first, i;

    for (first = 0; first < keys->nelts && !scan->stop; first += READ_AT_ONCE) {
        apr_array_header_t some = *keys, *rows;

        some.elts = (char *)&APR_ARRAY_IDX(keys, first, b2b_instance_key_t);
        some.nelts = keys->nelts - first < READ_AT_ONCE ? keys->nelts - first : READ_AT_ONCE;
        apr_pool_clear(scan->read_pool);
        apr_pool_create(&row_pool, scan->read_pool);
        B2B_ERR(b2b_instance_plain_rows(&rows, scan->widget->call->conn, &some,
                                        scan->widget->fields, scan->read_pool));
        for (i = 0; i < rows->nelts && !scan->stop; i++) {
            apr_pool_clear(row_pool);
            B2B_ERR(look(scan, APR_ARRAY_IDX(rows, i, const b2b_instance_t *), row_pool));
        }
    }
    return NULL;
}

/* One page. *MORE: there is another. */
static b2b_error_t *scan_page(int *more, scan_t *scan, apr_pool_t *pool)
{
    b2b_instance_query_t *query = &scan->widget->query;
    b2b_call_t *call = scan->widget->call;
    b2b_instance_page_t *page;

    B2B_ERR(b2b_instance_list(&page, call->conn, query, pool, pool));
    B2B_ERR(look_at_all(scan, page->keys));
    scan->looked += page->keys->nelts;
    *more = page->next_key != NULL;
    query->after_key = *more ? apr_pstrdup(call->pool, page->next_key) : NULL;
    query->after_id = *more ? apr_pstrdup(call->pool, page->next_id) : NULL;
    return NULL;
}

b2b_error_t *b2b_widget_scan(b2b_widget_t *widget, int page, b2b_widget_row_cb take, void *baton)
{
    b2b_error_t *err = NULL;
    scan_t scan = {0};
    apr_pool_t *pool;
    int more = TRUE;

    scan.widget = widget;
    scan.items = b2b_instance_items_create(widget->call);
    scan.take = take;
    scan.baton = baton;
    widget->query.after_key = widget->query.after_id = NULL;
    apr_pool_create(&pool, widget->call->pool);
    apr_pool_create(&scan.read_pool, widget->call->pool);
    while (!err && more && !scan.stop && scan.looked < b2b_widget_rows_max) {
        int left = b2b_widget_rows_max - scan.looked;

        apr_pool_clear(pool);
        widget->query.limit = page < left ? page : left;
        err = scan_page(&more, &scan, pool);
    }
    widget->bounded = more && !scan.stop;
    if (!err) {
        apr_pool_destroy(scan.read_pool); /* an error may lie in it */
        apr_pool_destroy(pool);
    }
    return err;
}

void b2b_widget_newest_first(b2b_widget_t *widget)
{
    /* Few are open among many that are completed: an index knows them by their change, not by their making. */
    int by_change = widget->query.status || widget->query.state;
    int i;

    for (i = 0; i < widget->conditions->nelts; i++) {
        const b2b_widget_condition_t *condition = &APR_ARRAY_IDX(widget->conditions, i,
                                                                 b2b_widget_condition_t);

        by_change = by_change ||
                    (condition->op == B2B_WIDGET_FROM && condition->of == B2B_WIDGET_MODIFIED);
    }
    widget->query.sort = by_change ? "modified_at" : "created_at";
    widget->query.descending = 1;
}
