/* SPDX-License-Identifier: Apache-2.0 */
/* Send update: what it would change, partner by partner, and doing it (S8). */

#include "share_json.h"

#include <stdlib.h>
#include <string.h>

#include <apr_strings.h>

static const b2b_rule_t partner_rules[] = {
    B2B_OF_KIND("portal", B2B_RULE_TECHNICAL, B2B_RULE_REQUIRED),
    B2B_OF_KIND("partner_id", B2B_RULE_ID, B2B_RULE_REQUIRED),
    B2B_END,
};
static const b2b_rule_t partner_items[] = {B2B_OBJECT("", 0, partner_rules), B2B_END};

const b2b_rule_t b2b_send_update_rules[] = {
    B2B_OF_KIND("all", B2B_RULE_BOOL, 0),
    B2B_ARRAY("partners", 0, 0, B2B_LIST_MAX, partner_items),
    {"revision", B2B_RULE_INTEGER, B2B_RULE_NULLABLE, 1, 1000000, NULL, NULL},
    B2B_END,
};

/** What one call is about. */
typedef struct {
    b2b_share_t *share;
    b2b_send_t *send;
    apr_array_header_t *grants; /* b2b_grant_t * */
} act_t;

static int grant_compare(const void *a, const void *b)
{
    const b2b_grant_t *x = *(const b2b_grant_t *const *)a, *y = *(const b2b_grant_t *const *)b;
    int order = strcmp(x->portal_id, y->portal_id);

    return order ? order : strcmp(x->partner_id, y->partner_id);
}

/* The partners that the body chooses, each once, in the order in which they are sent. */
static b2b_error_t *choose(act_t *act, b2b_call_t *call, const b2b_json_t *partners)
{
    apr_hash_t *seen = apr_hash_make(call->pool);
    apr_size_t i;

    act->grants = apr_array_make(call->pool, 16, sizeof(b2b_grant_t *));
    for (i = 0; i < b2b_json_length(partners); i++) {
        const b2b_json_t *key = b2b_json_at(partners, i);
        const char *id = b2b_json_get_string(key, "partner_id");
        b2b_grant_t *grant;

        B2B_ERR(b2b_grant_find(&grant, call->conn, b2b_json_get_string(key, "portal"), id,
                               act->share->id, call->pool, call->pool));
        if (!grant) {
            return b2b_error_invalid(
                call->pool, apr_psprintf(call->pool, "partners/%" APR_SIZE_T_FMT, i),
                "This partner does not hold the shared process. Give it to the partner first.");
        }
        if (!apr_hash_get(seen, id, APR_HASH_KEY_STRING)) {
            apr_hash_set(seen, id, APR_HASH_KEY_STRING, id);
            APR_ARRAY_PUSH(act->grants, b2b_grant_t *) = grant;
        }
    }
    qsort(act->grants->elts, (size_t)act->grants->nelts, sizeof(b2b_grant_t *), grant_compare);
    return NULL;
}

/* Of a share that is to be sent, HOLD it: no other sending, change or deletion comes between. */
static b2b_error_t *read_act(act_t *act, b2b_call_t *call, int hold)
{
    const b2b_json_t *partners = b2b_json_get(call->body, "partners");
    int all = b2b_json_get_bool(call->body, "all", 0);

    if (hold) {
        B2B_ERR(
            b2b_share_hold(&act->share, call->conn, call->variables[0], call->pool, call->pool));
    }
    else {
        B2B_ERR(b2b_share_get(&act->share, call->conn, call->variables[0], call->pool, call->pool));
    }
    if (!act->share) {
        return b2b_call_not_found(call, "shared process");
    }
    if (all == (b2b_json_length(partners) > 0)) {
        return b2b_error_invalid(call->pool, "partners",
                                 all ? "must not be there together with \"all\"."
                                     : "must name at least one partner; or set \"all\" to true.");
    }
    B2B_ERR(b2b_send_prepare(&act->send, call->conn, act->share,
                             b2b_json_get_integer(call->body, "revision", 0), call->pool,
                             call->pool));
    if (!act->send) {
        return b2b_error_invalid(call->pool, "revision", "There is no such revision.");
    }
    return all ? b2b_grant_all(&act->grants, call->conn, act->share->id, call->pool, call->pool)
               : choose(act, call, partners);
}

/* Preview -------------------------------------------------------------------------------------- */

/* What changes for who holds revision FROM: the same for all who do. */
static b2b_error_t *changes_from(const b2b_json_t **changes, b2b_call_t *call, const act_t *act,
                                 apr_int64_t from, apr_hash_t *known)
{
    const char *key = apr_psprintf(call->pool, "%" APR_INT64_T_FMT, from);
    const b2b_share_document_t *old = NULL;
    b2b_revision_t *revision;
    b2b_json_t *entries;

    *changes = apr_hash_get(known, key, APR_HASH_KEY_STRING);
    if (*changes) {
        return NULL;
    }
    if (from > 0) {
        B2B_ERR(
            b2b_revision_get(&revision, call->conn, act->share->id, from, call->pool, call->pool));
        old = revision ? revision->document : NULL;
    }
    B2B_ERR(b2b_share_difference(&entries, call, old, act->send->document));
    apr_hash_set(known, key, APR_HASH_KEY_STRING, entries);
    *changes = entries;
    return NULL;
}

static b2b_error_t *update_json(b2b_json_t **json, b2b_call_t *call, const act_t *act,
                                const b2b_grant_t *grant, apr_hash_t *known)
{
    b2b_json_t *object = b2b_json_object(call->pool);
    b2b_send_preview_t *preview;
    const b2b_json_t *changes;

    B2B_ERR(b2b_send_preview(&preview, call->conn, act->send, grant, call->pool, call->pool));
    B2B_ERR(changes_from(&changes, call, act, grant->revision, known));
    b2b_json_set_string(object, "portal", grant->portal);
    b2b_json_set_string(object, "portal_name", grant->portal_name);
    b2b_json_set_string(object, "partner_id", grant->partner_id);
    b2b_json_set_string(object, "partner_name", grant->partner_name);
    b2b_json_set_integer(object, "from_revision", grant->revision);
    b2b_json_set_integer(object, "to_revision", act->send->number);
    b2b_json_set_bool(object, "unchanged", !preview->changes);
    b2b_json_set(object, "changes", changes);
    b2b_json_set(object, "unbound_groups", b2b_names_json(preview->unbound, call->pool));
    b2b_json_set(object, "conflicts", b2b_names_json(preview->conflicts, call->pool));
    b2b_json_set_integer(object, "gaining", preview->gaining);
    b2b_json_set_integer(object, "losing", preview->losing);
    *json = object;
    return NULL;
}

b2b_error_t *b2b_updates_preview(b2b_call_t *call)
{
    apr_hash_t *known = apr_hash_make(call->pool);
    b2b_json_t *json = b2b_json_object(call->pool);
    b2b_json_t *updates = b2b_json_array(call->pool);
    act_t act;
    int i;

    B2B_ERR(read_act(&act, call, 0));
    for (i = 0; i < act.grants->nelts && i < B2B_LIST_MAX; i++) {
        b2b_json_t *update;

        B2B_ERR(update_json(&update, call, &act, APR_ARRAY_IDX(act.grants, i, const b2b_grant_t *),
                            known));
        b2b_json_append(updates, update);
    }
    b2b_json_set_integer(json, "revision", act.send->number);
    b2b_json_set_bool(json, "new_revision", act.send->is_new);
    b2b_json_set_integer(json, "partner_count", act.grants->nelts);
    b2b_json_set(json, "updates", updates);
    b2b_json_set(json, "problems", b2b_names_json(act.send->problems, call->pool));
    b2b_call_answer(call, 200, json, act.share->version);
    return NULL;
}

/* Sending -------------------------------------------------------------------------------------- */

static b2b_error_t *record(b2b_call_t *call, const act_t *act, const b2b_sent_t *sent)
{
    const b2b_json_t *revision = b2b_json_integer(act->send->number, call->pool);

    b2b_change_add(call, "revision", b2b_json_integer(act->share->revision, call->pool), revision);
    b2b_share_note_partners(call, sent->grants, 0, sent->grants->nelts);
    B2B_ERR(b2b_act_done(call, "shared_process", act->share->id, act->share->title));
    return b2b_share_act_in_portals(call, act->share, sent->grants, revision);
}

b2b_error_t *b2b_updates_send(b2b_call_t *call)
{
    b2b_json_t *json = b2b_json_object(call->pool);
    b2b_share_t *after;
    b2b_sent_t sent;
    act_t act;

    B2B_ERR(read_act(&act, call, 1));
    B2B_ERR(b2b_call_expect(call, act.share->version));
    if (act.send->problems->nelts > 0) {
        return b2b_call_conflict(call, "cannot-send",
                                 apr_array_pstrcat(call->pool, act.send->problems, ' '));
    }
    if (act.grants->nelts == 0) {
        return b2b_call_conflict(call, "no-partners",
                                 "No partner holds this shared process. Give it to one first.");
    }
    B2B_ERR(b2b_send(&sent, call->conn, act.send, act.grants, call->request->principal->id,
                     call->pool));
    if (sent.sent > 0 || act.send->is_new) {
        B2B_ERR(record(call, &act, &sent));
    }
    B2B_ERR(b2b_call_share(&after, call, act.share->id));
    b2b_json_set_integer(json, "revision", act.send->number);
    b2b_json_set_bool(json, "new_revision", act.send->is_new);
    b2b_json_set_integer(json, "sent", sent.sent);
    b2b_json_set_integer(json, "unchanged", sent.unchanged);
    b2b_call_answer(call, 200, json, after->version);
    return NULL;
}
