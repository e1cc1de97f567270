/* SPDX-License-Identifier: Apache-2.0 */
/* The security of a process as its document says it. */

#include "forms_private.h"

#include <string.h>

/* By b2b_security_mode_e; the document's rules have the same words, "off" first. */
static const char *const modes[] = {"only", "assigned", "others_view", "off"};

static void read_nobody(b2b_security_t *read, apr_pool_t *pool)
{
    read->mode = B2B_SECURITY_ONLY;
    read->partner = 0;
    read->partner_groups = b2b_texts_read(NULL, pool);
    read->host_users = b2b_texts_read(NULL, pool);
    read->host_groups = b2b_texts_read(NULL, pool);
}

void b2b_security_read(b2b_security_t *read, const b2b_json_t *security, apr_pool_t *pool)
{
    const char *word = b2b_json_get_string(security, "mode");
    const b2b_json_t *users = b2b_json_get(security, "users");
    int mode;

    read_nobody(read, pool);
    for (mode = 0; word && mode <= B2B_SECURITY_OFF; mode++) {
        if (strcmp(modes[mode], word) == 0) {
            read->mode = (b2b_security_mode_e)mode;
            read->partner = b2b_json_get_bool(users, "partner", 0);
            read->partner_groups = b2b_texts_read(b2b_json_get(users, "partner_groups"), pool);
            read->host_users = b2b_texts_read(b2b_json_get(users, "host_users"), pool);
            read->host_groups = b2b_texts_read(b2b_json_get(users, "host_groups"), pool);
        }
    }
}

void b2b_security_parse(b2b_security_t *read, const char *text, apr_pool_t *pool)
{
    b2b_json_t *json = NULL;

    /* What cannot be read names nobody, like what is missing. */
    if (text && b2b_json_parse(&json, text, strlen(text), pool)) {
        json = NULL;
    }
    b2b_security_read(read, json, pool);
}
