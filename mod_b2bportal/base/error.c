/* SPDX-License-Identifier: Apache-2.0 */
/* Chains of errors: making, composing and printing them. */

#include "error.h"

#include <apr_strings.h>

#include "text.h"

static b2b_error_t *error_vmake(apr_pool_t *pool, b2b_error_code_e code, b2b_error_t *child,
                                const char *file, int line, const char *format, va_list arguments)
{
    b2b_error_t *err = apr_pcalloc(pool, sizeof(*err));

    err->code = code;
    err->message = apr_pvsprintf(pool, format, arguments);
    err->child = child;
    err->file = file;
    err->line = line;
    return err;
}

b2b_error_t *b2b_error_make(apr_pool_t *pool, b2b_error_code_e code, b2b_error_t *child,
                            const char *file, int line, const char *format, ...)
{
    b2b_error_t *err;
    va_list arguments;

    va_start(arguments, format);
    err = error_vmake(pool, code, child, file, line, format, arguments);
    va_end(arguments);
    return err;
}

b2b_error_t *b2b_error_of_field(apr_pool_t *pool, b2b_error_code_e code, const char *field,
                                const char *file, int line, const char *format, ...)
{
    b2b_error_t *err;
    va_list arguments;

    va_start(arguments, format);
    err = error_vmake(pool, code, NULL, file, line, format, arguments);
    va_end(arguments);
    err->field = field ? apr_pstrdup(pool, field) : NULL;
    return err;
}

b2b_error_t *b2b_error_detail(b2b_error_t *err, apr_pool_t *pool, const char *format, ...)
{
    va_list arguments;

    if (err) {
        va_start(arguments, format);
        err->detail = apr_pvsprintf(pool, format, arguments);
        va_end(arguments);
    }
    return err;
}

b2b_error_t *b2b_error_typed(b2b_error_t *err, const char *type)
{
    if (err) {
        err->type = type;
    }
    return err;
}

b2b_error_t *b2b_error_compose(b2b_error_t *err, b2b_error_t *undo)
{
    b2b_error_t *last = err;

    if (!err) {
        return undo;
    }
    while (last->child) {
        last = last->child;
    }
    if (last != undo) {
        last->child = undo;
    }
    return err;
}

/* The tree a file lies in is the same for all of them: its last two names tell enough. */
static const char *error_place(const char *file)
{
    const char *slash = strrchr(file, '/');

    while (slash && slash > file && slash[-1] != '/') {
        slash--;
    }
    return slash ? slash : file;
}

const char *b2b_error_text(const b2b_error_t *err, apr_pool_t *pool)
{
    const char *text = "";

    for (; err; err = err->child) {
        char status[128];

        status[0] = '\0';
        if (err->status != APR_SUCCESS) {
            apr_strerror(err->status, status, sizeof(status));
        }
        text = apr_pstrcat(pool, text, *text ? ": " : "", b2b_text_escape_log(err->message, pool),
                           err->field ? " at " : "",
                           err->field ? b2b_text_escape_log(err->field, pool) : "",
                           err->detail || *status ? " (" : "",
                           err->detail ? b2b_text_escape_log(err->detail, pool) : "",
                           err->detail && *status ? "; " : "", status,
                           err->detail || *status ? ")" : "",
                           apr_psprintf(pool, " [%s:%d]", error_place(err->file), err->line), NULL);
    }
    return text;
}
