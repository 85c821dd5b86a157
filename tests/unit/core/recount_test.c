/* The recount against a naive one, row by row; its errors; shuffled = sorted; the two real
 * elections. */
#include "core/recount.h"

#include <stdio.h>
#include <stdlib.h>

#include "files/files.h"
#include "random.h"
#include "small.h"

/* ===== problems ===== */

struct problems {
    rk_buf text;
    int n;
};

static void problem(void *ctx, const rk_problem *p) {
    struct problems *x = ctx;
    x->n++;
    assert_non_null(p->reason);
    rk_buf_printf(&x->text, "%zu:%zu %.*s=%.*s %.12s|", p->line, p->column, RK_FMT(p->name),
                  (int)(p->value.len < 12 ? p->value.len : 12),
                  p->value.ptr ? p->value.ptr : "", p->reason);
}

static rk_status run(rk_slice tree, rk_slice forms, rk_buf *out, struct problems *p,
                     rk_err *err) {
    rk_recount_result r;
    *p = (struct problems){0};
    *err = RK_ERR_INIT;
    rk_buf_init(&p->text, 1 << 20);
    char *exact =
        rk_dup(forms.ptr, forms.len); /* exactly that long: over-reads are seen by ASan */
    rk_sink sink = rk_sink_buf(out);
    rk_status s = rk_recount(tree, RK_LIT("ppwp"), (rk_slice){exact, forms.len}, &sink, problem,
                             p, &r, err);
    rk_free(exact);
    assert_true(s == RK_OK || err->text[0]);
    assert_true((r.bad_rows == 0) == (p->n == 0));
    return s;
}

#define TREE                                                                                   \
    "kode,induk,nama,tingkat,nomor_tps\n1,,A,1,\n11,1,B,2,\n111,11,C,3,\n1111,111,D,4,\n1112," \
    "111,E,4,1-2;901\n2,,F,1,\n"

static void says(const char *forms, const char *want) {
    rk_buf out;
    rk_err err;
    struct problems p;
    rk_buf_init(&out, 10000);
    rk_buf_lit(&out, "kept");
    rk_status s = run(RK_LIT(TREE), rk_slice_str(forms), &out, &p, &err);
    assert_int_equal(s, RK_BAD_INPUT);
    assert_true(rk_slice_is(rk_buf_slice(&out), "kept"));
    rk_slice got = p.n ? rk_buf_slice(&p.text) : rk_slice_str(err.text);
    if (p.n ? !rk_slice_is(got, want) : !strstr(err.text, want))
        fail_msg("%s\nsays '%.*s'\nnot  '%s'", forms, RK_FMT(got), want);
    rk_buf_free(&p.text);
    rk_buf_free(&out);
}

static void errors(void **state) {
    (void)state;
    says("", "the file is empty");
    says("tps", "no choices");
    says("tps\n", "no choices");
    says("kode,suara_1\n", "no column 'tps'");
    says("tps,suara_1,suara_1\n", "twice");
    says("tps,,suara_1\n", "no name");
    says("tps,suara_1,umur\n", "unknown column 'umur'");
    says("tps,\"suara_1\n", "not closed");
    says("tps,suara_1\n1111001,-1\n", "2:2 suara_1=-1 is negative:|");
    says("tps,suara_1\n1111001,x\n1111002,1.5\n",
         "2:2 suara_1=x is not a who|3:2 suara_1=1.5 is not a who|");
    says("tps,suara_1\n1111001,1000000\n", "2:2 suara_1=1000000 is out of ra|");
    says("tps,suara_1\n1111001,99999999999999999999999\n",
         "2:2 suara_1=999999999999 is out of ra|");
    says("tps,suara_1\n1111001\n", "2:0 = the row has |");
    says("tps,suara_1\n1111001,1,2\n", "2:0 = the row has |");
    says("tps,suara_1\n,1\n", "2:1 tps= a TPS code h|");
    says("tps,suara_1\n111100000000000000000000,1\n", "2:1 tps=111100000000 a TPS code h|");
    says("tps,suara_1\n3333,1\n", "2:1 tps=3333 unknown TPS:|");
    says("tps,suara_1\n111001,1\n", "2:1 tps=111001 unknown TPS:|");
    says("tps,suara_1\n1112003,1\n", "2:1 tps=1112003 unknown TPS:|");
    says("tps,suara_1\n1111001,1\n1111002,2\n1111001,3\n", "4:1 tps=1111001 duplicate TP|");
    says("tps,suara_1\n1111x,1\n1111x,1\n", "3:1 tps=1111x duplicate TP|");
    says("tps,suara_1,desa\nq,1,1111\nq,1,111\n", "3:3 desa=111 this is not |");
    says("tps,suara_1,desa\n1112001,1,1111\n", "2:3 desa=1111 this TPS is |");
    says("tps,suara_1\n\n1111001,-1\n\r\n1111002,-2\n",
         "3:2 suara_1=-1 is negative:|5:2 suara_1=-2 is negative:|");
    says("\n\ntps,suara_1\n1111001,-1\n", "4:2 suara_1=-1 is negative:|");
    says("tps,\"suara_1\"\n\"1111001\",-1\n", "2:2 suara_1=-1 is negative:|");
    says("tps,suara_1\n1111001,1\n\"1111002\",-1\n1111001,2\n",
         "3:2 suara_1=-1 is negative:|4:1 tps=1111001 duplicate TP|");
    says("tps,suara_1\n1111001,\"1\n1111002,2\n", "2:0 = is not well-|");
}

static void gives(const char *forms, const char *want) {
    rk_buf out;
    rk_err err;
    struct problems p;
    rk_buf_init(&out, 10000);
    MUST(run(RK_LIT(TREE), rk_slice_str(forms), &out, &p, &err), err);
    if (!rk_slice_is(rk_buf_slice(&out), want)) fail_msg("%.*s", RK_FMT(rk_buf_slice(&out)));
    rk_buf_free(&p.text);
    rk_buf_free(&out);
}

static void tables(void **state) {
    (void)state;
    gives("tps,suara_1\n", "tingkat,kode,jumlah_tps,suara_1\n0,0,0,0\n1,1,0,0\n1,2,0,0\n2,11,0,"
                           "0\n3,111,0,0\n4,1111,0,0\n4,1112,0,0\n");
    gives("suara_2,tps,suara_sah,ts,suara_1,dapil\n1,1111001,,2024-02-14 "
          "18:00:00,2,X\n,1112901,99999,,\"3\",\n",
          "tingkat,kode,jumlah_tps,suara_2,suara_sah,suara_1\n0,0,2,1,99999,5\n1,1,2,1,99999,"
          "5\n1,2,0,0,0,0\n2,11,2,1,99999,5\n"
          "3,111,2,1,99999,5\n4,1111,1,1,0,2\n4,1112,1,0,99999,3\n");
    gives("tps,suara_1,desa\r\nq,7,1111\r\n1112001,8,\r\n1111001,9,1111\r",
          "tingkat,kode,jumlah_tps,suara_1\n0,0,3,24\n1,1,3,24\n1,2,0,0\n2,11,3,24\n3,111,3,"
          "24\n4,1111,2,16\n4,1112,1,8\n");
}

/* A desa's code may fill all of a code's room, in every row of a block (also the last). */
static void longest_codes(void **state) {
    (void)state;
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    rk_buf out, forms;
    rk_err err;
    struct problems p;
    rk_buf_init(&out, 10000);
    rk_buf_init(&forms, 100000);
    rk_buf_lit(&forms, "tps,suara_1\n12345678901234567890123,5\n");
    for (int desa = 4; desa < 7; desa++)
        for (const char *c = letters; *c; c++)
            rk_buf_printf(&forms, "123456789012345678901%d%c,1\n", desa, *c);
    MUST(run(RK_LIT("kode,induk,nama,tingkat\n1,,A,1\n12,1,B,2\n123,12,C,3\n"
                    "12345678901234567890123,123,D,4\n1234567890123456789014,123,E,4\n"
                    "1234567890123456789015,123,E,4\n1234567890123456789016,123,E,4\n"),
             rk_buf_slice(&forms), &out, &p, &err),
         err);
    rk_buf_byte(&out, 0);
    assert_non_null(strstr(out.ptr, "\n4,1234567890123456789014,52,52\n"));
    assert_non_null(strstr(out.ptr, "\n4,12345678901234567890123,1,5\n"));
    rk_buf_free(&p.text);
    rk_buf_free(&forms);
    rk_buf_free(&out);
}

/* ===== against a naive recount ===== */

enum { FIELDS = 6, MAX_ROWS = 4000, NODES = 200 };

struct row {
    int desa;
    char tps[24];
    uint32_t v[FIELDS]; /* RK_ABSENT = blank */
};

static struct world {
    char code[NODES][24];
    int parent[NODES], level[NODES], n;
    struct row row[MAX_ROWS];
    int rows;
} w;

static void random_world(void) {
    w.n = 1;
    memcpy(w.code[0], "0", 2);
    int first = 0, last = 1, next_code = 1 + (int)rnd(50);
    for (int l = 1; l <= 4; l++) {
        int n = 1 + (int)rnd(l == 1 ? 4 : 30), from = first, to = last;
        first = w.n;
        for (int i = 0; i < n; i++, w.n++) {
            next_code += 1 + (int)rnd(90);
            w.parent[w.n] = from + (int)rnd((uint32_t)(to - from));
            w.level[w.n] = l;
            snprintf(w.code[w.n], 24, "%d", next_code);
        }
        last = w.n;
    }
    int desa = 0;
    while (w.level[desa] < 4) desa++;
    w.rows = (int)rnd(rnd(4) ? 60 : MAX_ROWS);
    for (int r = 0; r < w.rows; r++) {
        struct row *x = &w.row[r];
        x->desa = desa + (int)rnd((uint32_t)(w.n - desa));
        snprintf(x->tps, 24, r % 7 == 0 ? "%s.%d" : "%.15s-%06d", w.code[x->desa], r);
        for (int i = 0; i < FIELDS; i++)
            x->v[i] = rnd_one_in(5) ? RK_ABSENT : rnd_one_in(20) ? rnd(1000000) : rnd(400);
    }
}

static void tree_text(rk_buf *b) {
    rk_buf_clear(b);
    rk_buf_lit(b, "kode,induk,nama,tingkat\n");
    for (int i = 1; i < w.n; i++)
        rk_buf_printf(b, "%s,%s,n,%d\n", w.code[i], w.code[w.parent[i]], w.level[i]);
}

static const char *const NAMES[FIELDS] = {"suara_1", "suara_sah",   "pemilih_dpt_j",
                                          "suara_2", "suara_total", "suara_zz.1"};

/* Columns: 0..5 figures, 6 tps, 7 desa, 8 ts. */
static void form_text(rk_buf *b, bool shuffle, bool quotes) {
    int order[9] = {0, 1, 2, 3, 4, 5, 6, 7, 8};
    const char *end = rnd(2) ? "\n" : "\r\n";
    for (int i = shuffle ? 8 : 0; i > 0; i--) {
        int k = (int)rnd((uint32_t)i + 1), t = order[i];
        order[i] = order[k], order[k] = t;
    }
    rk_buf_clear(b);
    for (int i = 0; i < 9; i++)
        rk_buf_printf(b, "%s%s", i ? "," : "",
                      order[i] < 6    ? NAMES[order[i]]
                      : order[i] == 6 ? "tps"
                      : order[i] == 7 ? "desa"
                                      : "ts");
    for (int r = 0; r < w.rows; r++)
        for (int i = 0; i < 9; i++) {
            const struct row *x = &w.row[r];
            rk_buf_printf(b, "%s", i ? "," : end);
            const char *q = quotes && rnd_one_in(50) ? "\"" : "";
            if (order[i] == 6)
                rk_buf_printf(b, "%s%s%s", q, x->tps, q);
            else if (order[i] == 7)
                rk_buf_printf(b, "%s", w.code[x->desa]);
            else if (order[i] < 6 && x->v[order[i]] != RK_ABSENT)
                rk_buf_printf(b, "%s%u%s", q, x->v[order[i]], q);
        }
    if (rnd(2)) rk_buf_printf(b, "%s", end);
}

static int by_level_code(const void *a, const void *b) {
    int x = *(const int *)a, y = *(const int *)b;
    return w.level[x] != w.level[y] ? w.level[x] - w.level[y] : strcmp(w.code[x], w.code[y]);
}

static void naive(rk_slice text, rk_buf *out) {
    static uint64_t sum[NODES][FIELDS], rows[NODES];
    int figure[FIELDS], n = 0, order[NODES];
    memset(sum, 0, sizeof sum), memset(rows, 0, sizeof rows);
    for (int r = 0; r < w.rows; r++)
        for (int node = w.row[r].desa;; node = w.parent[node]) {
            rows[node]++;
            for (int i = 0; i < FIELDS; i++)
                sum[node][i] += w.row[r].v[i] == RK_ABSENT ? 0 : w.row[r].v[i];
            if (node == 0) break;
        }
    rk_slice head = {0}, part = {0};
    (void)rk_slice_cut(&text, '\n', &head);
    if (rk_slice_ends(head, RK_LIT("\r"))) head.len--;
    rk_buf_clear(out);
    rk_buf_lit(out, "tingkat,kode,jumlah_tps");
    while (rk_slice_cut(&head, ',', &part))
        for (int i = 0; i < FIELDS; i++)
            if (rk_slice_is(part, NAMES[i]))
                figure[n++] = i, rk_buf_printf(out, ",%s", NAMES[i]);
    for (int i = 0; i < w.n; i++) order[i] = i;
    qsort(order, (size_t)w.n, sizeof *order, by_level_code);
    for (int k = 0; k < w.n; k++) {
        int i = order[k];
        rk_buf_printf(out, "\n%d,%s,%llu", w.level[i], w.code[i], (unsigned long long)rows[i]);
        for (int f = 0; f < FIELDS; f++)
            rk_buf_printf(out, ",%llu", (unsigned long long)sum[i][figure[f]]);
    }
    rk_buf_byte(out, '\n');
}

static void is_naive(void **state) {
    (void)state;
    rnd_start("recount");
    rk_buf tree, forms, out, want;
    rk_buf_init(&tree, 1 << 20), rk_buf_init(&forms, 8 << 20), rk_buf_init(&out, 8 << 20),
        rk_buf_init(&want, 8 << 20);
    for (int round = 0; round < 150; round++) {
        rk_err err;
        struct problems p;
        random_world();
        tree_text(&tree);
        for (int again = 0; again < 2; again++) {
            form_text(&forms, again || rnd(2), rnd_one_in(4));
            naive(rk_buf_slice(&forms), &want);
            rk_buf_clear(&out);
            MUST(run(rk_buf_slice(&tree), rk_buf_slice(&forms), &out, &p, &err), err);
            assert_true(rk_slice_eq(rk_buf_slice(&out), rk_buf_slice(&want)));
            rk_buf_free(&p.text);
            for (int i = w.rows; i-- > 1;) { /* the second time in another order */
                struct row keep = w.row[i];
                int k = (int)rnd((uint32_t)i + 1);
                w.row[i] = w.row[k], w.row[k] = keep;
            }
        }
    }
    rk_buf_free(&tree), rk_buf_free(&forms), rk_buf_free(&out), rk_buf_free(&want);
}

/* More rows of one desa than 32-bit sums of four-digit figures could hold. */
static void sums_of_a_desa_spill(void **state) {
    (void)state;
    rk_buf forms, out;
    rk_err err;
    struct problems p;
    rk_buf_init(&forms, 64 << 20), rk_buf_init(&out, 10000);
    rk_buf_lit(&forms, "tps,suara_1\n");
    enum { N = 900001 };
    for (int i = 0; i < N; i++) rk_buf_printf(&forms, "1111-%d,9999\n", i);
    MUST(run(RK_LIT(TREE), rk_buf_slice(&forms), &out, &p, &err), err);
    rk_buf want;
    rk_buf_init(&want, 100);
    rk_buf_printf(&want, "\n4,1111,%d,%llu\n", N, N * 9999ull);
    rk_buf_byte(&want, 0);
    rk_buf_byte(&out, 0);
    assert_non_null(strstr(out.ptr, want.ptr));
    rk_buf_free(&want), rk_buf_free(&forms), rk_buf_free(&out), rk_buf_free(&p.text);
}

/* ===== the real elections ===== */

static const char *root(const char *name) {
    static char path[4][600];
    static unsigned at;
    const char *r = getenv("REKAP_ROOT");
    snprintf(path[at = (at + 1) % 4], sizeof path[0], "%s/%s", r ? r : ".", name);
    return path[at];
}

static rk_file must_read(const char *name) {
    rk_file f;
    rk_err err = RK_ERR_INIT;
    MUST(rk_file_read(root(name), 1u << 30, &f, &err), err);
    return f;
}

static size_t position(rk_slice head, rk_slice name) {
    rk_slice part;
    for (size_t i = 0; rk_slice_cut(&head, ',', &part); i++)
        if (rk_slice_eq(part, name)) return i;
    fail_msg("no column %.*s", RK_FMT(name));
    return 0;
}

static rk_slice nth(rk_slice line, size_t i) {
    rk_slice part = {0};
    for (size_t k = 0; k <= i; k++) assert_true(rk_slice_cut(&line, ',', &part));
    return part;
}

/* Every golden line is a line of the output, column by column; the other provinces have no
 * rows. */
static void same_as_golden(rk_slice out, rk_slice golden) {
    rk_slice head = {0}, want_head = {0}, line = {0}, want = {0}, part = {0}, names;
    (void)rk_slice_cut(&out, '\n', &head);
    (void)rk_slice_cut(&golden, '\n', &want_head);
    while (rk_slice_cut(&out, '\n', &line) && line.len && line.ptr[0] < '2') {
        if (rk_slice_is(nth(line, 2), "0")) continue;
        assert_true(rk_slice_cut(&golden, '\n', &want) && want.len);
        names = want_head;
        for (size_t i = 0; rk_slice_cut(&names, ',', &part); i++)
            if (!rk_slice_eq(nth(want, i), nth(line, position(head, part))))
                fail_msg("%.*s\n%.*s", RK_FMT(want), RK_FMT(line));
    }
    assert_int_equal(golden.len, 0);
}

static void real(const char *year) {
    char name[100];
    rk_buf out;
    rk_err err = RK_ERR_INIT;
    rk_recount_result r;
    snprintf(name, sizeof name, "data/pemilu%s/wilayah.csv.zst", year);
    rk_file tree = must_read(name);
    snprintf(name, sizeof name, "data/pemilu%s/ppwp.csv.zst", year);
    rk_file forms = must_read(name);
    snprintf(name, sizeof name, "tests/golden/pemilu%s-ppwp-provinsi.csv", year);
    rk_file golden = must_read(name);
    rk_buf_init(&out, 256u << 20);
    rk_sink sink = rk_sink_buf(&out);
    MUST(rk_recount(tree.bytes, RK_LIT("ppwp"), forms.bytes, &sink, NULL, NULL, &r, &err), err);
    same_as_golden(rk_buf_slice(&out), golden.bytes);
    rk_buf_free(&out);
    rk_file_free(&tree), rk_file_free(&forms), rk_file_free(&golden);
}

static void pemilu2019(void **state) {
    (void)state;
    real("2019");
}

static void pemilu2024(void **state) {
    (void)state;
    real("2024");
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(errors),
                                       cmocka_unit_test(tables),
                                       cmocka_unit_test(longest_codes),
                                       cmocka_unit_test(is_naive),
                                       cmocka_unit_test(sums_of_a_desa_spill),
                                       cmocka_unit_test(pemilu2019),
                                       cmocka_unit_test(pemilu2024)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
