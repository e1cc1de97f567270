/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An instance as JSON. Values, files and owners go out only as far as forms are visible to who asks; of people
 * of the host a portal learns nothing but the host's name, and the name of one whom somebody chose in a field.
 */

#include "private.h"

#include <string.h>

#include <apr_strings.h>

#include "instances_private.h"

static int on_portal(const b2b_call_t *call)
{
    return call->request->side == B2B_SIDE_PORTAL;
}

static const b2b_form_t *form_at(const b2b_document_t *document, int index)
{
    return index >= 0 && index < document->forms->nelts
               ? &APR_ARRAY_IDX(document->forms, index, b2b_form_t)
               : NULL;
}

const char *b2b_instance_status_title(const b2b_instance_t *instance,
                                      const b2b_document_t *document, apr_pool_t *pool)
{
    const char *text = NULL, *more = ", …";
    b2b_instance_facts_t facts;
    int i;

    b2b_instance_facts(&facts, instance, document);
    for (i = 0; i < document->forms->nelts; i++) {
        const char *title = form_at(document, i)->title;

        if (!b2b_policy_is_current(&facts, i)) {
            continue;
        }
        if (text && strlen(text) + strlen(title) + strlen(", ") + strlen(more) > B2B_NAME_MAX) {
            return strlen(text) + strlen(more) <= B2B_NAME_MAX ? apr_pstrcat(pool, text, more, NULL)
                                                               : text;
        }
        text = text ? apr_pstrcat(pool, text, ", ", title, NULL) : title;
    }
    return text ? text : "Completed";
}

const char *b2b_instance_form_status(const b2b_instance_seen_t *seen, int index)
{
    if (b2b_policy_is_current(&seen->facts, index)) {
        return "current";
    }
    return index < seen->instance->current_form || (seen->instance->submitted_ahead >> index & 1)
               ? "done"
               : "ahead";
}

/* What items and whole instances have in common ------------------------------------------------ */

static void set_common(b2b_json_t *json, const b2b_call_t *call, const b2b_instance_t *instance,
                       const b2b_document_t *document)
{
    int portal = on_portal(call); /* where it goes without saying */

    b2b_json_set_string(json, "id", instance->id);
    b2b_json_set_string(json, "reference", instance->reference);
    b2b_json_set_string(json, "title", document->title);
    b2b_json_set_string(json, "process_id", instance->process_id);
    b2b_json_set_string(json, "shared_process_id", instance->share_id);
    b2b_json_set_string(json, "portal", portal ? NULL : instance->portal);
    b2b_json_set_string(json, "portal_name", portal ? NULL : instance->portal_name);
    b2b_json_set_string(json, "partner_id", portal ? NULL : instance->partner_id);
    b2b_json_set_string(json, "partner_name", portal ? NULL : instance->partner_name);
    b2b_json_set_string(json, "state", instance->state);
    b2b_json_set_string(json, "status", instance->status);
    b2b_json_set_string(json, "status_title",
                        b2b_instance_status_title(instance, document, call->pool));
    b2b_json_set_time(json, "created_at", instance->created_at);
    b2b_json_set(json, "created_by",
                 b2b_actor_json(call, instance->created_by.kind, instance->created_by.id,
                                instance->created_by.name));
    b2b_json_set_time(json, "modified_at", instance->modified_at);
    b2b_json_set(json, "modified_by",
                 b2b_actor_json(call, instance->modified_by.kind, instance->modified_by.id,
                                instance->modified_by.name));
    b2b_json_set_etag(json, instance->version, call->pool);
}

/* Items ------------------------------------------------------------------------------------------ */

b2b_instance_items_t *b2b_instance_items_create(b2b_call_t *call)
{
    b2b_instance_items_t *items = apr_palloc(call->pool, sizeof(*items));

    items->call = call;
    items->documents = apr_hash_make(call->pool);
    items->secured = b2b_secured_create(call);
    return items;
}

b2b_error_t *b2b_instance_items_document(b2b_document_t **document, b2b_instance_items_t *items,
                                         const b2b_instance_t *instance)
{
    b2b_call_t *call = items->call;
    const char *key = apr_psprintf(call->pool, "%s %" APR_INT64_T_FMT, instance->process_id,
                                   instance->process_version);

    *document = apr_hash_get(items->documents, key, APR_HASH_KEY_STRING);
    if (*document) {
        return NULL;
    }
    B2B_ERR(b2b_instance_document(document, NULL, call->conn, instance->process_id,
                                  instance->process_version, call->pool));
    if (!*document) {
        return b2b_error_create(call->pool, B2B_E_INTERNAL, NULL,
                                "The instance %s has no process version.", instance->id);
    }
    apr_hash_set(items->documents, key, APR_HASH_KEY_STRING, *document);
    return NULL;
}

int b2b_instance_item_form_seen(const b2b_call_t *call, const b2b_instance_facts_t *facts, int form)
{
    const b2b_request_t *request = call->request;

    if (!on_portal(call)) {
        return TRUE; /* who sees an instance on the console sees all of it */
    }
    return b2b_policy_form_read(b2b_policy_member(request->portal, request->identity,
                                                  request->principal, request->now),
                                request->principal,
                                b2b_snapshot_shared_process(request->portal,
                                                            request->principal->partner_id,
                                                            facts->share_id, facts->process_id),
                                facts, form)
        .granted;
}

/* As many as a page has by default: one read of the database. */
#define READ_AT_ONCE 50

/* An error that is passed on lies in a pool that lives as long as the call's. */
b2b_error_t *b2b_instance_each(b2b_call_t *call, const apr_array_header_t *keys,
                               b2b_instance_each_cb each, void *baton)
{
    apr_pool_t *read_pool, *pool;
    int first, i;

    apr_pool_create(&read_pool, call->pool);
    apr_pool_create(&pool, call->pool);
    for (first = 0; first < keys->nelts; first += READ_AT_ONCE) {
        apr_array_header_t some = *keys, *rows;

        some.elts = (char *)&APR_ARRAY_IDX(keys, first, b2b_instance_key_t);
        some.nelts = keys->nelts - first < READ_AT_ONCE ? keys->nelts - first : READ_AT_ONCE;
        apr_pool_clear(read_pool);
        B2B_ERR(b2b_instance_rows(&rows, call->conn, &some, read_pool, read_pool));
        for (i = 0; i < rows->nelts; i++) {
            apr_pool_clear(pool);
            B2B_ERR(each(baton, APR_ARRAY_IDX(rows, i, const b2b_instance_t *), pool));
        }
    }
    apr_pool_destroy(pool);
    apr_pool_destroy(read_pool);
    return NULL;
}

b2b_error_t *b2b_instance_item_json(b2b_json_t **json, b2b_instance_items_t *items,
                                    const b2b_instance_t *instance, apr_pool_t *scratch_pool)
{
    b2b_call_t *call = items->call;
    b2b_json_t *object = b2b_json_object(call->pool);
    b2b_json_t *shown = b2b_json_object(call->pool);
    b2b_instance_facts_t facts;
    b2b_document_t *document;
    b2b_json_t *held = NULL;
    int waits, i;

    B2B_ERR(b2b_instance_items_document(&document, items, instance));
    b2b_instance_facts(&facts, instance, document);
    for (i = 0; i < document->indexed->nelts; i++) {
        const b2b_field_t *field = APR_ARRAY_IDX(document->indexed, i, const b2b_field_t *);

        if (!b2b_instance_item_form_seen(call, &facts, field->form)) {
            continue;
        }
        if (!held) {
            B2B_ERR(
                b2b_json_parse(&held, instance->values, strlen(instance->values), scratch_pool));
        }
        b2b_json_set_string(shown, field->name,
                            b2b_instance_value_text(field, b2b_json_get(held, field->name), NULL,
                                                    scratch_pool));
    }
    waits = b2b_policy_owns_current(call->request->principal, &facts);
    if (waits) {
        B2B_ERR(b2b_instance_workable(&waits, items->secured, instance->portal_id, instance->id,
                                      instance->share_id, instance->process_id));
    }
    set_common(object, call, instance, document);
    b2b_json_set_bool(object, "waiting", waits);
    b2b_json_set(object, "values", shown);
    *json = object;
    return NULL;
}

/* Forms and their owners ------------------------------------------------------------------------- */

int b2b_instance_kind_is_host(const char *kind)
{
    return strcmp(kind, "host_user") == 0 || strcmp(kind, "host_group") == 0;
}

static int is_me(const b2b_call_t *call, const b2b_instance_owner_t *owner)
{
    b2b_instance_facts_t alone = {0};
    apr_array_header_t *owners = apr_array_make(call->pool, 1, sizeof(*owner));

    APR_ARRAY_PUSH(owners, b2b_instance_owner_t) = *owner;
    APR_ARRAY_IDX(owners, 0, b2b_instance_owner_t).form = 0;
    alone.owners = owners;
    alone.form_count = 1;
    return b2b_policy_owns(call->request->principal, &alone, 0);
}

static b2b_json_t *person_json(const b2b_call_t *call, const char *kind, const char *id,
                               const char *name)
{
    b2b_json_t *json = b2b_json_object(call->pool);

    b2b_json_set_string(json, "kind", kind);
    b2b_json_set_string(json, "id", id);
    b2b_json_set_string(json, "name", name);
    return json;
}

static b2b_json_t *owner_json(const b2b_call_t *call, const b2b_instance_t *instance,
                              const b2b_instance_owner_t *owner,
                              const b2b_instance_people_t *people)
{
    const b2b_instance_person_t *person;
    b2b_json_t *json;

    if (on_portal(call) && b2b_instance_kind_is_host(owner->kind)) {
        return person_json(call, "host_user", NULL, call->request->portal->host_name);
    }
    if (strcmp(owner->kind, "partner") == 0) {
        json = person_json(call, "partner", owner->principal_id, instance->partner_name);
    }
    else {
        person = b2b_instance_people_get(people, owner->kind, owner->principal_id);
        json = person_json(call, owner->kind, owner->principal_id, person ? person->name : "");
    }
    b2b_json_set_bool(json, "me", is_me(call, owner));
    return json;
}

/* The owners of a form; on a portal all of the host are one. */
static b2b_json_t *owners_json(const b2b_call_t *call, const b2b_instance_seen_t *seen, int form,
                               const b2b_instance_people_t *people)
{
    const apr_array_header_t *owners = seen->instance->owners;
    b2b_json_t *array = b2b_json_array(call->pool);
    int host = 0;
    int i;

    for (i = 0; i < owners->nelts; i++) {
        const b2b_instance_owner_t *owner = &APR_ARRAY_IDX(owners, i, b2b_instance_owner_t);

        if (owner->form != form || (host && b2b_instance_kind_is_host(owner->kind))) {
            continue;
        }
        host = on_portal(call) && b2b_instance_kind_is_host(owner->kind);
        b2b_json_append(array, owner_json(call, seen->instance, owner, people));
    }
    return array;
}

static b2b_json_t *form_json(const b2b_call_t *call, const b2b_instance_seen_t *seen, int index,
                             const b2b_json_t *held, const b2b_instance_people_t *people,
                             apr_uint64_t stuck)
{
    const b2b_form_t *form = form_at(seen->document, index);
    b2b_json_t *json = b2b_json_object(call->pool);
    int visible = b2b_instance_form_seen(call, seen, index);

    b2b_json_set_string(json, "name", form->name);
    b2b_json_set_string(json, "title", form->title);
    b2b_json_set_integer(json, "index", index);
    b2b_json_set_string(json, "status", b2b_instance_form_status(seen, index));
    b2b_json_set_bool(json, "visible", visible);
    b2b_json_set_bool(json, "editable", b2b_instance_form_edit(call, seen, index).granted);
    b2b_json_set_bool(json, "reassignable", b2b_instance_form_reassign(call, seen, index).granted);
    b2b_json_set(json, "owners", owners_json(call, seen, index, people));
    if (!on_portal(call)) {
        b2b_json_set_bool(json, "stuck", (int)(stuck >> index & 1));
    }
    b2b_json_set(json, "form",
                 visible ? b2b_form_for_page(seen->document, index, held, call->pool)
                         : b2b_json_null(call->pool));
    return json;
}

/* Values ----------------------------------------------------------------------------------------- */

/* The values of visible forms; the people that they name are added to PEOPLE. */
static b2b_json_t *values_json(const b2b_call_t *call, const b2b_instance_seen_t *seen,
                               const b2b_json_t *held, b2b_instance_people_t *people,
                               b2b_instance_people_t *chosen)
{
    b2b_json_t *values = b2b_json_object(call->pool);
    int i, k;

    for (i = 0; i < seen->document->forms->nelts; i++) {
        const apr_array_header_t *fields = form_at(seen->document, i)->fields;

        for (k = 0; b2b_instance_form_seen(call, seen, i) && k < fields->nelts; k++) {
            const b2b_field_t *field = &APR_ARRAY_IDX(fields, k, b2b_field_t);
            const b2b_json_t *value = b2b_json_get(held, field->name);

            if (!value) {
                continue;
            }
            b2b_json_set(values, field->name, value);
            if (field->type == B2B_FIELD_PERSON) {
                b2b_instance_people_add_value(people, value);
                b2b_instance_people_add_value(chosen, value);
            }
        }
    }
    return values;
}

static b2b_json_t *people_json(const b2b_call_t *call, const b2b_instance_people_t *people,
                               const b2b_instance_people_t *chosen)
{
    b2b_json_t *array = b2b_json_array(call->pool);
    apr_hash_index_t *index;

    for (index = apr_hash_first(call->pool, chosen->by_id); index; index = apr_hash_next(index)) {
        const b2b_instance_person_t *one = apr_hash_this_val(index);
        const b2b_instance_person_t *known = b2b_instance_people_get(people, one->kind, one->id);

        b2b_json_append(array, person_json(call, one->kind, one->id, known ? known->name : ""));
    }
    return array;
}

/* Those of visible forms; one that is not saved yet is for who may save it. */
static b2b_error_t *files_json(b2b_json_t **json, const b2b_call_t *call,
                               const b2b_instance_seen_t *seen)
{
    apr_array_header_t *files;
    int i;

    *json = b2b_json_array(call->pool);
    B2B_ERR(b2b_instance_files(&files, call->conn, seen->instance->portal_id, seen->instance->id,
                               call->pool, call->pool));
    for (i = 0; i < files->nelts; i++) {
        const b2b_instance_file_t *file = APR_ARRAY_IDX(files, i, const b2b_instance_file_t *);

        if (b2b_instance_form_seen(call, seen, file->form) &&
            (file->attached || b2b_instance_form_edit(call, seen, file->form).granted)) {
            b2b_json_append(*json, b2b_instance_file_json(call, seen, file));
        }
    }
    return NULL;
}

/* The whole -------------------------------------------------------------------------------------- */

static b2b_json_t *may_json(const b2b_call_t *call, const b2b_instance_seen_t *seen)
{
    const b2b_principal_t *principal = call->request->principal;
    b2b_json_t *may = b2b_json_object(call->pool);
    int portal = on_portal(call);
    int edit = FALSE, reassign = FALSE;
    int i;

    for (i = 0; i < seen->document->forms->nelts; i++) {
        edit |= b2b_instance_form_edit(call, seen, i).granted;
        reassign |= b2b_instance_form_reassign(call, seen, i).granted;
    }
    b2b_json_set_bool(may, "edit", edit);
    b2b_json_set_bool(may, "delete",
                      portal ? b2b_policy_instance_delete(seen->person, principal, seen->shared,
                                                          &seen->facts)
                                   .granted
                             : b2b_instance_host_may(call, seen, B2B_INSTANCE_DELETE).granted);
    b2b_json_set_bool(may, "reassign", reassign);
    b2b_json_set_bool(may, "comment",
                      portal ? b2b_policy_instance_comment(seen->person, principal, seen->shared,
                                                           &seen->facts)
                                   .granted
                             : b2b_instance_host_may(call, seen, B2B_INSTANCE_COMMENT).granted);
    return may;
}

/* Add the actions of FORM that who asks may take now. */
static void add_actions(b2b_json_t *array, const b2b_call_t *call, const b2b_instance_seen_t *seen,
                        const b2b_form_t *form)
{
    static const char *const comments[] = {"none", "optional", "required"};
    int i;

    for (i = 0; i < form->actions->nelts; i++) {
        const b2b_action_t *action = &APR_ARRAY_IDX(form->actions, i, b2b_action_t);
        const b2b_form_t *to = form_at(seen->document, action->to);
        b2b_json_t *json;

        if (!b2b_instance_may_act(call, seen, b2b_instance_action_facts(seen, form->index, i))
                 .granted) {
            continue;
        }
        json = b2b_json_object(call->pool);
        b2b_json_set_string(json, "form", form->name);
        b2b_json_set_string(json, "name", action->name);
        b2b_json_set_string(json, "title", action->title);
        b2b_json_set_string(json, "kind", b2b_action_kind_word(action->kind));
        b2b_json_set_string(json, "to", to ? to->name : NULL);
        b2b_json_set_string(json, "comment", comments[action->comment]);
        b2b_json_append(array, json);
    }
}

static b2b_json_t *actions_json(const b2b_call_t *call, const b2b_instance_seen_t *seen)
{
    b2b_json_t *array = b2b_json_array(call->pool);
    int i;

    for (i = 0; i < seen->document->forms->nelts; i++) {
        add_actions(array, call, seen, form_at(seen->document, i));
    }
    return array;
}

static void add_owners(b2b_instance_people_t *people, const apr_array_header_t *owners)
{
    int i;

    for (i = 0; i < owners->nelts; i++) {
        const b2b_instance_owner_t *owner = &APR_ARRAY_IDX(owners, i, b2b_instance_owner_t);

        b2b_instance_people_add(people, owner->kind, owner->principal_id);
    }
}

b2b_error_t *b2b_instance_json(b2b_json_t **json, b2b_call_t *call, const b2b_instance_seen_t *seen)
{
    const b2b_instance_t *instance = seen->instance;
    b2b_json_t *object = b2b_json_object(call->pool);
    b2b_json_t *forms = b2b_json_array(call->pool);
    b2b_instance_people_t *people = b2b_instance_people_create(call->pool);
    b2b_instance_people_t *chosen = b2b_instance_people_create(call->pool);
    b2b_json_t *held, *values, *files;
    apr_uint64_t stuck = 0;
    int i;

    B2B_ERR(b2b_json_parse(&held, instance->values, strlen(instance->values), call->pool));
    add_owners(people, instance->owners);
    values = values_json(call, seen, held, people, chosen);
    B2B_ERR(b2b_instance_people_load(people, call->conn, instance->portal_id, call->pool));
    B2B_ERR(files_json(&files, call, seen));
    if (!on_portal(call) && !instance->completed_at) {
        B2B_ERR(
            b2b_instance_stuck_forms(&stuck, call->conn, instance, call->request->now, call->pool));
    }
    for (i = 0; i < seen->document->forms->nelts; i++) {
        b2b_json_append(forms, form_json(call, seen, i, held, people, stuck));
    }
    set_common(object, call, instance, seen->document);
    b2b_json_set_string(object, "process_version",
                        b2b_process_label(instance->process_version, 0, call->pool));
    b2b_json_set_time(object, "completed_at", instance->completed_at);
    b2b_json_set_string(object, "submit", seen->document->submit_all ? "open_forms" : "form");
    b2b_json_set(object, "forms", forms);
    b2b_json_set(object, "values", values);
    b2b_json_set(object, "files", files);
    b2b_json_set(object, "people", people_json(call, people, chosen));
    b2b_json_set_integer(object, "comment_count", instance->comment_count);
    b2b_json_set(object, "may", may_json(call, seen));
    b2b_json_set(object, "actions", actions_json(call, seen));
    *json = object;
    return NULL;
}

b2b_error_t *b2b_instance_see_again(b2b_instance_seen_t *seen, b2b_call_t *call)
{
    B2B_ERR(b2b_instance_get(&seen->instance, call->conn, seen->instance->portal_id,
                             seen->instance->id, call->pool, call->pool));
    if (!seen->instance) {
        return b2b_call_not_found(call, "instance");
    }
    return b2b_instance_know(seen, call);
}

b2b_error_t *b2b_instance_answer(b2b_call_t *call, int status, const b2b_instance_seen_t *seen)
{
    b2b_json_t *json;

    B2B_ERR(b2b_instance_json(&json, call, seen));
    b2b_call_answer(call, status, json, seen->instance->version);
    return NULL;
}
