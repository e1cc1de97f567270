/* SPDX-License-Identifier: Apache-2.0 */
/* Reading normal documents: once, into what the questions about them need. */

#include "forms_private.h"

#include <string.h>

#include <apr_strings.h>

apr_array_header_t *b2b_texts_read(const b2b_json_t *array, apr_pool_t *pool)
{
    apr_array_header_t *texts = apr_array_make(pool, (int)b2b_json_length(array) + 1,
                                               sizeof(const char *));
    apr_size_t i;

    for (i = 0; i < b2b_json_length(array); i++) {
        const char *text = b2b_json_text(b2b_json_at(array, i));

        if (text) {
            APR_ARRAY_PUSH(texts, const char *) = text;
        }
    }
    return texts;
}

void b2b_owners_read(b2b_owners_t *owners, const b2b_json_t *normal, apr_pool_t *pool)
{
    owners->creator = b2b_json_get_bool(normal, "creator", 0);
    owners->partner = b2b_json_get_bool(normal, "partner", 0);
    owners->partner_groups = b2b_texts_read(b2b_json_get(normal, "partner_groups"), pool);
    owners->host_users = b2b_texts_read(b2b_json_get(normal, "host_users"), pool);
    owners->host_groups = b2b_texts_read(b2b_json_get(normal, "host_groups"), pool);
    owners->field = b2b_json_get_string(normal, "field");
}

void b2b_owners_parse(b2b_owners_t *read, const char *text, apr_pool_t *pool)
{
    b2b_json_t *json = NULL;

    if (text && b2b_json_parse(&json, text, strlen(text), pool)) {
        json = NULL;
    }
    b2b_owners_read(read, json, pool);
}

int b2b_owners_are_none(const b2b_owners_t *owners)
{
    return !owners->creator && !owners->partner && !owners->field &&
           !owners->partner_groups->nelts && !owners->host_users->nelts &&
           !owners->host_groups->nelts;
}

static int read_fields(b2b_document_t *document, b2b_form_t *form, int *ordinal, apr_pool_t *pool)
{
    const b2b_json_t *fields = b2b_json_get(form->json, "fields");
    apr_size_t count = b2b_json_length(fields), i;

    /* Fields are pointed to from elsewhere, so that the array must never grow. */
    form->fields = apr_array_make(pool, (int)count + 1, sizeof(b2b_field_t));
    for (i = 0; i < count; i++) {
        b2b_field_t *field = apr_array_push(form->fields);

        if (!b2b_field_read(field, b2b_json_at(fields, i), pool)) {
            return 0;
        }
        field->form = form->index;
        field->index = (int)i;
        field->ordinal = (*ordinal)++;
        apr_hash_set(document->fields, field->name, APR_HASH_KEY_STRING, field);
        if (field->indexed) {
            APR_ARRAY_PUSH(document->indexed, const b2b_field_t *) = field;
        }
    }
    return 1;
}

static int read_form(b2b_document_t *document, const b2b_json_t *normal, int *ordinal,
                     apr_pool_t *pool)
{
    b2b_form_t *form = apr_array_push(document->forms);

    form->index = document->forms->nelts - 1;
    form->json = normal;
    form->name = b2b_json_get_string(normal, "name");
    form->title = b2b_json_get_string(normal, "title");
    form->description = b2b_json_get_string(normal, "description");
    form->step = form->index > 0 && b2b_json_get_bool(normal, "opens_with_previous", 0)
                     ? APR_ARRAY_IDX(document->forms, form->index - 1, b2b_form_t).step
                     : form->index;
    b2b_owners_read(&form->owners, b2b_json_get(normal, "owners"), pool);
    if (!form->name || !form->title || !form->description) {
        return 0;
    }
    b2b_actions_read(form, document, pool);
    return read_fields(document, form, ordinal, pool);
}

static int read_condition(const b2b_condition_t **condition, const b2b_document_t *document,
                          const b2b_field_t *field, const char *member, apr_pool_t *pool)
{
    const b2b_json_t *normal = b2b_json_get(field->json, member);

    *condition = NULL;
    if (!normal || b2b_json_type(normal) == B2B_JSON_NULL) {
        return 1;
    }
    *condition = b2b_condition_read(normal, document->fields, pool);
    return *condition != NULL;
}

/* When all fields are known. */
static int read_conditions(b2b_document_t *document, apr_pool_t *pool)
{
    int form, i;

    for (form = 0; form < document->forms->nelts; form++) {
        apr_array_header_t *fields = APR_ARRAY_IDX(document->forms, form, b2b_form_t).fields;

        for (i = 0; i < fields->nelts; i++) {
            b2b_field_t *field = &APR_ARRAY_IDX(fields, i, b2b_field_t);

            if (!read_condition(&field->shown_when, document, field, "shown_when", pool) ||
                !read_condition(&field->required_when, document, field, "required_when", pool) ||
                !read_condition(&field->locked_when, document, field, "locked_when", pool)) {
                return 0;
            }
        }
    }
    return 1;
}

/* A document of before the member was there submits one form at a time. */
static int read_submit(int *all, const char *word)
{
    *all = word && !strcmp(word, "open_forms");
    return !word || *all || !strcmp(word, "form");
}

static int read_delete_rule(b2b_delete_rule_e *rule, const char *word)
{
    static const char *const words[] = {"anyone",         "creator",        "form_owner",
                                        "security_users", "administrators", NULL};
    int i;

    for (i = 0; word && words[i]; i++) {
        if (!strcmp(words[i], word)) {
            *rule = (b2b_delete_rule_e)i;
            return 1;
        }
    }
    return 0;
}

static int read_document(b2b_document_t *document, const b2b_json_t *normal, apr_pool_t *pool)
{
    const b2b_json_t *forms = b2b_json_get(normal, "forms");
    apr_array_header_t *parts;
    int ordinal = 0;
    apr_size_t i;

    document->json = normal;
    document->title = b2b_json_get_string(normal, "title");
    document->description = b2b_json_get_string(normal, "description");
    document->reference_pattern = b2b_json_get_string(normal, "reference_pattern");
    document->notify_assignment = b2b_json_get_bool(normal, "notify_assignment", 0);
    document->forms = apr_array_make(pool, (int)b2b_json_length(forms) + 1, sizeof(b2b_form_t));
    document->fields = apr_hash_make(pool);
    document->indexed = apr_array_make(pool, B2B_INDEXED_MAX, sizeof(const b2b_field_t *));
    if (!document->title || !document->description || !document->reference_pattern ||
        b2b_reference_read(&parts, document->reference_pattern, pool) ||
        !read_delete_rule(&document->delete_rule, b2b_json_get_string(normal, "delete_rule")) ||
        !read_submit(&document->submit_all, b2b_json_get_string(normal, "submit")) ||
        b2b_json_length(forms) == 0) {
        return 0;
    }
    for (i = 0; i < b2b_json_length(forms); i++) {
        if (!read_form(document, b2b_json_at(forms, i), &ordinal, pool)) {
            return 0;
        }
    }
    return read_conditions(document, pool);
}

b2b_error_t *b2b_document_read(b2b_document_t **document, const b2b_json_t *normal,
                               apr_pool_t *pool)
{
    b2b_document_t *read = apr_pcalloc(pool, sizeof(*read));

    *document = NULL;
    if (!read_document(read, normal, pool)) {
        return b2b_error_create(pool, B2B_E_INTERNAL, NULL,
                                "The document of a process is not as it was stored.");
    }
    *document = read;
    return NULL;
}

b2b_error_t *b2b_document_parse(b2b_document_t **document, const char *text, apr_pool_t *pool)
{
    b2b_json_t *json;
    b2b_error_t *err = b2b_json_parse(&json, text, strlen(text), pool);

    *document = NULL;
    if (err) {
        return b2b_error_create(pool, B2B_E_INTERNAL, err,
                                "The document of a process cannot be read.");
    }
    return b2b_document_read(document, json, pool);
}

const b2b_form_t *b2b_document_form(const b2b_document_t *document, const char *name, int *index)
{
    int i;

    for (i = 0; i < document->forms->nelts; i++) {
        const b2b_form_t *form = &APR_ARRAY_IDX(document->forms, i, b2b_form_t);

        if (!strcmp(form->name, name)) {
            if (index) {
                *index = i;
            }
            return form;
        }
    }
    return NULL;
}

int b2b_document_step_end(const b2b_document_t *document, int form)
{
    int step = APR_ARRAY_IDX(document->forms, form, b2b_form_t).step;

    do {
        form++;
    } while (form < document->forms->nelts &&
             APR_ARRAY_IDX(document->forms, form, b2b_form_t).step == step);
    return form;
}

int b2b_owners_name_nobody(const b2b_json_t *owners)
{
    return !b2b_json_get_bool(owners, "creator", 0) && !b2b_json_get_bool(owners, "partner", 0) &&
           !b2b_json_length(b2b_json_get(owners, "partner_groups")) &&
           !b2b_json_length(b2b_json_get(owners, "host_users")) &&
           !b2b_json_length(b2b_json_get(owners, "host_groups")) &&
           !b2b_json_get_string(owners, "field");
}

int b2b_form_is_of_host(const b2b_document_t *document, const b2b_form_t *form)
{
    const b2b_owners_t *owners = &form->owners;
    const b2b_field_t *field = owners->field ? b2b_document_field(document, owners->field) : NULL;

    /* The first form is its creator's to see, whoever owns it. */
    return form->index > 0 && !owners->creator && !owners->partner &&
           owners->partner_groups->nelts == 0 && !(field && field->from_partner);
}

const b2b_field_t *b2b_document_field(const b2b_document_t *document, const char *name)
{
    return apr_hash_get(document->fields, name, APR_HASH_KEY_STRING);
}
