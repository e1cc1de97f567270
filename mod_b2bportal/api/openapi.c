/* SPDX-License-Identifier: Apache-2.0 */
/* This API's own contract, for anybody: it holds nothing that the documents do not. */

#include "private.h"
#include "resources.h"

b2b_error_t *b2b_contract_get(b2b_call_t *call)
{
    call->status = 200;
    call->text = (const char *)b2b_contract;
    call->text_length = b2b_contract_length;
    apr_table_setn(call->headers, "Content-Type", "application/json");
    apr_table_setn(call->headers, "ETag", b2b_contract_etag);
    apr_table_setn(call->headers, "Cache-Control", "no-cache");
    return NULL;
}
