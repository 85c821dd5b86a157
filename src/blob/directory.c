/* Blobs as files, DIR/ab/cdef...: 256 directories keep each one small, and any tool can read or
 * copy them. A file appears by rename, whole or not at all. */
#include "blob/blob.h"

#include "base/limits.h"
#include "base/mem.h"
#include "files/files.h"
#include "files/stream.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#define NAME_LEN 66u /* "/ab/" and 62 digits */

struct directory {
    rk_blobs port;
    char *dir;
};

static struct directory *self(rk_blobs *b) { return (struct directory *)(void *)b; }

static void path_of(struct directory *d, const rk_sha256 *hash, char path[PATH_MAX]) {
    char hex[64];
    rk_sha256_put(hex, hash);
    (void)snprintf(path, PATH_MAX, "%s/%.2s/%.62s", d->dir, hex, hex + 2);
}

static void dir_close(rk_blobs *b) {
    rk_free(self(b)->dir);
    rk_free(b);
}

static bool same(const char *path, rk_slice bytes) {
    rk_file f;
    if (rk_file_read_raw(path, bytes.len, &f, NULL) != RK_OK) return false;
    bool eq = rk_slice_eq(f.bytes, bytes);
    rk_file_free(&f);
    return eq;
}

/* A blob that is there is flushed all the same: whoever put it may have crashed before that.
 * One that is there and has been damaged is written anew. */
static rk_status dir_put(rk_blobs *b, const rk_sha256 *hash, rk_slice bytes, rk_err *err) {
    char path[PATH_MAX];
    path_of(self(b), hash, path);
    if (same(path, bytes)) return rk_file_sync(path, err);
    return rk_file_write(path, bytes, true, err);
}

static rk_status dir_get(rk_blobs *b, const rk_sha256 *hash, rk_buf *out, rk_err *err) {
    char path[PATH_MAX];
    path_of(self(b), hash, path);
    rk_file f;
    uint64_t max = out->max - out->len;
    RK_TRY(rk_file_read_raw(path, max < RK_FILE_BYTES_MAX ? max : RK_FILE_BYTES_MAX, &f, err));
    rk_buf_add(out, f.bytes);
    rk_file_free(&f);
    return out->failed ? rk_fail(err, RK_LIMIT, "%s: no room for it", path) : RK_OK;
}

static rk_status dir_has(rk_blobs *b, const rk_sha256 *hash, bool *out, rk_err *err) {
    char path[PATH_MAX];
    path_of(self(b), hash, path);
    *out = access(path, F_OK) == 0;
    if (*out || errno == ENOENT || errno == ENOTDIR) return RK_OK;
    return rk_fail(err, RK_IO, "%s: cannot look at it: %s", path, strerror(errno));
}

/* A second name; where there can be none (another file system), a copy. */
static rk_status dir_give(rk_blobs *b, const rk_sha256 *hash, const char *to, rk_err *err) {
    char path[PATH_MAX], folder[PATH_MAX];
    rk_sha256 got;
    path_of(self(b), hash, path);
    RK_TRY(rk_file_hash(path, &got, NULL, err));
    if (memcmp(&got, hash, sizeof got) != 0)
        return rk_fail(err, RK_CORRUPT, "%s: the stored bytes do not have this hash", path);
    if (rk_file_there(to)) return RK_OK;
    const char *slash = strrchr(to, '/');
    int n = snprintf(folder, sizeof folder, "%.*s", slash ? (int)(slash - to) : 1,
                     slash ? to : ".");
    if (n < 0 || n >= (int)sizeof folder)
        return rk_fail(err, RK_LIMIT, "%s: the path is too long", to);
    RK_TRY(rk_dir_make(folder, err));
    if (rk_file_link(path, to, NULL) == RK_OK || rk_file_there(to)) return RK_OK;
    rk_file f;
    RK_TRY(rk_file_read_raw(path, RK_FILE_BYTES_MAX, &f, err));
    rk_status s = rk_file_write_fast(to, f.bytes, false, err);
    rk_file_free(&f);
    return s;
}

rk_status rk_blobs_directory_open(const char *dir, rk_blobs **out, rk_err *err) {
    static const struct rk_blobs_ops ops = {dir_close, dir_put, dir_get, dir_has, dir_give};
    RK_ASSERT(dir && out);
    *out = NULL;
    size_t n = strlen(dir);
    if (n == 0 || n > PATH_MAX - NAME_LEN - 64)
        return rk_fail(err, RK_BAD_INPUT,
                       "the name of the blob directory is empty or too long");
    RK_TRY(rk_dir_make(dir, err));
    struct directory *d = rk_alloc(sizeof *d);
    d->port.ops = &ops;
    d->dir = rk_dup(dir, n + 1);
    *out = &d->port;
    return RK_OK;
}
