#include "read/bubble.h"

#include "read/sample.h"

#include <math.h>

/* How much darker than the column's middle bubble one is. Left alone they differ by up to 0.1
 * (printed digits, noise), also in deep shadow, where all look dark. Measured on synthetic
 * photos only, see docs/reading.md. */
#define FILLED 0.25f
#define DOUBTFUL 0.18f
#define SECOND_MOST 0.2f /* a second one that dark is a second mark */

/* All in units of a bubble's diameter, which is DIAMETER samples of the window. */
enum { RING = 24, DIAMETER = 20, HALF = 20, SIDE = 2 * HALF + 1 };
#define DISC 0.36f    /* radius of what counts as inside */
#define OUTSIDE 0.61f /* radius of the paper around */

/* Darkness around where a bubble should be; the middle sample is that place. */
struct window {
    float dark[SIDE * SIDE];
    int ring[RING],
        around[RING]; /* offsets of samples on the printed ring, and outside of it */
};

static void window_fill(struct window *v, const rk_homography *h, const rk_grey *g, float paper,
                        double x, double y, double d) {
    double step = d / DIAMETER, start = (HALF + 0.5) * step;
    rk_sample(g, h, x - start, y - start, step, SIDE, SIDE, v->dark);
    for (int i = 0; i < SIDE * SIDE; i++)
        v->dark[i] = fminf(1, fmaxf(0, 1 - v->dark[i] / paper));
}

static void window_shape(struct window *v, double d) {
    double on = DIAMETER * (0.5 - 0.2 / d), out = DIAMETER * OUTSIDE;
    for (int k = 0; k < RING; k++) {
        double a = k * 6.283185307179586 / RING, c = cos(a), s = sin(a);
        v->ring[k] = (int)lround(on * s) * SIDE + (int)lround(on * c);
        v->around[k] = (int)lround(out * s) * SIDE + (int)lround(out * c);
    }
}

/* Darkness on the printed ring less that of the paper just outside it. */
static float ring_score(const struct window *v, int x, int y) {
    const float *at = v->dark + (HALF + y) * SIDE + HALF + x;
    float score = 0;
    for (int k = 0; k < RING; k++) score += at[v->ring[k]] - at[v->around[k]];
    return score / RING;
}

/* Mean darkness inside the ring. */
static float disc_dark(const struct window *v, int x, int y) {
    float sum = 0;
    int n = 0, r = (int)(DISC * DIAMETER);
    for (int j = -r; j <= r; j++)
        for (int i = -r; i <= r; i++)
            if (i * i + j * j <= r * r)
                sum += v->dark[(HALF + y + j) * SIDE + HALF + x + i], n++;
    return sum / (float)n;
}

/* Moves to the best ring within `reach` samples; of equal ones the nearer. */
static void follow(const struct window *v, int reach, int *x, int *y) {
    float best = 0.04f;
    *x = *y = 0;
    for (int j = -reach; j <= reach; j++)
        for (int i = -reach; i <= reach; i++) {
            float s = ring_score(v, i, j) -
                      0.02f * (float)(i * i + j * j) / (float)(reach * reach + 1);
            if (s > best) best = s, *x = i, *y = j;
        }
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

static float middle(const float fill[10]) {
    float v[10] = {fill[0]};
    for (int i = 1; i < 10; i++) {
        int at = i;
        for (; at > 0 && v[at - 1] > fill[i]; at--) v[at] = v[at - 1];
        v[at] = fill[i];
    }
    return (v[4] + v[5]) / 2;
}

void rk_bubbles_judge(rk_bubbles *b) {
    int first = 0;
    for (int d = 1; d < 10; d++)
        if (b->fill[d] > b->fill[first]) first = d;
    int second = first == 0;
    for (int d = 0; d < 10; d++)
        if (d != first && b->fill[d] > b->fill[second]) second = d;
    const float rest = middle(b->fill), most = b->fill[first] - rest,
                next = b->fill[second] - rest;
    b->digit = (uint8_t)first;
    if (most < DOUBTFUL)
        b->state = RK_BUBBLES_EMPTY;
    else if (most >= FILLED && next < SECOND_MOST && next < 0.45f * most)
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
    struct window v;
    double step = b->diameter / DIAMETER;
    window_shape(&v, b->diameter);
    for (int d = 0; d < 10; d++) {
        double x = b->x + d * b->dx + moved.x, y = b->y + d * b->dy + moved.y;
        rk_point px = rk_homography_map(&pose->to_px, (rk_point){x, y});
        int i, j;
        window_fill(&v, &pose->to_px, g, rk_white_at(white, px.x, px.y), x, y, b->diameter);
        follow(&v, d == 0 ? 6 : 4, &i, &j);
        /* The next one is expected where this one pulled, by half: one bad ring leads nowhere.
         */
        moved.x += 0.6 * i * step, moved.y += 0.6 * j * step;
        out->fill[d] = disc_dark(&v, i, j);
        px = rk_homography_map(&pose->to_px, (rk_point){x + i * step, y + j * step});
        out->at[d][0] = (float)px.x, out->at[d][1] = (float)px.y;
    }
    rk_bubbles_judge(out);
}
