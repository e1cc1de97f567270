/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A child process: its database, its caches, and two threads of its own. One asks the database four times a
 * second what changed elsewhere; each child for itself, because a watchdog singleton takes ten seconds to move
 * when its child is killed. The other sends mail; the claim in the database picks one among all of them.
 */

#include "httpd/module.h"

#include <unistd.h>

#include <apr_portable.h>
#include <apr_strings.h>
#include <apr_thread_cond.h>
#include <apr_thread_mutex.h>
#include <apr_thread_proc.h>

#include "base/chance.h"
#include "base/log.h"

#define POLL_EVERY apr_time_from_msec(250)
#define JOBS_EVERY apr_time_from_sec(1)
#define TIDY_EVERY apr_time_from_sec(60)
#define LOAD_WAIT  apr_time_from_msec(200)

#define PORTALS_MOST 2048
#define PEOPLE_MOST  8192

b2b_child_t *b2b_child;

/* A thread that works every now and then until the child ends. */
typedef struct ticker_t {
    const char *name;
    apr_interval_time_t every;
    int (*work)(struct ticker_t *ticker); /* TRUE: again at once */
    void (*leave)(struct ticker_t *ticker);
    b2b_jobs_t jobs;
    apr_pool_t *pool; /* the thread's own, with its own allocator; cleared after each round */
    apr_thread_t *thread;
    apr_thread_mutex_t *mutex;
    apr_thread_cond_t *wake;
    volatile int stop;
    apr_int64_t values[B2B_DB_SLOTS];
    b2b_db_conn_t *conn; /* the poll's: PRAGMA data_version is of a connection */
    apr_pool_t *conn_pool;
    apr_interval_time_t tidy_at; /* the jobs': steady time of the next b2b_jobs_tidy */
    int failing;
} ticker_t;

/* What a load reads from the database, for one of the caches. ---------------------------------------------- */

typedef b2b_error_t *(*read_cb)(void **value, b2b_db_conn_t *conn, const char *const *key,
                                apr_pool_t *result_pool, apr_pool_t *scratch_pool);

typedef struct {
    void **value;
    read_cb read;
    const char *const *key;
    apr_pool_t *result_pool;
} load_t;

static b2b_error_t *read_in_view(void *baton, b2b_db_conn_t *conn, apr_pool_t *pool)
{
    const load_t *load = baton;

    return load->read(load->value, conn, load->key, load->result_pool, pool);
}

/*
 * All of it on one view: half of what was before and half of what a commit meanwhile made could allow what
 * neither does, until the generation is looked at again.
 */
static b2b_error_t *with_connection(void **value, read_cb read, const char *const *key,
                                    apr_pool_t *result_pool, apr_pool_t *scratch_pool)
{
    load_t load = {value, read, key, result_pool};
    b2b_db_conn_t *conn;
    b2b_error_t *err;

    B2B_ERR(b2b_db_acquire(&conn, b2b_child->site.db, scratch_pool));
    err = b2b_db_view(conn, read_in_view, &load, scratch_pool);
    b2b_db_release(conn);
    return err;
}

static b2b_error_t *directory_slots(int slots[2], void *baton, const char *const *key,
                                    apr_pool_t *pool)
{
    (void)baton;
    (void)key;
    (void)pool;
    slots[0] = slots[1] = b2b_db_slot("directory");
    return NULL;
}

static b2b_error_t *read_directory(void **value, b2b_db_conn_t *conn, const char *const *key,
                                   apr_pool_t *result_pool, apr_pool_t *scratch_pool)
{
    b2b_directory_t *directory = NULL;

    (void)key;
    B2B_ERR(b2b_directory_load(&directory, conn, result_pool, scratch_pool));
    *value = directory;
    return NULL;
}

static b2b_error_t *directory_load(void **value, void *baton, const char *const *key,
                                   apr_pool_t *result_pool, apr_pool_t *scratch_pool)
{
    (void)baton;
    return with_connection(value, read_directory, key, result_pool, scratch_pool);
}

static b2b_error_t *portal_slots(int slots[2], void *baton, const char *const *key,
                                 apr_pool_t *pool)
{
    (void)baton;
    slots[0] = b2b_db_slot(apr_pstrcat(pool, "portal:", key[0], NULL));
    slots[1] = b2b_db_slot("host");
    return NULL;
}

static b2b_error_t *read_portal(void **value, b2b_db_conn_t *conn, const char *const *key,
                                apr_pool_t *result_pool, apr_pool_t *scratch_pool)
{
    b2b_portal_snapshot_t *snapshot = NULL;

    B2B_ERR(b2b_portal_snapshot_load(&snapshot, conn, key[0], result_pool, scratch_pool));
    *value = snapshot;
    return NULL;
}

static b2b_error_t *portal_load(void **value, void *baton, const char *const *key,
                                apr_pool_t *result_pool, apr_pool_t *scratch_pool)
{
    (void)baton;
    return with_connection(value, read_portal, key, result_pool, scratch_pool);
}

static b2b_error_t *host_slots(int slots[2], void *baton, const char *const *key, apr_pool_t *pool)
{
    (void)baton;
    (void)key;
    (void)pool;
    slots[0] = slots[1] = b2b_db_slot("host");
    return NULL;
}

static b2b_error_t *read_host(void **value, b2b_db_conn_t *conn, const char *const *key,
                              apr_pool_t *result_pool, apr_pool_t *scratch_pool)
{
    b2b_settings_t *settings = NULL;
    b2b_host_brand_t *brand = apr_pcalloc(result_pool, sizeof(*brand));

    (void)key;
    B2B_ERR(b2b_settings_get(&settings, conn, result_pool, scratch_pool));
    if (settings) {
        brand->organisation = settings->organisation_name;
        brand->logo = settings->logo;
        brand->contact_name = settings->contact_name;
        brand->contact_email = settings->contact_email;
        brand->locale = settings->locale;
    }
    *value = brand;
    return NULL;
}

static b2b_error_t *host_load(void **value, void *baton, const char *const *key,
                              apr_pool_t *result_pool, apr_pool_t *scratch_pool)
{
    (void)baton;
    return with_connection(value, read_host, key, result_pool, scratch_pool);
}

/* A person depends on their own row and on the portal, whose groups' names they carry. */
static b2b_error_t *person_slots(int slots[2], void *baton, const char *const *key,
                                 apr_pool_t *pool)
{
    const b2b_identity_t identity = {.issuer = key[1], .subject = key[2]};

    (void)baton;
    if (*key[0]) {
        slots[0] = b2b_db_slot(b2b_identity_key(key[0], &identity, pool));
        slots[1] = b2b_db_slot(apr_pstrcat(pool, "portal:", key[0], NULL));
    }
    else {
        slots[0] = b2b_db_slot(b2b_identity_key(NULL, &identity, pool));
        slots[1] = b2b_db_slot("host");
    }
    return NULL;
}

static b2b_error_t *read_person(void **value, b2b_db_conn_t *conn, const char *const *key,
                                apr_pool_t *result_pool, apr_pool_t *scratch_pool)
{
    const b2b_identity_t identity = {.issuer = key[1], .subject = key[2]};
    b2b_principal_t *principal = NULL;

    B2B_ERR(b2b_principal_load(&principal, conn, *key[0] ? key[0] : NULL, &identity, result_pool,
                               scratch_pool));
    *value = principal;
    return NULL;
}

/* A comma parts the names; one inside a name is written %2C, and a percent sign %25. */
static const char *escape_name(const char *name, apr_pool_t *pool)
{
    const char *escaped;

    if (!name[strcspn(name, ",%")]) {
        return name;
    }
    escaped = "";
    while (*name) {
        apr_size_t plain = strcspn(name, ",%");

        escaped = apr_pstrcat(pool, escaped, apr_pstrmemdup(pool, name, plain),
                              name[plain] == ','   ? "%2C"
                              : name[plain] == '%' ? "%25"
                                                   : "",
                              NULL);
        name += plain + (name[plain] != '\0');
    }
    return escaped;
}

static const char *join_groups(const b2b_portal_snapshot_t *portal,
                               const b2b_principal_t *principal, apr_pool_t *pool)
{
    apr_array_header_t *names = apr_array_make(pool, principal->groups->nelts + 1,
                                               sizeof(const char *));

    for (int i = 0; i < principal->groups->nelts; i++) {
        const char *name = apr_hash_get(portal->group_names,
                                        APR_ARRAY_IDX(principal->groups, i, const char *),
                                        APR_HASH_KEY_STRING);

        if (name) {
            APR_ARRAY_PUSH(names, const char *) = escape_name(name, pool);
        }
    }
    return apr_array_pstrcat(pool, names, ',');
}

static b2b_error_t *person_load(void **value, void *baton, const char *const *key,
                                apr_pool_t *result_pool, apr_pool_t *scratch_pool)
{
    void *principal = NULL;
    b2b_person_t *person;

    (void)baton;
    B2B_ERR(with_connection(&principal, read_person, key, result_pool, scratch_pool));
    if (!principal) {
        *value = NULL;
        return NULL;
    }
    person = apr_pcalloc(result_pool, sizeof(*person));
    person->principal = principal;
    person->groups = "";
    if (*key[0]) {
        b2b_cached_t *item;
        const b2b_portal_snapshot_t *portal;

        B2B_ERR(b2b_child_get(&item, b2b_child->portals, key[0], NULL, NULL, scratch_pool));
        portal = b2b_cached_value(item);
        if (portal) {
            person->groups = apr_pstrdup(result_pool, join_groups(portal, principal, scratch_pool));
        }
        b2b_cached_release(item);
    }
    *value = person;
    return NULL;
}

b2b_error_t *b2b_child_get(b2b_cached_t **item, b2b_cache_t *cache, const char *a, const char *b,
                           const char *c, apr_pool_t *pool)
{
    const char *key[B2B_CACHE_KEYS] = {a ? a : "", b ? b : "", c ? c : ""};

    return b2b_cache_get(item, cache, key, pool);
}

/* The threads ----------------------------------------------------------------------------------------------- */

/* Steady time: setting the clock back must not lengthen the five seconds. */
int b2b_child_is_current(void)
{
    return b2b_clock_steady() - atomic_load(&b2b_child->asked_at) <= B2B_STALE_AFTER;
}

static void drop_connection(ticker_t *ticker)
{
    if (ticker->conn) {
        b2b_db_release(ticker->conn);
        ticker->conn = NULL;
    }
    apr_pool_clear(ticker->conn_pool);
}

/* Ask what changed elsewhere. The time that counts is the one before the question. */
static int poll_database(ticker_t *ticker)
{
    apr_interval_time_t asked_at = b2b_clock_steady();
    int changed = 0;
    b2b_error_t *err = NULL;

    if (!ticker->conn) {
        err = b2b_db_acquire(&ticker->conn, b2b_child->site.db, ticker->conn_pool);
    }
    if (!err) {
        err = b2b_db_generations(&changed, ticker->values, ticker->conn, ticker->pool);
    }
    atomic_fetch_add(&b2b_child->polls, 1);
    if (err) {
        atomic_fetch_add(&b2b_child->poll_failures, 1);
        if (!ticker->failing) {
            b2b_log_error(
                err, B2B_LOG_ERROR, ticker->pool,
                "The database does not say what changed; after 5 seconds this process denies");
            ticker->failing = 1;
        }
        drop_connection(ticker);
        return 0;
    }
    if (changed) {
        b2b_generations_compare(b2b_startup->generations, ticker->values);
    }
    atomic_store(&b2b_child->asked_at, asked_at);
    if (ticker->failing) {
        b2b_log(B2B_LOG_NOTICE, APR_SUCCESS, ticker->pool, "The database says again what changed");
        ticker->failing = 0;
    }
    return 0;
}

static int run_jobs(ticker_t *ticker)
{
    int busy = 0;
    b2b_error_t *err = b2b_jobs_run(&busy, &ticker->jobs, &ticker->stop, ticker->pool);
    apr_interval_time_t now = b2b_clock_steady();

    if (!err && now >= ticker->tidy_at) {
        ticker->tidy_at = now + TIDY_EVERY;
        err = b2b_jobs_tidy(&ticker->jobs, ticker->pool);
    }
    if (err) {
        if (!ticker->failing) {
            b2b_log_error(err, err->code == B2B_E_BUSY ? B2B_LOG_INFO : B2B_LOG_ERROR, ticker->pool,
                          "Mail and expiry wait");
            ticker->failing = 1;
        }
        return 0;
    }
    ticker->failing = 0;
    return busy;
}

static void leave_jobs(ticker_t *ticker)
{
    b2b_jobs_leave(&ticker->jobs, ticker->pool);
}

static void *APR_THREAD_FUNC tick(apr_thread_t *thread, void *data)
{
    ticker_t *ticker = data;

    (void)thread;
    apr_thread_mutex_lock(ticker->mutex);
    while (!ticker->stop) {
        int again;

        apr_thread_mutex_unlock(ticker->mutex);
        again = ticker->work(ticker);
        apr_pool_clear(ticker->pool);
        apr_thread_mutex_lock(ticker->mutex);
        if (!again && !ticker->stop) {
            apr_thread_cond_timedwait(ticker->wake, ticker->mutex, ticker->every);
        }
    }
    apr_thread_mutex_unlock(ticker->mutex);
    ticker->leave(ticker);
    apr_pool_clear(ticker->pool);
    return NULL;
}

/* The child ends: let the thread finish its round, and wait for it, before what it uses is torn down. */
static apr_status_t stop_ticker(void *data)
{
    ticker_t *ticker = data;
    apr_status_t ignored;

    apr_thread_mutex_lock(ticker->mutex);
    ticker->stop = 1;
    apr_thread_cond_signal(ticker->wake);
    apr_thread_mutex_unlock(ticker->mutex);
    apr_thread_join(&ignored, ticker->thread);
    return APR_SUCCESS;
}

static apr_pool_t *own_pool(const char *tag)
{
    apr_pool_t *pool = NULL;

    apr_pool_create_unmanaged_ex(&pool, NULL, NULL);
    if (pool) {
        apr_pool_tag(pool, tag);
    }
    return pool;
}

static ticker_t *start_ticker(const char *name, apr_interval_time_t every, int (*work)(ticker_t *),
                              void (*leave)(ticker_t *), const b2b_jobs_t *jobs, apr_pool_t *pchild,
                              server_rec *server)
{
    ticker_t *ticker = apr_pcalloc(pchild, sizeof(*ticker));
    apr_status_t rv;

    ticker->name = name;
    ticker->every = every;
    ticker->work = work;
    ticker->leave = leave;
    if (jobs) {
        ticker->jobs = *jobs;
    }
    ticker->pool = own_pool(name);
    ticker->conn_pool = own_pool(name);
    rv = ticker->pool && ticker->conn_pool
             ? apr_thread_mutex_create(&ticker->mutex, APR_THREAD_MUTEX_DEFAULT, pchild)
             : APR_ENOMEM;
    if (rv == APR_SUCCESS) {
        rv = apr_thread_cond_create(&ticker->wake, pchild);
    }
    if (rv == APR_SUCCESS) {
        rv = apr_thread_create(&ticker->thread, NULL, tick, ticker, pchild);
    }
    if (rv != APR_SUCCESS) {
        ap_log_error(APLOG_MARK, APLOG_CRIT, rv, server, "The thread for %s cannot be started",
                     name);
        return NULL;
    }
    /* Before the pool's own cleanups: the mutex must still be there. */
    apr_pool_pre_cleanup_register(pchild, ticker, stop_ticker);
    return ticker;
}

static void on_commit(void *baton, const int *slots, int count)
{
    b2b_generations_bump(baton, slots, count);
}

static b2b_error_t *make_caches(b2b_child_t *child, b2b_generations_t *generations,
                                apr_pool_t *pool)
{
    b2b_cache_config_t directory = {"directory", generations, directory_slots, directory_load,
                                    NULL,        1,           LOAD_WAIT};
    b2b_cache_config_t portals = {"portals", generations,  portal_slots, portal_load,
                                  NULL,      PORTALS_MOST, LOAD_WAIT};
    b2b_cache_config_t people = {"people", generations, person_slots, person_load,
                                 NULL,     PEOPLE_MOST, LOAD_WAIT};
    b2b_cache_config_t hosts = {"host", generations, host_slots, host_load, NULL, 1, LOAD_WAIT};

    B2B_ERR(b2b_cache_create(&child->directory, &directory, pool));
    B2B_ERR(b2b_cache_create(&child->portals, &portals, pool));
    B2B_ERR(b2b_cache_create(&child->people, &people, pool));
    return b2b_cache_create(&child->hosts, &hosts, pool);
}

void b2b_child_init(apr_pool_t *pchild, server_rec *server)
{
    b2b_db_config_t database;
    b2b_child_t *child;
    b2b_error_t *err;
    b2b_jobs_t jobs;
    char name[256];

    if (!b2b_startup) {
        return;
    }
    child = apr_pcalloc(pchild, sizeof(*child));
    b2b_config_site(&child->site, b2b_startup->config);
    child->site.exports = &b2b_startup->shared->exports;
    b2b_turns_begin(child->site.exports);
    b2b_config_database(&database, b2b_startup->config);
    database.on_commit = on_commit;
    database.baton = b2b_startup->generations;
    err = b2b_db_create(&child->site.db, &database, pchild);
    if (!err) {
        err = make_caches(child, b2b_startup->generations, pchild);
    }
    if (err) {
        /* b2b_child stays NULL, and everything is denied. */
        ap_log_error(APLOG_MARK, APLOG_CRIT, err->status, server, "This process cannot decide: %s",
                     b2b_error_text(err, pchild));
        return;
    }
    /* Nothing is remembered yet, so that nothing can be old. */
    atomic_init(&child->asked_at, b2b_clock_steady());
    b2b_child = child;
    if (apr_gethostname(name, sizeof(name), pchild) != APR_SUCCESS) {
        apr_cpystrn(name, "localhost", sizeof(name));
    }
    jobs.site = &child->site;
    jobs.mail = b2b_startup->config->mail;
    jobs.holder = apr_psprintf(pchild, "%s:%ld", name, (long)getpid());
    start_ticker("b2b poll", POLL_EVERY, poll_database, drop_connection, NULL, pchild, server);
    start_ticker("b2b jobs", JOBS_EVERY, run_jobs, leave_jobs, &jobs, pchild, server);
}
