/* The public log over a store: each batch of entries becomes durable together with its place in
 * the Merkle tree and a signed checkpoint that covers it. docs/format/log.md says what that
 * looks like from outside.
 *
 * Never fork: a checkpoint is signed only over the tree that the last signed one covers, read
 * from the store inside the same transaction (so of two writers one signs), and only while no
 * newer one is known: not to this handle, not to the lock file, not to whatever the caller has
 * shown it (rk_log_must_extend: a published tree, a witness). A store that lags behind was
 * restored from an older copy; it refuses to sign (RK_CONFLICT) and says how to recover.
 *
 * The lock file holds the newest checkpoint signed here. It is written after each commit, not
 * flushed, so that it survives the process and not a power cut (then it may lag, which is
 * harmless). Kept on another disk than the store (it may be a symbolic link) it also survives
 * the store's restoration.
 *
 * The log borrows the store, and is its only writer. One thread at a time. */
#ifndef RK_LOG_LOG_H
#define RK_LOG_LOG_H

#include "core/checkpoint.h"
#include "core/merkle.h"
#include "core/tile.h"
#include "store/store.h"

/* ===== reading: needs only a store ===== */

/* The end of the log: what the newest checkpoint says, and its note (owned by `note`). */
typedef struct rk_log_head {
    uint64_t size;
    rk_sha256 root;
    rk_frontier edge;
    rk_buf note;
} rk_log_head;

/* RK_NOT_FOUND when nothing was ever signed; RK_CORRUPT when the head does not decode. Free
 * with rk_log_head_free, also after a failure. */
rk_status rk_log_head_read(rk_store *s, rk_log_head *out, rk_err *err);
void rk_log_head_free(rk_log_head *h);

/* Reads hashes of the tree over the first `size` entries, keeping the last tile of each level.
 */
typedef struct rk_log_reader {
    rk_store *store;
    rk_tile_source source;
    rk_tile kept[RK_TILE_LEVELS];
    rk_buf bytes[RK_TILE_LEVELS];
} rk_log_reader;
void rk_log_reader_init(rk_log_reader *r, rk_store *s, uint64_t size);
void rk_log_reader_free(rk_log_reader *r);
static inline rk_hash_reader rk_log_reader_hashes(rk_log_reader *r) {
    return rk_tile_reader(&r->source);
}

/* Appends the bytes of a tile or entry bundle as a log of `size` entries has it. RK_NOT_FOUND
 * when it has no such tile. */
rk_status rk_log_tile(rk_store *s, rk_tile t, uint64_t size, rk_buf *out, rk_err *err);
/* Appends the proof (core/proof.h) that entry `index` is in the log of `note`, a signed
 * checkpoint of this log. RK_NOT_FOUND past its end. */
rk_status rk_log_prove(rk_store *s, uint64_t index, rk_slice note, rk_buf *out, rk_err *err);
/* The same with a reader that is open for the note's size: for many proofs at once. */
rk_status rk_log_prove_with(rk_log_reader *r, uint64_t index, rk_slice note, rk_buf *out,
                            rk_err *err);

/* ===== writing ===== */

#define RK_LOG_SIGNERS_MAX 2u /* the log's key; while it changes hands, the old one too */

typedef struct rk_log rk_log;
/* lock_path: the lock file, made when missing. */
rk_status rk_log_open(rk_store *s, const char *lock_path, rk_log **out, rk_err *err);
void rk_log_close(rk_log **l);
/* Who signs the next checkpoints; the first one's name is the log's origin. Copied. */
void rk_log_sign_with(rk_log *l, const rk_signer *signer, size_t n);
/* The log must extend this signed checkpoint, which was seen at `where` ("the witness X"): it
 * is remembered, and a log that does not refuses to sign. RK_CONFLICT at once when the store is
 * known to be behind it or forked. The note is checked with the given keys. */
rk_status rk_log_must_extend(rk_log *l, rk_slice note, const rk_verifier *key, size_t n,
                             const char *where, rk_err *err);

/* Takes the store's write lock and makes sure that the log may go on from there. */
rk_status rk_log_begin(rk_log *l, rk_err *err);
/* Entries in the log, those of the open batch included. */
uint64_t rk_log_size(const rk_log *l);
/* Adds an entry. leaf: its leaf hash if known, else NULL. Errors: rk_store_append. */
rk_status rk_log_append(rk_log *l, rk_slice entry, const rk_sha256 *leaf, rk_err *err);
/* Integrates, signs, makes durable. On RK_OK the checkpoint that covers the batch is
 * rk_log_note. Whatever it returns, the batch is over. A batch without entries signs nothing.
 */
rk_status rk_log_commit(rk_log *l, rk_err *err);
void rk_log_abort(rk_log *l);
/* The newest signed checkpoint after the last begin or commit of this handle; empty when there
 * is none. Valid until the next call. */
rk_slice rk_log_note(const rk_log *l);

#endif
