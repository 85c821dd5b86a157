#include "core/line.h"

#include "base/base64.h"
#include "base/num.h"
#include "base/utf8.h"

bool rk_line_next(rk_slice *rest, rk_slice *line) {
    const char *end = rest->len ? memchr(rest->ptr, '\n', rest->len) : NULL;
    if (!end) return false;
    *line = (rk_slice){rest->ptr, (size_t)(end - rest->ptr)};
    *rest = (rk_slice){end + 1, rest->len - line->len - 1};
    return true;
}

bool rk_line_number(rk_slice s, uint64_t max, uint64_t *out) {
    if (s.len > 1 && s.ptr[0] == '0') return false;
    return rk_num_parse(s, max, out);
}

bool rk_line_hash(rk_slice s, rk_sha256 *out) {
    return rk_base64_parse_exact(s, out->b, sizeof out->b);
}

bool rk_line_after(rk_slice line, const char *word, rk_slice *rest) {
    rk_slice w = rk_slice_str(word);
    if (line.len <= w.len || !rk_slice_starts(line, w) || line.ptr[w.len] != ' ') return false;
    *rest = (rk_slice){line.ptr + w.len + 1, line.len - w.len - 1};
    return true;
}

bool rk_line_text(rk_slice s, bool newlines) {
    for (size_t i = 0; i < s.len;) {
        unsigned char c = (unsigned char)s.ptr[i];
        size_t n = c < 0x80 ? 1 : rk_utf8_len(rk_slice_from(s, i));
        if (n == 0 || (c < 0x20 && !(newlines && c == '\n'))) return false;
        i += n;
    }
    return true;
}
