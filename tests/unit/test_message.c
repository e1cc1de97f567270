/* SPDX-License-Identifier: Apache-2.0 */
/* What mails say, and how B2BPortalMail is read. */
#include "jobs/jobs_int.h"

#include <string.h>

#include "unit.h"

typedef struct {
    const char *url;
    const char *tls;
    const char *curl_url; /* NULL: refused */
    const char *user;
    const char *password;
    int require_tls;
} server_case_t;

static const server_case_t servers[] =
    {{"smtp://mail.example", NULL, "smtp://mail.example:587", NULL, NULL, 1},
     {"smtp://mail.example:25", "plain", "smtp://mail.example:25", NULL, NULL, 0},
     {"smtps://a%40b:p%3aw@mail.example", NULL, "smtps://mail.example:465", "a@b", "p:w", 1},
     {"smtp://127.0.0.1:2525", NULL, "smtp://127.0.0.1:2525", NULL, NULL, 0},
     {"smtp://u:p@127.0.0.1:2525", NULL, "smtp://127.0.0.1:2525", "u", "p", 0},
     {"smtp://u:p@mail.example", "plain", NULL, NULL, NULL, 0},
     {"smtp://mail.example", "maybe", NULL, NULL, NULL, 0},
     {"smtps://mail.example", "starttls", NULL, NULL, NULL, 0},
     {"http://mail.example", NULL, NULL, NULL, NULL, 0},
     {"smtp://", NULL, NULL, NULL, NULL, 0},
     {"smtp://mail.example/x", NULL, NULL, NULL, NULL, 0},
     {"mail.example", NULL, NULL, NULL, NULL, 0}};

START_TEST(mail_server_is_parsed)
{
    const server_case_t *c = &servers[_i];
    b2b_mail_server_t server;
    const char *why = b2b_mail_server_parse(&server, c->url, c->tls, test_pool);

    if (!c->curl_url) {
        ck_assert_ptr_nonnull(why);
        return;
    }
    ck_assert_msg(!why, "%s: %s", c->url, why ? why : "");
    ck_assert_str_eq(server.url, c->curl_url);
    ck_assert_pstr_eq(server.user, c->user);
    ck_assert_pstr_eq(server.password, c->password);
    ck_assert_int_eq(server.require_tls, c->require_tls);
}
END_TEST

static const b2b_site_t site = {.files = "/files", .mail_from = "portals@host.example"};

static b2b_portal_snapshot_t portal_named(const char *name, const char *color)
{
    b2b_portal_snapshot_t portal = {.name = name,
                                    .color = color,
                                    .contact_email = "help@host.example",
                                    .host_name = "Nordwind Pumps",
                                    .logo = "abc"};
    return portal;
}

static b2b_message_t *write_invitation(const b2b_portal_snapshot_t *portal, const char *inviter,
                                       const char *locale, const char *logo_type)
{
    b2b_json_t *document = b2b_json_object(test_pool);
    b2b_message_t *message = NULL;
    b2b_message_subject_t subject = {.kind = "invitation",
                                     .recipient = "dana@partner.example",
                                     .message_id = "<1@host.example>",
                                     .document = document,
                                     .link =
                                         "https://acme.portals.example/invitation?token=T-1&x=2",
                                     .expires_at = 1764511500000000,
                                     .logo_type = logo_type};

    b2b_json_set_string(document, "inviter_name", inviter);
    b2b_json_set_string(document, "partner_name", "Fjord <Supplies>");
    b2b_json_set_string(document, "member_name", "Dana");
    b2b_json_set_string(document, "locale", locale);
    ck_assert_ptr_null(b2b_message_write(&message, &site, portal, &subject, test_pool));
    return message;
}

START_TEST(invitation_names_inviter_partner_and_end)
{
    b2b_portal_snapshot_t portal = portal_named("Acme \"&\" Sons", "#0b6e4f");
    b2b_message_t *message = write_invitation(&portal, "Ines Ivers", "en-GB", NULL);

    ck_assert_str_eq(message->subject, "Ines Ivers invites you to Acme \"&\" Sons");
    ck_assert_str_eq(message->from, "\"Acme \\\"&\\\" Sons\" <portals@host.example>");
    ck_assert_str_eq(message->reply_to, "help@host.example");
    ck_assert_ptr_nonnull(strstr(message->text, "Hello Dana,"));
    ck_assert_ptr_nonnull(
        strstr(message->text, "https://acme.portals.example/invitation?token=T-1&x=2"));
    ck_assert_ptr_nonnull(strstr(message->text, "Fjord <Supplies>"));
    ck_assert_ptr_nonnull(strstr(message->text, "2025-11-30 14:05 UTC"));
    ck_assert_ptr_nonnull(strstr(message->html, "Fjord &lt;Supplies&gt;"));
    ck_assert_ptr_null(strstr(message->html, "Fjord <Supplies>"));
    ck_assert_ptr_nonnull(strstr(message->html, "token=T-1&amp;x=2"));
    ck_assert_ptr_nonnull(strstr(message->html, "background:#0b6e4f;color:#ffffff"));
    ck_assert_ptr_null(message->logo);
}
END_TEST

START_TEST(a_light_brand_gets_dark_text_and_its_logo)
{
    b2b_portal_snapshot_t portal = portal_named("Acme", "#ffd400");
    b2b_message_t *message = write_invitation(&portal, "Ines", "de", "image/png");

    ck_assert_ptr_nonnull(strstr(message->html, "background:#ffd400;color:#111111"));
    ck_assert_ptr_nonnull(strstr(message->html, "lang=\"de\""));
    ck_assert_ptr_nonnull(strstr(message->html, "cid:logo"));
    ck_assert_str_eq(message->logo, "/files/abc");
}
END_TEST

static const struct {
    const char *locale;
    const char *subject;
    const char *button;
} assignments[] = {
    {"en", "RK-0042 is waiting for you: Review", "Open RK-0042"},
    {"de-AT", "RK-0042 wartet auf Sie: Review", "RK-0042 öffnen"},
};

START_TEST(assignment_names_what_waits)
{
    b2b_portal_snapshot_t portal = portal_named("Acme", "#000000");
    b2b_json_t *document = b2b_json_object(test_pool);
    b2b_message_t *message = NULL;
    b2b_message_subject_t subject = {.kind = "assignment",
                                     .recipient = "dana@partner.example",
                                     .message_id = "<1@host.example>",
                                     .document = document,
                                     .link = "https://acme.portals.example/instances/1"};

    b2b_json_set_string(document, "reference", "RK-0042");
    b2b_json_set_string(document, "title", "Complaint <b>");
    b2b_json_set_string(document, "status_title", "Review");
    b2b_json_set_string(document, "locale", assignments[_i].locale);
    ck_assert_ptr_null(b2b_message_write(&message, &site, &portal, &subject, test_pool));
    ck_assert_str_eq(message->subject, assignments[_i].subject);
    ck_assert_ptr_nonnull(strstr(message->text, assignments[_i].button));
    ck_assert_ptr_nonnull(strstr(message->html, assignments[_i].button));
    ck_assert_ptr_nonnull(strstr(message->text, "Complaint <b>"));
    ck_assert_ptr_nonnull(strstr(message->html, "Complaint &lt;b&gt;"));
    ck_assert_ptr_nonnull(strstr(message->text, "https://acme.portals.example/instances/1"));
}
END_TEST

/* A value that looks like a word of the template is shown as it is. */
START_TEST(values_are_not_templates)
{
    b2b_portal_snapshot_t portal = portal_named("$email", "#000000");
    b2b_message_t *message = write_invitation(&portal, "$portal $until", "en", NULL);

    ck_assert_str_eq(message->subject, "$portal $until invites you to $email");
}
END_TEST

START_TEST(unknown_kind_is_refused)
{
    b2b_portal_snapshot_t portal = portal_named("Acme", "#000000");
    b2b_message_t *message = NULL;
    b2b_message_subject_t subject = {.kind = "hello", .document = b2b_json_object(test_pool)};

    ck_assert_ptr_nonnull(b2b_message_write(&message, &site, &portal, &subject, test_pool));
    ck_assert_ptr_null(message);
}
END_TEST

START_TEST(header_text_is_encoded_where_it_must)
{
    const char *encoded;
    const char *p;

    ck_assert_str_eq(b2b_message_header_text("Plain words", test_pool), "Plain words");
    ck_assert_str_eq(b2b_message_header_text("Müller", test_pool), "=?UTF-8?B?TcO8bGxlcg==?=");
    ck_assert_str_eq(b2b_message_header_text("=?x", test_pool), "=?UTF-8?B?PT94?=");
    /* 60 two-byte characters: several words, none over 75 characters, no character cut. */
    encoded =
        b2b_message_header_text("üüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüü",
                                test_pool);
    for (p = encoded; p; p = strstr(p, "\r\n ")) {
        const char *end;

        p += *p == '\r' ? 3 : 0;
        end = strstr(p, "?=");
        ck_assert_ptr_nonnull(end);
        ck_assert_int_le(end + 2 - p, 75);
    }
    ck_assert_ptr_nonnull(strstr(encoded, "?=\r\n =?UTF-8?B?"));
}
END_TEST

Suite *unit_suite(void)
{
    Suite *suite = suite_create("message");
    TCase *tc = unit_case(suite, "message");

    tcase_add_loop_test(tc, mail_server_is_parsed, 0, sizeof(servers) / sizeof(servers[0]));
    tcase_add_test(tc, invitation_names_inviter_partner_and_end);
    tcase_add_test(tc, a_light_brand_gets_dark_text_and_its_logo);
    tcase_add_loop_test(tc, assignment_names_what_waits, 0, 2);
    tcase_add_test(tc, values_are_not_templates);
    tcase_add_test(tc, unknown_kind_is_refused);
    tcase_add_test(tc, header_text_is_encoded_where_it_must);
    return suite;
}
