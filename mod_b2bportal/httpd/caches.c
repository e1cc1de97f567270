/* SPDX-License-Identifier: Apache-2.0 */
/* What a process remembers of the database: sharded, counted, loaded by one thread at a time. */

#include "httpd/caches.h"

#include <stdlib.h>
#include <string.h>

#include <apr_strings.h>
#include <apr_thread_cond.h>
#include <apr_thread_mutex.h>

#include "base/chance.h"

#define SHARDS 16 /* a power of two */

struct b2b_cached_t {
    atomic_uint references; /* the cache's own, and one for each holder */
    apr_pool_t *pool;       /* holds everything below, and this */
    apr_uint64_t hash;
    const char *key[B2B_CACHE_KEYS];
    int slots[2];
    apr_uint64_t counted[2]; /* the counters before the load */
    const void *value;
    _Atomic apr_int64_t mark;
    b2b_cached_t *chain;         /* next in the bucket */
    b2b_cached_t *newer, *older; /* by use */
};

/* One thread loads; others wait here. Counted under the shard's mutex. */
typedef struct flight_t {
    struct flight_t *next;
    apr_uint64_t hash;
    const char *const *key; /* the loader's, which stays until it has landed */
    int references;
    int landed;
    int failed;
    b2b_error_code_e code; /* of the failure */
    char message[200];
} flight_t;

typedef struct {
    apr_thread_mutex_t *mutex;
    apr_thread_cond_t *landed;
    b2b_cached_t **buckets;
    b2b_cached_t *newest, *oldest;
    flight_t *flights;
    apr_uint64_t items, hits, loads, failures, evictions;
} shard_t;

struct b2b_cache_t {
    b2b_cache_config_t config;
    apr_uint64_t seed;
    apr_uint64_t mask; /* buckets of a shard, less one */
    apr_uint64_t most; /* items of a shard */
    shard_t shards[SHARDS];
};

void b2b_generations_bump(b2b_generations_t *generations, const int *slots, int count)
{
    for (int i = 0; i < count; i++) {
        atomic_fetch_add(&generations->counter[slots[i]], 1);
    }
}

int b2b_generations_compare(b2b_generations_t *generations, const apr_int64_t *values)
{
    int moved = 0;

    for (int i = 0; i < B2B_DB_SLOTS; i++) {
        /* Counted first and noted after: who sees the note may rely on the count. Two children that read at
         * different times may both count, or count once more; that costs a load, and nothing is missed. */
        if (atomic_load(&generations->seen[i]) != values[i]) {
            atomic_fetch_add(&generations->counter[i], 1);
            atomic_store(&generations->seen[i], values[i]);
            moved++;
        }
    }
    return moved;
}

/* A word at a time; the seed keeps whoever chooses subjects from choosing collisions. */
static apr_uint64_t hash_key(apr_uint64_t seed, const char *const *key)
{
    apr_uint64_t hash = seed;

    for (int i = 0; i < B2B_CACHE_KEYS; i++) {
        const char *text = key[i] ? key[i] : "";
        apr_size_t left = strlen(text);
        apr_uint64_t word;

        hash ^= left;
        for (; left >= sizeof(word); left -= sizeof(word), text += sizeof(word)) {
            memcpy(&word, text, sizeof(word));
            hash = (hash ^ word) * APR_UINT64_C(0x9e3779b97f4a7c15);
            hash ^= hash >> 29;
        }
        word = 0;
        memcpy(&word, text, left);
        hash = (hash ^ word) * APR_UINT64_C(0xbf58476d1ce4e5b9);
        hash ^= hash >> 32;
    }
    return hash;
}

static int same_key(const char *const *a, const char *const *b)
{
    for (int i = 0; i < B2B_CACHE_KEYS; i++) {
        if (strcmp(a[i] ? a[i] : "", b[i] ? b[i] : "") != 0) {
            return 0;
        }
    }
    return 1;
}

b2b_error_t *b2b_cache_create(b2b_cache_t **cache, const b2b_cache_config_t *config,
                              apr_pool_t *pool)
{
    b2b_cache_t *made = apr_pcalloc(pool, sizeof(*made));
    apr_uint64_t buckets = 1;

    made->config = *config;
    made->seed = b2b_hash64(b2b_token_create(16, pool));
    made->most = ((apr_uint64_t)config->most + SHARDS - 1) / SHARDS;
    while (buckets < made->most + made->most / 2) {
        buckets *= 2;
    }
    made->mask = buckets - 1;
    for (int i = 0; i < SHARDS; i++) {
        shard_t *shard = &made->shards[i];
        apr_status_t rv = apr_thread_mutex_create(&shard->mutex, APR_THREAD_MUTEX_DEFAULT, pool);

        if (rv == APR_SUCCESS) {
            rv = apr_thread_cond_create(&shard->landed, pool);
        }
        if (rv != APR_SUCCESS) {
            b2b_error_t *err = b2b_error_create(pool, B2B_E_INTERNAL, NULL,
                                                "There is no mutex left.");

            err->status = rv;
            return err;
        }
        shard->buckets = apr_pcalloc(pool, (apr_size_t)buckets * sizeof(*shard->buckets));
    }
    *cache = made;
    return NULL;
}

void b2b_cached_release(b2b_cached_t *item)
{
    if (item && atomic_fetch_sub(&item->references, 1) == 1) {
        apr_pool_destroy(item->pool);
    }
}

const void *b2b_cached_value(const b2b_cached_t *item)
{
    return item->value;
}

_Atomic apr_int64_t *b2b_cached_mark(b2b_cached_t *item)
{
    return &item->mark;
}

static b2b_cached_t *find(const b2b_cache_t *cache, const shard_t *shard, apr_uint64_t hash,
                          const char *const *key)
{
    b2b_cached_t *item = shard->buckets[(hash / SHARDS) & cache->mask];

    while (item && (item->hash != hash || !same_key(item->key, key))) {
        item = item->chain;
    }
    return item;
}

static int is_true(const b2b_cache_t *cache, const b2b_cached_t *item)
{
    b2b_generations_t *generations = cache->config.generations;

    return atomic_load(&generations->counter[item->slots[0]]) == item->counted[0] &&
           atomic_load(&generations->counter[item->slots[1]]) == item->counted[1];
}

static void unlink_use(shard_t *shard, b2b_cached_t *item)
{
    if (item->newer) {
        item->newer->older = item->older;
    }
    else {
        shard->newest = item->older;
    }
    if (item->older) {
        item->older->newer = item->newer;
    }
    else {
        shard->oldest = item->newer;
    }
    item->newer = item->older = NULL;
}

static void link_newest(shard_t *shard, b2b_cached_t *item)
{
    item->older = shard->newest;
    if (shard->newest) {
        shard->newest->newer = item;
    }
    else {
        shard->oldest = item;
    }
    shard->newest = item;
}

/* Take ITEM out of the shard, whose mutex is held. The last holder frees it. */
static void drop(const b2b_cache_t *cache, shard_t *shard, b2b_cached_t *item)
{
    b2b_cached_t **link = &shard->buckets[(item->hash / SHARDS) & cache->mask];

    while (*link != item) {
        link = &(*link)->chain;
    }
    *link = item->chain;
    unlink_use(shard, item);
    shard->items--;
    b2b_cached_release(item);
}

static void insert(b2b_cache_t *cache, shard_t *shard, b2b_cached_t *item)
{
    b2b_cached_t *before = find(cache, shard, item->hash, item->key);
    b2b_cached_t **bucket = &shard->buckets[(item->hash / SHARDS) & cache->mask];

    if (before) {
        drop(cache, shard, before);
    }
    while (shard->oldest && shard->items >= cache->most) {
        drop(cache, shard, shard->oldest);
        shard->evictions++;
    }
    item->chain = *bucket;
    *bucket = item;
    link_newest(shard, item);
    shard->items++;
    atomic_fetch_add(&item->references, 1);
}

/* Load the item of KEY, without a mutex. */
static b2b_error_t *load(b2b_cached_t **result, b2b_cache_t *cache, apr_uint64_t hash,
                         const char *const *key, apr_pool_t *pool)
{
    b2b_generations_t *generations = cache->config.generations;
    apr_pool_t *own = NULL;
    b2b_cached_t *item;
    void *value = NULL;
    b2b_error_t *err;

    /* Without a parent and with an allocator of its own, so that the last holder may free it on any thread. */
    if (apr_pool_create_unmanaged_ex(&own, NULL, NULL) != APR_SUCCESS) {
        return b2b_error_create(pool, B2B_E_BUSY, NULL,
                                "The server has no memory left. Try again.");
    }
    apr_pool_tag(own, cache->config.name);
    item = apr_pcalloc(own, sizeof(*item));
    item->pool = own;
    item->hash = hash;
    atomic_init(&item->references, 1);
    atomic_init(&item->mark, 0);
    for (int i = 0; i < B2B_CACHE_KEYS; i++) {
        item->key[i] = apr_pstrdup(own, key[i] ? key[i] : "");
    }
    err = cache->config.slots(item->slots, cache->config.baton, key, pool);
    if (!err) {
        item->counted[0] = atomic_load(&generations->counter[item->slots[0]]);
        item->counted[1] = atomic_load(&generations->counter[item->slots[1]]);
        err = cache->config.load(&value, cache->config.baton, key, own, pool);
    }
    if (err) {
        apr_pool_destroy(own);
        return err;
    }
    item->value = value;
    *result = item;
    return NULL;
}

static flight_t *find_flight(const shard_t *shard, apr_uint64_t hash, const char *const *key)
{
    flight_t *flight = shard->flights;

    while (flight && (flight->hash != hash || !same_key(flight->key, key))) {
        flight = flight->next;
    }
    return flight;
}

static void release_flight(flight_t *flight)
{
    if (--flight->references == 0) {
        free(flight);
    }
}

/* Wait until FLIGHT has landed, with the shard's mutex held. Return its failure, or B2B_E_BUSY at DEADLINE. */
static b2b_error_t *await(shard_t *shard, flight_t *flight, apr_time_t deadline, apr_pool_t *pool)
{
    b2b_error_t *err = NULL;

    flight->references++;
    while (!flight->landed) {
        apr_interval_time_t left = deadline - apr_time_now();

        if (left <= 0) {
            err = b2b_error_create(pool, B2B_E_BUSY, NULL,
                                   "The server is busy. Try again in a moment.");
            break;
        }
        apr_thread_cond_timedwait(shard->landed, shard->mutex, left);
    }
    if (!err && flight->failed) {
        err = b2b_error_create(pool, flight->code, NULL, "%s", flight->message);
    }
    release_flight(flight);
    return err;
}

/* Announce the load, do it, and tell those who wait. The shard's mutex is held on entry and on return. */
static b2b_error_t *fly(b2b_cached_t **result, b2b_cache_t *cache, shard_t *shard,
                        apr_uint64_t hash, const char *const *key, apr_pool_t *pool)
{
    flight_t *flight = calloc(1, sizeof(*flight));
    flight_t **link = &shard->flights;
    b2b_error_t *err;

    if (!flight) {
        return b2b_error_create(pool, B2B_E_BUSY, NULL,
                                "The server has no memory left. Try again.");
    }
    flight->hash = hash;
    flight->key = key;
    flight->references = 1;
    flight->next = shard->flights;
    shard->flights = flight;
    apr_thread_mutex_unlock(shard->mutex);

    err = load(result, cache, hash, key, pool);

    apr_thread_mutex_lock(shard->mutex);
    while (*link != flight) {
        link = &(*link)->next;
    }
    *link = flight->next;
    flight->landed = 1;
    if (err) {
        shard->failures++;
        flight->failed = 1;
        flight->code = err->code;
        apr_cpystrn(flight->message, err->message, sizeof(flight->message));
    }
    else {
        shard->loads++;
        insert(cache, shard, *result);
    }
    apr_thread_cond_broadcast(shard->landed);
    release_flight(flight);
    return err;
}

b2b_error_t *b2b_cache_get(b2b_cached_t **item, b2b_cache_t *cache, const char *const *key,
                           apr_pool_t *pool)
{
    apr_uint64_t hash = hash_key(cache->seed, key);
    shard_t *shard = &cache->shards[hash % SHARDS];
    apr_time_t deadline = 0;
    b2b_error_t *err = NULL;

    *item = NULL;
    apr_thread_mutex_lock(shard->mutex);
    for (;;) {
        b2b_cached_t *found = find(cache, shard, hash, key);
        flight_t *flight;

        if (found && is_true(cache, found)) {
            atomic_fetch_add(&found->references, 1);
            if (found != shard->newest) {
                unlink_use(shard, found);
                link_newest(shard, found);
            }
            shard->hits++;
            *item = found;
            break;
        }
        flight = find_flight(shard, hash, key);
        if (!flight) {
            /* What this thread loaded was true when it asked, whatever has changed since. */
            err = fly(item, cache, shard, hash, key, pool);
            break;
        }
        if (!deadline) {
            deadline = apr_time_now() + cache->config.wait;
        }
        err = await(shard, flight, deadline, pool);
        if (err) {
            break;
        }
    }
    apr_thread_mutex_unlock(shard->mutex);
    return err;
}

void b2b_cache_destroy(b2b_cache_t *cache)
{
    for (int i = 0; i < SHARDS; i++) {
        shard_t *shard = &cache->shards[i];

        while (shard->oldest) {
            drop(cache, shard, shard->oldest);
        }
    }
}

b2b_cache_figures_t b2b_cache_figures(b2b_cache_t *cache)
{
    b2b_cache_figures_t sum = {cache->config.name, 0, 0, 0, 0, 0};

    for (int i = 0; i < SHARDS; i++) {
        shard_t *shard = &cache->shards[i];

        apr_thread_mutex_lock(shard->mutex);
        sum.items += shard->items;
        sum.hits += shard->hits;
        sum.loads += shard->loads;
        sum.failures += shard->failures;
        sum.evictions += shard->evictions;
        apr_thread_mutex_unlock(shard->mutex);
    }
    return sum;
}
