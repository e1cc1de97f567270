/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What changed from one document to another, as people would say it: forms and fields are the same if they have
 * the same name, wherever they stand; of those that changed places as few as possible are called moved.
 */

#include "forms_private.h"

#include <string.h>

#include <apr_hash.h>
#include <apr_strings.h>

/* A form or a field in one of the documents. */
typedef struct {
    const char *form; /* name; of a form its own */
    int index;        /* in its form, or in the document */
    const b2b_json_t *json;
} spot_t;

typedef struct {
    apr_hash_t *forms;  /* name → spot_t */
    apr_hash_t *fields; /* the same */
} map_t;

typedef struct {
    b2b_json_t *list;
    map_t old, now;
    apr_pool_t *pool;
} difference_t;

static void put(apr_hash_t *hash, const char *form, int index, const b2b_json_t *json,
                apr_pool_t *pool)
{
    const char *name = b2b_json_get_string(json, "name");
    spot_t *spot = apr_palloc(pool, sizeof(*spot));

    if (name) {
        spot->form = form ? form : name;
        spot->index = index;
        spot->json = json;
        apr_hash_set(hash, name, APR_HASH_KEY_STRING, spot);
    }
}

static const spot_t *find(apr_hash_t *hash, const b2b_json_t *json)
{
    const char *name = b2b_json_get_string(json, "name");

    return name ? apr_hash_get(hash, name, APR_HASH_KEY_STRING) : NULL;
}

static void map(map_t *map, const b2b_json_t *document, apr_pool_t *pool)
{
    const b2b_json_t *forms = b2b_json_get(document, "forms");
    apr_size_t i, k;

    map->forms = apr_hash_make(pool);
    map->fields = apr_hash_make(pool);
    for (i = 0; i < b2b_json_length(forms); i++) {
        const b2b_json_t *form = b2b_json_at(forms, i), *fields = b2b_json_get(form, "fields");

        put(map->forms, NULL, (int)i, form, pool);
        for (k = 0; k < b2b_json_length(fields); k++) {
            put(map->fields, b2b_json_get_string(form, "name"), (int)k, b2b_json_at(fields, k),
                pool);
        }
    }
}

static void say(difference_t *difference, const char *place, const char *change, const char *what,
                const b2b_json_t *old, const b2b_json_t *now)
{
    b2b_json_t *item = b2b_json_object(difference->pool);

    b2b_json_set_string(item, "place", place);
    b2b_json_set_string(item, "change", change);
    b2b_json_set_string(item, "what", what);
    b2b_json_set(item, "old", old);
    b2b_json_set(item, "new", now);
    b2b_json_append(difference->list, item);
}

/* Members ---------------------------------------------------------------------------------------- */

typedef struct {
    difference_t *difference;
    const char *place;
    const char *except;
    const b2b_json_t *old, *now;
} members_t;

static int same(const b2b_json_t *a, const b2b_json_t *b)
{
    int nothing_a = !a || b2b_json_type(a) == B2B_JSON_NULL;
    int nothing_b = !b || b2b_json_type(b) == B2B_JSON_NULL;

    return nothing_a || nothing_b ? nothing_a && nothing_b : b2b_json_equal(a, b);
}

/* Is KEY compared by itself: the name, forms and fields, and actions? */
static int is_excepted(const members_t *members, const char *key)
{
    return !strcmp(key, "name") || !strcmp(key, "actions") || !strcmp(key, members->except);
}

static int compare_member(void *baton, const char *key, const b2b_json_t *now)
{
    members_t *members = baton;
    const b2b_json_t *old = b2b_json_get(members->old, key);

    if (!is_excepted(members, key) && !same(old, now)) {
        say(members->difference, members->place, "changed", key, old, now);
    }
    return 1;
}

static int find_gone_member(void *baton, const char *key, const b2b_json_t *old)
{
    members_t *members = baton;

    if (!b2b_json_get(members->now, key) && !is_excepted(members, key) && !same(old, NULL)) {
        say(members->difference, members->place, "changed", key, old, NULL);
    }
    return 1;
}

static void compare_members(difference_t *difference, const char *place, const char *except,
                            const b2b_json_t *old, const b2b_json_t *now)
{
    members_t members = {difference, place, except, old, now};

    b2b_json_each(now, compare_member, &members);
    b2b_json_each(old, find_gone_member, &members);
}

/* Order ------------------------------------------------------------------------------------------ */

/*
 * MOVED[i] for those of ORDER[0..COUNT), old positions in the new order, that do not belong to a longest run
 * that kept its order (by patience sorting).
 */
static void find_moved(char *moved, const int *order, int count, apr_pool_t *pool)
{
    int *ends = apr_palloc(pool, ((apr_size_t)count + 1) * sizeof(int)); /* of runs, by length */
    int *before = apr_palloc(pool, ((apr_size_t)count + 1) * sizeof(int));
    int longest = 0, i;

    for (i = 0; i < count; i++) {
        moved[i] = 1;
    }
    for (i = 0; i < count; i++) {
        int low = 0, high = longest;

        while (low < high) {
            int middle = (low + high) / 2;

            if (order[ends[middle]] < order[i]) {
                low = middle + 1;
            }
            else {
                high = middle;
            }
        }
        before[i] = low > 0 ? ends[low - 1] : -1;
        ends[low] = i;
        longest = low == longest ? longest + 1 : longest;
    }
    for (i = longest > 0 ? ends[longest - 1] : -1; i >= 0; i = before[i]) {
        moved[i] = 0;
    }
}

/* Of the items NOW, those that OLD has in the same form and that changed places there. */
static char *moved_items(const difference_t *difference, const b2b_json_t *now, apr_hash_t *old,
                         const char *form)
{
    apr_size_t count = b2b_json_length(now), i;
    int *order = apr_palloc(difference->pool, (count + 1) * sizeof(int));
    int *index = apr_palloc(difference->pool, (count + 1) * sizeof(int));
    char *found = apr_pcalloc(difference->pool, count + 1);
    char *moved = apr_pcalloc(difference->pool, count + 1);
    int common = 0, k;

    for (i = 0; i < count; i++) {
        const spot_t *spot = find(old, b2b_json_at(now, i));

        if (spot && (!form || !strcmp(spot->form, form))) {
            order[common] = spot->index;
            index[common++] = (int)i;
        }
    }
    find_moved(found, order, common, difference->pool);
    for (k = 0; k < common; k++) {
        moved[index[k]] = found[k];
    }
    return moved;
}

static void say_moved(difference_t *difference, const char *place, int old, apr_size_t now)
{
    say(difference, place, "moved", NULL, b2b_json_integer(old + 1, difference->pool),
        b2b_json_integer((apr_int64_t)now + 1, difference->pool));
}

/* Actions ---------------------------------------------------------------------------------------- */

static apr_hash_t *actions_map(const b2b_json_t *actions, const char *form, apr_pool_t *pool)
{
    apr_hash_t *map = apr_hash_make(pool);
    apr_size_t i;

    for (i = 0; i < b2b_json_length(actions); i++) {
        put(map, form, (int)i, b2b_json_at(actions, i), pool);
    }
    return map;
}

static const char *action_place(const difference_t *difference, const char *form,
                                const b2b_json_t *action)
{
    return apr_pstrcat(difference->pool, "forms/", form, "/actions/",
                       b2b_json_get_string(action, "name"), NULL);
}

/* Of the form FORM, which is in both documents. */
static void compare_actions(difference_t *difference, const b2b_json_t *old, const b2b_json_t *now,
                            const char *form)
{
    const b2b_json_t *actions = b2b_json_get(now, "actions"), *gone = b2b_json_get(old, "actions");
    apr_hash_t *before = actions_map(gone, form, difference->pool);
    apr_hash_t *after = actions_map(actions, form, difference->pool);
    char *moved = moved_items(difference, actions, before, form);
    apr_size_t i;

    for (i = 0; i < b2b_json_length(actions); i++) {
        const b2b_json_t *action = b2b_json_at(actions, i);
        const char *place = action_place(difference, form, action);
        const spot_t *was = find(before, action);

        if (!was) {
            say(difference, place, "added", NULL, NULL, action);
            continue;
        }
        if (moved[i]) {
            say_moved(difference, place, was->index, i);
        }
        compare_members(difference, place, "", was->json, action);
    }
    for (i = 0; i < b2b_json_length(gone); i++) {
        if (!find(after, b2b_json_at(gone, i))) {
            say(difference, action_place(difference, form, b2b_json_at(gone, i)), "removed", NULL,
                b2b_json_at(gone, i), NULL);
        }
    }
}

/* Fields and forms ------------------------------------------------------------------------------- */

static const char *field_place(const difference_t *difference, const char *form,
                               const b2b_json_t *field)
{
    return apr_pstrcat(difference->pool, "forms/", form, "/fields/",
                       b2b_json_get_string(field, "name"), NULL);
}

static void compare_field(difference_t *difference, const b2b_json_t *now, const char *form,
                          apr_size_t index, int moved)
{
    const char *place = field_place(difference, form, now);
    const spot_t *old = find(difference->old.fields, now);

    if (!old) {
        say(difference, place, "added", NULL, NULL, now);
        return;
    }
    if (strcmp(old->form, form) != 0) {
        say(difference, place, "moved", "form", b2b_json_string(old->form, difference->pool),
            b2b_json_string(form, difference->pool));
    }
    else if (moved) {
        say_moved(difference, place, old->index, index);
    }
    compare_members(difference, place, "", old->json, now);
}

/* A form that is new says so of its fields, too, but not of those that came from elsewhere. */
static void compare_fields(difference_t *difference, const b2b_json_t *old, const b2b_json_t *now,
                           const char *form)
{
    const b2b_json_t *fields = b2b_json_get(now, "fields"), *gone = b2b_json_get(old, "fields");
    char *moved = moved_items(difference, fields, difference->old.fields, form);
    apr_size_t i;

    for (i = 0; i < b2b_json_length(fields); i++) {
        const b2b_json_t *field = b2b_json_at(fields, i);

        if (old || find(difference->old.fields, field)) {
            compare_field(difference, field, form, i, moved[i]);
        }
    }
    for (i = 0; i < b2b_json_length(gone); i++) {
        const b2b_json_t *field = b2b_json_at(gone, i);

        if (!find(difference->now.fields, field)) {
            say(difference, field_place(difference, form, field), "removed", NULL, field, NULL);
        }
    }
}

static void compare_forms(difference_t *difference, const b2b_json_t *forms)
{
    char *moved = moved_items(difference, forms, difference->old.forms, NULL);
    apr_size_t i;

    for (i = 0; i < b2b_json_length(forms); i++) {
        const b2b_json_t *now = b2b_json_at(forms, i);
        const char *name = b2b_json_get_string(now, "name");
        const char *place = apr_pstrcat(difference->pool, "forms/", name, NULL);
        const spot_t *old = find(difference->old.forms, now);

        if (!old) {
            say(difference, place, "added", NULL, NULL, now);
        }
        else {
            if (moved[i]) {
                say_moved(difference, place, old->index, i);
            }
            compare_members(difference, place, "fields", old->json, now);
            compare_actions(difference, old->json, now, name);
        }
        compare_fields(difference, old ? old->json : NULL, now, name);
    }
}

b2b_json_t *b2b_document_difference(const b2b_json_t *old, const b2b_json_t *now, apr_pool_t *pool)
{
    difference_t difference = {b2b_json_array(pool), {NULL, NULL}, {NULL, NULL}, pool};
    const b2b_json_t *forms = b2b_json_get(old, "forms");
    apr_size_t i;

    map(&difference.old, old, pool);
    map(&difference.now, now, pool);
    compare_members(&difference, "", "forms", old, now);
    compare_forms(&difference, b2b_json_get(now, "forms"));
    for (i = 0; i < b2b_json_length(forms); i++) {
        const b2b_json_t *form = b2b_json_at(forms, i);

        if (!find(difference.now.forms, form)) {
            say(&difference, apr_pstrcat(pool, "forms/", b2b_json_get_string(form, "name"), NULL),
                "removed", NULL, form, NULL);
        }
    }
    return difference.list;
}
