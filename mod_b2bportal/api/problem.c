/* SPDX-License-Identifier: Apache-2.0 */
/* Errors become problem+json (RFC 9457) here and nowhere else. */

#include "private.h"

#include <string.h>

#include <apr_lib.h>
#include <apr_strings.h>

typedef struct {
    b2b_error_code_e code;
    int status;
    const char *type;
    const char *title;
} problem_t;

static const problem_t problems[] = {
    {B2B_E_INVALID, 400, "invalid", "The input is wrong"},
    {B2B_E_UNAUTHENTICATED, 401, "not-signed-in", "Nobody is signed in"},
    {B2B_E_FORBIDDEN, 403, "forbidden", "Not allowed"},
    {B2B_E_NOT_FOUND, 404, "not-found", "Not found"},
    {B2B_E_METHOD, 405, "method-not-allowed", "Not a method of this address"},
    {B2B_E_CONFLICT, 409, "conflict", "Not possible as things are"},
    {B2B_E_STALE, 412, "stale", "Changed meanwhile"},
    {B2B_E_TOO_LARGE, 413, "too-large", "Too large"},
    {B2B_E_RANGE, 416, "range-not-satisfiable", "Not a range of this file"},
    {B2B_E_UNSUPPORTED, 415, "unsupported-media-type", "Not a type that is taken here"},
    {B2B_E_UNPROCESSABLE, 422, "idempotency-key-reused", "The key was used before"},
    {B2B_E_PRECONDITION, 428, "precondition-required", "If-Match is missing"},
    {B2B_E_TOO_MANY, 429, "too-many", "Too many at once"},
    {B2B_E_QUOTA, 507, "quota-exceeded", "No room left"},
    {B2B_E_BUSY, 503, "busy", "Try again"},
    {B2B_E_UNAVAILABLE, 503, "unavailable", "Try again"},
    {B2B_E_INTERNAL, 500, "internal", "Our mistake"},
};

static const problem_t *find_problem(b2b_error_code_e code)
{
    apr_size_t i;

    for (i = 0; i < sizeof(problems) / sizeof(problems[0]); i++) {
        if (problems[i].code == code) {
            return &problems[i];
        }
    }
    return &problems[sizeof(problems) / sizeof(problems[0]) - 1];
}

/* "color" and "must be …" read as one sentence where people see no field. */
static const char *sentence(const b2b_error_t *err, apr_pool_t *pool)
{
    if (err->field && *err->field && apr_islower(err->message[0])) {
        return apr_pstrcat(pool, "\"", err->field, "\" ", err->message, NULL);
    }
    return err->message;
}

static void add_field_errors(b2b_json_t *json, const b2b_error_t *err, apr_pool_t *pool)
{
    b2b_json_t *errors = b2b_json_array(pool);

    for (; err; err = err->child) {
        if (err->code == B2B_E_INVALID && err->field) {
            b2b_json_t *item = b2b_json_object(pool);

            b2b_json_set_string(item, "field", err->field);
            b2b_json_set_string(item, "detail", sentence(err, pool));
            b2b_json_append(errors, item);
        }
    }
    if (b2b_json_length(errors) > 1) {
        b2b_json_set(json, "errors", errors);
    }
}

b2b_response_t *b2b_api_problem(const b2b_request_t *request, b2b_error_t *err, apr_pool_t *pool)
{
    const problem_t *problem = find_problem(err->code);
    b2b_response_t *response = apr_pcalloc(pool, sizeof(*response));
    b2b_json_t *json = b2b_json_object(pool);
    const char *type = err->type ? err->type : problem->type;
    const char *detail = sentence(err, pool);

    if (problem->status == 500) {
        detail = "Something went wrong on the server. The request id leads the administrator to "
                 "the cause.";
        type = problem->type;
    }
    else if (problem->status == 503) {
        /* The words of the database or of the file system are for the log. */
        detail = "The server cannot take this at the moment. Nothing was changed; try again in a "
                 "moment.";
    }
    b2b_log_error(err,
                  problem->status >= 500 && err->code != B2B_E_QUOTA ? B2B_LOG_ERROR : B2B_LOG_INFO,
                  pool, "%s %s %s: %d", request->request_id ? request->request_id : "-",
                  request->method, b2b_text_escape_log(request->path, pool), problem->status);

    b2b_json_set_string(json, "type", apr_pstrcat(pool, "urn:b2bportal:", type, NULL));
    b2b_json_set_string(json, "title", problem->title);
    b2b_json_set_integer(json, "status", problem->status);
    b2b_json_set_string(json, "detail", detail);
    if (err->field && problem->status != 500 && problem->status != 503) {
        b2b_json_set_string(json, "field", err->field);
    }
    b2b_json_set_string(json, "request_id", request->request_id ? request->request_id : "-");
    if (err->code == B2B_E_INVALID) {
        add_field_errors(json, err, pool);
    }

    response->status = problem->status;
    response->body = b2b_json_write(json, pool);
    response->length = strlen(response->body);
    response->headers = apr_table_make(pool, 4);
    apr_table_setn(response->headers, "Content-Type", "application/problem+json");
    apr_table_setn(response->headers, "Cache-Control", "no-store");
    apr_table_setn(response->headers, "X-Content-Type-Options", "nosniff");
    if (err->retry_after > 0) {
        apr_table_setn(response->headers, "Retry-After", apr_itoa(pool, err->retry_after));
    }
    else if (problem->status == 503) {
        apr_table_setn(response->headers, "Retry-After", "1");
    }
    return response;
}
