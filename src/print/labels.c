/* A form without any `gambar` still gets its title, and beside each row of boxes what it is
 * for: what the labels of a row have in common at its left, the rest over each figure. */
#include "print/inner.h"

#include <math.h>
#include <stdio.h>

/* Fields of one row: they begin at the same height. */
static uint32_t row_end(const rk_sheet *f, uint32_t first, uint32_t last) {
    double y = f->box[f->field[first].first_box].y;
    uint32_t i = first + 1;
    while (i < last && fabs(f->box[f->field[i].first_box].y - y) < 1) i++;
    return i;
}

/* Length of what all labels of a row begin with, up to a blank. */
static size_t common(const rk_sheet *f, uint32_t first, uint32_t last) {
    rk_slice a = f->field[first].label;
    size_t n = a.len;
    if (last - first < 2) return n;
    for (uint32_t i = first + 1; i < last; i++) {
        rk_slice b = f->field[i].label;
        size_t k = 0;
        while (k < n && k < b.len && a.ptr[k] == b.ptr[k]) k++;
        n = k;
    }
    while (n > 0 && a.ptr[n - 1] != ' ') n--;
    return n;
}

static void over(const rk_sheet *f, cairo_t *cr, double size, uint32_t i, size_t from) {
    const rk_sheet_box *b = &f->box[f->field[i].first_box];
    rk_draw_item t = {.x = b->x, .y = b->y - 0.6 * size, .size = 0.7 * size, .rows = 1};
    rk_canvas_text(cr, &t, rk_slice_from(f->field[i].label, from));
}

/* `above` = where the row before it ends. */
static void row(const rk_sheet *f, cairo_t *cr, double w, double above, uint32_t first,
                uint32_t last) {
    const rk_sheet_box *b = &f->box[f->field[first].first_box];
    size_t n = common(f, first, last);
    double size = fmin(0.28 * b->h, 0.011 * w);
    rk_draw_item t = {
        .x = 0.08 * w, .y = b->y + b->h / 2, .size = size, .rows = 3, .bold = true};
    rk_canvas_text(cr, &t, f->field[first].section);
    t.x += 0.07 * w, t.w = b->x - t.x - 0.01 * w, t.bold = false;
    if (t.w > 5 * size) rk_canvas_text(cr, &t, (rk_slice){f->field[first].label.ptr, n});
    for (uint32_t i = first; i < last && last - first > 1 && b->y - above > 1.3 * size; i++)
        over(f, cr, size, i, n);
}

void rk_draw_labels(const rk_sheet *f, cairo_t *cr, uint32_t page) {
    const rk_sheet_page *p = &f->page[page];
    rk_draw_item t = {.x = 0.3 * p->w,
                      .w = 0.4 * p->w,
                      .y = 0.1 * p->h,
                      .size = 0.02 * p->w,
                      .align = RK_CENTRE,
                      .rows = 2,
                      .bold = true};
    char text[64];
    int n = snprintf(text, sizeof text, "Halaman %u dari %u", p->number, f->n_page);
    rk_canvas_text(cr, &t, f->name);
    t.y += 2.5 * t.size, t.size *= 0.7, t.bold = false;
    rk_canvas_text(cr, &t, (rk_slice){text, (size_t)n});
    double above = 0;
    for (uint32_t i = p->first_field, last = i + p->n_field, next; i < last; i = next) {
        const rk_sheet_box *b = &f->box[f->field[i].first_box];
        next = row_end(f, i, last);
        row(f, cr, p->w, above, i, next);
        above = b->y + b->h;
    }
}
