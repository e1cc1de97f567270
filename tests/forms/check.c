/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Documents on demand: reads one as JSON a line, and prints "ok", a tab and its normal form, or "no", a tab and
 * the place of the first thing that is wrong. schema.py compares with the published schema.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <apr_general.h>

#include "forms/forms.h"

static void judge(const char *line, apr_size_t length, apr_pool_t *pool)
{
    b2b_json_t *json, *normal = NULL;
    apr_array_header_t *images;
    b2b_error_t *err = b2b_json_parse(&json, line, length, pool);

    if (!err) {
        err = b2b_document_check(&normal, &images, json, pool);
    }
    if (err) {
        printf("no\t%s\n", err->field ? err->field : "");
    }
    else {
        printf("ok\t%s\n", b2b_json_write(normal, pool));
    }
}

int main(void)
{
    apr_pool_t *root, *pool;
    char *line = NULL;
    size_t size = 0;
    ssize_t length;

    if (apr_initialize() != APR_SUCCESS || apr_pool_create(&root, NULL) != APR_SUCCESS) {
        return EXIT_FAILURE;
    }
    b2b_json_initialize();
    while ((length = getline(&line, &size, stdin)) > 0) {
        if (line[length - 1] == '\n') {
            length--;
        }
        apr_pool_create(&pool, root);
        judge(line, (apr_size_t)length, pool);
        apr_pool_destroy(pool);
    }
    free(line);
    return EXIT_SUCCESS;
}
