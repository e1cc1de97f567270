/* SPDX-License-Identifier: Apache-2.0 */
/* The decisions of policy/, as tables. */
#include "policy/policy.h"

#include <string.h>

#include "unit.h"

#define NOW ((apr_time_t)1000000)

/* One portal "p" with the partner "n" (Nord), one person of it: each case changes one thing. */
typedef struct {
    b2b_portal_snapshot_t portal;
    b2b_identity_t identity;
    b2b_principal_t principal;
    b2b_snapshot_partner_t partner;
} scene_t;

static apr_array_header_t *words(const char *first, const char *second)
{
    apr_array_header_t *array = apr_array_make(test_pool, 2, sizeof(const char *));

    if (first) {
        APR_ARRAY_PUSH(array, const char *) = first;
    }
    if (second) {
        APR_ARRAY_PUSH(array, const char *) = second;
    }
    return array;
}

static apr_array_header_t *issuers(const char *issuer, int vouches)
{
    apr_array_header_t *array = apr_array_make(test_pool, 1, sizeof(b2b_issuer_t));
    b2b_issuer_t *i = &APR_ARRAY_PUSH(array, b2b_issuer_t);

    i->issuer = issuer;
    i->label = "Sign in";
    i->vouches_for_email = vouches;
    return array;
}

static void scene(scene_t *s)
{
    memset(s, 0, sizeof(*s));
    s->partner.id = "n";
    s->partner.name = "Nord";
    s->partner.state = B2B_STATE_ACTIVE;
    s->portal.id = "p";
    s->portal.state = B2B_STATE_ACTIVE;
    s->portal.issuers = issuers("https://id.example", 0);
    s->portal.partners = apr_hash_make(test_pool);
    apr_hash_set(s->portal.partners, "n", APR_HASH_KEY_STRING, &s->partner);
    s->identity.issuer = "https://id.example";
    s->identity.subject = "7";
    s->principal.kind = B2B_PRINCIPAL_MEMBER;
    s->principal.id = "m";
    s->principal.portal_id = "p";
    s->principal.partner_id = "n";
    s->principal.role = B2B_MEMBER_VIEWER;
    s->principal.state = B2B_STATE_ACTIVE;
    s->principal.groups = words("g1", "g2");
}

enum {
    AS_IT_IS,
    NO_IDENTITY,
    NO_SUBJECT,
    EMPTY_SUBJECT,
    OTHER_ISSUER,
    ISSUER_PREFIX,
    NO_PORTAL,
    PORTAL_SUSPENDED,
    PORTAL_UNKNOWN_STATE,
    NO_PRINCIPAL,
    HOST_USER,
    OTHER_PORTAL,
    NO_PARTNER,
    PARTNER_GONE,
    PARTNER_SUSPENDED,
    PARTNER_PENDING,
    PARTNER_UNKNOWN_STATE,
    INVITED,
    SUSPENDED,
    UNKNOWN_STATE,
    ENDS_NOW,
    ENDED,
    ENDS_LATER,
    SPONSOR_ACTIVE,
    SPONSOR_PENDING,
    SPONSOR_SUSPENDED,
    SPONSOR_GONE
};

static const struct {
    int change;
    int granted;
    b2b_reason_e reason;
} member_cases[] = {
    {AS_IT_IS, 1, B2B_REASON_GRANTED_MEMBER},
    {NO_IDENTITY, 0, B2B_REASON_DENIED_NOBODY},
    {NO_SUBJECT, 0, B2B_REASON_DENIED_NOBODY},
    {EMPTY_SUBJECT, 0, B2B_REASON_DENIED_NOBODY},
    {OTHER_ISSUER, 0, B2B_REASON_DENIED_ISSUER},
    {ISSUER_PREFIX, 0, B2B_REASON_DENIED_ISSUER},
    {NO_PORTAL, 0, B2B_REASON_DENIED_PORTAL},
    {PORTAL_SUSPENDED, 0, B2B_REASON_DENIED_PORTAL},
    {PORTAL_UNKNOWN_STATE, 0, B2B_REASON_DENIED_PORTAL},
    {NO_PRINCIPAL, 0, B2B_REASON_DENIED_UNKNOWN},
    {HOST_USER, 0, B2B_REASON_DENIED_KIND},
    {OTHER_PORTAL, 0, B2B_REASON_DENIED_PORTAL},
    {NO_PARTNER, 0, B2B_REASON_DENIED_PARTNER_STATE},
    {PARTNER_GONE, 0, B2B_REASON_DENIED_PARTNER_STATE},
    {PARTNER_SUSPENDED, 0, B2B_REASON_DENIED_PARTNER_STATE},
    {PARTNER_PENDING, 1, B2B_REASON_GRANTED_MEMBER},
    {PARTNER_UNKNOWN_STATE, 0, B2B_REASON_DENIED_PARTNER_STATE},
    {INVITED, 0, B2B_REASON_DENIED_INVITED},
    {SUSPENDED, 0, B2B_REASON_DENIED_SUSPENDED},
    {UNKNOWN_STATE, 0, B2B_REASON_DENIED_SUSPENDED},
    {ENDS_NOW, 0, B2B_REASON_DENIED_EXPIRED},
    {ENDED, 0, B2B_REASON_DENIED_EXPIRED},
    {ENDS_LATER, 1, B2B_REASON_GRANTED_MEMBER},
    {SPONSOR_ACTIVE, 1, B2B_REASON_GRANTED_MEMBER},
    {SPONSOR_PENDING, 1, B2B_REASON_GRANTED_MEMBER},
    {SPONSOR_SUSPENDED, 0, B2B_REASON_DENIED_SPONSOR},
    {SPONSOR_GONE, 0, B2B_REASON_DENIED_SPONSOR},
};

static void sponsor_set(scene_t *s, b2b_state_e state)
{
    s->principal.has_sponsor = 1;
    s->principal.sponsor_state = state;
}

static b2b_decision_t decide(scene_t *s, int change)
{
    const b2b_portal_snapshot_t *portal = &s->portal;
    const b2b_identity_t *identity = &s->identity;
    const b2b_principal_t *principal = &s->principal;

    switch (change) {
    case NO_IDENTITY:
        identity = NULL;
        break;
    case NO_SUBJECT:
        s->identity.subject = NULL;
        break;
    case EMPTY_SUBJECT:
        s->identity.subject = "";
        break;
    case OTHER_ISSUER:
        s->identity.issuer = "https://other.example";
        break;
    case ISSUER_PREFIX:
        s->identity.issuer = "https://id.example/";
        break;
    case NO_PORTAL:
        portal = NULL;
        break;
    case PORTAL_SUSPENDED:
        s->portal.state = B2B_STATE_SUSPENDED;
        break;
    case PORTAL_UNKNOWN_STATE:
        s->portal.state = B2B_STATE_UNKNOWN;
        break;
    case NO_PRINCIPAL:
        principal = NULL;
        break;
    case HOST_USER:
        s->principal.kind = B2B_PRINCIPAL_HOST_USER;
        break;
    case OTHER_PORTAL:
        s->principal.portal_id = "q";
        break;
    case NO_PARTNER:
        s->principal.partner_id = NULL;
        break;
    case PARTNER_GONE:
        s->principal.partner_id = "x";
        break;
    case PARTNER_SUSPENDED:
        s->partner.state = B2B_STATE_SUSPENDED;
        break;
    case PARTNER_PENDING:
        s->partner.state = B2B_STATE_PENDING;
        break;
    case PARTNER_UNKNOWN_STATE:
        s->partner.state = B2B_STATE_UNKNOWN;
        break;
    case INVITED:
        s->principal.state = B2B_STATE_PENDING;
        break;
    case SUSPENDED:
        s->principal.state = B2B_STATE_SUSPENDED;
        break;
    case UNKNOWN_STATE:
        s->principal.state = B2B_STATE_UNKNOWN;
        break;
    case ENDS_NOW:
        s->principal.valid_until = NOW;
        break;
    case ENDED:
        s->principal.valid_until = 1;
        break;
    case ENDS_LATER:
        s->principal.valid_until = NOW + 1;
        break;
    case SPONSOR_ACTIVE:
        sponsor_set(s, B2B_STATE_ACTIVE);
        break;
    case SPONSOR_PENDING:
        sponsor_set(s, B2B_STATE_PENDING);
        break;
    case SPONSOR_SUSPENDED:
        sponsor_set(s, B2B_STATE_SUSPENDED);
        break;
    case SPONSOR_GONE:
        sponsor_set(s, B2B_STATE_UNKNOWN);
        break;
    default:
        break;
    }
    return b2b_policy_member(portal, identity, principal, NOW);
}

START_TEST(who_counts_in_a_portal)
{
    scene_t s;
    b2b_decision_t decision;

    scene(&s);
    decision = decide(&s, member_cases[_i].change);
    ck_assert_int_eq(decision.granted, member_cases[_i].granted);
    ck_assert_int_eq(decision.reason, member_cases[_i].reason);
}
END_TEST

/* Whatever is asked about somebody who does not count is denied, with the reason why they do not. */
START_TEST(nothing_is_open_to_who_does_not_count)
{
    b2b_snapshot_placement_t open_to_all = {.id = "x", .everyone = 1};
    scene_t s;
    b2b_decision_t member;

    if (member_cases[_i].granted) {
        return;
    }
    scene(&s);
    member = decide(&s, member_cases[_i].change);
    ck_assert(!b2b_policy_member_role(member, &s.principal, -1).granted);
    ck_assert(!b2b_policy_member_group(member, &s.principal, NULL).granted);
    ck_assert(!b2b_policy_member_partner(member, &s.principal, "n").granted);
    ck_assert(!b2b_policy_placement(member, &s.principal, &open_to_all).granted);
    ck_assert_int_eq(b2b_policy_placement(member, &s.principal, &open_to_all).reason,
                     member.reason);
}
END_TEST

START_TEST(roles_groups_and_partners)
{
    scene_t s;
    b2b_decision_t member;

    scene(&s);
    member = decide(&s, AS_IT_IS);
    ck_assert(b2b_policy_member_role(member, &s.principal, 1 << B2B_MEMBER_VIEWER).granted);
    ck_assert(!b2b_policy_member_role(member, &s.principal, 1 << B2B_MEMBER_EDITOR).granted);
    ck_assert(!b2b_policy_member_role(member, &s.principal, 0).granted);
    s.principal.role = B2B_MEMBER_NONE; /* a word in the database that this program does not know */
    ck_assert(!b2b_policy_member_role(member, &s.principal, -1).granted);

    ck_assert(b2b_policy_member_group(member, &s.principal, "g1").granted);
    ck_assert(b2b_policy_member_group(member, &s.principal, "g2").granted);
    ck_assert(b2b_policy_member_group(member, &s.principal, NULL).granted);
    ck_assert(!b2b_policy_member_group(member, &s.principal, "g").granted);
    ck_assert(!b2b_policy_member_group(member, &s.principal, "g3").granted);
    s.principal.groups = NULL;
    ck_assert(!b2b_policy_member_group(member, &s.principal, "g1").granted);

    ck_assert(b2b_policy_member_partner(member, &s.principal, "n").granted);
    ck_assert(!b2b_policy_member_partner(member, &s.principal, "o").granted);
    ck_assert(!b2b_policy_member_partner(member, &s.principal, NULL).granted);
}
END_TEST

static const struct {
    const char *partner_id;
    int everyone;
    const char *group;
    const char *second;
    int granted;
    b2b_reason_e reason;
} placement_cases[] = {
    {NULL, 1, NULL, NULL, 1, B2B_REASON_GRANTED_EVERYONE},
    {"n", 1, NULL, NULL, 1, B2B_REASON_GRANTED_EVERYONE},
    {"o", 1, NULL, NULL, 0, B2B_REASON_DENIED_NOT_PLACED},
    {"o", 0, "g1", NULL, 0, B2B_REASON_DENIED_NOT_PLACED},
    {NULL, 0, NULL, NULL, 0, B2B_REASON_DENIED_NO_GROUP_LEFT},
    {"n", 0, NULL, NULL, 0, B2B_REASON_DENIED_NO_GROUP_LEFT},
    {NULL, 0, "g9", NULL, 0, B2B_REASON_DENIED_GROUP},
    {NULL, 0, "g9", "g2", 1, B2B_REASON_GRANTED_GROUP},
    {NULL, 1, "g9", NULL, 1, B2B_REASON_GRANTED_EVERYONE},
};

START_TEST(placements)
{
    b2b_snapshot_placement_t placement = {.id = "x"};
    b2b_decision_t decision;
    scene_t s;

    scene(&s);
    placement.partner_id = placement_cases[_i].partner_id;
    placement.everyone = placement_cases[_i].everyone;
    placement.groups = words(placement_cases[_i].group, placement_cases[_i].second);
    decision = b2b_policy_placement(decide(&s, AS_IT_IS), &s.principal, &placement);
    ck_assert_int_eq(decision.granted, placement_cases[_i].granted);
    ck_assert_int_eq(decision.reason, placement_cases[_i].reason);
}
END_TEST

START_TEST(a_placement_that_is_not_there)
{
    scene_t s;

    scene(&s);
    ck_assert_int_eq(b2b_policy_placement(decide(&s, AS_IT_IS), &s.principal, NULL).reason,
                     B2B_REASON_DENIED_NOT_PLACED);
}
END_TEST

START_TEST(host_users)
{
    scene_t s;
    b2b_decision_t host;

    scene(&s);
    ck_assert_int_eq(b2b_policy_host_user(s.portal.issuers, &s.identity, &s.principal).reason,
                     B2B_REASON_DENIED_KIND);
    s.principal.kind = B2B_PRINCIPAL_HOST_USER;
    ck_assert_int_eq(b2b_policy_host_user(s.portal.issuers, &s.identity, &s.principal).reason,
                     B2B_REASON_DENIED_ROLE);
    s.principal.host_roles = 1 << 12; /* not a role */
    ck_assert(!b2b_policy_host_user(s.portal.issuers, &s.identity, &s.principal).granted);
    s.principal.host_roles = B2B_HOST_DESIGNER;
    host = b2b_policy_host_user(s.portal.issuers, &s.identity, &s.principal);
    ck_assert(host.granted);
    ck_assert(
        b2b_policy_host_role(host, &s.principal, B2B_HOST_DESIGNER | B2B_HOST_AUDITOR).granted);
    ck_assert(!b2b_policy_host_role(host, &s.principal, B2B_HOST_ADMINISTRATOR).granted);
    ck_assert(!b2b_policy_host_role(host, &s.principal, 0).granted);
    s.principal.state = B2B_STATE_PENDING;
    ck_assert(!b2b_policy_host_user(s.portal.issuers, &s.identity, &s.principal).granted);
    s.principal.state = B2B_STATE_SUSPENDED;
    ck_assert(!b2b_policy_host_user(s.portal.issuers, &s.identity, &s.principal).granted);
    s.principal.state = B2B_STATE_ACTIVE;
    ck_assert_int_eq(
        b2b_policy_host_user(issuers("https://x.example", 0), &s.identity, &s.principal).reason,
        B2B_REASON_DENIED_ISSUER);
    ck_assert(!b2b_policy_host_user(NULL, &s.identity, &s.principal).granted);
    ck_assert(!b2b_policy_host_user(s.portal.issuers, NULL, &s.principal).granted);
    ck_assert(!b2b_policy_host_user(s.portal.issuers, &s.identity, NULL).granted);
}
END_TEST

/* One line a role: the rights it has, in the order of b2b_right_e. */
static const struct {
    int role;
    const char *rights;
} right_cases[] = {
    /* console, settings r w, host users r w, portals r w, dashboards r w, processes r w, shares r w,
     * instances r, bin r w, mail r w, audit r, portal audit r */
    {B2B_HOST_ADMINISTRATOR, "1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1"},
    {B2B_HOST_PARTNER_MANAGER, "1 0 0 0 0 1 1 1 0 1 0 1 1 1 0 0 1 1 0 1"},
    {B2B_HOST_DESIGNER, "1 0 0 0 0 0 0 1 1 1 1 0 0 0 0 0 0 0 0 0"},
    {B2B_HOST_DATA_SOURCE_MANAGER, "1 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0"},
    {B2B_HOST_AUDITOR, "1 1 0 1 0 1 0 1 0 1 0 1 0 1 1 0 1 0 1 1"},
    {B2B_HOST_USER, "1 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0"},
    {B2B_HOST_NONE, "0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0"},
};

START_TEST(rights_of_roles)
{
    scene_t s;
    b2b_decision_t host;
    int right;

    scene(&s);
    s.principal.kind = B2B_PRINCIPAL_HOST_USER;
    s.principal.host_roles = right_cases[_i].role;
    host = b2b_policy_host_user(s.portal.issuers, &s.identity, &s.principal);
    ck_assert_uint_eq(strlen(right_cases[_i].rights), 2 * B2B_RIGHT_COUNT - 1);
    for (right = 0; right < B2B_RIGHT_COUNT; right++) {
        ck_assert_msg(b2b_policy_right(host, &s.principal, right).granted ==
                          (right_cases[_i].rights[2 * right] == '1'),
                      "right %d", right);
    }
    ck_assert(!b2b_policy_right(host, &s.principal, B2B_RIGHT_COUNT).granted);
    ck_assert(!b2b_policy_right(host, &s.principal, -1).granted);
}
END_TEST

static const struct {
    const char *email;
    b2b_verified_e verified;
    int vouches;
    int may;
    int unverified;
} answer_cases[] = {
    {"Dana@Partner.Example", B2B_VERIFIED_YES, 0, 1, 0},
    {"dana@partner.example", B2B_VERIFIED_NO, 0, 0, 1},
    {"dana@partner.example", B2B_VERIFIED_NO, 1, 0, 1},
    {"dana@partner.example", B2B_VERIFIED_ABSENT, 0, 0, 1},
    {"dana@partner.example", B2B_VERIFIED_ABSENT, 1, 1, 0},
    {"dana@partner.example.evil", B2B_VERIFIED_YES, 1, 0, 0},
    {"dana@partner.exampl", B2B_VERIFIED_YES, 1, 0, 0},
    {"", B2B_VERIFIED_YES, 1, 0, 0},
    {NULL, B2B_VERIFIED_YES, 1, 0, 0},
};

START_TEST(who_may_answer_an_invitation)
{
    scene_t s;
    int unverified = -1;

    scene(&s);
    s.portal.issuers = issuers("https://id.example", answer_cases[_i].vouches);
    s.identity.email = answer_cases[_i].email;
    s.identity.email_verified = answer_cases[_i].verified;
    ck_assert_int_eq(b2b_policy_may_answer(&s.portal, &s.identity, "dana@partner.example",
                                           &unverified),
                     answer_cases[_i].may);
    ck_assert_int_eq(unverified, answer_cases[_i].unverified);
}
END_TEST

START_TEST(nobody_answers_elsewhere)
{
    scene_t s;
    int unverified;

    scene(&s);
    s.identity.email = "dana@partner.example";
    s.identity.email_verified = B2B_VERIFIED_YES;
    ck_assert(b2b_policy_may_answer(&s.portal, &s.identity, "dana@partner.example", &unverified));
    s.portal.state = B2B_STATE_SUSPENDED;
    ck_assert(!b2b_policy_may_answer(&s.portal, &s.identity, "dana@partner.example", &unverified));
    s.portal.state = B2B_STATE_ACTIVE;
    s.identity.issuer = "https://other.example";
    ck_assert(!b2b_policy_may_answer(&s.portal, &s.identity, "dana@partner.example", &unverified));
    ck_assert(!b2b_policy_may_answer(NULL, &s.identity, "dana@partner.example", &unverified));
    ck_assert(!b2b_policy_may_answer(&s.portal, NULL, "dana@partner.example", &unverified));
    ck_assert(!b2b_policy_may_answer(&s.portal, &s.identity, NULL, &unverified));
}
END_TEST

START_TEST(every_reason_has_its_words)
{
    int reason;
    int other;

    for (reason = 0; reason < B2B_REASON_COUNT; reason++) {
        ck_assert_msg(b2b_reason_word(reason) && b2b_reason_sentence(reason), "reason %d", reason);
        for (other = 0; other < reason; other++) {
            ck_assert_str_ne(b2b_reason_word(reason), b2b_reason_word(other));
        }
    }
    ck_assert_str_eq(b2b_reason_word(B2B_REASON_COUNT), "unknown");
}
END_TEST

#define LOOP(tc, test, cases)                                                                      \
    tcase_add_loop_test(tc, test, 0, (int)(sizeof(cases) / sizeof((cases)[0])))

Suite *unit_suite(void)
{
    Suite *suite = suite_create("policy");
    TCase *tc = unit_case(suite, "policy");

    LOOP(tc, who_counts_in_a_portal, member_cases);
    LOOP(tc, nothing_is_open_to_who_does_not_count, member_cases);
    tcase_add_test(tc, roles_groups_and_partners);
    LOOP(tc, placements, placement_cases);
    tcase_add_test(tc, a_placement_that_is_not_there);
    tcase_add_test(tc, host_users);
    LOOP(tc, rights_of_roles, right_cases);
    LOOP(tc, who_may_answer_an_invitation, answer_cases);
    tcase_add_test(tc, nobody_answers_elsewhere);
    tcase_add_test(tc, every_reason_has_its_words);
    return suite;
}
