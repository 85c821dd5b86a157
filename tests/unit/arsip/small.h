/* A small archive in memory: two elections on two trees, two series, a split region. */
#ifndef RK_TESTS_SMALL_ARSIP_H
#define RK_TESTS_SMALL_ARSIP_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "arsip/parse.h"
#include "base/mem.h"

#define SERIES_HEAD                                                                            \
    "seri,pemilu,kontes,kedudukan,nomor,nama,bagian,lisensi,acuan,acuan_tingkat,acuan_jumlah," \
    "catatan\n"
#define FIGURE_HEAD "seri,wilayah,butir,pilihan,nilai,sumber,catatan\n"

#define READ(fn, what)                                                                         \
    do {                                                                                       \
        rk_err read_err = RK_ERR_INIT;                                                         \
        if (fn != RK_OK)                                                                       \
            fail_msg("%s: %zu:%zu %s", what, read_err.line, read_err.column, read_err.text);   \
    } while (0)

static inline rk_arsip *small_arsip(void) {
    rk_arsip *a = rk_arsip_new();
    rk_slice none = {"", 0};
    READ(
        rk_arsip_read_trees(a,
                            RK_LIT("pohon,dasar,kolom_kode,berkas\nlama,uji,"
                                   "kode_kemendagri_2025,x\nbaru,uji,kode_kemendagri_2025,y\n"),
                            &read_err),
        "trees");
    READ(rk_arsip_read_elections(a,
                                 RK_LIT("pemilu,nama,tanggal,jenis,pohon\n"
                                        "p1,Satu,1999-06-07,legislatif,lama\n"
                                        "p2,Dua,2019-04-17,serentak,baru\n"),
                                 &read_err),
         "elections");
    READ(rk_arsip_read_contests(a,
                                RK_LIT("pemilu,kontes,nama,bentuk,tingkat_pilihan\n"
                                       "p1,dpr,DPR,partai,0\np2,dpr,DPR,partai,0\n"
                                       "p2,dpt,DPT,pemilih,0\n"),
                                &read_err),
         "contests");
    READ(rk_arsip_read_regions(a, 0,
                               RK_LIT("kode,induk,nama,tingkat\n11,,A,1\n1101,11,INDUK,2\n"),
                               none, &read_err),
         "tree 1");
    READ(rk_arsip_read_regions(a, 1,
                               RK_LIT("kode,induk,nama,tingkat\n11,,A,1\n1101,11,INDUK,2\n"
                                      "1102,11,ANAK,2\nX-1,11,SALAH TEMPAT,2\n"
                                      "110101,1101,KEC,3\n1101011,110101,DESA,4\n"),
                               none, &read_err),
         "tree 2");
    READ(rk_arsip_read_items(a,
                             RK_LIT("butir,satuan,menjumlah,nama_id,nama_en\n"
                                    "suara,suara,1,Suara,Votes\nsuara_sah,suara,1,Sah,Valid\n"
                                    "pemilih_dpt,pemilih,1,DPT,Roll\n"
                                    "pemilih_dpt_l,pemilih,1,L,Men\n"
                                    "pemilih_dpt_p,pemilih,1,P,Women\n"),
                             &read_err),
         "items");
    READ(rk_arsip_read_sources(a, RK_LIT("sumber,teks\n1,halaman satu\n"), &read_err),
         "sources");
    READ(rk_arsip_read_dapil(a,
                             RK_LIT("pemilu,dapil,nama,kursi,sumber\np2,1,Dapil Satu,3,1\n"
                                    "p2,2,Dapil Dua,4,1\n"),
                             &read_err),
         "dapil");
    READ(rk_arsip_read_series(a,
                              RK_LIT(SERIES_HEAD
                                     "s1,p1,dpr,pers,,Pers,,,,,,\n"
                                     "s2,p2,dpr,keputusan,KPU 1/2019,Keputusan,,,,,,\n"
                                     "s3,p2,dpr,sistem,,Sistem,,,,,,\n"
                                     "s4,p2,dpt,daftar,,DPT,,,,,,\n"),
                              &read_err),
         "series");
    READ(rk_arsip_read_crosswalk(
             a,
             RK_LIT("level,child_code,child,parent_code,parent,date,law,source,note\n"
                    "kabupaten,1102,Kabupaten Anak,1101,Kabupaten Induk,2003-02-25,UU "
                    "3/2003,x,parent: pemekaran\n"
                    "kabupaten,1101,Kabupaten Induk,1101,Kabupaten Lama,2005-01-01,PP "
                    "1/2005,x,rename\n"),
             &read_err),
         "crosswalk");
    READ(
        rk_arsip_read_codes(a,
                            RK_LIT("kode_kemendagri_2025,nama,kode_kpu_2024,nama_kpu_2024,kode_"
                                   "kpu_2019,kode_kpu_2014,kode_bps_2020\n"
                                   "1101,Induk,1101,INDUK,7,8,9\n1102,Anak,1102,ANAK,10,,11\n"),
                            &read_err),
        "codes");
    READ(rk_arsip_read_expected(a,
                                RK_LIT("pemilu,kontes,tingkat,jumlah,dasar\np2,dpr,0,1,uji\n"
                                       "p2,dpr,1,1,uji\np2,dpr,2,2,uji\np2,dpt,5,9,uji\n"),
                                &read_err),
         "expected");
    return a;
}

static inline void small_figures(rk_arsip *a, const char *csv) {
    READ(rk_arsip_read_figures(a, rk_slice_str(csv), 0, &read_err), "figures");
    READ(rk_arsip_sort(a, &read_err), "sort");
}

#endif
