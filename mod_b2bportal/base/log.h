/* SPDX-License-Identifier: Apache-2.0 */
/* The log, as the core sees it: a callback that httpd/ and ctl/ set. */

#ifndef B2B_LOG_H
#define B2B_LOG_H

#include "error.h"

/** The numbers of syslog and of httpd's APLOG_*, so that the glue needs no table. */
typedef enum {
    B2B_LOG_CRIT = 2,
    B2B_LOG_ERROR = 3,
    B2B_LOG_WARNING = 4,
    B2B_LOG_NOTICE = 5,
    B2B_LOG_INFO = 6,
    B2B_LOG_DEBUG = 7
} b2b_log_level_e;

/** Write MESSAGE (one line, control characters already escaped). Must be callable from any thread. */
typedef void (*b2b_log_cb)(void *baton, const char *file, int line, b2b_log_level_e level,
                           apr_status_t status, const char *message);

/** Send everything to CALLBACK. Called once per process before threads start; NULL silences. */
void b2b_log_set(b2b_log_cb callback, void *baton, b2b_log_level_e level);

#define b2b_log(level, status, pool, ...)                                                          \
    b2b_log_write(__FILE__, __LINE__, level, status, pool, __VA_ARGS__)

void b2b_log_write(const char *file, int line, b2b_log_level_e level, apr_status_t status,
                   apr_pool_t *pool, const char *format, ...) __attribute__((format(printf, 6, 7)));

/** Log the chain ERR, with FORMAT's words in front. */
#define b2b_log_error(err, level, pool, ...)                                                       \
    b2b_log_chain(__FILE__, __LINE__, err, level, pool, __VA_ARGS__)

void b2b_log_chain(const char *file, int line, const b2b_error_t *err, b2b_log_level_e level,
                   apr_pool_t *pool, const char *format, ...) __attribute__((format(printf, 6, 7)));

#endif
