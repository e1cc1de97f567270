/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is shown, required and locked. Whether a field is shown is found out when somebody asks, once, and the
 * fields that it depends on before it; that there are no circles was checked with the document.
 */

#include "forms_private.h"

#include <string.h>

#include "base/text.h"

enum { UNKNOWN = -1, HIDDEN = 0, SHOWN = 1 };

void b2b_view_begin(b2b_view_t *view, const b2b_document_t *document, const b2b_json_t *values,
                    apr_pool_t *pool)
{
    apr_size_t count = apr_hash_count(document->fields) + 1;

    view->document = document;
    view->values = values;
    view->shown = apr_palloc(pool, count);
    memset(view->shown, UNKNOWN, count);
    view->folded = apr_pcalloc(pool, count * sizeof(*view->folded));
    view->found = NULL;
    view->baton = NULL;
    view->pool = pool;
}

int b2b_view_shows(b2b_view_t *view, const b2b_field_t *field)
{
    signed char *shown = &view->shown[field->ordinal];

    if (*shown != UNKNOWN) {
        return *shown;
    }
    *shown = HIDDEN; /* whoever comes back here within the question gets the closed answer */
    if (!field->shown_when || b2b_view_holds(view, field->shown_when)) {
        *shown = SHOWN;
        if (view->found) {
            view->found(view->baton, field);
        }
    }
    return *shown;
}

const b2b_json_t *b2b_view_value(b2b_view_t *view, const b2b_field_t *field)
{
    return b2b_view_shows(view, field)
               ? b2b_value_present(field, b2b_json_get(view->values, field->name))
               : NULL;
}

/* A text of many pages may be asked for many times. */
static const char *folded_value(b2b_view_t *view, const b2b_field_t *field, const b2b_json_t *value)
{
    const char **folded = &view->folded[field->ordinal];
    const char *text = value ? b2b_json_text(value) : NULL;

    if (!*folded && text) {
        *folded = b2b_text_fold(text, view->pool);
    }
    return text ? *folded : NULL;
}

static int term_holds(b2b_view_t *view, const b2b_condition_t *term)
{
    const b2b_json_t *value = b2b_view_value(view, term->field);

    return b2b_is_holds(term->field, term->is, term->value, value,
                        term->is == B2B_IS_CONTAINS ? folded_value(view, term->field, value) : NULL,
                        view->pool);
}

int b2b_view_holds(b2b_view_t *view, const b2b_condition_t *condition)
{
    int any = condition->kind == B2B_CONDITION_ANY, i;

    switch (condition->kind) {
    case B2B_CONDITION_ALWAYS:
        return condition->always;
    case B2B_CONDITION_TERM:
        return term_holds(view, condition);
    case B2B_CONDITION_NOT:
        return !b2b_view_holds(view,
                               APR_ARRAY_IDX(condition->children, 0, const b2b_condition_t *));
    default:
        for (i = 0; i < condition->children->nelts; i++) {
            if (b2b_view_holds(view, APR_ARRAY_IDX(condition->children, i,
                                                   const b2b_condition_t *)) == any) {
                return any;
            }
        }
        return !any;
    }
}

void b2b_view_state(b2b_form_state_t *state, b2b_view_t *view, int form, apr_pool_t *pool)
{
    const b2b_form_t *asked = &APR_ARRAY_IDX(view->document->forms, form, b2b_form_t);
    apr_size_t size = ((apr_size_t)asked->fields->nelts + 1) * sizeof(int);
    int i;

    state->count = asked->fields->nelts;
    state->shown = apr_pcalloc(pool, size);
    state->required = apr_pcalloc(pool, size);
    state->locked = apr_pcalloc(pool, size);
    for (i = 0; i < state->count; i++) {
        const b2b_field_t *field = &APR_ARRAY_IDX(asked->fields, i, b2b_field_t);

        state->shown[i] = b2b_view_shows(view, field);
        state->required[i] = state->shown[i] &&
                             (field->required ||
                              (field->required_when && b2b_view_holds(view, field->required_when)));
        state->locked[i] = field->read_only ||
                           (field->locked_when && b2b_view_holds(view, field->locked_when));
    }
}

void b2b_form_state(b2b_form_state_t *state, const b2b_document_t *document, int form,
                    const b2b_json_t *values, apr_pool_t *pool)
{
    b2b_view_t view;

    b2b_view_begin(&view, document, values, pool);
    b2b_view_state(state, &view, form, pool);
}
