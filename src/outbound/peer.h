/* Looks at the certificate that a declared target shows: connects through the gate, shakes
 * hands (TLS), reads the certificate, and goes. Nothing is sent beyond the handshake, nothing
 * is trusted because of it. Only TLS from the first byte (HTTPS, submission on 465 and the
 * like); what begins in the clear (STARTTLS) shows none. One thread at a time. */
#ifndef RK_OUTBOUND_PEER_H
#define RK_OUTBOUND_PEER_H

#include "core/resident.h"
#include "outbound/outbound.h"

#define RK_PEER_MS 5000u /* connecting and shaking hands take no longer, each */

/* Fills out->...; why there is no certificate stands in out->problem. */
void rk_peer_look(const rk_target *t, const rk_ip *address, rk_peer *out);

#endif
