/* What does not agree in the archive: sums within a series, and series of one contest against
 * each other. Nothing is repaired: the list is compared with the one that is shipped
 * (selisih.csv.zst), so that a known difference is known and a new one is noticed. Pure. */
#ifndef RK_ARSIP_CHECK_H
#define RK_ARSIP_CHECK_H

#include "arsip/arsip.h"

enum rk_diff_kind {                   /* in the order of their names */
                    RK_DIFF_CHILDREN, /* anak-induk: sum over the regions below, the region's
                                         own figure */
                    RK_DIFF_PARTS,  /* bagian-dpt: men and women (home and abroad), the whole */
                    RK_DIFF_VALID,  /* pilihan-sah: votes of all choices, suara_sah */
                    RK_DIFF_TOTAL,  /* sah-total: valid and invalid, pengguna or suara_total */
                    RK_DIFF_SERIES, /* seri: two series, the one of stronger standing second */
                    RK_DIFF_KINDS
};
const char *rk_diff_name(enum rk_diff_kind k);

typedef struct rk_diff {
    enum rk_diff_kind kind;
    uint32_t a, b; /* series; b = RK_NONE within one */
    uint32_t region, item, choice;
    int64_t value_a, value_b;
} rk_diff;

typedef struct rk_diffs {
    rk_diff *at;
    uint32_t n, cap;
} rk_diffs;

/* Every difference, ordered. The caller frees out->at. The archive must be sorted. */
void rk_arsip_differences(const rk_arsip *a, rk_diffs *out);
/* Two series of the same contest, down to level `deepest` (dapil always): the differing
 * figures are appended; *same (NULL allowed) counts the equal ones. */
void rk_arsip_between(const rk_arsip *a, uint32_t one, uint32_t two, unsigned deepest,
                      rk_diffs *out, uint32_t *same);

/* Reads a list of known differences (selisih.csv.zst). RK_BAD_INPUT with line and column. */
rk_status rk_arsip_read_known(const rk_arsip *a, rk_slice csv, rk_diffs *out, rk_err *err);
/* The same difference in both lists: kind, series, region, item, choice and both values. */
int rk_diff_cmp(const void *a, const void *b);

#endif
