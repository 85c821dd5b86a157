/* The portable kernel: whatever vectors the compiler has for the plainest processor. */
#include "read/net_kernel.inc"

const struct rk_net_kernel rk_net_kernel_portable = {"portable", conv, dense};
