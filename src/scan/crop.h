/* Boxes cut out of a photo again, for people to look at: what a reading says of where they lie
 * is enough, so that no cut picture has to be kept. Decoding and cutting run in the sandbox,
 * like reading. Owner: the caller frees; a thread each has its own. Limits as rk_scan's. */
#ifndef RK_SCAN_CROP_H
#define RK_SCAN_CROP_H

#include "core/entry_photo.h"

#define RK_CROP_SIDE 72u /* pixels of a cut box; its frame lies RK_CROP_EDGE inside */
#define RK_CROP_EDGE 8u

typedef struct rk_crops rk_crops;

rk_status rk_crops_new(rk_crops **out, rk_err *err);
void rk_crops_free(rk_crops **c);
/* Cuts n <= RK_READING_BOXES_MAX boxes: *px = n times RK_CROP_SIDE squared grey pixels, row by
 * row, until the next call. RK_BAD_INPUT: the photo cannot be decoded; RK_IO: no child. */
rk_status rk_crops_cut(rk_crops *c, rk_slice photo, const rk_read_box *box, uint32_t n,
                       const uint8_t **px, rk_err *err);
/* n cut boxes beside each other, as a PNG. */
rk_status rk_crops_png(const uint8_t *px, uint32_t n, rk_buf *out, rk_err *err);

#endif
