#include "read/grey.h"
#include "base/mem.h"
#include "read/homography.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static const rk_homography H = {{2.1, 0.2, 30, -0.1, 1.9, 50, 1e-4, 2e-4, 1}};

static void fits_and_inverts(void **state) {
    (void)state;
    rk_pair pair[6];
    rk_homography h, back;
    for (int i = 0; i < 6; i++) {
        rk_point p = {i * 97 % 600, i * i * 211 % 900};
        pair[i] = (rk_pair){p, rk_homography_map(&H, p), 1};
    }
    assert_true(rk_homography_fit(pair, 6, &h));
    assert_true(rk_homography_invert(&h, &back));
    for (int i = 0; i < 50; i++) {
        rk_point p = {i * 13 % 600, i * 31 % 900}, q = rk_homography_map(&h, p),
                 want = rk_homography_map(&H, p), again = rk_homography_map(&back, q);
        assert_true(hypot(q.x - want.x, q.y - want.y) < 1e-6);
        assert_true(hypot(again.x - p.x, again.y - p.y) < 1e-6);
    }
}

/* The scale is what a small square grows by. */
static void scale(void **state) {
    (void)state;
    rk_point p = {300, 400}, o = rk_homography_map(&H, p),
             x = rk_homography_map(&H, (rk_point){300.01, 400}),
             y = rk_homography_map(&H, (rk_point){300, 400.01});
    double area = fabs((x.x - o.x) * (y.y - o.y) - (x.y - o.y) * (y.x - o.x)) / 1e-4;
    assert_true(fabs(rk_homography_scale(&H, p) - sqrt(area)) < 1e-3);
}

static void degenerate(void **state) {
    (void)state;
    rk_homography h;
    rk_pair line[5], same[4];
    for (int i = 0; i < 5; i++) line[i] = (rk_pair){{i, i}, {i * 2, i}, 1};
    for (int i = 0; i < 4; i++) same[i] = (rk_pair){{1, 1}, {2, 2}, 1};
    assert_false(rk_homography_fit(line, 5, &h));
    assert_false(rk_homography_fit(same, 4, &h));
    assert_false(rk_homography_fit(line, 3, &h));
    assert_false(rk_homography_invert(&(rk_homography){{1, 1, 1, 1, 1, 1, 1, 1, 1}}, &h));
}

static void grey(void **state) {
    (void)state;
    uint8_t px[6 * 8];
    for (int i = 0; i < 48; i++) px[i] = (uint8_t)(i % 8 * 10 + i / 8);
    rk_grey g = {px, 6, 6, 8};
    assert_true(fabsf(rk_grey_at(&g, 2.5, 3.5) - 23) < 1e-4f);
    assert_true(fabsf(rk_grey_at(&g, 3, 3.5) - 28) < 1e-4f);
    assert_true(fabsf(rk_grey_at(&g, -50, 0.5) - 0) < 1e-4f);
    assert_true(fabsf(rk_grey_at(&g, 50, 50) - 55) < 1e-4f);
    assert_true(rk_grey_at(&g, NAN, 1) == 0 && rk_grey_at(&g, 1e300, 1) == 0);
    for (uint32_t k = 1; k <= 3; k++) {
        rk_grey r = rk_grey_reduce(&g, k);
        assert_int_equal(r.w, 6 / k);
        double mean = 0, of = 0;
        for (uint32_t i = 0; i < r.w * r.h; i++) mean += r.px[i] / (double)(r.w * r.h);
        for (uint32_t y = 0; y < 6; y++)
            for (uint32_t x = 0; x < 6; x++) of += px[y * 8 + x] / 36.0;
        assert_true(fabs(mean - of) <= 1);
        rk_free((void *)(uintptr_t)r.px);
    }
}

/* Light falls off to the left and a black square lies in the middle: white stays white. */
static void white(void **state) {
    (void)state;
    enum { N = 400 };
    uint8_t *px = rk_calloc(N, N);
    for (int y = 0; y < N; y++)
        for (int x = 0; x < N; x++) {
            bool ink = (x > 180 && x < 220 && y > 180 && y < 220) || x % 20 == 0;
            px[y * N + x] = (uint8_t)(ink ? 10 : 100 + x / 4);
        }
    rk_grey g = {px, N, N, N};
    rk_white w;
    rk_white_init(&w, &g, 20);
    for (int x = 10; x < N; x += 30)
        assert_true(fabs(rk_white_at(&w, x, 200) / (100 + x / 4.0) - 1) < 0.2);
    assert_true(rk_white_at(&w, NAN, 3) >= 1);
    rk_white_free(&w);
    rk_free(px);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(fits_and_inverts),
                                       cmocka_unit_test(scale), cmocka_unit_test(degenerate),
                                       cmocka_unit_test(grey), cmocka_unit_test(white)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
