/* Checkpoints (C2SP tlog-checkpoint): the text of a signed note that says which log, how many
 * entries, which root. Extension lines are not used by us; where another log has some they are
 * kept
 * (`extensions`, part of what is signed) and mean nothing here.
 * Limits: those of notes; sizes up to RK_LOG_SIZE_MAX. Slices point into the caller's bytes.
 * Errors: RK_BAD_INPUT the bytes are no checkpoint; those of rk_note_verify for signatures.
 * Source: c2sp.org/tlog-checkpoint; docs/format/checkpoint.md. */
#ifndef RK_CORE_CHECKPOINT_H
#define RK_CORE_CHECKPOINT_H

#include "base/sha256.h"
#include "core/note.h"

typedef struct rk_checkpoint {
    rk_slice origin;
    uint64_t size;
    rk_sha256 root;
    rk_slice extensions; /* whole lines with their newlines; usually empty */
} rk_checkpoint;

/* The text of a checkpoint (no signatures). */
rk_status rk_checkpoint_parse(rk_slice text, rk_checkpoint *out, rk_err *err);
/* The same, written; RK_BAD_INPUT when it could not be read back. */
rk_status rk_checkpoint_put(const rk_checkpoint *c, rk_buf *out, rk_err *err);

/* Writes the checkpoint with the signatures of n type 1 keys, whose names must be the origin.
 * It is the caller's promise that the tree extends every tree signed before. */
rk_status rk_checkpoint_sign(const rk_checkpoint *c, const rk_signer *signer, size_t n,
                             rk_buf *out, rk_err *err);
/* Reads a signed checkpoint: a key among the n that is named as its origin must have signed it,
 * and no known key wrongly. RK_NOT_FOUND when none of the log's keys has. */
rk_status rk_checkpoint_open(rk_slice note, const rk_verifier *key, size_t n,
                             rk_checkpoint *out, rk_err *err);

#endif
