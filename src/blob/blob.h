/* The port to where big immutable things live (photos, source files), addressed by SHA-256.
 * Promises (tests/contract/blob_contract.c): a put is durable on return and idempotent; a get
 * gives exactly the bytes that have the hash or fails (RK_CORRUPT); nothing half-written is
 * ever visible. */
#ifndef RK_BLOB_BLOB_H
#define RK_BLOB_BLOB_H

#include "base/buf.h"
#include "base/sha256.h"

typedef struct rk_blobs rk_blobs;

struct rk_blobs_ops {
    void (*close)(rk_blobs *b);
    rk_status (*put)(rk_blobs *b, const rk_sha256 *hash, rk_slice bytes, rk_err *err);
    rk_status (*get)(rk_blobs *b, const rk_sha256 *hash, rk_buf *out, rk_err *err);
    rk_status (*has)(rk_blobs *b, const rk_sha256 *hash, bool *out, rk_err *err);
    rk_status (*give)(rk_blobs *b, const rk_sha256 *hash, const char *path, rk_err *err);
};
struct rk_blobs {
    const struct rk_blobs_ops *ops;
};

void rk_blobs_close(rk_blobs **b);
/* Stores bytes and says their hash. */
rk_status rk_blobs_put(rk_blobs *b, rk_slice bytes, rk_sha256 *hash, rk_err *err);
/* Appends the blob to out; RK_NOT_FOUND, RK_CORRUPT (bytes do not have that hash), RK_LIMIT. */
rk_status rk_blobs_get(rk_blobs *b, const rk_sha256 *hash, rk_buf *out, rk_err *err);
rk_status rk_blobs_has(rk_blobs *b, const rk_sha256 *hash, bool *out, rk_err *err);

/* Makes the file `path` of the blob, where there is none yet (missing directories too); may be
 * a second name of a file of the store's own, so nobody may write into it. Not flushed.
 * RK_NOT_FOUND, RK_CORRUPT, RK_IO. */
rk_status rk_blobs_give(rk_blobs *b, const rk_sha256 *hash, const char *path, rk_err *err);

/* A directory: DIR/ab/cdef... (src/blob/directory.c); made when missing. */
rk_status rk_blobs_directory_open(const char *dir, rk_blobs **out, rk_err *err);

#endif
