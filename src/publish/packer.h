/* Compresses files beside the work that writes them: a few threads, each one file at a time, so
 * that the bytes are the same however many there are. One owner; the threads touch nothing but
 * the files. Limits: RK_PACK_THREADS_MAX threads. */
#ifndef RK_PUBLISH_PACKER_H
#define RK_PUBLISH_PACKER_H

#include "base/err.h"
#include "base/sha256.h"

typedef struct rk_packer rk_packer;

rk_packer *rk_packer_new(void);
/* Ends what is going on; files that were not begun are not made. */
void rk_packer_free(rk_packer **p);
/* `from` is whole; `to` (its name ends in .zst or .gz) is made from it. path and suffix are
 * handed back. Copies its arguments. */
void rk_packer_add(rk_packer *p, const char *from, const char *to, rk_slice path,
                   const char *suffix);
typedef rk_status rk_packed_fn(void *ctx, rk_slice path, const char *suffix, const rk_sha256 *h,
                               uint64_t bytes, rk_err *err);
/* Waits for all, and calls fn for each in the order they were added. The first error. */
rk_status rk_packer_each(rk_packer *p, rk_packed_fn *fn, void *ctx, rk_err *err);

#endif
