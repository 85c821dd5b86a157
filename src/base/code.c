/* Open addressing with a 32-bit tag beside each position, so that a miss or a hit costs one
 * cache line in the table and, for a hit, one in the caller's array. */
#include "base/code.h"

#include "base/err.h"
#include "base/mem.h"

static uint32_t tag_of(uint64_t hash) { return (uint32_t)(hash >> 32); }

void rk_codemap_free(rk_codemap *m) {
    if (m->slot) rk_map_free(m->slot, ((size_t)m->mask + 1) * sizeof *m->slot);
    *m = (rk_codemap){0};
}

static void put(rk_codemap *m, uint64_t hash, uint32_t index) {
    uint32_t i = (uint32_t)hash & m->mask;
    while (m->slot[i].index1) i = (i + 1) & m->mask;
    m->slot[i].tag = tag_of(hash);
    m->slot[i].index1 = index + 1;
}

void rk_codemap_reserve(rk_codemap *m, size_t n, const rk_code *codes) {
    size_t size = 64;
    while (size * 3 < n * 5) size *= 2; /* at most 60 % full */
    RK_ASSERT(size <= 1u << 30);
    if (m->slot && size <= (size_t)m->mask + 1) return;
    rk_codemap old = *m;
    m->slot = rk_map_new(size * sizeof *m->slot);
    m->mask = (uint32_t)size - 1;
    for (size_t i = 0; old.slot && i <= old.mask; i++) {
        uint32_t x = old.slot[i].index1;
        if (x) put(m, rk_code_hash(&codes[x - 1]), x - 1);
    }
    old.used = 0;
    rk_codemap_free(&old);
}

uint32_t rk_codemap_find(const rk_codemap *m, const rk_code *codes, const rk_code *code,
                         uint64_t hash) {
    if (!m->slot) return RK_NONE;
    uint32_t tag = tag_of(hash);
    for (uint32_t i = (uint32_t)hash & m->mask;; i = (i + 1) & m->mask) {
        struct rk_codeslot s = m->slot[i];
        if (!s.index1) return RK_NONE;
        if (s.tag == tag && rk_code_eq(&codes[s.index1 - 1], code)) return s.index1 - 1;
    }
}

void rk_codemap_add(rk_codemap *m, const rk_code *codes, uint32_t index) {
    rk_codemap_reserve(m, (size_t)m->used + 1, codes);
    put(m, rk_code_hash(&codes[index]), index);
    m->used++;
}
