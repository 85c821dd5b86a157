/* The fold: what it refuses, and where blocks of forms begin and end. Its arithmetic is tested
 * by history_test.c. */
#include "core/election.h"

#include <stdio.h>
#include <stdlib.h>

#include "small.h"

#define TREE                                                                                   \
    "kode,induk,nama,tingkat,nomor_tps\n1,,A,1,\n11,1,B,2,\n111,11,C,3,\n1111,111,D,4,\n1112," \
    "111,E,4,1-2;901\n"                                                                        \
    "2,,F,1,\n21,2,G,2,\n211,21,H,3,\n2111,211,I,4,\n"
#define CONTEST(code, more)                                                                    \
    "{\"format\":\"rekap-kontes-1\",\"kode\":\"" code                                          \
    "\",\"nama\":\"N\",\"bentuk\":\"calon\",\"medan\":[\"suara_sah\"],\"maks\":5000" more "}"
#define ONE CONTEST("ppwp", ",\"pilihan\":[{\"kode\":\"1\"},{\"kode\":\"2\"}]")
#define HERE                                                                                   \
    CONTEST(                                                                                   \
        "pdpd",                                                                                \
        ",\"dapil\":[{\"kode\":\"X\",\"wilayah\":[\"1\"],\"pilihan\":[{\"kode\":\"a\"}]}]")

static const uint32_t three[] = {9, 4, 5};

static rk_form form_of(const char *contest, const char *tps) {
    return (rk_form){.batch = RK_NO_BATCH,
                     .head.time = 2000,
                     .head.actor = {RK_LIT("operator"), 0},
                     .contest = rk_slice_str(contest),
                     .tps = rk_slice_str(tps),
                     .cell = three,
                     .n_cell = 3};
}

static void start(struct log *l) {
    log_init(l);
    log_election(l);
    log_document(l, RK_DOC_WILAYAH, "", RK_LIT(TREE));
    log_document(l, RK_DOC_KONTES, "", RK_LIT(ONE));
}

/* Applies the log, with its last entry last and alone; it must be refused. */
static void last_is_refused(struct log *l, rk_status want, const char *word) {
    for (int together = 0; together < 2; together++) {
        rk_err err = RK_ERR_INIT;
        rk_election *e = rk_election_new();
        if (!together) MUST(log_apply(l, e, 0, l->n - 1, &err), err);
        rk_status s = log_apply(l, e, together ? 0 : l->n - 1, l->n, &err);
        if (s != want || !strstr(err.text, word))
            fail_msg("%s: %s (wanted %s: %s)", rk_status_name(s), err.text,
                     rk_status_name(want), word);
        rk_election_free(&e);
        assert_null(e);
        e = rk_election_new(); /* without a place for the text it is refused as well */
        assert_int_equal(log_apply(l, e, 0, l->n, NULL), want);
        rk_election_free(&e);
    }
    log_free(l);
}

static void declarations(void **state) {
    (void)state;
    struct log l;
    start(&l), log_election(&l), last_is_refused(&l, RK_CONFLICT, "twice");
    start(&l), log_document(&l, RK_DOC_WILAYAH, "", RK_LIT(TREE)),
        last_is_refused(&l, RK_CONFLICT, "in use");
    log_init(&l), log_document(&l, RK_DOC_KONTES, "", RK_LIT(ONE)),
        last_is_refused(&l, RK_CONFLICT, "region tree first");
    start(&l), log_document(&l, RK_DOC_RESMI, "zz", RK_LIT("kode,suara_1\n1,5\n")),
        last_is_refused(&l, RK_CONFLICT, "unknown contest");
    start(&l), log_document(&l, RK_DOC_RESMI, "ppwp", RK_LIT("kode,suara_9\n1,5\n")),
        last_is_refused(&l, RK_BAD_INPUT, "suara_9");
    start(&l), log_document(&l, RK_DOC_WILAYAH, "", RK_LIT("x")),
        last_is_refused(&l, RK_CONFLICT, "in use");
    log_init(&l), log_document(&l, RK_DOC_WILAYAH, "", RK_LIT("x")),
        last_is_refused(&l, RK_BAD_INPUT, "unknown column");
    log_init(&l), log_close(&l), last_is_refused(&l, RK_CORRUPT, "unknown version");
}

static void no_name_twice(void **state) {
    (void)state;
    struct log l;
    rk_err err = RK_ERR_INIT;
    rk_election_entry x = {.head.time = 5};
    log_init(&l);
    for (int i = 0; i < 2; i++) {
        MUST(rk_entry_put_election(&x, &l.bytes, &err), err);
        log_close(&l);
    }
    last_is_refused(&l, RK_CONFLICT, "twice");
}

static void forms(void **state) {
    (void)state;
    struct log l;
    rk_form f = form_of("zz", "1111001");
    start(&l), log_form(&l, &f), last_is_refused(&l, RK_NOT_FOUND, "unknown contest");
    f = form_of("ppwp", "3001"), start(&l), log_form(&l, &f),
    last_is_refused(&l, RK_NOT_FOUND, "no region");
    f = form_of("ppwp", "111"), start(&l), log_form(&l, &f),
    last_is_refused(&l, RK_NOT_FOUND, "kecamatan");
    f = form_of("ppwp", "1112003"), start(&l), log_form(&l, &f),
    last_is_refused(&l, RK_NOT_FOUND, "lists its 3 stations");
    f = form_of("ppwp", "q"), f.desa = RK_LIT("111"), start(&l), log_form(&l, &f),
    last_is_refused(&l, RK_NOT_FOUND, "not a desa");
    f = form_of("ppwp", ""), start(&l), log_form(&l, &f),
    last_is_refused(&l, RK_CORRUPT, "TPS code");
    f = form_of("ppwp", "111100000000000000000000"), start(&l), log_form(&l, &f),
    last_is_refused(&l, RK_CORRUPT, "TPS code");
    f = form_of("ppwp", "1111001"), f.n_cell = 2, start(&l), log_form(&l, &f),
    last_is_refused(&l, RK_CORRUPT, "2 figures");
    f = form_of("pdpd", "2111001"), f.n_cell = 2;
    start(&l), log_document(&l, RK_DOC_KONTES, "", RK_LIT(HERE)), log_form(&l, &f),
        last_is_refused(&l, RK_CONFLICT, "not held");
}

/* Rules compute with 31 bits and sums rely on the maximum: a figure over it cannot be of this
 * log. */
static void figures_over_the_maximum(void **state) {
    (void)state;
    static const uint32_t over[][3] = {
        {5001, 4, 5}, {9, 4, 0xfffffffe}, {0x80000000u, RK_ABSENT, 5}};
    for (size_t i = 0; i < 3; i++) {
        struct log l;
        rk_form f = form_of("ppwp", "1111001");
        f.cell = over[i];
        start(&l), log_form(&l, &f), last_is_refused(&l, RK_CORRUPT, "over");
    }
}

static void stations_of_one_spelling(void **state) {
    (void)state;
    static const char *const bad[] = {"1111,1", "1111\"", "=1111", "1111\n", "1111\xff"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct log l;
        rk_form f = form_of("ppwp", bad[i]);
        f.desa = RK_LIT("1111");
        start(&l), log_form(&l, &f), last_is_refused(&l, RK_NOT_FOUND, "plain text");
    }
}

static void contests_declared_anew(void **state) {
    (void)state;
    struct log l;
    start(&l);
    log_document(&l, RK_DOC_KONTES, "", RK_LIT(HERE));
    log_document(
        &l, RK_DOC_KONTES, "",
        RK_LIT(CONTEST("ppwp",
                       ",\"pilihan\":[{\"kode\":\"1\"},{\"kode\":\"2\"},{\"kode\":\"3\"}]")));
    rk_election *e = log_fold(&l);
    assert_int_equal(e->n_contest, 2);
    assert_int_equal(e->tally[rk_election_contest(e, RK_LIT("ppwp"))].contest->n_col, 4);
    rk_election_free(&e);
    rk_form f = form_of("pdpd", "1111001");
    f.n_cell = 2;
    log_form(&l, &f);
    log_document(&l, RK_DOC_KONTES, "", RK_LIT(ONE)); /* the other contest still may */
    f = form_of("ppwp", "1111001");
    log_form(&l, &f);
    log_document(&l, RK_DOC_KONTES, "", RK_LIT(ONE));
    last_is_refused(&l, RK_CONFLICT, "already has forms");
}

/* A contest declared anew that does not fit the tree: refused, and the election can be freed.
 */
static void declared_anew_but_wrong(void **state) {
    (void)state;
    struct log l;
    for (int last = 0; last < 2; last++) {
        start(&l);
        log_document(&l, RK_DOC_KONTES, "", RK_LIT(HERE));
        log_document(&l, RK_DOC_KONTES, "",
                     last ? RK_LIT(CONTEST("pdpd", ",\"dapil\":[{\"kode\":\"X\",\"wilayah\":["
                                                   "\"8\"],\"pilihan\":[{\"kode\":\"a\"}]}]"))
                          : RK_LIT(CONTEST("ppwp", ",\"dapil\":[{\"kode\":\"X\",\"wilayah\":["
                                                   "\"8\"],\"pilihan\":[{\"kode\":\"a\"}]}]")));
        last_is_refused(&l, RK_BAD_INPUT, "\"8\"");
    }
}

/* ===== documents in parts ===== */

static void put_part(struct log *l, rk_slice whole, uint32_t part, uint32_t parts, size_t from,
                     size_t to, enum rk_document type) {
    rk_err err = RK_ERR_INIT;
    rk_document_entry x = {.head.time = 5,
                           .type = type,
                           .label = RK_LIT("x"),
                           .sha256 = rk_sha256_of(whole),
                           .part = part,
                           .parts = parts,
                           .bytes = {whole.ptr + from, to - from}};
    MUST(rk_entry_put_document(&x, &l->bytes, &err), err);
    log_close(l);
}

static void parts(void **state) {
    (void)state;
    rk_slice t = RK_LIT(TREE);
    struct log l;
    log_init(&l);
    put_part(&l, t, 0, 2, 0, 30, RK_DOC_WILAYAH); /* begun twice: the second time counts */
    put_part(&l, t, 0, 3, 0, 10, RK_DOC_WILAYAH), put_part(&l, t, 1, 3, 10, 50, RK_DOC_WILAYAH),
        put_part(&l, t, 2, 3, 50, t.len, RK_DOC_WILAYAH);
    rk_election *e = log_fold(&l);
    assert_non_null(e->tree);
    rk_election_free(&e);
    log_free(&l);
    log_init(&l), put_part(&l, t, 1, 3, 0, 10, RK_DOC_WILAYAH),
        last_is_refused(&l, RK_CORRUPT, "out of order");
    log_init(&l), put_part(&l, t, 0, 3, 0, 10, RK_DOC_WILAYAH),
        put_part(&l, t, 2, 3, 10, 20, RK_DOC_WILAYAH),
        last_is_refused(&l, RK_CORRUPT, "out of order");
    log_init(&l), put_part(&l, t, 0, 3, 0, 10, RK_DOC_WILAYAH),
        put_part(&l, t, 1, 2, 10, 20, RK_DOC_WILAYAH),
        last_is_refused(&l, RK_CORRUPT, "out of order");
    log_init(&l), put_part(&l, t, 0, 3, 0, 10, RK_DOC_WILAYAH),
        put_part(&l, t, 1, 3, 10, 20, RK_DOC_KONTES),
        last_is_refused(&l, RK_CORRUPT, "out of order");
    log_init(&l), put_part(&l, t, 0, 1, 0, 10, RK_DOC_WILAYAH),
        last_is_refused(&l, RK_CORRUPT, "hash");
}

/* ===== blocks ===== */

/* One station corrected n times in one call: only the last form counts, the rest is its
 * history. */
static void corrections_within_blocks(void **state) {
    (void)state;
    static const uint32_t sizes[] = {1, 2, 127, 128, 129, 255, 256, 257, 1000};
    for (size_t k = 0; k < sizeof sizes / sizeof *sizes; k++)
        for (int bulk = 0; bulk < 2; bulk++) {
            struct log l;
            rk_err err = RK_ERR_INIT;
            start(&l);
            for (uint32_t i = 0; i < sizes[k]; i++) {
                uint32_t cell[] = {i, i + 1, RK_ABSENT};
                rk_form f = form_of("ppwp", "1111001");
                f.cell = cell;
                log_form(&l, &f);
            }
            rk_election *e = rk_election_new();
            if (bulk) rk_election_bulk(e);
            MUST(log_apply(&l, e, 0, l.n, &err), err);
            rk_election_settle(e);
            const rk_tally *t = &e->tally[0];
            assert_int_equal(rk_tally_sum(t, 0)[0], sizes[k] - 1);
            assert_int_equal(rk_tally_sum(t, 0)[1], sizes[k]);
            assert_int_equal(t->count[0].forms, 1);
            assert_int_equal(t->count[0].review, 1); /* suara_sah is one less than the choice */
            uint64_t h[1001];
            assert_int_equal(rk_tally_history(t, 3, h, 1001), sizes[k]);
            for (uint32_t i = 0; i < sizes[k]; i++) assert_int_equal(h[i], l.n - 1 - i);
            assert_int_equal(rk_tally_history(t, 3, h, 1), 1);
            assert_int_equal(rk_tally_history(t, 0, h, 1001), 0);
            rk_election_free(&e);
            log_free(&l);
        }
}

static void places(void **state) {
    (void)state;
    struct log l;
    uint32_t tps, desa;
    rk_err err = RK_ERR_INIT;
    rk_election *none = rk_election_new();
    assert_int_equal(rk_election_place(none, RK_LIT("1"), RK_LIT(""), &tps, &desa, &err),
                     RK_NOT_FOUND);
    rk_election_free(&none);
    start(&l);
    rk_form f = form_of("ppwp", "q"); /* a code that says nothing: the desa is named */
    f.desa = RK_LIT("1111");
    log_form(&l, &f);
    rk_election *e = log_fold(&l);
    static const struct {
        const char *tps, *desa;
        rk_status want;
        const char *home;
    } t[] = {{"1112001", "", RK_OK, "1112"},        {"1112001", "1112", RK_OK, "1112"},
             {"1112001", "1111", RK_NOT_FOUND, ""}, {"q", "", RK_OK, "1111"},
             {"q", "1111", RK_OK, "1111"},          {"q", "2111", RK_NOT_FOUND, ""},
             {"1111009", "", RK_NOT_FOUND, "1111"}, {"z", "2111", RK_NOT_FOUND, "2111"},
             {"1112009", "", RK_NOT_FOUND, ""},     {"z", "", RK_NOT_FOUND, ""},
             {"", "1111", RK_NOT_FOUND, ""},        {"1111009", "x", RK_NOT_FOUND, ""},
             {"1111,9", "", RK_NOT_FOUND, ""}};
    for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
        err = RK_ERR_INIT;
        rk_status s = rk_election_place(e, rk_slice_str(t[i].tps), rk_slice_str(t[i].desa),
                                        &tps, &desa, &err);
        if (s != t[i].want ||
            !rk_slice_is(desa == RK_NONE ? RK_LIT("") : rk_tree_code(e->tree, desa), t[i].home))
            fail_msg("%s in '%s'", t[i].tps, t[i].desa);
        assert_int_equal(s == RK_OK, tps != RK_NONE);
        assert_true(s == RK_OK || desa != RK_NONE || err.text[0]);
    }
    rk_election_free(&e);
    log_free(&l);
}

/* Contests that are not held everywhere count only their own stations. */
static void totals_in_scope(void **state) {
    (void)state;
    struct log l;
    start(&l);
    log_document(&l, RK_DOC_KONTES, "", RK_LIT(HERE));
    rk_form f = form_of("ppwp", "2111001");
    log_form(&l, &f);
    rk_election *e = log_fold(&l);
    assert_int_equal(rk_tally_total(&e->tally[0], e->tree, 0), 4);
    assert_int_equal(rk_tally_total(&e->tally[1], e->tree, 0), 3);
    assert_int_equal(rk_tally_total(&e->tally[1], e->tree, node_of(e->tree, "2")), 0);
    f = form_of("pdpd", "1111001"), f.n_cell = 2;
    log_form(&l, &f);
    rk_err err = RK_ERR_INIT;
    MUST(log_apply(&l, e, l.n - 1, l.n, &err), err);
    assert_int_equal(rk_tally_total(&e->tally[1], e->tree, 0), 4);
    rk_election_free(&e);
    log_free(&l);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(declarations),
                                       cmocka_unit_test(no_name_twice),
                                       cmocka_unit_test(forms),
                                       cmocka_unit_test(figures_over_the_maximum),
                                       cmocka_unit_test(stations_of_one_spelling),
                                       cmocka_unit_test(contests_declared_anew),
                                       cmocka_unit_test(declared_anew_but_wrong),
                                       cmocka_unit_test(parts),
                                       cmocka_unit_test(corrections_within_blocks),
                                       cmocka_unit_test(places),
                                       cmocka_unit_test(totals_in_scope)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
