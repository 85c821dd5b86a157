/* Plane to plane in perspective: millimetres of a page to pixels of a photo, and back. Pure
 * values, nothing owned. */
#ifndef RK_READ_HOMOGRAPHY_H
#define RK_READ_HOMOGRAPHY_H

#include <stdbool.h>
#include <stddef.h>

typedef struct rk_point {
    double x, y;
} rk_point;

typedef struct rk_homography {
    double m[9]; /* row-major; (x, y, 1) -> (X, Y, W), the point is (X/W, Y/W) */
} rk_homography;

/* A pair of points that belong together; weight > 0. */
typedef struct rk_pair {
    rk_point from, to;
    double weight;
} rk_pair;

/* Least squares over n >= 4 pairs; false when they do not determine one. */
bool rk_homography_fit(const rk_pair *pair, size_t n, rk_homography *out);
rk_point rk_homography_map(const rk_homography *h, rk_point p);
bool rk_homography_invert(const rk_homography *h, rk_homography *out);
/* Pixels per millimetre around p: the root of the area's growth; 0 behind the camera. */
double rk_homography_scale(const rk_homography *h, rk_point p);

#endif
