/* SPDX-License-Identifier: Apache-2.0 */
/* The people and groups that instances name, and those that may be chosen. */

#include <string.h>

#include "model/instance_private.h"

/* People by id ---------------------------------------------------------------------------------- */

b2b_instance_people_t *b2b_instance_people_create(apr_pool_t *pool)
{
    b2b_instance_people_t *people = apr_palloc(pool, sizeof(*people));

    people->by_id = apr_hash_make(pool);
    people->pool = pool;
    return people;
}

/* Ids are unique among all kinds; the same one under two kinds is a client's invention. */
static const char *key_of(const char *kind, const char *id, apr_pool_t *pool)
{
    return apr_psprintf(pool, "%c%s", b2b_instance_kind_letter(kind), id);
}

void b2b_instance_people_add(b2b_instance_people_t *people, const char *kind, const char *id)
{
    const char *key = key_of(kind, id, people->pool);
    b2b_instance_person_t *person;

    if (!b2b_text_is_id(id) || apr_hash_get(people->by_id, key, APR_HASH_KEY_STRING)) {
        return;
    }
    person = apr_pcalloc(people->pool, sizeof(*person));
    person->kind = kind;
    person->id = id;
    person->name = "";
    apr_hash_set(people->by_id, key, APR_HASH_KEY_STRING, person);
}

void b2b_instance_people_add_value(b2b_instance_people_t *people, const b2b_json_t *value)
{
    apr_size_t i;

    for (i = 0; value && b2b_json_type(value) == B2B_JSON_ARRAY && i < b2b_json_length(value);
         i++) {
        const char *kind = b2b_json_get_string(b2b_json_at(value, i), "kind");
        const char *id = b2b_json_get_string(b2b_json_at(value, i), "id");

        if (kind && id && (strcmp(kind, "member") == 0 || strcmp(kind, "host_user") == 0)) {
            b2b_instance_people_add(people, kind, id);
        }
    }
}

const b2b_instance_person_t *b2b_instance_people_get(const b2b_instance_people_t *people,
                                                     const char *kind, const char *id)
{
    return apr_hash_get(people->by_id, key_of(kind, id, people->pool), APR_HASH_KEY_STRING);
}

/* The ids of those of KIND, one after another; *COUNT says how many. */
static const char *ids_of(apr_int64_t *count, const b2b_instance_people_t *people, const char *kind,
                          apr_pool_t *pool)
{
    apr_array_header_t *ids = apr_array_make(pool, 16, sizeof(const char *));
    apr_hash_index_t *index;

    for (index = apr_hash_first(pool, people->by_id); index; index = apr_hash_next(index)) {
        const b2b_instance_person_t *person = apr_hash_this_val(index);

        if (strcmp(person->kind, kind) == 0) {
            APR_ARRAY_PUSH(ids, const char *) = person->id;
        }
    }
    *count = ids->nelts;
    return apr_array_pstrcat(pool, ids, 0);
}

static b2b_instance_person_t *person_of(b2b_instance_people_t *people, const char *kind,
                                        const b2b_db_rows_t *rows)
{
    return apr_hash_get(people->by_id, key_of(kind, b2b_db_text(rows, 0), people->pool),
                        APR_HASH_KEY_STRING);
}

static b2b_error_t *load_members(b2b_instance_people_t *people, b2b_db_conn_t *conn,
                                 const char *portal_id, apr_pool_t *scratch_pool)
{
    apr_int64_t count;
    const char *ids = ids_of(&count, people, "member", scratch_pool);
    b2b_db_rows_t *rows;

    if (!count) {
        return NULL;
    }
    B2B_ERR(b2b_db_query(&rows, conn, STMT_INSTANCE_MEMBER_NAMES, people->pool, "iiss", count,
                         (apr_int64_t)b2b_clock_now(), portal_id, ids));
    while (b2b_db_next(rows)) {
        b2b_instance_person_t *person = person_of(people, "member", rows);

        person->name = b2b_person_name(b2b_db_text(rows, 1), b2b_db_text(rows, 2),
                                       b2b_db_text(rows, 3), people->pool);
        person->partner_id = b2b_db_text(rows, 4);
        person->there = b2b_db_bool(rows, 5);
    }
    return NULL;
}

static b2b_error_t *load_host_users(b2b_instance_people_t *people, b2b_db_conn_t *conn,
                                    apr_pool_t *scratch_pool)
{
    apr_int64_t count;
    const char *ids = ids_of(&count, people, "host_user", scratch_pool);
    b2b_db_rows_t *rows;

    if (!count) {
        return NULL;
    }
    B2B_ERR(
        b2b_db_query(&rows, conn, STMT_INSTANCE_HOST_USER_NAMES, people->pool, "is", count, ids));
    while (b2b_db_next(rows)) {
        b2b_instance_person_t *person = person_of(people, "host_user", rows);

        person->name = b2b_person_name(b2b_db_text(rows, 1), b2b_db_text(rows, 2),
                                       b2b_db_text(rows, 3), people->pool);
        person->there = b2b_db_bool(rows, 4);
    }
    return NULL;
}

static b2b_error_t *load_groups(b2b_instance_people_t *people, b2b_db_conn_t *conn,
                                const char *kind, const char *portal_id, apr_pool_t *scratch_pool)
{
    apr_int64_t count;
    const char *ids = ids_of(&count, people, kind, scratch_pool);
    b2b_db_rows_t *rows;

    if (!count) {
        return NULL;
    }
    if (portal_id) {
        B2B_ERR(b2b_db_query(&rows, conn, STMT_INSTANCE_GROUP_NAMES, people->pool, "iss", count,
                             portal_id, ids));
    }
    else {
        B2B_ERR(b2b_db_query(&rows, conn, STMT_INSTANCE_HOST_GROUP_NAMES, people->pool, "is", count,
                             ids));
    }
    while (b2b_db_next(rows)) {
        b2b_instance_person_t *person = person_of(people, kind, rows);

        person->name = b2b_db_text(rows, 1);
        person->there = b2b_db_bool(rows, 2);
    }
    return NULL;
}

b2b_error_t *b2b_instance_people_load(b2b_instance_people_t *people, b2b_db_conn_t *conn,
                                      const char *portal_id, apr_pool_t *scratch_pool)
{
    B2B_ERR(load_members(people, conn, portal_id, scratch_pool));
    B2B_ERR(load_host_users(people, conn, scratch_pool));
    B2B_ERR(load_groups(people, conn, "group", portal_id, scratch_pool));
    return load_groups(people, conn, "host_group", NULL, scratch_pool);
}

static const char *people_text(const b2b_json_t *value, const b2b_instance_people_t *people,
                               apr_pool_t *pool)
{
    const char *text = "";
    apr_size_t i;

    for (i = 0; i < b2b_json_length(value); i++) {
        const char *kind = b2b_json_get_string(b2b_json_at(value, i), "kind");
        const char *id = b2b_json_get_string(b2b_json_at(value, i), "id");
        const b2b_instance_person_t *person = kind && id ? b2b_instance_people_get(people, kind, id)
                                                         : NULL;

        text = apr_pstrcat(pool, text, *text ? "; " : "", person ? person->name : "", NULL);
    }
    return text;
}

const char *b2b_instance_value_text(const b2b_field_t *field, const b2b_json_t *value,
                                    const b2b_instance_people_t *people, apr_pool_t *pool)
{
    if (!value || b2b_json_type(value) == B2B_JSON_NULL) {
        return "";
    }
    return field->type == B2B_FIELD_PERSON ? people_text(value, people, pool)
                                           : b2b_value_text(field, value, pool);
}

/* Who may be chosen ------------------------------------------------------------------------------ */

b2b_error_t *b2b_instance_host_users_in(apr_hash_t **found, b2b_db_conn_t *conn,
                                        const apr_array_header_t *users,
                                        const apr_array_header_t *groups, apr_pool_t *result_pool,
                                        apr_pool_t *scratch_pool)
{
    b2b_db_rows_t *rows;

    *found = apr_hash_make(result_pool);
    if (!users->nelts || !groups->nelts) {
        return NULL;
    }
    B2B_ERR(b2b_db_query(&rows, conn, STMT_INSTANCE_HOST_GROUPS_OF, result_pool, "iss",
                         (apr_int64_t)users->nelts, apr_array_pstrcat(scratch_pool, users, 0),
                         apr_array_pstrcat(scratch_pool, groups, ',')));
    while (b2b_db_next(rows)) {
        apr_hash_set(*found, b2b_db_text(rows, 0), APR_HASH_KEY_STRING, "");
    }
    return NULL;
}

static b2b_instance_person_t *found_add(apr_array_header_t *found, const char *kind, const char *id,
                                        const char *name, apr_pool_t *pool)
{
    b2b_instance_person_t *person = apr_pcalloc(pool, sizeof(*person));

    person->kind = kind;
    person->id = id;
    person->name = name;
    person->there = TRUE;
    APR_ARRAY_PUSH(found, b2b_instance_person_t *) = person;
    return person;
}

static void people_take(apr_array_header_t *found, const char *kind, b2b_db_rows_t *rows,
                        apr_pool_t *pool)
{
    while (b2b_db_next(rows)) {
        found_add(found, kind, b2b_db_text(rows, 0),
                  b2b_person_name(b2b_db_text(rows, 1), b2b_db_text(rows, 2), b2b_db_text(rows, 3),
                                  pool),
                  pool);
    }
}

b2b_error_t *b2b_instance_find_members(apr_array_header_t *found, b2b_db_conn_t *conn,
                                       const char *portal_id, const char *partner_id, const char *q,
                                       int limit, apr_pool_t *result_pool, apr_pool_t *scratch_pool)
{
    const char *like = b2b_like(q, scratch_pool);
    b2b_db_rows_t *rows;

    B2B_ERR(b2b_db_query(&rows, conn, STMT_INSTANCE_FIND_MEMBERS, result_pool, "ssisssi", portal_id,
                         partner_id, (apr_int64_t)b2b_clock_now(), like, like, like,
                         (apr_int64_t)limit));
    people_take(found, "member", rows, result_pool);
    return NULL;
}

b2b_error_t *b2b_instance_find_groups(apr_array_header_t *found, b2b_db_conn_t *conn,
                                      const char *portal_id, const char *partner_id, const char *q,
                                      int limit, apr_pool_t *result_pool, apr_pool_t *scratch_pool)
{
    const char *like = b2b_like(q, scratch_pool);
    b2b_db_rows_t *rows;

    B2B_ERR(b2b_db_query(&rows, conn, STMT_INSTANCE_FIND_GROUPS, result_pool, "ssssi", portal_id,
                         like, like, partner_id, (apr_int64_t)limit));
    while (b2b_db_next(rows)) {
        found_add(found, "group", b2b_db_text(rows, 0), b2b_db_text(rows, 1), result_pool);
    }
    return NULL;
}

b2b_error_t *b2b_instance_group_has(int *has, b2b_db_conn_t *conn, const char *portal_id,
                                    const char *group_id, const char *partner_id,
                                    apr_pool_t *scratch_pool)
{
    b2b_db_rows_t *rows;

    B2B_ERR(b2b_db_query(&rows, conn, STMT_INSTANCE_GROUP_HAS, scratch_pool, "sss", portal_id,
                         group_id, partner_id));
    *has = b2b_db_next(rows);
    return NULL;
}

/* Ids as one text, in which statements look for them. */
static const char *text_of(const apr_array_header_t *ids, apr_pool_t *pool)
{
    return ids ? apr_array_pstrcat(pool, ids, ',') : "";
}

b2b_error_t *b2b_instance_owner_secured(int *is, b2b_db_conn_t *conn,
                                        const b2b_instance_t *instance,
                                        const b2b_instance_owner_t *owner,
                                        const b2b_process_security_t *security,
                                        apr_pool_t *scratch_pool)
{
    const char *id = owner->principal_id;
    b2b_db_rows_t *rows;

    *is = security->partner;
    if (*is) {
        return NULL;
    }
    B2B_ERR(b2b_db_query(&rows, conn, STMT_INSTANCE_OWNER_IN_GROUPS, scratch_pool, "ssssss",
                         instance->portal_id, instance->partner_id, owner->kind, id, id,
                         text_of(security->groups, scratch_pool)));
    *is = b2b_db_next(rows);
    return NULL;
}

b2b_error_t *b2b_instance_host_owner_secured(int *is, b2b_db_conn_t *conn,
                                             const b2b_instance_owner_t *owner,
                                             const b2b_process_security_t *security,
                                             apr_pool_t *scratch_pool)
{
    const char *id = owner->principal_id;
    b2b_db_rows_t *rows;

    B2B_ERR(b2b_db_query(&rows, conn, STMT_INSTANCE_HOST_OWNER_IN, scratch_pool, "ssss", id, id,
                         text_of(security->host_users, scratch_pool),
                         text_of(security->host_groups, scratch_pool)));
    *is = b2b_db_next(rows);
    return NULL;
}

b2b_error_t *b2b_instance_find_host_users(apr_array_header_t *found, b2b_db_conn_t *conn,
                                          const apr_array_header_t *groups, const char *q,
                                          int limit, apr_pool_t *result_pool,
                                          apr_pool_t *scratch_pool)
{
    const char *like = b2b_like(q, scratch_pool);
    b2b_db_rows_t *rows;

    if (!groups->nelts) {
        return NULL; /* an empty list is nobody */
    }
    B2B_ERR(b2b_db_query(&rows, conn, STMT_INSTANCE_FIND_HOST_USERS, result_pool, "ssssi", like,
                         like, like, apr_array_pstrcat(scratch_pool, groups, ','),
                         (apr_int64_t)limit));
    people_take(found, "host_user", rows, result_pool);
    return NULL;
}
