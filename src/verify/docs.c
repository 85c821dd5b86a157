/* Which kind a file is, unpacking, and the comparison of two JSON values. */
#include "verify/docs.h"

#include "base/mem.h"
#include "base/wib.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <zlib.h>
#include <zstd.h>

/* ===== pieces ===== */

json_t *rk_j_text(rk_slice s) { return json_stringn_nocheck(s.ptr ? s.ptr : "", s.len); }
json_t *rk_j_num(uint64_t v) { return json_integer((json_int_t)v); }
json_t *rk_j_cell(uint32_t c) { return c == RK_ABSENT ? json_null() : json_integer(c); }
json_t *rk_j_bool(bool b) { return json_boolean(b); }

json_t *rk_j_time(uint32_t ts) {
    char text[RK_WIB_LEN];
    if (ts == 0) return json_null();
    rk_wib_put(text, ts);
    return json_stringn_nocheck(text, sizeof text);
}

void rk_j_set(json_t *object, rk_slice key, json_t *value) {
    RK_ASSERT(value && json_object_setn_new_nocheck(object, key.ptr ? key.ptr : "", key.len,
                                                    value) == 0);
}

json_t *rk_j_station_name(const rk_tree *t, uint32_t tps) {
    rk_buf b;
    rk_buf_init(&b, RK_NAME_MAX + 64);
    rk_tree_tps_name(t, tps, &b);
    json_t *s = rk_j_text(rk_buf_slice(&b));
    rk_buf_free(&b);
    return s;
}

bool rk_next_image(rk_slice *list, rk_slice *address) {
    if (list->len < 2) return false;
    size_t n = (size_t)(uint8_t)list->ptr[0] | (size_t)(uint8_t)list->ptr[1] << 8;
    *list = rk_slice_from(*list, 2);
    if (n > list->len) return false;
    *address = (rk_slice){list->ptr, n};
    *list = rk_slice_from(*list, n);
    return true;
}

/* ===== telling ===== */

void rk_doc_differs(rk_docs *d, rk_slice path, const char *place, const char *fmt, ...) {
    char text[600], where[1400];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    snprintf(where, sizeof where, "%.*s%s%s", (int)(path.len < 1000 ? path.len : 1000),
             path.ptr ? path.ptr : "", *place ? ": " : "", place);
    rk_say(d->report, RK_WRONG, "figures", where,
           "the entries of the log are what counts: publish this file again from them", "%s",
           text);
}

/* ===== comparing ===== */

struct diff {
    rk_docs *d;
    rk_slice path;
    char place[400];
    size_t len;
    uint32_t told;
};

static void brief(const json_t *v, char *out, size_t room) {
    char *text = v ? json_dumps(v, JSON_ENCODE_ANY | JSON_COMPACT) : NULL;
    snprintf(out, room, "%.80s", text ? text : "nothing");
    free(text); // NOLINT: jansson's own
}

static void tell(struct diff *x, const json_t *must, const json_t *is) {
    char a[84], b[84];
    if (x->told++ >= RK_DOC_LINES_MAX) return;
    brief(must, a, sizeof a);
    brief(is, b, sizeof b);
    rk_doc_differs(x->d, x->path, x->len ? x->place : "/",
                   "%s is published, the entries give %s", b, a);
}

static size_t enter(struct diff *x, const char *key, size_t index) {
    size_t before = x->len;
    int n = key ? snprintf(x->place + x->len, sizeof x->place - x->len, "/%s", key)
                : snprintf(x->place + x->len, sizeof x->place - x->len, "/%zu", index);
    if (n > 0) x->len += (size_t)n;
    if (x->len >= sizeof x->place) x->len = sizeof x->place - 1;
    return before;
}

static void leave(struct diff *x, size_t before) {
    x->len = before;
    x->place[before] = 0;
}

static void compare(struct diff *x, const json_t *must, const json_t *is);

static void compare_objects(struct diff *x, json_t *must, json_t *is) {
    const char *key;
    json_t *v;
    json_object_foreach(must, key, v) {
        size_t before = enter(x, key, 0);
        compare(x, v, json_object_get(is, key));
        leave(x, before);
    }
    if (json_object_size(is) == json_object_size(must)) return;
    json_object_foreach(is, key, v) {
        if (json_object_get(must, key)) continue;
        size_t before = enter(x, key, 0);
        tell(x, NULL, v);
        leave(x, before);
    }
}

static void compare_arrays(struct diff *x, const json_t *must, const json_t *is) {
    size_t n = json_array_size(must), m = json_array_size(is);
    for (size_t i = 0; i < n || i < m; i++) {
        size_t before = enter(x, NULL, i);
        compare(x, json_array_get(must, i), json_array_get(is, i));
        leave(x, before);
    }
}

static void compare(struct diff *x, const json_t *must, const json_t *is) {
    if (json_is_object(must) && json_is_object(is)) {
        compare_objects(x, (json_t *)(uintptr_t)must, (json_t *)(uintptr_t)is);
    } else if (json_is_array(must) && json_is_array(is)) {
        compare_arrays(x, must, is);
    } else if (json_is_real(must) && json_is_real(is)) {
        x->d->figures++;
        if (fabs(json_real_value(must) - json_real_value(is)) > 1e-9) tell(x, must, is);
    } else {
        x->d->figures += json_is_integer(must);
        if (!must || !is || !json_equal(must, is)) tell(x, must, is);
    }
}

/* ===== kinds ===== */

enum { SEGMENTS_MAX = 12 };

static bool ends(rk_slice s, const char *with) { return rk_slice_ends(s, rk_slice_str(with)); }

static uint32_t split(rk_slice path, rk_slice *seg) {
    uint32_t n = 0;
    rk_slice part;
    if (ends(path, ".json")) path.len -= 5;
    while (rk_slice_cut(&path, '/', &part)) {
        if (n == SEGMENTS_MAX) return 0;
        seg[n++] = part;
    }
    return n;
}

static bool is_tree(rk_slice s) {
    return rk_slice_is(s, "pemilu") || rk_slice_is(s, "pilkada") || rk_slice_is(s, "wilayah");
}

static bool is_api(const rk_slice *seg, uint32_t n) {
    return n >= 2 && rk_slice_is(seg[0], "api") && rk_slice_is(seg[1], "v1");
}

static bool check_json(rk_docs *d, rk_slice path, rk_slice bytes) {
    rk_slice seg[SEGMENTS_MAX];
    uint32_t n = split(path, seg), at = 0;
    json_error_t error;
    bool known = false;
    while (at < n && !is_api(seg + at, n - at) && !(is_tree(seg[at]) && ends(path, ".json")))
        at++; /* the election's base path stands before */
    if (at == n) return false;
    json_t *is =
        json_loadb(bytes.ptr ? bytes.ptr : "", bytes.len, JSON_REJECT_DUPLICATES, &error);
    json_t *must = is_api(seg + at, n - at)
                       ? rk_doc_api(d, seg + at + 2, n - at - 2, is, &known)
                       : rk_doc_sirekap(d, seg + at, n - at, &known);
    if (!is) {
        rk_doc_differs(d, path, "", "not JSON: line %d: %s", error.line, error.text);
    } else if (must) {
        struct diff x = {.d = d, .path = path};
        compare(&x, must, is);
        d->documents++;
        d->wrong += x.told > 0;
    } else if (known) {
        rk_doc_differs(d, path, "", "the entries give no such document");
    }
    json_decref(must);
    json_decref(is);
    return must || known;
}

/* ===== compressed copies ===== */

static bool gunzip(rk_slice in, rk_buf *out) {
    z_stream z = {.next_in = (Bytef *)(uintptr_t)in.ptr, .avail_in = (uInt)in.len};
    int s = inflateInit2(&z, 15 + 16);
    while (s == Z_OK) {
        char *p = rk_buf_room(out, 1 << 16);
        if (!p) break;
        z.next_out = (Bytef *)p;
        z.avail_out = 1 << 16;
        s = inflate(&z, Z_NO_FLUSH);
        out->len += (1 << 16) - z.avail_out;
        if (s == Z_BUF_ERROR) break;
        if (s == Z_STREAM_END && z.avail_in) s = inflateReset(&z);
    }
    inflateEnd(&z);
    return s == Z_STREAM_END;
}

static bool unzstd(rk_slice in, rk_buf *out) {
    ZSTD_DStream *z = ZSTD_createDStream();
    ZSTD_inBuffer i = {in.ptr, in.len, 0};
    size_t left = 1;
    while (z && !ZSTD_isError(left) && (i.pos < i.size || left)) {
        char *p = rk_buf_room(out, 1 << 17);
        if (!p) break;
        ZSTD_outBuffer o = {p, 1 << 17, 0};
        size_t before = i.pos;
        left = ZSTD_decompressStream(z, &o, &i);
        out->len += o.pos;
        if (i.pos == before && o.pos == 0) break; /* cut short */
    }
    ZSTD_freeDStream(z);
    return left == 0;
}

static bool check_plain(rk_docs *d, rk_slice path, rk_slice bytes) {
    if (ends(path, ".csv") || path.len == 0) return rk_doc_csv(d, path, bytes);
    return check_json(d, path, bytes);
}

bool rk_docs_check(rk_docs *d, rk_slice path, rk_slice bytes) {
    bool gz = ends(path, ".gz"), zst = ends(path, ".zst"), known = true;
    if (!gz && !zst) return check_plain(d, path, bytes);
    rk_slice plain = {path.ptr, path.len - (gz ? 3 : 4)};
    rk_buf b;
    rk_buf_init(&b, RK_DOC_BYTES_MAX);
    if (gz ? gunzip(bytes, &b) : unzstd(bytes, &b))
        known = check_plain(d, plain, rk_buf_slice(&b));
    else
        rk_doc_differs(d, path, "", "it cannot be unpacked (or is over %u bytes)",
                       RK_DOC_BYTES_MAX);
    rk_buf_free(&b);
    return known;
}

void rk_docs_free(rk_docs *d) {
    for (uint32_t i = 0; i < RK_CONTESTS_MAX; i++) rk_free(d->dapil_of[i]);
    *d = (rk_docs){0};
}
