/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The grants of a portal's snapshot: what each partner holds, with the groups that its names were bound to. A
 * revision that many partners hold is parsed once; each grant then gets its own groups. The whole takes as many
 * steps as the portal has grants, bound names and processes in them.
 */

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/log.h"
#include "model/model_private.h"

/* What is read before the grants are put together; everything in the scratch pool. */
typedef struct {
    apr_hash_t *revisions; /* share id LF number → const apr_array_header_t * of process_t */
    apr_hash_t *alive;     /* id → itself, of processes that are not deleted */
    apr_hash_t
        *security;     /* process id LF version → b2b_security_t * of those that revisions name */
    apr_hash_t *bound; /* partner id LF share id LF folded name → group id, in the result pool */
} sources_t;

/* A process as a revision's document describes it. */
typedef struct {
    b2b_snapshot_shared_process_t process; /* without what differs from grant to grant */
    const apr_array_header_t *names;       /* of creator groups, const char * */
} process_t;

static const char *revision_key(const char *share_id, apr_int64_t number, apr_pool_t *pool)
{
    return apr_psprintf(pool, "%s\n%" APR_INT64_T_FMT, share_id, number);
}

static const char *version_key(const char *process_id, apr_int64_t version, apr_pool_t *pool)
{
    return apr_psprintf(pool, "%s\n%" APR_INT64_T_FMT, process_id, version);
}

static const char *bound_key(const char *partner_id, const char *share_id, const char *name,
                             apr_pool_t *pool)
{
    return apr_pstrcat(pool, partner_id, "\n", share_id, "\n", name, NULL);
}

/* Revisions ---------------------------------------------------------------------------------------- */

static const apr_array_header_t *names_read(const b2b_json_t *groups, apr_pool_t *pool)
{
    apr_array_header_t *names = apr_array_make(pool, 2, sizeof(const char *));
    apr_size_t i;

    for (i = 0; i < b2b_json_length(groups); i++) {
        const char *name = b2b_json_text(b2b_json_at(groups, i));

        if (name) {
            APR_ARRAY_PUSH(names, const char *) = name;
        }
    }
    return names;
}

/* Only what the document says in so many words is open. Returns FALSE for no process at all. */
static int process_read(process_t *p, const b2b_json_t *json, apr_pool_t *pool)
{
    const b2b_json_t *creators = b2b_json_get(json, "creators");
    const char *visibility = b2b_json_get_string(json, "form_visibility");
    const char *id = b2b_json_get_string(json, "process_id");

    memset(p, 0, sizeof(*p));
    p->process.process_id = id ? apr_pstrdup(pool, id) : NULL;
    p->process.process_version = b2b_json_get_integer(json, "process_version", 0);
    p->process.allow_create = b2b_json_get_bool(json, "allow_create", 0);
    p->process.creators_everyone = b2b_json_get_bool(creators, "everyone", 0);
    p->process.creators_only_open = b2b_json_get_bool(json, "creators_only_open", 1);
    p->process.allow_delete = b2b_json_get_bool(json, "allow_delete", 0);
    p->process.all_forms = visibility && strcmp(visibility, "all") == 0;
    p->names = names_read(b2b_json_get(creators, "groups"), pool);
    return id && p->process.process_version > 0;
}

static const apr_array_header_t *document_read(const char *text, apr_pool_t *pool)
{
    apr_array_header_t *processes = apr_array_make(pool, 2, sizeof(process_t));
    const b2b_json_t *list;
    b2b_json_t *document;
    b2b_error_t *err = b2b_json_parse(&document, text, strlen(text), pool);
    apr_size_t i;

    if (err) {
        /* Nothing is open by it; that everything else of the portal goes down with it would help nobody. */
        b2b_log_error(err, B2B_LOG_ERROR, pool, "the document of a share's revision");
        return processes;
    }
    list = b2b_json_get(document, "processes");
    for (i = 0; i < b2b_json_length(list); i++) {
        process_t p;

        if (process_read(&p, b2b_json_at(list, i), pool)) {
            APR_ARRAY_PUSH(processes, process_t) = p;
        }
    }
    return processes;
}

static b2b_error_t *revisions_load(sources_t *sources, b2b_db_conn_t *conn, const char *portal_id,
                                   apr_pool_t *scratch_pool)
{
    b2b_db_rows_t *rows;

    B2B_ERR(b2b_db_query(&rows, conn, STMT_SNAPSHOT_REVISIONS, scratch_pool, "s", portal_id));
    sources->revisions = apr_hash_make(scratch_pool);
    while (b2b_db_next(rows)) {
        apr_hash_set(sources->revisions,
                     revision_key(b2b_db_text(rows, 0), b2b_db_integer(rows, 1), scratch_pool),
                     APR_HASH_KEY_STRING, document_read(b2b_db_text(rows, 2), scratch_pool));
    }
    B2B_ERR(b2b_db_query(&rows, conn, STMT_SNAPSHOT_PROCESSES, scratch_pool, "s", portal_id));
    sources->alive = apr_hash_make(scratch_pool);
    sources->security = apr_hash_make(scratch_pool);
    while (b2b_db_next(rows)) {
        const char *id = apr_pstrdup(scratch_pool, b2b_db_text(rows, 0));
        b2b_security_t *security = apr_palloc(scratch_pool, sizeof(*security));

        b2b_security_parse(security, b2b_db_text(rows, 2), scratch_pool);
        apr_hash_set(sources->alive, id, APR_HASH_KEY_STRING, id);
        apr_hash_set(sources->security, version_key(id, b2b_db_integer(rows, 1), scratch_pool),
                     APR_HASH_KEY_STRING, security);
    }
    return NULL;
}

static b2b_error_t *bound_load(sources_t *sources, b2b_db_conn_t *conn, const char *portal_id,
                               apr_pool_t *result_pool, apr_pool_t *scratch_pool)
{
    b2b_db_rows_t *rows;

    B2B_ERR(b2b_db_query(&rows, conn, STMT_SNAPSHOT_GRANT_GROUPS, scratch_pool, "s", portal_id));
    sources->bound = apr_hash_make(scratch_pool);
    while (b2b_db_next(rows)) {
        apr_hash_set(sources->bound,
                     bound_key(b2b_db_text(rows, 0), b2b_db_text(rows, 1), b2b_db_text(rows, 2),
                               scratch_pool),
                     APR_HASH_KEY_STRING, apr_pstrdup(result_pool, b2b_db_text(rows, 3)));
    }
    return NULL;
}

/* Grants ------------------------------------------------------------------------------------------- */

static int id_compare(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The groups that NAMES are bound to in GRANT. A name that is not bound is nobody (S5). */
static const apr_array_header_t *groups_bound(const sources_t *sources,
                                              const b2b_snapshot_grant_t *grant,
                                              const apr_array_header_t *names,
                                              apr_pool_t *result_pool, apr_pool_t *scratch_pool)
{
    apr_array_header_t *ids = apr_array_make(result_pool, names->nelts > 0 ? names->nelts : 1,
                                             sizeof(const char *));
    int i;

    for (i = 0; i < names->nelts; i++) {
        const char *key = bound_key(grant->partner_id, grant->share_id,
                                    b2b_text_fold(APR_ARRAY_IDX(names, i, const char *),
                                                  scratch_pool),
                                    scratch_pool);
        const char *id = apr_hash_get(sources->bound, key, APR_HASH_KEY_STRING);

        if (id) {
            APR_ARRAY_PUSH(ids, const char *) = id;
        }
    }
    /* In the order of strcmp, whatever the names' is: policy/ searches in them. */
    qsort(ids->elts, (size_t)ids->nelts, sizeof(const char *), id_compare);
    return ids;
}

/* What the version says that SHARED names; of one that is not there all stays zero: nobody may anything. */
static void security_bind(b2b_snapshot_shared_process_t *shared, const sources_t *sources,
                          const b2b_snapshot_grant_t *grant, apr_pool_t *result_pool,
                          apr_pool_t *scratch_pool)
{
    const b2b_security_t *read = apr_hash_get(sources->security,
                                              version_key(shared->process_id,
                                                          shared->process_version, scratch_pool),
                                              APR_HASH_KEY_STRING);

    if (read) {
        shared->security.mode = read->mode;
        shared->security.partner = read->partner;
        shared->security.groups = groups_bound(sources, grant, read->partner_groups, result_pool,
                                               scratch_pool);
    }
}

static void grant_fill(b2b_snapshot_grant_t *grant, const sources_t *sources,
                       const apr_array_header_t *revision, apr_pool_t *result_pool,
                       apr_pool_t *scratch_pool)
{
    int i, count = revision ? revision->nelts : 0;
    apr_array_header_t *processes = apr_array_make(result_pool, count > 0 ? count : 1,
                                                   sizeof(b2b_snapshot_shared_process_t));

    for (i = 0; i < count; i++) {
        const process_t *p = &APR_ARRAY_IDX(revision, i, process_t);
        b2b_snapshot_shared_process_t *shared;

        if (!apr_hash_get(sources->alive, p->process.process_id, APR_HASH_KEY_STRING)) {
            continue;
        }
        shared = apr_array_push(processes);
        *shared = p->process;
        shared->partner_id = grant->partner_id;
        shared->share_id = grant->share_id;
        shared->process_id = apr_pstrdup(result_pool, p->process.process_id);
        shared->creator_groups = groups_bound(sources, grant, p->names, result_pool, scratch_pool);
        security_bind(shared, sources, grant, result_pool, scratch_pool);
    }
    grant->processes = processes;
}

static int grant_compare(const void *a, const void *b)
{
    return strcmp(((const b2b_snapshot_grant_t *)a)->share_id,
                  ((const b2b_snapshot_grant_t *)b)->share_id);
}

b2b_error_t *b2b_snapshot_grants_load(b2b_portal_snapshot_t *portal, b2b_db_conn_t *conn,
                                      apr_pool_t *result_pool, apr_pool_t *scratch_pool)
{
    sources_t sources = {0};
    apr_hash_index_t *index;
    b2b_db_rows_t *rows;

    portal->grants = apr_hash_make(result_pool);
    B2B_ERR(revisions_load(&sources, conn, portal->id, scratch_pool));
    B2B_ERR(bound_load(&sources, conn, portal->id, result_pool, scratch_pool));
    B2B_ERR(b2b_db_query(&rows, conn, STMT_SNAPSHOT_GRANTS, scratch_pool, "s", portal->id));
    while (b2b_db_next(rows)) {
        const char *partner_id = b2b_db_text(rows, 0);
        apr_array_header_t *grants = apr_hash_get(portal->grants, partner_id, APR_HASH_KEY_STRING);
        b2b_snapshot_grant_t grant;

        grant.partner_id = apr_pstrdup(result_pool, partner_id);
        grant.share_id = apr_pstrdup(result_pool, b2b_db_text(rows, 1));
        grant.revision = b2b_db_integer(rows, 2);
        grant_fill(&grant, &sources,
                   apr_hash_get(sources.revisions,
                                revision_key(grant.share_id, grant.revision, scratch_pool),
                                APR_HASH_KEY_STRING),
                   result_pool, scratch_pool);
        if (!grants) {
            grants = apr_array_make(result_pool, 1, sizeof(b2b_snapshot_grant_t));
            apr_hash_set(portal->grants, grant.partner_id, APR_HASH_KEY_STRING, grants);
        }
        APR_ARRAY_PUSH(grants, b2b_snapshot_grant_t) = grant;
    }
    for (index = apr_hash_first(scratch_pool, portal->grants); index;
         index = apr_hash_next(index)) {
        const apr_array_header_t *grants = apr_hash_this_val(index);

        qsort(grants->elts, (size_t)grants->nelts, sizeof(b2b_snapshot_grant_t), grant_compare);
    }
    return NULL;
}
