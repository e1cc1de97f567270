/* SPDX-License-Identifier: Apache-2.0 */
/* What waits for whoever asks: read from the owners of current forms, so that it is never out of date. */

#include "model/model.h"
#include "instances_private.h"
#include "private.h"
#include "resources.h"

#include <string.h>

#include <apr_strings.h>

#define UNSEEN_MAX 100 /* counted as far as this */
#define ROUND      100 /* read at a time */

typedef struct {
    b2b_call_t *call;
    apr_time_t seen_at;
    b2b_instance_items_t *items;
    b2b_secured_t *secured;
    b2b_json_t *data;
    int count;
    const char *next_key; /* of the last one that was looked at, if there may be more */
    const char *next_id;
} walk_t;

/*
 * An owner of the current form may see the instance, as long as the partner holds its share with its process; a host
 * user whatever happens to the share. It waits for them if process security lets them work on it.
 */
static b2b_error_t *is_open(int *open, const walk_t *walk, const b2b_notice_t *notice)
{
    *open = 0;
    return notice->repeated
               ? NULL
               : b2b_instance_workable(open, walk->secured, notice->portal_id, notice->instance_id,
                                       notice->share_id, notice->process_id);
}

static b2b_error_t *add_notice(walk_t *walk, const b2b_notice_t *notice)
{
    b2b_call_t *call = walk->call;
    int on_console = call->request->side == B2B_SIDE_CONSOLE;
    b2b_document_t *document;
    b2b_instance_t *instance;
    b2b_json_t *json;

    B2B_ERR(b2b_instance_get(&instance, call->conn, notice->portal_id, notice->instance_id,
                             call->pool, call->pool));
    if (!instance) {
        return NULL; /* deleted in this very moment */
    }
    B2B_ERR(b2b_instance_items_document(&document, walk->items, instance));
    json = b2b_json_object(call->pool);
    b2b_json_set_string(json, "instance_id", instance->id);
    b2b_json_set_string(json, "reference", instance->reference);
    b2b_json_set_string(json, "title", document->title);
    b2b_json_set_string(json, "status_title",
                        b2b_instance_status_title(instance, document, call->pool));
    b2b_json_set_string(json, "portal", on_console ? instance->portal : NULL);
    b2b_json_set_string(json, "partner_name", on_console ? instance->partner_name : NULL);
    b2b_json_set_time(json, "since", notice->since);
    b2b_json_set_bool(json, "seen", notice->since <= walk->seen_at);
    b2b_json_append(walk->data, json);
    walk->count++;
    return NULL;
}

/* The page after LIST's cursor. */
static b2b_error_t *walk_page(walk_t *walk, const b2b_list_t *list)
{
    const b2b_call_t *call = walk->call;
    apr_time_t since = list->after_key ? apr_atoi64(list->after_key) : 0;
    const char *id = list->after_id;
    apr_array_header_t *notices;
    int open, i;

    do {
        B2B_ERR(b2b_notices(&notices, call->conn, call->request->principal, since, id, ROUND,
                            call->pool, call->pool));
        for (i = 0; i < notices->nelts; i++) {
            const b2b_notice_t *notice = APR_ARRAY_IDX(notices, i, const b2b_notice_t *);

            if (walk->count == list->limit) {
                walk->next_key = apr_psprintf(call->pool, "%" APR_INT64_T_FMT, (apr_int64_t)since);
                walk->next_id = id;
                return NULL;
            }
            B2B_ERR(is_open(&open, walk, notice));
            if (open) {
                B2B_ERR(add_notice(walk, notice));
            }
            since = notice->since;
            id = notice->instance_id;
        }
    } while (notices->nelts == ROUND);
    return NULL;
}

/* How many came since the person last looked, as far as UNSEEN_MAX; *MORE says that there are others. */
static b2b_error_t *count_unseen(int *count, int *more, const walk_t *walk)
{
    const b2b_call_t *call = walk->call;
    apr_array_header_t *notices;
    apr_time_t since = 0;
    const char *id = NULL;
    int open, i;

    *count = *more = 0;
    do {
        B2B_ERR(b2b_notices(&notices, call->conn, call->request->principal, since, id, ROUND,
                            call->pool, call->pool));
        for (i = 0; i < notices->nelts; i++) {
            const b2b_notice_t *notice = APR_ARRAY_IDX(notices, i, const b2b_notice_t *);

            if (notice->since <= walk->seen_at) {
                return NULL;
            }
            B2B_ERR(is_open(&open, walk, notice));
            if (open && ++*count > UNSEEN_MAX) {
                *count = UNSEEN_MAX;
                *more = 1;
                return NULL;
            }
            since = notice->since;
            id = notice->instance_id;
        }
    } while (notices->nelts == ROUND);
    return NULL;
}

static b2b_error_t *check_cursor(const b2b_call_t *call, const b2b_list_t *list)
{
    return list->after_key && (strspn(list->after_key, "0123456789") != strlen(list->after_key) ||
                               strlen(list->after_key) > 18 || apr_atoi64(list->after_key) <= 0)
               ? b2b_error_invalid(call->pool, "after",
                                   "must be paging.next.after of the page before, with the same "
                                   "sort.")
               : NULL;
}

b2b_error_t *b2b_notices_list(b2b_call_t *call)
{
    walk_t walk = {.call = call,
                   .items = b2b_instance_items_create(call),
                   .secured = b2b_secured_create(call),
                   .data = b2b_json_array(call->pool)};
    b2b_json_t *unseen = b2b_json_object(call->pool);
    b2b_json_t *json;
    b2b_list_t list;
    int count, more;

    B2B_ERR(b2b_call_list(&list, call, "-since"));
    B2B_ERR(check_cursor(call, &list));
    B2B_ERR(b2b_notices_seen_at(&walk.seen_at, call->conn, call->request->principal, call->pool));
    B2B_ERR(walk_page(&walk, &list));
    B2B_ERR(count_unseen(&count, &more, &walk));
    b2b_json_set_integer(unseen, "value", count);
    b2b_json_set_bool(unseen, "at_least", more);
    b2b_call_answer_list(call, &list, walk.data, walk.next_key, walk.next_id);
    json = b2b_json_object(call->pool);
    b2b_json_set(json, "data", walk.data);
    b2b_json_set(json, "unseen", unseen);
    b2b_json_set(json, "paging", b2b_json_get(call->answer, "paging"));
    call->answer = json;
    return NULL;
}

b2b_error_t *b2b_notices_mark_seen(b2b_call_t *call)
{
    B2B_ERR(b2b_notices_see(call->conn, call->request->principal, call->pool));
    b2b_call_answer(call, 204, NULL, 0);
    return NULL;
}
