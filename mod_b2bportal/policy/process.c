/* SPDX-License-Identifier: Apache-2.0 */
/* Shares and processes: who may see, open and start them (S6, S8, S9), and who may change them. */

#include <string.h>

#include "policy_private.h"

int b2b_policy_same(const char *a, const char *b)
{
    return a && b && strcmp(a, b) == 0;
}

/* Does the member's own partner hold SHARED? */
static int is_held(const b2b_principal_t *principal, const b2b_snapshot_shared_process_t *shared)
{
    return shared && b2b_policy_same(shared->partner_id, principal->partner_id);
}

/* Is the member one of those who may start instances, if anybody may? */
static b2b_decision_t creator(const b2b_principal_t *principal,
                              const b2b_snapshot_shared_process_t *shared)
{
    int i;

    if (shared->creators_everyone) {
        return granted(B2B_REASON_GRANTED_EVERYONE);
    }
    if (!shared->creator_groups || shared->creator_groups->nelts == 0) {
        return denied(B2B_REASON_DENIED_NO_GROUP_LEFT);
    }
    for (i = 0; i < shared->creator_groups->nelts; i++) {
        if (b2b_policy_holds(principal->groups,
                             APR_ARRAY_IDX(shared->creator_groups, i, const char *))) {
            return granted(B2B_REASON_GRANTED_GROUP);
        }
    }
    return denied(B2B_REASON_DENIED_NOT_CREATOR);
}

b2b_decision_t b2b_policy_share(b2b_decision_t member, const b2b_principal_t *principal,
                                const b2b_portal_snapshot_t *portal, const char *share_id)
{
    if (!member.granted) {
        return member;
    }
    return b2b_snapshot_grant(portal, principal->partner_id, share_id)
               ? granted(B2B_REASON_GRANTED_SHARED)
               : denied(B2B_REASON_DENIED_NOT_SHARED);
}

b2b_decision_t b2b_policy_process_open(b2b_decision_t member, const b2b_principal_t *principal,
                                       const b2b_snapshot_shared_process_t *shared)
{
    b2b_decision_t open;

    if (!member.granted) {
        return member;
    }
    if (!is_held(principal, shared)) {
        return denied(B2B_REASON_DENIED_NOT_SHARED);
    }
    open = shared->creators_only_open ? creator(principal, shared)
                                      : granted(B2B_REASON_GRANTED_SHARED);
    return b2b_policy_narrow(open, principal, &shared->security, B2B_SECURED_VIEW_OWN);
}

b2b_decision_t b2b_policy_instance_create(b2b_decision_t member, const b2b_principal_t *principal,
                                          const b2b_snapshot_shared_process_t *shared)
{
    b2b_decision_t create;

    if (!member.granted) {
        return member;
    }
    if (!is_held(principal, shared)) {
        return denied(B2B_REASON_DENIED_NOT_SHARED);
    }
    create = shared->allow_create ? creator(principal, shared) : denied(B2B_REASON_DENIED_CREATION);
    return b2b_policy_narrow(create, principal, &shared->security, B2B_SECURED_CREATE);
}

b2b_instances_e b2b_policy_instances(b2b_decision_t member, const b2b_principal_t *principal,
                                     const b2b_snapshot_shared_process_t *shared)
{
    if (!member.granted || !is_held(principal, shared) ||
        !b2b_policy_secured(principal, &shared->security, B2B_SECURED_VIEW_OWN)) {
        return B2B_INSTANCES_NONE;
    }
    return shared->all_forms && b2b_policy_process_open(member, principal, shared).granted &&
                   b2b_policy_secured(principal, &shared->security, B2B_SECURED_VIEW)
               ? B2B_INSTANCES_ALL
               : B2B_INSTANCES_OWN;
}

int b2b_policy_waits(b2b_decision_t member, const b2b_principal_t *principal,
                     const b2b_snapshot_shared_process_t *shared)
{
    return b2b_policy_instances(member, principal, shared) != B2B_INSTANCES_NONE &&
           b2b_policy_secured(principal, &shared->security, B2B_SECURED_WORK);
}

/* The host's side ---------------------------------------------------------------------------------- */

int b2b_policy_is_host(const b2b_principal_t *principal, const char *kind, const char *id)
{
    if (principal->kind != B2B_PRINCIPAL_HOST_USER || !kind || !id) {
        return 0;
    }
    if (strcmp(kind, "host_user") == 0) {
        return b2b_policy_same(principal->id, id);
    }
    return strcmp(kind, "host_group") == 0 && b2b_policy_holds(principal->groups, id);
}

int b2b_policy_administers(const b2b_principal_t *principal,
                           const apr_array_header_t *administrators)
{
    int i;

    for (i = 0; administrators && i < administrators->nelts; i++) {
        const b2b_host_ref_t *ref = &APR_ARRAY_IDX(administrators, i, b2b_host_ref_t);

        if (b2b_policy_is_host(principal, ref->kind, ref->id)) {
            return 1;
        }
    }
    return 0;
}

b2b_decision_t b2b_policy_process(b2b_decision_t host, const b2b_principal_t *principal,
                                  const apr_array_header_t *administrators, int write)
{
    b2b_decision_t role = b2b_policy_right(host, principal,
                                           write ? B2B_RIGHT_PROCESSES_WRITE
                                                 : B2B_RIGHT_PROCESSES_READ);

    if (!host.granted || role.granted || !b2b_policy_administers(principal, administrators)) {
        return role;
    }
    return granted(B2B_REASON_GRANTED_PROCESS_ADMINISTRATOR);
}
