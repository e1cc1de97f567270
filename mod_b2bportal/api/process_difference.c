/* SPDX-License-Identifier: Apache-2.0 */
/* What changed between two documents of a process, as sentences for people. */

#include "private.h"

#include <string.h>

#include <apr_strings.h>

#include "resources.h"

#define ENTRIES_MAX    2000
#define SENTENCE_VALUE 120 /* bytes of a value in a sentence; all of it stands beside */

/* The member of ARRAY whose "name" is NAME[0..LENGTH). */
static const b2b_json_t *named(const b2b_json_t *array, const char *name, apr_size_t length)
{
    apr_size_t i;

    for (i = 0; i < b2b_json_length(array); i++) {
        const b2b_json_t *item = b2b_json_at(array, i);
        const char *its = b2b_json_get_string(item, "name");

        if (its && strlen(its) == length && !strncmp(its, name, length)) {
            return item;
        }
    }
    return NULL;
}

static const char *title_of(const b2b_json_t *item, const char *name, apr_size_t length,
                            apr_pool_t *pool)
{
    const char *title = b2b_json_get_string(item, "title");

    return title && *title ? title : apr_pstrndup(pool, name, length);
}

/*
 * "the field “Amount” of the form “Report”" for "forms/report/fields/amount" and so on; what has its own
 * title has that of DOCUMENT.
 */
static const char *subject_of(const char *place, const b2b_json_t *document, apr_pool_t *pool)
{
    const b2b_json_t *list = document;
    const char *text = NULL;

    while (*place) {
        apr_size_t room = strcspn(place, "/");
        const char *name = place + room + (place[room] == '/');
        apr_size_t length = strcspn(name, "/");
        const char *kind = !strncmp(place, "forms", room)     ? "form"
                           : !strncmp(place, "fields", room)  ? "field"
                           : !strncmp(place, "columns", room) ? "column"
                           : !strncmp(place, "actions", room) ? "action"
                                                              : NULL;
        const b2b_json_t *item;

        if (!kind || !length) {
            break;
        }
        item = named(b2b_json_get(list, apr_pstrndup(pool, place, room)), name, length);
        text = apr_psprintf(pool, "the %s \"%s\"%s%s", kind, title_of(item, name, length, pool),
                            text ? " of " : "", text ? text : "");
        list = item;
        place = name + length + (name[length] == '/');
    }
    return text ? text : "the process";
}

/* VALUE in a sentence. */
static const char *value_text(const b2b_json_t *value, apr_pool_t *pool)
{
    const char *text;

    switch (value ? b2b_json_type(value) : B2B_JSON_NULL) {
    case B2B_JSON_NULL:
        return "nothing";
    case B2B_JSON_TRUE:
        return "yes";
    case B2B_JSON_FALSE:
        return "no";
    case B2B_JSON_STRING:
        text = b2b_json_text(value);
        if (!*text) {
            return "nothing";
        }
        if (strlen(text) > SENTENCE_VALUE) {
            apr_size_t length = SENTENCE_VALUE;

            while (length && (text[length] & 0xC0) == 0x80) {
                length--;
            }
            text = apr_pstrcat(pool, apr_pstrndup(pool, text, length), "…", NULL);
        }
        return apr_psprintf(pool, "\"%s\"", text);
    default:
        text = b2b_json_write(value, pool);
        return strlen(text) <= SENTENCE_VALUE ? text : NULL;
    }
}

static const char *capital(const char *text, apr_pool_t *pool)
{
    char *copy = apr_pstrdup(pool, text);

    if (*copy >= 'a' && *copy <= 'z') {
        *copy -= 'a' - 'A';
    }
    return copy;
}

static const char *changed_sentence(const b2b_json_t *entry, const char *subject, apr_pool_t *pool)
{
    const char *what = b2b_json_get_string(entry, "what");
    const char *old = value_text(b2b_json_get(entry, "old"), pool);
    const char *new_ = value_text(b2b_json_get(entry, "new"), pool);
    char *words = apr_pstrdup(pool, what ? what : "");
    char *byte;

    if (!*words) {
        return apr_psprintf(pool, "%s changed.", capital(subject, pool));
    }
    for (byte = words; *byte; byte++) {
        *byte = *byte == '_' ? ' ' : *byte;
    }
    if (!old || !new_) {
        return apr_psprintf(pool, "%s: %s changed.", capital(subject, pool), words);
    }
    return apr_psprintf(pool, "%s: %s changed from %s to %s.", capital(subject, pool), words, old,
                        new_);
}

/* What others than the security users may do, in the console's words. */
static const char *mode_words(const b2b_json_t *security)
{
    static const char *const words[][2] = {{"off", "off"},
                                           {"others_view", "others only look"},
                                           {"assigned", "others see what is theirs"},
                                           {"only", "security users only"}};
    const char *mode = b2b_json_get_string(security, "mode");
    int i;

    for (i = 0; mode && i < 4; i++) {
        if (!strcmp(mode, words[i][0])) {
            return words[i][1];
        }
    }
    return "unknown";
}

/* "everybody of the partner", "Quality", 2 of the host. */
static const char *users_words(const b2b_json_t *users, apr_pool_t *pool)
{
    const b2b_json_t *groups = b2b_json_get(users, "partner_groups");
    apr_size_t host = b2b_json_length(b2b_json_get(users, "host_users")) +
                      b2b_json_length(b2b_json_get(users, "host_groups"));
    const char *text = b2b_json_get_bool(users, "partner", FALSE) ? "everybody of the partner" : "";
    const char *comma = *text ? ", " : "";
    apr_size_t i;

    for (i = 0; i < b2b_json_length(groups) && i < 3; i++) {
        text = apr_pstrcat(pool, text, comma, value_text(b2b_json_at(groups, i), pool), NULL);
        comma = ", ";
    }
    if (i < b2b_json_length(groups)) {
        text = apr_psprintf(pool, "%s and %" APR_SIZE_T_FMT " more groups", text,
                            b2b_json_length(groups) - i);
    }
    if (host) {
        text = apr_psprintf(pool, "%s%s%" APR_SIZE_T_FMT " of the host", text, comma, host);
    }
    return *text ? text : "nobody";
}

static const char *security_sentence(const b2b_json_t *old, const b2b_json_t *now, apr_pool_t *pool)
{
    const char *before = mode_words(old), *after = mode_words(now);
    const char *users = users_words(b2b_json_get(now, "users"), pool);

    if (strcmp(before, after) != 0) {
        return apr_psprintf(pool, "The process: security changed from \"%s\" to \"%s\"%s%s.",
                            before, after, strcmp(after, "off") ? ", its users are " : "",
                            strcmp(after, "off") ? users : "");
    }
    return apr_psprintf(pool, "The process: security users changed from %s to %s.",
                        users_words(b2b_json_get(old, "users"), pool), users);
}

/* Who may delete instances, in the console's words. */
static const char *delete_words(const b2b_json_t *rule)
{
    static const char *const words[][2] = {{"creator", "who started it"},
                                           {"form_owner", "owners of the current form"},
                                           {"security_users", "security users"},
                                           {"anyone", "anyone who may read it"},
                                           {"administrators", "administrators only"}};
    const char *word = rule ? b2b_json_text(rule) : NULL;
    int i;

    for (i = 0; word && i < 5; i++) {
        if (!strcmp(word, words[i][0])) {
            return words[i][1];
        }
    }
    return "nobody";
}

/* WHAT changed to NOW, where its own words say more than its name and value do; NULL: another member. */
static const char *step_sentence(const char *what, const b2b_json_t *now, const char *subject,
                                 apr_pool_t *pool)
{
    if (!strcmp(what, "opens_with_previous")) {
        return apr_psprintf(pool, "%s %s.", capital(subject, pool),
                            now && b2b_json_type(now) == B2B_JSON_TRUE
                                ? "opens together with the form before it now"
                                : "no longer opens together with the form before it");
    }
    if (!strcmp(what, "submit")) {
        const char *word = now ? b2b_json_text(now) : NULL;

        return apr_psprintf(pool, "%s: Submit sends %s now.", capital(subject, pool),
                            word && !strcmp(word, "open_forms") ? "all open forms"
                                                                : "only the one form");
    }
    return NULL;
}

static const char *sentence_of(const b2b_json_t *entry, const b2b_json_t *old,
                               const b2b_json_t *now, apr_pool_t *pool)
{
    const char *place = b2b_json_get_string(entry, "place");
    const char *change = b2b_json_get_string(entry, "change");
    const char *what = b2b_json_get_string(entry, "what");
    const char *from = value_text(b2b_json_get(entry, "old"), pool);
    const char *to = value_text(b2b_json_get(entry, "new"), pool);
    const char *subject = subject_of(place, strcmp(change, "removed") ? now : old, pool);
    const char *own = !strcmp(change, "changed") && what
                          ? step_sentence(what, b2b_json_get(entry, "new"), subject, pool)
                          : NULL;

    if (own) {
        return own;
    }
    if (!strcmp(change, "added") || !strcmp(change, "removed")) {
        return apr_psprintf(pool, "%s was %s.", capital(subject, pool), change);
    }
    if (!strcmp(change, "moved")) {
        return apr_psprintf(pool, "%s moved from %s %s to %s.", capital(subject, pool),
                            what && !strcmp(what, "form") ? "the form" : "place", from ? from : "",
                            to ? to : "");
    }
    if (!*place && what && !strcmp(what, "delete_rule")) {
        return apr_psprintf(pool,
                            "The process: who may delete instances changed from \"%s\" to \"%s\".",
                            delete_words(b2b_json_get(entry, "old")),
                            delete_words(b2b_json_get(entry, "new")));
    }
    if (!*place && what && !strcmp(what, "security")) {
        return security_sentence(b2b_json_get(entry, "old"), b2b_json_get(entry, "new"), pool);
    }
    if (what && !strcmp(what, "granted_to")) {
        return apr_psprintf(pool, "%s: who may take it changed from %s to %s.",
                            capital(subject, pool), users_words(b2b_json_get(entry, "old"), pool),
                            users_words(b2b_json_get(entry, "new"), pool));
    }
    return changed_sentence(entry, subject, pool);
}

b2b_json_t *b2b_difference_sentences(const b2b_json_t *entries, const b2b_json_t *old,
                                     const b2b_json_t *now, apr_pool_t *pool)
{
    b2b_json_t *data = b2b_json_array(pool);
    apr_size_t i;

    for (i = 0; i < b2b_json_length(entries) && i < ENTRIES_MAX; i++) {
        const b2b_json_t *entry = b2b_json_at(entries, i);
        b2b_json_t *item = b2b_json_object(pool);
        const char *what = b2b_json_get_string(entry, "what");
        const b2b_json_t *before = b2b_json_get(entry, "old");
        const b2b_json_t *after = b2b_json_get(entry, "new");

        b2b_json_set_string(item, "place", b2b_json_get_string(entry, "place"));
        b2b_json_set_string(item, "change", b2b_json_get_string(entry, "change"));
        if (what) {
            b2b_json_set_string(item, "what", what);
        }
        b2b_json_set(item, "old", before ? before : b2b_json_null(pool));
        b2b_json_set(item, "new", after ? after : b2b_json_null(pool));
        b2b_json_set_string(item, "sentence", sentence_of(entry, old, now, pool));
        b2b_json_append(data, item);
    }
    return data;
}
