/* SPDX-License-Identifier: Apache-2.0 */
/* Shared processes and instances for the tests of model/: on top of world.h. */
#ifndef B2B_TESTS_INSTANCE_WORLD_H
#define B2B_TESTS_INSTANCE_WORLD_H

#include "documents.h"
#include "world.h"

/** Publish the document TEXT (as for unit_json) as the next version of a process NAME; *ID NULL makes it. */
b2b_document_t *world_publish_text(b2b_db_conn_t *conn, const char **id, const char *name,
                                   const char *text);

/** A share of nothing in particular; its id. */
const char *world_share(b2b_db_conn_t *conn, const char *title);

/** The partner holds revision 1 of the share; NAME, if not NULL, is bound to GROUP_ID. */
void world_grant(b2b_db_conn_t *conn, const b2b_partner_t *partner, const char *share_id,
                 const char *name, const char *group_id);

/** MEMBER's new instance, in its first form, with the values HELD (as for unit_json). */
b2b_instance_t *world_instance(b2b_db_conn_t *conn, const b2b_member_t *member,
                               const char *share_id, const char *process_id,
                               apr_int64_t process_version, const char *held);
/** The same of MEMBER's partner, which ACTOR made. */
b2b_instance_t *world_instance_by(b2b_db_conn_t *conn, b2b_instance_actor_t actor,
                                  const b2b_member_t *member, const char *share_id,
                                  const char *process_id, apr_int64_t process_version,
                                  const char *held);

/** The principal of MEMBER; of a host user with ROLES and GROUPS (ids). */
b2b_principal_t *world_principal(const b2b_member_t *member, const apr_array_header_t *groups);
b2b_principal_t *world_host_principal(const b2b_host_user_t *user,
                                      const apr_array_header_t *groups);

b2b_instance_actor_t world_actor(const b2b_member_t *member);

#endif
