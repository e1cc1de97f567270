/* SPDX-License-Identifier: Apache-2.0 */
/* What the stores share: see model_private.h. */

#include <string.h>

#include "model/model_private.h"

const b2b_sort_t *b2b_sort_find(const b2b_sort_t *sorts, const b2b_list_t *list)
{
    const b2b_sort_t *sort;

    for (sort = sorts; list->sort && sort->word; sort++) {
        if (strcmp(sort->word, list->sort) == 0) {
            return sort;
        }
    }
    return sorts;
}

b2b_error_t *b2b_sort_check(const b2b_sort_t *sort, const b2b_list_t *list, apr_pool_t *pool)
{
    const char *key = list->after_key;

    if (!sort->number || !key ||
        (*key && strspn(key, "0123456789") == strlen(key) && strlen(key) <= 18)) {
        return NULL;
    }
    return b2b_error_invalid(pool, "after",
                             "must be paging.next.after of the page before, with the same sort.");
}

b2b_stmt_e b2b_sort_stmt(const b2b_sort_t *sort, const b2b_list_t *list)
{
    return list->descending ? sort->down : sort->up;
}

const char *b2b_list_after(const b2b_list_t *list)
{
    if (list->after_id) {
        return list->after_id;
    }
    /* Ids are hexadecimal digits and dashes: "z" sorts after all of them in every collation. */
    return list->descending ? "z" : "";
}

apr_int64_t b2b_list_limit(const b2b_list_t *list)
{
    return (apr_int64_t)list->limit + 1;
}

const char *b2b_any(const char *filter)
{
    return filter ? filter : "";
}

const char *b2b_text_or_empty(const char *text)
{
    return text ? text : "";
}

const char *b2b_like(const char *q, apr_pool_t *pool)
{
    const char *folded;
    char *pattern;
    char *out;

    if (!q || !*q) {
        return "";
    }
    folded = b2b_text_fold(q, pool);
    pattern = out = apr_palloc(pool, 2 * strlen(folded) + 3);
    *out++ = '%';
    for (; *folded; folded++) {
        if (*folded == '%' || *folded == '_' || *folded == '!') {
            *out++ = '!';
        }
        *out++ = *folded;
    }
    *out++ = '%';
    *out = '\0';
    return pattern;
}

b2b_page_t *b2b_page_create(const b2b_list_t *list, apr_pool_t *pool)
{
    b2b_page_t *page = apr_pcalloc(pool, sizeof(*page));

    page->items = apr_array_make(pool, list->limit < 32 ? list->limit + 1 : 32, sizeof(void *));
    return page;
}

int b2b_page_room(b2b_page_t *page, const b2b_list_t *list)
{
    if (page->items->nelts < list->limit) {
        return TRUE;
    }
    page->next_key = page->last_key;
    page->next_id = page->last_id;
    return FALSE;
}

void b2b_page_add(b2b_page_t *page, void *item, const char *id, const b2b_sort_t *sort,
                  const b2b_db_rows_t *rows, int column)
{
    APR_ARRAY_PUSH(page->items, void *) = item;
    page->last_id = id;
    if (sort && sort->number) {
        page->last_key = apr_psprintf(page->items->pool, "%" APR_INT64_T_FMT,
                                      b2b_db_integer(rows, column));
    }
    else {
        page->last_key = sort ? b2b_db_text(rows, column) : id;
    }
}

b2b_error_t *b2b_store_missing(const char *noun, apr_pool_t *pool)
{
    return b2b_error_create(pool, B2B_E_NOT_FOUND, NULL, "There is no such %s.", noun);
}

b2b_error_t *b2b_store_lost(b2b_db_rows_t *current, const char *noun, apr_pool_t *pool)
{
    if (!b2b_db_next(current)) {
        return b2b_store_missing(noun, pool);
    }
    return b2b_error_create(pool, B2B_E_STALE, NULL,
                            "The %s was changed meanwhile. Load it again and repeat your change.",
                            noun);
}

b2b_error_t *b2b_store_taken(b2b_db_rows_t *found, const char *id, const char *field,
                             const char *noun, const char *name, apr_pool_t *pool)
{
    while (b2b_db_next(found)) {
        if (!id || strcmp(b2b_db_text(found, 0), id) != 0) {
            b2b_error_t *err =
                b2b_error_of_field(pool, B2B_E_CONFLICT, field, __FILE__, __LINE__,
                                   "There is already a %s \"%s\". Choose another one.", noun, name);

            return b2b_error_typed(err, "name-taken");
        }
    }
    return NULL;
}

const char *b2b_person_name(const char *first_name, const char *last_name, const char *email,
                            apr_pool_t *pool)
{
    int first = first_name && *first_name;
    int last = last_name && *last_name;

    if (first && last) {
        return apr_pstrcat(pool, first_name, " ", last_name, NULL);
    }
    if (first || last) {
        return first ? first_name : last_name;
    }
    return email;
}

const char *b2b_person_folded(const char *first_name, const char *last_name, const char *email,
                              apr_pool_t *pool)
{
    int first = first_name && *first_name;
    int last = last_name && *last_name;

    if (first && last) {
        /* Sorts by last name, and has both "anna berg" and "berg anna" in it. */
        return b2b_text_fold(apr_pstrcat(pool, last_name, " ", first_name, " ", last_name, NULL),
                             pool);
    }
    return b2b_text_fold(b2b_person_name(first_name, last_name, email, pool), pool);
}

void b2b_touch_portal(b2b_db_conn_t *conn, const char *portal_id, apr_pool_t *scratch_pool)
{
    b2b_db_touch(conn, apr_pstrcat(scratch_pool, "portal:", portal_id, NULL));
}

const char *b2b_identity_key(const char *portal_id, const b2b_identity_t *identity,
                             apr_pool_t *pool)
{
    /* A subject may have a colon in it, an issuer too; neither has a line feed. */
    return apr_pstrcat(pool, "identity:", portal_id ? portal_id : "host", ":", identity->issuer,
                       "\n", identity->subject, NULL);
}

void b2b_touch_identity(b2b_db_conn_t *conn, const char *portal_id, const char *issuer,
                        const char *subject, apr_pool_t *scratch_pool)
{
    if (issuer && subject) {
        b2b_identity_t identity = {0};

        identity.issuer = issuer;
        identity.subject = subject;
        b2b_db_touch(conn, b2b_identity_key(portal_id, &identity, scratch_pool));
    }
    else if (portal_id) {
        b2b_touch_portal(conn, portal_id, scratch_pool);
    }
    else {
        b2b_db_touch(conn, "host");
    }
}
