/* Where each digit box really lies: the pose of a page is that of a flat sheet, paper is curled
 * and creased. Each printed frame is looked for near where the pose puts it; boxes that lie
 * close together move alike, so one that is overwritten follows its neighbours. Pure; the
 * caller owns the quads. */
#ifndef RK_READ_SNAP_H
#define RK_READ_SNAP_H

#include "read/locate.h"

typedef struct rk_quad {
    rk_point corner[4]; /* top left, top right, bottom right, bottom left of the frame's outer
                           edge, in pixels */
    float frame;        /* darkness of the frame found there, 0 none .. 1 black */
    float moved_mm;     /* from where the pose put it */
} rk_quad;

/* One quad for each of the page's boxes (form order). Returns how many of the frames were
 * found. */
uint32_t rk_snap(const rk_sheet *form, const rk_pose *pose, const rk_grey *g,
                 const rk_white *white, rk_quad *quad);

/* The box cut out: side x side pixels, frame edges at pixel `first` and side - first, grey as
 * in the photo, averaged over each pixel's area. */
void rk_cut(const rk_grey *g, const rk_quad *quad, uint32_t side, uint32_t first, uint8_t *out);

/* All four corners inside the bitmap, `margin` pixels from its edge. */
bool rk_quad_inside(const rk_quad *q, const rk_grey *g, double margin);

#endif
