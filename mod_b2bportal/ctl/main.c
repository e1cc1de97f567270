/* SPDX-License-Identifier: Apache-2.0 */
/* b2bportalctl: the command line, the help, the exit codes. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <apr_general.h>
#include <apr_strings.h>

#include "base/json.h"
#include "base/text.h"
#include "ctl.h"
#include "model/model.h"

static const ctl_command_t commands[] = {
    {"migrate", "", "make the database, or bring it to this program's schema", 0, 0, ctl_migrate},
    {"check", "",
     "say whether a server may use the database; the server asks the same at its start", 0, 0,
     ctl_check},
    {"administrator add", "<e-mail>",
     "let this person administer the host from the first sign-in on", 1, 1, ctl_administrator_add},
    {"portal add", "<technical-name> <name> [<issuer> [<label>]]",
     "make a portal; its people sign in at the issuer, or at those of the configuration file", 2, 4,
     ctl_portal_add},
    {"portal list", "",
     "technical name, state, name and, with a configuration file, URL of each portal", 0, 0,
     ctl_portal_list},
    {"backup", "<file>", "write a consistent copy to a new file, while servers run", 1, 1,
     ctl_backup},
    {"restore", "<file>", "put such a copy in place of what is in the database, while servers run",
     1, 1, ctl_restore},
};
#define COMMANDS (sizeof(commands) / sizeof(commands[0]))

static void help(FILE *out)
{
    apr_size_t i;

    fputs(
        "usage: b2bportalctl [--database '<driver> <where>' | --config <file>] <command> …\n\n"
        "  --database 'sqlite3 /var/lib/b2bportal/portal.db'\n"
        "  --database 'pgsql host=db.example dbname=b2bportal user=b2bportal'\n"
        "  --config /etc/apache2/conf-enabled/b2bportal.conf   a file with our directives\n"
        "Without them B2BPORTAL_DATABASE and then B2BPORTAL_CONFIG are asked in the environment.\n"
        "Run it as the user of the server's workers (Debian: sudo -u www-data b2bportalctl …).\n\n",
        out);
    for (i = 0; i < COMMANDS; i++) {
        fprintf(out, "  %s%s%s\n      %s\n", commands[i].name, *commands[i].arguments ? " " : "",
                commands[i].arguments, commands[i].purpose);
    }
    fputs("\nIt ends with 0 when the work is done, 1 when it failed, 2 for a wrong command line, 3 "
          "when check\n"
          "refuses the database, 75 when the database is busy and a second try may help.\n",
          out);
}

static int usage(const char *what)
{
    fprintf(stderr, "b2bportalctl: %s\nTry: b2bportalctl help\n", what);
    return CTL_USAGE;
}

/* The command whose words ARGV begins with, and in *WORDS how many they are. */
static const ctl_command_t *find_command(int *words, int argc, const char *const *argv)
{
    apr_size_t i;

    for (i = 0; i < COMMANDS; i++) {
        const char *space = strchr(commands[i].name, ' ');
        apr_size_t first = space ? (apr_size_t)(space - commands[i].name)
                                 : strlen(commands[i].name);

        if (argc > 0 && strlen(argv[0]) == first &&
            strncmp(argv[0], commands[i].name, first) == 0 &&
            (!space || (argc > 1 && strcmp(argv[1], space + 1) == 0))) {
            *words = space ? 2 : 1;
            return &commands[i];
        }
    }
    return NULL;
}

/* Errors are for a person at a terminal: the sentence, then what the log would have. */
static int report(const ctl_command_t *command, const b2b_error_t *err, apr_pool_t *pool)
{
    const b2b_error_t *link;

    for (link = err; link; link = link->child) {
        char status[200];

        fprintf(stderr, "b2bportalctl: %s\n", link->message);
        if (link->detail) {
            fprintf(stderr, "  %s\n", b2b_text_escape_log(link->detail, pool));
        }
        if (link->status != APR_SUCCESS) {
            fprintf(stderr, "  %s\n", apr_strerror(link->status, status, sizeof(status)));
        }
    }
    if (err->code == B2B_E_BUSY) {
        return CTL_BUSY;
    }
    return command->run == ctl_check ? CTL_REFUSED : CTL_FAILED;
}

static int run(int argc, const char *const *argv, apr_pool_t *pool)
{
    const char *database = getenv("B2BPORTAL_DATABASE"), *config = getenv("B2BPORTAL_CONFIG");
    const ctl_command_t *command;
    ctl_t ctl;
    b2b_error_t *err = NULL;
    int words = 0, at = 1;

    memset(&ctl, 0, sizeof(ctl));
    ctl.db.connections = 1;
    ctl.db.wait = apr_time_from_sec(10);
    ctl.issuers = apr_array_make(pool, 2, sizeof(b2b_issuer_t));
    for (; at < argc && argv[at][0] == '-'; at++) {
        if (strcmp(argv[at], "--help") == 0 || strcmp(argv[at], "-h") == 0) {
            help(stdout);
            return CTL_OK;
        }
        if (strcmp(argv[at], "--version") == 0) {
            printf("b2bportalctl, schema %d\n", b2b_db_schema_version);
            return CTL_OK;
        }
        if (at + 1 < argc && strcmp(argv[at], "--database") == 0) {
            database = argv[++at];
        }
        else if (at + 1 < argc && strcmp(argv[at], "--config") == 0) {
            config = argv[++at];
        }
        else {
            return usage(apr_psprintf(pool, "%s is no option, or its value is missing.", argv[at]));
        }
    }
    if (at == argc) {
        help(stderr);
        return CTL_USAGE;
    }
    if (strcmp(argv[at], "help") == 0) {
        help(stdout);
        return CTL_OK;
    }
    command = find_command(&words, argc - at, argv + at);
    if (!command) {
        return usage(apr_psprintf(pool, "\"%s\" is no command.", argv[at]));
    }
    ctl.argc = argc - at - words;
    ctl.argv = argv + at + words;
    if (ctl.argc < command->least || (command->most >= 0 && ctl.argc > command->most)) {
        return usage(apr_psprintf(pool, "It is: %s %s", command->name, command->arguments));
    }
    if (config) {
        err = ctl_read_config(&ctl, config, pool);
    }
    if (!err && database && !ctl_database(&ctl, database, pool)) {
        return usage("The database is 'sqlite3 <path>' or 'pgsql <conninfo>'.");
    }
    if (!err && !ctl.db.params) {
        return usage(
            config ? apr_psprintf(pool, "%s has no B2BPortalDatabase; give --database.", config)
                   : "Which database? Give --database or --config.");
    }
    if (!err) {
        err = command->run(&ctl, pool);
    }
    if (err) {
        return report(command, err, pool);
    }
    if (fflush(stdout) != 0) {
        return CTL_FAILED;
    }
    return CTL_OK;
}

int main(int argc, const char *const *argv)
{
    apr_pool_t *pool;
    int code;

    if (apr_app_initialize(&argc, &argv, NULL) != APR_SUCCESS ||
        apr_pool_create(&pool, NULL) != APR_SUCCESS) {
        return CTL_FAILED;
    }
    b2b_json_initialize();
    code = run(argc, argv, pool);
    apr_terminate();
    return code;
}
