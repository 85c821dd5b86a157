#define _XOPEN_SOURCE 700 /* nftw */
#include "files/stream.h"

#include "base/mem.h"
#include "base/sha256_stream.h"
#include "files/files.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PIECE = 1 << 20, OPEN_MAX_WALK = 16 };

typedef rk_status piece_fn(void *ctx, rk_slice b, rk_err *err);

static rk_status open_read(const char *path, int *fd, rk_err *err) {
    *fd = open(path, O_RDONLY | O_CLOEXEC);
    if (*fd >= 0) return RK_OK;
    return rk_fail(err, errno == ENOENT || errno == ENOTDIR ? RK_NOT_FOUND : RK_IO,
                   "%s: cannot open: %s", path, strerror(errno));
}

static rk_status each_piece(const char *path, piece_fn *fn, void *ctx, rk_err *err) {
    int fd;
    RK_TRY(open_read(path, &fd, err));
    char *b = rk_alloc(PIECE);
    rk_status s = RK_OK;
    for (ssize_t n = 1; s == RK_OK && n != 0;) {
        n = read(fd, b, PIECE);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) s = rk_fail(err, RK_IO, "%s: cannot read: %s", path, strerror(errno));
        if (n > 0) s = fn(ctx, (rk_slice){b, (size_t)n}, err);
    }
    rk_free(b);
    (void)close(fd);
    return s;
}

struct hash {
    rk_sha256_stream sha;
    uint64_t bytes;
};

static rk_status hash_piece(void *ctx, rk_slice b, rk_err *err) {
    struct hash *h = ctx;
    (void)err;
    rk_sha256_add(&h->sha, b);
    h->bytes += b.len;
    return RK_OK;
}

rk_status rk_file_hash(const char *path, rk_sha256 *out, uint64_t *bytes, rk_err *err) {
    struct hash h = {.bytes = 0};
    rk_sha256_begin(&h.sha);
    RK_TRY(each_piece(path, hash_piece, &h, err));
    *out = rk_sha256_end(&h.sha);
    if (bytes) *bytes = h.bytes;
    return RK_OK;
}

static rk_status pack_piece(void *ctx, rk_slice b, rk_err *err) {
    return rk_out_write(ctx, b, err);
}

rk_status rk_file_pack(const char *from, const char *to, rk_err *err) {
    rk_out *o;
    RK_TRY(rk_out_open(to, &o, err));
    rk_status s = each_piece(from, pack_piece, o, err);
    if (s == RK_OK) return rk_out_close_fast(&o, err);
    rk_out_abort(&o);
    return s;
}

rk_status rk_file_link(const char *from, const char *to, rk_err *err) {
    if (link(from, to) == 0) return RK_OK;
    return rk_fail(err, errno == ENOENT ? RK_NOT_FOUND : RK_CONFLICT,
                   "%s: cannot link to %s: %s", to, from, strerror(errno));
}

rk_status rk_file_point(const char *name, const char *target, rk_err *err) {
    char tmp[PATH_MAX];
    int n = snprintf(tmp, sizeof tmp, "%s.%ld.tmp", name, (long)getpid());
    if (n < 0 || n >= PATH_MAX) return rk_fail(err, RK_LIMIT, "%s: the name is too long", name);
    (void)unlink(tmp);
    if (symlink(target, tmp) == 0 && rename(tmp, name) == 0) return RK_OK;
    rk_status s = rk_fail(err, RK_IO, "%s: cannot make the link: %s", name, strerror(errno));
    (void)unlink(tmp);
    return s;
}

rk_status rk_file_move(const char *from, const char *to, rk_err *err) {
    if (rename(from, to) != 0)
        return rk_fail(err, RK_IO, "%s: cannot rename to %s: %s", from, to, strerror(errno));
    return rk_dir_sync(to, err);
}

static int drop_one(const char *path, const struct stat *st, int flag, struct FTW *f) {
    (void)st, (void)flag, (void)f;
    return remove(path);
}

rk_status rk_tree_drop(const char *dir, rk_err *err) {
    if (!rk_file_there(dir)) return RK_OK;
    if (nftw(dir, drop_one, OPEN_MAX_WALK, FTW_DEPTH | FTW_PHYS | FTW_MOUNT) == 0) return RK_OK;
    return rk_fail(err, RK_IO, "%s: cannot remove: %s", dir, strerror(errno));
}

/* ===== lines ===== */

rk_status rk_lines_open(rk_lines *l, const char *path, size_t max, rk_err *err) {
    *l = (rk_lines){.fd = -1, .path = path, .max = max};
    rk_buf_init(&l->b, max + 2u * PIECE);
    return open_read(path, &l->fd, err);
}

void rk_lines_close(rk_lines *l) {
    if (l->fd >= 0) (void)close(l->fd);
    l->fd = -1;
    rk_buf_free(&l->b);
}

static rk_status more(rk_lines *l, rk_err *err) {
    size_t left = l->b.len - l->at;
    if (left > l->max)
        return rk_fail(err, RK_LIMIT, "%s: a line is over %zu bytes", l->path, l->max);
    if (left && l->b.ptr) memmove(l->b.ptr, l->b.ptr + l->at, left);
    l->b.len = left, l->at = 0;
    char *p = rk_buf_room(&l->b, PIECE);
    RK_ASSERT(p);
    for (;;) {
        ssize_t n = read(l->fd, p, PIECE);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return rk_fail(err, RK_IO, "%s: cannot read: %s", l->path, strerror(errno));
        l->end = n == 0;
        rk_buf_commit(&l->b, p + n);
        return RK_OK;
    }
}

rk_status rk_lines_next(rk_lines *l, rk_slice *line, rk_err *err) {
    for (size_t from = 0;;) {
        rk_slice rest = {l->b.ptr ? l->b.ptr + l->at : "", l->b.len - l->at};
        const char *e = rest.len > from ? memchr(rest.ptr + from, '\n', rest.len - from) : NULL;
        if (e || (l->end && rest.len)) {
            *line = (rk_slice){rest.ptr, e ? (size_t)(e - rest.ptr) : rest.len};
            l->at += line->len + (e != NULL);
            return RK_OK;
        }
        if (l->end) return RK_NOT_FOUND;
        from = rest.len;
        RK_TRY(more(l, err));
    }
}
