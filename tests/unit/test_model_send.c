/* SPDX-License-Identifier: Apache-2.0 */
/* model/send: what comes between the look at who holds a share and its sending. */
#include "world.h"

#include <string.h>

#include <apr_strings.h>

/* A share with a published process and a dashboard, held by PARTNER. */
static b2b_share_t *share_with_dashboard(b2b_db_conn_t *conn, const b2b_partner_t *partner)
{
    const char *id = world_process(conn, "complaint");
    b2b_share_document_t *d = world_share_document("Complaints", id);
    apr_array_header_t *list = apr_array_make(test_pool, 1, sizeof(b2b_share_dashboard_t));
    b2b_share_dashboard_t *dashboard = apr_array_push(list);
    b2b_share_t *s = apr_pcalloc(test_pool, sizeof(*s));
    int added;

    world_publish(conn, id, 1, "Quality");
    memset(dashboard, 0, sizeof(*dashboard));
    dashboard->dashboard_id = world_dashboard(conn, "Figures")->id;
    dashboard->security.everyone = 1;
    dashboard->security.groups = world_ids(NULL, NULL);
    d->dashboards = list;
    s->draft = d;
    unit_ok(b2b_share_create(conn, s, test_pool, test_pool));
    unit_ok(b2b_grant_add(&added, conn, partner->portal_id, partner->id, s->id, test_pool));
    return s;
}

static int placement_count(b2b_db_conn_t *conn, const char *portal_id)
{
    b2b_list_t list = {0};
    b2b_page_t *page;

    list.limit = B2B_LIST_MAX;
    unit_ok(b2b_placement_list(&page, conn, portal_id, &list, test_pool, test_pool));
    return page->items->nelts;
}

/* As on PostgreSQL another transaction may do it: after the sending looked, before it writes. */
WORLD_TEST(partner_deleted_meanwhile)
{
    b2b_portal_t *acme = world_portal(conn, "acme");
    b2b_partner_t *nord = world_partner(conn, acme->id, "Nord");
    b2b_partner_t *west = world_partner(conn, acme->id, "West");
    b2b_share_t *s = share_with_dashboard(conn, nord);
    apr_array_header_t *grants;
    b2b_send_t *send;
    b2b_sent_t sent;
    int added;

    unit_ok(b2b_grant_add(&added, conn, acme->id, west->id, s->id, test_pool));
    unit_ok(b2b_grant_all(&grants, conn, s->id, test_pool, test_pool));
    unit_ok(b2b_send_prepare(&send, conn, s, 0, test_pool, test_pool));
    ck_assert_int_eq(grants->nelts, 2);
    unit_ok(b2b_partner_delete(conn, acme->id, nord->id, nord->version, test_pool));
    unit_ok(b2b_send(&sent, conn, send, grants, NULL, test_pool));
    ck_assert_int_eq(sent.sent, 1);
    ck_assert_int_eq(sent.unchanged, 0);
    ck_assert_int_eq(sent.grants->nelts, 1);
    ck_assert_str_eq(APR_ARRAY_IDX(sent.grants, 0, const b2b_grant_t *)->partner_id, west->id);
    ck_assert_int_eq(placement_count(conn, acme->id), 1);
    return NULL;
}

WORLD_TEST(who_was_sent_to)
{
    b2b_portal_t *acme = world_portal(conn, "acme");
    b2b_partner_t *nord = world_partner(conn, acme->id, "Nord");
    b2b_share_t *s = share_with_dashboard(conn, nord);
    apr_array_header_t *grants;
    b2b_send_t *send;
    b2b_sent_t sent;
    int i;

    for (i = 0; i < 2; i++) {
        unit_ok(b2b_share_get(&s, conn, s->id, test_pool, test_pool));
        unit_ok(b2b_grant_all(&grants, conn, s->id, test_pool, test_pool));
        unit_ok(b2b_send_prepare(&send, conn, s, 0, test_pool, test_pool));
        unit_ok(b2b_send(&sent, conn, send, grants, NULL, test_pool));
        ck_assert_int_eq(sent.grants->nelts, i == 0); /* the second time it has it */
        ck_assert_int_eq(sent.unchanged, i);
    }
    return NULL;
}

Suite *unit_suite(void)
{
    Suite *suite = suite_create("model send");
    TCase *tc = unit_case(suite, "send");

    unit_database_start();
    tcase_set_timeout(tc, 60);
    tcase_add_loop_test(tc, partner_deleted_meanwhile, 0, UNIT_DRIVERS);
    tcase_add_loop_test(tc, who_was_sent_to, 0, UNIT_DRIVERS);
    return suite;
}
