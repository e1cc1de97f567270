/* SPDX-License-Identifier: Apache-2.0 */
/* May whoever is to be told of a form work on it, as the security of its process is now? */

#include <stdlib.h>
#include <string.h>

#include "base/chance.h"
#include "jobs_int.h"
#include "policy/policy.h"

static b2b_error_t *member_may(int *may, const b2b_portal_snapshot_t *portal,
                               const b2b_instance_t *instance, const char *id, b2b_db_conn_t *conn,
                               apr_pool_t *pool)
{
    b2b_principal_t *principal;
    b2b_identity_t *identity;

    B2B_ERR(b2b_principal_of_member(&principal, &identity, conn, portal->id, id, pool, pool));
    *may = principal &&
           b2b_policy_waits(b2b_policy_member(portal, identity, principal, b2b_clock_now()),
                            principal,
                            b2b_snapshot_shared_process(portal, instance->partner_id,
                                                        instance->share_id, instance->process_id));
    return NULL;
}

static int compare_ids(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static b2b_error_t *host_user_may(int *may, const b2b_instance_t *instance, const char *id,
                                  b2b_db_conn_t *conn, apr_pool_t *pool)
{
    b2b_principal_t principal = {.kind = B2B_PRINCIPAL_HOST_USER, .id = id};
    b2b_process_security_t security;
    apr_array_header_t *groups;
    b2b_host_user_t *user;
    int i;

    B2B_ERR(b2b_host_user_get(&user, conn, id, pool, pool));
    if (!user) {
        return NULL;
    }
    groups = apr_array_make(pool, user->groups->nelts + 1, sizeof(const char *));
    for (i = 0; i < user->groups->nelts; i++) {
        APR_ARRAY_PUSH(groups, const char *) = APR_ARRAY_IDX(user->groups, i, b2b_ref_t).id;
    }
    qsort(groups->elts, (size_t)groups->nelts, sizeof(const char *), compare_ids);
    principal.groups = groups;
    B2B_ERR(b2b_instance_security(&security, conn, instance->portal_id, instance->id, pool, pool));
    *may = b2b_policy_secured(&principal, &security, B2B_SECURED_WORK);
    return NULL;
}

b2b_error_t *b2b_assigned_may_work(int *may, b2b_db_conn_t *conn,
                                   const b2b_portal_snapshot_t *portal, const char *instance_id,
                                   const char *kind, const char *id, apr_pool_t *pool)
{
    b2b_instance_t *instance;

    *may = 0;
    B2B_ERR(b2b_instance_get(&instance, conn, portal->id, instance_id, pool, pool));
    if (!instance) {
        return NULL;
    }
    return strcmp(kind, "member") == 0 ? member_may(may, portal, instance, id, conn, pool)
                                       : host_user_may(may, instance, id, conn, pool);
}
