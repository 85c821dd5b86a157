/* UTF-8: validity only (no normalisation, no case folding: that needs a table and a locale). */
#ifndef RK_BASE_UTF8_H
#define RK_BASE_UTF8_H

#include "base/slice.h"

/* Bytes of the first character (1..4), or 0 when s is empty or starts with an invalid sequence
 * (overlong forms, surrogates and values above U+10FFFF are invalid). */
size_t rk_utf8_len(rk_slice s);
/* All of s is valid UTF-8 without control characters other than those in `allowed`. */
bool rk_utf8_text(rk_slice s, const char *allowed);

#endif
