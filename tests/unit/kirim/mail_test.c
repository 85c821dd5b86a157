/* The mail of a delivery: the same each time, and nothing from outside gets into a header. */
#include "scratch.h"

#include "core/mail.h"

#include <string.h>

char scratch_dir[64];

static rk_mail mail(void) {
    return (rk_mail){.from = RK_LIT("data@kpu.example"),
                     .to = RK_LIT("warga@x.example"),
                     .alias = RK_LIT("warga"),
                     .no = RK_LIT("P-1"),
                     .release = RK_LIT("rilis-12"),
                     .election = RK_LIT("pemilu2024"),
                     .time = 1708000000};
}

static bool has(const rk_buf *b, const char *text) {
    return memmem(b->ptr, b->len, text, strlen(text)) != NULL;
}

static void the_same(void **state) {
    (void)state;
    rk_mail m = mail();
    rk_buf a, b;
    rk_buf_init(&a, 1 << 20);
    rk_buf_init(&b, 1 << 20);
    rk_mail_put(&m, &a);
    rk_mail_put(&m, &b);
    assert_true(rk_slice_eq(rk_buf_slice(&a), rk_buf_slice(&b)));
    assert_true(has(&a, "\r\nDate: Thu, 15 Feb 2024 12:26:40 +0000\r\n"));
    assert_true(has(&a, ".rilis-12@kpu.example>\r\n"));
    m.release = RK_LIT("rilis-13");
    rk_buf_clear(&b);
    rk_mail_id(&m, &b);
    assert_false(memmem(a.ptr, a.len, b.ptr, 32) != NULL); /* another release, another id */
    rk_buf_free(&a);
    rk_buf_free(&b);
}

/* Whatever stands in names: headers have no line of it, and no line is over 998 characters. */
static void injection(void **state) {
    (void)state;
    static const char evil[] =
        "x\r\nBcc: jahat@y.example\r\n\r\n--\"; filename=\"a\xff\xe2\x82";
    rk_mail m = mail();
    rk_buf b;
    rk_mail_file f = {.name = {evil, sizeof evil - 1}, .bytes = 3, .content = RK_LIT("isi")};
    char longer[3000];
    memset(longer, 'p', sizeof longer);
    m.election = m.release = m.no = (rk_slice){evil, sizeof evil - 1};
    m.file = &f, m.n = 1;
    for (int round = 0; round < 2; round++) {
        rk_buf_init(&b, 1 << 20);
        rk_mail_put(&m, &b);
        assert_false(b.failed);
        assert_false(has(&b, "\nBcc"));
        assert_false(has(&b, "jahat@"));
        size_t from = 0;
        for (size_t i = 0; i < b.len; i++) {
            if (b.ptr[i] != '\n') continue;
            assert_true(i && b.ptr[i - 1] == '\r');
            assert_true(i - from < 998);
            from = i + 1;
        }
        for (size_t i = 0; i < b.len; i++) assert_in_range((unsigned char)b.ptr[i], '\n', '~');
        rk_buf_free(&b);
        m.election = (rk_slice){longer, sizeof longer};
    }
}

/* Attached is base64 in lines of 76; not attached is only listed. */
static void attached(void **state) {
    (void)state;
    char content[200];
    rk_mail m = mail();
    rk_buf b;
    memset(content, 'k', sizeof content);
    const rk_mail_file f[] = {
        {.name = RK_LIT("rilis-12/a.csv"), .bytes = 200, .content = {content, sizeof content}},
        {.name = RK_LIT("rilis-12/b.csv"), .bytes = 9}};
    m.file = f, m.n = 2;
    rk_buf_init(&b, 1 << 20);
    rk_mail_put(&m, &b);
    assert_true(has(&b, "filename=\"rilis-12_a.csv\"\r\n"));
    assert_false(has(&b, "filename=\"rilis-12_b.csv\""));
    assert_true(has(&b, "\r\na2tra2tra2tra2tra2tra2tra2tra2tra2tra2tra2tra2tra2tra2tra2tra2tra2"
                        "tra2tra2tr\r\n"));
    rk_buf_free(&b);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(the_same), cmocka_unit_test(injection),
                                       cmocka_unit_test(attached)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
