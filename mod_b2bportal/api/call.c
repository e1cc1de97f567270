/* SPDX-License-Identifier: Apache-2.0 */
/* Small things that every resource says: answers, pages of a list, what is not found. */

#include "private.h"

#include <string.h>

#include <apr_base64.h>
#include <apr_lib.h>
#include <apr_strings.h>

#define PAGE_DEFAULT 50

void b2b_call_answer(b2b_call_t *call, int status, const b2b_json_t *json, apr_int64_t version)
{
    call->status = status;
    call->answer = json;
    if (version) {
        apr_table_setn(call->headers, "ETag", b2b_etag(version, call->pool));
    }
}

void b2b_call_location(b2b_call_t *call, const char *path)
{
    apr_table_setn(call->headers, "Location",
                   apr_pstrcat(call->pool, call->request->origin ? call->request->origin : "",
                               "/api/v1", path, NULL));
}

const char *b2b_call_query(const b2b_call_t *call, const char *name)
{
    return apr_table_get(call->query, name);
}

int b2b_call_query_bool(const b2b_call_t *call, const char *name, int otherwise)
{
    const char *value = apr_table_get(call->query, name);

    return value ? !strcmp(value, "true") : otherwise;
}

const char *b2b_call_text(const b2b_call_t *call, const char *name)
{
    return b2b_json_get_string(call->body, name);
}

static apr_time_t query_time(const b2b_call_t *call, const char *name)
{
    const char *value = apr_table_get(call->query, name);
    apr_time_t time = 0;

    return value && b2b_clock_parse(&time, value) ? time : 0;
}

b2b_error_t *b2b_call_not_found(const b2b_call_t *call, const char *kind)
{
    return b2b_error_create(call->pool, B2B_E_NOT_FOUND, NULL, "There is no such %s.", kind);
}

b2b_error_t *b2b_call_conflict(const b2b_call_t *call, const char *type, const char *sentence)
{
    return b2b_error_typed(b2b_error_create(call->pool, B2B_E_CONFLICT, NULL, "%s", sentence),
                           type);
}

/*
 * Cursors: base64url of ["sort", "key", "id"]. Opaque to clients; they may change, so nothing is
 * kept.
 */

static const char *base64url(const char *text, apr_pool_t *pool)
{
    int length = (int)strlen(text);
    char *out = apr_palloc(pool, (apr_size_t)apr_base64_encode_len(length));
    char *byte;

    apr_base64_encode(out, text, length);
    for (byte = out; *byte; byte++) {
        if (*byte == '+') {
            *byte = '-';
        }
        else if (*byte == '/') {
            *byte = '_';
        }
        else if (*byte == '=') {
            *byte = '\0';
            break;
        }
    }
    return out;
}

static const char *from_base64url(apr_size_t *length, const char *text, apr_pool_t *pool)
{
    char *plain = apr_pstrdup(pool, text);
    char *out;
    char *byte;

    for (byte = plain; *byte; byte++) {
        if (*byte == '-') {
            *byte = '+';
        }
        else if (*byte == '_') {
            *byte = '/';
        }
        else if (!apr_isalnum(*byte)) {
            return NULL;
        }
    }
    out = apr_palloc(pool, (apr_size_t)apr_base64_decode_len(plain) + 1);
    *length = (apr_size_t)apr_base64_decode(out, plain);
    return out;
}

static b2b_error_t *parse_after(b2b_list_t *list, const b2b_call_t *call, const char *sort)
{
    const char *after = apr_table_get(call->query, "after");
    const char *text;
    apr_size_t length;
    b2b_json_t *json;

    if (!after) {
        return NULL;
    }
    text = from_base64url(&length, after, call->pool);
    if (text && !b2b_json_parse(&json, text, length, call->pool) &&
        b2b_json_type(json) == B2B_JSON_ARRAY && b2b_json_length(json) == 3) {
        const char *word = b2b_json_text(b2b_json_at(json, 0));

        list->after_key = b2b_json_text(b2b_json_at(json, 1));
        list->after_id = b2b_json_text(b2b_json_at(json, 2));
        if (list->after_key && list->after_id && word && !strcmp(word, sort)) {
            return NULL;
        }
    }
    return b2b_error_invalid(call->pool, "after",
                             "must be paging.next.after of the page before, with the same sort.");
}

/* The sort as the cursor remembers it. */
static const char *sort_of(const b2b_call_t *call, const char *otherwise)
{
    const char *sort = apr_table_get(call->query, "sort");

    return sort ? sort : otherwise;
}

b2b_error_t *b2b_call_list(b2b_list_t *list, const b2b_call_t *call, const char *sort)
{
    const char *limit = apr_table_get(call->query, "limit");

    memset(list, 0, sizeof(*list));
    sort = sort_of(call, sort);
    list->descending = sort[0] == '-';
    list->sort = sort + list->descending;
    list->limit = limit ? (int)apr_atoi64(limit) : PAGE_DEFAULT;
    list->q = b2b_call_query(call, "q");
    if (list->q && !*list->q) {
        list->q = NULL;
    }
    list->state = b2b_call_query(call, "state");
    list->role = b2b_call_query(call, "role");
    list->kind = b2b_call_query(call, "kind");
    list->partner_id = b2b_call_query(call, "partner_id");
    list->group_id = b2b_call_query(call, "group_id");
    list->dashboard_id = b2b_call_query(call, "dashboard_id");
    list->category = b2b_call_query(call, "category");
    list->published = b2b_call_query_bool(call, "published", FALSE);
    list->action = b2b_call_query(call, "action");
    list->outcome = b2b_call_query(call, "outcome");
    list->actor_id = b2b_call_query(call, "actor");
    list->object_id = b2b_call_query(call, "object");
    list->from = query_time(call, "from");
    list->until = query_time(call, "until");
    return parse_after(list, call, sort);
}

void b2b_call_answer_list(b2b_call_t *call, const b2b_list_t *list, const b2b_json_t *data,
                          const char *next_key, const char *next_id)
{
    b2b_json_t *answer = b2b_json_object(call->pool);
    b2b_json_t *paging = b2b_json_object(call->pool);

    if (next_id) {
        b2b_json_t *next = b2b_json_object(call->pool);
        b2b_json_t *cursor = b2b_json_array(call->pool);
        const char *sort = apr_pstrcat(call->pool, list->descending ? "-" : "", list->sort, NULL);

        b2b_json_append(cursor, b2b_json_string(sort, call->pool));
        b2b_json_append(cursor, b2b_json_string(next_key ? next_key : "", call->pool));
        b2b_json_append(cursor, b2b_json_string(next_id, call->pool));
        b2b_json_set_string(next, "after",
                            base64url(b2b_json_write(cursor, call->pool), call->pool));
        b2b_json_set(paging, "next", next);
    }
    b2b_json_set(answer, "data", data);
    b2b_json_set(answer, "paging", paging);
    b2b_call_answer(call, 200, answer, 0);
}

void b2b_call_answer_page(b2b_call_t *call, const b2b_list_t *list, const b2b_page_t *page,
                          b2b_item_cb to_json)
{
    b2b_json_t *data = b2b_json_array(call->pool);
    int i;

    for (i = 0; i < page->items->nelts; i++) {
        b2b_json_append(data, to_json(call, APR_ARRAY_IDX(page->items, i, const void *)));
    }
    b2b_call_answer_list(call, list, data, page->next_key, page->next_id);
}

/* Things that several resources show ----------------------------------------------------------- */

void b2b_json_set_contact(b2b_json_t *object, const char *name, const char *email, apr_pool_t *pool)
{
    b2b_json_t *contact = b2b_json_object(pool);

    b2b_json_set_string(contact, "name", name ? name : "");
    b2b_json_set_string(contact, "email", email ? email : "");
    b2b_json_set(object, "contact", contact);
}

void b2b_json_set_image(b2b_json_t *object, const char *key, const char *file, apr_pool_t *pool)
{
    b2b_json_set_string(object, key, file);
    b2b_json_set_string(object, apr_pstrcat(pool, key, "_url", NULL),
                        file ? apr_pstrcat(pool, "/api/v1/images/", file, NULL) : NULL);
}

void b2b_json_set_ref(b2b_json_t *object, const char *key, const char *id, const char *name,
                      apr_pool_t *pool)
{
    b2b_json_t *ref;

    if (!id) {
        b2b_json_set(object, key, b2b_json_null(pool));
        return;
    }
    ref = b2b_json_object(pool);
    b2b_json_set_string(ref, "id", id);
    b2b_json_set_string(ref, "name", name ? name : "");
    b2b_json_set(object, key, ref);
}

void b2b_json_set_reason(b2b_json_t *object, b2b_decision_t decision, apr_pool_t *pool)
{
    b2b_json_t *reason = b2b_json_object(pool);

    b2b_json_set_bool(object, "allowed", decision.granted);
    b2b_json_set_string(reason, "id", b2b_reason_word(decision.reason));
    b2b_json_set_string(reason, "sentence", b2b_reason_sentence(decision.reason));
    b2b_json_set(object, "reason", reason);
}

b2b_json_t *b2b_issuers_json(const apr_array_header_t *issuers, apr_pool_t *pool)
{
    b2b_json_t *list = b2b_json_array(pool);
    int i;

    for (i = 0; issuers && i < issuers->nelts; i++) {
        const b2b_issuer_t *issuer = &APR_ARRAY_IDX(issuers, i, b2b_issuer_t);
        b2b_json_t *item = b2b_json_object(pool);

        b2b_json_set_string(item, "issuer", issuer->issuer);
        b2b_json_set_string(item, "label", issuer->label);
        b2b_json_set_bool(item, "vouches_for_email", issuer->vouches_for_email);
        b2b_json_append(list, item);
    }
    return list;
}

apr_array_header_t *b2b_json_strings(const b2b_json_t *array, apr_pool_t *pool)
{
    apr_array_header_t *strings;
    apr_size_t i;

    if (!array) {
        return NULL;
    }
    strings = apr_array_make(pool, (int)b2b_json_length(array) + 1, sizeof(const char *));
    for (i = 0; i < b2b_json_length(array); i++) {
        APR_ARRAY_PUSH(strings, const char *) = b2b_json_text(b2b_json_at(array, i));
    }
    return strings;
}

/* "31 people" or "1 person". */
static const char *counted(apr_int64_t count, const char *one, const char *many, apr_pool_t *pool)
{
    return apr_psprintf(pool, "%" APR_INT64_T_FMT " %s", count, count == 1 ? one : many);
}

/* "Ends access for 31 people of 4 partners now." */
static const char *impact_sentence(const b2b_impact_t *impact, apr_pool_t *pool)
{
    const char *text = "";

    if (impact->members) {
        text = apr_pstrcat(pool, "Ends access for ",
                           counted(impact->members, "person", "people", pool),
                           impact->partners ? " of " : "",
                           impact->partners ? counted(impact->partners, "partner", "partners", pool)
                                            : "",
                           impact->portals > 1 ? " in " : "",
                           impact->portals > 1 ? counted(impact->portals, "portal", "portals", pool)
                                               : "",
                           " now.", NULL);
    }
    if (impact->gaining) {
        text = apr_pstrcat(pool, text, *text ? " " : "", "Gives access to ",
                           counted(impact->gaining, "person", "people", pool), " now.", NULL);
    }
    if (impact->invitations) {
        text = apr_pstrcat(pool, text, *text ? " " : "", "Ends ",
                           counted(impact->invitations, "pending invitation", "pending invitations",
                                   pool),
                           ".", NULL);
    }
    if (impact->shares) {
        text = apr_pstrcat(pool, text, *text ? " " : "", "For ",
                           counted(impact->shares, "shared process", "shared processes", pool),
                           " that name it, it is nobody then.", NULL);
    }
    return *text ? text : "Nobody's access changes now.";
}

void b2b_call_answer_impact(b2b_call_t *call, const char *act, const b2b_impact_t *impact)
{
    b2b_json_t *json = b2b_json_object(call->pool);

    b2b_json_set_string(json, "act", act);
    b2b_json_set_integer(json, "portals", impact->portals);
    b2b_json_set_integer(json, "partners", impact->partners);
    b2b_json_set_integer(json, "members", impact->members);
    b2b_json_set_integer(json, "gaining", impact->gaining);
    b2b_json_set_integer(json, "groups", impact->groups);
    b2b_json_set_integer(json, "placements", impact->placements);
    b2b_json_set_integer(json, "invitations", impact->invitations);
    b2b_json_set_integer(json, "shared_processes", impact->shares);
    b2b_json_set_string(json, "sentence", impact_sentence(impact, call->pool));
    b2b_call_answer(call, 200, json, 0);
}

/* Rules that many resources share -------------------------------------------------------------- */

const b2b_rule_t b2b_contact_rules[] = {
    B2B_LINE("name", 0, 0, B2B_NAME_MAX),
    B2B_OF_KIND("email", B2B_RULE_EMAIL_OR_EMPTY, 0),
    B2B_END,
};
const b2b_rule_t b2b_id_items[] = {B2B_OF_KIND("", B2B_RULE_ID, 0), B2B_END};
const b2b_rule_t b2b_list_query[] = {B2B_LIMIT, B2B_AFTER, B2B_END};
const b2b_rule_t b2b_search_query[] = {B2B_LIMIT, B2B_AFTER, B2B_Q, B2B_END};
