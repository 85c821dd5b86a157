/* What the hard tests of rekap-witness share: starting and killing the program, speaking HTTP
 * to it over one kept connection, a ledger of everything it ever cosigned. Failing ends the
 * test. */
#ifndef RK_TESTS_CRASH_WITNESS_LOAD_H
#define RK_TESTS_CRASH_WITNESS_LOAD_H

#include "forked_log.h"

#include <pthread.h>
#include <sys/types.h>

#define LOAD_ORIGIN "pemilu2024"

_Noreturn void load_fail(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
double load_seconds(void);

/* ---- the program ---- */
typedef struct load_witness {
    const char *program;
    char dir[200], address[64]; /* address: 127.0.0.1:PORT while it runs */
    rk_verifier key;
    pid_t pid;
} load_witness;

/* A new directory below `where` that watches the log of `log_key`. */
void load_witness_new(load_witness *w, const char *program, const char *where, const char *name,
                      const rk_signer *log_key);
void load_witness_add(const load_witness *w, const char *key); /* a further log */
void load_witness_start(load_witness *w);                      /* returns when it listens */
void load_witness_kill(load_witness *w, int signal);

/* ---- one connection ---- */
typedef struct load_client {
    char address[64];
    int fd; /* -1: not connected */
} load_client;

/* Sends add-checkpoint; returns the status, 0 when the connection broke. `body` is filled. */
unsigned load_post(load_client *c, rk_slice request, rk_buf *body);
void load_client_close(load_client *c);

/* ---- the ledger ---- */
typedef struct load_cosigned {
    uint64_t size;
    rk_sha256 root;
} load_cosigned;

typedef struct load_ledger {
    pthread_mutex_t lock;
    uint64_t n, cap;
    load_cosigned *item;
} load_ledger;

/* Takes down a 200: the cosignature must be right. */
void load_ledger_add(load_ledger *l, const load_witness *w, const forked_log *log,
                     uint64_t size, const rk_signer *key, rk_slice body);

/* The size that a 409 names. */
uint64_t load_size(rk_slice body);
/* Asks with old = `old` for `size` entries of this history; the 409's size goes to *told. */
unsigned load_submit(load_client *c, const load_witness *w, load_ledger *ledger,
                     const forked_log *log, uint64_t old, uint64_t size, const rk_signer *key,
                     uint64_t *told);

#endif
