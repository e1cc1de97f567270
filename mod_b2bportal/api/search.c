/* SPDX-License-Identifier: Apache-2.0 */
/* Ctrl-K: portals, partners, members, dashboards and processes by a part of their names. */

#include "private.h"

#include <string.h>

#include <apr_strings.h>

#include "resources.h"

const b2b_rule_t b2b_find_query[] = {
    B2B_LINE("q", B2B_RULE_REQUIRED, 1, 200),
    {"limit", B2B_RULE_INTEGER, 0, 1, 50, NULL, NULL},
    B2B_END,
};

static const char *page_of(const b2b_search_hit_t *hit, apr_pool_t *pool)
{
    if (!strcmp(hit->kind, "dashboard")) {
        return apr_pstrcat(pool, "/dashboards/", hit->id, NULL);
    }
    if (!strcmp(hit->kind, "process")) {
        return apr_pstrcat(pool, "/processes/", hit->id, NULL);
    }
    if (!strcmp(hit->kind, "portal")) {
        return apr_pstrcat(pool, "/portals/", hit->portal, NULL);
    }
    return apr_pstrcat(pool, "/portals/", hit->portal, "/", hit->kind, "s/", hit->id, NULL);
}

static const char *subtitle_of(const b2b_search_hit_t *hit, apr_pool_t *pool)
{
    if (!strcmp(hit->kind, "partner")) {
        return hit->portal_name;
    }
    if (!strcmp(hit->kind, "member")) {
        return apr_pstrcat(pool, hit->subtitle, " · ", hit->portal_name, NULL);
    }
    return hit->subtitle;
}

b2b_error_t *b2b_find(b2b_call_t *call)
{
    const b2b_request_t *request = call->request;
    const char *limit = b2b_call_query(call, "limit");
    b2b_decision_t host = b2b_call_host(call);
    b2b_search_scope_t scope = {0};
    b2b_json_t *json = b2b_json_object(call->pool);
    b2b_json_t *data = b2b_json_array(call->pool);
    apr_array_header_t *hits;
    int i;

    scope.portals = b2b_policy_right(host, request->principal, B2B_RIGHT_PORTALS_READ).granted;
    scope.dashboards =
        b2b_policy_right(host, request->principal, B2B_RIGHT_DASHBOARDS_READ).granted;
    scope.processes = b2b_policy_right(host, request->principal, B2B_RIGHT_PROCESSES_READ).granted;
    scope.host_user_id = request->principal->id;
    B2B_ERR(b2b_search(&hits, call->conn, &scope, b2b_call_query(call, "q"),
                       limit ? (int)apr_atoi64(limit) : 20, call->pool, call->pool));
    for (i = 0; i < hits->nelts; i++) {
        const b2b_search_hit_t *hit = APR_ARRAY_IDX(hits, i, const b2b_search_hit_t *);
        b2b_json_t *item = b2b_json_object(call->pool);

        b2b_json_set_string(item, "kind", hit->kind);
        b2b_json_set_string(item, "id", hit->id);
        b2b_json_set_string(item, "portal", hit->portal);
        b2b_json_set_string(item, "title", hit->title);
        b2b_json_set_string(item, "subtitle", subtitle_of(hit, call->pool));
        b2b_json_set_string(item, "href", page_of(hit, call->pool));
        b2b_json_append(data, item);
    }
    b2b_json_set(json, "data", data);
    b2b_call_answer(call, 200, json, 0);
    return NULL;
}
