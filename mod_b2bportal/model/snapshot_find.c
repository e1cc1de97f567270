/* SPDX-License-Identifier: Apache-2.0 */
/* Finding things in a snapshot: without a database, so that policy/ may call it. */

#include <stdlib.h>
#include <string.h>

#include "model/model.h"

static int share_compare(const void *a, const void *b)
{
    return strcmp(((const b2b_snapshot_grant_t *)a)->share_id,
                  ((const b2b_snapshot_grant_t *)b)->share_id);
}

const b2b_snapshot_grant_t *b2b_snapshot_grant(const b2b_portal_snapshot_t *portal,
                                               const char *partner_id, const char *share_id)
{
    const apr_array_header_t *grants = portal && portal->grants && partner_id && share_id
                                           ? apr_hash_get(portal->grants, partner_id,
                                                          APR_HASH_KEY_STRING)
                                           : NULL;
    b2b_snapshot_grant_t wanted = {0};

    if (!grants) {
        return NULL;
    }
    wanted.share_id = share_id;
    return bsearch(&wanted, grants->elts, (size_t)grants->nelts, sizeof(wanted), share_compare);
}

const b2b_snapshot_shared_process_t *b2b_snapshot_shared_process(
    const b2b_portal_snapshot_t *portal, const char *partner_id, const char *share_id,
    const char *process_id)
{
    const b2b_snapshot_grant_t *grant = b2b_snapshot_grant(portal, partner_id, share_id);
    int i;

    for (i = 0; grant && process_id && i < grant->processes->nelts; i++) {
        const b2b_snapshot_shared_process_t *shared = &APR_ARRAY_IDX(grant->processes, i,
                                                                     b2b_snapshot_shared_process_t);

        if (strcmp(shared->process_id, process_id) == 0) {
            return shared;
        }
    }
    return NULL;
}
