/* One delivery: a release to one destination for one subscription. What belongs to it, what the
 * log says of it, when it is tried again. Pure: releases, files and the clock are elsewhere
 * (deliver/deliver.h). Texts are borrowed from whoever made them. */
#ifndef RK_CORE_DELIVERY_H
#define RK_CORE_DELIVERY_H

#include "core/deliverylog.h"
#include "core/destination.h"

/* One file to bring. Its name at the receiver is fixed by the release, so that bringing it
 * twice is bringing it once. */
typedef struct rk_parcel {
    rk_slice name; /* "rilis-12/ppwp/tps.csv.zst" */
    rk_slice path; /* on this machine */
    uint64_t bytes;
    rk_sha256 sha256;
    bool done;
} rk_parcel;

typedef struct rk_delivery {
    const rk_destination *to;
    rk_slice no, release;
    enum rk_subject subject;
    rk_parcel *parcel; /* owned by whoever planned it */
    uint32_t n;
    /* as the log has it */
    bool begun, done, gave_up;
    uint32_t attempts, next;
    enum rk_delivery_cause cause; /* of the last attempt that failed */
    enum rk_residency_rule rule;
    char unfinished[64]; /* an earlier release that was begun and not ended; empty = none */
} rk_delivery;

/* Does a file of a release, by its path in the manifest, go to d? Compressed copies are told by
 * their names; `copies`: this file has them. */
bool rk_delivery_wants(const rk_destination *d, enum rk_subject subject, rk_slice path,
                       bool copies);
/* What is brought of a release when the destination does not say: bits of rk_part. */
uint32_t rk_delivery_parts(const rk_destination *d, enum rk_subject subject);

/* Brings the state forward by a line of the log; lines of others change nothing. */
void rk_delivery_apply(rk_delivery *d, const rk_delivery_line *l);

/* Seconds until the next attempt after `attempt` failed ones: `first`, doubled each time, at
 * most RK_DELIVERY_WAIT_MAX, then between half of it and one and a half, by the seed, so that
 * many deliveries do not come back together; the same seed gives the same waits. */
uint32_t rk_delivery_wait(rk_slice seed, rk_slice alias, rk_slice release, uint32_t attempt,
                          uint32_t first);

/* The list that closes a delivery (rekap-kiriman-1): n files with sizes and hashes. public_url
 * may be empty. */
void rk_delivery_list(const rk_delivery *d, const rk_parcel *file, uint32_t n,
                      const rk_sha256 *manifest, rk_slice public_url, rk_buf *out);

#endif
