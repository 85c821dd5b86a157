/* fork() gives the child a still picture of the election for the price of copying page tables,
 * so the table is consistent while the parent goes on folding. The child touches no store and
 * no socket: it closes every descriptor but its two files. */
#include "serve/job.h"

#include "base/limits.h"
#include "base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>
#include <zlib.h>

struct rk_job_result {
    bool done;
    uint64_t plain_bytes, gzip_bytes;
    rk_sha256 hash;
    rk_err err;
};

/* ===== in the child ===== */

enum { PIECE = 1 << 16 };

struct output {
    int plain, gzip;
    uint64_t plain_bytes, gzip_bytes;
    z_stream z;
    unsigned char piece[PIECE];
};

static rk_status write_all(int fd, const void *bytes, size_t n, rk_err *err) {
    const char *p = bytes;
    while (n) {
        ssize_t k = write(fd, p, n);
        if (k < 0 && errno == EINTR) continue;
        if (k <= 0)
            return rk_fail(err, RK_IO, "cannot write a temporary file: %s", strerror(errno));
        p += k;
        n -= (size_t)k;
    }
    return RK_OK;
}

static rk_status compress_piece(struct output *o, rk_slice bytes, int flush, rk_err *err) {
    o->z.next_in = (z_const Bytef *)(uintptr_t)bytes.ptr;
    o->z.avail_in = (uInt)bytes.len;
    do {
        o->z.next_out = o->piece;
        o->z.avail_out = PIECE;
        (void)deflate(&o->z, flush);
        size_t n = PIECE - o->z.avail_out;
        RK_TRY(write_all(o->gzip, o->piece, n, err));
        o->gzip_bytes += n;
    } while (o->z.avail_out == 0);
    return RK_OK;
}

static rk_status take(void *ctx, rk_slice bytes, rk_err *err) {
    struct output *o = ctx;
    RK_TRY(write_all(o->plain, bytes.ptr, bytes.len, err));
    o->plain_bytes += bytes.len;
    while (bytes.len) {
        size_t n = bytes.len < (1u << 30) ? bytes.len : 1u << 30;
        RK_TRY(compress_piece(o, (rk_slice){bytes.ptr, n}, Z_NO_FLUSH, err));
        bytes = rk_slice_from(bytes, n);
    }
    return RK_OK;
}

static rk_status hash_file(int fd, uint64_t n, rk_sha256 *out, rk_err *err) {
    if (n == 0) {
        *out = rk_sha256_of((rk_slice){NULL, 0});
        return RK_OK;
    }
    void *p = mmap(NULL, n, PROT_READ, MAP_SHARED, fd, 0);
    if (p == MAP_FAILED)
        return rk_fail(err, RK_IO, "cannot read a temporary file: %s", strerror(errno));
    *out = rk_sha256_of((rk_slice){p, n});
    munmap(p, n);
    return RK_OK;
}

static rk_status make(struct output *o, rk_job_fn *fn, void *ctx, struct rk_job_result *r) {
    rk_sink sink = {take, o};
    if (deflateInit2(&o->z, 1, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK)
        return rk_fail(&r->err, RK_IO, "no memory for compression");
    RK_TRY(fn(ctx, &sink, &r->err));
    RK_TRY(compress_piece(o, (rk_slice){NULL, 0}, Z_FINISH, &r->err));
    return hash_file(o->plain, o->plain_bytes, &r->hash, &r->err);
}

/* Everything but standard error and the two files. */
static void close_others(int a, int b) {
    unsigned lo = (unsigned)(a < b ? a : b), hi = (unsigned)(a < b ? b : a);
    if (lo > 3) (void)close_range(3, lo - 1, 0);
    if (hi > lo + 1) (void)close_range(lo + 1, hi - 1, 0);
    (void)close_range(hi + 1, ~0u, 0);
}

_Noreturn static void child(rk_job *j, rk_job_fn *fn, void *ctx) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    signal(SIGINT, SIG_IGN); /* the terminal's Ctrl-C is for the parent, which ends this one */
    signal(SIGTERM, SIG_DFL);
    close_others(j->plain, j->gzip);
    int level = nice(5); /* those who wait for documents come first */
    (void)level;
    struct output *o = rk_alloc(sizeof *o);
    o->plain = j->plain;
    o->gzip = j->gzip;
    rk_status s = make(o, fn, ctx, j->result);
    if (s != RK_OK) (void)rk_fail(&j->result->err, s, "the table could not be made");
    j->result->plain_bytes = o->plain_bytes;
    j->result->gzip_bytes = o->gzip_bytes;
    j->result->done = s == RK_OK;
    _exit(0);
}

/* ===== in the parent ===== */

static int nameless_file(void) {
    const char *dir = getenv("TMPDIR");
    int fd = open(dir && dir[0] == '/' ? dir : "/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    return fd >= 0 ? fd : memfd_create("rekap", MFD_CLOEXEC);
}

static void forget(rk_job *j) {
    if (j->plain >= 0) close(j->plain);
    if (j->gzip >= 0) close(j->gzip);
    if (j->result) munmap(j->result, sizeof *j->result);
    *j = (rk_job){.plain = -1, .gzip = -1};
}

rk_status rk_job_start(rk_job *j, rk_job_fn *fn, void *ctx, uint64_t now_ms, rk_err *err) {
    RK_ASSERT(j->pid == 0);
    *j = (rk_job){.plain = nameless_file(), .gzip = nameless_file()};
    j->deadline_ms = now_ms + RK_DOWNLOAD_SECONDS_MAX * 1000ull;
    void *p = mmap(NULL, sizeof *j->result, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
                   -1, 0);
    j->result = p == MAP_FAILED ? NULL : p;
    pid_t pid = j->plain < 0 || j->gzip < 0 || !j->result ? -1 : fork();
    if (pid == 0) child(j, fn, ctx);
    if (pid < 0) {
        rk_status s = rk_fail(err, RK_IO, "cannot start making a table: %s", strerror(errno));
        forget(j);
        return s;
    }
    j->pid = pid;
    return RK_OK;
}

rk_status rk_job_poll(rk_job *j, uint64_t now_ms, rk_job_output *out, rk_err *err) {
    int status;
    pid_t r = waitpid(j->pid, &status, WNOHANG);
    if (r == 0 && now_ms < j->deadline_ms) return RK_BUSY;
    if (r == 0) {
        rk_job_stop(j);
        return rk_fail(err, RK_LIMIT, "making the table took over %u seconds",
                       RK_DOWNLOAD_SECONDS_MAX);
    }
    const struct rk_job_result *d = j->result;
    rk_status s = RK_OK;
    if (d->done) {
        *out = (rk_job_output){j->plain, j->gzip, d->plain_bytes, d->gzip_bytes, d->hash};
        j->plain = j->gzip = -1;
    } else {
        s = d->err.code ? rk_fail(err, d->err.code, "%s", d->err.text)
                        : rk_fail(err, RK_IO, "the process that makes tables ended early");
    }
    forget(j);
    return s;
}

void rk_job_stop(rk_job *j) {
    if (j->pid > 0) {
        kill(j->pid, SIGKILL);
        (void)waitpid(j->pid, NULL, 0);
    }
    if (j->pid) forget(j);
}
