/* The signature that goes with a request of a delivery, so that whoever receives it can tell
 * that it came from the publisher and was not changed: HTTP Message Signatures (RFC 9421) with
 * Ed25519 over method, path, and the body's digest (RFC 9530), with the time of signing.
 * Pure; the caller's time. docs/format/kirim.md tells receivers how to check it. */
#ifndef RK_CORE_HTTPSIG_H
#define RK_CORE_HTTPSIG_H

#include "base/sha256.h"
#include "core/notekey.h"

typedef struct rk_httpsig {
    rk_slice method, path; /* the path as it is sent, without query */
    rk_sha256 digest;      /* of the body */
    uint32_t created;      /* seconds since 1970 */
} rk_httpsig;

/* The value of Content-Digest: "sha-256=:BASE64:". */
void rk_httpsig_digest(const rk_sha256 *h, rk_buf *out);
/* The value of Signature-Input: "rekap=(...);created=...;keyid=...;alg=...". The key id is the
 * key's name, '+', its id in eight hexadecimal digits: as in signed notes. */
void rk_httpsig_input(const rk_httpsig *s, const rk_verifier *v, rk_buf *out);
/* The text that is signed. */
void rk_httpsig_base(const rk_httpsig *s, const rk_verifier *v, rk_buf *out);
/* The value of Signature: "rekap=:BASE64:". */
void rk_httpsig_sign(const rk_httpsig *s, const rk_signer *key, rk_buf *out);

#endif
