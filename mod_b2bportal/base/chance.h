/* SPDX-License-Identifier: Apache-2.0 */
/* Clock, randomness and digests: what makes a program differ from run to run, in one place. */

#ifndef B2B_CHANCE_H
#define B2B_CHANCE_H

#include <apr_pools.h>
#include <apr_time.h>

#define B2B_ID_LENGTH     36
#define B2B_SHA256_LENGTH 64 /* as hexadecimal digits */

/** The time now, UTC, in microseconds since 1970. Tests move it with b2b_clock_shift. */
apr_time_t b2b_clock_now(void);

/**
 * Microseconds since some point in the past: for measuring how long ago something was. Unlike b2b_clock_now
 * it does not step when somebody sets the clock (CLOCK_MONOTONIC).
 */
apr_interval_time_t b2b_clock_steady(void);

/** For tests: let b2b_clock_now run OFFSET microseconds ahead of the system's clock. */
void b2b_clock_shift(apr_interval_time_t offset);

/** TIME as RFC 3339 in UTC with milliseconds, "2026-11-22T02:20:31.123Z". */
const char *b2b_clock_format(apr_time_t time, apr_pool_t *pool);

/** As b2b_clock_format, into BUFFER. */
#define B2B_CLOCK_LENGTH 24
void b2b_clock_write(char buffer[B2B_CLOCK_LENGTH + 1], apr_time_t time);

/** Parse what b2b_clock_format writes, and RFC 3339 with any offset. Return FALSE if it is not that. */
int b2b_clock_parse(apr_time_t *time, const char *text);

/** A new id: UUIDv7 (RFC 9562 5.7) in lower case, so that keys grow with time. Aborts without randomness. */
const char *b2b_id_create(apr_pool_t *pool);

/** BYTES random bytes of the operating system as base64url without padding. 24 bytes = 192 bits. */
const char *b2b_token_create(apr_size_t bytes, apr_pool_t *pool);

/** SHA-256 of DATA[0..LENGTH) as 64 lower-case hexadecimal digits. */
const char *b2b_sha256_hex(const void *data, apr_size_t length, apr_pool_t *pool);

/** Are A and B equal? In time that depends on their lengths only. */
int b2b_secret_equal(const char *a, const char *b);

/** A well-mixed 64-bit hash of TEXT, the same in every process and on every node (not for secrets). */
apr_uint64_t b2b_hash64(const char *text);

#endif
