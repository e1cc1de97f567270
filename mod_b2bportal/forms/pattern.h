/* SPDX-License-Identifier: Apache-2.0 */
/* The tree of a pattern, for the file that reads it and the one that runs it. */

#ifndef B2B_FORMS_PATTERN_H
#define B2B_FORMS_PATTERN_H

#include "forms_private.h"

#define B2B_PATTERN_ENDLESS (-1) /* the upper bound of * + {n,} */

typedef enum {
    B2B_NODE_SET,    /* one character of RANGES, which are in order and apart */
    B2B_NODE_ALL,    /* CHILDREN one after the other; none is the empty text */
    B2B_NODE_ANY,    /* one of CHILDREN */
    B2B_NODE_REPEAT, /* CHILDREN[0], from LEAST to MOST times */
} b2b_node_kind_e;

typedef struct {
    unsigned long first, last;
} b2b_range_t;

typedef struct b2b_node_t b2b_node_t;

struct b2b_node_t {
    b2b_node_kind_e kind;
    int size; /* states, capped one above the limit */
    int negated;
    int least, most;
    apr_array_header_t *ranges;   /* b2b_range_t */
    apr_array_header_t *children; /* b2b_node_t * */
};

struct b2b_pattern_t {
    b2b_node_t *root;
};

#endif
