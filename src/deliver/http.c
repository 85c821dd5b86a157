/* HTTP: PUT of each file below the address, or a POST of one document to it. The body's digest
 * and an Ed25519 signature go along (core/httpsig.h), and as Idempotency-Key the name and hash:
 * whoever gets it twice can tell. */
#include "deliver/wire.h"

#include "core/httpsig.h"
#include "files/files.h"

#include <stdio.h>

static void put_path(const rk_destination *d, const rk_parcel *p, rk_buf *out) {
    rk_slice base = d->address.path;
    if (d->carry == RK_CARRY_WEBHOOK) {
        rk_buf_add(out, base.len ? base : RK_LIT("/"));
        return;
    }
    while (base.len && base.ptr[base.len - 1] == '/') base.len--;
    rk_buf_add(out, base);
    rk_buf_byte(out, '/');
    rk_buf_percent(out, p->name, "/");
}

static void header(struct curl_slist **list, const char *name, void (*value)(void *, rk_buf *),
                   void *ctx) {
    rk_buf b;
    rk_buf_init(&b, 8192);
    rk_buf_printf(&b, "%s: ", name);
    value(ctx, &b);
    rk_buf_byte(&b, 0);
    RK_ASSERT(!b.failed);
    struct curl_slist *more = curl_slist_append(*list, b.ptr);
    RK_ASSERT(more);
    *list = more;
    rk_buf_free(&b);
}

struct signing {
    rk_httpsig s;
    const rk_signer *key;
    const rk_parcel *p;
};

static void digest(void *ctx, rk_buf *b) {
    rk_httpsig_digest(&((struct signing *)ctx)->s.digest, b);
}
static void input(void *ctx, rk_buf *b) {
    const struct signing *x = ctx;
    rk_httpsig_input(&x->s, &x->key->verifier, b);
}
static void signature(void *ctx, rk_buf *b) {
    const struct signing *x = ctx;
    rk_httpsig_sign(&x->s, x->key, b);
}
/* A structured-field string of hexadecimal digits: the hash of name and content. */
static void idempotency(void *ctx, rk_buf *b) {
    const struct signing *x = ctx;
    char hex[64];
    rk_buf both;
    rk_buf_init(&both, 4096);
    rk_buf_add(&both, x->p->name);
    rk_buf_add(&both, (rk_slice){(const char *)x->p->sha256.b, sizeof x->p->sha256.b});
    rk_sha256 h = rk_sha256_of(rk_buf_slice(&both));
    rk_sha256_put(hex, &h);
    rk_buf_printf(b, "\"%.64s\"", hex);
    rk_buf_free(&both);
}
static void type(void *ctx, rk_buf *b) {
    const struct signing *x = ctx;
    rk_buf_add(b, rk_slice_ends(x->p->name, RK_LIT(".json"))
                      ? RK_LIT("application/json")
                      : RK_LIT("application/octet-stream"));
}
static struct curl_slist *headers(struct signing *x) {
    struct curl_slist *list = curl_slist_append(NULL, "Expect:"); /* no waiting for a 100 */
    RK_ASSERT(list);
    header(&list, "Content-Type", type, x);
    header(&list, "Content-Digest", digest, x);
    header(&list, "Signature-Input", input, x);
    header(&list, "Signature", signature, x);
    header(&list, "Idempotency-Key", idempotency, x);
    return list;
}

static bool options(rk_carrier *c, struct curl_slist *list) {
    CURL *e = c->easy;
    char user[160];
    bool ok =
        curl_easy_setopt(e, CURLOPT_HTTPHEADER, list) == CURLE_OK &&
        curl_easy_setopt(e, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1) == CURLE_OK;
    if (ok && c->d->carry == RK_CARRY_WEBHOOK)
        ok = curl_easy_setopt(e, CURLOPT_CUSTOMREQUEST, "POST") == CURLE_OK;
    if (!ok || c->d->user.len == 0) return ok;
    int n = snprintf(user, sizeof user, "%.*s", RK_FMT(c->d->user));
    return n > 0 && (size_t)n < sizeof user &&
           curl_easy_setopt(e, CURLOPT_HTTPAUTH, (long)CURLAUTH_BASIC) == CURLE_OK &&
           curl_easy_setopt(e, CURLOPT_USERNAME, user) == CURLE_OK &&
           curl_easy_setopt(e, CURLOPT_PASSWORD, c->secret.ptr) == CURLE_OK;
}

static rk_status put(rk_carrier *c, const rk_parcel *p, rk_carry_why *why, rk_err *err) {
    rk_buf path, url;
    bool hook = c->d->carry == RK_CARRY_WEBHOOK;
    rk_buf_init(&path, 8192);
    rk_buf_init(&url, 16384);
    put_path(c->d, p, &path);
    rk_slice whole = c->d->url; /* without its path, which is ours */
    whole.len -= c->d->address.path.len;
    rk_buf_add(&url, whole);
    rk_buf_add(&url, rk_buf_slice(&path));
    rk_buf_byte(&url, 0);
    struct signing x = {
        {hook ? RK_LIT("POST") : RK_LIT("PUT"), rk_buf_slice(&path), p->sha256, rk_now()},
        &c->signer,
        p};
    struct curl_slist *list = headers(&x);
    rk_status s = path.failed || url.failed
                      ? rk_wire_no(why, err, RK_CAUSE_LOCAL, "a file's name is too long")
                      : rk_wire_prepare(c, url.ptr, "http,https", p, err);
    if (s == RK_OK && !options(c, list))
        s = rk_wire_no(why, err, RK_CAUSE_LOCAL, "the system's libcurl lacks HTTP");
    if (s == RK_OK) s = rk_wire_http(c, why, err);
    (void)curl_easy_setopt(c->easy, CURLOPT_HTTPHEADER, NULL);
    curl_slist_free_all(list);
    rk_buf_free(&path);
    rk_buf_free(&url);
    return s;
}

const rk_carrier_ops rk_carry_http = {put};
