#include "deliver/outbox.h"

#include "base/mem.h"
#include "base/wib.h"
#include "files/files.h"
#include "files/stream.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#define LOG "kirim.jsonl"
#define PRIVATE "kirim-pribadi.log"
enum { SEED = 32, PRIVATE_MAX = 8 << 20 };

struct rk_outbox {
    pthread_mutex_t lock;
    int fd, private_fd, lock_fd;
    bool broken; /* a line may or may not be on disk: nothing more is written */
    char seed[SEED];
    char path[PATH_MAX], private_path[PATH_MAX];
};

static rk_status io_fail(rk_err *err, const char *path, const char *doing) {
    return rk_fail(err, RK_IO, "%s: cannot %s: %s", path, doing, strerror(errno));
}

rk_status rk_outbox_path(const char *dir, const char *name, char *out, rk_err *err) {
    int n = snprintf(out, PATH_MAX, "%s/%s", dir, name);
    return n > 0 && n < PATH_MAX ? RK_OK
                                 : rk_fail(err, RK_LIMIT, "%s: the path is too long", dir);
}

static bool write_all(int fd, rk_slice b) {
    while (b.len) {
        ssize_t n = write(fd, b.ptr, b.len);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return false;
        b = rk_slice_from(b, (size_t)n);
    }
    return true;
}

/* ===== opening ===== */

/* Where the last whole line ends. Lines are bounded, so only the end of the file is read. */
static rk_status whole_end(int fd, const char *path, off_t size, off_t *end, rk_buf *tail,
                           rk_err *err) {
    off_t from = size > (off_t)RK_DELIVERY_LINE_MAX ? size - (off_t)RK_DELIVERY_LINE_MAX : 0;
    char *p = rk_buf_room(tail, RK_DELIVERY_LINE_MAX);
    ssize_t n = pread(fd, p, RK_DELIVERY_LINE_MAX, from);
    if (n < 0) return io_fail(err, path, "read");
    size_t keep = (size_t)n;
    while (keep && p[keep - 1] != '\n') keep--;
    if (keep == 0 && from > 0)
        return rk_fail(err, RK_CORRUPT, "%s: its end is no line of a delivery log", path);
    *end = from + (off_t)keep;
    memmove(p, p + keep, (size_t)n - keep);
    rk_buf_commit(tail, p + ((size_t)n - keep));
    return RK_OK;
}

/* What was cut off is kept aside before it is taken out of the log. */
static rk_status mend(rk_outbox *o, const char *dir, rk_err *err) {
    char aside[PATH_MAX];
    struct stat st;
    off_t end = 0;
    rk_buf tail;
    if (fstat(o->fd, &st) != 0) return io_fail(err, o->path, "look at");
    if ((uint64_t)st.st_size > RK_DELIVERY_LOG_MAX)
        return rk_fail(err, RK_LIMIT,
                       "%s: is over %llu bytes: move it aside between two releases", o->path,
                       (unsigned long long)RK_DELIVERY_LOG_MAX);
    if (st.st_size == 0) return RK_OK;
    rk_buf_init(&tail, RK_DELIVERY_LINE_MAX);
    rk_status s = whole_end(o->fd, o->path, st.st_size, &end, &tail, err);
    if (s == RK_OK && end < st.st_size) {
        s = rk_outbox_path(dir, LOG ".sisa", aside, err);
        int fd = s == RK_OK ? open(aside, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600) : -1;
        bool ok = fd >= 0 && write_all(fd, rk_buf_slice(&tail)) &&
                  write_all(fd, RK_LIT("\n")) && fsync(fd) == 0 && ftruncate(o->fd, end) == 0 &&
                  fsync(o->fd) == 0;
        if (s == RK_OK && !ok) s = io_fail(err, o->path, "take out a line that was cut off");
        if (fd >= 0) (void)close(fd);
    }
    rk_buf_free(&tail);
    return s;
}

static rk_status read_seed(rk_outbox *o, const char *dir, rk_err *err) {
    char path[PATH_MAX];
    rk_buf b;
    RK_TRY(rk_outbox_path(dir, "benih", path, err));
    if (!rk_file_there(path)) {
        char seed[SEED];
        if (getrandom(seed, sizeof seed, 0) != SEED) return io_fail(err, path, "make");
        RK_TRY(rk_file_create_private(path, (rk_slice){seed, SEED}, err));
    }
    rk_buf_init(&b, SEED + 1);
    rk_status s = rk_file_read_private(path, SEED, &b, err);
    if (s == RK_OK && b.len != SEED) /* cut short when it was made: it decides only waits */
        s = rk_fail(err, RK_CORRUPT, "%s: has not %d bytes: remove it", path, SEED);
    if (s == RK_OK) memcpy(o->seed, b.ptr, SEED);
    rk_buf_free(&b);
    return s;
}

static rk_status open_files(rk_outbox *o, const char *dir, rk_err *err) {
    char lock[PATH_MAX], old[PATH_MAX];
    struct stat st;
    RK_TRY(rk_outbox_path(dir, ".kirim.lock", lock, err));
    RK_TRY(rk_outbox_path(dir, LOG, o->path, err));
    RK_TRY(rk_outbox_path(dir, PRIVATE, o->private_path, err));
    RK_TRY(rk_outbox_path(dir, PRIVATE ".1", old, err));
    RK_TRY(rk_lock_take(lock, &o->lock_fd, err));
    o->fd = open(o->path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0644);
    if (o->fd < 0) return io_fail(err, o->path, "open");
    RK_TRY(rk_file_sync(o->path, err)); /* its name */
    RK_TRY(mend(o, dir, err));
    if (stat(o->private_path, &st) == 0 && st.st_size > PRIVATE_MAX)
        (void)rename(o->private_path, old);
    o->private_fd =
        open(o->private_path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (o->private_fd < 0) return io_fail(err, o->private_path, "open");
    return fchmod(o->private_fd, 0600) == 0 ? read_seed(o, dir, err)
                                            : io_fail(err, o->private_path, "make private");
}

rk_status rk_outbox_open(const char *dir, rk_outbox **out, rk_err *err) {
    rk_outbox *o = rk_alloc(sizeof *o);
    o->fd = o->private_fd = o->lock_fd = -1;
    RK_ASSERT(pthread_mutex_init(&o->lock, NULL) == 0);
    *out = o;
    rk_status s = open_files(o, dir, err);
    if (s != RK_OK) rk_outbox_close(out);
    return s;
}

void rk_outbox_close(rk_outbox **op) {
    rk_outbox *o = *op;
    if (!o) return;
    if (o->fd >= 0) (void)close(o->fd);
    if (o->private_fd >= 0) (void)close(o->private_fd);
    if (o->lock_fd >= 0) (void)close(o->lock_fd);
    (void)pthread_mutex_destroy(&o->lock);
    rk_free(o);
    *op = NULL;
}

rk_slice rk_outbox_seed(const rk_outbox *o) { return (rk_slice){o->seed, SEED}; }

/* ===== writing ===== */

rk_status rk_outbox_ready(rk_outbox *o, rk_err *err) {
    RK_ASSERT(pthread_mutex_lock(&o->lock) == 0);
    bool broken = o->broken;
    RK_ASSERT(pthread_mutex_unlock(&o->lock) == 0);
    return broken ? rk_fail(err, RK_IO, "%s: could not be written before", o->path) : RK_OK;
}

rk_status rk_outbox_append(rk_outbox *o, const rk_delivery_line *l, rk_err *err) {
    rk_buf b;
    rk_status s = RK_OK;
    rk_buf_init(&b, RK_DELIVERY_LINE_MAX + 1);
    rk_delivery_line_put(l, &b);
    if (b.failed) {
        rk_buf_free(&b);
        return rk_fail(err, RK_LIMIT, "a line of the delivery log is over %u bytes",
                       RK_DELIVERY_LINE_MAX);
    }
    RK_ASSERT(pthread_mutex_lock(&o->lock) == 0);
    if (o->broken)
        s = rk_fail(err, RK_IO, "%s: could not be written before", o->path);
    else if (!write_all(o->fd, rk_buf_slice(&b)) || fdatasync(o->fd) != 0)
        o->broken = true, s = io_fail(err, o->path, "write");
    RK_ASSERT(pthread_mutex_unlock(&o->lock) == 0);
    rk_buf_free(&b);
    return s;
}

void rk_outbox_whisper(rk_outbox *o, const rk_delivery_line *l, const char *text) {
    char when[RK_WIB_LEN];
    rk_buf b;
    rk_buf_init(&b, RK_DELIVERY_LINE_MAX);
    rk_wib_put(when, l->time);
    rk_buf_printf(&b, "%.*s %.*s %.*s %s: ", RK_WIB_LEN, when, RK_FMT(l->alias),
                  RK_FMT(l->release), rk_delivery_cause_name(l->cause));
    rk_buf_json(&b, rk_slice_str(text)); /* what a receiver says stays one line */
    rk_buf_byte(&b, '\n');
    RK_ASSERT(pthread_mutex_lock(&o->lock) == 0);
    if (!b.failed) (void)write_all(o->private_fd, rk_buf_slice(&b));
    RK_ASSERT(pthread_mutex_unlock(&o->lock) == 0);
    rk_buf_free(&b);
}

/* ===== reading ===== */

static rk_status replay(rk_lines *lines, bool whole, rk_outbox_fn *fn, void *ctx, rk_err *err) {
    rk_slice line;
    rk_err bad = RK_ERR_INIT;
    rk_status s;
    for (size_t no = 1; (s = rk_lines_next(lines, &line, err)) == RK_OK; no++) {
        rk_delivery_line l;
        if (bad.text[0]) return rk_fail(err, RK_CORRUPT, "%s", bad.text);
        rk_err why = RK_ERR_INIT;
        if (rk_delivery_line_parse(line, &l, &why) == RK_OK)
            fn(ctx, &l);
        else
            rk_fail(&bad, RK_CORRUPT, "%s:%zu: no line of a delivery log: %.200s", lines->path,
                    no, why.text);
        rk_delivery_line_free(&l);
    }
    if (s != RK_NOT_FOUND) return s;
    return whole && bad.text[0] ? rk_fail(err, RK_CORRUPT, "%s", bad.text) : RK_OK;
}

rk_status rk_outbox_replay(const char *dir, bool whole, rk_outbox_fn *fn, void *ctx,
                           rk_err *err) {
    char path[PATH_MAX];
    rk_lines lines;
    rk_err why = RK_ERR_INIT;
    RK_TRY(rk_outbox_path(dir, LOG, path, err));
    rk_status s = rk_lines_open(&lines, path, RK_DELIVERY_LINE_MAX, &why);
    if (s == RK_NOT_FOUND) {
        rk_lines_close(&lines);
        return RK_OK;
    }
    if (s == RK_OK) s = replay(&lines, whole, fn, ctx, &why);
    rk_lines_close(&lines);
    return s == RK_OK ? RK_OK : rk_fail(err, s, "%s", why.text);
}
