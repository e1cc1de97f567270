/* SPDX-License-Identifier: Apache-2.0 */
/* A field of a document by itself: what its members must be together, beyond what each must be alone. */

#include "forms_private.h"

#include <string.h>

#include <apr_strings.h>

#include "base/text.h"

typedef struct {
    b2b_complaints_t *complaints;
    const char *place;
    apr_pool_t *pool;
} check_t;

static const char *below(const check_t *check, const char *member)
{
    return apr_pstrcat(check->pool, check->place, "/", member, NULL);
}

static void check_name(const check_t *check, const b2b_json_t *raw, int column)
{
    /* What lists, references and exports call by these names. */
    static const char *const reserved[] = {"id",         "reference",  "status",      "state",
                                           "created_at", "created_by", "modified_at", "modified_by",
                                           "version",    "name",       "number",      "partner",
                                           "portal",     "process",    "title",       NULL};
    const char *name = b2b_json_get_string(raw, "name");
    int i;

    if (!b2b_name_is_good(name)) {
        b2b_complain(check->complaints, below(check, "name"),
                     "must begin with a small letter and have only small letters, digits and _.");
    }
    for (i = 0; !column && reserved[i]; i++) {
        if (!strcmp(name, reserved[i])) {
            b2b_complain(check->complaints, below(check, "name"),
                         "is a name that every instance has for something else.");
        }
    }
}

static void check_text(const check_t *check, const b2b_field_t *field)
{
    const char *why;

    if (field->min_length > field->max_length) {
        b2b_complain(check->complaints, below(check, "min_length"),
                     "is more than max_length, which is %d.", field->max_length);
    }
    if (*field->pattern &&
        (!b2b_pattern_check(&why, field->pattern, check->pool) ||
         !b2b_pattern_fits(&why, field->pattern, field->max_length, check->pool))) {
        b2b_complain(check->complaints, below(check, "pattern"), "%s", why);
    }
}

static void check_choice(const check_t *check, const b2b_field_t *field)
{
    apr_hash_t *seen = apr_hash_make(check->pool);
    int i;

    for (i = 0; i < field->options->nelts; i++) {
        const char *value = APR_ARRAY_IDX(field->options, i, b2b_option_t).value;

        if (apr_hash_get(seen, value, APR_HASH_KEY_STRING)) {
            b2b_complain(check->complaints,
                         below(check, apr_psprintf(check->pool, "options/%d/value", i)),
                         "is there twice.");
        }
        apr_hash_set(seen, value, APR_HASH_KEY_STRING, value);
    }
    if (!field->multiple) {
        if (field->min_choices || field->max_choices) {
            b2b_complain(check->complaints,
                         below(check, field->min_choices ? "min_choices" : "max_choices"),
                         "is for choices that take several: multiselect and checkboxes.");
        }
        return;
    }
    if (field->max_choices && field->min_choices > field->max_choices) {
        b2b_complain(check->complaints, below(check, "min_choices"),
                     "is more than max_choices, which is %d.", field->max_choices);
    }
    if (field->min_choices > field->options->nelts) {
        b2b_complain(check->complaints, below(check, "min_choices"),
                     "is more than there are options.");
    }
}

/* A bound of a number, in its normal form. */
static int check_bound(const check_t *check, b2b_json_t *normal, const char *member, int decimals)
{
    const b2b_json_t *value = b2b_json_get(normal, member);
    b2b_json_type_e type = b2b_json_type(value);
    double x;

    if (type == B2B_JSON_NULL) {
        return 1;
    }
    if (type != B2B_JSON_INTEGER && type != B2B_JSON_REAL) {
        b2b_complain(check->complaints, below(check, member), "must be a number.");
        return 0;
    }
    if (!b2b_number_normal(&x, b2b_json_double(value), decimals)) {
        b2b_complain(check->complaints, below(check, member),
                     "must be a number that the field can have: at most %d decimals and 12 digits "
                     "before the point.",
                     decimals);
        return 0;
    }
    b2b_json_set(normal, member, b2b_number_json(x, check->pool));
    return 1;
}

static void check_number(const check_t *check, b2b_field_t *field, b2b_json_t *normal)
{
    int currency = field->format == B2B_NUMBER_CURRENCY;

    if (field->format == B2B_NUMBER_INTEGER && field->decimals) {
        b2b_complain(check->complaints, below(check, "decimals"), "must be 0 for whole numbers.");
        return;
    }
    if (currency != (field->currency != NULL)) {
        b2b_complain(check->complaints, below(check, "currency"),
                     currency ? "is missing: say which currency it is, such as EUR."
                              : "is for numbers of the format currency.");
    }
    else if (currency && (strlen(field->currency) != 3 ||
                          strspn(field->currency, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != 3)) {
        b2b_complain(check->complaints, below(check, "currency"),
                     "must be three capital letters, such as EUR.");
    }
    if (check_bound(check, normal, "min", field->decimals) &
        check_bound(check, normal, "max", field->decimals)) {
        field->min = b2b_json_double(b2b_json_get(normal, "min"));
        field->max = b2b_json_double(b2b_json_get(normal, "max"));
        if (field->has_min && field->has_max && field->min > field->max) {
            b2b_complain(check->complaints, below(check, "min"), "is more than max.");
        }
    }
}

static void check_range(const check_t *check, const b2b_field_t *field)
{
    const char *const bounds[] = {field->earliest, field->latest};
    const char *const members[] = {"min", "max"};
    int time = field->type == B2B_FIELD_DATE_TIME, right = 1, i;

    for (i = 0; i < 2; i++) {
        if (bounds[i] && !(time ? b2b_date_time_is_real(bounds[i]) : b2b_date_is_real(bounds[i]))) {
            b2b_complain(check->complaints, below(check, members[i]),
                         time ? "must be a time of the form 2026-11-30T12:00:00Z."
                              : "must be a date of the form 2026-11-30.");
            right = 0;
        }
    }
    if (right && bounds[0] && bounds[1] && strcmp(bounds[0], bounds[1]) > 0) {
        b2b_complain(check->complaints, below(check, "min"), "is after max.");
    }
}

static void check_columns(const check_t *check, const b2b_json_t *raw, b2b_json_t *normal)
{
    const b2b_json_t *columns = b2b_json_get(raw, "columns");
    b2b_json_t *normal_columns = b2b_json_array(check->pool);
    apr_hash_t *seen = apr_hash_make(check->pool);
    apr_size_t i;

    for (i = 0; i < b2b_json_length(columns); i++) {
        const b2b_json_t *column = b2b_json_at(columns, i);
        const char *place = below(check, apr_psprintf(check->pool, "columns/%" APR_SIZE_T_FMT, i));
        const char *name = b2b_json_get_string(column, "name");
        b2b_field_t *field;
        b2b_json_t *normal_column;

        b2b_field_check(&field, &normal_column, check->complaints, column, &b2b_column_rule, place,
                        check->pool);
        if (name && apr_hash_get(seen, name, APR_HASH_KEY_STRING)) {
            b2b_complain(check->complaints, apr_pstrcat(check->pool, place, "/name", NULL),
                         "is there twice in this table.");
        }
        if (name) {
            apr_hash_set(seen, name, APR_HASH_KEY_STRING, name);
        }
        if (field) {
            b2b_json_append(normal_columns, normal_column);
        }
    }
    b2b_json_set(normal, "columns", normal_columns);
}

static void check_by_type(const check_t *check, b2b_field_t *field, b2b_json_t *normal)
{
    switch (field->type) {
    case B2B_FIELD_TEXT:
        check_text(check, field);
        break;
    case B2B_FIELD_CHOICE:
        check_choice(check, field);
        break;
    case B2B_FIELD_NUMBER:
        check_number(check, field, normal);
        break;
    case B2B_FIELD_DATE:
    case B2B_FIELD_DATE_TIME:
        check_range(check, field);
        break;
    case B2B_FIELD_TABLE:
        if (field->min_rows > field->max_rows) {
            b2b_complain(check->complaints, below(check, "min_rows"),
                         "is more than max_rows, which is %d.", field->max_rows);
        }
        break;
    case B2B_FIELD_PERSON:
        /* Nobody named means nobody (product.md S6), so that such a field could never be filled in. */
        if (!field->from_partner && !field->host_groups->nelts) {
            b2b_complain(check->complaints, below(check, "from_partner"),
                         "Say whom the field offers: the partner's people, groups of the host, or "
                         "both.");
        }
        break;
    default:
        break;
    }
}

/* The default is a value that the field takes as a whole. */
static void check_default(const check_t *check, b2b_field_t *field, b2b_json_t *normal)
{
    const b2b_json_t *value = b2b_value_present(field, field->initial);
    int wrong = 0;

    if (value && (field->type == B2B_FIELD_FILE || field->type == B2B_FIELD_PERSON)) {
        b2b_complain(check->complaints, below(check, "default"),
                     field->type == B2B_FIELD_FILE ? "must be null: a file field starts empty."
                                                   : "must be null: a person field starts empty.");
        return;
    }
    if (value) {
        value = b2b_value_check(&wrong, check->complaints, field, value, below(check, "default"), 1,
                                check->pool);
    }
    field->initial = value;
    b2b_json_set(normal, "default", value);
    if (wrong || !field->read_only || (value && b2b_json_type(value) != B2B_JSON_FALSE)) {
        return;
    }
    if (field->required) {
        b2b_complain(check->complaints, below(check, "required"),
                     "A field that is read-only and has no default can never be filled in.");
    }
    else if (b2b_json_type(b2b_json_get(normal, "required_when")) != B2B_JSON_NULL) {
        b2b_complain(check->complaints, below(check, "required_when"),
                     "A field that is read-only and has no default can never be filled in.");
    }
}

static void check_indexed(const check_t *check, const b2b_field_t *field)
{
    if (field->indexed && field->type > B2B_FIELD_TOGGLE) {
        b2b_complain(check->complaints, below(check, "indexed"),
                     "is for texts, choices, numbers, dates, times and toggles.");
    }
}

void b2b_field_check(b2b_field_t **field, b2b_json_t **normal, b2b_complaints_t *complaints,
                     const b2b_json_t *raw, const b2b_rule_t *rule, const char *place,
                     apr_pool_t *pool)
{
    check_t check = {complaints, place, pool};
    int before = complaints->count;

    *field = NULL;
    *normal = NULL;
    if (complaints->count >= B2B_COMPLAINTS_MAX ||
        !b2b_complain_all(complaints, b2b_rules_check_value(raw, rule, place, pool))) {
        return;
    }
    check_name(&check, raw, rule == &b2b_column_rule);
    *normal = b2b_normal_field(raw, rule, pool);
    if (b2b_json_get(*normal, "columns")) {
        check_columns(&check, raw, *normal);
    }
    *field = apr_palloc(pool, sizeof(**field));
    if (complaints->count == before && !b2b_field_read(*field, *normal, pool)) {
        b2b_complain(complaints, place, "is not a field."); /* a fault of the rules */
    }
    if (complaints->count == before) {
        check_by_type(&check, *field, *normal);
    }
    if (complaints->count == before && b2b_field_has_data(*field)) {
        check_indexed(&check, *field);
        check_default(&check, *field, *normal);
    }
    if (complaints->count > before) {
        *field = NULL;
        *normal = NULL;
    }
}
