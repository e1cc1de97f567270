/* SPDX-License-Identifier: Apache-2.0 */
/* What a mail says: one table of sentences a language, and one frame in the portal's brand. */

#include "jobs_int.h"

#include <stdio.h>
#include <string.h>

#include <apr_base64.h>
#include <apr_strings.h>

#include "base/chance.h"
#include "base/text.h"

/*
 * Sentences hold $-words, replaced by values: $inviter, $portal, $host, $partner, $email, $member, $until,
 * $reference, $title, $status.
 * The subject and the text are plain; in HTML each value is escaped.
 */
typedef struct {
    const char *kind;
    const char *subject;
    const char *greeting;
    const char *body;
    const char *button; /* NULL: no link */
    const char *after;  /* below the button, or NULL */
} sentences_t;

typedef struct {
    const char *locale;
    const char *footer;
    const char *link_hint;
    const char *somebody; /* where no inviter is known */
    const char *writes;   /* over the inviter's own lines */
    sentences_t kinds[4];
} language_t;

static const language_t languages[] = {
    {"en",
     "Sent by $host. Questions? Write to $contact.",
     "If the button does not work, copy this address into your browser:",
     "Your contact",
     "$inviter writes:",
     {{"invitation", "$inviter invites you to $portal", "Hello$member,",
       "$inviter of $host has invited you to the partner portal \"$portal\" as a member of "
       "$partner.",
       "Open the invitation",
       "The invitation is for $email and is valid until $until. You sign in with your own account; "
       "if you do not want to join, you can decline on the same page."},
      {"invitation_accepted", "$member has joined $portal", "Hello,",
       "$member of $partner has accepted your invitation to the portal \"$portal\".",
       "Open the member", NULL},
      {"invitation_declined", "$member has declined the invitation to $portal", "Hello,",
       "$member of $partner has declined your invitation to the portal \"$portal\".",
       "Open the member", NULL},
      {"assignment", "$reference is waiting for you: $status", "Hello,",
       "in the portal \"$portal\" of $host, $reference ($title) has come to the step \"$status\", "
       "which "
       "you can work on now.",
       "Open $reference",
       "You get this mail because the step is yours, one of your groups' or your partner's. You "
       "can "
       "turn such mails off under your own settings."}}},
    {"de",
     "Gesendet von $host. Fragen? Schreiben Sie an $contact.",
     "Falls die Schaltfläche nicht geht, kopieren Sie diese Adresse in Ihren Browser:",
     "Ihr Kontakt",
     "$inviter schreibt:",
     {{"invitation", "$inviter lädt Sie zu $portal ein", "Guten Tag$member,",
       "$inviter von $host hat Sie als Mitglied von $partner in das Partnerportal „$portal“ "
       "eingeladen.",
       "Einladung öffnen",
       "Die Einladung gilt für $email bis $until. Sie melden sich mit Ihrem eigenen Konto an; wenn "
       "Sie nicht "
       "beitreten möchten, können Sie auf derselben Seite ablehnen."},
      {"invitation_accepted", "$member ist $portal beigetreten", "Guten Tag,",
       "$member von $partner hat Ihre Einladung in das Portal „$portal“ angenommen.",
       "Mitglied öffnen", NULL},
      {"invitation_declined", "$member hat die Einladung zu $portal abgelehnt", "Guten Tag,",
       "$member von $partner hat Ihre Einladung in das Portal „$portal“ abgelehnt.",
       "Mitglied öffnen", NULL},
      {"assignment", "$reference wartet auf Sie: $status", "Guten Tag,",
       "im Portal „$portal“ von $host ist $reference ($title) beim Schritt „$status“ angekommen, "
       "den Sie "
       "jetzt bearbeiten können.",
       "$reference öffnen",
       "Sie erhalten diese Nachricht, weil der Schritt Ihnen, einer Ihrer Gruppen oder Ihrem "
       "Partner "
       "gehört. Solche Nachrichten können Sie in Ihren eigenen Einstellungen abbestellen."}}}};

typedef struct {
    const char *word; /* with the dollar */
    const char *value;
} value_t;

#define VALUES 11

typedef const char *(*escape_cb)(const char *text, apr_pool_t *pool);

static const char *as_it_is(const char *text, apr_pool_t *pool)
{
    (void)pool;
    return text;
}

/* TEMPLATE with its $-words replaced; neither values nor the result are looked at again. */
static const char *fill(const char *template, const value_t *values, escape_cb escape,
                        apr_pool_t *pool)
{
    apr_array_header_t *parts = apr_array_make(pool, 16, sizeof(const char *));
    const char *rest = template;

    while (*rest) {
        const char *dollar = strchr(rest, '$');
        int i;

        if (!dollar) {
            APR_ARRAY_PUSH(parts, const char *) = rest;
            break;
        }
        APR_ARRAY_PUSH(parts, const char *) = apr_pstrndup(pool, rest, (apr_size_t)(dollar - rest));
        rest = dollar + 1;
        for (i = 0; i < VALUES; i++) {
            apr_size_t length = strlen(values[i].word);

            if (strncmp(dollar, values[i].word, length) == 0) {
                APR_ARRAY_PUSH(parts, const char *) = escape(values[i].value, pool);
                rest = dollar + length;
                break;
            }
        }
    }
    return apr_array_pstrcat(pool, parts, 0);
}

static const language_t *language_of(const char *locale)
{
    apr_size_t i;

    for (i = 0; locale && i < sizeof(languages) / sizeof(languages[0]); i++) {
        if (strncmp(locale, languages[i].locale, 2) == 0) {
            return &languages[i];
        }
    }
    return &languages[0];
}

static const sentences_t *sentences_of(const language_t *language, const char *kind)
{
    apr_size_t i;

    for (i = 0; i < sizeof(language->kinds) / sizeof(language->kinds[0]); i++) {
        if (strcmp(language->kinds[i].kind, kind) == 0) {
            return &language->kinds[i];
        }
    }
    return NULL;
}

static const char *or_else(const char *text, const char *otherwise)
{
    return text && *text ? text : otherwise;
}

/* "2026-11-29 14:05 UTC": unambiguous in every country. */
static const char *format_time(apr_time_t time, apr_pool_t *pool)
{
    apr_time_exp_t t;

    if (time == 0 || apr_time_exp_gmt(&t, time) != APR_SUCCESS) {
        return "";
    }
    return apr_psprintf(pool, "%04d-%02d-%02d %02d:%02d UTC", t.tm_year + 1900, t.tm_mon + 1,
                        t.tm_mday, t.tm_hour, t.tm_min);
}

const char *b2b_message_header_text(const char *text, apr_pool_t *pool)
{
    apr_array_header_t *words = apr_array_make(pool, 4, sizeof(const char *));
    const unsigned char *p = (const unsigned char *)text;
    int plain = 1;

    for (; *p; p++) {
        plain = plain && *p >= 0x20 && *p < 0x7f;
    }
    if (plain && !strstr(text, "=?")) {
        return text;
    }
    /* "=?UTF-8?B?" + 56 + "?=" stays below 75 characters; 42 bytes make 56, cut between characters. */
    while (*text) {
        apr_size_t n = strlen(text);
        char *encoded;

        if (n > 42) {
            for (n = 42; n > 0 && ((unsigned char)text[n] & 0xc0) == 0x80; n--) {
            }
        }
        encoded = apr_palloc(pool, (apr_size_t)apr_base64_encode_len((int)n));
        apr_base64_encode(encoded, text, (int)n);
        APR_ARRAY_PUSH(words, const char *) = apr_pstrcat(pool, "=?UTF-8?B?", encoded, "?=", NULL);
        text += n;
    }
    /* Folded, RFC 5322 2.2.3; white space between encoded-words is not shown. */
    {
        apr_array_header_t *lines = apr_array_make(pool, 8, sizeof(const char *));
        int i;

        for (i = 0; i < words->nelts; i++) {
            APR_ARRAY_PUSH(lines, const char *) = i ? "\r\n " : "";
            APR_ARRAY_PUSH(lines, const char *) = APR_ARRAY_IDX(words, i, const char *);
        }
        return apr_array_pstrcat(pool, lines, 0);
    }
}

/* A display name and an address, RFC 5322 3.4. */
static const char *mailbox(const char *name, const char *address, apr_pool_t *pool)
{
    const char *encoded = b2b_message_header_text(name, pool);

    if (encoded == name) {
        apr_array_header_t *parts = apr_array_make(pool, 8, sizeof(const char *));
        const char *p;

        for (p = name; *p; p++) {
            if (*p == '"' || *p == '\\') {
                APR_ARRAY_PUSH(parts, const char *) = "\\";
            }
            APR_ARRAY_PUSH(parts, const char *) = apr_pstrndup(pool, p, 1);
        }
        encoded = apr_pstrcat(pool, "\"", apr_array_pstrcat(pool, parts, 0), "\"", NULL);
    }
    return apr_pstrcat(pool, encoded, " <", address, ">", NULL);
}

/*
 * White or near-black text on the brand's colour, whichever contrasts more: mail has no OKLCH. Relative
 * luminance by WCAG 2.2, with 2.2 for sRGB's curve squared off to 2.
 */
static const char *text_on(const char *color)
{
    unsigned int r = 0;
    unsigned int g = 0;
    unsigned int b = 0;
    unsigned long luminance;

    if (sscanf(color, "#%2x%2x%2x", &r, &g, &b) != 3) {
        return "#ffffff";
    }
    luminance = 2126UL * r * r + 7152UL * g * g + 722UL * b * b;
    return luminance > 10000UL * 255 * 255 * 18 / 100 ? "#111111" : "#ffffff";
}

static const char *paragraph(const char *html, const char *style, apr_pool_t *pool)
{
    return apr_pstrcat(pool, "<p style=\"margin:0 0 16px;", style, "\">", html, "</p>\n", NULL);
}

/* The inviter's own lines, as they were typed. */
static const char *quote_html(const b2b_message_subject_t *subject, const language_t *language,
                              const value_t *values, apr_pool_t *pool)
{
    const char *lines = b2b_json_get_string(subject->document, "message");

    if (!lines || !*lines) {
        return "";
    }
    return apr_pstrcat(
        pool, paragraph(fill(language->writes, values, b2b_text_escape_html, pool), "", pool),
        paragraph(b2b_text_escape_html(lines, pool),
                  "padding:8px 16px;border-left:4px solid #c9ced6;white-space:pre-line", pool),
        NULL);
}

static const char *quote_text(const b2b_message_subject_t *subject, const language_t *language,
                              const value_t *values, apr_pool_t *pool)
{
    const char *lines = b2b_json_get_string(subject->document, "message");
    apr_array_header_t *parts = apr_array_make(pool, 16, sizeof(const char *));
    char *rest;
    char *line;

    if (!lines || !*lines) {
        return "";
    }
    APR_ARRAY_PUSH(parts, const char *) = fill(language->writes, values, as_it_is, pool);
    APR_ARRAY_PUSH(parts, const char *) = "\r\n";
    for (line = apr_strtok(apr_pstrdup(pool, lines), "\n", &rest); line;
         line = apr_strtok(NULL, "\n", &rest)) {
        APR_ARRAY_PUSH(parts, const char *) = "> ";
        APR_ARRAY_PUSH(parts, const char *) = line;
        APR_ARRAY_PUSH(parts, const char *) = "\r\n";
    }
    APR_ARRAY_PUSH(parts, const char *) = "\r\n";
    return apr_array_pstrcat(pool, parts, 0);
}

static const char *write_html(const b2b_portal_snapshot_t *portal,
                              const b2b_message_subject_t *subject, const language_t *language,
                              const sentences_t *sentences, const value_t *values, apr_pool_t *pool)
{
    const char *name = b2b_text_escape_html(portal->name, pool);
    const char *on = text_on(portal->color);
    const char *html = apr_pstrcat(
        pool, "<!DOCTYPE html>\n<html lang=\"", language->locale,
        "\"><head><meta charset=\"utf-8\">"
        "<meta name=\"viewport\" content=\"width=device-width\"><title>",
        name,
        "</title></head>\n"
        "<body style=\"margin:0;background:#f4f5f7;font:16px/1.5 "
        "system-ui,sans-serif;color:#1c2330\">\n"
        "<div style=\"max-width:560px;margin:0 auto;padding:24px 12px\">\n"
        "<div style=\"background:",
        portal->color, ";color:", on,
        ";padding:20px 28px;border-radius:10px 10px 0 0;font-size:20px;font-weight:600\">",
        subject->logo_type ? "<img src=\"cid:logo\" alt=\"\" height=\"36\" "
                             "style=\"vertical-align:middle;margin-right:12px\">"
                           : "",
        name,
        "</div>\n<div style=\"background:#ffffff;padding:28px;border-radius:0 0 10px 10px\">\n",
        NULL);

    html = apr_pstrcat(pool, html,
                       paragraph(fill(sentences->greeting, values, b2b_text_escape_html, pool), "",
                                 pool),
                       paragraph(fill(sentences->body, values, b2b_text_escape_html, pool), "",
                                 pool),
                       quote_html(subject, language, values, pool), NULL);
    if (subject->link && sentences->button) {
        const char *link = b2b_text_escape_html(subject->link, pool);

        html = apr_pstrcat(
            pool, html, "<p style=\"margin:24px 0\"><a href=\"", link,
            "\" style=\"display:inline-block;background:", portal->color, ";color:", on,
            ";padding:12px 22px;border-radius:8px;text-decoration:none;font-weight:600\">",
            fill(sentences->button, values, b2b_text_escape_html, pool), "</a></p>\n", NULL);
        if (sentences->after) {
            html = apr_pstrcat(pool, html,
                               paragraph(fill(sentences->after, values, b2b_text_escape_html, pool),
                                         "", pool),
                               NULL);
        }
        html = apr_pstrcat(pool, html,
                           paragraph(apr_pstrcat(pool, language->link_hint,
                                                 "<br><span style=\"word-break:break-all\">", link,
                                                 "</span>", NULL),
                                     "font-size:13px;color:#5b6472", pool),
                           NULL);
    }
    return apr_pstrcat(pool, html, "</div>\n",
                       paragraph(fill(language->footer, values, b2b_text_escape_html, pool),
                                 "padding:16px 28px;font-size:13px;color:#5b6472", pool),
                       "</div>\n</body></html>\n", NULL);
}

static const char *write_text(const b2b_message_subject_t *subject, const language_t *language,
                              const sentences_t *sentences, const value_t *values, apr_pool_t *pool)
{
    const char *text = apr_pstrcat(pool, fill(sentences->greeting, values, as_it_is, pool),
                                   "\r\n\r\n", fill(sentences->body, values, as_it_is, pool),
                                   "\r\n\r\n", quote_text(subject, language, values, pool), NULL);

    if (subject->link && sentences->button) {
        text = apr_pstrcat(pool, text, fill(sentences->button, values, as_it_is, pool), ":\r\n",
                           subject->link, "\r\n\r\n", NULL);
    }
    if (sentences->after) {
        text = apr_pstrcat(pool, text, fill(sentences->after, values, as_it_is, pool), "\r\n\r\n",
                           NULL);
    }
    return apr_pstrcat(pool, text, "-- \r\n", fill(language->footer, values, as_it_is, pool),
                       "\r\n", NULL);
}

b2b_error_t *b2b_message_write(b2b_message_t **message, const b2b_site_t *site,
                               const b2b_portal_snapshot_t *portal,
                               const b2b_message_subject_t *subject, apr_pool_t *pool)
{
    const b2b_json_t *document = subject->document;
    const language_t *language = language_of(b2b_json_get_string(document, "locale"));
    const sentences_t *sentences = sentences_of(language, subject->kind);
    b2b_message_t *m = apr_pcalloc(pool, sizeof(*m));
    const char *member = or_else(b2b_json_get_string(document, "member_name"), "");
    int greets = sentences && strcmp(sentences->kind, "invitation") == 0;
    const char *contact = or_else(portal->contact_email, "");
    const value_t values[VALUES] =
        {{"$inviter", or_else(b2b_json_get_string(document, "inviter_name"), language->somebody)},
         {"$portal", portal->name},
         {"$host", or_else(portal->host_name, portal->name)},
         {"$partner", or_else(b2b_json_get_string(document, "partner_name"), portal->name)},
         {"$email", subject->recipient},
         {"$member", greets && *member ? apr_pstrcat(pool, " ", member, NULL) : member},
         {"$until", format_time(subject->expires_at, pool)},
         {"$contact", *contact ? contact : or_else(portal->host_name, portal->name)},
         {"$reference", or_else(b2b_json_get_string(document, "reference"), "")},
         {"$title", or_else(b2b_json_get_string(document, "title"), "")},
         {"$status", or_else(b2b_json_get_string(document, "status_title"), "")}};

    if (!sentences) {
        return b2b_error_create(pool, B2B_E_INVALID, NULL, "There is no mail of the kind \"%s\".",
                                subject->kind);
    }
    m->from = mailbox(portal->name, site->mail_from, pool);
    m->from_address = site->mail_from;
    m->to = subject->recipient;
    m->reply_to = *contact ? contact : NULL;
    m->subject = or_else(subject->title, fill(sentences->subject, values, as_it_is, pool));
    m->message_id = subject->message_id;
    m->text = write_text(subject, language, sentences, values, pool);
    m->html = write_html(portal, subject, language, sentences, values, pool);
    if (subject->logo_type && portal->logo) {
        m->logo = apr_pstrcat(pool, site->files, "/", portal->logo, NULL);
        m->logo_type = subject->logo_type;
    }
    *message = m;
    return NULL;
}
