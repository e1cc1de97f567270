/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Part of model.h: the stores of instances. An instance is a partner's record of one process: it stays on the
 * version of the process with which it began. Who may do what is policy/'s to say; what values a form takes is
 * forms/'s; these stores write what both have allowed. No store of instances touches a generation: a decision
 * about one is made from facts that are read with it (design.md section 3).
 */

#ifndef B2B_MODEL_INSTANCE_H
#define B2B_MODEL_INSTANCE_H

#include "../forms/forms.h"
#include "model.h"

/** Bytes of JSON: what all forms of an instance may hold together. The caller's to ask before it writes. */
#define B2B_INSTANCE_VALUES_MAX (1024 * 1024)

/* instance.c ----------------------------------------------------------------------------------- */

/** Somebody who did something with an instance. */
typedef struct {
    const char *kind; /* "member" or "host_user" */
    const char *id;
    const char *name; /* as it is now; of somebody who was erased, the pseudonym */
} b2b_instance_actor_t;

/** Of a portal, and the instance's own id. */
typedef struct {
    const char *portal_id;
    const char *id;
} b2b_instance_key_t;

typedef struct {
    const char *portal_id;
    const char *portal; /* its technical name; read only, as all names */
    const char *portal_name;
    const char *id;
    const char *partner_id;
    const char *partner_name;
    const char *share_id;
    const char *process_id;
    apr_int64_t process_version;
    apr_int64_t number; /* of this process at this partner, from 1 */
    const char *reference;
    const char *state;  /* "draft": no form was submitted yet; "open"; "completed" */
    const char *status; /* the name of the current form, or "completed" */
    int current_form;   /* index: the first that is current; the number of forms when completed */
    apr_int64_t
        submitted_ahead; /* bit 1 << index of each form of its step, after it, that was submitted */
    const char *values;  /* JSON: what all forms hold */
    b2b_instance_actor_t created_by;
    b2b_instance_actor_t modified_by;
    apr_int64_t version;
    apr_time_t created_at;
    apr_time_t modified_at;
    apr_time_t completed_at;          /* 0: not yet */
    const apr_array_header_t *owners; /* of b2b_instance_owner_t, of all forms, by form */
    apr_int64_t comment_count;        /* of b2b_instance_get; read only */
} b2b_instance_t;

b2b_error_t *b2b_instance_get(b2b_instance_t **instance, b2b_db_conn_t *conn, const char *portal_id,
                              const char *id, apr_pool_t *result_pool, apr_pool_t *scratch_pool);

/** Read the owners of INSTANCE again. */
b2b_error_t *b2b_instance_owners_get(b2b_instance_t *instance, b2b_db_conn_t *conn,
                                     apr_pool_t *result_pool, apr_pool_t *scratch_pool);

/** Those of KEYS (b2b_instance_key_t) that are there, in the order of KEYS: *INSTANCES of b2b_instance_t *. */
b2b_error_t *b2b_instance_rows(apr_array_header_t **instances, b2b_db_conn_t *conn,
                               const apr_array_header_t *keys, apr_pool_t *result_pool,
                               apr_pool_t *scratch_pool);

/** The word of RULE, as policy/ takes it. */
const char *b2b_delete_rule_word(b2b_delete_rule_e rule);

/** What decisions about INSTANCE need, borrowed from it; DOCUMENT is that of its process version. */
void b2b_instance_facts(b2b_instance_facts_t *facts, const b2b_instance_t *instance,
                        const b2b_document_t *document);

/**
 * The actions of INSTANCE's forms as decisions need them (of b2b_action_facts_t; NULL if it has none): a partner group's
 * name is the group to which it is bound in what the partner holds now. Its caller puts them into the facts of who asks
 * for an instance; lists need none.
 */
b2b_error_t *b2b_instance_actions(const apr_array_header_t **actions, b2b_db_conn_t *conn,
                                  const b2b_instance_t *instance, const b2b_document_t *document,
                                  apr_pool_t *pool);

/** The document of a published version, and the process's unique name in *NAME (may be NULL); NULL if none. */
b2b_error_t *b2b_instance_document(b2b_document_t **document, const char **name,
                                   b2b_db_conn_t *conn, const char *process_id,
                                   apr_int64_t process_version, apr_pool_t *pool);

/**
 * The published versions of a process up to LAST (b2b_document_t *), newest first: a field's filter or column is
 * known if any of them has it.
 */
b2b_error_t *b2b_instance_documents(apr_array_header_t **documents, b2b_db_conn_t *conn,
                                    const char *process_id, apr_int64_t last, apr_pool_t *pool);

/**
 * Make the instance of VALUES: its portal, partner, share, process and version, created_by, current_form, state
 * and status are given; its id, number, reference, version and times are set. HELD is what its forms hold
 * (values is made of it), DOCUMENT and PROCESS_NAME its process's. Owners of all forms are resolved and
 * written, so are the values that lists go by; no history.
 */
b2b_error_t *b2b_instance_create(b2b_db_conn_t *conn, b2b_instance_t *values,
                                 const b2b_document_t *document, const char *process_name,
                                 const b2b_json_t *held, apr_pool_t *result_pool,
                                 apr_pool_t *scratch_pool);

/**
 * Write state, status, current_form, submitted_ahead, values, modified_by and completed_at, all of them, if the row still has
 * VERSION (else B2B_E_STALE); sets VALUES' version and modified_at.
 */
b2b_error_t *b2b_instance_update(b2b_db_conn_t *conn, b2b_instance_t *values, apr_int64_t version,
                                 apr_pool_t *scratch_pool);

/** Into the bin, and back. */
b2b_error_t *b2b_instance_delete(b2b_db_conn_t *conn, const b2b_instance_t *instance,
                                 apr_int64_t version, const b2b_instance_actor_t *actor,
                                 apr_pool_t *scratch_pool);
b2b_error_t *b2b_instance_restore(int *restored, b2b_db_conn_t *conn, const char *portal_id,
                                  const char *id, apr_pool_t *scratch_pool);

/* instance_rows.c ------------------------------------------------------------------------------ */

/**
 * Those of KEYS that are there, in the order of KEYS, without numbers, names and versions: for who looks at many and
 * shows none. Their owners are read only for OWNERS: who judges forms needs them.
 */
b2b_error_t *b2b_instance_plain_rows(apr_array_header_t **instances, b2b_db_conn_t *conn,
                                     const apr_array_header_t *keys, int owners,
                                     apr_pool_t *result_pool);

/* instance_owners.c ---------------------------------------------------------------------------- */

/**
 * Append to OWNERS (b2b_instance_owner_t) who owns FORM of an instance that CREATOR makes, as far as it can be said
 * without the partner: the creator, if it is one, and whom of the host it names.
 */
void b2b_instance_owners_ahead(apr_array_header_t *owners, const b2b_instance_actor_t *creator,
                               const b2b_form_t *form);

/** *STUCK: is the current form of the instance one that nobody can work on? */
b2b_error_t *b2b_instance_stuck(int *stuck, b2b_db_conn_t *conn, const b2b_instance_t *instance,
                                apr_pool_t *scratch_pool);

/** *FORMS: bits of the current forms that nobody can work on at NOW: who owns them is suspended, removed or not valid. */
b2b_error_t *b2b_instance_stuck_forms(apr_uint64_t *forms, b2b_db_conn_t *conn,
                                      const b2b_instance_t *instance, apr_time_t now,
                                      apr_pool_t *scratch_pool);

/**
 * INSTANCE has been taken back from its form LEFT, and with it from all of its step, to its current_form: that one has
 * the turn again, since INSTANCE->modified_at, with the owners that it had. Call it after b2b_instance_go_to_values and
 * b2b_instance_update.
 */
b2b_error_t *b2b_instance_go_to(b2b_db_conn_t *conn, const b2b_instance_t *instance,
                                const b2b_document_t *document, int left, apr_pool_t *scratch_pool);

/**
 * What FORMS (bits 1 << index) hold changes from BEFORE to NOW: who is no longer chosen in one of their person fields owns
 * no later form by it; *DROPPED: there was one. That can be only where the form was submitted before, and the instance came
 * back to it.
 */
b2b_error_t *b2b_instance_unchoose(int *dropped, b2b_db_conn_t *conn,
                                   const b2b_instance_t *instance, const b2b_document_t *document,
                                   apr_uint64_t forms, const b2b_json_t *before,
                                   const b2b_json_t *now, apr_pool_t *scratch_pool);

/**
 * Set state, status, current_form and submitted_ahead of INSTANCE so that the form TO is current, alone: others of its step
 * stay submitted. What the forms hold stays.
 */
void b2b_instance_go_to_values(b2b_instance_t *instance, const b2b_document_t *document, int to);

/**
 * The forms SUBMITTED (bits 1 << index) of INSTANCE, current ones, have been submitted with HELD: resolve the owners
 * of later forms that their person fields name. If none of their step is left, the instance is passed on: the rows of
 * the owners say whose turn it is, since INSTANCE->modified_at; else the forms SUBMITTED wait for nobody any more.
 * Call it after b2b_instance_turn_values and b2b_instance_update.
 */
b2b_error_t *b2b_instance_turn(b2b_db_conn_t *conn, const b2b_instance_t *instance,
                               const b2b_document_t *document, apr_uint64_t submitted,
                               const b2b_json_t *held, apr_pool_t *scratch_pool);

/**
 * What b2b_instance_turn passes on to: set state, status, current_form, submitted_ahead and completed_at of INSTANCE.
 * Returns whether another step begins, or none is left.
 */
int b2b_instance_turn_values(b2b_instance_t *instance, const b2b_document_t *document,
                             apr_uint64_t submitted, apr_time_t now);

/**
 * OWNERS (b2b_instance_owner_t; their form is not looked at) own FORM, a current one of INSTANCE, from now on: with
 * the others, or, with OVERRIDE, instead of them. They are people and groups that are there.
 */
b2b_error_t *b2b_instance_reassign(b2b_db_conn_t *conn, const b2b_instance_t *instance, int form,
                                   const apr_array_header_t *owners, int override,
                                   apr_pool_t *scratch_pool);

/* instance_values.c ---------------------------------------------------------------------------- */

/** Write what lists sort and filter by, where NOW (what all forms hold) differs from BEFORE; NULL: all of it. */
b2b_error_t *b2b_instance_values_write(b2b_db_conn_t *conn, const b2b_instance_t *instance,
                                       const b2b_document_t *document, const b2b_json_t *before,
                                       const b2b_json_t *now, apr_pool_t *scratch_pool);

/* instance_people.c ---------------------------------------------------------------------------- */

/** Somebody whom an instance names: an owner, a chosen person. */
typedef struct {
    const char *kind; /* "member", "group", "partner", "host_user", "host_group" */
    const char *id;
    const char *name;       /* "" if nobody is known by the id */
    const char *partner_id; /* of a member */
    int there;              /* may work now; a group: not deleted */
} b2b_instance_person_t;

/** People by id: collect with _add, then _load their names in at most four statements. */
typedef struct {
    apr_hash_t *by_id; /* id → b2b_instance_person_t * */
    apr_pool_t *pool;
} b2b_instance_people_t;

b2b_instance_people_t *b2b_instance_people_create(apr_pool_t *pool);
void b2b_instance_people_add(b2b_instance_people_t *people, const char *kind, const char *id);
/** All that VALUE, of a person field, names. */
void b2b_instance_people_add_value(b2b_instance_people_t *people, const b2b_json_t *value);
b2b_error_t *b2b_instance_people_load(b2b_instance_people_t *people, b2b_db_conn_t *conn,
                                      const char *portal_id, apr_pool_t *scratch_pool);
/** The person of KIND and ID; NULL if not collected as this kind. */
const b2b_instance_person_t *b2b_instance_people_get(const b2b_instance_people_t *people,
                                                     const char *kind, const char *id);

/** VALUE as one line: b2b_value_text, and for people their names. */
const char *b2b_instance_value_text(const b2b_field_t *field, const b2b_json_t *value,
                                    const b2b_instance_people_t *people, apr_pool_t *pool);

/** *FOUND (ids, const char *) are those of USERS (host users' ids) who are in one of GROUPS (ids). */
b2b_error_t *b2b_instance_host_users_in(apr_hash_t **found, b2b_db_conn_t *conn,
                                        const apr_array_header_t *users,
                                        const apr_array_header_t *groups, apr_pool_t *result_pool,
                                        apr_pool_t *scratch_pool);

/** At most LIMIT active members of the partner, by name, whose name or address has Q in it: *FOUND of
 *  b2b_instance_person_t *, appended. */
b2b_error_t *b2b_instance_find_members(apr_array_header_t *found, b2b_db_conn_t *conn,
                                       const char *portal_id, const char *partner_id, const char *q,
                                       int limit, apr_pool_t *result_pool,
                                       apr_pool_t *scratch_pool);
/** The same of groups of the portal in which the partner has somebody. */
b2b_error_t *b2b_instance_find_groups(apr_array_header_t *found, b2b_db_conn_t *conn,
                                      const char *portal_id, const char *partner_id, const char *q,
                                      int limit, apr_pool_t *result_pool, apr_pool_t *scratch_pool);
/** Is anybody of INSTANCE's partner whom OWNER (a member, a group, the partner) names one of the users of SECURITY? */
b2b_error_t *b2b_instance_owner_secured(int *is, b2b_db_conn_t *conn,
                                        const b2b_instance_t *instance,
                                        const b2b_instance_owner_t *owner,
                                        const b2b_process_security_t *security,
                                        apr_pool_t *scratch_pool);
/** The same of a host user or a host group. */
b2b_error_t *b2b_instance_host_owner_secured(int *is, b2b_db_conn_t *conn,
                                             const b2b_instance_owner_t *owner,
                                             const b2b_process_security_t *security,
                                             apr_pool_t *scratch_pool);
/** Has the group GROUP_ID somebody of the partner? */
b2b_error_t *b2b_instance_group_has(int *has, b2b_db_conn_t *conn, const char *portal_id,
                                    const char *group_id, const char *partner_id,
                                    apr_pool_t *scratch_pool);
/** The same of active host users in one of GROUPS (ids of host groups). */
b2b_error_t *b2b_instance_find_host_users(apr_array_header_t *found, b2b_db_conn_t *conn,
                                          const apr_array_header_t *groups, const char *q,
                                          int limit, apr_pool_t *result_pool,
                                          apr_pool_t *scratch_pool);

/* instance_changes.c --------------------------------------------------------------------------- */

/**
 * Add to the history, in the transaction of the act. FORM is an index, or -1; CHANGES is the JSON array of
 * b2b_instance_changes_between, or NULL.
 */
b2b_error_t *b2b_instance_change_add(b2b_db_conn_t *conn, const char *portal_id,
                                     const char *instance_id, const b2b_instance_actor_t *actor,
                                     const char *act, int form, const b2b_json_t *changes,
                                     apr_pool_t *scratch_pool);

/**
 * The fields of form FORM whose values differ: [{"field", "old", "new"}, …], values as one line with the names
 * of PEOPLE, null for none. (Names are copied: the history says how things were.)
 */
b2b_json_t *b2b_instance_changes_between(const b2b_document_t *document, int form,
                                         const b2b_json_t *before, const b2b_json_t *now,
                                         const b2b_instance_people_t *people, apr_pool_t *pool);

/* instance_list.c ------------------------------------------------------------------------------ */

/** A shared process of whose instances a list shows some or all: one of a member's. */
typedef struct {
    const char *share_id;
    const char *process_id;
    int all;       /* all instances of the partner; else those made or owned */
    int all_forms; /* may see all forms of those, so that any field may be filtered and sorted by */
} b2b_instance_pair_t;

/** What of a list of instances is wanted. NULL, 0: any. */
typedef struct {
    /* whose: a member's list ... */
    const char *portal_id; /* of a host's list: a filter */
    const char *partner_id;
    const apr_array_header_t *pairs; /* of b2b_instance_pair_t; NULL: a host's list */
    /* ... or a host user's: */
    int all;                             /* may see all of them; else: */
    const apr_array_header_t *processes; /* all of these (ids), and what they own */
    const b2b_principal_t *principal;    /* who asks */
    /* Of a host's list: *HIDDEN is one that security keeps from who asks. NULL: none is. */
    b2b_error_t *(*is_hidden)(int *hidden, void *baton, const char *portal_id, const char *id,
                              const char *process_id);
    void *hidden_baton;
    /* filters */
    const char *process_id;
    const char *share_id;
    const char *state;
    const char *status;
    const char *q; /* in the reference, or in the name of a creator who is a member */
    int waiting;   /* whose current form waits for the principal */
    int created;   /* that the principal began */
    int stuck;     /* whose current form nobody can work on; host only */
    const char
        *field; /* with process_id: an indexed field of one of its versions, whose key is ... */
    const char *from;  /* this or more; NULL: any */
    const char *until; /* this or less; NULL: any */
    /* order and page */
    const char *sort;       /* "modified_at", "created_at", "reference" or "field" */
    const char *sort_field; /* of "field" */
    int lacking; /* of "field": there are versions without it, whose instances come last */
    int descending;
    const char *after_key; /* next_key and next_id of the page before */
    const char *after_id;
    int limit;
} b2b_instance_query_t;

/** Counted as far as this; beyond it "at least". */
#define B2B_INSTANCE_COUNT_MAX 1000

typedef struct {
    apr_array_header_t *keys; /* of b2b_instance_key_t, in order */
    const char *next_key;     /* NULL: this is the last page */
    const char *next_id;
} b2b_instance_page_t;

/**
 * A page of a list. The work depends on the page and on what is few, not on how many instances there are; see
 * the head of instance_list.c. after_key that no page had is B2B_E_INVALID.
 */
b2b_error_t *b2b_instance_list(b2b_instance_page_t **page, b2b_db_conn_t *conn,
                               const b2b_instance_query_t *query, apr_pool_t *result_pool,
                               apr_pool_t *scratch_pool);

/** How many there are on all pages together: *VALUE of at most B2B_INSTANCE_COUNT_MAX; *AT_LEAST: or more. */
b2b_error_t *b2b_instance_count(int *value, int *at_least, b2b_db_conn_t *conn,
                                const b2b_instance_query_t *query, apr_pool_t *scratch_pool);

#endif
