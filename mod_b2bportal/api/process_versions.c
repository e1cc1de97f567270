/* SPDX-License-Identifier: Apache-2.0 */
/* The versions of a process: listed, read, restored, compared. */

#include "private.h"

#include <string.h>

#include <apr_strings.h>

#include "../forms/forms.h"
#include "resources.h"

static b2b_json_t *version_json(b2b_call_t *call, const void *item)
{
    const b2b_process_version_t *version = item;
    b2b_json_t *object = b2b_json_object(call->pool);

    b2b_json_set_string(object, "version",
                        b2b_process_label(version->major, version->minor, call->pool));
    b2b_json_set_bool(object, "published", version->minor == 0);
    b2b_json_set_time(object, "saved_at", version->saved_at);
    b2b_json_set_ref(object, "saved_by", version->saved_by, version->saver_name, call->pool);
    return object;
}

static b2b_json_t *item_json(b2b_call_t *call, const void *item)
{
    const b2b_process_version_t *version = item;
    b2b_json_t *object = version_json(call, item);

    b2b_json_set_integer(object, "shares", version->shares);
    return object;
}

const b2b_rule_t b2b_process_versions_query[] = {
    B2B_LIMIT,
    B2B_AFTER,
    B2B_OF_KIND("published", B2B_RULE_BOOL, 0),
    B2B_END,
};

b2b_error_t *b2b_process_versions_list(b2b_call_t *call)
{
    b2b_process_t *process;
    b2b_list_t list;
    b2b_page_t *page;

    B2B_ERR(b2b_call_process(&process, call, call->variables[0], FALSE));
    B2B_ERR(b2b_call_list(&list, call, "-version"));
    B2B_ERR(
        b2b_process_version_list(&page, call->conn, process->id, &list, call->pool, call->pool));
    b2b_call_answer_page(call, &list, page, item_json);
    return NULL;
}

/* The version LABEL of PROCESS, or the 404 of a version. */
static b2b_error_t *get_version(b2b_process_version_t **version, b2b_call_t *call,
                                const b2b_process_t *process, const char *label)
{
    apr_int64_t major, minor;

    *version = NULL;
    if (b2b_process_label_parse(&major, &minor, label)) {
        B2B_ERR(b2b_process_version_get(version, call->conn, process->id, major, minor, call->pool,
                                        call->pool));
    }
    return *version ? NULL : b2b_call_not_found(call, "version");
}

b2b_error_t *b2b_process_versions_get(b2b_call_t *call)
{
    b2b_process_t *process;
    b2b_process_version_t *version;
    b2b_json_t *json, *document;

    B2B_ERR(b2b_call_process(&process, call, call->variables[0], FALSE));
    B2B_ERR(get_version(&version, call, process, call->variables[1]));
    B2B_ERR(b2b_json_parse(&document, version->document, strlen(version->document), call->pool));
    json = version_json(call, version);
    b2b_json_set(json, "document", document);
    b2b_call_answer(call, 200, json, 0);
    return NULL;
}

b2b_error_t *b2b_process_versions_restore(b2b_call_t *call)
{
    b2b_process_t *process;
    b2b_process_version_t *version;
    b2b_json_t *document;
    apr_int64_t minor;

    B2B_ERR(b2b_call_process(&process, call, call->variables[0], TRUE));
    B2B_ERR(b2b_call_expect(call, process->version));
    B2B_ERR(get_version(&version, call, process, call->variables[1]));
    if (!strcmp(version->document, process->document)) {
        return b2b_call_answer_process(call, 200, process->id, NULL);
    }
    B2B_ERR(b2b_json_parse(&document, version->document, strlen(version->document), call->pool));
    B2B_ERR(b2b_process_document_set(process, document, call->pool));
    process->administrators = NULL;
    minor = process->minor;
    B2B_ERR(b2b_process_update(call->conn, process, call->version, call->request->principal->id,
                               call->pool));
    b2b_change_text(call, "restored", NULL, call->variables[1]);
    b2b_change_text(call, "version", b2b_process_label(process->major, minor, call->pool),
                    b2b_process_label(process->major, process->minor, call->pool));
    B2B_ERR(b2b_act_done(call, "process", process->id, process->title));
    return b2b_call_answer_process(call, 200, process->id, NULL);
}

/* The difference ------------------------------------------------------------------------------- */

const b2b_rule_t b2b_process_difference_query[] = {
    B2B_OF_KIND("from", B2B_RULE_VERSION, 0),
    B2B_OF_KIND("to", B2B_RULE_VERSION, 0),
    B2B_END,
};

/* The document of version *LABEL; where that is NULL nothing, as before the first publication. */
static b2b_error_t *document_of(b2b_json_t **document, b2b_call_t *call,
                                const b2b_process_t *process, const char *label)
{
    b2b_process_version_t *version;

    if (!label) {
        *document = b2b_json_object(call->pool);
        return NULL;
    }
    B2B_ERR(get_version(&version, call, process, label));
    return b2b_json_parse(document, version->document, strlen(version->document), call->pool);
}

b2b_error_t *b2b_process_difference_get(b2b_call_t *call)
{
    const char *from = b2b_call_query(call, "from");
    const char *to = b2b_call_query(call, "to");
    b2b_json_t *json = b2b_json_object(call->pool);
    b2b_json_t *old, *now;
    b2b_process_t *process;

    B2B_ERR(b2b_call_process(&process, call, call->variables[0], FALSE));
    if (!from && process->published) {
        from = b2b_process_label(process->published, 0, call->pool);
    }
    if (!to) {
        to = b2b_process_label(process->major, process->minor, call->pool);
    }
    B2B_ERR(document_of(&old, call, process, from));
    B2B_ERR(document_of(&now, call, process, to));
    b2b_json_set_string(json, "from", from);
    b2b_json_set_string(json, "to", to);
    b2b_json_set(json, "data",
                 b2b_difference_sentences(b2b_document_difference(old, now, call->pool), old, now,
                                          call->pool));
    b2b_call_answer(call, 200, json, 0);
    return NULL;
}
