#include "base/mem.h"

#include "base/err.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

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
