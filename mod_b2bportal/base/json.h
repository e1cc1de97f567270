/* SPDX-License-Identifier: Apache-2.0 */
/*
 * JSON bound to pools. A value is freed with the pool it was made in; children are borrowed from their
 * parent. A value never outlives a request and is never shared between threads.
 */

#ifndef B2B_JSON_H
#define B2B_JSON_H

#include "error.h"

typedef struct b2b_json_t b2b_json_t;

typedef enum {
    B2B_JSON_NULL,
    B2B_JSON_FALSE,
    B2B_JSON_TRUE,
    B2B_JSON_INTEGER,
    B2B_JSON_REAL,
    B2B_JSON_STRING,
    B2B_JSON_ARRAY,
    B2B_JSON_OBJECT
} b2b_json_type_e;

/** Seed the hash tables. Once per process, before threads (jansson: threadsafety). */
void b2b_json_initialize(void);

/**
 * Parse TEXT[0..LENGTH) into *JSON, in POOL. B2B_E_INVALID with line and column for what is not JSON
 * (RFC 8259), has duplicate keys, bad UTF-8, U+0000 in a string, a number beyond 64 bits or finite doubles,
 * or more than 64 levels. The caller has limited LENGTH.
 */
b2b_error_t *b2b_json_parse(b2b_json_t **json, const char *text, apr_size_t length,
                            apr_pool_t *pool);

/** JSON as compact text in POOL, members in the order in which they were set, reals with 15 digits ("0.1"). */
const char *b2b_json_write(const b2b_json_t *json, apr_pool_t *pool);

b2b_json_type_e b2b_json_type(const b2b_json_t *json);

/* Making. Text must be UTF-8 (it comes from validated input or the database); NULL text becomes null. */
b2b_json_t *b2b_json_object(apr_pool_t *pool);
b2b_json_t *b2b_json_array(apr_pool_t *pool);
b2b_json_t *b2b_json_string(const char *text, apr_pool_t *pool);
b2b_json_t *b2b_json_integer(apr_int64_t number, apr_pool_t *pool);
b2b_json_t *b2b_json_real(double number, apr_pool_t *pool); /* finite */
b2b_json_t *b2b_json_bool(int truth, apr_pool_t *pool);
b2b_json_t *b2b_json_null(apr_pool_t *pool);

/* Setting members of an object; VALUE stays usable. */
void b2b_json_set(b2b_json_t *object, const char *key, const b2b_json_t *value);
void b2b_json_set_string(b2b_json_t *object, const char *key, const char *text);
void b2b_json_set_integer(b2b_json_t *object, const char *key, apr_int64_t number);
void b2b_json_set_bool(b2b_json_t *object, const char *key, int truth);
void b2b_json_set_time(b2b_json_t *object, const char *key, apr_time_t time); /* 0 becomes null */
void b2b_json_append(b2b_json_t *array, const b2b_json_t *value);
void b2b_json_remove(b2b_json_t *object, const char *key); /* no matter if it is not there */

/** A new object or array with the members of JSON, which are shared: only the copy itself may be changed. */
b2b_json_t *b2b_json_copy(const b2b_json_t *json, apr_pool_t *pool);

/* Reading. NULL or the default for what is not there or of another type; results are borrowed. */
const b2b_json_t *b2b_json_get(const b2b_json_t *object, const char *key);
const char *b2b_json_get_string(const b2b_json_t *object, const char *key);
int b2b_json_get_bool(const b2b_json_t *object, const char *key, int otherwise);
apr_int64_t b2b_json_get_integer(const b2b_json_t *object, const char *key, apr_int64_t otherwise);
const char *b2b_json_text(const b2b_json_t *json);   /* of a string, else NULL */
apr_int64_t b2b_json_number(const b2b_json_t *json); /* of an integer, else 0 */
double b2b_json_double(const b2b_json_t *json);      /* of an integer or a real, else 0 */
apr_size_t b2b_json_length(const b2b_json_t *json);  /* of an array or object, else 0 */
const b2b_json_t *b2b_json_at(const b2b_json_t *array, apr_size_t index);

/** Call EACH for every member of OBJECT, in order, until it returns FALSE. */
void b2b_json_each(const b2b_json_t *object,
                   int (*each)(void *baton, const char *key, const b2b_json_t *value), void *baton);

int b2b_json_equal(const b2b_json_t *a, const b2b_json_t *b);

#endif
