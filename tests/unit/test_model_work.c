/* SPDX-License-Identifier: Apache-2.0 */
/* model/: outbox, claims, audit trail, idempotency keys, search, words. */
#include "world.h"

#include <string.h>

#include <apr_strings.h>

#include "base/chance.h"

#define MINUTE apr_time_from_sec(60)

static b2b_mail_t *enqueue(b2b_db_conn_t *conn, const char *portal_id, const char *subject_id,
                           const char *recipient)
{
    b2b_mail_t *mail = apr_pcalloc(test_pool, sizeof(*mail));

    mail->portal_id = portal_id;
    mail->kind = "notice";
    mail->subject_id = subject_id;
    mail->recipient = recipient;
    mail->subject = "Hello";
    mail->document = "{\"a\":1}";
    unit_ok(b2b_mail_enqueue(conn, mail, "portals.example", test_pool, test_pool));
    return mail;
}

static b2b_mail_t *mail(b2b_db_conn_t *conn, const char *id)
{
    b2b_mail_t *found;

    unit_ok(b2b_mail_get(&found, conn, id, test_pool, test_pool));
    return found;
}

static int claim(b2b_db_conn_t *conn, const char *holder, int limit)
{
    apr_array_header_t *mails;

    unit_ok(b2b_mail_claim(&mails, conn, holder, MINUTE, limit, test_pool, test_pool));
    return mails->nelts;
}

static int mails(b2b_db_conn_t *conn, const char *state, const char *portal_id)
{
    b2b_list_t list = {0};
    b2b_page_t *page;

    list.limit = 10;
    list.state = state;
    list.portal_id = portal_id;
    list.q = "@NORD";
    unit_ok(b2b_mail_list(&page, conn, &list, test_pool, test_pool));
    return page->items->nelts;
}

WORLD_TEST(mail_is_held_sent_and_sent_again)
{
    b2b_portal_t *portal = world_portal(conn, "acme");
    b2b_mail_t *one = enqueue(conn, portal->id, "i1", "anna@nord.example");
    b2b_mail_t *two = enqueue(conn, NULL, NULL, "bert@nord.example");
    const char *message_id = one->message_id;

    ck_assert_str_eq(message_id, apr_pstrcat(test_pool, "<", one->id, "@portals.example>", NULL));
    ck_assert_str_eq(mail(conn, one->id)->portal, "acme");
    ck_assert_int_eq(mail(conn, one->id)->state, B2B_MAIL_QUEUED);
    ck_assert_int_eq(mails(conn, NULL, NULL), 2);
    ck_assert_int_eq(mails(conn, "queued", portal->id), 1);
    ck_assert_int_eq(claim(conn, "a", 1), 1);
    ck_assert_int_eq(mail(conn, one->id)->state, B2B_MAIL_SENDING);
    ck_assert_int_eq(mails(conn, "sending", NULL), 1);
    ck_assert_int_eq(mails(conn, "queued", NULL), 1);
    ck_assert_int_eq(claim(conn, "b", 5), 1); /* the other one */
    ck_assert_int_eq(claim(conn, "c", 5), 0);

    /* Not its holder: nothing happens. */
    unit_ok(b2b_mail_result(conn, one->id, "b", B2B_MAIL_SENT, 0, "250 stolen", test_pool));
    ck_assert_int_eq(mail(conn, one->id)->state, B2B_MAIL_SENDING);
    unit_ok(b2b_mail_result(conn, one->id, "a", B2B_MAIL_SENT, 0, "250 ok", test_pool));
    one = mail(conn, one->id);
    ck_assert_int_eq(one->state, B2B_MAIL_SENT);
    ck_assert_str_eq(one->server_words, "250 ok");
    ck_assert(one->sent_at != 0);
    ck_assert_int_eq(one->attempts, 1);

    /* Greylisted: again later, and not before. */
    unit_ok(b2b_mail_result(conn, two->id, "b", B2B_MAIL_QUEUED, b2b_clock_now() + 5 * MINUTE,
                            "450 later", test_pool));
    ck_assert_int_eq(mail(conn, two->id)->state, B2B_MAIL_QUEUED);
    ck_assert_int_eq(claim(conn, "a", 5), 0);
    b2b_clock_shift(6 * MINUTE);
    ck_assert_int_eq(claim(conn, "a", 5), 1);
    /* Its worker dies: due again after the hold, with the same Message-ID. */
    b2b_clock_shift(8 * MINUTE);
    ck_assert_int_eq(mail(conn, two->id)->state, B2B_MAIL_QUEUED);
    ck_assert_int_eq(claim(conn, "b", 5), 1);
    ck_assert_str_eq(mail(conn, two->id)->message_id, two->message_id);
    unit_ok(b2b_mail_result(conn, two->id, "b", B2B_MAIL_FAILED, 0, "550 nobody here", test_pool));
    b2b_clock_shift(0);
    ck_assert_int_eq(mail(conn, two->id)->state, B2B_MAIL_FAILED);
    ck_assert_int_eq(mail(conn, two->id)->attempts, 3);
    ck_assert_int_eq(mails(conn, "failed", NULL), 1);
    unit_ok(b2b_mail_send_again(conn, two->id, test_pool));
    ck_assert_int_eq(mail(conn, two->id)->state, B2B_MAIL_QUEUED);
    unit_error(b2b_mail_send_again(conn, two->id, test_pool), B2B_E_CONFLICT);
    unit_error(b2b_mail_send_again(conn, "none", test_pool), B2B_E_NOT_FOUND);
    ck_assert_int_eq(claim(conn, "a", 5), 1);
    return NULL;
}

WORLD_TEST(cancelled_mail_is_out_of_sight)
{
    b2b_portal_t *portal = world_portal(conn, "acme");
    b2b_mail_t *held = enqueue(conn, portal->id, "i1", "anna@nord.example");
    b2b_mail_t *waiting;

    ck_assert_int_eq(claim(conn, "a", 5), 1);
    waiting = enqueue(conn, portal->id, "i1", "anna@nord.example");
    enqueue(conn, portal->id, "i2", "anna@nord.example");
    unit_ok(b2b_mail_cancel(conn, portal->id, "i1", test_pool));
    ck_assert_int_eq(mail(conn, waiting->id)->state, B2B_MAIL_NONE);
    ck_assert_int_eq(mail(conn, held->id)->state, B2B_MAIL_SENDING); /* it may be on its way */
    ck_assert_int_eq(mails(conn, NULL, portal->id), 2);
    unit_error(b2b_mail_send_again(conn, waiting->id, test_pool), B2B_E_CONFLICT);
    unit_ok(b2b_portal_delete(conn, portal->id, B2B_VERSION_ANY, test_pool));
    ck_assert_int_eq(claim(conn, "b", 5), 0);
    return NULL;
}

WORLD_TEST(a_claim_is_held_by_one)
{
    int held, is_free;

    unit_ok(b2b_claim_free(&is_free, conn, "mail", "a", test_pool));
    ck_assert(is_free);
    unit_ok(b2b_claim_take(&held, conn, "mail", "a", MINUTE, test_pool));
    ck_assert(held);
    unit_ok(b2b_claim_take(&held, conn, "mail", "b", MINUTE, test_pool));
    ck_assert(!held);
    unit_ok(b2b_claim_free(&is_free, conn, "mail", "b", test_pool));
    ck_assert(!is_free);
    unit_ok(b2b_claim_take(&held, conn, "tidy", "b", MINUTE, test_pool));
    ck_assert(held);
    b2b_clock_shift(MINUTE / 2);
    unit_ok(b2b_claim_take(&held, conn, "mail", "a", MINUTE, test_pool));
    ck_assert(held);
    b2b_clock_shift(MINUTE + MINUTE / 4); /* kept from the half minute on */
    unit_ok(b2b_claim_take(&held, conn, "mail", "b", MINUTE, test_pool));
    ck_assert(!held);
    b2b_clock_shift(2 * MINUTE);
    unit_ok(b2b_claim_take(&held, conn, "mail", "b", MINUTE, test_pool));
    ck_assert(held);
    unit_ok(b2b_claim_release(conn, "mail", "a", test_pool)); /* not its own any more */
    unit_ok(b2b_claim_free(&is_free, conn, "mail", "a", test_pool));
    ck_assert(!is_free);
    unit_ok(b2b_claim_release(conn, "mail", "b", test_pool));
    unit_ok(b2b_claim_take(&held, conn, "mail", "a", MINUTE, test_pool));
    ck_assert(held);
    b2b_clock_shift(0);
    return NULL;
}

static void record(b2b_db_conn_t *conn, const char *portal_id, const char *actor,
                   const char *action, const char *object, const char *outcome)
{
    b2b_audit_event_t event = {0};

    event.portal_id = portal_id;
    event.actor_kind = "host_user";
    event.actor_id = actor;
    event.actor_name = apr_pstrcat(test_pool, "Name of ", actor, NULL);
    event.action = action;
    event.outcome = outcome;
    event.object_kind = "member";
    event.object_id = object;
    event.object_name = object;
    event.details = "[]";
    unit_ok(b2b_audit_record(conn, &event, test_pool));
}

/* The objects of the events that LIST finds, one at a time. */
static const char *trail(b2b_db_conn_t *conn, b2b_list_t list)
{
    const char *seen = "";
    b2b_page_t *page;

    list.limit = 1;
    do {
        unit_ok(b2b_audit_list(&page, conn, &list, test_pool, test_pool));
        if (page->items->nelts) {
            seen = apr_pstrcat(test_pool, seen,
                               APR_ARRAY_IDX(page->items, 0, b2b_audit_event_t *)->object_id, NULL);
        }
        list.after_key = page->next_key;
        list.after_id = page->next_id;
    } while (page->next_key);
    return seen;
}

WORLD_TEST(audit_trail_is_filtered)
{
    b2b_portal_t *portal = world_portal(conn, "acme");
    b2b_list_t list = {0};
    b2b_page_t *page;

    record(conn, portal->id, "eva", "member.suspend", "1", "done");
    record(conn, NULL, "eva", "settings.change", "2", "done");
    record(conn, portal->id, "max", "member.remove", "3", "refused");
    record(conn, portal->id, "max", "memberships.change", "1", "done");
    ck_assert_str_eq(trail(conn, list), "1321");
    list.portal_id = portal->id;
    ck_assert_str_eq(trail(conn, list), "131");
    list.action = "member.";
    ck_assert_str_eq(trail(conn, list), "31");
    list.action = "member.suspend";
    ck_assert_str_eq(trail(conn, list), "1");
    list.action = "member";
    ck_assert_str_eq(trail(conn, list), "");
    list.action = NULL;
    list.outcome = "refused";
    ck_assert_str_eq(trail(conn, list), "3");
    list.outcome = NULL;
    list.object_id = "1";
    ck_assert_str_eq(trail(conn, list), "11");
    list.actor_id = "max";
    ck_assert_str_eq(trail(conn, list), "1");
    memset(&list, 0, sizeof(list));
    list.actor_id = "eva";
    ck_assert_str_eq(trail(conn, list), "21");
    list.portal_id = portal->id;
    ck_assert_str_eq(trail(conn, list), "1");
    memset(&list, 0, sizeof(list));
    list.q = "NAME OF M";
    ck_assert_str_eq(trail(conn, list), "13");
    memset(&list, 0, sizeof(list));
    list.until = b2b_clock_now() + MINUTE;
    list.from = b2b_clock_now() - MINUTE;
    ck_assert_str_eq(trail(conn, list), "1321");
    list.from = list.until;
    list.until = 0;
    ck_assert_str_eq(trail(conn, list), "");
    memset(&list, 0, sizeof(list));
    list.limit = 10;
    list.portal_id = portal->id;
    unit_ok(b2b_audit_list(&page, conn, &list, test_pool, test_pool));
    ck_assert_str_eq(APR_ARRAY_IDX(page->items, 0, b2b_audit_event_t *)->portal, "acme");
    return NULL;
}

WORLD_TEST(an_answer_is_kept_for_a_day)
{
    b2b_idempotency_t answer = {"hash", 201, "{}", "body"};
    b2b_idempotency_t *found;
    apr_int64_t count;

    unit_ok(b2b_idempotency_get(&found, conn, "host_user:1", "k", test_pool, test_pool));
    ck_assert_ptr_null(found);
    unit_ok(b2b_idempotency_put(conn, "host_user:1", "k", &answer, test_pool));
    unit_error(b2b_idempotency_put(conn, "host_user:1", "k", &answer, test_pool), B2B_E_CONFLICT);
    unit_ok(b2b_idempotency_put(conn, "host_user:2", "k", &answer, test_pool));
    unit_ok(b2b_idempotency_get(&found, conn, "host_user:1", "k", test_pool, test_pool));
    ck_assert_int_eq(found->status, 201);
    ck_assert_str_eq(found->body, "body");
    unit_ok(b2b_idempotency_sweep(&count, conn, 10, test_pool));
    ck_assert_int_eq(count, 0);
    b2b_clock_shift(apr_time_from_sec(24 * 3600) + MINUTE);
    unit_ok(b2b_idempotency_get(&found, conn, "host_user:1", "k", test_pool, test_pool));
    ck_assert_ptr_null(found);
    unit_ok(b2b_idempotency_put(conn, "host_user:1", "k", &answer,
                                test_pool)); /* the key may be used again */
    unit_ok(b2b_idempotency_sweep(&count, conn, 10, test_pool));
    ck_assert_int_eq(count, 1);
    b2b_clock_shift(0);
    return NULL;
}

WORLD_TEST(search_finds_what_is_there)
{
    b2b_portal_t *portal = world_portal(conn, "acme");
    b2b_partner_t *nord = world_partner(conn, portal->id, "Acme Nord");
    b2b_member_t *anna = world_invited(conn, portal->id, nord->id, "anna@acme.example");
    const b2b_search_scope_t all = {TRUE, TRUE, TRUE, NULL}, none = {0};
    apr_array_header_t *hits;
    const b2b_search_hit_t *hit;

    world_dashboard(conn, "Of acme");
    unit_ok(b2b_search(&hits, conn, &none, "acme", 10, test_pool, test_pool));
    ck_assert_int_eq(hits->nelts, 0);
    unit_ok(b2b_search(&hits, conn, &all, "ACME", 10, test_pool, test_pool));
    ck_assert_int_eq(hits->nelts, 4);
    hit = APR_ARRAY_IDX(hits, 0, b2b_search_hit_t *);
    ck_assert_str_eq(hit->kind, "portal");
    ck_assert_str_eq(hit->id, portal->id);
    hit = APR_ARRAY_IDX(hits, 1, b2b_search_hit_t *);
    ck_assert_str_eq(hit->kind, "dashboard");
    ck_assert_ptr_null(hit->portal_id);
    hit = APR_ARRAY_IDX(hits, 2, b2b_search_hit_t *);
    ck_assert_str_eq(hit->kind, "partner");
    ck_assert_str_eq(hit->portal, "acme");
    hit = APR_ARRAY_IDX(hits, 3, b2b_search_hit_t *);
    ck_assert_str_eq(hit->kind, "member");
    ck_assert_str_eq(hit->id, anna->id);
    ck_assert_str_eq(hit->title, "anna@acme.example");
    unit_ok(b2b_search(&hits, conn, &all, "acme", 3, test_pool, test_pool));
    ck_assert_int_eq(hits->nelts, 3);
    unit_ok(b2b_search(&hits, conn, &all, "", 10, test_pool, test_pool));
    ck_assert_int_eq(hits->nelts, 0);
    unit_ok(b2b_search(&hits, conn, &all, "%", 10, test_pool, test_pool));
    ck_assert_int_eq(hits->nelts, 0);
    unit_ok(b2b_portal_delete(conn, portal->id, B2B_VERSION_ANY, test_pool));
    unit_ok(b2b_search(&hits, conn, &all, "acme", 10, test_pool, test_pool));
    ck_assert_int_eq(hits->nelts, 1); /* the dashboard is the host's */
    return NULL;
}

START_TEST(unknown_words_are_nothing)
{
    int bit;

    ck_assert_int_eq(b2b_member_role_parse("partner-administrator"),
                     B2B_MEMBER_PARTNER_ADMINISTRATOR);
    ck_assert_int_eq(b2b_member_role_parse("Viewer"), B2B_MEMBER_NONE);
    ck_assert_int_eq(b2b_member_role_parse("viewe"), B2B_MEMBER_NONE);
    ck_assert_int_eq(b2b_member_role_parse("viewer "), B2B_MEMBER_NONE);
    ck_assert_int_eq(b2b_member_role_parse(""), B2B_MEMBER_NONE);
    ck_assert_int_eq(b2b_member_role_parse(NULL), B2B_MEMBER_NONE);
    ck_assert_int_eq(b2b_host_role_parse("data-source_manager"), B2B_HOST_DATA_SOURCE_MANAGER);
    ck_assert_int_eq(b2b_host_role_parse("root"), B2B_HOST_NONE);
    for (bit = B2B_HOST_ADMINISTRATOR; bit <= B2B_HOST_USER; bit <<= 1) {
        ck_assert_int_eq(b2b_host_role_parse(b2b_host_role_word((b2b_host_role_e)bit)), bit);
    }
    ck_assert_int_eq(b2b_state_parse("invited"), B2B_STATE_PENDING);
    ck_assert_int_eq(b2b_state_parse("deleted"), B2B_STATE_UNKNOWN);
    ck_assert_str_eq(b2b_state_word(B2B_STATE_PENDING), "pending");
    ck_assert_str_eq(b2b_member_state_word(B2B_STATE_PENDING), "invited");
    ck_assert_str_eq(b2b_invitation_state_word(B2B_INV_EXPIRED), "expired");
    ck_assert_str_eq(b2b_mail_state_word(B2B_MAIL_QUEUED), "queued");
    ck_assert_str_eq(b2b_source_word(B2B_SOURCE_CLAIM), "claim");
}
END_TEST

Suite *unit_suite(void)
{
    Suite *suite = suite_create("model: work");
    TCase *tc = unit_case(suite, "work");

    unit_database_start();
    tcase_add_test(tc, unknown_words_are_nothing);
    tcase_add_loop_test(tc, mail_is_held_sent_and_sent_again, 0, UNIT_DRIVERS);
    tcase_add_loop_test(tc, cancelled_mail_is_out_of_sight, 0, UNIT_DRIVERS);
    tcase_add_loop_test(tc, a_claim_is_held_by_one, 0, UNIT_DRIVERS);
    tcase_add_loop_test(tc, audit_trail_is_filtered, 0, UNIT_DRIVERS);
    tcase_add_loop_test(tc, an_answer_is_kept_for_a_day, 0, UNIT_DRIVERS);
    tcase_add_loop_test(tc, search_finds_what_is_there, 0, UNIT_DRIVERS);
    return suite;
}
