/* SPDX-License-Identifier: Apache-2.0 */
/* Who am I, and where: the session. */

#include "private.h"

#include <apr_strings.h>

#include "resources.h"

static const char *sign_out_url(const b2b_call_t *call)
{
    const char *back = apr_pstrcat(call->pool, call->request->origin, "/signed-out", NULL);

    return apr_pstrcat(call->pool, "/oidc/callback?logout=", b2b_text_escape_url(back, call->pool),
                       NULL);
}

static const char *const right_words[B2B_RIGHT_COUNT] = {
    [B2B_RIGHT_CONSOLE] = "console",
    [B2B_RIGHT_SETTINGS_READ] = "settings_read",
    [B2B_RIGHT_SETTINGS_WRITE] = "settings_write",
    [B2B_RIGHT_HOST_USERS_READ] = "host_users_read",
    [B2B_RIGHT_HOST_USERS_WRITE] = "host_users_write",
    [B2B_RIGHT_PORTALS_READ] = "portals_read",
    [B2B_RIGHT_PORTALS_WRITE] = "portals_write",
    [B2B_RIGHT_DASHBOARDS_READ] = "dashboards_read",
    [B2B_RIGHT_DASHBOARDS_WRITE] = "dashboards_write",
    [B2B_RIGHT_PROCESSES_READ] = "processes_read",
    [B2B_RIGHT_PROCESSES_WRITE] = "processes_write",
    [B2B_RIGHT_SHARES_READ] = "shares_read",
    [B2B_RIGHT_SHARES_WRITE] = "shares_write",
    [B2B_RIGHT_INSTANCES_READ] = "instances_read",
    [B2B_RIGHT_BIN_READ] = "bin_read",
    [B2B_RIGHT_BIN_WRITE] = "bin_write",
    [B2B_RIGHT_MAIL_READ] = "mail_read",
    [B2B_RIGHT_MAIL_WRITE] = "mail_write",
    [B2B_RIGHT_AUDIT_READ] = "audit_read",
    [B2B_RIGHT_PORTAL_AUDIT_READ] = "portal_audit_read",
};

static b2b_json_t *rights_json(const b2b_call_t *call)
{
    b2b_decision_t host = b2b_policy_host_user(call->site->issuers, call->request->identity,
                                               call->request->principal);
    b2b_json_t *rights = b2b_json_array(call->pool);
    int right;

    for (right = 0; right < B2B_RIGHT_COUNT; right++) {
        if (b2b_policy_right(host, call->request->principal, (b2b_right_e)right).granted) {
            b2b_json_append(rights, b2b_json_string(right_words[right], call->pool));
        }
    }
    return rights;
}

b2b_error_t *b2b_session_console(b2b_call_t *call)
{
    b2b_json_t *json = b2b_json_object(call->pool);
    b2b_json_t *host = b2b_json_object(call->pool);
    apr_array_header_t *administered;
    b2b_settings_t *settings;
    b2b_host_user_t *user;

    B2B_ERR(b2b_settings_get(&settings, call->conn, call->pool, call->pool));
    B2B_ERR(
        b2b_host_user_get(&user, call->conn, call->request->principal->id, call->pool, call->pool));
    if (!user) {
        return b2b_call_not_found(call, "host user");
    }
    B2B_ERR(
        b2b_processes_administered(&administered, call->conn, user->id, call->pool, call->pool));
    b2b_json_set_string(host, "name", settings->organisation_name);
    b2b_json_set_string(host, "logo_url",
                        settings->logo
                            ? apr_pstrcat(call->pool, "/brand/logo?v=",
                                          apr_pstrndup(call->pool, settings->logo, 8), NULL)
                            : NULL);
    b2b_json_set_contact(host, settings->contact_name, settings->contact_email, call->pool);
    b2b_json_set_string(host, "locale", settings->locale);

    b2b_json_set_string(json, "side", "console");
    b2b_json_set(json, "user", b2b_host_user_json(call, user));
    b2b_json_set(json, "rights", rights_json(call));
    b2b_json_set_bool(json, "administers_processes", administered->nelts > 0);
    b2b_json_set(json, "host", host);
    b2b_json_set_string(json, "portal_domain", call->site->domain);
    b2b_json_set_string(json, "console_url", call->site->url);
    b2b_json_set_string(json, "portal_url_template",
                        b2b_site_portal_url(call->site, "{technical_name}", call->pool));
    b2b_json_set_string(json, "sign_out_url", sign_out_url(call));
    b2b_call_answer(call, 200, json, 0);
    return NULL;
}

/* The portal's side ---------------------------------------------------------------------------- */

/*
 * The first digits of the file make an address that changes with the image, so that caches may keep
 * it.
 */
static const char *brand_url(const char *what, const char *file, apr_pool_t *pool)
{
    return file ? apr_pstrcat(pool, "/brand/", what, "?v=", apr_pstrndup(pool, file, 8), NULL)
                : NULL;
}

b2b_json_t *b2b_portal_brand_json(b2b_call_t *call, const b2b_portal_snapshot_t *portal)
{
    b2b_json_t *json = b2b_json_object(call->pool);

    b2b_json_set_string(json, "technical_name", portal->technical_name);
    b2b_json_set_string(json, "name", portal->name);
    b2b_json_set_string(json, "color", portal->color);
    b2b_json_set_string(json, "logo_url", brand_url("logo", portal->logo, call->pool));
    b2b_json_set_string(json, "home_cover_url", brand_url("cover", portal->home_cover, call->pool));
    b2b_json_set_contact(json, portal->contact_name, portal->contact_email, call->pool);
    b2b_json_set_string(json, "url",
                        b2b_site_portal_url(call->site, portal->technical_name, call->pool));
    return json;
}

static b2b_json_t *me_json(b2b_call_t *call, const b2b_member_t *member, int wants_mail)
{
    b2b_json_t *json = b2b_json_object(call->pool);
    b2b_json_t *groups = b2b_json_array(call->pool);
    int i;

    for (i = 0; member->groups && i < member->groups->nelts; i++) {
        b2b_json_append(groups,
                        b2b_json_string(APR_ARRAY_IDX(member->groups, i, b2b_member_group_t).name,
                                        call->pool));
    }
    b2b_json_set_string(json, "id", member->id);
    b2b_json_set_string(json, "email", member->email);
    b2b_json_set_string(json, "first_name", member->first_name);
    b2b_json_set_string(json, "last_name", member->last_name);
    b2b_json_set_string(json, "role", b2b_member_role_word(member->role));
    b2b_json_set_string(json, "partner_id", member->partner_id);
    b2b_json_set_string(json, "partner_name", member->partner_name);
    b2b_json_set(json, "groups", groups);
    b2b_json_set_string(json, "locale",
                        member->locale ? member->locale : call->request->portal->locale);
    b2b_json_set_bool(json, "mail_assignments", wants_mail);
    b2b_json_set_time(json, "last_sign_in_at", member->last_sign_in_at);
    b2b_json_set_etag(json, member->version, call->pool);
    return json;
}

b2b_error_t *b2b_myself_get(b2b_json_t **json, b2b_member_t **member, int *wants_mail,
                            b2b_call_t *call)
{
    const b2b_principal_t *principal = call->request->principal;

    B2B_ERR(b2b_member_get(member, call->conn, principal->portal_id, principal->id, call->pool,
                           call->pool));
    if (!*member) {
        return b2b_call_not_found(call, "member");
    }
    B2B_ERR(b2b_assignment_mail_wanted(wants_mail, call->conn, principal, call->pool));
    *json = me_json(call, *member, *wants_mail);
    return NULL;
}

b2b_error_t *b2b_session_portal(b2b_call_t *call)
{
    b2b_json_t *json = b2b_json_object(call->pool);
    b2b_member_t *member;
    b2b_json_t *me;
    int wants_mail;

    B2B_ERR(b2b_myself_get(&me, &member, &wants_mail, call));
    b2b_json_set_string(json, "side", "portal");
    b2b_json_set(json, "member", me);
    b2b_json_set(json, "portal", b2b_portal_brand_json(call, call->request->portal));
    b2b_json_set_string(json, "host_name", call->request->portal->host_name);
    b2b_json_set_string(json, "sign_out_url", sign_out_url(call));
    b2b_call_answer(call, 200, json, 0);
    return NULL;
}
