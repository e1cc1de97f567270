/* SPDX-License-Identifier: Apache-2.0 */
/* A section of server-status: what this child remembers, and how lately it heard from the database. */

#include "httpd/module.h"

#include "base/chance.h"

#include <mod_status.h>

#include <unistd.h>

typedef struct {
    const char *name;  /* in the short form */
    const char *words; /* in the page */
    apr_uint64_t value;
} figure_t;

static void print(request_rec *r, int flags, const figure_t *figures, int count)
{
    for (int i = 0; i < count; i++) {
        if (flags & AP_STATUS_SHORT) {
            ap_rprintf(r, "B2B%s: %" APR_UINT64_T_FMT "\n", figures[i].name, figures[i].value);
        }
        else {
            ap_rprintf(r, "<dt>%s</dt><dd>%" APR_UINT64_T_FMT "</dd>\n", figures[i].words,
                       figures[i].value);
        }
    }
}

static void print_cache(request_rec *r, int flags, b2b_cache_t *cache)
{
    b2b_cache_figures_t figures = b2b_cache_figures(cache);

    ap_rprintf(r,
               flags & AP_STATUS_SHORT
                   ? "B2BCache-%s: items=%" APR_UINT64_T_FMT " hits=%" APR_UINT64_T_FMT
                     " loads=%" APR_UINT64_T_FMT " failures=%" APR_UINT64_T_FMT
                     " evictions=%" APR_UINT64_T_FMT "\n"
                   : "<tr><td>%s</td><td>%" APR_UINT64_T_FMT "</td><td>%" APR_UINT64_T_FMT
                     "</td><td>%" APR_UINT64_T_FMT "</td><td>%" APR_UINT64_T_FMT
                     "</td><td>%" APR_UINT64_T_FMT "</td></tr>\n",
               figures.name, figures.items, figures.hits, figures.loads, figures.failures,
               figures.evictions);
}

int b2b_status_hook(request_rec *r, int flags)
{
    figure_t figures[] = {
        {"Child", "process", (apr_uint64_t)getpid()},
        {"Statements", "statements run", 0},
        {"Polls", "questions what changed", 0},
        {"PollFailures", "of them without an answer", 0},
        {"PollAge", "milliseconds since the last answer", 0},
    };

    if (!b2b_child) {
        return DECLINED;
    }
    figures[1].value = b2b_db_statement_count();
    figures[2].value = atomic_load(&b2b_child->polls);
    figures[3].value = atomic_load(&b2b_child->poll_failures);
    figures[4].value = (apr_uint64_t)apr_time_as_msec(b2b_clock_steady() -
                                                      atomic_load(&b2b_child->asked_at));
    if (!(flags & AP_STATUS_SHORT)) {
        ap_rputs("<hr>\n<h2>mod_b2bportal</h2>\n<dl>\n", r);
    }
    print(r, flags, figures, (int)(sizeof(figures) / sizeof(figures[0])));
    if (!(flags & AP_STATUS_SHORT)) {
        ap_rputs("</dl>\n<table><tr><th>cache</th><th>items</th><th>hits</th><th>loads</"
                 "th><th>failures</th>"
                 "<th>evictions</th></tr>\n",
                 r);
    }
    print_cache(r, flags, b2b_child->directory);
    print_cache(r, flags, b2b_child->portals);
    print_cache(r, flags, b2b_child->people);
    print_cache(r, flags, b2b_child->hosts);
    if (!(flags & AP_STATUS_SHORT)) {
        ap_rputs("</table>\n", r);
    }
    return OK;
}
