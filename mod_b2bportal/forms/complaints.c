/* SPDX-License-Identifier: Apache-2.0 */
/* Collecting what is wrong, all of it in one go. */

#include "forms_private.h"

#include <stdarg.h>

#include <apr_strings.h>

int b2b_complain_all(b2b_complaints_t *complaints, b2b_error_t *err)
{
    int right = err == NULL;

    while (err && complaints->count < B2B_COMPLAINTS_MAX) {
        b2b_error_t *next = err->child;

        err->child = NULL;
        if (complaints->last) {
            complaints->last->child = err;
        }
        else {
            complaints->err = err;
        }
        complaints->last = err;
        complaints->count++;
        err = next;
    }
    return right;
}

void b2b_complain(b2b_complaints_t *complaints, const char *field, const char *format, ...)
{
    va_list args;

    if (complaints->count >= B2B_COMPLAINTS_MAX) {
        return;
    }
    va_start(args, format);
    b2b_complain_all(complaints, b2b_error_invalid(complaints->pool, field, "%s",
                                                   apr_pvsprintf(complaints->pool, format, args)));
    va_end(args);
}
