/* SPDX-License-Identifier: Apache-2.0 */
/* model/: settings, portals, issuers, the directory. */
#include "world.h"

#include <string.h>

#include <apr_strings.h>

#include "base/chance.h"

#define DAYS(n) (apr_time_from_sec((apr_time_t)(n)*24 * 3600))

static b2b_directory_entry_t *in_directory(b2b_db_conn_t *conn, const char *technical_name)
{
    b2b_directory_t *directory;

    unit_ok(b2b_directory_load(&directory, conn, test_pool, test_pool));
    return apr_hash_get(directory->by_name, technical_name, APR_HASH_KEY_STRING);
}

static b2b_page_t *portals(b2b_db_conn_t *conn, const b2b_list_t *list)
{
    b2b_page_t *page;

    unit_ok(b2b_portal_list(&page, conn, list, test_pool, test_pool));
    return page;
}

WORLD_TEST(settings_change_reaches_portals)
{
    b2b_portal_t *portal = world_portal(conn, "acme");
    b2b_settings_t *settings;
    b2b_portal_snapshot_t *snapshot;

    unit_ok(b2b_settings_get(&settings, conn, test_pool, test_pool));
    ck_assert_str_eq(settings->organisation_name, "");
    world_untouch(conn);
    settings->locale = "de";
    unit_ok(b2b_settings_update(conn, settings, 1, test_pool));
    ck_assert_int_eq(settings->version, 2);
    ck_assert(world_touched(conn, "host"));
    ck_assert(!world_touched_portal(conn, portal->id));

    settings->organisation_name = "Hammer AG";
    settings->contact_name = "Help desk";
    settings->contact_email = "help@hammer.example";
    unit_error(b2b_settings_update(conn, settings, 1, test_pool), B2B_E_STALE);
    unit_ok(b2b_settings_update(conn, settings, 2, test_pool));
    ck_assert(world_touched_portal(conn, portal->id));
    unit_ok(b2b_portal_snapshot_load(&snapshot, conn, portal->id, test_pool, test_pool));
    ck_assert_str_eq(snapshot->host_name, "Hammer AG");
    ck_assert_str_eq(snapshot->contact_name, "Help desk");
    ck_assert_str_eq(snapshot->contact_email, "help@hammer.example");

    settings->logo = "0000000000000000000000000000000000000000000000000000000000000000";
    unit_error(b2b_settings_update(conn, settings, 3, test_pool), B2B_E_INVALID);
    return NULL;
}

WORLD_TEST(portal_lives)
{
    b2b_portal_t *portal, *found;

    ck_assert_ptr_null(in_directory(conn, "acme"));
    world_untouch(conn);
    portal = world_portal(conn, "acme");
    ck_assert(world_touched(conn, "directory"));
    ck_assert_int_eq(portal->state, B2B_STATE_ACTIVE);
    ck_assert_int_eq(portal->issuers->nelts, 1);
    ck_assert_str_eq(APR_ARRAY_IDX(portal->issuers, 0, b2b_issuer_t).issuer, WORLD_ISSUER);
    ck_assert_int_eq(in_directory(conn, "acme")->state, B2B_STATE_ACTIVE);

    found = apr_pmemdup(test_pool, portal, sizeof(*portal));
    found->name = "Acme & Söhne";
    found->logout_url = "https://hammer.example/bye";
    world_untouch(conn);
    unit_ok(b2b_portal_update(conn, found, portal->version, test_pool));
    ck_assert(world_touched_portal(conn, portal->id));
    ck_assert(found->version > portal->version);
    unit_error(b2b_portal_update(conn, found, portal->version, test_pool), B2B_E_STALE);
    unit_ok(b2b_portal_get(&found, conn, "acme", test_pool, test_pool));
    ck_assert_str_eq(found->name, "Acme & Söhne");
    ck_assert_str_eq(found->logout_url, "https://hammer.example/bye");

    world_untouch(conn);
    unit_error(b2b_portal_state_set(conn, portal->id, 1, B2B_STATE_SUSPENDED, test_pool),
               B2B_E_STALE);
    unit_ok(b2b_portal_state_set(conn, portal->id, found->version, B2B_STATE_SUSPENDED, test_pool));
    ck_assert(world_touched(conn, "directory"));
    ck_assert(world_touched_portal(conn, portal->id));
    ck_assert_int_eq(in_directory(conn, "acme")->state, B2B_STATE_SUSPENDED);
    unit_ok(b2b_portal_state_set(conn, portal->id, B2B_VERSION_ANY, B2B_STATE_ACTIVE, test_pool));
    ck_assert_int_eq(in_directory(conn, "acme")->state, B2B_STATE_ACTIVE);

    world_untouch(conn);
    unit_ok(b2b_portal_delete(conn, portal->id, B2B_VERSION_ANY, test_pool));
    ck_assert(world_touched(conn, "directory"));
    ck_assert(world_touched_portal(conn, portal->id));
    ck_assert_ptr_null(in_directory(conn, "acme"));
    unit_ok(b2b_portal_get(&found, conn, "acme", test_pool, test_pool));
    ck_assert_ptr_null(found);
    unit_error(b2b_portal_delete(conn, portal->id, B2B_VERSION_ANY, test_pool), B2B_E_NOT_FOUND);
    unit_error(b2b_portal_state_set(conn, portal->id, B2B_VERSION_ANY, B2B_STATE_ACTIVE, test_pool),
               B2B_E_NOT_FOUND);
    return NULL;
}

WORLD_TEST(technical_name_stays_reserved)
{
    b2b_portal_t *old = world_portal(conn, "acme");
    b2b_portal_t again = *old;
    const char *suggested;
    b2b_error_t *err;
    int is_free;

    err = b2b_portal_create(conn, &again, old->issuers, test_pool, test_pool);
    unit_error(err, B2B_E_CONFLICT);
    ck_assert_str_eq(err->field, "technical_name");
    ck_assert_str_eq(err->type, "technical-name-taken");
    unit_ok(b2b_portal_name_suggest(&suggested, conn, "acme", test_pool, test_pool));
    ck_assert_str_eq(suggested, "acme-2");
    unit_ok(b2b_portal_name_suggest(&suggested, conn, "www", test_pool, test_pool));
    ck_assert_str_eq(suggested, "www-2");
    unit_ok(b2b_portal_name_suggest(&suggested, conn, "", test_pool, test_pool));
    ck_assert_ptr_null(suggested);

    unit_ok(b2b_portal_delete(conn, old->id, B2B_VERSION_ANY, test_pool));
    unit_ok(b2b_portal_name_free(&is_free, conn, "acme", test_pool));
    ck_assert(!is_free);
    b2b_clock_shift(DAYS(30) - apr_time_from_sec(60));
    unit_error(b2b_portal_create(conn, &again, old->issuers, test_pool, test_pool), B2B_E_CONFLICT);
    b2b_clock_shift(DAYS(30) + apr_time_from_sec(60));
    unit_ok(b2b_portal_name_free(&is_free, conn, "acme", test_pool));
    ck_assert(is_free);
    again = *old;
    unit_ok(b2b_portal_create(conn, &again, old->issuers, test_pool, test_pool));
    b2b_clock_shift(0);
    ck_assert_str_ne(again.id, old->id);
    ck_assert_str_eq(in_directory(conn, "acme")->id, again.id);
    return NULL;
}

WORLD_TEST(issuers_are_one_to_eight)
{
    b2b_portal_t *portal = world_portal(conn, "acme");
    apr_array_header_t *issuers = apr_array_make(test_pool, 9, sizeof(b2b_issuer_t));
    apr_array_header_t *found;
    b2b_error_t *err;
    int i;

    unit_error(b2b_portal_issuers_set(conn, portal->id, B2B_VERSION_ANY, issuers, test_pool),
               B2B_E_INVALID);
    for (i = 0; i < 8; i++) {
        b2b_issuer_t *issuer = apr_array_push(issuers);

        issuer->issuer = apr_psprintf(test_pool, "https://%d.example", 7 - i);
        issuer->label = "Sign in";
        issuer->vouches_for_email = i == 3;
    }
    world_untouch(conn);
    unit_ok(b2b_portal_issuers_set(conn, portal->id, portal->version, issuers, test_pool));
    ck_assert(world_touched_portal(conn, portal->id));
    unit_error(b2b_portal_issuers_set(conn, portal->id, portal->version, issuers, test_pool),
               B2B_E_STALE);
    unit_ok(b2b_portal_issuers_get(&found, conn, portal->id, test_pool, test_pool));
    ck_assert_int_eq(found->nelts, 8);
    for (i = 0; i < 8; i++) {
        ck_assert_str_eq(APR_ARRAY_IDX(found, i, b2b_issuer_t).issuer,
                         APR_ARRAY_IDX(issuers, i, b2b_issuer_t).issuer);
        ck_assert_int_eq(APR_ARRAY_IDX(found, i, b2b_issuer_t).vouches_for_email, i == 3);
    }
    APR_ARRAY_IDX(issuers, 5, b2b_issuer_t).issuer = "https://7.example";
    err = b2b_portal_issuers_set(conn, portal->id, B2B_VERSION_ANY, issuers, test_pool);
    unit_error(err, B2B_E_INVALID);
    ck_assert_str_eq(err->field, "issuers/5/issuer");
    apr_array_push(issuers);
    unit_error(b2b_portal_issuers_set(conn, portal->id, B2B_VERSION_ANY, issuers, test_pool),
               B2B_E_INVALID);
    return NULL;
}

WORLD_TEST(automatic_group_takes_no_name_over)
{
    b2b_portal_t *portal = world_portal(conn, "acme");
    b2b_error_t *err;

    world_group(conn, portal->id, "all hammer users");
    portal->name = "Hammer";
    err = b2b_portal_update(conn, portal, B2B_VERSION_ANY, test_pool);
    unit_error(err, B2B_E_CONFLICT);
    ck_assert_str_eq(err->field, "name");
    return NULL;
}

/* Every portal once, in order, page by page. */
static void walk(b2b_db_conn_t *conn, const char *sort, int descending, const char *expected)
{
    b2b_list_t list = {0};
    const char *seen = "";
    b2b_page_t *page;
    int i;

    list.sort = sort;
    list.descending = descending;
    list.limit = 2;
    do {
        page = portals(conn, &list);
        ck_assert_int_le(page->items->nelts, 2);
        for (i = 0; i < page->items->nelts; i++) {
            seen = apr_pstrcat(test_pool, seen,
                               APR_ARRAY_IDX(page->items, i, b2b_portal_t *)->technical_name, " ",
                               NULL);
        }
        list.after_key = page->next_key;
        list.after_id = page->next_id;
    } while (page->next_key);
    ck_assert_str_eq(seen, expected);
}

WORLD_TEST(lists_go_on)
{
    static const char *const names[] = {"c1", "a", "b", "c2", "d"};
    b2b_list_t list = {0};
    b2b_page_t *page;
    int i;

    list.limit = 10;
    ck_assert_int_eq(portals(conn, &list)->items->nelts, 0);
    list.descending = TRUE;
    ck_assert_int_eq(portals(conn, &list)->items->nelts, 0);
    for (i = 0; i < 5; i++) {
        b2b_portal_t *portal = world_portal(conn, names[i]);

        /* Two of one name: the id decides. */
        portal->name = names[i][0] == 'c' ? "Same 100%" : names[i];
        unit_ok(b2b_portal_update(conn, portal, B2B_VERSION_ANY, test_pool));
    }
    walk(conn, "technical_name", FALSE, "a b c1 c2 d ");
    walk(conn, "technical_name", TRUE, "d c2 c1 b a ");
    walk(conn, "created_at", FALSE, "c1 a b c2 d ");
    walk(conn, "created_at", TRUE, "d c2 b a c1 ");
    walk(conn, "name", FALSE, "a b d c1 c2 ");
    walk(conn, "name", TRUE, "c2 c1 d b a ");

    memset(&list, 0, sizeof(list));
    list.limit = 10;
    list.q = "SAME 100%";
    ck_assert_int_eq(portals(conn, &list)->items->nelts, 2);
    list.q = "10_%";
    ck_assert_int_eq(portals(conn, &list)->items->nelts, 0);
    list.q = NULL;
    list.state = "suspended";
    ck_assert_int_eq(portals(conn, &list)->items->nelts, 0);
    list.state = "active";
    page = portals(conn, &list);
    ck_assert_int_eq(page->items->nelts, 5);
    ck_assert_ptr_null(page->next_key);
    return NULL;
}

WORLD_TEST(counts_are_of_what_works)
{
    b2b_portal_t *portal = world_portal(conn, "acme");
    b2b_portal_t *other = world_portal(conn, "other");
    b2b_partner_t *nord = world_partner(conn, portal->id, "Nord");
    b2b_partner_t *west = world_partner(conn, portal->id, "West");
    b2b_member_t *anna = world_member(conn, portal->id, nord->id, "anna@nord.example");
    b2b_member_t *bert = world_member(conn, portal->id, west->id, "bert@west.example");
    b2b_portal_progress_t progress;
    b2b_portal_counts_t counts;
    b2b_impact_t impact;

    world_invited(conn, portal->id, nord->id, "carl@nord.example");
    world_group(conn, portal->id, "Buyers");
    world_placement(conn, portal->id, world_dashboard(conn, "Figures"), NULL, NULL);
    unit_ok(b2b_portal_counts(&counts, conn, portal->id, test_pool));
    ck_assert_int_eq(counts.partners, 2);
    ck_assert_int_eq(counts.members, 2);
    ck_assert_int_eq(counts.invited, 1);
    ck_assert_int_eq(counts.groups, 1);
    ck_assert_int_eq(counts.placements, 1);
    unit_ok(b2b_portal_progress(&progress, conn, portal->id, test_pool));
    ck_assert(progress.partner_added && progress.member_invited && progress.member_signed_in &&
              progress.dashboard_placed);
    unit_ok(b2b_portal_progress(&progress, conn, other->id, test_pool));
    ck_assert(!progress.partner_added && !progress.member_invited && !progress.member_signed_in &&
              !progress.dashboard_placed);
    unit_ok(b2b_portal_progress(&progress, conn, NULL, test_pool));
    ck_assert(progress.member_signed_in);

    unit_ok(b2b_partner_impact(&impact, conn, portal->id, nord->id, test_pool));
    ck_assert_int_eq(impact.members, 1);
    ck_assert_int_eq(impact.invitations, 1);

    /* A suspended partner's, an expired and a suspended person have no access that could end. */
    unit_ok(b2b_partner_suspend(conn, portal->id, west->id, B2B_VERSION_ANY, test_pool));
    unit_ok(b2b_portal_impact(&impact, conn, portal->id, test_pool));
    ck_assert_int_eq(impact.members, 1);
    ck_assert_int_eq(impact.invitations, 1);
    anna->valid_until = b2b_clock_now() - 1;
    unit_ok(b2b_member_update(conn, anna, anna->version, test_pool));
    unit_ok(b2b_portal_impact(&impact, conn, portal->id, test_pool));
    ck_assert_int_eq(impact.members, 0);
    unit_ok(b2b_partner_resume(conn, portal->id, west->id, B2B_VERSION_ANY, test_pool));
    unit_ok(b2b_portal_impact(&impact, conn, portal->id, test_pool));
    ck_assert_int_eq(impact.members, 1);
    unit_ok(b2b_member_suspend(conn, portal->id, bert->id, B2B_VERSION_ANY, test_pool));
    unit_ok(b2b_portal_impact(&impact, conn, portal->id, test_pool));
    ck_assert_int_eq(impact.members, 0);
    unit_ok(b2b_member_resume(conn, portal->id, bert->id, B2B_VERSION_ANY, test_pool));
    unit_ok(
        b2b_portal_state_set(conn, portal->id, B2B_VERSION_ANY, B2B_STATE_SUSPENDED, test_pool));
    unit_ok(b2b_portal_impact(&impact, conn, portal->id, test_pool));
    ck_assert_int_eq(impact.members, 0);
    return NULL;
}

WORLD_TEST(snapshot_is_whole)
{
    b2b_portal_t *portal = world_portal(conn, "acme");
    b2b_partner_t *nord = world_partner(conn, portal->id, "Nörd");
    b2b_partner_t *gone = world_partner(conn, portal->id, "Gone");
    b2b_group_t *buyers = world_group(conn, portal->id, "Buyers");
    b2b_placement_t *figures = world_placement(conn, portal->id, world_dashboard(conn, "Figures"),
                                               NULL, NULL);
    b2b_placement_t *prices = world_placement(conn, portal->id, world_dashboard(conn, "Prices"),
                                              nord->id, buyers->id);
    const b2b_snapshot_placement_t *placed;
    const b2b_snapshot_partner_t *partner;
    const apr_array_header_t *same;
    b2b_portal_snapshot_t *snapshot;

    prices->welcome_page = TRUE;
    unit_ok(b2b_placement_update(conn, prices, prices->version, test_pool));
    unit_ok(b2b_partner_delete(conn, portal->id, gone->id, B2B_VERSION_ANY, test_pool));
    unit_ok(b2b_portal_snapshot_load(&snapshot, conn, portal->id, test_pool, test_pool));
    ck_assert_str_eq(snapshot->technical_name, "acme");
    ck_assert_str_eq(snapshot->automatic_group, "All Portal acme users");
    ck_assert_int_eq(snapshot->state, B2B_STATE_ACTIVE);
    ck_assert_int_eq(snapshot->issuers->nelts, 1);
    ck_assert_int_eq(apr_hash_count(snapshot->partners), 1);
    partner = apr_hash_get(snapshot->partners_by_name, "nörd", APR_HASH_KEY_STRING);
    ck_assert_str_eq(partner->id, nord->id);
    ck_assert_int_eq(partner->state, B2B_STATE_PENDING);
    ck_assert_str_eq(apr_hash_get(snapshot->groups_by_name, "buyers", APR_HASH_KEY_STRING),
                     buyers->id);
    ck_assert_str_eq(apr_hash_get(snapshot->group_names, buyers->id, APR_HASH_KEY_STRING),
                     "Buyers");

    ck_assert_int_eq(snapshot->placements->nelts, 2);
    placed = &APR_ARRAY_IDX(snapshot->placements, 0,
                            b2b_snapshot_placement_t); /* welcome pages first */
    ck_assert_str_eq(placed->id, prices->id);
    ck_assert(!placed->everyone && placed->welcome_page);
    ck_assert_str_eq(placed->partner_id, nord->id);
    ck_assert_int_eq(placed->groups->nelts, 1);
    ck_assert_int_eq(placed->dashboard_version, 1);
    placed = &APR_ARRAY_IDX(snapshot->placements, 1, b2b_snapshot_placement_t);
    ck_assert_str_eq(placed->id, figures->id);
    ck_assert(placed->everyone);
    ck_assert_int_eq(placed->groups->nelts, 0);
    ck_assert_ptr_null(placed->partner_id);
    same = apr_hash_get(snapshot->placements_by_name, "prices", APR_HASH_KEY_STRING);
    ck_assert_int_eq(same->nelts, 1);
    ck_assert_str_eq(APR_ARRAY_IDX(same, 0, b2b_snapshot_placement_t).id, prices->id);

    unit_ok(b2b_portal_snapshot_load(&snapshot, conn, "no such id", test_pool, test_pool));
    ck_assert_ptr_null(snapshot);
    return NULL;
}

START_TEST(portal_url_keeps_scheme_and_port)
{
    b2b_site_t site = {0};

    site.url = "http://portals.localhost:8080";
    ck_assert_str_eq(b2b_site_portal_url(&site, "acme", test_pool),
                     "http://acme.portals.localhost:8080");
    site.url = "https://portals.example";
    ck_assert_str_eq(b2b_site_portal_url(&site, "{technical_name}", test_pool),
                     "https://{technical_name}.portals.example");
}
END_TEST

Suite *unit_suite(void)
{
    Suite *suite = suite_create("model: portals");
    TCase *tc = unit_case(suite, "portals");

    unit_database_start();
    tcase_add_test(tc, portal_url_keeps_scheme_and_port);
    tcase_add_loop_test(tc, settings_change_reaches_portals, 0, UNIT_DRIVERS);
    tcase_add_loop_test(tc, portal_lives, 0, UNIT_DRIVERS);
    tcase_add_loop_test(tc, technical_name_stays_reserved, 0, UNIT_DRIVERS);
    tcase_add_loop_test(tc, issuers_are_one_to_eight, 0, UNIT_DRIVERS);
    tcase_add_loop_test(tc, automatic_group_takes_no_name_over, 0, UNIT_DRIVERS);
    tcase_add_loop_test(tc, lists_go_on, 0, UNIT_DRIVERS);
    tcase_add_loop_test(tc, counts_are_of_what_works, 0, UNIT_DRIVERS);
    tcase_add_loop_test(tc, snapshot_is_whole, 0, UNIT_DRIVERS);
    return suite;
}
