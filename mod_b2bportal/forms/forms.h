/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the document of a process version means: its check, what is shown, required and locked, what a
 * submission may contain, and how values are sorted and shown. Pure functions over JSON: no I/O, no clock.
 *
 * The pages do the same in htdocs/src/forms/; both run the cases of tests/vectors/. The published form of
 * a document is docs/process.schema.json. A document that is read lends its JSON and is, as JSON is, never
 * shared between threads.
 */

#ifndef B2B_FORMS_H
#define B2B_FORMS_H

#include <apr_hash.h>
#include <apr_tables.h>

#include "base/error.h"
#include "base/json.h"

/* Limits of a document. Of texts: in bytes of UTF-8, unless they are called characters. */
#define B2B_FORMS_MAX             20
#define B2B_FORM_FIELDS_MAX       200 /* in one form */
#define B2B_ACTIONS_MAX           10  /* in one form */
#define B2B_FIELDS_MAX            500 /* in a process; columns of tables not counted */
#define B2B_INDEXED_MAX           10  /* in a process */
#define B2B_FIELD_NAME_MAX        40
#define B2B_DESCRIPTION_MAX       2000
#define B2B_HELP_MAX              500
#define B2B_FIELD_TEXT_MAX        20000 /* characters of a value */
#define B2B_OPTIONS_MAX           200
#define B2B_COLUMNS_MAX           20
#define B2B_ROWS_MAX              500
#define B2B_FILES_MAX             20 /* of one field */
#define B2B_PEOPLE_MAX            100
#define B2B_OWNERS_MAX            20  /* partner groups; groups that a field offers */
#define B2B_HOST_OWNERS_MAX       100 /* host users; groups of them */
#define B2B_CONDITION_DEPTH_MAX   5
#define B2B_CONDITION_TERMS_MAX   30
#define B2B_ONE_OF_MAX            50
#define B2B_CONDITION_TEXT_MAX    500 /* of a value that texts are compared with */
#define B2B_PATTERN_MAX           500
#define B2B_PATTERN_STATES_MAX    2000
#define B2B_PATTERN_STEPS_MAX     4000000 /* states × max_length of a field */
#define B2B_PATTERN_DEPTH_MAX     10
#define B2B_PATTERN_REPEAT_MAX    200
#define B2B_REFERENCE_PATTERN_MAX 100
#define B2B_REFERENCE_MAX         200
#define B2B_KEY_MAX               200
#define B2B_NUMBER_MAX            999999999999.0
#define B2B_DECIMALS_MAX          6

typedef enum {
    B2B_FIELD_TEXT,
    B2B_FIELD_CHOICE,
    B2B_FIELD_NUMBER,
    B2B_FIELD_DATE,      /* "2026-11-30" */
    B2B_FIELD_DATE_TIME, /* "2026-11-30T12:00:00Z" */
    B2B_FIELD_TOGGLE,
    B2B_FIELD_FILE,    /* an array of ids */
    B2B_FIELD_TABLE,   /* an array of objects by column */
    B2B_FIELD_PERSON,  /* an array of {"kind": "member" | "host_user", "id"} */
    B2B_FIELD_HEADING, /* from here on without data: they only show something */
    B2B_FIELD_RICH_TEXT,
    B2B_FIELD_IMAGE,
    B2B_FIELD_LINK
} b2b_field_type_e;

typedef enum {
    B2B_NUMBER_INTEGER,
    B2B_NUMBER_DECIMAL,
    B2B_NUMBER_CURRENCY,
    B2B_NUMBER_PERCENT
} b2b_number_format_e;

/** Who may delete an instance, as far as the process says (product.md S9). */
typedef enum {
    B2B_DELETE_ANYONE,
    B2B_DELETE_CREATOR,
    B2B_DELETE_FORM_OWNER, /* of a current form */
    B2B_DELETE_SECURITY_USERS,
    B2B_DELETE_ADMINISTRATORS
} b2b_delete_rule_e;

/**
 * What only the security users of a process may do. It narrows what S9 gives, and never widens it. The
 * narrowest is 0, so that what nobody filled in opens nothing.
 */
typedef enum {
    B2B_SECURITY_ONLY,     /* create, view and edit, even what is one's own */
    B2B_SECURITY_ASSIGNED, /* create, and view what is neither one's own nor has a form for one */
    B2B_SECURITY_OTHERS_VIEW, /* create and edit; all others only view */
    B2B_SECURITY_OFF          /* nothing */
} b2b_security_mode_e;

/** The security of a process, with whom it names as users. Nobody named is nobody. */
typedef struct {
    b2b_security_mode_e mode;
    int partner;                        /* everybody of the instance's partner */
    apr_array_header_t *partner_groups; /* const char *: names */
    apr_array_header_t *host_users;     /* const char *: ids */
    apr_array_header_t *host_groups;    /* const char *: ids */
} b2b_security_t;

typedef struct b2b_condition_t b2b_condition_t;
typedef struct b2b_field_t b2b_field_t;

typedef struct {
    const char *value;
    const char *label;
} b2b_option_t;

/** A field, or a column of a table. Members of other types than its own are 0, NULL or empty. */
struct b2b_field_t {
    const char *name;
    const char *title; /* "" only for fields without data */
    const char *help;
    const char *type_name; /* "date_time" */
    b2b_field_type_e type;
    int form;    /* index of its form in the document */
    int index;   /* in its form, or in its table */
    int ordinal; /* in the document */
    int width;   /* 1 to 12 */
    int required, read_only, indexed;
    const b2b_json_t *initial;                                       /* the default, or NULL */
    const b2b_condition_t *shown_when, *required_when, *locked_when; /* NULL: none */
    const b2b_json_t *json; /* as in the normal document; borrowed */

    /* text; lengths in characters */
    int multiline, min_length, max_length;
    const char *pattern, *pattern_hint; /* "" where there is none */
    /* choice */
    const char *appearance;
    int multiple;                 /* multiselect, checkboxes: the value is an array */
    apr_array_header_t *options;  /* b2b_option_t, in order */
    apr_hash_t *option_of;        /* value → b2b_option_t * in OPTIONS */
    int min_choices, max_choices; /* 0: no limit */
    /* number */
    b2b_number_format_e format;
    int decimals;
    const char *currency; /* "EUR", or NULL */
    int has_min, has_max;
    double min, max;
    /* date, date_time: the first and the last that are taken, or NULL */
    const char *earliest, *latest;
    /* toggle: "" for the page's own words */
    const char *label_on, *label_off;
    /* file */
    int max_files;
    apr_array_header_t *accept; /* const char *: image, pdf, document, spreadsheet, text, archive */
    /* table */
    apr_array_header_t *columns; /* b2b_field_t */
    int min_rows, max_rows;
    /* person */
    int from_partner;
    apr_array_header_t *host_groups; /* const char *: ids of groups of host users */
    int max_people;                  /* 1 unless it takes several */
};

/** Whom a form names as its owners; nobody at all only in the first form, which its creator owns (S9). */
typedef struct {
    int creator;
    int partner;                        /* everybody of the instance's partner */
    apr_array_header_t *partner_groups; /* const char *: names */
    apr_array_header_t *host_users;     /* const char *: ids */
    apr_array_header_t *host_groups;    /* const char *: ids */
    const char *field;                  /* a person field of a form of an earlier step, or NULL */
} b2b_owners_t;

/** What an action of a form lets people do; what nobody filled in lets nobody do anything. */
typedef enum {
    B2B_ACTION_NONE,
    B2B_ACTION_REASSIGN, /* give the form to others */
    B2B_ACTION_EDIT,     /* work on the form, as its owners do */
    B2B_ACTION_GO_TO     /* take the instance back to an earlier form */
} b2b_action_kind_e;

/** May, or must, somebody say why? Of B2B_ACTION_GO_TO only. */
typedef enum { B2B_COMMENT_NONE, B2B_COMMENT_OPTIONAL, B2B_COMMENT_REQUIRED } b2b_comment_e;

/** Something that can be done with an instance while its form is the current one. Nobody named is nobody. */
typedef struct {
    const char *name; /* unique in its form */
    const char *title;
    b2b_action_kind_e kind;
    int form_owners;         /* given to the owners of the form */
    b2b_owners_t granted_to; /* without creator and field */
    int to;                  /* B2B_ACTION_GO_TO: index of an earlier form; else -1 */
    b2b_comment_e comment;
} b2b_action_t;

typedef struct {
    const char *name;
    const char *title;
    const char *description;
    int index;
    int step; /* index of the first form of its step: forms that are current together */
    b2b_owners_t owners;
    apr_array_header_t *actions; /* b2b_action_t */
    apr_array_header_t *fields;  /* b2b_field_t */
    const b2b_json_t *json;      /* as in the normal document; borrowed */
} b2b_form_t;

/** A normal document, read; immutable. */
typedef struct {
    const char *title;
    const char *description;
    const char *reference_pattern;
    b2b_delete_rule_e delete_rule;
    int submit_all; /* submitting one form submits all current ones that the person may edit */
    int notify_assignment;
    apr_array_header_t *forms; /* b2b_form_t */
    apr_hash_t *fields;        /* name → b2b_field_t *, of all forms */
    apr_array_header_t
        *indexed;           /* b2b_field_t *: the fields that lists may show, filter and sort by */
    const b2b_json_t *json; /* the whole; borrowed */
} b2b_document_t;

/* The document ---------------------------------------------------------------------------------- */

/**
 * Check DOCUMENT as it comes from a designer, an import or the API. Unknown members are refused. On success
 * *NORMAL is the same with every default filled in (what has none is null) and its members in a fixed
 * order, and *IMAGES holds the files of the images it shows (const char *); whether they are there is the
 * caller's to find out. All errors as one chain of B2B_E_INVALID, each with its field
 * ("forms/1/fields/3/pattern"), at most 50. Takes time linear in the size of DOCUMENT.
 */
b2b_error_t *b2b_document_check(b2b_json_t **normal, apr_array_header_t **images,
                                const b2b_json_t *document, apr_pool_t *pool);

/** Read a NORMAL document, which must live as long as *DOCUMENT; B2B_E_INTERNAL if it is not one of ours. */
b2b_error_t *b2b_document_read(b2b_document_t **document, const b2b_json_t *normal,
                               apr_pool_t *pool);

/**
 * Read SECURITY, the member of a normal document. What is missing or has a word that this program does not know is the
 * narrowest mode without users, so that nobody may anything.
 */
void b2b_security_read(b2b_security_t *read, const b2b_json_t *security, apr_pool_t *pool);

/** The same from its TEXT (NULL: missing). */
void b2b_security_parse(b2b_security_t *read, const char *text, apr_pool_t *pool);

/** Read the owners of a form from the TEXT of the member of a normal document; nobody of what cannot be read. */
void b2b_owners_parse(b2b_owners_t *read, const char *text, apr_pool_t *pool);

/** Do OWNERS name nobody at all? Only a first form's may (S9): then the creator owns it. */
int b2b_owners_are_none(const b2b_owners_t *owners);

/** Read a document from the TEXT that was stored. */
b2b_error_t *b2b_document_parse(b2b_document_t **document, const char *text, apr_pool_t *pool);

/** The form NAME, and its index in *INDEX (which may be NULL); NULL if there is none. */
const b2b_form_t *b2b_document_form(const b2b_document_t *document, const char *name, int *index);

/** The index after the last form of the step to which FORM (an index) belongs. */
int b2b_document_step_end(const b2b_document_t *document, int form);

/** The action NAME of FORM; NULL if there is none. */
const b2b_action_t *b2b_form_action(const b2b_form_t *form, const char *name);

/** "go_to"; "" for none. */
const char *b2b_action_kind_word(b2b_action_kind_e kind);

/** The field NAME of any form; NULL if there is none. */
const b2b_field_t *b2b_document_field(const b2b_document_t *document, const char *name);

/** Is there nobody among OWNERS, as a document has them (or NULL)? */
int b2b_owners_name_nobody(const b2b_json_t *owners);

/**
 * Is FORM, as its document names its owners, for people of the host alone? Then nobody of a partner sees what it asks,
 * unless the share shows all forms.
 */
int b2b_form_is_of_host(const b2b_document_t *document, const b2b_form_t *form);

/** Has FIELD a value, or does it only show something? */
int b2b_field_has_data(const b2b_field_t *field);

/**
 * The differences of two normal documents for people, as an array of {"place":
 * "forms/report/fields/amount", "forms/review/actions/back" ("" is the document itself), "change": "added" |
 * "removed" | "changed" | "moved", "what": the member that changed or null, "old": JSON or null, "new": JSON or null}.
 * Forms and fields are matched by name. "moved" has the positions, counted from 1, or for a field that is in another
 * form now ("what": "form") the forms' names.
 */
b2b_json_t *b2b_document_difference(const b2b_json_t *old, const b2b_json_t *now, apr_pool_t *pool);

/* Values ---------------------------------------------------------------------------------------- */

/** By index of the form's fields: is it shown, must it have a value, may it not be changed? */
typedef struct {
    int count;
    int *shown;
    int *required; /* never of what is not shown */
    int *locked;   /* read-only, or its locked_when holds */
} b2b_form_state_t;

/**
 * What is shown, required and locked of form FORM (an index) with VALUES, those of the whole instance.
 * A field that is not shown counts as empty. Empty are null, "", a text of blanks, an empty array, and, of
 * a toggle, false.
 */
void b2b_form_state(b2b_form_state_t *state, const b2b_document_t *document, int form,
                    const b2b_json_t *values, apr_pool_t *pool);

/**
 * Overlay CHANGES (field → value; null empties it) of form FORM on VALUES, those of the whole instance, which
 * stay as they are, giving *RESULT, in POOL. Refused, as one chain with each error's field ("values/NAME",
 * "values/NAME/2/COLUMN"): a field that is not on this form, has no data, or is not shown by the result's own
 * conditions (emptying it is no matter); one that is read-only, or locked with VALUES and still so with the
 * result, and would change; a wrong type; anything over a limit or out of its range. Where COMPLETE — asked
 * when submitting, not when saving — also a required field without value, a pattern that does not match, and
 * fewer characters, choices or rows than there must be.
 *
 * In the result values are normal: nothing is empty but a toggle's false, choices stand in the order of the
 * options, numbers are rounded to what is kept of them. Fields of this form that are not shown are removed
 * from it; one that becomes shown and has no value takes its default.
 */
b2b_error_t *b2b_form_fill(b2b_json_t **result, const b2b_document_t *document, int form,
                           const b2b_json_t *values, const b2b_json_t *changes, int complete,
                           apr_pool_t *pool);

/** What form FORM starts with: the defaults of its fields. */
b2b_json_t *b2b_form_defaults(const b2b_document_t *document, int form, apr_pool_t *pool);

/**
 * Form FORM as a page needs it: without its owners, its actions, opens_with_previous and members that are what they are
 * when not given, and with the terms on fields of other forms resolved to {"always": …} from VALUES, so that no value
 * of a form that the reader may not see leaves the server.
 */
b2b_json_t *b2b_form_for_page(const b2b_document_t *document, int form, const b2b_json_t *values,
                              apr_pool_t *pool);

/**
 * The keys (const char *) under which VALUE of FIELD sorts and is filtered by: text folded and cut to
 * B2B_KEY_MAX bytes at a character; numbers as text of fixed width whose byte order is their order; dates as
 * they are; a toggle's "0" or "1"; the value of a choice, several of a multiple one. None if it is empty, or
 * of a type that has no keys.
 */
apr_array_header_t *b2b_value_keys(const b2b_field_t *field, const b2b_json_t *value,
                                   apr_pool_t *pool);

/**
 * VALUE as one line for lists, CSV and history: "12.50 EUR", the labels of options, "2 files", "3 rows"; ""
 * if it is empty, and for people, whose names are not known here.
 */
const char *b2b_value_text(const b2b_field_t *field, const b2b_json_t *value, apr_pool_t *pool);

/** The reference of an instance: NAME is the process's, NUMBER counts from 1. At most B2B_REFERENCE_MAX bytes. */
const char *b2b_reference_make(const b2b_document_t *document, const char *name, apr_int64_t number,
                               const b2b_json_t *values, apr_pool_t *pool);

/* Patterns: a subset of regular expressions that means the same on pages and cannot explode --------- */

/**
 * May PATTERN (UTF-8) be the pattern of a text field? If not, *WHY is a sentence without subject in POOL
 * ("has … at character 4."). The subset is described in tests/vectors/README.md.
 */
int b2b_pattern_check(const char **why, const char *pattern, apr_pool_t *pool);

/**
 * May a text of MAX_LENGTH characters (1 or more) be asked for PATTERN, which the check takes: its states ×
 * MAX_LENGTH are at most B2B_PATTERN_STEPS_MAX? If not, *WHY is such a sentence.
 */
int b2b_pattern_fits(const char **why, const char *pattern, int max_length, apr_pool_t *pool);

/**
 * Does all of TEXT (UTF-8) match PATTERN? In time of at most states × characters, without backtracking. A
 * PATTERN that the check refuses matches nothing.
 */
int b2b_pattern_match(const char *pattern, const char *text, apr_pool_t *pool);

#endif
