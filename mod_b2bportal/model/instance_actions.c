/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What actions of forms need of an instance, and its way back to an earlier form. The owners of a form that was submitted
 * stay its owners, so that they have it again when the instance comes back; reassigned ones, too.
 */

#include <string.h>

#include "model/instance_private.h"

/* Facts ------------------------------------------------------------------------------------------ */

/* The groups that the NAMES are bound to, which are there: a name that is bound to none is nobody (S5). */
static const apr_array_header_t *bound(const apr_array_header_t *names, apr_hash_t *groups,
                                       apr_pool_t *pool)
{
    apr_array_header_t *ids = apr_array_make(pool, names->nelts + 1, sizeof(const char *));
    int i;

    for (i = 0; groups && i < names->nelts; i++) {
        const char *id = apr_hash_get(groups,
                                      b2b_text_fold(APR_ARRAY_IDX(names, i, const char *), pool),
                                      APR_HASH_KEY_STRING);

        if (id) {
            APR_ARRAY_PUSH(ids, const char *) = id;
        }
    }
    return ids;
}

/* How many actions there are, and does one of them name partner groups? */
static int count_actions(int *groups, const b2b_document_t *document)
{
    int count = 0, i, k;

    *groups = 0;
    for (i = 0; i < document->forms->nelts; i++) {
        const apr_array_header_t *actions = APR_ARRAY_IDX(document->forms, i, b2b_form_t).actions;

        count += actions->nelts;
        for (k = 0; k < actions->nelts; k++) {
            *groups |= APR_ARRAY_IDX(actions, k, b2b_action_t).granted_to.partner_groups->nelts > 0;
        }
    }
    return count;
}

b2b_error_t *b2b_instance_actions(const apr_array_header_t **actions, b2b_db_conn_t *conn,
                                  const b2b_instance_t *instance, const b2b_document_t *document,
                                  apr_pool_t *pool)
{
    int with_groups, count = count_actions(&with_groups, document);
    apr_hash_t *groups = NULL;
    apr_array_header_t *facts;
    int i, k;

    *actions = NULL;
    if (!count) {
        return NULL;
    }
    if (with_groups) {
        B2B_ERR(b2b_instance_groups(&groups, conn, instance, pool));
    }
    facts = apr_array_make(pool, count, sizeof(b2b_action_facts_t));
    for (i = 0; i < document->forms->nelts; i++) {
        const apr_array_header_t *of = APR_ARRAY_IDX(document->forms, i, b2b_form_t).actions;

        for (k = 0; k < of->nelts; k++) {
            const b2b_action_t *action = &APR_ARRAY_IDX(of, k, b2b_action_t);
            b2b_action_facts_t *fact = apr_array_push(facts);

            fact->form = i;
            fact->kind = action->kind;
            fact->to = action->to;
            fact->form_owners = action->form_owners;
            fact->partner = action->granted_to.partner;
            fact->groups = bound(action->granted_to.partner_groups, groups, pool);
            fact->host_users = action->granted_to.host_users;
            fact->host_groups = action->granted_to.host_groups;
        }
    }
    *actions = facts;
    return NULL;
}

/* Going back ------------------------------------------------------------------------------------- */

#define BIT(form) ((apr_uint64_t)1 << (form))

void b2b_instance_go_to_values(b2b_instance_t *instance, const b2b_document_t *document, int to)
{
    instance->current_form = to;
    instance->submitted_ahead = (apr_int64_t)((BIT(b2b_document_step_end(document, to)) - 1) &
                                              ~(BIT(to + 1) - 1));
    instance->state = "open";
    instance->status = APR_ARRAY_IDX(document->forms, to, b2b_form_t).name;
}

/* That FORM waits for nobody is said while it has the turn, and found out anew each time it gets it. */
static b2b_error_t *forget_nobody(b2b_db_conn_t *conn, const b2b_instance_t *instance, int form,
                                  apr_pool_t *scratch_pool)
{
    return b2b_db_send(conn, STMT_INSTANCE_OWNERS_FOUND, scratch_pool, "ssi", instance->portal_id,
                       instance->id, (apr_int64_t)form);
}

b2b_error_t *b2b_instance_go_to(b2b_db_conn_t *conn, const b2b_instance_t *instance,
                                const b2b_document_t *document, int left, apr_pool_t *scratch_pool)
{
    int form = APR_ARRAY_IDX(document->forms, left, b2b_form_t).step;
    int end = b2b_document_step_end(document, left);

    for (; form < end; form++) {
        B2B_ERR(forget_nobody(conn, instance, form, scratch_pool));
    }
    B2B_ERR(forget_nobody(conn, instance, instance->current_form, scratch_pool));
    return b2b_instance_turn_to(conn, instance, instance->current_form, scratch_pool);
}

/* Coming by again ---------------------------------------------------------------------------------- */

static int holds(const apr_array_header_t *ids, const char *id)
{
    int i;

    for (i = 0; i < ids->nelts; i++) {
        if (strcmp(APR_ARRAY_IDX(ids, i, const char *), id) == 0) {
            return TRUE;
        }
    }
    return FALSE;
}

/* Does OWNERS name the person of KIND and ID by something else than a field? */
static int is_named(const b2b_owners_t *owners, const b2b_instance_t *instance, const char *kind,
                    const char *id)
{
    if (owners->creator && strcmp(instance->created_by.kind, kind) == 0 &&
        strcmp(instance->created_by.id, id) == 0) {
        return TRUE;
    }
    return strcmp(kind, "host_user") == 0 && holds(owners->host_users, id);
}

static int is_among(const b2b_json_t *people, const b2b_json_t *person)
{
    apr_size_t i;

    for (i = 0; people && i < b2b_json_length(people); i++) {
        if (b2b_json_equal(b2b_json_at(people, i), person)) {
            return TRUE;
        }
    }
    return FALSE;
}

/* Those of BEFORE who are not in NOW own FORM no more. */
static b2b_error_t *drop(int *dropped, b2b_db_conn_t *conn, const b2b_instance_t *instance,
                         const b2b_form_t *form, const b2b_json_t *before, const b2b_json_t *now,
                         apr_pool_t *scratch_pool)
{
    apr_size_t i;

    for (i = 0; before && i < b2b_json_length(before); i++) {
        const b2b_json_t *person = b2b_json_at(before, i);
        const char *kind = b2b_json_get_string(person, "kind");
        const char *id = b2b_json_get_string(person, "id");

        if (kind && id && !is_among(now, person) && !is_named(&form->owners, instance, kind, id)) {
            *dropped = TRUE;
            B2B_ERR(b2b_db_send(conn, STMT_INSTANCE_OWNERS_DROP, scratch_pool, "ssiss",
                                instance->portal_id, instance->id, (apr_int64_t)form->index, kind,
                                id));
        }
    }
    return NULL;
}

b2b_error_t *b2b_instance_unchoose(int *dropped, b2b_db_conn_t *conn,
                                   const b2b_instance_t *instance, const b2b_document_t *document,
                                   apr_uint64_t forms, const b2b_json_t *before,
                                   const b2b_json_t *now, apr_pool_t *scratch_pool)
{
    int i;

    *dropped = FALSE;
    for (i = 0; i < document->forms->nelts; i++) {
        const b2b_form_t *later = &APR_ARRAY_IDX(document->forms, i, b2b_form_t);
        const char *name = later->owners.field;
        const b2b_field_t *field = name ? b2b_document_field(document, name) : NULL;

        if (field && forms & BIT(field->form)) {
            B2B_ERR(drop(dropped, conn, instance, later, b2b_json_get(before, name),
                         b2b_json_get(now, name), scratch_pool));
        }
    }
    return NULL;
}
