/* Reading the archive's tables, looking figures up, sums, differences, coverage, following. */
#include "small.h"

#include <stdio.h>

#include "arsip/check.h"
#include "arsip/coverage.h"
#include "arsip/follow.h"
#include "arsip/rows.h"

static uint32_t text(const rk_arsip *a, const char *s) {
    return rk_intern_find(&a->text, rk_slice_str(s));
}

static void interned(void **state) {
    (void)state;
    rk_intern t;
    rk_intern_init(&t);
    assert_int_equal(rk_intern_add(&t, RK_LIT("")), 0);
    uint32_t first = rk_intern_add(&t, RK_LIT("satu"));
    rk_slice kept = rk_intern_text(&t, first);
    char word[16];
    for (int i = 0; i < 50000; i++) {
        snprintf(word, sizeof word, "kata %d", i % 20000);
        (void)rk_intern_add(&t, rk_slice_str(word));
    }
    assert_int_equal(t.n, 20002);
    assert_int_equal(rk_intern_add(&t, RK_LIT("satu")), first);
    assert_ptr_equal(rk_intern_text(&t, first).ptr, kept.ptr); /* texts do not move */
    assert_int_equal(rk_intern_find(&t, RK_LIT("kata 19999x")), UINT32_MAX);
    rk_intern_free(&t);
}

static void refused(void **state) {
    (void)state;
    static const struct {
        const char *rows;
        size_t line, column;
        const char *word;
    } t[] = {
        {"s9,0,suara,A,1,1,\n", 2, 1, "no series"},
        {"s2,0,suaro,A,1,1,\n", 2, 3, "no row of butir"},
        {"s2,9999,suara,A,1,1,\n", 2, 2, "no region"},
        {"s2,dapil:9,suara,A,1,1,\n", 2, 2, "no region"},
        {"s2,0,suara,A,1.5,1,\n", 2, 5, "whole number"},
        {"s2,0,suara,A,,1,\n", 2, 5, "whole number"},
        {"s2,0,suara,A,1000000000001,1,\n", 2, 5, "whole number"},
        {"s2,0,suara,A,1,2,\n", 2, 6, "sumber"},
        {"s2,0,suara,A,1,0,\n", 2, 6, "sumber"},
        {"s2,0,suara,A,1\n", 2, 0, "fields"},
        {"s2,1101011-0,suara,A,1,1,\n", 2, 2, "no region"},
        {"s2,1101011-10000,suara,A,1,1,\n", 2, 2, "no region"},
    };
    for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
        rk_arsip *a = small_arsip();
        rk_err err = RK_ERR_INIT;
        char csv[500];
        snprintf(csv, sizeof csv, FIGURE_HEAD "%s", t[i].rows);
        assert_int_equal(rk_arsip_read_figures(a, rk_slice_str(csv), 0, &err), RK_BAD_INPUT);
        if (err.line != t[i].line || err.column != t[i].column || !strstr(err.text, t[i].word))
            fail_msg("%s -> %zu:%zu %s", t[i].rows, err.line, err.column, err.text);
        rk_arsip_free(&a);
    }
    rk_arsip *a = small_arsip();
    rk_err err = RK_ERR_INIT;
    assert_int_equal(
        rk_arsip_read_figures(a, RK_LIT(FIGURE_HEAD "s2,0,suara,A,1,1,\ns2,0,suara,A,2,1,\n"),
                              0, &err),
        RK_OK);
    assert_int_equal(rk_arsip_sort(a, &err), RK_CONFLICT); /* one figure, two values */
    assert_non_null(strstr(err.text, "two figures"));
    rk_arsip_free(&a);
}

/* A party's candidates stand for it; the regions below stand for a region, if none is missing.
 */
static void sums(void **state) {
    (void)state;
    rk_arsip *a = small_arsip();
    small_figures(a, FIGURE_HEAD
                  "s3,dapil:1,suara,A.0,10,1,\ns3,dapil:1,suara,A.1,5,1,\n"
                  "s3,dapil:2,suara,A.0,1,1,\ns3,dapil:2,suara,B.1,7,1,\n"
                  "s3,1101,suara_sah,,30,1,\ns3,1102,suara_sah,,12,1,\n"
                  "s2,1101,suara,A,3,1,\n"
                  "s4,1101011-001,pemilih_dpt,,200,1,\ns4,1101011-012,pemilih_dpt,,5,1,\n");
    uint32_t s2 = 1, s3 = 2, s4 = 3, votes = 0, valid = 1, roll = 2;
    int64_t v;
    assert_true(rk_arsip_own(a, s3, RK_DAPIL_BIT, votes, text(a, "A"), &v));
    assert_int_equal(v, 15);
    assert_true(rk_arsip_whole(a, s3, 0, votes, text(a, "A"), &v));
    assert_int_equal(v, 16);
    assert_false(rk_arsip_whole(a, s3, 0, votes, text(a, "B"), &v)); /* none in dapil 1 */
    assert_true(rk_arsip_whole(a, s3, 0, valid, 0, &v));             /* X-1 is not waited for */
    assert_int_equal(v, 42);
    assert_false(rk_arsip_whole(a, s2, 0, votes, text(a, "A"), &v)); /* 1102 is missing */
    uint32_t n;
    (void)rk_arsip_at(a, s4, rk_tree_find(rk_arsip_tree_of(a, 1), RK_LIT("1101011")), &n);
    assert_int_equal(n, 0); /* stations are not the desa itself */
    assert_false(rk_arsip_own(a, s4, rk_tree_find(rk_arsip_tree_of(a, 1), RK_LIT("1101011")),
                              roll, 0, &v));
    rk_arsip_free(&a);
}

static void differences(void **state) {
    (void)state;
    rk_arsip *a = small_arsip();
    small_figures(
        a, FIGURE_HEAD
        "s2,0,suara,A,100,1,\ns2,0,suara,B,50,1,\ns2,0,suara_sah,,151,1,\n"
        "s3,11,suara,A,90,1,\ns3,1101,suara,A,60,1,\ns3,1102,suara,A,31,1,\n"
        "s4,0,pemilih_dpt,,10,1,\ns4,0,pemilih_dpt_l,,5,1,\ns4,0,pemilih_dpt_p,,6,1,\n");
    rk_diffs d;
    rk_arsip_differences(a, &d);
    assert_int_equal(d.n, 4);
    assert_int_equal(d.at[0].kind, RK_DIFF_CHILDREN); /* 60 + 31, not 90 */
    assert_int_equal(d.at[0].value_a - d.at[0].value_b, 1);
    assert_int_equal(d.at[1].kind, RK_DIFF_PARTS);
    assert_int_equal(d.at[1].value_a - d.at[1].value_b, 1);
    assert_int_equal(d.at[2].kind, RK_DIFF_VALID);
    assert_int_equal(d.at[2].value_a - d.at[2].value_b, -1);
    assert_int_equal(d.at[3].kind,
                     RK_DIFF_SERIES); /* the system's 90 against the decree's 100 */
    assert_int_equal(d.at[3].a, 2);
    assert_int_equal(d.at[3].b, 1);
    assert_int_equal(d.at[3].value_a - d.at[3].value_b, -10);
    rk_diffs known;
    rk_err err = RK_ERR_INIT;
    assert_int_equal(
        rk_arsip_read_known(a,
                            RK_LIT("jenis,seri_a,seri_b,wilayah,butir,pilihan,nilai_a,nilai_b\n"
                                   "seri,s3,s2,0,suara,A,90,100\n"),
                            &known, &err),
        RK_OK);
    assert_int_equal(known.n, 1);
    assert_int_equal(rk_diff_cmp(&known.at[0], &d.at[3]), 0);
    rk_free(known.at);
    assert_int_equal(
        rk_arsip_read_known(a,
                            RK_LIT("jenis,seri_a,seri_b,wilayah,butir,pilihan,nilai_a,nilai_b\n"
                                   "seri,s3,s2,77,suara,A,90,100\n"),
                            &known, &err),
        RK_BAD_INPUT);
    rk_free(d.at);
    rk_arsip_free(&a);
}

static void coverage(void **state) {
    (void)state;
    rk_arsip *a = small_arsip();
    small_figures(a, FIGURE_HEAD
                  "s2,0,suara,A,100,1,\ns3,1101,suara,A,60,1,\ns3,X-1,suara,A,31,1,\n"
                  "s3,dapil:1,suara,A,1,1,\ns3,dapil:2,suara,A,1,1,\n"
                  "s4,1101011-001,pemilih_dpt,,200,1,\n");
    rk_coverage *c;
    uint32_t n = rk_arsip_coverage(a, &c);
    assert_int_equal(n, 5);
    static const char *const want[] = {"lengkap", "tidak ada", "sebagian", "lengkap",
                                       "sebagian"};
    for (uint32_t i = 0; i < n; i++) assert_string_equal(rk_coverage_state(&c[i]), want[i]);
    assert_int_equal(c[2].have, 1); /* X-1 is no region of its own */
    assert_int_equal(c[3].level, RK_LEVEL_DAPIL);
    rk_free(c);
    rk_arsip_free(&a);
}

static void followed(void **state) {
    (void)state;
    rk_arsip *a = small_arsip();
    small_figures(a, FIGURE_HEAD);
    rk_stop *s = rk_arsip_follow(a, rk_arsip_find_codes(a, RK_LIT("1102")));
    assert_int_equal(s[0].fit, RK_FIT_PARENT); /* 1999: part of its parent */
    assert_true(rk_slice_is(rk_tree_code(rk_arsip_tree_of(a, 0), s[0].region), "1101"));
    assert_non_null(memmem(s[0].why.ptr, s[0].why.len, "UU 3/2003", 9));
    assert_int_equal(s[1].fit, RK_FIT_EXACT);
    rk_follow_free(a, s);
    s = rk_arsip_follow(a, rk_arsip_find_codes(a, RK_LIT("1101")));
    assert_int_equal(s[0].fit, RK_FIT_WIDER); /* 1999: with what split off later */
    assert_non_null(memmem(s[0].why.ptr, s[0].why.len, "Kabupaten Anak", 14));
    assert_int_equal(s[1].fit, RK_FIT_EXACT);
    rk_follow_free(a, s);
    assert_int_equal(rk_arsip_find_codes(a, RK_LIT("9999")), RK_NONE);
    rk_arsip_free(&a);
}

static void listed(void **state) {
    (void)state;
    rk_rows l;
    rk_buf out;
    rk_err err = RK_ERR_INIT;
    rk_buf_init(&out, 10000);
    rk_sink sink = rk_sink_buf(&out);
    rk_rows_init(&l, "nama,#nilai");
    rk_rows_str(&l, "a,\"b\"");
    rk_rows_num(&l, -3);
    rk_rows_str(&l, "x");
    rk_rows_none(&l);
    assert_int_equal(rk_rows_write(&l, RK_LIST_CSV, &sink, &err), RK_OK);
    assert_true(rk_slice_is(rk_buf_slice(&out), "nama,nilai\n\"a,\"\"b\"\"\",-3\nx,\n"));
    rk_buf_clear(&out);
    assert_int_equal(rk_rows_write(&l, RK_LIST_JSON, &sink, &err), RK_OK);
    assert_true(rk_slice_is(
        rk_buf_slice(&out),
        "[\n{\"nama\":\"a,\\\"b\\\"\",\"nilai\":-3},\n{\"nama\":\"x\",\"nilai\":null}\n]\n"));
    rk_buf_clear(&out);
    assert_int_equal(rk_rows_write(&l, RK_LIST_TABLE, &sink, &err), RK_OK);
    assert_true(
        rk_slice_is(rk_buf_slice(&out), "nama   nilai\na,\"b\"     -3\nx           \n"));
    rk_rows_free(&l);
    rk_buf_free(&out);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(interned),    cmocka_unit_test(refused),  cmocka_unit_test(sums),
        cmocka_unit_test(differences), cmocka_unit_test(coverage), cmocka_unit_test(followed),
        cmocka_unit_test(listed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
