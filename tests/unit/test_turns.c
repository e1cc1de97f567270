/* SPDX-License-Identifier: Apache-2.0 */
/* Turns: one a person, so many in all, given back with the pool or with the process. */

#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <apr_pools.h>

#include "base/turns.h"
#include "unit.h"

static b2b_turns_t *make(void)
{
    b2b_turns_t *turns = mmap(NULL, sizeof(*turns), PROT_READ | PROT_WRITE,
                              MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    ck_assert(turns != MAP_FAILED);
    ck_assert_int_eq(b2b_turns_initialize(turns), APR_SUCCESS);
    return turns;
}

static apr_pool_t *pool_of(apr_pool_t *parent)
{
    apr_pool_t *pool;

    ck_assert_int_eq(apr_pool_create(&pool, parent), APR_SUCCESS);
    return pool;
}

START_TEST(each_person_has_one)
{
    b2b_turns_t *turns = make();
    apr_pool_t *first = pool_of(test_pool), *second = pool_of(test_pool);

    ck_assert_int_eq(b2b_turn_take(turns, 2, "anna", first), B2B_TURN_TAKEN);
    ck_assert_int_eq(b2b_turn_take(turns, 2, "anna", second), B2B_TURN_OWN);
    apr_pool_destroy(second); /* a refusal gives nothing back */
    ck_assert_int_eq(b2b_turn_take(turns, 2, "anna", test_pool), B2B_TURN_OWN);
    apr_pool_destroy(first);
    ck_assert_int_eq(b2b_turn_take(turns, 2, "anna", test_pool), B2B_TURN_TAKEN);
}
END_TEST

START_TEST(there_are_so_many)
{
    b2b_turns_t *turns = make();
    apr_pool_t *first = pool_of(test_pool), *second = pool_of(test_pool);

    ck_assert_int_eq(b2b_turn_take(turns, 2, "anna", first), B2B_TURN_TAKEN);
    ck_assert_int_eq(b2b_turn_take(turns, 2, "ben", second), B2B_TURN_TAKEN);
    ck_assert_int_eq(b2b_turn_take(turns, 2, "clara", test_pool), B2B_TURN_FULL);
    /* Who has one hears that, whatever the others do. */
    ck_assert_int_eq(b2b_turn_take(turns, 2, "ben", test_pool), B2B_TURN_OWN);
    /* One that lies beyond a smaller number still counts as its person's. */
    apr_pool_destroy(first);
    ck_assert_int_eq(b2b_turn_take(turns, 1, "ben", test_pool), B2B_TURN_OWN);
    ck_assert_int_eq(b2b_turn_take(turns, 1, "clara", test_pool), B2B_TURN_TAKEN);
    ck_assert_int_eq(b2b_turn_take(turns, 1, "anna", test_pool), B2B_TURN_FULL);
}
END_TEST

/* In another process: take the turn, and end without giving it back; with LOCKED, in the middle of taking it. */
static pid_t die_with(b2b_turns_t *turns, const char *who, int locked)
{
    int status = 0;
    pid_t child = fork();

    ck_assert_int_ge(child, 0);
    if (child == 0) {
        int taken = b2b_turn_take(turns, 1, who, test_pool) == B2B_TURN_TAKEN;

        if (locked) {
            pthread_mutex_lock(&turns->mutex);
        }
        _exit(taken ? 0 : 1);
    }
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert_int_eq(status, 0);
    return child;
}

START_TEST(a_process_that_ends_has_none)
{
    b2b_turns_t *turns = make();

    die_with(turns, "anna", 0);
    ck_assert_int_eq(turns->turns[0].holder != 0, 1);
    die_with(turns, "anna", 1);
    ck_assert_int_eq(b2b_turn_take(turns, 1, "ben", test_pool), B2B_TURN_TAKEN);
}
END_TEST

START_TEST(a_process_of_the_same_id_begins)
{
    b2b_turns_t *turns = make();

    die_with(turns, "anna", 0);
    turns->turns[0].holder = getpid();
    turns->turns[1].holder = getppid();
    ck_assert_int_eq(b2b_turn_take(turns, 1, "ben", test_pool), B2B_TURN_FULL);
    b2b_turns_begin(turns);
    ck_assert_int_eq(turns->turns[1].holder, getppid());
    ck_assert_int_eq(b2b_turn_take(turns, 1, "ben", test_pool), B2B_TURN_TAKEN);
}
END_TEST

/* The cleanup of a pool that runs in a process that was forked off is not the holder's. */
START_TEST(a_fork_gives_nothing_back)
{
    b2b_turns_t *turns = make();
    apr_pool_t *pool = pool_of(test_pool);
    int status = 0;
    pid_t child;

    ck_assert_int_eq(b2b_turn_take(turns, 1, "anna", pool), B2B_TURN_TAKEN);
    child = fork();
    if (child == 0) {
        apr_pool_destroy(pool);
        _exit(0);
    }
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert_int_eq(b2b_turn_take(turns, 1, "ben", test_pool), B2B_TURN_FULL);
}
END_TEST

Suite *unit_suite(void)
{
    Suite *suite = suite_create("turns");
    TCase *tc = unit_case(suite, "turns");

    tcase_add_test(tc, each_person_has_one);
    tcase_add_test(tc, there_are_so_many);
    tcase_add_test(tc, a_process_that_ends_has_none);
    tcase_add_test(tc, a_process_of_the_same_id_begins);
    tcase_add_test(tc, a_fork_gives_nothing_back);
    return suite;
}
