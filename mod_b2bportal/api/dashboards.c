/* SPDX-License-Identifier: Apache-2.0 */
/* Dashboards of the host: draft, publish, versions. */

#include "private.h"

#include <string.h>

#include <apr_strings.h>

#include "resources.h"

/* Stored JSON text as JSON again. It was validated when it was written. */
static b2b_error_t *stored_widgets(b2b_json_t **json, const char *text, apr_pool_t *pool)
{
    return b2b_json_parse(json, text, strlen(text), pool);
}

static void set_version(b2b_json_t *json, const char *key, apr_int64_t version, apr_pool_t *pool)
{
    if (version) {
        b2b_json_set_integer(json, key, version);
    }
    else {
        b2b_json_set(json, key, b2b_json_null(pool));
    }
}

static b2b_error_t *dashboard_json(b2b_json_t **json, b2b_call_t *call,
                                   const b2b_dashboard_t *dashboard)
{
    b2b_json_t *object = b2b_json_object(call->pool);
    b2b_json_t *widgets;

    B2B_ERR(stored_widgets(&widgets, dashboard->widgets, call->pool));
    b2b_json_set_string(object, "id", dashboard->id);
    b2b_json_set_string(object, "kind", dashboard->kind);
    b2b_json_set_string(object, "title", dashboard->title);
    b2b_json_set_string(object, "description", dashboard->description);
    b2b_json_set_string(object, "target", dashboard->target);
    b2b_json_set(object, "widgets", widgets);
    b2b_json_set_bool(object, "draft_changed", dashboard->draft_changed);
    set_version(object, "published_version", dashboard->published_version, call->pool);
    b2b_json_set_time(object, "published_at", dashboard->published_at);
    b2b_json_set_integer(object, "placement_count", dashboard->placement_count);
    b2b_json_set_integer(object, "portal_count", dashboard->portal_count);
    b2b_json_set_time(object, "created_at", dashboard->created_at);
    b2b_json_set_time(object, "modified_at", dashboard->modified_at);
    b2b_json_set_etag(object, dashboard->version, call->pool);
    *json = object;
    return NULL;
}

static b2b_error_t *get_dashboard(b2b_dashboard_t **dashboard, const b2b_call_t *call,
                                  const char *id)
{
    B2B_ERR(b2b_dashboard_get(dashboard, call->conn, id, call->pool, call->pool));
    return *dashboard ? NULL : b2b_call_not_found(call, "dashboard");
}

static b2b_error_t *answer_current(b2b_call_t *call, int status, const char *id)
{
    b2b_dashboard_t *dashboard;
    b2b_json_t *json;

    B2B_ERR(get_dashboard(&dashboard, call, id));
    B2B_ERR(dashboard_json(&json, call, dashboard));
    b2b_call_answer(call, status, json, dashboard->version);
    return NULL;
}

static const char *const kinds[] = {"page", "link", NULL};
static const char *const sorts[] = {"title", "-title", "modified_at", "-modified_at", NULL};

const b2b_rule_t b2b_dashboards_query[] = {
    B2B_LIMIT, B2B_AFTER, B2B_Q, B2B_WORD("kind", 0, kinds), B2B_WORD("sort", 0, sorts), B2B_END,
};

b2b_error_t *b2b_dashboards_list(b2b_call_t *call)
{
    b2b_json_t *data = b2b_json_array(call->pool);
    b2b_list_t list;
    b2b_page_t *page;
    int i;

    B2B_ERR(b2b_call_list(&list, call, "title"));
    B2B_ERR(b2b_dashboard_list(&page, call->conn, &list, call->pool, call->pool));
    for (i = 0; i < page->items->nelts; i++) {
        b2b_json_t *json;

        B2B_ERR(
            dashboard_json(&json, call, APR_ARRAY_IDX(page->items, i, const b2b_dashboard_t *)));
        b2b_json_append(data, json);
    }
    b2b_call_answer_list(call, &list, data, page->next_key, page->next_id);
    return NULL;
}

/* Writing -------------------------------------------------------------------------------------- */

#define DASHBOARD_MEMBERS(required)                                                                \
    B2B_NAME("title", required), B2B_LINE("description", 0, 0, 500),                               \
        B2B_OF_KIND("target", B2B_RULE_PATH, B2B_RULE_NULLABLE),                                   \
        B2B_ARRAY("widgets", 0, 0, 100, b2b_widget_items)

const b2b_rule_t b2b_dashboard_create_rules[] = {
    B2B_WORD("kind", B2B_RULE_REQUIRED, kinds),
    DASHBOARD_MEMBERS(B2B_RULE_REQUIRED),
    B2B_END,
};
const b2b_rule_t b2b_dashboard_patch_rules[] = {DASHBOARD_MEMBERS(0), B2B_END};

static b2b_error_t *images_of(apr_array_header_t **images, const char *widgets, apr_pool_t *pool)
{
    b2b_json_t *json;

    B2B_ERR(stored_widgets(&json, widgets, pool));
    *images = b2b_widgets_images(json, pool);
    return NULL;
}

/* A page has widgets and no target, a link has a target and no widgets. */
static b2b_error_t *overlay(b2b_call_t *call, b2b_dashboard_t *dashboard)
{
    const b2b_json_t *widgets = b2b_json_get(call->body, "widgets");
    apr_array_header_t *images;
    const char *text;

    b2b_patch_text(call, "title", &dashboard->title);
    b2b_patch_text(call, "description", &dashboard->description);
    b2b_patch_text(call, "target", &dashboard->target);
    if (widgets) {
        B2B_ERR(b2b_widgets_check(widgets, call->pool));
        text = b2b_json_write(widgets, call->pool);
        if (strcmp(text, dashboard->widgets) != 0) {
            /* The trail names the fact; the versions hold what it said. */
            b2b_change_add(call, "widgets", NULL,
                           b2b_json_integer((apr_int64_t)b2b_json_length(widgets), call->pool));
            dashboard->widgets = text;
        }
    }
    if (!strcmp(dashboard->kind, "link")) {
        if (!dashboard->target) {
            return b2b_error_invalid(call->pool, "target", "is missing; a link needs it.");
        }
        if (strcmp(dashboard->widgets, "[]") != 0) {
            return b2b_error_invalid(call->pool, "widgets", "must be empty; a link has none.");
        }
    }
    else if (dashboard->target) {
        return b2b_error_invalid(call->pool, "target", "must be null; a page has none.");
    }
    B2B_ERR(images_of(&images, dashboard->widgets, call->pool));
    dashboard->images = images;
    return NULL;
}

b2b_error_t *b2b_dashboards_create(b2b_call_t *call)
{
    b2b_dashboard_t dashboard = {NULL};

    dashboard.description = "";
    dashboard.widgets = "[]";
    b2b_patch_text(call, "kind", &dashboard.kind);
    B2B_ERR(overlay(call, &dashboard));
    B2B_ERR(b2b_dashboard_create(call->conn, &dashboard, call->pool, call->pool));
    B2B_ERR(b2b_act_done(call, "dashboard", dashboard.id, dashboard.title));
    b2b_call_location(call, apr_pstrcat(call->pool, "/dashboards/", dashboard.id, NULL));
    return answer_current(call, 201, dashboard.id);
}

b2b_error_t *b2b_dashboards_get(b2b_call_t *call)
{
    return answer_current(call, 200, call->variables[0]);
}

b2b_error_t *b2b_dashboards_patch(b2b_call_t *call)
{
    b2b_dashboard_t *dashboard;

    B2B_ERR(get_dashboard(&dashboard, call, call->variables[0]));
    B2B_ERR(b2b_call_expect(call, dashboard->version));
    B2B_ERR(overlay(call, dashboard));
    if (call->changes) {
        B2B_ERR(b2b_dashboard_update(call->conn, dashboard, call->version, call->pool));
        B2B_ERR(b2b_act_done(call, "dashboard", dashboard->id, dashboard->title));
    }
    return answer_current(call, 200, dashboard->id);
}

b2b_error_t *b2b_dashboards_delete(b2b_call_t *call)
{
    b2b_dashboard_t *dashboard;

    B2B_ERR(get_dashboard(&dashboard, call, call->variables[0]));
    B2B_ERR(b2b_dashboard_delete(call->conn, dashboard->id, call->version,
                                 call->request->principal->id, call->pool));
    B2B_ERR(b2b_act_done(call, "dashboard", dashboard->id, dashboard->title));
    b2b_call_answer(call, 204, NULL, 0);
    return NULL;
}

b2b_error_t *b2b_dashboards_impact(b2b_call_t *call)
{
    b2b_dashboard_t *dashboard;
    b2b_impact_t impact;

    B2B_ERR(get_dashboard(&dashboard, call, call->variables[0]));
    B2B_ERR(b2b_dashboard_impact(&impact, call->conn, dashboard->id, call->pool));
    b2b_call_answer_impact(call, "delete", &impact);
    return NULL;
}

b2b_error_t *b2b_dashboards_publish(b2b_call_t *call)
{
    b2b_dashboard_t *dashboard;
    apr_int64_t number;

    B2B_ERR(get_dashboard(&dashboard, call, call->variables[0]));
    if (dashboard->published_version && !dashboard->draft_changed) {
        return b2b_call_conflict(call, "nothing-changed", "The draft is what was published last.");
    }
    B2B_ERR(b2b_dashboard_publish(&number, call->conn, dashboard->id, B2B_VERSION_ANY,
                                  call->request->principal->id, call->pool));
    b2b_change_add(call, "published_version",
                   b2b_json_integer(dashboard->published_version, call->pool),
                   b2b_json_integer(number, call->pool));
    B2B_ERR(b2b_act_done(call, "dashboard", dashboard->id, dashboard->title));
    return answer_current(call, 200, dashboard->id);
}

/* Versions ------------------------------------------------------------------------------------- */

static b2b_error_t *version_json(b2b_json_t **json, b2b_call_t *call,
                                 const b2b_dashboard_version_t *version)
{
    b2b_json_t *object = b2b_json_object(call->pool);
    b2b_json_t *widgets;

    B2B_ERR(stored_widgets(&widgets, version->widgets, call->pool));
    b2b_json_set_integer(object, "version", version->number);
    b2b_json_set_string(object, "kind", version->kind);
    b2b_json_set_string(object, "title", version->title);
    b2b_json_set_string(object, "description", version->description);
    b2b_json_set_string(object, "target", version->target);
    b2b_json_set(object, "widgets", widgets);
    b2b_json_set_time(object, "published_at", version->published_at);
    b2b_json_set_ref(object, "published_by", version->published_by, version->publisher_name,
                     call->pool);
    *json = object;
    return NULL;
}

b2b_error_t *b2b_dashboard_versions_list(b2b_call_t *call)
{
    b2b_json_t *data = b2b_json_array(call->pool);
    b2b_dashboard_t *dashboard;
    b2b_list_t list;
    b2b_page_t *page;
    int i;

    B2B_ERR(get_dashboard(&dashboard, call, call->variables[0]));
    B2B_ERR(b2b_call_list(&list, call, "number"));
    B2B_ERR(b2b_dashboard_version_list(&page, call->conn, dashboard->id, &list, call->pool,
                                       call->pool));
    for (i = 0; i < page->items->nelts; i++) {
        b2b_json_t *json;

        B2B_ERR(version_json(&json, call,
                             APR_ARRAY_IDX(page->items, i, const b2b_dashboard_version_t *)));
        b2b_json_append(data, json);
    }
    b2b_call_answer_list(call, &list, data, page->next_key, page->next_id);
    return NULL;
}

b2b_error_t *b2b_dashboard_versions_get(b2b_call_t *call)
{
    b2b_dashboard_t *dashboard;
    b2b_dashboard_version_t *version;
    b2b_json_t *json;

    B2B_ERR(get_dashboard(&dashboard, call, call->variables[0]));
    B2B_ERR(b2b_dashboard_version_get(&version, call->conn, dashboard->id,
                                      apr_atoi64(call->variables[1]), call->pool, call->pool));
    if (!version) {
        return b2b_call_not_found(call, "version");
    }
    B2B_ERR(version_json(&json, call, version));
    b2b_call_answer(call, 200, json, 0);
    return NULL;
}
