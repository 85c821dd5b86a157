/* The order of the checks is that of the specification, and no detail of the log's state is
 * told to whoever has not shown a checkpoint with the log's signature. */
#include "core/witness.h"

#include "base/base64.h"
#include "core/line.h"

/* ---- the request ---- */

/* The hashes and the empty line after them. */
static rk_status parse_proof(rk_slice *rest, rk_merkle_proof *proof, rk_err *err) {
    rk_slice line;
    while (rk_line_next(rest, &line)) {
        if (line.len == 0) return RK_OK;
        if (proof->n == RK_PROOF_HASHES_MAX)
            return rk_fail(err, RK_LIMIT, "more than %u hashes", RK_PROOF_HASHES_MAX);
        if (!rk_line_hash(line, &proof->hash[proof->n]))
            return rk_fail_at(err, RK_BAD_INPUT, 2 + proof->n, 0, "not the base64 of a hash");
        proof->n++;
    }
    return rk_fail(err, RK_BAD_INPUT, "no empty line before the checkpoint");
}

rk_status rk_witness_request_parse(rk_slice bytes, rk_witness_request *out, rk_err *err) {
    rk_slice rest = bytes, line, value;
    rk_witness_request r = {0};
    *out = r;
    if (bytes.len > RK_WITNESS_REQUEST_MAX)
        return rk_fail(err, RK_LIMIT, "a request has at most %u bytes", RK_WITNESS_REQUEST_MAX);
    if (!rk_line_next(&rest, &line) || !rk_line_after(line, "old", &value) ||
        !rk_line_number(value, RK_LOG_SIZE_MAX, &r.old))
        return rk_fail_at(err, RK_BAD_INPUT, 1, 0,
                          "the first line is 'old' and a decimal number below 2^63");
    RK_TRY(parse_proof(&rest, &r.proof, err));
    if (rest.len == 0) return rk_fail(err, RK_BAD_INPUT, "no checkpoint");
    r.checkpoint = rest;
    *out = r;
    return RK_OK;
}

rk_status rk_witness_request_put(uint64_t old, const rk_merkle_proof *proof,
                                 rk_slice checkpoint, rk_buf *out, rk_err *err) {
    RK_ASSERT(proof->n <= RK_PROOF_HASHES_MAX && old <= RK_LOG_SIZE_MAX);
    if (checkpoint.len == 0 || checkpoint.len > RK_NOTE_MAX)
        return rk_fail(err, RK_LIMIT, "a checkpoint has 1 to %u bytes", RK_NOTE_MAX);
    rk_buf_lit(out, "old ");
    rk_buf_num(out, old);
    rk_buf_byte(out, '\n');
    for (uint32_t i = 0; i < proof->n; i++) {
        rk_buf_base64(out, (rk_slice){(const char *)proof->hash[i].b, sizeof(rk_sha256)});
        rk_buf_byte(out, '\n');
    }
    rk_buf_byte(out, '\n');
    rk_buf_add(out, checkpoint);
    return out->failed ? rk_fail(err, RK_LIMIT, "no room for a request") : RK_OK;
}

/* ---- the witness's side ---- */

static enum rk_witness_status read_request(rk_slice bytes, rk_witness_request *r,
                                           rk_witness_verdict *v, rk_err *why) {
    if (rk_witness_request_parse(bytes, r, why) != RK_OK ||
        rk_note_parse(r->checkpoint, &v->note, why) != RK_OK ||
        rk_checkpoint_parse(v->note.text, &v->checkpoint, why) != RK_OK)
        return RK_WITNESS_MALFORMED;
    return RK_WITNESS_COSIGNED;
}

static bool find_log(const rk_witness_log *log, uint32_t n, rk_slice origin, uint32_t *out) {
    for (*out = 0; *out < n; ++*out)
        if (rk_slice_eq(log[*out].origin, origin)) return true;
    return false;
}

static enum rk_witness_status stale(const rk_witness_log *log, rk_witness_verdict *v,
                                    const char *what, rk_err *why) {
    v->size = log->size;
    (void)rk_fail(why, RK_CONFLICT, "%s; this witness has cosigned size %llu", what,
                  (unsigned long long)log->size);
    return RK_WITNESS_STALE;
}

/* A signed checkpoint of the log against what is remembered of it. */
static enum rk_witness_status against(const rk_witness_log *log, const rk_witness_request *r,
                                      rk_witness_verdict *v, rk_err *why) {
    const rk_checkpoint *c = &v->checkpoint;
    const rk_sha256 empty = rk_merkle_empty(), *root = log->size ? &log->root : &empty;
    v->fork = c->size == log->size && !rk_merkle_eq(&c->root, root);
    if (r->old > c->size) {
        (void)rk_fail(why, RK_BAD_INPUT, "the old size is above that of the checkpoint");
        return RK_WITNESS_MALFORMED;
    }
    if (r->old != log->size) return stale(log, v, "another old size", why);
    if (v->fork) return stale(log, v, "another root for this size", why);
    if (rk_merkle_check_consistency(r->old, root, c->size, &c->root, r->proof.hash, r->proof.n,
                                    why) != RK_OK)
        return RK_WITNESS_BAD_PROOF;
    return RK_WITNESS_COSIGNED;
}

void rk_witness_decide(const rk_witness_log *log, uint32_t n, rk_slice request,
                       rk_witness_verdict *out, rk_err *why) {
    rk_witness_request r;
    uint64_t by;
    *out = (rk_witness_verdict){0};
    out->status = read_request(request, &r, out, why);
    if (out->status != RK_WITNESS_COSIGNED) return;
    if (!find_log(log, n, out->checkpoint.origin, &out->log)) {
        out->status = RK_WITNESS_UNKNOWN;
        (void)rk_fail(why, RK_NOT_FOUND, "this witness does not watch %.*s",
                      RK_FMT(out->checkpoint.origin));
        return;
    }
    log += out->log;
    if (rk_note_verify(&out->note, log->key, log->n_key, &by, NULL, why) != RK_OK)
        out->status = RK_WITNESS_UNTRUSTED;
    else
        out->status = against(log, &r, out, why);
}

void rk_witness_size_put(uint64_t size, rk_buf *out) {
    rk_buf_num(out, size);
    rk_buf_byte(out, '\n');
}

/* ---- the client's side ---- */

static bool is_size_type(rk_slice type) {
    rk_slice first;
    return rk_slice_cut(&type, ';', &first) &&
           rk_slice_is(rk_slice_trim(first), RK_WITNESS_SIZE_TYPE);
}

static rk_status read_size(rk_slice type, rk_slice body, rk_witness_answer *out, rk_err *err) {
    rk_slice rest = body, line;
    if (is_size_type(type) && rk_line_next(&rest, &line) && rest.len == 0 &&
        rk_line_number(line, RK_LOG_SIZE_MAX, &out->size))
        return rk_fail(err, RK_CONFLICT, "has cosigned size %llu",
                       (unsigned long long)out->size);
    return rk_fail(err, RK_BAD_INPUT,
                   "status 409 without a size of type " RK_WITNESS_SIZE_TYPE);
}

static rk_status read_lines(rk_slice body, rk_slice text, const rk_verifier *key,
                            rk_witness_answer *out, rk_err *err) {
    rk_note note = {.n_sig = 0};
    uint64_t by;
    rk_status s = rk_line_text(body, true)
                      ? rk_note_parse_lines(body, &note, err)
                      : rk_fail(err, RK_BAD_INPUT, "the answer is no UTF-8 text");
    RK_TRY(s);
    note.text = text;
    if (rk_note_verify(&note, key, 1, &by, &out->time, err) != RK_OK) {
        out->time = 0;
        return RK_BAD_INPUT;
    }
    for (uint32_t i = 0; i < note.n_sig && out->line.len == 0; i++)
        if (note.sig[i].id == key->id && rk_slice_eq(note.sig[i].name, rk_verifier_name(key)))
            out->line = note.sig[i].line;
    RK_ASSERT(out->line.len);
    return RK_OK;
}

rk_status rk_witness_answer_read(unsigned status, rk_slice content_type, rk_slice body,
                                 rk_slice text, const rk_verifier *key, rk_witness_answer *out,
                                 rk_err *err) {
    *out = (rk_witness_answer){0};
    RK_ASSERT(key->type == RK_KEY_COSIGN);
    if (body.len > RK_WITNESS_ANSWER_MAX)
        return rk_fail(err, RK_LIMIT, "an answer has at most %u bytes", RK_WITNESS_ANSWER_MAX);
    if (status == RK_WITNESS_STALE) return read_size(content_type, body, out, err);
    if (status == RK_WITNESS_COSIGNED) return read_lines(body, text, key, out, err);
    return rk_fail(err, RK_NOT_FOUND, "answers with status %u", status);
}
