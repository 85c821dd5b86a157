/* Any bytes as the files of a parliament (votes, seats, names, parted by "\n--\n") or as a
 * table of presidential votes: refused with a sentence, or computed with sums that hold. */
#include "core/outcome.h"
#include "core/seats.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static rk_slice cut(rk_slice *rest) {
    const char *at = rest->len ? memmem(rest->ptr, rest->len, "\n--\n", 4) : NULL;
    rk_slice part = {rest->ptr, at ? (size_t)(at - rest->ptr) + 1 : rest->len};
    *rest = rk_slice_from(*rest, part.len + (at ? 3 : 0));
    return part;
}

static void seats(rk_slice all) {
    rk_seat_table t;
    rk_seat_result r;
    rk_err err = RK_ERR_INIT;
    int which = -1;
    rk_slice votes = cut(&all), seat = cut(&all), names = cut(&all);
    if (rk_seat_table_parse(votes, seat, names, &t, &which, &err) != RK_OK) {
        RK_ASSERT(err.text[0] && which >= 0 && which <= 2 && t.n_party == 0);
        return;
    }
    for (int m = RK_SAINTE_LAGUE; m <= RK_QUOTA && t.n_district * t.n_party < 200; m++) {
        rk_seat_rule rule = {0, 400, (enum rk_seat_method)m, {NULL, 0}};
        uint64_t won = 0, all_seats = 0;
        for (uint32_t d = 0; d < t.n_district; d++) all_seats += t.seats[d];
        if (all_seats > 500 || rk_seats_compute(&t, &rule, &r, &err) != RK_OK) continue;
        for (uint32_t p = 0; p < t.n_party; p++) won += r.won[p];
        RK_ASSERT(won + r.open == r.seats && r.seats == all_seats);
        rk_seat_result_free(&r);
    }
    rk_seat_table_free(&t);
}

static void outcome(rk_slice all) {
    rk_outcome_table t;
    rk_outcome o;
    rk_err err = RK_ERR_INIT;
    if (rk_outcome_table_parse(all, RK_LIT("99"), 3, &t, &err) != RK_OK) {
        RK_ASSERT(err.text[0] && t.n_choice == 0);
        return;
    }
    if (rk_outcome_compute(&t, &o, &err) == RK_OK) {
        RK_ASSERT(o.first < t.n_choice && o.second < t.n_choice && o.first != o.second);
        RK_ASSERT(t.nation[o.first] >= t.nation[o.second]);
        RK_ASSERT(o.verdict != RK_ELECTED || t.complete);
    }
    rk_outcome_free(&o);
    rk_outcome_table_free(&t);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
    rk_slice all = {(const char *)data, n};
    seats(all);
    outcome(all);
    return 0;
}
