/* What witnesses said survives being written and read; since when counts from the change. */
#include "gather/report.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

static const char POLICY[] =
    "log pemilu2024+5bebc137+AYqI4910CfGV/VLbLTy6XXLKZwm/HZQSG/N0iAG0D29c\n"
    "witness bawaslu "
    "bawaslu.example/w1+1200ce9f+BIE5dw6ofRdfVqNUZsNMfszLjYqRtO43ol32D1uPybOU\n"
    "witness lsm lsm.example/w1+182c44c7+BMqTrBcFGHBx1nuDx/8O/oEI6OxFMFdddyaHkzPb2r58\n"
    "group g any bawaslu lsm\nquorum g\n";

static rk_gather_result said(enum rk_gather_state a, enum rk_gather_state b, uint64_t size) {
    rk_gather_result g = {.n = 2, .quorum = true};
    rk_buf_init(&g.note, RK_NOTE_MAX);
    rk_buf_lit(&g.note, "a note\nof lines\n");
    g.witness[0] =
        (rk_gather_witness){.state = a, .size = size, .time = a == RK_GATHER_OK ? 77 : 0};
    g.witness[1] = (rk_gather_witness){.state = b, .text = "line\nbreak \xff"};
    return g;
}

static void there_and_back(void **state) {
    (void)state;
    rk_policy *p = NULL;
    rk_gather_report r, back;
    rk_buf b, again;
    assert_int_equal(rk_policy_parse(rk_slice_str(POLICY), &p, NULL), RK_OK);
    rk_gather_report_init(&r);
    rk_gather_report_init(&back);
    rk_buf_init(&b, RK_REPORT_MAX);
    rk_buf_init(&again, RK_REPORT_MAX);
    rk_gather_result g = said(RK_GATHER_OK, RK_GATHER_AWAY, 10);
    rk_gather_report_take(&r, p, &g, 10, 100);
    rk_gather_report_put(&r, &b);
    rk_err err = RK_ERR_INIT;
    if (rk_gather_report_parse(rk_buf_slice(&b), &back, &err) != RK_OK)
        fail_msg("%s\n%.*s", err.text, RK_FMT(rk_buf_slice(&b)));
    rk_gather_report_put(&back, &again);
    assert_true(rk_slice_eq(rk_buf_slice(&b), rk_buf_slice(&again)));
    assert_int_equal(back.n, 2);
    assert_true(back.quorum && back.size == 10 && back.witness[0].state == RK_GATHER_OK);
    assert_string_equal(back.witness[1].name, "lsm.example/w1");
    assert_string_equal(back.witness[1].text, "line?break ?");
    assert_true(rk_slice_is(rk_buf_slice(&back.note), "a note\nof lines\n"));
    rk_gather_result_free(&g);

    g = said(RK_GATHER_AWAY, RK_GATHER_AWAY,
             0); /* what was known stays; only one has changed */
    rk_gather_report_take(&back, p, &g, 11, 200);
    assert_int_equal(back.witness[0].since, 200);
    assert_int_equal(back.witness[0].size, 10);
    assert_int_equal(back.witness[0].time, 77);
    assert_int_equal(back.witness[1].since, 100);
    rk_gather_result_free(&g);

    for (size_t n = 0; n + 17 < b.len; n++) /* cut before the note: never taken */
        assert_int_not_equal(rk_gather_report_parse((rk_slice){b.ptr, n}, &back, NULL), RK_OK);
    rk_gather_report_free(&r);
    rk_gather_report_free(&back);
    rk_buf_free(&b);
    rk_buf_free(&again);
    rk_policy_free(&p);
}

static void refused(void **state) {
    (void)state;
    static const char *const bad[] = {
        "",
        "rekap-saksi/v1\n",
        "rekap-saksi/v2\n1 2 1 0\n\n\n",
        "rekap-saksi/v1\n1 2 2 0\n\n\n",
        "rekap-saksi/v1\n01 2 1 0\n\n\n",
        "rekap-saksi/v1\n1 2 1 0 \n\n\n",
        "rekap-saksi/v1\n1 2 1 33\n\n\n",
        "rekap-saksi/v1\n1 2 1 1\n\nok 1 2 3 name\n\n", /* no space before the text */
        "rekap-saksi/v1\n1 2 1 1\n\nhm 1 2 3 name \n\n",
        "rekap-saksi/v1\n1 2 1 1\n\nok 1 2 3  \n\n",
        "rekap-saksi/v1\n1 2 1 0\n\nx\n",
    };
    rk_gather_report r;
    rk_gather_report_init(&r);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (rk_gather_report_parse(rk_slice_str(bad[i]), &r, NULL) == RK_OK)
            fail_msg("taken: %s", bad[i]);
    assert_int_equal(rk_gather_report_parse(RK_LIT("rekap-saksi/v1\n1 2 1 0\n\n\n"), &r, NULL),
                     RK_OK);
    rk_gather_report_free(&r);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(there_and_back),
                                       cmocka_unit_test(refused)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
