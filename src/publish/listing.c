#include "publish/listing.h"

#include "base/limits.h"
#include "base/mem.h"
#include "core/manifest.h"
#include "files/files.h"
#include "publish/writer.h"

#include <stdio.h>
#include <stdlib.h>

enum { RECORD_HEAD = 1 + 32 + 2, LIST_BYTES_MAX = 256 << 20 };

void rk_listing_init(rk_listing *l, struct rk_writer *w, bool check) {
    *l = (rk_listing){.w = w, .check = check};
    rk_buf_init(&l->pending, RK_LISTING_BYTES_MAX + RK_MANIFEST_PATH_MAX + 100);
}

void rk_listing_free(rk_listing *l) { rk_buf_free(&l->pending); }

/* ===== merging into the lists ===== */

struct record {
    const char *at; /* in pending */
    uint32_t order; /* the latest of one path counts */
};

static unsigned list_of(const struct record *r) { return (uint8_t)r->at[0]; }

static rk_manifest_line line_of(const struct record *r) {
    rk_manifest_line l;
    memcpy(l.sha256.b, r->at + 1, sizeof l.sha256.b);
    size_t n = (size_t)(uint8_t)r->at[33] | (size_t)(uint8_t)r->at[34] << 8;
    l.path = (rk_slice){r->at + RECORD_HEAD, n};
    return l;
}

static int by_list_and_path(const void *a, const void *b) {
    const struct record *x = a, *y = b;
    if (list_of(x) != list_of(y)) return list_of(x) < list_of(y) ? -1 : 1;
    int c = rk_slice_cmp(line_of(x).path, line_of(y).path);
    return c ? c : x->order < y->order ? -1 : 1;
}

static struct record *sorted(const rk_listing *l) {
    struct record *r = rk_calloc(l->n + 1u, sizeof *r);
    const char *p = l->pending.ptr;
    for (uint32_t i = 0; i < l->n; i++) {
        r[i] = (struct record){p, i};
        p += RECORD_HEAD + line_of(&r[i]).path.len;
    }
    qsort(r, l->n, sizeof *r, by_list_and_path);
    return r;
}

static rk_slice list_path(unsigned list, char out[16]) {
    int n = snprintf(out, 16, "manifest/%02x", list);
    return (rk_slice){out, (size_t)n};
}

static bool still_there(rk_listing *l, rk_slice path) {
    if (!l->check) return true;
    return rk_writer_name(l->w, path, "", NULL) == RK_OK && rk_file_there(l->w->name);
}

/* The old list's lines before `path` (all when it is empty) go on; one of the path itself is
 * replaced. A line that is damaged ends the old list: verifying finds what is missing. */
static void keep_old(rk_listing *l, rk_slice *old, rk_slice path, rk_buf *out) {
    rk_manifest_line line;
    rk_slice rest = *old;
    while (rk_manifest_next(&rest, (rk_slice){0}, &line, NULL) == RK_OK) {
        int c = path.len ? rk_slice_cmp(line.path, path) : -1;
        if (c > 0) return;
        *old = rest;
        if (c < 0 && still_there(l, line.path)) rk_manifest_line_put(&line, out);
    }
}

static rk_status merge(rk_listing *l, unsigned list, const struct record *r, size_t n,
                       rk_buf *out, rk_err *err) {
    char name[16];
    rk_file f = {0};
    rk_slice path = list_path(list, name);
    RK_TRY(rk_writer_name(l->w, path, "", err));
    rk_status s = rk_file_read_raw(l->w->name, LIST_BYTES_MAX, &f, NULL);
    if (s != RK_OK && s != RK_NOT_FOUND)
        return rk_fail(err, s, "%s cannot be read", l->w->name);
    rk_slice old = f.bytes;
    rk_buf_clear(out);
    for (size_t i = 0; i < n; i++) {
        rk_manifest_line line = line_of(&r[i]);
        if (i + 1 < n && rk_slice_eq(line_of(&r[i + 1]).path, line.path)) continue;
        keep_old(l, &old, line.path, out);
        rk_manifest_line_put(&line, out);
    }
    keep_old(l, &old, (rk_slice){0}, out);
    s = out->failed ? rk_fail(err, RK_LIMIT, "%s is too long", l->w->name) : RK_OK;
    bool same = s == RK_OK && rk_slice_eq(f.bytes, rk_buf_slice(out));
    rk_file_free(&f);
    l->touched[list] = true; /* also when a run that was cut short wrote it already */
    if (s != RK_OK || same) return s;
    return rk_writer_put_bare(l->w, path, rk_buf_slice(out), true, err);
}

static rk_status flush(rk_listing *l, rk_err *err) {
    if (!l->n) return RK_OK;
    struct record *r = sorted(l);
    rk_buf out;
    rk_buf_init(&out, LIST_BYTES_MAX);
    rk_status s = RK_OK;
    for (size_t i = 0, n; i < l->n && s == RK_OK; i += n) {
        for (n = 1; i + n < l->n && list_of(&r[i + n]) == list_of(&r[i]);) n++;
        s = merge(l, list_of(&r[i]), r + i, n, &out, err);
    }
    rk_buf_free(&out);
    rk_free(r);
    rk_buf_clear(&l->pending);
    l->n = 0;
    return s;
}

rk_status rk_listing_add(rk_listing *l, rk_slice path, const char *suffix, const rk_sha256 *h,
                         rk_err *err) {
    char whole[RK_MANIFEST_PATH_MAX + 8];
    int n = snprintf(whole, sizeof whole, "%.*s%s", RK_FMT(path), suffix);
    rk_slice p = {whole, n > 0 ? (size_t)n : 0};
    if (n <= 0 || (size_t)n >= sizeof whole || !rk_manifest_path_ok(p))
        return rk_fail(err, RK_LIMIT, "'%.*s' cannot stand in a manifest",
                       (int)(path.len < 200 ? path.len : 200), path.ptr);
    if (!rk_manifest_lists(p)) return RK_OK;
    if (l->pending.len > RK_LISTING_BYTES_MAX) RK_TRY(flush(l, err));
    rk_buf_byte(&l->pending, (char)rk_manifest_list_of(p));
    rk_buf_add(&l->pending, (rk_slice){(const char *)h->b, sizeof h->b});
    rk_buf_u16(&l->pending, (uint16_t)p.len);
    rk_buf_add(&l->pending, p);
    RK_ASSERT(!l->pending.failed);
    l->n++;
    return RK_OK;
}

/* ===== the index ===== */

static rk_status hash_of(rk_listing *l, rk_slice path, rk_sha256 *out, rk_err *err) {
    rk_file f;
    RK_TRY(rk_writer_name(l->w, path, "", err));
    RK_TRY(rk_file_read_raw(l->w->name, LIST_BYTES_MAX, &f, err));
    *out = rk_sha256_of(f.bytes);
    rk_file_free(&f);
    return RK_OK;
}

/* Hashes of lists that this run left alone are taken from the index that is there, so that a
 * small change does not read all lists. */
static void read_index(rk_listing *l, rk_sha256 hash[256], bool known[256]) {
    rk_file f;
    rk_manifest_line line;
    char name[16];
    memset(known, 0, 256);
    if (l->check || rk_writer_name(l->w, RK_LIT("manifest/index"), "", NULL) != RK_OK ||
        rk_file_read_raw(l->w->name, 1u << 20, &f, NULL) != RK_OK)
        return;
    rk_slice rest = f.bytes;
    unsigned list = 0;
    while (rk_manifest_next(&rest, (rk_slice){0}, &line, NULL) == RK_OK) {
        while (list < 256 && !rk_slice_eq(list_path(list, name), line.path)) list++;
        if (list == 256) break;
        known[list] = !l->touched[list];
        hash[list] = line.sha256;
    }
    rk_file_free(&f);
}

rk_status rk_listing_close(rk_listing *l, rk_buf *index, rk_err *err) {
    rk_sha256 hash[256];
    bool known[256];
    char name[16];
    RK_TRY(flush(l, err));
    read_index(l, hash, known);
    for (unsigned i = 0; i < 256; i++) {
        rk_manifest_line line = {.path = list_path(i, name)};
        rk_status s = known[i] ? RK_OK : hash_of(l, line.path, &hash[i], NULL);
        if (s == RK_NOT_FOUND) continue;
        if (s != RK_OK) return hash_of(l, line.path, &hash[i], err);
        line.sha256 = hash[i];
        rk_manifest_line_put(&line, index);
    }
    if (index->failed) return rk_fail(err, RK_LIMIT, "manifest/index is too long");
    return rk_writer_put_bare(l->w, RK_LIT("manifest/index"), rk_buf_slice(index), false, err);
}

bool rk_listing_there(const char *dir) {
    rk_writer w = {.dir = dir};
    return rk_writer_name(&w, RK_LIT("manifest/index"), "", NULL) == RK_OK &&
           rk_file_there(w.name);
}
