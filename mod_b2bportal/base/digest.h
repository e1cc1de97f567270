/* SPDX-License-Identifier: Apache-2.0 */
/* A SHA-256 of what comes piece by piece and never lies in memory whole. For text at hand: b2b_sha256_hex. */

#ifndef B2B_DIGEST_H
#define B2B_DIGEST_H

#include <apr_pools.h>

typedef struct b2b_digest_t b2b_digest_t;

/** Begin one in POOL. Aborts where the library has no SHA-256, as b2b_sha256_hex does. */
b2b_digest_t *b2b_digest_create(apr_pool_t *pool);

/** Take in DATA[0..LENGTH). */
void b2b_digest_add(b2b_digest_t *digest, const void *data, apr_size_t length);

/** The SHA-256 of all that was added, as 64 lower-case hexadecimal digits in the digest's pool. Once, at the end. */
const char *b2b_digest_hex(b2b_digest_t *digest);

#endif
