/* The port to where the log lives: an append-only sequence of entries, dense from 0, never
 * changed, and beside it what the log's tree needs: hash tiles and one head, which change only
 * together with entries. What a store promises (held by tests/contract/store_contract.c for
 * every implementation):
 *  - rk_store_commit returns RK_OK only when all entries of the batch are durable; a batch is
 * in the log wholly or not at all, after a crash too;
 *  - one writer: rk_store_begin fails with RK_BUSY while another process or handle holds it;
 *  - readers never block the writer nor the reverse, and see only committed batches;
 *  - after a failed flush to disk the handle refuses to write for good (no retry: what the disk
 *    holds is unknown); reopen to go on from what is really there;
 *  - entries have 1 to RK_ENTRY_MAX bytes and come back byte for byte;
 *  - tiles and the head written in a batch are there exactly when its entries are.
 * A store knows nothing of what entries, tiles and heads mean. One handle belongs to one thread
 * at a time. */
#ifndef RK_STORE_STORE_H
#define RK_STORE_STORE_H

#include "base/buf.h"

typedef struct rk_store rk_store;

/* Receives n entries with indexes first, first+1, ...; slices are valid only during the call.
 * Anything but RK_OK stops the reading and is returned by rk_store_read. It must not call the
 * store it is reading from. */
typedef rk_status rk_store_fn(void *ctx, uint64_t first, const rk_slice *entry, size_t n,
                              rk_err *err);

/* What an implementation provides; only src/store/ and its tests look inside. */
struct rk_store_ops {
    void (*close)(rk_store *s);
    rk_status (*size)(rk_store *s, uint64_t *out, rk_err *err);
    rk_status (*begin)(rk_store *s, rk_err *err);
    rk_status (*append)(rk_store *s, rk_slice entry, rk_err *err);
    rk_status (*commit)(rk_store *s, uint64_t *size, rk_err *err);
    void (*abort)(rk_store *s);
    rk_status (*read)(rk_store *s, uint64_t from, uint64_t to, rk_store_fn *fn, void *ctx,
                      rk_err *err);
    rk_status (*tile_put)(rk_store *s, unsigned level, uint64_t index, rk_slice bytes,
                          rk_err *err);
    rk_status (*tile_get)(rk_store *s, unsigned level, uint64_t index, rk_buf *out,
                          rk_err *err);
    rk_status (*head_put)(rk_store *s, rk_slice bytes, rk_err *err);
    rk_status (*head_get)(rk_store *s, rk_buf *out, rk_err *err);
    rk_status (*meta_get)(rk_store *s, rk_slice key, rk_buf *out, rk_err *err);
    rk_status (*meta_set)(rk_store *s, rk_slice key, rk_slice value, rk_err *err);
};
struct rk_store {
    const struct rk_store_ops *ops;
};

/* ---- the port ---- */
/* Closes (an open batch is dropped) and nulls *s. */
void rk_store_close(rk_store **s);
/* Number of committed entries, those of other processes included. */
rk_status rk_store_size(rk_store *s, uint64_t *out, rk_err *err);
/* Takes the write lock. RK_BUSY: another writer has it; RK_IO: the handle was stopped by a
 * failed flush, or the file cannot be written. */
rk_status rk_store_begin(rk_store *s, rk_err *err);
/* Adds one entry to the open batch. RK_LIMIT when it is empty or over RK_ENTRY_MAX (the batch
 * goes on without it); after any other failure the batch can only be dropped. */
rk_status rk_store_append(rk_store *s, rk_slice entry, rk_err *err);
/* Makes the batch durable; *size (NULL allowed) = entries in the log afterwards. Whatever it
 * returns, the batch is over. RK_IO because the disk is full: rolled back, the handle goes on.
 * RK_IO for another reason: the handle is stopped, and whether the batch is there (whole) only
 * opening the store again tells. */
rk_status rk_store_commit(rk_store *s, uint64_t *size, rk_err *err);
/* Drops the open batch, if any. */
void rk_store_abort(rk_store *s);
/* Hands entries [from, min(to, size)) to fn in order, many at a time; `to` may be UINT64_MAX.
 */
rk_status rk_store_read(rk_store *s, uint64_t from, uint64_t to, rk_store_fn *fn, void *ctx,
                        rk_err *err);
/* Appends entry `index` to out; RK_NOT_FOUND past the end. */
rk_status rk_store_get(rk_store *s, uint64_t index, rk_buf *out, rk_err *err);
/* The tile (level, index) of the log's tree, replaced in the open batch. 1 to
 * RK_TILE_STORED_MAX bytes, level below RK_TILE_LEVELS_STORED, index below 2^56. */
#define RK_TILE_STORED_MAX 8192u
#define RK_TILE_LEVELS_STORED 8u
rk_status rk_store_tile_put(rk_store *s, unsigned level, uint64_t index, rk_slice bytes,
                            rk_err *err);
/* Appends a tile to out; RK_NOT_FOUND. */
rk_status rk_store_tile_get(rk_store *s, unsigned level, uint64_t index, rk_buf *out,
                            rk_err *err);
/* The one small value that goes with the log's end (its size, the tree's edge, the signed
 * checkpoint), replaced in the open batch. 1 to RK_HEAD_MAX bytes. */
#define RK_HEAD_MAX 16384u
rk_status rk_store_head_put(rk_store *s, rk_slice bytes, rk_err *err);
/* Appends the head to out; RK_NOT_FOUND when none was ever written. */
rk_status rk_store_head_get(rk_store *s, rk_buf *out, rk_err *err);
/* Small named values beside the log (format version): durable on
 * return. meta_get appends to out; RK_NOT_FOUND when the key is not set. Not while a batch is
 * open. A key has 1 to RK_META_KEY_MAX bytes, a value at most RK_ENTRY_MAX; "format" is the
 * store's own. */
#define RK_META_KEY_MAX 64u
rk_status rk_store_meta_get(rk_store *s, rk_slice key, rk_buf *out, rk_err *err);
rk_status rk_store_meta_set(rk_store *s, rk_slice key, rk_slice value, rk_err *err);

/* ---- SQLite (src/store/sqlite.c) ---- */
enum rk_store_mode { RK_STORE_READ, RK_STORE_WRITE, RK_STORE_CREATE };
/* Opens the file. CREATE fails with RK_CONFLICT when it exists; READ/WRITE with RK_NOT_FOUND
 * when it does not, RK_CORRUPT when it is not a rekap store or of a newer format. */
rk_status rk_store_sqlite_open(const char *path, enum rk_store_mode mode, rk_store **out,
                               rk_err *err);

#endif
