/* Proofs are made by walking down from the root and noting the sibling at each step, which is
 * the definition of the RFC unrolled; they are checked by walking up. A path has two parts:
 * below the point where it parts from the right border of the tree siblings are on either side
 * (`inner`), above it only on the left (`border`), one for each set bit of the index there.
 * Knowing both counts beforehand is what makes the length of a proof exact. */
#include "core/merkle.h"

rk_sha256 rk_merkle_leaf(rk_slice entry) { return rk_sha256_of_prefixed(0, entry); }

rk_sha256 rk_merkle_node(const rk_sha256 *left, const rk_sha256 *right) {
    char both[1 + 2 * sizeof *left];
    both[0] = 1;
    memcpy(both + 1, left, sizeof *left);
    memcpy(both + 1 + sizeof *left, right, sizeof *right);
    return rk_sha256_of((rk_slice){both, sizeof both});
}

rk_sha256 rk_merkle_empty(void) { return rk_sha256_of((rk_slice){NULL, 0}); }

/* ---- the tree that only grows ---- */

unsigned rk_frontier_append(rk_frontier *f, const rk_sha256 *leaf) {
    RK_ASSERT(f->size < RK_LOG_SIZE_MAX);
    rk_sha256 at = *leaf;
    unsigned k = 0;
    for (; f->size >> k & 1; k++) {
        rk_sha256 parent = rk_merkle_node(&f->node[k], &at);
        f->node[k] = at; /* free from now on: kept for the caller, who fills tiles with it */
        at = parent;
    }
    f->node[k] = at;
    f->size++;
    return k;
}

rk_sha256 rk_frontier_root(const rk_frontier *f) {
    if (f->size == 0) return rk_merkle_empty();
    unsigned k = (unsigned)__builtin_ctzll(f->size);
    rk_sha256 root = f->node[k];
    while (++k < RK_FRONTIER_LEVELS)
        if (f->size >> k & 1) root = rk_merkle_node(&f->node[k], &root);
    return root;
}

/* ---- reading ---- */

/* The root over leaves [lo, hi), where lo is a multiple of every subtree in it. */
static rk_status range_root(uint64_t lo, uint64_t hi, const rk_hash_reader *r, rk_sha256 *out,
                            rk_err *err) {
    uint64_t left = hi - lo;
    bool first = true;
    RK_ASSERT(left > 0);
    while (left) { /* complete subtrees from the right, smallest first */
        unsigned k = (unsigned)__builtin_ctzll(left);
        uint64_t start = lo + (left & (left - 1));
        rk_sha256 h;
        RK_ASSERT((start & (((uint64_t)1 << k) - 1)) == 0);
        RK_TRY(r->read(r->ctx, k, start >> k, &h, err));
        *out = first ? h : rk_merkle_node(&h, out);
        first = false;
        left &= left - 1;
    }
    return RK_OK;
}

static rk_status size_is_possible(uint64_t size, rk_err *err) {
    if (size <= RK_LOG_SIZE_MAX) return RK_OK;
    return rk_fail(err, RK_BAD_INPUT, "%llu is more than a log can hold",
                   (unsigned long long)size);
}

rk_status rk_frontier_load(rk_frontier *f, uint64_t size, const rk_hash_reader *r,
                           rk_err *err) {
    *f = (rk_frontier){0};
    RK_TRY(size_is_possible(size, err));
    for (unsigned k = 0; k < RK_FRONTIER_LEVELS; k++)
        if (size >> k & 1) /* the subtree of 2^k leaves that ends where the higher bits begin */
            RK_TRY(r->read(r->ctx, k, (size >> k) - 1, &f->node[k], err));
    f->size = size;
    return RK_OK;
}

rk_status rk_merkle_root(uint64_t size, const rk_hash_reader *r, rk_sha256 *out, rk_err *err) {
    RK_TRY(size_is_possible(size, err));
    *out = rk_merkle_empty();
    return size ? range_root(0, size, r, out, err) : RK_OK;
}

/* The largest power of two below n (n > 1). */
static uint64_t split(uint64_t n) { return (uint64_t)1 << (63 - __builtin_clzll(n - 1)); }

static rk_status note_range(rk_merkle_proof *p, uint64_t lo, uint64_t hi,
                            const rk_hash_reader *r, rk_err *err) {
    RK_ASSERT(p->n < RK_PROOF_HASHES_MAX);
    RK_TRY(range_root(lo, hi, r, &p->hash[p->n], err));
    p->n++;
    return RK_OK;
}

/* Proofs are written from the leaf upwards and made from the root downwards. */
static void turn(rk_merkle_proof *p) {
    for (uint32_t i = 0, j = p->n; i + 1 < j; i++) {
        rk_sha256 t = p->hash[i];
        p->hash[i] = p->hash[--j];
        p->hash[j] = t;
    }
}

rk_status rk_merkle_inclusion(uint64_t index, uint64_t size, const rk_hash_reader *r,
                              rk_merkle_proof *out, rk_err *err) {
    out->n = 0;
    RK_TRY(size_is_possible(size, err));
    if (index >= size)
        return rk_fail(err, RK_BAD_INPUT, "entry %llu is not in a log of %llu entries",
                       (unsigned long long)index, (unsigned long long)size);
    for (uint64_t lo = 0, hi = size; hi - lo > 1;) {
        uint64_t mid = lo + split(hi - lo);
        if (index < mid) {
            RK_TRY(note_range(out, mid, hi, r, err));
            hi = mid;
        } else {
            RK_TRY(note_range(out, lo, mid, r, err));
            lo = mid;
        }
    }
    turn(out);
    return RK_OK;
}

rk_status rk_merkle_consistency(uint64_t from, uint64_t to, const rk_hash_reader *r,
                                rk_merkle_proof *out, rk_err *err) {
    out->n = 0;
    RK_TRY(size_is_possible(to, err));
    if (from > to)
        return rk_fail(err, RK_BAD_INPUT, "a log of %llu entries cannot begin one of %llu",
                       (unsigned long long)from, (unsigned long long)to);
    if (from == 0 || from == to) return RK_OK;
    uint64_t lo = 0, hi = to;
    while (hi != from) {
        uint64_t mid = lo + split(hi - lo);
        if (from <= mid) {
            RK_TRY(note_range(out, mid, hi, r, err));
            hi = mid;
        } else {
            RK_TRY(note_range(out, lo, mid, r, err));
            lo = mid;
        }
    }
    if (lo > 0)
        RK_TRY(note_range(out, lo, hi, r, err)); /* else it is the old root, which is known */
    turn(out);
    return RK_OK;
}

/* ---- checking ---- */

static unsigned bits(uint64_t v) { return v ? 64 - (unsigned)__builtin_clzll(v) : 0; }

/* Steps between leaf `index` and the right border of a tree of `size`, and set bits above. */
static void path_shape(uint64_t index, uint64_t size, unsigned *inner, unsigned *border) {
    *inner = bits(index ^ (size - 1));
    *border = (unsigned)__builtin_popcountll(*inner < 64 ? index >> *inner : 0);
}

static rk_status length_is(size_t n, size_t want, const char *what, rk_err *err) {
    if (n == want) return RK_OK;
    return rk_fail(err, RK_BAD_INPUT, "%s of these sizes has %zu hashes, this one %zu", what,
                   want, n);
}

/* Up from h: bit i of `index` says on which side h is at step i. */
static rk_sha256 climb(rk_sha256 h, const rk_sha256 *proof, unsigned n, uint64_t index) {
    for (unsigned i = 0; i < n; i++)
        h = index >> i & 1 ? rk_merkle_node(&proof[i], &h) : rk_merkle_node(&h, &proof[i]);
    return h;
}

/* The same, leaving out the steps where h is on the left: what the smaller tree had not. */
static rk_sha256 climb_right(rk_sha256 h, const rk_sha256 *proof, unsigned n, uint64_t index) {
    for (unsigned i = 0; i < n; i++)
        if (index >> i & 1) h = rk_merkle_node(&proof[i], &h);
    return h;
}

rk_status rk_merkle_check_inclusion(const rk_sha256 *leaf, uint64_t index, uint64_t size,
                                    const rk_sha256 *proof, size_t n, const rk_sha256 *root,
                                    rk_err *err) {
    unsigned inner, border;
    RK_TRY(size_is_possible(size, err));
    if (index >= size)
        return rk_fail(err, RK_BAD_INPUT, "entry %llu is not in a log of %llu entries",
                       (unsigned long long)index, (unsigned long long)size);
    path_shape(index, size, &inner, &border);
    RK_TRY(length_is(n, inner + border, "an inclusion proof", err));
    rk_sha256 h = climb(*leaf, proof, inner, index);
    h = climb(h, proof + inner, border, UINT64_MAX);
    if (rk_merkle_eq(&h, root)) return RK_OK;
    return rk_fail(err, RK_CONFLICT, "the inclusion proof does not lead to the root");
}

static rk_status check_trivial(uint64_t from, const rk_sha256 *from_root,
                               const rk_sha256 *to_root, size_t n, rk_err *err) {
    rk_sha256 empty = rk_merkle_empty();
    RK_TRY(length_is(n, 0, "a consistency proof", err));
    if (rk_merkle_eq(from_root, from ? to_root : &empty)) return RK_OK;
    if (from) return rk_fail(err, RK_CONFLICT, "two roots for one size");
    return rk_fail(err, RK_CONFLICT, "this is not the root of the empty log");
}

rk_status rk_merkle_check_consistency(uint64_t from, const rk_sha256 *from_root, uint64_t to,
                                      const rk_sha256 *to_root, const rk_sha256 *proof,
                                      size_t n, rk_err *err) {
    unsigned inner, border;
    RK_TRY(size_is_possible(to, err));
    if (from > to)
        return rk_fail(err, RK_BAD_INPUT, "a log of %llu entries cannot begin one of %llu",
                       (unsigned long long)from, (unsigned long long)to);
    if (from == to || from == 0) {
        if (to == 0) RK_TRY(check_trivial(0, to_root, to_root, n, err));
        return check_trivial(from, from_root, to_root, n, err);
    }
    /* The path of the last old leaf, from the largest complete subtree that ends with it. */
    unsigned low = (unsigned)__builtin_ctzll(from);
    bool whole = (from & (from - 1)) == 0; /* the old tree is that subtree: its root is known */
    path_shape(from - 1, to, &inner, &border);
    inner -= low;
    RK_TRY(length_is(n, inner + border + !whole, "a consistency proof", err));
    rk_sha256 seed = whole ? *from_root : proof[0];
    const rk_sha256 *rest = proof + !whole;
    uint64_t index = (from - 1) >> low;
    rk_sha256 was = climb_right(seed, rest, inner, index),
              now = climb(seed, rest, inner, index);
    was = climb(was, rest + inner, border, UINT64_MAX);
    now = climb(now, rest + inner, border, UINT64_MAX);
    if (!rk_merkle_eq(&was, from_root))
        return rk_fail(err, RK_CONFLICT, "the consistency proof does not lead to the old root");
    if (!rk_merkle_eq(&now, to_root))
        return rk_fail(err, RK_CONFLICT, "the consistency proof does not lead to the new root");
    return RK_OK;
}
