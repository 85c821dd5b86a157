/* SHA-256 (FIPS 180-4) by OpenSSL. */
#ifndef RK_BASE_SHA256_H
#define RK_BASE_SHA256_H

#include "base/slice.h"

typedef struct rk_sha256 {
    uint8_t b[32];
} rk_sha256;

rk_sha256 rk_sha256_of(rk_slice bytes);
/* The hash of one byte followed by bytes, without copying them together. */
rk_sha256 rk_sha256_of_prefixed(uint8_t first, rk_slice bytes);
/* 64 lower-case hexadecimal digits at p; returns the end. */
char *rk_sha256_put(char *p, const rk_sha256 *h);
/* Exactly 64 lower-case digits; false (and *out all zero) otherwise. */
bool rk_sha256_parse(rk_slice hex, rk_sha256 *out);

#endif
