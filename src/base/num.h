/* Decimal numbers without locale: strict parsing, fast printing. */
#ifndef RK_BASE_NUM_H
#define RK_BASE_NUM_H

#include "base/slice.h"

/* Digits only (no sign, no blank, at least one); false when malformed or above max. */
bool rk_num_parse(rk_slice s, uint64_t max, uint64_t *out);
/* The same with an optional leading '-'. */
bool rk_num_parse_signed(rk_slice s, int64_t min, int64_t max, int64_t *out);
/* Writes decimal digits at p (20 bytes of room), returns the end. */
char *rk_num_put(char *p, uint64_t v);
/* As rk_num_put, left-padded with zeros to at least `width` digits. */
char *rk_num_put_pad(char *p, uint64_t v, unsigned width);
/* A comma and v: for long rows of mostly small numbers (24 bytes of room). */
extern struct rk_ready { /* ",0" .. ",9999" ready to copy; len 0 = not made yet */
    char text[7];
    uint8_t len;
} rk_ready[10000];
char *rk_num_put_comma_slowly(char *p, uint64_t v);
static inline char *rk_num_put_comma(char *p, uint64_t v) {
    if (v >= sizeof rk_ready / sizeof *rk_ready || rk_ready[v].len == 0)
        return rk_num_put_comma_slowly(p, v);
    memcpy(p, &rk_ready[v], 8);
    return p + rk_ready[v].len;
}
/* *acc += v; false (and *acc untouched) on overflow. */
static inline bool rk_add_u64(uint64_t *acc, uint64_t v) {
    uint64_t t;
    if (__builtin_add_overflow(*acc, v, &t)) return false;
    *acc = t;
    return true;
}

#endif
