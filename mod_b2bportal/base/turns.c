/* SPDX-License-Identifier: Apache-2.0 */
/* Turns at what only so many may do at a time. */

#include "base/turns.h"

#include <errno.h>
#include <signal.h>
#include <unistd.h>

#include "base/chance.h"

typedef struct {
    b2b_turns_t *turns;
    int at;
    pid_t holder;
} taken_t;

/* Robust, because a process may be killed while it holds it; what it guards is right after every single step. */
apr_status_t b2b_turns_initialize(b2b_turns_t *turns)
{
    pthread_mutexattr_t kind;
    int rv = pthread_mutexattr_init(&kind);

    if (!rv) {
        rv = pthread_mutexattr_setpshared(&kind, PTHREAD_PROCESS_SHARED);
    }
    if (!rv) {
        rv = pthread_mutexattr_setrobust(&kind, PTHREAD_MUTEX_ROBUST);
    }
    return rv ? rv : pthread_mutex_init(&turns->mutex, &kind);
}

static void lock(b2b_turns_t *turns)
{
    if (pthread_mutex_lock(&turns->mutex) == EOWNERDEAD) {
        pthread_mutex_consistent(&turns->mutex);
    }
}

static int is_gone(pid_t holder)
{
    return !holder || (kill(holder, 0) != 0 && errno == ESRCH);
}

/* The first turn of MOST that is free, -1 if there is none; *OWN: WHO has one. */
static int find_free(int *own, b2b_turns_t *turns, int most, apr_uint64_t who)
{
    int at = -1;
    int i;

    *own = 0;
    for (i = B2B_TURNS_MOST - 1; i >= 0; i--) {
        if (is_gone(turns->turns[i].holder)) {
            turns->turns[i].holder = 0;
            at = i;
        }
        else if (turns->turns[i].who == who) {
            *own = 1;
        }
    }
    return at < most ? at : -1;
}

static apr_status_t give_back(void *data)
{
    const taken_t *taken = data;

    /* The cleanups of a request's pool may run in a process that was forked off this one. */
    if (taken->holder == getpid()) {
        lock(taken->turns);
        taken->turns->turns[taken->at].holder = 0;
        pthread_mutex_unlock(&taken->turns->mutex);
    }
    return APR_SUCCESS;
}

b2b_turn_e b2b_turn_take(b2b_turns_t *turns, int most, const char *who, apr_pool_t *pool)
{
    taken_t *taken = apr_palloc(pool, sizeof(*taken));
    apr_uint64_t hash = b2b_hash64(who);
    int own;

    taken->turns = turns;
    taken->holder = getpid();
    lock(turns);
    taken->at = find_free(&own, turns, most, hash);
    if (!own && taken->at >= 0) {
        turns->turns[taken->at].who = hash;
        turns->turns[taken->at].holder = taken->holder;
    }
    pthread_mutex_unlock(&turns->mutex);
    if (own || taken->at < 0) {
        return own ? B2B_TURN_OWN : B2B_TURN_FULL;
    }
    apr_pool_cleanup_register(pool, taken, give_back, apr_pool_cleanup_null);
    return B2B_TURN_TAKEN;
}

void b2b_turns_begin(b2b_turns_t *turns)
{
    int i;

    lock(turns);
    for (i = 0; i < B2B_TURNS_MOST; i++) {
        if (turns->turns[i].holder == getpid()) {
            turns->turns[i].holder = 0;
        }
    }
    pthread_mutex_unlock(&turns->mutex);
}
