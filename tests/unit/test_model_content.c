/* SPDX-License-Identifier: Apache-2.0 */
/* model/: dashboards, placements, images. */
#include "world.h"

#include <string.h>

#include <apr_strings.h>

#include "base/chance.h"

static b2b_dashboard_t *dashboard(b2b_db_conn_t *conn, const char *id)
{
    b2b_dashboard_t *found;

    unit_ok(b2b_dashboard_get(&found, conn, id, test_pool, test_pool));
    return found;
}

static const char *image(b2b_db_conn_t *conn, char digit)
{
    b2b_image_t values = {0};
    char *file = apr_pcalloc(test_pool, B2B_SHA256_LENGTH + 1);

    memset(file, digit, B2B_SHA256_LENGTH);
    values.file = file;
    values.type = "image/png";
    values.width = 10;
    values.height = 20;
    values.bytes = 300;
    unit_ok(b2b_image_add(conn, &values, test_pool));
    return file;
}

WORLD_TEST(draft_and_versions)
{
    b2b_dashboard_t *d = apr_pcalloc(test_pool, sizeof(*d));
    b2b_dashboard_t same = {0};
    b2b_dashboard_version_t *version;
    b2b_list_t list = {0};
    b2b_page_t *page;
    apr_int64_t number;
    b2b_error_t *err;

    d->kind = "page";
    d->title = "Figures";
    d->widgets = "[{\"type\":\"link\"}]";
    unit_ok(b2b_dashboard_create(conn, d, test_pool, test_pool));
    ck_assert(d->draft_changed);
    ck_assert_int_eq(d->published_version, 0);
    same.kind = "link";
    same.title = "FIGURES";
    err = b2b_dashboard_create(conn, &same, test_pool, test_pool);
    unit_error(err, B2B_E_CONFLICT);
    ck_assert_str_eq(err->field, "title");

    unit_error(b2b_dashboard_publish(&number, conn, d->id, 99, NULL, test_pool), B2B_E_STALE);
    unit_ok(b2b_dashboard_publish(&number, conn, d->id, d->version, NULL, test_pool));
    ck_assert_int_eq(number, 1);
    d = dashboard(conn, d->id);
    ck_assert(!d->draft_changed);
    ck_assert(d->published_at != 0);
    unit_ok(b2b_dashboard_publish(&number, conn, d->id, d->version, NULL, test_pool));
    ck_assert_int_eq(number, 1); /* nothing to publish */

    d->title = "New figures";
    unit_ok(b2b_dashboard_update(conn, d, d->version, test_pool));
    ck_assert(d->draft_changed);
    unit_error(b2b_dashboard_update(conn, d, d->version - 1, test_pool), B2B_E_STALE);
    unit_ok(b2b_dashboard_version_get(&version, conn, d->id, 1, test_pool, test_pool));
    ck_assert_str_eq(version->title, "Figures"); /* a version never changes */
    d->title = "Figures";
    unit_ok(b2b_dashboard_update(conn, d, d->version, test_pool));
    ck_assert(!d->draft_changed); /* changed back */
    d->widgets = "[]";
    unit_ok(b2b_dashboard_update(conn, d, d->version, test_pool));
    unit_ok(b2b_dashboard_publish(&number, conn, d->id, d->version, NULL, test_pool));
    ck_assert_int_eq(number, 2);

    list.limit = 1;
    unit_ok(b2b_dashboard_version_list(&page, conn, d->id, &list, test_pool, test_pool));
    ck_assert_int_eq(APR_ARRAY_IDX(page->items, 0, b2b_dashboard_version_t *)->number, 2);
    list.after_key = page->next_key;
    list.after_id = page->next_id;
    unit_ok(b2b_dashboard_version_list(&page, conn, d->id, &list, test_pool, test_pool));
    ck_assert_int_eq(APR_ARRAY_IDX(page->items, 0, b2b_dashboard_version_t *)->number, 1);
    ck_assert_ptr_null(page->next_key);
    return NULL;
}

WORLD_TEST(dashboards_are_listed)
{
    static const char *const titles[] = {"Beta", "alpha", "Gamma"};
    b2b_dashboard_t *d[3];
    b2b_list_t list = {0};
    const char *seen = "";
    b2b_page_t *page;
    int i;

    for (i = 0; i < 3; i++) {
        b2b_clock_shift(apr_time_from_sec(i));
        d[i] = world_dashboard(conn, titles[i]);
    }
    b2b_clock_shift(apr_time_from_sec(10));
    unit_ok(b2b_dashboard_update(conn, d[0], d[0]->version, test_pool));
    b2b_clock_shift(0);
    for (i = 0; i < 4; i++) {
        memset(&list, 0, sizeof(list));
        list.sort = i < 2 ? "title" : "modified_at";
        list.descending = i % 2;
        list.limit = 1;
        do {
            unit_ok(b2b_dashboard_list(&page, conn, &list, test_pool, test_pool));
            seen = apr_psprintf(test_pool, "%s%c", seen,
                                APR_ARRAY_IDX(page->items, 0, b2b_dashboard_t *)->title[0]);
            list.after_key = page->next_key;
            list.after_id = page->next_id;
        } while (page->next_key);
        seen = apr_pstrcat(test_pool, seen, " ", NULL);
    }
    ck_assert_str_eq(seen, "aBG GBa aGB BGa ");
    memset(&list, 0, sizeof(list));
    list.limit = 5;
    list.kind = "link";
    unit_ok(b2b_dashboard_list(&page, conn, &list, test_pool, test_pool));
    ck_assert_int_eq(page->items->nelts, 0);
    list.kind = NULL;
    list.q = "ALPH";
    unit_ok(b2b_dashboard_list(&page, conn, &list, test_pool, test_pool));
    ck_assert_int_eq(page->items->nelts, 1);
    return NULL;
}

WORLD_TEST(placement_refers_to_what_is_there)
{
    b2b_portal_t *portal = world_portal(conn, "acme");
    b2b_portal_t *other = world_portal(conn, "other");
    b2b_partner_t *nord = world_partner(conn, portal->id, "Nord");
    b2b_partner_t *elsewhere = world_partner(conn, other->id, "Nord");
    b2b_group_t *foreign = world_group(conn, other->id, "Buyers");
    b2b_dashboard_t *figures = world_dashboard(conn, "Figures");
    b2b_dashboard_t draft = {0};
    b2b_placement_t values = {0};
    b2b_placement_t *placed;
    b2b_list_t list = {0};
    b2b_page_t *page;
    b2b_error_t *err;

#define refuses(what)                                                                              \
    err = b2b_placement_create(conn, &values, test_pool, test_pool);                               \
    unit_error(err, B2B_E_INVALID);                                                                \
    ck_assert_str_eq(err->field, what)

    draft.kind = "page";
    draft.title = "Draft";
    unit_ok(b2b_dashboard_create(conn, &draft, test_pool, test_pool));
    values.portal_id = portal->id;
    values.name = "Figures";
    values.dashboard_id = "none";
    refuses("dashboard_id");
    values.dashboard_id = draft.id;
    refuses("dashboard_id"); /* nothing of it is published */
    values.dashboard_id = figures->id;
    values.dashboard_version = 2;
    refuses("version");
    values.dashboard_version = 0;
    values.partner_id = elsewhere->id;
    refuses("partner_id");
    values.partner_id = NULL;
    values.groups = world_ids(foreign->id, NULL);
    refuses("groups/0");
    values.groups = world_ids(portal->id, NULL);
    refuses("groups/0"); /* the automatic group: say everyone */
    values.groups = NULL;
    world_untouch(conn);
    unit_ok(b2b_placement_create(conn, &values, test_pool, test_pool));
    ck_assert(world_touched_portal(conn, portal->id));
    ck_assert(!values.everyone); /* blank is nobody unless the flag says so (S6) */
    ck_assert_int_eq(values.dashboard_version, 1);
    ck_assert_int_eq(values.position, 1);
    ck_assert_str_eq(values.source, "manual");

    err = b2b_placement_create(conn, &values, test_pool, test_pool);
    unit_error(err, B2B_E_CONFLICT);
    ck_assert_str_eq(err->type, "name-taken");
    placed = world_placement(conn, portal->id, figures, nord->id,
                             NULL); /* the same name, for one partner */
    ck_assert_int_eq(placed->position, 2);
    placed->partner_id = NULL;
    unit_error(b2b_placement_update(conn, placed, placed->version, test_pool), B2B_E_CONFLICT);
    placed->name = "Other";
    unit_ok(b2b_placement_update(conn, placed, placed->version, test_pool));
    unit_error(b2b_placement_update(conn, placed, 1, test_pool), B2B_E_STALE);
    placed->portal_id = other->id;
    unit_error(b2b_placement_update(conn, placed, placed->version, test_pool), B2B_E_NOT_FOUND);

    list.limit = 10;
    list.dashboard_id = figures->id;
    unit_ok(b2b_placement_list(&page, conn, portal->id, &list, test_pool, test_pool));
    ck_assert_int_eq(page->items->nelts, 2);
    list.q = "oth";
    unit_ok(b2b_placement_list(&page, conn, portal->id, &list, test_pool, test_pool));
    ck_assert_int_eq(page->items->nelts, 1);
    unit_ok(b2b_placement_list(&page, conn, other->id, &list, test_pool, test_pool));
    ck_assert_int_eq(page->items->nelts, 0);
    return NULL;
}

WORLD_TEST(placing_again_is_a_choice)
{
    b2b_portal_t *portal = world_portal(conn, "acme");
    b2b_dashboard_t *figures = world_dashboard(conn, "Figures");
    b2b_placement_t *placed = world_placement(conn, portal->id, figures, NULL, NULL);
    apr_int64_t number;

    figures->title = "New figures";
    unit_ok(b2b_dashboard_update(conn, figures, figures->version, test_pool));
    world_untouch(conn);
    unit_ok(b2b_dashboard_publish(&number, conn, figures->id, B2B_VERSION_ANY, NULL, test_pool));
    ck_assert_int_eq(conn->touched_count, 0); /* no portal sees it yet */
    unit_ok(b2b_placement_get(&placed, conn, portal->id, placed->id, test_pool, test_pool));
    ck_assert_int_eq(placed->dashboard_version, 1);
    ck_assert_int_eq(placed->published_version, 2);
    ck_assert_str_eq(placed->title, "Figures");
    placed->dashboard_version = 2;
    unit_ok(b2b_placement_update(conn, placed, placed->version, test_pool));
    unit_ok(b2b_placement_get(&placed, conn, portal->id, placed->id, test_pool, test_pool));
    ck_assert_str_eq(placed->title, "New figures");
    return NULL;
}

WORLD_TEST(impact_counts_people_who_gain_and_lose)
{
    b2b_portal_t *portal = world_portal(conn, "acme");
    b2b_partner_t *nord = world_partner(conn, portal->id, "Nord");
    b2b_partner_t *west = world_partner(conn, portal->id, "West");
    b2b_group_t *buyers = world_group(conn, portal->id, "Buyers");
    b2b_member_t *anna = world_member(conn, portal->id, nord->id, "anna@nord.example");
    b2b_member_t *bert = world_member(conn, portal->id, nord->id, "bert@nord.example");
    b2b_member_t *carl = world_member(conn, portal->id, west->id, "carl@west.example");
    b2b_dashboard_t *figures = world_dashboard(conn, "Figures");
    b2b_placement_t *placed = world_placement(conn, portal->id, figures, NULL, buyers->id);
    b2b_placement_t after = *placed;
    b2b_impact_t impact;
    int changed;

    unit_ok(b2b_group_member_add(&changed, conn, portal->id, buyers->id, anna->id,
                                 B2B_SOURCE_CONSOLE, test_pool));
    unit_ok(b2b_group_member_add(&changed, conn, portal->id, buyers->id, carl->id,
                                 B2B_SOURCE_CONSOLE, test_pool));
    unit_ok(b2b_placement_impact(&impact, conn, NULL, placed, test_pool));
    ck_assert_int_eq(impact.gaining, 2);
    ck_assert_int_eq(impact.members, 0);
    after.everyone = TRUE;
    unit_ok(b2b_placement_impact(&impact, conn, placed, &after, test_pool));
    ck_assert_int_eq(impact.gaining, 1);
    ck_assert_int_eq(impact.members, 0);
    after.partner_id = nord->id;
    unit_ok(b2b_placement_impact(&impact, conn, placed, &after, test_pool));
    ck_assert_int_eq(impact.gaining, 1); /* Bert */
    ck_assert_int_eq(impact.members, 1); /* Carl */
    unit_ok(b2b_placement_impact(&impact, conn, placed, NULL, test_pool));
    ck_assert_int_eq(impact.members, 2);
    unit_ok(b2b_member_suspend(conn, portal->id, carl->id, B2B_VERSION_ANY, test_pool));
    unit_ok(b2b_placement_impact(&impact, conn, placed, NULL, test_pool));
    ck_assert_int_eq(impact.members, 1);
    unit_ok(b2b_dashboard_impact(&impact, conn, figures->id, test_pool));
    ck_assert_int_eq(impact.portals, 1);
    ck_assert_int_eq(impact.placements, 1);
    ck_assert_int_eq(impact.members, 1);
    ck_assert_ptr_nonnull(bert);
    return NULL;
}

WORLD_TEST(deleting_a_dashboard_ends_it_everywhere)
{
    b2b_portal_t *one = world_portal(conn, "one");
    b2b_portal_t *two = world_portal(conn, "two");
    b2b_portal_t *none = world_portal(conn, "none");
    b2b_dashboard_t *figures = world_dashboard(conn, "Figures");
    b2b_placement_t *placed = world_placement(conn, one->id, figures, NULL, NULL);

    world_placement(conn, two->id, figures, NULL, NULL);
    ck_assert_int_eq(dashboard(conn, figures->id)->placement_count, 2);
    ck_assert_int_eq(dashboard(conn, figures->id)->portal_count, 2);
    world_untouch(conn);
    unit_ok(b2b_dashboard_delete(conn, figures->id, figures->version, NULL, test_pool));
    ck_assert(world_touched_portal(conn, one->id));
    ck_assert(world_touched_portal(conn, two->id));
    ck_assert(b2b_db_slot(apr_pstrcat(test_pool, "portal:", none->id, NULL)) ==
                  b2b_db_slot(apr_pstrcat(test_pool, "portal:", one->id, NULL)) ||
              b2b_db_slot(apr_pstrcat(test_pool, "portal:", none->id, NULL)) ==
                  b2b_db_slot(apr_pstrcat(test_pool, "portal:", two->id, NULL)) ||
              !world_touched_portal(conn, none->id));
    unit_ok(b2b_placement_get(&placed, conn, one->id, placed->id, test_pool, test_pool));
    ck_assert_ptr_null(placed);
    ck_assert_ptr_null(dashboard(conn, figures->id));
    unit_error(b2b_dashboard_delete(conn, figures->id, B2B_VERSION_ANY, NULL, test_pool),
               B2B_E_NOT_FOUND);
    world_dashboard(conn, "Figures"); /* the title is free again */
    return NULL;
}

WORLD_TEST(images_go_when_nobody_needs_them)
{
    const char *logo = image(conn, '1');
    const char *shown = image(conn, '2');
    const char *unused = image(conn, '3');
    b2b_portal_t *portal = world_portal(conn, "acme");
    b2b_dashboard_t *d = apr_pcalloc(test_pool, sizeof(*d));
    apr_array_header_t *files;
    b2b_placement_t *placed;
    b2b_image_t *found;
    apr_int64_t number;

    portal->logo = logo;
    unit_ok(b2b_portal_update(conn, portal, B2B_VERSION_ANY, test_pool));
    portal->logo = "0000000000000000000000000000000000000000000000000000000000000000";
    unit_error(b2b_portal_update(conn, portal, B2B_VERSION_ANY, test_pool), B2B_E_INVALID);
    d->kind = "page";
    d->title = "Pictures";
    d->images = world_ids(shown, shown);
    unit_ok(b2b_dashboard_create(conn, d, test_pool, test_pool));
    unit_ok(b2b_dashboard_publish(&number, conn, d->id, d->version, NULL, test_pool));
    placed = world_placement(conn, portal->id, d, NULL, NULL);
    d = dashboard(conn, d->id);
    d->title = "No pictures";
    unit_ok(b2b_dashboard_update(conn, d, d->version,
                                 test_pool)); /* the version that is placed shows it still */
    unit_ok(b2b_placements_of_image(&files, conn, portal->id, shown, test_pool, test_pool));
    ck_assert_int_eq(files->nelts, 1);
    ck_assert_str_eq(APR_ARRAY_IDX(files, 0, const char *), placed->id);
    unit_ok(b2b_placements_of_image(&files, conn, world_portal(conn, "other")->id, shown, test_pool,
                                    test_pool));
    ck_assert_int_eq(files->nelts, 0);

    unit_ok(b2b_image_sweep(&files, conn, 10, test_pool, test_pool));
    ck_assert_int_eq(files->nelts, 0); /* all are younger than a day */
    b2b_clock_shift(apr_time_from_sec(25 * 3600));
    unit_ok(b2b_image_sweep(&files, conn, 10, test_pool, test_pool));
    b2b_clock_shift(0);
    ck_assert_int_eq(files->nelts, 1);
    ck_assert_str_eq(APR_ARRAY_IDX(files, 0, const char *), unused);
    unit_ok(b2b_image_get(&found, conn, unused, test_pool, test_pool));
    ck_assert_ptr_null(found);
    unit_ok(b2b_image_get(&found, conn, shown, test_pool, test_pool));
    ck_assert_int_eq(found->height, 20);
    d->images = world_ids(unused, NULL);
    unit_error(b2b_dashboard_update(conn, d, d->version, test_pool), B2B_E_INVALID);
    return NULL;
}

Suite *unit_suite(void)
{
    Suite *suite = suite_create("model: content");
    TCase *tc = unit_case(suite, "content");

    unit_database_start();
    tcase_add_loop_test(tc, draft_and_versions, 0, UNIT_DRIVERS);
    tcase_add_loop_test(tc, dashboards_are_listed, 0, UNIT_DRIVERS);
    tcase_add_loop_test(tc, placement_refers_to_what_is_there, 0, UNIT_DRIVERS);
    tcase_add_loop_test(tc, placing_again_is_a_choice, 0, UNIT_DRIVERS);
    tcase_add_loop_test(tc, impact_counts_people_who_gain_and_lose, 0, UNIT_DRIVERS);
    tcase_add_loop_test(tc, deleting_a_dashboard_ends_it_everywhere, 0, UNIT_DRIVERS);
    tcase_add_loop_test(tc, images_go_when_nobody_needs_them, 0, UNIT_DRIVERS);
    return suite;
}
