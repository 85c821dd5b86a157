/* Both CSV readers on any bytes; what the numeric reader decoded must be what its fields
 * say. */
#include "base/csv.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void general(rk_slice all) {
    rk_csv c;
    rk_err err = RK_ERR_INIT;
    size_t bytes = 0;
    rk_csv_init(&c, all);
    while (rk_csv_next(&c, &err) == RK_OK)
        for (size_t i = 0; i < c.n; i++) bytes += c.field[i].len;
    RK_ASSERT(bytes <= all.len);
    rk_csv_free(&c);
}

static void numeric(rk_slice all, size_t columns, unsigned mask) {
    const char *end = memchr(all.ptr, '\n', all.len);
    if (!end || end - all.ptr < 3) return; /* a header has 4 bytes or more */
    bool is_number[8];
    for (size_t i = 0; i < columns; i++) is_number[i] = mask >> i & 1;
    rk_csvnum c;
    rk_csvnum_init(&c, all, (size_t)(end - all.ptr) + 1, columns, is_number, UINT32_MAX);
    while (rk_csvnum_next(&c)) {
        RK_ASSERT(c.rows >= 1 && c.rows <= RK_CSV_BATCH);
        for (size_t r = 0; r < c.rows; r++) {
            size_t fields = rk_csvnum_count(&c, r);
            RK_ASSERT(c.odd[r] || fields == columns);
            for (size_t i = 0; i < fields; i++) {
                rk_slice f = rk_csvnum_field(&c, r, i);
                if (c.odd[r] || !is_number[i]) continue;
                uint32_t want = UINT32_MAX;
                for (size_t k = 0; k < f.len; k++)
                    want = (k ? want * 10 : 0) + (uint32_t)(f.ptr[k] - '0');
                RK_ASSERT(c.value[r * c.stride + i] == want);
            }
        }
    }
    rk_csvnum_free(&c);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
    if (n < 2) return 0;
    rk_slice all = {(const char *)data + 2, n - 2};
    /* The readers are promised readable bytes past the end of a table (files.h): give them
     * such. */
    char *padded = calloc(1, all.len + 64);
    if (!padded) return 0;
    memcpy(padded, all.ptr, all.len);
    all.ptr = padded;
    general(all);
    numeric(all, 1 + data[0] % 8, data[1]);
    free(padded);
    return 0;
}
