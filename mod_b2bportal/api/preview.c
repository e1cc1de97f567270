/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a previewed home page reads: the unsaved values of the form, in the shapes that a portal's
 * own API gives. The person is made up; nothing is stored.
 */

#include "private.h"

#include <string.h>

#include <apr_strings.h>

#include "resources.h"

#define SAMPLE_ID "00000000-0000-7000-8000-00000000000"

#define PREVIEW_MEMBERS                                                                            \
    B2B_LINE("technical_name", 0, 0, B2B_TECHNICAL_MAX), B2B_LINE("name", 0, 0, B2B_NAME_MAX),     \
        B2B_OF_KIND("color", B2B_RULE_COLOR, 0), B2B_LINE("logo", 0, 0, 64),                       \
        B2B_LINE("home_cover", 0, 0, 64), B2B_LINE("contact_name", 0, 0, B2B_NAME_MAX),            \
        B2B_LINE("contact_email", 0, 0, B2B_EMAIL_MAX)

const b2b_rule_t b2b_preview_query[] = {PREVIEW_MEMBERS, B2B_END};
const b2b_rule_t b2b_preview_list_query[] = {PREVIEW_MEMBERS, B2B_LIMIT, B2B_AFTER, B2B_Q, B2B_END};

static const char *value_of(const b2b_call_t *call, const char *name, const char *otherwise)
{
    const char *value = b2b_call_query(call, name);

    return value ? value : otherwise;
}

/* An empty value of an image is none; another one is shown only if it is a file's name. */
static const char *image_of(const b2b_call_t *call, const char *name, const char *otherwise)
{
    const char *value = value_of(call, name, otherwise);
    const b2b_rule_t file = B2B_OF_KIND("", B2B_RULE_FILE, 0);

    if (!value || b2b_rule_judge_text(&file, value, call->pool)) {
        return NULL;
    }
    return apr_pstrcat(call->pool, "/api/v1/images/", value, NULL);
}

static b2b_error_t *get_base(b2b_portal_t **portal, const b2b_call_t *call)
{
    const char *name = b2b_call_query(call, "technical_name");

    *portal = NULL;
    return name ? b2b_portal_get(portal, call->conn, name, call->pool, call->pool) : NULL;
}

static b2b_json_t *sample_member(const b2b_call_t *call, const char *portal_name)
{
    b2b_json_t *json = b2b_json_object(call->pool);
    b2b_json_t *groups = b2b_json_array(call->pool);

    b2b_json_append(groups,
                    b2b_json_string(b2b_group_automatic_name(portal_name, call->pool), call->pool));
    b2b_json_set_string(json, "id", SAMPLE_ID "0");
    b2b_json_set_string(json, "email", "ann@partner.example");
    b2b_json_set_string(json, "first_name", "Ann");
    b2b_json_set_string(json, "last_name", "Example");
    b2b_json_set_string(json, "role", "viewer");
    b2b_json_set_string(json, "partner_id", SAMPLE_ID "1");
    b2b_json_set_string(json, "partner_name", "Example Partner");
    b2b_json_set(json, "groups", groups);
    b2b_json_set_string(json, "locale", "en");
    b2b_json_set_bool(json, "mail_assignments", 1);
    b2b_json_set_time(json, "last_sign_in_at", 0);
    b2b_json_set_etag(json, 1, call->pool);
    return json;
}

b2b_error_t *b2b_preview_session(b2b_call_t *call)
{
    b2b_json_t *json = b2b_json_object(call->pool);
    b2b_json_t *brand = b2b_json_object(call->pool);
    b2b_settings_t *settings;
    b2b_portal_t *base;
    const char *name;
    const char *technical_name;

    B2B_ERR(b2b_settings_get(&settings, call->conn, call->pool, call->pool));
    B2B_ERR(get_base(&base, call));
    name = value_of(call, "name", base ? base->name : "");
    if (!*name) {
        name = "Portal";
    }
    technical_name = b2b_text_technical_name(value_of(call, "technical_name",
                                                      base ? base->technical_name : name),
                                             call->pool);
    if (!*technical_name) {
        technical_name = "portal";
    }
    b2b_json_set_string(brand, "technical_name", technical_name);
    b2b_json_set_string(brand, "name", name);
    b2b_json_set_string(brand, "color", value_of(call, "color", base ? base->color : "#2457a6"));
    b2b_json_set_string(brand, "logo_url", image_of(call, "logo", base ? base->logo : NULL));
    b2b_json_set_string(brand, "home_cover_url",
                        image_of(call, "home_cover", base ? base->home_cover : NULL));
    b2b_json_set_contact(brand,
                         value_of(call, "contact_name",
                                  base ? base->contact_name : settings->contact_name),
                         value_of(call, "contact_email",
                                  base ? base->contact_email : settings->contact_email),
                         call->pool);
    b2b_json_set_string(brand, "url", b2b_site_portal_url(call->site, technical_name, call->pool));
    b2b_json_set_string(json, "side", "portal");
    b2b_json_set(json, "member", sample_member(call, name));
    b2b_json_set(json, "portal", brand);
    b2b_json_set_string(json, "host_name", settings->organisation_name);
    b2b_json_set_string(json, "sign_out_url", "/");
    b2b_call_answer(call, 200, json, 0);
    return NULL;
}

static b2b_json_t *card(const b2b_call_t *call, const char *id, const char *name, const char *kind,
                        const char *description, const char *target, int welcome)
{
    b2b_json_t *json = b2b_json_object(call->pool);

    b2b_json_set_string(json, "id", id);
    b2b_json_set_string(json, "name", name);
    b2b_json_set_string(json, "kind", kind);
    b2b_json_set_string(json, "title", name);
    b2b_json_set_string(json, "description", description);
    b2b_json_set_string(json, "target", target);
    b2b_json_set_bool(json, "welcome_page", welcome);
    return json;
}

b2b_error_t *b2b_preview_dashboards(b2b_call_t *call)
{
    b2b_json_t *data = b2b_json_array(call->pool);
    b2b_list_t list;
    b2b_page_t *page;
    b2b_portal_t *base;
    int i;

    B2B_ERR(b2b_call_list(&list, call, "name"));
    B2B_ERR(get_base(&base, call));
    if (!base) {
        b2b_json_append(data,
                        card(call, SAMPLE_ID "2", "Orders", "page", "What is on its way", NULL, 0));
        b2b_json_append(data, card(call, SAMPLE_ID "3", "Price lists", "page", "Valid from today",
                                   NULL, 0));
        b2b_json_append(data, card(call, SAMPLE_ID "4", "Manuals", "link", "For every product",
                                   "/manuals/", 0));
        b2b_call_answer_list(call, &list, data, NULL, NULL);
        return NULL;
    }
    B2B_ERR(b2b_placement_list(&page, call->conn, base->id, &list, call->pool, call->pool));
    for (i = 0; i < page->items->nelts; i++) {
        const b2b_placement_t *placement = APR_ARRAY_IDX(page->items, i, const b2b_placement_t *);
        b2b_dashboard_version_t *version;

        B2B_ERR(b2b_dashboard_version_get(&version, call->conn, placement->dashboard_id,
                                          placement->dashboard_version, call->pool, call->pool));
        if (version) {
            b2b_json_append(data,
                            card(call, placement->id, placement->name, version->kind,
                                 version->description, version->target, placement->welcome_page));
        }
    }
    b2b_call_answer_list(call, &list, data, page->next_key, page->next_id);
    return NULL;
}
