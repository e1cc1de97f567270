/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of instances share, on both sides. Private to api/. */

#ifndef B2B_INSTANCES_PRIVATE_H
#define B2B_INSTANCES_PRIVATE_H

#include "instance_seen.h"

/* instance_secured.c: what process security leaves of a list */

/** What the rows of one answer share. */
typedef struct b2b_secured_t b2b_secured_t;

b2b_secured_t *b2b_secured_create(b2b_call_t *call);

/** *MAY who asks work on it, where they own a current form of it? */
b2b_error_t *b2b_instance_workable(int *may, b2b_secured_t *secured, const char *portal_id,
                                   const char *id, const char *share_id, const char *process_id);

/** Leave out of QUERY, a host's, what security keeps from who asks. */
void b2b_instance_query_secure(b2b_instance_query_t *query, b2b_secured_t *secured);

/* instance_view.c */

/** The instance as JSON: forms, values and files as far as who asks may see them. */
b2b_error_t *b2b_instance_json(b2b_json_t **json, b2b_call_t *call,
                               const b2b_instance_seen_t *seen);

/** Read INSTANCE of SEEN anew after a change; who asked is not judged anew for the answer. */
b2b_error_t *b2b_instance_see_again(b2b_instance_seen_t *seen, b2b_call_t *call);

/** Answer with the instance. */
b2b_error_t *b2b_instance_answer(b2b_call_t *call, int status, const b2b_instance_seen_t *seen);

/** What the items of one answer share: documents, and who asks. */
typedef struct {
    b2b_call_t *call;
    apr_hash_t *documents; /* process and version → b2b_document_t * */
    b2b_secured_t *secured;
} b2b_instance_items_t;

b2b_instance_items_t *b2b_instance_items_create(b2b_call_t *call);
/** The document of INSTANCE's version. */
b2b_error_t *b2b_instance_items_document(b2b_document_t **document, b2b_instance_items_t *items,
                                         const b2b_instance_t *instance);
/** The item of a list. */
b2b_error_t *b2b_instance_item_json(b2b_json_t **json, b2b_instance_items_t *items,
                                    const b2b_instance_t *instance, apr_pool_t *scratch_pool);
/** One of many instances; INSTANCE and SCRATCH_POOL are gone after it. */
typedef b2b_error_t *(*b2b_instance_each_cb)(void *baton, const b2b_instance_t *instance,
                                             apr_pool_t *scratch_pool);
/**
 * Call EACH with BATON for those of KEYS (b2b_instance_key_t) that are there, in their order. However many they are and
 * whatever they hold, only a few are read at a time.
 */
b2b_error_t *b2b_instance_each(b2b_call_t *call, const apr_array_header_t *keys,
                               b2b_instance_each_cb each, void *baton);
/** May who asks see FORM (index) of an instance that a list shows them? */
int b2b_instance_item_form_seen(const b2b_call_t *call, const b2b_instance_facts_t *facts,
                                int form);
/** "Review", "Quality check, Costs" of several current forms, or "Completed"; at most B2B_NAME_MAX bytes. */
const char *b2b_instance_status_title(const b2b_instance_t *instance,
                                      const b2b_document_t *document, apr_pool_t *pool);
/** Of the form INDEX: "done", "current" or "ahead". */
const char *b2b_instance_form_status(const b2b_instance_seen_t *seen, int index);

/** Is an owner of KIND of the host? */
int b2b_instance_kind_is_host(const char *kind);

/* instance_query.c */

/**
 * The list that the call's query asks for, on its side. *NOTHING is TRUE, and QUERY not to be used, if it can
 * have no items: a portal that is not there, a share that the partner does not hold.
 */
b2b_error_t *b2b_instance_query_read(b2b_instance_query_t *query, int *nothing, b2b_call_t *call,
                                     const b2b_list_t *list);

/**
 * Whose instances it may be about: pairs, or what a host user may see, of QUERY's process and share if it names them;
 * on the console also of the call's portal and partner. *NOTHING as above. The one way to ask for instances.
 */
b2b_error_t *b2b_instance_query_whose(b2b_instance_query_t *query, int *nothing, b2b_call_t *call);

/** The indexed field NAME of the newest of DOCUMENTS that has it, or NULL; *LACKING: another one has not. */
const b2b_field_t *b2b_instance_indexed_field(int *lacking, const apr_array_header_t *documents,
                                              const char *name);

/** The key of TEXT as a value of FIELD; NULL if it is none. */
const char *b2b_instance_field_key(const b2b_field_t *field, const char *text, apr_pool_t *pool);

/** The last version of the process of QUERY that is there for who asks: a partner has not got what was not sent. */
apr_int64_t b2b_instance_query_last(const b2b_instance_query_t *query, const b2b_call_t *call);

/* instance_cells.c: what lists show beside values, as text */

/** A column that every instance has. */
typedef struct {
    const char *name;  /* "created_by" */
    const char *title; /* of the first line of a CSV */
} b2b_instance_own_column_t;

extern const b2b_instance_own_column_t b2b_instance_own_columns[]; /* ended by NULL */
/** Its text; a portal learns no name of the host's people. */
const char *b2b_instance_own_text(const b2b_call_t *call, const char *name,
                                  const b2b_instance_t *instance, const b2b_document_t *document);
/** The field NAME of the newest of the DOCUMENTS (or NULL) in which it has data. */
const b2b_field_t *b2b_instance_data_field(const apr_array_header_t *documents, const char *name);

/* instance_write.c */

/** Has SEEN's current form FORM new owners? Queue mail to those who are in OWNERS (b2b_instance_owner_t). */
b2b_error_t *b2b_instance_tell(b2b_call_t *call, const b2b_instance_seen_t *seen, int form,
                               const apr_array_header_t *owners);

/** Queue it to all who own FORM (index), or a later one, that is current. */
b2b_error_t *b2b_instance_tell_owners(b2b_call_t *call, const b2b_instance_seen_t *seen, int form);

/** An error of a right: 403 with the reason of DECISION. */
b2b_error_t *b2b_instance_refused(const b2b_call_t *call, b2b_decision_t decision);

/* start.c: what of starting by the host is asked before and after an instance is written */

/**
 * What the body names, *START, if the host user may start one of it: 404 where the partner does not hold it, 403 with the
 * reason where they may not. The grant is held until the transaction ends. SEEN gets what decisions on instances need.
 */
b2b_error_t *b2b_start_judge(b2b_start_t **start, b2b_instance_seen_t *seen, b2b_call_t *call);

/** May SEEN's actor fill in the first form? Then it begins with them; else with its owners, and with defaults. */
b2b_decision_t b2b_start_fills(b2b_instance_seen_t *seen, const b2b_call_t *call);

/** Is anybody there to work on the first form of INSTANCE, which has just been written? 409 if not. */
b2b_error_t *b2b_start_check_somebody(b2b_call_t *call, const b2b_instance_t *instance);

/* instance_owners.c */

/** The owners of FORM (index) that the body names, added to PEOPLE; a partner is the instance's own. */
apr_array_header_t *b2b_instance_owners_read(const b2b_call_t *call,
                                             const b2b_instance_seen_t *seen, int form,
                                             b2b_instance_people_t *people);

/**
 * Can each of OWNERS, of PEOPLE that are loaded, work on a form of the instance? B2B_E_INVALID with a fault for each who is
 * not there, is of another partner, or is kept from it by process security, so that the form would wait for nobody.
 */
b2b_error_t *b2b_instance_owners_check(const b2b_call_t *call, const b2b_instance_seen_t *seen,
                                       const apr_array_header_t *owners,
                                       const b2b_instance_people_t *people);

/* instance_reassign.c */

/** Keep the body's comment with SEEN's instance; one of nothing but blanks is none. */
b2b_error_t *b2b_instance_say(b2b_call_t *call, const b2b_instance_seen_t *seen);

/** The body's comment; NULL for none, and for one of nothing but blanks. */
const char *b2b_instance_said(const b2b_call_t *call);

#endif
