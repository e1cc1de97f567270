/* SPDX-License-Identifier: Apache-2.0 */
/* Results: complete, in memory, typed on reading. */

#include <stdlib.h>
#include <string.h>

#include <apr_strings.h>

#include "db_private.h"

struct b2b_db_rows_t {
    apr_pool_t *pool;
    apr_array_header_t *list; /* of b2b_cell_t *, one a row */
    int columns;
    int at; /* -1 before the first row */
};

b2b_db_rows_t *b2b_rows_create(int columns, apr_pool_t *pool)
{
    b2b_db_rows_t *rows = apr_palloc(pool, sizeof(*rows));

    rows->pool = pool;
    rows->list = apr_array_make(pool, 4, sizeof(b2b_cell_t *));
    rows->columns = columns;
    rows->at = -1;
    return rows;
}

b2b_cell_t *b2b_rows_append(b2b_db_rows_t *rows)
{
    b2b_cell_t *cells = apr_pcalloc(rows->pool, sizeof(*cells) * (apr_size_t)rows->columns);

    APR_ARRAY_PUSH(rows->list, b2b_cell_t *) = cells;
    return cells;
}

int b2b_db_next(b2b_db_rows_t *rows)
{
    if (rows->at < rows->list->nelts) {
        rows->at++;
    }
    return rows->at < rows->list->nelts;
}

int b2b_db_count(const b2b_db_rows_t *rows)
{
    return rows->list->nelts;
}

static const b2b_cell_t *cell_at(const b2b_db_rows_t *rows, int column)
{
    /* Reading before the first row, past the last one or a column that the statement does not have would
     * answer with whatever lies there: a decision must not go on with that. */
    if (rows->at < 0 || rows->at >= rows->list->nelts || column < 0 || column >= rows->columns) {
        abort();
    }
    return &APR_ARRAY_IDX(rows->list, rows->at, const b2b_cell_t *)[column];
}

const char *b2b_db_text(const b2b_db_rows_t *rows, int column)
{
    const b2b_cell_t *cell = cell_at(rows, column);

    if (cell->null || cell->text) {
        return cell->text;
    }
    return apr_psprintf(rows->pool, "%" APR_INT64_T_FMT, cell->number);
}

apr_int64_t b2b_db_integer(const b2b_db_rows_t *rows, int column)
{
    const b2b_cell_t *cell = cell_at(rows, column);

    if (cell->text) {
        return strcmp(cell->text, "t") == 0
                   ? 1
                   : apr_atoi64(cell->text); /* PostgreSQL's boolean is "t" */
    }
    return cell->number;
}

int b2b_db_bool(const b2b_db_rows_t *rows, int column)
{
    return b2b_db_integer(rows, column) != 0;
}

apr_time_t b2b_db_time(const b2b_db_rows_t *rows, int column)
{
    return b2b_db_integer(rows, column);
}
