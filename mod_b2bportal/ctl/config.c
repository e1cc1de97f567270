/* SPDX-License-Identifier: Apache-2.0 */
/* Where the database is: the command line, the environment, or httpd's configuration file. */

#include <string.h>
#include <strings.h>

#include <apr_file_io.h>
#include <apr_lib.h>
#include <apr_strings.h>

#include "ctl.h"
#include "model/model.h"

int ctl_database(ctl_t *ctl, const char *text, apr_pool_t *pool)
{
    apr_size_t word = strcspn(text, " \t");
    const char *params = text + word + strspn(text + word, " \t");

    if (*params == '\0') {
        return 0;
    }
    if (word == 7 && strncmp(text, "sqlite3", word) == 0) {
        ctl->db.driver = B2B_DB_SQLITE;
    }
    else if (word == 5 && strncmp(text, "pgsql", word) == 0) {
        ctl->db.driver = B2B_DB_PGSQL;
    }
    else {
        return 0;
    }
    ctl->db.params = apr_pstrdup(pool, params);
    return 1;
}

/* The next word of *LINE as httpd reads it: quotes of either kind, a backslash before a quote. */
static char *next_word(const char **line, apr_pool_t *pool)
{
    char *word = apr_palloc(pool, strlen(*line) + 1), *out = word;
    char quote = '\0';

    while (apr_isspace(**line)) {
        (*line)++;
    }
    if (**line == '\0') {
        return NULL;
    }
    if (**line == '"' || **line == '\'') {
        quote = *(*line)++;
    }
    for (; **line && (quote ? **line != quote : !apr_isspace(**line)); (*line)++) {
        if (**line == '\\' && quote && ((*line)[1] == quote || (*line)[1] == '\\')) {
            (*line)++;
        }
        *out++ = **line;
    }
    if (quote && **line == quote) {
        (*line)++;
    }
    *out = '\0';
    return word;
}

static b2b_error_t *read_line(ctl_t *ctl, const char *line, const char *path, int number,
                              apr_pool_t *pool)
{
    const char *name = next_word(&line, pool);
    const char *first = name ? next_word(&line, pool) : NULL;

    if (!first) {
        return NULL;
    }
    if (strcasecmp(name, "B2BPortalDatabase") == 0) {
        const char *second = next_word(&line, pool);

        if (!second || !ctl_database(ctl, apr_pstrcat(pool, first, " ", second, NULL), pool)) {
            return b2b_error_create(
                pool, B2B_E_INVALID, NULL,
                "%s, line %d: B2BPortalDatabase is \"sqlite3 <path>\" or \"pgsql <conninfo>\".",
                path, number);
        }
    }
    else if (strcasecmp(name, "B2BPortalDomain") == 0) {
        ctl->domain = apr_pstrdup(pool, first);
    }
    else if (strcasecmp(name, "B2BPortalURL") == 0) {
        ctl->url = apr_pstrdup(pool, first);
    }
    else if (strcasecmp(name, "B2BPortalIssuer") == 0) {
        const char *label = next_word(&line, pool), *vouches = next_word(&line, pool);
        b2b_issuer_t *issuer = apr_array_push(ctl->issuers);

        issuer->issuer = apr_pstrdup(pool, first);
        issuer->label = apr_pstrdup(pool, label ? label : first);
        issuer->vouches_for_email = vouches && strcasecmp(vouches, "vouches-for-email") == 0;
    }
    return NULL;
}

b2b_error_t *ctl_read_config(ctl_t *ctl, const char *path, apr_pool_t *pool)
{
    char buffer[8192];
    const char *line = "";
    apr_file_t *file = NULL;
    apr_status_t status = apr_file_open(&file, path, APR_FOPEN_READ | APR_FOPEN_BUFFERED, 0, pool);
    int number = 0;

    if (status != APR_SUCCESS) {
        b2b_error_t *err = b2b_error_create(pool, B2B_E_INVALID, NULL,
                                            "The file %s cannot be read.", path);

        err->status = status;
        return err;
    }
    while (apr_file_gets(buffer, sizeof(buffer), file) == APR_SUCCESS) {
        apr_size_t length = strlen(buffer);

        number++;
        while (length > 0 && (buffer[length - 1] == '\n' || buffer[length - 1] == '\r')) {
            buffer[--length] = '\0';
        }
        if (length > 0 && buffer[length - 1] == '\\') {
            buffer[length - 1] = '\0';
            line = apr_pstrcat(pool, line, buffer, NULL);
            continue;
        }
        B2B_ERR(read_line(ctl, apr_pstrcat(pool, line, buffer, NULL), path, number, pool));
        line = "";
    }
    apr_file_close(file);
    return NULL;
}
