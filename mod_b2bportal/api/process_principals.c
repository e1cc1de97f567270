/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Host users and host groups that a process can name as owners or administrators. Who designs one may not
 * read the host's users (S4), only what they are called, and the address that tells two of a name apart.
 */

#include "private.h"

#include <string.h>

#include <apr_strings.h>

#include "resources.h"

static b2b_json_t *principal_json(const char *kind, const char *id, const char *name,
                                  apr_pool_t *pool)
{
    b2b_json_t *json = b2b_json_object(pool);

    b2b_json_set_string(json, "kind", kind);
    b2b_json_set_string(json, "id", id);
    b2b_json_set_string(json, "name", name);
    return json;
}

static b2b_json_t *user_json(b2b_call_t *call, const void *item)
{
    const b2b_host_user_t *user = item;
    b2b_json_t *json = principal_json("host_user", user->id,
                                      b2b_person_name(user->first_name, user->last_name,
                                                      user->email, call->pool),
                                      call->pool);

    b2b_json_set_string(json, "email", user->email);
    return json;
}

static b2b_json_t *group_json(b2b_call_t *call, const void *item)
{
    const b2b_group_t *group = item;

    return principal_json("host_group", group->id, group->name, call->pool);
}

static const char *const kinds[] = {"host_user", "host_group", NULL};

const b2b_rule_t b2b_process_principals_query[] = {
    B2B_LIMIT,
    B2B_AFTER,
    B2B_Q,
    B2B_WORD("kind", B2B_RULE_REQUIRED, kinds),
    B2B_OF_KIND("id", B2B_RULE_ID, 0),
    B2B_END,
};

/* The one with ID, as a list of at most one: for the name of what a process names already. */
static b2b_error_t *answer_one(b2b_call_t *call, int users, const char *id)
{
    b2b_json_t *object = b2b_json_object(call->pool), *data = b2b_json_array(call->pool);
    b2b_host_user_t *user = NULL;
    b2b_group_t *group = NULL;

    if (users) {
        B2B_ERR(b2b_host_user_get(&user, call->conn, id, call->pool, call->pool));
    }
    else {
        B2B_ERR(b2b_host_group_get(&group, call->conn, id, call->pool, call->pool));
    }
    if (user || group) {
        b2b_json_append(data, user ? user_json(call, user) : group_json(call, group));
    }
    b2b_json_set(object, "data", data);
    b2b_json_set(object, "paging", b2b_json_object(call->pool));
    b2b_call_answer(call, 200, object, 0);
    return NULL;
}

b2b_error_t *b2b_process_principals_list(b2b_call_t *call)
{
    int users = strcmp(b2b_call_query(call, "kind"), "host_user") == 0;
    const char *id = b2b_call_query(call, "id");
    b2b_process_t *process;
    b2b_list_t list;
    b2b_page_t *page;

    B2B_ERR(b2b_call_process(&process, call, call->variables[0], TRUE));
    if (id) {
        return answer_one(call, users, id);
    }
    B2B_ERR(b2b_call_list(&list, call, users ? "email" : "name"));
    list.kind = NULL; /* whose list it is, not a filter in it */
    if (users) {
        B2B_ERR(b2b_host_user_list(&page, call->conn, &list, call->pool, call->pool));
    }
    else {
        B2B_ERR(b2b_host_group_list(&page, call->conn, &list, call->pool, call->pool));
    }
    b2b_call_answer_page(call, &list, page, users ? user_json : group_json);
    return NULL;
}
