/* The hot path is rk_cache_find (one hash, one comparison) and rk_page_reply (three header
 * look-ups by the caller, a pointer chosen): nothing is allocated and nothing formatted.
 * Everything a reply carries is made when the page is filled or at its first use. Keys come
 * from the router in one spelling, and the hash is seeded: a stranger can neither fill the
 * table with spellings of one document nor aim at one bucket. */
#include "serve/cache.h"

#include "base/limits.h"
#include "base/mem.h"
#include "base/wib.h"
#include "files/files.h"
#include "serve/negotiate.h"

#include <stdio.h>

enum {
    PAGE_OVERHEAD = 1600,
    GZIP_FROM = 256
}; /* bytes counted beside the body; smaller stay plain */

void rk_cache_init(rk_cache *c, uint64_t bytes_max, uint64_t seed) {
    *c = (rk_cache){.n_bucket = 1u << 15, .seed = seed, .bytes_max = bytes_max};
    c->bucket = rk_calloc(c->n_bucket, sizeof *c->bucket);
}

static uint64_t mix(uint64_t a, uint64_t b) {
    __uint128_t m = (__uint128_t)(a ^ 0x9E3779B97F4A7C15ull) * (b ^ 0xD1342543DE82EF95ull);
    return (uint64_t)m ^ (uint64_t)(m >> 64);
}

static uint64_t hash_of(const rk_cache *c, rk_slice s) {
    uint64_t h = c->seed ^ s.len, w;
    for (; s.len >= 8; s.ptr += 8, s.len -= 8) {
        memcpy(&w, s.ptr, 8);
        h = mix(h, w ^ c->seed);
    }
    w = 0;
    if (s.len) memcpy(&w, s.ptr, s.len);
    return mix(h, w ^ c->seed);
}

/* ===== the list from newest to oldest ===== */

static void unlist(rk_cache *c, rk_page *p) {
    if (p->newer)
        p->newer->older = p->older;
    else
        c->newest = p->older;
    if (p->older)
        p->older->newer = p->newer;
    else
        c->oldest = p->newer;
    p->newer = p->older = NULL;
}

static void list_newest(rk_cache *c, rk_page *p) {
    p->newer = NULL;
    p->older = c->newest;
    if (c->newest)
        c->newest->newer = p;
    else
        c->oldest = p;
    c->newest = p;
}

rk_page *rk_cache_find(rk_cache *c, rk_slice key) {
    uint64_t h = hash_of(c, key);
    rk_page *p = c->bucket[h & (c->n_bucket - 1)];
    while (p && (p->hash != h || !rk_slice_eq(p->key, key))) p = p->chain;
    if (p && p != c->newest) {
        unlist(c, p);
        list_newest(c, p);
    }
    return p;
}

/* ===== life of a page ===== */

static uint64_t bytes_of(const rk_page *p) {
    return PAGE_OVERHEAD + p->key.len + (p->file ? 0 : p->body.len) + p->gzip_bytes;
}

static void drop_replies(rk_page *p) {
    rk_http_reply_free(&p->plain);
    rk_http_reply_free(&p->gzip);
    rk_http_reply_free(&p->same);
    rk_http_reply_free(&p->same_gzip);
    p->body = (rk_slice){NULL, 0};
    p->gzip_bytes = 0;
    p->gzip_tried = p->ready = p->file = false;
    p->tag[0] = p->tag_gzip[0] = '\0';
}

static void page_free(rk_page *p) {
    drop_replies(p);
    rk_released_free(&p->released);
    rk_free((void *)(uintptr_t)p->key.ptr);
    rk_free(p);
}

void rk_cache_drop(rk_cache *c, rk_page *p) {
    if (!p->cached) return;
    rk_page **at = &c->bucket[p->hash & (c->n_bucket - 1)];
    while (*at != p) at = &(*at)->chain;
    *at = p->chain;
    unlist(c, p);
    c->bytes -= bytes_of(p);
    c->n_file -= p->file;
    c->n--;
    p->cached = false;
    if (p->holds == 0) page_free(p);
}

void rk_page_let_go(rk_cache *c, rk_page *p) {
    (void)c;
    RK_ASSERT(p->holds > 0);
    if (--p->holds == 0 && !p->cached) page_free(p);
}

void rk_cache_free(rk_cache *c) {
    while (c->oldest) rk_cache_drop(c, c->oldest);
    rk_free(c->bucket);
    *c = (rk_cache){0};
}

/* Room for what was just added; what is being sent goes when it is let go. */
static void evict(rk_cache *c, const rk_page *keep) {
    while (c->bytes > c->bytes_max && c->oldest && c->oldest != keep)
        rk_cache_drop(c, c->oldest);
    for (rk_page *p = c->oldest, *next; p && c->n_file > RK_DOWNLOADS_MAX; p = next) {
        next = p->newer;
        if (p->file && p != keep) rk_cache_drop(c, p);
    }
}

rk_page *rk_page_new(rk_cache *c, rk_slice key) {
    static const uint64_t never;
    rk_page *p = rk_alloc(sizeof *p);
    *p = (rk_page){.now = &never, .holds = 1, .status = 200, .type = "application/json"};
    if (key.len == 0) return p;
    p->key = (rk_slice){rk_dup(key.ptr, key.len), key.len};
    p->hash = hash_of(c, key);
    rk_page **bucket = &c->bucket[p->hash & (c->n_bucket - 1)];
    p->chain = *bucket;
    *bucket = p;
    p->cached = true;
    c->n++;
    c->bytes += bytes_of(p);
    list_newest(c, p);
    evict(c, p);
    return p;
}

/* ===== replies ===== */

const char *rk_cache_control(enum rk_page_life life) {
    switch (life) {
    case RK_LIFE_LIVE:
        return "public, max-age=15";
    case RK_LIFE_FIXED:
        return "public, max-age=86400";
    case RK_LIFE_TILE:
        return "public, max-age=31536000, immutable";
    case RK_LIFE_CHECKPOINT:
        return "public, max-age=2";
    case RK_LIFE_ASSET:
        return "public, max-age=3600";
    case RK_LIFE_PORTAL:
        return "no-cache";
    case RK_LIFE_NONE:
        break;
    }
    return "no-store";
}

enum { HEADERS = 12 };

/* Headers of a page's reply; returns how many. `date` must stay until they are used. */
static size_t headers(const rk_page *p, bool gzip, bool body, char date[32],
                      rk_http_header h[HEADERS]) {
    static const char csp[] = "default-src 'self'; base-uri 'none'; form-action 'self'; "
                              "frame-ancestors 'none'; object-src 'none'";
    size_t n = 0;
    const char *tag = gzip ? p->tag_gzip : p->tag;
    if (body) h[n++] = (rk_http_header){"Content-Type", p->type};
    if (body && gzip) h[n++] = (rk_http_header){"Content-Encoding", "gzip"};
    if (body && p->disposition[0])
        h[n++] = (rk_http_header){"Content-Disposition", p->disposition};
    h[n++] = (rk_http_header){"Cache-Control", rk_cache_control(p->life)};
    if (tag[0]) h[n++] = (rk_http_header){"ETag", tag};
    if (tag[0] && p->modified) {
        *rk_wib_put_http(date, p->modified) = '\0';
        h[n++] = (rk_http_header){"Last-Modified", date};
    }
    h[n++] = (rk_http_header){"Vary", "Accept-Encoding"};
    h[n++] = (rk_http_header){"Access-Control-Allow-Origin", "*"};
    h[n++] = (rk_http_header){"X-Content-Type-Options", "nosniff"};
    if (p->life == RK_LIFE_PORTAL) h[n++] = (rk_http_header){"Content-Security-Policy", csp};
    if (p->status == 405) h[n++] = (rk_http_header){"Allow", "GET, HEAD"};
    if (p->status == 503) h[n++] = (rk_http_header){"Retry-After", "5"};
    RK_ASSERT(n <= HEADERS);
    return n;
}

static rk_http_reply *bytes_reply(const rk_page *p, bool gzip, char *body, size_t n) {
    rk_http_header h[HEADERS];
    char date[32];
    size_t k = headers(p, gzip, true, date, h);
    return rk_http_reply_new(p->status, body, n, h, k);
}

static rk_http_reply *same_reply(const rk_page *p, bool gzip) {
    rk_http_header h[HEADERS];
    char date[32];
    size_t k = headers(p, gzip, false, date, h);
    return rk_http_reply_new(304, NULL, 0, h, k);
}

static void set_tags(rk_page *p, const rk_sha256 *hash) {
    char hex[64];
    rk_sha256_put(hex, hash);
    snprintf(p->tag, sizeof p->tag, "\"%.32s\"", hex);
    snprintf(p->tag_gzip, sizeof p->tag_gzip, "\"%.32s-gz\"", hex);
}

static void out_of_count(rk_cache *c, const rk_page *p) {
    if (!p->cached) return;
    c->bytes -= bytes_of(p);
    c->n_file -= p->file;
}

static void into_count(rk_cache *c, const rk_page *p) {
    if (!p->cached) return;
    c->bytes += bytes_of(p);
    c->n_file += p->file;
    evict(c, p);
}

void rk_page_fill(rk_cache *c, rk_page *p, char *body, size_t n) {
    char before[sizeof p->tag];
    rk_sha256 hash = rk_sha256_of((rk_slice){body, n});
    bool tagged = p->status == 200 && p->life != RK_LIFE_NONE;
    memcpy(before, p->tag, sizeof before);
    if (tagged && p->ready && before[0]) {
        set_tags(p, &hash);
        if (memcmp(before, p->tag, strlen(before)) == 0) {
            rk_free(body);
            p->made_for = *p->now;
            return;
        }
    }
    out_of_count(c, p);
    drop_replies(p);
    if (tagged) set_tags(p, &hash);
    p->plain = bytes_reply(p, false, body, n);
    p->body = (rk_slice){body, n};
    p->made_for = *p->now;
    p->ready = true;
    into_count(c, p);
}

void rk_page_fill_files(rk_cache *c, rk_page *p, const rk_sha256 *hash, int fd, uint64_t n,
                        int gzip_fd, uint64_t gzip_n) {
    rk_http_header h[HEADERS];
    char date[32];
    out_of_count(c, p);
    drop_replies(p);
    set_tags(p, hash);
    p->plain = rk_http_reply_file(p->status, fd, n, h, headers(p, false, true, date, h));
    if (gzip_fd >= 0)
        p->gzip =
            rk_http_reply_file(p->status, gzip_fd, gzip_n, h, headers(p, true, true, date, h));
    p->made_for = *p->now;
    p->gzip_tried = p->ready = p->file = true;
    into_count(c, p);
}

/* Once per page: the gzip variant, where it is worth it. */
static void make_gzip(rk_cache *c, rk_page *p) {
    rk_buf b;
    p->gzip_tried = true;
    if (p->body.len < GZIP_FROM || p->status != 200) return;
    rk_buf_init(&b, 2 * p->body.len + 1024);
    if (rk_gzip(p->body, &b, NULL) == RK_OK && !b.failed && b.len < p->body.len) {
        out_of_count(c, p);
        p->gzip_bytes = b.len;
        p->gzip = bytes_reply(p, true, rk_realloc(b.ptr, b.len, 1), b.len);
        into_count(c, p);
    } else {
        rk_buf_free(&b);
    }
}

rk_http_reply *rk_page_reply(rk_cache *c, rk_page *p, const rk_http_request *r) {
    bool gzip = false;
    if (p->released) return rk_released_reply(p->released, r);
    if (r->accept_encoding && rk_accepts_gzip(r->accept_encoding)) {
        if (!p->gzip_tried) make_gzip(c, p);
        gzip = p->gzip != NULL;
    }
    if (p->tag[0] && (r->if_none_match || r->if_modified_since)) {
        rk_slice tag = rk_slice_str(gzip ? p->tag_gzip : p->tag);
        bool same =
            r->if_none_match
                ? rk_etag_matches(r->if_none_match, tag)
                : p->modified && rk_not_modified_since(r->if_modified_since, p->modified);
        rk_http_reply **kept = gzip ? &p->same_gzip : &p->same;
        if (same) return *kept ? *kept : (*kept = same_reply(p, gzip));
    }
    return gzip ? p->gzip : p->plain;
}
