/* Files of a tree over HTTP(S): a few at a time, each within a stated size, gone on with where
 * it stopped. Polite: at most `parallel` transfers, at most `rate` bytes a second, pauses that
 * a server asks for (Retry-After) are kept, tries are spaced further and further. Connections
 * go through the gate of src/outbound. A redirect within the server is followed, one to another
 * server is not. Nothing is decompressed on the way. One thread.
 *
 * Errors: RK_NOT_FOUND the server has no such file; RK_LIMIT it is longer than it may be;
 * RK_CORRUPT its bytes have another hash; RK_CONFLICT the server sends on elsewhere, or the
 * gate refuses; RK_IO it could not be had (try again later); RK_BUSY the time of the run is
 * over, or the server wants a longer pause. */
#ifndef RK_MIRROR_FETCH_H
#define RK_MIRROR_FETCH_H

#include "base/buf.h"
#include "base/sha256.h"

typedef struct rk_fetcher rk_fetcher;

typedef struct rk_fetch_options {
    unsigned parallel; /* 1 to RK_MIRROR_PARALLEL_MAX */
    uint64_t rate;     /* bytes a second of all transfers; 0 = as fast as it goes (a rate goes
                          with parallel 1) */
    unsigned seconds;  /* all of it takes no longer */
    bool named;        /* a person named the address: looking it up tells nobody more than that;
                          else the system's resolvers must be declared (outbound/resolve.h) */
} rk_fetch_options;

typedef struct rk_fetch_counts {
    uint64_t requests, bytes, retries; /* bytes: of bodies, as they came */
} rk_fetch_counts;

/* base: the address of the tree, without '?' and '#'. RK_BAD_INPUT. */
rk_status rk_fetcher_new(const char *base, const rk_fetch_options *o, rk_fetcher **out,
                         rk_err *err);
void rk_fetcher_free(rk_fetcher **f);
const rk_fetch_counts *rk_fetcher_counts(const rk_fetcher *f);
/* Host (without brackets) and port of an address, for the gate; false when it has none. */
bool rk_fetch_host(const char *url, char host[256], uint16_t *port);

/* A small file into memory: appended to out, at most max bytes. */
rk_status rk_fetch_get(rk_fetcher *f, rk_slice path, size_t max, rk_buf *out, rk_err *err);

/* A file on disk. It grows at `part`, which may be there already from a run that was cut short:
 * with a hash the transfer goes on from its end, without one it begins anew. */
typedef struct rk_fetch_file {
    rk_slice path;    /* in the tree; valid until it is done */
    const char *part; /* likewise */
    uint64_t max;
    const rk_sha256 *want; /* NULL = any bytes */
    void *about;           /* the caller's */
} rk_fetch_file;

typedef struct rk_fetch_work {
    /* The next file to fetch; RK_NOT_FOUND: there are no more; RK_BUSY: none before another
     * one is done. */
    rk_status (*next)(void *ctx, rk_fetch_file *out, rk_err *err);
    /* It is there whole (RK_OK), or why it is not. Anything but RK_OK ends the work. */
    rk_status (*done)(void *ctx, const rk_fetch_file *file, rk_status s, rk_err *err);
    void *ctx;
} rk_fetch_work;

/* Fetches until there are no more; the first error that `done` returns. */
rk_status rk_fetch_files(rk_fetcher *f, const rk_fetch_work *w, rk_err *err);

#endif
