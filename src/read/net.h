/* A small feed-forward net over a square grey picture: 3 x 3 convolutions (zero border, ReLU),
 * 2 x 2 maximum pooling, dense layers (ReLU but for the last). Knows nothing of digits; the
 * weights come as bytes in the layout below, the numbers as half precision, and are unfolded to
 * float once. Own code, because no kept C library for this is in Debian 12 and the whole need
 * is three kinds of layers.
 *
 * Layout, little endian: "rekapNN" 0x01; u32 layers, side, classes; f32 temperature, floor; u32
 * 0; then each layer: u32 kind (1 convolution, 2 pooling, 3 dense), in, out, 0, and its weights
 * as binary16: convolution [3][3][in][out] and [out] biases, dense [in][out] and [out] (the
 * input of the first dense layer is [row][column][channel]). Nothing may follow the last layer.
 *
 * Results: the same bytes on one kind of processor; between processors with and without FMA
 * they differ by rounding (about 1e-5 of a logit). A net is read-only after loading, so threads
 * may share it. Limits: RK_MODEL_MAX, RK_NET_*. Errors: RK_CORRUPT, with what is wrong. */
#ifndef RK_READ_NET_H
#define RK_READ_NET_H

#include "base/err.h"

#define RK_NET_SIDE_MAX 64u
#define RK_NET_CHANNELS_MAX 128u
#define RK_NET_DENSE_MAX 4096u /* inputs of a dense layer */
#define RK_NET_CLASSES_MAX 64u
#define RK_NET_LAYERS_MAX 24u

typedef struct rk_net rk_net;

/* *out is the caller's, freed by rk_net_free; bytes need not outlive the call. */
rk_status rk_net_load(rk_slice bytes, rk_net **out, rk_err *err);
void rk_net_free(rk_net **net);

unsigned rk_net_side(const rk_net *net);
unsigned rk_net_classes(const rk_net *net);
float rk_net_temperature(const rk_net *net); /* > 0: what logits are divided by */

/* Scratch memory for run: so many floats, one piece for each thread. */
size_t rk_net_scratch(const rk_net *net);
/* Logits of one picture (side * side bytes). The picture is first brought to mean 0 and
 * deviation 1 (or its deviation over the floor, when there is hardly any contrast). */
void rk_net_run(const rk_net *net, const uint8_t *grey, float *scratch, float *logits);

#endif
