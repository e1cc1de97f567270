/* SPDX-License-Identifier: Apache-2.0 */
/* Reading normal fields. What is not of our own making is noticed, and never followed. */

#include "forms_private.h"

#include <string.h>

#include <apr_strings.h>

/* In the order of b2b_field_type_e. */
static const char *const type_names[] = {"text",      "choice", "number", "date",   "date_time",
                                         "toggle",    "file",   "table",  "person", "heading",
                                         "rich_text", "image",  "link",   NULL};

typedef struct {
    const b2b_json_t *json;
    int wrong;
    apr_pool_t *pool;
} source_t;

/* A text that must be there. */
static const char *take_text(source_t *source, const char *name)
{
    const char *text = b2b_json_get_string(source->json, name);

    if (!text) {
        source->wrong = 1;
    }
    return text;
}

static int take_integer(source_t *source, const char *name)
{
    const b2b_json_t *value = b2b_json_get(source->json, name);

    if (!value || b2b_json_type(value) != B2B_JSON_INTEGER) {
        source->wrong = 1;
    }
    return (int)b2b_json_number(value);
}

static int take_bool(const source_t *source, const char *name)
{
    return b2b_json_get_bool(source->json, name, 0);
}

static double take_double(const source_t *source, const char *name, int *has)
{
    const b2b_json_t *value = b2b_json_get(source->json, name);

    *has = value && b2b_json_type(value) != B2B_JSON_NULL;
    return b2b_json_double(value);
}

static apr_array_header_t *take_texts(source_t *source, const char *name)
{
    const b2b_json_t *array = b2b_json_get(source->json, name);
    apr_array_header_t *texts = apr_array_make(source->pool, 8, sizeof(const char *));
    apr_size_t i;

    for (i = 0; i < b2b_json_length(array); i++) {
        const char *text = b2b_json_text(b2b_json_at(array, i));

        if (!text) {
            source->wrong = 1;
            break;
        }
        APR_ARRAY_PUSH(texts, const char *) = text;
    }
    return texts;
}

static void read_choice(b2b_field_t *field, source_t *source)
{
    const b2b_json_t *options = b2b_json_get(source->json, "options");
    apr_size_t i;

    field->appearance = take_text(source, "appearance");
    field->multiple = field->appearance && (!strcmp(field->appearance, "multiselect") ||
                                            !strcmp(field->appearance, "checkboxes"));
    field->min_choices = take_integer(source, "min_choices");
    field->max_choices = (int)b2b_json_get_integer(source->json, "max_choices", 0);
    field->options = apr_array_make(source->pool, (int)b2b_json_length(options) + 1,
                                    sizeof(b2b_option_t));
    field->option_of = apr_hash_make(source->pool);
    for (i = 0; i < b2b_json_length(options); i++) {
        b2b_option_t *option = apr_array_push(field->options);

        option->value = b2b_json_get_string(b2b_json_at(options, i), "value");
        option->label = b2b_json_get_string(b2b_json_at(options, i), "label");
        if (!option->value || !option->label) {
            source->wrong = 1;
            return;
        }
        apr_hash_set(field->option_of, option->value, APR_HASH_KEY_STRING, option);
    }
}

static void read_number(b2b_field_t *field, source_t *source)
{
    static const char *const formats[] = {"integer", "decimal", "currency", "percent", NULL};
    const char *format = take_text(source, "format");
    int i = 0;

    while (format && formats[i] && strcmp(formats[i], format) != 0) {
        i++;
    }
    source->wrong |= !formats[i];
    field->format = (b2b_number_format_e)i;
    field->decimals = take_integer(source, "decimals");
    field->currency = b2b_json_get_string(source->json, "currency");
    field->min = take_double(source, "min", &field->has_min);
    field->max = take_double(source, "max", &field->has_max);
    source->wrong |= field->decimals < 0 || field->decimals > B2B_DECIMALS_MAX;
}

static void read_table(b2b_field_t *field, source_t *source)
{
    const b2b_json_t *columns = b2b_json_get(source->json, "columns");
    apr_size_t i;

    field->columns = apr_array_make(source->pool, (int)b2b_json_length(columns) + 1,
                                    sizeof(b2b_field_t));
    for (i = 0; i < b2b_json_length(columns) && !source->wrong; i++) {
        b2b_field_t *column = apr_array_push(field->columns);

        source->wrong = !b2b_field_read(column, b2b_json_at(columns, i), source->pool) ||
                        column->type > B2B_FIELD_TOGGLE;
        column->index = (int)i;
    }
    field->min_rows = take_integer(source, "min_rows");
    field->max_rows = take_integer(source, "max_rows");
}

static void read_members_of_type(b2b_field_t *field, source_t *source)
{
    switch (field->type) {
    case B2B_FIELD_TEXT:
        field->multiline = take_bool(source, "multiline");
        field->min_length = take_integer(source, "min_length");
        field->max_length = take_integer(source, "max_length");
        field->pattern = take_text(source, "pattern");
        field->pattern_hint = take_text(source, "pattern_hint");
        break;
    case B2B_FIELD_CHOICE:
        read_choice(field, source);
        break;
    case B2B_FIELD_NUMBER:
        read_number(field, source);
        break;
    case B2B_FIELD_DATE:
    case B2B_FIELD_DATE_TIME:
        field->earliest = b2b_json_get_string(source->json, "min");
        field->latest = b2b_json_get_string(source->json, "max");
        break;
    case B2B_FIELD_TOGGLE:
        field->label_on = take_text(source, "label_on");
        field->label_off = take_text(source, "label_off");
        break;
    case B2B_FIELD_FILE:
        field->max_files = take_integer(source, "max_files");
        field->accept = take_texts(source, "accept");
        break;
    case B2B_FIELD_TABLE:
        read_table(field, source);
        break;
    case B2B_FIELD_PERSON:
        field->from_partner = take_bool(source, "from_partner");
        field->host_groups = take_texts(source, "host_groups");
        field->multiple = take_bool(source, "multiple");
        field->max_people = field->multiple ? take_integer(source, "max_people") : 1;
        break;
    default:
        break; /* what it shows is the page's business */
    }
}

int b2b_field_has_data(const b2b_field_t *field)
{
    return field->type < B2B_FIELD_HEADING;
}

int b2b_field_read(b2b_field_t *field, const b2b_json_t *normal, apr_pool_t *pool)
{
    source_t source = {normal, 0, pool};
    const b2b_json_t *initial = b2b_json_get(normal, "default");
    int type = 0;

    memset(field, 0, sizeof(*field));
    field->json = normal;
    field->name = take_text(&source, "name");
    field->title = take_text(&source, "title");
    field->type_name = take_text(&source, "type");
    field->width = take_integer(&source, "width");
    if (source.wrong) {
        return 0;
    }
    while (type_names[type] && strcmp(type_names[type], field->type_name) != 0) {
        type++;
    }
    if (!type_names[type]) {
        return 0;
    }
    field->type = (b2b_field_type_e)type;
    field->help = "";
    if (b2b_field_has_data(field)) {
        field->help = take_text(&source, "help");
        field->required = take_bool(&source, "required");
        field->read_only = take_bool(&source, "read_only");
        field->indexed = take_bool(&source, "indexed");
        field->initial = initial && b2b_json_type(initial) != B2B_JSON_NULL ? initial : NULL;
    }
    read_members_of_type(field, &source);
    return !source.wrong;
}
