/* Loading unfolds every layer into one array in the order the kernel reads it (outputs in
 * groups of 8), so that running is only the walk over the layers. Activations lie
 * [row][column][channel] with a border of zeros, so that a convolution has no special case at
 * the edge. */
#include "read/net.h"

#include <math.h>

#include "base/limits.h"
#include "base/mem.h"
#include "read/grey.h"
#include "read/net_kernel.h"

enum kind { CONV = 1, POOL = 2, DENSE = 3 };

struct layer {
    enum kind kind;
    unsigned side; /* of the input picture, 0 when it is flat */
    unsigned in, out;
    unsigned out_room;    /* outputs padded to whole groups of lanes */
    float *weight, *bias; /* inside rk_net.number */
};

struct rk_net {
    unsigned side, classes, layers;
    float temperature, floor;
    struct layer layer[RK_NET_LAYERS_MAX];
    size_t plane; /* floats of the largest activation */
    float *number;
    const struct rk_net_kernel *kernel;
};

static const char magic[8] = {'r', 'e', 'k', 'a', 'p', 'N', 'N', 1};
#define HEAD (sizeof magic + 6 * 4)

/* ---- reading the bytes ---- */

static uint32_t u32(const char *p) {
    const uint8_t *b = (const uint8_t *)p;
    return (uint32_t)b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 | (uint32_t)b[3] << 24;
}

static float f32(const char *p) {
    const uint32_t v = u32(p);
    float f;
    memcpy(&f, &v, sizeof f);
    return f;
}

/* binary16, IEEE 754. */
static float half(const char *p) {
    const unsigned v = (unsigned)(uint8_t)p[0] | (unsigned)(uint8_t)p[1] << 8;
    const unsigned exponent = v >> 10 & 31, part = v & 1023;
    float f = exponent == 0    ? ldexpf((float)part, -24)
              : exponent == 31 ? (part ? NAN : INFINITY)
                               : ldexpf((float)(part + 1024), (int)exponent - 25);
    return v & 0x8000u ? -f : f;
}

static unsigned whole_groups(unsigned n) {
    return (n + RK_NET_LANES - 1) / RK_NET_LANES * RK_NET_LANES;
}

static size_t weights(const struct layer *l) {
    return l->kind == POOL ? 0 : (size_t)(l->kind == CONV ? 9 : 1) * l->in * l->out;
}

/* A layer's shape fits what comes before it: `side` (0 = flat) and `channels` of its input. */
static rk_status check_shape(const struct layer *l, unsigned n, unsigned side,
                             unsigned channels, rk_err *err) {
    const bool picture = l->kind == CONV || l->kind == POOL;
    if (!picture && l->kind != DENSE)
        return rk_fail(err, RK_CORRUPT, "weights: layer %u is of unknown kind %u", n,
                       (unsigned)l->kind);
    if (picture && side == 0)
        return rk_fail(err, RK_CORRUPT, "weights: layer %u needs a picture after a dense layer",
                       n);
    const unsigned in = picture || side == 0 ? channels : side * side * channels;
    const unsigned max = picture ? RK_NET_CHANNELS_MAX : RK_NET_DENSE_MAX;
    if (l->in != in || l->in > max)
        return rk_fail(err, RK_CORRUPT, "weights: layer %u has %u inputs, %u fit", n, l->in,
                       in);
    if (l->out == 0 || l->out > RK_NET_CHANNELS_MAX || (l->kind == POOL && l->out != l->in) ||
        (l->kind == CONV && l->out % RK_NET_LANES != 0))
        return rk_fail(err, RK_CORRUPT, "weights: layer %u has %u outputs", n, l->out);
    if ((l->kind == CONV && side % 4 != 0) || (l->kind == POOL && side % 2 != 0))
        return rk_fail(err, RK_CORRUPT, "weights: layer %u has a picture of side %u", n, side);
    return RK_OK;
}

/* Reads the layers' shapes and steps over their numbers. *number = floats to be kept. */
static rk_status read_shapes(rk_slice rest, rk_net *net, size_t *number, rk_err *err) {
    unsigned side = net->side, channels = 1;
    for (unsigned n = 0; n < net->layers; n++) {
        struct layer *l = &net->layer[n];
        if (rest.len < 16)
            return rk_fail(err, RK_CORRUPT, "weights: cut off before layer %u", n + 1);
        *l = (struct layer){.kind = (enum kind)u32(rest.ptr),
                            .in = u32(rest.ptr + 4),
                            .out = u32(rest.ptr + 8)};
        RK_TRY(check_shape(l, n + 1, side, channels, err));
        l->side = side;
        l->out_room = whole_groups(l->out);
        const size_t bytes = 16 + (weights(l) + (l->kind == POOL ? 0 : l->out)) * 2;
        if (rest.len < bytes)
            return rk_fail(err, RK_CORRUPT, "weights: cut off in layer %u", n + 1);
        rest = rk_slice_from(rest, bytes);
        if (l->kind != POOL) *number += (weights(l) / l->out + 1) * l->out_room;
        side = l->kind == DENSE ? 0 : l->kind == POOL ? side / 2 : side;
        channels = l->out;
        const size_t plane = side ? (size_t)(side + 2) * (side + 2) * l->out : l->out_room;
        if (plane > net->plane) net->plane = plane;
    }
    if (rest.len != 0) return rk_fail(err, RK_CORRUPT, "weights: bytes after the last layer");
    if (side != 0 || channels != net->classes)
        return rk_fail(err, RK_CORRUPT, "weights: the last layer gives %u of %u classes",
                       channels, net->classes);
    return RK_OK;
}

/* [tap and input][out] in the file -> for each 8 outputs [tap and input][8] in memory. */
static bool unfold(const struct layer *l, const char *from) {
    const size_t rows = weights(l) / l->out;
    bool finite = true;
    for (size_t r = 0; r < rows; r++)
        for (unsigned o = 0; o < l->out; o++) {
            const float v = half(from + (r * l->out + o) * 2);
            const size_t group = o / RK_NET_LANES, lane = o % RK_NET_LANES;
            l->weight[(group * rows + r) * RK_NET_LANES + lane] = v;
            finite = finite && isfinite(v);
        }
    for (unsigned o = 0; o < l->out; o++) {
        l->bias[o] = half(from + (rows * l->out + o) * 2);
        finite = finite && isfinite(l->bias[o]);
    }
    return finite;
}

static rk_status read_numbers(rk_slice rest, rk_net *net, rk_err *err) {
    float *at = net->number;
    for (unsigned n = 0; n < net->layers; n++) {
        struct layer *l = &net->layer[n];
        rest = rk_slice_from(rest, 16);
        if (l->kind == POOL) continue;
        l->weight = at;
        at += weights(l) / l->out * l->out_room;
        l->bias = at;
        at += l->out_room;
        RK_ASSERT(rest.len >= (weights(l) + l->out) * 2 &&
                  rest.ptr); /* read_shapes saw to it */
        if (!unfold(l, rest.ptr))
            return rk_fail(err, RK_CORRUPT, "weights: a number of layer %u is not finite",
                           n + 1);
        rest = rk_slice_from(rest, (weights(l) + l->out) * 2);
    }
    return RK_OK;
}

static rk_status read_head(rk_slice bytes, rk_net *net, rk_err *err) {
    if (bytes.len > RK_MODEL_MAX)
        return rk_fail(err, RK_CORRUPT, "weights: %zu bytes, at most %u", bytes.len,
                       RK_MODEL_MAX);
    if (bytes.len < HEAD || memcmp(bytes.ptr, magic, sizeof magic) != 0)
        return rk_fail(err, RK_CORRUPT, "weights: this is not a weights file of version 1");
    const char *p = bytes.ptr + sizeof magic;
    net->layers = u32(p), net->side = u32(p + 4), net->classes = u32(p + 8);
    net->temperature = f32(p + 12), net->floor = f32(p + 16);
    if (net->layers == 0 || net->layers > RK_NET_LAYERS_MAX || net->side < 4 ||
        net->side > RK_NET_SIDE_MAX || net->classes == 0 || net->classes > RK_NET_CLASSES_MAX)
        return rk_fail(err, RK_CORRUPT, "weights: %u layers over side %u to %u classes",
                       net->layers, net->side, net->classes);
    if (!(net->temperature >= 0.01f && net->temperature <= 100 && net->floor > 0 &&
          net->floor <= 255))
        return rk_fail(err, RK_CORRUPT, "weights: temperature or contrast floor out of range");
    return RK_OK;
}

rk_status rk_net_load(rk_slice bytes, rk_net **out, rk_err *err) {
    rk_net *net = rk_alloc(sizeof *net);
    size_t number = 0;
    *out = NULL;
    rk_status s = read_head(bytes, net, err);
    if (s == RK_OK) s = read_shapes(rk_slice_from(bytes, HEAD), net, &number, err);
    if (s == RK_OK) {
        const size_t first = (size_t)(net->side + 2) * (net->side + 2);
        if (net->plane < first) net->plane = first;
        net->number = rk_calloc(number, sizeof(float));
        s = read_numbers(rk_slice_from(bytes, HEAD), net, err);
    }
    net->kernel = rk_net_kernel_avx2();
    if (net->kernel == NULL) net->kernel = &rk_net_kernel_portable;
    if (s == RK_OK)
        *out = net;
    else
        rk_net_free(&net);
    return s;
}

void rk_net_free(rk_net **net) {
    if (*net == NULL) return;
    rk_free((*net)->number);
    rk_free(*net);
    *net = NULL;
}

void rk_net_use_kernel(rk_net *net, const struct rk_net_kernel *kernel) {
    net->kernel = kernel;
}

unsigned rk_net_side(const rk_net *net) { return net->side; }
unsigned rk_net_classes(const rk_net *net) { return net->classes; }
float rk_net_temperature(const rk_net *net) { return net->temperature; }
size_t rk_net_scratch(const rk_net *net) { return 2 * net->plane; }

/* ---- running ---- */

/* The picture inside a border of zeros, mean 0 and deviation 1. Sums are whole numbers. */
static void standardise(const rk_net *net, const uint8_t *grey, float *x) {
    const unsigned side = net->side;
    const double n = (double)side * side;
    uint64_t sum = 0, squares = 0;
    for (unsigned i = 0; i < side * side; i++) {
        sum += grey[i];
        squares += (unsigned)grey[i] * grey[i];
    }
    const double mean = (double)sum / n;
    const double deviation = sqrt(fmax(0, (double)squares / n - mean * mean));
    const float scale = (float)(1 / fmax(deviation, (double)net->floor));
    memset(x, 0, (size_t)(side + 2) * (side + 2) * sizeof *x);
    for (unsigned r = 0; r < side; r++)
        for (unsigned c = 0; c < side; c++)
            x[(r + 1) * (side + 2) + c + 1] = ((float)grey[r * side + c] - (float)mean) * scale;
}

/* Zeros around a picture of `side` with `channels`. */
static void clear_border(float *y, unsigned side, unsigned channels) {
    const size_t row = (size_t)(side + 2) * channels;
    memset(y, 0, row * sizeof *y);
    memset(y + (side + 1) * row, 0, row * sizeof *y);
    for (unsigned r = 1; r <= side; r++) {
        memset(y + r * row, 0, channels * sizeof *y);
        memset(y + (r + 1) * row - channels, 0, channels * sizeof *y);
    }
}

static void pool(const float *x, unsigned side, unsigned channels, float *restrict y) {
    const size_t row = (size_t)(side + 2) * channels,
                 half_row = (size_t)(side / 2 + 2) * channels;
    for (unsigned r = 0; r < side / 2; r++)
        for (unsigned c = 0; c < side / 2; c++) {
            const float *a = x + (2 * r + 1) * row + (size_t)(2 * c + 1) * channels;
            float *to = y + (r + 1) * half_row + (size_t)(c + 1) * channels;
            for (unsigned k = 0; k < channels; k++) {
                const float top = rk_larger(a[k], a[channels + k]);
                const float bottom = rk_larger(a[row + k], a[row + channels + k]);
                to[k] = rk_larger(top, bottom);
            }
        }
}

/* Takes the border off: [side+2][side+2][channels] -> [side][side][channels], in place. */
static void flatten(float *x, unsigned side, unsigned channels) {
    for (unsigned r = 0; r < side; r++)
        memmove(x + (size_t)r * side * channels,
                x + ((size_t)(r + 1) * (side + 2) + 1) * channels,
                (size_t)side * channels * sizeof *x);
}

static void rectify(float *x, unsigned n) {
    for (unsigned i = 0; i < n; i++) x[i] = x[i] > 0 ? x[i] : 0;
}

void rk_net_run(const rk_net *net, const uint8_t *grey, float *scratch, float *logits) {
    float *x = scratch, *y = scratch + net->plane;
    standardise(net, grey, x);
    for (unsigned n = 0; n < net->layers; n++) {
        const struct layer *l = &net->layer[n];
        if (l->kind == CONV) {
            clear_border(y, l->side, l->out);
            net->kernel->conv(x, l->side, l->in, l->weight, l->bias, l->out, y);
        } else if (l->kind == POOL) {
            clear_border(y, l->side / 2, l->out);
            pool(x, l->side, l->out, y);
        } else {
            if (l->side != 0) flatten(x, l->side, l->in / (l->side * l->side));
            net->kernel->dense(x, l->in, l->weight, l->bias, l->out_room, y);
            if (n + 1 < net->layers) rectify(y, l->out);
        }
        float *t = x;
        x = y, y = t;
    }
    memcpy(logits, x, net->classes * sizeof *logits);
}
