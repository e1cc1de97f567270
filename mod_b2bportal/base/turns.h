/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Turns at what only so many may do at a time, one a person: in memory that several processes may share. Who has a
 * turn keeps it until a pool ends, or the process does, however it does.
 */

#ifndef B2B_TURNS_H
#define B2B_TURNS_H

#include <pthread.h>
#include <sys/types.h>

#include <apr_pools.h>

#define B2B_TURNS_MOST 64

typedef struct {
    pthread_mutex_t mutex;
    struct {
        pid_t holder;     /* 0: free */
        apr_uint64_t who; /* hash of a person's id */
    } turns[B2B_TURNS_MOST];
} b2b_turns_t;

typedef enum {
    B2B_TURN_TAKEN,
    B2B_TURN_OWN, /* the person has one */
    B2B_TURN_FULL /* others have them all */
} b2b_turn_e;

/** Make TURNS, zeroed memory that processes share, ready; once, before any of them uses it. */
apr_status_t b2b_turns_initialize(b2b_turns_t *turns);

/** Take a turn of MOST (at most B2B_TURNS_MOST) for the person WHO, until POOL is cleared or destroyed. */
b2b_turn_e b2b_turn_take(b2b_turns_t *turns, int most, const char *who, apr_pool_t *pool);

/** A process begins: what one of the same id had, and did not live to give back, is free. */
void b2b_turns_begin(b2b_turns_t *turns);

#endif
