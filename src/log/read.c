/* Tiles of level 0 are stored when they are full; a partial one is the hashes of the entries
 * that are not in a full bundle yet. Tiles above level 0 are stored as they grow, so that any
 * prefix of them can be had. */
#include "log/log_inner.h"

#include "base/limits.h"
#include "core/proof.h"

#define MAGIC "RKHEAD1"

/* ===== the head ===== */

rk_status rk_log_head_put(const rk_log_head *h, rk_buf *out, rk_err *err) {
    rk_buf_lit(out, MAGIC);
    rk_buf_u32(out, (uint32_t)h->size);
    rk_buf_u32(out, (uint32_t)(h->size >> 32));
    for (unsigned i = 0; i < RK_FRONTIER_LEVELS; i++)
        if (h->edge.size >> i & 1)
            rk_buf_add(out, (rk_slice){(const char *)h->edge.node[i].b, sizeof(rk_sha256)});
    rk_buf_add(out, rk_buf_slice(&h->note));
    return out->failed || out->len > RK_HEAD_MAX
               ? rk_fail(err, RK_LIMIT, "the log's head does not fit")
               : RK_OK;
}

static rk_status damaged(rk_err *err) {
    return rk_fail(err, RK_CORRUPT,
                   "the head of the log does not decode: the store is damaged (restore it, and "
                   "let the newest checkpoint be checked: see docs/runbook/log.md)");
}

static rk_status decode(rk_slice b, rk_log_head *h, rk_err *err) {
    size_t magic = sizeof MAGIC - 1;
    if (b.len < magic + 8 || memcmp(b.ptr, MAGIC, magic) != 0) return damaged(err);
    memcpy(&h->size, b.ptr + magic, 8);
    b = rk_slice_from(b, magic + 8);
    if (h->size == 0 || h->size > RK_LOG_SIZE_MAX) return damaged(err);
    h->edge = (rk_frontier){.size = h->size};
    for (unsigned i = 0; i < RK_FRONTIER_LEVELS; i++) {
        if (!(h->size >> i & 1)) continue;
        if (b.len < sizeof(rk_sha256)) return damaged(err);
        memcpy(h->edge.node[i].b, b.ptr, sizeof(rk_sha256));
        b = rk_slice_from(b, sizeof(rk_sha256));
    }
    rk_buf_add(&h->note, b);
    h->root = rk_frontier_root(&h->edge);
    rk_note note;
    rk_checkpoint c;
    if (rk_note_parse(rk_buf_slice(&h->note), &note, NULL) != RK_OK ||
        rk_checkpoint_parse(note.text, &c, NULL) != RK_OK || c.size != h->size ||
        !rk_merkle_eq(&c.root, &h->root))
        return damaged(err);
    return RK_OK;
}

rk_status rk_log_head_read(rk_store *s, rk_log_head *out, rk_err *err) {
    rk_buf b;
    *out = (rk_log_head){0};
    rk_buf_init(&out->note, RK_HEAD_MAX);
    rk_buf_init(&b, RK_HEAD_MAX);
    rk_status st = rk_store_head_get(s, &b, err);
    if (st == RK_OK) st = decode(rk_buf_slice(&b), out, err);
    rk_buf_free(&b);
    return st;
}

void rk_log_head_free(rk_log_head *h) { rk_buf_free(&h->note); }

/* ===== tiles ===== */

struct leaves {
    rk_buf *out;
    bool hash;
};

static rk_status take(void *ctx, uint64_t first, const rk_slice *entry, size_t n, rk_err *err) {
    struct leaves *x = ctx;
    (void)first;
    for (size_t i = 0; i < n; i++) {
        if (x->hash) {
            rk_sha256 h = rk_merkle_leaf(entry[i]);
            rk_buf_add(x->out, (rk_slice){(const char *)h.b, sizeof h.b});
            continue;
        }
        rk_buf_byte(x->out, (char)(entry[i].len >> 8));
        rk_buf_byte(x->out, (char)(entry[i].len & 255));
        rk_buf_add(x->out, entry[i]);
    }
    return x->out->failed ? rk_fail(err, RK_LIMIT, "no room for a tile") : RK_OK;
}

static rk_status from_entries(rk_store *s, rk_tile t, bool hash, rk_buf *out, rk_err *err) {
    struct leaves x = {out, hash};
    uint64_t from = t.index * RK_TILE_WIDTH;
    return rk_store_read(s, from, from + t.width, take, &x, err);
}

static rk_status stored(rk_store *s, rk_tile t, rk_buf *out, rk_err *err) {
    size_t at = out->len, bytes = (size_t)t.width * sizeof(rk_sha256);
    RK_TRY(rk_store_tile_get(s, t.level, t.index, out, err));
    if (out->len - at < bytes)
        return rk_fail(err, RK_CORRUPT, "tile %u/%llu is shorter than the log says", t.level,
                       (unsigned long long)t.index);
    out->len = at + bytes;
    return RK_OK;
}

rk_status rk_log_tile(rk_store *s, rk_tile t, uint64_t size, rk_buf *out, rk_err *err) {
    if (t.level >= RK_TILE_LEVELS || !rk_tile_within(t, size))
        return rk_fail(err, RK_NOT_FOUND, "a log of %llu entries has no such tile",
                       (unsigned long long)size);
    if (t.entries) return from_entries(s, t, false, out, err);
    if (t.level == 0 && t.width < RK_TILE_WIDTH) return from_entries(s, t, true, out, err);
    return stored(s, t, out, err);
}

static rk_status fetch(void *ctx, rk_tile t, rk_slice *bytes, rk_err *err) {
    rk_log_reader *r = ctx;
    rk_buf *b = &r->bytes[t.level];
    rk_tile *k = &r->kept[t.level];
    if (k->width != t.width || k->index != t.index) {
        rk_buf_clear(b);
        k->width = 0;
        RK_TRY(rk_log_tile(r->store, t, r->source.size, b, err));
        *k = t;
    }
    *bytes = rk_buf_slice(b);
    return RK_OK;
}

void rk_log_reader_init(rk_log_reader *r, rk_store *s, uint64_t size) {
    *r = (rk_log_reader){.store = s};
    r->source = (rk_tile_source){fetch, r, size};
    for (unsigned i = 0; i < RK_TILE_LEVELS; i++) rk_buf_init(&r->bytes[i], RK_TILE_BYTES_MAX);
}

void rk_log_reader_free(rk_log_reader *r) {
    for (unsigned i = 0; i < RK_TILE_LEVELS; i++) rk_buf_free(&r->bytes[i]);
}

/* ===== proofs ===== */

static rk_status size_of(rk_slice bytes, uint64_t *size, rk_err *err) {
    rk_note note;
    rk_checkpoint c;
    RK_TRY(rk_note_parse(bytes, &note, err));
    RK_TRY(rk_checkpoint_parse(note.text, &c, err));
    *size = c.size;
    return RK_OK;
}

rk_status rk_log_prove_with(rk_log_reader *r, uint64_t index, rk_slice note, rk_buf *out,
                            rk_err *err) {
    rk_merkle_proof path;
    if (index >= r->source.size)
        return rk_fail(err, RK_NOT_FOUND, "the checkpoint covers %llu entries, not entry %llu",
                       (unsigned long long)r->source.size, (unsigned long long)index);
    rk_hash_reader hashes = rk_log_reader_hashes(r);
    RK_TRY(rk_merkle_inclusion(index, r->source.size, &hashes, &path, err));
    return rk_proof_put((rk_slice){0}, index, &path, note, out, err);
}

rk_status rk_log_prove(rk_store *s, uint64_t index, rk_slice note, rk_buf *out, rk_err *err) {
    uint64_t size;
    rk_log_reader r;
    RK_TRY(size_of(note, &size, err));
    rk_log_reader_init(&r, s, size);
    rk_status st = rk_log_prove_with(&r, index, note, out, err);
    rk_log_reader_free(&r);
    return st;
}
