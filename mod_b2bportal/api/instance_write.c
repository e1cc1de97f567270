/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Saving and submitting a form, starting an instance. What a form takes is forms/'s to say; here it is asked
 * whether the people and files that values name are there, everything is written in one transaction or nothing.
 */

#include "private.h"

#include <string.h>

#include <apr_strings.h>

#include "instances_private.h"
#include "resources.h"

#define BIT(form) ((apr_uint64_t)1 << (form))

/* What is written: one form of an instance, or all those of a step that are submitted together. */
typedef struct {
    b2b_call_t *call;
    b2b_instance_t *instance;
    const b2b_document_t *document;
    b2b_instance_actor_t actor;
    int form;           /* that the body is about */
    apr_uint64_t forms; /* its bit, and those of the forms that are submitted with it */
    int submit;
    int passes_on;            /* another step begins with it */
    const b2b_json_t *before; /* of all forms, as are NOW's; of a new one: the defaults */
    const b2b_json_t *known;  /* what the history knows already: the same, or nothing */
    b2b_json_t *now;
    b2b_json_t *changes[B2B_FORMS_MAX]; /* of FORMS, for the history */
} change_t;

b2b_error_t *b2b_instance_refused(const b2b_call_t *call, b2b_decision_t decision)
{
    return b2b_error_create(call->pool, B2B_E_FORBIDDEN, NULL, "%s",
                            b2b_reason_sentence(decision.reason));
}

static const b2b_form_t *form_at(const change_t *change, int form)
{
    return &APR_ARRAY_IDX(change->document->forms, form, b2b_form_t);
}

static int is_same(const b2b_json_t *a, const b2b_json_t *b)
{
    return a == b || (a && b && b2b_json_equal(a, b));
}

/* People ------------------------------------------------------------------------------------------ */

static int has_person(const b2b_json_t *value, const b2b_json_t *person)
{
    apr_size_t i;

    for (i = 0; value && i < b2b_json_length(value); i++) {
        if (b2b_json_equal(b2b_json_at(value, i), person)) {
            return TRUE;
        }
    }
    return FALSE;
}

/* May FIELD name the PERSON, who was not in it before? GROUPS: host users in the field's host groups. */
static int may_choose(const change_t *change, const b2b_field_t *field, const b2b_json_t *person,
                      const b2b_instance_people_t *people, apr_hash_t *groups)
{
    const char *kind = b2b_json_get_string(person, "kind");
    const char *id = b2b_json_get_string(person, "id");
    const b2b_instance_person_t *known = b2b_instance_people_get(people, kind, id);

    if (!known || !known->there) {
        return FALSE;
    }
    if (strcmp(kind, "member") == 0) {
        return field->from_partner && known->partner_id &&
               strcmp(known->partner_id, change->instance->partner_id) == 0;
    }
    return apr_hash_get(groups, id, APR_HASH_KEY_STRING) != NULL;
}

static b2b_error_t *check_field_people(b2b_error_t **wrong, const change_t *change,
                                       const b2b_field_t *field,
                                       const b2b_instance_people_t *people)
{
    const b2b_json_t *old = b2b_json_get(change->before, field->name);
    const b2b_json_t *value = b2b_json_get(change->now, field->name);
    apr_array_header_t *users = apr_array_make(change->call->pool, 4, sizeof(const char *));
    apr_pool_t *pool = change->call->pool;
    apr_hash_t *groups;
    apr_size_t i;

    for (i = 0; value && i < b2b_json_length(value); i++) {
        if (!strcmp(b2b_json_get_string(b2b_json_at(value, i), "kind"), "host_user")) {
            APR_ARRAY_PUSH(users, const char *) = b2b_json_get_string(b2b_json_at(value, i), "id");
        }
    }
    B2B_ERR(b2b_instance_host_users_in(&groups, change->call->conn, users, field->host_groups, pool,
                                       pool));
    for (i = 0; value && i < b2b_json_length(value); i++) {
        const b2b_json_t *person = b2b_json_at(value, i);

        if (!has_person(old, person) && !may_choose(change, field, person, people, groups)) {
            *wrong =
                b2b_errors_join(*wrong,
                                b2b_error_invalid(pool,
                                                  apr_pstrcat(pool, "values/", field->name, NULL),
                                                  "names somebody who cannot be chosen here."));
            break;
        }
    }
    return NULL;
}

/* The people whom changed person fields of FORM name, and named, with their names: *PEOPLE. All must be to be chosen. */
static b2b_error_t *check_people(b2b_instance_people_t **people, const change_t *change, int form)
{
    const apr_array_header_t *fields = form_at(change, form)->fields;
    b2b_error_t *wrong = NULL;
    int any = 0;
    int i;

    *people = b2b_instance_people_create(change->call->pool);
    for (i = 0; i < fields->nelts; i++) {
        const b2b_field_t *field = &APR_ARRAY_IDX(fields, i, b2b_field_t);

        if (field->type == B2B_FIELD_PERSON) {
            b2b_instance_people_add_value(*people, b2b_json_get(change->before, field->name));
            b2b_instance_people_add_value(*people, b2b_json_get(change->now, field->name));
            any = 1;
        }
    }
    if (!any) {
        return NULL;
    }
    B2B_ERR(b2b_instance_people_load(*people, change->call->conn, change->instance->portal_id,
                                     change->call->pool));
    for (i = 0; i < fields->nelts; i++) {
        const b2b_field_t *field = &APR_ARRAY_IDX(fields, i, b2b_field_t);

        if (field->type == B2B_FIELD_PERSON) {
            B2B_ERR(check_field_people(&wrong, change, field, *people));
        }
    }
    return wrong;
}

/* Files ------------------------------------------------------------------------------------------- */

static b2b_error_t *attach_files(const change_t *change, int form)
{
    const apr_array_header_t *fields = form_at(change, form)->fields;
    b2b_error_t *wrong = NULL;
    int i;

    for (i = 0; i < fields->nelts; i++) {
        const b2b_field_t *field = &APR_ARRAY_IDX(fields, i, b2b_field_t);
        const b2b_json_t *value = b2b_json_get(change->now, field->name);
        b2b_error_t *err;

        if (field->type != B2B_FIELD_FILE ||
            is_same(b2b_json_get(change->before, field->name), value)) {
            continue;
        }
        err = b2b_instance_files_attach(change->call->conn, change->instance->portal_id,
                                        change->instance->id, form, field->name,
                                        b2b_json_strings(value, change->call->pool),
                                        change->call->pool);
        if (err && err->code != B2B_E_INVALID) {
            return err;
        }
        wrong = b2b_errors_join(wrong, err);
    }
    return wrong;
}

/* Filling in ---------------------------------------------------------------------------------------- */

/* Lay the defaults of a form whose turn comes under VALUES. */
static b2b_error_t *begin_form(b2b_json_t **values, const b2b_document_t *document, int form,
                               apr_pool_t *pool)
{
    b2b_json_t *with, *defaults;
    const apr_array_header_t *fields;
    int i;

    defaults = b2b_form_defaults(document, form, pool);
    with = b2b_json_copy(*values, pool);
    fields = APR_ARRAY_IDX(document->forms, form, b2b_form_t).fields;
    for (i = 0; i < fields->nelts; i++) {
        const char *name = APR_ARRAY_IDX(fields, i, b2b_field_t).name;
        const b2b_json_t *value = b2b_json_get(defaults, name);

        if (value && !b2b_json_get(with, name)) {
            b2b_json_set(with, name, value);
        }
    }
    /* What is not shown holds nothing. */
    return b2b_form_fill(values, document, form, with, b2b_json_object(pool), FALSE, pool);
}

/* The same of FORM and those of its step that come after it; of none where FORM is the number of forms. */
static b2b_error_t *begin_forms(b2b_json_t **values, const b2b_document_t *document, int form,
                                apr_pool_t *pool)
{
    int end = form < document->forms->nelts ? b2b_document_step_end(document, form) : form;

    for (; form < end; form++) {
        B2B_ERR(begin_form(values, document, form, pool));
    }
    return NULL;
}

static const b2b_json_t *changes_of(const b2b_call_t *call)
{
    const b2b_json_t *values = b2b_json_get(call->body, "values");

    return values ? values : b2b_json_object(call->pool);
}

/* Lay the body over FORM, or nothing over one that is only submitted with it; NOW becomes what comes of it. */
static b2b_error_t *fill_form(change_t *change, int form)
{
    b2b_instance_people_t *people;
    apr_pool_t *pool = change->call->pool;
    b2b_json_t *filled;

    B2B_ERR(b2b_form_fill(&filled, change->document, form,
                          change->now ? change->now : change->before,
                          form == change->form ? changes_of(change->call) : b2b_json_object(pool),
                          change->submit, pool));
    change->now = filled;
    B2B_ERR(check_people(&people, change, form));
    change->changes[form] = b2b_instance_changes_between(change->document, form, change->known,
                                                         change->now, people, pool);
    return NULL;
}

/* ERR, of FORM, whose fields the body is not about: "values/amount" becomes "forms/costs/values/amount". */
static void place_in_form(b2b_error_t *err, const change_t *change, int form)
{
    for (; err && form != change->form; err = err->child) {
        err->field = apr_pstrcat(change->call->pool, "forms/", form_at(change, form)->name, "/",
                                 err->field, NULL);
    }
}

/* All forms are looked at, so that one hears of everything that is wrong. */
static b2b_error_t *fill(change_t *change)
{
    b2b_error_t *wrong = NULL, *err;
    int i;

    for (i = 0; i < change->document->forms->nelts; i++) {
        if (!(change->forms & BIT(i))) {
            continue;
        }
        err = fill_form(change, i);
        if (err && err->code != B2B_E_INVALID) {
            return err;
        }
        place_in_form(err, change, i);
        wrong = b2b_errors_join(wrong, err);
    }
    return wrong;
}

/* Who is new ------------------------------------------------------------------------------------------ */

b2b_error_t *b2b_instance_tell(b2b_call_t *call, const b2b_instance_seen_t *seen, int form,
                               const apr_array_header_t *owners)
{
    b2b_assignment_t assignment = {0};

    if (!b2b_policy_is_current(&seen->facts, form) || !seen->document->notify_assignment ||
        !owners->nelts) {
        return NULL;
    }
    assignment.portal_id = seen->instance->portal_id;
    assignment.instance_id = seen->instance->id;
    assignment.partner_id = seen->instance->partner_id;
    assignment.reference = seen->instance->reference;
    assignment.process_title = seen->document->title;
    assignment.form = form;
    assignment.form_title = APR_ARRAY_IDX(seen->document->forms, form, b2b_form_t).title;
    assignment.owners = owners;
    assignment.actor_kind = seen->actor.kind;
    assignment.actor_id = seen->actor.id;
    return b2b_assignment_notify(call->conn, call->site, &assignment, call->pool);
}

static apr_array_header_t *owners_of(const b2b_instance_seen_t *seen, int form, apr_pool_t *pool)
{
    apr_array_header_t *found = apr_array_make(pool, 4, sizeof(b2b_instance_owner_t));
    int i;

    for (i = 0; i < seen->instance->owners->nelts; i++) {
        const b2b_instance_owner_t *owner = &APR_ARRAY_IDX(seen->instance->owners, i,
                                                           b2b_instance_owner_t);

        if (owner->form == form) {
            APR_ARRAY_PUSH(found, b2b_instance_owner_t) = *owner;
        }
    }
    return found;
}

b2b_error_t *b2b_instance_tell_owners(b2b_call_t *call, const b2b_instance_seen_t *seen, int form)
{
    for (; form < seen->document->forms->nelts; form++) {
        B2B_ERR(b2b_instance_tell(call, seen, form, owners_of(seen, form, call->pool)));
    }
    return NULL;
}

/* Saving ------------------------------------------------------------------------------------------------ */

/* May the form that the body names be saved now? */
static b2b_error_t *judge_form(int *index, b2b_call_t *call, const b2b_instance_seen_t *seen)
{
    const char *name = b2b_call_text(call, "form");
    b2b_decision_t decision;

    if (!b2b_document_form(seen->document, name, index)) {
        return b2b_error_invalid(call->pool, "form", "There is no such form.");
    }
    decision = b2b_instance_form_edit(call, seen, *index);
    if (!decision.granted && decision.reason != B2B_REASON_DENIED_NOT_CURRENT &&
        decision.reason != B2B_REASON_DENIED_COMPLETED) {
        return b2b_instance_refused(call, decision);
    }
    B2B_ERR(b2b_call_expect(call, seen->instance->version));
    if (decision.granted) {
        return NULL;
    }
    return b2b_call_conflict(call, "not-the-current-form",
                             decision.reason == B2B_REASON_DENIED_COMPLETED
                                 ? "The instance is completed; nothing can be changed."
                             : strcmp(b2b_instance_form_status(seen, *index), "done") == 0
                                 ? "This form was submitted; nothing of it can be changed."
                                 : "This is not a current form: only a current one can be saved.");
}

/* FORM, and where one Submit is for all of them the other current forms that this person may edit. */
static apr_uint64_t submitted_with(const b2b_call_t *call, const b2b_instance_seen_t *seen,
                                   int form)
{
    apr_uint64_t forms = BIT(form);
    int i;

    for (i = 0; seen->document->submit_all && i < seen->document->forms->nelts; i++) {
        if (b2b_instance_form_edit(call, seen, i).granted) {
            forms |= BIT(i);
        }
    }
    return forms;
}

/* Each field has its limit, but a process may have many; lists read whole instances. *TEXT is HELD as it is stored. */
static b2b_error_t *write_values(const char **text, const b2b_call_t *call, const b2b_json_t *held)
{
    apr_size_t length;

    *text = b2b_json_write(held, call->pool);
    length = strlen(*text);
    return length <= B2B_INSTANCE_VALUES_MAX
               ? NULL
               : b2b_error_of_field(
                     call->pool, B2B_E_TOO_LARGE, "values", __FILE__, __LINE__,
                     "With these values the forms of this instance would hold %" APR_SIZE_T_FMT
                     " bytes together; at most %d are taken. Shorten "
                     "texts or tables, or bring them as files.",
                     length, B2B_INSTANCE_VALUES_MAX);
}

/* The forms are submitted: INSTANCE has its new state, and HELD the defaults of the forms that begin with it. */
static b2b_error_t *pass_on(change_t *change, b2b_json_t **held)
{
    b2b_instance_t *instance = change->instance;

    change->passes_on = b2b_instance_turn_values(instance, change->document, change->forms,
                                                 b2b_clock_now());
    return change->passes_on
               ? begin_forms(held, change->document, instance->current_form, change->call->pool)
               : NULL;
}

/* Files and history of all forms. */
static b2b_error_t *save_forms(const change_t *change)
{
    const b2b_instance_t *instance = change->instance;
    b2b_error_t *wrong = NULL, *err;
    int i;

    for (i = 0; i < change->document->forms->nelts; i++) {
        if (!(change->forms & BIT(i))) {
            continue;
        }
        err = attach_files(change, i);
        if (err && err->code != B2B_E_INVALID) {
            return err;
        }
        place_in_form(err, change, i);
        wrong = b2b_errors_join(wrong, err);
        B2B_ERR(b2b_instance_change_add(change->call->conn, instance->portal_id, instance->id,
                                        &change->actor, change->submit ? "submit" : "save", i,
                                        change->changes[i], change->call->pool));
    }
    return wrong;
}

static b2b_error_t *save(change_t *change)
{
    b2b_instance_t *instance = change->instance;
    b2b_call_t *call = change->call;
    b2b_json_t *held = change->now;
    int dropped;

    instance->modified_by = change->actor;
    if (change->submit) {
        B2B_ERR(pass_on(change, &held));
    }
    B2B_ERR(write_values(&instance->values, call, held));
    B2B_ERR(b2b_instance_update(call->conn, instance, instance->version, call->pool));
    B2B_ERR(b2b_instance_values_write(call->conn, instance, change->document, change->before, held,
                                      call->pool));
    B2B_ERR(save_forms(change));
    B2B_ERR(b2b_instance_unchoose(&dropped, call->conn, instance, change->document, change->forms,
                                  change->before, held, call->pool));
    if (change->submit) {
        B2B_ERR(b2b_instance_turn(call->conn, instance, change->document, change->forms, held,
                                  call->pool));
    }
    /* Mail about forms that are still current stays; what waits for nobody any more is not sent. */
    if (change->passes_on) {
        B2B_ERR(b2b_assignment_cancel(call->conn, instance->portal_id, instance->id, call->pool));
    }
    /* INSTANCE is as it was written; only owners may have come or gone with the values. */
    return change->submit || dropped
               ? b2b_instance_owners_get(instance, call->conn, call->pool, call->pool)
               : NULL;
}

const b2b_rule_t b2b_instance_patch_rules[] = {
    B2B_LINE("form", B2B_RULE_REQUIRED, 1, B2B_FIELD_NAME_MAX),
    B2B_OBJECT("values", 0, NULL),
    B2B_OF_KIND("submit", B2B_RULE_BOOL, 0),
    B2B_END,
};

/* Save FORM of SEEN as the body says; SEEN is as it is then. *PASSES_ON: another step has begun, or none is left. */
static b2b_error_t *patch(int *passes_on, b2b_call_t *call, b2b_instance_seen_t *seen, int form)
{
    change_t change = {0};
    b2b_json_t *before;

    *passes_on = FALSE;
    B2B_ERR(b2b_json_parse(&before, seen->instance->values, strlen(seen->instance->values),
                           call->pool));
    change.call = call;
    change.instance = seen->instance;
    change.document = seen->document;
    change.actor = seen->actor;
    change.form = form;
    change.submit = b2b_json_get_bool(call->body, "submit", 0);
    change.forms = change.submit ? submitted_with(call, seen, form) : BIT(form);
    change.before = change.known = before;
    B2B_ERR(fill(&change));
    if (!change.submit && !b2b_json_length(change.changes[form])) {
        return NULL;
    }
    B2B_ERR(save(&change));
    *passes_on = change.passes_on;
    return b2b_instance_know(seen, call);
}

b2b_error_t *b2b_instances_patch(b2b_call_t *call)
{
    b2b_instance_seen_t *seen;
    int form, passes_on;

    B2B_ERR(b2b_instance_see(&seen, call));
    B2B_ERR(judge_form(&form, call, seen));
    B2B_ERR(patch(&passes_on, call, seen, form));
    if (passes_on) {
        B2B_ERR(b2b_instance_tell_owners(call, seen, 0));
    }
    return b2b_instance_answer(call, 200, seen);
}

/* Starting ----------------------------------------------------------------------------------------------- */

const b2b_rule_t b2b_instance_create_rules[] = {
    B2B_OF_KIND("shared_process_id", B2B_RULE_ID, B2B_RULE_REQUIRED),
    B2B_OF_KIND("process_id", B2B_RULE_ID, B2B_RULE_REQUIRED),
    B2B_OBJECT("values", 0, NULL),
    B2B_OF_KIND("submit", B2B_RULE_BOOL, 0),
    B2B_END,
};

/* The shared process of the body, if the member may start an instance of it. */
static b2b_error_t *judge_create(const b2b_snapshot_shared_process_t **shared,
                                 b2b_decision_t *member, b2b_call_t *call)
{
    const b2b_request_t *request = call->request;
    b2b_decision_t decision;

    *member = b2b_policy_member(request->portal, request->identity, request->principal,
                                request->now);
    *shared = b2b_snapshot_shared_process(request->portal, request->principal->partner_id,
                                          b2b_call_text(call, "shared_process_id"),
                                          b2b_call_text(call, "process_id"));
    decision = b2b_policy_instance_create(*member, request->principal, *shared);
    if (decision.granted) {
        return NULL;
    }
    return b2b_policy_process_open(*member, request->principal, *shared).granted
               ? b2b_instance_refused(call, decision)
               : b2b_call_not_found(call, "shared process");
}

static b2b_error_t *create(change_t *change, const char *process_name)
{
    b2b_instance_t *instance = change->instance;
    b2b_call_t *call = change->call;
    b2b_json_t *held = change->now;

    instance->state = "draft";
    instance->status = form_at(change, 0)->name;
    if (b2b_document_step_end(change->document, 0) > 1) {
        B2B_ERR(begin_forms(&held, change->document, 1, call->pool));
    }
    if (change->submit) {
        B2B_ERR(pass_on(change, &held));
    }
    B2B_ERR(write_values(&instance->values, call, held));
    B2B_ERR(b2b_instance_create(call->conn, instance, change->document, process_name, held,
                                call->pool, call->pool));
    B2B_ERR(attach_files(change, 0));
    B2B_ERR(b2b_instance_change_add(call->conn, instance->portal_id, instance->id, &change->actor,
                                    "create", 0, change->changes[0], call->pool));
    return change->submit ? b2b_instance_change_add(call->conn, instance->portal_id, instance->id,
                                                    &change->actor, "submit", 0, NULL, call->pool)
                          : NULL;
}

/*
 * As it was written, for whoever made it. SUBMITS: with all forms of the first step that are theirs, as is known now that
 * it has begun. FROM: the first form whose owners are told of it.
 */
static b2b_error_t *answer_created(change_t *change, b2b_instance_seen_t *seen, int submits,
                                   int from)
{
    b2b_call_t *call = change->call;
    int passes_on = change->passes_on;

    seen->instance = change->instance;
    seen->actor = change->actor;
    seen->path = apr_pstrcat(call->pool, call->portal ? "/portals/" : "",
                             call->portal ? call->portal->technical_name : "", "/instances/",
                             change->instance->id, NULL);
    B2B_ERR(b2b_instance_see_again(seen, call));
    if (submits) {
        B2B_ERR(patch(&passes_on, call, seen, 0));
    }
    B2B_ERR(b2b_instance_tell_owners(call, seen, passes_on ? 0 : from));
    b2b_call_location(call, seen->path);
    return b2b_instance_answer(call, 201, seen);
}

/* What both sides start with. Returns whether all forms of the first step are to be submitted, when it has begun. */
static int begin(change_t *change, b2b_call_t *call, b2b_document_t *document, const char *kind)
{
    const b2b_principal_t *principal = call->request->principal;
    b2b_instance_t *instance = apr_pcalloc(call->pool, sizeof(*instance));
    int submit = b2b_json_get_bool(call->body, "submit", 0);
    int submits;

    memset(change, 0, sizeof(*change));
    change->call = call;
    change->instance = instance;
    change->document = document;
    change->actor.kind = kind;
    change->actor.id = principal->id;
    change->actor.name = principal->name;
    change->forms = BIT(0);
    submits = submit && document->submit_all && b2b_document_step_end(document, 0) > 1;
    change->submit = submit && !submits;
    change->before = b2b_form_defaults(document, 0, call->pool);
    change->known = b2b_json_object(call->pool);
    instance->created_by = change->actor;
    return submits;
}

b2b_error_t *b2b_instances_create(b2b_call_t *call)
{
    b2b_instance_seen_t *seen = apr_pcalloc(call->pool, sizeof(*seen));
    const b2b_snapshot_shared_process_t *shared;
    const char *process_name;
    change_t change;
    int submits;

    B2B_ERR(judge_create(&shared, &seen->person, call));
    B2B_ERR(b2b_instance_document(&seen->document, &process_name, call->conn, shared->process_id,
                                  shared->process_version, call->pool));
    if (!seen->document) {
        return b2b_call_not_found(call, "shared process");
    }
    seen->shared = shared;
    submits = begin(&change, call, seen->document, "member");
    change.instance->portal_id = call->request->portal->id;
    change.instance->partner_id = call->request->principal->partner_id;
    change.instance->share_id = shared->share_id;
    change.instance->process_id = shared->process_id;
    change.instance->process_version = shared->process_version;
    B2B_ERR(fill(&change));
    B2B_ERR(create(&change, process_name));
    /* The first form is in hand; others that open together with it wait for their owners from now on. */
    return answer_created(&change, seen, submits, 1);
}

/* Starting for a partner, by the host -------------------------------------------------------------------- */

b2b_error_t *b2b_host_instances_create(b2b_call_t *call)
{
    b2b_instance_seen_t *seen = apr_pcalloc(call->pool, sizeof(*seen));
    b2b_decision_t fills;
    b2b_start_t *start;
    change_t change;
    int submits;

    B2B_ERR(b2b_start_judge(&start, seen, call));
    submits = begin(&change, call, seen->document, "host_user");
    change.instance->portal_id = call->portal->id;
    change.instance->partner_id = b2b_call_text(call, "partner_id");
    change.instance->share_id = b2b_call_text(call, "shared_process_id");
    change.instance->process_id = b2b_call_text(call, "process_id");
    change.instance->process_version = start->process_version;
    seen->actor = change.actor;
    fills = b2b_start_fills(seen, call);
    if (!fills.granted && (change.submit || submits || b2b_json_length(changes_of(call)))) {
        return b2b_instance_refused(call, fills);
    }
    B2B_ERR(fill(&change));
    B2B_ERR(create(&change, start->process_name));
    if (!fills.granted) {
        B2B_ERR(b2b_start_check_somebody(call, change.instance));
    }
    return answer_created(&change, seen, submits, fills.granted ? 1 : 0);
}
