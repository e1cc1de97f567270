/* SPDX-License-Identifier: Apache-2.0 */
/* A widget's numbers: one in a tile, some in a chart. */

#include "private.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <apr_strings.h>

#include "widget.h"

typedef enum { COUNT, SUM, AVERAGE, MINIMUM, MAXIMUM } function_e;

/** What is counted or added up, and how it is shown. */
typedef struct {
    function_e function;
    const char *field; /* its name; NULL for COUNT */
    int decimals;
    const char *currency; /* or NULL */
    int percent;
} measure_t;

typedef struct {
    apr_int64_t count; /* of those that have a value */
    double sum, least, most;
} total_t;

/* The measure ------------------------------------------------------------------------------------ */

static const char *const functions[] = {"count", "sum", "average", "minimum", "maximum"};

static void unsupported(b2b_widget_t *widget)
{
    b2b_widget_problem(widget, "unsupported", "It asks for a number that has no meaning here.");
}

static void read_field(measure_t *measure, b2b_widget_t *widget, const char *name)
{
    const b2b_field_t *field = b2b_instance_data_field(widget->documents, name);

    if (!field || field->type != B2B_FIELD_NUMBER) {
        b2b_widget_problem(
            widget, "field-missing",
            apr_psprintf(widget->call->pool,
                         "No published version of its process has the number \"%s\".",
                         b2b_text_escape_log(name, widget->call->pool)));
        return;
    }
    widget->fields = 1;
    measure->field = field->name;
    measure->decimals = field->decimals;
    measure->currency = field->format == B2B_NUMBER_CURRENCY ? field->currency : NULL;
    measure->percent = field->format == B2B_NUMBER_PERCENT;
    if (measure->function == AVERAGE && measure->decimals == 0) {
        measure->decimals = 1;
    }
}

static void read_measure(measure_t *measure, b2b_widget_t *widget)
{
    const b2b_json_t *json = b2b_json_get(widget->json, "measure");
    const char *function = b2b_json_get_string(json, "function");
    const char *field = b2b_json_get_string(json, "field");
    int i = 0;

    memset(measure, 0, sizeof(*measure));
    while (i <= MAXIMUM && (!function || strcmp(functions[i], function) != 0)) {
        i++;
    }
    if (i > MAXIMUM || (i != COUNT && !field)) {
        unsupported(widget);
        return;
    }
    measure->function = (function_e)i;
    if (i != COUNT) {
        read_field(measure, widget, field);
    }
}

/* Add ROW to TOTAL. FALSE: it has no value, or none that may be seen. */
static int total_add(total_t *total, const measure_t *measure, const b2b_widget_row_t *row)
{
    double value = 1;

    if (measure->field) {
        const b2b_field_t *field = b2b_widget_row_field(row, measure->field);
        const b2b_json_t *json = field && field->type == B2B_FIELD_NUMBER
                                     ? b2b_json_get(row->held, measure->field)
                                     : NULL;

        if (!json ||
            (b2b_json_type(json) != B2B_JSON_INTEGER && b2b_json_type(json) != B2B_JSON_REAL)) {
            return FALSE;
        }
        value = b2b_json_double(json);
    }
    total->least = total->count == 0 || value < total->least ? value : total->least;
    total->most = total->count == 0 || value > total->most ? value : total->most;
    total->sum += value;
    total->count++;
    return TRUE;
}

/* As many digits as the field has; doubles have no more than 15. */
static b2b_json_t *number_json(double value, int decimals, apr_pool_t *pool)
{
    double power = pow(10, decimals);

    if (fabs(value) * power < 1e15) {
        value = round(value * power) / power;
    }
    return value == floor(value) && fabs(value) < 1e15 ? b2b_json_integer((apr_int64_t)value, pool)
                                                       : b2b_json_real(value, pool);
}

static b2b_json_t *total_json(const total_t *total, const measure_t *measure, apr_pool_t *pool)
{
    double value = total->sum;

    if (total->count == 0 && measure->function != COUNT && measure->function != SUM) {
        return b2b_json_null(pool);
    }
    switch (measure->function) {
    case AVERAGE:
        value = total->sum / (double)total->count;
        break;
    case MINIMUM:
        value = total->least;
        break;
    case MAXIMUM:
        value = total->most;
        break;
    case COUNT:
    case SUM:
        break;
    }
    return number_json(value, measure->decimals, pool);
}

static void set_format(b2b_json_t *json, const measure_t *measure)
{
    b2b_json_set_integer(json, "decimals", measure->decimals);
    b2b_json_set_string(json, "currency", measure->currency);
    b2b_json_set_bool(json, "percent", measure->percent);
}

/* Tiles ------------------------------------------------------------------------------------------ */

typedef struct {
    const measure_t *measure;
    total_t total;
} tile_t;

static b2b_error_t *take_one(void *baton, int *stop, const b2b_widget_row_t *row)
{
    tile_t *tile = baton;

    total_add(&tile->total, tile->measure, row);
    /* Counts end where those of lists do. */
    *stop = tile->measure->function == COUNT && tile->total.count > B2B_INSTANCE_COUNT_MAX;
    return NULL;
}

static b2b_error_t *tile_gather(tile_t *tile, int *at_least, b2b_widget_t *widget)
{
    *at_least = 0;
    if (tile->measure->function == COUNT && widget->exact) {
        int count;

        B2B_ERR(b2b_instance_count(&count, at_least, widget->call->conn, &widget->query,
                                   widget->call->pool));
        tile->total.sum = count;
        return NULL;
    }
    B2B_ERR(b2b_widget_scan(widget, B2B_LIST_MAX, take_one, tile));
    if (tile->measure->function == COUNT && tile->total.count > B2B_INSTANCE_COUNT_MAX) {
        tile->total.sum = B2B_INSTANCE_COUNT_MAX;
        *at_least = 1;
    }
    return NULL;
}

b2b_error_t *b2b_widget_tile_json(b2b_json_t **json, b2b_widget_t *widget)
{
    tile_t tile = {0};
    measure_t measure;
    int at_least;

    *json = NULL;
    read_measure(&measure, widget);
    if (widget->problem) {
        return NULL;
    }
    tile.measure = &measure;
    b2b_widget_newest_first(widget);
    B2B_ERR(tile_gather(&tile, &at_least, widget));
    *json = b2b_json_object(widget->call->pool);
    b2b_json_set(*json, "value", total_json(&tile.total, &measure, widget->call->pool));
    b2b_json_set_bool(*json, "at_least", at_least);
    set_format(*json, &measure);
    return NULL;
}

/* Charts ----------------------------------------------------------------------------------------- */

typedef enum { BY_STATUS, BY_MONTH, BY_CHOICE } group_by_e;

typedef struct {
    const char *key; /* "": without a value */
    const char *label;
    int order;
    total_t total;
} group_t;

typedef struct {
    b2b_widget_t *widget;
    measure_t measure;
    group_by_e by;
    const b2b_field_t *field; /* of BY_CHOICE: of the newest version that has it */
    apr_hash_t *by_key;
    apr_array_header_t *groups; /* of group_t * */
} chart_t;

static void read_group_by(chart_t *chart)
{
    const char *by = b2b_json_get_string(chart->widget->json, "group_by");

    if (by && strcmp(by, "status") == 0) {
        chart->by = BY_STATUS;
    }
    else if (by && strcmp(by, "created_month") == 0) {
        chart->by = BY_MONTH;
    }
    else if (by && strncmp(by, "field:", 6) == 0) {
        chart->by = BY_CHOICE;
        chart->widget->fields = 1;
        chart->field = b2b_instance_data_field(chart->widget->documents, by + 6);
        if (!chart->field || chart->field->type != B2B_FIELD_CHOICE) {
            b2b_widget_problem(chart->widget, "field-missing",
                               apr_psprintf(chart->widget->call->pool,
                                            "No published version of its process has the choice "
                                            "\"%s\".",
                                            b2b_text_escape_log(by + 6,
                                                                chart->widget->call->pool)));
        }
    }
    else {
        unsupported(chart->widget);
    }
}

static group_t *group_of(chart_t *chart, const char *key, const char *label, int order)
{
    group_t *group = apr_hash_get(chart->by_key, key, APR_HASH_KEY_STRING);
    apr_pool_t *pool = chart->widget->call->pool;

    if (!group) {
        group = apr_pcalloc(pool, sizeof(*group));
        group->key = apr_pstrdup(pool, key);
        group->label = apr_pstrdup(pool, label); /* NULL stays NULL */
        group->order = order;
        apr_hash_set(chart->by_key, group->key, APR_HASH_KEY_STRING, group);
        APR_ARRAY_PUSH(chart->groups, group_t *) = group;
    }
    return group;
}

/* The newest version's words, for all versions; else those of the instance's own. */
static group_t *status_group(chart_t *chart, const b2b_widget_row_t *row)
{
    const char *status = row->instance->status;
    const apr_array_header_t *documents = chart->widget->documents;
    const b2b_form_t *form = NULL;
    int index = 0;

    if (strcmp(status, "completed") == 0) {
        return group_of(chart, status, NULL, B2B_FORMS_MAX + 1);
    }
    if (documents && documents->nelts) {
        form = b2b_document_form(APR_ARRAY_IDX(documents, 0, const b2b_document_t *), status,
                                 &index);
    }
    return group_of(chart, status,
                    form ? form->title : b2b_document_form(row->document, status, NULL)->title,
                    form ? index : B2B_FORMS_MAX);
}

static group_t *month_group(chart_t *chart, const b2b_widget_row_t *row)
{
    char month[B2B_CLOCK_LENGTH + 1];

    b2b_clock_write(month, row->instance->created_at);
    month[7] = '\0'; /* "2026-11" */
    return group_of(chart, month, NULL, 0);
}

static const b2b_option_t *option_of(const b2b_field_t *field, const char *value, int *index)
{
    int i;

    for (i = 0; field->options && i < field->options->nelts; i++) {
        const b2b_option_t *option = &APR_ARRAY_IDX(field->options, i, b2b_option_t);

        if (strcmp(option->value, value) == 0) {
            *index = i;
            return option;
        }
    }
    return NULL;
}

static group_t *option_group(chart_t *chart, const b2b_field_t *own, const char *value)
{
    int index = B2B_OPTIONS_MAX;
    const b2b_option_t *option = option_of(chart->field, value, &index);
    int ignored;

    if (!option) {
        option = option_of(own, value, &ignored);
    }
    return group_of(chart, value, option ? option->label : value, index);
}

static b2b_error_t *take_choice(chart_t *chart, const b2b_widget_row_t *row)
{
    const b2b_field_t *field = b2b_widget_row_field(row, chart->field->name);
    apr_array_header_t *values;
    int i;

    if (!field || field->type != B2B_FIELD_CHOICE) {
        return NULL; /* not to be seen here, or not there */
    }
    values = b2b_value_keys(field, b2b_json_get(row->held, field->name), row->pool);
    for (i = 0; i < values->nelts; i++) {
        total_add(&option_group(chart, field, APR_ARRAY_IDX(values, i, const char *))->total,
                  &chart->measure, row);
    }
    if (values->nelts == 0) {
        total_add(&group_of(chart, "", NULL, B2B_OPTIONS_MAX + 1)->total, &chart->measure, row);
    }
    return NULL;
}

static b2b_error_t *take_grouped(void *baton, int *stop, const b2b_widget_row_t *row)
{
    chart_t *chart = baton;

    (void)stop;
    if (chart->by == BY_CHOICE) {
        return take_choice(chart, row);
    }
    total_add(chart->by == BY_STATUS ? &status_group(chart, row)->total
                                     : &month_group(chart, row)->total,
              &chart->measure, row);
    return NULL;
}

/* In order: of the months, the forms, the options. */
static int compare(const void *a, const void *b)
{
    const group_t *one = *(group_t *const *)a;
    const group_t *other = *(group_t *const *)b;

    return one->order != other->order ? one->order - other->order : strcmp(one->key, other->key);
}

static int compare_size(const void *a, const void *b)
{
    const group_t *one = *(group_t *const *)a;
    const group_t *other = *(group_t *const *)b;

    return one->total.sum != other->total.sum ? (one->total.sum < other->total.sum ? 1 : -1)
                                              : compare(a, b);
}

static void sort(apr_array_header_t *groups, int from, int (*order)(const void *, const void *))
{
    if (groups->nelts > from) {
        qsort((group_t **)groups->elts + from, (size_t)(groups->nelts - from), sizeof(group_t *),
              order);
    }
}

/* Months without any, between the first and the last. */
static void fill_months(chart_t *chart)
{
    const char *first, *last;
    int year, month;

    if (chart->by != BY_MONTH || chart->groups->nelts < 2) {
        return;
    }
    first = APR_ARRAY_IDX(chart->groups, 0, group_t *)->key;
    last = APR_ARRAY_IDX(chart->groups, chart->groups->nelts - 1, group_t *)->key;
    year = atoi(last);
    month = atoi(last + 5);
    /* Backwards, and no further than is shown. */
    while (chart->groups->nelts < 10 * B2B_WIDGET_GROUPS_MAX) {
        char key[24];

        month = month == 1 ? 12 : month - 1;
        year -= month == 12;
        apr_snprintf(key, sizeof(key), "%04d-%02d", year, month);
        if (strcmp(key, first) <= 0) {
            break;
        }
        group_of(chart, key, NULL, 0);
    }
    sort(chart->groups, 0, compare);
}

static void total_join(total_t *total, const total_t *more)
{
    total->count += more->count;
    total->sum += more->sum;
}

/* The groups as they are shown; what is too much for a picture becomes the rest: older months, smaller choices. */
static const group_t *make_rest(chart_t *chart)
{
    apr_array_header_t *groups = chart->groups;
    int surplus = groups->nelts - B2B_WIDGET_GROUPS_MAX;
    group_t *rest;
    int i, begin;

    if (surplus <= 0) {
        return NULL;
    }
    rest = apr_pcalloc(chart->widget->call->pool, sizeof(*rest));
    if (chart->by != BY_MONTH) {
        sort(groups, 0, compare_size);
    }
    begin = chart->by == BY_MONTH ? 0 : B2B_WIDGET_GROUPS_MAX;
    for (i = begin; i < begin + surplus; i++) {
        total_join(&rest->total, &APR_ARRAY_IDX(groups, i, group_t *)->total);
    }
    if (begin == 0) {
        memmove(groups->elts, (group_t **)groups->elts + surplus,
                B2B_WIDGET_GROUPS_MAX * sizeof(group_t *));
    }
    groups->nelts = B2B_WIDGET_GROUPS_MAX;
    sort(groups, 0, compare);
    return rest;
}

static b2b_json_t *group_json(const chart_t *chart, const group_t *group)
{
    apr_pool_t *pool = chart->widget->call->pool;
    b2b_json_t *json = b2b_json_object(pool);

    b2b_json_set_string(json, "key", group->key);
    b2b_json_set_string(json, "label", group->label);
    b2b_json_set(json, "value", total_json(&group->total, &chart->measure, pool));
    return json;
}

b2b_error_t *b2b_widget_chart_json(b2b_json_t **json, b2b_widget_t *widget)
{
    apr_pool_t *pool = widget->call->pool;
    const group_t *rest;
    chart_t chart = {0};
    b2b_json_t *groups;
    int i;

    *json = NULL;
    chart.widget = widget;
    read_measure(&chart.measure, widget);
    if (chart.measure.function != COUNT && chart.measure.function != SUM) {
        unsupported(widget);
    }
    read_group_by(&chart);
    if (widget->problem) {
        return NULL;
    }
    chart.by_key = apr_hash_make(pool);
    chart.groups = apr_array_make(pool, 16, sizeof(group_t *));
    b2b_widget_newest_first(widget);
    B2B_ERR(b2b_widget_scan(widget, B2B_LIST_MAX, take_grouped, &chart));
    sort(chart.groups, 0, compare);
    fill_months(&chart);
    rest = make_rest(&chart);
    groups = b2b_json_array(pool);
    for (i = 0; i < chart.groups->nelts; i++) {
        b2b_json_append(groups, group_json(&chart, APR_ARRAY_IDX(chart.groups, i, group_t *)));
    }
    *json = b2b_json_object(pool);
    b2b_json_set_string(*json, "look", b2b_json_get_string(widget->json, "look"));
    b2b_json_set_string(*json, "group_by",
                        chart.by == BY_STATUS  ? "status"
                        : chart.by == BY_MONTH ? "created_month"
                                               : "field");
    b2b_json_set_string(*json, "group_title", chart.field ? chart.field->title : NULL);
    b2b_json_set(*json, "groups", groups);
    b2b_json_set(*json, "rest",
                 rest ? total_json(&rest->total, &chart.measure, pool) : b2b_json_null(pool));
    set_format(*json, &chart.measure);
    return NULL;
}
