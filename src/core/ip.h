/* IP addresses as 16 bytes (IPv4 as ::ffff:a.b.c.d, so that both are one order), without
 * sockets: the gate, the registries of addresses and the firewall's text speak of them alike.
 * By value, nothing to free. Texts: RFC 4291 section 2.2, written as RFC 5952 says; IPv4 in
 * four decimal parts without leading zeros. */
#ifndef RK_CORE_IP_H
#define RK_CORE_IP_H

#include "base/slice.h"

#define RK_IP_TEXT_MAX 45u     /* bytes of an address, without an end */
#define RK_PREFIX_TEXT_MAX 49u /* with "/128" */

typedef struct rk_ip {
    uint8_t b[16];
} rk_ip;

typedef struct rk_ip_range {
    rk_ip first, last; /* both are in it */
} rk_ip_range;

rk_ip rk_ip_of4(const uint8_t v4[4]);
bool rk_ip_is4(const rk_ip *a);
int rk_ip_cmp(const rk_ip *a, const rk_ip *b);
/* The next address; false (and unchanged) after the last of all. The one before likewise. */
bool rk_ip_next(rk_ip *a);
bool rk_ip_before(rk_ip *a);

bool rk_ip_parse(rk_slice text, rk_ip *out);
/* "10.1.0.0/16", "2001:db8::/32", or one address. Bits after the prefix may be set: they are
 * passed over. */
bool rk_ip_range_parse(rk_slice text, rk_ip_range *out);
static inline bool rk_ip_in(const rk_ip_range *r, const rk_ip *a) {
    return rk_ip_cmp(&r->first, a) <= 0 && rk_ip_cmp(a, &r->last) <= 0;
}
/* The 2^(128-bits) addresses that share the first bits of `a`. bits at most 128. */
rk_ip_range rk_ip_range_of(const rk_ip *a, unsigned bits);

/* Writes at most RK_IP_TEXT_MAX bytes; returns the end. */
char *rk_ip_put(char *p, const rk_ip *a);
/* An address that no registry assigns to anybody ("10.0.0.0/8, RFC 1918"), or NULL. From the
 * IANA special-purpose address registries (RFC 6890). */
const char *rk_ip_special(const rk_ip *a);

#endif
