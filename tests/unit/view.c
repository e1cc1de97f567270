/* SPDX-License-Identifier: Apache-2.0 */
/* What decisions read, as text: see view.h. */
#include "view.h"

#include <stdlib.h>
#include <string.h>

#include <apr_strings.h>

#include "world.h"

static int text_compare(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static const char *sorted(apr_array_header_t *lines, apr_pool_t *pool)
{
    qsort(lines->elts, (size_t)lines->nelts, sizeof(const char *), text_compare);
    return apr_array_pstrcat(pool, lines, '\n');
}

static const char *ids(const apr_array_header_t *list, apr_pool_t *pool)
{
    return list ? apr_array_pstrcat(pool, list, ',') : "-";
}

const char *view_directory(b2b_db_conn_t *conn, apr_pool_t *pool)
{
    apr_array_header_t *lines = apr_array_make(pool, 4, sizeof(const char *));
    b2b_directory_t *directory;
    apr_hash_index_t *i;

    unit_ok(b2b_directory_load(&directory, conn, pool, pool));
    for (i = apr_hash_first(pool, directory->by_name); i; i = apr_hash_next(i)) {
        const b2b_directory_entry_t *entry;
        void *value;

        apr_hash_this(i, NULL, NULL, &value);
        entry = value;
        APR_ARRAY_PUSH(lines, const char *) = apr_psprintf(pool, "%s %s %d", entry->technical_name,
                                                           entry->id, entry->state);
    }
    return sorted(lines, pool);
}

static void partners_text(apr_array_header_t *lines, const b2b_portal_snapshot_t *s,
                          apr_pool_t *pool)
{
    apr_hash_index_t *i;
    void *value;

    for (i = apr_hash_first(pool, s->partners); i; i = apr_hash_next(i)) {
        const b2b_snapshot_partner_t *partner;

        apr_hash_this(i, NULL, NULL, &value);
        partner = value;
        APR_ARRAY_PUSH(lines, const char *) = apr_psprintf(pool, "partner %s %s %d", partner->id,
                                                           partner->name, partner->state);
    }
    for (i = apr_hash_first(pool, s->group_names); i; i = apr_hash_next(i)) {
        const void *id;

        apr_hash_this(i, &id, NULL, &value);
        APR_ARRAY_PUSH(lines, const char *) = apr_psprintf(pool, "group %s %s", (const char *)id,
                                                           (const char *)value);
    }
}

/* What the partners hold: everything that decisions read of it. */
static void grants_text(apr_array_header_t *lines, const b2b_portal_snapshot_t *s, apr_pool_t *pool)
{
    apr_hash_index_t *index;
    int i, j;

    for (index = apr_hash_first(pool, s->grants); index; index = apr_hash_next(index)) {
        const apr_array_header_t *grants = apr_hash_this_val(index);

        for (i = 0; i < grants->nelts; i++) {
            const b2b_snapshot_grant_t *grant = &APR_ARRAY_IDX(grants, i, b2b_snapshot_grant_t);

            APR_ARRAY_PUSH(lines, const char *) = apr_psprintf(pool, "grant %s %s %ld",
                                                               grant->partner_id, grant->share_id,
                                                               (long)grant->revision);
            for (j = 0; j < grant->processes->nelts; j++) {
                const b2b_snapshot_shared_process_t *p =
                    &APR_ARRAY_IDX(grant->processes, j, b2b_snapshot_shared_process_t);

                APR_ARRAY_PUSH(lines, const char *) =
                    apr_psprintf(pool, "grant %s %s %d %s %ld %d %d %d %d %d %s %d %d %s",
                                 p->partner_id, p->share_id, j, p->process_id,
                                 (long)p->process_version, p->allow_create, p->creators_everyone,
                                 p->creators_only_open, p->allow_delete, p->all_forms,
                                 ids(p->creator_groups, pool), p->security.mode,
                                 p->security.partner,
                                 p->security.groups ? ids(p->security.groups, pool) : "-");
            }
        }
    }
}

const char *view_portal(b2b_db_conn_t *conn, const char *id, apr_pool_t *pool)
{
    apr_array_header_t *lines = apr_array_make(pool, 16, sizeof(const char *));
    b2b_portal_snapshot_t *s;
    int i;

    unit_ok(b2b_portal_snapshot_load(&s, conn, id, pool, pool));
    if (!s) {
        return "none";
    }
    APR_ARRAY_PUSH(lines, const char *) = apr_psprintf(pool, "%s %s %s %s %s %s %s %s %s %d",
                                                       s->technical_name, s->name, s->color,
                                                       s->logout_url ? s->logout_url : "-",
                                                       s->contact_name, s->contact_email, s->locale,
                                                       s->host_name, s->automatic_group, s->state);
    for (i = 0; i < s->issuers->nelts; i++) {
        const b2b_issuer_t *issuer = &APR_ARRAY_IDX(s->issuers, i, b2b_issuer_t);

        APR_ARRAY_PUSH(lines, const char *) = apr_psprintf(pool, "issuer %d %s %s %d", i,
                                                           issuer->issuer, issuer->label,
                                                           issuer->vouches_for_email);
    }
    for (i = 0; i < s->placements->nelts; i++) {
        const b2b_snapshot_placement_t *p = &APR_ARRAY_IDX(s->placements, i,
                                                           b2b_snapshot_placement_t);

        APR_ARRAY_PUSH(lines, const char *) = apr_psprintf(pool,
                                                           "placement %d %s %s %s %ld %s %d %d %s",
                                                           i, p->id, p->name, p->dashboard_id,
                                                           (long)p->dashboard_version,
                                                           p->partner_id ? p->partner_id : "-",
                                                           p->welcome_page, p->everyone,
                                                           ids(p->groups, pool));
    }
    partners_text(lines, s, pool);
    grants_text(lines, s, pool);
    return sorted(lines, pool);
}

const char *view_principal(b2b_db_conn_t *conn, const char *portal_id, const char *subject,
                           apr_pool_t *pool)
{
    b2b_principal_t *p;

    unit_ok(b2b_principal_load(&p, conn, portal_id, world_identity(subject, NULL), pool, pool));
    return p ? apr_psprintf(pool, "%d %s %s %s %s %s %d %d %d %ld %d %d %s", p->kind, p->id,
                            p->partner_id ? p->partner_id : "-", p->email, p->name,
                            p->locale ? p->locale : "-", p->role, p->host_roles, p->state,
                            (long)p->valid_until, p->has_sponsor, p->sponsor_state,
                            ids(p->groups, pool))
             : "nobody";
}
