#include "core/ip.h"

#include "base/err.h"
#include "base/num.h"

static const uint8_t MAPPED[12] = {[10] = 0xff, [11] = 0xff};

rk_ip rk_ip_of4(const uint8_t v4[4]) {
    rk_ip a;
    memcpy(a.b, MAPPED, 12);
    memcpy(a.b + 12, v4, 4);
    return a;
}

bool rk_ip_is4(const rk_ip *a) { return memcmp(a->b, MAPPED, 12) == 0; }

int rk_ip_cmp(const rk_ip *a, const rk_ip *b) { return memcmp(a->b, b->b, 16); }

bool rk_ip_next(rk_ip *a) {
    rk_ip x = *a;
    for (int i = 15; i >= 0; i--)
        if (++x.b[i]) return *a = x, true;
    return false;
}

bool rk_ip_before(rk_ip *a) {
    rk_ip x = *a;
    for (int i = 15; i >= 0; i--)
        if (x.b[i]--) return *a = x, true;
    return false;
}

/* ===== reading ===== */

static bool parse4(rk_slice s, uint8_t out[4]) {
    rk_slice part;
    unsigned n = 0;
    while (rk_slice_cut(&s, '.', &part)) {
        uint64_t v;
        if (n == 4 || part.len > 3 || (part.len > 1 && part.ptr[0] == '0') ||
            !rk_num_parse(part, 255, &v))
            return false;
        out[n++] = (uint8_t)v;
    }
    return n == 4;
}

static int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    c = (char)(c | 32);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool group(rk_slice s, uint8_t out[2]) {
    unsigned v = 0;
    if (s.len == 0 || s.len > 4) return false;
    for (size_t i = 0; i < s.len; i++) {
        int d = hex_digit(s.ptr[i]);
        if (d < 0) return false;
        v = v << 4 | (unsigned)d;
    }
    out[0] = (uint8_t)(v >> 8), out[1] = (uint8_t)v;
    return true;
}

/* "a:b:c" or "a:b:1.2.3.4" into at most 16 bytes; the empty text is none. */
static bool groups(rk_slice s, bool may_end_in_4, uint8_t out[16], size_t *n) {
    rk_slice part;
    *n = 0;
    if (s.len == 0) return true;
    while (rk_slice_cut(&s, ':', &part)) {
        bool last = s.ptr == NULL;
        if (last && may_end_in_4 && memchr(part.ptr, '.', part.len)) {
            if (*n + 4 > 16 || !parse4(part, out + *n)) return false;
            *n += 4;
            continue;
        }
        if (*n + 2 > 16 || !group(part, out + *n)) return false;
        *n += 2;
    }
    return true;
}

static bool parse6(rk_slice s, uint8_t out[16]) {
    uint8_t head[16], tail[16];
    size_t n_head, n_tail = 0;
    const char *gap = s.len ? memmem(s.ptr, s.len, "::", 2) : NULL;
    rk_slice before = gap ? (rk_slice){s.ptr, (size_t)(gap - s.ptr)} : s;
    rk_slice after = gap ? rk_slice_from(s, before.len + 2) : (rk_slice){NULL, 0};
    if (!groups(before, !gap, head, &n_head) || !groups(after, true, tail, &n_tail))
        return false;
    if (gap ? n_head + n_tail > 14 : n_head != 16) return false;
    memset(out, 0, 16);
    memcpy(out, head, n_head);
    memcpy(out + 16 - n_tail, tail, n_tail);
    return true;
}

bool rk_ip_parse(rk_slice text, rk_ip *out) {
    uint8_t v4[4];
    if (text.len == 0 || text.len > RK_IP_TEXT_MAX) return false;
    if (memchr(text.ptr, ':', text.len)) return parse6(text, out->b);
    if (!parse4(text, v4)) return false;
    *out = rk_ip_of4(v4);
    return true;
}

rk_ip_range rk_ip_range_of(const rk_ip *a, unsigned bits) {
    rk_ip_range r = {*a, *a};
    RK_ASSERT(bits <= 128);
    for (unsigned i = 0; i < 16; i++) {
        unsigned of_byte = bits > i * 8 ? bits - i * 8 : 0;
        uint8_t keep = of_byte >= 8 ? 0xff : (uint8_t)(0xff00 >> of_byte);
        r.first.b[i] &= keep;
        r.last.b[i] |= (uint8_t)~keep;
    }
    return r;
}

bool rk_ip_range_parse(rk_slice text, rk_ip_range *out) {
    rk_slice ip;
    rk_ip a;
    uint64_t bits;
    if (text.len == 0 || text.len > RK_PREFIX_TEXT_MAX || !rk_slice_cut(&text, '/', &ip) ||
        !rk_ip_parse(ip, &a))
        return false;
    bool is4 = memchr(ip.ptr, ':', ip.len) == NULL;
    bits = is4 ? 32 : 128;
    if (text.ptr && (text.len > 3 || !rk_num_parse(text, bits, &bits))) return false;
    *out = rk_ip_range_of(&a, (unsigned)(is4 ? bits + 96 : bits));
    return true;
}

/* ===== writing ===== */

static char *put_group(char *p, const uint8_t *b) {
    static const char digits[] = "0123456789abcdef";
    unsigned v = (unsigned)b[0] << 8 | b[1];
    for (int shift = 12; shift >= 0; shift -= 4)
        if (v >> shift || shift == 0) *p++ = digits[v >> shift & 15];
    return p;
}

/* The longest run of two or more zero groups, the first of equals (RFC 5952 section 4.2). */
static void longest_zeros(const rk_ip *a, unsigned *at, unsigned *n) {
    *at = 8, *n = 1;
    for (unsigned i = 0; i < 8; i++) {
        unsigned k = i;
        while (k < 8 && !a->b[2 * k] && !a->b[2 * k + 1]) k++;
        if (k - i > *n) *at = i, *n = k - i;
    }
}

char *rk_ip_put(char *p, const rk_ip *a) {
    if (rk_ip_is4(a)) {
        for (unsigned i = 12; i < 16; i++) {
            if (i > 12) *p++ = '.';
            p = rk_num_put(p, a->b[i]);
        }
        return p;
    }
    unsigned at, n;
    longest_zeros(a, &at, &n);
    for (unsigned i = 0; i < 8;) {
        if (i == at) {
            *p++ = ':', *p++ = ':';
            i += n;
            continue;
        }
        if (i && i != at + n) *p++ = ':';
        p = put_group(p, a->b + 2 * i++);
    }
    return p;
}

/* ===== what is nobody's ===== */

const char *rk_ip_special(const rk_ip *a) {
    static const struct {
        const char *prefix, *says;
    } table[] = {
        {"0.0.0.0/8", "0.0.0.0/8, this network (RFC 791)"},
        {"10.0.0.0/8", "10.0.0.0/8, private (RFC 1918)"},
        {"100.64.0.0/10", "100.64.0.0/10, behind a provider's translation (RFC 6598)"},
        {"127.0.0.0/8", "127.0.0.0/8, this machine (RFC 1122)"},
        {"169.254.0.0/16", "169.254.0.0/16, this link (RFC 3927)"},
        {"172.16.0.0/12", "172.16.0.0/12, private (RFC 1918)"},
        {"192.0.0.0/24", "192.0.0.0/24, protocols (RFC 6890)"},
        {"192.0.2.0/24", "192.0.2.0/24, documentation (RFC 5737)"},
        {"192.168.0.0/16", "192.168.0.0/16, private (RFC 1918)"},
        {"198.18.0.0/15", "198.18.0.0/15, measurements (RFC 2544)"},
        {"198.51.100.0/24", "198.51.100.0/24, documentation (RFC 5737)"},
        {"203.0.113.0/24", "203.0.113.0/24, documentation (RFC 5737)"},
        {"224.0.0.0/4", "224.0.0.0/4, groups (RFC 5771)"},
        {"240.0.0.0/4", "240.0.0.0/4, reserved (RFC 1112)"},
        {"::/128", "::, no address (RFC 4291)"},
        {"::1/128", "::1, this machine (RFC 4291)"},
        {"64:ff9b::/96", "64:ff9b::/96, translated from IPv4 (RFC 6052)"},
        {"64:ff9b:1::/48", "64:ff9b:1::/48, translated from IPv4 (RFC 8215)"},
        {"100::/64", "100::/64, discarded (RFC 6666)"},
        {"2001::/23", "2001::/23, protocols (RFC 2928)"},
        {"2001:db8::/32", "2001:db8::/32, documentation (RFC 3849)"},
        {"2002::/16", "2002::/16, tunnelled over IPv4 (RFC 3056)"},
        {"fc00::/7", "fc00::/7, private (RFC 4193)"},
        {"fe80::/10", "fe80::/10, this link (RFC 4291)"},
        {"ff00::/8", "ff00::/8, groups (RFC 4291)"},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        rk_ip_range r;
        RK_ASSERT(rk_ip_range_parse(rk_slice_str(table[i].prefix), &r));
        if (rk_ip_in(&r, a)) return table[i].says;
    }
    return NULL;
}
