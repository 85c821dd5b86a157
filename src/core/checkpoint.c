#include "core/checkpoint.h"

#include "base/base64.h"
#include "core/line.h"
#include "core/merkle.h"

static rk_status check_extensions(rk_slice lines, rk_err *err) {
    rk_slice line;
    while (rk_line_next(&lines, &line))
        if (line.len == 0) return rk_fail(err, RK_BAD_INPUT, "an empty line in a checkpoint");
    return RK_OK;
}

rk_status rk_checkpoint_parse(rk_slice text, rk_checkpoint *out, rk_err *err) {
    rk_checkpoint c = {0};
    rk_slice rest = text, size, root;
    *out = c;
    if (!rk_note_text_ok(text))
        return rk_fail(err, RK_BAD_INPUT, "a checkpoint is UTF-8 lines, each with its newline");
    if (!rk_line_next(&rest, &c.origin) || !rk_line_next(&rest, &size) ||
        !rk_line_next(&rest, &root))
        return rk_fail(err, RK_BAD_INPUT, "a checkpoint has three lines: origin, size, root");
    if (c.origin.len == 0 || c.origin.len > RK_KEY_NAME_MAX)
        return rk_fail_at(err, RK_BAD_INPUT, 1, 0, "the origin has 1 to %u bytes",
                          RK_KEY_NAME_MAX);
    if (!rk_line_number(size, RK_LOG_SIZE_MAX, &c.size))
        return rk_fail_at(err, RK_BAD_INPUT, 2, 0,
                          "the size is a decimal number below 2^63 without leading zeros");
    if (!rk_line_hash(root, &c.root))
        return rk_fail_at(err, RK_BAD_INPUT, 3, 0, "the root is the base64 of 32 bytes");
    rk_sha256 empty = rk_merkle_empty();
    if ((c.size == 0) != rk_merkle_eq(&c.root, &empty))
        return rk_fail_at(err, RK_BAD_INPUT, 3, 0,
                          "this root does not belong to a log of %llu entries",
                          (unsigned long long)c.size);
    RK_TRY(check_extensions(rest, err));
    c.extensions = rest;
    *out = c;
    return RK_OK;
}

rk_status rk_checkpoint_put(const rk_checkpoint *c, rk_buf *out, rk_err *err) {
    size_t from = out->len;
    rk_checkpoint back;
    rk_buf_add(out, c->origin);
    rk_buf_byte(out, '\n');
    rk_buf_num(out, c->size);
    rk_buf_byte(out, '\n');
    rk_buf_base64(out, (rk_slice){(const char *)c->root.b, sizeof c->root.b});
    rk_buf_byte(out, '\n');
    rk_buf_add(out, c->extensions);
    if (out->failed) return rk_fail(err, RK_LIMIT, "no room for a checkpoint");
    RK_TRY(rk_checkpoint_parse(rk_slice_from(rk_buf_slice(out), from), &back, err));
    if (!rk_slice_eq(back.origin, c->origin) || back.size != c->size ||
        !rk_merkle_eq(&back.root, &c->root))
        return rk_fail(err, RK_BAD_INPUT, "a checkpoint's origin is one line");
    return RK_OK;
}

rk_status rk_checkpoint_sign(const rk_checkpoint *c, const rk_signer *signer, size_t n,
                             rk_buf *out, rk_err *err) {
    size_t from = out->len;
    RK_ASSERT(n >= 1 && n <= RK_NOTE_SIGNATURES_MAX);
    for (size_t i = 0; i < n; i++)
        if (signer[i].verifier.type != RK_KEY_ED25519 ||
            !rk_slice_eq(rk_verifier_name(&signer[i].verifier), c->origin))
            return rk_fail(err, RK_BAD_INPUT,
                           "a log signs with keys of type 1 named as its origin");
    RK_TRY(rk_checkpoint_put(c, out, err));
    size_t length = out->len - from;
    rk_buf_byte(out, '\n');
    for (size_t i = 0; i < n; i++) {
        if (out->failed) return rk_fail(err, RK_LIMIT, "no room for a checkpoint");
        rk_buf line;
        rk_buf_init(&line, 1024);
        rk_status s =
            rk_note_sign((rk_slice){out->ptr + from, length}, &signer[i], 0, &line, err);
        rk_buf_add(out, rk_buf_slice(&line));
        rk_buf_free(&line);
        RK_TRY(s);
    }
    return out->failed ? rk_fail(err, RK_LIMIT, "no room for a checkpoint") : RK_OK;
}

rk_status rk_checkpoint_open(rk_slice bytes, const rk_verifier *key, size_t n,
                             rk_checkpoint *out, rk_err *err) {
    rk_note note;
    rk_checkpoint c;
    uint64_t by;
    *out = (rk_checkpoint){0};
    RK_TRY(rk_note_parse(bytes, &note, err));
    RK_TRY(rk_note_verify(&note, key, n, &by, NULL, err));
    RK_TRY(rk_checkpoint_parse(note.text, &c, err));
    for (size_t i = 0; i < n; i++)
        if ((by >> i & 1) && key[i].type == RK_KEY_ED25519 &&
            rk_slice_eq(rk_verifier_name(&key[i]), c.origin)) {
            *out = c;
            return RK_OK;
        }
    return rk_fail(err, RK_NOT_FOUND, "no known key of %.*s has signed this", RK_FMT(c.origin));
}
