/* SPDX-License-Identifier: Apache-2.0 */
/* Shared processes: the draft, and the revisions that were sent. */

#include "share_json.h"

#include <string.h>

#include <apr_strings.h>

static b2b_error_t *share_json(b2b_json_t **json, b2b_call_t *call, const b2b_share_t *share)
{
    b2b_json_t *object = b2b_json_object(call->pool);
    b2b_share_document_t *draft;

    B2B_ERR(b2b_share_resolve(&draft, call->conn, share->draft, call->pool, call->pool));
    b2b_json_set_string(object, "id", share->id);
    B2B_ERR(b2b_share_document_json(object, call, draft));
    b2b_json_set_bool(object, "draft_changed", share->draft_changed);
    b2b_json_set_integer(object, "revision", share->revision);
    b2b_json_set_time(object, "revision_at", share->revision_at);
    b2b_json_set_integer(object, "partner_count", share->partner_count);
    b2b_json_set_integer(object, "sent_count", share->sent_count);
    b2b_json_set_integer(object, "behind_count", share->behind_count);
    b2b_json_set_time(object, "created_at", share->created_at);
    b2b_json_set_time(object, "modified_at", share->modified_at);
    b2b_json_set_etag(object, share->version, call->pool);
    *json = object;
    return NULL;
}

b2b_error_t *b2b_call_share(b2b_share_t **share, const b2b_call_t *call, const char *id)
{
    B2B_ERR(b2b_share_get(share, call->conn, id, call->pool, call->pool));
    return *share ? NULL : b2b_call_not_found(call, "shared process");
}

static b2b_error_t *answer_current(b2b_call_t *call, int status, const char *id)
{
    b2b_share_t *share;
    b2b_json_t *json;

    B2B_ERR(b2b_call_share(&share, call, id));
    B2B_ERR(share_json(&json, call, share));
    b2b_call_answer(call, status, json, share->version);
    return NULL;
}

/* Lists ---------------------------------------------------------------------------------------- */

static const char *const sorts[] = {"title", "-title", "modified_at", "-modified_at", NULL};

const b2b_rule_t b2b_shares_query[] = {
    B2B_LIMIT,
    B2B_AFTER,
    B2B_Q,
    B2B_OF_KIND("process_id", B2B_RULE_ID, 0),
    B2B_OF_KIND("unsent", B2B_RULE_BOOL, 0),
    B2B_WORD("sort", 0, sorts),
    B2B_END,
};

static b2b_error_t *item_json(b2b_json_t **json, b2b_call_t *call, const b2b_share_t *share)
{
    b2b_json_t *object = b2b_json_object(call->pool);
    apr_array_header_t *titles;

    B2B_ERR(b2b_share_process_titles(&titles, call->conn, share->id, call->pool, call->pool));
    b2b_json_set_string(object, "id", share->id);
    b2b_json_set_string(object, "title", share->title);
    b2b_json_set(object, "process_titles", b2b_names_json(titles, call->pool));
    b2b_json_set_bool(object, "draft_changed", share->draft_changed);
    b2b_json_set_integer(object, "revision", share->revision);
    b2b_json_set_integer(object, "partner_count", share->partner_count);
    b2b_json_set_integer(object, "behind_count", share->behind_count);
    b2b_json_set_time(object, "modified_at", share->modified_at);
    b2b_json_set_etag(object, share->version, call->pool);
    *json = object;
    return NULL;
}

b2b_error_t *b2b_shares_list(b2b_call_t *call)
{
    b2b_json_t *data = b2b_json_array(call->pool);
    b2b_list_t list;
    b2b_page_t *page;
    int i;

    B2B_ERR(b2b_call_list(&list, call, "title"));
    list.process_id = b2b_call_query(call, "process_id");
    list.unsent = b2b_call_query_bool(call, "unsent", 0);
    B2B_ERR(b2b_share_list(&page, call->conn, &list, call->pool, call->pool));
    for (i = 0; i < page->items->nelts; i++) {
        b2b_json_t *json;

        B2B_ERR(item_json(&json, call, APR_ARRAY_IDX(page->items, i, const b2b_share_t *)));
        b2b_json_append(data, json);
    }
    b2b_call_answer_list(call, &list, data, page->next_key, page->next_id);
    return NULL;
}

b2b_error_t *b2b_shares_get(b2b_call_t *call)
{
    return answer_current(call, 200, call->variables[0]);
}

/* Writing -------------------------------------------------------------------------------------- */

b2b_error_t *b2b_shares_create(b2b_call_t *call)
{
    b2b_share_document_t draft = {NULL, "", NULL, NULL, NULL};
    b2b_share_t share = {NULL};

    draft.processes = apr_array_make(call->pool, 1, sizeof(b2b_share_process_t));
    draft.partner_groups = apr_array_make(call->pool, 1, sizeof(const char *));
    draft.dashboards = apr_array_make(call->pool, 1, sizeof(b2b_share_dashboard_t));
    b2b_share_document_overlay(call, &draft);
    share.draft = &draft;
    B2B_ERR(b2b_share_create(call->conn, &share, call->pool, call->pool));
    B2B_ERR(b2b_act_done(call, "shared_process", share.id, share.title));
    b2b_call_location(call, apr_pstrcat(call->pool, "/shared-processes/", share.id, NULL));
    return answer_current(call, 201, share.id);
}

static int names_name(const apr_array_header_t *names, const char *name, apr_pool_t *pool)
{
    int i;

    for (i = 0; i < names->nelts; i++) {
        if (!strcmp(b2b_text_fold(APR_ARRAY_IDX(names, i, const char *), pool),
                    b2b_text_fold(name, pool))) {
            return 1;
        }
    }
    return 0;
}

/* Where DRAFT uses the group NAME, in words; NULL: nowhere. */
static const char *used_where(const b2b_share_document_t *draft, const char *name, apr_pool_t *pool)
{
    int i;

    for (i = 0; i < draft->processes->nelts; i++) {
        if (names_name(APR_ARRAY_IDX(draft->processes, i, b2b_share_process_t).creators.groups,
                       name, pool)) {
            return apr_psprintf(pool, "processes/%d/creators", i);
        }
    }
    for (i = 0; i < draft->dashboards->nelts; i++) {
        if (names_name(APR_ARRAY_IDX(draft->dashboards, i, b2b_share_dashboard_t).security.groups,
                       name, pool)) {
            return apr_psprintf(pool, "dashboards/%d/security", i);
        }
    }
    return NULL;
}

/* Who takes out a group that something still names is told what, and where. */
static b2b_error_t *groups_check(b2b_call_t *call, const b2b_share_document_t *before,
                                 const b2b_share_document_t *after)
{
    b2b_error_t *errors = NULL;
    int i;

    for (i = 0; i < before->partner_groups->nelts; i++) {
        const char *name = APR_ARRAY_IDX(before->partner_groups, i, const char *);
        const char *where = names_name(after->partner_groups, name, call->pool)
                                ? NULL
                                : used_where(after, name, call->pool);

        if (where) {
            errors = b2b_errors_join(errors, b2b_error_invalid(call->pool, "partner_groups",
                                                               "\"%s\" is used still, in %s. Take "
                                                               "it out there, too.",
                                                               name, where));
        }
    }
    return errors;
}

b2b_error_t *b2b_shares_patch(b2b_call_t *call)
{
    b2b_share_document_t draft;
    b2b_share_t *share;

    B2B_ERR(b2b_call_share(&share, call, call->variables[0]));
    B2B_ERR(b2b_call_expect(call, share->version));
    draft = *share->draft;
    b2b_share_document_overlay(call, &draft);
    if (call->changes) {
        B2B_ERR(groups_check(call, share->draft, &draft));
        share->draft = &draft;
        B2B_ERR(b2b_share_update(call->conn, share, call->version, call->pool));
        B2B_ERR(b2b_act_done(call, "shared_process", share->id, draft.title));
    }
    return answer_current(call, 200, share->id);
}

b2b_error_t *b2b_shares_delete(b2b_call_t *call)
{
    b2b_share_impact_t impact;
    b2b_share_t *share;

    B2B_ERR(b2b_call_share(&share, call, call->variables[0]));
    B2B_ERR(b2b_share_impact(&impact, call->conn, share->id, call->pool));
    B2B_ERR(b2b_share_act_where_sent(call, share));
    B2B_ERR(b2b_share_delete(call->conn, share->id, call->version, call->request->principal->id,
                             call->pool));
    b2b_change_add(call, "partners", b2b_json_integer(impact.partners, call->pool), NULL);
    b2b_change_add(call, "people", b2b_json_integer(impact.members, call->pool), NULL);
    B2B_ERR(b2b_act_done(call, "shared_process", share->id, share->title));
    b2b_call_answer(call, 204, NULL, 0);
    return NULL;
}

/* Impact --------------------------------------------------------------------------------------- */

static const char *const acts[] = {"delete", NULL};
const b2b_rule_t b2b_share_impact_query[] = {B2B_WORD("act", 0, acts), B2B_END};

static const char *counted(apr_int64_t count, const char *one, const char *many, apr_pool_t *pool)
{
    return apr_psprintf(pool, "%" APR_INT64_T_FMT " %s", count, count == 1 ? one : many);
}

static const char *impact_sentence(const b2b_share_impact_t *impact, apr_pool_t *pool)
{
    const char *text = "Nobody's access changes now.";

    if (impact->members) {
        text = apr_pstrcat(pool, "Ends access for ",
                           counted(impact->members, "person", "people", pool), " of ",
                           counted(impact->partners, "partner", "partners", pool), " now.", NULL);
    }
    if (impact->placements) {
        text = apr_pstrcat(pool, text, " ",
                           counted(impact->placements, "placement of a dashboard ends.",
                                   "placements of dashboards end.", pool),
                           NULL);
    }
    if (impact->instances) {
        text = apr_pstrcat(pool, text, impact->instances >= 1000 ? " At least " : " ",
                           counted(impact->instances, "instance stays with the host.",
                                   "instances stay with the host.", pool),
                           NULL);
    }
    return text;
}

void b2b_call_answer_share_impact(b2b_call_t *call, const char *act,
                                  const b2b_share_impact_t *impact)
{
    b2b_json_t *json = b2b_json_object(call->pool);

    b2b_json_set_string(json, "act", act);
    b2b_json_set_integer(json, "partners", impact->partners);
    b2b_json_set_integer(json, "members", impact->members);
    b2b_json_set_integer(json, "placements", impact->placements);
    b2b_json_set_integer(json, "instances", impact->instances);
    b2b_json_set_string(json, "sentence", impact_sentence(impact, call->pool));
    b2b_call_answer(call, 200, json, 0);
}

b2b_error_t *b2b_shares_impact(b2b_call_t *call)
{
    b2b_share_impact_t impact;
    b2b_share_t *share;

    B2B_ERR(b2b_call_share(&share, call, call->variables[0]));
    B2B_ERR(b2b_share_impact(&impact, call->conn, share->id, call->pool));
    b2b_call_answer_share_impact(call, "delete", &impact);
    return NULL;
}

/* Revisions ------------------------------------------------------------------------------------ */

static b2b_json_t *revision_json(b2b_call_t *call, const void *item)
{
    const b2b_revision_t *revision = item;
    b2b_json_t *json = b2b_json_object(call->pool);

    b2b_json_set_integer(json, "number", revision->number);
    b2b_json_set_time(json, "made_at", revision->made_at);
    b2b_json_set_ref(json, "made_by", revision->made_by, revision->maker_name, call->pool);
    b2b_json_set_integer(json, "holder_count", revision->holder_count);
    return json;
}

b2b_error_t *b2b_revisions_list(b2b_call_t *call)
{
    b2b_share_t *share;
    b2b_list_t list;
    b2b_page_t *page;

    B2B_ERR(b2b_call_share(&share, call, call->variables[0]));
    B2B_ERR(b2b_call_list(&list, call, "number"));
    B2B_ERR(b2b_revision_list(&page, call->conn, share->id, &list, call->pool, call->pool));
    b2b_call_answer_page(call, &list, page, revision_json);
    return NULL;
}

b2b_error_t *b2b_revisions_get(b2b_call_t *call)
{
    b2b_revision_t *revision;
    b2b_share_t *share;
    b2b_json_t *json;

    B2B_ERR(b2b_call_share(&share, call, call->variables[0]));
    B2B_ERR(b2b_revision_get(&revision, call->conn, share->id, apr_atoi64(call->variables[1]),
                             call->pool, call->pool));
    if (!revision) {
        return b2b_call_not_found(call, "revision");
    }
    json = revision_json(call, revision);
    B2B_ERR(b2b_share_document_json(json, call, revision->document));
    b2b_call_answer(call, 200, json, 0);
    return NULL;
}
