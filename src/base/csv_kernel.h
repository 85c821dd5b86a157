/* Inside of csv.c: the two loops that touch every byte, in a portable and an AVX2 version that
 * are held equal by tests. Not for other modules. */
#ifndef RK_BASE_CSV_KERNEL_H
#define RK_BASE_CSV_KERNEL_H

#include "base/slice.h"

struct rk_csv_kernel {
    const char *name;
    /* Offsets of every ',' and '\n' in chunk[0..n) to ends[], and for each '\n' the number of
     * delimiters up to and with it to row_end[]. Returns the number of line ends;
     * *quoted = there is a '"' somewhere. May write up to
     * 64 elements past the last one of each array. */
    size_t (*index)(const char *chunk, size_t n, uint32_t *ends, uint32_t *row_end,
                    bool *quoted);
    /* Decodes `columns` decimal fields of one row (ends[-1] = delimiter before the row); an
     * empty field gives `absent`. False when a field with check[i] != 0 is not 0 to 4 digits.
     * Reads 4 bytes before each field's end, and writes value[] up to the next multiple of 8;
     * check[] is 0 there. */
    bool (*decode)(const char *chunk, const uint32_t *ends, size_t columns, uint32_t absent,
                   const uint32_t *check, uint32_t *value);
};

/* The best one for this processor. */
const struct rk_csv_kernel *rk_csv_kernel(void);
extern const struct rk_csv_kernel rk_csv_kernel_portable;
/* NULL where it was not built or the processor lacks it. */
const struct rk_csv_kernel *rk_csv_kernel_avx2(void);
/* Number of delimiters in chunk[0..n), their offsets in ends[] (portable, for the last line).
 */
size_t rk_csv_delims(const char *chunk, size_t n, uint32_t *ends);

#endif
