/* A small table that is shown to people or handed on: aligned columns, CSV or JSON (an array of
 * objects; columns that start with '#' are numbers, empty = null). Rows are kept until written,
 * at most RK_LISTING_BYTES of them. Owner: rk_listing_free. */
#ifndef RK_ARSIP_LISTING_H
#define RK_ARSIP_LISTING_H

#include "base/sink.h"

#define RK_LISTING_BYTES (256u << 20)
enum rk_listing_format { RK_LIST_TABLE, RK_LIST_CSV, RK_LIST_JSON };
bool rk_listing_format(rk_slice s, enum rk_listing_format *out);

typedef struct rk_listing {
    rk_slice column[20];
    bool number[20];
    uint32_t n_column, at; /* at: the column the next cell goes to */
    rk_buf text;           /* cells, each NUL-terminated */
    uint64_t rows;
} rk_listing;

/* columns: names separated by commas, kept by the caller (a literal). */
void rk_listing_init(rk_listing *l, const char *columns);
void rk_listing_free(rk_listing *l);
void rk_listing_text(rk_listing *l, rk_slice s);
void rk_listing_str(rk_listing *l, const char *s);
void rk_listing_num(rk_listing *l, int64_t v);
void rk_listing_none(rk_listing *l);
rk_status rk_listing_write(const rk_listing *l, enum rk_listing_format f, const rk_sink *out,
                           rk_err *err);

#endif
