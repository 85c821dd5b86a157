#include "base/buf.h"

#include "base/mem.h"
#include "base/num.h"
#include "base/utf8.h"

#include <stdarg.h>
#include <stdio.h>

void rk_buf_init(rk_buf *b, size_t max) { *b = (rk_buf){.max = max}; }

void rk_buf_free(rk_buf *b) {
    rk_free(b->ptr);
    *b = (rk_buf){0};
}

char *rk_buf_room(rk_buf *b, size_t n) {
    if (b->failed || n > b->max || b->len > b->max - n) {
        b->failed = true;
        return NULL;
    }
    if (b->len + n > b->cap) {
        size_t cap = b->cap < 64 ? 64 : b->cap;
        while (cap < b->len + n) cap *= 2;
        b->ptr = rk_realloc(b->ptr, cap, 1);
        b->cap = cap;
    }
    return b->ptr + b->len;
}

void rk_buf_add(rk_buf *b, rk_slice s) {
    char *p = rk_buf_room(b, s.len);
    if (!p) return;
    if (s.len) memcpy(p, s.ptr, s.len);
    b->len += s.len;
}

void rk_buf_byte(rk_buf *b, char c) {
    char *p = rk_buf_room(b, 1);
    if (p) *p = c, b->len++;
}

void rk_buf_num(rk_buf *b, uint64_t v) {
    char *p = rk_buf_room(b, 20);
    if (p) rk_buf_commit(b, rk_num_put(p, v));
}

void rk_buf_printf(rk_buf *b, const char *fmt, ...) {
    va_list ap, again;
    va_start(ap, fmt);
    va_copy(again, ap);
    int n = vsnprintf(NULL, 0, fmt, ap);
    va_end(ap);
    RK_ASSERT(n >= 0);
    char *p = rk_buf_room(b, (size_t)n + 1);
    if (p) {
        (void)vsnprintf(p, (size_t)n + 1, fmt, again);
        b->len += (size_t)n;
    }
    va_end(again);
}

void rk_buf_u16(rk_buf *b, uint16_t v) {
    char *p = rk_buf_room(b, 2);
    if (!p) return;
    p[0] = (char)(v & 255), p[1] = (char)(v >> 8);
    b->len += 2;
}

void rk_buf_u32(rk_buf *b, uint32_t v) {
    rk_buf_u16(b, (uint16_t)(v & 0xffff));
    rk_buf_u16(b, (uint16_t)(v >> 16));
}

void rk_buf_varint(rk_buf *b, uint64_t v) {
    char *p = rk_buf_room(b, 10);
    if (!p) return;
    while (v >= 128) *p++ = (char)(v | 128), v >>= 7;
    *p++ = (char)v;
    rk_buf_commit(b, p);
}

static bool looks_like_formula(rk_slice s) {
    if (s.len == 0) return false;
    char c = s.ptr[0];
    if (c == '=' || c == '+' || c == '@' || c == '\t') return true;
    return c == '-' && (s.len == 1 || (unsigned)(unsigned char)s.ptr[1] - '0' > 9);
}

void rk_buf_csv(rk_buf *b, rk_slice s) {
    bool quote = false;
    for (size_t i = 0; i < s.len && !quote; i++)
        quote = s.ptr[i] == ',' || s.ptr[i] == '"' || s.ptr[i] == '\n' || s.ptr[i] == '\r';
    if (quote) rk_buf_byte(b, '"');
    if (looks_like_formula(s)) rk_buf_byte(b, '\'');
    if (!quote) {
        rk_buf_add(b, s);
        return;
    }
    for (size_t i = 0; i < s.len; i++) {
        if (s.ptr[i] == '"') rk_buf_byte(b, '"');
        rk_buf_byte(b, s.ptr[i]);
    }
    rk_buf_byte(b, '"');
}

static void json_char(rk_buf *b, unsigned char c) {
    switch (c) {
    case '"':
        rk_buf_lit(b, "\\\"");
        break;
    case '\\':
        rk_buf_lit(b, "\\\\");
        break;
    case '\n':
        rk_buf_lit(b, "\\n");
        break;
    case '\r':
        rk_buf_lit(b, "\\r");
        break;
    case '\t':
        rk_buf_lit(b, "\\t");
        break;
    default:
        if (c < 0x20)
            rk_buf_printf(b, "\\u%04x", c);
        else
            rk_buf_byte(b, (char)c);
    }
}

void rk_buf_json(rk_buf *b, rk_slice s) {
    rk_buf_byte(b, '"');
    for (size_t i = 0; i < s.len;) {
        size_t n = rk_utf8_len(rk_slice_from(s, i));
        if (n == 1)
            json_char(b, (unsigned char)s.ptr[i]);
        else if (n == 0)
            rk_buf_lit(b, "\xef\xbf\xbd");
        else
            rk_buf_add(b, (rk_slice){s.ptr + i, n});
        i += n ? n : 1;
    }
    rk_buf_byte(b, '"');
}

void rk_buf_html(rk_buf *b, rk_slice s) {
    for (size_t i = 0; i < s.len; i++) switch (s.ptr[i]) {
        case '&':
            rk_buf_lit(b, "&amp;");
            break;
        case '<':
            rk_buf_lit(b, "&lt;");
            break;
        case '>':
            rk_buf_lit(b, "&gt;");
            break;
        case '"':
            rk_buf_lit(b, "&quot;");
            break;
        case '\'':
            rk_buf_lit(b, "&#39;");
            break;
        default:
            rk_buf_byte(b, s.ptr[i]);
        }
}

void rk_buf_percent(rk_buf *b, rk_slice text, const char *also) {
    static const char hex[] = "0123456789ABCDEF";
    for (size_t i = 0; i < text.len; i++) {
        const unsigned char c = (unsigned char)text.ptr[i];
        const bool plain = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
                           (c >= 'a' && c <= 'z') ||
                           (c && (strchr("-._~", c) || strchr(also, c)));
        if (!plain) rk_buf_byte(b, '%');
        if (!plain) rk_buf_byte(b, hex[c >> 4]);
        rk_buf_byte(b, plain ? (char)c : hex[c & 15]);
    }
}

bool rk_url_of(rk_slice base, rk_slice path, char *out, size_t room) {
    RK_ASSERT(room > 0);
    rk_buf b;
    rk_buf_init(&b, room - 1);
    rk_buf_add(&b, base);
    rk_buf_byte(&b, '/');
    rk_buf_percent(&b, path, "/");
    bool ok = !b.failed && (!path.len || !memchr(path.ptr, 0, path.len));
    if (ok) memcpy(out, b.ptr, b.len), out[b.len] = 0;
    rk_buf_free(&b);
    return ok;
}
