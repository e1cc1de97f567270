/* SPDX-License-Identifier: Apache-2.0 */
/* model/: the security of processes, on its way from a version by Send update to people. */
#include <string.h>

#include <apr_strings.h>

#include "instance_world.h"
#include "model/instance_private.h"

#define SECURITY(mode, partner, groups)                                                            \
    "{'mode':'" mode "','users':{'partner':" partner ",'partner_groups':[" groups "]}}"

/* A share of one process, held by Nord, whose people are Anna, of the group Quality, and Bert. */
typedef struct {
    b2b_db_conn_t *conn;
    const char *process;
    int version;
    b2b_portal_t *acme;
    b2b_partner_t *nord;
    b2b_member_t *anna;
    b2b_share_t *share;
} town_t;

static town_t *town_make(b2b_db_conn_t *conn)
{
    town_t *town = apr_pcalloc(test_pool, sizeof(*town));
    b2b_group_t *quality;
    int changed;

    town->conn = conn;
    town->acme = world_portal(conn, "acme");
    town->nord = world_partner(conn, town->acme->id, "Nord");
    town->anna = world_member(conn, town->acme->id, town->nord->id, "anna@nord.example");
    world_member(conn, town->acme->id, town->nord->id, "bert@nord.example");
    quality = world_group(conn, town->acme->id, "Quality");
    unit_ok(b2b_group_member_add(&changed, conn, town->acme->id, quality->id, town->anna->id,
                                 B2B_SOURCE_CONSOLE, test_pool));
    town->process = world_process(conn, "complaint");
    town->share = apr_pcalloc(test_pool, sizeof(*town->share));
    town->share->draft = world_share_document("Complaints", town->process);
    unit_ok(b2b_share_create(conn, town->share, test_pool, test_pool));
    unit_ok(
        b2b_grant_add(&changed, conn, town->acme->id, town->nord->id, town->share->id, test_pool));
    return town;
}

static void publish(town_t *town, const char *security)
{
    world_publish_text(town->conn, &town->process, "complaint",
                       apr_psprintf(test_pool,
                                    "{'title':'Complaint %d','security':%s,'forms':[{'name':"
                                    "'report','title':'Report','fields':[],'owners':{"
                                    "'creator':true,'partner_groups':['Quality']}}]}",
                                    ++town->version, security));
}

static b2b_send_t *prepare(town_t *town)
{
    b2b_share_t *found;
    b2b_send_t *send;

    unit_ok(b2b_share_get(&found, town->conn, town->share->id, test_pool, test_pool));
    unit_ok(b2b_send_prepare(&send, town->conn, found, 0, test_pool, test_pool));
    return send;
}

/* What would be gained and lost, as "2-1", then send it. */
static const char *sent(town_t *town)
{
    apr_array_header_t *grants;
    b2b_send_preview_t *p;
    b2b_sent_t done;

    unit_ok(b2b_grant_all(&grants, town->conn, town->share->id, test_pool, test_pool));
    unit_ok(b2b_send_preview(&p, town->conn, prepare(town), APR_ARRAY_IDX(grants, 0, b2b_grant_t *),
                             test_pool, test_pool));
    unit_ok(b2b_send(&done, town->conn, prepare(town), grants, NULL, test_pool));
    ck_assert_int_eq(done.sent, 1);
    return apr_psprintf(test_pool, "%d-%d", (int)p->gaining, (int)p->losing);
}

/* Who gains and who loses, with the security counted in. */
WORLD_TEST(the_preview_counts_security)
{
    town_t *town = town_make(conn);

    publish(town, SECURITY("off", "false", ""));
    ck_assert_str_eq(sent(town), "2-0");
    /* Bert may not create any more. */
    publish(town, SECURITY("assigned", "false", "'quality'"));
    ck_assert_str_eq(sent(town), "0-1");
    /* Now nobody may; Bert gets nothing back. */
    publish(town, SECURITY("assigned", "false", "'Ghosts'"));
    ck_assert_str_eq(sent(town), "0-1");
    publish(town, SECURITY("assigned", "true", ""));
    ck_assert_str_eq(sent(town), "2-0");
    /* Both may still view, but work no more. */
    publish(town, SECURITY("others_view", "false", ""));
    ck_assert_str_eq(sent(town), "0-2");
    publish(town, SECURITY("others_view", "false", "'Quality'"));
    ck_assert_str_eq(sent(town), "1-0");
    publish(town, SECURITY("only", "false", "'Quality'"));
    ck_assert_str_eq(sent(town), "0-1");
    publish(town, SECURITY("off", "false", "'Quality'"));
    ck_assert_str_eq(sent(town), "1-0");
    return NULL;
}

WORLD_TEST(names_of_users_are_bound)
{
    town_t *town = town_make(conn);
    apr_array_header_t *grants, *names;
    b2b_portal_snapshot_t *portal;
    b2b_send_preview_t *p;
    const b2b_snapshot_shared_process_t *held;

    publish(town, SECURITY("only", "false", "'QUALITY','Board'"));
    unit_ok(b2b_grant_all(&grants, conn, town->share->id, test_pool, test_pool));
    unit_ok(b2b_send_preview(&p, conn, prepare(town), APR_ARRAY_IDX(grants, 0, b2b_grant_t *),
                             test_pool, test_pool));
    ck_assert_int_eq(p->unbound->nelts, 1);
    ck_assert_str_eq(APR_ARRAY_IDX(p->unbound, 0, const char *), "Board");
    unit_ok(b2b_share_owner_groups(&names, conn, town->process, 1, test_pool, test_pool));
    ck_assert_int_eq(names->nelts, 2); /* Quality owns a form, too */
    sent(town);
    unit_ok(b2b_portal_snapshot_load(&portal, conn, town->acme->id, test_pool, test_pool));
    held = b2b_snapshot_shared_process(portal, town->nord->id, town->share->id, town->process);
    ck_assert_int_eq(held->security.mode, B2B_SECURITY_ONLY);
    ck_assert_int_eq(held->security.groups->nelts, 1);
    return NULL;
}

static const char *host_users(town_t *town, const b2b_instance_t *instance)
{
    b2b_process_security_t security;

    unit_ok(b2b_instance_security(&security, town->conn, instance->portal_id, instance->id,
                                  test_pool, test_pool));
    return apr_psprintf(test_pool, "%d %s", security.mode,
                        apr_array_pstrcat(test_pool, security.host_users, ','));
}

static const char *naming(const char *mode, const b2b_host_user_t *user)
{
    return apr_psprintf(test_pool, "{'mode':'%s','users':{'host_users':['%s']}}", mode, user->id);
}

/* For host users it is the version sent; without one the newest published. */
WORLD_TEST(what_counts_for_host_users)
{
    town_t *town = town_make(conn);
    b2b_host_user_t *hanna = world_host_user(conn, "hanna@host.example", B2B_HOST_USER);
    b2b_host_user_t *otto = world_host_user(conn, "otto@host.example", B2B_HOST_USER);
    b2b_process_security_t security;
    b2b_instance_t *instance;
    const char *first, *second;
    int has;

    publish(town, SECURITY("off", "false", ""));
    unit_ok(b2b_process_has_security(&has, conn, town->process, test_pool));
    ck_assert(!has);
    sent(town);
    instance = world_instance(conn, town->anna, town->share->id, town->process, 1, "{}");
    publish(town, naming("assigned", hanna));
    unit_ok(b2b_process_has_security(&has, conn, town->process, test_pool));
    ck_assert(has);
    ck_assert_str_eq(host_users(town, instance), "3 "); /* not sent yet */
    sent(town);
    first = apr_psprintf(test_pool, "1 %s", hanna->id);
    ck_assert_str_eq(host_users(town, instance), first);
    publish(town, naming("only", otto));
    ck_assert_str_eq(host_users(town, instance), first);
    second = apr_psprintf(test_pool, "0 %s", otto->id);
    unit_ok(b2b_grant_remove(conn, town->acme->id, town->nord->id, town->share->id, test_pool));
    ck_assert_str_eq(host_users(town, instance), second);
    unit_ok(b2b_instance_security(&security, conn, town->acme->id, town->process, test_pool,
                                  test_pool));
    ck_assert_int_eq(security.mode, B2B_SECURITY_ONLY); /* no such instance: nobody */
    ck_assert_int_eq(security.host_users->nelts, 0);
    return NULL;
}

WORLD_TEST(users_of_the_host_are_there)
{
    static const char document[] =
        "{\"title\":\"T\",\"description\":\"\",\"security\":{\"mode\":\"off\",\"users\":{"
        "\"host_users\":[\"0193a1b2-c3d4-7e5f-8a6b-7c8d9e0f1a2b\"],"
        "\"host_groups\":[\"0193a1b2-c3d4-7e5f-8a6b-7c8d9e0f1a2b\"]}},\"forms\":[]}";
    apr_array_header_t *missing;
    b2b_json_t *json;

    unit_ok(b2b_json_parse(&json, document, strlen(document), test_pool));
    unit_ok(b2b_process_missing(&missing, conn, json, test_pool, test_pool));
    ck_assert_int_eq(missing->nelts, 2);
    ck_assert_str_eq(APR_ARRAY_IDX(missing, 0, b2b_process_reference_t).place,
                     "security/users/host_users/0");
    ck_assert_str_eq(APR_ARRAY_IDX(missing, 1, b2b_process_reference_t).place,
                     "security/users/host_groups/0");
    return NULL;
}

/* Host lists leave out what is hidden, and go on until a page is full. */
static b2b_error_t *is_hidden(int *hidden, void *baton,
                              __attribute__((unused)) const char *portal_id, const char *id,
                              __attribute__((unused)) const char *process_id)
{
    *hidden = apr_hash_get(baton, id, APR_HASH_KEY_STRING) != NULL;
    return NULL;
}

WORLD_TEST(lists_leave_out_what_is_hidden)
{
    town_t *town = town_make(conn);
    b2b_host_user_t *hanna = world_host_user(conn, "hanna@host.example", B2B_HOST_USER);
    apr_array_header_t *ids = apr_array_make(test_pool, 12, sizeof(const char *));
    apr_hash_t *hidden = apr_hash_make(test_pool);
    b2b_instance_query_t query = {NULL};
    b2b_instance_page_t *page;
    int few = b2b_instance_few, walks, i, value, at_least;

    publish(town, SECURITY("off", "false", ""));
    sent(town);
    for (i = 0; i < 12; i++) {
        b2b_instance_t *instance = world_instance(conn, town->anna, town->share->id, town->process,
                                                  1, "{}");
        apr_array_header_t *owners = apr_array_make(test_pool, 1, sizeof(b2b_instance_owner_t));
        b2b_instance_owner_t *owner = apr_array_push(owners);

        owner->kind = "host_user";
        owner->principal_id = hanna->id;
        unit_ok(
            b2b_instance_reassign(conn, instance, instance->current_form, owners, 1, test_pool));
        APR_ARRAY_PUSH(ids, const char *) = instance->id;
        if (i < 7 || i == 9) {
            apr_hash_set(hidden, instance->id, APR_HASH_KEY_STRING, instance);
        }
    }
    query.principal = world_host_principal(hanna, NULL);
    query.sort = "created_at";
    query.is_hidden = is_hidden;
    query.hidden_baton = hidden;
    query.limit = 2;
    for (walks = 0; walks < 2; walks++) {
        b2b_instance_few = walks ? 0 : few; /* read whole, and walked */
        query.after_key = query.after_id = NULL;
        unit_ok(b2b_instance_list(&page, conn, &query, test_pool, test_pool));
        ck_assert_int_eq(page->keys->nelts, 2);
        ck_assert_str_eq(APR_ARRAY_IDX(page->keys, 0, b2b_instance_key_t).id,
                         APR_ARRAY_IDX(ids, 7, const char *));
        ck_assert_str_eq(APR_ARRAY_IDX(page->keys, 1, b2b_instance_key_t).id,
                         APR_ARRAY_IDX(ids, 8, const char *));
        ck_assert_ptr_nonnull(page->next_id);
        query.after_key = page->next_key;
        query.after_id = page->next_id;
        unit_ok(b2b_instance_list(&page, conn, &query, test_pool, test_pool));
        ck_assert_int_eq(page->keys->nelts, 2);
        ck_assert_str_eq(APR_ARRAY_IDX(page->keys, 1, b2b_instance_key_t).id,
                         APR_ARRAY_IDX(ids, 11, const char *));
        ck_assert_ptr_null(page->next_id);
        unit_ok(b2b_instance_count(&value, &at_least, conn, &query, test_pool));
        ck_assert_int_eq(value, 4);
        ck_assert(!at_least);
    }
    b2b_instance_few = few;
    return NULL;
}

Suite *unit_suite(void)
{
    Suite *suite = suite_create("model: process security");
    TCase *tc = unit_case(suite, "security");

    unit_database_start();
    tcase_set_timeout(tc, 120);
    tcase_add_loop_test(tc, the_preview_counts_security, 0, UNIT_DRIVERS);
    tcase_add_loop_test(tc, names_of_users_are_bound, 0, UNIT_DRIVERS);
    tcase_add_loop_test(tc, what_counts_for_host_users, 0, UNIT_DRIVERS);
    tcase_add_loop_test(tc, users_of_the_host_are_there, 0, UNIT_DRIVERS);
    tcase_add_loop_test(tc, lists_leave_out_what_is_hidden, 0, UNIT_DRIVERS);
    return suite;
}
