/* The directory of a witness: its key, the logs it watches, and for each the checkpoint that it
 * cosigned last. That checkpoint, once stored, is never replaced by a smaller or another one.
 *
 *   DIR/key             signer key, 0600: made once, never replaced
 *   DIR/logs            verifier keys of the logs, one a line; several of one name are one log
 *   DIR/state/HASH      HASH = SHA-256 of the origin: the last checkpoint with the log's and
 * this witness's signature, or the line "none yet" DIR/fork/...        checkpoints of a log
 * that signed two histories: the proof of it DIR/lock            held by the process that may
 * write
 *
 * Why files and not a database: a state is one small signed text that proves itself (every
 * changed bit breaks a signature), can be read with cat, and is replaced whole by the writer of
 * files/ (write, fsync, rename, fsync). Nothing is answered before that is done. After a failed
 * write nothing is cosigned any more until the program is started again: what the disk holds is
 * then read anew, and written anew before anything is relied on.
 * Not thread-safe: one thread decides and stores. Limits: RK_WITNESS_LOGS_MAX logs,
 * RK_WITNESS_KEYS_MAX keys each, RK_WITNESS_EVIDENCE_MAX forks. Errors: RK_CORRUPT with the
 * file and how to mend it; RK_BUSY another process has the directory. */
#ifndef RK_WITNESS_BOOK_H
#define RK_WITNESS_BOOK_H

#include "core/witness.h"

typedef struct rk_book rk_book;

/* Makes a directory with a new key of that name. RK_CONFLICT: there is one already. */
rk_status rk_book_init(const char *dir, rk_slice name, rk_err *err);
/* Opens it; with write takes the lock, and makes sure that what is read is on the disk. */
rk_status rk_book_open(const char *dir, bool write, rk_book **out, rk_err *err);
void rk_book_free(rk_book **b);

const rk_verifier *rk_book_key(const rk_book *b);
uint32_t rk_book_logs(const rk_book *b);
const rk_witness_log *rk_book_log(const rk_book *b, uint32_t i);
/* The note in DIR/state; empty when the log was never cosigned. */
rk_slice rk_book_note(const rk_book *b, uint32_t i);
/* Why it has stopped cosigning; NULL while it has not. */
const char *rk_book_stopped(const rk_book *b);

/* Watches a log from now on, or a further key of one that is watched. */
rk_status rk_book_add(rk_book *b, rk_slice key, rk_err *err);
/* No longer trusts that key. What was cosigned stays remembered, also without any key. */
rk_status rk_book_remove(rk_book *b, rk_slice key, rk_err *err);

/* Decides on a request, stores, and appends the body of the answer: cosignature, size or a
 * sentence. Returns the HTTP status; 500 when it has stopped. *fork = new proof of a
 * fork was handed in (and kept). `now` in seconds since 1970; a cosignature never states an
 * earlier time than the one before it for the same log. */
unsigned rk_book_cosign(rk_book *b, rk_slice request, uint64_t now, rk_buf *answer, bool *fork);

#endif
