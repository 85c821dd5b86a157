/* What the verifier remembers of a log between two runs: the checkpoint it verified last, the
 * frontier of that tree, the log's key, and where in a batch it stood; beside it, in another
 * file, the recount (core/snapshot.h), which is a cache. Text, in docs/man/rekap-verify.1. A
 * state that was changed or cut is refused as a whole (its last line is a hash of the rest):
 * starting over in silence would forget what the log once promised. Limits: RK_STATE_MAX. */
#ifndef RK_VERIFY_STATE_H
#define RK_VERIFY_STATE_H

#include "core/audit.h"
#include "core/checkpoint.h"

#define RK_STATE_MAX (RK_NOTE_MAX + 32768u)

typedef struct rk_verify_state {
    rk_slice origin, note; /* note: the signed checkpoint */
    uint64_t size;
    rk_sha256 root, tip; /* tip: SHA-256 of the last entry */
    rk_frontier edge;
    bool has_key;
    rk_verifier key;
    rk_audit_batch batch; /* left 0 = in none */
} rk_verify_state;

/* Slices point into text. RK_BAD_INPUT. */
rk_status rk_state_parse(rk_slice text, rk_verify_state *out, rk_err *err);
void rk_state_put(const rk_verify_state *s, rk_buf *out);
/* The file's name for a log when the user names none; false when there is no home. */
bool rk_state_path(rk_slice origin, char *out, size_t room);

#endif
