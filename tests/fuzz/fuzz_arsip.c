/* The archive's tables on any bytes: the first byte says which. What is taken can be sorted,
 * summed and compared without a broken invariant. */
#include "arsip/check.h"
#include "arsip/coverage.h"
#include "arsip/parse.h"
#include "base/mem.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void must(rk_status s) { RK_ASSERT(s == RK_OK); }

static rk_arsip *base(void) {
    rk_arsip *a = rk_arsip_new();
    rk_err e = RK_ERR_INIT;
    must(rk_arsip_read_trees(a, RK_LIT("pohon,dasar,kolom_kode,berkas\nt,u,kode_kpu_2019,x\n"),
                             &e));
    must(rk_arsip_read_elections(
        a, RK_LIT("pemilu,nama,tanggal,jenis,pohon\np,P,2019-04-17,s,t\n"), &e));
    must(rk_arsip_read_contests(
        a, RK_LIT("pemilu,kontes,nama,bentuk,tingkat_pilihan\np,dpr,D,partai,0\n"), &e));
    must(rk_arsip_read_regions(
        a, 0,
        RK_LIT(
            "kode,induk,nama,tingkat\n1,,A,1\n11,1,B,2\n12,1,C,2\n111,11,D,3\n1111,111,E,4\n"),
        (rk_slice){"", 0}, &e));
    must(rk_arsip_read_items(
        a,
        RK_LIT("butir,satuan,menjumlah,nama_id,nama_en\nsuara,s,1,S,V\nsuara_sah,s,1,S,"
               "V\nsuara_tidak_sah,s,1,S,V\npengguna,s,1,P,U\n"),
        &e));
    must(rk_arsip_read_sources(a, RK_LIT("sumber,teks\n1,x\n"), &e));
    must(rk_arsip_read_dapil(a, RK_LIT("pemilu,dapil,nama,kursi,sumber\np,1,D,3,1\n"), &e));
    must(rk_arsip_read_series(a,
                              RK_LIT("pemilu,kontes,seri,kedudukan,nomor,nama\np,dpr,s,pers,,"
                                     "S\np,dpr,k,keputusan,1,K\n"),
                              &e));
    return a;
}

static rk_status table(rk_arsip *a, unsigned which, rk_slice csv, rk_err *e) {
    switch (which % 14) {
    case 0:
        return rk_arsip_read_trees(a, csv, e);
    case 1:
        return rk_arsip_read_elections(a, csv, e);
    case 2:
        return rk_arsip_read_contests(a, csv, e);
    case 3:
        return rk_arsip_read_items(a, csv, e);
    case 4:
        return rk_arsip_read_sources(a, csv, e);
    case 5:
        return rk_arsip_read_dapil(a, csv, e);
    case 6:
        return rk_arsip_read_members(a, csv, e);
    case 7:
        return rk_arsip_read_series(a, csv, e);
    case 8:
        return rk_arsip_read_choices(a, csv, e);
    case 9:
        return rk_arsip_read_crosswalk(a, csv, e);
    case 10:
        return rk_arsip_read_codes(a, csv, e);
    case 11:
        return rk_arsip_read_expected(a, csv, e);
    case 12: {
        rk_diffs d;
        rk_status s = rk_arsip_sort(a, e);
        if (s == RK_OK)
            s = rk_arsip_read_known(a, csv, &d, e);
        else
            return s;
        rk_free(d.at);
        return s;
    }
    default:
        return rk_arsip_read_figures(a, csv, 0, e);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
    if (n == 0) return 0;
    rk_arsip *a = base();
    rk_err e = RK_ERR_INIT;
    rk_status s = table(a, data[0], (rk_slice){(const char *)data + 1, n - 1}, &e);
    if (s == RK_OK && data[0] % 14 != 0 && data[0] % 14 != 1 && rk_arsip_sort(a, &e) == RK_OK) {
        rk_diffs d;
        rk_coverage *c;
        rk_arsip_differences(a, &d);
        rk_free(d.at);
        (void)rk_arsip_coverage(a, &c);
        rk_free(c);
    }
    rk_arsip_free(&a);
    return 0;
}
