/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of forms/ share. */

#ifndef B2B_FORMS_PRIVATE_H
#define B2B_FORMS_PRIVATE_H

#include "forms.h"

/* Patterns ---------------------------------------------------------------------------------------- */

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
