/* SPDX-License-Identifier: Apache-2.0 */
/* An instance as a call sees it: read with what decides about it, on either side. Private to api/. */

#ifndef B2B_INSTANCE_SEEN_H
#define B2B_INSTANCE_SEEN_H

#include "model/model.h"
#include "private.h"

typedef struct {
    b2b_instance_t *instance;
    b2b_document_t *document;                    /* of its process version */
    b2b_instance_facts_t facts;                  /* b2b_instance_know reads them */
    b2b_decision_t person;                       /* the member's, or the host user's */
    const b2b_snapshot_shared_process_t *shared; /* on a portal */
    const apr_array_header_t *administrators;    /* on the console: of b2b_host_ref_t */
    b2b_process_security_t security;             /* on the console */
    b2b_instance_actor_t actor;                  /* who asks */
    const char *path; /* below /api/v1: "/instances/ID", "/portals/acme/instances/ID" */
} b2b_instance_seen_t;

/**
 * Read the instance of CALL's address ({instance}, on the console after {portal}). B2B_E_NOT_FOUND for one that is not
 * there, of another portal or partner, or that this person may not see: all the same.
 */
b2b_error_t *b2b_instance_see(b2b_instance_seen_t **seen, b2b_call_t *call);

/** The facts of SEEN's instance and document, with its actions: after every change of the instance, too. */
b2b_error_t *b2b_instance_know(b2b_instance_seen_t *seen, b2b_call_t *call);

/** May the person see the instance whose address is LOCATION, as its making was answered? The same error if not. */
b2b_error_t *b2b_instance_see_made(b2b_call_t *call, const char *location);

/** The same of the instance ID, on a portal. */
b2b_error_t *b2b_instance_see_id(b2b_instance_seen_t **seen, b2b_call_t *call, const char *id);

/** May the person see FORM (index) of it? */
int b2b_instance_form_seen(const b2b_call_t *call, const b2b_instance_seen_t *seen, int form);

/** May the person change FORM of it now? */
b2b_decision_t b2b_instance_form_edit(const b2b_call_t *call, const b2b_instance_seen_t *seen,
                                      int form);

/** May the person give FORM of it to others now? */
b2b_decision_t b2b_instance_form_reassign(const b2b_call_t *call, const b2b_instance_seen_t *seen,
                                          int form);

/** The facts of the action that stands at PLACE of the actions of FORM (index); NULL if there is none. */
const b2b_action_facts_t *b2b_instance_action_facts(const b2b_instance_seen_t *seen, int form,
                                                    int place);

/** May the person take ACTION (NULL: there is none) now? */
b2b_decision_t b2b_instance_may_act(const b2b_call_t *call, const b2b_instance_seen_t *seen,
                                    const b2b_action_facts_t *action);

/** May the host user do ACT, which is not about one form, with it? On the console. */
b2b_decision_t b2b_instance_host_may(const b2b_call_t *call, const b2b_instance_seen_t *seen,
                                     b2b_instance_act_e act);

/** Who did something, as this side shows it: on a portal a host user has the name of the host and no id. */
b2b_json_t *b2b_actor_json(const b2b_call_t *call, const char *kind, const char *id,
                           const char *name);

/** A file of a form, as lists of an instance have it. */
b2b_json_t *b2b_instance_file_json(const b2b_call_t *call, const b2b_instance_seen_t *seen,
                                   const b2b_instance_file_t *file);

#endif
