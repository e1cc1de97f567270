/* SPDX-License-Identifier: Apache-2.0 */
/* Rules: tables of what the members of an object from outside, or the parameters of a query, must be. */

#ifndef B2B_RULES_H
#define B2B_RULES_H

#include <apr_tables.h>

#include "error.h"
#include "json.h"
#include "text.h"

typedef enum {
    B2B_RULE_LINE,  /* one line of at most MAX bytes, at least MIN */
    B2B_RULE_LINES, /* the same with line feeds and tabs */
    B2B_RULE_ID,    /* an id of ours */
    B2B_RULE_EMAIL,
    B2B_RULE_EMAIL_OR_EMPTY,
    B2B_RULE_COLOR,
    B2B_RULE_LOCALE,
    B2B_RULE_URL,       /* https; http for localhost only */
    B2B_RULE_PATH,      /* an absolute path on the portal */
    B2B_RULE_LINK,      /* https, mailto, or such a path */
    B2B_RULE_FILE,      /* the SHA-256 of an uploaded image */
    B2B_RULE_COUNTRY,   /* two capital letters, or empty */
    B2B_RULE_TECHNICAL, /* a technical name */
    B2B_RULE_SLUG,      /* lower case, digits, hyphens: at most MAX */
    B2B_RULE_VERSION,   /* "1.3" */
    B2B_RULE_TIME,
    B2B_RULE_WORD,    /* one of WORDS */
    B2B_RULE_INTEGER, /* from MIN to MAX */
    B2B_RULE_BOOL,
    B2B_RULE_ARRAY,  /* of MIN to MAX items that are as OF[0] says */
    B2B_RULE_OBJECT, /* with the members OF; NULL: any */
    B2B_RULE_KIND,   /* an object that is as the rule of OF says that is named like its "type" */
    B2B_RULE_ANY     /* the caller looks itself */
} b2b_rule_kind_e;

#define B2B_RULE_REQUIRED 1 /* must be there */
#define B2B_RULE_NULLABLE 2 /* may be null */
#define B2B_RULE_UNIQUE   4 /* an array without repetitions */

typedef struct b2b_rule_t b2b_rule_t;

/** A table of rules ends with a NAME of NULL. The items of an array have the name "". */
struct b2b_rule_t {
    const char *name;
    b2b_rule_kind_e kind;
    int flags;
    apr_int64_t min;
    apr_int64_t max;
    const char *const *words; /* NULL-terminated */
    const b2b_rule_t *of;
};

/**
 * Does BODY have the members of RULES and no other? Return all errors as one chain, each with its
 * field.
 */
b2b_error_t *b2b_rules_check(const b2b_json_t *body, const b2b_rule_t *rules, apr_pool_t *pool);

/** The same for an object within a body, where fields begin with PREFIX ("widgets/3/"). */
b2b_error_t *b2b_rules_check_at(const b2b_json_t *json, const b2b_rule_t *rules, const char *prefix,
                                apr_pool_t *pool);

/** Is VALUE, called FIELD, what the one RULE says? Errors as above. */
b2b_error_t *b2b_rules_check_value(const b2b_json_t *value, const b2b_rule_t *rule,
                                   const char *field, apr_pool_t *pool);

/**
 * Parse the query string QUERY (or NULL) by RULES, whose kinds must be scalar: *VALUES has what is
 * there, decoded. Unknown, repeated and wrong parameters are B2B_E_INVALID.
 */
b2b_error_t *b2b_query_parse(apr_table_t **values, const char *query, const b2b_rule_t *rules,
                             apr_pool_t *pool);

/** Is the text VALUE what RULE (of a scalar kind) says? Return NULL, or a sentence in POOL. */
const char *b2b_rule_judge_text(const b2b_rule_t *rule, const char *value, apr_pool_t *pool);

/** ERR (or NULL) and then MORE as one chain of errors of fields. */
b2b_error_t *b2b_errors_join(b2b_error_t *err, b2b_error_t *more);

#define B2B_END                                                                                    \
    {                                                                                              \
        NULL, B2B_RULE_ANY, 0, 0, 0, NULL, NULL                                                    \
    }
#define B2B_LINE(name, flags, min, max)                                                            \
    {                                                                                              \
        name, B2B_RULE_LINE, flags, min, max, NULL, NULL                                           \
    }
#define B2B_NAME(name, flags)                                                                      \
    {                                                                                              \
        name, B2B_RULE_LINE, flags, 1, B2B_NAME_MAX, NULL, NULL                                    \
    }
#define B2B_OF_KIND(name, kind, flags)                                                             \
    {                                                                                              \
        name, kind, flags, 0, 0, NULL, NULL                                                        \
    }
#define B2B_WORD(name, flags, words)                                                               \
    {                                                                                              \
        name, B2B_RULE_WORD, flags, 0, 0, words, NULL                                              \
    }
#define B2B_ARRAY(name, flags, min, max, of)                                                       \
    {                                                                                              \
        name, B2B_RULE_ARRAY, flags, min, max, NULL, of                                            \
    }
#define B2B_OBJECT(name, flags, of)                                                                \
    {                                                                                              \
        name, B2B_RULE_OBJECT, flags, 0, 0, NULL, of                                               \
    }

/** What the items of a rich text's blocks must be: nothing in them is ever markup. */
extern const b2b_rule_t b2b_rich_text_items[];

#endif
