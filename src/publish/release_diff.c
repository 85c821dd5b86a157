/* What changed between two tables of stations. Both are in order of desa and station, so one
 * pass over the lines of both is enough; equal lines cost a comparison of bytes. */
#include "base/csv.h"
#include "files/stream.h"
#include "publish/release.h"
#include "publish/tables.h"

enum { PIECE = 1 << 18, KEYS = 2 };

struct side {
    rk_lines in;
    rk_slice line; /* empty = at the end */
    rk_slice tps, desa;
};

struct diff {
    struct side a, b;
    rk_buf header, out_buf;
    rk_csv ca, cb, names;
    const rk_sink *out;
    uint64_t *changed;
};

/* Codes have neither comma nor quote, so the first two fields are cut without a CSV reader. */
static rk_status advance(struct side *s, rk_err *err) {
    rk_status st = rk_lines_next(&s->in, &s->line, err);
    if (st == RK_NOT_FOUND) s->line = s->tps = s->desa = (rk_slice){0};
    if (st == RK_NOT_FOUND) return RK_OK;
    rk_slice rest = s->line;
    if (st == RK_OK &&
        (!rk_slice_cut(&rest, ',', &s->tps) || !rk_slice_cut(&rest, ',', &s->desa)))
        return rk_fail(err, RK_CORRUPT, "%s: a line has no station", s->in.path);
    return st;
}

static int order(const struct side *a, const struct side *b) {
    if (!a->line.len || !b->line.len) return a->line.len ? -1 : 1;
    int c = rk_slice_cmp(a->desa, b->desa);
    return c ? c : rk_slice_cmp(a->tps, b->tps);
}

static void row(struct diff *d, rk_slice tps, const char *what, rk_slice column, rk_slice was,
                rk_slice is) {
    rk_buf *b = &d->out_buf;
    const rk_slice f[] = {tps, rk_slice_str(what), column, was, is};
    for (int i = 0; i < 5; i++) {
        if (i) rk_buf_byte(b, ',');
        rk_buf_csv(b, f[i]);
    }
    rk_buf_byte(b, '\n');
}

static rk_status fields(rk_csv *c, rk_slice line, rk_err *err) {
    c->rest = line; /* the reader's tables are kept */
    c->next_line = 1;
    return rk_csv_next(c, err);
}

static rk_status changed_row(struct diff *d, rk_err *err) {
    RK_TRY(fields(&d->ca, d->a.line, err));
    RK_TRY(fields(&d->cb, d->b.line, err));
    if (d->ca.n != d->cb.n || d->cb.n != d->names.n)
        return rk_fail(err, RK_CORRUPT,
                       "%s: a row has another number of fields than its header", d->a.in.path);
    for (size_t i = KEYS; i < d->cb.n; i++)
        if (!rk_slice_eq(d->ca.field[i], d->cb.field[i]))
            row(d, d->b.tps, "berubah", d->names.field[i], d->ca.field[i], d->cb.field[i]);
    return RK_OK;
}

static rk_status one_step(struct diff *d, rk_err *err) {
    int c = order(&d->a, &d->b);
    if (c == 0 && rk_slice_eq(d->a.line, d->b.line)) {
        RK_TRY(advance(&d->a, err));
        return advance(&d->b, err);
    }
    ++*d->changed;
    if (c == 0) RK_TRY(changed_row(d, err));
    if (c < 0) row(d, d->a.tps, "hilang", (rk_slice){0}, (rk_slice){0}, (rk_slice){0});
    if (c > 0) row(d, d->b.tps, "baru", (rk_slice){0}, (rk_slice){0}, (rk_slice){0});
    RK_TRY(rk_sink_flush(d->out, &d->out_buf, PIECE, err));
    if (c <= 0) RK_TRY(advance(&d->a, err));
    return c >= 0 ? advance(&d->b, err) : RK_OK;
}

static rk_status run(struct diff *d, rk_err *err) {
    RK_TRY(rk_lines_next(&d->a.in, &d->a.line, err));
    RK_TRY(rk_lines_next(&d->b.in, &d->b.line, err));
    if (!rk_slice_eq(d->a.line, d->b.line)) { /* a contest declared anew */
        row(d, (rk_slice){0}, "kolom", (rk_slice){0}, d->a.line, d->b.line);
        ++*d->changed;
        return RK_OK;
    }
    rk_buf_add(&d->header, d->b.line);
    rk_csv_init(&d->names, rk_buf_slice(&d->header));
    RK_TRY(rk_csv_next(&d->names, err));
    RK_TRY(advance(&d->a, err));
    RK_TRY(advance(&d->b, err));
    while (d->a.line.len || d->b.line.len) RK_TRY(one_step(d, err));
    return RK_OK;
}

rk_status rk_release_diff(const char *before, const char *after, const rk_sink *out,
                          uint64_t *changed, rk_err *err) {
    struct diff d = {.a.in.fd = -1, .b.in.fd = -1, .out = out, .changed = changed};
    rk_buf_init(&d.header, RK_CSV_ROW_MAX);
    rk_buf_init(&d.out_buf, 64u << 20);
    rk_buf_lit(&d.out_buf, "tps,perubahan,kolom,sebelum,sesudah\n");
    rk_csv_init(&d.ca, (rk_slice){0});
    rk_csv_init(&d.cb, (rk_slice){0});
    rk_status s = RK_OK;
    if (before) {
        s = rk_lines_open(&d.a.in, before, RK_CSV_ROW_MAX, err);
        if (s == RK_OK) s = rk_lines_open(&d.b.in, after, RK_CSV_ROW_MAX, err);
        if (s == RK_OK) s = run(&d, err);
    }
    if (s == RK_OK) s = rk_sink_flush(out, &d.out_buf, 0, err);
    rk_lines_close(&d.a.in);
    rk_lines_close(&d.b.in);
    rk_csv_free(&d.ca);
    rk_csv_free(&d.cb);
    rk_csv_free(&d.names);
    rk_buf_free(&d.out_buf);
    rk_buf_free(&d.header);
    return s;
}
