/* The 18 figures of a station form that Sirekap shows under "administrasi", in its order. Both
 * who reads its documents and who renders them go by this list. */
#ifndef RK_CORE_ADMINISTRASI_H
#define RK_CORE_ADMINISTRASI_H

#include "core/contest.h"

#define RK_ADMINISTRASI_N 18u

static inline rk_slice rk_administrasi(uint32_t i) {
    static const char *const name[RK_ADMINISTRASI_N] = {
        "suara_sah",          "suara_total",        "pemilih_dpt_j",    "pemilih_dpt_l",
        "pemilih_dpt_p",      "pengguna_dpt_j",     "pengguna_dpt_l",   "pengguna_dpt_p",
        "pengguna_dptb_j",    "pengguna_dptb_l",    "pengguna_dptb_p",  "suara_tidak_sah",
        "pengguna_total_j",   "pengguna_total_l",   "pengguna_total_p", "pengguna_non_dpt_j",
        "pengguna_non_dpt_l", "pengguna_non_dpt_p",
    };
    return rk_slice_str(name[i]);
}

/* The field that holds a party's written total (its own votes and its candidates'), or RK_NONE
 * when the contest's form has no such figure: jumlah_suara_<party>. */
static inline uint32_t rk_party_total_field(const rk_contest *c, const rk_code *party) {
    static const char prefix[] = "jumlah_suara_";
    char name[sizeof prefix + RK_CODE_MAX];
    memcpy(name, prefix, sizeof prefix - 1);
    memcpy(name + sizeof prefix - 1, party->s, party->len);
    return rk_contest_field(c, (rk_slice){name, sizeof prefix - 1 + party->len});
}

#endif
