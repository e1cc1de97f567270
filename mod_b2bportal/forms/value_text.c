/* SPDX-License-Identifier: Apache-2.0 */
/* Values as lists need them: the keys they sort by, and as a line of text. */

#include "forms_private.h"

#include <math.h>
#include <string.h>

#include <apr_strings.h>

#include "base/text.h"

static const char *text_key(const char *text, apr_pool_t *pool)
{
    char *key = apr_pstrdup(pool, b2b_text_fold(text, pool));
    apr_size_t length = strlen(key);

    if (length > B2B_KEY_MAX) {
        length = B2B_KEY_MAX;
        while (length > 0 && ((unsigned char)key[length] & 0xc0) == 0x80) {
            length--;
        }
        key[length] = '\0';
    }
    return key;
}

/* Millionths, moved so far up that there are always 19 digits and no sign. */
static const char *number_key(double x, apr_pool_t *pool)
{
    apr_int64_t millionths;
    double whole;

    if (!(fabs(x) <= B2B_NUMBER_MAX)) {
        x = x < 0 ? -B2B_NUMBER_MAX
                  : B2B_NUMBER_MAX; /* no field has such; a filter may ask for it */
    }
    /* In two halves: a double has not the digits for a million times the largest. */
    whole = trunc(x);
    millionths = (apr_int64_t)whole * 1000000 + (apr_int64_t)llround((x - whole) * 1e6);
    return apr_psprintf(pool, "%" APR_INT64_T_FMT, millionths + APR_INT64_C(2000000000000000000));
}

static void choice_keys(apr_array_header_t *keys, const b2b_json_t *value)
{
    apr_size_t i;

    if (b2b_json_text(value)) {
        APR_ARRAY_PUSH(keys, const char *) = b2b_json_text(value);
    }
    for (i = 0; i < b2b_json_length(value); i++) {
        const char *text = b2b_json_text(b2b_json_at(value, i));

        if (text) {
            APR_ARRAY_PUSH(keys, const char *) = text;
        }
    }
}

apr_array_header_t *b2b_value_keys(const b2b_field_t *field, const b2b_json_t *value,
                                   apr_pool_t *pool)
{
    apr_array_header_t *keys = apr_array_make(pool, 1, sizeof(const char *));
    const char *text;
    b2b_json_type_e type;

    value = b2b_value_present(field, value);
    if (!value) {
        return keys;
    }
    text = b2b_json_text(value);
    type = b2b_json_type(value);
    switch (field->type) {
    case B2B_FIELD_TEXT:
        if (text) {
            APR_ARRAY_PUSH(keys, const char *) = text_key(text, pool);
        }
        break;
    case B2B_FIELD_CHOICE:
        choice_keys(keys, value);
        break;
    case B2B_FIELD_NUMBER:
        if (type == B2B_JSON_INTEGER || type == B2B_JSON_REAL) {
            APR_ARRAY_PUSH(keys, const char *) = number_key(b2b_json_double(value), pool);
        }
        break;
    case B2B_FIELD_DATE:
    case B2B_FIELD_DATE_TIME:
        if (text) {
            APR_ARRAY_PUSH(keys, const char *) = text;
        }
        break;
    case B2B_FIELD_TOGGLE:
        APR_ARRAY_PUSH(keys, const char *) = type == B2B_JSON_TRUE ? "1" : "0";
        break;
    default:
        break;
    }
    return keys;
}

/* TEXT with line feeds and tabs as blanks. */
static const char *one_line(const char *text, apr_pool_t *pool)
{
    char *line = apr_pstrdup(pool, text ? text : "");
    char *at;

    for (at = line; *at; at++) {
        if (*at == '\n' || *at == '\t') {
            *at = ' ';
        }
    }
    return line;
}

static const char *label_of(const b2b_field_t *field, const char *value)
{
    const b2b_option_t *option = value ? apr_hash_get(field->option_of, value, APR_HASH_KEY_STRING)
                                       : NULL;

    return option ? option->label : value ? value : "";
}

static const char *choice_text(const b2b_field_t *field, const b2b_json_t *value, apr_pool_t *pool)
{
    apr_array_header_t *labels;
    apr_size_t i;

    if (b2b_json_text(value)) {
        return label_of(field, b2b_json_text(value));
    }
    labels = apr_array_make(pool, 8, sizeof(const char *));
    for (i = 0; i < b2b_json_length(value); i++) {
        APR_ARRAY_PUSH(labels, const char *) = i ? "; " : "";
        APR_ARRAY_PUSH(labels, const char *) = label_of(field,
                                                        b2b_json_text(b2b_json_at(value, i)));
    }
    return apr_array_pstrcat(pool, labels, '\0');
}

static const char *number_text(const b2b_field_t *field, const b2b_json_t *value, apr_pool_t *pool)
{
    const char *text = b2b_number_text(b2b_json_double(value), field->decimals, pool);

    if (field->format == B2B_NUMBER_CURRENCY) {
        return apr_pstrcat(pool, text, " ", field->currency, NULL);
    }
    return field->format == B2B_NUMBER_PERCENT ? apr_pstrcat(pool, text, " %", NULL) : text;
}

static const char *count_text(const b2b_json_t *value, const char *one, const char *many,
                              apr_pool_t *pool)
{
    apr_size_t count = b2b_json_length(value);

    return apr_psprintf(pool, "%" APR_SIZE_T_FMT " %s", count, count == 1 ? one : many);
}

const char *b2b_value_text(const b2b_field_t *field, const b2b_json_t *value, apr_pool_t *pool)
{
    value = b2b_value_present(field, value);
    if (!value) {
        return "";
    }
    switch (field->type) {
    case B2B_FIELD_TEXT:
    case B2B_FIELD_DATE:
    case B2B_FIELD_DATE_TIME:
        return one_line(b2b_json_text(value), pool);
    case B2B_FIELD_CHOICE:
        return choice_text(field, value, pool);
    case B2B_FIELD_NUMBER:
        return number_text(field, value, pool);
    case B2B_FIELD_TOGGLE:
        if (b2b_json_type(value) == B2B_JSON_TRUE) {
            return *field->label_on ? field->label_on : "Yes";
        }
        return *field->label_off ? field->label_off : "No";
    case B2B_FIELD_FILE:
        return count_text(value, "file", "files", pool);
    case B2B_FIELD_TABLE:
        return count_text(value, "row", "rows", pool);
    default:
        return "";
    }
}
