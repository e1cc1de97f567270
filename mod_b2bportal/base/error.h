/* SPDX-License-Identifier: Apache-2.0 */
/* Errors: chains of cause, made in the pool of the operation, mapped to HTTP at the edge only. */

#ifndef B2B_ERROR_H
#define B2B_ERROR_H

#include <apr_errno.h>
#include <apr_pools.h>

/**
 * What went wrong, as far as a caller can act on it. An *answer* ("may not", "is not there") that a caller
 * asked for comes by out-parameter; a code is for what stops the work.
 */
typedef enum {
    B2B_E_INVALID = 1,     /* the input is wrong; FIELD names the place (400) */
    B2B_E_UNAUTHENTICATED, /* nobody is signed in (401) */
    B2B_E_FORBIDDEN,       /* the right is missing on a thing one may see (403) */
    B2B_E_NOT_FOUND,       /* not there, or not for this reader: the two look the same (404) */
    B2B_E_METHOD,          /* there is such an address, but not for this method (405) */
    B2B_E_CONFLICT,        /* the name is taken, the state does not allow it (409) */
    B2B_E_STALE,           /* the version given is not the current one (412) */
    B2B_E_PRECONDITION,    /* no version was given where one is required (428) */
    B2B_E_TOO_LARGE,       /* over a limit of size (413) */
    B2B_E_RANGE,           /* a range beyond the end of what it is of (416) */
    B2B_E_UNSUPPORTED,     /* a media type that is not taken (415) */
    B2B_E_UNPROCESSABLE,   /* well-formed, but contradicts an earlier request (422) */
    B2B_E_TOO_MANY,        /* over a limit of rate (429) */
    B2B_E_QUOTA,           /* what may be stored is used up (507) */
    B2B_E_BUSY,            /* the database is locked or its pool is empty: try again (503) */
    B2B_E_UNAVAILABLE,     /* the database cannot be reached, is full or read-only (503) */
    B2B_E_INTERNAL         /* everything else; the client learns the request id only (500) */
} b2b_error_code_e;

typedef struct b2b_error_t b2b_error_t;

/** One link of a chain. All strings live in the pool the error was made in. */
struct b2b_error_t {
    b2b_error_code_e code;
    const char *
        message; /* for people: what is wrong and what to do. Reaches the client, unless INTERNAL */
    const char *detail;  /* for the log only: the database's words, a path; or NULL */
    const char *field;   /* JSON pointer without the first slash ("members/3/email"), or NULL */
    const char *type;    /* stable problem type, e.g. "name-taken"; NULL: derived from CODE */
    apr_status_t status; /* the APR status behind it, or APR_SUCCESS */
    int retry_after;     /* seconds after which the same may work, or 0 */
    b2b_error_t *child;  /* the cause, or NULL */
    const char *file;    /* where it was made */
    int line;
};

/** Make an error of CODE in POOL, caused by CHILD (or NULL), with a printf-like sentence for people. */
#define b2b_error_create(pool, code, child, ...)                                                   \
    b2b_error_make(pool, code, child, __FILE__, __LINE__, __VA_ARGS__)

b2b_error_t *b2b_error_make(apr_pool_t *pool, b2b_error_code_e code, b2b_error_t *child,
                            const char *file, int line, const char *format, ...)
    __attribute__((format(printf, 6, 7)));

/** As b2b_error_create with B2B_E_INVALID, for the member FIELD of the input. */
#define b2b_error_invalid(pool, field, ...)                                                        \
    b2b_error_of_field(pool, B2B_E_INVALID, field, __FILE__, __LINE__, __VA_ARGS__)

b2b_error_t *b2b_error_of_field(apr_pool_t *pool, b2b_error_code_e code, const char *field,
                                const char *file, int line, const char *format, ...)
    __attribute__((format(printf, 6, 7)));

/** Attach words for the log (copied into POOL) to ERR and return it. ERR may be NULL: NULL is returned. */
b2b_error_t *b2b_error_detail(b2b_error_t *err, apr_pool_t *pool, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/** Set the stable problem type of ERR (static storage or POOL-long) and return it. */
b2b_error_t *b2b_error_typed(b2b_error_t *err, const char *type);

/**
 * The work failed with ERR, and undoing it failed with UNDO: return a chain that keeps ERR's code and
 * message and has UNDO at its end. Either may be NULL.
 */
b2b_error_t *b2b_error_compose(b2b_error_t *err, b2b_error_t *undo);

/** The whole chain on one line, for the log: messages, details and places, control characters escaped. */
const char *b2b_error_text(const b2b_error_t *err, apr_pool_t *pool);

/** Return EXPR's error to the caller, if there is one. */
#define B2B_ERR(expr)                                                                              \
    do {                                                                                           \
        b2b_error_t *b2b_err__temp = (expr);                                                       \
        if (b2b_err__temp) {                                                                       \
            return b2b_err__temp;                                                                  \
        }                                                                                          \
    } while (0)

#endif
