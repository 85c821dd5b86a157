/* The portable kernel: four floats a register, which every processor of today has (SSE2, NEON,
 * WebAssembly). */
#define VECTOR 4u
#include "read/net_kernel.inc"

const struct rk_net_kernel rk_net_kernel_portable = {"portable", conv, dense};
