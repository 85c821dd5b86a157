#include "print/canvas.h"

#include <math.h>
#include <pango/pangocairo.h>

/* Debian's fonts-dejavu-core; elsewhere fontconfig takes what is nearest. */
#define FONT "DejaVu Sans"
#define SMALLEST 65 /* percent of its size: what a long text shrinks to before it is cut */
#define DOT 0.35    /* millimetres: a dot to write on */

void rk_canvas_grey(cairo_t *cr, double grey) { cairo_set_source_rgb(cr, grey, grey, grey); }

void rk_canvas_fill(cairo_t *cr, double x, double y, double w, double h, double grey) {
    rk_canvas_grey(cr, grey);
    cairo_rectangle(cr, x, y, w, h);
    cairo_fill(cr);
}

void rk_canvas_frame(cairo_t *cr, double x, double y, double w, double h, double line) {
    rk_canvas_fill(cr, x, y, w, h, 0);
    if (w > 2 * line && h > 2 * line)
        rk_canvas_fill(cr, x + line, y + line, w - 2 * line, h - 2 * line, 1);
}

void rk_canvas_ring(cairo_t *cr, double x, double y, double diameter, double line,
                    double grey) {
    rk_canvas_grey(cr, grey);
    cairo_set_line_width(cr, line);
    cairo_new_path(cr); /* no line from where a text ended */
    cairo_arc(cr, x, y, (diameter - line) / 2, 0, 6.283185307179586);
    cairo_stroke(cr);
}

/* ===== text ===== */

static void set_size(PangoLayout *l, const rk_draw_item *t, double size) {
    PangoFontDescription *d = pango_font_description_from_string(FONT);
    pango_font_description_set_absolute_size(d, size * PANGO_SCALE);
    if (t->bold) pango_font_description_set_weight(d, PANGO_WEIGHT_BOLD);
    if (t->italic) pango_font_description_set_style(d, PANGO_STYLE_OBLIQUE);
    pango_layout_set_font_description(l, d);
    pango_font_description_free(d);
}

static bool too_long(PangoLayout *l, const rk_draw_item *t) {
    int w;
    pango_layout_get_size(l, &w, NULL);
    return pango_layout_get_line_count(l) > (int)t->rows || w > (int)(t->w * PANGO_SCALE);
}

/* Wraps when several lines are allowed; shrinks step by step; then an ellipsis. */
static void fit(PangoLayout *l, const rk_draw_item *t) {
    if (t->w <= 0) return;
    int width = (int)(t->w * PANGO_SCALE);
    if (t->rows > 1) {
        pango_layout_set_width(l, width);
        pango_layout_set_wrap(l, PANGO_WRAP_WORD_CHAR);
    }
    for (int percent = 95; too_long(l, t) && percent >= SMALLEST; percent -= 5)
        set_size(l, t, t->size * percent / 100);
    if (!too_long(l, t)) return;
    pango_layout_set_width(l, width);
    pango_layout_set_height(l, -(int)t->rows);
    pango_layout_set_ellipsize(l, PANGO_ELLIPSIZE_END);
}

static PangoLayout *layout_of(cairo_t *cr, const rk_draw_item *t, rk_slice text) {
    PangoLayout *l = pango_cairo_create_layout(cr);
    PangoContext *c = pango_layout_get_context(l);
    cairo_font_options_t *o = cairo_font_options_create();
    cairo_font_options_set_hint_style(o, CAIRO_HINT_STYLE_NONE);
    cairo_font_options_set_hint_metrics(o, CAIRO_HINT_METRICS_OFF);
    cairo_font_options_set_antialias(o, CAIRO_ANTIALIAS_GRAY);
    pango_cairo_context_set_font_options(c, o);
    cairo_font_options_destroy(o);
    pango_context_set_round_glyph_positions(c, FALSE);
    pango_layout_context_changed(l);
    pango_layout_set_text(l, text.ptr ? text.ptr : "", (int)text.len);
    pango_layout_set_alignment(l, t->align == RK_LEFT     ? PANGO_ALIGN_LEFT
                                  : t->align == RK_CENTRE ? PANGO_ALIGN_CENTER
                                                          : PANGO_ALIGN_RIGHT);
    set_size(l, t, t->size);
    fit(l, t);
    return l;
}

void rk_canvas_text(cairo_t *cr, const rk_draw_item *t, rk_slice text) {
    if (!text.len) return;
    PangoLayout *l = layout_of(cr, t, text);
    int w, h;
    pango_layout_get_size(l, &w, &h);
    /* A wrapped layout aligns its lines itself; another one is placed by its own width. */
    double wide = pango_layout_get_width(l) > 0 ? t->w : (double)w / PANGO_SCALE,
           room = t->w > 0 ? t->w - wide : -wide, x = t->x;
    if (t->align == RK_CENTRE) x += room / 2;
    if (t->align == RK_RIGHT) x += room;
    rk_canvas_grey(cr, t->grey);
    cairo_move_to(cr, x, t->y - (double)h / PANGO_SCALE / 2);
    pango_cairo_show_layout(cr, l);
    g_object_unref(l);
}

/* ===== lines ===== */

static void dots(cairo_t *cr, const rk_draw_item *t) {
    static const double gap[2] = {0, DOT * 3.4};
    double line = t->line > DOT ? t->line : DOT;
    cairo_set_line_cap(cr, CAIRO_LINE_CAP_ROUND);
    cairo_set_dash(cr, gap, 2, 0);
    cairo_set_line_width(cr, line);
    cairo_move_to(cr, t->x, t->y);
    cairo_rel_line_to(cr, t->w, t->h);
    cairo_stroke(cr);
    cairo_set_dash(cr, NULL, 0, 0);
    cairo_set_line_cap(cr, CAIRO_LINE_CAP_BUTT);
}

static void grid(cairo_t *cr, const rk_draw_item *t) {
    for (uint32_t i = 0; i <= t->cols; i++) {
        cairo_move_to(cr, t->x + i * t->w / t->cols, t->y);
        cairo_rel_line_to(cr, 0, t->h);
    }
    for (uint32_t i = 0; i <= t->rows; i++) {
        cairo_move_to(cr, t->x, t->y + i * t->h / t->rows);
        cairo_rel_line_to(cr, t->w, 0);
    }
    cairo_stroke(cr);
}

void rk_canvas_item(cairo_t *cr, const rk_draw_item *t) {
    if (t->kind == RK_DRAW_RECT && t->fill >= 0)
        rk_canvas_fill(cr, t->x, t->y, t->w, t->h, t->fill);
    rk_canvas_grey(cr, t->grey);
    if (t->dotted) {
        dots(cr, t);
        return;
    }
    if (t->line <= 0) return;
    cairo_set_line_width(cr, t->line);
    if (t->kind == RK_DRAW_GRID) grid(cr, t);
    if (t->kind == RK_DRAW_RECT) {
        cairo_rectangle(cr, t->x, t->y, t->w, t->h);
        cairo_stroke(cr);
    }
    if (t->kind == RK_DRAW_LINE) {
        cairo_move_to(cr, t->x, t->y);
        cairo_rel_line_to(cr, t->w, t->h);
        cairo_stroke(cr);
    }
}
