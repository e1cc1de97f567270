/* SPDX-License-Identifier: Apache-2.0 */
/* Images: taken by their content, stored under their SHA-256, shown to those who may see them. */

#include "private.h"

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

/* May the member read an instance of PROCESS that runs on a version which shows it? */
static b2b_error_t *in_instance(int *may, b2b_call_t *call, b2b_decision_t member,
                                const b2b_image_process_t *process,
                                const b2b_snapshot_shared_process_t *shared, const char *file)
{
    const b2b_request_t *request = call->request;
    b2b_instances_e which = b2b_policy_instances(member, request->principal, shared);
    b2b_instance_t *instance = NULL;
    b2b_document_t *document = NULL;
    b2b_instance_facts_t facts;
    const char *id;

    if (which == B2B_INSTANCES_NONE) {
        return NULL;
    }
    B2B_ERR(b2b_image_instance(&id, call->conn, request->principal, process, file,
                               which == B2B_INSTANCES_ALL, call->pool, call->pool));
    if (id) {
        B2B_ERR(b2b_instance_get(&instance, call->conn, request->portal->id, id, call->pool,
                                 call->pool));
    }
    if (instance) {
        B2B_ERR(b2b_instance_document(&document, NULL, call->conn, instance->process_id,
                                      instance->process_version, call->pool));
    }
    if (document) {
        b2b_instance_facts(&facts, instance, document);
        *may = b2b_policy_instance_read(member, request->principal, shared, &facts).granted;
    }
    return NULL;
}

/* Is it a picture in a form of a process that the member may open, or of an instance that they may read? */
static b2b_error_t *in_form(int *may, b2b_call_t *call, b2b_decision_t member, const char *file)
{
    const b2b_request_t *request = call->request;
    apr_array_header_t *processes;
    int i;

    B2B_ERR(b2b_image_processes(&processes, call->conn, request->portal->id,
                                request->principal->partner_id, file, call->pool, call->pool));
    for (i = 0; i < processes->nelts && !*may; i++) {
        const b2b_image_process_t *process = &APR_ARRAY_IDX(processes, i, b2b_image_process_t);
        const b2b_snapshot_shared_process_t *shared =
            b2b_snapshot_shared_process(request->portal, request->principal->partner_id,
                                        process->share_id, process->process_id);

        if (!shared) {
            continue;
        }
        *may = process->process_version == shared->process_version &&
               b2b_policy_process_open(member, request->principal, shared).granted;
        if (!*may) {
            B2B_ERR(in_instance(may, call, member, process, shared, file));
        }
    }
    return NULL;
}

/* On a portal: its brand, or a picture where the member may go. */
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
    B2B_ERR(on_dashboard(may, call, member, file));
    return *may ? NULL : in_form(may, call, member, file);
}

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
