/* The keys of a log as JSON: what the log itself says, gathered in one place. */
#include "publish/api_inner.h"
#include "publish/logtree.h"

static void verifier_key(const rk_election *e, const rk_signing_key *k, rk_buf *out) {
    rk_verifier v;
    rk_buf text;
    rk_slice name = k->use == RK_KEY_CHECKPOINTS ? e->id : rk_signing_key_role(k);
    rk_buf_init(&text, 1024);
    if (rk_verifier_new(name, RK_KEY_ED25519, &k->key, &v, NULL) == RK_OK)
        rk_verifier_put(&v, &text);
    rk_js_text(out, "kunci", rk_buf_slice(&text));
    rk_buf_free(&text);
}

void rk_publish_key(const rk_election *e, const rk_signing_key *k, rk_buf *out) {
    bool log = k->use == RK_KEY_CHECKPOINTS;
    rk_buf_printf(out, "{\"id\":\"%016llx\"", (unsigned long long)k->id);
    rk_js_text(out, "guna", log ? RK_LIT("checkpoint") : RK_LIT("entri"));
    rk_js_text(out, "peran", rk_signing_key_role(k));
    rk_js_num(out, "dari", k->first);
    rk_js_key(out, "sampai");
    if (k->until == UINT64_MAX)
        rk_buf_lit(out, "null");
    else
        rk_buf_num(out, k->until);
    verifier_key(e, k, out);
    rk_buf_byte(out, '}');
}

void rk_publish_keys(const rk_election *e, rk_buf *out) {
    rk_buf_byte(out, '{');
    rk_js_text(out, "asal", e->id);
    rk_js_key(out, "kunci");
    rk_buf_byte(out, '[');
    for (uint32_t i = 0; i < e->keys.n; i++) {
        rk_js_item(out);
        rk_publish_key(e, &e->keys.key[i], out);
    }
    rk_buf_lit(out, "]}");
}
