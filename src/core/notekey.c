#include "core/notekey.h"

#include "base/base64.h"
#include "base/err.h"
#include "base/sha256.h"
#include "base/utf8.h"

#define PRIVATE "PRIVATE+KEY+"
enum { ID_DIGITS = 8, KEY_BYTES = 33 };

/* The White_Space characters of Unicode that are not ASCII controls. */
static bool is_space(rk_slice s, size_t n) {
    static const char *const spaces[] = {" ",
                                         "\xc2\x85",
                                         "\xc2\xa0",
                                         "\xe1\x9a\x80",
                                         "\xe2\x80\xa8",
                                         "\xe2\x80\xa9",
                                         "\xe2\x80\xaf",
                                         "\xe2\x81\x9f",
                                         "\xe3\x80\x80"};
    rk_slice c = {s.ptr, n};
    for (size_t i = 0; i < sizeof spaces / sizeof *spaces; i++)
        if (rk_slice_is(c, spaces[i])) return true;
    /* U+2000 to U+200A */
    return n == 3 && rk_slice_starts(c, RK_LIT("\xe2\x80")) && (unsigned char)c.ptr[2] <= 0x8a;
}

bool rk_key_name_ok(rk_slice name) {
    if (name.len == 0 || name.len > RK_KEY_NAME_MAX) return false;
    while (name.len) {
        size_t n = rk_utf8_len(name);
        unsigned char c = (unsigned char)name.ptr[0];
        if (n == 0 || c < 0x20 || c == '+' || is_space(name, n)) return false;
        name = rk_slice_from(name, n);
    }
    return true;
}

/* The type and the public key: what the id is over and the text form has in base64. */
static void typed_key(enum rk_key_type type, const uint8_t key[32], uint8_t out[KEY_BYTES]) {
    out[0] = (uint8_t)type;
    memcpy(out + 1, key, 32);
}

uint32_t rk_key_id(rk_slice name, enum rk_key_type type, const rk_ed25519_public *key) {
    char all[RK_KEY_NAME_MAX + 1 + KEY_BYTES];
    RK_ASSERT(name.len <= RK_KEY_NAME_MAX);
    memcpy(all, name.ptr, name.len);
    all[name.len] = '\n';
    typed_key(type, key->b, (uint8_t *)all + name.len + 1);
    rk_sha256 h = rk_sha256_of((rk_slice){all, name.len + 1 + KEY_BYTES});
    return (uint32_t)h.b[0] << 24 | (uint32_t)h.b[1] << 16 | (uint32_t)h.b[2] << 8 | h.b[3];
}

rk_status rk_verifier_new(rk_slice name, enum rk_key_type type, const rk_ed25519_public *key,
                          rk_verifier *out, rk_err *err) {
    *out = (rk_verifier){0};
    if (!rk_key_name_ok(name))
        return rk_fail(err, RK_BAD_INPUT,
                       "a key's name has 1 to %u bytes of UTF-8, no spaces and no '+'",
                       RK_KEY_NAME_MAX);
    if (type != RK_KEY_ED25519 && type != RK_KEY_COSIGN)
        return rk_fail(err, RK_BAD_INPUT, "keys of type %u are not known here", (unsigned)type);
    *out = (rk_verifier){.type = type, .key = *key, .name_len = (uint8_t)name.len};
    memcpy(out->name, name.ptr, name.len);
    out->id = rk_key_id(name, type, key);
    return RK_OK;
}

static bool parse_id(rk_slice s, uint32_t *id) {
    *id = 0;
    if (s.len != ID_DIGITS) return false;
    for (size_t i = 0; i < s.len; i++) {
        char c = s.ptr[i];
        bool digit = c >= '0' && c <= '9';
        if (!digit && (c < 'a' || c > 'f')) return false;
        *id = *id << 4 | (uint32_t)(digit ? c - '0' : c - 'a' + 10);
    }
    return true;
}

/* name+id+base64(type, 32 bytes) taken apart; the base64 may have a '+' of its own. */
static rk_status parse_parts(rk_slice text, rk_slice *name, uint32_t *id,
                             uint8_t key[KEY_BYTES], rk_err *err) {
    rk_slice rest = text, hex;
    if (text.len == 0 || !rk_slice_cut(&rest, '+', name) || !rk_slice_cut(&rest, '+', &hex) ||
        rest.ptr == NULL || !parse_id(hex, id))
        return rk_fail(err, RK_BAD_INPUT, "a key is NAME+ID+BASE64, ID 8 hexadecimal digits");
    if (!rk_base64_parse_exact(rest, key, KEY_BYTES))
        return rk_fail(err, RK_BAD_INPUT,
                       "the last part of a key is base64 of a type and 32 bytes (Ed25519)");
    return RK_OK;
}

static rk_status same_id(uint32_t said, uint32_t is, rk_err *err) {
    if (said == is) return RK_OK;
    return rk_fail(err, RK_BAD_INPUT, "the key's id is %08x, but it says %08x: mistyped?", is,
                   said);
}

rk_status rk_verifier_parse(rk_slice text, rk_verifier *out, rk_err *err) {
    uint8_t typed[KEY_BYTES] = {0};
    uint32_t id = 0;
    rk_slice name = {0};
    rk_ed25519_public key;
    *out = (rk_verifier){0};
    RK_TRY(parse_parts(text, &name, &id, typed, err));
    memcpy(key.b, typed + 1, sizeof key.b);
    RK_TRY(rk_verifier_new(name, (enum rk_key_type)typed[0], &key, out, err));
    return same_id(id, out->id, err);
}

static void put_parts(rk_slice name, uint32_t id, const uint8_t typed[KEY_BYTES], rk_buf *out) {
    rk_buf_add(out, name);
    rk_buf_printf(out, "+%08x+", id);
    rk_buf_base64(out, (rk_slice){(const char *)typed, KEY_BYTES});
}

void rk_verifier_put(const rk_verifier *v, rk_buf *out) {
    uint8_t typed[KEY_BYTES];
    typed_key(v->type, v->key.b, typed);
    put_parts(rk_verifier_name(v), v->id, typed, out);
}

rk_status rk_signer_new(rk_slice name, enum rk_key_type type, const rk_ed25519_seed *seed,
                        rk_signer *out, rk_err *err) {
    rk_ed25519_public key;
    *out = (rk_signer){0};
    rk_ed25519_key(seed, &out->secret, &key);
    rk_status s = rk_verifier_new(name, type, &key, &out->verifier, err);
    if (s != RK_OK) rk_signer_wipe(out);
    return s;
}

rk_status rk_signer_parse(rk_slice text, rk_signer *out, rk_err *err) {
    uint8_t typed[KEY_BYTES] = {0};
    uint32_t id = 0;
    rk_slice name = {0};
    rk_ed25519_seed seed;
    *out = (rk_signer){0};
    if (!rk_slice_starts(text, RK_LIT(PRIVATE)))
        return rk_fail(err, RK_BAD_INPUT, "a signer key begins with " PRIVATE);
    rk_status s = parse_parts(rk_slice_from(text, sizeof PRIVATE - 1), &name, &id, typed, err);
    memcpy(seed.b, typed + 1, sizeof seed.b);
    if (s == RK_OK) s = rk_signer_new(name, (enum rk_key_type)typed[0], &seed, out, err);
    if (s == RK_OK) s = same_id(id, out->verifier.id, err);
    if (s != RK_OK) rk_signer_wipe(out);
    rk_ed25519_wipe(typed, sizeof typed);
    rk_ed25519_wipe(&seed, sizeof seed);
    return s;
}

void rk_signer_put(const rk_signer *s, rk_buf *out) {
    uint8_t typed[KEY_BYTES];
    typed_key(s->verifier.type, s->secret.b, typed); /* a secret begins with its seed */
    rk_buf_lit(out, PRIVATE);
    put_parts(rk_verifier_name(&s->verifier), s->verifier.id, typed, out);
    rk_ed25519_wipe(typed, sizeof typed);
}

void rk_signer_wipe(rk_signer *s) { rk_ed25519_wipe(s, sizeof *s); }
