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

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(etags), cmocka_unit_test(dates),
                                       cmocka_unit_test(encodings)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
