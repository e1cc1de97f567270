/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An invitation, from the link in the mail to its answer (S13). The page changes nothing. Its button posts the
 * token and the act into a short-lived cookie and starts the sign-in; with a session the act is carried out.
 */

#include "httpd/module.h"

#include <apr_strings.h>
#include <util_cookies.h>

#include "base/text.h"

#define FORM_MAX       4096
#define TOKEN_MAX      128
#define COOKIE_SECONDS 900

static int is_token(const char *text)
{
    apr_size_t length = text ? strlen(text) : 0;

    return length > 0 && length <= TOKEN_MAX &&
           text[strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-")] ==
               '\0';
}

void b2b_invitation_mask(b2b_visit_t *visit, request_rec *r)
{
    const char *at;

    if (!r->args || !strstr(r->args, "oken") || !r->uri ||
        (!strstr(r->uri, "invitation") && !strchr(r->uri, '%'))) {
        return;
    }
    visit->token = b2b_text_query_value(r->args, "token", r->pool);
    if (!strstr(r->uri, "invitation") && !visit->token) {
        return; /* an escaped path that is somebody else's */
    }
    /* What the access log prints, and what other modules might. The page needs nothing else of the query. */
    at = r->the_request ? strstr(r->the_request, r->args) : NULL;
    if (at) {
        r->the_request = apr_pstrcat(r->pool,
                                     apr_pstrmemdup(r->pool, r->the_request,
                                                    (apr_size_t)(at - r->the_request)),
                                     "token=***", at + strlen(r->args), NULL);
    }
    at = r->unparsed_uri ? strstr(r->unparsed_uri, r->args) : NULL;
    if (at) {
        r->unparsed_uri = apr_pstrcat(r->pool,
                                      apr_pstrmemdup(r->pool, r->unparsed_uri,
                                                     (apr_size_t)(at - r->unparsed_uri)),
                                      "token=***", NULL);
    }
    r->parsed_uri.query = apr_pstrdup(r->pool, "token=***");
    r->args = apr_pstrdup(r->pool, "token=***");
}

static const char *cookie_name(const b2b_visit_t *visit)
{
    /* The prefix keeps sibling portals from planting one; browsers allow it over TLS only. */
    return b2b_visit_is_secure(visit) ? "__Host-b2b_invitation" : "b2b_invitation";
}

static void set_cookie(b2b_visit_t *visit, request_rec *r, const char *value, int seconds)
{
    apr_table_add(r->err_headers_out, "Set-Cookie",
                  apr_psprintf(r->pool, "%s=%s; Path=/; Max-Age=%d; HttpOnly; SameSite=Lax%s",
                               cookie_name(visit), value, seconds,
                               b2b_visit_is_secure(visit) ? "; Secure" : ""));
}

/* The token stays out of every Referer. Not "no-referrer": with that, browsers post the form with "Origin: null",
 * and it could not be told from another page's. */
static void set_privacy(request_rec *r)
{
    apr_table_setn(r->headers_out, "Referrer-Policy", "strict-origin");
    apr_table_setn(r->err_headers_out, "Referrer-Policy", "strict-origin");
}

/* Look the invitation up, to show it. */
static int show(b2b_visit_t *visit, request_rec *r)
{
    b2b_invitation_view_t *view = apr_pcalloc(r->pool, sizeof(*view));
    b2b_request_t request;
    b2b_error_t *err;

    view->page = B2B_INVITATION_UNKNOWN;
    if (is_token(visit->token)) {
        err = b2b_request_fill(&request, visit, r);
        if (!err) {
            /* Who is signed in as somebody else is told so before, not after, the way to the provider. */
            request.identity = b2b_visit_identity_whole(visit, r);
            err = b2b_api_invitation_view(view, &b2b_child->site, &request, visit->token, r->pool);
        }
        if (err) {
            return b2b_unavailable(r, err);
        }
    }
    visit->invitation = view;
    return OK;
}

/* The invited person lost the link: the same answer, whether there is an invitation or not. */
static int send_again(b2b_visit_t *visit, request_rec *r, b2b_request_t *request)
{
    b2b_error_t *err;
    int sent;

    request->identity = b2b_visit_identity_whole(visit, r);
    if (!request->identity) {
        return HTTP_UNAUTHORIZED;
    }
    err = b2b_api_invitation_resend(&sent, &b2b_child->site, request, r->pool);
    return err ? b2b_unavailable(r, err) : b2b_redirect(r, HTTP_SEE_OTHER, "/invitation?sent=1");
}

/* The button of the page. Nothing of the invitation changes before there is a session. */
static int press(b2b_visit_t *visit, request_rec *r)
{
    const char *type = apr_table_get(r->headers_in, "Content-Type");
    const char *form, *token, *act;
    b2b_request_t request;
    apr_size_t length;
    b2b_error_t *err;
    int status;

    if (!type || strncasecmp(type, "application/x-www-form-urlencoded", 33) != 0) {
        return HTTP_UNSUPPORTED_MEDIA_TYPE;
    }
    status = b2b_body_read(&form, &length, r, FORM_MAX);
    if (status != OK) {
        return status;
    }
    err = b2b_request_fill(&request, visit, r);
    if (err) {
        return b2b_unavailable(r, err);
    }
    if (!b2b_api_same_origin(&request)) {
        ap_log_rerror(APLOG_MARK, APLOG_INFO, 0, r,
                      "The form of an invitation was posted from another page");
        return HTTP_FORBIDDEN;
    }
    if (!form || strlen(form) != length) {
        return HTTP_BAD_REQUEST;
    }
    act = b2b_text_query_value(form, "act", r->pool);
    if (act && strcmp(act, "resend") == 0) {
        return send_again(visit, r, &request);
    }
    token = b2b_text_query_value(form, "token", r->pool);
    if (!act || (strcmp(act, "accept") != 0 && strcmp(act, "decline") != 0)) {
        return HTTP_BAD_REQUEST;
    }
    if (!is_token(token)) {
        return b2b_redirect(r, HTTP_SEE_OTHER, "/invitation");
    }
    set_cookie(visit, r, apr_pstrcat(r->pool, act, ".", token, NULL), COOKIE_SECONDS);
    return b2b_redirect(r, HTTP_SEE_OTHER, "/invitation/accept");
}

int b2b_invitation_prepare(b2b_visit_t *visit, request_rec *r)
{
    set_privacy(r);
    if (r->method_number == M_POST) {
        return press(visit, r);
    }
    if (r->args && strcmp(r->args, "sent=1") == 0) {
        visit->invitation_word = "sent";
    }
    return show(visit, r);
}

/* Back from the sign-in: do what the button asked for. Only this visitor's browser holds the cookie. */
int b2b_invitation_accept(b2b_visit_t *visit, request_rec *r)
{
    b2b_invitation_view_t *view = apr_pcalloc(r->pool, sizeof(*view));
    const char *cookie = NULL, *token;
    const b2b_person_t *person;
    b2b_request_t request;
    b2b_error_t *err;
    int answered = 0, accept;

    set_privacy(r);
    ap_cookie_read(r, cookie_name(visit), &cookie, 0);
    accept = cookie && strncmp(cookie, "accept.", 7) == 0;
    if (!accept && (!cookie || strncmp(cookie, "decline.", 8) != 0)) {
        return b2b_redirect(r, HTTP_SEE_OTHER, "/");
    }
    token = cookie + (accept ? 7 : 8);
    err = b2b_request_fill(&request, visit, r);
    if (!err) {
        request.identity = b2b_visit_identity_whole(visit, r);
        if (!request.identity) {
            return HTTP_UNAUTHORIZED;
        }
        err = b2b_visit_person(&person, visit, r);
    }
    if (!err) {
        request.principal = person ? person->principal : NULL;
        view->page = B2B_INVITATION_UNKNOWN;
        if (is_token(token)) {
            err = b2b_api_invitation_answer(&answered, view, &b2b_child->site, &request, token,
                                            accept, r->pool);
        }
    }
    if (err) {
        return b2b_unavailable(
            r, err); /* the cookie stays, so that loading the page again tries again */
    }
    set_cookie(visit, r, "", 0);
    if (answered && accept) {
        return b2b_redirect(r, HTTP_SEE_OTHER, "/");
    }
    if (answered) {
        view->page = B2B_INVITATION_DECLINED;
    }
    visit->invitation = view;
    return OK;
}

void b2b_invitation_includes(b2b_visit_t *visit, request_rec *r)
{
    static const char *const words[] = {
        [B2B_INVITATION_OPEN] = "open",
        [B2B_INVITATION_WRONG_ACCOUNT] = "wrong_account",
        [B2B_INVITATION_UNVERIFIED] = "unverified",
        [B2B_INVITATION_EXPIRED] = "expired",
        [B2B_INVITATION_REVOKED] = "revoked",
        [B2B_INVITATION_USED] = "used",
        [B2B_INVITATION_DECLINED] = "declined",
        [B2B_INVITATION_UNKNOWN] = "unknown",
    };
    const b2b_invitation_view_t *view = visit->invitation;
    const b2b_identity_t *identity = b2b_visit_identity_whole(visit, r);
    apr_table_t *variables = r->subprocess_env;
    int open = view && view->page == B2B_INVITATION_OPEN;

    apr_table_setn(variables, "B2B_INVITATION_STATE",
                   visit->invitation_word ? visit->invitation_word
                                          : words[view ? view->page : B2B_INVITATION_UNKNOWN]);
    apr_table_setn(variables, "B2B_INVITATION_EMAIL", view && view->email ? view->email : "");
    apr_table_setn(variables, "B2B_INVITATION_INVITER", view && view->inviter ? view->inviter : "");
    apr_table_setn(variables, "B2B_INVITATION_PARTNER", view && view->partner ? view->partner : "");
    apr_table_setn(variables, "B2B_INVITATION_TOKEN", open && visit->token ? visit->token : "");
    apr_table_setn(variables, "B2B_SIGNED_IN_EMAIL",
                   identity && identity->email ? identity->email : "");
}
