/* SPDX-License-Identifier: Apache-2.0 */
/* Placements: dashboards shown in a portal, and to whom. */

#include "private.h"

#include <string.h>

#include <apr_strings.h>

#include "resources.h"

static b2b_json_t *ids_json(const apr_array_header_t *ids, apr_pool_t *pool)
{
    b2b_json_t *json = b2b_json_array(pool);
    int i;

    for (i = 0; ids && i < ids->nelts; i++) {
        b2b_json_append(json, b2b_json_string(APR_ARRAY_IDX(ids, i, const char *), pool));
    }
    return json;
}

static b2b_json_t *security_json(const b2b_placement_t *placement, apr_pool_t *pool)
{
    b2b_json_t *json = b2b_json_object(pool);

    b2b_json_set_bool(json, "everyone", placement->everyone);
    b2b_json_set(json, "groups", ids_json(placement->groups, pool));
    return json;
}

static b2b_json_t *placement_json(b2b_call_t *call, const void *item)
{
    const b2b_placement_t *placement = item;
    b2b_json_t *json = b2b_json_object(call->pool);

    b2b_json_set_string(json, "id", placement->id);
    b2b_json_set_string(json, "dashboard_id", placement->dashboard_id);
    b2b_json_set_string(json, "title", placement->title);
    b2b_json_set_string(json, "kind", placement->kind);
    b2b_json_set_integer(json, "version", placement->dashboard_version);
    if (placement->published_version) {
        b2b_json_set_integer(json, "published_version", placement->published_version);
    }
    else {
        b2b_json_set(json, "published_version", b2b_json_null(call->pool));
    }
    b2b_json_set_string(json, "partner_id", placement->partner_id);
    b2b_json_set_string(json, "partner_name", placement->partner_name);
    b2b_json_set_string(json, "name", placement->name);
    b2b_json_set_integer(json, "position", placement->position);
    b2b_json_set_bool(json, "welcome_page", placement->welcome_page);
    b2b_json_set(json, "security", security_json(placement, call->pool));
    b2b_json_set_string(json, "source", placement->source);
    b2b_json_set_time(json, "created_at", placement->created_at);
    b2b_json_set_time(json, "modified_at", placement->modified_at);
    b2b_json_set_etag(json, placement->version, call->pool);
    return json;
}

static b2b_error_t *get_placement(b2b_placement_t **placement, const b2b_call_t *call,
                                  const char *id)
{
    B2B_ERR(b2b_placement_get(placement, call->conn, call->portal->id, id, call->pool, call->pool));
    return *placement ? NULL : b2b_call_not_found(call, "placement");
}

static b2b_error_t *answer_current(b2b_call_t *call, int status, const char *id)
{
    b2b_placement_t *placement;

    B2B_ERR(get_placement(&placement, call, id));
    b2b_call_answer(call, status, placement_json(call, placement), placement->version);
    return NULL;
}

const b2b_rule_t b2b_placements_query[] = {
    B2B_LIMIT,
    B2B_AFTER,
    B2B_Q,
    B2B_OF_KIND("dashboard_id", B2B_RULE_ID, 0),
    B2B_OF_KIND("partner_id", B2B_RULE_ID, 0),
    B2B_END,
};

b2b_error_t *b2b_placements_list(b2b_call_t *call)
{
    b2b_list_t list;
    b2b_page_t *page;

    B2B_ERR(b2b_call_list(&list, call, "name"));
    B2B_ERR(b2b_placement_list(&page, call->conn, call->portal->id, &list, call->pool, call->pool));
    b2b_call_answer_page(call, &list, page, placement_json);
    return NULL;
}

/* Writing -------------------------------------------------------------------------------------- */

/* Both are required: blank never means everyone (S6). */
static const b2b_rule_t security_rules[] = {
    B2B_OF_KIND("everyone", B2B_RULE_BOOL, B2B_RULE_REQUIRED),
    B2B_ARRAY("groups", B2B_RULE_REQUIRED | B2B_RULE_UNIQUE, 0, 200, b2b_id_items),
    B2B_END,
};

#define PLACEMENT_MEMBERS(required)                                                                \
    {"version", B2B_RULE_INTEGER, 0, 1, 1000000, NULL, NULL},                                      \
        B2B_OF_KIND("partner_id", B2B_RULE_ID, B2B_RULE_NULLABLE), B2B_NAME("name", required),     \
        {"position", B2B_RULE_INTEGER, 0, 0, 1000000, NULL, NULL},                                 \
        B2B_OF_KIND("welcome_page", B2B_RULE_BOOL, 0),                                             \
        B2B_OBJECT("security", required, security_rules)

const b2b_rule_t b2b_placement_create_rules[] = {
    B2B_OF_KIND("dashboard_id", B2B_RULE_ID, B2B_RULE_REQUIRED),
    PLACEMENT_MEMBERS(B2B_RULE_REQUIRED),
    B2B_END,
};
const b2b_rule_t b2b_placement_patch_rules[] = {PLACEMENT_MEMBERS(0), B2B_END};

static void overlay(b2b_call_t *call, b2b_placement_t *placement)
{
    const b2b_json_t *security = b2b_json_get(call->body, "security");

    b2b_patch_integer(call, "version", &placement->dashboard_version);
    b2b_patch_text(call, "partner_id", &placement->partner_id);
    b2b_patch_text(call, "name", &placement->name);
    b2b_patch_integer(call, "position", &placement->position);
    b2b_patch_bool(call, "welcome_page", &placement->welcome_page);
    if (security) {
        b2b_json_t *before = security_json(placement, call->pool);

        placement->everyone = b2b_json_get_bool(security, "everyone", 0);
        placement->groups = b2b_json_strings(b2b_json_get(security, "groups"), call->pool);
        if (!b2b_json_equal(before, security_json(placement, call->pool))) {
            b2b_change_add(call, "security", before, security);
        }
    }
}

b2b_error_t *b2b_placements_create(b2b_call_t *call)
{
    b2b_placement_t placement = {NULL};

    placement.portal_id = call->portal->id;
    placement.source = "manual";
    placement.groups = apr_array_make(call->pool, 1, sizeof(const char *));
    b2b_patch_text(call, "dashboard_id", &placement.dashboard_id);
    overlay(call, &placement);
    B2B_ERR(b2b_placement_create(call->conn, &placement, call->pool, call->pool));
    B2B_ERR(b2b_act_done(call, "placement", placement.id, placement.name));
    b2b_call_location(call, apr_pstrcat(call->pool, "/portals/", call->portal->technical_name,
                                        "/placements/", placement.id, NULL));
    return answer_current(call, 201, placement.id);
}

b2b_error_t *b2b_placements_get(b2b_call_t *call)
{
    return answer_current(call, 200, call->variables[1]);
}

/* What comes with a shared process is changed there, and by sending it: here it would be undone again. */
static b2b_error_t *by_hand(b2b_call_t *call, const b2b_placement_t *placement)
{
    const char *title;

    B2B_ERR(b2b_placement_share(&title, call->conn, call->portal->id, placement->id, call->pool,
                                call->pool));
    return title ? b2b_call_conflict(call, "of-a-share",
                                     apr_psprintf(call->pool,
                                                  "This comes with the shared process \"%s\". "
                                                  "Change it there and send the update.",
                                                  title))
                 : NULL;
}

b2b_error_t *b2b_placements_patch(b2b_call_t *call)
{
    b2b_placement_t *placement;

    B2B_ERR(get_placement(&placement, call, call->variables[1]));
    B2B_ERR(by_hand(call, placement));
    B2B_ERR(b2b_call_expect(call, placement->version));
    overlay(call, placement);
    if (call->changes) {
        B2B_ERR(b2b_placement_update(call->conn, placement, call->version, call->pool));
        B2B_ERR(b2b_act_done(call, "placement", placement->id, placement->name));
    }
    return answer_current(call, 200, placement->id);
}

b2b_error_t *b2b_placements_delete(b2b_call_t *call)
{
    b2b_placement_t *placement;

    B2B_ERR(get_placement(&placement, call, call->variables[1]));
    B2B_ERR(by_hand(call, placement));
    B2B_ERR(b2b_placement_delete(call->conn, call->portal->id, placement->id, call->version,
                                 call->pool));
    B2B_ERR(b2b_act_done(call, "placement", placement->id, placement->name));
    b2b_call_answer(call, 204, NULL, 0);
    return NULL;
}

/* Impact --------------------------------------------------------------------------------------- */

static const char *const acts[] = {"save", "delete", NULL};

const b2b_rule_t b2b_placement_impact_query[] = {
    B2B_OF_KIND("placement", B2B_RULE_ID, 0),
    B2B_WORD("act", B2B_RULE_REQUIRED, acts),
    B2B_OF_KIND("partner_id", B2B_RULE_ID, 0),
    B2B_OF_KIND("everyone", B2B_RULE_BOOL, 0),
    B2B_LINE("groups", 0, 0, 8000),
    B2B_END,
};

static b2b_error_t *split_ids(apr_array_header_t **ids, const char *text, apr_pool_t *pool)
{
    *ids = apr_array_make(pool, 8, sizeof(const char *));
    while (text && *text) {
        apr_size_t length = strcspn(text, ",");
        const char *id = apr_pstrmemdup(pool, text, length);

        if (!b2b_text_is_id(id)) {
            return b2b_error_invalid(pool, "groups", "must be ids with commas between them.");
        }
        APR_ARRAY_PUSH(*ids, const char *) = id;
        text += length + (text[length] == ',');
    }
    return NULL;
}

b2b_error_t *b2b_placements_impact(b2b_call_t *call)
{
    const char *id = b2b_call_query(call, "placement");
    const char *act = b2b_call_query(call, "act");
    b2b_placement_t *before = NULL;
    b2b_placement_t after = {NULL};
    apr_array_header_t *groups;
    b2b_impact_t impact;

    if (id) {
        B2B_ERR(get_placement(&before, call, id));
    }
    B2B_ERR(split_ids(&groups, b2b_call_query(call, "groups"), call->pool));
    after.portal_id = call->portal->id;
    after.partner_id = b2b_call_query(call, "partner_id");
    after.everyone = b2b_call_query_bool(call, "everyone", 0);
    after.groups = groups;
    B2B_ERR(b2b_placement_impact(&impact, call->conn, before, strcmp(act, "save") ? NULL : &after,
                                 call->pool));
    b2b_call_answer_impact(call, act, &impact);
    return NULL;
}
