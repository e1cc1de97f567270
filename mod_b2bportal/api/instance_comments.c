/* SPDX-License-Identifier: Apache-2.0 */
/* Comments of an instance, and its history, for who may see it; the same on both sides. */

#include "instance_seen.h"

#include <string.h>

#include <apr_strings.h>

#include "resources.h"

#define COMMENT_MAX 10000

const b2b_rule_t b2b_comment_rules[] = {
    {"text", B2B_RULE_LINES, B2B_RULE_REQUIRED, 1, COMMENT_MAX, NULL, NULL},
    B2B_END,
};

static b2b_json_t *comment_json(b2b_call_t *call, const void *item)
{
    const b2b_comment_t *comment = item;
    const b2b_principal_t *principal = call->request->principal;
    b2b_json_t *json = b2b_json_object(call->pool);
    int is_member = principal->kind == B2B_PRINCIPAL_MEMBER;

    b2b_json_set_string(json, "id", comment->id);
    b2b_json_set_time(json, "at", comment->created_at);
    b2b_json_set(json, "author",
                 b2b_actor_json(call, comment->author_kind, comment->author_id,
                                comment->author_name));
    b2b_json_set_string(json, "text", comment->text);
    b2b_json_set_bool(json, "mine",
                      !strcmp(comment->author_kind, is_member ? "member" : "host_user") &&
                          !strcmp(comment->author_id, principal->id));
    return json;
}

b2b_error_t *b2b_comments_list(b2b_call_t *call)
{
    b2b_instance_seen_t *seen;
    b2b_list_t list;
    b2b_page_t *page;

    B2B_ERR(b2b_call_list(&list, call, "at"));
    B2B_ERR(b2b_instance_see(&seen, call));
    B2B_ERR(b2b_comment_list(&page, call->conn, seen->instance->portal_id, seen->instance->id,
                             &list, call->pool, call->pool));
    b2b_call_answer_page(call, &list, page, comment_json);
    return NULL;
}

/* Who may read may comment: on a portal as far as security leaves it, of the host by more than an auditor's role. */
static b2b_error_t *judge_comment(const b2b_call_t *call, const b2b_instance_seen_t *seen)
{
    b2b_decision_t may = call->request->side == B2B_SIDE_PORTAL
                             ? b2b_policy_instance_comment(seen->person, call->request->principal,
                                                           seen->shared, &seen->facts)
                             : b2b_instance_host_may(call, seen, B2B_INSTANCE_COMMENT);

    return may.granted ? NULL
                       : b2b_error_create(call->pool, B2B_E_FORBIDDEN, NULL, "%s",
                                          b2b_reason_sentence(may.reason));
}

b2b_error_t *b2b_comments_create(b2b_call_t *call)
{
    b2b_comment_t comment = {NULL};
    b2b_instance_seen_t *seen;

    B2B_ERR(b2b_instance_see(&seen, call));
    B2B_ERR(judge_comment(call, seen));
    comment.text = b2b_call_text(call, "text");
    if (strspn(comment.text, " \t\n") == strlen(comment.text)) {
        return b2b_error_invalid(call->pool, "text", "must say something.");
    }
    comment.portal_id = seen->instance->portal_id;
    comment.instance_id = seen->instance->id;
    comment.author_kind = seen->actor.kind;
    comment.author_id = seen->actor.id;
    comment.author_name = seen->actor.name;
    B2B_ERR(b2b_comment_add(call->conn, &comment, call->pool, call->pool));
    b2b_call_location(call, apr_pstrcat(call->pool, seen->path, "/comments", NULL));
    b2b_call_answer(call, 201, comment_json(call, &comment), 0);
    return NULL;
}

/* History -------------------------------------------------------------------------------------- */

/* One field's change, as it was written down; the title is today's document's. */
static b2b_json_t *field_change_json(const b2b_call_t *call, const b2b_instance_seen_t *seen,
                                     const b2b_json_t *change)
{
    const char *name = b2b_json_get_string(change, "field");
    const b2b_field_t *field = name ? b2b_document_field(seen->document, name) : NULL;
    b2b_json_t *json;

    if (!name || (!field && call->request->side == B2B_SIDE_PORTAL) ||
        (field && !b2b_instance_form_seen(call, seen, field->form))) {
        return NULL;
    }
    json = b2b_json_object(call->pool);
    b2b_json_set_string(json, "field", name);
    b2b_json_set_string(json, "title", field ? field->title : name);
    b2b_json_set_string(json, "old", b2b_json_get_string(change, "old"));
    b2b_json_set_string(json, "new", b2b_json_get_string(change, "new"));
    return json;
}

/* What action took the instance back: who sees it knows the titles of its forms, and its comments. */
static b2b_json_t *action_json(const b2b_call_t *call, const b2b_instance_change_t *change,
                               const b2b_json_t *stored)
{
    static const char *const members[][2] = {{"action", "title"},
                                             {"from", "from"},
                                             {"to", "to"},
                                             {"comment", "comment"}};
    b2b_json_t *json;
    int i;

    if (strcmp(change->act, "go_to") != 0) {
        return b2b_json_null(call->pool);
    }
    json = b2b_json_object(call->pool);
    for (i = 0; i < 4; i++) {
        b2b_json_set_string(json, members[i][1],
                            b2b_json_get_string(b2b_json_at(stored, 0), members[i][0]));
    }
    return json;
}

static b2b_error_t *change_json(b2b_json_t **json, const b2b_call_t *call,
                                const b2b_instance_seen_t *seen,
                                const b2b_instance_change_t *change)
{
    const apr_array_header_t *forms = seen->document->forms;
    b2b_json_t *fields = b2b_json_array(call->pool);
    int known = change->form >= 0 && change->form < forms->nelts;
    int form_seen = known && b2b_instance_form_seen(call, seen, change->form);
    b2b_json_t *stored;
    apr_size_t i;

    B2B_ERR(b2b_json_parse(&stored, change->changes, strlen(change->changes), call->pool));
    for (i = 0; i < b2b_json_length(stored) && (form_seen || !known); i++) {
        b2b_json_t *field = field_change_json(call, seen, b2b_json_at(stored, i));

        if (field) {
            b2b_json_append(fields, field);
        }
    }
    *json = b2b_json_object(call->pool);
    b2b_json_set_string(*json, "id", change->id);
    b2b_json_set_time(*json, "at", change->at);
    b2b_json_set(*json, "actor",
                 b2b_actor_json(call, change->actor_kind, change->actor_id, change->actor_name));
    b2b_json_set_string(*json, "act", change->act);
    b2b_json_set_string(*json, "form",
                        form_seen ? APR_ARRAY_IDX(forms, change->form, b2b_form_t).title : NULL);
    b2b_json_set(*json, "changes", fields);
    b2b_json_set(*json, "action", action_json(call, change, stored));
    return NULL;
}

b2b_error_t *b2b_instance_history(b2b_call_t *call)
{
    b2b_json_t *data = b2b_json_array(call->pool);
    b2b_instance_seen_t *seen;
    b2b_list_t list;
    b2b_page_t *page;
    int i;

    B2B_ERR(b2b_call_list(&list, call, "-at"));
    B2B_ERR(b2b_instance_see(&seen, call));
    B2B_ERR(b2b_instance_change_list(&page, call->conn, seen->instance->portal_id,
                                     seen->instance->id, &list, call->pool, call->pool));
    for (i = 0; i < page->items->nelts; i++) {
        b2b_json_t *json;

        B2B_ERR(change_json(&json, call, seen,
                            APR_ARRAY_IDX(page->items, i, const b2b_instance_change_t *)));
        b2b_json_append(data, json);
    }
    b2b_call_answer_list(call, &list, data, page->next_key, page->next_id);
    return NULL;
}
