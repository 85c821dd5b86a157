#include "core/sigv4.h"

#include "base/day.h"
#include "base/ed25519.h"
#include "base/hmac.h"
#include "base/num.h"

char *rk_sigv4_time(char *p, uint32_t seconds) {
    int64_t y, m, d;
    uint32_t s = seconds % 86400;
    rk_day_date((rk_day)(seconds / 86400), &y, &m, &d);
    p = rk_num_put_pad(p, (uint64_t)y, 4);
    p = rk_num_put_pad(p, (uint64_t)m, 2);
    p = rk_num_put_pad(p, (uint64_t)d, 2);
    *p++ = 'T';
    p = rk_num_put_pad(p, s / 3600, 2);
    p = rk_num_put_pad(p, s / 60 % 60, 2);
    p = rk_num_put_pad(p, s % 60, 2);
    *p++ = 'Z';
    return p;
}

static void names(const rk_sigv4_request *r, rk_buf *out) {
    for (uint32_t i = 0; i < r->n_header; i++) {
        if (i) rk_buf_byte(out, ';');
        rk_buf_add(out, r->header[i].name);
    }
}

void rk_sigv4_canonical(const rk_sigv4_request *r, rk_buf *out) {
    rk_buf_add(out, r->method);
    rk_buf_byte(out, '\n');
    rk_buf_add(out, r->path);
    rk_buf_lit(out, "\n\n"); /* no query */
    for (uint32_t i = 0; i < r->n_header; i++) {
        RK_ASSERT(i == 0 || rk_slice_cmp(r->header[i - 1].name, r->header[i].name) < 0);
        rk_buf_add(out, r->header[i].name);
        rk_buf_byte(out, ':');
        rk_buf_add(out, rk_slice_trim(r->header[i].value));
        rk_buf_byte(out, '\n');
    }
    rk_buf_byte(out, '\n');
    names(r, out);
    rk_buf_byte(out, '\n');
    rk_buf_add(out, r->payload_hash);
}

static void scope(const rk_sigv4_request *r, const char *time, rk_buf *out) {
    rk_buf_add(out, (rk_slice){time, 8});
    rk_buf_byte(out, '/');
    rk_buf_add(out, r->region);
    rk_buf_byte(out, '/');
    rk_buf_add(out, r->service);
    rk_buf_lit(out, "/aws4_request");
}

static rk_slice hash_slice(const rk_sha256 *h) {
    return (rk_slice){(const char *)h->b, sizeof h->b};
}

static rk_sha256 signing_key(const rk_sigv4_request *r, const char *time, rk_slice secret) {
    rk_buf b;
    rk_buf_init(&b, 1024);
    rk_buf_lit(&b, "AWS4");
    rk_buf_add(&b, secret);
    rk_sha256 k = rk_hmac_sha256(rk_buf_slice(&b), (rk_slice){time, 8});
    k = rk_hmac_sha256(hash_slice(&k), r->region);
    k = rk_hmac_sha256(hash_slice(&k), r->service);
    k = rk_hmac_sha256(hash_slice(&k), RK_LIT("aws4_request"));
    rk_ed25519_wipe(b.ptr, b.len);
    rk_buf_free(&b);
    return k;
}

void rk_sigv4_authorize(const rk_sigv4_request *r, rk_slice access_key, rk_slice secret_key,
                        rk_buf *out) {
    char time[RK_SIGV4_TIME_LEN], hex[64];
    rk_buf b, text;
    RK_ASSERT(r->n_header <= RK_SIGV4_HEADERS_MAX && secret_key.len <= 512);
    rk_sigv4_time(time, r->time);
    rk_buf_init(&b, 64u << 10);
    rk_buf_init(&text, 4096);
    rk_sigv4_canonical(r, &b);
    rk_sha256 h = rk_sha256_of(rk_buf_slice(&b));
    rk_buf_lit(&text, "AWS4-HMAC-SHA256\n");
    rk_buf_add(&text, (rk_slice){time, sizeof time});
    rk_buf_byte(&text, '\n');
    scope(r, time, &text);
    rk_buf_byte(&text, '\n');
    rk_sha256_put(hex, &h);
    rk_buf_add(&text, (rk_slice){hex, sizeof hex});
    rk_sha256 key = signing_key(r, time, secret_key);
    h = rk_hmac_sha256(hash_slice(&key), rk_buf_slice(&text));
    rk_ed25519_wipe(&key, sizeof key);
    RK_ASSERT(!b.failed && !text.failed);
    rk_buf_lit(out, "AWS4-HMAC-SHA256 Credential=");
    rk_buf_add(out, access_key);
    rk_buf_byte(out, '/');
    scope(r, time, out);
    rk_buf_lit(out, ",SignedHeaders=");
    names(r, out);
    rk_buf_lit(out, ",Signature=");
    rk_sha256_put(hex, &h);
    rk_buf_add(out, (rk_slice){hex, sizeof hex});
    rk_buf_free(&b);
    rk_buf_free(&text);
}
