/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a process remembers of the database so that deciding needs no query. Needs no server.
 *
 * An item is immutable, lives in a pool of its own and is counted; it is true as long as the generations it
 * depends on have not moved. They were read before the database was, so that a change that comes while an
 * item is being loaded makes it stale, never wrong. Everything here may be called from any thread.
 */

#ifndef B2B_CACHES_H
#define B2B_CACHES_H

#include <stdatomic.h>

#include "../db/db.h"

/** Shared by all children: made once, zeroed, by the parent; outlives graceful restarts. */
typedef struct {
    _Atomic apr_uint64_t
        counter[B2B_DB_SLOTS];              /* moved by whoever knows of a change; never stored */
    _Atomic apr_int64_t seen[B2B_DB_SLOTS]; /* the database's value that was counted last */
} b2b_generations_t;

/** The slots were bumped by a transaction of this process: let everybody's items go stale. */
void b2b_generations_bump(b2b_generations_t *generations, const int *slots, int count);

/** The database says VALUES: let go stale what changed elsewhere. Return how many slots did. */
int b2b_generations_compare(b2b_generations_t *generations, const apr_int64_t *values);

typedef struct b2b_cache_t b2b_cache_t;
typedef struct b2b_cached_t b2b_cached_t;

#define B2B_CACHE_KEYS 3

/** Name the two slots that the item of KEY depends on (twice the same if it is one). */
typedef b2b_error_t *(*b2b_cache_slots_cb)(int slots[2], void *baton, const char *const *key,
                                           apr_pool_t *scratch_pool);

/** Load the item of KEY into *VALUE, in RESULT_POOL; NULL is an answer that is kept like any other. */
typedef b2b_error_t *(*b2b_cache_load_cb)(void **value, void *baton, const char *const *key,
                                          apr_pool_t *result_pool, apr_pool_t *scratch_pool);

typedef struct {
    const char *name;
    b2b_generations_t *generations;
    b2b_cache_slots_cb slots;
    b2b_cache_load_cb load;
    void *baton;
    int most;                 /* so many items at most; the ones not used for longest go */
    apr_interval_time_t wait; /* for another thread that loads the same item; then B2B_E_BUSY */
} b2b_cache_config_t;

/** Make *CACHE in POOL (memory of the items is their own). CONFIG is copied. */
b2b_error_t *b2b_cache_create(b2b_cache_t **cache, const b2b_cache_config_t *config,
                              apr_pool_t *pool);

/** Let everything go. No other thread may be using CACHE. */
void b2b_cache_destroy(b2b_cache_t *cache);

/**
 * Set *ITEM to the true item of KEY (B2B_CACHE_KEYS strings; NULL reads as ""), loading it if needed: one
 * thread loads, the others wait for it. An error is the loader's, or B2B_E_BUSY. POOL holds only errors and
 * temporaries. Give the item back with b2b_cached_release.
 */
b2b_error_t *b2b_cache_get(b2b_cached_t **item, b2b_cache_t *cache, const char *const *key,
                           apr_pool_t *pool);

void b2b_cached_release(b2b_cached_t *item);
const void *b2b_cached_value(const b2b_cached_t *item);

/** A number that goes with the item and that any thread may exchange; 0 at first. */
_Atomic apr_int64_t *b2b_cached_mark(b2b_cached_t *item);

typedef struct {
    const char *name;
    apr_uint64_t items, hits, loads, failures, evictions;
} b2b_cache_figures_t;

b2b_cache_figures_t b2b_cache_figures(b2b_cache_t *cache);

#endif
