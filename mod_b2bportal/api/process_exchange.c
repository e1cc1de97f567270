/* SPDX-License-Identifier: Apache-2.0 */
/* A process as one document, out and in: docs/process.schema.json. */

#include "private.h"

#include <string.h>

#include <apr_strings.h>

#include "../forms/forms.h"
#include "resources.h"

#define FORMAT      "b2bportal-process"
#define DROPPED_MAX 500

/* Out ------------------------------------------------------------------------------------------ */

const b2b_rule_t b2b_process_export_query[] = {
    B2B_OF_KIND("version", B2B_RULE_VERSION, 0),
    B2B_END,
};

b2b_error_t *b2b_processes_export(b2b_call_t *call)
{
    const char *label = b2b_call_query(call, "version");
    b2b_json_t *json = b2b_json_object(call->pool);
    b2b_process_version_t *version;
    b2b_process_t *process;
    const char *text;
    b2b_json_t *document;
    apr_int64_t major, minor;

    B2B_ERR(b2b_call_process(&process, call, call->variables[0], FALSE));
    text = process->document;
    if (label && b2b_process_label_parse(&major, &minor, label)) {
        B2B_ERR(b2b_process_version_get(&version, call->conn, process->id, major, minor, call->pool,
                                        call->pool));
        if (!version) {
            return b2b_call_not_found(call, "version");
        }
        text = version->document;
    }
    B2B_ERR(b2b_json_parse(&document, text, strlen(text), call->pool));
    b2b_json_set_string(json, "format", FORMAT);
    b2b_json_set_integer(json, "format_version", 1);
    b2b_json_set_string(json, "name", process->name);
    b2b_json_set_string(json, "category", process->category);
    b2b_json_set(json, "document", document);
    b2b_call_answer(call, 200, json, 0);
    return NULL;
}

/* In ------------------------------------------------------------------------------------------- */

static const char *const formats[] = {FORMAT, NULL};

const b2b_rule_t b2b_process_import_rules[] = {
    B2B_WORD("format", B2B_RULE_REQUIRED, formats),
    {"format_version", B2B_RULE_INTEGER, B2B_RULE_REQUIRED, 1, 1, NULL, NULL},
    {"name", B2B_RULE_SLUG, B2B_RULE_REQUIRED, 1, B2B_PROCESS_NAME_MAX, NULL, NULL},
    B2B_LINE("category", 0, 0, 200),
    B2B_OBJECT("document", B2B_RULE_REQUIRED, NULL),
    B2B_END,
};
const b2b_rule_t b2b_process_import_query[] = {
    B2B_OF_KIND("lenient", B2B_RULE_BOOL, 0),
    B2B_END,
};

/* What is missing, to be asked for by its place. */
typedef struct {
    apr_hash_t *places;
    b2b_json_t *dropped; /* sentences */
    const char *importer;
    apr_pool_t *pool;
} lenient_t;

static void drop(lenient_t *lenient, const char *sentence)
{
    if (b2b_json_length(lenient->dropped) < DROPPED_MAX) {
        b2b_json_append(lenient->dropped, b2b_json_string(sentence, lenient->pool));
    }
}

static int is_missing(const lenient_t *lenient, const char *place)
{
    return apr_hash_get(lenient->places, place, APR_HASH_KEY_STRING) != NULL;
}

/* Set OBJECT's member NAME, ids at PLACE/NAME, to those that are there. */
static void keep_ids(lenient_t *lenient, b2b_json_t *object, const char *name, const char *place)
{
    const b2b_json_t *ids = b2b_json_get(object, name);
    b2b_json_t *kept = b2b_json_array(lenient->pool);
    apr_size_t i;

    for (i = 0; i < b2b_json_length(ids); i++) {
        const char *at = apr_psprintf(lenient->pool, "%s/%s/%" APR_SIZE_T_FMT, place, name, i);

        if (is_missing(lenient, at)) {
            drop(lenient, apr_psprintf(lenient->pool, "%s: there is no such host %s.", at,
                                       !strcmp(name, "host_users") ? "user" : "group"));
        }
        else {
            b2b_json_append(kept, b2b_json_at(ids, i));
        }
    }
    if (b2b_json_length(ids)) {
        b2b_json_set(object, name, kept);
    }
}

/* A form that only people of another host owned gets its importer, never anybody of a partner. */
static b2b_json_t *keep_owners(lenient_t *lenient, const b2b_json_t *form, apr_size_t index)
{
    const char *place = apr_psprintf(lenient->pool, "forms/%" APR_SIZE_T_FMT "/owners", index);
    const b2b_json_t *old = b2b_json_get(form, "owners");
    b2b_json_t *owners = b2b_json_copy(old, lenient->pool);

    keep_ids(lenient, owners, "host_users", place);
    keep_ids(lenient, owners, "host_groups", place);
    if (b2b_owners_name_nobody(owners) && !b2b_owners_name_nobody(old)) {
        b2b_json_t *importer = b2b_json_array(lenient->pool);

        b2b_json_append(importer, b2b_json_string(lenient->importer, lenient->pool));
        b2b_json_set(owners, "host_users", importer);
        drop(lenient,
             apr_psprintf(lenient->pool, "%s: nobody was left; you own this form now.", place));
    }
    return owners;
}

static b2b_json_t *keep_fields(lenient_t *lenient, const b2b_json_t *form, apr_size_t index)
{
    const b2b_json_t *fields = b2b_json_get(form, "fields");
    b2b_json_t *kept = b2b_json_array(lenient->pool);
    apr_size_t i;

    for (i = 0; i < b2b_json_length(fields); i++) {
        const char *place = apr_psprintf(lenient->pool,
                                         "forms/%" APR_SIZE_T_FMT "/fields/%" APR_SIZE_T_FMT, index,
                                         i);
        b2b_json_t *field = b2b_json_copy(b2b_json_at(fields, i), lenient->pool);

        if (is_missing(lenient, apr_pstrcat(lenient->pool, place, "/file", NULL))) {
            drop(lenient, apr_psprintf(lenient->pool, "%s: its image is not here.", place));
            continue;
        }
        keep_ids(lenient, field, "host_groups", place);
        b2b_json_append(kept, field);
    }
    return kept;
}

/* Who is left has no more rights: an action that nobody is left to take stays, for the designer to give to others. */
static b2b_json_t *keep_actions(lenient_t *lenient, const b2b_json_t *form, apr_size_t index)
{
    const b2b_json_t *actions = b2b_json_get(form, "actions");
    b2b_json_t *kept = b2b_json_array(lenient->pool);
    apr_size_t i;

    for (i = 0; i < b2b_json_length(actions); i++) {
        const char *place = apr_psprintf(lenient->pool,
                                         "forms/%" APR_SIZE_T_FMT "/actions/%" APR_SIZE_T_FMT
                                         "/granted_to",
                                         index, i);
        b2b_json_t *action = b2b_json_copy(b2b_json_at(actions, i), lenient->pool);
        b2b_json_t *granted_to = b2b_json_copy(b2b_json_get(action, "granted_to"), lenient->pool);

        keep_ids(lenient, granted_to, "host_users", place);
        keep_ids(lenient, granted_to, "host_groups", place);
        b2b_json_set(action, "granted_to", granted_to);
        b2b_json_append(kept, action);
    }
    return kept;
}

/* Without those who are not here; who is left has no more rights, and nobody is nobody. */
static b2b_json_t *keep_security(lenient_t *lenient, const b2b_json_t *normal)
{
    b2b_json_t *security = b2b_json_copy(b2b_json_get(normal, "security"), lenient->pool);
    b2b_json_t *users = b2b_json_copy(b2b_json_get(security, "users"), lenient->pool);

    keep_ids(lenient, users, "host_users", "security/users");
    keep_ids(lenient, users, "host_groups", "security/users");
    b2b_json_set(security, "users", users);
    return security;
}

/* NORMAL without what is not there. */
static b2b_json_t *without_missing(lenient_t *lenient, const b2b_json_t *normal)
{
    const b2b_json_t *forms = b2b_json_get(normal, "forms");
    b2b_json_t *document = b2b_json_copy(normal, lenient->pool);
    b2b_json_t *kept = b2b_json_array(lenient->pool);
    apr_size_t i;

    for (i = 0; i < b2b_json_length(forms); i++) {
        b2b_json_t *form = b2b_json_copy(b2b_json_at(forms, i), lenient->pool);

        b2b_json_set(form, "owners", keep_owners(lenient, form, i));
        b2b_json_set(form, "actions", keep_actions(lenient, form, i));
        b2b_json_set(form, "fields", keep_fields(lenient, form, i));
        b2b_json_append(kept, form);
    }
    b2b_json_set(document, "security", keep_security(lenient, normal));
    b2b_json_set(document, "forms", kept);
    return document;
}

/* Check the document again without what is missing; *DROPPED says what that was. */
static b2b_error_t *set_leniently(b2b_process_t *process, b2b_json_t **dropped, b2b_call_t *call)
{
    lenient_t lenient;
    apr_array_header_t *missing;
    b2b_json_t *normal;
    int i;

    B2B_ERR(b2b_json_parse(&normal, process->document, strlen(process->document), call->pool));
    B2B_ERR(b2b_process_missing(&missing, call->conn, normal, call->pool, call->pool));
    lenient.pool = call->pool;
    lenient.places = apr_hash_make(call->pool);
    lenient.dropped = *dropped = b2b_json_array(call->pool);
    lenient.importer = call->request->principal->id;
    for (i = 0; i < missing->nelts; i++) {
        const b2b_process_reference_t *reference = &APR_ARRAY_IDX(missing, i,
                                                                  b2b_process_reference_t);

        apr_hash_set(lenient.places, reference->place, APR_HASH_KEY_STRING, reference);
    }
    return missing->nelts
               ? b2b_process_document_set(process, without_missing(&lenient, normal), call->pool)
               : NULL;
}

/* NAME, or NAME-2, NAME-3 … : the first that is free. */
static b2b_error_t *free_name(const char **name, b2b_call_t *call, const char *wanted)
{
    int number;

    *name = wanted;
    for (number = 2; number < 10000; number++) {
        const char *tail = apr_psprintf(call->pool, "-%d", number);
        apr_size_t room = B2B_PROCESS_NAME_MAX - strlen(tail);
        int taken;

        B2B_ERR(b2b_process_name_taken(&taken, call->conn, *name, call->pool));
        if (!taken) {
            return NULL;
        }
        room = strlen(wanted) < room ? strlen(wanted) : room;
        while (room > 1 && wanted[room - 1] == '-') {
            room--;
        }
        *name = apr_pstrcat(call->pool, apr_pstrndup(call->pool, wanted, room), tail, NULL);
    }
    return NULL; /* the last one is refused as taken */
}

b2b_error_t *b2b_processes_import(b2b_call_t *call)
{
    const char *category = b2b_call_text(call, "category");
    b2b_process_t process = {NULL};
    b2b_json_t *dropped = NULL;

    process.category = category ? category : "";
    B2B_ERR(b2b_process_document_set(&process, b2b_json_get(call->body, "document"), call->pool));
    if (b2b_call_query_bool(call, "lenient", FALSE)) {
        B2B_ERR(set_leniently(&process, &dropped, call));
    }
    B2B_ERR(free_name(&process.name, call, b2b_call_text(call, "name")));
    B2B_ERR(b2b_process_create(call->conn, &process, call->request->principal->id, call->pool,
                               call->pool));
    b2b_change_text(call, "name", NULL, process.name);
    B2B_ERR(b2b_act_done(call, "process", process.id, process.title));
    b2b_call_location(call, apr_pstrcat(call->pool, "/processes/", process.id, NULL));
    return b2b_call_answer_process(call, 201, process.id, dropped);
}
