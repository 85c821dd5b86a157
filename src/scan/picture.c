#include "scan/picture.h"

#include "base/mem.h"

#include <png.h>
#include <stdlib.h>

enum { ZOOM = 4, GAP = 6, CELL = (int)RK_DIGIT_SIDE * ZOOM + GAP };

static rk_status put(const uint8_t *px, uint32_t w, uint32_t h, bool rgb, rk_buf *out,
                     rk_err *err) {
    png_image im = {.version = PNG_IMAGE_VERSION,
                    .width = w,
                    .height = h,
                    .format = rgb ? PNG_FORMAT_RGB : PNG_FORMAT_GRAY};
    png_alloc_size_t n = PNG_IMAGE_PNG_SIZE_MAX(im);
    char *room = rk_buf_room(out, n);
    if (!room || !png_image_write_to_memory(&im, room, &n, 0, px, 0, NULL))
        return rk_fail(err, RK_LIMIT, "cannot make a PNG of %u x %u pixels", w, h);
    rk_buf_commit(out, room + n);
    return RK_OK;
}

rk_status rk_picture_grey(const uint8_t *px, uint32_t w, uint32_t h, rk_buf *out, rk_err *err) {
    return put(px, w, h, false, out, err);
}

rk_status rk_picture_overlay(const rk_overlay *o, rk_buf *out, rk_err *err) {
    if (!o->w || !o->h) return rk_fail(err, RK_NOT_FOUND, "the page was not found");
    return put(o->rgb, o->w, o->h, true, out, err);
}

static void draw(uint8_t *px, uint32_t w, uint32_t x0, uint32_t y0,
                 const uint8_t box[RK_DIGIT_PIXELS]) {
    for (uint32_t y = 0; y < RK_DIGIT_SIDE * ZOOM; y++)
        for (uint32_t x = 0; x < RK_DIGIT_SIDE * ZOOM; x++)
            px[(size_t)(y0 + y) * w + x0 + x] = box[y / ZOOM * RK_DIGIT_SIDE + x / ZOOM];
}

rk_status rk_picture_boxes(const rk_sheet *form, const rk_page_reading *p, rk_buf *out,
                           rk_err *err) {
    if (p->refusal != RK_PAGE_READ || !p->n_box)
        return rk_fail(err, RK_NOT_FOUND, "the page was not read");
    const rk_sheet_page *page = &form->page[p->page];
    uint32_t w = RK_SHEET_BOXES_MAX * CELL, h = page->n_field * CELL;
    uint32_t first = form->field[page->first_field].first_box;
    uint8_t *px = rk_calloc(w, h);
    memset(px, 255, (size_t)w * h);
    for (uint32_t i = 0; i < page->n_field; i++) {
        const rk_sheet_field *x = &form->field[page->first_field + i];
        for (uint32_t k = 0; k < x->n_box; k++)
            draw(px, w, k * CELL, i * CELL, p->grey[x->first_box - first + k]);
    }
    rk_status st = put(px, w, h, false, out, err);
    rk_free(px);
    return st;
}
