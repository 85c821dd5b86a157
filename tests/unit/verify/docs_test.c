/* The verifier's own account of every document against what really is published: random
 * elections of all kinds of contests. What is published is found right, and any other digit is
 * found wrong. */
#include "verify/docs.h"
#include "published.h"

#include "base/mem.h"
#include "random.h"
#include "tree.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

static const char REGIONS[] =
    "kode,induk,nama,tingkat,jumlah_tps,nomor_tps,dapil\n"
    "11,,ACEH,1,,,\n1101,11,K1,2,,,\n1102,11,K2,2,,,\n110101,1101,C1,3,,,A\n110102,1101,C2,3,,,"
    "B\n"
    "110201,1102,C3,3,,,B\n1101011001,110101,\"D, "
    "satu\",4,3,1-2;901,\n1101011002,110101,D2,4,,,\n"
    "1101021001,110102,D3,4,2,1-2,\n1102011001,110201,=D4,4,9,,\n"
    "12,,SUMUT,1,40,,\n1201,12,K3,2,,,\n120101,1201,C4,3,,,\n1201011001,120101,D5,4,2,1-2,\n"
    "99,,LN,1,,,\n9901,99,PPLN,2,,,\n990101,9901,X,3,,,\n9901011001,990101,Y,4,,,\n";

#define FIELDS                                                                                 \
    "\"medan\":[\"pemilih_dpt_l\",\"pemilih_dpt_p\",\"pengguna_dpt_j\",\"suara_sah\","         \
    "\"suara_tidak_sah\",\"suara_total\"],"
#define PARTIES(more)                                                                          \
    "[{\"kode\":\"1\",\"nomor\":1,\"nama\":\"PA\"},{\"kode\":\"18\",\"nomor\":18,\"nama\":"    \
    "\"Partai Aceh\",\"aceh\":true},{\"kode\":\"24\",\"nomor\":24,\"nama\":\"U\"" more "}]"
#define SLATES                                                                                 \
    "\"dapil\":[{\"kode\":\"A\",\"nama\":\"DA\",\"wilayah\":[@A],\"calon\":{\"1\":[{\"id\":"   \
    "\"100121\",\"nama\":\"a\"},{\"nama\":\"b\"}],"                                            \
    "\"24\":[{\"nama\":\"c\"}]}},"                                                             \
    "{\"kode\":\"B\",\"nama\":\"DB\",\"wilayah\":[@B],\"calon\":{\"1\":[{"                     \
    "\"id\":\"100999\","                                                                       \
    "\"nama\":\"d\"}]}}]"

static const char *const CONTESTS[] = {
    "{\"format\":\"rekap-kontes-1\",\"kode\":\"ppwp\",\"nama\":\"P\",\"bentuk\":\"paslon\","
    "\"luar_negeri\":[\"99\"],\"aturan\":\"standar\"," FIELDS
    "\"pilihan\":[{\"kode\":\"01\",\"id\":\"100025\",\"nomor\":1,\"nama\":\"A\",\"warna\":"
    "\"#112233\"},{\"kode\":\"02\",\"nomor\":2,\"nama\":\"B\"}]}",
    "{\"format\":\"rekap-kontes-1\",\"kode\":\"pdpr\",\"nama\":\"DPR\",\"bentuk\":\"partai\","
    "\"aturan\":\"standar\"," FIELDS "\"pilihan\":" PARTIES("") "," SLATES "}",
    "{\"format\":\"rekap-kontes-1\",\"kode\":\"pdprdp\",\"nama\":\"DPRD\",\"bentuk\":"
    "\"partai\","
    "\"medan\":[\"suara_sah\",\"jumlah_suara_1\",\"jumlah_suara_24\"],\"pilihan\":" PARTIES(
        "") "," SLATES "}",
    "{\"format\":\"rekap-kontes-1\",\"kode\":\"pdpd\",\"nama\":\"DPD\",\"bentuk\":"
    "\"calon\"," FIELDS "\"dapil\":[{\"kode\":\"11\",\"wilayah\":[\"11\"],\"pilihan\":[{"
    "\"kode\":\"695854\",\"nomor\":1,"
    "\"nama\":\"A\"}]},{\"kode\":\"12\",\"wilayah\":[\"12\"],\"pilihan\":[{\"kode\":\"695900\","
    "\"nomor\":1,\"nama\":\"B\"},{\"kode\":\"695901\",\"nomor\":2,\"nama\":\"C\"}]}]}",
    "{\"format\":\"rekap-kontes-1\",\"kode\":\"pkwkp\",\"nama\":\"G\",\"bentuk\":"
    "\"paslon\"," FIELDS "\"dapil\":[{\"kode\":\"11\",\"wilayah\":[\"11\"],\"pilihan\":[{"
    "\"kode\":\"01\",\"nomor\":1,"
    "\"nama\":\"A\"},{\"kode\":\"02\",\"nomor\":2,\"nama\":\"B\"}]}]}"};
enum { N_CONTESTS = sizeof CONTESTS / sizeof *CONTESTS };

static const char *const STATIONS[] = {
    "1101011001001", "1101011001002", "1101011001901", "1101011002001", "1101011002017",
    "1101021001001", "1101021001002", "1102011001001", "1102011001002", "1201011001001",
    "1201011001002", "9901011001001", "9901011001002"};
enum { N_STATIONS = sizeof STATIONS / sizeof *STATIONS };

static void random_form(published *p, uint32_t k) {
    static const char images[] = "\3\0abc\0\0\2\0de";
    rk_election *e = published_election(p);
    const rk_contest *c = e->tally[k].contest;
    uint32_t cell[64], tps, desa;
    rk_buf b;
    rk_slice code = rk_slice_str(STATIONS[rnd(N_STATIONS)]);
    (void)rk_election_place(e, code, (rk_slice){0}, &tps, &desa, NULL);
    if (desa == RK_NONE || e->tally[k].ballot_of[desa] == RK_NONE) return;
    assert_true(c->n_col <= 64);
    for (uint32_t i = 0; i < c->n_col; i++)
        cell[i] = rnd_one_in(6) ? RK_ABSENT : rnd_one_in(9) ? 0 : rnd(500);
    for (uint32_t i = c->n_field; i < c->n_col; i++) /* only what stands on this ballot */
        if (!rk_contest_slot(c, e->tally[k].ballot_of[desa], i - c->n_field))
            cell[i] = RK_ABSENT;
    if (rnd_one_in(7))
        for (uint32_t i = c->n_field; i < c->n_col; i++) cell[i] = RK_ABSENT;
    rk_form f = {.head = published_head(p),
                 .batch = RK_NO_BATCH,
                 .contest = rk_code_slice(&c->code),
                 .tps = code,
                 .ts = rnd_one_in(3) ? 1707900000 + rnd(90000) : 0,
                 .psu = (uint8_t)(rnd_one_in(4) ? rnd(RK_PSU_COUNT) : 0),
                 .generation = (uint8_t)rnd_one_in(9),
                 .sirekap = (uint8_t)(rnd_one_in(3) ? 1 | rnd(128) : 0),
                 .cell = cell,
                 .n_cell = c->n_col};
    f.head.time = 1707900000 + rnd(90000);
    if (rnd_one_in(2)) f.images = (rk_slice){images, sizeof images - 1};
    if (rnd_one_in(3)) f.head.reason = RK_LIT("keliru, \"dibaca\"");
    rk_buf_init(&b, RK_ENTRY_MAX);
    if (rk_entry_put_form(&f, p->n, &b, NULL) == RK_OK) published_sign(p, &b);
    rk_buf_free(&b);
}

/* Photos of a station in any state; now and then what was read is what stands there. */
static void random_photos(published *p, uint32_t k) {
    rk_election *e = published_election(p);
    const rk_tally *t = &e->tally[k];
    uint32_t value[64], tps, desa, room = RK_FORM_PHOTOS_MAX;
    const char *code = STATIONS[rnd(N_STATIONS)];
    char contest[RK_CODE_MAX + 1] = {0};
    (void)rk_election_place(e, rk_slice_str(code), (rk_slice){0}, &tps, &desa, NULL);
    if (desa == RK_NONE || t->ballot_of[desa] == RK_NONE) return;
    if (tps != RK_NONE && rk_tally_photos(t, tps)) room -= rk_tally_photos(t, tps)->n_photo;
    const uint32_t *row = tps == RK_NONE ? NULL : rk_tally_row(t, tps);
    for (uint32_t i = 0; i < t->contest->n_col; i++)
        value[i] = row && rnd(20) ? row[i] : rnd_one_in(9) ? RK_NOT_READ : rnd(500);
    for (uint32_t i = t->contest->n_field; i < t->contest->n_col; i++)
        if (!rk_contest_slot(t->contest, t->ballot_of[desa], i - t->contest->n_field))
            value[i] = RK_NOT_READ;
    memcpy(contest, t->contest->code.s, t->contest->code.len);
    uint32_t n = 1 + rnd(4);
    if (n > room) return;
    published_photos(p, contest, code, n, (uint8_t)rnd(RK_READ_INCONSISTENT + 1), value);
}

static void random_election(published *p) {
    published_new(p, "uji", rnd(3) != 0);
    published_document(p, RK_DOC_WILAYAH, "", "w", RK_LIT(REGIONS));
    for (uint32_t k = 0; k < N_CONTESTS; k++) {
        rk_buf json;
        rk_buf_init(&json, 8192);
        for (const char *c = CONTESTS[k]; *c; c++)
            if (*c != '@')
                rk_buf_byte(&json, *c);
            else if (*++c == 'A')
                rk_buf_lit(&json, "\"110101\",\"12\"");
            else
                rk_buf_lit(&json, "\"110102\",\"1102\"");
        published_document(p, RK_DOC_KONTES, "", "k", rk_buf_slice(&json));
        rk_buf_free(&json);
    }
    published_document(p, RK_DOC_RESMI, "ppwp", "SK 360",
                       RK_LIT("kode,suara_01,suara_sah\n0,100,\n11,50,70\n1101,,3\n"));
    published_document(p, RK_DOC_RESMI, "pdpd", "SK, DPD",
                       RK_LIT("kode,suara_695900\n0,5\n12,7\n"));
    for (unsigned n = rnd(60); n--;) {
        random_form(p, rnd(N_CONTESTS));
        if (p->is_signed && rnd(3) == 0) random_photos(p, rnd(N_CONTESTS));
    }
}

static rk_status entry_of(void *ctx, uint64_t index, rk_buf *out, rk_err *err) {
    (void)err;
    rk_buf_add(out, published_entry(ctx, index));
    return RK_OK;
}

struct told {
    char first[700];
};
static void keep(void *ctx, const rk_line *l) {
    struct told *t = ctx;
    if (!t->first[0]) snprintf(t->first, sizeof t->first, "%s: %s", l->where, l->text);
}

static bool any_figures(const char *path) {
    return strstr(path, "hhcw") || strstr(path, "hhcd") || strstr(path, ".csv") ||
           strstr(path, "/tps/") || strstr(path, "/wilayah/") || strstr(path, "temuan") ||
           strstr(path, "banding") || strstr(path, "wilayah/pe");
}

/* Another digit somewhere: told, unless the document has no figures of the count. */
static void another_digit(rk_docs *d, tree_file *f, struct told *told) {
    for (int try = 0; try < 3; try++) {
        size_t at = rnd((uint32_t)f->bytes.len);
        while (at < f->bytes.len && (f->bytes.ptr[at] < '0' || f->bytes.ptr[at] > '9')) at++;
        if (at == f->bytes.len) continue;
        /* which page of the findings it is, the document itself says */
        char *list = strstr(f->path, "temuan.json")
                         ? memmem(f->bytes.ptr, f->bytes.len, "\"per_aturan\"", 12)
                         : NULL;
        if (list && f->bytes.ptr + at < list) continue;
        char was = f->bytes.ptr[at];
        f->bytes.ptr[at] = (char)('0' + (was - '0' + 1 + (char)rnd(9)) % 10);
        told->first[0] = 0;
        bool known = rk_docs_check(d, rk_slice_str(f->path), rk_buf_slice(&f->bytes));
        if (known && !told->first[0])
            fail_msg("%s: %c for %c at %zu is not told", f->path, f->bytes.ptr[at], was, at);
        f->bytes.ptr[at] = was;
    }
}

static void what_is_published_is_right(void **state) {
    (void)state;
    rnd_start("docs");
    uint64_t documents = 0, figures = 0;
    for (int round = 0; round < 25; round++) {
        published p;
        tree t;
        rk_view v;
        struct told told = {{0}};
        rk_report r = {.line = keep, .ctx = &told};
        rk_err err = RK_ERR_INIT;
        random_election(&p);
        tree_init(&t);
        published_documents(&p, tree_put, &t);
        assert_int_equal(rk_view_make(p.e, &v, &err), RK_OK);
        v.entry = entry_of, v.ctx = &p;
        rk_docs d = {.view = &v, .report = &r};
        for (size_t i = 0; i < t.n; i++) {
            uint64_t before = d.documents, names = d.names;
            rk_docs_check(&d, rk_slice_str(t.file[i].path), rk_buf_slice(&t.file[i].bytes));
            if (told.first[0]) fail_msg("%s", told.first);
            if (any_figures(t.file[i].path) && d.documents == before && d.names == names)
                fail_msg("%s is not looked at", t.file[i].path);
        }
        documents += d.documents, figures += d.figures;
        for (size_t i = 0; i < t.n; i++) {
            another_digit(&d, &t.file[i], &told);
            told.first[0] = 0;
        }
        rk_docs_free(&d);
        rk_view_free(&v);
        tree_free(&t);
        published_free(&p);
    }
    printf("%llu documents, %llu figures\n", (unsigned long long)documents,
           (unsigned long long)figures);
    assert_true(documents > 3000);
}

/* Documents of hostile hands: nothing breaks. */
static void anything(void **state) {
    (void)state;
    static const char *const bodies[] = {
        "",
        "{",
        "[]",
        "{}",
        "null",
        "1",
        "\"x\"",
        "{\"a\":1,\"a\":2}",
        "{\"mulai\":-1,\"banyak\":99999999999}",
        "[[[[[[[[]]]]]]]]",
        "tps\n",
        "tps,\"a\nb\"\n1,2\n",
        "tps,suara_01\n",
        "tingkat,kode,nama,tps_jumlah,tps_diterima,tps_masuk,tps_periksa\n5,,,,,,\n",
        "kode,induk,nama,tingkat,dapil\n1\n",
        "\"",
        "tps,\"\"\"\"\n\"1"};
    static const char *const paths[] = {"pemilu/hhcw/ppwp.json",
                                        "pemilu/hhcw/ppwp/11/1101.json",
                                        "pemilu/hhcd/pdpr/0.json",
                                        "pemilu/hhcd/pdpr/A.json",
                                        "pilkada/hhcw/pkwkp/11.json",
                                        "wilayah/pemilu/ppwp/0.json",
                                        "api/v1/kontes/ppwp/temuan",
                                        "api/v1/kontes/ppwp/wilayah/11",
                                        "api/v1/kontes/ppwp/tps/1101011001001.json",
                                        "api/v1/",
                                        "api/v1/kontes/ppwp/banding",
                                        "x/tps.csv",
                                        "",
                                        "a.gz",
                                        "b.zst",
                                        "pemilu/hhcw/x/y/z/1/2/3/4/5/6/7/8/9.json",
                                        "api/v1/kontes/pdpr/tps.csv"};
    published p;
    rk_view v;
    struct told told = {{0}};
    rk_report r = {.line = keep, .ctx = &told};
    rnd_start("docs: anything");
    random_election(&p);
    assert_int_equal(rk_view_make(published_election(&p), &v, NULL), RK_OK);
    v.entry = entry_of, v.ctx = &p;
    rk_docs d = {.view = &v, .report = &r};
    for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++)
        for (size_t k = 0; k < sizeof paths / sizeof *paths; k++)
            rk_docs_check(&d, rk_slice_str(paths[k]), rk_slice_str(bodies[i]));
    rk_docs_free(&d);
    rk_view_free(&v);
    published_free(&p);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(what_is_published_is_right),
                                       cmocka_unit_test(anything)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
