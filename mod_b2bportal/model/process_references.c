/* SPDX-License-Identifier: Apache-2.0 */
/* What a process's document names of the host: people, groups, images; and whether they are there. */

#include <string.h>

#include "model/model_private.h"

typedef struct {
    apr_array_header_t *found; /* b2b_process_reference_t */
    apr_pool_t *pool;
} walk_t;

static void add(walk_t *walk, b2b_reference_e kind, const char *id, const char *place)
{
    b2b_process_reference_t *reference = apr_array_push(walk->found);

    reference->kind = kind;
    reference->id = id;
    reference->place = place;
}

/* The ids of the member NAME of OBJECT, which stands at PLACE. */
static void add_ids(walk_t *walk, b2b_reference_e kind, const b2b_json_t *object, const char *name,
                    const char *place)
{
    const b2b_json_t *ids = b2b_json_get(object, name);
    apr_size_t i;

    for (i = 0; i < b2b_json_length(ids); i++) {
        const char *id = b2b_json_text(b2b_json_at(ids, i));

        if (id) {
            add(walk, kind, id, apr_psprintf(walk->pool, "%s/%s/%" APR_SIZE_T_FMT, place, name, i));
        }
    }
}

static void walk_field(walk_t *walk, const b2b_json_t *field, const char *place)
{
    const char *type = b2b_json_get_string(field, "type");
    const char *file = b2b_json_get_string(field, "file");

    if (!type) {
        return;
    }
    if (!strcmp(type, "person")) {
        add_ids(walk, B2B_REFERENCE_HOST_GROUP, field, "host_groups", place);
    }
    else if (!strcmp(type, "image") && file) {
        add(walk, B2B_REFERENCE_IMAGE, file, apr_pstrcat(walk->pool, place, "/file", NULL));
    }
}

static void walk_form(walk_t *walk, const b2b_json_t *form, apr_size_t index)
{
    const b2b_json_t *owners = b2b_json_get(form, "owners");
    const b2b_json_t *actions = b2b_json_get(form, "actions");
    const b2b_json_t *fields = b2b_json_get(form, "fields");
    const char *place = apr_psprintf(walk->pool, "forms/%" APR_SIZE_T_FMT "/owners", index);
    apr_size_t i;

    add_ids(walk, B2B_REFERENCE_HOST_USER, owners, "host_users", place);
    add_ids(walk, B2B_REFERENCE_HOST_GROUP, owners, "host_groups", place);
    for (i = 0; i < b2b_json_length(actions); i++) {
        const b2b_json_t *granted_to = b2b_json_get(b2b_json_at(actions, i), "granted_to");

        place = apr_psprintf(walk->pool,
                             "forms/%" APR_SIZE_T_FMT "/actions/%" APR_SIZE_T_FMT "/granted_to",
                             index, i);
        add_ids(walk, B2B_REFERENCE_HOST_USER, granted_to, "host_users", place);
        add_ids(walk, B2B_REFERENCE_HOST_GROUP, granted_to, "host_groups", place);
    }
    for (i = 0; i < b2b_json_length(fields); i++) {
        walk_field(walk, b2b_json_at(fields, i),
                   apr_psprintf(walk->pool, "forms/%" APR_SIZE_T_FMT "/fields/%" APR_SIZE_T_FMT,
                                index, i));
    }
}

static b2b_error_t *is_there(int *there, b2b_db_conn_t *conn,
                             const b2b_process_reference_t *reference, apr_pool_t *scratch_pool)
{
    static const b2b_stmt_e stmts[] = {[B2B_REFERENCE_HOST_USER] = STMT_PROCESS_HOST_USER,
                                       [B2B_REFERENCE_HOST_GROUP] = STMT_PROCESS_HOST_GROUP,
                                       [B2B_REFERENCE_IMAGE] = STMT_IMAGE_SELECT};
    b2b_db_rows_t *rows;

    B2B_ERR(b2b_db_query(&rows, conn, stmts[reference->kind], scratch_pool, "s", reference->id));
    *there = b2b_db_next(rows);
    return NULL;
}

b2b_error_t *b2b_process_missing(apr_array_header_t **missing, b2b_db_conn_t *conn,
                                 const b2b_json_t *normal, apr_pool_t *result_pool,
                                 apr_pool_t *scratch_pool)
{
    const b2b_json_t *users = b2b_json_get(b2b_json_get(normal, "security"), "users");
    const b2b_json_t *forms = b2b_json_get(normal, "forms");
    apr_hash_t *known = apr_hash_make(scratch_pool); /* the same people own many forms */
    walk_t walk;
    apr_size_t i;
    int j;

    walk.pool = result_pool;
    walk.found = apr_array_make(scratch_pool, 16, sizeof(b2b_process_reference_t));
    add_ids(&walk, B2B_REFERENCE_HOST_USER, users, "host_users", "security/users");
    add_ids(&walk, B2B_REFERENCE_HOST_GROUP, users, "host_groups", "security/users");
    for (i = 0; i < b2b_json_length(forms); i++) {
        walk_form(&walk, b2b_json_at(forms, i), i);
    }
    *missing = apr_array_make(result_pool, 4, sizeof(b2b_process_reference_t));
    for (j = 0; j < walk.found->nelts; j++) {
        const b2b_process_reference_t *reference = &APR_ARRAY_IDX(walk.found, j,
                                                                  b2b_process_reference_t);
        const char *key = apr_psprintf(scratch_pool, "%d%s", reference->kind, reference->id);
        const char *state = apr_hash_get(known, key, APR_HASH_KEY_STRING);

        if (!state) {
            int there;

            B2B_ERR(is_there(&there, conn, reference, scratch_pool));
            state = there ? "there" : "";
            apr_hash_set(known, key, APR_HASH_KEY_STRING, state);
        }
        if (!*state) {
            APR_ARRAY_PUSH(*missing, b2b_process_reference_t) = *reference;
        }
    }
    return NULL;
}

static const char *const sentences[] = {
    [B2B_REFERENCE_HOST_USER] = "There is no such host user.",
    [B2B_REFERENCE_HOST_GROUP] = "There is no such host group.",
    [B2B_REFERENCE_IMAGE] = "There is no such image. Upload it first.",
};

/* ERR (or NULL) with one more link at its end. */
static void chain(b2b_error_t **err, b2b_reference_e kind, const char *field, apr_pool_t *pool)
{
    while (*err) {
        err = &(*err)->child;
    }
    *err = b2b_error_invalid(pool, field, "%s", sentences[kind]);
}

b2b_error_t *b2b_process_references_check(b2b_db_conn_t *conn, const b2b_json_t *normal,
                                          const apr_array_header_t *administrators,
                                          apr_pool_t *scratch_pool)
{
    apr_array_header_t *missing;
    b2b_error_t *err = NULL;
    int i;

    B2B_ERR(b2b_process_missing(&missing, conn, normal, scratch_pool, scratch_pool));
    for (i = 0; i < missing->nelts; i++) {
        const b2b_process_reference_t *reference = &APR_ARRAY_IDX(missing, i,
                                                                  b2b_process_reference_t);

        chain(&err, reference->kind, apr_pstrcat(scratch_pool, "document/", reference->place, NULL),
              scratch_pool);
    }
    for (i = 0; administrators && i < administrators->nelts; i++) {
        const b2b_host_ref_t *ref = &APR_ARRAY_IDX(administrators, i, b2b_host_ref_t);
        b2b_process_reference_t reference;
        int there;

        reference.kind = !strcmp(ref->kind, "host_user") ? B2B_REFERENCE_HOST_USER
                                                         : B2B_REFERENCE_HOST_GROUP;
        reference.id = ref->id;
        B2B_ERR(is_there(&there, conn, &reference, scratch_pool));
        if (!there) {
            chain(&err, reference.kind, apr_psprintf(scratch_pool, "administrators/%d", i),
                  scratch_pool);
        }
    }
    return err;
}
