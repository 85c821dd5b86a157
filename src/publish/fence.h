/* The declaration of residency as rules for the machine around the program: what the gate in
 * the program lets through (outbound), and nothing else, is let through by the kernel too. Both
 * texts come from one declaration, so neither can be forgotten when the other changes. They
 * hold addresses, so they are for whoever runs the machine, not for the public. Names are not
 * resolved: a target without "addresses" cannot be reached, and a remark says so.
 * Format: docs/format/residency.md. */
#ifndef RK_PUBLISH_FENCE_H
#define RK_PUBLISH_FENCE_H

#include "base/buf.h"
#include "core/residency.h"

/* An nftables ruleset for the processes of one user (name or number, [a-z0-9_-] only): `nft -f`
 * loads it, again and again. RK_CONFLICT when a target breaks a rule, RK_BAD_INPUT for a user
 * that cannot be written. */
rk_status rk_fence_nft(const rk_residency *d, rk_slice user, rk_buf *out, rk_err *err);
/* A drop-in for the systemd service (rekap.service.d/residensi.conf). */
rk_status rk_fence_systemd(const rk_residency *d, rk_buf *out, rk_err *err);

#endif
