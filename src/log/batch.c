#include "log/batch.h"

#include "base/mem.h"
#include "log/log.h"

enum { BLOCK_LEVEL = 8 }; /* a block has 2^8 forms */

struct reading {
    const rk_batch_tree *t;
    rk_hash_reader leaves; /* of the log */
};

static rk_status node(struct reading *r, unsigned level, uint64_t index, rk_sha256 *out,
                      rk_err *err) {
    rk_sha256 left, right;
    if (level == 0) return r->leaves.read(r->leaves.ctx, 0, r->t->first + index, out, err);
    if (level >= BLOCK_LEVEL && r->t->up[level]) {
        *out = r->t->up[level][index];
        return RK_OK;
    }
    RK_TRY(node(r, level - 1, 2 * index, &left, err)); /* at most 63 deep */
    RK_TRY(node(r, level - 1, 2 * index + 1, &right, err));
    *out = rk_merkle_node(&left, &right);
    return RK_OK;
}

static rk_status read_node(void *ctx, unsigned level, uint64_t index, rk_sha256 *out,
                           rk_err *err) {
    return node(ctx, level, index, out, err);
}

/* Level by level, each from the one below. */
static rk_status build(rk_batch_tree *t, struct reading *r, rk_err *err) {
    for (unsigned level = BLOCK_LEVEL; level < RK_FRONTIER_LEVELS && t->n >> level; level++) {
        uint64_t n = t->n >> level;
        rk_sha256 *up = rk_calloc(n, sizeof *up);
        rk_status s = RK_OK;
        for (uint64_t i = 0; i < n && s == RK_OK; i++) s = node(r, level, i, &up[i], err);
        t->up[level] = up;
        RK_TRY(s);
    }
    return RK_OK;
}

rk_status rk_batch_tree_make(rk_batch_tree *t, rk_store *s, uint64_t first, uint64_t n,
                             uint64_t size, const rk_sha256 *root, rk_err *err) {
    rk_log_reader l;
    rk_sha256 is;
    *t = (rk_batch_tree){.store = s, .first = first, .n = n};
    rk_log_reader_init(&l, s, size);
    struct reading r = {t, rk_log_reader_hashes(&l)};
    rk_hash_reader nodes = {read_node, &r};
    rk_status st = build(t, &r, err);
    if (st == RK_OK) st = rk_merkle_root(n, &nodes, &is, err);
    if (st == RK_OK && !rk_merkle_eq(&is, root))
        st = rk_fail(err, RK_CORRUPT, "the forms from entry %llu on are not those of the batch",
                     (unsigned long long)first);
    rk_log_reader_free(&l);
    if (st != RK_OK) rk_batch_tree_free(t);
    return st;
}

void rk_batch_tree_free(rk_batch_tree *t) {
    for (unsigned i = 0; i < RK_FRONTIER_LEVELS; i++) rk_free(t->up[i]);
    *t = (rk_batch_tree){0};
}

rk_status rk_batch_tree_prove(const rk_batch_tree *t, uint64_t index, uint64_t size,
                              rk_merkle_proof *out, rk_err *err) {
    rk_log_reader l;
    if (index < t->first || index - t->first >= t->n)
        return rk_fail(err, RK_NOT_FOUND, "entry %llu is not in this batch",
                       (unsigned long long)index);
    rk_log_reader_init(&l, t->store, size);
    struct reading r = {t, rk_log_reader_hashes(&l)};
    rk_hash_reader nodes = {read_node, &r};
    rk_status st = rk_merkle_inclusion(index - t->first, t->n, &nodes, out, err);
    rk_log_reader_free(&l);
    return st;
}
