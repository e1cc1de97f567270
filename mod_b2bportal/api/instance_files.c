/* SPDX-License-Identifier: Apache-2.0 */
/* Files of forms: taken for a field by who works on the form, sent to who may see it; the same on both sides. */

#include "instance_seen.h"

#include <string.h>

#include <apr_file_io.h>
#include <apr_strings.h>

#include "base/settle.h"
#include "file_type.h"
#include "resources.h"

#define FILE_NAME_MAX 255

const b2b_rule_t b2b_instance_upload_query[] = {
    B2B_LINE("form", B2B_RULE_REQUIRED, 1, B2B_FIELD_NAME_MAX),
    B2B_LINE("field", B2B_RULE_REQUIRED, 1, B2B_FIELD_NAME_MAX),
    B2B_LINE("name", B2B_RULE_REQUIRED, 1, FILE_NAME_MAX),
    B2B_END,
};

static const char *path_of(const b2b_call_t *call, const char *file)
{
    return apr_pstrcat(call->pool, call->site->files, "/", file, NULL);
}

static const char *file_path(const b2b_call_t *call, const b2b_instance_seen_t *seen,
                             const b2b_instance_file_t *file)
{
    return apr_pstrcat(call->pool, seen->path, "/files/", file->id, NULL);
}

b2b_json_t *b2b_instance_file_json(const b2b_call_t *call, const b2b_instance_seen_t *seen,
                                   const b2b_instance_file_t *file)
{
    b2b_json_t *json = b2b_json_object(call->pool);
    const b2b_form_t *form = &APR_ARRAY_IDX(seen->document->forms, file->form, b2b_form_t);

    b2b_json_set_string(json, "id", file->id);
    b2b_json_set_string(json, "form", form->name);
    b2b_json_set_string(json, "field", file->field);
    b2b_json_set_string(json, "name", file->name);
    b2b_json_set_string(json, "type", file->type);
    b2b_json_set_integer(json, "bytes", file->bytes);
    b2b_json_set_string(json, "url",
                        apr_pstrcat(call->pool, "/api/v1", file_path(call, seen, file), NULL));
    b2b_json_set(json, "uploaded_by",
                 b2b_actor_json(call, file->uploaded_by_kind, file->uploaded_by,
                                file->uploaded_by_name));
    b2b_json_set_time(json, "created_at", file->created_at);
    return json;
}

/* Uploading ------------------------------------------------------------------------------------ */

/* A name is for people only; nothing on disk is called by it. It is refused, not cleaned: the person sees why. */
static b2b_error_t *check_name(const b2b_call_t *call, const char *name)
{
    if (strpbrk(name, "/\\") || strspn(name, ". ") == strlen(name)) {
        return b2b_error_invalid(call->pool, "name",
                                 "must be the name of a file, without slashes or backslashes.");
    }
    return NULL;
}

/* The file field that the query names, on a form that this person works on now. */
static b2b_error_t *find_field(const b2b_field_t **field, const b2b_call_t *call,
                               const b2b_instance_seen_t *seen)
{
    const char *name = b2b_call_query(call, "form");
    b2b_decision_t may;
    int form;

    if (!b2b_document_form(seen->document, name, &form)) {
        return b2b_error_invalid(call->pool, "form", "There is no such form.");
    }
    may = b2b_instance_form_edit(call, seen, form);
    if (!may.granted) {
        return !b2b_policy_is_current(&seen->facts, form)
                   ? b2b_call_conflict(call, "not-the-current-form",
                                       "The instance is not at this form: files are for a "
                                       "current one.")
                   : b2b_error_create(call->pool, B2B_E_FORBIDDEN, NULL, "%s",
                                      b2b_reason_sentence(may.reason));
    }
    *field = b2b_document_field(seen->document, b2b_call_query(call, "field"));
    if (!*field || (*field)->form != form || (*field)->type != B2B_FIELD_FILE) {
        return b2b_error_invalid(call->pool, "field", "This form has no such field for files.");
    }
    if ((*field)->read_only) {
        return b2b_error_invalid(call->pool, "field", "This field cannot be changed.");
    }
    return check_name(call, b2b_call_query(call, "name"));
}

/*
 * What waits to be saved may be as many as the field takes: those saved may all be replaced. Whether a condition
 * shows the field is asked when saving: the page may have changed what it depends on.
 */
static b2b_error_t *check_room(const b2b_call_t *call, const b2b_instance_seen_t *seen,
                               const b2b_field_t *field)
{
    const b2b_instance_t *instance = seen->instance;
    apr_int64_t count, files, bytes;

    B2B_ERR(b2b_instance_file_count(&count, call->conn, instance->portal_id, instance->id,
                                    field->form, field->name, call->pool));
    if (count >= field->max_files) {
        return b2b_error_typed(
            b2b_error_create(call->pool, B2B_E_CONFLICT, NULL,
                             "This field takes %d files, and as many wait to be saved. Save the "
                             "form, or take one back.",
                             field->max_files),
            "too-many-files");
    }
    B2B_ERR(b2b_partner_usage(&files, &bytes, call->conn, instance->portal_id, instance->partner_id,
                              call->pool));
    return bytes < call->site->partner_quota
               ? NULL
               : b2b_error_create(call->pool, B2B_E_QUOTA, NULL,
                                  "The files of this partner take all of the %" APR_INT64_T_FMT
                                  " bytes that they may.",
                                  call->site->partner_quota);
}

static int accepts(const b2b_field_t *field, const char *group)
{
    int i;

    for (i = 0; i < field->accept->nelts; i++) {
        if (!strcmp(APR_ARRAY_IDX(field->accept, i, const char *), group)) {
            return 1;
        }
    }
    return 0;
}

static b2b_error_t *check_content(const b2b_call_t *call, const b2b_field_t *field)
{
    const b2b_upload_t *upload = call->request->upload;

    if (!upload->bytes) {
        return b2b_error_create(call->pool, B2B_E_INVALID, NULL, "The file is empty.");
    }
    if (!upload->type) {
        return b2b_error_create(
            call->pool, B2B_E_UNSUPPORTED, NULL,
            "This is none of the files that are taken, whatever its name says: images (PNG, JPEG, "
            "WebP, GIF), PDF, documents without macros (docx, pptx, odt, xlsx, ods), plain text "
            "in UTF-8, ZIP archives.");
    }
    if (!accepts(field, upload->group)) {
        return b2b_error_create(call->pool, B2B_E_UNSUPPORTED, NULL,
                                "The file is of the kind \"%s\"; this field takes: %s.",
                                upload->group, apr_array_pstrcat(call->pool, field->accept, ','));
    }
    if (!b2b_file_type_fits(upload->type, b2b_call_query(call, "name"))) {
        return b2b_error_invalid(call->pool, "name",
                                 "ends in something else than what the file is, %s.", upload->type);
    }
    return NULL;
}

/* It was written and synced before: from here on it has its name, which who finds the row finds, too. */
static b2b_error_t *keep(const b2b_call_t *call)
{
    b2b_upload_t *upload = call->request->upload;
    const char *path = path_of(call, upload->hash);
    apr_status_t status;

    if (upload->kept) {
        return NULL; /* the transaction runs again */
    }
    status = b2b_file_settle(upload->path, path, call->pool);
    if (status != APR_SUCCESS) {
        b2b_error_t *err = b2b_error_create(call->pool, B2B_E_UNAVAILABLE, NULL,
                                            "The file cannot be stored.");

        err->status = status;
        return b2b_error_detail(err, call->pool, "renaming %s", upload->path);
    }
    upload->kept = 1;
    return NULL;
}

/* The history says who brought which file to where. */
static b2b_error_t *note_upload(b2b_call_t *call, const b2b_instance_seen_t *seen,
                                const b2b_instance_file_t *file)
{
    b2b_json_t *changes = b2b_json_array(call->pool);
    b2b_json_t *change = b2b_json_object(call->pool);

    b2b_json_set_string(change, "field", file->field);
    b2b_json_set(change, "old", b2b_json_null(call->pool));
    b2b_json_set_string(change, "new", file->name);
    b2b_json_append(changes, change);
    return b2b_instance_change_add(call->conn, file->portal_id, file->instance_id, &seen->actor,
                                   "upload", file->form, changes, call->pool);
}

b2b_error_t *b2b_instance_files_upload(b2b_call_t *call)
{
    const b2b_upload_t *upload = call->request->upload;
    b2b_instance_file_t file = {NULL};
    b2b_instance_seen_t *seen;
    const b2b_field_t *field = NULL;

    B2B_ERR(b2b_instance_see(&seen, call));
    B2B_ERR(find_field(&field, call, seen));
    B2B_ERR(check_room(call, seen, field));
    if (!upload) {
        return NULL; /* the body may come */
    }
    B2B_ERR(check_content(call, field));
    file.portal_id = seen->instance->portal_id;
    file.instance_id = seen->instance->id;
    file.partner_id = seen->instance->partner_id;
    file.form = field->form;
    file.field = field->name;
    file.name = b2b_call_query(call, "name");
    file.type = upload->type;
    file.bytes = upload->bytes;
    file.file = upload->hash;
    file.uploaded_by_kind = seen->actor.kind;
    file.uploaded_by = seen->actor.id;
    file.uploaded_by_name = seen->actor.name;
    B2B_ERR(b2b_instance_file_add(call->conn, &file, call->site->partner_quota, call->pool,
                                  call->pool));
    B2B_ERR(note_upload(call, seen, &file));
    B2B_ERR(keep(call));
    b2b_call_location(call, file_path(call, seen, &file));
    b2b_call_answer(call, 201, b2b_instance_file_json(call, seen, &file), 0);
    return NULL;
}

/* Sending -------------------------------------------------------------------------------------- */

static int is_uploader(const b2b_instance_seen_t *seen, const b2b_instance_file_t *file)
{
    return !strcmp(file->uploaded_by_kind, seen->actor.kind) &&
           !strcmp(file->uploaded_by, seen->actor.id);
}

/* The file of the address, for who may see its form; one that is not saved yet for who works on that. */
static b2b_error_t *find_file(b2b_instance_file_t **file, b2b_instance_seen_t **seen,
                              b2b_call_t *call)
{
    const char *id = call->variables[call->request->side == B2B_SIDE_PORTAL ? 1 : 2];

    B2B_ERR(b2b_instance_see(seen, call));
    B2B_ERR(b2b_instance_file_get(file, call->conn, (*seen)->instance->portal_id,
                                  (*seen)->instance->id, id, call->pool, call->pool));
    if (!*file || !b2b_instance_form_seen(call, *seen, (*file)->form) ||
        (!(*file)->attached && !is_uploader(*seen, *file) &&
         !b2b_instance_form_edit(call, *seen, (*file)->form).granted)) {
        return b2b_call_not_found(call, "file");
    }
    return NULL;
}

/* RFC 6266: the name in UTF-8 for who knows filename*, and what is left of it in ASCII for others. */
static const char *disposition(const char *name, apr_pool_t *pool)
{
    char *plain = apr_pstrdup(pool, name);
    char *byte;

    for (byte = plain; *byte; byte++) {
        if (*byte < 0x20 || *byte > 0x7e || strchr("\"\\%;", *byte)) {
            *byte = '_';
        }
    }
    return apr_pstrcat(pool, "attachment; filename=\"", plain, "\"; filename*=UTF-8''",
                       b2b_text_escape_url(name, pool), NULL);
}

b2b_error_t *b2b_instance_files_get(b2b_call_t *call)
{
    b2b_instance_seen_t *seen;
    b2b_instance_file_t *file;

    B2B_ERR(find_file(&file, &seen, call));
    call->status = 200;
    call->file = path_of(call, file->file);
    apr_table_setn(call->headers, "Content-Type", file->type);
    apr_table_setn(call->headers, "Content-Disposition", disposition(file->name, call->pool));
    apr_table_setn(call->headers, "ETag", apr_pstrcat(call->pool, "\"", file->file, "\"", NULL));
    apr_table_setn(call->headers, "Cache-Control", "private, no-store");
    apr_table_setn(call->headers, "Content-Security-Policy", "default-src 'none'; sandbox");
    return NULL;
}

b2b_error_t *b2b_instance_files_delete(b2b_call_t *call)
{
    b2b_instance_seen_t *seen;
    b2b_instance_file_t *file;

    B2B_ERR(find_file(&file, &seen, call));
    if (!is_uploader(seen, file)) {
        return b2b_error_create(call->pool, B2B_E_FORBIDDEN, NULL,
                                "Only who uploaded a file may take it back.");
    }
    B2B_ERR(b2b_instance_file_remove(call->conn, file, call->pool));
    b2b_call_answer(call, 204, NULL, 0);
    return NULL;
}
