/* A small table that is shown to people or handed on: aligned columns, CSV or JSON (an array of
 * objects; columns that start with '#' are numbers, empty = null). Rows are kept until written,
 * at most RK_ROWS_BYTES of them. Owner: rk_rows_free. */
#ifndef RK_ARSIP_LISTING_H
#define RK_ARSIP_LISTING_H

#include "base/sink.h"

#define RK_ROWS_BYTES (256u << 20)
enum rk_rows_format { RK_LIST_TABLE, RK_LIST_CSV, RK_LIST_JSON };
bool rk_rows_format(rk_slice s, enum rk_rows_format *out);

typedef struct rk_rows {
    rk_slice column[20];
    bool number[20];
    uint32_t n_column, at; /* at: the column the next cell goes to */
    rk_buf text;           /* cells, each NUL-terminated */
    uint64_t rows;
} rk_rows;

/* columns: names separated by commas, kept by the caller (a literal). */
void rk_rows_init(rk_rows *l, const char *columns);
void rk_rows_free(rk_rows *l);
void rk_rows_text(rk_rows *l, rk_slice s);
void rk_rows_str(rk_rows *l, const char *s);
void rk_rows_num(rk_rows *l, int64_t v);
void rk_rows_none(rk_rows *l);
rk_status rk_rows_write(const rk_rows *l, enum rk_rows_format f, const rk_sink *out,
                        rk_err *err);

#endif
