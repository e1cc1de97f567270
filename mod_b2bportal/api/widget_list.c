/* SPDX-License-Identifier: Apache-2.0 */
/* A widget's list: a few instances with columns of choice. */

#include "private.h"

#include <string.h>

#include <apr_strings.h>

#include "widget.h"

typedef struct {
    apr_array_header_t *keys; /* of b2b_instance_key_t */
    apr_pool_t *pool;
    int limit;
    int more;
} found_t;

/* Columns ---------------------------------------------------------------------------------------- */

static const char *field_of(const char *column)
{
    return strncmp(column, "field:", 6) == 0 ? column + 6 : NULL;
}

/* Without those whose field no version that is there has: a partner may hold an older one. */
static b2b_json_t *columns_json(apr_array_header_t *columns, const b2b_widget_t *widget)
{
    const b2b_json_t *wanted = b2b_json_get(widget->json, "columns");
    apr_pool_t *pool = widget->call->pool;
    b2b_json_t *array = b2b_json_array(pool);
    apr_size_t i;

    for (i = 0; i < b2b_json_length(wanted); i++) {
        const char *name = b2b_json_text(b2b_json_at(wanted, i));
        const char *field_name = name ? field_of(name) : NULL;
        const b2b_field_t *field = field_name
                                       ? b2b_instance_data_field(widget->documents, field_name)
                                       : NULL;
        b2b_json_t *column;

        if (!name || (field_name && !field)) {
            continue;
        }
        column = b2b_json_object(pool);
        b2b_json_set_string(column, "name", name);
        b2b_json_set_string(column, "title", field ? field->title : NULL);
        b2b_json_set_string(column, "type", field ? field->type_name : NULL);
        b2b_json_append(array, column);
        APR_ARRAY_PUSH(columns, const char *) = name;
    }
    return array;
}

/* Rows ------------------------------------------------------------------------------------------- */

static b2b_error_t *value_text(const char **text, b2b_call_t *call, const b2b_widget_row_t *row,
                               const char *name)
{
    const b2b_field_t *field = b2b_widget_row_field(row, name);
    const b2b_json_t *value = field ? b2b_json_get(row->held, name) : NULL;
    b2b_instance_people_t *people = NULL;

    *text = "";
    if (!field) {
        return NULL;
    }
    if (field->type == B2B_FIELD_PERSON) {
        people = b2b_instance_people_create(row->pool);
        b2b_instance_people_add_value(people, value);
        B2B_ERR(b2b_instance_people_load(people, call->conn, row->instance->portal_id, row->pool));
    }
    *text = b2b_instance_value_text(field, value, people, row->pool);
    return NULL;
}

static b2b_error_t *cells_json(b2b_json_t **cells, b2b_call_t *call,
                               const apr_array_header_t *columns, const b2b_widget_row_t *row)
{
    int i;

    *cells = b2b_json_array(call->pool);
    for (i = 0; i < columns->nelts; i++) {
        const char *column = APR_ARRAY_IDX(columns, i, const char *);
        const char *text;

        if (field_of(column)) {
            B2B_ERR(value_text(&text, call, row, field_of(column)));
        }
        else {
            text = b2b_instance_own_text(call, column, row->instance, row->document);
        }
        b2b_json_append(*cells, b2b_json_string(text, call->pool));
    }
    return NULL;
}

typedef struct {
    b2b_instance_items_t *items;
    const apr_array_header_t *columns; /* const char * */
    b2b_json_t *rows;
} shown_t;

static b2b_error_t *add_row(void *baton, const b2b_instance_t *instance, apr_pool_t *scratch_pool)
{
    shown_t *shown = baton;
    b2b_call_t *call = shown->items->call;
    b2b_instance_facts_t facts;
    b2b_document_t *document;
    b2b_json_t *held, *cells, *json;
    b2b_widget_row_t row;

    B2B_ERR(b2b_instance_items_document(&document, shown->items, instance));
    B2B_ERR(b2b_json_parse(&held, instance->values, strlen(instance->values), scratch_pool));
    b2b_instance_facts(&facts, instance, document);
    row.instance = instance;
    row.document = document;
    row.facts = &facts;
    row.held = held;
    row.seen = b2b_widget_seen;
    row.baton = call;
    row.pool = scratch_pool;
    B2B_ERR(cells_json(&cells, call, shown->columns, &row));
    json = b2b_json_object(call->pool);
    b2b_json_set_string(json, "id", instance->id);
    b2b_json_set_string(json, "portal",
                        call->request->side == B2B_SIDE_PORTAL ? NULL : instance->portal);
    b2b_json_set_string(json, "reference", instance->reference);
    b2b_json_set_string(json, "state", instance->state);
    b2b_json_set(json, "cells", cells);
    b2b_json_append(shown->rows, json);
    return NULL;
}

static b2b_error_t *take(void *baton, int *stop, const b2b_widget_row_t *row)
{
    found_t *found = baton;
    b2b_instance_key_t *key;

    if (found->keys->nelts == found->limit) {
        found->more = *stop = TRUE;
        return NULL;
    }
    key = apr_array_push(found->keys);
    key->portal_id = apr_pstrdup(found->pool, row->instance->portal_id);
    key->id = apr_pstrdup(found->pool, row->instance->id);
    return NULL;
}

/* The order -------------------------------------------------------------------------------------- */

/* An order by a field that is there no more is the usual one. */
static void read_sort(b2b_widget_t *widget)
{
    const char *sort = b2b_json_get_string(widget->json, "sort");
    b2b_instance_query_t *query = &widget->query;

    query->sort = "modified_at";
    query->descending = !sort || *sort == '-';
    if (!sort) {
        return;
    }
    sort += *sort == '-';
    if (!field_of(sort)) {
        query->sort = sort;
    }
    else if (widget->documents) {
        const b2b_field_t *field = b2b_instance_indexed_field(&query->lacking, widget->documents,
                                                              field_of(sort));

        query->sort = field ? "field" : query->sort;
        query->sort_field = field ? field->name : NULL;
    }
}

b2b_error_t *b2b_widget_list_json(b2b_json_t **json, b2b_widget_t *widget)
{
    apr_pool_t *pool = widget->call->pool;
    apr_array_header_t *columns = apr_array_make(pool, B2B_WIDGET_COLUMNS_MAX, sizeof(char *));
    b2b_json_t *head = columns_json(columns, widget);
    found_t found = {0};
    shown_t shown;

    *json = NULL;
    read_sort(widget);
    found.pool = pool;
    found.limit = (int)b2b_json_get_integer(widget->json, "limit", 10);
    if (found.limit < 1 || found.limit > B2B_WIDGET_LIST_MAX) {
        found.limit = B2B_WIDGET_LIST_MAX;
    }
    found.keys = apr_array_make(pool, found.limit, sizeof(b2b_instance_key_t));
    B2B_ERR(b2b_widget_scan(widget, widget->exact ? found.limit + 1 : B2B_LIST_MAX, take, &found));
    shown.items = b2b_instance_items_create(widget->call);
    shown.columns = columns;
    shown.rows = b2b_json_array(pool);
    B2B_ERR(b2b_instance_each(widget->call, found.keys, add_row, &shown));
    *json = b2b_json_object(pool);
    b2b_json_set(*json, "columns", head);
    b2b_json_set(*json, "rows", shown.rows);
    b2b_json_set_bool(*json, "more", found.more);
    return NULL;
}
