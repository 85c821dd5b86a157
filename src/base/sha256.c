/* OpenSSL's low-level calls: they hash with the processor's SHA instructions and allocate
 * nothing, where the EVP way looks the algorithm up and allocates for each hash. A Merkle tree
 * is millions of small hashes, so this matters. They are marked deprecated in OpenSSL 3, not
 * removed. */
#define OPENSSL_SUPPRESS_DEPRECATED
#include "base/sha256.h"

#include "base/err.h"

#include <openssl/sha.h>

_Static_assert(SHA256_DIGEST_LENGTH == sizeof(rk_sha256), "a hash is 32 bytes");

rk_sha256 rk_sha256_of(rk_slice bytes) {
    SHA256_CTX c;
    rk_sha256 h;
    RK_ASSERT(SHA256_Init(&c) == 1);
    if (bytes.len) RK_ASSERT(SHA256_Update(&c, bytes.ptr, bytes.len) == 1);
    RK_ASSERT(SHA256_Final(h.b, &c) == 1);
    return h;
}

rk_sha256 rk_sha256_of_prefixed(uint8_t first, rk_slice bytes) {
    SHA256_CTX c;
    rk_sha256 h;
    RK_ASSERT(SHA256_Init(&c) == 1);
    RK_ASSERT(SHA256_Update(&c, &first, 1) == 1);
    if (bytes.len) RK_ASSERT(SHA256_Update(&c, bytes.ptr, bytes.len) == 1);
    RK_ASSERT(SHA256_Final(h.b, &c) == 1);
    return h;
}

char *rk_sha256_put(char *p, const rk_sha256 *h) {
    static const char digit[] = "0123456789abcdef";
    for (size_t i = 0; i < sizeof h->b; i++) {
        *p++ = digit[h->b[i] >> 4];
        *p++ = digit[h->b[i] & 15];
    }
    return p;
}

static int nibble(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool rk_sha256_parse(rk_slice hex, rk_sha256 *out) {
    *out = (rk_sha256){{0}};
    if (hex.len != 2 * sizeof out->b) return false;
    rk_sha256 h;
    for (size_t i = 0; i < sizeof h.b; i++) {
        int a = nibble(hex.ptr[2 * i]), b = nibble(hex.ptr[2 * i + 1]);
        if (a < 0 || b < 0) return false;
        h.b[i] = (uint8_t)(a * 16 + b);
    }
    *out = h;
    return true;
}
