/* SPDX-License-Identifier: Apache-2.0 */
/* What is known about one request, kept with its initial request and shared by all that follow from it. */

#include "httpd/module.h"

#include <apr_strings.h>

#include "base/chance.h"

static apr_status_t end_visit(void *data)
{
    b2b_visit_t *visit = data;

    for (int i = 0; i < visit->item_count; i++) {
        b2b_cached_release(visit->items[i]);
    }
    visit->item_count = 0;
    return APR_SUCCESS;
}

b2b_visit_t *b2b_visit_create(request_rec *r, const b2b_config_t *config)
{
    b2b_visit_t *visit = apr_pcalloc(r->pool, sizeof(*visit));

    visit->config = config;
    visit->side = B2B_SIDE_CONSOLE;
    visit->now = b2b_clock_now();
    ap_set_module_config(r->request_config, &b2bportal_module, visit);
    apr_pool_cleanup_register(r->pool, visit, end_visit, apr_pool_cleanup_null);
    return visit;
}

request_rec *b2b_visit_initial(request_rec *r)
{
    while (r->main || r->prev) {
        r = r->main ? r->main : r->prev;
    }
    return r;
}

b2b_visit_t *b2b_visit_of(request_rec *r)
{
    return ap_get_module_config(b2b_visit_initial(r)->request_config, &b2bportal_module);
}

void b2b_visit_hold(b2b_visit_t *visit, b2b_cached_t *item)
{
    ap_assert(visit->item_count < (int)(sizeof(visit->items) / sizeof(visit->items[0])));
    visit->items[visit->item_count++] = item;
}

const char *b2b_visit_origin(b2b_visit_t *visit, request_rec *r)
{
    if (!visit->origin) {
        /* Not what this request says: behind a TLS terminator httpd knows neither scheme nor port, and mails
         * have only one address to name. */
        visit->origin = visit->side == B2B_SIDE_CONSOLE
                            ? b2b_child->site.url
                            : b2b_site_portal_url(&b2b_child->site, visit->technical_name,
                                                  b2b_visit_initial(r)->pool);
    }
    return visit->origin;
}

int b2b_visit_is_secure(const b2b_visit_t *visit)
{
    (void)visit;
    return strncmp(b2b_child->site.url, "https:", 6) == 0;
}

static int is_plain_id(const char *text)
{
    return *text &&
           text[strspn(text,
                       "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_@-")] ==
               '\0';
}

const char *b2b_visit_request_id(b2b_visit_t *visit, request_rec *r)
{
    request_rec *initial = b2b_visit_initial(r);

    if (!visit->request_id) {
        const char *unique = apr_table_get(initial->subprocess_env, "UNIQUE_ID");

        visit->request_id = initial->log_id && is_plain_id(initial->log_id) ? initial->log_id
                            : unique && is_plain_id(unique)                 ? unique
                                                            : b2b_token_create(15, initial->pool);
        /* ErrorLogFormat's %L then prints the same one. */
        if (!initial->log_id) {
            initial->log_id = visit->request_id;
        }
    }
    return visit->request_id;
}

/* httpd's own ids have characters that need care in addresses; ours are the same in log, page and API. */
int b2b_visit_generate_log_id(const conn_rec *c, const request_rec *r, const char **id)
{
    (void)c;
    if (!r || r->main || r->prev || !ap_get_module_config(r->request_config, &b2bportal_module)) {
        return DECLINED;
    }
    *id = b2b_token_create(15, r->pool);
    return OK;
}

b2b_error_t *b2b_visit_portal(const b2b_portal_snapshot_t **portal, b2b_visit_t *visit,
                              request_rec *r)
{
    *portal = NULL;
    if (!visit->portal) {
        b2b_cached_t *item;

        B2B_ERR(b2b_child_get(&item, b2b_child->portals, visit->portal_id, NULL, NULL, r->pool));
        visit->portal = b2b_cached_value(item);
        if (!visit->portal || visit->portal->state != B2B_STATE_ACTIVE) {
            /* Deleted or suspended since this request looked its name up. Many parts of a page may ask. */
            visit->portal = NULL;
            b2b_cached_release(item);
            return b2b_error_create(r->pool, B2B_E_NOT_FOUND, NULL,
                                    "This portal is not there any more.");
        }
        b2b_visit_hold(visit, item);
    }
    *portal = visit->portal;
    return NULL;
}

void b2b_visit_renew(b2b_visit_t *visit)
{
    /* What is held is held to the end: pointers into it are about. A visit is renewed once at most. */
    visit->portal = NULL;
    visit->person = NULL;
    visit->has_person = 0;
    visit->has_decision = 0;
    visit->now = b2b_clock_now();
}

b2b_error_t *b2b_visit_host(const b2b_host_brand_t **host, b2b_visit_t *visit, request_rec *r)
{
    if (!visit->host) {
        b2b_cached_t *item;

        B2B_ERR(b2b_child_get(&item, b2b_child->hosts, NULL, NULL, NULL, r->pool));
        b2b_visit_hold(visit, item);
        visit->host = b2b_cached_value(item);
    }
    *host = visit->host;
    return NULL;
}
