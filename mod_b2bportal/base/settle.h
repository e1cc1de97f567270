/* SPDX-License-Identifier: Apache-2.0 */
/* The last step of storing a file: its name. */

#ifndef B2B_SETTLE_H
#define B2B_SETTLE_H

#include <apr_pools.h>

/**
 * Give the file TEMPORARY, which is written and synced, the name PATH on the same file system: whoever sees the name sees
 * the whole file, the group may read it (a fleet's other nodes may run as other users of it), and the name is still there
 * after a power failure. Where the last cannot be had the file lies at PATH all the same.
 */
apr_status_t b2b_file_settle(const char *temporary, const char *path, apr_pool_t *pool);

#endif
