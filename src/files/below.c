#include "files/below.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static rk_status failed(rk_slice path, rk_err *err) {
    int e = errno;
    rk_status s = e == EMFILE || e == ENFILE ? RK_BUSY
                  : e == ENOENT || e == ENOTDIR || e == ELOOP || e == ENAMETOOLONG || e == ENXIO
                      ? RK_NOT_FOUND
                      : RK_IO;
    return rk_fail(err, s, "%.*s cannot be opened: %s", (int)(path.len < 200 ? path.len : 200),
                   path.ptr ? path.ptr : "", strerror(e));
}

static bool part_ok(rk_slice part, char name[NAME_MAX + 1]) {
    if (part.len == 0 || part.len > NAME_MAX || part.ptr[0] == '.' ||
        memchr(part.ptr, 0, part.len))
        return false;
    memcpy(name, part.ptr, part.len);
    name[part.len] = 0;
    return true;
}

/* Only what is regular is handed out: a pipe or device would block, or worse. */
static rk_status describe(int fd, rk_slice path, rk_below *out, bool *is_dir, rk_err *err) {
    struct stat st;
    if (fstat(fd, &st) != 0) return failed(path, err);
    if (is_dir) *is_dir = S_ISDIR(st.st_mode);
    if (!S_ISREG(st.st_mode))
        return rk_fail(err, RK_NOT_FOUND, "%.*s is no file",
                       (int)(path.len < 200 ? path.len : 200), path.ptr);
    *out = (rk_below){.fd = fd,
                      .bytes = (uint64_t)st.st_size,
                      .inode = st.st_ino,
                      .modified = st.st_mtim.tv_sec,
                      .modified_ns = (uint32_t)st.st_mtim.tv_nsec};
    return RK_OK;
}

rk_status rk_below_open(const char *dir, rk_slice path, rk_below *out, bool *is_dir,
                        rk_err *err) {
    char name[NAME_MAX + 1];
    rk_slice rest = path, part;
    *out = (rk_below){.fd = -1};
    if (is_dir) *is_dir = false;
    int at = open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (at < 0) return failed(path, err);
    for (unsigned depth = 0; rk_slice_cut(&rest, '/', &part); depth++) {
        bool last = rest.ptr == NULL;
        int fd = -1;
        errno = ENOENT;
        if (depth < RK_BELOW_DEPTH_MAX && part_ok(part, name))
            fd = openat(at, name,
                        O_CLOEXEC | O_NOFOLLOW |
                            (last ? O_RDONLY | O_NONBLOCK : O_PATH | O_DIRECTORY));
        int kept = errno;
        (void)close(at);
        errno = kept;
        if (fd < 0) return failed(path, err);
        at = fd;
        if (!last) continue;
        rk_status s = describe(fd, path, out, is_dir, err);
        if (s != RK_OK) (void)close(fd);
        return s;
    }
    (void)close(at);
    return rk_fail(err, RK_NOT_FOUND, "an empty path names no file");
}

rk_status rk_below_link(const char *dir, const char *name, char *out, size_t room,
                        rk_err *err) {
    char path[PATH_MAX];
    int n = snprintf(path, sizeof path, "%s/%s", dir, name);
    if (n < 0 || n >= PATH_MAX) return rk_fail(err, RK_LIMIT, "%s: the name is too long", dir);
    ssize_t got = readlink(path, out, room);
    if (got < 0 || (size_t)got >= room)
        return rk_fail(err, RK_NOT_FOUND, "%s is no link", path);
    out[got] = 0;
    return RK_OK;
}
