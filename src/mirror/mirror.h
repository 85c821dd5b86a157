/* A mirror of somebody's releases and log (docs/format/rilis.md), which anybody may keep: a
 * directory like that of `rekap release`, for any static server and for `rekap verify-release`.
 * What is new is fetched, what is there by hash is linked, and nothing is given its final name
 * before it is proven: the log by rekap-verify's code (src/verify: signatures, every entry,
 * that it only grew), a release by its entry in that log and its signed manifest, a file by its
 * hash.
 *
 * DIR/.cermin/ holds what is not proven yet, what was verified last, and what was refused:
 *   sumber          the address
 *   terbaru.json    the last answer to "what is newest"; its time keeps polling polite
 *   keadaan[.*]     the verifier's memory (docs/man/rekap-verify.1)
 *   rilis           releases that the log names
 *   log/ rilis-N/   being fetched;  bagian/ files that are not whole
 *   bukti/          refused answers with the reason
 *
 * A run may be killed at any moment; the next goes on. Memory: some MB, and what keys the log
 * has had; nothing is counted (`rekap verify-release` does that), files are streamed. Bounds:
 * RK_MIRROR_*. */
#ifndef RK_MIRROR_MIRROR_H
#define RK_MIRROR_MIRROR_H

#include "core/policy.h"
#include "verify/report.h"

typedef struct rk_mirror_options {
    const char *url, *dir;
    const rk_policy *policy; /* NULL = none */
    const rk_verifier *key;  /* NULL = none: the log's own word, remembered from then on */
    bool named;              /* url is what somebody typed: see rk_fetch_options */
    bool dry_run;            /* says what a run would do; writes nothing */
    uint64_t rate;           /* bytes a second, 0 = no limit */
    uint32_t keep;           /* hold the newest so many, 0 = all that were mirrored */
    void (*progress)(void *ctx, uint64_t files);
    void *ctx;
} rk_mirror_options;

typedef struct rk_mirror_result {
    uint64_t release;  /* size of the newest release; 0 = not known */
    bool nothing_new;  /* it was there already */
    uint64_t releases; /* taken in by this run */
    uint64_t files, linked,
        there;                 /* fetched; linked to one that was there; from a run before */
    uint64_t log_from, log_to; /* entries before and now */
    uint64_t removed;          /* releases dropped by keep */
    uint64_t requests, bytes, retries;
} rk_mirror_result;

/* One run. Lines go to `report`; what is wrong with the source is said there and kept in
 * DIR/.cermin/bukti. RK_OK: the mirror holds the newest. RK_CONFLICT, RK_CORRUPT, RK_BAD_INPUT,
 * RK_LIMIT: the source is not to be relied on (or DIR is no mirror of it): nothing of it was
 * taken in that is not proven. RK_IO, RK_BUSY, RK_NOT_FOUND: it could not be had, the next run
 * goes on. */
rk_status rk_mirror_run(const rk_mirror_options *o, rk_mirror_result *out, rk_report *report,
                        rk_err *err);

#endif
