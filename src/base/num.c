#include "base/num.h"

static const char PAIRS[] = "00010203040506070809101112131415161718192021222324"
                            "25262728293031323334353637383940414243444546474849"
                            "50515253545556575859606162636465666768697071727374"
                            "75767778798081828384858687888990919293949596979899";

bool rk_num_parse(rk_slice s, uint64_t max, uint64_t *out) {
    if (s.len == 0 || s.len > 20) return false;
    uint64_t v = 0;
    for (size_t i = 0; i < s.len; i++) {
        unsigned d = (unsigned)(unsigned char)s.ptr[i] - '0';
        if (d > 9 || __builtin_mul_overflow(v, 10u, &v) || __builtin_add_overflow(v, d, &v))
            return false;
    }
    if (v > max) return false;
    *out = v;
    return true;
}

bool rk_num_parse_signed(rk_slice s, int64_t min, int64_t max, int64_t *out) {
    bool neg = s.len && s.ptr[0] == '-';
    uint64_t u;
    if (!rk_num_parse(neg ? rk_slice_from(s, 1) : s, (uint64_t)INT64_MAX + neg, &u))
        return false;
    int64_t v =
        neg && u ? -(int64_t)(u - 1) - 1 : (int64_t)u; /* INT64_MIN has no positive twin */
    if (v < min || v > max) return false;
    *out = v;
    return true;
}

static unsigned digits(uint64_t v) {
    unsigned n = 1;
    while (v >= 10000) v /= 10000, n += 4;
    return n + (v >= 10) + (v >= 100) + (v >= 1000);
}

char *rk_num_put(char *p, uint64_t v) {
    if (v < 10) {
        *p = (char)('0' + v);
        return p + 1;
    }
    unsigned n = digits(v);
    char *end = p + n, *q = end;
    while (v >= 100) {
        q -= 2;
        memcpy(q, PAIRS + 2 * (v % 100), 2);
        v /= 100;
    }
    if (v >= 10)
        memcpy(q - 2, PAIRS + 2 * v, 2);
    else
        q[-1] = (char)('0' + v);
    return end;
}

char *rk_num_put_pad(char *p, uint64_t v, unsigned width) {
    for (unsigned n = digits(v); n < width; n++) *p++ = '0';
    return rk_num_put(p, v);
}

/* ",0" .. ",9999" ready to copy. */
enum { READY = 10000 };
static struct ready {
    char text[7];
    uint8_t len;
} ready[READY];

static void make_ready(void) {
    for (unsigned i = 0; i < READY; i++) {
        ready[i].text[0] = ',';
        ready[i].len = (uint8_t)(rk_num_put(ready[i].text + 1, i) - ready[i].text);
    }
}

char *rk_num_put_comma(char *p, uint64_t v) {
    if (v < READY) {
        if (ready[v].len == 0) make_ready(); /* filled once; a second filling writes the same */
        memcpy(p, &ready[v], 8);
        return p + ready[v].len;
    }
    *p++ = ',';
    return rk_num_put(p, v);
}
