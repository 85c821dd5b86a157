#include "base/num.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <inttypes.h>
#include <stdio.h>

#include "random.h"

static bool reads(const char *s, uint64_t max, uint64_t want) {
    uint64_t v = 77;
    bool ok = rk_num_parse(rk_slice_str(s), max, &v);
    assert_true(ok || v == 77); /* untouched on failure */
    return ok && v == want;
}

static bool refused(const char *s, uint64_t max) {
    uint64_t v;
    return !rk_num_parse(rk_slice_str(s), max, &v);
}

static void parse(void **state) {
    (void)state;
    assert_true(reads("0", 0, 0));
    assert_true(reads("007", 7, 7));
    assert_true(reads("999999", 999999, 999999));
    assert_true(reads("18446744073709551615", UINT64_MAX, UINT64_MAX));
    assert_true(reads("00000000000000000001", UINT64_MAX, 1)); /* 20 digits */
    static const char *const bad[] = {"",
                                      " 1",
                                      "1 ",
                                      "+1",
                                      "-1",
                                      "1.0",
                                      "1e3",
                                      "0x1",
                                      "a",
                                      "18446744073709551616",
                                      "99999999999999999999",
                                      "000000000000000000001",
                                      "1\n",
                                      "/",
                                      ":"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_true(refused(bad[i], UINT64_MAX));
    assert_true(refused("8", 7));
    uint64_t v;
    assert_false(rk_num_parse((rk_slice){NULL, 0}, 9, &v));
    assert_false(rk_num_parse((rk_slice){"1\0", 2}, 9, &v));
}

static void parse_signed(void **state) {
    (void)state;
    int64_t v = 1;
    assert_true(rk_num_parse_signed(RK_LIT("-12"), -12, 0, &v) && v == -12);
    assert_true(rk_num_parse_signed(RK_LIT("-0"), 0, 0, &v) && v == 0);
    assert_true(rk_num_parse_signed(RK_LIT("9223372036854775807"), 0, INT64_MAX, &v));
    assert_true(v == INT64_MAX);
    assert_true(rk_num_parse_signed(RK_LIT("-9223372036854775808"), INT64_MIN, 0, &v));
    assert_true(v == INT64_MIN);
    static const char *const bad[] = {
        "", "-", "--1", "+1", "9223372036854775808", "-9223372036854775809", "- 1"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(rk_num_parse_signed(rk_slice_str(bad[i]), INT64_MIN, INT64_MAX, &v));
    assert_false(rk_num_parse_signed(RK_LIT("-13"), -12, 0, &v));
    assert_false(rk_num_parse_signed(RK_LIT("1"), -12, 0, &v));
}

static void prints(uint64_t v) {
    char want[32], got[64];
    for (int width = 0; width <= 22; width++) {
        int n = snprintf(want, sizeof want, "%0*" PRIu64, width, v);
        memset(got, '#', sizeof got);
        char *e = rk_num_put_pad(got, v, (unsigned)width);
        assert_int_equal(e - got, n);
        assert_memory_equal(got, want, (size_t)n);
        assert_int_equal(*e, '#');
    }
    int n = snprintf(want, sizeof want, "%" PRIu64, v);
    memset(got, '#', sizeof got);
    assert_int_equal(rk_num_put(got, v) - got, n);
    assert_memory_equal(got, want, (size_t)n);
    assert_int_equal(got[n], '#');
    uint64_t back;
    assert_true(rk_num_parse((rk_slice){got, (size_t)n}, UINT64_MAX, &back) && back == v);
}

static void put(void **state) {
    (void)state;
    rnd_start("num put");
    for (uint64_t v = 0; v < 1200; v++) prints(v);
    uint64_t p = 1;
    for (int i = 0; i < 20; i++, p *= 10)
        prints(p - 1), prints(p), prints(p + 1), prints(9 * p);
    prints(UINT64_MAX);
    for (int i = 0; i < 20000; i++) prints(rnd64() >> rnd(64));
}

static void add(void **state) {
    (void)state;
    uint64_t a = UINT64_MAX - 2;
    assert_true(rk_add_u64(&a, 2));
    assert_false(rk_add_u64(&a, 1));
    assert_true(a == UINT64_MAX);
    assert_true(rk_add_u64(&a, 0));
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(parse), cmocka_unit_test(parse_signed),
                                       cmocka_unit_test(put), cmocka_unit_test(add)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
