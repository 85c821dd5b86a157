#include "base/wib.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <stdio.h>
#include <time.h>

#include "random.h"

/* The C library's calendar is the judge. */
static void same_as_libc(uint32_t t) {
    struct tm tm;
    time_t wib = (time_t)t + 7 * 3600, utc = (time_t)t;
    char want[40], got[40] = {0};
    assert_non_null(gmtime_r(&wib, &tm));
    strftime(want, sizeof want, "%Y-%m-%d %H:%M:%S", &tm);
    assert_ptr_equal(rk_wib_put(got, t), got + RK_WIB_LEN);
    assert_string_equal(got, want);
    uint32_t back = ~t;
    assert_int_equal(rk_wib_parse((rk_slice){got, RK_WIB_LEN}, &back),
                     tm.tm_year + 1900 <= 2105);
    if (tm.tm_year + 1900 <= 2105) assert_int_equal(back, t);
    assert_non_null(gmtime_r(&utc, &tm));
    strftime(want, sizeof want, "%a, %d %b %Y %H:%M:%S GMT", &tm);
    memset(got, 0, sizeof got);
    assert_ptr_equal(rk_wib_put_http(got, t), got + 29);
    assert_string_equal(got, want);
}

static void every_day(void **state) {
    (void)state;
    rnd_start("wib");
    for (uint64_t t = 0; t <= UINT32_MAX; t += 86400) {
        same_as_libc((uint32_t)t);
        uint64_t later = t + rnd(86400);
        same_as_libc(later > UINT32_MAX ? UINT32_MAX : (uint32_t)later);
    }
    same_as_libc(UINT32_MAX);
}

static void known(void **state) {
    (void)state;
    uint32_t t;
    char s[40] = {0};
    assert_true(rk_wib_parse(RK_LIT("2024-02-14 18:44:00"), &t));
    assert_int_equal(t, 1707911040);
    rk_wib_put_http(s, t);
    assert_string_equal(s, "Wed, 14 Feb 2024 11:44:00 GMT");
    assert_true(rk_wib_parse(RK_LIT("1970-01-01 07:00:00"), &t) && t == 0);
    assert_true(rk_wib_parse(RK_LIT("2000-02-29 00:00:00"), &t));
}

static void refuses(void **state) {
    (void)state;
    static const char *const bad[] = {"1970-01-01 06:59:59",  "2106-01-01 00:00:00",
                                      "2023-02-29 00:00:00",  "2100-02-29 00:00:00",
                                      "2024-02-30 00:00:00",  "2024-04-31 00:00:00",
                                      "2024-13-01 00:00:00",  "2024-00-01 00:00:00",
                                      "2024-01-00 00:00:00",  "2024-01-32 00:00:00",
                                      "2024-01-01 24:00:00",  "2024-01-01 00:60:00",
                                      "2024-01-01 00:00:60",  "2024-01-01T00:00:00",
                                      "2024/01/01 00:00:00",  "2024-01-01 00:00:0",
                                      "2024-01-01 00:00:000", "+024-01-01 00:00:00",
                                      "2024- 1-01 00:00:00",  "",
                                      "2024-01-01 00.00.00"};
    uint32_t t;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (rk_wib_parse(rk_slice_str(bad[i]), &t)) fail_msg("'%s' was taken", bad[i]);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_day), cmocka_unit_test(known),
                                       cmocka_unit_test(refuses)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
