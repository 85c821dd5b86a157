/* A published log against its checkpoint: every entry bundle is hashed, every hash of every
 * tile compared, and what differs is named down to the entry or hash. The entries themselves
 * are handed out in order for the caller to look at (core/audit.h). Files are not opened here:
 * whoever has them hands them in. Memory: one bundle (at most 16.8 MB, usually 20 KB), one tile
 * of each level, RK_FAULTS_MAX faults; it does not grow with the log.
 *
 * What is true is known only at the end: either the hashes of the entries lead to the root,
 * then tiles that differ are wrong; or those of the lowest tiles do, then entries that differ
 * are; or neither. So faults come at rk_treecheck_end, except that a file is missing or has no
 * possible length, which is plain at once.
 *
 * A log that was checked before is gone on with from its frontier: only what is new is read.
 * That the new root comes out right proves that the log only grew. */
#ifndef RK_CORE_TREECHECK_H
#define RK_CORE_TREECHECK_H

#include "core/tile.h"

#define RK_FAULTS_MAX 4096u /* places named; more are counted */

enum rk_fault_kind {
    RK_FAULT_MISSING, /* the file is not there */
    RK_FAULT_LENGTH,  /* a tile or bundle of an impossible length */
    RK_FAULT_ENTRY,   /* entry `at` of a bundle is not the one in the tree */
    RK_FAULT_HASH,    /* hash `at` of a tile is not the one in the tree */
    RK_FAULT_EITHER,  /* hash `at` of a tile and what lies below differ; nothing leads to the
                         root */
    RK_FAULT_ROOT,    /* entries and tiles agree, the root is another */
    RK_FAULT_HISTORY, /* what was checked before is not the beginning of this log */
};

typedef struct rk_treefault {
    enum rk_fault_kind kind;
    rk_tile tile;
    uint32_t at; /* entry or hash within the file */
} rk_treefault;
typedef void rk_treefault_fn(void *ctx, const rk_treefault *f);

/* Where the files of a log are. get appends the whole file to out (at most max bytes):
 * RK_NOT_FOUND when there is none; anything else stops the check. ahead (NULL allowed) says
 * which file is asked for soon. */
typedef struct rk_log_files {
    rk_status (*get)(void *ctx, rk_tile t, size_t max, rk_buf *out, rk_err *err);
    void (*ahead)(void *ctx, rk_tile t);
    void *ctx;
} rk_log_files;

typedef struct rk_treecheck rk_treecheck;
/* from: the frontier of the part that was checked before, NULL = none; its size is at most
 * `size`. */
rk_treecheck *rk_treecheck_new(const rk_log_files *files, uint64_t size, const rk_sha256 *root,
                               const rk_frontier *from, rk_treefault_fn *fn, void *ctx);
void rk_treecheck_free(rk_treecheck **t);

/* The next entries, at most 256 and none from index `stop` on: *n of them from index *first,
 * with their leaf hashes; valid until the next call. RK_NOT_FOUND at the end (or at stop), and
 * where a bundle does not hold its entries: rk_treecheck_broken then. RK_IO and what `get`
 * returns otherwise. */
rk_status rk_treecheck_next(rk_treecheck *t, uint64_t stop, uint64_t *first,
                            const rk_slice **entry, const rk_sha256 **leaf, size_t *n,
                            rk_err *err);
bool rk_treecheck_broken(const rk_treecheck *t);
/* Notes the root that the first `size` entries have, as they are read; was: false when they
 * were not all read. To tell whether a log begins with what was verified before. */
void rk_treecheck_watch(rk_treecheck *t, uint64_t size);
bool rk_treecheck_was(const rk_treecheck *t, rk_sha256 *root);
/* The tree over the entries handed out so far. */
const rk_frontier *rk_treecheck_edge(const rk_treecheck *t);
/* Reads what is left, looks at the upper tiles and tells the faults. *faults = how many there
 * are: 0 means that every entry and every hash is the one that the root stands for. */
rk_status rk_treecheck_end(rk_treecheck *t, uint64_t *faults, rk_err *err);

/* Cuts a bundle into its n entries; false (with *got of them good) when it is not exactly
 * that. */
bool rk_bundle_entries(rk_slice bundle, size_t n, rk_slice *entry, size_t *got);

#endif
