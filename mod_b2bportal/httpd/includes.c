/* SPDX-License-Identifier: Apache-2.0 */
/* The variables of the plain pages (sign-in, invitation, errors, signed out), for mod_include. */

#include "httpd/module.h"

#include <apr_strings.h>

#include "base/chance.h"
#include "base/text.h"

/* What a page shows of whom it belongs to: a portal, the console, or a portal that is not saved yet. */
typedef struct {
    const char *name;
    const char *color;
    const char *logo_url;
    const char *cover_url;
    const char *host_name;
    const char *contact_name;
    const char *contact_email;
    const char *locale;
    const apr_array_header_t *issuers;
} look_t;

static const char *brand_url(const char *path, const char *file, apr_pool_t *pool)
{
    /* The beginning of the file's digest: another picture has another address, and each may be kept. */
    return file ? apr_psprintf(pool, "%s?v=%.16s", path, file) : "";
}

static void look_of_portal(look_t *look, const b2b_portal_snapshot_t *portal, apr_pool_t *pool)
{
    look->name = portal->name;
    look->color = portal->color;
    look->logo_url = brand_url("/brand/logo", portal->logo, pool);
    look->cover_url = brand_url("/brand/cover", portal->home_cover, pool);
    look->host_name = portal->host_name;
    look->contact_name = portal->contact_name;
    look->contact_email = portal->contact_email;
    look->locale = portal->locale;
    look->issuers = portal->issuers;
}

static void look_of_host(look_t *look, const b2b_host_brand_t *host, apr_pool_t *pool)
{
    look->name = host->organisation && *host->organisation ? host->organisation
                                                           : b2b_child->site.domain;
    look->color = "";
    look->logo_url = brand_url("/brand/logo", host->logo, pool);
    look->cover_url = "";
    look->host_name = host->organisation;
    look->contact_name = host->contact_name;
    look->contact_email = host->contact_email;
    look->locale = host->locale;
    look->issuers = b2b_child->site.issuers;
}

/* The value of NAME in R's query, if it is a line; else OTHERWISE. */
static const char *typed(request_rec *r, const char *name, const char *otherwise)
{
    const char *value = r->args ? b2b_text_query_value(r->args, name, r->pool) : NULL;

    return value && b2b_text_is_line(value) ? value : otherwise;
}

static int is_file(const char *text)
{
    return strlen(text) == B2B_SHA256_LENGTH && text[strspn(text, "0123456789abcdef")] == '\0';
}

static const char *typed_image(request_rec *r, const char *name, const char *otherwise)
{
    const char *value = typed(r, name, NULL);

    if (!value) {
        return otherwise;
    }
    return is_file(value) ? apr_pstrcat(r->pool, "/api/v1/images/", value, NULL) : "";
}

/* The sign-in page as it would look with what is typed in the console's form. */
static b2b_error_t *look_of_preview(look_t *look, b2b_visit_t *visit, request_rec *r)
{
    const char *name = typed(r, "technical_name", "");
    const char *logo = "", *cover = "";
    const b2b_directory_t *directory;
    const b2b_directory_entry_t *entry;
    b2b_cached_t *item;

    B2B_ERR(b2b_child_get(&item, b2b_child->directory, NULL, NULL, NULL, r->pool));
    b2b_visit_hold(visit, item);
    directory = b2b_cached_value(item);
    entry = apr_hash_get(directory->by_name, name, APR_HASH_KEY_STRING);
    if (entry) {
        const b2b_portal_snapshot_t *portal;

        B2B_ERR(b2b_child_get(&item, b2b_child->portals, entry->id, NULL, NULL, r->pool));
        b2b_visit_hold(visit, item);
        portal = b2b_cached_value(item);
        if (portal) {
            look_of_portal(look, portal, r->pool);
            logo = portal->logo ? apr_pstrcat(r->pool, "/api/v1/images/", portal->logo, NULL) : "";
            cover = portal->home_cover
                        ? apr_pstrcat(r->pool, "/api/v1/images/", portal->home_cover, NULL)
                        : "";
        }
    }
    /* A form that says nothing of its logo has none: the console leaves empty values out. */
    look->logo_url = typed_image(r, "logo", typed(r, "name", NULL) ? "" : logo);
    look->cover_url = typed_image(r, "cover", typed(r, "name", NULL) ? "" : cover);
    look->name = typed(r, "name", entry ? look->name : "");
    look->color = typed(r, "color", entry ? look->color : "");
    if (!b2b_text_is_color(look->color)) {
        look->color = "";
    }
    look->contact_name = typed(r, "contact_name", entry ? look->contact_name : "");
    look->contact_email = typed(r, "contact_email", entry ? look->contact_email : "");
    return NULL;
}

static void set(apr_table_t *variables, const char *name, const char *value)
{
    apr_table_setn(variables, name, value ? value : "");
}

/* What this page reports: the status that httpd came here with, or the page's own. */
static const char *status_of(request_rec *r)
{
    const char *status = apr_table_get(r->subprocess_env, "REDIRECT_STATUS");

    return status ? status : apr_itoa(r->pool, r->status);
}

b2b_error_t *b2b_includes_set(b2b_visit_t *visit, request_rec *r, const b2b_address_t *address)
{
    apr_table_t *variables = r->subprocess_env;
    const b2b_host_brand_t *host = NULL;
    const b2b_portal_snapshot_t *portal;
    look_t look;

    memset(&look, 0, sizeof(look));
    if (visit->side == B2B_SIDE_PORTAL) {
        B2B_ERR(b2b_visit_portal(&portal, visit, r));
        look_of_portal(&look, portal, r->pool);
    }
    else {
        B2B_ERR(b2b_visit_host(&host, visit, r));
        look_of_host(&look, host, r->pool);
        if (address->framed) {
            B2B_ERR(look_of_preview(&look, visit, r));
        }
    }
    set(variables, "B2B_PORTAL_NAME", look.name);
    set(variables, "B2B_PORTAL_COLOR", look.color);
    set(variables, "B2B_LOGO_URL", look.logo_url);
    set(variables, "B2B_COVER_URL", look.cover_url);
    set(variables, "B2B_HOST_NAME", look.host_name);
    set(variables, "B2B_CONTACT_NAME", look.contact_name);
    set(variables, "B2B_CONTACT_EMAIL", look.contact_email);
    set(variables, "B2B_LOCALE", look.locale && *look.locale ? look.locale : "en");
    set(variables, "B2B_REQUEST_ID", b2b_visit_request_id(visit, r));
    set(variables, "B2B_STATUS", status_of(r));
    if (strcmp(address->file, "login.html") == 0) {
        b2b_login_issuers(visit, r, look.issuers, address->framed);
    }
    else if (strcmp(address->file, "invitation.html") == 0) {
        b2b_invitation_includes(visit, r);
    }
    return NULL;
}
