/* Runs a function in a child that can do nothing but compute: no file, socket, process or
 * signal (seccomp, every descriptor closed), a bound on memory and on time. What it computes it
 * leaves in shared memory that the caller made before; whatever happens to the child, the
 * caller goes on. The caller trusts nothing it finds there.
 *
 * The filter lets through: more memory (anonymous, never executable), how much memory the
 * machine has, the clock, the end. Any other system call kills the child. Linux only. */
#ifndef RK_SCAN_SANDBOX_H
#define RK_SCAN_SANDBOX_H

#include "base/err.h"

typedef struct rk_sandbox rk_sandbox;

typedef struct rk_sandbox_limits {
    uint32_t cpu_ms;     /* the child's own computing; the bound that a bad input meets */
    uint32_t wall_ms;    /* for a machine so busy that computing does not go on */
    size_t memory_bytes; /* beyond what the parent has mapped */
} rk_sandbox_limits;

enum rk_sandbox_end {
    RK_SANDBOX_DONE = 0,
    RK_SANDBOX_CRASHED, /* a signal, a forbidden call (SIGSYS), no memory */
    RK_SANDBOX_TIMED_OUT,
};

typedef struct rk_sandbox_report {
    enum rk_sandbox_end end;
    int signal;              /* that ended it, 0 = none */
    uint32_t cpu_ms, rss_kb; /* computing used; most memory resident */
} rk_sandbox_report;

/* Prepares the filter once. RK_IO when the kernel has no seccomp. */
rk_status rk_sandbox_new(rk_sandbox **out, rk_err *err);
void rk_sandbox_free(rk_sandbox **s);

/* Memory that parent and child both see, zeroed; freed by rk_shared_free with the same size. */
void *rk_shared_new(size_t bytes);
void rk_shared_free(void *p, size_t bytes);

/* Runs fn(ctx) in a child and waits. RK_IO when no child could be made (the report then says
 * nothing); a child that fails is no error here but a report. */
rk_status rk_sandbox_run(const rk_sandbox *s, const rk_sandbox_limits *limits,
                         void (*fn)(void *ctx), void *ctx, rk_sandbox_report *report,
                         rk_err *err);

#endif
