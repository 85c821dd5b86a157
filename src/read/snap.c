/* Two stages. First, coarsely: a straightened window around each box is turned into darkness
 * (1 - grey/white), and for every movement of the frame's outline in it a score says how well
 * the four printed lines lie under it, with paper beside them; the weakest side counts most, so
 * that one table rule beside the box does not draw it away. Boxes close together move nearly
 * alike: what their scores add up to finds the movement even where a single frame is too pale
 * or overwritten. Then every box searches again close by, finely, and lets its sides tilt. */
#include "read/snap.h"

#include "base/mem.h"
#include "read/sample.h"

#include <math.h>
#include <stdlib.h>

enum {
    SIDE_MAX = 160,
    REACH = 16,          /* samples of the coarse search, each way */
    MAP = 2 * REACH + 1, /* its movements along one axis */
    NEAR = 12,           /* neighbours that are asked */
    NEAR_BY = 3,         /* samples by which the next box may move otherwise: curled paper */
    FAR_BY = 5,          /* and one farther off */
    ENDS = 5,
    CUT_MAX = 6
};
/* For a box of 19 mm; for another one in proportion. */
#define COARSE 1.5f   /* samples a millimetre: REACH is 10.7 mm, less than half a box further */
#define CLOSE_MM 1.5f /* of the fine search */
#define APART_MM 4.0f /* what a box may move otherwise than those around it */
#define FOUND 0.08f   /* score from which a frame counts as found */

struct window {
    float x0, y0, per_mm;
    int w, h;
    float dark[SIDE_MAX * SIDE_MAX];
    float sum[(SIDE_MAX + 1) * (SIDE_MAX + 1)];
};

struct move {
    float x, y, score;
};

/* ===== the window ===== */

static void window_fill(struct window *v, const rk_sheet_box *b, float around, float per_mm,
                        const rk_homography *h, const rk_grey *g, const rk_white *white) {
    v->x0 = (float)b->x - around, v->y0 = (float)b->y - around;
    float longer = fmaxf((float)b->w, (float)b->h) + 2 * around;
    v->per_mm = fminf(per_mm, (float)(SIDE_MAX - 1) / longer);
    v->w = (int)(((float)b->w + 2 * around) * v->per_mm);
    v->h = (int)(((float)b->h + 2 * around) * v->per_mm);
    rk_point mid = rk_homography_map(h, (rk_point){b->x + b->w / 2, b->y + b->h / 2});
    float paper = rk_white_at(white, mid.x, mid.y);
    rk_sample(g, h, v->x0, v->y0, 1 / (double)v->per_mm, (uint32_t)v->w, (uint32_t)v->h,
              v->dark);
    float scale = 1 / paper;
    for (int i = 0; i <= v->w; i++) v->sum[i] = 0;
    for (int j = 0; j < v->h; j++) {
        float row = 0, *below = v->sum + (j + 1) * (v->w + 1), *above = v->sum + j * (v->w + 1);
        below[0] = 0;
        for (int i = 0; i < v->w; i++) {
            float *d = &v->dark[j * v->w + i];
            *d = rk_larger(0, 1 - *d * scale);
            row += *d;
            below[i + 1] = above[i + 1] + row;
        }
    }
}

/* Mean darkness of a rectangle in samples; outside the window counts as paper. */
static float mean(const struct window *v, int a, int b, int c, int d) {
    a = a < 0 ? 0 : a, b = b < 0 ? 0 : b;
    c = c > v->w ? v->w : c, d = d > v->h ? v->h : d;
    if (c <= a || d <= b) return 0;
    int w = v->w + 1;
    return (v->sum[d * w + c] - v->sum[b * w + c] - v->sum[d * w + a] + v->sum[b * w + a]) /
           (float)((c - a) * (d - b));
}

/* ===== stage one: the whole frame, moved without tilt ===== */

#define OUTSIDE 0.5f /* share of the outside in what a line is compared with */

struct outline { /* in samples */
    int w, h, line, gap;
};

static struct outline outline_of(const struct window *v, const rk_sheet_box *b, double frame) {
    struct outline o;
    o.w = (int)lroundf((float)b->w * v->per_mm), o.h = (int)lroundf((float)b->h * v->per_mm);
    o.line = (int)lroundf((float)frame * v->per_mm);
    if (o.line < 1) o.line = 1;
    o.gap = o.line < 2 ? 1 : o.line / 2;
    return o;
}

/* How much darker a line is than the paper on both its sides. Where two frames stand close
 * together the gap between them is dark in a blurred photo, so the inside counts as well. */
static float stands_out(float line, float outside, float inside) {
    return line - OUTSIDE * outside - (1 - OUTSIDE) * inside;
}

/* The frame's four lines less the paper beside them; (x, y) = top left sample. */
static float frame_score(const struct window *v, const struct outline *o, int x, int y) {
    int l = o->line, s = o->gap, r = x + o->w, b = y + o->h,
        t = l + s; /* t: to the far side of a line and its gap */
    const float side[4] = {stands_out(mean(v, x, y, r, y + l), mean(v, x, y - t, r, y - s),
                                      mean(v, x + t, y + t, r - t, y + t + l)),
                           stands_out(mean(v, x, b - l, r, b), mean(v, x, b + s, r, b + t),
                                      mean(v, x + t, b - t - l, r - t, b - t)),
                           stands_out(mean(v, x, y, x + l, b), mean(v, x - t, y, x - s, b),
                                      mean(v, x + t, y + t, x + t + l, b - t)),
                           stands_out(mean(v, r - l, y, r, b), mean(v, r + s, y, r + t, b),
                                      mean(v, r - t - l, y + t, r - t, b - t))};
    float least = side[0], sum = side[0];
    for (int i = 1; i < 4; i++) least = rk_smaller(least, side[i]), sum += side[i];
    return 0.5f * least + 0.125f * sum;
}

/* Scores of all movements; map[(REACH + j) * MAP + REACH + i] is that by (i, j) samples. */
static void score_all(const struct window *v, const struct outline *o, const rk_sheet_box *b,
                      float *map) {
    int cx = (int)lroundf(((float)b->x - v->x0) * v->per_mm),
        cy = (int)lroundf(((float)b->y - v->y0) * v->per_mm);
    for (int j = -REACH; j <= REACH; j++)
        for (int i = -REACH; i <= REACH; i++)
            *map++ = rk_larger(0, frame_score(v, o, cx + i, cy + j));
}

static struct move search(const struct window *v, const struct outline *o,
                          const rk_sheet_box *b, struct move around, float reach) {
    struct move best = {around.x, around.y, -1};
    int n = (int)ceilf(reach * v->per_mm),
        cx = (int)lroundf(((float)b->x + around.x - v->x0) * v->per_mm),
        cy = (int)lroundf(((float)b->y + around.y - v->y0) * v->per_mm);
    for (int j = -n; j <= n; j++)
        for (int i = -n; i <= n; i++) {
            /* Of equal frames the nearer one: a mild pull to the middle. */
            float s = frame_score(v, o, cx + i, cy + j) -
                      0.05f * (float)(i * i + j * j) / (float)(n * n + 1);
            if (s > best.score)
                best = (struct move){(float)(cx + i) / v->per_mm + v->x0 - (float)b->x,
                                     (float)(cy + j) / v->per_mm + v->y0 - (float)b->y, s};
        }
    return best;
}

/* ===== neighbours ===== */

static int by_value(const void *a, const void *b) {
    float x = *(const float *)a, y = *(const float *)b;
    return (x > y) - (x < y);
}

static float median(float *v, size_t n) {
    qsort(v, n, sizeof *v, by_value);
    return n % 2 ? v[n / 2] : (v[n / 2 - 1] + v[n / 2]) / 2;
}

/* The boxes nearest to box k, itself first: of its size, and not so far that the paper could
 * bend between them. */
static size_t nearest(const rk_sheet_box *box, uint32_t n, uint32_t k, uint32_t at[NEAR],
                      float far[NEAR]) {
    size_t have = 0;
    const float most = 3.5f * (float)box[k].w;
    for (uint32_t i = 0; i < n; i++) {
        float d = hypotf((float)(box[i].x - box[k].x), (float)(box[i].y - box[k].y));
        if (d > most || fabs(box[i].w - box[k].w) > 0.05 * box[k].w) continue;
        if (have == NEAR && far[NEAR - 1] <= d) continue;
        size_t to = have < NEAR ? have++ : NEAR - 1;
        for (; to > 0 && far[to - 1] > d; to--) far[to] = far[to - 1], at[to] = at[to - 1];
        far[to] = d, at[to] = i;
    }
    return have;
}

/* Each score becomes the best within `by` samples: neighbours move alike, but not quite. So a
 * box's own frame decides within what those around it allow. */
static void widen(const float *map, int by, float *out) {
    float row[MAP * MAP];
    for (int j = 0; j < MAP; j++)
        for (int i = 0; i < MAP; i++) {
            int last = i + by < MAP ? i + by : MAP - 1;
            float most = 0;
            for (int t = i > by ? i - by : 0; t <= last; t++)
                most = rk_larger(most, map[j * MAP + t]);
            row[j * MAP + i] = most;
        }
    for (int j = 0; j < MAP; j++)
        for (int i = 0; i < MAP; i++) {
            int last = j + by < MAP ? j + by : MAP - 1;
            float most = 0;
            for (int t = j > by ? j - by : 0; t <= last; t++)
                most = rk_larger(most, row[t * MAP + i]);
            out[j * MAP + i] = most;
        }
}

struct maps { /* of every box: as scored, and widened for nearer and farther neighbours */
    float own[MAP * MAP], near[MAP * MAP], far[MAP * MAP];
};

static float coarse(const rk_sheet_box *b) { return COARSE * 19 / (float)b->w; }

/* The movement that box k and those around it agree on. */
static struct move agreed(const rk_sheet_box *box, const struct maps *map, uint32_t n,
                          uint32_t k) {
    uint32_t at[NEAR];
    float far[NEAR], sum[MAP * MAP];
    size_t have = nearest(box, n, k, at, far);
    memcpy(sum, map[k].own, sizeof sum);
    for (size_t t = 1; t < have; t++) {
        bool close = far[t] < 1.5f * (float)box[k].w;
        const float *m = close ? map[at[t]].near : map[at[t]].far, weight = close ? 0.8f : 0.4f;
        for (int i = 0; i < MAP * MAP; i++) sum[i] += weight * m[i];
    }
    struct move best = {0, 0, -1};
    for (int j = 0; j < MAP; j++)
        for (int i = 0; i < MAP; i++) {
            int x = i - REACH, y = j - REACH;
            float s = sum[j * MAP + i] -
                      0.03f * (float)have * (float)(x * x + y * y) / (REACH * REACH);
            if (s > best.score)
                best = (struct move){(float)x / coarse(&box[k]), (float)y / coarse(&box[k]), s};
        }
    return best;
}

/* A box that would go elsewhere than those around it goes with them. */
static struct move with_others(const rk_sheet_box *box, const struct move *m, uint32_t n,
                               uint32_t k) {
    uint32_t at[NEAR];
    float far[NEAR], x[NEAR] = {0}, y[NEAR] = {0}, most = APART_MM / 19 * (float)box[k].w;
    size_t have = nearest(box, n, k, at, far);
    for (size_t t = 0; t < have; t++) x[t] = m[at[t]].x, y[t] = m[at[t]].y;
    struct move mid = {median(x, have), median(y, have), 1};
    return hypotf(m[k].x - mid.x, m[k].y - mid.y) > most ? mid : m[k];
}

/* ===== stage two: sides that tilt ===== */

/* Mean darkness along a sloped line, `thick` samples wide. Ends are (along, across) samples. */
static float line_dark(const struct window *v, bool upright, float from, float to, float a,
                       float b, int thick) {
    const int first = from > 0 ? (int)from : 0, end = upright ? v->h : v->w,
              last = (int)to < end ? (int)to : end, along = upright ? v->w : 1,
              across = upright ? 1 : v->w, room = upright ? v->w : v->h;
    const float slope = (b - a) / (to - from);
    float sum = 0;
    for (int k = first; k < last; k++) {
        /* rounded to the nearest, and never below zero before it is cut to a whole number */
        int at = (int)(a + slope * ((float)k - from) + (SIDE_MAX + 0.5f)) - SIDE_MAX;
        const int first_at = k * along + at * across;
        for (int t = 0; t < thick; t++)
            if (at + t >= 0 && at + t < room) sum += v->dark[first_at + t * across];
    }
    return (int)to > (int)from ? sum / (float)(((int)to - (int)from) * thick) : 0;
}

/* Moves both ends of a side by up to ENDS samples; a[0], a[1] are its ends across. */
static float tilt(const struct window *v, bool upright, float from, float to, float a[2],
                  int line, int outside) {
    float best = -1, mid = a[0], to0 = a[0], to1 = a[1];
    for (int i = -ENDS; i <= ENDS; i++)
        for (int j = -ENDS; j <= ENDS; j++) {
            if (abs(i - j) > 4) continue;
            float p = mid + (float)i, q = mid + (float)j, out = (float)(outside * (line + 1));
            float s = line_dark(v, upright, from, to, p, q, line) -
                      0.5f * line_dark(v, upright, from, to, p + out, q + out, line) -
                      0.002f * (float)(i * i + j * j);
            if (s > best) best = s, to0 = p, to1 = q;
        }
    a[0] = to0, a[1] = to1;
    return best;
}

/* The four corners in millimetres of the page, from a frame found at movement m. */
static float corners(const struct window *v, const struct outline *o, const rk_sheet_box *b,
                     struct move m, rk_point out[4]) {
    float x = ((float)b->x + m.x - v->x0) * v->per_mm,
          y = ((float)b->y + m.y - v->y0) * v->per_mm, r = x + (float)o->w, d = y + (float)o->h,
          line = (float)o->line;
    float left[2] = {x, x}, right[2] = {r - line, r - line}, top[2] = {y, y},
          low[2] = {d - line, d - line}, dark = 0;
    dark += tilt(v, true, y, d, left, o->line, -1);
    dark += tilt(v, true, y, d, right, o->line, 1);
    dark += tilt(v, false, x, r, top, o->line, -1);
    dark += tilt(v, false, x, r, low, o->line, 1);
    const rk_point c[4] = {{left[0], top[0]},
                           {right[0] + line, top[1]},
                           {right[1] + line, low[1] + line},
                           {left[1], low[0] + line}};
    for (int i = 0; i < 4; i++)
        out[i] = (rk_point){c[i].x / v->per_mm + v->x0, c[i].y / v->per_mm + v->y0};
    return dark / 4;
}

/* ===== all boxes of a page ===== */

static float samples_per_mm(const rk_sheet_box *b) {
    return 57 / fmaxf((float)b->w, (float)b->h); /* 3 for a box of 19 mm */
}
static void snap_one(const rk_sheet *form, const rk_sheet_box *b, const rk_pose *pose,
                     const rk_grey *g, const rk_white *white, struct window *v,
                     struct move around, rk_quad *q) {
    float reach = CLOSE_MM / 19 * (float)b->w,
          margin = fmaxf(fabsf(around.x), fabsf(around.y)) + reach + 3;
    rk_point mm[4];
    window_fill(v, b, margin, samples_per_mm(b), &pose->to_px, g, white);
    struct outline o = outline_of(v, b, form->frame);
    struct move m = search(v, &o, b, around, reach);
    if (m.score < FOUND) m.x = around.x, m.y = around.y;
    q->frame = corners(v, &o, b, m, mm);
    q->moved_mm = hypotf(m.x, m.y);
    if (m.score < FOUND) { /* nothing to hold on to: as the neighbours lie, upright */
        q->frame = fmaxf(0, m.score);
        const double x = b->x + (double)around.x, y = b->y + (double)around.y;
        mm[0] = (rk_point){x, y}, mm[1] = (rk_point){x + b->w, y};
        mm[2] = (rk_point){x + b->w, y + b->h}, mm[3] = (rk_point){x, y + b->h};
    }
    for (int i = 0; i < 4; i++) q->corner[i] = rk_homography_map(&pose->to_px, mm[i]);
}

uint32_t rk_snap(const rk_sheet *form, const rk_pose *pose, const rk_grey *g,
                 const rk_white *white, rk_quad *quad) {
    const rk_sheet_page *p = &form->page[pose->page];
    if (!p->n_field) return 0;
    const rk_sheet_field *last = &form->field[p->first_field + p->n_field - 1];
    uint32_t first = form->field[p->first_field].first_box, found = 0,
             n = last->first_box + last->n_box - first;
    const rk_sheet_box *box = &form->box[first];
    struct move *m = rk_calloc(n, sizeof *m);
    struct maps *map = rk_realloc(NULL, n, sizeof *map); /* filled before they are read */
    struct window *v = rk_realloc(NULL, 1, sizeof *v);   /* as well */
    for (uint32_t i = 0; i < n; i++) {
        float per_mm = coarse(&box[i]);
        window_fill(v, &box[i], (REACH + 4) / per_mm, per_mm, &pose->to_px, g, white);
        struct outline o = outline_of(v, &box[i], form->frame);
        score_all(v, &o, &box[i], map[i].own);
        widen(map[i].own, NEAR_BY, map[i].near);
        widen(map[i].near, FAR_BY - NEAR_BY, map[i].far);
    }
    for (uint32_t i = 0; i < n; i++) m[i] = agreed(box, map, n, i);
    rk_free(map);
    for (uint32_t i = 0; i < n; i++) {
        snap_one(form, &box[i], pose, g, white, v, with_others(box, m, n, i), &quad[i]);
        found += quad[i].frame >= FOUND;
    }
    rk_free(v);
    rk_free(m);
    return found;
}

bool rk_quad_inside(const rk_quad *q, const rk_grey *g, double margin) {
    for (int i = 0; i < 4; i++)
        if (!(q->corner[i].x >= margin && q->corner[i].y >= margin &&
              q->corner[i].x <= g->w - margin && q->corner[i].y <= g->h - margin))
            return false;
    return true;
}

/* ===== cutting ===== */

void rk_cut(const rk_grey *g, const rk_quad *quad, uint32_t side, uint32_t first,
            uint8_t *out) {
    const double inner = side - 2.0 * first;
    const rk_pair pair[4] = {{{0, 0}, quad->corner[0], 1},
                             {{inner, 0}, quad->corner[1], 1},
                             {{inner, inner}, quad->corner[2], 1},
                             {{0, inner}, quad->corner[3], 1}};
    rk_homography h;
    memset(out, 255, (size_t)side * side);
    if (!rk_homography_fit(pair, 4, &h)) return;
    double per = rk_homography_scale(&h, (rk_point){inner / 2, inner / 2});
    uint32_t k = per < 2 ? 2 : per > CUT_MAX ? CUT_MAX : (uint32_t)ceil(per);
    float *fine = rk_calloc((size_t)side * k, side * k * sizeof *fine); /* k x k a pixel */
    rk_sample(g, &h, -(double)first, -(double)first, 1.0 / k, side * k, side * k, fine);
    for (uint32_t j = 0; j < side; j++)
        for (uint32_t i = 0; i < side; i++) {
            float sum = 0;
            for (uint32_t t = 0; t < k; t++)
                for (uint32_t s = 0; s < k; s++)
                    sum += fine[(j * k + t) * side * k + i * k + s];
            out[j * side + i] = (uint8_t)lroundf(fminf(255, sum / (float)(k * k)));
        }
    rk_free(fine);
}
