#include "log_test.h"

#include "base/base64.h"

/* RFC 4648 section 10. */
static void vectors(void **state) {
    (void)state;
    static const char *const pair[][2] = {{"", ""},
                                          {"f", "Zg=="},
                                          {"fo", "Zm8="},
                                          {"foo", "Zm9v"},
                                          {"foob", "Zm9vYg=="},
                                          {"fooba", "Zm9vYmE="},
                                          {"foobar", "Zm9vYmFy"}};
    for (size_t i = 0; i < sizeof pair / sizeof *pair; i++) {
        uint8_t back[8];
        size_t n;
        rk_buf b;
        rk_buf_init(&b, 64);
        rk_buf_base64(&b, rk_slice_str(pair[i][0]));
        assert_true(rk_slice_is(rk_buf_slice(&b), pair[i][1]));
        assert_true(rk_base64_parse(rk_slice_str(pair[i][1]), back, sizeof back, &n));
        assert_true(rk_slice_is((rk_slice){(char *)back, n}, pair[i][0]));
        rk_buf_free(&b);
    }
}

static void every_byte_comes_back(void **state) {
    (void)state;
    uint8_t in[256], out[256];
    char text[RK_BASE64_LEN(256)];
    for (unsigned i = 0; i < 256; i++) in[i] = (uint8_t)i;
    for (size_t n = 0; n <= 256; n++) {
        char *end = rk_base64_put(text, (rk_slice){(char *)in, n});
        size_t got;
        assert_int_equal(end - text, RK_BASE64_LEN(n));
        assert_true(rk_base64_check((rk_slice){text, RK_BASE64_LEN(n)}, &got) && got == n);
        assert_true(rk_base64_parse_exact((rk_slice){text, RK_BASE64_LEN(n)}, out, n));
        assert_memory_equal(in, out, n);
        if (n) {
            assert_false(rk_base64_parse((rk_slice){text, RK_BASE64_LEN(n)}, out, n - 1, &got));
            assert_false(rk_base64_parse_exact((rk_slice){text, RK_BASE64_LEN(n)}, out, n - 1));
        }
        assert_false(rk_base64_parse_exact((rk_slice){text, RK_BASE64_LEN(n)}, out, n + 1));
    }
}

static void refused(void **state) {
    (void)state;
    static const char *const bad[] = {
        "Z",        "Zg",       "Zg=",   "Zg==Zg==", "Zg==\n",     "\nZg==",
        "Zm9v ",    " Zm9",     "Zh==",  "Zm9=",     "Zm8",        "====",
        "=Zm9",     "Z===",     "Zm=v",  "Zm9-",     "Zm9_",       "Zm8=Zm8=",
        "Zm9v\r\n", "Zm 9v===", "Zm9v=", "Zm9v====", "Z\xc3\xa9m", "Zm9vZg",
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (rk_base64_check(rk_slice_str(bad[i]), NULL)) fail_msg("taken: %s", bad[i]);
    assert_false(rk_base64_check((rk_slice){"Zm\0v", 4}, NULL));
}

/* Of all texts of four characters from a small alphabet, exactly those that encode something.
 */
static void one_spelling_each(void **state) {
    (void)state;
    static const char alphabet[] = "AQgwZz09+/=-\n";
    size_t n = sizeof alphabet - 1;
    for (size_t i = 0; i < n * n * n * n; i++) {
        char text[4] = {alphabet[i % n], alphabet[i / n % n], alphabet[i / n / n % n],
                        alphabet[i / n / n / n]};
        char again[4];
        uint8_t out[3];
        size_t got;
        if (!rk_base64_parse((rk_slice){text, 4}, out, 3, &got)) continue;
        rk_base64_put(again, (rk_slice){(char *)out, got});
        assert_memory_equal(text, again, 4);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(vectors), cmocka_unit_test(every_byte_comes_back),
        cmocka_unit_test(refused), cmocka_unit_test(one_spelling_each)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
