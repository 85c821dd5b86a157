/* Open addressing over numbers, texts in blocks that never move: a slice handed out stays good
 * while the table grows. */
#include "base/intern.h"

#include "base/err.h"
#include "base/mem.h"

enum { BLOCK = 1 << 16, FIRST_SLOTS = 64 };

static uint32_t hash_of(rk_slice s) {
    uint64_t h = 0xcbf29ce484222325ull;
    for (size_t i = 0; i < s.len; i++) h = (h ^ (uint8_t)s.ptr[i]) * 0x100000001b3ull;
    return (uint32_t)(h ^ (h >> 32));
}

static char *copy(rk_intern *t, rk_slice s) {
    if (s.len > t->block_left) {
        size_t size = s.len > BLOCK ? s.len : BLOCK;
        RK_PUSH_ROOM(t->blocks, t->n_blocks, t->cap_blocks);
        t->blocks[t->n_blocks++] = t->block = rk_alloc(size);
        t->block_left = size;
    }
    char *p = t->block;
    memcpy(p, s.ptr, s.len);
    t->block += s.len;
    t->block_left -= s.len;
    return p;
}

static uint32_t *slot_of(const rk_intern *t, rk_slice s, uint32_t hash) {
    for (uint32_t i = hash & t->mask;; i = (i + 1) & t->mask) {
        uint32_t at = t->slot[i];
        if (at == 0) return &t->slot[i];
        const struct rk_intern_text *x = &t->text[at - 1];
        if (x->hash == hash && x->len == s.len &&
            (s.len == 0 || memcmp(x->ptr, s.ptr, s.len) == 0))
            return &t->slot[i];
    }
}

static void grow(rk_intern *t) {
    uint32_t size = (t->mask + 1) * 2;
    rk_free(t->slot);
    t->slot = rk_calloc(size, sizeof *t->slot);
    t->mask = size - 1;
    for (uint32_t n = 0; n < t->n; n++)
        *slot_of(t, rk_intern_text(t, n), t->text[n].hash) = n + 1;
}

void rk_intern_init(rk_intern *t) {
    *t = (rk_intern){.mask = FIRST_SLOTS - 1};
    t->slot = rk_calloc(FIRST_SLOTS, sizeof *t->slot);
    (void)rk_intern_add(t, (rk_slice){"", 0});
}

void rk_intern_free(rk_intern *t) {
    for (uint32_t i = 0; i < t->n_blocks; i++) rk_free(t->blocks[i]);
    rk_free(t->blocks);
    rk_free(t->text);
    rk_free(t->slot);
    *t = (rk_intern){0};
}

uint32_t rk_intern_add(rk_intern *t, rk_slice s) {
    uint32_t hash = hash_of(s);
    uint32_t *slot = slot_of(t, s, hash);
    if (*slot) return *slot - 1;
    RK_ASSERT(s.len < UINT32_MAX && t->n < UINT32_MAX - 1);
    RK_PUSH_ROOM(t->text, t->n, t->cap);
    t->text[t->n] = (struct rk_intern_text){s.len ? copy(t, s) : "", (uint32_t)s.len, hash};
    *slot = ++t->n;
    if (t->n * 2 > t->mask) grow(t);
    return t->n - 1;
}

uint32_t rk_intern_find(const rk_intern *t, rk_slice s) {
    return *slot_of(t, s, hash_of(s)) - 1; /* 0 (not there) becomes UINT32_MAX */
}
