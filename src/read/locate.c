/* A tag is small beside its page, so its own homography is wrong by centimetres at the far end.
 * All that looks like a corner mark is therefore collected over the whole photo, straightened
 * by the tag's affine part only; then marks are given places so that, together, they put the
 * tag where it was seen. A mark of the sheet beside this one does not pass that.
 *
 * A mark is two black and two white squares in a chequer. Its score at a place is the darkest
 * of what should be white less the lightest of what should be black, in parts of the paper's
 * white: only a true chequer on white paper scores high (0.85, against 0.3 for anything else on
 * a form), and it costs a few look-ups in a table of sums. */
#include "read/locate.h"

#include "base/mem.h"
#include "read/sample.h"

#include <math.h>

enum {
    PAIRS_MAX = RK_SHEET_TAGS_MAX * 5,
    PATCH_MAX = 900,
    SEEN_MAX = 48,
    CHOICES = 4,
    TRIED = 4,
    WHITE_STEP = 8
};
#define ACCEPT 0.40f /* a mark's score */
#define COARSE_MM                                                                              \
    7.3f /* samples a millimetre x part of a mark, in the coarse search: 4 a square */
#define MISSED_MM 4.0 /* a mark left out costs as much as a tag that is off by this */

/* ===== a square window of the page, straightened ===== */

struct patch {
    float x0, y0, per_mm; /* millimetres of its corner; samples a millimetre */
    int w, h;
    float sum[(PATCH_MAX + 1) *
              (PATCH_MAX + 1)]; /* brightness over white, summed from the corner */
};

/* Brightness over white; what lies outside the photo is neither ink nor paper. White changes
 * slowly: it is asked for once in WHITE_STEP samples. */
static void patch_fill(struct patch *p, const rk_homography *h, const rk_grey *g,
                       const rk_white *white) {
    int w = p->w + 1;
    float row[PATCH_MAX];
    for (int i = 0; i <= p->w; i++) p->sum[i] = 0;
    for (int j = 0; j < p->h; j++) {
        float run = 0, *low = p->sum + (size_t)(j + 1) * (size_t)w, *high = low - w, scale = 1;
        bool in = true;
        double y = p->y0 + (double)j / p->per_mm;
        rk_sample(g, h, p->x0, y, 1 / (double)p->per_mm, (uint32_t)p->w, 1, row);
        low[0] = 0;
        for (int i = 0; i < p->w; i++) {
            if (i % WHITE_STEP == 0) {
                rk_point at = rk_homography_map(
                    h, (rk_point){p->x0 + ((double)i + WHITE_STEP / 2.0) / p->per_mm, y});
                in = at.x >= 0 && at.y >= 0 && at.x <= g->w && at.y <= g->h;
                scale = 1 / rk_white_at(white, at.x, at.y);
            }
            run += in ? rk_smaller(1.2f, row[i] * scale) : 0.5f;
            low[i + 1] = high[i + 1] + run;
        }
    }
}

/* The squares of a mark around its centre, in whole samples: made once for a search. */
struct shape {
    int in0, in1, out0, out1; /* of a square; of the paper beside the mark */
    float square, beside;     /* 1 / area */
};

static struct shape shape_of(const struct patch *p, const rk_sheet_mark *m) {
    float part = (float)m->part * p->per_mm;
    struct shape s = {(int)lroundf(0.16f * part),
                      (int)lroundf(0.84f * part),
                      (int)lroundf(1.25f * part),
                      (int)lroundf(1.7f * part),
                      0,
                      0};
    if (s.in1 <= s.in0) s.in1 = s.in0 + 1;
    if (s.out1 <= s.out0) s.out1 = s.out0 + 1;
    s.square = 1 / (float)((s.in1 - s.in0) * (s.in1 - s.in0));
    s.beside = 1 / (float)((s.out1 - s.out0) * 2 * s.out1);
    return s;
}

static float area(const struct patch *p, int a, int b, int c, int d) {
    int w = p->w + 1;
    return p->sum[d * w + c] - p->sum[b * w + c] - p->sum[d * w + a] + p->sum[b * w + a];
}

/* The score of a mark whose centre is at sample (x, y), at least out1 samples from the border.
 * Most places are plain paper: they are done with after one square. */
static float score(const struct patch *p, const struct shape *s, int x, int y) {
    int n = s->in0, f = s->in1;
    float b1 = area(p, x - f, y - f, x - n, y - n) * s->square;
    if (b1 > 1 - ACCEPT) return 0;
    float b2 = area(p, x + n, y + n, x + f, y + f) * s->square;
    if (b2 > 1 - ACCEPT) return 0;
    float w1 = area(p, x + n, y - f, x + f, y - n) * s->square,
          w2 = area(p, x - f, y + n, x - n, y + f) * s->square,
          o1 = area(p, x - s->out1, y - s->out1, x - s->out0, y + s->out1) * s->beside,
          o2 = area(p, x + s->out0, y - s->out1, x + s->out1, y + s->out1) * s->beside;
    return rk_smaller(rk_smaller(w1, w2), rk_smaller(o1, o2) + 0.15f) - rk_larger(b1, b2);
}

/* ===== one mark, near where it should be ===== */

static rk_point centre(const rk_sheet_mark *m) {
    return (rk_point){m->x + m->side / 2, m->y + m->side / 2};
}

/* Looks around *at (millimetres, as h sees them) and moves it there; false when no mark is
 * there. */
static bool search(struct patch *p, const rk_homography *h, const rk_grey *g,
                   const rk_white *white, const rk_sheet_mark *m, double radius, float per_mm,
                   rk_point *at) {
    double half = radius + 1.8 * m->part + 2 / per_mm;
    p->per_mm = per_mm;
    p->w = p->h = (int)fmin(PATCH_MAX, half * 2 * per_mm);
    p->x0 = (float)(at->x - half), p->y0 = (float)(at->y - half);
    patch_fill(p, h, g, white);
    struct shape shape = shape_of(p, m);
    float best = ACCEPT;
    int edge = shape.out1, bx = -1, by = -1;
    for (int j = edge; j <= p->h - edge; j++)
        for (int i = edge; i <= p->w - edge; i++) {
            float s = score(p, &shape, i, j);
            if (s > best) best = s, bx = i, by = j;
        }
    if (bx < 0) return false;
    *at = (rk_point){p->x0 + (float)bx / per_mm, p->y0 + (float)by / per_mm};
    return true;
}

/* Exactly, in pixels: first within `radius`, then finely. */
static bool find_mark(struct patch *p, const rk_homography *h, const rk_grey *g,
                      const rk_white *white, const rk_sheet_mark *m, double radius,
                      rk_point *px) {
    rk_point at = centre(m);
    float step = 7.3f / (float)m->part; /* so that a small mark has as many samples */
    if (!(rk_homography_scale(h, at) > 0.05) || !search(p, h, g, white, m, radius, step, &at) ||
        !search(p, h, g, white, m, 1.5 / step, 4 * step, &at))
        return false;
    *px = rk_homography_map(h, at);
    return true;
}

/* ===== all that looks like a mark ===== */

struct seen {
    rk_point px;
    float score;
};

/* The affine part of a homography around a point of the page. */
static rk_homography affine_at(const rk_homography *h, rk_point at) {
    rk_point o = rk_homography_map(h, at), x = rk_homography_map(h, (rk_point){at.x + 1, at.y}),
             y = rk_homography_map(h, (rk_point){at.x, at.y + 1});
    double a = x.x - o.x, b = y.x - o.x, c = x.y - o.y, d = y.y - o.y;
    return (rk_homography){
        {a, b, o.x - a * at.x - b * at.y, c, d, o.y - c * at.x - d * at.y, 0, 0, 1}};
}

/* The part of the plane of `a` that the photo shows, as far as a page of this size may reach.
 */
static bool view_of(struct patch *p, const rk_homography *a, const rk_grey *g,
                    const rk_sheet_page *page, const rk_sheet_mark *m) {
    rk_homography back;
    if (!rk_homography_invert(a, &back)) return false;
    double x0 = 1e9, y0 = 1e9, x1 = -1e9, y1 = -1e9;
    for (int i = 0; i < 4; i++) {
        rk_point q = rk_homography_map(&back, (rk_point){i & 1 ? g->w : 0, i & 2 ? g->h : 0});
        x0 = fmin(x0, q.x), x1 = fmax(x1, q.x), y0 = fmin(y0, q.y), y1 = fmax(y1, q.y);
    }
    x0 = fmax(x0, -0.25 * page->w), x1 = fmin(x1, 1.25 * page->w);
    y0 = fmax(y0, -0.25 * page->h), y1 = fmin(y1, 1.25 * page->h);
    if (!(x1 > x0 && y1 > y0)) return false;
    p->x0 = (float)x0, p->y0 = (float)y0;
    p->per_mm = fminf(0.55f * COARSE_MM / (float)m->part,
                      (float)PATCH_MAX / (float)fmax(x1 - x0, y1 - y0));
    p->w = (int)((x1 - x0) * p->per_mm), p->h = (int)((y1 - y0) * p->per_mm);
    return p->w > 0 && p->h > 0;
}

static size_t keep_seen(struct seen *seen, size_t n, struct seen s, double apart) {
    size_t weakest = 0;
    for (size_t i = 0; i < n; i++) {
        if (hypot(seen[i].px.x - s.px.x, seen[i].px.y - s.px.y) < apart) {
            if (s.score > seen[i].score) seen[i] = s;
            return n;
        }
        if (seen[i].score < seen[weakest].score) weakest = i;
    }
    if (n < SEEN_MAX) {
        seen[n] = s;
        return n + 1;
    }
    if (s.score > seen[weakest].score) seen[weakest] = s;
    return n;
}

static size_t collect(struct patch *p, const rk_homography *a, const rk_grey *g,
                      const rk_white *white, const rk_sheet_page *page, const rk_sheet_mark *m,
                      struct seen *seen) {
    size_t n = 0;
    if (!view_of(p, a, g, page, m)) return 0;
    patch_fill(p, a, g, white);
    double apart = m->part * rk_homography_scale(a, (rk_point){0, 0});
    struct shape shape = shape_of(p, m);
    int edge = shape.out1;
    for (int j = edge; j <= p->h - edge; j++)
        for (int i = edge; i <= p->w - edge; i++) {
            float s = score(p, &shape, i, j);
            if (s < ACCEPT) continue;
            rk_point mm = {p->x0 + (float)i / p->per_mm, p->y0 + (float)j / p->per_mm};
            n = keep_seen(seen, n, (struct seen){rk_homography_map(a, mm), s}, apart);
        }
    return n;
}

/* ===== a page ===== */

struct page_fit {
    rk_pair pair[PAIRS_MAX];
    size_t n;
    rk_point known[RK_SHEET_TAGS_MAX * 2]; /* centres of what was found, in millimetres */
    size_t n_known;
};

static void add_tag(struct page_fit *f, const rk_sheet_tag *t, const rk_tag *seen) {
    const double x[4] = {t->x, t->x + t->side, t->x + t->side, t->x},
                 y[4] = {t->y, t->y, t->y + t->side, t->y + t->side};
    if (f->n + 4 > PAIRS_MAX || f->n_known == RK_SHEET_TAGS_MAX * 2) return;
    for (int i = 0; i < 4; i++)
        f->pair[f->n++] = (rk_pair){{x[i], y[i]}, seen->corner[i], 0.25};
    f->known[f->n_known++] = (rk_point){t->x + t->side / 2, t->y + t->side / 2};
}

/* ===== which mark is which ===== */

struct choice {
    rk_point at[CHOICES]; /* pixels */
    size_t n;
};

/* Those of the seen that may be mark c: within a third of its distance from the tag of where
 * the affine guess puts it; the nearest CHOICES of them. */
static void choices_of(const struct seen *seen, size_t n, const rk_homography *a, rk_point c,
                       rk_point tag, struct choice *out) {
    rk_point guess = rk_homography_map(a, c);
    double far[CHOICES], scale = rk_homography_scale(a, c),
                         reach = (15 + 0.35 * hypot(c.x - tag.x, c.y - tag.y)) * scale;
    out->n = 0;
    for (size_t i = 0; i < n; i++) {
        double d = hypot(seen[i].px.x - guess.x, seen[i].px.y - guess.y);
        if (d > reach || (out->n == CHOICES && d >= far[CHOICES - 1])) continue;
        size_t at = out->n < CHOICES ? out->n++ : CHOICES - 1;
        for (; at > 0 && far[at - 1] > d; at--)
            far[at] = far[at - 1], out->at[at] = out->at[at - 1];
        far[at] = d, out->at[at] = seen[i].px;
    }
}

struct trial {
    const rk_sheet_mark *mark;
    const struct choice *choice;
    uint32_t n;
    struct page_fit fit; /* tags first, then the marks chosen so far */
    double best;
    rk_homography h;
};

static double mean_off(const struct page_fit *f, size_t n, const rk_homography *h) {
    double sum = 0;
    for (size_t i = 0; i < n; i++) {
        rk_point q = rk_homography_map(h, f->pair[i].from);
        double scale = rk_homography_scale(h, f->pair[i].from);
        sum += hypot(q.x - f->pair[i].to.x, q.y - f->pair[i].to.y) / fmax(scale, 0.01);
    }
    return n ? sum / (double)n : 0;
}

/* All ways to give the first TRIED marks places or none; the one that puts everything best. */
static void try_marks(struct trial *t, uint32_t k, uint32_t missed) {
    if (k == t->n) {
        rk_homography h;
        if (!rk_homography_fit(t->fit.pair, t->fit.n, &h)) return;
        double cost = mean_off(&t->fit, t->fit.n, &h) + MISSED_MM * missed;
        if (cost < t->best) t->best = cost, t->h = h;
        return;
    }
    for (size_t i = 0; i < t->choice[k].n; i++) {
        t->fit.pair[t->fit.n++] = (rk_pair){centre(&t->mark[k]), t->choice[k].at[i], 1};
        try_marks(t, k + 1, missed);
        t->fit.n--;
    }
    try_marks(t, k + 1, missed + 1);
}

/* Adds the corner marks to what the tags say and refines h by them. */
static void add_marks(struct page_fit *f, const rk_sheet *form, const rk_sheet_page *page,
                      const rk_grey *g, const rk_white *white, rk_homography *h) {
    const rk_sheet_mark *mark = &form->mark[page->first_mark];
    uint32_t n = page->n_mark < TRIED ? page->n_mark : TRIED;
    struct patch *p = rk_realloc(NULL, 1, sizeof *p); /* filled before it is read */
    struct seen seen[SEEN_MAX];
    struct choice choice[TRIED];
    rk_homography a = affine_at(h, f->known[0]);
    size_t n_seen = n ? collect(p, &a, g, white, page, &mark[0], seen) : 0;
    for (uint32_t i = 0; i < n; i++)
        choices_of(seen, n_seen, &a, centre(&mark[i]), f->known[0], &choice[i]);
    struct trial t = {mark, choice, n, *f, 1e9, *h};
    try_marks(&t, 0, 0);
    *h = t.h;
    for (uint32_t i = 0; i < page->n_mark; i++) {
        rk_point px;
        if (f->n == PAIRS_MAX || !find_mark(p, h, g, white, &mark[i], 6, &px)) continue;
        f->pair[f->n++] = (rk_pair){centre(&mark[i]), px, 1};
        f->known[f->n_known++] = centre(&mark[i]);
    }
    rk_homography better;
    if (page->n_mark && rk_homography_fit(f->pair, f->n, &better)) *h = better;
    rk_free(p);
}

static bool fit_page(const rk_sheet *form, uint32_t page_no, const rk_grey *g,
                     const rk_white *white, const rk_tag *tag, size_t n_tag, rk_pose *pose) {
    const rk_sheet_page *page = &form->page[page_no];
    struct page_fit f = {.n = 0};
    *pose = (rk_pose){.page = page_no, .wanted = page->n_tag + page->n_mark};
    bool used[RK_PAGE_TAGS_ALL] = {false};
    for (size_t i = 0; i < n_tag; i++) {
        const rk_sheet_tag *t = rk_sheet_tag_find(form, tag[i].id);
        if (!t || t->page != page_no || used[t - form->tag]) continue;
        used[t - form->tag] = true;
        pose->tag_side = fmax(pose->tag_side, tag[i].side);
        add_tag(&f, t, &tag[i]);
    }
    if (!f.n || !rk_homography_fit(f.pair, f.n, &pose->to_px)) return false;
    add_marks(&f, form, page, g, white, &pose->to_px);
    pose->anchors = (uint32_t)f.n_known;
    pose->off_mm = mean_off(&f, f.n, &pose->to_px);
    return pose->anchors >= 3;
}

rk_status rk_locate(const rk_sheet *form, const rk_grey *g, const rk_white *white,
                    const rk_tag *tag, size_t n_tag, rk_pose *out, rk_err *err) {
    bool tried[RK_SHEET_PAGES_MAX] = {false}, any = false, found = false;
    *out = (rk_pose){.page = 0};
    for (size_t i = 0; i < n_tag; i++) {
        const rk_sheet_tag *t = rk_sheet_tag_find(form, tag[i].id);
        if (!t || tried[t->page]) continue;
        tried[t->page] = true;
        rk_pose pose;
        bool ok = fit_page(form, t->page, g, white, tag, n_tag, &pose);
        /* Of two sheets on the wall the one that is wholly in view; of equals the larger. */
        if (!any || (uint64_t)pose.anchors * out->wanted > (uint64_t)out->anchors * pose.wanted)
            *out = pose, found = ok;
        any = true;
    }
    if (found) return RK_OK;
    if (!any)
        return rk_fail(err, RK_NOT_FOUND, "none of the %zu tags found is of this form", n_tag);
    return rk_fail(err, RK_NOT_FOUND,
                   "only %u of %u tags and corner marks of the page were found", out->anchors,
                   out->wanted);
}
