/* SPDX-License-Identifier: Apache-2.0 */
/* Versions as ETags: what was read is what is changed (S17). */

#include "private.h"

#include <string.h>

#include <apr_strings.h>

const char *b2b_etag(apr_int64_t version, apr_pool_t *pool)
{
    return apr_psprintf(pool, "\"%" APR_INT64_T_FMT "\"", version);
}

void b2b_json_set_etag(b2b_json_t *object, apr_int64_t version, apr_pool_t *pool)
{
    b2b_json_set_string(object, "etag", b2b_etag(version, pool));
}

/* mod_deflate and mod_brotli mark the tag of what they pack: it is another representation of the same version (RFC 9110
 * 8.8.3.3), and what is changed is the version. */
const char *b2b_etag_unpacked(const char *tag, apr_pool_t *pool)
{
    static const char *const marks[] = {"-gzip\"", "-br\"", NULL};
    apr_size_t length = strlen(tag);
    int i;

    for (i = 0; marks[i]; i++) {
        apr_size_t mark = strlen(marks[i]);

        if (length > mark && !strcmp(tag + length - mark, marks[i])) {
            return apr_pstrcat(pool, apr_pstrmemdup(pool, tag, length - mark), "\"", NULL);
        }
    }
    return tag;
}

static b2b_error_t *stale(apr_pool_t *pool)
{
    b2b_error_t *err = b2b_error_create(
        pool, B2B_E_STALE, NULL,
        "Somebody changed this after you read it. Read it again, compare, and save again.");

    err->field = "If-Match";
    return err;
}

b2b_error_t *b2b_if_match_parse(apr_int64_t *version, const char *header, apr_pool_t *pool)
{
    apr_size_t length;

    if (!header || !*header) {
        b2b_error_t *err = b2b_error_create(
            pool, B2B_E_PRECONDITION, NULL,
            "Send If-Match with the ETag that you read, so that nobody's change is lost.");

        err->field = "If-Match";
        return err;
    }
    /* "*" would overwrite whatever is there, which is what the header is to prevent. */
    if (!strcmp(header, "*")) {
        return b2b_error_of_field(pool, B2B_E_PRECONDITION, "If-Match", __FILE__, __LINE__,
                                  "If-Match must name the ETag that you read; * is not taken.");
    }
    header = b2b_etag_unpacked(header, pool);
    length = strlen(header);
    if (length < 3 || length > 20 || header[0] != '"' || header[length - 1] != '"' ||
        strspn(header + 1, "0123456789") != length - 2 || header[1] == '0') {
        return stale(pool);
    }
    *version = apr_atoi64(header + 1);
    return NULL;
}

b2b_error_t *b2b_call_expect(const b2b_call_t *call, apr_int64_t version)
{
    return call->version && call->version != version ? stale(call->pool) : NULL;
}
