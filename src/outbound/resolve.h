/* Names into addresses. To ask for a name is itself to tell somebody outside what one is about
 * to do, so the servers that the C library would ask (/etc/resolv.conf) must be declared, each
 * as a target of kind "resolver", before it may ask them. Addresses and loopback need nobody.
 * What else a system's nsswitch.conf may ask (mDNS, a daemon) is not seen here: the firewall of
 * `rekap residency nft` holds it. Blocks as long as the C library does. Any thread. */
#ifndef RK_OUTBOUND_RESOLVE_H
#define RK_OUTBOUND_RESOLVE_H

#include "base/buf.h"
#include "core/ip.h"
#include "outbound/outbound.h"

#define RK_RESOLVERS_MAX 3u /* what the C library takes of resolv.conf (MAXNS) */

/* The name servers of a resolv.conf; what is none is passed over, as the C library does. */
uint32_t rk_resolvers_parse(rk_slice bytes, rk_ip out[RK_RESOLVERS_MAX]);

/* RK_OK when looking this host up asks nobody, or only declared resolvers; RK_CONFLICT naming
 * the rule, *why (NULL allowed), otherwise (the refusal is counted and shown like any other).
 */
rk_status rk_outbound_may_resolve(rk_slice host, enum rk_residency_rule *why, rk_err *err);
/* A name whose addresses are declared one by one is not looked up at all: nobody outside needs
 * to be asked. Appends "HOST:PORT:ADDRESS,..." and a 0 byte, as CURLOPT_RESOLVE takes it; false
 * when no addresses are declared, or a prefix is among them. t may be NULL. */
bool rk_outbound_known(const rk_target *t, rk_slice host, uint16_t port, rk_buf *out);
/* The addresses of a host that rk_outbound_may_resolve admits, at most max; *n = how many.
 * RK_NOT_FOUND: the name has none. */
rk_status rk_outbound_resolve(rk_slice host, rk_ip *out, uint32_t max, uint32_t *n,
                              rk_err *err);

#endif
