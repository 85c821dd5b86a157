/* The first seat goes to the largest quotient, and so on; equal quotients that do not all get a
 * seat are a tie. What the last seat hangs on is asked of the same arithmetic, by halving: a
 * party that loses votes while all others keep theirs never gains a seat by either method. */
#include "core/seats.h"

#include "base/mem.h"

typedef __uint128_t wide;

/* One party's claim to a seat: num / den. */
struct claim {
    uint64_t num, den;
};

static int compare(struct claim a, struct claim b) {
    wide x = (wide)a.num * b.den, y = (wide)b.num * a.den;
    return (x > y) - (x < y);
}

static uint64_t votes_of(const rk_district *d, uint32_t i) {
    return d->in[i] && d->votes[i] != UINT64_MAX ? d->votes[i] : 0;
}

/* ===== Sainte-Laguë ===== */

static struct claim next_quotient(const rk_district *d, const uint32_t *seats, uint32_t i) {
    return (struct claim){votes_of(d, i), 2ull * seats[i] + 1};
}

/* The largest quotient still standing and how many share it; false when no votes are left. */
static bool best_quotient(const rk_district *d, const uint32_t *seats, struct claim *best,
                          uint32_t *shared) {
    *shared = 0;
    for (uint32_t i = 0; i < d->n; i++) {
        struct claim c = next_quotient(d, seats, i);
        if (c.num == 0) continue;
        int order = *shared ? compare(c, *best) : 1;
        if (order > 0) *best = c, *shared = 0;
        if (order >= 0) ++*shared;
    }
    return *shared > 0;
}

static void divisors(const rk_district *d, uint32_t *seats, bool *tied, uint32_t *open) {
    uint32_t left = d->seats, shared;
    struct claim best;
    while (left && best_quotient(d, seats, &best, &shared)) {
        bool enough = shared <= left;
        for (uint32_t i = 0; i < d->n; i++) {
            struct claim c = next_quotient(d, seats, i);
            if (c.num == 0 || compare(c, best) != 0) continue;
            if (enough)
                seats[i]++, left--;
            else
                tied[i] = true;
        }
        if (!enough) break;
    }
    *open = left;
}

/* ===== quota and largest remainders ===== */

static uint64_t district_votes(const rk_district *d) {
    uint64_t all = 0;
    for (uint32_t i = 0; i < d->n; i++) all += votes_of(d, i);
    return all;
}

/* What is left of a party's votes after whole quotas, times the district's seats. */
static uint64_t remainder_of(const rk_district *d, uint64_t all, uint32_t i) {
    return (uint64_t)((wide)votes_of(d, i) * d->seats % all);
}

static uint32_t whole_quotas(const rk_district *d, uint64_t all, uint32_t i) {
    return (uint32_t)((wide)votes_of(d, i) * d->seats / all);
}

/* Parties that have not had a seat for their remainder, largest remainder first. */
static bool best_remainder(const rk_district *d, uint64_t all, const uint32_t *seats,
                           uint64_t *best, uint32_t *shared) {
    *shared = 0;
    for (uint32_t i = 0; i < d->n; i++) {
        uint64_t r = remainder_of(d, all, i);
        if (r == 0 || seats[i] > whole_quotas(d, all, i)) continue;
        if (*shared == 0 || r > *best) *best = r, *shared = 0;
        if (r == *best) ++*shared;
    }
    return *shared > 0;
}

static void remainders(const rk_district *d, uint32_t *seats, bool *tied, uint32_t *open) {
    uint64_t all = district_votes(d), best = 0;
    uint32_t left = d->seats, shared;
    for (uint32_t i = 0; all && i < d->n; i++) {
        seats[i] = whole_quotas(d, all, i);
        left -= seats[i];
    }
    while (all && left && best_remainder(d, all, seats, &best, &shared)) {
        bool enough = shared <= left;
        for (uint32_t i = 0; i < d->n; i++) {
            if (remainder_of(d, all, i) != best || seats[i] > whole_quotas(d, all, i)) continue;
            if (enough)
                seats[i]++, left--;
            else
                tied[i] = true;
        }
        if (!enough) break;
    }
    *open = left;
}

void rk_seats_district(enum rk_seat_method m, const rk_district *d, uint32_t *seats, bool *tied,
                       uint32_t *open) {
    memset(seats, 0, d->n * sizeof *seats);
    memset(tied, 0, d->n * sizeof *tied);
    RK_ASSERT(m == RK_SAINTE_LAGUE || m == RK_QUOTA);
    if (m == RK_SAINTE_LAGUE)
        divisors(d, seats, tied, open);
    else
        remainders(d, seats, tied, open);
}

/* ===== what the last seat hangs on ===== */

struct trial {
    enum rk_seat_method m;
    rk_district d;
    uint64_t *votes; /* a copy that may be changed */
    uint32_t *seats;
    bool *tied;
};

/* Seats of a party when it has v votes. */
static uint32_t seats_with(struct trial *t, uint32_t party, uint64_t v) {
    uint64_t kept = t->votes[party];
    uint32_t open;
    t->votes[party] = v;
    rk_seats_district(t->m, &t->d, t->seats, t->tied, &open);
    t->votes[party] = kept;
    return t->seats[party];
}

static struct claim claim_of(const struct trial *t, uint64_t all, const uint32_t *seats,
                             uint32_t i, bool last) {
    if (t->m == RK_QUOTA) return (struct claim){remainder_of(&t->d, all, i), 1};
    return (struct claim){votes_of(&t->d, i),
                          2ull * seats[i] + (last ? 0 : 1) - (last ? 1 : 0)};
}

/* The weakest claim that got a seat, and the strongest of another party that got none. */
static void find_last(const struct trial *t, const uint32_t *seats, rk_last_seat *out) {
    uint64_t all = district_votes(&t->d);
    for (uint32_t i = 0; i < t->d.n; i++) {
        bool has =
            t->m == RK_QUOTA ? all && seats[i] > whole_quotas(&t->d, all, i) : seats[i] > 0;
        if (has &&
            (out->winner == RK_NONE || compare(claim_of(t, all, seats, i, true),
                                               claim_of(t, all, seats, out->winner, true)) < 0))
            out->winner = i;
    }
    if (out->winner == RK_NONE) return;
    for (uint32_t i = 0; i < t->d.n; i++) {
        bool had = t->m == RK_QUOTA && seats[i] > whole_quotas(&t->d, all, i);
        if (i == out->winner || had || votes_of(&t->d, i) == 0) continue;
        if (out->next == RK_NONE || compare(claim_of(t, all, seats, i, false),
                                            claim_of(t, all, seats, out->next, false)) > 0)
            out->next = i;
    }
    if (t->m == RK_QUOTA) return;
    out->winner_divisor = 2ull * seats[out->winner] - 1;
    out->next_divisor = out->next == RK_NONE ? 0 : 2ull * seats[out->next] + 1;
}

static void find_can_lose(struct trial *t, uint32_t has, rk_last_seat *out) {
    uint64_t v = t->votes[out->winner], keeps = 0, fails = v;
    out->can_lose_all = seats_with(t, out->winner, 0) >= has;
    while (!out->can_lose_all && fails - keeps > 1) {
        uint64_t mid = keeps + (fails - keeps) / 2;
        if (seats_with(t, out->winner, v - mid) >= has)
            keeps = mid;
        else
            fails = mid;
    }
    out->can_lose = keeps;
}

static void find_lacks(struct trial *t, uint32_t has, rk_last_seat *out) {
    if (out->next == RK_NONE) return;
    uint64_t v = t->votes[out->next], fails = 0, enough = RK_VOTES_MAX - v;
    out->has_lacks = seats_with(t, out->next, v + enough) > has;
    while (out->has_lacks && enough - fails > 1) {
        uint64_t mid = fails + (enough - fails) / 2;
        if (seats_with(t, out->next, v + mid) > has)
            enough = mid;
        else
            fails = mid;
    }
    out->lacks = out->has_lacks ? enough : 0;
}

void rk_seats_last(enum rk_seat_method m, const rk_district *d, rk_last_seat *out) {
    uint32_t *seats = rk_calloc(d->n + 1u, sizeof *seats), open;
    struct trial t = {m, *d, rk_dup(d->votes, d->n * sizeof *d->votes + 0),
                      rk_calloc(d->n + 1u, sizeof *seats),
                      rk_calloc(d->n + 1u, sizeof *t.tied)};
    t.d.votes = t.votes;
    *out = (rk_last_seat){.winner = RK_NONE, .next = RK_NONE};
    rk_seats_district(m, d, seats, t.tied, &open);
    if (open == 0) find_last(&t, seats, out);
    if (out->winner != RK_NONE) {
        find_can_lose(&t, seats[out->winner], out);
        find_lacks(&t, out->next == RK_NONE ? 0 : seats[out->next], out);
    }
    rk_free(seats);
    rk_free(t.votes);
    rk_free(t.seats);
    rk_free(t.tied);
}

/* ===== a whole parliament ===== */

static rk_status national(const rk_seat_table *t, const rk_seat_rule *rule, rk_seat_result *r,
                          rk_err *err) {
    for (size_t i = 0; i < (size_t)t->n_district * t->n_party; i++) {
        if (t->votes[i] == UINT64_MAX) continue;
        if (t->votes[i] > RK_VOTES_MAX)
            return rk_fail(err, RK_LIMIT, "district %.*s: more than %llu votes",
                           RK_FMT(rk_code_slice(&t->district[i / t->n_party])),
                           (unsigned long long)RK_VOTES_MAX);
        r->party[i % t->n_party] += t->votes[i];
        r->total += t->votes[i];
    }
    for (uint32_t p = 0; p < t->n_party; p++) /* "at least": equal is enough */
        r->through[p] = (wide)r->party[p] * 10000 >= (wide)rule->threshold_bp * r->total;
    return RK_OK;
}

static void districts(const rk_seat_table *t, const rk_seat_rule *rule, rk_seat_result *r) {
    bool *in = rk_calloc(t->n_party + 1u, sizeof *in);
    for (uint32_t d = 0; d < t->n_district; d++) {
        size_t at = (size_t)d * t->n_party;
        for (uint32_t p = 0; p < t->n_party; p++)
            in[p] = r->through[p] && t->votes[at + p] != UINT64_MAX;
        rk_district one = {t->votes + at, in, t->n_party, t->seats[d]};
        rk_seats_district(rule->method, &one, r->cell + at, r->tied + at, &r->open_in[d]);
        rk_seats_last(rule->method, &one, &r->last[d]);
        for (uint32_t p = 0; p < t->n_party; p++) r->won[p] += r->cell[at + p];
        r->seats += t->seats[d];
        r->open += r->open_in[d];
    }
    rk_free(in);
}

rk_status rk_seats_compute(const rk_seat_table *t, const rk_seat_rule *rule, rk_seat_result *r,
                           rk_err *err) {
    *r = (rk_seat_result){0};
    if (rule->method == RK_SEATS_NONE)
        return rk_fail(err, RK_BAD_INPUT,
                       "no method of giving out seats is known for %u: name one (sainte-lague, "
                       "kuota)",
                       rule->year);
    size_t cells = (size_t)t->n_district * t->n_party + 1;
    r->party = rk_calloc(t->n_party + 1u, sizeof *r->party);
    r->through = rk_calloc(t->n_party + 1u, sizeof *r->through);
    r->won = rk_calloc(t->n_party + 1u, sizeof *r->won);
    r->cell = rk_calloc(cells, sizeof *r->cell);
    r->tied = rk_calloc(cells, sizeof *r->tied);
    r->open_in = rk_calloc(t->n_district + 1u, sizeof *r->open_in);
    r->last = rk_calloc(t->n_district + 1u, sizeof *r->last);
    rk_status s = national(t, rule, r, err);
    if (s == RK_OK)
        districts(t, rule, r);
    else
        rk_seat_result_free(r);
    return s;
}

void rk_seat_result_free(rk_seat_result *r) {
    rk_free(r->party);
    rk_free(r->through);
    rk_free(r->won);
    rk_free(r->cell);
    rk_free(r->tied);
    rk_free(r->open_in);
    rk_free(r->last);
    *r = (rk_seat_result){0};
}
