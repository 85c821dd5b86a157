/* The outcomes of 2004, 2009, 2014, 2019 and 2024 from the decrees' figures, as far as they are
 * known per province; the edges of the law; shares. */
#include "core/outcome.h"

#include <stdio.h>
#include <stdlib.h>

#include "files/files.h"
#include "small.h"

static rk_outcome_table real(const char *name, const char *abroad, uint32_t provinces) {
    rk_file f;
    char path[600];
    rk_err err = RK_ERR_INIT;
    rk_outcome_table t;
    const char *root = getenv("REKAP_ROOT");
    snprintf(path, sizeof path, "%s/data/%s", root ? root : ".", name);
    MUST(rk_file_read(path, 1u << 24, &f, &err), err);
    MUST(rk_outcome_table_parse(f.bytes, rk_slice_str(abroad), provinces, &t, &err), err);
    rk_file_free(&f);
    return t;
}

static void is(rk_outcome_table t, enum rk_verdict verdict, enum rk_why why, const char *first,
               uint32_t first_spread, uint64_t total) {
    rk_outcome o;
    rk_err err = RK_ERR_INIT;
    MUST(rk_outcome_compute(&t, &o, &err), err);
    assert_int_equal(o.verdict, verdict);
    assert_int_equal(o.why, why);
    assert_true(rk_slice_is(rk_code_slice(&t.choice[o.first]), first));
    assert_int_equal(o.spread[o.first], first_spread);
    assert_int_equal(o.total, total);
    rk_outcome_free(&o);
    rk_outcome_table_free(&t);
}

static void test_2019(void **s) {
    (void)s; /* 34 provinces and the rows abroad; two pairs */
    is(real("pemilu2019/resmi-ppwp.csv", "-99", 34), RK_ELECTED, RK_WHY_TWO_PAIRS, "01", 32,
       154257601);
    is(real("pemilu2019/resmi-ppwp.csv", "-99", 35), RK_UNDECIDED, RK_WHY_INCOMPLETE, "01", 32,
       154257601); /* a province is missing */
}

static void test_2024(void **s) {
    (void)s; /* 36 of 38 provinces are known: enough for the spread */
    is(real("presiden/ppwp-2024.csv", "99", 38), RK_ELECTED, RK_WHY_BOTH, "02", 36, 164227475);
}

static void test_2004(void **s) {
    (void)s; /* a run-off, whatever the provinces; the decree's own sum */
    is(real("presiden/ppwp-2004-1.csv", "", 32), RK_RUNOFF, RK_WHY_NO_MAJORITY, "04", 0,
       118656868);
}

static void test_2009(void **s) {
    (void)s; /* 60.8 percent, but the provinces' figures are not known: not said */
    is(real("presiden/ppwp-2009.csv", "", 33), RK_UNDECIDED, RK_WHY_NO_PROVINCES, "02", 0,
       121504481);
}

static void test_2014(void **s) {
    (void)s;
    is(real("presiden/ppwp-2014.csv", "", 33), RK_ELECTED, RK_WHY_TWO_PAIRS, "02", 0,
       133574277);
}

static rk_outcome_table small(const char *csv, uint32_t provinces) {
    rk_outcome_table t;
    rk_err err = RK_ERR_INIT;
    MUST(rk_outcome_table_parse(rk_slice_str(csv), RK_LIT("9, 99"), provinces, &t, &err), err);
    return t;
}

static void test_edges(void **s) {
    (void)s;
    /* exactly half is not more than half */
    is(small("kode,suara_1,suara_2,suara_3\n1,50,30,20\n", 1), RK_RUNOFF, RK_WHY_NO_MAJORITY,
       "1", 1, 100);
    is(small("kode,suara_1,suara_2,suara_3\n1,51,30,20\n", 1), RK_ELECTED, RK_WHY_BOTH, "1", 1,
       101);
    /* 20 percent in exactly half of the provinces is not enough; votes abroad are no province's
     */
    is(small("kode,suara_1,suara_2,suara_3\n1,900,50,50\n2,199,401,400\n9,500,0,0\n", 2),
       RK_RUNOFF, RK_WHY_NO_SPREAD, "1", 1, 2500);
    /* exactly a fifth is enough */
    is(small("kode,suara_1,suara_2,suara_3\n1,900,50,50\n2,200,400,400\n9,500,0,0\n", 2),
       RK_ELECTED, RK_WHY_BOTH, "1", 2, 2500);
    /* the second place of a run-off is shared */
    is(small("kode,suara_1,suara_2,suara_3\n1,40,30,30\n", 1), RK_TIE, RK_WHY_EQUAL, "1", 1,
       100);
    is(small("kode,suara_1,suara_2\n1,40,40\n", 1), RK_TIE, RK_WHY_EQUAL, "1", 1, 80);
    /* nothing counted, a province missing, number of provinces not said */
    is(small("kode,suara_1,suara_2\n1,0,0\n", 1), RK_UNDECIDED, RK_WHY_INCOMPLETE, "1", 0, 0);
    is(small("kode,suara_1,suara_2,suara_3\n1,80,10,10\n", 2), RK_UNDECIDED, RK_WHY_INCOMPLETE,
       "1", 1, 100);
    is(small("kode,suara_1,suara_2,suara_3\n1,80,10,10\n", 0), RK_UNDECIDED, RK_WHY_INCOMPLETE,
       "1", 1, 100);
}

static void refused(const char *csv, size_t line, const char *why) {
    rk_outcome_table t;
    rk_err err = RK_ERR_INIT;
    assert_int_equal(rk_outcome_table_parse(rk_slice_str(csv), RK_LIT("9"), 2, &t, &err),
                     RK_BAD_INPUT);
    if (err.line != line || !strstr(err.text, why))
        fail_msg("line %zu: %s", err.line, err.text);
}

static void test_files(void **s) {
    (void)s;
    refused("", 1, "empty");
    refused("kode,suara_1\n", 1, "at least two");
    refused("kode,suara_1,suara_1\n", 1, "twice");
    refused("kode,suara_1,suara_2,jumlah\n", 1, "'jumlah'");
    refused("kode,suara_1,suara_2\n1,2\n", 2, "2 fields");
    refused("kode,suara_1,suara_2\n1,2,\n", 2, "no number of votes");
    refused("kode,suara_1,suara_2\n1,2,3\n1,2,3\n", 3, "twice");
    refused("kode,suara_1,suara_2\n0,2,2\n1,2,3\n", 0, "in the regions");
    refused("kode,suara_1,suara_2\n1,2,3\n2,2,3\n3,2,3\n", 0, "3 provinces");
}

static void test_shares(void **s) {
    (void)s;
    assert_int_equal(rk_share_bp(1, 3), 3333);
    assert_int_equal(rk_share_bp(2, 3), 6667);
    assert_int_equal(rk_share_bp(1, 20000), 1); /* half a basis point: up */
    assert_int_equal(rk_share_bp(5, 0), 0);
    assert_int_equal(rk_share_bp(UINT64_MAX, UINT64_MAX), 10000);
    assert_int_equal(rk_share_bp(85607362, 154257601), 5550);
    assert_true(rk_share_at_least(1, 5, 2000));
    assert_false(rk_share_at_least(1999999, 10000000, 2000));
    assert_false(rk_share_at_least(0, 0, 2000));
}

int main(void) {
    const struct CMUnitTest t[] = {cmocka_unit_test(test_2019),  cmocka_unit_test(test_2024),
                                   cmocka_unit_test(test_2004),  cmocka_unit_test(test_2009),
                                   cmocka_unit_test(test_2014),  cmocka_unit_test(test_edges),
                                   cmocka_unit_test(test_files), cmocka_unit_test(test_shares)};
    return cmocka_run_group_tests(t, NULL, NULL);
}
