/* SPDX-License-Identifier: Apache-2.0 */
/* The commands for the first steps: an administrator, and portals. */

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <apr_strings.h>
#include <apr_user.h>

#include "base/text.h"
#include "ctl.h"
#include "db/schema.h"
#include "model/model.h"

#define PAGE 200

/* A connection to a database that is ours and of our schema. */
static b2b_error_t *connect_to(b2b_db_conn_t **conn, const ctl_t *ctl, apr_pool_t *pool)
{
    b2b_db_t *db = NULL;

    B2B_ERR(b2b_schema_check(&ctl->db, pool));
    B2B_ERR(b2b_db_create(&db, &ctl->db, pool));
    return b2b_db_acquire(conn, db, pool);
}

/* What the audit trail says of an act at the command line: who ran it is all that is known. */
static b2b_error_t *record(b2b_db_conn_t *conn, const char *action, const char *portal_id,
                           const char *kind, const char *id, const char *name, apr_pool_t *pool)
{
    b2b_audit_event_t event;
    char *user = NULL;

    memset(&event, 0, sizeof(event));
    if (apr_uid_name_get(&user, getuid(), pool) != APR_SUCCESS) {
        user = apr_psprintf(pool, "uid %d", (int)getuid());
    }
    event.portal_id = portal_id;
    event.actor_kind = "system";
    event.actor_name = apr_psprintf(pool, "b2bportalctl (%s)", user);
    event.action = action;
    event.outcome = "done";
    event.object_kind = kind;
    event.object_id = id;
    event.object_name = name;
    return b2b_audit_record(conn, &event, pool);
}

/* administrator add --------------------------------------------------------------------------------------- */

typedef struct {
    const char *email;
    const char *said;
} administrator_t;

static b2b_error_t *add_administrator(void *baton, b2b_db_conn_t *conn, apr_pool_t *pool)
{
    administrator_t *administrator = baton;
    b2b_host_user_t *user = NULL, values;

    B2B_ERR(b2b_host_user_by_email(&user, conn, administrator->email, pool, pool));
    if (user && (user->roles & B2B_HOST_ADMINISTRATOR) && user->state != B2B_STATE_SUSPENDED) {
        administrator->said = "is an administrator already";
        return NULL;
    }
    if (user) {
        /* The way back in when nobody is left who could do it in the console. */
        user->roles |= B2B_HOST_ADMINISTRATOR;
        B2B_ERR(b2b_host_user_update(conn, user, user->version, pool));
        if (user->state == B2B_STATE_SUSPENDED) {
            B2B_ERR(b2b_host_user_resume(conn, user->id, user->version, pool));
        }
        administrator->said = "is an administrator now; as a host user the address was known";
        return record(conn, "host_user.update", NULL, "host_user", user->id, user->email, pool);
    }
    memset(&values, 0, sizeof(values));
    values.email = administrator->email;
    values.roles = B2B_HOST_ADMINISTRATOR;
    B2B_ERR(b2b_host_user_create(conn, &values, pool, pool));
    administrator->said = "becomes an administrator with the first sign-in at the console";
    return record(conn, "host_user.create", NULL, "host_user", values.id, values.email, pool);
}

b2b_error_t *ctl_administrator_add(const ctl_t *ctl, apr_pool_t *pool)
{
    administrator_t administrator = {ctl->argv[0], NULL};
    b2b_db_conn_t *conn = NULL;

    if (!b2b_text_is_email(administrator.email)) {
        return b2b_error_invalid(pool, "email", "\"%s\" is no e-mail address.",
                                 administrator.email);
    }
    B2B_ERR(connect_to(&conn, ctl, pool));
    B2B_ERR(b2b_db_transaction(conn, add_administrator, &administrator, pool));
    printf("%s %s.\n", administrator.email, administrator.said);
    return NULL;
}

/* portal add, portal list --------------------------------------------------------------------------------- */

typedef struct {
    b2b_portal_t *portal;
    const apr_array_header_t *issuers;
} portal_t;

static b2b_error_t *add_portal(void *baton, b2b_db_conn_t *conn, apr_pool_t *pool)
{
    const portal_t *work = baton;
    b2b_portal_t *portal = work->portal;
    b2b_settings_t *settings = NULL;

    B2B_ERR(b2b_settings_get(&settings, conn, pool, pool));
    portal->contact_name = settings->contact_name;
    portal->contact_email = settings->contact_email;
    portal->locale = settings->locale;
    B2B_ERR(b2b_portal_create(conn, portal, work->issuers, pool, pool));
    return record(conn, "portal.create", portal->id, "portal", portal->id, portal->name, pool);
}

/* Where people of the portal sign in: what the command says, else what the configuration says. */
static b2b_error_t *issuers_of(const apr_array_header_t **issuers, const ctl_t *ctl,
                               apr_pool_t *pool)
{
    apr_array_header_t *named;
    b2b_issuer_t *issuer;

    if (ctl->argc < 3) {
        *issuers = ctl->issuers;
        return ctl->issuers->nelts > 0
                   ? NULL
                   : b2b_error_invalid(
                         pool, "issuers",
                         "At which provider do the portal's people sign in? Give "
                         "its issuer URL behind the name, or --config with a file that has "
                         "B2BPortalIssuer.");
    }
    if (!b2b_text_is_url(ctl->argv[2], 1)) {
        return b2b_error_invalid(pool, "issuers", "\"%s\" is no issuer URL (https://…).",
                                 ctl->argv[2]);
    }
    named = apr_array_make(pool, 1, sizeof(b2b_issuer_t));
    issuer = apr_array_push(named);
    issuer->issuer = ctl->argv[2];
    issuer->label = ctl->argc > 3 ? ctl->argv[3] : ctl->argv[2];
    issuer->vouches_for_email = 0;
    *issuers = named;
    return NULL;
}

static void print_portal(const ctl_t *ctl, const b2b_portal_t *portal, apr_pool_t *pool)
{
    b2b_site_t site;

    memset(&site, 0, sizeof(site));
    site.domain = ctl->domain;
    site.url = ctl->url ? ctl->url
                        : apr_pstrcat(pool, "https://", ctl->domain ? ctl->domain : "", NULL);
    printf("%s\t%s\t%s%s%s\n", portal->technical_name,
           portal->state == B2B_STATE_ACTIVE ? "active" : "suspended", portal->name,
           ctl->domain ? "\t" : "",
           ctl->domain ? b2b_site_portal_url(&site, portal->technical_name, pool) : "");
}

b2b_error_t *ctl_portal_add(const ctl_t *ctl, apr_pool_t *pool)
{
    b2b_portal_t portal;
    portal_t work = {&portal, NULL};
    b2b_db_conn_t *conn = NULL;
    const char *why = NULL;

    memset(&portal, 0, sizeof(portal));
    portal.technical_name = ctl->argv[0];
    portal.name = ctl->argv[1];
    portal.color = B2B_PORTAL_COLOR;
    if (!b2b_text_is_technical_name(portal.technical_name, &why)) {
        const char *other = b2b_text_technical_name(portal.technical_name, pool);

        return b2b_error_invalid(pool, "technical_name", "%s%s%s%s", why,
                                 *other ? " It could be \"" : "", other, *other ? "\"." : "");
    }
    if (*portal.name == '\0' || strlen(portal.name) > B2B_NAME_MAX ||
        !b2b_text_is_line(portal.name)) {
        return b2b_error_invalid(pool, "name",
                                 "The name must be 1 to %d bytes of UTF-8 on one line.",
                                 B2B_NAME_MAX);
    }
    B2B_ERR(issuers_of(&work.issuers, ctl, pool));
    B2B_ERR(connect_to(&conn, ctl, pool));
    B2B_ERR(b2b_db_transaction(conn, add_portal, &work, pool));
    print_portal(ctl, &portal, pool);
    return NULL;
}

b2b_error_t *ctl_portal_list(const ctl_t *ctl, apr_pool_t *pool)
{
    b2b_db_conn_t *conn = NULL;
    b2b_page_t *page = NULL;
    b2b_list_t list;
    int i;

    memset(&list, 0, sizeof(list));
    list.sort = "technical_name";
    list.limit = PAGE;
    B2B_ERR(connect_to(&conn, ctl, pool));
    do {
        B2B_ERR(b2b_portal_list(&page, conn, &list, pool, pool));
        for (i = 0; i < page->items->nelts; i++) {
            print_portal(ctl, APR_ARRAY_IDX(page->items, i, const b2b_portal_t *), pool);
        }
        list.after_key = page->next_key;
        list.after_id = page->next_id;
    } while (page->next_key);
    return NULL;
}
