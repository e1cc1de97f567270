/* SPDX-License-Identifier: Apache-2.0 */
/* Text from outside: is it what it claims to be? Pure functions; no errors, only answers. */

#ifndef B2B_TEXT_H
#define B2B_TEXT_H

#include <apr_pools.h>
#include <apr_tables.h>

/* Limits in bytes of UTF-8, without the terminating NUL. */
#define B2B_NAME_MAX  200 /* names of portals, partners, groups, dashboards, people */
#define B2B_EMAIL_MAX 254 /* RFC 5321 4.5.3.1.3, less the angle brackets */
#define B2B_URL_MAX   2000
#define B2B_SUBJECT_MAX                                                                            \
    255 /* OpenID Connect Core 1.0, 2: "sub" MUST NOT exceed 255 ASCII characters */
#define B2B_TECHNICAL_MAX 63 /* one DNS label, RFC 1035 2.3.4 */

/** Is TEXT[0..LENGTH) well-formed UTF-8 (RFC 3629: shortest form, no surrogates) without NUL? */
int b2b_text_is_utf8(const char *text, apr_size_t length);

/** Decode the character at TEXT[0..LENGTH) into *POINT and return its size; 0 if it is not well-formed. */
apr_size_t b2b_text_decode(unsigned long *point, const char *text, apr_size_t length);

/** How many characters (code points) TEXT has, which is UTF-8. */
apr_size_t b2b_text_characters(const char *text);

/** How many bytes of TEXT (UTF-8) its first CHARACTERS characters take; all of it if it has fewer. */
apr_size_t b2b_text_bytes(const char *text, apr_size_t characters);

/** Is TEXT a line a person may write: UTF-8, no control characters (C0, DEL, C1, U+2028/9, bidi overrides)? */
int b2b_text_is_line(const char *text);

/** As b2b_text_is_line, but tab and line feed may occur. */
int b2b_text_is_multiline(const char *text);

/**
 * Is NAME a technical name of a portal (product.md S1): one DNS label in lower case, no "xn--" (or any
 * other "--" at position 3), not reserved? Set *WHY, if not NULL, to a sentence that says what is wrong.
 */
int b2b_text_is_technical_name(const char *name, const char **why);

/** Is NAME of 1 to MAX letters in lower case, digits and hyphens, with a letter or digit at both ends? */
int b2b_text_is_slug(const char *name, apr_size_t max);

/** Is TEXT a version of a process, "1.3", of at most seven digits on each side? */
int b2b_text_is_version(const char *text);

/** Suggest a technical name for NAME ("Müller & Söhne" gives "mueller-soehne"); "" if nothing is left. */
const char *b2b_text_technical_name(const char *name, apr_pool_t *pool);

/** Is TEXT "#rrggbb", hexadecimal digits in either case? */
int b2b_text_is_color(const char *text);

/**
 * Is TEXT an e-mail address that a mail can be sent to: one "@", a dot-atom local part of at most 64 bytes
 * (RFC 5322 3.4.1 without quotes and comments; UTF-8 allowed, RFC 6531), a domain of LDH or U-labels, no
 * control character, at most B2B_EMAIL_MAX bytes?
 */
int b2b_text_is_email(const char *text);

/** TEXT folded for comparison: ASCII letters in lower case, UTF-8 left as it is. In POOL. */
const char *b2b_text_fold(const char *text, apr_pool_t *pool);

/**
 * Is TEXT an absolute https URL (http only where ALLOW_HTTP) with a host, no user information, no control
 * or space character, no backslash, no IDN other than in A-label form, at most B2B_URL_MAX bytes?
 */
int b2b_text_is_url(const char *text, int allow_http);

/** Is TEXT an absolute path on the same server: "/x…", not "//…", no backslash, no control character? */
int b2b_text_is_path(const char *text);

/** Is TEXT a language tag of the kind "en" or "de-AT" (RFC 5646, language and optional region)? */
int b2b_text_is_locale(const char *text);

/** Is TEXT an opaque id of ours: a UUID in lower case, 36 characters? */
int b2b_text_is_id(const char *text);

/**
 * The names of CANDIDATES (const char *) nearest to NAME, best first, at most three, none further than a
 * third of its length (Damerau-Levenshtein over folded bytes). For "There is no X; did you mean …?".
 */
apr_array_header_t *b2b_text_nearest(const char *name, const apr_array_header_t *candidates,
                                     apr_pool_t *pool);

/** TEXT with control characters, backslash and bytes that are not UTF-8 written as \xNN: one safe line. */
const char *b2b_text_escape_log(const char *text, apr_pool_t *pool);

/** TEXT with & < > " ' as entities, for HTML text and attribute values. */
const char *b2b_text_escape_html(const char *text, apr_pool_t *pool);

/** TEXT percent-encoded except for RFC 3986's unreserved characters. */
const char *b2b_text_escape_url(const char *text, apr_pool_t *pool);

/**
 * The value of NAME in an application/x-www-form-urlencoded QUERY, decoded, in POOL; NULL if it is not
 * there, occurs twice, or decodes to something that is not UTF-8 without NUL.
 */
const char *b2b_text_query_value(const char *query, const char *name, apr_pool_t *pool);

#endif
