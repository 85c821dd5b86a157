/* Reads one table of the archive: named columns in any order, every row as wide as the header.
 * Columns not asked for are passed over. Owner: rk_table_close; fields are valid until the next
 * row. Limits as base/csv.h. */
#ifndef RK_ARSIP_TABLE_H
#define RK_ARSIP_TABLE_H

#include "base/csv.h"

enum { RK_TABLE_COLUMNS = 16 };

typedef struct rk_table {
    rk_csv csv;
    uint32_t width, n;
    uint32_t at[RK_TABLE_COLUMNS];
    rk_slice field[RK_TABLE_COLUMNS]; /* the current row, in the order asked for */
    size_t line;
} rk_table;

/* names: columns that must be there, separated by commas; those after a '?' may be missing. */
rk_status rk_table_open(rk_table *t, rk_slice bytes, const char *names, rk_err *err);
/* RK_OK, RK_NOT_FOUND at the end, RK_BAD_INPUT. */
rk_status rk_table_next(rk_table *t, rk_err *err);
void rk_table_close(rk_table *t);

#endif
