/* SPDX-License-Identifier: Apache-2.0 */
/* What the files that check a document share. */

#ifndef B2B_FORMS_DOCUMENT_PRIVATE_H
#define B2B_FORMS_DOCUMENT_PRIVATE_H

#include "forms_private.h"

typedef struct b2b_entry_t b2b_entry_t;

/** A field on its way into the normal document. */
struct b2b_entry_t {
    const char *name; /* or NULL */
    const char *place;
    const b2b_json_t *raw;
    b2b_json_t *normal;        /* NULL if it is wrong */
    b2b_field_t *field;        /* the same */
    int form;                  /* index */
    apr_array_header_t *leads; /* b2b_entry_t *: on whose values it depends whether it is shown */
    int mark;                  /* of the search for circles */
};

typedef struct {
    b2b_complaints_t complaints;
    int steps[B2B_FORMS_MAX];    /* by form: the first one of its step */
    apr_array_header_t *entries; /* b2b_entry_t *, in order */
    apr_hash_t *names;           /* name → b2b_entry_t *, the first of it */
    apr_pool_t *pool;
} b2b_document_check_t;

/** Check the conditions of ENTRY, which is right so far, and put their normal forms into it. */
void b2b_conditions_check(b2b_document_check_t *check, b2b_entry_t *entry);

/** Complain about names in GROUPS, which stand at PLACE, that are there twice. */
void b2b_document_groups_check(b2b_document_check_t *check, const b2b_json_t *groups,
                               const char *place);

/** Check the actions of the form INDEX of FORMS, normal forms; a form that was wrong by itself is null there. */
void b2b_actions_check(b2b_document_check_t *check, const b2b_json_t *forms, int index);

/** Complain about fields that are shown depending on each other in a circle. */
void b2b_circles_check(b2b_document_check_t *check);

#endif
