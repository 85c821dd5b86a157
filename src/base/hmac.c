#include "base/hmac.h"

#include "base/ed25519.h"
#include "base/sha256_stream.h"

#define BLOCK 64 /* bytes of SHA-256's block */

static rk_sha256 keyed(const uint8_t key[BLOCK], uint8_t pad, rk_slice message) {
    uint8_t first[BLOCK];
    rk_sha256_stream s;
    for (unsigned i = 0; i < BLOCK; i++) first[i] = key[i] ^ pad;
    rk_sha256_begin(&s);
    rk_sha256_add(&s, (rk_slice){(const char *)first, BLOCK});
    rk_sha256_add(&s, message);
    rk_ed25519_wipe(first, sizeof first);
    return rk_sha256_end(&s);
}

rk_sha256 rk_hmac_sha256(rk_slice key, rk_slice message) {
    uint8_t k[BLOCK] = {0};
    rk_sha256 h;
    if (key.len > BLOCK) {
        h = rk_sha256_of(key);
        memcpy(k, h.b, sizeof h.b);
    } else if (key.len) {
        memcpy(k, key.ptr, key.len);
    }
    h = keyed(k, 0x36, message);
    h = keyed(k, 0x5c, (rk_slice){(const char *)h.b, sizeof h.b});
    rk_ed25519_wipe(k, sizeof k);
    return h;
}
