/* SPDX-License-Identifier: Apache-2.0 */
/* A SHA-256 piece by piece. */

#include "digest.h"

#include <stdlib.h>

#include <apr_escape.h>
#include <openssl/evp.h>

#include "chance.h"

struct b2b_digest_t {
    EVP_MD_CTX *context;
    apr_pool_t *pool;
};

static apr_status_t digest_free(void *data)
{
    b2b_digest_t *digest = data;

    EVP_MD_CTX_free(digest->context);
    digest->context = NULL;
    return APR_SUCCESS;
}

b2b_digest_t *b2b_digest_create(apr_pool_t *pool)
{
    b2b_digest_t *digest = apr_pcalloc(pool, sizeof(*digest));

    digest->pool = pool;
    digest->context = EVP_MD_CTX_new();
    if (!digest->context || !EVP_DigestInit_ex(digest->context, EVP_sha256(), NULL)) {
        abort();
    }
    apr_pool_cleanup_register(pool, digest, digest_free, apr_pool_cleanup_null);
    return digest;
}

void b2b_digest_add(b2b_digest_t *digest, const void *data, apr_size_t length)
{
    if (!EVP_DigestUpdate(digest->context, data, length)) {
        abort();
    }
}

const char *b2b_digest_hex(b2b_digest_t *digest)
{
    unsigned char bytes[EVP_MAX_MD_SIZE];
    unsigned int size = 0;
    char *text = apr_palloc(digest->pool, B2B_SHA256_LENGTH + 1);

    if (!EVP_DigestFinal_ex(digest->context, bytes, &size) || size * 2 != B2B_SHA256_LENGTH) {
        abort();
    }
    apr_escape_hex(text, bytes, size, 0, NULL);
    return text;
}
