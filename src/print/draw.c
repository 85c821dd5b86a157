/* Marks, boxes and bubbles are drawn from the very numbers that the reader looks for them with;
 * the rest is decoration. */
#include "print/inner.h"

#include "base/mem.h"

#include <apriltag/apriltag.h>
#include <apriltag/tag36h10.h>
#include <apriltag/tag36h11.h>
#include <stdlib.h>

#define MARK_GREY 0.0
#define GUIDE_GREY 0.78 /* as on the official form: seen, but no ink to the reader */
#define RING_PART 0.07  /* thickness of a bubble's ring, of its diameter */
#define RING_GREY 0.25
#define BUBBLE_DIGIT_GREY 0.4

/* ===== marks ===== */

/* One path, so that no seam shows between the cells. */
static void draw_tag(const rk_printer *p, cairo_t *cr, const rk_sheet_tag *t) {
    image_u8_t *im = apriltag_to_image(p->family, (int)t->id);
    double cell = t->side / (im->width - 2); /* the image has one white cell around */
    rk_canvas_fill(cr, t->x - cell, t->y - cell, t->side + 2 * cell, t->side + 2 * cell, 1);
    for (int j = 0; j < im->height; j++)
        for (int i = 0, n; i < im->width; i += n) {
            bool white = im->buf[j * im->stride + i];
            for (n = 1; i + n < im->width && !im->buf[j * im->stride + i + n] == !white; n++) {
            }
            if (!white)
                cairo_rectangle(cr, t->x + (i - 1) * cell, t->y + (j - 1) * cell, n * cell,
                                cell);
        }
    rk_canvas_grey(cr, MARK_GREY);
    cairo_fill(cr);
    free(im->buf); /* the library does not export its own destroyer */
    free(im);
}

static void draw_mark(cairo_t *cr, const rk_sheet_mark *m) {
    double far = m->side - m->part;
    rk_canvas_fill(cr, m->x, m->y, m->part, m->part, MARK_GREY);
    rk_canvas_fill(cr, m->x + far, m->y + far, m->part, m->part, MARK_GREY);
}

/* ===== boxes ===== */

/* A dotted figure eight with a middle stroke for the 1, in the official form's proportions. */
static void draw_guide(cairo_t *cr, const rk_sheet_box *b) {
    double dot = 0.03 * b->w;
    for (int j = 0; j < 9; j++)
        for (int i = 0; i < 5; i++) {
            if (i % 2 && j % 4) continue;
            cairo_rectangle(cr, b->x + (0.305 + 0.0975 * i) * b->w - dot / 2,
                            b->y + (0.19 + 0.0785 * j) * b->h - dot / 2, dot, dot);
        }
    rk_canvas_grey(cr, GUIDE_GREY);
    cairo_fill(cr);
}

static void draw_bubbles(cairo_t *cr, const rk_sheet_bubbles *b) {
    rk_draw_item t = {
        .size = 0.62 * b->diameter, .align = RK_CENTRE, .rows = 1, .grey = BUBBLE_DIGIT_GREY};
    for (int d = 0; b->diameter > 0 && d < 10; d++) {
        char digit = (char)('0' + d);
        t.x = b->x + d * b->dx, t.y = b->y + d * b->dy;
        rk_canvas_ring(cr, t.x, t.y, b->diameter, RING_PART * b->diameter, RING_GREY);
        rk_canvas_text(cr, &t, (rk_slice){&digit, 1});
    }
}

static void draw_boxes(const rk_sheet *f, cairo_t *cr, const rk_sheet_page *page) {
    for (uint32_t i = page->first_field; i < page->first_field + page->n_field; i++)
        for (uint32_t k = 0; k < f->field[i].n_box; k++) {
            const rk_sheet_box *b = &f->box[f->field[i].first_box + k];
            rk_canvas_frame(cr, b->x, b->y, b->w, b->h, f->frame);
            if (f->field[i].guide) draw_guide(cr, b);
            draw_bubbles(cr, &b->bubbles);
        }
}

/* ===== a page ===== */

static void draw_items(rk_printer *p, cairo_t *cr, uint32_t page) {
    rk_buf text;
    rk_buf_init(&text, 4 * RK_NAME_MAX);
    for (uint32_t i = p->drawing.first[page]; i < p->drawing.first[page + 1]; i++) {
        const rk_draw_item *t = &p->drawing.item[i];
        if (t->kind != RK_DRAW_TEXT)
            rk_canvas_item(cr, t);
        else if (!t->of_station) {
            rk_buf_clear(&text);
            rk_draw_fill_in(p, page, NULL, t->text, &text);
            rk_canvas_text(cr, t, rk_buf_slice(&text));
        }
    }
    rk_buf_free(&text);
}

void rk_draw_fixed(rk_printer *p, cairo_t *cr, uint32_t page) {
    const rk_sheet *f = p->form;
    const rk_sheet_page *g = &f->page[page];
    draw_items(p, cr, page);
    if (!p->drawing.any) rk_draw_labels(f, cr, page);
    draw_boxes(f, cr, g);
    for (uint32_t i = 0; i < g->n_tag; i++) draw_tag(p, cr, &f->tag[g->first_tag + i]);
    for (uint32_t i = 0; i < g->n_mark; i++) draw_mark(cr, &f->mark[g->first_mark + i]);
}

void rk_printer_page(rk_printer *p, cairo_t *cr, uint32_t page, const rk_print_station *s) {
    RK_ASSERT(page < p->form->n_page);
    rk_draw_fixed(p, cr, page);
    rk_draw_station(p, cr, page, s);
}

/* ===== life ===== */

rk_status rk_printer_new(const rk_sheet *form, rk_printer **out, rk_err *err) {
    rk_drawing d;
    rk_code contest;
    *out = NULL;
    if (!rk_code_of(form->contest, &contest))
        return rk_fail(err, RK_BAD_INPUT,
                       "\"kontes\" is over %u bytes: a QR code has no room for it",
                       RK_CODE_MAX);
    RK_TRY(rk_drawing_parse(form, &d, err));
    rk_printer *p = rk_alloc(sizeof *p);
    p->form = form;
    p->drawing = d;
    p->contest = contest;
    p->family = form->family == RK_TAG36H11 ? tag36h11_create() : tag36h10_create();
    p->fixed = rk_calloc(form->n_page, sizeof *p->fixed);
    *out = p;
    return RK_OK;
}

void rk_printer_free(rk_printer **p) {
    if (!*p) return;
    rk_printer *k = *p;
    k->st = RK_IO; /* a PDF that was given up: its sink may be gone */
    if (k->pdf) cairo_surface_destroy(k->pdf);
    for (uint32_t i = 0; i < k->form->n_page; i++)
        if (k->fixed[i]) cairo_surface_destroy(k->fixed[i]);
    k->form->family == RK_TAG36H11 ? tag36h11_destroy(k->family) : tag36h10_destroy(k->family);
    rk_drawing_free(&k->drawing);
    rk_free(k->fixed);
    rk_free(k);
    *p = NULL;
}

bool rk_printer_has_qr(const rk_printer *p) {
    for (uint32_t i = 0; i < p->form->n_page; i++)
        if (p->form->page[i].qr.side <= 0) return false;
    return true;
}
