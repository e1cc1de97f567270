/* SPDX-License-Identifier: Apache-2.0 */
/* The last step of storing a file: its name. */

#include "settle.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include <apr_file_io.h>
#include <apr_strings.h>

/* A new name is an entry of its folder, which rename(2) leaves in memory. */
static apr_status_t sync_folder(const char *path, apr_pool_t *pool)
{
    const char *slash = strrchr(path, '/');
    const char *folder = !slash          ? "."
                         : slash == path ? "/"
                                         : apr_pstrmemdup(pool, path, (apr_size_t)(slash - path));
    int file = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    apr_status_t status = APR_SUCCESS;

    if (file < 0) {
        return errno;
    }
    if (fsync(file) != 0 && errno != EINVAL) { /* some network file systems have no such thing */
        status = errno;
    }
    close(file);
    return status;
}

apr_status_t b2b_file_settle(const char *temporary, const char *path, apr_pool_t *pool)
{
    apr_status_t status;

    apr_file_perms_set(temporary, APR_FPROT_UREAD | APR_FPROT_UWRITE | APR_FPROT_GREAD);
    status = apr_file_rename(temporary, path, pool);
    return status == APR_SUCCESS ? sync_folder(path, pool) : status;
}
