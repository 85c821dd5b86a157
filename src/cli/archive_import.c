/* rekap archive import: read, check, report, and only then write. */
#include "arsip/check.h"
#include "arsip/import.h"
#include "arsip/save.h"
#include "base/mem.h"
#include "cli/archive.h"
#include "files/files.h"

#include <stdio.h>
#include <sys/prctl.h>
#include <sys/resource.h>

enum { SHOWN = 1000 };

static void say(void *ctx, const rk_import_problem *p) {
    rk_rows *l = ctx;
    if (l->rows >= SHOWN) return;
    rk_rows_str(l, "masalah");
    rk_rows_num(l, (int64_t)p->line);
    if (p->column)
        rk_rows_num(l, (int64_t)p->column);
    else
        rk_rows_none(l);
    rk_rows_text(l, (rk_slice){p->value.ptr, p->value.len < 200 ? p->value.len : 200});
    rk_rows_none(l);
    rk_rows_str(l, p->reason);
}

static void fact(rk_rows *l, const char *what, rk_slice name, uint64_t n, const char *text) {
    rk_rows_str(l, what);
    rk_rows_none(l);
    rk_rows_none(l);
    rk_rows_text(l, name);
    rk_rows_num(l, (int64_t)n);
    rk_rows_str(l, text);
}

static void summary(const rk_import_result *r, bool roll, rk_rows *l) {
    rk_slice none = {"", 0};
    fact(l, "ringkasan", none, r->rows, "baris dibaca");
    fact(l, "ringkasan", none, r->figures, "angka");
    fact(l, "ringkasan", none, r->problems, "masalah");
    if (!roll) return;
    fact(l, "ringkasan", none, r->voters, "pemilih dihitung");
    fact(l, "ringkasan", none, r->suppressed,
         "pembagian TPS (umur, disabilitas) ditutup karena kelompoknya terlalu kecil");
}

/* The new series beside those of its contest, and against itself. */
static void compare(const rk_arsip *a, uint32_t series, rk_rows *l) {
    rk_diffs all;
    rk_arsip_differences(a, &all);
    uint64_t own = 0;
    for (uint32_t i = 0; i < all.n; i++) own += all.at[i].a == series && all.at[i].b == RK_NONE;
    fact(l, "jumlah", a->series[series].code, own, "penjumlahan dalam seri yang tidak cocok");
    rk_free(all.at);
    for (uint32_t i = 0; i < a->n_series; i++) {
        if (i == series || a->series[i].contest != a->series[series].contest) continue;
        rk_diffs d = {0};
        uint32_t same = 0;
        rk_arsip_between(a, series, i, RK_STATION, &d, &same);
        if (same || d.n) {
            fact(l, "banding", a->series[i].code, same, "angka sama");
            fact(l, "banding", a->series[i].code, d.n, "angka berbeda");
        }
        rk_free(d.at);
    }
}

/* A roll in memory must not end up in a core file. */
static void no_core(void) {
    const struct rlimit none = {0, 0};
    (void)setrlimit(RLIMIT_CORE, &none);
    (void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

static rk_status take(struct cli_archive *w, const rk_spec *spec, const char *path, rk_rows *l,
                      rk_err *err) {
    rk_file f;
    rk_import_result r;
    uint32_t series;
    if (spec->roll.given) no_core();
    RK_TRY(rk_file_read(path, RK_FILE_BYTES_MAX, &f, err));
    rk_status s = rk_arsip_import(w->a, spec, f.bytes, say, l, &series, &r, err);
    rk_file_free(&f);
    summary(&r, spec->roll.given, l);
    RK_TRY(s);
    compare(w->a, series, l);
    if (w->dry_run) return RK_OK;
    RK_TRY(rk_arsip_save(w->a, series, w->dir, err));
    fact(l, "ditulis", w->a->series[series].code, r.figures, "angka di impor/");
    return RK_OK;
}

static rk_status read_spec(struct cli_archive *w, rk_spec **spec, rk_err *err) {
    rk_file f;
    RK_TRY(rk_file_read(w->spec, RK_SPEC_MAX, &f, err));
    rk_status s = rk_spec_parse(w->a, f.bytes, spec, err);
    rk_file_free(&f);
    return s;
}

int cli_archive_import(struct cli_archive *w, int argc, char **argv) {
    rk_err err = RK_ERR_INIT, why = RK_ERR_INIT;
    rk_spec *spec = NULL;
    rk_rows l;
    if (argc != 1 || !w->spec)
        return cli_usage(&cli_archive_verb, "import needs --spec SPEC.json and one file");
    int code = cli_archive_open(w, true);
    if (code != CLI_OK) return code;
    rk_status s = read_spec(w, &spec, &err);
    if (s != RK_OK) {
        rk_arsip_free(&w->a);
        return cli_failed(w->spec, &err);
    }
    rk_rows_init(&l, "hal,#baris,#kolom,nilai,#jumlah,keterangan");
    s = take(w, spec, argv[0], &l, &err);
    rk_spec_free(&spec);
    rk_sink out = cli_stdout();
    if (rk_rows_write(&l, w->fmt, &out, &why) != RK_OK) (void)cli_failed(NULL, &why);
    rk_rows_free(&l);
    rk_arsip_free(&w->a);
    return s == RK_OK ? CLI_OK : cli_failed(argv[0], &err);
}
