/* SPDX-License-Identifier: Apache-2.0 */
/* The commands that take the database as a whole. */

#include <stdio.h>

#include "ctl.h"
#include "db/schema.h"

b2b_error_t *ctl_migrate(const ctl_t *ctl, apr_pool_t *pool)
{
    int from = 0, to = 0;

    B2B_ERR(b2b_schema_migrate(&from, &to, &ctl->db, pool));
    if (from == to) {
        printf("The database has schema %d already.\n", to);
    }
    else {
        printf("The database has now schema %d (it had %d).\n", to, from);
    }
    return NULL;
}

b2b_error_t *ctl_check(const ctl_t *ctl, apr_pool_t *pool)
{
    B2B_ERR(b2b_schema_check(&ctl->db, pool));
    printf("The database can be served from: schema %d, all settings in force.\n",
           b2b_db_schema_version);
    return NULL;
}

b2b_error_t *ctl_backup(const ctl_t *ctl, apr_pool_t *pool)
{
    B2B_ERR(b2b_schema_backup(&ctl->db, ctl->argv[0], pool));
    printf("The database is backed up in %s.\n", ctl->argv[0]);
    return NULL;
}

b2b_error_t *ctl_restore(const ctl_t *ctl, apr_pool_t *pool)
{
    B2B_ERR(b2b_schema_restore(&ctl->db, ctl->argv[0], pool));
    printf("The database is restored from %s; running servers decide from it within a second.\n",
           ctl->argv[0]);
    return NULL;
}
