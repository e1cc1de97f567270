/* SPDX-License-Identifier: Apache-2.0 */
/* Host users: their rows, roles, groups and states. */

#include <string.h>

#include "model/model_private.h"

static const b2b_sort_t sorts[] = {{"email", STMT_HOST_USER_LIST_EMAIL_UP,
                                    STMT_HOST_USER_LIST_EMAIL_DOWN, 0},
                                   {NULL, 0, 0, 0}};

#define COLUMNS 13

/* The row ROWS stands on, without groups. */
static b2b_host_user_t *user_of(const b2b_db_rows_t *rows, apr_pool_t *result_pool)
{
    b2b_host_user_t *u = apr_pcalloc(result_pool, sizeof(*u));

    u->id = b2b_db_text(rows, 0);
    u->email = b2b_db_text(rows, 1);
    u->first_name = b2b_db_text(rows, 2);
    u->last_name = b2b_db_text(rows, 3);
    u->roles = (int)b2b_db_integer(rows, 4);
    u->state = b2b_state_parse(b2b_db_text(rows, 5));
    u->issuer = b2b_db_text(rows, 6);
    u->subject = b2b_db_text(rows, 7);
    u->locale = b2b_db_text(rows, 8);
    u->last_sign_in_at = b2b_db_time(rows, 9);
    u->version = b2b_db_integer(rows, 10);
    u->created_at = b2b_db_time(rows, 11);
    u->modified_at = b2b_db_time(rows, 12);
    return u;
}

static b2b_error_t *groups_load(b2b_host_user_t *user, b2b_db_conn_t *conn, apr_pool_t *result_pool)
{
    apr_array_header_t *groups;
    b2b_db_rows_t *rows;

    B2B_ERR(b2b_db_query(&rows, conn, STMT_HOST_USER_GROUPS, result_pool, "s", user->id));
    groups = apr_array_make(result_pool, b2b_db_count(rows), sizeof(b2b_ref_t));
    while (b2b_db_next(rows)) {
        b2b_ref_t *ref = apr_array_push(groups);

        ref->id = b2b_db_text(rows, 0);
        ref->name = b2b_db_text(rows, 1);
    }
    user->groups = groups;
    return NULL;
}

static b2b_error_t *user_select(b2b_host_user_t **user, b2b_db_rows_t *rows, b2b_db_conn_t *conn,
                                apr_pool_t *result_pool)
{
    *user = NULL;
    if (b2b_db_next(rows)) {
        *user = user_of(rows, result_pool);
        return groups_load(*user, conn, result_pool);
    }
    return NULL;
}

b2b_error_t *b2b_host_user_get(b2b_host_user_t **user, b2b_db_conn_t *conn, const char *id,
                               apr_pool_t *result_pool, apr_pool_t *scratch_pool)
{
    b2b_db_rows_t *rows;

    (void)scratch_pool;
    B2B_ERR(b2b_db_query(&rows, conn, STMT_HOST_USER_SELECT, result_pool, "s", id));
    return user_select(user, rows, conn, result_pool);
}

b2b_error_t *b2b_host_user_by_email(b2b_host_user_t **user, b2b_db_conn_t *conn, const char *email,
                                    apr_pool_t *result_pool, apr_pool_t *scratch_pool)
{
    b2b_db_rows_t *rows;

    B2B_ERR(b2b_db_query(&rows, conn, STMT_HOST_USER_SELECT_BY_EMAIL, result_pool, "s",
                         b2b_text_fold(email, scratch_pool)));
    return user_select(user, rows, conn, result_pool);
}

b2b_error_t *b2b_host_user_list(b2b_page_t **page, b2b_db_conn_t *conn, const b2b_list_t *list,
                                apr_pool_t *result_pool, apr_pool_t *scratch_pool)
{
    const b2b_sort_t *sort = b2b_sort_find(sorts, list);
    const char *like = b2b_like(list->q, scratch_pool);
    b2b_db_rows_t *rows;

    B2B_ERR(b2b_db_query(&rows, conn, b2b_sort_stmt(sort, list), result_pool, "sssssssssssi",
                         list->after_key, b2b_list_after(list), b2b_any(list->state),
                         b2b_any(list->state), b2b_any(list->role), b2b_any(list->role),
                         b2b_any(list->group_id), b2b_any(list->group_id), like, like, like,
                         b2b_list_limit(list)));
    *page = b2b_page_create(list, result_pool);
    while (b2b_db_next(rows) && b2b_page_room(*page, list)) {
        b2b_host_user_t *user = user_of(rows, result_pool);

        B2B_ERR(groups_load(user, conn, result_pool));
        b2b_page_add(*page, user, user->id, sort, rows, COLUMNS);
    }
    return NULL;
}

static b2b_error_t *roles_set(b2b_db_conn_t *conn, const char *id, int roles,
                              apr_pool_t *scratch_pool)
{
    int role;

    B2B_ERR(b2b_db_execute(NULL, conn, STMT_HOST_USER_ROLES_DELETE, scratch_pool, "s", id));
    for (role = B2B_HOST_ADMINISTRATOR; role <= B2B_HOST_USER; role <<= 1) {
        if (roles & role) {
            B2B_ERR(b2b_db_execute(NULL, conn, STMT_HOST_USER_ROLE_INSERT, scratch_pool, "ss", id,
                                   b2b_host_role_word((b2b_host_role_e)role)));
        }
    }
    return NULL;
}

/* The members whom ID sponsors have access with them, and lose it with them (S3): their portals are read anew. */
static b2b_error_t *sponsored_touch(b2b_db_conn_t *conn, const char *id, apr_pool_t *scratch_pool)
{
    b2b_db_rows_t *rows;

    B2B_ERR(b2b_db_query(&rows, conn, STMT_HOST_USER_SPONSORED_PORTALS, scratch_pool, "s", id));
    while (b2b_db_next(rows)) {
        b2b_touch_portal(conn, b2b_db_text(rows, 0), scratch_pool);
    }
    return NULL;
}

b2b_error_t *b2b_host_user_create(b2b_db_conn_t *conn, b2b_host_user_t *values,
                                  apr_pool_t *result_pool, apr_pool_t *scratch_pool)
{
    const char *folded = b2b_text_fold(values->email, scratch_pool);
    const char *first = b2b_text_or_empty(values->first_name);
    const char *last = b2b_text_or_empty(values->last_name);
    const char *name = b2b_person_folded(first, last, values->email, scratch_pool);
    apr_time_t now = b2b_clock_now();
    b2b_host_user_t *made;
    b2b_db_rows_t *rows;

    B2B_ERR(b2b_db_query(&rows, conn, STMT_HOST_USER_FIND, scratch_pool, "s", folded));
    if (!b2b_db_next(rows)) {
        values->id = b2b_id_create(result_pool);
        B2B_ERR(b2b_db_execute(NULL, conn, STMT_HOST_USER_INSERT, scratch_pool, "sssssssii",
                               values->id, values->email, folded, first, last, name, values->locale,
                               (apr_int64_t)now, (apr_int64_t)now));
    }
    else if (b2b_db_time(rows, 3) == 0) {
        b2b_error_t *err = b2b_error_of_field(scratch_pool, B2B_E_CONFLICT, "email", __FILE__,
                                              __LINE__,
                                              "There is already a host user with the address %s.",
                                              values->email);

        return b2b_error_typed(err, "email-taken");
    }
    else {
        values->id = apr_pstrdup(result_pool, b2b_db_text(rows, 0));
        b2b_touch_identity(conn, NULL, b2b_db_text(rows, 1), b2b_db_text(rows, 2), scratch_pool);
        B2B_ERR(b2b_db_execute(NULL, conn, STMT_HOST_USER_REVIVE, scratch_pool, "sssssis",
                               values->email, first, last, name, values->locale, (apr_int64_t)now,
                               values->id));
        /* Who comes back is in no group that nobody named now. */
        B2B_ERR(b2b_db_execute(NULL, conn, STMT_HOST_USER_GROUPS_DELETE, scratch_pool, "s",
                               values->id));
        B2B_ERR(sponsored_touch(conn, values->id, scratch_pool));
    }
    B2B_ERR(roles_set(conn, values->id, values->roles, scratch_pool));
    b2b_db_touch(conn, "host"); /* who signed in before and was nobody is asked for again */
    B2B_ERR(b2b_host_user_get(&made, conn, values->id, result_pool, scratch_pool));
    if (made) {
        *values = *made;
    }
    return NULL;
}

b2b_error_t *b2b_host_user_ensure(int *made, b2b_db_conn_t *conn, const char *email,
                                  apr_pool_t *scratch_pool)
{
    b2b_host_user_t values = {0};
    b2b_db_rows_t *rows;

    *made = FALSE;
    B2B_ERR(b2b_db_query(&rows, conn, STMT_HOST_USER_FIND, scratch_pool, "s",
                         b2b_text_fold(email, scratch_pool)));
    if (b2b_db_next(rows)) {
        return NULL;
    }
    values.email = email;
    values.roles = B2B_HOST_ADMINISTRATOR;
    B2B_ERR(b2b_host_user_create(conn, &values, scratch_pool, scratch_pool));
    *made = TRUE;
    return NULL;
}

/*
 * Load the user of a change into *USER, under the lock that all such changes take, and refuse the change if
 * it takes away (LOSES) the last active administrator.
 */
static b2b_error_t *change_begin(b2b_host_user_t **user, b2b_db_conn_t *conn, const char *id,
                                 apr_int64_t version, int loses, apr_pool_t *scratch_pool)
{
    b2b_db_rows_t *rows;

    B2B_ERR(b2b_db_execute(NULL, conn, STMT_SETTINGS_LOCK, scratch_pool, ""));
    B2B_ERR(b2b_host_user_get(user, conn, id, scratch_pool, scratch_pool));
    if (!*user) {
        return b2b_store_missing("host user", scratch_pool);
    }
    if (version != B2B_VERSION_ANY && (*user)->version != version) {
        B2B_ERR(b2b_db_query(&rows, conn, STMT_HOST_USER_VERSION, scratch_pool, "s", id));
        return b2b_store_lost(rows, "host user", scratch_pool);
    }
    if (!loses || (*user)->state != B2B_STATE_ACTIVE ||
        !((*user)->roles & B2B_HOST_ADMINISTRATOR)) {
        return NULL;
    }
    B2B_ERR(b2b_db_query(&rows, conn, STMT_HOST_USER_ADMINISTRATORS, scratch_pool, ""));
    if (b2b_db_next(rows) && b2b_db_integer(rows, 0) <= 1) {
        return b2b_error_typed(
            b2b_error_create(scratch_pool, B2B_E_CONFLICT, NULL,
                             "This is the last active administrator. Make another one first."),
            "last-administrator");
    }
    return NULL;
}

/* AFFECTED rows of ID were changed: touch what depends on it. */
static b2b_error_t *change_end(b2b_db_conn_t *conn, const b2b_host_user_t *user,
                               apr_int64_t affected, apr_pool_t *scratch_pool)
{
    if (affected == 0) {
        b2b_db_rows_t *rows;

        B2B_ERR(b2b_db_query(&rows, conn, STMT_HOST_USER_VERSION, scratch_pool, "s", user->id));
        return b2b_store_lost(rows, "host user", scratch_pool);
    }
    b2b_touch_identity(conn, NULL, user->issuer, user->subject, scratch_pool);
    return NULL;
}

b2b_error_t *b2b_host_user_update(b2b_db_conn_t *conn, b2b_host_user_t *values, apr_int64_t version,
                                  apr_pool_t *scratch_pool)
{
    apr_time_t now = b2b_clock_now();
    b2b_host_user_t *old;
    apr_int64_t affected;

    B2B_ERR(change_begin(&old, conn, values->id, version, !(values->roles & B2B_HOST_ADMINISTRATOR),
                         scratch_pool));
    B2B_ERR(
        b2b_db_execute(&affected, conn, STMT_HOST_USER_UPDATE, scratch_pool, "ssssisii",
                       b2b_text_or_empty(values->first_name), b2b_text_or_empty(values->last_name),
                       b2b_person_folded(values->first_name, values->last_name, old->email,
                                         scratch_pool),
                       values->locale, (apr_int64_t)now, values->id, B2B_VERSION_RANGE(version)));
    B2B_ERR(change_end(conn, old, affected, scratch_pool));
    values->version = old->version + 1;
    values->modified_at = now;
    return roles_set(conn, values->id, values->roles, scratch_pool);
}

b2b_error_t *b2b_host_user_groups_set(b2b_db_conn_t *conn, const char *id,
                                      const apr_array_header_t *groups, apr_pool_t *scratch_pool)
{
    b2b_host_user_t *user;
    b2b_db_rows_t *rows;
    int i;

    B2B_ERR(b2b_host_user_get(&user, conn, id, scratch_pool, scratch_pool));
    if (!user) {
        return b2b_store_missing("host user", scratch_pool);
    }
    for (i = 0; i < groups->nelts; i++) {
        B2B_ERR(b2b_db_query(&rows, conn, STMT_HOST_GROUP_VERSION, scratch_pool, "s",
                             APR_ARRAY_IDX(groups, i, const char *)));
        if (!b2b_db_next(rows)) {
            return b2b_error_invalid(scratch_pool, apr_psprintf(scratch_pool, "groups/%d", i),
                                     "There is no such host group.");
        }
    }
    B2B_ERR(b2b_db_execute(NULL, conn, STMT_HOST_USER_GROUPS_DELETE, scratch_pool, "s", id));
    for (i = 0; i < groups->nelts; i++) {
        B2B_ERR(b2b_db_execute(NULL, conn, STMT_HOST_GROUP_USER_INSERT, scratch_pool, "ss",
                               APR_ARRAY_IDX(groups, i, const char *), id));
    }
    b2b_touch_identity(conn, NULL, user->issuer, user->subject, scratch_pool);
    return b2b_db_execute(NULL, conn, STMT_HOST_USER_RAISE, scratch_pool, "is",
                          (apr_int64_t)b2b_clock_now(), id);
}

b2b_error_t *b2b_host_user_suspend(b2b_db_conn_t *conn, const char *id, apr_int64_t version,
                                   apr_pool_t *scratch_pool)
{
    b2b_host_user_t *user;
    apr_int64_t affected;

    B2B_ERR(change_begin(&user, conn, id, version, TRUE, scratch_pool));
    B2B_ERR(b2b_db_execute(&affected, conn, STMT_HOST_USER_SUSPEND, scratch_pool, "isii",
                           (apr_int64_t)b2b_clock_now(), id, B2B_VERSION_RANGE(version)));
    B2B_ERR(change_end(conn, user, affected, scratch_pool));
    return sponsored_touch(conn, id, scratch_pool);
}

b2b_error_t *b2b_host_user_resume(b2b_db_conn_t *conn, const char *id, apr_int64_t version,
                                  apr_pool_t *scratch_pool)
{
    b2b_host_user_t *user;
    apr_int64_t affected;

    B2B_ERR(change_begin(&user, conn, id, version, FALSE, scratch_pool));
    B2B_ERR(b2b_db_execute(&affected, conn, STMT_HOST_USER_RESUME, scratch_pool, "isii",
                           (apr_int64_t)b2b_clock_now(), id, B2B_VERSION_RANGE(version)));
    B2B_ERR(change_end(conn, user, affected, scratch_pool));
    return sponsored_touch(conn, id, scratch_pool);
}

b2b_error_t *b2b_host_user_delete(b2b_db_conn_t *conn, const char *id, apr_int64_t version,
                                  apr_pool_t *scratch_pool)
{
    apr_int64_t now = (apr_int64_t)b2b_clock_now();
    b2b_host_user_t *user;
    apr_int64_t affected;

    B2B_ERR(change_begin(&user, conn, id, version, TRUE, scratch_pool));
    B2B_ERR(b2b_db_execute(&affected, conn, STMT_HOST_USER_DELETE, scratch_pool, "iisii", now, now,
                           id, B2B_VERSION_RANGE(version)));
    B2B_ERR(change_end(conn, user, affected, scratch_pool));
    return sponsored_touch(conn, id, scratch_pool);
}

b2b_error_t *b2b_host_user_sponsored(b2b_sponsored_t *sponsored, b2b_db_conn_t *conn,
                                     const char *id, apr_pool_t *scratch_pool)
{
    b2b_db_rows_t *rows;

    memset(sponsored, 0, sizeof(*sponsored));
    B2B_ERR(b2b_db_query(&rows, conn, STMT_HOST_USER_SPONSORED, scratch_pool, "si", id,
                         (apr_int64_t)b2b_clock_now()));
    if (b2b_db_next(rows)) {
        sponsored->members = b2b_db_integer(rows, 0);
        sponsored->portals = b2b_db_integer(rows, 1);
    }
    return NULL;
}

b2b_error_t *b2b_host_user_link(b2b_host_user_t **user, b2b_db_conn_t *conn,
                                const b2b_identity_t *identity, apr_pool_t *result_pool,
                                apr_pool_t *scratch_pool)
{
    apr_int64_t now = (apr_int64_t)b2b_clock_now();
    b2b_host_user_t *linked;
    b2b_db_rows_t *rows;
    apr_int64_t affected;

    *user = NULL;
    if (!identity->email) {
        return NULL;
    }
    B2B_ERR(b2b_db_query(&rows, conn, STMT_HOST_USER_SELECT_BY_IDENTITY, scratch_pool, "ss",
                         identity->issuer, identity->subject));
    if (b2b_db_next(rows)) {
        return NULL;
    }
    B2B_ERR(b2b_db_execute(NULL, conn, STMT_HOST_USER_FORGET, scratch_pool, "ss", identity->issuer,
                           identity->subject));
    B2B_ERR(b2b_db_execute(&affected, conn, STMT_HOST_USER_LINK, scratch_pool, "ssissis",
                           identity->issuer, identity->subject, now,
                           b2b_text_or_empty(identity->first_name),
                           b2b_text_or_empty(identity->last_name), now,
                           b2b_text_fold(identity->email, scratch_pool)));
    if (affected == 0) {
        return NULL;
    }
    B2B_ERR(b2b_host_user_by_email(&linked, conn, identity->email, result_pool, scratch_pool));
    if (!linked) {
        return NULL;
    }
    B2B_ERR(b2b_db_execute(NULL, conn, STMT_HOST_USER_NAME, scratch_pool, "ss",
                           b2b_person_folded(linked->first_name, linked->last_name, linked->email,
                                             scratch_pool),
                           linked->id));
    /* A cache may remember that nobody has this identity. */
    b2b_touch_identity(conn, NULL, identity->issuer, identity->subject, scratch_pool);
    *user = linked;
    return NULL;
}

b2b_error_t *b2b_host_user_signed_in(b2b_db_conn_t *conn, const char *id, apr_pool_t *scratch_pool)
{
    return b2b_db_execute(NULL, conn, STMT_HOST_USER_SIGNED_IN, scratch_pool, "is",
                          (apr_int64_t)b2b_clock_now(), id);
}
