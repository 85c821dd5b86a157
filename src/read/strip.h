/* The public copy of a photo: the same pixels, and nothing of who took it, where, when and with
 * what. A JPEG's segments and a PNG's chunks are copied only where decoding needs them, so the
 * coded picture stays as it is, byte for byte; EXIF (position, time, camera, owner, thumbnail),
 * XMP, comments, colour profiles, further pictures and all that follows the picture's end (an
 * archive, a second file) are gone. Segments are held to their exact length, so that nothing
 * rides in a table. A rotation that EXIF asked for is gone as well: pixels are as stored, which
 * is what the reader's coordinates mean (docs/format/baca.md).
 *
 * Not looked into: the coded picture itself. What somebody hides between its bits, or paints,
 * stays. Pure; input (pointer, length), at most RK_PHOTO_BYTES_MAX; never longer than the
 * input. Sources: ITU-T T.81 annex B, JFIF 1.02, Adobe TN 5116; PNG (W3C, second edition). */
#ifndef RK_READ_STRIP_H
#define RK_READ_STRIP_H

#include "core/entry_photo.h"

/* Appends the public copy to out. RK_BAD_INPUT: it is neither, or does not hold together up to
 * its end (then there is no public copy); RK_LIMIT. On failure out is as it was. Stripping a
 * public copy gives the same bytes again. */
rk_status rk_photo_strip(rk_slice photo, rk_buf *out, enum rk_photo_type *type, rk_err *err);

#endif
