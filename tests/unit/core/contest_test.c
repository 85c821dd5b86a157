#include "small.h"

#include <stdio.h>

#define TREE                                                                                   \
    "kode,induk,nama,tingkat,dapil\n1,,A,1,\n2,,B,1,\n99,,LN,1,\n11,1,A1,2,X1\n12,1,A2,2,X2\n" \
    "21,2,B1,2,\n111,11,C,3,\n121,12,C,3,\n1111,111,D,4,\n1211,121,D,4,\n991,99,N,2,\n"

#define START                                                                                  \
    "{\"format\":\"rekap-kontes-1\",\"kode\":\"ppwp\",\"nama\":\"N\",\"bentuk\":\"paslon\""
#define PAIRS ",\"pilihan\":[{\"kode\":\"01\"},{\"kode\":\"02\"}]"

static void wrong(const char *json, const char *word) {
    rk_contest *c = (rk_contest *)1;
    rk_err err = RK_ERR_INIT;
    rk_status s = rk_contest_parse(rk_slice_str(json), rk_standard_rules(), &c, &err);
    if (s != RK_BAD_INPUT && s != RK_LIMIT) fail_msg("taken: %s", json);
    assert_null(c);
    if (!strstr(err.text, word)) fail_msg("%s\nsays: %s\nnot: %s", json, err.text, word);
}

static void errors(void **state) {
    (void)state;
    static const char *const t[][2] = {
        {"", "JSON"},
        {"[]", "JSON"},
        {"{", "JSON"},
        {"{\"a\":1,\"a\":2}", "JSON"},
        {"{}", "format"},
        {"{\"format\":\"rekap-kontes-2\"}", "format"},
        {"{\"format\":\"rekap-kontes-1\"}", "\"kode\""},
        {"{\"format\":\"rekap-kontes-1\",\"kode\":\"a b\"}", "not a code"},
        {"{\"format\":\"rekap-kontes-1\",\"kode\":\"a\"}", "\"nama\""},
        {"{\"format\":\"rekap-kontes-1\",\"kode\":\"a\",\"nama\":\"x\"}", "\"bentuk\""},
        {START ",\"warna\":1}", "unknown key \"warna\""},
        {START "}", "\"pilihan\" is missing"},
        {START ",\"pilihan\":{}}", "must be lists"},
        {START ",\"pilihan\":[]}", "no choices"},
        {START ",\"pilihan\":[1]}", "must be an object"},
        {START ",\"pilihan\":[{\"kode\":\"01\",\"x\":1}]}", "unknown key \"x\""},
        {START ",\"pilihan\":[{\"kode\":\"0,1\"}]}", "not a code"},
        {START ",\"pilihan\":[{\"kode\":\"01\"},{\"kode\":\"01\"}]}", "listed twice"},
        {START ",\"pilihan\":[{\"kode\":\"01\",\"ts\":\"x\"}]}", "\"ts\""},
        {START ",\"pilihan\":[{\"kode\":\"01\",\"calon\":3}]}", "belongs to parties"},
        {START ",\"pilihan\":[{\"kode\":\"01\",\"nomor\":-1}]}", "whole number"},
        {START ",\"pilihan\":[{\"kode\":\"01\",\"nama\":7}]}", "text in quotes"},
        {START ",\"pilihan\":[{\"kode\":\"sah\"}]}", "suara_sah"},
        {START PAIRS ",\"maks\":1000000}", "maks"},
        {START PAIRS ",\"medan\":3}", "medan"},
        {START PAIRS ",\"medan\":[3]}", "medan"},
        {START PAIRS ",\"medan\":[\"a\",\"a\"]}", "listed twice"},
        {START PAIRS ",\"medan\":[\"a=\"]}", "letters"},
        {START PAIRS ",\"luar_negeri\":\"99\"}", "list of codes"},
        {START PAIRS ",\"luar_negeri\":[99]}", "not a code"},
        {START PAIRS ",\"aturan\":\"x\"}", "\"aturan\""},
        {START PAIRS ",\"aturan_tambahan\":{}}", "aturan_tambahan"},
        {START PAIRS ",\"dapil\":[{\"kode\":\"X\",\"pilihan\":[]}]}", "both in the contest"},
        {START ",\"dapil\":[{\"kode\":\"X\",\"pilihan\":[{\"kode\":\"1\"}]},{\"kode\":\"Y\"}]}",
         "no choices"},
        {START PAIRS ",\"dapil\":[{\"kode\":\"X\",\"calon\":{\"01\":[{},{}]}}]}",
         "belongs to parties"},
        {START ",\"dapil\":[{\"kode\":\"X\",\"calon\":{}}]}", "no choices"},
        {START PAIRS ",\"dapil\":[1]}", "must be an object"},
        {START PAIRS ",\"dapil\":[{\"kode\":\"X\"},{\"kode\":\"X\"}]}", "twice"},
        {START PAIRS ",\"dapil\":[{\"kode\":\"X\",\"wilayah\":[\"1\"]},{\"kode\":\"Y\","
                     "\"wilayah\":[\"1\"]}]}",
         "both"},
    };
    for (size_t i = 0; i < sizeof t / sizeof *t; i++) wrong(t[i][0], t[i][1]);
}

#define RULE(x)                                                                                \
    START PAIRS ",\"medan\":[\"a_l\",\"a_p\",\"a_j\",\"b\"],\"aturan_tambahan\":[" x "]}"
#define CHECK(x) RULE("{\"id\":\"X\",\"berat\":\"E\",\"cek\":[\"" x "\"]}")

static void rule_errors(void **state) {
    (void)state;
    static const char *const t[][2] = {
        {RULE("{\"id\":\"X\",\"berat\":\"Q\",\"cek\":[]}"), "berat"},
        {RULE("{\"id\":\"X\",\"berat\":\"E\"}"), "cek"},
        {RULE("{\"berat\":\"E\",\"cek\":[]}"), "id"},
        {RULE("{\"id\":\"X,Y\",\"berat\":\"E\",\"cek\":[]}"), "id"},
        {RULE("{\"id\":\"X\",\"berat\":\"E\",\"cek\":[1]}"), "not a text"},
        {RULE("{\"id\":\"X\",\"berat\":\"E\",\"lingkup\":\"z\",\"cek\":[]}"), "lingkup"},
        {RULE("{\"id\":\"X\",\"berat\":\"E\",\"kotak\":1,\"cek\":[]}"), "unknown key"},
        {RULE("{\"id\":\"X\",\"berat\":\"E\",\"cek\":[\"b <= "
              "1\"]},{\"id\":\"X\",\"berat\":\"E\",\"cek\":[\"b <= 2\"]}"),
         "twice"},
        {CHECK("b"), "has no ="},
        {CHECK("b = c"), "not in"},
        {CHECK("= b"), "empty"},
        {CHECK("b ="), "empty"},
        {CHECK("b + = b"), "missing"},
        {CHECK("b = tiap(pilihan)"), "left side"},
        {CHECK("tiap(pilihan) + b <= 3"), "left side"},
        {CHECK("tiap(pilihan) >= 3"), "left side"},
        {CHECK("b = 1000001"), "at most"},
        {CHECK("1000000 b <= 5"), "lower"},
        {CHECK("99999999999999999999999 b <= 5"), "at most"},
    };
    for (size_t i = 0; i < sizeof t / sizeof *t; i++) wrong(t[i][0], t[i][1]);
}

static void pairs(void **state) {
    (void)state;
    rk_contest *c = small_contest(START PAIRS ",\"luar_negeri\":[\"99\",\"nowhere\"]}");
    rk_tree *t = small_tree(TREE);
    rk_err err = RK_ERR_INIT;
    uint32_t *b;
    assert_int_equal(c->n_field, 25);
    assert_int_equal(c->n_slot, 2);
    assert_int_equal(c->max_value, RK_VALUE_MAX);
    assert_false(c->pilkada);
    assert_int_equal(rk_contest_choice(c, 0, RK_LIT("02")), 26);
    assert_int_equal(rk_contest_choice(c, 0, RK_LIT("2")), RK_NONE);
    assert_int_equal(rk_contest_choice(c, 1, RK_LIT("02")), RK_NONE);
    assert_int_equal(c->col_total, rk_contest_field(c, RK_LIT("suara_total")));
    MUST(rk_contest_bind(c, t, &b, &err), err);
    for (uint32_t i = 0; i < t->n; i++) assert_int_equal(b[i], 0);
    uint8_t *abroad = rk_contest_abroad(c, t);
    for (uint32_t i = 0; i < t->n; i++)
        assert_int_equal(abroad[i], rk_slice_starts(rk_tree_code(t, i), RK_LIT("99")));
    rk_buf n;
    rk_buf_init(&n, 100);
    rk_contest_column_name(c, 0, 0, &n);
    rk_contest_column_name(c, 0, 25, &n);
    rk_contest_column_name(c, 0, 99, &n);
    assert_true(rk_slice_is(rk_buf_slice(&n), "pemilih_dpt_lsuara_01suara_slot75"));
    rk_buf_free(&n);
    rk_free(abroad);
    rk_free(b);
    rk_tree_free(&t);
    rk_contest_free(&c);
    assert_null(c);
}

#define PARTIES                                                                                \
    "{\"format\":\"rekap-kontes-1\",\"kode\":\"pdpr\",\"nama\":\"N\",\"bentuk\":\"partai\","   \
    "\"medan\":[],"                                                                            \
    "\"pilihan\":[{\"kode\":\"1\",\"calon\":2},{\"kode\":\"7\"},{\"kode\":\"9\",\"aceh\":"     \
    "true}]"

static void parties(void **state) {
    (void)state;
    rk_contest *c = small_contest(PARTIES "}");
    static const char *const codes[] = {"1", "1.1", "1.2", "7", "9"};
    assert_int_equal(c->n_slot, 5);
    for (uint32_t i = 0; i < 5; i++) {
        assert_int_equal(rk_contest_choice(c, 0, rk_slice_str(codes[i])), i);
        assert_true(rk_slice_is(rk_code_slice(&rk_contest_slot(c, 0, i)->code), codes[i]));
    }
    assert_int_equal(c->ballot[0].choice[2].party, 0);
    assert_true(c->ballot[0].choice[4].aceh);
    rk_contest_free(&c);
}

/* Each dapil has its own number of candidates; a cell means the same party everywhere. */
static void parties_by_dapil(void **state) {
    (void)state;
    rk_contest *c = small_contest(
        PARTIES
        ",\"dapil\":[{\"kode\":\"X1\",\"calon\":{\"1\":[{\"nama\":\"a\"},{},{}],\"7\":[{}]}},"
        "{\"kode\":\"X2\",\"wilayah\":[\"12\",\"21\"],\"calon\":{\"9\":[{}]}}]}");
    rk_tree *t = small_tree(TREE);
    rk_err err = RK_ERR_INIT;
    uint32_t *b;
    assert_int_equal(c->n_ballot, 3);
    assert_int_equal(c->n_slot, 4 + 2 + 2);
    assert_int_equal(rk_contest_choice(c, 1, RK_LIT("1.3")), 3);
    assert_int_equal(rk_contest_choice(c, 2, RK_LIT("1.3")), RK_NONE);
    for (uint32_t i = 0; i < 3; i++) assert_int_equal(rk_contest_choice(c, i, RK_LIT("7")), 4);
    assert_int_equal(rk_contest_choice(c, 2, RK_LIT("9.1")), 7);
    assert_null(rk_contest_slot(c, 2, 5));
    MUST(rk_contest_bind(c, t, &b, &err), err);
    assert_int_equal(b[0], RK_NONE);
    assert_int_equal(b[node_of(t, "1")], RK_NONE);
    assert_int_equal(b[node_of(t, "1111")], 1); /* by the tree's dapil column */
    assert_int_equal(b[node_of(t, "1211")], 2);
    assert_int_equal(b[node_of(t, "21")], 2);
    assert_int_equal(b[node_of(t, "991")], RK_NONE);
    assert_true(rk_slice_is(rk_contest_dapil(c, t, node_of(t, "1211")), "X2"));
    assert_true(rk_slice_is(rk_contest_dapil(c, t, node_of(t, "1111")), "X1"));
    assert_int_equal(rk_contest_dapil(c, t, node_of(t, "991")).len, 0);
    rk_free(b);
    rk_tree_free(&t);
    rk_contest_free(&c);
}

static void persons_by_dapil(void **state) {
    (void)state;
    rk_contest *c = small_contest("{\"format\":\"rekap-kontes-1\",\"kode\":\"pdpd\",\"nama\":"
                                  "\"N\",\"bentuk\":\"calon\",\"dapil\":["
                                  "{\"kode\":\"A\",\"wilayah\":[\"1\"],\"pilihan\":[{\"kode\":"
                                  "\"a\"},{\"kode\":\"b\"},{\"kode\":\"c\"}]},"
                                  "{\"kode\":\"B\",\"wilayah\":[\"2\"],\"pilihan\":[{\"kode\":"
                                  "\"c\"},{\"kode\":\"z\"}]}]}");
    rk_tree *t = small_tree(TREE);
    rk_err err = RK_ERR_INIT;
    uint32_t *b;
    assert_int_equal(c->n_slot, 3);
    assert_int_equal(rk_contest_choice(c, 0, RK_LIT("c")), 27);
    assert_int_equal(rk_contest_choice(c, 1, RK_LIT("c")), 25);
    assert_int_equal(rk_contest_choice(c, 1, RK_LIT("a")), RK_NONE);
    MUST(rk_contest_bind(c, t, &b, &err), err);
    assert_int_equal(b[0], RK_NONE);
    assert_int_equal(b[node_of(t, "2")], 1);
    rk_free(b);
    rk_tree_free(&t);
    t = small_tree("kode,induk,nama,tingkat\n1,,A,1\n"); /* no region 2 */
    assert_int_equal(rk_contest_bind(c, t, &b, &err), RK_BAD_INPUT);
    assert_null(b);
    assert_non_null(strstr(err.text, "\"2\""));
    rk_tree_free(&t);
    rk_contest_free(&c);
}

static bool has_rule(const rk_contest *c, const char *id) {
    for (uint32_t i = 0; i < c->n_rule; i++)
        if (rk_slice_is(rk_code_slice(&c->rule[i].id), id)) return true;
    return false;
}

static void shapes_have_their_rules(void **state) {
    (void)state;
    rk_contest *c = small_contest("{\"format\":\"rekap-kontes-1\",\"kode\":\"pkwkp\",\"nama\":"
                                  "\"N\",\"bentuk\":\"paslon\"" PAIRS "}");
    assert_true(c->pilkada && has_rule(c, "R08") && !has_rule(c, "R23") &&
                !has_rule(c, "R18") && !has_rule(c, "R19"));
    rk_contest_free(&c);
    c = small_contest(PARTIES "}");
    assert_false(has_rule(c, "R08") || has_rule(c, "R22") || has_rule(c, "R01"));
    rk_contest_free(&c);
    c = small_contest("{\"format\":\"rekap-kontes-1\",\"kode\":\"pdpr\",\"nama\":\"N\","
                      "\"bentuk\":\"partai\",\"medan\":[\"suara_sah\",\"jumlah_suara_1\"],"
                      "\"pilihan\":[{\"kode\":\"1\",\"calon\":2},{\"kode\":\"7\"}]}");
    assert_true(has_rule(c, "R22") && has_rule(c, "R23") && !has_rule(c, "R08"));
    rk_contest_free(&c);
    c = small_contest(START PAIRS ",\"aturan\":[]}");
    assert_int_equal(c->n_rule, 0);
    rk_contest_free(&c);
}

static void from_header(void **state) {
    (void)state;
    rk_contest *c;
    rk_err err = RK_ERR_INIT;
    rk_slice cols[] = {RK_LIT("suara_100025"), RK_LIT("suara_sah"), RK_LIT("pemilih_dpt_j"),
                       RK_LIT("suara_1.3")};
    MUST(rk_contest_from_header(RK_LIT("ppwp"), cols, 4, rk_standard_rules(), &c, &err), err);
    assert_int_equal(c->n_field, 2);
    assert_int_equal(c->n_slot, 2);
    assert_int_equal(rk_contest_choice(c, 0, RK_LIT("1.3")), 3);
    assert_true(has_rule(c, "R08") && !has_rule(c, "R09"));
    rk_contest_free(&c);
    assert_int_equal(
        rk_contest_from_header(RK_LIT("x"), cols, 4, rk_standard_rules(), &c, &err),
        RK_BAD_INPUT);
    assert_null(c);
    static const char *const bad[] = {"jumlah", "suara_", "suara_a b",
                                      "suara_123456789012345678901234", "suara_100025"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        err = RK_ERR_INIT;
        cols[3] = rk_slice_str(bad[i]);
        assert_int_equal(
            rk_contest_from_header(RK_LIT("ppwp"), cols, 4, rk_standard_rules(), &c, &err),
            RK_BAD_INPUT);
        assert_null(c);
    }
    assert_int_equal(
        rk_contest_from_header(RK_LIT("ppwp"), cols + 1, 2, rk_standard_rules(), &c, NULL),
        RK_BAD_INPUT);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(errors),
                                       cmocka_unit_test(rule_errors),
                                       cmocka_unit_test(pairs),
                                       cmocka_unit_test(parties),
                                       cmocka_unit_test(parties_by_dapil),
                                       cmocka_unit_test(persons_by_dapil),
                                       cmocka_unit_test(shapes_have_their_rules),
                                       cmocka_unit_test(from_header)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
