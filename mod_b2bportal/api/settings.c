/* SPDX-License-Identifier: Apache-2.0 */
/* Settings of the host, and what is left to do at first. */

#include "private.h"
#include "resources.h"

static b2b_json_t *settings_json(b2b_call_t *call, const b2b_settings_t *settings)
{
    b2b_json_t *json = b2b_json_object(call->pool);
    b2b_json_t *mail = b2b_json_object(call->pool);

    b2b_json_set_string(json, "name", settings->organisation_name);
    b2b_json_set_image(json, "logo", settings->logo, call->pool);
    b2b_json_set_contact(json, settings->contact_name, settings->contact_email, call->pool);
    b2b_json_set_string(json, "locale", settings->locale);
    b2b_json_set_string(json, "portal_domain", call->site->domain);
    b2b_json_set_string(json, "console_url", call->site->url);
    b2b_json_set(json, "issuers", b2b_issuers_json(call->site->issuers, call->pool));
    b2b_json_set_bool(mail, "configured", call->site->mail_from != NULL);
    b2b_json_set_string(mail, "from", call->site->mail_from);
    b2b_json_set(json, "mail", mail);
    b2b_json_set_time(json, "modified_at", settings->modified_at);
    b2b_json_set_etag(json, settings->version, call->pool);
    return json;
}

b2b_error_t *b2b_settings_read(b2b_call_t *call)
{
    b2b_settings_t *settings;

    B2B_ERR(b2b_settings_get(&settings, call->conn, call->pool, call->pool));
    b2b_call_answer(call, 200, settings_json(call, settings), settings->version);
    return NULL;
}

const b2b_rule_t b2b_settings_rules[] = {
    B2B_NAME("name", 0),
    B2B_OF_KIND("logo", B2B_RULE_FILE, B2B_RULE_NULLABLE),
    B2B_OBJECT("contact", 0, b2b_contact_rules),
    B2B_OF_KIND("locale", B2B_RULE_LOCALE, 0),
    B2B_END,
};

b2b_error_t *b2b_settings_patch(b2b_call_t *call)
{
    b2b_settings_t *settings;

    B2B_ERR(b2b_settings_get(&settings, call->conn, call->pool, call->pool));
    B2B_ERR(b2b_call_expect(call, settings->version));
    b2b_patch_text(call, "name", &settings->organisation_name);
    b2b_patch_text(call, "logo", &settings->logo);
    b2b_patch_contact(call, &settings->contact_name, &settings->contact_email);
    b2b_patch_text(call, "locale", &settings->locale);
    if (call->changes) {
        B2B_ERR(b2b_settings_update(call->conn, settings, call->version, call->pool));
        B2B_ERR(b2b_act_done(call, "settings", NULL, settings->organisation_name));
    }
    b2b_call_answer(call, 200, settings_json(call, settings), settings->version);
    return NULL;
}

/* First run ------------------------------------------------------------------------------------ */

typedef struct {
    b2b_json_t *steps;
    int complete;
    apr_pool_t *pool;
} first_run_t;

static void add_step(first_run_t *run, const char *id, int is_done)
{
    b2b_json_t *step = b2b_json_object(run->pool);

    b2b_json_set_string(step, "id", id);
    b2b_json_set_bool(step, "done", is_done);
    b2b_json_append(run->steps, step);
    run->complete = run->complete && is_done;
}

static void answer_first_run(b2b_call_t *call, const first_run_t *run)
{
    b2b_json_t *json = b2b_json_object(call->pool);

    b2b_json_set_bool(json, "complete", run->complete);
    b2b_json_set(json, "steps", run->steps);
    b2b_call_answer(call, 200, json, 0);
}

b2b_error_t *b2b_first_run(b2b_call_t *call)
{
    first_run_t run = {b2b_json_array(call->pool), 1, call->pool};
    b2b_list_t one = {NULL};
    b2b_settings_t *settings;
    b2b_portal_progress_t progress;
    b2b_page_t *portals;
    b2b_page_t *dashboards;

    one.limit = 1;
    B2B_ERR(b2b_settings_get(&settings, call->conn, call->pool, call->pool));
    B2B_ERR(b2b_portal_list(&portals, call->conn, &one, call->pool, call->pool));
    B2B_ERR(b2b_dashboard_list(&dashboards, call->conn, &one, call->pool, call->pool));
    B2B_ERR(b2b_portal_progress(&progress, call->conn, NULL, call->pool));
    add_step(&run, "organisation_named", *settings->organisation_name != '\0');
    add_step(&run, "portal_created", portals->items->nelts > 0);
    add_step(&run, "partner_added", progress.partner_added);
    add_step(&run, "member_invited", progress.member_invited);
    add_step(&run, "member_signed_in", progress.member_signed_in);
    add_step(&run, "dashboard_created", dashboards->items->nelts > 0);
    add_step(&run, "dashboard_placed", progress.dashboard_placed);
    answer_first_run(call, &run);
    return NULL;
}

b2b_error_t *b2b_portal_first_run(b2b_call_t *call)
{
    first_run_t run = {b2b_json_array(call->pool), 1, call->pool};
    b2b_portal_progress_t progress;

    B2B_ERR(b2b_portal_progress(&progress, call->conn, call->portal->id, call->pool));
    add_step(&run, "brand_set", call->portal->logo || call->portal->home_cover);
    add_step(&run, "partner_added", progress.partner_added);
    add_step(&run, "member_invited", progress.member_invited);
    add_step(&run, "member_signed_in", progress.member_signed_in);
    add_step(&run, "dashboard_placed", progress.dashboard_placed);
    answer_first_run(call, &run);
    return NULL;
}
