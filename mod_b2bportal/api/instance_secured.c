/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What process security leaves of lists and notices. Of a member the portal's snapshot says so for a whole shared
 * process. Of a host user it depends on what each partner holds: it is looked up instance by instance, but only
 * for processes that have a published version with security at all.
 */

#include "private.h"

#include <string.h>

#include "instances_private.h"

struct b2b_secured_t {
    b2b_call_t *call;
    apr_hash_t *processes; /* id → "yes" or "": has a version with security */
    const b2b_instance_query_t *query;
};

b2b_secured_t *b2b_secured_create(b2b_call_t *call)
{
    b2b_secured_t *secured = apr_pcalloc(call->pool, sizeof(*secured));

    secured->call = call;
    secured->processes = apr_hash_make(call->pool);
    return secured;
}

static b2b_error_t *has_security(int *has, b2b_secured_t *secured, const char *process_id)
{
    const b2b_call_t *call = secured->call;
    const char *known = apr_hash_get(secured->processes, process_id, APR_HASH_KEY_STRING);

    if (!known) {
        B2B_ERR(b2b_process_has_security(has, call->conn, process_id, call->pool));
        known = *has ? "yes" : "";
        apr_hash_set(secured->processes, process_id, APR_HASH_KEY_STRING, known);
    }
    *has = *known != '\0';
    return NULL;
}

/* May the host user do WHAT with an instance of which they own a form? */
static b2b_error_t *host_may(int *may, b2b_secured_t *secured, const char *portal_id,
                             const char *id, const char *process_id, b2b_secured_e what)
{
    const b2b_call_t *call = secured->call;
    b2b_process_security_t security;
    int has;

    B2B_ERR(has_security(&has, secured, process_id));
    *may = !has;
    if (has) {
        B2B_ERR(
            b2b_instance_security(&security, call->conn, portal_id, id, call->pool, call->pool));
        *may = b2b_policy_secured(call->request->principal, &security, what);
    }
    return NULL;
}

b2b_error_t *b2b_instance_workable(int *may, b2b_secured_t *secured, const char *portal_id,
                                   const char *id, const char *share_id, const char *process_id)
{
    const b2b_request_t *request = secured->call->request;

    if (request->side == B2B_SIDE_CONSOLE) {
        return host_may(may, secured, portal_id, id, process_id, B2B_SECURED_WORK);
    }
    *may = b2b_policy_waits(b2b_policy_member(request->portal, request->identity,
                                              request->principal, request->now),
                            request->principal,
                            b2b_snapshot_shared_process(request->portal,
                                                        request->principal->partner_id, share_id,
                                                        process_id));
    return NULL;
}

static int administers(const b2b_instance_query_t *query, const char *process_id)
{
    int i;

    for (i = 0; query->processes && i < query->processes->nelts; i++) {
        if (strcmp(APR_ARRAY_IDX(query->processes, i, const char *), process_id) == 0) {
            return 1;
        }
    }
    return 0;
}

static b2b_error_t *is_hidden(int *hidden, void *baton, const char *portal_id, const char *id,
                              const char *process_id)
{
    b2b_secured_t *secured = baton;
    const b2b_instance_query_t *query = secured->query;
    int may;

    *hidden = 0;
    if (!query->waiting && administers(query, process_id)) {
        return NULL;
    }
    B2B_ERR(host_may(&may, secured, portal_id, id, process_id,
                     query->waiting ? B2B_SECURED_WORK : B2B_SECURED_VIEW_OWN));
    *hidden = !may;
    return NULL;
}

void b2b_instance_query_secure(b2b_instance_query_t *query, b2b_secured_t *secured)
{
    /* Who sees all of them, or looks for what waits for nobody, sees it by a role or as an administrator. */
    if (!query->pairs && (query->waiting || !query->all) && !query->stuck) {
        secured->query = query;
        query->is_hidden = is_hidden;
        query->hidden_baton = secured;
    }
}
