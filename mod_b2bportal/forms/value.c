/* SPDX-License-Identifier: Apache-2.0 */
/* Is a value what its field takes, and what is its normal form? */

#include "forms_private.h"

#include <string.h>

#include <apr_strings.h>

#include "base/text.h"

/* What the checks of one value share. */
typedef struct {
    b2b_complaints_t *complaints;
    const b2b_field_t *field;
    const char *place;
    int complete;
    int wrong;
    apr_pool_t *pool;
} judge_t;

#define WRONG(judge, ...)                                                                          \
    ((judge)->wrong = 1, b2b_complain((judge)->complaints, (judge)->place, __VA_ARGS__))

const b2b_json_t *b2b_value_present(const b2b_field_t *field, const b2b_json_t *value)
{
    const char *text;

    if (!value || b2b_json_type(value) == B2B_JSON_NULL) {
        return NULL;
    }
    switch (field->type) {
    case B2B_FIELD_TEXT:
    case B2B_FIELD_DATE:
    case B2B_FIELD_DATE_TIME:
        text = b2b_json_text(value);
        return text && text[strspn(text, " \t\n")] == '\0' ? NULL : value;
    case B2B_FIELD_CHOICE:
        if (!field->multiple) {
            text = b2b_json_text(value);
            return text && *text == '\0' ? NULL : value;
        }
        /* fall through */
    case B2B_FIELD_FILE:
    case B2B_FIELD_TABLE:
    case B2B_FIELD_PERSON:
        return b2b_json_type(value) == B2B_JSON_ARRAY && b2b_json_length(value) == 0 ? NULL : value;
    default:
        return value;
    }
}

static const b2b_json_t *check_text(judge_t *judge, const b2b_json_t *value)
{
    const b2b_field_t *field = judge->field;
    const char *text = b2b_json_text(value);
    int length;

    if (!text) {
        WRONG(judge, "must be a text.");
    }
    else if (field->multiline ? !b2b_text_is_multiline(text) : !b2b_text_is_line(text)) {
        WRONG(judge, field->multiline ? "must not contain control characters."
                                      : "must be one line without control characters.");
    }
    else if ((length = (int)b2b_text_characters(text)) > field->max_length) {
        WRONG(judge, "is %d characters long; at most %d are allowed.", length, field->max_length);
    }
    else if (judge->complete && length < field->min_length) {
        WRONG(judge, "is %d characters long; it must have at least %d.", length, field->min_length);
    }
    else if (judge->complete && *field->pattern &&
             !b2b_pattern_match(field->pattern, text, judge->pool)) {
        WRONG(judge, "%s",
              *field->pattern_hint ? field->pattern_hint : "is not of the form that is asked for.");
    }
    return value;
}

static const b2b_json_t *check_choices(judge_t *judge, const b2b_json_t *value)
{
    const b2b_field_t *field = judge->field;
    const b2b_option_t *first = (const b2b_option_t *)field->options->elts;
    apr_size_t count = b2b_json_length(value), i;
    b2b_json_t *normal = b2b_json_array(judge->pool);
    char *chosen = apr_pcalloc(judge->pool, (apr_size_t)field->options->nelts + 1);
    int option;

    if (b2b_json_type(value) != B2B_JSON_ARRAY) {
        WRONG(judge, "must be a list.");
        return NULL;
    }
    for (i = 0; i < count && !judge->wrong; i++) {
        const char *text = b2b_json_text(b2b_json_at(value, i));
        const b2b_option_t *found = text ? apr_hash_get(field->option_of, text, APR_HASH_KEY_STRING)
                                         : NULL;

        if (!found) {
            WRONG(judge, "has a choice that is none of the options.");
        }
        else if (chosen[found - first]++) {
            WRONG(judge, "has a choice twice.");
        }
    }
    if (!judge->wrong && field->max_choices && (int)count > field->max_choices) {
        WRONG(judge, "has %d choices; at most %d are allowed.", (int)count, field->max_choices);
    }
    if (!judge->wrong && judge->complete && (int)count < field->min_choices) {
        WRONG(judge, "has %d choices; it must have at least %d.", (int)count, field->min_choices);
    }
    for (option = 0; option < field->options->nelts; option++) {
        if (chosen[option]) {
            b2b_json_append(normal, b2b_json_string(first[option].value, judge->pool));
        }
    }
    return normal;
}

static const b2b_json_t *check_choice(judge_t *judge, const b2b_json_t *value)
{
    const char *text = b2b_json_text(value);

    if (judge->field->multiple) {
        return check_choices(judge, value);
    }
    if (!text || !apr_hash_get(judge->field->option_of, text, APR_HASH_KEY_STRING)) {
        WRONG(judge, "must be one of the options.");
    }
    return value;
}

static const b2b_json_t *check_number(judge_t *judge, const b2b_json_t *value)
{
    const b2b_field_t *field = judge->field;
    b2b_json_type_e type = b2b_json_type(value);
    double x = b2b_json_double(value);

    if (type != B2B_JSON_INTEGER && type != B2B_JSON_REAL) {
        WRONG(judge, "must be a number.");
    }
    else if (!(x <= B2B_NUMBER_MAX && x >= -B2B_NUMBER_MAX)) {
        WRONG(judge, "is too large.");
    }
    else if (!b2b_number_normal(&x, x, field->decimals)) {
        if (field->decimals) {
            WRONG(judge, "must have at most %d decimals, and 15 digits.", field->decimals);
        }
        else {
            WRONG(judge, "must be a whole number.");
        }
    }
    else if (field->has_min && x < field->min) {
        WRONG(judge, "must be at least %s.",
              b2b_number_text(field->min, field->decimals, judge->pool));
    }
    else if (field->has_max && x > field->max) {
        WRONG(judge, "must be at most %s.",
              b2b_number_text(field->max, field->decimals, judge->pool));
    }
    return judge->wrong ? NULL : b2b_number_json(x, judge->pool);
}

static const b2b_json_t *check_date(judge_t *judge, const b2b_json_t *value)
{
    const b2b_field_t *field = judge->field;
    const char *text = b2b_json_text(value);
    int time = field->type == B2B_FIELD_DATE_TIME;

    if (!text || !(time ? b2b_date_time_is_real(text) : b2b_date_is_real(text))) {
        WRONG(judge, time ? "must be a time of the form 2026-11-30T12:00:00Z."
                          : "must be a date of the form 2026-11-30.");
    }
    else if (field->earliest && strcmp(text, field->earliest) < 0) {
        WRONG(judge, "must not be before %s.", field->earliest);
    }
    else if (field->latest && strcmp(text, field->latest) > 0) {
        WRONG(judge, "must not be after %s.", field->latest);
    }
    return value;
}

/* An array of at most MOST items. */
static int check_count(judge_t *judge, const b2b_json_t *value, int most)
{
    if (b2b_json_type(value) != B2B_JSON_ARRAY) {
        WRONG(judge, "must be a list.");
    }
    else if (b2b_json_length(value) > (apr_size_t)most) {
        WRONG(judge, "has %d items; at most %d are allowed.", (int)b2b_json_length(value), most);
    }
    return !judge->wrong;
}

static const b2b_json_t *check_files(judge_t *judge, const b2b_json_t *value)
{
    apr_hash_t *seen = apr_hash_make(judge->pool);
    apr_size_t i;

    if (!check_count(judge, value, judge->field->max_files)) {
        return NULL;
    }
    for (i = 0; i < b2b_json_length(value) && !judge->wrong; i++) {
        const char *id = b2b_json_text(b2b_json_at(value, i));

        if (!id || !b2b_text_is_id(id)) {
            WRONG(judge, "must be a list of the ids of uploaded files.");
        }
        else if (apr_hash_get(seen, id, APR_HASH_KEY_STRING)) {
            WRONG(judge, "has a file twice.");
        }
        else {
            apr_hash_set(seen, id, APR_HASH_KEY_STRING, id);
        }
    }
    return value;
}

static void check_person(judge_t *judge, const b2b_json_t *person, apr_hash_t *seen)
{
    const char *kind = b2b_json_get_string(person, "kind");
    const char *id = b2b_json_get_string(person, "id"), *key;

    if (b2b_json_type(person) != B2B_JSON_OBJECT || b2b_json_length(person) != 2 || !kind || !id ||
        !b2b_text_is_id(id)) {
        WRONG(judge, "must be a list of people, each with kind and id.");
        return;
    }
    /* Whom a field does not offer it does not take, whatever is sent. */
    if (!(judge->field->from_partner && !strcmp(kind, "member")) &&
        !(judge->field->host_groups->nelts && !strcmp(kind, "host_user"))) {
        WRONG(judge, "has a person that it does not offer.");
        return;
    }
    key = apr_pstrcat(judge->pool, kind, "/", id, NULL);
    if (apr_hash_get(seen, key, APR_HASH_KEY_STRING)) {
        WRONG(judge, "has a person twice.");
    }
    apr_hash_set(seen, key, APR_HASH_KEY_STRING, key);
}

static const b2b_json_t *check_people(judge_t *judge, const b2b_json_t *value)
{
    apr_hash_t *seen = apr_hash_make(judge->pool);
    apr_size_t i;

    if (!check_count(judge, value, judge->field->max_people)) {
        return NULL;
    }
    for (i = 0; i < b2b_json_length(value) && !judge->wrong; i++) {
        check_person(judge, b2b_json_at(value, i), seen);
    }
    return value;
}

/* What check_cell() shares for a row. */
typedef struct {
    judge_t *judge;
    const char *place;
} row_t;

static const b2b_field_t *find_column(const b2b_field_t *table, const char *name)
{
    int i;

    for (i = 0; i < table->columns->nelts; i++) {
        const b2b_field_t *column = &APR_ARRAY_IDX(table->columns, i, b2b_field_t);

        if (!strcmp(column->name, name)) {
            return column;
        }
    }
    return NULL;
}

static int check_cell_name(void *baton, const char *key, const b2b_json_t *value)
{
    row_t *row = baton;
    judge_t *judge = row->judge;

    (void)value;
    if (!find_column(judge->field, key)) {
        judge->wrong = 1;
        b2b_complain(judge->complaints, apr_pstrcat(judge->pool, row->place, "/", key, NULL),
                     "is no column of the table.");
    }
    return judge->complaints->count < B2B_COMPLAINTS_MAX;
}

static b2b_json_t *check_row(judge_t *judge, const b2b_json_t *raw, const char *place)
{
    b2b_json_t *normal = b2b_json_object(judge->pool);
    row_t row = {judge, place};
    int i;

    if (b2b_json_type(raw) != B2B_JSON_OBJECT) {
        judge->wrong = 1;
        b2b_complain(judge->complaints, place, "must be an object.");
        return normal;
    }
    b2b_json_each(raw, check_cell_name, &row);
    for (i = 0; i < judge->field->columns->nelts; i++) {
        const b2b_field_t *column = &APR_ARRAY_IDX(judge->field->columns, i, b2b_field_t);
        const char *cell_place = apr_pstrcat(judge->pool, place, "/", column->name, NULL);
        const b2b_json_t *cell;
        int wrong;

        cell = b2b_value_check(&wrong, judge->complaints, column, b2b_json_get(raw, column->name),
                               cell_place, judge->complete, judge->pool);
        judge->wrong |= wrong;
        if (cell) {
            b2b_json_set(normal, column->name, cell);
        }
        if (judge->complete && column->required && !wrong &&
            (!cell || b2b_json_type(cell) == B2B_JSON_FALSE)) {
            judge->wrong = 1;
            b2b_complain(judge->complaints, cell_place, "must have a value.");
        }
    }
    return normal;
}

static const b2b_json_t *check_table(judge_t *judge, const b2b_json_t *value)
{
    const b2b_field_t *field = judge->field;
    b2b_json_t *normal = b2b_json_array(judge->pool);
    apr_size_t count, i;

    if (!check_count(judge, value, field->max_rows)) {
        return NULL;
    }
    count = b2b_json_length(value);
    if (judge->complete && count < (apr_size_t)field->min_rows) {
        WRONG(judge, "has %d rows; it must have at least %d.", (int)count, field->min_rows);
    }
    for (i = 0; i < count && judge->complaints->count < B2B_COMPLAINTS_MAX; i++) {
        b2b_json_append(normal, check_row(judge, b2b_json_at(value, i),
                                          apr_psprintf(judge->pool, "%s/%" APR_SIZE_T_FMT,
                                                       judge->place, i)));
    }
    return normal;
}

const b2b_json_t *b2b_value_check(int *wrong, b2b_complaints_t *complaints,
                                  const b2b_field_t *field, const b2b_json_t *value,
                                  const char *place, int complete, apr_pool_t *pool)
{
    judge_t judge = {complaints, field, place, complete, 0, pool};
    const b2b_json_t *normal = NULL;
    b2b_json_type_e type;

    *wrong = 0;
    value = b2b_value_present(field, value);
    if (!value) {
        return NULL;
    }
    type = b2b_json_type(value);
    switch (field->type) {
    case B2B_FIELD_TEXT:
        normal = check_text(&judge, value);
        break;
    case B2B_FIELD_CHOICE:
        normal = check_choice(&judge, value);
        break;
    case B2B_FIELD_NUMBER:
        normal = check_number(&judge, value);
        break;
    case B2B_FIELD_DATE:
    case B2B_FIELD_DATE_TIME:
        normal = check_date(&judge, value);
        break;
    case B2B_FIELD_TOGGLE:
        normal = value;
        if (type != B2B_JSON_TRUE && type != B2B_JSON_FALSE) {
            WRONG(&judge, "must be true or false.");
        }
        break;
    case B2B_FIELD_FILE:
        normal = check_files(&judge, value);
        break;
    case B2B_FIELD_TABLE:
        normal = check_table(&judge, value);
        break;
    case B2B_FIELD_PERSON:
        normal = check_people(&judge, value);
        break;
    default:
        WRONG(&judge, "has no data.");
    }
    *wrong = judge.wrong;
    return judge.wrong ? NULL : normal;
}
