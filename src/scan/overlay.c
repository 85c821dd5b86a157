#include "scan/overlay.h"

#include <math.h>

#define PX_PER_MM 1.6

struct pen {
    rk_overlay *o;
    double per_mm;
    rk_homography back; /* pixels of the photo -> millimetres */
    uint8_t r, g, b;
};

static void dot(const struct pen *p, double x, double y) {
    if (!(x >= 0 && y >= 0 && x < p->o->w && y < p->o->h)) return;
    uint8_t *c = p->o->rgb + ((size_t)y * p->o->w + (size_t)x) * 3;
    c[0] = p->r, c[1] = p->g, c[2] = p->b;
}

static rk_point at(const struct pen *p, rk_point px) {
    rk_point mm = rk_homography_map(&p->back, px);
    return (rk_point){mm.x * p->per_mm, mm.y * p->per_mm};
}

static void line(const struct pen *p, rk_point from, rk_point to) {
    rk_point a = at(p, from), b = at(p, to);
    double n = fmin(4000, fmax(fabs(b.x - a.x), fabs(b.y - a.y)) + 1);
    for (int i = 0; i <= (int)n; i++)
        dot(p, a.x + (b.x - a.x) * i / n, a.y + (b.y - a.y) * i / n);
}

static void straighten(const rk_page_reading *page, const rk_grey *g, struct pen *p) {
    for (uint32_t j = 0; j < p->o->h; j++)
        for (uint32_t i = 0; i < p->o->w; i++) {
            rk_point px = rk_homography_map(
                &page->to_px, (rk_point){(i + 0.5) / p->per_mm, (j + 0.5) / p->per_mm});
            bool in = px.x >= 0 && px.y >= 0 && px.x < g->w && px.y < g->h;
            memset(p->o->rgb + ((size_t)j * p->o->w + i) * 3,
                   in ? (uint8_t)rk_grey_at(g, px.x, px.y) : 90, 3);
        }
}

static void draw_box(struct pen *p, const rk_box_reading *b) {
    bool found = b->quad.frame >= 0.16f;
    p->r = found ? 0 : 230, p->g = found ? 170 : 0, p->b = 0;
    for (int i = 0; i < 4; i++) line(p, b->quad.corner[i], b->quad.corner[(i + 1) % 4]);
    for (int d = 0; b->bubbles.state != RK_BUBBLES_NONE && d < 10; d++) {
        bool chosen = b->bubbles.state == RK_BUBBLES_ONE && b->bubbles.digit == d;
        p->r = chosen ? 0 : 255, p->g = chosen ? 170 : 140, p->b = 0;
        rk_point c = at(p, (rk_point){b->bubbles.at[d][0], b->bubbles.at[d][1]});
        for (int k = -3; k <= 3; k++) dot(p, c.x + k, c.y), dot(p, c.x, c.y + k);
    }
}

void rk_overlay_draw(const rk_sheet *form, const rk_page_reading *page, const rk_grey *g,
                     rk_overlay *out) {
    const rk_sheet_page *f = &form->page[page->page];
    double per = fmin(PX_PER_MM, (RK_OVERLAY_SIDE_MAX - 1) / fmax(f->w, f->h));
    struct pen p = {.o = out, .per_mm = per};
    out->w = (uint32_t)(f->w * per), out->h = (uint32_t)(f->h * per);
    if (!rk_homography_invert(&page->to_px, &p.back)) return;
    straighten(page, g, &p);
    for (uint32_t i = 0; i < page->n_box && page->frames; i++) draw_box(&p, &page->box[i]);
}
