/* The weights file is the net (read/net.h) and the SHA-256 of its bytes: a damaged or truncated
 * file is refused, and the hash of the whole file is what a reading is recorded with. */
#include "read/digit.h"

#include <math.h>

#include "base/mem.h"
#include "read/net.h"

struct rk_digit_net {
    rk_net *net;
    rk_sha256 hash;
};

rk_status rk_digit_net_load(rk_slice weights, rk_digit_net **out, rk_err *err) {
    rk_sha256 sum;
    rk_net *net;
    *out = NULL;
    if (weights.len < sizeof sum)
        return rk_fail(err, RK_CORRUPT, "weights: only %zu bytes, this is not a weights file",
                       weights.len);
    const rk_slice body = {weights.ptr, weights.len - sizeof sum};
    sum = rk_sha256_of(body);
    if (memcmp(&sum, body.ptr + body.len, sizeof sum) != 0)
        return rk_fail(err, RK_CORRUPT,
                       "weights: the checksum at the end is wrong: fetch the file again");
    RK_TRY(rk_net_load(body, &net, err));
    if (rk_net_side(net) != RK_DIGIT_SIDE || rk_net_classes(net) != RK_DIGIT_CLASSES) {
        rk_fail(err, RK_CORRUPT, "weights: a net over side %u with %u classes reads no digits",
                rk_net_side(net), rk_net_classes(net));
        rk_net_free(&net);
        return RK_CORRUPT;
    }
    *out = rk_alloc(sizeof **out);
    **out = (rk_digit_net){net, rk_sha256_of(weights)};
    return RK_OK;
}

void rk_digit_net_free(rk_digit_net **net) {
    if (*net == NULL) return;
    rk_net_free(&(*net)->net);
    rk_free(*net);
    *net = NULL;
}

rk_sha256 rk_digit_net_hash(const rk_digit_net *net) { return net->hash; }

void rk_digit_net_logits(const rk_digit_net *net, const uint8_t *grey32x32, size_t n,
                         float logits[][RK_DIGIT_CLASSES]) {
    float *scratch = rk_calloc(rk_net_scratch(net->net), sizeof *scratch);
    for (size_t i = 0; i < n; i++)
        rk_net_run(net->net, grey32x32 + i * RK_DIGIT_PIXELS, scratch, logits[i]);
    rk_free(scratch);
}

static void softmax(float *v, float temperature) {
    float top = v[0], sum = 0;
    for (unsigned k = 1; k < RK_DIGIT_CLASSES; k++) top = fmaxf(top, v[k]);
    for (unsigned k = 0; k < RK_DIGIT_CLASSES; k++)
        sum += v[k] = expf((v[k] - top) / temperature);
    for (unsigned k = 0; k < RK_DIGIT_CLASSES; k++) v[k] /= sum;
}

void rk_digit_net_run(const rk_digit_net *net, const uint8_t *grey32x32, size_t n,
                      float posterior[][RK_DIGIT_CLASSES]) {
    rk_digit_net_logits(net, grey32x32, n, posterior);
    for (size_t i = 0; i < n; i++) softmax(posterior[i], rk_net_temperature(net->net));
}
