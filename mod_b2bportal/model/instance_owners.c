/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who owns the forms of an instance. Names become rows when the instance begins: what a share or a group is
 * later does not change who works on what has begun. Whoever a person field names is known when its form is
 * submitted. A form that nobody owns when its turn comes waits under the owner "nobody", until somebody who
 * may reassigns it.
 */

#include <string.h>

#include "model/instance_private.h"

#define BIT(form) ((apr_uint64_t)1 << (form))

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

/* Forms by index, without the last: those that have the turn. */
typedef struct {
    int from;
    int until;
} turn_t;

static const turn_t nobodys_turn = {-1, -1};

/* Write them; those of the forms of TURN have it since INSTANCE->modified_at. */
static b2b_error_t *packed_write(b2b_db_conn_t *conn, const b2b_instance_t *instance,
                                 const packed_t *packed, turn_t turn)
{
    const char *text = apr_array_pstrcat(packed->pool, packed->parts, 0);

    if (!packed->parts->nelts) {
        return NULL;
    }
    return b2b_db_send(conn, STMT_INSTANCE_OWNERS_INSERT, packed->pool, "issssssssiii",
                       (apr_int64_t)packed->parts->nelts, text, text, text, instance->portal_id,
                       instance->id, instance->partner_id, instance->share_id, instance->process_id,
                       (apr_int64_t)turn.from, (apr_int64_t)turn.until,
                       (apr_int64_t)instance->modified_at);
}

/* As named by the document ---------------------------------------------------------------------- */

b2b_error_t *b2b_instance_groups(apr_hash_t **groups, b2b_db_conn_t *conn,
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

/* Is the person field NAME on a form that was submitted before the current one? */
static int is_known(const b2b_instance_t *instance, const b2b_document_t *document,
                    const char *name)
{
    const b2b_field_t *field = name ? b2b_document_field(document, name) : NULL;

    return field && field->form < instance->current_form;
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

void b2b_instance_owners_ahead(apr_array_header_t *owners, const b2b_instance_actor_t *creator,
                               const b2b_form_t *form)
{
    const b2b_owners_t *named = &form->owners;

    if (named->creator || (form->index == 0 && b2b_owners_are_none(named))) {
        add(owners, form->index, creator->kind, creator->id);
    }
    add_ids(owners, form->index, "host_user", named->host_users);
    add_ids(owners, form->index, "host_group", named->host_groups);
}

static void add_named(apr_array_header_t *owners, const b2b_instance_t *instance,
                      const b2b_form_t *form, apr_hash_t *groups, apr_pool_t *pool)
{
    const b2b_owners_t *named = &form->owners;
    int i;

    b2b_instance_owners_ahead(owners, &instance->created_by, form);
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
}

/* The forms have the turn: if there is nobody who can work on one, that is said. */
static b2b_error_t *mark_nobody(b2b_db_conn_t *conn, const b2b_instance_t *instance, turn_t turn,
                                apr_pool_t *scratch_pool)
{
    int form;

    for (form = turn.from; form < turn.until; form++) {
        B2B_ERR(b2b_db_send(conn, STMT_INSTANCE_OWNERS_NOBODY, scratch_pool, "ssisssissi",
                            instance->portal_id, instance->id, (apr_int64_t)form,
                            instance->partner_id, instance->share_id, instance->process_id,
                            (apr_int64_t)instance->modified_at, instance->portal_id, instance->id,
                            (apr_int64_t)form));
    }
    return NULL;
}

/* What is left of the step of the current form, where nothing after it was submitted. */
static turn_t turn_of(const b2b_instance_t *instance, const b2b_document_t *document)
{
    turn_t turn = {instance->current_form, 0};

    if (instance->current_form >= document->forms->nelts) {
        return nobodys_turn;
    }
    turn.until = b2b_document_step_end(document, instance->current_form);
    return turn;
}

b2b_error_t *b2b_instance_owners_begin(b2b_db_conn_t *conn, b2b_instance_t *instance,
                                       const b2b_document_t *document, const b2b_json_t *held,
                                       apr_pool_t *result_pool, apr_pool_t *scratch_pool)
{
    apr_array_header_t *owners = apr_array_make(result_pool, 8, sizeof(b2b_instance_owner_t));
    packed_t *packed = packed_create(scratch_pool);
    turn_t turn = turn_of(instance, document);
    apr_hash_t *groups;
    int i;

    B2B_ERR(b2b_instance_groups(&groups, conn, instance, result_pool));
    for (i = 0; i < document->forms->nelts; i++) {
        const b2b_form_t *form = &APR_ARRAY_IDX(document->forms, i, b2b_form_t);

        add_named(owners, instance, form, groups, scratch_pool);
        if (is_known(instance, document, form->owners.field)) {
            add_chosen(owners, i, form->owners.field, held);
        }
    }
    pack(packed, 0, strcmp(instance->created_by.kind, "member") == 0 ? "creator" : "host_creator",
         instance->created_by.id);
    for (i = 0; i < owners->nelts; i++) {
        const b2b_instance_owner_t *owner = &APR_ARRAY_IDX(owners, i, b2b_instance_owner_t);

        pack(packed, owner->form, owner->kind, owner->principal_id);
    }
    B2B_ERR(packed_write(conn, instance, packed, turn));
    instance->owners = owners;
    return mark_nobody(conn, instance, turn, scratch_pool);
}

b2b_error_t *b2b_instance_stuck(int *stuck, b2b_db_conn_t *conn, const b2b_instance_t *instance,
                                apr_pool_t *scratch_pool)
{
    b2b_db_rows_t *rows;

    B2B_ERR(b2b_db_query(&rows, conn, STMT_INSTANCE_STUCK, scratch_pool, "ssi", instance->portal_id,
                         instance->id, (apr_int64_t)instance->current_form));
    *stuck = b2b_db_next(rows);
    return NULL;
}

b2b_error_t *b2b_instance_stuck_forms(apr_uint64_t *forms, b2b_db_conn_t *conn,
                                      const b2b_instance_t *instance, apr_time_t now,
                                      apr_pool_t *scratch_pool)
{
    b2b_db_rows_t *rows;

    *forms = 0;
    B2B_ERR(b2b_db_query(&rows, conn, STMT_INSTANCE_STUCK_FORMS, scratch_pool, "ssiii",
                         instance->portal_id, instance->id, (apr_int64_t)now, (apr_int64_t)now,
                         (apr_int64_t)now));
    while (b2b_db_next(rows)) {
        *forms |= BIT(b2b_db_integer(rows, 0));
    }
    return NULL;
}

/* Passing on ------------------------------------------------------------------------------------ */

int b2b_instance_turn_values(b2b_instance_t *instance, const b2b_document_t *document,
                             apr_uint64_t submitted, apr_time_t now)
{
    apr_uint64_t done = (apr_uint64_t)instance->submitted_ahead | submitted;
    int form = instance->current_form;
    int end = b2b_document_step_end(document, form);

    while (form < end && done & BIT(form)) {
        form++;
    }
    instance->current_form = form;
    instance->submitted_ahead = form < end ? (apr_int64_t)(done & ~(BIT(form) - 1)) : 0;
    if (form >= document->forms->nelts) {
        instance->state = "completed";
        instance->status = "completed";
        instance->completed_at = now;
    }
    else {
        instance->state = "open";
        instance->status = APR_ARRAY_IDX(document->forms, form, b2b_form_t).name;
    }
    return form == end;
}

/* The owners of later forms whom person fields of form SUBMITTED name. */
static void add_named_by(apr_array_header_t *owners, const b2b_document_t *document, int submitted,
                         const b2b_json_t *held)
{
    int i;

    for (i = submitted + 1; i < document->forms->nelts; i++) {
        const char *name = APR_ARRAY_IDX(document->forms, i, b2b_form_t).owners.field;
        const b2b_field_t *field = name ? b2b_document_field(document, name) : NULL;

        if (field && field->form == submitted) {
            add_chosen(owners, i, name, held);
        }
    }
}

/* The forms SUBMITTED wait for nobody any more; others of their step do. */
static b2b_error_t *end_turns(b2b_db_conn_t *conn, const b2b_instance_t *instance,
                              const b2b_document_t *document, apr_uint64_t submitted,
                              apr_pool_t *scratch_pool)
{
    int form;

    for (form = 0; form < document->forms->nelts; form++) {
        if (submitted & BIT(form)) {
            B2B_ERR(b2b_db_send(conn, STMT_INSTANCE_OWNERS_DONE, scratch_pool, "ssi",
                                instance->portal_id, instance->id, (apr_int64_t)form));
        }
    }
    return NULL;
}

/* Is a form of the step of the forms SUBMITTED still current? */
static int is_left(const b2b_instance_t *instance, const b2b_document_t *document,
                   apr_uint64_t submitted)
{
    int form = instance->current_form;
    apr_uint64_t step;

    if (form >= document->forms->nelts) {
        return FALSE;
    }
    step = BIT(b2b_document_step_end(document, form)) -
           BIT(APR_ARRAY_IDX(document->forms, form, b2b_form_t).step);
    return (step & submitted) != 0;
}

/* The forms of TURN have it from now on, and nobody else. */
static b2b_error_t *take_turn(b2b_db_conn_t *conn, const b2b_instance_t *instance, turn_t turn,
                              apr_pool_t *scratch_pool)
{
    B2B_ERR(b2b_db_send(conn, STMT_INSTANCE_OWNERS_TURN, scratch_pool, "iiiiissii",
                        (apr_int64_t)turn.from, (apr_int64_t)turn.until,
                        (apr_int64_t)instance->modified_at, (apr_int64_t)turn.from,
                        (apr_int64_t)turn.until, instance->portal_id, instance->id,
                        (apr_int64_t)turn.from, (apr_int64_t)turn.until));
    return mark_nobody(conn, instance, turn, scratch_pool);
}

b2b_error_t *b2b_instance_turn(b2b_db_conn_t *conn, const b2b_instance_t *instance,
                               const b2b_document_t *document, apr_uint64_t submitted,
                               const b2b_json_t *held, apr_pool_t *scratch_pool)
{
    apr_array_header_t *owners = apr_array_make(scratch_pool, 4, sizeof(b2b_instance_owner_t));
    packed_t *packed = packed_create(scratch_pool);
    turn_t turn = turn_of(instance, document);
    int i;

    for (i = 0; i < document->forms->nelts; i++) {
        if (submitted & BIT(i)) {
            add_named_by(owners, document, i, held);
        }
    }
    for (i = 0; i < owners->nelts; i++) {
        const b2b_instance_owner_t *owner = &APR_ARRAY_IDX(owners, i, b2b_instance_owner_t);

        pack(packed, owner->form, owner->kind, owner->principal_id);
    }
    B2B_ERR(packed_write(conn, instance, packed, nobodys_turn));
    if (is_left(instance, document, submitted)) {
        return end_turns(conn, instance, document, submitted, scratch_pool);
    }
    return take_turn(conn, instance, turn, scratch_pool);
}

b2b_error_t *b2b_instance_turn_to(b2b_db_conn_t *conn, const b2b_instance_t *instance, int form,
                                  apr_pool_t *scratch_pool)
{
    const turn_t turn = {form, form + 1};

    return take_turn(conn, instance, turn, scratch_pool);
}

b2b_error_t *b2b_instance_reassign(b2b_db_conn_t *conn, const b2b_instance_t *instance, int form,
                                   const apr_array_header_t *owners, int override,
                                   apr_pool_t *scratch_pool)
{
    packed_t *packed = packed_create(scratch_pool);
    turn_t turn = {form, form + 1};
    int i;

    /* Somebody can work on it now, so "nobody" goes in any case. */
    B2B_ERR(b2b_db_send(conn, override ? STMT_INSTANCE_OWNERS_DELETE : STMT_INSTANCE_OWNERS_FOUND,
                        scratch_pool, "ssi", instance->portal_id, instance->id, (apr_int64_t)form));
    for (i = 0; i < owners->nelts; i++) {
        const b2b_instance_owner_t *owner = &APR_ARRAY_IDX(owners, i, b2b_instance_owner_t);

        pack(packed, form, owner->kind, owner->principal_id);
    }
    return packed_write(conn, instance, packed, turn);
}
