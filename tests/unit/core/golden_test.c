/* The findings of the two real elections, rule by rule, are those that data/retabulate.py
 * counted in plain Python (tests/golden/pemilu*-temuan.csv). */
#include <stdio.h>
#include <stdlib.h>

#include "base/num.h"
#include "core/formcsv.h"
#include "files/files.h"
#include "small.h"

static rk_file must_read(const char *folder, const char *year, const char *name) {
    rk_file f;
    char path[600];
    rk_err err = RK_ERR_INIT;
    const char *root = getenv("REKAP_ROOT");
    snprintf(path, sizeof path, "%s/%s%s%s", root ? root : ".", folder, year, name);
    MUST(rk_file_read(path, 1u << 30, &f, &err), err);
    return f;
}

/* ===== a CSV of forms into a log of single forms, folded a thousand at a time ===== */

struct loader {
    rk_election *e;
    rk_formcsv csv;
    uint32_t *column; /* per figure of the file */
    uint32_t *cell;
    struct log log;
};

static void map_columns(struct loader *x, const rk_contest *c) {
    x->cell = rk_calloc(c->n_col, sizeof *x->cell);
    x->column = rk_calloc(x->csv.n_figure, sizeof *x->column);
    for (uint32_t i = 0; i < x->csv.n_figure; i++) {
        rk_slice name = x->csv.name[x->csv.figure[i]];
        x->column[i] = rk_contest_field(c, name);
        if (x->column[i] == RK_NONE)
            x->column[i] = rk_contest_choice(c, 0, rk_slice_from(name, 6));
        assert_int_not_equal(x->column[i], RK_NONE);
    }
}

static void add_row(struct loader *x, const rk_contest *c, size_t r) {
    rk_err err = RK_ERR_INIT;
    rk_form f = {.batch = RK_NO_BATCH,
                 .head.actor.role = RK_LIT("uji"),
                 .contest = rk_code_slice(&c->code),
                 .cell = x->cell,
                 .n_cell = c->n_col,
                 .tps = rk_formcsv_text(&x->csv, r, x->csv.tps)};
    assert_false(x->csv.bad[r]);
    for (uint32_t i = 0; i < c->n_col; i++) x->cell[i] = RK_ABSENT;
    for (uint32_t i = 0; i < x->csv.n_figure; i++)
        x->cell[x->column[i]] = x->csv.value[r * x->csv.stride + x->csv.figure[i]];
    MUST(rk_entry_put_form(&f, x->e->size + x->log.n, &x->log.bytes, &err), err);
    log_close(&x->log);
}

static void fold(struct loader *x) {
    rk_err err = RK_ERR_INIT;
    MUST(log_apply(&x->log, x->e, 0, x->log.n, &err), err);
    rk_buf_clear(&x->log.bytes);
    x->log.n = 0;
}

static rk_election *load(const char *year) {
    struct loader x = {.e = rk_election_new()};
    rk_err err = RK_ERR_INIT;
    rk_file tree = must_read("data/pemilu", year, "/wilayah.csv.zst"),
            contest = must_read("data/pemilu", year, "/kontes-ppwp.json"),
            forms = must_read("data/pemilu", year, "/ppwp.csv.zst");
    log_init(&x.log);
    log_document(&x.log, RK_DOC_WILAYAH, "", tree.bytes);
    log_document(&x.log, RK_DOC_KONTES, "", contest.bytes);
    fold(&x);
    const rk_contest *c = x.e->tally[0].contest;
    MUST(rk_formcsv_open(&x.csv, forms.bytes, c->max_value, RK_ABSENT, NULL, NULL, &err), err);
    map_columns(&x, c);
    rk_election_bulk(x.e);
    while (rk_formcsv_next(&x.csv)) {
        for (size_t r = 0; r < x.csv.rows; r++) add_row(&x, c, r);
        if (x.log.n > 1000) fold(&x);
    }
    fold(&x);
    rk_election_settle(x.e);
    rk_formcsv_close(&x.csv);
    rk_free(x.cell), rk_free(x.column);
    log_free(&x.log);
    rk_file_free(&tree), rk_file_free(&contest), rk_file_free(&forms);
    return x.e;
}

/* ===== counting ===== */

struct counter {
    rk_slice rule, field;
    bool hit;
};

static void finding(void *ctx, const rk_finding *f) {
    struct counter *c = ctx;
    c->hit |=
        rk_slice_eq(rk_code_slice(&f->rule->id), c->rule) && rk_slice_eq(f->field, c->field);
}

static uint32_t rule_number(const rk_contest *c, rk_slice id) {
    for (uint32_t i = 0; i < c->n_rule; i++)
        if (rk_slice_eq(rk_code_slice(&c->rule[i].id), id)) return i;
    return RK_NONE;
}

/* Stations with a finding "R20:suara_01". */
static uint32_t by_field(const rk_election *e, rk_slice rule, rk_slice field) {
    const rk_tally *t = &e->tally[0];
    uint32_t n = 0, r = rule_number(t->contest, rule);
    for (uint32_t i = 0; i < e->tree->n_tps; i++) {
        struct counter c = {rule, field, false};
        const uint32_t *row = rk_tally_row(t, i);
        if (row && t->state[i].broken >> r & 1)
            (void)rk_rule_explain(t->contest, 0, row, t->abroad[e->tree->tps[i].desa], finding,
                                  &c);
        n += c.hit;
    }
    return n;
}

/* Stations that break one of two rules, of those where every choice and every sum is written.
 */
static uint32_t either(const rk_election *e, rk_slice a, rk_slice b) {
    const rk_tally *t = &e->tally[0];
    const rk_contest *c = t->contest;
    uint64_t mask = 1ull << rule_number(c, a) | 1ull << rule_number(c, b);
    uint32_t n = 0;
    for (uint32_t i = 0; i < e->tree->n_tps; i++) {
        const uint32_t *row = rk_tally_row(t, i);
        bool full = row && row[c->col_valid] != RK_ABSENT && row[c->col_invalid] != RK_ABSENT &&
                    row[c->col_total] != RK_ABSENT;
        for (uint32_t k = c->n_field; full && k < c->n_col; k++) full = row[k] != RK_ABSENT;
        n += full && (t->state[i].broken & mask);
    }
    return n;
}

static void check_line(const rk_election *e, rk_slice name, uint64_t want, int *seen) {
    const rk_tally *t = &e->tally[0];
    rk_slice rest = name, first;
    uint64_t got;
    char sep = memchr(name.ptr, '|', name.len) ? '|' : ':';
    (void)rk_slice_cut(&rest, sep, &first);
    uint32_t r = rule_number(t->contest, first);
    if (r == RK_NONE) return; /* a rule of another contest */
    if (!rest.ptr)
        got = t->rule_count[r];
    else
        got = sep == '|' ? either(e, first, rest) : by_field(e, first, rest);
    if (got != want)
        fail_msg("%.*s: %llu, not %llu", RK_FMT(name), (unsigned long long)got,
                 (unsigned long long)want);
    ++*seen;
}

static void findings(const char *year, int lines) {
    rk_election *e = load(year);
    rk_file golden = must_read("tests/golden/pemilu", year, "-temuan.csv");
    rk_slice rest = golden.bytes, line = {0}, name = {0};
    int seen = 0;
    (void)rk_slice_cut(&rest, '\n', &line);
    while (rk_slice_cut(&rest, '\n', &line) && line.len) {
        uint64_t want = 0;
        (void)rk_slice_cut(&line, ',', &name);
        assert_true(rk_num_parse(line, UINT32_MAX, &want));
        check_line(e, name, want, &seen);
    }
    assert_int_equal(seen, lines);
    rk_file_free(&golden);
    rk_election_free(&e);
}

static void pemilu2019(void **state) {
    (void)state;
    findings("2019", 10);
}

static void pemilu2024(void **state) {
    (void)state;
    findings("2024", 12); /* K01 and K02 are rules of 2019's contest only */
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(pemilu2019),
                                       cmocka_unit_test(pemilu2024)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
