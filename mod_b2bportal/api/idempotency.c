/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Idempotency-Key: the answer to a POST is kept for a day, in the transaction of the work itself,
 * so that a client that lost the answer may ask again without doing it twice.
 */

#include "private.h"

#include <string.h>

#include <apr_strings.h>

#include "instance_seen.h"

/* Keys of different people never meet. */
static const char *scope(const b2b_call_t *call)
{
    const b2b_principal_t *principal = call->request->principal;

    return apr_pstrcat(call->pool,
                       principal->kind == B2B_PRINCIPAL_MEMBER ? "member:" : "host_user:",
                       principal->id, NULL);
}

static const char *request_hash(const b2b_call_t *call)
{
    const b2b_request_t *request = call->request;
    const char *head = apr_pstrcat(call->pool, request->method, " ", request->path, "?",
                                   request->query ? request->query : "", "\n", NULL);
    struct iovec parts[2];
    apr_size_t length;
    const char *all;

    /* Not strings: a body may hold any byte. */
    parts[0].iov_base = (void *)head;
    parts[0].iov_len = strlen(head);
    parts[1].iov_base = (void *)(request->body ? request->body : "");
    parts[1].iov_len = request->body_length;
    all = apr_pstrcatv(call->pool, parts, 2, &length);
    return b2b_sha256_hex(all, length, call->pool);
}

static int add_header(void *baton, const char *name, const char *value)
{
    b2b_json_set_string(baton, name, value);
    return 1;
}

static int take_header(void *baton, const char *name, const b2b_json_t *value)
{
    apr_table_set(baton, name, b2b_json_text(value));
    return 1;
}

/*
 * The router has judged what a role may; where the handler asks policy/, what was granted then may have been
 * withdrawn since, and the answer tells of what it was about.
 */
static b2b_error_t *judge_again(b2b_call_t *call)
{
    b2b_instance_seen_t *seen;

    switch (call->route->may) {
    case B2B_MAY_START_INSTANCE:
        return b2b_instance_see_made(call, apr_table_get(call->headers, "Location"));
    case B2B_MAY_COMMENT_INSTANCE:
    case B2B_MAY_ACT_ON_INSTANCE:
        return b2b_instance_see(&seen, call);
    default:
        return NULL;
    }
}

b2b_error_t *b2b_idempotency_replay(int *found, b2b_call_t *call)
{
    b2b_idempotency_t *before;
    b2b_json_t *headers;

    *found = 0;
    B2B_ERR(b2b_idempotency_get(&before, call->conn, scope(call), call->idempotency_key, call->pool,
                                call->pool));
    if (!before) {
        return NULL;
    }
    if (strcmp(before->request_hash, request_hash(call)) != 0) {
        return b2b_error_of_field(
            call->pool, B2B_E_UNPROCESSABLE, "Idempotency-Key", __FILE__, __LINE__,
            "This key was used with another request. Take a new key for a new act.");
    }
    B2B_ERR(b2b_json_parse(&headers, before->headers, strlen(before->headers), call->pool));
    b2b_json_each(headers, take_header, call->headers);
    B2B_ERR(judge_again(call));
    call->status = before->status;
    call->text = before->body;
    call->text_length = strlen(before->body);
    apr_table_setn(call->headers, "Content-Type", "application/json");
    *found = 1;
    return NULL;
}

b2b_error_t *b2b_idempotency_store(b2b_call_t *call)
{
    b2b_json_t *headers = b2b_json_object(call->pool);
    b2b_idempotency_t done;

    apr_table_do(add_header, headers, call->headers, NULL);
    done.request_hash = request_hash(call);
    done.status = call->status;
    done.headers = b2b_json_write(headers, call->pool);
    done.body = call->answer ? b2b_json_write(call->answer, call->pool) : "";
    return b2b_idempotency_put(call->conn, scope(call), call->idempotency_key, &done, call->pool);
}
