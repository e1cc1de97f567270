/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of instances share. */

#ifndef B2B_INSTANCE_PRIVATE_H
#define B2B_INSTANCE_PRIVATE_H

#include "model/model_private.h"

/* instance.c: a row of STMT_INSTANCE_OWNERS and its like */

void b2b_instance_owner_add(apr_array_header_t *owners, const b2b_db_rows_t *rows);

/* instance_owners.c */

/** The owners of a new INSTANCE, of all forms, as DOCUMENT names them; INSTANCE->owners has them. */
b2b_error_t *b2b_instance_owners_begin(b2b_db_conn_t *conn, b2b_instance_t *instance,
                                       const b2b_document_t *document, const b2b_json_t *held,
                                       apr_pool_t *result_pool, apr_pool_t *scratch_pool);

/** Folded name → id of the group to which the sending of INSTANCE's share bound it, of those that are there. */
b2b_error_t *b2b_instance_groups(apr_hash_t **groups, b2b_db_conn_t *conn,
                                 const b2b_instance_t *instance, apr_pool_t *pool);

/** FORM alone has the turn, since INSTANCE->modified_at; if there is nobody who can work on it, that is said. */
b2b_error_t *b2b_instance_turn_to(b2b_db_conn_t *conn, const b2b_instance_t *instance, int form,
                                  apr_pool_t *scratch_pool);

/** Letters of kinds of owners, as statements take them; '\0' for a word that is none. */
char b2b_instance_kind_letter(const char *kind);

/* instance_list.c */

/** So many of a list's candidates are read whole; of more, an index is walked. Tests lower it. */
extern int b2b_instance_few;

#endif
