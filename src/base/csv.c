#include "base/csv.h"

#include "base/mem.h"

/* ===== any table ===== */

void rk_csv_init(rk_csv *c, rk_slice bytes) {
    if (rk_slice_starts(bytes, RK_LIT("\xef\xbb\xbf"))) bytes = rk_slice_from(bytes, 3);
    *c = (rk_csv){.rest = bytes, .next_line = 1};
    c->field = rk_calloc(RK_CSV_COLUMNS_MAX, sizeof *c->field);
    rk_buf_init(&c->unquoted, RK_CSV_ROW_MAX);
    (void)rk_buf_room(&c->unquoted, RK_CSV_ROW_MAX); /* once: fields point into it */
}

void rk_csv_free(rk_csv *c) {
    rk_free(c->field);
    rk_buf_free(&c->unquoted);
    *c = (rk_csv){0};
}

static bool line_ends_at(const char *p, const char *e) {
    return p == e || *p == '\n' || (*p == '\r' && (p + 1 == e || p[1] == '\n'));
}

/* One quoted field from after its opening quote; returns the place after the closing one. */
static const char *quoted(rk_csv *c, const char *p, const char *e, rk_slice *out, rk_err *err) {
    size_t at = c->unquoted.len;
    for (;;) {
        const char *q = p < e ? memchr(p, '"', (size_t)(e - p)) : NULL;
        if (!q) {
            rk_fail_at(err, RK_BAD_INPUT, c->line, c->n + 1,
                       "a quoted field is not closed: add the missing \" character");
            return NULL;
        }
        for (const char *s = p; s < q; s++) c->next_line += *s == '\n';
        rk_buf_add(&c->unquoted, (rk_slice){p, (size_t)(q - p)});
        p = q + 1;
        if (p == e || *p != '"') break;
        rk_buf_byte(&c->unquoted, '"');
        p++;
    }
    if (c->unquoted.failed) {
        rk_fail_at(err, RK_BAD_INPUT, c->line, c->n + 1, "the row is longer than %u bytes",
                   RK_CSV_ROW_MAX);
        return NULL;
    }
    *out = (rk_slice){c->unquoted.ptr + at, c->unquoted.len - at};
    return p;
}

static const char *plain(const char *p, const char *e, rk_slice *out) {
    const char *s = p;
    while (p < e && *p != ',' && *p != '\n') p++;
    size_t n = (size_t)(p - s);
    if (n && s[n - 1] == '\r' && line_ends_at(s + n - 1, e)) n--;
    *out = (rk_slice){s, n};
    return p;
}

static rk_status row(rk_csv *c, rk_err *err) {
    const char *p = c->rest.ptr, *e = p + c->rest.len, *start = p;
    c->line = c->next_line;
    c->n = 0;
    rk_buf_clear(&c->unquoted);
    for (;;) {
        rk_slice f = {0};
        if (c->n == RK_CSV_COLUMNS_MAX)
            return rk_fail_at(err, RK_BAD_INPUT, c->line, c->n, "more than %u columns",
                              RK_CSV_COLUMNS_MAX);
        if (p < e && *p == '"') {
            p = quoted(c, p + 1, e, &f, err);
            if (!p) return RK_BAD_INPUT;
            if (p < e && *p == '\r' && line_ends_at(p, e)) p++;
            if (p < e && *p != ',' && *p != '\n')
                return rk_fail_at(err, RK_BAD_INPUT, c->line, c->n + 1,
                                  "text after the closing quote of a field");
        } else {
            p = plain(p, e, &f);
        }
        if ((size_t)(p - start) > RK_CSV_ROW_MAX)
            return rk_fail_at(err, RK_BAD_INPUT, c->line, 0, "the row is longer than %u bytes",
                              RK_CSV_ROW_MAX);
        c->field[c->n++] = f;
        if (p == e || *p == '\n') break;
        p++;
    }
    if (p < e) p++;
    c->next_line++;
    c->rest = (rk_slice){p, (size_t)(e - p)};
    return RK_OK;
}

rk_status rk_csv_next(rk_csv *c, rk_err *err) {
    while (c->rest.len) {
        RK_TRY(row(c, err));
        if (c->n > 1 || c->field[0].len) return RK_OK;
    }
    return RK_NOT_FOUND;
}

/* ===== numeric tables ===== */

#include "base/csv_kernel.h"

enum { CHUNK = 1 << 16 };

void rk_csvnum_init(rk_csvnum *c, rk_slice bytes, size_t header_bytes, size_t columns,
                    const bool *numeric, uint32_t absent) {
    RK_ASSERT(columns > 0 && columns <= RK_CSV_COLUMNS_MAX && header_bytes <= bytes.len);
    /* decode() reads 4 bytes before a field's end; a bare "tps" is a header without any row */
    RK_ASSERT(header_bytes >= 4 || header_bytes == bytes.len);
    *c = (rk_csvnum){.all = bytes, .columns = columns, .absent = absent, .next_line = 2};
    c->rest = rk_slice_from(bytes, header_bytes);
    c->stride = (columns + 7) / 8 * 8;
    c->check = rk_calloc(c->stride, sizeof *c->check);
    for (size_t i = 0; i < columns; i++) c->check[i] = numeric[i] ? UINT32_MAX : 0;
    c->ends = rk_calloc(CHUNK + 64 + c->stride + 1, sizeof *c->ends);
    c->ends++; /* ends[-1] is the place before the chunk's first byte */
    c->row_end = rk_calloc(CHUNK + 64, sizeof *c->row_end);
    c->value = rk_calloc(RK_CSV_BATCH * c->stride, sizeof *c->value);
    c->odd = rk_calloc(RK_CSV_BATCH, 1);
}

void rk_csvnum_free(rk_csvnum *c) {
    rk_free(c->check);
    if (c->ends) rk_free(c->ends - 1);
    rk_free(c->row_end);
    rk_free(c->value);
    rk_free(c->odd);
    *c = (rk_csvnum){0};
}

/* Indexes the next run of whole lines (up to CHUNK bytes). False at the end of the table, or
 * with one odd row when a single line is longer than a chunk. */
static bool fill(rk_csvnum *c) {
    if (c->rest.len == 0) return false;
    size_t n = c->rest.len < CHUNK ? c->rest.len : CHUNK;
    c->chunk = c->rest.ptr;
    c->ends[-1] = UINT32_MAX;
    c->row_at = 0;
    const char *nl = n < c->rest.len ? memrchr(c->chunk, '\n', n) : NULL;
    if (nl) n = (size_t)(nl - c->chunk) + 1;
    if (!nl && n < c->rest.len) { /* one line fills the chunk: hand it out as an odd row */
        const char *e = memchr(c->rest.ptr, '\n', c->rest.len);
        if (memchr(c->chunk, '"', n)) return c->quoted = true, c->rows_indexed = 0, false;
        n = e ? (size_t)(e - c->rest.ptr) + 1 : c->rest.len;
        c->ends[0] = (uint32_t)(e ? n - 1 : n);
        c->row_end[0] = 1;
        c->rows_indexed = 1;
        c->rest = rk_slice_from(c->rest, n);
        return true;
    }
    c->rows_indexed = rk_csv_kernel()->index(c->chunk, n, c->ends, c->row_end, &c->quoted);
    if (c->quoted) return c->rows_indexed = 0, false;
    if (c->chunk[n - 1] != '\n') { /* the table's last line has no line end */
        size_t k = rk_csv_delims(c->chunk, n, c->ends);
        c->ends[k] = (uint32_t)n;
        c->row_end[c->rows_indexed++] = (uint32_t)k + 1;
    }
    c->rest = rk_slice_from(c->rest, n);
    return true;
}

bool rk_csvnum_next(rk_csvnum *c) {
    if (c->row_at == c->rows_indexed && !fill(c)) return false;
    c->first_row = c->row_at;
    c->rows = c->rows_indexed - c->row_at;
    if (c->rows > RK_CSV_BATCH) c->rows = RK_CSV_BATCH;
    c->line = c->next_line;
    c->next_line += c->rows;
    const struct rk_csv_kernel *k = rk_csv_kernel();
    for (size_t r = 0; r < c->rows; r++) {
        uint32_t from = c->row_at ? c->row_end[c->row_at - 1] : 0, to = c->row_end[c->row_at];
        c->row_at++;
        c->odd[r] = to - from != c->columns ||
                    !k->decode(c->chunk, c->ends + from, c->columns, c->absent, c->check,
                               c->value + r * c->stride);
    }
    return true;
}

static size_t first_end(const rk_csvnum *c, size_t r) {
    size_t row = c->first_row + r;
    return row ? c->row_end[row - 1] : 0;
}

size_t rk_csvnum_count(const rk_csvnum *c, size_t r) {
    return c->row_end[c->first_row + r] - first_end(c, r);
}

rk_slice rk_csvnum_field(const rk_csvnum *c, size_t r, size_t column) {
    const uint32_t *e = c->ends + first_end(c, r) + column;
    uint32_t from = e[-1] + 1, len = e[0] - from;
    rk_slice f = {c->chunk + from, len};
    if (f.len && column + 1 == rk_csvnum_count(c, r) && f.ptr[f.len - 1] == '\r') f.len--;
    return f;
}
