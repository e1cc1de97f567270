/* SPDX-License-Identifier: Apache-2.0 */
/* The mail queue. What a mail says is not shown: it may hold a link that lets somebody in. */

#include "private.h"

#include "base/chance.h"
#include "resources.h"

#define RATE_PERIOD apr_time_from_sec(60)

static b2b_json_t *mail_json(b2b_call_t *call, const void *item)
{
    const b2b_mail_t *mail = item;
    b2b_json_t *json = b2b_json_object(call->pool);

    b2b_json_set_string(json, "id", mail->id);
    b2b_json_set_string(json, "kind", mail->kind);
    b2b_json_set_string(json, "to", mail->recipient);
    b2b_json_set_string(json, "subject", mail->subject ? mail->subject : "");
    b2b_json_set_string(json, "portal", mail->portal);
    b2b_json_set_string(json, "state", b2b_mail_state_word(mail->state));
    b2b_json_set_integer(json, "attempts", mail->attempts);
    b2b_json_set_time(json, "created_at", mail->created_at);
    b2b_json_set_time(json, "last_attempt_at", mail->last_attempt_at);
    b2b_json_set_time(json, "next_attempt_at", mail->next_attempt_at);
    b2b_json_set_time(json, "sent_at", mail->sent_at);
    b2b_json_set_string(json, "server_words", mail->server_words);
    return json;
}

static const char *const states[] = {"queued", "sending", "sent", "failed", NULL};

const b2b_rule_t b2b_mail_query[] = {
    B2B_LIMIT,
    B2B_AFTER,
    B2B_Q,
    B2B_WORD("state", 0, states),
    B2B_LINE("portal", 0, 1, B2B_TECHNICAL_MAX),
    B2B_END,
};

b2b_error_t *b2b_mails_list(b2b_call_t *call)
{
    const char *portal_id;
    b2b_list_t list;
    b2b_page_t *page;

    B2B_ERR(b2b_call_list(&list, call, "created_at"));
    B2B_ERR(b2b_call_portal_filter(&portal_id, call));
    list.portal_id = portal_id;
    B2B_ERR(b2b_mail_list(&page, call->conn, &list, call->pool, call->pool));
    b2b_call_answer_page(call, &list, page, mail_json);
    return NULL;
}

static b2b_error_t *get_mail(b2b_mail_t **mail, const b2b_call_t *call)
{
    B2B_ERR(b2b_mail_get(mail, call->conn, call->variables[0], call->pool, call->pool));
    return *mail ? NULL : b2b_call_not_found(call, "mail");
}

b2b_error_t *b2b_mails_get(b2b_call_t *call)
{
    b2b_mail_t *mail;

    B2B_ERR(get_mail(&mail, call));
    b2b_call_answer(call, 200, mail_json(call, mail), 0);
    return NULL;
}

/* Asked once an act, before its mails: one that begins below the limit is done whole. */
b2b_error_t *b2b_mail_judge_rate(const b2b_call_t *call)
{
    apr_int64_t limit = call->site->mail_limit;
    apr_time_t at = 0;
    b2b_error_t *err;
    apr_time_t wait;

    if (limit > 0) {
        B2B_ERR(b2b_audit_mailed(&at, call->conn, call->request->principal->id, RATE_PERIOD, limit,
                                 call->pool));
    }
    wait = at ? at + RATE_PERIOD - b2b_clock_now() : 0;
    if (wait <= 0) {
        return NULL;
    }
    err = b2b_error_create(call->pool, B2B_E_TOO_MANY, NULL,
                           "You have sent %" APR_INT64_T_FMT
                           " mails within a minute. Wait a moment, then try again.",
                           limit);
    err->retry_after = (int)apr_time_sec(wait) + 1;
    return err;
}

b2b_error_t *b2b_mails_send_again(b2b_call_t *call)
{
    b2b_mail_t *mail;

    B2B_ERR(get_mail(&mail, call));
    B2B_ERR(b2b_mail_judge_rate(call));
    B2B_ERR(b2b_mail_send_again(call->conn, mail->id, call->pool));
    B2B_ERR(b2b_act_done(call, "mail", mail->id, mail->recipient));
    B2B_ERR(get_mail(&mail, call));
    b2b_call_answer(call, 200, mail_json(call, mail), 0);
    return NULL;
}
