/* SPDX-License-Identifier: Apache-2.0 */
/* This API's own contract, and the schema of processes, for anybody: nothing that the documents do not hold. */

#include "private.h"
#include "resources.h"

static void answer(b2b_call_t *call, const unsigned char *data, apr_size_t length, const char *type,
                   const char *etag)
{
    call->status = 200;
    call->text = (const char *)data;
    call->text_length = length;
    apr_table_setn(call->headers, "Content-Type", type);
    apr_table_setn(call->headers, "ETag", etag);
    apr_table_setn(call->headers, "Cache-Control", "no-cache");
}

b2b_error_t *b2b_contract_get(b2b_call_t *call)
{
    answer(call, b2b_contract, b2b_contract_length, "application/json", b2b_contract_etag);
    return NULL;
}

b2b_error_t *b2b_process_schema_get(b2b_call_t *call)
{
    answer(call, b2b_process_schema, b2b_process_schema_length, "application/schema+json",
           b2b_process_schema_etag);
    return NULL;
}
