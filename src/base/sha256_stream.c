#define OPENSSL_SUPPRESS_DEPRECATED /* see sha256.c */
#include "base/sha256_stream.h"

#include "base/err.h"

#include <openssl/sha.h>

_Static_assert(sizeof(SHA256_CTX) <= sizeof(rk_sha256_stream), "OpenSSL's state fits");

void rk_sha256_begin(rk_sha256_stream *s) {
    RK_ASSERT(SHA256_Init((SHA256_CTX *)(void *)s->state) == 1);
}

void rk_sha256_add(rk_sha256_stream *s, rk_slice bytes) {
    if (bytes.len)
        RK_ASSERT(SHA256_Update((SHA256_CTX *)(void *)s->state, bytes.ptr, bytes.len) == 1);
}

rk_sha256 rk_sha256_end(rk_sha256_stream *s) {
    rk_sha256 h;
    RK_ASSERT(SHA256_Final(h.b, (SHA256_CTX *)(void *)s->state) == 1);
    return h;
}
