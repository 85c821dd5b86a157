/* Descriptions of files, imports, and the counting of rolls. */
#include "small.h"

#include "arsip/import.h"
#include "random.h"

#include <stdio.h>

#define HEAD                                                                                   \
    "{\"format\":\"rekap-arsip-impor-1\",\"pemilu\":\"p2\",\"kontes\":\"%s\",\"seri\":"        \
    "\"baru\","                                                                                \
    "\"kedudukan\":\"pers\",\"nama\":\"n\",\"sumber\":\"s\",\"lisensi\":\"l\"%s}"

static char doc[4000];
static rk_slice spec_text(const char *contest, const char *more) {
    snprintf(doc, sizeof doc, HEAD, contest, more);
    return rk_slice_str(doc);
}

static void refuses(const char *contest, const char *more, rk_status want, const char *word) {
    rk_arsip *a = small_arsip();
    rk_err err = RK_ERR_INIT;
    rk_spec *s;
    if (rk_spec_parse(a, spec_text(contest, more), &s, &err) != want || !strstr(err.text, word))
        fail_msg("%s -> %s (wanted %s)", more, err.text, word);
    assert_null(s);
    rk_arsip_free(&a);
}

#define WHERE ",\"wilayah\":{\"kolom\":\"k\"}"
#define FIGURE ",\"angka\":[{\"kolom\":\"v\",\"butir\":\"suara\",\"pilihan\":\"A\"}]"

static void bad_specs(void **state) {
    (void)state;
    refuses("xyz", WHERE FIGURE, RK_BAD_INPUT, "contest");
    refuses("dpr", FIGURE, RK_BAD_INPUT, "wilayah");
    refuses("dpr", WHERE, RK_BAD_INPUT, "angka");
    refuses("dpr", WHERE FIGURE ",\"pemisa\":\";\"", RK_BAD_INPUT, "unknown key \"pemisa\"");
    refuses("dpr", WHERE ",\"angka\":[{\"kolom\":\"v\",\"butir\":\"suaro\"}]", RK_BAD_INPUT,
            "butir.csv");
    refuses("dpr", WHERE FIGURE ",\"pemisah\":\";;\"", RK_BAD_INPUT, "pemisah");
    refuses("dpr", ",\"wilayah\":{\"kolom\":\"k\",\"tetap\":\"0\"}" FIGURE, RK_BAD_INPUT,
            "either");
    refuses("dpr", ",\"daftar_pemilih\":{}", RK_BAD_INPUT, "tps");
    refuses("dpr",
            ",\"daftar_pemilih\":{\"tps\":\"t\",\"jenis_kelamin\":{\"kolom\":\"j\",\"arti\":{"
            "\"1\":\"L\"}}}",
            RK_BAD_INPUT, "dpt");
    rk_arsip *a = small_arsip();
    rk_spec *s;
    rk_err err = RK_ERR_INIT;
    assert_int_equal(rk_spec_parse(a, RK_LIT("{"), &s, &err), RK_BAD_INPUT);
    rk_arsip_free(&a);
}

static void commas(void **state) {
    (void)state;
    rk_buf b;
    rk_err err = RK_ERR_INIT;
    rk_buf_init(&b, 1000);
    assert_int_equal(rk_spec_commas(RK_LIT("a;b\r\n\"x;\"\"y\";1,5\nz;"), ';', &b, &err),
                     RK_OK);
    assert_true(rk_slice_is(rk_buf_slice(&b), "\"a\",\"b\"\n\"x;\"\"y\",\"1,5\"\n\"z\","));
    rk_buf_clear(&b);
    assert_int_equal(rk_spec_commas(RK_LIT("\"a;b"), ';', &b, &err), RK_BAD_INPUT);
    rk_buf_free(&b);
}

static rk_status import(rk_arsip *a, const char *contest, const char *more, const char *csv,
                        rk_import_result *r, uint32_t *series) {
    rk_spec *s;
    rk_err err = RK_ERR_INIT;
    if (rk_spec_parse(a, spec_text(contest, more), &s, &err) != RK_OK) fail_msg("%s", err.text);
    rk_status st = rk_arsip_import(a, s, rk_slice_str(csv), NULL, NULL, series, r, &err);
    rk_spec_free(&s);
    return st;
}

static void wide_and_long(void **state) {
    (void)state;
    rk_arsip *a = small_arsip();
    rk_import_result r;
    uint32_t s;
    int64_t v;
    assert_int_equal(import(a, "dpr", WHERE FIGURE, "k,v\n1101,5\n1102,\n11,7\n", &r, &s),
                     RK_OK);
    assert_int_equal(r.rows, 3);
    assert_int_equal(r.figures, 2); /* an empty cell is no figure */
    assert_true(rk_arsip_own(a, s, rk_tree_find(rk_arsip_tree_of(a, 1), RK_LIT("11")), 0,
                             rk_intern_find(&a->text, RK_LIT("A")), &v));
    assert_int_equal(v, 7);
    rk_arsip_free(&a);
    a = small_arsip();
    assert_int_equal(import(a, "dpr",
                            ",\"wilayah\":{\"kolom\":\"nama\",\"provinsi\":\"prov\","
                            "\"sebagai\":\"nama\"},\"angka\":[{\"kolom\":\"v\",\"butir\":{"
                            "\"kolom\":\"b\"},\"pilihan\":{\"kolom\":\"p\"}}]",
                            "prov,nama,b,p,v\na,Kab. Anak,suara,X,-3\nA,INDUK,suara_sah,,9\n",
                            &r, &s),
                     RK_OK);
    assert_int_equal(r.figures, 2);
    rk_arsip_free(&a);
    a = small_arsip();
    assert_int_equal(import(a, "dpr",
                            ",\"wilayah\":{\"kolom\":\"k\",\"sebagai\":\"kemendagri\"}" FIGURE,
                            "k,v\n1102,1\n9,1\n", &r, &s),
                     RK_BAD_INPUT);
    assert_int_equal(r.problems, 1);
    rk_arsip_free(&a);
}

static void small_cells(void **state) {
    (void)state;
    uint32_t g[4];
    assert_int_equal(rk_merge_small((uint32_t[]){10, 3, 20, 7}, 4, true, g), 3);
    assert_true(g[0] == 0 && g[1] == 0 && g[2] == 1 && g[3] == 2); /* the smaller neighbour */
    assert_int_equal(rk_merge_small((uint32_t[]){100, 0, 1, 9}, 4, false, g), 3);
    assert_true(g[2] == g[3] && g[0] != g[2]); /* the smallest other that is not empty */
    assert_int_equal(rk_merge_small((uint32_t[]){2, 0, 1, 0}, 4, true, g), 1);
    rnd_start("small cells");
    for (int i = 0; i < 20000; i++) { /* nothing is lost, nothing small is left */
        uint32_t count[9], group[9], sum[9] = {0}, n = 1 + rnd(9);
        for (uint32_t k = 0; k < n; k++) count[k] = rnd(12);
        uint32_t m = rk_merge_small(count, n, i & 1, group);
        for (uint32_t k = 0; k < n; k++) {
            assert_true(group[k] < m);
            if ((i & 1) && k)
                assert_true(group[k] == group[k - 1] || group[k] == group[k - 1] + 1);
            sum[group[k]] += count[k];
        }
        for (uint32_t k = 0; m > 1 && k < m; k++)
            assert_true(sum[k] == 0 || sum[k] >= RK_SMALL_CELL);
    }
}

static void ages(void **state) {
    (void)state;
    uint32_t y;
    assert_true(rk_age_on(RK_LIT("2007-02-14"), false, RK_LIT("2024-02-14"), &y));
    assert_int_equal(y, 17);
    assert_true(rk_age_on(RK_LIT("15-02-2007"), true, RK_LIT("2024-02-14"), &y));
    assert_int_equal(y, 16);
    assert_false(rk_age_on(RK_LIT("2025-01-01"), false, RK_LIT("2024-02-14"), &y));
    assert_false(rk_age_on(RK_LIT("2007-13-01"), false, RK_LIT("2024-02-14"), &y));
    assert_false(rk_age_on(RK_LIT("1800-01-01"), false, RK_LIT("2024-02-14"), &y));
    assert_false(rk_age_on(RK_LIT("17 Agustus"), true, RK_LIT("2024-02-14"), &y));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bad_specs),     cmocka_unit_test(commas),
        cmocka_unit_test(wide_and_long), cmocka_unit_test(small_cells),
        cmocka_unit_test(ages),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
