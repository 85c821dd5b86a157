/* Inside of src/print: what draw.c, station.c and output.c share. */
#ifndef RK_PRINT_INNER_H
#define RK_PRINT_INNER_H

#include "print/canvas.h"
#include "print/draw.h"

struct rk_printer {
    const rk_sheet *form;
    rk_drawing drawing;
    rk_code contest;
    void *family;            /* apriltag_family_t */
    cairo_surface_t **fixed; /* by page: what is the same for every station; made when needed */
    /* the PDF being written */
    cairo_surface_t *pdf;
    rk_sink to;
    rk_err *err; /* of the call that is running: Cairo's callback cannot return it */
    rk_status st;
    uint32_t pages;
};

/* What is the same for every station. */
void rk_draw_fixed(rk_printer *p, cairo_t *cr, uint32_t page);
/* QR code and names of a station, or what stands in their place on a blank form. */
void rk_draw_station(rk_printer *p, cairo_t *cr, uint32_t page, const rk_print_station *s);
/* Labels beside the boxes, for a form that has no `gambar`. */
void rk_draw_labels(const rk_sheet *f, cairo_t *cr, uint32_t page);
/* A text with its {placeholders} filled in; s = NULL leaves those of a station out. */
void rk_draw_fill_in(const rk_printer *p, uint32_t page, const rk_print_station *s,
                     rk_slice text, rk_buf *out);

#endif
