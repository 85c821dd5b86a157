/* The witness protocol (C2SP tlog-witness), its pure part: requests and answers as bytes, and
 * what a witness does with a request. No network, no files, no clock: the witness hands in what
 * it remembers, and must have stored the new state durably before it lets a cosignature out;
 * between deciding and storing nothing else may decide on the same log. Parsed strictly, one
 * spelling each; slices point into the caller's bytes. Limits: RK_WITNESS_REQUEST_MAX and
 * RK_WITNESS_ANSWER_MAX bytes, RK_PROOF_HASHES_MAX hashes. Errors: RK_BAD_INPUT, RK_LIMIT the
 * bytes are no request; of answers see there. Source: c2sp.org/tlog-witness;
 * docs/format/witness.md. */
#ifndef RK_CORE_WITNESS_H
#define RK_CORE_WITNESS_H

#include "core/checkpoint.h"
#include "core/merkle.h"

/* ---- the request ---- */
typedef struct rk_witness_request {
    uint64_t old; /* size of the checkpoint that the sender believes was cosigned last */
    rk_merkle_proof proof;
    rk_slice checkpoint; /* the signed note, not looked at by rk_witness_request_parse */
} rk_witness_request;

rk_status rk_witness_request_parse(rk_slice bytes, rk_witness_request *out, rk_err *err);
rk_status rk_witness_request_put(uint64_t old, const rk_merkle_proof *proof,
                                 rk_slice checkpoint, rk_buf *out, rk_err *err);

/* ---- the witness's side ---- */
/* HTTP statuses that the protocol gives a meaning. */
enum rk_witness_status {
    RK_WITNESS_COSIGNED = 200,
    RK_WITNESS_MALFORMED = 400,
    RK_WITNESS_UNTRUSTED = 403, /* none of the log's keys has signed, or one wrongly */
    RK_WITNESS_UNKNOWN = 404,   /* no such log here */
    RK_WITNESS_STALE = 409,     /* another size was cosigned last: it is in the body */
    RK_WITNESS_BAD_PROOF = 422,
};
#define RK_WITNESS_SIZE_TYPE "text/x.tlog.size"

/* What a witness knows of one log; borrowed by rk_witness_decide. */
typedef struct rk_witness_log {
    rk_slice origin;
    const rk_verifier *key; /* type 1, named as the origin */
    uint32_t n_key;
    uint64_t size; /* of the checkpoint cosigned last; 0: none, or an empty log's */
    rk_sha256 root;
} rk_witness_log;

typedef struct rk_witness_verdict {
    enum rk_witness_status status;
    uint32_t log;  /* which of them; not set where the status is 400 or 404 */
    uint64_t size; /* 409: what goes into the body */
    /* The log's key has signed two roots for one size; what was submitted is the proof. */
    bool fork;
    rk_note note;             /* what to cosign: note.text */
    rk_checkpoint checkpoint; /* what to remember, when the status is 200 */
} rk_witness_verdict;

/* Decides on a request. At 200 the caller stores checkpoint.size and .root for that log, then
 * answers with its cosignature over note.text; at any other status nothing changes. `why` (NULL
 * allowed) says what is wrong. */
void rk_witness_decide(const rk_witness_log *log, uint32_t n, rk_slice request,
                       rk_witness_verdict *out, rk_err *why);
/* The body of a 409. */
void rk_witness_size_put(uint64_t size, rk_buf *out);

/* ---- the client's side ---- */
typedef struct rk_witness_answer {
    rk_slice line; /* the witness's cosignature, a signature line; empty when there is none */
    uint64_t time; /* what it states */
    uint64_t size; /* RK_CONFLICT: what it says that it cosigned last */
} rk_witness_answer;

/* Reads an answer. `text` is the checkpoint's text that was sent, `key` the witness's.
 *   RK_OK         200, and the cosignature is right: *out has its line
 *   RK_CONFLICT   409: *out has the size
 *   RK_NOT_FOUND  any other status
 *   RK_BAD_INPUT, RK_LIMIT  the answer does not hold: no or a wrong cosignature of this
 *                 witness, or no size. Its other signatures are passed over. */
rk_status rk_witness_answer_read(unsigned status, rk_slice content_type, rk_slice body,
                                 rk_slice text, const rk_verifier *key, rk_witness_answer *out,
                                 rk_err *err);

#endif
