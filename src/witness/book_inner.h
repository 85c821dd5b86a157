/* Between book.c (the directory as a whole) and state.c (the checkpoints in it). */
#ifndef RK_WITNESS_BOOK_INNER_H
#define RK_WITNESS_BOOK_INNER_H

#include "witness/book.h"

#include <limits.h>

struct watched {
    rk_verifier key[RK_WITNESS_KEYS_MAX];
    char hash[65]; /* the file's name in state/ */
    rk_buf note;   /* empty: none yet */
    uint64_t time; /* what the cosignature in it states */
};

struct rk_book {
    char dir[PATH_MAX - 256];
    int lock; /* -1: opened for reading */
    rk_signer signer;
    char stopped[400]; /* empty: at work */
    uint32_t n, n_fork;
    rk_witness_log log[RK_WITNESS_LOGS_MAX]; /* its slices point into watched */
    struct watched watched[RK_WITNESS_LOGS_MAX];
};

/* DIR/a or DIR/a/b. */
void rk_book_path(const rk_book *b, const char *a, const char *c, char out[PATH_MAX]);

/* Reads state/HASH of log i; RK_CORRUPT when it is missing or does not prove itself. */
rk_status rk_state_load(rk_book *b, uint32_t i, rk_err *err);
/* Writes it as it is in memory. */
rk_status rk_state_write(const rk_book *b, uint32_t i, rk_err *err);
/* The verdict was 200: cosigns, stores, appends the signature line. RK_LIMIT: the checkpoint is
 * too long to be cosigned; RK_IO: not stored, nothing may be answered. */
rk_status rk_state_advance(rk_book *b, const rk_witness_verdict *v, uint64_t now, rk_buf *line,
                           rk_err *err);
/* Keeps both checkpoints of a fork; *fresh = it was not known yet. */
rk_status rk_state_keep_fork(rk_book *b, const rk_witness_verdict *v, bool *fresh, rk_err *err);

#endif
