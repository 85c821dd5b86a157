/* Base64 (RFC 4648 section 4: standard alphabet, always padded), strict: text that decodes is
 * exactly what encoding its bytes gives. No line breaks, no blanks, no missing padding, no
 * stray bits. */
#ifndef RK_BASE_BASE64_H
#define RK_BASE_BASE64_H

#include "base/buf.h"

/* Characters for n bytes. */
#define RK_BASE64_LEN(n) (((n) + 2) / 3 * 4)

/* Writes RK_BASE64_LEN(bytes.len) characters at p; returns the end. */
char *rk_base64_put(char *p, rk_slice bytes);
/* The same at the end of a buffer. */
void rk_buf_base64(rk_buf *b, rk_slice bytes);
/* The text is canonical; *n (NULL allowed) = bytes it stands for. Empty text is valid: no
 * bytes. */
bool rk_base64_check(rk_slice text, size_t *n);
/* Decodes into out, which has `room` bytes; *n = bytes written. False (and *n = 0) when the
 * text is not canonical or stands for more than `room`. */
bool rk_base64_parse(rk_slice text, uint8_t *out, size_t room, size_t *n);
/* The same, of exactly n bytes. */
bool rk_base64_parse_exact(rk_slice text, uint8_t *out, size_t n);

#endif
