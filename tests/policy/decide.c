/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Decisions on demand: reads scenes, one a line, and prints what policy/ says of each question in them.
 * compare.py writes the scenes and knows the answers from product.md.
 *
 * A line is PORTAL ISSUERS PARTNERS IDENTITY PRINCIPAL NOW GRANTS INSTANCE LOOK-UP ADMINISTRATORS QUESTION…, separated
 * by tabs (instances.c reads the four from GRANTS on); inside a field '|'
 * separates parts, ',' list items and ':' the parts of an item. "-" is NULL. An answer is 1 or 0 and the reason's
 * word; answers of a line are separated by spaces.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <apr_general.h>

#include "decide.h"

/* Split TEXT at SEPARATOR in place; "" has one, empty part. */
int split(char **parts, char *text, char separator)
{
    int count = 0;

    for (;;) {
        char *end = strchr(text, separator);

        if (count == PARTS_MAX) {
            fprintf(stderr, "decide: too many parts\n");
            exit(2);
        }
        parts[count++] = text;
        if (!end) {
            return count;
        }
        *end = '\0';
        text = end + 1;
    }
}

/* "-" is NULL. */
char *nullable(char *text)
{
    return strcmp(text, "-") == 0 ? NULL : text;
}

apr_array_header_t *list(char *text, apr_pool_t *pool)
{
    apr_array_header_t *items = apr_array_make(pool, 4, sizeof(const char *));
    char *parts[PARTS_MAX];
    int i, count = *text ? split(parts, text, ',') : 0;

    for (i = 0; i < count; i++) {
        APR_ARRAY_PUSH(items, const char *) = parts[i];
    }
    return items;
}

static apr_array_header_t *issuers_read(char *text, apr_pool_t *pool)
{
    apr_array_header_t *words = list(text, pool);
    apr_array_header_t *issuers = apr_array_make(pool, 4, sizeof(b2b_issuer_t));
    int i;

    for (i = 0; i < words->nelts; i++) {
        char *parts[PARTS_MAX];
        b2b_issuer_t *issuer = apr_array_push(issuers);

        split(parts, APR_ARRAY_IDX(words, i, char *), ':');
        issuer->issuer = parts[0];
        issuer->label = parts[0];
        issuer->vouches_for_email = atoi(parts[1]);
    }
    return issuers;
}

static b2b_portal_snapshot_t *portal_read(char *text, char *partners, apr_array_header_t *issuers,
                                          apr_pool_t *pool)
{
    b2b_portal_snapshot_t *portal = apr_pcalloc(pool, sizeof(*portal));
    apr_array_header_t *words = list(partners, pool);
    char *parts[PARTS_MAX];
    int i;

    if (!nullable(text)) {
        return NULL;
    }
    split(parts, text, '|');
    portal->id = parts[0];
    portal->state = b2b_state_parse(parts[1]);
    portal->issuers = issuers;
    portal->partners = apr_hash_make(pool);
    for (i = 0; i < words->nelts; i++) {
        b2b_snapshot_partner_t *partner = apr_pcalloc(pool, sizeof(*partner));

        split(parts, APR_ARRAY_IDX(words, i, char *), ':');
        partner->id = parts[0];
        partner->name = parts[0];
        partner->state = b2b_state_parse(parts[1]);
        apr_hash_set(portal->partners, partner->id, APR_HASH_KEY_STRING, partner);
    }
    return portal;
}

static b2b_identity_t *identity_read(char *text, apr_pool_t *pool)
{
    b2b_identity_t *identity = apr_pcalloc(pool, sizeof(*identity));
    char *parts[PARTS_MAX];

    if (!nullable(text)) {
        return NULL;
    }
    split(parts, text, '|');
    identity->issuer = nullable(parts[0]);
    identity->subject = nullable(parts[1]);
    identity->email = nullable(parts[2]);
    identity->email_verified = *parts[3] == 'y'   ? B2B_VERIFIED_YES
                               : *parts[3] == 'n' ? B2B_VERIFIED_NO
                                                  : B2B_VERIFIED_ABSENT;
    return identity;
}

static int host_roles_read(char *text, apr_pool_t *pool)
{
    apr_array_header_t *words = list(text, pool);
    int i, roles = 0;

    for (i = 0; i < words->nelts; i++) {
        roles |= b2b_host_role_parse(APR_ARRAY_IDX(words, i, const char *));
    }
    return roles;
}

static int member_roles_read(char *text, apr_pool_t *pool)
{
    apr_array_header_t *words = list(text, pool);
    int i, roles = 0;

    for (i = 0; i < words->nelts; i++) {
        b2b_member_role_e role = b2b_member_role_parse(APR_ARRAY_IDX(words, i, const char *));

        roles |= role == B2B_MEMBER_NONE ? 0 : 1 << role;
    }
    return roles;
}

static b2b_principal_t *principal_read(char *text, apr_pool_t *pool)
{
    b2b_principal_t *principal = apr_pcalloc(pool, sizeof(*principal));
    char *parts[PARTS_MAX];

    if (!nullable(text)) {
        return NULL;
    }
    split(parts, text, '|');
    principal->kind = *parts[0] == 'm' ? B2B_PRINCIPAL_MEMBER : B2B_PRINCIPAL_HOST_USER;
    principal->id = parts[8];
    principal->portal_id = nullable(parts[1]);
    principal->partner_id = nullable(parts[2]);
    principal->role = b2b_member_role_parse(parts[3]);
    principal->state = b2b_state_parse(parts[4]);
    principal->valid_until = (apr_time_t)strtoll(parts[5], NULL, 10);
    principal->groups = list(parts[6], pool);
    principal->host_roles = host_roles_read(parts[7], pool);
    principal->has_sponsor = nullable(parts[9]) != NULL;
    principal->sponsor_state = b2b_state_parse(nullable(parts[9]));
    return principal;
}

void say(int granted, const char *word)
{
    printf("%d%s ", granted, word);
}

void tell(b2b_decision_t decision)
{
    say(decision.granted, b2b_reason_word(decision.reason));
}

/* A placement as PARTNER:EVERYONE:GROUP;GROUP… */
static b2b_decision_t placement_ask(b2b_decision_t member, const b2b_principal_t *principal,
                                    char *text, apr_pool_t *pool)
{
    b2b_snapshot_placement_t placement = {0};
    char *parts[PARTS_MAX];
    char *c;

    if (!nullable(text)) {
        return b2b_policy_placement(member, principal, NULL);
    }
    split(parts, text, ':');
    for (c = parts[2]; *c; c++) {
        *c = *c == ';' ? ',' : *c;
    }
    placement.partner_id = nullable(parts[0]);
    placement.everyone = atoi(parts[1]);
    placement.groups = list(parts[2], pool);
    return b2b_policy_placement(member, principal, &placement);
}

static void line_answer(char *line, apr_pool_t *pool)
{
    char *fields[PARTS_MAX];
    int i, answered, unverified, count = split(fields, line, '\t');
    apr_array_header_t *issuers = issuers_read(fields[1], pool);
    b2b_portal_snapshot_t *portal = portal_read(fields[0], fields[2], issuers, pool);
    b2b_identity_t *identity = identity_read(fields[3], pool);
    b2b_principal_t *principal = principal_read(fields[4], pool);
    apr_time_t now = (apr_time_t)strtoll(fields[5], NULL, 10);
    b2b_decision_t member = b2b_policy_member(portal, identity, principal, now);
    b2b_decision_t host = b2b_policy_host_user(issuers, identity, principal);
    facts_t *facts = facts_read(&fields[6], portal, principal, pool);

    for (i = 11; i < count; i++) {
        char *rest = fields[i] + 1;

        if (facts_answer(fields[i], facts, portal, principal, member, host)) {
            continue;
        }
        switch (fields[i][0]) {
        case 'M':
            tell(member);
            break;
        case 'R':
            tell(b2b_policy_member_role(member, principal, member_roles_read(rest, pool)));
            break;
        case 'G':
            tell(b2b_policy_member_group(member, principal, nullable(rest)));
            break;
        case 'P':
            tell(b2b_policy_member_partner(member, principal, nullable(rest)));
            break;
        case 'L':
            tell(placement_ask(member, principal, rest, pool));
            break;
        case 'U':
            tell(host);
            break;
        case 'H':
            tell(b2b_policy_host_role(host, principal, host_roles_read(rest, pool)));
            break;
        case 'T':
            tell(b2b_policy_right(host, principal, (b2b_right_e)atoi(rest)));
            break;
        case 'V':
            say(b2b_policy_email_verified(issuers, identity), "");
            break;
        case 'A':
            unverified = 2;
            answered = b2b_policy_may_answer(portal, identity, nullable(rest), &unverified);
            say(answered, unverified == 1 ? "unverified" : unverified == 0 ? "" : "unset");
            break;
        default:
            fprintf(stderr, "decide: what is %s?\n", fields[i]);
            exit(2);
        }
    }
    putchar('\n');
}

int main(void)
{
    static char line[65536];
    apr_pool_t *pool;

    apr_initialize();
    apr_pool_create(&pool, NULL);
    while (fgets(line, sizeof(line), stdin)) {
        char *end = strchr(line, '\n');

        if (!end) {
            fprintf(stderr, "decide: the line is too long\n");
            return 2;
        }
        *end = '\0';
        line_answer(line, pool);
        apr_pool_clear(pool);
    }
    apr_terminate();
    return 0;
}
