/* Descriptions of imports on any bytes; one that is taken is run on a table whose columns it
 * may name (the bytes after a NUL, or a small one). */
#include "arsip/import.h"
#include "arsip/parse.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static rk_arsip *base(void) {
    rk_arsip *a = rk_arsip_new();
    rk_err e = RK_ERR_INIT;
    RK_ASSERT(rk_arsip_read_trees(
                  a, RK_LIT("pohon,dasar,kolom_kode,berkas\nt,u,kode_kemendagri_2025,x\n"),
                  &e) == RK_OK);
    RK_ASSERT(rk_arsip_read_elections(
                  a, RK_LIT("pemilu,nama,tanggal,jenis,pohon\np,P,2019-04-17,s,t\n"), &e) ==
              RK_OK);
    RK_ASSERT(rk_arsip_read_contests(a,
                                     RK_LIT("pemilu,kontes,nama,bentuk,tingkat_pilihan\np,dpr,"
                                            "D,partai,0\np,dpt,D,pemilih,0\n"),
                                     &e) == RK_OK);
    RK_ASSERT(
        rk_arsip_read_regions(
            a, 0,
            RK_LIT("kode,induk,nama,tingkat\n1,,A,1\n11,1,B,2\n111,11,D,3\n1111,111,E,4\n"),
            (rk_slice){"", 0}, &e) == RK_OK);
    RK_ASSERT(rk_arsip_read_items(
                  a,
                  RK_LIT("butir,satuan,menjumlah,nama_id,nama_en\nsuara,s,1,S,V\npemilih_dpt,s,"
                         "1,S,V\npemilih_dpt_l,s,1,S,V\npemilih_dpt_p,s,1,P,U\npemilih_umur,s,"
                         "0,P,U\npemilih_disabilitas,s,0,P,U\n"),
                  &e) == RK_OK);
    return a;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
    rk_slice all = {(const char *)data, n}, json = all;
    const char *nul = n ? memchr(data, 0, n) : NULL;
    rk_slice csv = RK_LIT("k,v,t,j,u,d\n11,5,1111-001,L,30,0\n1,7,1111-002,P,17,1\n");
    if (nul) {
        json.len = (size_t)(nul - (const char *)data);
        csv = rk_slice_from(all, json.len + 1);
    }
    rk_arsip *a = base();
    rk_err e = RK_ERR_INIT;
    rk_spec *s;
    if (rk_spec_parse(a, json, &s, &e) == RK_OK) {
        rk_import_result r;
        uint32_t series;
        (void)rk_arsip_import(a, s, csv, NULL, NULL, &series, &r, &e);
        rk_spec_free(&s);
    }
    rk_arsip_free(&a);
    return 0;
}
