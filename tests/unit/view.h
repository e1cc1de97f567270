/* SPDX-License-Identifier: Apache-2.0 */
/* Everything that decisions read, written down as text, so that two moments can be compared. In POOL. */
#ifndef B2B_TESTS_VIEW_H
#define B2B_TESTS_VIEW_H

#include "db/db.h"

const char *view_directory(b2b_db_conn_t *conn, apr_pool_t *pool);

/** The snapshot of the portal ID: itself, issuers, partners, groups, placements, grants; "none". */
const char *view_portal(b2b_db_conn_t *conn, const char *id, apr_pool_t *pool);

/** The principal who is WORLD_ISSUER's SUBJECT in PORTAL_ID (NULL: at the host); "nobody". */
const char *view_principal(b2b_db_conn_t *conn, const char *portal_id, const char *subject,
                           apr_pool_t *pool);

#endif
