/* The same source with 8 floats in one register and fused multiply-add (compiled with -mavx2
 * -mfma, chosen at run time). */
#define VECTOR 8u
#include "read/net_kernel.inc"

#if defined(__AVX2__) && defined(__FMA__)
static const struct rk_net_kernel kernel = {"avx2", conv, dense};

const struct rk_net_kernel *rk_net_kernel_avx2(void) {
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") ? &kernel : NULL;
}
#else
const struct rk_net_kernel *rk_net_kernel_avx2(void) {
    (void)conv, (void)dense;
    return NULL;
}
#endif
