/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The decision table of process security: what S9 and the roles give, mode by mode, to security users and to others.
 * "users:g1" makes the members of g1 security users, "host-users:h" the host user h.
 */
#include "policy_scene.h"

#include <apr_strings.h>

#include "unit.h"

static const policy_case_t cases[] = {
    /* Off: as if it were not there. */
    {"create", "users:g9", YES(EVERYONE)},
    {"read", "all-forms users:g9", YES(ALL_FORMS)},
    {"edit 1", "own:1:member:m", YES(OWNER)},
    {"talk", "all-forms", YES(ALL_FORMS)},
    {"talk", "", NO(NOT_OWNER)},

    /* Others view: creating, editing, giving to others, commenting and deleting are for the users. */
    {"open", "others-view", YES(SHARED)},
    {"create", "others-view", NO(SECURITY)},
    {"create", "others-view users:g9", NO(SECURITY)},
    {"create", "others-view users:g", NO(SECURITY)},
    {"create", "others-view users:m", NO(SECURITY)},
    {"create", "others-view users:n", NO(SECURITY)},
    {"create", "others-view no-users", NO(SECURITY)},
    {"create", "others-view host-users:m host-groups:g1", NO(SECURITY)},
    {"create", "others-view users:g9 users:g2", YES(EVERYONE)},
    {"create", "others-view users-partner", YES(EVERYONE)},
    {"create", "others-view users:g1 no-create", NO(CREATION)},
    {"create", "others-view users:g1 creators:g9", NO(NOT_CREATOR)},
    {"create", "others-view users:g9 creators:g1", NO(SECURITY)},
    {"create", "others-view users-partner held-by:o", NO(NOT_SHARED)},
    {"create", "others-view users-partner denied", NO(SUSPENDED)},
    {"read", "others-view all-forms", YES(ALL_FORMS)},
    {"read", "others-view made-by:m", YES(CREATOR)},
    {"read", "others-view own:2:group:g1", YES(OWNER)},
    {"read", "others-view users:g1", NO(NOT_OWNER)},
    {"form 1", "others-view own:1:member:m", YES(OWNER)},
    {"edit 1", "others-view own:1:member:m", NO(SECURITY)},
    {"edit 1", "others-view own:1:member:m users:g1", YES(OWNER)},
    {"edit 1", "others-view users:g1", NO(NOT_OWNER)},
    {"edit 1", "others-view own:1:member:m users-partner", YES(OWNER)},
    {"assign", "others-view own:1:member:m", NO(SECURITY)},
    {"assign", "others-view own:1:member:m users:g1", YES(OWNER)},
    {"assign", "others-view all-forms users:g1", NO(NOT_OWNER)},
    {"talk", "others-view made-by:m", NO(SECURITY)},
    {"talk", "others-view made-by:m users:g1", YES(CREATOR)},
    {"delete", "others-view made-by:m", NO(SECURITY)},
    {"delete", "others-view made-by:m users:g1", YES(CREATOR)},

    /* Assigned: creating, and seeing what is others'. */
    {"open", "assigned", YES(SHARED)},
    {"create", "assigned", NO(SECURITY)},
    {"create", "assigned users:g1", YES(EVERYONE)},
    {"read", "assigned all-forms", NO(SECURITY)},
    {"read", "assigned all-forms users:g1", YES(ALL_FORMS)},
    {"read", "assigned all-forms users-partner", YES(ALL_FORMS)},
    {"read", "assigned all-forms users:g1 creators-only creators:g9", NO(NOT_CREATOR)},
    {"read", "assigned users:g1", NO(NOT_OWNER)},
    {"read", "assigned all-forms made-by:m", YES(CREATOR)},
    {"read", "assigned all-forms own:2:partner:n", YES(OWNER)},
    {"form 0", "assigned all-forms own:2:partner:n", YES(ALL_FORMS)},
    {"form 1", "assigned made-by:m", NO(NOT_OWNER)},
    {"edit 1", "assigned own:1:member:m", YES(OWNER)},
    {"assign", "assigned own:1:member:m", YES(OWNER)},
    {"talk", "assigned made-by:m", YES(CREATOR)},
    {"delete", "assigned made-by:m", YES(CREATOR)},
    {"delete", "assigned rule:anyone all-forms", NO(SECURITY)},

    /* Only: nothing, even of what is one's own. */
    {"share", "only", YES(SHARED)},
    {"open", "only", NO(SECURITY)},
    {"open", "only users:g1", YES(SHARED)},
    {"open", "only users:g1 creators-only creators:g9", NO(NOT_CREATOR)},
    {"open", "only creators-only", NO(SECURITY)},
    {"create", "only", NO(SECURITY)},
    {"create", "only users:g1", YES(EVERYONE)},
    {"read", "only made-by:m", NO(SECURITY)},
    {"read", "only own:1:member:m", NO(SECURITY)},
    {"read", "only all-forms", NO(SECURITY)},
    {"read", "only users:g1", NO(NOT_OWNER)},
    {"read", "only users:g1 made-by:m", YES(CREATOR)},
    {"read", "only users:g1 own:1:group:g2", YES(OWNER)},
    {"read", "only users:g1 all-forms", YES(ALL_FORMS)},
    {"read", "only users:g1 all-forms of-partner:o", NO(NOT_SHARED)},
    {"read", "only users:g1 all-forms deleted", NO(DELETED)},
    {"read", "only no-lists users:g1 made-by:m", NO(SECURITY)},
    {"form 1", "only own:1:member:m", NO(SECURITY)},
    {"form 1", "only own:1:member:m users-partner", YES(OWNER)},
    {"edit 1", "only own:1:member:m", NO(SECURITY)},
    {"edit 1", "only own:1:member:m users:g1", YES(OWNER)},
    {"assign", "only own:1:member:m", NO(SECURITY)},
    {"talk", "only made-by:m", NO(SECURITY)},
    {"delete", "only made-by:m", NO(SECURITY)},
    {"delete", "only made-by:m users:g1", YES(CREATOR)},

    /* A mode that there is not, or nothing at all, is the narrowest. */
    {"open", "strange", NO(SECURITY)},
    {"create", "strange", NO(SECURITY)},
    {"read", "strange made-by:m", NO(SECURITY)},
    {"create", "no-security", NO(SECURITY)},
    {"read", "no-security made-by:m own:1:member:m all-forms", NO(SECURITY)},
    {"open", "no-security", NO(SECURITY)},

    /* The rule that lets security users delete; the share and the mode count as well. */
    {"delete", "rule:security_users all-forms users:g1", YES(SECURITY_USER)},
    {"delete", "rule:security_users all-forms users-partner", YES(SECURITY_USER)},
    {"delete", "rule:security_users all-forms users:g1 others-view", YES(SECURITY_USER)},
    {"delete", "rule:security_users all-forms users:g1 only", YES(SECURITY_USER)},
    {"delete", "rule:security_users made-by:m own:1:member:m", NO(DELETION_RULE)},
    {"delete", "rule:security_users made-by:m no-users", NO(DELETION_RULE)},
    {"delete", "rule:security_users made-by:m users:g9", NO(DELETION_RULE)},
    {"delete", "rule:security_users made-by:m users:g1 no-delete", NO(DELETION_NOT_SHARED)},
    {"delete", "rule:security_users users:g1", NO(NOT_OWNER)},
    {"delete", "rule:security-users made-by:m users:g1", NO(DELETION_RULE)},

    /* The host: who owns a form is narrowed, … */
    {"READ", "own:0:host_user:h others-view", YES(OWNER)},
    {"READ", "own:0:host_user:h assigned", YES(OWNER)},
    {"READ", "own:0:host_user:h only", NO(SECURITY)},
    {"READ", "own:0:host_user:h only host-users:h", YES(OWNER)},
    {"READ", "own:0:host_user:h only host-groups:k2", YES(OWNER)},
    {"READ", "own:0:host_user:h only host-users:k1 host-groups:h", NO(SECURITY)},
    {"READ", "own:0:host_user:h only users:k1 users-partner", NO(SECURITY)},
    {"READ", "only host-users:h", NO(RIGHT)},
    {"READ", "own:0:host_user:h strange", NO(SECURITY)},
    {"READ", "own:0:host_user:h no-security", NO(SECURITY)},
    {"COMMENT", "own:0:host_user:h others-view", NO(SECURITY)},
    {"COMMENT", "own:0:host_user:h others-view host-users:h", YES(OWNER)},
    {"COMMENT", "own:0:host_user:h assigned", YES(OWNER)},
    {"EDIT", "own:1:host_user:h others-view", NO(SECURITY)},
    {"EDIT", "own:1:host_user:h others-view host-groups:k1", YES(OWNER)},
    {"EDIT", "own:1:host_user:h assigned", YES(OWNER)},
    {"EDIT", "own:1:host_user:h only", NO(SECURITY)},
    {"EDIT", "own:1:host_user:h only administrator administers:host_user:h", NO(SECURITY)},
    {"EDIT", "own:1:host_user:h only completed", NO(COMPLETED)},
    {"EDIT", "others-view host-users:h", NO(NOT_OWNER)},
    {"REASSIGN", "own:1:host_group:k1 others-view", NO(SECURITY)},
    {"REASSIGN", "own:1:host_group:k1 others-view host-users:h", YES(OWNER)},
    {"REASSIGN", "others-view host-users:h", NO(NOT_OWNER)},

    /* Starting for a partner is narrowed whatever it comes of, as starting by a member is. */
    {"START", "administrator others-view", NO(SECURITY)},
    {"START", "administrator others-view host-users:h", YES(HOST)},
    {"START", "partner-manager assigned", NO(SECURITY)},
    {"START", "partner-manager assigned host-groups:k1", YES(HOST)},
    {"START", "administers:host_user:h only", NO(SECURITY)},
    {"START", "opens:host_user:h only users-partner users:k1", NO(SECURITY)},
    {"START", "opens:host_user:h only host-groups:k2", YES(OWNER)},
    {"START", "administrator strange", NO(SECURITY)},
    {"START", "administrator no-security", NO(SECURITY)},
    {"START", "administrator others-view portal-closed", NO(SECURITY)},
    {"START", "only host-users:h", NO(NOT_STARTER)},

    /* … a role and the process's administrators are not. */
    {"READ", "auditor only", YES(HOST)},
    {"READ", "partner-manager no-security", YES(HOST)},
    {"READ", "administers:host_user:h only", YES(PROCESS_ADMINISTRATOR)},
    {"COMMENT", "administrator only", YES(HOST)},
    {"COMMENT", "auditor own:0:host_user:h only", NO(SECURITY)},
    {"REASSIGN", "administrator only", YES(HOST)},
    {"REASSIGN", "administers:host_group:k1 only", YES(PROCESS_ADMINISTRATOR)},
    {"DELETE", "administrator only", YES(HOST)},
    {"DELETE", "rule:security_users host-users:h own:1:host_user:h", NO(DELETION_RULE)},
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

/* Whatever the scene: with security nobody may what they might not without it. */
START_TEST(security_never_widens)
{
    static const char *const questions[] = {"open",   "create",   "read",   "form 0", "form 1",
                                            "edit 1", "assign",   "talk",   "READ",   "EDIT",
                                            "DELETE", "REASSIGN", "COMMENT"};
    static const char *const modes[] = {"others-view", "assigned", "only", "strange",
                                        "no-security"};
    size_t question, mode;

    for (question = 0; question < sizeof(questions) / sizeof(questions[0]); question++) {
        for (mode = 0; mode < sizeof(modes) / sizeof(modes[0]); mode++) {
            scene_t with, without;

            policy_scene(&with, policy_is_of_host(questions[question]));
            policy_scene(&without, policy_is_of_host(questions[question]));
            policy_change_all(&with, cases[_i].changes);
            policy_change_all(&without, cases[_i].changes);
            without.process.security.mode = B2B_SECURITY_OFF;
            policy_change_all(&with, modes[mode]);
            ck_assert_msg(!policy_ask(&with, questions[question]).granted ||
                              policy_ask(&without, questions[question]).granted,
                          "%s with \"%s %s\"", questions[question], cases[_i].changes, modes[mode]);
        }
    }
}
END_TEST

/* "Waiting for me" has what may be worked on, and nothing else. */
START_TEST(what_waits)
{
    static const struct {
        const char *changes;
        int waits;
    } waiting[] = {{"", 1},         {"others-view", 0}, {"others-view users:g1", 1},
                   {"assigned", 1}, {"only", 0},        {"only users-partner", 1},
                   {"not-held", 0}, {"denied", 0}};
    size_t i;

    for (i = 0; i < sizeof(waiting) / sizeof(waiting[0]); i++) {
        scene_t s;

        policy_scene(&s, 0);
        policy_change_all(&s, waiting[i].changes);
        ck_assert_msg(b2b_policy_waits(s.member, &s.principal, s.shared) == waiting[i].waits, "%s",
                      waiting[i].changes);
    }
}
END_TEST

START_TEST(nobody_of_a_third_kind_is_a_user)
{
    scene_t s;

    policy_scene(&s, 0);
    policy_change_all(&s, "users-partner");
    ck_assert(b2b_policy_security_user(&s.principal, &s.process.security));
    s.principal.kind = (b2b_principal_kind_e)99;
    ck_assert(!b2b_policy_security_user(&s.principal, &s.process.security));
}
END_TEST

Suite *unit_suite(void)
{
    Suite *suite = suite_create("policy: process security");
    TCase *tc = unit_case(suite, "security");

    tcase_add_loop_test(tc, the_table, 0, CASES);
    tcase_add_loop_test(tc, what_follows_from_what, 0, CASES);
    tcase_add_loop_test(tc, security_never_widens, 0, CASES);
    tcase_add_test(tc, what_waits);
    tcase_add_test(tc, nobody_of_a_third_kind_is_a_user);
    return suite;
}
