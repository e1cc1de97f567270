/* SPDX-License-Identifier: Apache-2.0 */
/* What logs, CGI programs, back ends and other modules get to know about the visitor. */

#include "httpd/module.h"

#include <apr_strings.h>

static const char *host_roles(int roles, apr_pool_t *pool)
{
    apr_array_header_t *words = apr_array_make(pool, 6, sizeof(const char *));

    for (int bit = 0; bit < 6; bit++) {
        if (roles & (1 << bit)) {
            APR_ARRAY_PUSH(words, const char *) = b2b_host_role_word((b2b_host_role_e)(1 << bit));
        }
    }
    return apr_array_pstrcat(pool, words, ',');
}

int b2b_fixups_hook(request_rec *r)
{
    b2b_visit_t *visit = b2b_visit_of(r);
    apr_table_t *environment = r->subprocess_env;

    if (!visit) {
        return DECLINED;
    }
    if (visit->technical_name) {
        apr_table_setn(environment, "B2B_PORTAL", visit->technical_name);
    }
    if (visit->claims) {
        /* A token is worth more than a name: nobody behind this server needs it. */
        apr_table_unset(visit->claims, "OIDC_access_token");
        apr_table_unset(visit->claims, "OIDC_access_token_expires");
        apr_table_unset(visit->claims, "OIDC_refresh_token");
        apr_table_unset(visit->claims, "OIDC_id_token");
    }
    if (visit->has_decision && visit->decision.granted) {
        const b2b_principal_t *principal = visit->person->principal;

        if (principal->kind == B2B_PRINCIPAL_MEMBER) {
            apr_table_setn(environment, "B2B_MEMBER", principal->id);
            apr_table_setn(environment, "B2B_PARTNER", principal->partner_id);
            apr_table_setn(environment, "B2B_ROLE", b2b_member_role_word(principal->role));
            apr_table_setn(environment, "B2B_GROUPS", visit->person->groups);
        }
        else {
            apr_table_setn(environment, "B2B_HOST_USER", principal->id);
            apr_table_setn(environment, "B2B_ROLE", host_roles(principal->host_roles, r->pool));
        }
        apr_table_setn(environment, "B2B_EMAIL", principal->email);
    }
    return OK;
}
