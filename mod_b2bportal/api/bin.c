/* SPDX-License-Identifier: Apache-2.0 */
/* The bin (S16): what was deleted in the last 30 days, back or for good. */

#include "private.h"

#include <string.h>

#include <apr_strings.h>

#include "resources.h"
#include "share_json.h"

static const char *const kinds[] = {"process", "shared_process", "instance", "dashboard", NULL};

const b2b_rule_t b2b_bin_query[] = {
    B2B_LIMIT, B2B_AFTER, B2B_Q, B2B_WORD("kind", 0, kinds), B2B_END,
};

static b2b_json_t *item_json(b2b_call_t *call, const void *data)
{
    const b2b_bin_item_t *item = data;
    b2b_json_t *object = b2b_json_object(call->pool);

    b2b_json_set_string(object, "kind", item->kind);
    b2b_json_set_string(object, "id", item->id);
    b2b_json_set_string(object, "name", item->name);
    b2b_json_set_string(object, "portal", item->portal);
    b2b_json_set_string(object, "partner_name", item->partner_name);
    b2b_json_set_time(object, "deleted_at", item->deleted_at);
    b2b_json_set_ref(object, "deleted_by", item->deleted_by, item->deleted_by_name, call->pool);
    b2b_json_set_time(object, "gone_at", item->deleted_at + B2B_BIN_LIFE);
    return object;
}

b2b_error_t *b2b_bin_items_list(b2b_call_t *call)
{
    b2b_list_t list;
    b2b_page_t *page;

    B2B_ERR(b2b_call_list(&list, call, "-deleted_at"));
    B2B_ERR(b2b_bin_list(&page, call->conn, &list, call->pool, call->pool));
    b2b_call_answer_page(call, &list, page, item_json);
    return NULL;
}

/* The item of the path; the event of what is done to an instance is its portal's, too. */
static b2b_error_t *get_item(b2b_bin_item_t **item, b2b_call_t *call)
{
    B2B_ERR(b2b_bin_get(item, call->conn, call->variables[0], call->variables[1], call->pool,
                        call->pool));
    if (!*item) {
        return b2b_call_not_found(call, "deleted thing");
    }
    if ((*item)->portal) {
        B2B_ERR(b2b_portal_get(&call->portal, call->conn, (*item)->portal, call->pool, call->pool));
    }
    return NULL;
}

b2b_error_t *b2b_bin_items_restore(b2b_call_t *call)
{
    b2b_bin_item_t *item;

    B2B_ERR(get_item(&item, call));
    B2B_ERR(b2b_bin_restore(call->conn, item, call->pool));
    B2B_ERR(b2b_act_done(call, item->kind, item->id, item->name));
    if (!strcmp(item->kind, "shared_process")) {
        b2b_share_t *share;

        /* It is open again to whoever holds it. */
        B2B_ERR(b2b_call_share(&share, call, item->id));
        B2B_ERR(b2b_share_act_where_sent(call, share));
    }
    b2b_call_answer(call, 200, item_json(call, item), 0);
    return NULL;
}

b2b_error_t *b2b_bin_items_delete(b2b_call_t *call)
{
    b2b_bin_item_t *item;

    B2B_ERR(get_item(&item, call));
    B2B_ERR(b2b_bin_end(call->conn, item, call->pool));
    B2B_ERR(b2b_act_done(call, item->kind, item->id, item->name));
    b2b_call_answer(call, 204, NULL, 0);
    return NULL;
}

static const char *const confirmations[] = {"empty", NULL};

const b2b_rule_t b2b_bin_empty_query[] = {
    B2B_WORD("confirm", B2B_RULE_REQUIRED, confirmations),
    B2B_END,
};

b2b_error_t *b2b_bin_empty(b2b_call_t *call)
{
    apr_int64_t count;

    B2B_ERR(b2b_bin_end_all(&count, call->conn, call->pool));
    if (count) {
        b2b_change_add(call, "things", b2b_json_integer(count, call->pool),
                       b2b_json_integer(0, call->pool));
        B2B_ERR(b2b_act_done(call, "bin", NULL, NULL));
    }
    b2b_call_answer(call, 204, NULL, 0);
    return NULL;
}
