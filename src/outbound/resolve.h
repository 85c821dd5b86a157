/* Names into addresses. To ask for a name is itself to tell somebody outside what one is about
 * to do, so the servers that the C library would ask (/etc/resolv.conf) must be declared, each
 * as a target of kind "resolver", before it may ask them. Addresses and loopback need nobody.
 * What else a system's nsswitch.conf may ask (mDNS, a daemon) is not seen here: the firewall of
 * `rekap residency nft` holds it. Blocks as long as the C library does. Any thread. */
#ifndef RK_OUTBOUND_RESOLVE_H
#define RK_OUTBOUND_RESOLVE_H

#include "core/ip.h"
#include "outbound/outbound.h"

#define RK_RESOLVERS_MAX 3u /* what the C library takes of resolv.conf (MAXNS) */

/* The name servers of a resolv.conf; what is none is passed over, as the C library does. */
uint32_t rk_resolvers_parse(rk_slice bytes, rk_ip out[RK_RESOLVERS_MAX]);

/* RK_OK when looking this host up asks nobody, or only declared resolvers; RK_CONFLICT naming
 * the rule otherwise (the refusal is counted and shown like any other). */
rk_status rk_outbound_may_resolve(rk_slice host, rk_err *err);
/* The addresses of a host that rk_outbound_may_resolve admits, at most max; *n = how many.
 * RK_NOT_FOUND: the name has none. */
rk_status rk_outbound_resolve(rk_slice host, rk_ip *out, uint32_t max, uint32_t *n,
                              rk_err *err);

#endif
