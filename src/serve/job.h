/* Making one big table without holding up anybody: a child process, which has the election as
 * it was at the fork, writes it to temporary files (plain and gzip) that have no name. One at a
 * time. */
#ifndef RK_SERVE_JOB_H
#define RK_SERVE_JOB_H

#include "base/sha256.h"
#include "base/sink.h"

#include <sys/types.h>

typedef rk_status rk_job_fn(void *ctx, const rk_sink *out, rk_err *err);

typedef struct rk_job {
    pid_t pid; /* 0 = none is running */
    int plain, gzip;
    uint64_t deadline_ms;
    struct rk_job_result *result; /* shared with the child */
} rk_job;

typedef struct rk_job_output {
    int plain, gzip; /* now the caller's */
    uint64_t plain_bytes, gzip_bytes;
    rk_sha256 hash; /* of the plain bytes */
} rk_job_output;

rk_status rk_job_start(rk_job *j, rk_job_fn *fn, void *ctx, uint64_t now_ms, rk_err *err);
/* RK_BUSY while it runs; then RK_OK with the output, or why it failed; the job is over. */
rk_status rk_job_poll(rk_job *j, uint64_t now_ms, rk_job_output *out, rk_err *err);
/* Ends a running job, if any. */
void rk_job_stop(rk_job *j);

#endif
