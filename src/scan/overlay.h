/* Draws what the reader found, for a person to look at: the page straightened by its pose, the
 * boxes where their frames were found (red when not), bubbles by how black they were read. */
#ifndef RK_SCAN_OVERLAY_H
#define RK_SCAN_OVERLAY_H

#include "scan/scan.h"

/* g = the bitmap that `page` was found in, with its pose in pixels of g. */
void rk_overlay_draw(const rk_sheet *form, const rk_page_reading *page, const rk_grey *g,
                     rk_overlay *out);

#endif
