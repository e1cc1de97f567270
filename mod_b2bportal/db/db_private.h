/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of db/ and its tests share. */

#ifndef B2B_DB_PRIVATE_H
#define B2B_DB_PRIVATE_H

#include <apr_dbd.h>
#include <apr_reslist.h>
#include <apr_tables.h>
#include <apr_thread_cond.h>
#include <apr_thread_mutex.h>

#include "db.h"

/** A named statement, generated from sql/queries. */
typedef struct {
    const char *name;
    const char *types;  /* one letter a parameter: s text, i integer or time, b bool */
    int rows;           /* it returns rows */
    int writes;         /* it may run in a transaction only */
    int planned_once;   /* PostgreSQL need not see the values to find the best plan */
    const char *tables; /* the tables it names, separated by spaces */
    const char *sqlite;
    const char *pgsql;
} b2b_stmt_t;

extern const b2b_stmt_t b2b_stmts[STMT_COUNT];

/** A migration, generated from sql/migrations; the last one has the number 0. */
typedef struct {
    int number;
    const char *name;
    const char *const *statements; /* ends with NULL */
} b2b_migration_t;

extern const b2b_migration_t b2b_migrations[];

/** The value of a parameter. */
typedef struct {
    char type; /* as in b2b_stmt_t */
    int null;
    const char *text;
    apr_int64_t number;
} b2b_value_t;

#define B2B_PARAMETERS_MAX 64

/* rows.c ------------------------------------------------------------------------------------------------- */

/** One value of a result: TEXT as it came, or NUMBER where TEXT is NULL and NULL is not set. */
typedef struct {
    const char *text;
    apr_int64_t number;
    int null;
} b2b_cell_t;

b2b_db_rows_t *b2b_rows_create(int columns, apr_pool_t *pool);
/** Append a row and return its cells, to be filled in. */
b2b_cell_t *b2b_rows_append(b2b_db_rows_t *rows);

/* The drivers --------------------------------------------------------------------------------------------- */

typedef struct {
    const char *name; /* apr_dbd's name of the driver */

    /** Open CONN->handle and put all settings in force. A half-open one is closed by the caller. */
    b2b_error_t *(*open)(b2b_db_conn_t *conn, apr_pool_t *pool);
    void (*close)(b2b_db_conn_t *conn);
    /** Is an idle connection still there, as far as one can see without a query? */
    int (*alive)(b2b_db_conn_t *conn);
    /** Run STMT; set *ROWS (if it returns rows) or *AFFECTED. */
    b2b_error_t *(*run)(b2b_db_rows_t **rows, apr_int64_t *affected, b2b_db_conn_t *conn,
                        b2b_stmt_e stmt, const b2b_value_t *values, apr_pool_t *pool);
    /** Send STMT: it is carried out, and its error told, with the next that is run, or commit. */
    b2b_error_t *(*send)(b2b_db_conn_t *conn, b2b_stmt_e stmt, const b2b_value_t *values,
                         apr_pool_t *pool);
    /** Run one statement given as TEXT; *ROWS may be NULL. */
    b2b_error_t *(*text)(b2b_db_rows_t **rows, b2b_db_conn_t *conn, const char *text,
                         apr_pool_t *pool);
    b2b_error_t *(*begin)(b2b_db_conn_t *conn, apr_pool_t *pool);
    b2b_error_t *(*commit)(b2b_db_conn_t *conn, apr_pool_t *pool);
    b2b_error_t *(*rollback)(b2b_db_conn_t *conn, apr_pool_t *pool);
} b2b_driver_t;

extern const b2b_driver_t b2b_driver_sqlite;
extern const b2b_driver_t b2b_driver_pgsql;

/** What an error says about the connection it came from. */
typedef enum {
    B2B_FAULT_NONE,
    B2B_FAULT_ANSWER, /* the statement is refused (a constraint): the connection is sound */
    B2B_FAULT_RETRY,  /* the transaction lost against another one: run it again */
    B2B_FAULT_BROKEN  /* anything else: close the connection */
} b2b_fault_e;

typedef struct b2b_writer_lock_t b2b_writer_lock_t;

struct b2b_db_t {
    b2b_db_config_t config;
    const b2b_driver_t *driver;
    const apr_dbd_driver_t *dbd;
    apr_reslist_t *connections;
    apr_pool_t *pool;               /* unmanaged, of all this */
    volatile apr_uint32_t holders;  /* who made it, and each connection that is in use */
    volatile apr_uint32_t age;      /* raised by b2b_db_reset */
    volatile apr_uint32_t unnamed;  /* PostgreSQL: names of statements do not last */
    b2b_writer_lock_t *writer_lock; /* SQLite */
};

struct b2b_db_conn_t {
    b2b_db_t *db;
    apr_pool_t
        *shell_pool;   /* of this struct: unmanaged, as long as the pool of connections keeps it */
    apr_pool_t *pool;  /* of the connection: a child, made by each open, destroyed by close */
    apr_pool_t *user;  /* whose cleanup releases the connection, or NULL while idle */
    apr_dbd_t *handle; /* NULL: not open */
    void *native;      /* sqlite3 * or PGconn * */
    void *statements;  /* the driver's own */
    apr_uint32_t age;
    b2b_fault_e fault;  /* the worst since the connection was acquired */
    int in_transaction; /* b2b_db_transaction runs */
    int in_view;        /* b2b_db_view runs */
    apr_byte_t touched[B2B_DB_SLOTS];
    int touched_count;
    apr_time_t busy_since;    /* SQLite: when the statement under way first found the file locked */
    apr_int64_t data_version; /* SQLite: as of the last b2b_db_generations; -1: not asked yet */
};

/** For the drivers: remember FAULT and make the error that goes with it. */
b2b_error_t *b2b_db_fault(b2b_db_conn_t *conn, b2b_fault_e fault, b2b_error_code_e code,
                          const char *detail, apr_pool_t *pool);

/** Open a connection outside the pool of connections, for schema.c. Closed with POOL. */
b2b_error_t *b2b_db_open_single(b2b_db_conn_t **conn, const b2b_db_config_t *config,
                                apr_pool_t *pool);

/** Close CONN's handle, if it is open; the shell stays. */
void b2b_db_close(b2b_db_conn_t *conn);

/* sqlite.c ------------------------------------------------------------------------------------------------ */

/** The journal mode for a SQLite of this number: WAL can lose acknowledged commits before 3.51.3. */
const char *b2b_sqlite_journal_mode(int version_number);

/** The identity of the SQLite that apr_dbd's driver brought, and of the one linked here; tests change it. */
extern const char *(*b2b_sqlite_linked_source)(void);

/** For tests: this page of SQLite's file is the last that may be written; 0: no limit. */
extern int b2b_sqlite_page_limit;

/* pgsql.c ------------------------------------------------------------------------------------------------- */

/** How long a statement may take before the connection is given up; tests shorten it. */
extern apr_interval_time_t b2b_pgsql_statement_wait;

/** How long the server keeps the plans of what is planned once; tests change it. */
extern apr_interval_time_t b2b_pgsql_plans_last;

/* schema.c, and its part for each driver ------------------------------------------------------------------ */

/** Set *VERSION to the number of the last migration that CONN's database has had; 0 for an empty one. */
b2b_error_t *b2b_schema_version(int *version, b2b_db_conn_t *conn, apr_pool_t *pool);

/** Refuse a database whose schema is not this program's, with what to do. */
b2b_error_t *b2b_schema_check_version(b2b_db_conn_t *conn, apr_pool_t *pool);

/** Make the new file PATH, 0600 or as MODE says, refusing one that is there. */
b2b_error_t *b2b_schema_new_file(const char *path, int mode, apr_pool_t *pool);

/** Bring PATH, and its name in its folder, onto the disk. */
b2b_error_t *b2b_schema_sync_file(const char *path, apr_pool_t *pool);

b2b_error_t *b2b_schema_check_sqlite(const b2b_db_config_t *config, apr_pool_t *pool);
b2b_error_t *b2b_schema_backup_sqlite(const b2b_db_config_t *config, const char *path,
                                      apr_pool_t *pool);
b2b_error_t *b2b_schema_restore_sqlite(const b2b_db_config_t *config, const char *path,
                                       apr_pool_t *pool);
b2b_error_t *b2b_schema_check_pgsql(const b2b_db_config_t *config, apr_pool_t *pool);
b2b_error_t *b2b_schema_backup_pgsql(const b2b_db_config_t *config, const char *path,
                                     apr_pool_t *pool);
b2b_error_t *b2b_schema_restore_pgsql(const b2b_db_config_t *config, const char *path,
                                      apr_pool_t *pool);

/** The type of the file system that PATH is on (statfs' f_type), or 0; tests change it. */
extern long (*b2b_schema_file_system)(const char *path);

/* writer_lock.c ------------------------------------------------------------------------------------------- */

/** The lock of the SQLite file PATH for this process; the lock file is PATH "-lock". Made with POOL. */
b2b_error_t *b2b_writer_lock_create(b2b_writer_lock_t **lock, const char *path, apr_pool_t *pool);

/** Take LOCK among all threads and processes, or return B2B_E_BUSY after WAIT. */
b2b_error_t *b2b_writer_lock_take(b2b_writer_lock_t *lock, apr_interval_time_t wait,
                                  apr_pool_t *pool);
void b2b_writer_lock_give(b2b_writer_lock_t *lock);

#endif
