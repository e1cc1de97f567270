/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading patterns: a subset of regular expressions without anything that engines disagree about, as a tree
 * whose program has a known number of states before a single one is made.
 */

#include "pattern.h"

#include <stdlib.h>
#include <string.h>

#include <apr_strings.h>

#include "base/text.h"

typedef struct {
    const unsigned long *points; /* the pattern, ended by END */
    int at;                      /* index of the next */
    int count;
    int depth;
    const char *why; /* the first complaint, or NULL */
    int position;
    apr_pool_t *pool;
} parser_t;

#define END ((unsigned long)-1)

static b2b_node_t *parse_either(parser_t *parser);

/* Note the first complaint, about the character with index AT. Returns NULL for the caller to return. */
static b2b_node_t *complain(parser_t *parser, int at, const char *why)
{
    if (!parser->why) {
        parser->why = why;
        parser->position = at + 1;
    }
    return NULL;
}

static unsigned long peek(const parser_t *parser)
{
    return parser->points[parser->at];
}

static int is_one_of(unsigned long point, const char *characters)
{
    return point > 0 && point < 0x80 && strchr(characters, (int)point) != NULL;
}

static b2b_node_t *node_make(parser_t *parser, b2b_node_kind_e kind)
{
    b2b_node_t *node = apr_pcalloc(parser->pool, sizeof(*node));

    node->kind = kind;
    if (kind == B2B_NODE_SET) {
        node->size = 1;
        node->ranges = apr_array_make(parser->pool, 2, sizeof(b2b_range_t));
    }
    else {
        node->children = apr_array_make(parser->pool, 4, sizeof(b2b_node_t *));
    }
    return node;
}

static int size_cap(long size)
{
    return size > B2B_PATTERN_STATES_MAX ? B2B_PATTERN_STATES_MAX + 1 : (int)size;
}

static void add_range(b2b_node_t *set, unsigned long first, unsigned long last)
{
    b2b_range_t *range = apr_array_push(set->ranges);

    range->first = first;
    range->last = last;
}

/* What \d \w \s and their opposites stand for; 0 if LETTER is none of them. */
static int add_escaped_class(b2b_node_t *set, unsigned long letter)
{
    switch (letter) {
    case 'd':
        add_range(set, '0', '9');
        return 1;
    case 'D':
        add_range(set, 0, '0' - 1);
        add_range(set, '9' + 1, 0x10ffff);
        return 1;
    case 'w':
        add_range(set, '0', '9');
        add_range(set, 'A', 'Z');
        add_range(set, '_', '_');
        add_range(set, 'a', 'z');
        return 1;
    case 'W':
        add_range(set, 0, '0' - 1);
        add_range(set, '9' + 1, 'A' - 1);
        add_range(set, 'Z' + 1, '_' - 1);
        add_range(set, '_' + 1, 'a' - 1);
        add_range(set, 'z' + 1, 0x10ffff);
        return 1;
    case 's':
        add_range(set, '\t', '\n');
        add_range(set, ' ', ' ');
        return 1;
    case 'S':
        add_range(set, 0, '\t' - 1);
        add_range(set, '\n' + 1, ' ' - 1);
        add_range(set, ' ' + 1, 0x10ffff);
        return 1;
    default:
        return 0;
    }
}

/* After a backslash: a class of its own into SET (*POINT is END then), or the character meant. */
static int parse_escape(parser_t *parser, b2b_node_t *set, unsigned long *point)
{
    int start = parser->at++;
    unsigned long letter = peek(parser);

    *point = END;
    if (letter != END && add_escaped_class(set, letter)) {
        parser->at++;
        return 1;
    }
    if (letter != END && is_one_of(letter, ".\\+*?()[]{}|^$/-")) {
        parser->at++;
        *point = letter;
        return 1;
    }
    complain(parser, start, "has a backslash before what it cannot stand before");
    return 0;
}

/* One item of a class, with the range that it may begin. */
static int parse_class_item(parser_t *parser, b2b_node_t *set)
{
    int start = parser->at;
    unsigned long first = peek(parser), last;

    if (first == '[') {
        complain(parser, start, "has a bracket in a class, which needs a backslash");
        return 0;
    }
    if (first != '\\') {
        parser->at++;
    }
    else if (!parse_escape(parser, set, &first)) {
        return 0;
    }
    if (peek(parser) != '-' || parser->points[parser->at + 1] == ']' ||
        parser->points[parser->at + 1] == END) {
        if (first != END) {
            add_range(set, first, first);
        }
        return 1;
    }
    parser->at++;
    last = peek(parser);
    if (last == '[') {
        complain(parser, parser->at, "has a bracket in a class, which needs a backslash");
        return 0;
    }
    if (last != '\\') {
        parser->at++;
    }
    else if (!parse_escape(parser, set, &last)) {
        return 0;
    }
    if (first == END || last == END || first > last) {
        complain(parser, start, "has a range that is none");
        return 0;
    }
    add_range(set, first, last);
    return 1;
}

static int range_compare(const void *a, const void *b)
{
    const b2b_range_t *one = a, *other = b;

    return one->first < other->first ? -1 : one->first > other->first;
}

/* Put the ranges of SET in order and join those that touch, so that they can be searched. */
static void join_ranges(b2b_node_t *set)
{
    b2b_range_t *ranges = (b2b_range_t *)set->ranges->elts;
    int used = 0, i;

    qsort(ranges, (size_t)set->ranges->nelts, sizeof(*ranges), range_compare);
    for (i = 1; i < set->ranges->nelts; i++) {
        if (ranges[i].first > ranges[used].last + 1) {
            ranges[++used] = ranges[i];
        }
        else if (ranges[i].last > ranges[used].last) {
            ranges[used].last = ranges[i].last;
        }
    }
    set->ranges->nelts = used + 1;
}

static b2b_node_t *parse_class(parser_t *parser)
{
    int start = parser->at++;
    b2b_node_t *set = node_make(parser, B2B_NODE_SET);

    if (peek(parser) == '^') {
        set->negated = 1;
        parser->at++;
    }
    if (peek(parser) == ']') {
        return complain(parser, start, "has an empty class");
    }
    while (peek(parser) != ']') {
        if (peek(parser) == END) {
            return complain(parser, start, "has a class that is not closed");
        }
        if (!parse_class_item(parser, set)) {
            return NULL;
        }
    }
    parser->at++;
    join_ranges(set);
    return set;
}

static b2b_node_t *parse_group(parser_t *parser)
{
    int start = parser->at++;
    b2b_node_t *node;

    if (++parser->depth > B2B_PATTERN_DEPTH_MAX) {
        return complain(parser, start, "has groups nested too deep");
    }
    node = parse_either(parser);
    if (!node) {
        return NULL;
    }
    if (peek(parser) != ')') {
        return complain(parser, start, "has a group that is not closed");
    }
    parser->at++;
    parser->depth--;
    return node;
}

static b2b_node_t *parse_atom(parser_t *parser)
{
    unsigned long point = peek(parser);
    b2b_node_t *set;

    if (point == '(') {
        return parse_group(parser);
    }
    if (point == '[') {
        return parse_class(parser);
    }
    if (is_one_of(point, "?*+{")) {
        return complain(parser, parser->at, "has a quantifier without anything before it");
    }
    if (is_one_of(point, "]}^$")) {
        return complain(parser, parser->at, "has a character that needs a backslash here");
    }
    set = node_make(parser, B2B_NODE_SET);
    if (point == '.') {
        set->negated = 1;
        point = '\n';
        parser->at++;
    }
    else if (point != '\\') {
        parser->at++;
    }
    else if (!parse_escape(parser, set, &point)) {
        return NULL;
    }
    if (point != END) {
        add_range(set, point, point);
    }
    return set;
}

/* A number of a quantifier; -1 if there is no digit. */
static int parse_count(parser_t *parser)
{
    int count = -1;

    while (peek(parser) >= '0' && peek(parser) <= '9') {
        count = (count < 0 ? 0 : count) * 10 + (int)(peek(parser) - '0');
        if (count > B2B_PATTERN_REPEAT_MAX) {
            count = B2B_PATTERN_REPEAT_MAX + 1;
        }
        parser->at++;
    }
    return count;
}

static int parse_braces(parser_t *parser, int *least, int *most)
{
    int start = parser->at++;

    *least = *most = parse_count(parser);
    if (*least >= 0 && peek(parser) == ',') {
        parser->at++;
        *most = parse_count(parser);
    }
    if (*least < 0 || peek(parser) != '}') {
        complain(parser, start, "has a quantifier that is not {n}, {n,} or {n,m}");
        return 0;
    }
    parser->at++;
    if (*least > B2B_PATTERN_REPEAT_MAX || *most > B2B_PATTERN_REPEAT_MAX) {
        complain(parser, start, "repeats more than 200 times");
        return 0;
    }
    if (*most >= 0 && *most < *least) {
        complain(parser, start, "has a quantifier whose numbers are the wrong way round");
        return 0;
    }
    return 1;
}

/* The states of BODY repeated; they are what pattern_run.c makes. */
static int repeat_size(const b2b_node_t *body, int least, int most)
{
    if (body->size == 0) {
        return 0;
    }
    if (most != B2B_PATTERN_ENDLESS) {
        return size_cap((long)least * body->size + (long)(most - least) * (body->size + 1));
    }
    return size_cap(least == 0 ? (long)body->size + 2 : (long)least * body->size + 1);
}

static b2b_node_t *parse_repeated(parser_t *parser)
{
    b2b_node_t *body = parse_atom(parser), *node;
    int least, most;

    if (!body || !is_one_of(peek(parser), "?*+{")) {
        return body;
    }
    if (peek(parser) == '{') {
        if (!parse_braces(parser, &least, &most)) {
            return NULL;
        }
    }
    else {
        least = peek(parser) == '+';
        most = peek(parser) == '?' ? 1 : B2B_PATTERN_ENDLESS;
        parser->at++;
    }
    node = node_make(parser, B2B_NODE_REPEAT);
    node->least = least;
    node->most = most;
    node->size = repeat_size(body, least, most);
    APR_ARRAY_PUSH(node->children, b2b_node_t *) = body;
    return node;
}

static b2b_node_t *parse_sequence(parser_t *parser)
{
    b2b_node_t *node = node_make(parser, B2B_NODE_ALL), *child;

    while (peek(parser) != END && peek(parser) != '|' && peek(parser) != ')') {
        child = parse_repeated(parser);
        if (!child) {
            return NULL;
        }
        APR_ARRAY_PUSH(node->children, b2b_node_t *) = child;
        node->size = size_cap((long)node->size + child->size);
    }
    return node;
}

static b2b_node_t *parse_either(parser_t *parser)
{
    b2b_node_t *first = parse_sequence(parser), *node, *child;

    if (!first || peek(parser) != '|') {
        return first;
    }
    node = node_make(parser, B2B_NODE_ANY);
    APR_ARRAY_PUSH(node->children, b2b_node_t *) = first;
    node->size = first->size;
    while (peek(parser) == '|') {
        parser->at++;
        child = parse_sequence(parser);
        if (!child) {
            return NULL;
        }
        APR_ARRAY_PUSH(node->children, b2b_node_t *) = child;
        node->size = size_cap((long)node->size + child->size + 2);
    }
    return node;
}

/* PATTERN as characters, without the anchors, which mean nothing. */
static int pattern_points(parser_t *parser, const char *pattern)
{
    apr_size_t length = strlen(pattern);
    unsigned long *points = apr_palloc(parser->pool, (length + 2) * sizeof(*points));
    int count = 0;

    while (length > 0) {
        apr_size_t size = b2b_text_decode(&points[count], pattern, length);

        if (size == 0 || points[count] < 0x20 || points[count] == 0x7f) {
            complain(parser, count, "has a control character");
            return 0;
        }
        pattern += size;
        length -= size;
        count++;
    }
    points[count] = points[count + 1] = END;
    parser->points = points;
    parser->at = count > 0 && points[0] == '^';
    if (count > parser->at && points[count - 1] == '$') {
        int slashes = 0;

        while (count - 2 - slashes >= 0 && points[count - 2 - slashes] == '\\') {
            slashes++;
        }
        if (slashes % 2 == 0) {
            points[count - 1] = END;
        }
    }
    return 1;
}

void b2b_pattern_read(b2b_pattern_t **tree, const char **why, int *position, const char *pattern,
                      apr_pool_t *pool)
{
    parser_t parser = {NULL, 0, 0, 0, NULL, 0, pool};
    b2b_node_t *root = NULL;

    *tree = NULL;
    if (pattern_points(&parser, pattern)) {
        root = parse_either(&parser);
        if (root && peek(&parser) == ')') {
            root = complain(&parser, parser.at, "has a bracket that closes nothing");
        }
    }
    if (root && root->size > B2B_PATTERN_STATES_MAX) {
        parser.why = "is too complex";
        root = NULL;
    }
    if (root) {
        *tree = apr_palloc(pool, sizeof(**tree));
        (*tree)->root = root;
    }
    *why = parser.why;
    *position = parser.position;
}

int b2b_pattern_check(const char **why, const char *pattern, apr_pool_t *pool)
{
    b2b_pattern_t *tree;
    const char *reason;
    int position;

    b2b_pattern_read(&tree, &reason, &position, pattern, pool);
    *why = NULL;
    if (!tree) {
        *why = position ? apr_psprintf(pool, "%s (character %d).", reason, position)
                        : apr_psprintf(pool, "%s.", reason);
    }
    return tree != NULL;
}

int b2b_pattern_fits(const char **why, const char *pattern, int max_length, apr_pool_t *pool)
{
    b2b_pattern_t *tree;
    int position, size;

    b2b_pattern_read(&tree, why, &position, pattern, pool);
    size = tree ? tree->root->size : 0;
    *why = NULL;
    if ((apr_int64_t)size * max_length > B2B_PATTERN_STEPS_MAX) {
        *why = apr_psprintf(
            pool,
            "is too complex for texts of %d characters. Make it simpler, or max_length "
            "%d or less.",
            max_length, B2B_PATTERN_STEPS_MAX / size);
    }
    return *why == NULL;
}

/* A table may ask ten thousand times: what each needs is given back. */
int b2b_pattern_match(const char *pattern, const char *text, apr_pool_t *pool)
{
    b2b_pattern_t *tree;
    const char *why;
    apr_pool_t *own;
    int position, match;
    apr_int64_t steps;

    apr_pool_create(&own, pool);
    b2b_pattern_read(&tree, &why, &position, pattern, own);
    match = tree && b2b_pattern_run(tree, text, &steps, own);
    apr_pool_destroy(own);
    return match;
}
