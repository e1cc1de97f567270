/* SPDX-License-Identifier: Apache-2.0 */
/* A portal's brand, open to all: the colour as a style sheet, logo and cover as they were uploaded. */

#include "httpd/module.h"

#include <apr_strings.h>

#include "base/text.h"

#define FOR_EVER "public, max-age=31536000, immutable"

static int send_theme(request_rec *r, const char *color)
{
    const char *asked = r->args ? b2b_text_query_value(r->args, "color", r->pool) : NULL;
    const char *text;
    int condition;

    /* The pages name the colour in the address, so that another colour is another style sheet; a preview
     * names one that is not saved yet. */
    if (asked && b2b_text_is_color(asked)) {
        color = asked;
        apr_table_setn(r->headers_out, "Cache-Control", FOR_EVER);
    }
    else {
        apr_table_setn(r->headers_out, "Cache-Control", "no-cache");
    }
    text = color && *color ? apr_pstrcat(r->pool, ":root{--portal:", color, "}\n", NULL)
                           : ":root{}\n";
    apr_table_setn(r->headers_out, "ETag",
                   apr_pstrcat(r->pool, "\"", color && *color ? color + 1 : "", "\"", NULL));
    ap_set_content_type(r, "text/css; charset=utf-8");
    condition = ap_meets_conditions(r);
    if (condition != OK) {
        return condition;
    }
    ap_set_content_length(r, (apr_off_t)strlen(text));
    ap_rputs(text, r);
    return OK;
}

/* By content, not by name: what was uploaded was checked the same way. */
static const char *type_of(const char *path, apr_pool_t *pool)
{
    char head[12];
    apr_size_t length = sizeof(head);
    apr_file_t *file;
    const char *type = NULL;

    if (apr_file_open(&file, path, APR_FOPEN_READ | APR_FOPEN_BINARY, APR_FPROT_OS_DEFAULT, pool) !=
        APR_SUCCESS) {
        return NULL;
    }
    if (apr_file_read_full(file, head, sizeof(head), &length) == APR_SUCCESS) {
        type = memcmp(head, "\x89PNG\r\n\x1a\n", 8) == 0                          ? "image/png"
               : memcmp(head, "\xff\xd8\xff", 3) == 0                             ? "image/jpeg"
               : memcmp(head, "RIFF", 4) == 0 && memcmp(head + 8, "WEBP", 4) == 0 ? "image/webp"
                                                                                  : NULL;
    }
    apr_file_close(file);
    return type;
}

static int send_image(request_rec *r, const char *name)
{
    const char *asked = r->args ? b2b_text_query_value(r->args, "v", r->pool) : NULL;
    const char *path, *type;
    int condition;

    if (!name) {
        return HTTP_NOT_FOUND;
    }
    path = apr_pstrcat(r->pool, b2b_child->site.files, "/", name, NULL);
    type = type_of(path, r->pool);
    if (!type) {
        ap_log_rerror(APLOG_MARK, APLOG_ERR, 0, r, "B2BPortalFiles has no image %s", name);
        return HTTP_NOT_FOUND;
    }
    apr_table_setn(r->headers_out, "Cache-Control",
                   asked && strlen(asked) >= 16 && strncmp(name, asked, strlen(asked)) == 0
                       ? FOR_EVER
                       : "no-cache");
    apr_table_setn(r->headers_out, "ETag", apr_pstrcat(r->pool, "\"", name, "\"", NULL));
    ap_set_content_type(r, type);
    condition = ap_meets_conditions(r);
    return condition == OK ? b2b_file_send(r, path) : condition;
}

int b2b_brand_handle(b2b_visit_t *visit, request_rec *r)
{
    const b2b_portal_snapshot_t *portal = NULL;
    const b2b_host_brand_t *host = NULL;
    const char *name = r->uri + strlen("/brand/");
    b2b_error_t *err;

    if (r->method_number != M_GET) {
        apr_table_setn(r->err_headers_out, "Allow", "GET, HEAD");
        return HTTP_METHOD_NOT_ALLOWED;
    }
    err = visit->side == B2B_SIDE_PORTAL ? b2b_visit_portal(&portal, visit, r)
                                         : b2b_visit_host(&host, visit, r);
    if (err) {
        return b2b_unavailable(r, err);
    }
    apr_table_setn(r->headers_out, "X-Content-Type-Options", "nosniff");
    apr_table_setn(r->headers_out, "Content-Security-Policy",
                   "default-src 'none'; frame-ancestors 'none'; sandbox");
    apr_table_setn(r->headers_out, "Cross-Origin-Resource-Policy", "same-origin");
    if (strcmp(name, "theme.css") == 0) {
        return send_theme(r, portal ? portal->color : NULL);
    }
    if (strcmp(name, "logo") == 0) {
        return send_image(r, portal ? portal->logo : host->logo);
    }
    if (strcmp(name, "cover") == 0) {
        return send_image(r, portal ? portal->home_cover : NULL);
    }
    return HTTP_NOT_FOUND;
}
