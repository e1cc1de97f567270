/* SPDX-License-Identifier: Apache-2.0 */
/* How a mail leaves: libcurl's SMTP, with TLS and sign-in. The only user of libcurl. */

#include "jobs_int.h"

#include <stdlib.h>
#include <string.h>

#include <apr_lib.h>
#include <apr_strings.h>
#include <apr_uri.h>
#include <curl/curl.h>

#include "base/chance.h"
#include "base/text.h"

#define WORDS_MAX       500
#define CONNECT_SECONDS 10L
#define SEND_SECONDS    45L

static int is_loopback(const char *host)
{
    return strcmp(host, "localhost") == 0 || strcmp(host, "127.0.0.1") == 0 ||
           strcmp(host, "[::1]") == 0;
}

/* The user information of a URL is percent-encoded (RFC 3986 3.2.1). */
static const char *decode(const char *text, apr_pool_t *pool)
{
    return text ? b2b_text_query_value(apr_pstrcat(pool, "v=", text, NULL), "v", pool) : NULL;
}

const char *b2b_mail_server_parse(b2b_mail_server_t *server, const char *url, const char *tls,
                                  apr_pool_t *pool)
{
    apr_uri_t uri;
    int implicit_tls;
    int loopback;

    memset(server, 0, sizeof(*server));
    if (apr_uri_parse(pool, url, &uri) != APR_SUCCESS || !uri.scheme || !uri.hostname ||
        !*uri.hostname || (uri.path && *uri.path && strcmp(uri.path, "/") != 0) || uri.query ||
        uri.fragment) {
        return "B2BPortalMail: write the mail server as smtp://host:port or smtps://host:port";
    }
    implicit_tls = strcmp(uri.scheme, "smtps") == 0;
    if (!implicit_tls && strcmp(uri.scheme, "smtp") != 0) {
        return "B2BPortalMail: the scheme must be smtp or smtps";
    }
    if (tls && strcmp(tls, "plain") != 0 && strcmp(tls, "starttls") != 0) {
        return "B2BPortalMail: after the URL only \"starttls\" or \"plain\" may follow";
    }
    if (implicit_tls && tls) {
        return "B2BPortalMail: smtps is TLS from the start; leave the second word away";
    }
    loopback = is_loopback(uri.hostname);
    server->url = apr_psprintf(pool, "%s://%s:%s", uri.scheme, uri.hostname,
                               uri.port_str && *uri.port_str ? uri.port_str
                               : implicit_tls                ? "465"
                                                             : "587");
    server->user = decode(uri.user, pool);
    server->password = decode(uri.password, pool);
    server->require_tls = implicit_tls || (tls ? strcmp(tls, "starttls") == 0 : !loopback);
    if (server->user && !server->require_tls && !loopback) {
        return "B2BPortalMail: a password must not travel in clear; use starttls or smtps";
    }
    return NULL;
}

/* What the server said: its last line, and its last refusal, which a goodbye (221) follows. */
typedef struct {
    char last[WORDS_MAX + 1];
    char refusal[WORDS_MAX + 1];
} answer_t;

/* libcurl hands the server's answer lines to the header callback. */
static size_t keep_words(char *data, size_t size, size_t count, void *baton)
{
    answer_t *answer = baton;
    size_t length = size * count;
    size_t n = length < WORDS_MAX ? length : WORDS_MAX;

    while (n > 0 && (data[n - 1] == '\r' || data[n - 1] == '\n')) {
        n--;
    }
    memcpy(answer->last, data, n);
    answer->last[n] = '\0';
    if (n > 0 && (data[0] == '4' || data[0] == '5')) {
        memcpy(answer->refusal, answer->last, n + 1);
    }
    return length;
}

static struct curl_slist *header(struct curl_slist *list, apr_pool_t *pool, const char *name,
                                 const char *value)
{
    return curl_slist_append(list, apr_pstrcat(pool, name, ": ", value, NULL));
}

static struct curl_slist *message_headers(const b2b_message_t *message, apr_pool_t *pool)
{
    char date[APR_RFC822_DATE_LEN];
    struct curl_slist *list = NULL;

    apr_rfc822_date(date, b2b_clock_now());
    /* RFC 5322 3.3 wants a numeric zone. */
    list = header(list, pool, "Date",
                  apr_pstrcat(pool, apr_pstrndup(pool, date, strlen(date) - 3), "+0000", NULL));
    list = header(list, pool, "From", message->from);
    list = header(list, pool, "To", apr_pstrcat(pool, "<", message->to, ">", NULL));
    if (message->reply_to) {
        list = header(list, pool, "Reply-To", apr_pstrcat(pool, "<", message->reply_to, ">", NULL));
    }
    list = header(list, pool, "Subject", b2b_message_header_text(message->subject, pool));
    list = header(list, pool, "Message-ID", message->message_id);
    /* RFC 3834: nobody's out-of-office answers this. */
    list = header(list, pool, "Auto-Submitted", "auto-generated");
    return list;
}

/* Plain text, and beside it HTML with its logo (RFC 2046 5.1.4, RFC 2387). */
static curl_mime *message_body(CURL *curl, const b2b_message_t *message)
{
    curl_mime *mime = curl_mime_init(curl);
    curl_mime *alternative = curl_mime_init(curl);
    curl_mime *related = curl_mime_init(curl);
    curl_mimepart *part;
    struct curl_slist *id;

    part = curl_mime_addpart(alternative);
    curl_mime_data(part, message->text, CURL_ZERO_TERMINATED);
    curl_mime_type(part, "text/plain; charset=utf-8");
    curl_mime_encoder(part, "quoted-printable");

    part = curl_mime_addpart(related);
    curl_mime_data(part, message->html, CURL_ZERO_TERMINATED);
    curl_mime_type(part, "text/html; charset=utf-8");
    curl_mime_encoder(part, "quoted-printable");
    if (message->logo) {
        part = curl_mime_addpart(related);
        curl_mime_filedata(part, message->logo);
        curl_mime_filename(part, NULL);
        curl_mime_type(part, message->logo_type);
        curl_mime_encoder(part, "base64");
        id = curl_slist_append(NULL, "Content-ID: <logo>");
        id = curl_slist_append(id, "Content-Disposition: inline");
        curl_mime_headers(part, id, 1);
    }
    part = curl_mime_addpart(alternative);
    curl_mime_subparts(part, related);
    curl_mime_type(part, "multipart/related");

    part = curl_mime_addpart(mime);
    curl_mime_subparts(part, alternative);
    curl_mime_type(part, "multipart/alternative");
    return mime;
}

static void configure(CURL *curl, const b2b_mail_server_t *server, const b2b_message_t *message)
{
    const char *ca_file;

    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L); /* threads */
    curl_easy_setopt(curl, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
    curl_easy_setopt(curl, CURLOPT_PROXY, "");
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    curl_easy_setopt(curl, CURLOPT_URL, server->url);
    curl_easy_setopt(curl, CURLOPT_USE_SSL,
                     (long)(server->require_tls ? CURLUSESSL_ALL : CURLUSESSL_NONE));
    curl_easy_setopt(curl, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    /* OpenSSL's own variable, which Debian's libcurl does not look at: for a mail server with a house authority. */
    ca_file = server->ca_file ? server->ca_file : getenv("SSL_CERT_FILE");
    if (ca_file && *ca_file) {
        curl_easy_setopt(curl, CURLOPT_CAINFO, ca_file);
    }
    if (server->user) {
        curl_easy_setopt(curl, CURLOPT_USERNAME, server->user);
        curl_easy_setopt(curl, CURLOPT_PASSWORD, server->password ? server->password : "");
    }
    curl_easy_setopt(curl, CURLOPT_MAIL_FROM, message->from_address);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, CONNECT_SECONDS);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT, SEND_SECONDS);
}

/* 4xx and no answer may pass; 5xx will not (RFC 5321 4.2.1). A refused sign-in or certificate is the
   sysadmin's to mend: the mail waits for that. */
static b2b_delivery_e outcome_of(CURL *curl, CURLcode code)
{
    long response = 0;

    if (code == CURLE_OK) {
        return B2B_DELIVERY_DONE;
    }
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &response);
    return (code == CURLE_SEND_ERROR || code == CURLE_WEIRD_SERVER_REPLY ||
            code == CURLE_RECV_ERROR) &&
                   response >= 500 && response < 600
               ? B2B_DELIVERY_NEVER
               : B2B_DELIVERY_LATER;
}

b2b_delivery_e b2b_mail_send(const char **words, const b2b_mail_server_t *server,
                             const b2b_message_t *message, apr_pool_t *pool)
{
    answer_t *answer = apr_pcalloc(pool, sizeof(*answer));
    const char *said;
    char *trouble = apr_pcalloc(pool, CURL_ERROR_SIZE);
    CURL *curl = curl_easy_init();
    struct curl_slist *recipients;
    struct curl_slist *headers;
    curl_mime *mime;
    b2b_delivery_e outcome;
    CURLcode code;

    if (!curl) {
        *words = "out of memory";
        return B2B_DELIVERY_LATER;
    }
    configure(curl, server, message);
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, trouble);
    curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, keep_words);
    curl_easy_setopt(curl, CURLOPT_HEADERDATA, answer);
    recipients = curl_slist_append(NULL, message->to);
    headers = message_headers(message, pool);
    mime = message_body(curl, message);
    curl_easy_setopt(curl, CURLOPT_MAIL_RCPT, recipients);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(curl, CURLOPT_MIMEPOST, mime);

    code = curl_easy_perform(curl);
    outcome = outcome_of(curl, code);
    said = code != CURLE_OK && *answer->refusal ? answer->refusal : answer->last;
    if (!*said || (code != CURLE_OK && said == answer->last)) {
        /* Not the mail server refused: it was not there, or its certificate is no good. */
        said = *trouble ? trouble : *said ? said : curl_easy_strerror(code);
    }
    *words = b2b_text_escape_log(said, pool);

    curl_mime_free(mime);
    curl_slist_free_all(headers);
    curl_slist_free_all(recipients);
    curl_easy_cleanup(curl);
    return outcome;
}
