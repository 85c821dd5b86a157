/* A file of forms inside the log: the batch entry's root over the forms that follow it
 * (docs/format/entry.md, "3 batch"), and the proof that one of them is under that root. The
 * forms' places in the log's tree do not help (the subtrees do not line up), so the roots of
 * each 256, 512, ... forms are computed once from the leaf hashes and kept (64 bytes for 256
 * forms): one node hash a form at the first proof, some hundred for each later one. Borrows the
 * store. One thread at a time. */
#ifndef RK_LOG_BATCH_H
#define RK_LOG_BATCH_H

#include "core/merkle.h"
#include "store/store.h"

typedef struct rk_batch_tree {
    rk_store *store;
    uint64_t first, n; /* the forms are entries first .. first + n - 1 */
    rk_sha256
        *up[RK_FRONTIER_LEVELS]; /* by level, from 256 forms on: roots of the full subtrees */
} rk_batch_tree;

/* forms of the batch that stand from entry `first` on, in a log of `size` entries. RK_CORRUPT
 * when they do not lead to `root`. */
rk_status rk_batch_tree_make(rk_batch_tree *t, rk_store *s, uint64_t first, uint64_t n,
                             uint64_t size, const rk_sha256 *root, rk_err *err);
void rk_batch_tree_free(rk_batch_tree *t);
/* That entry `index` is one of them. */
rk_status rk_batch_tree_prove(const rk_batch_tree *t, uint64_t index, uint64_t size,
                              rk_merkle_proof *out, rk_err *err);

#endif
