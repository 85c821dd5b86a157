/* Ed25519 signatures (RFC 8032) by libsodium. Signing needs no random numbers: the same key and
 * message give the same signature everywhere. Verification is strict: a public key or signature
 * point of small order, a non-canonical encoding or an S outside the group's order is refused,
 * so that a valid signature cannot be turned into another valid one. Not for: keys at rest.
 * Whoever holds a secret wipes it (rk_ed25519_wipe). */
#ifndef RK_BASE_ED25519_H
#define RK_BASE_ED25519_H

#include "base/slice.h"

typedef struct rk_ed25519_seed {
    uint8_t b[32];
} rk_ed25519_seed; /* what is kept secret */
typedef struct rk_ed25519_public {
    uint8_t b[32];
} rk_ed25519_public;
typedef struct rk_ed25519_secret {
    uint8_t b[64];
} rk_ed25519_secret; /* seed, then public key */
typedef struct rk_ed25519_sig {
    uint8_t b[64];
} rk_ed25519_sig;

void rk_ed25519_key(const rk_ed25519_seed *seed, rk_ed25519_secret *secret,
                    rk_ed25519_public *public_key);
void rk_ed25519_sign(const rk_ed25519_secret *secret, rk_slice message, rk_ed25519_sig *out);
bool rk_ed25519_verify(const rk_ed25519_public *key, rk_slice message,
                       const rk_ed25519_sig *sig);
/* Overwrites n bytes in a way that the compiler does not leave out. */
void rk_ed25519_wipe(void *secret, size_t n);

#endif
