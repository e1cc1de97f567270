/* SPDX-License-Identifier: Apache-2.0 */
/* model/: host users and their groups. */
#include "world.h"

#include <string.h>

#include <apr_strings.h>

#include "base/chance.h"

static b2b_host_user_t *user(b2b_db_conn_t *conn, const char *id)
{
    b2b_host_user_t *found;

    unit_ok(b2b_host_user_get(&found, conn, id, test_pool, test_pool));
    return found;
}

static b2b_principal_t *principal(b2b_db_conn_t *conn, const char *subject)
{
    b2b_principal_t *found;

    unit_ok(b2b_principal_load(&found, conn, NULL, world_identity(subject, NULL), test_pool,
                               test_pool));
    return found;
}

WORLD_TEST(pending_user_is_linked_once)
{
    b2b_host_user_t values = {0};
    b2b_host_user_t *linked;

    values.email = "Eva@Hammer.example";
    values.roles = B2B_HOST_DESIGNER | B2B_HOST_AUDITOR;
    unit_ok(b2b_host_user_create(conn, &values, test_pool, test_pool));
    ck_assert_int_eq(values.state, B2B_STATE_PENDING);
    ck_assert_ptr_null(principal(conn, "1"));

    unit_ok(b2b_host_user_link(&linked, conn, world_identity("1", NULL), test_pool, test_pool));
    ck_assert_ptr_null(linked);
    unit_ok(b2b_host_user_link(&linked, conn, world_identity("1", "max@hammer.example"), test_pool,
                               test_pool));
    ck_assert_ptr_null(linked);
    world_untouch(conn);
    unit_ok(b2b_host_user_link(&linked, conn, world_identity("1", "eva@HAMMER.example"), test_pool,
                               test_pool));
    ck_assert_ptr_nonnull(linked);
    ck_assert_int_eq(linked->state, B2B_STATE_ACTIVE);
    ck_assert_int_eq(linked->roles, B2B_HOST_DESIGNER | B2B_HOST_AUDITOR);
    ck_assert(world_touched_identity(conn, NULL, "1"));
    ck_assert_int_eq(principal(conn, "1")->host_roles, B2B_HOST_DESIGNER | B2B_HOST_AUDITOR);
    ck_assert_int_eq(principal(conn, "1")->kind, B2B_PRINCIPAL_HOST_USER);

    /* Never again by address: neither another identity, nor this one a second time. */
    unit_ok(b2b_host_user_link(&linked, conn, world_identity("2", "eva@hammer.example"), test_pool,
                               test_pool));
    ck_assert_ptr_null(linked);
    unit_ok(b2b_host_user_link(&linked, conn, world_identity("1", "eva@hammer.example"), test_pool,
                               test_pool));
    ck_assert_ptr_null(linked);
    return NULL;
}

WORLD_TEST(administrator_of_the_directive_is_made_once)
{
    b2b_host_user_t *anna, *second;
    int made;

    unit_ok(b2b_host_user_ensure(&made, conn, "Anna@Hammer.example", test_pool));
    ck_assert(made);
    unit_ok(b2b_host_user_ensure(&made, conn, "anna@hammer.example", test_pool));
    ck_assert(!made);
    unit_ok(b2b_host_user_link(&anna, conn, world_identity("anna", "anna@hammer.example"),
                               test_pool, test_pool));
    ck_assert_int_eq(anna->roles, B2B_HOST_ADMINISTRATOR);
    second = world_host_user(conn, "second@hammer.example", B2B_HOST_ADMINISTRATOR);
    unit_ok(b2b_host_user_delete(conn, anna->id, B2B_VERSION_ANY, test_pool));
    ck_assert_ptr_nonnull(second);
    /* A deleted one stays deleted, whatever the configuration still says. */
    unit_ok(b2b_host_user_ensure(&made, conn, "anna@hammer.example", test_pool));
    ck_assert(!made);
    ck_assert_ptr_null(principal(conn, "anna"));
    return NULL;
}

WORLD_TEST(last_administrator_stays)
{
    b2b_host_user_t *anna = world_host_user(conn, "anna@hammer.example",
                                            B2B_HOST_ADMINISTRATOR | B2B_HOST_USER);
    b2b_host_user_t pending = {0};
    b2b_host_user_t *bert;
    b2b_error_t *err;

    /* Somebody who has not signed in yet does not count as one. */
    pending.email = "bert@hammer.example";
    pending.roles = B2B_HOST_ADMINISTRATOR;
    unit_ok(b2b_host_user_create(conn, &pending, test_pool, test_pool));
    err = b2b_host_user_suspend(conn, anna->id, anna->version, test_pool);
    unit_error(err, B2B_E_CONFLICT);
    ck_assert_str_eq(err->type, "last-administrator");
    unit_error(b2b_host_user_delete(conn, anna->id, anna->version, test_pool), B2B_E_CONFLICT);
    anna->roles = B2B_HOST_USER;
    unit_error(b2b_host_user_update(conn, anna, anna->version, test_pool), B2B_E_CONFLICT);
    anna->roles = B2B_HOST_ADMINISTRATOR;
    anna->first_name = "Anna";
    unit_ok(b2b_host_user_update(conn, anna, anna->version, test_pool));

    unit_ok(b2b_host_user_link(&bert, conn, world_identity("bert", "bert@hammer.example"),
                               test_pool, test_pool));
    world_untouch(conn);
    unit_ok(b2b_host_user_suspend(conn, anna->id, anna->version, test_pool));
    ck_assert(world_touched_identity(conn, NULL, "anna@hammer.example"));
    ck_assert_int_eq(principal(conn, "anna@hammer.example")->state, B2B_STATE_SUSPENDED);
    unit_error(b2b_host_user_delete(conn, bert->id, B2B_VERSION_ANY, test_pool), B2B_E_CONFLICT);
    unit_ok(b2b_host_user_resume(conn, anna->id, B2B_VERSION_ANY, test_pool));
    ck_assert_int_eq(user(conn, anna->id)->state, B2B_STATE_ACTIVE);
    unit_ok(b2b_host_user_delete(conn, bert->id, B2B_VERSION_ANY, test_pool));
    return NULL;
}

WORLD_TEST(stale_and_missing_are_told_apart)
{
    b2b_host_user_t *anna = world_host_user(conn, "anna@hammer.example", B2B_HOST_USER);
    apr_int64_t version = anna->version;

    unit_ok(b2b_host_user_update(conn, anna, version, test_pool));
    ck_assert_int_eq(anna->version, user(conn, anna->id)->version);
    unit_error(b2b_host_user_update(conn, anna, version, test_pool), B2B_E_STALE);
    unit_error(b2b_host_user_suspend(conn, anna->id, version, test_pool), B2B_E_STALE);
    unit_error(b2b_host_user_suspend(conn, "nobody", version, test_pool), B2B_E_NOT_FOUND);
    unit_ok(b2b_host_user_delete(conn, anna->id, B2B_VERSION_ANY, test_pool));
    unit_error(b2b_host_user_resume(conn, anna->id, B2B_VERSION_ANY, test_pool), B2B_E_NOT_FOUND);
    return NULL;
}

WORLD_TEST(who_comes_back_has_nothing_of_before)
{
    b2b_host_user_t *anna = world_host_user(conn, "anna@hammer.example", B2B_HOST_DESIGNER);
    b2b_host_user_t values = {0};
    b2b_host_user_t *other;
    b2b_group_t group = {0};
    b2b_error_t *err;
    int changed;

    group.name = "Staff";
    unit_ok(b2b_host_group_create(conn, &group, test_pool, test_pool));
    unit_ok(b2b_host_group_add(&changed, conn, group.id, anna->id, test_pool));
    values.email = "ANNA@hammer.example";
    values.roles = B2B_HOST_USER;
    err = b2b_host_user_create(conn, &values, test_pool, test_pool);
    unit_error(err, B2B_E_CONFLICT);
    ck_assert_str_eq(err->type, "email-taken");

    unit_ok(b2b_host_user_delete(conn, anna->id, B2B_VERSION_ANY, test_pool));
    ck_assert_ptr_null(principal(conn, "anna@hammer.example"));
    /* Somebody else may be linked to the identity that the deleted row still has. */
    values.email = "new@hammer.example";
    unit_ok(b2b_host_user_create(conn, &values, test_pool, test_pool));
    unit_ok(b2b_host_user_link(&other, conn,
                               world_identity("anna@hammer.example", "new@hammer.example"),
                               test_pool, test_pool));
    ck_assert_str_eq(other->id, values.id);

    memset(&values, 0, sizeof(values));
    values.email = "anna@hammer.example";
    values.roles = B2B_HOST_USER;
    unit_ok(b2b_host_user_create(conn, &values, test_pool, test_pool));
    ck_assert_str_eq(values.id, anna->id);
    ck_assert_int_eq(values.state, B2B_STATE_PENDING);
    ck_assert_int_eq(values.roles, B2B_HOST_USER);
    ck_assert_ptr_null(values.issuer);
    ck_assert_int_eq(values.groups->nelts, 0);
    return NULL;
}

WORLD_TEST(groups_of_the_host)
{
    b2b_host_user_t *anna = world_host_user(conn, "anna@hammer.example", B2B_HOST_USER);
    b2b_group_t staff = {0}, board = {0}, again = {0};
    b2b_list_t list = {0};
    b2b_group_t *found;
    b2b_page_t *page;
    int changed;

    staff.name = "Staff";
    board.name = "Board";
    again.name = "STAFF";
    unit_ok(b2b_host_group_create(conn, &staff, test_pool, test_pool));
    unit_ok(b2b_host_group_create(conn, &board, test_pool, test_pool));
    unit_error(b2b_host_group_create(conn, &again, test_pool, test_pool), B2B_E_CONFLICT);
    world_untouch(conn);
    unit_ok(b2b_host_group_add(&changed, conn, staff.id, anna->id, test_pool));
    ck_assert(changed);
    ck_assert(world_touched_identity(conn, NULL, "anna@hammer.example"));
    unit_ok(b2b_host_group_add(&changed, conn, staff.id, anna->id, test_pool));
    ck_assert(!changed);
    unit_error(b2b_host_group_add(&changed, conn, "none", anna->id, test_pool), B2B_E_NOT_FOUND);
    unit_error(b2b_host_group_add(&changed, conn, staff.id, "nobody", test_pool), B2B_E_NOT_FOUND);
    ck_assert_int_eq(principal(conn, "anna@hammer.example")->groups->nelts, 1);

    unit_ok(b2b_host_user_groups_set(conn, anna->id, world_ids(board.id, staff.id), test_pool));
    ck_assert_str_eq(APR_ARRAY_IDX(user(conn, anna->id)->groups, 0, b2b_ref_t).name, "Board");
    unit_error(b2b_host_user_groups_set(conn, anna->id, world_ids("none", NULL), test_pool),
               B2B_E_INVALID);
    unit_ok(b2b_host_group_get(&found, conn, staff.id, test_pool, test_pool));
    ck_assert_int_eq(found->member_count, 1);

    list.limit = 10;
    unit_ok(b2b_host_group_list(&page, conn, &list, test_pool, test_pool));
    ck_assert_int_eq(page->items->nelts, 2);
    ck_assert_str_eq(APR_ARRAY_IDX(page->items, 0, b2b_group_t *)->name, "Board");
    list.group_id = staff.id;
    list.role = "user";
    list.q = "ANNA@";
    unit_ok(b2b_host_user_list(&page, conn, &list, test_pool, test_pool));
    ck_assert_int_eq(page->items->nelts, 1);
    list.role = "designer";
    unit_ok(b2b_host_user_list(&page, conn, &list, test_pool, test_pool));
    ck_assert_int_eq(page->items->nelts, 0);

    world_untouch(conn);
    unit_ok(b2b_host_group_delete(conn, staff.id, staff.version, test_pool));
    ck_assert(world_touched_identity(conn, NULL, "anna@hammer.example"));
    ck_assert_int_eq(principal(conn, "anna@hammer.example")->groups->nelts, 1);
    unit_error(b2b_host_group_update(conn, &staff, B2B_VERSION_ANY, test_pool), B2B_E_NOT_FOUND);
    unit_ok(b2b_host_group_remove(&changed, conn, board.id, anna->id, test_pool));
    ck_assert(changed);
    ck_assert_int_eq(principal(conn, "anna@hammer.example")->groups->nelts, 0);
    return NULL;
}

/* Another transaction may link an identity at the same moment, and a cache may load it before this commit. */
WORLD_TEST(withdrawing_reaches_who_is_just_linked)
{
    b2b_host_user_t values = {0};

    values.email = "new@hammer.example";
    values.roles = B2B_HOST_DESIGNER;
    unit_ok(b2b_host_user_create(conn, &values, test_pool, test_pool));
    world_untouch(conn);
    values.roles = B2B_HOST_USER;
    unit_ok(b2b_host_user_update(conn, &values, B2B_VERSION_ANY, test_pool));
    ck_assert(world_touched(conn, "host"));
    world_untouch(conn);
    unit_ok(b2b_host_user_suspend(conn, values.id, B2B_VERSION_ANY, test_pool));
    ck_assert(world_touched(conn, "host"));
    world_untouch(conn);
    unit_ok(b2b_host_user_delete(conn, values.id, B2B_VERSION_ANY, test_pool));
    ck_assert(world_touched(conn, "host"));
    return NULL;
}

WORLD_TEST(signing_in_changes_no_decision)
{
    b2b_host_user_t *anna = world_host_user(conn, "anna@hammer.example", B2B_HOST_USER);

    world_untouch(conn);
    b2b_clock_shift(apr_time_from_sec(3600));
    unit_ok(b2b_host_user_signed_in(conn, anna->id, test_pool));
    b2b_clock_shift(0);
    ck_assert_int_eq(conn->touched_count, 0);
    ck_assert(user(conn, anna->id)->last_sign_in_at > anna->last_sign_in_at);
    ck_assert_int_eq(user(conn, anna->id)->version, anna->version);
    return NULL;
}

Suite *unit_suite(void)
{
    Suite *suite = suite_create("model: host users");
    TCase *tc = unit_case(suite, "host users");

    unit_database_start();
    tcase_add_loop_test(tc, pending_user_is_linked_once, 0, UNIT_DRIVERS);
    tcase_add_loop_test(tc, administrator_of_the_directive_is_made_once, 0, UNIT_DRIVERS);
    tcase_add_loop_test(tc, last_administrator_stays, 0, UNIT_DRIVERS);
    tcase_add_loop_test(tc, stale_and_missing_are_told_apart, 0, UNIT_DRIVERS);
    tcase_add_loop_test(tc, who_comes_back_has_nothing_of_before, 0, UNIT_DRIVERS);
    tcase_add_loop_test(tc, groups_of_the_host, 0, UNIT_DRIVERS);
    tcase_add_loop_test(tc, withdrawing_reaches_who_is_just_linked, 0, UNIT_DRIVERS);
    tcase_add_loop_test(tc, signing_in_changes_no_decision, 0, UNIT_DRIVERS);
    return suite;
}
