/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who may what. Pure functions over model types: no I/O, no clock, no pool; the specification in C.
 * Every function denies what it does not know. A decision carries its reason, which the log, the audit
 * trail and "explain" show.
 */

#ifndef B2B_POLICY_H
#define B2B_POLICY_H

#include "../model/model.h"

/** Why. Each has a stable word and a sentence. */
typedef enum {
    B2B_REASON_GRANTED_MEMBER,    /* an active member of this portal */
    B2B_REASON_GRANTED_ROLE,      /* has one of the roles */
    B2B_REASON_GRANTED_GROUP,     /* is in one of the groups */
    B2B_REASON_GRANTED_PARTNER,   /* belongs to one of the partners */
    B2B_REASON_GRANTED_EVERYONE,  /* the placement is for everyone */
    B2B_REASON_GRANTED_HOST,      /* a host user with one of the roles */
    B2B_REASON_GRANTED_SHARED,    /* the partner holds the share */
    B2B_REASON_GRANTED_CREATOR,   /* made the instance */
    B2B_REASON_GRANTED_OWNER,     /* owns the form that it is about, or one of the forms */
    B2B_REASON_GRANTED_ALL_FORMS, /* the share shows all forms */
    B2B_REASON_GRANTED_ANYONE,    /* the process lets anyone delete who sees the instance */
    B2B_REASON_GRANTED_PROCESS_ADMINISTRATOR, /* one of the process's administrators */
    B2B_REASON_GRANTED_SECURITY_USER,         /* one of the process's security users */
    B2B_REASON_GRANTED_ACTION,                /* an action of the form is given to them */
    B2B_REASON_DENIED_NOBODY,                 /* nobody is signed in */
    B2B_REASON_DENIED_ISSUER,                 /* the session's issuer is not one of this portal's */
    B2B_REASON_DENIED_UNKNOWN,                /* no such member or host user */
    B2B_REASON_DENIED_KIND,                   /* a host user on a portal, a member on the console */
    B2B_REASON_DENIED_PORTAL, /* the portal is not active, or the member is another portal's */
    B2B_REASON_DENIED_PARTNER_STATE, /* the partner is suspended or not there */
    B2B_REASON_DENIED_INVITED,       /* the invitation is not accepted yet */
    B2B_REASON_DENIED_SUSPENDED,     /* the person is suspended */
    B2B_REASON_DENIED_EXPIRED,       /* valid_until is past */
    B2B_REASON_DENIED_SPONSOR,       /* the person's sponsor is suspended or not there */
    B2B_REASON_DENIED_ROLE,          /* has none of the roles */
    B2B_REASON_DENIED_GROUP,         /* is in none of the groups */
    B2B_REASON_DENIED_PARTNER,       /* belongs to none of the partners */
    B2B_REASON_DENIED_NOT_PLACED,    /* no such dashboard in this portal, or not for this partner */
    B2B_REASON_DENIED_NO_GROUP_LEFT, /* the placement is for groups, and none is named: nobody (S6) */
    B2B_REASON_DENIED_RIGHT,         /* no role of this host user has the right */
    B2B_REASON_DENIED_NOT_SHARED,  /* the partner does not hold such a share with such a process */
    B2B_REASON_DENIED_CREATION,    /* the share does not let the partner create instances */
    B2B_REASON_DENIED_NOT_CREATOR, /* in none of the creator groups */
    B2B_REASON_DENIED_NOT_STARTER, /* none of the host users who may start one for a partner */
    B2B_REASON_DENIED_NOT_OWNER,   /* owns none of the forms that it is about */
    B2B_REASON_DENIED_NOT_CURRENT, /* the form is not a current one */
    B2B_REASON_DENIED_COMPLETED,   /* no form of a completed instance is a current one */
    B2B_REASON_DENIED_DELETED,     /* the instance lies in the bin */
    B2B_REASON_DENIED_DELETION_NOT_SHARED, /* the share does not let the partner delete instances */
    B2B_REASON_DENIED_DELETION_RULE,       /* the process's own rule names others */
    B2B_REASON_DENIED_SECURITY,            /* only the process's security users may */
    B2B_REASON_DENIED_NOT_GIVEN,           /* the action is given to others, or nobody */
    B2B_REASON_COUNT
} b2b_reason_e;

typedef struct {
    int granted;
    b2b_reason_e reason;
} b2b_decision_t;

/** "not-in-group", and "You are in none of the groups that may open this." Static. */
const char *b2b_reason_word(b2b_reason_e reason);
const char *b2b_reason_sentence(b2b_reason_e reason);

/**
 * Does PRINCIPAL (NULL: nobody known) with IDENTITY (NULL: nobody signed in) count in PORTAL at NOW? The
 * first question of every other one about a member: portal active, issuer listed, member of this very
 * portal, partner there and not suspended, member active, not expired.
 */
b2b_decision_t b2b_policy_member(const b2b_portal_snapshot_t *portal,
                                 const b2b_identity_t *identity, const b2b_principal_t *principal,
                                 apr_time_t now);

/* Each of these grants only where b2b_policy_member has granted MEMBER (its decision is given). */

/** Has the member one of ROLES (bits 1 << b2b_member_role_e)? */
b2b_decision_t b2b_policy_member_role(b2b_decision_t member, const b2b_principal_t *principal,
                                      int roles);

/** Is the member in the group of GROUP_ID, or, with GROUP_ID NULL, in the automatic group (always)? */
b2b_decision_t b2b_policy_member_group(b2b_decision_t member, const b2b_principal_t *principal,
                                       const char *group_id);

b2b_decision_t b2b_policy_member_partner(b2b_decision_t member, const b2b_principal_t *principal,
                                         const char *partner_id);

/** May the member open PLACEMENT (S10)? */
b2b_decision_t b2b_policy_placement(b2b_decision_t member, const b2b_principal_t *principal,
                                    const b2b_snapshot_placement_t *placement);

/* Shared processes and instances, as members see them: process.c and instance.c. SHARED is what
 * b2b_snapshot_shared_process answers for the member's own partner (NULL: not held) and must be of the
 * instance's share and process; FACTS are the instance's (NULL: there is none). Whatever does not fit is
 * denied: another portal's or partner's instance as one that does not exist (S7). The API answers 404 where
 * read, open or share is denied, and 403 where more than that is. */

/**
 * What the security of a process can keep for its security users (K62). It is asked after everything else has
 * granted: it narrows, and never widens.
 */
typedef enum {
    B2B_SECURED_CREATE,
    B2B_SECURED_WORK,    /* edit, give to others, comment, delete */
    B2B_SECURED_VIEW,    /* what is not one's own, and has no form for one */
    B2B_SECURED_VIEW_OWN /* anything at all */
} b2b_secured_e;

/** Is PRINCIPAL, of either kind, one of the users of SECURITY? */
int b2b_policy_security_user(const b2b_principal_t *principal,
                             const b2b_process_security_t *security);

/** Does SECURITY keep WHAT for its users? */
int b2b_policy_keeps(const b2b_process_security_t *security, b2b_secured_e what);

/** Does SECURITY let PRINCIPAL do WHAT? */
int b2b_policy_secured(const b2b_principal_t *principal, const b2b_process_security_t *security,
                       b2b_secured_e what);

/** May the member see the page of the share SHARE_ID: does the partner hold it (S8)? */
b2b_decision_t b2b_policy_share(b2b_decision_t member, const b2b_principal_t *principal,
                                const b2b_portal_snapshot_t *portal, const char *share_id);

/**
 * May the member open the process: see that it is there, and its list? Everyone of the partner, or, where
 * "creators only may open", who is in the creator groups, whether creating is allowed or not (S9); of these, where
 * the process is for its security users only, these users.
 */
b2b_decision_t b2b_policy_process_open(b2b_decision_t member, const b2b_principal_t *principal,
                                       const b2b_snapshot_shared_process_t *shared);

/** May the member create an instance: the share allows it, and the creator groups are everyone or theirs? */
b2b_decision_t b2b_policy_instance_create(b2b_decision_t member, const b2b_principal_t *principal,
                                          const b2b_snapshot_shared_process_t *shared);

/** Which instances of a shared process a list shows: exactly those that b2b_policy_instance_read grants. */
typedef enum {
    B2B_INSTANCES_NONE,
    B2B_INSTANCES_OWN, /* those that the member made, and those of which the member, one of their groups
                          or their partner owns a form; also where they may not open the process */
    B2B_INSTANCES_ALL /* all of the partner's */
} b2b_instances_e;

b2b_instances_e b2b_policy_instances(b2b_decision_t member, const b2b_principal_t *principal,
                                     const b2b_snapshot_shared_process_t *shared);

/** May the member work on forms of these instances, so that those which they own wait for them? */
int b2b_policy_waits(b2b_decision_t member, const b2b_principal_t *principal,
                     const b2b_snapshot_shared_process_t *shared);

/** Does PRINCIPAL, of either kind, own FORM (index) of the instance, itself, by a group or by its partner? */
int b2b_policy_owns(const b2b_principal_t *principal, const b2b_instance_facts_t *facts, int form);

/** Is FORM (index) current? Never one of an instance that is completed. */
int b2b_policy_is_current(const b2b_instance_facts_t *facts, int form);

/** Does PRINCIPAL, of either kind, own a current form? */
int b2b_policy_owns_current(const b2b_principal_t *principal, const b2b_instance_facts_t *facts);

/** May the member see the instance: its creator, an owner of any form, or, with all forms, who may open? */
b2b_decision_t b2b_policy_instance_read(b2b_decision_t member, const b2b_principal_t *principal,
                                        const b2b_snapshot_shared_process_t *shared,
                                        const b2b_instance_facts_t *facts);

/** May the member see FORM of an instance that they see: all forms, an owner, the creator the first one? */
b2b_decision_t b2b_policy_form_read(b2b_decision_t member, const b2b_principal_t *principal,
                                    const b2b_snapshot_shared_process_t *shared,
                                    const b2b_instance_facts_t *facts, int form);

/** May the member save and submit FORM: a current one, and an owner of it, or by an action of it? */
b2b_decision_t b2b_policy_form_edit(b2b_decision_t member, const b2b_principal_t *principal,
                                    const b2b_snapshot_shared_process_t *shared,
                                    const b2b_instance_facts_t *facts, int form);

/** May the member delete the instance: the share allows it and so does the process's own rule (S9)? */
b2b_decision_t b2b_policy_instance_delete(b2b_decision_t member, const b2b_principal_t *principal,
                                          const b2b_snapshot_shared_process_t *shared,
                                          const b2b_instance_facts_t *facts);

/** May the member, who sees the instance, write comments? */
b2b_decision_t b2b_policy_instance_comment(b2b_decision_t member, const b2b_principal_t *principal,
                                           const b2b_snapshot_shared_process_t *shared,
                                           const b2b_instance_facts_t *facts);

/** May the member give FORM to others: a current one, and an owner of it, or by an action of it? */
b2b_decision_t b2b_policy_instance_reassign(b2b_decision_t member, const b2b_principal_t *principal,
                                            const b2b_snapshot_shared_process_t *shared,
                                            const b2b_instance_facts_t *facts, int form);

/**
 * May the member, who sees its form, take ACTION (NULL: there is none): one of a current form, of a known kind, given
 * to them by name or as an owner of it? An action shows nobody an instance or a form, and opens no share.
 */
b2b_decision_t b2b_policy_instance_action(b2b_decision_t member, const b2b_principal_t *principal,
                                          const b2b_snapshot_shared_process_t *shared,
                                          const b2b_instance_facts_t *facts,
                                          const b2b_action_facts_t *action);

/** Does the host user count on the console, whose issuers are ISSUERS (of b2b_issuer_t)? */
b2b_decision_t b2b_policy_host_user(const apr_array_header_t *issuers,
                                    const b2b_identity_t *identity,
                                    const b2b_principal_t *principal);

/** Has the host user one of ROLES (bits of b2b_host_role_e)? HOST is b2b_policy_host_user's decision. */
b2b_decision_t b2b_policy_host_role(b2b_decision_t host, const b2b_principal_t *principal,
                                    int roles);

/** What a role of the host may do in the console; the table stands in host.c (S4). */
typedef enum {
    B2B_RIGHT_CONSOLE, /* open the console: every role */
    B2B_RIGHT_SETTINGS_READ,
    B2B_RIGHT_SETTINGS_WRITE,
    B2B_RIGHT_HOST_USERS_READ,
    B2B_RIGHT_HOST_USERS_WRITE,
    B2B_RIGHT_PORTALS_READ,
    B2B_RIGHT_PORTALS_WRITE, /* portals, issuers, partners, members, groups, invitations, placements */
    B2B_RIGHT_DASHBOARDS_READ,
    B2B_RIGHT_DASHBOARDS_WRITE,
    B2B_RIGHT_PROCESSES_READ, /* every process; process administrators: b2b_policy_process */
    B2B_RIGHT_PROCESSES_WRITE,
    B2B_RIGHT_SHARES_READ,
    B2B_RIGHT_SHARES_WRITE,   /* and which partner holds them */
    B2B_RIGHT_INSTANCES_READ, /* of all partners; others: b2b_policy_host_instance */
    B2B_RIGHT_BIN_READ,
    B2B_RIGHT_BIN_WRITE,
    B2B_RIGHT_MAIL_READ,
    B2B_RIGHT_MAIL_WRITE,
    B2B_RIGHT_AUDIT_READ,        /* of everything */
    B2B_RIGHT_PORTAL_AUDIT_READ, /* of one portal */
    B2B_RIGHT_COUNT
} b2b_right_e;

b2b_decision_t b2b_policy_right(b2b_decision_t host, const b2b_principal_t *principal,
                                b2b_right_e right);

/** Is the host user, or one of their host groups, among ADMINISTRATORS (of b2b_host_ref_t; NULL: none)? */
int b2b_policy_administers(const b2b_principal_t *principal,
                           const apr_array_header_t *administrators);

/** May the host user read (WRITE: change) the process of ADMINISTRATORS: by a role, or as one of them? */
b2b_decision_t b2b_policy_process(b2b_decision_t host, const b2b_principal_t *principal,
                                  const apr_array_header_t *administrators, int write);

typedef enum {
    B2B_INSTANCE_READ, /* the role, an administrator of the process, its creator, an owner of any form: all forms */
    B2B_INSTANCE_EDIT, /* of a form: a current one, and an owner of it, or by an action of it */
    B2B_INSTANCE_DELETE, /* an administrator of the host or of the process, whatever the process's rule is; and
                            its creator, where the rule is "creator" */
    B2B_INSTANCE_REASSIGN, /* of a form: a current one, and such an administrator, an owner of it, or by an action */
    B2B_INSTANCE_COMMENT /* who may read it by more than an auditor's role */
} b2b_instance_act_e;

/**
 * May the host user do ACT with the instance of FACTS, whose process has ADMINISTRATORS and SECURITY? FORM (index) is
 * what an act on a form is about; others do not look at it. Security narrows what comes of owning forms and of having
 * made it, never what comes of a role or of administering the process.
 */
b2b_decision_t b2b_policy_host_instance(b2b_decision_t host, const b2b_principal_t *principal,
                                        const apr_array_header_t *administrators,
                                        const b2b_process_security_t *security,
                                        const b2b_instance_facts_t *facts, b2b_instance_act_e act,
                                        int form);

/**
 * May the host user start an instance of what FACTS say that a partner holds (NULL: it does not): an administrator or
 * partner manager, one who administers the process, or whom its first form names? Security narrows all of them, as it
 * does for members; what the share lets the partner create does not matter. The API answers 404 where it is not held.
 */
b2b_decision_t b2b_policy_host_start(b2b_decision_t host, const b2b_principal_t *principal,
                                     const b2b_start_facts_t *facts);

/** May the host user, who sees the instance, take ACTION (as above)? As security leaves it, whatever their role is. */
b2b_decision_t b2b_policy_host_action(b2b_decision_t host, const b2b_principal_t *principal,
                                      const apr_array_header_t *administrators,
                                      const b2b_process_security_t *security,
                                      const b2b_instance_facts_t *facts,
                                      const b2b_action_facts_t *action);

/**
 * Does IDENTITY bring an e-mail address that counts as verified: the claim is the boolean true, or is absent
 * and one of ISSUERS, the identity's, vouches for its addresses? For b2b_host_user_link.
 */
int b2b_policy_email_verified(const apr_array_header_t *issuers, const b2b_identity_t *identity);

/**
 * May an invitation to INVITED_EMAIL in PORTAL be answered by IDENTITY (S13): an issuer of the portal, the
 * same address when folded, verified as the boolean true or vouched for by the issuer?
 * *UNVERIFIED is set to TRUE where only the verification is missing.
 */
int b2b_policy_may_answer(const b2b_portal_snapshot_t *portal, const b2b_identity_t *identity,
                          const char *invited_email_folded, int *unverified);

#endif
