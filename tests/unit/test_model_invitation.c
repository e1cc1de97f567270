/* SPDX-License-Identifier: Apache-2.0 */
/* model/: invitations, their tokens and their answers (S13). */
#include "world.h"

#include <string.h>

#include <apr_strings.h>
#include <apr_thread_proc.h>

#include "base/chance.h"

#define DAYS(n) (apr_time_from_sec((apr_time_t)(n)*24 * 3600))

static b2b_invitation_t *invitation(b2b_db_conn_t *conn, const char *portal_id, const char *id)
{
    b2b_invitation_t *found;

    unit_ok(b2b_invitation_get(&found, conn, portal_id, id, test_pool, test_pool));
    return found;
}

static b2b_invitation_t *of_token(b2b_db_conn_t *conn, const char *portal_id, const char *token)
{
    b2b_invitation_t *found;

    unit_ok(b2b_invitation_by_token(&found, conn, portal_id, token, test_pool, test_pool));
    return found;
}

static const char *token(b2b_db_conn_t *conn, const char *portal_id, const char *id, int alone)
{
    const char *made;

    unit_ok(b2b_invitation_token_create(&made, conn, portal_id, id, alone, test_pool, test_pool));
    return made;
}

static int answer(b2b_db_conn_t *conn, const char *portal_id, const char *id, const char *subject,
                  int accept)
{
    int answered;

    unit_ok(b2b_invitation_answer(&answered, conn, portal_id, id, world_identity(subject, subject),
                                  accept, test_pool));
    return answered;
}

/* The queued mail of an invitation, as api/ enqueues it. */
static b2b_mail_t *mail(b2b_db_conn_t *conn, const char *portal_id, const char *id)
{
    b2b_mail_t *values = apr_pcalloc(test_pool, sizeof(*values));

    values->portal_id = portal_id;
    values->kind = "invitation";
    values->subject_id = id;
    values->recipient = "anna@nord.example";
    values->subject = "Welcome";
    unit_ok(b2b_mail_enqueue(conn, values, "portals.example", test_pool, test_pool));
    return values;
}

WORLD_TEST(accepting_links_and_activates)
{
    b2b_portal_t *portal = world_portal(conn, "acme");
    b2b_partner_t *nord = world_partner(conn, portal->id, "Nord");
    b2b_member_t *anna = world_invited(conn, portal->id, nord->id, "anna@nord.example");
    b2b_identity_t *identity = world_identity("7", "anna@nord.example");
    b2b_mail_t *queued = mail(conn, portal->id, anna->invitation_id);
    b2b_principal_t *principal;
    b2b_partner_t *partner;
    int answered;

    ck_assert_int_eq(anna->invitation_state, B2B_INV_PENDING);
    identity->first_name = "Anna";
    identity->last_name = "Berg";
    unit_ok(b2b_principal_load(&principal, conn, portal->id, identity, test_pool, test_pool));
    ck_assert_ptr_null(principal);
    world_untouch(conn);
    unit_ok(b2b_invitation_answer(&answered, conn, portal->id, anna->invitation_id, identity, TRUE,
                                  test_pool));
    ck_assert(answered);
    ck_assert(world_touched_identity(conn, portal->id,
                                     "7")); /* somebody may remember that nobody has it */
    ck_assert(world_touched_portal(conn, portal->id)); /* its partner was pending */
    unit_ok(b2b_principal_load(&principal, conn, portal->id, identity, test_pool, test_pool));
    ck_assert_str_eq(principal->id, anna->id);
    ck_assert_str_eq(principal->name, "Anna Berg");
    ck_assert_int_eq(principal->state, B2B_STATE_ACTIVE);
    unit_ok(b2b_partner_get(&partner, conn, portal->id, nord->id, test_pool, test_pool));
    ck_assert_int_eq(partner->state, B2B_STATE_ACTIVE);
    ck_assert_int_eq(invitation(conn, portal->id, anna->invitation_id)->state, B2B_INV_ACCEPTED);
    ck_assert(invitation(conn, portal->id, anna->invitation_id)->answered_at != 0);
    unit_ok(b2b_mail_get(&queued, conn, queued->id, test_pool, test_pool));
    ck_assert_int_eq(queued->state, B2B_MAIL_NONE); /* cancelled */

    ck_assert(!answer(conn, portal->id, anna->invitation_id, "7", TRUE));
    ck_assert(!answer(conn, portal->id, anna->invitation_id, "8", FALSE));
    unit_error(b2b_invitation_revoke(conn, portal->id, anna->invitation_id, test_pool),
               B2B_E_CONFLICT);
    unit_error(b2b_invitation_resend(conn, portal->id, anna->invitation_id, test_pool),
               B2B_E_CONFLICT);
    return NULL;
}

WORLD_TEST(declining_keeps_the_door_shut)
{
    b2b_portal_t *portal = world_portal(conn, "acme");
    b2b_partner_t *nord = world_partner(conn, portal->id, "Nord");
    b2b_member_t *anna = world_invited(conn, portal->id, nord->id, "anna@nord.example");
    const char *link = token(conn, portal->id, anna->invitation_id, FALSE);
    b2b_invitation_t *again, *pending;

    ck_assert(answer(conn, portal->id, anna->invitation_id, "7", FALSE));
    ck_assert_int_eq(of_token(conn, portal->id, link)->state, B2B_INV_DECLINED);
    ck_assert(!answer(conn, portal->id, anna->invitation_id, "7", TRUE));
    unit_ok(b2b_member_get(&anna, conn, portal->id, anna->id, test_pool, test_pool));
    ck_assert_int_eq(anna->state, B2B_STATE_PENDING);
    ck_assert_int_eq(anna->invitation_state, B2B_INV_DECLINED);
    unit_ok(b2b_invitation_of_member(&pending, conn, portal->id, anna->id, test_pool, test_pool));
    ck_assert_ptr_null(pending);
    unit_ok(b2b_invitation_create(&again, conn, portal->id, anna->id, NULL, "Please", test_pool,
                                  test_pool));
    ck_assert_str_eq(again->message, "Please");
    unit_ok(b2b_invitation_of_email(&pending, conn, portal->id, "ANNA@nord.example", test_pool,
                                    test_pool));
    ck_assert_str_eq(pending->id, again->id);
    ck_assert(answer(conn, portal->id, again->id, "7", TRUE));
    return NULL;
}

WORLD_TEST(tokens_are_hashes_and_of_one_portal)
{
    b2b_portal_t *portal = world_portal(conn, "acme");
    b2b_portal_t *other = world_portal(conn, "other");
    b2b_partner_t *nord = world_partner(conn, portal->id, "Nord");
    b2b_member_t *anna = world_invited(conn, portal->id, nord->id, "anna@nord.example");
    const char *first = token(conn, portal->id, anna->invitation_id, FALSE);
    const char *second = token(conn, portal->id, anna->invitation_id, FALSE);
    const char *copied;

    ck_assert_int_eq(strlen(first), 32); /* 192 bits */
    ck_assert_str_ne(first, second);
    ck_assert_str_eq(of_token(conn, portal->id, first)->id, anna->invitation_id);
    ck_assert_str_eq(of_token(conn, portal->id, second)->id, anna->invitation_id);
    ck_assert_ptr_null(of_token(conn, other->id, first));
    ck_assert_ptr_null(of_token(conn, portal->id, "guess"));
    ck_assert_ptr_null(of_token(conn, portal->id, b2b_sha256_hex(first, strlen(first), test_pool)));
    ck_assert_ptr_null(token(conn, other->id, anna->invitation_id, FALSE));

    copied = token(conn, portal->id, anna->invitation_id, TRUE);
    ck_assert_ptr_null(of_token(conn, portal->id, first));
    ck_assert_ptr_nonnull(of_token(conn, portal->id, copied));
    unit_ok(b2b_invitation_resend(conn, portal->id, anna->invitation_id, test_pool));
    ck_assert_ptr_null(of_token(conn, portal->id, copied));
    ck_assert_int_eq(invitation(conn, portal->id, anna->invitation_id)->sent_count, 2);
    return NULL;
}

WORLD_TEST(a_week_and_no_longer)
{
    b2b_portal_t *portal = world_portal(conn, "acme");
    b2b_partner_t *nord = world_partner(conn, portal->id, "Nord");
    b2b_member_t *anna = world_invited(conn, portal->id, nord->id, "anna@nord.example");
    const char *link = token(conn, portal->id, anna->invitation_id, FALSE);
    b2b_list_t list = {0};
    b2b_page_t *page;

    list.limit = 10;
    b2b_clock_shift(DAYS(7) - apr_time_from_sec(60));
    ck_assert_int_eq(of_token(conn, portal->id, link)->state, B2B_INV_PENDING);
    b2b_clock_shift(DAYS(7) + apr_time_from_sec(60));
    ck_assert_int_eq(of_token(conn, portal->id, link)->state, B2B_INV_EXPIRED);
    ck_assert(!answer(conn, portal->id, anna->invitation_id, "7", TRUE));
    ck_assert_ptr_null(token(conn, portal->id, anna->invitation_id, FALSE));
    list.state = "pending";
    unit_ok(b2b_invitation_list(&page, conn, portal->id, &list, test_pool, test_pool));
    ck_assert_int_eq(page->items->nelts, 0);
    list.state = "expired";
    unit_ok(b2b_invitation_list(&page, conn, portal->id, &list, test_pool, test_pool));
    ck_assert_int_eq(page->items->nelts, 1);

    unit_ok(b2b_invitation_resend(conn, portal->id, anna->invitation_id, test_pool));
    ck_assert_int_eq(invitation(conn, portal->id, anna->invitation_id)->state, B2B_INV_PENDING);
    b2b_clock_shift(DAYS(13));
    ck_assert(answer(conn, portal->id, anna->invitation_id, "7", TRUE));
    b2b_clock_shift(0);
    return NULL;
}

WORLD_TEST(nobody_suspended_or_removed_accepts)
{
    b2b_portal_t *portal = world_portal(conn, "acme");
    b2b_partner_t *nord = world_partner(conn, portal->id, "Nord");
    b2b_member_t *anna = world_invited(conn, portal->id, nord->id, "anna@nord.example");
    b2b_member_t *bert = world_invited(conn, portal->id, nord->id, "bert@nord.example");
    b2b_invitation_t *made;
    b2b_error_t *err;

    unit_ok(b2b_member_suspend(conn, portal->id, anna->id, B2B_VERSION_ANY, test_pool));
    ck_assert(!answer(conn, portal->id, anna->invitation_id, "7", TRUE));
    err = b2b_invitation_create(&made, conn, portal->id, anna->id, NULL, NULL, test_pool,
                                test_pool);
    unit_error(err, B2B_E_CONFLICT);
    ck_assert_str_eq(err->type, "not-invited");
    unit_ok(b2b_member_resume(conn, portal->id, anna->id, B2B_VERSION_ANY, test_pool));
    ck_assert(answer(conn, portal->id, anna->invitation_id, "7", TRUE));

    unit_ok(b2b_member_remove(conn, portal->id, bert->id, B2B_VERSION_ANY, test_pool));
    ck_assert_int_eq(invitation(conn, portal->id, bert->invitation_id)->state, B2B_INV_REVOKED);
    ck_assert(!answer(conn, portal->id, bert->invitation_id, "8", TRUE));
    unit_error(b2b_invitation_create(&made, conn, portal->id, bert->id, NULL, NULL, test_pool,
                                     test_pool),
               B2B_E_NOT_FOUND);
    return NULL;
}

WORLD_TEST(one_identity_is_one_member)
{
    b2b_portal_t *portal = world_portal(conn, "acme");
    b2b_portal_t *other = world_portal(conn, "other");
    b2b_partner_t *nord = world_partner(conn, portal->id, "Nord");
    b2b_partner_t *there = world_partner(conn, other->id, "Nord");
    b2b_member_t *anna = world_invited(conn, portal->id, nord->id, "anna@nord.example");
    b2b_member_t *second = world_invited(conn, portal->id, nord->id, "anna.berg@nord.example");
    b2b_member_t *elsewhere = world_invited(conn, other->id, there->id, "anna@nord.example");
    b2b_error_t *err;
    int answered;

    ck_assert(answer(conn, portal->id, anna->invitation_id, "7", TRUE));
    ck_assert(answer(conn, other->id, elsewhere->invitation_id, "7",
                     TRUE)); /* another portal, another member */
    err = b2b_invitation_answer(&answered, conn, portal->id, second->invitation_id,
                                world_identity("7", "x"), TRUE, test_pool);
    unit_error(err, B2B_E_CONFLICT);
    ck_assert_str_eq(err->type, "identity-taken");
    ck_assert_int_eq(invitation(conn, portal->id, second->invitation_id)->state, B2B_INV_PENDING);
    unit_ok(b2b_member_remove(conn, portal->id, anna->id, B2B_VERSION_ANY, test_pool));
    ck_assert(answer(conn, portal->id, second->invitation_id, "7",
                     TRUE)); /* the removed row gives it up */
    return NULL;
}

WORLD_TEST(only_one_is_pending)
{
    b2b_portal_t *portal = world_portal(conn, "acme");
    b2b_partner_t *nord = world_partner(conn, portal->id, "Nord");
    b2b_host_user_t *eva = world_host_user(conn, "eva@hammer.example", B2B_HOST_PARTNER_MANAGER);
    b2b_member_t *anna = world_invited(conn, portal->id, nord->id, "anna@nord.example");
    b2b_mail_t *old_mail = mail(conn, portal->id, anna->invitation_id);
    b2b_invitation_t *second;
    b2b_list_t list = {0};
    b2b_page_t *page;

    ck_assert_int_eq(invitation(conn, portal->id, anna->invitation_id)->delivery, B2B_MAIL_QUEUED);
    unit_ok(b2b_invitation_create(&second, conn, portal->id, anna->id, eva->id, NULL, test_pool,
                                  test_pool));
    ck_assert_str_eq(second->inviter_name, "eva@hammer.example");
    ck_assert_int_eq(second->delivery, B2B_MAIL_NONE);
    ck_assert_int_eq(invitation(conn, portal->id, anna->invitation_id)->state, B2B_INV_REVOKED);
    unit_ok(b2b_mail_get(&old_mail, conn, old_mail->id, test_pool, test_pool));
    ck_assert_int_eq(old_mail->state, B2B_MAIL_NONE);
    unit_ok(b2b_member_get(&anna, conn, portal->id, anna->id, test_pool, test_pool));
    ck_assert_str_eq(anna->invitation_id, second->id);

    list.limit = 1;
    unit_ok(b2b_invitation_list(&page, conn, portal->id, &list, test_pool, test_pool));
    ck_assert_str_eq(APR_ARRAY_IDX(page->items, 0, b2b_invitation_t *)->id,
                     second->id); /* newest first */
    list.after_key = page->next_key;
    list.after_id = page->next_id;
    unit_ok(b2b_invitation_list(&page, conn, portal->id, &list, test_pool, test_pool));
    ck_assert_int_eq(page->items->nelts, 1);
    ck_assert_int_eq(APR_ARRAY_IDX(page->items, 0, b2b_invitation_t *)->state, B2B_INV_REVOKED);
    ck_assert_ptr_null(page->next_key);
    memset(&list, 0, sizeof(list));
    list.limit = 10;
    list.q = "Anna@";
    list.partner_id = nord->id;
    list.state = "pending";
    unit_ok(b2b_invitation_list(&page, conn, portal->id, &list, test_pool, test_pool));
    ck_assert_int_eq(page->items->nelts, 1);
    list.state = "revoked";
    unit_ok(b2b_invitation_list(&page, conn, portal->id, &list, test_pool, test_pool));
    ck_assert_int_eq(page->items->nelts, 1);
    list.state = "accepted";
    unit_ok(b2b_invitation_list(&page, conn, portal->id, &list, test_pool, test_pool));
    ck_assert_int_eq(page->items->nelts, 0);
    return NULL;
}

/* Many at once ---------------------------------------------------------------------------------------- */

#define RACERS 16

typedef struct {
    b2b_db_t *db;
    const char *portal_id;
    const char *invitation_id;
    int own; /* each has its own identity */
    int number;
    int answered;
    int refused;
    b2b_error_t *err;
} racer_t;

static b2b_error_t *race_work(void *baton, b2b_db_conn_t *conn, apr_pool_t *pool)
{
    racer_t *racer = baton;
    b2b_identity_t identity = {0};

    identity.issuer = WORLD_ISSUER;
    identity.subject = racer->own ? apr_psprintf(pool, "%d", racer->number) : "7";
    return b2b_invitation_answer(&racer->answered, conn, racer->portal_id, racer->invitation_id,
                                 &identity, racer->number % 4 != 3, pool);
}

static void *APR_THREAD_FUNC race(apr_thread_t *thread, void *baton)
{
    racer_t *racer = baton;
    b2b_db_conn_t *conn;
    apr_pool_t *pool;

    (void)thread;
    apr_pool_create(&pool, NULL);
    do {
        racer->answered = FALSE;
        racer->err = b2b_db_acquire(&conn, racer->db, pool);
        if (!racer->err) {
            racer->err = b2b_db_transaction(conn, race_work, racer, pool);
            b2b_db_release(conn);
        }
    } while (racer->err && racer->err->code == B2B_E_BUSY);
    if (racer->err) {
        racer->refused = racer->err->code == B2B_E_CONFLICT;
        racer->answered = FALSE;
    }
    return NULL;
}

static b2b_error_t *race_begin(void *baton, b2b_db_conn_t *conn, apr_pool_t *pool)
{
    racer_t *racer = baton;
    b2b_portal_t *portal = world_portal(conn, "acme");
    b2b_partner_t *nord = world_partner(conn, portal->id, "Nord");

    (void)pool;
    racer->portal_id = portal->id;
    racer->invitation_id =
        world_invited(conn, portal->id, nord->id, "anna@nord.example")->invitation_id;
    return NULL;
}

static void race_run(int driver, int own)
{
    b2b_db_t *db = unit_database(driver);
    apr_thread_t *threads[RACERS];
    racer_t racers[RACERS] = {{0}};
    b2b_db_conn_t *conn;
    int i, answered = 0;

    unit_ok(b2b_db_acquire(&conn, db, test_pool));
    unit_ok(b2b_db_transaction(conn, race_begin, &racers[0], test_pool));
    b2b_db_release(conn);
    for (i = 0; i < RACERS; i++) {
        racers[i].db = db;
        racers[i].portal_id = racers[0].portal_id;
        racers[i].invitation_id = racers[0].invitation_id;
        racers[i].own = own;
        racers[i].number = i;
        ck_assert_int_eq(apr_thread_create(&threads[i], NULL, race, &racers[i], test_pool),
                         APR_SUCCESS);
    }
    for (i = 0; i < RACERS; i++) {
        apr_status_t status;

        apr_thread_join(&status, threads[i]);
        ck_assert(!racers[i].err || racers[i].refused);
        answered += racers[i].answered;
    }
    ck_assert_int_eq(answered, 1);
}

START_TEST(of_many_one_accepts)
{
    race_run(_i, FALSE);
}
END_TEST

START_TEST(of_many_identities_one_is_linked)
{
    race_run(_i, TRUE);
}
END_TEST

/*
 * Where several transactions write at once, another may link an identity between our look at the member and our
 * write, and a cache may load it before our commit: what takes something away reaches that cache, too.
 */
WORLD_TEST(withdrawing_reaches_who_is_just_accepting)
{
    b2b_portal_t *portal = world_portal(conn, "acme");
    b2b_partner_t *nord = world_partner(conn, portal->id, "Nord");
    b2b_group_t *buyers = world_group(conn, portal->id, "Buyers");
    b2b_member_t *anna = world_invited(conn, portal->id, nord->id, "anna@nord.example");
    int changed;

    unit_ok(b2b_group_member_add(&changed, conn, portal->id, buyers->id, anna->id,
                                 B2B_SOURCE_CONSOLE, test_pool));
    world_untouch(conn);
    unit_ok(b2b_group_member_remove(&changed, conn, portal->id, buyers->id, anna->id,
                                    B2B_SOURCE_CONSOLE, test_pool));
    ck_assert(changed && world_touched_portal(conn, portal->id));
    world_untouch(conn);
    unit_ok(b2b_member_groups_set(conn, portal->id, anna->id, B2B_SOURCE_CONSOLE,
                                  world_ids(NULL, NULL), test_pool));
    ck_assert(world_touched_portal(conn, portal->id));
    world_untouch(conn);
    unit_ok(b2b_member_suspend(conn, portal->id, anna->id, B2B_VERSION_ANY, test_pool));
    ck_assert(world_touched_portal(conn, portal->id));
    world_untouch(conn);
    unit_ok(b2b_member_remove(conn, portal->id, anna->id, B2B_VERSION_ANY, test_pool));
    ck_assert(world_touched_portal(conn, portal->id));
    return NULL;
}

Suite *unit_suite(void)
{
    Suite *suite = suite_create("model: invitations");
    TCase *tc = unit_case(suite, "invitations");

    unit_database_start();
    tcase_add_loop_test(tc, accepting_links_and_activates, 0, UNIT_DRIVERS);
    tcase_add_loop_test(tc, declining_keeps_the_door_shut, 0, UNIT_DRIVERS);
    tcase_add_loop_test(tc, tokens_are_hashes_and_of_one_portal, 0, UNIT_DRIVERS);
    tcase_add_loop_test(tc, a_week_and_no_longer, 0, UNIT_DRIVERS);
    tcase_add_loop_test(tc, nobody_suspended_or_removed_accepts, 0, UNIT_DRIVERS);
    tcase_add_loop_test(tc, one_identity_is_one_member, 0, UNIT_DRIVERS);
    tcase_add_loop_test(tc, only_one_is_pending, 0, UNIT_DRIVERS);
    tcase_add_loop_test(tc, of_many_one_accepts, 0, UNIT_DRIVERS);
    tcase_add_loop_test(tc, of_many_identities_one_is_linked, 0, UNIT_DRIVERS);
    tcase_add_loop_test(tc, withdrawing_reaches_who_is_just_accepting, 0, UNIT_DRIVERS);
    return suite;
}
