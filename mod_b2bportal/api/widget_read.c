/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a widget asks for. A widget was checked when its dashboard was saved, but the process may be another by now,
 * and a version may be older than this server: whatever cannot be asked any more is a problem that the widget
 * tells, never an error of the dashboard.
 */

#include "private.h"

#include <string.h>

#include <apr_strings.h>

#include "widget.h"

void b2b_widget_problem(b2b_widget_t *widget, const char *problem, const char *detail)
{
    if (!widget->problem) {
        widget->problem = problem;
        widget->detail = detail;
    }
}

/* Whose ------------------------------------------------------------------------------------------ */

static int on_portal(const b2b_widget_t *widget)
{
    return widget->call->request->side == B2B_SIDE_PORTAL;
}

static b2b_error_t *read_show(b2b_widget_t *widget)
{
    const char *show = b2b_json_get_string(widget->json, "show");
    int nothing;

    if (show && strcmp(show, "assigned") == 0) {
        /* Fewer processes, perhaps none: of some that one may read nothing ever waits for one. */
        widget->query.waiting = 1;
        return b2b_instance_query_whose(&widget->query, &nothing, widget->call);
    }
    if (show && strcmp(show, "created") == 0) {
        widget->query.created = 1;
        if (!on_portal(widget)) {
            b2b_widget_problem(widget, "host-begins-none",
                               "Each member will see what they began. A host user begins none.");
        }
    }
    else if (!show || strcmp(show, "matching") != 0) {
        b2b_widget_problem(widget, "unsupported", "What it shows has no meaning here.");
    }
    return NULL;
}

static b2b_error_t *read_source(b2b_widget_t *widget)
{
    const b2b_json_t *source = b2b_json_get(widget->json, "source");
    const char *kind = b2b_json_get_string(source, "kind");
    b2b_process_t *process;
    int nothing;

    widget->query.process_id = b2b_json_get_string(source, "process_id");
    if (!kind || strcmp(kind, "process") != 0 || !widget->query.process_id) {
        b2b_widget_problem(widget, "unsupported", "It reads from what is not known here.");
        return NULL;
    }
    B2B_ERR(b2b_instance_query_whose(&widget->query, &nothing, widget->call));
    if (!on_portal(widget)) {
        B2B_ERR(b2b_process_get(&process, widget->call->conn, widget->query.process_id,
                                widget->call->pool, widget->call->pool));
        if (!process) {
            b2b_widget_problem(widget, "process-missing", "Its process was deleted.");
        }
    }
    if (nothing) {
        b2b_widget_problem(widget, "not-shared", "There is no such portal.");
    }
    return NULL;
}

/* Conditions ------------------------------------------------------------------------------------- */

static void field_missing(b2b_widget_t *widget, const char *name)
{
    b2b_widget_problem(widget, "field-missing",
                       apr_psprintf(widget->call->pool,
                                    "No published version of its process has the field \"%s\" as "
                                    "it is asked for.",
                                    b2b_text_escape_log(name, widget->call->pool)));
}

static void find_key(b2b_widget_t *widget, b2b_widget_condition_t *condition)
{
    const b2b_field_t *field = NULL;
    int lacking;

    widget->fields = 1;
    if (widget->documents) {
        field = b2b_instance_indexed_field(&lacking, widget->documents, condition->field);
    }
    condition->key = field ? b2b_instance_field_key(field, condition->value, widget->call->pool)
                           : NULL;
    if (!condition->key) {
        field_missing(widget, condition->field);
    }
}

static void read_conditions(b2b_widget_t *widget)
{
    const b2b_json_t *array = b2b_json_get(widget->json, "conditions");
    apr_pool_t *pool = widget->call->pool;
    apr_size_t i;

    widget->conditions = apr_array_make(pool, B2B_WIDGET_CONDITIONS_MAX,
                                        sizeof(b2b_widget_condition_t));
    for (i = 0; i < b2b_json_length(array); i++) {
        b2b_widget_condition_t *condition = apr_array_push(widget->conditions);
        const char *where, *why;

        b2b_widget_condition_read(condition, &where, &why, b2b_json_at(array, i),
                                  widget->call->request->now, pool);
        if (why) {
            b2b_widget_problem(widget, "unsupported",
                               apr_psprintf(pool, "The \"%s\" of its condition %d %s", where,
                                            (int)i + 1, why));
        }
        else if (condition->of == B2B_WIDGET_FIELD) {
            find_key(widget, condition);
        }
    }
}

/* What the statements of lists can look at --------------------------------------------------------- */

static int narrow_word(const char **filter, const b2b_widget_condition_t *condition)
{
    if (condition->op != B2B_WIDGET_IS || *filter) {
        return FALSE;
    }
    *filter = condition->value;
    return TRUE;
}

static int narrow_bound(const char **bound, const b2b_widget_condition_t *condition)
{
    if (*bound) {
        return FALSE;
    }
    *bound = condition->key;
    return TRUE;
}

/* One field: a value, or from and until. */
static int narrow_field(b2b_instance_query_t *query, const b2b_widget_condition_t *condition)
{
    /* What waits is read for all shared processes at once, with one answer to what may be seen of a field. */
    int apart = query->pairs && query->pairs->nelts > 1 && query->waiting;

    if (apart || condition->op == B2B_WIDGET_IS_NOT ||
        (query->field && strcmp(query->field, condition->field) != 0)) {
        return FALSE;
    }
    if (condition->op == B2B_WIDGET_IS) {
        if (query->field) {
            return FALSE;
        }
        query->from = query->until = condition->key;
    }
    else if (!narrow_bound(condition->op == B2B_WIDGET_FROM ? &query->from : &query->until,
                           condition)) {
        return FALSE;
    }
    query->field = condition->field;
    return TRUE;
}

/* Let the lists' statements find what they can; what they cannot, and to be safe all of it, is looked at later. */
static void narrow(b2b_widget_t *widget)
{
    b2b_instance_query_t *query = &widget->query;
    int i;

    widget->exact = 1;
    for (i = 0; i < widget->conditions->nelts; i++) {
        const b2b_widget_condition_t *condition = &APR_ARRAY_IDX(widget->conditions, i,
                                                                 b2b_widget_condition_t);
        int narrowed = FALSE;

        if (condition->of == B2B_WIDGET_STATUS) {
            narrowed = narrow_word(&query->status, condition);
        }
        else if (condition->of == B2B_WIDGET_STATE) {
            narrowed = narrow_word(&query->state, condition);
        }
        else if (condition->of == B2B_WIDGET_FIELD) {
            narrowed = narrow_field(query, condition);
        }
        widget->exact = widget->exact && narrowed;
    }
}

/* The whole -------------------------------------------------------------------------------------- */

static int is_field(const char *name)
{
    return name && (strncmp(name, "field:", 6) == 0 || strncmp(name, "-field:", 7) == 0);
}

static int any_field(const b2b_json_t *array, const char *member)
{
    apr_size_t i;

    for (i = 0; i < b2b_json_length(array); i++) {
        const b2b_json_t *item = b2b_json_at(array, i);

        if (is_field(member ? b2b_json_get_string(item, member) : b2b_json_text(item))) {
            return TRUE;
        }
    }
    return FALSE;
}

/* Documents are read only for who needs them. */
static int needs_documents(const b2b_json_t *json)
{
    const char *type = b2b_json_get_string(json, "type");

    return (type && strcmp(type, "chart") == 0) || is_field(b2b_json_get_string(json, "sort")) ||
           b2b_json_get_string(b2b_json_get(json, "measure"), "field") ||
           any_field(b2b_json_get(json, "columns"), NULL) ||
           any_field(b2b_json_get(json, "conditions"), "field");
}

static b2b_error_t *read_documents(b2b_widget_t *widget)
{
    apr_array_header_t *documents;

    B2B_ERR(b2b_instance_documents(&documents, widget->call->conn, widget->query.process_id,
                                   b2b_instance_query_last(&widget->query, widget->call),
                                   widget->call->pool));
    widget->documents = documents;
    return NULL;
}

b2b_error_t *b2b_widget_read(b2b_widget_t *widget, b2b_call_t *call, const b2b_json_t *json)
{
    memset(widget, 0, sizeof(*widget));
    widget->call = call;
    widget->json = json;
    B2B_ERR(read_source(widget));
    if (widget->problem) {
        return NULL;
    }
    if (needs_documents(json)) {
        B2B_ERR(read_documents(widget));
    }
    B2B_ERR(read_show(widget));
    read_conditions(widget);
    if (!widget->problem) {
        narrow(widget);
    }
    return NULL;
}
