/* SPDX-License-Identifier: Apache-2.0 */
/*
 * JSON bound to pools. A b2b_json_t is jansson's json_t: what we make holds one reference, given back by a
 * pool cleanup; children are borrowed. The only file that includes jansson.
 */

#include "json.h"

#include <stdlib.h>
#include <string.h>

#include <apr_strings.h>
#include <jansson.h>

#include "chance.h"
#include "text.h"

#define JSON_DEPTH_MAX 64

static json_t *to_jansson(const b2b_json_t *json)
{
    return (json_t *)json;
}

static apr_status_t json_cleanup(void *baton)
{
    json_decref(baton);
    return APR_SUCCESS;
}

/* Bind VALUE, whose reference we own, to POOL. */
static b2b_json_t *json_bind(json_t *value, apr_pool_t *pool)
{
    if (!value) {
        abort(); /* out of memory, as APR's pools do; bad UTF-8 does not come here */
    }
    apr_pool_cleanup_register(pool, value, json_cleanup, apr_pool_cleanup_null);
    return (b2b_json_t *)value;
}

void b2b_json_initialize(void)
{
    json_object_seed(0);
}

/* jansson recurses once a level, up to 2,048: count the brackets outside strings before it sees them. */
static int json_too_deep(const char *text, apr_size_t length)
{
    int depth = 0, in_string = 0;
    apr_size_t i;

    for (i = 0; i < length; i++) {
        if (in_string) {
            if (text[i] == '\\') {
                i++;
            }
            else if (text[i] == '"') {
                in_string = 0;
            }
        }
        else if (text[i] == '"') {
            in_string = 1;
        }
        else if (text[i] == '[' || text[i] == '{') {
            if (++depth > JSON_DEPTH_MAX) {
                return 1;
            }
        }
        else if (text[i] == ']' || text[i] == '}') {
            depth--;
        }
    }
    return 0;
}

b2b_error_t *b2b_json_parse(b2b_json_t **json, const char *text, apr_size_t length,
                            apr_pool_t *pool)
{
    json_error_t error;
    json_t *value;

    *json = NULL;
    if (json_too_deep(text, length)) {
        return b2b_error_create(
            pool, B2B_E_INVALID, NULL,
            "The body is not taken: its values are nested more than %d levels deep.",
            JSON_DEPTH_MAX);
    }
    value = json_loadb(text, length, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &error);
    if (!value) {
        return b2b_error_create(pool, B2B_E_INVALID, NULL,
                                "The body is not JSON: %s (line %d, column %d).",
                                b2b_text_escape_log(error.text, pool), error.line, error.column);
    }
    *json = json_bind(value, pool);
    return NULL;
}

const char *b2b_json_write(const b2b_json_t *json, apr_pool_t *pool)
{
    /* 17 digits would write 0.1 as 0.10000000000000001; 15 are what people typed. */
    char *dump = json_dumps(to_jansson(json),
                            JSON_COMPACT | JSON_ENCODE_ANY | JSON_REAL_PRECISION(15));
    const char *text;

    if (!dump) {
        abort();
    }
    text = apr_pstrdup(pool, dump);
    free(dump);
    return text;
}

b2b_json_type_e b2b_json_type(const b2b_json_t *json)
{
    switch (json_typeof(to_jansson(json))) {
    case JSON_OBJECT:
        return B2B_JSON_OBJECT;
    case JSON_ARRAY:
        return B2B_JSON_ARRAY;
    case JSON_STRING:
        return B2B_JSON_STRING;
    case JSON_INTEGER:
        return B2B_JSON_INTEGER;
    case JSON_REAL:
        return B2B_JSON_REAL;
    case JSON_TRUE:
        return B2B_JSON_TRUE;
    case JSON_FALSE:
        return B2B_JSON_FALSE;
    default:
        return B2B_JSON_NULL;
    }
}

/*
 * TEXT as a value of our own. Text that is not UTF-8 would be a fault of ours (input is validated, and so is
 * what is stored); it is shown with \xNN rather than lost or sent on broken.
 */
static json_t *json_of_text(const char *text)
{
    static const char digits[] = "0123456789abcdef";
    json_t *value;
    apr_size_t length;
    char *safe, *out;

    if (!text) {
        return json_null();
    }
    value = json_string(text);
    if (value) {
        return value;
    }
    length = strlen(text);
    safe = out = malloc(length * 4 + 1);
    if (!safe) {
        abort();
    }
    for (; *text; text++) {
        unsigned char byte = (unsigned char)*text;

        if (byte < 0x80) {
            *out++ = *text;
        }
        else {
            *out++ = '\\';
            *out++ = 'x';
            *out++ = digits[byte >> 4];
            *out++ = digits[byte & 15];
        }
    }
    *out = '\0';
    value = json_string(safe);
    free(safe);
    return value;
}

b2b_json_t *b2b_json_object(apr_pool_t *pool)
{
    return json_bind(json_object(), pool);
}

b2b_json_t *b2b_json_array(apr_pool_t *pool)
{
    return json_bind(json_array(), pool);
}

b2b_json_t *b2b_json_string(const char *text, apr_pool_t *pool)
{
    return json_bind(json_of_text(text), pool);
}

b2b_json_t *b2b_json_integer(apr_int64_t number, apr_pool_t *pool)
{
    return json_bind(json_integer(number), pool);
}

b2b_json_t *b2b_json_real(double number, apr_pool_t *pool)
{
    return json_bind(json_real(number), pool);
}

b2b_json_t *b2b_json_bool(int truth, apr_pool_t *pool)
{
    return json_bind(json_boolean(truth), pool);
}

b2b_json_t *b2b_json_null(apr_pool_t *pool)
{
    return json_bind(json_null(), pool);
}

/* Give VALUE, whose reference we own, to OBJECT. Failing means memory, or an object within itself. */
static void json_put(b2b_json_t *object, const char *key, json_t *value)
{
    if (json_object_set_new(to_jansson(object), key, value) != 0) {
        abort();
    }
}

void b2b_json_set(b2b_json_t *object, const char *key, const b2b_json_t *value)
{
    json_put(object, key, value ? json_incref(to_jansson(value)) : json_null());
}

void b2b_json_set_string(b2b_json_t *object, const char *key, const char *text)
{
    json_put(object, key, json_of_text(text));
}

void b2b_json_set_integer(b2b_json_t *object, const char *key, apr_int64_t number)
{
    json_put(object, key, json_integer(number));
}

void b2b_json_set_bool(b2b_json_t *object, const char *key, int truth)
{
    json_put(object, key, json_boolean(truth));
}

void b2b_json_set_time(b2b_json_t *object, const char *key, apr_time_t time)
{
    char text[B2B_CLOCK_LENGTH + 1];

    if (time == 0) {
        json_put(object, key, json_null());
        return;
    }
    b2b_clock_write(text, time);
    json_put(object, key, json_string(text));
}

void b2b_json_append(b2b_json_t *array, const b2b_json_t *value)
{
    if (json_array_append(to_jansson(array), to_jansson(value)) != 0) {
        abort();
    }
}

void b2b_json_remove(b2b_json_t *object, const char *key)
{
    json_object_del(to_jansson(object), key);
}

b2b_json_t *b2b_json_copy(const b2b_json_t *json, apr_pool_t *pool)
{
    return json_bind(json_copy(to_jansson(json)), pool);
}

const b2b_json_t *b2b_json_get(const b2b_json_t *object, const char *key)
{
    return (const b2b_json_t *)json_object_get(to_jansson(object), key);
}

const char *b2b_json_get_string(const b2b_json_t *object, const char *key)
{
    return b2b_json_text(b2b_json_get(object, key));
}

int b2b_json_get_bool(const b2b_json_t *object, const char *key, int otherwise)
{
    const json_t *value = to_jansson(b2b_json_get(object, key));

    return json_is_boolean(value) ? json_is_true(value) : otherwise;
}

apr_int64_t b2b_json_get_integer(const b2b_json_t *object, const char *key, apr_int64_t otherwise)
{
    const json_t *value = to_jansson(b2b_json_get(object, key));

    return json_is_integer(value) ? json_integer_value(value) : otherwise;
}

const char *b2b_json_text(const b2b_json_t *json)
{
    return json_string_value(to_jansson(json));
}

apr_int64_t b2b_json_number(const b2b_json_t *json)
{
    return json_integer_value(to_jansson(json));
}

double b2b_json_double(const b2b_json_t *json)
{
    return json_number_value(to_jansson(json));
}

apr_size_t b2b_json_length(const b2b_json_t *json)
{
    return json_is_array(to_jansson(json)) ? json_array_size(to_jansson(json))
                                           : json_object_size(to_jansson(json));
}

const b2b_json_t *b2b_json_at(const b2b_json_t *array, apr_size_t index)
{
    return (const b2b_json_t *)json_array_get(to_jansson(array), index);
}

void b2b_json_each(const b2b_json_t *object,
                   int (*each)(void *baton, const char *key, const b2b_json_t *value), void *baton)
{
    const char *key;
    json_t *value;

    json_object_foreach (to_jansson(object), key, value) {
        if (!each(baton, key, (const b2b_json_t *)value)) {
            return;
        }
    }
}

int b2b_json_equal(const b2b_json_t *a, const b2b_json_t *b)
{
    return json_equal(to_jansson(a), to_jansson(b));
}
