/* SPDX-License-Identifier: Apache-2.0 */
/* Are the conditions of a document's fields well-formed, about fields that they may ask, and free of circles? */

#include "document_private.h"

#include <string.h>

#include <apr_strings.h>

#include "base/text.h"

typedef struct {
    b2b_document_check_t *check;
    b2b_entry_t *entry;
    int leads; /* is it shown_when? */
    int terms;
    const char *place; /* of the whole condition */
    apr_pool_t *pool;
} reader_t;

static b2b_json_t *check_at(reader_t *reader, const b2b_json_t *raw, const char *place, int depth);

static b2b_json_t *wrong(reader_t *reader, const char *place, const char *sentence)
{
    b2b_complain(&reader->check->complaints, place, "%s", sentence);
    return NULL;
}

static const char *below(const reader_t *reader, const char *place, const char *member)
{
    return apr_pstrcat(reader->pool, place, "/", member, NULL);
}

/* VALUE as one that FIELD can have, or part of one; NULL if it is not. */
static const b2b_json_t *normal_value(reader_t *reader, const b2b_field_t *field, b2b_is_e is,
                                      const b2b_json_t *value)
{
    b2b_json_type_e type = b2b_json_type(value);
    const char *text = b2b_json_text(value);
    double x;

    switch (field->type) {
    case B2B_FIELD_TEXT:
        /* An empty text is no value; "empty" asks for that. */
        return text && *text && strlen(text) <= B2B_CONDITION_TEXT_MAX &&
                       (field->multiline ? b2b_text_is_multiline(text) : b2b_text_is_line(text))
                   ? value
                   : NULL;
    case B2B_FIELD_CHOICE:
        return text && apr_hash_get(field->option_of, text, APR_HASH_KEY_STRING) ? value : NULL;
    case B2B_FIELD_NUMBER:
        return (type == B2B_JSON_INTEGER || type == B2B_JSON_REAL) &&
                       b2b_number_normal(&x, b2b_json_double(value), B2B_DECIMALS_MAX)
                   ? b2b_number_json(x, reader->pool)
                   : NULL;
    case B2B_FIELD_DATE:
        return text && b2b_date_is_real(text) ? value : NULL;
    case B2B_FIELD_DATE_TIME:
        return text && b2b_date_time_is_real(text) ? value : NULL;
    case B2B_FIELD_TOGGLE:
        return type == B2B_JSON_TRUE || type == B2B_JSON_FALSE ? value : NULL;
    default:
        (void)is;
        return NULL;
    }
}

static b2b_json_t *normal_values(reader_t *reader, const b2b_field_t *field, b2b_is_e is,
                                 const b2b_json_t *raw, const char *place)
{
    b2b_json_t *array = b2b_json_array(reader->pool);
    apr_size_t count = b2b_json_length(raw), i;

    if (b2b_json_type(raw) != B2B_JSON_ARRAY || count < 1 || count > B2B_ONE_OF_MAX) {
        return wrong(reader, place, "must be a list of 1 to 50 values.");
    }
    for (i = 0; i < count; i++) {
        const b2b_json_t *value = normal_value(reader, field, is, b2b_json_at(raw, i));

        if (!value) {
            return wrong(reader, apr_psprintf(reader->pool, "%s/%" APR_SIZE_T_FMT, place, i),
                         "is not a value that the field can have.");
        }
        b2b_json_append(array, value);
    }
    return array;
}

static const b2b_json_t *check_value(reader_t *reader, const b2b_field_t *field, b2b_is_e is,
                                     const b2b_json_t *raw, const char *place)
{
    const b2b_json_t *value;

    place = below(reader, place, "value");
    if (is == B2B_IS_ONE_OF) {
        return normal_values(reader, field, is, raw, place);
    }
    value = normal_value(reader, field, is, raw);
    return value ? value : wrong(reader, place, "is not a value that the field can have.");
}

/* The entry that a term may ask; NULL if it may not, or if that is wrong itself, which is told elsewhere. */
static b2b_entry_t *check_field(reader_t *reader, const char *name, const char *place)
{
    b2b_entry_t *other = name ? apr_hash_get(reader->check->names, name, APR_HASH_KEY_STRING)
                              : NULL;

    place = below(reader, place, "field");
    if (!name || !other) {
        wrong(reader, place, name ? "is not a field of this process." : "must be a text.");
        return NULL;
    }
    if (other == reader->entry) {
        wrong(reader, place, "is the field itself.");
        return NULL;
    }
    if (other->form > reader->entry->form) {
        wrong(reader, place, "is a field of a later form, which has no value yet.");
        return NULL;
    }
    if (other->form != reader->entry->form &&
        other->form >= reader->check->steps[reader->entry->form]) {
        wrong(reader, place,
              "is a field of a form that opens together with this one, and may change after it.");
        return NULL;
    }
    if (other->field && !b2b_field_has_data(other->field)) {
        wrong(reader, place, "is a field without a value.");
        return NULL;
    }
    return other->field ? other : NULL;
}

static b2b_json_t *normal_term(reader_t *reader, const char *name, int is, const b2b_json_t *value)
{
    b2b_json_t *normal = b2b_json_object(reader->pool);

    b2b_json_set_string(normal, "field", name);
    b2b_json_set_string(normal, "is", b2b_is_names[is]);
    if (value) {
        b2b_json_set(normal, "value", value);
    }
    return normal;
}

static b2b_json_t *check_term(reader_t *reader, const b2b_json_t *raw, const char *place)
{
    const char *name = b2b_json_get_string(raw, "field"), *word = b2b_json_get_string(raw, "is");
    const b2b_json_t *value = b2b_json_get(raw, "value");
    b2b_entry_t *other = check_field(reader, name, place);
    int is = 0, without;

    while (word && b2b_is_names[is] && strcmp(b2b_is_names[is], word) != 0) {
        is++;
    }
    if (!word || !b2b_is_names[is]) {
        return wrong(
            reader, below(reader, place, "is"),
            "must be one of: equals, not_equals, one_of, contains, empty, not_empty, less, "
            "at_most, more, at_least.");
    }
    without = is == B2B_IS_EMPTY || is == B2B_IS_NOT_EMPTY;
    if (without != !value || b2b_json_length(raw) != (without ? 2 : 3)) {
        return wrong(reader, below(reader, place, "value"),
                     without ? "must not be there: empty and not_empty have none."
                             : "is missing, or there is something else beside it.");
    }
    if (!other) {
        return NULL;
    }
    if (!b2b_is_fits(other->field, (b2b_is_e)is)) {
        return wrong(reader, below(reader, place, "is"),
                     apr_psprintf(reader->pool, "cannot be asked of a field of the type %s%s.",
                                  other->field->type_name,
                                  other->field->multiple ? " with several values" : ""));
    }
    if (value && !(value = check_value(reader, other->field, (b2b_is_e)is, value, place))) {
        return NULL;
    }
    if (reader->leads) {
        APR_ARRAY_PUSH(reader->entry->leads, b2b_entry_t *) = other;
    }
    return normal_term(reader, name, is, value);
}

static b2b_json_t *check_list(reader_t *reader, const b2b_json_t *raw, const char *place, int depth)
{
    b2b_json_t *array = b2b_json_array(reader->pool);
    apr_size_t count = b2b_json_length(raw), i;
    int right = 1;

    if (b2b_json_type(raw) != B2B_JSON_ARRAY || count < 1 || count > B2B_CONDITION_TERMS_MAX) {
        return wrong(reader, place, "must be a list of 1 to 30 conditions.");
    }
    for (i = 0; i < count; i++) {
        b2b_json_t *inner = check_at(reader, b2b_json_at(raw, i),
                                     apr_psprintf(reader->pool, "%s/%" APR_SIZE_T_FMT, place, i),
                                     depth + 1);

        right = right && inner;
        if (right) {
            b2b_json_append(array, inner);
        }
    }
    return right ? array : NULL;
}

/* RAW has exactly one of these members, or is a term. */
static const char *kind_of(const b2b_json_t *raw)
{
    static const char *const kinds[] = {"all", "any", "not", "always", NULL};
    int i;

    for (i = 0; kinds[i]; i++) {
        if (b2b_json_get(raw, kinds[i])) {
            return kinds[i];
        }
    }
    return NULL;
}

static b2b_json_t *check_kind(reader_t *reader, const b2b_json_t *raw, const char *kind,
                              const char *place, int depth)
{
    const b2b_json_t *value = b2b_json_get(raw, kind);
    b2b_json_t *normal = b2b_json_object(reader->pool);
    b2b_json_type_e type = b2b_json_type(value);
    b2b_json_t *inner;

    if (b2b_json_length(raw) != 1) {
        return wrong(reader, place, "must have one member only: all, any, not or always.");
    }
    if (!strcmp(kind, "always")) {
        if (type != B2B_JSON_TRUE && type != B2B_JSON_FALSE) {
            return wrong(reader, below(reader, place, kind), "must be true or false.");
        }
        b2b_json_set(normal, kind, value);
        return normal;
    }
    place = below(reader, place, kind);
    inner = !strcmp(kind, "not") ? check_at(reader, value, place, depth + 1)
                                 : check_list(reader, value, place, depth);
    if (!inner) {
        return NULL;
    }
    b2b_json_set(normal, kind, inner);
    return normal;
}

/* The normal form of RAW; NULL if it is wrong. */
static b2b_json_t *check_at(reader_t *reader, const b2b_json_t *raw, const char *place, int depth)
{
    const char *kind;

    if (reader->check->complaints.count >= B2B_COMPLAINTS_MAX) {
        return NULL;
    }
    if (depth > B2B_CONDITION_DEPTH_MAX) {
        return wrong(reader, place, "is nested more than 5 levels deep.");
    }
    if (b2b_json_type(raw) != B2B_JSON_OBJECT) {
        return wrong(reader, place, "must be a condition.");
    }
    kind = kind_of(raw);
    if (!kind || !strcmp(kind, "always")) {
        if (++reader->terms == B2B_CONDITION_TERMS_MAX + 1) {
            wrong(reader, reader->place, "has more than 30 terms.");
        }
        if (reader->terms > B2B_CONDITION_TERMS_MAX) {
            return NULL;
        }
    }
    return kind ? check_kind(reader, raw, kind, place, depth) : check_term(reader, raw, place);
}

void b2b_conditions_check(b2b_document_check_t *check, b2b_entry_t *entry)
{
    static const char *const members[] = {"shown_when", "required_when", "locked_when", NULL};
    int i;

    entry->leads = apr_array_make(check->pool, 4, sizeof(b2b_entry_t *));
    for (i = 0; members[i]; i++) {
        const b2b_json_t *raw = b2b_json_get(entry->raw, members[i]);
        reader_t reader = {check, entry, i == 0, 0, NULL, check->pool};
        b2b_json_t *normal;

        if (!raw || b2b_json_type(raw) == B2B_JSON_NULL) {
            continue;
        }
        reader.place = apr_pstrcat(check->pool, entry->place, "/", members[i], NULL);
        normal = check_at(&reader, raw, reader.place, 1);
        if (normal) {
            b2b_json_set(entry->normal, members[i], normal);
        }
    }
}

/* Circles ---------------------------------------------------------------------------------------- */

enum { NEW, OPEN, DONE };

/* One step of a walk along what leads to what. */
typedef struct {
    b2b_entry_t *entry;
    int next; /* of its leads */
} step_t;

static void complain_of_circle(b2b_document_check_t *check, const step_t *path, int from, int depth)
{
    const char *text = "";
    int i;

    /* Of a long circle its beginning is enough to find it. */
    for (i = from; i < depth && i < from + 10; i++) {
        text = apr_pstrcat(check->pool, text, path[i].entry->name, " → ", NULL);
    }
    b2b_complain(&check->complaints,
                 apr_pstrcat(check->pool, path[from].entry->place, "/shown_when", NULL),
                 "makes a circle of fields that wait for each other: %s%s.", text,
                 i < depth ? "…" : path[from].entry->name);
}

static void walk(b2b_document_check_t *check, step_t *path, b2b_entry_t *start)
{
    int depth = 0;

    path[depth].entry = start;
    path[depth++].next = 0;
    start->mark = OPEN;
    while (depth > 0) {
        step_t *step = &path[depth - 1];
        b2b_entry_t *other;

        if (!step->entry->leads || step->next >= step->entry->leads->nelts) {
            step->entry->mark = DONE;
            depth--;
            continue;
        }
        other = APR_ARRAY_IDX(step->entry->leads, step->next++, b2b_entry_t *);
        if (other->mark == NEW) {
            other->mark = OPEN;
            path[depth].entry = other;
            path[depth++].next = 0;
        }
        else if (other->mark == OPEN) {
            int from = depth - 1;

            while (path[from].entry != other) {
                from--;
            }
            complain_of_circle(check, path, from, depth);
        }
    }
}

void b2b_circles_check(b2b_document_check_t *check)
{
    step_t *path = apr_palloc(check->pool, (apr_size_t)(check->entries->nelts + 1) * sizeof(*path));
    int i;

    for (i = 0; i < check->entries->nelts; i++) {
        b2b_entry_t *entry = APR_ARRAY_IDX(check->entries, i, b2b_entry_t *);

        if (entry->mark == NEW) {
            walk(check, path, entry);
        }
    }
}
