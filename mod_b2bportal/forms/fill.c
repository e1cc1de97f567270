/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Filling a form in: changes are laid over a copy of the values, and judged by what results, so that what a
 * person does in one go on a page is taken in one go. Nothing of it is kept when anything is refused.
 */

#include "forms_private.h"

#include <string.h>

#include <apr_strings.h>

typedef struct {
    const b2b_document_t *document;
    const b2b_form_t *form;
    const b2b_json_t *values; /* as they were */
    const b2b_json_t *changes;
    b2b_json_t *result;
    b2b_form_state_t before, after;
    char *wrong; /* by index of the field: complained about already */
    int complete;
    b2b_complaints_t complaints;
    apr_pool_t *pool;
} fill_t;

static const char *place_of(const fill_t *fill, const char *name)
{
    return apr_pstrcat(fill->pool, "values/", name, NULL);
}

static const b2b_field_t *field_at(const fill_t *fill, int i)
{
    return &APR_ARRAY_IDX(fill->form->fields, i, b2b_field_t);
}

/* Lay one change over the result, as far as its field and its value are right by themselves. */
static int lay_over(void *baton, const char *key, const b2b_json_t *value)
{
    fill_t *fill = baton;
    const b2b_field_t *field = b2b_document_field(fill->document, key);
    const b2b_json_t *normal;
    int wrong;

    if (!field || field->form != fill->form->index || !b2b_field_has_data(field)) {
        b2b_complain(&fill->complaints, place_of(fill, key),
                     field && field->form == fill->form->index ? "has no data."
                                                               : "is not a field of this form.");
        return fill->complaints.count < B2B_COMPLAINTS_MAX;
    }
    normal = b2b_value_check(&wrong, &fill->complaints, field, value, place_of(fill, key),
                             fill->complete, fill->pool);
    fill->wrong[field->index] = (char)wrong;
    if (normal) {
        b2b_json_set(fill->result, key, normal);
    }
    else {
        b2b_json_remove(fill->result, key);
    }
    return fill->complaints.count < B2B_COMPLAINTS_MAX;
}

static int becomes_shown(const fill_t *fill, const b2b_field_t *field)
{
    return !fill->before.shown[field->index] &&
           !b2b_value_present(field, b2b_json_get(fill->values, field->name));
}

/* A field that a change has brought on starts with its default, as on the page. */
static void start_shown(void *baton, const b2b_field_t *field)
{
    fill_t *fill = baton;

    if (field->form == fill->form->index && field->initial && becomes_shown(fill, field) &&
        !b2b_json_get(fill->changes, field->name)) {
        b2b_json_set(fill->result, field->name, field->initial);
    }
}

/*
 * Equal as JSON, where both are normal. A number that is stored is; 5 and 5.0 are not equal to jansson.
 */
static int is_same(const b2b_json_t *a, const b2b_json_t *b)
{
    return a == b || (a && b && b2b_json_equal(a, b));
}

/* May the field, which the changes name, be changed like this? */
static void check_change(fill_t *fill, const b2b_field_t *field)
{
    const b2b_json_t *was = b2b_value_present(field, b2b_json_get(fill->values, field->name));
    const b2b_json_t *now = b2b_json_get(fill->result, field->name);
    int i = field->index;

    if (!fill->after.shown[i]) {
        if (now) {
            b2b_complain(&fill->complaints, place_of(fill, field->name),
                         "is not asked for with these values.");
        }
        return;
    }
    if (becomes_shown(fill, field)) {
        was = field->initial;
    }
    /* What a change locks could have been changed before it; what was locked and still is, not. */
    if ((field->read_only || (fill->before.locked[i] && fill->after.locked[i])) &&
        !is_same(was, now)) {
        b2b_complain(&fill->complaints, place_of(fill, field->name),
                     field->read_only ? "cannot be changed."
                                      : "is locked and cannot be changed now.");
    }
}

/* Everything a submission must have, whoever wrote it and when. */
static void check_complete(fill_t *fill, const b2b_field_t *field)
{
    const b2b_json_t *value = b2b_json_get(fill->result, field->name);
    int wrong = 0;

    if (!b2b_json_get(fill->changes, field->name)) {
        value = b2b_value_check(&wrong, &fill->complaints, field, value,
                                place_of(fill, field->name), 1, fill->pool);
    }
    if (wrong || !fill->after.required[field->index]) {
        return;
    }
    if (!value) {
        b2b_complain(&fill->complaints, place_of(fill, field->name), "must have a value.");
    }
    else if (b2b_json_type(value) == B2B_JSON_FALSE) {
        b2b_complain(&fill->complaints, place_of(fill, field->name), "must be switched on.");
    }
}

static void judge(fill_t *fill)
{
    int i;

    for (i = 0; i < fill->form->fields->nelts; i++) {
        const b2b_field_t *field = field_at(fill, i);

        if (!b2b_field_has_data(field) || fill->wrong[i]) {
            continue;
        }
        if (b2b_json_get(fill->changes, field->name)) {
            check_change(fill, field);
        }
        if (!fill->after.shown[i]) {
            b2b_json_remove(fill->result, field->name);
        }
        else if (fill->complete) {
            check_complete(fill, field);
        }
    }
}

b2b_error_t *b2b_form_fill(b2b_json_t **result, const b2b_document_t *document, int form,
                           const b2b_json_t *values, const b2b_json_t *changes, int complete,
                           apr_pool_t *pool)
{
    fill_t fill = {document,
                   &APR_ARRAY_IDX(document->forms, form, b2b_form_t),
                   values,
                   changes,
                   NULL,
                   {0, NULL, NULL, NULL},
                   {0, NULL, NULL, NULL},
                   NULL,
                   complete,
                   {NULL, NULL, 0, pool},
                   pool};
    b2b_view_t view;

    *result = NULL;
    if (b2b_json_type(changes) != B2B_JSON_OBJECT) {
        return b2b_error_invalid(pool, "values", "must be an object.");
    }
    fill.result = b2b_json_copy(values, pool);
    fill.wrong = apr_pcalloc(pool, (apr_size_t)fill.form->fields->nelts + 1);
    b2b_form_state(&fill.before, document, form, values, pool);
    b2b_json_each(changes, lay_over, &fill);
    b2b_view_begin(&view, document, fill.result, pool);
    view.found = start_shown;
    view.baton = &fill;
    b2b_view_state(&fill.after, &view, form, pool);
    judge(&fill);
    if (fill.complaints.err) {
        return fill.complaints.err;
    }
    *result = fill.result;
    return NULL;
}

b2b_json_t *b2b_form_defaults(const b2b_document_t *document, int form, apr_pool_t *pool)
{
    const apr_array_header_t *fields = APR_ARRAY_IDX(document->forms, form, b2b_form_t).fields;
    b2b_json_t *values = b2b_json_object(pool);
    int i;

    for (i = 0; i < fields->nelts; i++) {
        const b2b_field_t *field = &APR_ARRAY_IDX(fields, i, b2b_field_t);

        if (field->initial) {
            b2b_json_set(values, field->name, field->initial);
        }
    }
    return values;
}
