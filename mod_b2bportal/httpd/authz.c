/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Require b2b-…: who may pass, over anything Apache serves. Lines are read and checked at start-up; names of
 * groups, partners and dashboards are looked up at the request, since portals differ. A verdict does not
 * depend on the URI, so that httpd may skip sub-requests of the same configuration.
 */

#include "httpd/module.h"

#include <apr_strings.h>
#include <mod_auth.h>

#include "base/chance.h"
#include "base/text.h"

/* The words of one line. */
typedef struct {
    apr_array_header_t *folded;  /* of const char * */
    apr_array_header_t *written; /* the same, as in the configuration */
    int roles;
    const char *place; /* "/etc/apache2/b2b.conf:12" */
} line_t;

typedef enum { VERDICT_DENIED, VERDICT_GRANTED, VERDICT_NO_USER, VERDICT_ERROR } verdict_e;

static authz_status refuse(b2b_visit_t *visit, request_rec *r, b2b_reason_e reason)
{
    visit->refused = 1;
    visit->refusal = reason;
    ap_log_rerror(APLOG_MARK, APLOG_INFO, 0, r, "%s: %s", b2b_reason_word(reason),
                  b2b_reason_sentence(reason));
    return AUTHZ_DENIED;
}

/* The line is about portals and this is the console, or the other way round: usual where one section serves
 * both, and so no reason of its own as long as another line gives one. */
static authz_status refuse_side(b2b_visit_t *visit)
{
    if (!visit->refused) {
        visit->refused = 1;
        visit->refusal = B2B_REASON_DENIED_KIND;
    }
    return AUTHZ_DENIED;
}

static authz_status conclude(b2b_visit_t *visit, request_rec *r, b2b_decision_t decision)
{
    return decision.granted ? AUTHZ_GRANTED : refuse(visit, r, decision.reason);
}

static authz_status fail(request_rec *r, const b2b_error_t *err)
{
    ap_log_rerror(APLOG_MARK, APLOG_ERR, err->status, r,
                  "Nobody is let in, since nothing can be decided: %s",
                  b2b_error_text(err, r->pool));
    return AUTHZ_GENERAL_ERROR;
}

/*
 * What every provider asks first. Return AUTHZ_GRANTED, with *VISIT and *DECISION, where the question of the
 * line itself may follow. Without a user the answer is "no user", before anything else: that starts the
 * sign-in, and anything else would either end it or let through without claims.
 */
static authz_status begin(b2b_visit_t **visit, b2b_decision_t *decision, request_rec *r,
                          b2b_side_e side)
{
    b2b_error_t *err;

    *visit = b2b_visit_of(r);
    if (!*visit || !b2b_child) {
        ap_log_rerror(APLOG_MARK, APLOG_ERR, 0, r,
                      "Require b2b-… needs B2BPortalDomain in this virtual host; nobody is let in");
        return AUTHZ_DENIED;
    }
    if (!b2b_visit_identity(*visit, r)) {
        return AUTHZ_DENIED_NO_USER;
    }
    if ((*visit)->side != side) {
        return refuse_side(*visit);
    }
    err = b2b_visit_decision(decision, *visit, r);
    if (err) {
        return fail(r, err);
    }
    return decision->granted ? AUTHZ_GRANTED : refuse(*visit, r, decision->reason);
}

static const b2b_principal_t *principal_of(const b2b_visit_t *visit)
{
    return visit->person->principal;
}

/* The line names something that is not in this portal: said once, since it may well be meant for another. */
static void log_absent(const line_t *line, int index, const char *kind, const b2b_visit_t *visit,
                       request_rec *r)
{
    apr_uint32_t bit = 1u << (index < 31 ? index : 31);
    _Atomic apr_uint32_t *said =
        &b2b_startup->shared->said[b2b_hash64(line->place) % B2B_SAID_SLOTS];

    if (!(atomic_fetch_or(said, bit) & bit)) {
        ap_log_rerror(
            APLOG_MARK, APLOG_WARNING, 0, r,
            "%s: there is no %s \"%s\" in portal %s; nobody is let in by it (asked for %s)",
            line->place, kind, APR_ARRAY_IDX(line->written, index, const char *),
            visit->technical_name, r->uri);
    }
}

/* The providers ---------------------------------------------------------------------------------------------- */

static authz_status check_member(request_rec *r, const char *text, const void *parsed)
{
    b2b_visit_t *visit;
    b2b_decision_t decision;

    (void)text;
    (void)parsed;
    return begin(&visit, &decision, r, B2B_SIDE_PORTAL);
}

static authz_status check_role(request_rec *r, const char *text, const void *parsed)
{
    const line_t *line = parsed;
    b2b_visit_t *visit;
    b2b_decision_t decision;
    authz_status status = begin(&visit, &decision, r, B2B_SIDE_PORTAL);

    (void)text;
    if (status == AUTHZ_GRANTED) {
        return conclude(visit, r,
                        b2b_policy_member_role(decision, principal_of(visit), line->roles));
    }
    return status;
}

static authz_status check_host_role(request_rec *r, const char *text, const void *parsed)
{
    const line_t *line = parsed;
    b2b_visit_t *visit;
    b2b_decision_t decision;
    authz_status status = begin(&visit, &decision, r, B2B_SIDE_CONSOLE);

    (void)text;
    if (status == AUTHZ_GRANTED) {
        return conclude(visit, r, b2b_policy_host_role(decision, principal_of(visit), line->roles));
    }
    return status;
}

static authz_status check_group(request_rec *r, const char *text, const void *parsed)
{
    const line_t *line = parsed;
    b2b_visit_t *visit;
    b2b_decision_t member, decision = {0, B2B_REASON_DENIED_GROUP};
    authz_status status = begin(&visit, &member, r, B2B_SIDE_PORTAL);

    (void)text;
    if (status != AUTHZ_GRANTED) {
        return status;
    }
    for (int i = 0; i < line->folded->nelts && !decision.granted; i++) {
        const char *name = APR_ARRAY_IDX(line->folded, i, const char *);
        const char *id = apr_hash_get(visit->portal->groups_by_name, name, APR_HASH_KEY_STRING);

        if (!id && strcmp(b2b_text_fold(visit->portal->automatic_group, r->pool), name) != 0) {
            log_absent(line, i, "group", visit, r);
            continue;
        }
        decision = b2b_policy_member_group(member, principal_of(visit), id);
    }
    return conclude(visit, r, decision);
}

static authz_status check_partner(request_rec *r, const char *text, const void *parsed)
{
    const line_t *line = parsed;
    b2b_visit_t *visit;
    b2b_decision_t member, decision = {0, B2B_REASON_DENIED_PARTNER};
    authz_status status = begin(&visit, &member, r, B2B_SIDE_PORTAL);

    (void)text;
    if (status != AUTHZ_GRANTED) {
        return status;
    }
    for (int i = 0; i < line->folded->nelts && !decision.granted; i++) {
        const b2b_snapshot_partner_t *partner = apr_hash_get(visit->portal->partners_by_name,
                                                             APR_ARRAY_IDX(line->folded, i,
                                                                           const char *),
                                                             APR_HASH_KEY_STRING);

        if (!partner) {
            log_absent(line, i, "partner", visit, r);
            continue;
        }
        decision = b2b_policy_member_partner(member, principal_of(visit), partner->id);
    }
    return conclude(visit, r, decision);
}

static authz_status check_dashboard(request_rec *r, const char *text, const void *parsed)
{
    const line_t *line = parsed;
    b2b_visit_t *visit;
    b2b_decision_t member, decision = {0, B2B_REASON_DENIED_NOT_PLACED};
    authz_status status = begin(&visit, &member, r, B2B_SIDE_PORTAL);
    const apr_array_header_t *placements;

    (void)text;
    if (status != AUTHZ_GRANTED) {
        return status;
    }
    placements = apr_hash_get(visit->portal->placements_by_name,
                              APR_ARRAY_IDX(line->folded, 0, const char *), APR_HASH_KEY_STRING);
    if (!placements || placements->nelts == 0) {
        log_absent(line, 0, "dashboard", visit, r);
        return refuse(visit, r, B2B_REASON_DENIED_NOT_PLACED);
    }
    /* A name may be placed for several partners; one placement that opens is enough. */
    for (int i = 0; i < placements->nelts && !decision.granted; i++) {
        decision = b2b_policy_placement(member, principal_of(visit),
                                        &APR_ARRAY_IDX(placements, i, b2b_snapshot_placement_t));
    }
    return conclude(visit, r, decision);
}

/* Reading the lines ------------------------------------------------------------------------------------------- */

static line_t *read_line(cmd_parms *cmd, const char *text)
{
    line_t *line = apr_pcalloc(cmd->pool, sizeof(*line));
    const char *word;

    line->folded = apr_array_make(cmd->pool, 2, sizeof(const char *));
    line->written = apr_array_make(cmd->pool, 2, sizeof(const char *));
    line->place = cmd->directive ? apr_psprintf(cmd->pool, "%s:%d", cmd->directive->filename,
                                                cmd->directive->line_num)
                                 : "the configuration";
    while (*text && *(word = ap_getword_conf(cmd->pool, &text))) {
        APR_ARRAY_PUSH(line->written, const char *) = word;
        APR_ARRAY_PUSH(line->folded, const char *) = b2b_text_fold(word, cmd->pool);
    }
    return line;
}

static const char *parse_nothing(cmd_parms *cmd, const char *text, const void **parsed)
{
    (void)parsed;
    if (*text) {
        return apr_pstrcat(cmd->pool, "Require b2b-member takes no further words; \"", text,
                           "\" is one", NULL);
    }
    return NULL;
}

static const char *parse_names(cmd_parms *cmd, const char *text, const void **parsed)
{
    line_t *line = read_line(cmd, text);

    *parsed = line;
    if (line->written->nelts == 0) {
        return "Require b2b-group and Require b2b-partner need at least one name; one with spaces "
               "in quotation marks";
    }
    return NULL;
}

static const char *parse_name(cmd_parms *cmd, const char *text, const void **parsed)
{
    line_t *line = read_line(cmd, text);

    *parsed = line;
    if (line->written->nelts != 1) {
        return "Require b2b-dashboard needs one name; one with spaces in quotation marks";
    }
    return NULL;
}

typedef struct {
    const char *provider;
    int (*bit_of)(const char *word);   /* 0: not a role */
    const char *(*word_of)(int index); /* NULL: no more */
} roles_t;

static int member_bit(const char *word)
{
    b2b_member_role_e role = b2b_member_role_parse(word);

    return role == B2B_MEMBER_NONE ? 0 : 1 << role;
}

static const char *member_word(int index)
{
    static const b2b_member_role_e roles[] = {B2B_MEMBER_VIEWER, B2B_MEMBER_EDITOR,
                                              B2B_MEMBER_PARTNER_ADMINISTRATOR};

    return index < 3 ? b2b_member_role_word(roles[index]) : NULL;
}

static int host_bit(const char *word)
{
    return (int)b2b_host_role_parse(word);
}

static const char *host_word(int index)
{
    return index < 6 ? b2b_host_role_word((b2b_host_role_e)(1 << index)) : NULL;
}

static const roles_t member_roles = {"b2b-role", member_bit, member_word};
static const roles_t host_roles = {"b2b-host-role", host_bit, host_word};

static const char *unknown_role(cmd_parms *cmd, const roles_t *roles, const char *word)
{
    apr_array_header_t *all = apr_array_make(cmd->pool, 6, sizeof(const char *));
    apr_array_header_t *near;
    const char *role;

    for (int i = 0; (role = roles->word_of(i)) != NULL; i++) {
        APR_ARRAY_PUSH(all, const char *) = role;
    }
    near = b2b_text_nearest(word, all, cmd->pool);
    if (near->nelts > 0) {
        return apr_pstrcat(cmd->pool, "Require ", roles->provider, ": there is no role ", word,
                           "; did you mean ", APR_ARRAY_IDX(near, 0, const char *), "?", NULL);
    }
    return apr_pstrcat(cmd->pool, "Require ", roles->provider, ": there is no role ", word,
                       "; the roles are ", apr_array_pstrcat(cmd->pool, all, ' '), NULL);
}

static const char *parse_role_words(cmd_parms *cmd, const char *text, const void **parsed,
                                    const roles_t *roles)
{
    line_t *line = read_line(cmd, text);

    *parsed = line;
    if (line->written->nelts == 0) {
        return apr_pstrcat(cmd->pool, "Require ", roles->provider, " needs at least one role",
                           NULL);
    }
    for (int i = 0; i < line->written->nelts; i++) {
        const char *word = APR_ARRAY_IDX(line->written, i, const char *);
        int bit = roles->bit_of(word);

        if (!bit) {
            return unknown_role(cmd, roles, word);
        }
        line->roles |= bit;
    }
    return NULL;
}

static const char *parse_roles(cmd_parms *cmd, const char *text, const void **parsed)
{
    return parse_role_words(cmd, text, parsed, &member_roles);
}

static const char *parse_host_roles(cmd_parms *cmd, const char *text, const void **parsed)
{
    return parse_role_words(cmd, text, parsed, &host_roles);
}

void b2b_authz_register(apr_pool_t *pool)
{
    static const authz_provider member = {&check_member, &parse_nothing};
    static const authz_provider role = {&check_role, &parse_roles};
    static const authz_provider group = {&check_group, &parse_names};
    static const authz_provider partner = {&check_partner, &parse_names};
    static const authz_provider dashboard = {&check_dashboard, &parse_name};
    static const authz_provider host_role = {&check_host_role, &parse_host_roles};
    static const struct {
        const char *name;
        const authz_provider *provider;
    } all[] = {{"b2b-member", &member},       {"b2b-role", &role},
               {"b2b-group", &group},         {"b2b-partner", &partner},
               {"b2b-dashboard", &dashboard}, {"b2b-host-role", &host_role}};

    for (apr_size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
        ap_register_auth_provider(pool, AUTHZ_PROVIDER_GROUP, all[i].name, AUTHZ_PROVIDER_VERSION,
                                  all[i].provider, AP_AUTH_INTERNAL_PER_CONF);
    }
}

/* Between sign-in and decision: load what the providers ask, so that a database that does not answer is a 503
 * and not the 500 that a provider's error becomes. */
int b2b_authz_prepare(request_rec *r)
{
    b2b_visit_t *visit = b2b_visit_of(r);
    b2b_decision_t decision;
    b2b_error_t *err;

    if (!visit || !b2b_visit_identity(visit, r) ||
        b2b_address_of(visit, r)->kind == B2B_ADDRESS_API) {
        return DECLINED; /* the API answers for itself, in JSON */
    }
    err = b2b_visit_decision(&decision, visit, r);
    if (err && err->code == B2B_E_NOT_FOUND) {
        return b2b_hostname_not_found(r);
    }
    if (err) {
        fail(r, err);
        apr_table_setn(r->err_headers_out, "Retry-After", "5");
        return HTTP_SERVICE_UNAVAILABLE;
    }
    return DECLINED;
}
