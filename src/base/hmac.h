/* HMAC-SHA-256 (RFC 2104, FIPS 198-1): a hash that only who knows the key can make. */
#ifndef RK_BASE_HMAC_H
#define RK_BASE_HMAC_H

#include "base/sha256.h"

rk_sha256 rk_hmac_sha256(rk_slice key, rk_slice message);

#endif
