/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Part of model.h: what host users may start for partners. The host starts what a partner holds, at the revision that
 * it holds; who of the host may is policy/'s to say.
 */

#ifndef B2B_MODEL_START_H
#define B2B_MODEL_START_H

#include "../forms/forms.h"
#include "model.h"

/** One process of a share as a partner holds it. */
typedef struct {
    int portal_active;
    int partner_there; /* active, or pending: its people may come later */
    apr_int64_t revision;
    apr_int64_t process_version;
    const char *process_name;
    b2b_document_t *document;        /* of that version */
    b2b_process_security_t security; /* without what is about members */
} b2b_start_t;

/** *START is NULL if the partner does not hold such a share with such a process, or one of them is not there. */
b2b_error_t *b2b_start_get(b2b_start_t **start, b2b_db_conn_t *conn, const char *portal_id,
                           const char *partner_id, const char *share_id, const char *process_id,
                           apr_pool_t *pool);

/**
 * Hold the partner's grant until the transaction ends, so that whoever takes it away comes before or after. *HELD is
 * FALSE if it is not held at REVISION any more.
 */
b2b_error_t *b2b_start_hold(int *held, b2b_db_conn_t *conn, const char *portal_id,
                            const char *partner_id, const char *share_id, apr_int64_t revision,
                            apr_pool_t *scratch_pool);

/** The host users and host groups whom OWNERS name: of b2b_host_ref_t. */
const apr_array_header_t *b2b_start_openers(const b2b_owners_t *owners, apr_pool_t *pool);

/** One process of a revision that some partner holds. */
typedef struct {
    const char *share_id;
    apr_int64_t revision;
    const char *process_id;
    b2b_process_security_t security;
    b2b_owners_t first_owners;
} b2b_start_offer_t;

/** All of them (b2b_start_offer_t), each once: as many as the host has shared, however many partners hold them. */
b2b_error_t *b2b_start_offers(apr_array_header_t **offers, b2b_db_conn_t *conn, apr_pool_t *pool);

/** A portal or a partner for which something may be started. */
typedef struct {
    const char *id;
    const char *technical_name; /* of a portal */
    const char *name;
} b2b_start_place_t;

/** A process of a share that the partner holds. */
typedef struct {
    const char *share_id;
    const char *share_title;
    const char *process_id;
    const char *title;
    b2b_process_security_t security;
    b2b_owners_t first_owners;
} b2b_start_process_t;

/** The active portals in which a partner that is there holds one of OFFERS (b2b_start_offer_t), by name; LIST's q. */
b2b_error_t *b2b_start_portals(b2b_page_t **page, b2b_db_conn_t *conn,
                               const apr_array_header_t *offers, const b2b_list_t *list,
                               apr_pool_t *result_pool, apr_pool_t *scratch_pool);
/** The partners of a portal that are there and hold one of OFFERS, by name; LIST's q. */
b2b_error_t *b2b_start_partners(b2b_page_t **page, b2b_db_conn_t *conn, const char *portal_id,
                                const apr_array_header_t *offers, const b2b_list_t *list,
                                apr_pool_t *result_pool, apr_pool_t *scratch_pool);
/** What a partner holds (b2b_start_process_t), by title; LIST's q in the title of the process or of the share. */
b2b_error_t *b2b_start_processes(b2b_page_t **page, b2b_db_conn_t *conn, const char *portal_id,
                                 const char *partner_id, const b2b_list_t *list,
                                 apr_pool_t *result_pool, apr_pool_t *scratch_pool);

#endif
