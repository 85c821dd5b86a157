/* What stands in one digit box of a form: a posterior over twelve classes for each box. The
 * classifier is a small convolutional net (read/net.h) whose weights are a data file
 * (models/digit-3.bin; its data, accuracy and limits: docs/model-digit.md).
 *
 * A box comes as 32 x 32 grey pixels, row-major, 0 = black, 255 = white paper, WITH its printed
 * frame: the outer edge of the frame lies at pixels 2 and 29 (28 of 32 pixels), two pixels of
 * paper around it. Cut and average it from the photo as it is: no thresholding, no inversion.
 *
 * The net is read-only after loading and may be shared by threads; run keeps its scratch memory
 * on the heap for the call only. Limits: RK_MODEL_MAX bytes of weights. Errors: RK_CORRUPT when
 * the checksum or the layout of the weights is wrong. Pure: no file, clock or random number. */
#ifndef RK_READ_DIGIT_H
#define RK_READ_DIGIT_H

#include "base/err.h"
#include "base/sha256.h"

#define RK_DIGIT_SIDE 32u
#define RK_DIGIT_PIXELS (RK_DIGIT_SIDE * RK_DIGIT_SIDE)
#define RK_DIGIT_FRAME_FIRST 2u /* the frame's outer edge, first and last pixel inside it */
#define RK_DIGIT_FRAME_LAST 29u

/* Classes 0 to 9 are the digits themselves. */
enum {
    RK_DIGIT_X = 10,     /* the X that fills an unused box */
    RK_DIGIT_BLANK = 11, /* nothing written, or a dash */
    RK_DIGIT_CLASSES = 12,
};

typedef struct rk_digit_net rk_digit_net;

/* Reads weights (the file's bytes, copied: they may be freed afterwards) into *out, which the
 * caller owns and frees with rk_digit_net_free. */
rk_status rk_digit_net_load(rk_slice weights, rk_digit_net **out, rk_err *err);
void rk_digit_net_free(rk_digit_net **net);

/* The SHA-256 of the weights file: what is recorded beside every reading. */
rk_sha256 rk_digit_net_hash(const rk_digit_net *net);

/* For each of n boxes (n * RK_DIGIT_PIXELS bytes) its calibrated posterior: twelve numbers >= 0
 * with sum 1, the softmax of the logits over the temperature in the weights file. */
void rk_digit_net_run(const rk_digit_net *net, const uint8_t *grey32x32, size_t n,
                      float posterior[][RK_DIGIT_CLASSES]);
/* The logits before temperature and softmax, for tests against the training program. */
void rk_digit_net_logits(const rk_digit_net *net, const uint8_t *grey32x32, size_t n,
                         float logits[][RK_DIGIT_CLASSES]);

#endif
