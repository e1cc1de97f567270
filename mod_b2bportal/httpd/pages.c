/* SPDX-License-Identifier: Apache-2.0 */
/* Our own addresses: which file below B2BPortalPages they show, and with which headers. */

#include "httpd/module.h"

#include <apr_strings.h>

/* Every address that is ours; all others are the sysadmin's. The longer one first where one begins another. */
static const b2b_address_t portal_addresses[] = {
    {"/", B2B_ADDRESS_APP, "portal/index.html", NULL, 0, 0},
    {"/dashboards", B2B_ADDRESS_APP, "portal/index.html", NULL, 0, 0},
    {"/dashboards/", B2B_ADDRESS_APP, "portal/index.html", NULL, 0, 0},
    {"/instances", B2B_ADDRESS_APP, "portal/index.html", NULL, 0, 0},
    {"/instances/", B2B_ADDRESS_APP, "portal/index.html", NULL, 0, 0},
    {"/shared-processes/", B2B_ADDRESS_APP, "portal/index.html", NULL, 0, 0},
    {"/me", B2B_ADDRESS_APP, "portal/index.html", NULL, 0, 0},
    {"/login", B2B_ADDRESS_PLAIN, "login.html", b2b_login_prepare, 0, 0},
    {"/invitation", B2B_ADDRESS_PLAIN, "invitation.html", b2b_invitation_prepare, 0, 1},
    {"/invitation/accept", B2B_ADDRESS_PLAIN, "invitation.html", b2b_invitation_accept, 0, 0},
    {"/no-access", B2B_ADDRESS_PLAIN, "error.html", b2b_no_access_prepare, 0, 0},
    {"/signed-out", B2B_ADDRESS_PLAIN, "signed-out.html", b2b_signed_out_prepare, 0, 0},
    {"/api/v1", B2B_ADDRESS_API, NULL, NULL, 0, 0},
    {"/api/v1/", B2B_ADDRESS_API, NULL, NULL, 0, 0},
    {"/brand/", B2B_ADDRESS_BRAND, NULL, NULL, 0, 0},
    {"/b2b/error", B2B_ADDRESS_PLAIN, "error.html", NULL, 0, 0},
    {"/b2b/", B2B_ADDRESS_ASSET, NULL, NULL, 0, 0},
    {NULL, B2B_ADDRESS_NONE, NULL, NULL, 0, 0},
};
static const b2b_address_t console_addresses[] = {
    {"/", B2B_ADDRESS_APP, "admin/index.html", NULL, 0, 0},
    {"/portals", B2B_ADDRESS_APP, "admin/index.html", NULL, 0, 0},
    {"/portals/", B2B_ADDRESS_APP, "admin/index.html", NULL, 0, 0},
    {"/dashboards", B2B_ADDRESS_APP, "admin/index.html", NULL, 0, 0},
    {"/dashboards/", B2B_ADDRESS_APP, "admin/index.html", NULL, 0, 0},
    {"/shared-processes", B2B_ADDRESS_APP, "admin/index.html", NULL, 0, 0},
    {"/shared-processes/", B2B_ADDRESS_APP, "admin/index.html", NULL, 0, 0},
    {"/processes", B2B_ADDRESS_APP, "admin/index.html", NULL, 0, 0},
    {"/processes/", B2B_ADDRESS_APP, "admin/index.html", NULL, 0, 0},
    {"/instances", B2B_ADDRESS_APP, "admin/index.html", NULL, 0, 0},
    {"/bin", B2B_ADDRESS_APP, "admin/index.html", NULL, 0, 0},
    {"/host/", B2B_ADDRESS_APP, "admin/index.html", NULL, 0, 0},
    {"/settings", B2B_ADDRESS_APP, "admin/index.html", NULL, 0, 0},
    {"/mail", B2B_ADDRESS_APP, "admin/index.html", NULL, 0, 0},
    {"/activity", B2B_ADDRESS_APP, "admin/index.html", NULL, 0, 0},
    {"/preview/login", B2B_ADDRESS_PLAIN, "login.html", NULL, 1, 0},
    {"/preview/home", B2B_ADDRESS_APP, "portal/index.html", NULL, 1, 0},
    {"/login", B2B_ADDRESS_PLAIN, "login.html", b2b_login_prepare, 0, 0},
    {"/no-access", B2B_ADDRESS_PLAIN, "error.html", b2b_no_access_prepare, 0, 0},
    {"/signed-out", B2B_ADDRESS_PLAIN, "signed-out.html", b2b_signed_out_prepare, 0, 0},
    {"/api/v1", B2B_ADDRESS_API, NULL, NULL, 0, 0},
    {"/api/v1/", B2B_ADDRESS_API, NULL, NULL, 0, 0},
    {"/brand/", B2B_ADDRESS_BRAND, NULL, NULL, 0, 0},
    {"/b2b/error", B2B_ADDRESS_PLAIN, "error.html", NULL, 0, 0},
    {"/b2b/", B2B_ADDRESS_ASSET, NULL, NULL, 0, 0},
    {NULL, B2B_ADDRESS_NONE, NULL, NULL, 0, 0},
};

static const b2b_address_t *find_address(b2b_side_e side, const char *uri)
{
    const b2b_address_t *address = side == B2B_SIDE_PORTAL ? portal_addresses : console_addresses;

    if (!uri || uri[0] != '/') {
        uri = "*"; /* OPTIONS *: none of ours */
    }
    for (; address->path; address++) {
        const char *path = address->path;
        apr_size_t length;

        if (path[1] != uri[1]) {
            continue; /* most requests are settled here */
        }
        length = strlen(path);
        if (strncmp(path, uri, length) == 0 &&
            (uri[length] == '\0' || (length > 1 && path[length - 1] == '/'))) {
            return address;
        }
    }
    return address;
}

const b2b_address_t *b2b_address_of(b2b_visit_t *visit, const request_rec *r)
{
    /* A sub-request ends before the visit does, and the next one's URI may come to lie in the same place. */
    if (r->main) {
        return find_address(visit->side, r->uri);
    }
    /* Asked in four phases. A rewritten URI is another string. */
    if (!visit->address || visit->address_uri != r->uri) {
        visit->address = find_address(visit->side, r->uri);
        visit->address_uri = r->uri;
    }
    return visit->address;
}

/* The path after PREFIX if URI begins with it and an id follows, whose end comes to lie in END; else NULL. */
static const char *id_after(const char *prefix, const char *uri, const char **end)
{
    apr_size_t length = strlen(prefix);

    if (strncmp(prefix, uri, length) != 0) {
        return NULL;
    }
    uri += length;
    *end = uri + strspn(uri, "0123456789abcdef-");
    return *end > uri ? uri : NULL;
}

/* What of the API the page of one instance, or of one that is being started, asks first; NULL for any other address.
 * An id has no character that a header could stumble over. */
static const char *instance_data(const b2b_visit_t *visit, const char *uri, apr_pool_t *pool)
{
    const char *id, *end;

    if (visit->side != B2B_SIDE_PORTAL) {
        return NULL;
    }
    if (id_after("/instances/", uri, &end)) {
        return *end ? NULL : apr_pstrcat(pool, "/api/v1", uri, NULL);
    }
    id = id_after("/shared-processes/", uri, &end);
    if (id && *end == '/') {
        const char *share = apr_pstrmemdup(pool, id, (apr_size_t)(end - id));

        id = id_after("/", end, &end);
        if (id && strcmp(end, "/new") == 0) {
            return apr_psprintf(pool, "/api/v1/shared-processes/%s/processes/%.*s", share,
                                (int)(end - id), id);
        }
    }
    return NULL;
}

int b2b_pages_translate_name(request_rec *r)
{
    b2b_visit_t *visit = b2b_visit_of(r);
    const b2b_address_t *address;
    const char *file;
    char *path = NULL;

    if (!visit || r->proxyreq) {
        return DECLINED;
    }
    address = b2b_address_of(visit, r);
    if (address->kind == B2B_ADDRESS_NONE) {
        return DECLINED;
    }
    file = address->file;
    if (address->kind == B2B_ADDRESS_APP && instance_data(visit, r->uri, r->pool)) {
        file = "portal/instance.html"; /* announces the scripts of that page, too */
    }
    /* The URI is normalised already; this refuses whatever might still climb. */
    if (apr_filepath_merge(&path, b2b_startup->config->pages,
                           file                                 ? file
                           : address->kind == B2B_ADDRESS_ASSET ? r->uri + strlen("/b2b/")
                                                                : r->uri + 1,
                           APR_FILEPATH_TRUENAME | APR_FILEPATH_SECUREROOT,
                           r->pool) != APR_SUCCESS) {
        return HTTP_NOT_FOUND;
    }
    r->filename = path;
    return OK;
}

/* What is answered without a file needs no walk through folders (Location sections apply all the same). */
int b2b_pages_map_to_storage(request_rec *r)
{
    b2b_visit_t *visit = b2b_visit_of(r);
    b2b_address_kind_e kind;

    if (!visit || r->proxyreq) {
        return DECLINED;
    }
    kind = b2b_address_of(visit, r)->kind;
    return kind == B2B_ADDRESS_API || kind == B2B_ADDRESS_BRAND ? OK : DECLINED;
}

/* Nothing foreign, nothing inline, no HTML from strings but the templates that were compiled. */
#define CSP_APP(frames, ancestors)                                                                 \
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; font-src "     \
    "'self'; "                                                                                     \
    "connect-src 'self'; frame-src " frames "; form-action 'self'; base-uri 'none'; "              \
    "frame-ancestors " ancestors                                                                   \
    "; require-trusted-types-for 'script'; trusted-types svelte-trusted-html"
#define CSP_PLAIN(ancestors)                                                                       \
    "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; "                      \
    "frame-ancestors " ancestors

/* What a portal's application asks first is fetched while its scripts are on their way ("nopush": by the browser). */
#define LINK_DATA(path) "<" path ">; rel=preload; as=fetch; crossorigin; nopush"

static void announce_data(request_rec *r, const b2b_visit_t *visit)
{
    const char *data = instance_data(visit, r->uri, r->pool);

    apr_table_setn(r->headers_out, "Link",
                   data ? apr_psprintf(r->pool, LINK_DATA("/api/v1/session") ", " LINK_DATA("%s"),
                                       data)
                        : LINK_DATA("/api/v1/session"));
}

static void set_headers(request_rec *r, const b2b_visit_t *visit, const b2b_address_t *address)
{
    apr_table_t *headers = r->headers_out;
    const char *policy;

    switch (address->kind) {
    case B2B_ADDRESS_APP:
        policy = address->framed                   ? CSP_APP("'none'", "'self'")
                 : visit->side == B2B_SIDE_CONSOLE ? CSP_APP("'self'", "'none'")
                                                   : CSP_APP("'none'", "'none'");
        apr_table_setn(headers, "Cache-Control", "no-cache");
        if (visit->side == B2B_SIDE_PORTAL) {
            announce_data(r, visit);
        }
        break;
    case B2B_ADDRESS_PLAIN:
        /* Without form-action: browsers hold it against redirections after a form, and the invitation's
         * leads to the identity provider. */
        policy = address->framed ? CSP_PLAIN("'self'") : CSP_PLAIN("'none'");
        apr_table_setn(headers, "Cache-Control", "no-store");
        break;
    default:
        policy = "default-src 'none'; frame-ancestors 'none'; sandbox";
        /* Names of built files hold a hash of their content. */
        apr_table_setn(headers, "Cache-Control", "public, max-age=31536000, immutable");
        break;
    }
    apr_table_setn(headers, "Content-Security-Policy", policy);
    apr_table_setn(headers, "X-Content-Type-Options", "nosniff");
    apr_table_setn(headers, "Cross-Origin-Opener-Policy", "same-origin");
    apr_table_setn(headers, "Cross-Origin-Resource-Policy", "same-origin");
    apr_table_setn(headers, "Permissions-Policy", "camera=(), geolocation=(), microphone=()");
    if (!apr_table_get(headers, "Referrer-Policy")) {
        apr_table_setn(headers, "Referrer-Policy", "same-origin");
    }
}

int b2b_pages_handle(b2b_visit_t *visit, request_rec *r, const b2b_address_t *address)
{
    int status = OK;

    if (address->kind == B2B_ADDRESS_ASSET && r->finfo.filetype != APR_REG) {
        return HTTP_NOT_FOUND;
    }
    if (r->method_number != M_GET && !(r->method_number == M_POST && address->posted)) {
        apr_table_setn(r->err_headers_out, "Allow",
                       address->posted ? "GET, HEAD, POST" : "GET, HEAD");
        return HTTP_METHOD_NOT_ALLOWED;
    }
    if (address->prepare) {
        status = address->prepare(visit, r);
        if (status != OK) {
            return status;
        }
    }
    if (address->kind == B2B_ADDRESS_PLAIN) {
        b2b_error_t *err = b2b_includes_set(visit, r, address);

        if (err) {
            return b2b_unavailable(r, err);
        }
        /* The page is made anew each time; the file's date and tag say nothing about it. */
        r->no_cache = 1;
        apr_table_unset(r->headers_in, "If-Modified-Since");
        apr_table_unset(r->headers_in, "If-None-Match");
        apr_table_unset(r->headers_in, "If-Range");
        apr_table_unset(r->headers_in, "Range");
    }
    set_headers(r, visit, address);
    if (address->kind == B2B_ADDRESS_PLAIN) {
        ap_add_output_filter("INCLUDES", NULL, r, r->connection);
    }
    r->allowed |= (AP_METHOD_BIT << M_GET);
    return DECLINED;
}

/* httpd's own short answers, where it refuses an address before any section or page applies. */
void b2b_pages_error_headers(request_rec *r)
{
    if (b2b_visit_of(r)) {
        apr_table_unset(r->headers_out, "X-Content-Type-Options");
        apr_table_setn(r->err_headers_out, "X-Content-Type-Options", "nosniff");
        if (!apr_table_get(r->headers_out, "Cache-Control")) {
            apr_table_setn(r->err_headers_out, "Cache-Control", "no-store");
        }
    }
}
