/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of forms/ share. */

#ifndef B2B_FORMS_PRIVATE_H
#define B2B_FORMS_PRIVATE_H

#include "forms.h"

#include "base/rules.h"

/* Complaints --------------------------------------------------------------------------------------- */

#define B2B_COMPLAINTS_MAX 50

/** Errors as one chain, of which the first B2B_COMPLAINTS_MAX are kept. */
typedef struct {
    b2b_error_t *err;
    b2b_error_t *last;
    int count;
    apr_pool_t *pool;
} b2b_complaints_t;

/** Add an error of FIELD. */
void b2b_complain(b2b_complaints_t *complaints, const char *field, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/** Add the chain ERR (or NULL). Returns TRUE if there was none. */
int b2b_complain_all(b2b_complaints_t *complaints, b2b_error_t *err);

/* Fields: rules of their members, and their normal form -------------------------------------------- */

extern const b2b_rule_t b2b_document_rules[];
extern const b2b_rule_t b2b_form_rules[];
extern const b2b_rule_t b2b_field_rule;  /* of what type it may be, with its members */
extern const b2b_rule_t b2b_column_rule; /* the same for the columns of a table */

/** RAW, which is as RULES say, with all members, in the order of RULES. */
b2b_json_t *b2b_normal_object(const b2b_json_t *raw, const b2b_rule_t *rules, apr_pool_t *pool);

/** The same for a field, or a column, by its type. */
b2b_json_t *b2b_normal_field(const b2b_json_t *raw, const b2b_rule_t *rule, apr_pool_t *pool);

/** The texts (const char *) of ARRAY, which may be NULL; other things in it are passed over. */
apr_array_header_t *b2b_texts_read(const b2b_json_t *array, apr_pool_t *pool);

/** Whom NORMAL names, an object of a form. */
void b2b_owners_read(b2b_owners_t *owners, const b2b_json_t *normal, apr_pool_t *pool);

/** The actions of FORM, whose json is set, into FORM->actions; DOCUMENT has the forms before it. */
void b2b_actions_read(b2b_form_t *form, const b2b_document_t *document, apr_pool_t *pool);

/** NORMAL without the members that the above would fill in as they are. It shares what is left with NORMAL. */
b2b_json_t *b2b_lean_object(const b2b_json_t *normal, const b2b_rule_t *rules, apr_pool_t *pool);
b2b_json_t *b2b_lean_field(const b2b_json_t *normal, const b2b_rule_t *rule, apr_pool_t *pool);

/** May NAME be the name of a form, field or column? */
int b2b_name_is_good(const char *name);

/** Read NORMAL into *FIELD, all but its conditions; FALSE if it is not one of ours. */
int b2b_field_read(b2b_field_t *field, const b2b_json_t *normal, apr_pool_t *pool);

/**
 * Check RAW, called PLACE, a field or column (by RULE). If it is right, *NORMAL is its normal form, without
 * conditions, and *FIELD is read from that; else *FIELD is NULL.
 */
void b2b_field_check(b2b_field_t **field, b2b_json_t **normal, b2b_complaints_t *complaints,
                     const b2b_json_t *raw, const b2b_rule_t *rule, const char *place,
                     apr_pool_t *pool);

/* Conditions --------------------------------------------------------------------------------------- */

typedef enum {
    B2B_IS_EQUALS,
    B2B_IS_NOT_EQUALS,
    B2B_IS_ONE_OF,
    B2B_IS_CONTAINS,
    B2B_IS_EMPTY,
    B2B_IS_NOT_EMPTY,
    B2B_IS_LESS,
    B2B_IS_AT_MOST,
    B2B_IS_MORE,
    B2B_IS_AT_LEAST
} b2b_is_e;

extern const char *const b2b_is_names[]; /* by b2b_is_e, ended by NULL */

typedef enum {
    B2B_CONDITION_ALL,
    B2B_CONDITION_ANY,
    B2B_CONDITION_NOT,
    B2B_CONDITION_TERM,
    B2B_CONDITION_ALWAYS
} b2b_condition_kind_e;

struct b2b_condition_t {
    b2b_condition_kind_e kind;
    apr_array_header_t *children; /* const b2b_condition_t *: of ALL, ANY and NOT */
    const b2b_field_t *field;
    b2b_is_e is;
    const b2b_json_t *value; /* or NULL */
    int always;
};

/** May a term ask whether a field like FIELD "is" so? */
int b2b_is_fits(const b2b_field_t *field, b2b_is_e is);

/** Does IS with VALUE hold of FIELD, whose value is OF (NULL: empty)? FOLDED is OF, if that is a text, folded. */
int b2b_is_holds(const b2b_field_t *field, b2b_is_e is, const b2b_json_t *value,
                 const b2b_json_t *of, const char *folded, apr_pool_t *pool);

/** Read NORMAL, finding fields by name in FIELDS; NULL if it is not one of ours. */
const b2b_condition_t *b2b_condition_read(const b2b_json_t *normal, apr_hash_t *fields,
                                          apr_pool_t *pool);

/* Values ------------------------------------------------------------------------------------------- */

/** VALUE, or NULL if it is empty for FIELD. VALUE may be NULL. */
const b2b_json_t *b2b_value_present(const b2b_field_t *field, const b2b_json_t *value);

/**
 * The normal form of VALUE of FIELD, or NULL if it is empty, or wrong, which is complained about as PLACE or
 * below; *WRONG says so. Where COMPLETE, minimal lengths and patterns count, too, and cells that must have a
 * value.
 */
const b2b_json_t *b2b_value_check(int *wrong, b2b_complaints_t *complaints,
                                  const b2b_field_t *field, const b2b_json_t *value,
                                  const char *place, int complete, apr_pool_t *pool);

/** Is the number X one that DECIMALS can write, and 15 digits keep? *NORMAL is it, rounded to them. */
int b2b_number_normal(double *normal, double x, int decimals);

/** The number as JSON: an integer where it is one. */
b2b_json_t *b2b_number_json(double x, apr_pool_t *pool);

/** X with DECIMALS decimals, with a point. */
const char *b2b_number_text(double x, int decimals, apr_pool_t *pool);

int b2b_date_is_real(const char *text);
int b2b_date_time_is_real(const char *text);

/* State -------------------------------------------------------------------------------------------- */

/** Which fields are shown, found out one by one as they are asked for. */
typedef struct {
    const b2b_document_t *document;
    const b2b_json_t *values;
    signed char *shown;  /* by ordinal; -1 not known yet */
    const char **folded; /* by ordinal: the text, folded once for all who ask; NULL: nobody did */
    /* Called when FIELD turns out to be shown, before anything looks at its value; or NULL. */
    void (*found)(void *baton, const b2b_field_t *field);
    void *baton;
    apr_pool_t *pool;
} b2b_view_t;

void b2b_view_begin(b2b_view_t *view, const b2b_document_t *document, const b2b_json_t *values,
                    apr_pool_t *pool);
int b2b_view_shows(b2b_view_t *view, const b2b_field_t *field);

/** The value of FIELD, NULL if it is empty or not shown. */
const b2b_json_t *b2b_view_value(b2b_view_t *view, const b2b_field_t *field);
int b2b_view_holds(b2b_view_t *view, const b2b_condition_t *condition);

/** As b2b_form_state, by VIEW. */
void b2b_view_state(b2b_form_state_t *state, b2b_view_t *view, int form, apr_pool_t *pool);

/* References --------------------------------------------------------------------------------------- */

/** A part of a reference's pattern. */
typedef struct {
    enum { B2B_PART_TEXT, B2B_PART_NAME, B2B_PART_NUMBER, B2B_PART_FIELD } kind;
    const char *text; /* or the field's name */
    int digits;       /* of NUMBER: at least so many */
} b2b_part_t;

/** Take PATTERN apart into *PARTS (b2b_part_t). Returns NULL, or a sentence that says what is wrong. */
const char *b2b_reference_read(apr_array_header_t **parts, const char *pattern, apr_pool_t *pool);

/* Patterns ----------------------------------------------------------------------------------------- */

/** PATTERN as a tree of nodes, and how many states its program will have. */
typedef struct b2b_pattern_t b2b_pattern_t;

/**
 * Read PATTERN into *TREE. If it is not one of the subset, *TREE is NULL, *WHY says what is wrong, without
 * the place, and *POSITION is the character, counted from 1, or 0 if it is the pattern as a whole.
 */
void b2b_pattern_read(b2b_pattern_t **tree, const char **why, int *position, const char *pattern,
                      apr_pool_t *pool);

/** Does all of TEXT match TREE? *STEPS counts how often a state was entered. */
int b2b_pattern_run(const b2b_pattern_t *tree, const char *text, apr_int64_t *steps,
                    apr_pool_t *pool);

#endif
