#include "read/bubble.h"

#include <math.h>

/* A bubble left alone shows its ring and its printed digit: 0.05 to 0.25 after the reference is
 * taken off. Measured on synthetic photos only, see docs/reading.md. */
#define FILLED 0.50f
#define DOUBTFUL 0.30f

enum { RING = 24, DISC = 7 };

struct view {
    const rk_homography *h;
    const rk_grey *g;
    float paper;
};

static float dark_at(const struct view *v, double x, double y) {
    rk_point p = rk_homography_map(v->h, (rk_point){x, y});
    return fminf(1, fmaxf(0, 1 - rk_grey_at(v->g, p.x, p.y) / v->paper));
}

/* Darkness on the printed ring less that of the paper just outside it. */
static float ring_score(const struct view *v, double x, double y, double d) {
    float on = 0, out = 0;
    for (int k = 0; k < RING; k++) {
        double a = k * 6.283185307179586 / RING, c = cos(a), s = sin(a);
        on += dark_at(v, x + c * (d / 2 - 0.2), y + s * (d / 2 - 0.2));
        out += dark_at(v, x + c * (d / 2 + 0.11 * d), y + s * (d / 2 + 0.11 * d));
    }
    return (on - out) / RING;
}

/* Mean darkness inside the ring. */
static float disc_dark(const struct view *v, double x, double y, double d) {
    float sum = 0;
    int n = 0;
    for (int j = -DISC; j <= DISC; j++)
        for (int i = -DISC; i <= DISC; i++) {
            double u = (double)i / DISC, w = (double)j / DISC;
            if (u * u + w * w > 1) continue;
            sum += dark_at(v, x + u * d * 0.36, y + w * d * 0.36);
            n++;
        }
    return sum / (float)n;
}

/* Moves (x, y) to the best ring within `reach` of it. */
static void follow(const struct view *v, double *x, double *y, double d, double reach) {
    float best = -1;
    double bx = *x, by = *y, step = d / 16;
    int n = (int)(reach / step);
    for (int j = -n; j <= n; j++)
        for (int i = -n; i <= n; i++) {
            float s = ring_score(v, *x + i * step, *y + j * step, d) -
                      0.02f * (float)(i * i + j * j) / (float)(n * n + 1);
            if (s > best) best = s, bx = *x + i * step, by = *y + j * step;
        }
    if (best > 0.04f) *x = bx, *y = by;
}

/* How far the box lies from where the pose puts it, in millimetres. */
static rk_point box_moved(const rk_sheet_box *box, const rk_pose *pose, const rk_quad *q) {
    rk_homography back;
    rk_point mid = {0, 0};
    if (!rk_homography_invert(&pose->to_px, &back)) return mid;
    for (int i = 0; i < 4; i++) {
        rk_point p = rk_homography_map(&back, q->corner[i]);
        mid.x += p.x / 4, mid.y += p.y / 4;
    }
    return (rk_point){mid.x - box->x - box->w / 2, mid.y - box->y - box->h / 2};
}

void rk_bubbles_judge(rk_bubbles *b) {
    int first = 0, second = -1;
    for (int d = 1; d < 10; d++)
        if (b->fill[d] > b->fill[first]) first = d;
    for (int d = 0; d < 10; d++)
        if (d != first && (second < 0 || b->fill[d] > b->fill[second])) second = d;
    b->digit = (uint8_t)first;
    if (b->fill[first] < DOUBTFUL)
        b->state = RK_BUBBLES_EMPTY;
    else if (b->fill[first] >= FILLED && b->fill[second] < DOUBTFUL &&
             b->fill[second] < 0.5f * b->fill[first])
        b->state = RK_BUBBLES_ONE;
    else
        b->state = RK_BUBBLES_UNCLEAR;
}

void rk_bubbles_read(const rk_sheet_box *box, const rk_pose *pose, const rk_quad *quad,
                     const rk_grey *g, const rk_white *white, rk_bubbles *out) {
    const rk_sheet_bubbles *b = &box->bubbles;
    *out = (rk_bubbles){.state = RK_BUBBLES_NONE};
    if (b->diameter <= 0) return;
    rk_point moved = box_moved(box, pose, quad);
    for (int d = 0; d < 10; d++) {
        double x = b->x + d * b->dx + moved.x, y = b->y + d * b->dy + moved.y;
        rk_point mid = rk_homography_map(&pose->to_px, (rk_point){x, y});
        struct view v = {&pose->to_px, g, rk_white_at(white, mid.x, mid.y)};
        double fx = x, fy = y;
        follow(&v, &fx, &fy, b->diameter, b->diameter * (d == 0 ? 0.3 : 0.2));
        /* The next one is expected where this one pulled, by half: one bad ring leads nowhere.
         */
        moved.x += 0.6 * (fx - x), moved.y += 0.6 * (fy - y);
        out->fill[d] = disc_dark(&v, fx, fy, b->diameter);
        mid = rk_homography_map(&pose->to_px, (rk_point){fx, fy});
        out->at[d][0] = (float)mid.x, out->at[d][1] = (float)mid.y;
    }
    rk_bubbles_judge(out);
}
