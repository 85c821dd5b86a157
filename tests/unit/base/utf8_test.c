#include "base/utf8.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

/* What a character of code point c looks like; 0 for what has no encoding. */
static size_t encode(uint32_t c, char *p) {
    if (c >= 0xD800 && c < 0xE000) return 0;
    if (c < 0x80) return p[0] = (char)c, (size_t)1;
    size_t n = c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    for (size_t i = n; i-- > 1; c >>= 6) p[i] = (char)(0x80 | (c & 0x3f));
    p[0] = (char)((n == 2 ? 0xC0 : n == 3 ? 0xE0 : 0xF0) | c);
    return n;
}

static void every_code_point(void **state) {
    (void)state;
    for (uint32_t c = 0; c < 0x110000; c++) {
        char p[5] = {0};
        size_t n = encode(c, p);
        if (n == 0) continue;
        assert_int_equal(rk_utf8_len((rk_slice){p, n + 1}), n);
        assert_int_equal(rk_utf8_len((rk_slice){p, n}), n);
        assert_int_equal(rk_utf8_len((rk_slice){p, n - 1}), 0); /* cut off */
    }
}

/* All sequences of three bytes: valid exactly when they are some code point's encoding. */
static void every_three_bytes(void **state) {
    (void)state;
    for (uint32_t x = 0; x < 1u << 24; x++) {
        char p[3] = {(char)(x >> 16), (char)(x >> 8), (char)x}, again[4];
        size_t n = rk_utf8_len((rk_slice){p, 3});
        uint32_t a = (uint8_t)p[0], b = (uint8_t)p[1] & 63, c = (uint8_t)p[2] & 63;
        uint32_t point = a < 0x80   ? a
                         : a < 0xE0 ? (a & 31) << 6 | b
                                    : (a & 15) << 12 | b << 6 | c;
        size_t want = a < 0x80 ? 1 : a < 0xE0 ? 2 : 3;
        if (a >= 0xF0 || encode(point, again) != want || memcmp(p, again, want) != 0) want = 0;
        if (n != want) fail_msg("%06x: %zu, not %zu", x, n, want);
    }
}

static void four_bytes(void **state) {
    (void)state;
    static const struct {
        const char *s;
        size_t len;
    } t[] = {{"\xf0\x8f\xbf\xbf", 0}, {"\xf0\x90\x80\x80", 4}, {"\xf4\x8f\xbf\xbf", 4},
             {"\xf4\x90\x80\x80", 0}, {"\xf5\x80\x80\x80", 0}, {"\xf1\x80\x80\x7f", 0},
             {"\xf1\x80\xc0\x80", 0}, {"\xff\x80\x80\x80", 0}};
    for (size_t i = 0; i < sizeof t / sizeof *t; i++)
        assert_int_equal(rk_utf8_len((rk_slice){t[i].s, 4}), t[i].len);
    assert_int_equal(rk_utf8_len((rk_slice){NULL, 0}), 0);
}

static void text(void **state) {
    (void)state;
    assert_true(rk_utf8_text((rk_slice){NULL, 0}, ""));
    assert_true(rk_utf8_text(RK_LIT("Kec. Ulèë Glé"), ""));
    assert_false(rk_utf8_text(RK_LIT("a\nb"), ""));
    assert_true(rk_utf8_text(RK_LIT("a\nb\t"), "\n\t"));
    assert_false(rk_utf8_text(RK_LIT("a\x7f"), ""));
    assert_false(rk_utf8_text((rk_slice){"a\0b", 3}, "\n"));
    assert_false(rk_utf8_text(RK_LIT("a\x80"), ""));
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_code_point),
                                       cmocka_unit_test(every_three_bytes),
                                       cmocka_unit_test(four_bytes), cmocka_unit_test(text)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
