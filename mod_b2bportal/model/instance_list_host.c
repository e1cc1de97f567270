/* SPDX-License-Identifier: Apache-2.0 */
/* A host user's lists of instances: of all partners, by the index of the filter; see instance_list.c. */

#include <string.h>

#include "model/instance_list_private.h"

static b2b_error_t *host_walk_change(b2b_list_walk_t *list, const b2b_list_rest_t *rest,
                                     const char *process)
{
    b2b_db_rows_t *rows;

    if (*list->portal && *list->partner) {
        B2B_ERR(b2b_db_query(&rows, list->conn,
                             b2b_list_either(list, STMT_INSTANCE_HOST_PARTNER_CHANGE_UP,
                                             STMT_INSTANCE_HOST_PARTNER_CHANGE_DOWN),
                             list->pool, "ssis" HOST_FORMAT REST_FORMAT "i", list->portal,
                             list->partner, b2b_list_number_start(list), b2b_list_id_start(list),
                             list->portal, list->portal, list->partner, list->partner, list->share,
                             list->share, process, process, REST(rest), list->wanted));
    }
    else if (*process) {
        B2B_ERR(b2b_db_query(&rows, list->conn,
                             b2b_list_either(list, STMT_INSTANCE_HOST_PROCESS_CHANGE_UP,
                                             STMT_INSTANCE_HOST_PROCESS_CHANGE_DOWN),
                             list->pool, "sis" HOST_FORMAT REST_FORMAT "i", process,
                             b2b_list_number_start(list), b2b_list_id_start(list), HOST(list),
                             REST(rest), list->wanted));
    }
    else if (*list->portal) {
        B2B_ERR(b2b_db_query(&rows, list->conn,
                             b2b_list_either(list, STMT_INSTANCE_HOST_PORTAL_CHANGE_UP,
                                             STMT_INSTANCE_HOST_PORTAL_CHANGE_DOWN),
                             list->pool, "sis" HOST_FORMAT REST_FORMAT "i", list->portal,
                             b2b_list_number_start(list), b2b_list_id_start(list), HOST(list),
                             REST(rest), list->wanted));
    }
    else {
        B2B_ERR(b2b_db_query(&rows, list->conn,
                             b2b_list_either(list, STMT_INSTANCE_HOST_ALL_CHANGE_UP,
                                             STMT_INSTANCE_HOST_ALL_CHANGE_DOWN),
                             list->pool, "is" HOST_FORMAT REST_FORMAT "i",
                             b2b_list_number_start(list), b2b_list_id_start(list), HOST(list),
                             REST(rest), list->wanted));
    }
    b2b_list_take_walk(list, rows, 1);
    return NULL;
}

static b2b_error_t *host_walk_field(b2b_list_walk_t *list, const b2b_list_rest_t *rest,
                                    const char *process)
{
    const char *field = list->query->sort_field;
    int before = list->hits->nelts;
    b2b_db_rows_t *rows;

    if (!list->after || list->after->phase == 1) {
        B2B_ERR(b2b_db_query(&rows, list->conn,
                             b2b_list_either(list, STMT_INSTANCE_HOST_PROCESS_FIELD_UP,
                                             STMT_INSTANCE_HOST_PROCESS_FIELD_DOWN),
                             list->pool, "ssssss" HOST_FORMAT REST_FORMAT "i", process, field,
                             b2b_list_text_start(list), b2b_list_id_start(list), "", "", HOST(list),
                             REST(rest), list->wanted));
        b2b_list_take_walk(list, rows, 1);
    }
    if (list->hits->nelts - before >= list->wanted || !list->query->lacking) {
        return NULL;
    }
    B2B_ERR(b2b_db_query(&rows, list->conn,
                         b2b_list_either(list, STMT_INSTANCE_HOST_PROCESS_LACKING_UP,
                                         STMT_INSTANCE_HOST_PROCESS_LACKING_DOWN),
                         list->pool, "ss" HOST_FORMAT REST_FORMAT "sssi", process,
                         b2b_list_lacking_start(list), HOST(list), REST(rest), field, "", "",
                         list->wanted));
    b2b_list_take_walk(list, rows, 2);
    return NULL;
}

/* PROCESS: "" for all, else only this one's. */
static b2b_error_t *host_walk(b2b_list_walk_t *list, const b2b_list_rest_t *rest,
                              const char *process)
{
    b2b_db_rows_t *rows;

    switch (list->order) {
    case BY_CHANGE:
        return host_walk_change(list, rest, process);
    case BY_FIELD:
        return host_walk_field(list, rest, process);
    case BY_ID:
        B2B_ERR(b2b_db_query(&rows, list->conn,
                             b2b_list_either(list, STMT_INSTANCE_HOST_ALL_ID_UP,
                                             STMT_INSTANCE_HOST_ALL_ID_DOWN),
                             list->pool, "s" HOST_FORMAT REST_FORMAT "i", b2b_list_id_start(list),
                             list->portal, list->portal, list->partner, list->partner, list->share,
                             list->share, process, process, REST(rest), list->wanted));
        break;
    default:
        B2B_ERR(b2b_db_query(&rows, list->conn,
                             b2b_list_either(list, STMT_INSTANCE_HOST_ALL_REFERENCE_UP,
                                             STMT_INSTANCE_HOST_ALL_REFERENCE_DOWN),
                             list->pool, "ss" HOST_FORMAT REST_FORMAT "i",
                             b2b_list_text_start(list), b2b_list_id_start(list), list->portal,
                             list->portal, list->partner, list->partner, list->share, list->share,
                             process, process, REST(rest), list->wanted));
    }
    b2b_list_take_walk(list, rows, 1);
    return NULL;
}

static b2b_error_t *count_mine(b2b_db_rows_t **rows, b2b_list_walk_t *list,
                               const b2b_list_owner_t *owner, const void *baton)
{
    (void)baton;
    return b2b_db_query(rows, list->conn, STMT_INSTANCE_HOST_MINE_COUNT, list->pool, "ssi",
                        owner->kind, owner->id, COUNTED);
}

/* Those that WHO (of b2b_list_owner_t) have, if they are few; *DONE says so. */
static b2b_error_t *host_set_mine(int *done, b2b_list_walk_t *list, const apr_array_header_t *who)
{
    apr_array_header_t *some;
    b2b_db_rows_t *rows;
    int i;

    B2B_ERR(b2b_list_some(&some, done, list, who, count_mine, NULL));
    for (i = 0; *done && i < some->nelts; i++) {
        const b2b_list_owner_t *owner = &APR_ARRAY_IDX(some, i, b2b_list_owner_t);

        B2B_ERR(b2b_db_query(&rows, list->conn, STMT_INSTANCE_HOST_MINE_SET, list->pool,
                             "ss"
                             "sss" HOST_FORMAT REST_FORMAT,
                             owner->kind, owner->id, KEY(list, ""), HOST(list), REST(&list->rest)));
        b2b_list_take_set(list, rows);
    }
    return NULL;
}

static b2b_error_t *host_set_field(int *done, b2b_list_walk_t *list)
{
    const b2b_list_rest_t *rest = &list->rest;
    b2b_db_rows_t *rows;

    *done = 0;
    if (!list->query->field) {
        return NULL;
    }
    B2B_ERR(b2b_db_query(&rows, list->conn, STMT_INSTANCE_HOST_FIELD_COUNT, list->pool, "ssssi",
                         list->process, rest->field, rest->from, rest->until, COUNTED));
    B2B_ERR(b2b_list_is_few(done, rows));
    if (*done) {
        B2B_ERR(b2b_db_query(&rows, list->conn, STMT_INSTANCE_HOST_FIELD_SET, list->pool,
                             "ssss"
                             "sss" HOST_FORMAT REST_FORMAT,
                             list->process, rest->field, rest->from, rest->until, KEY(list, ""),
                             HOST(list), REST(rest)));
        b2b_list_take_set(list, rows);
    }
    return NULL;
}

/* Who may not see all: what they own, and all of the processes that they administer. */
static b2b_error_t *gather_some(b2b_list_walk_t *list)
{
    const apr_array_header_t *processes = list->query->processes;
    b2b_list_rest_t rest = list->rest;
    int done, i;

    B2B_ERR(host_set_mine(&done, list, list->who));
    if (!done) {
        rest.mine = list->ids;
        B2B_ERR(host_walk(list, &rest, list->process));
        rest.mine = "";
    }
    for (i = 0; processes && i < processes->nelts; i++) {
        const char *process = APR_ARRAY_IDX(processes, i, const char *);

        if (!*list->process || strcmp(list->process, process) == 0) {
            B2B_ERR(host_walk(list, &rest, process));
        }
    }
    return NULL;
}

/* What they began: all of it is for them to see. */
static b2b_error_t *gather_created(b2b_list_walk_t *list)
{
    int done;

    B2B_ERR(host_set_mine(&done, list, b2b_list_creator(list)));
    return done ? NULL : host_walk(list, &list->rest, list->process);
}

/* As the owner of a form that nobody can work on. */
static const apr_array_header_t *nobody(apr_pool_t *pool)
{
    apr_array_header_t *who = apr_array_make(pool, 1, sizeof(b2b_list_owner_t));
    b2b_list_owner_t *owner = apr_array_push(who);

    owner->kind = owner->id = "nobody";
    return who;
}

/* Those that wait, for who asks or, stuck, for nobody. */
static b2b_error_t *gather_waiting(b2b_list_walk_t *list)
{
    const apr_array_header_t *who = list->query->stuck ? nobody(list->pool) : list->who;
    const apr_array_header_t *processes = list->query->processes;
    b2b_list_rest_t rest = list->rest;
    int stuck = list->query->stuck;
    int done, i;

    B2B_ERR(b2b_list_set_waiting(&done, list, who, ""));
    if (done) {
        return NULL;
    }
    rest.mine = stuck ? "nobody" : list->ids;
    rest.current = 1;
    if (!stuck || list->query->all) {
        return host_walk(list, &rest, list->process);
    }
    for (i = 0; processes && i < processes->nelts; i++) {
        const char *process = APR_ARRAY_IDX(processes, i, const char *);

        if (!*list->process || strcmp(list->process, process) == 0) {
            B2B_ERR(host_walk(list, &rest, process));
        }
    }
    return NULL;
}

b2b_error_t *b2b_list_host(b2b_list_walk_t *list)
{
    int done;

    if (list->query->waiting && list->query->stuck) {
        return NULL; /* for me and for nobody */
    }
    if (list->query->waiting || list->query->stuck) {
        return gather_waiting(list);
    }
    if (list->query->created) {
        return gather_created(list);
    }
    if (!list->query->all) {
        return gather_some(list);
    }
    B2B_ERR(host_set_field(&done, list));
    return done ? NULL : host_walk(list, &list->rest, list->process);
}
