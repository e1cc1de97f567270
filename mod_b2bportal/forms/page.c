/* SPDX-License-Identifier: Apache-2.0 */
/* A form as a page needs it: what other forms hold is folded into its conditions, and stays here; so does what a member
 * is anyhow when it is not given. */

#include "forms_private.h"

#include <string.h>

static b2b_json_t *fold(const b2b_json_t *normal, b2b_view_t *view, int form);

static b2b_json_t *fold_list(const b2b_json_t *list, b2b_view_t *view, int form)
{
    b2b_json_t *folded = b2b_json_array(view->pool);
    apr_size_t i;

    for (i = 0; i < b2b_json_length(list); i++) {
        b2b_json_append(folded, fold(b2b_json_at(list, i), view, form));
    }
    return folded;
}

static b2b_json_t *fold_term(const b2b_json_t *normal, b2b_view_t *view)
{
    const b2b_condition_t *term = b2b_condition_read(normal, view->document->fields, view->pool);
    b2b_json_t *folded = b2b_json_object(view->pool);

    b2b_json_set_bool(folded, "always", term && b2b_view_holds(view, term));
    return folded;
}

static b2b_json_t *fold(const b2b_json_t *normal, b2b_view_t *view, int form)
{
    static const char *const lists[] = {"all", "any", NULL};
    const char *name = b2b_json_get_string(normal, "field");
    const b2b_field_t *field = name ? b2b_document_field(view->document, name) : NULL;
    const b2b_json_t *inner;
    b2b_json_t *folded;
    int i;

    if (field && field->form != form) {
        return fold_term(normal, view);
    }
    folded = b2b_json_copy(normal, view->pool);
    for (i = 0; lists[i]; i++) {
        inner = b2b_json_get(normal, lists[i]);
        if (inner) {
            b2b_json_set(folded, lists[i], fold_list(inner, view, form));
        }
    }
    inner = b2b_json_get(normal, "not");
    if (inner) {
        b2b_json_set(folded, "not", fold(inner, view, form));
    }
    return folded;
}

static b2b_json_t *page_field(const b2b_field_t *field, b2b_view_t *view)
{
    static const char *const members[] = {"shown_when", "required_when", "locked_when", NULL};
    b2b_json_t *json = b2b_lean_field(field->json, &b2b_field_rule, view->pool);
    int i;

    for (i = 0; members[i]; i++) {
        const b2b_json_t *condition = b2b_json_get(json, members[i]);

        if (condition && b2b_json_type(condition) == B2B_JSON_OBJECT) {
            b2b_json_set(json, members[i], fold(condition, view, field->form));
        }
    }
    return json;
}

b2b_json_t *b2b_form_for_page(const b2b_document_t *document, int form, const b2b_json_t *values,
                              apr_pool_t *pool)
{
    const b2b_form_t *asked = &APR_ARRAY_IDX(document->forms, form, b2b_form_t);
    b2b_json_t *json = b2b_lean_object(asked->json, b2b_form_rules, pool),
               *fields = b2b_json_array(pool);
    b2b_view_t view;
    int i;

    b2b_view_begin(&view, document, values, pool);
    for (i = 0; i < asked->fields->nelts; i++) {
        b2b_json_append(fields, page_field(&APR_ARRAY_IDX(asked->fields, i, b2b_field_t), &view));
    }
    b2b_json_set(json, "fields", fields);
    b2b_json_remove(json, "owners");
    b2b_json_remove(json, "opens_with_previous");
    b2b_json_remove(json, "actions");
    return json;
}
