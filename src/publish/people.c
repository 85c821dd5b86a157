#include "publish/people.h"

#include "base/num.h"

void rk_people_number(rk_buf *b, uint64_t v, int width) {
    char digits[24], text[40];
    int n = (int)(rk_num_put(digits, v) - digits), k = 0;
    for (int i = 0; i < n; i++) {
        if (i && (n - i) % 3 == 0) text[k++] = '.';
        text[k++] = digits[i];
    }
    rk_buf_printf(b, "%*.*s", width, k, text);
}

void rk_people_percent(rk_buf *b, uint64_t part, uint64_t whole) {
    uint64_t c =
        whole ? (part * 20000 + whole) / (2 * whole) : 0; /* hundredths of a percent, half up */
    rk_buf_printf(b, " %3llu,%02llu %%", (unsigned long long)(c / 100),
                  (unsigned long long)(c % 100));
}

void rk_people_text(rk_buf *b, rk_slice text, unsigned width) {
    unsigned used = 0;
    size_t i = 0;
    while (i < text.len && used < width) {
        size_t n = 1;
        while (i + n < text.len && ((unsigned char)text.ptr[i + n] & 0xC0) == 0x80) n++;
        rk_buf_add(b, (rk_slice){text.ptr + i, n});
        i += n;
        used++;
    }
    while (used++ < width) rk_buf_byte(b, ' ');
}
