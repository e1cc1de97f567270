/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The decision table of actions of forms: to whom a process gives what owners do, and going back to an earlier form.
 * "give" is the question of a member, "GIVE" of a host user, "-" for an action that there is not. The scene is
 * policy_scene.h's.
 */
#include "policy_scene.h"

#include "unit.h"

static const policy_case_t cases[] = {
    /* Nobody named is nobody (S6), whatever else they may. */
    {"give", "all-forms", NO(NOT_GIVEN)},
    {"give", "own:1:member:m", NO(NOT_GIVEN)},
    {"give", "all-forms no-action-lists", NO(NOT_GIVEN)},
    {"give -", "all-forms to-partner", NO(NOT_GIVEN)},

    /* The owners of the form, where they are named. */
    {"give", "own:1:member:m to-owners", YES(ACTION)},
    {"give", "own:1:group:g1 to-owners", YES(ACTION)},
    {"give", "own:1:partner:n to-owners", YES(ACTION)},
    {"give", "all-forms to-owners", NO(NOT_GIVEN)},
    {"give", "all-forms own:0:member:m own:2:member:m to-owners", NO(NOT_GIVEN)},
    {"give", "own:2:member:m to-owners", NO(NOT_GIVEN)},

    /* Others by name, who see the form. */
    {"give", "all-forms to-partner", YES(ACTION)},
    {"give", "all-forms to-group:g1", YES(ACTION)},
    {"give", "all-forms to-group:g9 to-group:g2", YES(ACTION)},
    {"give", "all-forms to-group:g9", NO(NOT_GIVEN)},
    {"give", "all-forms to-group:m to-group:n to-group:", NO(NOT_GIVEN)},
    {"give", "all-forms to-user:m to-host-group:g1", NO(NOT_GIVEN)},
    {"give", "own:1:member:m to-group:g1", YES(ACTION)},
    {"give", "to-partner", NO(NOT_OWNER)},
    {"give", "made-by:m to-partner", NO(NOT_OWNER)}, /* sees the first form only */
    {"give", "own:2:member:m to-group:g1", NO(NOT_OWNER)},
    {"give", "all-forms creators-only creators:g9 to-partner", NO(NOT_CREATOR)},

    /* What they may not see, or what is not theirs. */
    {"give", "all-forms to-partner not-held", NO(NOT_SHARED)},
    {"give", "all-forms to-partner of-partner:o", NO(NOT_SHARED)},
    {"give", "all-forms to-partner of-portal:q", NO(NOT_SHARED)},
    {"give", "all-forms to-partner of-share:t", NO(NOT_SHARED)},
    {"give", "all-forms to-partner no-instance", NO(NOT_SHARED)},
    {"give", "all-forms to-partner deleted", NO(DELETED)},
    {"give", "all-forms to-partner denied", NO(SUSPENDED)},
    {"give", "a-host-user own:1:member:m all-forms to-user:m", YES(ACTION)},

    /* Only while the form is the current one, and back only. */
    {"give", "all-forms to-partner completed", NO(COMPLETED)},
    {"give", "all-forms to-partner completed current:1", NO(COMPLETED)},
    {"give", "all-forms to-partner current:2", NO(NOT_CURRENT)},
    {"give", "all-forms to-partner of-form-0", NO(NOT_CURRENT)},
    {"give", "all-forms to-partner of-form-2", NO(NOT_CURRENT)},
    {"give", "all-forms to-partner of-form-2 current:2", YES(ACTION)},
    {"give", "all-forms to-partner of-form-2 to-1 current:2", YES(ACTION)},
    {"give", "all-forms to-partner of-form-3 current:3", NO(NOT_CURRENT)},
    {"give", "all-forms to-partner of-form--1 current:-1", NO(NOT_CURRENT)},
    {"give", "all-forms to-partner to-1", NO(NOT_GIVEN)},
    {"give", "all-forms to-partner to-2", NO(NOT_GIVEN)},
    {"give", "all-forms to-partner to--1", NO(NOT_GIVEN)},
    {"give", "all-forms to-partner taking-nothing", NO(NOT_GIVEN)},
    {"give", "all-forms to-partner taking-strange", NO(NOT_GIVEN)},
    {"give", "all-forms to-partner taking-edit to-2", YES(ACTION)},
    {"give", "all-forms to-partner taking-reassign to--1", YES(ACTION)},

    /* Security narrows it as it narrows editing. */
    {"give", "all-forms to-partner others-view", NO(SECURITY)},
    {"give", "all-forms to-partner others-view users:g1", YES(ACTION)},
    {"give", "own:1:member:m to-owners others-view", NO(SECURITY)},
    {"give", "all-forms to-partner assigned", NO(SECURITY)},
    {"give", "own:1:member:m to-owners assigned", YES(ACTION)},
    {"give", "own:1:member:m to-owners only", NO(SECURITY)},
    {"give", "all-forms to-partner strange", NO(SECURITY)},

    /* Working on a form that is not one's own. */
    {"edit 1", "all-forms taking-edit to-partner", YES(ACTION)},
    {"edit 1", "all-forms taking-edit to-group:g2", YES(ACTION)},
    {"edit 1", "own:1:member:m taking-edit to-partner", YES(OWNER)},
    {"edit 1", "all-forms taking-edit to-group:g9", NO(NOT_OWNER)},
    {"edit 1", "all-forms taking-edit", NO(NOT_OWNER)},
    {"edit 1", "all-forms taking-edit to-owners", NO(NOT_OWNER)},
    {"edit 1", "all-forms taking-reassign to-partner", NO(NOT_OWNER)},
    {"edit 1", "all-forms to-partner", NO(NOT_OWNER)},
    {"edit 1", "made-by:m taking-edit to-partner", NO(NOT_OWNER)},
    {"edit 1", "own:2:member:m taking-edit to-partner", NO(NOT_OWNER)},
    {"edit 1", "taking-edit to-partner", NO(NOT_OWNER)},
    {"edit 0", "all-forms taking-edit to-partner", NO(NOT_CURRENT)},
    {"edit 1", "all-forms taking-edit to-partner of-form-0", NO(NOT_OWNER)},
    {"edit 1", "all-forms taking-edit to-partner of-form-2", NO(NOT_OWNER)},
    {"edit 3", "all-forms taking-edit to-partner completed of-form-3", NO(COMPLETED)},
    {"edit 3", "all-forms taking-edit to-partner current:3 of-form-3", NO(NOT_CURRENT)},
    {"edit 1", "all-forms taking-edit to-partner others-view", NO(SECURITY)},
    {"edit 1", "all-forms taking-edit to-partner others-view users:g2", YES(ACTION)},
    {"edit 1", "all-forms taking-edit to-partner not-held", NO(NOT_SHARED)},

    /* Giving it to others. */
    {"assign", "all-forms taking-reassign to-partner", YES(ACTION)},
    {"assign", "own:1:member:m taking-reassign to-partner", YES(OWNER)},
    {"assign", "all-forms taking-edit to-partner", NO(NOT_OWNER)},
    {"assign", "made-by:m taking-reassign to-partner", NO(NOT_OWNER)},
    {"assign", "all-forms taking-reassign to-group:g9", NO(NOT_OWNER)},
    {"assign", "all-forms taking-reassign to-partner completed", NO(COMPLETED)},
    {"assign", "all-forms taking-reassign to-partner others-view", NO(SECURITY)},

    /* The host: who sees an instance and is named, or owns its current form; a role gives none. */
    {"GIVE", "auditor", NO(NOT_GIVEN)},
    {"GIVE", "administrator administers:host_user:h", NO(NOT_GIVEN)},
    {"GIVE", "auditor to-user:h", YES(ACTION)},
    {"GIVE", "auditor to-host-group:k1", YES(ACTION)},
    {"GIVE", "auditor to-user:i to-user:h", YES(ACTION)},
    {"GIVE", "administers:host_user:h to-host-group:k2", YES(ACTION)},
    {"GIVE", "own:0:host_user:h to-user:h", YES(ACTION)},
    {"GIVE", "own:1:host_group:k1 to-owners", YES(ACTION)},
    {"GIVE", "own:0:host_group:k1 to-owners", NO(NOT_GIVEN)},
    {"GIVE", "auditor to-partner to-group:h to-group:k1", NO(NOT_GIVEN)},
    {"GIVE", "auditor to-user:i to-host-group:k3", NO(NOT_GIVEN)},
    {"GIVE", "auditor no-action-lists", NO(NOT_GIVEN)},
    {"GIVE", "to-user:h", NO(RIGHT)},
    {"GIVE -", "auditor to-user:h", NO(NOT_GIVEN)},
    {"GIVE", "auditor to-user:h completed", NO(COMPLETED)},
    {"GIVE", "auditor to-user:h deleted", NO(DELETED)},
    {"GIVE", "auditor to-user:h current:2", NO(NOT_CURRENT)},
    {"GIVE", "auditor to-user:h to-1", NO(NOT_GIVEN)},
    {"GIVE", "auditor to-user:h denied", NO(SUSPENDED)},
    {"GIVE", "auditor to-user:h no-instance", NO(RIGHT)},
    {"GIVE", "auditor to-user:h others-view", NO(SECURITY)},
    {"GIVE", "auditor to-user:h others-view host-users:h", YES(ACTION)},
    {"GIVE", "own:1:host_user:h to-owners only", NO(SECURITY)},
    {"EDIT", "auditor taking-edit to-user:h", YES(ACTION)},
    {"EDIT", "auditor taking-edit to-host-group:k1", YES(ACTION)},
    {"EDIT", "own:1:host_user:h taking-edit to-user:h", YES(OWNER)},
    {"EDIT", "own:0:host_user:h taking-edit to-user:h", YES(ACTION)},
    {"EDIT", "auditor taking-reassign to-user:h", NO(NOT_OWNER)},
    {"EDIT", "administrator taking-edit", NO(NOT_OWNER)},
    {"EDIT", "taking-edit to-user:h", NO(NOT_OWNER)},
    {"EDIT", "auditor taking-edit to-user:h completed", NO(COMPLETED)},
    {"EDIT", "auditor taking-edit to-user:h others-view", NO(SECURITY)},
    {"EDIT", "own:1:host_user:h others-view taking-edit to-user:h", NO(SECURITY)},
    {"REASSIGN", "auditor taking-reassign to-user:h", YES(ACTION)},
    {"REASSIGN", "auditor taking-edit to-user:h", NO(NOT_OWNER)},
    {"REASSIGN", "administrator taking-reassign to-user:h", YES(HOST)},
    {"REASSIGN", "taking-reassign to-user:h", NO(NOT_OWNER)},
    {"REASSIGN", "auditor taking-reassign to-user:h others-view", NO(SECURITY)},
    {"READ", "taking-edit to-user:h", NO(RIGHT)}, /* an action shows nobody an instance */
    {"READ", "to-user:h to-host-group:k1", NO(RIGHT)},
    {"COMMENT", "auditor to-user:h", NO(RIGHT)},
    {"read", "to-partner to-group:g1", NO(NOT_OWNER)},
    {"form 1", "made-by:m to-partner", NO(NOT_OWNER)},
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

Suite *unit_suite(void)
{
    Suite *suite = suite_create("policy: actions of forms");
    TCase *tc = unit_case(suite, "actions");

    tcase_add_loop_test(tc, the_table, 0, CASES);
    tcase_add_loop_test(tc, what_follows_from_what, 0, CASES);
    return suite;
}
