#include "read/grey.h"

#include "base/mem.h"

#include <math.h>

/* k rows are added up first, pixel beside pixel, which the compiler does many at a time. */
static void reduce_row(const rk_grey *g, uint32_t k, uint32_t y, uint32_t w,
                       uint32_t *restrict column, uint8_t *restrict out) {
    uint32_t half = k * k / 2, area = k * k;
    memset(column, 0, (size_t)w * k * sizeof *column);
    for (uint32_t j = 0; j < k; j++) {
        const uint8_t *restrict p = g->px + (size_t)(y * k + j) * g->stride;
        for (uint32_t x = 0; x < w * k; x++) column[x] += p[x];
    }
    for (uint32_t x = 0; x < w; x++) {
        uint32_t sum = half;
        for (uint32_t i = 0; i < k; i++) sum += column[x * k + i];
        out[x] = (uint8_t)(sum / area);
    }
}

static void halve_row(const rk_grey *g, uint32_t y, uint32_t w, uint8_t *restrict out) {
    const uint8_t *restrict a = g->px + (size_t)y * 2 * g->stride, *restrict b = a + g->stride;
    for (uint32_t x = 0; x < w; x++)
        out[x] = (uint8_t)((a[2 * x] + a[2 * x + 1] + b[2 * x] + b[2 * x + 1] + 2) >> 2);
}

rk_grey rk_grey_reduce(const rk_grey *g, uint32_t k) {
    RK_ASSERT(k >= 1);
    uint32_t w = g->w / k, h = g->h / k;
    uint8_t *px = rk_calloc((size_t)w * h + 1, 1);
    uint32_t *column = rk_calloc((size_t)w * k + 1, sizeof *column);
    for (uint32_t y = 0; y < h; y++) {
        if (k == 2)
            halve_row(g, y, w, px + (size_t)y * w);
        else
            reduce_row(g, k, y, w, column, px + (size_t)y * w);
    }
    rk_free(column);
    return (rk_grey){px, w, h, w};
}

static uint32_t clamp(int64_t v, uint32_t n) {
    return v < 0 ? 0 : v >= (int64_t)n ? n - 1 : (uint32_t)v;
}

float rk_grey_at(const rk_grey *g, double x, double y) {
    /* A NaN or an absurd distance must not become an undefined conversion. */
    if (!(x > -1e6 && x < 1e6 && y > -1e6 && y < 1e6)) return 0;
    double fx = floor(x - 0.5), fy = floor(y - 0.5);
    float a = (float)(x - 0.5 - fx), b = (float)(y - 0.5 - fy);
    uint32_t x0 = clamp((int64_t)fx, g->w), x1 = clamp((int64_t)fx + 1, g->w);
    const uint8_t *p = g->px + (size_t)clamp((int64_t)fy, g->h) * g->stride,
                  *q = g->px + (size_t)clamp((int64_t)fy + 1, g->h) * g->stride;
    float top = (float)p[x0] + a * (float)(p[x1] - p[x0]),
          low = (float)q[x0] + a * (float)(q[x1] - q[x0]);
    return top + b * (low - top);
}

/* ===== paper white ===== */

/* The level below which 85 % of a tile's pixels lie. */
static float tile_level(const rk_grey *g, uint32_t x0, uint32_t y0, uint32_t side) {
    uint32_t count[256] = {0}, n = 0, seen = 0;
    uint32_t step = side / 10 ? side / 10 : 1; /* some 100 pixels are enough */
    for (uint32_t y = y0; y < y0 + side && y < g->h; y += step)
        for (uint32_t x = x0; x < x0 + side && x < g->w; x += step)
            count[g->px[(size_t)y * g->stride + x]]++, n++;
    for (uint32_t v = 0; v < 256; v++)
        if ((seen += count[v]) * 20 >= n * 17) return (float)v;
    return 255;
}

/* A tile much darker than the brightest beside it is ink (a tag's square, a solid rule): it
 * takes a part of its neighbour's level. Then all are smoothed once. */
static void lift_and_smooth(rk_white *w) {
    size_t n = (size_t)w->w * w->h;
    float *from = rk_dup(w->level, n * sizeof *from);
    for (uint32_t pass = 0; pass < 2; pass++) {
        memcpy(from, w->level, n * sizeof *from);
        for (uint32_t y = 0; y < w->h; y++)
            for (uint32_t x = 0; x < w->w; x++) {
                float sum = 0, most = 0;
                uint32_t k = 0;
                for (uint32_t j = y ? y - 1 : 0; j <= y + 1 && j < w->h; j++)
                    for (uint32_t i = x ? x - 1 : 0; i <= x + 1 && i < w->w; i++, k++) {
                        float v = from[(size_t)j * w->w + i];
                        sum += v, most = fmaxf(most, v);
                    }
                float *l = &w->level[(size_t)y * w->w + x];
                *l = pass ? sum / (float)k : fmaxf(*l, 0.85f * most);
            }
    }
    rk_free(from);
}

void rk_white_init(rk_white *w, const rk_grey *g, uint32_t tile) {
    RK_ASSERT(tile >= 1 && g->w && g->h);
    *w = (rk_white){NULL, (g->w + tile - 1) / tile, (g->h + tile - 1) / tile, tile};
    w->level = rk_calloc((size_t)w->w * w->h, sizeof *w->level);
    for (uint32_t y = 0; y < w->h; y++)
        for (uint32_t x = 0; x < w->w; x++)
            w->level[(size_t)y * w->w + x] = tile_level(g, x * tile, y * tile, tile);
    lift_and_smooth(w);
}

void rk_white_free(rk_white *w) {
    rk_free(w->level);
    *w = (rk_white){0};
}

float rk_white_at(const rk_white *w, double x, double y) {
    if (!(x > -1e6 && x < 1e6 && y > -1e6 && y < 1e6)) return 1;
    double u = x / w->tile - 0.5, v = y / w->tile - 0.5, fu = floor(u), fv = floor(v);
    float a = (float)(u - fu), b = (float)(v - fv);
    uint32_t x0 = clamp((int64_t)fu, w->w), x1 = clamp((int64_t)fu + 1, w->w);
    const float *p = w->level + (size_t)clamp((int64_t)fv, w->h) * w->w,
                *q = w->level + (size_t)clamp((int64_t)fv + 1, w->h) * w->w;
    float top = p[x0] + a * (p[x1] - p[x0]), low = q[x0] + a * (q[x1] - q[x0]);
    return fmaxf(1, top + b * (low - top));
}
