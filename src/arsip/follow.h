/* One of today's kabupaten/kota through all elections: which region held it then, by the
 * crosswalk, and how well that region stands for it. Pure. */
#ifndef RK_ARSIP_FOLLOW_H
#define RK_ARSIP_FOLLOW_H

#include "arsip/arsip.h"

enum rk_fit {
    RK_FIT_EXACT,  /* the same region, nothing split off since */
    RK_FIT_WIDER,  /* approximate: it held regions that have split off since */
    RK_FIT_PARENT, /* approximate: it did not exist, this is the region it came from */
    RK_FIT_UNSURE, /* a change is recorded, but not when or from what */
    RK_FIT_NONE    /* no region was found */
};
const char *rk_fit_name(enum rk_fit f); /* "tepat", "perkiraan", ... */

typedef struct rk_stop {
    uint32_t election;
    uint32_t region; /* node of that election's tree, RK_NONE = none */
    enum rk_fit fit;
    rk_buf why; /* what makes it approximate; empty = nothing */
} rk_stop;

/* The row of the concordance for a code: Kemendagri 2025, else KPU 2024. RK_NONE = none. */
uint32_t rk_arsip_find_codes(const rk_arsip *a, rk_slice code);
/* One stop per election, in the order of their dates (as in pemilu.csv). rk_follow_free. */
rk_stop *rk_arsip_follow(const rk_arsip *a, uint32_t codes_row);
void rk_follow_free(const rk_arsip *a, rk_stop *stops);
/* The date of a birth, or the middle of the year its law is of; false when neither is known. */
bool rk_birth_date(const rk_arsip_birth *b, char date[11]);

#endif
