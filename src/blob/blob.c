/* The port: hashing happens here, once for every implementation, so that none can hand out
 * bytes that do not have their hash. */
#include "blob/blob.h"

void rk_blobs_close(rk_blobs **b) {
    if (!b || !*b) return;
    (*b)->ops->close(*b);
    *b = NULL;
}

rk_status rk_blobs_put(rk_blobs *b, rk_slice bytes, rk_sha256 *hash, rk_err *err) {
    RK_ASSERT(b && hash && (bytes.ptr || bytes.len == 0));
    *hash = rk_sha256_of(bytes);
    return b->ops->put(b, hash, bytes, err);
}

rk_status rk_blobs_get(rk_blobs *b, const rk_sha256 *hash, rk_buf *out, rk_err *err) {
    RK_ASSERT(b && hash && out);
    size_t before = out->len;
    RK_TRY(b->ops->get(b, hash, out, err));
    rk_sha256 got = rk_sha256_of(rk_slice_from(rk_buf_slice(out), before));
    if (memcmp(&got, hash, sizeof got) == 0) return RK_OK;
    out->len = before;
    char hex[65] = {0};
    rk_sha256_put(hex, hash);
    return rk_fail(err, RK_CORRUPT, "blob %s: the stored bytes do not have this hash", hex);
}

rk_status rk_blobs_give(rk_blobs *b, const rk_sha256 *hash, const char *path, rk_err *err) {
    RK_ASSERT(b && hash && path);
    return b->ops->give(b, hash, path, err);
}

rk_status rk_blobs_has(rk_blobs *b, const rk_sha256 *hash, bool *out, rk_err *err) {
    RK_ASSERT(b && hash && out);
    return b->ops->has(b, hash, out, err);
}
