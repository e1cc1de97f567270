/* SPDX-License-Identifier: Apache-2.0 */
/* Documents of processes for tests, and the vectors that server and pages share. */
#ifndef B2B_TESTS_DOCUMENTS_H
#define B2B_TESTS_DOCUMENTS_H

#include "forms/forms.h"

#define UNIT_FILE "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

/** TEXT as JSON, in POOL; 'single' quotes stand for double ones where TEXT begins with one of {[ and has any. */
b2b_json_t *unit_json(const char *text, apr_pool_t *pool);

/**
 * A document whose forms, "form0" and so on, have the FIELDS (an array of arrays), with titles where there are
 * none; all later forms belong to the partner.
 */
b2b_json_t *unit_forms(const b2b_json_t *fields, apr_pool_t *pool);

/** The same, checked and read; the test fails if anything is wrong with it. */
b2b_document_t *unit_document(const b2b_json_t *fields, apr_pool_t *pool);

/** A document with a field of every type, UNIT_FILE as its image, and a second form with "verdict" and "cost". */
b2b_json_t *unit_good_document(apr_pool_t *pool);

/** Set the member at PATH ("forms/0/title") of JSON to VALUE, as of unit_json(), or remove it (NULL). */
void unit_set_at(b2b_json_t *json, const char *path, const char *value, apr_pool_t *pool);

/** The section NAME (NULL: all) of tests/vectors/FILE, an array. It lives as long as the program. */
const b2b_json_t *unit_vectors(const char *file, const char *name);

/** The fields of ERR's chain without "values/", in order of their bytes, as "a b c". */
const char *unit_places(const b2b_error_t *err, apr_pool_t *pool);

/** The texts of ARRAY, in order of their bytes, as "a b c". */
const char *unit_sorted(const b2b_json_t *array, apr_pool_t *pool);

#endif
