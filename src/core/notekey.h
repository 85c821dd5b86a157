/* Keys that sign notes: a name, an algorithm, a public key, and the id that stands in each
 * signature. Text forms, as other programs of the C2SP family write them:
 *     example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k       a verifier
 * key PRIVATE+KEY+example.com/foo+530d903a+AQ...                                  a signer key,
 * secret Held by value, names included. Whoever holds a signer wipes it (rk_signer_wipe).
 * Limits: names up to RK_KEY_NAME_MAX bytes. Errors: RK_BAD_INPUT only.
 * Source: c2sp.org/signed-note; docs/format/checkpoint.md. */
#ifndef RK_CORE_NOTEKEY_H
#define RK_CORE_NOTEKEY_H

#include "base/buf.h"
#include "base/ed25519.h"
#include "base/limits.h"

enum rk_key_type {
    RK_KEY_ED25519 = 1, /* signs the text of the note */
    RK_KEY_COSIGN = 4,  /* cosignature/v1: signs a time and a checkpoint */
};

typedef struct rk_verifier {
    enum rk_key_type type;
    uint32_t id;
    rk_ed25519_public key;
    uint8_t name_len;
    char name[RK_KEY_NAME_MAX];
} rk_verifier;

typedef struct rk_signer {
    rk_verifier verifier;
    rk_ed25519_secret secret;
} rk_signer;

static inline rk_slice rk_verifier_name(const rk_verifier *v) {
    return (rk_slice){v->name, v->name_len};
}

/* Not empty, valid UTF-8, no space of any script, no control character, no '+', not too long.
 */
bool rk_key_name_ok(rk_slice name);
/* SHA-256(name, newline, type, public key), its first four bytes as a big-endian number. */
uint32_t rk_key_id(rk_slice name, enum rk_key_type type, const rk_ed25519_public *key);

rk_status rk_verifier_new(rk_slice name, enum rk_key_type type, const rk_ed25519_public *key,
                          rk_verifier *out, rk_err *err);
rk_status rk_verifier_parse(rk_slice text, rk_verifier *out, rk_err *err);
void rk_verifier_put(const rk_verifier *v, rk_buf *out);

rk_status rk_signer_new(rk_slice name, enum rk_key_type type, const rk_ed25519_seed *seed,
                        rk_signer *out, rk_err *err);
rk_status rk_signer_parse(rk_slice text, rk_signer *out, rk_err *err);
void rk_signer_put(const rk_signer *s, rk_buf *out);
void rk_signer_wipe(rk_signer *s);

#endif
