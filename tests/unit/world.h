/* SPDX-License-Identifier: Apache-2.0 */
/* A small world for the tests of model/: people and things with one call each, in test_pool. */
#ifndef B2B_TESTS_WORLD_H
#define B2B_TESTS_WORLD_H

#include "unit.h"

#include "database.h"
#include "db/db_private.h"
#include "model/model.h"
#include "policy/policy.h"

/** The issuer that every portal of the world lists. */
#define WORLD_ISSUER "https://id.example"

/**
 * A test of WHAT that runs in one transaction, on each driver: WORLD_TEST(name) { … } uses CONN; add it with
 * tcase_add_loop_test(tc, name, 0, UNIT_DRIVERS).
 */
#define WORLD_TEST(name)                                                                           \
    static b2b_error_t *name##_work(void *baton, b2b_db_conn_t *conn, apr_pool_t *pool);           \
    START_TEST(name)                                                                               \
    {                                                                                              \
        world_run(_i, name##_work);                                                                \
    }                                                                                              \
    END_TEST                                                                                       \
    static b2b_error_t *name##_work(__attribute__((unused)) void *baton,                           \
                                    __attribute__((unused)) b2b_db_conn_t *conn,                   \
                                    __attribute__((unused)) apr_pool_t *pool)

void world_run(int driver, b2b_db_work_cb work);

/** Did the transaction touch the slot of KEY since world_untouch? */
int world_touched(const b2b_db_conn_t *conn, const char *key);
int world_touched_portal(const b2b_db_conn_t *conn, const char *portal_id);
int world_touched_identity(const b2b_db_conn_t *conn, const char *portal_id, const char *subject);
void world_untouch(b2b_db_conn_t *conn);

/** An identity of WORLD_ISSUER with a verified address. */
b2b_identity_t *world_identity(const char *subject, const char *email);

b2b_portal_t *world_portal(b2b_db_conn_t *conn, const char *technical_name);
b2b_partner_t *world_partner(b2b_db_conn_t *conn, const char *portal_id, const char *name);
b2b_group_t *world_group(b2b_db_conn_t *conn, const char *portal_id, const char *name);

/** A member in state invited, with a pending invitation. */
b2b_member_t *world_invited(b2b_db_conn_t *conn, const char *portal_id, const char *partner_id,
                            const char *email);

/** A member who has accepted as WORLD_ISSUER's subject EMAIL. */
b2b_member_t *world_member(b2b_db_conn_t *conn, const char *portal_id, const char *partner_id,
                           const char *email);

/** The member as stored now, or NULL. */
b2b_member_t *world_member_now(b2b_db_conn_t *conn, const char *portal_id, const char *id);

/** What policy/ says to WORLD_ISSUER's SUBJECT in the portal, with everything read anew. */
b2b_decision_t world_decide(b2b_db_conn_t *conn, const char *portal_id, const char *subject);

#define world_ck_decision(conn, portal_id, subject, what)                                          \
    ck_assert_int_eq(world_decide(conn, portal_id, subject).reason, what)

/** An active host user with ROLES, linked to WORLD_ISSUER's subject EMAIL. */
b2b_host_user_t *world_host_user(b2b_db_conn_t *conn, const char *email, int roles);

/** A page that is published in version 1. */
b2b_dashboard_t *world_dashboard(b2b_db_conn_t *conn, const char *title);

/** DASHBOARD placed under its title; GROUP_ID NULL: for everyone. */
b2b_placement_t *world_placement(b2b_db_conn_t *conn, const char *portal_id,
                                 const b2b_dashboard_t *dashboard, const char *partner_id,
                                 const char *group_id);

/** The id of a process without published version. */
const char *world_process(b2b_db_conn_t *conn, const char *name);

/** Publish its version MAJOR, the next one, whose second form the partner group OWNERS owns. */
void world_publish(b2b_db_conn_t *conn, const char *id, int major, const char *owners);

/** A draft with the process (NULL: none), of which everyone may create instances. */
b2b_share_document_t *world_share_document(const char *title, const char *process_id);

/** Ids (const char *): ONE and TWO, where they are not NULL. */
apr_array_header_t *world_ids(const char *one, const char *two);

#endif
