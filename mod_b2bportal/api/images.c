/* SPDX-License-Identifier: Apache-2.0 */
/* Images: taken by their content, stored under their SHA-256, shown to those who may see them. */

#include "instance_seen.h"

#include <string.h>

#include <apr_file_io.h>
#include <apr_strings.h>

#include "base/settle.h"
#include "model/model.h"
#include "resources.h"

#define SIDE_MAX 8192

static b2b_error_t *file_error(apr_status_t status, const char *what, const char *path,
                               apr_pool_t *pool)
{
    b2b_error_t *err = b2b_error_create(pool, B2B_E_UNAVAILABLE, NULL,
                                        "The image cannot be stored.");

    err->status = status;
    return b2b_error_detail(err, pool, "%s %s", what, path);
}

static b2b_error_t *write_and_sync(apr_file_t *file, const char *path, const b2b_request_t *request,
                                   apr_pool_t *pool)
{
    apr_status_t status = apr_file_write_full(file, request->body, request->body_length, NULL);

    if (status == APR_SUCCESS) {
        status = apr_file_sync(file);
    }
    if (status == APR_SUCCESS) {
        status = apr_file_close(file);
    }
    else {
        apr_file_close(file);
    }
    return status == APR_SUCCESS ? NULL : file_error(status, "writing", path, pool);
}

/* Under a temporary name, synced, then renamed: who sees the name sees the whole file. */
static b2b_error_t *store_file(const b2b_call_t *call, const char *path)
{
    char *temporary = apr_pstrcat(call->pool, path, ".XXXXXX", NULL);
    apr_file_t *file;
    apr_status_t status;
    b2b_error_t *err;

    status = apr_file_mktemp(&file, temporary,
                             APR_FOPEN_CREATE | APR_FOPEN_WRITE | APR_FOPEN_EXCL | APR_FOPEN_BINARY,
                             call->pool);
    if (status != APR_SUCCESS) {
        return file_error(status, "creating", temporary, call->pool);
    }
    err = write_and_sync(file, temporary, call->request, call->pool);
    if (!err) {
        status = b2b_file_settle(temporary, path, call->pool);
        if (status != APR_SUCCESS) {
            err = file_error(status, "renaming", temporary, call->pool);
        }
    }
    if (err) {
        apr_file_remove(temporary, call->pool);
    }
    return err;
}

static const char *path_of(const b2b_call_t *call, const char *file)
{
    return apr_pstrcat(call->pool, call->site->files, "/", file, NULL);
}

static int declares(const char *header, const char *type)
{
    apr_size_t length = strlen(type);

    return header && !strncasecmp(header, type, length) &&
           (!header[length] || header[length] == ';');
}

static b2b_error_t *upload(b2b_call_t *call)
{
    const b2b_request_t *request = call->request;
    b2b_json_t *json = b2b_json_object(call->pool);
    b2b_image_t image = {NULL};
    unsigned int width;
    unsigned int height;

    b2b_image_probe(&image.type, &width, &height, request->body ? request->body : "",
                    request->body_length);
    if (!image.type) {
        return b2b_error_create(call->pool, B2B_E_UNSUPPORTED, NULL,
                                "This is not a PNG, JPEG or WebP image, whatever its name says.");
    }
    /* Who says one thing and sends another is mistaken, or wants a browser to be. */
    if (!declares(apr_table_get(request->headers, "Content-Type"), image.type)) {
        return b2b_error_of_field(call->pool, B2B_E_UNSUPPORTED, "Content-Type", __FILE__, __LINE__,
                                  "The image is %s; send it as that.", image.type);
    }
    if (!width || !height || width > SIDE_MAX || height > SIDE_MAX) {
        return b2b_error_create(call->pool, B2B_E_TOO_LARGE, NULL,
                                "The image is %u by %u pixels; at most %d a side are taken.", width,
                                height, SIDE_MAX);
    }
    image.file = b2b_sha256_hex(request->body, request->body_length, call->pool);
    image.width = width;
    image.height = height;
    image.bytes = (apr_int64_t)request->body_length;
    B2B_ERR(store_file(call, path_of(call, image.file)));
    B2B_ERR(b2b_image_add(call->conn, &image, call->pool));
    B2B_ERR(b2b_act_done(call, "image", image.file, image.type));
    b2b_json_set_string(json, "file", image.file);
    b2b_json_set_string(json, "type", image.type);
    b2b_json_set_integer(json, "width", image.width);
    b2b_json_set_integer(json, "height", image.height);
    b2b_json_set_string(json, "url", apr_pstrcat(call->pool, "/api/v1/images/", image.file, NULL));
    b2b_call_location(call, apr_pstrcat(call->pool, "/images/", image.file, NULL));
    b2b_call_answer(call, 201, json, 0);
    return NULL;
}

b2b_error_t *b2b_images_upload(b2b_call_t *call)
{
    return upload(call);
}

/* For a process's forms: who may change the process may bring pictures for it, whatever their role. */
b2b_error_t *b2b_process_images_upload(b2b_call_t *call)
{
    b2b_process_t *process;

    B2B_ERR(b2b_call_process(&process, call, call->variables[0], TRUE));
    return upload(call);
}

/* Is it a picture on a dashboard that the member may open? */
static b2b_error_t *on_dashboard(int *may, b2b_call_t *call, b2b_decision_t member,
                                 const char *file)
{
    const b2b_request_t *request = call->request;
    const b2b_portal_snapshot_t *portal = request->portal;
    apr_array_header_t *ids;
    int i;
    int j;

    B2B_ERR(b2b_placements_of_image(&ids, call->conn, portal->id, file, call->pool, call->pool));
    for (i = 0; i < ids->nelts; i++) {
        for (j = 0; j < portal->placements->nelts; j++) {
            const b2b_snapshot_placement_t *placement = &APR_ARRAY_IDX(portal->placements, j,
                                                                       b2b_snapshot_placement_t);

            if (!strcmp(placement->id, APR_ARRAY_IDX(ids, i, const char *)) &&
                b2b_policy_placement(member, request->principal, placement).granted) {
                *may = 1;
                return NULL;
            }
        }
    }
    return NULL;
}

static int shows(const b2b_document_t *document, int form, const char *file)
{
    const apr_array_header_t *fields = APR_ARRAY_IDX(document->forms, form, b2b_form_t).fields;
    int i;

    for (i = 0; i < fields->nelts; i++) {
        const b2b_field_t *field = &APR_ARRAY_IDX(fields, i, b2b_field_t);
        const char *its = field->type == B2B_FIELD_IMAGE ? b2b_json_get_string(field->json, "file")
                                                         : NULL;

        if (its && !strcmp(its, file)) {
            return 1;
        }
    }
    return 0;
}

/* Does it stand on a form of the instance ID that the member sees? */
static b2b_error_t *in_instance(int *may, b2b_call_t *call, const char *id, const char *file)
{
    b2b_instance_seen_t *seen;
    b2b_error_t *err = b2b_instance_see_id(&seen, call, id);
    int i;

    if (err) {
        return err->code == B2B_E_NOT_FOUND ? NULL : err;
    }
    for (i = 0; i < seen->document->forms->nelts && !*may; i++) {
        *may = b2b_instance_form_seen(call, seen, i) && shows(seen->document, i, file);
    }
    return NULL;
}

/* Does it stand on the form with which the member may start an instance? */
static b2b_error_t *in_start(int *may, const b2b_call_t *call, b2b_decision_t member,
                             const char *file)
{
    const b2b_request_t *request = call->request;
    const b2b_snapshot_shared_process_t *shared =
        b2b_snapshot_shared_process(request->portal, request->principal->partner_id,
                                    b2b_call_query(call, "shared_process_id"),
                                    b2b_call_query(call, "process_id"));
    b2b_document_t *document;

    if (!b2b_policy_process_open(member, request->principal, shared).granted ||
        !b2b_policy_instance_create(member, request->principal, shared).granted) {
        return NULL;
    }
    B2B_ERR(b2b_instance_document(&document, NULL, call->conn, shared->process_id,
                                  shared->process_version, call->pool));
    *may = document && shows(document, 0, file);
    return NULL;
}

/*
 * On a portal: its brand, or a picture on a dashboard that the member may open. Pictures of forms are asked for with
 * the instance, or the shared process to start, so that the form itself decides, and that at the cost of one instance.
 */
static b2b_error_t *may_see(int *may, b2b_call_t *call, const char *file)
{
    const b2b_request_t *request = call->request;
    const b2b_portal_snapshot_t *portal = request->portal;
    b2b_decision_t member;

    *may = (portal->logo && !strcmp(portal->logo, file)) ||
           (portal->home_cover && !strcmp(portal->home_cover, file));
    if (*may) {
        return NULL;
    }
    member = b2b_policy_member(portal, request->identity, request->principal, request->now);
    if (!member.granted) {
        return NULL;
    }
    if (b2b_call_query(call, "instance_id")) {
        return in_instance(may, call, b2b_call_query(call, "instance_id"), file);
    }
    if (b2b_call_query(call, "process_id")) {
        return in_start(may, call, member, file);
    }
    return on_dashboard(may, call, member, file);
}

const b2b_rule_t b2b_image_query[] = {
    B2B_OF_KIND("instance_id", B2B_RULE_ID, 0),
    B2B_OF_KIND("shared_process_id", B2B_RULE_ID, 0),
    B2B_OF_KIND("process_id", B2B_RULE_ID, 0),
    B2B_END,
};

b2b_error_t *b2b_images_get(b2b_call_t *call)
{
    const char *file = call->variables[0];
    b2b_image_t *image;
    int may = 1;

    B2B_ERR(b2b_image_get(&image, call->conn, file, call->pool, call->pool));
    if (image && call->request->side == B2B_SIDE_PORTAL) {
        B2B_ERR(may_see(&may, call, file));
    }
    if (!image || !may) {
        return b2b_call_not_found(call, "image");
    }
    call->status = 200;
    call->file = path_of(call, file);
    apr_table_setn(call->headers, "Content-Type", image->type);
    apr_table_setn(call->headers, "ETag", apr_pstrcat(call->pool, "\"", file, "\"", NULL));
    /* Its name is its content, so it never changes; but who may see it does. */
    apr_table_setn(call->headers, "Cache-Control", "private, no-cache");
    apr_table_setn(call->headers, "Content-Security-Policy", "default-src 'none'; sandbox");
    apr_table_setn(call->headers, "Content-Disposition", "inline");
    return NULL;
}
