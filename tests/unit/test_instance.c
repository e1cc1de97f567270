/* SPDX-License-Identifier: Apache-2.0 */
/* model/: instances, their owners, what lists go by, their history. Lists: test_instance_list.c. */
#include "instance_world.h"

#include <string.h>

#include <apr_strings.h>

#include "base/chance.h"

static const char process[] =
    "{'title':'Complaint','reference_pattern':'[name]-[number:3]-[subject]','forms':["
    "{'name':'report','title':'Report','fields':["
    "{'name':'subject','title':'S','type':'text','indexed':true},"
    "{'name':'tags','title':'T','type':'choice','appearance':'checkboxes','indexed':true,'options':"
    "["
    "{'value':'x','label':'X'},{'value':'y','label':'Y'}]},"
    "{'name':'expert','title':'E','type':'person','from_partner':true,'multiple':true}]},"
    "{'name':'review','title':'Review','owners':{'partner_groups':['Quality','Unbound'],'field':'"
    "expert'}},"
    "{'name':'closing','title':'Closing','owners':{'host_users':['%s'],'partner':true}}]}";

typedef struct {
    b2b_portal_t *portal;
    b2b_partner_t *partner;
    b2b_member_t *anna, *bert;
    b2b_group_t *group;
    b2b_host_user_t *clerk;
    b2b_document_t *document;
    const char *share, *process;
} ground_t;

static ground_t ground(b2b_db_conn_t *conn)
{
    ground_t g = {0};

    g.portal = world_portal(conn, "acme");
    g.partner = world_partner(conn, g.portal->id, "North");
    g.anna = world_member(conn, g.portal->id, g.partner->id, "anna@north.example");
    g.bert = world_member(conn, g.portal->id, g.partner->id, "bert@north.example");
    g.group = world_group(conn, g.portal->id, "Quality");
    g.clerk = world_host_user(conn, "clerk@host.example", B2B_HOST_USER);
    g.document = world_publish_text(conn, &g.process, "complaint",
                                    apr_psprintf(test_pool, process, g.clerk->id));
    g.share = world_share(conn, "Service");
    world_grant(conn, g.partner, g.share, "quality", g.group->id);
    return g;
}

static b2b_instance_t *get(b2b_db_conn_t *conn, const b2b_instance_t *instance)
{
    b2b_instance_t *found;

    unit_ok(
        b2b_instance_get(&found, conn, instance->portal_id, instance->id, test_pool, test_pool));
    return found;
}

/* "0 member Anna, 1 group Quality": the owners, by name. */
static const char *owners(b2b_db_conn_t *conn, const b2b_instance_t *instance)
{
    b2b_instance_people_t *people = b2b_instance_people_create(test_pool);
    const char *text = "";
    int i;

    for (i = 0; i < instance->owners->nelts; i++) {
        const b2b_instance_owner_t *o = &APR_ARRAY_IDX(instance->owners, i, b2b_instance_owner_t);

        b2b_instance_people_add(people, o->kind, o->principal_id);
    }
    unit_ok(b2b_instance_people_load(people, conn, instance->portal_id, test_pool));
    for (i = 0; i < instance->owners->nelts; i++) {
        const b2b_instance_owner_t *o = &APR_ARRAY_IDX(instance->owners, i, b2b_instance_owner_t);
        const b2b_instance_person_t *person = b2b_instance_people_get(people, o->kind,
                                                                      o->principal_id);

        text = apr_psprintf(test_pool, "%s%s%d %s %s", text, i ? ", " : "", o->form, o->kind,
                            person ? person->name : "-");
    }
    return text;
}

/* "subject: ab*, tags: x* y": what lists go by; * is what they sort by. */
static const char *keys(b2b_db_conn_t *conn, const b2b_instance_t *instance)
{
    b2b_db_rows_t *rows = NULL;
    const char *text = "";

    unit_ok(conn->db->driver->text(
        &rows, conn,
        apr_psprintf(
            test_pool,
            "SELECT field, value_key, is_sort, form FROM instance_values WHERE instance_id = "
            "'%s' ORDER BY field, value_key",
            instance->id),
        test_pool));
    while (b2b_db_next(rows)) {
        ck_assert_int_eq(b2b_db_integer(rows, 3), 0);
        text = apr_psprintf(test_pool, "%s%s=%s%s ", text, b2b_db_text(rows, 0),
                            b2b_db_text(rows, 1), b2b_db_bool(rows, 2) ? "*" : "");
    }
    return text;
}

/* Who has the turn: kinds, in order. */
static const char *turn(b2b_db_conn_t *conn, const b2b_instance_t *instance)
{
    b2b_db_rows_t *rows = NULL;
    const char *text = "";

    unit_ok(conn->db->driver->text(
        &rows, conn,
        apr_psprintf(
            test_pool,
            "SELECT form, kind FROM instance_owners WHERE instance_id = '%s' AND is_current "
            "= 1 ORDER BY form, kind",
            instance->id),
        test_pool));
    while (b2b_db_next(rows)) {
        text = apr_pstrcat(test_pool, text, b2b_db_text(rows, 0), " ", b2b_db_text(rows, 1), " ",
                           NULL);
    }
    return text;
}

static void submit(b2b_db_conn_t *conn, const ground_t *g, b2b_instance_t *instance,
                   const b2b_json_t *held)
{
    int form = instance->current_form;

    instance->values = b2b_json_write(held, test_pool);
    b2b_instance_turn_values(instance, g->document, (apr_uint64_t)1 << form, b2b_clock_now());
    unit_ok(b2b_instance_update(conn, instance, instance->version, test_pool));
    unit_ok(
        b2b_instance_turn(conn, instance, g->document, (apr_uint64_t)1 << form, held, test_pool));
}

WORLD_TEST(begins_and_is_passed_on)
{
    ground_t g = ground(conn);
    b2b_instance_t *made;
    b2b_json_t *held;

    world_untouch(conn);
    made = world_instance(conn, g.anna, g.share, g.process, 1,
                          "{'subject':'Ab c','tags':['x','y']}");
    ck_assert_str_eq(made->reference, "complaint-001-Ab c");
    ck_assert_str_eq(made->state, "draft");
    ck_assert_str_eq(made->portal, "acme");
    ck_assert_str_eq(made->partner_name, "North");
    ck_assert_int_eq(made->version, 1);
    /* The first form names nobody: its creator. A name without a group is nobody. */
    ck_assert_str_eq(owners(conn, made),
                     apr_psprintf(test_pool,
                                  "0 member %s, 1 group Quality, 2 host_user %s, 2 partner ",
                                  g.anna->email, g.clerk->email));
    ck_assert_str_eq(turn(conn, made), "0 member ");
    ck_assert_str_eq(keys(conn, made), "subject=ab c* tags=x* tags=y ");
    ck_assert_str_eq(world_instance(conn, g.bert, g.share, g.process, 1, "{}")->reference,
                     "complaint-002--");

    held = unit_json(apr_psprintf(test_pool,
                                  "{'subject':'Ab c','expert':[{'kind':'member','id':'%s'}]}",
                                  g.bert->id),
                     test_pool);
    submit(conn, &g, made, held);
    made = get(conn, made);
    ck_assert_str_eq(made->status, "review");
    ck_assert_str_eq(made->state, "open");
    ck_assert_str_eq(turn(conn, made), "1 group 1 member ");
    submit(conn, &g, made, held);
    ck_assert_str_eq(turn(conn, made), "2 host_user 2 partner ");
    submit(conn, &g, made, held);
    made = get(conn, made);
    ck_assert_str_eq(made->status, "completed");
    ck_assert(made->completed_at != 0);
    ck_assert_str_eq(turn(conn, made), "");
    /* No decision is made anew because of work. */
    ck_assert_int_eq(conn->touched_count, 0);
    return NULL;
}

WORLD_TEST(nobody_can_work)
{
    ground_t g = ground(conn);
    b2b_instance_t *made = world_instance(conn, g.anna, g.share, g.process, 1, "{}");
    apr_array_header_t *found = apr_array_make(test_pool, 1, sizeof(b2b_instance_owner_t));
    b2b_instance_owner_t *owner = apr_array_push(found);

    /* The group of the second form goes, and nobody was chosen. */
    unit_ok(b2b_group_delete(conn, g.portal->id, g.group->id, g.group->version, test_pool));
    submit(conn, &g, made, b2b_json_object(test_pool));
    ck_assert_str_eq(turn(conn, made), "1 group 1 nobody ");
    ck_assert_str_eq(owners(conn, get(conn, made)),
                     apr_psprintf(test_pool,
                                  "0 member %s, 1 group Quality, 2 host_user %s, 2 partner ",
                                  g.anna->email, g.clerk->email));
    owner->kind = "member";
    owner->principal_id = g.bert->id;
    unit_ok(b2b_instance_reassign(conn, made, made->current_form, found, TRUE, test_pool));
    ck_assert_str_eq(turn(conn, made), "1 member ");
    owner->kind = "partner";
    owner->principal_id = g.partner->id;
    unit_ok(b2b_instance_reassign(conn, made, made->current_form, found, FALSE, test_pool));
    unit_ok(b2b_instance_reassign(conn, made, made->current_form, found, FALSE,
                                  test_pool)); /* again is no matter */
    ck_assert_str_eq(turn(conn, made), "1 member 1 partner ");
    return NULL;
}

WORLD_TEST(versions_and_the_bin)
{
    ground_t g = ground(conn);
    b2b_instance_t *made = world_instance(conn, g.anna, g.share, g.process, 1, "{'subject':'a'}");
    b2b_json_t *before = unit_json("{'subject':'a'}", test_pool);
    b2b_json_t *now = unit_json("{'subject':'B','tags':['y']}", test_pool);
    b2b_instance_actor_t actor = world_actor(g.bert);
    int restored;

    made->modified_by = actor;
    made->values = b2b_json_write(now, test_pool);
    unit_error(b2b_instance_update(conn, made, 2, test_pool), B2B_E_STALE);
    unit_ok(b2b_instance_update(conn, made, 1, test_pool));
    unit_ok(b2b_instance_values_write(conn, made, g.document, before, now, test_pool));
    ck_assert_str_eq(keys(conn, made), "subject=b* tags=y* ");
    made = get(conn, made);
    ck_assert_int_eq(made->version, 2);
    ck_assert_str_eq(made->modified_by.name, g.bert->email);
    ck_assert_str_eq(made->created_by.name, g.anna->email);

    unit_error(b2b_instance_delete(conn, made, 1, &actor, test_pool), B2B_E_STALE);
    unit_ok(b2b_instance_delete(conn, made, 2, &actor, test_pool));
    ck_assert_ptr_null(get(conn, made));
    unit_error(b2b_instance_update(conn, made, B2B_VERSION_ANY, test_pool), B2B_E_NOT_FOUND);
    unit_ok(b2b_instance_restore(&restored, conn, made->portal_id, made->id, test_pool));
    ck_assert(restored);
    unit_ok(b2b_instance_restore(&restored, conn, made->portal_id, made->id, test_pool));
    ck_assert(!restored);
    ck_assert_int_eq(get(conn, made)->version, 4);
    return NULL;
}

static b2b_instance_actor_t host_actor(const b2b_host_user_t *user)
{
    b2b_instance_actor_t actor;

    actor.kind = "host_user";
    actor.id = user->id;
    actor.name = user->email;
    return actor;
}

WORLD_TEST(made_by_the_host)
{
    ground_t g = ground(conn);
    apr_array_header_t *rows;
    b2b_instance_key_t key;
    b2b_instance_t *made;

    made = world_instance_by(conn, host_actor(g.clerk), g.anna, g.share, g.process, 1, "{}");
    ck_assert_str_eq(made->created_by.kind, "host_user");
    ck_assert_str_eq(made->created_by.id, g.clerk->id);
    ck_assert_str_eq(made->created_by.name, g.clerk->email);
    ck_assert_str_eq(made->modified_by.kind, "host_user");
    ck_assert_str_eq(made->modified_by.name, g.clerk->email);
    /* The first form names nobody: its creator, of whichever kind; who made it is no owner. */
    ck_assert_str_eq(owners(conn, made),
                     apr_psprintf(test_pool,
                                  "0 host_user %s, 1 group Quality, 2 host_user %s, 2 partner ",
                                  g.clerk->email, g.clerk->email));
    ck_assert_str_eq(turn(conn, made), "0 host_user ");
    key.portal_id = made->portal_id;
    key.id = made->id;
    rows = apr_array_make(test_pool, 1, sizeof(key));
    APR_ARRAY_PUSH(rows, b2b_instance_key_t) = key;
    unit_ok(b2b_instance_plain_rows(&rows, conn, rows, TRUE, test_pool));
    ck_assert_str_eq(APR_ARRAY_IDX(rows, 0, b2b_instance_t *)->created_by.kind, "host_user");
    ck_assert_int_eq(APR_ARRAY_IDX(rows, 0, b2b_instance_t *)->owners->nelts, 4);
    submit(conn, &g, made, unit_json("{}", test_pool));
    ck_assert_str_eq(turn(conn, made), "1 group ");
    return NULL;
}

WORLD_TEST(another_portal_is_another_place)
{
    ground_t g = ground(conn);
    b2b_portal_t *other = world_portal(conn, "globex");
    b2b_instance_t *made = world_instance(conn, g.anna, g.share, g.process, 1, "{}");
    b2b_instance_t *found;

    unit_ok(b2b_instance_get(&found, conn, other->id, made->id, test_pool, test_pool));
    ck_assert_ptr_null(found);
    made->portal_id = other->id;
    unit_error(b2b_instance_update(conn, made, B2B_VERSION_ANY, test_pool), B2B_E_NOT_FOUND);
    return NULL;
}

WORLD_TEST(who_may_be_chosen)
{
    ground_t g = ground(conn);
    b2b_partner_t *south = world_partner(conn, g.portal->id, "South");
    b2b_group_t experts = {0};
    apr_array_header_t *found = apr_array_make(test_pool, 4, sizeof(void *));
    apr_hash_t *in;
    int changed, has;

    world_member(conn, g.portal->id, south->id, "anton@south.example");
    world_invited(conn, g.portal->id, g.partner->id, "andrea@north.example");
    experts.name = "Experts";
    unit_ok(b2b_host_group_create(conn, &experts, test_pool, test_pool));
    unit_ok(b2b_instance_find_members(found, conn, g.portal->id, g.partner->id, "AN", 20, test_pool,
                                      test_pool));
    ck_assert_int_eq(found->nelts, 1);
    ck_assert_str_eq(APR_ARRAY_IDX(found, 0, b2b_instance_person_t *)->id, g.anna->id);
    apr_array_clear(found);
    unit_ok(b2b_instance_find_host_users(found, conn, world_ids(NULL, NULL), NULL, 20, test_pool,
                                         test_pool));
    unit_ok(b2b_instance_find_host_users(found, conn, world_ids(experts.id, NULL), NULL, 20,
                                         test_pool, test_pool));
    ck_assert_int_eq(found->nelts, 0);
    unit_ok(b2b_host_group_add(&changed, conn, experts.id, g.clerk->id, test_pool));
    unit_ok(b2b_instance_find_host_users(found, conn, world_ids(experts.id, NULL), "clerk", 20,
                                         test_pool, test_pool));
    ck_assert_int_eq(found->nelts, 1);
    unit_ok(b2b_instance_host_users_in(&in, conn, world_ids(g.clerk->id, g.anna->id),
                                       world_ids(experts.id, NULL), test_pool, test_pool));
    ck_assert_int_eq(apr_hash_count(in), 1);

    apr_array_clear(found);
    unit_ok(b2b_instance_find_groups(found, conn, g.portal->id, g.partner->id, NULL, 20, test_pool,
                                     test_pool));
    ck_assert_int_eq(found->nelts, 0);
    unit_ok(b2b_group_member_add(&changed, conn, g.portal->id, g.group->id, g.anna->id,
                                 B2B_SOURCE_CONSOLE, test_pool));
    unit_ok(b2b_instance_find_groups(found, conn, g.portal->id, g.partner->id, "qual", 20,
                                     test_pool, test_pool));
    ck_assert_int_eq(found->nelts, 1);
    unit_ok(
        b2b_instance_group_has(&has, conn, g.portal->id, g.group->id, g.partner->id, test_pool));
    ck_assert(has);
    unit_ok(b2b_instance_group_has(&has, conn, g.portal->id, g.group->id, south->id, test_pool));
    ck_assert(!has);
    return NULL;
}

WORLD_TEST(history_says_how_things_were)
{
    ground_t g = ground(conn);
    b2b_instance_people_t *people = b2b_instance_people_create(test_pool);
    const char *value = apr_psprintf(test_pool, "[{'kind':'member','id':'%s'}]", g.bert->id);
    b2b_json_t *before = unit_json("{'subject':'a','tags':['x']}", test_pool);
    b2b_json_t *now = unit_json(apr_psprintf(test_pool, "{'tags':['x','y'],'expert':%s}", value),
                                test_pool);
    b2b_instance_t *made = world_instance(conn, g.anna, g.share, g.process, 1, "{}");
    b2b_instance_actor_t actor = world_actor(g.anna);
    b2b_list_t list = {0};
    b2b_page_t *page;
    const b2b_instance_change_t *change;

    b2b_instance_people_add_value(people, b2b_json_get(now, "expert"));
    unit_ok(b2b_instance_people_load(people, conn, g.portal->id, test_pool));
    unit_ok(b2b_instance_change_add(conn, made->portal_id, made->id, &actor, "save", 0,
                                    b2b_instance_changes_between(g.document, 0, before, now, people,
                                                                 test_pool),
                                    test_pool));
    list.limit = 5;
    unit_ok(b2b_instance_change_list(&page, conn, made->portal_id, made->id, &list, test_pool,
                                     test_pool));
    ck_assert_int_eq(page->items->nelts, 1);
    change = APR_ARRAY_IDX(page->items, 0, const b2b_instance_change_t *);
    ck_assert_str_eq(change->actor_name, g.anna->email);
    ck_assert_str_eq(change->changes,
                     apr_psprintf(test_pool,
                                  "[{\"field\":\"subject\",\"old\":\"a\",\"new\":null},"
                                  "{\"field\":\"tags\",\"old\":\"X\",\"new\":\"X; Y\"},"
                                  "{\"field\":\"expert\",\"old\":null,\"new\":\"%s\"}]",
                                  g.bert->email));
    return NULL;
}

Suite *unit_suite(void)
{
    Suite *suite = suite_create("instance");
    TCase *tc = unit_case(suite, "instance");

    unit_database_start();
    tcase_add_loop_test(tc, begins_and_is_passed_on, 0, UNIT_DRIVERS);
    tcase_add_loop_test(tc, nobody_can_work, 0, UNIT_DRIVERS);
    tcase_add_loop_test(tc, versions_and_the_bin, 0, UNIT_DRIVERS);
    tcase_add_loop_test(tc, made_by_the_host, 0, UNIT_DRIVERS);
    tcase_add_loop_test(tc, another_portal_is_another_place, 0, UNIT_DRIVERS);
    tcase_add_loop_test(tc, who_may_be_chosen, 0, UNIT_DRIVERS);
    tcase_add_loop_test(tc, history_says_how_things_were, 0, UNIT_DRIVERS);
    return suite;
}
