/* SPDX-License-Identifier: Apache-2.0 */
/* A member's lists of instances: the streams of each shared process; see instance_list.c. */

#include <string.h>

#include "model/instance_list_private.h"

#define PAIR(l, p) (l)->query->portal_id, (l)->query->partner_id, (p)->share_id, (p)->process_id

static b2b_error_t *walk_state(b2b_list_walk_t *list, const b2b_instance_pair_t *pair,
                               const b2b_list_rest_t *rest, const char *state)
{
    b2b_db_rows_t *rows;

    B2B_ERR(b2b_db_query(&rows, list->conn,
                         b2b_list_either(list, STMT_INSTANCE_WALK_STATE_UP,
                                         STMT_INSTANCE_WALK_STATE_DOWN),
                         list->pool, "sssssis" REST_FORMAT "i", PAIR(list, pair), state,
                         b2b_list_number_start(list), b2b_list_id_start(list), REST(rest),
                         list->wanted));
    b2b_list_take_walk(list, rows, 1);
    return NULL;
}

static b2b_error_t *walk_change(b2b_list_walk_t *list, const b2b_instance_pair_t *pair,
                                const b2b_list_rest_t *rest)
{
    const char *status = list->query->status;
    b2b_db_rows_t *rows;

    if (list->query->state) {
        return walk_state(list, pair, rest, list->query->state);
    }
    if (status && strcmp(status, "completed") == 0) {
        return walk_state(list, pair, rest, "completed");
    }
    if (status) { /* a form's name: few are open among many that are completed */
        B2B_ERR(walk_state(list, pair, rest, "draft"));
        return walk_state(list, pair, rest, "open");
    }
    B2B_ERR(b2b_db_query(&rows, list->conn,
                         b2b_list_either(list, STMT_INSTANCE_WALK_CHANGE_UP,
                                         STMT_INSTANCE_WALK_CHANGE_DOWN),
                         list->pool, "ssssis" REST_FORMAT "i", PAIR(list, pair),
                         b2b_list_number_start(list), b2b_list_id_start(list), REST(rest),
                         list->wanted));
    b2b_list_take_walk(list, rows, 1);
    return NULL;
}

static b2b_error_t *walk_field(b2b_list_walk_t *list, const b2b_instance_pair_t *pair,
                               const b2b_list_rest_t *rest, const char *see)
{
    const char *field = list->query->sort_field;
    int before = list->hits->nelts;
    b2b_db_rows_t *rows;

    if (!list->after || list->after->phase == 1) {
        B2B_ERR(b2b_db_query(&rows, list->conn,
                             b2b_list_either(list, STMT_INSTANCE_WALK_FIELD_UP,
                                             STMT_INSTANCE_WALK_FIELD_DOWN),
                             list->pool, "sssssssss" REST_FORMAT "i", PAIR(list, pair), field,
                             b2b_list_text_start(list), b2b_list_id_start(list), see, see,
                             REST(rest), list->wanted));
        b2b_list_take_walk(list, rows, 1);
    }
    if (list->hits->nelts - before >= list->wanted || (!list->query->lacking && !*see)) {
        return NULL;
    }
    B2B_ERR(b2b_db_query(&rows, list->conn,
                         b2b_list_either(list, STMT_INSTANCE_WALK_LACKING_UP,
                                         STMT_INSTANCE_WALK_LACKING_DOWN),
                         list->pool, "sssss" REST_FORMAT "sssi", PAIR(list, pair),
                         b2b_list_lacking_start(list), REST(rest), field, see, see, list->wanted));
    b2b_list_take_walk(list, rows, 2);
    return NULL;
}

static b2b_error_t *walk(b2b_list_walk_t *list, const b2b_instance_pair_t *pair,
                         const b2b_list_rest_t *rest, const char *see)
{
    b2b_db_rows_t *rows;

    switch (list->order) {
    case BY_CHANGE:
        return walk_change(list, pair, rest);
    case BY_FIELD:
        return walk_field(list, pair, rest, see);
    case BY_ID:
        B2B_ERR(b2b_db_query(&rows, list->conn,
                             b2b_list_either(list, STMT_INSTANCE_WALK_ID_UP,
                                             STMT_INSTANCE_WALK_ID_DOWN),
                             list->pool, "sssss" REST_FORMAT "i", PAIR(list, pair),
                             b2b_list_id_start(list), REST(rest), list->wanted));
        break;
    default:
        B2B_ERR(b2b_db_query(&rows, list->conn,
                             b2b_list_either(list, STMT_INSTANCE_WALK_REFERENCE_UP,
                                             STMT_INSTANCE_WALK_REFERENCE_DOWN),
                             list->pool, "ssssss" REST_FORMAT "i", PAIR(list, pair),
                             b2b_list_text_start(list), b2b_list_id_start(list), REST(rest),
                             list->wanted));
    }
    b2b_list_take_walk(list, rows, 1);
    return NULL;
}

static b2b_error_t *count_mine(b2b_db_rows_t **rows, b2b_list_walk_t *list,
                               const b2b_list_owner_t *owner, const void *baton)
{
    const b2b_instance_pair_t *pair = baton;

    return b2b_db_query(rows, list->conn, STMT_INSTANCE_MINE_COUNT, list->pool, "sssssi",
                        owner->kind, owner->id, list->query->portal_id, pair->share_id,
                        pair->process_id, COUNTED);
}

/* Those that the member made or owns, or only those made, if they are few; *DONE says so. */
static b2b_error_t *set_mine(int *done, b2b_list_walk_t *list, const b2b_instance_pair_t *pair,
                             const b2b_list_rest_t *rest, const char *see)
{
    const b2b_instance_query_t *query = list->query;
    apr_array_header_t *some;
    b2b_db_rows_t *rows;
    int i;

    B2B_ERR(b2b_list_some(&some, done, list, query->created ? b2b_list_creator(list) : list->who,
                          count_mine, pair));
    for (i = 0; *done && i < some->nelts; i++) {
        const b2b_list_owner_t *owner = &APR_ARRAY_IDX(some, i, b2b_list_owner_t);

        B2B_ERR(b2b_db_query(&rows, list->conn, STMT_INSTANCE_MINE_SET, list->pool,
                             "ssssss"
                             "sss" REST_FORMAT,
                             owner->kind, owner->id, query->portal_id, pair->share_id,
                             pair->process_id, query->partner_id, KEY(list, see), REST(rest)));
        b2b_list_take_set(list, rows);
    }
    return NULL;
}

/* Those with the value of the field that is asked for, if they are few. */
static b2b_error_t *set_field(int *done, b2b_list_walk_t *list, const b2b_instance_pair_t *pair,
                              const b2b_list_rest_t *rest, const char *see)
{
    b2b_db_rows_t *rows;

    *done = 0;
    if (!list->query->field) {
        return NULL;
    }
    B2B_ERR(b2b_db_query(&rows, list->conn, STMT_INSTANCE_FIELD_COUNT, list->pool, "sssssssi",
                         PAIR(list, pair), rest->field, rest->from, rest->until, COUNTED));
    B2B_ERR(b2b_list_is_few(done, rows));
    if (*done) {
        B2B_ERR(b2b_db_query(&rows, list->conn, STMT_INSTANCE_FIELD_SET, list->pool,
                             "sssssss"
                             "sss" REST_FORMAT,
                             PAIR(list, pair), rest->field, rest->from, rest->until, KEY(list, see),
                             REST(rest)));
        b2b_list_take_set(list, rows);
    }
    return NULL;
}

static b2b_error_t *pair_gather(b2b_list_walk_t *list, const b2b_instance_pair_t *pair)
{
    const char *see = pair->all_forms ? "" : list->ids;
    b2b_list_rest_t rest = list->rest;
    int done = 0;

    rest.see = list->query->field ? see : "";
    if ((!pair->all || list->query->created) && !list->query->waiting) {
        B2B_ERR(set_mine(&done, list, pair, &rest, see));
        rest.mine = pair->all ? "" : list->ids;
    }
    if (!done) {
        B2B_ERR(set_field(&done, list, pair, &rest, see));
    }
    return done ? NULL : walk(list, pair, &rest, see);
}

b2b_error_t *b2b_list_member(b2b_list_walk_t *list)
{
    const b2b_instance_query_t *query = list->query;
    int done = 0;
    int i;

    if (query->waiting) {
        /* A field is asked for of one shared process only. */
        const b2b_instance_pair_t *only = query->pairs->nelts == 1
                                              ? &APR_ARRAY_IDX(query->pairs, 0, b2b_instance_pair_t)
                                              : NULL;

        B2B_ERR(
            b2b_list_set_waiting(&done, list, list->who, only && only->all_forms ? "" : list->ids));
        list->rest.mine = list->ids;
        list->rest.current = 1;
    }
    for (i = 0; !done && i < query->pairs->nelts; i++) {
        B2B_ERR(pair_gather(list, &APR_ARRAY_IDX(query->pairs, i, b2b_instance_pair_t)));
    }
    return NULL;
}
