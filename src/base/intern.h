/* Texts held once: equal bytes have equal numbers, 0 is the empty text. For tables in which the
 * same words stand in many rows. Owner: whoever initialised it; slices stay valid until
 * rk_intern_free. Limits: 2^32 - 2 texts. */
#ifndef RK_BASE_INTERN_H
#define RK_BASE_INTERN_H

#include "base/slice.h"

typedef struct rk_intern {
    struct rk_intern_text {
        const char *ptr;
        uint32_t len;
        uint32_t hash;
    } * text;
    uint32_t n, cap;
    uint32_t *slot; /* number + 1, 0 = free */
    uint32_t mask;
    char *block; /* where the next text is copied to */
    size_t block_left;
    char **blocks;
    uint32_t n_blocks, cap_blocks;
} rk_intern;

void rk_intern_init(rk_intern *t);
void rk_intern_free(rk_intern *t);
/* The number of s; a new text is copied. */
uint32_t rk_intern_add(rk_intern *t, rk_slice s);
/* The number of s, or UINT32_MAX when it was never added. */
uint32_t rk_intern_find(const rk_intern *t, rk_slice s);
static inline rk_slice rk_intern_text(const rk_intern *t, uint32_t n) {
    return (rk_slice){t->text[n].ptr, t->text[n].len};
}

#endif
