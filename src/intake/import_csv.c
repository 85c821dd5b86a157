/* The forms CSV: columns are matched to the contest once per ballot, rows then only copy
 * figures. */
#include "intake/import_internal.h"

#include "base/mem.h"
#include "base/wib.h"

struct reader {
    struct rk_importer *im;
    rk_formcsv csv;
    uint32_t
        *column;    /* ballot * n_figure: the contest's column, RK_NONE = not on that ballot */
    uint32_t *cell; /* one form */
    rk_code *dapil; /* per node, made when the file has a dapil column */
};

static rk_status map_columns(struct reader *r, rk_err *err) {
    const rk_contest *c = r->im->c;
    rk_formcsv *f = &r->csv;
    r->column = rk_calloc((size_t)c->n_ballot * f->n_figure, sizeof *r->column);
    for (uint32_t i = 0; i < f->n_figure; i++) {
        rk_slice name = f->name[f->figure[i]];
        uint32_t field = rk_contest_field(c, name);
        bool known = field != RK_NONE;
        for (uint32_t b = 0; b < c->n_ballot; b++) {
            uint32_t col = field;
            if (col == RK_NONE && rk_slice_starts(name, RK_LIT("suara_")))
                col = rk_contest_choice(c, b, rk_slice_from(name, 6));
            r->column[(size_t)b * f->n_figure + i] = col;
            known |= col != RK_NONE;
        }
        if (!known)
            return rk_fail_at(err, RK_BAD_INPUT, 1, f->figure[i] + 1,
                              "unknown column '%.*s': contest %.*s has no such field or choice "
                              "(rekap kontes lists them)",
                              RK_FMT(name), RK_FMT(rk_code_slice(&c->code)));
    }
    return RK_OK;
}

static const char *dapil_problem(struct reader *r, size_t row, uint32_t desa) {
    rk_slice said = rk_formcsv_text(&r->csv, row, r->csv.dapil);
    if (said.len == 0) return NULL;
    const rk_tree *t = r->im->dir->election->tree;
    if (!r->dapil) r->dapil = rk_calloc(t->n, sizeof *r->dapil);
    if (!r->dapil[desa].len) {
        rk_slice known = rk_contest_dapil(r->im->c, t, desa);
        if (known.len == 0)
            return NULL; /* neither tree nor contest knows dapil: nothing to hold it against */
        (void)rk_code_of(known, &r->dapil[desa]);
    }
    return rk_slice_eq(said, rk_code_slice(&r->dapil[desa]))
               ? NULL
               : "is not the dapil of this TPS's region";
}

/* Fills r->cell from a row; NULL or why not, with the column. */
static const char *figures(struct reader *r, size_t row, uint32_t ballot, size_t *column) {
    const rk_contest *c = r->im->c;
    const uint32_t *v = r->csv.value + row * r->csv.stride,
                   *map = r->column + (size_t)ballot * r->csv.n_figure;
    for (uint32_t i = 0; i < c->n_col; i++) r->cell[i] = RK_ABSENT;
    for (uint32_t i = 0; i < r->csv.n_figure; i++) {
        uint32_t x = v[r->csv.figure[i]];
        if (map[i] != RK_NONE)
            r->cell[map[i]] = x;
        else if (x != RK_ABSENT) {
            *column = r->csv.figure[i];
            return "this choice is not on the ballot of the TPS's dapil: leave the cell empty";
        }
    }
    return NULL;
}

static rk_status one_row(struct reader *r, size_t row, rk_err *err) {
    struct rk_importer *im = r->im;
    rk_formcsv *f = &r->csv;
    rk_election *e = im->dir->election;
    rk_err text;
    uint32_t tps, desa;
    rk_form form = {.tps = rk_formcsv_text(f, row, f->tps)};
    rk_slice desa_code = rk_formcsv_text(f, row, f->desa), ts = rk_formcsv_text(f, row, f->ts);
    const char *why = rk_importer_find(im, form.tps, desa_code, &tps, &desa, &text);
    if (why) return rk_formcsv_reject(f, row, f->tps, why), RK_OK;
    if (tps != RK_NONE && rk_importer_seen(im, tps))
        return rk_formcsv_reject(f, row, f->tps,
                                 "duplicate TPS: the file has this station already"),
               RK_OK;
    why = dapil_problem(r, row, desa);
    if (why) return rk_formcsv_reject(f, row, f->dapil, why), RK_OK;
    if (ts.len && !rk_wib_parse(ts, &form.ts))
        return rk_formcsv_reject(f, row, f->ts, "is not a time YYYY-MM-DD HH:MM:SS (WIB)"),
               RK_OK;
    size_t column = SIZE_MAX;
    why = figures(r, row, e->tally[im->contest].ballot_of[desa], &column);
    if (why) return rk_formcsv_reject(f, row, column, why), RK_OK;
    why = tps == RK_NONE ? rk_importer_add(im, form.tps, desa, &tps, &text) : NULL;
    if (why) return rk_formcsv_reject(f, row, f->tps, why), RK_OK;
    if (desa_code.len && rk_tree_by_prefix(e->tree, &e->tree->tps_code[tps]) != desa)
        form.desa = desa_code;
    form.cell = r->cell;
    form.n_cell = im->c->n_col;
    return rk_importer_take(im, tps, &form, err);
}

static rk_status rows(struct reader *r, rk_err *err) {
    struct rk_importer *im = r->im;
    RK_TRY(map_columns(r, err));
    r->cell = rk_calloc(im->c->n_col, sizeof *r->cell);
    while (rk_formcsv_next(&r->csv)) {
        for (size_t i = 0; i < r->csv.rows; i++)
            if (!r->csv.bad[i]) RK_TRY(one_row(r, i, err));
        size_t left = r->csv.quick ? r->csv.num.rest.len : r->csv.any.rest.len;
        if (im->o->progress) im->o->progress(im->o->ctx, im->bytes.len - left, im->bytes.len);
    }
    im->report->bad = r->csv.bad_rows;
    return RK_OK;
}

rk_status rk_import_csv(struct rk_importer *im, rk_err *err) {
    struct reader r = {.im = im};
    rk_status s = rk_formcsv_open(&r.csv, im->bytes, im->c->max_value, RK_ABSENT, im->o->fn,
                                  im->o->ctx, err);
    if (s == RK_OK) s = rows(&r, err);
    rk_formcsv_close(&r.csv);
    rk_free(r.column);
    rk_free(r.cell);
    rk_free(r.dapil);
    return s;
}
