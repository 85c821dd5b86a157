/* Any bytes as a proof: refused with a reason, or written again they are the same bytes; and
 * never a proof of an entry in a log whose key did not sign. */
#include "base/base64.h"
#include "base/mem.h"
#include "core/proof.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
    static const char POLICY[] =
        "log PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW\n"
        "quorum none\n";
    static rk_policy *policy;
    rk_slice bytes = {(const char *)data, n};
    rk_proof p;
    rk_checkpoint c;
    rk_err err = RK_ERR_INIT;
    if (!policy) RK_ASSERT(rk_policy_parse(RK_LIT(POLICY), &policy, NULL) == RK_OK);
    if (rk_proof_parse(bytes, &p, &err) != RK_OK) {
        RK_ASSERT(err.text[0] != '\0' && p.checkpoint.len == 0);
        return 0;
    }
    uint8_t *extra = rk_alloc(RK_PROOF_EXTRA_MAX);
    size_t got;
    rk_buf b;
    RK_ASSERT(rk_base64_parse(p.extra, extra, RK_PROOF_EXTRA_MAX, &got));
    rk_buf_init(&b, RK_PROOF_MAX);
    if (rk_proof_put((rk_slice){(char *)extra, got}, p.index, &p.path, p.checkpoint, &b,
                     NULL) == RK_OK)
        RK_ASSERT(rk_slice_eq(rk_buf_slice(&b), bytes));
    rk_sha256 leaf = rk_merkle_leaf(bytes);
    RK_ASSERT(rk_proof_check(&p, policy, &leaf, &c, &err) != RK_OK && err.text[0] != '\0');
    rk_buf_free(&b);
    rk_free(extra);
    return 0;
}
