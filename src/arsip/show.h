/* The archive as tables: its series, what it covers, figures, one kabupaten/kota through all
 * elections, differences. The columns are those of docs/format/arsip.md ("Tables shown"). Pure.
 * Each function appends to rows that the caller made with the columns named here. */
#ifndef RK_ARSIP_SHOW_H
#define RK_ARSIP_SHOW_H

#include "arsip/check.h"
#include "arsip/coverage.h"
#include "arsip/rows.h"

#define RK_SHOW_SERIES "pemilu,tanggal,kontes,seri,kedudukan,nomor,#angka,bagian,nama"
#define RK_SHOW_COVERAGE                                                                       \
    "pemilu,tanggal,kontes,tingkat,keadaan,#ada,#seharusnya,seri_terbaik,kedudukan,#seri,"     \
    "dasar"
#define RK_SHOW_FIGURES                                                                        \
    "seri,kedudukan,wilayah,nama_wilayah,butir,pilihan,nama_pilihan,#nilai,sumber,catatan"
#define RK_SHOW_FOLLOW                                                                         \
    "kode,pemilu,tanggal,wilayah,nama_wilayah,kesesuaian,kontes,seri,butir,pilihan,"           \
    "nama_pilihan,#nilai,penjelasan"
#define RK_SHOW_DIFFERENCES                                                                    \
    "jenis,seri_a,seri_b,wilayah,nama_wilayah,butir,pilihan,#nilai_a,#nilai_b,#selisih"

/* "nasional" .. "tps", "dapil". */
const char *rk_show_level(unsigned level);
/* The name of a choice as its ballot in that region has it; empty when none is known. */
rk_slice rk_show_choice(const rk_arsip *a, uint32_t contest, uint32_t region, uint32_t choice);

void rk_show_series(const rk_arsip *a, rk_rows *l);
void rk_show_coverage(const rk_arsip *a, rk_rows *l);
void rk_show_figure(const rk_arsip *a, const rk_arsip_figure *f, rk_rows *l);
/* All figures of one kabupaten/kota (a row of the concordance) in every election; an election
 * without figures has one row that says so. */
void rk_show_follow(const rk_arsip *a, uint32_t codes_row, rk_rows *l);
void rk_show_difference(const rk_arsip *a, const rk_diff *d, rk_rows *l);

#endif
