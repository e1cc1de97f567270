/* SPDX-License-Identifier: Apache-2.0 */
/* The audit trail, of one portal and of everything. */

#include "private.h"

#include <string.h>

#include "resources.h"

static b2b_error_t *event_json(b2b_json_t **json, b2b_call_t *call, const b2b_audit_event_t *event)
{
    b2b_json_t *object = b2b_json_object(call->pool);
    b2b_json_t *actor = b2b_json_object(call->pool);
    b2b_json_t *thing = b2b_json_object(call->pool);
    b2b_json_t *changes = b2b_json_array(call->pool);

    if (event->details) {
        B2B_ERR(b2b_json_parse(&changes, event->details, strlen(event->details), call->pool));
    }
    b2b_json_set_string(actor, "kind", event->actor_kind);
    b2b_json_set_string(actor, "id", event->actor_id);
    b2b_json_set_string(actor, "name",
                        event->actor_name && *event->actor_name ? event->actor_name : NULL);
    b2b_json_set_string(thing, "kind", event->object_kind);
    b2b_json_set_string(thing, "id", event->object_id);
    b2b_json_set_string(thing, "name", event->object_name);
    b2b_json_set_string(object, "id", event->id);
    b2b_json_set_time(object, "at", event->at);
    b2b_json_set(object, "actor", actor);
    b2b_json_set_string(object, "action", event->action);
    b2b_json_set_string(object, "outcome", event->outcome);
    b2b_json_set(object, "object", thing);
    b2b_json_set_string(object, "portal", event->portal);
    b2b_json_set_string(object, "reason", event->reason);
    b2b_json_set(object, "changes", changes);
    b2b_json_set_string(object, "address", event->address);
    b2b_json_set_string(object, "request_id", event->request_id);
    *json = object;
    return NULL;
}

static const char *const outcomes[] = {"done", "refused", NULL};

#define TRAIL_MEMBERS                                                                              \
    B2B_LIMIT, B2B_AFTER, B2B_Q, B2B_LINE("action", 0, 1, 60), B2B_WORD("outcome", 0, outcomes),   \
        B2B_OF_KIND("actor", B2B_RULE_ID, 0), B2B_LINE("object", 0, 1, 100),                       \
        B2B_OF_KIND("from", B2B_RULE_TIME, 0), B2B_OF_KIND("until", B2B_RULE_TIME, 0)

const b2b_rule_t b2b_portal_trail_query[] = {TRAIL_MEMBERS, B2B_END};
const b2b_rule_t b2b_trail_query[] = {
    TRAIL_MEMBERS,
    B2B_LINE("portal", 0, 1, B2B_TECHNICAL_MAX),
    B2B_END,
};

static b2b_error_t *answer_events(b2b_call_t *call, const char *portal_id)
{
    b2b_json_t *data = b2b_json_array(call->pool);
    b2b_list_t list;
    b2b_page_t *page;
    int i;

    B2B_ERR(b2b_call_list(&list, call, "at"));
    list.portal_id = portal_id;
    B2B_ERR(b2b_audit_list(&page, call->conn, &list, call->pool, call->pool));
    for (i = 0; i < page->items->nelts; i++) {
        b2b_json_t *json;

        B2B_ERR(event_json(&json, call, APR_ARRAY_IDX(page->items, i, const b2b_audit_event_t *)));
        b2b_json_append(data, json);
    }
    b2b_call_answer_list(call, &list, data, page->next_key, page->next_id);
    return NULL;
}

b2b_error_t *b2b_portal_trail(b2b_call_t *call)
{
    return answer_events(call, call->portal->id);
}

b2b_error_t *b2b_call_portal_filter(const char **portal_id, b2b_call_t *call)
{
    const char *name = b2b_call_query(call, "portal");
    b2b_portal_t *portal;

    *portal_id = NULL;
    if (!name) {
        return NULL;
    }
    B2B_ERR(b2b_portal_get(&portal, call->conn, name, call->pool, call->pool));
    if (!portal) {
        return b2b_error_invalid(call->pool, "portal", "is no portal's technical name.");
    }
    *portal_id = portal->id;
    return NULL;
}

b2b_error_t *b2b_trail(b2b_call_t *call)
{
    const char *portal_id;

    B2B_ERR(b2b_call_portal_filter(&portal_id, call));
    return answer_events(call, portal_id);
}
