/* SPDX-License-Identifier: Apache-2.0 */
/* What a dashboard's page may be made of. */

#include "private.h"

#include <string.h>

#include <apr_strings.h>

#include "resources.h"
#include "widget.h"

static const char *const widget_types[] = {"rich_text", "link",  "image", "list",
                                           "tile",      "chart", NULL};

#define WIDGET_MEMBERS                                                                             \
    B2B_WORD("type", B2B_RULE_REQUIRED, widget_types),                                             \
    {                                                                                              \
        "width", B2B_RULE_INTEGER, B2B_RULE_REQUIRED, 1, 12, NULL, NULL                            \
    }

static const b2b_rule_t rich_text_members[] = {
    WIDGET_MEMBERS,
    B2B_ARRAY("blocks", B2B_RULE_REQUIRED, 0, 200, b2b_rich_text_items),
    B2B_END,
};
static const b2b_rule_t link_members[] = {
    WIDGET_MEMBERS,
    B2B_NAME("label", B2B_RULE_REQUIRED),
    B2B_OF_KIND("url", B2B_RULE_LINK, B2B_RULE_REQUIRED),
    B2B_LINE("description", 0, 0, 500),
    B2B_END,
};
static const b2b_rule_t image_members[] = {
    WIDGET_MEMBERS,
    B2B_OF_KIND("file", B2B_RULE_FILE, B2B_RULE_REQUIRED),
    B2B_LINE("alt", B2B_RULE_REQUIRED, 0, 500),
    B2B_OF_KIND("url", B2B_RULE_LINK, B2B_RULE_NULLABLE),
    B2B_END,
};

/* Of those that read instances */

static const char *const sources[] = {"process", NULL};
static const char *const shows[] = {"matching", "assigned", "created", NULL};
static const char *const functions[] = {"count", "sum", "average", "minimum", "maximum", NULL};
static const char *const looks[] = {"bar", "column", "line", "donut", NULL};

static const b2b_rule_t source_members[] = {
    B2B_WORD("kind", B2B_RULE_REQUIRED, sources),
    B2B_OF_KIND("process_id", B2B_RULE_ID, B2B_RULE_REQUIRED),
    B2B_END,
};
static const b2b_rule_t condition_members[] = {
    B2B_LINE("field", B2B_RULE_REQUIRED, 1, 60),
    B2B_LINE("op", B2B_RULE_REQUIRED, 1, 20),
    B2B_LINE("value", B2B_RULE_REQUIRED, 1, 200),
    B2B_END,
};
static const b2b_rule_t condition_items[] = {B2B_OBJECT("", 0, condition_members), B2B_END};
static const b2b_rule_t column_items[] = {B2B_LINE("", 0, 1, 60), B2B_END};
static const b2b_rule_t measure_members[] = {
    B2B_WORD("function", B2B_RULE_REQUIRED, functions),
    B2B_LINE("field", B2B_RULE_NULLABLE, 1, B2B_FIELD_NAME_MAX),
    B2B_END,
};

#define DATA_MEMBERS                                                                               \
    WIDGET_MEMBERS, B2B_NAME("title", B2B_RULE_REQUIRED),                                          \
        B2B_OBJECT("source", B2B_RULE_REQUIRED, source_members),                                   \
        B2B_WORD("show", B2B_RULE_REQUIRED, shows),                                                \
        B2B_ARRAY("conditions", B2B_RULE_REQUIRED, 0, B2B_WIDGET_CONDITIONS_MAX, condition_items)

static const b2b_rule_t list_members[] = {
    DATA_MEMBERS,
    B2B_ARRAY("columns", B2B_RULE_REQUIRED | B2B_RULE_UNIQUE, 1, B2B_WIDGET_COLUMNS_MAX,
              column_items),
    B2B_LINE("sort", B2B_RULE_REQUIRED, 1, 60),
    {"limit", B2B_RULE_INTEGER, B2B_RULE_REQUIRED, 1, B2B_WIDGET_LIST_MAX, NULL, NULL},
    B2B_END,
};
static const b2b_rule_t tile_members[] = {
    DATA_MEMBERS,
    B2B_OBJECT("measure", B2B_RULE_REQUIRED, measure_members),
    B2B_END,
};
static const b2b_rule_t chart_members[] = {
    DATA_MEMBERS,
    B2B_WORD("look", B2B_RULE_REQUIRED, looks),
    B2B_LINE("group_by", B2B_RULE_REQUIRED, 1, 60),
    B2B_OBJECT("measure", B2B_RULE_REQUIRED, measure_members),
    B2B_END,
};

static const b2b_rule_t widget_kinds[] = {
    B2B_OBJECT("rich_text", 0, rich_text_members),
    B2B_OBJECT("link", 0, link_members),
    B2B_OBJECT("image", 0, image_members),
    B2B_OBJECT("list", 0, list_members),
    B2B_OBJECT("tile", 0, tile_members),
    B2B_OBJECT("chart", 0, chart_members),
    B2B_END,
};

const b2b_rule_t b2b_widget_items[] = {
    {"", B2B_RULE_KIND, 0, 0, 0, NULL, widget_kinds},
    B2B_END,
};

apr_array_header_t *b2b_widgets_images(const b2b_json_t *widgets, apr_pool_t *pool)
{
    apr_array_header_t *images = apr_array_make(pool, 4, sizeof(const char *));
    apr_size_t i;

    for (i = 0; i < b2b_json_length(widgets); i++) {
        const b2b_json_t *widget = b2b_json_at(widgets, i);
        const char *type = b2b_json_get_string(widget, "type");

        if (type && !strcmp(type, "image")) {
            APR_ARRAY_PUSH(images, const char *) = b2b_json_get_string(widget, "file");
        }
    }
    return images;
}

/* What tables of rules cannot say ------------------------------------------------------------------ */

static int is_data_widget(const b2b_json_t *widget)
{
    const char *type = b2b_json_get_string(widget, "type");

    return type && (!strcmp(type, "list") || !strcmp(type, "tile") || !strcmp(type, "chart"));
}

static int is_field(const char *name)
{
    return strncmp(name, "field:", 6) == 0 && name[6] && strlen(name + 6) <= B2B_FIELD_NAME_MAX;
}

static int is_one_of(const char *name, const char *const *words)
{
    while (*words && strcmp(*words, name) != 0) {
        words++;
    }
    return *words != NULL;
}

static b2b_error_t *check_conditions(b2b_error_t *err, const b2b_json_t *widget, const char *at,
                                     apr_pool_t *pool)
{
    const b2b_json_t *conditions = b2b_json_get(widget, "conditions");
    apr_size_t i;

    for (i = 0; i < b2b_json_length(conditions); i++) {
        b2b_widget_condition_t condition;
        const char *where, *why;

        b2b_widget_condition_read(&condition, &where, &why, b2b_json_at(conditions, i),
                                  b2b_clock_now(), pool);
        if (why) {
            const char *field = apr_psprintf(pool, "%sconditions/%d/%s", at, (int)i, where);

            err = b2b_errors_join(err, b2b_error_invalid(pool, field, "%s", why));
        }
    }
    return err;
}

static b2b_error_t *check_list(b2b_error_t *err, const b2b_json_t *widget, const char *at,
                               apr_pool_t *pool)
{
    static const char *const own[] = {"reference",   "status",      "created_at", "created_by",
                                      "modified_at", "modified_by", NULL};
    static const char *const sorts[] = {"modified_at", "created_at", "reference", NULL};
    const b2b_json_t *columns = b2b_json_get(widget, "columns");
    const char *sort = b2b_json_get_string(widget, "sort");
    apr_size_t i;

    for (i = 0; i < b2b_json_length(columns); i++) {
        const char *name = b2b_json_text(b2b_json_at(columns, i));

        if (!is_one_of(name, own) && !is_field(name)) {
            err = b2b_errors_join(
                err, b2b_error_invalid(pool, apr_psprintf(pool, "%scolumns/%d", at, (int)i),
                                       "must be a column that every instance has, or field: and a "
                                       "field."));
        }
    }
    sort += *sort == '-';
    if (!is_one_of(sort, sorts) && !is_field(sort)) {
        err = b2b_errors_join(
            err, b2b_error_invalid(pool, apr_pstrcat(pool, at, "sort", NULL),
                                   "must be modified_at, created_at, reference or field: and a "
                                   "field, with - before it for the other way round."));
    }
    return err;
}

static b2b_error_t *check_measure(b2b_error_t *err, const b2b_json_t *widget, const char *at,
                                  apr_pool_t *pool)
{
    const b2b_json_t *measure = b2b_json_get(widget, "measure");
    int chart = strcmp(b2b_json_get_string(widget, "type"), "chart") == 0;
    const char *function = b2b_json_get_string(measure, "function");
    int count = strcmp(function, "count") == 0;

    if (chart && !count && strcmp(function, "sum") != 0) {
        err = b2b_errors_join(err,
                              b2b_error_invalid(pool,
                                                apr_pstrcat(pool, at, "measure/function", NULL),
                                                "must be count or sum in a chart."));
    }
    if (count == (b2b_json_get_string(measure, "field") != NULL)) {
        err = b2b_errors_join(err,
                              b2b_error_invalid(pool, apr_pstrcat(pool, at, "measure/field", NULL),
                                                "%s",
                                                count ? "is not for counting."
                                                      : "must be a number field."));
    }
    return err;
}

static b2b_error_t *check_chart(b2b_error_t *err, const b2b_json_t *widget, const char *at,
                                apr_pool_t *pool)
{
    static const char *const own[] = {"status", "created_month", NULL};
    const char *by = b2b_json_get_string(widget, "group_by");

    return is_one_of(by, own) || is_field(by)
               ? err
               : b2b_errors_join(
                     err,
                     b2b_error_invalid(pool, apr_pstrcat(pool, at, "group_by", NULL),
                                       "must be status, created_month, or field: and a choice."));
}

b2b_error_t *b2b_widget_check(const b2b_json_t *widget, const char *at, apr_pool_t *pool)
{
    const char *type = b2b_json_get_string(widget, "type");
    b2b_error_t *err = NULL;

    if (!is_data_widget(widget)) {
        return NULL;
    }
    err = check_conditions(err, widget, at, pool);
    if (strcmp(type, "list") == 0) {
        return check_list(err, widget, at, pool);
    }
    err = check_measure(err, widget, at, pool);
    return strcmp(type, "chart") == 0 ? check_chart(err, widget, at, pool) : err;
}

b2b_error_t *b2b_widgets_check(const b2b_json_t *widgets, apr_pool_t *pool)
{
    b2b_error_t *err = NULL;
    apr_size_t i;

    for (i = 0; i < b2b_json_length(widgets); i++) {
        err = b2b_errors_join(err,
                              b2b_widget_check(b2b_json_at(widgets, i),
                                               apr_psprintf(pool, "widgets/%d/", (int)i), pool));
    }
    return err;
}

/* A portal's page ---------------------------------------------------------------------------------- */

b2b_json_t *b2b_widgets_for_portal(const b2b_json_t *widgets, apr_pool_t *pool)
{
    static const char *const shown[] = {"type", "width", "title", "look", NULL};
    b2b_json_t *array = b2b_json_array(pool);
    apr_size_t i;
    int k;

    for (i = 0; i < b2b_json_length(widgets); i++) {
        const b2b_json_t *widget = b2b_json_at(widgets, i);
        b2b_json_t *look;

        if (!is_data_widget(widget)) {
            b2b_json_append(array, widget);
            continue;
        }
        look = b2b_json_object(pool);
        for (k = 0; shown[k]; k++) {
            if (b2b_json_get(widget, shown[k])) {
                b2b_json_set(look, shown[k], b2b_json_get(widget, shown[k]));
            }
        }
        b2b_json_append(array, look);
    }
    return array;
}
