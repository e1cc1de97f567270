/* SPDX-License-Identifier: Apache-2.0 */
/* Clock, randomness and digests. This and digest.c are the files that include OpenSSL. */

#include "chance.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <apr_escape.h>
#include <apr_general.h>
#include <apr_lib.h>
#include <apr_strings.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>

static _Atomic apr_int64_t clock_offset;

/* What the last id's first 60 bits were: ids of one process grow even within a tick. */
static _Atomic apr_uint64_t id_last;

apr_time_t b2b_clock_now(void)
{
    return apr_time_now() + atomic_load_explicit(&clock_offset, memory_order_relaxed);
}

apr_interval_time_t b2b_clock_steady(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (apr_interval_time_t)now.tv_sec * APR_USEC_PER_SEC + now.tv_nsec / 1000;
}

void b2b_clock_shift(apr_interval_time_t offset)
{
    atomic_store(&clock_offset, offset);
}

void b2b_clock_write(char buffer[B2B_CLOCK_LENGTH + 1], apr_time_t time)
{
    apr_time_exp_t parts;

    apr_time_exp_gmt(&parts, time);
    apr_snprintf(buffer, B2B_CLOCK_LENGTH + 1, "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ",
                 parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday, parts.tm_hour, parts.tm_min,
                 parts.tm_sec, parts.tm_usec / 1000);
}

const char *b2b_clock_format(apr_time_t time, apr_pool_t *pool)
{
    char *text = apr_palloc(pool, B2B_CLOCK_LENGTH + 1);

    b2b_clock_write(text, time);
    return text;
}

/* Read COUNT digits at *TEXT and step over them; -1 if they are not there. */
static int clock_digits(const char **text, int count)
{
    int number = 0;

    for (; count > 0; count--, (*text)++) {
        if (**text < '0' || **text > '9') {
            return -1;
        }
        number = number * 10 + (**text - '0');
    }
    return number;
}

static int clock_expect(const char **text, char wanted)
{
    if (apr_toupper(**text) != wanted) {
        return 0;
    }
    (*text)++;
    return 1;
}

static int clock_days_in(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    int leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

    return days[month - 1] + (month == 2 && leap);
}

int b2b_clock_parse(apr_time_t *time, const char *text)
{
    apr_time_exp_t parts;
    int year, month, offset = 0;

    memset(&parts, 0, sizeof(parts));
    if ((year = clock_digits(&text, 4)) < 1 || !clock_expect(&text, '-') ||
        (month = clock_digits(&text, 2)) < 1 || month > 12 || !clock_expect(&text, '-') ||
        (parts.tm_mday = clock_digits(&text, 2)) < 1 ||
        parts.tm_mday > clock_days_in(year, month) || !clock_expect(&text, 'T') ||
        (parts.tm_hour = clock_digits(&text, 2)) < 0 || parts.tm_hour > 23 ||
        !clock_expect(&text, ':') || (parts.tm_min = clock_digits(&text, 2)) < 0 ||
        parts.tm_min > 59 || !clock_expect(&text, ':') ||
        (parts.tm_sec = clock_digits(&text, 2)) < 0 || parts.tm_sec > 59) {
        return 0;
    }
    if (*text == '.') {
        int unit = 100000;

        text++;
        if (!apr_isdigit(*text)) {
            return 0;
        }
        for (; apr_isdigit(*text); text++, unit /= 10) {
            parts.tm_usec += (*text - '0') * unit;
        }
    }
    if (*text == '+' || *text == '-') {
        int sign = *text++ == '-' ? -1 : 1;
        int hours = clock_digits(&text, 2);
        int minutes;

        if (hours < 0 || hours > 23 || !clock_expect(&text, ':') ||
            (minutes = clock_digits(&text, 2)) < 0 || minutes > 59) {
            return 0;
        }
        offset = sign * (hours * 3600 + minutes * 60);
    }
    else if (!clock_expect(&text, 'Z')) {
        return 0;
    }
    parts.tm_year = year - 1900;
    parts.tm_mon = month - 1;
    parts.tm_gmtoff = offset;
    return *text == '\0' && apr_time_exp_gmt_get(time, &parts) == APR_SUCCESS;
}

/* Without randomness no id and no token may be made: there is nothing to go on with. */
static void chance_bytes(unsigned char *bytes, apr_size_t count)
{
    if (apr_generate_random_bytes(bytes, count) != APR_SUCCESS) {
        abort();
    }
}

/* RFC 9562 6.2, method 3: the 12 bits after the milliseconds are a fraction of the millisecond. */
static apr_uint64_t id_tick(void)
{
    apr_uint64_t now = (apr_uint64_t)b2b_clock_now();
    apr_uint64_t tick = (now / 1000) << 12 | ((now % 1000) * 4096 / 1000);
    apr_uint64_t last = atomic_load(&id_last);
    apr_uint64_t next;

    do {
        next = tick > last ? tick : last + 1;
    } while (!atomic_compare_exchange_weak(&id_last, &last, next));
    return next;
}

const char *b2b_id_create(apr_pool_t *pool)
{
    static const char digits[] = "0123456789abcdef";
    apr_uint64_t tick = id_tick();
    unsigned char bytes[16];
    char *text = apr_palloc(pool, B2B_ID_LENGTH + 1);
    char *out = text;
    int i;

    chance_bytes(bytes + 8, 8);
    for (i = 0; i < 6; i++) {
        bytes[i] = (unsigned char)(tick >> (52 - 8 * i));
    }
    bytes[6] = (unsigned char)(0x70 | ((tick >> 8) & 0x0f));
    bytes[7] = (unsigned char)tick;
    bytes[8] = (unsigned char)(0x80 | (bytes[8] & 0x3f));
    for (i = 0; i < 16; i++) {
        if (i == 4 || i == 6 || i == 8 || i == 10) {
            *out++ = '-';
        }
        *out++ = digits[bytes[i] >> 4];
        *out++ = digits[bytes[i] & 15];
    }
    *out = '\0';
    return text;
}

const char *b2b_token_create(apr_size_t bytes, apr_pool_t *pool)
{
    static const char alphabet[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    unsigned char *random = apr_palloc(pool, bytes);
    char *text = apr_palloc(pool, (bytes * 8 + 5) / 6 + 1);
    char *out = text;
    unsigned int bits = 0;
    int held = 0;
    apr_size_t i;

    chance_bytes(random, bytes);
    for (i = 0; i < bytes; i++) {
        bits = (bits << 8 | random[i]) & 0xffff;
        for (held += 8; held >= 6; held -= 6) {
            *out++ = alphabet[(bits >> (held - 6)) & 63];
        }
    }
    if (held > 0) {
        *out++ = alphabet[(bits << (6 - held)) & 63];
    }
    *out = '\0';
    OPENSSL_cleanse(random, bytes);
    return text;
}

const char *b2b_sha256_hex(const void *data, apr_size_t length, apr_pool_t *pool)
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned int size = 0;
    char *text = apr_palloc(pool, B2B_SHA256_LENGTH + 1);

    if (!EVP_Digest(data, length, digest, &size, EVP_sha256(), NULL) ||
        size * 2 != B2B_SHA256_LENGTH) {
        abort(); /* a library without SHA-256 cannot check a token either */
    }
    apr_escape_hex(text, digest, size, 0, NULL);
    return text;
}

int b2b_secret_equal(const char *a, const char *b)
{
    apr_size_t length = strlen(a);

    return length == strlen(b) && CRYPTO_memcmp(a, b, length) == 0;
}

apr_uint64_t b2b_hash64(const char *text)
{
    apr_uint64_t hash = APR_UINT64_C(0xcbf29ce484222325); /* FNV-1a … */

    for (; *text; text++) {
        hash = (hash ^ (unsigned char)*text) * APR_UINT64_C(0x100000001b3);
    }
    hash = (hash ^ (hash >> 33)) *
           APR_UINT64_C(0xff51afd7ed558ccd); /* … finished as MurmurHash3 does */
    hash = (hash ^ (hash >> 33)) * APR_UINT64_C(0xc4ceb9fe1a85ec53);
    return hash ^ (hash >> 33);
}
