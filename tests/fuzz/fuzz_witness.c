/* Any bytes as a request to a witness or as the answer of one. A request that parses has one
 * spelling, and is cosigned only if the log's key has signed it and it continues what was
 * there. An answer is taken only with a right cosignature. The first byte chooses; answers
 * begin with a status as text. */
#include "base/num.h"
#include "forked_log.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static rk_signer log_key, witness_key;
static rk_verifier log_verifier;
static rk_slice text; /* of a checkpoint that was sent */

static void once(void) {
    static rk_buf note;
    rk_note parsed;
    if (text.len) return;
    log_key = forked_log_key("pemilu2024", RK_KEY_ED25519, 1);
    witness_key = forked_log_key("w.example", RK_KEY_COSIGN, 2);
    log_verifier = log_key.verifier;
    forked_log *l = forked_log_new(8);
    forked_log_grow(l, 5, 1);
    forked_log_note(l, 5, &log_key, &note);
    RK_ASSERT(rk_note_parse(rk_buf_slice(&note), &parsed, NULL) == RK_OK);
    text = parsed.text;
    forked_log_free(l);
}

static void request(rk_slice bytes) {
    rk_witness_request r;
    rk_witness_verdict v;
    rk_err err = RK_ERR_INIT, why = RK_ERR_INIT;
    rk_buf b;
    if (rk_witness_request_parse(bytes, &r, &err) == RK_OK) {
        rk_buf_init(&b, RK_WITNESS_REQUEST_MAX);
        if (rk_witness_request_put(r.old, &r.proof, r.checkpoint, &b, NULL) == RK_OK)
            RK_ASSERT(rk_slice_eq(rk_buf_slice(&b), bytes));
        rk_buf_free(&b);
    } else {
        RK_ASSERT(err.text[0] != '\0' && r.checkpoint.len == 0);
    }
    rk_witness_log log = {.origin = RK_LIT("pemilu2024"), .key = &log_verifier, .n_key = 1};
    rk_witness_decide(&log, 1, bytes, &v, &why);
    RK_ASSERT((v.status == RK_WITNESS_COSIGNED) == (why.text[0] == '\0'));
    if (v.status != RK_WITNESS_COSIGNED) return;
    uint64_t by;
    RK_ASSERT(r.old == 0 && r.proof.n == 0);
    RK_ASSERT(rk_note_verify(&v.note, &log_verifier, 1, &by, NULL, NULL) == RK_OK);
    /* what it cosigned it does not cosign again from nothing, nor as another tree */
    log.size = v.checkpoint.size;
    log.root = v.checkpoint.root;
    if (log.size == 0) return;
    rk_witness_decide(&log, 1, bytes, &v, NULL);
    RK_ASSERT(v.status == RK_WITNESS_STALE && v.size == log.size && !v.fork);
}

static void answer(rk_slice bytes) {
    rk_witness_answer a;
    rk_err err = RK_ERR_INIT;
    rk_slice rest = bytes, head;
    uint64_t status = 0;
    if (!rk_slice_cut(&rest, ' ', &head) || !rk_num_parse(head, 999, &status)) return;
    rk_status s = rk_witness_answer_read((unsigned)status, RK_LIT(RK_WITNESS_SIZE_TYPE), rest,
                                         text, &witness_key.verifier, &a, &err);
    RK_ASSERT((s == RK_OK) == (a.line.len != 0) && (s == RK_OK) == (err.text[0] == '\0'));
    RK_ASSERT(s != RK_CONFLICT || (status == 409 && a.size <= RK_LOG_SIZE_MAX));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
    once();
    if (n == 0) return 0;
    rk_slice rest = {(const char *)data + 1, n - 1};
    if (data[0] == 'a')
        answer(rest);
    else
        request(rest);
    return 0;
}
