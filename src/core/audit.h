/* Entries of a log, in order, looked at as somebody does who trusts nobody: each decodes,
 * stands where it may, is signed by a key that had the right to (core/keyring.h), each batch is
 * the one whose root was signed, and all of them fold to an election. Pure; where signatures
 * are checked (which threads) is the caller's choice. Whether the entries are those of a
 * checkpoint is core/treecheck.h. The first fault ends the looking, since what follows depends
 * on it. Memory: that of the election. Owner: the caller frees; rk_audit_take hands the
 * election out.
 */
#ifndef RK_CORE_AUDIT_H
#define RK_CORE_AUDIT_H

#include "core/election.h"
#include "core/merkle.h"

#define RK_AUDIT_BLOCK 256u /* entries taken at a time */

/* One signature to check: entry.ptr and key are set, right is the answer. */
typedef struct rk_sigjob {
    rk_slice entry;
    rk_ed25519_public key;
    bool right;
} rk_sigjob;
typedef void rk_sigcheck_fn(void *ctx, rk_slice origin, rk_sigjob *job, size_t n);

enum rk_audit_what {
    RK_AUDIT_ENTRY,     /* it does not decode, or may not stand there, or does not fold */
    RK_AUDIT_SIGNATURE, /* its signature is not its key's */
    RK_AUDIT_BATCH,     /* the forms are not those whose root the batch signs */
};

typedef struct rk_audit_fault {
    enum rk_audit_what what;
    uint64_t entry, last; /* index; when the entry is not known exactly, from..last */
    char text[400];
} rk_audit_fault;

/* A batch whose forms are still coming: what its signature covers of them so far. */
typedef struct rk_audit_batch {
    uint64_t index, left;
    rk_sha256 root;
    rk_frontier tree;
} rk_audit_batch;

typedef struct rk_audit {
    rk_election *e;
    bool signatures; /* check them, and the roots of batches */
    bool keys_only; /* no count: of the entries only who may sign is folded, so that memory does
                       not grow with the election. e has id and keys then, and its size */
    uint64_t trusted; /* entries before it were checked another time: not their signatures */
    rk_sigcheck_fn *check;
    void *check_ctx;
    rk_audit_batch batch;
    uint64_t n_signed, n_covered, n_batch; /* signatures, forms covered by a batch's, batches */
    bool stopped;
    rk_audit_fault fault;
    rk_sigjob job[RK_AUDIT_BLOCK];
    uint64_t job_entry[RK_AUDIT_BLOCK];
} rk_audit;

/* e: an election to go on with (owned from now on), NULL = a new one; `batch` where it stands
 * in the middle of one. check NULL = one after the other. */
rk_audit *rk_audit_new(rk_election *e, const rk_audit_batch *batch, bool signatures,
                       rk_sigcheck_fn *check, void *check_ctx);
void rk_audit_free(rk_audit **a);
/* The next n <= RK_AUDIT_BLOCK entries and their leaf hashes. RK_CORRUPT: see a->fault; further
 * calls do nothing. */
rk_status rk_audit_add(rk_audit *a, const rk_slice *entry, const rk_sha256 *leaf, size_t n);
/* After the last entry: a batch of which forms are missing is no fault (the log goes on), a
 * document that is not complete neither. Settles the election. */
void rk_audit_settle(rk_audit *a);

/* Where a form's station stands in an entry: empty when it is no form. */
rk_slice rk_audit_station(rk_slice entry, uint64_t index);

#endif
