/* The sieve, for the files that let something through it: disclosure.c, observed.c. */
#ifndef RK_CORE_DISCLOSURE_INNER_H
#define RK_CORE_DISCLOSURE_INNER_H

#include "core/disclosure.h"

typedef struct rk_sieve {
    const rk_infra *in;
    rk_disclosure *d;
    rk_slice *secret; /* withheld texts that must not stand inside an open one; owned array */
    uint32_t n_secret, cap_secret;
} rk_sieve;

void rk_sieve_begin(rk_sieve *s, const rk_infra *in, rk_disclosure *d);
void rk_sieve_end(rk_sieve *s);
/* Exempt, and its exemption has not opened it by running out. */
bool rk_sieve_shut(const rk_sieve *s, uint32_t exemption);
/* A withheld text stands in it. */
bool rk_sieve_secret(const rk_sieve *s, rk_slice text);
/* The same, or it looks like an address or place: why it must not be shown; NULL: it may. */
const char *rk_sieve_tells(const rk_sieve *s, rk_slice text);
rk_slice rk_sieve_keep(rk_disclosure *d, rk_slice text);
void rk_sieve_warn(rk_disclosure *d, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

#endif
