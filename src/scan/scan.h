/* From the bytes of a photo to a page reading, in a sandbox. One rk_scan serves many photos,
 * one at a time (a thread each has its own). Nothing that a photo's bytes do reaches the caller
 * but the reading: a crash, a timeout or an answer that does not hang together is a refusal.
 * Limits: RK_PHOTO_BYTES_MAX, RK_SCAN_CPU_MS_MAX, RK_SCAN_WALL_MS_MAX, RK_SCAN_MEMORY_MAX. */
#ifndef RK_SCAN_SCAN_H
#define RK_SCAN_SCAN_H

#include "read/page.h"
#include "scan/sandbox.h"

/* The page straightened, with what was found drawn on it: for a person to look at. */
typedef struct rk_overlay {
    uint32_t w, h; /* 0 = none was asked for, or the page was not found */
    uint8_t rgb[RK_OVERLAY_SIDE_MAX * RK_OVERLAY_SIDE_MAX * 3];
} rk_overlay;

typedef struct rk_scanned {
    rk_page_reading page;
    char why[200]; /* what the decoder said of a refused file, may be empty */
    rk_overlay overlay;
} rk_scanned;

typedef struct rk_scan rk_scan;

/* form and net stay the caller's and outlive the scan. */
rk_status rk_scan_new(const rk_sheet *form, const rk_digit_net *net, rk_scan **out,
                      rk_err *err);
void rk_scan_free(rk_scan **s);

/* Reads one photo. The result belongs to the scan and is overwritten by the next call. RK_IO
 * only when no child can be made at all; whatever is wrong with the photo is a refusal in the
 * result. */
rk_status rk_scan_photo(rk_scan *s, rk_slice photo, bool overlay, const rk_scanned **out,
                        rk_sandbox_report *report, rk_err *err);

/* The same without a sandbox: what the child runs, and what the fuzzer calls. */
void rk_scan_inside(const rk_reader *r, rk_slice photo, bool overlay, rk_scanned *out);

#endif
