/* SPDX-License-Identifier: Apache-2.0 */
/* A small world for the tests of model/: see world.h. */
#include "world.h"

#include <string.h>

#include <apr_strings.h>

#include "base/chance.h"

void world_run(int driver, b2b_db_work_cb work)
{
    b2b_db_conn_t *conn = NULL;

    unit_ok(b2b_db_acquire(&conn, unit_database(driver), test_pool));
    unit_ok(b2b_db_transaction(conn, work, NULL, test_pool));
}

int world_touched(const b2b_db_conn_t *conn, const char *key)
{
    return conn->touched[b2b_db_slot(key)];
}

int world_touched_portal(const b2b_db_conn_t *conn, const char *portal_id)
{
    return world_touched(conn, apr_pstrcat(test_pool, "portal:", portal_id, NULL));
}

int world_touched_identity(const b2b_db_conn_t *conn, const char *portal_id, const char *subject)
{
    return world_touched(conn,
                         b2b_identity_key(portal_id, world_identity(subject, NULL), test_pool));
}

void world_untouch(b2b_db_conn_t *conn)
{
    memset(conn->touched, 0, sizeof(conn->touched));
    conn->touched_count = 0;
}

b2b_identity_t *world_identity(const char *subject, const char *email)
{
    b2b_identity_t *identity = apr_pcalloc(test_pool, sizeof(*identity));

    identity->issuer = WORLD_ISSUER;
    identity->subject = subject;
    identity->email = email;
    identity->email_verified = B2B_VERIFIED_YES;
    return identity;
}

b2b_portal_t *world_portal(b2b_db_conn_t *conn, const char *technical_name)
{
    b2b_portal_t *portal = apr_pcalloc(test_pool, sizeof(*portal));
    apr_array_header_t *issuers = apr_array_make(test_pool, 1, sizeof(b2b_issuer_t));
    b2b_issuer_t *issuer = apr_array_push(issuers);

    issuer->issuer = WORLD_ISSUER;
    issuer->label = "Sign in";
    issuer->vouches_for_email = 0;
    portal->technical_name = technical_name;
    portal->name = apr_pstrcat(test_pool, "Portal ", technical_name, NULL);
    portal->color = "#336699";
    portal->locale = "en";
    unit_ok(b2b_portal_create(conn, portal, issuers, test_pool, test_pool));
    return portal;
}

b2b_partner_t *world_partner(b2b_db_conn_t *conn, const char *portal_id, const char *name)
{
    b2b_partner_t *partner = apr_pcalloc(test_pool, sizeof(*partner));

    partner->portal_id = portal_id;
    partner->name = name;
    unit_ok(b2b_partner_create(conn, partner, test_pool, test_pool));
    return partner;
}

b2b_group_t *world_group(b2b_db_conn_t *conn, const char *portal_id, const char *name)
{
    b2b_group_t *group = apr_pcalloc(test_pool, sizeof(*group));

    group->name = name;
    unit_ok(b2b_group_create(conn, portal_id, group, test_pool, test_pool));
    return group;
}

b2b_member_t *world_invited(b2b_db_conn_t *conn, const char *portal_id, const char *partner_id,
                            const char *email)
{
    b2b_member_t values = {0};
    b2b_invitation_t *invitation;
    b2b_member_t *member;
    b2b_invited_e result;

    values.portal_id = portal_id;
    values.partner_id = partner_id;
    values.email = email;
    values.role = B2B_MEMBER_VIEWER;
    unit_ok(b2b_member_invite(&result, &member, conn, &values, NULL, test_pool, test_pool));
    unit_ok(b2b_invitation_create(&invitation, conn, portal_id, member->id, NULL, NULL, test_pool,
                                  test_pool));
    unit_ok(b2b_member_get(&member, conn, portal_id, member->id, test_pool, test_pool));
    return member;
}

b2b_member_t *world_member(b2b_db_conn_t *conn, const char *portal_id, const char *partner_id,
                           const char *email)
{
    b2b_member_t *member = world_invited(conn, portal_id, partner_id, email);
    int answered;

    unit_ok(b2b_invitation_answer(&answered, conn, portal_id, member->invitation_id,
                                  world_identity(email, email), TRUE, test_pool));
    ck_assert_int_eq(answered, TRUE);
    unit_ok(b2b_member_get(&member, conn, portal_id, member->id, test_pool, test_pool));
    ck_assert_int_eq(member->state, B2B_STATE_ACTIVE);
    return member;
}

b2b_member_t *world_member_now(b2b_db_conn_t *conn, const char *portal_id, const char *id)
{
    b2b_member_t *found;

    unit_ok(b2b_member_get(&found, conn, portal_id, id, test_pool, test_pool));
    return found;
}

b2b_decision_t world_decide(b2b_db_conn_t *conn, const char *portal_id, const char *subject)
{
    b2b_identity_t *identity = world_identity(subject, NULL);
    b2b_portal_snapshot_t *snapshot;
    b2b_principal_t *principal;

    unit_ok(b2b_portal_snapshot_load(&snapshot, conn, portal_id, test_pool, test_pool));
    unit_ok(b2b_principal_load(&principal, conn, portal_id, identity, test_pool, test_pool));
    return b2b_policy_member(snapshot, identity, principal, b2b_clock_now());
}

b2b_host_user_t *world_host_user(b2b_db_conn_t *conn, const char *email, int roles)
{
    b2b_host_user_t *user = apr_pcalloc(test_pool, sizeof(*user));

    user->email = email;
    user->roles = roles;
    unit_ok(b2b_host_user_create(conn, user, test_pool, test_pool));
    unit_ok(b2b_host_user_link(&user, conn, world_identity(email, email), test_pool, test_pool));
    ck_assert_ptr_nonnull(user);
    return user;
}

b2b_dashboard_t *world_dashboard(b2b_db_conn_t *conn, const char *title)
{
    b2b_dashboard_t *dashboard = apr_pcalloc(test_pool, sizeof(*dashboard));
    apr_int64_t number;

    dashboard->kind = "page";
    dashboard->title = title;
    unit_ok(b2b_dashboard_create(conn, dashboard, test_pool, test_pool));
    unit_ok(
        b2b_dashboard_publish(&number, conn, dashboard->id, dashboard->version, NULL, test_pool));
    ck_assert_int_eq(number, 1);
    unit_ok(b2b_dashboard_get(&dashboard, conn, dashboard->id, test_pool, test_pool));
    return dashboard;
}

b2b_placement_t *world_placement(b2b_db_conn_t *conn, const char *portal_id,
                                 const b2b_dashboard_t *dashboard, const char *partner_id,
                                 const char *group_id)
{
    b2b_placement_t *placement = apr_pcalloc(test_pool, sizeof(*placement));

    placement->portal_id = portal_id;
    placement->dashboard_id = dashboard->id;
    placement->partner_id = partner_id;
    placement->name = dashboard->title;
    placement->everyone = group_id == NULL;
    placement->groups = world_ids(group_id, NULL);
    unit_ok(b2b_placement_create(conn, placement, test_pool, test_pool));
    return placement;
}

apr_array_header_t *world_ids(const char *one, const char *two)
{
    apr_array_header_t *ids = apr_array_make(test_pool, 2, sizeof(const char *));

    if (one) {
        APR_ARRAY_PUSH(ids, const char *) = one;
    }
    if (two) {
        APR_ARRAY_PUSH(ids, const char *) = two;
    }
    return ids;
}

/* A document whose form "check" is owned by the partner group OWNERS. */
static const char *process_document(int version, const char *owners)
{
    return apr_psprintf(
        test_pool,
        "{\"title\":\"Complaint %d\",\"description\":\"\",\"security\":{\"mode\":\"off\","
        "\"users\":{}},\"forms\":[{\"name\":\"report\","
        "\"owners\":{\"partner_groups\":[]}},{\"name\":\"check\",\"owners\":{"
        "\"partner_groups\":[\"%s\"]}}]}",
        version, owners);
}

const char *world_process(b2b_db_conn_t *conn, const char *name)
{
    b2b_process_t values = {NULL};

    values.name = name;
    values.category = "";
    values.document = process_document(0, "Nobody");
    unit_ok(b2b_process_create(conn, &values, NULL, test_pool, test_pool));
    return values.id;
}

/* Publish version MAJOR, the next one. */
void world_publish(b2b_db_conn_t *conn, const char *id, int major, const char *owners)
{
    apr_int64_t published;
    b2b_process_t *found;

    unit_ok(b2b_process_get(&found, conn, id, test_pool, test_pool));
    found->document = process_document(major, owners);
    unit_ok(b2b_process_update(conn, found, B2B_VERSION_ANY, NULL, test_pool));
    unit_ok(b2b_process_publish(&published, conn, id, B2B_VERSION_ANY, NULL, test_pool));
    ck_assert_int_eq(published, major);
}

b2b_share_document_t *world_share_document(const char *title, const char *process_id)
{
    b2b_share_document_t *d = apr_pcalloc(test_pool, sizeof(*d));
    apr_array_header_t *processes = apr_array_make(test_pool, 1, sizeof(b2b_share_process_t));

    d->title = title;
    d->instructions = "Tell us what is wrong.";
    if (process_id) {
        b2b_share_process_t *p = apr_array_push(processes);

        memset(p, 0, sizeof(*p));
        p->process_id = process_id;
        p->allow_create = 1;
        p->creators.everyone = 1;
        p->creators.groups = world_ids(NULL, NULL);
    }
    d->processes = processes;
    d->partner_groups = world_ids(NULL, NULL);
    d->dashboards = apr_array_make(test_pool, 1, sizeof(b2b_share_dashboard_t));
    return d;
}
