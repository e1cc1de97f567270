/* SPDX-License-Identifier: Apache-2.0 */
/* Conditions of widgets: what they say, and whether they hold of an instance. No I/O. */

#include "private.h"

#include <string.h>

#include <apr_strings.h>

#include "base/chance.h"
#include "base/text.h"
#include "widget.h"

#define DAY      APR_INT64_C(86400000000)
#define DAYS_MAX 3660

/* Reading ---------------------------------------------------------------------------------------- */

static const struct {
    const char *word;
    b2b_widget_of_e of;
} subjects[] = {{"status", B2B_WIDGET_STATUS},
                {"state", B2B_WIDGET_STATE},
                {"created_at", B2B_WIDGET_CREATED},
                {"modified_at", B2B_WIDGET_MODIFIED},
                {"reference", B2B_WIDGET_REFERENCE}};

static const struct {
    const char *word;
    b2b_widget_op_e op;
} ops[] = {{"is", B2B_WIDGET_IS},
           {"is_not", B2B_WIDGET_IS_NOT},
           {"from", B2B_WIDGET_FROM},
           {"until", B2B_WIDGET_UNTIL},
           {"contains", B2B_WIDGET_CONTAINS},
           {"within_days", B2B_WIDGET_FROM}};

static int read_subject(b2b_widget_condition_t *condition, const char *word)
{
    apr_size_t i;

    for (i = 0; i < sizeof(subjects) / sizeof(subjects[0]); i++) {
        if (strcmp(subjects[i].word, word) == 0) {
            condition->of = subjects[i].of;
            return TRUE;
        }
    }
    condition->of = B2B_WIDGET_FIELD;
    condition->field = word + strlen("field:");
    return strncmp(word, "field:", strlen("field:")) == 0 && *condition->field;
}

static int is_time(const b2b_widget_condition_t *condition)
{
    return condition->of == B2B_WIDGET_CREATED || condition->of == B2B_WIDGET_MODIFIED;
}

/* May OP be asked of it? */
static int op_fits(const b2b_widget_condition_t *condition, const char *word)
{
    switch (condition->of) {
    case B2B_WIDGET_STATUS:
    case B2B_WIDGET_STATE:
        return condition->op == B2B_WIDGET_IS || condition->op == B2B_WIDGET_IS_NOT;
    case B2B_WIDGET_CREATED:
    case B2B_WIDGET_MODIFIED:
        return condition->op == B2B_WIDGET_FROM || condition->op == B2B_WIDGET_UNTIL;
    case B2B_WIDGET_REFERENCE:
        return condition->op == B2B_WIDGET_CONTAINS;
    case B2B_WIDGET_FIELD:
        return condition->op != B2B_WIDGET_CONTAINS && strcmp(word, "within_days") != 0;
    }
    return FALSE;
}

static int read_op(b2b_widget_condition_t *condition, const char *word)
{
    apr_size_t i;

    for (i = 0; i < sizeof(ops) / sizeof(ops[0]); i++) {
        if (strcmp(ops[i].word, word) == 0) {
            condition->op = ops[i].op;
            return op_fits(condition, word);
        }
    }
    return FALSE;
}

/* A day or a moment. Until a day means to its end. */
static int read_time(b2b_widget_condition_t *condition, const char *text, apr_pool_t *pool)
{
    int is_day = strlen(text) == strlen("2026-11-24");

    if (!b2b_clock_parse(&condition->time,
                         is_day ? apr_pstrcat(pool, text, "T00:00:00Z", NULL) : text)) {
        return FALSE;
    }
    if (is_day && condition->op == B2B_WIDGET_UNTIL) {
        condition->time += DAY - 1;
    }
    return TRUE;
}

static int read_days(b2b_widget_condition_t *condition, const char *text, apr_time_t now)
{
    apr_int64_t days = strlen(text) <= 4 && strspn(text, "0123456789") == strlen(text)
                           ? apr_atoi64(text)
                           : 0;

    condition->time = now - days * DAY;
    return days >= 1 && days <= DAYS_MAX;
}

static const char *read_value(b2b_widget_condition_t *condition, const char *op, const char *text,
                              apr_time_t now, apr_pool_t *pool)
{
    condition->value = text;
    if (strcmp(op, "within_days") == 0) {
        return read_days(condition, text, now) ? NULL : "must be a number of days, 1 to 3660.";
    }
    if (is_time(condition)) {
        return read_time(condition, text, pool)
                   ? NULL
                   : "must be a day such as 2026-11-24, or a time such as 2026-11-24T12:00:00Z.";
    }
    if (condition->of == B2B_WIDGET_STATE && strcmp(text, "draft") != 0 &&
        strcmp(text, "open") != 0 && strcmp(text, "completed") != 0) {
        return "must be draft, open or completed.";
    }
    if (condition->of == B2B_WIDGET_REFERENCE) {
        condition->value = b2b_text_fold(text, pool);
    }
    return NULL;
}

void b2b_widget_condition_read(b2b_widget_condition_t *condition, const char **where,
                               const char **why, const b2b_json_t *json, apr_time_t now,
                               apr_pool_t *pool)
{
    const char *field = b2b_json_get_string(json, "field");
    const char *op = b2b_json_get_string(json, "op");
    const char *value = b2b_json_get_string(json, "value");

    memset(condition, 0, sizeof(*condition));
    *where = "field";
    *why = "must be status, state, created_at, modified_at, reference, or field: and a field.";
    if (!field || !read_subject(condition, field)) {
        return;
    }
    *where = "op";
    *why = "cannot be asked of this field.";
    if (!op || !read_op(condition, op)) {
        return;
    }
    *where = "value";
    *why = value && *value ? read_value(condition, op, value, now, pool) : "is missing.";
}

/* Matching --------------------------------------------------------------------------------------- */

const b2b_field_t *b2b_widget_row_field(const b2b_widget_row_t *row, const char *name)
{
    const b2b_field_t *field = b2b_document_field(row->document, name);

    return field && b2b_field_has_data(field) && row->seen(row->baton, row->facts, field->form)
               ? field
               : NULL;
}

static int within(const b2b_widget_condition_t *condition, const char *key)
{
    int order = strcmp(key, condition->key);

    switch (condition->op) {
    case B2B_WIDGET_IS:
    case B2B_WIDGET_IS_NOT:
        return order == 0;
    case B2B_WIDGET_FROM:
        return order >= 0;
    case B2B_WIDGET_UNTIL:
        return order <= 0;
    default:
        return FALSE;
    }
}

/* By the keys that lists go by, so that a list with this filter shows the same. */
static int field_matches(const b2b_widget_condition_t *condition, const b2b_widget_row_t *row)
{
    const b2b_field_t *field = b2b_widget_row_field(row, condition->field);
    const apr_array_header_t *keys;
    int found = FALSE;
    int i;

    if (!field || !field->indexed || !condition->key) {
        return FALSE;
    }
    keys = b2b_value_keys(field, b2b_json_get(row->held, field->name), row->pool);
    for (i = 0; i < keys->nelts; i++) {
        found = found || within(condition, APR_ARRAY_IDX(keys, i, const char *));
    }
    return condition->op == B2B_WIDGET_IS_NOT ? !found : found;
}

static int text_matches(const b2b_widget_condition_t *condition, const char *text)
{
    return (strcmp(text, condition->value) == 0) == (condition->op == B2B_WIDGET_IS);
}

static int time_matches(const b2b_widget_condition_t *condition, apr_time_t time)
{
    return condition->op == B2B_WIDGET_FROM ? time >= condition->time : time <= condition->time;
}

static int matches(const b2b_widget_condition_t *condition, const b2b_widget_row_t *row)
{
    const b2b_instance_t *instance = row->instance;

    switch (condition->of) {
    case B2B_WIDGET_STATUS:
        return text_matches(condition, instance->status);
    case B2B_WIDGET_STATE:
        return text_matches(condition, instance->state);
    case B2B_WIDGET_CREATED:
        return time_matches(condition, instance->created_at);
    case B2B_WIDGET_MODIFIED:
        return time_matches(condition, instance->modified_at);
    case B2B_WIDGET_REFERENCE:
        return strstr(b2b_text_fold(instance->reference, row->pool), condition->value) != NULL;
    case B2B_WIDGET_FIELD:
        return field_matches(condition, row);
    }
    return FALSE;
}

int b2b_widget_matches(const apr_array_header_t *conditions, const b2b_widget_row_t *row)
{
    int i;

    for (i = 0; i < conditions->nelts; i++) {
        if (!matches(&APR_ARRAY_IDX(conditions, i, b2b_widget_condition_t), row)) {
            return FALSE;
        }
    }
    return TRUE;
}
