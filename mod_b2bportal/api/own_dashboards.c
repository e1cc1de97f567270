/* SPDX-License-Identifier: Apache-2.0 */
/* A portal's side: the dashboards that a member may open, each at the version that was placed. */

#include "private.h"

#include <string.h>

#include <apr_strings.h>

#include "resources.h"
#include "widget.h"

static b2b_error_t *own_json(b2b_json_t **json, b2b_call_t *call,
                             const b2b_snapshot_placement_t *placement, int whole)
{
    b2b_json_t *object = b2b_json_object(call->pool);
    b2b_dashboard_version_t *version;
    b2b_json_t *widgets;

    *json = NULL;
    B2B_ERR(b2b_dashboard_version_get(&version, call->conn, placement->dashboard_id,
                                      placement->dashboard_version, call->pool, call->pool));
    if (!version) {
        return NULL;
    }
    b2b_json_set_string(object, "id", placement->id);
    b2b_json_set_string(object, "name", placement->name);
    b2b_json_set_string(object, "kind", version->kind);
    b2b_json_set_string(object, "title", version->title);
    b2b_json_set_string(object, "description", version->description);
    b2b_json_set_string(object, "target", version->target);
    b2b_json_set_bool(object, "welcome_page", placement->welcome_page);
    if (whole) {
        B2B_ERR(b2b_json_parse(&widgets, version->widgets, strlen(version->widgets), call->pool));
        b2b_json_set(object, "widgets", b2b_widgets_for_portal(widgets, call->pool));
        b2b_json_set_integer(object, "version", placement->dashboard_version);
    }
    *json = object;
    return NULL;
}

/* Part of the name, in any case of ASCII letters. */
static int matches(const char *name, const char *q, apr_pool_t *pool)
{
    return !q || strstr(b2b_text_fold(name, pool), b2b_text_fold(q, pool)) != NULL;
}

static b2b_decision_t judge(const b2b_call_t *call, const b2b_snapshot_placement_t *placement)
{
    const b2b_request_t *request = call->request;

    return b2b_policy_placement(b2b_policy_member(request->portal, request->identity,
                                                  request->principal, request->now),
                                request->principal, placement);
}

/* Append what may be opened of the placements that are, or are not, welcome pages. */
static b2b_error_t *append_own(b2b_json_t *data, b2b_call_t *call, const char *q, int welcome)
{
    const apr_array_header_t *placements = call->request->portal->placements;
    int i;

    for (i = 0; i < placements->nelts && b2b_json_length(data) < B2B_LIST_MAX; i++) {
        const b2b_snapshot_placement_t *placement = &APR_ARRAY_IDX(placements, i,
                                                                   b2b_snapshot_placement_t);
        b2b_json_t *json;

        if (!placement->welcome_page == !!welcome || !matches(placement->name, q, call->pool) ||
            !judge(call, placement).granted) {
            continue;
        }
        B2B_ERR(own_json(&json, call, placement, 0));
        if (json) {
            b2b_json_append(data, json);
        }
    }
    return NULL;
}

/*
 * All on one page: what a member may open is what a home page shows. limit and after are taken so
 * that a client may treat it as any list.
 */
b2b_error_t *b2b_own_dashboards_list(b2b_call_t *call)
{
    b2b_json_t *data = b2b_json_array(call->pool);
    b2b_list_t list;

    B2B_ERR(b2b_call_list(&list, call, "position"));
    if (!list.after_id) {
        B2B_ERR(append_own(data, call, list.q, 1));
        B2B_ERR(append_own(data, call, list.q, 0));
    }
    b2b_call_answer_list(call, &list, data, NULL, NULL);
    return NULL;
}

/* The placement of the address; NULL if there is none that the member may open. */
static const b2b_snapshot_placement_t *find_own(const b2b_call_t *call)
{
    const apr_array_header_t *placements = call->request->portal->placements;
    int i;

    for (i = 0; i < placements->nelts; i++) {
        const b2b_snapshot_placement_t *placement = &APR_ARRAY_IDX(placements, i,
                                                                   b2b_snapshot_placement_t);

        if (strcmp(placement->id, call->variables[0]) == 0 && judge(call, placement).granted) {
            return placement;
        }
    }
    return NULL;
}

b2b_error_t *b2b_own_dashboards_get(b2b_call_t *call)
{
    const b2b_snapshot_placement_t *placement = find_own(call);
    b2b_json_t *json = NULL;

    if (placement) {
        B2B_ERR(own_json(&json, call, placement, 1));
    }
    if (!json) {
        return b2b_call_not_found(call, "dashboard");
    }
    b2b_call_answer(call, 200, json, placement->dashboard_version);
    return NULL;
}

b2b_error_t *b2b_own_widget_data(b2b_call_t *call)
{
    const b2b_snapshot_placement_t *placement = find_own(call);
    b2b_dashboard_version_t *version = NULL;
    const b2b_json_t *widget = NULL;
    b2b_json_t *widgets;

    if (placement) {
        B2B_ERR(b2b_dashboard_version_get(&version, call->conn, placement->dashboard_id,
                                          placement->dashboard_version, call->pool, call->pool));
    }
    if (!version) {
        return b2b_call_not_found(call, "dashboard");
    }
    B2B_ERR(b2b_json_parse(&widgets, version->widgets, strlen(version->widgets), call->pool));
    widget = b2b_json_at(widgets, (apr_size_t)apr_atoi64(call->variables[1]));
    return b2b_widget_answer(call, widget, placement->dashboard_version);
}
