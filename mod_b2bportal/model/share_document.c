/* SPDX-License-Identifier: Apache-2.0 */
/* What a share bundles: its document as JSON text and back, and whether it fits together. */

#include <string.h>

#include "base/json.h"
#include "model/share_private.h"

/* Reading ------------------------------------------------------------------------------------------ */

static apr_array_header_t *names_read(const b2b_json_t *json, apr_pool_t *pool)
{
    apr_size_t i, count = b2b_json_length(json);
    apr_array_header_t *names = apr_array_make(pool, (int)count + 1, sizeof(const char *));

    for (i = 0; i < count; i++) {
        const char *name = b2b_json_text(b2b_json_at(json, i));

        if (name) {
            APR_ARRAY_PUSH(names, const char *) = apr_pstrdup(pool, name);
        }
    }
    return names;
}

static const char *text_read(const b2b_json_t *json, const char *key, apr_pool_t *pool)
{
    const char *text = b2b_json_get_string(json, key);

    return text ? apr_pstrdup(pool, text) : NULL;
}

static void security_read(b2b_share_security_t *security, const b2b_json_t *json, apr_pool_t *pool)
{
    security->everyone = b2b_json_get_bool(json, "everyone", 0);
    security->groups = names_read(b2b_json_get(json, "groups"), pool);
}

static int is_word(const b2b_json_t *json, const char *key, const char *word)
{
    const char *text = b2b_json_get_string(json, key);

    return text && !strcmp(text, word);
}

static int process_read(b2b_share_process_t *process, const b2b_json_t *json, apr_pool_t *pool)
{
    process->process_id = text_read(json, "process_id", pool);
    process->version = b2b_json_get_integer(json, "process_version", 0);
    process->name = text_read(json, "process_name", pool);
    process->title = text_read(json, "process_title", pool);
    process->allow_create = b2b_json_get_bool(json, "allow_create", 0);
    security_read(&process->creators, b2b_json_get(json, "creators"), pool);
    /* The narrower one, should it ever be missing. */
    process->creators_only_open = b2b_json_get_bool(json, "creators_only_open", 1);
    process->allow_delete = b2b_json_get_bool(json, "allow_delete", 0);
    process->all_forms = is_word(json, "form_visibility", "all");
    return process->process_id != NULL;
}

static int dashboard_read(b2b_share_dashboard_t *dashboard, const b2b_json_t *json,
                          apr_pool_t *pool)
{
    dashboard->dashboard_id = text_read(json, "dashboard_id", pool);
    dashboard->version = b2b_json_get_integer(json, "dashboard_version", 0);
    dashboard->title = text_read(json, "dashboard_title", pool);
    dashboard->host_name = is_word(json, "name_in_partner", "host");
    dashboard->welcome_page = b2b_json_get_bool(json, "welcome_page", 0);
    security_read(&dashboard->security, b2b_json_get(json, "security"), pool);
    return dashboard->dashboard_id != NULL;
}

static b2b_error_t *not_ours(apr_pool_t *pool)
{
    return b2b_error_detail(b2b_error_create(pool, B2B_E_INTERNAL, NULL,
                                             "A shared process cannot be read."),
                            pool, "a document of a share is not as this program writes it");
}

b2b_error_t *b2b_share_document_read(b2b_share_document_t **document, const char *text,
                                     apr_pool_t *pool)
{
    b2b_share_document_t *d = apr_pcalloc(pool, sizeof(*d));
    const b2b_json_t *processes, *dashboards;
    apr_array_header_t *list;
    b2b_json_t *json;
    apr_size_t i;

    B2B_ERR(b2b_json_parse(&json, text, strlen(text), pool));
    d->title = text_read(json, "title", pool);
    d->instructions = text_read(json, "instructions", pool);
    processes = b2b_json_get(json, "processes");
    dashboards = b2b_json_get(json, "dashboards");
    if (!d->title || !d->instructions || !processes || !dashboards) {
        return not_ours(pool);
    }
    d->partner_groups = names_read(b2b_json_get(json, "partner_groups"), pool);
    list = apr_array_make(pool, 4, sizeof(b2b_share_process_t));
    for (i = 0; i < b2b_json_length(processes); i++) {
        if (!process_read(apr_array_push(list), b2b_json_at(processes, i), pool)) {
            return not_ours(pool);
        }
    }
    d->processes = list;
    list = apr_array_make(pool, 4, sizeof(b2b_share_dashboard_t));
    for (i = 0; i < b2b_json_length(dashboards); i++) {
        if (!dashboard_read(apr_array_push(list), b2b_json_at(dashboards, i), pool)) {
            return not_ours(pool);
        }
    }
    d->dashboards = list;
    *document = d;
    return NULL;
}

/* Writing ------------------------------------------------------------------------------------------ */

static b2b_json_t *names_write(const apr_array_header_t *names, apr_pool_t *pool)
{
    b2b_json_t *json = b2b_json_array(pool);
    int i;

    for (i = 0; names && i < names->nelts; i++) {
        b2b_json_append(json, b2b_json_string(APR_ARRAY_IDX(names, i, const char *), pool));
    }
    return json;
}

static void security_write(b2b_json_t *json, const char *key, const b2b_share_security_t *security,
                           apr_pool_t *pool)
{
    b2b_json_t *object = b2b_json_object(pool);

    b2b_json_set_bool(object, "everyone", security->everyone);
    b2b_json_set(object, "groups", names_write(security->groups, pool));
    b2b_json_set(json, key, object);
}

static b2b_json_t *process_write(const b2b_share_process_t *process, apr_pool_t *pool)
{
    b2b_json_t *json = b2b_json_object(pool);

    b2b_json_set_string(json, "process_id", process->process_id);
    if (process->version) {
        b2b_json_set_integer(json, "process_version", process->version);
    }
    if (process->name) {
        b2b_json_set_string(json, "process_name", process->name);
        b2b_json_set_string(json, "process_title", process->title);
    }
    b2b_json_set_bool(json, "allow_create", process->allow_create);
    security_write(json, "creators", &process->creators, pool);
    b2b_json_set_bool(json, "creators_only_open", process->creators_only_open);
    b2b_json_set_bool(json, "allow_delete", process->allow_delete);
    b2b_json_set_string(json, "form_visibility", process->all_forms ? "all" : "assigned");
    return json;
}

static b2b_json_t *dashboard_write(const b2b_share_dashboard_t *dashboard, apr_pool_t *pool)
{
    b2b_json_t *json = b2b_json_object(pool);

    b2b_json_set_string(json, "dashboard_id", dashboard->dashboard_id);
    if (dashboard->version) {
        b2b_json_set_integer(json, "dashboard_version", dashboard->version);
    }
    if (dashboard->title) {
        b2b_json_set_string(json, "dashboard_title", dashboard->title);
    }
    b2b_json_set_string(json, "name_in_partner", dashboard->host_name ? "host" : "same");
    b2b_json_set_bool(json, "welcome_page", dashboard->welcome_page);
    security_write(json, "security", &dashboard->security, pool);
    return json;
}

const char *b2b_share_document_write(const b2b_share_document_t *document, apr_pool_t *pool)
{
    b2b_json_t *json = b2b_json_object(pool);
    b2b_json_t *processes = b2b_json_array(pool);
    b2b_json_t *dashboards = b2b_json_array(pool);
    int i;

    for (i = 0; i < document->processes->nelts; i++) {
        b2b_json_append(processes,
                        process_write(&APR_ARRAY_IDX(document->processes, i, b2b_share_process_t),
                                      pool));
    }
    for (i = 0; i < document->dashboards->nelts; i++) {
        b2b_json_append(dashboards, dashboard_write(&APR_ARRAY_IDX(document->dashboards, i,
                                                                   b2b_share_dashboard_t),
                                                    pool));
    }
    b2b_json_set_string(json, "title", document->title);
    b2b_json_set_string(json, "instructions", document->instructions);
    b2b_json_set(json, "processes", processes);
    b2b_json_set(json, "partner_groups", names_write(document->partner_groups, pool));
    b2b_json_set(json, "dashboards", dashboards);
    return b2b_json_write(json, pool);
}

/* Comparing ---------------------------------------------------------------------------------------- */

/* A copy without names and titles; without versions, too, unless VERSIONS. */
static b2b_share_document_t *bare(const b2b_share_document_t *document, int versions,
                                  apr_pool_t *pool)
{
    b2b_share_document_t *d = apr_pmemdup(pool, document, sizeof(*d));
    apr_array_header_t *processes = apr_array_copy(pool, document->processes);
    apr_array_header_t *dashboards = apr_array_copy(pool, document->dashboards);
    int i;

    for (i = 0; i < processes->nelts; i++) {
        b2b_share_process_t *process = &APR_ARRAY_IDX(processes, i, b2b_share_process_t);

        process->name = process->title = NULL;
        process->version = versions ? process->version : 0;
    }
    for (i = 0; i < dashboards->nelts; i++) {
        b2b_share_dashboard_t *dashboard = &APR_ARRAY_IDX(dashboards, i, b2b_share_dashboard_t);

        dashboard->title = NULL;
        dashboard->version = versions ? dashboard->version : 0;
    }
    d->processes = processes;
    d->dashboards = dashboards;
    return d;
}

b2b_share_document_t *b2b_share_document_as_draft(const b2b_share_document_t *document,
                                                  apr_pool_t *pool)
{
    return bare(document, 0, pool);
}

int b2b_share_document_same(const b2b_share_document_t *a, const b2b_share_document_t *b,
                            apr_pool_t *pool)
{
    return !strcmp(b2b_share_document_write(bare(a, 1, pool), pool),
                   b2b_share_document_write(bare(b, 1, pool), pool));
}

/* Checking ----------------------------------------------------------------------------------------- */

static void add(b2b_error_t **errors, b2b_error_t *err)
{
    b2b_error_t **last = errors;

    while (*last) {
        last = &(*last)->child;
    }
    *last = err;
}

/* Note KEY in SEEN; a second time it is an error at FIELD. */
static void once(b2b_error_t **errors, apr_hash_t *seen, const char *key, const char *field,
                 const char *sentence, apr_pool_t *pool)
{
    if (apr_hash_get(seen, key, APR_HASH_KEY_STRING)) {
        add(errors, b2b_error_invalid(pool, field, "%s", sentence));
    }
    apr_hash_set(seen, key, APR_HASH_KEY_STRING, key);
}

static void security_check(b2b_error_t **errors, const b2b_share_security_t *security,
                           apr_hash_t *known, const char *field, apr_pool_t *pool)
{
    apr_hash_t *seen = apr_hash_make(pool);
    int i;

    for (i = 0; i < security->groups->nelts; i++) {
        const char *name = APR_ARRAY_IDX(security->groups, i, const char *);
        const char *folded = b2b_text_fold(name, pool);
        const char *place = apr_psprintf(pool, "%s/groups/%d", field, i);

        if (!apr_hash_get(known, folded, APR_HASH_KEY_STRING)) {
            add(errors, b2b_error_invalid(pool, place,
                                          "\"%s\" is none of the partner groups of this shared "
                                          "process. Add it there, or take it out here.",
                                          name));
        }
        once(errors, seen, folded, place, "This group is named twice.", pool);
    }
}

b2b_error_t *b2b_share_document_check(const b2b_share_document_t *document, apr_pool_t *pool)
{
    apr_hash_t *known = apr_hash_make(pool), *seen = apr_hash_make(pool);
    b2b_error_t *errors = NULL;
    int i;

    for (i = 0; i < document->partner_groups->nelts; i++) {
        once(&errors, known,
             b2b_text_fold(APR_ARRAY_IDX(document->partner_groups, i, const char *), pool),
             apr_psprintf(pool, "partner_groups/%d", i), "This group is named twice.", pool);
    }
    for (i = 0; i < document->processes->nelts; i++) {
        const b2b_share_process_t *process = &APR_ARRAY_IDX(document->processes, i,
                                                            b2b_share_process_t);

        once(&errors, seen, process->process_id, apr_psprintf(pool, "processes/%d/process_id", i),
             "This process is in the shared process already.", pool);
        security_check(&errors, &process->creators, known,
                       apr_psprintf(pool, "processes/%d/creators", i), pool);
    }
    for (i = 0; i < document->dashboards->nelts; i++) {
        const b2b_share_dashboard_t *dashboard = &APR_ARRAY_IDX(document->dashboards, i,
                                                                b2b_share_dashboard_t);

        once(&errors, seen, dashboard->dashboard_id,
             apr_psprintf(pool, "dashboards/%d/dashboard_id", i),
             "This dashboard is in the shared process already.", pool);
        security_check(&errors, &dashboard->security, known,
                       apr_psprintf(pool, "dashboards/%d/security", i), pool);
    }
    return errors;
}
