/* SPDX-License-Identifier: Apache-2.0 */
/* Shared processes and instances for the tests of model/: see instance_world.h. */
#include "instance_world.h"

#include <string.h>

#include <apr_strings.h>

#include "base/chance.h"
#include "base/text.h"

static void sql(b2b_db_conn_t *conn, const char *text)
{
    unit_ok(conn->db->driver->text(NULL, conn, text, test_pool));
}

b2b_document_t *world_publish_text(b2b_db_conn_t *conn, const char **id, const char *name,
                                   const char *text)
{
    b2b_process_t *process;
    apr_array_header_t *images;
    b2b_document_t *document;
    b2b_json_t *normal;
    apr_int64_t major;
    b2b_error_t *err = b2b_document_check(&normal, &images, unit_json(text, test_pool), test_pool);

    ck_assert_msg(!err, "%s", err ? b2b_error_text(err, test_pool) : "");
    if (!*id) {
        b2b_process_t values = {0};

        values.name = name;
        values.category = "";
        values.document = b2b_json_write(normal, test_pool);
        unit_ok(b2b_process_create(conn, &values, NULL, test_pool, test_pool));
        *id = values.id;
    }
    unit_ok(b2b_process_get(&process, conn, *id, test_pool, test_pool));
    process->document = b2b_json_write(normal, test_pool);
    unit_ok(b2b_process_update(conn, process, process->version, NULL, test_pool));
    unit_ok(b2b_process_get(&process, conn, *id, test_pool, test_pool));
    unit_ok(b2b_process_publish(&major, conn, *id, process->version, NULL, test_pool));
    unit_ok(b2b_instance_document(&document, NULL, conn, *id, major, test_pool));
    ck_assert_ptr_nonnull(document);
    return document;
}

const char *world_share(b2b_db_conn_t *conn, const char *title)
{
    const char *id = b2b_id_create(test_pool);

    sql(conn, apr_psprintf(test_pool,
                           "INSERT INTO shares (id, title, title_folded, document, draft_changed, "
                           "revision, version, created_at, modified_at) VALUES ('%s', '%s', '%s', "
                           "'{}', 0, 1, 1, 1, 1)",
                           id, title, b2b_text_fold(title, test_pool)));
    return id;
}

void world_grant(b2b_db_conn_t *conn, const b2b_partner_t *partner, const char *share_id,
                 const char *name, const char *group_id)
{
    sql(conn, apr_psprintf(test_pool,
                           "INSERT INTO grants (portal_id, partner_id, share_id, revision, "
                           "created_at) VALUES ('%s', '%s', '%s', 1, 1)",
                           partner->portal_id, partner->id, share_id));
    if (name) {
        sql(conn, apr_psprintf(test_pool,
                               "INSERT INTO grant_groups (portal_id, partner_id, share_id, "
                               "name_folded, group_id) VALUES ('%s', '%s', '%s', '%s', '%s')",
                               partner->portal_id, partner->id, share_id,
                               b2b_text_fold(name, test_pool), group_id));
    }
}

b2b_instance_actor_t world_actor(const b2b_member_t *member)
{
    b2b_instance_actor_t actor;

    actor.kind = "member";
    actor.id = member->id;
    actor.name = member->email;
    return actor;
}

b2b_instance_t *world_instance(b2b_db_conn_t *conn, const b2b_member_t *member,
                               const char *share_id, const char *process_id,
                               apr_int64_t process_version, const char *held)
{
    return world_instance_by(conn, world_actor(member), member, share_id, process_id,
                             process_version, held);
}

b2b_instance_t *world_instance_by(b2b_db_conn_t *conn, b2b_instance_actor_t actor,
                                  const b2b_member_t *member, const char *share_id,
                                  const char *process_id, apr_int64_t process_version,
                                  const char *held)
{
    b2b_instance_t values = {0};
    b2b_instance_t *made;
    b2b_document_t *document;
    const char *name;

    unit_ok(b2b_instance_document(&document, &name, conn, process_id, process_version, test_pool));
    values.portal_id = member->portal_id;
    values.partner_id = member->partner_id;
    values.share_id = share_id;
    values.process_id = process_id;
    values.process_version = process_version;
    values.state = "draft";
    values.status = APR_ARRAY_IDX(document->forms, 0, b2b_form_t).name;
    values.created_by = actor;
    /* As a sending writes it. */
    sql(conn, apr_psprintf(test_pool,
                           "INSERT INTO share_processes (share_id, number, process_id, "
                           "process_version) VALUES ('%s', 1, '%s', %" APR_INT64_T_FMT
                           ") ON CONFLICT DO NOTHING",
                           share_id, process_id, process_version));
    unit_ok(b2b_instance_create(conn, &values, document, name, unit_json(held, test_pool),
                                test_pool, test_pool));
    unit_ok(b2b_instance_get(&made, conn, member->portal_id, values.id, test_pool, test_pool));
    ck_assert_ptr_nonnull(made);
    return made;
}

b2b_principal_t *world_principal(const b2b_member_t *member, const apr_array_header_t *groups)
{
    b2b_principal_t *principal = apr_pcalloc(test_pool, sizeof(*principal));

    principal->kind = B2B_PRINCIPAL_MEMBER;
    principal->id = member->id;
    principal->portal_id = member->portal_id;
    principal->partner_id = member->partner_id;
    principal->name = principal->email = member->email;
    principal->groups = groups ? groups : world_ids(NULL, NULL);
    return principal;
}

b2b_principal_t *world_host_principal(const b2b_host_user_t *user, const apr_array_header_t *groups)
{
    b2b_principal_t *principal = apr_pcalloc(test_pool, sizeof(*principal));

    principal->kind = B2B_PRINCIPAL_HOST_USER;
    principal->id = user->id;
    principal->name = principal->email = user->email;
    principal->groups = groups ? groups : world_ids(NULL, NULL);
    return principal;
}
