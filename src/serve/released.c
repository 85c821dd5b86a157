#include "serve/released.h"

#include "base/limits.h"
#include "base/mem.h"
#include "base/num.h"
#include "base/sha256.h"
#include "base/wib.h"
#include "files/below.h"
#include "serve/assets.h"
#include "serve/cache.h"
#include "serve/negotiate.h"

#include <limits.h>
#include <stdio.h>
#include <unistd.h>

struct rk_released {
    enum rk_shelf shelf;
    rk_below file;     /* fd -1: none, or handed over to the reply */
    char location[96]; /* where the directory is; empty = a file */
    enum rk_page_life life;
    const char *type;
    char tag[40], date[32];
    uint32_t modified;
    rk_http_reply *reply;
};

static uint32_t n_open;

/* ===== which file ===== */

const char *rk_released_type(rk_slice path) {
    static const struct {
        const char *end, *type;
    } known[] = {
        {".csv", "text/csv; charset=utf-8"},
        {".pdf", "application/pdf"},
        {".svg", NULL},
        {".css", NULL},
        {".zst", "application/zstd"},
        {".gz", "application/gzip"},
        {"feed.xml", "application/atom+xml; charset=utf-8"},
        {".html", NULL},
        {".json", NULL},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (rk_slice_ends(path, rk_slice_str(known[i].end)))
            return known[i].type ? known[i].type : rk_asset_type(path);
    /* manifest/XX, note, index, checkpoint, policy are lines of text; tiles are not */
    return rk_slice_starts(path, RK_LIT("log/tile/")) ? "application/octet-stream"
                                                      : "text/plain; charset=utf-8";
}

/* What carries its size in its name never changes. */
static enum rk_page_life life_of(enum rk_shelf shelf, rk_slice path) {
    if (shelf != RK_SHELF_RELEASES) return RK_LIFE_LIVE;
    if (rk_slice_starts(path, RK_LIT("rilis-")) || rk_slice_starts(path, RK_LIT("log/tile/")))
        return RK_LIFE_TILE;
    return rk_slice_is(path, "log/checkpoint") ? RK_LIFE_CHECKPOINT : RK_LIFE_LIVE;
}

/* The release that `terbaru` points to; only such a name is ever followed. */
static bool newest(const char *dir, char name[48]) {
    uint64_t size;
    return rk_below_link(dir, "terbaru", name, 48, NULL) == RK_OK &&
           strncmp(name, "rilis-", 6) == 0 &&
           rk_num_parse(rk_slice_str(name + 6), UINT64_MAX - 1, &size);
}

/* The path on disk of a path that was asked for: `terbaru` resolved, a directory's page named.
 */
static bool disk_path(const char *dir, enum rk_shelf shelf, rk_slice path,
                      char out[RK_URL_MAX + 64], size_t *n) {
    char name[48] = "";
    rk_slice rest = path;
    bool by_link = shelf == RK_SHELF_RELEASES &&
                   (rk_slice_is(path, "terbaru") || rk_slice_starts(path, RK_LIT("terbaru/")));
    if (by_link && !newest(dir, name)) return false;
    if (by_link) rest = rk_slice_from(path, 7);
    bool page = path.len == 0 || path.ptr[path.len - 1] == '/';
    int len = snprintf(out, RK_URL_MAX + 64, "%s%.*s%s", name, RK_FMT(rest),
                       page ? "index.html" : "");
    *n = (size_t)len;
    return len > 0 && *n < RK_URL_MAX + 64u;
}

/* ===== opening ===== */

static void set_tag(rk_released *r) {
    const uint64_t of[4] = {r->file.inode, r->file.bytes, (uint64_t)r->file.modified,
                            r->file.modified_ns};
    char hex[64];
    rk_sha256 h = rk_sha256_of((rk_slice){(const char *)of, sizeof of});
    rk_sha256_put(hex, &h);
    snprintf(r->tag, sizeof r->tag, "\"%.32s\"", hex);
    bool sane = r->file.modified > 0 && r->file.modified <= UINT32_MAX;
    r->modified = sane ? (uint32_t)r->file.modified : 0;
    if (sane) *rk_wib_put_http(r->date, r->modified) = '\0';
}

static rk_status open_path(rk_released *r, const char *dir, rk_slice path, rk_err *err) {
    char disk[RK_URL_MAX + 64];
    size_t n;
    bool is_dir;
    if (!disk_path(dir, r->shelf, path, disk, &n))
        return rk_fail(err, RK_NOT_FOUND, "there is no release yet");
    rk_status s = rk_below_open(dir, (rk_slice){disk, n}, &r->file, &is_dir, err);
    if (s != RK_NOT_FOUND || !is_dir) return s;
    rk_slice rest = path, part, last = {NULL, 0};
    while (rk_slice_cut(&rest, '/', &part)) last = part;
    int len = snprintf(r->location, sizeof r->location, "%.*s/", RK_FMT(last));
    return len < (int)sizeof r->location ? RK_OK : s;
}

rk_status rk_released_open(const char *dir, enum rk_shelf shelf, rk_slice rest,
                           rk_released **out, rk_err *err) {
    char root[PATH_MAX];
    *out = NULL;
    int n = dir ? snprintf(root, sizeof root, "%s/%s", dir, rk_shelf_name[shelf]) : -1;
    if (n < 0 || n >= PATH_MAX)
        return rk_fail(err, RK_NOT_FOUND, "there is no %s here", rk_shelf_name[shelf]);
    if (n_open >= RK_RELEASED_OPEN_MAX)
        return rk_fail(err, RK_BUSY, "%u files are being sent: try again in a few seconds",
                       n_open);
    rk_released *r = rk_alloc(sizeof *r);
    *r = (rk_released){
        .shelf = shelf, .file.fd = -1, .life = RK_LIFE_LIVE, .type = "text/plain"};
    n_open++;
    rk_slice path = rest.len ? rk_slice_from(rest, 1) : rest;
    rk_status s = RK_OK;
    if (rest.len == 0)
        (void)snprintf(r->location, sizeof r->location, "%s/", rk_shelf_name[shelf]);
    else
        s = open_path(r, root, path, err);
    if (s != RK_OK) {
        rk_released_free(&r);
        return s;
    }
    bool page = path.len == 0 || path.ptr[path.len - 1] == '/';
    r->type = page ? rk_asset_type(RK_LIT(".html")) : rk_released_type(path);
    if (!r->location[0]) r->life = life_of(shelf, path), set_tag(r);
    *out = r;
    return RK_OK;
}

void rk_released_free(rk_released **rp) {
    rk_released *r = *rp;
    if (!r) return;
    rk_http_reply_free(&r->reply);
    if (r->file.fd >= 0) (void)close(r->file.fd);
    RK_ASSERT(n_open > 0);
    n_open--;
    rk_free(r);
    *rp = NULL;
}

/* ===== replying ===== */

enum { HEADERS = 12 };

static bool not_modified(const rk_released *r, const rk_http_request *q) {
    if (q->if_none_match) return rk_etag_matches(q->if_none_match, rk_slice_str(r->tag));
    return q->if_modified_since && r->modified &&
           rk_not_modified_since(q->if_modified_since, r->modified);
}

/* A part is only asked for of the file that the client has the rest of (RFC 9110, 13.1.5). */
static bool same_file(const rk_released *r, const char *if_range) {
    return !if_range || strcmp(if_range, r->tag) == 0 ||
           (r->date[0] && strcmp(if_range, r->date) == 0);
}

static bool can_be_a_page(const char *type) {
    return rk_slice_starts(rk_slice_str(type), RK_LIT("text/html")) ||
           rk_slice_starts(rk_slice_str(type), RK_LIT("image/svg"));
}

/* Reports are pages of one file: their style is in them, their pictures beside them. No script
 * runs on any shelf. */
static const char *csp_of(enum rk_shelf shelf) {
    return shelf == RK_SHELF_RELEASES
               ? "default-src 'none'"
               : "default-src 'none'; style-src 'self' 'unsafe-inline'; img-src 'self'; "
                 "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
}

static size_t headers(const rk_released *r, unsigned status, const char *part,
                      rk_http_header h[HEADERS]) {
    size_t n = 0;
    bool file = !r->location[0], body = status == 200 || status == 206;
    if (body) h[n++] = (rk_http_header){"Content-Type", r->type};
    if (part) h[n++] = (rk_http_header){"Content-Range", part};
    if (!file) h[n++] = (rk_http_header){"Location", r->location};
    h[n++] = (rk_http_header){"Cache-Control", rk_cache_control(r->life)};
    if (file) h[n++] = (rk_http_header){"ETag", r->tag};
    if (file && r->date[0]) h[n++] = (rk_http_header){"Last-Modified", r->date};
    if (file) h[n++] = (rk_http_header){"Accept-Ranges", "bytes"};
    h[n++] = (rk_http_header){"Access-Control-Allow-Origin", "*"};
    h[n++] = (rk_http_header){"X-Content-Type-Options", "nosniff"};
    if (file && can_be_a_page(r->type))
        h[n++] = (rk_http_header){"Content-Security-Policy", csp_of(r->shelf)};
    RK_ASSERT(n <= HEADERS);
    return n;
}

static rk_http_reply *empty(rk_released *r, unsigned status, const char *part) {
    rk_http_header h[HEADERS];
    return r->reply = rk_http_reply_new(status, NULL, 0, h, headers(r, status, part, h));
}

rk_http_reply *rk_released_reply(rk_released *r, const rk_http_request *q) {
    rk_http_header h[HEADERS];
    char part[72];
    uint64_t from = 0, n = r->file.bytes;
    if (r->reply) return r->reply;
    if (r->location[0]) return empty(r, 301, NULL);
    if (not_modified(r, q)) return empty(r, 304, NULL);
    enum rk_range kind = q->range && same_file(r, q->if_range)
                             ? rk_range_of(q->range, r->file.bytes, &from, &n)
                             : RK_RANGE_ALL;
    if (kind == RK_RANGE_NONE) {
        snprintf(part, sizeof part, "bytes */%llu", (unsigned long long)r->file.bytes);
        return empty(r, 416, part);
    }
    bool whole = kind == RK_RANGE_ALL;
    if (!whole)
        snprintf(part, sizeof part, "bytes %llu-%llu/%llu", (unsigned long long)from,
                 (unsigned long long)(from + n - 1), (unsigned long long)r->file.bytes);
    unsigned status = whole ? 200 : 206;
    size_t k = headers(r, status, whole ? NULL : part, h);
    r->reply = rk_http_reply_part(status, r->file.fd, from, n, h, k);
    r->file.fd = -1; /* the reply's */
    return r->reply;
}
