/* A short opaque code (up to RK_CODE_MAX bytes) held by value, and an index from codes to
 * numbers. Codes are never cut up or computed with: equal bytes are equal codes, order is
 * bytewise. */
#ifndef RK_BASE_CODE_H
#define RK_BASE_CODE_H

#include "base/limits.h"
#include "base/slice.h"

typedef union rk_code {
    uint64_t w[3];
    struct {
        char s[RK_CODE_MAX]; /* zero-padded */
        uint8_t len;
    };
} rk_code;
_Static_assert(sizeof(rk_code) == 24, "a code is three words");

static inline rk_slice rk_code_slice(const rk_code *c) { return (rk_slice){c->s, c->len}; }
/* False (and *out empty) when s is empty or longer than RK_CODE_MAX. */
static inline bool rk_code_of(rk_slice s, rk_code *out) {
    *out = (rk_code){.w = {0, 0, 0}};
    if (s.len == 0 || s.len > RK_CODE_MAX) return false;
    memcpy(out->s, s.ptr, s.len);
    out->len = (uint8_t)s.len;
    return true;
}
/* The same, when 24 bytes may be read at s.ptr: no branch on the length inside. */
static inline bool rk_code_of_padded(rk_slice s, rk_code *out) {
    static const uint64_t keep[9] = {0,          0xff,         0xffff,         0xffffff,
                                     0xffffffff, 0xffffffffff, 0xffffffffffff, 0xffffffffffffff,
                                     ~0ull};
    if (s.len == 0 || s.len > RK_CODE_MAX) return rk_code_of(s, out);
    memcpy(out->w, s.ptr, 24);
    size_t n = s.len;
    out->w[0] &= keep[n < 8 ? n : 8];
    out->w[1] &= keep[n < 8 ? 0 : n < 16 ? n - 8 : 8];
    out->w[2] &= keep[n < 16 ? 0 : n - 16];
    out->len = (uint8_t)n;
    return true;
}
static inline bool rk_code_eq(const rk_code *a, const rk_code *b) {
    return ((a->w[0] ^ b->w[0]) | (a->w[1] ^ b->w[1]) | (a->w[2] ^ b->w[2])) == 0;
}
static inline int rk_code_cmp(const rk_code *a, const rk_code *b) {
    return rk_slice_cmp(rk_code_slice(a), rk_code_slice(b));
}
static inline uint64_t rk_code_hash(const rk_code *c) {
    __uint128_t m =
        (__uint128_t)(c->w[0] ^ 0x9E3779B97F4A7C15ull) * (c->w[1] ^ 0xD1342543DE82EF95ull);
    uint64_t h = ((uint64_t)m ^ (uint64_t)(m >> 64)) + c->w[2] * 0xBF58476D1CE4E5B9ull;
    return h ^ (h >> 29);
}

/* Index: code -> position in an array of codes that the caller keeps (and passes at each call).
 */
typedef struct rk_codemap {
    struct rk_codeslot {
        uint32_t tag, index1;
    } * slot; /* index1 = position + 1, 0 = free */
    uint32_t mask, used;
} rk_codemap;

#define RK_NONE UINT32_MAX

void rk_codemap_free(rk_codemap *m);
/* Makes room so that n entries fit without growing. */
void rk_codemap_reserve(rk_codemap *m, size_t n, const rk_code *codes);
/* Position of code, or RK_NONE. */
uint32_t rk_codemap_find(const rk_codemap *m, const rk_code *codes, const rk_code *code,
                         uint64_t hash);
/* Adds position `index` of codes[] (its code must not be in yet). */
void rk_codemap_add(rk_codemap *m, const rk_code *codes, uint32_t index);
static inline void rk_codemap_prefetch(const rk_codemap *m, uint64_t hash) {
    if (m->slot) __builtin_prefetch(&m->slot[(uint32_t)hash & m->mask]);
}

#endif
