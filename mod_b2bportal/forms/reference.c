/* SPDX-License-Identifier: Apache-2.0 */
/* References of instances: made once, when an instance is, from the process's pattern. */

#include "forms_private.h"

#include <string.h>

#include <apr_strings.h>

#include "base/text.h"

#define PART_CHARACTERS_MAX 40

/* What stands between brackets: TEXT[0..LENGTH). */
static int read_bracket(b2b_part_t *part, const char *text, apr_size_t length, apr_pool_t *pool)
{
    if (length == 4 && !strncmp(text, "name", 4)) {
        part->kind = B2B_PART_NAME;
        return 1;
    }
    if (length == 6 && !strncmp(text, "number", 6)) {
        part->kind = B2B_PART_NUMBER;
        part->digits = 1;
        return 1;
    }
    if (length == 8 && !strncmp(text, "number:", 7) && text[7] >= '1' && text[7] <= '9') {
        part->kind = B2B_PART_NUMBER;
        part->digits = text[7] - '0';
        return 1;
    }
    part->kind = B2B_PART_FIELD;
    part->text = apr_pstrmemdup(pool, text, length);
    return b2b_name_is_good(part->text);
}

const char *b2b_reference_read(apr_array_header_t **parts, const char *pattern, apr_pool_t *pool)
{
    int numbers = 0;

    *parts = apr_array_make(pool, 4, sizeof(b2b_part_t));
    while (*pattern) {
        b2b_part_t *part = apr_array_push(*parts);
        apr_size_t length = strcspn(pattern, "[]");

        memset(part, 0, sizeof(*part));
        if (length) {
            part->kind = B2B_PART_TEXT;
            part->text = apr_pstrmemdup(pool, pattern, length);
            pattern += length;
            continue;
        }
        length = strcspn(++pattern, "[]");
        if (pattern[-1] != '[' || pattern[length] != ']') {
            return "has a bracket without its other half.";
        }
        if (!read_bracket(part, pattern, length, pool)) {
            return "may have [name], [number], [number:1] to [number:9], and names of fields in "
                   "brackets.";
        }
        numbers += part->kind == B2B_PART_NUMBER;
        pattern += length + 1;
    }
    /* Without it two instances could have one reference; twice it says nothing more. */
    return numbers == 1 ? NULL : "must have [number] once.";
}

/* TEXT as one line of at most CHARACTERS, "-" if nothing is left. */
static const char *cut(const char *text, int characters, apr_pool_t *pool)
{
    char *line = apr_pstrmemdup(pool, text, b2b_text_bytes(text, (apr_size_t)characters));
    char *at;

    for (at = line; *at; at++) {
        if (*at == '\n' || *at == '\t') {
            *at = ' ';
        }
    }
    return line[strspn(line, " ")] ? line : "-";
}

static const char *field_text(b2b_view_t *view, const b2b_field_t *field, apr_pool_t *pool)
{
    const b2b_json_t *value = field ? b2b_view_value(view, field) : NULL;

    if (!value) {
        return "";
    }
    return field->type == B2B_FIELD_NUMBER
               ? b2b_number_text(b2b_json_double(value), field->decimals, pool)
               : b2b_value_text(field, value, pool);
}

static const char *make(const apr_array_header_t *parts, const b2b_document_t *document,
                        const char *name, apr_int64_t number, b2b_view_t *view, int characters,
                        apr_pool_t *pool)
{
    const char *text = "";
    int i;

    for (i = 0; i < parts->nelts; i++) {
        const b2b_part_t *part = &APR_ARRAY_IDX(parts, i, b2b_part_t);
        const char *more = part->text;

        if (part->kind == B2B_PART_NUMBER) {
            more = apr_psprintf(pool, "%0*" APR_INT64_T_FMT, part->digits, number);
        }
        else if (part->kind == B2B_PART_NAME) {
            more = cut(name, characters, pool);
        }
        else if (part->kind == B2B_PART_FIELD) {
            more = cut(field_text(view, b2b_document_field(document, part->text), pool), characters,
                       pool);
        }
        text = apr_pstrcat(pool, text, more, NULL);
    }
    return text;
}

const char *b2b_reference_make(const b2b_document_t *document, const char *name, apr_int64_t number,
                               const b2b_json_t *values, apr_pool_t *pool)
{
    apr_array_header_t *parts;
    const char *text;
    b2b_view_t view;
    int characters;

    b2b_reference_read(&parts, document->reference_pattern, pool);
    b2b_view_begin(&view, document, values, pool);
    /* What is too long is cut where it may be: never in the number, which makes references differ. */
    for (characters = PART_CHARACTERS_MAX;; characters /= 2) {
        text = make(parts, document, name, number, &view, characters, pool);
        if (strlen(text) <= B2B_REFERENCE_MAX || characters == 0) {
            return text;
        }
    }
}
