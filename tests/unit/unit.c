/* SPDX-License-Identifier: Apache-2.0 */
/* main() of every unit test program: runs its suite and prints TAP. */
#include "unit.h"

#include <stdlib.h>

#include <apr_general.h>

apr_pool_t *test_pool;

static void pool_setup(void)
{
    ck_assert_int_eq(apr_pool_create(&test_pool, NULL), APR_SUCCESS);
}

static void pool_teardown(void)
{
    apr_pool_destroy(test_pool);
    test_pool = NULL;
}

TCase *unit_case(Suite *suite, const char *name)
{
    TCase *tc = tcase_create(name);

    tcase_add_checked_fixture(tc, pool_setup, pool_teardown);
    suite_add_tcase(suite, tc);
    return tc;
}

int main(void)
{
    SRunner *runner;
    int failed;

    if (apr_initialize() != APR_SUCCESS)
        return EXIT_FAILURE;
    atexit(apr_terminate);

    runner = srunner_create(unit_suite());
    srunner_set_tap(runner, "-");
    srunner_run_all(runner, CK_SILENT);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
