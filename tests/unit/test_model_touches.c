/* SPDX-License-Identifier: Apache-2.0 */
/*
 * model/: whatever changes what a decision is made from touches the generation it is cached under. A random
 * walk through all writes; before and after each, everything that decisions read is written down, and where
 * the two differ the key must have been touched. A write that forgets to is found whatever it is.
 */
#include "view.h"
#include "world.h"

#include <stdlib.h>
#include <string.h>

#include <apr_strings.h>

#include "base/chance.h"

#define STEPS       700
#define PORTALS     2
#define PEOPLE      6 /* identities that may turn up in any portal and at the host */
#define ACTS        14
#define ACT_PARTNER 1
#define ACT_GROUP   6
#define ACT_HOST    11 /* and all above */

typedef struct {
    b2b_db_conn_t *conn;
    apr_pool_t *pool; /* of one step */
    const char *portals[PORTALS];
    const char *host_group;
    const char *process;
    char deleted_share[B2B_ID_LENGTH + 1]; /* the one deleted last, or "" */
    char binned[B2B_ID_LENGTH + 1];        /* the dashboard that was deleted last */
    int sponsors;                          /* how often a change of a host user changed a member */
    int changed[16]; /* by kind of act: how often something changed that decisions read */
} walk_t;

static const char *const people[PEOPLE] = {"anna@nord.example",  "bert@nord.example",
                                           "carl@west.example",  "dora@west.example",
                                           "eva@hammer.example", "fred@hammer.example"};

/* What decisions read --------------------------------------------------------------------------------------- */

typedef struct {
    const char *directory;
    const char *portals[PORTALS];
    const char *principals[PORTALS + 1][PEOPLE]; /* the last: at the host */
} view_t;

static void look(view_t *view, walk_t *w)
{
    int i, j;

    view->directory = view_directory(w->conn, w->pool);
    for (i = 0; i <= PORTALS; i++) {
        if (i < PORTALS) {
            view->portals[i] = view_portal(w->conn, w->portals[i], w->pool);
        }
        for (j = 0; j < PEOPLE; j++) {
            view->principals[i][j] = view_principal(w->conn, i < PORTALS ? w->portals[i] : NULL,
                                                    people[j], w->pool);
        }
    }
}

/* How many keys differ between BEFORE and AFTER; each must have been touched by ACT. */
static int compare(walk_t *w, const view_t *before, const view_t *after, int act)
{
    int i, j, different = 0;

    if (strcmp(before->directory, after->directory) != 0) {
        ck_assert_msg(world_touched(w->conn, "directory"), "act %d changed the directory", act);
        different++;
    }
    for (i = 0; i <= PORTALS; i++) {
        const char *portal_id = i < PORTALS ? w->portals[i] : NULL;

        if (portal_id && strcmp(before->portals[i], after->portals[i]) != 0) {
            ck_assert_msg(world_touched_portal(w->conn, portal_id),
                          "act %d changed a portal:\n%s\nto\n%s", act, before->portals[i],
                          after->portals[i]);
            different++;
        }
        for (j = 0; j < PEOPLE; j++) {
            if (strcmp(before->principals[i][j], after->principals[i][j]) != 0) {
                /* A partner, group or sponsor that is gone takes its people's access with it: they need no
                 * touch. */
                ck_assert_msg(world_touched_identity(w->conn, portal_id, people[j]) ||
                                  ((act == ACT_PARTNER || act == ACT_GROUP || act >= ACT_HOST) &&
                                   portal_id && world_touched_portal(w->conn, portal_id)),
                              "act %d changed %s:\n%s\nto\n%s", act, people[j],
                              before->principals[i][j], after->principals[i][j]);
                different++;
                w->sponsors += act >= ACT_HOST && portal_id != NULL;
            }
        }
    }
    return different;
}

/* Acts ------------------------------------------------------------------------------------------------------ */

static int chance(int count)
{
    return rand() % count;
}

static const char *name(walk_t *w, const char *kind)
{
    return apr_psprintf(w->pool, "%s %d", kind, chance(8));
}

/* An act may be refused; it must not break. */
static void act_done(b2b_error_t *err)
{
    if (err && err->code != B2B_E_CONFLICT && err->code != B2B_E_NOT_FOUND &&
        err->code != B2B_E_INVALID) {
        unit_ok(err);
    }
}

static void *pick(apr_array_header_t *items)
{
    return items->nelts ? APR_ARRAY_IDX(items, chance(items->nelts), void *) : NULL;
}

/* Some NOUN of the first hundred; LIST asks for them. */
#define SOME(noun, list)                                                                           \
    static b2b_##noun##_t *some_##noun(walk_t *w, const char *portal_id)                           \
    {                                                                                              \
        b2b_list_t all = {0};                                                                      \
        b2b_page_t *page;                                                                          \
                                                                                                   \
        (void)portal_id;                                                                           \
        all.limit = 100;                                                                           \
        unit_ok(list);                                                                             \
        return pick(page->items);                                                                  \
    }

SOME(partner, b2b_partner_list(&page, w->conn, portal_id, &all, w->pool, w->pool))
SOME(member, b2b_member_list(&page, w->conn, portal_id, &all, w->pool, w->pool))
SOME(group, b2b_group_list(&page, w->conn, portal_id, &all, w->pool, w->pool))
SOME(placement, b2b_placement_list(&page, w->conn, portal_id, &all, w->pool, w->pool))
SOME(dashboard, b2b_dashboard_list(&page, w->conn, &all, w->pool, w->pool))
SOME(host_user, b2b_host_user_list(&page, w->conn, &all, w->pool, w->pool))
SOME(share, b2b_share_list(&page, w->conn, &all, w->pool, w->pool))

static void act_portal(walk_t *w, const char *portal_id)
{
    b2b_portal_t *portal;
    apr_array_header_t *issuers;

    unit_ok(b2b_portal_get_by_id(&portal, w->conn, portal_id, w->pool, w->pool));
    if (!portal) {
        return;
    }
    switch (chance(20)) {
    case 0: /* rarely: there is no way back */
        act_done(chance(12) ? NULL
                            : b2b_portal_delete(w->conn, portal_id, B2B_VERSION_ANY, w->pool));
        break;
    case 1:
    case 2:
    case 3:
        act_done(b2b_portal_state_set(w->conn, portal_id, B2B_VERSION_ANY,
                                      chance(2) ? B2B_STATE_ACTIVE : B2B_STATE_SUSPENDED, w->pool));
        break;
    case 4:
    case 5:
    case 6:
        issuers = apr_array_make(w->pool, 1, sizeof(b2b_issuer_t));
        ((b2b_issuer_t *)apr_array_push(issuers))->issuer = chance(2) ? WORLD_ISSUER
                                                                      : "https://b.example";
        APR_ARRAY_IDX(issuers, 0, b2b_issuer_t).label = name(w, "Sign in");
        act_done(b2b_portal_issuers_set(w->conn, portal_id, B2B_VERSION_ANY, issuers, w->pool));
        break;
    default:
        portal->name = name(w, "Portal");
        portal->color = chance(2) ? "#000000" : "#ffffff";
        portal->contact_name = chance(2) ? "" : "Desk";
        portal->logout_url = chance(2) ? NULL : "https://x.example/";
        act_done(b2b_portal_update(w->conn, portal, portal->version, w->pool));
    }
}

static void act_partner(walk_t *w, const char *portal_id)
{
    b2b_partner_t *partner = some_partner(w, portal_id);

    if (!partner || chance(5) == 0) {
        partner = apr_pcalloc(w->pool, sizeof(*partner));
        partner->portal_id = portal_id;
        partner->name = name(w, "Partner");
        act_done(b2b_partner_create(w->conn, partner, w->pool, w->pool));
        return;
    }
    switch (chance(5)) {
    case 0:
        act_done(b2b_partner_suspend(w->conn, portal_id, partner->id, B2B_VERSION_ANY, w->pool));
        break;
    case 1:
    case 2:
        act_done(b2b_partner_resume(w->conn, portal_id, partner->id, B2B_VERSION_ANY, w->pool));
        break;
    case 3:
        partner->name = name(w, "Partner");
        act_done(b2b_partner_update(w->conn, partner, partner->version, w->pool));
        break;
    default:
        if (chance(3) == 0) {
            act_done(b2b_partner_delete(w->conn, portal_id, partner->id, B2B_VERSION_ANY, w->pool));
        }
    }
}

static void act_invite(walk_t *w, const char *portal_id)
{
    b2b_partner_t *partner = some_partner(w, portal_id);
    b2b_host_user_t *sponsor = some_host_user(w, NULL);
    b2b_member_t values = {0};
    b2b_invitation_t *invitation;
    b2b_member_t *member = NULL;
    b2b_invited_e result;
    b2b_error_t *err;
    int answered;

    values.portal_id = portal_id;
    values.partner_id = partner ? partner->id : "none";
    values.email = people[chance(PEOPLE)];
    values.role = B2B_MEMBER_VIEWER;
    values.sponsor_id = sponsor && chance(2) ? sponsor->id : NULL;
    err = b2b_member_invite(&result, &member, w->conn, &values, NULL, w->pool, w->pool);
    if (err || member->state != B2B_STATE_PENDING) {
        act_done(err);
        return;
    }
    act_done(b2b_invitation_create(&invitation, w->conn, portal_id, member->id, NULL, NULL, w->pool,
                                   w->pool));
    act_done(b2b_invitation_answer(&answered, w->conn, portal_id, invitation->id,
                                   world_identity(chance(4) ? values.email : people[chance(PEOPLE)],
                                                  NULL),
                                   chance(5) != 0, w->pool));
}

static void act_member(walk_t *w, const char *portal_id)
{
    b2b_member_t *member = some_member(w, portal_id);
    b2b_partner_t *partner = some_partner(w, portal_id);
    b2b_group_t *group = some_group(w, portal_id);
    b2b_host_user_t *sponsor = some_host_user(w, NULL);
    int changed;

    if (!member) {
        return;
    }
    switch (chance(7)) {
    case 0:
        act_done(b2b_member_suspend(w->conn, portal_id, member->id, B2B_VERSION_ANY, w->pool));
        break;
    case 1:
        act_done(b2b_member_resume(w->conn, portal_id, member->id, B2B_VERSION_ANY, w->pool));
        break;
    case 2:
        act_done(b2b_member_remove(w->conn, portal_id, member->id, B2B_VERSION_ANY, w->pool));
        break;
    case 3:
        member->role = (b2b_member_role_e)(1 + chance(3));
        member->first_name = name(w, "Name");
        member->locale = chance(2) ? "de" : NULL;
        member->valid_until = chance(2) ? 0 : b2b_clock_now() + chance(1000);
        member->partner_id = partner->id;
        member->sponsor_id = sponsor && chance(3) ? sponsor->id : NULL;
        act_done(b2b_member_update(w->conn, member, member->version, w->pool));
        break;
    case 4:
        act_done(b2b_group_member_add(&changed, w->conn, portal_id, group->id, member->id,
                                      chance(2) ? B2B_SOURCE_CSV : B2B_SOURCE_CONSOLE, w->pool));
        break;
    case 5:
        act_done(b2b_group_member_remove(&changed, w->conn, portal_id, group->id, member->id,
                                         B2B_SOURCE_CSV, w->pool));
        break;
    default:
        act_done(b2b_member_groups_set(w->conn, portal_id, member->id, B2B_SOURCE_CONSOLE,
                                       world_ids(group->id, NULL), w->pool));
    }
}

static void act_group(walk_t *w, const char *portal_id)
{
    b2b_group_t *group = some_group(w, portal_id);

    if (group && !group->automatic && chance(2)) {
        if (chance(2)) {
            act_done(b2b_group_delete(w->conn, portal_id, group->id, B2B_VERSION_ANY, w->pool));
            return;
        }
        group->name = name(w, "Group");
        act_done(b2b_group_update(w->conn, portal_id, group, group->version, w->pool));
        return;
    }
    group = apr_pcalloc(w->pool, sizeof(*group));
    group->name = name(w, "Group");
    act_done(b2b_group_create(w->conn, portal_id, group, w->pool, w->pool));
}

static void act_placement(walk_t *w, const char *portal_id)
{
    b2b_placement_t *placement = some_placement(w, portal_id);
    b2b_dashboard_t *dashboard = some_dashboard(w, NULL);
    b2b_partner_t *partner = some_partner(w, portal_id);
    b2b_group_t *group = some_group(w, portal_id);
    int fresh = !placement || chance(3) == 0;

    if (!fresh && chance(4) == 0) {
        act_done(b2b_placement_delete(w->conn, portal_id, placement->id, B2B_VERSION_ANY, w->pool));
        return;
    }
    if (fresh) {
        placement = apr_pcalloc(w->pool, sizeof(*placement));
        placement->portal_id = portal_id;
        placement->dashboard_id = dashboard ? dashboard->id : "none";
    }
    placement->dashboard_version = 0;
    placement->name = name(w, "Placement");
    placement->everyone = chance(2);
    placement->welcome_page = chance(2);
    placement->partner_id = partner && chance(2) ? partner->id : NULL;
    placement->groups = world_ids(group && !group->automatic ? group->id : NULL, NULL);
    act_done(fresh ? b2b_placement_create(w->conn, placement, w->pool, w->pool)
                   : b2b_placement_update(w->conn, placement, placement->version, w->pool));
}

static void act_dashboard(walk_t *w)
{
    b2b_dashboard_t *dashboard = some_dashboard(w, NULL);
    apr_int64_t number;

    if (*w->binned && chance(3) == 0) {
        act_done(b2b_dashboard_restore(w->conn, w->binned, w->pool));
        w->binned[0] = '\0';
        return;
    }
    if (dashboard && chance(2)) {
        if (chance(3) == 0) {
            act_done(b2b_dashboard_delete(w->conn, dashboard->id, B2B_VERSION_ANY, NULL, w->pool));
            apr_cpystrn(w->binned, dashboard->id, sizeof(w->binned));
            return;
        }
        dashboard->title = name(w, "Dashboard");
        act_done(b2b_dashboard_update(w->conn, dashboard, dashboard->version, w->pool));
        act_done(
            b2b_dashboard_publish(&number, w->conn, dashboard->id, B2B_VERSION_ANY, NULL, w->pool));
        return;
    }
    dashboard = apr_pcalloc(w->pool, sizeof(*dashboard));
    dashboard->kind = "page";
    dashboard->title = name(w, "Dashboard");
    act_done(b2b_dashboard_create(w->conn, dashboard, w->pool, w->pool));
}

static const b2b_share_document_t *some_draft(walk_t *w)
{
    b2b_share_document_t *d = world_share_document(name(w, "Share"), w->process);
    apr_array_header_t *dashboards = apr_array_make(w->pool, 1, sizeof(b2b_share_dashboard_t));
    b2b_dashboard_t *dashboard = some_dashboard(w, NULL);

    d->partner_groups = world_ids(name(w, "Group"), NULL);
    APR_ARRAY_IDX(d->processes, 0, b2b_share_process_t).creators.everyone = chance(2);
    APR_ARRAY_IDX(d->processes, 0, b2b_share_process_t).creators.groups = d->partner_groups;
    APR_ARRAY_IDX(d->processes, 0, b2b_share_process_t).all_forms = chance(2);
    if (dashboard && chance(2)) {
        b2b_share_dashboard_t *template = apr_array_push(dashboards);

        memset(template, 0, sizeof(*template));
        template->dashboard_id = dashboard->id;
        template->welcome_page = chance(2);
        template->security.groups = d->partner_groups;
    }
    d->dashboards = dashboards;
    return d;
}

static void act_send(walk_t *w, const b2b_share_t *share)
{
    apr_array_header_t *grants;
    b2b_send_t *send;
    b2b_sent_t sent;

    unit_ok(b2b_grant_all(&grants, w->conn, share->id, w->pool, w->pool));
    unit_ok(b2b_send_prepare(&send, w->conn, share,
                             share->revision ? chance((int)share->revision + 1) : 0, w->pool,
                             w->pool));
    if (grants->nelts > 1 && chance(2)) {
        grants->nelts = 1;
    }
    act_done(b2b_send(&sent, w->conn, send, grants, NULL, w->pool));
}

static void act_share(walk_t *w, const char *portal_id)
{
    b2b_share_t *share = some_share(w, NULL);
    b2b_partner_t *partner = some_partner(w, portal_id);
    b2b_share_t values = {0};
    int added;

    switch (share ? chance(10) : 0) {
    case 0:
        values.draft = some_draft(w);
        act_done(b2b_share_create(w->conn, &values, w->pool, w->pool));
        break;
    case 1:
    case 2:
    case 3:
        act_done(partner
                     ? b2b_grant_add(&added, w->conn, portal_id, partner->id, share->id, w->pool)
                     : NULL);
        break;
    case 4:
        share->draft = some_draft(w);
        act_done(b2b_share_update(w->conn, share, B2B_VERSION_ANY, w->pool));
        break;
    case 5:
        act_done(partner ? b2b_grant_remove(w->conn, portal_id, partner->id, share->id, w->pool)
                         : NULL);
        break;
    case 6:
        if (w->deleted_share[0]) {
            act_done(b2b_share_restore(w->conn, w->deleted_share, w->pool));
        }
        else if (chance(3) == 0) {
            act_done(b2b_share_delete(w->conn, share->id, B2B_VERSION_ANY, NULL, w->pool));
            apr_cpystrn(w->deleted_share, share->id, sizeof(w->deleted_share));
            break;
        }
        w->deleted_share[0] = '\0';
        break;
    default:
        act_send(w, share);
    }
}

static void act_host(walk_t *w)
{
    b2b_host_user_t *user = some_host_user(w, NULL);
    b2b_host_user_t values = {0};
    int changed;

    switch (user ? chance(8) : 0) {
    case 0:
        values.email = people[chance(PEOPLE)];
        values.roles = 1 + chance(63);
        act_done(b2b_host_user_create(w->conn, &values, w->pool, w->pool));
        act_done(b2b_host_user_link(&user, w->conn, world_identity(values.email, values.email),
                                    w->pool, w->pool));
        break;
    case 1:
        act_done(b2b_host_user_link(&user, w->conn, world_identity(user->email, user->email),
                                    w->pool, w->pool));
        break;
    case 2:
        act_done(b2b_host_user_suspend(w->conn, user->id, B2B_VERSION_ANY, w->pool));
        break;
    case 3:
        act_done(b2b_host_user_resume(w->conn, user->id, B2B_VERSION_ANY, w->pool));
        break;
    case 4:
        act_done(b2b_host_user_delete(w->conn, user->id, B2B_VERSION_ANY, w->pool));
        break;
    case 5:
        user->roles = 1 + chance(63);
        user->last_name = name(w, "Name");
        act_done(b2b_host_user_update(w->conn, user, user->version, w->pool));
        break;
    case 6:
        act_done(chance(2)
                     ? b2b_host_group_add(&changed, w->conn, w->host_group, user->id, w->pool)
                     : b2b_host_group_remove(&changed, w->conn, w->host_group, user->id, w->pool));
        break;
    default:
        act_done(b2b_host_user_groups_set(w->conn, user->id,
                                          world_ids(chance(2) ? w->host_group : NULL, NULL),
                                          w->pool));
    }
}

static void act_settings(walk_t *w)
{
    b2b_settings_t *settings;

    unit_ok(b2b_settings_get(&settings, w->conn, w->pool, w->pool));
    settings->organisation_name = name(w, "Host");
    settings->contact_email = chance(2) ? "" : "help@hammer.example";
    act_done(b2b_settings_update(w->conn, settings, settings->version, w->pool));
}

static void step(walk_t *w, int act)
{
    const char *portal_id = w->portals[chance(PORTALS)];

    switch (act) {
    case 0:
        act_portal(w, portal_id);
        break;
    case ACT_PARTNER:
        act_partner(w, portal_id);
        break;
    case 2:
    case 3:
        act_invite(w, portal_id);
        break;
    case 4:
    case 5:
        act_member(w, portal_id);
        break;
    case ACT_GROUP:
        act_group(w, portal_id);
        break;
    case 7:
        act_placement(w, portal_id);
        break;
    case 8:
        act_dashboard(w);
        break;
    case 9:
    case 10:
        act_share(w, portal_id);
        break;
    default:
        if (chance(6) == 0) {
            act_settings(w);
        }
        else {
            act_host(w);
        }
    }
}

WORLD_TEST(what_changes_is_touched)
{
    b2b_group_t group = {0};
    walk_t w = {0};
    int i;

    srand(20261122);
    w.conn = conn;
    w.portals[0] = world_portal(conn, "one")->id;
    w.portals[1] = world_portal(conn, "two")->id;
    group.name = "Staff";
    unit_ok(b2b_host_group_create(conn, &group, test_pool, test_pool));
    w.host_group = group.id;
    w.process = world_process(conn, "complaint");
    world_publish(conn, w.process, 1, "Group 1");
    world_host_user(conn, "root@hammer.example", B2B_HOST_ADMINISTRATOR);
    apr_pool_create(&w.pool, test_pool);
    for (i = 0; i < STEPS; i++) {
        int act = chance(ACTS);
        view_t before, after;

        apr_pool_clear(w.pool);
        look(&before, &w);
        world_untouch(conn);
        step(&w, act);
        look(&after, &w);
        w.changed[act] += compare(&w, &before, &after, act);
    }
    for (i = 0; i < ACTS; i++) {
        /* Publishing changes no decision; deleting a dashboard that is placed does. */
        ck_assert_msg(w.changed[i] > 0, "no act of kind %d changed anything", i);
    }
    ck_assert_int_gt(w.sponsors, 0);
    return NULL;
}

Suite *unit_suite(void)
{
    Suite *suite = suite_create("model: generations");
    TCase *tc = unit_case(suite, "touches");

    unit_database_start();
    tcase_add_loop_test(tc, what_changes_is_touched, 0, UNIT_DRIVERS);
    return suite;
}
