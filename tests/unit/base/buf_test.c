#include "base/buf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <stdlib.h>

static void is(rk_buf *b, rk_slice want) {
    assert_false(b->failed);
    if (!rk_slice_eq(rk_buf_slice(b), want))
        fail_msg("'%.*s' is not '%.*s'", RK_FMT(rk_buf_slice(b)), RK_FMT(want));
    rk_buf_clear(b);
}

static void maximum(void **state) {
    (void)state;
    rk_buf b;
    rk_buf_init(&b, 5);
    rk_buf_lit(&b, "abcde");
    assert_false(b.failed);
    rk_buf_add(&b, (rk_slice){NULL, 0});
    assert_false(b.failed);
    rk_buf_byte(&b, 'x');
    assert_true(b.failed);
    assert_int_equal(b.len, 5);
    rk_buf_add(&b, (rk_slice){NULL, 0}); /* failed stays failed, whatever comes */
    rk_buf_num(&b, 1), rk_buf_varint(&b, 1), rk_buf_printf(&b, "%d", 1), rk_buf_u32(&b, 1);
    rk_buf_csv(&b, RK_LIT("a,\"b")), rk_buf_json(&b, RK_LIT("a")), rk_buf_html(&b, RK_LIT("<"));
    assert_null(rk_buf_room(&b, 0));
    assert_true(b.failed);
    assert_int_equal(b.len, 5);
    rk_buf_clear(&b);
    assert_false(b.failed);
    assert_null(rk_buf_room(&b, SIZE_MAX));
    rk_buf_free(&b);
    assert_null(b.ptr);
}

static void grows(void **state) {
    (void)state;
    rk_buf b;
    rk_buf_init(&b, 1 << 20);
    for (uint32_t i = 0; i < 100000; i++) rk_buf_u16(&b, (uint16_t)i);
    assert_int_equal(b.len, 200000);
    for (uint32_t i = 0; i < 100000; i++)
        assert_int_equal((uint8_t)b.ptr[2 * i] | (uint8_t)b.ptr[2 * i + 1] << 8, i & 0xffff);
    rk_buf_free(&b);
}

static void numbers(void **state) {
    (void)state;
    rk_buf b;
    rk_buf_init(&b, 100);
    rk_buf_u32(&b, 0x89abcdefu);
    is(&b, RK_LIT("\xef\xcd\xab\x89"));
    rk_buf_num(&b, UINT64_MAX);
    is(&b, RK_LIT("18446744073709551615"));
    rk_buf_varint(&b, 0), rk_buf_varint(&b, 127), rk_buf_varint(&b, 128),
        rk_buf_varint(&b, 16384);
    is(&b, RK_LIT("\x00\x7f\x80\x01\x80\x80\x01"));
    rk_buf_varint(&b, UINT64_MAX);
    is(&b, RK_LIT("\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"));
    rk_buf_printf(&b, "%s-%05d", "a", 42);
    is(&b, RK_LIT("a-00042"));
    rk_buf_free(&b);
}

static void csv(void **state) {
    (void)state;
    static const struct {
        const char *in, *out;
    } t[] = {{"", ""},
             {"abc", "abc"},
             {"a,b", "\"a,b\""},
             {"a\"b", "\"a\"\"b\""},
             {"a\nb", "\"a\nb\""},
             {"a\rb", "\"a\rb\""},
             {"=1+1", "'=1+1"},
             {"+1", "'+1"},
             {"@x", "'@x"},
             {"\tx", "'\tx"},
             {"-99", "-99"},
             {"-", "'-"},
             {"-x", "'-x"},
             {"=a,b", "\"'=a,b\""},
             {"a=b", "a=b"},
             {"-9,x", "\"-9,x\""}};
    rk_buf b;
    rk_buf_init(&b, 100);
    for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
        rk_buf_csv(&b, rk_slice_str(t[i].in));
        is(&b, rk_slice_str(t[i].out));
    }
    rk_buf_free(&b);
}

#define FFFD "\xef\xbf\xbd"
static void json(void **state) {
    (void)state;
    static const struct {
        rk_slice in;
        const char *out;
    } t[] = {{{NULL, 0}, "\"\""},
             {{"a\"\\\n\r\t/", 7}, "\"a\\\"\\\\\\n\\r\\t/\""},
             {{"\0\x1f\x7f", 3}, "\"\\u0000\\u001f\x7f\""},
             {{"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80", 9},
              "\"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\""},
             {{"\xff"
               "a\xc3",
               3},
              "\"" FFFD "a" FFFD "\""},
             {{"\xc0\x80", 2}, "\"" FFFD FFFD "\""},
             {{"\xed\xa0\x80", 3}, "\"" FFFD FFFD FFFD "\""},
             {{"\xe2\x82", 2}, "\"" FFFD FFFD "\""}};
    rk_buf b;
    rk_buf_init(&b, 200);
    for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
        rk_buf_json(&b, t[i].in);
        is(&b, rk_slice_str(t[i].out));
    }
    rk_buf_html(&b, RK_LIT("<a href=\"x\">'&'"));
    is(&b, RK_LIT("&lt;a href=&quot;x&quot;&gt;&#39;&amp;&#39;"));
    rk_buf_free(&b);
}

static void percent(void **state) {
    (void)state;
    static const struct {
        rk_slice in;
        const char *also, *out;
    } t[] = {{{NULL, 0}, "/", ""},
             {{"aZ09-._~/b", 10}, "/", "aZ09-._~/b"},
             {{"aZ09-._~/b", 10}, "", "aZ09-._~%2Fb"},
             {{"a b%?#", 6}, "/", "a%20b%25%3F%23"},
             {{"\xc3\xa9\0\xff", 4}, "/", "%C3%A9%00%FF"},
             {{"a:b@c,d", 7}, "/,:@", "a:b@c,d"}};
    rk_buf b;
    rk_buf_init(&b, 200);
    for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
        rk_buf_percent(&b, t[i].in, t[i].also);
        is(&b, rk_slice_str(t[i].out));
    }
    rk_buf_free(&b);
}

static void url(void **state) {
    (void)state;
    char out[12];
    assert_true(rk_url_of(RK_LIT("x:y"), RK_LIT("a b/c"), out, sizeof out));
    assert_string_equal(out, "x:y/a%20b/c"); /* eleven and the NUL: just so */
    assert_false(rk_url_of(RK_LIT("x:y"), RK_LIT("a b/cd"), out, sizeof out));
    assert_false(rk_url_of(RK_LIT("x:y"), (rk_slice){"a\0b", 3}, out, sizeof out));
    assert_true(rk_url_of(RK_LIT("x:y"), (rk_slice){NULL, 0}, out, sizeof out));
    assert_string_equal(out, "x:y/");
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(maximum), cmocka_unit_test(grows),
                                       cmocka_unit_test(numbers), cmocka_unit_test(csv),
                                       cmocka_unit_test(json),    cmocka_unit_test(percent),
                                       cmocka_unit_test(url)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
