/* For tests: a site of one small election, without a store or a socket. */
#ifndef TESTS_SMALL_SITE_H
#define TESTS_SMALL_SITE_H

#include "serve/pages.h"

#include "small_election.h"

#include <string.h>

static inline rk_election *small_vote(void) {
    rk_election *e = small_new("uji", "2024-02-14");
    small_regions(
        e,
        "kode,induk,nama,tingkat,jumlah_tps,nomor_tps\n11,,ACEH,1,,\n1101,11,ACEH SELATAN,2,,\n"
        "110101,1101,BAKONGAN,3,,\n1101012001,110101,KEUDE BAKONGAN,4,3,1-2;901\n"
        "1101012002,110101,UJUNG MANGKI,4,2,1-2\n");
    small_contest(
        e, "{\"format\":\"rekap-kontes-1\",\"kode\":\"ppwp\",\"nama\":\"Uji\",\"bentuk\":"
           "\"paslon\","
           "\"medan\":[\"suara_sah\",\"suara_tidak_sah\",\"suara_total\"],"
           "\"pilihan\":[{\"kode\":\"01\",\"nomor\":1,\"nama\":\"Satu\",\"warna\":\"#111111\"},"
           "{\"kode\":\"02\",\"nomor\":2,\"nama\":\"Dua\",\"warna\":\"#222222\"}],\"aturan\":"
           "\"standar\"}");
    small_form(e, 0, "1101012001001", 1708000000, (uint32_t[]){230, 5, 235, 30, 200});
    small_form(e, 0, "1101012002001", 1708000100,
               (uint32_t[]){100, 2, 103, 25, 75}); /* breaks R09 */
    small_form(e, 0, "1101012001901", 1708000200,
               (uint32_t[]){RK_ABSENT, RK_ABSENT, RK_ABSENT, RK_ABSENT, RK_ABSENT});
    rk_election_settle(e);
    return e;
}

static inline rk_site *small_site(void) {
    rk_site *s = rk_alloc(sizeof *s);
    s->served[0].election = small_vote();
    s->served[0].size = s->served[0].election->size;
    memcpy(s->served[0].base, "/uji", 5);
    RK_ASSERT(rk_code_of(RK_LIT("uji"), &s->id[0]));
    s->n = 1;
    return s;
}

static inline void small_site_free(rk_site *s) {
    rk_site_close(s);
    rk_free(s);
}

#endif
