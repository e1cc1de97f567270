/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mod_auth_openidc's directives, as far as identity depends on them: read from the configuration's tree, since
 * that module tells nobody how it is set. What would leave nobody signed in stops the start with a sentence.
 */

#include "httpd/module.h"

#include <apr_strings.h>

typedef struct {
    const char *directive;
    int (*is_right)(const char *word);
    const char *sentence; /* what to write instead, and why */
} rule_t;

static int passes_environment(const char *word)
{
    return strcasecmp(word, "environment") == 0 || strcasecmp(word, "both") == 0;
}

static int is_callback(const char *word)
{
    return strcmp(word, "/oidc/callback") == 0;
}

static int is_usual_prefix(const char *word)
{
    return strcmp(word, "OIDC_CLAIM_") == 0;
}

static const rule_t rules[] = {
    {"OIDCPassClaimsAs", passes_environment,
     "write OIDCPassClaimsAs environment: identity is read from there, never from headers"},
    {"OIDCRedirectURI", is_callback,
     "write OIDCRedirectURI /oidc/callback: each portal's sign-in page leads there"},
    {"OIDCClaimPrefix", is_usual_prefix,
     "leave OIDCClaimPrefix out: OIDC_CLAIM_iss and OIDC_CLAIM_sub say who somebody is"},
};

/* Does a virtual host, whose directives begin at NODE, serve portals? */
static int serves_portals(const ap_directive_t *node)
{
    for (; node; node = node->next) {
        if (strcasecmp(node->directive, "B2BPortalDomain") == 0 ||
            serves_portals(node->first_child)) {
            return 1;
        }
    }
    return 0;
}

static const char *check(const ap_directive_t *node, apr_pool_t *pool)
{
    for (; node; node = node->next) {
        const char *problem;

        if (strcasecmp(node->directive, "<VirtualHost") == 0 &&
            !serves_portals(node->first_child)) {
            continue; /* somebody else's business */
        }
        for (apr_size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
            const char *arguments = node->args, *word;

            if (strcasecmp(node->directive, rules[i].directive) != 0) {
                continue;
            }
            word = ap_getword_conf(pool, &arguments);
            if (!rules[i].is_right(word)) {
                return apr_psprintf(pool, "%s:%d: %s %s does not go with B2BPortalDomain; %s",
                                    node->filename, node->line_num, node->directive, word,
                                    rules[i].sentence);
            }
        }
        problem = node->first_child ? check(node->first_child, pool) : NULL;
        if (problem) {
            return problem;
        }
    }
    return NULL;
}

const char *b2b_openidc_check(apr_pool_t *pool)
{
    return check(ap_conftree, pool);
}
