/* Gathering cosignatures: asks the witnesses of a policy (those with a URL) to cosign a signed
 * checkpoint, all at the same time, and appends what they answer. It knows no store: the caller
 * hands in the checkpoint and a reader over the log's hashes, from which consistency proofs are
 * made, in the caller's thread. A cosignature is verified before it is taken. Witnesses that
 * are away stop nothing: they are said to be away.
 *
 * What a witness remembers is the last defence against a log that lost its newest entries (an
 * old backup put back) or signs two histories. So when one says that it has cosigned a larger
 * tree
 * (`ahead`) or another tree of the same or a smaller size (`fork`), rk_gather returns
 * RK_CONFLICT, and the caller must not sign another checkpoint before an operator has looked.
 * The protocol carries no proof of it: a witness that lies can raise a false alarm. Whoever
 * starts a log submits its last checkpoint once more and signs new ones only if that went well.
 *
 * Not for: judging a checkpoint (rk_policy_check). Limits: RK_GATHER_CONNECT_MS,
 * RK_GATHER_TOTAL_MS, RK_GATHER_PATIENCE_MS, RK_WITNESS_ANSWER_MAX; http and https only, no
 * redirects, no proxies, and only where the declaration of residency lets it (src/outbound);
 * RK_NOTE_SIGNATURES_MAX signatures on the result. One thread at a time. The only
 * place that knows libcurl is gather.c. */
#ifndef RK_GATHER_GATHER_H
#define RK_GATHER_GATHER_H

#include "core/merkle.h"
#include "core/policy.h"

enum rk_gather_state {
    RK_GATHER_UNASKED, /* the policy names no URL */
    RK_GATHER_OK,
    RK_GATHER_AWAY,    /* no connection, no answer in time, a status from 500 up or 429 */
    RK_GATHER_REFUSED, /* another status, an answer that does not hold, or: not declared
                          (outbound) */
    RK_GATHER_AHEAD,   /* has cosigned a larger tree than this */
    RK_GATHER_FORK,    /* has cosigned another tree of this or of a smaller size */
};
/* "ok", "away", ...: for machine-readable output. */
const char *rk_gather_state_name(enum rk_gather_state s);

typedef struct rk_gather_witness {
    enum rk_gather_state state;
    unsigned status; /* HTTP, of the last answer; 0: none */
    uint64_t size;   /* what it has cosigned last, as far as it said */
    uint64_t time;   /* OK: what its cosignature states, seconds since 1970 */
    char text[200];  /* one sentence; empty when OK */
} rk_gather_witness;

typedef struct rk_gather_result {
    rk_buf note; /* the checkpoint with all cosignatures; owned: rk_gather_result_free */
    uint32_t n;
    rk_gather_witness witness[RK_POLICY_LOGS_MAX]; /* in the policy's order */
    uint32_t cosigned; /* bit i: a cosignature of witness i, new or old, stands in note */
    bool quorum;       /* these are enough for the policy */
} rk_gather_result;

void rk_gather_result_free(rk_gather_result *r);

/* Keeps connections open and remembers what each witness has cosigned; nothing breaks when that
 * is forgotten (a witness then says its size, one round more). The policy is borrowed. */
typedef struct rk_gatherer rk_gatherer;
rk_status rk_gatherer_new(const rk_policy *policy, rk_gatherer **out, rk_err *err);
void rk_gatherer_free(rk_gatherer **g);

/* RK_OK: everybody was asked; who has cosigned is in *out, perhaps nobody. RK_CONFLICT:
 * somebody is ahead or on a fork (*out is filled in all the same). RK_BAD_INPUT, RK_NOT_FOUND,
 * RK_LIMIT: this is no checkpoint of a log of the policy. RK_CORRUPT: the reader's hashes are
 * not those of the checkpoint. Otherwise what the reader failed with. */
rk_status rk_gather(rk_gatherer *g, rk_slice checkpoint, const rk_hash_reader *r,
                    rk_gather_result *out, rk_err *err);

#endif
