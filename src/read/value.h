/* From the posteriors of a field's boxes to its value: the likeliest numbers, each with its
 * probability. Unused leading boxes hold X, a dash, nothing or 0: all the same number. Boxes
 * are taken as independent given the photo. Pure. */
#ifndef RK_READ_VALUE_H
#define RK_READ_VALUE_H

#include "read/digit.h"
#include "base/limits.h"

#define RK_VALUE_BLANK UINT32_MAX /* nothing is written in the field: not a zero */

typedef struct rk_candidate {
    uint32_t value;
    float p;
} rk_candidate;

typedef struct rk_value {
    rk_candidate best[RK_CANDIDATES_MAX]; /* likeliest first */
    uint32_t n;
    float other; /* probability of all that is not listed, among it what is no number ("5X3") */
} rk_value;

void rk_value_of(const float posterior[][RK_DIGIT_CLASSES], uint32_t n_box, rk_value *out);

/* The digit at box i (0 = highest place) of a value written in n boxes; 0 for a blank. */
uint32_t rk_value_digit(uint32_t value, uint32_t n_box, uint32_t i);

#endif
