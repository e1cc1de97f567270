/* SPDX-License-Identifier: Apache-2.0 */
/* What follows from the sysadmin's configuration. */

#include <string.h>

#include "model/model_private.h"

const char *b2b_site_portal_url(const b2b_site_t *site, const char *technical_name,
                                apr_pool_t *pool)
{
    const char *host = strstr(site->url, "://");

    /* A portal is a sub-domain of the console's host name: same scheme, same port (S1). */
    host = host ? host + 3 : site->url;
    return apr_pstrcat(pool, apr_pstrmemdup(pool, site->url, (apr_size_t)(host - site->url)),
                       technical_name, ".", host, NULL);
}
