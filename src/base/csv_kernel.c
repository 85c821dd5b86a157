#include "base/csv_kernel.h"

size_t rk_csv_delims(const char *chunk, size_t n, uint32_t *ends) {
    size_t k = 0;
    for (size_t i = 0; i < n; i++)
        if (chunk[i] == ',' || chunk[i] == '\n') ends[k++] = (uint32_t)i;
    return k;
}

static size_t index_portable(const char *chunk, size_t n, uint32_t *ends, uint32_t *row_end,
                             bool *quoted) {
    size_t k = 0, rows = 0;
    *quoted = n && memchr(chunk, '"', n) != NULL;
    for (size_t i = 0; i < n; i++) {
        ends[k] = (uint32_t)i;
        k += chunk[i] == ',' || chunk[i] == '\n';
        row_end[rows] = (uint32_t)k;
        rows += chunk[i] == '\n';
    }
    return rows;
}

static bool decode_portable(const char *chunk, const uint32_t *ends, size_t columns,
                            uint32_t absent, const uint32_t *check, uint32_t *value) {
    uint32_t bad = 0;
    for (size_t i = 0; i < columns; i++) {
        uint32_t from = ends[(ptrdiff_t)i - 1] + 1, n = ends[i] - from, v = 0, odd = n > 4;
        for (uint32_t j = 0; j < n && j < 4; j++) {
            uint32_t d = (uint32_t)(unsigned char)chunk[from + j] - '0';
            odd |= d > 9;
            v = v * 10 + d;
        }
        bad |= odd & check[i];
        value[i] = n ? v : absent;
    }
    return bad == 0;
}

const struct rk_csv_kernel rk_csv_kernel_portable = {"portable", index_portable,
                                                     decode_portable};

const struct rk_csv_kernel *rk_csv_kernel(void) {
    static const struct rk_csv_kernel
        *best; /* set once to a constant: a race writes the same */
    if (!best) best = rk_csv_kernel_avx2() ? rk_csv_kernel_avx2() : &rk_csv_kernel_portable;
    return best;
}
