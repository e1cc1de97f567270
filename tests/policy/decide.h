/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of decide share: reading parts of a line, saying an answer. */
#ifndef B2B_TESTS_DECIDE_H
#define B2B_TESTS_DECIDE_H

#include "policy/policy.h"

#define PARTS_MAX 64

/** Split TEXT at SEPARATOR in place; "" has one, empty part. */
int split(char **parts, char *text, char separator);

/** "-" is NULL. */
char *nullable(char *text);

/** The items of TEXT, separated by ','; "" has none. */
apr_array_header_t *list(char *text, apr_pool_t *pool);

void say(int granted, const char *word);
void tell(b2b_decision_t decision);

/** What of a scene is about shared processes and instances: see instances.c. */
typedef struct {
    b2b_instance_facts_t instance;
    const b2b_instance_facts_t *facts;           /* NULL: there is no instance */
    const b2b_snapshot_shared_process_t *shared; /* of the instance, as the caller looked it up */
    const apr_array_header_t *administrators;
    b2b_process_security_t security; /* for host users */
} facts_t;

/**
 * Read the five FIELDS: the grants into PORTAL (or nothing, for NULL), the instance, the look-up, the
 * administrators, the security for host users.
 */
facts_t *facts_read(char **fields, b2b_portal_snapshot_t *portal, const b2b_principal_t *principal,
                    apr_pool_t *pool);

/** Answer QUESTION if it is one of instances.c; FALSE if not. */
int facts_answer(char *question, const facts_t *facts, const b2b_portal_snapshot_t *portal,
                 const b2b_principal_t *principal, b2b_decision_t member, b2b_decision_t host);

#endif
