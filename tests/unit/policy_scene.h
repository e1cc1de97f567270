/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The scene of the decision tables of shared processes and instances. Each line of a table changes some things of it
 * and says what one question is answered with.
 *
 * The scene: the member "m" of the partner "n" in the portal "p", in the groups g1 and g2; the partner holds the
 * share "s" with the process "c", which everybody may start and delete and which shows assigned forms; an instance
 * of it that somebody else made, its second of three forms is the current one, nobody owns a form; process security
 * is off. Or the host user "h" of the host group k1, with the role "user". The action that questions are about goes back from
 * the second form to the first, and is given to nobody; "taking:edit" makes it another kind, "of-form:2" another form's.
 */
#ifndef B2B_UNIT_POLICY_SCENE_H
#define B2B_UNIT_POLICY_SCENE_H

#include "policy/policy.h"

typedef struct {
    b2b_portal_snapshot_t portal;
    b2b_principal_t principal;
    b2b_snapshot_shared_process_t process;
    const b2b_snapshot_shared_process_t *shared;
    b2b_instance_facts_t instance;
    const b2b_instance_facts_t *facts;
    apr_array_header_t *owners, *creators, *administrators;
    apr_array_header_t *users, *host_users, *host_groups; /* of the process security */
    b2b_start_facts_t start; /* what a host user would start for the partner */
    b2b_decision_t member, host;
    const char *share_id;
    b2b_action_facts_t action; /* of the question; "action" adds it to the facts */
    apr_array_header_t *actions, *action_groups, *action_users, *action_host_groups;
} scene_t;

/** The scene of a member, or of a host user. */
void policy_scene(scene_t *s, int is_host);

/** Change what the words of CHANGES name. */
void policy_change_all(scene_t *s, const char *changes);

/** "read", "form 1", "READ": see policy_ask in policy_scene.c. */
b2b_decision_t policy_ask(scene_t *s, const char *question);

/** Is the question one about a host user? */
int policy_is_of_host(const char *question);

typedef struct {
    const char *question;
    const char *changes;
    int granted;
    b2b_reason_e reason;
} policy_case_t;

#define YES(reason) 1, B2B_REASON_GRANTED_##reason
#define NO(reason)  0, B2B_REASON_DENIED_##reason

/** Ask the case's question of its scene and compare. */
void policy_case_check(const policy_case_t *c);

/** What holds of each scene: who may do more may see it, and a list shows exactly what may be seen. */
void policy_case_follow(const policy_case_t *c);

#endif
