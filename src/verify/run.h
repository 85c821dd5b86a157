/* A verification: sources in, lines out. Log first (checkpoint, policy, tiles, bundles,
 * entries, recount), then everything published that shows it, each tree at the size that its
 * manifest names. A source without a log (a release, a single table) is held against the log of
 * the source before it. Memory: the election in memory (about 180 MB for the nation and one
 * contest), the recount's sums, and the largest document. */
#ifndef RK_VERIFY_RUN_H
#define RK_VERIFY_RUN_H

#include "core/policy.h"
#include "verify/report.h"
#include "verify/source.h"

typedef struct rk_verify_options {
    const rk_policy *policy; /* NULL = none */
    const rk_verifier *key;  /* NULL = none */
    const char *state;       /* file; NULL = the usual place */
    bool no_state;           /* remember nothing */
    bool no_signatures;      /* of entries: not checked */
    bool no_documents;       /* only the log */
    /* Nothing is counted: signatures and hashes only, in memory that does not grow with the
     * election. The whole log is read each time; signatures of entries that were checked last
     * time are not checked again, since the log is held to begin with what it was then. */
    bool no_recount;
    bool full;     /* begin at entry 0 although a state is there */
    unsigned jobs; /* threads for signatures */
    /* NULL, or called with each entry that was found right; one that is read again (from entry
     * 0, when going on from last time did not come out right) comes again */
    void (*entry)(void *ctx, uint64_t index, rk_slice entry);
    void *entry_ctx;
    /* NULL, or called now and then */
    void (*progress)(void *ctx, const char *what, uint64_t done, uint64_t total);
    void *progress_ctx;
} rk_verify_options;

void rk_verify(const rk_verify_options *o, rk_source **source, size_t n, rk_report *report);

#endif
