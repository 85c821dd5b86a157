/* The bound of bench/verify: libsodium alone over the signatures of a log.
 *     edbare LOGDIR SIZE ORIGIN KEYHEX
 * Reads the bundles, then verifies each version 2 entry's last 64 bytes over its message with
 * the one key (the importer's; the few entries by other keys are left out), and prints how
 * many, CPU and wall milliseconds of the verifications alone. */
#include "base/mem.h"
#include "core/tile.h"
#include "core/treecheck.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static double now(clockid_t c) {
    struct timespec t;
    clock_gettime(c, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static rk_slice read_file(const char *path) {
    FILE *f = fopen(path, "rb");
    if (!f || fseek(f, 0, SEEK_END) != 0) return perror(path), exit(1), (rk_slice){0};
    size_t n = (size_t)ftell(f);
    char *p = rk_alloc(n + 1);
    rewind(f);
    if (fread(p, 1, n, f) != n) exit(1);
    fclose(f);
    return (rk_slice){p, n};
}

struct message {
    unsigned char *p;
    size_t len;
};

int main(int argc, char **argv) {
    if (argc != 5) return fprintf(stderr, "edbare LOGDIR SIZE ORIGIN KEYHEX\n"), 2;
    uint64_t size = strtoull(argv[2], NULL, 10), n = 0, wrong = 0;
    unsigned char key[32];
    char prefix[300];
    size_t prefix_len =
        (size_t)snprintf(prefix, sizeof prefix, "rekap-entry/v1\n%s\n", argv[3]);
    struct message *m = rk_calloc(size + 1, sizeof *m);
    sodium_hex2bin(key, sizeof key, argv[4], 64, NULL, NULL, NULL);
    for (uint64_t i = 0; i < size; i += 256) {
        char path[4096], *end;
        rk_slice entry[256];
        size_t width = size - i < 256 ? (size_t)(size - i) : 256, got;
        int at = snprintf(path, sizeof path - 80, "%s/", argv[1]);
        end = rk_tile_path_put(path + at, (rk_tile){true, 0, (uint16_t)width, i / 256});
        *end = 0;
        if (!rk_bundle_entries(read_file(path), width, entry, &got)) return 1;
        for (size_t k = 0; k < got; k++) {
            if (entry[k].ptr[0] != 2 || entry[k].ptr[1] != 4) continue;
            m[n].len = prefix_len + entry[k].len;
            m[n].p = rk_alloc(m[n].len);
            memcpy(m[n].p, prefix, prefix_len);
            memcpy(m[n++].p + prefix_len, entry[k].ptr, entry[k].len);
        }
    }
    double wall = now(CLOCK_MONOTONIC), cpu = now(CLOCK_PROCESS_CPUTIME_ID);
    for (uint64_t i = 0; i < n; i++)
        wrong += crypto_sign_verify_detached(m[i].p + m[i].len - 64, m[i].p, m[i].len - 64,
                                             key) != 0;
    printf("%llu %llu %.1f %.1f\n", (unsigned long long)n, (unsigned long long)wrong,
           now(CLOCK_PROCESS_CPUTIME_ID) - cpu, now(CLOCK_MONOTONIC) - wall);
    return wrong ? 1 : 0;
}
