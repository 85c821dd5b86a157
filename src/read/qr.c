/* The code is cut out straight and with its white zone before zbar sees it: that is both faster
 * and surer than searching the photo, and a code elsewhere in the picture is never taken. */
#include "read/qr.h"

#include "base/mem.h"

#include <math.h>
#include <zbar.h>

enum { SIDE = 320 };
#define AROUND 0.18 /* of the code's side: white zone and what the paper is bent */

static void straighten(const rk_sheet_page *p, const rk_homography *h, const rk_grey *g,
                       uint8_t *out) {
    double x0 = p->qr.x - AROUND * p->qr.side, y0 = p->qr.y - AROUND * p->qr.side,
           step = p->qr.side * (1 + 2 * AROUND) / SIDE;
    for (int j = 0; j < SIDE; j++)
        for (int i = 0; i < SIDE; i++) {
            rk_point at =
                rk_homography_map(h, (rk_point){x0 + (i + 0.5) * step, y0 + (j + 0.5) * step});
            out[j * SIDE + i] = (uint8_t)lroundf(rk_grey_at(g, at.x, at.y));
        }
}

/* Codes in px (side x side); *out the first that is a page id. Returns whether one was, or,
 * when out is NULL, whether there was any code. */
static bool decode(const uint8_t *px, unsigned side, rk_page_id *out) {
    zbar_image_t *image = zbar_image_create();
    zbar_image_scanner_t *s = zbar_image_scanner_create();
    zbar_image_set_format(image, zbar_fourcc('Y', '8', '0', '0'));
    zbar_image_set_size(image, side, side);
    zbar_image_set_data(image, px, (unsigned long)side * side, NULL);
    bool found = false;
    zbar_image_scanner_set_config(s, ZBAR_NONE, ZBAR_CFG_ENABLE, 0);
    zbar_image_scanner_set_config(s, ZBAR_QRCODE, ZBAR_CFG_ENABLE, 1);
    if (zbar_scan_image(s, image) > 0)
        for (const zbar_symbol_t *y = zbar_image_first_symbol(image); y && !found;
             y = zbar_symbol_next(y))
            found = !out || rk_page_id_parse((rk_slice){zbar_symbol_get_data(y),
                                                        zbar_symbol_get_data_length(y)},
                                             out);
    zbar_image_scanner_destroy(s);
    zbar_image_destroy(image);
    return found;
}

bool rk_qr_read(const rk_sheet_page *page, const rk_homography *to_px, const rk_grey *g,
                rk_page_id *out) {
    *out = (rk_page_id){0};
    if (page->qr.side <= 0) return false;
    uint8_t *px = rk_alloc((size_t)SIDE * SIDE);
    straighten(page, to_px, g, px);
    bool found = decode(px, SIDE, out);
    rk_free(px);
    return found;
}

/* "RK1" as a QR code of version 1, level M; the highest bit is the leftmost module. */
static const uint32_t SAMPLE[21] = {0x1fcd7f, 0x104e41, 0x175d5d, 0x17505d, 0x17515d, 0x105e41,
                                    0x1fd57f, 0x001c00, 0x17c67c, 0x0803c0, 0x16f96a, 0x1b2bc5,
                                    0x164928, 0x001d26, 0x1fc29e, 0x105c37, 0x175294, 0x1757c8,
                                    0x175960, 0x104bc8, 0x1fdd26};

bool rk_qr_prepare(void) {
    enum { MODULE = 6, QUIET = 4, ALL = (21 + 2 * QUIET) * MODULE };
    uint8_t *px = rk_alloc((size_t)ALL * ALL);
    for (int j = 0; j < ALL; j++)
        for (int i = 0; i < ALL; i++) {
            int x = i / MODULE - QUIET, y = j / MODULE - QUIET;
            bool black = x >= 0 && y >= 0 && x < 21 && y < 21 && (SAMPLE[y] >> (20 - x) & 1);
            px[j * ALL + i] = black ? 0 : 255;
        }
    bool found = decode(px, ALL, NULL);
    rk_free(px);
    return found;
}
