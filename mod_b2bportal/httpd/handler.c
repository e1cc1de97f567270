/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The API's edge: a request_rec becomes a core request, the core's response is written. No connection of the
 * database is held while a client is read from or written to.
 */

#include "httpd/module.h"

#include <stdlib.h>

#include <apr_lib.h>
#include <apr_strings.h>

#include "base/text.h"

#define PREFIX "/api/v1"

/* A body where none is taken is still read so far, so that the core can say what is wrong with it. */
#define STRAY_BODY 8192

int b2b_redirect(request_rec *r, int status, const char *location)
{
    apr_table_setn(r->headers_out, "Location", location);
    apr_table_setn(r->err_headers_out, "Cache-Control", "no-store");
    return status;
}

int b2b_unavailable(request_rec *r, const b2b_error_t *err)
{
    if (err->code == B2B_E_NOT_FOUND) {
        return b2b_hostname_not_found(r);
    }
    ap_log_rerror(APLOG_MARK, APLOG_ERR, err->status, r, "The request was not carried out: %s",
                  b2b_error_text(err, r->pool));
    if (err->code != B2B_E_BUSY && err->code != B2B_E_UNAVAILABLE) {
        return HTTP_INTERNAL_SERVER_ERROR;
    }
    apr_table_setn(r->err_headers_out, "Retry-After", "5");
    return HTTP_SERVICE_UNAVAILABLE;
}

int b2b_body_read(const char **body, apr_size_t *length, request_rec *r, apr_size_t limit)
{
    apr_size_t room, used = 0;
    char *buffer;
    int status;

    *body = NULL;
    *length = 0;
    status = ap_setup_client_block(r, REQUEST_CHUNKED_DECHUNK);
    if (status != OK) {
        return status;
    }
    if (!ap_should_client_block(r)) {
        return OK;
    }
    if (r->remaining > (apr_off_t)limit) {
        r->connection->keepalive = AP_CONN_CLOSE;
        return HTTP_REQUEST_ENTITY_TOO_LARGE;
    }
    room = r->remaining > 0 ? (apr_size_t)r->remaining : limit < STRAY_BODY ? limit : STRAY_BODY;
    buffer = apr_palloc(r->pool, room + 2);
    for (;;) {
        long got;

        /* One byte more than may come, to see that it does not. */
        if (used > room) {
            apr_size_t larger = room * 2 < limit ? room * 2 : limit;
            char *grown;

            if (room >= limit) {
                r->connection->keepalive = AP_CONN_CLOSE;
                return HTTP_REQUEST_ENTITY_TOO_LARGE;
            }
            grown = apr_palloc(r->pool, larger + 2);
            memcpy(grown, buffer, used);
            buffer = grown;
            room = larger;
        }
        got = ap_get_client_block(r, buffer + used, room + 1 - used);
        if (got < 0) {
            r->connection->keepalive = AP_CONN_CLOSE;
            return HTTP_BAD_REQUEST;
        }
        if (got == 0) {
            break;
        }
        used += (apr_size_t)got;
    }
    buffer[used] = '\0';
    *body = buffer;
    *length = used;
    return OK;
}

void b2b_body_leave(request_rec *r)
{
    const char *length = apr_table_get(r->headers_in, "Content-Length");

    /* httpd would read what is left, to find the next request behind it; a little is cheaper so. */
    if (apr_table_get(r->headers_in, "Transfer-Encoding") ||
        (length && (strlen(length) > 5 || atoi(length) > STRAY_BODY))) {
        r->connection->keepalive = AP_CONN_CLOSE;
    }
    else if (length) {
        /* Over HTTP/2 some clients lose an answer that comes while they still send. */
        ap_discard_request_body(r);
    }
}

int b2b_file_send(request_rec *r, const char *path)
{
    conn_rec *c = r->connection;
    apr_bucket_brigade *brigade;
    apr_finfo_t info;
    apr_file_t *file;
    apr_status_t rv;

    rv = apr_file_open(&file, path, APR_FOPEN_READ | APR_FOPEN_BINARY | APR_FOPEN_SENDFILE_ENABLED,
                       APR_FPROT_OS_DEFAULT, r->pool);
    if (rv == APR_SUCCESS) {
        rv = apr_file_info_get(&info, APR_FINFO_SIZE, file);
    }
    if (rv != APR_SUCCESS) {
        ap_log_rerror(APLOG_MARK, APLOG_ERR, rv, r, "The file %s cannot be read", path);
        return HTTP_NOT_FOUND;
    }
    ap_set_content_length(r, info.size);
    ap_set_accept_ranges(r); /* and httpd's own filter answers a Range, or an If-Range, of a 200 */
    brigade = apr_brigade_create(r->pool, c->bucket_alloc);
    apr_brigade_insert_file(brigade, file, 0, info.size, r->pool);
    APR_BRIGADE_INSERT_TAIL(brigade, apr_bucket_eos_create(c->bucket_alloc));
    ap_pass_brigade(r->output_filters, brigade);
    return OK;
}

b2b_error_t *b2b_request_fill(b2b_request_t *request, b2b_visit_t *visit, request_rec *r)
{
    memset(request, 0, sizeof(*request));
    request->method = r->method;
    request->path = strncmp(r->uri, PREFIX "/", sizeof(PREFIX)) == 0 ? r->uri + strlen(PREFIX)
                                                                     : "/";
    request->query = r->args;
    request->headers = r->headers_in;
    request->side = visit->side;
    request->origin = b2b_visit_origin(visit, r);
    request->request_id = b2b_visit_request_id(visit, r);
    request->address = r->useragent_ip;
    request->now = visit->now;
    request->identity = b2b_visit_identity(visit, r);
    if (visit->side == B2B_SIDE_PORTAL) {
        B2B_ERR(b2b_visit_portal(&request->portal, visit, r));
    }
    return NULL;
}

static int set_header(void *baton, const char *name, const char *value)
{
    request_rec *r = baton;

    if (strcasecmp(name, "Content-Type") == 0) {
        ap_set_content_type(r, value);
    }
    else {
        apr_table_setn(r->headers_out, name, value);
    }
    return 1;
}

int b2b_response_write(request_rec *r, const b2b_response_t *response)
{
    r->status = response->status;
    r->status_line = NULL;
    apr_table_setn(r->headers_out, "Cache-Control", "no-store");
    apr_table_setn(r->headers_out, "X-Content-Type-Options", "nosniff");
    apr_table_setn(r->headers_out, "Content-Security-Policy",
                   "default-src 'none'; frame-ancestors 'none'; sandbox");
    apr_table_setn(r->headers_out, "Cross-Origin-Resource-Policy", "same-origin");
    apr_table_do(set_header, r, response->headers, NULL);
    if (response->file) {
        return b2b_file_send(r, response->file);
    }
    if (response->status != HTTP_NO_CONTENT && response->status != HTTP_NOT_MODIFIED) {
        ap_set_content_length(r, (apr_off_t)response->length);
    }
    if (response->body && response->length > 0) {
        ap_rwrite(response->body, (int)response->length, r);
    }
    return OK;
}

/* httpd's own refusal of a body, in the API's words. */
static b2b_error_t *body_problem(int status, apr_size_t limit, apr_pool_t *pool)
{
    if (status == HTTP_REQUEST_ENTITY_TOO_LARGE) {
        return b2b_error_create(pool, B2B_E_TOO_LARGE, NULL,
                                "The body may have at most %" APR_SIZE_T_FMT " bytes.", limit);
    }
    return b2b_error_create(pool, B2B_E_INVALID, NULL, "The body could not be read to its end.");
}

static b2b_error_t *read_body(b2b_request_t *request, const b2b_body_plan_t *plan, request_rec *r)
{
    apr_size_t limit = plan->limit ? (apr_size_t)plan->limit : STRAY_BODY;
    int status;

    if (plan->stream) {
        return b2b_upload_read(&request->upload, r, b2b_child->site.files, plan->limit);
    }
    status = b2b_body_read(&request->body, &request->body_length, r, limit);
    return status == OK ? NULL : body_problem(status, limit, r->pool);
}

/* Who is asking, in which portal, as things are now. */
static b2b_error_t *find_person(b2b_request_t *request, b2b_visit_t *visit, request_rec *r)
{
    const b2b_person_t *person;

    if (visit->side == B2B_SIDE_PORTAL) {
        B2B_ERR(b2b_visit_portal(&request->portal, visit, r));
    }
    B2B_ERR(b2b_visit_person(&person, visit, r));
    request->principal = person ? person->principal : NULL;
    return NULL;
}

/* Does the Range of R, one that httpd's own filter would look at, begin beyond SIZE in all its parts? */
static int is_beyond(const request_rec *r, const char *etag, apr_off_t size)
{
    const char *range = apr_table_get(r->headers_in, "Range");
    const char *condition = apr_table_get(r->headers_in, "If-Range");

    if (!range || strncasecmp(range, "bytes=", 6) != 0 ||
        (condition && (!etag || strcmp(condition, etag) != 0))) {
        return 0;
    }
    for (range += 6;; range++) {
        char *end;
        apr_off_t first;

        /* Anything but plain "100-" and "100-200" is left to httpd. */
        if (!apr_isdigit(*range) || apr_strtoff(&first, range, &end, 10) != APR_SUCCESS ||
            first < size || *end != '-') {
            return 0;
        }
        range = end + 1 + strspn(end + 1, "0123456789");
        if (!*range) {
            return 1;
        }
        if (*range != ',') {
            return 0;
        }
        range += strspn(range + 1, " \t");
    }
}

/* httpd's own answer to a range beyond the end is a page for people. */
static b2b_error_t *check_range(const char **content_range, const b2b_response_t *response,
                                request_rec *r)
{
    apr_finfo_t info;

    if (!response->file ||
        apr_stat(&info, response->file, APR_FINFO_SIZE, r->pool) != APR_SUCCESS ||
        !is_beyond(r, apr_table_get(response->headers, "ETag"), info.size)) {
        return NULL;
    }
    *content_range = apr_psprintf(r->pool, "bytes */%" APR_OFF_T_FMT, info.size);
    return b2b_error_create(r->pool, B2B_E_RANGE, NULL,
                            "The file ends before this range: it has %" APR_OFF_T_FMT " bytes.",
                            info.size);
}

static int handle_api(b2b_visit_t *visit, request_rec *r)
{
    const char *content_range = NULL;
    b2b_response_t *response = NULL;
    b2b_request_t request;
    b2b_body_plan_t plan;
    b2b_error_t *err;

    err = b2b_request_fill(&request, visit, r);
    if (!err) {
        err = find_person(&request, visit, r);
    }
    if (!err) {
        b2b_api_judge(&plan, &response, &b2b_child->site, &request, r->pool);
    }
    if (!err && !response) {
        err = read_body(&request, &plan, r);
        if (!err && plan.stream) {
            /* It may have come for minutes, and what was granted then may have been withdrawn since. */
            b2b_visit_renew(visit);
            request.now = visit->now;
            err = find_person(&request, visit, r);
        }
        if (!err) {
            b2b_api_handle(&response, &b2b_child->site, &request, r->pool);
        }
    }
    else {
        b2b_body_leave(r);
    }
    if (!err) {
        err = check_range(&content_range, response, r);
    }
    if (err) {
        response = b2b_api_problem(&request, err, r->pool);
    }
    if (content_range) {
        apr_table_setn(response->headers, "Content-Range", content_range);
    }
    return b2b_response_write(r, response);
}

/* Answer an API request with ERR in the API's format, before there is more to know about it. */
static int refuse_early(b2b_visit_t *visit, request_rec *r, b2b_error_t *err)
{
    b2b_request_t request;

    ap_discard_request_body(r);
    memset(&request, 0, sizeof(request));
    request.method = r->method;
    request.path = r->uri + strlen(PREFIX);
    request.request_id = b2b_visit_request_id(visit, r);
    return b2b_response_write(r, b2b_api_problem(&request, err, r->pool));
}

int b2b_api_refuse_unavailable(b2b_visit_t *visit, request_rec *r)
{
    if (strncmp(r->uri, PREFIX "/", sizeof(PREFIX)) != 0) {
        return DECLINED;
    }
    return refuse_early(
        visit, r,
        b2b_error_create(r->pool, B2B_E_UNAVAILABLE, NULL,
                         "The database cannot be asked at present. Try again in a few "
                         "seconds."));
}

/* What httpd refuses while it decodes an address ("%2f", "%00", "%zz") never reaches a handler. */
int b2b_api_refuse_address(b2b_visit_t *visit, request_rec *r)
{
    int status;

    if (strncmp(r->uri, PREFIX "/", sizeof(PREFIX)) != 0 || !strchr(r->uri, '%')) {
        return DECLINED;
    }
    status = ap_unescape_url(apr_pstrdup(r->pool, r->uri));
    if (status == OK) {
        return DECLINED;
    }
    return refuse_early(visit, r,
                        b2b_error_create(r->pool,
                                         status == HTTP_NOT_FOUND ? B2B_E_NOT_FOUND : B2B_E_INVALID,
                                         NULL, "There is nothing at this address."));
}

int b2b_handler(request_rec *r)
{
    b2b_visit_t *visit = b2b_visit_of(r);
    const b2b_address_t *address;

    if (!visit || r->proxyreq) {
        return DECLINED;
    }
    address = b2b_address_of(visit, r);
    switch (address->kind) {
    case B2B_ADDRESS_NONE:
        return DECLINED;
    case B2B_ADDRESS_API:
        return handle_api(visit, r);
    case B2B_ADDRESS_BRAND:
        return b2b_brand_handle(visit, r);
    default:
        return b2b_pages_handle(visit, r, address);
    }
}
