/* Seats: the real elections of 2014 and 2024 cell by cell against the list of elected members
 * and against what plain Python counted vote by vote; random districts against a naive twin;
 * ties. */
#include "core/seats.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/csv.h"
#include "base/num.h"
#include "files/files.h"
#include "random.h"
#include "small.h"

static rk_file must_read(const char *name) {
    rk_file f;
    char path[600];
    rk_err err = RK_ERR_INIT;
    const char *root = getenv("REKAP_ROOT");
    snprintf(path, sizeof path, "%s/%s", root ? root : ".", name);
    MUST(rk_file_read(path, 1u << 24, &f, &err), err);
    return f;
}

static void real_table(const char *year, rk_seat_table *t) {
    char name[100];
    rk_err err = RK_ERR_INIT;
    int which;
    rk_file f[3];
    static const char *const part[] = {"suara", "kursi", "partai"};
    for (int i = 0; i < 3; i++) {
        snprintf(name, sizeof name, "data/dpr%s/%s.csv", year, part[i]);
        f[i] = must_read(name);
    }
    MUST(rk_seat_table_parse(f[0].bytes, f[1].bytes, f[2].bytes, t, &which, &err), err);
    for (int i = 0; i < 3; i++) rk_file_free(&f[i]);
}

/* "1=1;3=2" against the seats of one district; returns the cells that were compared. */
static uint32_t same_cells(const rk_seat_table *t, const rk_seat_result *r, uint32_t d,
                           rk_slice want) {
    rk_slice one, code;
    uint64_t n, sum = 0;
    const uint32_t *cell = r->cell + (size_t)d * t->n_party;
    while (rk_slice_cut(&want, ';', &one)) {
        assert_true(rk_slice_cut(&one, '=', &code) && rk_num_parse(one, 100, &n));
        uint32_t p = 0;
        while (p < t->n_party && !rk_slice_eq(rk_code_slice(&t->party[p]), code)) p++;
        assert_true(p < t->n_party);
        assert_int_equal(cell[p], n);
        sum += n;
    }
    assert_int_equal(sum, t->seats[d]); /* so every other cell is 0 */
    uint32_t compared = 0, got = 0;
    for (uint32_t p = 0; p < t->n_party; p++) compared += r->through[p], got += cell[p];
    assert_int_equal(got, t->seats[d]);
    return compared;
}

static void golden_row(const rk_seat_table *t, const rk_seat_result *r, uint32_t d,
                       const rk_csv *csv, uint32_t *cells) {
    uint64_t n;
    const rk_last_seat *l = &r->last[d];
    assert_true(rk_slice_eq(csv->field[0], rk_code_slice(&t->district[d])));
    *cells += same_cells(t, r, d, csv->field[2]);
    assert_true(rk_slice_eq(csv->field[3], rk_code_slice(&t->party[l->winner])));
    assert_true(rk_slice_eq(csv->field[4], rk_code_slice(&t->party[l->next])));
    assert_true(rk_num_parse(csv->field[5], UINT64_MAX, &n) && !l->can_lose_all &&
                l->has_lacks);
    assert_int_equal(l->can_lose, n);
    assert_true(rk_num_parse(csv->field[6], UINT64_MAX, &n));
    assert_int_equal(l->lacks, n);
}

static void real(const char *year, uint32_t want_cells, uint32_t want_seats) {
    rk_seat_table t;
    rk_seat_result r;
    rk_seat_rule rule;
    rk_err err = RK_ERR_INIT;
    char name[100];
    uint32_t cells = 0, d = 0;
    rk_csv csv;
    real_table(year, &t);
    MUST(rk_seat_rule_of((uint32_t)strtoul(year, NULL, 10), &rule, &err), err);
    MUST(rk_seats_compute(&t, &rule, &r, &err), err);
    snprintf(name, sizeof name, "tests/golden/kursi-%s.csv", year);
    rk_file golden = must_read(name);
    rk_csv_init(&csv, golden.bytes);
    assert_int_equal(rk_csv_next(&csv, &err), RK_OK);
    while (rk_csv_next(&csv, &err) == RK_OK) golden_row(&t, &r, d++, &csv, &cells);
    assert_int_equal(d, t.n_district);
    assert_int_equal(cells, want_cells);
    assert_int_equal(r.seats, want_seats);
    assert_int_equal(r.open, 0);
    printf("%s: %u cells, %u seats, all equal\n", year, cells, r.seats);
    rk_csv_free(&csv);
    rk_file_free(&golden);
    rk_seat_result_free(&r);
    rk_seat_table_free(&t);
}

static void test_2024(void **s) { (void)s, real("2024", 84 * 8, 580); }
static void test_2014(void **s) { (void)s, real("2014", 77 * 10, 560); }

static void test_national_2024(void **s) {
    (void)s;
    static const uint32_t want[] = {68, 86, 110, 102, 69, 0, 0, 53, 0,
                                    0,  0,  48,  0,   44, 0, 0, 0,  0};
    rk_seat_table t;
    rk_seat_result r;
    rk_seat_rule rule;
    rk_err err = RK_ERR_INIT;
    real_table("2024", &t);
    MUST(rk_seat_rule_of(2024, &rule, &err), err);
    MUST(rk_seats_compute(&t, &rule, &r, &err), err);
    assert_int_equal(r.total, 151796539);
    assert_int_equal(t.n_party, 18);
    for (uint32_t p = 0; p < t.n_party; p++) assert_int_equal(r.won[p], want[p]);
    /* the closest last seat: Jawa Barat I, 122,017.3 against 121,629.0 */
    uint32_t d = 0;
    while (!rk_slice_is(rk_code_slice(&t.district[d]), "3201")) d++;
    uint64_t q =
        t.votes[(size_t)d * t.n_party + r.last[d].winner] * 10 / r.last[d].winner_divisor;
    uint64_t next =
        t.votes[(size_t)d * t.n_party + r.last[d].next] * 10 / r.last[d].next_divisor;
    assert_int_equal(q, 1220173);
    assert_int_equal(next, 1216290);
    rk_seat_result_free(&r);
    rk_seat_table_free(&t);
}

/* ===== small districts against a naive twin ===== */

enum { N = 5 };

/* Sainte-Laguë one seat at a time, quota by sorting; false at a tie. Products stay small. */
static bool naive(enum rk_seat_method m, const uint64_t *v, uint32_t seats, uint32_t *out) {
    uint64_t all = 0;
    uint32_t left = seats;
    memset(out, 0, N * sizeof *out);
    for (int i = 0; i < N; i++) all += v[i];
    if (all == 0) return false;
    if (m == RK_QUOTA)
        for (int i = 0; i < N; i++) left -= out[i] = (uint32_t)(v[i] * seats / all);
    bool had[N] = {false};
    while (left) {
        int best = -1, equal = 0;
        for (int i = 0; i < N; i++) {
            if (v[i] == 0 || (m == RK_QUOTA && (had[i] || v[i] * seats % all == 0))) continue;
            uint64_t a = m == RK_QUOTA ? v[i] * seats % all : v[i],
                     da = m == RK_QUOTA ? 1 : 2 * out[i] + 1;
            uint64_t b = best < 0 ? 0 : m == RK_QUOTA ? v[best] * seats % all : v[best];
            uint64_t db = best < 0 || m == RK_QUOTA ? 1 : 2 * out[best] + 1;
            if (best < 0 || a * db > b * da)
                best = i, equal = 0;
            else if (a * db == b * da)
                equal++;
        }
        if (best < 0) return false;
        if ((uint32_t)equal >= left) return false; /* not all that are equal get one */
        out[best]++, left--, had[best] = true;
    }
    return true;
}

static uint32_t naive_seats(enum rk_seat_method m, const uint64_t *v, uint32_t seats,
                            uint32_t i) {
    uint32_t out[N];
    return naive(m, v, seats, out) ? out[i] : UINT32_MAX;
}

/* Vote by vote: the answers of the halving are the first and the last that hold. */
static void hangs_on(enum rk_seat_method m, uint64_t *v, uint32_t seats, const uint32_t *won) {
    bool in[N] = {true, true, true, true, true};
    rk_district d = {v, in, N, seats};
    rk_last_seat l;
    rk_seats_last(m, &d, &l);
    if (l.winner == RK_NONE) return;
    uint64_t kept = v[l.winner];
    for (uint64_t x = 0; x <= l.can_lose + 1 && x <= kept; x++) {
        uint32_t open, got[N];
        bool tied[N];
        v[l.winner] = kept - x;
        rk_seats_district(m, &d, got, tied, &open);
        assert_int_equal(got[l.winner] >= won[l.winner], x <= l.can_lose || l.can_lose_all);
    }
    v[l.winner] = kept;
    if (l.next == RK_NONE || !l.has_lacks) return;
    kept = v[l.next];
    for (uint64_t x = l.lacks > 40 ? l.lacks - 40 : 0; x <= l.lacks; x++) {
        v[l.next] = kept + x;
        uint32_t open, got[N], twin = naive_seats(m, v, seats, l.next);
        bool tied[N];
        rk_seats_district(m, &d, got, tied, &open); /* the twin gives up at any tie */
        assert_true(twin == UINT32_MAX || twin == got[l.next]);
        assert_int_equal(got[l.next] > won[l.next], x == l.lacks);
    }
    v[l.next] = kept;
}

static void test_naive(void **s) {
    (void)s;
    rnd_start("seats");
    uint32_t ties = 0;
    for (int round = 0; round < 20000; round++) {
        uint64_t v[N];
        uint32_t seats = 1 + (uint32_t)(rnd64() % 12), won[N], got[N], open, sum = 0;
        uint64_t max = rnd64() % 3 ? 400 : 12; /* small numbers: ties */
        bool in[N] = {true, true, true, true, true}, tied[N];
        for (int i = 0; i < N; i++) v[i] = rnd64() % max;
        enum rk_seat_method m = rnd64() % 2 ? RK_QUOTA : RK_SAINTE_LAGUE;
        rk_district d = {v, in, N, seats};
        rk_seats_district(m, &d, got, tied, &open);
        for (int i = 0; i < N; i++) sum += got[i];
        assert_int_equal(sum + open, seats);
        if (!naive(m, v, seats, won)) {
            assert_true(open > 0);
            ties++;
            continue;
        }
        assert_int_equal(open, 0);
        assert_memory_equal(got, won, sizeof won);
        if (round % 4 == 0) hangs_on(m, v, seats, won);
    }
    assert_true(ties > 200); /* the test met some */
}

static void test_ties(void **s) {
    (void)s;
    uint64_t v[3] = {300, 100, 100};
    bool in[3] = {true, true, true}, tied[3];
    uint32_t got[3], open;
    rk_district d = {v, in, 3, 2}; /* 300; then 100, 100, 300/3 all equal for one seat */
    rk_seats_district(RK_SAINTE_LAGUE, &d, got, tied, &open);
    assert_int_equal(got[0], 1);
    assert_int_equal(open, 1);
    assert_true(tied[0] && tied[1] && tied[2]);
    d.seats = 4;
    rk_seats_district(RK_SAINTE_LAGUE, &d, got, tied, &open);
    assert_true(open == 0 && got[0] == 2 && got[1] == 1 && got[2] == 1 && !tied[1]);
    v[0] = 0, v[1] = v[2] = 10, d.seats = 3;
    rk_seats_district(RK_QUOTA, &d, got, tied, &open); /* 1.5 and 1.5 quotas */
    assert_true(open == 1 && got[1] == 1 && got[2] == 1 && tied[1] && tied[2] && !tied[0]);
    v[1] = v[2] = 0;
    rk_seats_district(RK_QUOTA, &d, got, tied, &open); /* no votes, no seats */
    assert_int_equal(open, 3);
    v[1] = 7, in[1] = false, v[2] = UINT64_MAX; /* left out, and no list */
    rk_seats_district(RK_SAINTE_LAGUE, &d, got, tied, &open);
    assert_int_equal(open, 3);
}

static void test_threshold(void **s) {
    (void)s;
    rk_err err = RK_ERR_INIT;
    rk_seat_table t = {0};
    rk_seat_result r;
    rk_seat_rule rule = {2024, 400, RK_SAINTE_LAGUE, RK_LIT("x")};
    assert_int_equal(rk_seat_table_district(&t, RK_LIT("d"), RK_LIT(""), 10), 0);
    for (int i = 0; i < 3; i++) rk_seat_table_party(&t, (rk_slice){&"abc"[i], 1}, RK_LIT(""));
    rk_seat_table_votes(&t);
    t.votes[0] = 921, t.votes[1] = 39, t.votes[2] = 40; /* 3.9 % is out, exactly 4 % is in */
    MUST(rk_seats_compute(&t, &rule, &r, &err), err);
    assert_true(r.through[0] && !r.through[1] && r.through[2]);
    assert_int_equal(r.won[0], 10);
    rk_seat_result_free(&r);
    rule.method = RK_SEATS_NONE;
    assert_int_equal(rk_seats_compute(&t, &rule, &r, &err), RK_BAD_INPUT);
    rk_seat_table_free(&t);
}

static void test_rules(void **s) {
    (void)s;
    static const struct {
        uint32_t year, bp;
        enum rk_seat_method m;
    } want[] = {{2009, 250, RK_SEATS_NONE},
                {2014, 350, RK_QUOTA},
                {2019, 400, RK_SAINTE_LAGUE},
                {2024, 400, RK_SAINTE_LAGUE}};
    rk_seat_rule r;
    rk_err err = RK_ERR_INIT;
    for (int i = 0; i < 4; i++) {
        MUST(rk_seat_rule_of(want[i].year, &r, &err), err);
        assert_int_equal(r.threshold_bp, want[i].bp);
        assert_int_equal(r.method, want[i].m);
        assert_true(r.law.len > 10 && r.law.ptr);
    }
    assert_int_equal(rk_seat_rule_of(2023, &r, &err), RK_NOT_FOUND);
    assert_non_null(strstr(err.text, "2009, 2014, 2019, 2024"));
}

static void refused(const char *votes, const char *seats, int file, size_t line,
                    const char *why) {
    rk_seat_table t;
    rk_err err = RK_ERR_INIT;
    int which;
    assert_int_equal(rk_seat_table_parse(rk_slice_str(votes), rk_slice_str(seats), RK_LIT(""),
                                         &t, &which, &err),
                     RK_BAD_INPUT);
    if (which != file || err.line != line || !strstr(err.text, why))
        fail_msg("file %d line %zu: %s", which, err.line, err.text);
}

static void test_files(void **s) {
    (void)s;
    refused("dapil,partai,suara\n1,a,5\n", "dapil,kursi\n1,0\n", 1, 2, "no number of seats");
    refused("dapil,partai,suara\n1,a,5\n", "dapil,kursi\n1,2\n1,2\n", 1, 3, "twice");
    refused("dapil,partai,suara\n2,a,5\n", "dapil,kursi\n1,2\n", 0, 2, "not a dapil");
    refused("dapil,partai,suara\n1,a,-5\n", "dapil,kursi\n1,2\n", 0, 2, "no number of votes");
    refused("dapil,partai,suara\n1,a,5\n1,a,5\n", "dapil,kursi\n1,2\n", 0, 3, "already");
    refused("dapil,partai,suara\n1,a,5\n2,b,5\n1,b,\n", "dapil,kursi\n1,2\n2,3\n", 0, 0,
            "dapil 2 has no row for party a");
    refused("dapil,partai\n", "dapil,kursi\n1,2\n", 0, 1, "no column 'suara'");
    refused("", "dapil,kursi\n1,2\n", 0, 1, "empty");
    refused("dapil,partai,suara\n1,a\n", "dapil,kursi\n1,2\n", 0, 2, "2 fields");
}

int main(void) {
    const struct CMUnitTest t[] = {
        cmocka_unit_test(test_2024),  cmocka_unit_test(test_2014),
        cmocka_unit_test(test_naive), cmocka_unit_test(test_national_2024),
        cmocka_unit_test(test_ties),  cmocka_unit_test(test_threshold),
        cmocka_unit_test(test_rules), cmocka_unit_test(test_files)};
    return cmocka_run_group_tests(t, NULL, NULL);
}
