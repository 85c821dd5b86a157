#include "base/code.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <stdlib.h>

#include "base/mem.h"
#include "random.h"

static void padded_is_plain(void **state) {
    (void)state;
    rnd_start("padded codes");
    for (int round = 0; round < 20000; round++) {
        char s[48];
        for (size_t i = 0; i < sizeof s; i++) s[i] = (char)rnd64();
        for (size_t n = 0; n <= 24; n++) {
            rk_code a, b;
            bool x = rk_code_of((rk_slice){s, n}, &a),
                 y = rk_code_of_padded((rk_slice){s, n}, &b);
            assert_int_equal(x, n >= 1 && n <= RK_CODE_MAX);
            assert_int_equal(x, y);
            assert_memory_equal(&a, &b, sizeof a);
            assert_int_equal(a.len, x ? n : 0);
            assert_true(!x || rk_slice_eq(rk_code_slice(&a), (rk_slice){s, n}));
            assert_true(rk_code_eq(&a, &b) && rk_code_hash(&a) == rk_code_hash(&b));
        }
    }
}

static void order(void **state) {
    (void)state;
    rk_code a, b;
    rk_code_of(RK_LIT("11"), &a), rk_code_of(RK_LIT("110"), &b);
    assert_true(rk_code_cmp(&a, &b) < 0 && rk_code_cmp(&b, &a) > 0 && !rk_code_eq(&a, &b));
    rk_code_of((rk_slice){"11\0", 3}, &b); /* only the length tells them apart */
    assert_true(rk_code_cmp(&a, &b) < 0 && !rk_code_eq(&a, &b));
}

/* The i-th code of the test: station-like, all different. */
static rk_code nth(uint32_t i) {
    char s[24];
    rk_code c;
    int n = snprintf(s, sizeof s, "%u%c%03u", 1101010000u + i / 7, i % 2 ? '-' : '.', i % 7);
    assert_true(rk_code_of((rk_slice){s, (size_t)n}, &c));
    return c;
}

enum { MANY = 100000 };

static void map(void **state) {
    (void)state;
    rk_codemap m = {0};
    rk_code *codes = rk_calloc(MANY, sizeof *codes), c = nth(0);
    assert_int_equal(rk_codemap_find(&m, codes, &c, rk_code_hash(&c)), RK_NONE);
    for (uint32_t i = 0; i < MANY; i++) {
        codes[i] = nth(i);
        if (i == 1000) rk_codemap_reserve(&m, 5000, codes);
        assert_int_equal(rk_codemap_find(&m, codes, &codes[i], rk_code_hash(&codes[i])),
                         RK_NONE);
        rk_codemap_add(&m, codes, i);
        if (i % 997 == 0)
            for (uint32_t k = 0; k <= i; k += 101)
                assert_int_equal(rk_codemap_find(&m, codes, &codes[k], rk_code_hash(&codes[k])),
                                 k);
    }
    for (uint32_t i = 0; i < MANY; i++) {
        c = nth(i);
        rk_codemap_prefetch(&m, rk_code_hash(&c));
        assert_int_equal(rk_codemap_find(&m, codes, &c, rk_code_hash(&c)), i);
        c = nth(i + MANY);
        assert_int_equal(rk_codemap_find(&m, codes, &c, rk_code_hash(&c)), RK_NONE);
    }
    rk_codemap_free(&m);
    assert_null(m.slot);
    rk_free(codes);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(padded_is_plain),
                                       cmocka_unit_test(order), cmocka_unit_test(map)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
