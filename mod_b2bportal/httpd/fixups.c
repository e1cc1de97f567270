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

/*
 * In the initial request nobody has set our variables yet, and adding spares a search among names that begin
 * alike; a sub-request starts with a copy of its parent's.
 */
static void set(request_rec *r, const char *name, const char *value)
{
    if (r->main || r->prev) {
        apr_table_setn(r->subprocess_env, name, value);
    }
    else {
        apr_table_addn(r->subprocess_env, name, value);
    }
}

int b2b_fixups_hook(request_rec *r)
{
    b2b_visit_t *visit = b2b_visit_of(r);

    if (!visit) {
        return DECLINED;
    }
    if (visit->technical_name) {
        set(r, "B2B_PORTAL", visit->technical_name);
    }
    /* Also where no line of ours asked: it takes the tokens out of the environment. */
    b2b_visit_identity(visit, r);
    if (visit->has_decision && visit->decision.granted) {
        const b2b_principal_t *principal = visit->person->principal;

        if (principal->kind == B2B_PRINCIPAL_MEMBER) {
            set(r, "B2B_MEMBER", principal->id);
            set(r, "B2B_PARTNER", principal->partner_id);
            set(r, "B2B_ROLE", b2b_member_role_word(principal->role));
            set(r, "B2B_GROUPS", visit->person->groups);
        }
        else {
            set(r, "B2B_HOST_USER", principal->id);
            set(r, "B2B_ROLE", host_roles(principal->host_roles, r->pool));
        }
        set(r, "B2B_EMAIL", principal->email);
    }
    return OK;
}
