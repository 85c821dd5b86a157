/* Writing files so that after a crash there is the old content or the new, never a mixture: a
 * temporary file beside the target, write, fsync, rename, fsync of the directory. A failed
 * fsync is never tried again: the kernel has dropped the pages it could not write, a second
 * call would lie. */
#include "files/files.h"

#include "base/mem.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#define OUT_BUFFER (256u << 10)
#define GZIP_LEVEL 6
#define ZSTD_LEVEL 3
#define TMP_TRIES 100

static rk_status io_fail(rk_err *err, const char *path, const char *doing) {
    return rk_fail(err, RK_IO, "%s: cannot %s: %s", path, doing, strerror(errno));
}

static rk_status write_all(int fd, const char *path, rk_slice b, rk_err *err) {
    while (b.len) {
        ssize_t n = write(fd, b.ptr, b.len);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return io_fail(err, path, "write");
        b = rk_slice_from(b, (size_t)n);
    }
    return RK_OK;
}

/* Length of the directory part of path, without the last slash; 0 = the current directory. */
static size_t dir_len(const char *path) {
    const char *slash = strrchr(path, '/');
    return slash ? (size_t)(slash - path) + (slash == path) : 0;
}

static void dir_of(const char *path, char out[PATH_MAX]) {
    size_t n = dir_len(path);
    memcpy(out, n ? path : ".", n ? n : 1);
    out[n ? n : 1] = 0;
}

static rk_status sync_fd(const char *dir, int (*flush)(int), rk_err *err) {
    int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) return io_fail(err, dir, "open the directory");
    rk_status st = flush(fd) == 0 ? RK_OK : io_fail(err, dir, "flush the directory");
    (void)close(fd);
    return st;
}

static rk_status sync_parent(const char *path, rk_err *err) {
    char dir[PATH_MAX];
    dir_of(path, dir);
    return sync_fd(dir, fsync, err);
}

rk_status rk_dir_sync(const char *dir, rk_err *err) { return sync_fd(dir, syncfs, err); }

rk_status rk_file_sync(const char *path, rk_err *err) {
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return io_fail(err, path, "open");
    rk_status st = fsync(fd) == 0 ? RK_OK : io_fail(err, path, "flush");
    (void)close(fd);
    return st == RK_OK ? sync_parent(path, err) : st;
}

/* Makes the directories above path. A directory made here is only durable once the one above it
 * is flushed, so that is done too. */
static rk_status make_parents(const char *path, bool durable, rk_err *err) {
    char dir[PATH_MAX];
    size_t n = dir_len(path);
    if (n >= PATH_MAX) return rk_fail(err, RK_IO, "%s: the name is too long", path);
    for (size_t i = 1; i <= n; i++) {
        if (i < n && path[i] != '/') continue;
        memcpy(dir, path, i);
        dir[i] = 0;
        if (mkdir(dir, 0777) == 0) {
            if (durable) RK_TRY(sync_parent(dir, err));
        } else if (errno != EEXIST) {
            return io_fail(err, dir, "make the directory");
        }
    }
    return RK_OK;
}

rk_status rk_dir_make(const char *dir, rk_err *err) {
    char inside[PATH_MAX];
    int n = snprintf(inside, sizeof inside, "%s/x", dir);
    if (n < 0 || n >= PATH_MAX) return rk_fail(err, RK_IO, "%s: the name is too long", dir);
    return make_parents(inside, true, err);
}

bool rk_file_there(const char *path) { return access(path, F_OK) == 0; }

rk_status rk_file_drop(const char *path, rk_err *err) {
    return unlink(path) == 0 || errno == ENOENT ? RK_OK : io_fail(err, path, "remove");
}

rk_status rk_dir_drop(const char *dir, rk_err *err) {
    DIR *d = opendir(dir);
    if (!d) return errno == ENOENT ? RK_OK : io_fail(err, dir, "open the directory");
    for (struct dirent *e; (e = readdir(d)) != NULL;)
        if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0)
            (void)unlinkat(dirfd(d), e->d_name, 0);
    (void)closedir(d);
    return rmdir(dir) == 0 ? RK_OK : io_fail(err, dir, "remove the directory");
}

/* Opens a new file beside path and says its name; fd -1 with errno set when it cannot. */
static int open_tmp(const char *path, char tmp[PATH_MAX]) {
    static atomic_uint counter;
    for (int i = 0; i < TMP_TRIES; i++) {
        int n = snprintf(tmp, PATH_MAX, "%s.%ld-%u.tmp", path, (long)getpid(),
                         atomic_fetch_add(&counter, 1));
        if (n < 0 || n >= PATH_MAX) {
            errno = ENAMETOOLONG;
            return -1;
        }
        int fd = open(tmp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (fd >= 0 || errno != EEXIST) return fd;
    }
    return -1;
}

/* The end of every durable write. Closes fd; on failure removes the temporary file. */
static rk_status finish(int fd, const char *tmp, const char *path, bool durable, rk_err *err) {
    rk_status st = RK_OK;
    if (durable && fsync(fd) != 0) st = io_fail(err, path, "flush");
    if (close(fd) != 0 && st == RK_OK) st = io_fail(err, path, "close");
    if (st == RK_OK && rename(tmp, path) != 0) st = io_fail(err, path, "put in place");
    if (st != RK_OK) {
        (void)unlink(tmp);
        return st;
    }
    return durable ? sync_parent(path, err) : RK_OK;
}

static rk_status write_file(const char *path, rk_slice bytes, bool make_dirs, bool durable,
                            rk_err *err) {
    RK_ASSERT(path && (bytes.ptr || bytes.len == 0));
    char tmp[PATH_MAX];
    int fd = open_tmp(path, tmp);
    if (fd < 0 && errno == ENOENT && make_dirs) {
        RK_TRY(make_parents(path, durable, err));
        fd = open_tmp(path, tmp);
    }
    if (fd < 0) return io_fail(err, path, "make a file beside it");
    rk_status st = write_all(fd, path, bytes, err);
    if (st != RK_OK) {
        (void)close(fd);
        (void)unlink(tmp);
        return st;
    }
    return finish(fd, tmp, path, durable, err);
}

rk_status rk_file_write(const char *path, rk_slice bytes, bool make_dirs, rk_err *err) {
    return write_file(path, bytes, make_dirs, true, err);
}
rk_status rk_file_write_fast(const char *path, rk_slice bytes, bool make_dirs, rk_err *err) {
    return write_file(path, bytes, make_dirs, false, err);
}

/* ---- streams ---- */
struct rk_out {
    char *path, *tmp; /* tmp NULL: written in place (standard output, a pipe) */
    int fd;
    ZSTD_CStream *zstd;
    z_stream *gzip;
    rk_status failed; /* the first failure; nothing is written after it */
    size_t n;
    char buffer[OUT_BUFFER];
};

static void out_free(rk_out **op) {
    rk_out *o = *op;
    if (o->zstd) (void)ZSTD_freeCStream(o->zstd);
    if (o->gzip) (void)deflateEnd(o->gzip);
    rk_free(o->gzip);
    rk_free(o->path);
    rk_free(o->tmp);
    rk_free(o);
    *op = NULL;
}

static rk_status out_flush(rk_out *o, rk_err *err) {
    rk_slice b = {o->buffer, o->n};
    o->n = 0;
    return write_all(o->fd, o->path, b, err);
}

static rk_status out_plain(rk_out *o, rk_slice b, rk_err *err) {
    if (b.len > OUT_BUFFER - o->n) RK_TRY(out_flush(o, err));
    if (b.len >= OUT_BUFFER) return write_all(o->fd, o->path, b, err);
    if (b.len) memcpy(o->buffer + o->n, b.ptr, b.len);
    o->n += b.len;
    return RK_OK;
}

static rk_status out_zstd(rk_out *o, rk_slice b, bool end, rk_err *err) {
    ZSTD_inBuffer in = {b.ptr, b.len, 0};
    for (size_t left = 1; in.pos < in.size || (end && left);) {
        ZSTD_outBuffer out = {o->buffer, OUT_BUFFER, o->n};
        left = ZSTD_compressStream2(o->zstd, &out, &in, end ? ZSTD_e_end : ZSTD_e_continue);
        RK_ASSERT(!ZSTD_isError(left)); /* only a misuse or no memory fails here */
        o->n = out.pos;
        if (o->n == OUT_BUFFER) RK_TRY(out_flush(o, err));
    }
    return RK_OK;
}

static rk_status out_gzip(rk_out *o, rk_slice b, bool end, rk_err *err) {
    for (;;) {
        size_t k = b.len < UINT_MAX ? b.len : UINT_MAX;
        o->gzip->next_in = (z_const Bytef *)b.ptr;
        o->gzip->avail_in = (uInt)k;
        o->gzip->next_out = (Bytef *)o->buffer + o->n;
        o->gzip->avail_out = (uInt)(OUT_BUFFER - o->n);
        int rc = deflate(o->gzip, end && k == b.len ? Z_FINISH : Z_NO_FLUSH);
        RK_ASSERT(rc != Z_STREAM_ERROR);
        b = rk_slice_from(b, k - o->gzip->avail_in);
        o->n = OUT_BUFFER - o->gzip->avail_out;
        bool full = o->gzip->avail_out == 0;
        if (full) RK_TRY(out_flush(o, err));
        if (end ? rc == Z_STREAM_END : b.len == 0 && !full) return RK_OK;
    }
}

static rk_status out_feed(rk_out *o, rk_slice b, bool end, rk_err *err) {
    if (o->failed != RK_OK)
        return rk_fail(err, o->failed, "%s: an earlier write failed", o->path);
    o->failed = o->zstd   ? out_zstd(o, b, end, err)
                : o->gzip ? out_gzip(o, b, end, err)
                          : out_plain(o, b, err);
    return o->failed;
}

static void out_compress(rk_out *o) {
    rk_slice name = rk_slice_str(o->path);
    if (rk_slice_ends(name, RK_LIT(".zst"))) {
        o->zstd = ZSTD_createCStream();
        RK_ASSERT(o->zstd);
        (void)ZSTD_CCtx_setParameter(o->zstd, ZSTD_c_compressionLevel, ZSTD_LEVEL);
        (void)ZSTD_CCtx_setParameter(o->zstd, ZSTD_c_checksumFlag, 1);
    } else if (rk_slice_ends(name, RK_LIT(".gz"))) {
        o->gzip = rk_alloc(sizeof *o->gzip);
        RK_ASSERT(deflateInit2(o->gzip, GZIP_LEVEL, Z_DEFLATED, 15 + 16, 8,
                               Z_DEFAULT_STRATEGY) == Z_OK);
    }
}

rk_status rk_out_open(const char *path, rk_out **out, rk_err *err) {
    RK_ASSERT(path && out);
    *out = NULL;
    rk_out *o = rk_alloc(sizeof *o);
    struct stat s;
    if (strcmp(path, "-") == 0) {
        o->path = rk_dup("standard output", sizeof "standard output");
        o->fd = STDOUT_FILENO;
        *out = o;
        return RK_OK;
    }
    o->path = rk_dup(path, strlen(path) + 1);
    if (stat(path, &s) == 0 && !S_ISREG(s.st_mode)) {
        o->fd = open(path, O_WRONLY | O_CLOEXEC);
    } else {
        char tmp[PATH_MAX];
        o->fd = open_tmp(path, tmp);
        if (o->fd >= 0) o->tmp = rk_dup(tmp, strlen(tmp) + 1);
    }
    if (o->fd < 0) {
        rk_status st = io_fail(err, path, "open for writing");
        out_free(&o);
        return st;
    }
    out_compress(o);
    *out = o;
    return RK_OK;
}

rk_status rk_out_write(rk_out *o, rk_slice bytes, rk_err *err) {
    RK_ASSERT(o && (bytes.ptr || bytes.len == 0));
    return bytes.len || o->failed != RK_OK ? out_feed(o, bytes, false, err) : RK_OK;
}

static rk_status out_close(rk_out **op, bool durable, rk_err *err) {
    RK_ASSERT(op && *op);
    rk_out *o = *op;
    rk_status st = out_feed(o, (rk_slice){NULL, 0}, true, err);
    if (st == RK_OK) st = out_flush(o, err);
    if (st != RK_OK) {
        rk_out_abort(op);
        return st;
    }
    if (o->tmp)
        st = finish(o->fd, o->tmp, o->path, durable, err);
    else if (o->fd != STDOUT_FILENO && close(o->fd) != 0)
        st = io_fail(err, o->path, "close");
    out_free(op);
    return st;
}

rk_status rk_out_close(rk_out **op, rk_err *err) { return out_close(op, true, err); }

rk_status rk_out_close_fast(rk_out **op, rk_err *err) { return out_close(op, false, err); }

void rk_out_abort(rk_out **op) {
    if (!op || !*op) return;
    rk_out *o = *op;
    if (o->fd != STDOUT_FILENO) (void)close(o->fd);
    if (o->tmp) (void)unlink(o->tmp);
    out_free(op);
}

rk_status rk_gzip(rk_slice bytes, rk_buf *out, rk_err *err) {
    if (bytes.len > UINT_MAX / 2) return rk_fail(err, RK_LIMIT, "too long to compress at once");
    z_stream z = {0};
    RK_ASSERT(deflateInit2(&z, GZIP_LEVEL, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) == Z_OK);
    uLong bound = deflateBound(&z, (uLong)bytes.len);
    char *p = rk_buf_room(out, bound);
    rk_status st = RK_OK;
    if (!p) {
        st = rk_fail(err, RK_LIMIT, "no room for %lu bytes of compressed data", bound);
    } else {
        z.next_in = (z_const Bytef *)bytes.ptr;
        z.avail_in = (uInt)bytes.len;
        z.next_out = (Bytef *)p;
        z.avail_out = (uInt)bound;
        RK_ASSERT(deflate(&z, Z_FINISH) == Z_STREAM_END);
        rk_buf_commit(out, (char *)z.next_out);
    }
    (void)deflateEnd(&z);
    return st;
}
