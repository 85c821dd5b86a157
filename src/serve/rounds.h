/* Asking the witnesses every few seconds, in a process of its own: it shares nothing with the
 * server but the files of the election directories (intake/saksi.h), so no request ever waits
 * for a witness, and a fault in it stops nothing. It ends with the server. */
#ifndef RK_SERVE_ROUNDS_H
#define RK_SERVE_ROUNDS_H

#include "base/err.h"

#include <sys/types.h>

typedef struct rk_rounds {
    const char *const *dir; /* borrowed */
    uint32_t n;
    pid_t pid; /* 0 = none runs */
    uint64_t next_ms;
} rk_rounds;

/* Starts the process when a directory has a policy. */
void rk_rounds_start(rk_rounds *r, const char *const *dir, uint32_t n);
/* Starts it again when it has ended or a policy has appeared; to be called now and then. */
void rk_rounds_watch(rk_rounds *r, uint64_t now_ms);
void rk_rounds_stop(rk_rounds *r);

#endif
