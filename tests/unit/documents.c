/* SPDX-License-Identifier: Apache-2.0 */
/* Documents of processes for tests, and the vectors that server and pages share. */
#include "documents.h"

#include <stdlib.h>
#include <string.h>

#include <apr_file_io.h>
#include <apr_strings.h>

#include "unit.h"

b2b_json_t *unit_json(const char *text, apr_pool_t *pool)
{
    char *copy = apr_pstrdup(pool, text), *at;
    b2b_json_t *json;
    b2b_error_t *err;

    for (at = copy; *at; at++) {
        if (*at == '\'') {
            *at = '"';
        }
    }
    err = b2b_json_parse(&json, copy, strlen(copy), pool);
    ck_assert_msg(!err, "%s: %s", copy, err ? err->message : "");
    return json;
}

static const char good[] =
    "{'title':'Complaint','forms':[{'name':'report','title':'Report','fields':["
    "{'name':'subject','title':'Subject','type':'text','required':true,'indexed':true},"
    "{'name':'kind','title':'Kind','type':'choice','options':[{'value':'a','label':'A'},"
    "{'value':'b','label':'B'}]},"
    "{'name':'parts','title':'Parts','type':'choice','appearance':'checkboxes','options':["
    "{'value':'x','label':'X'},{'value':'y','label':'Y'}]},"
    "{'name':'amount','title':'Amount','type':'number','format':'currency','currency':'EUR'},"
    "{'name':'due','title':'Due','type':'date'},"
    "{'name':'moment','title':'Moment','type':'date_time'},"
    "{'name':'urgent','title':'Urgent','type':'toggle'},"
    "{'name':'photos','title':'Photos','type':'file'},"
    "{'name':'items','title':'Items','type':'table','columns':["
    "{'name':'part','title':'Part','type':'text'},"
    "{'name':'count','title':'Count','type':'number','format':'integer'}]},"
    "{'name':'helper','title':'Helper','type':'person','from_partner':true},"
    "{'name':'h','type':'heading','text':'Hello'},"
    "{'name':'r','type':'rich_text','content':[{'type':'paragraph','content':[{'text':'Hi'}]}]},"
    "{'name':'i','type':'image','file':'" UNIT_FILE "','alt':''},"
    "{'name':'l','type':'link','label':'Manuals','url':'/manuals/'}]},"
    "{'name':'review','title':'Review','owners':{'partner':true},'fields':["
    "{'name':'verdict','title':'Verdict','type':'text',"
    "'shown_when':{'field':'urgent','is':'equals','value':true}},"
    "{'name':'cost','title':'Cost','type':'number'}]}]}";

b2b_json_t *unit_good_document(apr_pool_t *pool)
{
    return unit_json(good, pool);
}

void unit_set_at(b2b_json_t *json, const char *path, const char *value, apr_pool_t *pool)
{
    char *copy = apr_pstrdup(pool, path), *rest, *word = apr_strtok(copy, "/", &rest), *next;

    while ((next = apr_strtok(NULL, "/", &rest)) != NULL) {
        const b2b_json_t *inner = b2b_json_type(json) == B2B_JSON_ARRAY
                                      ? b2b_json_at(json, (apr_size_t)atoi(word))
                                      : b2b_json_get(json, word);

        ck_assert_ptr_nonnull(inner);
        json = (b2b_json_t *)inner;
        word = next;
    }
    if (value) {
        b2b_json_set(json, word, unit_json(value, pool));
    }
    else {
        b2b_json_remove(json, word);
    }
}

/* FIELD with a title, so that cases can do without. */
static b2b_json_t *titled(const b2b_json_t *field, apr_pool_t *pool)
{
    b2b_json_t *copy = b2b_json_copy(field, pool);

    if (!b2b_json_get(copy, "title")) {
        b2b_json_set_string(copy, "title", b2b_json_get_string(copy, "name"));
    }
    return copy;
}

b2b_json_t *unit_forms(const b2b_json_t *fields, apr_pool_t *pool)
{
    b2b_json_t *document = b2b_json_object(pool), *forms = b2b_json_array(pool);
    apr_size_t i, k;

    for (i = 0; i < b2b_json_length(fields); i++) {
        b2b_json_t *form = b2b_json_object(pool), *inner = b2b_json_array(pool);

        for (k = 0; k < b2b_json_length(b2b_json_at(fields, i)); k++) {
            b2b_json_append(inner, titled(b2b_json_at(b2b_json_at(fields, i), k), pool));
        }
        b2b_json_set_string(form, "name", apr_psprintf(pool, "form%" APR_SIZE_T_FMT, i));
        b2b_json_set_string(form, "title", "Form");
        b2b_json_set(form, "fields", inner);
        if (i > 0) {
            b2b_json_set(form, "owners", unit_json("{'partner':true}", pool));
        }
        b2b_json_append(forms, form);
    }
    b2b_json_set_string(document, "title", "Process");
    b2b_json_set(document, "forms", forms);
    return document;
}

b2b_document_t *unit_document(const b2b_json_t *fields, apr_pool_t *pool)
{
    b2b_json_t *normal;
    apr_array_header_t *images;
    b2b_document_t *document;
    b2b_error_t *err;

    err = b2b_document_check(&normal, &images, unit_forms(fields, pool), pool);
    ck_assert_msg(!err, "%s", err ? b2b_error_text(err, pool) : "");
    /* As it comes back from where it was stored. */
    err = b2b_document_parse(&document, b2b_json_write(normal, pool), pool);
    ck_assert_msg(!err, "%s", err ? b2b_error_text(err, pool) : "");
    return document;
}

const b2b_json_t *unit_vectors(const char *file, const char *name)
{
    static apr_pool_t *pool;
    const char *source = getenv("B2B_SRCDIR"), *path;
    apr_file_t *handle;
    apr_finfo_t info;
    b2b_json_t *json;
    char *text;

    if (!pool) {
        apr_pool_create(&pool, NULL);
    }
    path = apr_pstrcat(pool, source ? source : ".", "/tests/vectors/", file, NULL);
    if (apr_file_open(&handle, path, APR_READ, 0, pool) != APR_SUCCESS ||
        apr_file_info_get(&info, APR_FINFO_SIZE, handle) != APR_SUCCESS) {
        fprintf(stderr, "%s cannot be read; is B2B_SRCDIR set?\n", path);
        exit(EXIT_FAILURE);
    }
    text = apr_palloc(pool, (apr_size_t)info.size + 1);
    if (apr_file_read_full(handle, text, (apr_size_t)info.size, NULL) != APR_SUCCESS ||
        b2b_json_parse(&json, text, (apr_size_t)info.size, pool)) {
        fprintf(stderr, "%s is not JSON\n", path);
        exit(EXIT_FAILURE);
    }
    return name ? b2b_json_get(json, name) : json;
}

static int text_compare(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static const char *joined(apr_array_header_t *texts, apr_pool_t *pool)
{
    qsort(texts->elts, (size_t)texts->nelts, sizeof(const char *), text_compare);
    return apr_array_pstrcat(pool, texts, ' ');
}

const char *unit_places(const b2b_error_t *err, apr_pool_t *pool)
{
    apr_array_header_t *texts = apr_array_make(pool, 8, sizeof(const char *));

    for (; err; err = err->child) {
        const char *field = err->field ? err->field : "?";

        ck_assert_int_eq(err->code, B2B_E_INVALID);
        APR_ARRAY_PUSH(texts, const char *) = strncmp(field, "values/", 7) ? field : field + 7;
    }
    return joined(texts, pool);
}

const char *unit_sorted(const b2b_json_t *array, apr_pool_t *pool)
{
    apr_array_header_t *texts = apr_array_make(pool, 8, sizeof(const char *));
    apr_size_t i;

    for (i = 0; i < b2b_json_length(array); i++) {
        APR_ARRAY_PUSH(texts, const char *) = b2b_json_text(b2b_json_at(array, i));
    }
    return joined(texts, pool);
}
