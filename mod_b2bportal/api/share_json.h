/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of shared processes lend each other. */

#ifndef B2B_API_SHARE_JSON_H
#define B2B_API_SHARE_JSON_H

#include "private.h"
#include "resources.h"

/* share_json.c */

b2b_json_t *b2b_names_json(const apr_array_header_t *names, apr_pool_t *pool);

/** What a draft says of a process and a dashboard, without what is read only. */
b2b_json_t *b2b_share_process_json(const b2b_share_process_t *process, apr_pool_t *pool);
b2b_json_t *b2b_share_dashboard_json(const b2b_share_dashboard_t *dashboard, apr_pool_t *pool);

/** Set title, instructions, processes, partner_groups and dashboards of JSON to DOCUMENT's, with versions. */
b2b_error_t *b2b_share_document_json(b2b_json_t *json, b2b_call_t *call,
                                     const b2b_share_document_t *document);

/** Overlay the draft DOCUMENT with what the body has, and note the changes. */
void b2b_share_document_overlay(b2b_call_t *call, b2b_share_document_t *document);

/* shares.c */

/** The share with ID, or the 404 of what is not there. */
b2b_error_t *b2b_call_share(b2b_share_t **share, const b2b_call_t *call, const char *id);

/** The answer of an impact on ACT. */
void b2b_call_answer_share_impact(b2b_call_t *call, const char *act,
                                  const b2b_share_impact_t *impact);

/* share_partners.c */

/** Note FIRST to END (not included) of GRANTS (b2b_grant_t *) as changes: how many, and by name if they are few. */
void b2b_share_note_partners(b2b_call_t *call, const apr_array_header_t *grants, int first,
                             int end);

/**
 * Record the route's action in the trail of each portal of GRANTS (b2b_grant_t *, those of a portal together), with
 * what reached its partners: REVISION, or NULL.
 */
b2b_error_t *b2b_share_act_in_portals(b2b_call_t *call, const b2b_share_t *share,
                                      const apr_array_header_t *grants, const b2b_json_t *revision);

/** The same in the trail of each portal with a partner that holds something of SHARE: it ends there, or is back. */
b2b_error_t *b2b_share_act_where_sent(b2b_call_t *call, const b2b_share_t *share);

/* share_difference.c */

/**
 * What changes from OLD (NULL: nothing was there) to NOW, two documents with versions, as entries with
 * sentences for people; at most 500. What changed in a process itself is among them.
 */
b2b_error_t *b2b_share_difference(b2b_json_t **entries, b2b_call_t *call,
                                  const b2b_share_document_t *old, const b2b_share_document_t *now);

#endif
