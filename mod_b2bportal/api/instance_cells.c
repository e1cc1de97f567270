/* SPDX-License-Identifier: Apache-2.0 */
/* What columns of lists show of an instance, as text: for CSV and for widgets. */

#include "private.h"

#include <string.h>

#include "instances_private.h"

const b2b_instance_own_column_t b2b_instance_own_columns[] = {
    {"reference", "Reference"},  {"status", "Status"},
    {"created_at", "Created"},   {"created_by", "Created by"},
    {"modified_at", "Modified"}, {"modified_by", "Modified by"},
    {"partner", "Partner"},      {"portal", "Portal"},
    {"process", "Process"},      {NULL, NULL},
};

/* A portal learns no name of the host's people. */
static const char *actor_name(const b2b_call_t *call, const b2b_instance_actor_t *actor)
{
    return call->request->side == B2B_SIDE_PORTAL && strcmp(actor->kind, "member") != 0
               ? call->request->portal->host_name
               : actor->name;
}

const char *b2b_instance_own_text(const b2b_call_t *call, const char *name,
                                  const b2b_instance_t *instance, const b2b_document_t *document)
{
    if (!strcmp(name, "reference")) {
        return instance->reference;
    }
    if (!strcmp(name, "status")) {
        return b2b_instance_status_title(instance, document, call->pool);
    }
    if (!strcmp(name, "created_at")) {
        return b2b_clock_format(instance->created_at, call->pool);
    }
    if (!strcmp(name, "created_by")) {
        return actor_name(call, &instance->created_by);
    }
    if (!strcmp(name, "modified_at")) {
        return b2b_clock_format(instance->modified_at, call->pool);
    }
    if (!strcmp(name, "modified_by")) {
        return actor_name(call, &instance->modified_by);
    }
    if (!strcmp(name, "partner")) {
        return instance->partner_name;
    }
    return !strcmp(name, "portal") ? instance->portal_name : document->title;
}

const b2b_field_t *b2b_instance_data_field(const apr_array_header_t *documents, const char *name)
{
    int i;

    for (i = 0; documents && i < documents->nelts; i++) {
        const b2b_field_t *field = b2b_document_field(APR_ARRAY_IDX(documents, i,
                                                                    const b2b_document_t *),
                                                      name);

        if (field && b2b_field_has_data(field)) {
            return field;
        }
    }
    return NULL;
}
