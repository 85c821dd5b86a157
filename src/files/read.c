/* Reading whole files. A plain regular file is mapped: the kernel's page cache is the buffer
 * and nothing is copied. Everything else (pipes, compressed files) runs through one loop: a
 * source that gives chunks, a decoder that gives bytes, and a growing copy that stops at the
 * caller's maximum, so that a small compressed file cannot fill the memory. */
#include "files/files.h"

#include "base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <lzma.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#define CHUNK (256u << 10)
#define SMALL (64u << 10)               /* bytes from which on a plain file is mapped */
#define PAD 64u                         /* zero bytes after a copy */
#define HUGE_BYTES (2u << 20)           /* one huge page */
#define POPULATE_MAX (512ull << 20)     /* a larger file is read page by page */
#define XZ_MEMORY_MAX (256ull << 20)    /* what an .xz header may make the decoder allocate */
#define FIRST_RESERVE_MAX (64ull << 20) /* how far a size stated in a header is believed */

struct reader {
    const char *path;
    int fd;
    rk_err *err;
    unsigned char *chunk;
    size_t n; /* bytes in chunk */
    bool end; /* the source has no more */
    char *out;
    size_t len, cap;
    uint64_t max;
};

static rk_status io_fail(struct reader *r, const char *doing) {
    return rk_fail(r->err, RK_IO, "%s: cannot %s: %s", r->path, doing, strerror(errno));
}

/* Fills the chunk as far as the source gives. */
static rk_status fill(struct reader *r) {
    r->n = 0;
    while (r->n < CHUNK && !r->end) {
        ssize_t got = read(r->fd, r->chunk + r->n, CHUNK - r->n);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return io_fail(r, "read");
        r->end = got == 0;
        r->n += (size_t)got;
    }
    return RK_OK;
}

static void reserve(struct reader *r, size_t cap) {
    r->out = rk_realloc(r->out, cap, 1);
    r->cap = cap;
    if (cap < 2 * (size_t)HUGE_BYTES) return;
    /* A table of hundreds of megabytes in small pages costs a fault for each: ask for huge
     * ones. */
    uintptr_t from = ((uintptr_t)r->out + HUGE_BYTES - 1) & ~((uintptr_t)HUGE_BYTES - 1);
    uintptr_t to = ((uintptr_t)r->out + cap) & ~((uintptr_t)HUGE_BYTES - 1);
    if (to > from) (void)madvise((void *)from, to - from, MADV_HUGEPAGE);
}

/* Room for at least one more byte and the padding. One byte past the maximum is let in, so that
 * a file of exactly the maximum is told from a longer one. */
static rk_status room(struct reader *r) {
    if (r->len > r->max)
        return rk_fail(r->err, RK_LIMIT, "%s: more than %llu bytes once read", r->path,
                       (unsigned long long)r->max);
    if (r->len + PAD < r->cap) return RK_OK;
    size_t cap = r->cap ? r->cap * 2 : 2 * (size_t)CHUNK;
    if (r->max < cap) cap = (size_t)r->max + 1 + PAD;
    if (cap <= r->len + PAD) cap = r->len + PAD + 1;
    reserve(r, cap);
    return RK_OK;
}

static size_t free_bytes(const struct reader *r) {
    size_t n = r->cap - PAD - r->len;
    return r->max - r->len < n ? (size_t)(r->max - r->len) + 1 : n;
}

static rk_status corrupt(struct reader *r, const char *kind, const char *why) {
    return rk_fail(r->err, RK_CORRUPT, "%s: not valid %s data: %s", r->path, kind, why);
}

static rk_status copy_plain(struct reader *r) {
    for (;;) {
        for (size_t at = 0; at < r->n;) {
            RK_TRY(room(r));
            size_t k = r->n - at < free_bytes(r) ? r->n - at : free_bytes(r);
            memcpy(r->out + r->len, r->chunk + at, k);
            r->len += k;
            at += k;
        }
        if (r->end) return room(r);
        RK_TRY(fill(r));
    }
}

static rk_status run_zstd(struct reader *r, ZSTD_DStream *z) {
    unsigned long long stated = ZSTD_getFrameContentSize(r->chunk, r->n);
    if (stated < ZSTD_CONTENTSIZE_ERROR && stated <= r->max)
        reserve(r, (size_t)(stated < FIRST_RESERVE_MAX ? stated : FIRST_RESERVE_MAX) + 1 + PAD);
    size_t hint = 0; /* 0 = just between two frames */
    for (;;) {
        ZSTD_inBuffer in = {r->chunk, r->n, 0};
        bool full;
        do {
            RK_TRY(room(r));
            ZSTD_outBuffer out = {r->out + r->len, free_bytes(r), 0};
            size_t before = in.pos;
            size_t rc = ZSTD_decompressStream(z, &out, &in);
            if (ZSTD_isError(rc)) return corrupt(r, "zstd", ZSTD_getErrorName(rc));
            r->len += out.pos;
            full = out.pos == out.size;
            /* A call that had nothing to do between frames asks for a header: not a new state.
             */
            if (in.pos != before || out.pos) hint = rc;
        } while (in.pos < in.size || full);
        if (r->end) break;
        RK_TRY(fill(r));
    }
    RK_TRY(room(r));
    return hint == 0 ? RK_OK : corrupt(r, "zstd", "the file is cut off");
}

static rk_status from_zstd(struct reader *r) {
    ZSTD_DStream *z = ZSTD_createDStream();
    RK_ASSERT(z);
    rk_status st = run_zstd(r, z);
    (void)ZSTD_freeDStream(z);
    return st;
}

static rk_status run_gzip(struct reader *r, z_stream *z) {
    bool between = false; /* a member has ended and the next has not begun */
    for (;;) {
        z->next_in = r->chunk;
        z->avail_in = (uInt)r->n;
        bool full = false;
        while (z->avail_in || full) {
            RK_TRY(room(r));
            if (between && z->avail_in) RK_ASSERT(inflateReset(z) == Z_OK);
            size_t want = free_bytes(r) < CHUNK * 4u ? free_bytes(r) : CHUNK * 4u;
            z->next_out = (Bytef *)r->out + r->len;
            z->avail_out = (uInt)want;
            int rc = inflate(z, Z_NO_FLUSH);
            if (rc != Z_OK && rc != Z_STREAM_END && rc != Z_BUF_ERROR)
                return corrupt(r, "gzip", z->msg ? z->msg : "bad header");
            r->len += want - z->avail_out;
            between = rc == Z_STREAM_END;
            full = z->avail_out == 0 && !between;
        }
        if (r->end) break;
        RK_TRY(fill(r));
    }
    RK_TRY(room(r));
    return between ? RK_OK : corrupt(r, "gzip", "the file is cut off");
}

static rk_status from_gzip(struct reader *r) {
    z_stream z = {0};
    RK_ASSERT(inflateInit2(&z, 15 + 16) == Z_OK); /* 16: a gzip header, nothing else */
    rk_status st = run_gzip(r, &z);
    (void)inflateEnd(&z);
    return st;
}

static rk_status run_xz(struct reader *r, lzma_stream *z) {
    for (;;) {
        z->next_in = r->chunk;
        z->avail_in = r->n;
        for (;;) {
            RK_TRY(room(r));
            z->next_out = (uint8_t *)r->out + r->len;
            size_t want = z->avail_out = free_bytes(r);
            lzma_ret rc = lzma_code(z, r->end ? LZMA_FINISH : LZMA_RUN);
            r->len += want - z->avail_out;
            if (rc == LZMA_STREAM_END) return room(r);
            if (rc == LZMA_MEMLIMIT_ERROR)
                return rk_fail(r->err, RK_LIMIT, "%s: its .xz settings need too much memory",
                               r->path);
            if (rc == LZMA_BUF_ERROR && r->end) return corrupt(r, "xz", "the file is cut off");
            if (rc != LZMA_OK && rc != LZMA_BUF_ERROR)
                return corrupt(r, "xz", rc == LZMA_FORMAT_ERROR ? "bad header" : "bad content");
            if (!r->end && z->avail_in == 0 && z->avail_out) break;
        }
        RK_TRY(fill(r));
    }
}

static rk_status from_xz(struct reader *r) {
    lzma_stream z = LZMA_STREAM_INIT;
    RK_ASSERT(lzma_stream_decoder(&z, XZ_MEMORY_MAX, LZMA_CONCATENATED) == LZMA_OK);
    rk_status st = run_xz(r, &z);
    lzma_end(&z);
    return st;
}

typedef rk_status decode_fn(struct reader *r);

static decode_fn *decoder_for(rk_slice head) {
    if (rk_slice_starts(head, RK_LIT("\x28\xb5\x2f\xfd"))) return from_zstd;
    if (rk_slice_starts(head, RK_LIT("\x1f\x8b"))) return from_gzip;
    if (rk_slice_starts(head, RK_LIT("\xfd"
                                     "7zXZ\0")))
        return from_xz;
    return copy_plain;
}

static rk_status map_plain(struct reader *r, uint64_t size, rk_file *out) {
    if (size > r->max)
        return rk_fail(r->err, RK_LIMIT, "%s: %llu bytes, more than %llu", r->path,
                       (unsigned long long)size, (unsigned long long)r->max);
    /* all pages at once are cheaper than one by one; a very large file is not held whole */
    int populate = size <= POPULATE_MAX ? MAP_POPULATE : 0;
    void *p = mmap(NULL, (size_t)size, PROT_READ, MAP_PRIVATE | populate, r->fd, 0);
    if (p == MAP_FAILED) return io_fail(r, "map");
    (void)madvise(p, (size_t)size, MADV_SEQUENTIAL);
    *out = (rk_file){{p, (size_t)size}, p, (size_t)size};
    return RK_OK;
}

/* A small file costs less to copy than to map. True when it came whole. */
static bool copy_small(struct reader *r, uint64_t size, rk_file *out) {
    if (size > SMALL || size > r->max) return false;
    char *p = rk_alloc((size_t)size + PAD);
    ssize_t n = pread(r->fd, p, (size_t)size, 0);
    if (n != (ssize_t)size) {
        rk_free(p);
        return false;
    }
    *out = (rk_file){{p, (size_t)size}, p, 0};
    return true;
}

static rk_status read_fd(struct reader *r, bool raw, rk_file *out) {
    struct stat s;
    if (fstat(r->fd, &s) != 0) return io_fail(r, "look at it");
    if (S_ISDIR(s.st_mode)) return rk_fail(r->err, RK_IO, "%s: is a directory", r->path);
    char head[6];
    ssize_t n = S_ISREG(s.st_mode) && s.st_size > 0 ? pread(r->fd, head, sizeof head, 0) : 0;
    off_t at = S_ISREG(s.st_mode) ? lseek(r->fd, 0, SEEK_CUR) : -1;
    rk_slice start = {head, n > 0 ? (size_t)n : 0};
    bool plain = n > 0 && at == 0 && (raw || decoder_for(start) == copy_plain);
    if (plain && copy_small(r, (uint64_t)s.st_size, out)) return RK_OK;
    if (plain) return map_plain(r, (uint64_t)s.st_size, out);

    r->chunk = rk_alloc(CHUNK);
    rk_status st = fill(r);
    start = (rk_slice){(char *)r->chunk, r->n};
    if (st == RK_OK) st = raw ? copy_plain(r) : decoder_for(start)(r);
    rk_free(r->chunk);
    if (st != RK_OK) {
        rk_free(r->out);
        return st;
    }
    memset(r->out + r->len, 0, PAD);
    *out = (rk_file){{r->out, r->len}, r->out, 0};
    return RK_OK;
}

static rk_status read_path(const char *path, uint64_t max, bool raw, rk_file *out,
                           rk_err *err) {
    RK_ASSERT(path && out && max < SIZE_MAX - PAD - 1);
    *out = (rk_file){0};
    bool is_stdin = strcmp(path, "-") == 0;
    struct reader r = {.path = is_stdin ? "standard input" : path, .err = err, .max = max};
    r.fd = is_stdin ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
    if (r.fd < 0)
        return rk_fail(err, errno == ENOENT ? RK_NOT_FOUND : RK_IO, "%s: cannot open: %s", path,
                       strerror(errno));
    rk_status st = read_fd(&r, raw, out);
    if (!is_stdin) (void)close(r.fd);
    return st;
}

rk_status rk_file_read(const char *path, uint64_t max, rk_file *out, rk_err *err) {
    return read_path(path, max, false, out, err);
}
rk_status rk_file_read_raw(const char *path, uint64_t max, rk_file *out, rk_err *err) {
    return read_path(path, max, true, out, err);
}

void rk_file_free(rk_file *f) {
    if (f->map_bytes)
        RK_ASSERT(munmap(f->map, f->map_bytes) == 0);
    else
        rk_free(f->map);
    *f = (rk_file){0};
}

void *rk_file_take(rk_file *f, size_t *bytes) {
    void *p = f->map_bytes ? f->map : NULL;
    if (!p || mprotect(p, f->map_bytes, PROT_READ | PROT_WRITE) != 0) return NULL;
    *bytes = f->map_bytes;
    *f = (rk_file){0};
    return p;
}
