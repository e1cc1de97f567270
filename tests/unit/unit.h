/* SPDX-License-Identifier: Apache-2.0 */
/* What every unit test program shares: a main(), a pool for each test, two assertions. */
#ifndef B2B_TESTS_UNIT_H
#define B2B_TESTS_UNIT_H

#include <check.h>

#include <apr_pools.h>

/** A pool that is fresh in each test of a case made by unit_case() and destroyed after it. */
extern apr_pool_t *test_pool;

/**
 * Make a case called NAME whose tests find #test_pool set, and add it to SUITE.
 */
TCase *unit_case(Suite *suite, const char *name);

/**
 * The program's suite: each test program defines this, and unit.c runs it and speaks TAP.
 */
Suite *unit_suite(void);

#endif
