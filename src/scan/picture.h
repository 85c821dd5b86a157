/* PNG files of what was read, for people: our own pixels, never a stranger's file. */
#ifndef RK_SCAN_PICTURE_H
#define RK_SCAN_PICTURE_H

#include "base/buf.h"
#include "scan/scan.h"

/* The overlay as a PNG. RK_NOT_FOUND when there is none. */
rk_status rk_picture_overlay(const rk_overlay *o, rk_buf *out, rk_err *err);
/* All cut boxes of a page, one row a field, each four times as large. */
rk_status rk_picture_boxes(const rk_sheet *form, const rk_page_reading *p, rk_buf *out,
                           rk_err *err);
/* w x h grey pixels as a PNG. */
rk_status rk_picture_grey(const uint8_t *px, uint32_t w, uint32_t h, rk_buf *out, rk_err *err);

#endif
