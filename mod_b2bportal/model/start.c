/* SPDX-License-Identifier: Apache-2.0 */
/* What host users may start: one process as a partner holds it, and the lists from which one is chosen. */

#include <string.h>

#include "model/model_private.h"

/* A share and its revision, as statements take many of them. */
#define PACKED_WIDTH 46

static const b2b_sort_t by_name[] = {{"name", STMT_START_PORTALS, STMT_START_PORTALS, 0},
                                     {NULL, STMT_START_PORTALS, STMT_START_PORTALS, 0}};

static void security_of(b2b_process_security_t *security, const char *text, apr_pool_t *pool)
{
    b2b_security_t read;

    b2b_security_parse(&read, text, pool);
    memset(security, 0, sizeof(*security));
    security->mode = read.mode;
    security->host_users = read.host_users;
    security->host_groups = read.host_groups;
}

b2b_error_t *b2b_start_get(b2b_start_t **start, b2b_db_conn_t *conn, const char *portal_id,
                           const char *partner_id, const char *share_id, const char *process_id,
                           apr_pool_t *pool)
{
    b2b_db_rows_t *rows;
    b2b_start_t *s;

    *start = NULL;
    B2B_ERR(b2b_db_query(&rows, conn, STMT_START_SELECT, pool, "ssss", process_id, portal_id,
                         partner_id, share_id));
    if (!b2b_db_next(rows)) {
        return NULL;
    }
    s = apr_pcalloc(pool, sizeof(*s));
    s->portal_active = strcmp(b2b_db_text(rows, 0), "active") == 0;
    s->partner_there = strcmp(b2b_db_text(rows, 1), "active") == 0 ||
                       strcmp(b2b_db_text(rows, 1), "pending") == 0;
    s->revision = b2b_db_integer(rows, 2);
    s->process_version = b2b_db_integer(rows, 3);
    s->process_name = b2b_db_text(rows, 4);
    B2B_ERR(b2b_document_parse(&s->document, b2b_db_text(rows, 5), pool));
    security_of(&s->security, b2b_db_text(rows, 6), pool);
    *start = s;
    return NULL;
}

b2b_error_t *b2b_start_hold(int *held, b2b_db_conn_t *conn, const char *portal_id,
                            const char *partner_id, const char *share_id, apr_int64_t revision,
                            apr_pool_t *scratch_pool)
{
    apr_int64_t affected;

    B2B_ERR(b2b_db_execute(&affected, conn, STMT_START_HOLD, scratch_pool, "sssi", portal_id,
                           partner_id, share_id, revision));
    *held = affected > 0;
    return NULL;
}

static void add_openers(apr_array_header_t *openers, const char *kind,
                        const apr_array_header_t *ids)
{
    int i;

    for (i = 0; ids && i < ids->nelts; i++) {
        b2b_host_ref_t *ref = apr_array_push(openers);

        ref->kind = kind;
        ref->id = APR_ARRAY_IDX(ids, i, const char *);
        ref->name = NULL;
    }
}

const apr_array_header_t *b2b_start_openers(const b2b_owners_t *owners, apr_pool_t *pool)
{
    apr_array_header_t *openers = apr_array_make(pool, 4, sizeof(b2b_host_ref_t));

    add_openers(openers, "host_user", owners->host_users);
    add_openers(openers, "host_group", owners->host_groups);
    return openers;
}

/* Lists ----------------------------------------------------------------------------------------- */

b2b_error_t *b2b_start_offers(apr_array_header_t **offers, b2b_db_conn_t *conn, apr_pool_t *pool)
{
    b2b_db_rows_t *rows;

    B2B_ERR(b2b_db_query(&rows, conn, STMT_START_OFFERS, pool, ""));
    *offers = apr_array_make(pool, b2b_db_count(rows) + 1, sizeof(b2b_start_offer_t));
    while (b2b_db_next(rows)) {
        b2b_start_offer_t *offer = apr_array_push(*offers);

        offer->share_id = b2b_db_text(rows, 0);
        offer->revision = b2b_db_integer(rows, 1);
        offer->process_id = b2b_db_text(rows, 2);
        security_of(&offer->security, b2b_db_text(rows, 3), pool);
        b2b_owners_parse(&offer->first_owners, b2b_db_text(rows, 4), pool);
    }
    return NULL;
}

static const char *pack(const apr_array_header_t *offers, apr_pool_t *pool)
{
    char *packed = apr_palloc(pool, (apr_size_t)offers->nelts * PACKED_WIDTH + 1);
    int i;

    *packed = '\0';
    for (i = 0; i < offers->nelts; i++) {
        const b2b_start_offer_t *offer = &APR_ARRAY_IDX(offers, i, b2b_start_offer_t);

        apr_snprintf(packed + i * PACKED_WIDTH, PACKED_WIDTH + 1, "%-36s%010" APR_INT64_T_FMT,
                     offer->share_id, offer->revision);
    }
    return packed;
}

b2b_error_t *b2b_start_portals(b2b_page_t **page, b2b_db_conn_t *conn,
                               const apr_array_header_t *offers, const b2b_list_t *list,
                               apr_pool_t *result_pool, apr_pool_t *scratch_pool)
{
    const char *like = b2b_like(list->q, scratch_pool);
    const char *packed = pack(offers, scratch_pool);
    b2b_db_rows_t *rows;

    *page = b2b_page_create(list, result_pool);
    if (!offers->nelts) {
        return NULL;
    }
    B2B_ERR(b2b_db_query(&rows, conn, STMT_START_PORTALS, result_pool, "isssssssi",
                         (apr_int64_t)offers->nelts, packed, packed, list->after_key,
                         b2b_list_after(list), like, like, like, b2b_list_limit(list)));
    while (b2b_db_next(rows) && b2b_page_room(*page, list)) {
        b2b_start_place_t *place = apr_pcalloc(result_pool, sizeof(*place));

        place->id = b2b_db_text(rows, 0);
        place->technical_name = b2b_db_text(rows, 1);
        place->name = b2b_db_text(rows, 2);
        b2b_page_add(*page, place, place->id, by_name, rows, 3);
    }
    return NULL;
}

b2b_error_t *b2b_start_partners(b2b_page_t **page, b2b_db_conn_t *conn, const char *portal_id,
                                const apr_array_header_t *offers, const b2b_list_t *list,
                                apr_pool_t *result_pool, apr_pool_t *scratch_pool)
{
    const char *like = b2b_like(list->q, scratch_pool);
    const char *packed = pack(offers, scratch_pool);
    b2b_db_rows_t *rows;

    *page = b2b_page_create(list, result_pool);
    if (!offers->nelts) {
        return NULL;
    }
    B2B_ERR(b2b_db_query(&rows, conn, STMT_START_PARTNERS, result_pool, "isssssssi",
                         (apr_int64_t)offers->nelts, packed, packed, portal_id, list->after_key,
                         b2b_list_after(list), like, like, b2b_list_limit(list)));
    while (b2b_db_next(rows) && b2b_page_room(*page, list)) {
        b2b_start_place_t *place = apr_pcalloc(result_pool, sizeof(*place));

        place->id = b2b_db_text(rows, 0);
        place->name = b2b_db_text(rows, 1);
        b2b_page_add(*page, place, place->id, by_name, rows, 2);
    }
    return NULL;
}

b2b_error_t *b2b_start_processes(b2b_page_t **page, b2b_db_conn_t *conn, const char *portal_id,
                                 const char *partner_id, const b2b_list_t *list,
                                 apr_pool_t *result_pool, apr_pool_t *scratch_pool)
{
    const char *like = b2b_like(list->q, scratch_pool);
    b2b_db_rows_t *rows;

    B2B_ERR(b2b_db_query(&rows, conn, STMT_START_PROCESSES, result_pool, "sssssssi", portal_id,
                         partner_id, list->after_key, b2b_list_after(list), like, like, like,
                         b2b_list_limit(list)));
    *page = b2b_page_create(list, result_pool);
    while (b2b_db_next(rows) && b2b_page_room(*page, list)) {
        b2b_start_process_t *process = apr_pcalloc(result_pool, sizeof(*process));

        process->share_id = b2b_db_text(rows, 0);
        process->share_title = b2b_db_text(rows, 1);
        process->process_id = b2b_db_text(rows, 2);
        process->title = b2b_db_text(rows, 3);
        security_of(&process->security, b2b_db_text(rows, 4), result_pool);
        b2b_owners_parse(&process->first_owners, b2b_db_text(rows, 5), result_pool);
        b2b_page_add(*page, process,
                     apr_pstrcat(result_pool, process->share_id, process->process_id, NULL),
                     by_name, rows, 6);
    }
    return NULL;
}
