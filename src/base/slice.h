/* A borrowed run of bytes. Knows nothing of elections, owns nothing, is never NUL-terminated.
 * Input is always handled as (pointer, length): no function here calls strlen on input. */
#ifndef RK_BASE_SLICE_H
#define RK_BASE_SLICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef struct rk_slice {
    const char *ptr; /* may be NULL only when len is 0 */
    size_t len;
} rk_slice;

/* A slice over a string literal. */
#define RK_LIT(s) ((rk_slice){(s), sizeof(s) - 1})
/* For printf's "%.*s". */
#define RK_FMT(s) (int)(s).len, ((s).ptr ? (s).ptr : "")

/* A slice over a NUL-terminated string of ours (argv, a constant), never over input. */
static inline rk_slice rk_slice_str(const char *s) { return (rk_slice){s, s ? strlen(s) : 0}; }

static inline bool rk_slice_eq(rk_slice a, rk_slice b) {
    return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}
static inline bool rk_slice_is(rk_slice a, const char *s) {
    return rk_slice_eq(a, rk_slice_str(s));
}

static inline bool rk_slice_starts(rk_slice a, rk_slice prefix) {
    return a.len >= prefix.len &&
           (prefix.len == 0 || memcmp(a.ptr, prefix.ptr, prefix.len) == 0);
}
static inline bool rk_slice_ends(rk_slice a, rk_slice suffix) {
    return a.len >= suffix.len &&
           (suffix.len == 0 || memcmp(a.ptr + a.len - suffix.len, suffix.ptr, suffix.len) == 0);
}
/* Bytewise order; a prefix comes before what it begins. */
static inline int rk_slice_cmp(rk_slice a, rk_slice b) {
    size_t n = a.len < b.len ? a.len : b.len;
    int c = n ? memcmp(a.ptr, b.ptr, n) : 0;
    return c ? c : (a.len > b.len) - (a.len < b.len);
}
static inline rk_slice rk_slice_from(rk_slice a, size_t at) {
    return at > a.len ? (rk_slice){NULL, 0} : (rk_slice){a.ptr + at, a.len - at};
}
static inline rk_slice rk_slice_trim(rk_slice a) {
    while (a.len && (a.ptr[0] == ' ' || a.ptr[0] == '\t')) a.ptr++, a.len--;
    while (a.len && (a.ptr[a.len - 1] == ' ' || a.ptr[a.len - 1] == '\t')) a.len--;
    return a;
}
/* Cuts the part before `sep` off the front of *rest; false when *rest is used up. */
static inline bool rk_slice_cut(rk_slice *rest, char sep, rk_slice *part) {
    if (rest->ptr == NULL) return false;
    const char *e = rest->len ? memchr(rest->ptr, sep, rest->len) : NULL;
    if (!e) {
        *part = *rest;
        *rest = (rk_slice){NULL, 0};
    } else {
        *part = (rk_slice){rest->ptr, (size_t)(e - rest->ptr)};
        *rest = (rk_slice){e + 1, rest->len - part->len - 1};
    }
    return true;
}

#endif
