/* A page of a printed form drawn into a grey bitmap and photographed by a given homography: for
 * tests of the reader, so that they know exactly what is where. Digits are drawn along the
 * seven segments, bubbles are filled, paper may be bent by a function. */
#ifndef REKAP_TESTS_PAPER_H
#define REKAP_TESTS_PAPER_H

#include "base/mem.h"
#include "read/page.h"

#include <apriltag/apriltag.h>
#include <apriltag/tag36h10.h>
#include <apriltag/tag36h11.h>
#include <math.h>
#include <stdlib.h>

#ifndef PAPER_PER_MM
#define PAPER_PER_MM 4.0
#endif

typedef struct paper {
    uint8_t *px;
    uint32_t w, h;
} paper;

static inline void paper_rect(paper *p, double x, double y, double w, double h, uint8_t v) {
    for (long j = lround(y * PAPER_PER_MM); j < lround((y + h) * PAPER_PER_MM); j++)
        for (long i = lround(x * PAPER_PER_MM); i < lround((x + w) * PAPER_PER_MM); i++)
            if (i >= 0 && j >= 0 && i < (long)p->w && j < (long)p->h)
                p->px[(size_t)j * p->w + (size_t)i] = v;
}

static inline void paper_disc(paper *p, double x, double y, double r0, double r1, uint8_t v) {
    for (long j = lround((y - r1) * PAPER_PER_MM); j <= lround((y + r1) * PAPER_PER_MM); j++)
        for (long i = lround((x - r1) * PAPER_PER_MM); i <= lround((x + r1) * PAPER_PER_MM);
             i++) {
            double d = hypot((double)i / PAPER_PER_MM - x, (double)j / PAPER_PER_MM - y);
            if (d >= r0 && d <= r1 && i >= 0 && j >= 0 && i < (long)p->w && j < (long)p->h)
                p->px[(size_t)j * p->w + (size_t)i] = v;
        }
}

static inline void paper_tag(paper *p, enum rk_tag_family family, const rk_sheet_tag *t) {
    apriltag_family_t *f = family == RK_TAG36H11 ? tag36h11_create() : tag36h10_create();
    image_u8_t *im = apriltag_to_image(f, (int)t->id);
    double cell = t->side / (im->width - 2); /* the image has one white cell around */
    for (int j = 0; j < im->height; j++)
        for (int i = 0; i < im->width; i++)
            paper_rect(p, t->x + (i - 1) * cell, t->y + (j - 1) * cell, cell, cell,
                       im->buf[j * im->stride + i] ? 255 : 15);
    free(im->buf); /* the library does not export its own destroyer */
    free(im);
    family == RK_TAG36H11 ? tag36h11_destroy(f) : tag36h10_destroy(f);
}

/* d = 0 to 9, 10 = X, else nothing. */
static inline void paper_digit(paper *p, const rk_sheet_box *b, int d, uint8_t ink) {
    static const uint8_t on[10] = {0x77, 0x24, 0x5d, 0x6d, 0x2e, 0x6b, 0x7b, 0x25, 0x7f, 0x6f};
    double x = b->x + 0.25 * b->w, y = b->y + 0.18 * b->h, w = 0.5 * b->w, h = 0.32 * b->h,
           t = 0.08 * b->w;
    if (d == 10)
        for (double k = 0; k <= 1; k += 0.01) {
            paper_rect(p, x + k * w, y + k * 2 * h, t, t, ink);
            paper_rect(p, x + w - k * w, y + k * 2 * h, t, t, ink);
        }
    if (d < 0 || d > 9) return;
    if (on[d] & 1) paper_rect(p, x, y, w + t, t, ink);
    if (on[d] & 2) paper_rect(p, x, y, t, h, ink);
    if (on[d] & 4) paper_rect(p, x + w, y, t, h, ink);
    if (on[d] & 8) paper_rect(p, x, y + h, w + t, t, ink);
    if (on[d] & 16) paper_rect(p, x, y + h, t, h, ink);
    if (on[d] & 32) paper_rect(p, x + w, y + h, t, h, ink);
    if (on[d] & 64) paper_rect(p, x, y + 2 * h, w + t, t, ink);
}

static inline void paper_box(paper *p, const rk_sheet *f, const rk_sheet_box *b, int digit,
                             int bubble) {
    paper_rect(p, b->x, b->y, b->w, b->h, 30);
    paper_rect(p, b->x + f->frame, b->y + f->frame, b->w - 2 * f->frame, b->h - 2 * f->frame,
               255);
    paper_digit(p, b, digit, 40);
    for (int d = 0; b->bubbles.diameter > 0 && d < 10; d++) {
        double x = b->bubbles.x + d * b->bubbles.dx, y = b->bubbles.y + d * b->bubbles.dy,
               r = b->bubbles.diameter / 2;
        paper_disc(p, x, y, r - 0.4, r, 40);
        paper_rect(p, x - 0.5, y - 1.2, 1, 2.4, 60); /* a printed digit, more or less */
        if (d == bubble) paper_disc(p, x, y, 0, r - 0.3, 50);
    }
}

/* The page with a digit (0-9, 10 = X, 11 = nothing) in each box; bubble[i] < 0: none filled. */
static inline paper paper_page(const rk_sheet *f, uint32_t page, const int *digit,
                               const int *bubble) {
    const rk_sheet_page *g = &f->page[page];
    paper p = {NULL, (uint32_t)(g->w * PAPER_PER_MM), (uint32_t)(g->h * PAPER_PER_MM)};
    p.px = rk_calloc(p.w, p.h);
    memset(p.px, 255, (size_t)p.w * p.h);
    for (uint32_t i = 0; i < g->n_tag; i++) paper_tag(&p, f->family, &f->tag[g->first_tag + i]);
    for (uint32_t i = 0; i < g->n_mark; i++) {
        const rk_sheet_mark *m = &f->mark[g->first_mark + i];
        paper_rect(&p, m->x, m->y, m->part, m->part, 20);
        paper_rect(&p, m->x + m->side - m->part, m->y + m->side - m->part, m->part, m->part,
                   20);
    }
    uint32_t k = 0;
    for (uint32_t i = g->first_field; i < g->first_field + g->n_field; i++)
        for (uint32_t b = 0; b < f->field[i].n_box; b++, k++)
            paper_box(&p, f, &f->box[f->field[i].first_box + b], digit ? digit[k] : 11,
                      bubble ? bubble[k] : -1);
    return p;
}

/* How a photo is taken. */
typedef struct shot {
    uint32_t w, h;
    rk_homography to_px;        /* of the flat page */
    rk_point (*bend)(rk_point); /* millimetres of the photo's plane -> of the paper, or NULL */
    double bright, contrast;    /* grey of paper; 1 = full */
    double shade;               /* the left edge is darker by this part */
    int blur;                   /* pixels of a box filter, 0 = none */
} shot;

static inline void paper_blur(uint8_t *px, uint32_t w, uint32_t h, int r) {
    uint8_t *from = rk_dup(px, (size_t)w * h);
    for (int pass = 0; pass < 2; pass++) {
        memcpy(from, px, (size_t)w * h);
        for (uint32_t y = 0; y < h; y++)
            for (uint32_t x = 0; x < w; x++) {
                int sum = 0, n = 0;
                for (int k = -r; k <= r; k++) {
                    long i = pass ? x : (long)x + k, j = pass ? (long)y + k : y;
                    if (i < 0 || j < 0 || i >= (long)w || j >= (long)h) continue;
                    sum += from[(size_t)j * w + (size_t)i], n++;
                }
                px[(size_t)y * w + x] = (uint8_t)(sum / n);
            }
    }
    rk_free(from);
}

static inline uint8_t paper_at(const paper *p, rk_point mm, uint8_t table) {
    double x = mm.x * PAPER_PER_MM, y = mm.y * PAPER_PER_MM;
    if (!(x >= 0 && y >= 0 && x < p->w && y < p->h)) return table;
    return p->px[(size_t)y * p->w + (size_t)x];
}

/* Draws one sheet into px (w x h); where there is no sheet, px stays as it is. */
static inline void paper_shoot_into(const paper *p, const shot *s, uint8_t *px) {
    rk_homography back;
    RK_ASSERT(rk_homography_invert(&s->to_px, &back));
    for (uint32_t y = 0; y < s->h; y++)
        for (uint32_t x = 0; x < s->w; x++) {
            double sum = 0;
            bool any = false;
            for (int k = 0; k < 4; k++) {
                rk_point mm = rk_homography_map(
                    &back, (rk_point){x + 0.25 + 0.5 * (k & 1), y + 0.25 + 0.5 * (k >> 1)});
                if (s->bend) mm = s->bend(mm);
                any |= mm.x >= 0 && mm.y >= 0 && mm.x < p->w / PAPER_PER_MM &&
                       mm.y < p->h / PAPER_PER_MM;
                sum += paper_at(p, mm, 90) / 4.0;
            }
            double light = s->bright / 255 * (1 - s->shade * (1 - (double)x / s->w));
            double v = (255 - s->contrast * (255 - sum)) * light;
            if (any) px[(size_t)y * s->w + x] = (uint8_t)lround(fmin(255, v));
        }
}

/* The photo; the caller frees its pixels. */
static inline rk_grey paper_shoot(const paper *p, const shot *s) {
    uint8_t *px = rk_calloc(s->w, s->h);
    memset(px, (int)(90 * s->bright / 255), (size_t)s->w * s->h); /* a table */
    paper_shoot_into(p, s, px);
    if (s->blur) paper_blur(px, s->w, s->h, s->blur);
    return (rk_grey){px, s->w, s->h, s->w};
}

/* A homography that takes the page's corners to these four points (top left, top right, bottom
 * right, bottom left). */
static inline rk_homography paper_corners(double w, double h, const double to[8]) {
    const double x[4] = {0, w, w, 0}, y[4] = {0, 0, h, h};
    rk_pair pair[4];
    rk_homography out;
    for (int i = 0; i < 4; i++)
        pair[i] = (rk_pair){{x[i], y[i]}, {to[2 * i], to[2 * i + 1]}, 1};
    RK_ASSERT(rk_homography_fit(pair, 4, &out));
    return out;
}

#endif
