/* SPDX-License-Identifier: Apache-2.0 */
/* The pages before and after a session: sign-in, signed out, no access. */

#include "httpd/module.h"

#include <apr_strings.h>
#include <apr_uri.h>

#include "base/text.h"

#define CALLBACK "/oidc/callback"

static const char *parameter(request_rec *r, const char *name)
{
    return r->args ? b2b_text_query_value(r->args, name, r->pool) : NULL;
}

/* mod_auth_openidc sends here with what it wants to have back. Without that a sign-in would lead nowhere. */
int b2b_login_prepare(b2b_visit_t *visit, request_rec *r)
{
    (void)visit;
    if (!parameter(r, "x_csrf") && !parameter(r, "target_link_uri")) {
        return b2b_redirect(r, HTTP_MOVED_TEMPORARILY, "/");
    }
    return OK;
}

/* Where the sign-in shall end: an address of this very host, or the start page. */
static const char *target_of(b2b_visit_t *visit, request_rec *r)
{
    const char *target = parameter(r, "target_link_uri");
    apr_uri_t uri;

    if (target && b2b_text_is_url(target, 1) &&
        apr_uri_parse(r->pool, target, &uri) == APR_SUCCESS && uri.hostname &&
        strcasecmp(uri.hostname, r->hostname) == 0) {
        return target;
    }
    return apr_pstrcat(r->pool, b2b_visit_origin(visit, r), "/", NULL);
}

void b2b_login_issuers(b2b_visit_t *visit, request_rec *r, const apr_array_header_t *issuers,
                       int preview)
{
    const char *target = target_of(visit, r);
    const char *token = parameter(r, "x_csrf");
    const char *method = parameter(r, "method");

    if (!method || strcmp(method, "get") != 0) {
        method = "get"; /* a form cannot be sent again after the way through the provider */
    }
    for (int i = 0; issuers && i < issuers->nelts && i < B2B_ISSUERS_MAX; i++) {
        const b2b_issuer_t *issuer = &APR_ARRAY_IDX(issuers, i, b2b_issuer_t);
        const char *url = "#";

        if (!preview) {
            url = apr_pstrcat(r->pool,
                              CALLBACK "?iss=", b2b_text_escape_url(issuer->issuer, r->pool),
                              "&target_link_uri=", b2b_text_escape_url(target, r->pool),
                              "&method=", method,
                              "&x_csrf=", token ? b2b_text_escape_url(token, r->pool) : "", NULL);
        }
        apr_table_setn(r->subprocess_env, apr_psprintf(r->pool, "B2B_ISSUER_%d_LABEL", i + 1),
                       issuer->label);
        apr_table_setn(r->subprocess_env, apr_psprintf(r->pool, "B2B_ISSUER_%d_URL", i + 1), url);
    }
}

/* The way out leads to the stored address only, never to one that the request names. */
int b2b_signed_out_prepare(b2b_visit_t *visit, request_rec *r)
{
    if (visit->side == B2B_SIDE_PORTAL) {
        const b2b_portal_snapshot_t *portal;
        b2b_error_t *err = b2b_visit_portal(&portal, visit, r);

        if (err) {
            return b2b_unavailable(r, err);
        }
        if (portal->logout_url && *portal->logout_url) {
            return b2b_redirect(r, HTTP_MOVED_TEMPORARILY, portal->logout_url);
        }
    }
    return OK;
}

/* The same page whether httpd comes here with a refusal or somebody opens it. */
int b2b_no_access_prepare(b2b_visit_t *visit, request_rec *r)
{
    (void)visit;
    if (!r->prev) {
        r->status = HTTP_FORBIDDEN;
    }
    return OK;
}
