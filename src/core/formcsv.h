/* Reading a forms CSV: key column `tps`, optional `desa`, `dapil`, `ts`, then figures by name,
 * in any column order (docs/format/formulir.md). Says everything that is wrong with a file, row
 * by row, and hands out the good rows in batches. Knows nothing of trees and contests. */
#ifndef RK_CORE_FORMCSV_H
#define RK_CORE_FORMCSV_H

#include "base/csv.h"
#include "core/contest.h"

/* One thing wrong with the input. */
typedef struct rk_problem {
    size_t line, column;  /* 1-based; column 0 = the whole row */
    rk_slice name, value; /* the column's name and what stands there */
    const char *reason;   /* an English sentence with the remedy */
} rk_problem;
typedef void rk_problem_fn(void *ctx, const rk_problem *p);

typedef struct rk_formcsv {
    rk_slice bytes;
    rk_slice *name; /* all columns */
    size_t n;
    uint32_t *figure; /* CSV positions of the numeric columns, in file order */
    uint32_t n_figure;
    size_t tps, desa, dapil, ts; /* CSV positions, SIZE_MAX = none */
    uint32_t max_value;
    uint32_t absent;
    /* the batch */
    size_t rows;
    uint32_t *value; /* rows * stride figures by CSV position (text columns: meaningless) */
    size_t stride;
    bool bad[RK_CSV_BATCH]; /* row has problems, already reported */
    size_t line[RK_CSV_BATCH];
    size_t bad_rows, good_rows;
    /* inside */
    bool quick;
    rk_csvnum num;
    rk_csv any;
    rk_problem_fn *fn;
    void *ctx;
    rk_slice header;
} rk_formcsv;

/* Reads the header. RK_BAD_INPUT with line 1 and the column for: an empty file, no `tps`
 * column, a column that stands twice, an unnamed one. `absent` is the value of an empty cell.
 */
rk_status rk_formcsv_open(rk_formcsv *f, rk_slice bytes, uint32_t max_value, uint32_t absent,
                          rk_problem_fn *fn, void *ctx, rk_err *err);
void rk_formcsv_close(rk_formcsv *f);
/* The next batch of rows; false at the end. Rows that are not well-formed (number of fields, a
 * figure that is negative, no number or over the maximum) are marked bad and reported to fn. */
bool rk_formcsv_next(rk_formcsv *f);
/* A text cell of row r; empty when column is SIZE_MAX. */
rk_slice rk_formcsv_text(const rk_formcsv *f, size_t r, size_t column);
/* Marks row r bad for a reason of the caller's, reporting it. */
void rk_formcsv_reject(rk_formcsv *f, size_t r, size_t column, const char *reason);

#endif
