/* SPDX-License-Identifier: Apache-2.0 */
/* Partners of a portal. */

#include "private.h"

#include <apr_strings.h>

#include "resources.h"

static b2b_json_t *partner_json(b2b_call_t *call, const void *item)
{
    const b2b_partner_t *partner = item;
    b2b_json_t *json = b2b_json_object(call->pool);

    b2b_json_set_string(json, "id", partner->id);
    b2b_json_set_string(json, "name", partner->name);
    b2b_json_set_string(json, "contact_first_name", partner->contact_first_name);
    b2b_json_set_string(json, "contact_last_name", partner->contact_last_name);
    b2b_json_set_string(json, "contact_email", partner->contact_email);
    b2b_json_set_string(json, "country", partner->country);
    b2b_json_set_string(json, "city", partner->city);
    b2b_json_set_image(json, "logo", partner->logo, call->pool);
    b2b_json_set_string(json, "state", b2b_state_word(partner->state));
    b2b_json_set_integer(json, "member_count", partner->member_count);
    b2b_json_set_time(json, "created_at", partner->created_at);
    b2b_json_set_time(json, "modified_at", partner->modified_at);
    b2b_json_set_etag(json, partner->version, call->pool);
    return json;
}

/* The partner that the path names. */
static b2b_error_t *get_partner(b2b_partner_t **partner, const b2b_call_t *call, const char *id)
{
    B2B_ERR(b2b_partner_get(partner, call->conn, call->portal->id, id, call->pool, call->pool));
    return *partner ? NULL : b2b_call_not_found(call, "partner");
}

static b2b_error_t *answer_current(b2b_call_t *call, int status, const char *id)
{
    b2b_partner_t *partner;

    B2B_ERR(get_partner(&partner, call, id));
    b2b_call_answer(call, status, partner_json(call, partner), partner->version);
    return NULL;
}

static const char *const states[] = {"pending", "active", "suspended", NULL};
static const char *const sorts[] = {"name", "-name", "created_at", "-created_at", NULL};

const b2b_rule_t b2b_partners_query[] = {
    B2B_LIMIT, B2B_AFTER, B2B_Q, B2B_WORD("state", 0, states), B2B_WORD("sort", 0, sorts), B2B_END,
};

b2b_error_t *b2b_partners_list(b2b_call_t *call)
{
    b2b_list_t list;
    b2b_page_t *page;

    B2B_ERR(b2b_call_list(&list, call, "name"));
    B2B_ERR(b2b_partner_list(&page, call->conn, call->portal->id, &list, call->pool, call->pool));
    b2b_call_answer_page(call, &list, page, partner_json);
    return NULL;
}

#define PARTNER_MEMBERS(required)                                                                  \
    B2B_NAME("name", required), B2B_LINE("contact_first_name", 0, 0, B2B_NAME_MAX),                \
        B2B_LINE("contact_last_name", 0, 0, B2B_NAME_MAX),                                         \
        B2B_OF_KIND("contact_email", B2B_RULE_EMAIL_OR_EMPTY, 0),                                  \
        B2B_OF_KIND("country", B2B_RULE_COUNTRY, 0), B2B_LINE("city", 0, 0, B2B_NAME_MAX),         \
        B2B_OF_KIND("logo", B2B_RULE_FILE, B2B_RULE_NULLABLE)

const b2b_rule_t b2b_partner_create_rules[] = {PARTNER_MEMBERS(B2B_RULE_REQUIRED), B2B_END};
const b2b_rule_t b2b_partner_patch_rules[] = {PARTNER_MEMBERS(0), B2B_END};

static void overlay(b2b_call_t *call, b2b_partner_t *partner)
{
    b2b_patch_text(call, "name", &partner->name);
    b2b_patch_text(call, "contact_first_name", &partner->contact_first_name);
    b2b_patch_text(call, "contact_last_name", &partner->contact_last_name);
    b2b_patch_text(call, "contact_email", &partner->contact_email);
    b2b_patch_text(call, "country", &partner->country);
    b2b_patch_text(call, "city", &partner->city);
    b2b_patch_text(call, "logo", &partner->logo);
}

b2b_error_t *b2b_partners_create(b2b_call_t *call)
{
    b2b_partner_t partner = {NULL};

    partner.portal_id = call->portal->id;
    partner.contact_first_name = partner.contact_last_name = partner.contact_email = "";
    partner.country = partner.city = "";
    overlay(call, &partner);
    B2B_ERR(b2b_partner_create(call->conn, &partner, call->pool, call->pool));
    B2B_ERR(b2b_act_done(call, "partner", partner.id, partner.name));
    b2b_call_location(call, apr_pstrcat(call->pool, "/portals/", call->portal->technical_name,
                                        "/partners/", partner.id, NULL));
    return answer_current(call, 201, partner.id);
}

b2b_error_t *b2b_partners_get(b2b_call_t *call)
{
    return answer_current(call, 200, call->variables[1]);
}

b2b_error_t *b2b_partners_patch(b2b_call_t *call)
{
    b2b_partner_t *partner;

    B2B_ERR(get_partner(&partner, call, call->variables[1]));
    B2B_ERR(b2b_call_expect(call, partner->version));
    overlay(call, partner);
    if (call->changes) {
        B2B_ERR(b2b_partner_update(call->conn, partner, call->version, call->pool));
        B2B_ERR(b2b_act_done(call, "partner", partner->id, partner->name));
    }
    return answer_current(call, 200, partner->id);
}

b2b_error_t *b2b_partners_delete(b2b_call_t *call)
{
    b2b_partner_t *partner;

    B2B_ERR(get_partner(&partner, call, call->variables[1]));
    B2B_ERR(
        b2b_partner_delete(call->conn, call->portal->id, partner->id, call->version, call->pool));
    B2B_ERR(b2b_act_done(call, "partner", partner->id, partner->name));
    b2b_call_answer(call, 204, NULL, 0);
    return NULL;
}

b2b_error_t *b2b_partners_suspend(b2b_call_t *call)
{
    b2b_partner_t *partner;

    B2B_ERR(get_partner(&partner, call, call->variables[1]));
    if (partner->state == B2B_STATE_SUSPENDED) {
        return b2b_call_conflict(call, "state", "This partner is suspended already.");
    }
    b2b_change_text(call, "state", b2b_state_word(partner->state), "suspended");
    B2B_ERR(b2b_partner_suspend(call->conn, call->portal->id, partner->id, B2B_VERSION_ANY,
                                call->pool));
    B2B_ERR(b2b_act_done(call, "partner", partner->id, partner->name));
    return answer_current(call, 200, partner->id);
}

b2b_error_t *b2b_partners_resume(b2b_call_t *call)
{
    b2b_partner_t *partner;

    B2B_ERR(get_partner(&partner, call, call->variables[1]));
    if (partner->state != B2B_STATE_SUSPENDED) {
        return b2b_call_conflict(call, "state", "This partner is not suspended.");
    }
    B2B_ERR(
        b2b_partner_resume(call->conn, call->portal->id, partner->id, B2B_VERSION_ANY, call->pool));
    B2B_ERR(b2b_act_done(call, "partner", partner->id, partner->name));
    return answer_current(call, 200, partner->id);
}

b2b_error_t *b2b_partners_impact(b2b_call_t *call)
{
    b2b_partner_t *partner;
    b2b_impact_t impact;

    B2B_ERR(get_partner(&partner, call, call->variables[1]));
    B2B_ERR(b2b_partner_impact(&impact, call->conn, call->portal->id, partner->id, call->pool));
    b2b_call_answer_impact(call, b2b_call_query(call, "act"), &impact);
    return NULL;
}
