/* SPDX-License-Identifier: Apache-2.0 */
/*
 * model/: lists of instances against a model of them: random instances of three partners, lists of members and
 * of host users with random filters and sorts, read to their end in pages of random size. What the list says must
 * be what is found by looking at every instance, however it was found: with what is few read whole, and walked.
 */
#include "instance_world.h"

#include <stdlib.h>
#include <string.h>

#include <apr_strings.h>

#include "base/chance.h"
#include "model/instance_private.h"

#define INSTANCES 160
#define LISTS     500

static const char first_version[] =
    "{'title':'Complaint','forms':["
    "{'name':'report','title':'Report','owners':{'creator':true},'fields':["
    "{'name':'subject','title':'S','type':'text','indexed':true},"
    "{'name':'severity','title':'V','type':'choice','appearance':'radio','indexed':true,'options':"
    "[{'value':'high','label':'High'},{'value':'low','label':'Low'},{'value':'mid','label':'M'}]},"
    "{'name':'amount','title':'A','type':'number','format':'integer','indexed':true}]},"
    "{'name':'review','title':'Review','owners':{'partner_groups':['Quality'],'partner':false},"
    "'fields':[{'name':'verdict','title':'D','type':'choice','appearance':'dropdown','indexed':"
    "true,"
    "'options':[{'value':'accepted','label':'A'},{'value':'refused','label':'R'}]}]},"
    "{'name':'closing','title':'Closing','owners':{'host_users':['%s']},'fields':["
    "{'name':'tags','title':'T','type':'choice','appearance':'checkboxes','indexed':true,'options':"
    "[{'value':'x','label':'X'},{'value':'y','label':'Y'},{'value':'z','label':'Z'}]}]}]}";

/* The second version has lost the amount. */
static const char *second_version(const char *first)
{
    char *text = apr_pstrdup(test_pool, first);
    char *amount = strstr(text, ",{'name':'amount'");
    char *end = strstr(amount, "}]},");

    memmove(amount, end + 1, strlen(end + 1) + 1);
    return text;
}

typedef struct {
    b2b_instance_t *row;
    b2b_json_t *held;
    int deleted;
} known_t;

static struct {
    b2b_portal_t *portal[2];
    b2b_partner_t *partner[3];
    b2b_member_t *member[5];
    b2b_group_t *group;
    b2b_host_user_t *clerk, *boss;
    const char *share[2];
    const char *process[2];
    b2b_document_t *document[2][3]; /* by process and version */
    known_t known[INSTANCES];
} w;

static unsigned int seed;

static unsigned int dice(unsigned int sides)
{
    seed = seed * 1103515245u + 12345u;
    return (seed >> 16) % sides;
}

/* The world ------------------------------------------------------------------------------------------ */

static b2b_document_t *document_of(const b2b_instance_t *row)
{
    return w.document[strcmp(row->process_id, w.process[0]) != 0][row->process_version];
}

static const char *random_values(void)
{
    static const char *const severities[] = {"'high'", "'low'", "'mid'", "null"};

    return apr_psprintf(test_pool, "{'subject':'%c\xc3\xa4%c %u'%s%s}", 'A' + (char)dice(3),
                        "aZ_"[dice(3)], dice(4),
                        dice(4) ? apr_psprintf(test_pool, ",'severity':%s", severities[dice(3)])
                                : "",
                        dice(3) ? apr_psprintf(test_pool, ",'amount':%d", (int)dice(30) - 15) : "");
}

/* Save form FORM with values, and pass it on. */
static void submit(b2b_db_conn_t *conn, known_t *known)
{
    static const char *const later[2][4] = {{"{'verdict':'accepted'}", "{'verdict':'refused'}",
                                             "{}", "{'verdict':'refused'}"},
                                            {"{'tags':['x','z']}", "{}", "{'tags':['y']}",
                                             "{'tags':['x','y','z']}"}};
    b2b_instance_t *row = known->row;
    b2b_document_t *document = document_of(row);
    b2b_json_t *before = b2b_json_copy(known->held, test_pool);
    int form = row->current_form;

    if (form > 0) {
        const b2b_json_t *more = unit_json(later[form - 1][dice(4)], test_pool);
        const char *name = form == 1 ? "verdict" : "tags";

        if (b2b_json_get(more, name)) {
            b2b_json_set(known->held, name, b2b_json_get(more, name));
        }
    }
    row->values = b2b_json_write(known->held, test_pool);
    b2b_instance_turn_values(row, document, (apr_uint64_t)1 << form, b2b_clock_now());
    unit_ok(b2b_instance_update(conn, row, row->version, test_pool));
    unit_ok(
        b2b_instance_turn(conn, row, document, (apr_uint64_t)1 << form, known->held, test_pool));
    unit_ok(b2b_instance_values_write(conn, row, document, before, known->held, test_pool));
}

static void make(b2b_db_conn_t *conn, known_t *known)
{
    const b2b_member_t *member = w.member[dice(5)];
    unsigned int process = dice(3) == 0;
    apr_int64_t version = 1 + (int)dice(2);
    b2b_instance_actor_t actor = world_actor(member);
    const char *values = random_values();
    unsigned int turns = dice(5);
    int deleted = dice(12) == 0;

    if (version == 2) { /* without an amount */
        char *cut = apr_pstrdup(test_pool, values);
        char *amount = strstr(cut, ",'amount'");

        if (amount) {
            strcpy(amount, "}");
        }
        values = cut;
    }
    if (dice(4) == 0) {
        b2b_host_user_t *user = dice(2) ? w.clerk : w.boss;

        actor.kind = "host_user";
        actor.id = user->id;
        actor.name = user->email;
    }
    known->row = world_instance_by(conn, actor, member, w.share[dice(2)], w.process[process],
                                   version, values);
    unit_ok(
        b2b_json_parse(&known->held, known->row->values, strlen(known->row->values), test_pool));
    for (; turns > 1; turns--) {
        if (known->row->current_form < 3) {
            b2b_clock_shift((apr_interval_time_t)dice(1000) * 7777);
            submit(conn, known);
        }
    }
    if (dice(6) == 0 && known->row->current_form < 3) {
        apr_array_header_t *owners = apr_array_make(test_pool, 1, sizeof(b2b_instance_owner_t));
        b2b_instance_owner_t *owner = apr_array_push(owners);
        unsigned int who = dice(3);

        owner->kind = who == 0 ? "member" : who == 1 ? "partner" : "host_user";
        owner->principal_id = who == 0   ? w.member[dice(3)]->id
                              : who == 1 ? member->partner_id
                                         : w.boss->id;
        unit_ok(b2b_instance_reassign(conn, known->row, known->row->current_form, owners,
                                      dice(2) == 0, test_pool));
    }
    unit_ok(b2b_instance_get(&known->row, conn, member->portal_id, known->row->id, test_pool,
                             test_pool));
    if (deleted) {
        unit_ok(b2b_instance_delete(conn, known->row, known->row->version, &actor, test_pool));
        known->deleted = TRUE;
    }
}

static void build(b2b_db_conn_t *conn)
{
    const char *text;
    int i, k;

    memset(&w, 0, sizeof(w));
    seed = 20261124;
    w.portal[0] = world_portal(conn, "acme");
    w.portal[1] = world_portal(conn, "globex");
    w.partner[0] = world_partner(conn, w.portal[0]->id, "North");
    w.partner[1] = world_partner(conn, w.portal[0]->id, "South");
    w.partner[2] = world_partner(conn, w.portal[1]->id, "South");
    w.member[0] = world_member(conn, w.portal[0]->id, w.partner[0]->id, "anna@north.example");
    w.member[1] = world_member(conn, w.portal[0]->id, w.partner[0]->id, "bert@north.example");
    w.member[2] = world_member(conn, w.portal[0]->id, w.partner[0]->id, "cora@north.example");
    w.member[3] = world_member(conn, w.portal[0]->id, w.partner[1]->id, "dora@south.example");
    w.member[4] = world_member(conn, w.portal[1]->id, w.partner[2]->id, "emil@south.example");
    w.group = world_group(conn, w.portal[0]->id, "Quality");
    w.clerk = world_host_user(conn, "clerk@host.example", B2B_HOST_USER);
    w.boss = world_host_user(conn, "boss@host.example", B2B_HOST_ADMINISTRATOR);
    text = apr_psprintf(test_pool, first_version, w.clerk->id);
    for (i = 0; i < 2; i++) {
        w.document[i][1] = world_publish_text(conn, &w.process[i], i ? "claim" : "complaint", text);
        w.document[i][2] = world_publish_text(conn, &w.process[i], NULL, second_version(text));
        w.share[i] = world_share(conn, i ? "Claims" : "Service");
        for (k = 0; k < 3; k++) { /* only North's name is bound: South's reviews wait for nobody */
            world_grant(conn, w.partner[k], w.share[i], k == 0 ? "quality" : NULL, w.group->id);
        }
    }
    for (i = 0; i < INSTANCES; i++) {
        b2b_clock_shift((apr_interval_time_t)i * 1000003);
        make(conn, &w.known[i]);
    }
    b2b_clock_shift(0);
}

/* The model ------------------------------------------------------------------------------------------ */

static int is_mine(const b2b_principal_t *p, const char *kind, const char *id)
{
    int member = p->kind == B2B_PRINCIPAL_MEMBER;
    int i;

    if (strcmp(kind, member ? "member" : "host_user") == 0) {
        return strcmp(p->id, id) == 0;
    }
    if (member && strcmp(kind, "partner") == 0) {
        return strcmp(p->partner_id, id) == 0;
    }
    for (i = 0; strcmp(kind, member ? "group" : "host_group") == 0 && i < p->groups->nelts; i++) {
        if (strcmp(APR_ARRAY_IDX(p->groups, i, const char *), id) == 0) {
            return TRUE;
        }
    }
    return FALSE;
}

/* Does P own FORM (-1: any)? */
static int owns(const b2b_principal_t *p, const b2b_instance_t *row, int form)
{
    int i;

    for (i = 0; i < row->owners->nelts; i++) {
        const b2b_instance_owner_t *owner = &APR_ARRAY_IDX(row->owners, i, b2b_instance_owner_t);

        if ((form < 0 || owner->form == form) && is_mine(p, owner->kind, owner->principal_id)) {
            return TRUE;
        }
    }
    return FALSE;
}

static int is_waiting(const b2b_principal_t *p, const b2b_instance_t *row)
{
    return strcmp(row->state, "completed") != 0 && owns(p, row, row->current_form);
}

static int is_stuck(const b2b_instance_t *row)
{
    int i;

    for (i = 0; i < row->owners->nelts; i++) {
        if (APR_ARRAY_IDX(row->owners, i, b2b_instance_owner_t).form == row->current_form) {
            return FALSE;
        }
    }
    return strcmp(row->state, "completed") != 0;
}

static const b2b_instance_pair_t *pair_of(const b2b_instance_query_t *q, const b2b_instance_t *row)
{
    int i;

    for (i = 0; i < q->pairs->nelts; i++) {
        const b2b_instance_pair_t *pair = &APR_ARRAY_IDX(q->pairs, i, b2b_instance_pair_t);

        if (!strcmp(pair->share_id, row->share_id) && !strcmp(pair->process_id, row->process_id)) {
            return pair;
        }
    }
    return NULL;
}

static int created(const b2b_principal_t *p, const b2b_instance_t *row)
{
    return !strcmp(row->created_by.kind,
                   p->kind == B2B_PRINCIPAL_MEMBER ? "member" : "host_user") &&
           strcmp(p->id, row->created_by.id) == 0;
}

/* The keys of the field NAME; NULL if the version has none, or its form is not for the reader. */
static const apr_array_header_t *keys_of(const b2b_instance_query_t *q, const known_t *known,
                                         const char *name)
{
    const b2b_field_t *field = b2b_document_field(document_of(known->row), name);
    const b2b_json_t *value;

    if (!field) {
        return NULL;
    }
    if (q->pairs && !pair_of(q, known->row)->all_forms &&
        !owns(q->principal, known->row, field->form) &&
        !(field->form == 0 && created(q->principal, known->row))) {
        return NULL;
    }
    value = b2b_json_get(known->held, name);
    return value ? b2b_value_keys(field, value, test_pool)
                 : apr_array_make(test_pool, 1, sizeof(const char *));
}

static int in_range(const b2b_instance_query_t *q, const known_t *known)
{
    const apr_array_header_t *keys = keys_of(q, known, q->field);
    int i;

    for (i = 0; keys && i < keys->nelts; i++) {
        const char *key = APR_ARRAY_IDX(keys, i, const char *);

        if (*key && (!q->from || strcmp(key, q->from) >= 0) &&
            (!q->until || strcmp(key, q->until) <= 0)) {
            return TRUE;
        }
    }
    return FALSE;
}

static int is_seen(const b2b_instance_query_t *q, const b2b_instance_t *row)
{
    int i;

    if (q->pairs) {
        const b2b_instance_pair_t *pair = pair_of(q, row);

        return pair && !strcmp(row->portal_id, q->portal_id) &&
               !strcmp(row->partner_id, q->partner_id) &&
               (pair->all || created(q->principal, row) || owns(q->principal, row, -1));
    }
    for (i = 0; q->processes && i < q->processes->nelts; i++) {
        if (!strcmp(APR_ARRAY_IDX(q->processes, i, const char *), row->process_id)) {
            return TRUE;
        }
    }
    /* What waits for nobody is for who can do something about it. */
    return q->all || (!q->stuck && (created(q->principal, row) || owns(q->principal, row, -1)));
}

static int differs(const char *wanted, const char *is)
{
    return wanted && strcmp(wanted, is) != 0;
}

static int is_in(const b2b_instance_query_t *q, const known_t *known)
{
    const b2b_instance_t *row = known->row;
    const char *search = b2b_text_fold(apr_pstrcat(test_pool, row->reference, "\n",
                                                   !strcmp(row->created_by.kind, "member")
                                                       ? row->created_by.name
                                                       : "",
                                                   NULL),
                                       test_pool);

    return !known->deleted && is_seen(q, row) && !differs(q->portal_id, row->portal_id) &&
           !differs(q->partner_id, row->partner_id) && !differs(q->process_id, row->process_id) &&
           !differs(q->share_id, row->share_id) && !differs(q->state, row->state) &&
           !differs(q->status, row->status) &&
           (!q->q || strstr(search, b2b_text_fold(q->q, test_pool))) &&
           (!q->waiting || is_waiting(q->principal, row)) && (!q->stuck || is_stuck(row)) &&
           (!q->created || created(q->principal, row)) && (!q->field || in_range(q, known));
}

static const b2b_instance_query_t *sorting;

static const char *sort_key(const known_t *known, int *phase)
{
    const apr_array_header_t *keys;

    *phase = 1;
    if (!strcmp(sorting->sort, "modified_at")) {
        return apr_psprintf(test_pool, "%019" APR_TIME_T_FMT, known->row->modified_at);
    }
    if (!strcmp(sorting->sort, "reference")) {
        return b2b_text_fold(known->row->reference, test_pool);
    }
    if (!strcmp(sorting->sort, "created_at")) {
        return "";
    }
    keys = keys_of(sorting, known, sorting->sort_field);
    *phase = keys ? 1 : 2;
    return keys && keys->nelts ? APR_ARRAY_IDX(keys, 0, const char *) : "";
}

static int by_sort(const void *a, const void *b)
{
    const known_t *x = *(known_t *const *)a, *y = *(known_t *const *)b;
    int x_phase, y_phase;
    const char *x_key = sort_key(x, &x_phase), *y_key = sort_key(y, &y_phase);
    int order = strcmp(x_key, y_key);

    if (x_phase != y_phase) {
        return x_phase - y_phase;
    }
    order = order ? order : strcmp(x->row->id, y->row->id);
    return sorting->descending ? -order : order;
}

static apr_array_header_t *expected(const b2b_instance_query_t *q)
{
    apr_array_header_t *found = apr_array_make(test_pool, INSTANCES, sizeof(known_t *));
    int i;

    for (i = 0; i < INSTANCES; i++) {
        if (is_in(q, &w.known[i])) {
            APR_ARRAY_PUSH(found, known_t *) = &w.known[i];
        }
    }
    sorting = q;
    qsort(found->elts, (size_t)found->nelts, sizeof(known_t *), by_sort);
    return found;
}

/* Random lists ---------------------------------------------------------------------------------------- */

static void random_field(b2b_instance_query_t *q)
{
    static const char *const fields[] = {"subject", "severity", "amount", "verdict", "tags"};
    static const char *const values[] = {"high", "low", "accepted", "x", "y", "b\xc3\xa4", "a"};
    const char *field = fields[dice(5)];

    if (dice(2)) {
        q->field = field;
        if (!strcmp(field, "amount")) {
            q->from = APR_ARRAY_IDX(b2b_value_keys(b2b_document_field(w.document[0][1], field),
                                                   b2b_json_integer((int)dice(20) - 10, test_pool),
                                                   test_pool),
                                    0, const char *);
        }
        else {
            q->from = values[dice(7)];
            q->until = dice(2) ? q->from : NULL;
        }
        if (dice(4) == 0) {
            q->until = q->from;
            q->from = NULL;
        }
    }
    if (dice(2)) {
        q->sort = "field";
        q->sort_field = fields[dice(5)];
        q->lacking = TRUE;
    }
}

static void random_filters(b2b_instance_query_t *q)
{
    static const char *const sorts[] = {"modified_at", "created_at", "reference"};
    static const char *const states[] = {"draft", "open", "completed"};
    static const char *const statuses[] = {"report", "review", "closing", "completed"};
    static const char *const words[] = {"anna", "COMPLAINT-1", "-2", "south", "clerk"};

    q->sort = sorts[dice(3)];
    q->descending = dice(2) != 0;
    q->state = dice(4) ? NULL : states[dice(3)];
    q->status = dice(4) ? NULL : statuses[dice(4)];
    q->q = dice(5) ? NULL : words[dice(5)];
    q->waiting = dice(5) == 0;
    q->created = dice(5) == 0;
    if (q->process_id && (q->share_id || !q->pairs)) {
        random_field(q);
    }
}

static void random_member_list(b2b_instance_query_t *q)
{
    const b2b_member_t *member = w.member[dice(5)];
    apr_array_header_t *pairs = apr_array_make(test_pool, 4, sizeof(b2b_instance_pair_t));
    unsigned int one = dice(2);
    int i;

    q->principal = world_principal(member, !strncmp(member->email, "cora", 4)
                                               ? world_ids(w.group->id, NULL)
                                               : NULL);
    q->portal_id = member->portal_id;
    q->partner_id = member->partner_id;
    for (i = 0; i < 4; i++) {
        b2b_instance_pair_t *pair;

        if (one && i != 1) {
            continue;
        }
        pair = apr_array_push(pairs);
        pair->share_id = w.share[i / 2];
        pair->process_id = w.process[i % 2 != (int)one];
        pair->all = dice(2) != 0;
        pair->all_forms = pair->all || dice(2);
    }
    if (one) {
        q->share_id = w.share[0];
        q->process_id = w.process[0];
    }
    q->pairs = pairs;
}

static void random_host_list(b2b_instance_query_t *q)
{
    q->principal = world_host_principal(dice(2) ? w.clerk : w.boss, NULL);
    q->all = dice(2) != 0;
    if (!q->all && dice(2)) {
        q->processes = world_ids(w.process[dice(2)], NULL);
    }
    if (dice(2)) {
        unsigned int partner = dice(3);

        q->portal_id = w.partner[partner]->portal_id;
        q->partner_id = dice(2) ? w.partner[partner]->id : NULL;
    }
    q->process_id = dice(2) ? w.process[dice(2)] : NULL;
    q->share_id = dice(4) ? NULL : w.share[dice(2)];
    q->stuck = dice(6) == 0;
}

static const char *described(const b2b_instance_query_t *q, int n)
{
    return apr_psprintf(
        test_pool,
        "list %d: %s %s sort %s%s%s state %s status %s q %s waiting %d created %d stuck %d "
        "field %s from %s until %s all %d",
        n, q->pairs ? "member" : "host", q->principal->email, q->descending ? "-" : "", q->sort,
        q->sort_field ? q->sort_field : "", q->state, q->status, q->q, q->waiting, q->created,
        q->stuck, q->field, q->from, q->until,
        q->pairs ? APR_ARRAY_IDX(q->pairs, 0, b2b_instance_pair_t).all : q->all);
}

static int shown; /* how many lists had anything: the test must be about something */

static void check_list(b2b_db_conn_t *conn, b2b_instance_query_t *q, int n)
{
    apr_array_header_t *wanted = expected(q);
    b2b_instance_page_t *page;
    int at = 0, value, at_least, i;

    unit_ok(b2b_instance_count(&value, &at_least, conn, q, test_pool));
    ck_assert_msg(value == wanted->nelts && !at_least, "%s: counts %d instead of %d",
                  described(q, n), value, wanted->nelts);
    do {
        q->limit = 1 + (int)dice(40);
        unit_ok(b2b_instance_list(&page, conn, q, test_pool, test_pool));
        for (i = 0; i < page->keys->nelts; i++, at++) {
            const char *id = APR_ARRAY_IDX(page->keys, i, b2b_instance_key_t).id;

            ck_assert_msg(at < wanted->nelts, "%s: more than %d", described(q, n), wanted->nelts);
            ck_assert_msg(!strcmp(id, APR_ARRAY_IDX(wanted, at, known_t *)->row->id),
                          "%s: another one at %d", described(q, n), at);
        }
        q->after_key = page->next_key;
        q->after_id = page->next_id;
        ck_assert(!page->next_key || page->keys->nelts == q->limit);
    } while (page->next_key);
    ck_assert_msg(at == wanted->nelts, "%s: %d instead of %d", described(q, n), at, wanted->nelts);
    shown += at > 3;
}

static b2b_error_t *lists_work(void *baton, b2b_db_conn_t *conn, apr_pool_t *pool)
{
    int n;

    (void)baton;
    (void)pool;
    build(conn);
    for (n = 0; n < LISTS; n++) {
        b2b_instance_query_t q = {0};

        if (dice(2)) {
            random_member_list(&q);
        }
        else {
            random_host_list(&q);
        }
        random_filters(&q);
        check_list(conn, &q, n);
    }
    ck_assert_int_gt(shown, LISTS / 5);
    return NULL;
}

/* _i: the driver, and whether everything is few. */
START_TEST(lists_are_what_is_there)
{
    b2b_instance_few = _i < UNIT_DRIVERS ? 3000 : 2;
    world_run(_i % UNIT_DRIVERS, lists_work);
}
END_TEST

Suite *unit_suite(void)
{
    Suite *suite = suite_create("instance_list");
    TCase *tc = unit_case(suite, "instance_list");

    unit_database_start();
    tcase_set_timeout(tc, 120);
    tcase_add_loop_test(tc, lists_are_what_is_there, 0, 2 * UNIT_DRIVERS);
    return suite;
}
