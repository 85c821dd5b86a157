#include "serve/negotiate.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static void etags(void **state) {
    (void)state;
    const rk_slice tag = RK_LIT("\"abc\"");
    const char *const yes[] = {"\"abc\"",         "W/\"abc\"",       "*",
                               "\"x\", \"abc\"",  "\"x\",W/\"abc\"", " , \"abc\"",
                               "\"a,b\", \"abc\""};
    const char *const no[] = {"",          "\"abd\"", "abc",   "\"abc", "\"abc-gz\"",
                              "\"x\" abc", "W/",      "W/abc", ",,,"};
    for (size_t i = 0; i < sizeof yes / sizeof *yes; i++)
        if (!rk_etag_matches(yes[i], tag)) fail_msg("%s does not match", yes[i]);
    for (size_t i = 0; i < sizeof no / sizeof *no; i++)
        if (rk_etag_matches(no[i], tag)) fail_msg("%s matches", no[i]);
    assert_false(rk_etag_matches(NULL, tag));
}

static void dates(void **state) {
    (void)state;
    const char *at = "Wed, 14 Feb 2024 11:44:00 GMT"; /* 1707911040 */
    assert_true(rk_not_modified_since(at, 1707911040));
    assert_true(rk_not_modified_since(at, 1707911039));
    assert_false(rk_not_modified_since(at, 1707911041));
    const char *const bad[] = {"",
                               "now",
                               "Wed, 14 Foo 2024 11:44:00 GMT",
                               "Wed, 14 Feb 2024 11:44:00 WIB",
                               "Wed, 99 Feb 2024 11:44:00 GMT",
                               "Wed, 14 Feb 2024 11:44:00 GMT+1",
                               "Wednesday, 14-Feb-24 11:44:00 GMT"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (rk_not_modified_since(bad[i], 1)) fail_msg("'%s' is understood", bad[i]);
    assert_false(rk_not_modified_since(NULL, 1));
}

static void encodings(void **state) {
    (void)state;
    const char *const yes[] = {
        "gzip", "GZIP",       "deflate, gzip", "gzip;q=0.5", "br;q=1.0, *;q=0.1",
        "*",    "gzip ; q=1", "x-gzip"};
    const char *const no[] = {"",      "identity",    "gzip;q=0", "gzip;q=0.000",
                              "*;q=0", "gzip;q=0, *", "gzipped",  "br, deflate"};
    for (size_t i = 0; i < sizeof yes / sizeof *yes; i++)
        if (!rk_accepts_gzip(yes[i])) fail_msg("%s does not accept gzip", yes[i]);
    for (size_t i = 0; i < sizeof no / sizeof *no; i++)
        if (rk_accepts_gzip(no[i])) fail_msg("%s accepts gzip", no[i]);
    assert_false(rk_accepts_gzip(NULL));
}

static void ranges(void **state) {
    (void)state;
    static const struct {
        const char *range;
        uint64_t size;
        enum rk_range want;
        uint64_t from, n;
    } c[] = {
        {"bytes=0-0", 10, RK_RANGE_PART, 0, 1},
        {"bytes=0-9", 10, RK_RANGE_PART, 0, 10},
        {"bytes=9-", 10, RK_RANGE_PART, 9, 1},
        {"bytes=3-100", 10, RK_RANGE_PART, 3, 7},
        {"bytes=3-18446744073709551615", 10, RK_RANGE_PART, 3, 7},
        {"bytes=-4", 10, RK_RANGE_PART, 6, 4},
        {"bytes=-40", 10, RK_RANGE_PART, 0, 10},
        {"BYTES= 2-3 ", 10, RK_RANGE_PART, 2, 2},
        {"bytes=10-", 10, RK_RANGE_NONE, 0, 0},
        {"bytes=0-", 0, RK_RANGE_NONE, 0, 0},
        {"bytes=-0", 10, RK_RANGE_NONE, 0, 0},
        {"bytes=-1", 0, RK_RANGE_NONE, 0, 0},
        {NULL, 10, RK_RANGE_ALL, 0, 10},
        {"", 10, RK_RANGE_ALL, 0, 10},
        {"bytes=", 10, RK_RANGE_ALL, 0, 10},
        {"bytes=-", 10, RK_RANGE_ALL, 0, 10},
        {"bytes=5", 10, RK_RANGE_ALL, 0, 10},
        {"bytes=5-4", 10, RK_RANGE_ALL, 0, 10},
        {"bytes=0-1,3-4", 10, RK_RANGE_ALL, 0, 10},
        {"bytes=0x1-2", 10, RK_RANGE_ALL, 0, 10},
        {"bytes=18446744073709551616-", 10, RK_RANGE_ALL, 0, 10},
        {"lines=0-1", 10, RK_RANGE_ALL, 0, 10},
    };
    for (size_t i = 0; i < sizeof c / sizeof *c; i++) {
        uint64_t from = 77, n = 77;
        if (rk_range_of(c[i].range, c[i].size, &from, &n) != c[i].want ||
            (c[i].want != RK_RANGE_NONE && (from != c[i].from || n != c[i].n)))
            fail_msg("%s of %d: %d from %d", c[i].range ? c[i].range : "no range",
                     (int)c[i].size, (int)n, (int)from);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(etags), cmocka_unit_test(dates),
                                       cmocka_unit_test(encodings), cmocka_unit_test(ranges)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
