/* Sirekap documents in and out again: the same bytes. */
#include "intake/sirekap.h"
#include "publish/sirekap.h"

#include "small_election.h"

/* "pemilu/hhcw/ppwp/31/3101/.../<tps>.json" */
static void path_of(rk_election *e, uint32_t contest, rk_slice tps, rk_buf *out) {
    rk_code code;
    rk_buf_init(out, RK_URL_MAX);
    assert_true(rk_code_of(tps, &code));
    uint32_t t = rk_tree_find_tps(e->tree, &code, rk_code_hash(&code));
    assert_int_not_equal(t, RK_NONE);
    const rk_contest *c = e->tally[contest].contest;
    rk_buf_printf(out, "%s/hhcw/%.*s", c->pilkada ? "pilkada" : "pemilu",
                  RK_FMT(rk_code_slice(&c->code)));
    for (unsigned l = 1; l <= RK_DESA; l++)
        rk_buf_printf(
            out, "/%.*s",
            RK_FMT(rk_tree_code(e->tree, rk_tree_ancestor(e->tree, e->tree->tps[t].desa, l))));
    rk_buf_printf(out, "/%.*s.json", RK_FMT(tps));
}

/* Takes a document in; the form is then in force. */
static void take(rk_election *e, uint32_t contest, rk_slice json, rk_slice tps) {
    rk_sirekap_doc d;
    rk_err err = RK_ERR_INIT;
    small_ok(rk_sirekap_parse(e->tally[contest].contest, e, json, tps, &d, &err), &err);
    small_put(e, contest, d.form);
    rk_sirekap_doc_free(&d);
}

static void gives_back(rk_election *e, uint32_t contest, rk_slice tps, rk_slice body) {
    rk_err err = RK_ERR_INIT;
    rk_buf path, out;
    rk_document_info info;
    rk_buf_init(&out, RK_JSON_DOC_MAX);
    path_of(e, contest, tps, &path);
    small_ok(rk_sirekap_render(e, rk_buf_slice(&path), &out, &info, &err), &err);
    if (!rk_slice_eq(rk_buf_slice(&out), body))
        fail_msg("%.*s\nbecame\n%.*s", RK_FMT(body), RK_FMT(rk_buf_slice(&out)));
    rk_buf_free(&out);
    rk_buf_free(&path);
}

static void round_trip(rk_election *e, uint32_t contest, const char *tps, const char *body) {
    take(e, contest, rk_slice_str(body), rk_slice_str(tps));
    rk_election_settle(e);
    gives_back(e, contest, rk_slice_str(tps), rk_slice_str(body));
}

static void five_hundred_come_back(UNUSED void **state) {
    rk_election *e = small_2024();
    rk_file f = small_file("tests/golden/sirekap/tps-500.ndjson.zst");
    rk_slice rest = f.bytes, line;
    unsigned n = 0;
    while (rk_slice_cut(&rest, '\n', &line)) {
        static const char head[] = "{\"code\":\"3101011001002\",\"raw\":";
        if (line.len == 0) continue;
        rk_slice tps = {line.ptr + 9, 13},
                 body = {line.ptr + sizeof head - 1, line.len - sizeof head};
        take(e, 0, line, (rk_slice){0});
        rk_election_settle(e);
        gives_back(e, 0, tps, body);
        n++;
    }
    assert_int_equal(n, 500);
    assert_int_equal(e->tally[0].count[0].forms, 500);
    assert_int_equal(e->tally[0].count[0].counted, 232);
    rk_file_free(&f);
    rk_election_free(&e);
}

static const char TREE[] =
    "kode,induk,nama,tingkat,dapil,jumlah_tps\n"
    "11,,ACEH,1,,\n1105,11,ACEH "
    "BARAT,2,1101,\n110507,1105,MEUREUBO,3,,\n1105072002,110507,ALUE BAGOK,4,,2\n";
#define ADM                                                                                    \
    "\"administrasi\":{\"suara_sah\":60,\"suara_total\":62,\"pemilih_dpt_j\":null,\"pemilih_"  \
    "dpt_l\":null,\"pemilih_dpt_p\":null,"                                                     \
    "\"pengguna_dpt_j\":null,\"pengguna_dpt_l\":null,\"pengguna_dpt_p\":null,\"pengguna_dptb_" \
    "j\":null,\"pengguna_dptb_l\":null,"                                                       \
    "\"pengguna_dptb_p\":null,\"suara_tidak_sah\":2,\"pengguna_total_j\":null,\"pengguna_"     \
    "total_l\":null,\"pengguna_total_p\":null,"                                                \
    "\"pengguna_non_dpt_j\":null,\"pengguna_non_dpt_l\":null,\"pengguna_non_dpt_p\":null}"
#define END                                                                                    \
    "\"psu\":null,\"ts\":\"2024-02-16 16:25:10\",\"status_suara\":true,\"status_adm\":true}"
#define TPS "1105072002001"

static const char DPR[] =
    "{\"format\":\"rekap-kontes-1\",\"kode\":\"pdpr\",\"nama\":\"DPR\",\"bentuk\":\"partai\","
    "\"medan\":[\"suara_sah\",\"suara_tidak_sah\",\"suara_total\"%s],"
    "\"pilihan\":[{\"kode\":\"1\",\"nomor\":1,\"nama\":\"A\"},{\"kode\":\"24\",\"nomor\":24,"
    "\"nama\":\"B\"}],"
    "\"dapil\":[{\"kode\":\"1101\",\"nama\":\"ACEH "
    "I\",\"calon\":{\"1\":[{\"id\":\"100121\",\"nama\":\"X\"},{\"id\":\"100122\","
    "\"nama\":\"Y\"}],\"24\":[{\"id\":\"100300\",\"nama\":\"Z\"}]}}]}";

static rk_election *dpr(const char *more_fields) {
    char json[2000];
    snprintf(json, sizeof json, DPR, more_fields);
    rk_election *e = small_new("x", "2024-02-14");
    small_regions(e, TREE);
    small_contest(e, json);
    return e;
}

static void parties_come_back(UNUSED void **state) {
    rk_election *e = dpr("");
    round_trip(e, 0, TPS,
               "{\"chart\":{\"1\":{\"jml_suara_total\":38,\"jml_suara_partai\":4},\"24\":{"
               "\"jml_suara_total\":22,\"jml_suara_partai\":22}},"
               "\"caleg\":{\"1\":{\"null\":null,\"100121\":34,\"100122\":0}},\"kode_dapil\":"
               "\"1101\",\"images\":[\"https://a/1.jpg\",null]," ADM "," END);
    round_trip(e, 0, TPS,
               "{\"chart\":null,\"kode_dapil\":\"1101\",\"images\":[null,null,null]," ADM
               "," END);
    rk_election_free(&e);
    e = dpr(",\"jumlah_suara_1\",\"jumlah_suara_24\"");
    round_trip(
        e, 0, TPS,
        "{\"mode\":\"hhcw\",\"chart\":{\"1\":{\"jml_suara_total\":99,\"jml_suara_partai\":4}},"
        "\"caleg\":{\"1\":{\"null\":null,\"100121\":34}},\"kode_dapil\":\"1101\",\"images\":["
        "null]," ADM "," END);
    rk_election_free(&e);
}

static void persons_come_back(UNUSED void **state) {
    rk_election *e = small_new("x", "2024-02-14");
    small_regions(e, TREE);
    small_contest(
        e,
        "{\"format\":\"rekap-kontes-1\",\"kode\":\"pdpd\",\"nama\":\"DPD\",\"bentuk\":"
        "\"calon\",\"dapil\":[{\"kode\":\"11\",\"wilayah\":[\"11\"],"
        "\"pilihan\":[{\"kode\":\"695854\",\"nomor\":1},{\"kode\":\"695855\",\"nomor\":2}]}]}");
    round_trip(e, 0, TPS,
               "{\"mode\":\"hhcw\",\"chart\":{\"null\":null,\"695854\":2,\"695855\":58},"
               "\"images\":[\"https://a/1.jpg\"]," ADM
               ",\"psu\":\"Pemungutan Suara Ulang\",\"ts\":\"2024-02-16 "
               "16:25:10\",\"status_suara\":true,\"status_adm\":false}");
    rk_election_free(&e);
}

static void pilkada_comes_back(UNUSED void **state) {
    rk_election *e = small_new("x", "2024-11-27");
    small_regions(e, TREE);
    small_contest(e, "{\"format\":\"rekap-kontes-1\",\"kode\":\"pkwkp\",\"nama\":\"G\","
                     "\"bentuk\":\"paslon\",\"dapil\":[{\"kode\":\"11\",\"wilayah\":[\"11\"],"
                     "\"pilihan\":[{\"kode\":\"1000001\",\"nomor\":1},{\"kode\":\"1000562\","
                     "\"nomor\":2}]}]}");
    round_trip(e, 0, TPS,
               "{\"mode\":\"hhcw\",\"tungsura\":{\"chart\":{\"null\":null,\"1000001\":2,"
               "\"1000562\":58}," ADM "},\"images\":[\"https://a/1.jpg\",null]," END);
    round_trip(e, 0, TPS,
               "{\"tungsura\":{\"chart\":null,\"administrasi\":null},\"images\":[null,null,"
               "null]," END);
    rk_election_free(&e);
}

/* ===== refusals ===== */

static void refused(rk_election *e, const char *tps, const char *body, const char *why) {
    rk_sirekap_doc d;
    rk_err err = RK_ERR_INIT;
    assert_int_equal(rk_sirekap_parse(e->tally[0].contest, e, rk_slice_str(body),
                                      rk_slice_str(tps), &d, &err),
                     RK_BAD_INPUT);
    if (!strstr(err.text, why))
        fail_msg("%s\nwas refused with: %s\nexpected: %s", body, err.text, why);
}

static void pairs_are_refused(UNUSED void **state) {
    static const char IMAGES[] = "\"images\":[null,null,null]";
    static const struct {
        const char *chart, *rest, *why;
    } bad[] = {
        {"\"chart\":{\"null\":null,\"01\":1,\"99\":2}", "", "unknown key \"99\""},
        {"\"chart\":{\"01\":-1}", "", "whole number from 0 to 500"},
        {"\"chart\":{\"01\":501}", "", "whole number from 0 to 500"},
        {"\"chart\":{\"01\":1.0}", "", "whole number"},
        {"\"chart\":{\"01\":\"7\"}", "", "whole number"},
        {"\"chart\":{\"null\":3}", "", "expected null"},
        {"\"chart\":[]", "", "\"chart\""},
        {"\"chart\":null,\"caleg\":{}", "", "unknown key \"caleg\""},
        {"\"chart\":null,\"extra\":1", "", "unknown key \"extra\""},
        {"\"chart\":null,\"mode\":\"x\"", "", "\"hhcw\""},
        {"\"chart\":{\"01\":1,\"01\":2}", "", "not a JSON document"},
    };
    rk_election *e = small_new("x", "2024-02-14");
    small_regions(e, TREE);
    small_contest(e, "{\"format\":\"rekap-kontes-1\",\"kode\":\"ppwp\",\"nama\":\"P\","
                     "\"bentuk\":\"paslon\",\"maks\":500,\"medan\":[\"suara_sah\"],"
                     "\"pilihan\":[{\"kode\":\"01\"},{\"kode\":\"02\"}]}");
    char body[2000];
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        snprintf(body, sizeof body, "{%s,%s,\"administrasi\":null," END, bad[i].chart, IMAGES);
        refused(e, TPS, body, bad[i].why);
    }
    refused(e, TPS, "{\"chart\":null,\"images\":[null],\"administrasi\":null," END,
            "three pages");
    refused(
        e, TPS,
        "{\"chart\":null,\"images\":[null,null,\"javascript:x\"],\"administrasi\":null," END,
        "web address");
    refused(
        e, TPS,
        "{\"chart\":null,\"images\":[null,null,null],\"administrasi\":{\"suara_sha\":1}," END,
        "unknown key \"suara_sha\"");
    refused(
        e, TPS,
        "{\"chart\":null,\"images\":[null,null,null],\"administrasi\":{\"suara_total\":1}," END,
        "no such field");
    refused(e, TPS,
            "{\"chart\":null,\"images\":[null,null,null],\"administrasi\":null,\"psu\":"
            "\"Ulang\",\"ts\":\"2024-02-16 16:25:10\"}",
            "\"psu\"");
    refused(e, TPS,
            "{\"chart\":null,\"images\":[null,null,null],\"administrasi\":null,\"psu\":null,"
            "\"ts\":\"16-02-2024\"}",
            "\"ts\"");
    refused(e, TPS,
            "{\"chart\":null,\"images\":[null,null,null],\"administrasi\":null,\"psu\":null,"
            "\"ts\":\"2024-02-16 16:25:10\"}",
            "status_suara");
    refused(e, "1105072002003", "{}", "unknown TPS");
    refused(e, "", "{}", "not known");
    refused(e, TPS, "[1]", "JSON object");
    refused(e, TPS, "", "not a JSON document");
    rk_election_free(&e);
}

static void parties_are_refused(UNUSED void **state) {
    rk_election *e = dpr("");
    refused(e, TPS,
            "{\"chart\":{\"1\":{\"jml_suara_total\":39,\"jml_suara_partai\":4}},\"caleg\":{"
            "\"1\":{\"100121\":34}}}",
            "jml_suara_total is 39, its own and its candidates' votes are 38");
    refused(e, TPS, "{\"chart\":{\"1\":{\"jml_suara_partai\":4}}}",
            "jml_suara_total is missing");
    refused(e, TPS, "{\"chart\":{\"1\":{\"x\":4}}}", "unknown key \"x\"");
    refused(e, TPS, "{\"chart\":{\"2\":{}}}", "unknown key \"2\"");
    refused(e, TPS, "{\"chart\":null,\"caleg\":{\"1\":{\"100121\":34}}}", "\"chart\" is null");
    refused(e, TPS, "{\"chart\":{},\"caleg\":{\"1\":{\"100300\":34}}}",
            "unknown key \"100300\"");
    refused(
        e, TPS,
        "{\"chart\":null,\"administrasi\":null,\"images\":[null],\"kode_dapil\":\"1102\"," END,
        "the station's dapil");
    rk_election_free(&e);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(five_hundred_come_back), cmocka_unit_test(parties_come_back),
        cmocka_unit_test(persons_come_back),      cmocka_unit_test(pilkada_comes_back),
        cmocka_unit_test(pairs_are_refused),      cmocka_unit_test(parties_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
