/* SPDX-License-Identifier: Apache-2.0 */
/* What changes from one revision of a shared process to another, as sentences for people. */

#include "share_json.h"

#include <string.h>

#include <apr_strings.h>

#include "forms/forms.h"

#define ENTRIES_MAX  500
#define NAMES_SPOKEN 5 /* of groups in a sentence; all of them stand beside it */

typedef struct {
    b2b_call_t *call;
    b2b_json_t *entries;
    apr_pool_t *pool;
} difference_t;

static void add(difference_t *d, const char *place, const char *change, const char *what,
                const b2b_json_t *old, const b2b_json_t *now, const char *sentence)
{
    b2b_json_t *entry;

    if (b2b_json_length(d->entries) >= ENTRIES_MAX) {
        return;
    }
    entry = b2b_json_object(d->pool);
    b2b_json_set_string(entry, "place", place);
    b2b_json_set_string(entry, "change", change);
    if (what) {
        b2b_json_set_string(entry, "what", what);
    }
    b2b_json_set(entry, "old", old ? old : b2b_json_null(d->pool));
    b2b_json_set(entry, "new", now ? now : b2b_json_null(d->pool));
    b2b_json_set_string(entry, "sentence", sentence);
    b2b_json_append(d->entries, entry);
}

/* "everyone", "nobody", "Quality, Sales", "A, B, C, D, E and 3 more". */
static const char *spoken(const b2b_share_security_t *security, apr_pool_t *pool)
{
    const apr_array_header_t *groups = security->groups;
    const char *text = "";
    int i;

    if (security->everyone) {
        return "everyone";
    }
    if (groups->nelts == 0) {
        return "nobody";
    }
    for (i = 0; i < groups->nelts && i < NAMES_SPOKEN; i++) {
        text = apr_pstrcat(pool, text, i ? ", " : "", APR_ARRAY_IDX(groups, i, const char *), NULL);
    }
    return i < groups->nelts ? apr_psprintf(pool, "%s and %d more", text, groups->nelts - i) : text;
}

static b2b_json_t *security_json(const b2b_share_security_t *security, apr_pool_t *pool)
{
    b2b_json_t *json = b2b_json_object(pool);

    b2b_json_set_bool(json, "everyone", security->everyone);
    b2b_json_set(json, "groups", b2b_names_json(security->groups, pool));
    return json;
}

static void security_changes(difference_t *d, const char *place, const char *what,
                             const char *question, const b2b_share_security_t *old,
                             const b2b_share_security_t *now)
{
    b2b_json_t *before = security_json(old, d->pool), *after = security_json(now, d->pool);

    if (!b2b_json_equal(before, after)) {
        add(d, place, "changed", what, before, after,
            apr_psprintf(d->pool, "%s changes from %s to %s.", question, spoken(old, d->pool),
                         spoken(now, d->pool)));
    }
}

static void truth_changes(difference_t *d, const char *place, const char *what, int old, int now,
                          const char *no_more, const char *from_now)
{
    if (!old != !now) {
        add(d, place, "changed", what, b2b_json_bool(old, d->pool), b2b_json_bool(now, d->pool),
            now ? from_now : no_more);
    }
}

static void text_changes(difference_t *d, const char *what, const char *old, const char *now,
                         const char *sentence)
{
    if (strcmp(old, now) != 0) {
        add(d, "", "changed", what, b2b_json_string(old, d->pool), b2b_json_string(now, d->pool),
            sentence);
    }
}

/* Processes ------------------------------------------------------------------------------------ */

static b2b_error_t *version_document(b2b_json_t **json, difference_t *d,
                                     const b2b_share_process_t *process)
{
    const char *text;

    *json = NULL;
    B2B_ERR(b2b_process_document(&text, d->call->conn, process->process_id, process->version,
                                 d->pool, d->pool));
    return text ? b2b_json_parse(json, text, strlen(text), d->pool) : NULL;
}

/* The new version, and what is different in it. */
static b2b_error_t *version_changes(difference_t *d, const char *place,
                                    const b2b_share_process_t *old, const b2b_share_process_t *now)
{
    const char *from = b2b_process_label(old->version, 0, d->pool);
    const char *to = b2b_process_label(now->version, 0, d->pool);
    b2b_json_t *before, *after;
    const b2b_json_t *list;
    apr_size_t i;

    if (old->version == now->version || !now->version) {
        return NULL;
    }
    add(d, place, "changed", "process_version", b2b_json_string(from, d->pool),
        b2b_json_string(to, d->pool),
        apr_psprintf(d->pool,
                     "New instances of \"%s\" get version %s instead of %s; running ones stay on "
                     "theirs.",
                     now->title, to, from));
    B2B_ERR(version_document(&before, d, old));
    B2B_ERR(version_document(&after, d, now));
    if (!before || !after) {
        return NULL;
    }
    list = b2b_difference_sentences(b2b_document_difference(before, after, d->pool), before, after,
                                    d->pool);
    for (i = 0; i < b2b_json_length(list); i++) {
        const b2b_json_t *entry = b2b_json_at(list, i);
        const char *inner = b2b_json_get_string(entry, "place");

        add(d, *inner ? apr_pstrcat(d->pool, place, "/", inner, NULL) : place,
            b2b_json_get_string(entry, "change"), b2b_json_get_string(entry, "what"),
            b2b_json_get(entry, "old"), b2b_json_get(entry, "new"),
            b2b_json_get_string(entry, "sentence"));
    }
    return NULL;
}

static b2b_error_t *process_changes(difference_t *d, const b2b_share_process_t *old,
                                    const b2b_share_process_t *now)
{
    const char *place = apr_pstrcat(d->pool, "processes/", now->name, NULL);
    const char *title = now->title;

    security_changes(d, place, "creators",
                     apr_psprintf(d->pool, "Who may create instances of \"%s\"", title),
                     &old->creators, &now->creators);
    truth_changes(d, place, "allow_create", old->allow_create, now->allow_create,
                  apr_psprintf(d->pool, "No new instances of \"%s\" can be created.", title),
                  apr_psprintf(d->pool, "New instances of \"%s\" can be created.", title));
    truth_changes(d, place, "creators_only_open", old->creators_only_open, now->creators_only_open,
                  apr_psprintf(d->pool, "Everyone may open \"%s\".", title),
                  apr_psprintf(d->pool, "Only who may create instances may open \"%s\".", title));
    truth_changes(d, place, "allow_delete", old->allow_delete, now->allow_delete,
                  apr_psprintf(d->pool, "Instances of \"%s\" can be deleted no more.", title),
                  apr_psprintf(d->pool,
                               "Instances of \"%s\" can be deleted, where the process allows it.",
                               title));
    truth_changes(d, place, "form_visibility", old->all_forms, now->all_forms,
                  apr_psprintf(d->pool, "Of \"%s\", people see only forms assigned to them.",
                               title),
                  apr_psprintf(d->pool, "Of \"%s\", people see all forms.", title));
    return version_changes(d, place, old, now);
}

static const b2b_share_process_t *process_in(const b2b_share_document_t *document, const char *id)
{
    int i;

    for (i = 0; i < document->processes->nelts; i++) {
        const b2b_share_process_t *p = &APR_ARRAY_IDX(document->processes, i, b2b_share_process_t);

        if (!strcmp(p->process_id, id)) {
            return p;
        }
    }
    return NULL;
}

static b2b_error_t *processes_changes(difference_t *d, const b2b_share_document_t *old,
                                      const b2b_share_document_t *now)
{
    int i;

    for (i = 0; i < now->processes->nelts; i++) {
        const b2b_share_process_t *p = &APR_ARRAY_IDX(now->processes, i, b2b_share_process_t);
        const b2b_share_process_t *before = process_in(old, p->process_id);

        if (before) {
            B2B_ERR(process_changes(d, before, p));
            continue;
        }
        add(d, apr_pstrcat(d->pool, "processes/", p->name, NULL), "added", NULL, NULL,
            b2b_share_process_json(p, d->pool),
            apr_psprintf(d->pool, "\"%s\" is added; %s may create instances.", p->title,
                         p->allow_create ? spoken(&p->creators, d->pool) : "nobody"));
    }
    for (i = 0; i < old->processes->nelts; i++) {
        const b2b_share_process_t *p = &APR_ARRAY_IDX(old->processes, i, b2b_share_process_t);

        if (!process_in(now, p->process_id)) {
            add(d, apr_pstrcat(d->pool, "processes/", p->name, NULL), "removed", NULL,
                b2b_share_process_json(p, d->pool), NULL,
                apr_psprintf(d->pool,
                             "\"%s\" is taken out: nobody opens it or its instances here "
                             "any more.",
                             p->title));
        }
    }
    return NULL;
}

/* Groups and dashboards ------------------------------------------------------------------------ */

static int has_name(const apr_array_header_t *names, const char *name, apr_pool_t *pool)
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

static void groups_changes(difference_t *d, const apr_array_header_t *old,
                           const apr_array_header_t *now, const char *change)
{
    int i;

    for (i = 0; i < now->nelts; i++) {
        const char *name = APR_ARRAY_IDX(now, i, const char *);
        b2b_json_t *json = b2b_json_string(name, d->pool);
        int is_added = !strcmp(change, "added");

        if (!has_name(old, name, d->pool)) {
            add(d, "partner_groups", change, NULL, is_added ? NULL : json, is_added ? json : NULL,
                apr_psprintf(d->pool, "The partner group \"%s\" is %s.", name, change));
        }
    }
}

static const b2b_share_dashboard_t *dashboard_in(const b2b_share_document_t *document,
                                                 const char *id)
{
    int i;

    for (i = 0; i < document->dashboards->nelts; i++) {
        const b2b_share_dashboard_t *p = &APR_ARRAY_IDX(document->dashboards, i,
                                                        b2b_share_dashboard_t);

        if (!strcmp(p->dashboard_id, id)) {
            return p;
        }
    }
    return NULL;
}

static void dashboard_changes(difference_t *d, const char *place, const b2b_share_dashboard_t *old,
                              const b2b_share_dashboard_t *now)
{
    const char *title = now->title;

    if (old->version != now->version) {
        add(d, place, "changed", "dashboard_version", b2b_json_integer(old->version, d->pool),
            b2b_json_integer(now->version, d->pool),
            apr_psprintf(d->pool,
                         "The dashboard \"%s\" is shown in version %" APR_INT64_T_FMT
                         " instead of %" APR_INT64_T_FMT ".",
                         title, now->version, old->version));
    }
    truth_changes(d, place, "name_in_partner", old->host_name, now->host_name,
                  apr_psprintf(d->pool, "The dashboard is called \"%s\" there.", title),
                  apr_psprintf(d->pool, "The dashboard \"%s\" is called like the host there.",
                               title));
    truth_changes(d, place, "welcome_page", old->welcome_page, now->welcome_page,
                  apr_psprintf(d->pool, "The dashboard \"%s\" is the home page no more.", title),
                  apr_psprintf(d->pool, "The dashboard \"%s\" becomes the home page.", title));
    security_changes(d, place, "security",
                     apr_psprintf(d->pool, "Who may open the dashboard \"%s\"", title),
                     &old->security, &now->security);
}

static void dashboards_changes(difference_t *d, const b2b_share_document_t *old,
                               const b2b_share_document_t *now)
{
    int i;

    for (i = 0; i < now->dashboards->nelts; i++) {
        const b2b_share_dashboard_t *p = &APR_ARRAY_IDX(now->dashboards, i, b2b_share_dashboard_t);
        const b2b_share_dashboard_t *before = dashboard_in(old, p->dashboard_id);
        const char *place = apr_pstrcat(d->pool, "dashboards/", p->dashboard_id, NULL);

        if (before) {
            dashboard_changes(d, place, before, p);
            continue;
        }
        add(d, place, "added", NULL, NULL, b2b_share_dashboard_json(p, d->pool),
            apr_psprintf(d->pool, "The dashboard \"%s\" is placed for %s.", p->title,
                         spoken(&p->security, d->pool)));
    }
    for (i = 0; i < old->dashboards->nelts; i++) {
        const b2b_share_dashboard_t *p = &APR_ARRAY_IDX(old->dashboards, i, b2b_share_dashboard_t);

        if (!dashboard_in(now, p->dashboard_id)) {
            add(d, apr_pstrcat(d->pool, "dashboards/", p->dashboard_id, NULL), "removed", NULL,
                b2b_share_dashboard_json(p, d->pool), NULL,
                apr_psprintf(d->pool, "The dashboard \"%s\" is taken away.", p->title));
        }
    }
}

b2b_error_t *b2b_share_difference(b2b_json_t **entries, b2b_call_t *call,
                                  const b2b_share_document_t *old, const b2b_share_document_t *now)
{
    b2b_share_document_t nothing = {"", "", NULL, NULL, NULL};
    difference_t d = {call, b2b_json_array(call->pool), call->pool};

    nothing.processes = apr_array_make(call->pool, 1, sizeof(b2b_share_process_t));
    nothing.partner_groups = apr_array_make(call->pool, 1, sizeof(const char *));
    nothing.dashboards = apr_array_make(call->pool, 1, sizeof(b2b_share_dashboard_t));
    if (old) {
        text_changes(&d, "title", old->title, now->title,
                     apr_psprintf(call->pool, "The title changes from \"%s\" to \"%s\".",
                                  old->title, now->title));
        text_changes(&d, "instructions", old->instructions, now->instructions,
                     "The instructions change.");
    }
    else {
        old = &nothing;
    }
    groups_changes(&d, old->partner_groups, now->partner_groups, "added");
    groups_changes(&d, now->partner_groups, old->partner_groups, "removed");
    B2B_ERR(processes_changes(&d, old, now));
    dashboards_changes(&d, old, now);
    *entries = d.entries;
    return NULL;
}
