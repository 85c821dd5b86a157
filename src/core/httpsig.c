#include "core/httpsig.h"

#include "base/base64.h"

void rk_httpsig_digest(const rk_sha256 *h, rk_buf *out) {
    rk_buf_lit(out, "sha-256=:");
    rk_buf_base64(out, (rk_slice){(const char *)h->b, sizeof h->b});
    rk_buf_byte(out, ':');
}

static void params(const rk_httpsig *s, const rk_verifier *v, rk_buf *out) {
    rk_buf_printf(out,
                  "(\"@method\" \"@path\" \"content-digest\");created=%u;keyid=\"%.*s+%08x\"",
                  s->created, RK_FMT(rk_verifier_name(v)), v->id);
    rk_buf_lit(out, ";alg=\"ed25519\"");
}

void rk_httpsig_input(const rk_httpsig *s, const rk_verifier *v, rk_buf *out) {
    rk_buf_lit(out, "rekap=");
    params(s, v, out);
}

void rk_httpsig_base(const rk_httpsig *s, const rk_verifier *v, rk_buf *out) {
    rk_buf_printf(out,
                  "\"@method\": %.*s\n\"@path\": %.*s\n\"content-digest\": ", RK_FMT(s->method),
                  RK_FMT(s->path));
    rk_httpsig_digest(&s->digest, out);
    rk_buf_lit(out, "\n\"@signature-params\": ");
    params(s, v, out);
}

void rk_httpsig_sign(const rk_httpsig *s, const rk_signer *key, rk_buf *out) {
    rk_ed25519_sig sig;
    rk_buf b;
    rk_buf_init(&b, 8192);
    rk_httpsig_base(s, &key->verifier, &b);
    RK_ASSERT(!b.failed);
    rk_ed25519_sign(&key->secret, rk_buf_slice(&b), &sig);
    rk_buf_lit(out, "rekap=:");
    rk_buf_base64(out, (rk_slice){(const char *)sig.b, sizeof sig.b});
    rk_buf_byte(out, ':');
    rk_buf_free(&b);
}
