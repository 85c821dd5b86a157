/* Threads that check signatures: Ed25519 is nearly all of a verifier's work. */
#ifndef RK_VERIFY_POOL_H
#define RK_VERIFY_POOL_H

#include "core/audit.h"

#define RK_JOBS_MAX 64u

typedef struct rk_pool rk_pool;
/* jobs: threads in all, the caller's included; 1 to RK_JOBS_MAX. */
rk_pool *rk_pool_new(unsigned jobs);
void rk_pool_free(rk_pool **p);
/* A rk_sigcheck_fn; ctx is the pool. */
void rk_pool_check(void *pool, rk_slice origin, rk_sigjob *job, size_t n);

#endif
