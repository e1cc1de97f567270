/* SPDX-License-Identifier: Apache-2.0 */
/* Reading by tables of rules: every wrong member is found, and named, in one go. */

#include "rules.h"

#include <string.h>

#include <apr_hash.h>
#include <apr_lib.h>
#include <apr_strings.h>

#include "chance.h"

#define ERRORS_MAX 50

typedef struct {
    const b2b_rule_t *rules;
    const char *prefix; /* of the field's name: "addresses/3/", or "" */
    b2b_error_t *err;
    int count;
    apr_pool_t *pool;
} reader_t;

static void check_value(reader_t *reader, const b2b_rule_t *rule, const char *field,
                        const b2b_json_t *value);

b2b_error_t *b2b_errors_join(b2b_error_t *err, b2b_error_t *more)
{
    b2b_error_t *last = err;

    if (!err) {
        return more;
    }
    while (last->child) {
        last = last->child;
    }
    last->child = more;
    return err;
}

static void complain(reader_t *reader, const char *field, const char *sentence)
{
    if (reader->count++ < ERRORS_MAX) {
        reader->err = b2b_errors_join(reader->err,
                                      b2b_error_invalid(reader->pool, field, "%s", sentence));
    }
}

/* Items and inner objects are read by a reader of their own that shares the chain. */
static void check_members(reader_t *reader, const b2b_json_t *object, const b2b_rule_t *rules,
                          const char *prefix);

static const char *judge_url(const char *value)
{
    if (strlen(value) > B2B_URL_MAX) {
        return "must be at most 2000 bytes long.";
    }
    if (b2b_text_is_url(value, 0)) {
        return NULL;
    }
    /* http is for trying things out on one's own machine. */
    if (b2b_text_is_url(value, 1)) {
        const char *host = value + strlen("http://");
        apr_size_t length = strcspn(host, ":/?#");
        const char *tail = ".localhost";

        if ((length == 9 && !strncmp(host, "localhost", 9)) ||
            (length == 9 && !strncmp(host, "127.0.0.1", 9)) ||
            (length > strlen(tail) && !strncmp(host + length - strlen(tail), tail, strlen(tail)))) {
            return NULL;
        }
        return "must begin with https:// (http:// is for localhost only).";
    }
    return "must be an absolute https:// URL with a host, without user name, space or backslash.";
}

static int is_hex(const char *value, apr_size_t length)
{
    return strlen(value) == length && strspn(value, "0123456789abcdef") == length;
}

static const char *judge_length(const b2b_rule_t *rule, const char *value, apr_pool_t *pool)
{
    apr_size_t length = strlen(value);

    if ((apr_int64_t)length < rule->min) {
        return rule->min == 1
                   ? "must not be empty."
                   : apr_psprintf(pool, "must be at least %" APR_INT64_T_FMT " bytes long.",
                                  rule->min);
    }
    if (rule->max && (apr_int64_t)length > rule->max) {
        return apr_psprintf(pool,
                            "is %" APR_SIZE_T_FMT " bytes long; at most %" APR_INT64_T_FMT
                            " are allowed.",
                            length, rule->max);
    }
    return NULL;
}

static const char *judge_word(const b2b_rule_t *rule, const char *value, apr_pool_t *pool)
{
    const char *all = "";
    int i;

    for (i = 0; rule->words[i]; i++) {
        if (!strcmp(value, rule->words[i])) {
            return NULL;
        }
        all = apr_pstrcat(pool, all, i ? ", " : "", rule->words[i], NULL);
    }
    return apr_psprintf(pool, "must be one of: %s.", all);
}

/* The number that TEXT is, or a sentence. */
static const char *judge_number(const b2b_rule_t *rule, apr_int64_t number, apr_pool_t *pool)
{
    if (number < rule->min || (rule->max && number > rule->max)) {
        return apr_psprintf(pool, "must be from %" APR_INT64_T_FMT " to %" APR_INT64_T_FMT ".",
                            rule->min, rule->max);
    }
    return NULL;
}

const char *b2b_rule_judge_text(const b2b_rule_t *rule, const char *value, apr_pool_t *pool)
{
    const char *why = NULL;
    apr_time_t time;

    switch (rule->kind) {
    case B2B_RULE_LINE:
        why = judge_length(rule, value, pool);
        if (why) {
            return why;
        }
        if (!b2b_text_is_line(value)) {
            return "must be one line without control characters.";
        }
        /* A name of blanks is no name. */
        return rule->min > 0 && value[strspn(value, " ")] == '\0' ? "must not be blank." : NULL;
    case B2B_RULE_LINES:
        why = judge_length(rule, value, pool);
        return why || b2b_text_is_multiline(value) ? why : "must not contain control characters.";
    case B2B_RULE_ID:
        return b2b_text_is_id(value) ? NULL : "must be an id as this API gives them.";
    case B2B_RULE_EMAIL_OR_EMPTY:
        if (!*value) {
            return NULL;
        }
        /* fall through */
    case B2B_RULE_EMAIL:
        return b2b_text_is_email(value) ? NULL
                                        : "must be an e-mail address, such as ann@acme.example.";
    case B2B_RULE_COLOR:
        return b2b_text_is_color(value) ? NULL : "must be a colour of the form #rrggbb.";
    case B2B_RULE_LOCALE:
        return b2b_text_is_locale(value) ? NULL : "must be a language, such as en or de-AT.";
    case B2B_RULE_URL:
        return judge_url(value);
    case B2B_RULE_PATH:
        return strlen(value) <= B2B_URL_MAX && b2b_text_is_path(value)
                   ? NULL
                   : "must be a path on the portal, such as /manuals/.";
    case B2B_RULE_LINK:
        if (strlen(value) <= B2B_URL_MAX && b2b_text_is_path(value)) {
            return NULL;
        }
        if (!strncmp(value, "mailto:", 7)) {
            return b2b_text_is_email(value + 7) ? NULL : "must be mailto: and one e-mail address.";
        }
        return b2b_text_is_url(value, 0)
                   ? NULL
                   : "must begin with https:// or mailto:, or be a path on the "
                     "portal, such as /manuals/.";
    case B2B_RULE_FILE:
        return is_hex(value, B2B_SHA256_LENGTH) ? NULL : "must be the file of an uploaded image.";
    case B2B_RULE_COUNTRY:
        return !*value || (strlen(value) == 2 && value[0] >= 'A' && value[0] <= 'Z' &&
                           value[1] >= 'A' && value[1] <= 'Z')
                   ? NULL
                   : "must be a country code of two capital letters, such as AT, or empty.";
    case B2B_RULE_TECHNICAL:
        return b2b_text_is_technical_name(value, &why) ? NULL : why;
    case B2B_RULE_SLUG:
        return b2b_text_is_slug(value, (apr_size_t)rule->max)
                   ? NULL
                   : apr_psprintf(pool,
                                  "must be 1 to %" APR_INT64_T_FMT
                                  " letters a to z in lower case, digits and hyphens, and "
                                  "begin and end with a letter or a digit.",
                                  rule->max);
    case B2B_RULE_VERSION:
        return b2b_text_is_version(value) ? NULL : "must be a version, such as 1.0.";
    case B2B_RULE_TIME:
        /* 0 stands for no time at all: "valid until 1970" must not become "valid for ever". */
        return b2b_clock_parse(&time, value) && time > 0
                   ? NULL
                   : "must be a time of the form 2026-11-30T12:00:00Z.";
    case B2B_RULE_WORD:
        return judge_word(rule, value, pool);
    case B2B_RULE_INTEGER:
        if (!*value || strspn(value, "0123456789") != strlen(value) || strlen(value) > 15) {
            return "must be a whole number.";
        }
        return judge_number(rule, apr_atoi64(value), pool);
    case B2B_RULE_BOOL:
        return !strcmp(value, "true") || !strcmp(value, "false") ? NULL : "must be true or false.";
    case B2B_RULE_ARRAY:
    case B2B_RULE_OBJECT:
    case B2B_RULE_KIND:
    case B2B_RULE_ANY:
        break;
    }
    return NULL;
}

static void check_array(reader_t *reader, const b2b_rule_t *rule, const char *field,
                        const b2b_json_t *value)
{
    apr_size_t count = b2b_json_length(value);
    apr_hash_t *seen = (rule->flags & B2B_RULE_UNIQUE) ? apr_hash_make(reader->pool) : NULL;
    apr_size_t i;

    if ((apr_int64_t)count < rule->min || (apr_int64_t)count > rule->max) {
        complain(reader, field,
                 apr_psprintf(reader->pool,
                              "has %" APR_SIZE_T_FMT " items; it must have from %" APR_INT64_T_FMT
                              " to %" APR_INT64_T_FMT ".",
                              count, rule->min, rule->max));
        return;
    }
    for (i = 0; i < count; i++) {
        const b2b_json_t *item = b2b_json_at(value, i);
        const char *name = apr_psprintf(reader->pool, "%s/%" APR_SIZE_T_FMT, field, i);
        const char *text = b2b_json_text(item);

        check_value(reader, rule->of, name, item);
        if (seen && text) {
            if (apr_hash_get(seen, text, APR_HASH_KEY_STRING)) {
                complain(reader, name, "is there twice.");
            }
            apr_hash_set(seen, text, APR_HASH_KEY_STRING, text);
        }
    }
}

/* VALUE is as that rule of the table RULE->of says which its "type" names. */
static void check_kind(reader_t *reader, const b2b_rule_t *rule, const char *field,
                       const b2b_json_t *value)
{
    const char *type = b2b_json_get_string(value, "type");
    const char *all = "";
    const b2b_rule_t *kind;

    for (kind = rule->of; kind->name; kind++) {
        if (type && !strcmp(type, kind->name)) {
            check_members(reader, value, kind->of, apr_pstrcat(reader->pool, field, "/", NULL));
            return;
        }
        all = apr_pstrcat(reader->pool, all, *all ? ", " : "", kind->name, NULL);
    }
    field = apr_pstrcat(reader->pool, field, "/type", NULL);
    complain(reader, field,
             !b2b_json_get(value, "type") ? "is missing."
                                          : apr_psprintf(reader->pool, "must be one of: %s.", all));
}

static void check_value(reader_t *reader, const b2b_rule_t *rule, const char *field,
                        const b2b_json_t *value)
{
    b2b_json_type_e type = b2b_json_type(value);
    const char *why = NULL;

    if (type == B2B_JSON_NULL && (rule->flags & B2B_RULE_NULLABLE)) {
        return;
    }
    switch (rule->kind) {
    case B2B_RULE_ANY:
        return;
    case B2B_RULE_ARRAY:
        if (type != B2B_JSON_ARRAY) {
            complain(reader, field, "must be a list.");
            return;
        }
        check_array(reader, rule, field, value);
        return;
    case B2B_RULE_OBJECT:
    case B2B_RULE_KIND:
        if (type != B2B_JSON_OBJECT) {
            complain(reader, field, "must be an object.");
            return;
        }
        if (rule->kind == B2B_RULE_KIND) {
            check_kind(reader, rule, field, value);
            return;
        }
        if (!rule->of) {
            return; /* whatever members it has: the handler looks */
        }
        check_members(reader, value, rule->of, apr_pstrcat(reader->pool, field, "/", NULL));
        return;
    case B2B_RULE_INTEGER:
        why = type == B2B_JSON_INTEGER ? judge_number(rule, b2b_json_number(value), reader->pool)
                                       : "must be a whole number.";
        break;
    case B2B_RULE_BOOL:
        why = type == B2B_JSON_TRUE || type == B2B_JSON_FALSE ? NULL : "must be true or false.";
        break;
    default:
        why = type == B2B_JSON_STRING
                  ? b2b_rule_judge_text(rule, b2b_json_text(value), reader->pool)
                  : "must be a text.";
    }
    if (why) {
        complain(reader, field, why);
    }
}

static const b2b_rule_t *find_rule(const b2b_rule_t *rules, const char *name)
{
    for (; rules->name; rules++) {
        if (!strcmp(rules->name, name)) {
            return rules;
        }
    }
    return NULL;
}

/* "There is no "colour" here; did you mean "color"?" */
static const char *unknown_sentence(const b2b_rule_t *rules, const char *name, apr_pool_t *pool)
{
    apr_array_header_t *names = apr_array_make(pool, 16, sizeof(const char *));
    apr_array_header_t *near;
    const char *text = "";
    int i;

    for (; rules->name; rules++) {
        APR_ARRAY_PUSH(names, const char *) = rules->name;
    }
    near = b2b_text_nearest(name, names, pool);
    if (near->nelts) {
        for (i = 0; i < near->nelts; i++) {
            text = apr_pstrcat(pool, text, i ? " or " : "", "\"",
                               APR_ARRAY_IDX(near, i, const char *), "\"", NULL);
        }
        return apr_psprintf(pool, "is not known here; did you mean %s?", text);
    }
    for (i = 0; i < names->nelts; i++) {
        text = apr_pstrcat(pool, text, i ? ", " : "", APR_ARRAY_IDX(names, i, const char *), NULL);
    }
    return names->nelts ? apr_psprintf(pool, "is not known here; there are: %s.", text)
                        : "is not known here.";
}

static int check_member(void *baton, const char *key, const b2b_json_t *value)
{
    reader_t *reader = baton;
    const b2b_rule_t *rule = find_rule(reader->rules, key);
    const char *field = apr_pstrcat(reader->pool, reader->prefix, key, NULL);

    if (rule) {
        check_value(reader, rule, field, value);
    }
    else {
        complain(reader, field, unknown_sentence(reader->rules, key, reader->pool));
    }
    return reader->count < ERRORS_MAX;
}

static void check_members(reader_t *reader, const b2b_json_t *object, const b2b_rule_t *rules,
                          const char *prefix)
{
    const b2b_rule_t *outer_rules = reader->rules;
    const char *outer_prefix = reader->prefix;

    reader->rules = rules;
    reader->prefix = prefix;
    b2b_json_each(object, check_member, reader);
    for (; rules->name; rules++) {
        if ((rules->flags & B2B_RULE_REQUIRED) && !b2b_json_get(object, rules->name)) {
            complain(reader, apr_pstrcat(reader->pool, prefix, rules->name, NULL), "is missing.");
        }
    }
    reader->rules = outer_rules;
    reader->prefix = outer_prefix;
}

b2b_error_t *b2b_rules_check_at(const b2b_json_t *json, const b2b_rule_t *rules, const char *prefix,
                                apr_pool_t *pool)
{
    reader_t reader = {rules, prefix, NULL, 0, pool};

    if (b2b_json_type(json) != B2B_JSON_OBJECT) {
        return b2b_error_invalid(pool, apr_pstrmemdup(pool, prefix, strlen(prefix) - 1),
                                 "must be an object.");
    }
    check_members(&reader, json, rules, prefix);
    return reader.err;
}

b2b_error_t *b2b_rules_check_value(const b2b_json_t *value, const b2b_rule_t *rule,
                                   const char *field, apr_pool_t *pool)
{
    reader_t reader = {NULL, "", NULL, 0, pool};

    check_value(&reader, rule, field, value);
    return reader.err;
}

b2b_error_t *b2b_rules_check(const b2b_json_t *body, const b2b_rule_t *rules, apr_pool_t *pool)
{
    if (b2b_json_type(body) != B2B_JSON_OBJECT) {
        return b2b_error_create(pool, B2B_E_INVALID, NULL, "The body must be a JSON object.");
    }
    return b2b_rules_check_at(body, rules, "", pool);
}

/* Decode TEXT[0..LENGTH) of a query; NULL if it is not UTF-8 without NUL or has a bad escape. */
static const char *decode(const char *text, apr_size_t length, apr_pool_t *pool)
{
    char *out = apr_palloc(pool, length + 1);
    apr_size_t used = 0;
    apr_size_t i;

    for (i = 0; i < length; i++) {
        if (text[i] == '%') {
            char hex[3] = {0, 0, 0};

            if (i + 2 >= length || !apr_isxdigit(text[i + 1]) || !apr_isxdigit(text[i + 2])) {
                return NULL;
            }
            hex[0] = text[i + 1];
            hex[1] = text[i + 2];
            out[used++] = (char)apr_strtoi64(hex, NULL, 16);
            i += 2;
        }
        else {
            out[used++] = text[i] == '+' ? ' ' : text[i];
        }
    }
    out[used] = '\0';
    return b2b_text_is_utf8(out, used) ? out : NULL;
}

static b2b_error_t *parse_parameter(apr_table_t *values, const char *text, apr_size_t length,
                                    const b2b_rule_t *rules, apr_pool_t *pool)
{
    const char *equals = memchr(text, '=', length);
    apr_size_t name_length = equals ? (apr_size_t)(equals - text) : length;
    const char *name = decode(text, name_length, pool);
    const char *value = equals ? decode(equals + 1, length - name_length - 1, pool) : "";
    const b2b_rule_t *rule;
    const char *why;

    if (!name || !value) {
        return b2b_error_invalid(pool, name ? name : "",
                                 "A parameter is not percent-encoded UTF-8.");
    }
    rule = find_rule(rules, name);
    if (!rule) {
        const char *shown = b2b_text_is_line(name) ? name : "";

        return b2b_error_invalid(pool, shown, "%s", unknown_sentence(rules, name, pool));
    }
    if (apr_table_get(values, name)) {
        return b2b_error_invalid(pool, rule->name, "is there twice.");
    }
    why = b2b_rule_judge_text(rule, value, pool);
    if (why) {
        return b2b_error_invalid(pool, rule->name, "%s", why);
    }
    apr_table_setn(values, rule->name, value);
    return NULL;
}

b2b_error_t *b2b_query_parse(apr_table_t **values, const char *query, const b2b_rule_t *rules,
                             apr_pool_t *pool)
{
    static const b2b_rule_t none[] = {{NULL}};
    b2b_error_t *err = NULL;
    int count = 0;

    if (!rules) {
        rules = none;
    }
    *values = apr_table_make(pool, 8);
    while (query && *query && count++ < ERRORS_MAX) {
        apr_size_t length = strcspn(query, "&");

        if (length) {
            err = b2b_errors_join(err, parse_parameter(*values, query, length, rules, pool));
        }
        query += length + (query[length] == '&');
    }
    for (; rules->name; rules++) {
        if ((rules->flags & B2B_RULE_REQUIRED) && !apr_table_get(*values, rules->name)) {
            err = b2b_errors_join(err, b2b_error_invalid(pool, rules->name, "is missing."));
        }
    }
    return err;
}
