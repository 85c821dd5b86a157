/* libsodium and not OpenSSL: side by side on one core it verified 1.8 times and signed 2 times
 * as many a second (bench/merkle.c measures it again), needs no allocation a call, and refuses
 * keys of small order. sodium_init() is not called: it chooses among implementations of other
 * algorithms and opens the random source, neither of which signing or verifying uses. */
#include "base/ed25519.h"

#include "base/err.h"

#include <sodium.h>

_Static_assert(crypto_sign_SEEDBYTES == sizeof(rk_ed25519_seed), "a seed is 32 bytes");
_Static_assert(crypto_sign_PUBLICKEYBYTES == sizeof(rk_ed25519_public),
               "a public key is 32 bytes");
_Static_assert(crypto_sign_SECRETKEYBYTES == sizeof(rk_ed25519_secret), "a secret is 64 bytes");
_Static_assert(crypto_sign_BYTES == sizeof(rk_ed25519_sig), "a signature is 64 bytes");

/* libsodium's prototypes want non-NULL even for no bytes. */
static const unsigned char *bytes_of(rk_slice s) {
    return (const unsigned char *)(s.len ? s.ptr : "");
}

void rk_ed25519_key(const rk_ed25519_seed *seed, rk_ed25519_secret *secret,
                    rk_ed25519_public *public_key) {
    RK_ASSERT(crypto_sign_seed_keypair(public_key->b, secret->b, seed->b) == 0);
}

void rk_ed25519_sign(const rk_ed25519_secret *secret, rk_slice message, rk_ed25519_sig *out) {
    RK_ASSERT(crypto_sign_detached(out->b, NULL, bytes_of(message), message.len, secret->b) ==
              0);
}

bool rk_ed25519_verify(const rk_ed25519_public *key, rk_slice message,
                       const rk_ed25519_sig *sig) {
    return crypto_sign_verify_detached(sig->b, bytes_of(message), message.len, key->b) == 0;
}

void rk_ed25519_wipe(void *secret, size_t n) { sodium_memzero(secret, n); }
