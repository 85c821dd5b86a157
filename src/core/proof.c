#include "core/proof.h"

#include "base/base64.h"
#include "core/line.h"

#define FIRST "c2sp.org/tlog-proof@v1"

static rk_status parse_extra(rk_slice base64, rk_proof *p, rk_err *err) {
    size_t n;
    if (!rk_base64_check(base64, &n) || n == 0)
        return rk_fail_at(err, RK_BAD_INPUT, 2, 0, "extra data is base64, not empty");
    if (n > RK_PROOF_EXTRA_MAX)
        return rk_fail_at(err, RK_LIMIT, 2, 0, "over %u bytes of extra data",
                          RK_PROOF_EXTRA_MAX);
    p->extra = base64;
    return RK_OK;
}

/* The hashes and the empty line after them. */
static rk_status parse_path(rk_slice *rest, size_t at, rk_merkle_proof *path, rk_err *err) {
    rk_slice line;
    while (rk_line_next(rest, &line)) {
        if (line.len == 0) return RK_OK;
        if (path->n == RK_PROOF_HASHES_MAX)
            return rk_fail(err, RK_LIMIT, "more than %u hashes", RK_PROOF_HASHES_MAX);
        if (!rk_line_hash(line, &path->hash[path->n]))
            return rk_fail_at(err, RK_BAD_INPUT, at + path->n, 0, "not the base64 of a hash");
        path->n++;
    }
    return rk_fail(err, RK_BAD_INPUT, "no empty line before the checkpoint");
}

rk_status rk_proof_parse(rk_slice bytes, rk_proof *out, rk_err *err) {
    rk_slice rest = bytes, line, value;
    rk_proof p = {0};
    size_t at = 2;
    *out = p;
    if (bytes.len > RK_PROOF_MAX)
        return rk_fail(err, RK_LIMIT, "a proof has at most %u bytes", RK_PROOF_MAX);
    if (!rk_line_next(&rest, &line) || !rk_slice_is(line, FIRST))
        return rk_fail_at(err, RK_BAD_INPUT, 1, 0, "a proof begins with the line " FIRST);
    if (!rk_line_next(&rest, &line)) return rk_fail(err, RK_BAD_INPUT, "no index");
    if (rk_line_after(line, "extra", &value)) {
        RK_TRY(parse_extra(value, &p, err));
        at++;
        if (!rk_line_next(&rest, &line)) return rk_fail(err, RK_BAD_INPUT, "no index");
    }
    if (!rk_line_after(line, "index", &value) ||
        !rk_line_number(value, RK_LOG_SIZE_MAX - 1, &p.index))
        return rk_fail_at(err, RK_BAD_INPUT, at, 0, "index is a decimal number below 2^63 - 1");
    RK_TRY(parse_path(&rest, at + 1, &p.path, err));
    if (rest.len == 0) return rk_fail(err, RK_BAD_INPUT, "no checkpoint");
    p.checkpoint = rest;
    *out = p;
    return RK_OK;
}

rk_status rk_proof_put(rk_slice extra, uint64_t index, const rk_merkle_proof *path,
                       rk_slice checkpoint, rk_buf *out, rk_err *err) {
    RK_ASSERT(path->n <= RK_PROOF_HASHES_MAX);
    if (extra.len > RK_PROOF_EXTRA_MAX || checkpoint.len > RK_NOTE_MAX)
        return rk_fail(err, RK_LIMIT, "extra data or checkpoint too long for a proof");
    rk_buf_lit(out, FIRST "\n");
    if (extra.len) {
        rk_buf_lit(out, "extra ");
        rk_buf_base64(out, extra);
        rk_buf_byte(out, '\n');
    }
    rk_buf_lit(out, "index ");
    rk_buf_num(out, index);
    rk_buf_byte(out, '\n');
    for (uint32_t i = 0; i < path->n; i++) {
        rk_buf_base64(out, (rk_slice){(const char *)path->hash[i].b, sizeof path->hash[i].b});
        rk_buf_byte(out, '\n');
    }
    rk_buf_byte(out, '\n');
    rk_buf_add(out, checkpoint);
    return out->failed ? rk_fail(err, RK_LIMIT, "no room for a proof") : RK_OK;
}

rk_status rk_proof_check(const rk_proof *p, const rk_policy *policy, const rk_sha256 *leaf,
                         rk_checkpoint *out, rk_err *err) {
    rk_checkpoint c;
    *out = (rk_checkpoint){0};
    RK_TRY(rk_policy_check(policy, p->checkpoint, &c, NULL, err));
    RK_TRY(rk_merkle_check_inclusion(leaf, p->index, c.size, p->path.hash, p->path.n, &c.root,
                                     err));
    *out = c;
    return RK_OK;
}
