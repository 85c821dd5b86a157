#include "log/log_inner.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

enum { BLOCK = 16384 };
_Static_assert(BLOCK >= RK_HEAD_MAX, "a note fits a block");

rk_status rk_lock_open(const char *path, int *fd, rk_err *err) {
    *fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    return *fd >= 0 ? RK_OK
                    : rk_fail(err, RK_IO, "%s: cannot open the log's lock file: %s", path,
                              strerror(errno));
}

/* The note in a block: up to the zeros that fill it. */
static bool note_at(const char *block, size_t n, rk_slice *note, uint64_t *size) {
    rk_note parsed;
    rk_checkpoint c;
    while (n && block[n - 1] == 0) n--;
    *note = (rk_slice){block, n};
    if (rk_note_parse(*note, &parsed, NULL) != RK_OK ||
        rk_checkpoint_parse(parsed.text, &c, NULL) != RK_OK)
        return false;
    *size = c.size;
    return true;
}

rk_status rk_lock_read(int fd, const char *path, rk_buf *out, rk_err *err) {
    char block[2][BLOCK];
    rk_slice note, best = {0};
    uint64_t size, most = 0;
    ssize_t got = pread(fd, block, sizeof block, 0);
    if (got < 0)
        return rk_fail(err, RK_IO, "%s: cannot read the log's lock file: %s", path,
                       strerror(errno));
    for (int i = 0; i < 2; i++) {
        ssize_t n = got - (ssize_t)i * BLOCK;
        if (n <= 0 || !note_at(block[i], n < BLOCK ? (size_t)n : BLOCK, &note, &size)) continue;
        if (!best.len || size > most) best = note, most = size;
    }
    if (got > 0 && !best.len)
        return rk_fail(err, RK_CORRUPT,
                       "%s: the log's lock file is damaged: it should hold the newest signed "
                       "checkpoint. Compare the log with a published checkpoint or a witness "
                       "(rekap-verify), then remove the file",
                       path);
    rk_buf_add(out, best);
    return RK_OK;
}

rk_status rk_lock_write(int fd, const char *path, unsigned turn, rk_slice note, rk_err *err) {
    char block[BLOCK] = {0};
    RK_ASSERT(note.len <= BLOCK);
    memcpy(block, note.ptr, note.len);
    if (pwrite(fd, block, BLOCK, (off_t)(turn % 2) * BLOCK) == BLOCK) return RK_OK;
    return rk_fail(err, RK_IO, "%s: cannot write the log's lock file: %s", path,
                   strerror(errno));
}
