/* SPDX-License-Identifier: Apache-2.0 */
/* b2bportalctl: what its files share. */

#ifndef B2B_CTL_H
#define B2B_CTL_H

#include <apr_tables.h>

#include "db/db.h"

/* Exit codes: what a script needs to tell apart. */
typedef enum {
    CTL_OK = 0,
    CTL_FAILED = 1,  /* the work could not be done; standard error says why */
    CTL_USAGE = 2,   /* the command line is wrong */
    CTL_REFUSED = 3, /* check: the database must not be served from */
    CTL_BUSY = 75    /* sysexits' EX_TEMPFAIL: try again */
} ctl_exit_e;

/** What the command line, the environment and the configuration file say. */
typedef struct {
    b2b_db_config_t db;
    const char *domain;          /* B2BPortalDomain, or NULL */
    const char *url;             /* B2BPortalURL, or NULL */
    apr_array_header_t *issuers; /* of b2b_issuer_t, B2BPortalIssuer; may be empty */
    int argc;
    const char *const *argv; /* the command's own arguments */
} ctl_t;

typedef b2b_error_t *(*ctl_command_cb)(const ctl_t *ctl, apr_pool_t *pool);

typedef struct {
    const char *name;      /* "portal add" */
    const char *arguments; /* for the help */
    const char *purpose;
    int least, most; /* number of arguments; most < 0: any */
    ctl_command_cb run;
} ctl_command_t;

/** Read DRIVER PARAMS, as in `sqlite3 /path` or `pgsql "host=…"`, into CTL->db. FALSE if it is not that. */
int ctl_database(ctl_t *ctl, const char *text, apr_pool_t *pool);

/** Read our directives from the configuration file PATH (not what it includes) into CTL. */
b2b_error_t *ctl_read_config(ctl_t *ctl, const char *path, apr_pool_t *pool);

/* database.c */
b2b_error_t *ctl_migrate(const ctl_t *ctl, apr_pool_t *pool);
b2b_error_t *ctl_check(const ctl_t *ctl, apr_pool_t *pool);
b2b_error_t *ctl_backup(const ctl_t *ctl, apr_pool_t *pool);
b2b_error_t *ctl_restore(const ctl_t *ctl, apr_pool_t *pool);

/* people.c */
b2b_error_t *ctl_administrator_add(const ctl_t *ctl, apr_pool_t *pool);
b2b_error_t *ctl_portal_add(const ctl_t *ctl, apr_pool_t *pool);
b2b_error_t *ctl_portal_list(const ctl_t *ctl, apr_pool_t *pool);

#endif
