#include "read/pageid.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static void round_trip(void **state) {
    (void)state;
    rk_page_id id;
    rk_buf b;
    rk_slice text = RK_LIT("RK1/pemilu2024/ppwp/1101012001001/2");
    assert_true(rk_page_id_parse(text, &id));
    assert_int_equal(id.page, 2);
    assert_true(rk_slice_is(rk_code_slice(&id.tps), "1101012001001"));
    rk_buf_init(&b, RK_PAGE_ID_MAX);
    rk_page_id_put(&id, &b);
    assert_true(rk_slice_eq(rk_buf_slice(&b), text));
    rk_buf_clear(&b);
    rk_page_id_put_form(&id, &b);
    assert_true(rk_slice_is(rk_buf_slice(&b), "pemilu2024/ppwp/1101012001001"));
    rk_buf_free(&b);
}

static void refused(void **state) {
    (void)state;
    const char *bad[] = {"",
                         "RK1",
                         "RK2/a/b/c/1",
                         "RK1/a/b/c",
                         "RK1/a/b/c/0",
                         "RK1/a/b/c/01",
                         "RK1/a/b/c/1/",
                         "RK1/a/b/c/1000",
                         "RK1//b/c/1",
                         "RK1/a/b/c d/1",
                         "rk1/a/b/c/1",
                         "RK1/a/b/c/1 ",
                         "RK1/a/b/cccccccccccccccccccccccc/1"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        rk_page_id id;
        assert_false(rk_page_id_parse(rk_slice_str(bad[i]), &id));
        assert_int_equal(id.page, 0);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(round_trip), cmocka_unit_test(refused)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
