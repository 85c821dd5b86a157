#include "small.h"

#include <stdio.h>
#include <stdlib.h>

#include "random.h"

#define HEAD "kode,induk,nama,tingkat,jumlah_tps,nomor_tps,pemisah_tps\n"
#define TOP "1,,A,1,,,\n11,1,B,2,,,\n111,11,C,3,,,\n"

/* ===== errors ===== */

static void wrong(rk_slice csv, rk_status want, size_t line, size_t column, const char *word) {
    rk_tree *t = (rk_tree *)1;
    rk_err err = RK_ERR_INIT;
    if (rk_tree_parse(csv, &t, &err) != want)
        fail_msg("taken (wanted %s): %.*s", word, RK_FMT(csv));
    assert_null(t);
    if (err.line != line || err.column != column || !strstr(err.text, word))
        fail_msg("%zu:%zu %s (wanted %zu:%zu %s)", err.line, err.column, err.text, line, column,
                 word);
}

static void errors(void **state) {
    (void)state;
    static const struct {
        const char *csv;
        size_t line, column;
        const char *word;
    } t[] = {
        {"", 1, 0, "empty"},
        {"kode,induk,nama\n", 1, 0, "'tingkat' is missing"},
        {"kode,induk,nama,tingkat,warna\n", 1, 5, "unknown column 'warna'"},
        {"kode,induk,nama,tingkat,kode\n", 1, 5, "twice"},
        {"kode,induk,nama,tingkat,code\n", 1, 5, "twice"},
        {"kode,induk,nama,tingkat\n", 2, 0, "no region"},
        {"kode,induk,nama,tingkat\n,,A,1\n", 2, 1, "1 to 23"},
        {"kode,induk,nama,tingkat\n123456789012345678901234,,A,1\n", 2, 1, "1 to 23"},
        {"kode,induk,nama,tingkat\n0,,A,1\n", 2, 1, "nation"},
        {"kode,induk,nama,tingkat\n1\x01,,A,1\n", 2, 1, "plain text"},
        {"kode,induk,nama,tingkat\n1,,A,0\n", 2, 4, "tingkat must be"},
        {"kode,induk,nama,tingkat\n1,,A,5\n", 2, 4, "in range"},
        {"kode,induk,nama,tingkat\n1,,A,x\n", 2, 4, "in range"},
        {"kode,induk,nama,tingkat\n1,,A,\n", 2, 4, "tingkat must be"},
        {"kode,induk,nama,tingkat\n1,,A,1\n2,,B,2\n", 3, 2, "parent's code is missing"},
        {"nama,tingkat,kode,induk\nA,1,1,\nB,2,11,1\nC,3,111,1\n", 4, 4,
         "not on the level above"},
        {"kode,induk,nama,tingkat\n1,,A,1\n11,2,B,2\n", 3, 2, "not in the file"},
        {"kode,induk,nama,tingkat\n1,,A,1\n1,,B,1\n", 3, 1, "twice"},
        {"kode,induk,nama,tingkat\n1,,A,1\n1,1,B,2\n", 3, 1, "twice"},
        {"kode,induk,nama,tingkat\n1,,A\xff,1\n", 2, 3, "UTF-8"},
        {HEAD TOP "1111,111,D,4,x,,\n", 5, 5, "in range"},
        {HEAD TOP "1111,111,D,4,,,12345\n", 5, 7, "4 bytes"},
        {HEAD TOP "1111,111,D,4,,1-x,\n", 5, 0, "write ranges"},
        {HEAD TOP "1111,111,D,4,,1;;2,\n", 5, 0, "write ranges"},
        {HEAD TOP "1111,111,D,4,,XXX 1,\n", 5, 0, "write ranges"},
        {HEAD TOP "1111,111,D,4,,0-2,\n", 5, 0, "not a range"},
        {HEAD TOP "1111,111,D,4,,3-2,\n", 5, 0, "not a range"},
        {HEAD TOP "1111,111,D,4,,1-3;2,\n", 5, 0, "listed twice"},
        {HEAD TOP "1111,111,D,4,4,1-3,\n", 5, 0, "lists 3"},
        {HEAD TOP "123456789012345678901,111,D,4,2,,\n", 5, 0, "longer than 23"},
        {HEAD TOP "1111,111,D,4,\"2\n", 5, 5, "not closed"},
    };
    for (size_t i = 0; i < sizeof t / sizeof *t; i++)
        wrong(rk_slice_str(t[i].csv), RK_BAD_INPUT, t[i].line, t[i].column, t[i].word);
}

static void too_long(void **state) {
    (void)state;
    rk_buf b;
    rk_buf_init(&b, 2000);
    rk_buf_lit(&b, "kode,induk,nama,tingkat,dapil\n1,,");
    for (unsigned i = 0; i <= RK_NAME_MAX; i++) rk_buf_byte(&b, 'n');
    rk_buf_lit(&b, ",1,\n");
    wrong(rk_buf_slice(&b), RK_BAD_INPUT, 2, 3, "too long");
    rk_buf_free(&b);
    wrong(RK_LIT("kode,induk,nama,tingkat,dapil\n1,,A,1,123456789012345678901234\n"),
          RK_BAD_INPUT, 2, 5, "dapil");
    wrong(RK_LIT("code,parent,name,level,tps_regular,tps_special_from,tps_special_to\n1,,A,1,,"
                 "100000,\n"),
          RK_BAD_INPUT, 2, 6, "range");
    wrong(RK_LIT("kode,induk,nama,tingkat,jumlah_tps\n1,,A,1,\n11,1,B,2,\n111,11,C,3,\n1111,"
                 "111,D,4,99999\n1112,111,E,4,100000\n"),
          RK_BAD_INPUT, 6, 0, "not a range");
}

/* Two desa whose station codes would be the same text. */
static void station_clash(void **state) {
    (void)state;
    wrong(RK_LIT(HEAD TOP "1111,111,D,4,,1001,\n11111,111,E,4,,1,\n"), RK_BAD_INPUT, 6, 0,
          "listed twice");
}

/* A code that would break the tables it is written to, or be run by a spreadsheet. */
static void codes_are_plain(void **state) {
    (void)state;
    wrong(RK_LIT("kode,induk,nama,tingkat\n\"1,2\",,A,1\n"), RK_BAD_INPUT, 2, 1, "plain text");
    wrong(RK_LIT("kode,induk,nama,tingkat\n\"1\"\"\",,A,1\n"), RK_BAD_INPUT, 2, 1,
          "plain text");
    wrong(RK_LIT("kode,induk,nama,tingkat\n=1,,A,1\n"), RK_BAD_INPUT, 2, 1, "plain text");
    rk_tree *t = small_tree("kode,induk,nama,tingkat\n-99,,A,1\n");
    rk_tree_free(&t);
}

/* ===== shape ===== */

static void check_tree(const rk_tree *t) {
    for (uint32_t i = 1; i < t->n; i++) {
        const rk_region *n = &t->node[i], *p = &t->node[n->parent];
        assert_int_equal(n->level, p->level + 1);
        assert_true(t->node[i - 1].level <= n->level);
        if (t->node[i - 1].level == n->level)
            assert_true(rk_code_cmp(&t->code[i - 1], &t->code[i]) < 0);
        assert_int_equal(rk_tree_find(t, rk_tree_code(t, i)), i);
        assert_true(rk_tree_below(t, i, n->parent) && !rk_tree_below(t, n->parent, i));
        bool among = false;
        for (uint32_t k = 0; k < p->n_child; k++) among |= t->child[p->first_child + k] == i;
        assert_true(among);
    }
    uint32_t total = 0, known = 0;
    for (uint32_t l = 0; l < RK_LEVELS; l++)
        for (uint32_t i = t->level_first[l]; i < t->level_first[l + 1]; i++)
            assert_int_equal(t->node[i].level, l);
    for (uint32_t i = t->level_first[RK_DESA]; i < t->n; i++)
        total += t->node[i].total, known += t->node[i].known;
    assert_int_equal(known, t->n_tps);
    assert_int_equal(known, t->node[0].known);
    assert_true(total <= t->node[0].total);
}

struct text {
    char row[400][64];
    int n;
};

/* A random tree of the 2019 kind: codes are numbers without any system. */
static void random_rows(struct text *x) {
    x->n = 0;
    uint32_t used = 1;
    for (int l = 1; l <= 4; l++) {
        int n = l == 1 ? 2 + (int)rnd(3) : 3 + (int)rnd(20);
        static int first, last;
        int from = first, to = last;
        first = x->n;
        for (int i = 0; i < n; i++) {
            char parent[16] = "";
            if (l > 1) {
                char *c = x->row[from + (int)rnd((uint32_t)(to - from))];
                snprintf(parent, sizeof parent, "%.*s", (int)strcspn(c, ","), c);
            }
            used += 1 + rnd(30) * rnd(30);
            snprintf(x->row[x->n++], 64, "%u,%s,N %u,%d,,%s,-\n", used, parent, used, l,
                     l == 4 && rnd(2) ? "1-3;901" : "");
        }
        last = x->n;
    }
}

static rk_tree *build(const struct text *x) {
    rk_buf b;
    rk_err err = RK_ERR_INIT;
    rk_tree *t;
    rk_buf_init(&b, 1 << 20);
    rk_buf_lit(&b, HEAD);
    for (int i = 0; i < x->n; i++) rk_buf_printf(&b, "%s", x->row[i]);
    MUST(rk_tree_parse(rk_buf_slice(&b), &t, &err), err);
    rk_buf_free(&b);
    return t;
}

static void same_tree(const rk_tree *a, const rk_tree *b) {
    assert_int_equal(a->n, b->n);
    assert_int_equal(a->n_tps, b->n_tps);
    assert_memory_equal(a->code, b->code, a->n * sizeof *a->code);
    assert_memory_equal(a->child, b->child, (a->n - 1) * sizeof *a->child);
    assert_memory_equal(a->level_first, b->level_first, sizeof a->level_first);
    for (uint32_t i = 0; i < a->n; i++) {
        const rk_region *x = &a->node[i], *y = &b->node[i];
        assert_int_equal(x->parent, y->parent);
        assert_int_equal(x->total, y->total);
        assert_int_equal(x->known, y->known);
        assert_int_equal(x->has_frame, y->has_frame);
        assert_true(rk_slice_eq(x->name, y->name));
    }
    if (a->n_tps) assert_memory_equal(a->tps_code, b->tps_code, a->n_tps * sizeof *a->tps_code);
}

static void order_of_the_file(void **state) {
    (void)state;
    rnd_start("order of the file");
    static struct text x;
    for (int round = 0; round < 300; round++) {
        random_rows(&x);
        rk_tree *a = build(&x);
        check_tree(a);
        for (int i = x.n; i-- > 1;) {
            char keep[64];
            int k = (int)rnd((uint32_t)i + 1);
            memcpy(keep, x.row[i], 64), memcpy(x.row[i], x.row[k], 64),
                memcpy(x.row[k], keep, 64);
        }
        rk_tree *b = build(&x);
        same_tree(a, b);
        rk_tree_free(&a);
        rk_tree_free(&b);
    }
}

/* ===== stations ===== */

static uint32_t tps(const rk_tree *t, const char *code) {
    rk_code c;
    assert_true(rk_code_of(rk_slice_str(code), &c));
    return rk_tree_find_tps(t, &c, rk_code_hash(&c));
}

static void named(const rk_tree *t, const char *code, unsigned method, const char *want) {
    rk_buf b;
    uint32_t i = tps(t, code);
    assert_int_not_equal(i, RK_NONE);
    rk_buf_init(&b, 64);
    rk_tree_tps_name(t, i, &b);
    if (!rk_slice_is(rk_buf_slice(&b), want))
        fail_msg("%s: '%.*s'", code, RK_FMT(rk_buf_slice(&b)));
    assert_int_equal(t->tps[i].method, method);
    rk_buf_free(&b);
}

static void frames(void **state) {
    (void)state;
    rk_tree *t = small_tree("kode,induk,nama,tingkat,jumlah_tps,nomor_tps,pemisah_tps,tps_"
                            "khusus_dari,tps_khusus_sampai\n"
                            "99,,LN,1,,,,,\n9901,99,B,2,,,,,\n990101,9901,C,3,,,,,\n"
                            "99010101,990101,D,4,14,\"POS 1;TPS 2-9; KSK 10-13 ;1000\",-,,\n"
                            "99010102,990101,E,4,2,,,901,902\n99010103,990101,F,4,,,,,\n");
    named(t, "99010101-001", RK_METHOD_POS, "POS 001");
    named(t, "99010101-009", RK_METHOD_TPS, "TPS 009");
    named(t, "99010101-010", RK_METHOD_KSK, "KSK 010");
    named(t, "99010101-1000", RK_METHOD_TPS, "TPS 1000");
    named(t, "99010102001", RK_METHOD_TPS, "TPS 001");
    named(t, "99010102902", RK_METHOD_TPS, "TPS 902");
    assert_int_equal(tps(t, "99010102003"), RK_NONE);
    assert_int_equal(tps(t, "99010101001"), RK_NONE);
    assert_int_equal(t->node[0].total, 18);
    uint32_t list[32], d = node_of(t, "99010101");
    assert_int_equal(rk_tree_tps_sorted(t, d, list), 14);
    rk_code c;
    rk_err err = RK_ERR_INIT;
    rk_code_of(RK_LIT("99010101-002x"), &c);
    uint32_t out;
    assert_int_equal(rk_tree_add_tps(t, &c, d, &out, &err), RK_NOT_FOUND);
    check_tree(t);
    rk_tree_free(&t);
}

static uint32_t add(rk_tree *t, const char *code, const char *desa) {
    rk_code c;
    rk_err err = RK_ERR_INIT;
    uint32_t i;
    rk_code_of(rk_slice_str(code), &c);
    MUST(rk_tree_add_tps(t, &c, node_of(t, desa), &i, &err), err);
    return i;
}

/* What a total must be: the greater of what is declared and the sum over the children. */
static uint32_t naive_total(const rk_tree *t, uint32_t node) {
    const rk_region *n = &t->node[node];
    uint32_t sum = n->level == RK_DESA ? n->known : 0;
    for (uint32_t i = 0; i < n->n_child; i++)
        sum += naive_total(t, t->child[n->first_child + i]);
    return n->level != RK_DESA && n->declared > sum ? n->declared : sum;
}

static void totals_grow(void **state) {
    (void)state;
    rnd_start("totals");
    for (int round = 0; round < 200; round++) {
        char csv[2000], *p = csv;
        p += snprintf(p, 400, "kode,induk,nama,tingkat,jumlah_tps\n");
        for (int a = 1; a <= 2; a++) {
            p += snprintf(p, 60, "%d,,A,1,%u\n", a, rnd(2) ? rnd(20) : 0);
            for (int b = 1; b <= 2; b++) {
                p += snprintf(p, 60, "%d%d,%d,A,2,%u\n", a, b, a, rnd(2) ? rnd(12) : 0);
                p += snprintf(p, 60, "%d%d1,%d%d,A,3,%u\n", a, b, a, b, rnd(2) ? rnd(8) : 0);
                for (int d = 1; d <= 2; d++)
                    p += snprintf(p, 60, "%d%d1%d,%d%d1,A,4,%u\n", a, b, d, a, b,
                                  rnd(3) ? 0 : rnd(3));
            }
        }
        rk_tree *t = small_tree(csv);
        for (int i = 0; i < 60; i++) {
            for (uint32_t n = 0; n < t->n; n++)
                if (t->node[n].total != naive_total(t, n))
                    fail_msg("%s\nnode %.*s: %u, not %u", csv, RK_FMT(rk_tree_code(t, n)),
                             t->node[n].total, naive_total(t, n));
            uint32_t d = t->level_first[RK_DESA] + rnd(t->n - t->level_first[RK_DESA]);
            char code[48], desa[24];
            snprintf(desa, sizeof desa, "%.*s", RK_FMT(rk_tree_code(t, d)));
            snprintf(code, sizeof code, "%sx%d", desa, i);
            if (!t->node[d].has_frame) add(t, code, desa);
        }
        check_tree(t);
        rk_tree_free(&t);
    }
}

static void station_names(void **state) {
    (void)state;
    rk_tree *t =
        small_tree("kode,induk,nama,tingkat\n1,,A,1\n11,1,B,2\n111,11,C,3\n1111,111,D,4\n");
    add(t, "1111005", "1111"), add(t, "1111-07", "1111"), add(t, "1111.8", "1111");
    add(t, "1111x", "1111"), add(t, "zz", "1111"), add(t, "1111", "1111");
    named(t, "1111005", RK_METHOD_TPS, "TPS 005");
    named(t, "1111-07", RK_METHOD_TPS, "TPS 007");
    named(t, "1111.8", RK_METHOD_TPS, "TPS 008");
    named(t, "1111x", RK_METHOD_TPS, "1111x");
    named(t, "zz", RK_METHOD_TPS, "zz");
    named(t, "1111", RK_METHOD_TPS, "1111");
    rk_tree_free(&t);
}

static int by_code(const void *a, const void *b, void *ctx) {
    const rk_tree *t = ctx;
    return rk_code_cmp(&t->tps_code[*(const uint32_t *)a], &t->tps_code[*(const uint32_t *)b]);
}

/* Many stations of one desa in any order (abroad there are such) must not take quadratic time.
 */
static void many_stations(void **state) {
    (void)state;
    rk_tree *t =
        small_tree("kode,induk,nama,tingkat\n1,,A,1\n11,1,B,2\n111,11,C,3\n1111,111,D,4\n");
    enum { N = 200000 };
    uint32_t *list = rk_calloc(N, sizeof *list), *want = rk_calloc(N, sizeof *want);
    for (uint32_t i = 0; i < N; i++) {
        char code[24];
        snprintf(code, sizeof code, "1111-%u", (i * 7919u + 13u) % 1000003u);
        want[i] = add(t, code, "1111");
    }
    qsort_r(want, N, sizeof *want, by_code, t);
    assert_int_equal(rk_tree_tps_sorted(t, node_of(t, "1111"), list), N);
    assert_memory_equal(list, want, N * sizeof *list);
    rk_free(list);
    rk_free(want);
    rk_tree_free(&t);
}

/* ===== queries ===== */

static uint32_t naive_prefix(const rk_tree *t, rk_slice code) {
    uint32_t best = RK_NONE;
    size_t len = 0;
    for (uint32_t i = 0; i < t->n; i++) {
        rk_slice c = rk_tree_code(t, i);
        if (i && c.len > len && rk_slice_starts(code, c)) best = i, len = c.len;
    }
    return best;
}

/* The nation's "0" is no region's prefix; that it may be found is of no use to anybody. */
static uint32_t region_by_prefix(const rk_tree *t, const rk_code *c) {
    uint32_t i = rk_tree_by_prefix(t, c);
    return i ? i : RK_NONE;
}

static void prefixes(void **state) {
    (void)state;
    rnd_start("prefixes");
    static struct text x;
    for (int round = 0; round < 100; round++) {
        random_rows(&x);
        rk_tree *t = build(&x);
        for (int i = 0; i < 500; i++) {
            char s[24];
            rk_code c;
            rk_slice from = rk_tree_code(t, 1 + rnd(t->n - 1));
            snprintf(s, sizeof s, rnd(3) ? "%.*s-%03u" : "%.*s%u", RK_FMT(from), rnd(1000));
            if (rnd_one_in(10)) snprintf(s, sizeof s, "%u", rnd(9));
            assert_true(rk_code_of(rk_slice_str(s), &c));
            assert_int_equal(region_by_prefix(t, &c), naive_prefix(t, rk_slice_str(s)));
        }
        rk_tree_free(&t);
    }
}

static void long_codes(void **state) {
    (void)state;
    rk_tree *t = small_tree("kode,induk,nama,tingkat\n1,,A,1\n12345678901234567890123,1,B,2\n");
    rk_code c;
    rk_code_of(RK_LIT("12345678901234567890123"), &c);
    assert_int_equal(region_by_prefix(t, &c), node_of(t, "12345678901234567890123"));
    rk_code_of(RK_LIT("1234567890123456789012"), &c);
    assert_int_equal(region_by_prefix(t, &c), node_of(t, "1"));
    rk_code_of(RK_LIT("0001"), &c);
    assert_int_equal(region_by_prefix(t, &c), RK_NONE);
    assert_int_equal(rk_tree_find(t, RK_LIT("")), RK_NONE);
    assert_int_equal(rk_tree_find(t, RK_LIT("0")), 0);
    rk_tree_free(&t);
}

static void levels(void **state) {
    (void)state;
    unsigned l;
    for (unsigned i = 0; i < RK_LEVELS; i++)
        assert_true(rk_level_parse(rk_slice_str(rk_level_name(i)), &l) && l == i);
    assert_true(rk_level_parse(RK_LIT("5"), &l) && l == 5);
    assert_true(rk_level_parse(RK_LIT("kabupaten/kota"), &l) && l == 2);
    assert_false(rk_level_parse(RK_LIT("6"), &l));
    assert_false(rk_level_parse(RK_LIT(""), &l));
    assert_string_equal(rk_level_name(6), "?");
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(errors),
                                       cmocka_unit_test(too_long),
                                       cmocka_unit_test(station_clash),
                                       cmocka_unit_test(codes_are_plain),
                                       cmocka_unit_test(order_of_the_file),
                                       cmocka_unit_test(frames),
                                       cmocka_unit_test(totals_grow),
                                       cmocka_unit_test(station_names),
                                       cmocka_unit_test(many_stations),
                                       cmocka_unit_test(prefixes),
                                       cmocka_unit_test(long_codes),
                                       cmocka_unit_test(levels)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
