/* SPDX-License-Identifier: Apache-2.0 */
/* What a shared process bundles, as JSON: of a draft, a revision, and of a body. */

#include "share_json.h"

#include <string.h>

#include <apr_strings.h>

/* Rules ---------------------------------------------------------------------------------------- */

static const char *const visibilities[] = {"assigned", "all", NULL};
static const char *const names_in_partner[] = {"host", "same", NULL};
static const b2b_rule_t name_items[] = {B2B_NAME("", 0), B2B_END};

/* Both are required: blank never means everyone (S6). */
static const b2b_rule_t security_rules[] = {
    B2B_OF_KIND("everyone", B2B_RULE_BOOL, B2B_RULE_REQUIRED),
    B2B_ARRAY("groups", B2B_RULE_REQUIRED, 0, B2B_SHARE_GROUPS_MAX, name_items),
    B2B_END,
};

/* The last four are read only: a client may send back what it got, and they are left aside. */
static const b2b_rule_t process_rules[] = {
    B2B_OF_KIND("process_id", B2B_RULE_ID, B2B_RULE_REQUIRED),
    B2B_OF_KIND("allow_create", B2B_RULE_BOOL, B2B_RULE_REQUIRED),
    B2B_OBJECT("creators", B2B_RULE_REQUIRED, security_rules),
    B2B_OF_KIND("creators_only_open", B2B_RULE_BOOL, B2B_RULE_REQUIRED),
    B2B_OF_KIND("allow_delete", B2B_RULE_BOOL, B2B_RULE_REQUIRED),
    B2B_WORD("form_visibility", B2B_RULE_REQUIRED, visibilities),
    B2B_LINE("process_name", 0, 0, B2B_PROCESS_NAME_MAX),
    B2B_LINE("process_title", 0, 0, B2B_NAME_MAX),
    B2B_LINE("process_version", B2B_RULE_NULLABLE, 3, 15),
    B2B_ARRAY("owner_groups", 0, 0, 500, name_items),
    B2B_END,
};
static const b2b_rule_t process_items[] = {B2B_OBJECT("", 0, process_rules), B2B_END};

/* The last two are read only. */
static const b2b_rule_t dashboard_rules[] = {
    B2B_OF_KIND("dashboard_id", B2B_RULE_ID, B2B_RULE_REQUIRED),
    B2B_WORD("name_in_partner", B2B_RULE_REQUIRED, names_in_partner),
    B2B_OF_KIND("welcome_page", B2B_RULE_BOOL, B2B_RULE_REQUIRED),
    B2B_OBJECT("security", B2B_RULE_REQUIRED, security_rules),
    B2B_LINE("dashboard_title", 0, 0, B2B_NAME_MAX),
    {"dashboard_version", B2B_RULE_INTEGER, B2B_RULE_NULLABLE, 1, 1000000, NULL, NULL},
    B2B_END,
};
static const b2b_rule_t dashboard_items[] = {B2B_OBJECT("", 0, dashboard_rules), B2B_END};

#define SHARE_MEMBERS(required)                                                                    \
    B2B_NAME("title", required),                                                                   \
        {"instructions", B2B_RULE_LINES, 0, 0, B2B_SHARE_INSTRUCTIONS_MAX, NULL, NULL},            \
        B2B_ARRAY("processes", 0, 0, B2B_SHARE_PROCESSES_MAX, process_items),                      \
        B2B_ARRAY("partner_groups", 0, 0, B2B_SHARE_GROUPS_MAX, name_items),                       \
        B2B_ARRAY("dashboards", 0, 0, B2B_SHARE_DASHBOARDS_MAX, dashboard_items)

const b2b_rule_t b2b_share_create_rules[] = {SHARE_MEMBERS(B2B_RULE_REQUIRED), B2B_END};
const b2b_rule_t b2b_share_patch_rules[] = {SHARE_MEMBERS(0), B2B_END};

/* Writing JSON --------------------------------------------------------------------------------- */

b2b_json_t *b2b_names_json(const apr_array_header_t *names, apr_pool_t *pool)
{
    b2b_json_t *json = b2b_json_array(pool);
    int i;

    for (i = 0; names && i < names->nelts; i++) {
        b2b_json_append(json, b2b_json_string(APR_ARRAY_IDX(names, i, const char *), pool));
    }
    return json;
}

static b2b_json_t *security_json(const b2b_share_security_t *security, apr_pool_t *pool)
{
    b2b_json_t *json = b2b_json_object(pool);

    b2b_json_set_bool(json, "everyone", security->everyone);
    b2b_json_set(json, "groups", b2b_names_json(security->groups, pool));
    return json;
}

b2b_json_t *b2b_share_process_json(const b2b_share_process_t *process, apr_pool_t *pool)
{
    b2b_json_t *json = b2b_json_object(pool);

    b2b_json_set_string(json, "process_id", process->process_id);
    b2b_json_set_bool(json, "allow_create", process->allow_create);
    b2b_json_set(json, "creators", security_json(&process->creators, pool));
    b2b_json_set_bool(json, "creators_only_open", process->creators_only_open);
    b2b_json_set_bool(json, "allow_delete", process->allow_delete);
    b2b_json_set_string(json, "form_visibility", process->all_forms ? "all" : "assigned");
    return json;
}

b2b_json_t *b2b_share_dashboard_json(const b2b_share_dashboard_t *dashboard, apr_pool_t *pool)
{
    b2b_json_t *json = b2b_json_object(pool);

    b2b_json_set_string(json, "dashboard_id", dashboard->dashboard_id);
    b2b_json_set_string(json, "name_in_partner", dashboard->host_name ? "host" : "same");
    b2b_json_set_bool(json, "welcome_page", dashboard->welcome_page);
    b2b_json_set(json, "security", security_json(&dashboard->security, pool));
    return json;
}

static b2b_error_t *process_whole(b2b_json_t **json, b2b_call_t *call,
                                  const b2b_share_process_t *process)
{
    apr_array_header_t *owners;

    *json = b2b_share_process_json(process, call->pool);
    b2b_json_set_string(*json, "process_name", process->name);
    b2b_json_set_string(*json, "process_title", process->title);
    b2b_json_set_string(*json, "process_version",
                        process->version ? b2b_process_label(process->version, 0, call->pool)
                                         : NULL);
    B2B_ERR(b2b_share_owner_groups(&owners, call->conn, process->process_id, process->version,
                                   call->pool, call->pool));
    b2b_json_set(*json, "owner_groups", b2b_names_json(owners, call->pool));
    return NULL;
}

b2b_error_t *b2b_share_document_json(b2b_json_t *json, b2b_call_t *call,
                                     const b2b_share_document_t *document)
{
    b2b_json_t *processes = b2b_json_array(call->pool);
    b2b_json_t *dashboards = b2b_json_array(call->pool);
    b2b_json_t *item;
    int i;

    for (i = 0; i < document->processes->nelts; i++) {
        B2B_ERR(process_whole(&item, call,
                              &APR_ARRAY_IDX(document->processes, i, b2b_share_process_t)));
        b2b_json_append(processes, item);
    }
    for (i = 0; i < document->dashboards->nelts; i++) {
        const b2b_share_dashboard_t *dashboard = &APR_ARRAY_IDX(document->dashboards, i,
                                                                b2b_share_dashboard_t);

        item = b2b_share_dashboard_json(dashboard, call->pool);
        b2b_json_set_string(item, "dashboard_title", dashboard->title);
        b2b_json_set(item, "dashboard_version",
                     dashboard->version ? b2b_json_integer(dashboard->version, call->pool)
                                        : b2b_json_null(call->pool));
        b2b_json_append(dashboards, item);
    }
    b2b_json_set_string(json, "title", document->title);
    b2b_json_set_string(json, "instructions", document->instructions);
    b2b_json_set(json, "processes", processes);
    b2b_json_set(json, "partner_groups", b2b_names_json(document->partner_groups, call->pool));
    b2b_json_set(json, "dashboards", dashboards);
    return NULL;
}

/* Reading a body ------------------------------------------------------------------------------- */

static void security_read(b2b_share_security_t *security, const b2b_json_t *json, apr_pool_t *pool)
{
    security->everyone = b2b_json_get_bool(json, "everyone", 0);
    security->groups = b2b_json_strings(b2b_json_get(json, "groups"), pool);
}

static apr_array_header_t *processes_read(const b2b_json_t *json, apr_pool_t *pool)
{
    apr_array_header_t *list = apr_array_make(pool, 4, sizeof(b2b_share_process_t));
    apr_size_t i;

    for (i = 0; i < b2b_json_length(json); i++) {
        const b2b_json_t *item = b2b_json_at(json, i);
        b2b_share_process_t *process = apr_array_push(list);

        memset(process, 0, sizeof(*process));
        process->process_id = b2b_json_get_string(item, "process_id");
        process->allow_create = b2b_json_get_bool(item, "allow_create", 0);
        security_read(&process->creators, b2b_json_get(item, "creators"), pool);
        process->creators_only_open = b2b_json_get_bool(item, "creators_only_open", 1);
        process->allow_delete = b2b_json_get_bool(item, "allow_delete", 0);
        process->all_forms = !strcmp(b2b_json_get_string(item, "form_visibility"), "all");
    }
    return list;
}

static apr_array_header_t *dashboards_read(const b2b_json_t *json, apr_pool_t *pool)
{
    apr_array_header_t *list = apr_array_make(pool, 4, sizeof(b2b_share_dashboard_t));
    apr_size_t i;

    for (i = 0; i < b2b_json_length(json); i++) {
        const b2b_json_t *item = b2b_json_at(json, i);
        b2b_share_dashboard_t *dashboard = apr_array_push(list);

        memset(dashboard, 0, sizeof(*dashboard));
        dashboard->dashboard_id = b2b_json_get_string(item, "dashboard_id");
        dashboard->host_name = !strcmp(b2b_json_get_string(item, "name_in_partner"), "host");
        dashboard->welcome_page = b2b_json_get_bool(item, "welcome_page", 0);
        security_read(&dashboard->security, b2b_json_get(item, "security"), pool);
    }
    return list;
}

/* Remember under NAME that a part of the draft changed from OLD to NEW. */
static void part_change(b2b_call_t *call, const char *name, b2b_json_t *old, b2b_json_t *new_)
{
    if (!b2b_json_equal(old, new_)) {
        b2b_change_add(call, name, old, new_);
    }
}

static b2b_json_t *processes_bare(const apr_array_header_t *processes, apr_pool_t *pool)
{
    b2b_json_t *json = b2b_json_array(pool);
    int i;

    for (i = 0; i < processes->nelts; i++) {
        b2b_json_append(json,
                        b2b_share_process_json(&APR_ARRAY_IDX(processes, i, b2b_share_process_t),
                                               pool));
    }
    return json;
}

static b2b_json_t *dashboards_bare(const apr_array_header_t *dashboards, apr_pool_t *pool)
{
    b2b_json_t *json = b2b_json_array(pool);
    int i;

    for (i = 0; i < dashboards->nelts; i++) {
        b2b_json_append(json, b2b_share_dashboard_json(&APR_ARRAY_IDX(dashboards, i,
                                                                      b2b_share_dashboard_t),
                                                       pool));
    }
    return json;
}

void b2b_share_document_overlay(b2b_call_t *call, b2b_share_document_t *document)
{
    const b2b_json_t *processes = b2b_json_get(call->body, "processes");
    const b2b_json_t *groups = b2b_json_get(call->body, "partner_groups");
    const b2b_json_t *dashboards = b2b_json_get(call->body, "dashboards");
    b2b_share_document_t before = *document;

    b2b_patch_text(call, "title", &document->title);
    b2b_patch_text(call, "instructions", &document->instructions);
    if (processes) {
        document->processes = processes_read(processes, call->pool);
        part_change(call, "processes", processes_bare(before.processes, call->pool),
                    processes_bare(document->processes, call->pool));
    }
    if (groups) {
        document->partner_groups = b2b_json_strings(groups, call->pool);
        part_change(call, "partner_groups", b2b_names_json(before.partner_groups, call->pool),
                    b2b_names_json(document->partner_groups, call->pool));
    }
    if (dashboards) {
        document->dashboards = dashboards_read(dashboards, call->pool);
        part_change(call, "dashboards", dashboards_bare(before.dashboards, call->pool),
                    dashboards_bare(document->dashboards, call->pool));
    }
}
