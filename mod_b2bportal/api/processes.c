/* SPDX-License-Identifier: Apache-2.0 */
/* Processes of the host: the draft, publishing, deleting. Who may is judged with each process's administrators. */

#include "private.h"

#include <string.h>

#include <apr_strings.h>

#include "../forms/forms.h"
#include "resources.h"

b2b_decision_t b2b_call_host(const b2b_call_t *call)
{
    return b2b_policy_host_user(call->site->issuers, call->request->identity,
                                call->request->principal);
}

b2b_error_t *b2b_call_process(b2b_process_t **process, const b2b_call_t *call, const char *id,
                              int write)
{
    const b2b_principal_t *principal = call->request->principal;
    b2b_decision_t host = b2b_call_host(call);
    b2b_decision_t decision;

    B2B_ERR(b2b_process_get(process, call->conn, id, call->pool, call->pool));
    if (!*process ||
        !b2b_policy_process(host, principal, (*process)->administrators, FALSE).granted) {
        return b2b_call_not_found(call, "process");
    }
    decision = b2b_policy_process(host, principal, (*process)->administrators, write);
    return decision.granted ? NULL
                            : b2b_error_create(call->pool, B2B_E_FORBIDDEN, NULL, "%s",
                                               b2b_reason_sentence(decision.reason));
}

/* NULL: every process may be seen; else only those that this host user administers. */
static const char *only_of(const b2b_call_t *call)
{
    const b2b_principal_t *principal = call->request->principal;

    return b2b_policy_right(b2b_call_host(call), principal, B2B_RIGHT_PROCESSES_READ).granted
               ? NULL
               : principal->id;
}

/* Answers -------------------------------------------------------------------------------------- */

static const char *published_label(const b2b_process_t *process, apr_pool_t *pool)
{
    return process->published ? b2b_process_label(process->published, 0, pool) : NULL;
}

static b2b_json_t *item_json(b2b_call_t *call, const void *item)
{
    const b2b_process_t *process = item;
    b2b_json_t *object = b2b_json_object(call->pool);

    b2b_json_set_string(object, "id", process->id);
    b2b_json_set_string(object, "name", process->name);
    b2b_json_set_string(object, "title", process->title);
    b2b_json_set_string(object, "category", process->category);
    b2b_json_set_string(object, "description", process->description);
    b2b_json_set_integer(object, "form_count", process->form_count);
    b2b_json_set_string(object, "version",
                        b2b_process_label(process->major, process->minor, call->pool));
    b2b_json_set_string(object, "published_version", published_label(process, call->pool));
    b2b_json_set_bool(object, "draft_changed", process->draft_changed);
    b2b_json_set_integer(object, "share_count", process->share_count);
    b2b_json_set_time(object, "modified_at", process->modified_at);
    b2b_json_set_etag(object, process->version, call->pool);
    return object;
}

static b2b_json_t *administrators_json(const apr_array_header_t *administrators, apr_pool_t *pool)
{
    b2b_json_t *array = b2b_json_array(pool);
    int i;

    for (i = 0; administrators && i < administrators->nelts; i++) {
        const b2b_host_ref_t *ref = &APR_ARRAY_IDX(administrators, i, b2b_host_ref_t);
        b2b_json_t *item = b2b_json_object(pool);

        b2b_json_set_string(item, "kind", ref->kind);
        b2b_json_set_string(item, "id", ref->id);
        if (ref->name) {
            b2b_json_set_string(item, "name", ref->name);
        }
        b2b_json_append(array, item);
    }
    return array;
}

static b2b_error_t *process_json(b2b_json_t **json, b2b_call_t *call, const b2b_process_t *process)
{
    b2b_json_t *object = b2b_json_object(call->pool);
    b2b_json_t *document;

    B2B_ERR(b2b_json_parse(&document, process->document, strlen(process->document), call->pool));
    b2b_json_set_string(object, "id", process->id);
    b2b_json_set_string(object, "name", process->name);
    b2b_json_set_string(object, "title", process->title);
    b2b_json_set_string(object, "category", process->category);
    b2b_json_set(object, "document", document);
    b2b_json_set(object, "administrators",
                 administrators_json(process->administrators, call->pool));
    b2b_json_set_string(object, "version",
                        b2b_process_label(process->major, process->minor, call->pool));
    b2b_json_set_string(object, "published_version", published_label(process, call->pool));
    b2b_json_set_time(object, "published_at", process->published_at);
    b2b_json_set_bool(object, "draft_changed", process->draft_changed);
    b2b_json_set_integer(object, "share_count", process->share_count);
    b2b_json_set_integer(object, "behind_share_count", process->behind_share_count);
    b2b_json_set_integer(object, "instance_count", process->instance_count);
    b2b_json_set_bool(object, "may_edit",
                      b2b_policy_process(b2b_call_host(call), call->request->principal,
                                         process->administrators, TRUE)
                          .granted);
    b2b_json_set_time(object, "created_at", process->created_at);
    b2b_json_set_time(object, "modified_at", process->modified_at);
    b2b_json_set_etag(object, process->version, call->pool);
    *json = object;
    return NULL;
}

b2b_error_t *b2b_call_answer_process(b2b_call_t *call, int status, const char *id,
                                     const b2b_json_t *dropped)
{
    b2b_process_t *process;
    b2b_json_t *json;

    /* Not judged again: who takes himself off the administrators still gets the answer to that. */
    B2B_ERR(b2b_process_get(&process, call->conn, id, call->pool, call->pool));
    if (!process) {
        return b2b_call_not_found(call, "process");
    }
    B2B_ERR(process_json(&json, call, process));
    if (dropped) {
        b2b_json_set(json, "dropped", dropped);
    }
    b2b_call_answer(call, status, json, process->version);
    return NULL;
}

/* Reading -------------------------------------------------------------------------------------- */

static const char *const sorts[] = {"title", "-title", "modified_at", "-modified_at", NULL};

const b2b_rule_t b2b_processes_query[] = {
    B2B_LIMIT,
    B2B_AFTER,
    B2B_Q,
    B2B_LINE("category", 0, 0, 200),
    B2B_OF_KIND("published", B2B_RULE_BOOL, 0),
    B2B_WORD("sort", 0, sorts),
    B2B_END,
};

b2b_error_t *b2b_processes_list(b2b_call_t *call)
{
    b2b_list_t list;
    b2b_page_t *page;

    B2B_ERR(b2b_call_list(&list, call, "title"));
    list.host_user_id = only_of(call);
    B2B_ERR(b2b_process_list(&page, call->conn, &list, call->pool, call->pool));
    b2b_call_answer_page(call, &list, page, item_json);
    return NULL;
}

b2b_error_t *b2b_process_categories_list(b2b_call_t *call)
{
    b2b_json_t *json = b2b_json_object(call->pool);
    b2b_json_t *data = b2b_json_array(call->pool);
    apr_array_header_t *categories;
    int i;

    B2B_ERR(b2b_process_categories(&categories, call->conn, only_of(call), call->pool, call->pool));
    for (i = 0; i < categories->nelts; i++) {
        b2b_json_append(data,
                        b2b_json_string(APR_ARRAY_IDX(categories, i, const char *), call->pool));
    }
    b2b_json_set(json, "data", data);
    b2b_call_answer(call, 200, json, 0);
    return NULL;
}

b2b_error_t *b2b_processes_get(b2b_call_t *call)
{
    b2b_process_t *process;

    B2B_ERR(b2b_call_process(&process, call, call->variables[0], FALSE));
    return b2b_call_answer_process(call, 200, process->id, NULL);
}

b2b_error_t *b2b_processes_impact(b2b_call_t *call)
{
    b2b_json_t *json = b2b_json_object(call->pool);
    b2b_process_t *process;
    b2b_process_impact_t impact;
    const char *sentence;

    B2B_ERR(b2b_call_process(&process, call, call->variables[0], FALSE));
    B2B_ERR(b2b_process_impact(&impact, call->conn, process->id, call->pool));
    if (impact.shares) {
        sentence = apr_psprintf(call->pool,
                                "It cannot be deleted now: %" APR_INT64_T_FMT
                                " shared %s it, at %" APR_INT64_T_FMT
                                " %s. Take it out of %s first.",
                                impact.shares,
                                impact.shares == 1 ? "process names" : "processes name",
                                impact.partners, impact.partners == 1 ? "partner" : "partners",
                                impact.shares == 1 ? "that" : "them");
    }
    else if (impact.instances) {
        sentence = apr_psprintf(call->pool,
                                "Nobody's access changes now. %s%" APR_INT64_T_FMT
                                " %s with the host.",
                                impact.instances == B2B_PROCESS_COUNT_MAX ? "At least " : "",
                                impact.instances,
                                impact.instances == 1 ? "instance stays" : "instances stay");
    }
    else {
        sentence = "Nobody's access changes now.";
    }
    b2b_json_set_string(json, "act", "delete");
    b2b_json_set_integer(json, "shares", impact.shares);
    b2b_json_set_integer(json, "partners", impact.partners);
    b2b_json_set_integer(json, "instances", impact.instances);
    b2b_json_set_string(json, "sentence", sentence);
    b2b_call_answer(call, 200, json, 0);
    return NULL;
}

/* Writing -------------------------------------------------------------------------------------- */

static const char *const principal_kinds[] = {"host_user", "host_group", NULL};
static const b2b_rule_t principal_members[] = {
    B2B_WORD("kind", B2B_RULE_REQUIRED, principal_kinds),
    B2B_OF_KIND("id", B2B_RULE_ID, B2B_RULE_REQUIRED),
    B2B_LINE("name", 0, 0, 401), /* read only: what is sent back is ignored */
    B2B_END,
};
static const b2b_rule_t principal_items[] = {B2B_OBJECT("", 0, principal_members), B2B_END};

#define PROCESS_MEMBERS(required)                                                                  \
    {"name", B2B_RULE_SLUG, required, 1, B2B_PROCESS_NAME_MAX, NULL, NULL},                        \
        B2B_NAME("title", required), B2B_LINE("category", 0, 0, 200),                              \
        B2B_OBJECT("document", 0, NULL),                                                           \
        B2B_ARRAY("administrators", 0, 0, B2B_PROCESS_ADMINISTRATORS_MAX, principal_items)

const b2b_rule_t b2b_process_create_rules[] = {PROCESS_MEMBERS(B2B_RULE_REQUIRED), B2B_END};
const b2b_rule_t b2b_process_patch_rules[] = {PROCESS_MEMBERS(0), B2B_END};

b2b_error_t *b2b_process_document_set(b2b_process_t *process, const b2b_json_t *document,
                                      apr_pool_t *pool)
{
    apr_array_header_t *images;
    b2b_json_t *normal;
    b2b_error_t *err = b2b_document_check(&normal, &images, document, pool);
    b2b_error_t *link;
    const char *text;

    for (link = err; link; link = link->child) {
        if (link->code == B2B_E_INVALID) {
            link->field = link->field && *link->field
                              ? apr_pstrcat(pool, "document/", link->field, NULL)
                              : "document";
        }
    }
    if (err) {
        return err;
    }
    text = b2b_json_write(normal, pool);
    if (strlen(text) > B2B_PROCESS_DOCUMENT_MAX) {
        return b2b_error_invalid(pool, "document",
                                 "is %" APR_SIZE_T_FMT " bytes long; at most %d are allowed.",
                                 strlen(text), B2B_PROCESS_DOCUMENT_MAX);
    }
    process->document = text;
    process->images = images;
    return NULL;
}

/* The smallest document there is: one form without fields. */
static b2b_json_t *empty_document(apr_pool_t *pool)
{
    b2b_json_t *document = b2b_json_object(pool);
    b2b_json_t *forms = b2b_json_array(pool);
    b2b_json_t *form = b2b_json_object(pool);

    b2b_json_set_string(form, "name", "form");
    b2b_json_set_string(form, "title", "Form");
    b2b_json_set(form, "fields", b2b_json_array(pool));
    b2b_json_append(forms, form);
    b2b_json_set(document, "forms", forms);
    return document;
}

/* The title is the document's; a body may give it beside, and then it counts. */
static b2b_error_t *overlay_document(b2b_call_t *call, b2b_process_t *process)
{
    const b2b_json_t *given = b2b_json_get(call->body, "document");
    const char *title = b2b_call_text(call, "title");
    b2b_json_t *document;

    if (given) {
        document = b2b_json_copy(given, call->pool);
    }
    else if (!process->document) {
        document = empty_document(call->pool);
    }
    else if (title) {
        B2B_ERR(
            b2b_json_parse(&document, process->document, strlen(process->document), call->pool));
    }
    else {
        return NULL;
    }
    if (title) {
        b2b_json_set_string(document, "title", title);
    }
    return b2b_process_document_set(process, document, call->pool);
}

static void overlay_administrators(b2b_call_t *call, b2b_process_t *process)
{
    const b2b_json_t *given = b2b_json_get(call->body, "administrators");
    apr_array_header_t *administrators;
    b2b_json_t *before, *after;
    apr_size_t i;

    if (!given) {
        process->administrators = NULL; /* leaves them */
        return;
    }
    administrators = apr_array_make(call->pool, (int)b2b_json_length(given) + 1,
                                    sizeof(b2b_host_ref_t));
    for (i = 0; i < b2b_json_length(given); i++) {
        b2b_host_ref_t *ref = apr_array_push(administrators);

        ref->kind = b2b_json_get_string(b2b_json_at(given, i), "kind");
        ref->id = b2b_json_get_string(b2b_json_at(given, i), "id");
        ref->name = b2b_json_get_string(b2b_json_at(given, i), "name");
    }
    before = administrators_json(process->administrators, call->pool);
    after = administrators_json(administrators, call->pool);
    if (!b2b_json_equal(before, after)) {
        b2b_change_add(call, "administrators", before, after);
    }
    process->administrators = administrators;
}

static b2b_error_t *overlay(b2b_call_t *call, b2b_process_t *process)
{
    b2b_patch_text(call, "name", &process->name);
    b2b_patch_text(call, "category", &process->category);
    overlay_administrators(call, process);
    return overlay_document(call, process);
}

b2b_error_t *b2b_processes_create(b2b_call_t *call)
{
    b2b_process_t process = {NULL};

    process.category = "";
    B2B_ERR(overlay(call, &process));
    B2B_ERR(b2b_process_create(call->conn, &process, call->request->principal->id, call->pool,
                               call->pool));
    B2B_ERR(b2b_act_done(call, "process", process.id, process.title));
    b2b_call_location(call, apr_pstrcat(call->pool, "/processes/", process.id, NULL));
    return b2b_call_answer_process(call, 201, process.id, NULL);
}

b2b_error_t *b2b_processes_patch(b2b_call_t *call)
{
    b2b_process_t *process;
    const char *before;
    apr_int64_t minor;

    B2B_ERR(b2b_call_process(&process, call, call->variables[0], TRUE));
    B2B_ERR(b2b_call_expect(call, process->version));
    before = process->document;
    minor = process->minor;
    B2B_ERR(overlay(call, process));
    if (!call->changes && !strcmp(before, process->document)) {
        return b2b_call_answer_process(call, 200, process->id, NULL);
    }
    B2B_ERR(b2b_process_update(call->conn, process, call->version, call->request->principal->id,
                               call->pool));
    if (process->minor != minor) {
        /* The trail names the version; the versions hold what it says. */
        b2b_change_text(call, "version", b2b_process_label(process->major, minor, call->pool),
                        b2b_process_label(process->major, process->minor, call->pool));
    }
    B2B_ERR(b2b_act_done(call, "process", process->id, process->title));
    return b2b_call_answer_process(call, 200, process->id, NULL);
}

b2b_error_t *b2b_processes_publish(b2b_call_t *call)
{
    b2b_process_t *process;
    apr_int64_t major;

    B2B_ERR(b2b_call_process(&process, call, call->variables[0], TRUE));
    B2B_ERR(b2b_process_publish(&major, call->conn, process->id, call->version,
                                call->request->principal->id, call->pool));
    b2b_change_text(call, "published_version", published_label(process, call->pool),
                    b2b_process_label(major, 0, call->pool));
    B2B_ERR(b2b_act_done(call, "process", process->id, process->title));
    return b2b_call_answer_process(call, 200, process->id, NULL);
}

b2b_error_t *b2b_processes_delete(b2b_call_t *call)
{
    b2b_process_t *process;

    B2B_ERR(b2b_call_process(&process, call, call->variables[0], TRUE));
    B2B_ERR(b2b_process_delete(call->conn, process->id, call->version, call->request->principal->id,
                               call->pool));
    B2B_ERR(b2b_act_done(call, "process", process->id, process->title));
    b2b_call_answer(call, 204, NULL, 0);
    return NULL;
}
