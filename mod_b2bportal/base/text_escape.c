/* SPDX-License-Identifier: Apache-2.0 */
/* Text made safe for another language (log, HTML, URL), read from a form, and names near to a name. */

#include "text.h"

#include <string.h>

#include <apr_lib.h>
#include <apr_strings.h>

#include "text_private.h"

static const char hex_lower[] = "0123456789abcdef";
static const char hex_upper[] = "0123456789ABCDEF";

const char *b2b_text_fold(const char *text, apr_pool_t *pool)
{
    char *folded = apr_pstrdup(pool, text);
    char *c;

    for (c = folded; *c; c++) {
        if (*c >= 'A' && *c <= 'Z') {
            *c = (char)(*c - 'A' + 'a');
        }
    }
    return folded;
}

const char *b2b_text_escape_log(const char *text, apr_pool_t *pool)
{
    apr_size_t length = strlen(text);
    char *escaped = apr_palloc(pool, length * 4 + 1);
    char *out = escaped;

    while (length > 0) {
        unsigned long point = 0;
        apr_size_t size = b2b_text_decode(&point, text, length);
        int escape = size == 0 || point == '\\' || b2b_text_point_is_control(point);

        size = size ? size : 1;
        for (length -= size; size > 0; size--, text++) {
            unsigned char byte = (unsigned char)*text;

            if (escape) {
                *out++ = '\\';
                *out++ = 'x';
                *out++ = hex_lower[byte >> 4];
                *out++ = hex_lower[byte & 15];
            }
            else {
                *out++ = *text;
            }
        }
    }
    *out = '\0';
    return escaped;
}

static const char *html_entity(char c)
{
    switch (c) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&quot;";
    case '\'':
        return "&#39;";
    default:
        return NULL;
    }
}

const char *b2b_text_escape_html(const char *text, apr_pool_t *pool)
{
    char *escaped = apr_palloc(pool, strlen(text) * 6 + 1);
    char *out = escaped;

    for (; *text; text++) {
        const char *entity = html_entity(*text);

        if (entity) {
            out = apr_cpystrn(out, entity, 7);
        }
        else {
            *out++ = *text;
        }
    }
    *out = '\0';
    return escaped;
}

const char *b2b_text_escape_url(const char *text, apr_pool_t *pool)
{
    char *escaped = apr_palloc(pool, strlen(text) * 3 + 1);
    char *out = escaped;

    for (; *text; text++) {
        unsigned char byte = (unsigned char)*text;

        if (byte < 0x80 && (apr_isalnum(byte) || strchr("-._~", byte))) {
            *out++ = *text;
        }
        else {
            *out++ = '%';
            *out++ = hex_upper[byte >> 4];
            *out++ = hex_upper[byte & 15];
        }
    }
    *out = '\0';
    return escaped;
}

static int hex_value(char c)
{
    const char *digit = c ? strchr(hex_lower, apr_tolower(c)) : NULL;

    return digit ? (int)(digit - hex_lower) : -1;
}

/* Decode TEXT[0..LENGTH) of a form; NULL for a broken escape. */
static char *form_decode(const char *text, apr_size_t length, apr_pool_t *pool)
{
    char *decoded = apr_palloc(pool, length + 1);
    char *out = decoded;
    apr_size_t i;

    for (i = 0; i < length; i++) {
        if (text[i] == '+') {
            *out++ = ' ';
        }
        else if (text[i] == '%') {
            int whole = length - i > 2;
            int high = whole ? hex_value(text[i + 1]) : -1;
            int low = whole ? hex_value(text[i + 2]) : -1;

            if (high < 0 || low < 0 || (high == 0 && low == 0)) {
                return NULL;
            }
            *out++ = (char)(high << 4 | low);
            i += 2;
        }
        else {
            *out++ = text[i];
        }
    }
    *out = '\0';
    return b2b_text_is_utf8(decoded, (apr_size_t)(out - decoded)) ? decoded : NULL;
}

const char *b2b_text_query_value(const char *query, const char *name, apr_pool_t *pool)
{
    const char *value = NULL;

    while (query && *query) {
        apr_size_t pair = strcspn(query, "&");
        const char *equals = memchr(query, '=', pair);
        apr_size_t key_length = equals ? (apr_size_t)(equals - query) : pair;
        const char *key = form_decode(query, key_length, pool);

        if (key && strcmp(key, name) == 0) {
            if (value) {
                return NULL; /* twice: two readers could take different ones */
            }
            value = equals ? form_decode(equals + 1, pair - key_length - 1, pool) : "";
            if (!value) {
                return NULL;
            }
        }
        query += pair + (query[pair] == '&');
    }
    return value;
}

/* Damerau-Levenshtein (optimal string alignment) of A and B; LIMIT + 1 if it is more than LIMIT. */
static int distance(const char *a, const char *b, int limit, apr_pool_t *pool)
{
    int m = (int)strlen(a), n = (int)strlen(b), i, j;
    int *row[3];

    if (m - n > limit || n - m > limit) {
        return limit + 1;
    }
    for (i = 0; i < 3; i++) {
        row[i] = apr_palloc(pool, sizeof(int) * ((apr_size_t)n + 1));
    }
    for (j = 0; j <= n; j++) {
        row[1][j] = j;
    }
    for (i = 1; i <= m; i++) {
        int *before = row[(i + 2) % 3], *last = row[i % 3], *now = row[(i + 1) % 3];

        now[0] = i;
        for (j = 1; j <= n; j++) {
            int cost = a[i - 1] != b[j - 1];
            int best = last[j - 1] + cost;

            best = last[j] + 1 < best ? last[j] + 1 : best;
            best = now[j - 1] + 1 < best ? now[j - 1] + 1 : best;
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] &&
                before[j - 2] + 1 < best) {
                best = before[j - 2] + 1;
            }
            now[j] = best;
        }
    }
    return row[(m + 1) % 3][n];
}

apr_array_header_t *b2b_text_nearest(const char *name, const apr_array_header_t *candidates,
                                     apr_pool_t *pool)
{
    enum { MOST = 3 };
    const char *best[MOST];
    int score[MOST], count = 0, i, at;
    const char *folded = b2b_text_fold(name, pool);
    int limit = (int)strlen(name) / 3;
    apr_array_header_t *nearest = apr_array_make(pool, MOST, sizeof(const char *));
    apr_pool_t *iterpool;

    apr_pool_create(&iterpool, pool);
    for (i = 0; i < candidates->nelts; i++) {
        const char *candidate = APR_ARRAY_IDX(candidates, i, const char *);
        int d;

        apr_pool_clear(iterpool);
        d = distance(folded, b2b_text_fold(candidate, iterpool), limit, iterpool);
        if (d > limit) {
            continue;
        }
        for (at = count; at > 0 && score[at - 1] > d; at--) {
            if (at < MOST) {
                score[at] = score[at - 1];
                best[at] = best[at - 1];
            }
        }
        if (at < MOST) {
            score[at] = d;
            best[at] = candidate;
            count += count < MOST;
        }
    }
    apr_pool_destroy(iterpool);
    for (i = 0; i < count; i++) {
        APR_ARRAY_PUSH(nearest, const char *) = best[i];
    }
    return nearest;
}
