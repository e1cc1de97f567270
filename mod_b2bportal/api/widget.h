/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Widgets that read from the instances of a process: a list, a tile, a chart (K45). What the files widget_….c share;
 * private to api/.
 *
 * A widget asks as a list of instances does: b2b_instance_query_whose() says whose instances there are for who
 * asks, b2b_instance_list() gives their pages, and policy/ judges each form of each. What a widget asks besides is
 * looked at here, row by row, of at most b2b_widget_rows_max rows; a value of a form that who asks may not see
 * answers no condition, stands in no group and is in no sum.
 */

#ifndef B2B_WIDGET_H
#define B2B_WIDGET_H

#include "instances_private.h"

/** A widget looks at no more rows than this. Tests make it smaller. */
extern int b2b_widget_rows_max;

#define B2B_WIDGET_CONDITIONS_MAX 5
#define B2B_WIDGET_COLUMNS_MAX    8
#define B2B_WIDGET_LIST_MAX       50
#define B2B_WIDGET_GROUPS_MAX     24

/* widget_condition.c --------------------------------------------------------------------------- */

typedef enum {
    B2B_WIDGET_STATUS,
    B2B_WIDGET_STATE,
    B2B_WIDGET_CREATED,
    B2B_WIDGET_MODIFIED,
    B2B_WIDGET_REFERENCE,
    B2B_WIDGET_FIELD
} b2b_widget_of_e;

typedef enum {
    B2B_WIDGET_IS,
    B2B_WIDGET_IS_NOT,
    B2B_WIDGET_FROM,
    B2B_WIDGET_UNTIL,
    B2B_WIDGET_CONTAINS
} b2b_widget_op_e;

typedef struct {
    b2b_widget_of_e of;
    b2b_widget_op_e op;
    const char *value; /* of status and state; of the reference folded */
    apr_time_t time;   /* of created and modified */
    const char *field; /* its name */
    const char *key;   /* of the field, as lists go by; b2b_widget_read sets it */
} b2b_widget_condition_t;

/**
 * Read the condition JSON, which may be of an old version: *WHY is NULL, or a sentence without subject that says
 * why it is none, and *WHERE the member ("op") that is wrong. "within_days" becomes B2B_WIDGET_FROM, counted back
 * from NOW. A field's value stays text in VALUE: only a document knows its type.
 */
void b2b_widget_condition_read(b2b_widget_condition_t *condition, const char **where,
                               const char **why, const b2b_json_t *json, apr_time_t now,
                               apr_pool_t *pool);

/** An instance as conditions and columns see it. */
typedef struct {
    const b2b_instance_t *instance;
    const b2b_document_t *document;
    const b2b_instance_facts_t *facts;
    const b2b_json_t *held; /* what all forms hold */
    int (*seen)(void *baton, const b2b_instance_facts_t *facts,
                int form); /* may who asks see FORM? */
    void *baton;
    apr_pool_t *pool; /* of the row's page: for what need not outlive it */
} b2b_widget_row_t;

/**
 * Do all CONDITIONS (b2b_widget_condition_t) hold of ROW? One over a field that is in no form which may be seen, or
 * that lists do not go by in the instance's version, never does, whatever it says.
 */
int b2b_widget_matches(const apr_array_header_t *conditions, const b2b_widget_row_t *row);

/** The field NAME of ROW, if it has data and may be seen; else NULL. */
const b2b_field_t *b2b_widget_row_field(const b2b_widget_row_t *row, const char *name);

/* widget_read.c -------------------------------------------------------------------------------- */

typedef struct {
    b2b_call_t *call;
    const b2b_json_t *json;
    b2b_instance_query_t query;
    const apr_array_header_t
        *documents;                 /* newest first; NULL: no field is asked for, or no version */
    apr_array_header_t *conditions; /* of b2b_widget_condition_t */
    int fields;                     /* values of forms are looked at */
    int exact;           /* the query alone says which instances: rows need not be looked at */
    const char *problem; /* why there is nothing: a word of the contract, or NULL */
    const char *detail;  /* a sentence for the console, or NULL */
    int bounded;         /* set by b2b_widget_scan: there is more than was looked at */
} b2b_widget_t;

/** Read JSON: what it asks for, as far as it can be asked; else problem says why not. */
b2b_error_t *b2b_widget_read(b2b_widget_t *widget, b2b_call_t *call, const b2b_json_t *json);

/** Set the problem, if there is none yet; DETAIL is for the console. */
void b2b_widget_problem(b2b_widget_t *widget, const char *problem, const char *detail);

/* widget_scan.c -------------------------------------------------------------------------------- */

/** Take ROW, without the names of people; set *STOP when that is enough. What is kept of it must be copied. */
typedef b2b_error_t *(*b2b_widget_row_cb)(void *baton, int *stop, const b2b_widget_row_t *row);

/** May who asks see FORM of the instance of FACTS? As b2b_widget_row_t wants it; BATON is the call. */
int b2b_widget_seen(void *baton, const b2b_instance_facts_t *facts, int form);

/** Call TAKE with what matches, in the query's order, PAGE rows at a time; at most b2b_widget_rows_max are looked at. */
b2b_error_t *b2b_widget_scan(b2b_widget_t *widget, int page, b2b_widget_row_cb take, void *baton);

/** Let the scan begin with the newest: where a condition finds few by their change, those changed last. */
void b2b_widget_newest_first(b2b_widget_t *widget);

/* widget_list.c, widget_numbers.c: the answers; NULL where there is a problem, which they may find, too --------- */

b2b_error_t *b2b_widget_list_json(b2b_json_t **json, b2b_widget_t *widget);
b2b_error_t *b2b_widget_tile_json(b2b_json_t **json, b2b_widget_t *widget);
b2b_error_t *b2b_widget_chart_json(b2b_json_t **json, b2b_widget_t *widget);

/* widget_data.c -------------------------------------------------------------------------------- */

/** What the widget JSON shows to who calls; VERSION is the dashboard's, 0 in a preview. */
b2b_error_t *b2b_widget_answer(b2b_call_t *call, const b2b_json_t *json, apr_int64_t version);

/** WIDGETS as a portal gets them: of one that reads instances no more than its look. */
b2b_json_t *b2b_widgets_for_portal(const b2b_json_t *widgets, apr_pool_t *pool);

#endif
