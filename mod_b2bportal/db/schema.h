/* SPDX-License-Identifier: Apache-2.0 */
/* The life of a database as a whole: migrate, check, back up, restore. For ctl/ and the start-up check. */

#ifndef B2B_SCHEMA_H
#define B2B_SCHEMA_H

#include "db.h"

/**
 * Bring the database of CONFIG to b2b_db_schema_version, creating SQLite's file (0640) if it is missing.
 * Each migration is one transaction; run as the worker user. *FROM and *TO are the versions before and after.
 */
b2b_error_t *b2b_schema_migrate(int *from, int *to, const b2b_db_config_t *config,
                                apr_pool_t *pool);

/**
 * May this process serve from this database? An error says what is wrong and what to do: missing, not
 * writable (file, folder, lock file), on a network file system, more than one link, schema older or newer,
 * settings not in force (foreign keys, journal mode, synchronous; PostgreSQL: version, encoding UTF8, not
 * a read-only standby, synchronous_commit), two copies of SQLite in one process. Reads only.
 */
b2b_error_t *b2b_schema_check(const b2b_db_config_t *config, apr_pool_t *pool);

/** Write a consistent copy to the new file PATH (SQLite: VACUUM INTO; PostgreSQL: pg_dump -Fc), 0600. */
b2b_error_t *b2b_schema_backup(const b2b_db_config_t *config, const char *path, apr_pool_t *pool);

/**
 * Put the copy at PATH, which must be of this program's schema version, in place of the database. The copy is checked first; every generation is then set
 * above all values that running servers may have seen, so that nobody decides from what was before.
 */
b2b_error_t *b2b_schema_restore(const b2b_db_config_t *config, const char *path, apr_pool_t *pool);

#endif
