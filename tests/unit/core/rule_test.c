/* Every rule with forms that hold it and forms that break it; and the vectorised checker
 * against the plain one. */
#include "core/rule.h"

#include "random.h"
#include "small.h"

#define PPWP                                                                                   \
    "{\"format\":\"rekap-kontes-1\",\"kode\":\"ppwp\",\"nama\":\"N\",\"bentuk\":\"paslon\","   \
    "\"luar_negeri\":[\"99\"],"                                                                \
    "\"pilihan\":[{\"kode\":\"01\"},{\"kode\":\"02\"},{\"kode\":\"03\"}]}"
#define PDPR                                                                                   \
    "{\"format\":\"rekap-kontes-1\",\"kode\":\"pdpr\",\"nama\":\"N\",\"bentuk\":\"partai\","   \
    "\"medan\":[\"suara_sah\",\"suara_tidak_sah\",\"suara_total\",\"jumlah_suara_1\","         \
    "\"jumlah_suara_7\","                                                                      \
    "\"pemilih_dpt_l\",\"pemilih_dpt_p\",\"pengguna_total_j\",\"surat_suara_diterima\"],"      \
    "\"pilihan\":[{\"kode\":\"1\",\"calon\":3},{\"kode\":\"7\",\"calon\":2},{\"kode\":\"9\"}]" \
    "}"
#define PKWKP                                                                                  \
    "{\"format\":\"rekap-kontes-1\",\"kode\":\"pkwkp\",\"nama\":\"N\",\"bentuk\":\"paslon\","  \
    "\"pilihan\":[{\"kode\":\"1\"},{\"kode\":\"2\"}],"                                         \
    "\"aturan_tambahan\":[{\"id\":\"X1\",\"berat\":\"I\",\"lingkup\":\"ln\",\"cek\":[\"suara_" \
    "sah + 3 <= 2 suara_total + 5\",\"tiap(semua) <= pemilih_dpt\"]},"                         \
    "{\"id\":\"X2\",\"berat\":\"W\",\"cek\":[\"jumlah(pilihan) >= 5\",\"disabilitas >= "       \
    "1\"]}]}"

/* ===== rule by rule ===== */

struct form {
    const rk_contest *c;
    uint32_t cell[64];
    bool abroad;
};

static uint32_t col(const rk_contest *c, const char *name) {
    rk_slice s = rk_slice_str(name);
    uint32_t i = rk_contest_field(c, s);
    if (i == RK_NONE) i = rk_contest_choice(c, 0, rk_slice_from(s, 6));
    if (i == RK_NONE) fail_msg("no column %s", name);
    return i;
}

/* "a=1 b=2 c=": sets cells; an empty value blanks. */
static void set(struct form *f, const char *text) {
    rk_slice rest = rk_slice_str(text), part, name;
    while (rk_slice_cut(&rest, ' ', &part)) {
        char key[64] = {0};
        uint64_t v = RK_ABSENT;
        if (!part.len) continue;
        assert_true(rk_slice_cut(&part, '=', &name) && name.len < sizeof key);
        memcpy(key, name.ptr, name.len);
        for (size_t i = 0; i < part.len; i++)
            v = (i ? v * 10 : 0) + (uint64_t)(part.ptr[i] - '0');
        f->cell[col(f->c, key)] = (uint32_t)v;
    }
}

/* A form without any fault: 120 voters on the roll, 110 votes. */
static const char GOOD[] =
    "pemilih_dpt_l=60 pemilih_dpt_p=60 pemilih_dpt_j=120 pengguna_dpt_l=50 pengguna_dpt_p=55 "
    "pengguna_dpt_j=105 "
    "pengguna_dptb_l=2 pengguna_dptb_p=0 pengguna_dptb_j=2 pengguna_non_dpt_l=1 "
    "pengguna_non_dpt_p=2 pengguna_non_dpt_j=3 "
    "pengguna_total_l=53 pengguna_total_p=57 pengguna_total_j=110 surat_suara_diterima=123 "
    "surat_suara_digunakan=110 "
    "surat_suara_dikembalikan=1 surat_suara_tidak_digunakan=12 disabilitas_l=1 disabilitas_p=1 "
    "disabilitas_j=2 "
    "suara_01=60 suara_02=30 suara_03=10 suara_sah=100 suara_tidak_sah=10 suara_total=110";

static void append(void *ctx, const rk_finding *f) {
    rk_buf *b = ctx;
    rk_buf_printf(b, "%s%.*s:%.*s", b->len ? " " : "", RK_FMT(rk_code_slice(&f->rule->id)),
                  RK_FMT(f->field));
}

/* Findings as "R09:suara_total R10:...", the mask of both checkers being what the findings say.
 */
static void found(struct form *f, rk_buf *b) {
    uint64_t mask, fast;
    uint8_t abroad = f->abroad;
    rk_buf_clear(b);
    mask = rk_rule_explain(f->c, 0, f->cell, f->abroad, append, b);
    rk_checker *k = rk_checker_new(f->c);
    rk_checker_block(k, f->cell, f->c->n_col, &abroad, 1, &fast);
    rk_checker_free(&k);
    assert_int_equal(mask, fast);
    assert_int_equal(mask == 0, b->len == 0);
}

static void gives(const rk_contest *c, const char *base, const char *change, bool abroad,
                  const char *want) {
    struct form f = {.c = c, .abroad = abroad};
    rk_buf b;
    rk_buf_init(&b, 4000);
    for (size_t i = 0; i < 64; i++) f.cell[i] = RK_ABSENT;
    set(&f, base);
    set(&f, change);
    found(&f, &b);
    if (!rk_slice_is(rk_buf_slice(&b), want))
        fail_msg("%s\ngives '%.*s'\nnot   '%s'", change, RK_FMT(rk_buf_slice(&b)), want);
    rk_buf_free(&b);
}

static void each_rule(void **state) {
    (void)state;
    rk_contest *c = small_contest(PPWP);
    static const char *const t[][2] = {
        {"", ""},
        {"pemilih_dpt_l=61", "R01:pemilih_dpt_j"},
        {"pengguna_dpt_l=49 pengguna_total_l=52 pengguna_dpt_p=56 pengguna_total_p=58", ""},
        {"pengguna_dpt_l=49 pengguna_total_l=52", "R02:pengguna_dpt_j R05:pengguna_total_j"},
        {"pengguna_dptb_l=3 pengguna_total_l=54 pengguna_total_p=56",
         "R03:pengguna_dptb_j R07:pengguna_total_p"},
        {"pengguna_non_dpt_l=2 pengguna_total_l=54 pengguna_total_p=56",
         "R04:pengguna_non_dpt_j R07:pengguna_total_p"},
        {"pengguna_total_l=", ""},
        {"pengguna_total_l=52 pengguna_total_p=", "R07:pengguna_total_l"},
        {"pengguna_total_p=56 pengguna_total_l=", "R07:pengguna_total_p"},
        {"disabilitas_l=0", "R06:disabilitas_j"},
        {"pengguna_non_dpt_j=4 pengguna_non_dpt_l=", "R07:pengguna_total_j"},
        {"suara_01=59", "R08:suara_sah"},
        {"suara_tidak_sah=9", "R09:suara_total"},
        {"pengguna_total_j=109 pengguna_total_l= pengguna_non_dpt_j=",
         "R10:suara_total R12:surat_suara_digunakan"},
        {"surat_suara_digunakan=109 surat_suara_dikembalikan=2",
         "R11:surat_suara_digunakan R12:surat_suara_digunakan"},
        {"surat_suara_dikembalikan=2", "R13:surat_suara_diterima"},
        {"surat_suara_diterima=122 surat_suara_dikembalikan=0", "R14:100 surat_suara_diterima"},
        {"surat_suara_diterima=124 surat_suara_dikembalikan=2", "R14:100 surat_suara_diterima"},
        {"pemilih_dpt_l=49 pemilih_dpt_p=71", "R15:pengguna_dpt_l"},
        {"pemilih_dpt_p=54 pemilih_dpt_l=66", "R15:pengguna_dpt_p"},
        {"pemilih_dpt_j=104 pemilih_dpt_l= surat_suara_diterima=107 "
         "surat_suara_tidak_digunakan= suara_total= pengguna_non_dpt_j= pengguna_non_dpt_l=",
         "R15:pengguna_dpt_j"},
        {"surat_suara_diterima=109 surat_suara_tidak_digunakan= pemilih_dpt_j= pemilih_dpt_l= "
         "pengguna_non_dpt_j= pengguna_non_dpt_l=",
         "R16:suara_total"},
        {"surat_suara_diterima=109 surat_suara_tidak_digunakan= pemilih_dpt_j= pemilih_dpt_l= "
         "suara_total=",
         "R17:pengguna_dptb + pengguna_non_dpt + pengguna_dpt"},
        {"pemilih_dpt_j=301 pemilih_dpt_l=241 surat_suara_diterima=308 "
         "surat_suara_tidak_digunakan=197",
         "R18:pemilih_dpt"},
        {"pemilih_dpt_j=300 pemilih_dpt_l=240 surat_suara_diterima=306 "
         "surat_suara_tidak_digunakan=195",
         ""},
        {"suara_01=101 suara_02=0 suara_03= suara_sah=", ""},
        {"suara_01=101 suara_02=0 suara_03=", "R08:suara_sah R20:suara_01"},
        {"suara_01=101 suara_02=102 suara_03=1", "R08:suara_sah R20:suara_01 R20:suara_02"},
        {"suara_01=301 suara_02=400 suara_03=300 suara_sah=", "R19:suara_01 R19:suara_02"},
        {"disabilitas_j=111 disabilitas_l=110", "R21:disabilitas"},
        {"disabilitas_j=110 disabilitas_l=109", ""},
        {"pemilih_dpt_j=107 pemilih_dpt_l=47 pengguna_dpt_l= surat_suara_diterima= ",
         "R27:100 suara_total"},
        {"pemilih_dpt_j=108 pemilih_dpt_l=48 pengguna_dpt_l= surat_suara_diterima= ", ""},
        {"surat_suara_tidak_digunakan=1000 surat_suara_diterima=",
         "R30:surat_suara_tidak_digunakan"},
        {"surat_suara_tidak_digunakan=999 surat_suara_diterima=", ""},
    };
    for (size_t i = 0; i < sizeof t / sizeof *t; i++) gives(c, GOOD, t[i][0], false, t[i][1]);
    rk_contest_free(&c);
}

static void blank_cells(void **state) {
    (void)state;
    rk_contest *c = small_contest(PPWP);
    gives(c, "", "", false, "");
    gives(c, "", "suara_sah=5", false, ""); /* no choice is written: nothing to compare with */
    gives(c, "", "suara_sah=5 suara_01=4", false,
          "R08:suara_sah"); /* one is enough, the rest adds nothing */
    gives(c, "", "suara_sah=4 suara_01=4", false, "");
    gives(c, "", "suara_sah=0 suara_01=0 suara_tidak_sah=0", false, "");
    gives(c, "", "suara_total=0 suara_sah=1", false,
          ""); /* an invalid count that is missing is not zero */
    rk_contest_free(&c);
}

/* A name without suffix: J where written, else L + P where both are. */
static void groups(void **state) {
    (void)state;
    rk_contest *c = small_contest(PPWP);
    gives(c, "", "suara_total=9 pengguna_total_j=8", false, "R10:suara_total");
    gives(c, "", "suara_total=9 pengguna_total_l=4 pengguna_total_p=4", false,
          "R10:suara_total");
    gives(c, "", "suara_total=9 pengguna_total_l=4 pengguna_total_p=5", false, "");
    gives(c, "", "suara_total=9 pengguna_total_l=4", false, "");
    gives(c, "", "suara_total=9 pengguna_total_j=9 pengguna_total_l=4 pengguna_total_p=4",
          false, "R05:pengguna_total_j");
    gives(c, "", "pengguna_dpt_j=9 pemilih_dpt_l=4 pemilih_dpt_p=4", false,
          "R15:pengguna_dpt_j");
    gives(c, "", "pengguna_dpt_l=5 pengguna_dpt_p=4 pemilih_dpt_j=8", false, "");
    rk_contest_free(&c);
}

static void abroad(void **state) {
    (void)state;
    rk_contest *c = small_contest(PPWP);
    static const char many[] = "suara_01=1500 suara_02=0 suara_03=0 suara_sah=1500 "
                               "suara_tidak_sah=0 suara_total=1500 pengguna_total_j=1500 "
                               "pemilih_dpt_j=1600 surat_suara_diterima=1600";
    gives(c, many, "", true, "");
    gives(c, many, "", false,
          "R14:100 surat_suara_diterima R18:pemilih_dpt R19:suara_total R19:suara_01 "
          "R30:pemilih_dpt_j R30:pengguna_total_j "
          "R30:surat_suara_diterima R30:suara_sah R30:suara_total R30:suara_01");
    gives(c, "", "pemilih_dpt_l=100000", true, "R30L:pemilih_dpt_l");
    gives(c, "", "pemilih_dpt_l=99999", true, "");
    rk_contest_free(&c);
}

static void parties(void **state) {
    (void)state;
    rk_contest *c = small_contest(PDPR);
    static const char good[] =
        "suara_1=10 suara_1.1=3 suara_1.2=4 suara_1.3=0 suara_7=5 suara_7.1=1 suara_7.2=0 "
        "suara_9=2 suara_sah=25 jumlah_suara_1=17 jumlah_suara_7=6";
    gives(c, good, "", false, "");
    gives(c, good, "suara_sah=24", false, "R23:suara_sah");
    gives(c, good, "jumlah_suara_7=7", false, "R22:jumlah_suara_7");
    gives(c, good, "suara_1.3=", false, "");            /* a blank candidate adds nothing */
    gives(c, good, "suara_1= suara_sah=15", false, ""); /* a blank party: no comparison */
    gives(c, good, "suara_1.1=26 suara_sah=48 jumlah_suara_1=40", false, "");
    gives(c, good, "suara_1.1=26", false, "R20:suara_1.1 R22:jumlah_suara_1 R23:suara_sah");
    rk_contest_free(&c);
}

static void own_rules(void **state) {
    (void)state;
    rk_contest *c = small_contest(PKWKP);
    gives(c, "", "suara_1=3 suara_2=1", false, "X2:jumlah(pilihan)");
    gives(c, "", "disabilitas_l=0 disabilitas_p=0", false, "X2:disabilitas");
    gives(c, "", "suara_sah=8 suara_total=3", true, "");
    gives(c, "", "suara_sah=9 suara_total=2 pemilih_dpt_j=90", true, "X1:suara_sah + 3");
    gives(c, "", "suara_sah=5 pemilih_dpt_j=4", true, "X1:suara_sah");
    assert_int_equal(rk_rule_review_mask(c) >> (c->n_rule - 2),
                     2); /* X1 is a note, X2 is doubtful */
    rk_contest_free(&c);
}

/* ===== fast against plain ===== */

static uint32_t random_cell(uint32_t max) {
    switch (rnd(8)) {
    case 0:
        return RK_ABSENT;
    case 1:
        return 0;
    case 2:
        return max;
    case 3:
        return rnd(max + 1);
    case 4:
        return 295 + rnd(10);
    case 5:
        return 995 + rnd(10);
    default:
        return rnd(12);
    }
}

/* Half of the forms hold together, so that rules are held as well as broken. */
static void mend(const rk_contest *c, uint32_t *row) {
    for (uint32_t i = 0; i < c->n_check; i++) {
        const rk_check *x = &c->check[i];
        uint32_t to = c->term[x->first_left].column;
        uint64_t sum = 0;
        if (x->op != RK_EQ || x->n_left != 1 || to >= c->n_col || rnd_one_in(6)) continue;
        for (uint32_t t = x->first_right; t < x->first_right + x->n_right; t++)
            if (c->term[t].column < c->n_col && row[c->term[t].column] != RK_ABSENT)
                sum += row[c->term[t].column];
        if (sum <= c->max_value) row[to] = (uint32_t)sum;
    }
}

static void same_as_plain(const char *json, int blocks) {
    rk_contest *c = small_contest(json);
    rk_checker *k = rk_checker_new(c);
    size_t stride = c->n_col + rnd(5);
    uint32_t *rows = rk_calloc(RK_BLOCK * stride, sizeof *rows);
    uint64_t broken[RK_BLOCK], plain, held = 0;
    uint8_t away[RK_BLOCK];
    for (int b = 0; b < blocks; b++) {
        size_t n = rnd(3) ? RK_BLOCK : rnd(RK_BLOCK + 1);
        bool blank = rnd_one_in(4);
        for (size_t i = 0; i < n; i++) {
            away[i] = rnd_one_in(3) ? 1 : 0;
            for (uint32_t x = 0; x < stride; x++)
                rows[i * stride + x] = blank && rnd(8) ? RK_ABSENT : random_cell(c->max_value);
            if (rnd(2)) mend(c, rows + i * stride);
        }
        memset(broken, 0xaa, sizeof broken);
        rk_checker_block(k, rows, stride, away, n, broken);
        for (size_t i = 0; i < n; i++) {
            plain = rk_rule_explain(c, 0, rows + i * stride, away[i], NULL, NULL);
            if (plain != broken[i])
                fail_msg("form %zu of %zu: %llx, not %llx", i, n, (unsigned long long)broken[i],
                         (unsigned long long)plain);
            held |= ~plain;
        }
    }
    uint64_t all = c->n_rule == 64 ? ~0ull : (1ull << c->n_rule) - 1;
    assert_int_equal(held & all, all);
    rk_checker_free(&k);
    assert_null(k);
    rk_contest_free(&c);
    rk_free(rows);
}

static void fast_is_plain(void **state) {
    (void)state;
    rnd_start("rules");
    same_as_plain(PPWP, 400);
    same_as_plain(PDPR, 400);
    same_as_plain(PKWKP, 400);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_rule),    cmocka_unit_test(blank_cells),
        cmocka_unit_test(groups),       cmocka_unit_test(abroad),
        cmocka_unit_test(parties),      cmocka_unit_test(own_rules),
        cmocka_unit_test(fast_is_plain)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
