/* Any bytes as the weights of a net: refused with a reason, or it runs over a picture and gives
 * as many numbers as it has classes, inside the scratch memory it asks for. */
#include <stdlib.h>

#include "base/mem.h"
#include "read/net.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
    rk_net *net;
    rk_err err = RK_ERR_INIT;
    if (rk_net_load((rk_slice){(const char *)data, n}, &net, &err) != RK_OK) {
        RK_ASSERT(err.text[0] != '\0' && net == NULL);
        return 0;
    }
    uint8_t grey[RK_NET_SIDE_MAX * RK_NET_SIDE_MAX] = {1, 2, 3};
    float logits[RK_NET_CLASSES_MAX + 1];
    RK_ASSERT(rk_net_side(net) <= RK_NET_SIDE_MAX && rk_net_classes(net) <= RK_NET_CLASSES_MAX);
    logits[rk_net_classes(net)] = 42;
    float *scratch = rk_calloc(rk_net_scratch(net), sizeof *scratch);
    rk_net_run(net, grey, scratch, logits);
    RK_ASSERT(logits[rk_net_classes(net)] == 42);
    rk_free(scratch);
    rk_net_free(&net);
    return 0;
}
