/* SPDX-License-Identifier: Apache-2.0 */
/* Reading members: one, by address, in pages, with their groups. */

#include <string.h>

#include "model/model_private.h"

static const b2b_sort_t sorts[] =
    {{"email", STMT_MEMBER_LIST_EMAIL_UP, STMT_MEMBER_LIST_EMAIL_DOWN, 0},
     {"last_name", STMT_MEMBER_LIST_NAME_UP, STMT_MEMBER_LIST_NAME_DOWN, 0},
     {"last_sign_in_at", STMT_MEMBER_LIST_SIGN_IN_UP, STMT_MEMBER_LIST_SIGN_IN_DOWN, 1},
     {"created_at", STMT_MEMBER_LIST_CREATED_UP, STMT_MEMBER_LIST_CREATED_DOWN, 0},
     {NULL, 0, 0, 0}};

#define COLUMNS 27

/* The row ROWS stands on, without groups. */
static b2b_member_t *member_of(const b2b_db_rows_t *rows, apr_pool_t *result_pool)
{
    b2b_member_t *m = apr_pcalloc(result_pool, sizeof(*m));

    m->portal_id = b2b_db_text(rows, 0);
    m->id = b2b_db_text(rows, 1);
    m->partner_id = b2b_db_text(rows, 2);
    m->partner_name = b2b_db_text(rows, 3);
    m->email = b2b_db_text(rows, 4);
    m->first_name = b2b_db_text(rows, 5);
    m->last_name = b2b_db_text(rows, 6);
    m->role = b2b_member_role_parse(b2b_db_text(rows, 7));
    m->state = b2b_state_parse(b2b_db_text(rows, 8));
    m->issuer = b2b_db_text(rows, 9);
    m->subject = b2b_db_text(rows, 10);
    m->valid_until = b2b_db_time(rows, 11);
    m->sponsor_id = b2b_db_text(rows, 12);
    if (m->sponsor_id) {
        m->sponsor_name = b2b_person_name(b2b_db_text(rows, 13), b2b_db_text(rows, 14),
                                          b2b_db_text(rows, 15), result_pool);
        m->sponsor_state = b2b_state_parse(b2b_db_text(rows, 26));
    }
    m->locale = b2b_db_text(rows, 16);
    m->last_sign_in_at = b2b_db_time(rows, 17);
    m->invitation_id = b2b_db_text(rows, 18);
    if (m->invitation_id) {
        m->invitation_state = b2b_invitation_state_of(b2b_db_text(rows, 19), b2b_db_time(rows, 20));
        m->invitation_expires_at = b2b_db_time(rows, 20);
        m->invitation_delivery = b2b_mail_state_of(b2b_db_text(rows, 21), b2b_db_time(rows, 22));
    }
    m->version = b2b_db_integer(rows, 23);
    m->created_at = b2b_db_time(rows, 24);
    m->modified_at = b2b_db_time(rows, 25);
    return m;
}

#define BATCH 20 /* as many as STMT_MEMBER_GROUPS_20 asks for */

static b2b_error_t *batch_load(b2b_db_conn_t *conn, b2b_member_t *const *members, int count,
                               apr_hash_t *by_id, apr_pool_t *result_pool)
{
    const char *id[BATCH];
    b2b_db_rows_t *rows;
    int i;

    for (i = 0; i < BATCH; i++) {
        id[i] = members[i < count ? i : count - 1]->id;
    }
    B2B_ERR(b2b_db_query(&rows, conn, STMT_MEMBER_GROUPS_20, result_pool, "sssssssssssssssssssss",
                         members[0]->portal_id, id[0], id[1], id[2], id[3], id[4], id[5], id[6],
                         id[7], id[8], id[9], id[10], id[11], id[12], id[13], id[14], id[15],
                         id[16], id[17], id[18], id[19]));
    while (b2b_db_next(rows)) {
        apr_array_header_t *groups = apr_hash_get(by_id, b2b_db_text(rows, 0), APR_HASH_KEY_STRING);

        if (groups) {
            b2b_member_group_t *group = apr_array_push(groups);

            group->id = b2b_db_text(rows, 1);
            group->name = b2b_db_text(rows, 2);
            group->automatic = FALSE;
            group->sources = (int)b2b_db_integer(rows, 3);
        }
    }
    return NULL;
}

/* Fill in the groups of COUNT members of one portal, with one statement for each twenty. */
static b2b_error_t *groups_load(b2b_db_conn_t *conn, b2b_member_t *const *members, int count,
                                apr_pool_t *result_pool, apr_pool_t *scratch_pool)
{
    const char *automatic = NULL;
    apr_hash_t *by_id = apr_hash_make(scratch_pool);
    b2b_db_rows_t *rows;
    int i;

    if (count == 0) {
        return NULL;
    }
    B2B_ERR(b2b_db_query(&rows, conn, STMT_PORTAL_SELECT_BY_ID, scratch_pool, "s",
                         members[0]->portal_id));
    if (b2b_db_next(rows)) {
        automatic = b2b_group_automatic_name(b2b_db_text(rows, 2), result_pool);
    }
    for (i = 0; i < count; i++) {
        apr_array_header_t *groups = apr_array_make(result_pool, 2, sizeof(b2b_member_group_t));

        if (automatic && members[i]->state == B2B_STATE_ACTIVE) {
            b2b_member_group_t *group = apr_array_push(groups);

            group->id = members[i]->portal_id;
            group->name = automatic;
            group->automatic = TRUE;
            group->sources = B2B_SOURCE_AUTOMATIC;
        }
        members[i]->groups = groups;
        apr_hash_set(by_id, members[i]->id, APR_HASH_KEY_STRING, groups);
    }
    for (i = 0; i < count; i += BATCH) {
        B2B_ERR(batch_load(conn, members + i, count - i < BATCH ? count - i : BATCH, by_id,
                           result_pool));
    }
    return NULL;
}

static b2b_error_t *member_select(b2b_member_t **member, b2b_db_conn_t *conn, b2b_stmt_e stmt,
                                  const char *portal_id, const char *key, apr_pool_t *result_pool,
                                  apr_pool_t *scratch_pool)
{
    b2b_db_rows_t *rows;

    *member = NULL;
    B2B_ERR(b2b_db_query(&rows, conn, stmt, result_pool, "ss", portal_id, key));
    if (!b2b_db_next(rows)) {
        return NULL;
    }
    *member = member_of(rows, result_pool);
    return groups_load(conn, member, 1, result_pool, scratch_pool);
}

b2b_error_t *b2b_member_get(b2b_member_t **member, b2b_db_conn_t *conn, const char *portal_id,
                            const char *id, apr_pool_t *result_pool, apr_pool_t *scratch_pool)
{
    return member_select(member, conn, STMT_MEMBER_SELECT, portal_id, id, result_pool,
                         scratch_pool);
}

b2b_error_t *b2b_member_by_email(b2b_member_t **member, b2b_db_conn_t *conn, const char *portal_id,
                                 const char *email, apr_pool_t *result_pool,
                                 apr_pool_t *scratch_pool)
{
    return member_select(member, conn, STMT_MEMBER_SELECT_BY_EMAIL, portal_id,
                         b2b_text_fold(email, scratch_pool), result_pool, scratch_pool);
}

b2b_error_t *b2b_member_list(b2b_page_t **page, b2b_db_conn_t *conn, const char *portal_id,
                             const b2b_list_t *list, apr_pool_t *result_pool,
                             apr_pool_t *scratch_pool)
{
    const b2b_sort_t *sort = b2b_sort_find(sorts, list);
    const char *like = b2b_like(list->q, scratch_pool);
    const char *state = b2b_any(list->state);
    const char *group = b2b_any(list->group_id);
    b2b_db_rows_t *rows;

    B2B_ERR(b2b_sort_check(sort, list, scratch_pool));
    *page = b2b_page_create(list, result_pool);
    if (strcmp(group, portal_id) == 0) {
        /* The automatic group has no rows. */
        if (*state && strcmp(state, "active") != 0) {
            return NULL;
        }
        state = "active";
        group = "";
    }
    B2B_ERR(b2b_db_query(&rows, conn, b2b_sort_stmt(sort, list), result_pool, "sssssssssssssssi",
                         portal_id, list->after_key, portal_id, b2b_list_after(list), state, state,
                         b2b_any(list->partner_id), b2b_any(list->partner_id), b2b_any(list->role),
                         b2b_any(list->role), group, group, like, like, like,
                         b2b_list_limit(list)));
    while (b2b_db_next(rows) && b2b_page_room(*page, list)) {
        b2b_member_t *member = member_of(rows, result_pool);

        b2b_page_add(*page, member, member->id, sort, rows, COLUMNS);
    }
    return groups_load(conn, (b2b_member_t *const *)(*page)->items->elts, (*page)->items->nelts,
                       result_pool, scratch_pool);
}
