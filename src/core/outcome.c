#include "core/outcome.h"

#include "base/csv.h"
#include "base/mem.h"
#include "base/num.h"

typedef __uint128_t wide;

uint32_t rk_share_bp(uint64_t part, uint64_t whole) {
    return whole ? (uint32_t)(((wide)part * 20000 + whole) / ((wide)whole * 2)) : 0;
}

bool rk_share_at_least(uint64_t part, uint64_t whole, uint32_t bp) {
    return whole && (wide)part * 10000 >= (wide)whole * bp;
}

const char *rk_verdict_name(enum rk_verdict v) {
    static const char *const name[] = {[RK_UNDECIDED] = "belum",
                                       [RK_ELECTED] = "terpilih",
                                       [RK_RUNOFF] = "putaran-kedua",
                                       [RK_TIE] = "seri"};
    return name[v];
}

const char *rk_why_text(enum rk_why w, bool english) {
    static const char *const text[][2] = {
        [RK_WHY_INCOMPLETE] =
            {"Belum dapat diputuskan: belum semua suara masuk dalam seri ini.",
             "Not decided: not all votes are in this series."},
        [RK_WHY_NO_PROVINCES] =
            {"Belum dapat diputuskan: angka provinsi kurang untuk menguji sebaran.",
             "Not decided: too few provinces have figures to test the spread."},
        [RK_WHY_BOTH] =
            {"Lebih dari separuh suara, dan sedikitnya 20 persen di lebih dari separuh "
             "provinsi.",
             "More than half of the votes, and at least 20 percent in more than half of the "
             "provinces."},
        [RK_WHY_TWO_PAIRS] =
            {"Hanya dua pasangan: yang memperoleh suara terbanyak terpilih, tanpa syarat "
             "sebaran.",
             "Only two pairs: the one with the most votes is elected, whatever the spread."},
        [RK_WHY_NO_MAJORITY] =
            {"Tidak ada yang memperoleh lebih dari separuh suara: putaran kedua bagi dua "
             "teratas.",
             "Nobody has more than half of the votes: a run-off between the first two."},
        [RK_WHY_NO_SPREAD] =
            {"Lebih dari separuh suara, tetapi syarat sebaran tidak terpenuhi: putaran kedua "
             "bagi "
             "dua teratas.",
             "More than half of the votes, but without the spread: a run-off between the first "
             "two."},
        [RK_WHY_EQUAL] = {
            "Jumlah suara sama di tempat yang menentukan: bukan soal hitungan lagi.",
            "Equal votes where the order decides: no longer a question of arithmetic."}};
    return text[w][english];
}

/* ===== the outcome ===== */

static void order(const rk_outcome_table *t, rk_outcome *o) {
    o->first = 0;
    o->second = RK_NONE;
    for (uint32_t i = 1; i < t->n_choice; i++) {
        if (t->nation[i] > t->nation[o->first])
            o->second = o->first, o->first = i;
        else if (o->second == RK_NONE || t->nation[i] > t->nation[o->second])
            o->second = i;
    }
}

static void spread(const rk_outcome_table *t, rk_outcome *o) {
    for (uint32_t p = 0; p < t->n_province; p++) {
        const uint64_t *v = t->votes + (size_t)p * t->n_choice;
        uint64_t all = 0;
        for (uint32_t i = 0; i < t->n_choice; i++) all += v[i];
        for (uint32_t i = 0; i < t->n_choice; i++)
            o->spread[i] += rk_share_at_least(v[i], all, RK_SPREAD_BP);
    }
    o->needed = t->provinces / 2 + 1;
    o->unknown = t->provinces > t->n_province ? t->provinces - t->n_province : 0;
}

static void conclude(rk_outcome *o, enum rk_verdict v, enum rk_why w) {
    o->verdict = v;
    o->why = w;
}

/* Both go on only where it is clear who they are. */
static void runoff(const rk_outcome_table *t, rk_outcome *o, enum rk_why why) {
    uint32_t equal = 0;
    for (uint32_t i = 0; i < t->n_choice; i++)
        equal += i != o->first && i != o->second && t->nation[i] == t->nation[o->second];
    if (equal)
        conclude(o, RK_TIE, RK_WHY_EQUAL);
    else
        conclude(o, RK_RUNOFF, why);
}

static void decide(const rk_outcome_table *t, rk_outcome *o) {
    if (!t->complete || o->total == 0) {
        conclude(o, RK_UNDECIDED, RK_WHY_INCOMPLETE);
    } else if (t->n_choice == 2) {
        bool equal = t->nation[0] == t->nation[1];
        conclude(o, equal ? RK_TIE : RK_ELECTED, equal ? RK_WHY_EQUAL : RK_WHY_TWO_PAIRS);
    } else if (!o->majority) {
        runoff(t, o, RK_WHY_NO_MAJORITY);
    } else if (t->provinces && o->spread[o->first] >= o->needed) {
        conclude(o, RK_ELECTED, RK_WHY_BOTH);
    } else if (t->provinces == 0 || o->spread[o->first] + o->unknown >= o->needed) {
        conclude(o, RK_UNDECIDED, RK_WHY_NO_PROVINCES);
    } else {
        runoff(t, o, RK_WHY_NO_SPREAD);
    }
}

rk_status rk_outcome_compute(const rk_outcome_table *t, rk_outcome *o, rk_err *err) {
    *o = (rk_outcome){0};
    if (t->n_choice < 2)
        return rk_fail(err, RK_BAD_INPUT, "an outcome needs at least two choices");
    for (uint32_t i = 0; i < t->n_choice; i++) {
        if (t->nation[i] > RK_VOTES_MAX)
            return rk_fail(err, RK_LIMIT, "choice %.*s has more than %llu votes",
                           RK_FMT(rk_code_slice(&t->choice[i])),
                           (unsigned long long)RK_VOTES_MAX);
        o->total += t->nation[i];
    }
    o->spread = rk_calloc(t->n_choice, sizeof *o->spread);
    order(t, o);
    spread(t, o);
    o->majority = t->nation[o->first] * 2 > o->total;
    decide(t, o);
    return RK_OK;
}

void rk_outcome_free(rk_outcome *o) {
    rk_free(o->spread);
    *o = (rk_outcome){0};
}

/* ===== a table ===== */

static rk_slice own(rk_slice s) {
    return s.len ? (rk_slice){rk_dup(s.ptr, s.len), s.len} : (rk_slice){NULL, 0};
}

void rk_outcome_table_init(rk_outcome_table *t, const rk_code *choice, const rk_slice *names,
                           uint32_t n) {
    *t = (rk_outcome_table){.n_choice = n};
    t->choice = rk_calloc(n + 1u, sizeof *t->choice);
    t->choice_name = rk_calloc(n + 1u, sizeof *t->choice_name);
    t->nation = rk_calloc(n + 1u, sizeof *t->nation);
    for (uint32_t i = 0; i < n; i++) {
        t->choice[i] = choice[i];
        if (names) t->choice_name[i] = own(names[i]);
    }
}

uint64_t *rk_outcome_table_province(rk_outcome_table *t, const rk_code *code, rk_slice name) {
    if (t->n_province == RK_DISTRICTS_MAX) return NULL;
    if (t->n_province == t->cap_province) {
        t->cap_province = t->cap_province ? t->cap_province * 2 : 64;
        t->province = rk_realloc(t->province, t->cap_province, sizeof *t->province);
        t->province_name =
            rk_realloc(t->province_name, t->cap_province, sizeof *t->province_name);
        t->votes =
            rk_realloc(t->votes, (size_t)t->cap_province * t->n_choice, sizeof *t->votes);
    }
    t->province[t->n_province] = *code;
    t->province_name[t->n_province] = own(name);
    uint64_t *cells = t->votes + (size_t)t->n_province++ * t->n_choice;
    memset(cells, 0, t->n_choice * sizeof *cells);
    return cells;
}

void rk_outcome_table_free(rk_outcome_table *t) {
    for (uint32_t i = 0; i < t->n_choice; i++)
        rk_free((void *)(uintptr_t)t->choice_name[i].ptr);
    for (uint32_t i = 0; i < t->n_province; i++)
        rk_free((void *)(uintptr_t)t->province_name[i].ptr);
    rk_free(t->choice);
    rk_free(t->choice_name);
    rk_free(t->province);
    rk_free(t->province_name);
    rk_free(t->votes);
    rk_free(t->nation);
    *t = (rk_outcome_table){0};
}

/* ===== from a file ===== */

struct reader {
    rk_csv csv;
    size_t kode, nama, columns;
    uint64_t *row; /* n_choice */
    uint64_t *sum; /* of all rows but the nation's */
    bool has_nation;
};

static rk_status read_header(struct reader *r, rk_outcome_table *t, rk_err *err) {
    rk_code choice[RK_PARTIES_MAX];
    uint32_t n = 0;
    rk_csv *csv = &r->csv;
    rk_status s = rk_csv_next(csv, err);
    if (s == RK_NOT_FOUND) return rk_fail_at(err, RK_BAD_INPUT, 1, 0, "the file is empty");
    RK_TRY(s);
    r->kode = r->nama = SIZE_MAX;
    r->columns = csv->n;
    for (size_t i = 0; i < csv->n; i++) {
        rk_slice name = csv->field[i];
        if (rk_slice_is(name, "kode") && r->kode == SIZE_MAX)
            r->kode = i;
        else if (rk_slice_is(name, "nama") && r->nama == SIZE_MAX)
            r->nama = i;
        else if (!rk_slice_starts(name, RK_LIT("suara_")) || n == RK_PARTIES_MAX ||
                 !rk_code_of(rk_slice_from(name, 6), &choice[n++]))
            return rk_fail_at(
                err, RK_BAD_INPUT, 1, i + 1,
                "column '%.*s' is none of kode, nama, suara_<choice>, or one too many",
                RK_FMT(name));
        for (uint32_t k = 0; n && k + 1 < n; k++)
            if (rk_code_eq(&choice[k], &choice[n - 1]))
                return rk_fail_at(err, RK_BAD_INPUT, 1, i + 1, "column '%.*s' appears twice",
                                  RK_FMT(name));
    }
    if (r->kode == SIZE_MAX || n < 2)
        return rk_fail_at(
            err, RK_BAD_INPUT, 1, 0,
            "the header line needs 'kode' and at least two columns suara_<choice>");
    rk_outcome_table_init(t, choice, NULL, n);
    r->row = rk_calloc(n, sizeof *r->row);
    r->sum = rk_calloc(n, sizeof *r->sum);
    return RK_OK;
}

static rk_status read_cells(struct reader *r, const rk_outcome_table *t, rk_err *err) {
    const rk_csv *csv = &r->csv;
    uint32_t k = 0;
    if (csv->n != r->columns)
        return rk_fail_at(err, RK_BAD_INPUT, csv->line, 0,
                          "the row has %zu fields, the header line %zu", csv->n, r->columns);
    for (size_t i = 0; i < csv->n; i++) {
        if (i == r->kode || i == r->nama) continue;
        if (!rk_num_parse(csv->field[i], RK_VOTES_MAX, &r->row[k++]))
            return rk_fail_at(
                err, RK_BAD_INPUT, csv->line, i + 1,
                "'%.*s' is no number of votes (a region without figures is left out)",
                RK_FMT(csv->field[i]));
    }
    RK_ASSERT(k == t->n_choice);
    return RK_OK;
}

static bool listed(rk_slice list, rk_slice code) {
    rk_slice one;
    while (rk_slice_cut(&list, ',', &one))
        if (rk_slice_eq(rk_slice_trim(one), code)) return true;
    return false;
}

static rk_status read_row(struct reader *r, rk_slice abroad, rk_outcome_table *t, rk_err *err) {
    rk_code code;
    RK_TRY(read_cells(r, t, err));
    rk_slice kode = r->csv.field[r->kode];
    if (!rk_code_of(kode, &code))
        return rk_fail_at(err, RK_BAD_INPUT, r->csv.line, r->kode + 1,
                          "'%.*s' is no code of a region", RK_FMT(kode));
    bool again = r->has_nation && rk_slice_is(kode, "0");
    for (uint32_t i = 0; i < t->n_province; i++) again |= rk_code_eq(&t->province[i], &code);
    if (again)
        return rk_fail_at(err, RK_BAD_INPUT, r->csv.line, r->kode + 1,
                          "region '%.*s' appears twice", RK_FMT(kode));
    if (rk_slice_is(kode, "0")) {
        r->has_nation = true;
        memcpy(t->nation, r->row, t->n_choice * sizeof *r->row);
        return RK_OK;
    }
    for (uint32_t i = 0; i < t->n_choice; i++) r->sum[i] += r->row[i];
    if (listed(abroad, kode)) return RK_OK;
    uint64_t *cells = rk_outcome_table_province(
        t, &code, r->nama == SIZE_MAX ? RK_LIT("") : r->csv.field[r->nama]);
    if (!cells)
        return rk_fail_at(err, RK_LIMIT, r->csv.line, 0, "more than %u regions",
                          RK_DISTRICTS_MAX);
    memcpy(cells, r->row, t->n_choice * sizeof *cells);
    return RK_OK;
}

/* The nation is what its row says, or all the rows; both must not contradict each other. */
static rk_status finish(struct reader *r, uint32_t provinces, rk_outcome_table *t,
                        rk_err *err) {
    t->provinces = provinces;
    if (provinces && t->n_province > provinces)
        return rk_fail(
            err, RK_BAD_INPUT,
            "the file has %u provinces, there are said to be %u (which rows lie abroad?)",
            t->n_province, provinces);
    for (uint32_t i = 0; i < t->n_choice; i++) {
        if (!r->has_nation) t->nation[i] = r->sum[i];
        if (r->sum[i] > t->nation[i])
            return rk_fail(
                err, RK_BAD_INPUT,
                "choice %.*s has %llu votes in the regions, and %llu in the nation's row",
                RK_FMT(rk_code_slice(&t->choice[i])), (unsigned long long)r->sum[i],
                (unsigned long long)t->nation[i]);
    }
    t->complete = r->has_nation || (provinces && t->n_province == provinces);
    return RK_OK;
}

rk_status rk_outcome_table_parse(rk_slice bytes, rk_slice abroad, uint32_t provinces,
                                 rk_outcome_table *t, rk_err *err) {
    struct reader r = {0};
    *t = (rk_outcome_table){0};
    rk_csv_init(&r.csv, bytes);
    rk_status s = read_header(&r, t, err);
    while (s == RK_OK && (s = rk_csv_next(&r.csv, err)) == RK_OK)
        s = read_row(&r, abroad, t, err);
    if (s == RK_NOT_FOUND) s = finish(&r, provinces, t, err);
    rk_csv_free(&r.csv);
    rk_free(r.row);
    rk_free(r.sum);
    if (s != RK_OK) rk_outcome_table_free(t);
    return s;
}
