/* Files for one owner: secret keys, locks. */
#include "files/files.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
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
