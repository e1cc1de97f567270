/* SPDX-License-Identifier: Apache-2.0 */
/* Portals: make, list, change, suspend, delete; their issuers; technical names. */

#include "private.h"

#include <string.h>

#include <apr_strings.h>

#include "resources.h"

static b2b_error_t *portal_json(b2b_json_t **json, b2b_call_t *call, const b2b_portal_t *portal)
{
    b2b_json_t *object = b2b_json_object(call->pool);
    b2b_json_t *group = b2b_json_object(call->pool);
    b2b_json_t *counts = b2b_json_object(call->pool);
    const char *url = b2b_site_portal_url(call->site, portal->technical_name, call->pool);
    b2b_portal_counts_t count;

    B2B_ERR(b2b_portal_counts(&count, call->conn, portal->id, call->pool));
    b2b_json_set_string(object, "id", portal->id);
    b2b_json_set_string(object, "technical_name", portal->technical_name);
    b2b_json_set_string(object, "name", portal->name);
    b2b_json_set_string(object, "color", portal->color);
    b2b_json_set_string(object, "logout_url", portal->logout_url);
    b2b_json_set_image(object, "logo", portal->logo, call->pool);
    b2b_json_set_image(object, "home_cover", portal->home_cover, call->pool);
    b2b_json_set_contact(object, portal->contact_name, portal->contact_email, call->pool);
    b2b_json_set_string(object, "locale", portal->locale);
    b2b_json_set_string(object, "state", b2b_state_word(portal->state));
    b2b_json_set(object, "issuers", b2b_issuers_json(portal->issuers, call->pool));
    b2b_json_set_string(object, "url", url);
    b2b_json_set_string(object, "redirect_uri",
                        apr_pstrcat(call->pool, url, "/oidc/callback", NULL));
    b2b_json_set_string(group, "id", portal->id);
    b2b_json_set_string(group, "name", b2b_group_automatic_name(portal->name, call->pool));
    b2b_json_set(object, "automatic_group", group);
    b2b_json_set_integer(counts, "partners", count.partners);
    b2b_json_set_integer(counts, "members", count.members);
    b2b_json_set_integer(counts, "invited", count.invited);
    b2b_json_set_integer(counts, "groups", count.groups);
    b2b_json_set_integer(counts, "placements", count.placements);
    b2b_json_set(object, "counts", counts);
    b2b_json_set_time(object, "created_at", portal->created_at);
    b2b_json_set_time(object, "modified_at", portal->modified_at);
    b2b_json_set_etag(object, portal->version, call->pool);
    *json = object;
    return NULL;
}

static b2b_error_t *answer_portal(b2b_call_t *call, int status, const b2b_portal_t *portal)
{
    b2b_json_t *json;

    B2B_ERR(portal_json(&json, call, portal));
    b2b_call_answer(call, status, json, portal->version);
    return NULL;
}

/* After a write: what is stored now. */
static b2b_error_t *answer_current(b2b_call_t *call)
{
    B2B_ERR(
        b2b_portal_get_by_id(&call->portal, call->conn, call->portal->id, call->pool, call->pool));
    return call->portal ? answer_portal(call, 200, call->portal)
                        : b2b_call_not_found(call, "portal");
}

static const char *const states[] = {"active", "suspended", NULL};
static const char *const sorts[] =
    {"name", "-name", "technical_name", "-technical_name", "created_at", "-created_at", NULL};

const b2b_rule_t b2b_portals_query[] = {
    B2B_LIMIT, B2B_AFTER, B2B_Q, B2B_WORD("state", 0, states), B2B_WORD("sort", 0, sorts), B2B_END,
};

b2b_error_t *b2b_portals_list(b2b_call_t *call)
{
    b2b_json_t *data = b2b_json_array(call->pool);
    b2b_list_t list;
    b2b_page_t *page;
    int i;

    B2B_ERR(b2b_call_list(&list, call, "name"));
    B2B_ERR(b2b_portal_list(&page, call->conn, &list, call->pool, call->pool));
    for (i = 0; i < page->items->nelts; i++) {
        b2b_json_t *json;

        B2B_ERR(portal_json(&json, call, APR_ARRAY_IDX(page->items, i, const b2b_portal_t *)));
        b2b_json_append(data, json);
    }
    b2b_call_answer_list(call, &list, data, page->next_key, page->next_id);
    return NULL;
}

/* Writing -------------------------------------------------------------------------------------- */

static const b2b_rule_t issuer_members[] = {
    B2B_OF_KIND("issuer", B2B_RULE_URL, B2B_RULE_REQUIRED),
    B2B_NAME("label", B2B_RULE_REQUIRED),
    B2B_OF_KIND("vouches_for_email", B2B_RULE_BOOL, 0),
    B2B_END,
};
static const b2b_rule_t issuer_items[] = {B2B_OBJECT("", 0, issuer_members), B2B_END};

#define PORTAL_MEMBERS(required)                                                                   \
    B2B_NAME("name", required), B2B_OF_KIND("color", B2B_RULE_COLOR, 0),                           \
        B2B_OF_KIND("logout_url", B2B_RULE_URL, B2B_RULE_NULLABLE),                                \
        B2B_OF_KIND("logo", B2B_RULE_FILE, B2B_RULE_NULLABLE),                                     \
        B2B_OF_KIND("home_cover", B2B_RULE_FILE, B2B_RULE_NULLABLE),                               \
        B2B_OBJECT("contact", 0, b2b_contact_rules), B2B_OF_KIND("locale", B2B_RULE_LOCALE, 0)

const b2b_rule_t b2b_portal_create_rules[] = {
    B2B_OF_KIND("technical_name", B2B_RULE_TECHNICAL, B2B_RULE_REQUIRED),
    PORTAL_MEMBERS(B2B_RULE_REQUIRED),
    B2B_ARRAY("issuers", 0, 1, B2B_ISSUERS_MAX, issuer_items),
    B2B_END,
};
const b2b_rule_t b2b_portal_patch_rules[] = {PORTAL_MEMBERS(0), B2B_END};
const b2b_rule_t b2b_issuers_rules[] = {
    B2B_ARRAY("data", B2B_RULE_REQUIRED, 1, B2B_ISSUERS_MAX, issuer_items),
    B2B_END,
};

static void overlay(b2b_call_t *call, b2b_portal_t *portal)
{
    b2b_patch_text(call, "name", &portal->name);
    b2b_patch_text(call, "color", &portal->color);
    b2b_patch_text(call, "logout_url", &portal->logout_url);
    b2b_patch_text(call, "logo", &portal->logo);
    b2b_patch_text(call, "home_cover", &portal->home_cover);
    b2b_patch_contact(call, &portal->contact_name, &portal->contact_email);
    b2b_patch_text(call, "locale", &portal->locale);
}

static apr_array_header_t *issuers_of(const b2b_json_t *array, apr_pool_t *pool)
{
    apr_array_header_t *issuers = apr_array_make(pool, B2B_ISSUERS_MAX, sizeof(b2b_issuer_t));
    apr_size_t i;

    for (i = 0; i < b2b_json_length(array); i++) {
        const b2b_json_t *item = b2b_json_at(array, i);
        b2b_issuer_t *issuer = &APR_ARRAY_PUSH(issuers, b2b_issuer_t);

        issuer->issuer = b2b_json_get_string(item, "issuer");
        issuer->label = b2b_json_get_string(item, "label");
        issuer->vouches_for_email = b2b_json_get_bool(item, "vouches_for_email", 0);
    }
    return issuers;
}

b2b_error_t *b2b_portals_create(b2b_call_t *call)
{
    const b2b_json_t *issuers = b2b_json_get(call->body, "issuers");
    b2b_portal_t portal = {NULL};
    b2b_settings_t *settings;

    B2B_ERR(b2b_settings_get(&settings, call->conn, call->pool, call->pool));
    portal.color = B2B_PORTAL_COLOR;
    portal.contact_name = settings->contact_name;
    portal.contact_email = settings->contact_email;
    portal.locale = settings->locale;
    b2b_patch_text(call, "technical_name", &portal.technical_name);
    overlay(call, &portal);
    portal.issuers = issuers ? issuers_of(issuers, call->pool) : NULL;
    B2B_ERR(b2b_portal_create(call->conn, &portal, call->site->issuers, call->pool, call->pool));
    B2B_ERR(b2b_portal_get_by_id(&call->portal, call->conn, portal.id, call->pool, call->pool));
    B2B_ERR(b2b_act_done(call, "portal", portal.id, portal.name));
    b2b_call_location(call, apr_pstrcat(call->pool, "/portals/", portal.technical_name, NULL));
    return answer_portal(call, 201, call->portal);
}

b2b_error_t *b2b_portals_get(b2b_call_t *call)
{
    return answer_portal(call, 200, call->portal);
}

b2b_error_t *b2b_portals_patch(b2b_call_t *call)
{
    B2B_ERR(b2b_call_expect(call, call->portal->version));
    overlay(call, call->portal);
    if (call->changes) {
        B2B_ERR(b2b_portal_update(call->conn, call->portal, call->version, call->pool));
        B2B_ERR(b2b_act_done(call, "portal", call->portal->id, call->portal->name));
    }
    return answer_current(call);
}

const b2b_rule_t b2b_portal_delete_query[] = {
    B2B_LINE("confirm", B2B_RULE_REQUIRED, 0, B2B_TECHNICAL_MAX),
    B2B_END,
};

b2b_error_t *b2b_portals_delete(b2b_call_t *call)
{
    const b2b_portal_t *portal = call->portal;

    B2B_ERR(b2b_call_expect(call, portal->version));
    if (strcmp(b2b_call_query(call, "confirm"), portal->technical_name) != 0) {
        return b2b_error_invalid(call->pool, "confirm", "must be the portal's technical name, %s.",
                                 portal->technical_name);
    }
    B2B_ERR(b2b_act_done(call, "portal", portal->id, portal->name));
    B2B_ERR(b2b_portal_delete(call->conn, portal->id, call->version, call->pool));
    b2b_call_answer(call, 204, NULL, 0);
    return NULL;
}

static b2b_error_t *set_state(b2b_call_t *call, b2b_state_e state)
{
    if (call->portal->state == state) {
        return b2b_call_conflict(call, "state",
                                 state == B2B_STATE_ACTIVE ? "This portal is active already."
                                                           : "This portal is suspended already.");
    }
    b2b_change_text(call, "state", b2b_state_word(call->portal->state), b2b_state_word(state));
    B2B_ERR(b2b_portal_state_set(call->conn, call->portal->id, B2B_VERSION_ANY, state, call->pool));
    B2B_ERR(b2b_act_done(call, "portal", call->portal->id, call->portal->name));
    return answer_current(call);
}

b2b_error_t *b2b_portals_suspend(b2b_call_t *call)
{
    return set_state(call, B2B_STATE_SUSPENDED);
}

b2b_error_t *b2b_portals_resume(b2b_call_t *call)
{
    return set_state(call, B2B_STATE_ACTIVE);
}

static const char *const end_acts[] = {"suspend", "delete", NULL};
static const char *const delete_acts[] = {"delete", NULL};

const b2b_rule_t b2b_impact_query[] = {B2B_WORD("act", B2B_RULE_REQUIRED, end_acts), B2B_END};
const b2b_rule_t b2b_delete_impact_query[] = {B2B_WORD("act", B2B_RULE_REQUIRED, delete_acts),
                                              B2B_END};

b2b_error_t *b2b_portals_impact(b2b_call_t *call)
{
    b2b_impact_t impact;

    B2B_ERR(b2b_portal_impact(&impact, call->conn, call->portal->id, call->pool));
    b2b_call_answer_impact(call, b2b_call_query(call, "act"), &impact);
    return NULL;
}

/* Issuers -------------------------------------------------------------------------------------- */

static void answer_issuers(b2b_call_t *call, const b2b_portal_t *portal)
{
    b2b_json_t *json = b2b_json_object(call->pool);

    b2b_json_set(json, "data", b2b_issuers_json(portal->issuers, call->pool));
    b2b_call_answer(call, 200, json, portal->version);
}

b2b_error_t *b2b_issuers_list(b2b_call_t *call)
{
    answer_issuers(call, call->portal);
    return NULL;
}

b2b_error_t *b2b_issuers_replace(b2b_call_t *call)
{
    const b2b_json_t *data = b2b_json_get(call->body, "data");
    b2b_portal_t *portal = call->portal;

    B2B_ERR(b2b_call_expect(call, portal->version));
    b2b_change_add(call, "issuers", b2b_issuers_json(portal->issuers, call->pool), data);
    B2B_ERR(b2b_portal_issuers_set(call->conn, portal->id, call->version,
                                   issuers_of(data, call->pool), call->pool));
    B2B_ERR(b2b_act_done(call, "portal", portal->id, portal->name));
    B2B_ERR(b2b_portal_get_by_id(&portal, call->conn, portal->id, call->pool, call->pool));
    if (!portal) {
        return b2b_call_not_found(call, "portal");
    }
    answer_issuers(call, portal);
    return NULL;
}

/* Technical names ------------------------------------------------------------------------------ */

const b2b_rule_t b2b_technical_name_query[] = {
    B2B_LINE("technical_name", 0, 0, B2B_TECHNICAL_MAX),
    B2B_LINE("name", 0, 0, B2B_NAME_MAX),
    B2B_END,
};

b2b_error_t *b2b_technical_name_check(b2b_call_t *call)
{
    const char *wanted = b2b_call_query(call, "technical_name");
    const char *name = b2b_call_query(call, "name");
    b2b_json_t *json = b2b_json_object(call->pool);
    const char *why = NULL;
    const char *suggestion = NULL;
    const char *base;
    int is_free = 0;

    if (!wanted == !name) {
        return b2b_error_invalid(call->pool, "technical_name",
                                 "Give technical_name or name, one of them.");
    }
    base = b2b_text_technical_name(wanted ? wanted : name, call->pool);
    if (!wanted) {
        wanted = base;
    }
    if (b2b_text_is_technical_name(wanted, &why)) {
        B2B_ERR(b2b_portal_name_free(&is_free, call->conn, wanted, call->pool));
        why = is_free ? NULL : "Another portal has this name, or had it in the last 30 days.";
    }
    if (!is_free && *base) {
        B2B_ERR(b2b_portal_name_suggest(&suggestion, call->conn, base, call->pool, call->pool));
    }
    b2b_json_set_string(json, "technical_name", wanted);
    b2b_json_set_bool(json, "available", is_free);
    b2b_json_set_string(json, "reason", why);
    b2b_json_set_string(json, "suggestion", is_free ? wanted : suggestion);
    b2b_call_answer(call, 200, json, 0);
    return NULL;
}
