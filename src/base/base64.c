/* Everything decoded here is public (hashes, signatures, public keys), except seeds read once
 * at start: no care is taken to hide which characters a text has. */
#include "base/base64.h"

static const char LETTER[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

static int value(char c) {
    if (c >= 'A' && c <= 'Z') return c - 'A';
    if (c >= 'a' && c <= 'z') return c - 'a' + 26;
    if (c >= '0' && c <= '9') return c - '0' + 52;
    return c == '+' ? 62 : c == '/' ? 63 : -1;
}

char *rk_base64_put(char *p, rk_slice bytes) {
    const unsigned char *s = (const unsigned char *)bytes.ptr;
    size_t n = bytes.len;
    for (; n >= 3; s += 3, n -= 3) {
        uint32_t v = (uint32_t)s[0] << 16 | (uint32_t)s[1] << 8 | s[2];
        for (unsigned i = 0; i < 4; i++) *p++ = LETTER[v >> (18 - 6 * i) & 63];
    }
    if (n) {
        uint32_t v = (uint32_t)s[0] << 16 | (n == 2 ? (uint32_t)s[1] << 8 : 0);
        *p++ = LETTER[v >> 18];
        *p++ = LETTER[v >> 12 & 63];
        *p++ = n == 2 ? LETTER[v >> 6 & 63] : '=';
        *p++ = '=';
    }
    return p;
}

void rk_buf_base64(rk_buf *b, rk_slice bytes) {
    if (bytes.len > b->max) {
        b->failed = true;
        return;
    }
    char *p = rk_buf_room(b, RK_BASE64_LEN(bytes.len));
    if (p) rk_buf_commit(b, rk_base64_put(p, bytes));
}

/* Up to three bytes of four characters; 0 when they are not canonical. */
static unsigned group(const char *s, bool last, uint8_t out[3]) {
    unsigned pad = last && s[3] == '=' ? (s[2] == '=' ? 2 : 1) : 0;
    uint32_t v = 0;
    for (unsigned i = 0; i < 4; i++) {
        int x = i >= 4 - pad ? 0 : value(s[i]);
        if (x < 0) return 0;
        v = v << 6 | (uint32_t)x;
    }
    if ((pad == 1 && (v & 0xff)) || (pad == 2 && (v & 0xffff))) return 0;
    out[0] = (uint8_t)(v >> 16);
    out[1] = (uint8_t)(v >> 8);
    out[2] = (uint8_t)v;
    return 3 - pad;
}

bool rk_base64_check(rk_slice text, size_t *n) {
    size_t bytes = 0;
    if (n) *n = 0;
    if (text.len % 4 != 0) return false;
    for (size_t i = 0; i < text.len; i += 4) {
        uint8_t three[3];
        unsigned got = group(text.ptr + i, i + 4 == text.len, three);
        if (got == 0) return false;
        bytes += got;
    }
    if (n) *n = bytes;
    return true;
}

bool rk_base64_parse(rk_slice text, uint8_t *out, size_t room, size_t *n) {
    size_t bytes, at = 0;
    *n = 0;
    if (!rk_base64_check(text, &bytes) || bytes > room) return false;
    for (size_t i = 0; i < text.len; i += 4) {
        uint8_t three[3];
        unsigned got = group(text.ptr + i, i + 4 == text.len, three);
        memcpy(out + at, three, got);
        at += got;
    }
    RK_ASSERT(at == bytes);
    *n = bytes;
    return true;
}

bool rk_base64_parse_exact(rk_slice text, uint8_t *out, size_t n) {
    size_t got;
    return text.len == RK_BASE64_LEN(n) && rk_base64_parse(text, out, n, &got) && got == n;
}
