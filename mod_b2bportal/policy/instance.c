/* SPDX-License-Identifier: Apache-2.0 */
/* Instances and their forms, as members see them (S7, S9). */

#include <string.h>

#include "policy_private.h"

/* Is this owner the member, one of their groups or their partner? */
static int is_member(const b2b_principal_t *principal, const char *kind, const char *id)
{
    if (principal->kind != B2B_PRINCIPAL_MEMBER || !kind || !id) {
        return 0;
    }
    if (strcmp(kind, "member") == 0) {
        return b2b_policy_same(principal->id, id);
    }
    if (strcmp(kind, "group") == 0) {
        return b2b_policy_holds(principal->groups, id);
    }
    return strcmp(kind, "partner") == 0 && b2b_policy_same(principal->partner_id, id);
}

#define ANY_FORM (-1)

/* Does the principal own FORM, or ANY_FORM? */
static int owns(const b2b_principal_t *principal, const b2b_instance_facts_t *facts, int form)
{
    int i;

    for (i = 0; facts->owners && i < facts->owners->nelts; i++) {
        const b2b_instance_owner_t *owner = &APR_ARRAY_IDX(facts->owners, i, b2b_instance_owner_t);

        if (owner->form >= 0 && owner->form < facts->form_count &&
            (form == ANY_FORM || owner->form == form) &&
            (is_member(principal, owner->kind, owner->principal_id) ||
             b2b_policy_is_host(principal, owner->kind, owner->principal_id))) {
            return 1;
        }
    }
    return 0;
}

int b2b_policy_owns(const b2b_principal_t *principal, const b2b_instance_facts_t *facts, int form)
{
    return principal && facts && form >= 0 && owns(principal, facts, form);
}

int b2b_policy_owns_any(const b2b_principal_t *principal, const b2b_instance_facts_t *facts)
{
    return owns(principal, facts, ANY_FORM);
}

int b2b_policy_is_current(const b2b_instance_facts_t *facts, int form)
{
    return !facts->completed && form >= 0 && form < facts->form_count && form < B2B_FORMS_MAX &&
           (facts->current_forms >> form & 1);
}

int b2b_policy_owns_current(const b2b_principal_t *principal, const b2b_instance_facts_t *facts)
{
    int form;

    for (form = 0; form < B2B_FORMS_MAX; form++) {
        if (b2b_policy_is_current(facts, form) && b2b_policy_owns(principal, facts, form)) {
            return 1;
        }
    }
    return 0;
}

int b2b_policy_created(const b2b_principal_t *principal, const b2b_instance_facts_t *facts)
{
    const char *kind = principal->kind == B2B_PRINCIPAL_MEMBER      ? "member"
                       : principal->kind == B2B_PRINCIPAL_HOST_USER ? "host_user"
                                                                    : NULL;

    return b2b_policy_same(facts->created_by_kind, kind) &&
           b2b_policy_same(facts->created_by, principal->id);
}

/* Is the instance one of the member's partner, in a process of a share that the partner holds? */
static int is_ours(const b2b_principal_t *principal, const b2b_snapshot_shared_process_t *shared,
                   const b2b_instance_facts_t *facts)
{
    return shared && facts && b2b_policy_same(facts->portal_id, principal->portal_id) &&
           b2b_policy_same(facts->partner_id, principal->partner_id) &&
           b2b_policy_same(facts->partner_id, shared->partner_id) &&
           b2b_policy_same(facts->share_id, shared->share_id) &&
           b2b_policy_same(facts->process_id, shared->process_id);
}

b2b_decision_t b2b_policy_instance_read(b2b_decision_t member, const b2b_principal_t *principal,
                                        const b2b_snapshot_shared_process_t *shared,
                                        const b2b_instance_facts_t *facts)
{
    b2b_decision_t open;

    if (!member.granted) {
        return member;
    }
    if (!is_ours(principal, shared, facts)) {
        return denied(B2B_REASON_DENIED_NOT_SHARED);
    }
    if (facts->deleted) {
        return denied(B2B_REASON_DENIED_DELETED);
    }
    if (!b2b_policy_secured(principal, &shared->security, B2B_SECURED_VIEW_OWN)) {
        return denied(B2B_REASON_DENIED_SECURITY);
    }
    if (b2b_policy_created(principal, facts)) {
        return granted(B2B_REASON_GRANTED_CREATOR);
    }
    if (b2b_policy_owns_any(principal, facts)) {
        return granted(B2B_REASON_GRANTED_OWNER);
    }
    if (!shared->all_forms) {
        return denied(B2B_REASON_DENIED_NOT_OWNER);
    }
    open = b2b_policy_process_open(member, principal, shared);
    return open.granted ? b2b_policy_narrow(granted(B2B_REASON_GRANTED_ALL_FORMS), principal,
                                            &shared->security, B2B_SECURED_VIEW)
                        : open;
}

b2b_decision_t b2b_policy_form_read(b2b_decision_t member, const b2b_principal_t *principal,
                                    const b2b_snapshot_shared_process_t *shared,
                                    const b2b_instance_facts_t *facts, int form)
{
    b2b_decision_t read = b2b_policy_instance_read(member, principal, shared, facts);

    if (!read.granted) {
        return read;
    }
    if (form < 0 || form >= facts->form_count) {
        return denied(B2B_REASON_DENIED_NOT_OWNER);
    }
    if (b2b_policy_owns(principal, facts, form)) {
        return granted(B2B_REASON_GRANTED_OWNER);
    }
    if (shared->all_forms) {
        return granted(B2B_REASON_GRANTED_ALL_FORMS);
    }
    /* The creator always sees own instances: what they began with, even where others own it. */
    return form == 0 && b2b_policy_created(principal, facts) ? granted(B2B_REASON_GRANTED_CREATOR)
                                                             : denied(B2B_REASON_DENIED_NOT_OWNER);
}

/*
 * Does the member own FORM, or is an action of KIND of it given to them, who see it? Of an instance that they see, and of a
 * form that is current.
 */
static b2b_decision_t works_on(b2b_decision_t member, const b2b_principal_t *principal,
                               const b2b_snapshot_shared_process_t *shared,
                               const b2b_instance_facts_t *facts, b2b_action_kind_e kind, int form)
{
    if (b2b_policy_owns(principal, facts, form)) {
        return granted(B2B_REASON_GRANTED_OWNER);
    }
    return b2b_policy_given_any(principal, facts, kind, form) &&
                   b2b_policy_form_read(member, principal, shared, facts, form).granted
               ? granted(B2B_REASON_GRANTED_ACTION)
               : denied(B2B_REASON_DENIED_NOT_OWNER);
}

b2b_decision_t b2b_policy_form_edit(b2b_decision_t member, const b2b_principal_t *principal,
                                    const b2b_snapshot_shared_process_t *shared,
                                    const b2b_instance_facts_t *facts, int form)
{
    b2b_decision_t read = b2b_policy_instance_read(member, principal, shared, facts);
    b2b_decision_t edit;

    if (!read.granted) {
        return read;
    }
    if (facts->completed) {
        return denied(B2B_REASON_DENIED_COMPLETED);
    }
    if (!b2b_policy_is_current(facts, form)) {
        return denied(B2B_REASON_DENIED_NOT_CURRENT);
    }
    /* The creator of a first form that names nobody is its owner by a row of their own. There is no other
     * way in but an action that names them: a first form whose owners are all gone must not fall to anybody (S6). */
    edit = works_on(member, principal, shared, facts, B2B_ACTION_EDIT, form);
    return b2b_policy_narrow(edit, principal, &shared->security, B2B_SECURED_WORK);
}

/* What the process's own rule says. */
static b2b_decision_t rule(const b2b_principal_t *principal, const b2b_process_security_t *security,
                           const b2b_instance_facts_t *facts)
{
    const char *word = facts->delete_rule ? facts->delete_rule : "";

    if (strcmp(word, "anyone") == 0) {
        return granted(B2B_REASON_GRANTED_ANYONE);
    }
    if (strcmp(word, "creator") == 0 && b2b_policy_created(principal, facts)) {
        return granted(B2B_REASON_GRANTED_CREATOR);
    }
    if (strcmp(word, "form_owner") == 0 && b2b_policy_owns_current(principal, facts)) {
        return granted(B2B_REASON_GRANTED_OWNER);
    }
    if (strcmp(word, "security_users") == 0 && b2b_policy_security_user(principal, security)) {
        return granted(B2B_REASON_GRANTED_SECURITY_USER);
    }
    /* "administrators" are the host's; what is none of the five words is nobody's. */
    return denied(B2B_REASON_DENIED_DELETION_RULE);
}

b2b_decision_t b2b_policy_instance_delete(b2b_decision_t member, const b2b_principal_t *principal,
                                          const b2b_snapshot_shared_process_t *shared,
                                          const b2b_instance_facts_t *facts)
{
    b2b_decision_t read = b2b_policy_instance_read(member, principal, shared, facts);
    b2b_decision_t may;

    if (!read.granted) {
        return read;
    }
    may = shared->allow_delete ? rule(principal, &shared->security, facts)
                               : denied(B2B_REASON_DENIED_DELETION_NOT_SHARED);
    return b2b_policy_narrow(may, principal, &shared->security, B2B_SECURED_WORK);
}

b2b_decision_t b2b_policy_instance_comment(b2b_decision_t member, const b2b_principal_t *principal,
                                           const b2b_snapshot_shared_process_t *shared,
                                           const b2b_instance_facts_t *facts)
{
    b2b_decision_t read = b2b_policy_instance_read(member, principal, shared, facts);

    if (!read.granted) {
        return read;
    }
    return b2b_policy_narrow(read, principal, &shared->security, B2B_SECURED_WORK);
}

b2b_decision_t b2b_policy_instance_reassign(b2b_decision_t member, const b2b_principal_t *principal,
                                            const b2b_snapshot_shared_process_t *shared,
                                            const b2b_instance_facts_t *facts, int form)
{
    b2b_decision_t read = b2b_policy_instance_read(member, principal, shared, facts);
    b2b_decision_t may;

    if (!read.granted) {
        return read;
    }
    if (facts->completed) {
        return denied(B2B_REASON_DENIED_COMPLETED);
    }
    if (!b2b_policy_is_current(facts, form)) {
        return denied(B2B_REASON_DENIED_NOT_CURRENT);
    }
    may = works_on(member, principal, shared, facts, B2B_ACTION_REASSIGN, form);
    return b2b_policy_narrow(may, principal, &shared->security, B2B_SECURED_WORK);
}
