#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/day.h"

/* Every day from 1970 to 2105, counted one by one beside the arithmetic. */
static void counted_one_by_one(void **state) {
    (void)state;
    static const int length[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    rk_day n = 0;
    unsigned weekday = 3; /* Thursday */
    for (int y = 1970; y <= 2105; y++) {
        int leap = (y % 4 == 0 && y % 100 != 0) || y % 400 == 0;
        for (int m = 1; m <= 12; m++)
            for (int d = 1; d <= length[m - 1] + (m == 2 && leap); d++, n++) {
                char text[RK_DAY_LEN];
                rk_day back;
                assert_int_equal(rk_day_of(y, m, d), n);
                assert_int_equal(rk_day_weekday(n), weekday);
                assert_ptr_equal(rk_day_put(text, n), text + RK_DAY_LEN);
                assert_true(rk_day_parse((rk_slice){text, RK_DAY_LEN}, &back));
                assert_int_equal(back, n);
                weekday = (weekday + 1) % 7;
            }
    }
}

static void what_is_no_date(void **state) {
    (void)state;
    static const char *const bad[] = {"",           "2024-02-30", "2023-02-29",  "2024-13-01",
                                      "2024-00-01", "2024-01-00", "2024-1-01",   "1969-12-31",
                                      "2106-01-01", "2024/01/01", "2024-01-01 ", "abcd-01-01"};
    rk_day d;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(rk_day_parse(rk_slice_str(bad[i]), &d));
    assert_true(rk_day_parse(RK_LIT("2024-02-29"), &d));
    assert_int_equal(rk_day_weekday(d), 3);
    char room[RK_DAY_LEN];
    assert_ptr_equal(rk_day_put(room, RK_DAY_NONE), room);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counted_one_by_one),
        cmocka_unit_test(what_is_no_date),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
