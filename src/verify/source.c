/* Directories and single files, and the verifier's own files. */
#include "verify/source.h"

#include "base/mem.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

struct dir_source {
    rk_source s;
    char *path;
    int fd;
};

static rk_status read_fd(int fd, const char *name, size_t max, rk_buf *out, rk_err *err) {
    struct stat st;
    if (fstat(fd, &st) != 0)
        return rk_fail(err, RK_IO, "%s cannot be read: %s", name, strerror(errno));
    if (!S_ISREG(st.st_mode)) return rk_fail(err, RK_NOT_FOUND, "%s is no file", name);
    size_t want = (size_t)st.st_size;
    if (want > max)
        return rk_fail(err, RK_LIMIT, "%s has %zu bytes, more than the %zu it may have", name,
                       want, max);
    for (;;) { /* one read usually; a growing file is read to the end that it has then */
        char *p = rk_buf_room(out, want + 1);
        if (!p) return rk_fail(err, RK_LIMIT, "%s is over %zu bytes", name, max);
        ssize_t n = read(fd, p, want + 1);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return rk_fail(err, RK_IO, "%s cannot be read: %s", name, strerror(errno));
        if (n == 0) return RK_OK;
        out->len += (size_t)n;
        want = want > (size_t)n ? want - (size_t)n : 0;
    }
}

static rk_status dir_get(rk_source *s, rk_slice path, size_t max, rk_buf *out, rk_err *err) {
    struct dir_source *d = (struct dir_source *)s;
    char name[PATH_MAX];
    if (path.len >= sizeof name || (path.len && memchr(path.ptr, 0, path.len)))
        return rk_fail(err, RK_NOT_FOUND, "a path is too long");
    if (path.len) memcpy(name, path.ptr, path.len);
    name[path.len] = 0;
    int fd = s->single ? open(d->path, O_RDONLY | O_CLOEXEC)
                       : openat(d->fd, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0 && (errno == ENOENT || errno == ENOTDIR))
        return rk_fail(err, RK_NOT_FOUND, "%s is not there", name);
    if (fd < 0) return rk_fail(err, RK_IO, "%s cannot be opened: %s", name, strerror(errno));
    rk_status st = read_fd(fd, name, max, out, err);
    close(fd);
    return st;
}

static rk_status walk(int at, char *path, size_t len, rk_source_fn *fn, void *ctx,
                      rk_err *err) {
    int fd = openat(at, len ? path : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *dir = fd < 0 ? NULL : fdopendir(fd);
    rk_status s = RK_OK;
    if (!dir) return rk_fail(err, RK_IO, "%s cannot be listed: %s", path, strerror(errno));
    for (struct dirent *e; s == RK_OK && (e = readdir(dir)) != NULL;) {
        struct stat st;
        if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0) continue;
        int n = snprintf(path + len, PATH_MAX - len, "%s%s", len ? "/" : "", e->d_name);
        if (n < 0 || (size_t)n >= PATH_MAX - len) {
            s = rk_fail(err, RK_LIMIT, "%s: a path is too long", path);
        } else if (fstatat(at, path, &st, 0) != 0) {
            s = rk_fail(err, RK_IO, "%s cannot be read: %s", path, strerror(errno));
        } else {
            s = S_ISDIR(st.st_mode) ? walk(at, path, len + (size_t)n, fn, ctx, err)
                                    : fn(ctx, (rk_slice){path, len + (size_t)n}, err);
        }
        path[len] = 0;
    }
    closedir(dir);
    return s;
}

static rk_status dir_list(rk_source *s, rk_source_fn *fn, void *ctx, rk_err *err) {
    char path[PATH_MAX] = "";
    if (s->single) return fn(ctx, (rk_slice){"", 0}, err);
    return walk(((struct dir_source *)s)->fd, path, 0, fn, ctx, err);
}

static void dir_close(rk_source *s) {
    struct dir_source *d = (struct dir_source *)s;
    if (d->fd >= 0) close(d->fd);
    rk_free(d->path);
    rk_free(d);
}

static const struct rk_source_ops DIR_OPS = {dir_get, NULL, dir_list, dir_close};

rk_status rk_source_open(const char *arg, rk_source **out, rk_err *err) {
    struct stat st;
    *out = NULL;
    if (strncmp(arg, "http://", 7) == 0 || strncmp(arg, "https://", 8) == 0)
        return rk_source_http(arg, out, err);
    if (stat(arg, &st) != 0)
        return rk_fail(err, errno == ENOENT ? RK_NOT_FOUND : RK_IO, "%s: %s", arg,
                       strerror(errno));
    struct dir_source *d = rk_alloc(sizeof *d);
    *d =
        (struct dir_source){.s = {.ops = &DIR_OPS, .name = arg, .single = !S_ISDIR(st.st_mode)},
                            .path = rk_dup(arg, strlen(arg) + 1),
                            .fd = -1};
    if (!d->s.single) d->fd = open(arg, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (!d->s.single && d->fd < 0) {
        rk_fail(err, RK_IO, "%s: %s", arg, strerror(errno));
        dir_close(&d->s);
        return RK_IO;
    }
    *out = &d->s;
    return RK_OK;
}

/* ===== the verifier's own files ===== */

rk_status rk_local_read(const char *path, size_t max, rk_buf *out, rk_err *err) {
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return rk_fail(err, errno == ENOENT || errno == ENOTDIR ? RK_NOT_FOUND : RK_IO,
                       "%s: %s", path, strerror(errno));
    rk_status s = read_fd(fd, path, max, out, err);
    close(fd);
    return s;
}

/* Makes the directories above path. */
static void make_dirs(const char *path) {
    char name[PATH_MAX];
    for (size_t i = 1; i < sizeof name && path[i]; i++) {
        if (path[i] != '/') continue;
        memcpy(name, path, i);
        name[i] = 0;
        (void)mkdir(name, 0700);
    }
}

static bool write_all(int fd, rk_slice bytes) {
    while (bytes.len) {
        ssize_t n = write(fd, bytes.ptr, bytes.len);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return false;
        bytes = rk_slice_from(bytes, (size_t)n);
    }
    return true;
}

static void sync_dir_of(const char *path) {
    char name[PATH_MAX];
    const char *slash = strrchr(path, '/');
    size_t n = slash ? (size_t)(slash - path) + 1 : 0;
    if (n + 1 >= sizeof name) return;
    if (n == 0)
        name[n++] = '.';
    else
        memcpy(name, path, n);
    name[n] = 0;
    int fd = open(name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) return;
    (void)fsync(fd);
    close(fd);
}

rk_status rk_local_write(const char *path, rk_slice bytes, rk_err *err) {
    char temp[PATH_MAX];
    int n = snprintf(temp, sizeof temp, "%s.%ld.tmp", path, (long)getpid());
    if (n < 0 || n >= (int)sizeof temp) return rk_fail(err, RK_LIMIT, "%s is too long", path);
    make_dirs(path);
    int fd = open(temp, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0) return rk_fail(err, RK_IO, "%s cannot be written: %s", path, strerror(errno));
    bool ok = write_all(fd, bytes) && fsync(fd) == 0;
    ok &= close(fd) == 0;
    ok = ok && rename(temp, path) == 0;
    if (!ok) {
        rk_fail(err, RK_IO, "%s cannot be written: %s", path, strerror(errno));
        (void)unlink(temp);
        return RK_IO;
    }
    sync_dir_of(path);
    return RK_OK;
}
