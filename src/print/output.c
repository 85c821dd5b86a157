#include "print/inner.h"

#include "base/mem.h"

#include <cairo-pdf.h>
#include <math.h>

#define PT_PER_MM (72 / 25.4)
/* Every PDF says the same: when it was made is of no interest, that two are equal is. */
#define MADE "2000-01-01T00:00:00Z"

/* ===== Cairo writes into a sink ===== */

static cairo_status_t take(void *ctx, const unsigned char *bytes, unsigned n) {
    rk_printer *p = ctx;
    if (p->st == RK_OK)
        p->st = rk_sink_write(&p->to, (rk_slice){(const char *)bytes, n}, p->err);
    return p->st == RK_OK ? CAIRO_STATUS_SUCCESS : CAIRO_STATUS_WRITE_ERROR;
}

static rk_status result(rk_printer *p, cairo_status_t s, const char *what, rk_err *err) {
    p->err = NULL;
    if (p->st != RK_OK) return p->st;
    if (s == CAIRO_STATUS_SUCCESS) return RK_OK;
    return p->st = rk_fail(err, RK_IO, "cannot draw %s: %s", what, cairo_status_to_string(s));
}

/* ===== PDF ===== */

rk_status rk_printer_pdf_begin(rk_printer *p, const rk_sink *to, rk_err *err) {
    const rk_sheet_page *g = &p->form->page[0];
    RK_ASSERT(!p->pdf);
    p->to = *to, p->st = RK_OK, p->err = err, p->pages = 0;
    p->pdf = cairo_pdf_surface_create_for_stream(take, p, g->w * PT_PER_MM, g->h * PT_PER_MM);
    cairo_pdf_surface_restrict_to_version(p->pdf, CAIRO_PDF_VERSION_1_5);
    cairo_pdf_surface_set_metadata(p->pdf, CAIRO_PDF_METADATA_CREATE_DATE, MADE);
    return result(p, cairo_surface_status(p->pdf), "the PDF", err);
}

/* Recorded once and painted on every station's page: the PDF then holds it once. */
static cairo_surface_t *fixed(rk_printer *p, uint32_t page) {
    const rk_sheet_page *g = &p->form->page[page];
    if (p->fixed[page]) return p->fixed[page];
    const cairo_rectangle_t all = {0, 0, g->w * PT_PER_MM, g->h * PT_PER_MM};
    p->fixed[page] = cairo_recording_surface_create(CAIRO_CONTENT_COLOR_ALPHA, &all);
    cairo_t *cr = cairo_create(p->fixed[page]);
    cairo_scale(cr, PT_PER_MM, PT_PER_MM);
    rk_draw_fixed(p, cr, page);
    cairo_destroy(cr);
    return p->fixed[page];
}

static void pdf_page(rk_printer *p, uint32_t page, const rk_print_station *s) {
    const rk_sheet_page *g = &p->form->page[page];
    cairo_pdf_surface_set_size(p->pdf, g->w * PT_PER_MM, g->h * PT_PER_MM);
    cairo_t *cr = cairo_create(p->pdf);
    cairo_set_source_surface(cr, fixed(p, page), 0, 0);
    cairo_paint(cr);
    cairo_scale(cr, PT_PER_MM, PT_PER_MM);
    rk_draw_station(p, cr, page, s);
    cairo_show_page(cr);
    cairo_destroy(cr);
    p->pages++;
}

rk_status rk_printer_pdf_form(rk_printer *p, const rk_print_station *s, rk_err *err) {
    RK_ASSERT(p->pdf);
    RK_TRY(rk_printer_check(p, s, err));
    if (p->pages + p->form->n_page > RK_PRINT_PAGES_MAX)
        return rk_fail(err, RK_LIMIT,
                       "more than %u pages in one PDF: draw one desa or kecamatan at a time",
                       RK_PRINT_PAGES_MAX);
    p->err = err;
    for (uint32_t i = 0; i < p->form->n_page && p->st == RK_OK; i++) pdf_page(p, i, s);
    return result(p, cairo_surface_status(p->pdf), "a page of the PDF", err);
}

rk_status rk_printer_pdf_end(rk_printer *p, rk_err *err) {
    RK_ASSERT(p->pdf);
    p->err = err;
    cairo_surface_finish(p->pdf);
    rk_status st = result(p, cairo_surface_status(p->pdf), "the PDF", err);
    cairo_surface_destroy(p->pdf);
    p->pdf = NULL;
    return st;
}

/* ===== a picture ===== */

rk_status rk_printer_png(rk_printer *p, uint32_t page, const rk_print_station *s, uint32_t dpi,
                         const rk_sink *to, rk_err *err) {
    const rk_sheet_page *g = &p->form->page[page];
    double per_mm = dpi / 25.4, w = ceil(g->w * per_mm), h = ceil(g->h * per_mm);
    if (dpi > RK_PRINT_DPI_MAX || !(w * h <= RK_PHOTO_PIXELS_MAX))
        return rk_fail(err, RK_LIMIT,
                       "a picture of %.0f x %.0f pixels is too large (at most %u dots an inch "
                       "and %u pixels): take fewer dots",
                       w, h, RK_PRINT_DPI_MAX, RK_PHOTO_PIXELS_MAX);
    RK_TRY(rk_printer_check(p, s, err));
    p->to = *to, p->st = RK_OK, p->err = err;
    cairo_surface_t *image = cairo_image_surface_create(CAIRO_FORMAT_RGB24, (int)w, (int)h);
    cairo_t *cr = cairo_create(image);
    rk_canvas_grey(cr, 1);
    cairo_paint(cr);
    cairo_scale(cr, per_mm, per_mm);
    rk_printer_page(p, cr, page, s);
    cairo_status_t st = cairo_status(cr);
    cairo_destroy(cr);
    if (st == CAIRO_STATUS_SUCCESS) st = cairo_surface_write_to_png_stream(image, take, p);
    cairo_surface_destroy(image);
    return result(p, st, "the picture", err);
}
