/* SPDX-License-Identifier: Apache-2.0 */
/* model/: members whose sponsor, a host user, is suspended, removed and back again. */
#include "world.h"

WORLD_TEST(a_sponsor_takes_access_along)
{
    b2b_portal_t *portal = world_portal(conn, "acme");
    b2b_portal_t *other = world_portal(conn, "globex");
    b2b_partner_t *nord = world_partner(conn, portal->id, "Nord");
    b2b_host_user_t *eva = world_host_user(conn, "eva@hammer.example", B2B_HOST_PARTNER_MANAGER);
    b2b_member_t *anna = world_member(conn, portal->id, nord->id, "anna@nord.example");
    b2b_member_t *bert = world_member(conn, portal->id, nord->id, "bert@nord.example");
    b2b_host_user_t again = {0};
    b2b_sponsored_t sponsored;

    world_host_user(conn, "root@hammer.example", B2B_HOST_ADMINISTRATOR);
    anna->sponsor_id = eva->id;
    unit_ok(b2b_member_update(conn, anna, anna->version, test_pool));
    unit_ok(b2b_host_user_sponsored(&sponsored, conn, eva->id, test_pool));
    ck_assert_int_eq(sponsored.members, 1);
    ck_assert_int_eq(sponsored.portals, 1);
    world_untouch(conn);
    unit_ok(b2b_host_user_suspend(conn, eva->id, B2B_VERSION_ANY, test_pool));
    ck_assert(world_touched_portal(conn, portal->id));
    ck_assert(!world_touched_portal(conn, other->id));
    world_ck_decision(conn, portal->id, "anna@nord.example", B2B_REASON_DENIED_SPONSOR);
    world_ck_decision(conn, portal->id, "bert@nord.example", B2B_REASON_GRANTED_MEMBER);
    unit_ok(b2b_host_user_sponsored(&sponsored, conn, eva->id, test_pool));
    ck_assert_int_eq(sponsored.members, 0);
    anna = world_member_now(conn, portal->id, anna->id);
    ck_assert_int_eq(anna->sponsor_state, B2B_STATE_SUSPENDED);

    /* Who is given a suspended sponsor is out at once; what else is changed of Anna stays possible. */
    bert->sponsor_id = eva->id;
    unit_ok(b2b_member_update(conn, bert, bert->version, test_pool));
    world_ck_decision(conn, portal->id, "bert@nord.example", B2B_REASON_DENIED_SPONSOR);
    world_untouch(conn);
    unit_ok(b2b_host_user_resume(conn, eva->id, B2B_VERSION_ANY, test_pool));
    ck_assert(world_touched_portal(conn, portal->id));
    world_ck_decision(conn, portal->id, "anna@nord.example", B2B_REASON_GRANTED_MEMBER);
    world_untouch(conn);
    unit_ok(b2b_host_user_delete(conn, eva->id, B2B_VERSION_ANY, test_pool));
    ck_assert(world_touched_portal(conn, portal->id));
    world_ck_decision(conn, portal->id, "anna@nord.example", B2B_REASON_DENIED_SPONSOR);
    anna = world_member_now(conn, portal->id, anna->id);
    ck_assert_int_eq(anna->sponsor_state, B2B_STATE_UNKNOWN);
    anna->first_name = "Anna";
    unit_ok(b2b_member_update(conn, anna, anna->version, test_pool));
    bert = world_member(conn, portal->id, nord->id, "carl@nord.example");
    bert->sponsor_id = eva->id;
    unit_error(b2b_member_update(conn, bert, bert->version, test_pool), B2B_E_INVALID);

    again.email = "eva@hammer.example";
    again.roles = B2B_HOST_USER;
    world_untouch(conn);
    unit_ok(b2b_host_user_create(conn, &again, test_pool, test_pool));
    ck_assert(world_touched_portal(conn, portal->id));
    world_ck_decision(conn, portal->id, "anna@nord.example", B2B_REASON_GRANTED_MEMBER);
    return NULL;
}

Suite *unit_suite(void)
{
    Suite *suite = suite_create("model: sponsors");
    TCase *tc = unit_case(suite, "sponsors");

    unit_database_start();
    tcase_add_loop_test(tc, a_sponsor_takes_access_along, 0, UNIT_DRIVERS);
    return suite;
}
