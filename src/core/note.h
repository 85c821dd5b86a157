/* Signed notes (C2SP signed-note): a text, an empty line, signature lines. Parsed strictly: a
 * note that parses has exactly one spelling. Slices of a parsed note point into the caller's
 * bytes. Two algorithms: Ed25519 over the text (type 1), and cosignature/v1, Ed25519 over a
 * time and the text (type 4). Signatures of other keys and algorithms are carried and passed
 * over. Limits: RK_NOTE_MAX bytes, RK_NOTE_SIGNATURES_MAX signatures (the least that the
 * specification allows as a bound), RK_KEYS_MAX known keys. Errors: RK_BAD_INPUT the bytes are
 * no note; RK_LIMIT too long, too many signatures; RK_CONFLICT a known key's signature is
 * wrong; RK_NOT_FOUND no known key has signed. Source: c2sp.org/signed-note,
 * c2sp.org/tlog-cosignature; docs/format/checkpoint.md. */
#ifndef RK_CORE_NOTE_H
#define RK_CORE_NOTE_H

#include "core/notekey.h"

typedef struct rk_note_sig {
    rk_slice name;
    uint32_t id;
    rk_slice base64; /* id and signature */
    rk_slice line;   /* the whole line with its newline */
} rk_note_sig;

typedef struct rk_note {
    rk_slice all;
    rk_slice text; /* with its last newline, without the empty line */
    uint32_t n_sig;
    rk_note_sig sig[RK_NOTE_SIGNATURES_MAX];
} rk_note;

/* ---- reading ---- */
rk_status rk_note_parse(rk_slice bytes, rk_note *out, rk_err *err);
/* One or more signature lines without a text (what a witness answers); out->text is empty. */
rk_status rk_note_parse_lines(rk_slice lines, rk_note *out, rk_err *err);

/* Which of the keys (bit i = key[i], n <= RK_KEYS_MAX) have signed the text. All of their
 * signatures must be right. times (NULL allowed) has n places: the latest time that cosigner i
 * vouches for, else 0. Two different keys of one name and id: RK_BAD_INPUT. */
rk_status rk_note_verify(const rk_note *note, const rk_verifier *key, size_t n,
                         uint64_t *signed_by, uint64_t *times, rk_err *err);

/* ---- writing ---- */
/* A text can be signed: valid UTF-8, no controls but newlines, its last byte a newline. */
bool rk_note_text_ok(rk_slice text);
/* Appends the text and the empty line; signature lines follow. */
void rk_note_begin(rk_slice text, rk_buf *out);
/* Appends one signature line over `text`; time is what a cosigner states (seconds since 1970,
 * at most 2^63 - 1), 0 for a type 1 key. */
rk_status rk_note_sign(rk_slice text, const rk_signer *signer, uint64_t time, rk_buf *out,
                       rk_err *err);

#endif
