/* SPDX-License-Identifier: Apache-2.0 */
/* The actions of forms: their check, and reading them. */

#include "document_private.h"

#include <string.h>

#include <apr_strings.h>

/* By b2b_action_kind_e and b2b_comment_e; the document's rules have the same words. */
static const char *const kinds[] = {"", "reassign", "edit", "go_to", NULL};
static const char *const comments[] = {"none", "optional", "required", NULL};

const char *b2b_action_kind_word(b2b_action_kind_e kind)
{
    return (int)kind >= B2B_ACTION_NONE && kind <= B2B_ACTION_GO_TO ? kinds[kind] : "";
}

/* Checking --------------------------------------------------------------------------------------- */

static const char *below(const b2b_document_check_t *check, const char *place, const char *member)
{
    return apr_pstrcat(check->pool, place, "/", member, NULL);
}

/* The index of the form NAME among FORMS; -1 if there is none. */
static int form_of(const b2b_json_t *forms, const char *name)
{
    apr_size_t i;

    for (i = 0; i < b2b_json_length(forms); i++) {
        const char *its = b2b_json_get_string(b2b_json_at(forms, i), "name");

        if (its && strcmp(its, name) == 0) {
            return (int)i;
        }
    }
    return -1;
}

static void check_target(b2b_document_check_t *check, const b2b_json_t *action, const char *place,
                         const b2b_json_t *forms, int index)
{
    const char *name = b2b_json_get_string(action, "form");
    int to = name ? form_of(forms, name) : -1;

    if (!name) {
        b2b_complain(&check->complaints, below(check, place, "form"),
                     "must name the earlier form to which the action goes.");
    }
    else if (to < 0) {
        b2b_complain(&check->complaints, below(check, place, "form"),
                     "is not a form of this process.");
    }
    else if (to >= check->steps[index] && to < index) {
        b2b_complain(&check->complaints, below(check, place, "form"),
                     "opens together with this form: go back to one that is done before.");
    }
    else if (to >= index) {
        b2b_complain(
            &check->complaints, below(check, place, "form"),
            "must be a form before this one: forward goes an instance by being submitted.");
    }
}

static void check_action(b2b_document_check_t *check, const b2b_json_t *action, const char *place,
                         const b2b_json_t *forms, int index)
{
    const b2b_json_t *granted_to = b2b_json_get(action, "granted_to");

    if (strcmp(b2b_json_get_string(action, "kind"), kinds[B2B_ACTION_GO_TO]) == 0) {
        check_target(check, action, place, forms, index);
    }
    else {
        if (b2b_json_get_string(action, "form")) {
            b2b_complain(&check->complaints, below(check, place, "form"),
                         "belongs to actions of the kind go_to only.");
        }
        if (strcmp(b2b_json_get_string(action, "comment"), comments[B2B_COMMENT_NONE]) != 0) {
            b2b_complain(&check->complaints, below(check, place, "comment"),
                         "belongs to actions of the kind go_to only.");
        }
    }
    b2b_document_groups_check(check, b2b_json_get(granted_to, "partner_groups"),
                              below(check, place, "granted_to/partner_groups"));
}

void b2b_actions_check(b2b_document_check_t *check, const b2b_json_t *forms, int index)
{
    const b2b_json_t *actions = b2b_json_get(b2b_json_at(forms, (apr_size_t)index), "actions");
    apr_hash_t *names = apr_hash_make(check->pool);
    apr_size_t i;

    for (i = 0; i < b2b_json_length(actions); i++) {
        const b2b_json_t *action = b2b_json_at(actions, i);
        const char *name = b2b_json_get_string(action, "name");
        const char *place = apr_psprintf(check->pool, "forms/%d/actions/%" APR_SIZE_T_FMT, index,
                                         i);

        if (!b2b_name_is_good(name)) {
            b2b_complain(
                &check->complaints, below(check, place, "name"),
                "must begin with a small letter and have only small letters, digits and _.");
        }
        else if (apr_hash_get(names, name, APR_HASH_KEY_STRING)) {
            b2b_complain(&check->complaints, below(check, place, "name"),
                         "is the name of another action of this form.");
        }
        apr_hash_set(names, name, APR_HASH_KEY_STRING, name);
        check_action(check, action, place, forms, index);
    }
}

/* Reading ---------------------------------------------------------------------------------------- */

/* The index of WORD among WORDS; 0, the narrowest, for another. */
static int index_of(const char *const *words, const char *word)
{
    int i;

    for (i = 0; word && words[i]; i++) {
        if (strcmp(words[i], word) == 0) {
            return i;
        }
    }
    return 0;
}

void b2b_actions_read(b2b_form_t *form, const b2b_document_t *document, apr_pool_t *pool)
{
    const b2b_json_t *actions = b2b_json_get(form->json, "actions");
    apr_size_t count = b2b_json_length(actions), i;

    form->actions = apr_array_make(pool, (int)count + 1, sizeof(b2b_action_t));
    for (i = 0; i < count; i++) {
        const b2b_json_t *json = b2b_json_at(actions, i);
        b2b_action_t *action = apr_array_push(form->actions);
        const char *to = b2b_json_get_string(json, "form");

        action->name = b2b_json_get_string(json, "name");
        action->title = b2b_json_get_string(json, "title");
        action->kind = (b2b_action_kind_e)index_of(kinds, b2b_json_get_string(json, "kind"));
        action->form_owners = b2b_json_get_bool(json, "form_owners", 0);
        b2b_owners_read(&action->granted_to, b2b_json_get(json, "granted_to"), pool);
        action->comment = (b2b_comment_e)index_of(comments, b2b_json_get_string(json, "comment"));
        if (!to || !b2b_document_form(document, to, &action->to) || action->to >= form->step) {
            action->to = -1;
        }
        if (!action->name || !action->title) {
            action->kind = B2B_ACTION_NONE;
            action->name = action->title = "";
        }
    }
}

const b2b_action_t *b2b_form_action(const b2b_form_t *form, const char *name)
{
    int i;

    for (i = 0; i < form->actions->nelts; i++) {
        const b2b_action_t *action = &APR_ARRAY_IDX(form->actions, i, b2b_action_t);

        if (strcmp(action->name, name) == 0) {
            return action;
        }
    }
    return NULL;
}
