/* Which readings of doubtful figures would satisfy the form's sums: candidates for the people
 * who decide, never a correction. A figure may only take a value that its ink can be read as;
 * what that costs is the log-probability given up against the best reading, and there is a
 * limit to it.
 *
 * A search by repair: some sum that does not hold is picked, and one of its figures takes
 * another of its candidates; complete up to the limits on cost and changes. Pure; nothing
 * owned. */
#ifndef RK_READ_SOLVE_H
#define RK_READ_SOLVE_H

#include "read/sheet.h"
#include "read/value.h"

#define RK_SOLVE_CHANGES_MAX 4u

typedef struct rk_solution {
    uint32_t n;                               /* figures that differ from their best reading */
    uint32_t field[RK_SOLVE_CHANGES_MAX];     /* which */
    uint32_t candidate[RK_SOLVE_CHANGES_MAX]; /* which of their candidates */
    float cost;                               /* nats */
} rk_solution;

enum rk_check_state {
    RK_CHECK_HOLDS,
    RK_CHECK_BROKEN,
    RK_CHECK_OPEN /* a figure is missing */
};

/* Values by field, RK_VALUE_BLANK where there is none. */
enum rk_check_state rk_check_state(const rk_sheet *form, const rk_sheet_check *c,
                                   const uint32_t *value);

/* The cheapest ways to satisfy all sums (=) between the fields with set[field] == which, over
 * at most `cost_max`; cheapest first. When the best readings satisfy them, out[0] has n = 0 and
 * the rest are the nearest other ways. value[field].n == 0: a field that was not read. */
uint32_t rk_solve(const rk_sheet *form, const rk_value *value, const uint32_t *set,
                  uint32_t which, float cost_max, rk_solution *out, uint32_t out_max);

#endif
