/* Inside of net.c: the loops where the time goes, compiled twice from one source
 * (net_kernel.inc), portable and for AVX2 with FMA. Not for other modules. Vectors are GCC's
 * and clang's portable ones, so that WebAssembly gets them too. */
#ifndef RK_READ_NET_KERNEL_H
#define RK_READ_NET_KERNEL_H

#include <stdint.h>

#define RK_NET_LANES 8u /* channels are padded to a multiple of this */

struct rk_net_kernel {
    const char *name;
    /* 3 x 3 convolution with ReLU. x: [side+2][side+2][in] with a zero border; w: for each 8
     * outputs [9][in][8]; y: as x with `out` channels, its border untouched. */
    void (*conv)(const float *x, unsigned side, unsigned in, const float *w, const float *bias,
                 unsigned out, float *y);
    /* y[out] = bias + x[in] * w; w: for each 8 outputs [in][8]; out a multiple of 8. */
    void (*dense)(const float *x, unsigned in, const float *w, const float *bias, unsigned out,
                  float *y);
};

extern const struct rk_net_kernel rk_net_kernel_portable;
/* NULL where it was not built or the processor lacks it. */
const struct rk_net_kernel *rk_net_kernel_avx2(void);

/* Test hook: this net runs with that kernel from now on. */
struct rk_net;
void rk_net_use_kernel(struct rk_net *net, const struct rk_net_kernel *kernel);

#endif
