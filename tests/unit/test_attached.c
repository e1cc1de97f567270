/* SPDX-License-Identifier: Apache-2.0 */
/* model/: files, comments and notices of instances, and whom an assignment tells. */
#include "instance_world.h"

#include <string.h>

#include <apr_strings.h>

#include "base/chance.h"

#define QUOTA 1000
#define HOUR  apr_time_from_sec(3600)

/* Two forms: the partner's, then one of HOST, or the partner's again. */
static const char document[] =
    "{'title':'Complaint','forms':[{'name':'report','title':'Report','owners':{'partner':true},"
    "'fields':[{'name':'photos','title':'Photos','type':'file'},{'name':'more','title':'More',"
    "'type':'file'}]},{'name':'review','title':'Review','owners':{'creator':true},'fields':[]}]}";

typedef struct {
    b2b_portal_t *portal;
    b2b_partner_t *north, *south;
    b2b_member_t *anna, *bert, *carl; /* carl of South */
    const char *process, *share;
} place_t;

static place_t place_make(b2b_db_conn_t *conn)
{
    place_t p = {0};

    p.portal = world_portal(conn, "acme");
    p.north = world_partner(conn, p.portal->id, "North");
    p.south = world_partner(conn, p.portal->id, "South");
    p.anna = world_member(conn, p.portal->id, p.north->id, "anna@north.example");
    p.bert = world_member(conn, p.portal->id, p.north->id, "bert@north.example");
    p.carl = world_member(conn, p.portal->id, p.south->id, "carl@south.example");
    world_publish_text(conn, &p.process, "complaint", document);
    p.share = world_share(conn, "Share");
    world_grant(conn, p.north, p.share, NULL, NULL);
    world_grant(conn, p.south, p.share, NULL, NULL);
    return p;
}

static b2b_instance_t *instance_of(b2b_db_conn_t *conn, const place_t *p,
                                   const b2b_member_t *member)
{
    return world_instance(conn, member, p->share, p->process, 1, "{}");
}

/* Files -------------------------------------------------------------------------------------------------- */

static b2b_instance_file_t file_of(const b2b_instance_t *instance, const char *field,
                                   apr_int64_t bytes, char hash)
{
    b2b_instance_file_t file = {0};
    char *name = apr_palloc(test_pool, B2B_SHA256_LENGTH + 1);

    memset(name, hash, B2B_SHA256_LENGTH);
    name[B2B_SHA256_LENGTH] = '\0';
    file.portal_id = instance->portal_id;
    file.instance_id = instance->id;
    file.partner_id = instance->partner_id;
    file.field = field;
    file.name = "a.png";
    file.type = "image/png";
    file.bytes = bytes;
    file.file = name;
    file.uploaded_by_kind = "member";
    file.uploaded_by = instance->created_by.id;
    file.uploaded_by_name = "Anna";
    return file;
}

static void check_usage(b2b_db_conn_t *conn, const b2b_partner_t *partner, apr_int64_t files,
                        apr_int64_t bytes)
{
    apr_int64_t f, b;

    unit_ok(b2b_partner_usage(&f, &b, conn, partner->portal_id, partner->id, test_pool));
    ck_assert_int_eq(f, files);
    ck_assert_int_eq(b, bytes);
}

WORLD_TEST(room_is_taken_and_given_back)
{
    place_t p = place_make(conn);
    b2b_instance_t *ours = instance_of(conn, &p, p.anna);
    b2b_instance_t *theirs = instance_of(conn, &p, p.carl);
    b2b_instance_file_t one = file_of(ours, "photos", 600, 'a');
    b2b_instance_file_t two = file_of(ours, "photos", 401, 'b');
    b2b_instance_file_t fits = file_of(ours, "photos", 400, 'b');
    b2b_instance_file_t other = file_of(theirs, "photos", QUOTA, 'a');
    b2b_instance_file_t huge = file_of(theirs, "photos", QUOTA + 1, 'c');
    b2b_instance_file_t *found;

    check_usage(conn, p.north, 0, 0);
    unit_error(b2b_instance_file_add(conn, &huge, QUOTA, test_pool, test_pool), B2B_E_QUOTA);
    unit_ok(b2b_instance_file_add(conn, &one, QUOTA, test_pool, test_pool));
    unit_error(b2b_instance_file_add(conn, &two, QUOTA, test_pool, test_pool), B2B_E_QUOTA);
    unit_ok(b2b_instance_file_add(conn, &fits, QUOTA, test_pool, test_pool));
    unit_ok(b2b_instance_file_add(conn, &other, QUOTA, test_pool, test_pool));
    check_usage(conn, p.north, 2, QUOTA);
    check_usage(conn, p.south, 1, QUOTA);
    unit_ok(b2b_instance_file_remove(conn, &one, test_pool));
    check_usage(conn, p.north, 1, 400);
    unit_error(b2b_instance_file_remove(conn, &one, test_pool), B2B_E_CONFLICT);
    check_usage(conn, p.north, 1, 400);
    /* An id below another instance names nothing. */
    unit_ok(b2b_instance_file_get(&found, conn, p.portal->id, ours->id, other.id, test_pool,
                                  test_pool));
    ck_assert_ptr_null(found);
    unit_ok(b2b_instance_file_get(&found, conn, p.portal->id, theirs->id, other.id, test_pool,
                                  test_pool));
    ck_assert_str_eq(found->file, other.file);
    return NULL;
}

WORLD_TEST(what_the_value_names_is_attached)
{
    place_t p = place_make(conn);
    b2b_instance_t *ours = instance_of(conn, &p, p.anna);
    b2b_instance_t *theirs = instance_of(conn, &p, p.carl);
    b2b_instance_file_t one = file_of(ours, "photos", 1, 'a');
    b2b_instance_file_t two = file_of(ours, "photos", 2, 'b');
    b2b_instance_file_t more = file_of(ours, "more", 3, 'c');
    b2b_instance_file_t other = file_of(theirs, "photos", 4, 'd');
    b2b_instance_file_t *all[] = {&one, &two, &more, &other};
    apr_array_header_t *files;
    apr_int64_t count;

    for (int i = 0; i < 4; i++) {
        unit_ok(b2b_instance_file_add(conn, all[i], QUOTA, test_pool, test_pool));
    }
#define ATTACH(a, b)                                                                               \
    b2b_instance_files_attach(conn, p.portal->id, ours->id, 0, "photos", world_ids(a, b), test_pool)
    unit_ok(ATTACH(one.id, two.id));
    unit_error(b2b_instance_file_remove(conn, &one, test_pool), B2B_E_CONFLICT);
    unit_ok(b2b_instance_file_count(&count, conn, p.portal->id, ours->id, 0, "photos", test_pool));
    ck_assert_int_eq(count, 0);
    unit_ok(ATTACH(two.id, NULL));
    unit_ok(b2b_instance_files(&files, conn, p.portal->id, ours->id, test_pool, test_pool));
    ck_assert_int_eq(files->nelts, 3);
    for (int i = 0; i < files->nelts; i++) {
        const b2b_instance_file_t *file = APR_ARRAY_IDX(files, i, const b2b_instance_file_t *);

        ck_assert_int_eq(file->attached, strcmp(file->id, two.id) == 0);
    }
    /* Another field's, another partner's, and none at all: refused with the place. */
    unit_error(ATTACH(two.id, more.id), B2B_E_INVALID);
    unit_error(ATTACH(other.id, NULL), B2B_E_INVALID);
    ck_assert_str_eq(ATTACH(b2b_id_create(test_pool), NULL)->field, "values/photos");
    return NULL;
}

WORLD_TEST(what_nobody_has_goes_after_a_day)
{
    place_t p = place_make(conn);
    b2b_instance_t *ours = instance_of(conn, &p, p.anna);
    b2b_instance_file_t loose = file_of(ours, "photos", 10, 'a');
    b2b_instance_file_t saved = file_of(ours, "photos", 20, 'b');
    b2b_instance_file_t shown = file_of(ours, "photos", 30, 'c');
    b2b_image_t image = {0};
    apr_array_header_t *files;
    apr_int64_t count;

    unit_ok(b2b_instance_file_add(conn, &loose, QUOTA, test_pool, test_pool));
    unit_ok(b2b_instance_file_add(conn, &saved, QUOTA, test_pool, test_pool));
    unit_ok(b2b_instance_file_add(conn, &shown, QUOTA, test_pool, test_pool));
    unit_ok(ATTACH(saved.id, NULL));
    b2b_clock_shift(23 * HOUR);
    unit_ok(b2b_instance_files_sweep(&count, conn, 100, test_pool));
    ck_assert_int_eq(count, 0);
    b2b_clock_shift(25 * HOUR);
    /* An image with the same bytes as a file keeps them, and the other way round. */
    image.file = shown.file;
    image.type = "image/png";
    image.bytes = 30;
    unit_ok(b2b_image_add(conn, &image, test_pool));
    unit_ok(b2b_instance_files_sweep(&count, conn, 100, test_pool));
    ck_assert_int_eq(count, 2);
    check_usage(conn, p.north, 1, 20);
    unit_ok(b2b_stored_files_sweep(&files, conn, 100, test_pool, test_pool));
    ck_assert_int_eq(files->nelts, 1);
    ck_assert_str_eq(APR_ARRAY_IDX(files, 0, const char *), loose.file);
    image.file = saved.file;
    unit_ok(b2b_image_add(conn, &image, test_pool));
    b2b_clock_shift(50 * HOUR);
    unit_ok(b2b_image_sweep(&files, conn, 100, test_pool, test_pool));
    ck_assert_int_eq(files->nelts, 1);
    ck_assert_str_eq(APR_ARRAY_IDX(files, 0, const char *), shown.file);
    /* Brought again: its day begins anew. */
    unit_ok(b2b_instance_file_add(conn, &loose, QUOTA, test_pool, test_pool));
    unit_ok(b2b_instance_file_remove(conn, &loose, test_pool));
    unit_ok(b2b_stored_files_sweep(&files, conn, 100, test_pool, test_pool));
    ck_assert_int_eq(files->nelts, 0);
    b2b_clock_shift(0);
    return NULL;
}

/* Comments ----------------------------------------------------------------------------------------------- */

WORLD_TEST(comments_come_in_order)
{
    place_t p = place_make(conn);
    b2b_instance_t *ours = instance_of(conn, &p, p.anna);
    b2b_list_t list = {.limit = 2};
    b2b_page_t *page;

    for (int i = 0; i < 3; i++) {
        b2b_comment_t comment = {.portal_id = p.portal->id,
                                 .instance_id = ours->id,
                                 .author_kind = "member",
                                 .author_id = p.anna->id,
                                 .author_name = "Anna",
                                 .text = apr_itoa(test_pool, i)};

        unit_ok(b2b_comment_add(conn, &comment, test_pool, test_pool));
    }
    unit_ok(b2b_instance_get(&ours, conn, p.portal->id, ours->id, test_pool, test_pool));
    ck_assert_int_eq(ours->comment_count, 3);
    unit_ok(b2b_comment_list(&page, conn, p.portal->id, ours->id, &list, test_pool, test_pool));
    ck_assert_int_eq(page->items->nelts, 2);
    ck_assert_str_eq(APR_ARRAY_IDX(page->items, 0, b2b_comment_t *)->text, "0");
    list.after_key = page->next_key;
    list.after_id = page->next_id;
    unit_ok(b2b_comment_list(&page, conn, p.portal->id, ours->id, &list, test_pool, test_pool));
    ck_assert_int_eq(page->items->nelts, 1);
    ck_assert_str_eq(APR_ARRAY_IDX(page->items, 0, b2b_comment_t *)->text, "2");
    ck_assert_ptr_null(page->next_id);
    return NULL;
}

/* Notices ------------------------------------------------------------------------------------------------ */

static int notices_of(b2b_db_conn_t *conn, const b2b_principal_t *principal, int limit)
{
    apr_array_header_t *notices;
    apr_time_t since = 0;
    const char *id = NULL;
    int count = 0;

    do {
        unit_ok(b2b_notices(&notices, conn, principal, since, id, limit, test_pool, test_pool));
        for (int i = 0; i < notices->nelts; i++) {
            const b2b_notice_t *notice = APR_ARRAY_IDX(notices, i, const b2b_notice_t *);

            ck_assert(!since || notice->since <= since);
            since = notice->since;
            id = notice->instance_id;
            count += !notice->repeated;
        }
    } while (notices->nelts == limit);
    return count;
}

static apr_array_header_t *owner(const char *kind, const char *id)
{
    apr_array_header_t *owners = apr_array_make(test_pool, 1, sizeof(b2b_instance_owner_t));
    b2b_instance_owner_t *one = apr_array_push(owners);

    one->form = 0;
    one->kind = kind;
    one->principal_id = id;
    return owners;
}

WORLD_TEST(notices_are_what_waits)
{
    place_t p = place_make(conn);
    b2b_group_t *sales = world_group(conn, p.portal->id, "Sales");
    b2b_host_user_t *host = world_host_user(conn, "rosa@host.example", B2B_HOST_USER);
    b2b_member_t *dora = world_member(conn, p.portal->id, p.anna->partner_id, "dora@nord.example");
    b2b_instance_t *made[5];

    for (int i = 0; i < 5; i++) {
        b2b_clock_shift(i * HOUR);
        made[i] = instance_of(conn, &p, i == 4 ? p.carl : p.anna);
    }
    /* Three ways to the same one, at different times, is one notice. */
    b2b_clock_shift(6 * HOUR);
    made[0]->modified_at = b2b_clock_now();
    unit_ok(b2b_instance_reassign(conn, made[0], made[0]->current_form, owner("member", p.bert->id),
                                  0, test_pool));
    b2b_clock_shift(7 * HOUR);
    made[0]->modified_at = b2b_clock_now();
    unit_ok(b2b_instance_reassign(conn, made[0], made[0]->current_form, owner("group", sales->id),
                                  0, test_pool));
    unit_ok(b2b_instance_reassign(conn, made[1], made[1]->current_form,
                                  owner("host_user", host->id), 1, test_pool));
    /* A group that spans partners gives nobody of another one a notice. */
    unit_ok(b2b_instance_reassign(conn, made[4], made[4]->current_form, owner("group", sales->id),
                                  1, test_pool));
    /* What one made oneself is no news, until somebody else has changed it. */
    ck_assert_int_eq(notices_of(conn, world_principal(p.anna, NULL), 10), 0);
    ck_assert_int_eq(notices_of(conn, world_principal(p.carl, world_ids(sales->id, NULL)), 10), 0);
    for (int i = 0; i < 5; i++) {
        made[i]->modified_by = world_actor(dora);
        unit_ok(b2b_instance_update(conn, made[i], made[i]->version, test_pool));
    }
    for (int limit = 1; limit <= 6; limit++) {
        b2b_principal_t *bert = world_principal(p.bert, world_ids(sales->id, NULL));

        ck_assert_int_eq(notices_of(conn, bert, limit), 3);
        ck_assert_int_eq(notices_of(conn, world_principal(dora, world_ids(sales->id, NULL)), limit),
                         0);
        ck_assert_int_eq(notices_of(conn, world_principal(p.anna, NULL), limit), 3);
        ck_assert_int_eq(notices_of(conn, world_principal(p.carl, NULL), limit), 0);
        ck_assert_int_eq(notices_of(conn, world_host_principal(host, NULL), limit), 1);
    }
    b2b_clock_shift(0);
    return NULL;
}

/* Assignments -------------------------------------------------------------------------------------------- */

static int told(b2b_db_conn_t *conn, const b2b_instance_t *instance,
                const apr_array_header_t *owners, const b2b_member_t *actor, const char *expected)
{
    static const b2b_site_t site = {.domain = "portals.example"};
    b2b_assignment_t assignment = {.portal_id = instance->portal_id,
                                   .instance_id = instance->id,
                                   .partner_id = instance->partner_id,
                                   .reference = instance->reference,
                                   .process_title = "Complaint",
                                   .form_title = "Report",
                                   .owners = owners,
                                   .actor_kind = "member",
                                   .actor_id = actor->id};
    b2b_list_t list = {.limit = 500};
    b2b_page_t *page;
    int count = 0, found = 0;

    unit_ok(b2b_assignment_notify(conn, &site, &assignment, test_pool));
    unit_ok(b2b_mail_list(&page, conn, &list, test_pool, test_pool));
    for (int i = 0; i < page->items->nelts; i++) {
        const b2b_mail_t *mail = APR_ARRAY_IDX(page->items, i, const b2b_mail_t *);

        if (!strcmp(mail->kind, "assignment")) {
            ck_assert_str_eq(mail->subject_id, instance->id);
            count++;
            found += expected && !strcmp(mail->recipient, expected);
        }
    }
    ck_assert_int_eq(found, expected != NULL);
    unit_ok(b2b_assignment_cancel(conn, instance->portal_id, instance->id, test_pool));
    return count;
}

WORLD_TEST(who_is_told)
{
    place_t p = place_make(conn);
    b2b_group_t *sales = world_group(conn, p.portal->id, "Sales");
    b2b_host_user_t *host = world_host_user(conn, "rosa@host.example", B2B_HOST_USER);
    b2b_instance_t *ours = instance_of(conn, &p, p.anna);
    const char *bert = "bert@north.example";
    int changed;
    b2b_principal_t *principal = world_principal(p.bert, NULL);

    unit_ok(b2b_group_member_add(&changed, conn, p.portal->id, sales->id, p.bert->id,
                                 B2B_SOURCE_CONSOLE, test_pool));
    unit_ok(b2b_group_member_add(&changed, conn, p.portal->id, sales->id, p.carl->id,
                                 B2B_SOURCE_CONSOLE, test_pool));
    ck_assert_int_eq(told(conn, ours, owner("member", p.bert->id), p.anna, bert), 1);
    ck_assert_int_eq(told(conn, ours, owner("partner", p.north->id), p.anna, bert), 1);
    ck_assert_int_eq(told(conn, ours, owner("group", sales->id), p.anna, bert), 1);
    ck_assert_int_eq(told(conn, ours, owner("host_user", host->id), p.anna, "rosa@host.example"),
                     1);
    ck_assert_int_eq(told(conn, ours, owner("member", p.bert->id), p.bert, NULL), 0);
    /* Nobody of another partner, whatever names them. */
    ck_assert_int_eq(told(conn, ours, owner("member", p.carl->id), p.anna, NULL), 0);
    ck_assert_int_eq(told(conn, ours, owner("partner", p.south->id), p.anna, NULL), 0);
    /* Who does not want it, and who may not work. */
    unit_ok(b2b_assignment_mail_want(conn, principal, 0, test_pool));
    ck_assert_int_eq(told(conn, ours, owner("partner", p.north->id), p.anna, NULL), 0);
    unit_ok(b2b_assignment_mail_want(conn, principal, 1, test_pool));
    unit_ok(b2b_member_suspend(conn, p.portal->id, p.bert->id, B2B_VERSION_ANY, test_pool));
    ck_assert_int_eq(told(conn, ours, owner("group", sales->id), p.anna, NULL), 0);
    return NULL;
}

WORLD_TEST(too_many_get_the_notice_only)
{
    place_t p = place_make(conn);
    b2b_instance_t *ours = instance_of(conn, &p, p.anna);

    /* Bert is there already. */
    for (int i = 1; i < B2B_ASSIGNMENT_MAILS_MAX; i++) {
        world_member(conn, p.portal->id, p.north->id,
                     apr_psprintf(test_pool, "m%d@north.example", i));
    }
    ck_assert_int_eq(told(conn, ours, owner("partner", p.north->id), p.anna, "m1@north.example"),
                     B2B_ASSIGNMENT_MAILS_MAX);
    world_member(conn, p.portal->id, p.north->id, "one-more@north.example");
    ck_assert_int_eq(told(conn, ours, owner("partner", p.north->id), p.anna, NULL), 0);
    return NULL;
}

WORLD_TEST(what_has_moved_on_is_not_told)
{
    place_t p = place_make(conn);
    b2b_instance_t *ours = instance_of(conn, &p, p.anna);
    int open;

#define OPEN(form, who)                                                                            \
    unit_ok(b2b_assignment_is_open(&open, conn, p.portal->id, ours->id, form, "member", who->id,   \
                                   test_pool))
    OPEN(0, p.bert);
    ck_assert(open);
    OPEN(1, p.bert);
    ck_assert(!open);
    OPEN(0, p.carl);
    ck_assert(!open);
    unit_ok(b2b_instance_reassign(conn, ours, ours->current_form, owner("member", p.anna->id), 1,
                                  test_pool));
    OPEN(0, p.bert);
    ck_assert(!open);
    OPEN(0, p.anna);
    ck_assert(open);
    return NULL;
}

Suite *unit_suite(void)
{
    Suite *suite = suite_create("attached");
    TCase *tc = unit_case(suite, "attached");

    unit_database_start();
    tcase_set_timeout(tc, 60);
    tcase_add_loop_test(tc, room_is_taken_and_given_back, 0, UNIT_DRIVERS);
    tcase_add_loop_test(tc, what_the_value_names_is_attached, 0, UNIT_DRIVERS);
    tcase_add_loop_test(tc, what_nobody_has_goes_after_a_day, 0, UNIT_DRIVERS);
    tcase_add_loop_test(tc, comments_come_in_order, 0, UNIT_DRIVERS);
    tcase_add_loop_test(tc, notices_are_what_waits, 0, UNIT_DRIVERS);
    tcase_add_loop_test(tc, who_is_told, 0, UNIT_DRIVERS);
    tcase_add_loop_test(tc, too_many_get_the_notice_only, 0, UNIT_DRIVERS);
    tcase_add_loop_test(tc, what_has_moved_on_is_not_told, 0, UNIT_DRIVERS);
    return suite;
}
