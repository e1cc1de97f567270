/* SPDX-License-Identifier: Apache-2.0 */
/* Members: inviting, changing, suspending, removing. Reading and listing: member_list.c. */

#include <string.h>

#include "model/model_private.h"

/* What a change needs to know of a member before it. */
typedef struct {
    apr_int64_t version;
    const char *issuer;
    const char *subject;
    const char *sponsor_id; /* or NULL */
} before_t;

static b2b_error_t *before_get(before_t *before, b2b_db_conn_t *conn, const char *portal_id,
                               const char *id, apr_int64_t version, apr_pool_t *scratch_pool)
{
    b2b_db_rows_t *rows;

    B2B_ERR(b2b_db_query(&rows, conn, STMT_MEMBER_VERSION, scratch_pool, "ss", portal_id, id));
    if (!b2b_db_next(rows)) {
        return b2b_store_missing("member", scratch_pool);
    }
    before->version = b2b_db_integer(rows, 0);
    before->issuer = b2b_db_text(rows, 1);
    before->subject = b2b_db_text(rows, 2);
    before->sponsor_id = b2b_db_text(rows, 4);
    if (version != B2B_VERSION_ANY && before->version != version) {
        B2B_ERR(b2b_db_query(&rows, conn, STMT_MEMBER_VERSION, scratch_pool, "ss", portal_id, id));
        return b2b_store_lost(rows, "member", scratch_pool);
    }
    return NULL;
}

static b2b_error_t *change_end(b2b_db_conn_t *conn, const before_t *before, const char *portal_id,
                               const char *id, apr_int64_t affected, apr_pool_t *scratch_pool)
{
    if (affected == 0) {
        b2b_db_rows_t *rows;

        B2B_ERR(b2b_db_query(&rows, conn, STMT_MEMBER_VERSION, scratch_pool, "ss", portal_id, id));
        return b2b_store_lost(rows, "member", scratch_pool);
    }
    b2b_touch_identity(conn, portal_id, before->issuer, before->subject, scratch_pool);
    return NULL;
}

/*
 * SPONSOR_ID must be there. Held until the end, because on PostgreSQL somebody may be suspending them in another
 * transaction, which touches the portals of those whom they sponsor: it finds this member, or this one sees it.
 */
static b2b_error_t *sponsor_hold(b2b_db_conn_t *conn, const char *sponsor_id,
                                 apr_pool_t *scratch_pool)
{
    apr_int64_t affected;

    B2B_ERR(b2b_db_execute(&affected, conn, STMT_HOST_USER_HOLD, scratch_pool, "s", sponsor_id));
    return affected ? NULL
                    : b2b_error_invalid(scratch_pool, "sponsor", "There is no such host user.");
}

/* Partner and sponsor of VALUES must be there; the sponsor that was the member's BEFORE may be gone. */
static b2b_error_t *references_check(b2b_db_conn_t *conn, const b2b_member_t *values,
                                     const char *before, apr_pool_t *scratch_pool)
{
    b2b_db_rows_t *rows;

    B2B_ERR(b2b_db_query(&rows, conn, STMT_PARTNER_VERSION, scratch_pool, "ss", values->portal_id,
                         values->partner_id));
    if (!b2b_db_next(rows)) {
        return b2b_error_invalid(scratch_pool, "partner_id",
                                 "There is no such partner in this portal.");
    }
    if (values->sponsor_id && (!before || strcmp(values->sponsor_id, before) != 0)) {
        B2B_ERR(sponsor_hold(conn, values->sponsor_id, scratch_pool));
    }
    if (b2b_member_role_parse(b2b_member_role_word(values->role)) == B2B_MEMBER_NONE) {
        return b2b_error_invalid(scratch_pool, "role", "There is no such role.");
    }
    return NULL;
}

static b2b_error_t *member_insert(b2b_db_conn_t *conn, const b2b_member_t *values, const char *id,
                                  const char *folded, apr_pool_t *scratch_pool)
{
    apr_int64_t now = (apr_int64_t)b2b_clock_now();

    return b2b_db_execute(NULL, conn, STMT_MEMBER_INSERT, scratch_pool, "ssssssssstssii",
                          values->portal_id, id, values->partner_id, values->email, folded,
                          b2b_text_or_empty(values->first_name),
                          b2b_text_or_empty(values->last_name),
                          b2b_person_folded(values->first_name, values->last_name, values->email,
                                            scratch_pool),
                          b2b_member_role_word(values->role), values->valid_until,
                          values->sponsor_id, values->locale, now, now);
}

/* The row of a removed member is invited again: nothing of what it could do before comes back by itself. */
static b2b_error_t *member_revive(b2b_db_conn_t *conn, const b2b_member_t *values, const char *id,
                                  apr_pool_t *scratch_pool)
{
    B2B_ERR(b2b_db_execute(NULL, conn, STMT_MEMBER_REVIVE, scratch_pool, "sssssstssiss",
                           values->partner_id, values->email, b2b_text_or_empty(values->first_name),
                           b2b_text_or_empty(values->last_name),
                           b2b_person_folded(values->first_name, values->last_name, values->email,
                                             scratch_pool),
                           b2b_member_role_word(values->role), values->valid_until,
                           values->sponsor_id, values->locale, (apr_int64_t)b2b_clock_now(),
                           values->portal_id, id));
    return b2b_db_execute(NULL, conn, STMT_MEMBER_GROUPS_CLEAR, scratch_pool, "ss",
                          values->portal_id, id);
}

static b2b_error_t *groups_insert(b2b_db_conn_t *conn, const char *portal_id, const char *id,
                                  b2b_source_e source, const apr_array_header_t *groups,
                                  apr_pool_t *scratch_pool)
{
    int i;

    for (i = 0; groups && i < groups->nelts; i++) {
        B2B_ERR(b2b_db_execute(NULL, conn, STMT_GROUP_MEMBER_INSERT, scratch_pool, "ssss",
                               portal_id, APR_ARRAY_IDX(groups, i, const char *), id,
                               b2b_source_word(source)));
    }
    return NULL;
}

b2b_error_t *b2b_member_invite(b2b_invited_e *result, b2b_member_t **member, b2b_db_conn_t *conn,
                               const b2b_member_t *values, const apr_array_header_t *groups,
                               apr_pool_t *result_pool, apr_pool_t *scratch_pool)
{
    const char *folded = b2b_text_fold(values->email, scratch_pool);
    b2b_db_rows_t *rows;
    const char *id;

    B2B_ERR(references_check(conn, values, NULL, scratch_pool));
    B2B_ERR(b2b_groups_check(conn, values->portal_id, groups, scratch_pool));
    B2B_ERR(
        b2b_db_query(&rows, conn, STMT_MEMBER_FIND, scratch_pool, "ss", values->portal_id, folded));
    if (!b2b_db_next(rows)) {
        *result = B2B_INVITED_NEW;
        id = b2b_id_create(scratch_pool);
        B2B_ERR(member_insert(conn, values, id, folded, scratch_pool));
    }
    else if (b2b_db_time(rows, 4) != 0) {
        *result = B2B_INVITED_REVIVED;
        id = b2b_db_text(rows, 0);
        b2b_touch_identity(conn, values->portal_id, b2b_db_text(rows, 2), b2b_db_text(rows, 3),
                           scratch_pool);
        B2B_ERR(member_revive(conn, values, id, scratch_pool));
    }
    else {
        switch (b2b_state_parse(b2b_db_text(rows, 1))) {
        case B2B_STATE_PENDING:
            *result = B2B_INVITED_ALREADY;
            break;
        case B2B_STATE_ACTIVE:
            *result = B2B_INVITED_IS_MEMBER;
            break;
        default:
            *result = B2B_INVITED_IS_SUSPENDED;
            break;
        }
        return b2b_member_get(member, conn, values->portal_id, b2b_db_text(rows, 0), result_pool,
                              scratch_pool);
    }
    B2B_ERR(groups_insert(conn, values->portal_id, id, B2B_SOURCE_CONSOLE, groups, scratch_pool));
    return b2b_member_get(member, conn, values->portal_id, id, result_pool, scratch_pool);
}

b2b_error_t *b2b_member_update(b2b_db_conn_t *conn, b2b_member_t *values, apr_int64_t version,
                               apr_pool_t *scratch_pool)
{
    apr_time_t now = b2b_clock_now();
    apr_int64_t affected;
    before_t before;

    B2B_ERR(before_get(&before, conn, values->portal_id, values->id, version, scratch_pool));
    B2B_ERR(references_check(conn, values, before.sponsor_id, scratch_pool));
    B2B_ERR(
        b2b_db_execute(&affected, conn, STMT_MEMBER_UPDATE, scratch_pool, "ssssstssissii",
                       b2b_text_or_empty(values->first_name), b2b_text_or_empty(values->last_name),
                       b2b_person_folded(values->first_name, values->last_name, values->email,
                                         scratch_pool),
                       b2b_member_role_word(values->role), values->partner_id, values->valid_until,
                       values->sponsor_id, values->locale, (apr_int64_t)now, values->portal_id,
                       values->id, B2B_VERSION_RANGE(version)));
    B2B_ERR(change_end(conn, &before, values->portal_id, values->id, affected, scratch_pool));
    if (before.issuer) {
        /* Somebody who has accepted moved to a partner that waits for its first one. */
        B2B_ERR(b2b_db_execute(&affected, conn, STMT_PARTNER_ACTIVATE, scratch_pool, "iss",
                               (apr_int64_t)now, values->portal_id, values->partner_id));
        if (affected) {
            b2b_touch_portal(conn, values->portal_id, scratch_pool);
        }
    }
    values->version = before.version + 1;
    values->modified_at = now;
    return NULL;
}

b2b_error_t *b2b_member_groups_set(b2b_db_conn_t *conn, const char *portal_id, const char *id,
                                   b2b_source_e source, const apr_array_header_t *groups,
                                   apr_pool_t *scratch_pool)
{
    before_t before;

    B2B_ERR(before_get(&before, conn, portal_id, id, B2B_VERSION_ANY, scratch_pool));
    B2B_ERR(b2b_groups_check(conn, portal_id, groups, scratch_pool));
    B2B_ERR(b2b_db_execute(NULL, conn, STMT_MEMBER_GROUPS_DELETE, scratch_pool, "sss", portal_id,
                           id, b2b_source_word(source)));
    B2B_ERR(groups_insert(conn, portal_id, id, source, groups, scratch_pool));
    b2b_touch_identity(conn, portal_id, before.issuer, before.subject, scratch_pool);
    return b2b_db_execute(NULL, conn, STMT_MEMBER_RAISE, scratch_pool, "iss",
                          (apr_int64_t)b2b_clock_now(), portal_id, id);
}

b2b_error_t *b2b_member_suspend(b2b_db_conn_t *conn, const char *portal_id, const char *id,
                                apr_int64_t version, apr_pool_t *scratch_pool)
{
    apr_int64_t affected;
    before_t before;

    B2B_ERR(before_get(&before, conn, portal_id, id, version, scratch_pool));
    B2B_ERR(b2b_db_execute(&affected, conn, STMT_MEMBER_SUSPEND, scratch_pool, "issii",
                           (apr_int64_t)b2b_clock_now(), portal_id, id,
                           B2B_VERSION_RANGE(version)));
    return change_end(conn, &before, portal_id, id, affected, scratch_pool);
}

b2b_error_t *b2b_member_resume(b2b_db_conn_t *conn, const char *portal_id, const char *id,
                               apr_int64_t version, apr_pool_t *scratch_pool)
{
    apr_int64_t affected;
    before_t before;

    B2B_ERR(before_get(&before, conn, portal_id, id, version, scratch_pool));
    B2B_ERR(b2b_db_execute(&affected, conn, STMT_MEMBER_RESUME, scratch_pool, "issii",
                           (apr_int64_t)b2b_clock_now(), portal_id, id,
                           B2B_VERSION_RANGE(version)));
    return change_end(conn, &before, portal_id, id, affected, scratch_pool);
}

b2b_error_t *b2b_member_remove(b2b_db_conn_t *conn, const char *portal_id, const char *id,
                               apr_int64_t version, apr_pool_t *scratch_pool)
{
    apr_int64_t now = (apr_int64_t)b2b_clock_now();
    b2b_invitation_t *invitation;
    apr_int64_t affected;
    before_t before;

    B2B_ERR(before_get(&before, conn, portal_id, id, version, scratch_pool));
    B2B_ERR(b2b_db_execute(&affected, conn, STMT_MEMBER_REMOVE, scratch_pool, "iissii", now, now,
                           portal_id, id, B2B_VERSION_RANGE(version)));
    B2B_ERR(change_end(conn, &before, portal_id, id, affected, scratch_pool));
    B2B_ERR(b2b_invitation_of_member(&invitation, conn, portal_id, id, scratch_pool, scratch_pool));
    return invitation ? b2b_invitation_revoke(conn, portal_id, invitation->id, scratch_pool) : NULL;
}

b2b_error_t *b2b_member_signed_in(b2b_db_conn_t *conn, const char *portal_id, const char *id,
                                  apr_pool_t *scratch_pool)
{
    return b2b_db_execute(NULL, conn, STMT_MEMBER_SIGNED_IN, scratch_pool, "iss",
                          (apr_int64_t)b2b_clock_now(), portal_id, id);
}
