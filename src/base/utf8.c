#include "base/utf8.h"

static bool tail(rk_slice s, size_t i) { return ((unsigned char)s.ptr[i] & 0xC0) == 0x80; }

size_t rk_utf8_len(rk_slice s) {
    if (s.len == 0) return 0;
    unsigned char a = (unsigned char)s.ptr[0];
    if (a < 0x80) return 1;
    if (a < 0xC2 || s.len < 2 || !tail(s, 1)) return 0;
    if (a < 0xE0) return 2;
    unsigned char b = (unsigned char)s.ptr[1];
    if (s.len < 3 || !tail(s, 2)) return 0;
    if (a < 0xF0) return (a == 0xE0 && b < 0xA0) || (a == 0xED && b > 0x9F) ? 0 : 3;
    if (a > 0xF4 || s.len < 4 || !tail(s, 3)) return 0;
    return (a == 0xF0 && b < 0x90) || (a == 0xF4 && b > 0x8F) ? 0 : 4;
}

bool rk_utf8_text(rk_slice s, const char *allowed) {
    for (size_t i = 0; i < s.len;) {
        size_t n = rk_utf8_len(rk_slice_from(s, i));
        unsigned char c = (unsigned char)s.ptr[i];
        if (n == 0 || (n == 1 && (c < 0x20 || c == 0x7F) && (c == 0 || !strchr(allowed, c))))
            return false;
        i += n;
    }
    return true;
}
