/* Inside of core/entry*.c: writing and reading the parts that all kinds share. Not for other
 * modules. */
#ifndef RK_CORE_ENTRY_INNER_H
#define RK_CORE_ENTRY_INNER_H

#include "base/utf8.h"
#include "core/entry.h"

/* ===== writing ===== */

static inline void rk_put_text(rk_buf *b, rk_slice s) {
    rk_buf_varint(b, s.len);
    rk_buf_add(b, s);
}

static inline void rk_put_u64(rk_buf *b, uint64_t v) {
    rk_buf_u32(b, (uint32_t)v);
    rk_buf_u32(b, (uint32_t)(v >> 32));
}

static inline void rk_put_actor(rk_buf *b, const rk_actor *a) {
    rk_put_text(b, a->role);
    rk_put_u64(b, a->key_id);
}

rk_status rk_entry_text_ok(rk_slice s, size_t max, const char *what, rk_err *err);
/* The beginning of an entry; of version 2 all that kinds share, of version 1 version, kind and
 * time. */
rk_status rk_entry_begin(rk_buf *b, enum rk_entry_kind kind, const rk_entry_head *h,
                         rk_err *err);
/* The entry, with its signature to come, is within the limit. */
rk_status rk_entry_end(const rk_buf *b, size_t start, const rk_entry_head *h, rk_err *err);

/* ===== reading ===== */

/* A cursor that turns bad once and stays bad: checked at the end. */
struct rk_entry_in {
    const uint8_t *p, *e;
    bool bad;
};

static inline uint8_t rk_get_byte(struct rk_entry_in *i) {
    if (i->p == i->e) return i->bad = true, (uint8_t)0;
    return *i->p++;
}

static inline uint64_t rk_get_varint(struct rk_entry_in *i) {
    if (i->p < i->e && *i->p < 128) return *i->p++;
    uint64_t v = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
        uint8_t b = rk_get_byte(i);
        if (shift == 63 && b > 1) break;
        v |= (uint64_t)(b & 127) << shift;
        if (b < 128) {
            if (b == 0 && shift) break; /* not the shortest form */
            return v;
        }
    }
    i->bad = true;
    return 0;
}

static inline rk_slice rk_get_bytes(struct rk_entry_in *i, uint64_t n) {
    if (n > (uint64_t)(i->e - i->p)) return i->bad = true, (rk_slice){0};
    rk_slice s = {(const char *)i->p, (size_t)n};
    i->p += n;
    return s;
}

static inline rk_slice rk_get_text(struct rk_entry_in *i) {
    return rk_get_bytes(i, rk_get_varint(i));
}

static inline uint64_t rk_get_u64(struct rk_entry_in *i) {
    uint64_t v = 0;
    rk_slice s = rk_get_bytes(i, 8);
    if (s.len) memcpy(&v, s.ptr, 8);
    return v;
}

static inline rk_actor rk_get_actor(struct rk_entry_in *i) {
    rk_actor a = {.role = rk_get_text(i)};
    a.key_id = rk_get_u64(i);
    return a;
}

static inline void rk_get_fixed(struct rk_entry_in *i, void *out, size_t n) {
    rk_slice s = rk_get_bytes(i, n);
    if (s.len) memcpy(out, s.ptr, n);
}

/* Opens an entry of a kind and reads its head; the signature is not part of what is left. */
struct rk_entry_in rk_entry_open(rk_slice entry, enum rk_entry_kind want, rk_entry_head *h);
/* Everything was read and nothing was wrong. */
rk_status rk_entry_close(const struct rk_entry_in *i, const char *what, rk_err *err);

#endif
