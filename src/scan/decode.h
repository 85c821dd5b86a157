/* JPEG and PNG to grey. Meant to run inside the sandbox: the libraries are old and large, and
 * the bytes come from anyone. */
#ifndef RK_SCAN_DECODE_H
#define RK_SCAN_DECODE_H

#include "read/grey.h"

typedef struct rk_photo {
    rk_grey grey;           /* pixels owned by the caller (rk_free) */
    uint32_t width, height; /* as stored in the file */
    double shrink;          /* width / grey.w: 1, 2, 4 or 8 */
} rk_photo;

/* Decodes; a JPEG of at least twice `enough` pixels on its longer side is halved (and again)
 * while decoding, as long as it stays above `enough`; 0 = never. RK_BAD_INPUT: neither JPEG nor
 * PNG, or damaged (a JPEG that decodes with losses counts as damaged: half a digit is worse
 * than none). RK_LIMIT: over RK_PHOTO_SIDE_MAX, RK_PHOTO_PIXELS_MAX, or too many scans. */
rk_status rk_decode(rk_slice file, uint32_t enough, rk_photo *out, rk_err *err);

#endif
