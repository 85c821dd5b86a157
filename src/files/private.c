/* Files for one owner: secret keys, locks. */
#include "files/files.h"

#include "base/ed25519.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

static rk_status io_fail(rk_err *err, const char *path, const char *doing) {
    return rk_fail(err, RK_IO, "%s: cannot %s: %s", path, doing, strerror(errno));
}

static rk_status fill(int fd, const char *path, rk_slice b, rk_err *err) {
    while (b.len) {
        ssize_t n = write(fd, b.ptr, b.len);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return io_fail(err, path, "write");
        b = rk_slice_from(b, (size_t)n);
    }
    return fsync(fd) == 0 ? RK_OK : io_fail(err, path, "flush");
}

rk_status rk_file_create_private(const char *path, rk_slice bytes, rk_err *err) {
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0 && errno == EEXIST)
        return rk_fail(err, RK_CONFLICT, "%s: is already there, and is not replaced", path);
    if (fd < 0) return io_fail(err, path, "make it");
    rk_status s = fill(fd, path, bytes, err);
    if (close(fd) != 0 && s == RK_OK) s = io_fail(err, path, "close");
    if (s != RK_OK) {
        (void)unlink(path);
        return s;
    }
    return rk_file_sync(path, err); /* its name in the directory */
}

static rk_status is_private(const char *path, const struct stat *st, rk_err *err) {
    if (!S_ISREG(st->st_mode))
        return rk_fail(err, RK_BAD_INPUT, "%s: is no regular file", path);
    if (st->st_uid != geteuid() && st->st_uid != 0)
        return rk_fail(err, RK_BAD_INPUT, "%s: belongs to somebody else: chown it", path);
    if (st->st_mode & (S_IRWXG | S_IRWXO))
        return rk_fail(err, RK_BAD_INPUT, "%s: others may read this secret: chmod 600 %s", path,
                       path);
    return RK_OK;
}

/* Into room that is made once: growing would leave copies of the secret behind. */
static rk_status take_all(int fd, const char *path, size_t max, rk_buf *out, rk_err *err) {
    char *room = rk_buf_room(out, max + 1);
    size_t have = 0;
    while (room && have <= max) {
        ssize_t n = read(fd, room + have, max + 1 - have);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return io_fail(err, path, "read");
        if (n == 0) return rk_buf_commit(out, room + have), RK_OK;
        have += (size_t)n;
    }
    if (room) rk_ed25519_wipe(room, have);
    return rk_fail(err, RK_LIMIT, "%s: is over %zu bytes", path, max);
}

rk_status rk_file_read_private(const char *path, size_t max, rk_buf *out, rk_err *err) {
    struct stat st;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK); /* no waiting for a pipe's writer */
    if (fd < 0 && errno == ENOENT) return rk_fail(err, RK_NOT_FOUND, "%s: is not there", path);
    if (fd < 0) return io_fail(err, path, "open");
    rk_status s = fstat(fd, &st) == 0 ? is_private(path, &st, err) : io_fail(err, path, "read");
    if (s == RK_OK) s = take_all(fd, path, max, out, err);
    (void)close(fd);
    return s;
}

rk_status rk_lock_take(const char *path, int *fd, rk_err *err) {
    *fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (*fd < 0) return io_fail(err, path, "open the lock");
    if (flock(*fd, LOCK_EX | LOCK_NB) == 0) return RK_OK;
    rk_status s = errno == EWOULDBLOCK
                      ? rk_fail(err, RK_BUSY, "%s: another process is at work here", path)
                      : io_fail(err, path, "lock");
    (void)close(*fd);
    *fd = -1;
    return s;
}
