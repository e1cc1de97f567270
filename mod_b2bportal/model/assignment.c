/* SPDX-License-Identifier: Apache-2.0 */
/* Who is told by mail that a form waits for them now, and whether it still does when the mail's turn comes. */

#include <string.h>

#include "base/json.h"
#include "model/model_private.h"

typedef struct {
    const char *kind; /* "member" or "host_user" */
    const char *id;
    const char *email;
    const char *locale; /* or NULL */
} person_t;

typedef struct {
    b2b_db_conn_t *conn;
    const char *portal_id;
    const char *partner_id;
    apr_hash_t *people; /* kind and id → person_t */
    apr_pool_t *pool;
} crowd_t;

static void add_people(crowd_t *crowd, const char *kind, b2b_db_rows_t *rows)
{
    while (b2b_db_next(rows)) {
        person_t *person = apr_pcalloc(crowd->pool, sizeof(*person));

        person->kind = kind;
        person->id = b2b_db_text(rows, 0);
        person->email = b2b_db_text(rows, 1);
        person->locale = b2b_db_text(rows, 2);
        apr_hash_set(crowd->people, apr_pstrcat(crowd->pool, kind, " ", person->id, NULL),
                     APR_HASH_KEY_STRING, person);
    }
}

/* The people whom the owner of KIND and ID stands for, as far as they may work and want mail. */
static b2b_error_t *add_owner(crowd_t *crowd, const char *kind, const char *id)
{
    apr_int64_t now = (apr_int64_t)b2b_clock_now();
    apr_int64_t limit = B2B_ASSIGNMENT_MAILS_MAX + 2; /* more than enough: and the one who acted */
    b2b_db_rows_t *rows;

    if (!strcmp(kind, "member")) {
        B2B_ERR(b2b_db_query(&rows, crowd->conn, STMT_ASSIGNED_MEMBER, crowd->pool, "sssi",
                             crowd->portal_id, id, crowd->partner_id, now));
    }
    else if (!strcmp(kind, "group")) {
        B2B_ERR(b2b_db_query(&rows, crowd->conn, STMT_ASSIGNED_GROUP, crowd->pool, "sssii",
                             crowd->portal_id, id, crowd->partner_id, now, limit));
    }
    else if (!strcmp(kind, "partner") && !strcmp(id, crowd->partner_id)) {
        B2B_ERR(b2b_db_query(&rows, crowd->conn, STMT_ASSIGNED_PARTNER, crowd->pool, "ssii",
                             crowd->portal_id, id, now, limit));
    }
    else if (!strcmp(kind, "host_user")) {
        B2B_ERR(b2b_db_query(&rows, crowd->conn, STMT_ASSIGNED_HOST_USER, crowd->pool, "s", id));
    }
    else if (!strcmp(kind, "host_group")) {
        B2B_ERR(b2b_db_query(&rows, crowd->conn, STMT_ASSIGNED_HOST_GROUP, crowd->pool, "si", id,
                             limit));
    }
    else {
        return NULL;
    }
    add_people(crowd, strncmp(kind, "host_", 5) ? "member" : "host_user", rows);
    return NULL;
}

/* As lists of mail show it, and as it is sent: the language's own sentence. */
static const char *subject_of(const b2b_assignment_t *assignment, const char *locale,
                              apr_pool_t *pool)
{
    return apr_pstrcat(pool, assignment->reference,
                       locale && !strncmp(locale, "de", 2) ? " wartet auf Sie: "
                                                           : " is waiting for you: ",
                       assignment->form_title, NULL);
}

static b2b_error_t *enqueue(b2b_db_conn_t *conn, const b2b_site_t *site,
                            const b2b_assignment_t *assignment, const person_t *person,
                            apr_pool_t *pool)
{
    b2b_json_t *document = b2b_json_object(pool);
    b2b_mail_t mail = {.portal_id = assignment->portal_id,
                       .kind = "assignment",
                       .subject_id = assignment->instance_id,
                       .recipient = person->email,
                       .subject = subject_of(assignment, person->locale, pool)};

    b2b_json_set_string(document, "reference", assignment->reference);
    b2b_json_set_string(document, "title", assignment->process_title);
    b2b_json_set_string(document, "status_title", assignment->form_title);
    b2b_json_set_integer(document, "form", assignment->form);
    b2b_json_set_string(document, "person_kind", person->kind);
    b2b_json_set_string(document, "person_id", person->id);
    if (person->locale) {
        b2b_json_set_string(document, "locale", person->locale);
    }
    mail.document = b2b_json_write(document, pool);
    return b2b_mail_enqueue(conn, &mail, site->domain, pool, pool);
}

b2b_error_t *b2b_assignment_cancel(b2b_db_conn_t *conn, const char *portal_id,
                                   const char *instance_id, apr_pool_t *scratch_pool)
{
    return b2b_mail_cancel(conn, portal_id, instance_id, scratch_pool);
}

b2b_error_t *b2b_assignment_notify(b2b_db_conn_t *conn, const b2b_site_t *site,
                                   const b2b_assignment_t *assignment, apr_pool_t *scratch_pool)
{
    crowd_t crowd = {.conn = conn,
                     .portal_id = assignment->portal_id,
                     .partner_id = assignment->partner_id,
                     .people = apr_hash_make(scratch_pool),
                     .pool = scratch_pool};
    apr_hash_index_t *index;
    int i;

    for (i = 0; assignment->owners && i < assignment->owners->nelts; i++) {
        const b2b_instance_owner_t *owner = &APR_ARRAY_IDX(assignment->owners, i,
                                                           b2b_instance_owner_t);

        B2B_ERR(add_owner(&crowd, owner->kind, owner->principal_id));
    }
    apr_hash_set(crowd.people,
                 apr_pstrcat(scratch_pool, assignment->actor_kind, " ", assignment->actor_id, NULL),
                 APR_HASH_KEY_STRING, NULL);
    if (apr_hash_count(crowd.people) > B2B_ASSIGNMENT_MAILS_MAX) {
        return NULL;
    }
    for (index = apr_hash_first(scratch_pool, crowd.people); index; index = apr_hash_next(index)) {
        B2B_ERR(enqueue(conn, site, assignment, apr_hash_this_val(index), scratch_pool));
    }
    return NULL;
}

b2b_error_t *b2b_assignment_is_open(int *open, b2b_db_conn_t *conn, const char *portal_id,
                                    const char *instance_id, int form, const char *kind,
                                    const char *id, apr_pool_t *scratch_pool)
{
    crowd_t crowd = {.conn = conn,
                     .portal_id = portal_id,
                     .people = apr_hash_make(scratch_pool),
                     .pool = scratch_pool};
    b2b_db_rows_t *rows;

    *open = 0;
    B2B_ERR(b2b_db_query(&rows, conn, STMT_ASSIGNMENT_OPEN, scratch_pool, "ssi", portal_id,
                         instance_id, (apr_int64_t)form));
    if (!b2b_db_next(rows)) {
        return NULL;
    }
    crowd.partner_id = b2b_db_text(rows, 0);
    B2B_ERR(b2b_db_query(&rows, conn, STMT_ASSIGNMENT_OWNERS, scratch_pool, "ss", portal_id,
                         instance_id));
    while (b2b_db_next(rows)) {
        if (b2b_db_integer(rows, 2) == form) {
            B2B_ERR(add_owner(&crowd, b2b_db_text(rows, 0), b2b_db_text(rows, 1)));
        }
    }
    *open = apr_hash_get(crowd.people, apr_pstrcat(scratch_pool, kind, " ", id, NULL),
                         APR_HASH_KEY_STRING) != NULL;
    return NULL;
}

b2b_error_t *b2b_assignment_mail_wanted(int *wanted, b2b_db_conn_t *conn,
                                        const b2b_principal_t *principal, apr_pool_t *scratch_pool)
{
    b2b_db_rows_t *rows;

    if (principal->kind == B2B_PRINCIPAL_MEMBER) {
        B2B_ERR(b2b_db_query(&rows, conn, STMT_MEMBER_WANTS_MAIL, scratch_pool, "ss",
                             principal->portal_id, principal->id));
    }
    else {
        B2B_ERR(
            b2b_db_query(&rows, conn, STMT_HOST_USER_WANTS_MAIL, scratch_pool, "s", principal->id));
    }
    *wanted = b2b_db_next(rows) ? b2b_db_bool(rows, 0) : 0;
    return NULL;
}

b2b_error_t *b2b_assignment_mail_want(b2b_db_conn_t *conn, const b2b_principal_t *principal,
                                      int wanted, apr_pool_t *scratch_pool)
{
    apr_int64_t value = wanted ? 1 : 0;

    return principal->kind == B2B_PRINCIPAL_MEMBER
               ? b2b_db_execute(NULL, conn, STMT_MEMBER_WANTS_MAIL_SET, scratch_pool, "iss", value,
                                principal->portal_id, principal->id)
               : b2b_db_execute(NULL, conn, STMT_HOST_USER_WANTS_MAIL_SET, scratch_pool, "is",
                                value, principal->id);
}
