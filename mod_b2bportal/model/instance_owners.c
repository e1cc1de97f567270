/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who owns the forms of an instance. Names become rows when the instance begins: what a share or a group is
 * later does not change who works on what has begun. Whoever a person field names is known when its form is
 * submitted. A form that nobody owns when its turn comes waits under the owner "nobody", until somebody who
 * may reassigns it.
 */

#include <string.h>

#include "model/instance_private.h"

/* The owners of a statement: form, kind and id in columns of fixed width. */
typedef struct {
    apr_array_header_t *parts; /* const char * */
    apr_pool_t *pool;
} packed_t;

static const struct {
    const char *word;
    char letter;
} kinds[] = {{"creator", 'c'}, {"host_creator", 'b'}, {"member", 'm'},     {"group", 'g'},
             {"partner", 'p'}, {"host_user", 'u'},    {"host_group", 'h'}, {"nobody", 'n'}};

char b2b_instance_kind_letter(const char *kind)
{
    apr_size_t i;

    for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        if (strcmp(kinds[i].word, kind) == 0) {
            return kinds[i].letter;
        }
    }
    return '\0';
}

static void pack(packed_t *packed, int form, const char *kind, const char *id)
{
    char letter = b2b_instance_kind_letter(kind);

    if (letter && strlen(id) <= 36) {
        APR_ARRAY_PUSH(packed->parts, const char *) = apr_psprintf(packed->pool, "%02d%c%-36s",
                                                                   form, letter, id);
    }
}

static packed_t *packed_create(apr_pool_t *pool)
{
    packed_t *packed = apr_palloc(pool, sizeof(*packed));

    packed->parts = apr_array_make(pool, 8, sizeof(const char *));
    packed->pool = pool;
    return packed;
}

/* Write them; those of form CURRENT (-1: none) have the turn since INSTANCE->modified_at. */
static b2b_error_t *packed_write(b2b_db_conn_t *conn, const b2b_instance_t *instance,
                                 const packed_t *packed, int current)
{
    const char *text = apr_array_pstrcat(packed->pool, packed->parts, 0);

    if (!packed->parts->nelts) {
        return NULL;
    }
    return b2b_db_send(conn, STMT_INSTANCE_OWNERS_INSERT, packed->pool, "issssssssii",
                       (apr_int64_t)packed->parts->nelts, text, text, text, instance->portal_id,
                       instance->id, instance->partner_id, instance->share_id, instance->process_id,
                       (apr_int64_t)current, (apr_int64_t)instance->modified_at);
}

/* As named by the document ---------------------------------------------------------------------- */

/* name → id of the group to which the share's sending bound it. */
static b2b_error_t *groups_load(apr_hash_t **groups, b2b_db_conn_t *conn,
                                const b2b_instance_t *instance, apr_pool_t *pool)
{
    b2b_db_rows_t *rows;

    *groups = apr_hash_make(pool);
    B2B_ERR(b2b_db_query(&rows, conn, STMT_INSTANCE_GRANT_GROUPS, pool, "sss", instance->portal_id,
                         instance->partner_id, instance->share_id));
    while (b2b_db_next(rows)) {
        apr_hash_set(*groups, b2b_db_text(rows, 0), APR_HASH_KEY_STRING, b2b_db_text(rows, 1));
    }
    return NULL;
}

static void add(apr_array_header_t *owners, int form, const char *kind, const char *id)
{
    b2b_instance_owner_t *owner = apr_array_push(owners);

    owner->form = form;
    owner->kind = kind;
    owner->principal_id = id;
}

static void add_ids(apr_array_header_t *owners, int form, const char *kind,
                    const apr_array_header_t *ids)
{
    int i;

    for (i = 0; ids && i < ids->nelts; i++) {
        add(owners, form, kind, APR_ARRAY_IDX(ids, i, const char *));
    }
}

/* The people that the person field NAME holds. */
static void add_chosen(apr_array_header_t *owners, int form, const char *name,
                       const b2b_json_t *held)
{
    const b2b_json_t *people = b2b_json_get(held, name);
    apr_size_t i;

    for (i = 0; people && i < b2b_json_length(people); i++) {
        const b2b_json_t *person = b2b_json_at(people, i);
        const char *kind = b2b_json_get_string(person, "kind");
        const char *id = b2b_json_get_string(person, "id");

        if (kind && id && (strcmp(kind, "member") == 0 || strcmp(kind, "host_user") == 0)) {
            add(owners, form, strcmp(kind, "member") == 0 ? "member" : "host_user", id);
        }
    }
}

/* Does FORM name nobody at all? Only a first form may (S9): then its creator owns it. */
static int names_nobody(const b2b_owners_t *named)
{
    return !named->creator && !named->partner && !named->field && !named->partner_groups->nelts &&
           !named->host_users->nelts && !named->host_groups->nelts;
}

static void add_named(apr_array_header_t *owners, const b2b_instance_t *instance,
                      const b2b_form_t *form, apr_hash_t *groups, apr_pool_t *pool)
{
    const b2b_owners_t *named = &form->owners;
    int i;

    if (named->creator || (form->index == 0 && names_nobody(named))) {
        add(owners, form->index, instance->created_by.kind, instance->created_by.id);
    }
    if (named->partner) {
        add(owners, form->index, "partner", instance->partner_id);
    }
    for (i = 0; i < named->partner_groups->nelts; i++) {
        const char *name = APR_ARRAY_IDX(named->partner_groups, i, const char *);
        const char *id = apr_hash_get(groups, b2b_text_fold(name, pool), APR_HASH_KEY_STRING);

        if (id) { /* a name that is bound to no group is nobody (S5) */
            add(owners, form->index, "group", id);
        }
    }
    add_ids(owners, form->index, "host_user", named->host_users);
    add_ids(owners, form->index, "host_group", named->host_groups);
}

/* The form has the turn: if there is nobody who can work on it, that is said. */
static b2b_error_t *mark_nobody(b2b_db_conn_t *conn, const b2b_instance_t *instance, int form,
                                apr_pool_t *scratch_pool)
{
    return b2b_db_send(conn, STMT_INSTANCE_OWNERS_NOBODY, scratch_pool, "ssisssissi",
                       instance->portal_id, instance->id, (apr_int64_t)form, instance->partner_id,
                       instance->share_id, instance->process_id, (apr_int64_t)instance->modified_at,
                       instance->portal_id, instance->id, (apr_int64_t)form);
}

b2b_error_t *b2b_instance_owners_begin(b2b_db_conn_t *conn, b2b_instance_t *instance,
                                       const b2b_document_t *document, const b2b_json_t *held,
                                       apr_pool_t *result_pool, apr_pool_t *scratch_pool)
{
    apr_array_header_t *owners = apr_array_make(result_pool, 8, sizeof(b2b_instance_owner_t));
    packed_t *packed = packed_create(scratch_pool);
    int completed = instance->current_form >= document->forms->nelts;
    apr_hash_t *groups;
    int i;

    B2B_ERR(groups_load(&groups, conn, instance, result_pool));
    for (i = 0; i < document->forms->nelts; i++) {
        const b2b_form_t *form = &APR_ARRAY_IDX(document->forms, i, b2b_form_t);

        add_named(owners, instance, form, groups, scratch_pool);
        if (form->owners.field && instance->current_form > 0) {
            add_chosen(owners, i, form->owners.field, held);
        }
    }
    pack(packed, 0, strcmp(instance->created_by.kind, "member") == 0 ? "creator" : "host_creator",
         instance->created_by.id);
    for (i = 0; i < owners->nelts; i++) {
        const b2b_instance_owner_t *owner = &APR_ARRAY_IDX(owners, i, b2b_instance_owner_t);

        pack(packed, owner->form, owner->kind, owner->principal_id);
    }
    B2B_ERR(packed_write(conn, instance, packed, completed ? -1 : instance->current_form));
    instance->owners = owners;
    return completed ? NULL : mark_nobody(conn, instance, instance->current_form, scratch_pool);
}

/* Passing on ------------------------------------------------------------------------------------ */

void b2b_instance_turn_values(b2b_instance_t *instance, const b2b_document_t *document,
                              apr_time_t now)
{
    instance->current_form++;
    if (instance->current_form >= document->forms->nelts) {
        instance->current_form = document->forms->nelts;
        instance->state = "completed";
        instance->status = "completed";
        instance->completed_at = now;
    }
    else {
        instance->state = "open";
        instance->status = APR_ARRAY_IDX(document->forms, instance->current_form, b2b_form_t).name;
    }
}

/* Is the person field NAME on form SUBMITTED? */
static int is_on(const b2b_document_t *document, const char *name, int submitted)
{
    const b2b_field_t *field = name ? b2b_document_field(document, name) : NULL;

    return field && field->form == submitted;
}

b2b_error_t *b2b_instance_turn(b2b_db_conn_t *conn, const b2b_instance_t *instance,
                               const b2b_document_t *document, int submitted,
                               const b2b_json_t *held, apr_pool_t *scratch_pool)
{
    apr_array_header_t *owners = apr_array_make(scratch_pool, 4, sizeof(b2b_instance_owner_t));
    packed_t *packed = packed_create(scratch_pool);
    apr_int64_t next = instance->current_form;
    int completed = next >= document->forms->nelts;
    int i;

    for (i = submitted + 1; i < document->forms->nelts; i++) {
        const b2b_form_t *form = &APR_ARRAY_IDX(document->forms, i, b2b_form_t);

        if (is_on(document, form->owners.field, submitted)) {
            add_chosen(owners, i, form->owners.field, held);
        }
    }
    for (i = 0; i < owners->nelts; i++) {
        const b2b_instance_owner_t *owner = &APR_ARRAY_IDX(owners, i, b2b_instance_owner_t);

        pack(packed, owner->form, owner->kind, owner->principal_id);
    }
    B2B_ERR(packed_write(conn, instance, packed, -1));
    if (completed) {
        next = -1;
    }
    B2B_ERR(b2b_db_send(conn, STMT_INSTANCE_OWNERS_TURN, scratch_pool, "iiissi", next,
                        (apr_int64_t)instance->modified_at, next, instance->portal_id, instance->id,
                        next));
    return completed ? NULL : mark_nobody(conn, instance, (int)next, scratch_pool);
}

b2b_error_t *b2b_instance_reassign(b2b_db_conn_t *conn, const b2b_instance_t *instance,
                                   const apr_array_header_t *owners, int override,
                                   apr_pool_t *scratch_pool)
{
    packed_t *packed = packed_create(scratch_pool);
    int i;

    /* Somebody can work on it now, so "nobody" goes in any case. */
    B2B_ERR(b2b_db_send(conn, override ? STMT_INSTANCE_OWNERS_DELETE : STMT_INSTANCE_OWNERS_FOUND,
                        scratch_pool, "ssi", instance->portal_id, instance->id,
                        (apr_int64_t)instance->current_form));
    for (i = 0; i < owners->nelts; i++) {
        const b2b_instance_owner_t *owner = &APR_ARRAY_IDX(owners, i, b2b_instance_owner_t);

        pack(packed, instance->current_form, owner->kind, owner->principal_id);
    }
    return packed_write(conn, instance, packed, instance->current_form);
}
