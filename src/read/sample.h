/* A straightened window: grey values on a square grid of the page's plane. The reader's one
 * inner loop, so written for speed: two divisions for 16 samples, no bounds to check where the
 * window lies wholly inside the photo. Pure; the caller owns out. */
#ifndef RK_READ_SAMPLE_H
#define RK_READ_SAMPLE_H

#include "read/grey.h"
#include "read/homography.h"

/* out[j * w + i] = g at h(x0 + (i + 0.5) * step, y0 + (j + 0.5) * step), bilinear; where that
 * lies outside the photo, its nearest pixel. */
void rk_sample(const rk_grey *g, const rk_homography *h, double x0, double y0, double step,
               uint32_t w, uint32_t rows, float *out);

#endif
