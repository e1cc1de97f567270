/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Running patterns: all states that the text so far can be in, side by side (Thompson 1968). Each state is
 * entered at most once a character, whatever the pattern, so that there is nothing to explode.
 */

#include "pattern.h"

#include <string.h>

#include "base/text.h"

typedef enum { OP_SET, OP_SPLIT, OP_JUMP, OP_MATCH } op_e;

typedef struct {
    op_e op;
    int to, also; /* of SPLIT and JUMP */
    const b2b_node_t *set;
} state_t;

typedef struct {
    state_t *states;
    int count;
} program_t;

/* A set of states that is emptied in no time: MARK says which round entered a state last. */
typedef struct {
    int *list;
    int count;
} threads_t;

typedef struct {
    const program_t *program;
    int *entered; /* by state: the round that entered it */
    int *stack;
    int round;
    apr_int64_t steps;
} machine_t;

static int emit(program_t *program, op_e op, const b2b_node_t *set)
{
    state_t *state = &program->states[program->count];

    state->op = op;
    state->set = set;
    return program->count++;
}

static void emit_node(program_t *program, const b2b_node_t *node);

/* BODY once or not at all. */
static void emit_optional(program_t *program, const b2b_node_t *body)
{
    int split = emit(program, OP_SPLIT, NULL);

    program->states[split].to = program->count;
    emit_node(program, body);
    program->states[split].also = program->count;
}

static void emit_repeat(program_t *program, const b2b_node_t *node)
{
    const b2b_node_t *body = APR_ARRAY_IDX(node->children, 0, const b2b_node_t *);
    int start = program->count, split, i;

    if (body->size == 0) {
        return; /* nothing, however often */
    }
    for (i = 0; i < node->least; i++) {
        start = program->count;
        emit_node(program, body);
    }
    if (node->most != B2B_PATTERN_ENDLESS) {
        for (; i < node->most; i++) {
            emit_optional(program, body);
        }
        return;
    }
    if (node->least == 0) {
        emit_optional(program, body);
        split = emit(program, OP_JUMP, NULL);
        program->states[split].to = start;
        program->states[start].also = program->count;
        return;
    }
    split = emit(program, OP_SPLIT, NULL);
    program->states[split].to = start;
    program->states[split].also = program->count;
}

static void emit_any(program_t *program, const b2b_node_t *node)
{
    int last = node->children->nelts - 1, jumps = -1, i;

    for (i = 0; i < last; i++) {
        int split = emit(program, OP_SPLIT, NULL), jump;

        program->states[split].to = program->count;
        emit_node(program, APR_ARRAY_IDX(node->children, i, const b2b_node_t *));
        jump = emit(program, OP_JUMP, NULL);
        program->states[jump].to = jumps; /* a list of the jumps, until their target is known */
        jumps = jump;
        program->states[split].also = program->count;
    }
    emit_node(program, APR_ARRAY_IDX(node->children, last, const b2b_node_t *));
    while (jumps >= 0) {
        int next = program->states[jumps].to;

        program->states[jumps].to = program->count;
        jumps = next;
    }
}

static void emit_node(program_t *program, const b2b_node_t *node)
{
    int i;

    switch (node->kind) {
    case B2B_NODE_SET:
        emit(program, OP_SET, node);
        break;
    case B2B_NODE_ALL:
        for (i = 0; i < node->children->nelts; i++) {
            emit_node(program, APR_ARRAY_IDX(node->children, i, const b2b_node_t *));
        }
        break;
    case B2B_NODE_ANY:
        emit_any(program, node);
        break;
    case B2B_NODE_REPEAT:
        emit_repeat(program, node);
        break;
    }
}

static int set_has(const b2b_node_t *set, unsigned long point)
{
    int low = 0, high = set->ranges->nelts;

    while (low < high) {
        int middle = (low + high) / 2;
        const b2b_range_t *range = &APR_ARRAY_IDX(set->ranges, middle, b2b_range_t);

        if (point < range->first) {
            high = middle;
        }
        else if (point > range->last) {
            low = middle + 1;
        }
        else {
            return !set->negated;
        }
    }
    return set->negated;
}

static void enter(machine_t *machine, threads_t *threads, int first)
{
    int depth = 0;

    machine->stack[depth++] = first;
    while (depth > 0) {
        int at = machine->stack[--depth];
        const state_t *state = &machine->program->states[at];

        if (machine->entered[at] == machine->round) {
            continue;
        }
        machine->entered[at] = machine->round;
        machine->steps++;
        if (state->op == OP_SET || state->op == OP_MATCH) {
            threads->list[threads->count++] = at;
            continue;
        }
        if (state->op == OP_SPLIT) {
            machine->stack[depth++] = state->also;
        }
        machine->stack[depth++] = state->to;
    }
}

static int machine_run(machine_t *machine, threads_t *now, threads_t *next, const char *text)
{
    apr_size_t length = strlen(text);
    int i;

    machine->round = 1;
    enter(machine, now, 0);
    while (length > 0 && now->count > 0) {
        threads_t *swap = now;
        unsigned long point;
        apr_size_t size = b2b_text_decode(&point, text, length);

        if (size == 0) {
            return 0;
        }
        text += size;
        length -= size;
        machine->round++;
        next->count = 0;
        for (i = 0; i < now->count; i++) {
            const state_t *state = &machine->program->states[now->list[i]];

            if (state->op == OP_SET && set_has(state->set, point)) {
                enter(machine, next, now->list[i] + 1);
            }
        }
        now = next;
        next = swap;
    }
    for (i = 0; length == 0 && i < now->count; i++) {
        if (machine->program->states[now->list[i]].op == OP_MATCH) {
            return 1;
        }
    }
    return 0;
}

int b2b_pattern_run(const b2b_pattern_t *tree, const char *text, apr_int64_t *steps,
                    apr_pool_t *pool)
{
    apr_size_t count = (apr_size_t)tree->root->size + 1;
    program_t program = {apr_pcalloc(pool, count * sizeof(state_t)), 0};
    machine_t machine = {&program, apr_pcalloc(pool, count * sizeof(int)), NULL, 0, 0};
    threads_t now = {apr_palloc(pool, count * sizeof(int)), 0};
    threads_t next = {apr_palloc(pool, count * sizeof(int)), 0};
    int match;

    /* Each state puts at most two others on the stack, once. */
    machine.stack = apr_palloc(pool, (2 * count + 1) * sizeof(int));
    emit_node(&program, tree->root);
    emit(&program, OP_MATCH, NULL);
    match = machine_run(&machine, &now, &next, text);
    *steps = machine.steps;
    return match;
}
