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
    int32_t i = (int32_t)x, j = (int32_t)y;
    float a = x - (float)i, b = y - (float)j;
    const uint8_t *p = px + (size_t)j * stride + i;
    float top = (float)p[0] + a * (float)(p[1] - p[0]),
          low = (float)p[stride] + a * (float)(p[stride + 1] - p[stride]);
    return top + b * (low - top);
}

/* Where a row of the window lies: exact at both ends of every RUN samples, straight between
 * them, so never outside of what its ends span. A page tilted so far that this is off by a
 * tenth of a pixel is not read anyway. */
enum { RUN = 16 };

struct row {
    double u, v, t, du, dv, dt; /* of the sample at 0, and from one to the next */
};

static rk_point at(const struct row *r, uint32_t i) {
    double k = 1 / (r->t + i * r->dt);
    return (rk_point){(r->u + i * r->du) * k, (r->v + i * r->dv) * k};
}

static void run(const rk_grey *g, rk_point from, rk_point to, uint32_t n, bool fast,
                float *out) {
    const double right = g->w - 1.0, bottom = g->h - 1.0;
    const double parts = n > 1 ? n - 1 : 1, dx = (to.x - from.x) / parts,
                 dy = (to.y - from.y) / parts;
    if (fast) {
        const float x = (float)(from.x - 0.5), y = (float)(from.y - 0.5), ex = (float)dx,
                    ey = (float)dy;
        for (uint32_t i = 0; i < n; i++)
            out[i] = between(g->px, g->stride, x + (float)i * ex, y + (float)i * ey);
        return;
    }
    for (uint32_t i = 0; i < n; i++) {
        const double x = from.x + i * dx, y = from.y + i * dy;
        bool in = x >= 1 && y >= 1 && x <= right && y <= bottom;
        out[i] = in ? between(g->px, g->stride, (float)(x - 0.5), (float)(y - 0.5))
                    : rk_grey_at(g, x, y);
    }
}

void rk_sample(const rk_grey *g, const rk_homography *h, double x0, double y0, double step,
               uint32_t w, uint32_t rows, float *out) {
    const double *m = h->m;
    bool fast = inside(g, h, x0, y0, x0 + w * step, y0 + rows * step);
    for (uint32_t j = 0; j < rows; j++) {
        const double x = x0 + 0.5 * step, y = y0 + (j + 0.5) * step;
        const struct row r = {m[0] * x + m[1] * y + m[2],
                              m[3] * x + m[4] * y + m[5],
                              m[6] * x + m[7] * y + m[8],
                              m[0] * step,
                              m[3] * step,
                              m[6] * step};
        for (uint32_t i = 0; i < w; i += RUN) {
            const uint32_t n = w - i < RUN ? w - i : RUN;
            run(g, at(&r, i), at(&r, i + n - 1), n, fast, out + (size_t)j * w + i);
        }
    }
}
