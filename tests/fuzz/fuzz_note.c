/* Any bytes as a signed note: refused, or its parts put together are the bytes. Any text is
 * signed and read back; with any bytes after it, it never has more signers than signed. */
#include "base/mem.h"
#include "core/note.h"

#include "base/err.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static rk_signer signer(const char *name, enum rk_key_type type, uint8_t seed) {
    rk_ed25519_seed s = {{seed}};
    rk_signer out;
    RK_ASSERT(rk_signer_new(rk_slice_str(name), type, &s, &out, NULL) == RK_OK);
    return out;
}

static void any_bytes(rk_slice bytes, const rk_verifier *key) {
    rk_note note;
    rk_err err = RK_ERR_INIT;
    uint64_t by, times[2];
    if (rk_note_parse(bytes, &note, &err) != RK_OK) {
        RK_ASSERT(err.text[0] != '\0');
        return;
    }
    const char *at = note.text.ptr + note.text.len + 1;
    RK_ASSERT(note.text.ptr == bytes.ptr && note.n_sig >= 1 && rk_note_text_ok(note.text));
    for (uint32_t i = 0; i < note.n_sig; i++) {
        RK_ASSERT(note.sig[i].line.ptr == at && rk_key_name_ok(note.sig[i].name));
        at += note.sig[i].line.len;
    }
    RK_ASSERT(at == bytes.ptr + bytes.len);
    rk_status s = rk_note_verify(&note, key, 2, &by, times, &err);
    RK_ASSERT((s == RK_OK) == (by != 0) && (s == RK_OK) == (err.text[0] == '\0'));
}

static void signed_text(rk_slice text, const rk_signer *log, const rk_signer *witness) {
    const rk_verifier key[2] = {log->verifier, witness->verifier};
    rk_buf b;
    rk_note note;
    uint64_t by;
    rk_buf_init(&b, RK_NOTE_MAX);
    rk_note_begin(text, &b);
    bool ok = rk_note_sign(text, log, 0, &b, NULL) == RK_OK;
    RK_ASSERT(ok == rk_note_text_ok(text) || b.failed);
    if (ok && rk_note_sign(text, witness, text.len, &b, NULL) == RK_OK) {
        RK_ASSERT(rk_note_parse(rk_buf_slice(&b), &note, NULL) == RK_OK);
        RK_ASSERT(rk_slice_eq(note.text, text) && note.n_sig == 2);
        RK_ASSERT(rk_note_verify(&note, key, 2, &by, NULL, NULL) == RK_OK && by == 3);
        b.ptr[text.len / 2] ^= 1;
        RK_ASSERT(rk_note_parse(rk_buf_slice(&b), &note, NULL) != RK_OK ||
                  rk_note_verify(&note, key, 2, &by, NULL, NULL) != RK_OK);
    }
    rk_buf_free(&b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
    static rk_signer log, witness; /* made once: it is slow beside parsing */
    if (!log.verifier.name_len) {
        log = signer("example.org/log", RK_KEY_ED25519, 1);
        witness = signer("w.example", RK_KEY_COSIGN, 2);
    }
    const rk_verifier key[2] = {log.verifier, witness.verifier};
    rk_slice bytes = {(const char *)data, n};
    rk_verifier v;
    any_bytes(bytes, key);
    if (n % 16 == 0) signed_text(bytes, &log, &witness); /* slow too: one length in sixteen */
    if (rk_verifier_parse(bytes, &v, NULL) == RK_OK) {
        rk_buf b;
        rk_buf_init(&b, 4096);
        rk_verifier_put(&v, &b);
        RK_ASSERT(rk_slice_eq(rk_buf_slice(&b), bytes));
        rk_buf_free(&b);
    }
    return 0;
}
