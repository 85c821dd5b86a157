#include "readings.h"

#include <math.h>

struct given {
    rk_sheet *form;
    rk_value value[5];
    uint32_t set[5];
};

static rk_value sure(uint32_t v) { return (rk_value){.best = {{v, 0.99f}}, .n = 1}; }
static rk_value doubtful(uint32_t v, uint32_t other, float p) {
    return (rk_value){.best = {{v, 0.99f - p}, {other, p}}, .n = 2};
}

static struct given start(uint32_t a, uint32_t b, uint32_t c, uint32_t d) {
    struct given g = {
        readings_form(), {sure(a), sure(b), sure(c), sure(d), sure(9)}, {0, 0, 0, 0, 4}};
    return g;
}

static void consistent(void **state) {
    (void)state;
    rk_solution s[6];
    struct given g = start(120, 34, 154, 156);
    assert_int_equal(rk_solve(g.form, g.value, g.set, 0, 9, s, 6), 1);
    assert_int_equal(s[0].n, 0);
    assert_true(s[0].cost == 0);
    rk_sheet_free(&g.form);
}

/* A misread digit is proposed with its cost; too dear a change is not. */
static void one_repair(void **state) {
    (void)state;
    rk_solution s[6];
    struct given g = start(120, 34, 194, 156);
    g.value[C_] = doubtful(194, 154, 0.1f);
    assert_int_equal(rk_solve(g.form, g.value, g.set, 0, 9, s, 6), 1);
    assert_int_equal(s[0].n, 1);
    assert_int_equal(s[0].field[0], C_);
    assert_int_equal(s[0].candidate[0], 1);
    assert_true(fabsf(s[0].cost - logf(0.89f / 0.1f)) < 1e-4f);
    assert_int_equal(rk_solve(g.form, g.value, g.set, 0, 2, s, 6), 0);
    rk_sheet_free(&g.form);
}

static void two_repairs(void **state) {
    (void)state;
    rk_solution s[6];
    struct given g = start(120, 34, 154, 156);
    g.value[A] = doubtful(120, 170, 0.05f);
    g.value[C_] = doubtful(154, 204, 0.05f);
    g.value[D_] = doubtful(156, 206, 0.05f);
    g.value[B_] = doubtful(34, 84, 0.2f);
    uint32_t n = rk_solve(g.form, g.value, g.set, 0, 12, s, 6);
    assert_int_equal(n, 3); /* as it is; a, c, d together; b, c, d together */
    assert_int_equal(s[0].n, 0);
    assert_int_equal(s[1].n, 3);
    assert_true(s[1].cost < s[2].cost);
    rk_sheet_free(&g.form);
}

static void states(void **state) {
    (void)state;
    struct given g = start(1, 2, 3, 5);
    uint32_t v[5] = {1, 2, 3, 5, 6};
    assert_int_equal(rk_check_state(g.form, &g.form->check[0], v), RK_CHECK_HOLDS);
    assert_int_equal(rk_check_state(g.form, &g.form->check[1], v), RK_CHECK_HOLDS);
    assert_int_equal(rk_check_state(g.form, &g.form->check[2], v), RK_CHECK_BROKEN);
    v[3] = RK_VALUE_BLANK;
    assert_int_equal(rk_check_state(g.form, &g.form->check[1], v), RK_CHECK_OPEN);
    rk_sheet_free(&g.form);
}

/* Nothing fits, everything is doubtful: it ends all the same. */
static void ends(void **state) {
    (void)state;
    rk_solution s[6];
    struct given g = start(1, 1, 1, 1);
    for (int i = 0; i < 4; i++) {
        g.value[i].n = RK_CANDIDATES_MAX;
        for (uint32_t k = 0; k < RK_CANDIDATES_MAX; k++)
            g.value[i].best[k] = (rk_candidate){k * 2, 1.0f / RK_CANDIDATES_MAX};
    }
    uint32_t n = rk_solve(g.form, g.value, g.set, 0, 1e9f, s, 6);
    assert_true(n >= 1 && n <= 6);
    rk_sheet_free(&g.form);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(consistent), cmocka_unit_test(one_repair),
        cmocka_unit_test(two_repairs), cmocka_unit_test(states), cmocka_unit_test(ends)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
