/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lists of instances as CSV: RFC 4180, UTF-8 with BOM, for spreadsheets. A cell that a spreadsheet would run as
 * a formula gets an apostrophe before it (S15), which a plain number does not need.
 */

#include "private.h"

#include <string.h>

#include <apr_strings.h>

#include "instances_private.h"
#include "resources.h"

#define ROWS_MAX    10000
#define BYTES_MAX   (32 * 1024 * 1024)
#define COLUMNS_MAX 60
#define RETRY_AFTER 5 /* seconds */

typedef struct {
    const char *name;  /* of the query */
    const char *title; /* of the first line */
    const char *field; /* of "field:…", or NULL */
} column_t;

typedef struct {
    b2b_call_t *call;
    b2b_instance_items_t *items;
    apr_array_header_t *columns; /* of column_t */
    apr_array_header_t *lines;   /* const char * */
    int rows;
    apr_size_t bytes;
    int is_cut; /* there are more instances than lines */
} export_t;

/* Cells ------------------------------------------------------------------------------------------ */

/* What ends a cell, in spreadsheets of countries that separate lists by something else than a comma. */
#define SEPARATORS ";\t\r\n"

static int is_number(const char *text)
{
    text += *text == '-';
    return *text >= '0' && *text <= '9' && strspn(text, "0123456789.") == strcspn(text, SEPARATORS);
}

/* Does a spreadsheet take a cell with TEXT for a formula? Also where a full-width sign begins it. */
static int is_formula(const char *text)
{
    static const char *const beginnings[] = {"=",  "+",  "-",  "@",  "\t", "\r",
                                             "\n", "＝", "＋", "－", "＠"};
    apr_size_t i;

    for (i = 0; i < sizeof(beginnings) / sizeof(beginnings[0]); i++) {
        if (strncmp(text, beginnings[i], strlen(beginnings[i])) == 0) {
            return !is_number(text);
        }
    }
    return FALSE;
}

/*
 * TEXT without formulas. A spreadsheet that separates by semicolons takes quotes for what they are in the first cell of a
 * line only: the others end at each semicolon, so that what comes after it is looked at, too.
 */
static const char *harmless(const char *text, apr_pool_t *pool)
{
    char *out = apr_palloc(pool, 2 * strlen(text) + 1);
    char *at = out;
    int begins = TRUE;

    for (; *text; text++) {
        if (begins && is_formula(text)) {
            *at++ = '\'';
        }
        begins = strchr(SEPARATORS, *text) || (begins && *text == ' ');
        *at++ = *text;
    }
    *at = '\0';
    return out;
}

static const char *cell(const char *text, apr_pool_t *pool)
{
    char *out, *at;

    text = harmless(text, pool);
    if (!strpbrk(text, ",;\"\r\n\t ")) {
        return text;
    }
    out = at = apr_palloc(pool, 2 * strlen(text) + 3);
    *at++ = '"';
    for (; *text; text++) {
        if (*text == '"') {
            *at++ = '"';
        }
        *at++ = *text;
    }
    *at++ = '"';
    *at = '\0';
    return out;
}

/* A line of CELLS (const char *). */
static void put_line(export_t *export, const apr_array_header_t *cells)
{
    const char *line = apr_pstrcat(export->call->pool, apr_array_pstrcat(cells->pool, cells, ','),
                                   "\r\n", NULL);

    APR_ARRAY_PUSH(export->lines, const char *) = line;
    export->bytes += strlen(line);
}

/* Columns ------------------------------------------------------------------------------------------ */

static b2b_error_t *no_column(const b2b_call_t *call, const char *name)
{
    return b2b_error_invalid(call->pool, "columns", "\"%s\" is no column of this list.",
                             b2b_text_escape_log(name, call->pool));
}

static void add_column(export_t *export, const char *name, const char *title, const char *field)
{
    column_t *column = apr_array_push(export->columns);

    column->name = name;
    column->title = title;
    column->field = field;
}

static void add_own(export_t *export, int i)
{
    add_column(export, b2b_instance_own_columns[i].name, b2b_instance_own_columns[i].title, NULL);
}

/* May who asks see all forms of some of what QUERY is about? */
static int sees_all_forms(const b2b_instance_query_t *query)
{
    int i;

    for (i = 0; query->pairs && i < query->pairs->nelts; i++) {
        if (APR_ARRAY_IDX(query->pairs, i, b2b_instance_pair_t).all_forms) {
            return TRUE;
        }
    }
    return !query->pairs;
}

/* Is the form of FIELD one that who asks sees of some instance, as far as the process's document says? */
static int may_be_seen(const b2b_document_t *document, const b2b_field_t *field,
                       const b2b_instance_query_t *query)
{
    return sees_all_forms(query) ||
           !b2b_form_is_of_host(document, &APR_ARRAY_IDX(document->forms, field->form, b2b_form_t));
}

/* The field NAME as the newest of DOCUMENTS has it that shows it to who asks. */
static const b2b_field_t *shown_field(const apr_array_header_t *documents, const char *name,
                                      const b2b_instance_query_t *query)
{
    int i;

    for (i = 0; documents && i < documents->nelts; i++) {
        const b2b_document_t *document = APR_ARRAY_IDX(documents, i, const b2b_document_t *);
        const b2b_field_t *field = b2b_document_field(document, name);

        if (field && b2b_field_has_data(field) && may_be_seen(document, field, query)) {
            return field;
        }
    }
    return NULL;
}

/* A field that is hidden from who asks is answered as one that is not there: even its title says something. */
static b2b_error_t *named_column(export_t *export, const apr_array_header_t *documents,
                                 const b2b_instance_query_t *query, const char *name)
{
    const b2b_field_t *field;
    int i;

    for (i = 0; b2b_instance_own_columns[i].name; i++) {
        if (strcmp(b2b_instance_own_columns[i].name, name) == 0) {
            add_own(export, i);
            return NULL;
        }
    }
    field = strncmp(name, "field:", 6) == 0 ? shown_field(documents, name + 6, query) : NULL;
    if (!field || export->columns->nelts >= COLUMNS_MAX) {
        return no_column(export->call, name);
    }
    add_column(export, name, field->title, field->name);
    return NULL;
}

/* Without a choice: what every list has, and the indexed fields of the process that may have something in them. */
static void default_columns(export_t *export, const apr_array_header_t *documents,
                            const b2b_instance_query_t *query)
{
    int portal = export->call->request->side == B2B_SIDE_PORTAL;
    const b2b_document_t *newest;
    int i;

    for (i = 0; b2b_instance_own_columns[i].name; i++) {
        const char *name = b2b_instance_own_columns[i].name;

        if (!portal || (strcmp(name, "partner") != 0 && strcmp(name, "portal") != 0)) {
            add_own(export, i);
        }
    }
    if (!documents || !documents->nelts) {
        return;
    }
    newest = APR_ARRAY_IDX(documents, 0, const b2b_document_t *);
    for (i = 0; i < newest->indexed->nelts; i++) {
        const b2b_field_t *field = APR_ARRAY_IDX(newest->indexed, i, const b2b_field_t *);

        if (may_be_seen(newest, field, query)) {
            add_column(export, field->name, field->title, field->name);
        }
    }
}

static b2b_error_t *read_columns(export_t *export, const b2b_instance_query_t *query, int nothing)
{
    const char *wanted = b2b_call_query(export->call, "columns");
    apr_array_header_t *documents = NULL;
    char *copy, *state = NULL, *name;

    if (query->process_id && !nothing) {
        B2B_ERR(b2b_instance_documents(&documents, export->call->conn, query->process_id,
                                       b2b_instance_query_last(query, export->call),
                                       export->call->pool));
    }
    if (!wanted || !*wanted) {
        default_columns(export, documents, query);
        return NULL;
    }
    copy = apr_pstrdup(export->call->pool, wanted);
    for (name = apr_strtok(copy, ",", &state); name; name = apr_strtok(NULL, ",", &state)) {
        B2B_ERR(named_column(export, documents, query, name));
    }
    return export->columns->nelts ? NULL : no_column(export->call, "");
}

/* Rows -------------------------------------------------------------------------------------------- */

/* The people in the fields that are columns, with their names. */
static b2b_error_t *load_people(b2b_instance_people_t **people, const export_t *export,
                                const b2b_instance_t *instance, const b2b_document_t *document,
                                const b2b_json_t *held, apr_pool_t *pool)
{
    int i;

    *people = b2b_instance_people_create(pool);
    for (i = 0; i < export->columns->nelts; i++) {
        const char *name = APR_ARRAY_IDX(export->columns, i, column_t).field;
        const b2b_field_t *field = name ? b2b_document_field(document, name) : NULL;

        if (field && field->type == B2B_FIELD_PERSON) {
            b2b_instance_people_add_value(*people, b2b_json_get(held, name));
        }
    }
    return b2b_instance_people_load(*people, export->call->conn, instance->portal_id, pool);
}

static b2b_error_t *put_row(void *baton, const b2b_instance_t *instance, apr_pool_t *pool)
{
    export_t *export = baton;
    apr_array_header_t *cells = apr_array_make(pool, export->columns->nelts, sizeof(const char *));
    b2b_instance_people_t *people;
    b2b_instance_facts_t facts;
    b2b_document_t *document;
    b2b_json_t *held;
    int i;

    if (export->rows == ROWS_MAX || export->bytes > BYTES_MAX) {
        export->is_cut = 1;
        return NULL;
    }
    export->rows++;
    B2B_ERR(b2b_instance_items_document(&document, export->items, instance));
    b2b_instance_facts(&facts, instance, document);
    B2B_ERR(b2b_json_parse(&held, instance->values, strlen(instance->values), pool));
    B2B_ERR(load_people(&people, export, instance, document, held, pool));
    for (i = 0; i < export->columns->nelts; i++) {
        const column_t *column = &APR_ARRAY_IDX(export->columns, i, column_t);
        const b2b_field_t *field = column->field ? b2b_document_field(document, column->field)
                                                 : NULL;
        const char *text = "";

        if (!column->field) {
            text = b2b_instance_own_text(export->call, column->name, instance, document);
        }
        else if (field && b2b_instance_item_form_seen(export->call, &facts, field->form)) {
            text = b2b_instance_value_text(field, b2b_json_get(held, field->name), people, pool);
        }
        APR_ARRAY_PUSH(cells, const char *) = cell(text, pool);
    }
    put_line(export, cells);
    return NULL;
}

static void put_head(export_t *export)
{
    apr_pool_t *pool = export->call->pool;
    apr_array_header_t *cells = apr_array_make(pool, export->columns->nelts, sizeof(const char *));
    int i;

    APR_ARRAY_PUSH(export->lines, const char *) = "\xef\xbb\xbf";
    for (i = 0; i < export->columns->nelts; i++) {
        APR_ARRAY_PUSH(cells,
                       const char *) = cell(APR_ARRAY_IDX(export->columns, i, column_t).title,
                                            pool);
    }
    put_line(export, cells);
}

/* Page by page: of the database no more is held than the keys of what was read, and a few instances. */
static b2b_error_t *put_rows(export_t *export, b2b_instance_query_t *query)
{
    b2b_call_t *call = export->call;
    b2b_instance_page_t *page;

    query->limit = B2B_LIST_MAX;
    do {
        B2B_ERR(b2b_instance_list(&page, call->conn, query, call->pool, call->pool));
        B2B_ERR(b2b_instance_each(call, page->keys, put_row, export));
        query->after_key = page->next_key;
        query->after_id = page->next_id;
    } while (page->next_key && !export->is_cut);
    if (export->is_cut) {
        apr_table_setn(call->headers, "X-Truncated", "true");
    }
    return NULL;
}

/* What is made is held until it is sent, so that the turn is the request's: it ends with the request's pool. */
static b2b_error_t *take_turn(b2b_call_t *call)
{
    b2b_turn_e turn = B2B_TURN_TAKEN;
    b2b_error_t *err;

    if (call->site->exports) {
        turn = b2b_turn_take(call->site->exports, call->site->exports_most,
                             call->request->principal->id, call->pool);
    }
    if (turn == B2B_TURN_TAKEN) {
        return NULL;
    }
    err = b2b_error_create(
        call->pool, B2B_E_TOO_MANY, NULL, "%s",
        turn == B2B_TURN_OWN
            ? "Your last export has not ended yet. Wait until it has arrived, then try again."
            : "The server makes as many exports as it can at a time. Wait a moment, then try "
              "again.");
    err->retry_after = RETRY_AFTER;
    return err;
}

b2b_error_t *b2b_instances_export(b2b_call_t *call)
{
    b2b_instance_query_t query;
    export_t export = {0};
    b2b_list_t list;
    int nothing;

    export.call = call;
    export.items = b2b_instance_items_create(call);
    export.columns = apr_array_make(call->pool, 16, sizeof(column_t));
    export.lines = apr_array_make(call->pool, 1024, sizeof(const char *));
    B2B_ERR(b2b_call_list(&list, call, "-modified_at"));
    B2B_ERR(b2b_instance_query_read(&query, &nothing, call, &list));
    B2B_ERR(read_columns(&export, &query, nothing));
    B2B_ERR(take_turn(call));
    put_head(&export);
    if (!nothing) {
        B2B_ERR(put_rows(&export, &query));
    }
    call->status = 200;
    call->text = apr_array_pstrcat(call->pool, export.lines, 0);
    call->text_length = strlen(call->text);
    apr_table_setn(call->headers, "Content-Type", "text/csv; charset=utf-8");
    apr_table_setn(call->headers, "Content-Disposition", "attachment; filename=\"instances.csv\"");
    return NULL;
}
