/* A folded election as one block of bytes, so that opening costs what changed since and not the
 * whole log. It is a cache: it can be deleted at any time, and loading one must give exactly
 * what folding the log from entry 0 gives (tests/unit/core/snapshot_test.c). It is bound to the
 * log by the number of entries and the hash of the last one, to the program by a version and by
 * the standard rules, and every section has a checksum against damage. It is no proof of
 * anything: whoever can write it can write the log beside it. Machine-dependent (little-endian,
 * this build's structs); never published, never sent. */
#ifndef RK_CORE_SNAPSHOT_H
#define RK_CORE_SNAPSHOT_H

#include "base/sha256.h"
#include "base/sink.h"
#include "core/election.h"

typedef struct rk_snapshot_key {
    uint64_t size; /* entries folded */
    rk_sha256 tip; /* SHA-256 of entry size-1 */
} rk_snapshot_key;

/* Writes e (settled, size > 0, no document half received). tip = hash of its last entry. */
rk_status rk_snapshot_write(rk_election *e, const rk_sha256 *tip, const rk_sink *out,
                            rk_err *err);
/* What a snapshot is of. RK_NOT_FOUND when it is none of this program's. */
rk_status rk_snapshot_peek(rk_slice bytes, rk_snapshot_key *out);
/* Makes an election from a snapshot in page-aligned, writable, private memory. On RK_OK the
 * election owns [base, base + bytes) (its tables point into it, and are unmapped one by one);
 * on failure (RK_CORRUPT: a checksum or a size is wrong) nothing is owned and the memory may
 * have been changed. */
rk_status rk_snapshot_load(void *base, size_t bytes, rk_election **out, rk_err *err);

#endif
