/* A beam over the boxes from left to right. A state is the number so far and whether a digit
 * has been seen yet; equal states are added up. */
#include "read/value.h"

#include <string.h>

enum { BEAM = 96 };

struct state {
    uint32_t value;
    bool digit, blank; /* a digit was seen; every box so far is blank */
    float p;
};

static void add(struct state *s, uint32_t *n, struct state x) {
    if (x.p < 1e-9f) return;
    for (uint32_t i = 0; i < *n; i++)
        if (s[i].value == x.value && s[i].digit == x.digit && s[i].blank == x.blank) {
            s[i].p += x.p;
            return;
        }
    uint32_t at = *n;
    if (*n == BEAM) {
        at = 0;
        for (uint32_t i = 1; i < BEAM; i++)
            if (s[i].p < s[at].p) at = i;
        if (s[at].p >= x.p) return;
    } else {
        ++*n;
    }
    s[at] = x;
}

static uint32_t step(const struct state *from, uint32_t n, const float p[RK_DIGIT_CLASSES],
                     struct state *to) {
    uint32_t m = 0;
    for (uint32_t i = 0; i < n; i++) {
        struct state s = from[i];
        for (uint32_t d = 0; d < 10; d++)
            add(to, &m, (struct state){s.value * 10 + d, true, false, s.p * p[d]});
        if (s.digit) continue; /* an X after a digit is no number */
        add(to, &m, (struct state){0, false, false, s.p * p[RK_DIGIT_X]});
        add(to, &m, (struct state){0, false, s.blank, s.p * p[RK_DIGIT_BLANK]});
    }
    return m;
}

static void put(rk_value *v, uint32_t value, float p) {
    uint32_t at = v->n < RK_CANDIDATES_MAX ? v->n++ : RK_CANDIDATES_MAX;
    if (at == RK_CANDIDATES_MAX) {
        if (v->best[at - 1].p >= p) return;
        at--;
    }
    for (; at > 0 && v->best[at - 1].p < p; at--) v->best[at] = v->best[at - 1];
    v->best[at] = (rk_candidate){value, p};
}

void rk_value_of(const float posterior[][RK_DIGIT_CLASSES], uint32_t n_box, rk_value *out) {
    struct state a[BEAM], b[BEAM];
    uint32_t n = 1;
    memset(out, 0, sizeof *out);
    RK_ASSERT(n_box >= 1 && n_box <= RK_SHEET_BOXES_MAX);
    a[0] = (struct state){0, false, true, 1};
    for (uint32_t i = 0; i < n_box; i++) {
        n = step(a, n, posterior[i], b);
        memcpy(a, b, n * sizeof *a);
    }
    /* X in the last box names no number; blanks throughout are a field left empty. */
    float listed = 0;
    for (uint32_t i = 0; i < n; i++) {
        if (a[i].digit) put(out, a[i].value, a[i].p);
        if (!a[i].digit && a[i].blank) put(out, RK_VALUE_BLANK, a[i].p);
    }
    for (uint32_t i = 0; i < out->n; i++) listed += out->best[i].p;
    out->other = listed < 1 ? 1 - listed : 0;
}

uint32_t rk_value_digit(uint32_t value, uint32_t n_box, uint32_t i) {
    if (value == RK_VALUE_BLANK) return 0;
    for (uint32_t k = i + 1; k < n_box; k++) value /= 10;
    return value % 10;
}
