/* SPDX-License-Identifier: Apache-2.0 */
/* Part of model.h: the stores of the host, portals and people. */

#ifndef B2B_MODEL_PEOPLE_H
#define B2B_MODEL_PEOPLE_H

#include "model.h"

/* settings.c ----------------------------------------------------------------------------------- */

typedef struct {
    const char *organisation_name; /* "" until the first run */
    const char *logo;              /* file, or NULL */
    const char *contact_name;      /* "" if not given */
    const char *contact_email;
    const char *locale;
    apr_int64_t version;
    apr_time_t modified_at; /* 0: never */
} b2b_settings_t;

b2b_error_t *b2b_settings_get(b2b_settings_t **settings, b2b_db_conn_t *conn,
                              apr_pool_t *result_pool, apr_pool_t *scratch_pool);

/** Touches "host", and every portal when the organisation's name or contact changes: portals show them. */
b2b_error_t *b2b_settings_update(b2b_db_conn_t *conn, b2b_settings_t *values, apr_int64_t version,
                                 apr_pool_t *scratch_pool);

/** "Anna Berg", or the address. */
const char *b2b_person_name(const char *first_name, const char *last_name, const char *email,
                            apr_pool_t *pool);

/* host_user.c ---------------------------------------------------------------------------------- */

typedef struct {
    const char *id;
    const char *name;
} b2b_ref_t;

typedef struct {
    const char *id;
    const char *email;
    const char *first_name;
    const char *last_name;
    int roles;                        /* bits of b2b_host_role_e */
    const apr_array_header_t *groups; /* of b2b_ref_t, by name */
    b2b_state_e state;
    const char *issuer; /* NULL until linked */
    const char *subject;
    const char *locale;         /* or NULL */
    apr_time_t last_sign_in_at; /* 0: never */
    apr_int64_t version;
    apr_time_t created_at;
    apr_time_t modified_at;
} b2b_host_user_t;

/**
 * Make a pending host user with VALUES' email, names, roles and locale; sets its id, version and times. One
 * that was deleted comes back pending and without its identity. B2B_E_CONFLICT (email-taken) otherwise.
 */
b2b_error_t *b2b_host_user_create(b2b_db_conn_t *conn, b2b_host_user_t *values,
                                  apr_pool_t *result_pool, apr_pool_t *scratch_pool);

/**
 * B2BPortalAdministrator: if no row, not even a deleted one, has EMAIL, make a pending administrator (S3).
 * *MADE says so. `b2bportalctl administrator add` uses b2b_host_user_create.
 */
b2b_error_t *b2b_host_user_ensure(int *made, b2b_db_conn_t *conn, const char *email,
                                  apr_pool_t *scratch_pool);

b2b_error_t *b2b_host_user_get(b2b_host_user_t **user, b2b_db_conn_t *conn, const char *id,
                               apr_pool_t *result_pool, apr_pool_t *scratch_pool);
b2b_error_t *b2b_host_user_by_email(b2b_host_user_t **user, b2b_db_conn_t *conn, const char *email,
                                    apr_pool_t *result_pool, apr_pool_t *scratch_pool);

/** Filters: q, state, role, group_id. Sorts: email. */
b2b_error_t *b2b_host_user_list(b2b_page_t **page, b2b_db_conn_t *conn, const b2b_list_t *list,
                                apr_pool_t *result_pool, apr_pool_t *scratch_pool);

/** Names, locale, roles. The last active administrator stays one: B2B_E_CONFLICT (last-administrator). */
b2b_error_t *b2b_host_user_update(b2b_db_conn_t *conn, b2b_host_user_t *values, apr_int64_t version,
                                  apr_pool_t *scratch_pool);

/** Make GROUPS (ids, const char *) the host groups of the user. B2B_E_NOT_FOUND for one that is not there. */
b2b_error_t *b2b_host_user_groups_set(b2b_db_conn_t *conn, const char *id,
                                      const apr_array_header_t *groups, apr_pool_t *scratch_pool);

/**
 * Suspend, or resume (to active, or to pending where never linked). Same rule for the last administrator. These and
 * b2b_host_user_delete touch the portals in which the host user sponsors anybody: those people lose access (S3).
 */
b2b_error_t *b2b_host_user_suspend(b2b_db_conn_t *conn, const char *id, apr_int64_t version,
                                   apr_pool_t *scratch_pool);
b2b_error_t *b2b_host_user_resume(b2b_db_conn_t *conn, const char *id, apr_int64_t version,
                                  apr_pool_t *scratch_pool);
b2b_error_t *b2b_host_user_delete(b2b_db_conn_t *conn, const char *id, apr_int64_t version,
                                  apr_pool_t *scratch_pool);

/** Whom a host user sponsors: people who have access now, and the portals they are in. */
typedef struct {
    apr_int64_t members;
    apr_int64_t portals;
} b2b_sponsored_t;

b2b_error_t *b2b_host_user_sponsored(b2b_sponsored_t *sponsored, b2b_db_conn_t *conn,
                                     const char *id, apr_pool_t *scratch_pool);

/**
 * First sign-in: link IDENTITY to the pending host user with its e-mail, once (S3). The caller has asked
 * b2b_policy_email_verified. *USER is NULL if there is no such user, or the identity is somebody's already.
 */
b2b_error_t *b2b_host_user_link(b2b_host_user_t **user, b2b_db_conn_t *conn,
                                const b2b_identity_t *identity, apr_pool_t *result_pool,
                                apr_pool_t *scratch_pool);

/** Remember a sign-in; no decision depends on it, so no version and no generation changes. */
b2b_error_t *b2b_host_user_signed_in(b2b_db_conn_t *conn, const char *id, apr_pool_t *scratch_pool);

/* host_group.c --------------------------------------------------------------------------------- */

typedef struct {
    const char *id;
    const char *name;
    int automatic; /* of a portal: exactly the active members (S5); its id is the portal's */
    apr_int64_t member_count;
    apr_int64_t version;
    apr_time_t created_at;
    apr_time_t modified_at;
} b2b_group_t;

b2b_error_t *b2b_host_group_create(b2b_db_conn_t *conn, b2b_group_t *values,
                                   apr_pool_t *result_pool, apr_pool_t *scratch_pool);
b2b_error_t *b2b_host_group_get(b2b_group_t **group, b2b_db_conn_t *conn, const char *id,
                                apr_pool_t *result_pool, apr_pool_t *scratch_pool);
/** Filters: q. Sorts: name. The members of one: b2b_host_user_list with group_id. */
b2b_error_t *b2b_host_group_list(b2b_page_t **page, b2b_db_conn_t *conn, const b2b_list_t *list,
                                 apr_pool_t *result_pool, apr_pool_t *scratch_pool);
b2b_error_t *b2b_host_group_update(b2b_db_conn_t *conn, b2b_group_t *values, apr_int64_t version,
                                   apr_pool_t *scratch_pool);
b2b_error_t *b2b_host_group_delete(b2b_db_conn_t *conn, const char *id, apr_int64_t version,
                                   apr_pool_t *scratch_pool);
/** *CHANGED says whether it was not so before. */
b2b_error_t *b2b_host_group_add(int *changed, b2b_db_conn_t *conn, const char *group_id,
                                const char *user_id, apr_pool_t *scratch_pool);
b2b_error_t *b2b_host_group_remove(int *changed, b2b_db_conn_t *conn, const char *group_id,
                                   const char *user_id, apr_pool_t *scratch_pool);

/* portal.c, issuer.c --------------------------------------------------------------------------- */

typedef struct {
    apr_int64_t partners;
    apr_int64_t members; /* active ones */
    apr_int64_t invited;
    apr_int64_t groups; /* without the automatic one */
    apr_int64_t placements;
} b2b_portal_counts_t;

typedef struct {
    const char *id;
    const char *technical_name;
    const char *name;
    const char *color;
    const char *logout_url;   /* or NULL */
    const char *logo;         /* file, or NULL */
    const char *home_cover;   /* file, or NULL */
    const char *contact_name; /* "" if not given */
    const char *contact_email;
    const char *locale;
    b2b_state_e state; /* active or suspended */
    const apr_array_header_t
        *issuers; /* of b2b_issuer_t, in their order; read-only: b2b_portal_issuers_set */
    apr_int64_t version;
    apr_time_t created_at;
    apr_time_t modified_at;
} b2b_portal_t;

/** A new portal's colour, where nobody chose one. */
#define B2B_PORTAL_COLOR "#2457a6"

/**
 * Make a portal, active; sets VALUES' id, version and times. VALUES->issuers NULL or empty: DEFAULTS. A
 * technical name that is taken, or was a portal's that was deleted less than 30 days ago, is B2B_E_CONFLICT
 * (technical-name-taken); an unknown image is B2B_E_INVALID with its field.
 */
b2b_error_t *b2b_portal_create(b2b_db_conn_t *conn, b2b_portal_t *values,
                               const apr_array_header_t *defaults, apr_pool_t *result_pool,
                               apr_pool_t *scratch_pool);

b2b_error_t *b2b_portal_get(b2b_portal_t **portal, b2b_db_conn_t *conn, const char *technical_name,
                            apr_pool_t *result_pool, apr_pool_t *scratch_pool);
b2b_error_t *b2b_portal_get_by_id(b2b_portal_t **portal, b2b_db_conn_t *conn, const char *id,
                                  apr_pool_t *result_pool, apr_pool_t *scratch_pool);

/** Filters: q (name or technical name), state. Sorts: name, technical_name, created_at. */
b2b_error_t *b2b_portal_list(b2b_page_t **page, b2b_db_conn_t *conn, const b2b_list_t *list,
                             apr_pool_t *result_pool, apr_pool_t *scratch_pool);

b2b_error_t *b2b_portal_counts(b2b_portal_counts_t *counts, b2b_db_conn_t *conn,
                               const char *portal_id, apr_pool_t *scratch_pool);

/** All but technical name, state and issuers. A group named like the new automatic one: B2B_E_CONFLICT. */
b2b_error_t *b2b_portal_update(b2b_db_conn_t *conn, b2b_portal_t *values, apr_int64_t version,
                               apr_pool_t *scratch_pool);

/** STATE is active or suspended. Touches the directory. */
b2b_error_t *b2b_portal_state_set(b2b_db_conn_t *conn, const char *portal_id, apr_int64_t version,
                                  b2b_state_e state, apr_pool_t *scratch_pool);

/** Into the bin; mail that waits is cancelled. The technical name stays reserved for 30 days. */
b2b_error_t *b2b_portal_delete(b2b_db_conn_t *conn, const char *portal_id, apr_int64_t version,
                               apr_pool_t *scratch_pool);

/** What suspending or deleting the portal would do. */
b2b_error_t *b2b_portal_impact(b2b_impact_t *impact, b2b_db_conn_t *conn, const char *portal_id,
                               apr_pool_t *scratch_pool);

/** Is the technical name free now (well-formed, not reserved: b2b_text_is_technical_name is asked first)? */
b2b_error_t *b2b_portal_name_free(int *free, b2b_db_conn_t *conn, const char *technical_name,
                                  apr_pool_t *scratch_pool);

/** A free technical name near WANTED ("acme", "acme-2", …); NULL if WANTED is not one at all. */
b2b_error_t *b2b_portal_name_suggest(const char **free, b2b_db_conn_t *conn, const char *wanted,
                                     apr_pool_t *result_pool, apr_pool_t *scratch_pool);

/** The portal's first-run list: has it a brand, a partner, an invitation, a sign-in, a placement? */
typedef struct {
    int partner_added;
    int member_invited;
    int member_signed_in;
    int dashboard_placed;
} b2b_portal_progress_t;

/** PORTAL_ID NULL: of all portals together. */
b2b_error_t *b2b_portal_progress(b2b_portal_progress_t *progress, b2b_db_conn_t *conn,
                                 const char *portal_id, apr_pool_t *scratch_pool);

/**
 * Make ISSUERS (of b2b_issuer_t, 1 to B2B_ISSUERS_MAX, no issuer twice: else B2B_E_INVALID) the portal's.
 * Raises the portal's version; sessions of an issuer that is no longer listed end at once.
 */
b2b_error_t *b2b_portal_issuers_set(b2b_db_conn_t *conn, const char *portal_id, apr_int64_t version,
                                    const apr_array_header_t *issuers, apr_pool_t *scratch_pool);
b2b_error_t *b2b_portal_issuers_get(apr_array_header_t **issuers, b2b_db_conn_t *conn,
                                    const char *portal_id, apr_pool_t *result_pool,
                                    apr_pool_t *scratch_pool);

/* partner.c ------------------------------------------------------------------------------------ */

typedef struct {
    const char *portal_id;
    const char *id;
    const char *name;
    const char *contact_first_name; /* these four "" if not given */
    const char *contact_last_name;
    const char *contact_email;
    const char *country; /* ISO 3166-1 alpha-2 */
    const char *city;
    const char *logo;         /* file, or NULL */
    b2b_state_e state;        /* pending until its first member accepts */
    apr_int64_t member_count; /* all that are not removed */
    apr_int64_t version;
    apr_time_t created_at;
    apr_time_t modified_at;
} b2b_partner_t;

/** Pending. A name that is taken in the portal is B2B_E_CONFLICT (name-taken). */
b2b_error_t *b2b_partner_create(b2b_db_conn_t *conn, b2b_partner_t *values, apr_pool_t *result_pool,
                                apr_pool_t *scratch_pool);
b2b_error_t *b2b_partner_get(b2b_partner_t **partner, b2b_db_conn_t *conn, const char *portal_id,
                             const char *id, apr_pool_t *result_pool, apr_pool_t *scratch_pool);
/** Filters: q, state. Sorts: name, created_at. */
b2b_error_t *b2b_partner_list(b2b_page_t **page, b2b_db_conn_t *conn, const char *portal_id,
                              const b2b_list_t *list, apr_pool_t *result_pool,
                              apr_pool_t *scratch_pool);
b2b_error_t *b2b_partner_update(b2b_db_conn_t *conn, b2b_partner_t *values, apr_int64_t version,
                                apr_pool_t *scratch_pool);
b2b_error_t *b2b_partner_suspend(b2b_db_conn_t *conn, const char *portal_id, const char *id,
                                 apr_int64_t version, apr_pool_t *scratch_pool);
/** To active where one of its members ever accepted, else to pending. */
b2b_error_t *b2b_partner_resume(b2b_db_conn_t *conn, const char *portal_id, const char *id,
                                apr_int64_t version, apr_pool_t *scratch_pool);
/** With its members and its placements; pending invitations are revoked. */
b2b_error_t *b2b_partner_delete(b2b_db_conn_t *conn, const char *portal_id, const char *id,
                                apr_int64_t version, apr_pool_t *scratch_pool);
b2b_error_t *b2b_partner_impact(b2b_impact_t *impact, b2b_db_conn_t *conn, const char *portal_id,
                                const char *id, apr_pool_t *scratch_pool);

/* member.c, member_list.c ---------------------------------------------------------------------- */

/** Where a membership of a group comes from (S5); bits. Each source keeps its own; the effect is the union. */
typedef enum {
    B2B_SOURCE_AUTOMATIC = 1 << 0,
    B2B_SOURCE_CONSOLE = 1 << 1,
    B2B_SOURCE_CSV = 1 << 2,
    B2B_SOURCE_API = 1 << 3,
    B2B_SOURCE_SCIM = 1 << 4,
    B2B_SOURCE_CLAIM = 1 << 5
} b2b_source_e;

const char *b2b_source_word(b2b_source_e source);

typedef struct {
    const char *id;
    const char *name;
    int automatic;
    int sources; /* bits of b2b_source_e */
} b2b_member_group_t;

typedef enum {
    B2B_INV_PENDING,
    B2B_INV_ACCEPTED,
    B2B_INV_DECLINED,
    B2B_INV_EXPIRED, /* pending, and its time is over: never stored */
    B2B_INV_REVOKED
} b2b_invitation_state_e;

const char *b2b_invitation_state_word(b2b_invitation_state_e state);

typedef struct {
    const char *portal_id;
    const char *id;
    const char *partner_id;
    const char *partner_name;
    const char *email;      /* fixed */
    const char *first_name; /* "" if not known */
    const char *last_name;
    b2b_member_role_e role;
    const apr_array_header_t
        *groups; /* of b2b_member_group_t: the automatic one first if active, then by name */
    b2b_state_e state;
    const char *issuer; /* NULL until the invitation is accepted */
    const char *subject;
    apr_time_t valid_until; /* 0: no end */
    const char *sponsor_id; /* a host user, or NULL */
    const char *sponsor_name;
    b2b_state_e sponsor_state;  /* …_UNKNOWN: no longer a host user */
    const char *locale;         /* or NULL */
    apr_time_t last_sign_in_at; /* 0: never */
    const char *invitation_id;  /* the newest, or NULL; with it: */
    b2b_invitation_state_e invitation_state;
    b2b_mail_state_e invitation_delivery;
    apr_time_t invitation_expires_at;
    apr_int64_t version;
    apr_time_t created_at;
    apr_time_t modified_at;
} b2b_member_t;

typedef enum {
    B2B_INVITED_NEW,
    B2B_INVITED_REVIVED,     /* was removed: same row, no identity, only the groups given now */
    B2B_INVITED_ALREADY,     /* is invited and has not answered: nothing is written */
    B2B_INVITED_IS_MEMBER,   /* is an active member: nothing is written */
    B2B_INVITED_IS_SUSPENDED /* nothing is written */
} b2b_invited_e;

/**
 * Make the member of VALUES (portal_id, partner_id, email, names, role, valid_until, sponsor_id, locale) in
 * state invited, in GROUPS (ids, or NULL; source console), without an invitation yet: b2b_invitation_create.
 * *MEMBER is the member that now has the address. Unknown partner, group or sponsor: B2B_E_INVALID with
 * its field.
 */
b2b_error_t *b2b_member_invite(b2b_invited_e *result, b2b_member_t **member, b2b_db_conn_t *conn,
                               const b2b_member_t *values, const apr_array_header_t *groups,
                               apr_pool_t *result_pool, apr_pool_t *scratch_pool);

b2b_error_t *b2b_member_get(b2b_member_t **member, b2b_db_conn_t *conn, const char *portal_id,
                            const char *id, apr_pool_t *result_pool, apr_pool_t *scratch_pool);
b2b_error_t *b2b_member_by_email(b2b_member_t **member, b2b_db_conn_t *conn, const char *portal_id,
                                 const char *email, apr_pool_t *result_pool,
                                 apr_pool_t *scratch_pool);

/**
 * Filters: q (address or name), state, partner_id, group_id (the automatic one, too), role. Sorts: email,
 * last_name, last_sign_in_at, created_at.
 */
b2b_error_t *b2b_member_list(b2b_page_t **page, b2b_db_conn_t *conn, const char *portal_id,
                             const b2b_list_t *list, apr_pool_t *result_pool,
                             apr_pool_t *scratch_pool);

/** Names, role, partner, valid_until, sponsor, locale. */
b2b_error_t *b2b_member_update(b2b_db_conn_t *conn, b2b_member_t *values, apr_int64_t version,
                               apr_pool_t *scratch_pool);

/** Make GROUPS (ids) the ones that the member has from SOURCE; those of other sources stay. */
b2b_error_t *b2b_member_groups_set(b2b_db_conn_t *conn, const char *portal_id, const char *id,
                                   b2b_source_e source, const apr_array_header_t *groups,
                                   apr_pool_t *scratch_pool);

b2b_error_t *b2b_member_suspend(b2b_db_conn_t *conn, const char *portal_id, const char *id,
                                apr_int64_t version, apr_pool_t *scratch_pool);
/** To active, or to invited where the invitation was never accepted. */
b2b_error_t *b2b_member_resume(b2b_db_conn_t *conn, const char *portal_id, const char *id,
                               apr_int64_t version, apr_pool_t *scratch_pool);
/** Pending invitations are revoked. The row stays, for the bin and for b2b_member_invite. */
b2b_error_t *b2b_member_remove(b2b_db_conn_t *conn, const char *portal_id, const char *id,
                               apr_int64_t version, apr_pool_t *scratch_pool);
b2b_error_t *b2b_member_signed_in(b2b_db_conn_t *conn, const char *portal_id, const char *id,
                                  apr_pool_t *scratch_pool);

/** The member as policy sees it, for "explain"; whatever its state. NULL if it is not there. */
b2b_error_t *b2b_principal_of_member(b2b_principal_t **principal, b2b_identity_t **identity,
                                     b2b_db_conn_t *conn, const char *portal_id, const char *id,
                                     apr_pool_t *result_pool, apr_pool_t *scratch_pool);

/* group.c -------------------------------------------------------------------------------------- */

/** "All <name> users", in POOL. */
const char *b2b_group_automatic_name(const char *portal_name, apr_pool_t *pool);

/** A name that is taken, or is the automatic group's, is B2B_E_CONFLICT (name-taken). */
b2b_error_t *b2b_group_create(b2b_db_conn_t *conn, const char *portal_id, b2b_group_t *values,
                              apr_pool_t *result_pool, apr_pool_t *scratch_pool);
/** The automatic group answers to the portal's id. */
b2b_error_t *b2b_group_get(b2b_group_t **group, b2b_db_conn_t *conn, const char *portal_id,
                           const char *id, apr_pool_t *result_pool, apr_pool_t *scratch_pool);
/** Filters: q. Sorts: name. The automatic group comes first on the first page (beyond LIMIT), unless q is given. */
b2b_error_t *b2b_group_list(b2b_page_t **page, b2b_db_conn_t *conn, const char *portal_id,
                            const b2b_list_t *list, apr_pool_t *result_pool,
                            apr_pool_t *scratch_pool);
/** The name. The automatic group is B2B_E_CONFLICT (automatic-group) here and below. */
b2b_error_t *b2b_group_update(b2b_db_conn_t *conn, const char *portal_id, b2b_group_t *values,
                              apr_int64_t version, apr_pool_t *scratch_pool);
/** Where it was the last group of a placement's security, nobody may open that (S6). */
b2b_error_t *b2b_group_delete(b2b_db_conn_t *conn, const char *portal_id, const char *id,
                              apr_int64_t version, apr_pool_t *scratch_pool);
b2b_error_t *b2b_group_impact(b2b_impact_t *impact, b2b_db_conn_t *conn, const char *portal_id,
                              const char *id, apr_pool_t *scratch_pool);
/** *CHANGED says whether the row of SOURCE was not so before. */
b2b_error_t *b2b_group_member_add(int *changed, b2b_db_conn_t *conn, const char *portal_id,
                                  const char *group_id, const char *member_id, b2b_source_e source,
                                  apr_pool_t *scratch_pool);
b2b_error_t *b2b_group_member_remove(int *changed, b2b_db_conn_t *conn, const char *portal_id,
                                     const char *group_id, const char *member_id,
                                     b2b_source_e source, apr_pool_t *scratch_pool);

typedef struct {
    const char *id;
    const char *email;
    const char *first_name;
    const char *last_name;
    const char *partner_id;
    const char *partner_name;
    b2b_state_e state;
    int sources; /* bits of b2b_source_e */
} b2b_group_member_t;

/** Items are b2b_group_member_t *. Filters: q. Sorts: email. */
b2b_error_t *b2b_group_member_list(b2b_page_t **page, b2b_db_conn_t *conn, const char *portal_id,
                                   const char *group_id, const b2b_list_t *list,
                                   apr_pool_t *result_pool, apr_pool_t *scratch_pool);

/* invitation.c --------------------------------------------------------------------------------- */

#define B2B_INVITATION_LIFE apr_time_from_sec(7 * 24 * 3600)

typedef struct {
    const char *portal_id;
    const char *id;
    const char *member_id;
    const char *email;
    b2b_invitation_state_e state;
    b2b_member_role_e role; /* these five are the member's */
    b2b_state_e member_state;
    const char *partner_id;
    const char *partner_name;
    const char *first_name;
    const char *invited_by;   /* a host user, or NULL */
    const char *inviter_name; /* or NULL */
    const char *inviter_email;
    const char *message; /* the inviter's lines for the mail, or NULL */
    apr_time_t expires_at;
    apr_time_t answered_at; /* 0: not yet */
    apr_int64_t sent_count;
    const char *mail_id; /* the newest mail that carries it, or NULL; with it: */
    b2b_mail_state_e delivery;
    apr_int64_t attempts;
    apr_time_t last_attempt_at;
    apr_time_t next_attempt_at;
    apr_time_t sent_at;
    const char *server_words;
    apr_int64_t version;
    apr_time_t created_at;
    apr_time_t modified_at;
} b2b_invitation_t;

/**
 * Invite the member MEMBER_ID, who is in state invited (else B2B_E_CONFLICT): a new pending invitation; one
 * that was pending is revoked. No token exists yet and no mail is queued: the caller enqueues one of kind
 * "invitation" with the invitation's id as subject_id, without a token in its document; whoever sends it
 * calls b2b_invitation_token_create for each attempt, so that no token is ever stored.
 */
b2b_error_t *b2b_invitation_create(b2b_invitation_t **invitation, b2b_db_conn_t *conn,
                                   const char *portal_id, const char *member_id,
                                   const char *invited_by, const char *message,
                                   apr_pool_t *result_pool, apr_pool_t *scratch_pool);

/**
 * A new *TOKEN (192 random bits, base64url) of the pending INVITATION_ID; only its SHA-256 is stored. With
 * ALONE the tokens made before stop working ("copy link"). *TOKEN is NULL if the invitation is no longer
 * pending: then there is nothing to send.
 */
b2b_error_t *b2b_invitation_token_create(const char **token, b2b_db_conn_t *conn,
                                         const char *portal_id, const char *invitation_id,
                                         int alone, apr_pool_t *result_pool,
                                         apr_pool_t *scratch_pool);

b2b_error_t *b2b_invitation_get(b2b_invitation_t **invitation, b2b_db_conn_t *conn,
                                const char *portal_id, const char *id, apr_pool_t *result_pool,
                                apr_pool_t *scratch_pool);
/** Looks only; NULL for a token that this portal does not know. */
b2b_error_t *b2b_invitation_by_token(b2b_invitation_t **invitation, b2b_db_conn_t *conn,
                                     const char *portal_id, const char *token,
                                     apr_pool_t *result_pool, apr_pool_t *scratch_pool);
/** The pending (or expired) invitation of a member, or of an address; NULL if there is none. */
b2b_error_t *b2b_invitation_of_member(b2b_invitation_t **invitation, b2b_db_conn_t *conn,
                                      const char *portal_id, const char *member_id,
                                      apr_pool_t *result_pool, apr_pool_t *scratch_pool);
b2b_error_t *b2b_invitation_of_email(b2b_invitation_t **invitation, b2b_db_conn_t *conn,
                                     const char *portal_id, const char *email,
                                     apr_pool_t *result_pool, apr_pool_t *scratch_pool);
/** Newest first. Filters: q (address or name), state (pending, accepted, declined, expired, revoked), partner_id. */
b2b_error_t *b2b_invitation_list(b2b_page_t **page, b2b_db_conn_t *conn, const char *portal_id,
                                 const b2b_list_t *list, apr_pool_t *result_pool,
                                 apr_pool_t *scratch_pool);

/** A new week; the tokens made before stop working; waiting mail of it is cancelled. The caller enqueues the
 *  new one. B2B_E_CONFLICT (not-pending) if it was answered or revoked. */
b2b_error_t *b2b_invitation_resend(b2b_db_conn_t *conn, const char *portal_id, const char *id,
                                   apr_pool_t *scratch_pool);
/** Its waiting mail is cancelled. B2B_E_CONFLICT (not-pending) if it was answered or revoked. */
b2b_error_t *b2b_invitation_revoke(b2b_db_conn_t *conn, const char *portal_id, const char *id,
                                   apr_pool_t *scratch_pool);

/**
 * Answer the invitation as IDENTITY (b2b_policy_may_answer was asked before): one UPDATE … WHERE it is
 * pending decides who of many was first. Accepting links the identity, makes the member active, fills in
 * names that were empty and makes a pending partner active. *ANSWERED is FALSE, and nothing is written, if
 * it is not pending, is over, or the member is not in state invited. An identity that is another live
 * member's of this portal is B2B_E_CONFLICT (identity-taken).
 */
b2b_error_t *b2b_invitation_answer(int *answered, b2b_db_conn_t *conn, const char *portal_id,
                                   const char *id, const b2b_identity_t *identity, int accept,
                                   apr_pool_t *scratch_pool);

#endif
