/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From a request to its handler. The order of the questions is part of the contract: an outsider
 * learns nothing (401, 403) before anything is said about addresses, methods or bodies.
 */

#include "private.h"

#include <string.h>

#include <apr_strings.h>

#include "file_type.h"

/* Paths ---------------------------------------------------------------------------------------- */

static int is_technical(const char *text, apr_size_t length)
{
    return length > 0 && length <= B2B_TECHNICAL_MAX &&
           strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789-") >= length;
}

static int is_bin_kind(const char *text)
{
    return !strcmp(text, "process") || !strcmp(text, "shared_process") ||
           !strcmp(text, "instance") || !strcmp(text, "dashboard");
}

/* May TEXT[0..LENGTH) stand for the variable NAME ("{member}")? What may not is not found. */
static int variable_matches(const char *name, const char *text, apr_size_t length, apr_pool_t *pool)
{
    if (!strncmp(name, "{portal}", 8)) {
        return is_technical(text, length);
    }
    if (!strncmp(name, "{version}", 9) || !strncmp(name, "{revision}", 10)) {
        return length > 0 && length <= 7 && strspn(text, "0123456789") >= length && text[0] != '0';
    }
    if (!strncmp(name, "{widget}", 8)) { /* a place, from 0 */
        return length > 0 && length <= 2 && strspn(text, "0123456789") >= length &&
               (length == 1 || text[0] != '0');
    }
    if (!strncmp(name, "{action}", 8)) {
        return length > 0 && length <= B2B_FIELD_NAME_MAX &&
               strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789_") >= length;
    }
    if (!strncmp(name, "{file}", 6)) {
        return length == B2B_SHA256_LENGTH && strspn(text, "0123456789abcdef") >= length;
    }
    if (!strncmp(name, "{kind}", 6)) {
        return is_bin_kind(apr_pstrmemdup(pool, text, length));
    }
    if (!strncmp(name, "{label}", 7)) {
        return b2b_text_is_version(apr_pstrmemdup(pool, text, length));
    }
    return length == B2B_ID_LENGTH && b2b_text_is_id(apr_pstrmemdup(pool, text, length));
}

/* Does PATH have the form of TEMPLATE? Then VARIABLES are its parts. */
static int path_matches(const char *template, const char *path, const char **variables,
                        apr_pool_t *pool)
{
    int count = 0;

    while (*template == '/' && *path == '/') {
        apr_size_t wanted = strcspn(++template, "/");
        apr_size_t length = strcspn(++path, "/");

        if (*template == '{') {
            if (!variable_matches(template, path, length, pool)) {
                return 0;
            }
            variables[count++] = apr_pstrmemdup(pool, path, length);
        }
        else if (wanted != length || strncmp(template, path, length) != 0) {
            return 0;
        }
        template += wanted;
        path += length;
    }
    return !*template && !*path;
}

/* HEAD is GET without the body, which httpd/ leaves out. */
static const char *effective_method(const char *method)
{
    return !strcmp(method, "HEAD") ? "GET" : method;
}

/*
 * The route of METHOD PATH on SIDE; NULL if there is none. *ALLOW lists the methods that the
 * address takes, or is NULL if there is no such address.
 */
static const b2b_route_t *find_route(const char **variables, const char **allow, b2b_side_e side,
                                     const char *method, const char *path, apr_pool_t *pool)
{
    const b2b_route_t *found = NULL;
    int i;

    *allow = NULL;
    method = effective_method(method);
    for (i = 0; i < b2b_route_count; i++) {
        const b2b_route_t *route = &b2b_routes[i];
        const char *parts[B2B_PATH_VARIABLES] = {NULL, NULL, NULL};

        if (route->side != side || !path_matches(route->path, path, parts, pool)) {
            continue;
        }
        *allow = apr_pstrcat(pool, *allow ? *allow : "", *allow ? ", " : "", route->method,
                             strcmp(route->method, "GET") ? "" : ", HEAD", NULL);
        if (!strcmp(route->method, method)) {
            found = route;
            memcpy(variables, parts, sizeof(parts));
        }
    }
    return found;
}

static apr_int64_t route_limit(const b2b_route_t *route, const b2b_site_t *site)
{
    if (route->flags & B2B_ROUTE_STREAM) {
        return site->file_limit;
    }
    if (route->flags & B2B_ROUTE_RAW) {
        return B2B_IMAGE_MAX;
    }
    return route->body ? (apr_int64_t)site->body_limit : 0;
}

/* Judging -------------------------------------------------------------------------------------- */

int b2b_api_same_origin(const b2b_request_t *request)
{
    const char *origin = apr_table_get(request->headers, "Origin");
    const char *fetch_site = apr_table_get(request->headers, "Sec-Fetch-Site");

    /* Both are set by the browser, not by a page. Where both are there, both must agree. */
    if (fetch_site && strcmp(fetch_site, "same-origin") != 0) {
        return 0;
    }
    if (origin) {
        return request->origin && !strcmp(origin, request->origin);
    }
    return fetch_site != NULL;
}

/* Who is asking, as this side counts? 401 for nobody, 403 for somebody without access. */
static b2b_error_t *judge_person(b2b_decision_t *person, const b2b_call_t *call)
{
    const b2b_request_t *request = call->request;

    if (request->side == B2B_SIDE_PORTAL) {
        *person = b2b_policy_member(request->portal, request->identity, request->principal,
                                    request->now);
    }
    else {
        *person = b2b_policy_host_user(call->site->issuers, request->identity, request->principal);
    }
    if (person->granted) {
        return NULL;
    }
    if (person->reason == B2B_REASON_DENIED_NOBODY) {
        return b2b_error_create(call->pool, B2B_E_UNAUTHENTICATED, NULL,
                                "Sign in: there is no session, or it has ended.");
    }
    /*
     * One sentence for all: whether somebody is suspended, expired or unknown is not for outsiders.
     */
    return b2b_error_detail(
        b2b_error_typed(b2b_error_create(call->pool, B2B_E_FORBIDDEN, NULL,
                                         "You are signed in, but have no access here."),
                        "no-access"),
        call->pool, "%s", b2b_reason_word(person->reason));
}

/* Whoever writes one of these may bring an image for it. */
static b2b_decision_t judge_editor(b2b_decision_t person, const b2b_principal_t *principal)
{
    static const b2b_right_e rights[] = {B2B_RIGHT_PORTALS_WRITE, B2B_RIGHT_DASHBOARDS_WRITE,
                                         B2B_RIGHT_PROCESSES_WRITE, B2B_RIGHT_SETTINGS_WRITE};
    b2b_decision_t decision = {0, B2B_REASON_DENIED_RIGHT};
    apr_size_t i;

    for (i = 0; i < sizeof(rights) / sizeof(rights[0]) && !decision.granted; i++) {
        decision = b2b_policy_right(person, principal, rights[i]);
    }
    return decision;
}

static b2b_error_t *judge_right(b2b_decision_t person, const b2b_call_t *call)
{
    const b2b_principal_t *principal = call->request->principal;
    b2b_decision_t decision = person;

    if (call->route->may == B2B_MAY_EDITOR) {
        decision = judge_editor(person, principal);
    }
    else if (call->route->may >= 0) {
        decision = b2b_policy_right(person, principal, (b2b_right_e)call->route->may);
    }
    else if (call->route->side == B2B_SIDE_CONSOLE) {
        decision = b2b_policy_right(person, principal, B2B_RIGHT_CONSOLE);
    }
    if (decision.granted) {
        return NULL;
    }
    return b2b_error_create(call->pool, B2B_E_FORBIDDEN, NULL, "%s",
                            b2b_reason_sentence(decision.reason));
}

static b2b_error_t *judge_method(b2b_call_t *call)
{
    const b2b_request_t *request = call->request;
    const char *allow;

    call->route = find_route(call->variables, &allow, request->side, request->method, request->path,
                             call->pool);
    if (call->route) {
        return NULL;
    }
    if (!allow) {
        return b2b_error_create(call->pool, B2B_E_NOT_FOUND, NULL,
                                "There is nothing at this address.");
    }
    apr_table_setn(call->headers, "Allow", allow);
    return b2b_error_create(call->pool, B2B_E_METHOD, NULL,
                            "This address does not take %s, only %s.",
                            b2b_text_escape_log(request->method, call->pool), allow);
}

/* Reading -------------------------------------------------------------------------------------- */

static int is_media_type(const char *header, const char *type)
{
    apr_size_t length = strlen(type);

    return header && !strncasecmp(header, type, length) &&
           (!header[length] || header[length] == ';' || header[length] == ' ');
}

/* RFC 8259 8.1: JSON is UTF-8, whatever else a charset parameter might say. */
static int is_json(const char *header)
{
    const char *parameter;

    if (!is_media_type(header, "application/json")) {
        return 0;
    }
    parameter = strchr(header, ';');
    if (!parameter) {
        return 1;
    }
    parameter += 1 + strspn(parameter + 1, " ");
    return !strcasecmp(parameter, "charset=utf-8") || !strcasecmp(parameter, "charset=\"utf-8\"");
}

static b2b_error_t *read_body(b2b_call_t *call)
{
    const b2b_request_t *request = call->request;
    const b2b_route_t *route = call->route;
    b2b_json_t *json;

    if (route->flags & B2B_ROUTE_STREAM) {
        return request->upload && !request->body_length
                   ? NULL
                   : b2b_error_create(call->pool, B2B_E_INVALID, NULL, "The file is missing.");
    }
    if ((apr_int64_t)request->body_length > route_limit(route, call->site)) {
        return route_limit(route, call->site)
                   ? b2b_error_create(call->pool, B2B_E_TOO_LARGE, NULL,
                                      "The body is larger than %" APR_INT64_T_FMT " bytes.",
                                      route_limit(route, call->site))
                   : b2b_error_create(call->pool, B2B_E_INVALID, NULL,
                                      "This address takes no body.");
    }
    if (!route->body) {
        return NULL;
    }
    if (!request->body_length) {
        return b2b_error_create(call->pool, B2B_E_INVALID, NULL,
                                "The body, a JSON object, is missing.");
    }
    if (!is_json(apr_table_get(request->headers, "Content-Type"))) {
        return b2b_error_of_field(call->pool, B2B_E_UNSUPPORTED, "Content-Type", __FILE__, __LINE__,
                                  "Send the body as application/json (UTF-8).");
    }
    B2B_ERR(b2b_json_parse(&json, request->body, request->body_length, call->pool));
    B2B_ERR(b2b_rules_check(json, route->body, call->pool));
    call->body = json;
    return NULL;
}

static b2b_error_t *read_idempotency_key(b2b_call_t *call)
{
    const char *key = apr_table_get(call->request->headers, "Idempotency-Key");
    const char *byte;

    if (!key || !(call->route->flags & B2B_ROUTE_IDEMPOTENT)) {
        return NULL;
    }
    for (byte = key; *byte; byte++) {
        if (*byte < '!' || *byte > '~') {
            break;
        }
    }
    if (!*key || *byte || strlen(key) > 100) {
        return b2b_error_invalid(call->pool, "Idempotency-Key",
                                 "must be 1 to 100 visible ASCII characters.");
    }
    call->idempotency_key = key;
    return NULL;
}

static b2b_error_t *read_request(b2b_call_t *call)
{
    B2B_ERR(b2b_query_parse(&call->query, call->request->query, call->route->query, call->pool));
    B2B_ERR(read_body(call));
    B2B_ERR(read_idempotency_key(call));
    if (call->route->flags & B2B_ROUTE_IF_MATCH) {
        B2B_ERR(b2b_if_match_parse(&call->version,
                                   apr_table_get(call->request->headers, "If-Match"), call->pool));
    }
    return NULL;
}

/* Working -------------------------------------------------------------------------------------- */

/* A transaction may run its work again: what the run before left in the answer must go. */
static void reset_answer(b2b_call_t *call)
{
    call->status = 0;
    call->answer = NULL;
    call->text = NULL;
    call->file = NULL;
    call->changes = NULL;
    apr_table_clear(call->headers);
}

/* On the console everybody who may ask for a portal may see all of them: say which ones are near. */
static b2b_error_t *no_portal(const b2b_call_t *call)
{
    apr_array_header_t *names = apr_array_make(call->pool, 64, sizeof(const char *));
    apr_array_header_t *near;
    b2b_directory_t *directory;
    apr_hash_index_t *index;
    const char *text = "";
    int i;

    B2B_ERR(b2b_directory_load(&directory, call->conn, call->pool, call->pool));
    for (index = apr_hash_first(call->pool, directory->by_name); index;
         index = apr_hash_next(index)) {
        APR_ARRAY_PUSH(names, const char *) = apr_hash_this_key(index);
    }
    near = b2b_text_nearest(call->variables[0], names, call->pool);
    for (i = 0; i < near->nelts; i++) {
        text = apr_pstrcat(call->pool, text, i ? ", " : "", APR_ARRAY_IDX(near, i, const char *),
                           NULL);
    }
    return *text ? b2b_error_create(call->pool, B2B_E_NOT_FOUND, NULL,
                                    "There is no such portal. Near it: %s.", text)
                 : b2b_call_not_found(call, "portal");
}

static b2b_error_t *load_portal(b2b_call_t *call)
{
    call->portal = NULL;
    if (strncmp(call->route->path, "/portals/{portal}", 17) != 0) {
        return NULL;
    }
    B2B_ERR(b2b_portal_get(&call->portal, call->conn, call->variables[0], call->pool, call->pool));
    return call->portal ? NULL : no_portal(call);
}

static b2b_error_t *work(void *baton, b2b_db_conn_t *conn, apr_pool_t *pool)
{
    b2b_call_t *call = baton;
    int found = 0;

    (void)pool;
    call->conn = conn;
    reset_answer(call);
    B2B_ERR(load_portal(call));
    if (call->idempotency_key) {
        B2B_ERR(b2b_idempotency_replay(&found, call));
        if (found) {
            return NULL;
        }
    }
    B2B_ERR(call->route->handler(call));
    return call->idempotency_key ? b2b_idempotency_store(call) : NULL;
}

static b2b_error_t *run(b2b_call_t *call)
{
    b2b_db_conn_t *conn;
    b2b_error_t *err;

    if (call->route->flags & B2B_ROUTE_NO_DATABASE) {
        return call->route->handler(call);
    }
    B2B_ERR(b2b_db_acquire(&conn, call->site->db, call->pool));
    if (call->route->flags & B2B_ROUTE_WRITE) {
        err = b2b_db_transaction(conn, work, call, call->pool);
    }
    else {
        err = work(call, conn, call->pool);
    }
    call->conn = NULL;
    b2b_db_release(conn);
    return err;
}

/* Who, where, from which page, with which right: all that is asked before a body is looked at. */
static b2b_error_t *judge(b2b_call_t *call)
{
    const b2b_request_t *request = call->request;
    b2b_decision_t person;
    const char *allow;

    call->route = find_route(call->variables, &allow, request->side, request->method, request->path,
                             call->pool);
    if (call->route && call->route->may == B2B_MAY_ANYBODY) {
        return NULL;
    }
    B2B_ERR(judge_person(&person, call));
    B2B_ERR(judge_method(call));
    if ((call->route->flags & B2B_ROUTE_WRITE) && !b2b_api_same_origin(request)) {
        return b2b_error_typed(
            b2b_error_create(call->pool, B2B_E_FORBIDDEN, NULL,
                             "The request does not come from a page of this host name."),
            "cross-origin");
    }
    return judge_right(person, call);
}

static b2b_error_t *answer(b2b_call_t *call)
{
    B2B_ERR(judge(call));
    B2B_ERR(read_request(call));
    if (call->route->flags & B2B_ROUTE_STREAM) {
        /* Before there is a transaction that others would wait for. */
        B2B_ERR(b2b_file_type_find(&call->request->upload->type, &call->request->upload->group,
                                   call->request->upload->path, call->request->upload->bytes,
                                   call->pool));
    }
    return run(call);
}

/* What a route that streams can refuse before the body is there. */
static b2b_error_t *judge_upload(b2b_call_t *call)
{
    b2b_error_t *err;

    B2B_ERR(b2b_query_parse(&call->query, call->request->query, call->route->query, call->pool));
    B2B_ERR(b2b_db_acquire(&call->conn, call->site->db, call->pool));
    err = load_portal(call);
    if (!err) {
        err = call->route->handler(call);
    }
    b2b_db_release(call->conn);
    call->conn = NULL;
    return err;
}

/* The client has this version already (RFC 9110 13.1.2). */
static int is_unchanged(const b2b_call_t *call)
{
    const char *known = apr_table_get(call->request->headers, "If-None-Match");
    const char *etag = apr_table_get(call->headers, "ETag");

    return known && etag && call->status == 200 && !(call->route->flags & B2B_ROUTE_WRITE) &&
           !strcmp(b2b_etag_unpacked(known, call->pool), etag);
}

static b2b_response_t *make_response(const b2b_call_t *call)
{
    b2b_response_t *response = apr_pcalloc(call->pool, sizeof(*response));

    response->status = call->status;
    response->headers = call->headers;
    apr_table_setn(call->headers, "X-Content-Type-Options", "nosniff");
    if (!apr_table_get(call->headers, "Cache-Control")) {
        apr_table_setn(call->headers, "Cache-Control", "no-store");
    }
    if (is_unchanged(call)) {
        response->status = 304;
        apr_table_unset(call->headers, "Content-Type");
        return response;
    }
    response->file = call->file;
    if (call->text) {
        response->body = call->text;
        response->length = call->text_length;
    }
    else if (call->answer) {
        apr_table_setn(call->headers, "Content-Type", "application/json");
        response->body = b2b_json_write(call->answer, call->pool);
        response->length = strlen(response->body);
    }
    return response;
}

static b2b_call_t *make_call(const b2b_site_t *site, const b2b_request_t *request, apr_pool_t *pool)
{
    b2b_call_t *call = apr_pcalloc(pool, sizeof(*call));

    call->site = site;
    call->request = request;
    call->pool = pool;
    call->headers = apr_table_make(pool, 4);
    return call;
}

static b2b_response_t *refuse(b2b_call_t *call, b2b_error_t *err)
{
    b2b_response_t *response;

    b2b_act_refused(call, err);
    response = b2b_api_problem(call->request, err, call->pool);
    if (apr_table_get(call->headers, "Allow")) {
        apr_table_setn(response->headers, "Allow", apr_table_get(call->headers, "Allow"));
    }
    return response;
}

void b2b_api_judge(b2b_body_plan_t *plan, b2b_response_t **refusal, const b2b_site_t *site,
                   const b2b_request_t *request, apr_pool_t *pool)
{
    b2b_call_t *call = make_call(site, request, pool);
    b2b_error_t *err = judge(call);

    *refusal = NULL;
    plan->limit = 0;
    plan->stream = 0;
    if (!err) {
        plan->limit = route_limit(call->route, site);
        plan->stream = (call->route->flags & B2B_ROUTE_STREAM) != 0;
        err = plan->stream ? judge_upload(call) : NULL;
    }
    if (err) {
        *refusal = refuse(call, err);
    }
}

void b2b_api_handle(b2b_response_t **response, const b2b_site_t *site, const b2b_request_t *request,
                    apr_pool_t *pool)
{
    b2b_call_t *call = make_call(site, request, pool);
    b2b_error_t *err = answer(call);

    *response = err ? refuse(call, err) : make_response(call);
}
