/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which portal, or none: decided by the host name alone, before anything else sees the request. Every name
 * that is no active portal gets one and the same 404, whatever the method, the path and ErrorDocument say.
 */

#include "httpd/module.h"

#include <apr_lib.h>
#include <apr_strings.h>

#include "base/text.h"

/* Begins with a quotation mark: httpd then takes the rest as the text of the answer. */
static const char not_found[] =
    "\"<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>Not "
    "found</title></head>\n"
    "<body><h1>Not found</h1><p>There is nothing at this address.</p></body></html>\n";
static const char unavailable[] =
    "\"<!doctype html>\n<html lang=\"en\"><head><meta "
    "charset=\"utf-8\"><title>Busy</title></head>\n"
    "<body><h1>The portal is busy</h1><p>Please try again in a few minutes.</p></body></html>\n";

/* ErrorDocument is not asked: it would look different from portal to portal, and may need a sign-in. */
static int refuse(request_rec *r, int status, const char *text)
{
    ap_custom_response(r, status, text);
    apr_table_setn(r->err_headers_out, "Cache-Control", "no-store");
    apr_table_setn(r->err_headers_out, "X-Content-Type-Options", "nosniff");
    apr_table_setn(r->err_headers_out, "Content-Security-Policy",
                   "default-src 'none'; frame-ancestors 'none'");
    if (status == HTTP_SERVICE_UNAVAILABLE) {
        apr_table_setn(r->err_headers_out, "Retry-After", "5");
    }
    return status;
}

int b2b_hostname_not_found(request_rec *r)
{
    return refuse(r, HTTP_NOT_FOUND, not_found);
}

/* An error of post_read_request would close the connection; the quick handler's does not, and it comes before
 * everything else just the same, OPTIONS * and TRACE included. */
int b2b_hostname_quick_handler(request_rec *r, int lookup)
{
    b2b_visit_t *visit = b2b_visit_of(r);
    int answered;

    if (!visit || lookup || r->main || r->prev) {
        return DECLINED;
    }
    if (!visit->status) {
        return b2b_api_refuse_address(visit, r);
    }
    if (visit->status == HTTP_NOT_FOUND) {
        return b2b_hostname_not_found(r);
    }
    answered = b2b_api_refuse_unavailable(visit, r);
    return answered != DECLINED ? answered : refuse(r, visit->status, unavailable);
}

/* Does NAME[0..LENGTH), with '_' and '-' as one, begin like a name that speaks of identity? */
static int is_identity_header(const char *name, apr_size_t length)
{
    if (length >= 3 && (name[0] == 'b' || name[0] == 'B')) {
        return name[1] == '2' && (name[2] == 'b' || name[2] == 'B');
    }
    return length >= 5 && (name[0] == 'o' || name[0] == 'O') && strncasecmp(name, "oidc", 4) == 0 &&
           (name[4] == '_' || name[4] == '-');
}

/* Take the tokens out of the value of a Connection header with which a client would have a proxy drop ours. */
static const char *without_identity(const char *value, apr_pool_t *pool)
{
    apr_array_header_t *kept = NULL;
    const char *token = value;
    int dropped = 0;

    /* Nearly always "keep-alive", in which no letter is that any of these names begins with. */
    if (!value[strcspn(value, "bBoO")]) {
        return value;
    }
    while (*token) {
        const char *end, *next;

        while (*token == ',' || apr_isspace(*token)) {
            token++;
        }
        for (end = token; *end && *end != ','; end++) {
        }
        next = end;
        while (end > token && apr_isspace(end[-1])) {
            end--;
        }
        if (end > token) {
            if (is_identity_header(token, (apr_size_t)(end - token))) {
                dropped = 1;
            }
            else {
                kept = kept ? kept : apr_array_make(pool, 4, sizeof(const char *));
                APR_ARRAY_PUSH(kept, const char *) = apr_pstrmemdup(pool, token,
                                                                    (apr_size_t)(end - token));
            }
        }
        token = next;
    }
    if (!dropped) {
        return value;
    }
    return kept ? apr_array_pstrcat(pool, kept, ',') : "";
}

/* Identity comes from the environment that mod_auth_openidc fills. What a client sends under such names must
 * not reach rewrite rules, SetEnvIf, `RequestHeader … early`, CGI programs or back ends. */
static void strip_identity(request_rec *r)
{
    const apr_array_header_t *headers = apr_table_elts(r->headers_in);
    apr_table_entry_t *entries = (apr_table_entry_t *)headers->elts;
    int found = 0;

    for (int i = 0; i < headers->nelts; i++) {
        const char *name = entries[i].key;

        switch (name[0]) {
        case 'b':
        case 'B':
        case 'o':
        case 'O':
            found |= is_identity_header(name, strlen(name));
            break;
        case 'c':
        case 'C':
            /* A value's memory is the table's business; that of an entry may be replaced in place. */
            if ((name[1] == 'o' || name[1] == 'O') && strcasecmp(name, "Connection") == 0) {
                entries[i].val = (char *)without_identity(entries[i].val, r->pool);
            }
            break;
        default:
            break;
        }
    }
    while (found) {
        found = 0;
        headers = apr_table_elts(r->headers_in);
        entries = (apr_table_entry_t *)headers->elts;
        for (int i = 0; i < headers->nelts; i++) {
            if (is_identity_header(entries[i].key, strlen(entries[i].key))) {
                apr_table_unset(r->headers_in, entries[i].key);
                found = 1;
                break;
            }
        }
    }
}

/* Find the portal of LABEL; *ENTRY is NULL if there is none that is active. */
static b2b_error_t *find_portal(const b2b_directory_entry_t **entry, b2b_cached_t **item,
                                const char *label, apr_size_t length, apr_pool_t *pool)
{
    const b2b_directory_t *directory;

    *entry = NULL;
    B2B_ERR(b2b_child_get(item, b2b_child->directory, NULL, NULL, NULL, pool));
    directory = b2b_cached_value(*item);
    if (length > 0 && length <= B2B_TECHNICAL_MAX) {
        const b2b_directory_entry_t *found = apr_hash_get(directory->by_name, label,
                                                          (apr_ssize_t)length);

        if (found && found->state == B2B_STATE_ACTIVE) {
            *entry = found;
        }
    }
    return NULL;
}

/* Find the portal of HOST, and put it into VISIT. Return 0, or the status to refuse with. */
static int decide(b2b_visit_t *visit, request_rec *r, const b2b_config_t *config, const char *host)
{
    const b2b_directory_entry_t *entry;
    b2b_cached_t *item = NULL;
    apr_size_t length = host ? strlen(host) : 0, label;
    b2b_error_t *err;

    if (length < config->domain_length ||
        memcmp(host + length - config->domain_length, config->domain, config->domain_length) != 0) {
        return HTTP_NOT_FOUND;
    }
    if (!b2b_child || !b2b_child_is_current()) {
        /* Deciding from what was true more than five seconds ago is not deciding (S14). */
        return HTTP_SERVICE_UNAVAILABLE;
    }
    label = length - config->domain_length;
    if (label == 0) {
        return 0;
    }
    if (host[label - 1] != '.') {
        return HTTP_NOT_FOUND;
    }
    err = find_portal(&entry, &item, host, label - 1, r->pool);
    if (err) {
        ap_log_rerror(APLOG_MARK, APLOG_ERR, err->status, r, "No host name can be looked up: %s",
                      b2b_error_text(err, r->pool));
        return HTTP_SERVICE_UNAVAILABLE;
    }
    b2b_visit_hold(visit, item);
    if (!entry) {
        return HTTP_NOT_FOUND;
    }
    visit->side = B2B_SIDE_PORTAL;
    visit->portal_id = entry->id;
    visit->technical_name = entry->technical_name;
    return 0;
}

int b2b_hostname_hook(request_rec *r)
{
    const b2b_config_t *config = b2b_config_of(r->server);
    b2b_visit_t *visit;

    if (!config->domain) {
        return DECLINED;
    }
    strip_identity(r);
    visit = b2b_visit_create(r, config);
    b2b_invitation_mask(visit, r);
    visit->status = decide(visit, r, config, r->hostname);
    return DECLINED;
}
