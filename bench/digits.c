/* How many digit boxes a second one core reads: digits models/digit-3.bin [REPS]
 * One line a kernel: name, boxes a second of CPU time (best of REPS runs over 2,000 boxes). The
 * boxes are noise: the net does the same work whatever it sees. */
#include "base/mem.h"
#include "read/digit.h"
#include "read/net.h"
#include "read/net_kernel.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { BOXES = 2000 };

static double cpu(void) {
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void run(rk_net *net, const struct rk_net_kernel *kernel, const uint8_t *grey,
                int reps) {
    float *scratch = rk_calloc(rk_net_scratch(net), sizeof *scratch);
    float logits[RK_NET_CLASSES_MAX];
    double best = 1e9;
    rk_net_use_kernel(net, kernel);
    for (int r = 0; r < reps; r++) {
        const double began = cpu();
        for (size_t i = 0; i < BOXES; i++)
            rk_net_run(net, grey + i * RK_DIGIT_PIXELS, scratch, logits);
        const double took = cpu() - began;
        if (took < best) best = took;
    }
    printf("%s %.0f\n", kernel->name, BOXES / best);
    rk_free(scratch);
}

int main(int argc, char **argv) {
    static char bytes[1 << 20];
    FILE *f = argc > 1 ? fopen(argv[1], "rb") : NULL;
    if (f == NULL) return fprintf(stderr, "usage: digits models/digit-3.bin [REPS]\n"), 2;
    const size_t n = fread(bytes, 1, sizeof bytes, f);
    fclose(f);
    rk_net *net;
    rk_err err = RK_ERR_INIT;
    if (n < 32 || rk_net_load((rk_slice){bytes, n - 32}, &net, &err) != RK_OK)
        return fprintf(stderr, "digits: %s\n", err.text), 1;
    uint8_t *grey = rk_alloc(BOXES * RK_DIGIT_PIXELS);
    uint32_t s = 1;
    for (size_t i = 0; i < BOXES * RK_DIGIT_PIXELS; i++)
        grey[i] = (uint8_t)((s = s * 1664525u + 1013904223u) >> 24);
    const int reps = argc > 2 ? (int)strtol(argv[2], NULL, 10) : 5;
    run(net, &rk_net_kernel_portable, grey, reps);
    if (rk_net_kernel_avx2() != NULL) run(net, rk_net_kernel_avx2(), grey, reps);
    rk_free(grey);
    rk_net_free(&net);
    return 0;
}
