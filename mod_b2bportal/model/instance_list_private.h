/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of lists of instances share; how lists are made is told in instance_list.c. */

#ifndef B2B_INSTANCE_LIST_PRIVATE_H
#define B2B_INSTANCE_LIST_PRIVATE_H

#include "model/instance_private.h"

/* Sorts after every text of characters; nobody may write it, for it is none. */
#define LAST_TEXT "\xf4\x8f\xbf\xbf"

typedef enum { BY_CHANGE, BY_ID, BY_REFERENCE, BY_FIELD } b2b_list_order_e;

typedef struct {
    int phase;
    const char *key;
    const char *id;
    const char *portal_id;
    const char *process_id;
} b2b_list_hit_t;

/* What every statement looks at besides, "" where it does not matter. */
typedef struct {
    const char *state;
    const char *status;
    const char *creator; /* with the kind */
    const char *creator_kind;
    const char *like;
    const char *mine; /* ids of principals: one of them owns a form */
    apr_int64_t current;
    const char *field;
    const char *from;
    const char *until;
    const char *see; /* ids of principals: one of them owns the form of the field */
} b2b_list_rest_t;

#define REST_FORMAT "ssssssssssisssssss"
#define REST(r)                                                                                    \
    (r)->state, (r)->state, (r)->status, (r)->status, (r)->creator, (r)->creator,                  \
        (r)->creator_kind, (r)->like, (r)->like, (r)->mine, (r)->current, (r)->mine, (r)->field,   \
        (r)->field, (r)->from, (r)->until, (r)->see, (r)->see

#define HOST_FORMAT "ssssssss"
#define HOST(l)                                                                                    \
    (l)->portal, (l)->portal, (l)->partner, (l)->partner, (l)->share, (l)->share, (l)->process,    \
        (l)->process

/** Somebody as owners of forms are written: "creator", "host_creator" and "nobody", too. */
typedef struct {
    const char *kind;
    const char *id;
} b2b_list_owner_t;

typedef struct {
    b2b_db_conn_t *conn;
    const b2b_instance_query_t *query;
    apr_pool_t *pool;
    b2b_list_order_e order;
    int down;
    apr_int64_t wanted;          /* rows of each stream */
    const b2b_list_hit_t *after; /* or NULL */
    apr_array_header_t *hits;
    const char *portal, *partner, *share, *process; /* filters, "" for any */
    const apr_array_header_t *who; /* of b2b_list_owner_t: who asks, as owners of forms are */
    const char *ids;               /* and as ids alone */
    b2b_list_rest_t rest;
} b2b_list_walk_t;

/* The sort key that a set has with each row. */
#define KEY(l, see) ((l)->query->sort_field ? (l)->query->sort_field : ""), see, see

#define COUNTED (apr_int64_t)(b2b_instance_few + 1)

/* instance_list.c: where a stream begins */

b2b_stmt_e b2b_list_either(const b2b_list_walk_t *list, b2b_stmt_e up, b2b_stmt_e down);
const char *b2b_list_text_start(const b2b_list_walk_t *list);
const char *b2b_list_id_start(const b2b_list_walk_t *list);
apr_int64_t b2b_list_number_start(const b2b_list_walk_t *list);
/** Among those without the field. */
const char *b2b_list_lacking_start(const b2b_list_walk_t *list);

/** The rows of a walk: key, id, portal. */
void b2b_list_take_walk(b2b_list_walk_t *list, b2b_db_rows_t *rows, int phase);
/** The rows of a set: change, id, portal, share, process, reference, the field's key. */
void b2b_list_take_set(b2b_list_walk_t *list, b2b_db_rows_t *rows);
/** The row of a ..._COUNT. */
b2b_error_t *b2b_list_is_few(int *few, b2b_db_rows_t *rows);

/** Ask how many OWNER has, as far as COUNTED; BATON is the caller's. */
typedef b2b_error_t *(*b2b_list_count_cb)(b2b_db_rows_t **rows, b2b_list_walk_t *list,
                                          const b2b_list_owner_t *owner, const void *baton);

/** *SOME of WHO (b2b_list_owner_t) have any; *FEW: all together have few. */
b2b_error_t *b2b_list_some(apr_array_header_t **some, int *few, b2b_list_walk_t *list,
                           const apr_array_header_t *who, b2b_list_count_cb count,
                           const void *baton);

/** As the owner of all that who asks began: of b2b_list_owner_t. */
const apr_array_header_t *b2b_list_creator(const b2b_list_walk_t *list);

/** Those whose current form waits for WHO (b2b_list_owner_t), if they are few: *DONE says so. */
b2b_error_t *b2b_list_set_waiting(int *done, b2b_list_walk_t *list, const apr_array_header_t *who,
                                  const char *see);

/* instance_list_member.c, instance_list_host.c: all streams of a list */

b2b_error_t *b2b_list_member(b2b_list_walk_t *list);
b2b_error_t *b2b_list_host(b2b_list_walk_t *list);

#endif
