/* Rows without quotes go the quick way (base/csv.h rk_csvnum): a whole batch is decoded with
 * SIMD and only rows that did not fit are looked at field by field. From the first quoted field
 * on, a file goes row by row. */
#include "core/formcsv.h"

#include "base/mem.h"
#include "base/num.h"

static rk_status header_columns(rk_formcsv *f, rk_err *err) {
    f->tps = f->desa = f->dapil = f->ts = SIZE_MAX;
    for (size_t i = 0; i < f->n; i++) {
        rk_slice s = f->name[i];
        if (s.len == 0)
            return rk_fail_at(err, RK_BAD_INPUT, 1, i + 1,
                              "column %zu has no name in the header line", i + 1);
        for (size_t k = 0; k < i; k++)
            if (rk_slice_eq(f->name[k], s))
                return rk_fail_at(err, RK_BAD_INPUT, 1, i + 1, "column '%.*s' appears twice",
                                  RK_FMT(s));
        size_t *text = rk_slice_is(s, "tps")     ? &f->tps
                       : rk_slice_is(s, "desa")  ? &f->desa
                       : rk_slice_is(s, "dapil") ? &f->dapil
                       : rk_slice_is(s, "ts")    ? &f->ts
                                                 : NULL;
        if (text)
            *text = i;
        else
            f->figure[f->n_figure++] = (uint32_t)i;
    }
    if (f->tps == SIZE_MAX)
        return rk_fail_at(err, RK_BAD_INPUT, 1, 0, "the header line has no column 'tps'");
    return RK_OK;
}

rk_status rk_formcsv_open(rk_formcsv *f, rk_slice bytes, uint32_t max_value, uint32_t absent,
                          rk_problem_fn *fn, void *ctx, rk_err *err) {
    *f = (rk_formcsv){
        .bytes = bytes, .max_value = max_value, .absent = absent, .fn = fn, .ctx = ctx};
    rk_csv_init(&f->any, bytes);
    rk_status s = rk_csv_next(&f->any, err);
    if (s == RK_NOT_FOUND)
        return rk_fail_at(err, RK_BAD_INPUT, 1, 0,
                          "the file is empty: it needs a header line that begins with tps");
    RK_TRY(s);
    f->n = f->any.n;
    f->name = rk_calloc(f->n, sizeof *f->name);
    f->figure = rk_calloc(f->n, sizeof *f->figure);
    for (size_t i = 0; i < f->n; i++) {
        rk_slice t = rk_slice_trim(f->any.field[i]);
        f->name[i] = (rk_slice){rk_dup(t.ptr, t.len), t.len};
    }
    RK_TRY(header_columns(f, err));
    size_t header = bytes.len - f->any.rest.len;
    f->quick = true;
    bool *numeric = rk_calloc(f->n, sizeof *numeric);
    for (uint32_t i = 0; i < f->n_figure; i++) numeric[f->figure[i]] = true;
    rk_csvnum_init(&f->num, bytes, header, f->n, numeric, absent);
    f->num.next_line = f->any.next_line; /* the header may follow empty lines, or span some */
    f->stride = f->num.stride;
    f->value = f->num.value;
    rk_free(numeric);
    return RK_OK;
}

void rk_formcsv_close(rk_formcsv *f) {
    for (size_t i = 0; i < f->n && f->name; i++) rk_free((void *)(uintptr_t)f->name[i].ptr);
    rk_free(f->name);
    rk_free(f->figure);
    rk_csvnum_free(&f->num);
    rk_csv_free(&f->any);
    *f = (rk_formcsv){0};
}

static size_t fields_of(const rk_formcsv *f, size_t r) {
    return f->quick ? rk_csvnum_count(&f->num, r) : f->any.n;
}

rk_slice rk_formcsv_text(const rk_formcsv *f, size_t r, size_t column) {
    if (column == SIZE_MAX || column >= fields_of(f, r)) return (rk_slice){0};
    return f->quick ? rk_csvnum_field(&f->num, r, column) : f->any.field[column];
}

void rk_formcsv_reject(rk_formcsv *f, size_t r, size_t column, const char *reason) {
    if (!f->bad[r]) f->bad[r] = true, f->bad_rows++, f->good_rows--;
    if (!f->fn) return;
    rk_problem p = {.line = f->line[r], .reason = reason};
    if (column < f->n) {
        p.column = column + 1;
        p.name = f->name[column];
        p.value = rk_formcsv_text(f, r, column);
    }
    f->fn(f->ctx, &p);
}

static const char *figure_problem(rk_slice s) {
    if (s.ptr[0] == '-') return "is negative: figures are whole numbers from 0";
    uint64_t v;
    if (rk_num_parse(s, UINT64_MAX, &v))
        return "is out of range: no cell of a form can hold it";
    for (size_t i = 0; i < s.len; i++)
        if ((unsigned char)(s.ptr[i] - '0') > 9)
            return "is not a whole number: only digits, or empty when nothing is written";
    return "is out of range: no cell of a form can hold it";
}

/* Decodes row r field by field, reporting what is wrong with each. */
static void by_hand(rk_formcsv *f, size_t r) {
    uint32_t *v = f->value + r * f->stride;
    if (fields_of(f, r) != f->n) {
        rk_formcsv_reject(f, r, SIZE_MAX,
                          fields_of(f, r) < f->n
                              ? "the row has fewer fields than the header line"
                              : "the row has more fields than the header line");
        return;
    }
    for (uint32_t i = 0; i < f->n_figure; i++) {
        uint32_t c = f->figure[i];
        rk_slice s = rk_formcsv_text(f, r, c);
        uint64_t x;
        if (s.len == 0)
            v[c] = f->absent;
        else if (rk_num_parse(s, f->max_value, &x))
            v[c] = (uint32_t)x;
        else
            rk_formcsv_reject(f, r, c, figure_problem(s));
    }
}

/* The quick way knows up to four digits; a contest may allow less. */
static bool over_max(const rk_formcsv *f, size_t r) {
    for (uint32_t i = 0; f->max_value < 9999 && i < f->n_figure; i++) {
        uint32_t v = f->value[r * f->stride + f->figure[i]];
        if (v != f->absent && v > f->max_value) return true;
    }
    return false;
}

static bool next_quoted(rk_formcsv *f) {
    rk_err err = RK_ERR_INIT;
    rk_status s = rk_csv_next(&f->any, &err);
    if (s == RK_NOT_FOUND) return false;
    f->rows = 1;
    f->good_rows++;
    f->bad[0] = false;
    f->line[0] = f->any.line;
    if (s == RK_OK) {
        by_hand(f, 0);
        return true;
    }
    f->any.n = 0;
    rk_formcsv_reject(
        f, 0, SIZE_MAX,
        "is not well-formed CSV: a quote is missing or stray, or the row is too long");
    f->any.rest = (rk_slice){NULL, 0}; /* past a broken quote nothing can be trusted */
    return true;
}

bool rk_formcsv_next(rk_formcsv *f) {
    if (f->quick && !rk_csvnum_next(&f->num)) {
        if (!f->num.quoted) return false;
        f->quick = false; /* from here on the file has quotes: the careful reader takes over */
        f->any.rest = f->num.rest;
        f->any.next_line = f->num.next_line;
    }
    if (!f->quick) return next_quoted(f);
    f->rows = f->num.rows;
    f->good_rows += f->rows;
    for (size_t r = 0; r < f->rows; r++) {
        f->bad[r] = false;
        f->line[r] = f->num.line + r;
        if ((f->num.odd[r] || f->n == 1) && rk_csvnum_count(&f->num, r) == 1 &&
            rk_csvnum_field(&f->num, r, 0).len == 0) {
            f->bad[r] = true; /* an empty line is no row */
            f->good_rows--;
        } else if (f->num.odd[r] || over_max(f, r)) {
            by_hand(f, r);
        }
    }
    return true;
}
