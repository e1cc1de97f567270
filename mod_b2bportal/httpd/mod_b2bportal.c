/* SPDX-License-Identifier: Apache-2.0 */
/* The module: which file answers at which moment of a request. */

#define B2B_MODULE_RECORD
#include "httpd/module.h"

#include <apr_optional_hooks.h>
#include <mod_auth.h>
#include <mod_status.h>

static void register_hooks(apr_pool_t *pool)
{
    static const char *const authz_core[] = {"mod_authz_core.c", NULL};

    ap_hook_pre_config(b2b_startup_pre_config, NULL, NULL, APR_HOOK_MIDDLE);
    ap_hook_post_config(b2b_startup_post_config, NULL, NULL, APR_HOOK_MIDDLE);
    ap_hook_child_init(b2b_child_init, NULL, NULL, APR_HOOK_MIDDLE);

    ap_hook_generate_log_id(b2b_visit_generate_log_id, NULL, NULL, APR_HOOK_FIRST);
    /* Before mod_headers' `early`, mod_setenvif and mod_rewrite may look at a header. */
    ap_hook_post_read_request(b2b_hostname_hook, NULL, NULL, APR_HOOK_REALLY_FIRST);
    /* Before mod_cache's; OPTIONS * and TRACE come this way, too. */
    ap_hook_quick_handler(b2b_hostname_quick_handler, NULL, NULL, APR_HOOK_REALLY_FIRST);
    /* Before mod_alias and mod_rewrite: our own addresses are not to be taken from us by accident. */
    ap_hook_translate_name(b2b_pages_translate_name, NULL, NULL, APR_HOOK_FIRST - 1);
    ap_hook_map_to_storage(b2b_pages_map_to_storage, NULL, NULL, APR_HOOK_FIRST - 1);
    ap_hook_check_authz(b2b_authz_prepare, NULL, authz_core, APR_HOOK_MIDDLE,
                        AP_AUTH_INTERNAL_PER_CONF);
    b2b_authz_register(pool);
    /* Before per-directory rewrite rules and `RequestHeader set … "expr=%{reqenv:B2B_MEMBER}"`. */
    ap_hook_fixups(b2b_fixups_hook, NULL, NULL, APR_HOOK_REALLY_FIRST);
    ap_hook_handler(b2b_handler, NULL, NULL, APR_HOOK_FIRST);
    ap_hook_insert_error_filter(b2b_pages_error_headers, NULL, NULL, APR_HOOK_MIDDLE);
    ap_hook_log_transaction(b2b_identity_log_transaction, NULL, NULL, APR_HOOK_MIDDLE);
    APR_OPTIONAL_HOOK(ap, status_hook, b2b_status_hook, NULL, NULL, APR_HOOK_MIDDLE);
}

AP_DECLARE_MODULE(b2bportal) = {
    STANDARD20_MODULE_STUFF,
    NULL, /* per directory: nothing; what guards a place is its Require */
    NULL,
    b2b_config_create,
    b2b_config_merge,
    b2b_config_commands,
    register_hooks,
    AP_MODULE_FLAG_ALWAYS_MERGE, /* so that a virtual host does not inherit the domain by sharing */
};
