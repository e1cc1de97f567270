/* SPDX-License-Identifier: Apache-2.0 */
/* Giving a current form of an instance to others, and deleting an instance, on either side. */

#include "private.h"

#include <string.h>

#include <apr_strings.h>

#include "instances_private.h"
#include "resources.h"

/* Reassigning ------------------------------------------------------------------------------------- */

#define OWNERS_MAX 50

static const char *const modes[] = {"override", "append", NULL};
static const char *const kinds[] = {"member", "group", "partner", "host_user", "host_group", NULL};

static const b2b_rule_t owner_rules[] = {
    B2B_WORD("kind", B2B_RULE_REQUIRED, kinds),
    B2B_OF_KIND("id", B2B_RULE_ID, B2B_RULE_NULLABLE),
    B2B_END,
};
static const b2b_rule_t owner_items[] = {B2B_OBJECT("", 0, owner_rules), B2B_END};

const b2b_rule_t b2b_instance_reassign_rules[] = {
    B2B_LINE("form", 0, 1, B2B_FIELD_NAME_MAX),
    B2B_ARRAY("owners", B2B_RULE_REQUIRED, 1, OWNERS_MAX, owner_items),
    B2B_WORD("mode", 0, modes),
    {"comment", B2B_RULE_LINES, 0, 0, 2000, NULL, NULL},
    B2B_END,
};

/*
 * OWNERS of FORM by name, for the history, which both sides read: of the host it has the name of
 * the organisation.
 */
static const char *names_of(const apr_array_header_t *owners, int form,
                            const b2b_instance_seen_t *seen, const b2b_instance_people_t *people,
                            const char *host, apr_pool_t *pool)
{
    const char *text = "";
    int named = 0;
    int i;

    for (i = 0; i < owners->nelts; i++) {
        const b2b_instance_owner_t *owner = &APR_ARRAY_IDX(owners, i, b2b_instance_owner_t);
        const b2b_instance_person_t *known;
        const char *name;

        if (owner->form != form || (b2b_instance_kind_is_host(owner->kind) && named)) {
            continue;
        }
        known = b2b_instance_people_get(people, owner->kind, owner->principal_id);
        name = b2b_instance_kind_is_host(owner->kind) ? host
               : strcmp(owner->kind, "partner") == 0  ? seen->instance->partner_name
               : known                                ? known->name
                                                      : "";
        named = named || b2b_instance_kind_is_host(owner->kind);
        text = apr_pstrcat(pool, text, *text ? "; " : "", name, NULL);
    }
    return text;
}

static b2b_error_t *host_name(const char **name, const b2b_call_t *call)
{
    b2b_settings_t *settings;

    if (call->request->side == B2B_SIDE_PORTAL) {
        *name = call->request->portal->host_name;
        return NULL;
    }
    B2B_ERR(b2b_settings_get(&settings, call->conn, call->pool, call->pool));
    *name = settings->organisation_name;
    return NULL;
}

/* The form that the body names; without a name the one that this person may give to others. */
static b2b_error_t *find_form(int *form, b2b_call_t *call, const b2b_instance_seen_t *seen)
{
    const char *name = b2b_call_text(call, "form");
    int count = 0, i;

    if (name) {
        return b2b_document_form(seen->document, name, form)
                   ? NULL
                   : b2b_error_invalid(call->pool, "form", "There is no such form.");
    }
    *form = seen->instance->current_form;
    for (i = 0; i < seen->document->forms->nelts; i++) {
        if (b2b_instance_form_reassign(call, seen, i).granted) {
            *form = i;
            count++;
        }
    }
    return count > 1 ? b2b_error_invalid(call->pool, "form",
                                         "Several forms are current: name the one to be given.")
                     : NULL;
}

static b2b_error_t *judge_reassign(b2b_call_t *call, const b2b_instance_seen_t *seen, int form)
{
    b2b_decision_t decision = b2b_instance_form_reassign(call, seen, form);
    int is_completed = decision.reason == B2B_REASON_DENIED_COMPLETED;

    if (!decision.granted && !is_completed && decision.reason != B2B_REASON_DENIED_NOT_CURRENT) {
        return b2b_instance_refused(call, decision);
    }
    B2B_ERR(b2b_call_expect(call, seen->instance->version));
    if (decision.granted) {
        return NULL;
    }
    return is_completed ? b2b_call_conflict(call, "completed",
                                            "The instance is completed; it waits for nobody.")
                        : b2b_call_conflict(call, "not-the-current-form",
                                            "This is not a current form: it waits for nobody now.");
}

const char *b2b_instance_said(const b2b_call_t *call)
{
    const char *text = b2b_call_text(call, "comment");

    return text && strspn(text, " \t\n") < strlen(text) ? text : NULL;
}

b2b_error_t *b2b_instance_say(b2b_call_t *call, const b2b_instance_seen_t *seen)
{
    const char *text = b2b_instance_said(call);
    b2b_comment_t comment = {0};

    if (!text) {
        return NULL;
    }
    comment.portal_id = seen->instance->portal_id;
    comment.instance_id = seen->instance->id;
    comment.author_kind = seen->actor.kind;
    comment.author_id = seen->actor.id;
    comment.author_name = seen->actor.name;
    comment.text = text;
    return b2b_comment_add(call->conn, &comment, call->pool, call->pool);
}

/* Those of OWNERS who did not own the form before. */
static apr_array_header_t *newcomers(const apr_array_header_t *owners,
                                     const apr_array_header_t *before, int form, apr_pool_t *pool)
{
    apr_array_header_t *found = apr_array_make(pool, 4, sizeof(b2b_instance_owner_t));
    int i, k;

    for (i = 0; i < owners->nelts; i++) {
        const b2b_instance_owner_t *owner = &APR_ARRAY_IDX(owners, i, b2b_instance_owner_t);

        for (k = 0; k < before->nelts; k++) {
            const b2b_instance_owner_t *old = &APR_ARRAY_IDX(before, k, b2b_instance_owner_t);

            if (old->form == form && !strcmp(old->kind, owner->kind) &&
                !strcmp(old->principal_id, owner->principal_id)) {
                break;
            }
        }
        if (k == before->nelts) {
            APR_ARRAY_PUSH(found, b2b_instance_owner_t) = *owner;
        }
    }
    return found;
}

/* Write it, and what the history says: who owned the form, and who does now. */
static b2b_error_t *reassign(b2b_call_t *call, b2b_instance_seen_t *seen, int form,
                             const apr_array_header_t *owners, b2b_instance_people_t *people)
{
    const char *mode = b2b_call_text(call, "mode");
    const apr_array_header_t *before = seen->instance->owners;
    b2b_json_t *changes = b2b_json_array(call->pool);
    b2b_json_t *change = b2b_json_object(call->pool);
    const char *host, *was;

    B2B_ERR(host_name(&host, call));
    was = names_of(before, form, seen, people, host, call->pool);
    seen->instance->modified_by = seen->actor;
    B2B_ERR(b2b_instance_update(call->conn, seen->instance, call->version, call->pool));
    B2B_ERR(b2b_instance_reassign(call->conn, seen->instance, form, owners,
                                  !mode || strcmp(mode, "append") != 0, call->pool));
    B2B_ERR(b2b_instance_see_again(seen, call));
    b2b_json_set_string(change, "field", "owners");
    b2b_json_set_string(change, "old", was);
    b2b_json_set_string(change, "new",
                        names_of(seen->instance->owners, form, seen, people, host, call->pool));
    b2b_json_append(changes, change);
    B2B_ERR(b2b_instance_change_add(call->conn, seen->instance->portal_id, seen->instance->id,
                                    &seen->actor, "reassign", form, changes, call->pool));
    return b2b_instance_tell(call, seen, form, newcomers(owners, before, form, call->pool));
}

b2b_error_t *b2b_instances_reassign(b2b_call_t *call)
{
    b2b_instance_people_t *people = b2b_instance_people_create(call->pool);
    b2b_instance_seen_t *seen;
    apr_array_header_t *owners;
    int form, i;

    B2B_ERR(b2b_instance_see(&seen, call));
    B2B_ERR(find_form(&form, call, seen));
    B2B_ERR(judge_reassign(call, seen, form));
    owners = b2b_instance_owners_read(call, seen, form, people);
    for (i = 0; i < seen->instance->owners->nelts; i++) {
        const b2b_instance_owner_t *owner = &APR_ARRAY_IDX(seen->instance->owners, i,
                                                           b2b_instance_owner_t);

        b2b_instance_people_add(people, owner->kind, owner->principal_id);
    }
    B2B_ERR(b2b_instance_people_load(people, call->conn, seen->instance->portal_id, call->pool));
    B2B_ERR(b2b_instance_owners_check(call, seen, owners, people));
    B2B_ERR(reassign(call, seen, form, owners, people));
    B2B_ERR(b2b_instance_say(call, seen));
    B2B_ERR(b2b_act_done(call, "instance", seen->instance->id, seen->instance->reference));
    return b2b_instance_answer(call, 200, seen);
}

/* Deleting ------------------------------------------------------------------------------------------ */

b2b_error_t *b2b_instances_delete(b2b_call_t *call)
{
    const b2b_principal_t *principal = call->request->principal;
    b2b_instance_seen_t *seen;
    b2b_decision_t decision;

    B2B_ERR(b2b_instance_see(&seen, call));
    decision = call->request->side == B2B_SIDE_PORTAL
                   ? b2b_policy_instance_delete(seen->person, principal, seen->shared, &seen->facts)
                   : b2b_instance_host_may(call, seen, B2B_INSTANCE_DELETE);
    if (!decision.granted) {
        return b2b_instance_refused(call, decision);
    }
    B2B_ERR(b2b_call_expect(call, seen->instance->version));
    B2B_ERR(
        b2b_instance_delete(call->conn, seen->instance, call->version, &seen->actor, call->pool));
    B2B_ERR(b2b_assignment_cancel(call->conn, seen->instance->portal_id, seen->instance->id,
                                  call->pool));
    B2B_ERR(b2b_instance_change_add(call->conn, seen->instance->portal_id, seen->instance->id,
                                    &seen->actor, "delete", seen->instance->current_form, NULL,
                                    call->pool));
    B2B_ERR(b2b_act_done(call, "instance", seen->instance->id, seen->instance->reference));
    b2b_call_answer(call, 204, NULL, 0);
    return NULL;
}
