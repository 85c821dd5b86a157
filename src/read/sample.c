#include "read/sample.h"

#include <math.h>

/* All four corners of the window at least a pixel inside: then so is all of it, since a
 * homography takes lines to lines (and the window is in front of the camera). */
static bool inside(const rk_grey *g, const rk_homography *h, double x0, double y0, double x1,
                   double y1) {
    for (int i = 0; i < 4; i++) {
        rk_point in = {i & 1 ? x1 : x0, i & 2 ? y1 : y0}, p = rk_homography_map(h, in);
        if (!(h->m[6] * in.x + h->m[7] * in.y + h->m[8] > 0) ||
            !(p.x >= 1 && p.y >= 1 && p.x <= g->w - 1.0 && p.y <= g->h - 1.0))
            return false;
    }
    return true;
}

static float between(const uint8_t *restrict px, uint32_t stride, float x, float y) {
    uint32_t i = (uint32_t)x, j = (uint32_t)y;
    float a = x - (float)i, b = y - (float)j;
    const uint8_t *p = px + (size_t)j * stride + i;
    float top = (float)p[0] + a * (float)(p[1] - p[0]),
          low = (float)p[stride] + a * (float)(p[stride + 1] - p[stride]);
    return top + b * (low - top);
}

void rk_sample(const rk_grey *g, const rk_homography *h, double x0, double y0, double step,
               uint32_t w, uint32_t rows, float *out) {
    const double *m = h->m;
    const double right = g->w - 1.0, bottom = g->h - 1.0;
    bool fast = inside(g, h, x0, y0, x0 + w * step, y0 + rows * step);
    for (uint32_t j = 0; j < rows; j++) {
        double x = x0 + 0.5 * step, y = y0 + (j + 0.5) * step;
        double u = m[0] * x + m[1] * y + m[2], v = m[3] * x + m[4] * y + m[5],
               t = m[6] * x + m[7] * y + m[8];
        const double du = m[0] * step, dv = m[3] * step, dt = m[6] * step;
        float *row = out + (size_t)j * w;
        for (uint32_t i = 0; i < w; i++) {
            double k = 1 / (t + i * dt), px = (u + i * du) * k, py = (v + i * dv) * k;
            bool in = fast || (px >= 1 && py >= 1 && px <= right && py <= bottom);
            row[i] = in ? between(g->px, g->stride, (float)(px - 0.5), (float)(py - 0.5))
                        : rk_grey_at(g, px, py);
        }
    }
}
