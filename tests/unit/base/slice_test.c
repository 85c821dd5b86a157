#include "base/slice.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#define S(s) RK_LIT(s)
static const rk_slice NONE = {NULL, 0};

static void compare(void **state) {
    (void)state;
    assert_true(rk_slice_eq(NONE, S("")));
    assert_false(rk_slice_eq(S("a"), S("b")));
    assert_false(rk_slice_eq(S("a"), S("aa")));
    assert_true(rk_slice_is(S("kode"), "kode"));
    assert_true(rk_slice_cmp(NONE, S("")) == 0);
    assert_true(rk_slice_cmp(S("a"), S("aa")) < 0);
    assert_true(rk_slice_cmp(S("b"), S("aa")) > 0);
    assert_true(rk_slice_cmp(S("\x7f"), S("\x80")) < 0); /* bytes, not signed characters */
    assert_int_equal(rk_slice_str(NULL).len, 0);
}

static void ends(void **state) {
    (void)state;
    assert_true(rk_slice_starts(S("suara_1"), S("suara_")));
    assert_true(rk_slice_starts(S("x"), NONE));
    assert_false(rk_slice_starts(S("su"), S("sua")));
    assert_true(rk_slice_ends(S("a.csv"), S(".csv")));
    assert_true(rk_slice_ends(NONE, NONE));
    assert_false(rk_slice_ends(S("csv"), S(".csv")));
}

static void cut(void **state) {
    (void)state;
    rk_slice rest = S("a;;b;"), part = NONE;
    static const char *const want[] = {"a", "", "b", ""};
    for (int i = 0; i < 4; i++) {
        assert_true(rk_slice_cut(&rest, ';', &part));
        assert_true(rk_slice_is(part, want[i]));
    }
    assert_false(rk_slice_cut(&rest, ';', &part));
    rest = NONE;
    assert_false(rk_slice_cut(&rest, ';', &part));
    rest = S("");
    assert_true(rk_slice_cut(&rest, ';', &part));
    assert_int_equal(part.len, 0);
    assert_false(rk_slice_cut(&rest, ';', &part));
}

static void trim_from(void **state) {
    (void)state;
    assert_true(rk_slice_is(rk_slice_trim(S(" \t a b\t ")), "a b"));
    assert_int_equal(rk_slice_trim(S(" \t ")).len, 0);
    assert_true(rk_slice_is(rk_slice_trim(S("\ra\n")), "\ra\n"));
    assert_true(rk_slice_is(rk_slice_from(S("abc"), 1), "bc"));
    assert_int_equal(rk_slice_from(S("abc"), 3).len, 0);
    assert_int_equal(rk_slice_from(S("abc"), 4).len, 0);
    assert_null(rk_slice_from(S("abc"), 4).ptr);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(compare), cmocka_unit_test(ends),
                                       cmocka_unit_test(cut), cmocka_unit_test(trim_from)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
