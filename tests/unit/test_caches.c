/* SPDX-License-Identifier: Apache-2.0 */
/* What a process remembers: loaded once, never stale, bounded, safe under threads (also under TSan). */

#include <string.h>

#include <apr_strings.h>
#include <apr_thread_proc.h>
#include <apr_time.h>

#include "httpd/caches.h"
#include "unit.h"

#define THREADS 8
#define KEYS    24

/* A database that a test holds in its hands. */
static struct {
    b2b_generations_t generations;
    _Atomic apr_int64_t truth[KEYS];
    _Atomic int loads;
    _Atomic int fail;
    _Atomic int slow_ms;
    _Atomic int bump_while_loading;
} world;

static int number_of(const char *const *key)
{
    return (int)apr_atoi64(key[0]);
}

static b2b_error_t *slots(int result[2], void *baton, const char *const *key, apr_pool_t *pool)
{
    (void)baton;
    (void)pool;
    result[0] = number_of(key) % B2B_DB_SLOTS;
    result[1] = 1000;
    return NULL;
}

static b2b_error_t *load(void **value, void *baton, const char *const *key, apr_pool_t *result_pool,
                         apr_pool_t *scratch_pool)
{
    apr_int64_t *made = apr_palloc(result_pool, sizeof(*made));

    (void)baton;
    *made = atomic_load(&world.truth[number_of(key)]);
    atomic_fetch_add(&world.loads, 1);
    if (atomic_load(&world.slow_ms)) {
        apr_sleep(apr_time_from_msec(atomic_load(&world.slow_ms)));
    }
    if (atomic_exchange(&world.bump_while_loading, 0)) {
        int slot = number_of(key);

        atomic_fetch_add(&world.truth[slot], 1);
        b2b_generations_bump(&world.generations, &slot, 1);
    }
    if (atomic_load(&world.fail)) {
        return b2b_error_create(scratch_pool, B2B_E_UNAVAILABLE, NULL, "The database is gone.");
    }
    *value = strcmp(key[1], "nobody") == 0 ? NULL : made;
    return NULL;
}

static b2b_cache_t *make(int most)
{
    b2b_cache_config_t config = {"test", &world.generations,     slots, load, NULL,
                                 most,   apr_time_from_msec(200)};
    b2b_cache_t *cache = NULL;

    memset(&world, 0, sizeof(world));
    ck_assert_ptr_null(b2b_cache_create(&cache, &config, test_pool));
    return cache;
}

static b2b_error_t *ask(b2b_cached_t **item, b2b_cache_t *cache, int number, const char *more,
                        apr_pool_t *pool)
{
    const char *key[B2B_CACHE_KEYS] = {apr_itoa(pool, number), more, ""};

    return b2b_cache_get(item, cache, key, pool);
}

static apr_int64_t value_of(b2b_cache_t *cache, int number)
{
    b2b_cached_t *item;
    apr_int64_t value;

    ck_assert_ptr_null(ask(&item, cache, number, "", test_pool));
    value = *(const apr_int64_t *)b2b_cached_value(item);
    b2b_cached_release(item);
    return value;
}

START_TEST(one_load_then_none)
{
    b2b_cache_t *cache = make(100);

    for (int i = 0; i < 50; i++) {
        value_of(cache, 3);
    }
    ck_assert_int_eq(world.loads, 1);
    ck_assert_uint_eq(b2b_cache_figures(cache).hits, 49);
    b2b_cache_destroy(cache);
}
END_TEST

START_TEST(keys_are_compared_whole)
{
    b2b_cache_t *cache = make(100);
    b2b_cached_t *a, *b;
    const char *one[B2B_CACHE_KEYS] = {"1", "2", ""}, *other[B2B_CACHE_KEYS] = {"1", "", "2"};

    ck_assert_ptr_null(b2b_cache_get(&a, cache, one, test_pool));
    ck_assert_ptr_null(b2b_cache_get(&b, cache, other, test_pool));
    ck_assert_ptr_ne(a, b);
    ck_assert_int_eq(world.loads, 2);
    b2b_cached_release(a);
    b2b_cached_release(b);
    b2b_cache_destroy(cache);
}
END_TEST

START_TEST(a_change_is_seen_at_once)
{
    static const int moved[] = {5, 1000};
    b2b_cache_t *cache = make(100);

    for (int i = 0; i < 2; i++) {
        ck_assert_int_eq(value_of(cache, 5), i);
        atomic_fetch_add(&world.truth[5], 1);
        b2b_generations_bump(&world.generations, &moved[i], 1); /* either slot will do */
        ck_assert_int_eq(value_of(cache, 5), i + 1);
    }
    ck_assert_int_eq(value_of(cache, 6), 0);
    b2b_cache_destroy(cache);
}
END_TEST

START_TEST(a_change_during_the_load_is_seen_next)
{
    b2b_cache_t *cache = make(100);

    atomic_store(&world.bump_while_loading, 1);
    ck_assert_int_eq(value_of(cache, 7), 0); /* was true when asked */
    ck_assert_int_eq(value_of(cache, 7), 1);
    ck_assert_int_eq(world.loads, 2);
    b2b_cache_destroy(cache);
}
END_TEST

START_TEST(nobody_is_an_answer)
{
    b2b_cache_t *cache = make(100);
    b2b_cached_t *item;

    for (int i = 0; i < 3; i++) {
        ck_assert_ptr_null(ask(&item, cache, 1, "nobody", test_pool));
        ck_assert_ptr_null(b2b_cached_value(item));
        b2b_cached_release(item);
    }
    ck_assert_int_eq(world.loads, 1);
    b2b_cache_destroy(cache);
}
END_TEST

START_TEST(a_failure_is_not_kept)
{
    b2b_cache_t *cache = make(100);
    b2b_cached_t *item;
    b2b_error_t *err;

    atomic_store(&world.fail, 1);
    err = ask(&item, cache, 1, "", test_pool);
    ck_assert_ptr_nonnull(err);
    ck_assert_int_eq(err->code, B2B_E_UNAVAILABLE);
    ck_assert_ptr_null(item);
    atomic_store(&world.fail, 0);
    ck_assert_int_eq(value_of(cache, 1), 0);
    b2b_cache_destroy(cache);
}
END_TEST

START_TEST(a_changed_thing_is_not_served_from_before_when_the_load_fails)
{
    static const int slot = 2;
    b2b_cache_t *cache = make(100);
    b2b_cached_t *item;

    ck_assert_int_eq(value_of(cache, 2), 0);
    b2b_generations_bump(&world.generations, &slot, 1);
    atomic_store(&world.fail, 1);
    ck_assert_ptr_nonnull(ask(&item, cache, 2, "", test_pool));
    ck_assert_ptr_null(item);
    b2b_cache_destroy(cache);
}
END_TEST

START_TEST(memory_is_bounded_and_the_least_used_goes)
{
    b2b_cache_t *cache = make(16); /* one a shard */
    b2b_cached_t *held;

    ck_assert_ptr_null(ask(&held, cache, 0, "held", test_pool));
    for (int i = 0; i < 5000; i++) {
        b2b_cached_t *item;

        ck_assert_ptr_null(ask(&item, cache, i % KEYS, apr_itoa(test_pool, i), test_pool));
        b2b_cached_release(item);
    }
    ck_assert_uint_le(b2b_cache_figures(cache).items, 16);
    ck_assert_uint_ge(b2b_cache_figures(cache).evictions, 4900);
    ck_assert_int_eq(*(const apr_int64_t *)b2b_cached_value(held), 0); /* evicted, but still ours */
    b2b_cached_release(held);
    b2b_cache_destroy(cache);
}
END_TEST

START_TEST(the_mark_stays_with_the_item)
{
    b2b_cache_t *cache = make(100);
    b2b_cached_t *item;

    ck_assert_ptr_null(ask(&item, cache, 1, "", test_pool));
    ck_assert_int_eq(atomic_load(b2b_cached_mark(item)), 0);
    atomic_store(b2b_cached_mark(item), 42);
    b2b_cached_release(item);
    ck_assert_ptr_null(ask(&item, cache, 1, "", test_pool));
    ck_assert_int_eq(atomic_load(b2b_cached_mark(item)), 42);
    b2b_cached_release(item);
    b2b_cache_destroy(cache);
}
END_TEST

START_TEST(the_database_tells_what_moved)
{
    static apr_int64_t values[B2B_DB_SLOTS];

    make(1);
    memset(values, 0, sizeof(values));
    ck_assert_int_eq(b2b_generations_compare(&world.generations, values), 0);
    values[3] = 7;
    values[1023] = 1;
    ck_assert_int_eq(b2b_generations_compare(&world.generations, values), 2);
    ck_assert_uint_eq(world.generations.counter[3], 1);
    ck_assert_int_eq(b2b_generations_compare(&world.generations, values), 0);
    values[3] = 2; /* a restored copy may be behind */
    ck_assert_int_eq(b2b_generations_compare(&world.generations, values), 1);
    ck_assert_uint_eq(world.generations.counter[3], 2);
}
END_TEST

/* Threads ---------------------------------------------------------------------------------------- */

typedef struct {
    b2b_cache_t *cache;
    int number;
    int rounds;
    int failures;
    int stale;
    apr_interval_time_t took;
} worker_t;

static void run(apr_thread_start_t work, worker_t *workers, int count)
{
    apr_thread_t *threads[THREADS * 2];
    apr_status_t ignored;

    for (int i = 0; i < count; i++) {
        ck_assert_int_eq(apr_thread_create(&threads[i], NULL, work, &workers[i], test_pool),
                         APR_SUCCESS);
    }
    for (int i = 0; i < count; i++) {
        apr_thread_join(&ignored, threads[i]);
    }
}

static void *APR_THREAD_FUNC ask_once(apr_thread_t *thread, void *data)
{
    worker_t *worker = data;
    apr_time_t before = apr_time_now();
    b2b_cached_t *item;
    apr_pool_t *pool;

    (void)thread;
    apr_pool_create_unmanaged_ex(&pool, NULL, NULL);
    worker->failures += ask(&item, worker->cache, worker->number, "", pool) != NULL;
    b2b_cached_release(item);
    worker->took = apr_time_now() - before;
    apr_pool_destroy(pool);
    return NULL;
}

START_TEST(one_thread_loads_for_all)
{
    b2b_cache_t *cache = make(100);
    worker_t workers[THREADS];

    memset(workers, 0, sizeof(workers));
    atomic_store(&world.slow_ms, 60);
    for (int i = 0; i < THREADS; i++) {
        workers[i].cache = cache;
        workers[i].number = 4;
    }
    run(ask_once, workers, THREADS);
    ck_assert_int_eq(world.loads, 1);
    for (int i = 0; i < THREADS; i++) {
        ck_assert_int_eq(workers[i].failures, 0);
    }
    b2b_cache_destroy(cache);
}
END_TEST

START_TEST(nobody_waits_for_ever)
{
    b2b_cache_t *cache = make(100);
    worker_t workers[4];
    int failures = 0;

    memset(workers, 0, sizeof(workers));
    atomic_store(&world.slow_ms, 1500);
    for (int i = 0; i < 4; i++) {
        workers[i].cache = cache;
        workers[i].number = 4;
    }
    run(ask_once, workers, 4);
    for (int i = 0; i < 4; i++) {
        failures += workers[i].failures;
        ck_assert(!workers[i].failures || workers[i].took < apr_time_from_msec(1000));
    }
    ck_assert_int_eq(failures, 3); /* all but the one that loads */
    ck_assert_int_eq(world.loads, 1);
    b2b_cache_destroy(cache);
}
END_TEST

/* Readers: what one gets is never older than what was true when one asked. */
static void *APR_THREAD_FUNC read_many(apr_thread_t *thread, void *data)
{
    worker_t *worker = data;
    apr_pool_t *pool;

    (void)thread;
    apr_pool_create_unmanaged_ex(&pool, NULL, NULL);
    for (int i = 0; i < worker->rounds; i++) {
        int number = (i * 7 + worker->number) % KEYS;
        apr_int64_t before = atomic_load(&world.truth[number]);
        b2b_cached_t *item;

        apr_pool_clear(pool);
        if (ask(&item, worker->cache, number, "", pool)) {
            worker->failures++;
            continue;
        }
        worker->stale += *(const apr_int64_t *)b2b_cached_value(item) < before;
        b2b_cached_release(item);
    }
    apr_pool_destroy(pool);
    return NULL;
}

static void *APR_THREAD_FUNC change_many(apr_thread_t *thread, void *data)
{
    worker_t *worker = data;

    (void)thread;
    for (int i = 0; i < worker->rounds; i++) {
        int number = (i * 5 + worker->number) % KEYS;

        /* As a commit: the database first, then the counter. */
        atomic_fetch_add(&world.truth[number], 1);
        b2b_generations_bump(&world.generations, &number, 1);
        if (i % 16 == 0) {
            apr_sleep(50);
        }
    }
    return NULL;
}

static void *APR_THREAD_FUNC either(apr_thread_t *thread, void *data)
{
    worker_t *worker = data;

    return worker->number < 100 ? read_many(thread, data) : change_many(thread, data);
}

START_TEST(a_storm_of_changes_leaves_no_reader_behind)
{
    b2b_cache_t *cache = make(16); /* fewer than keys: eviction takes part */
    worker_t workers[THREADS + 2];
    int failures = 0;

    memset(workers, 0, sizeof(workers));
    for (int i = 0; i < THREADS + 2; i++) {
        workers[i].cache = cache;
        workers[i].number = i < THREADS ? i : 100 + i;
        workers[i].rounds = i < THREADS ? 4000 : 1500;
    }
    run(either, workers, THREADS + 2);
    for (int i = 0; i < THREADS; i++) {
        failures += workers[i].failures;
    }
    ck_assert_int_le(failures, THREADS * 4000 / 100);
    for (int i = 0; i < KEYS; i++) {
        ck_assert_int_eq(value_of(cache, i), atomic_load(&world.truth[i]));
    }
    b2b_cache_destroy(cache);
}
END_TEST

/* The promise itself: a change is finished (truth and counter) before the reader asks. */
START_TEST(what_was_finished_before_asking_is_seen)
{
    b2b_cache_t *cache = make(100);
    worker_t readers[THREADS];

    for (int round = 0; round < 60; round++) {
        int slot = round % KEYS;

        memset(readers, 0, sizeof(readers));
        atomic_fetch_add(&world.truth[slot], 1);
        b2b_generations_bump(&world.generations, &slot, 1);
        for (int i = 0; i < THREADS; i++) {
            readers[i].cache = cache;
            readers[i].number = i;
            readers[i].rounds = KEYS;
        }
        run(read_many, readers, THREADS);
        for (int i = 0; i < THREADS; i++) {
            ck_assert_int_eq(readers[i].stale, 0);
            ck_assert_int_eq(readers[i].failures, 0);
        }
    }
    b2b_cache_destroy(cache);
}
END_TEST

Suite *unit_suite(void)
{
    Suite *suite = suite_create("caches");
    TCase *alone = unit_case(suite, "alone");
    TCase *threads = unit_case(suite, "threads");

    tcase_add_test(alone, one_load_then_none);
    tcase_add_test(alone, keys_are_compared_whole);
    tcase_add_test(alone, a_change_is_seen_at_once);
    tcase_add_test(alone, a_change_during_the_load_is_seen_next);
    tcase_add_test(alone, nobody_is_an_answer);
    tcase_add_test(alone, a_failure_is_not_kept);
    tcase_add_test(alone, a_changed_thing_is_not_served_from_before_when_the_load_fails);
    tcase_add_test(alone, memory_is_bounded_and_the_least_used_goes);
    tcase_add_test(alone, the_mark_stays_with_the_item);
    tcase_add_test(alone, the_database_tells_what_moved);
    tcase_add_test(threads, one_thread_loads_for_all);
    tcase_add_test(threads, nobody_waits_for_ever);
    tcase_add_test(threads, a_storm_of_changes_leaves_no_reader_behind);
    tcase_add_test(threads, what_was_finished_before_asking_is_seen);
    return suite;
}
