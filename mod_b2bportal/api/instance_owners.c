/* SPDX-License-Identifier: Apache-2.0 */
/* To whom a form of an instance is given: the owners that a body names, and whether each can be one. */

#include "private.h"

#include <string.h>

#include <apr_strings.h>

#include "instances_private.h"

apr_array_header_t *b2b_instance_owners_read(const b2b_call_t *call,
                                             const b2b_instance_seen_t *seen, int form,
                                             b2b_instance_people_t *people)
{
    const b2b_json_t *array = b2b_json_get(call->body, "owners");
    apr_array_header_t *owners = apr_array_make(call->pool, 8, sizeof(b2b_instance_owner_t));
    apr_size_t i;

    for (i = 0; i < b2b_json_length(array); i++) {
        b2b_instance_owner_t *owner = apr_array_push(owners);

        owner->form = form;
        owner->kind = b2b_json_get_string(b2b_json_at(array, i), "kind");
        owner->principal_id = b2b_json_get_string(b2b_json_at(array, i), "id");
        if (!owner->principal_id && strcmp(owner->kind, "partner") == 0) {
            owner->principal_id = seen->instance->partner_id;
        }
        if (owner->principal_id) {
            b2b_instance_people_add(people, owner->kind, owner->principal_id);
        }
    }
    return owners;
}

/*
 * May who asks give the form to OWNER? A member only to people and groups of the own partner: a group that has
 * nobody of the partner is not there for it (S7).
 */
static b2b_error_t *may_own(int *may, const b2b_call_t *call, const b2b_instance_seen_t *seen,
                            const b2b_instance_owner_t *owner, const b2b_instance_people_t *people)
{
    const char *partner = seen->instance->partner_id;
    const b2b_instance_person_t *known;

    *may = FALSE;
    if (!owner->principal_id ||
        (b2b_instance_kind_is_host(owner->kind) && call->request->side == B2B_SIDE_PORTAL)) {
        return NULL;
    }
    if (strcmp(owner->kind, "partner") == 0) {
        *may = strcmp(owner->principal_id, partner) == 0;
        return NULL;
    }
    known = b2b_instance_people_get(people, owner->kind, owner->principal_id);
    *may = known && known->there &&
           (strcmp(owner->kind, "member") != 0 ||
            (known->partner_id && strcmp(known->partner_id, partner) == 0));
    return *may && strcmp(owner->kind, "group") == 0
               ? b2b_instance_group_has(may, call->conn, seen->instance->portal_id,
                                        owner->principal_id, partner, call->pool)
               : NULL;
}

/* What is said of an owner who cannot be one. */
static const char nobody[] = "is nobody to whom this form can be given.";
static const char kept[] =
    "names nobody who can work on it: the process is left to its security users.";

/*
 * The security that decides about members of INSTANCE's partner; NULL where the partner does not hold the process any
 * more. A console has no snapshot at hand, and reads the portal's when a form is given to members.
 */
static b2b_error_t *member_security(const b2b_process_security_t **security, const b2b_call_t *call,
                                    const b2b_instance_seen_t *seen)
{
    const b2b_snapshot_shared_process_t *shared = seen->shared;
    const b2b_instance_t *instance = seen->instance;
    b2b_portal_snapshot_t *portal;

    if (call->request->side != B2B_SIDE_PORTAL) {
        B2B_ERR(b2b_portal_snapshot_load(&portal, call->conn, instance->portal_id, call->pool,
                                         call->pool));
        shared = portal ? b2b_snapshot_shared_process(portal, instance->partner_id,
                                                      instance->share_id, instance->process_id)
                        : NULL;
    }
    *security = shared ? &shared->security : NULL;
    return NULL;
}

/*
 * *MAY anybody whom OWNER names work, as far as security leaves it? SECURITY is what decides about members, NULL for
 * nobody.
 */
static b2b_error_t *may_work(int *may, const b2b_call_t *call, const b2b_instance_seen_t *seen,
                             const b2b_instance_owner_t *owner,
                             const b2b_process_security_t *security)
{
    int is_host = b2b_instance_kind_is_host(owner->kind);

    security = is_host ? &seen->security : security;
    *may = security && !b2b_policy_keeps(security, B2B_SECURED_WORK);
    if (*may || !security) {
        return NULL;
    }
    return is_host ? b2b_instance_host_owner_secured(may, call->conn, owner, security, call->pool)
                   : b2b_instance_owner_secured(may, call->conn, seen->instance, owner, security,
                                                call->pool);
}

static int has_members(const apr_array_header_t *owners)
{
    int i;

    for (i = 0; i < owners->nelts; i++) {
        if (!b2b_instance_kind_is_host(APR_ARRAY_IDX(owners, i, b2b_instance_owner_t).kind)) {
            return TRUE;
        }
    }
    return FALSE;
}

b2b_error_t *b2b_instance_owners_check(const b2b_call_t *call, const b2b_instance_seen_t *seen,
                                       const apr_array_header_t *owners,
                                       const b2b_instance_people_t *people)
{
    const b2b_process_security_t *security = NULL;
    b2b_error_t *refused = NULL;
    int may, is_there, i;

    if (has_members(owners)) {
        B2B_ERR(member_security(&security, call, seen));
    }
    for (i = 0; i < owners->nelts; i++) {
        const b2b_instance_owner_t *owner = &APR_ARRAY_IDX(owners, i, b2b_instance_owner_t);

        B2B_ERR(may_own(&is_there, call, seen, owner, people));
        may = is_there;
        if (may) {
            B2B_ERR(may_work(&may, call, seen, owner, security));
        }
        if (!may) {
            refused = b2b_errors_join(refused,
                                      b2b_error_invalid(call->pool,
                                                        apr_psprintf(call->pool, "owners/%d/id", i),
                                                        "%s", is_there ? kept : nobody));
        }
    }
    return refused;
}
