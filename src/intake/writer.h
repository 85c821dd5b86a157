/* The one writer: takes signed forms from many threads, appends them in groups, and answers
 * each only when it is durable, in the tree, and covered by a signed checkpoint. The answer is
 * a receipt: its index and a proof (core/proof.h) that needs nothing else to be checked.
 *
 * A form that is handed in again (the answer was lost) gets a receipt for the entry that is
 * there; it is never entered twice. A group that cannot be made durable is answered with the
 * reason and none of it is in the log, but for one case: after a failed flush the disk's state
 * is unknown, nothing more is written, and only opening the log again tells.
 *
 * Limits: RK_WRITER_QUEUE_MAX forms wait (RK_BUSY beyond), RK_WRITER_GROUP_MAX to a commit. */
#ifndef RK_INTAKE_WRITER_H
#define RK_INTAKE_WRITER_H

#include "intake/dir.h"

typedef struct rk_writer rk_writer;

typedef struct rk_receipt {
    uint64_t index;
    bool repeated; /* it was in the log already */
    rk_buf proof;  /* the caller's; rk_buf_init before, its limit at least RK_PROOF_MAX */
} rk_receipt;

/* Takes over a directory opened for writing until the close, and starts the thread. */
rk_status rk_writer_open(rk_dir *d, rk_writer **out, rk_err *err);
/* Answers what waits, stops, gives the directory back. */
void rk_writer_close(rk_writer **w);

/* A whole version 2 form entry, signed by its sender's key. Blocks until it is answered; any
 * thread. RK_BAD_INPUT, RK_CORRUPT: no such entry. RK_CONFLICT: the key may not sign this, or
 * the signature is wrong. RK_NOT_FOUND: unknown contest or station. RK_BUSY: the queue is full,
 * or another process is writing: try again. RK_IO: the disk; nothing was taken. */
rk_status rk_writer_submit(rk_writer *w, rk_slice entry, rk_receipt *out, rk_err *err);

#endif
