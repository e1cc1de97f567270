/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Checking a document from outside. Each form and field is looked at by itself, then what they say about each
 * other, so that one that is wrong hides no more than itself. Every step is linear in what is there, and what
 * is over a limit is not looked into.
 */

#include "document_private.h"

#include <string.h>

#include <apr_strings.h>

#include "base/text.h"

static const char *below(const b2b_document_check_t *check, const char *place, const char *member)
{
    return apr_pstrcat(check->pool, place, "/", member, NULL);
}

/* Fields ----------------------------------------------------------------------------------------- */

static void check_field(b2b_document_check_t *check, const b2b_json_t *raw, const char *place,
                        int form)
{
    b2b_entry_t *entry = apr_pcalloc(check->pool, sizeof(*entry));

    entry->place = place;
    entry->raw = raw;
    entry->form = form;
    entry->name = b2b_json_get_string(raw, "name");
    b2b_field_check(&entry->field, &entry->normal, &check->complaints, raw, &b2b_field_rule, place,
                    check->pool);
    APR_ARRAY_PUSH(check->entries, b2b_entry_t *) = entry;
    if (!entry->name || !b2b_name_is_good(entry->name)) {
        return;
    }
    if (apr_hash_get(check->names, entry->name, APR_HASH_KEY_STRING)) {
        b2b_complain(&check->complaints, below(check, place, "name"),
                     "is the name of another field of this process.");
        return;
    }
    apr_hash_set(check->names, entry->name, APR_HASH_KEY_STRING, entry);
}

static void check_fields(b2b_document_check_t *check, const b2b_json_t *fields, const char *place,
                         int form)
{
    apr_size_t count = b2b_json_length(fields), i;

    if (!fields || b2b_json_type(fields) != B2B_JSON_ARRAY || count > B2B_FORM_FIELDS_MAX) {
        return; /* complained about already, or none */
    }
    if (check->entries->nelts + (int)count > B2B_FIELDS_MAX) {
        b2b_complain(&check->complaints, place, "makes more than %d fields in the process.",
                     B2B_FIELDS_MAX);
        return;
    }
    for (i = 0; i < count && check->complaints.count < B2B_COMPLAINTS_MAX; i++) {
        check_field(check, b2b_json_at(fields, i),
                    apr_psprintf(check->pool, "%s/%" APR_SIZE_T_FMT, place, i), form);
    }
}

/* Forms ------------------------------------------------------------------------------------------ */

void b2b_document_groups_check(b2b_document_check_t *check, const b2b_json_t *groups,
                               const char *place)
{
    apr_hash_t *seen = apr_hash_make(check->pool);
    apr_size_t i;

    for (i = 0; i < b2b_json_length(groups); i++) {
        const char *name = b2b_text_fold(b2b_json_text(b2b_json_at(groups, i)), check->pool);

        if (apr_hash_get(seen, name, APR_HASH_KEY_STRING)) {
            b2b_complain(&check->complaints,
                         apr_psprintf(check->pool, "%s/%" APR_SIZE_T_FMT, place, i),
                         "is there twice.");
        }
        apr_hash_set(seen, name, APR_HASH_KEY_STRING, name);
    }
}

static void check_owners(b2b_document_check_t *check, const b2b_json_t *owners, const char *place,
                         int form)
{
    const char *field = b2b_json_get_string(owners, "field");
    const b2b_entry_t *entry = field ? apr_hash_get(check->names, field, APR_HASH_KEY_STRING)
                                     : NULL;

    b2b_document_groups_check(check, b2b_json_get(owners, "partner_groups"),
                              below(check, place, "partner_groups"));
    /* Nobody named never means everybody (product.md S6); only the first form has its creator (S9). */
    if (form > 0 && b2b_owners_name_nobody(owners)) {
        b2b_complain(&check->complaints, place,
                     "Name at least one owner: nobody could work on this form.");
    }
    if (!field) {
        return;
    }
    if (!entry) {
        b2b_complain(&check->complaints, below(check, place, "field"),
                     "is not a field of this process.");
    }
    else if (entry->form >= form) {
        b2b_complain(
            &check->complaints, below(check, place, "field"),
            "must be a field of an earlier form: it names people before this form begins.");
    }
    else if (entry->form >= check->steps[form]) {
        b2b_complain(
            &check->complaints, below(check, place, "field"),
            "is a field of a form that opens together with this one: it names people too late.");
    }
    else if (entry->field && entry->field->type != B2B_FIELD_PERSON) {
        b2b_complain(&check->complaints, below(check, place, "field"), "must be a person field.");
    }
}

/* *NORMAL is the form without its fields; NULL if it is wrong. */
static void check_form(b2b_json_t **normal, b2b_document_check_t *check, const b2b_json_t *raw,
                       const char *place, int form, apr_hash_t *forms)
{
    b2b_rule_t rule = {"", B2B_RULE_OBJECT, 0, 0, 0, NULL, b2b_form_rules};
    int right = b2b_complain_all(&check->complaints,
                                 b2b_rules_check_value(raw, &rule, place, check->pool));
    const char *name = b2b_json_get_string(raw, "name");

    *normal = right ? b2b_normal_object(raw, b2b_form_rules, check->pool) : NULL;
    if (right && !b2b_name_is_good(name)) {
        b2b_complain(&check->complaints, below(check, place, "name"),
                     "must begin with a small letter and have only small letters, digits and _.");
    }
    if (name && apr_hash_get(forms, name, APR_HASH_KEY_STRING)) {
        b2b_complain(&check->complaints, below(check, place, "name"),
                     "is the name of another form of this process.");
    }
    if (name) {
        apr_hash_set(forms, name, APR_HASH_KEY_STRING, name);
    }
    if (form == 0 && b2b_json_get_bool(raw, "opens_with_previous", 0)) {
        b2b_complain(&check->complaints, below(check, place, "opens_with_previous"),
                     "cannot be true in the first form: there is none before it.");
    }
    check_fields(check, b2b_json_get(raw, "fields"), below(check, place, "fields"), form);
}

/* Which forms open together: known before anything is asked about it. */
static void find_steps(b2b_document_check_t *check, const b2b_json_t *forms)
{
    apr_size_t form;

    for (form = 0; form < b2b_json_length(forms); form++) {
        check->steps[form] = form > 0 && b2b_json_get_bool(b2b_json_at(forms, form),
                                                           "opens_with_previous", 0)
                                 ? check->steps[form - 1]
                                 : (int)form;
    }
}

/* The normal forms, still without fields, of RAW. */
static b2b_json_t *check_forms(b2b_document_check_t *check, const b2b_json_t *raw)
{
    b2b_json_t *normal = b2b_json_array(check->pool);
    apr_hash_t *names = apr_hash_make(check->pool);
    apr_size_t count = b2b_json_length(raw), i;

    for (i = 0; i < count && check->complaints.count < B2B_COMPLAINTS_MAX; i++) {
        b2b_json_t *form;

        check_form(&form, check, b2b_json_at(raw, i),
                   apr_psprintf(check->pool, "forms/%" APR_SIZE_T_FMT, i), (int)i, names);
        b2b_json_append(normal, form ? form : b2b_json_null(check->pool));
    }
    return normal;
}

/* The whole -------------------------------------------------------------------------------------- */

static void check_reference(b2b_document_check_t *check, const char *pattern)
{
    apr_array_header_t *parts;
    const char *why = b2b_reference_read(&parts, pattern, check->pool);
    int i;

    if (why) {
        b2b_complain(&check->complaints, "reference_pattern", "%s", why);
        return;
    }
    for (i = 0; i < parts->nelts; i++) {
        const b2b_part_t *part = &APR_ARRAY_IDX(parts, i, b2b_part_t);
        const b2b_entry_t *entry;

        if (part->kind != B2B_PART_FIELD) {
            continue;
        }
        entry = apr_hash_get(check->names, part->text, APR_HASH_KEY_STRING);
        if (!entry || entry->form != 0) {
            b2b_complain(&check->complaints, "reference_pattern",
                         "has [%s], which is no field of the first form.", part->text);
        }
        else if (entry->field && (entry->field->type > B2B_FIELD_DATE || !entry->field->indexed)) {
            b2b_complain(&check->complaints, "reference_pattern",
                         "has [%s], which must be an indexed text, choice, number or date.",
                         part->text);
        }
    }
}

static void check_indexed(b2b_document_check_t *check)
{
    int indexed = 0, i;

    for (i = 0; i < check->entries->nelts; i++) {
        const b2b_entry_t *entry = APR_ARRAY_IDX(check->entries, i, b2b_entry_t *);

        if (entry->field && entry->field->indexed && ++indexed == B2B_INDEXED_MAX + 1) {
            b2b_complain(&check->complaints, below(check, entry->place, "indexed"),
                         "makes more than %d indexed fields in the process.", B2B_INDEXED_MAX);
        }
    }
}

/* What forms and fields say about each other. */
static void check_between(b2b_document_check_t *check, const b2b_json_t *forms)
{
    apr_size_t form;
    int i;

    for (form = 0; form < b2b_json_length(forms); form++) {
        const b2b_json_t *owners = b2b_json_get(b2b_json_at(forms, form), "owners");

        if (owners) {
            check_owners(check, owners,
                         apr_psprintf(check->pool, "forms/%" APR_SIZE_T_FMT "/owners", form),
                         (int)form);
        }
        b2b_actions_check(check, forms, (int)form);
    }
    for (i = 0; i < check->entries->nelts; i++) {
        b2b_entry_t *entry = APR_ARRAY_IDX(check->entries, i, b2b_entry_t *);

        if (entry->field) {
            b2b_conditions_check(check, entry);
        }
    }
    b2b_circles_check(check);
    check_indexed(check);
}

static void join_fields(const b2b_document_check_t *check, b2b_json_t *forms,
                        apr_array_header_t *images)
{
    b2b_json_t **fields = apr_palloc(check->pool,
                                     (b2b_json_length(forms) + 1) * sizeof(b2b_json_t *));
    apr_size_t form;
    int i;

    for (form = 0; form < b2b_json_length(forms); form++) {
        fields[form] = b2b_json_array(check->pool);
        b2b_json_set((b2b_json_t *)b2b_json_at(forms, form), "fields", fields[form]);
    }
    for (i = 0; i < check->entries->nelts; i++) {
        const b2b_entry_t *entry = APR_ARRAY_IDX(check->entries, i, b2b_entry_t *);

        b2b_json_append(fields[entry->form], entry->normal);
        if (entry->field->type == B2B_FIELD_IMAGE) {
            APR_ARRAY_PUSH(images, const char *) = b2b_json_get_string(entry->normal, "file");
        }
    }
}

b2b_error_t *b2b_document_check(b2b_json_t **normal, apr_array_header_t **images,
                                const b2b_json_t *document, apr_pool_t *pool)
{
    b2b_document_check_t check = {{NULL, NULL, 0, pool}, {0}, NULL, NULL, pool};
    const b2b_json_t *raw = b2b_json_get(document, "forms");
    b2b_json_t *forms = NULL, *whole;
    b2b_error_t *err;

    *normal = NULL;
    *images = apr_array_make(pool, 4, sizeof(const char *));
    if (b2b_json_type(document) != B2B_JSON_OBJECT) {
        return b2b_error_create(pool, B2B_E_INVALID, NULL, "The document must be a JSON object.");
    }
    check.entries = apr_array_make(pool, 64, sizeof(b2b_entry_t *));
    check.names = apr_hash_make(pool);
    err = b2b_rules_check(document, b2b_document_rules, pool);
    b2b_complain_all(&check.complaints, err);
    whole = err ? NULL : b2b_normal_object(document, b2b_document_rules, pool);
    if (raw && b2b_json_type(raw) == B2B_JSON_ARRAY && b2b_json_length(raw) <= B2B_FORMS_MAX) {
        find_steps(&check, raw);
        forms = check_forms(&check, raw);
        check_between(&check, forms);
    }
    if (whole) {
        check_reference(&check, b2b_json_get_string(whole, "reference_pattern"));
        b2b_document_groups_check(&check,
                                  b2b_json_get(b2b_json_get(b2b_json_get(whole, "security"),
                                                            "users"),
                                               "partner_groups"),
                                  "security/users/partner_groups");
    }
    if (check.complaints.err) {
        return check.complaints.err;
    }
    join_fields(&check, forms, *images);
    b2b_json_set(whole, "forms", forms);
    *normal = whole;
    return NULL;
}
