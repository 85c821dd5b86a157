/* Any bytes as a photo whose public copy is made: refused with a reason, or a copy that is no
 * longer than the photo, is its own public copy, and (a JPEG) decodes to the same pixels. */
#include "base/mem.h"
#include "read/strip.h"
#include "scan/decode.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

enum { PIXELS = 1 << 16 }; /* more are not decoded: it would only be slow */

/* Sides as the frame of a stripped JPEG has them. */
static bool small(rk_slice jpeg) {
    for (size_t i = 0; i + 9 < jpeg.len; i++) {
        const uint8_t *p = (const uint8_t *)jpeg.ptr + i;
        bool frame = p[1] >= 0xc0 && p[1] <= 0xca && p[1] != 0xc4 && p[1] != 0xc8;
        if (p[0] == 0xff && frame)
            return ((unsigned)p[5] << 8 | p[6]) * ((unsigned)p[7] << 8 | p[8]) <= PIXELS;
    }
    return false;
}

static void same_pixels(rk_slice photo, rk_slice copy) {
    rk_photo a, b;
    if (rk_decode(photo, 0, &a, NULL) != RK_OK) return;
    RK_ASSERT(rk_decode(copy, 0, &b, NULL) == RK_OK);
    RK_ASSERT(a.width == b.width && a.height == b.height);
    RK_ASSERT(memcmp(a.grey.px, b.grey.px, (size_t)a.width * a.height) == 0);
    rk_free((void *)(uintptr_t)a.grey.px);
    rk_free((void *)(uintptr_t)b.grey.px);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
    rk_slice photo = {(const char *)data, n};
    rk_buf copy, again;
    enum rk_photo_type type, type2;
    rk_err err = RK_ERR_INIT;
    rk_buf_init(&copy, n);
    rk_buf_init(&again, n);
    if (rk_photo_strip(photo, &copy, &type, &err) != RK_OK) {
        RK_ASSERT(err.text[0] && copy.len == 0 && type == RK_PHOTO_NONE);
    } else {
        rk_slice out = rk_buf_slice(&copy);
        RK_ASSERT(rk_photo_strip(out, &again, &type2, &err) == RK_OK && type == type2);
        RK_ASSERT(rk_slice_eq(out, rk_buf_slice(&again)));
        if (type == RK_PHOTO_JPEG && small(out)) same_pixels(photo, out);
    }
    rk_buf_free(&copy);
    rk_buf_free(&again);
    return 0;
}
