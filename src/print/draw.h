/* Draws the pages of a printed form from its description: marks, boxes, bubbles, labels, and
 * for a station (TPS) its QR code and names. Each page to any Cairo surface; many stations into
 * one PDF; one page as a picture. What is the same for every station is recorded once.
 *
 * A printer belongs to one thread and borrows the form. Limits: RK_PRINT_PAGES_MAX pages of a
 * PDF, RK_PRINT_DPI_MAX. */
#ifndef RK_PRINT_DRAW_H
#define RK_PRINT_DRAW_H

#include "base/sink.h"
#include "read/pageid.h"
#include "read/sheet.h"

#include <cairo.h>

/* Whose form it is. Texts are borrowed for the call. */
typedef struct rk_print_station {
    rk_code election, tps;
    rk_slice tps_name; /* "TPS 001" */
    rk_slice desa, kecamatan, kabupaten, provinsi;
} rk_print_station;

typedef struct rk_printer rk_printer;

/* RK_BAD_INPUT: the form's `gambar` is wrong, or its contest is no code for a QR code. */
rk_status rk_printer_new(const rk_sheet *form, rk_printer **out, rk_err *err);
void rk_printer_free(rk_printer **p);
/* Every page of the form has a place for a QR code: it can be drawn for a station. */
bool rk_printer_has_qr(const rk_printer *p);

/* A QR code for this station is one that the reader takes: RK_BAD_INPUT when a code has other
 * characters than letters, digits, '-', '_', '.'. Asked by the functions below that can fail.
 */
rk_status rk_printer_check(const rk_printer *p, const rk_print_station *s, rk_err *err);
/* One page, for a checked station or (NULL) blank; cr's unit is the millimetre, paper is not
 * painted.
 */
void rk_printer_page(rk_printer *p, cairo_t *cr, uint32_t page, const rk_print_station *s);

/* A PDF, handed on piece by piece: begin, a form for each station (NULL = blank), end. The same
 * calls give the same bytes with the same libraries and fonts. */
rk_status rk_printer_pdf_begin(rk_printer *p, const rk_sink *to, rk_err *err);
rk_status rk_printer_pdf_form(rk_printer *p, const rk_print_station *s, rk_err *err);
rk_status rk_printer_pdf_end(rk_printer *p, rk_err *err);

/* One page as a PNG. RK_LIMIT: over RK_PRINT_DPI_MAX or RK_PHOTO_PIXELS_MAX. */
rk_status rk_printer_png(rk_printer *p, uint32_t page, const rk_print_station *s, uint32_t dpi,
                         const rk_sink *to, rk_err *err);

#endif
