/* The four files are written, durably, into a hidden directory that no reader looks at; one
 * rename makes it the import. What a crash leaves behind is overwritten by the next try. */
#include "arsip/save.h"

#include "base/num.h"
#include "files/files.h"

#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>

enum { PATH_BYTES = 4096, PIECE = 1 << 16 };

static void field(rk_buf *b, rk_slice s, bool last) {
    rk_buf_csv(b, s);
    rk_buf_byte(b, last ? '\n' : ',');
}

static void put_series(const rk_arsip *a, const rk_arsip_series *s, rk_buf *b) {
    rk_buf_lit(b, "seri,pemilu,kontes,kedudukan,nomor,nama,bagian,lisensi,acuan,acuan_tingkat,"
                  "acuan_jumlah,catatan\n");
    const rk_slice f[] = {s->code,
                          a->election[s->election].code,
                          a->contest[s->contest].code,
                          rk_slice_str(rk_standing_name(s->standing)),
                          s->number,
                          s->name,
                          s->part,
                          s->licence,
                          s->ref,
                          s->ref_level,
                          s->ref_count,
                          s->note};
    for (size_t i = 0; i < 12; i++) field(b, f[i], i == 11);
}

static rk_status put_figures(const rk_arsip *a, const rk_arsip_series *s, rk_out *out,
                             rk_err *err) {
    rk_buf b;
    rk_buf_init(&b, PIECE * 2);
    rk_buf_lit(&b, "seri,wilayah,butir,pilihan,nilai,sumber,catatan\n");
    rk_status st = RK_OK;
    for (uint32_t i = 0; st == RK_OK && i < s->n; i++) {
        const rk_arsip_figure *f = &a->figure[s->first + i];
        field(&b, s->code, false);
        rk_arsip_put_region(a, s->election, f->region, f->station, &b);
        rk_buf_byte(&b, ',');
        field(&b, a->item[f->item].code, false);
        field(&b, rk_intern_text(&a->text, f->choice), false);
        rk_buf_printf(&b, "%lld,1,", (long long)f->value);
        field(&b, rk_intern_text(&a->text, f->note), true);
        if (b.len > PIECE) {
            st = rk_out_write(out, rk_buf_slice(&b), err);
            rk_buf_clear(&b);
        }
    }
    if (st == RK_OK) st = rk_out_write(out, rk_buf_slice(&b), err);
    rk_buf_free(&b);
    return st;
}

static rk_status write_figures(const rk_arsip *a, const rk_arsip_series *s, const char *path,
                               rk_err *err) {
    rk_out *out = NULL;
    RK_TRY(rk_out_open(path, &out, err));
    rk_status st = put_figures(a, s, out, err);
    if (st == RK_OK) return rk_out_close(&out, err);
    rk_out_abort(&out);
    return st;
}

static rk_status small(const char *dir, const char *name, rk_slice bytes, rk_err *err) {
    char path[PATH_BYTES];
    int n = snprintf(path, sizeof path, "%s/%s", dir, name);
    if (n < 0 || n >= (int)sizeof path) return rk_fail(err, RK_LIMIT, "%s: path too long", dir);
    return rk_file_write(path, bytes, true, err);
}

static rk_status write_all(const rk_arsip *a, const rk_arsip_series *s, const char *dir,
                           rk_err *err) {
    char path[PATH_BYTES];
    rk_buf b;
    rk_buf_init(&b, PIECE * 4);
    put_series(a, s, &b);
    rk_status st = small(dir, "seri.csv", rk_buf_slice(&b), err);
    rk_buf_clear(&b);
    rk_buf_lit(&b, "sumber,teks\n1,");
    field(&b, a->source[a->n_source - 1], true);
    if (st == RK_OK) st = small(dir, "sumber.csv", rk_buf_slice(&b), err);
    rk_buf_free(&b);
    if (st == RK_OK)
        st = small(dir, "pilihan.csv",
                   RK_LIT("pemilu,kontes,lingkup,pilihan,nomor,nama,partai\n"), err);
    RK_TRY(st);
    int n = snprintf(path, sizeof path, "%s/angka.csv.zst", dir);
    if (n < 0 || n >= (int)sizeof path) return rk_fail(err, RK_LIMIT, "%s: path too long", dir);
    return write_figures(a, s, path, err);
}

rk_status rk_arsip_save(const rk_arsip *a, uint32_t series, const char *dir, rk_err *err) {
    const rk_arsip_series *s = &a->series[series];
    char top[PATH_BYTES], now[PATH_BYTES], tmp[PATH_BYTES];
    struct stat st;
    RK_ASSERT(a->sorted);
    int n = snprintf(top, sizeof top, "%s/impor", dir);
    int k = snprintf(now, sizeof now, "%s/impor/%.*s", dir, RK_FMT(s->code));
    int l = snprintf(tmp, sizeof tmp, "%s/impor/.baru-%.*s", dir, RK_FMT(s->code));
    if (n < 0 || k < 0 || l < 0 || l >= (int)sizeof tmp)
        return rk_fail(err, RK_LIMIT, "%s: the path is too long", dir);
    if (stat(now, &st) == 0)
        return rk_fail(err, RK_CONFLICT,
                       "%s is there already: remove it or name the series "
                       "otherwise",
                       now);
    RK_TRY(rk_dir_make(tmp, err));
    RK_TRY(write_all(a, s, tmp, err));
    if (rename(tmp, now) != 0)
        return rk_fail(err, RK_IO, "%s: cannot rename to %s: %s", tmp, now, strerror(errno));
    return rk_dir_sync(top, err);
}
