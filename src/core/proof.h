/* Proofs on paper (C2SP tlog-proof): index, inclusion proof and signed checkpoint in one text
 * that can be checked without a network. A receipt is one. Parsed strictly: one spelling each;
 * slices point into the caller's bytes. Limits: RK_PROOF_MAX bytes, RK_PROOF_HASHES_MAX hashes,
 * RK_PROOF_EXTRA_MAX bytes of extra data. Errors: RK_BAD_INPUT, RK_LIMIT the bytes are no
 * proof; when checked also RK_CONFLICT (a wrong signature, or the entry is not there) and
 * RK_NOT_FOUND (no known log or no quorum has signed). Source: c2sp.org/tlog-proof;
 * docs/format/proof.md. */
#ifndef RK_CORE_PROOF_H
#define RK_CORE_PROOF_H

#include "core/merkle.h"
#include "core/policy.h"

typedef struct rk_proof {
    rk_slice extra; /* base64, empty when there is none; never vouched for */
    uint64_t index;
    rk_merkle_proof path;
    rk_slice checkpoint; /* the signed note, not looked at by rk_proof_parse */
} rk_proof;

rk_status rk_proof_parse(rk_slice bytes, rk_proof *out, rk_err *err);
/* Appends the text. extra holds bytes here, not base64. */
rk_status rk_proof_put(rk_slice extra, uint64_t index, const rk_merkle_proof *path,
                       rk_slice checkpoint, rk_buf *out, rk_err *err);
/* The entry with this leaf hash stands at p->index in a log that the policy accepts; *out = the
 * checkpoint that says so. */
rk_status rk_proof_check(const rk_proof *p, const rk_policy *policy, const rk_sha256 *leaf,
                         rk_checkpoint *out, rk_err *err);

#endif
