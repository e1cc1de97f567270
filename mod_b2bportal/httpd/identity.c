/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who is it: the issuer and subject that mod_auth_openidc verified, out of the environment, never out of a
 * header, never r->user; and the member or host user who has that identity. Known once per request.
 */

#include "httpd/module.h"

#include <apr_lib.h>
#include <apr_strings.h>

#include "base/chance.h"
#include "base/json.h"
#include "base/text.h"

#define PAYLOAD_MAX (256 * 1024)

/* Is NAME one of the tokens that mod_auth_openidc may pass on? NAME follows "OIDC_". */
static int is_token(const char *name)
{
    switch (name[0]) {
    case 'a':
        return strcmp(name, "access_token") == 0 || strcmp(name, "access_token_expires") == 0;
    case 'r':
        return strcmp(name, "refresh_token") == 0;
    case 'i':
        return strcmp(name, "id_token") == 0;
    default:
        return 0;
    }
}

/* Is NAME "OIDC_CLAIM_" and three letters? Without a call: it is asked forty times a request. */
static int is_short_claim(const char *name)
{
    return name[0] == 'O' && name[1] == 'I' && name[2] == 'D' && name[3] == 'C' && name[4] == '_' &&
           name[5] == 'C' && name[6] == 'L' && name[7] == 'A' && name[8] == 'I' && name[9] == 'M' &&
           name[10] == '_' && name[11] && name[12] && name[13] && !name[14];
}

/*
 * Take what makes an identity out of ENVIRONMENT, and the tokens with it: a token is worth more than a name, and
 * nobody behind this server needs it. One pass, most variables settled by one letter: mod_auth_openidc sets some
 * forty whose names begin alike, and each look-up or removal by name would compare with all of them (measured:
 * 5,000 instructions a request). A token's value is emptied in place, since the table allows no removal here.
 */
static void take_claims(b2b_visit_t *visit, apr_table_t *environment)
{
    const apr_array_header_t *variables = apr_table_elts(environment);
    apr_table_entry_t *entry = (apr_table_entry_t *)variables->elts;

    for (apr_table_entry_t *end = entry + variables->nelts; entry < end; entry++) {
        const char *name = entry->key;
        const char **value = NULL;

        if (name[0] != 'O') {
            continue;
        }
        if (is_short_claim(name)) {
            const char *claim = name + sizeof("OIDC_CLAIM_") - 1;

            value = memcmp(claim, "iss", 3) == 0   ? &visit->identity.issuer
                    : memcmp(claim, "sub", 3) == 0 ? &visit->identity.subject
                    : memcmp(claim, "iat", 3) == 0 ? &visit->issued_at
                                                   : NULL;
        }
        else if (strncmp(name, "OIDC_", 5) == 0 && is_token(name + 5)) {
            entry->val = (char *)"";
        }
        if (value && !*value) {
            *value = entry->val;
        }
    }
}

const b2b_identity_t *b2b_visit_identity(b2b_visit_t *visit, request_rec *r)
{
    if (visit->has_identity) {
        return &visit->identity;
    }
    /* mod_auth_openidc sets the claims in the request that it signed in: the initial one, or, where that was
     * open to all, one that followed from it. Further inward they appear as REDIRECT_OIDC_…, or not at all. */
    for (request_rec *at = r; at; at = at->main ? at->main : at->prev) {
        b2b_identity_t *identity = &visit->identity;

        if (!at->user || !*at->user) {
            continue; /* OIDCUnAuthAction pass says "" for nobody */
        }
        take_claims(visit, at->subprocess_env);
        if (identity->issuer && *identity->issuer && identity->subject && *identity->subject &&
            strlen(identity->subject) <= B2B_SUBJECT_MAX) {
            identity->email_verified = B2B_VERIFIED_NO;
            visit->claims = at->subprocess_env;
            if (at->main) {
                /* Signed in within a page that is open to all; the sub-request ends before the visit does. */
                apr_pool_t *pool = b2b_visit_initial(r)->pool;

                visit->claims = apr_table_clone(pool, visit->claims);
                identity->issuer = apr_pstrdup(pool, identity->issuer);
                identity->subject = apr_pstrdup(pool, identity->subject);
                visit->issued_at = visit->issued_at ? apr_pstrdup(pool, visit->issued_at) : NULL;
            }
            visit->has_identity = 1;
            return identity;
        }
        identity->issuer = identity->subject = visit->issued_at = NULL;
    }
    return NULL; /* not remembered: the user may be still to come */
}

/* Take e-mail address and names out of the JSON in the variable NAME, where they are not known yet. */
static void read_payload(b2b_identity_t *identity, int *knows_verified, const apr_table_t *claims,
                         const char *name, request_rec *r)
{
    const char *text = apr_table_get(claims, name);
    b2b_json_t *json;
    const char *email;
    apr_size_t length = text ? strlen(text) : 0;
    b2b_error_t *err;

    if (length == 0 || length > PAYLOAD_MAX) {
        return;
    }
    err = b2b_json_parse(&json, text, length, r->pool);
    if (err || b2b_json_type(json) != B2B_JSON_OBJECT) {
        ap_log_rerror(APLOG_MARK, APLOG_INFO, 0, r, "%s is not a JSON object and tells nothing",
                      name);
        return;
    }
    email = b2b_json_get_string(json, "email");
    if (!identity->email && email && b2b_text_is_email(email)) {
        const b2b_json_t *verified = b2b_json_get(json, "email_verified");

        /* Of the same document as the address: the one says nothing about the other's. */
        identity->email = email;
        identity->email_verified = !verified                                  ? B2B_VERIFIED_ABSENT
                                   : b2b_json_type(verified) == B2B_JSON_TRUE ? B2B_VERIFIED_YES
                                                                              : B2B_VERIFIED_NO;
        *knows_verified = 1;
    }
    if (!identity->first_name) {
        const char *given = b2b_json_get_string(json, "given_name");

        identity->first_name = given && b2b_text_is_line(given) && strlen(given) <= B2B_NAME_MAX
                                   ? given
                                   : NULL;
    }
    if (!identity->last_name) {
        const char *family = b2b_json_get_string(json, "family_name");

        identity->last_name = family && b2b_text_is_line(family) && strlen(family) <= B2B_NAME_MAX
                                  ? family
                                  : NULL;
    }
}

/* What mod_auth_openidc flattened into single variables; "1" there is the boolean true or a number, so that
 * nothing it says counts as verified. */
static void read_variables(b2b_identity_t *identity, const apr_table_t *claims)
{
    const char *email = apr_table_get(claims, "OIDC_CLAIM_email");

    if (email && b2b_text_is_email(email)) {
        identity->email = email;
        identity->email_verified = apr_table_get(claims, "OIDC_CLAIM_email_verified")
                                       ? B2B_VERIFIED_NO
                                       : B2B_VERIFIED_ABSENT;
    }
}

const b2b_identity_t *b2b_visit_identity_whole(b2b_visit_t *visit, request_rec *r)
{
    int knows_verified = 0;

    if (!b2b_visit_identity(visit, r)) {
        return NULL;
    }
    if (!visit->has_payload) {
        request_rec *initial = b2b_visit_initial(r);

        read_payload(&visit->identity, &knows_verified, visit->claims, "OIDC_id_token_payload",
                     initial);
        read_payload(&visit->identity, &knows_verified, visit->claims, "OIDC_userinfo_json",
                     initial);
        if (!knows_verified) {
            read_variables(&visit->identity, visit->claims);
        }
        visit->has_payload = 1;
    }
    return &visit->identity;
}

/* A host user's first sign-in (S3) ---------------------------------------------------------------------------- */

typedef struct {
    const b2b_identity_t *identity;
    b2b_host_user_t *user;
    const b2b_audit_event_t *event;
} link_t;

static b2b_error_t *link_host_user(void *baton, b2b_db_conn_t *conn, apr_pool_t *pool)
{
    link_t *link = baton;

    B2B_ERR(b2b_host_user_link(&link->user, conn, link->identity, pool, pool));
    if (link->user) {
        b2b_audit_event_t event = *link->event;

        event.actor_kind = "host_user";
        event.actor_id = event.object_id = link->user->id;
        event.actor_name = event.object_name = link->user->email;
        B2B_ERR(b2b_audit_record(conn, &event, pool));
    }
    return NULL;
}

/*
 * Nobody has this identity. Is it that of a pending host user, by the verified address? Asked once for what
 * is known now: ITEM's mark remembers the generation of "host", which a new pending user moves.
 */
static b2b_error_t *link_pending(int *linked, b2b_visit_t *visit, b2b_cached_t *item,
                                 request_rec *r)
{
    _Atomic apr_int64_t *mark = b2b_cached_mark(item);
    apr_int64_t generation = (apr_int64_t)atomic_load(
                                 &b2b_startup->generations->counter[b2b_db_slot("host")]) +
                             1;
    const b2b_identity_t *identity;
    b2b_audit_event_t event = {.action = "host_user.link",
                               .outcome = "done",
                               .object_kind = "host_user"};
    link_t link = {NULL, NULL, &event};
    b2b_db_conn_t *conn;
    b2b_error_t *err;

    *linked = 0;
    if (atomic_load(mark) == generation) {
        return NULL;
    }
    identity = b2b_visit_identity_whole(visit, r);
    if (!b2b_policy_email_verified(b2b_child->site.issuers, identity)) {
        atomic_store(mark, generation);
        return NULL;
    }
    link.identity = identity;
    event.request_id = b2b_visit_request_id(visit, r);
    event.address = r->useragent_ip;
    B2B_ERR(b2b_db_acquire(&conn, b2b_child->site.db, r->pool));
    err = b2b_db_transaction(conn, link_host_user, &link, r->pool);
    b2b_db_release(conn);
    if (!err) {
        atomic_store(mark, generation);
        *linked = link.user != NULL;
    }
    return err;
}

b2b_error_t *b2b_visit_person(const b2b_person_t **person, b2b_visit_t *visit, request_rec *r)
{
    const b2b_identity_t *identity;
    b2b_cached_t *item;

    *person = visit->person;
    if (visit->has_person) {
        return NULL;
    }
    identity = b2b_visit_identity(visit, r);
    if (!identity) {
        return NULL;
    }
    for (int again = 1;; again = 0) {
        b2b_error_t *err;
        int linked;

        B2B_ERR(b2b_child_get(&item, b2b_child->people, visit->portal_id, identity->issuer,
                              identity->subject, r->pool));
        if (b2b_cached_value(item) || visit->side != B2B_SIDE_CONSOLE || !again) {
            break;
        }
        err = link_pending(&linked, visit, item, r);
        if (!err && !linked) {
            break;
        }
        /* Not kept: who asks again after an error must not fill the visit's few places. */
        b2b_cached_release(item);
        B2B_ERR(err);
    }
    b2b_visit_hold(visit, item);
    visit->person_item = item;
    visit->person = b2b_cached_value(item);
    visit->has_person = 1;
    *person = visit->person;
    return NULL;
}

b2b_error_t *b2b_visit_decision(b2b_decision_t *decision, b2b_visit_t *visit, request_rec *r)
{
    const b2b_person_t *person;
    const b2b_identity_t *identity;
    const b2b_principal_t *principal;

    *decision = visit->decision;
    if (visit->has_decision) {
        return NULL;
    }
    decision->granted = 0;
    decision->reason = B2B_REASON_DENIED_NOBODY;
    identity = b2b_visit_identity(visit, r);
    if (!identity) {
        return NULL;
    }
    B2B_ERR(b2b_visit_person(&person, visit, r));
    principal = person ? person->principal : NULL;
    if (visit->side == B2B_SIDE_PORTAL) {
        const b2b_portal_snapshot_t *portal;

        B2B_ERR(b2b_visit_portal(&portal, visit, r));
        visit->decision = b2b_policy_member(portal, identity, principal, visit->now);
    }
    else {
        visit->decision = b2b_policy_host_user(b2b_child->site.issuers, identity, principal);
    }
    visit->has_decision = 1;
    *decision = visit->decision;
    return NULL;
}

/* After the answer ----------------------------------------------------------------------------------------------- */

static b2b_error_t *note_sign_in(void *baton, b2b_db_conn_t *conn, apr_pool_t *pool)
{
    const b2b_principal_t *principal = baton;

    return principal->kind == B2B_PRINCIPAL_MEMBER
               ? b2b_member_signed_in(conn, principal->portal_id, principal->id, pool)
               : b2b_host_user_signed_in(conn, principal->id, pool);
}

static b2b_error_t *record(void *baton, b2b_db_conn_t *conn, apr_pool_t *pool)
{
    return b2b_audit_record(conn, baton, pool);
}

static void write_after(b2b_db_work_cb work, void *baton, const char *what, request_rec *r)
{
    b2b_db_conn_t *conn;
    b2b_error_t *err = b2b_db_acquire(&conn, b2b_child->site.db, r->pool);

    if (!err) {
        err = b2b_db_transaction(conn, work, baton, r->pool);
        b2b_db_release(conn);
    }
    if (err) {
        ap_log_rerror(APLOG_MARK, APLOG_INFO, err->status, r, "%s was not noted: %s", what,
                      b2b_error_text(err, r->pool));
    }
}

/* Seconds since 1970; 0 for what is not that. Every request reads it, and strtol is slow. */
static apr_int64_t seconds_of(const char *digits)
{
    apr_int64_t seconds = 0;

    for (; digits && *digits >= '0' && *digits <= '9' && seconds < APR_INT64_C(1) << 50; digits++) {
        seconds = seconds * 10 + (*digits - '0');
    }
    return digits && *digits == '\0' ? seconds : 0;
}

/* A sign-in is new where its time is: the iat of the ID token. The person's item says what this child knows,
 * shared memory what the others do. */
static void log_sign_in(b2b_visit_t *visit, request_rec *r)
{
    apr_int64_t at = seconds_of(visit->issued_at);
    _Atomic apr_int64_t *mark = b2b_cached_mark(visit->person_item);
    apr_int64_t before = atomic_load(mark);
    apr_uint64_t hash;

    if (at <= before || !atomic_compare_exchange_strong(mark, &before, at)) {
        return;
    }
    hash = b2b_hash64(
        apr_pstrcat(r->pool, visit->person->principal->id, "\n", visit->issued_at, NULL));
    if (atomic_exchange(&b2b_startup->shared->sign_ins[hash % B2B_SIGN_IN_SLOTS], hash) != hash) {
        write_after(note_sign_in, (void *)visit->person->principal, "A sign-in", r);
    }
}

/* One refusal of a kind a second and process is enough: the trail is not to be filled by a loop. */
static int is_due(const char *actor, apr_time_t now)
{
    static _Atomic apr_int64_t last[256];
    _Atomic apr_int64_t *slot = &last[b2b_db_slot(actor) % 256];
    apr_int64_t before = atomic_load(slot);

    return now - before >= APR_USEC_PER_SEC && atomic_compare_exchange_strong(slot, &before, now);
}

static void log_refusal(b2b_visit_t *visit, request_rec *r)
{
    const b2b_principal_t *principal = visit->person ? visit->person->principal : NULL;
    const char *actor = principal ? principal->id : visit->identity.subject;
    b2b_audit_event_t event = {.portal_id = visit->portal_id,
                               .action = "address.open",
                               .outcome = "refused",
                               .actor_name = ""};

    if (!is_due(actor, visit->now)) {
        return;
    }
    event.actor_kind = !principal                                ? "anonymous"
                       : principal->kind == B2B_PRINCIPAL_MEMBER ? "member"
                                                                 : "host_user";
    if (principal) {
        event.actor_id = principal->id;
        event.actor_name = principal->email;
    }
    event.reason = b2b_reason_word(visit->refusal);
    event.object_kind = "address";
    event.object_name = b2b_text_escape_log(b2b_visit_initial(r)->uri, r->pool);
    event.request_id = b2b_visit_request_id(visit, r);
    event.address = r->useragent_ip;
    write_after(record, &event, "A refusal", r);
}

int b2b_identity_log_transaction(request_rec *r)
{
    b2b_visit_t *visit = b2b_visit_of(r);
    request_rec *last = r;

    if (!visit || !visit->has_person) {
        return DECLINED;
    }
    while (last->next) {
        last = last->next;
    }
    if (visit->refused && (last->status == HTTP_FORBIDDEN || last->status == HTTP_UNAUTHORIZED)) {
        log_refusal(visit, r);
    }
    else if (visit->person && visit->decision.granted) {
        log_sign_in(visit, r);
    }
    return DECLINED;
}
