/* SPDX-License-Identifier: Apache-2.0 */
/* model/: processes with their drafts, versions and administrators. */
#include "world.h"

#include <string.h>

#include <apr_strings.h>

#include "base/chance.h"
#include "base/text.h"

/* A normal document as far as the store looks into it; TITLE tells one from the other. */
static const char *document(const char *title, const char *owners, const char *field)
{
    return apr_psprintf(
        test_pool,
        "{\"title\":\"%s\",\"description\":\"About %s\",\"forms\":[{\"name\":\"a\"},"
        "{\"name\":\"b\",\"owners\":%s,\"fields\":[%s]}]}",
        title, title, owners ? owners : "{}", field ? field : "");
}

static b2b_process_t *make(b2b_db_conn_t *conn, const char *name, const char *title)
{
    b2b_process_t *process = apr_pcalloc(test_pool, sizeof(*process));

    process->name = name;
    process->category = "";
    process->document = document(title, NULL, NULL);
    unit_ok(b2b_process_create(conn, process, NULL, test_pool, test_pool));
    return process;
}

static void save(b2b_db_conn_t *conn, b2b_process_t *process, const char *title)
{
    process->document = document(title, NULL, NULL);
    unit_ok(b2b_process_update(conn, process, process->version, NULL, test_pool));
}

static const char *label(const b2b_process_t *process)
{
    return apr_psprintf(test_pool, "%s%s",
                        b2b_process_label(process->major, process->minor, test_pool),
                        process->draft_changed ? "+" : "");
}

static b2b_process_t *again(b2b_db_conn_t *conn, const b2b_process_t *process)
{
    b2b_process_t *found;

    unit_ok(b2b_process_get(&found, conn, process->id, test_pool, test_pool));
    ck_assert_ptr_nonnull(found);
    return found;
}

static void publish(b2b_db_conn_t *conn, b2b_process_t **process, const char *by)
{
    apr_int64_t major;

    unit_ok(b2b_process_publish(&major, conn, (*process)->id, (*process)->version, by, test_pool));
    *process = again(conn, *process);
    ck_assert_int_eq(major, (*process)->published);
}

WORLD_TEST(versions_count)
{
    b2b_host_user_t *anna = world_host_user(conn, "anna@host.example", B2B_HOST_DESIGNER);
    b2b_process_t *p = make(conn, "complaint", "One");
    b2b_process_version_t *version;
    b2b_list_t list = {0};
    const char *seen = "", *text;
    apr_int64_t major;
    b2b_page_t *page;
    b2b_error_t *err;

    ck_assert_str_eq(label(p), "0.1+");
    ck_assert_str_eq(p->title, "One");
    ck_assert_str_eq(p->description, "About One");
    ck_assert_int_eq(p->form_count, 2);
    save(conn, p, "Two");
    ck_assert_str_eq(label(p), "0.2+");
    save(conn, p, "Two");
    ck_assert_str_eq(label(p), "0.2+"); /* nothing changed in the document */
    publish(conn, &p, anna->id);
    ck_assert_str_eq(label(p), "1.0");
    ck_assert(p->published_at != 0);
    err = b2b_process_publish(&major, conn, p->id, p->version, NULL, test_pool);
    unit_error(err, B2B_E_CONFLICT);
    ck_assert_str_eq(err->type, "nothing-to-publish");
    save(conn, p, "Three");
    ck_assert_str_eq(label(p), "1.1+");
    save(conn, p, "Two");
    ck_assert_str_eq(label(p), "1.2"); /* changed back to what is published */
    unit_error(b2b_process_publish(&major, conn, p->id, p->version, NULL, test_pool),
               B2B_E_CONFLICT);
    save(conn, p, "Three");
    unit_error(b2b_process_publish(&major, conn, p->id, p->version - 1, NULL, test_pool),
               B2B_E_STALE);
    unit_error(b2b_process_update(conn, p, p->version - 1, NULL, test_pool), B2B_E_STALE);
    publish(conn, &p, NULL);
    ck_assert_str_eq(label(p), "2.0");

    list.limit = 3;
    do {
        int i;

        unit_ok(b2b_process_version_list(&page, conn, p->id, &list, test_pool, test_pool));
        for (i = 0; i < page->items->nelts; i++) {
            version = APR_ARRAY_IDX(page->items, i, b2b_process_version_t *);
            seen = apr_pstrcat(test_pool, seen,
                               b2b_process_label(version->major, version->minor, test_pool), " ",
                               NULL);
        }
        list.after_key = page->next_key;
        list.after_id = page->next_id;
    } while (page->next_key);
    ck_assert_str_eq(seen, "2.0 1.3 1.2 1.1 1.0 0.2 0.1 ");
    list.after_key = "nonsense";
    unit_error(b2b_process_version_list(&page, conn, p->id, &list, test_pool, test_pool),
               B2B_E_INVALID);
    list.after_key = NULL;
    list.published = TRUE;
    unit_ok(b2b_process_version_list(&page, conn, p->id, &list, test_pool, test_pool));
    ck_assert_int_eq(page->items->nelts, 2);

    unit_ok(b2b_process_version_get(&version, conn, p->id, 1, 0, test_pool, test_pool));
    ck_assert_str_eq(version->document, document("Two", NULL, NULL));
    ck_assert_str_eq(version->saved_by, anna->id);
    unit_ok(b2b_process_version_get(&version, conn, p->id, 1, 9, test_pool, test_pool));
    ck_assert_ptr_null(version);
    unit_ok(b2b_process_document(&text, conn, p->id, 2, test_pool, test_pool));
    ck_assert_str_eq(text, document("Three", NULL, NULL));
    unit_ok(b2b_process_document(&text, conn, p->id, 0, test_pool, test_pool));
    ck_assert_ptr_null(text);
    return NULL;
}

WORLD_TEST(old_drafts_fall_away)
{
    b2b_process_t *p = make(conn, "complaint", "0");
    b2b_process_version_t *version;
    b2b_list_t list = {0};
    b2b_page_t *page;
    int i;

    publish(conn, &p, NULL);
    for (i = 1; i <= B2B_PROCESS_DRAFTS_MAX + 2; i++) {
        save(conn, p, apr_itoa(test_pool, i));
    }
    list.limit = 500;
    unit_ok(b2b_process_version_list(&page, conn, p->id, &list, test_pool, test_pool));
    ck_assert_int_eq(page->items->nelts, B2B_PROCESS_DRAFTS_MAX + 2); /* 1.3 to 1.102, 1.0, 0.1 */
    unit_ok(b2b_process_version_get(&version, conn, p->id, 1, 2, test_pool, test_pool));
    ck_assert_ptr_null(version);
    unit_ok(b2b_process_version_get(&version, conn, p->id, 1, 3, test_pool, test_pool));
    ck_assert_ptr_nonnull(version);
    unit_ok(b2b_process_version_get(&version, conn, p->id, 0, 1, test_pool, test_pool));
    ck_assert_ptr_nonnull(version); /* of another major */
    return NULL;
}

WORLD_TEST(names_what_is_there)
{
    b2b_host_user_t *anna = world_host_user(conn, "anna@host.example", B2B_HOST_DESIGNER);
    const char *nobody = b2b_id_create(test_pool);
    apr_array_header_t *administrators = apr_array_make(test_pool, 2, sizeof(b2b_host_ref_t));
    b2b_host_ref_t *ref;
    b2b_group_t group = {0};
    b2b_process_t p = {0};
    b2b_process_t *q;
    b2b_error_t *err;

    group.name = "Quality";
    unit_ok(b2b_host_group_create(conn, &group, test_pool, test_pool));
    p.name = "complaint";
    p.document =
        document("One",
                 apr_psprintf(test_pool,
                              "{\"host_users\":[\"%s\",\"%s\"],\"host_groups\":[\"%s\",\"%s\"]}",
                              anna->id, nobody, group.id, nobody),
                 apr_psprintf(test_pool,
                              "{\"type\":\"person\",\"host_groups\":[\"%s\"]},"
                              "{\"type\":\"image\",\"file\":\"%s\"}",
                              nobody, "00"));
    ref = apr_array_push(administrators);
    ref->kind = "host_user";
    ref->id = anna->id;
    ref = apr_array_push(administrators);
    ref->kind = "host_group";
    ref->id = anna->id; /* not a group */
    p.administrators = administrators;
    err = b2b_process_create(conn, &p, NULL, test_pool, test_pool);
    unit_error(err, B2B_E_INVALID);
    ck_assert_str_eq(err->field, "document/forms/1/owners/host_users/1");
    ck_assert_str_eq((err = err->child)->field, "document/forms/1/owners/host_groups/1");
    ck_assert_str_eq((err = err->child)->field, "document/forms/1/fields/0/host_groups/0");
    ck_assert_str_eq((err = err->child)->field, "document/forms/1/fields/1/file");
    ck_assert_str_eq((err = err->child)->field, "administrators/1");
    ck_assert_ptr_null(err->child);

    ref->id = group.id;
    p.document = document("One", apr_psprintf(test_pool, "{\"host_users\":[\"%s\"]}", anna->id),
                          "");
    unit_ok(b2b_process_create(conn, &p, anna->id, test_pool, test_pool));
    ck_assert_int_eq(p.administrators->nelts, 2);
    ck_assert_str_eq(APR_ARRAY_IDX(p.administrators, 1, b2b_host_ref_t).name, "Quality");
    q = make(conn, "other", "Other");
    q->name = "complaint";
    err = b2b_process_update(conn, q, q->version, NULL, test_pool);
    unit_error(err, B2B_E_CONFLICT);
    ck_assert_str_eq(err->field, "name");

    /* Who is gone meanwhile is no administrator, and nothing that names them is published. */
    unit_ok(b2b_host_user_delete(conn, anna->id, B2B_VERSION_ANY, test_pool));
    q = again(conn, &p);
    ck_assert_int_eq(q->administrators->nelts, 1);
    unit_error(b2b_process_publish(&q->published, conn, q->id, q->version, NULL, test_pool),
               B2B_E_INVALID);
    return NULL;
}

static int listed(b2b_db_conn_t *conn, b2b_list_t *list)
{
    b2b_page_t *page;

    unit_ok(b2b_process_list(&page, conn, list, test_pool, test_pool));
    return page->items->nelts;
}

WORLD_TEST(processes_are_listed)
{
    b2b_host_user_t *anna = world_host_user(conn, "anna@host.example", B2B_HOST_USER);
    b2b_host_user_t *ben = world_host_user(conn, "ben@host.example", B2B_HOST_USER);
    b2b_process_t *p[3];
    apr_array_header_t *found;
    b2b_host_ref_t *ref;
    b2b_list_t list = {0};
    b2b_group_t group = {0};
    int changed;

    p[0] = make(conn, "a", "Gamma");
    p[1] = make(conn, "b", "beta");
    p[2] = make(conn, "c", "Alpha");
    publish(conn, &p[0], NULL);
    p[1]->category = "Quality";
    unit_ok(b2b_process_update(conn, p[1], p[1]->version, NULL, test_pool));
    group.name = "Owners";
    unit_ok(b2b_host_group_create(conn, &group, test_pool, test_pool));
    unit_ok(b2b_host_group_add(&changed, conn, group.id, anna->id, test_pool));
    p[2]->administrators = found = apr_array_make(test_pool, 2, sizeof(b2b_host_ref_t));
    ref = apr_array_push(found);
    ref->kind = "host_group";
    ref->id = group.id;
    unit_ok(b2b_process_update(conn, p[2], p[2]->version, NULL, test_pool));

    list.limit = 2;
    ck_assert_int_eq(listed(conn, &list), 2);
    list.descending = TRUE;
    ck_assert_int_eq(listed(conn, &list), 2);
    list.sort = "modified_at";
    ck_assert_int_eq(listed(conn, &list), 2);
    list.descending = FALSE;
    list.limit = 9;
    ck_assert_int_eq(listed(conn, &list), 3);
    list.category = "quality";
    ck_assert_int_eq(listed(conn, &list), 1);
    list.category = NULL;
    list.q = "ALPH";
    ck_assert_int_eq(listed(conn, &list), 1);
    list.q = NULL;
    list.published = TRUE;
    ck_assert_int_eq(listed(conn, &list), 1);
    list.published = FALSE;
    list.host_user_id = anna->id;
    ck_assert_int_eq(listed(conn, &list), 1);
    list.host_user_id = ben->id;
    ck_assert_int_eq(listed(conn, &list), 0);

    unit_ok(b2b_process_categories(&found, conn, NULL, test_pool, test_pool));
    ck_assert_int_eq(found->nelts, 1);
    unit_ok(b2b_process_categories(&found, conn, anna->id, test_pool, test_pool));
    ck_assert_int_eq(found->nelts, 0);
    unit_ok(b2b_processes_administered(&found, conn, anna->id, test_pool, test_pool));
    ck_assert_int_eq(found->nelts, 1);
    ck_assert_str_eq(APR_ARRAY_IDX(found, 0, const char *), p[2]->id);
    unit_ok(b2b_process_delete(conn, p[2]->id, B2B_VERSION_ANY, anna->id, test_pool));
    unit_ok(b2b_processes_administered(&found, conn, anna->id, test_pool, test_pool));
    ck_assert_int_eq(found->nelts, 1); /* answers for its instances */
    unit_ok(b2b_process_get(&p[2], conn, p[2]->id, test_pool, test_pool));
    ck_assert_ptr_null(p[2]);
    make(conn, "c", "Alpha"); /* its name is free again */
    return NULL;
}

START_TEST(names_and_labels)
{
    static const char *const good[] = {"a", "a-b", "9", "0123456789012345678901234567890123456789"};
    static const char *const bad[] =
        {"", "-a", "a-", "A", "a_b", "ä", "01234567890123456789012345678901234567890"};
    static const char *const labels[] = {"",           "1",          "1.",  ".1",  "1.1.1",
                                         "12345678.0", "1.12345678", "a.b", "1,1", "-1.0"};
    apr_int64_t major, minor;
    apr_size_t i;

    for (i = 0; i < sizeof(good) / sizeof(*good); i++) {
        ck_assert_msg(b2b_text_is_slug(good[i], B2B_PROCESS_NAME_MAX), "%s", good[i]);
    }
    for (i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
        ck_assert_msg(!b2b_text_is_slug(bad[i], B2B_PROCESS_NAME_MAX), "%s", bad[i]);
    }
    for (i = 0; i < sizeof(labels) / sizeof(*labels); i++) {
        ck_assert_msg(!b2b_process_label_parse(&major, &minor, labels[i]), "%s", labels[i]);
    }
    ck_assert(b2b_process_label_parse(&major, &minor, "12.1234567"));
    ck_assert_int_eq(major, 12);
    ck_assert_int_eq(minor, 1234567);
}
END_TEST

Suite *unit_suite(void)
{
    Suite *suite = suite_create("model: processes");
    TCase *tc = unit_case(suite, "processes");

    unit_database_start();
    tcase_add_loop_test(tc, versions_count, 0, UNIT_DRIVERS);
    tcase_add_loop_test(tc, old_drafts_fall_away, 0, UNIT_DRIVERS);
    tcase_add_loop_test(tc, names_what_is_there, 0, UNIT_DRIVERS);
    tcase_add_loop_test(tc, processes_are_listed, 0, UNIT_DRIVERS);
    tcase_add_test(tc, names_and_labels);
    return suite;
}
