/* SPDX-License-Identifier: Apache-2.0 */
/* The directory and the snapshot of one portal: read whole, then immutable. Everything is copied into the
 * result pool, because a snapshot outlives the rows it was read from. */

#include <stdlib.h>
#include <string.h>

#include "model/model_private.h"

/* The text of COLUMN, copied. */
static const char *text(const b2b_db_rows_t *rows, int column, apr_pool_t *result_pool)
{
    const char *value = b2b_db_text(rows, column);

    return value ? apr_pstrdup(result_pool, value) : NULL;
}

/* The portal's own words, or the host's where it has none. */
static const char *text_or(const b2b_db_rows_t *rows, int column, int otherwise,
                           apr_pool_t *result_pool)
{
    const char *value = b2b_db_text(rows, column);

    return value && *value ? apr_pstrdup(result_pool, value) : text(rows, otherwise, result_pool);
}

b2b_error_t *b2b_directory_load(b2b_directory_t **directory, b2b_db_conn_t *conn,
                                apr_pool_t *result_pool, apr_pool_t *scratch_pool)
{
    b2b_directory_t *d = apr_pcalloc(result_pool, sizeof(*d));
    b2b_db_rows_t *rows;

    B2B_ERR(b2b_db_query(&rows, conn, STMT_PORTAL_DIRECTORY, scratch_pool, ""));
    d->by_name = apr_hash_make(result_pool);
    while (b2b_db_next(rows)) {
        b2b_directory_entry_t *entry = apr_palloc(result_pool, sizeof(*entry));

        entry->id = text(rows, 0, result_pool);
        entry->technical_name = text(rows, 1, result_pool);
        entry->state = b2b_state_parse(b2b_db_text(rows, 2));
        apr_hash_set(d->by_name, entry->technical_name, APR_HASH_KEY_STRING, entry);
    }
    *directory = d;
    return NULL;
}

static b2b_error_t *partners_load(b2b_portal_snapshot_t *s, b2b_db_conn_t *conn,
                                  apr_pool_t *result_pool, apr_pool_t *scratch_pool)
{
    b2b_db_rows_t *rows;

    B2B_ERR(b2b_db_query(&rows, conn, STMT_SNAPSHOT_PARTNERS, scratch_pool, "s", s->id));
    s->partners = apr_hash_make(result_pool);
    s->partners_by_name = apr_hash_make(result_pool);
    while (b2b_db_next(rows)) {
        b2b_snapshot_partner_t *partner = apr_palloc(result_pool, sizeof(*partner));

        partner->id = text(rows, 0, result_pool);
        partner->name = text(rows, 1, result_pool);
        partner->state = b2b_state_parse(b2b_db_text(rows, 2));
        apr_hash_set(s->partners, partner->id, APR_HASH_KEY_STRING, partner);
        apr_hash_set(s->partners_by_name, b2b_text_fold(partner->name, result_pool),
                     APR_HASH_KEY_STRING, partner);
    }
    return NULL;
}

static b2b_error_t *groups_load(b2b_portal_snapshot_t *s, b2b_db_conn_t *conn,
                                apr_pool_t *result_pool, apr_pool_t *scratch_pool)
{
    b2b_db_rows_t *rows;

    B2B_ERR(b2b_db_query(&rows, conn, STMT_SNAPSHOT_GROUPS, scratch_pool, "s", s->id));
    s->groups_by_name = apr_hash_make(result_pool);
    s->group_names = apr_hash_make(result_pool);
    while (b2b_db_next(rows)) {
        const char *id = text(rows, 0, result_pool);
        const char *name = text(rows, 1, result_pool);

        apr_hash_set(s->groups_by_name, b2b_text_fold(name, result_pool), APR_HASH_KEY_STRING, id);
        apr_hash_set(s->group_names, id, APR_HASH_KEY_STRING, name);
    }
    return NULL;
}

static int id_compare(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Ids in the order of strcmp, whatever the database's collation is: policy/ searches in them. */
static void ids_sort(const apr_array_header_t *ids)
{
    qsort(ids->elts, (size_t)ids->nelts, sizeof(const char *), id_compare);
}

/* The groups of all placements: placement id → apr_array_header_t * of ids. */
static b2b_error_t *security_load(apr_hash_t **groups, b2b_db_conn_t *conn, const char *portal_id,
                                  apr_pool_t *result_pool, apr_pool_t *scratch_pool)
{
    b2b_db_rows_t *rows;

    B2B_ERR(
        b2b_db_query(&rows, conn, STMT_SNAPSHOT_PLACEMENT_GROUPS, scratch_pool, "s", portal_id));
    *groups = apr_hash_make(scratch_pool);
    while (b2b_db_next(rows)) {
        const char *placement = b2b_db_text(rows, 0);
        apr_array_header_t *ids = apr_hash_get(*groups, placement, APR_HASH_KEY_STRING);

        if (!ids) {
            ids = apr_array_make(result_pool, 2, sizeof(const char *));
            apr_hash_set(*groups, placement, APR_HASH_KEY_STRING, ids);
        }
        APR_ARRAY_PUSH(ids, const char *) = text(rows, 1, result_pool);
    }
    return NULL;
}

static b2b_error_t *placements_load(b2b_portal_snapshot_t *s, b2b_db_conn_t *conn,
                                    apr_pool_t *result_pool, apr_pool_t *scratch_pool)
{
    const apr_array_header_t *none = apr_array_make(result_pool, 1, sizeof(const char *));
    apr_array_header_t *placements;
    apr_hash_t *security;
    b2b_db_rows_t *rows;
    int i;

    B2B_ERR(security_load(&security, conn, s->id, result_pool, scratch_pool));
    B2B_ERR(b2b_db_query(&rows, conn, STMT_SNAPSHOT_PLACEMENTS, scratch_pool, "s", s->id));
    placements = apr_array_make(result_pool, b2b_db_count(rows), sizeof(b2b_snapshot_placement_t));
    while (b2b_db_next(rows)) {
        b2b_snapshot_placement_t *p = apr_array_push(placements);
        const apr_array_header_t *groups;

        p->id = text(rows, 0, result_pool);
        p->name = text(rows, 1, result_pool);
        p->dashboard_id = text(rows, 2, result_pool);
        p->dashboard_version = b2b_db_integer(rows, 3);
        p->target = text(rows, 4, result_pool);
        p->partner_id = text(rows, 5, result_pool);
        p->welcome_page = b2b_db_bool(rows, 6);
        p->everyone = b2b_db_bool(rows, 7);
        groups = apr_hash_get(security, p->id, APR_HASH_KEY_STRING);
        p->groups = groups ? groups : none;
        ids_sort(p->groups);
    }
    s->placements = placements;
    s->placements_by_name = apr_hash_make(result_pool);
    for (i = 0; i < placements->nelts; i++) {
        const b2b_snapshot_placement_t *p = &APR_ARRAY_IDX(placements, i, b2b_snapshot_placement_t);
        const char *name = b2b_text_fold(p->name, result_pool);
        apr_array_header_t *same = apr_hash_get(s->placements_by_name, name, APR_HASH_KEY_STRING);

        if (!same) {
            same = apr_array_make(result_pool, 1, sizeof(*p));
            apr_hash_set(s->placements_by_name, name, APR_HASH_KEY_STRING, same);
        }
        APR_ARRAY_PUSH(same, b2b_snapshot_placement_t) = *p;
    }
    return NULL;
}

b2b_error_t *b2b_portal_snapshot_load(b2b_portal_snapshot_t **snapshot, b2b_db_conn_t *conn,
                                      const char *portal_id, apr_pool_t *result_pool,
                                      apr_pool_t *scratch_pool)
{
    b2b_portal_snapshot_t *s;
    apr_array_header_t *issuers;
    b2b_db_rows_t *rows;

    *snapshot = NULL;
    B2B_ERR(b2b_db_query(&rows, conn, STMT_SNAPSHOT_PORTAL, scratch_pool, "s", portal_id));
    if (!b2b_db_next(rows)) {
        return NULL;
    }
    s = apr_pcalloc(result_pool, sizeof(*s));
    s->id = text(rows, 0, result_pool);
    s->technical_name = text(rows, 1, result_pool);
    s->name = text(rows, 2, result_pool);
    s->color = text(rows, 3, result_pool);
    s->logout_url = text(rows, 4, result_pool);
    s->logo = text(rows, 5, result_pool);
    s->home_cover = text(rows, 6, result_pool);
    s->contact_name = text_or(rows, 7, 12, result_pool);
    s->contact_email = text_or(rows, 8, 13, result_pool);
    s->locale = text(rows, 9, result_pool);
    s->state = b2b_state_parse(b2b_db_text(rows, 10));
    s->host_name = text(rows, 11, result_pool);
    s->automatic_group = b2b_group_automatic_name(s->name, result_pool);
    B2B_ERR(b2b_portal_issuers_get(&issuers, conn, s->id, result_pool, scratch_pool));
    s->issuers = issuers;
    B2B_ERR(partners_load(s, conn, result_pool, scratch_pool));
    B2B_ERR(groups_load(s, conn, result_pool, scratch_pool));
    B2B_ERR(placements_load(s, conn, result_pool, scratch_pool));
    B2B_ERR(b2b_snapshot_grants_load(s, conn, result_pool, scratch_pool));
    *snapshot = s;
    return NULL;
}

/* People, singly ----------------------------------------------------------------------------------- */

static b2b_error_t *principal_groups(b2b_principal_t *principal, b2b_db_rows_t *rows,
                                     apr_pool_t *result_pool)
{
    apr_array_header_t *groups = apr_array_make(result_pool, b2b_db_count(rows),
                                                sizeof(const char *));

    while (b2b_db_next(rows)) {
        APR_ARRAY_PUSH(groups, const char *) = text(rows, 0, result_pool);
    }
    ids_sort(groups);
    principal->groups = groups;
    return NULL;
}

static b2b_error_t *member_read(b2b_principal_t **principal, b2b_db_rows_t *rows,
                                b2b_db_conn_t *conn, const char *portal_id, apr_pool_t *result_pool,
                                apr_pool_t *scratch_pool)
{
    b2b_principal_t *p = apr_pcalloc(result_pool, sizeof(*p));
    b2b_db_rows_t *groups;

    p->kind = B2B_PRINCIPAL_MEMBER;
    p->id = text(rows, 0, result_pool);
    p->portal_id = apr_pstrdup(result_pool, portal_id);
    p->partner_id = text(rows, 1, result_pool);
    p->email = text(rows, 2, result_pool);
    p->name = apr_pstrdup(result_pool, b2b_person_name(b2b_db_text(rows, 3), b2b_db_text(rows, 4),
                                                       b2b_db_text(rows, 2), scratch_pool));
    p->locale = text(rows, 5, result_pool);
    p->role = b2b_member_role_parse(b2b_db_text(rows, 6));
    p->state = b2b_state_parse(b2b_db_text(rows, 7));
    p->valid_until = b2b_db_time(rows, 8);
    p->has_sponsor = b2b_db_text(rows, 11) != NULL;
    p->sponsor_state = b2b_state_parse(b2b_db_text(rows, 12));
    B2B_ERR(b2b_db_query(&groups, conn, STMT_PRINCIPAL_MEMBER_GROUPS, scratch_pool, "ss", portal_id,
                         p->id));
    B2B_ERR(principal_groups(p, groups, result_pool));
    *principal = p;
    return NULL;
}

static b2b_error_t *host_user_load(b2b_principal_t **principal, b2b_db_conn_t *conn,
                                   const b2b_identity_t *identity, apr_pool_t *result_pool,
                                   apr_pool_t *scratch_pool)
{
    b2b_principal_t *p;
    b2b_db_rows_t *rows;

    B2B_ERR(b2b_db_query(&rows, conn, STMT_PRINCIPAL_HOST_USER, scratch_pool, "ss",
                         identity->issuer, identity->subject));
    if (!b2b_db_next(rows)) {
        return NULL;
    }
    p = apr_pcalloc(result_pool, sizeof(*p));
    p->kind = B2B_PRINCIPAL_HOST_USER;
    p->id = text(rows, 0, result_pool);
    p->email = text(rows, 1, result_pool);
    p->name = apr_pstrdup(result_pool, b2b_person_name(b2b_db_text(rows, 2), b2b_db_text(rows, 3),
                                                       b2b_db_text(rows, 1), scratch_pool));
    p->locale = text(rows, 4, result_pool);
    p->state = b2b_state_parse(b2b_db_text(rows, 5));
    p->host_roles = (int)b2b_db_integer(rows, 6);
    B2B_ERR(b2b_db_query(&rows, conn, STMT_PRINCIPAL_HOST_USER_GROUPS, scratch_pool, "s", p->id));
    B2B_ERR(principal_groups(p, rows, result_pool));
    *principal = p;
    return NULL;
}

b2b_error_t *b2b_principal_load(b2b_principal_t **principal, b2b_db_conn_t *conn,
                                const char *portal_id, const b2b_identity_t *identity,
                                apr_pool_t *result_pool, apr_pool_t *scratch_pool)
{
    b2b_db_rows_t *rows;

    *principal = NULL;
    if (!portal_id) {
        return host_user_load(principal, conn, identity, result_pool, scratch_pool);
    }
    B2B_ERR(b2b_db_query(&rows, conn, STMT_PRINCIPAL_MEMBER, scratch_pool, "sss", portal_id,
                         identity->issuer, identity->subject));
    return b2b_db_next(rows)
               ? member_read(principal, rows, conn, portal_id, result_pool, scratch_pool)
               : NULL;
}

b2b_error_t *b2b_principal_of_member(b2b_principal_t **principal, b2b_identity_t **identity,
                                     b2b_db_conn_t *conn, const char *portal_id, const char *id,
                                     apr_pool_t *result_pool, apr_pool_t *scratch_pool)
{
    b2b_db_rows_t *rows;

    *principal = NULL;
    *identity = NULL;
    B2B_ERR(
        b2b_db_query(&rows, conn, STMT_PRINCIPAL_MEMBER_BY_ID, scratch_pool, "ss", portal_id, id));
    if (!b2b_db_next(rows)) {
        return NULL;
    }
    if (b2b_db_text(rows, 9)) {
        *identity = apr_pcalloc(result_pool, sizeof(**identity));
        (*identity)->issuer = text(rows, 9, result_pool);
        (*identity)->subject = text(rows, 10, result_pool);
    }
    return member_read(principal, rows, conn, portal_id, result_pool, scratch_pool);
}
