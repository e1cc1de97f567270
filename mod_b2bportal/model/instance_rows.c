/* SPDX-License-Identifier: Apache-2.0 */
/* Many instances at once, by their keys, for who looks at many and shows none of them. */

#include <string.h>

#include "model/instance_private.h"

#define PLAIN_AT_ONCE 32
#define ID4(i)        (i)[0], (i)[1], (i)[2], (i)[3]
#define ID16(i)       ID4(i), ID4((i) + 4), ID4((i) + 8), ID4((i) + 12)
#define PLAIN_FORMAT  "sssssssssssssssssssssssssssssssss"

static b2b_instance_t *plain_of(const b2b_db_rows_t *rows, const char *portal_id, apr_pool_t *pool)
{
    b2b_instance_t *i = apr_pcalloc(pool, sizeof(*i));

    i->portal_id = portal_id;
    i->id = b2b_db_text(rows, 0);
    i->partner_id = b2b_db_text(rows, 1);
    i->share_id = b2b_db_text(rows, 2);
    i->process_id = b2b_db_text(rows, 3);
    i->process_version = b2b_db_integer(rows, 4);
    i->reference = b2b_db_text(rows, 5);
    i->state = b2b_db_text(rows, 6);
    i->status = b2b_db_text(rows, 7);
    i->current_form = (int)b2b_db_integer(rows, 8);
    i->values = b2b_db_text(rows, 9);
    i->created_by.kind = b2b_db_text(rows, 10);
    i->created_by.id = b2b_db_text(rows, 11);
    i->created_at = b2b_db_time(rows, 12);
    i->modified_at = b2b_db_time(rows, 13);
    i->submitted_ahead = b2b_db_integer(rows, 14);
    i->owners = apr_array_make(pool, 4, sizeof(b2b_instance_owner_t));
    return i;
}

/* At most PLAIN_AT_ONCE of IDS in one portal, into BY_ID. */
static b2b_error_t *plain_load(apr_hash_t *by_id, b2b_db_conn_t *conn, const char *portal_id,
                               const char *const *ids, int owners, apr_pool_t *pool)
{
    b2b_db_rows_t *rows;

    B2B_ERR(b2b_db_query(&rows, conn, STMT_INSTANCE_PLAIN_ROWS, pool, PLAIN_FORMAT, portal_id,
                         ID16(ids), ID16(ids + 16)));
    while (b2b_db_next(rows)) {
        b2b_instance_t *instance = plain_of(rows, portal_id, pool);

        apr_hash_set(by_id, instance->id, APR_HASH_KEY_STRING, instance);
    }
    if (!owners) {
        return NULL;
    }
    B2B_ERR(b2b_db_query(&rows, conn, STMT_INSTANCE_PLAIN_OWNERS, pool, PLAIN_FORMAT, portal_id,
                         ID16(ids), ID16(ids + 16)));
    while (b2b_db_next(rows)) {
        b2b_instance_t *instance = apr_hash_get(by_id, b2b_db_text(rows, 3), APR_HASH_KEY_STRING);

        if (instance) {
            b2b_instance_owner_add((apr_array_header_t *)instance->owners, rows);
        }
    }
    return NULL;
}

/* The next of KEYS from *AT on that lie in one portal: their IDS, filled up with "". Returns the portal. */
static const char *plain_next(const char **ids, int *at, const apr_array_header_t *keys)
{
    const char *portal_id = APR_ARRAY_IDX(keys, *at, b2b_instance_key_t).portal_id;
    int count = 0;

    while (*at < keys->nelts && count < PLAIN_AT_ONCE &&
           strcmp(APR_ARRAY_IDX(keys, *at, b2b_instance_key_t).portal_id, portal_id) == 0) {
        ids[count++] = APR_ARRAY_IDX(keys, (*at)++, b2b_instance_key_t).id;
    }
    while (count < PLAIN_AT_ONCE) {
        ids[count++] = "";
    }
    return portal_id;
}

/* Those of BY_ID as KEYS name them. */
static apr_array_header_t *in_order(apr_hash_t *by_id, const apr_array_header_t *keys,
                                    apr_pool_t *pool)
{
    apr_array_header_t *instances = apr_array_make(pool, keys->nelts + 1, sizeof(b2b_instance_t *));
    int i;

    for (i = 0; i < keys->nelts; i++) {
        b2b_instance_t *instance = apr_hash_get(by_id,
                                                APR_ARRAY_IDX(keys, i, b2b_instance_key_t).id,
                                                APR_HASH_KEY_STRING);

        if (instance) {
            APR_ARRAY_PUSH(instances, b2b_instance_t *) = instance;
        }
    }
    return instances;
}

b2b_error_t *b2b_instance_plain_rows(apr_array_header_t **instances, b2b_db_conn_t *conn,
                                     const apr_array_header_t *keys, int owners,
                                     apr_pool_t *result_pool)
{
    apr_hash_t *by_id = apr_hash_make(result_pool);
    const char *ids[PLAIN_AT_ONCE];
    int at = 0;

    while (at < keys->nelts) {
        const char *portal_id = plain_next(ids, &at, keys);

        B2B_ERR(plain_load(by_id, conn, portal_id, ids, owners, result_pool));
    }
    *instances = in_order(by_id, keys, result_pool);
    return NULL;
}
