#include "read/value.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

enum { X = RK_DIGIT_X, B = RK_DIGIT_BLANK };

/* Each box surely what it says. */
static rk_value of(const int *what, uint32_t n) {
    float p[RK_SHEET_BOXES_MAX][RK_DIGIT_CLASSES] = {{0}};
    rk_value v;
    for (uint32_t i = 0; i < n; i++) p[i][what[i]] = 1;
    rk_value_of((const float(*)[RK_DIGIT_CLASSES])p, n, &v);
    return v;
}

static void is(rk_value v, uint32_t want) {
    assert_int_equal(v.n, 1);
    assert_int_equal(v.best[0].value, want);
    assert_true(fabsf(v.best[0].p - 1) < 1e-5f && v.other < 1e-5f);
}

static void leading_boxes(void **state) {
    (void)state;
    is(of((int[]){X, 3, 2}, 3), 32);
    is(of((int[]){0, 3, 2}, 3), 32);
    is(of((int[]){B, B, 0}, 3), 0);
    is(of((int[]){X, B, 7}, 3), 7);
    is(of((int[]){X, 0, 7}, 3), 7);
    is(of((int[]){1, 0, 0}, 3), 100);
    is(of((int[]){9, 9, 9, 9, 9, 9}, 6), 999999);
    is(of((int[]){4}, 1), 4);
    is(of((int[]){B, B, B}, 3), RK_VALUE_BLANK);
}

/* No number at all: nothing is listed, all is "other". */
static void no_number(void **state) {
    (void)state;
    const int bad[4][3] = {{5, X, 3}, {1, 2, B}, {X, X, X}, {B, X, B}};
    for (int i = 0; i < 4; i++) {
        rk_value v = of(bad[i], 3);
        assert_int_equal(v.n, 0);
        assert_true(v.other > 0.99f);
    }
}

/* X, blank and 0 in front are one number: their probabilities add up. */
static void adds_up(void **state) {
    (void)state;
    float p[3][RK_DIGIT_CLASSES] = {{0}};
    rk_value v;
    p[0][X] = 0.5f, p[0][0] = 0.2f, p[0][B] = 0.2f, p[0][8] = 0.1f;
    p[1][4] = 0.7f, p[1][9] = 0.3f;
    p[2][1] = 1;
    rk_value_of((const float(*)[RK_DIGIT_CLASSES])p, 3, &v);
    assert_int_equal(v.n, 4);
    assert_int_equal(v.best[0].value, 41);
    assert_true(fabsf(v.best[0].p - 0.63f) < 1e-5f);
    assert_int_equal(v.best[1].value, 91);
    assert_true(fabsf(v.best[1].p - 0.27f) < 1e-5f);
    assert_int_equal(v.best[2].value, 841);
    assert_true(v.other < 1e-5f);
}

static void many(void **state) {
    (void)state;
    float p[6][RK_DIGIT_CLASSES];
    rk_value v;
    for (int i = 0; i < 6; i++)
        for (int c = 0; c < 12; c++) p[i][c] = 1 / 12.f;
    rk_value_of((const float(*)[RK_DIGIT_CLASSES])p, 6, &v);
    assert_int_equal(v.n, RK_CANDIDATES_MAX);
    assert_true(v.other > 0.9f && v.other <= 1);
}

static void digits(void **state) {
    (void)state;
    assert_int_equal(rk_value_digit(407, 3, 0), 4);
    assert_int_equal(rk_value_digit(407, 3, 1), 0);
    assert_int_equal(rk_value_digit(407, 3, 2), 7);
    assert_int_equal(rk_value_digit(7, 5, 0), 0);
    assert_int_equal(rk_value_digit(RK_VALUE_BLANK, 3, 0), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(leading_boxes),
                                       cmocka_unit_test(no_number), cmocka_unit_test(adds_up),
                                       cmocka_unit_test(many), cmocka_unit_test(digits)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
