/* SPDX-License-Identifier: Apache-2.0 */
/* The log callback: set once before threads start, read without a lock afterwards. */

#include "log.h"

#include <apr_strings.h>

#include "text.h"

static b2b_log_cb log_callback;
static void *log_baton;
static b2b_log_level_e log_level = B2B_LOG_INFO;

void b2b_log_set(b2b_log_cb callback, void *baton, b2b_log_level_e level)
{
    log_callback = callback;
    log_baton = baton;
    log_level = level;
}

void b2b_log_write(const char *file, int line, b2b_log_level_e level, apr_status_t status,
                   apr_pool_t *pool, const char *format, ...)
{
    va_list arguments;
    const char *message;

    if (!log_callback || level > log_level) {
        return;
    }
    va_start(arguments, format);
    message = apr_pvsprintf(pool, format, arguments);
    va_end(arguments);
    log_callback(log_baton, file, line, level, status, b2b_text_escape_log(message, pool));
}

void b2b_log_chain(const char *file, int line, const b2b_error_t *err, b2b_log_level_e level,
                   apr_pool_t *pool, const char *format, ...)
{
    va_list arguments;
    const char *message;

    if (!log_callback || level > log_level) {
        return;
    }
    va_start(arguments, format);
    message = apr_pvsprintf(pool, format, arguments);
    va_end(arguments);
    /* b2b_error_text has escaped its part already: a second time would double the backslashes. */
    message = apr_pstrcat(pool, b2b_text_escape_log(message, pool), ": ", b2b_error_text(err, pool),
                          NULL);
    log_callback(log_baton, file, line, level, APR_SUCCESS, message);
}
