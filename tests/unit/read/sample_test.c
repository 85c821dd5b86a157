/* Windows of a picture whose every value is known: as exact mapping gives them, and never
 * outside the pixels, whatever the homography is. */
#include "read/sample.h"
#include "base/mem.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

enum { W = 300, H = 200, STRIDE = 307 };

/* Slopes, so that a place off by a tenth of a pixel shows as a tenth of 0.5 + 0.3. */
static rk_grey slopes(uint8_t *px) {
    for (int y = 0; y < H; y++)
        for (int x = 0; x < STRIDE; x++) px[y * STRIDE + x] = (uint8_t)(x * 0.5 + y * 0.3);
    return (rk_grey){px, W, H, STRIDE};
}

static void is_exact(const rk_grey *g, const rk_homography *h, double x0, double y0,
                     double step, uint32_t w, uint32_t rows, double most) {
    float *out = rk_calloc(w, rows * sizeof *out);
    rk_sample(g, h, x0, y0, step, w, rows, out);
    for (uint32_t j = 0; j < rows; j++)
        for (uint32_t i = 0; i < w; i++) {
            rk_point p =
                rk_homography_map(h, (rk_point){x0 + (i + 0.5) * step, y0 + (j + 0.5) * step});
            assert_true(fabs((double)(out[j * w + i] - rk_grey_at(g, p.x, p.y))) < most);
        }
    rk_free(out);
}

static void windows(void **state) {
    (void)state;
    static uint8_t px[H * STRIDE];
    rk_grey g = slopes(px);
    const rk_homography same = {{1, 0, 0, 0, 1, 0, 0, 0, 1}},
                        turned = {{0.8, -0.6, 90, 0.6, 0.8, 5, 0, 0, 1}},
                        tilted = {{1.2, 0.1, 20, -0.05, 1.1, 15, 8e-4, 3e-4, 1}};
    is_exact(&g, &same, 10, 10, 1, 64, 40, 1e-3);
    is_exact(&g, &same, 10.3, 10.7, 0.4, 1, 1, 1e-3);
    is_exact(&g, &same, 10.3, 10.7, 0.4, 17, 3, 1e-3);
    is_exact(&g, &turned, 20, 20, 0.7, 100, 60, 1.01); /* values are whole: a step is 1 */
    is_exact(&g, &tilted, 10, 10, 0.5, 160, 120, 1.01);
    is_exact(&g, &same, -30, -30, 1.5, 300, 200, 1.01); /* partly outside */
    is_exact(&g, &tilted, -60, -60, 2, 200, 150, 1.6);
}

/* Horizons, mirrored planes, numbers that are none: only what lies inside may be read (the
 * pixels end with the allocation, sanitizers see to it). */
static void wild(void **state) {
    (void)state;
    uint8_t *px = rk_alloc((size_t)H * STRIDE);
    rk_grey g = slopes(px);
    uint32_t seed = 1;
    float out[40 * 30];
    for (int n = 0; n < 20000; n++) {
        rk_homography h;
        for (int i = 0; i < 9; i++) {
            seed = seed * 1664525u + 1013904223u;
            double v = ((double)(seed >> 8) / (1 << 24) - 0.5) * 2;
            h.m[i] = i < 6 ? v * (i % 3 == 2 ? 400 : 4) : i == 8 ? v * 2 : v * 0.1;
        }
        if (n % 50 == 0) h.m[n / 50 % 9] = NAN;
        rk_sample(&g, &h, -20, -20, 1.7, 40, 30, out);
        for (int i = 0; i < 40 * 30; i++) assert_true(out[i] >= 0 && out[i] <= 255);
    }
    rk_free(px);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(windows), cmocka_unit_test(wild)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
