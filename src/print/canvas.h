/* Texts, lines and grids in millimetres on any Cairo surface: the only file beside draw.c and
 * output.c that knows Cairo and Pango. Glyphs are placed without hinting, so that a page looks
 * the same on paper and as a picture. Nothing owned but the context handed in. */
#ifndef RK_PRINT_CANVAS_H
#define RK_PRINT_CANVAS_H

#include "print/drawing.h"

#include <cairo.h>

void rk_canvas_grey(cairo_t *cr, double grey);
/* A filled rectangle. */
void rk_canvas_fill(cairo_t *cr, double x, double y, double w, double h, double grey);
/* A printed frame of thickness `line` whose outer edge this is, white inside. */
void rk_canvas_frame(cairo_t *cr, double x, double y, double w, double h, double line);
void rk_canvas_ring(cairo_t *cr, double x, double y, double diameter, double line, double grey);
/* `text` laid out as item t says (t->text is not looked at): within its width, in at most
 * t->rows lines; what is too long gets smaller, then cut with an ellipsis. */
void rk_canvas_text(cairo_t *cr, const rk_draw_item *t, rk_slice text);
/* A line, rectangle or grid. */
void rk_canvas_item(cairo_t *cr, const rk_draw_item *t);

#endif
