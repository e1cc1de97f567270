/* SPDX-License-Identifier: Apache-2.0 */
/* The directives: read, merged, and checked against each other. Nothing is opened here. */

#include "httpd/module.h"

#include <apr_lib.h>
#include <apr_strings.h>
#include <apr_uri.h>

#include "base/text.h"

#define DEFAULT_BODY_LIMIT  (1024 * 1024)
#define DEFAULT_CONNECTIONS 8
#define DEFAULT_FILE_LIMIT  (25 * 1024 * 1024)
#define DEFAULT_QUOTA       (APR_INT64_C(2) * 1024 * 1024 * 1024)
#define DEFAULT_MAIL_LIMIT  600
#define DEFAULT_EXPORTS     4
#define MOST                (APR_INT64_C(1) << 50)

void *b2b_config_create(apr_pool_t *pool, server_rec *server)
{
    b2b_config_t *config = apr_pcalloc(pool, sizeof(*config));

    (void)server;
    config->connections = B2B_UNSET;
    config->body_limit = B2B_UNSET;
    config->file_limit = B2B_UNSET;
    config->partner_quota = B2B_UNSET;
    config->mail_limit = B2B_UNSET;
    config->exports = B2B_UNSET;
    return config;
}

#define INHERIT(member) merged->member = add->member ? add->member : base->member
#define INHERIT_NUMBER(member)                                                                     \
    merged->member = add->member != B2B_UNSET ? add->member : base->member

void *b2b_config_merge(apr_pool_t *pool, void *base_config, void *add_config)
{
    const b2b_config_t *base = base_config;
    const b2b_config_t *add = add_config;
    b2b_config_t *merged = apr_pcalloc(pool, sizeof(*merged));

    /* A virtual host that does not name the domain is left alone, whatever the main server says. */
    merged->domain = add->domain;
    merged->domain_length = add->domain_length;
    merged->has_database = add->has_database || base->has_database;
    merged->driver = add->has_database ? add->driver : base->driver;
    merged->params = add->has_database ? add->params : base->params;
    INHERIT_NUMBER(connections);
    INHERIT_NUMBER(body_limit);
    INHERIT_NUMBER(file_limit);
    INHERIT_NUMBER(partner_quota);
    INHERIT_NUMBER(mail_limit);
    INHERIT_NUMBER(exports);
    INHERIT(files);
    INHERIT(pages);
    INHERIT(url);
    INHERIT(issuers);
    INHERIT(administrators);
    INHERIT(mail);
    INHERIT(mail_from);
    INHERIT(mail_password);
    INHERIT(mail_ca);
    return merged;
}

static b2b_config_t *config_of(cmd_parms *cmd)
{
    return ap_get_module_config(cmd->server->module_config, &b2bportal_module);
}

/* A host name of at least two labels, or one like "localhost"; no port, no scheme, no address. */
static int is_domain(const char *name)
{
    apr_size_t length = strlen(name);
    int labels = 1, letters = 0;
    apr_size_t label = 0;

    if (length == 0 || length > 253) {
        return 0;
    }
    for (apr_size_t i = 0; i <= length; i++) {
        char c = name[i];

        if (c == '.' || c == '\0') {
            if (label == 0 || label > 63 || name[i - 1] == '-' || name[i - label] == '-') {
                return 0;
            }
            labels += c == '.';
            label = 0;
            continue;
        }
        if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') && c != '-') {
            return 0;
        }
        letters += !(c >= '0' && c <= '9');
        label++;
    }
    return letters > 0 && labels > 0;
}

static const char *cmd_domain(cmd_parms *cmd, void *dummy, const char *word)
{
    b2b_config_t *config = config_of(cmd);
    char *name = apr_pstrdup(cmd->pool, word);

    (void)dummy;
    ap_str_tolower(name);
    if (!is_domain(name)) {
        return apr_pstrcat(
            cmd->pool, "B2BPortalDomain ", word,
            " is not a host name. Write it without scheme and port, such as portals.example", NULL);
    }
    config->domain = name;
    config->domain_length = strlen(name);
    return NULL;
}

static const char *cmd_database(cmd_parms *cmd, void *dummy, const char *driver, const char *params)
{
    b2b_config_t *config = config_of(cmd);

    (void)dummy;
    if (strcmp(driver, "sqlite3") == 0) {
        config->driver = B2B_DB_SQLITE;
        config->params = ap_server_root_relative(cmd->pool, params);
        if (!config->params) {
            return apr_pstrcat(cmd->pool, "B2BPortalDatabase sqlite3 ", params, " is not a path",
                               NULL);
        }
    }
    else if (strcmp(driver, "pgsql") == 0) {
        config->driver = B2B_DB_PGSQL;
        config->params = params;
    }
    else {
        return apr_pstrcat(cmd->pool, "B2BPortalDatabase ", driver,
                           " is not known. Write sqlite3 <path> or pgsql \"<conninfo>\"", NULL);
    }
    config->has_database = 1;
    return NULL;
}

static const char *cmd_folder(cmd_parms *cmd, void *dummy, const char *word)
{
    b2b_config_t *config = config_of(cmd);
    const char *path = ap_server_root_relative(cmd->pool, word);
    char *trimmed;
    apr_size_t length;

    (void)dummy;
    if (!path) {
        return apr_pstrcat(cmd->pool, cmd->cmd->name, " ", word, " is not a path", NULL);
    }
    trimmed = apr_pstrdup(cmd->pool, path);
    length = strlen(trimmed);
    while (length > 1 && trimmed[length - 1] == '/') {
        trimmed[--length] = '\0';
    }
    if (cmd->info) {
        config->files = trimmed;
    }
    else {
        config->pages = trimmed;
    }
    return NULL;
}

static const char *cmd_url(cmd_parms *cmd, void *dummy, const char *word)
{
    b2b_config_t *config = config_of(cmd);
    char *url = apr_pstrdup(cmd->pool, word);
    apr_size_t length = strlen(url);
    apr_uri_t uri;

    (void)dummy;
    if (length > 0 && url[length - 1] == '/') {
        url[--length] = '\0';
    }
    if (!b2b_text_is_url(url, 1) || apr_uri_parse(cmd->pool, url, &uri) != APR_SUCCESS ||
        (uri.path && *uri.path) || uri.query || uri.fragment) {
        return apr_pstrcat(cmd->pool, "B2BPortalURL ", word,
                           " is not http[s]://host[:port] and nothing behind it", NULL);
    }
    ap_str_tolower(url);
    config->url = url;
    return NULL;
}

static const char *cmd_issuer(cmd_parms *cmd, void *dummy, const char *url, const char *label,
                              const char *flag)
{
    b2b_config_t *config = config_of(cmd);
    b2b_issuer_t *issuer;

    (void)dummy;
    if (!b2b_text_is_url(url, 1)) {
        return apr_pstrcat(
            cmd->pool, "B2BPortalIssuer ", url,
            " is not a URL. Write the issuer exactly as the provider's tokens have it in iss",
            NULL);
    }
    if (!*label || strlen(label) > B2B_NAME_MAX || !b2b_text_is_line(label)) {
        return apr_psprintf(cmd->pool,
                            "B2BPortalIssuer %s: the label is one line of at most %d bytes", url,
                            B2B_NAME_MAX);
    }
    if (flag && strcmp(flag, "vouches-for-email") != 0) {
        return apr_pstrcat(cmd->pool, "B2BPortalIssuer ", url, " ", flag,
                           ": only vouches-for-email may stand here", NULL);
    }
    if (!config->issuers) {
        config->issuers = apr_array_make(cmd->pool, 2, sizeof(b2b_issuer_t));
    }
    for (int i = 0; i < config->issuers->nelts; i++) {
        if (strcmp(APR_ARRAY_IDX(config->issuers, i, b2b_issuer_t).issuer, url) == 0) {
            return apr_pstrcat(cmd->pool, "B2BPortalIssuer ", url, " stands here twice", NULL);
        }
    }
    if (config->issuers->nelts == B2B_ISSUERS_MAX) {
        return apr_psprintf(cmd->pool, "B2BPortalIssuer: there may be at most %d", B2B_ISSUERS_MAX);
    }
    issuer = apr_array_push(config->issuers);
    issuer->issuer = url;
    issuer->label = label;
    issuer->vouches_for_email = flag != NULL;
    return NULL;
}

static const char *cmd_administrator(cmd_parms *cmd, void *dummy, const char *word)
{
    b2b_config_t *config = config_of(cmd);

    (void)dummy;
    if (!b2b_text_is_email(word)) {
        return apr_pstrcat(cmd->pool, "B2BPortalAdministrator ", word, " is not an e-mail address",
                           NULL);
    }
    if (!config->administrators) {
        config->administrators = apr_array_make(cmd->pool, 2, sizeof(const char *));
    }
    APR_ARRAY_PUSH(config->administrators, const char *) = word;
    return NULL;
}

static const char *cmd_mail(cmd_parms *cmd, void *dummy, const char *url, const char *tls)
{
    b2b_config_t *config = config_of(cmd);
    b2b_mail_server_t *mail = apr_pcalloc(cmd->pool, sizeof(*mail));
    const char *problem = b2b_mail_server_parse(mail, url, tls, cmd->pool);

    (void)dummy;
    if (problem) {
        return apr_pstrcat(cmd->pool, "B2BPortalMail: ", problem, NULL);
    }
    config->mail = mail;
    return NULL;
}

static const char *cmd_mail_from(cmd_parms *cmd, void *dummy, const char *word)
{
    const char *address = word;
    const char *open = strrchr(word, '<');
    apr_size_t length = strlen(word);

    (void)dummy;
    /* "Some Name <address>" is what people are used to; the name is the portal's in each mail. */
    if (open && length > 0 && word[length - 1] == '>') {
        address = apr_pstrmemdup(cmd->pool, open + 1, (apr_size_t)(word + length - 1 - (open + 1)));
    }
    if (!b2b_text_is_email(address)) {
        return apr_pstrcat(cmd->pool, "B2BPortalMailFrom ", word,
                           " is not an e-mail address such as portals@host.example", NULL);
    }
    config_of(cmd)->mail_from = address;
    return NULL;
}

static const char *cmd_mail_password(cmd_parms *cmd, void *dummy, const char *word)
{
    (void)dummy;
    if ((strncmp(word, "file:", 5) != 0 && strncmp(word, "exec:", 5) != 0) || !word[5]) {
        return "B2BPortalMailPassword: write file:<path> or exec:<program>, so that the password "
               "does not stand "
               "in the configuration";
    }
    config_of(cmd)->mail_password = word;
    return NULL;
}

static const char *cmd_mail_ca(cmd_parms *cmd, void *dummy, const char *word)
{
    const char *path = ap_server_root_relative(cmd->pool, word);

    (void)dummy;
    if (!path) {
        return apr_pstrcat(cmd->pool, "B2BPortalMailCA ", word, " is not a path", NULL);
    }
    config_of(cmd)->mail_ca = path;
    return NULL;
}

static const char *number(apr_int64_t *value, cmd_parms *cmd, const char *word, apr_int64_t least,
                          apr_int64_t most)
{
    char *end;

    errno = 0;
    *value = apr_strtoi64(word, &end, 10);
    if (errno || end == word || *end || *value < least || *value > most) {
        return apr_psprintf(cmd->pool,
                            "%s %s: write a number from %" APR_INT64_T_FMT " to %" APR_INT64_T_FMT,
                            cmd->cmd->name, word, least, most);
    }
    return NULL;
}

static const char *cmd_body_limit(cmd_parms *cmd, void *dummy, const char *word)
{
    (void)dummy;
    return number(&config_of(cmd)->body_limit, cmd, word, 1024, 64 * 1024 * 1024);
}

static const char *cmd_file_limit(cmd_parms *cmd, void *dummy, const char *word)
{
    (void)dummy;
    /* The most is what LimitRequestBody lets through where it is not set. */
    return number(&config_of(cmd)->file_limit, cmd, word, 1024, 1024 * 1024 * 1024);
}

static const char *cmd_partner_quota(cmd_parms *cmd, void *dummy, const char *word)
{
    (void)dummy;
    return number(&config_of(cmd)->partner_quota, cmd, word, 0, MOST);
}

static const char *cmd_mail_limit(cmd_parms *cmd, void *dummy, const char *word)
{
    (void)dummy;
    return number(&config_of(cmd)->mail_limit, cmd, word, 0, 100000);
}

static const char *cmd_exports(cmd_parms *cmd, void *dummy, const char *word)
{
    (void)dummy;
    return number(&config_of(cmd)->exports, cmd, word, 1, B2B_TURNS_MOST);
}

static const char *cmd_connections(cmd_parms *cmd, void *dummy, const char *word)
{
    apr_int64_t value;
    const char *problem = number(&value, cmd, word, 1, 1000);

    (void)dummy;
    if (!problem) {
        config_of(cmd)->connections = (int)value;
    }
    return problem;
}

const command_rec b2b_config_commands[] = {
    AP_INIT_TAKE1(
        "B2BPortalDomain", cmd_domain, NULL, RSRC_CONF,
        "the portal domain: itself the console, names below it portals; turns the module on here"),
    AP_INIT_TAKE2("B2BPortalDatabase", cmd_database, NULL, RSRC_CONF,
                  "sqlite3 <path>, or pgsql \"<conninfo>\""),
    AP_INIT_TAKE1("B2BPortalDatabasePool", cmd_connections, NULL, RSRC_CONF,
                  "connections to the database that one child may hold; 8"),
    AP_INIT_TAKE1("B2BPortalFiles", cmd_folder, (void *)1, RSRC_CONF,
                  "folder of images, writable by the worker user"),
    AP_INIT_TAKE1("B2BPortalPages", cmd_folder, NULL, RSRC_CONF, "folder of the built pages"),
    AP_INIT_TAKE1(
        "B2BPortalURL", cmd_url, NULL, RSRC_CONF,
        "the portal domain as browsers reach it, http[s]://host[:port]; https://<domain>"),
    AP_INIT_TAKE23("B2BPortalIssuer", cmd_issuer, NULL, RSRC_CONF,
                   "<issuer URL> \"<label>\" [vouches-for-email]; repeatable"),
    AP_INIT_ITERATE("B2BPortalAdministrator", cmd_administrator, NULL, RSRC_CONF,
                    "e-mail address of an administrator who has not signed in yet"),
    AP_INIT_TAKE12("B2BPortalMail", cmd_mail, NULL, RSRC_CONF,
                   "smtp[s]://[user:password@]host[:port] [starttls|plain]"),
    AP_INIT_TAKE1("B2BPortalMailFrom", cmd_mail_from, NULL, RSRC_CONF,
                  "address that mail comes from"),
    AP_INIT_TAKE1("B2BPortalMailCA", cmd_mail_ca, NULL, RSRC_CONF,
                  "file of the certificates (PEM) that vouch for the mail server; the system's"),
    AP_INIT_TAKE1("B2BPortalMailPassword", cmd_mail_password, NULL, RSRC_CONF,
                  "file:<path> or exec:<program> that has the mail server's password"),
    AP_INIT_TAKE1("B2BPortalBodyLimit", cmd_body_limit, NULL, RSRC_CONF,
                  "bytes of a request body of the API; 1048576"),
    AP_INIT_TAKE1("B2BPortalFileLimit", cmd_file_limit, NULL, RSRC_CONF,
                  "bytes of an uploaded file; 26214400"),
    AP_INIT_TAKE1("B2BPortalPartnerQuota", cmd_partner_quota, NULL, RSRC_CONF,
                  "bytes of all files that a partner's instances hold; 2147483648"),
    AP_INIT_TAKE1("B2BPortalMailLimit", cmd_mail_limit, NULL, RSRC_CONF,
                  "mails that one host user may bring about in a minute; 600"),
    AP_INIT_TAKE1("B2BPortalExports", cmd_exports, NULL, RSRC_CONF,
                  "exports of instances that may run at a time; 4"),
    {NULL, {NULL}, NULL, 0, 0, NULL},
};

static int same(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

static const char *missing(const b2b_config_t *config, apr_pool_t *pool)
{
    const char *directive = !config->has_database
                                ? "B2BPortalDatabase sqlite3 <path> | pgsql \"<conninfo>\""
                            : !config->files   ? "B2BPortalFiles <folder>"
                            : !config->pages   ? "B2BPortalPages <folder>"
                            : !config->issuers ? "B2BPortalIssuer <issuer URL> \"<label>\""
                                               : NULL;

    if (directive) {
        return apr_pstrcat(pool, "B2BPortalDomain ", config->domain, " needs ", directive, NULL);
    }
    if (config->mail_ca && !config->mail) {
        return "B2BPortalMailCA needs B2BPortalMail";
    }
    if (config->mail && !config->mail_from) {
        return "B2BPortalMail needs B2BPortalMailFrom <address>";
    }
    return NULL;
}

/* The URL's host must be the domain: what mails and redirections name is what answers. */
static const char *check_url(const b2b_config_t *config, apr_pool_t *pool)
{
    apr_uri_t uri;

    if (apr_uri_parse(pool, config->url, &uri) != APR_SUCCESS ||
        !same(uri.hostname, config->domain)) {
        return apr_pstrcat(pool, "B2BPortalURL ", config->url, " is not on B2BPortalDomain ",
                           config->domain, NULL);
    }
    return NULL;
}

const char *b2b_config_resolve(b2b_config_t **config, server_rec *servers, apr_pool_t *pool)
{
    b2b_config_t *first = NULL;

    for (server_rec *server = servers; server; server = server->next) {
        b2b_config_t *found = ap_get_module_config(server->module_config, &b2bportal_module);

        if (!found->domain) {
            continue;
        }
        if (!first) {
            first = found;
        }
        else if (!same(found->domain, first->domain)) {
            return apr_pstrcat(pool, "B2BPortalDomain is ", first->domain, " and ", found->domain,
                               ". One server has one portal domain", NULL);
        }
        else if (found->driver != first->driver || !same(found->params, first->params)) {
            return "B2BPortalDatabase differs between virtual hosts. One server has one database; "
                   "set it once, "
                   "outside of them";
        }
        else if (!same(found->files, first->files) || !same(found->url, first->url)) {
            return "B2BPortalFiles or B2BPortalURL differs between virtual hosts. Set them once, "
                   "outside of them";
        }
    }
    *config = NULL;
    if (first) {
        b2b_config_t *found = apr_pmemdup(pool, first, sizeof(*first));
        const char *problem = missing(found, pool);

        if (problem) {
            return problem;
        }
        if (!found->url) {
            found->url = apr_pstrcat(pool, "https://", found->domain, NULL);
        }
        if (found->body_limit == B2B_UNSET) {
            found->body_limit = DEFAULT_BODY_LIMIT;
        }
        if (found->file_limit == B2B_UNSET) {
            found->file_limit = DEFAULT_FILE_LIMIT;
        }
        if (found->partner_quota == B2B_UNSET) {
            found->partner_quota = DEFAULT_QUOTA;
        }
        if (found->mail_limit == B2B_UNSET) {
            found->mail_limit = DEFAULT_MAIL_LIMIT;
        }
        if (found->exports == B2B_UNSET) {
            found->exports = DEFAULT_EXPORTS;
        }
        if (found->connections == B2B_UNSET) {
            found->connections = DEFAULT_CONNECTIONS;
        }
        if (found->mail_ca) {
            b2b_mail_server_t *mail = apr_pmemdup(pool, found->mail, sizeof(*mail));

            mail->ca_file = found->mail_ca;
            found->mail = mail;
        }
        *config = found;
        return check_url(found, pool);
    }
    return NULL;
}

void b2b_config_site(b2b_site_t *site, const b2b_config_t *config)
{
    memset(site, 0, sizeof(*site));
    site->domain = config->domain;
    site->url = config->url;
    site->files = config->files;
    site->issuers = config->issuers;
    site->mail_from = config->mail_from;
    site->body_limit = (apr_size_t)config->body_limit;
    site->file_limit = config->file_limit;
    site->partner_quota = config->partner_quota;
    site->mail_limit = config->mail_limit;
    site->exports_most = (int)config->exports;
}

void b2b_config_database(b2b_db_config_t *database, const b2b_config_t *config)
{
    memset(database, 0, sizeof(*database));
    database->driver = config->driver;
    database->params = config->params;
    database->connections = config->connections;
    database->wait = apr_time_from_sec(2);
}
