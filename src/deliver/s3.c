/* S3: PUT of bucket/name in path style, signed by us (core/sigv4.h) over the payload's real
 * hash, which the store checks. Writing the same key with the same bytes again changes nothing.
 */
#include "deliver/wire.h"

#include "core/sigv4.h"
#include "files/files.h"

#include <stdio.h>

static void put_host(const rk_destination *d, rk_buf *out) {
    const rk_address *a = &d->address;
    bool v6 = memchr(a->host.ptr, ':', a->host.len) != NULL;
    uint16_t usual = rk_slice_is(a->scheme, "https") ? 443 : 80;
    rk_buf_printf(out, "%s%.*s%s", v6 ? "[" : "", RK_FMT(a->host), v6 ? "]" : "");
    if (a->port != usual) rk_buf_printf(out, ":%u", a->port);
}

/* What is signed and sent: the texts of one request. */
struct request {
    rk_buf host, path, authorization;
    char time[RK_SIGV4_TIME_LEN], hash[64];
};

static void sign(struct request *r, const rk_carrier *c, const rk_parcel *p) {
    const rk_destination *d = c->d;
    uint32_t now = rk_now();
    put_host(d, &r->host);
    rk_buf_byte(&r->path, '/');
    rk_buf_percent(&r->path, d->bucket, "/");
    rk_buf_byte(&r->path, '/');
    rk_buf_percent(&r->path, p->name, "/");
    rk_sigv4_time(r->time, now);
    rk_sha256_put(r->hash, &p->sha256);
    const rk_slice hash = {r->hash, sizeof r->hash};
    const rk_sigv4_header h[] = {{RK_LIT("host"), rk_buf_slice(&r->host)},
                                 {RK_LIT("x-amz-content-sha256"), hash},
                                 {RK_LIT("x-amz-date"), {r->time, sizeof r->time}}};
    rk_sigv4_request q = {.method = RK_LIT("PUT"),
                          .path = rk_buf_slice(&r->path),
                          .header = h,
                          .n_header = sizeof h / sizeof *h,
                          .payload_hash = hash,
                          .region = d->region,
                          .service = RK_LIT("s3"),
                          .time = now};
    rk_sigv4_authorize(&q, d->user, rk_buf_slice(&c->secret), &r->authorization);
}

static struct curl_slist *headers(const struct request *r) {
    const char *const fmt[] = {"Expect:", "Content-Type: application/octet-stream"};
    char line[2048];
    struct curl_slist *list = NULL;
    for (int i = 0; i < 6; i++) {
        int n = 0;
        if (i < 2) n = snprintf(line, sizeof line, "%s", fmt[i]);
        if (i == 2)
            n = snprintf(line, sizeof line, "Host: %.*s", RK_FMT(rk_buf_slice(&r->host)));
        if (i == 3) n = snprintf(line, sizeof line, "x-amz-content-sha256: %.64s", r->hash);
        if (i == 4)
            n = snprintf(line, sizeof line, "x-amz-date: %.*s", (int)sizeof r->time, r->time);
        if (i == 5)
            n = snprintf(line, sizeof line, "Authorization: %.*s",
                         RK_FMT(rk_buf_slice(&r->authorization)));
        RK_ASSERT(n > 0 && (size_t)n < sizeof line);
        struct curl_slist *more = curl_slist_append(list, line);
        RK_ASSERT(more);
        list = more;
    }
    return list;
}

static rk_status put(rk_carrier *c, const rk_parcel *p, rk_carry_why *why, rk_err *err) {
    struct request r = {.time = {0}};
    rk_buf url;
    rk_buf_init(&r.host, 512);
    rk_buf_init(&r.path, 8192);
    rk_buf_init(&r.authorization, 2000);
    rk_buf_init(&url, 16384);
    sign(&r, c, p);
    rk_buf_add(&url, c->d->address.scheme);
    rk_buf_lit(&url, "://");
    rk_buf_add(&url, rk_buf_slice(&r.host));
    rk_buf_add(&url, rk_buf_slice(&r.path));
    rk_buf_byte(&url, 0);
    rk_status s = r.path.failed || r.host.failed || r.authorization.failed || url.failed
                      ? rk_wire_no(why, err, RK_CAUSE_LOCAL, "a file's name is too long")
                      : rk_wire_prepare(c, url.ptr, "http,https", p, err);
    struct curl_slist *list = s == RK_OK ? headers(&r) : NULL;
    if (s == RK_OK && curl_easy_setopt(c->easy, CURLOPT_HTTPHEADER, list) != CURLE_OK)
        s = rk_wire_no(why, err, RK_CAUSE_LOCAL, "the system's libcurl lacks HTTP");
    if (s == RK_OK) s = rk_wire_http(c, why, err);
    (void)curl_easy_setopt(c->easy, CURLOPT_HTTPHEADER, NULL);
    curl_slist_free_all(list);
    rk_buf_free(&r.host);
    rk_buf_free(&r.path);
    rk_buf_free(&r.authorization);
    rk_buf_free(&url);
    return s;
}

const rk_carrier_ops rk_carry_s3 = {put};
