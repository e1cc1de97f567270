/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lists of instances. A list is merged of streams, one for each shared process that a member may open (or one
 * of the host's), and each stream gives no more than a page of it needs:
 *
 * - What is many is walked in the order of an index from where the page before ended; whatever else is asked
 *   is looked at row by row. So page 10,000 costs what page 1 does.
 * - What is few (b2b_instance_few: owned by somebody, waiting for them, with this value of a field) is read whole and sorted
 *   here. A bounded count says which of the two it is. Where somebody owns more than that, a walk meets one of
 *   theirs before long.
 *
 * Sort keys are texts that sort as their bytes do, on both databases. "phase" is 1, and 2 for an instance
 * without the field that the list is sorted by (its version has none, or its form is not for this reader):
 * those come last.
 */

#include <stdlib.h>
#include <string.h>

#include "model/instance_list_private.h"

int b2b_instance_few = 3000;

/* Not "": what is empty is not within a range. */
#define FIRST_VALUE "\x01"

/* Where a stream begins --------------------------------------------------------------------------- */

const char *b2b_list_text_start(const b2b_list_walk_t *list)
{
    return list->after ? list->after->key : list->down ? LAST_TEXT : "";
}

const char *b2b_list_id_start(const b2b_list_walk_t *list)
{
    return list->after ? list->after->id : list->down ? "z" : "";
}

apr_int64_t b2b_list_number_start(const b2b_list_walk_t *list)
{
    return list->after ? apr_atoi64(list->after->key) : list->down ? APR_INT64_MAX : -1;
}

b2b_stmt_e b2b_list_either(const b2b_list_walk_t *list, b2b_stmt_e up, b2b_stmt_e down)
{
    return list->down ? down : up;
}

/* Has this page begun among those without the field, and did the one before? */
const char *b2b_list_lacking_start(const b2b_list_walk_t *list)
{
    return list->after && list->after->phase == 2 ? list->after->id : list->down ? "z" : "";
}

/* Hits ---------------------------------------------------------------------------------------------- */

static int compare(const b2b_list_hit_t *a, const b2b_list_hit_t *b, int down)
{
    int order = strcmp(a->key, b->key);

    if (a->phase != b->phase) {
        return a->phase - b->phase;
    }
    if (order == 0) {
        order = strcmp(a->id, b->id);
    }
    return down ? -order : order;
}

static int compare_up(const void *a, const void *b)
{
    return compare(a, b, 0);
}

static int compare_down(const void *a, const void *b)
{
    return compare(a, b, 1);
}

/* Microseconds with so many digits that they sort as text. */
static const char *number_key(const b2b_db_rows_t *rows, int column, apr_pool_t *pool)
{
    return apr_psprintf(pool, "%019" APR_INT64_T_FMT, b2b_db_integer(rows, column));
}

static void add(b2b_list_walk_t *list, int phase, const char *key, const b2b_db_rows_t *rows)
{
    b2b_list_hit_t *hit = apr_array_push(list->hits);

    hit->phase = phase;
    hit->key = key;
    hit->id = b2b_db_text(rows, 1);
    hit->portal_id = b2b_db_text(rows, 2);
    hit->process_id = b2b_db_text(rows, 4);
}

/* The rows of a walk: key, id, portal. */
void b2b_list_take_walk(b2b_list_walk_t *list, b2b_db_rows_t *rows, int phase)
{
    while (b2b_db_next(rows)) {
        add(list, phase,
            list->order == BY_CHANGE ? number_key(rows, 0, list->pool) : b2b_db_text(rows, 0),
            rows);
    }
}

static int is_pair(const b2b_list_walk_t *list, const char *share_id, const char *process_id)
{
    const apr_array_header_t *pairs = list->query->pairs;
    int i;

    for (i = 0; i < pairs->nelts; i++) {
        const b2b_instance_pair_t *pair = &APR_ARRAY_IDX(pairs, i, b2b_instance_pair_t);

        if (strcmp(pair->share_id, share_id) == 0 && strcmp(pair->process_id, process_id) == 0) {
            return TRUE;
        }
    }
    return FALSE;
}

static int is_named(const apr_array_header_t *ids, const char *id)
{
    int i;

    for (i = 0; ids && i < ids->nelts; i++) {
        if (strcmp(APR_ARRAY_IDX(ids, i, const char *), id) == 0) {
            return TRUE;
        }
    }
    return FALSE;
}

/* Of a set that spans processes: is the row in one that this list is about? */
static int is_within(const b2b_list_walk_t *list, const b2b_db_rows_t *rows)
{
    const b2b_instance_query_t *query = list->query;

    if (query->pairs) {
        return is_pair(list, b2b_db_text(rows, 3), b2b_db_text(rows, 4));
    }
    /* What waits for nobody is for who may see all of the process; the rest of a host's set is owned. */
    return !query->stuck || query->all || is_named(query->processes, b2b_db_text(rows, 4));
}

/* The rows of a set: change, id, portal, share, process, reference, the field's key. */
void b2b_list_take_set(b2b_list_walk_t *list, b2b_db_rows_t *rows)
{
    while (b2b_db_next(rows)) {
        const char *key = "";
        int phase = 1;

        if (!is_within(list, rows)) {
            continue;
        }
        switch (list->order) {
        case BY_CHANGE:
            key = number_key(rows, 0, list->pool);
            break;
        case BY_REFERENCE:
            key = b2b_db_text(rows, 5);
            break;
        case BY_FIELD:
            key = b2b_db_text(rows, 6);
            phase = key ? 1 : 2;
            key = key ? key : "";
            break;
        case BY_ID:
            break;
        }
        add(list, phase, key, rows);
        if (list->after &&
            compare(&APR_ARRAY_IDX(list->hits, list->hits->nelts - 1, b2b_list_hit_t), list->after,
                    list->down) <= 0) {
            apr_array_pop(list->hits);
        }
    }
}

b2b_error_t *b2b_list_is_few(int *few, b2b_db_rows_t *rows)
{
    *few = b2b_db_next(rows) && b2b_db_integer(rows, 0) <= b2b_instance_few;
    return NULL;
}

b2b_error_t *b2b_list_some(apr_array_header_t **some, int *few, b2b_list_walk_t *list,
                           const apr_array_header_t *who, b2b_list_count_cb count,
                           const void *baton)
{
    apr_int64_t sum = 0;
    int i;

    *some = apr_array_make(list->pool, who->nelts + 1, sizeof(b2b_list_owner_t));
    for (i = 0; i < who->nelts && sum <= b2b_instance_few; i++) {
        const b2b_list_owner_t *owner = &APR_ARRAY_IDX(who, i, b2b_list_owner_t);
        b2b_db_rows_t *rows;

        B2B_ERR(count(&rows, list, owner, baton));
        if (b2b_db_next(rows) && b2b_db_integer(rows, 0) > 0) {
            sum += b2b_db_integer(rows, 0);
            APR_ARRAY_PUSH(*some, b2b_list_owner_t) = *owner;
        }
    }
    *few = sum <= b2b_instance_few;
    return NULL;
}

static b2b_error_t *count_waiting(b2b_db_rows_t **rows, b2b_list_walk_t *list,
                                  const b2b_list_owner_t *owner, const void *baton)
{
    (void)baton;
    return b2b_db_query(rows, list->conn, STMT_INSTANCE_WAITING_COUNT, list->pool, "ssi",
                        owner->kind, owner->id, COUNTED);
}

b2b_error_t *b2b_list_set_waiting(int *done, b2b_list_walk_t *list, const apr_array_header_t *who,
                                  const char *see)
{
    b2b_list_rest_t rest = list->rest;
    apr_array_header_t *some;
    b2b_db_rows_t *rows;
    int i;

    rest.mine = "";
    rest.see = list->query->field ? see : "";
    B2B_ERR(b2b_list_some(&some, done, list, who, count_waiting, NULL));
    for (i = 0; *done && i < some->nelts; i++) {
        const b2b_list_owner_t *owner = &APR_ARRAY_IDX(some, i, b2b_list_owner_t);

        B2B_ERR(b2b_db_query(&rows, list->conn, STMT_INSTANCE_WAITING_SET, list->pool,
                             "ss"
                             "sss" HOST_FORMAT REST_FORMAT,
                             owner->kind, owner->id, KEY(list, see), HOST(list), REST(&rest)));
        b2b_list_take_set(list, rows);
    }
    return NULL;
}

/* The list --------------------------------------------------------------------------------------------- */

static int is_member(const b2b_principal_t *principal)
{
    return principal->kind == B2B_PRINCIPAL_MEMBER;
}

static void who_add(apr_array_header_t *who, const char *kind, const char *id)
{
    b2b_list_owner_t *owner = apr_array_push(who);

    owner->kind = kind;
    owner->id = id;
}

/* Who asks: as owners of forms are, and as ids alone. */
static void who_asks(b2b_list_walk_t *list, const b2b_principal_t *principal)
{
    int member = is_member(principal);
    apr_array_header_t *who = apr_array_make(list->pool, 8, sizeof(b2b_list_owner_t));
    const char *ids = "";
    int i;

    who_add(who, member ? "member" : "host_user", principal->id);
    who_add(who, member ? "creator" : "host_creator", principal->id);
    if (member) {
        who_add(who, "partner", principal->partner_id);
    }
    for (i = 0; principal->groups && i < principal->groups->nelts; i++) {
        who_add(who, member ? "group" : "host_group",
                APR_ARRAY_IDX(principal->groups, i, const char *));
    }
    for (i = 0; i < who->nelts; i++) {
        ids = apr_pstrcat(list->pool, ids, APR_ARRAY_IDX(who, i, b2b_list_owner_t).id, ",", NULL);
    }
    list->who = who;
    list->ids = ids;
}

const apr_array_header_t *b2b_list_creator(const b2b_list_walk_t *list)
{
    const b2b_principal_t *principal = list->query->principal;
    apr_array_header_t *who = apr_array_make(list->pool, 1, sizeof(b2b_list_owner_t));

    who_add(who, is_member(principal) ? "creator" : "host_creator", principal->id);
    return who;
}

static b2b_list_order_e order_of(const char *sort)
{
    if (sort && strcmp(sort, "created_at") == 0) {
        return BY_ID; /* ids are made in the order of time */
    }
    if (sort && strcmp(sort, "reference") == 0) {
        return BY_REFERENCE;
    }
    return sort && strcmp(sort, "field") == 0 ? BY_FIELD : BY_CHANGE;
}

/* The cursor: the phase, and the key of the last hit. */
static b2b_error_t *after_read(b2b_list_walk_t *list)
{
    const char *key = list->query->after_key;
    b2b_list_hit_t *after;

    if (!key || !list->query->after_id) {
        return NULL;
    }
    if ((*key != '1' && *key != '2') ||
        (list->order == BY_CHANGE &&
         (strlen(key) != 20 || strspn(key, "0123456789") != 20 || key[1] == '9'))) {
        return b2b_error_invalid(list->pool, "after",
                                 "must be paging.next.after of the page before, with the same "
                                 "sort.");
    }
    after = apr_pcalloc(list->pool, sizeof(*after));
    after->phase = *key - '0';
    after->key = key + 1;
    after->id = list->query->after_id;
    list->after = after;
    return NULL;
}

static b2b_error_t *gather(b2b_list_walk_t *list, const b2b_instance_query_t *query,
                           b2b_db_conn_t *conn, apr_pool_t *pool)
{
    list->conn = conn;
    list->query = query;
    list->pool = pool;
    list->order = order_of(query->sort);
    list->down = query->descending;
    list->hits = apr_array_make(pool, 64, sizeof(b2b_list_hit_t));
    list->portal = b2b_any(query->portal_id);
    list->partner = b2b_any(query->partner_id);
    list->share = b2b_any(query->share_id);
    list->process = b2b_any(query->process_id);
    list->rest.state = b2b_any(query->state);
    list->rest.status = b2b_any(query->status);
    list->rest.creator = query->created ? query->principal->id : "";
    list->rest.creator_kind = is_member(query->principal) ? "member" : "host_user";
    list->rest.like = b2b_like(query->q, pool);
    list->rest.mine = "";
    list->rest.field = b2b_any(query->field);
    list->rest.from = query->from ? query->from : FIRST_VALUE;
    list->rest.until = query->until ? query->until : LAST_TEXT;
    list->rest.see = "";
    who_asks(list, query->principal);
    B2B_ERR(query->pairs ? b2b_list_member(list) : b2b_list_host(list));
    qsort(list->hits->elts, (size_t)list->hits->nelts, sizeof(b2b_list_hit_t),
          list->down ? compare_down : compare_up);
    return NULL;
}

/* An instance may come by two streams of the host: owned, and of a process administered. */
static int is_again(const b2b_list_walk_t *list, int i)
{
    return i > 0 && strcmp(APR_ARRAY_IDX(list->hits, i, b2b_list_hit_t).id,
                           APR_ARRAY_IDX(list->hits, i - 1, b2b_list_hit_t).id) == 0;
}

static b2b_error_t *is_hidden(int *hidden, const b2b_list_walk_t *list, const b2b_list_hit_t *hit)
{
    const b2b_instance_query_t *query = list->query;

    *hidden = 0;
    return query->is_hidden ? query->is_hidden(hidden, query->hidden_baton, hit->portal_id, hit->id,
                                               hit->process_id)
                            : NULL;
}

/*
 * Take what LIST gathered into PAGE. *MORE says that the page is not full though there may be more after *LAST:
 * streams that go on are in order as far as a page, and some of that was hidden.
 */
static b2b_error_t *page_take(b2b_instance_page_t *page, const b2b_list_hit_t **last, int *more,
                              const b2b_list_walk_t *list, apr_pool_t *result_pool)
{
    int limit = list->query->limit;
    int looked = 0;
    int i;

    *more = 0;
    for (i = 0; i < list->hits->nelts; i++) {
        const b2b_list_hit_t *hit = &APR_ARRAY_IDX(list->hits, i, b2b_list_hit_t);
        b2b_instance_key_t *key;
        int hidden;

        if (is_again(list, i)) {
            continue;
        }
        if (page->keys->nelts == limit) {
            page->next_key = apr_psprintf(result_pool, "%d%s", (*last)->phase, (*last)->key);
            page->next_id = (*last)->id;
            return NULL;
        }
        if (looked++ == limit) {
            *more = 1;
            return NULL;
        }
        *last = hit;
        B2B_ERR(is_hidden(&hidden, list, hit));
        if (!hidden) {
            key = apr_array_push(page->keys);
            key->portal_id = hit->portal_id;
            key->id = hit->id;
        }
    }
    return NULL;
}

b2b_error_t *b2b_instance_list(b2b_instance_page_t **page, b2b_db_conn_t *conn,
                               const b2b_instance_query_t *query, apr_pool_t *result_pool,
                               apr_pool_t *scratch_pool)
{
    b2b_instance_page_t *made = apr_pcalloc(result_pool, sizeof(*made));
    const b2b_list_hit_t *last = NULL;
    b2b_list_walk_t list = {0};
    int more;

    (void)scratch_pool;
    list.wanted = query->limit + 1;
    list.query = query;
    list.order = order_of(query->sort);
    list.pool = result_pool;
    B2B_ERR(after_read(&list));
    made->keys = apr_array_make(result_pool, query->limit + 1, sizeof(b2b_instance_key_t));
    do {
        B2B_ERR(gather(&list, query, conn, result_pool));
        B2B_ERR(page_take(made, &last, &more, &list, result_pool));
        list.after = last;
    } while (more);
    *page = made;
    return NULL;
}

b2b_error_t *b2b_instance_count(int *value, int *at_least, b2b_db_conn_t *conn,
                                const b2b_instance_query_t *query, apr_pool_t *scratch_pool)
{
    b2b_list_walk_t list = {0};
    int count = 0, all = 0;
    int i;

    list.wanted = B2B_INSTANCE_COUNT_MAX + 1;
    B2B_ERR(gather(&list, query, conn, scratch_pool));
    for (i = 0; i < list.hits->nelts; i++) {
        int hidden;

        if (!is_again(&list, i)) {
            B2B_ERR(is_hidden(&hidden, &list, &APR_ARRAY_IDX(list.hits, i, b2b_list_hit_t)));
            count += !hidden;
            all++;
        }
    }
    /* Beyond what was looked at there may be more, whatever of it is hidden. */
    *at_least = all > B2B_INSTANCE_COUNT_MAX;
    *value = count > B2B_INSTANCE_COUNT_MAX ? B2B_INSTANCE_COUNT_MAX : count;
    return NULL;
}
