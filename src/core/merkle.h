/* The Merkle tree of RFC 6962 section 2.1 (the same in RFC 9162): hashes, a tree that only
 * grows, proofs made and proofs checked. It knows hashes and sizes, not where they are kept:
 * whoever makes a proof hands in a reader. Nothing is allocated. Limits: sizes up to
 * RK_LOG_SIZE_MAX, proofs up to RK_PROOF_HASHES_MAX hashes. A check accepts exactly one proof
 * for given sizes and hashes: its length is computed beforehand, and nothing in it is left
 * unused. A check returns RK_OK; RK_BAD_INPUT when sizes or length cannot be; RK_CONFLICT when
 * the hashes do not lead to the root. */
#ifndef RK_CORE_MERKLE_H
#define RK_CORE_MERKLE_H

#include "base/err.h"
#include "base/limits.h"
#include "base/sha256.h"

/* ---- hashes ---- */
rk_sha256 rk_merkle_leaf(rk_slice entry);
rk_sha256 rk_merkle_node(const rk_sha256 *left, const rk_sha256 *right);
/* The root of the tree without leaves. */
rk_sha256 rk_merkle_empty(void);
static inline bool rk_merkle_eq(const rk_sha256 *a, const rk_sha256 *b) {
    return memcmp(a, b, sizeof *a) == 0;
}

/* ---- the tree that only grows ---- */
#define RK_FRONTIER_LEVELS 63u

/* The roots of the complete subtrees that a tree of `size` leaves falls into: node[i] spans 2^i
 * leaves and belongs to the tree where bit i of size is set. {0} is the empty tree. */
typedef struct rk_frontier {
    uint64_t size;
    rk_sha256 node[RK_FRONTIER_LEVELS];
} rk_frontier;

/* Adds a leaf and returns how many levels of complete subtrees it closed above the leaves, k:
 * until the next call node[0..k] are the subtrees of 1, 2, 4, ... 2^k leaves that end with this
 * leaf (what a tile of their level gets next). Amortised one node hash a leaf. The size must be
 * below the limit. */
unsigned rk_frontier_append(rk_frontier *f, const rk_sha256 *leaf);
rk_sha256 rk_frontier_root(const rk_frontier *f);

/* ---- reading a tree that is kept somewhere ---- */
/* Gives the root of the complete subtree of the 2^level leaves from index * 2^level on. */
typedef struct rk_hash_reader {
    rk_status (*read)(void *ctx, unsigned level, uint64_t index, rk_sha256 *out, rk_err *err);
    void *ctx;
} rk_hash_reader;

/* The frontier of the first `size` leaves. */
rk_status rk_frontier_load(rk_frontier *f, uint64_t size, const rk_hash_reader *r, rk_err *err);
/* The root of the first `size` leaves. */
rk_status rk_merkle_root(uint64_t size, const rk_hash_reader *r, rk_sha256 *out, rk_err *err);

typedef struct rk_merkle_proof {
    uint32_t n;
    rk_sha256 hash[RK_PROOF_HASHES_MAX];
} rk_merkle_proof;

/* That leaf `index` is in the tree of `size` leaves; RK_BAD_INPUT when index >= size. */
rk_status rk_merkle_inclusion(uint64_t index, uint64_t size, const rk_hash_reader *r,
                              rk_merkle_proof *out, rk_err *err);
/* That the tree of `from` leaves begins the tree of `to`; RK_BAD_INPUT when from > to. */
rk_status rk_merkle_consistency(uint64_t from, uint64_t to, const rk_hash_reader *r,
                                rk_merkle_proof *out, rk_err *err);

/* ---- checking ---- */
rk_status rk_merkle_check_inclusion(const rk_sha256 *leaf, uint64_t index, uint64_t size,
                                    const rk_sha256 *proof, size_t n, const rk_sha256 *root,
                                    rk_err *err);
/* An empty tree begins every tree (no hashes); equal sizes need equal roots (no hashes). */
rk_status rk_merkle_check_consistency(uint64_t from, const rk_sha256 *from_root, uint64_t to,
                                      const rk_sha256 *to_root, const rk_sha256 *proof,
                                      size_t n, rk_err *err);

#endif
