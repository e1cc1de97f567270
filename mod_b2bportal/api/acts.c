/* SPDX-License-Identifier: Apache-2.0 */
/* What was done, by whom, and what it changed: recorded in the transaction of the act itself. */

#include "private.h"

#include <stdatomic.h>
#include <string.h>

#include <apr_strings.h>

/* Changes -------------------------------------------------------------------------------------- */

void b2b_change_add(b2b_call_t *call, const char *name, const b2b_json_t *old,
                    const b2b_json_t *new_)
{
    b2b_json_t *change = b2b_json_object(call->pool);

    if (!call->changes) {
        call->changes = b2b_json_array(call->pool);
    }
    b2b_json_set_string(change, "field", name);
    b2b_json_set(change, "old", old ? old : b2b_json_null(call->pool));
    b2b_json_set(change, "new", new_ ? new_ : b2b_json_null(call->pool));
    b2b_json_append(call->changes, change);
}

static int same(const char *a, const char *b)
{
    return a == b || (a && b && !strcmp(a, b));
}

void b2b_change_text(b2b_call_t *call, const char *name, const char *old, const char *new_)
{
    if (!same(old, new_)) {
        b2b_change_add(call, name, b2b_json_string(old, call->pool),
                       b2b_json_string(new_, call->pool));
    }
}

void b2b_patch_text(b2b_call_t *call, const char *name, const char **value)
{
    const b2b_json_t *json = b2b_json_get(call->body, name);
    const char *text;

    if (!json) {
        return;
    }
    text = b2b_json_text(json);
    b2b_change_text(call, name, *value, text);
    *value = text;
}

static b2b_json_t *time_json(apr_time_t time, apr_pool_t *pool)
{
    return time ? b2b_json_string(b2b_clock_format(time, pool), pool) : b2b_json_null(pool);
}

void b2b_patch_time(b2b_call_t *call, const char *name, apr_time_t *value)
{
    const b2b_json_t *json = b2b_json_get(call->body, name);
    apr_time_t time = 0;

    if (!json) {
        return;
    }
    if (b2b_json_text(json)) {
        b2b_clock_parse(&time, b2b_json_text(json));
    }
    if (time != *value) {
        b2b_change_add(call, name, time_json(*value, call->pool), time_json(time, call->pool));
        *value = time;
    }
}

void b2b_patch_integer(b2b_call_t *call, const char *name, apr_int64_t *value)
{
    const b2b_json_t *json = b2b_json_get(call->body, name);

    if (json && b2b_json_number(json) != *value) {
        b2b_change_add(call, name, b2b_json_integer(*value, call->pool), json);
        *value = b2b_json_number(json);
    }
}

void b2b_patch_bool(b2b_call_t *call, const char *name, int *value)
{
    const b2b_json_t *json = b2b_json_get(call->body, name);
    int truth = json && b2b_json_type(json) == B2B_JSON_TRUE;

    if (json && truth != !!*value) {
        b2b_change_add(call, name, b2b_json_bool(*value, call->pool), json);
        *value = truth;
    }
}

void b2b_patch_contact(b2b_call_t *call, const char **name, const char **email)
{
    const b2b_json_t *contact = b2b_json_get(call->body, "contact");
    const char *text;

    if (!contact) {
        return;
    }
    text = b2b_json_get_string(contact, "name");
    if (text) {
        b2b_change_text(call, "contact/name", *name, text);
        *name = text;
    }
    text = b2b_json_get_string(contact, "email");
    if (text) {
        b2b_change_text(call, "contact/email", *email, text);
        *email = text;
    }
}

/* Events --------------------------------------------------------------------------------------- */

static void set_actor(b2b_audit_event_t *event, const b2b_request_t *request)
{
    const b2b_principal_t *principal = request->principal;

    event->actor_kind = "anonymous";
    event->actor_name = "";
    if (principal) {
        event->actor_kind = principal->kind == B2B_PRINCIPAL_MEMBER ? "member" : "host_user";
        event->actor_id = principal->id;
        event->actor_name = principal->name;
    }
    event->request_id = request->request_id;
    event->address = request->address;
}

b2b_error_t *b2b_act_record_in(b2b_call_t *call, const char *portal_id, const char *action,
                               const char *kind, const char *id, const char *name)
{
    b2b_audit_event_t event = {NULL};

    set_actor(&event, call->request);
    event.action = action;
    event.outcome = "done";
    event.object_kind = kind;
    event.object_id = id;
    event.object_name = name;
    event.portal_id = portal_id;
    event.details = call->changes ? b2b_json_write(call->changes, call->pool) : NULL;
    call->changes = NULL;
    return b2b_audit_record(call->conn, &event, call->pool);
}

b2b_error_t *b2b_act_record(b2b_call_t *call, const char *action, const char *kind, const char *id,
                            const char *name)
{
    const b2b_request_t *request = call->request;
    const char *portal_id = NULL;

    if (call->portal) {
        portal_id = call->portal->id;
    }
    else if (request->side == B2B_SIDE_PORTAL && request->portal) {
        portal_id = request->portal->id;
    }
    return b2b_act_record_in(call, portal_id, action, kind, id, name);
}

b2b_error_t *b2b_act_done(b2b_call_t *call, const char *kind, const char *id, const char *name)
{
    return b2b_act_record(call, call->route->action, kind, id, name);
}

/* Refusals ------------------------------------------------------------------------------------- */

#define SLOTS 512

/*
 * One refusal a second and actor and action is enough to tell the tale, and keeps somebody who
 * hammers from filling the disk. A collision of slots loses an event of the same second, no more.
 */
static int is_first_this_second(const char *actor, const char *action, apr_time_t now,
                                apr_pool_t *pool)
{
    static _Atomic apr_uint64_t slots[SLOTS];
    apr_uint64_t key = b2b_hash64(apr_pstrcat(pool, actor, " ", action, NULL));
    apr_uint64_t mark = key ^ (apr_uint64_t)apr_time_sec(now);

    return atomic_exchange(&slots[key % SLOTS], mark) != mark;
}

static b2b_error_t *record_refusal(void *baton, b2b_db_conn_t *conn, apr_pool_t *pool)
{
    return b2b_audit_record(conn, baton, pool);
}

/*
 * 401 is everybody who has not signed in yet; wrong input, conflicts and stale versions refuse
 * nobody.
 */
static int is_refusal(const b2b_call_t *call, const b2b_error_t *err)
{
    if (err->code == B2B_E_FORBIDDEN) {
        return 1;
    }
    return err->code == B2B_E_NOT_FOUND && call->route && call->request->side == B2B_SIDE_PORTAL &&
           strchr(call->route->path, '{');
}

void b2b_act_refused(b2b_call_t *call, const b2b_error_t *err)
{
    const b2b_request_t *request = call->request;
    b2b_audit_event_t event = {NULL};
    b2b_db_conn_t *conn;
    b2b_error_t *failure;
    const char *actor;

    if (!is_refusal(call, err)) {
        return;
    }
    set_actor(&event, request);
    event.action = call->route && call->route->action ? call->route->action : "api.read";
    event.outcome = "refused";
    event.reason = err->detail ? err->detail : err->message;
    event.object_kind = "address";
    event.object_name = apr_pstrndup(call->pool, b2b_text_escape_log(request->path, call->pool),
                                     200);
    if (request->portal) {
        event.portal_id = request->portal->id;
    }
    actor = event.actor_id ? event.actor_id : request->identity ? request->identity->subject : "";
    if (!is_first_this_second(actor, event.action, request->now, call->pool)) {
        return;
    }
    failure = b2b_db_acquire(&conn, call->site->db, call->pool);
    if (!failure) {
        failure = b2b_db_transaction(conn, record_refusal, &event, call->pool);
        b2b_db_release(conn);
    }
    if (failure) {
        b2b_log_error(failure, B2B_LOG_ERROR, call->pool, "%s: a refusal could not be recorded",
                      request->request_id ? request->request_id : "-");
    }
}
