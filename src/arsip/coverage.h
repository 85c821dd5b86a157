/* Which elections the archive has down to which level, and what is missing: a row for every
 * contest and level on which it was held. Pure. */
#ifndef RK_ARSIP_COVERAGE_H
#define RK_ARSIP_COVERAGE_H

#include "arsip/arsip.h"

typedef struct rk_coverage {
    uint32_t contest;
    unsigned level;    /* 0..5, RK_LEVEL_DAPIL */
    uint32_t expected; /* regions at home that a whole series would have, 0 = not known */
    uint32_t have;     /* regions with votes (rolls: with voters) in the best series */
    uint32_t best;     /* that series, RK_NONE = none */
    uint32_t series;   /* how many series have anything on this level */
    rk_slice basis;    /* where `expected` comes from */
} rk_coverage;

/* "lengkap", "sebagian", "ada" (how many there should be is not known), "tidak ada". */
const char *rk_coverage_state(const rk_coverage *c);
/* The caller frees *out. */
uint32_t rk_arsip_coverage(const rk_arsip *a, rk_coverage **out);

#endif
