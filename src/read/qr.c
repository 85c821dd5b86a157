/* The code is cut out straight and with its white zone before zbar sees it: that is both faster
 * and surer than searching the photo, and a code elsewhere in the picture is never taken. */
#include "read/qr.h"

#include "base/mem.h"

#include <math.h>
#include <zbar.h>

enum { SIDE_MAX = 480 };
#define AROUND 0.18 /* of the code's side: white zone and what the paper is bent */

static void straighten(const rk_sheet_page *p, const rk_homography *h, const rk_grey *g,
                       int side, uint8_t *out) {
    double x0 = p->qr.x - AROUND * p->qr.side, y0 = p->qr.y - AROUND * p->qr.side,
           step = p->qr.side * (1 + 2 * AROUND) / side;
    for (int j = 0; j < side; j++)
        for (int i = 0; i < side; i++) {
            rk_point at =
                rk_homography_map(h, (rk_point){x0 + (i + 0.5) * step, y0 + (j + 0.5) * step});
            out[j * side + i] = (uint8_t)lroundf(rk_grey_at(g, at.x, at.y));
        }
}

/* Mean of a row or column of n samples, `step` apart, over 2r + 1 of them. */
static void smooth(const float *from, float *to, int n, int step, int r) {
    float sum = 0;
    int have = 0;
    for (int i = 0; i < n + r; i++) {
        if (i < n) sum += from[i * step], have++;
        if (i > 2 * r) sum -= from[(i - 2 * r - 1) * step], have--;
        if (i >= r) to[(i - r) * step] = sum / (float)have;
    }
}

/* Takes back what a blurred photo smeared: each pixel moves away from the mean around it. */
static void sharpen(uint8_t *px, int side, int r) {
    size_t n = (size_t)side * (size_t)side;
    float *a = rk_calloc(n, sizeof *a), *b = rk_calloc(n, sizeof *b);
    for (size_t i = 0; i < n; i++) a[i] = px[i];
    for (int j = 0; j < side; j++)
        smooth(a + (size_t)j * (size_t)side, b + (size_t)j * (size_t)side, side, 1, r);
    for (int i = 0; i < side; i++) smooth(b + i, a + i, side, side, r);
    for (size_t i = 0; i < n; i++)
        px[i] = (uint8_t)lroundf(fmaxf(0, fminf(255, a[i] + 3 * ((float)px[i] - a[i]))));
    rk_free(a);
    rk_free(b);
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

/* The library looks along lines of pixels and gives up on small flaws: what fails at one size
 * is often read at another, and blurred codes after sharpening. */
static const struct {
    int side, radius; /* of the cut; of sharpening, 0 = none */
} TRY[] = {{320, 0}, {320, 10}, {480, 14}, {240, 0}};

bool rk_qr_read(const rk_sheet_page *page, const rk_homography *to_px, const rk_grey *g,
                rk_page_id *out) {
    *out = (rk_page_id){0};
    if (page->qr.side <= 0) return false;
    uint8_t *px = rk_alloc((size_t)SIDE_MAX * SIDE_MAX);
    bool found = false;
    for (size_t i = 0; i < sizeof TRY / sizeof *TRY && !found; i++) {
        straighten(page, to_px, g, TRY[i].side, px);
        if (TRY[i].radius) sharpen(px, TRY[i].side, TRY[i].radius);
        found = decode(px, (unsigned)TRY[i].side, out);
    }
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
