/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What decisions on shared processes and instances need to know: types only. A part of model.h, which includes
 * it. The grants are part of a portal's snapshot (snapshot_grants.c); the facts of one instance are read with
 * the instance, on every request.
 */

#ifndef B2B_FACTS_H
#define B2B_FACTS_H

#include "../forms/forms.h"

/* process security ------------------------------------------------------------------------------- */

/**
 * The security of a process, as the version says that a partner's revision names, for all its instances at that
 * partner. Whoever is named by none of these is no security user; all zero lets nobody do anything.
 */
typedef struct {
    b2b_security_mode_e mode;
    int partner;                           /* everybody of the partner */
    const apr_array_header_t *groups;      /* bound ids, const char *, ascending; or NULL */
    const apr_array_header_t *host_users;  /* ids, const char *; or NULL */
    const apr_array_header_t *host_groups; /* the same */
} b2b_process_security_t;

/* grants, in the snapshot ------------------------------------------------------------------------ */

/**
 * One process of the revision that a partner holds. Only what the revision's document says in so many words is
 * open: a member that is missing or of another type reads as the narrower value.
 */
typedef struct {
    const char *partner_id; /* who holds it */
    const char *share_id;
    const char *process_id;
    apr_int64_t process_version; /* the version that new instances get */
    int allow_create;
    int creators_everyone; /* S6: an explicit flag. FALSE and no groups means nobody */
    const apr_array_header_t
        *creator_groups; /* bound ids, const char *, ascending; without those that
                                                 are unbound or deleted */
    int creators_only_open;
    int allow_delete;
    int all_forms;                   /* form visibility: TRUE all, FALSE assigned */
    b2b_process_security_t security; /* without host users and host groups: they are no members */
} b2b_snapshot_shared_process_t;

/** A share as one partner holds it: sent at least once, not deleted. */
typedef struct {
    const char *share_id;
    const char *partner_id;
    apr_int64_t revision;
    const apr_array_header_t
        *processes; /* of b2b_snapshot_shared_process_t, in the revision's order;
                                            without deleted processes */
} b2b_snapshot_grant_t;

/* starting, by the host ------------------------------------------------------------------------- */

/** What is asked where a host user starts an instance for a partner that holds the share with the process. */
typedef struct {
    int portal_active;
    int partner_there;                        /* not suspended; pending is enough */
    const apr_array_header_t *administrators; /* of the process, b2b_host_ref_t; or NULL */
    const apr_array_header_t *openers; /* whom the first form of the version names: the same */
    b2b_process_security_t security;   /* of the version that the partner's revision names */
} b2b_start_facts_t;

/* instances -------------------------------------------------------------------------------------- */

/** Somebody who owns a form of an instance. Names and the like are not needed to decide. */
typedef struct {
    int form; /* index, from 0 */
    const char *
        kind; /* "member", "group", "partner", "host_user" or "host_group"; another word is nobody */
    const char *principal_id;
} b2b_instance_owner_t;

/** An action of a form of an instance, as the instance's process version has it; all zero is nobody's. */
typedef struct {
    int form; /* index: of which it is one */
    b2b_action_kind_e kind;
    int to;          /* B2B_ACTION_GO_TO: index of the form to which it goes */
    int form_owners; /* given to the owners of the form */
    /* and to: */
    int partner; /* everybody of the partner */
    const apr_array_header_t
        *groups; /* ids, const char *, bound by what the partner holds; or NULL */
    const apr_array_header_t *host_users;  /* ids, const char *; or NULL */
    const apr_array_header_t *host_groups; /* the same */
} b2b_action_facts_t;

/** What of an instance a decision needs. */
typedef struct {
    const char *portal_id;
    const char *partner_id;
    const char *share_id;
    const char *process_id;
    const char *created_by_kind; /* "member" or "host_user"; another word is nobody */
    const char *created_by;      /* the id of one of this kind */
    apr_uint64_t
        current_forms; /* bit 1 << index of each form that is current; none when completed */
    int form_count;
    int completed;
    int deleted;
    const char *delete_rule; /* the process version's word; another word than the five: nobody */
    const apr_array_header_t
        *owners; /* of b2b_instance_owner_t, of all forms. A first form that names
                                         nobody has its creator's row; one whose owners are gone has none */
    const apr_array_header_t *actions; /* of b2b_action_facts_t, of all forms; NULL: none */
} b2b_instance_facts_t;

/** Host users and host groups, where a process names them. */
typedef struct {
    const char *kind; /* "host_user" or "host_group" */
    const char *id;
    const char *name; /* or NULL; for people, never compared */
} b2b_host_ref_t;

#endif
