/* A decoded grey bitmap (0 black, 255 white) and what all of the reader does with one: reduce
 * it, look between its pixels, know how bright blank paper is at each place (uneven light).
 * Pixel (i, j) covers the square from (i, j) to (i+1, j+1), so its centre is (i + 0.5, j +
 * 0.5). Borrowed pixels unless the comment says otherwise. Limits: RK_PHOTO_SIDE_MAX a side. */
#ifndef RK_READ_GREY_H
#define RK_READ_GREY_H

#include "base/err.h"
#include "base/limits.h"

/* fmaxf and fminf mind NaN, and are calls: in inner loops, where there is none, these. */
static inline float rk_larger(float a, float b) { return a > b ? a : b; }
static inline float rk_smaller(float a, float b) { return a < b ? a : b; }

typedef struct rk_grey {
    const uint8_t *px;
    uint32_t w, h, stride; /* stride in bytes, >= w */
} rk_grey;

/* The mean of each k x k block; the caller frees the pixels (rk_free). k >= 1. */
rk_grey rk_grey_reduce(const rk_grey *g, uint32_t k);

/* Bilinear value at (x, y); outside, the nearest pixel's. */
float rk_grey_at(const rk_grey *g, double x, double y);

/* How bright blank paper is, on a grid of `tile` pixels: a high percentile of each tile, lifted
 * where a tile is all ink. Owns its grid. */
typedef struct rk_white {
    float *level;
    uint32_t w, h, tile;
} rk_white;
void rk_white_init(rk_white *w, const rk_grey *g, uint32_t tile);
void rk_white_free(rk_white *w);
/* At pixel coordinates of the bitmap it was made of; never below 1. */
float rk_white_at(const rk_white *w, double x, double y);

#endif
