/* SHA-256 of bytes that come piece by piece. Init, any number of adds, one end; nothing to
 * free. */
#ifndef RK_BASE_SHA256_STREAM_H
#define RK_BASE_SHA256_STREAM_H

#include "base/sha256.h"

typedef struct rk_sha256_stream {
    _Alignas(8) uint8_t state[128]; /* OpenSSL's */
} rk_sha256_stream;

void rk_sha256_begin(rk_sha256_stream *s);
void rk_sha256_add(rk_sha256_stream *s, rk_slice bytes);
rk_sha256 rk_sha256_end(rk_sha256_stream *s);

#endif
