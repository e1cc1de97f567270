/* SPDX-License-Identifier: Apache-2.0 */
/* The grants of a portal's snapshot: what each partner holds, and nothing else. */
#include "world.h"

#include <string.h>

#include <apr_strings.h>

#define COMPLAINT                                                                                  \
    "{\"process_id\":\"p1\",\"process_version\":3,\"process_name\":\"complaint\","                 \
    "\"allow_create\":true,\"creators\":{\"everyone\":false,\"groups\":[\"QUALITY\",\"Ghosts\","   \
    "\"Sales\"]},\"creators_only_open\":false,\"allow_delete\":true,\"form_visibility\":\"all\"}"
#define TRAINING                                                                                   \
    "{\"process_id\":\"p2\",\"process_version\":1,\"allow_create\":true,"                          \
    "\"creators\":{\"everyone\":true,\"groups\":[]},\"creators_only_open\":true,"                  \
    "\"allow_delete\":false,\"form_visibility\":\"assigned\"}"

/* One portal with two partners and two groups, a portal beside it, two processes. */
typedef struct {
    b2b_db_config_t config;
    b2b_db_conn_t *conn;
    const char *portal, *other;
    const char *nord, *ost, *far; /* FAR is a partner of the other portal */
    const char *quality, *sales;
} town_t;

static b2b_error_t *found(void *baton, b2b_db_conn_t *conn,
                          __attribute__((unused)) apr_pool_t *pool)
{
    town_t *town = baton;

    town->portal = world_portal(conn, "one")->id;
    town->other = world_portal(conn, "two")->id;
    town->nord = world_partner(conn, town->portal, "Nord")->id;
    town->ost = world_partner(conn, town->portal, "Ost")->id;
    town->far = world_partner(conn, town->other, "Far")->id;
    town->quality = world_group(conn, town->portal, "Quality")->id;
    town->sales = world_group(conn, town->portal, "Sales")->id;
    return NULL;
}

__attribute__((format(printf, 2, 3))) static void sql(town_t *town, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    unit_database_sql(&town->config, apr_pvsprintf(test_pool, format, arguments));
    va_end(arguments);
}

static void add_process(town_t *town, const char *id)
{
    sql(town,
        "INSERT INTO processes (id, name, title, title_folded, description, form_count, category, "
        "category_folded, document, major, minor, published, draft_changed, version, created_at, "
        "modified_at) VALUES ('%s', '%s', 'T', 't', '', 1, '', '', '{}', 3, 0, 3, 0, 1, 1, 1)",
        id, id);
}

static void add_share(town_t *town, const char *id)
{
    sql(town,
        "INSERT INTO shares (id, title, title_folded, document, draft_changed, revision, version, "
        "created_at, modified_at) VALUES ('%s', '%s', '%s', '{}', 0, 1, 1, 1, 1)",
        id, id, id);
}

/* Revision NUMBER of SHARE as DOCUMENT, naming the processes p1 and p2 as far as it does. */
static void add_revision(town_t *town, const char *share, int number, const char *document)
{
    sql(town,
        "INSERT INTO share_revisions (share_id, number, document, made_at) "
        "VALUES ('%s', %d, '%s', 1)",
        share, number, document);
    for (int i = 1; i <= 2; i++) {
        const char *id = apr_psprintf(test_pool, "p%d", i);

        if (strstr(document, apr_pstrcat(test_pool, "\"", id, "\"", NULL))) {
            sql(town,
                "INSERT INTO share_processes (share_id, number, process_id, process_version) "
                "VALUES ('%s', %d, '%s', 1)",
                share, number, id);
        }
    }
}

/* VERSION of PROCESS with SECURITY, as the sent revisions of add_revision name it where it is 1. */
static void add_version(town_t *town, const char *process, int version, const char *security)
{
    sql(town,
        "INSERT INTO process_versions (process_id, major, minor, document, security, first_owners, "
        "saved_at) VALUES ('%s', %d, 0, '{}', '%s', '', 1)",
        process, version, security);
}

static void add_grant(town_t *town, const char *portal, const char *partner, const char *share,
                      int revision)
{
    sql(town,
        "INSERT INTO grants (portal_id, partner_id, share_id, revision, created_at) "
        "VALUES ('%s', '%s', '%s', %d, 1)",
        portal, partner, share, revision);
}

static void bind_name(town_t *town, const char *partner, const char *share, const char *name,
                      const char *group)
{
    sql(town,
        "INSERT INTO grant_groups (portal_id, partner_id, share_id, name_folded, group_id) "
        "VALUES ('%s', '%s', '%s', '%s', '%s')",
        town->portal, partner, share, name, group);
}

static town_t *town_make(int driver)
{
    town_t *town = apr_pcalloc(test_pool, sizeof(*town));
    b2b_db_t *db;

    town->config = unit_database_config(driver);
    unit_ok(b2b_db_create(&db, &town->config, test_pool));
    unit_ok(b2b_db_acquire(&town->conn, db, test_pool));
    unit_ok(b2b_db_transaction(town->conn, found, town, test_pool));
    add_process(town, "p1");
    add_process(town, "p2");
    add_share(town, "s1");
    add_share(town, "s2");
    add_revision(town, "s1", 1, "{\"processes\":[" COMPLAINT "]}");
    add_revision(town, "s1", 2, "{\"processes\":[" TRAINING "," COMPLAINT "]}");
    add_revision(town, "s2", 1, "{\"processes\":[" TRAINING "]}");
    return town;
}

static b2b_portal_snapshot_t *load(town_t *town, const char *portal_id)
{
    b2b_portal_snapshot_t *snapshot;

    unit_ok(b2b_portal_snapshot_load(&snapshot, town->conn, portal_id, test_pool, test_pool));
    ck_assert_ptr_nonnull(snapshot);
    return snapshot;
}

/* As "p1:3 create delete all quality,…", in the order of the revision. */
static const char *held(town_t *town, const char *partner, const char *share)
{
    const b2b_snapshot_grant_t *grant = b2b_snapshot_grant(load(town, town->portal), partner,
                                                           share);
    const char *text = "";

    if (!grant) {
        return "nothing";
    }
    ck_assert_str_eq(grant->partner_id, partner);
    ck_assert_str_eq(grant->share_id, share);
    text = apr_psprintf(test_pool, "%d", (int)grant->revision);
    for (int i = 0; i < grant->processes->nelts; i++) {
        const b2b_snapshot_shared_process_t *p = &APR_ARRAY_IDX(grant->processes, i,
                                                                b2b_snapshot_shared_process_t);

        ck_assert_str_eq(p->partner_id, partner);
        ck_assert_str_eq(p->share_id, share);
        text = apr_psprintf(test_pool, "%s %s:%d%s%s%s%s%s", text, p->process_id,
                            (int)p->process_version, p->allow_create ? "+create" : "",
                            p->creators_everyone ? "+everyone" : "",
                            p->creators_only_open ? "+only" : "", p->allow_delete ? "+delete" : "",
                            p->all_forms ? "+all" : "");
        for (int g = 0; g < p->creator_groups->nelts; g++) {
            const char *id = APR_ARRAY_IDX(p->creator_groups, g, const char *);

            ck_assert(g == 0 ||
                      strcmp(APR_ARRAY_IDX(p->creator_groups, g - 1, const char *), id) < 0);
            text = apr_pstrcat(test_pool, text,
                               strcmp(id, town->quality) == 0 ? "+Quality"
                               : strcmp(id, town->sales) == 0 ? "+Sales"
                                                              : id,
                               NULL);
        }
    }
    return text;
}

START_TEST(each_partner_holds_what_was_sent_to_it)
{
    town_t *town = town_make(_i);
    const b2b_portal_snapshot_t *portal;

    add_grant(town, town->portal, town->nord, "s1", 1);
    add_grant(town, town->portal, town->ost, "s1", 2);
    add_grant(town, town->portal, town->ost, "s2", 1);
    add_grant(town, town->other, town->far, "s2", 1);
    ck_assert_str_eq(held(town, town->nord, "s1"), "1 p1:3+create+delete+all");
    ck_assert_str_eq(held(town, town->nord, "s2"), "nothing");
    ck_assert_str_eq(held(town, town->ost, "s1"),
                     "2 p2:1+create+everyone+only p1:3+create+delete+all");
    ck_assert_str_eq(held(town, town->ost, "s2"), "1 p2:1+create+everyone+only");
    ck_assert_str_eq(held(town, town->far, "s2"), "nothing"); /* it is the other portal's */
    portal = load(town, town->portal);
    ck_assert_int_eq((int)apr_hash_count(portal->grants), 2);
    ck_assert_ptr_nonnull(b2b_snapshot_shared_process(portal, town->ost, "s1", "p1"));
    ck_assert_ptr_null(b2b_snapshot_shared_process(portal, town->ost, "s2", "p1"));
    ck_assert_ptr_null(b2b_snapshot_shared_process(portal, town->nord, "s1", "p2"));
    ck_assert_ptr_null(b2b_snapshot_shared_process(portal, town->nord, "s1", "p"));
    ck_assert_ptr_null(b2b_snapshot_shared_process(portal, town->nord, "s1", NULL));
    ck_assert_ptr_null(b2b_snapshot_shared_process(portal, town->nord, NULL, "p1"));
    ck_assert_ptr_null(b2b_snapshot_shared_process(portal, NULL, "s1", "p1"));
    ck_assert_ptr_null(b2b_snapshot_grant(NULL, town->nord, "s1"));
    ck_assert_int_eq((int)apr_hash_count(load(town, town->other)->grants), 1);
}
END_TEST

/* S5, S6: names are bound at sending; what is unbound or deleted since is nobody, never everyone. */
START_TEST(names_are_groups_as_they_were_bound)
{
    town_t *town = town_make(_i);

    add_grant(town, town->portal, town->nord, "s1", 1);
    add_grant(town, town->portal, town->ost, "s1", 1);
    bind_name(town, town->nord, "s1", "quality", town->quality);
    bind_name(town, town->nord, "s1", "sales", town->sales);
    bind_name(town, town->ost, "s1", "sales", town->sales);
    bind_name(town, town->ost, "s1", "board",
              town->quality); /* bound, but the process does not name it */
    ck_assert(strcmp(held(town, town->nord, "s1"), "1 p1:3+create+delete+all+Quality+Sales") == 0 ||
              strcmp(held(town, town->nord, "s1"), "1 p1:3+create+delete+all+Sales+Quality") == 0);
    ck_assert_str_eq(held(town, town->ost, "s1"), "1 p1:3+create+delete+all+Sales");
    sql(town, "UPDATE groups SET deleted_at = 5 WHERE id = '%s'", town->sales);
    ck_assert_str_eq(held(town, town->nord, "s1"), "1 p1:3+create+delete+all+Quality");
    ck_assert_str_eq(held(town, town->ost, "s1"), "1 p1:3+create+delete+all");
}
END_TEST

START_TEST(nothing_is_held_before_it_is_sent_or_after_it_is_deleted)
{
    town_t *town = town_make(_i);

    add_grant(town, town->portal, town->nord, "s1", 0);
    ck_assert_str_eq(held(town, town->nord, "s1"), "nothing");
    sql(town, "UPDATE grants SET revision = 2");
    ck_assert_str_eq(held(town, town->nord, "s1"),
                     "2 p2:1+create+everyone+only p1:3+create+delete+all");
    sql(town, "UPDATE processes SET deleted_at = 5 WHERE id = 'p2'");
    ck_assert_str_eq(held(town, town->nord, "s1"), "2 p1:3+create+delete+all");
    sql(town, "UPDATE shares SET deleted_at = 5 WHERE id = 's1'");
    ck_assert_str_eq(held(town, town->nord, "s1"), "nothing");
    sql(town, "UPDATE shares SET deleted_at = NULL");
    sql(town, "DELETE FROM grants");
    ck_assert_str_eq(held(town, town->nord, "s1"), "nothing");
}
END_TEST

/* Documents that no program of ours writes: each member that is missing or odd reads as the narrower value. */
static const struct {
    const char *document;
    const char *held;
} documents[] = {
    {"{\"processes\":[{\"process_id\":\"p1\",\"process_version\":2}]}", "1 p1:2+only"},
    {"{\"processes\":[{\"process_id\":\"p1\",\"process_version\":2,\"allow_create\":\"true\","
     "\"creators\":{\"everyone\":1,\"groups\":\"Quality\"},\"creators_only_open\":0,"
     "\"allow_delete\":\"yes\",\"form_visibility\":\"All\"}]}",
     "1 p1:2+only"},
    {"{\"processes\":[{\"process_id\":\"p1\",\"process_version\":2,\"creators\":[],"
     "\"creators_only_open\":false,\"form_visibility\":true}]}",
     "1 p1:2"},
    {"{\"processes\":[{\"process_id\":\"p1\",\"process_version\":2,"
     "\"creators\":{\"groups\":[null,7,{},\"quality\"]}}]}",
     "1 p1:2+only+Quality"},
    {"{\"processes\":[{\"process_id\":\"p1\"}]}", "1"},
    {"{\"processes\":[{\"process_id\":\"p1\",\"process_version\":0}]}", "1"},
    {"{\"processes\":[{\"process_id\":\"p1\",\"process_version\":\"2\"}]}", "1"},
    {"{\"processes\":[{\"process_id\":7,\"process_version\":2},null,[],3]}", "1"},
    {"{\"processes\":[{\"process_version\":2}]}", "1"},
    {"{\"processes\":{\"process_id\":\"p1\",\"process_version\":2}}", "1"},
    {"{\"processes\":[{\"process_id\":\"p9\",\"process_version\":2}]}", "1"},
    {"{}", "1"},
    {"[]", "1"},
    {"null", "1"},
    {"", "1"},
    {"{\"processes\":[{\"process_id\":\"p1\",\"process_version\":2", "1"},
};

#define DOCUMENTS (int)(sizeof(documents) / sizeof(documents[0]))

START_TEST(what_a_document_does_not_say_is_not_open)
{
    town_t *town = town_make(_i / DOCUMENTS);
    int number = _i % DOCUMENTS;

    add_share(town, "s3");
    add_revision(town, "s3", 1, documents[number].document);
    add_grant(town, town->portal, town->nord, "s3", 1);
    add_grant(town, town->portal, town->nord, "s2", 1);
    bind_name(town, town->nord, "s3", "quality", town->quality);
    ck_assert_str_eq(held(town, town->nord, "s3"), documents[number].held);
    /* What else the partner holds is not harmed. */
    ck_assert_str_eq(held(town, town->nord, "s2"), "1 p2:1+create+everyone+only");
}
END_TEST

/* "only", "assigned quality everybody …" of the process p2 as NORD holds it in s1. */
static const char *secured(town_t *town)
{
    static const char *const modes[] = {"only", "assigned", "others_view", "off"};
    const b2b_snapshot_shared_process_t *p = b2b_snapshot_shared_process(load(town, town->portal),
                                                                         town->nord, "s1", "p2");
    const char *text;

    ck_assert_ptr_nonnull(p);
    ck_assert_ptr_null(p->security.host_users);
    ck_assert_ptr_null(p->security.host_groups);
    text = apr_pstrcat(test_pool, modes[p->security.mode], p->security.partner ? " everybody" : "",
                       NULL);
    for (int i = 0; p->security.groups && i < p->security.groups->nelts; i++) {
        const char *id = APR_ARRAY_IDX(p->security.groups, i, const char *);

        ck_assert(i == 0 || strcmp(APR_ARRAY_IDX(p->security.groups, i - 1, const char *), id) < 0);
        text = apr_pstrcat(test_pool, text, strcmp(id, town->quality) == 0 ? " Quality" : " Sales",
                           NULL);
    }
    return text;
}

#define SECURITY(mode, groups)                                                                     \
    "{\"mode\":\"" mode "\",\"users\":{\"partner\":false,\"partner_groups\":[" groups "],"         \
    "\"host_users\":[\"u\"],\"host_groups\":[]}}"

/* K62: as the version says that the sent revision names, with names as they were bound. */
START_TEST(security_is_that_of_the_version_sent)
{
    town_t *town = town_make(_i);

    add_grant(town, town->portal, town->nord, "s1", 2);
    /* A version that is not there: nobody may anything. */
    ck_assert_str_eq(secured(town), "only");
    add_version(town, "p2", 2, SECURITY("off", ""));
    add_version(town, "p1", 1, SECURITY("off", ""));
    ck_assert_str_eq(secured(town), "only");
    add_version(town, "p2", 1, SECURITY("assigned", "\"QUALITY\",\"Ghosts\""));
    ck_assert_str_eq(secured(town), "assigned"); /* unbound: nobody */
    bind_name(town, town->nord, "s1", "quality", town->quality);
    bind_name(town, town->nord, "s1", "sales", town->sales); /* bound, but not named */
    ck_assert_str_eq(secured(town), "assigned Quality");
    sql(town, "UPDATE groups SET deleted_at = 5 WHERE id = '%s'", town->quality);
    ck_assert_str_eq(secured(town), "assigned");
    sql(town, "UPDATE process_versions SET security = '%s' WHERE process_id = 'p2' AND major = 1",
        "{\"mode\":\"others_view\",\"users\":{\"partner\":true,\"partner_groups\":[\"Sales\"]}}");
    ck_assert_str_eq(secured(town), "others_view everybody Sales");
    sql(town, "UPDATE process_versions SET security = '%s' WHERE process_id = 'p2' AND major = 1",
        "{\"mode\":\"nobody\",\"users\":{\"partner\":true,\"partner_groups\":[\"Sales\"]}}");
    ck_assert_str_eq(secured(town), "only");
    sql(town, "UPDATE process_versions SET security = '' WHERE process_id = 'p2' AND major = 1");
    ck_assert_str_eq(secured(town), "only");
}
END_TEST

START_TEST(many_shares_are_found_by_id)
{
    town_t *town = town_make(_i);
    const b2b_portal_snapshot_t *portal;
    const apr_array_header_t *grants;

    for (int i = 0; i < 30; i++) {
        const char *id = apr_psprintf(test_pool, "%c%d", i % 2 ? 'X' : 'x', i);

        add_share(town, id);
        add_revision(town, id, 1, "{\"processes\":[" TRAINING "]}");
        add_grant(town, town->portal, town->nord, id, 1);
    }
    portal = load(town, town->portal);
    grants = apr_hash_get(portal->grants, town->nord, APR_HASH_KEY_STRING);
    ck_assert_int_eq(grants->nelts, 30);
    for (int i = 0; i < 30; i++) {
        const char *id = apr_psprintf(test_pool, "%c%d", i % 2 ? 'X' : 'x', i);
        const b2b_snapshot_grant_t *grant = b2b_snapshot_grant(portal, town->nord, id);

        ck_assert_msg(grant && strcmp(grant->share_id, id) == 0, "share %s", id);
    }
    ck_assert_ptr_null(b2b_snapshot_grant(portal, town->nord, "x1"));
    ck_assert_ptr_null(b2b_snapshot_grant(portal, town->ost, "x2"));
}
END_TEST

Suite *unit_suite(void)
{
    Suite *suite = suite_create("model: grants of a snapshot");
    TCase *tc = unit_case(suite, "grants");

    unit_database_start();
    tcase_add_loop_test(tc, each_partner_holds_what_was_sent_to_it, 0, UNIT_DRIVERS);
    tcase_add_loop_test(tc, names_are_groups_as_they_were_bound, 0, UNIT_DRIVERS);
    tcase_add_loop_test(tc, nothing_is_held_before_it_is_sent_or_after_it_is_deleted, 0,
                        UNIT_DRIVERS);
    tcase_add_loop_test(tc, what_a_document_does_not_say_is_not_open, 0, UNIT_DRIVERS * DOCUMENTS);
    tcase_add_loop_test(tc, security_is_that_of_the_version_sent, 0, UNIT_DRIVERS);
    tcase_add_loop_test(tc, many_shares_are_found_by_id, 0, UNIT_DRIVERS);
    return suite;
}
