#include "base/mem.h"

#include "base/err.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

static void *need(void *p, size_t n) {
    if (!p) {
        (void)fprintf(stderr, "rekap: out of memory (%zu bytes)\n", n);
        abort();
    }
    return p;
}

static size_t times(size_t n, size_t size) {
    size_t t;
    RK_ASSERT(!__builtin_mul_overflow(n, size, &t));
    return t ? t : 1;
}

void *rk_alloc(size_t n) { return need(calloc(1, n ? n : 1), n); }
void *rk_calloc(size_t n, size_t size) {
    size_t t = times(n, size);
    return need(calloc(1, t), t);
}
void *rk_realloc(void *p, size_t n, size_t size) {
    size_t t = times(n, size);
    return need(realloc(p, t), t);
}
void *rk_dup(const void *p, size_t n) {
    void *q = rk_alloc(n);
    if (n) memcpy(q, p, n);
    return q;
}
void rk_free(void *p) { free(p); }

void *rk_map_new(size_t bytes) {
    if (bytes == 0) return NULL;
    void *p = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    need(p == MAP_FAILED ? NULL : p, bytes);
    (void)madvise(p, bytes, MADV_HUGEPAGE); /* a hint: absent on some kernels */
    return p;
}

void *rk_map_grow(void *p, size_t old_bytes, size_t new_bytes) {
    RK_ASSERT(new_bytes >= old_bytes);
    void *q = rk_map_new(new_bytes); /* copied, not remapped: p may lie inside a mapped file */
    if (p) memcpy(q, p, old_bytes);
    rk_map_free(p, old_bytes);
    return q;
}

void rk_map_free(void *p, size_t bytes) {
    if (p) RK_ASSERT(munmap(p, bytes) == 0);
}

/* ===== pages that are only read ===== */

enum { PAGE = 4096, LOOK = 4096 }; /* pages looked at in one go */

/* /proc/self/pagemap (Linux, Documentation/admin-guide/mm/pagemap.rst): bit 63 = in memory, bit
 * 61 = of a file. A page of a private mapping that was written to is of no file any more. */
static bool unchanged(uint64_t entry) { return (entry >> 63 & 1) && (entry >> 61 & 1); }

void rk_map_cool(const void *p, size_t bytes) {
    uint64_t entry[LOOK];
    uintptr_t first = ((uintptr_t)p + PAGE - 1) / PAGE, end = ((uintptr_t)p + bytes) / PAGE;
    if (!p || sysconf(_SC_PAGESIZE) != PAGE || first >= end) return;
    int fd = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
    if (fd < 0) return;
    while (first < end) {
        size_t n = end - first < LOOK ? end - first : LOOK, from = 0;
        if (pread(fd, entry, n * sizeof *entry, (off_t)(first * sizeof *entry)) !=
            (ssize_t)(n * sizeof *entry))
            break;
        for (size_t i = 0; i <= n; i++) {
            if (i < n && unchanged(entry[i])) continue;
            if (i > from)
                (void)madvise((void *)((first + from) * PAGE), (i - from) * PAGE,
                              MADV_DONTNEED);
            from = i + 1;
        }
        first += n;
    }
    (void)close(fd);
}
