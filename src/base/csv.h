/* RFC 4180 comma-separated tables over bytes in memory. Two readers:
 * rk_csv      any table, quoted fields too, one row at a time (region files, small tables);
 * rk_csvnum   wide tables of small whole numbers without quotes, many rows at a time (forms):
 * the delimiters are indexed with SIMD and the numbers decoded eight at a time. Neither copies
 * the input, which must stay valid while the reader is used. Both take LF or CRLF line ends and
 * an UTF-8 byte order mark. Limits: RK_COLUMNS_MAX + 8 columns, 64 KiB a row. */
#ifndef RK_BASE_CSV_H
#define RK_BASE_CSV_H

#include "base/buf.h"

#define RK_CSV_COLUMNS_MAX 2056u
#define RK_CSV_ROW_MAX 65536u

/* ---- any table ---- */
typedef struct rk_csv {
    rk_slice rest;
    rk_slice *field; /* fields of the current row; valid until the next call */
    size_t n;        /* how many */
    size_t line;     /* 1-based line on which the current row starts */
    size_t next_line;
    rk_buf unquoted; /* quoted fields are unescaped in here */
} rk_csv;

void rk_csv_init(rk_csv *c, rk_slice bytes);
void rk_csv_free(rk_csv *c);
/* The next row: RK_OK, RK_NOT_FOUND at the end, or RK_BAD_INPUT (a stray or missing quote, too
 * many columns, a row over the limit). Empty lines are passed over. */
rk_status rk_csv_next(rk_csv *c, rk_err *err);

/* ---- numeric tables ---- */
#define RK_CSV_BATCH 128u /* rows decoded at a time */

typedef struct rk_csvnum {
    rk_slice all, rest; /* the table after its header line */
    size_t columns;
    size_t stride;   /* columns rounded up to a multiple of 8 */
    uint32_t absent; /* what an empty field decodes to */
    uint32_t *check; /* per column: ~0 when it must be a number, 0 when it is text */
    /* the batch of rows last read */
    const char *chunk; /* where its offsets count from */
    uint32_t *ends;    /* delimiter offsets; row r's fields end at ends[first[r] ..] */
    uint32_t *row_end; /* index into ends just past each row's last delimiter */
    size_t rows_indexed, row_at;
    size_t rows;     /* rows in this batch, at most RK_CSV_BATCH */
    uint32_t *value; /* rows * stride numbers */
    uint8_t *odd;    /* per row: 0 = decoded; 1 = decode it again by hand (rk_csvnum_field) */
    size_t line;     /* line of the batch's first row */
    size_t first_row;
    size_t next_line;
    bool quoted; /* stopped before a chunk with a quote character: `rest` is for rk_csv */
} rk_csvnum;

/* header_bytes = length of the header line with its line end; numeric[i] says which columns are
 * numbers (of at most 4 digits on the fast way; longer ones come back as odd rows). */
void rk_csvnum_init(rk_csvnum *c, rk_slice bytes, size_t header_bytes, size_t columns,
                    const bool *numeric, uint32_t absent);
void rk_csvnum_free(rk_csvnum *c);
/* Reads the next rows (c->rows of them); false at the end, or with c->quoted where a quoted
 * field lies ahead: then c->rest begins at line c->next_line and is for rk_csv. A row with
 * another number of fields, or a numeric field that is not 0..4 digits, is marked odd and has
 * no values. */
bool rk_csvnum_next(rk_csvnum *c);
/* Fields of row r of the batch. rk_csvnum_count: how many fields it has. */
size_t rk_csvnum_count(const rk_csvnum *c, size_t r);
rk_slice rk_csvnum_field(const rk_csvnum *c, size_t r, size_t column);

#endif
