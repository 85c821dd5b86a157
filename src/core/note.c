/* Why a wrong signature of a known key refuses the whole note, even beside right ones: it never
 * happens by accident, and whoever meets it should look. Why repeated signatures of one key are
 * all checked: else a note could carry a line that some read as signed and others do not. */
#include "core/note.h"

#include "base/base64.h"
#include "base/mem.h"
#include "core/line.h"

#define DASH "\xe2\x80\x94 " /* U+2014 and a space */
#define COSIGNATURE "cosignature/v1\n"
enum {
    ID_BYTES = 4,
    TIME_BYTES = 8,
    SIG_BYTES = 64,
    MINE_MAX = ID_BYTES + TIME_BYTES + SIG_BYTES
};

static uint64_t big_endian(const uint8_t *p, unsigned n) {
    uint64_t v = 0;
    for (unsigned i = 0; i < n; i++) v = v << 8 | p[i];
    return v;
}

static void put_big_endian(uint8_t *p, unsigned n, uint64_t v) {
    for (unsigned i = 0; i < n; i++) p[i] = (uint8_t)(v >> (8 * (n - 1 - i)));
}

/* ---- reading ---- */

bool rk_note_text_ok(rk_slice text) {
    return text.len && text.ptr[text.len - 1] == '\n' && rk_line_text(text, true);
}

/* `— name base64` without its newline. */
static bool parse_signature(rk_slice line, rk_note_sig *out) {
    size_t n;
    uint8_t head[6]; /* 8 characters: the id and what follows it */
    if (!rk_slice_starts(line, RK_LIT(DASH))) return false;
    rk_slice rest = rk_slice_from(line, sizeof DASH - 1);
    if (!rk_slice_cut(&rest, ' ', &out->name) || !rk_key_name_ok(out->name)) return false;
    if (rest.ptr == NULL || !rk_base64_check(rest, &n) || n <= ID_BYTES) return false;
    if (!rk_base64_parse((rk_slice){rest.ptr, 8}, head, sizeof head, &n)) return false;
    out->id = (uint32_t)big_endian(head, ID_BYTES);
    out->base64 = rest;
    return true;
}

rk_status rk_note_parse_lines(rk_slice lines, rk_note *out, rk_err *err) {
    rk_slice line, rest = lines;
    *out = (rk_note){.all = lines};
    if (lines.len > RK_NOTE_MAX)
        return rk_fail(err, RK_LIMIT, "a signed note has at most %u bytes", RK_NOTE_MAX);
    if (lines.len == 0 || lines.ptr[lines.len - 1] != '\n')
        return rk_fail(err, RK_BAD_INPUT,
                       "a signed note ends with a signature line and a newline");
    while (rk_line_next(&rest, &line)) {
        rk_note_sig s = {.line = {line.ptr, line.len + 1}};
        if (!parse_signature(line, &s))
            return rk_fail_at(err, RK_BAD_INPUT, out->n_sig + 1, 0,
                              "signature line %u is not: dash, space, name, space, base64",
                              out->n_sig + 1);
        if (out->n_sig == RK_NOTE_SIGNATURES_MAX)
            return rk_fail(err, RK_LIMIT, "more than %u signatures", RK_NOTE_SIGNATURES_MAX);
        out->sig[out->n_sig++] = s;
    }
    return RK_OK;
}

/* The length of the text: up to the last empty line; 0 when there is none. */
static size_t text_length(rk_slice s) {
    for (size_t i = s.len; i >= 2; i--)
        if (s.ptr[i - 1] == '\n' && s.ptr[i - 2] == '\n') return i - 1;
    return 0;
}

rk_status rk_note_parse(rk_slice bytes, rk_note *out, rk_err *err) {
    *out = (rk_note){0};
    if (bytes.len > RK_NOTE_MAX)
        return rk_fail(err, RK_LIMIT, "a signed note has at most %u bytes", RK_NOTE_MAX);
    if (!rk_line_text(bytes, true))
        return rk_fail(err, RK_BAD_INPUT, "a signed note is UTF-8 without control characters");
    size_t n = text_length(bytes);
    if (n == 0) return rk_fail(err, RK_BAD_INPUT, "no empty line between text and signatures");
    RK_TRY(rk_note_parse_lines(rk_slice_from(bytes, n + 1), out, err));
    out->all = bytes;
    out->text = (rk_slice){bytes.ptr, n};
    return RK_OK;
}

/* ---- the message of a cosignature ---- */

static void cosigned(rk_slice text, uint64_t time, rk_buf *out) {
    rk_buf_init(out, RK_NOTE_MAX + 64);
    rk_buf_lit(out, COSIGNATURE "time ");
    rk_buf_num(out, time);
    rk_buf_byte(out, '\n');
    rk_buf_add(out, text);
}

static bool cosignature_ok(const rk_verifier *v, rk_slice text, uint64_t time,
                           const rk_ed25519_sig *sig) {
    rk_buf message;
    if (time > INT64_MAX) return false;
    cosigned(text, time, &message);
    bool ok = !message.failed && rk_ed25519_verify(&v->key, rk_buf_slice(&message), sig);
    rk_buf_free(&message);
    return ok;
}

/* *time = what the signature says, 0 for a type 1 key. */
static bool signature_ok(const rk_verifier *v, rk_slice text, const rk_note_sig *s,
                         uint64_t *time) {
    uint8_t raw[MINE_MAX];
    rk_ed25519_sig sig;
    bool timed = v->type == RK_KEY_COSIGN;
    size_t n = timed ? MINE_MAX : ID_BYTES + SIG_BYTES;
    *time = 0;
    if (!rk_base64_parse_exact(s->base64, raw, n)) return false;
    memcpy(sig.b, raw + n - SIG_BYTES, SIG_BYTES);
    if (!timed) return rk_ed25519_verify(&v->key, text, &sig);
    *time = big_endian(raw + ID_BYTES, TIME_BYTES);
    return cosignature_ok(v, text, *time, &sig);
}

/* The known key of that name and id: its place, or n; n + 1 when there are two. */
static size_t find_key(const rk_note_sig *s, const rk_verifier *key, size_t n) {
    size_t found = n;
    for (size_t i = 0; i < n; i++) {
        if (key[i].id != s->id || !rk_slice_eq(rk_verifier_name(&key[i]), s->name)) continue;
        if (found != n) return n + 1;
        found = i;
    }
    return found;
}

rk_status rk_note_verify(const rk_note *note, const rk_verifier *key, size_t n,
                         uint64_t *signed_by, uint64_t *times, rk_err *err) {
    RK_ASSERT(n <= RK_KEYS_MAX);
    uint64_t by = 0, time;
    *signed_by = 0;
    if (times) memset(times, 0, n * sizeof *times);
    for (uint32_t i = 0; i < note->n_sig; i++) {
        const rk_note_sig *s = &note->sig[i];
        size_t k = find_key(s, key, n);
        if (k == n) continue;
        if (k > n)
            return rk_fail(err, RK_BAD_INPUT, "two known keys are named %.*s+%08x",
                           RK_FMT(s->name), s->id);
        if (!signature_ok(&key[k], note->text, s, &time))
            return rk_fail(err, RK_CONFLICT, "the signature of %.*s (key %08x) is wrong",
                           RK_FMT(s->name), s->id);
        by |= (uint64_t)1 << k;
        if (times && time > times[k]) times[k] = time;
    }
    if (by == 0) return rk_fail(err, RK_NOT_FOUND, "no known key has signed this");
    *signed_by = by;
    return RK_OK;
}

/* ---- writing ---- */

void rk_note_begin(rk_slice text, rk_buf *out) {
    rk_buf_add(out, text);
    rk_buf_byte(out, '\n');
}

static rk_status sign_bytes(rk_slice text, const rk_signer *signer, uint64_t time,
                            rk_ed25519_sig *sig, rk_err *err) {
    if (signer->verifier.type == RK_KEY_ED25519) {
        rk_ed25519_sign(&signer->secret, text, sig);
        return RK_OK;
    }
    rk_buf message;
    cosigned(text, time, &message);
    bool fits = !message.failed;
    if (fits) rk_ed25519_sign(&signer->secret, rk_buf_slice(&message), sig);
    rk_buf_free(&message);
    return fits ? RK_OK : rk_fail(err, RK_LIMIT, "this text is too long to be signed");
}

rk_status rk_note_sign(rk_slice text, const rk_signer *signer, uint64_t time, rk_buf *out,
                       rk_err *err) {
    uint8_t raw[MINE_MAX];
    rk_ed25519_sig sig;
    const rk_verifier *v = &signer->verifier;
    bool timed = v->type == RK_KEY_COSIGN;
    size_t n = timed ? MINE_MAX : ID_BYTES + SIG_BYTES;
    if (!rk_note_text_ok(text))
        return rk_fail(err, RK_BAD_INPUT,
                       "a text to sign is UTF-8 lines, each with its newline");
    if (time > INT64_MAX || (!timed && time))
        return rk_fail(err, RK_BAD_INPUT, "such a key cannot state that time");
    RK_TRY(sign_bytes(text, signer, time, &sig, err));
    put_big_endian(raw, ID_BYTES, v->id);
    put_big_endian(raw + ID_BYTES, TIME_BYTES, time); /* overwritten where there is no time */
    memcpy(raw + n - SIG_BYTES, sig.b, SIG_BYTES);
    rk_buf_lit(out, DASH);
    rk_buf_add(out, rk_verifier_name(v));
    rk_buf_byte(out, ' ');
    rk_buf_base64(out, (rk_slice){(const char *)raw, n});
    rk_buf_byte(out, '\n');
    return out->failed ? rk_fail(err, RK_LIMIT, "no room for a signature") : RK_OK;
}
