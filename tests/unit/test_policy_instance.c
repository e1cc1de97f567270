/* SPDX-License-Identifier: Apache-2.0 */
/* The decision table of shared processes and instances; the scene is policy_scene.h's. */
#include "policy_scene.h"

#include "unit.h"

static const policy_case_t cases[] = {
    /* The share's page: who holds it. */
    {"share", "", YES(SHARED)},
    {"share", "not-held", NO(NOT_SHARED)},
    {"share", "asks-for:t", NO(NOT_SHARED)},
    {"share", "asks-for:", NO(NOT_SHARED)},
    {"share", "in-partner:o", NO(NOT_SHARED)},
    {"share", "in-partner:", NO(NOT_SHARED)},
    {"share", "denied", NO(SUSPENDED)},

    /* Opening: the partner, or the creators. */
    {"open", "", YES(SHARED)},
    {"open", "not-held", NO(NOT_SHARED)},
    {"open", "held-by:o", NO(NOT_SHARED)},
    {"open", "held-by:", NO(NOT_SHARED)},
    {"open", "in-partner: held-by:", NO(NOT_SHARED)},
    {"open", "creators:g9", YES(SHARED)},
    {"open", "creators-only", YES(EVERYONE)},
    {"open", "creators-only creators:g9", NO(NOT_CREATOR)},
    {"open", "creators-only creators:g9 creators:g2", YES(GROUP)},
    {"open", "creators-only creators:g2 no-create", YES(GROUP)},
    {"open", "creators-only not-everyone", NO(NO_GROUP_LEFT)},
    {"open", "creators-only no-lists", NO(NO_GROUP_LEFT)},
    {"open", "denied", NO(SUSPENDED)},

    /* Creating: the share allows it, and the groups are everyone or theirs; an empty list is nobody. */
    {"create", "", YES(EVERYONE)},
    {"create", "no-create", NO(CREATION)},
    {"create", "no-create creators:g1", NO(CREATION)},
    {"create", "creators:g1", YES(GROUP)},
    {"create", "creators:g0 creators:g1 creators:g9", YES(GROUP)},
    {"create", "creators:g", NO(NOT_CREATOR)},
    {"create", "creators:g11", NO(NOT_CREATOR)},
    {"create", "not-everyone", NO(NO_GROUP_LEFT)},
    {"create", "no-lists", NO(NO_GROUP_LEFT)},
    {"create", "no-lists creators:g1", NO(NO_GROUP_LEFT)},
    {"create", "not-held", NO(NOT_SHARED)},
    {"create", "held-by:o", NO(NOT_SHARED)},
    {"create", "denied", NO(SUSPENDED)},

    /* Seeing an instance. */
    {"read", "", NO(NOT_OWNER)},
    {"read", "made-by:m", YES(CREATOR)},
    {"read", "made-by:m creators-only creators:g9", YES(CREATOR)},
    {"read", "made-by:m deleted", NO(DELETED)},
    {"read", "made-by:", NO(NOT_OWNER)},
    {"read", "made-by:m made-as:host_user", NO(NOT_OWNER)}, /* a host user of the same id */
    {"read", "made-by:m made-as:", NO(NOT_OWNER)},
    {"read", "made-by:m made-as:members", NO(NOT_OWNER)},
    {"read", "made-by:m made-as:host_user all-forms", YES(ALL_FORMS)},
    {"read", "own:0:member:m", YES(OWNER)},
    {"read", "own:1:member:m", YES(OWNER)},
    {"read", "own:2:member:m", YES(OWNER)},
    {"read", "own:2:group:g1", YES(OWNER)},
    {"read", "own:2:partner:n", YES(OWNER)},
    {"read", "own:2:partner:n creators-only creators:g9", YES(OWNER)},
    {"read", "own:3:member:m", NO(NOT_OWNER)},
    {"read", "own:-1:member:m", NO(NOT_OWNER)},
    {"read", "own:2:member:m2", NO(NOT_OWNER)},
    {"read", "own:2:member:g1", NO(NOT_OWNER)},
    {"read", "own:2:group:g3", NO(NOT_OWNER)},
    {"read", "own:2:group:m", NO(NOT_OWNER)},
    {"read", "own:2:partner:o", NO(NOT_OWNER)},
    {"read", "own:2:partner:m", NO(NOT_OWNER)},
    {"read", "own:2:everyone:m", NO(NOT_OWNER)},
    {"read", "own:2:Member:m", NO(NOT_OWNER)},
    {"read", "own:2:host_user:m own:2:host_group:g1", NO(NOT_OWNER)},
    {"read", "own:2:member", NO(NOT_OWNER)},
    {"read", "own:2", NO(NOT_OWNER)},
    {"read", "all-forms", YES(ALL_FORMS)},
    {"read", "all-forms deleted", NO(DELETED)},
    {"read", "all-forms creators-only", YES(ALL_FORMS)},
    {"read", "all-forms creators-only creators:g1", YES(ALL_FORMS)},
    {"read", "all-forms creators-only creators:g9", NO(NOT_CREATOR)},
    {"read", "all-forms creators-only not-everyone", NO(NO_GROUP_LEFT)},
    {"read", "all-forms creators-only creators:g9 own:1:group:g2", YES(OWNER)},
    {"read", "all-forms no-lists", YES(ALL_FORMS)},
    {"read", "no-lists", NO(NOT_OWNER)},
    {"read", "all-forms completed", YES(ALL_FORMS)},
    {"read", "all-forms not-held", NO(NOT_SHARED)},
    {"read", "all-forms no-instance", NO(NOT_SHARED)},
    {"read", "all-forms denied", NO(SUSPENDED)},
    /* … of another portal, partner, share or process, or nobody's, whoever made it. */
    {"read", "all-forms made-by:m own:1:member:m of-portal:q", NO(NOT_SHARED)},
    {"read", "all-forms made-by:m own:1:member:m of-partner:o", NO(NOT_SHARED)},
    {"read", "all-forms made-by:m own:1:member:m of-partner:o held-by:o", NO(NOT_SHARED)},
    {"read", "all-forms made-by:m own:1:member:m in-partner:o", NO(NOT_SHARED)},
    {"read", "all-forms made-by:m own:1:member:m held-by:o", NO(NOT_SHARED)},
    {"read", "all-forms made-by:m own:1:member:m of-share:t", NO(NOT_SHARED)},
    {"read", "all-forms made-by:m own:1:member:m of-process:d", NO(NOT_SHARED)},
    {"read", "all-forms made-by:m own:1:member:m of-portal:", NO(NOT_SHARED)},
    {"read", "all-forms made-by:m own:1:member:m of-partner: held-by: in-partner:", NO(NOT_SHARED)},

    /* Seeing a form. */
    {"form 0", "made-by:m", YES(CREATOR)},
    {"form 1", "made-by:m", NO(NOT_OWNER)},
    {"form 2", "made-by:m", NO(NOT_OWNER)},
    {"form 0", "made-by:m own:0:group:g9", YES(CREATOR)},
    {"form 0", "made-by:m made-as:host_user own:1:member:m", NO(NOT_OWNER)},
    {"form 0", "own:1:member:m", NO(NOT_OWNER)},
    {"form 1", "own:1:member:m", YES(OWNER)},
    {"form 2", "own:1:member:m", NO(NOT_OWNER)},
    {"form 2", "own:2:group:g2", YES(OWNER)}, /* one that is still to come */
    {"form 1", "own:1:partner:n completed", YES(OWNER)},
    {"form 0", "all-forms", YES(ALL_FORMS)},
    {"form 2", "all-forms", YES(ALL_FORMS)},
    {"form 2", "all-forms own:2:member:m", YES(OWNER)},
    {"form 0", "all-forms creators-only creators:g9", NO(NOT_CREATOR)},
    {"form 0", "all-forms creators-only creators:g9 own:2:group:g2", YES(ALL_FORMS)},
    {"form 3", "all-forms own:3:member:m", NO(NOT_OWNER)},
    {"form -1", "all-forms own:-1:member:m", NO(NOT_OWNER)},
    {"form 0", "all-forms deleted", NO(DELETED)},
    {"form 0", "all-forms not-held", NO(NOT_SHARED)},
    {"form 0", "denied made-by:m", NO(SUSPENDED)},

    /* Working on a form. */
    {"edit 1", "own:1:member:m", YES(OWNER)},
    {"edit 1", "own:1:group:g1", YES(OWNER)},
    {"edit 1", "own:1:partner:n", YES(OWNER)},
    {"edit 1", "own:0:member:m", NO(NOT_OWNER)},
    {"edit 0", "own:0:member:m", NO(NOT_CURRENT)},
    {"edit 2", "own:2:member:m", NO(NOT_CURRENT)},
    {"edit 0", "own:0:member:m current:0", YES(OWNER)},
    {"edit 0", "made-by:m current:0", NO(NOT_OWNER)}, /* its owners are gone: nobody */
    {"edit 1", "made-by:m", NO(NOT_OWNER)},
    {"edit 1", "all-forms", NO(NOT_OWNER)},
    {"edit 3", "made-by:m own:3:member:m completed", NO(COMPLETED)},
    {"edit 1", "made-by:m own:1:member:m completed current:1", NO(COMPLETED)},
    {"edit 3", "made-by:m own:3:member:m current:3", NO(NOT_CURRENT)},
    {"edit -1", "made-by:m own:-1:member:m current:-1", NO(NOT_CURRENT)},
    /* Forms that are current together: each for its own owners. */
    {"edit 1", "own:1:member:m current:12", YES(OWNER)},
    {"edit 2", "own:2:member:m current:12", YES(OWNER)},
    {"edit 1", "own:2:member:m current:12", NO(NOT_OWNER)},
    {"edit 0", "own:0:member:m own:1:member:m current:12", NO(NOT_CURRENT)},
    {"edit 1", "own:1:member:m own:2:member:m current:2", NO(NOT_CURRENT)}, /* submitted already */
    {"edit 1", "own:1:member:m current:", NO(NOT_CURRENT)},
    {"edit 1", "own:1:member:m deleted", NO(DELETED)},
    {"edit 1", "own:1:member:m of-partner:o", NO(NOT_SHARED)},
    {"edit 1", "own:1:member:m not-held", NO(NOT_SHARED)},
    {"edit 1", "own:1:member:m creators-only creators:g9", YES(OWNER)},

    /* Deleting: share and rule. */
    {"delete", "made-by:m", YES(CREATOR)},
    {"delete", "made-by:m no-delete", NO(DELETION_NOT_SHARED)},
    {"delete", "made-by:m made-as:host_user own:1:member:m", NO(DELETION_RULE)},
    {"delete", "all-forms", NO(DELETION_RULE)},
    {"delete", "", NO(NOT_OWNER)},
    {"delete", "rule:anyone", NO(NOT_OWNER)},
    {"delete", "rule:anyone all-forms", YES(ANYONE)},
    {"delete", "rule:anyone own:0:member:m", YES(ANYONE)},
    {"delete", "rule:anyone all-forms no-delete", NO(DELETION_NOT_SHARED)},
    {"delete", "rule:form_owner own:1:group:g1", YES(OWNER)},
    {"delete", "rule:form_owner own:0:group:g1", NO(DELETION_RULE)},
    {"delete", "rule:form_owner own:2:group:g1 current:12", YES(OWNER)},
    {"delete", "rule:form_owner own:1:group:g1 current:2", NO(DELETION_RULE)},
    {"delete", "rule:form_owner made-by:m", NO(DELETION_RULE)},
    {"delete", "rule:form_owner made-by:m own:2:member:m completed", NO(DELETION_RULE)},
    {"delete", "rule:form_owner made-by:m own:3:member:m completed", NO(DELETION_RULE)},
    {"delete", "rule:form_owner own:1:group:g1 no-delete", NO(DELETION_NOT_SHARED)},
    {"delete", "rule:administrators made-by:m own:1:member:m", NO(DELETION_RULE)},
    {"delete", "rule:Anyone made-by:m", NO(DELETION_RULE)},
    {"delete", "rule:creators made-by:m", NO(DELETION_RULE)},
    {"delete", "rule: made-by:m", NO(DELETION_RULE)},
    {"delete", "made-by:m completed", YES(CREATOR)},
    {"delete", "made-by:m deleted", NO(DELETED)},
    {"delete", "made-by:m of-share:t", NO(NOT_SHARED)},

    /* Giving a current form to others. */
    {"assign", "own:1:member:m", YES(OWNER)},
    {"assign", "own:1:partner:n", YES(OWNER)},
    {"assign", "own:0:member:m own:2:member:m", NO(NOT_OWNER)},
    {"assign 2", "own:2:member:m current:12", YES(OWNER)},
    {"assign 1", "own:2:member:m current:12", NO(NOT_OWNER)},
    {"assign 2", "own:2:member:m", NO(NOT_CURRENT)},
    {"assign 3", "made-by:m own:3:member:m current:3", NO(NOT_CURRENT)},
    {"assign -1", "made-by:m own:-1:member:m", NO(NOT_CURRENT)},
    {"assign", "made-by:m", NO(NOT_OWNER)},
    {"assign", "own:1:member:m completed", NO(COMPLETED)},
    {"assign", "own:1:member:m deleted", NO(DELETED)},
    {"assign", "own:1:member:m not-held", NO(NOT_SHARED)},

    /* A host user is no member, whatever the ids. */
    {"read", "a-host-user own:1:member:m own:1:group:g1 own:1:partner:n", NO(NOT_OWNER)},

    /* The host: processes. */
    {"Pr", "", NO(RIGHT)},
    {"Pr", "sources", NO(RIGHT)},
    {"Pr", "auditor", YES(HOST)},
    {"Pr", "partner-manager", YES(HOST)},
    {"Pr", "designer", YES(HOST)},
    {"Pw", "designer", YES(HOST)},
    {"Pw", "administrator", YES(HOST)},
    {"Pw", "auditor", NO(RIGHT)},
    {"Pw", "partner-manager", NO(RIGHT)},
    {"Pr", "administers:host_user:h", YES(PROCESS_ADMINISTRATOR)},
    {"Pw", "administers:host_user:h", YES(PROCESS_ADMINISTRATOR)},
    {"Pw", "administers:host_group:k2", YES(PROCESS_ADMINISTRATOR)},
    {"Pw", "auditor administers:host_group:k2", YES(PROCESS_ADMINISTRATOR)},
    {"Pw", "administers:host_user:i administers:host_group:k3", NO(RIGHT)},
    {"Pw", "administers:member:h administers:group:k1 administers:host_user:k1", NO(RIGHT)},
    {"Pw", "administers:host_user:", NO(RIGHT)},
    {"Pw", "denied administers:host_user:h", NO(SUSPENDED)},

    /* The host: instances. */
    {"READ", "", NO(RIGHT)},
    {"READ", "designer", NO(RIGHT)},
    {"READ", "auditor", YES(HOST)},
    {"READ", "partner-manager", YES(HOST)},
    {"READ", "administrator", YES(HOST)},
    {"READ", "administers:host_group:k1", YES(PROCESS_ADMINISTRATOR)},
    {"READ", "own:0:host_user:h", YES(OWNER)},
    {"READ", "own:2:host_group:k2", YES(OWNER)},
    {"READ", "made-by:h", YES(CREATOR)},
    {"READ", "made-by:h own:0:host_user:h", YES(CREATOR)},
    {"READ", "made-by:h made-as:member", NO(RIGHT)},
    {"READ", "made-by:h made-as:", NO(RIGHT)},
    {"READ", "made-by:i", NO(RIGHT)},
    {"READ", "made-by:h deleted", NO(DELETED)},
    {"READ", "made-by:h denied", NO(SUSPENDED)},
    {"READ", "own:2:member:h own:2:group:k2 own:2:partner:n", NO(RIGHT)},
    {"READ", "own:2:host_user:i own:2:host_group:k3", NO(RIGHT)},
    {"READ", "administrator deleted", NO(DELETED)},
    {"READ", "administrator no-instance", NO(RIGHT)},
    {"READ", "administrator denied", NO(SUSPENDED)},
    {"EDIT", "own:1:host_user:h", YES(OWNER)},
    {"EDIT", "own:1:host_group:k1", YES(OWNER)},
    {"EDIT", "made-by:h", NO(NOT_OWNER)},
    {"EDIT", "own:0:host_user:h own:2:host_user:h", NO(NOT_OWNER)},
    {"EDIT", "administrator administers:host_user:h", NO(NOT_OWNER)},
    {"EDIT", "own:1:host_user:h completed", NO(COMPLETED)},
    {"EDIT2", "own:2:host_user:h current:12", YES(OWNER)},
    {"EDIT1", "own:2:host_user:h current:12", NO(NOT_OWNER)},
    {"EDIT2", "own:2:host_user:h", NO(NOT_CURRENT)},
    {"EDIT", "own:1:host_user:h deleted", NO(DELETED)},
    {"DELETE", "administrator", YES(HOST)},
    {"DELETE", "administrator completed rule:administrators", YES(HOST)},
    {"DELETE", "partner-manager", NO(DELETION_RULE)},
    {"DELETE", "auditor", NO(DELETION_RULE)},
    {"DELETE", "made-by:h", YES(CREATOR)},
    {"DELETE", "made-by:h completed", YES(CREATOR)},
    {"DELETE", "made-by:h no-delete", YES(CREATOR)}, /* what the share says is about the partner */
    {"DELETE", "made-by:h made-as:member", NO(DELETION_RULE)},
    {"DELETE", "made-by:h rule:anyone", NO(DELETION_RULE)},
    {"DELETE", "made-by:h rule:", NO(DELETION_RULE)},
    {"DELETE", "made-by:i", NO(DELETION_RULE)},
    {"DELETE", "administers:host_user:h", YES(PROCESS_ADMINISTRATOR)},
    {"DELETE", "own:1:host_user:h rule:form_owner", NO(DELETION_RULE)},
    {"DELETE", "administrator deleted", NO(DELETED)},
    {"REASSIGN", "administrator", YES(HOST)},
    {"REASSIGN", "administers:host_group:k1", YES(PROCESS_ADMINISTRATOR)},
    {"REASSIGN", "own:1:host_group:k1", YES(OWNER)},
    {"REASSIGN", "own:0:host_group:k1", NO(NOT_OWNER)},
    {"REASSIGN", "made-by:h", NO(NOT_OWNER)},
    {"REASSIGN", "partner-manager", NO(NOT_OWNER)},
    {"REASSIGN", "auditor", NO(NOT_OWNER)},
    {"REASSIGN", "administrator completed", NO(COMPLETED)},
    {"REASSIGN2", "administrator current:12", YES(HOST)},
    {"REASSIGN1", "administrator current:2", NO(NOT_CURRENT)},
    {"REASSIGN2", "own:1:host_group:k1 current:12", NO(NOT_OWNER)},
    {"COMMENT", "administrator", YES(HOST)},
    {"COMMENT", "partner-manager", YES(HOST)},
    {"COMMENT", "auditor", NO(RIGHT)},
    {"COMMENT", "auditor administers:host_user:h", YES(PROCESS_ADMINISTRATOR)},
    {"COMMENT", "own:0:host_user:h", YES(OWNER)},
    {"COMMENT", "made-by:h", YES(CREATOR)},
    {"COMMENT", "made-by:h made-as:member", NO(RIGHT)},
    {"COMMENT", "", NO(RIGHT)},

    /* The host: starting for a partner. What the share lets the partner create is about the partner. */
    {"START", "", NO(NOT_STARTER)},
    {"START", "auditor", NO(NOT_STARTER)},
    {"START", "designer", NO(NOT_STARTER)},
    {"START", "sources", NO(NOT_STARTER)},
    {"START", "administrator", YES(HOST)},
    {"START", "partner-manager", YES(HOST)},
    {"START", "partner-manager no-create", YES(HOST)},
    {"START", "partner-manager creators:g9 creators-only", YES(HOST)},
    {"START", "administers:host_user:h", YES(PROCESS_ADMINISTRATOR)},
    {"START", "administers:host_group:k2", YES(PROCESS_ADMINISTRATOR)},
    {"START", "designer administers:host_group:k1", YES(PROCESS_ADMINISTRATOR)},
    {"START", "administers:host_user:i administers:host_group:k3", NO(NOT_STARTER)},
    {"START", "administers:member:h administers:group:k1", NO(NOT_STARTER)},
    {"START", "opens:host_user:h", YES(OWNER)},
    {"START", "opens:host_group:k2", YES(OWNER)},
    {"START", "auditor opens:host_group:k1", YES(OWNER)},
    {"START", "opens:host_user:i opens:host_group:k3", NO(NOT_STARTER)},
    {"START", "opens:member:h opens:group:k1 opens:host_user:k1", NO(NOT_STARTER)},
    {"START", "own:0:host_user:h made-by:h", NO(NOT_STARTER)}, /* of another instance */
    {"START", "no-lists", NO(NOT_STARTER)},
    {"START", "administrator no-lists", YES(HOST)},
    {"START", "administrator not-held", NO(NOT_SHARED)},
    {"START", "not-held", NO(NOT_SHARED)},
    {"START", "administrator portal-closed", NO(PORTAL)},
    {"START", "administrator partner-gone", NO(PARTNER_STATE)},
    {"START", "portal-closed partner-gone", NO(NOT_STARTER)},
    {"START", "administrator denied", NO(SUSPENDED)},
};

#define CASES (int)(sizeof(cases) / sizeof(cases[0]))

START_TEST(the_table)
{
    policy_case_check(&cases[_i]);
}
END_TEST

START_TEST(what_follows_from_what)
{
    policy_case_follow(&cases[_i]);
}
END_TEST

/* Every reason that is about shared processes and instances is somewhere in the table. */
START_TEST(every_reason_is_given)
{
    int reason, i;

    for (reason = 0; reason < B2B_REASON_COUNT; reason++) {
        int of_here = (reason >= B2B_REASON_GRANTED_SHARED &&
                       reason <= B2B_REASON_GRANTED_PROCESS_ADMINISTRATOR) ||
                      (reason >= B2B_REASON_DENIED_NOT_SHARED &&
                       reason <= B2B_REASON_DENIED_DELETION_RULE);

        for (i = 0; of_here && i < CASES && (int)cases[i].reason != reason; i++) {
        }
        ck_assert_msg(!of_here || i < CASES, "nothing is answered with %s",
                      b2b_reason_word((b2b_reason_e)reason));
    }
}
END_TEST

START_TEST(owning_nothing_that_is_not_there)
{
    scene_t s;

    policy_scene(&s, 0);
    policy_change_all(&s, "own:1:member:m own:3:member:m own:-1:member:m");
    ck_assert(b2b_policy_owns(&s.principal, s.facts, 1));
    ck_assert(!b2b_policy_owns(&s.principal, s.facts, 0));
    ck_assert(!b2b_policy_owns(&s.principal, s.facts, 3));
    ck_assert(!b2b_policy_owns(&s.principal, s.facts, -1));
    ck_assert(!b2b_policy_owns(NULL, s.facts, 1));
    ck_assert(!b2b_policy_owns(&s.principal, NULL, 1));
    ck_assert(!b2b_policy_administers(&s.principal, NULL));
    ck_assert(
        !b2b_policy_host_instance(s.host, &s.principal, NULL, &s.process.security, s.facts, 99, 1)
             .granted);
    ck_assert(!b2b_policy_share(s.member, &s.principal, NULL, "s").granted);
}
END_TEST

Suite *unit_suite(void)
{
    Suite *suite = suite_create("policy: shared processes and instances");
    TCase *tc = unit_case(suite, "instances");

    tcase_add_loop_test(tc, the_table, 0, CASES);
    tcase_add_loop_test(tc, what_follows_from_what, 0, CASES);
    tcase_add_test(tc, every_reason_is_given);
    tcase_add_test(tc, owning_nothing_that_is_not_there);
    return suite;
}
