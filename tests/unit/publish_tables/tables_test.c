/* The tables of a small election: exact bytes, and export -> import -> the same recaps. */
#include "publish/tables.h"

#include <stdio.h>
#include <stdlib.h>

#include "core/formcsv.h"
#include "base/wib.h"
#include "unit/core/small.h"

#define TREE                                                                                   \
    "kode,induk,nama,tingkat,nomor_tps,jumlah_tps\n1,,\"A, "                                   \
    "satu\",1,,\n11,1,B,2,,\n111,11,C,3,,\n1111,111,D,4,,\n1112,111,E,4,1-2,\n"                \
    "2,,F,1,,9\n21,2,G,2,,\n211,21,H,3,,\n2111,211,I,4,,\n3,,J,1,,\n"
/* Choice c is the third of region 1 and the first of region 2; region 3 does not vote. */
#define DPD                                                                                    \
    "{\"format\":\"rekap-kontes-1\",\"kode\":\"pdpd\",\"nama\":\"DPD\",\"bentuk\":\"calon\","  \
    "\"medan\":[\"suara_sah\",\"suara_total\"],\"dapil\":["                                    \
    "{\"kode\":\"A\",\"wilayah\":[\"1\"],\"pilihan\":[{\"kode\":\"a\"},{\"kode\":\"b\"},{"     \
    "\"kode\":\"c\"}]},"                                                                       \
    "{\"kode\":\"B\",\"wilayah\":[\"2\"],\"pilihan\":[{\"kode\":\"c\"},{\"kode\":\"z\"}]}]}"
/* Parties that differ from dapil to dapil, as local ones do. */
#define LOCAL                                                                                  \
    "{\"format\":\"rekap-kontes-1\",\"kode\":\"pdprdk\",\"nama\":\"P\",\"bentuk\":\"partai\"," \
    "\"medan\":[],\"dapil\":["                                                                 \
    "{\"kode\":\"A\",\"wilayah\":[\"1\"],\"pilihan\":[{\"kode\":\"7\"},{\"kode\":\"9\"}]},"    \
    "{\"kode\":\"B\",\"wilayah\":[\"2\"],\"pilihan\":[{\"kode\":\"9\"},{\"kode\":\"8\"}]}]}"
#define PARTIES                                                                                \
    "{\"format\":\"rekap-kontes-1\",\"kode\":\"pdpr\",\"nama\":\"P\",\"bentuk\":\"partai\","   \
    "\"medan\":[],\"pilihan\":[{\"kode\":\"7\"},{\"kode\":\"9\"}],\"dapil\":["                 \
    "{\"kode\":\"A\",\"wilayah\":[\"1\"],\"calon\":{\"7\":[{},{}]}},{\"kode\":\"B\","          \
    "\"wilayah\":[\"2\"],\"calon\":{\"9\":[{}]}}]}"

/* ===== an election ===== */

static rk_election *declared(struct log *l, const char *contest, const char *official) {
    rk_slice code = RK_LIT("");
    log_init(l);
    log_election(l);
    log_document(l, RK_DOC_WILAYAH, "", RK_LIT(TREE));
    log_document(l, RK_DOC_KONTES, "", rk_slice_str(contest));
    rk_election *e = log_fold(l);
    code = rk_code_slice(&e->tally[0].contest->code);
    char text[30];
    snprintf(text, sizeof text, "%.*s", RK_FMT(code));
    if (official) log_document(l, RK_DOC_RESMI, text, rk_slice_str(official));
    rk_err err = RK_ERR_INIT;
    MUST(log_apply(l, e, (uint32_t)e->size, l->n, &err), err);
    return e;
}

static void put(struct log *l, rk_election *e, const char *tps, const char *desa, uint32_t ts,
                const uint32_t *cell) {
    rk_err err = RK_ERR_INIT;
    rk_form f = {.batch = RK_NO_BATCH,
                 .head.time = 5000,
                 .head.actor.role = RK_LIT("uji"),
                 .contest = rk_code_slice(&e->tally[0].contest->code),
                 .tps = rk_slice_str(tps),
                 .desa = rk_slice_str(desa),
                 .ts = ts,
                 .cell = cell,
                 .n_cell = e->tally[0].contest->n_col};
    log_form(l, &f);
    MUST(log_apply(l, e, l->n - 1, l->n, &err), err);
}

#define ROW(...) ((const uint32_t[]){__VA_ARGS__})
#define NO RK_ABSENT

static rk_election *dpd(struct log *l, const char *official) {
    rk_election *e = declared(l, DPD, official);
    put(l, e, "1112002", "", 0, ROW(60, 61, 10, 20, 30));
    put(l, e, "1112001", "", 1707911040, ROW(6, 7, 1, 2, 3));
    put(l, e, "1111-5", "", 0, ROW(1000, NO, 1000, NO, 1));
    put(l, e, "q", "2111", 0, ROW(NO, NO, 400, 5, NO));
    put(l, e, "2111-1", "", 0, ROW(0, 0, NO, NO, NO));
    return e;
}

/* ===== comparing ===== */

static rk_status to_buf(void *ctx, rk_slice bytes, rk_err *err) {
    (void)err;
    rk_buf_add(ctx, bytes);
    return RK_OK;
}

enum what { RECAP, STATIONS, FINDINGS, COMPARISON, REGIONS };

static void make(rk_election *e, enum what w, const rk_recap_query *q, enum rk_format f,
                 const char *rule, rk_buf *out) {
    rk_err err = RK_ERR_INIT;
    rk_sink sink = {to_buf, out};
    rk_buf_init(out, 1 << 22);
    if (w == RECAP) MUST(rk_table_recap(e, q, f, &sink, &err), err);
    if (w == STATIONS) MUST(rk_table_stations(e, 0, &sink, &err), err);
    if (w == FINDINGS)
        MUST(rk_table_findings(e, 0, q ? q->node : 0, rk_slice_str(rule), f, &sink, &err), err);
    if (w == COMPARISON) MUST(rk_table_comparison(e, 0, f, &sink, &err), err);
    if (w == REGIONS) MUST(rk_table_regions(e, &sink, &err), err);
}

static void is(rk_election *e, enum what w, const rk_recap_query *q, enum rk_format f,
               const char *rule, const char *want) {
    rk_buf out;
    make(e, w, q, f, rule, &out);
    if (!rk_slice_is(rk_buf_slice(&out), want)) fail_msg("%.*s", RK_FMT(rk_buf_slice(&out)));
    rk_buf_free(&out);
}

static void has(rk_election *e, enum what w, const rk_recap_query *q, enum rk_format f,
                const char *word) {
    rk_buf out;
    make(e, w, q, f, "", &out);
    rk_buf_byte(&out, 0);
    if (!strstr(out.ptr, word)) fail_msg("'%s' is not in\n%s", word, out.ptr);
    rk_buf_free(&out);
}

#define HEAD                                                                                   \
    "tingkat,kode,nama,tps_jumlah,tps_diterima,tps_masuk,tps_periksa,suara_sah,suara_total,"   \
    "suara_a,suara_b,suara_c,suara_z\n"

static void recap_csv(void **state) {
    (void)state;
    struct log l;
    rk_election *e = dpd(&l, NULL);
    rk_recap_query q = {0, 0, -1};
    is(e, RECAP, &q, RK_FORMAT_CSV, "",
       HEAD "0,0,INDONESIA,12,5,4,2,1066,68,1011,22,434,5\n"
            "1,1,\"A, "
            "satu\",3,3,3,1,1066,68,1011,22,34,0\n1,2,F,9,2,1,1,0,0,0,0,400,5\n1,3,J,0,0,0,0,0,"
            "0,0,0,0,0\n"
            "2,11,B,3,3,3,1,1066,68,1011,22,34,0\n2,21,G,2,2,1,1,0,0,0,0,400,5\n"
            "3,111,C,3,3,3,1,1066,68,1011,22,34,0\n3,211,H,2,2,1,1,0,0,0,0,400,5\n"
            "4,1111,D,1,1,1,1,1000,0,1000,0,1,0\n4,1112,E,2,2,2,0,66,68,11,22,33,0\n4,2111,I,2,"
            "2,1,1,0,0,0,0,400,5\n");
    q.level = 1;
    is(e, RECAP, &q, RK_FORMAT_CSV, "",
       HEAD "1,1,\"A, "
            "satu\",3,3,3,1,1066,68,1011,22,34,0\n1,2,F,9,2,1,1,0,0,0,0,400,5\n1,3,J,0,0,0,0,0,"
            "0,0,0,0,0\n");
    q = (rk_recap_query){0, node_of(e->tree, "2"), -1};
    is(e, RECAP, &q, RK_FORMAT_CSV, "",
       HEAD "1,2,F,9,2,1,1,0,0,0,0,400,5\n2,21,G,2,2,1,1,0,0,0,0,400,5\n3,211,H,2,2,1,1,0,0,0,"
            "0,400,5\n4,2111,I,2,2,1,1,0,0,0,0,400,5\n");
    q = (rk_recap_query){0, node_of(e->tree, "2"), RK_STATION};
    is(e, RECAP, &q, RK_FORMAT_CSV, "",
       HEAD "5,2111-1,TPS 001,1,1,0,0,0,0,,,,\n5,q,q,1,1,1,1,,,,,400,5\n");
    q = (rk_recap_query){0, node_of(e->tree, "1112"), RK_STATION};
    is(e, RECAP, &q, RK_FORMAT_CSV, "",
       HEAD
       "5,1112001,TPS 001,1,1,1,0,6,7,1,2,3,\n5,1112002,TPS 002,1,1,1,0,60,61,10,20,30,\n");
    rk_election_free(&e);
    log_free(&l);
}

static void recap_json_and_table(void **state) {
    (void)state;
    struct log l;
    rk_election *e = dpd(&l, NULL);
    rk_recap_query q = {0, node_of(e->tree, "2111"), -1};
    is(e, RECAP, &q, RK_FORMAT_JSON, "",
       "{\"entri\":8,\"wilayah\":[\n{\"tingkat\":4,\"kode\":\"2111\",\"nama\":\"I\",\"tps_"
       "jumlah\":2,\"tps_diterima\":2,\"tps_masuk\":1,\"tps_periksa\":1,"
       "\"suara_sah\":0,\"suara_total\":0,\"suara_a\":0,\"suara_b\":0,\"suara_c\":400,\"suara_"
       "z\":5}\n]}\n");
    q.level = RK_STATION;
    has(e, RECAP, &q, RK_FORMAT_JSON,
        "\"kode\":\"2111-1\",\"nama\":\"TPS "
        "001\",\"tps_jumlah\":1,\"tps_diterima\":1,\"tps_masuk\":0,\"tps_periksa\":0,\"suara_"
        "sah\":0,\"suara_total\":0,\"suara_a\":null");
    q = (rk_recap_query){0, 0, -1};
    has(e, RECAP, &q, RK_FORMAT_TABLE, "INDONESIA");
    q = (rk_recap_query){0, node_of(e->tree, "1"), -1};
    has(e, RECAP, &q, RK_FORMAT_TABLE, "  c     ");
    has(e, RECAP, &q, RK_FORMAT_TABLE, " 94,75 %"); /* a has 1,011 of 1,067 votes */
    q = (rk_recap_query){0, 0, RK_DESA};
    has(e, RECAP, &q, RK_FORMAT_TABLE, "1112");
    rk_election_free(&e);
    log_free(&l);
    enum rk_format f;
    assert_true(rk_format_parse(RK_LIT("json"), &f) && f == RK_FORMAT_JSON);
    assert_false(rk_format_parse(RK_LIT("xml"), &f));
}

/* A cell means one party here and another there: totals go by the code. */
static void parties_of_a_dapil(void **state) {
    (void)state;
    struct log l;
    rk_election *e = declared(&l, LOCAL, NULL);
    put(&l, e, "1112001", "", 0, ROW(5, 6));
    put(&l, e, "2111-1", "", 0, ROW(70, 80));
    rk_recap_query q = {0, 0, 0};
    is(e, RECAP, &q, RK_FORMAT_CSV, "",
       "tingkat,kode,nama,tps_jumlah,tps_diterima,tps_masuk,tps_periksa,suara_7,suara_9,suara_"
       "8\n0,0,INDONESIA,11,2,2,0,5,76,80\n");
    is(e, STATIONS, NULL, RK_FORMAT_CSV, "",
       "tps,suara_7,suara_9,suara_8\n1112001,5,6,\n2111-1,,70,80\n");
    rk_election_free(&e), log_free(&l);
    e = declared(&l, PARTIES, NULL);
    put(&l, e, "1112001", "", 0, ROW(5, 1, 2, 6, NO));
    put(&l, e, "2111-1", "", 0, ROW(70, NO, NO, 80, 9));
    is(e, RECAP, &q, RK_FORMAT_CSV, "",
       "tingkat,kode,nama,tps_jumlah,tps_diterima,tps_masuk,tps_periksa,suara_7,suara_7.1,"
       "suara_7.2,suara_9,suara_9.1\n0,0,INDONESIA,11,2,2,0,75,1,2,86,9\n");
    is(e, STATIONS, NULL, RK_FORMAT_CSV, "",
       "tps,suara_7,suara_7.1,suara_7.2,suara_9,suara_9.1\n1112001,5,1,2,6,\n2111-1,70,,,80,"
       "9\n");
    rk_election_free(&e), log_free(&l);
}

static void findings(void **state) {
    (void)state;
    struct log l;
    rk_election *e = dpd(&l, NULL);
    is(e, FINDINGS, NULL, RK_FORMAT_CSV, "",
       "tps,aturan,berat,medan,harus,tertulis\n1111-5,R08,E,suara_sah,1001,1000\n1111-5,R19,E,"
       "suara_a,<= 300,1000\n1111-5,R30,E,suara_sah,<= 999,1000\n"
       "1111-5,R30,E,suara_a,<= 999,1000\nq,R19,E,suara_c,<= 300,400\n");
    rk_recap_query q = {0, node_of(e->tree, "2"), -1};
    is(e, FINDINGS, &q, RK_FORMAT_CSV, "",
       "tps,aturan,berat,medan,harus,tertulis\nq,R19,E,suara_c,<= 300,400\n");
    is(e, FINDINGS, NULL, RK_FORMAT_JSON, "R08",
       "{\"temuan\":[\n{\"tps\":\"1111-5\",\"aturan\":\"R08\",\"berat\":\"E\",\"medan\":"
       "\"suara_sah\",\"harus\":\"= 1001\",\"tertulis\":1000}\n]}\n");
    has(e, FINDINGS, NULL, RK_FORMAT_TABLE, "2  stations need review, of 5");
    rk_err err = RK_ERR_INIT;
    rk_buf b;
    rk_buf_init(&b, 100);
    rk_sink sink = {to_buf, &b};
    assert_int_equal(rk_table_findings(e, 0, 0, RK_LIT("R99"), RK_FORMAT_CSV, &sink, &err),
                     RK_NOT_FOUND);
    rk_buf_free(&b);
    rk_election_free(&e);
    log_free(&l);
}

static void comparison(void **state) {
    (void)state;
    struct log l;
    rk_election *e = dpd(&l, "suara_c,kode,suara_sah,suara_z\n500,2,7,\n40,1111,,\n434,0,,9\n");
    is(e, COMPARISON, NULL, RK_FORMAT_CSV, "",
       "seri,kode,nama,kolom,resmi,hitung,selisih\nberkas,2,F,suara_c,500,400,-100\nberkas,2,F,"
       "suara_sah,7,0,-7\nberkas,1111,D,suara_c,40,1,-39\n"
       "berkas,0,INDONESIA,suara_c,434,434,0\nberkas,0,INDONESIA,suara_z,9,5,-4\n");
    has(e, COMPARISON, NULL, RK_FORMAT_JSON,
        "{\"seri\":\"berkas\",\"kode\":\"2\",\"nama\":\"F\",\"kolom\":\"suara_c\",\"resmi\":"
        "500,\"hitung\":400,\"selisih\":-100}");
    has(e, COMPARISON, NULL, RK_FORMAT_TABLE, "suara_z");
    rk_election_free(&e);
    log_free(&l);
}

static void official_errors(void **state) {
    (void)state;
    static const char *const t[][2] = {
        {"kode,suara_x\n1,2\n", "suara_x"},      {"kode,suara_c,suara_c\n1,2,3\n", "twice"},
        {"kode,suara_c,kode\n1,2,3\n", "twice"}, {"suara_c\n1\n", "'kode'"},
        {"kode,suara_c\n8,2\n", "not a region"}, {"kode,suara_c\n1,2\n1,3\n", "twice"},
        {"kode,suara_c\n1\n", "fields"},         {"kode,suara_c\n1,x\n", "whole number"},
        {"kode,suara_c\n1,-5\n", "whole number"}};
    for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
        struct log l;
        rk_err err = RK_ERR_INIT;
        rk_election *e = declared(&l, DPD, NULL);
        log_document(&l, RK_DOC_RESMI, "pdpd", rk_slice_str(t[i][0]));
        assert_int_equal(log_apply(&l, e, l.n - 1, l.n, &err), RK_BAD_INPUT);
        if (!strstr(err.text, t[i][1])) fail_msg("%s: %s", t[i][0], err.text);
        rk_election_free(&e);
        log_free(&l);
    }
}

static void regions(void **state) {
    (void)state;
    struct log l;
    rk_election *e = dpd(&l, NULL);
    rk_buf a, b;
    make(e, REGIONS, NULL, RK_FORMAT_CSV, "", &a);
    assert_true(rk_slice_starts(rk_buf_slice(&a),
                                RK_LIT("kode,induk,nama,tingkat,dapil\n1,0,\"A, "
                                       "satu\",1,\n2,0,F,1,\n3,0,J,1,\n11,1,B,2,\n")));
    rk_election *again = rk_election_new();
    rk_err err = RK_ERR_INIT;
    struct log m;
    log_init(&m);
    log_document(&m, RK_DOC_WILAYAH, "", rk_buf_slice(&a));
    MUST(log_apply(&m, again, 0, m.n, &err), err);
    make(again, REGIONS, NULL, RK_FORMAT_CSV, "", &b);
    assert_true(rk_slice_eq(rk_buf_slice(&a), rk_buf_slice(&b)));
    rk_buf_free(&a), rk_buf_free(&b), log_free(&m), log_free(&l);
    rk_election_free(&again), rk_election_free(&e);
}

/* ===== export -> import ===== */

static void import_row(struct log *l, rk_election *e, const rk_formcsv *f, size_t r,
                       uint32_t *cell) {
    const rk_contest *c = e->tally[0].contest;
    uint32_t tps, desa, ts = 0;
    rk_slice code = rk_formcsv_text(f, r, f->tps), in = rk_formcsv_text(f, r, f->desa),
             when = rk_formcsv_text(f, r, f->ts);
    char a[30], b[30];
    (void)rk_election_place(e, code, in, &tps, &desa, NULL);
    assert_int_not_equal(desa, RK_NONE);
    if (when.len) assert_true(rk_wib_parse(when, &ts));
    for (uint32_t i = 0; i < c->n_col; i++) cell[i] = RK_ABSENT;
    for (uint32_t i = 0; i < f->n_figure; i++) {
        rk_slice name = f->name[f->figure[i]];
        uint32_t col = rk_contest_field(c, name), v = f->value[r * f->stride + f->figure[i]];
        if (col == RK_NONE)
            col = rk_contest_choice(c, e->tally[0].ballot_of[desa], rk_slice_from(name, 6));
        if (col != RK_NONE)
            cell[col] = v;
        else
            assert_int_equal(v, RK_ABSENT);
    }
    snprintf(a, sizeof a, "%.*s", RK_FMT(code)), snprintf(b, sizeof b, "%.*s", RK_FMT(in));
    put(l, e, a, b, ts, cell);
}

static void round_trip(const char *contest, rk_election *e) {
    rk_buf csv, a, b;
    rk_formcsv f;
    rk_err err = RK_ERR_INIT;
    struct log l;
    uint32_t cell[64];
    make(e, STATIONS, NULL, RK_FORMAT_CSV, "", &csv);
    rk_election *again = declared(&l, contest, NULL);
    MUST(rk_formcsv_open(&f, rk_buf_slice(&csv), RK_VALUE_MAX, RK_ABSENT, NULL, NULL, &err),
         err);
    while (rk_formcsv_next(&f))
        for (size_t r = 0; r < f.rows; r++) import_row(&l, again, &f, r, cell);
    assert_int_equal(f.bad_rows, 0);
    rk_formcsv_close(&f);
    for (int level = -1; level <= RK_STATION; level++) {
        rk_recap_query q = {0, 0, level};
        make(e, RECAP, &q, RK_FORMAT_CSV, "", &a);
        make(again, RECAP, &q, RK_FORMAT_CSV, "", &b);
        assert_true(rk_slice_eq(rk_buf_slice(&a), rk_buf_slice(&b)));
        rk_buf_free(&a), rk_buf_free(&b);
    }
    make(again, STATIONS, NULL, RK_FORMAT_CSV, "", &a);
    assert_true(rk_slice_eq(rk_buf_slice(&a), rk_buf_slice(&csv)));
    rk_buf_free(&a), rk_buf_free(&csv), log_free(&l);
    rk_election_free(&again);
}

static void export_then_import(void **state) {
    (void)state;
    struct log l;
    rk_election *e = dpd(&l, NULL);
    is(e, STATIONS, NULL, RK_FORMAT_CSV, "",
       "tps,desa,ts,suara_sah,suara_total,suara_a,suara_b,suara_c,suara_z\n1111-5,1111,,1000,,"
       "1000,,1,\n1112001,1112,2024-02-14 18:44:00,6,7,1,2,3,\n"
       "1112002,1112,,60,61,10,20,30,\n2111-1,2111,,0,0,,,,\nq,2111,,,,,,400,5\n");
    round_trip(DPD, e);
    rk_election_free(&e), log_free(&l);
    e = declared(&l, PARTIES, NULL);
    put(&l, e, "1112001", "", 0, ROW(5, 1, 999999, 6, NO));
    put(&l, e, "2111-1", "", 0, ROW(9999, NO, NO, 10000, 9));
    round_trip(PARTIES, e);
    rk_election_free(&e), log_free(&l);
    e = declared(&l, DPD, NULL); /* nothing counted yet */
    round_trip(DPD, e);
    rk_election_free(&e), log_free(&l);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(recap_csv),
                                       cmocka_unit_test(recap_json_and_table),
                                       cmocka_unit_test(parties_of_a_dapil),
                                       cmocka_unit_test(findings),
                                       cmocka_unit_test(comparison),
                                       cmocka_unit_test(official_errors),
                                       cmocka_unit_test(regions),
                                       cmocka_unit_test(export_then_import)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
