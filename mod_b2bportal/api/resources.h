/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The handlers and rule tables that routes.c names, by the file where they stand; and what these
 * lend.
 */

#ifndef B2B_API_RESOURCES_H
#define B2B_API_RESOURCES_H

#include "private.h"

/* openapi.c */
b2b_error_t *b2b_contract_get(b2b_call_t *call);
b2b_error_t *b2b_process_schema_get(b2b_call_t *call);

/* session.c */
b2b_error_t *b2b_session_console(b2b_call_t *call);
b2b_error_t *b2b_session_portal(b2b_call_t *call);
/** The member who asks, with the JSON of /me. */
b2b_error_t *b2b_myself_get(b2b_json_t **json, b2b_member_t **member, int *wants_mail,
                            b2b_call_t *call);

/* me.c */
b2b_error_t *b2b_me_get(b2b_call_t *call);
b2b_error_t *b2b_me_update(b2b_call_t *call);
b2b_error_t *b2b_host_me_get(b2b_call_t *call);
b2b_error_t *b2b_host_me_update(b2b_call_t *call);
extern const b2b_rule_t b2b_me_rules[];
extern const b2b_rule_t b2b_host_me_rules[];

/* notices.c */
b2b_error_t *b2b_notices_list(b2b_call_t *call);
b2b_error_t *b2b_notices_mark_seen(b2b_call_t *call);

/* instance_files.c, instance_comments.c */
b2b_error_t *b2b_instance_files_upload(b2b_call_t *call);
b2b_error_t *b2b_instance_files_get(b2b_call_t *call);
b2b_error_t *b2b_instance_files_delete(b2b_call_t *call);
b2b_error_t *b2b_comments_list(b2b_call_t *call);
b2b_error_t *b2b_comments_create(b2b_call_t *call);
b2b_error_t *b2b_instance_history(b2b_call_t *call);
extern const b2b_rule_t b2b_instance_upload_query[];
extern const b2b_rule_t b2b_comment_rules[];

/* settings.c */
b2b_error_t *b2b_first_run(b2b_call_t *call);
b2b_error_t *b2b_settings_read(b2b_call_t *call);
b2b_error_t *b2b_settings_patch(b2b_call_t *call);
b2b_error_t *b2b_portal_first_run(b2b_call_t *call);
extern const b2b_rule_t b2b_settings_rules[];

/* search.c */
b2b_error_t *b2b_find(b2b_call_t *call);
extern const b2b_rule_t b2b_find_query[];

/* images.c */
b2b_error_t *b2b_images_upload(b2b_call_t *call);
b2b_error_t *b2b_process_images_upload(b2b_call_t *call);
extern const b2b_rule_t b2b_image_query[];
b2b_error_t *b2b_images_get(b2b_call_t *call);

/* portals.c */
b2b_error_t *b2b_technical_name_check(b2b_call_t *call);
b2b_error_t *b2b_portals_list(b2b_call_t *call);
b2b_error_t *b2b_portals_create(b2b_call_t *call);
b2b_error_t *b2b_portals_get(b2b_call_t *call);
b2b_error_t *b2b_portals_patch(b2b_call_t *call);
b2b_error_t *b2b_portals_delete(b2b_call_t *call);
b2b_error_t *b2b_portals_suspend(b2b_call_t *call);
b2b_error_t *b2b_portals_resume(b2b_call_t *call);
b2b_error_t *b2b_portals_impact(b2b_call_t *call);
b2b_error_t *b2b_issuers_list(b2b_call_t *call);
b2b_error_t *b2b_issuers_replace(b2b_call_t *call);
extern const b2b_rule_t b2b_technical_name_query[];
extern const b2b_rule_t b2b_portals_query[];
extern const b2b_rule_t b2b_portal_create_rules[];
extern const b2b_rule_t b2b_portal_patch_rules[];
extern const b2b_rule_t b2b_portal_delete_query[];
extern const b2b_rule_t b2b_impact_query[];
extern const b2b_rule_t b2b_issuers_rules[];
extern const b2b_rule_t b2b_delete_impact_query[];

/* trail.c */
b2b_error_t *b2b_portal_trail(b2b_call_t *call);
b2b_error_t *b2b_trail(b2b_call_t *call);
extern const b2b_rule_t b2b_portal_trail_query[];
extern const b2b_rule_t b2b_trail_query[];
/** The id of the portal that the query names by "portal"; NULL if it names none. */
b2b_error_t *b2b_call_portal_filter(const char **portal_id, b2b_call_t *call);

/* partners.c */
b2b_error_t *b2b_partners_list(b2b_call_t *call);
b2b_error_t *b2b_partners_create(b2b_call_t *call);
b2b_error_t *b2b_partners_get(b2b_call_t *call);
b2b_error_t *b2b_partners_patch(b2b_call_t *call);
b2b_error_t *b2b_partners_delete(b2b_call_t *call);
b2b_error_t *b2b_partners_suspend(b2b_call_t *call);
b2b_error_t *b2b_partners_resume(b2b_call_t *call);
b2b_error_t *b2b_partners_impact(b2b_call_t *call);
extern const b2b_rule_t b2b_partners_query[];
extern const b2b_rule_t b2b_partner_create_rules[];
extern const b2b_rule_t b2b_partner_patch_rules[];

/* members.c */
b2b_error_t *b2b_members_list(b2b_call_t *call);
b2b_error_t *b2b_members_create(b2b_call_t *call);
b2b_error_t *b2b_members_get(b2b_call_t *call);
b2b_error_t *b2b_members_patch(b2b_call_t *call);
b2b_error_t *b2b_members_remove(b2b_call_t *call);
b2b_error_t *b2b_members_suspend(b2b_call_t *call);
b2b_error_t *b2b_members_resume(b2b_call_t *call);
extern const b2b_rule_t b2b_members_query[];
extern const b2b_rule_t b2b_member_create_rules[];
extern const b2b_rule_t b2b_member_patch_rules[];
extern const char *const b2b_member_roles[];
b2b_json_t *b2b_sources_json(int sources, apr_pool_t *pool);
/**
 * Invite VALUES: member, invitation, mail and event; *INVITATION is NULL where nothing was to be
 * done.
 */
b2b_error_t *b2b_member_invite_one(b2b_invited_e *result, b2b_member_t **member,
                                   b2b_invitation_t **invitation, b2b_call_t *call,
                                   const b2b_member_t *values, const apr_array_header_t *groups,
                                   const char *message);
b2b_error_t *b2b_member_suspend_one(b2b_call_t *call, const char *id);
b2b_error_t *b2b_member_resume_one(b2b_call_t *call, const char *id);

/* members_bulk.c */
b2b_error_t *b2b_members_bulk(b2b_call_t *call);
extern const b2b_rule_t b2b_member_bulk_rules[];

/* access.c */
b2b_error_t *b2b_members_access(b2b_call_t *call);
b2b_error_t *b2b_placements_access(b2b_call_t *call);
extern const b2b_rule_t b2b_placement_access_query[];

/* groups.c */
b2b_error_t *b2b_groups_list(b2b_call_t *call);
b2b_error_t *b2b_groups_create(b2b_call_t *call);
b2b_error_t *b2b_groups_get(b2b_call_t *call);
b2b_error_t *b2b_groups_patch(b2b_call_t *call);
b2b_error_t *b2b_groups_delete(b2b_call_t *call);
b2b_error_t *b2b_groups_impact(b2b_call_t *call);
b2b_error_t *b2b_group_members_list(b2b_call_t *call);
b2b_error_t *b2b_group_members_add(b2b_call_t *call);
b2b_error_t *b2b_group_members_remove(b2b_call_t *call);
extern const b2b_rule_t b2b_group_rules[];

/* invitations.c */
b2b_error_t *b2b_invitations_list(b2b_call_t *call);
b2b_error_t *b2b_invitations_create(b2b_call_t *call);
b2b_error_t *b2b_invitations_get(b2b_call_t *call);
b2b_error_t *b2b_invitations_resend(b2b_call_t *call);
b2b_error_t *b2b_invitations_revoke(b2b_call_t *call);
b2b_error_t *b2b_invitations_link(b2b_call_t *call);
extern const b2b_rule_t b2b_invitations_query[];
extern const b2b_rule_t b2b_invitations_rules[];
b2b_error_t *b2b_invitation_resend_one(b2b_call_t *call, const char *id);

/* placements.c */
b2b_error_t *b2b_placements_list(b2b_call_t *call);
b2b_error_t *b2b_placements_create(b2b_call_t *call);
b2b_error_t *b2b_placements_impact(b2b_call_t *call);
b2b_error_t *b2b_placements_get(b2b_call_t *call);
b2b_error_t *b2b_placements_patch(b2b_call_t *call);
b2b_error_t *b2b_placements_delete(b2b_call_t *call);
extern const b2b_rule_t b2b_placements_query[];
extern const b2b_rule_t b2b_placement_create_rules[];
extern const b2b_rule_t b2b_placement_impact_query[];
extern const b2b_rule_t b2b_placement_patch_rules[];

/* dashboards.c */
b2b_error_t *b2b_dashboards_list(b2b_call_t *call);
b2b_error_t *b2b_dashboards_create(b2b_call_t *call);
b2b_error_t *b2b_dashboards_get(b2b_call_t *call);
b2b_error_t *b2b_dashboards_patch(b2b_call_t *call);
b2b_error_t *b2b_dashboards_delete(b2b_call_t *call);
b2b_error_t *b2b_dashboards_impact(b2b_call_t *call);
b2b_error_t *b2b_dashboards_publish(b2b_call_t *call);
b2b_error_t *b2b_dashboard_versions_list(b2b_call_t *call);
b2b_error_t *b2b_dashboard_versions_get(b2b_call_t *call);
extern const b2b_rule_t b2b_dashboards_query[];
extern const b2b_rule_t b2b_dashboard_create_rules[];
extern const b2b_rule_t b2b_dashboard_patch_rules[];

/* processes.c */
b2b_error_t *b2b_processes_list(b2b_call_t *call);
b2b_error_t *b2b_processes_create(b2b_call_t *call);
b2b_error_t *b2b_process_categories_list(b2b_call_t *call);
b2b_error_t *b2b_processes_get(b2b_call_t *call);
b2b_error_t *b2b_processes_patch(b2b_call_t *call);
b2b_error_t *b2b_processes_delete(b2b_call_t *call);
b2b_error_t *b2b_processes_impact(b2b_call_t *call);
b2b_error_t *b2b_processes_publish(b2b_call_t *call);
extern const b2b_rule_t b2b_processes_query[];
extern const b2b_rule_t b2b_process_create_rules[];
extern const b2b_rule_t b2b_process_patch_rules[];
/** What the host user who asks counts as on the console. */
b2b_decision_t b2b_call_host(const b2b_call_t *call);
/**
 * The process ID, for this reader: B2B_E_NOT_FOUND if it is not there or may not be seen, with WRITE
 * B2B_E_FORBIDDEN if it may only be seen.
 */
b2b_error_t *b2b_call_process(b2b_process_t **process, const b2b_call_t *call, const char *id,
                              int write);
/** Answer with the process; DROPPED (or NULL) is what a lenient import left out. */
b2b_error_t *b2b_call_answer_process(b2b_call_t *call, int status, const char *id,
                                     const b2b_json_t *dropped);
/** Check DOCUMENT and make it PROCESS's; places begin with "document/". */
b2b_error_t *b2b_process_document_set(b2b_process_t *process, const b2b_json_t *document,
                                      apr_pool_t *pool);

/* process_principals.c */
b2b_error_t *b2b_process_principals_list(b2b_call_t *call);
extern const b2b_rule_t b2b_process_principals_query[];

/* process_versions.c */
b2b_error_t *b2b_process_versions_list(b2b_call_t *call);
b2b_error_t *b2b_process_versions_get(b2b_call_t *call);
b2b_error_t *b2b_process_versions_restore(b2b_call_t *call);
b2b_error_t *b2b_process_difference_get(b2b_call_t *call);
extern const b2b_rule_t b2b_process_versions_query[];
extern const b2b_rule_t b2b_process_difference_query[];

/* process_difference.c */
/** ENTRIES of b2b_document_difference(OLD, NOW), at most 2,000, each with its sentence for people. */
b2b_json_t *b2b_difference_sentences(const b2b_json_t *entries, const b2b_json_t *old,
                                     const b2b_json_t *now, apr_pool_t *pool);

/* process_exchange.c */
b2b_error_t *b2b_processes_export(b2b_call_t *call);
b2b_error_t *b2b_processes_import(b2b_call_t *call);
extern const b2b_rule_t b2b_process_export_query[];
extern const b2b_rule_t b2b_process_import_query[];
extern const b2b_rule_t b2b_process_import_rules[];

/* bin.c */
b2b_error_t *b2b_bin_items_list(b2b_call_t *call);
b2b_error_t *b2b_bin_items_restore(b2b_call_t *call);
b2b_error_t *b2b_bin_items_delete(b2b_call_t *call);
b2b_error_t *b2b_bin_empty(b2b_call_t *call);
extern const b2b_rule_t b2b_bin_query[];
extern const b2b_rule_t b2b_bin_empty_query[];

/* own_dashboards.c */
b2b_error_t *b2b_own_dashboards_list(b2b_call_t *call);
b2b_error_t *b2b_own_dashboards_get(b2b_call_t *call);
b2b_error_t *b2b_own_widget_data(b2b_call_t *call);

/* widget_data.c */
b2b_error_t *b2b_widget_preview(b2b_call_t *call);
extern const b2b_rule_t b2b_widget_preview_query[];

/* shares.c */
b2b_error_t *b2b_shares_list(b2b_call_t *call);
b2b_error_t *b2b_shares_create(b2b_call_t *call);
b2b_error_t *b2b_shares_get(b2b_call_t *call);
b2b_error_t *b2b_shares_patch(b2b_call_t *call);
b2b_error_t *b2b_shares_delete(b2b_call_t *call);
b2b_error_t *b2b_shares_impact(b2b_call_t *call);
b2b_error_t *b2b_revisions_list(b2b_call_t *call);
b2b_error_t *b2b_revisions_get(b2b_call_t *call);
extern const b2b_rule_t b2b_shares_query[];
extern const b2b_rule_t b2b_share_create_rules[];
extern const b2b_rule_t b2b_share_patch_rules[];
extern const b2b_rule_t b2b_share_impact_query[];

/* share_partners.c */
b2b_error_t *b2b_share_partners_list(b2b_call_t *call);
b2b_error_t *b2b_share_partners_add(b2b_call_t *call);
b2b_error_t *b2b_share_partners_remove(b2b_call_t *call);
b2b_error_t *b2b_share_partners_impact(b2b_call_t *call);
b2b_error_t *b2b_partner_shares_list(b2b_call_t *call);
extern const b2b_rule_t b2b_share_partners_query[];
extern const b2b_rule_t b2b_share_partner_impact_query[];
/**
 * Give the shares of the body's shared_processes (ids) to the partner of call->portal, and send it their
 * newest revision where send_shared_processes says so. For whoever invites people of the partner.
 */
b2b_error_t *b2b_shares_give(b2b_call_t *call, const char *partner_id);
/** The two members of a body that this reads. */
#define B2B_SHARES_GIVEN                                                                           \
    B2B_ARRAY("shared_processes", B2B_RULE_UNIQUE, 0, B2B_SHARE_PROCESSES_MAX, b2b_id_items),      \
        B2B_OF_KIND("send_shared_processes", B2B_RULE_BOOL, 0)

/* send_update.c */
b2b_error_t *b2b_updates_preview(b2b_call_t *call);
b2b_error_t *b2b_updates_send(b2b_call_t *call);
extern const b2b_rule_t b2b_send_update_rules[];

/* own_shares.c */
b2b_error_t *b2b_own_shares_list(b2b_call_t *call);
b2b_error_t *b2b_own_shares_get(b2b_call_t *call);
b2b_error_t *b2b_own_shares_start(b2b_call_t *call);

/* host_users.c */
b2b_error_t *b2b_host_users_list(b2b_call_t *call);
b2b_error_t *b2b_host_users_create(b2b_call_t *call);
b2b_error_t *b2b_host_users_get(b2b_call_t *call);
b2b_error_t *b2b_host_users_patch(b2b_call_t *call);
b2b_error_t *b2b_host_users_remove(b2b_call_t *call);
b2b_error_t *b2b_host_users_impact(b2b_call_t *call); /* b2b_impact_query */
b2b_error_t *b2b_host_users_suspend(b2b_call_t *call);
b2b_error_t *b2b_host_users_resume(b2b_call_t *call);
extern const b2b_rule_t b2b_host_users_query[];
extern const b2b_rule_t b2b_host_user_create_rules[];
extern const b2b_rule_t b2b_host_user_patch_rules[];

/* host_groups.c */
b2b_error_t *b2b_host_groups_list(b2b_call_t *call);
b2b_error_t *b2b_host_groups_create(b2b_call_t *call);
b2b_error_t *b2b_host_groups_get(b2b_call_t *call);
b2b_error_t *b2b_host_groups_patch(b2b_call_t *call);
b2b_error_t *b2b_host_groups_delete(b2b_call_t *call);
b2b_error_t *b2b_host_group_members_list(b2b_call_t *call);
b2b_error_t *b2b_host_group_members_add(b2b_call_t *call);
b2b_error_t *b2b_host_group_members_remove(b2b_call_t *call);

/* mails.c */
b2b_error_t *b2b_mails_list(b2b_call_t *call);
b2b_error_t *b2b_mails_get(b2b_call_t *call);
b2b_error_t *b2b_mails_send_again(b2b_call_t *call);
/** B2B_E_TOO_MANY if the host user has brought about B2BPortalMailLimit mails within the last minute. */
b2b_error_t *b2b_mail_judge_rate(const b2b_call_t *call);
extern const b2b_rule_t b2b_mail_query[];

/* preview.c */
b2b_error_t *b2b_preview_session(b2b_call_t *call);
b2b_error_t *b2b_preview_dashboards(b2b_call_t *call);
extern const b2b_rule_t b2b_preview_query[];
extern const b2b_rule_t b2b_preview_list_query[];

/* instances.c, instance_write.c, instance_reassign.c, instance_action.c, instance_export.c: on both sides */
b2b_error_t *b2b_instances_list(b2b_call_t *call);
b2b_error_t *b2b_instances_get(b2b_call_t *call);
b2b_error_t *b2b_instances_create(b2b_call_t *call);
b2b_error_t *b2b_instances_patch(b2b_call_t *call);
b2b_error_t *b2b_instances_delete(b2b_call_t *call);
b2b_error_t *b2b_instances_reassign(b2b_call_t *call);
b2b_error_t *b2b_instances_act(b2b_call_t *call);
b2b_error_t *b2b_instances_export(b2b_call_t *call);
extern const b2b_rule_t b2b_instances_query[];
extern const b2b_rule_t b2b_host_instances_query[];
extern const b2b_rule_t b2b_instances_export_query[];
extern const b2b_rule_t b2b_host_instances_export_query[];
b2b_error_t *b2b_host_instances_create(b2b_call_t *call);
extern const b2b_rule_t b2b_host_instance_create_rules[];
extern const b2b_rule_t b2b_instance_create_rules[];
extern const b2b_rule_t b2b_instance_patch_rules[];
extern const b2b_rule_t b2b_instance_reassign_rules[];
extern const b2b_rule_t b2b_instance_action_rules[];

/* start.c */
b2b_error_t *b2b_startable_portals(b2b_call_t *call);
b2b_error_t *b2b_startable_partners(b2b_call_t *call);
b2b_error_t *b2b_startable_processes(b2b_call_t *call);

/* people.c */
b2b_error_t *b2b_people_find(b2b_call_t *call);
b2b_error_t *b2b_partner_people_find(b2b_call_t *call);
extern const b2b_rule_t b2b_people_query[];

#endif
