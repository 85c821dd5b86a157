/* A growing run of bytes with a stated maximum. Past the maximum (or after any failure) the
 * buffer is marked failed, further appends do nothing, and the one check at the end sees it:
 * error paths stay one line. Owner: whoever initialised it. */
#ifndef RK_BASE_BUF_H
#define RK_BASE_BUF_H

#include "base/err.h"

typedef struct rk_buf {
    char *ptr;
    size_t len, cap, max;
    bool failed;
} rk_buf;

void rk_buf_init(rk_buf *b, size_t max);
void rk_buf_free(rk_buf *b);
static inline void rk_buf_clear(rk_buf *b) { b->len = 0, b->failed = false; }
static inline rk_slice rk_buf_slice(const rk_buf *b) { return (rk_slice){b->ptr, b->len}; }
/* Room for n more bytes at the end, or NULL (and failed); rk_buf_commit says how many were
 * used. */
char *rk_buf_room(rk_buf *b, size_t n);
static inline void rk_buf_commit(rk_buf *b, const char *end) {
    b->len = (size_t)(end - b->ptr);
}

void rk_buf_add(rk_buf *b, rk_slice s);
void rk_buf_byte(rk_buf *b, char c);
void rk_buf_num(rk_buf *b, uint64_t v);
void rk_buf_printf(rk_buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
#define rk_buf_lit(b, s) rk_buf_add((b), RK_LIT(s))
/* Numbers in files: little-endian fixed width, and unsigned LEB128. */
void rk_buf_u16(rk_buf *b, uint16_t v);
void rk_buf_u32(rk_buf *b, uint32_t v);
void rk_buf_varint(rk_buf *b, uint64_t v);
/* One CSV field, quoted when it must be (comma, quote, CR, LF); a text that a spreadsheet would
 * take for a formula (leading = + @ tab, or '-' before a non-digit) is preceded by an
 * apostrophe. */
void rk_buf_csv(rk_buf *b, rk_slice field);
/* A JSON string with its quotes; invalid UTF-8 becomes U+FFFD. */
void rk_buf_json(rk_buf *b, rk_slice text);
/* Text inside HTML or XML, all five special characters escaped. */
void rk_buf_html(rk_buf *b, rk_slice text);
/* Text inside a URL, percent-encoded: what RFC 3986 calls unreserved stays as it is, and so do
 * the characters of `also` (for a path "/"); hexadecimal digits are capital. */
void rk_buf_percent(rk_buf *b, rk_slice text, const char *also);
/* base/path as an address, the path percent-encoded, NUL-terminated in out[room]; false when it
 * does not fit or the path has a NUL. */
bool rk_url_of(rk_slice base, rk_slice path, char *out, size_t room);

#endif
