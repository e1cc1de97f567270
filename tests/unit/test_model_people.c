/* SPDX-License-Identifier: Apache-2.0 */
/* model/: partners, members and groups of a portal. */
#include "world.h"

#include <string.h>

#include <apr_strings.h>

#include "base/chance.h"

WORLD_TEST(partner_lives)
{
    b2b_portal_t *portal = world_portal(conn, "acme");
    b2b_portal_t *other = world_portal(conn, "other");
    b2b_partner_t *nord = world_partner(conn, portal->id, "Nord");
    b2b_partner_t taken = {0};
    b2b_partner_t *found;
    b2b_error_t *err;

    ck_assert_int_eq(nord->state, B2B_STATE_PENDING);
    taken.portal_id = portal->id;
    taken.name = "NORD";
    err = b2b_partner_create(conn, &taken, test_pool, test_pool);
    unit_error(err, B2B_E_CONFLICT);
    ck_assert_str_eq(err->type, "name-taken");
    ck_assert_ptr_nonnull(world_partner(conn, other->id, "Nord"));
    unit_ok(b2b_partner_get(&found, conn, other->id, nord->id, test_pool, test_pool));
    ck_assert_ptr_null(found); /* another portal's is not there */

    nord->city = "Kiel";
    nord->country = "DE";
    world_untouch(conn);
    unit_ok(b2b_partner_update(conn, nord, 1, test_pool));
    ck_assert_int_eq(nord->version, 2);
    ck_assert(world_touched_portal(conn, portal->id));
    unit_error(b2b_partner_update(conn, nord, 1, test_pool), B2B_E_STALE);
    unit_error(b2b_partner_suspend(conn, other->id, nord->id, B2B_VERSION_ANY, test_pool),
               B2B_E_NOT_FOUND);

    world_member(conn, portal->id, nord->id, "anna@nord.example");
    unit_ok(b2b_partner_get(&found, conn, portal->id, nord->id, test_pool, test_pool));
    ck_assert_int_eq(found->state, B2B_STATE_ACTIVE);
    ck_assert_int_eq(found->member_count, 1);
    ck_assert_str_eq(found->city, "Kiel");
    world_ck_decision(conn, portal->id, "anna@nord.example", B2B_REASON_GRANTED_MEMBER);
    world_untouch(conn);
    unit_ok(b2b_partner_suspend(conn, portal->id, nord->id, found->version, test_pool));
    ck_assert(world_touched_portal(conn, portal->id));
    world_ck_decision(conn, portal->id, "anna@nord.example", B2B_REASON_DENIED_PARTNER_STATE);
    unit_ok(b2b_partner_resume(conn, portal->id, nord->id, B2B_VERSION_ANY, test_pool));
    world_ck_decision(conn, portal->id, "anna@nord.example", B2B_REASON_GRANTED_MEMBER);
    return NULL;
}

WORLD_TEST(deleting_a_partner_ends_all_of_it)
{
    b2b_portal_t *portal = world_portal(conn, "acme");
    b2b_partner_t *nord = world_partner(conn, portal->id, "Nord");
    b2b_partner_t *west = world_partner(conn, portal->id, "West");
    b2b_member_t *anna = world_member(conn, portal->id, nord->id, "anna@nord.example");
    b2b_member_t *carl = world_invited(conn, portal->id, nord->id, "carl@nord.example");
    b2b_member_t *dora = world_member(conn, portal->id, west->id, "dora@west.example");
    b2b_dashboard_t *figures = world_dashboard(conn, "Figures");
    b2b_invitation_t *invitation;
    b2b_portal_snapshot_t *snapshot;

    world_placement(conn, portal->id, figures, nord->id, NULL);
    unit_ok(b2b_partner_delete(conn, portal->id, nord->id, B2B_VERSION_ANY, test_pool));
    ck_assert(world_decide(conn, portal->id, "anna@nord.example").granted == 0);
    world_ck_decision(conn, portal->id, "dora@west.example", B2B_REASON_GRANTED_MEMBER);
    ck_assert_ptr_null(world_member_now(conn, portal->id, anna->id));
    ck_assert_ptr_nonnull(world_member_now(conn, portal->id, dora->id));
    unit_ok(b2b_invitation_get(&invitation, conn, portal->id, carl->invitation_id, test_pool,
                               test_pool));
    ck_assert_int_eq(invitation->state, B2B_INV_REVOKED);
    unit_ok(b2b_portal_snapshot_load(&snapshot, conn, portal->id, test_pool, test_pool));
    ck_assert_int_eq(snapshot->placements->nelts, 0);
    ck_assert_ptr_nonnull(world_partner(conn, portal->id, "Nord")); /* the name is free again */
    return NULL;
}

WORLD_TEST(inviting_answers_what_is_there)
{
    b2b_portal_t *portal = world_portal(conn, "acme");
    b2b_portal_t *other = world_portal(conn, "other");
    b2b_partner_t *nord = world_partner(conn, portal->id, "Nord");
    b2b_partner_t *elsewhere = world_partner(conn, other->id, "Nord");
    b2b_group_t *buyers = world_group(conn, portal->id, "Buyers");
    b2b_member_t values = {0};
    b2b_invited_e result;
    b2b_member_t *made, *again;
    b2b_error_t *err;

    values.portal_id = portal->id;
    values.partner_id = nord->id;
    values.email = "Anna@Nord.example";
    values.role = B2B_MEMBER_EDITOR;
    unit_ok(b2b_member_invite(&result, &made, conn, &values, world_ids(buyers->id, NULL), test_pool,
                              test_pool));
    ck_assert_int_eq(result, B2B_INVITED_NEW);
    ck_assert_int_eq(made->state, B2B_STATE_PENDING);
    ck_assert_int_eq(made->role, B2B_MEMBER_EDITOR);
    ck_assert_str_eq(made->email, "Anna@Nord.example");
    ck_assert_str_eq(made->partner_name, "Nord");
    ck_assert_ptr_null(made->invitation_id);
    ck_assert_int_eq(made->groups->nelts, 1); /* not the automatic one: not active yet */
    ck_assert_int_eq(APR_ARRAY_IDX(made->groups, 0, b2b_member_group_t).sources,
                     B2B_SOURCE_CONSOLE);

    values.email = "anna@nord.EXAMPLE";
    unit_ok(b2b_member_invite(&result, &again, conn, &values, NULL, test_pool, test_pool));
    ck_assert_int_eq(result, B2B_INVITED_ALREADY);
    ck_assert_str_eq(again->id, made->id);
    unit_ok(b2b_member_suspend(conn, portal->id, made->id, B2B_VERSION_ANY, test_pool));
    unit_ok(b2b_member_invite(&result, &again, conn, &values, NULL, test_pool, test_pool));
    ck_assert_int_eq(result, B2B_INVITED_IS_SUSPENDED);
    world_member(conn, portal->id, nord->id, "bert@nord.example");
    values.email = "bert@nord.example";
    unit_ok(b2b_member_invite(&result, &again, conn, &values, NULL, test_pool, test_pool));
    ck_assert_int_eq(result, B2B_INVITED_IS_MEMBER);

    values.email = "carl@nord.example";
    values.partner_id = elsewhere->id;
    err = b2b_member_invite(&result, &again, conn, &values, NULL, test_pool, test_pool);
    unit_error(err, B2B_E_INVALID);
    ck_assert_str_eq(err->field, "partner_id");
    values.partner_id = nord->id;
    err = b2b_member_invite(&result, &again, conn, &values, world_ids(buyers->id, portal->id),
                            test_pool, test_pool);
    unit_error(err, B2B_E_INVALID);
    ck_assert_str_eq(err->field, "groups/1");
    values.sponsor_id = made->id;
    err = b2b_member_invite(&result, &again, conn, &values, NULL, test_pool, test_pool);
    unit_error(err, B2B_E_INVALID);
    ck_assert_str_eq(err->field, "sponsor");
    values.sponsor_id = NULL;
    values.role = B2B_MEMBER_NONE;
    unit_error(b2b_member_invite(&result, &again, conn, &values, NULL, test_pool, test_pool),
               B2B_E_INVALID);
    return NULL;
}

WORLD_TEST(who_is_invited_again_has_nothing_of_before)
{
    b2b_portal_t *portal = world_portal(conn, "acme");
    b2b_partner_t *nord = world_partner(conn, portal->id, "Nord");
    b2b_partner_t *west = world_partner(conn, portal->id, "West");
    b2b_group_t *buyers = world_group(conn, portal->id, "Buyers");
    b2b_group_t *sellers = world_group(conn, portal->id, "Sellers");
    b2b_member_t *anna = world_member(conn, portal->id, nord->id, "anna@nord.example");
    b2b_member_t values = {0};
    b2b_invited_e result;
    b2b_member_t *again;
    int changed;

    unit_ok(b2b_group_member_add(&changed, conn, portal->id, buyers->id, anna->id, B2B_SOURCE_SCIM,
                                 test_pool));
    world_untouch(conn);
    unit_error(b2b_member_remove(conn, portal->id, anna->id, 1, test_pool), B2B_E_STALE);
    unit_ok(b2b_member_remove(conn, portal->id, anna->id, B2B_VERSION_ANY, test_pool));
    ck_assert(world_touched_identity(conn, portal->id, "anna@nord.example"));
    world_ck_decision(conn, portal->id, "anna@nord.example", B2B_REASON_DENIED_UNKNOWN);
    unit_error(b2b_member_resume(conn, portal->id, anna->id, B2B_VERSION_ANY, test_pool),
               B2B_E_NOT_FOUND);

    values.portal_id = portal->id;
    values.partner_id = west->id;
    values.email = "ANNA@nord.example";
    values.role = B2B_MEMBER_VIEWER;
    world_untouch(conn);
    unit_ok(b2b_member_invite(&result, &again, conn, &values, world_ids(sellers->id, NULL),
                              test_pool, test_pool));
    ck_assert_int_eq(result, B2B_INVITED_REVIVED);
    ck_assert(world_touched_identity(conn, portal->id, "anna@nord.example"));
    ck_assert_str_eq(again->id, anna->id);
    ck_assert_str_eq(again->partner_id, west->id);
    ck_assert_int_eq(again->state, B2B_STATE_PENDING);
    ck_assert_ptr_null(again->issuer);
    ck_assert_int_eq(again->groups->nelts, 1);
    ck_assert_str_eq(APR_ARRAY_IDX(again->groups, 0, b2b_member_group_t).id, sellers->id);
    world_ck_decision(conn, portal->id, "anna@nord.example", B2B_REASON_DENIED_UNKNOWN);
    return NULL;
}

WORLD_TEST(changes_of_a_member_hold_at_once)
{
    b2b_portal_t *portal = world_portal(conn, "acme");
    b2b_partner_t *nord = world_partner(conn, portal->id, "Nord");
    b2b_partner_t *west = world_partner(conn, portal->id, "West");
    b2b_host_user_t *host = world_host_user(conn, "eva@hammer.example", B2B_HOST_PARTNER_MANAGER);
    b2b_member_t *anna = world_member(conn, portal->id, nord->id, "anna@nord.example");
    apr_int64_t version = anna->version;
    b2b_partner_t *found;
    b2b_principal_t *principal;
    b2b_identity_t *identity;

    anna->first_name = "Anna";
    anna->last_name = "Berg";
    anna->role = B2B_MEMBER_PARTNER_ADMINISTRATOR;
    anna->partner_id = west->id;
    anna->sponsor_id = host->id;
    anna->valid_until = b2b_clock_now() + apr_time_from_sec(60);
    world_untouch(conn);
    unit_ok(b2b_member_update(conn, anna, version, test_pool));
    ck_assert(world_touched_identity(conn, portal->id, "anna@nord.example"));
    ck_assert(world_touched_portal(conn, portal->id)); /* West is active now */
    unit_ok(b2b_partner_get(&found, conn, portal->id, west->id, test_pool, test_pool));
    ck_assert_int_eq(found->state, B2B_STATE_ACTIVE);
    unit_error(b2b_member_update(conn, anna, version, test_pool), B2B_E_STALE);
    anna = world_member_now(conn, portal->id, anna->id);
    ck_assert_str_eq(anna->sponsor_name, "eva@hammer.example");
    ck_assert_int_eq(anna->role, B2B_MEMBER_PARTNER_ADMINISTRATOR);
    world_ck_decision(conn, portal->id, "anna@nord.example", B2B_REASON_GRANTED_MEMBER);
    b2b_clock_shift(apr_time_from_sec(61));
    world_ck_decision(conn, portal->id, "anna@nord.example", B2B_REASON_DENIED_EXPIRED);
    b2b_clock_shift(0);

    world_untouch(conn);
    unit_ok(b2b_member_suspend(conn, portal->id, anna->id, anna->version, test_pool));
    ck_assert(world_touched_identity(conn, portal->id, "anna@nord.example"));
    world_ck_decision(conn, portal->id, "anna@nord.example", B2B_REASON_DENIED_SUSPENDED);
    unit_ok(b2b_principal_of_member(&principal, &identity, conn, portal->id, anna->id, test_pool,
                                    test_pool));
    ck_assert_str_eq(principal->name, "Anna Berg");
    ck_assert_str_eq(identity->subject, "anna@nord.example");
    unit_ok(b2b_member_resume(conn, portal->id, anna->id, B2B_VERSION_ANY, test_pool));
    world_ck_decision(conn, portal->id, "anna@nord.example", B2B_REASON_GRANTED_MEMBER);
    ck_assert_ptr_null(world_member_now(conn, world_portal(conn, "other")->id, anna->id));

    world_untouch(conn);
    unit_ok(b2b_member_signed_in(conn, portal->id, anna->id, test_pool));
    ck_assert_int_eq(conn->touched_count, 0);
    return NULL;
}

WORLD_TEST(sources_of_a_group_are_a_union)
{
    b2b_portal_t *portal = world_portal(conn, "acme");
    b2b_partner_t *nord = world_partner(conn, portal->id, "Nord");
    b2b_group_t *buyers = world_group(conn, portal->id, "Buyers");
    b2b_group_t *sellers = world_group(conn, portal->id, "Sellers");
    b2b_member_t *anna = world_member(conn, portal->id, nord->id, "anna@nord.example");
    const b2b_member_group_t *group;
    b2b_list_t list = {0};
    b2b_page_t *page;
    int changed;

    list.limit = 10;
    world_untouch(conn);
    unit_ok(b2b_group_member_add(&changed, conn, portal->id, buyers->id, anna->id,
                                 B2B_SOURCE_CONSOLE, test_pool));
    ck_assert(changed);
    ck_assert(world_touched_identity(conn, portal->id, "anna@nord.example"));
    unit_ok(b2b_group_member_add(&changed, conn, portal->id, buyers->id, anna->id,
                                 B2B_SOURCE_CONSOLE, test_pool));
    ck_assert(!changed);
    unit_ok(b2b_group_member_add(&changed, conn, portal->id, buyers->id, anna->id, B2B_SOURCE_CLAIM,
                                 test_pool));
    ck_assert(changed);
    unit_ok(
        b2b_group_member_list(&page, conn, portal->id, buyers->id, &list, test_pool, test_pool));
    ck_assert_int_eq(page->items->nelts, 1);
    ck_assert_int_eq(APR_ARRAY_IDX(page->items, 0, b2b_group_member_t *)->sources,
                     B2B_SOURCE_CONSOLE | B2B_SOURCE_CLAIM);

    /* One source never overwrites another's. */
    unit_ok(b2b_member_groups_set(conn, portal->id, anna->id, B2B_SOURCE_CONSOLE,
                                  world_ids(sellers->id, NULL), test_pool));
    anna = world_member_now(conn, portal->id, anna->id);
    ck_assert_int_eq(anna->groups->nelts, 3);
    group = &APR_ARRAY_IDX(anna->groups, 0, b2b_member_group_t);
    ck_assert(group->automatic && group->sources == B2B_SOURCE_AUTOMATIC);
    ck_assert_str_eq(group->id, portal->id);
    ck_assert_str_eq(group->name, "All Portal acme users");
    group = &APR_ARRAY_IDX(anna->groups, 1, b2b_member_group_t);
    ck_assert_str_eq(group->name, "Buyers");
    ck_assert_int_eq(group->sources, B2B_SOURCE_CLAIM);
    ck_assert_str_eq(APR_ARRAY_IDX(anna->groups, 2, b2b_member_group_t).name, "Sellers");
    unit_ok(b2b_group_member_remove(&changed, conn, portal->id, buyers->id, anna->id,
                                    B2B_SOURCE_CONSOLE, test_pool));
    ck_assert(!changed);
    unit_ok(b2b_group_member_remove(&changed, conn, portal->id, buyers->id, anna->id,
                                    B2B_SOURCE_CLAIM, test_pool));
    ck_assert(changed);
    unit_error(b2b_group_member_add(&changed, conn, portal->id, portal->id, anna->id,
                                    B2B_SOURCE_API, test_pool),
               B2B_E_CONFLICT);
    unit_error(b2b_group_member_add(&changed, conn, portal->id, buyers->id, "nobody",
                                    B2B_SOURCE_API, test_pool),
               B2B_E_NOT_FOUND);
    unit_error(b2b_member_groups_set(conn, portal->id, anna->id, B2B_SOURCE_API,
                                     world_ids("none", NULL), test_pool),
               B2B_E_INVALID);
    return NULL;
}

WORLD_TEST(automatic_group_is_the_active_members)
{
    b2b_portal_t *portal = world_portal(conn, "acme");
    b2b_partner_t *nord = world_partner(conn, portal->id, "Nord");
    b2b_member_t *anna = world_member(conn, portal->id, nord->id, "anna@nord.example");
    b2b_member_t *bert = world_member(conn, portal->id, nord->id, "bert@nord.example");
    b2b_group_t *buyers = world_group(conn, portal->id, "Buyers");
    b2b_group_t values = {0};
    b2b_list_t list = {0};
    b2b_group_t *automatic;
    b2b_page_t *page;
    b2b_error_t *err;

    world_invited(conn, portal->id, nord->id, "carl@nord.example");
    unit_ok(b2b_member_suspend(conn, portal->id, bert->id, B2B_VERSION_ANY, test_pool));
    unit_ok(b2b_group_get(&automatic, conn, portal->id, portal->id, test_pool, test_pool));
    ck_assert(automatic->automatic);
    ck_assert_int_eq(automatic->member_count, 1);
    list.limit = 10;
    unit_ok(
        b2b_group_member_list(&page, conn, portal->id, portal->id, &list, test_pool, test_pool));
    ck_assert_int_eq(page->items->nelts, 1);
    ck_assert_str_eq(APR_ARRAY_IDX(page->items, 0, b2b_group_member_t *)->id, anna->id);
    ck_assert_int_eq(APR_ARRAY_IDX(page->items, 0, b2b_group_member_t *)->sources,
                     B2B_SOURCE_AUTOMATIC);
    unit_ok(b2b_group_list(&page, conn, portal->id, &list, test_pool, test_pool));
    ck_assert_int_eq(page->items->nelts, 2);
    ck_assert_str_eq(APR_ARRAY_IDX(page->items, 0, b2b_group_t *)->id, portal->id);
    ck_assert_str_eq(APR_ARRAY_IDX(page->items, 1, b2b_group_t *)->id, buyers->id);
    list.q = "buy";
    unit_ok(b2b_group_list(&page, conn, portal->id, &list, test_pool, test_pool));
    ck_assert_int_eq(page->items->nelts, 1);
    list.q = NULL;
    list.group_id = portal->id;
    unit_ok(b2b_member_list(&page, conn, portal->id, &list, test_pool, test_pool));
    ck_assert_int_eq(page->items->nelts, 1);
    list.state = "suspended";
    unit_ok(b2b_member_list(&page, conn, portal->id, &list, test_pool, test_pool));
    ck_assert_int_eq(page->items->nelts, 0);

    automatic->name = "Mine";
    err = b2b_group_update(conn, portal->id, automatic, B2B_VERSION_ANY, test_pool);
    unit_error(err, B2B_E_CONFLICT);
    ck_assert_str_eq(err->type, "automatic-group");
    unit_error(b2b_group_delete(conn, portal->id, portal->id, B2B_VERSION_ANY, test_pool),
               B2B_E_CONFLICT);
    values.name = "all portal ACME users";
    unit_error(b2b_group_create(conn, portal->id, &values, test_pool, test_pool), B2B_E_CONFLICT);
    buyers->name = "All Portal acme users";
    unit_error(b2b_group_update(conn, portal->id, buyers, 1, test_pool), B2B_E_CONFLICT);
    buyers->name = "Purchasing";
    unit_ok(b2b_group_update(conn, portal->id, buyers, 1, test_pool));
    ck_assert_int_eq(buyers->version, 2);
    unit_error(b2b_group_update(conn, portal->id, buyers, 1, test_pool), B2B_E_STALE);
    return NULL;
}

/* All members in an order, two at a time, as the first letters of their addresses. */
static const char *walk(b2b_db_conn_t *conn, const char *portal_id, b2b_list_t list)
{
    const char *seen = "";
    b2b_page_t *page;
    int i;

    list.limit = 2;
    do {
        unit_ok(b2b_member_list(&page, conn, portal_id, &list, test_pool, test_pool));
        for (i = 0; i < page->items->nelts; i++) {
            seen = apr_psprintf(test_pool, "%s%c", seen,
                                APR_ARRAY_IDX(page->items, i, b2b_member_t *)->email[0]);
        }
        list.after_key = page->next_key;
        list.after_id = page->next_id;
    } while (page->next_key);
    return seen;
}

WORLD_TEST(members_are_listed_in_every_order)
{
    static const char *const names[][3] = {{"c@nord.example", "Anna", "Zorn"},
                                           {"a@nord.example", "Bert", "Alt"},
                                           {"d@nord.example", "", ""},
                                           {"b@nord.example", "Anna", "Zorn"},
                                           {"e@nord.example", "Éva", "Alt"}};
    b2b_portal_t *portal = world_portal(conn, "acme");
    b2b_portal_t *other = world_portal(conn, "other");
    b2b_partner_t *nord = world_partner(conn, portal->id, "Nord");
    b2b_group_t *buyers = world_group(conn, portal->id, "Buyers");
    b2b_list_t list = {0};
    int i, changed;

    for (i = 0; i < 5; i++) {
        b2b_member_t *m = i < 3 ? world_member(conn, portal->id, nord->id, names[i][0])
                                : world_invited(conn, portal->id, nord->id, names[i][0]);

        m->first_name = names[i][1];
        m->last_name = names[i][2];
        unit_ok(b2b_member_update(conn, m, B2B_VERSION_ANY, test_pool));
        b2b_clock_shift(apr_time_from_sec(i + 1));
        if (i < 3) {
            unit_ok(b2b_member_signed_in(conn, portal->id, m->id, test_pool));
        }
        if (i % 2 == 0) {
            unit_ok(b2b_group_member_add(&changed, conn, portal->id, buyers->id, m->id,
                                         B2B_SOURCE_CSV, test_pool));
        }
    }
    b2b_clock_shift(0);
    world_member(conn, other->id, world_partner(conn, other->id, "Else")->id, "z@else.example");

    ck_assert_str_eq(walk(conn, portal->id, list), "abcde");
    list.sort = "created_at";
    ck_assert_str_eq(walk(conn, portal->id, list), "cadbe");
    list.sort = "last_sign_in_at"; /* never comes first */
    ck_assert_str_eq(walk(conn, portal->id, list), "becad");
    list.sort = "last_name"; /* who has no name is listed by address */
    ck_assert_str_eq(walk(conn, portal->id, list), "aedcb");
    list.descending = TRUE;
    ck_assert_str_eq(walk(conn, portal->id, list), "bcdea");
    list.sort = "last_sign_in_at";
    ck_assert_str_eq(walk(conn, portal->id, list), "daceb");
    list.sort = "created_at";
    ck_assert_str_eq(walk(conn, portal->id, list), "ebdac");
    list.sort = "email";
    ck_assert_str_eq(walk(conn, portal->id, list), "edcba");

    list.state = "active";
    ck_assert_str_eq(walk(conn, portal->id, list), "dca");
    list.state = "invited";
    ck_assert_str_eq(walk(conn, portal->id, list), "eb");
    list.state = NULL;
    list.group_id = buyers->id;
    ck_assert_str_eq(walk(conn, portal->id, list), "edc");
    list.group_id = NULL;
    list.role = "editor";
    ck_assert_str_eq(walk(conn, portal->id, list), "");
    list.role = NULL;
    list.partner_id = nord->id;
    list.q = "anna ZORN";
    ck_assert_str_eq(walk(conn, portal->id, list), "cb");
    list.q = "zorn anna";
    ck_assert_str_eq(walk(conn, portal->id, list), "cb");
    list.q = "B@nord";
    ck_assert_str_eq(walk(conn, portal->id, list), "b");
    list.q = "Éva";
    ck_assert_str_eq(walk(conn, portal->id, list), "e");
    list.q = "_@nord";
    ck_assert_str_eq(walk(conn, portal->id, list), "");
    return NULL;
}

WORLD_TEST(groups_of_a_long_page_are_those_of_each)
{
    b2b_portal_t *portal = world_portal(conn, "acme");
    b2b_partner_t *nord = world_partner(conn, portal->id, "Nord");
    b2b_group_t *even = world_group(conn, portal->id, "Even");
    b2b_group_t *third = world_group(conn, portal->id, "Third");
    b2b_list_t list = {0};
    b2b_page_t *page;
    int i, changed;

    for (i = 0; i < 43; i++) {
        b2b_member_t *m = world_invited(conn, portal->id, nord->id,
                                        apr_psprintf(test_pool, "m%02d@nord.example", i));

        if (i % 2 == 0) {
            unit_ok(b2b_group_member_add(&changed, conn, portal->id, even->id, m->id,
                                         B2B_SOURCE_API, test_pool));
        }
        if (i % 3 == 0) {
            unit_ok(b2b_group_member_add(&changed, conn, portal->id, third->id, m->id,
                                         B2B_SOURCE_API, test_pool));
        }
    }
    list.limit = 100;
    unit_ok(b2b_member_list(&page, conn, portal->id, &list, test_pool, test_pool));
    ck_assert_int_eq(page->items->nelts, 43);
    for (i = 0; i < 43; i++) {
        const b2b_member_t *m = APR_ARRAY_IDX(page->items, i, b2b_member_t *);

        ck_assert_int_eq(m->groups->nelts, (i % 2 == 0) + (i % 3 == 0));
    }
    return NULL;
}

WORLD_TEST(deleted_group_opens_nothing)
{
    b2b_portal_t *portal = world_portal(conn, "acme");
    b2b_partner_t *nord = world_partner(conn, portal->id, "Nord");
    b2b_member_t *anna = world_member(conn, portal->id, nord->id, "anna@nord.example");
    b2b_member_t *bert = world_member(conn, portal->id, nord->id, "bert@nord.example");
    b2b_group_t *buyers = world_group(conn, portal->id, "Buyers");
    b2b_group_t *sellers = world_group(conn, portal->id, "Sellers");
    b2b_placement_t *only = world_placement(conn, portal->id, world_dashboard(conn, "Only"), NULL,
                                            buyers->id);
    b2b_placement_t *both = world_placement(conn, portal->id, world_dashboard(conn, "Both"), NULL,
                                            buyers->id);
    const b2b_snapshot_placement_t *placed;
    b2b_portal_snapshot_t *snapshot;
    b2b_principal_t *principal, *cached;
    b2b_identity_t *identity;
    b2b_placement_t *found;
    b2b_decision_t decision;
    b2b_group_t again = {0};
    b2b_impact_t impact;
    int i, changed;

    both->groups = world_ids(buyers->id, sellers->id);
    unit_ok(b2b_placement_update(conn, both, both->version, test_pool));
    unit_ok(b2b_group_member_add(&changed, conn, portal->id, buyers->id, anna->id,
                                 B2B_SOURCE_CONSOLE, test_pool));
    unit_ok(b2b_group_member_add(&changed, conn, portal->id, buyers->id, bert->id,
                                 B2B_SOURCE_CONSOLE, test_pool));
    unit_ok(b2b_group_member_add(&changed, conn, portal->id, sellers->id, bert->id,
                                 B2B_SOURCE_CONSOLE, test_pool));
    unit_ok(b2b_group_impact(&impact, conn, portal->id, buyers->id, test_pool));
    ck_assert_int_eq(impact.members, 2);
    ck_assert_int_eq(impact.placements, 2);
    unit_ok(b2b_group_impact(&impact, conn, portal->id, sellers->id, test_pool));
    ck_assert_int_eq(impact.members, 0); /* Bert gets in as a buyer anyway */
    ck_assert_int_eq(impact.placements, 1);
    unit_ok(b2b_principal_of_member(&cached, &identity, conn, portal->id, anna->id, test_pool,
                                    test_pool));

    world_untouch(conn);
    unit_ok(b2b_group_delete(conn, portal->id, buyers->id, buyers->version, test_pool));
    ck_assert(world_touched_portal(conn, portal->id));
    unit_ok(b2b_placement_get(&found, conn, portal->id, only->id, test_pool, test_pool));
    ck_assert(!found->everyone);
    ck_assert_int_eq(found->groups->nelts, 0);
    ck_assert(found->version > only->version);
    unit_ok(b2b_portal_snapshot_load(&snapshot, conn, portal->id, test_pool, test_pool));
    unit_ok(b2b_principal_of_member(&principal, &identity, conn, portal->id, anna->id, test_pool,
                                    test_pool));
    ck_assert_int_eq(principal->groups->nelts, 0);
    decision = b2b_policy_member(snapshot, identity, principal, b2b_clock_now());
    for (i = 0; i < 2; i++) {
        placed = &APR_ARRAY_IDX(snapshot->placements, i, b2b_snapshot_placement_t);
        ck_assert(!b2b_policy_placement(decision, principal, placed).granted);
        ck_assert(!b2b_policy_placement(decision, cached, placed)
                       .granted); /* that still names the group */
    }
    ck_assert_int_eq(b2b_policy_placement(decision, principal,
                                          &APR_ARRAY_IDX(snapshot->placements, 0,
                                                         b2b_snapshot_placement_t))
                         .reason,
                     B2B_REASON_DENIED_NO_GROUP_LEFT);

    /* A new group of the same name is another one. */
    again.name = "Buyers";
    unit_ok(b2b_group_create(conn, portal->id, &again, test_pool, test_pool));
    ck_assert_str_ne(again.id, buyers->id);
    unit_ok(b2b_placement_get(&found, conn, portal->id, only->id, test_pool, test_pool));
    ck_assert_int_eq(found->groups->nelts, 0);
    ck_assert_int_eq(again.member_count, 0);
    return NULL;
}

Suite *unit_suite(void)
{
    Suite *suite = suite_create("model: people");
    TCase *tc = unit_case(suite, "people");

    unit_database_start();
    tcase_add_loop_test(tc, partner_lives, 0, UNIT_DRIVERS);
    tcase_add_loop_test(tc, deleting_a_partner_ends_all_of_it, 0, UNIT_DRIVERS);
    tcase_add_loop_test(tc, inviting_answers_what_is_there, 0, UNIT_DRIVERS);
    tcase_add_loop_test(tc, who_is_invited_again_has_nothing_of_before, 0, UNIT_DRIVERS);
    tcase_add_loop_test(tc, changes_of_a_member_hold_at_once, 0, UNIT_DRIVERS);
    tcase_add_loop_test(tc, sources_of_a_group_are_a_union, 0, UNIT_DRIVERS);
    tcase_add_loop_test(tc, automatic_group_is_the_active_members, 0, UNIT_DRIVERS);
    tcase_add_loop_test(tc, members_are_listed_in_every_order, 0, UNIT_DRIVERS);
    tcase_add_loop_test(tc, groups_of_a_long_page_are_those_of_each, 0, UNIT_DRIVERS);
    tcase_add_loop_test(tc, deleted_group_opens_nothing, 0, UNIT_DRIVERS);
    return suite;
}
