/* SPDX-License-Identifier: Apache-2.0 */
/* model/: shares, revisions, grants, sending. */
#include "world.h"

#include <string.h>

#include <apr_strings.h>

#include "base/chance.h"

/* A world of shares ---------------------------------------------------------------------------------------- */

static b2b_share_process_t *process_of(b2b_share_document_t *d, int i)
{
    return &APR_ARRAY_IDX(d->processes, i, b2b_share_process_t);
}

static b2b_share_dashboard_t *add_dashboard(b2b_share_document_t *d, const char *id, int welcome,
                                            const char *group)
{
    apr_array_header_t *list = apr_array_copy(test_pool, d->dashboards);
    b2b_share_dashboard_t *dashboard = apr_array_push(list);

    memset(dashboard, 0, sizeof(*dashboard));
    dashboard->dashboard_id = id;
    dashboard->welcome_page = welcome;
    dashboard->security.everyone = group == NULL;
    dashboard->security.groups = world_ids(group, NULL);
    d->dashboards = list;
    return dashboard;
}

static b2b_share_t *share(b2b_db_conn_t *conn, const b2b_share_document_t *d)
{
    b2b_share_t *s = apr_pcalloc(test_pool, sizeof(*s));

    s->draft = d;
    unit_ok(b2b_share_create(conn, s, test_pool, test_pool));
    return s;
}

static b2b_share_t *again(b2b_db_conn_t *conn, const b2b_share_t *s)
{
    b2b_share_t *found;

    unit_ok(b2b_share_get(&found, conn, s->id, test_pool, test_pool));
    return found;
}

static void give(b2b_db_conn_t *conn, const b2b_share_t *s, const b2b_partner_t *partner)
{
    int added;

    unit_ok(b2b_grant_add(&added, conn, partner->portal_id, partner->id, s->id, test_pool));
    ck_assert(added);
    unit_ok(b2b_grant_add(&added, conn, partner->portal_id, partner->id, s->id, test_pool));
    ck_assert(!added);
}

static b2b_grant_t *grant(b2b_db_conn_t *conn, const b2b_share_t *s, const b2b_partner_t *partner)
{
    b2b_grant_t *found;

    unit_ok(
        b2b_grant_get(&found, conn, partner->portal_id, partner->id, s->id, test_pool, test_pool));
    return found;
}

static b2b_send_t *prepare(b2b_db_conn_t *conn, const b2b_share_t *s, apr_int64_t number)
{
    b2b_send_t *send;

    unit_ok(b2b_send_prepare(&send, conn, again(conn, s), number, test_pool, test_pool));
    return send;
}

/* Send revision NUMBER (0: the draft) to ONE (NULL: to all). */
static b2b_sent_t send_update(b2b_db_conn_t *conn, const b2b_share_t *s, apr_int64_t number,
                              const b2b_partner_t *one)
{
    apr_array_header_t *grants;
    b2b_sent_t sent;

    unit_ok(b2b_grant_all(&grants, conn, s->id, test_pool, test_pool));
    if (one) {
        grants = apr_array_make(test_pool, 1, sizeof(b2b_grant_t *));
        APR_ARRAY_PUSH(grants, b2b_grant_t *) = grant(conn, s, one);
    }
    unit_ok(b2b_send(&sent, conn, prepare(conn, s, number), grants, NULL, test_pool));
    return sent;
}

static b2b_send_preview_t *preview(b2b_db_conn_t *conn, const b2b_share_t *s, apr_int64_t number,
                                   const b2b_partner_t *partner)
{
    b2b_send_preview_t *p;

    unit_ok(b2b_send_preview(&p, conn, prepare(conn, s, number), grant(conn, s, partner), test_pool,
                             test_pool));
    return p;
}

static const b2b_snapshot_shared_process_t *open_to(b2b_db_conn_t *conn, const b2b_share_t *s,
                                                    const b2b_partner_t *partner,
                                                    const char *process_id)
{
    b2b_portal_snapshot_t *snapshot;

    unit_ok(b2b_portal_snapshot_load(&snapshot, conn, partner->portal_id, test_pool, test_pool));
    return b2b_snapshot_shared_process(snapshot, partner->id, s->id, process_id);
}

static apr_array_header_t *placements(b2b_db_conn_t *conn, const char *portal_id)
{
    b2b_list_t list = {0};
    b2b_page_t *page;

    list.limit = B2B_LIST_MAX;
    unit_ok(b2b_placement_list(&page, conn, portal_id, &list, test_pool, test_pool));
    return page->items;
}

/* Drafts --------------------------------------------------------------------------------------------------- */

START_TEST(document_text)
{
    b2b_share_document_t *d = world_share_document("Complaints",
                                                   "0193b2a0-0000-7000-8000-000000000001");
    b2b_share_document_t *read;

    d->partner_groups = world_ids("Quality", "Sales");
    process_of(d, 0)->creators.groups = world_ids("Quality", NULL);
    process_of(d, 0)->all_forms = 1;
    add_dashboard(d, "0193b2a0-0000-7000-8000-000000000002", 1, "Sales")->host_name = 1;
    unit_ok(b2b_share_document_read(&read, b2b_share_document_write(d, test_pool), test_pool));
    ck_assert_str_eq(b2b_share_document_write(d, test_pool),
                     b2b_share_document_write(read, test_pool));
    ck_assert(process_of(read, 0)->all_forms);
    /* What is missing opens nothing. */
    unit_ok(b2b_share_document_read(
        &read,
        "{\"title\":\"A\",\"instructions\":\"\",\"processes\":[{\"process_id\":\"p\",\"form_"
        "visibility\":"
        "\"everything\",\"creators\":{\"everyone\":\"yes\"}}],\"dashboards\":[]}",
        test_pool));
    ck_assert(!process_of(read, 0)->allow_create && !process_of(read, 0)->creators.everyone);
    ck_assert(!process_of(read, 0)->all_forms && process_of(read, 0)->creators_only_open);
    unit_error(b2b_share_document_read(&read, "{\"title\":\"A\"}", test_pool), B2B_E_INTERNAL);
}
END_TEST

WORLD_TEST(draft)
{
    const char *id = world_process(conn, "complaint");
    b2b_share_document_t *d = world_share_document("Complaints", id);
    b2b_share_t *s, other = {0};
    b2b_list_t list = {0};
    b2b_page_t *page;
    b2b_error_t *err;

    process_of(d, 0)->creators.groups = world_ids("Quality", NULL);
    other.draft = d;
    err = b2b_share_create(conn, &other, test_pool, test_pool);
    unit_error(err, B2B_E_INVALID); /* the group is none of the share's */
    ck_assert_str_eq(err->field, "processes/0/creators/groups/0");
    d->partner_groups = world_ids("quality", "QUALITY");
    err = b2b_share_create(conn, &other, test_pool, test_pool);
    unit_error(err, B2B_E_INVALID);
    ck_assert_str_eq(err->field, "partner_groups/1");
    d->partner_groups = world_ids("quality", NULL);
    s = share(conn, d);
    ck_assert(s->draft_changed);
    ck_assert_int_eq(s->revision, 0);

    other.draft = world_share_document("COMPLAINTS", id);
    err = b2b_share_create(conn, &other, test_pool, test_pool);
    unit_error(err, B2B_E_CONFLICT);
    ck_assert_str_eq(err->field, "title");
    other.draft = world_share_document("Trainings", b2b_id_create(test_pool));
    err = b2b_share_create(conn, &other, test_pool, test_pool);
    unit_error(err, B2B_E_INVALID);
    ck_assert_str_eq(err->field, "processes/0/process_id");
    d = world_share_document("Trainings", NULL);
    add_dashboard(d, id, 0, NULL);
    other.draft = d;
    err = b2b_share_create(conn, &other, test_pool, test_pool);
    unit_error(err, B2B_E_INVALID);
    ck_assert_str_eq(err->field, "dashboards/0/dashboard_id");

    share(conn, world_share_document("Trainings", NULL));
    list.limit = 1;
    unit_ok(b2b_share_list(&page, conn, &list, test_pool, test_pool));
    ck_assert_int_eq(page->items->nelts, 1);
    list.after_key = page->next_key;
    list.after_id = page->next_id;
    unit_ok(b2b_share_list(&page, conn, &list, test_pool, test_pool));
    ck_assert_int_eq(page->items->nelts, 1);
    ck_assert_ptr_null(page->next_id);
    memset(&list, 0, sizeof(list));
    list.limit = 10;
    list.process_id = id;
    list.sort = "modified_at";
    list.descending = 1;
    unit_ok(b2b_share_list(&page, conn, &list, test_pool, test_pool));
    ck_assert_int_eq(page->items->nelts, 1);
    s->draft = world_share_document("Claims", id);
    unit_error(b2b_share_update(conn, s, s->version + 1, test_pool), B2B_E_STALE);
    unit_ok(b2b_share_update(conn, s, s->version, test_pool));
    ck_assert_str_eq(again(conn, s)->title, "Claims");
    return NULL;
}

/* The life of a share ---------------------------------------------------------------------------------------- */

WORLD_TEST(life)
{
    b2b_portal_t *acme = world_portal(conn, "acme");
    b2b_partner_t *nord = world_partner(conn, acme->id, "Nord");
    b2b_partner_t *west = world_partner(conn, acme->id, "West");
    const char *id = world_process(conn, "complaint");
    b2b_share_t *s = share(conn, world_share_document("Complaints", id));
    b2b_sent_t sent;

    give(conn, s, nord);
    give(conn, s, west);
    ck_assert_ptr_null(open_to(conn, s, nord, id));
    ck_assert_int_eq(prepare(conn, s, 0)->problems->nelts, 1); /* not published */
    world_publish(conn, id, 1, "Quality");
    ck_assert_int_eq(prepare(conn, s, 0)->problems->nelts, 0);
    ck_assert_ptr_null(prepare(conn, s, 1)); /* there is no such revision */

    world_untouch(conn);
    sent = send_update(conn, s, 0, nord);
    ck_assert_int_eq(sent.sent, 1);
    ck_assert(world_touched_portal(conn, acme->id));
    ck_assert_int_eq(open_to(conn, s, nord, id)->process_version, 1);
    ck_assert_ptr_null(open_to(conn, s, west, id)); /* it was not chosen */
    s = again(conn, s);
    ck_assert_int_eq(s->revision, 1);
    ck_assert(!s->draft_changed);
    ck_assert_int_eq(s->partner_count, 2);
    ck_assert_int_eq(s->sent_count, 1);
    ck_assert_int_eq(s->behind_count, 1);
    world_untouch(conn);
    sent = send_update(conn, s, 0, nord);
    ck_assert_int_eq(sent.sent, 0);
    ck_assert_int_eq(sent.unchanged, 1);
    ck_assert(!world_touched_portal(conn, acme->id));
    ck_assert_int_eq(again(conn, s)->revision, 1); /* nothing changed: no new revision */

    /* A change reaches nobody before it is sent; changed back, there is nothing to send. */
    s->draft = world_share_document("Complaints", id);
    process_of((b2b_share_document_t *)s->draft, 0)->allow_create = 0;
    unit_ok(b2b_share_update(conn, s, s->version, test_pool));
    ck_assert(s->draft_changed);
    ck_assert(open_to(conn, s, nord, id)->allow_create);
    s->draft = world_share_document("Complaints", id);
    unit_ok(b2b_share_update(conn, s, s->version, test_pool));
    ck_assert(!s->draft_changed);

    /* A process that was published since is a change, too; running partners stay on theirs. */
    world_publish(conn, id, 2, "Quality");
    ck_assert(again(conn, s)->draft_changed);
    ck_assert(grant(conn, s, nord)->share_changed);
    ck_assert_int_eq(open_to(conn, s, nord, id)->process_version, 1);
    sent = send_update(conn, s, 0, NULL);
    ck_assert_int_eq(sent.sent, 2);
    ck_assert_int_eq(open_to(conn, s, nord, id)->process_version, 2);
    ck_assert_int_eq(open_to(conn, s, west, id)->process_version, 2);

    /* An earlier one again, to one of them. */
    send_update(conn, s, 1, west);
    ck_assert_int_eq(open_to(conn, s, west, id)->process_version, 1);
    ck_assert_int_eq(grant(conn, s, west)->behind, 1);
    ck_assert_int_eq(again(conn, s)->revision, 2);
    ck_assert_int_eq(again(conn, s)->behind_count, 1);
    return NULL;
}

WORLD_TEST(names_and_groups)
{
    b2b_portal_t *acme = world_portal(conn, "acme"), *bolt = world_portal(conn, "bolt");
    b2b_partner_t *nord = world_partner(conn, acme->id, "Nord");
    b2b_partner_t *east = world_partner(conn, bolt->id, "East");
    b2b_group_t *quality = world_group(conn, acme->id, "QUALITY");
    b2b_member_t *anna = world_member(conn, acme->id, nord->id, "anna@nord.example");
    const char *id = world_process(conn, "complaint"), *group_id;
    b2b_share_document_t *d = world_share_document("Complaints", id);
    b2b_share_t *s;
    int changed;

    world_member(conn, acme->id, nord->id, "bert@nord.example");
    unit_ok(b2b_group_member_add(&changed, conn, acme->id, quality->id, anna->id,
                                 B2B_SOURCE_CONSOLE, test_pool));
    world_publish(conn, id, 1, "Inspection");
    d->partner_groups = world_ids("Quality", NULL);
    process_of(d, 0)->creators.everyone = 0;
    process_of(d, 0)->creators.groups = world_ids("quality", NULL);
    s = share(conn, d);
    give(conn, s, nord);
    give(conn, s, east);
    ck_assert_int_eq(preview(conn, s, 0, nord)->unbound->nelts, 1); /* the owners of a form */
    ck_assert_str_eq(APR_ARRAY_IDX(preview(conn, s, 0, nord)->unbound, 0, const char *),
                     "Inspection");
    ck_assert_int_eq(preview(conn, s, 0, nord)->gaining, 2); /* both may open, Anna may create */
    ck_assert_int_eq(preview(conn, s, 0, east)->unbound->nelts, 2);
    send_update(conn, s, 0, NULL);
    ck_assert_int_eq(open_to(conn, s, nord, id)->creator_groups->nelts, 1);
    ck_assert_int_eq(open_to(conn, s, east, id)->creator_groups->nelts, 0); /* unbound: nobody */
    ck_assert(!open_to(conn, s, east, id)->creators_everyone);
    unit_ok(b2b_grant_group(&group_id, conn, acme->id, nord->id, s->id, "Quality", test_pool,
                            test_pool));
    ck_assert_str_eq(group_id, quality->id);
    unit_ok(b2b_grant_group(&group_id, conn, bolt->id, east->id, s->id, "Quality", test_pool,
                            test_pool));
    ck_assert_ptr_null(group_id);

    /* A group that is made later counts when it is sent again, although the revision is the same. */
    world_group(conn, bolt->id, "Quality");
    ck_assert_int_eq(open_to(conn, s, east, id)->creator_groups->nelts, 0);
    ck_assert(preview(conn, s, 0, east)->changes);
    ck_assert(!preview(conn, s, 0, nord)->changes);
    ck_assert_int_eq(send_update(conn, s, 0, NULL).sent, 1);
    ck_assert_int_eq(open_to(conn, s, east, id)->creator_groups->nelts, 1);

    /* A deleted group is nobody; another one of its name is not it before it is sent again. */
    unit_ok(b2b_group_delete(conn, acme->id, quality->id, B2B_VERSION_ANY, test_pool));
    ck_assert_int_eq(open_to(conn, s, nord, id)->creator_groups->nelts, 0);
    world_group(conn, acme->id, "Quality");
    ck_assert_int_eq(open_to(conn, s, nord, id)->creator_groups->nelts, 0);
    send_update(conn, s, 0, NULL);
    ck_assert_int_eq(open_to(conn, s, nord, id)->creator_groups->nelts, 1);
    return NULL;
}

/* Placements ------------------------------------------------------------------------------------------------ */

WORLD_TEST(dashboards)
{
    b2b_portal_t *acme = world_portal(conn, "acme");
    b2b_partner_t *nord = world_partner(conn, acme->id, "Nord");
    b2b_partner_t *west = world_partner(conn, acme->id, "West");
    b2b_dashboard_t *figures = world_dashboard(conn, "Figures");
    b2b_dashboard_t *start = world_dashboard(conn, "Start");
    const char *id = world_process(conn, "complaint");
    b2b_share_document_t *d = world_share_document("Complaints", id);
    b2b_portal_snapshot_t *snapshot;
    const b2b_placement_t *placement;
    b2b_send_preview_t *p;
    b2b_share_t *s;

    world_publish(conn, id, 1, "Quality");
    world_placement(conn, acme->id, figures, nord->id, NULL);
    add_dashboard(d, figures->id, 0, NULL);
    add_dashboard(d, start->id, 1, NULL);
    s = share(conn, d);
    give(conn, s, nord);
    give(conn, s, west);
    p = preview(conn, s, 0, nord);
    ck_assert_int_eq(p->conflicts->nelts, 1);
    ck_assert_ptr_nonnull(strstr(APR_ARRAY_IDX(p->conflicts, 0, const char *), "\"Figures 2\""));
    ck_assert_int_eq(preview(conn, s, 0, west)->conflicts->nelts, 0);
    send_update(conn, s, 0, NULL);
    ck_assert_int_eq(placements(conn, acme->id)->nelts, 5);
    ck_assert(!preview(conn, s, 0, nord)->changes); /* the number stays */

    /* Without one of them, and the other for a group only. */
    d = world_share_document("Complaints", id);
    d->partner_groups = world_ids("Quality", NULL);
    add_dashboard(d, start->id, 0, "Quality")->host_name = 1;
    s = again(conn, s);
    s->draft = d;
    unit_ok(b2b_share_update(conn, s, s->version, test_pool));
    ck_assert_int_eq(placements(conn, acme->id)->nelts, 5);
    send_update(conn, s, 0, west);
    ck_assert_int_eq(placements(conn, acme->id)->nelts, 4);
    send_update(conn, s, 0, NULL);
    ck_assert_int_eq(placements(conn, acme->id)->nelts, 3);
    unit_ok(b2b_portal_snapshot_load(&snapshot, conn, acme->id, test_pool, test_pool));
    ck_assert_int_eq(snapshot->placements->nelts, 3);
    ck_assert(!APR_ARRAY_IDX(snapshot->placements, 2, b2b_snapshot_placement_t).everyone);
    ck_assert_int_eq(APR_ARRAY_IDX(snapshot->placements, 2, b2b_snapshot_placement_t).groups->nelts,
                     0);

    /* A dashboard published since is a change; sent, the partner has the new version. */
    start->title = "Welcome";
    unit_ok(b2b_dashboard_update(conn, start, start->version, test_pool));
    {
        apr_int64_t number;

        unit_ok(b2b_dashboard_publish(&number, conn, start->id, B2B_VERSION_ANY, NULL, test_pool));
    }
    ck_assert(again(conn, s)->draft_changed);
    send_update(conn, s, 0, NULL);
    placement = APR_ARRAY_IDX(placements(conn, acme->id), 2, const b2b_placement_t *);
    ck_assert_str_eq(placement->name, "Welcome"); /* the title: the host has no name yet */
    ck_assert_int_eq(placement->dashboard_version, 2);
    ck_assert_str_eq(placement->source, "share");

    /* Deleted, it stands in the way of sending. */
    unit_ok(b2b_dashboard_delete(conn, start->id, B2B_VERSION_ANY, NULL, test_pool));
    ck_assert_int_eq(prepare(conn, s, 0)->problems->nelts, 1);
    return NULL;
}

/* Two dashboards change their names crosswise: no name stands in the way of the other. */
WORLD_TEST(names_crosswise)
{
    b2b_portal_t *acme = world_portal(conn, "acme");
    b2b_partner_t *nord = world_partner(conn, acme->id, "Nord");
    b2b_dashboard_t *a = world_dashboard(conn, "A"), *b = world_dashboard(conn, "B");
    const char *id = world_process(conn, "complaint");
    b2b_share_document_t *d = world_share_document("Complaints", id);
    apr_int64_t number;
    b2b_share_t *s;

    world_publish(conn, id, 1, "Quality");
    add_dashboard(d, a->id, 0, NULL);
    add_dashboard(d, b->id, 0, NULL);
    s = share(conn, d);
    give(conn, s, nord);
    send_update(conn, s, 0, NULL);
    a->title = "C";
    unit_ok(b2b_dashboard_update(conn, a, B2B_VERSION_ANY, test_pool));
    b->title = "A";
    unit_ok(b2b_dashboard_update(conn, b, B2B_VERSION_ANY, test_pool));
    a->title = "B";
    unit_ok(b2b_dashboard_update(conn, a, B2B_VERSION_ANY, test_pool));
    unit_ok(b2b_dashboard_publish(&number, conn, a->id, B2B_VERSION_ANY, NULL, test_pool));
    unit_ok(b2b_dashboard_publish(&number, conn, b->id, B2B_VERSION_ANY, NULL, test_pool));
    ck_assert_int_eq(preview(conn, s, 0, nord)->conflicts->nelts, 0);
    ck_assert_int_eq(send_update(conn, s, 0, NULL).sent, 1);
    ck_assert_str_eq(APR_ARRAY_IDX(placements(conn, acme->id), 0, b2b_placement_t *)->dashboard_id,
                     b->id);
    return NULL;
}

/* S10: the page placed by hand is the home page, then the one that was sent first. */
WORLD_TEST(welcome_pages)
{
    b2b_portal_t *acme = world_portal(conn, "acme");
    b2b_partner_t *nord = world_partner(conn, acme->id, "Nord");
    b2b_dashboard_t *one = world_dashboard(conn, "One"), *two = world_dashboard(conn, "Two");
    b2b_dashboard_t *hand = world_dashboard(conn, "Hand");
    const char *id = world_process(conn, "complaint");
    b2b_share_document_t *first = world_share_document("First", id),
                         *second = world_share_document("Second", id);
    b2b_portal_snapshot_t *snapshot;
    b2b_placement_t *placement;
    b2b_share_t *s, *t;

    world_publish(conn, id, 1, "Quality");
    add_dashboard(first, one->id, 1, NULL);
    add_dashboard(second, two->id, 1, NULL);
    s = share(conn, first);
    t = share(conn, second);
    give(conn, s, nord);
    give(conn, t, nord);
    ck_assert_int_eq(preview(conn, t, 0, nord)->conflicts->nelts, 0);
    send_update(conn, s, 0, NULL);
    ck_assert_int_eq(preview(conn, t, 0, nord)->conflicts->nelts, 1);
    send_update(conn, t, 0, NULL);
    ck_assert_int_eq(preview(conn, s, 0, nord)->conflicts->nelts, 0); /* it was first */
    unit_ok(b2b_portal_snapshot_load(&snapshot, conn, acme->id, test_pool, test_pool));
    ck_assert_str_eq(APR_ARRAY_IDX(snapshot->placements, 0, b2b_snapshot_placement_t).name, "One");
    placement = world_placement(conn, acme->id, hand, NULL, NULL);
    placement->welcome_page = 1;
    unit_ok(b2b_placement_update(conn, placement, B2B_VERSION_ANY, test_pool));
    unit_ok(b2b_portal_snapshot_load(&snapshot, conn, acme->id, test_pool, test_pool));
    ck_assert_str_eq(APR_ARRAY_IDX(snapshot->placements, 0, b2b_snapshot_placement_t).name, "Hand");
    ck_assert_str_eq(APR_ARRAY_IDX(snapshot->placements, 1, b2b_snapshot_placement_t).name, "One");
    ck_assert_int_eq(preview(conn, s, 0, nord)->conflicts->nelts, 1);
    return NULL;
}

/* Endings --------------------------------------------------------------------------------------------------- */

WORLD_TEST(endings)
{
    b2b_portal_t *acme = world_portal(conn, "acme");
    b2b_partner_t *nord = world_partner(conn, acme->id, "Nord");
    b2b_partner_t *west = world_partner(conn, acme->id, "West");
    b2b_dashboard_t *figures = world_dashboard(conn, "Figures");
    const char *id = world_process(conn, "complaint");
    b2b_share_document_t *d = world_share_document("Complaints", id);
    b2b_share_impact_t impact;
    b2b_share_t *s;

    world_publish(conn, id, 1, "Quality");
    world_member(conn, acme->id, nord->id, "anna@nord.example");
    world_member(conn, acme->id, west->id, "carl@west.example");
    add_dashboard(d, figures->id, 0, NULL);
    s = share(conn, d);
    give(conn, s, nord);
    give(conn, s, west);
    unit_ok(b2b_share_impact(&impact, conn, s->id, test_pool));
    ck_assert_int_eq(impact.members, 0); /* nothing is open yet */
    send_update(conn, s, 0, NULL);
    unit_ok(b2b_share_impact(&impact, conn, s->id, test_pool));
    ck_assert_int_eq(impact.partners, 2);
    ck_assert_int_eq(impact.members, 2);
    ck_assert_int_eq(impact.placements, 2);
    unit_ok(b2b_grant_impact(&impact, conn, acme->id, nord->id, s->id, test_pool));
    ck_assert_int_eq(impact.members, 1);

    world_untouch(conn);
    unit_ok(b2b_grant_remove(conn, acme->id, nord->id, s->id, test_pool));
    ck_assert(world_touched_portal(conn, acme->id));
    ck_assert_ptr_null(open_to(conn, s, nord, id));
    ck_assert_int_eq(placements(conn, acme->id)->nelts, 1);
    unit_error(b2b_grant_remove(conn, acme->id, nord->id, s->id, test_pool), B2B_E_NOT_FOUND);

    world_untouch(conn);
    unit_ok(b2b_share_delete(conn, s->id, B2B_VERSION_ANY, NULL, test_pool));
    ck_assert(world_touched_portal(conn, acme->id));
    ck_assert_ptr_null(again(conn, s));
    ck_assert_ptr_null(open_to(conn, s, west, id));
    ck_assert_ptr_null(grant(conn, s, west));
    ck_assert_int_eq(placements(conn, acme->id)->nelts, 0);
    unit_error(b2b_share_delete(conn, s->id, B2B_VERSION_ANY, NULL, test_pool), B2B_E_NOT_FOUND);

    /* The name was taken while it was gone. */
    world_placement(conn, acme->id, figures, west->id, NULL);
    world_untouch(conn);
    unit_ok(b2b_share_restore(conn, s->id, test_pool));
    ck_assert(world_touched_portal(conn, acme->id));
    ck_assert_ptr_nonnull(open_to(conn, s, west, id));
    ck_assert_int_eq(placements(conn, acme->id)->nelts, 2);
    ck_assert_str_eq(APR_ARRAY_IDX(placements(conn, acme->id), 1, b2b_placement_t *)->name,
                     "Figures 2");
    unit_error(b2b_share_restore(conn, s->id, test_pool), B2B_E_NOT_FOUND);
    unit_ok(b2b_share_delete(conn, s->id, B2B_VERSION_ANY, NULL, test_pool));
    share(conn, world_share_document("Complaints", id));
    unit_error(b2b_share_restore(conn, s->id, test_pool), B2B_E_CONFLICT);
    return NULL;
}

/* A thousand partners in one act: the statements grow with the partners, no faster. */
WORLD_TEST(many_partners)
{
    b2b_portal_t *acme = world_portal(conn, "acme");
    b2b_dashboard_t *figures = world_dashboard(conn, "Figures");
    const char *id = world_process(conn, "complaint");
    b2b_share_document_t *d = world_share_document("Complaints", id);
    apr_uint64_t before, hundred = 0;
    b2b_list_t list = {0};
    b2b_page_t *page;
    b2b_share_t *s;
    int i;

    world_publish(conn, id, 1, "Quality");
    world_group(conn, acme->id, "Quality");
    add_dashboard(d, figures->id, 1, NULL);
    s = share(conn, d);
    for (i = 1; i <= 1000; i++) {
        give(conn, s, world_partner(conn, acme->id, apr_psprintf(test_pool, "Partner %04d", i)));
        if (i == 100) {
            before = b2b_db_statement_count();
            ck_assert_int_eq(send_update(conn, s, 0, NULL).sent, 100);
            hundred = b2b_db_statement_count() - before;
        }
    }
    before = b2b_db_statement_count();
    ck_assert_int_eq(send_update(conn, s, 0, NULL).sent, 900);
    ck_assert_uint_lt(b2b_db_statement_count() - before, 11 * hundred);
    list.limit = 500;
    list.behind = 1;
    unit_ok(b2b_grant_list(&page, conn, s->id, &list, test_pool, test_pool));
    ck_assert_int_eq(page->items->nelts, 0);
    list.behind = 0;
    unit_ok(b2b_grant_list(&page, conn, s->id, &list, test_pool, test_pool));
    ck_assert_int_eq(page->items->nelts, 500);
    list.after_key = page->next_key;
    list.after_id = page->next_id;
    unit_ok(b2b_grant_list(&page, conn, s->id, &list, test_pool, test_pool));
    ck_assert_int_eq(page->items->nelts, 500);
    ck_assert_ptr_null(page->next_id);
    return NULL;
}

Suite *unit_suite(void)
{
    Suite *suite = suite_create("model: shares");
    TCase *tc = unit_case(suite, "shares");

    unit_database_start();
    tcase_set_timeout(tc, 120);
    tcase_add_test(tc, document_text);
    tcase_add_loop_test(tc, draft, 0, UNIT_DRIVERS);
    tcase_add_loop_test(tc, life, 0, UNIT_DRIVERS);
    tcase_add_loop_test(tc, names_and_groups, 0, UNIT_DRIVERS);
    tcase_add_loop_test(tc, dashboards, 0, UNIT_DRIVERS);
    tcase_add_loop_test(tc, names_crosswise, 0, UNIT_DRIVERS);
    tcase_add_loop_test(tc, welcome_pages, 0, UNIT_DRIVERS);
    tcase_add_loop_test(tc, endings, 0, UNIT_DRIVERS);
    tcase_add_loop_test(tc, many_partners, 0, UNIT_DRIVERS);
    return suite;
}
