/* SPDX-License-Identifier: Apache-2.0 */
/* Conditions: read from their normal form, and what each of their terms means. */

#include "forms_private.h"

#include <string.h>

#include "base/text.h"

/* In the order of b2b_is_e. */
const char *const b2b_is_names[] = {"equals", "not_equals", "one_of", "contains",
                                    "empty",  "not_empty",  "less",   "at_most",
                                    "more",   "at_least",   NULL};

int b2b_is_fits(const b2b_field_t *field, b2b_is_e is)
{
    if (is == B2B_IS_EMPTY || is == B2B_IS_NOT_EMPTY) {
        return b2b_field_has_data(field);
    }
    switch (field->type) {
    case B2B_FIELD_TEXT:
        return is <= B2B_IS_CONTAINS;
    case B2B_FIELD_CHOICE:
        return field->multiple ? is == B2B_IS_CONTAINS : is <= B2B_IS_ONE_OF;
    case B2B_FIELD_NUMBER:
    case B2B_FIELD_DATE:
    case B2B_FIELD_DATE_TIME:
        return is != B2B_IS_CONTAINS;
    case B2B_FIELD_TOGGLE:
        return is <= B2B_IS_NOT_EQUALS;
    default:
        return 0;
    }
}

static int is_number(const b2b_json_t *json)
{
    return b2b_json_type(json) == B2B_JSON_INTEGER || b2b_json_type(json) == B2B_JSON_REAL;
}

/* Numbers and texts in their order; *COMPARABLE is FALSE where they are neither. */
static int compare(const b2b_json_t *a, const b2b_json_t *b, int *comparable)
{
    const char *one = b2b_json_text(a), *other = b2b_json_text(b);
    double x = b2b_json_double(a), y = b2b_json_double(b);

    *comparable = 1;
    if (one && other) {
        return strcmp(one, other);
    }
    *comparable = is_number(a) && is_number(b);
    return x < y ? -1 : x > y;
}

static int same(const b2b_json_t *a, const b2b_json_t *b)
{
    int comparable;

    return compare(a, b, &comparable) == 0 && comparable;
}

static int has(const b2b_json_t *array, const b2b_json_t *value)
{
    apr_size_t i;

    for (i = 0; i < b2b_json_length(array); i++) {
        if (same(b2b_json_at(array, i), value)) {
            return 1;
        }
    }
    return 0;
}

static int contains(const b2b_field_t *field, const b2b_json_t *of, const char *folded,
                    const b2b_json_t *value, apr_pool_t *pool)
{
    const char *part = b2b_json_text(value);

    if (field->type == B2B_FIELD_CHOICE) {
        return has(of, value);
    }
    return folded && part && strstr(folded, b2b_text_fold(part, pool)) != NULL;
}

/* A toggle is on or off, and off while it has no value. */
static int toggle_holds(b2b_is_e is, const b2b_json_t *value, const b2b_json_t *of)
{
    int on = of && b2b_json_type(of) == B2B_JSON_TRUE;

    switch (is) {
    case B2B_IS_EQUALS:
        return on == (b2b_json_type(value) == B2B_JSON_TRUE);
    case B2B_IS_NOT_EQUALS:
        return on != (b2b_json_type(value) == B2B_JSON_TRUE);
    case B2B_IS_EMPTY:
        return !on;
    default:
        return is == B2B_IS_NOT_EMPTY && on;
    }
}

int b2b_is_holds(const b2b_field_t *field, b2b_is_e is, const b2b_json_t *value,
                 const b2b_json_t *of, const char *folded, apr_pool_t *pool)
{
    int order, comparable;

    if (field->type == B2B_FIELD_TOGGLE) {
        return toggle_holds(is, value, of);
    }
    if (!of || is == B2B_IS_EMPTY || is == B2B_IS_NOT_EMPTY) {
        return is == (of ? B2B_IS_NOT_EMPTY : B2B_IS_EMPTY) || (!of && is == B2B_IS_NOT_EQUALS);
    }
    if (is == B2B_IS_ONE_OF) {
        return has(value, of);
    }
    if (is == B2B_IS_CONTAINS) {
        return contains(field, of, folded, value, pool);
    }
    order = compare(of, value, &comparable);
    switch (is) {
    case B2B_IS_EQUALS:
        return comparable && order == 0;
    case B2B_IS_NOT_EQUALS:
        return !comparable || order != 0;
    case B2B_IS_LESS:
        return comparable && order < 0;
    case B2B_IS_AT_MOST:
        return comparable && order <= 0;
    case B2B_IS_MORE:
        return comparable && order > 0;
    default:
        return comparable && order >= 0;
    }
}

/* Reading ---------------------------------------------------------------------------------------- */

static int read_term(b2b_condition_t *condition, const b2b_json_t *normal, apr_hash_t *fields)
{
    const char *field = b2b_json_get_string(normal, "field");
    const char *is = b2b_json_get_string(normal, "is");
    int i = 0;

    if (!field || !is) {
        return 0;
    }
    while (b2b_is_names[i] && strcmp(b2b_is_names[i], is) != 0) {
        i++;
    }
    condition->kind = B2B_CONDITION_TERM;
    condition->is = (b2b_is_e)i;
    condition->field = apr_hash_get(fields, field, APR_HASH_KEY_STRING);
    condition->value = b2b_json_get(normal, "value");
    return b2b_is_names[i] && condition->field && b2b_is_fits(condition->field, condition->is) &&
           (condition->value || i == B2B_IS_EMPTY || i == B2B_IS_NOT_EMPTY);
}

static const b2b_condition_t *read_at(const b2b_json_t *normal, apr_hash_t *fields, int depth,
                                      apr_pool_t *pool);

static int read_children(b2b_condition_t *condition, const b2b_json_t *normal, apr_hash_t *fields,
                         int depth, apr_pool_t *pool)
{
    int single = condition->kind == B2B_CONDITION_NOT;
    apr_size_t count = single ? 1 : b2b_json_length(normal), i;

    condition->children = apr_array_make(pool, (int)count + 1, sizeof(const b2b_condition_t *));
    for (i = 0; i < count; i++) {
        const b2b_condition_t *child = read_at(single ? normal : b2b_json_at(normal, i), fields,
                                               depth + 1, pool);

        if (!child) {
            return 0;
        }
        APR_ARRAY_PUSH(condition->children, const b2b_condition_t *) = child;
    }
    return 1;
}

static const b2b_condition_t *read_at(const b2b_json_t *normal, apr_hash_t *fields, int depth,
                                      apr_pool_t *pool)
{
    static const char *const names[] = {"all", "any", "not", NULL};
    b2b_condition_t *condition = apr_pcalloc(pool, sizeof(*condition));
    const b2b_json_t *always = b2b_json_get(normal, "always");
    int i;

    if (depth > B2B_CONDITION_DEPTH_MAX) {
        return NULL;
    }
    for (i = 0; names[i]; i++) {
        const b2b_json_t *inner = b2b_json_get(normal, names[i]);

        if (inner) {
            condition->kind = (b2b_condition_kind_e)i;
            return read_children(condition, inner, fields, depth, pool) ? condition : NULL;
        }
    }
    if (always) {
        condition->kind = B2B_CONDITION_ALWAYS;
        condition->always = b2b_json_type(always) == B2B_JSON_TRUE;
        return condition;
    }
    return read_term(condition, normal, fields) ? condition : NULL;
}

const b2b_condition_t *b2b_condition_read(const b2b_json_t *normal, apr_hash_t *fields,
                                          apr_pool_t *pool)
{
    return read_at(normal, fields, 1, pool);
}
